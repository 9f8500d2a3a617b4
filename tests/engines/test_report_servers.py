"""Marts on a MySQL or MariaDB server give the same charts and sentences as on DuckDB."""

import json
from pathlib import Path

import duckdb
import mysql.connector
import pytest
from lanes import Lanes
from mart_worlds import DEMO, make_read, make_world
from servers.database_servers import DatabaseServer

from customer_trends.charts.catalog import list_charts
from customer_trends.engines.duckdb_connection import load_extension
from customer_trends.errors import InvalidOptionError, WarehouseError
from customer_trends.insights.write import RULES, write_insights
from customer_trends.report.marts import open_marts

PROJECT = Path(__file__).resolve().parents[2]
SCHEMA = "ct_report"
# Customers that are copied: what is counted over them takes no longer than a test may.
CUSTOMERS = 200
LAYERS = ("marts", "cube")
# Marts that neither charts nor sentences read.
LARGE = (
    "mart_order_lines",
    "mart_sales_daily",
    "mart_sales_anomalies",
    "mart_product_affinity",
)


@pytest.fixture(scope="module")
def demo(lanes: Lanes) -> duckdb.DuckDBPyConnection:
    """Give the scored marts of the demo shop, with few customers."""
    connection = make_world(lanes, DEMO)
    names = connection.execute(
        "select distinct table_name from duckdb_columns() "
        "where schema_name = 'marts' and column_name = 'customer_key'"
    ).fetchall()
    first = f"select customer_key from marts.mart_customer_value_tiers order by 1 limit {CUSTOMERS}"
    connection.execute(f"create temp table kept as {first}")
    for (name,) in names:
        if name != "mart_top_customers":
            connection.execute(
                f"delete from marts.{name} where customer_key not in (from kept) "
                "or customer_key is null"
            )
    return connection


@pytest.fixture
def server(
    database: DatabaseServer, demo: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Copy the marts that charts and sentences read to a server; gives its target."""
    for name, text in (database.environment() | {"SCHEMA": SCHEMA}).items():
        prefix = f"CUSTOMER_TRENDS_{database.engine.upper()}_"
        monkeypatch.setenv(name if name != "SCHEMA" else f"{prefix}SCHEMA", text)
    access = {"host": database.host, "port": database.port, "user": database.user}
    with mysql.connector.connect(**access, password=database.password) as connection:
        for layer in LAYERS:
            connection.cursor().execute(f"drop database if exists {SCHEMA}_{layer}")
            connection.cursor().execute(f"create database {SCHEMA}_{layer}")
    load_extension(demo, "mysql_scanner")
    words = " ".join(f"{name}={value}" for name, value in access.items())
    for layer in LAYERS:
        demo.execute(
            f"attach '{words} password={database.password} database={SCHEMA}_{layer}' "
            "as server (type mysql)"
        )
        names = demo.execute(
            "select table_name from duckdb_tables() "
            f"where database_name = 'memory' and schema_name = '{layer}'"
        ).fetchall()
        for (name,) in names:
            if not name.startswith(LARGE):
                demo.execute(
                    f"create table server.{SCHEMA}_{layer}.{name} as from memory.{layer}.{name}"
                )
        demo.execute("detach server")
    return database.engine


def test_servers_give_the_same(server: str, demo: duckdb.DuckDBPyConnection) -> None:
    """Every chart has the same rows and every page the same sentences."""
    read = make_read(demo)
    with open_marts(PROJECT, server) as marts:
        for page in RULES:
            expected = [insight.text for insight in write_insights(page, read)]
            assert [insight.text for insight in write_insights(page, marts.read)] == expected
        for chart in list_charts():
            here, there = (chart.make(which).to_dict() for which in (read, marts.read))
            assert here["title"] == there["title"], chart.name
            assert sort_rows(here) == sort_rows(there), chart.name


def round_number(text: str) -> float:
    """Read a number to four decimals: MySQL gives quotients four more than their operands."""
    return round(float(text), 4)


def sort_rows(specification: dict[str, object]) -> list[str]:
    """Write the rows of a chart as text that is the same for 1, 1.0 and true."""
    data = specification.get("datasets")
    rows = json.loads(
        json.dumps(data), parse_int=float, parse_float=lambda text: round(float(text), 4)
    )
    return sorted(
        json.dumps({name: float(value) if isinstance(value, bool) else value
                    for name, value in row.items()}, sort_keys=True)
        for part in rows.values() for row in part
    )  # fmt: skip


def test_other_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spark has no report; a server that does not answer is named, with what to do."""
    with (
        pytest.raises(InvalidOptionError, match="no report of spark"),
        open_marts(PROJECT, "spark"),
    ):
        pass
    monkeypatch.setenv("CUSTOMER_TRENDS_MARIADB_PORT", "1")
    with (
        pytest.raises(WarehouseError, match="127.0.0.1:1 does not let .* check the variables"),
        open_marts(PROJECT, "mariadb"),
    ):
        pass
