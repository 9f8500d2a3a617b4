"""Read marts for people: from the published file where there is one, else from the warehouse."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import mysql.connector
import pandas as pd

from customer_trends.engines.duckdb_connection import connect_warehouse
from customer_trends.engines.engine import MYSQL_TARGETS
from customer_trends.errors import InvalidOptionError, WarehouseError
from customer_trends.presentation.frames import Read
from customer_trends.project.paths import find_published, find_warehouse
from customer_trends.project.profiles import read_settings

LAYER = "marts"
MART = re.compile(rf"\b{LAYER}\.(mart_\w+)")


@dataclass(frozen=True)
class Marts:
    """Marts that can be read.

    Attributes
    ----------
    read
        Runs SQL over ``marts.mart_*`` and gives a frame; none of a mart that is not there.
    names
        Marts that are there.
    location
        Where they are, for people.
    """

    read: Read
    names: frozenset[str]
    location: str


@contextmanager
def open_marts(root: Path, target: str) -> Iterator[Marts]:
    """Open the marts of a target, read-only.

    Parameters
    ----------
    root
        Project folder.
    target
        Target of the profile. For DuckDB the published file is read where there is one, so that
        no build has to wait.

    Yields
    ------
    Marts
        What can be read.

    Raises
    ------
    WarehouseError
        If there are no marts yet.
    """
    if target in MYSQL_TARGETS:
        with _connect_server(root, target) as marts:
            yield marts
        return
    if target != "duckdb":
        raise InvalidOptionError(f"There is no report of {target}: use duckdb, mysql or mariadb.")
    published = find_published(root)
    path = published if published.exists() else find_warehouse(root)
    connection = connect_warehouse(path, read_only=True)
    try:
        yield _list_file(connection, path)
    finally:
        connection.close()


def _list_file(connection: duckdb.DuckDBPyConnection, path: Path) -> Marts:
    """Say what is in a DuckDB file."""
    query = "select table_name from duckdb_tables() where schema_name = ?"
    names = frozenset(row[0] for row in connection.execute(query, [LAYER]).fetchall())
    return _make_marts(lambda sql: connection.execute(sql).df(), names, str(path))


@contextmanager
def _connect_server(root: Path, target: str) -> Iterator[Marts]:
    """Read the marts on a server; dbt-mysql, which lives elsewhere, is not needed for that."""
    settings = read_settings(root, target)
    host, port = settings.get("server") or "127.0.0.1", settings.get("port") or 3306
    schema = f"{settings['schema']}_{LAYER}"
    try:
        connection = mysql.connector.connect(
            host=host,
            port=int(port),
            user=str(settings.get("username") or ""),
            password=str(settings.get("password") or ""),
            ssl_disabled=str(settings.get("ssl_disabled")).lower() == "true",
            charset="utf8mb4",
        )
    except (mysql.connector.Error, ValueError) as error:
        raise WarehouseError(
            f"The server {host}:{port} does not let the report in ({error}): run "
            f"customer-trends doctor --target {target}."
        ) from None

    def read(query: str) -> pd.DataFrame:
        cursor = connection.cursor()
        cursor.execute(MART.sub(rf"`{schema}`.\1", query))
        columns = [str(column[0]) for column in cursor.description or []]
        return pd.DataFrame(cursor.fetchall(), columns=columns)

    try:
        tables = "select table_name as mart from information_schema.tables where table_schema = "
        names = frozenset(map(str, read(f"{tables}'{schema}'")["mart"]))
        yield _make_marts(read, names, f"{target}://{host}:{port}/{schema}")
    finally:
        connection.close()


def _make_marts(read: Read, names: frozenset[str], location: str) -> Marts:
    """Stop where nothing has been built; marts of later versions are as if empty."""
    if not names:
        raise WarehouseError(f"There are no marts in {location}: run customer-trends build.")

    def read_known(query: str) -> pd.DataFrame:
        return read(query) if names.issuperset(MART.findall(query)) else pd.DataFrame()

    return Marts(read_known, names, location)
