"""Every mart of small random shops is what the oracle computes, and behaves as sales must."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from lanes import Lane
from oracle.builder import Builder
from oracle.catalogue import SPECIAL, find_world, make_world
from oracle.compare import Table
from oracle.maker import SALES
from oracle.marts import MARTS
from oracle.settings import LOW_LIMITS, Settings
from oracle.values import Row, Value
from oracle.world import RawRow, World, stamp
from worlds import build_world, count_worlds, drop_columns, find_differences, list_changes

SPECIAL_NAMES = ["no rows", *SPECIAL]
# Shops with orders, returns, guests and customers, measured from a day of their own and by default.
RICH = ("seed 9", "seed 12")
# Marts that hold orders whatever became of them, and what else knows of a cancelled order.
ALL_ORDERS = (
    "mart_order_status_by_month",
    "mart_order_funnel",
    "mart_order_lines",
    "mart_row_outcomes",
)
# Headline figures, of all time and of periods.
HEADLINES = ("mart_kpi", "mart_kpi_by_year", "mart_kpi_by_month")
# What does not grow with prices; everything else that is a decimal does.
NO_MONEY = ("share", "rate", "pct", "relative_change", "growth", "index", "support",
            "confidence", "lift", "days", "hours",
            "rating", "csat", "robust_z", "years", "per_year", "orders_per", "units_per",
            "average_age", "annual_income", "spending_score", "latitude", "longitude",
            "orders_per_customer", "monthly_fees", "complaint", "ratio", "agreement", "growth",
            "relative_change")  # fmt: skip
# What grows with prices although its name has a word of those.
MONEY = ("net_sales", "moving_average", "same_days_prior")
TOLERANCE = Decimal("0.0002")


@pytest.fixture(scope="module")
def builders(tmp_path_factory: pytest.TempPathFactory) -> list[Builder]:
    """Compile the project once with the default variables and once with low limits."""
    return Builder.compile(tmp_path_factory.mktemp("compiled"), Settings(), LOW_LIMITS)


def check(builder: Builder, world: World) -> dict[str, Table]:
    """Build a shop and compare all marts with the oracle; gives them."""
    built = builder.build(world)
    differences = find_differences(world, built, builder.settings)
    assert not differences, f"as of {world.as_of}:\n" + "\n".join(differences)
    return built


@pytest.mark.parametrize("seed", range(count_worlds()))
def test_random_shops(builders: list[Builder], seed: int) -> None:
    """Random shops, with the default variables and with low limits in turn."""
    check(builders[seed % 2], make_world(seed))


@pytest.mark.parametrize("name", SPECIAL_NAMES)
def test_shops_at_an_edge(builders: list[Builder], name: str) -> None:
    """Shops without rows, with one customer, of one day, where all is equal and so on."""
    check(builders[SPECIAL_NAMES.index(name) % 2], find_world(name))


@pytest.mark.parametrize("seed", range(max(6, count_worlds() // 2)))
def test_shops_of_other_sources(builders: list[Builder], seed: int) -> None:
    """Orders without a day or an hour, seasons, categories that change, credit notes."""
    check(builders[seed % 2], find_world(f"staged seed {seed}"))


def test_compiled_sql_builds_what_the_command_line_builds(
    builders: list[Builder], tmp_path: Path
) -> None:
    """Building by compiled SQL is no other build: the marts of a real one are the same."""
    world = find_world(RICH[0])
    assert world.as_of
    real = build_world(Lane("duckdb", tmp_path), world, tmp_path / "files")
    differences = list_changes(builders[0].build(world), real, world.name)
    assert not differences, "\n".join(differences)
    assert sum(len(table.rows) for table in real.values()) > 1_000


def find_sold(world: World) -> set[str | None]:
    """Find the orders that are sales."""
    return {
        row["order_id"]
        for row in world.tables["orders"]
        if (row["order_status"] or "").strip().lower() in SALES
    }


def test_the_oracle_notices(builders: list[Builder]) -> None:
    """One cent, one unit and one order more are noticed in the marts that show them."""
    world = find_world(RICH[1])
    built = builders[0].build(world)
    sold = find_sold(world)
    for table, column in (("orders", "tax_amount"), ("order_items", "unit_price")):
        row = next(
            row
            for row in reversed(world.tables[table])
            if row["order_id"] in sold and row[column] not in (None, "0.00")
        )
        changed = {**row, column: str(Decimal(row[column] or 0) + Decimal("0.01"))}
        tables = world.tables | {
            table: [changed if other is row else other for other in world.tables[table]]
        }
        assert find_differences(replace(world, tables=tables), built, Settings())


def add_cancelled(world: World) -> World:
    """Add an order that is called off, at the moment and by the customer of another."""
    named = [row for row in world.tables["orders"] if row["customer_id"]]
    like = min(named, key=lambda row: row["ordered_at"] or "")
    line = world.tables["order_items"][0]
    order = {**like, "order_id": "OX", "order_status": "cancelled", "order_discount_amount": "0"}
    lines = [{**line, "order_id": "OX", "line_number": "1"}]
    return world.with_rows("with a cancelled order", orders=[order], order_items=lines)


@pytest.mark.parametrize("name", RICH)
def test_a_cancelled_order_is_no_sale(builders: list[Builder], name: str) -> None:
    """An order that is called off changes cancellations and states of orders, nothing else."""
    world = find_world(name)
    before, after = (builders[0].build(each) for each in (world, add_cancelled(world)))

    def without(marts: dict[str, Table]) -> dict[str, Table]:
        kept = {mart: table for mart, table in marts.items() if mart not in ALL_ORDERS}
        people = kept["mart_customer_360"]
        kept[people.name] = drop_columns(people, ["orders_cancelled"])
        for figures in (kept[mart] for mart in HEADLINES):
            rows = [row for row in figures.rows if row["kpi_id"] != "cancellation_rate"]
            kept[figures.name] = replace(figures, rows=rows)
        return kept

    assert not list_changes(without(before), without(after), name)
    assert all(list_changes({mart: before[mart]}, after, name) for mart in ALL_ORDERS)
    cancelled = [
        sum(int(str(row["orders_cancelled"])) for row in marts["mart_customer_360"].rows)
        for marts in (before, after)
    ]
    assert cancelled[1] == cancelled[0] + 1


def return_everything(world: World) -> World:
    """Send all goods of all sales back, in one piece, before the day to measure from."""
    sales = find_sold(world)
    last = max(row["ordered_at"] or "" for row in world.tables["orders"])
    end = datetime.fromisoformat(last) + timedelta(days=60)
    back: list[RawRow] = [
        {
            "return_id": f"R{place}",
            "order_id": line["order_id"],
            "line_number": line["line_number"],
            "quantity": line["quantity"],
            "returned_at": stamp(end),
        }
        for place, line in enumerate(world.tables["order_items"])
        if line["order_id"] in sales
    ]
    as_of = (end + timedelta(days=1)).date().isoformat()
    return replace(world, tables=world.tables | {"returns": back}, as_of=as_of)


@pytest.mark.parametrize("name", RICH)
def test_a_full_return_nets_to_zero(builders: list[Builder], name: str) -> None:
    """When everything comes back nothing is left of any sale, to the cent."""
    marts = builders[0].build(return_everything(find_world(name)))
    columns = [
        (mart, row[column])
        for mart, table in marts.items()
        for row in table.rows
        for column in (
            "net_sales_by_order_date",
            "monetary",
            "customer_lifetime_value_historic",
            "kept_units",
        )
        if row.get(column) is not None
    ]
    assert len(columns) > 100
    assert not [entry for entry in columns if entry[1] != 0]
    monthly = marts["mart_sales_monthly"].rows
    assert sum(Decimal(str(row["sales_after_discount"])) for row in monthly) > 0
    assert sum(Decimal(str(row["net_sales"])) for row in monthly) == 0
    assert {row["rfm_segment"] for row in marts["mart_customer_rfm"].rows} == {"Prospect"}


def make_exact(world: World) -> World:
    """Leave out what is rounded to cents: shares of discounts and of returned lines."""
    orders = [{**row, "order_discount_amount": None} for row in world.tables["orders"]]
    units = {
        (row["order_id"], row["line_number"]): row["quantity"]
        for row in world.tables["order_items"]
    }
    lines = {
        (row["order_id"], row["line_number"]): row for row in reversed(world.tables["returns"])
    }
    returns = [{**row, "quantity": units[line]} for line, row in lines.items()]
    return replace(world, tables=world.tables | {"orders": orders, "returns": returns})


def scale_row(row: Row, factor: int) -> Iterator[tuple[str, Value]]:
    """Give a row as it is to be at other prices."""
    for column, value in row.items():
        is_money = column.startswith(MONEY) or not any(word in column for word in NO_MONEY)
        if "kpi_id" in row:
            is_money = row["unit"] == "currency" and column != "target_value"
        scales = is_money and isinstance(value, Decimal)
        yield column, value * factor if scales and isinstance(value, Decimal) else value


def is_close(expected: Value, got: Value, factor: int) -> bool:
    """Compare values; decimals may differ by what rounding left, times the factor."""
    if isinstance(expected, Decimal) and isinstance(got, Decimal):
        return abs(expected - got) <= TOLERANCE * factor
    return expected == got


@pytest.mark.parametrize("name", RICH)
def test_prices_times_ten_are_money_times_ten(builders: list[Builder], name: str) -> None:
    """Ten times the prices make ten times the money; counts, ratios and scores stay."""
    world = make_exact(find_world(name))
    before, after = (builders[0].build(each) for each in (world, world.scaled(10)))
    wrong = []
    for mart, table in before.items():
        got = {tuple(row[name] for name in table.key): row for row in after[mart].rows}
        assert len(got) == len(table.rows)
        if mart == "mart_customer_rfm_threshold_1":
            continue
        for row in table.rows:
            other = got[tuple(row[name] for name in table.key)]
            wrong += [
                f"{mart} {column}: {row[column]} became {other[column]} in {other}"
                for column, value in scale_row(row, 10)
                if not is_close(value, other[column], 10)
            ]
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("name", RICH)
def test_order_of_rows_and_threads_change_nothing(builders: list[Builder], name: str) -> None:
    """The same rows in another order, built by four threads, give the same marts."""
    world = find_world(name)
    before = builders[1].build(world)
    after = builders[1].build(world.shuffled(7), threads=4)
    assert not list_changes(before, after, name)


def test_shops_are_diverse() -> None:
    """The random shops hold what is rare: gift cards, unknown customers, leap days, no orders."""
    worlds = [make_world(seed) for seed in range(60)]
    rows = {
        table: [row for world in worlds for row in world.tables[table]]
        for table in worlds[0].tables
    }
    assert len({row["order_status"] for row in rows["orders"]}) > 12
    assert any(row["customer_id"] == "X1" for row in rows["orders"])
    assert any(row["product_id"] == "PX" for row in rows["order_items"])
    assert any(row["is_gift_card"] == "true" for row in rows["products"])
    assert any((row["ordered_at"] or "")[5:10] == "02-29" for row in rows["orders"])
    assert any(not world.tables["orders"] for world in worlds)
    assert 10 < sum(world.as_of is not None for world in worlds) < 50
    assert {world.as_of is None for world in map(find_world, RICH)} == {True, False}
    assert len(MARTS) > 30
