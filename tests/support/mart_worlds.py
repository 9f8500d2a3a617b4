"""Marts of several shops, each in a DuckDB of its own that a test may change."""

from pathlib import Path

import duckdb
import pandas as pd
from lanes import Lanes
from warehouses import Warehouse

from customer_trends.presentation.frames import Read

# Scores as the models write them: few, and easy to compute by hand.
PREDICTIONS = {
    "mart_customer_segments": (
        "select customer_key, cast(customer_number % 3 as bigint) as cluster_number, "
        "['Savers', 'Middle', 'Spenders'][customer_number % 3 + 1] as cluster_name, "
        "['low', 'medium', 'high'][customer_number % 3 + 1] as spending_tier, "
        "30000.0 + 20000 * (customer_number % 3) + 100 * (customer_number % 50) as income_input, "
        "20.0 + 25 * (customer_number % 3) + customer_number % 10 as spending_input, "
        "true as is_scored from numbered"
    ),
    "mart_segment_centroids": (
        "select cast(number as bigint) as cluster_number, "
        "['Savers', 'Middle', 'Spenders'][number + 1] as cluster_name, "
        "['low', 'medium', 'high'][number + 1] as spending_tier, "
        "cast([20, 50, 30][number + 1] as bigint) as customers, "
        "30000.0 + 20000 * number as income_centroid, 20.0 + 25 * number as spending_centroid "
        "from range(3) as numbers(number)"
    ),
    "mart_customer_value": (
        "select customer_key, (customer_number % 11) / 10.0 as probability_alive, "
        "100.0 as expected_value_12_months, true as is_scored from numbered"
    ),
    "mart_sales_forecast": (
        "select 'ensemble' as model, "
        "cast(date '2024-07-01' + to_months(cast(number as int)) as date) as month_start_date, "
        "cast(null as double) as actual_sales, 1000.0 + 10 * number as forecast, "
        "900.0 as lower_80, 1200.0 as upper_80, 800.0 as lower_95, 1300.0 as upper_95, "
        "true as is_forecast, true as is_champion from range(6) as months(number) "
        "union all select 'actual', date '2024-06-01', 990.0, null, null, "
        "null, null, null, false, false"
    ),
    "mart_order_risk": (
        "select cast(number as bigint) as order_key, 'completed' as predicted_outcome, "
        "case when number < 8 then 'completed' else 'returned' end as actual_outcome, "
        "false as is_open, true as is_scored from range(10) as orders(number)"
    ),
    "mart_model_runs": (
        "select 'run ' || number as run_id, true as is_latest, "
        "case when number = 0 then 'baseline' else 'scored' end as status "
        "from range(4) as runs(number)"
    ),
    "mart_model_performance": (
        "select 'run 1' as run_id, 'forecast' as job, 'backtest' as split, 'all' as slice_name, "
        "'smape' as metric, 0.1 as value, 'seasonal_naive' as baseline_name, "
        "0.2 as baseline_value, 1 as metric_rank, true as is_better, true as is_latest"
    ),
}
NUMBERED = (
    "with numbered as (select customer_key, "
    "row_number() over (order by customer_key) - 1 as customer_number "
    "from marts.mart_customer_360) "
)
DEMO, GOLDEN, ONE, EMPTY = "demo shop", "golden example", "one customer", "no rows"
WORLDS = (DEMO, GOLDEN, ONE, EMPTY)


def copy_marts(path: Path) -> duckdb.DuckDBPyConnection:
    """Copy the marts of a warehouse into a DuckDB in memory.

    Parameters
    ----------
    path
        Warehouse file.

    Returns
    -------
    DuckDBPyConnection
        A copy that may be changed.
    """
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(f"attach '{path.as_posix()}' as built (read_only)")
    connection.execute("create schema marts; create schema cube")
    names = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables() "
        "where database_name = 'built' and schema_name in ('marts', 'cube')"
    ).fetchall()
    assert len(names) > 30, path
    for (name,) in names:
        connection.execute(f"create table {name} as from built.{name}")
    connection.execute("detach built")
    return connection


def make_read(connection: duckdb.DuckDBPyConnection) -> Read:
    """Make a reader of a copy."""

    def read(query: str) -> pd.DataFrame:
        return connection.execute(query).df()

    return read


def score(connection: duckdb.DuckDBPyConnection, is_scored: bool = True) -> None:
    """Put scores, or none, into the marts of predictions; columns not named stay NULL."""
    for mart, query in PREDICTIONS.items():
        connection.execute(f"create temp table scores as {NUMBERED} {query}")
        connection.execute(f"create table if not exists marts.{mart} as from scores limit 0")
        connection.execute(f"delete from marts.{mart}")
        if is_scored:
            connection.execute(f"insert into marts.{mart} by name from scores")
        connection.execute("drop table scores")


def keep_one_customer(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave one customer, one order, one ticket: figures that want the singular."""
    connection.execute(
        "delete from marts.mart_customer_360 where customer_key <> "
        "(select max(customer_key) from marts.mart_customer_360 where orders_qualifying > 0)"
    )
    connection.execute(
        "update marts.mart_kpi set kpi_value = 1 where kpi_id in ('orders', 'customers')"
    )
    connection.execute("update marts.mart_sales_by_region set orders = 1")
    connection.execute("update marts.mart_support set tickets = 1, overdue_tickets = 1")
    connection.execute("update marts.mart_cohort_retention set cohort_size = 1")


def empty(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave no row in any mart."""
    names = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables() "
        "where schema_name in ('marts', 'cube')"
    ).fetchall()
    for (name,) in names:
        connection.execute(f"delete from {name}")


def make_world(lanes: Lanes, name: str) -> duckdb.DuckDBPyConnection:
    """Make the marts of a world.

    Parameters
    ----------
    lanes
        Builds of the session.
    name
        One of ``WORLDS``.

    Returns
    -------
    DuckDBPyConnection
        Marts of its own.
    """
    if name == GOLDEN:
        lanes.goldens["duckdb"].result()
        connection = copy_marts(Warehouse(lanes.get("duckdb").folder / "golden").path)
        score(connection, is_scored=False)
        return connection
    lanes.builds["duckdb"].result()
    connection = copy_marts(Warehouse(lanes.get("duckdb").folder / "all").path)
    score(connection)
    if name == ONE:
        keep_one_customer(connection)
    if name == EMPTY:
        empty(connection)
    return connection
