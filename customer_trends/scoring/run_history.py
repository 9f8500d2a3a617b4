"""Runs that are known: the one before, and the tables that keep the rows of all of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from customer_trends.scoring.drift import Reference
from customer_trends.scoring.score_store import ScoreStore
from python_ml.job import JobResult, Metric
from python_ml.metric_directions import is_better
from python_ml.score_tables import SCORE_TABLES, SHARED_TABLES

# Of each job.
KEPT_RUNS = 50
JUDGED_SPLITS = ("backtest", "holdout")


@dataclass(frozen=True)
class KnownRun:
    """A run that is in the runs table.

    Attributes
    ----------
    run_id
        Its name.
    trained_at
        When its model was first fitted.
    artifact_sha256
        Hash of the file of its model.
    reference
        Distribution of its features and scores, for `drift.compare_values`.
    """

    run_id: str
    trained_at: datetime
    artifact_sha256: str
    reference: Reference


class RunHistory:
    """The tables that all jobs share, as they are before a job writes."""

    def __init__(self, store: ScoreStore) -> None:
        """Read the tables.

        Parameters
        ----------
        store
            Where they are.
        """
        self.tables = {name: store.read_scores(name) for name in SHARED_TABLES}

    def list_runs(self, job: str) -> list[KnownRun]:
        """List the runs of a job.

        Parameters
        ----------
        job
            Name of the job.

        Returns
        -------
        list of KnownRun
            The latest first.
        """
        runs = self.tables["ml_model_runs"]
        runs = runs[runs["job"] == job].sort_values(["trained_at", "run_id"], ascending=False)
        columns = ("run_id", "trained_at", "artifact_sha256", "reference_json")
        return [
            KnownRun(run_id, trained_at.to_pydatetime(), sha256, json.loads(reference))
            for run_id, trained_at, sha256, reference in zip(
                *(runs[column] for column in columns), strict=True
            )
        ]

    def find(self, job: str, run_id: str) -> tuple[KnownRun | None, KnownRun | None]:
        """Find a run, and the one before it.

        Parameters
        ----------
        job
            Name of the job.
        run_id
            Name of the run.

        Returns
        -------
        tuple
            The run if it is known, and the latest that is older; None where there is none.
        """
        runs = self.list_runs(job)
        known = next((run for run in runs if run.run_id == run_id), None)
        older = [run for run in runs if known is None or run.trained_at < known.trained_at]
        return known, older[0] if older else None

    def with_run(self, job: str, run_id: str, added: Mapping[str, pd.DataFrame]) -> Any:
        """Give the shared tables with the rows of a run in place of those it had.

        Parameters
        ----------
        job
            Name of the job.
        run_id
            Name of the run.
        added
            Shared table to the rows of the run, with provenance.

        Returns
        -------
        dict
            Shared table to all its rows; runs that are long past are left out.
        """
        others = [run.run_id for run in self.list_runs(job) if run.run_id != run_id]
        gone = {run_id, *others[KEPT_RUNS - 1 :]}
        merged = {}
        for name, rows in self.tables.items():
            parts = [rows[~rows["run_id"].isin(gone)], added[name]]
            parts = [part for part in parts if len(part)]
            columns = [*SCORE_TABLES[name].columns]
            merged[name] = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
        return merged


def describe_metrics(result: JobResult) -> pd.DataFrame:
    """Give the figures of a run; a run without any that was judged gets its number of rows.

    Parameters
    ----------
    result
        What the job gave.

    Returns
    -------
    DataFrame
        Own columns of ``ml_model_metrics``.
    """
    metrics = [*result.metrics]
    if not any(metric.split in JUDGED_SPLITS for metric in metrics):
        metrics.append(Metric("holdout", "train_count", result.train_count))
    return pd.DataFrame(
        {
            "split": metric.split,
            "slice_name": metric.slice_name,
            "metric": metric.metric,
            "metric_rank": rank,
            "value": metric.value,
            "baseline_name": metric.baseline_name,
            "baseline_value": metric.baseline_value,
            "is_better": is_better(metric),
        }
        for rank, metric in enumerate(metrics, start=1)
    )


def describe_importances(result: JobResult) -> pd.DataFrame:
    """Give the importances of a run, the largest first.

    Parameters
    ----------
    result
        What the job gave.

    Returns
    -------
    DataFrame
        Own columns of ``ml_feature_importance``.
    """
    ordered = sorted(result.importances.items(), key=lambda item: (-item[1][0], item[0]))
    rows = [
        (feature, importance, deviation, rank)
        for rank, (feature, (importance, deviation)) in enumerate(ordered, start=1)
    ]
    columns = ["feature", "importance", "importance_deviation", "importance_rank"]
    return pd.DataFrame(rows, columns=columns)


def write_json(value: Any) -> str:
    """Write plain values as JSON; what is no finite number becomes null.

    Parameters
    ----------
    value
        Dictionaries, lists, texts, numbers of Python or numpy, dates.

    Returns
    -------
    str
        JSON with sorted keys.
    """
    return json.dumps(_plain(value), sort_keys=True, allow_nan=False, default=str)


def _plain(value: Any) -> Any:
    """Turn numpy into Python, and what is no finite number into None."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
