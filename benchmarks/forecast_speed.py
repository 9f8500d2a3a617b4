"""Forecast 1,000 series by the forecast job and, in turn, by a plain SARIMAX per series."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from subprocess import PIPE, run
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor
from statsmodels.tsa.statespace.sarimax import SARIMAX

from python_ml.forecasting import job as sales_forecast
from python_ml.forecasting.backtest import MOST_TESTED, ORIGINS
from python_ml.forecasting.series import list_series
from python_ml.job import Settings

ROOT = Path(__file__).resolve().parent.parent
REPORT = Path(__file__).parent / "results" / "forecast_speed.md"
REGIONS, CATEGORIES, MONTHS, HORIZON, PROCESSES = 24, 39, 60, 6, 2
LAST_MONTH = pd.Period("2025-12", freq="M")
HEAD = f"""# Speed of the forecasts

One business of {REGIONS} regions and {CATEGORIES} categories: 1,000 series (936 cells, 63 regions and categories, the total) of {MONTHS} months, {HORIZON} months ahead, {PROCESSES} processes. The job fits four methods per series and makes intervals, a backtest of {MOST_TESTED} series from {ORIGINS} origins, and levels that add up. Compared with it, in the same run: one SARIMAX(1,1,1)(1,1,1)12 of the logarithms per series, as statsmodels fits it by default, with no more than its own forecast and intervals. Seconds on processors are what compares where a machine is shared. Written by `benchmarks/forecast_speed.py` (`make bench-forecast`).

| | seconds | seconds on processors | per series, ms on processors | peak memory, MB: main process, largest worker | mean error of a cell's month |
|---|---:|---:|---:|---:|---:|
"""  # noqa: E501


def main() -> None:
    """Measure both in processes of their own, and write the report."""
    rows, figures = "", []
    for name, method in (("job `forecast`", "job"), ("SARIMAX per series", "sarimax")):
        output = run([sys.executable, __file__, method], check=True, stdout=PIPE, text=True).stdout
        found = json.loads(output)
        figures.append(found["cpu"])
        rows += (
            f"| {name} | {found['wall']:.0f} | {found['cpu']:.0f} | {found['cpu']:.0f} "
            f"| {found['main_mb']:,.0f}, {found['worker_mb']:,.0f} | {found['error']:.1%} |\n"
        )
        print(rows.splitlines()[-1], flush=True)
    ratio, load = figures[0] / figures[1], os.getloadavg()[1]
    rows += f"\nThe job takes {ratio:.2f} times the processor time of SARIMAX.\n"
    rows += f"Machine: {os.cpu_count()} processors; the load of 5 minutes was {load:.0f}.\n"
    REPORT.write_text(HEAD + rows, encoding="utf-8")
    print(f"Written to {REPORT.relative_to(ROOT)}.")


def measure(method: Callable[[], float]) -> dict[str, float]:
    """Run in this process and its workers; return what it took."""
    started = time.perf_counter()
    error = method()
    wall = time.perf_counter() - started
    own, workers = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {
        "wall": wall,
        "cpu": sum(usage.ru_utime + usage.ru_stime for usage in (own, workers)),
        "main_mb": own.ru_maxrss / 1024,
        "worker_mb": workers.ru_maxrss / 1024,
        "error": error,
    }


def run_job() -> float:
    """Forecast by the job; give the error of the total over the months ahead."""
    marts, truth = make_marts()
    settings = Settings(date(2025, 12, 31), processes=PROCESSES)
    result = sales_forecast.score(marts, settings, None, show_progress)
    rows: Any = result.tables["ml_sales_forecast"]
    cells = rows[rows["is_champion"] & (rows["series_level"] == "cell")]
    return judge(cells.sort_values(["region", "category", "horizon"])["forecast"], truth)


def run_sarimax() -> float:
    """Forecast by a plain SARIMAX per series; give the error of the cells."""
    marts, truth = make_marts()
    series = list_series(marts["fct_sales_cells"], LAST_MONTH)
    points = []
    pool = Parallel(n_jobs=PROCESSES, return_as="generator", batch_size=4)
    for point in pool(delayed(fit_sarimax)(one.history) for one in series):
        points.append(point)
        show_progress("SARIMAX", len(points), len(series))
    get_reusable_executor().shutdown(wait=True)
    of_cells = [point for one, point in zip(series, points, strict=True) if one.level == "cell"]
    return judge(np.concatenate(of_cells), truth)


def fit_sarimax(history: np.ndarray) -> np.ndarray:
    """Fit one series and forecast it with its intervals."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = SARIMAX(np.log(history), order=(1, 1, 1), seasonal_order=(1, 1, 1, 12))
        forecast = model.fit(disp=False).get_forecast(HORIZON)
        forecast.conf_int(alpha=0.2), forecast.conf_int(alpha=0.05)
    return np.exp(np.asarray(forecast.predicted_mean))


def judge(points: Any, truth: np.ndarray) -> float:
    """Give the mean absolute error of all cells as a share of what was expected."""
    return float(np.mean(np.abs(np.asarray(points).reshape(truth.shape) / truth - 1)))


def make_marts() -> tuple[dict[str, pd.DataFrame], np.ndarray]:
    """Make the facts, and what is to be expected of each cell in the months ahead."""
    random = np.random.default_rng(7)
    months = pd.period_range(end=LAST_MONTH + HORIZON, periods=MONTHS + HORIZON, freq="M")
    cells = REGIONS * CATEGORIES
    phases = random.uniform(0, 2 * np.pi, (cells, 1))
    seasons = 1 + 0.3 * np.sin(2 * np.pi * np.asarray(months.month) / 12 + phases)
    growth = np.exp(random.normal(0.004, 0.003, (cells, 1)) * np.arange(len(months)))
    expected = random.lognormal(7, 1, (cells, 1)) * seasons * growth
    sales = expected * random.lognormal(0, 0.1, expected.shape)
    regions = [f"region {number:02}" for number in range(REGIONS)]
    categories = [f"category {number:02}" for number in range(CATEGORIES)]
    keys = pd.MultiIndex.from_product([regions, categories])
    cells_of_months = pd.DataFrame(sales[:, :MONTHS].round(4), keys, months[:MONTHS].to_timestamp())
    stacked = cells_of_months.stack()
    stacked.index.names = ["region", "category", "month_start_date"]
    lines = stacked.rename("sales_after_discount").reset_index().assign(is_all_categories=False)
    complete = lines.assign(category="ALL", is_all_categories=True)
    monthly = pd.DataFrame({"month_start_date": months[:MONTHS].to_timestamp()})
    monthly = monthly.assign(slice_type="all", is_complete=True, is_undated=False)
    relations = {"fct_sales_cells": pd.concat([lines, complete]), "fct_sales_by_month": monthly}
    return relations, expected[:, MONTHS:]


def show_progress(step: str, done: int, total: int) -> None:
    """Show on a terminal how far it is."""
    if sys.stderr.isatty():
        print(f"\r{step} {done:,} of {total:,}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure({"job": run_job, "sarimax": run_sarimax}[sys.argv[1]])))
    else:
        main()
