"""Bring flat sales files of the superstore's shape into the tables of the shop."""

from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

import duckdb
import mysql.connector

from customer_trends.engines.duckdb_connection import open_memory
from customer_trends.engines.mysql_bulk_load import insert_rows
from customer_trends.errors import HeaderError, ShopError
from customer_trends.loading.load import FilePlan, ignore_progress, plan_file, prepare_reader
from customer_trends.project.source_declarations import Source, read_source
from customer_trends.shop.database import ShopAddress, call, exclusively, opened
from customer_trends.shop.status import check_installed

SOURCE = "superstore"
# Raw tables of the source, the shop's table for each and the columns of that.
FLAT_TABLES = {
    "orders": (
        "flat_sales",
        (
            "order_id",
            "order_date",
            "ship_date",
            "ship_mode",
            "customer_id",
            "customer_name",
            "segment",
            "country",
            "city",
            "state",
            "postal_code",
            "product_id",
            "category",
            "sub_category",
            "product_name",
            "sales",
            "quantity",
            "discount",
            "profit",
        ),
    ),
    "returns": ("flat_returns", ("order_id", "returned")),
}


def normalize_files(
    root: Path,
    address: ShopAddress,
    orders_file: Path,
    returns_file: Path | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> int:
    """Make customers, products, orders and returns of flat files: all of them or none.

    Parameters
    ----------
    root
        Project folder.
    address
        Address of the shop.
    orders_file
        File with one row per order line, of any kind that can be loaded.
    returns_file
        File that names the orders that came back; None for none.
    progress
        Called with the name of each step.

    Returns
    -------
    int
        Number of orders made.

    Raises
    ------
    CustomerTrendsError
        If a file cannot be read or is another's.
    ShopError
        If the shop is not installed or refuses a row.
    """
    files = {"orders": orders_file} | ({"returns": returns_file} if returns_file else {})
    source = read_source(root, SOURCE)
    with (
        TemporaryDirectory(prefix="customer_trends_") as scratch,
        open_memory() as reader,
        opened(address) as connection,
    ):
        check_installed(root, connection)
        prepare_reader(reader, list(files.values()), None)
        plans = {
            name: _plan(source, name, path, reader, Path(scratch)) for name, path in files.items()
        }
        with exclusively(connection, "normalization"):
            _empty(connection)
            for name, plan in plans.items():
                progress(f"reading {plan.part.label}")
                table, columns = FLAT_TABLES[name]
                values = ", ".join(
                    f"c{plan.match.positions[column]} as {column}" for column in columns
                )
                query = f"select row_number as file_line, {values} from {plan.part.relation}"
                try:
                    insert_rows(connection, reader, table, ["file_line", *columns], query)
                except duckdb.Error as error:
                    raise plan.part.explain(error) from None
            progress("placing the orders")
            try:
                count = call(connection, "normalize_flat_sales", f"normalize-{token_hex(16)}")
            except mysql.connector.Error as error:
                raise ShopError(f"The shop refuses the file: {error.msg}") from None
            _empty(connection)
        return count or 0


def _plan(
    source: Source, name: str, path: Path, reader: duckdb.DuckDBPyConnection, scratch: Path
) -> FilePlan:
    """Find the part of a file that holds a raw table of the source."""
    plans = plan_file(source, path, reader, scratch, None, ignore_progress)
    for plan in plans:
        if plan.match.table.name == name:
            return plan
    raise HeaderError(
        f"{path.name} holds {plans[0].match.table.name}, not {name}, by its header: name the file "
        "of order lines first, that of returns second."
    )


def _empty(connection: mysql.connector.MySQLConnection) -> None:
    """Empty the flat tables."""
    for table, _ in FLAT_TABLES.values():
        cursor = connection.cursor()
        cursor.execute(f"delete from {table}")
        cursor.close()
