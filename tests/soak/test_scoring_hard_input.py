"""Shops that give little to learn from, through all of scoring: a result with a reason."""

import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from warehouses import Warehouse

from customer_trends.engines.settings import DuckdbFile
from customer_trends.scoring.access import ScoreAccess
from customer_trends.scoring.runner import score_warehouse
from customer_trends.scoring.score_store import find_layer
from python_ml.registry import find_jobs
from python_ml.score_tables import SCORE_TABLES

MOMENT = datetime(2026, 1, 1)
# The customer with the most orders, and a customer with one.
FIRST = """
select customer_key from core.fct_orders where customer_key > 0
group by 1 having count(*) {condition} order by count(*) desc, 1 limit 1
"""
Scored = tuple[Warehouse, str]


def list_relations() -> dict[str, dict[str, str]]:
    """List what the jobs read, with all columns they read of it."""
    relations: dict[str, dict[str, str]] = {}
    for job in find_jobs():
        for name, kinds in job.READS.items():
            relations.setdefault(name, {}).update(kinds)
    return relations


def keep(connection: duckdb.DuckDBPyConnection, condition: str) -> None:
    """Keep the rows of one customer alone, whose number of orders is as the condition says."""
    ((key,),) = connection.execute(FIRST.format(condition=condition)).fetchall()
    for name, kinds in list_relations().items():
        if "customer_key" in kinds:
            connection.execute(f"delete from {find_layer(name)}.{name} where customer_key <> {key}")


def empty(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep no rows, and no day."""
    for name in list_relations():
        connection.execute(f"delete from {find_layer(name)}.{name}")
    connection.execute("update core.run_context set as_of_date = date '1900-01-01'")


def level(connection: duckdb.DuckDBPyConnection) -> None:
    """Make all numbers equal that are not keys."""
    for name, kinds in list_relations().items():
        for column, kind in kinds.items():
            if kind == "number":
                connection.execute(f"update {find_layer(name)}.{name} set {column} = 5")


def forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Make everything NULL that may be."""
    for name in ("dim_customers", "fct_customer_totals"):
        for column, kind in list_relations()[name].items():
            if kind == "number":
                connection.execute(f"update core.{name} set {column} = null")


def inflate(connection: duckdb.DuckDBPyConnection) -> None:
    """Make some amounts a thousand million, and some negative."""
    for name, kinds in list_relations().items():
        for column, kind in kinds.items():
            if kind == "number" and column.endswith(
                ("sales_by_order_date", "discount", "amount", "sales")
            ):
                relation = f"{find_layer(name)}.{name}"
                # What a customer bought and kept is never negative.
                other = column if name == "fct_customer_purchases" else f"-{column}"
                connection.execute(
                    f"update {relation} set {column} = case when rowid % 50 = 0 then 1000000000 "
                    f"else {other} end where rowid % 25 = 0"
                )


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(empty, id="no rows"),
        pytest.param(lambda connection: keep(connection, "> 1"), id="one loyal customer"),
        pytest.param(lambda connection: keep(connection, "= 1"), id="one customer of one order"),
        pytest.param(level, id="all equal"),
        pytest.param(forget, id="nothing known"),
        pytest.param(inflate, id="outliers and negative amounts"),
    ],
)
def test_every_job_ends_with_a_result(demo_shop: Scored, change: object, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(demo_shop[0].path, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("drop schema ml cascade")
        assert callable(change)
        change(connection)
    access = ScoreAccess(DuckdbFile(path), tmp_path / "models")
    jobs = find_jobs()
    outcomes = [*score_warehouse(access, jobs, MOMENT, lambda *step: None)]
    faults = [f"{o.job}: {o.status} {o.reason} {o.trace[-1500:]}" for o in outcomes]
    assert {o.status for o in outcomes} <= {"scored", "baseline", "not_scored"}, "\n".join(faults)
    assert all(o.reason for o in outcomes if o.status != "scored"), faults
    if change is empty:
        assert {o.status for o in outcomes} == {"not_scored"}
    with duckdb.connect(str(path), read_only=True) as connection:
        runs = connection.execute("select count(distinct job) from ml.ml_model_runs").fetchone()
        assert runs == (len(jobs),)
        for name, table in SCORE_TABLES.items():
            for column, kind in table.columns.items():
                if kind.startswith("number"):
                    query = f"select count(*) from ml.{name} where not isfinite({column})"
                    assert connection.execute(query).fetchone() == (0,), f"{name}.{column}"
