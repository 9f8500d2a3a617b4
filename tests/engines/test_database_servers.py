"""The servers of the tests start as stated, hold the stated settings and stop without a trace."""

import os
import shutil
import socket
import zoneinfo
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from duckdb_extensions import import_extension
from missing import fail_without
from servers import database_servers, time_zones
from servers.database_servers import (
    ENGINES,
    DatabaseServer,
    DatabaseServerError,
    Engine,
    ServerUnobtainableError,
    database_server,
)
from servers.server_packages import CACHE_VARIABLE, MIRROR_VARIABLE, MYSQL, unpacked
from servers.server_process import free_port

SMALL = "64M"
VERSIONS = {"mysql": (8, 4), "mariadb": (10, 6)}
COLLATIONS = {"mysql": "utf8mb4_0900_bin", "mariadb": "utf8mb4_nopad_bin"}
STRICT = {"STRICT_TRANS_TABLES", "ERROR_FOR_DIVISION_BY_ZERO", "NO_ENGINE_SUBSTITUTION"}

Query = Callable[[str], list[tuple[Any, ...]]]


def url_variable(engine: Engine) -> str:
    return f"CUSTOMER_TRENDS_TEST_{engine.upper()}_URL"


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module", params=ENGINES)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseServer]:
    """Start a server for the tests of its settings."""
    folder = tmp_path_factory.mktemp(request.param)
    try:
        with database_server(request.param, folder, SMALL) as started:
            yield started
    except ServerUnobtainableError as error:
        fail_without(request.param, error)
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def query(server: DatabaseServer) -> Iterator[Query]:
    """Query the server through DuckDB."""
    import_extension("mysql_scanner")
    with duckdb.connect() as connection:
        connection.load_extension("mysql_scanner")
        connection.execute(
            f"attach 'host={server.host} port={server.port} user={server.user} "
            f"password={server.password}' as server (type mysql)"
        )
        yield lambda sql: connection.execute(
            "from mysql_query('server', $sql)", {"sql": sql}
        ).fetchall()


def test_version_is_stated(server: DatabaseServer) -> None:
    major, minor = server.version.split(".")[:2]
    assert (int(major), int(minor)) >= VERSIONS[server.engine]
    assert ("MariaDB" in server.version) == (server.engine == "mariadb")


def test_settings(server: DatabaseServer, query: Query) -> None:
    ((version, character_set, collation, modes, local_infile, zone),) = query(
        "select version(), @@global.character_set_server, @@global.collation_server, "
        "@@global.sql_mode, @@global.local_infile, @@global.time_zone"
    )
    assert version == server.version
    assert (character_set, collation) == ("utf8mb4", COLLATIONS[server.engine])
    assert set(modes.split(",")) >= STRICT
    assert int(local_infile) == 1
    assert zone == "+00:00"


def test_account_may_do_everything(query: Query) -> None:
    ((grants,),) = query(
        "select count(*) from information_schema.user_privileges "
        "where grantee like '%customer_trends%' and privilege_type in ('CREATE', 'DROP', 'FILE') "
        "and is_grantable = 'YES'"
    )
    assert grants == 3


@pytest.mark.parametrize("month", [1, 7])
@pytest.mark.parametrize("year", [1985, 2026, 2036])
def test_time_zones_are_those_of_the_machine(query: Query, year: int, month: int) -> None:
    moment = datetime(year, month, 1, 12, tzinfo=UTC)
    converted: dict[str, Any] = dict(
        query(
            f"select name, cast(convert_tz('{moment:%Y-%m-%d %T}', 'UTC', name) as char) "
            "from mysql.time_zone_name"
        )
    )
    assert {"Europe/London", "America/New_York", "UTC"} <= set(converted)
    assert {name: str(time)[:19] for name, time in converted.items()} == {
        name: f"{moment.astimezone(zoneinfo.ZoneInfo(name)):%Y-%m-%d %T}" for name in converted
    }


