"""Lanes: the project built on each engine with the same data, for the tests to compare."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from missing import fail_without
from servers.database_servers import ENGINES, ServerUnobtainableError
from servers.server_pool import ServerPool
from servers.spark_cluster import spark_cluster
from sessions import Session

from customer_trends.project.dbt_1_7 import generate_project

PROJECT = Path(__file__).resolve().parents[2]
TARGETS = ("duckdb", "mysql", "mariadb", "spark")
# The environment of each target; DuckDB is that of the tests themselves.
PYTHONS = {
    "duckdb": Path(sys.executable),
    "mysql": PROJECT / ".venv-mysql" / "bin" / "python",
    "mariadb": PROJECT / ".venv-mysql" / "bin" / "python",
    "spark": PROJECT / ".venv-spark" / "bin" / "python",
}
# The data set that Spark builds on a cluster.
CLUSTERED = "golden"
# As it was at the start: other tests change it while lanes build in the background.
ENVIRONMENT = dict(os.environ)
# Short builds of small data: one partition, plans made once, a Java that compiles quickly rather
# than well, with room for all of a long session, and no code generated for each query.
SPARK_SETTINGS = {
    "CUSTOMER_TRENDS_SPARK_PARTITIONS": "1",
    "CUSTOMER_TRENDS_SPARK_ADAPTIVE": "false",
    "CUSTOMER_TRENDS_SPARK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m "
    "-XX:+UseSerialGC -Dspark.sql.codegen.wholeStage=false "
    "-Dspark.sql.codegen.factoryMode=NO_CODEGEN",
}
# Loaded at one moment, so that the moment is no difference: 15 January 2026.
CLOCK = "1768435200"


def locate_lane_project(target: str) -> Path:
    """Find the project in the dialect of a target's dbt; generates it when out of date."""
    return generate_project(PROJECT) if target in ENGINES else PROJECT


@dataclass(frozen=True)
class Executed:
    """Tests that a build executed, tests that its manifest declares, and the dump of the result."""

    executed: int
    declared: int
    dump: Path


