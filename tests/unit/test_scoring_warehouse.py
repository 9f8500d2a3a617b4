"""Scores are written completely or not at all, and are the same on every engine that holds them."""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import tiny_job
from lanes import PYTHONS
from servers.database_servers import DatabaseServer

from customer_trends.engines.mysql_server import COLLATIONS, log_in
from customer_trends.engines.settings import DuckdbFile, ServerLogin, ServerSettings
from customer_trends.errors import WarehouseError, WriteError
from customer_trends.scoring.access import ScoreAccess
from customer_trends.scoring.provenance import hash_frames
from customer_trends.scoring.runner import JobOutcome, score_warehouse
from customer_trends.scoring.score_store import ScoreStore
from python_ml.score_tables import SCORE_TABLES, SHARED_TABLES

MOMENT = datetime(2026, 1, 1, 12, 30, 15, 123456)
HERE = Path(__file__).resolve().parents[1] / "support"
PROJECT = HERE.parents[1]
ROWS = 60
OWN = "ml_customer_value"
# Reads with the libraries of another environment.
READ = """
import pickle, sys
sys.path[:0] = [{here!r}]
import tiny_job
from customer_trends.scoring.provenance import hash_frames
from customer_trends.scoring.score_store import ScoreStore

store = ScoreStore(pickle.loads({access!r}).warehouse)
kinds = tiny_job.READS["dim_customers"]
print(hash_frames({{"mart": store.read("dim_customers", kinds)}}))
"""
# Scores again, and is killed while the second of two frames is written.
KILLED = """
import os, pickle, signal, sys
sys.path[:0] = [{here!r}, {tests!r}]
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
import tiny_job
from customer_trends.scoring.runner import score_warehouse

def score(*given):
    result = tiny_job.score(*given)
    first, second = result.tables["ml_customer_value"]
    def frames():
        yield first.assign(probability_alive=0.25)
        yield second.assign(probability_alive=0.25)
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(result, tables={{"ml_customer_value": frames()}})

job = SimpleNamespace(NAME="tiny", READS=tiny_job.READS, SAMPLE=None, score=score)
access = pickle.loads({access!r})
print(list(score_warehouse(access, [job], datetime(2026, 1, 2), lambda *progress: None)))
"""


@pytest.fixture
def file(tmp_path: Path) -> ScoreAccess:
    """Make a DuckDB file."""
    path = tiny_job.make_warehouse(tmp_path / "tiny.duckdb", ROWS)
    return ScoreAccess(DuckdbFile(path), tmp_path / "models")


def connect(access: ScoreAccess) -> Any:
    """Connect to a server."""
    assert isinstance(access.warehouse, ServerSettings)
    return log_in(access.warehouse.login, autocommit=True)


def execute(access: ScoreAccess, *statements: str) -> None:
    """Run statements on a server."""
    connection = connect(access)
    cursor = connection.cursor(buffered=True)
    for statement in statements:
        cursor.execute(statement)
    connection.close()


@pytest.fixture
def server(database: DatabaseServer, file: ScoreAccess, tmp_path: Path) -> Iterator[ScoreAccess]:
    """Put the same marts on a server."""
    login = ServerLogin(database.host, database.port, database.user, database.password, False)
    prefix = f"ct_scoring_{os.getpid()}"
    access = ScoreAccess(ServerSettings(database.engine, login, prefix), tmp_path / "server_models")
    layers = [f"`{prefix}_{layer}`" for layer in ("core", "ml")]
    core = layers[0]
    character_set = f"character set utf8mb4 collate {COLLATIONS[database.engine]}"
    execute(
        access,
        *(f"drop database if exists {layer}" for layer in layers),
        f"create database {core} {character_set}",
        f"create table {core}.run_context as select date '2025-12-31' as as_of_date",
        f"create table {core}.dim_customers (customer_key bigint, average_order_value "
        "decimal(18, 6), "
        "gender varchar(100), _row_key bigint auto_increment invisible primary key)",
    )
    rows = ScoreStore(file.warehouse).read("dim_customers", tiny_job.READS["dim_customers"])
    connection = connect(access)
    values = [
        tuple(None if pd.isna(value) else value for value in row)
        for row in rows.astype(object).itertuples(index=False)
    ]
    connection.cursor().executemany(
        f"insert into {core}.dim_customers (customer_key, average_order_value, gender) values "
        "(%s, %s, %s)",
        values,
    )
    connection.close()
    yield access
    execute(access, *(f"drop database if exists {layer}" for layer in layers))


def run(access: ScoreAccess, moment: datetime = MOMENT) -> JobOutcome:
    """Run the job of the tests."""
    job: Any = SimpleNamespace(
        NAME=tiny_job.NAME, READS=tiny_job.READS, SAMPLE=None, score=tiny_job.score
    )
    (outcome,) = score_warehouse(access, [job], moment, lambda *progress: None)
    assert not outcome.trace, outcome.trace
    return outcome


