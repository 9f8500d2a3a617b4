"""Score relations on Spark in a process of its own, or end in the middle of it.

Run with the Python of the Spark environment: a folder, and what to do. Prints JSON.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import tiny_job

from customer_trends.engines.connect import connect
from customer_trends.engines.spark_engine import SparkEngine
from customer_trends.engines.spark_tables import TableWriter
from customer_trends.scoring.access import ScoreAccess, find_access
from customer_trends.scoring.runner import JobOutcome, score_warehouse
from customer_trends.scoring.score_store import ScoreStore, find_layer
from python_ml.job import JobResult, RowScores
from python_ml.lifetime_value import job as lifetime_value
from python_ml.score_tables import SCORE_TABLES, SHARED_TABLES
from python_ml.segmentation import job as segmentation

PROJECT = Path(__file__).resolve().parents[2]
MOMENT = datetime(2026, 1, 1, 12, 30, 15, 123456)
OWN = ("ml_customer_segments", "ml_segment_centroids", "ml_customer_value")
SAMPLE = 700
Marts = Mapping[str, pd.DataFrame]


def sampled(job: Any) -> Any:
    """Give a job of customers that learns from a sample."""
    return SimpleNamespace(NAME=job.NAME, READS=job.READS, SAMPLE=SAMPLE, score=job.score)


def tiny(score: Any = tiny_job.score, sample: int | None = None) -> Any:
    """Give the job of the tests."""
    return SimpleNamespace(NAME="tiny", READS=tiny_job.READS, SAMPLE=sample, score=score)


def name_process(batch: pd.DataFrame, first: int) -> pd.DataFrame:
    """Score customers by the number of the process that does it; refuse the first one's."""
    rows = pd.concat(tiny_job.give_rows(batch, 1.0)).assign(age_weeks=float(os.getpid()))
    if first in set(rows["customer_key"]):
        raise ZeroDivisionError("broken on purpose")
    return rows


def score_by_row(first: int) -> Any:
    """Give a job that scores each customer by itself, and breaks off at one of a key."""

    def score(marts: Marts, *others: Any) -> JobResult:
        scores = RowScores(("dim_customers",), name_process, first)
        return replace(tiny_job.score(marts, *others), tables={"ml_customer_value": scores})

    return tiny(score, sample=SAMPLE)


@dataclass
class Spark:
    """The warehouse on Spark, and its session."""

    access: ScoreAccess
    engine: SparkEngine

    @property
    def session(self) -> Any:
        """The running session."""
        return self.engine.session

    @property
    def prefix(self) -> str:
        """What stands before the layers."""
        return self.engine.prefix

    def read_scores(self, name: str) -> pd.DataFrame:
        """Read a table of scores."""
        return ScoreStore(self.access.warehouse).read_scores(name)

    def count_folders(self) -> int:
        """Count the folders of files of tables of scores."""
        return len([*self.engine.folder.glob(f"{self.prefix}_ml_files/*/*")])


def put_marts(spark: Spark, folder: Path) -> None:
    """Make the tables that the jobs read from files."""
    for path in folder.glob("*.mart.parquet"):
        name = path.name.split(".")[0]
        schema = f"{spark.prefix}_{find_layer(name)}"
        spark.session.sql(f"create schema if not exists {schema}")
        rows = spark.session.read.parquet(str(path)).repartition(2)
        rows.write.mode("overwrite").saveAsTable(f"{schema}.{name}")


def run(access: ScoreAccess, job: Any, moment: datetime = MOMENT) -> JobOutcome:
    """Run a job."""
    (outcome,) = score_warehouse(access, [job], moment, lambda *progress: None)
    return outcome


def read_all(spark: Spark) -> dict[str, pd.DataFrame]:
    """Read all tables of scores that were written."""
    return {name: spark.read_scores(name) for name in (*OWN, *SHARED_TABLES)}


