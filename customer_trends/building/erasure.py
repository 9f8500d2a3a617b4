"""Rewrite the warehouse file, so that nothing of what was deleted is left in its bytes."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb

from customer_trends.engines.duckdb_connection import (
    connect_warehouse,
    open_memory,
    quote_name,
    quote_text,
)
from customer_trends.errors import WarehouseError
from customer_trends.loading.live_shop import WATERMARK
from customer_trends.project.paths import find_warehouse

COUNTS = """
    select schema_name, table_name, estimated_size
    from duckdb_tables()
    where database_name = ?
    order by 1, 2
"""


def rewrite_after_erasures(root: Path, start: Callable[[], None] = lambda: None) -> bool:
    """Rewrite the warehouse file if the shop erased customers since that was done last.

    Parameters
    ----------
    root
        Project folder.
    start
        Called before the file is rewritten.

    Returns
    -------
    bool
        True when the file was rewritten.

    Raises
    ------
    WarehouseError
        If the file cannot be copied; it stays as it was.
    """
    path = find_warehouse(root)
    with connect_warehouse(path) as connection:
        marks = connection.execute(
            "select schema_name from duckdb_tables() where table_name = ?", [WATERMARK]
        ).fetchall()
        pending = [
            schema
            for (schema,) in marks
            if connection.execute(
                f"select * from {quote_name(schema)}.{WATERMARK} where has_erasures"
            ).fetchall()
        ]
        if not pending:
            return False
        # Views name the database they were made in.
        ((name,),) = connection.execute("select current_database()").fetchall()
        # What is only in the log beside the file would be lost with the old file.
        connection.execute("force checkpoint")
    start()
    rewrite(path, name, pending)
    return True


def rewrite(path: Path, name: str, schemas: list[str]) -> None:
    """Copy a warehouse into a new file, which then takes its place.

    Parameters
    ----------
    path
        Warehouse file; nobody has it open.
    name
        Name of the database in it.
    schemas
        Raw schemas in whose watermark erasures are noted; they are no longer in the new file.

    Raises
    ------
    WarehouseError
        If the copy fails; the file stays as it was.
    """
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    old, new = quote_name(name), quote_name(f"{name} new")
    try:
        with open_memory() as connection:
            connection.execute(f"attach {quote_text(str(path))} as {old} (read_only)")
            connection.execute(f"attach {quote_text(str(fresh))} as {new}")
            connection.execute(f"copy from database {old} to {new}")
            copied = connection.execute(COUNTS, [f"{name} new"]).fetchall()
            if copied != connection.execute(COUNTS, [name]).fetchall():
                raise WarehouseError(f"The copy of {path} lacks rows: run the build again.")
            for schema in schemas:
                connection.execute(
                    f"update {new}.{quote_name(schema)}.{WATERMARK} set has_erasures = false"
                )
            connection.execute(f"detach {new}")
        shutil.copymode(path, fresh)
        os.replace(fresh, path)
    except (duckdb.Error, OSError) as error:
        raise WarehouseError(
            f"The warehouse {path} cannot be rewritten ({str(error).splitlines()[0]}), and data "
            "of erased customers is still in it: make room for a second file beside it and build "
            "again."
        ) from None
    finally:
        fresh.unlink(missing_ok=True)
