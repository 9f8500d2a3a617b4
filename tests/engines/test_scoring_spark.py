"""On Spark the workers score, from a sample that all engines take; what is written is complete."""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import tiny_job
from lanes import PYTHONS, SPARK_SETTINGS
from purchase_days import END, add_up, simulate
from score_on_spark import MOMENT, OWN, run, sampled, tiny

from customer_trends.engines.settings import DuckdbFile
from customer_trends.scoring.access import MODELS_VARIABLE, ScoreAccess
from customer_trends.scoring.score_store import ScoreStore, find_layer
from python_ml.lifetime_value import job as lifetime_value
from python_ml.registry import find_jobs
from python_ml.score_tables import SCORE_TABLES, SHARED_TABLES
from python_ml.segmentation import job as segmentation

PROJECT = Path(__file__).resolve().parents[2]
SCRIPT = PROJECT / "tests" / "support" / "score_on_spark.py"
CUSTOMERS = 2_000
# Those of the dimension that are not reserved.
PEOPLE = CUSTOMERS - 40
# Customers of two sources who differ in income and spending, and what they bought.
RELATIONS = f"""
create schema core;
create macro chance(what, key) as hash(concat(what, ':', key)) / 18446744073709551616.0;
create table core.run_context as select date '2024-06-30' as as_of_date;
create table core.fct_customer_totals as
select
    range as customer_key,
    case when range % 5 > 0 then 'shop' else 'other' end as source_system,
    1 + range % 5 as frequency,
    cast(100 * chance('spent', range) as decimal(18, 2)) as monetary,
    'Low' as value_tier,
    cast(0.4 as decimal(18, 6)) as used_margin_rate
from range({PEOPLE});
create table core.dim_customers as
select
    range as customer_key,
    cast(25000 + 30000 * (range % 3) + 5000 * chance('income', range) as decimal(18, 2))
        as annual_income,
    case when chance('known', range) < 0.9 then cast(range % 2 * 60 + 30 * chance('score', range)
        as decimal(18, 2)) end as spending_score,
    cast(case when range % 7 > 0 then range % 13 + range / 100.0 end as decimal(18, 6))
        as average_order_value,
    case when range % 3 = 0 then 'Female' else 'Zoë "x", \\ it''s' end as gender
from range({CUSTOMERS});
create table core.fct_customer_purchases as
select
    columns(c -> not regexp_matches(c, '_date')),
    columns('_by_order_date$')::decimal(18, 4),
    columns(c -> regexp_matches(c, '_date$') and not regexp_matches(c, '_by_order_date$'))::date,
    case when customer_key % 5 > 0 then 'shop' else 'other' end as source_system
from purchases;
"""


@dataclass
class Scored:
    """The same marts scored on both engines; what the process on Spark said."""

    file: ScoreAccess
    folder: Path
    said: dict[str, Any]
    ended: list[Any]


def on_spark(folder: Path, step: str, expect: int) -> list[Any]:
    """Run a step in a process on Spark; give what it printed, line by line."""
    variables = {
        "PYTHONPATH": os.pathsep.join(
            [str(PROJECT), str(PROJECT / "tests"), str(PROJECT / "tests" / "support")]
        ),
        "CUSTOMER_TRENDS_SPARK_WAREHOUSE": str(folder / "spark"),
        "CUSTOMER_TRENDS_SPARK_MASTER": "local[2]",
        MODELS_VARIABLE: str(folder / "models"),
    }
    done = subprocess.run(
        [str(PYTHONS["spark"]), str(SCRIPT), str(folder), step],
        capture_output=True, text=True, check=False, cwd=folder,
        env={**os.environ, **SPARK_SETTINGS, **variables},
    )  # fmt: skip
    assert done.returncode == expect, done.stdout[-2000:] + done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line[:1] in "[{"]


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    """Score the same marts on DuckDB and on Spark."""
    folder = tmp_path_factory.mktemp("scoring_spark")
    path = folder / "tiny.duckdb"
    file = ScoreAccess(DuckdbFile(path), folder / "duckdb_models")
    with duckdb.connect(str(path)) as connection:
        purchases = add_up(simulate(CUSTOMERS - 100), END, 273).drop(columns="source_system")
        connection.register("purchases", purchases)
        connection.execute(RELATIONS)
        jobs: list[Any] = [tiny_job, *find_jobs(["segments", "value"])]
        for job in jobs:
            for name in ("run_context", *job.READS):
                copy = folder / f"{name}.mart.parquet"
                relation = f"{find_layer(name)}.{name}"
                connection.execute(f"copy {relation} to '{copy}' (format parquet)")
    said, ended = on_spark(folder, "score", expect=9)
    return Scored(file, folder, said, ended)


