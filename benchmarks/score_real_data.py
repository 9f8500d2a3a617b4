"""Run everything on real data, unattended, and write down how good each model is.

For each source: load its files, `customer-trends run`, and list the figures of every backtest and
holdout with those of the baseline. Writes benchmarks/results/scoring.md. A name of a source as
an argument runs that source alone.
"""

import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from time import perf_counter

import duckdb
from public_data import DataMissingError, find_data_set

PROJECT = Path(__file__).resolve().parents[1]
RESULT = PROJECT / "benchmarks" / "results" / "scoring.md"
SOURCES = ("superstore", "olist", "online_retail")
RUNS = """
select job, status, coalesce(reason, ''), n_train,
    coalesce(json_extract_string(params_json, '$.not_judged'), '')
from ml.ml_model_runs
order by job
"""
# Figures of all rows, and of the nearest and the farthest month; those of a fit only where nothing
# was held back.
METRICS = """
select runs.job, metrics.split, metrics.slice_name, metrics.metric, metrics.value,
    metrics.baseline_name, metrics.baseline_value, metrics.is_better
from ml.ml_model_metrics as metrics
inner join ml.ml_model_runs as runs using (run_id)
where metrics.baseline_value is not null
qualify
    (
        metrics.split <> 'train'
        and metrics.slice_name in ('all', 'level_all', 'horizon_1', 'horizon_6')
    )
    or count(*) filter (metrics.split <> 'train') over (partition by runs.job) = 0
order by runs.job, metrics.metric_rank
"""


def run_source(source: str, folder: Path) -> tuple[float, float, Path]:
    """Load and run one source; give the seconds of both and the warehouse."""
    place = folder / source
    place.mkdir()
    variables = {
        **os.environ,
        "CUSTOMER_TRENDS_WAREHOUSE": str(place / "warehouse.duckdb"),
        "CUSTOMER_TRENDS_PUBLISHED": str(place / "published" / "marts.duckdb"),
        "DBT_TARGET_PATH": str(place / "target"),
        "DBT_LOG_PATH": str(place / "logs"),
        "DO_NOT_TRACK": "1",
    }
    files = sorted(find_data_set(source).glob("*.csv.gz"))
    seconds = []
    for arguments in (["load", source, *map(str, files)], ["run", "--sources", source]):
        started = perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "customer_trends", *arguments],
            cwd=PROJECT,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{source}: {done.stdout[-3000:]}{done.stderr[-3000:]}")
        seconds.append(perf_counter() - started)
    return seconds[0], seconds[1], place / "warehouse.duckdb"


def write_figure(
    job: str,
    split: str,
    part: str,
    metric: str,
    value: float | None,
    name: str,
    baseline: float,
    is_better: bool | None,
) -> str:
    """Write one row of the table of figures."""
    model = "unknown" if value is None else f"{value:,.4g}"
    verdict = {None: "", True: "better", False: "not better"}[is_better]
    return (
        f"| {job} | {split} | {part} | {metric} | {model} | {baseline:,.4g} ({name}) | {verdict} |"
    )


def describe(source: str, loaded: float, ran: float, warehouse: Path) -> list[str]:
    """Write the section of one source."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        ((orders, customers),) = connection.execute(
            "select (select count(*) from core.fct_orders), "
            "(select count(*) from marts.mart_customer_360)"
        ).fetchall()
        runs, metrics = (connection.execute(query).fetchall() for query in (RUNS, METRICS))
    lines = [
        f"## {source}",
        "",
        f"{orders:,} orders, {customers:,} customers; loaded in {loaded:.0f} s, run in {ran:.0f} "
        "s: build with all tests, scoring, build of what depends on it, publication.",
        "",
        "| job | status | learned from rows | reason |",
        "|---|---|---|---|",
        *(f"| {job} | {status} | {rows:,} | {reason} |" for job, status, reason, rows, _ in runs),
        "",
        "| job | split | slice | figure | model | baseline | |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [write_figure(*metric) for metric in metrics]
    judged = {metric[0] for metric in metrics}
    for job, _, reason, _, unjudged in runs:
        if job not in judged:
            shown = reason or unjudged.translate(str.maketrans("", "", '{}"'))
            lines += ["", f"No figure of {job} has a baseline: {shown}"]
    return [*lines, ""]


def main() -> None:
    """Run the sources and write the result."""
    chosen = sys.argv[1:] or [*SOURCES]
    try:
        for source in chosen:
            find_data_set(source)
    except DataMissingError as error:
        sys.exit(f"The benchmark needs real data: {error}.")
    lines = [
        "# Scoring real data",
        "",
        "Written by `make bench-scoring`: each source is loaded and run unattended on DuckDB. "
        "Figures of backtests and holdouts are listed with the same figures of the baseline, those "
        "of a fit where nothing is held back; a job without any says why. Where a model is not "
        "better by more than luck, the baseline is published and the status says so.",
        "",
        f"{date.today():%d %B %Y}, {os.cpu_count()} processors, "
        f"Python {platform.python_version()}.",
        "",
    ]
    with tempfile.TemporaryDirectory(prefix="score_real_data_") as folder:
        for source in chosen:
            print(f"{source} …", flush=True)
            lines += describe(source, *run_source(source, Path(folder)))
    RESULT.write_text("\n".join(lines), encoding="utf-8")
    print(f"Written: {RESULT.relative_to(PROJECT)}")


if __name__ == "__main__":
    main()
