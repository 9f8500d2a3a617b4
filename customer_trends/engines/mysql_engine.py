"""The warehouse on a MySQL or MariaDB server; each layer is a database of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import mysql.connector

from customer_trends.engines.duckdb_connection import quote_text
from customer_trends.engines.engine import QueryResult, ServerEngine
from customer_trends.engines.mysql_bulk_load import insert_rows
from customer_trends.engines.mysql_server import COLLATIONS, make_secret, read_name
from customer_trends.errors import ProjectError, WarehouseError
from customer_trends.project.profiles import read_settings

AUDIT_TYPES = {
    "_other_columns": "longtext",
    "_loaded_at": "datetime(6)",
    "_source_file": "varchar(500)",
    "_batch_id": "varchar(50)",
    "_row_number": "bigint",
}


def heed_ssl_setting(root: Path, target: str) -> None:
    """Have dbt-mysql heed ``ssl_disabled`` of the profile: it does so for MariaDB alone.

    For dbt within this process; a plain ``dbt build`` encrypts its connections to MySQL.

    Parameters
    ----------
    root
        Project folder.
    target
        ``mysql`` or ``mariadb``.
    """
    if _is_ssl_disabled(read_settings(root, target)):
        mysql.connector.connect = partial(mysql.connector.connect, ssl_disabled=True)


def _is_ssl_disabled(settings: dict[str, Any]) -> bool:
    """Return whether connections are not to be encrypted."""
    return str(settings.get("ssl_disabled")).lower() == "true"


class MysqlEngine(ServerEngine):
    """A MySQL or MariaDB server; raw rows go in by LOAD DATA LOCAL where the server allows it."""

    def __init__(self, root: Path, target: str) -> None:
        """Connect to the server.

        Parameters
        ----------
        root
            Project folder.
        target
            ``mysql`` or ``mariadb``.
        """
        if find_spec("dbt.adapters.mysql") is None:
            raise ProjectError(
                f"The target {target} needs dbt-mysql, which lives in an environment of its own: "
                "run `make setup-mysql`, then `.venv-mysql/bin/customer-trends`."
            )
        settings = read_settings(root, target)
        server, port = settings.get("server") or "127.0.0.1", str(settings.get("port") or 3306)
        if not port.isdigit():
            raise ProjectError(
                f"The port of the target {target} is '{port}': set "
                f"CUSTOMER_TRENDS_{target.upper()}_PORT to a number."
            )
        self.errors = mysql.connector
        self.target = target
        self.prefix = str(settings["schema"])
        self.location = f"{target}://{server}:{port}/{self.prefix}_*"
        self.access = {
            "host": server,
            "port": port,
            "user": str(settings.get("username") or ""),
            "password": str(settings.get("password") or ""),
        }
        try:
            self.connection: Any = mysql.connector.connect(
                host=server,
                port=int(port),
                user=self.access["user"],
                password=self.access["password"],
                charset="utf8mb4",
                allow_local_infile=True,
                ssl_disabled=_is_ssl_disabled(settings),
            )
        except mysql.connector.Error as error:
            raise WarehouseError(
                f"The server {server}:{port} does not let '{self.access['user']}' in "
                f"({error}): check the variables CUSTOMER_TRENDS_{target.upper()}_HOST, _PORT, "
                "_USER and _PASSWORD, and that the server runs."
            ) from None
        self._run(f"set names utf8mb4 collate {COLLATIONS[target]}")
        self._run("set time_zone = '+00:00'")

    def _run(self, statement: str, parameters: Sequence[object] = ()) -> Any:
        """Run a statement and give back its cursor."""
        cursor = self.connection.cursor(buffered=True)
        try:
            cursor.execute(statement, tuple(parameters) or None)
        except self.errors.Error as error:
            raise WarehouseError(f"The server refuses a statement ({error}).") from error
        return cursor

    def fetch(self, query: str) -> QueryResult:
        """Run a query."""
        cursor = self._run(query)
        return QueryResult([column[0] for column in cursor.description or []], cursor.fetchall())

    def execute(self, statement: str) -> None:
        """Run a statement."""
        self._run(statement)

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
            self._run(
                f"create database if not exists {self.quote(schema)} "
                f"character set utf8mb4 collate {COLLATIONS[self.target]}"
            )
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
            make_secret(reader, "server_access", self.access)
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
