"""The warehouse on a MySQL or MariaDB server; each layer is a database of its own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb
import mysql.connector

from customer_trends.engines.duckdb_connection import open_memory, quote_text
from customer_trends.engines.duckdb_engine import read_batches
from customer_trends.engines.interface import NewTable, QueryResult, ServerEngine
from customer_trends.engines.mysql_bulk_load import insert_rows
from customer_trends.engines.mysql_comments import (
    ALGORITHMS,
    LONGEST_COLUMN,
    LONGEST_TABLE,
    fit,
    read_definitions,
    write_changes,
)
from customer_trends.engines.mysql_server import COLLATIONS, log_in, make_secret, read_name
from customer_trends.engines.settings import ServerSettings
from customer_trends.errors import MissingRelationError, WarehouseError, WriteError

# Most commands use neither, and they take long to import.
if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

AUDIT_TYPES = {
    "_other_columns": "longtext",
    "_loaded_at": "datetime(6)",
    "_source_file": "varchar(500)",
    "_batch_id": "varchar(50)",
    "_row_number": "bigint",
}


# Types of new tables by kind.
COLUMN_TYPES = {
    "integer": "bigint",
    "number": "double",
    "text": "varchar(255)",
    "long_text": "longtext",
    "boolean": "tinyint(1)",
    "date": "date",
    "timestamp": "datetime(6)",
}
KINDS = {
    **dict.fromkeys(["tinyint", "smallint", "mediumint", "int", "bigint"], "integer"),
    **dict.fromkeys(["float", "double", "decimal"], "number"),
    **dict.fromkeys(["char", "varchar", "tinytext", "text", "mediumtext", "longtext"], "text"),
    "date": "date",
    "datetime": "timestamp",
    "timestamp": "timestamp",
}
# What a column is read as: plain types, which DuckDB understands in one way.
READ_AS = {"integer": "signed", "boolean": "signed", "number": "double", "text": "char"}
# Keys of several texts are too wide for an index, and some servers want a key of every table.
ROW_KEY = "_row_key bigint unsigned not null auto_increment invisible primary key"
NEW, OLD = "__new", "__old"
LAYERS = re.compile(r"\b(core|marts|cube|publication)\.(?=\w)")
# There is no such database, table or column; the account may not see it.
ABSENT = (1049, 1051, 1054, 1142, 1146)


class MysqlEngine(ServerEngine):
    """A MySQL or MariaDB server; rows are loaded by LOAD DATA LOCAL where the server allows it."""

    def __init__(
        self, settings: ServerSettings, read_only: bool = False, patience: int | None = None
    ) -> None:
        """Connect to the server.

        Parameters
        ----------
        settings
            Address, account and prefix of the databases.
        read_only
            For queries alone: each sees the latest state.
        patience
            Seconds to wait for the server; None for the driver's own limit.
        """
        login, target = settings.login, settings.target
        self.login, self.target, self.prefix = login, target, settings.prefix
        self.errors = mysql.connector
        self.location = f"{target}://{login.address}/{self.prefix}_*"
        waiting = {} if patience is None else {"connection_timeout": patience}
        try:
            self.connection: Any = log_in(login, autocommit=read_only, **waiting)
        except mysql.connector.Error as error:
            raise WarehouseError(
                f"The server {login.address} does not let '{login.user}' in ({error}): "
                f"check the variables CUSTOMER_TRENDS_{target.upper()}_HOST, _PORT, _USER and "
                "_PASSWORD, and that the server runs."
            ) from None
        self._run(f"set names utf8mb4 collate {COLLATIONS[target]}")
        self._run("set time_zone = '+00:00'")

    def _run(self, statement: str, parameters: Sequence[object] = ()) -> Any:
        """Run a statement and give back its cursor."""
        cursor = self.connection.cursor(buffered=True)
        try:
            cursor.execute(statement, tuple(parameters) or None)
        except self.errors.Error as error:
            kind = MissingRelationError if error.errno in ABSENT else WarehouseError
            raise kind(f"The server refuses a statement ({error}).") from error
        return cursor

    def fetch(self, query: str) -> QueryResult:
        """Run a query."""
        cursor = self._run(query)
        return QueryResult([column[0] for column in cursor.description or []], cursor.fetchall())

    def fetch_frame(self, query: str, parameters: Sequence[object] = ()) -> "pd.DataFrame":
        """Run a query for people."""
        import pandas as pd

        written = LAYERS.sub(rf"`{self.prefix}_\1`.", query)
        if parameters:
            # The driver replaces %s alone; any other % stays.
            written = written.replace("?", "%s")
        cursor = self._run(written, parameters)
        columns = [str(column[0]) for column in cursor.description or []]
        return pd.DataFrame(cursor.fetchall(), columns=columns)

    def execute(self, statement: str) -> None:
        """Run a statement."""
        self._run(statement)

    def describe(self, schema: str, name: str) -> dict[str, str] | None:
        """Describe the columns of a relation."""
        rows = self._run(
            "select column_name, data_type, extra, numeric_scale "
            "from information_schema.columns where table_schema = %s and table_name = %s "
            "order by ordinal_position",
            [schema, name],
        ).fetchall()
        columns = {
            read_name(column): _name_kind(read_name(kind), scale)
            for column, kind, extra, scale in rows
            if "INVISIBLE" not in read_name(extra or "").upper()
        }
        return columns or None

    def read_arrow(self, schema: str, name: str, kinds: Mapping[str, str]) -> "Iterator[pa.Table]":
        """Read columns of a relation through DuckDB's MySQL reader."""
        columns = ", ".join(
            f"cast({self.quote(column)} as {READ_AS[kind]}) as {self.quote(column)}"
            if kind in READ_AS
            else self.quote(column)
            for column, kind in kinds.items()
        )
        query = f"select {columns} from {self.qualify(schema, name)}"
        with self.reader() as reader:
            self.attach(reader)
            try:
                result = reader.execute(f"from mysql_query('server', {quote_text(query)})")
                yield from read_batches(result)
            except duckdb.Error as error:
                reason = str(error).splitlines()[0]
                raise WarehouseError(f"The server refuses to read ({reason}).") from error

    def replace_tables(self, schema: str, tables: Sequence[NewTable]) -> dict[str, int]:
        """Fill tables beside those there are, then let all change places in one statement."""
        try:
            with self._lock(schema):
                self._create_database(schema)
                counts = {table.name: self._fill(schema, table) for table in tables}
                self._swap(schema, list(counts))
        except WriteError:
            raise
        except WarehouseError as error:
            raise WriteError(f"{error} The tables of {schema} are unchanged.") from error
        return counts

    @contextmanager
    def _lock(self, schema: str) -> Iterator[None]:
        """Let one program at a time replace the tables of a database."""
        if self._run("select get_lock(%s, 0)", [schema]).fetchall() != [(1,)]:
            raise WriteError(f"Another program writes to {schema}: wait for it, then try again.")
        try:
            yield
        finally:
            if self.connection.is_connected():
                self._run("select release_lock(%s)", [schema]).fetchall()

    def _create_database(self, schema: str) -> None:
        """Make a database that is missing."""
        self._run(
            f"create database if not exists {self.quote(schema)} "
            f"character set utf8mb4 collate {COLLATIONS[self.target]}"
        )

    def _fill(self, schema: str, table: NewTable) -> int:
        """Make a table beside the one it is to replace, and put the rows into it."""
        relation = self.qualify(schema, table.name + NEW)
        declared = table.declare(COLUMN_TYPES, self.quote)
        is_key = len(table.key) == 1
        key = f"primary key ({self.quote(table.key[0])})" if is_key else ROW_KEY
        self._run(f"drop table if exists {relation}")
        self._run(f"create table {relation} ({declared}, {key})")
        columns = [self.quote(name) for name in table.columns]
        # The server knows no truth values.
        values = ", ".join(
            f"cast({column} as tinyint)" if kind.startswith("boolean") else column
            for column, kind in ((f'"{name}"', kind) for name, kind in table.columns.items())
        )
        count = 0
        with open_memory() as reader:
            for batch in table.rows:
                if batch.num_rows:
                    reader.register("batch", batch)
                    query = f"select {values} from batch"
                    count += insert_rows(self.connection, reader, relation, columns, query)
        self.connection.commit()
        found = self.count_rows(schema, table.name + NEW)
        if found != count:
            raise WriteError(f"The server took {found} of {count} rows for {table.name}.")
        return count

    def _swap(self, schema: str, names: Sequence[str]) -> None:
        """Let new tables take the place of those there are, all in one statement."""
        old = ", ".join(self.qualify(schema, name + OLD) for name in names)
        self._run(f"drop table if exists {old}")
        present, renames = self.list_tables(schema), []
        for name in names:
            relation = self.qualify(schema, name)
            if name in present:
                renames.append(f"{relation} to {self.qualify(schema, name + OLD)}")
            renames.append(f"{self.qualify(schema, name + NEW)} to {relation}")
        self._run(f"rename table {', '.join(renames)}")
        self._run(f"drop table if exists {old}")

    def set_comments(self, schema: str, name: str, comment: str, columns: Mapping[str, str]) -> int:
        """Set comments where they differ, in one statement that leaves the rows alone."""
        where, place = "where table_schema = %s and table_name = %s", [schema, name]
        found = self._run(
            f"select table_type, table_comment from information_schema.tables {where}", place
        ).fetchall()
        if not found:
            raise MissingRelationError(f"There is no table {schema}.{name}.")
        kind, present = map(read_name, found[0])
        if kind != "BASE TABLE":
            return 0
        rows = self._run(
            f"select column_name, column_comment from information_schema.columns {where}", place
        ).fetchall()
        commented = {read_name(column): read_name(text) for column, text in rows}
        if missing := ", ".join(columns.keys() - commented.keys()):
            raise MissingRelationError(f"{schema}.{name} has no column {missing}.")
        wanted = {column: fit(text, LONGEST_COLUMN) for column, text in columns.items()}
        changed = {c: text for c, text in wanted.items() if text != commented[c]}
        comment = fit(comment, LONGEST_TABLE)
        is_new = comment != present
        if not changed and not is_new:
            return 0
        ((_, statement),) = self._run(f"show create table {self.qualify(schema, name)}").fetchall()
        changes, texts = write_changes(
            comment if is_new else None, changed, read_definitions(read_name(statement)), self.quote
        )
        self._run(
            f"alter table {self.qualify(schema, name)} {changes}, "
            f"algorithm = {ALGORITHMS[self.target]}",
            texts,
        )
        return len(texts)

    def list_tables(self, schema: str) -> list[str]:
        """List the tables of a database."""
        query = (
            "select table_name from information_schema.tables "
            "where table_schema = %s and table_type = 'BASE TABLE' order by 1"
        )
        return [read_name(row[0]) for row in self._run(query, [schema]).fetchall()]

    def ensure_raw_table(self, schema: str, name: str, columns: Sequence[str]) -> None:
        """Make a raw table that is missing, or columns of it that are."""
        relation = self.qualify(schema, name)
        types = dict.fromkeys(columns, "longtext") | AUDIT_TYPES
        present = {read_name(row[0]) for row in self._run(
            "select column_name from information_schema.columns "
            "where table_schema = %s and table_name = %s", [schema, name],
        ).fetchall()}  # fmt: skip
        if not present:
            declared = ", ".join(f"{self.quote(column)} {kind}" for column, kind in types.items())
            self._create_database(schema)
            self._run(
                f"create table if not exists {relation} "
                f"({declared}, primary key (_batch_id, _row_number))"
            )
            return
        for column, kind in types.items():
            if column not in present:
                self._run(f"alter table {relation} add column {self.quote(column)} {kind}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run a block as one transaction."""
        self.connection.rollback()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    def insert(
        self,
        reader: duckdb.DuckDBPyConnection,
        table: tuple[str, str],
        columns: Sequence[str],
        query: str,
    ) -> int:
        """Append the rows of a query through a file, or in blocks of rows where that is off."""
        names = [self.quote(column) for column in columns]
        return insert_rows(self.connection, reader, self.qualify(*table), names, query)

    def delete_all(self, schema: str, name: str) -> None:
        """Delete all rows of a raw table."""
        self._run(f"delete from {self.qualify(schema, name)}")

    def attach(self, reader: duckdb.DuckDBPyConnection) -> None:
        """Make the server known to DuckDB as the database ``server``.

        Parameters
        ----------
        reader
            Connection that gets to know the server.
        """
        attached = {row[0] for row in reader.execute("from duckdb_databases()").fetchall()}
        if "server" not in attached:
            make_secret(reader, "server_access", self.login)
            reader.execute("attach '' as server (type mysql, secret server_access)")

    def export(
        self,
        reader: duckdb.DuckDBPyConnection,
        table: tuple[str, str],
        columns: Sequence[str],
        into: str,
    ) -> None:
        """Copy a relation into a table of texts through DuckDB's MySQL reader."""
        self.attach(reader)
        texts = ", ".join(
            f"cast({self.quote(name)} as char) as {self.quote(name)}" for name in columns
        )
        query = f"select {texts} from {self.qualify(*table)}"
        reader.execute(f"create table {into} as from mysql_query('server', {quote_text(query)})")

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def _name_kind(data_type: str, scale: Any) -> str:
    """Name the kind of a type of the server."""
    if data_type == "decimal" and not scale:
        return "integer"
    return KINDS.get(data_type, data_type)
