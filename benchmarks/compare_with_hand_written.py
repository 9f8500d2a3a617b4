"""Time dbt and, in turn, a hand-written script that makes the same relations; compare all rows."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from subprocess import STDOUT, Popen
from typing import Any

import duckdb

from customer_trends.demo import generator as demo_shop

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = Path(__file__).with_name("hand_written_build.sql")
MADE_BY_SCRIPT = re.compile(r"^create or replace table hand_(\w+)[.](\w+)", re.MULTILINE)
REPORT = Path(__file__).parent / "results" / "one_million_lines.md"
RUN_SCRIPT = """
import sys, time, duckdb
warehouse = duckdb.connect(sys.argv[1])
warehouse.execute("set enable_progress_bar = false")
started = time.perf_counter()
warehouse.execute(open(sys.argv[2], encoding="utf-8").read())
warehouse.close()
print(time.perf_counter() - started)
"""
FIGURES = (
    ("Seconds in the database (dbt: its elapsed time)", "own", ".1f"),
    ("Seconds of the complete process", "wall", ".1f"),
    ("Seconds on processors", "cpu", ".1f"),
    ("Peak memory, MB", "peak_mb", ",.0f"),
)


@dataclass
class Measurement:
    """Seconds of one process, on processors and in the database; its memory at peak."""

    wall: float
    cpu: float
    peak_mb: float
    own: float = 0


class Bench:
    """The scratch folder with its warehouse, and what is run on it."""

    def __init__(self, folder: Path, orders: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.orders = orders
        self.relations = sorted(MADE_BY_SCRIPT.findall(SCRIPT.read_text(encoding="utf-8")))
        self.raw, self.target = folder / f"raw_{orders}", folder / "target"
        self.warehouse, self.log = folder / f"bench_{orders}.duckdb", folder / "last_output.txt"
        self.environment = os.environ | {
            "CUSTOMER_TRENDS_WAREHOUSE": str(self.warehouse),
            "CUSTOMER_TRENDS_TARGET": "duckdb",
            "DBT_TARGET_PATH": str(self.target),
            "DBT_LOG_PATH": str(folder / "logs"),
            "DO_NOT_TRACK": "1",
        }

    def measure(self, *arguments: str) -> Measurement:
        """Run Python with the arguments; what it prints goes to the log."""
        with self.log.open("w", encoding="utf-8") as output:
            command, started = [sys.executable, *arguments], time.perf_counter()
            process = Popen(command, cwd=ROOT, env=self.environment, stdout=output, stderr=STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(self.log.read_text(encoding="utf-8")[-3000:])
        return Measurement(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)

    def prepare(self) -> None:
        """Generate and load the raw data, unless a former call did, and load the seeds."""
        if not (self.raw / demo_shop.TRUTH_FILE).exists():
            print(f"Generating a shop of {self.orders:,} orders ...", flush=True)
            demo_shop.generate(self.raw, orders=self.orders, with_dirt=True)
        if not self.warehouse.exists():
            print("Loading it ...", flush=True)
            files = [str(path) for path in sorted(self.raw.glob("*.parquet"))]
            self.measure("-m", "customer_trends", "load", "shop", *files)
        self.dbt("seed")

    def dbt(self, verb: str) -> tuple[Measurement, list[dict[str, Any]]]:
        """Run a dbt command; return its measurement and the results of its nodes.

        `run` makes what the script makes, and what it takes to make it.
        """
        arguments = ["--vars", "{source_systems: [shop]}"]
        if verb == "run":
            arguments += ["--select", *(f"+{name}" for _, name in self.relations)]
        run = self.measure("-m", "dbt.cli.main", verb, *arguments)
        results = json.loads((self.target / "run_results.json").read_text(encoding="utf-8"))
        run.own = results["elapsed_time"]
        return run, results["results"]

    def hand(self) -> Measurement:
        """Run the hand-written script."""
        run = self.measure("-c", RUN_SCRIPT, str(self.warehouse), str(SCRIPT))
        run.own = float(self.log.read_text(encoding="utf-8").split()[-1])
        return run

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query on the warehouse."""
        with duckdb.connect(str(self.warehouse), read_only=True) as warehouse:
            return warehouse.execute(sql).fetchall()

    def differences(self) -> list[tuple[str, int, int, int]]:
        """Per relation: its rows, the rows only dbt has and the rows only the script has."""
        found = []
        for schema, name in self.relations:
            ours, theirs = f"{schema}.{name}", f"hand_{schema}.{name}"
            columns = "select name from pragma_table_info('{}')"
            if self.query(columns.format(ours)) != self.query(columns.format(theirs)):
                raise SystemExit(f"{ours} and {theirs} differ in their columns.")
            rows, only_dbt, only_hand = self.query(
                f"select (select count(*) from {ours}), "
                f"(select count(*) from (from {ours} except all from {theirs})), "
                f"(select count(*) from (from {theirs} except all from {ours}))"
            )[0]
            found.append((ours, rows, only_dbt, only_hand))
        return found


