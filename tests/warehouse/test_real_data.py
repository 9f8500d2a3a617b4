"""Real public data, loaded and built, must give the reference answers to the cent."""

from decimal import Decimal

import pytest
from public_data import FindData
from reference_answers import MONTHLY, SLICE, Reference, assert_same
from warehouses import Warehouse, load_and_build, load_files


@pytest.fixture(scope="module")
def superstore(public_data: FindData, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Superstore, the copy with order dates 2014 to 2017."""
    files = {"superstore": [public_data("superstore") / "superstore.csv.gz"]}
    return load_and_build(tmp_path_factory.mktemp("superstore"), files)


@pytest.fixture(scope="module")
def superstore_returns(
    public_data: FindData, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    """Superstore, the copy with lists of returned orders and regional managers."""
    folder = public_data("superstore/xls_export_2011_2014")
    files = {"superstore": [folder / n for n in ("orders.csv.gz", "returns.csv", "people.csv")]}
    warehouse = load_files(tmp_path_factory.mktemp("superstore_returns"), files)
    # Tests of models run on the other copy.
    warehouse.build_models()
    return warehouse


@pytest.fixture(scope="module")
def online_retail(public_data: FindData, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Online retail."""
    files = {"online_retail": [public_data("online_retail") / "online_retail.csv.gz"]}
    return load_and_build(tmp_path_factory.mktemp("online_retail"), files)


@pytest.fixture(scope="module")
def olist(public_data: FindData, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Olist, all eight tables."""
    files = {"olist": sorted(public_data("olist").glob("*.csv.gz"))}
    return load_and_build(tmp_path_factory.mktemp("olist"), files)


@pytest.fixture(scope="module", params=["shopping_trends", "customer_shopping_behavior"])
def shopping_trends(
    request: pytest.FixtureRequest,
    public_data: FindData,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Warehouse, str]:
    """Shopping trends, complete and with 37 missing ratings; with the prefix of its figures."""
    path = public_data("shopping_trends") / f"{request.param}.csv.gz"
    files = {"shopping_trends": [path]}
    if request.param == "shopping_trends":
        warehouse = load_and_build(tmp_path_factory.mktemp("trends"), files)
    else:
        warehouse = load_files(tmp_path_factory.mktemp("trends"), files)
        warehouse.build_models()
    return warehouse, "" if request.param == "shopping_trends" else "null_variant_"


BY_STATE = """
    select geography.state, sum(sales.sales_after_discount)
    from core.fct_sales as sales
        join core.dim_geography as geography using (geography_key) group by 1
"""


def kpi(warehouse: Warehouse, kpi_id: str) -> Decimal:
    """Read an all-time figure from mart_kpi."""
    ((value,),) = warehouse.query(f"select kpi_value from marts.mart_kpi where kpi_id = '{kpi_id}'")
    return Decimal(value)


@pytest.mark.parametrize("copy", ["superstore", "superstore_returns"])
def test_superstore(copy: str, request: pytest.FixtureRequest) -> None:
    """Totals, slices, months, top customers, profit, repeat rate of both copies."""
    warehouse: Warehouse = request.getfixturevalue(copy)
    is_first = copy == "superstore"
    reference = Reference("superstore" if is_first else "superstore/xls_export_2011_2014")
    assert_same(
        [
            (
                kpi(warehouse, "sales_after_discount"),
                kpi(warehouse, "orders"),
                kpi(warehouse, "customers"),
            )
        ],
        [
            tuple(
                map(
                    Decimal,
                    map(str, reference.rows("totals", "total_sales", "orders", "customers")[0]),
                )
            )
        ],
    )
    assert_same(
        warehouse.query("""
            select min(order_date)::varchar, max(order_date)::varchar from core.fct_orders
        """),
        reference.rows("totals", "first_date", "last_date"),
    )
    assert_same([(kpi(warehouse, "average_order_value"),)], reference.rows("average_order_value"))
    assert_same(warehouse.query(MONTHLY), reference.rows("monthly_sales"))
    for slice_type in ("region", "category", "segment"):
        expected = reference.rows(f"sales_by_{slice_type}", slice_type, "sales")
        assert_same(warehouse.query(SLICE.format(slice_type)), expected)
    assert_same(warehouse.query(BY_STATE), reference.rows("sales_by_state"))
    assert_same(
        warehouse.query("""
            select geography.region, products.category, sum(sales.sales_after_discount)
            from core.fct_sales as sales join core.dim_geography as geography using (geography_key)
            join core.dim_products as products using (product_key) group by 1, 2
        """),
        reference.rows("sales_by_region_category"),
    )
    assert_same(
        warehouse.query("""
            select products.sub_category, sum(sales_after_discount)
            from core.fct_sales join core.dim_products as products using (product_key) group by 1
        """),
        reference.rows("sales_by_sub_category", "sub_category", "sales"),
    )
    assert_same(
        warehouse.query("""
            select customer_id, sum(sales_after_discount) as sales, count(*) as orders
            from core.fct_orders join core.dim_customers using (customer_key)
            group by 1 order by sales desc, 1 limit 5
        """),
        reference.rows("top5_customers"),
    )
    assert_same(
        warehouse.query("""
            select product_code, product_name, sum(sales_after_discount) as sales
            from core.fct_sales join core.dim_products using (product_key)
            group by 1, 2 order by sales desc limit 5
        """),
        reference.rows("top5_products"),
    )
    assert_same(
        warehouse.query("""
            select customer_name, sum(sales_after_discount) as sales
            from core.fct_orders join core.dim_customers_pii using (customer_key)
            group by 1 order by sales desc limit 5
        """),
        reference.rows("top5_customers_by_name"),
    )
    orders_per_customer = warehouse.query("""
        select least(orders, 10), count(*) from (
            select count(*) as orders from core.fct_orders group by customer_key
        ) group by 1
    """)
    assert_same(orders_per_customer, reference.rows("orders_per_customer_distribution"))


def test_superstore_repeat_rate(superstore: Warehouse) -> None:
    """Nothing came back in this copy, so every order is a qualifying one."""
    reference = Reference("superstore")
    assert float(kpi(superstore, "repeat_rate")) == reference.value(
        "repeat_customers", "repeat_rate"
    )
    profit = superstore.query("""
        select geography.region, sum(net_sales_by_order_date - cost_of_kept_units)
        from core.fct_sales join core.dim_geography as geography using (geography_key) group by 1
    """)
    assert_same(profit, reference.rows("profit_by_region"))
    assert superstore.query("select count(*) from core.ops_quarantine") == [(0,)]


def test_superstore_returns(superstore_returns: Warehouse) -> None:
    """Returned orders, lines, value, by region and category; the regional managers."""
    reference = Reference("superstore/xls_export_2011_2014")
    base = """
        from core.fct_returns as returns join core.dim_geography as geography using (geography_key)
        join core.dim_products as products using (product_key)
    """
    totals = superstore_returns.query(f"""
        select count(distinct return_id), count(distinct order_key), count(*), sum(returns),
            count(distinct customer_key) {base}
    """)
    assert_same(totals, reference.rows("returns"))
    by_region = superstore_returns.query(
        f"select region, sum(returns), count(distinct order_key) {base} group by 1"
    )
    assert_same(by_region, reference.rows("returned_sales_by_region"))
    by_category = superstore_returns.query(
        f"select category, sum(returns), count(*) {base} group by 1"
    )
    assert_same(by_category, reference.rows("returned_sales_by_category"))
    managers = superstore_returns.query("""
        select distinct region_manager_name, region from core.dim_geography
        where region_manager_name is not null
    """)
    assert_same(managers, reference.rows("regional_managers"))


ALL_LINES = """(
    select order_id as document, customer_key, order_date as day, sales_after_discount as amount,
        region,
        product_id, ordered_units
    from core.fct_sales join core.dim_geography using (geography_key)
        join core.dim_products using (product_key)
    union all
    select return_id, customer_key, return_date, -returns, region, product_id, -returned_units
    from core.fct_returns join core.dim_geography using (geography_key)
        join core.dim_products using (product_key)
    union all
    select raw_record->>'invoice_no', -2, (raw_record->>'invoice_date')::date,
        (raw_record->>'quantity')::integer * (raw_record->>'unit_price')::decimal(18, 4),
        raw_record->>'country', raw_record->>'stock_code', (raw_record->>'quantity')::integer
    from core.ops_quarantine
)"""


def test_online_retail_all_lines(online_retail: Warehouse) -> None:
    """Sales, credit notes and what is in quarantine together are the complete file."""
    reference = Reference("online_retail")
    totals = online_retail.query(f"""
        select count(*), count(distinct document),
            count(distinct customer_key) filter (customer_key > 0),
            sum(amount), min(day)::varchar, max(day)::varchar from {ALL_LINES}
    """)
    assert_same(totals, reference.rows("gross_totals"))
    by_region = online_retail.query(f"""
        select region, sum(amount), count(distinct document),
            count(distinct customer_key) filter (customer_key > 0) from {ALL_LINES} group by 1
    """)
    assert_same(by_region, reference.rows("gross_sales_by_region"))
    monthly = online_retail.query(f"""
        select strftime(day, '%Y-%m'), sum(amount), count(distinct document),
            count(distinct customer_key) filter (customer_key > 0) from {ALL_LINES} group by 1
    """)
    assert_same(monthly, reference.rows("gross_monthly_sales"))
    repeat = online_retail.query(f"""
        select count(*), count(*) filter (documents >= 2) from (
            select count(distinct document) as documents from {ALL_LINES} where customer_key > 0
            group by customer_key
        )
    """)
    assert_same(repeat, reference.rows("gross_repeat_customers", "customers", "repeat_customers"))


def test_online_retail_net_of_credit_notes(online_retail: Warehouse) -> None:
    """Known customers: totals, months and top customers, from the facts alone."""
    reference = Reference("online_retail")
    known = f"(select * from {ALL_LINES} where customer_key > 0)"
    totals = online_retail.query(f"select count(distinct document), sum(amount) from {known}")
    assert_same(totals, reference.rows("net_known_customers_totals", "orders", "total_sales"))
    monthly = online_retail.query(
        f"select strftime(day, '%Y-%m'), sum(amount) from {known} group by 1"
    )
    assert_same(monthly, reference.rows("net_known_customers_monthly_sales", "month", "sales"))
    top = online_retail.query(f"""
        select customer_id::integer, sum(amount) as sales, count(distinct document)
        from {known} join core.dim_customers using (customer_key)
        group by 1 order by sales desc limit 5
    """)
    assert_same(top, reference.rows("net_known_customers_top5_customers"))


def test_online_retail_clean_sales(online_retail: Warehouse) -> None:
    """Sales to known customers at a price above nothing."""
    reference = Reference("online_retail")
    clean = """(
        select sales.*, geography.region, products.product_id
        from core.fct_sales as sales join core.dim_geography as geography using (geography_key)
        join core.dim_products as products using (product_key)
        where customer_key > 0 and sales_after_discount > 0
    )"""
    totals = online_retail.query(f"""
        select count(*), count(distinct order_key), count(distinct customer_key),
            sum(sales_after_discount),
            min(order_date)::varchar, max(order_date)::varchar from {clean}
    """)
    assert_same(totals, reference.rows("clean_sales_totals"))
    by_region = online_retail.query(f"""
        select region, sum(sales_after_discount), count(distinct order_key),
            count(distinct customer_key)
        from {clean} group by 1
    """)
    assert_same(by_region, reference.rows("clean_sales_sales_by_region"))
    monthly = online_retail.query(f"""
        select strftime(order_date, '%Y-%m'), sum(sales_after_discount), count(distinct order_key),
            count(distinct customer_key) from {clean} group by 1
    """)
    assert_same(monthly, reference.rows("clean_sales_monthly_sales"))
    top_products = online_retail.query(f"""
        select product_id, sum(sales_after_discount) as sales from {clean}
        group by 1 order by sales desc, 1 limit 5
    """)
    assert_same(top_products, reference.rows("top5_products_clean"))
    repeat = online_retail.query(f"""
        select count(*), count(*) filter (orders >= 2) from (
            select count(distinct order_key) as orders from {clean} group by customer_key
        )
    """)
    expected = reference.rows("clean_sales_repeat_customers", "customers", "repeat_customers")
    assert_same(repeat, expected)


def test_online_retail_oddities(online_retail: Warehouse) -> None:
    """Credit notes, write-offs, adjustments, guests: each in its place."""
    reference = Reference("online_retail")
    returns = online_retail.query("""
        select count(*), count(distinct return_id), -sum(returned_amount),
            count(distinct customer_key) filter (customer_key > 0) from core.fct_returns
    """)
    assert_same(returns, reference.rows("cancellations"))
    write_offs = online_retail.query("""
        select count(*), count(distinct raw_record->>'invoice_no') from core.ops_quarantine
        where reason_code = 'quantity_not_positive'
    """)
    assert_same(write_offs, reference.rows("negative_quantity_not_cancelled", "lines", "invoices"))
    adjustments = online_retail.query("""
        select sum((raw_record->>'unit_price')::decimal(18, 4)), count(*) from core.ops_quarantine
        where reason_code = 'not_a_sale'
    """)
    expected = [
        row[1:] for row in reference.rows("gross_sales_by_category") if row[0] == "adjustment"
    ]
    assert_same(adjustments, expected)
    stock_codes = online_retail.query("""
        select count(distinct product_id), count(distinct upper(product_id))
        from core.dim_products where product_key > 0
    """)
    # The bookkeeping code B stands on adjustments only, which are in quarantine.
    ((codes, upper_codes),) = reference.rows("distinct_stock_codes")
    assert stock_codes == [(codes - 1, upper_codes - 1)]


def test_shopping_trends(shopping_trends: tuple[Warehouse, str]) -> None:
    """Totals, categories, states, subscribers, age and loyalty; ratings with and without gaps."""
    warehouse, prefix = shopping_trends
    reference = Reference("shopping_trends")
    columns = "customers", "total_sales", "ratings", "null_ratings"
    totals = warehouse.query("""
        select count(distinct customer_key), sum(sales_after_discount)::integer from core.fct_orders
    """)
    assert_same(totals, reference.rows(f"{prefix}totals", *columns[:2]))
    ratings = warehouse.query("""
        select count(rating), count(*) - count(rating), count(*) filter (is_review_rating_imputed)
        from core.fct_feedback
    """)
    expected = [(*row, row[1]) for row in reference.rows(f"{prefix}totals", *columns[2:])]
    assert_same(ratings, expected)
    categories = warehouse.query("""
        select category, sales_after_discount, orders from marts.mart_sales_monthly_by_category
    """)
    expected = reference.rows(f"{prefix}sales_by_category", "category", "sales", "purchases")
    assert_same(categories, [(name, Decimal(sales), orders) for name, sales, orders in expected])
    medians = warehouse.query("""
        select distinct category, median(rating) over (partition by category)::varchar
        from core.fct_feedback join core.dim_products using (product_key)
    """)
    assert_same(medians, reference.rows(f"{prefix}category_median_rating"))
    imputed = dict(warehouse.query("""
        select category, any_value(rating_imputed) from core.fct_feedback
        join core.dim_products using (product_key) where is_review_rating_imputed group by 1
    """))  # fmt: skip
    expected_medians = dict(reference.rows(f"{prefix}category_median_rating"))
    assert all(float(value) == float(expected_medians[name]) for name, value in imputed.items())
    for figure, sql in SHOPPING_TRENDS_FIGURES.items():
        actual = [tuple(row) for row in warehouse.query(sql)]
        expected = [(name, Decimal(sales), n) for name, sales, n in reference.rows(*figure)]
        assert_same(actual, expected)


SHOPPING_TRENDS_FIGURES = {
    ("sales_by_location", "location", "sales", "purchases"): """
        select state, sum(sales_after_discount), count(*)
        from core.fct_orders join core.dim_geography using (geography_key) group by 1
    """,
    ("sales_by_gender", "gender", "sales", "customers"): """
        select gender, sum(sales_after_discount), count(*)
        from core.fct_orders join core.dim_customers using (customer_key) group by 1
    """,
    ("sales_by_season", "season", "sales", "purchases"): """
        select season, sum(sales_after_discount), count(*) from core.fct_orders group by 1
    """,
    ("by_payment", "payment", "sales", "n"): """
        select payment_method, sum(sales_after_discount), count(*)
        from core.fct_orders join core.dim_payment_methods using (payment_method_key) group by 1
    """,
    ("by_shipping", "shipping", "sales", "n"): """
        select shipping_method, sum(sales_after_discount), count(*) from core.fct_orders group by 1
    """,
    ("by_subscription", "subscribed", "sales", "customers"): """
        select case when is_subscriber then 'Yes' else 'No' end, sum(sales_after_discount), count(*)
        from core.fct_orders join core.dim_customers using (customer_key) group by 1
    """,
    ("previous_purchase_segments", "segment", "sales", "n"): """
        select loyalty_declared, sum(sales_after_discount), count(*)
        from core.fct_orders join core.dim_customers using (customer_key) group by 1
    """,
    ("discounted", "discount", "sales", "n"): """
        select case when is_discounted then 'Yes' else 'No' end, sum(sales_after_discount), count(*)
        from core.fct_orders group by 1
    """,
    ("sales_by_item", "item", "sales", "purchases"): """
        select product_name, sum(sales_after_discount), count(*)
        from core.fct_sales join core.dim_products using (product_key) group by 1
    """,
}


@pytest.mark.parametrize(
    ("prefix", "condition"), [("all", "true"), ("delivered", "source_order_status = 'delivered'")]
)
def test_olist_sales(prefix: str, condition: str, olist: Warehouse) -> None:
    """Totals, states, categories, top customers, months and repeat rate, all and delivered."""
    reference = Reference("olist")
    lines = f"""(
        select lines.*, orders.source_order_status, geography.region,
            case when category = 'Uncategorised' then '(none)' else category end as category,
                customer_id
        from core.fct_sales as lines join core.fct_orders as orders using (order_key)
        join core.dim_geography as geography on lines.geography_key = geography.geography_key
        join core.dim_products as products on lines.product_key = products.product_key
        join core.dim_customers as customers on lines.customer_key = customers.customer_key
        where {condition}
    )"""
    totals = olist.query(f"""
        select count(*), count(distinct order_key), count(distinct customer_id),
            sum(ordered_amount),
            min(order_date)::varchar, max(order_date)::varchar from {lines}
    """)
    assert_same(totals, reference.rows(f"{prefix}_totals"))
    by_region = olist.query(f"""
        select region, sum(ordered_amount), count(distinct order_key), count(distinct customer_id)
        from {lines} group by 1
    """)
    assert_same(by_region, reference.rows(f"{prefix}_sales_by_region"))
    by_category = olist.query(
        f"select category, sum(ordered_amount), count(*) from {lines} group by 1"
    )
    assert_same(by_category, reference.rows(f"{prefix}_sales_by_category"))
    top = olist.query(f"""
        select customer_id, sum(ordered_amount) as sales, count(distinct order_key)
        from {lines} group by 1 order by sales desc, 1 limit 5
    """)
    assert_same(top, reference.rows(f"{prefix}_top5_customers"))
    monthly = olist.query(f"""
        select strftime(order_date, '%Y-%m'), sum(ordered_amount), count(distinct order_key),
            count(distinct customer_id) from {lines} group by 1
    """)
    assert_same(monthly, reference.rows(f"{prefix}_monthly_sales"))
    repeat = olist.query(f"""
        select count(*), count(*) filter (orders >= 2) from (
            select count(distinct order_key) as orders from {lines} group by customer_id
        )
    """)
    assert_same(
        repeat, reference.rows(f"{prefix}_repeat_customers", "customers", "repeat_customers")
    )


def test_olist_other_tables(olist: Warehouse) -> None:
    """Orders by status, freight, payments, reviews and persons."""
    reference = Reference("olist")
    statuses = olist.query("select source_order_status, count(*) from core.fct_orders group by 1")
    assert_same(statuses, reference.rows("orders_by_status"))
    without_lines = olist.query("""
        select source_order_status, count(*) from core.fct_orders where not has_lines group by 1
    """)
    assert_same(without_lines, reference.rows("orders_without_items"))
    payments = olist.query("""
        select payment_method, count(*), sum(payment_amount)
        from core.fct_payments join core.dim_payment_methods using (payment_method_key) group by 1
    """)
    assert_same(payments, reference.rows("payments_by_type"))
    reviews = olist.query("""
        select count(*), count(distinct order_key), round(avg(rating), 6),
            count(*) filter (has_comment)
        from core.fct_feedback
    """)
    # A message of blanks is no message here; the reference counts it as one.
    ((blank,),) = olist.query("""
        select count(*) from raw.olist_reviews
        where length(review_comment_message) > 0 and trim(review_comment_message) = ''
    """)
    ((*counts, with_message),) = reference.rows(
        "reviews", "reviews", "orders", "avg_score", "with_message"
    )
    assert_same(reviews, [(*counts, with_message - blank)])
    scores = olist.query("select rating::integer, count(*) from core.fct_feedback group by 1")
    assert_same(scores, reference.rows("reviews_by_score"))
    persons = olist.query("select count(*) from core.dim_customers where customer_key > 0")
    assert persons == reference.rows("unique_customers")
    freight = olist.query("select sum(shipping_amount) from intermediate.int_orders_conformed")
    assert_same(freight, reference.rows("items_totals", "freight"))
    recognised = ("delivered", "shipped", "invoiced", "processing", "approved")
    expected_orders = sum(
        n for status, n in reference.rows("orders_by_status") if status in recognised
    )
    assert kpi(olist, "orders") == expected_orders
