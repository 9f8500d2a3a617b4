"""The warehouse as a DuckDB file."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb

from customer_trends.engines.duckdb_connection import (
    connect_warehouse,
    first_line,
    load_extension,
    quote_name,
    quote_text,
    set_comments,
    transaction,
)
from customer_trends.engines.interface import (
    BATCH_ROWS,
    Engine,
    NewTable,
    QueryResult,
    RowChange,
)
from customer_trends.engines.settings import DuckdbFile
from customer_trends.errors import MissingRelationError, WarehouseError, WriteError

# Most commands use neither, and they take long to import.
if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

AUDIT_TYPES = {
    "_other_columns": "varchar",
    "_loaded_at": "timestamp",
    "_source_file": "varchar",
    "_batch_id": "varchar",
    "_row_number": "bigint",
}
COLUMN_TYPES = {
    "integer": "bigint",
    "number": "double",
    "text": "varchar",
    "long_text": "varchar",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}


class DuckdbEngine(Engine):
    """A DuckDB file; inserts run in it and read files directly."""

    target = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection, location: str) -> None:
        """Keep the connection.

        Parameters
        ----------
        connection
            Open connection, in UTC.
        location
            Path of the file.
        """
        self.connection, self.location = connection, location

    def schema(self, layer: str) -> str:
        """Name the schema of a layer: the layer itself."""
        return layer

    def quote(self, name: str) -> str:
        """Quote an identifier."""
        return quote_name(name)

    def fetch(self, query: str) -> QueryResult:
        """Run a query."""
        with self._explained():
            cursor = self.connection.execute(query)
            headers = [column[0] for column in cursor.description or []]
            return QueryResult(headers, cursor.fetchall())

    def fetch_frame(self, query: str, parameters: Sequence[object] = ()) -> "pd.DataFrame":
        """Run a query for people."""
        with self._explained():
            frame: pd.DataFrame = self.connection.execute(query, list(parameters)).df()
            return frame

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn errors of DuckDB into those of the project."""
        try:
            yield
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise MissingRelationError(first_line(error)) from error
        except duckdb.Error as error:
            raise WarehouseError(f"{self.location} cannot be read: {first_line(error)}") from error

    def execute(self, statement: str) -> None:
        """Run a statement."""
        self.connection.execute(statement)

    def describe(self, schema: str, name: str) -> dict[str, str] | None:
        """Describe the columns of a relation."""
        from customer_trends.engines.kinds import name_kind

        query = (
            "select 1 from information_schema.tables "
            "where table_schema = ? and table_name = ? and table_catalog = current_database()"
        )
        if not self.connection.execute(query, [schema, name]).fetchone():
            return None
        empty = self.connection.execute(f"from {self.qualify(schema, name)} limit 0")
        return {field.name: name_kind(field.type) for field in empty.to_arrow_table().schema}

    def read_arrow(self, schema: str, name: str, kinds: Mapping[str, str]) -> "Iterator[pa.Table]":
        """Read columns of a relation in batches."""
        columns = ", ".join(map(quote_name, kinds))
        with self._explained():
            query = f"select {columns} from {self.qualify(schema, name)}"
            yield from read_batches(self.connection.execute(query))

    def replace_tables(self, schema: str, tables: Sequence[NewTable]) -> dict[str, int]:
        """Write tables in one transaction."""
        try:
            with self.transaction():
                self.connection.execute(f"create schema if not exists {quote_name(schema)}")
                return {table.name: self._write(schema, table) for table in tables}
        except duckdb.Error as error:
            raise WriteError(
                f"DuckDB refuses rows for {schema} ({first_line(error)}); its tables are unchanged."
            ) from error

    def _write(self, schema: str, table: NewTable) -> int:
        """Write one table.

        Its rows wait in a file: DuckDB keeps the rows of many small inserts in memory until the end
        of the transaction, and writes those of one large insert to disk as it goes.
        """
        from pyarrow.parquet import ParquetWriter

        relation, count = self.qualify(schema, table.name), 0
        declared = table.declare(COLUMN_TYPES, quote_name)
        self.connection.execute(f"create or replace table {relation} ({declared})")
        with TemporaryDirectory(prefix="customer_trends_rows_") as folder:
            path = Path(folder) / "rows.parquet"
            with ParquetWriter(path, table.schema) as writer:
                for batch in table.rows:
                    writer.write_table(batch)
                    count += batch.num_rows
            self.connection.execute(
                f"insert into {relation} by name select * from read_parquet(?)", [str(path)]
            )
        return count

    def set_comments(self, schema: str, name: str, comment: str, columns: Mapping[str, str]) -> int:
        """Set comments where they differ, in one transaction."""
        query = "select 1 from duckdb_views() where (schema_name, view_name) = (?, ?)"
        with self._explained(), self.transaction():
            if self.connection.execute(query, [schema, name]).fetchone():
                return 0
            ((database,),) = self.connection.execute("select current_database()").fetchall()
            return set_comments(self.connection, (database, schema, name), comment, columns)

    def list_tables(self, schema: str) -> list[str]:
        """List the tables of a schema."""
        query = "select table_name from duckdb_tables() where schema_name = ? order by 1"
        return [row[0] for row in self.connection.execute(query, [schema]).fetchall()]

    def ensure_raw_table(self, schema: str, name: str, columns: Sequence[str]) -> None:
        """Make a raw table that is missing, or columns of it that are."""
        relation = self.qualify(schema, name)
        types = dict.fromkeys(columns, "varchar") | AUDIT_TYPES
        declared = ", ".join(f"{quote_name(column)} {kind}" for column, kind in types.items())
        self.connection.execute(f"create schema if not exists {quote_name(schema)}")
        self.connection.execute(f"create table if not exists {relation} ({declared})")
        present = {row[0] for row in self.connection.execute(f"describe {relation}").fetchall()}
        for column, kind in types.items():
            if column not in present:
                self.connection.execute(
                    f"alter table {relation} add column {quote_name(column)} {kind}"
                )

    def transaction(self) -> AbstractContextManager[None]:
        """Run a block as one transaction."""
        return transaction(self.connection)

    def insert(
        self,
        reader: duckdb.DuckDBPyConnection,
        table: tuple[str, str],
        columns: Sequence[str],
        query: str,
    ) -> int:
        """Append the rows of a query, which runs in the warehouse itself."""
        for (extension,) in reader.execute(
            "select extension_name from duckdb_extensions() where loaded and extension_name in "
            "('excel', 'encodings')"
        ).fetchall():
            load_extension(self.connection, extension)
        names = ", ".join(map(quote_name, columns))
        statement = f"insert into {self.qualify(*table)} ({names}) {query}"
        inserted = self.connection.execute(statement).fetchone()
        return int(inserted[0]) if inserted else 0

    def delete_all(self, schema: str, name: str) -> None:
        """Delete all rows of a raw table."""
        self.connection.execute(f"delete from {self.qualify(schema, name)}")

    def export(
        self,
        reader: duckdb.DuckDBPyConnection,
        table: tuple[str, str],
        columns: Sequence[str],
        into: str,
    ) -> None:
        """Copy a relation into a table of texts: the reader attaches the file."""
        relation = self.expose(reader, table, columns)
        texts = ", ".join(
            f"cast({quote_name(name)} as varchar) as {quote_name(name)}" for name in columns
        )
        reader.execute(f"create table {into} as select {texts} from {relation}")

    def expose(
        self, reader: duckdb.DuckDBPyConnection, table: tuple[str, str], columns: Sequence[str]
    ) -> str:
        """Attach the file to the reader."""
        attached = {row[0] for row in reader.execute("from duckdb_databases()").fetchall()}
        if "warehouse" not in attached:
            reader.execute(f"attach {quote_text(self.location)} as warehouse (read_only)")
        return f"warehouse.{self.qualify(*table)}"

    @contextmanager
    def reader(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give the connection itself: inserts run in it."""
        yield self.connection

    def replace_rows(
        self,
        reader: duckdb.DuckDBPyConnection,
        table: tuple[str, str],
        columns: Sequence[str],
        change: RowChange,
    ) -> None:
        """Replace rows where they are; the moment of the others is all that changes in them."""
        relation = self.qualify(*table)
        reader.execute(f"delete from {relation} where {quote_name(change.key)} in ({change.gone})")
        reader.execute(f"update {relation} set _loaded_at = timestamp '{change.moment}'")
        self.insert(reader, table, columns, change.rows)

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def open_file(settings: DuckdbFile, read_only: bool) -> DuckdbEngine:
    """Open a DuckDB file.

    Parameters
    ----------
    settings
        Which file.
    read_only
        Open without the right to write; the file must exist.

    Returns
    -------
    DuckdbEngine
        Open connection.
    """
    connection = connect_warehouse(settings.path, read_only)
    if settings.memory_limit:
        connection.execute(f"set memory_limit = {quote_text(settings.memory_limit)}")
    return DuckdbEngine(connection, str(settings.path))


def read_batches(result: duckdb.DuckDBPyConnection) -> "Iterator[pa.Table]":
    """Read the result of a query in batches.

    Parameters
    ----------
    result
        Connection on which the query was executed.

    Yields
    ------
    Table
        At most about ``BATCH_ROWS`` rows; at least one table.
    """
    import pyarrow as pa

    reader = result.to_arrow_reader(BATCH_ROWS)
    is_empty = True
    for batch in reader:
        is_empty = False
        yield pa.Table.from_batches([batch])
    if is_empty:
        yield reader.schema.empty_table()
