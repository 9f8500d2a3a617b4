"""Have builds report one thing after the other for a month, and say what was corrected."""

from decimal import Decimal

from lanes import Lane

DATA_SET = "restated"
COLUMNS = [
    "month_start_date", "statement_number", "earlier_orders", "orders", "earlier_net_sales",
    "net_sales", "earlier_net_sales_by_order_date", "net_sales_by_order_date",
    "earlier_as_of_date", "as_of_date",
]  # fmt: skip
# Month, orders, net sales by the day of the event and of the order.
MARCH = {"2024-01-01": (4, "24.00", "24.00"), "2024-02-01": (1, "7.00", "7.00")}
# One order of January is cancelled; that of February came back in March, which is over now.
APRIL = {
    "2024-01-01": (3, "14.00", "14.00"),
    "2024-02-01": (1, "7.00", "0.00"),
    "2024-03-01": (1, "23.00", "20.00"),
}
CORRECTED = [
    "2024-01-01 2 4 3 24 14 24 14 2024-03-01 2024-04-10",
    "2024-02-01 2 1 1 7 7 7 0 2024-03-01 2024-04-10",
]


def say(lane: Lane, as_of: str, months: dict[str, tuple[int, str, str]], *options: str) -> None:
    """Build the restatements on months that are made up."""
    core = name_schema(lane)
    rows = [
        f"select 'source_system' as slice_type, 'shop' as slice_name, cast('{month}' as date) as "
        f"month_start_date, {orders} as orders, 1 = 1 as is_complete, "
        f"cast({by_event} as decimal(18, 4)) as net_sales, "
        f"cast({by_order} as decimal(18, 4)) as net_sales_by_order_date"
        for month, (orders, by_event, by_order) in months.items()
    ]
    context = f"select cast('{as_of}' as date) as as_of_date"
    for name, query in {
        "run_context": context,
        "fct_sales_by_month": " union all ".join(rows),
    }.items():
        lane.execute(DATA_SET, f"create or replace view {core}.{name} as {query}")
    select = ("--select", "ops_month_statements", "ops_restatements")
    lane.dbt(DATA_SET, "run", *select, *options)


def name_schema(lane: Lane) -> str:
    """Name the schema of the core."""
    return "core" if lane.target == "duckdb" else f"ct_{DATA_SET}_core"


def write(value: str | None) -> str:
    """Write days as they are and numbers without needless zeros."""
    assert value is not None
    return value if "-" in value[1:] else f"{Decimal(value).normalize():f}"


def read(lane: Lane) -> tuple[list[str], int]:
    """Read the corrections, a text each, and count the statements."""
    core = name_schema(lane)
    queries = {
        "corrections": f"select {', '.join(COLUMNS)} from {core}.ops_restatements order by 1, 2",
        "statements": f"select count(*) from {core}.ops_month_statements",
    }
    answers = lane.fetch_many(DATA_SET, queries)
    ((count,),) = answers["statements"]
    return [" ".join(map(write, row)) for row in answers["corrections"]], int(count or 0)


def check_restatements(lane: Lane) -> None:
    """Build in March, in April after corrections, once more, and from nothing.

    Parameters
    ----------
    lane
        Engine.
    """
    lane.execute(DATA_SET, f"create schema if not exists {name_schema(lane)}")
    say(lane, "2024-03-01", MARCH)
    assert read(lane) == ([], 2), "a first build corrects nothing"
    say(lane, "2024-04-10", APRIL)
    assert read(lane) == (CORRECTED, 5)
    say(lane, "2024-04-10", APRIL)
    assert read(lane) == (CORRECTED, 5), "a build that changes nothing adds nothing"
    say(lane, "2024-04-10", APRIL, "--full-refresh")
    assert read(lane) == ([], 3), "a build from nothing starts again"
