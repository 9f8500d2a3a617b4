"""Put rows that DuckDB reads into a table of a MySQL or MariaDB server, quickly."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import mysql.connector

from customer_trends.errors import WarehouseError

FETCHED_ROWS = 5_000


def insert_rows(
    connection: Any,
    reader: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[str],
    query: str,
) -> int:
    """Append the rows of a query through a file, or in blocks of rows where that is off.

    Parameters
    ----------
    connection
        Open connection of mysql.connector that may send files.
    reader
        Connection that runs the query.
    relation
        Table of the server, quoted if need be.
    columns
        Its columns in the order of the query's, quoted if need be.
    query
        DuckDB SQL.

    Returns
    -------
    int
        Number of rows.

    Raises
    ------
    WarehouseError
        If the server refuses rows or takes them other than they are.
    """
    with _refusals_explained(connection, relation) as cursor:
        cursor.execute("select @@local_infile")
        has_files = bool(cursor.fetchone()[0])
    load = load_file if has_files else insert_blocks
    return load(connection, reader, relation, columns, query)


@contextmanager
def _refusals_explained(connection: Any, relation: str) -> Iterator[Any]:
    """Open a cursor; errors of the server become one sentence."""
    cursor = connection.cursor(buffered=True)
    try:
        yield cursor
    except mysql.connector.Error as error:
        raise WarehouseError(f"The server refuses rows for {relation} ({error}).") from None
    finally:
        cursor.close()


def load_file(
    connection: Any,
    reader: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[str],
    query: str,
) -> int:
    """Append by LOAD DATA LOCAL: every value in quotes, NULL as the bare word.

    Parameters
    ----------
    connection, reader, relation, columns, query
        As for `insert_rows`.

    Returns
    -------
    int
        Number of rows.
    """
    with (
        TemporaryDirectory(prefix="customer_trends_") as folder,
        _refusals_explained(connection, relation) as cursor,
    ):
        path = Path(folder) / "rows.csv"
        written = reader.execute(
            f"copy ({query}) to '{path.as_posix()}' "
            "(format csv, header false, force_quote *, nullstr 'NULL', escape '\"')"
        ).fetchone()
        cursor.execute(
            f"load data local infile '{path.as_posix()}' into table {relation} "
            "character set utf8mb4 fields terminated by ',' optionally enclosed by '\"' "
            f"escaped by '' lines terminated by '\\n' ({', '.join(columns)})"
        )
        count, taken = int(written[0]) if written else 0, cursor.rowcount
        cursor.execute("show warnings")
        warnings = cursor.fetchall()
    # LOCAL turns errors into warnings; rows must not be bent or left out.
    if warnings or taken != count:
        reason = f" ({warnings[0][2]})" if warnings else ""
        raise WarehouseError(
            f"The server took {taken} of {count} rows into {relation} or changed values{reason}: "
            "nothing was loaded; look at the server's max_allowed_packet and sql_mode."
        )
    return count


def insert_blocks(
    connection: Any,
    reader: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[str],
    query: str,
) -> int:
    """Append by INSERT with many rows each.

    Parameters
    ----------
    connection, reader, relation, columns, query
        As for `insert_rows`.

    Returns
    -------
    int
        Number of rows.
    """
    rows = reader.execute(query)
    places = ", ".join(["%s"] * len(columns))
    statement = f"insert into {relation} ({', '.join(columns)}) values ({places})"
    count = 0
    with _refusals_explained(connection, relation) as cursor:
        while block := rows.fetchmany(FETCHED_ROWS):
            cursor.executemany(statement, block)
            count += len(block)
    return count
