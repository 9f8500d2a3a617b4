"""A shop of five orders whose figures were worked out by hand, built from files to marts."""

from decimal import Decimal

import pytest
from lanes import Lanes
from warehouses import Warehouse


def as_text(value: object) -> str:
    """Write a value so that 24.0000 equals 24.00 and NULL is a dash."""
    try:
        return str(Decimal(str(value)).normalize())
    except ArithmeticError:
        return "-" if value is None else str(value)


@pytest.fixture(scope="module")
def shop(lanes: Lanes) -> Warehouse:
    """Give the five orders as of 10 April 2024, as the lane of DuckDB builds them."""
    lanes.goldens["duckdb"].result()
    return Warehouse(lanes.get("duckdb").folder / "golden")


def test_monthly_sales(shop: Warehouse) -> None:
    """Sales, returns and growth of each month, on both time bases."""
    rows = shop.query("""
        select strftime(month_start_date, '%Y-%m'), gross_sales, discounts, sales_after_discount,
            returns,
            net_sales, net_sales_by_order_date, month_over_month_growth, growth_status,
            same_days_prior, same_days_growth
        from marts.mart_sales_monthly order by 1
    """)
    expected = """
        2024-01 25.00 1.00 24.00  0.00 24.00 24.00 -         no_prior -     -
        2024-02  7.00 0.00  7.00  0.00  7.00  0.00 -0.708333 ok       -     -
        2024-03 30.00 0.00 30.00  7.00 23.00 20.00  2.285714 ok       -     -
        2024-04  9.99 1.00  8.99 10.00 -1.01  8.99 -         partial  -7.00 -
    """
    assert [tuple(map(as_text, row)) for row in rows] == [
        tuple(map(as_text, line.split())) for line in expected.strip().splitlines()
    ]


def test_order_discount_is_split_by_value(shop: Warehouse) -> None:
    """The discount of 1.00 on 20.00 and 5.00 is 0.80 and 0.20."""
    rows = shop.query("""
        select line_number, order_discount_allocation from core.fct_sales
        where order_id = 'O1' order by 1
    """)
    assert rows == [(1, Decimal("0.80")), (2, Decimal("0.20"))]


@pytest.mark.parametrize(
    ("kpi_id", "expected"),
    [
        ("net_sales", "52.99"),
        ("sales_after_discount", "69.99"),
        ("orders", "4"),
        ("average_order_value", "17.497500"),
        ("average_order_value_net", "13.247500"),
        ("units_per_order", "2.500000"),
        ("average_selling_price", "6.999000"),
        ("purchase_frequency", "1.500000"),
        ("simple_customer_value", "26.246250"),
        ("cancellation_rate", "0.200000"),
        ("customers", "2"),
        ("repeat_rate", "1"),
        ("guest_share", "0.169655"),
        # Only orders older than 30 days are judged: 24.00 and 7.00 sold, 7.00 back.
        ("return_rate_value", "0.225806"),
    ],
)
def test_headline_figures(shop: Warehouse, kpi_id: str, expected: str) -> None:
    """All-time figures."""
    rows = shop.query(f"select kpi_value from marts.mart_kpi where kpi_id = '{kpi_id}'")
    assert rows == [(Decimal(expected),)]


def test_customers(shop: Warehouse) -> None:
    """A returned once, B sent everything back, C never ordered."""
    rows = shop.query("""
        select customer_id, orders_recognised, orders_qualifying, monetary, recency_days,
            rfm_cell, rfm_segment,
            has_only_returned_orders
        from marts.mart_customer_rfm join core.dim_customers using (customer_key)
        order by 1
    """)
    assert rows == [
        ("A", 2, 2, Decimal("44"), 10, "333", "Need Attention", False),
        ("B", 1, 0, Decimal("0"), None, None, "Prospect", True),
        ("C", 0, 0, Decimal("0"), None, None, "Prospect", False),
    ]


def test_net_sales_of_customers_and_guests_add_up(shop: Warehouse) -> None:
    """44.00 of A, nothing of B, 8.99 of a guest: 52.99."""
    rows = shop.query("""
        select customer_id, sum(net_sales_by_order_date) from core.fct_orders
        join core.dim_customers using (customer_key) group by 1 order by 1
    """)
    assert rows == [("A", Decimal("44")), ("B", Decimal("0")), ("Guest", Decimal("8.99"))]


def test_cancelled_order_is_no_sale(shop: Warehouse) -> None:
    """The cancelled order shows as cancelled value and nowhere else."""
    rows = shop.query("""
        select is_counted, ordered_amount, gross_sales, net_sales_by_order_date, cancelled_value
        from core.fct_orders where order_id = 'O3'
    """)
    assert rows == [(False, Decimal("100"), Decimal("0"), Decimal("0"), Decimal("100"))]


def test_age_is_counted_in_full_years(shop: Warehouse) -> None:
    """On the birthday itself the new year of life has begun."""
    rows = shop.query("""
        select customer_id, age from core.dim_customers where not is_reserved order by 1
    """)
    assert rows == [("A", 40), ("B", 33), ("C", 23)]


def test_customers_by_fixed_bounds(shop: Warehouse) -> None:
    """A last ordered 10 days ago (5), twice (2), for 44.00 (1)."""
    rows = shop.query("""
        select customer_id, rfm_cell, rfm_segment
        from marts.mart_customer_rfm_threshold_1 join core.dim_customers using (customer_key)
        order by 1
    """)
    assert rows == [
        ("A", "521", "Potential Loyalist"),
        ("B", None, "Prospect"),
        ("C", None, "Prospect"),
    ]


