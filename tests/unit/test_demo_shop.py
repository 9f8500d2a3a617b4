"""The demo shop holds together, repeats itself and shows the truths planted in it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from customer_trends.demo.generator import RAW_TABLES, generate

PROJECT = Path(__file__).parents[2]
SMALL = 3_000


def open_shop(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection with one view per raw table."""
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for table in RAW_TABLES:
        connection.execute(f"create view {table} as from '{folder / table}.parquet'")
    return connection


def number(connection: duckdb.DuckDBPyConnection, query: str) -> float:
    """Return the only value of a query as a number."""
    row = connection.execute(query).fetchone()
    assert row is not None
    return float(row[0])


def rows(folder: Path, table: str) -> list[tuple[object, ...]]:
    """Return all rows of a raw table in the order of the file."""
    return duckdb.execute(f"from '{folder / table}.parquet'").fetchall()


@pytest.fixture(scope="module")
def clean_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small shop without dirt, made on one thread."""
    folder = tmp_path_factory.mktemp("clean")
    generate(folder, orders=SMALL, seed=7, with_dirt=False, threads=1)
    return folder


@pytest.fixture(scope="module")
def large_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a shop large enough for its rates to be seen, without dirt."""
    folder = tmp_path_factory.mktemp("large")
    generate(folder, orders=60_000, seed=11, with_dirt=False)
    return folder


