"""Build the marts of many small shops: on DuckDB from SQL that dbt compiled once."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from customer_trends.engines.duckdb_engine import COLUMN_TYPES
from customer_trends.engines.interface import NewTable
from oracle.compare import Table
from oracle.compile_project import CONTEXT, SOME_DAY
from oracle.settings import PROJECT, Settings
from oracle.values import Row
from oracle.world import COLUMNS, LOADED_AT, STAGED, World
from python_ml.score_tables import SCORE_TABLES

AUDIT = {
    "_other_columns": "varchar",
    "_loaded_at": "timestamp",
    "_source_file": "varchar",
    "_batch_id": "varchar",
    "_row_number": "bigint",
}
# Staging models by raw table, and keys that they name otherwise.
STAGING = {table: f"stg_shop__{table}" for table in STAGED} | {
    "product_prices": "stg_shop__product_changes"
}
STAGING_KEYS = {"price_sequence": "change_sequence"}


def as_variables(settings: Settings) -> dict[str, Any]:
    """Write settings as variables of dbt."""
    values = {
        name: float(value) if isinstance(value, Decimal) else value
        for name, value in asdict(settings).items()
    }
    return {"source_systems": ["shop"], **values}


@dataclass(frozen=True)
class Step:
    """A relation, the columns that are its key, and the SQL that makes it."""

    name: str
    schema: str
    key: str
    relation: str
    materialized: str
    sql: str


class Builder:
    """Builds shops in memory with SQL compiled for one set of variables."""

    def __init__(self, settings: Settings, seeds: Path, compiled: dict[str, Any]) -> None:
        self.settings, self.seeds = settings, seeds
        self.context: str = compiled["context"]
        self.steps = [Step(**step) for step in compiled["steps"]]
        self.keys = {
            step.name: tuple(name.strip() for name in step.key.split(","))
            for step in self.steps
            if step.name.startswith("mart_")
        }
        self.schemas = {step.name: step.schema for step in self.steps}

    @classmethod
    def compile(cls, folder: Path, *settings: Settings) -> list["Builder"]:
        """Compile the project, once for each set of variables."""
        result = folder / "compiled.json"
        variables = [json.dumps(as_variables(each)) for each in settings]
        done = subprocess.run(
            [sys.executable, "-m", "oracle.compile_project", str(folder), str(result), *variables],
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": str(PROJECT / "tests")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        compiled = json.loads(result.read_text(encoding="utf-8"))
        return [
            cls(each, folder / "world.duckdb", part)
            for each, part in zip(settings, compiled, strict=True)
        ]

    def build(
        self, world: World, marts: Sequence[str] | None = None, threads: int = 1
    ) -> dict[str, Table]:
        """Build a shop; gives its marts.

        Parameters
        ----------
        world
            Shop.
        marts
            Marts to read; all when left out.
        threads
            Threads of DuckDB.

        Returns
        -------
        dict
            Mart to its rows.
        """
        with duckdb.connect(config={"threads": threads}) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(f"attach '{self.seeds.as_posix()}' as seeded (read_only)")
            connection.execute("attach ':memory:' as world")
            connection.execute("use world")
            self._copy_seeds(connection)
            load_world(connection, world)
            make_score_tables(connection)
            for step in self.steps:
                self._make(connection, step, world)
            self._check_rows(connection, world)
            return {name: self._read(connection, name) for name in marts or self.keys}

    def _check_rows(self, connection: duckdb.DuckDBPyConnection, world: World) -> None:
        """Make sure that all rows of a shop were taken."""
        for step in self.steps:
            if step.name.endswith("_screened"):
                query = f"from {step.relation} where row_outcome <> 'accepted'"
                left_out = connection.execute(query).fetchall()
                assert not left_out, f"{world.name}: {step.name} left out {left_out[0]}"

    def _copy_seeds(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Copy the seeds."""
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'seeded'"
        ).fetchall()
        for schema, table in tables:
            connection.execute(f"create schema if not exists world.{schema}")
            connection.execute(
                f"create table world.{schema}.{table} as from seeded.{schema}.{table}"
            )

    def _make(self, connection: duckdb.DuckDBPyConnection, step: Step, world: World) -> None:
        """Make a relation; the day measured from is set where a shop has its own."""
        sql = step.sql
        for table in world.staged:
            if step.name == STAGING[table]:
                sql = f"select staged.* replace ({replace_staged(table)}) from ({sql}) as staged "
                sql += f"left join world.raw.staged_{table} as other on {match_staged(table)}"
        if step.name == CONTEXT and world.as_of:
            assert SOME_DAY in self.context
            sql = self.context.replace(SOME_DAY, world.as_of)
        kind = "view" if step.materialized == "view" else "table"
        connection.execute(f"create schema if not exists world.{step.schema}")
        connection.execute(f"create {kind} {step.relation} as {sql}")

    def _read(self, connection: duckdb.DuckDBPyConnection, mart: str) -> Table:
        """Read a mart."""
        cursor = connection.execute(f"from world.{self.schemas[mart]}.{mart}")
        names = [column[0] for column in cursor.description or []]
        rows: list[Row] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return Table(mart, self.keys[mart], rows)


def match_staged(table: str) -> str:
    """Write the condition by which a staged row finds what another source has on it."""
    names = (STAGING_KEYS.get(column, column) for column in STAGED[table][0])
    return f"other.staged_key = concat_ws('/', {', '.join(f'staged.{name}' for name in names)})"


def make_score_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of scores, empty, as before the first scoring."""
    connection.execute("create schema world.ml")
    for table in SCORE_TABLES.values():
        empty = NewTable(table.name, table.columns, table.key, table.schema, [])
        columns = empty.declare(COLUMN_TYPES, str)
        connection.execute(f"create table world.ml.{table.name} ({columns})")


def replace_staged(table: str) -> str:
    """Write the columns that another source gives otherwise."""
    return ", ".join(
        f"case when other.staged_key is null then staged.{column} "
        f"else cast(other.{column} as {kind}) end as {column}"
        for column, kind in STAGED[table][1].items()
    )


def load_staged(connection: duckdb.DuckDBPyConnection, world: World) -> None:
    """Load what the shop's raw tables cannot hold."""
    for table, rows in world.staged.items():
        columns = [*STAGED[table][1]]
        declared = ", ".join(f"{name} varchar" for name in ["staged_key", *columns])
        connection.execute(f"create table world.raw.staged_{table} ({declared})")
        values = [[key, *map(row.get, columns)] for key, row in rows.items()]
        insert(connection, f"staged_{table}", values)


def insert(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]
) -> None:
    """Insert rows into a raw table, all at once."""
    if rows:
        marks = ", ".join(["(" + ", ".join("?" * len(rows[0])) + ")"] * len(rows))
        values = [value for row in rows for value in row]
        connection.execute(f"insert into world.raw.{table} values {marks}", values)


def load_world(connection: duckdb.DuckDBPyConnection, world: World) -> None:
    """Make the raw tables as the loader does, with their audit columns."""
    connection.execute("create schema if not exists world.raw")
    for table, columns in COLUMNS.items():
        types = dict.fromkeys(columns, "varchar") | AUDIT
        declared = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
        connection.execute(f"create table world.raw.shop_{table} ({declared})")
        rows = [
            [
                *(row.get(column) for column in columns),
                None,
                LOADED_AT,
                f"{table}.csv",
                table,
                place,
            ]
            for place, row in enumerate(world.tables[table], 1)
        ]
        insert(connection, f"shop_{table}", rows)
    load_staged(connection, world)
