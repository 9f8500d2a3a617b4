"""Load and build the demo shop on every engine in one run; report ratios to DuckDB.

Reads the test servers: `make bench-engines` runs it with `tests` in the search path.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from servers.database_servers import (
    ENGINES,
    ServerUnobtainableError,
    database_server,
)
from servers.spark_cluster import spark_cluster

from customer_trends.demo import generator as demo_shop
from customer_trends.project.dbt_1_7 import generate_project

ROOT = Path(__file__).resolve().parent.parent
REPORT = Path(__file__).parent / "results" / "engines.md"
TARGETS = ("duckdb", "mariadb", "spark", "mysql")
SLOWEST = 5
TABLE = "order_items.parquet"
LARGE_POOL = "4G"
# Orders from which on a measurement is worth keeping.
FULL_SIZE = 400_000


@dataclass
class Timing:
    """Seconds that one engine took, and its slowest models."""

    load: float
    build: float
    slowest: list[tuple[str, float]]
    layers: dict[str, float] = field(default_factory=dict)


class Engine:
    """One target with its server and environment."""

    def __init__(self, target: str, folder: Path, server: dict[str, str]) -> None:
        venv = {"duckdb": ".venv", "spark": ".venv-spark"}.get(target, ".venv-mysql")
        self.target, self.folder, self.bin = target, folder, ROOT / venv / "bin"
        self.environment = {
            **os.environ,
            **server,
            "CUSTOMER_TRENDS_TARGET": target,
            "CUSTOMER_TRENDS_WAREHOUSE": str(folder / "warehouse.duckdb"),
            "CUSTOMER_TRENDS_SPARK_WAREHOUSE": str(folder / "spark"),
            # What the dbt of this engine reads.
            "DBT_PROJECT_DIR": str(generate_project(ROOT) if target in ENGINES else ROOT),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
            "DO_NOT_TRACK": "1",
        }

    def run(self, program: str, *arguments: object) -> float:
        """Run a program of the environment; gives its seconds."""
        started = time.perf_counter()
        done = subprocess.run(
            [str(self.bin / program), *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(
                f"{self.target}: {program} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
            )
        return time.perf_counter() - started

    def measure(self, files: list[Path]) -> Timing:
        """Load the files and build the models, without tests."""
        common = ("--target", self.target, "--profiles-dir", ".", "--quiet")
        load = self.run("customer-trends", "load", "shop", *files)
        self.run("dbt", "seed", *common)
        build = self.run("dbt", "run", *common)
        results = json.loads((self.folder / "target" / "run_results.json").read_text())["results"]
        seconds = {
            result["unique_id"].split(".")[-1]: result["execution_time"]
            for result in results
            if result["unique_id"].startswith("model.")
        }
        layers: dict[str, float] = {}
        for name, took in seconds.items():
            layer = name.split("_")[0]
            layers[layer] = layers.get(layer, 0) + took
        slowest = sorted(seconds.items(), key=lambda item: -item[1])[:SLOWEST]
        return Timing(load, build, slowest, layers)


@contextmanager
def open_engine(target: str, folder: Path) -> Iterator[Engine]:
    """Start the server of a target, if it has one."""
    folder.mkdir()
    with ExitStack() as stack:
        server: dict[str, str] = {}
        if target in ENGINES:
            started = stack.enter_context(database_server(target, folder / "server", LARGE_POOL))
            server = started.environment()
        elif target == "spark":
            server = stack.enter_context(spark_cluster(folder / "server")).environment()
        yield Engine(target, folder, server)


def time_loaders(engine: Engine, path: Path) -> dict[str, float]:
    """Time three ways to bring the rows of one Parquet file to a MySQL server."""
    code = """
import json, sys, time, duckdb
from customer_trends.engines.connect import open_engine
from customer_trends.engines.mysql_bulk_load import insert_blocks, load_file
from customer_trends.project.paths import find_project_root
columns = [row[0] for row in duckdb.sql(f"describe from '{sys.argv[1]}'").fetchall()]
texts = ", ".join(f"cast({c} as varchar) as {c}" for c in columns)
audit = "null as _other_columns, now()::timestamp as _loaded_at, 'f' as _source_file"
query = (f"select {texts}, {audit}, '{{}}' as _batch_id, row_number() over () as _row_number "
         f"from '{sys.argv[1]}'")
