"""Connections to DuckDB files, and how names and texts are written in its SQL."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from customer_trends.errors import ProjectError, WarehouseError
from customer_trends.project.paths import WAREHOUSE_VARIABLE


@contextmanager
def open_memory() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB database in memory.

    Yields
    ------
    DuckDBPyConnection
        Open connection; its time zone is UTC.
    """
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


def connect_warehouse(path: Path, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open the warehouse.

    Parameters
    ----------
    path
        Warehouse file; made when missing, except with ``read_only``.
    read_only
        Open without the right to write.

    Returns
    -------
    DuckDBPyConnection
        An open connection; its time zone is UTC.
    """
    if read_only and not path.exists():
        raise WarehouseError(
            f"There is no warehouse at {path} yet: run `customer-trends demo` or "
            "`customer-trends load SOURCE FILES` first."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(str(path), read_only=read_only)
    except (duckdb.Error, OSError) as error:
        raise _explain_open_error(path, error) from None
    connection.execute("set timezone = 'UTC'")
    return connection


def _explain_open_error(path: Path, error: Exception) -> WarehouseError:
    """Say why the warehouse does not open."""
    text = str(error)
    if "lock" in text.lower():
        return WarehouseError(
            f"The warehouse {path} is in use by another program: close that program "
            "(a notebook, a BI tool or another build) and try again."
        )
    if "not a valid DuckDB database" in text:
        return WarehouseError(
            f"{path} is not a DuckDB file: move it away or set {WAREHOUSE_VARIABLE} to another one."
        )
    return WarehouseError(f"The warehouse {path} does not open: {first_line(error)}")


def load_extension(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Load a DuckDB extension from its Python package; nothing is downloaded.

    Parameters
    ----------
    connection
        Connection to load it into.
    name
        Name of the extension, such as ``excel``.
    """
    try:
        from duckdb_extensions import import_extension

        import_extension(name, con=connection)
        connection.execute(f"load {name}")
    except (ImportError, duckdb.Error) as error:
        raise ProjectError(
            f"The DuckDB extension {name} does not load ({first_line(error)}): "
            f"install the Python package duckdb-extension-{name} of version {duckdb.__version__}."
        ) from None


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Run a block as one transaction: all of it or nothing.

    Parameters
    ----------
    connection
        Connection the block works on.
    """
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def set_comments(
    connection: duckdb.DuckDBPyConnection,
    place: tuple[str, str, str],
    comment: str,
    columns: Mapping[str, str],
) -> int:
    """Set the comments of a table and of its columns where they differ.

    Parameters
    ----------
    connection
        Connection that may write to the database.
    place
        Names of database, schema and table.
    comment
        Comment of the table.
    columns
        Column to its comment.

    Returns
    -------
    int
        Comments that changed.
    """
    table = ".".join(map(quote_name, place))
    where = "where (database_name, schema_name, table_name) = (?, ?, ?)"
    query = f"select comment from duckdb_tables() {where}"
    found = connection.execute(query, place).fetchall()
    query = f"select column_name, comment from duckdb_columns() {where}"
    commented = dict(connection.execute(query, place).fetchall())
    changed = [
        f"column {table}.{quote_name(name)} is {quote_text(text)}"
        for name, text in columns.items()
        if (commented.get(name) or "") != text
    ]
    if not found or (found[0][0] or "") != comment:
        changed.append(f"table {table} is {quote_text(comment)}")
    for what in changed:
        connection.execute(f"comment on {what}")
    return len(changed)


def quote_name(name: str) -> str:
    """Quote an identifier for SQL.

    Parameters
    ----------
    name
        Identifier as it is.

    Returns
    -------
    str
        Identifier in double quotes.
    """
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """Quote a text for SQL.

    Parameters
    ----------
    text
        Text as it is.

    Returns
    -------
    str
        Text in single quotes.
    """
    return "'" + text.replace("'", "''") + "'"


def first_line(error: Exception) -> str:
    """Take the first line of an error's message, which may hold a complete query plan.

    Parameters
    ----------
    error
        Error of an engine.

    Returns
    -------
    str
        Its first line.
    """
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
