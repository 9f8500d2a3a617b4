"""Runs scoring jobs: reads the core, scores, and writes the scores with where they come from."""

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from customer_trends.errors import CustomerTrendsError, JobError
from customer_trends.scoring.access import ScoreAccess
from customer_trends.scoring.artifacts import (
    has_artifact,
    load_artifact,
    remove_old_artifacts,
    save_artifact,
)
from customer_trends.scoring.drift import compare_values, describe_values
from customer_trends.scoring.job_rows import Batches, MartRows
from customer_trends.scoring.provenance import (
    find_code_version,
    find_library_versions,
    hash_features,
    hash_text,
    name_run,
)
from customer_trends.scoring.run_history import (
    KnownRun,
    RunHistory,
    describe_importances,
    describe_metrics,
    write_json,
)
from customer_trends.scoring.score_rows import constant_columns, make_batches, score_part, to_arrow
from customer_trends.scoring.score_store import ScoreStore
from python_ml.errors import ScoringError
from python_ml.job import JobResult, Metric, Progress, RowScores, RowSummary, Settings
from python_ml.registry import Job, find_jobs
from python_ml.score_tables import SCORE_TABLES

# Of a warehouse without a single day that counts.
NO_DAY = date(1900, 1, 1)


@dataclass(frozen=True)
class JobOutcome:
    """What became of a job.

    Attributes
    ----------
    job
        Name of the job.
    status
        That of `JobResult`, or ``failed``: the earlier scores are unchanged then.
    reason
        One sentence unless the status is ``scored``.
    rows
        Table of scores to the number of rows written.
    seconds
        How long it took.
    metric
        The figure that is shown in summaries; None when there is none.
    trace
        Where the code failed, for a log; empty when it did not.
    """

    job: str
    status: str
    reason: str
    rows: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    metric: Metric | None = None
    trace: str = ""


def score_warehouse(
    access: ScoreAccess,
    jobs: Sequence[Job],
    moment: datetime,
    progress: Callable[[str, str, int, int], None],
    processes: int = 2,
) -> Iterator[JobOutcome]:
    """Run jobs one after the other; one that fails does not keep the others from running.

    Parameters
    ----------
    access
        Where the warehouse is.
    jobs
        Jobs of the registry.
    moment
        When the scores are made, in UTC.
    progress
        Called with the name of the job, the name of its step, what is done and what is to do.
    processes
        Number of processes a job may use.

    Yields
    ------
    JobOutcome
        One per job, as soon as it is known.
    """
    store = ScoreStore(access.warehouse)
    settings = Settings(find_cutoff(store), processes=processes)
    for job in jobs:

        def report(step: str, done: int, total: int, name: str = job.NAME) -> None:
            progress(name, step, done, total)

        started = perf_counter()
        try:
            yield _Runner(store, access.models, job, settings, moment).run(report, started)
        except (CustomerTrendsError, ScoringError) as error:
            yield JobOutcome(job.NAME, "failed", str(error), seconds=perf_counter() - started)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            yield JobOutcome(
                job.NAME,
                "failed",
                f"The job broke off ({reason}); the earlier scores are unchanged.",
                seconds=perf_counter() - started,
                trace=traceback.format_exc(),
            )


def choose_jobs(names: Sequence[str]) -> list[Job]:
    """Choose jobs by name.

    Parameters
    ----------
    names
        Names of jobs; none means all.

    Returns
    -------
    list of Job
        In the order in which they run.

    Raises
    ------
    JobError
        If there is no job of a name.
    """
    try:
        return find_jobs(names)
    except ScoringError as error:
        raise JobError(str(error)) from None


def find_cutoff(store: ScoreStore) -> date:
    """Find the last day that counts in the core.

    Parameters
    ----------
    store
        Where the core is.

    Returns
    -------
    date
        ``as_of_date`` of the last build; 1 January 1900 when no day has an order.
    """
    kinds = {"as_of_date": "date"}
    try:
        store.check("run_context", kinds)
    except ScoringError as error:
        raise JobError(str(error)) from None
    days = store.read("run_context", kinds)["as_of_date"].dropna()
    return days.max().date() if len(days) else NO_DAY