@pytest.fixture
def clean(clean_folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a connection to the small shop."""
    with open_shop(clean_folder) as connection:
        yield connection


@pytest.fixture
def large(large_folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a connection to the large shop, with lines joined to their top category."""
    with open_shop(large_folder) as connection:
        connection.execute("""
            create view product_categories as
            select product_id, parents.category_name
            from products
            inner join categories as children using (category_id)
            inner join categories as parents on children.parent_category_id = parents.category_id
        """)
        yield connection


def test_generate_is_the_same_on_any_number_of_threads(clean_folder: Path, tmp_path: Path) -> None:
    generate(tmp_path, orders=SMALL, seed=7, with_dirt=False, threads=2)
    for table in RAW_TABLES:
        assert rows(tmp_path, table) == rows(clean_folder, table), table


def test_generate_is_the_same_on_threads_beyond_one_row_group(tmp_path: Path) -> None:
    for threads in (1, 4):
        generate(tmp_path / str(threads), orders=150_000, threads=threads)
    for table in RAW_TABLES:
        one, four = (f"'{tmp_path / folder / table}.parquet'" for folder in ("1", "4"))
        different = duckdb.execute(f"""
            select count(*)
            from (select hash(t) as content, row_number() over () as n from {one} as t) as one
            full join (select hash(t) as content, row_number() over () as n from {four} as t)
                as four using (n)
            where one.content is distinct from four.content
        """)
        assert different.fetchone() == (0,), table


def test_generate_differs_by_seed(clean_folder: Path, tmp_path: Path) -> None:
    generate(tmp_path, orders=SMALL, seed=8, with_dirt=False)
    for table in ("customers", "orders", "order_items", "returns", "products"):
        assert rows(tmp_path, table) != rows(clean_folder, table), table


def test_generate_refuses_a_shop_too_small(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 100 orders"):
        generate(tmp_path, orders=99)


def test_generate_meets_the_wanted_orders(tmp_path: Path) -> None:
    steps: list[str] = []
    shop = generate(tmp_path, with_dirt=False, progress=steps.append)
    assert shop.rows["orders"] == pytest.approx(20_000, rel=0.03)
    assert shop.rows["order_items"] / shop.rows["orders"] == pytest.approx(2.5, abs=0.1)
    assert shop.rows["customers"] == pytest.approx(20_000 / 6, rel=0.08)
    assert shop.dirt == {}
    assert "order lines" in steps and "dirt" not in steps


def test_generate_writes_the_columns_of_the_sources(clean: duckdb.DuckDBPyConnection) -> None:
    contract = (PROJECT / "models/staging/shop/_shop__sources.yml").read_text(encoding="utf-8")
    expected: dict[str, list[str]] = {}
    for indent, name in re.findall(r"^( +)- name: (\w+)$", contract, re.MULTILINE):
        if len(indent) == 6:
            expected[name] = []
        elif len(indent) == 10:
            list(expected.values())[-1].append(name)
    assert set(expected) == set(RAW_TABLES)
    for table, columns in expected.items():
        described = clean.execute(f"describe {table}").fetchall()
        assert [column[0] for column in described] == columns, table
        assert {column[1] for column in described} == {"VARCHAR"}, table


FOREIGN_KEYS = [
    ("customer_change_log", "customer_id", "customers"),
    ("products", "category_id", "categories"),
    ("product_prices", "product_id", "products"),
    ("orders", "customer_id", "customers"),
    ("order_items", "order_id", "orders"),
    ("order_items", "product_id", "products"),
    ("order_status_history", "order_id", "orders"),
    ("payments", "order_id", "orders"),
    ("returns", "order_id", "orders"),
    ("feedback", "customer_id", "customers"),
    ("feedback", "order_id", "orders"),
    ("feedback", "product_id", "products"),
    ("support_tickets", "customer_id", "customers"),
    ("support_tickets", "order_id", "orders"),
    ("subscriptions", "customer_id", "customers"),
]


@pytest.mark.parametrize(("table", "key", "target"), FOREIGN_KEYS)
def test_clean_keys_resolve(
    clean: duckdb.DuckDBPyConnection, table: str, key: str, target: str
) -> None:
    assert number(clean, f"select count({key}) from {table}") > 0
    assert number(clean, f"select count(*) - count(distinct {key}) from {target}") == 0
    assert 0 == number(
        clean,
        f"select count(*) from {table} anti join {target} using ({key}) where {key} is not null",
    )


CLEAN_RULES = {
    "the total is lines less discounts plus shipping and tax": """
        select * from orders left join (
            select
                order_id,
                sum(
                    quantity::int * unit_price::decimal(18, 2)
                    - line_discount_amount::decimal(18, 2)
                ) as goods
            from order_items group by 1
        ) using (order_id)
        where goods is null or total_amount::decimal(18, 2) <> goods
            - order_discount_amount::decimal(18, 2) + shipping_amount::decimal(18, 2)
            + tax_amount::decimal(18, 2) or order_discount_amount::decimal(18, 2) > goods""",
    "payments make up the total of secured orders, others have none": """
        select * from orders left join (
            select order_id, sum(payment_amount::decimal(18, 2)) as paid from payments group by 1
        ) using (order_id)
        where coalesce(paid, 0) <> case
            when order_status in ('pending', 'failed', 'cancelled') then 0
            else total_amount::decimal(18, 2) end""",
    "an order line is unique": """
        select order_id from order_items group by order_id, line_number having count(*) > 1""",
    "an order has a product once": """
        select order_id from order_items group by order_id, product_id having count(*) > 1""",
    "quantities are positive integers": """
        select * from order_items where coalesce(try_cast(quantity as int), 0) < 1
            or quantity like '%.%'""",
    "the line has the price of its moment": """
        select * from order_items inner join orders using (order_id)
        where unit_price <> (
            select max_by(list_price, valid_from) from product_prices
            where product_prices.product_id = order_items.product_id
                and valid_from <= ordered_at
        )""",
    "no more comes back than was sold": """
        select 1 from returns inner join order_items using (order_id, line_number)
        group by order_id, line_number
        having sum(returns.quantity::int) > any_value(order_items.quantity::int)""",
    "a return has its line and follows delivery": """
        select * from returns left join order_items using (order_id, line_number)
        left join order_status_history as delivery
            on returns.order_id = delivery.order_id and order_status = 'delivered'
        where order_items.order_id is null or delivery.changed_at is null
            or returned_at::timestamp not between changed_at::timestamp + interval 1 day
                and changed_at::timestamp + interval 40 days""",
    "no more tax is refunded than was charged": """
        select 1 from returns inner join orders using (order_id) group by order_id
        having sum(refunded_tax_amount::decimal(18, 2)) > any_value(tax_amount::decimal(18, 2))""",
    "the status shows what came back": """
        select * from orders left join (
            select order_id, sum(quantity::int) as sold from order_items group by 1
        ) using (order_id) left join (
            select order_id, sum(quantity::int) as back from returns group by 1
        ) using (order_id)
        where (order_status = 'returned') <> (coalesce(back, 0) = sold)
            or (order_status = 'partially_returned')
                <> (coalesce(back, 0) between 1 and sold - 1)""",
    "the order has the last status of its history": """
        select * from orders left join (
            select order_id, max_by(order_status, status_sequence::int) as latest
            from order_status_history group by 1
        ) using (order_id) where order_status is distinct from latest""",
    "a history starts with the order, is legal and rises with time": """
        select * from (
            select
                order_id, order_status as step_status, changed_at,
                lag(order_status) over life as before, lag(changed_at) over life as earlier
            from order_status_history
            window life as (partition by order_id order by status_sequence::int)
        ) inner join orders using (order_id)
        where earlier is null and changed_at <> ordered_at or earlier >= changed_at
            or coalesce(before, '') || '>' || step_status not in (
                '>pending', 'pending>failed', 'pending>cancelled', 'pending>confirmed',
                'confirmed>cancelled', 'confirmed>processing', 'processing>shipped',
                'shipped>delivered', 'delivered>partially_returned', 'delivered>returned',
                'partially_returned>returned')""",
    "the last change equals the customer": """
        (select customer_id, gender, birth_date, annual_income, spending_score, segment,
            is_subscriber, city, state, postal_code, country, updated_at from customers)
        except
        (select customer_id, gender, birth_date, annual_income, spending_score, segment,
            is_subscriber, city, state, postal_code, country, changed_at from customer_change_log
        qualify row_number() over (
            partition by customer_id order by change_sequence::bigint desc) = 1)""",
    "the change log rises and starts with an insert": """
        select * from (
            select *, lag(changed_at) over (order by change_sequence::bigint) as earlier,
                row_number() over (partition by customer_id order by change_sequence::bigint) as n
            from customer_change_log
        ) where earlier > changed_at or (n = 1) <> (operation = 'insert')""",
    "a subscriber has a running subscription": """
        select * from customers left join (
            select customer_id, count(*) as running from subscriptions
            where ended_at is null group by 1
        ) using (customer_id) where (is_subscriber = 'true') <> (coalesce(running, 0) = 1)""",
    "nobody orders before registration": """
        select * from orders inner join customers using (customer_id)
        where ordered_at < registered_at""",
    "nothing happens after the end": """
        select * from (
            select ordered_at as happened_at from orders union all
            select changed_at from order_status_history union all
            select returned_at from returns union all
            select paid_at from payments union all
            select submitted_at from feedback union all
            select unnest([opened_at, first_response_at, resolved_at]) from support_tickets
            union all select unnest([started_at, ended_at]) from subscriptions
            union all select changed_at from customer_change_log
        ) where happened_at >= '2024-07-01 05:00:00' or happened_at < '2021-01-01 06:00:00'""",
    "a gift card is never discounted": """
        select * from order_items inner join products using (product_id)
        where is_gift_card = 'true' and line_discount_amount <> '0.00'""",
}


@pytest.mark.parametrize("rule", CLEAN_RULES)
def test_clean_data_keeps_the_rules(clean: duckdb.DuckDBPyConnection, rule: str) -> None:
    assert clean.execute(CLEAN_RULES[rule]).fetchall()[:3] == []


def test_clean_data_ends_on_the_closing_date(clean: duckdb.DuckDBPyConnection) -> None:
    latest = clean.execute("""
        select max(timezone('America/Chicago', timezone('UTC', ordered_at::timestamp)))::date::text
        from orders
    """).fetchone()
    assert latest == ("2024-06-30",)


def test_clean_change_log_has_work_for_history_logic(large: duckdb.DuckDBPyConnection) -> None:
    per_customer = "select count(*) / (select count(*) from customers) - 1 from customer_change_log"
    assert number(large, per_customer) == pytest.approx(0.64, abs=0.05)
    assert (
        number(
            large,
            """
        select count(*) from (
            select 1 from customer_change_log group by customer_id, changed_at having count(*) > 1
        )""",
        )
        > 50
    )
    assert (
        number(
            large,
            """
        select count(*) from (
            select hash(columns) as image, lag(image) over (
                partition by customer_id order by change_sequence::bigint) as before
            from (
                select customer_id, change_sequence, row(
                    annual_income, spending_score, segment, is_subscriber, city, postal_code
                ) as columns from customer_change_log
            )
        ) where image = before""",
        )
        > 50
    )


def test_dirt_only_adds_rows(clean_folder: Path, tmp_path: Path) -> None:
    shop = generate(tmp_path, orders=SMALL, seed=7)
    assert all(count >= 5 for reasons in shop.dirt.values() for count in reasons.values())
    for table in RAW_TABLES:
        clean_rows, dirty_rows = rows(clean_folder, table), rows(tmp_path, table)
        assert dirty_rows[: len(clean_rows)] == clean_rows, table
        planted = sum(shop.dirt.get(table, {}).values())
        assert len(dirty_rows) - len(clean_rows) == planted, table
        assert shop.rows[table] == len(dirty_rows), table
        copies = sum(row in set(clean_rows) for row in dirty_rows[len(clean_rows) :])
        assert copies == shop.dirt.get(table, {}).get("duplicate_row", 0), table


def test_dirt_is_what_its_reason_says(tmp_path: Path) -> None:
    shop = generate(tmp_path, orders=SMALL, seed=7)
    with open_shop(tmp_path) as dirty:
        found = {
            ("orders", "invalid_date"): "orders where try_cast(ordered_at as timestamp) is null",
            ("orders", "status_unmapped"): "orders where order_status = 'teleported'",
            ("orders", "future_date"): "orders where ordered_at like '2199%'",
            ("order_items", "order_rejected"): """order_items semi join (
                select * from orders where order_id like 'X%') as made_up using (order_id)""",
            ("order_items", "orphan_order"): """order_items anti join orders using (order_id)
                where order_id is not null""",
            ("order_items", "missing_key"): "order_items where order_id is null",
            ("order_items", "quantity_not_positive"): "order_items where quantity in ('0', '-1')",
            ("order_items", "quantity_not_integral"): "order_items where quantity = '1.5'",
            ("order_items", "invalid_number"): """order_items
                where try_cast(unit_price as decimal(18, 2)) is null""",
            ("customers", "missing_key"): "customers where customer_id is null",
            ("payments", "orphan_order"): "payments anti join orders using (order_id)",
            ("returns", "orphan_order"): "returns anti join orders using (order_id)",
            ("returns", "return_before_order"): """returns inner join orders using (order_id)
                where returned_at < ordered_at and order_status = 'delivered'""",
            ("returns", "return_on_unrecognised_order"): """returns
                inner join orders using (order_id)
                inner join order_items using (order_id, line_number)
                where order_status = 'cancelled' and returned_at > ordered_at""",
            ("order_status_history", "orphan_order"): """order_status_history
                anti join orders using (order_id)""",
            ("feedback", "rating_out_of_range"): "feedback where rating::int not between 1 and 5",
        }
        for (table, reason), query in found.items():
            assert number(dirty, f"select count(*) from {query}") == shop.dirt[table][reason], query
    checked = {(table, reason) for table, reasons in shop.dirt.items() for reason in reasons}
    assert {pair for pair in checked if pair[1] != "duplicate_row"} == set(found)
    truth = json.loads((tmp_path / "planted_truth.json").read_text(encoding="utf-8"))
    assert truth["dirt"] == shop.dirt and truth["rows"] == shop.rows
    assert truth["parameters"]["seed"] == 7 and truth["parameters"]["promotion_uplift"] == 1.25


def test_truth_growth_and_seasons_show(large: duckdb.DuckDBPyConnection) -> None:
    new_customers = dict(
        large.execute(
            "select year(registered_at::date), count(*) from customers group by 1"
        ).fetchall()
    )
    assert new_customers[2023] / new_customers[2021] == pytest.approx(1.25**2, rel=0.10)
    orders = dict(
        large.execute("select ordered_at[:7], count(*) from orders group by 1").fetchall()
    )
    assert orders["2023-05"] > 1.2 * orders["2022-05"]
    # neighbouring months, so that growth matters little: 1.45 / 0.85 and 1.35 / 1.02, by days
    assert orders["2022-12"] / orders["2023-01"] == pytest.approx(1.45 / 0.85, rel=0.10)
    assert orders["2023-11"] / orders["2023-10"] == pytest.approx(1.35 / 1.02 * 30 / 31, rel=0.10)


def test_truth_best_fifth_of_customers_carries_most(large: duckdb.DuckDBPyConnection) -> None:
    share = number(
        large,
        """
        select sum(spent) filter (place <= 0.2) / sum(spent) from (
            select sum(total_amount::double) as spent, percent_rank() over (
                order by sum(total_amount::double) desc) as place
            from orders where customer_id is not null group by customer_id
        )""",
    )
    assert 0.60 < share < 0.75
    never = number(
        large,
        """
        select count(*) / (select count(*) from customers)
        from customers anti join orders using (customer_id)""",
    )
    assert never == pytest.approx(0.08, abs=0.01)
    guests = "select count(*) filter (customer_id is null) / count(*) from orders"
    assert number(large, guests) == pytest.approx(0.05, abs=0.003)


def test_truth_order_counts_are_those_of_the_model(large: duckdb.DuckDBPyConnection) -> None:
    """Of customers long here, one and two orders are as frequent as BG/NBD has them."""
    row = large.execute("""
        select avg((orders = 1)::int), avg((orders = 2)::int) from (
            select count(*) as orders from orders where customer_id is not null
            group by customer_id having min(ordered_at) < '2021-07-01'
        )""").fetchone()
    assert row is not None
    scale, weeks, leaves = 4.5, 164, 1 / 5
    waits = scale / (scale + weeks)
    assert row[0] == pytest.approx(waits, abs=0.02)
    twice = (1 - leaves) * waits * (1 - waits) + leaves * (1 - waits)
    assert row[1] == pytest.approx(twice, abs=0.04)


def test_truth_return_rates_by_category(large: duckdb.DuckDBPyConnection) -> None:
    planted = {
        "Clothing": 0.14,
        "Footwear": 0.11,
        "Electronics": 0.07,
        "Sports": 0.06,
        "Home": 0.04,
        "Beauty": 0.02,
        "Gift Cards": 0.0,
    }
    found = large.execute("""
        select category_name, count(*), count(returned.order_id) from order_items
        inner join orders using (order_id) inner join product_categories using (product_id)
        left join (select distinct order_id, line_number from returns) as returned
            on order_items.order_id = returned.order_id
            and order_items.line_number = returned.line_number
        where order_status in ('delivered', 'partially_returned', 'returned')
            and ordered_at < '2024-05-01'
        group by 1""").fetchall()
    assert {name for name, _, _ in found} == set(planted)
    for name, lines, returned in found:
        rate = planted[name]
        noise = 4 * math.sqrt(rate * (1 - rate) / lines)
        assert returned / lines == pytest.approx(rate, abs=noise), name


def test_truth_promotions_lift_units_by_a_quarter(large: duckdb.DuckDBPyConnection) -> None:
    uplift, share = large.execute("""
        select avg(units) filter (promotion_code is not null)
            / avg(units) filter (promotion_code is null), count(promotion_code) / count(*)
        from orders inner join (
            select order_id, sum(quantity::int) as units from order_items group by 1
        ) using (order_id)""").fetchone() or (0, 0)
    assert uplift == pytest.approx(1.25, abs=0.05)
    assert share == pytest.approx(0.22, abs=0.015)


def test_truth_large_orders_are_paid_in_parts(large: duckdb.DuckDBPyConnection) -> None:
    """Of orders of 200 dollars or more 6 % are paid in two parts, of smaller ones none."""
    split, share = large.execute("""
        select
            min(total) filter (where parts > 1),
            avg((parts > 1)::int) filter (where total >= 200)
        from (
            select order_id, count(*) as parts, sum(payment_amount::decimal(18, 2)) as total
            from payments group by 1
        )
    """).fetchall()[0]
    assert split >= 200
    assert share == pytest.approx(0.06, abs=0.01)


def test_truth_ticket_odds(large: duckdb.DuckDBPyConnection) -> None:
    odds = dict(
        large.execute("""
        with known as (
            select
                orders.order_status <> 'delivered' as is_returned,
                changed_at::timestamp - ordered_at::timestamp > interval 192 hours as is_late,
                exists (
                    from support_tickets where support_tickets.order_id = orders.order_id
                ) as has_ticket
            from orders inner join order_status_history as delivery
                on orders.order_id = delivery.order_id and delivery.order_status = 'delivered'
            where customer_id is not null and ordered_at < '2024-05-01'
        )
        select
            is_late::int + 2 * is_returned::int,
            avg(has_ticket::int) / (1 - avg(has_ticket::int))
        from known group by 1""").fetchall()
    )
    assert odds[0] == pytest.approx(0.03 / 0.97, rel=0.10)
    assert odds[1] / odds[0] == pytest.approx(4, rel=0.20)
    assert odds[2] / odds[0] == pytest.approx(3, rel=0.20)


def test_truth_ratings_by_category(large: duckdb.DuckDBPyConnection) -> None:
    means = dict(
        large.execute("""
        select category_name, avg(rating::int) from feedback
        inner join product_categories using (product_id) group by 1""").fetchall()
    )
    # late orders, 7 % of all, take 0.05 stars off
    for name, mean in {"Clothing": 3.9, "Electronics": 3.7, "Home": 4.2, "Beauty": 4.4}.items():
        assert means[name] == pytest.approx(mean - 0.05, abs=0.09), name