names = [*columns, "_other_columns", "_loaded_at", "_source_file", "_batch_id", "_row_number"]
seconds = {}
with duckdb.connect() as reader, open_engine(find_project_root(), sys.argv[2]) as engine:
    schema = engine.schema("raw")
    def timed(name, run):
        engine.ensure_raw_table(schema, "loader_trial", columns)
        started = time.perf_counter()
        run()
        engine.connection.commit()
        seconds[name] = time.perf_counter() - started
        engine.execute(f"drop table {engine.qualify(schema, 'loader_trial')}")
    relation = engine.qualify(schema, "loader_trial")
    rows = (engine.connection, reader, relation, list(map(engine.quote, names)), query)
    timed("LOAD DATA LOCAL", lambda: load_file(*rows))
    timed("INSERT of many rows", lambda: insert_blocks(*rows))
    engine.attach(reader)
    timed("DuckDB's MySQL writer", lambda: reader.execute(
        f"insert into server.{schema}.loader_trial ({', '.join(names)}) {query}"))
print("SECONDS " + json.dumps(seconds))
"""
    done = subprocess.run(
        [str(engine.bin / "python"), "-c", code, str(path), engine.target],
        cwd=ROOT,
        env=engine.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{engine.target}: the loaders failed:\n{done.stderr[-2000:]}")
    line = next(row for row in done.stdout.splitlines() if row.startswith("SECONDS "))
    seconds: dict[str, float] = json.loads(line.removeprefix("SECONDS "))
    return seconds


def write_report(
    lines: int, timings: dict[str, Timing], loaders: dict[str, dict[str, float]], notes: list[str]
) -> str:
    """Write the report as Markdown."""
    base = timings["duckdb"]
    text = [
        "# The same project on every engine",
        "",
        f"Demo shop of {lines:,} order lines, all thirteen raw tables loaded and all models built "
        "without tests, one engine after the other in one run. Written by "
        "`benchmarks/compare_engines.py`; on other machines the ratios matter, not the seconds.",
        "",
        f"Machine: {os.cpu_count()} processors, {platform.system()}. Servers on the same machine "
        f"(MySQL and MariaDB with a buffer pool of {LARGE_POOL}, Spark with two workers of one "
        "core and 1 GB).",
        "",
        "| engine | load, s | ratio | build, s | ratio |",
        "|---|---:|---:|---:|---:|",
    ]
    for target, timing in timings.items():
        text.append(
            f"| {target} | {timing.load:.1f} | {timing.load / base.load:.1f} | "
            f"{timing.build:.1f} | {timing.build / base.build:.1f} |"
        )
    text += ["", "## Where the time goes", ""]
    for target, timing in timings.items():
        layers = ", ".join(f"{name} {took:.0f} s" for name, took in timing.layers.items())
        slowest = ", ".join(f"`{name}` {took:.1f} s" for name, took in timing.slowest)
        text += [
            f"- **{target}**: seconds of the models by prefix, summed over threads: {layers}. "
            f"Slowest: {slowest}."
        ]
    text += ["", "## Ways to load MySQL", "", "The order lines alone, into a new raw table.", ""]
    ways = sorted({way for seconds in loaders.values() for way in seconds})
    text += ["| way | " + " | ".join(f"{t}, s" for t in loaders) + " |"]
    text += ["|---|" + "---:|" * len(loaders)]
    for way in ways:
        text.append(f"| {way} | " + " | ".join(f"{s[way]:.1f}" for s in loaders.values()) + " |")
    return "\n".join([*text, *(f"\n{note}" for note in notes)]) + "\n"


def main(orders: int, say: Callable[[str], None]) -> None:
    """Measure all engines; the report is rewritten after each."""
    import duckdb

    timings: dict[str, Timing] = {}
    loaders: dict[str, dict[str, float]] = {}
    notes: list[str] = []
    with TemporaryDirectory(prefix="customer_trends_bench_") as scratch:
        raw = Path(scratch) / "raw"
        raw.mkdir()
        say(f"Making {orders:,} orders …")
        demo_shop.generate(raw, orders, 7, False, lambda step: None)
        files = sorted(raw.glob("*.parquet"))
        (lines,) = duckdb.sql(f"select count(*) from '{raw / TABLE}'").fetchall()[0]
        for target in TARGETS:
            try:
                with open_engine(target, Path(scratch) / target) as engine:
                    say(f"{target}: loading and building …")
                    timings[target] = engine.measure(files)
                    say(f"{target}: {timings[target].load:.1f} s, {timings[target].build:.1f} s")
                    if target in ENGINES:
                        loaders[target] = time_loaders(engine, raw / TABLE)
                        say(f"{target}: {loaders[target]}")
            except ServerUnobtainableError as error:
                notes.append(f"{target} was not measured: {error}")
            text = write_report(lines, timings, loaders, notes)
            if orders >= FULL_SIZE:
                REPORT.write_text(text, encoding="utf-8")
    say(f"Written to {REPORT.relative_to(ROOT)}." if orders >= FULL_SIZE else text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=FULL_SIZE, help="2.5 order lines each")
    main(parser.parse_args().orders, print)
