"""Judge the predictions where the truth is known, on real data, and at a million orders.

The warehouses to score are named as arguments: DuckDB files that ``customer-trends build`` made.
Nothing is written to them.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import judged_predictions
import small_shop
from judges.bars import Bar, list_missed
from judges.outcomes import simulate
from threadpoolctl import threadpool_limits

from customer_trends.engines.settings import DuckdbFile
from customer_trends.scoring.score_store import ScoreStore
from python_ml.job import JobResult, Settings
from python_ml.outcomes import order_status, order_value, support_status

ROOT = Path(__file__).resolve().parent.parent
REPORT = Path(__file__).parent / "results" / "predictions.md"
SEEDS = (11, 1, 2, 3)
JOBS = (order_status, support_status, order_value)
MILLION = small_shop.Truth(orders=1_000_000, customers=160_000)
HEAD = """# Predictions: order status, support status, order value

Written by `benchmarks/predictions.py` (`make bench-predictions WAREHOUSES="one.duckdb two.duckdb"`).

## Where the truth is known

A simulated shop whose true probabilities are known, with fields planted in its files that give the outcome away (`tests/support/judges/outcomes.py`). A score better than the truth's own would prove a leak.

"""  # noqa: E501
REAL_HEAD = """
## On warehouses

The holdout is the newest settled days, at most 90. A model that is not at least 0.5 % better than its baseline is reported, and the baseline is published.

| Warehouse | Job | Status | Rows learned from | Figure | Model | Baseline | CPU seconds |
|---|---|---|---:|---|---:|---|---:|
"""  # noqa: E501
SPEED_HEAD = """
## A million orders

Orders of 160,000 customers with 350,000 tickets, two threads on a machine with other work; the models learn from the newest 200,000 rows of a part.

| Job | Status | Rows learned from | Rows scored | CPU seconds | Seconds |
|---|---|---:|---:|---:|---:|
"""  # noqa: E501


def main() -> None:
    """Judge, score, measure, write the report; exit with 1 when a bar is missed."""
    lines, missed = [], 0
    for seed in SEEDS:
        bars = judge(seed)
        missed += bool(list_missed(bars))
        said = "\n".join(map(str, bars))
        lines.append(f"### Seed {seed}\n\n```text\n{said}\n```\n")
        print(lines[-1], flush=True)
    text = HEAD + "\n".join(lines)
    files = [Path(name) for name in sys.argv[1:]]
    if files:
        text += REAL_HEAD + "".join(write_row(row) for path in files for row in score_file(path))
    text += SPEED_HEAD + "".join(write_row(row) for row in score_million())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    text += f"\nMost memory of the process: {memory:.1f} GB, the frames of the orders included.\n"
    REPORT.write_text(text, encoding="utf-8")
    print(f"{missed} of {len(SEEDS)} seeds missed a bar. Written to {REPORT.relative_to(ROOT)}.")
    sys.exit(1 if missed else 0)


def write_row(cells: tuple[Any, ...]) -> str:
    """Write one row of a table, and show it at once."""
    line = f"| {' | '.join(f'{c:,}' if isinstance(c, int) else str(c) for c in cells)} |\n"
    print(line, end="", flush=True)
    return line


def judge(seed: int) -> list[Bar]:
    """Score and judge the simulated shop of a seed."""
    return judged_predictions.judge(simulate(seed=seed))


def run(job: Any, marts: small_shop.Marts, settings: Settings) -> tuple[JobResult, float, float]:
    """Run a job; give its result, CPU seconds and seconds."""
    begun, used = perf_counter(), process_time()
    with threadpool_limits(1):
        result = job.score(marts, settings, None, lambda *progress: None)
    return result, process_time() - used, perf_counter() - begun


def score_file(path: Path) -> Iterator[tuple[Any, ...]]:
    """Score a warehouse; give a row per job and a further one per other model."""
    for job in JOBS:
        store = ScoreStore(DuckdbFile(path))
        marts = {name: store.read(name, kinds) for name, kinds in job.READS.items()}
        day = store.read("run_context", {"as_of_date": "date"})["as_of_date"].iloc[0]
        result, used, _ = run(job, marts, Settings(day.date(), processes=1))
        head = (path.stem, job.NAME, result.status, result.train_count)
        if not result.metrics:
            yield (*head, result.reason, "", "", f"{used:.1f}")
        for one in result.metrics:
            if one.slice_name == "all" or one.metric == "auc":
                name = one.metric if one.slice_name == "all" else f"{one.metric} {one.slice_name}"
                baseline = f"{one.baseline_value:.4f} ({one.baseline_name})"
                yield (*head, name, f"{one.value:.4f}", baseline, f"{used:.1f}")


def score_million() -> Iterator[tuple[Any, ...]]:
    """Score a shop of a million orders; give a row per job."""
    marts = small_shop.make_marts(MILLION)
    settings = Settings(small_shop.CUTOFF_DATE, processes=2)
    for job in JOBS:
        result, used, seconds = run(job, marts, settings)
        ((_, table),) = result.tables.items()
        counts = (result.train_count, len(table))
        yield (job.NAME, result.status, *counts, f"{used:.0f}", f"{seconds:.0f}")


if __name__ == "__main__":
    main()