def test_all_about_each_customer(shop: Warehouse) -> None:
    """A is Returning and active; B, who kept nothing, and C, who never ordered, are Prospects."""
    rows = shop.query("""
        select customer_id, loyalty_segment, activity_state, mart.orders_recognised,
            orders_qualifying, orders_cancelled, net_sales_by_order_date, returns_by_order_date,
            average_order_value, monetary,
            recency_days, tenure_days, average_days_between_orders, value_tier,
            has_only_returned_orders, strftime(cohort_month, '%Y-%m')
        from marts.mart_customer_360 as mart join core.dim_customers using (customer_key) order by 1
    """)
    expected = """
        A Returning active   2 2 0 44.00 10.00 27.00 44.00 10 86 76 High False 2024-01
        B Prospect  prospect 1 0 1  0.00  7.00  7.00  0.00 -  41 -  Low  True  2024-02
        C Prospect  prospect 0 0 0  0.00  0.00  -     0.00 -  -  -  Low  False -
    """
    assert [tuple(map(as_text, row)) for row in rows] == [
        tuple(map(as_text, line.split())) for line in expected.strip().splitlines()
    ]


def test_customers_in_one_row_each_and_guests_are_all_sales(shop: Warehouse) -> None:
    """44.00 + 0.00 + 0.00 of customers and 8.99 of a guest are 52.99."""
    rows = shop.query("""
        select sum(net_sales_by_order_date) from marts.mart_customer_360
        union all
        select sum(net_sales_by_order_date) from core.fct_orders where customer_key < 0
    """)
    assert sorted(rows) == [(Decimal("8.99"),), (Decimal("44"),)]


def test_cohorts(shop: Warehouse) -> None:
    """A came again in month 2; B's returned order is activity, but nothing was kept of it."""
    rows = shop.query("""
        select strftime(cohort_month, '%Y-%m'), months_since_first_order, cohort_size,
            retained_customers, retained_kept_customers, retention_rate, net_sales_by_order_date,
            cumulative_net_sales_per_customer, is_complete
        from marts.mart_cohort_retention order by 1, 2
    """)
    expected = """
        2024-01 0 1 1 1 1 24.00 24.00 True
        2024-01 1 1 0 0 0  0.00 24.00 True
        2024-01 2 1 1 1 1 20.00 44.00 True
        2024-01 3 1 0 0 0  0.00 44.00 False
        2024-02 0 1 1 0 1  0.00  0.00 True
        2024-02 1 1 0 0 0  0.00  0.00 True
        2024-02 2 1 0 0 0  0.00  0.00 False
    """
    assert [tuple(map(as_text, row)) for row in rows] == [
        tuple(map(as_text, line.split())) for line in expected.strip().splitlines()
    ]


def test_mean_retention_is_that_of_complete_months(shop: Warehouse) -> None:
    """Month 1: 0 of 2. Month 2: 1 of 1, because that of the second cohort is not over."""
    rows = shop.query("""
        select months_since_first_order, sum(retained_customers), sum(cohort_size)
        from marts.mart_cohort_retention where is_complete group by 1 order by 1
    """)
    assert rows == [(0, 2, 2), (1, 0, 2), (2, 1, 1)]


def test_states_of_customers(shop: Warehouse) -> None:
    """A: new, lapsed, reactivated, lapsed. B: new, lapsed, dormant. No month has another state."""
    rows = shop.query("""
        select strftime(month_start_date, '%Y-%m'), customer_state, customers, orders,
            net_sales_by_order_date, share_of_customers
        from marts.mart_customer_states where customers > 0 order by 1, 2
    """)
    expected = """
        2024-01 new         1 1 24.00 1
        2024-02 lapsed      1 0  0.00 0.5
        2024-02 new         1 1  0.00 0.5
        2024-03 lapsed      1 0  0.00 0.5
        2024-03 reactivated 1 1 20.00 0.5
        2024-04 dormant     1 0  0.00 0.5
        2024-04 lapsed      1 0  0.00 0.5
    """
    assert [tuple(map(as_text, row)) for row in rows] == [
        tuple(map(as_text, line.split())) for line in expected.strip().splitlines()
    ]
    assert shop.query("select count(*) from marts.mart_customer_states") == [(20,)]


def test_moves_between_segments(shop: Warehouse) -> None:
    """A is scored from the first month, alone; B kept nothing and so remains a Prospect."""
    rows = shop.query("""
        select strftime(month_start_date, '%Y-%m'), from_segment, to_segment, customers
        from marts.mart_segment_migration order by all
    """)
    assert rows == [
        ("2024-01", "Not yet a customer", "Need Attention", 1),
        ("2024-02", "Need Attention", "Need Attention", 1),
        ("2024-02", "Not yet a customer", "Prospect", 1),
        ("2024-03", "Need Attention", "Need Attention", 1),
        ("2024-03", "Prospect", "Prospect", 1),
        ("2024-04", "Need Attention", "Need Attention", 1),
        ("2024-04", "Prospect", "Prospect", 1),
    ]


def test_value_of_customers(shop: Warehouse) -> None:
    """A: 26.00 of 44.00 is margin, nobody left: 22.00 an order x 2 a year x 5 years x 0.590909."""
    rows = shop.query("""
        select customer_id, customer_lifetime_value_basis, lifetime_basis, average_order_value_net,
            average_order_value_shrunk, orders_per_year,
            lifetime_years, margin_rate, customer_lifetime_value_historic,
            customer_lifetime_value_predicted
        from marts.mart_customer_lifetime_value join core.dim_customers using (customer_key)
        order by 1
    """)
    expected = """
        A margin  cap 22 22 2 5 0.590909 26.0000 130.0000
        B revenue cap -  -  - 5 1         0.0000 -
        C revenue cap -  -  - 5 1         0.0000 -
    """
    assert [tuple(map(as_text, row)) for row in rows] == [
        tuple(map(as_text, line.split())) for line in expected.strip().splitlines()
    ]