@dataclass
class Lane:
    """One engine with a server of its own; each data set has its own schemas.

    Spark runs all commands in one session, and those of one data set in another, on a cluster.
    """

    target: str
    folder: Path
    server: dict[str, str] = field(default_factory=dict)
    cluster: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[str]] = field(default_factory=list)
    sessions: dict[bool, Session] = field(default_factory=dict)
    opening: Lock = field(default_factory=Lock)

    def environment(self, data_set: str) -> dict[str, str]:
        """Make the environment of the command line for one data set."""
        place = self.folder / data_set
        return {
            **ENVIRONMENT,
            **SPARK_SETTINGS,
            **self.server,
            "SOURCE_DATE_EPOCH": CLOCK,
            "CUSTOMER_TRENDS_TARGET": self.target,
            "CUSTOMER_TRENDS_WAREHOUSE": str(place / "warehouse.duckdb"),
            "CUSTOMER_TRENDS_SPARK_WAREHOUSE": str(
                (place if data_set == CLUSTERED else self.folder) / "spark"
            ),
            **(self.cluster if data_set == CLUSTERED else {}),
            **{f"CUSTOMER_TRENDS_{name}_SCHEMA": f"ct_{data_set}" for name in
               ("MYSQL", "MARIADB", "SPARK")},
            # What the dbt of this lane reads.
            "DBT_PROJECT_DIR": str(locate_lane_project(self.target)),
            "DBT_TARGET_PATH": str(place / "target"),
            "DBT_LOG_PATH": str(place / "logs"),
            "DO_NOT_TRACK": "1",
            "COLUMNS": "200",
        }  # fmt: skip

    def run(self, data_set: str, *arguments: object, expect: int = 0, **variables: str) -> str:
        """Run the command line on one data set.

        Parameters
        ----------
        data_set
            Name of the data set.
        *arguments
            Arguments of ``customer-trends``.
        expect
            Exit code that must come back.
        **variables
            Further environment variables.

        Returns
        -------
        str
            What was printed.
        """
        words = [*map(str, arguments)]
        environment = self.environment(data_set) | variables
        code, printed = self._execute(data_set, "customer-trends", words, environment)
        assert code == expect, f"{self.target}: {printed[-5000:]}"
        return printed

    def dbt(self, data_set: str, *arguments: str, **variables: str) -> None:
        """Run dbt itself on a data set, without the command line of the project.

        The variables of its build are given, too, so that what it parsed need not be parsed again.

        Parameters
        ----------
        data_set
            Name of the data set.
        *arguments
            Arguments of ``dbt``.
        **variables
            Further environment variables.
        """
        results = self.folder / data_set / "target" / "run_results.json"
        built_with = (
            json.loads(results.read_text("utf-8"))["args"]["vars"] if results.exists() else {}
        )
        place = ("--target", self.target, "--profiles-dir", ".", "--vars", json.dumps(built_with))
        environment = self.environment(data_set) | variables
        code, printed = self._execute(data_set, "dbt", [*arguments, *place], environment)
        assert code == 0, f"{self.target}: {printed[-5000:]}"

    def _execute(
        self,
        data_set: str,
        kind: str,
        arguments: list[str],
        environment: dict[str, str],
        given: str = "",
    ) -> tuple[int, str]:
        """Run a command, in the session if the engine lives in one; gives exit code and output."""
        if self.target == "spark":
            return self._open_session(data_set).run(kind, arguments, environment, given)
        python = PYTHONS[self.target]
        start = {
            "customer-trends": [str(python), "-m", "customer_trends"],
            "dbt": [str(python.parent / "dbt")],
            "python": [str(python), "-c"],
        }
        process = subprocess.Popen(
            [*start[kind], *arguments],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.processes.append(process)
        printed, _ = process.communicate(given)
        return process.returncode, printed

    def _open_session(self, data_set: str) -> Session:
        """Give the session of a data set: that of the cluster, or that of all others."""
        is_clustered = data_set == CLUSTERED
        with self.opening:
            if is_clustered not in self.sessions:
                environment = self.environment(data_set)
                self.sessions[is_clustered] = Session(PYTHONS[self.target], environment)
        return self.sessions[is_clustered]

    def stop(self) -> None:
        """End all commands that still run."""
        for session in self.sessions.values():
            session.stop()
        for process in self.processes:
            process.terminate()
            process.wait()

    def _script(
        self,
        data_set: str,
        code: str,
        variables: dict[str, str],
        read_only: bool = True,
        given: str = "",
    ) -> str:
        """Run Python in the lane's environment with an open engine; gives what it printed."""
        opened = (
            "import json, sys, duckdb\n"
            "from customer_trends.engines.connect import open_engine\n"
            "from customer_trends.project.paths import find_project_root\n"
            f"with open_engine(find_project_root(), {self.target!r}, {read_only}) as engine:\n    "
        )
        environment = self.environment(data_set) | variables
        ended, printed = self._execute(data_set, "python", [opened + code], environment, given)
        assert ended == 0, printed[-4000:]
        return printed

    def execute(self, data_set: str, statement: str, **variables: str) -> None:
        """Run a statement on the engine; one that is refused is an assertion error."""
        self._script(data_set, f"engine.execute({statement!r})", variables, read_only=False)

    def fetch(self, data_set: str, query: str, **variables: str) -> list[tuple[str | None, ...]]:
        """Fetch the rows of a query as texts."""
        code = (
            f"rows = engine.fetch({query!r}).rows\n    "
            "print('ROWS ' + json.dumps([[v if v is None else str(v) for v in r] for r in rows]))"
        )
        return self._read_rows(self._script(data_set, code, variables))

    def fetch_many(
        self, data_set: str, queries: dict[str, str]
    ) -> dict[str, list[tuple[str | None, ...]]]:
        """Fetch the rows of many queries as texts, one after the other on one connection.

        Parameters
        ----------
        data_set
            Name of the data set.
        queries
            Name to query.

        Returns
        -------
        dict
            Name to rows; a query that is refused is an assertion error with its name.
        """
        code = """for name, query in json.load(sys.stdin).items():
        try:
            rows = engine.fetch(query).rows
        except Exception as error:
            sys.exit(f"{name}: {error}")
        texts = [[v if v is None else str(v) for v in row] for row in rows]
        print("ANSWER " + json.dumps([name, texts]))
"""
        printed = self._script(data_set, code, {}, given=json.dumps(queries))
        answers = [
            json.loads(line.removeprefix("ANSWER "))
            for line in printed.splitlines()
            if line.startswith("ANSWER ")
        ]
        return {name: [tuple(row) for row in rows] for name, rows in answers}

    def export(
        self, data_set: str, relation: str, columns: list[str]
    ) -> list[tuple[str | None, ...]]:
        """Read a raw table as texts, the way a dump does."""
        code = (
            "reader = duckdb.connect()\n    "
            f"table = (engine.schema('raw'), {relation!r})\n    "
            f"engine.export(reader, table, {columns!r}, 'exported')\n    "
            "print('ROWS ' + json.dumps(reader.execute('from exported order by 1').fetchall()))"
        )
        return self._read_rows(self._script(data_set, code, {}))

    @staticmethod
    def _read_rows(printed: str) -> list[tuple[str | None, ...]]:
        """Find the rows in what a script printed."""
        found = next(line for line in printed.splitlines() if line.startswith("ROWS "))
        return [tuple(row) for row in json.loads(found.removeprefix("ROWS "))]

    def load(self, data_set: str, files: dict[str, list[Path]]) -> None:
        """Load files of source systems into the raw tables of a data set."""
        for source, paths in files.items():
            self.run(data_set, "load", source, *paths)

    def dump(self, data_set: str) -> Path:
        """Dump core and marts of a data set."""
        place = self.folder / data_set / "dump"
        self.run(data_set, "dump", place)
        return place

    def build_with_tests(self, data_set: str, files: dict[str, list[Path]]) -> Executed:
        """Load, build with every test, dump; unit tests, which need no data, on DuckDB alone."""
        self.load(data_set, files)
        printed = self.run(data_set, "build", *(["--unit-tests"] * (self.target == "duckdb")))
        found = re.search(r"Tests: (.*) of (\d+) declared", printed)
        assert found, printed[-2000:]
        executed = sum(int(count) for count in re.findall(r"(\d+) \w+", found[1]))
        return Executed(executed, int(found[2]), self.dump(data_set))

    def build_without_tests(
        self, data_set: str, files: dict[str, list[Path]], *options: str
    ) -> Path:
        """Load, build seeds and models alone, dump."""
        self.load(data_set, files)
        select = ("--select", "resource_type:seed resource_type:model")
        alone = {"DBT_INDIRECT_SELECTION": "empty"}
        self.run(data_set, "build", *select, *options, **alone)
        return self.dump(data_set)

    def document(self, data_set: str) -> Path:
        """Generate the documentation of a built data set; gives the folder it is in.

        With the SQL of each node on DuckDB alone: elsewhere the build has compiled it.
        """
        without = () if self.target == "duckdb" else ("--no-compile",)
        self.dbt(data_set, "docs", "generate", "--static", *without)
        return self.folder / data_set / "target"

    def compile_analyses(self, data_set: str) -> dict[str, str]:
        """Compile all analyses for a built data set; gives their SQL by name.

        The artefacts of the build stay as they are: these go to a folder ``analyses`` of their own.
        """
        place = self.folder / data_set / "analyses"
        place.mkdir()
        shutil.copy(self.folder / data_set / "target" / "partial_parse.msgpack", place)
        self.dbt(
            data_set,
            *("compile", "--select", "resource_type:analysis"),
            *("--no-introspect", "--no-populate-cache"),
            DBT_TARGET_PATH=str(place),
        )
        compiled = place / "compiled" / "customer_trends" / "analyses"
        return {path.stem: path.read_text("utf-8") for path in sorted(compiled.glob("*.sql"))}


@contextmanager
def open_lane(
    target: str, folder: Path, pool: ServerPool | None, has_cluster: bool = True
) -> Iterator[Lane]:
    """Have the server of a target started, if it has one; a cluster is stopped at the end."""
    with ExitStack() as servers:
        server: dict[str, str] = {}
        cluster: dict[str, str] = {}
        if target in ENGINES:
            assert pool is not None
            server = pool.get(target).environment()
        elif target == "spark" and has_cluster:
            cluster = servers.enter_context(spark_cluster(folder / "server")).environment()
        lane = Lane(target, folder, server, cluster)
        servers.callback(lane.stop)
        yield lane


class Lanes:
    """All lanes, built side by side as they are first asked for."""

    def __init__(
        self,
        folder: Path,
        pool: ServerPool | None,
        golden: list[Path],
        files: dict[str, list[Path]],
    ) -> None:
        self.folder, self.pool, self.golden, self.files = folder, pool, golden, files
        self.servers = ExitStack()
        self.lanes: dict[str, Lane] = {}
        self.unobtainable: dict[str, str] = {}
        self.workers = ThreadPoolExecutor(max_workers=2)
        self.goldens: dict[str, Future[Path]] = {}
        self.builds: dict[str, Future[Executed]] = {}
        self.documents: dict[str, Future[Path]] = {}

    def start(self, targets: list[str]) -> None:
        """Start the servers and queue the builds: those of DuckDB first, then the slowest.

        Tests that need DuckDB alone run while the others are built.
        """
        slowest_first = sorted(targets, key=TARGETS.index, reverse=True)
        for target in sorted(slowest_first, key=lambda target: target != "duckdb"):
            try:
                self.lanes[target] = self.servers.enter_context(
                    open_lane(target, self.folder / target, self.pool)
                )
            except ServerUnobtainableError as error:
                self.unobtainable[target] = str(error)
        for target, lane in self.lanes.items():
            self.builds[target] = self.workers.submit(lane.build_with_tests, "all", self.files)
            if target == "duckdb":
                self._queue_golden(lane)
        for target, lane in self.lanes.items():
            if target != "duckdb":
                self._queue_golden(lane)
        for target, lane in self.lanes.items():
            self.documents[target] = self.workers.submit(self._document, lane)

    def _queue_golden(self, lane: Lane) -> None:
        """Queue the build of the golden example."""
        self.goldens[lane.target] = self.workers.submit(
            lane.build_without_tests, "golden", {"shop": self.golden}, "--as-of", "2024-04-10"
        )

    def _document(self, lane: Lane) -> Path:
        """Generate the documentation of the golden example once it is built."""
        self.goldens[lane.target].result()
        return lane.document("golden")

    def get(self, target: str) -> Lane:
        """Give a lane; one whose server cannot be had skips the test, and is reported."""
        if target in self.unobtainable:
            fail_without(target, self.unobtainable[target])
        return self.lanes[target]

    def stop(self) -> None:
        """Stop builds that still run, then the servers."""
        self.workers.shutdown(wait=False, cancel_futures=True)
        for lane in self.lanes.values():
            lane.stop()
        self.servers.close()

    def report(self) -> list[str]:
        """Say in one line per lane what it executed."""
        lines = []
        for target in TARGETS:
            if target in self.unobtainable:
                lines.append(f"{target}: NOT TESTED, no server: {self.unobtainable[target]}")
            elif target in self.builds and self.builds[target].done():
                if self.builds[target].exception():
                    lines.append(f"{target}: FAILED")
                    continue
                built = self.builds[target].result()
                lines.append(
                    f"{target}: {built.executed:,} dbt tests executed of {built.declared:,}"
                )
            else:
                lines.append(f"{target}: not built in this run")
        return lines
