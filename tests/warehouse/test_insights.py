"""Every figure in a sentence is its mart's, and no sentence says what the data do not carry."""

import re
from collections.abc import Iterator
from datetime import date

import duckdb
import pandas as pd
import pytest
from lanes import Lanes
from mart_worlds import DEMO, EMPTY, GOLDEN, WORLDS, make_read, make_world

from customer_trends.errors import InvalidOptionError
from customer_trends.insights.notes import Figure, Insight, qualify
from customer_trends.insights.write import RULES, write_insights
from customer_trends.presentation.wording import (
    NARROW_SPACE,
    join_words,
    name_category,
    write_amount,
    write_change,
    write_count,
    write_number,
    write_share,
)

# Numbers that belong to a definition, not to the data.
DEFINED = re.compile(r"\b12 months\b|\b90 days\b|\b1,000 orders\b|\bof 5 stars\b")
NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
PER_CENT = f"{NARROW_SPACE}%"


@pytest.fixture(scope="module", params=WORLDS)
def world(lanes: Lanes, request: pytest.FixtureRequest) -> duckdb.DuckDBPyConnection:
    """Give the marts of each world in turn."""
    return make_world(lanes, request.param)


@pytest.fixture(scope="module")
def demo_shop(lanes: Lanes) -> duckdb.DuckDBPyConnection:
    """Give the marts of the demo shop."""
    return make_world(lanes, DEMO)


