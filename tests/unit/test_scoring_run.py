"""A run of a scoring job: what it writes, what a second run leaves alone, and what it refuses."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
import tiny_job
from scipy.stats import ks_2samp

from customer_trends.engines.settings import DuckdbFile
from customer_trends.errors import WarehouseError, WriteError
from customer_trends.scoring.access import ScoreAccess
from customer_trends.scoring.drift import compare_values, describe_values
from customer_trends.scoring.provenance import hash_frames, name_run
from customer_trends.scoring.runner import JobOutcome, score_warehouse
from customer_trends.scoring.score_rows import to_arrow
from python_ml.contracts import check_columns
from python_ml.errors import ContractError, ScoringError
from python_ml.job import JobResult, Metric, Settings
from python_ml.metric_directions import is_better
from python_ml.registry import JOB_MODULES, find_jobs
from python_ml.score_tables import PROVENANCE, SCORE_TABLES, SHARED_TABLES

MOMENTS = [datetime(2026, 1, day, 12) for day in range(1, 5)]
Marts = dict[str, pd.DataFrame]


@pytest.fixture
def access(tmp_path: Path) -> ScoreAccess:
    """Make a warehouse of 50 customers."""
    path = tiny_job.make_warehouse(tmp_path / "tiny.duckdb", 50)
    return ScoreAccess(DuckdbFile(path), tmp_path / "models")


def run(access: ScoreAccess, moment: datetime, **changes: Any) -> JobOutcome:
    """Run the job, with other parts if need be."""
    parts = {name: getattr(tiny_job, name) for name in ("NAME", "READS", "SAMPLE", "score")}
    job: Any = SimpleNamespace(**parts | changes)
    (outcome,) = score_warehouse(access, [job], moment, lambda *progress: None)
    return outcome


def read_tables(access: ScoreAccess) -> Marts:
    """Read all tables of scores, without the moment of scoring."""
    with duckdb.connect(str(access.warehouse.path), read_only=True) as connection:
        names = connection.execute("select table_name from duckdb_tables() where schema_name='ml'")
        return {
            name: connection.execute(
                f"select * exclude (scored_at) from ml.{name} order by all"
            ).df()
            for (name,) in names.fetchall()
        }


def execute(access: ScoreAccess, *statements: str) -> None:
    """Change the warehouse."""
    with duckdb.connect(str(access.warehouse.path)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_run_writes_scores_with_their_provenance(access: ScoreAccess) -> None:
    outcome = run(access, MOMENTS[0])
    assert (outcome.status, outcome.reason, outcome.trace) == ("scored", "", "")
    assert outcome.rows == {"ml_customer_value": 50}
    assert outcome.metric and outcome.metric.baseline_name == "zero"
    tables = read_tables(access)
    assert set(tables) == {"ml_customer_value", *SHARED_TABLES}
    for name, rows in tables.items():
        assert list(rows)[-len(PROVENANCE) + 1 :] == [c for c in PROVENANCE if c != "scored_at"]
        assert rows[[c for c in PROVENANCE if c != "scored_at"]].notna().all().all(), name
        assert rows["run_id"].nunique() == (name != "ml_drift")
    (run_row,) = tables["ml_model_runs"].to_dict("records")
    assert run_row["data_cutoff"] == pd.Timestamp(2025, 12, 31)
    assert json.loads(run_row["params_json"])["odd"] == [None, 1]
    assert run_row["n_train"] == 42
    values = tables["ml_customer_value"]
    # No infinity, no NaN, no empty text.
    assert values["recency_weeks"].isna().all()
    assert not values["is_scored"].all()
    assert set(values["reason"].dropna()) == {"Female", 'Zoë "x", \\ it\'s'}


def test_a_second_run_on_the_same_marts_changes_nothing(access: ScoreAccess) -> None:
    run(access, MOMENTS[0])
    before, files = read_tables(access), sorted(access.models.rglob("*"))
    execute(
        access,
        "create or replace table core.dim_customers as "
        "from core.dim_customers order by hash(customer_key)",
    )
    run(access, MOMENTS[1])
    after = read_tables(access)
    for name, rows in before.items():
        pd.testing.assert_frame_equal(rows, after[name])
    assert sorted(access.models.rglob("*")) == files


def test_other_rows_make_another_run_that_is_compared_with_the_one_before(
    access: ScoreAccess,
) -> None:
    run(access, MOMENTS[0])
    execute(
        access,
        "update core.dim_customers set gender = 'Divers', average_order_value = "
        "average_order_value + 3",
    )
    run(access, MOMENTS[1])
    tables = read_tables(access)
    runs = tables["ml_model_runs"].sort_values("trained_at")
    assert len(runs) == 2
    assert [json.loads(p)["previous"] for p in runs["params_json"]] == [False, True]
    drift = tables["ml_drift"].set_index("feature")
    assert set(drift["reference_run_id"]) == {runs["run_id"].iloc[0]}
    assert drift.loc["gender", "status"] == "fail"
    assert drift.loc["gender", "unseen_categories"] == 1
    assert (
        drift.loc["average_order_value", "psi"] > 0.25
        and drift.loc["average_order_value", "ks"] > 0.2
    )
    assert tables["ml_customer_value"]["run_id"].nunique() == 1
    # The one before it stays the reference when the second is run again.
    run(access, MOMENTS[2])
    pd.testing.assert_frame_equal(read_tables(access)["ml_drift"], tables["ml_drift"])


def test_a_job_without_scores_says_why(access: ScoreAccess) -> None:
    execute(access, "delete from core.dim_customers")
    outcome = run(access, MOMENTS[0])
    assert (outcome.status, outcome.reason) == ("not_scored", "No customer has bought.")
    tables = read_tables(access)
    assert len(tables["ml_customer_value"]) == 0
    assert len(tables["ml_model_runs"]) == 1
    assert list(tables["ml_model_metrics"]["split"]) == ["holdout"]


def broken_frames(marts: Marts, *others: Any) -> JobResult:
    """Break off after the first frame."""
    result = tiny_job.score(marts, *others)

    def give() -> Any:
        yield next(iter(result.tables["ml_customer_value"]))
        raise ZeroDivisionError("broken on purpose")

    return replace(result, tables={"ml_customer_value": give()})


def nameless_scores(marts: Marts, *others: Any) -> JobResult:
    """Leave a column out."""
    result = tiny_job.score(marts, *others)
    frames = [f.drop(columns="is_scored") for f in result.tables["ml_customer_value"]]
    return replace(result, tables={"ml_customer_value": frames})


def refuse(*others: Any) -> JobResult:
    """Refuse with one sentence."""
    raise ScoringError("Nothing to see.")


@pytest.mark.parametrize(
    ("score", "reason"),
    [
        (broken_frames, "broken on purpose"),
        (nameless_scores, "ml_customer_value lack is_scored"),
        (refuse, "Nothing to see."),
    ],
)
def test_a_run_that_breaks_off_leaves_the_scores_of_before(
    access: ScoreAccess, score: Callable[..., JobResult], reason: str
) -> None:
    run(access, MOMENTS[0])
    before = read_tables(access)
    execute(access, "update core.dim_customers set average_order_value = average_order_value * 2")
    outcome = run(access, MOMENTS[1], score=score)
    assert outcome.status == "failed" and reason in outcome.reason
    assert bool(outcome.trace) == ("purpose" in reason)
    after = read_tables(access)
    for name, rows in before.items():
        pd.testing.assert_frame_equal(rows, after[name])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            "alter table core.dim_customers drop average_order_value",
            "dim_customers has no column average_order_value",
        ),
        (
            "alter table core.dim_customers alter gender type integer using 1",
            "dim_customers.gender holds integer where scoring reads text",
        ),
        ("drop table core.dim_customers", "There is no dim_customers"),
    ],
)
def test_a_mart_that_breaks_its_contract_is_refused(
    access: ScoreAccess, change: str, fault: str
) -> None:
    execute(access, change)
    outcome = run(access, MOMENTS[0])
    assert outcome.status == "failed" and outcome.reason.startswith(fault)
    assert "\n" not in outcome.reason and not outcome.trace


def test_another_file_in_the_place_of_a_model_is_refused(access: ScoreAccess) -> None:
    run(access, MOMENTS[0])
    (file,) = access.models.rglob("*.skops")
    file.write_bytes(file.read_bytes() + b" ")
    execute(access, "update core.dim_customers set average_order_value = average_order_value * 2")
    outcome = run(access, MOMENTS[1])
    assert outcome.status == "failed" and f"{file} is not the file" in outcome.reason
    file.unlink()
    assert run(access, MOMENTS[1]).status == "scored"


def test_old_models_and_old_runs_go(access: ScoreAccess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customer_trends.scoring.run_history.KEPT_RUNS", 3)
    monkeypatch.setattr("customer_trends.scoring.artifacts.KEPT_FILES", 2)
    for moment in MOMENTS:
        run(access, moment)
        execute(
            access, "update core.dim_customers set average_order_value = average_order_value * 2"
        )
    tables = read_tables(access)
    runs = tables["ml_model_runs"].sort_values("trained_at")
    assert len(runs) == 3
    assert set(tables["ml_model_metrics"]["run_id"]) == set(runs["run_id"])
    names = [path.stem for path in sorted(access.models.rglob("*.skops"))]
    assert names == sorted(runs["run_id"][-2:])


def test_a_missing_warehouse_is_one_sentence(tmp_path: Path) -> None:
    access = ScoreAccess(DuckdbFile(tmp_path / "none.duckdb"), tmp_path)
    with pytest.raises(WarehouseError, match="There is no warehouse at .*none.duckdb yet: run"):
        run(access, MOMENTS[0])


def give_row(**changes: Any) -> pd.DataFrame:
    """Give one row of metrics."""
    row = {
        "split": "holdout",
        "slice_name": "all",
        "metric": "mae",
        "metric_rank": 1,
        "value": 1.0,
        "baseline_name": None,
        "baseline_value": np.inf,
        "is_better": None,
        **dict.fromkeys(PROVENANCE, "x"),
        **dict.fromkeys(["trained_at", "scored_at", "data_cutoff"], MOMENTS[0]),
    }
    return pd.DataFrame([row | changes])


def test_rows_have_no_nan_and_one_key() -> None:
    table = SCORE_TABLES["ml_model_metrics"]
    arrow = to_arrow(table, give_row(value=np.nan))
    assert arrow["value"].null_count == arrow["baseline_value"].null_count == 1
    assert arrow["data_cutoff"][0].as_py() == date(2026, 1, 1)
    for changes, fault in (
        ({"metric_rank": None}, "metric_rank has 1 rows without a value"),
        ({"metric_rank": 1.5}, "metric_rank takes no such values"),
        ({"split": ""}, "split has 1 rows without a value"),
    ):
        with pytest.raises(WriteError, match=fault):
            to_arrow(table, give_row(**changes))
    with pytest.raises(WriteError, match="two rows with one"):
        to_arrow(table, pd.concat([give_row(), give_row(value=2.0)]))


def test_hashes_depend_on_values_and_not_on_their_order() -> None:
    frame = pd.DataFrame(
        {"a": [1.0, np.nan, -0.0], "b": ["x", None, "y"], "c": pd.array([1, None, 3], "Int64")}
    )
    same = frame.iloc[[2, 0, 1]].assign(a=[0.0, 1.0, np.nan])
    assert hash_frames({"f": frame}) == hash_frames({"f": same})
    others = [
        frame.assign(a=[1.0, np.nan, 2.0]),
        frame.assign(b=["y", None, "x"]),
        frame.rename(columns={"a": "z"}),
        pd.concat([frame, frame, frame]),
        frame.iloc[:2],
    ]
    assert len({hash_frames({"f": f}) for f in [frame, *others]}) == 6
    settings = Settings(date(2025, 1, 1))
    names = {
        name_run("tiny", "x", changed)
        for changed in (settings, replace(settings, processes=1), replace(settings, seed=8))
    }
    assert len(names) == 2


def test_drift_is_measured_in_the_bins_of_before() -> None:
    rng = np.random.default_rng(7)
    before = pd.DataFrame({"x": rng.normal(size=2_000), "flag": rng.random(2_000) < 0.3})
    before["empty"] = np.nan
    reference = json.loads(json.dumps(describe_values(before)))
    same = compare_values(reference, before).set_index("feature")
    assert list(same.index) == ["x", "flag"] and set(same["status"]) == {"ok"}
    assert same["psi"].max() < 1e-6
    moved = compare_values(reference, before.assign(x=before["x"] + 0.4)).set_index("feature")
    # Of two normal distributions without bins it is the square of the difference of means.
    assert moved.loc["x", "psi"] == pytest.approx(0.16, abs=0.03)
    distance = ks_2samp(before["x"], before["x"] + 0.4).statistic
    assert moved.loc["x", "ks"] == pytest.approx(distance, abs=0.01)
    assert moved.loc["x", "status"] == "warn"
    gone = compare_values(reference, before.assign(x=np.nan)).set_index("feature")
    assert gone.loc["x", "status"] == "fail" and gone.loc["x", "missing_rate"] == 1


def test_directions_of_metrics() -> None:
    assert is_better(Metric("holdout", "auc_cancelled", 0.7, "prior", 0.5)) is True
    assert is_better(Metric("holdout", "log_loss", 0.7, "prior", 0.5)) is False
    assert is_better(Metric("holdout", "log_loss", 0.7)) is None
    assert is_better(Metric("holdout", "coverage_80", 0.7, "nominal", 0.8)) is None


def test_contracts_take_integers_for_truth_values() -> None:
    check_columns("mart", {"is_x": "boolean", "y": "number"}, {"is_x": "integer", "y": "integer"})
    with pytest.raises(ContractError, match="mart.is_x holds text"):
        check_columns("mart", {"is_x": "boolean"}, {"is_x": "text"})


def test_the_registry_names_jobs() -> None:
    jobs = find_jobs()
    assert [job.NAME for job in jobs] == list(JOB_MODULES)
    with pytest.raises(ScoringError, match="There is no job 'astrology'"):
        find_jobs(["astrology"])