def table(header: str, rows: list[list[str]]) -> str:
    """Lay rows out as a Markdown table, figures to the right."""
    names = header.split(", ")
    lines = [names, ["---"] + ["---:"] * (len(names) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    """Measure, compare, print and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=400_000, help="2.5 order lines each")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "benchmark")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each")
    parser.add_argument("--report", type=Path, default=REPORT, help="Markdown file to write")
    options = parser.parse_args()
    bench = Bench(options.folder.resolve(), options.orders)
    bench.prepare()
    runs: tuple[list[Measurement], list[Measurement]] = ([], [])
    seconds: dict[str, list[float]] = {}
    for turn in range(1, options.rounds + 1):
        run, nodes = bench.dbt("run")
        runs[0].append(run)
        runs[1].append(bench.hand())
        for node in nodes:
            seconds.setdefault(node["unique_id"].split(".")[-1], []).append(node["execution_time"])
        print(f"Round {turn}: dbt {run.own:.1f} s, script {runs[1][-1].own:.1f} s", flush=True)
    differences = bench.differences()
    print("Building with all tests ...", flush=True)
    build, nodes = bench.dbt("build")
    tests = [node["status"] for node in nodes if "test" in node["unique_id"].split(".")[0]]
    differing = sum(only_dbt + only_hand for _, _, only_dbt, only_hand in differences)
    medians = [{n: median(getattr(r, n) for r in side) for _, n, _ in FIGURES} for side in runs]
    summary = [
        [label, *(f"{side[n]:{f}}" for side in medians), f"{medians[0][n] / medians[1][n]:.2f}"]
        for label, n, f in FIGURES
    ]
    slowest = sorted(((median(each), name) for name, each in seconds.items()), reverse=True)[:10]
    relations = [[name, *(f"{count:,}" for count in counts)] for name, *counts in differences]
    lines = bench.query("select count(*) from raw.shop_order_items")[0][0]
    versions = ", ".join(f"{name} {version(name)}" for name in ("dbt-core", "dbt-duckdb"))
    report = f"""# dbt compared with a hand-written script: {lines:,} order lines

Demo shop with dirt, {options.orders:,} orders, on {os.cpu_count()} shared cores.
Python {platform.python_version()}, {versions}, DuckDB {duckdb.__version__}.
{options.rounds} rounds, the two in turns, each in a fresh process on one warehouse file.

{table("Median of rounds, dbt run, hand-written script, ratio", summary)}

Ratio for the run alone, in the database: **{medians[0]["own"] / medians[1]["own"]:.2f}**.
`dbt build` of the complete project (seeds, all models, {len(tests)} tests of which
{tests.count("pass")} passed) took
{build.own:.1f} seconds, the process as such {build.wall:.1f}, with {build.peak_mb:,.0f} MB at peak.
Other work on the machine makes single times uncertain; processor seconds are the steadiest.

## Same result

{len(relations)} relations compared row for row: {differing:,} differing rows.

{table("Relation, rows, only in dbt, only in script", relations)}

## Slowest models of dbt (several run at a time)

{table("Model, median seconds", [[name, f"{each:.1f}"] for each, name in slowest])}
"""
    print(report)
    options.report.parent.mkdir(exist_ok=True)
    options.report.write_text(report, encoding="utf-8")
    sys.exit(f"{differing:,} rows differ." if differing else 0)


if __name__ == "__main__":
    main()
