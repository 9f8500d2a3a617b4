"""The warehouse as a DuckDB file."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import duckdb

from customer_trends.engines.duckdb_connection import (
    connect_warehouse,
    load_extension,
    quote_name,
    quote_text,
    transaction,
)
from customer_trends.engines.engine import Engine, QueryResult, RowChange
from customer_trends.project.paths import find_warehouse

AUDIT_TYPES = {
    "_other_columns": "varchar",
    "_loaded_at": "timestamp",
    "_source_file": "varchar",
    "_batch_id": "varchar",
    "_row_number": "bigint",
}


class DuckdbEngine(Engine):
    """A DuckDB file; inserts run in it and read files directly."""

    target = "duckdb"

    def __init__(self, root: Path, read_only: bool = False) -> None:
        """Open the file.

        Parameters
        ----------
        root
            Project folder.
        read_only
            Open without the right to write.
        """
        path = find_warehouse(root)
        self.location = str(path)
        self.connection = connect_warehouse(path, read_only)

    def schema(self, layer: str) -> str:
        """Name the schema of a layer: the layer itself."""
        return layer

    def quote(self, name: str) -> str:
        """Quote an identifier."""
        return quote_name(name)

    def fetch(self, query: str) -> QueryResult:
        """Run a query."""
        cursor = self.connection.execute(query)
        return QueryResult([column[0] for column in cursor.description or []], cursor.fetchall())

    def execute(self, statement: str) -> None:
        """Run a statement."""
        self.connection.execute(statement)

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
        attached = {row[0] for row in reader.execute("from duckdb_databases()").fetchall()}
        if "warehouse" not in attached:
            reader.execute(f"attach {quote_text(self.location)} as warehouse (read_only)")
        texts = ", ".join(
            f"cast({quote_name(name)} as varchar) as {quote_name(name)}" for name in columns
        )
        reader.execute(
            f"create table {into} as select {texts} from warehouse.{self.qualify(*table)}"
        )

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
