"""Tables written through one engine are read through all the same: types, NULL, order of swaps."""

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from servers.database_servers import DatabaseServer

from customer_trends.dashboard.published_data import (
    MartMissingError,
    Server,
    SourceUnavailableError,
)
from customer_trends.engines.connect import connect
from customer_trends.engines.interface import Engine, NewTable
from customer_trends.engines.mysql_server import log_in, read_name
from customer_trends.engines.settings import DuckdbFile, ServerLogin, ServerSettings, Settings
from customer_trends.errors import MissingRelationError, WriteError

COLUMNS = {
    "row_id": "integer",
    "amount": "number?",
    "name": "text?",
    "story": "long_text?",
    "is_known": "boolean?",
    "day": "date?",
    "moment": "timestamp?",
}
KINDS = {name: kind.rstrip("?").replace("long_", "") for name, kind in COLUMNS.items()}
SCHEMA = pa.schema(
    [
        ("row_id", pa.int64()),
        ("amount", pa.float64()),
        ("name", pa.string()),
        ("story", pa.large_string()),
        ("is_known", pa.bool_()),
        ("day", pa.date32()),
        ("moment", pa.timestamp("us")),
    ]
)
ROWS: list[tuple[Any, ...]] = [
    (1, 0.1 + 0.2, 'Zoë "x", \\ it\'s', "a" * 70_000, True, date(2024, 2, 29),
     datetime(2026, 1, 1, 12, 30, 15, 123456)),
    (2, -1e-300, "NULL", "", False, date(1, 1, 1), datetime(1970, 1, 1)),
    (2**62, 1.7976931348623157e308, " 👍🏽\t\r\n", "\\N", None, None, None),
    (-5, None, None, None, None, None, None),
]  # fmt: skip
PREFIX = f"ct_interface_{os.getpid()}"
SERVERS = ("mysql by host", "mysql by socket", "mariadb")


@pytest.fixture(params=["duckdb", *SERVERS])
def settings(
    request: pytest.FixtureRequest, tmp_path: Path, server_pool: Any
) -> Iterator[Settings]:
    """Give an empty warehouse of each engine."""
    name, _, way = request.param.partition(" by ")
    if name == "duckdb":
        yield DuckdbFile(tmp_path / "interface.duckdb")
        return
    server: DatabaseServer = server_pool.get(name)
    host = server.socket if way == "socket" and server.socket else server.host
    login = ServerLogin(host, server.port, server.user, server.password, way == "socket")
    place = ServerSettings(name, login, PREFIX)
    drop(place)
    yield place
    drop(place)


def drop(settings: ServerSettings) -> None:
    """Drop the database of the tests."""
    with closing(log_in(settings.login)) as connection:
        connection.cursor().execute(f"drop database if exists `{PREFIX}_marts`")


def make_table(name: str, rows: list[tuple[Any, ...]]) -> NewTable:
    """Make a table of rows, in two batches."""
    batches = [
        pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in part], schema=SCHEMA)
        for part in (rows[:1], rows[1:])
    ]
    return NewTable(name, COLUMNS, ("row_id",), SCHEMA, batches)


def read(engine: Engine, name: str) -> list[tuple[Any, ...]]:
    """Read all rows of a table by its columns, by key."""
    found = pa.concat_tables(engine.read_arrow(engine.schema("marts"), name, KINDS))
    rows = zip(*(column.to_pylist() for column in found.columns), strict=True)
    return sorted((as_plain(row) for row in rows), key=lambda row: int(row[0]))