@pytest.fixture
def demo(demo_shop: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give marts of the demo shop that a test may change; the changes are taken back."""
    demo_shop.execute("begin transaction")
    yield demo_shop
    demo_shop.execute("rollback")


def write_all(connection: duckdb.DuckDBPyConnection) -> list[Insight]:
    """Write the sentences of all pages."""
    return [insight for page in RULES for insight in write_insights(page, make_read(connection))]


def write_texts(connection: duckdb.DuckDBPyConnection, page: str) -> str:
    """Write the sentences of a page as one text, with plain spaces."""
    texts = [insight.text for insight in write_insights(page, make_read(connection))]
    return " ".join(texts).replace(NARROW_SPACE, " ")


def check_figure(connection: duckdb.DuckDBPyConnection, figure: Figure) -> None:
    """Read a figure again by plain SQL and compare it with what is written."""
    rows = f"where {figure.rows}" + (f" order by {figure.order} limit 1" if figure.order else "")
    (value,) = connection.execute(
        f"select {figure.column} from {qualify(figure.mart)} {rows}"
    ).fetchone() or (None,)
    assert value is not None, figure
    if isinstance(value, date):
        assert figure.shown == f"{value:%B %Y}"
    elif isinstance(value, str):
        words = value.replace("_", " ").lower()
        assert figure.shown.lower() in (words, f"is {words}"), figure
    elif figure.column == "month_of_year":
        assert figure.shown == f"{date(2000, int(value), 1):%B}"
    else:
        check_number(figure.shown, abs(float(value)))


def check_number(shown: str, value: float) -> None:
    """Compare a number as it is written with its value, to the last digit written."""
    found = NUMBER.search(shown)
    if found is None:
        assert round(value, 3) == 0 and re.search(r"\bno\b|^None$|as much as", shown), shown
        return
    digits = found[0].lstrip("-").replace(",", "")
    scale = 1e6 if " million" in shown else 0.01 if PER_CENT in shown else 1.0
    step = 10.0 ** -len(digits.partition(".")[2])
    assert abs(float(digits) * scale - value) <= 0.5001 * step * scale, (shown, value)


def test_every_figure_is_its_mart(world: duckdb.DuckDBPyConnection) -> None:
    """Each figure equals its mart, in their order in the text; no number stands there beside."""
    for insight in write_all(world):
        rest = insight.text
        for figure in insight.values:
            check_figure(world, figure)
            before, shown, rest = rest.partition(figure.shown)
            if not shown:
                before, shown, rest = before.partition(figure.shown[:1].upper() + figure.shown[1:])
            assert shown, (insight.text, figure.shown)
            assert not NUMBER.search(DEFINED.sub("", before)), insight.text
        assert not NUMBER.search(DEFINED.sub("", rest)), insight.text
        assert (insight.mart, insight.column) == (insight.values[0].mart, insight.values[0].column)


def test_sentences_are_sentences(world: duckdb.DuckDBPyConnection) -> None:
    """A capital, a full stop, no gap, no NULL, no plural of one."""
    for insight in write_all(world):
        text = insight.text.replace(NARROW_SPACE, " ")
        assert re.fullmatch(r"[A-Z0-9-][^\n]*[^ .]\.", text), text
        assert not re.search(r"  |\bnan\b|None of no|\bNaT\b|<NA>| ,|-0\b(?!\.\d)", text), text
        assert not re.search(r"(?<![\d.,])1 (orders|customers|buyers|regions|categories)\b", text)


def test_worlds_say_something(lanes: Lanes, demo: duckdb.DuckDBPyConnection) -> None:
    """The demo shop fills every page, and empty marts say nothing."""
    assert all(write_insights(page, make_read(demo)) for page in RULES)
    assert len(write_all(demo)) >= 25
    assert write_all(make_world(lanes, EMPTY)) == []


def test_golden_example(lanes: Lanes) -> None:
    """Sentences worked out by hand from five orders; few customers are no share of anything."""
    golden = make_world(lanes, GOLDEN)
    assert write_texts(golden, "overview") == (
        "Net sales are 52.99 from 4 orders, 17.50 an order before returns. "
        "Net sales of March 2024 were 23.00, 228.6 % more than in the month before. "
        "April 2024 is not over yet: its sales are compared with nothing."
    )
    for page in ("customers", "geography", "operations"):
        assert write_texts(golden, page) == "", page


# What is said of the demo shop, computed from the facts below the marts.
FACTS = {
    "overview": (
        "with parts as (select products.category, sum(sales.net_sales_by_order_date) as amount "
        "from core.fct_sales as sales inner join core.dim_products as products "
        "on sales.product_key = products.product_key where sales.is_counted "
        "and not sales.is_gift_card group by 1) "
        "select category, 100 * amount / (select sum(amount) from parts) from parts "
        "order by amount desc limit 1",
        "{0} is {1:.1f} % of net sales, the largest of",
    ),
    "customers": (
        "select count(*), 100 * avg(case when orders > 1 then 1.0 else 0.0 end) from ("
        "select customer_key, count(*) as orders from core.fct_orders "
        "where is_qualifying and customer_key > 0 group by 1)",
        "{1:.1f} % of {0:,} buyers kept more than one order.",
    ),
    "operations": (
        "select 100 * avg(case when cancelled then 1.0 else 0.0 end) from ("
        "select statuses.order_status = 'cancelled' as cancelled from core.fct_orders as orders "
        "inner join core.dim_order_statuses as statuses "
        "on orders.order_status_key = statuses.order_status_key "
        "where orders.is_counted or statuses.order_status = 'cancelled')",
        "{0:.1f} % of orders were cancelled",
    ),
}


@pytest.mark.parametrize("page", FACTS)
def test_sentences_agree_with_the_facts(
    lanes: Lanes, demo: duckdb.DuckDBPyConnection, page: str
) -> None:
    """What is said from marts is true of the facts below them."""
    query, sentence = FACTS[page]
    path = lanes.get("duckdb").folder / "all" / "warehouse.duckdb"
    with duckdb.connect(str(path), read_only=True) as built:
        row = built.execute(query).fetchone()
    assert row is not None and sentence.format(*row) in write_texts(demo, page)


CHANGES = [
    # Another category becomes the largest, all figures follow.
    (
        "update cube.mart_sales_cube set net_sales_by_order_date = 99 * net_sales_by_order_date "
        "where category = 'Beauty'",
        "overview",
        r"Beauty is \d",
        True,
    ),
    # A month that cannot be compared is not.
    (
        "update marts.mart_sales_monthly set month_over_month_growth = 0.5, growth_status = "
        "'no_prior', "
        "yearly_growth_status = 'no_prior'",
        "overview",
        r"more than|less than",
        False,
    ),
    (
        "update marts.mart_sales_monthly set month_over_month_growth = 0",
        "overview",
        r"as much as in the",
        True,
    ),
    ("update marts.mart_sales_monthly set net_sales = -1.5", "overview", r"were -1\.50", True),
    # A prior year without sales is no ground for a per cent.
    (
        "update marts.mart_sales_monthly set net_sales = 0 "
        "where month_start_date < date '2023-07-01'",
        "trends",
        r"12 months before",
        False,
    ),
    (
        "delete from marts.mart_sales_monthly where month_start_date < date '2022-08-01'",
        "trends",
        r"The 12 months to",
        False,
    ),
    (
        "update marts.mart_seasonality set seasonality_index = null",
        "trends",
        "average month",
        False,
    ),
    (
        "update marts.mart_sales_change_drivers_by_category set absolute_change = 0",
        "trends",
        r"In June 2024",
        False,
    ),
    ("update marts.mart_sales_forecast set lower_80 = null", "trends", r"four of five", False),
    ("update marts.mart_customer_360 set orders_qualifying = 0", "customers", "kept more", False),
    (
        "update marts.mart_customer_360 set activity_state = 'active'",
        "customers",
        r"None of [\d,]+ buyers have not bought",
        True,
    ),
    (
        "update marts.mart_customer_360 set net_sales_by_order_date = -1",
        "customers",
        "are loyal",
        False,
    ),
    ("update marts.mart_kpi set kpi_value = null", "operations", r"cancelled|came back", False),
    ("update marts.mart_kpi set kpi_status = 'missed'", "operations", r"5\.0 %, is missed", True),
    ("update marts.mart_kpi set target_value = null", "operations", "target", False),
    ("update marts.mart_feedback set rated_count = 4, csat = null", "operations", "stars", False),
    (
        "update marts.mart_support set overdue_tickets = 0",
        "operations",
        "no open tickets are",
        True,
    ),
    ("update marts.mart_support set overdue_tickets = 1", "operations", "1 open ticket is", True),
    (
        "update marts.mart_returns_by_category set mature_units = 3",
        "operations",
        "comes back most",
        False,
    ),
    ("update marts.mart_model_runs set status = 'scored'", "quality", "the others use", False),
    ("update marts.mart_model_runs set status = 'baseline'", "quality", "None of 4 models", True),
    (
        "update marts.mart_row_outcomes set row_count = 0 where row_outcome = 'quarantined'",
        "quality",
        r"^All of [\d,]+ raw rows were trusted\.",
        True,
    ),
    (
        "update marts.mart_row_outcomes set row_count = 0 where row_outcome = 'quarantined'; "
        "insert into marts.mart_row_outcomes by name select * replace (1 as row_count) from "
        "marts.mart_row_outcomes where row_outcome = 'quarantined' limit 1",
        "quality",
        r", 1 \(0\.0 %\) was set aside",
        True,
    ),
]


@pytest.mark.parametrize(("change", "page", "pattern", "is_said"), CHANGES)
def test_sentences_follow_the_data(
    demo: duckdb.DuckDBPyConnection, change: str, page: str, pattern: str, is_said: bool
) -> None:
    """A sentence says what is there now, or is left out; every figure is still its mart's."""
    before = write_texts(demo, page)
    assert bool(re.search(pattern, before)) != is_said, before
    demo.execute(change)
    after = write_texts(demo, page)
    assert bool(re.search(pattern, after)) == is_said, after
    for insight in write_insights(page, make_read(demo)):
        for figure in insight.values:
            check_figure(demo, figure)


def test_servers_give_the_same_sentences(demo: duckdb.DuckDBPyConnection) -> None:
    """Drivers that give decimals and dates as objects give the same words."""
    read = make_read(demo)

    def read_objects(query: str) -> pd.DataFrame:
        cursor = demo.execute(query)
        names = [str(column[0]).upper() for column in cursor.description or []]
        return pd.DataFrame(cursor.fetchall(), columns=names, dtype=object)

    for page in RULES:
        expected = [insight.text for insight in write_insights(page, read)]
        assert [insight.text for insight in write_insights(page, read_objects)] == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (write_amount(4_175_030.73), "4.18 million"),
        (write_amount(-4_175_030.73), "-4.18 million"),
        (write_amount(999_999.4), "999,999"),
        (write_amount(-1.006), "-1.01"),
        (write_amount(-0.001), "0.00"),
        (write_amount(239.25), "239.25"),
        (write_share(0.4473), f"44.7{PER_CENT}"),
        (write_share(-0.0001), f"0.0{PER_CENT}"),
        (write_count(0, "order"), "no orders"),
        (write_count(1, "category", "categories"), "1 category"),
        (write_count(2, "category", "categories"), "2 categories"),
        (write_count(1_200, "order"), "1,200 orders"),
        (write_number(-0.04), "0.0"),
        (write_number(2.25, 2), "2.25"),
        (write_change(0.1, "before"), f"10.0{PER_CENT} more than before"),
        (write_change(-0.1, "before"), f"10.0{PER_CENT} less than before"),
        (write_change(0.0004, "before"), "as much as before"),
        (join_words(["a"]), "a"),
        (join_words(["a", "b", "c"]), "a, b and c"),
        (join_words([]), ""),
        (name_category("wrong_size"), "Wrong size"),
        (name_category("Home & Garden"), "Home & Garden"),
    ],
)
def test_words(written: str, expected: str) -> None:
    """Signs, zero, the singular and the plural."""
    assert written == expected


def test_unknown_page(demo: duckdb.DuckDBPyConnection) -> None:
    """A page that does not exist is named, with those that do."""
    with pytest.raises(InvalidOptionError, match="no page 'sales': use overview, trends"):
        write_insights("sales", make_read(demo))
