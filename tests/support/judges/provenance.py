"""Judge whether every table of scores says which run, model and data it comes from."""

from collections.abc import Callable, Iterable
from datetime import datetime

import pandas as pd

from judges.bars import Bar

ON_SCORES = ["model_name", "model_version", "run_id", "trained_at", "scored_at", "data_cutoff",
             "feature_hash"]  # fmt: skip
ON_RUNS = ["run_id", "model_name", "model_version", "trained_at", "data_cutoff", "feature_hash",
           "n_train", "params_json", "library_versions", "code_version",
           "artifact_sha256"]  # fmt: skip
HELD_BACK = "test|holdout|backtest"
MOST_DAYS = 7
Read = Callable[[str], pd.DataFrame]


def judge_provenance(read: Read, tables: Iterable[str]) -> list[Bar]:
    """Judge tables of scores, the table of runs and that of figures.

    Parameters
    ----------
    read
        Gives the rows of a table.
    tables
        Tables of scores.

    Returns
    -------
    list of Bar
        Runs are complete and unique; each has a figure of data that were held back, with a
        baseline; each table of scores has rows, all with a known run whose hash and version are
        theirs, dates in order, no older than a week.
    """
    runs, figures = read("ml_model_runs"), read("ml_model_metrics")
    lacking = [name for name in ON_RUNS if name not in runs]
    is_complete = not lacking and runs["run_id"].is_unique and runs[ON_RUNS].notna().all().all()
    held_back = figures[figures["split"].astype(str).str.contains(HELD_BACK)]
    without = sorted(set(runs["run_id"]) - set(held_back["run_id"]))
    has_baseline = bool(held_back["baseline_value"].notna().any())
    return [
        Bar("runs", bool(is_complete), f"{len(runs)} runs, columns that lack: {lacking}"),
        Bar("figures of data held back", has_baseline and not without, f"runs without: {without}"),
        *(_judge_table(name, read(name), runs) for name in tables),
    ]


def _judge_table(name: str, scores: pd.DataFrame, runs: pd.DataFrame) -> Bar:
    """Judge one table of scores."""
    lacking = [column for column in ON_SCORES if column not in scores]
    if lacking:
        return Bar(name, False, f"columns that lack: {lacking}")
    stated = scores[["run_id", "feature_hash", "model_version"]].drop_duplicates()
    joined = stated.merge(runs, on="run_id", how="left", suffixes=("", "_of_run"))
    trained, scored, cutoff = (
        pd.to_datetime(scores[column]) for column in ("trained_at", "scored_at", "data_cutoff")
    )
    faults = {
        "no rows": scores.empty,
        "nulls": bool(scores[ON_SCORES].isna().any().any()),
        "unknown runs": not set(scores["run_id"]) <= set(runs["run_id"]),
        "hashes of another run": bool(
            (joined["feature_hash"] != joined["feature_hash_of_run"]).any()
        ),
        "versions of another run": bool(
            (joined["model_version"] != joined["model_version_of_run"]).any()
        ),
        "dates out of order": bool((cutoff > scored).any() or (trained > scored).any()),
        "old": scores.empty or (datetime.now() - scored.max()).days > MOST_DAYS,
    }
    found = [fault for fault, is_there in faults.items() if is_there]
    return Bar(name, not found, f"{len(scores)} rows, faults: {found}")