class _Runner:
    """One job on its way from the core to its tables."""

    def __init__(
        self, store: ScoreStore, models: Path, job: Job, settings: Settings, moment: datetime
    ) -> None:
        self.store, self.models, self.job = store, models, job
        self.settings, self.moment = settings, moment

    def run(self, progress: Progress, started: float) -> JobOutcome:
        """Read, score, write."""
        progress("read", 0, 0)
        for relation, kinds in self.job.READS.items():
            self.store.check(relation, kinds)
        is_sampled = self.job.SAMPLE is not None
        read = self.store.take_rows if is_sampled else self.store.read_rows
        rows = read(self.job.READS)
        input_hash, relations = rows.examine(self.job.SAMPLE)
        run_id = name_run(self.job.NAME, input_hash, self.settings)
        history = RunHistory(self.store)
        known, before = history.find(self.job.NAME, run_id)
        with threadpool_limits(1):
            result = self.job.score(relations, self.settings, self._load(before), progress)
        progress("write", 0, 0)
        described = self._describe(result, run_id, input_hash, known)
        own = self._make_rows(result, rows, constant_columns(described), progress)
        written = self._write(result, own, described, history, before)
        runs = [run_id, *(run.run_id for run in history.list_runs(self.job.NAME) if run != known)]
        remove_old_artifacts(self.models, self.job.NAME, runs)
        metric = next(iter(result.metrics), None)
        seconds = perf_counter() - started
        return JobOutcome(self.job.NAME, result.status, result.reason, written, seconds, metric)

    def _load(self, before: KnownRun | None) -> object | None:
        """Load the model of the run before."""
        if before is None:
            return None
        return load_artifact(self.models, self.job.NAME, before.run_id, before.artifact_sha256)

    def _describe(
        self, result: JobResult, run_id: str, input_hash: str, known: KnownRun | None
    ) -> dict[str, Any]:
        """Give the row of the run; what a known run has fitted keeps its moment and its file."""
        name = self.job.NAME
        parameters = write_json({**result.parameters, "features": dict(result.features)})
        artifact_hash = hash_text(parameters)
        if result.artifact is not None:
            if known and has_artifact(self.models, name, run_id, known.artifact_sha256):
                artifact_hash = known.artifact_sha256
            else:
                artifact_hash = save_artifact(self.models, name, run_id, result.artifact)
        return {
            "job": name,
            "status": result.status,
            "reason": result.reason,
            "n_train": result.train_count,
            "params_json": parameters,
            "library_versions": write_json(find_library_versions()),
            "code_version": find_code_version(),
            "artifact_sha256": artifact_hash,
            "input_hash": input_hash,
            "reference_json": write_json(describe_values(result.drift)),
            "model_name": result.model_name,
            "model_version": result.model_version,
            "run_id": run_id,
            "trained_at": known.trained_at if known else self.moment,
            "scored_at": self.moment,
            "data_cutoff": self.settings.data_cutoff,
            "feature_hash": hash_features(result.features, result.model_name, result.model_version),
        }

    def _make_rows(
        self, result: JobResult, rows: MartRows, provenance: Mapping[str, Any], progress: Progress
    ) -> dict[str, Batches]:
        """Give the rows of the job's own tables, most of them made as they are written."""
        own: dict[str, Batches] = {}
        for name, given in result.tables.items():
            table = SCORE_TABLES[name]
            if isinstance(given, RowSummary):
                parts = rows.gather(given.relations, given)
                given = given.finish(parts, given.model)
            if isinstance(given, RowScores):
                make = partial(score_part, scores=given, table=table, provenance=provenance)
                own[name] = rows.score(given.relations, make, table, progress)
            else:
                own[name] = make_batches(table, given, provenance)
        return own

    def _write(
        self,
        result: JobResult,
        own: Mapping[str, Batches],
        run: Mapping[str, Any],
        history: RunHistory,
        before: KnownRun | None,
    ) -> dict[str, int]:
        """Write the tables of the job and those that all share, as one."""
        provenance = constant_columns(run)
        drift = compare_values(before.reference if before else {}, result.drift)
        added = {
            "ml_model_runs": pd.DataFrame([dict(run)]),
            "ml_model_metrics": describe_metrics(result).assign(**provenance),
            "ml_feature_importance": describe_importances(result).assign(**provenance),
            "ml_drift": drift.assign(
                reference_run_id=before.run_id if before else None, **provenance
            ),
        }
        shared = history.with_run(self.job.NAME, str(run["run_id"]), added)
        written = self.store.write(
            {**own} | {name: [to_arrow(SCORE_TABLES[name], rows)] for name, rows in shared.items()}
        )
        return {name: written[name] for name in own}
