"""Marts and scores on a MySQL or MariaDB server; each layer is a database of its own."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import mysql.connector
import pyarrow as pa

from customer_trends.scoring.job_rows import Batches
from customer_trends.scoring.mysql_rows import declare_table, insert_rows, load_file
from customer_trends.scoring.score_store import (
    BATCH_ROWS,
    SCORES,
    MysqlAccess,
    Warehouse,
    find_layer,
)
from python_ml.errors import ScoringError, WriteError
from python_ml.score_tables import SCORE_TABLES, ScoreTable

SERVER_KINDS = {
    **dict.fromkeys(["tinyint", "smallint", "mediumint", "int", "bigint"], "integer"),
    **dict.fromkeys(["float", "double", "decimal"], "number"),
    **dict.fromkeys(["char", "varchar", "tinytext", "text", "mediumtext", "longtext"], "text"),
    "date": "date",
    "datetime": "timestamp",
    "timestamp": "timestamp",
}
WIRE_TYPES = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "text": pa.string(),
    "boolean": pa.int64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
NEW, OLD = "__new", "__old"


@contextmanager
def open_mysql(access: MysqlAccess) -> Iterator["MysqlWarehouse"]:
    """Connect to a server.

    Parameters
    ----------
    access
        Address and account.

    Yields
    ------
    MysqlWarehouse
        Open connection.

    Raises
    ------
    ScoringError
        If the server cannot be reached or does not let the account in.
    """
    try:
        connection: Any = mysql.connector.connect(
            host=access.host,
            port=access.port,
            user=access.user,
            password=access.password,
            charset="utf8mb4",
            allow_local_infile=True,
            ssl_disabled=not access.is_encrypted,
        )
    except mysql.connector.Error as error:
        raise ScoringError(
            f"The server {access.host}:{access.port} does not let '{access.user}' in ({error}): "
            "check address, user and password in the profile, and that the server runs."
        ) from None
    try:
        yield MysqlWarehouse(access, connection)
    finally:
        connection.close()


class MysqlWarehouse(Warehouse):
    """A server; a table of scores is filled beside the one it takes the place of."""

    def __init__(self, access: MysqlAccess, connection: Any) -> None:
        """Prepare the connection.

        Parameters
        ----------
        access
            How the server is reached.
        connection
            Open connection of mysql.connector.
        """
        self.access, self.connection, self.target = access, connection, access.engine
        self._run(f"set names utf8mb4 collate {access.collation}")
        self._run("set time_zone = '+00:00'")

    def _run(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a statement; give its rows."""
        cursor = self.connection.cursor(buffered=True)
        try:
            cursor.execute(statement, tuple(parameters) or None)
            return cursor.fetchall() if cursor.description else []
        finally:
            cursor.close()

    def _qualify(self, layer: str, name: str) -> str:
        """Write the full name of a relation."""
        return f"`{self.access.prefix}_{layer}`.`{name}`"

    def describe(self, relation: str) -> dict[str, str] | None:
        """Return the columns of a relation."""
        rows = self._run(
            "select column_name, data_type, extra, numeric_scale "
            "from information_schema.columns where table_schema = %s and table_name = %s "
            "order by ordinal_position",
            [f"{self.access.prefix}_{find_layer(relation)}", relation],
        )
        columns = {
            _read_text(name): _name_kind(_read_text(kind), scale)
            for name, kind, extra, scale in rows
            if "INVISIBLE" not in _read_text(extra).upper()
        }
        return columns or None

    def read_arrow(self, relation: str, kinds: Mapping[str, str]) -> Iterator[pa.Table]:
        """Read columns of a relation by connectorx, or by the plain driver where it cannot."""
        columns = ", ".join(
            f"cast(`{name}` as double) as `{name}`" if kind == "number" else f"`{name}`"
            for name, kind in kinds.items()
        )
        query = f"select {columns} from {self._qualify(find_layer(relation), relation)}"
        table = self._read_fast(query, f"{self.access.prefix}_{find_layer(relation)}")
        if table is None:
            yield from self._read_plainly(query, kinds)
            return
        for start in range(0, max(table.num_rows, 1), BATCH_ROWS):
            yield table.slice(start, BATCH_ROWS)

    def _read_fast(self, query: str, database: str) -> pa.Table | None:
        """Read all rows by connectorx; None where it is missing or cannot connect."""
        access = self.access
        login = f"{quote(access.user, safe='')}:{quote(access.password, safe='')}"
        address = f"mysql://{login}@{access.host}:{access.port}/{database}"
        try:
            import connectorx

            table = connectorx.read_sql(address, query, return_type="arrow")
        except BaseException as error:
            # connectorx panics past Exception where it does not know an authentication method.
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            return None
        return table if table.num_rows else None

    def _read_plainly(self, query: str, kinds: Mapping[str, str]) -> Iterator[pa.Table]:
        """Read rows by the plain driver in batches."""
        schema = pa.schema([(name, WIRE_TYPES[kind]) for name, kind in kinds.items()])
        cursor = self.connection.cursor()
        try:
            cursor.execute(query)
            is_first = True
            while (rows := cursor.fetchmany(BATCH_ROWS)) or is_first:
                is_first = False
                values = zip(*rows, strict=True) if rows else [()] * len(kinds)
                yield pa.Table.from_arrays(
                    [
                        pa.array(map(_read_value, column), type=field.type)
                        for column, field in zip(values, schema, strict=True)
                    ],
                    schema=schema,
                )
        except mysql.connector.Error as error:
            raise ScoringError(f"The server refuses to read ({error}).") from error
        finally:
            cursor.close()

    def write(self, tables: Mapping[str, Batches]) -> dict[str, int]:
        """Fill tables beside those there are, then let them all change places in one statement."""
        lock = f"{self.access.prefix}_{SCORES}"
        try:
            if self._run("select get_lock(%s, 0)", [lock]) != [(1,)]:
                raise WriteError(
                    f"Another scoring writes to {lock}: wait for it, then score again."
                )
            self._run(
                f"create database if not exists `{lock}` "
                f"character set utf8mb4 collate {self.access.collation}"
            )
            counts = {name: self._fill(SCORE_TABLES[name], rows) for name, rows in tables.items()}
            self._swap(list(tables))
        except mysql.connector.Error as error:
            raise WriteError(
                f"The server refuses the scores ({error}): those of before are as they were."
            ) from error
        finally:
            if self.connection.is_connected():
                self._run("select release_lock(%s)", [lock])
        return counts

    def _fill(self, table: ScoreTable, batches: Batches) -> int:
        """Make a new table and put the rows into it."""
        relation = self._qualify(SCORES, table.name + NEW)
        self._run(f"drop table if exists {relation}")
        self._run(declare_table(table, relation))
        has_files = bool(self._run("select @@local_infile")[0][0])
        put = load_file if has_files else insert_rows
        count = 0
        for batch in batches:
            if batch.num_rows:
                put(self.connection, table, relation, batch)
            count += batch.num_rows
        self.connection.commit()
        found = self._run(f"select count(*) from {relation}")[0][0]
        if found != count:
            raise WriteError(f"The server took {found} of {count} rows for {table.name}.")
        return count

    def _swap(self, names: Sequence[str]) -> None:
        """Let the new tables take the place of those there are, all in one statement."""
        old = [self._qualify(SCORES, name + OLD) for name in names]
        self._run(f"drop table if exists {', '.join(old)}")
        renames = []
        for name, gone in zip(names, old, strict=True):
            present = self._qualify(SCORES, name)
            if self.describe(name):
                renames.append(f"{present} to {gone}")
            renames.append(f"{self._qualify(SCORES, name + NEW)} to {present}")
        self._run(f"rename table {', '.join(renames)}")
        self._run(f"drop table if exists {', '.join(old)}")


def _name_kind(data_type: str, scale: Any) -> str:
    """Name the kind of a type of the server."""
    if data_type == "decimal" and not scale:
        return "integer"
    return SERVER_KINDS.get(data_type, data_type)


def _read_text(value: Any) -> str:
    """Read a text of the information schema, which some servers send as bytes."""
    return value.decode() if isinstance(value, bytes | bytearray) else str(value)


def _read_value(value: Any) -> Any:
    """Read a value of the plain driver."""
    if isinstance(value, bytes | bytearray):
        return value.decode()
    return int(value) if isinstance(value, Decimal) else value
