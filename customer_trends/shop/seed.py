"""Fill an empty shop with the orders of the demo generator, quickly and all at once."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import mysql.connector

from customer_trends.demo.generator import RAW_TABLES, generate
from customer_trends.engines.duckdb_connection import open_memory, quote_text
from customer_trends.engines.mysql_bulk_load import insert_rows
from customer_trends.errors import InvalidOptionError, ShopError
from customer_trends.shop.database import ShopAddress, exclusively, fetch, opened
from customer_trends.shop.install import install_code, list_files, split_statements
from customer_trends.shop.status import (
    DATA_TABLES,
    check_installed,
    count_faults,
    count_rows,
    list_triggers,
)

SEED_FILES = Path("oltp") / "seed"
CHANGE_LOG_FILE = Path("oltp") / "seed_change_log.sql"
FEWEST_ORDERS = 100
CUSTOMER_CHANGES = """
create temporary table seed_customer_changes (
    change_sequence bigint not null primary key,
    changed_at datetime(6) not null,
    operation varchar(10) not null,
    customer_id bigint not null,
    annual_income decimal(12, 2),
    spending_score decimal(5, 2),
    segment varchar(20),
    is_subscriber varchar(5),
    city varchar(100),
    state varchar(100),
    postal_code varchar(20),
    country varchar(100)
)
"""


@dataclass(frozen=True)
class Seeding:
    """What was seeded.

    Attributes
    ----------
    rows
        Rows by table.
    """

    rows: dict[str, int]


def seed_shop(
    root: Path,
    address: ShopAddress,
    orders: int,
    seed: int,
    progress: Callable[[str], None] = lambda step: None,
) -> Seeding:
    """Fill an installed shop without rows: all of it or nothing.

    Parameters
    ----------
    root
        Project folder.
    address
        Address of the shop.
    orders
        Wanted number of orders.
    seed
        Seed of the generator.
    progress
        Called with the name of each step.

    Returns
    -------
    Seeding
        What was made.

    Raises
    ------
    ShopError
        If the shop is not installed, not empty, or not sound afterwards.
    InvalidOptionError
        If fewer orders are asked for than the generator can make.
    """
    if orders < FEWEST_ORDERS:
        raise InvalidOptionError(f"The shop needs {FEWEST_ORDERS} orders or more: raise --orders.")
    with opened(address) as connection:
        check_installed(root, connection)
        with exclusively(connection, "seed"):
            _check_empty(connection)
            with (
                TemporaryDirectory(prefix="customer_trends_") as folder,
                open_memory() as reader,
            ):
                generate(Path(folder), orders, seed, with_dirt=False, progress=progress)
                tables = _transform(root, reader, Path(folder))
                _put_triggers_aside(connection, progress)
                try:
                    _load(root, connection, reader, tables, progress)
                finally:
                    progress("putting the triggers back")
                    install_code(connection, root)
        progress("checking every rule")
        if faults := sum(count_faults(root, connection).values()):
            raise ShopError(
                f"The seeded shop breaks {faults} rules: see customer-trends oltp status, and seed "
                "into a new database."
            )
        return Seeding(count_rows(connection))


def _check_empty(connection: Any) -> None:
    """Refuse a shop that holds anything."""
    for table, count in count_rows(connection).items():
        if count:
            raise ShopError(
                f"The shop is not empty ({table} has {count:,} rows): name a new database, install "
                "the shop there and seed that."
            )


def _transform(root: Path, reader: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    """Make a table in DuckDB for each of the shop's from the raw files; gives their names."""
    for name in RAW_TABLES:
        path = quote_text((folder / f"{name}.parquet").as_posix())
        reader.execute(f"create view raw_{name} as from read_parquet({path})")
    tables = []
    for script in list_files(root, SEED_FILES):
        name = script.stem.split("_", 1)[1]
        query = script.read_text(encoding="utf-8")
        reader.execute(f"create table {name} as {query}")
        tables.append(name)
    return tables


def _put_triggers_aside(connection: Any, progress: Callable[[str], None]) -> None:
    """Drop the triggers: rows that come in bulk are right as they are, and are logged in bulk."""
    progress("putting the triggers aside")
    for name in list_triggers(connection):
        _run(connection, f"drop trigger {name}")


def _load(
    root: Path,
    connection: Any,
    reader: duckdb.DuckDBPyConnection,
    tables: list[str],
    progress: Callable[[str], None],
) -> None:
    """Load all tables and their change log as one transaction."""
    _run(connection, CUSTOMER_CHANGES)
    _run(connection, "start transaction")
    try:
        for table in tables:
            progress(f"loading {table}")
            columns = [str(row[0]) for row in reader.execute(f"describe {table}").fetchall()]
            insert_rows(connection, reader, table, columns, f"from {table}")
        progress("writing the change log")
        for statement in split_statements((root / CHANGE_LOG_FILE).read_text(encoding="utf-8")):
            _run(connection, statement)
    except BaseException:
        _run(connection, "rollback")
        raise
    _run(connection, "commit")
    _run(connection, "drop temporary table seed_customer_changes")
    fetch(connection, f"analyze table {', '.join(DATA_TABLES)}")


def _run(connection: Any, statement: str) -> None:
    """Run a statement."""
    cursor = connection.cursor()
    try:
        cursor.execute(statement)
    except mysql.connector.Error as error:
        raise ShopError(f"The server refuses a step of the seeding ({error}).") from None
    finally:
        cursor.close()
