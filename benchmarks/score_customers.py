"""Segments and values of a million customers: seconds and memory, compared with lifetimes."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
REPORT = Path(__file__).parent / "results" / "score_customers.md"
LARGE = 5_000_000
# Rates of gamma(0.243, 4.414 weeks), chances to leave of beta(0.793, 2.426): as in the CDNOW data.
TRUTH = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
GROUPS = [(92, 82), (90, 17), (56, 50), (27, 79), (26, 20)]
DAYS, HOLDOUT_DAYS = 730, 273
# The tables that the jobs read, as the models make them.
TABLES = f"""
create schema core;
create table core.run_context as select date '2024-12-31' as as_of_date;
create table core.fct_customer_purchases as
select
    customer_key,
    'shop' as source_system,
    count(*) as purchase_days,
    count(*) filter (day <= {DAYS - HOLDOUT_DAYS}) as earlier_purchase_days,
    sum(value)::decimal(18, 4) as net_sales_by_order_date,
    coalesce(sum(value) filter (is_repeat), 0)::decimal(18, 4) as repeat_net_sales_by_order_date,
    coalesce(sum(value) filter (day <= {DAYS - HOLDOUT_DAYS}), 0)::decimal(18, 4)
        as earlier_net_sales_by_order_date,
    coalesce(sum(value) filter (is_repeat and day <= {DAYS - HOLDOUT_DAYS}), 0)::decimal(18, 4)
        as earlier_repeat_net_sales_by_order_date,
    {HOLDOUT_DAYS}::bigint as holdout_days,
    date '2024-12-31' - {DAYS} + min(day) as first_purchase_date,
    date '2024-12-31' - {DAYS} + max(day) as last_purchase_date,
    date '2024-12-31' - {DAYS} + max(day) filter (day <= {DAYS - HOLDOUT_DAYS})
        as earlier_last_purchase_date
from (
    select customer_key, day, sum(value) as value, day > any_value(first_day) as is_repeat
    from purchases
    group by 1, 2
)
group by 1;
create table core.dim_customers as
select
    customer_key,
    annual_income::decimal(18, 2) as annual_income,
    spending_score::decimal(18, 2) as spending_score
from customers;
create table core.fct_customer_totals as
select
    customer_key,
    'shop' as source_system,
    purchase_days as frequency,
    net_sales_by_order_date as monetary,
    'Low' as value_tier,
    0.4::decimal(18, 6) as used_margin_rate
