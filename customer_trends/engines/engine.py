"""The database that holds raw tables and warehouse, behind one interface for all engines."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from customer_trends.errors import InvalidOptionError

TARGET_VARIABLE = "CUSTOMER_TRENDS_TARGET"
TARGETS = ("duckdb", "mysql", "mariadb", "spark")
# Those that are servers of the MySQL kind.
MYSQL_TARGETS = ("mysql", "mariadb")
AUDIT_COLUMNS = ("_other_columns", "_loaded_at", "_source_file", "_batch_id", "_row_number")


@dataclass(frozen=True)
class RowChange:
    """What is to change in a raw table that holds a copy.

    Attributes
    ----------
    batch
        Batch of the copy; the raw table holds no other.
    moment
        Moment that all rows of the copy show from now on, ``yyyy-mm-dd hh:mm:ss``.
    key
        Column that tells which rows go.
    gone
        DuckDB SQL of the values of that column whose rows go.
    rows
        DuckDB SQL of the rows that come instead.
    """

    batch: str
    moment: str
    key: str
    gone: str
    rows: str


@dataclass(frozen=True)
class QueryResult:
    """The rows of a query and the names of their columns."""

    headers: list[str]
    rows: list[tuple[Any, ...]]


class Engine(ABC):
    """A connection to one target of the dbt profile; closed by ``close``.

    Attributes
    ----------
    target
        Name of the target in ``profiles.yml``.
    location
        Where the warehouse is, for people.
    """

    target: str
    location: str

    @abstractmethod
    def schema(self, layer: str) -> str:
        """Name the schema of a layer.

        Parameters
        ----------
        layer
            Layer, such as ``raw`` or ``marts``.

        Returns
        -------
        str
            Name of the schema on this engine.
        """

    @abstractmethod
    def quote(self, name: str) -> str:
        """Quote an identifier.

        Parameters
        ----------
        name
            Identifier as it is.

        Returns
        -------
        str
            Identifier as SQL.
        """

    @abstractmethod
    def fetch(self, query: str) -> QueryResult:
        """Run a query.

        Parameters
        ----------
        query
            SQL that this engine understands.

        Returns
        -------
        QueryResult
            All rows; ask for few.
        """

    @abstractmethod
    def execute(self, statement: str) -> None:
        """Run a statement that gives no rows.

        Parameters
        ----------
        statement
            SQL that this engine understands.
        """

    @abstractmethod
    def list_tables(self, schema: str) -> list[str]:
        """List the tables of a schema, without views.

        Parameters
        ----------
        schema
            Name of the schema on this engine.

        Returns
        -------
        list of str
            Names, sorted; none where there is no such schema.
        """

    @abstractmethod
    def ensure_raw_table(self, schema: str, name: str, columns: Sequence[str]) -> None:
        """Make a raw table that is missing, or columns of it that are.

        Parameters
        ----------
        schema
            Name of the schema on this engine.
        name
            Name of the table.
        columns
            Text columns; the audit columns are added.
        """

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Run a block of inserts and deletes as one: all of it or nothing."""

    @abstractmethod
    def insert(
        self,
        reader: duckdb.DuckDBPyConnection,
        table: tuple[str, str],
        columns: Sequence[str],
        query: str,
    ) -> int:
        """Append the rows of a DuckDB query to a raw table.

        Parameters
        ----------
        reader
            Connection that can run the query.
        table
            Schema on this engine and name of the table.
        columns
            Columns that the query fills, in its order.
        query
            DuckDB SQL.

        Returns
        -------
        int
            Rows appended.
        """

    @abstractmethod
    def delete_all(self, schema: str, name: str) -> None:
        """Delete all rows of a raw table.

        Parameters
        ----------
        schema
            Name of the schema on this engine.
        name
            Name of the table.
        """

    @abstractmethod
    def export(
        self,
        reader: duckdb.DuckDBPyConnection,
        table: tuple[str, str],
        columns: Sequence[str],
        into: str,
    ) -> None:
        """Copy a relation into a new table of text columns in DuckDB.

        Parameters
        ----------
        reader
            Connection that gets the table.
        table
            Schema on this engine and name of the relation.
        columns
            Columns to copy, in order; each becomes the text that the engine makes of it.
        into
            Name of the new table.
        """

    @contextmanager
    def reader(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a DuckDB connection whose queries ``insert`` and ``replace_rows`` can run.

        Yields
        ------
        DuckDBPyConnection
            Connection in UTC.
        """
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            yield connection

    def replace_rows(
        self,
        reader: duckdb.DuckDBPyConnection,
        table: tuple[str, str],
        columns: Sequence[str],
        change: RowChange,
    ) -> None:
        """Replace some rows of a raw table by others.

        Parameters
        ----------
        reader
            Connection of ``reader``.
        table
            Schema on this engine and name of the table.
        columns
            All columns of the table, in the order of the new rows.
        change
            Which rows go and which come.

        Raises
        ------
        InvalidOptionError
            If this engine takes no copy of a shop.
        """
        raise InvalidOptionError(f"The target {self.target} takes no copy of a shop.")

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""

    def qualify(self, schema: str, name: str) -> str:
        """Write the full name of a relation.

        Parameters
        ----------
        schema
            Name of the schema on this engine.
        name
            Name of the relation.

        Returns
        -------
        str
            Both as SQL.
        """
        return f"{self.quote(schema)}.{self.quote(name)}"

    def count_batches(self, schema: str, name: str) -> dict[str, int]:
        """Count the rows of each batch in a raw table.

        Parameters
        ----------
        schema
            Name of the schema on this engine.
        name
            Name of the table.

        Returns
        -------
        dict
            Batch to its number of rows.
        """
        query = f"select _batch_id, count(*) from {self.qualify(schema, name)} group by 1"
        return {row[0]: int(row[1]) for row in self.fetch(query).rows}

    def count_rows(self, schema: str, name: str) -> int:
        """Count the rows of a relation.

        Parameters
        ----------
        schema
            Name of the schema on this engine.
        name
            Name of the relation.

        Returns
        -------
        int
            Number of rows.
        """
        result = self.fetch(f"select count(*) from {self.qualify(schema, name)}")
        return int(result.rows[0][0])


class ServerEngine(Engine):
    """An engine that several projects share: the profile's schema stands in front of each layer.

    Attributes
    ----------
    prefix
        Schema of the profile.
    """

    prefix: str

    def schema(self, layer: str) -> str:
        """Name the schema of a layer."""
        return f"{self.prefix}_{layer}"

    def quote(self, name: str) -> str:
        """Quote an identifier."""
        return "`" + name.replace("`", "``") + "`"


def choose_target(target: str | None = None) -> str:
    """Choose the target: the one named, that of the environment, or DuckDB.

    Parameters
    ----------
    target
        Target named on the command line.

    Returns
    -------
    str
        A known target.
    """
    chosen = target or os.environ.get(TARGET_VARIABLE) or TARGETS[0]
    if chosen not in TARGETS:
        raise InvalidOptionError(f"There is no target '{chosen}': use {', '.join(TARGETS)}.")
    return chosen


@contextmanager
def open_engine(root: Path, target: str, read_only: bool = False) -> Iterator[Engine]:
    """Connect to a target of the profile.

    Parameters
    ----------
    root
        Project folder.
    target
        Name of the target.
    read_only
        For queries alone; a DuckDB file must exist then.

    Yields
    ------
    Engine
        Open connection.
    """
    engine = _connect(root, choose_target(target), read_only)
    try:
        yield engine
    finally:
        engine.close()


def _connect(root: Path, target: str, read_only: bool) -> Engine:
    """Make the engine of a target; its library is imported only here."""
    if target == "duckdb":
        from customer_trends.engines.duckdb_engine import DuckdbEngine

        return DuckdbEngine(root, read_only)
    if target == "spark":
        from customer_trends.engines.spark_engine import SparkEngine

        return SparkEngine(root)
    from customer_trends.engines.mysql_engine import MysqlEngine

    return MysqlEngine(root, target)
