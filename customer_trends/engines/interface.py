"""What every engine can do: the one interface to raw tables, warehouse and scores."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from customer_trends.engines.duckdb_connection import open_memory
from customer_trends.errors import InvalidOptionError

# Most commands use neither, and they take long to import.
if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# Rows of a table of Arrow that is read.
BATCH_ROWS = 200_000
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
        Column that says which rows go.
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


@dataclass(frozen=True)
class NewTable:
    """A table that takes the place of the one of its name.

    Attributes
    ----------
    name
        Name of the table.
    columns
        Column to kind: ``integer``, ``number``, ``text``, ``long_text``, ``boolean``, ``date`` or
        ``timestamp``; a question mark says that NULL may stand there. ``text`` has at most 255
        characters.
    key
        Columns that identify a row; a single one becomes the primary key on servers.
    schema
        Arrow schema of the rows.
    rows
        Tables of Arrow with that schema, or rows that an engine holds (`spark_tables.SparkRows`).
    """

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    schema: "pa.Schema"
    rows: "Iterable[pa.Table]"

    def declare(self, types: Mapping[str, str], quote: Callable[[str], str]) -> str:
        """Declare the columns.

        Parameters
        ----------
        types
            Kind to type of an engine.
        quote
            Quotes a name.

        Returns
        -------
        str
            What stands between the brackets of a statement that makes the table.
        """
        return ", ".join(
            f"{quote(name)} {types[kind.rstrip('?')]}{'' if kind.endswith('?') else ' not null'}"
            for name, kind in self.columns.items()
        )


def shorten(text: str, longest: int) -> str:
    """Cut a text after a word, with an ellipsis, so that it fits.

    Parameters
    ----------
    text
        Text of any length.
    longest
        Characters there is room for.

    Returns
    -------
    str
        The text, or its beginning.
    """
    if len(text) <= longest:
        return text
    kept = text[:longest].rpartition(" ")[0] or text[: longest - 1]
    return kept.rstrip(" ,;:") + "…"


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
    def fetch_frame(self, query: str, parameters: Sequence[object] = ()) -> "pd.DataFrame":
        """Run a query for people: over layers, the same text on every engine.

        Parameters
        ----------
        query
            SQL over ``marts.*`` and ``publication.*``, with ``?`` where parameters go.
        parameters
            Values.

        Returns
        -------
        DataFrame
            All rows.

        Raises
        ------
        MissingRelationError
            If a relation or a column of it does not exist.
        WarehouseError
            If the engine refuses for another reason.
        """

    @abstractmethod
    def describe(self, schema: str, name: str) -> dict[str, str] | None:
        """Describe the columns of a relation.

        Parameters
        ----------
        schema
            Name of the schema on this engine.
        name
            Name of the relation.

        Returns
        -------
        dict or None
            Column to kind as in `NewTable`, without ``long_text``; a type of another kind has its
            own name. None when there is no such relation.
        """

    @abstractmethod
    def read_arrow(self, schema: str, name: str, kinds: Mapping[str, str]) -> "Iterator[pa.Table]":
        """Read columns of a relation in batches.

        Parameters
        ----------
        schema
            Name of the schema on this engine.
        name
            Name of the relation.
        kinds
            Column to kind as in `describe`.

        Yields
        ------
        Table
            At most about ``BATCH_ROWS`` rows in no order; at least one table.
        """

    @abstractmethod
    def replace_tables(self, schema: str, tables: Sequence[NewTable]) -> dict[str, int]:
        """Put tables in the place of those of the same names: all of them, or none.

        The rows are written beside the tables that exist; then all change at once. On Spark, which
        has no such statement, each changes by itself, the last one of the sequence last.

        Parameters
        ----------
        schema
            Name of the schema on this engine; made if it is missing.
        tables
            What to write.

        Returns
        -------
        dict
            Table to number of rows.

        Raises
        ------
        WriteError
            If the engine refuses, or another program writes to the schema; all tables are
            unchanged then.
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
    def set_comments(self, schema: str, name: str, comment: str, columns: Mapping[str, str]) -> int:
        """Set the comments of a table and of its columns where they differ; rows stay as they are.

        A text that is too long for the engine is cut after a word (`shorten`). A view gets none:
        not every engine has comments on views.

        Parameters
        ----------
        schema
            Name of the schema on this engine.
        name
            Name of the table.
        comment
            Comment of the table.
        columns
            Column to its comment; other columns keep theirs.

        Returns
        -------
        int
            Comments that changed.

        Raises
        ------
        MissingRelationError
            If there is no such table, or it lacks a column.
        WarehouseError
            If the engine refuses.
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
        with open_memory() as connection:
            yield connection

    def expose(
        self, reader: duckdb.DuckDBPyConnection, table: tuple[str, str], columns: Sequence[str]
    ) -> str:
        """Make a relation readable for DuckDB, its values as they are or as texts.

        Parameters
        ----------
        reader
            Connection that is to read it.
        table
            Schema on this engine and name of the relation.
        columns
            Columns to read.

        Returns
        -------
        str
            Name for the reader, until the next call.
        """
        reader.execute("drop table if exists exposed")
        self.export(reader, table, columns, "exposed")
        return "exposed"

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