def read_all(access: ScoreAccess) -> dict[str, pd.DataFrame]:
    """Read all tables that the job writes; files of models differ by their hash."""
    store = ScoreStore(access.warehouse)
    return sort_tables({name: store.read_scores(name) for name in (OWN, *SHARED_TABLES)})


def sort_tables(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Sort tables by their keys, without the hash of the model's file."""
    tables["ml_model_runs"] = tables["ml_model_runs"].drop(columns="artifact_sha256")
    return {
        name: rows.sort_values([*SCORE_TABLES[name].key]).reset_index(drop=True)
        for name, rows in tables.items()
    }


def are_equal(left: dict[str, pd.DataFrame], right: dict[str, pd.DataFrame]) -> None:
    """Compare tables exactly, to the last digit and the microsecond."""
    for name, rows in left.items():
        pd.testing.assert_frame_equal(rows, right[name], check_exact=True, obj=name)


def test_a_server_holds_the_scores_of_duckdb(server: ScoreAccess, file: ScoreAccess) -> None:
    outcomes = [run(access) for access in (file, server)]
    assert outcomes[0].rows == outcomes[1].rows == {OWN: ROWS}
    expected = read_all(file)
    are_equal(expected, read_all(server))
    assert expected[OWN]["reason"].str.contains('Zoë "x", \\ it', regex=False).any()
    for name in (OWN, *SHARED_TABLES):
        kinds = ScoreStore(server.warehouse).describe(name)
        assert kinds is not None and list(kinds) == list(SCORE_TABLES[name].columns)
    # A second run, and files that may not be sent, change nothing.
    execute(server, "set global local_infile = off")
    try:
        run(server, datetime(2026, 1, 3))
    finally:
        execute(server, "set global local_infile = on")
    later = {name: rows.assign(scored_at=MOMENT) for name, rows in read_all(server).items()}
    are_equal({name: rows.assign(scored_at=MOMENT) for name, rows in expected.items()}, later)


def kill(access: ScoreAccess) -> None:
    """Score in another process that is killed in the middle of writing."""
    code = KILLED.format(here=str(HERE), tests=str(HERE.parent), access=pickle.dumps(access))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    assert done.returncode == -9, done.stdout + done.stderr


def test_a_killed_run_leaves_a_file_as_it_was(file: ScoreAccess) -> None:
    run(file)
    before = read_all(file)
    kill(file)
    are_equal(before, read_all(file))
    assert set(before[OWN]["probability_alive"]) == {0.5}
    assert run(file).status == "scored"


def test_a_killed_run_leaves_a_server_as_it_was(server: ScoreAccess) -> None:
    run(server)
    before = read_all(server)
    kill(server)
    are_equal(before, read_all(server))
    assert run(server).status == "scored"
    are_equal(before, read_all(server))


def test_every_environment_reads_the_same(server: ScoreAccess, file: ScoreAccess) -> None:
    kinds = tiny_job.READS["dim_customers"]
    expected, found = (
        hash_frames({"mart": ScoreStore(access.warehouse).read("dim_customers", kinds)})
        for access in (file, server)
    )
    assert found == expected
    printed = run_code("mysql", READ.format(here=str(HERE), access=pickle.dumps(server)))
    assert printed.split() == [expected]


def run_code(environment: str, code: str) -> str:
    """Run code in the environment of a target; give what it printed."""
    done = subprocess.run(
        [str(PYTHONS[environment]), "-c", code], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(PROJECT)}, cwd=PROJECT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout


def test_two_runs_at_once_on_a_server(server: ScoreAccess) -> None:
    one, other = ScoreStore(server.warehouse), ScoreStore(server.warehouse)
    empty = SCORE_TABLES[OWN].schema.empty_table()

    def write_meanwhile() -> Iterator[Any]:
        with pytest.raises(WriteError, match="Another program writes to ct_scoring"):
            other.write({OWN: [empty]})
        yield empty

    assert one.write({OWN: write_meanwhile()}) == {OWN: 0}


def test_a_server_that_is_away_is_one_sentence(tmp_path: Path) -> None:
    login = ServerLogin("127.0.0.1", 1, "x", "y")
    access = ScoreAccess(ServerSettings("mysql", login, "z"), tmp_path)
    with pytest.raises(WarehouseError, match="The server 127.0.0.1:1 does not let 'x' in"):
        run(access)


def test_a_file_that_is_open_elsewhere_is_one_sentence(file: ScoreAccess) -> None:
    assert isinstance(file.warehouse, DuckdbFile)
    path = file.warehouse.path
    holder = subprocess.Popen(
        [sys.executable, "-c", f"import duckdb; c = duckdb.connect({str(path)!r}); "
         "print('open', flush=True); input()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout and holder.stdin
    holder.stdout.readline()
    try:
        with pytest.raises(WarehouseError, match="is in use by another program: close"):
            run(file)
    finally:
        holder.communicate("\n")