def test_environment_is_that_of_the_profile(server: DatabaseServer) -> None:
    prefix = f"CUSTOMER_TRENDS_{server.engine.upper()}_"
    assert server.environment() == {
        f"{prefix}HOST": server.socket,
        f"{prefix}PORT": str(server.port),
        f"{prefix}USER": server.user,
        f"{prefix}PASSWORD": server.password,
    }
    example = (Path(__file__).parents[2] / "profiles.example.yml").read_text(encoding="utf-8")
    assert all(f"env_var('{variable}'" in example for variable in server.environment())


def test_password_is_not_shown(server: DatabaseServer) -> None:
    assert server.password not in repr(server)


def test_own_server_is_used_instead(
    server: DatabaseServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"mysql://some%40one:pass%3Aword@{server.host}:{server.port}"
    monkeypatch.setenv(url_variable(server.engine), url)
    with database_server(server.engine, tmp_path) as own:
        assert own == DatabaseServer(
            server.engine, server.host, server.port, "some@one", "pass:word", server.version
        )
    assert listens(server.port)
    assert not list(tmp_path.iterdir())


def test_own_server_of_the_other_engine_is_refused(
    server: DatabaseServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other: Engine = "mysql" if server.engine == "mariadb" else "mariadb"
    monkeypatch.setenv(url_variable(other), f"mysql://user:word@{server.host}:{server.port}")
    with pytest.raises(DatabaseServerError, match=f"not {other}"):
        database_server(other, tmp_path).__enter__()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("localhost:3306", "is not the address of a server"),
        ("mysql://user:word@localhost:many", "is not the address of a server"),
        ("mysql://user:word@127.0.0.1:{free}", "does not answer"),
    ],
)
def test_own_server_that_does_not_work_is_said(
    engine: Engine, url: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(url_variable(engine), url.format(free=free_port()))
    with pytest.raises(DatabaseServerError, match=message):
        database_server(engine, tmp_path).__enter__()


def test_stops_without_a_trace(
    server: DatabaseServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(url_variable(server.engine), raising=False)
    folder = tmp_path / "a_folder_whose_path_is_too_long_for_a_socket" / ("x" * 60)
    with pytest.raises(KeyError), database_server(server.engine, folder, SMALL) as second:
        assert second.port != server.port
        assert listens(second.port)
        process = int((folder / "server.pid").read_text())
        os.kill(process, 0)
        raise KeyError("the block fails")
    assert not listens(second.port)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    with (
        pytest.raises(DatabaseServerError, match="already holds"),
        database_server(server.engine, folder),
    ):
        pass
    shutil.rmtree(folder)
    assert listens(server.port)


def test_failed_start_shows_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(url_variable("mariadb"), raising=False)
    with (
        pytest.raises(DatabaseServerError, match=r"(?s)ended with code.*innodb.buffer.pool.size"),
        database_server("mariadb", tmp_path, "plenty"),
    ):
        pass
    shutil.rmtree(tmp_path)


def test_refused_statement_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(url_variable("mariadb"), raising=False)
    monkeypatch.setattr(database_servers, "time_zone_sql", lambda: iter(["insert nonsense;"]))
    with (
        pytest.raises(DatabaseServerError, match="refused a statement"),
        database_server("mariadb", tmp_path, SMALL),
    ):
        pass
    shutil.rmtree(tmp_path)


def test_unobtainable_packages_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(url_variable("mysql"), raising=False)
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setenv(MIRROR_VARIABLE, (tmp_path / "no_mirror").as_uri())
    with (
        pytest.raises(ServerUnobtainableError, match=f"downloaded.*{MIRROR_VARIABLE}"),
        database_server("mysql", tmp_path / "server"),
    ):
        pass
    assert not list((tmp_path / "cache").iterdir())


def test_newest_unpacked_packages_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    for version in ("9.7.4-2", "9.10.0-1", "9.9.1-1"):
        (tmp_path / f"mysql-{version}" / "usr").mkdir(parents=True)
    assert unpacked(MYSQL) == tmp_path / "mysql-9.10.0-1" / "usr"


def test_machine_without_time_zones_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoneinfo.available_timezones", set)
    with pytest.raises(DatabaseServerError, match="tzdata"):
        list(time_zones.time_zone_sql())