def as_plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Give truth values as such where the engine has none."""
    known = row[4] if row[4] is None else bool(row[4])
    return (*row[:4], known, *row[5:])


@contextmanager
def written(settings: Settings, *tables: NewTable) -> Iterator[Engine]:
    """Write tables; give an engine that reads them."""
    with connect(settings) as engine:
        counts = engine.replace_tables(engine.schema("marts"), tables)
        assert counts == {table.name: sum(map(len, table.rows)) for table in tables}
    with connect(settings, read_only=True) as engine:
        yield engine


def test_values_are_read_as_they_were_written(settings: Settings) -> None:
    """To the last bit, microsecond and blank; NULL is not an empty text."""
    with written(settings, make_table("mart_one", ROWS)) as engine:
        assert read(engine, "mart_one") == sorted(ROWS, key=lambda row: int(row[0]))
        kinds = engine.describe(engine.schema("marts"), "mart_one")
        is_file = settings.target == "duckdb"
        assert kinds == KINDS | ({} if is_file else {"is_known": "integer"})
        assert engine.describe(engine.schema("marts"), "mart_none") is None
        frame = engine.fetch_frame(
            "select row_id, '100 %' as share from marts.mart_one where name = ?", ["NULL"]
        )
        assert frame.to_dict("records") == [{"row_id": 2, "share": "100 %"}]


def test_a_table_without_rows_has_its_columns(settings: Settings) -> None:
    """An empty table is read as one batch."""
    with written(settings, make_table("mart_one", [])) as engine:
        (batch,) = engine.read_arrow(engine.schema("marts"), "mart_one", KINDS)
        assert batch.num_rows == 0 and batch.column_names == list(COLUMNS)


def test_all_tables_change_or_none(settings: Settings) -> None:
    """A row that is refused in the second table leaves both as they were, and nothing beside."""
    before = [make_table(name, ROWS[:2]) for name in ("mart_one", "mart_two")]
    broken = make_table("mart_two", ROWS)
    broken = NewTable("mart_two", COLUMNS | {"amount": "number"}, (), SCHEMA, broken.rows)
    with written(settings, *before):
        pass
    with connect(settings) as engine, pytest.raises(WriteError, match="unchanged"):
        engine.replace_tables(engine.schema("marts"), [make_table("mart_one", ROWS), broken])
    with written(settings, make_table("mart_three", ROWS)) as engine:
        assert read(engine, "mart_one") == read(engine, "mart_two") == ROWS[:2]
        names = set(engine.list_tables(engine.schema("marts")))
        assert {"mart_one", "mart_two", "mart_three"} <= names
    with written(settings, make_table("mart_one", ROWS), make_table("mart_two", ROWS)) as engine:
        assert len(read(engine, "mart_one")) == len(read(engine, "mart_two")) == len(ROWS)
        assert not [n for n in engine.list_tables(engine.schema("marts")) if n.endswith("__old")]


def test_what_is_missing_differs_from_what_is_wrong(settings: Settings) -> None:
    """A page can say which mart has to be built."""
    with written(settings, make_table("mart_one", ROWS)) as engine:
        for query in ("select 1 from marts.mart_none", "select none from marts.mart_one"):
            with pytest.raises(MissingRelationError):
                engine.fetch_frame(query)


COMMENTS = {"row_id": 'It\'s the "key", 100 % of it\\.', "story": "Zoë's 👍🏽 story."}
# Names, types and defaults that have to come through a change of the comment.
UNUSUAL = """(
    `a``b c` bigint not null default 5, latin varchar(20) character set latin1 not null default 'x',
    `is` decimal(18, 4) comment 'it''s COMMENT ''x''', moment datetime(6) default null,
    twice decimal(18, 4) as (`is` * 2), choice enum('a', 'b,'),
    row_id bigint not null auto_increment,
    primary key (row_id), unique key once (moment), key latin (latin(3))
)"""


def read_comments(engine: Engine, name: str) -> dict[str, str]:
    """Read the comments that are not empty; that of the table is at an empty name."""
    schema = engine.schema("marts")
    where = f"where table_schema = '{schema}' and table_name = '{name}'"
    queries = [
        f"select '', table_comment from information_schema.tables {where}",
        f"select column_name, column_comment from information_schema.columns {where}",
    ]
    if engine.target == "duckdb":
        where = f"where schema_name = '{schema}' and table_name = '{name}'"
        queries = [
            f"select '', comment from duckdb_tables() {where}",
            f"select column_name, comment from duckdb_columns() {where}",
        ]
    rows = [row for query in queries for row in engine.fetch(query).rows]
    return {read_name(name): read_name(text) for name, text in rows if text}


def store(engine: Engine, comments: dict[str, str]) -> dict[str, str]:
    """Give comments as an engine keeps them: servers lack the characters of emoji."""
    if engine.target == "duckdb":
        return comments
    return {name: re.sub("[👍🏽]", "?", text) for name, text in comments.items()}


def test_comments_are_set_where_they_differ(settings: Settings) -> None:
    """Rows and types stay; what is there already is not written again."""
    with written(settings, make_table("mart_one", ROWS)):
        pass
    with connect(settings) as engine:
        schema = engine.schema("marts")
        assert engine.set_comments(schema, "mart_one", "What 'it' is.", COMMENTS) == 3
        stored = store(engine, COMMENTS)
        assert read_comments(engine, "mart_one") == {"": "What 'it' is.", **stored}
        assert engine.set_comments(schema, "mart_one", "What 'it' is.", COMMENTS) == 0
        assert engine.set_comments(schema, "mart_one", "Another.", {"amount": "Money."}) == 2
        expected = {"": "Another.", "amount": "Money.", **stored}
        assert read_comments(engine, "mart_one") == expected
        assert engine.set_comments(schema, "mart_one", "", {"amount": "", "row_id": "Key."}) == 3
        expected = {"row_id": "Key.", "story": stored["story"]}
        assert read_comments(engine, "mart_one") == expected
        for name, column in (("mart_none", "row_id"), ("mart_one", "none")):
            with pytest.raises(MissingRelationError):
                engine.set_comments(schema, name, "Nothing.", {"row_id": "No.", column: "Nothing."})
        assert read_comments(engine, "mart_one") == expected
    with connect(settings, read_only=True) as engine:
        assert read(engine, "mart_one") == sorted(ROWS, key=lambda row: int(row[0]))


def test_a_view_gets_no_comments(settings: Settings) -> None:
    """Not every engine has comments on views, so none gets some."""
    with written(settings, make_table("mart_one", ROWS)):
        pass
    with connect(settings) as engine:
        schema = engine.schema("marts")
        one, seen = (engine.qualify(schema, name) for name in ("mart_one", "mart_seen"))
        engine.execute(f"create view {seen} as select * from {one}")
        assert engine.set_comments(schema, "mart_seen", "A view.", COMMENTS) == 0


def strip_comments(statement: str) -> str:
    """Take the comments off a statement that makes a table, and what the collation says, too."""
    return re.sub(r" COMMENT[ =]'(?:[^']|'')*'| CHARACTER SET utf8mb4", "", statement)


def find_number(engine: Engine, name: str) -> int:
    """Find the number of a table in InnoDB: one whose rows are copied gets another."""
    tables = "innodb_tables" if engine.target == "mysql" else "innodb_sys_tables"
    schema = engine.schema("marts")
    query = f"select table_id from information_schema.{tables} where name = '{schema}/{name}'"
    ((number,),) = engine.fetch(query).rows
    return int(number)


@pytest.mark.parametrize("settings", SERVERS, indirect=True)
def test_comments_leave_tables_as_they_are(settings: ServerSettings) -> None:
    """Type, collation, NULL, default and keys stay; a long text is cut; no row is copied."""
    with written(settings, make_table("mart_one", ROWS)):
        pass
    with connect(settings) as engine:
        schema = engine.schema("marts")
        table = engine.qualify(schema, "mart_odd")
        engine.execute(f"create table {table} {UNUSUAL}")
        show = f"show create table {table}"
        before, number = engine.fetch(show).rows[0][1], find_number(engine, "mart_odd")
        names = ["a`b c", "latin", "is", "moment", "choice", "row_id"]
        columns = dict.fromkeys(names, "What it's for, " * 80)
        assert engine.set_comments(schema, "mart_odd", "Odd, as it is, " * 200, columns) == 7
        comments = read_comments(engine, "mart_odd")
        assert comments.pop("") == "Odd, as it is, " * 136 + "Odd, as…"
        assert comments == dict.fromkeys(names, "What it's for, " * 67 + "What it's for…")
        assert strip_comments(engine.fetch(show).rows[0][1]) == strip_comments(before)
        assert find_number(engine, "mart_odd") == number
        assert engine.set_comments(schema, "mart_odd", "Odd, as it is, " * 200, columns) == 0


@pytest.mark.parametrize("settings", SERVERS, indirect=True)
def test_connections_follow_the_setting_of_tls(settings: ServerSettings) -> None:
    """None is encrypted where the profile says so, DuckDB's reader included; nor by socket."""
    query = "show status like 'Ssl_cipher'"
    with connect(settings) as engine, engine.reader() as reader:
        assert engine.fetch(query).rows[0][1] == ""
        engine.export(reader, ("information_schema", "processlist"), ["USER"], "others")
        ((cipher,),) = reader.execute(
            f"select Value from mysql_query('server', $$ {query} $$)"
        ).fetchall()
        assert cipher == ""


@pytest.mark.parametrize("settings", SERVERS, indirect=True)
def test_pages_read_a_server(settings: ServerSettings) -> None:
    """A look shares one connection, sees a swap by the stamp, and names what is missing."""
    source, query = Server(settings), "select count(*) as rows_there from marts.mart_one"
    with written(settings, make_table("mart_one", ROWS)):
        before = source.stamp()
    with source.reading():
        assert source.run(query, ())["rows_there"].tolist() == [len(ROWS)]
        with pytest.raises(MartMissingError, match="mart_none") as missing:
            source.run("select 1 from marts.mart_none where 1 = ?", (1,))
        assert f"build --target {settings.target}" in missing.value.command
        assert source.run(query, ())["rows_there"].tolist() == [len(ROWS)]
    with written(settings, make_table("mart_two", ROWS)):
        assert source.stamp() != before
    away = Server(replace(settings, login=ServerLogin("127.0.0.1", 1, "x", "y")))
    with pytest.raises(SourceUnavailableError, match="The server 127.0.0.1:1 does not answer"):
        away.stamp()
