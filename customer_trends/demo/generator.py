"""Make the raw data of a demo shop whose truths are planted and therefore known."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from customer_trends.engines.duckdb_connection import open_memory

SQL_FOLDER = Path(__file__).with_name("sql")
DIRT_SCRIPT = "13_dirt.sql"
TRUTH_FILE = "planted_truth.json"

#: Tables of the shop in the order of writing.
RAW_TABLES = (
    "customers",
    "customer_change_log",
    "categories",
    "products",
    "product_prices",
    "orders",
    "order_items",
    "order_status_history",
    "payments",
    "returns",
    "feedback",
    "support_tickets",
    "subscriptions",
)

#: Small tables of planted figures that are repeated in the truth file.
PARAMETER_TABLES = (
    "month_parameters",
    "weekday_parameters",
    "hour_parameters",
    "promotion_parameters",
    "category_parameters",
    "cluster_parameters",
)

#: Above this DuckDB spills to disk; ten million order lines just fit.
MEMORY_LIMIT = "5GB"


@dataclass(frozen=True)
class DemoShop:
    """What was written.

    Attributes
    ----------
    folder
        Folder with one Parquet file per raw table.
    rows
        Rows per raw table, dirt included.
    dirt
        Planted bad rows per raw table and reason code; tables without dirt are absent.
    """

    folder: Path
    rows: dict[str, int]
    dirt: dict[str, dict[str, int]]


def generate(
    folder: Path,
    orders: int = 20_000,
    seed: int = 7,
    with_dirt: bool = True,
    progress: Callable[[str], None] | None = None,
    threads: int | None = None,
) -> DemoShop:
    """Write the demo shop as Parquet files.

    The same orders, seed and version of DuckDB give the same rows in the same sequence, whatever
    the number of threads.

    Parameters
    ----------
    folder
        Where to write; made when missing, files of the same names are replaced.
    orders
        Wanted number of clean orders, at least 100; met within 3 percent from a few thousand on.
    seed
        Seed of every random draw.
    with_dirt
        Whether to append rows that a careful load must reject.
    progress
        Called with the name of each step as it starts.
    threads
        Threads to use; all of the machine when None.

    Returns
    -------
    DemoShop
        The folder, and rows and planted dirt per raw table.

    Raises
    ------
    ValueError
        When fewer than 100 orders are asked for.
    """
    if orders < 100:
        raise ValueError(f"a demo shop needs at least 100 orders, not {orders}")
    report = progress or (lambda _: None)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as spill_folder, open_memory() as connection:
        _configure(connection, spill_folder, threads)
        connection.execute(f"set variable orders = {int(orders)}::bigint")
        connection.execute(f"set variable seed = {int(seed)}::bigint")
        for script in sorted(SQL_FOLDER.glob("*.sql")):
            if script.name != DIRT_SCRIPT or with_dirt:
                report(_describe(script))
                connection.execute(script.read_text(encoding="utf-8"))
        dirt = _count_dirt(connection) if with_dirt else {}
        rows = {}
        for table in RAW_TABLES:
            report(f"writing {table}")
            rows[table] = _write_table(connection, folder, table, with_dirt=table in dirt)
        shop = DemoShop(folder=folder, rows=rows, dirt=dirt)
        _write_truth(connection, shop)
    return shop


def _describe(script: Path) -> str:
    """Return the topic of a script, such as 'order lines' for 09_order_lines.sql."""
    return script.stem.split("_", 1)[1].replace("_", " ")


def _configure(
    connection: duckdb.DuckDBPyConnection, spill_folder: str, threads: int | None
) -> None:
    """Set what results depend on, and keep memory bounded."""
    connection.execute("set timezone = 'UTC'")
    connection.execute("set preserve_insertion_order = true")
    connection.execute("set enable_progress_bar = false")
    connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
    connection.execute(f"set temp_directory = {_quote(spill_folder)}")
    if threads is not None:
        connection.execute(f"set threads = {int(threads)}")


def _quote(text: str | Path) -> str:
    """Return a text as a SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def _count_dirt(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """Return the planted rows per raw table and reason code."""
    found = connection.execute("select table_name from duckdb_tables()").fetchall()
    tables = {name for (name,) in found}
    return {
        table: dict(
            connection.execute(
                f"select reason, count(*) from dirt_{table} group by 1 order by 1"
            ).fetchall()
        )
        for table in RAW_TABLES
        if f"dirt_{table}" in tables
    }


def _write_table(
    connection: duckdb.DuckDBPyConnection, folder: Path, table: str, with_dirt: bool
) -> int:
    """Write one raw table, dirt after the clean rows, and return its number of rows."""
    query = f"select * from raw_{table}"
    if with_dirt:
        query += f" union all by name select * exclude (reason) from dirt_{table}"
    target = _quote(folder / f"{table}.parquet")
    result = connection.execute(f"copy ({query}) to {target} (format parquet)").fetchone()
    return int(result[0]) if result else 0


def _write_truth(connection: duckdb.DuckDBPyConnection, shop: DemoShop) -> None:
    """Write the planted figures, and the rows and dirt per table, beside the data."""
    truth = {
        "parameters": _read_variables(connection),
        **{table: _read_table(connection, table) for table in PARAMETER_TABLES},
        "rows": shop.rows,
        "dirt": shop.dirt,
    }
    text = json.dumps(truth, indent=2, ensure_ascii=False, default=str)
    (shop.folder / TRUTH_FILE).write_text(text + "\n", encoding="utf-8")


def _read_variables(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return the scalar parameters, typed, by name."""
    names = connection.execute(
        "select name from duckdb_variables() where type not like '%[]' order by name"
    ).fetchall()
    values = {}
    for (name,) in names:
        row = connection.execute(f"select getvariable({_quote(name)})").fetchone()
        values[name] = _plain(row[0]) if row else None
    return values


def _read_table(connection: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    """Return a small table as a list of records."""
    cursor = connection.execute(f"select * from {table}")
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, map(_plain, row), strict=True)) for row in cursor.fetchall()]


def _plain(value: Any) -> Any:
    """Return decimals as floats; JSON knows no others."""
    return float(value) if isinstance(value, Decimal) else value
