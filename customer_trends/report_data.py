"""Read marts for people: from the published file where there is one, else from the warehouse."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from customer_trends.charts import Read
from customer_trends.engine import Engine, open_engine
from customer_trends.errors import WarehouseError
from customer_trends.publish import find_published
from customer_trends.warehouse import connect_warehouse

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
    published = find_published(root)
    if target == "duckdb" and published.exists():
        connection = connect_warehouse(published, read_only=True)
        try:
            yield _list_published(connection, published)
        finally:
            connection.close()
        return
    with open_engine(root, target, read_only=True) as engine:
        yield _list_built(engine)


def _list_published(connection: duckdb.DuckDBPyConnection, path: Path) -> Marts:
    """Say what is in the published file."""
    query = "select table_name from duckdb_tables() where schema_name = ?"
    names = frozenset(row[0] for row in connection.execute(query, [LAYER]).fetchall())
    return _make_marts(lambda sql: connection.execute(sql).df(), names, str(path))


def _list_built(engine: Engine) -> Marts:
    """Say what is in the warehouse."""
    schema = engine.schema(LAYER)

    def read(query: str) -> pd.DataFrame:
        result = engine.fetch(MART.sub(lambda found: engine.qualify(schema, found[1]), query))
        return pd.DataFrame(result.rows, columns=result.headers)

    return _make_marts(read, frozenset(engine.list_tables(schema)), engine.location)


def _make_marts(read: Read, names: frozenset[str], location: str) -> Marts:
    """Stop where nothing has been built; marts of later versions are as if empty."""
    if not names:
        raise WarehouseError(f"There are no marts in {location}: run customer-trends build.")

    def read_known(query: str) -> pd.DataFrame:
        return read(query) if names.issuperset(MART.findall(query)) else pd.DataFrame()

    return Marts(read_known, names, location)