from customers
inner join core.fct_customer_purchases using (customer_key);
"""


@dataclass
class Measurement:
    """Seconds of one process, on processors too; its memory at peak; what it said at the end."""

    wall: float
    cpu: float
    peak_mb: float
    said: dict[str, Any]


def measure(step: str, warehouse: Path) -> Measurement:
    """Run a step of this script in a process of its own."""
    started = time.perf_counter()
    command = [sys.executable, __file__, "--step", step, "--warehouse", str(warehouse)]
    process = Popen(command, cwd=ROOT, stdout=PIPE, text=True)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"The step {step} failed.")
    cpu = usage.ru_utime + usage.ru_stime
    said = json.loads(output.splitlines()[-1])
    return Measurement(time.perf_counter() - started, cpu, usage.ru_maxrss / 1024, said)


def make_warehouse(path: Path, count: int) -> None:
    """Draw customers and their purchases, and make the tables that the jobs read."""
    chance = np.random.default_rng(7)
    rate = chance.gamma(TRUTH["r"], 1 / TRUTH["alpha"], count) / 7
    leaves, worth = chance.beta(TRUTH["a"], TRUTH["b"], count), 240 / chance.gamma(4, size=count)
    first = chance.integers(0, DAYS - 29, count, dtype=np.int32)
    active, moment, drawn = np.arange(count), first.astype(float), []
    while len(active):
        value = chance.gamma(6, size=len(active)) / 6 * worth[active]
        drawn.append((active, moment[active].astype(np.int32), value))
        repeated = moment[active] > first[active]
        active = active[~repeated | (chance.random(len(active)) > leaves[active])]
        moment[active] += chance.exponential(1 / np.maximum(rate[active], 1e-9))
        active = active[moment[active] <= DAYS]
    rows = zip(("customer_key", "day", "value"), zip(*drawn, strict=True), strict=True)
    purchases = pd.DataFrame({name: np.concatenate(parts) for name, parts in rows})
    purchases["first_day"] = first[purchases["customer_key"]]
    group = np.array(GROUPS, dtype=float)[chance.integers(len(GROUPS), size=count)]
    customers = pd.DataFrame({"customer_key": np.arange(count)})
    customers["annual_income"] = group[:, 0] * 1000 * np.exp(chance.normal(0, 0.12, count))
    customers["spending_score"] = np.clip(group[:, 1] + chance.normal(0, 7, count), 1, 100)
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.register("purchases", purchases)
        connection.register("customers", customers)
        connection.execute(TABLES)


def score(path: Path) -> dict[str, Any]:
    """Score as `customer-trends score segments value` does: read, fit, predict, write."""
    from datetime import datetime

    from customer_trends.engines.settings import DuckdbFile
    from customer_trends.scoring.access import ScoreAccess
    from customer_trends.scoring.runner import score_warehouse
    from python_ml.registry import find_jobs

    access = ScoreAccess(DuckdbFile(path), path.parent / "models")
    jobs, said = find_jobs(["segments", "value"]), {}
    for outcome in score_warehouse(access, jobs, datetime(2025, 1, 1), lambda *progress: None):
        if outcome.status != "scored":
            raise SystemExit(f"{outcome.job}: {outcome.reason}{outcome.trace}")
        said[outcome.job] = {"seconds": outcome.seconds, "rows": sum(outcome.rows.values())}
    return said


def read_histories(path: Path) -> tuple[Any, Any]:
    """Read frequency, recency and age in weeks, and the mean value of repeat purchases."""
    with duckdb.connect(str(path), read_only=True) as connection:
        frame = connection.execute(
            "select purchase_days - 1, (last_purchase_date - first_purchase_date) / 7.0, "
            "(date '2024-12-31' - first_purchase_date) / 7.0, "
            "coalesce(repeat_net_sales_by_order_date / nullif(purchase_days - 1, 0), 0)::double "
            "from core.fct_customer_purchases order by customer_key"
        ).df()
    return frame.iloc[:, :3].to_numpy(float), frame.iloc[:, 3].to_numpy(float)


def fit_own(path: Path) -> dict[str, Any]:
    """Fit the models of this project, and expect the purchases and values of a year."""
    from python_ml.lifetime_value.bg_nbd import BetaGeometricModel
    from python_ml.lifetime_value.gamma_gamma import GammaGammaModel

    histories, worth = read_histories(path)
    values = np.column_stack([histories[:, 0], worth])
    started = time.process_time()
    purchases, spending = BetaGeometricModel().fit(histories), GammaGammaModel().fit(values)
    fitted = time.process_time()
    expected = purchases.expected_purchases(histories, 52) * spending.expected_value(values)
    return {
        "fit": fitted - started,
        "predict": time.process_time() - fitted,
        "total": float(expected.sum()),
        **{name: float(getattr(purchases, f"{name}_")) for name in TRUTH},
    }


def fit_lifetimes(path: Path) -> dict[str, Any]:
    """Do the same with the library lifetimes."""
    from lifetimes import BetaGeoFitter, GammaGammaFitter

    histories, worth = read_histories(path)
    x, recency, age = histories.T
    again = (x > 0) & (worth > 0)
    started = time.process_time()
    purchases, spending = BetaGeoFitter(), GammaGammaFitter()
    purchases.fit(x, recency, age)
    spending.fit(x[again], worth[again])
    fitted = time.process_time()
    days = purchases.conditional_expected_number_of_purchases_up_to_time(52, x, recency, age)
    expected = days * spending.conditional_expected_average_profit(x, worth)
    return {
        "fit": fitted - started,
        "predict": time.process_time() - fitted,
        "total": float(np.nansum(expected)),
        **{name: float(purchases.params_[name]) for name in TRUTH},
    }


STEPS = {"score": score, "own": fit_own, "lifetimes": fit_lifetimes}


def write_report(count: int, found: dict[str, Measurement], large: Measurement) -> str:
    """Write the report as Markdown."""
    run, own, other = found["score"], found["own"].said, found["lifetimes"].said
    seconds = {name: each["seconds"] for name, each in run.said.items()}
    lines = [
        f"# Segments and lifetime values of {count:,} customers",
        "",
        "Simulated customers of two years in a DuckDB file. The two jobs read, fit, judge, predict "
        "and write like `customer-trends score segments value`. Written by "
        "`benchmarks/score_customers.py`; on other machines the ratios matter, not the seconds.",
        "",
        f"Machine: {os.cpu_count()} processors, {platform.system()}, shared with other work. "
        f"Python {platform.python_version()}, scikit-learn {version('scikit-learn')}, "
        f"SciPy {version('scipy')}, lifetimes {version('lifetimes')}.",
        "",
        "| | segments, s | value, s | complete process, s | on processors, s | peak memory, MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for customers, each in ((count, run), (LARGE, large)):
        took = each.said["segments"]["seconds"], each.said["value"]["seconds"]
        lines.append(
            f"| {customers:,} customers | {took[0]:.1f} | {took[1]:.1f} | {each.wall:.1f} | "
            f"{each.cpu:.1f} | {each.peak_mb:,.0f} |"
        )
    lines += [
        "",
        f"## The models alone, compared with lifetimes, {count:,} customers",
        "",
        "BG/NBD and Gamma-Gamma fitted once, then purchases and value of a year for everybody; "
        "seconds on processors. Purchases are known by the day and those of one day count as one, "
        "so the rate found is a little below the planted one.",
        "",
        "| | fit, s | predict, s | peak memory, MB | r | alpha | a | b |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
        "| planted | | | | " + " | ".join(f"{each:.4f}" for each in TRUTH.values()) + " |",
    ]
    for name, said in (("own", own), ("lifetimes", other)):
        parameters = " | ".join(f"{said[each]:.4f}" for each in TRUTH)
        peak = found[name].peak_mb
        lines.append(
            f"| {name} | {said['fit']:.2f} | {said['predict']:.2f} | {peak:,.0f} | {parameters} |"
        )
    ratio = (other["fit"] + other["predict"]) / (own["fit"] + own["predict"])
    off = other["total"] / own["total"] - 1
    lines += [
        "",
        f"The library takes **{ratio:.1f} times** as long; its value of a year, all in all, "
        f"differs by {off:+.4%}. Time of the two jobs: {sum(seconds.values()):.1f} s.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure everything and write the report; or run one step, for a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--step", choices=[*STEPS])
    parser.add_argument("--warehouse", type=Path)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(STEPS[options.step](options.warehouse)))
        return
    with TemporaryDirectory(prefix="customer_trends_bench_") as folder:
        small, large = Path(folder) / "small.duckdb", Path(folder) / "large.duckdb"
        print(f"Making {options.customers:,} customers …", flush=True)
        make_warehouse(small, options.customers)
        found = {}
        for step in STEPS:
            print(f"Running the step {step} …", flush=True)
            found[step] = measure(step, small)
        print(f"Making and scoring {LARGE:,} customers …", flush=True)
        make_warehouse(large, LARGE)
        report = write_report(options.customers, found, measure("score", large))
    REPORT.write_text(report, encoding="utf-8")
    print(f"{report}\nWritten to {REPORT.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