def list_runs(spark: Spark) -> dict[str, list[str]]:
    """List the runs of each table of scores that has rows."""
    found = {name: sorted(set(rows["run_id"])) for name, rows in read_all(spark).items()}
    return {name: runs for name, runs in found.items() if runs}


def refuse_third(spark: Spark) -> list[Any]:
    """Let the third table that is to change be refused; say why, and which runs are left."""
    point, calls = TableWriter._point, []

    def refuse(self: TableWriter, table: Any, *others: Any, **options: Any) -> None:
        calls.append(table.name)
        if len(calls) == 3:
            self._run("alter table nowhere.never set location '/'")
        point(self, table, *others, **options)

    TableWriter._point = refuse  # type: ignore[method-assign]
    before = read_all(spark)
    outcome = run(spark.access, tiny(), datetime(2027, 1, 1))
    TableWriter._point = point  # type: ignore[method-assign]
    same = all(rows.equals(before[name]) for name, rows in read_all(spark).items())
    return [outcome.status, outcome.reason, same, calls]


def end_between(spark: Spark) -> None:
    """Score again as of the next day; this process ends when all tables but one have changed."""
    point, calls = TableWriter._point, []

    def end(self: TableWriter, table: Any, *others: Any, **options: Any) -> None:
        calls.append(table.name)
        if len(calls) == len(SHARED_TABLES) + 2:
            jvm = spark.session._jvm.java.lang.ProcessHandle.current().pid()
            print(json.dumps([jvm, calls]), flush=True)
            os._exit(9)
        point(self, table, *others, **options)

    TableWriter._point = end  # type: ignore[method-assign]
    day = f"`{spark.prefix}_core`.run_context"
    spark.session.sql(f"select date '{date(2024, 7, 1)}' as as_of_date").write.mode(
        "overwrite"
    ).saveAsTable(day.replace("`", ""))
    run(spark.access, sampled(segmentation))


def score_all(spark: Spark, folder: Path) -> dict[str, Any]:
    """Score in all ways; keep what was written for a comparison, return the rest."""
    put_marts(spark, folder)
    access = spark.access
    said: dict[str, Any] = {}
    outcomes = [run(access, tiny(), datetime(2026, 1, 2)), run(access, tiny())]
    spark.read_scores("ml_customer_value").to_parquet(folder / "tiny.result.parquet")
    by_row = run(access, score_by_row(-1))
    said["processes"] = [by_row.status, by_row.reason, os.getpid()]
    rows = spark.read_scores("ml_customer_value")
    said["processes"] += [len(rows), sorted(set(rows["age_weeks"].dropna().astype(int)))]
    outcomes += [run(access, sampled(job)) for job in (segmentation, lifetime_value)]
    said["outcomes"] = [[each.status, each.rows, each.trace] for each in outcomes]
    for name, rows in read_all(spark).items():
        rows.to_parquet(folder / f"{name}.result.parquet")
    said["counts"] = {
        name: spark.session.table(f"{spark.prefix}_ml.{name}").count()
        for name in SCORE_TABLES
        if spark.session.catalog.tableExists(f"{spark.prefix}_ml.{name}")
    }
    broken = run(access, score_by_row(3))
    said["broken"] = [broken.status, broken.reason]
    said["refused"] = refuse_third(spark)
    said["runs"] = list_runs(spark)
    said["folders"] = spark.count_folders()
    return said


def main(folder: Path, step: str) -> None:
    """Do a step; workers find no module of the project but those that are sent to them."""
    from pyspark import cloudpickle

    os.environ.pop("PYTHONPATH")
    cloudpickle.register_pickle_by_value(tiny_job)
    access = find_access(PROJECT, "spark")
    with connect(access.warehouse) as engine:
        assert isinstance(engine, SparkEngine)
        spark = Spark(access, engine)
    if step == "score":
        print(json.dumps(score_all(spark, folder)))
        sys.stdout.flush()
        end_between(spark)
    else:
        left = list_runs(spark)
        again = run(access, sampled(segmentation))
        print(json.dumps([left, again.status, list_runs(spark), spark.count_folders()]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