def sort_rows(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Sort the rows of a table by its key, without the hash of the model's file."""
    rows = rows.drop(columns="artifact_sha256", errors="ignore")
    return rows.sort_values([*SCORE_TABLES[name].key]).reset_index(drop=True)


def test_spark_holds_the_scores_of_duckdb(scored: Scored) -> None:
    for job, moment in ((tiny(), datetime(2026, 1, 2)), (tiny(), MOMENT)):
        assert run(scored.file, job, moment).status == "scored"
    expected = ScoreStore(scored.file.warehouse).read_scores("ml_customer_value")
    found = pd.read_parquet(scored.folder / "tiny.result.parquet")
    left, right = (sort_rows("ml_customer_value", rows) for rows in (found, expected))
    pd.testing.assert_frame_equal(left, right, check_exact=True)


def test_workers_score_from_the_sample_of_duckdb(scored: Scored) -> None:
    outcomes = [run(scored.file, sampled(job)) for job in (segmentation, lifetime_value)]
    assert [each.status for each in outcomes] == ["scored", "scored"], outcomes
    assert [each[:2] for each in scored.said["outcomes"][2:]] == [
        [each.status, each.rows] for each in outcomes
    ]
    store = ScoreStore(scored.file.warehouse)
    for name in (*OWN, *SHARED_TABLES):
        expected, found = (
            sort_rows(name, rows[~rows["run_id"].str.startswith("tiny")])
            for rows in (
                store.read_scores(name),
                pd.read_parquet(scored.folder / f"{name}.result.parquet"),
            )
        )
        # The same run: Spark saw the same rows, and learned from the same customers.
        text = expected.select_dtypes(exclude="number").columns
        pd.testing.assert_frame_equal(found[text], expected[text], obj=name)
        pd.testing.assert_frame_equal(found, expected, rtol=1e-9, atol=1e-9, obj=name)
        assert scored.said["counts"][name] == len(
            pd.read_parquet(scored.folder / f"{name}.result.parquet")
        )
    runs = store.read_scores("ml_model_runs").set_index("job")
    learned = int(runs["n_train"].to_dict()["segments"])
    assert 0.5 * CUSTOMERS / 3 < learned < CUSTOMERS / 2
    assert outcomes[0].rows["ml_customer_segments"] == PEOPLE
    assert outcomes[1].rows["ml_customer_value"] == PEOPLE


def test_predictions_are_made_in_other_processes(scored: Scored) -> None:
    status, reason, driver, rows, workers = scored.said["processes"]
    assert (status, reason, rows) == ("scored", "", CUSTOMERS)
    assert workers and driver not in workers


def test_what_breaks_in_a_worker_is_one_sentence(scored: Scored) -> None:
    status, reason = scored.said["broken"]
    assert status == "failed"
    assert reason == (
        "Spark cannot write ml_customer_value (ZeroDivisionError: broken on purpose); "
        "the tables are unchanged."
    )


def test_a_table_that_cannot_change_lets_none_change(scored: Scored) -> None:
    status, reason, is_same, changed = scored.said["refused"]
    assert status == "failed" and "Spark refuses a statement" in reason and "\n" not in reason
    assert len(changed) > 3 and is_same


def test_the_table_of_runs_changes_last(scored: Scored) -> None:
    jvm, changed = scored.ended
    # Spark's own process follows a little later, and holds the catalog until then.
    for _ in range(300):
        if Path(f"/proc/{jvm}").exists():
            time.sleep(0.2)
    assert scored.said["folders"] == len(SHARED_TABLES) + len(OWN)
    # All other tables of the run that was cut off have changed; it is not among the runs.
    ((left, status, after, folders),) = on_spark(scored.folder, "look", expect=0)
    (half,) = left[changed[0]]
    assert half in left["ml_model_metrics"]
    assert half not in scored.said["runs"]["ml_model_runs"]
    assert left["ml_model_runs"] == scored.said["runs"]["ml_model_runs"]
    # The next run completes it.
    assert status == "scored" and half in after["ml_model_runs"]
    assert half in after["ml_model_metrics"] and folders == len(SHARED_TABLES) + len(OWN)
