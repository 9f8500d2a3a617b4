"""The prediction jobs: judged where the truth is known, honest where there is nothing to learn."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import judged_predictions
import numpy as np
import pandas as pd
import pytest
import small_shop
import yaml
from judges import outcomes
from judges.bars import list_missed
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import check_estimator

from customer_trends.scoring.artifacts import load_artifact, save_artifact
from customer_trends.scoring.score_rows import make_batches
from python_ml.job import JobResult, Metric, Settings
from python_ml.outcomes import evaluation, order_status, order_value, support_status
from python_ml.outcomes.calibration import LogOddsCalibrator
from python_ml.outcomes.evaluation import (
    beats_baseline,
    calibration_error,
    measure_numbers,
    measure_probabilities,
)
from python_ml.outcomes.order_value_model import basket_free_features
from python_ml.outcomes.pipelines import predict_probabilities
from python_ml.outcomes.placed_orders import OUTCOMES, describe_orders
from python_ml.outcomes.support_tickets import SLA_DAYS, STATUS_RANKS
from python_ml.score_tables import PROVENANCE, SCORE_TABLES

JOBS = (order_status, support_status, order_value)
PROJECT = Path(__file__).parents[2]
SETTINGS = Settings(small_shop.CUTOFF_DATE, processes=1)
PROBABILITIES = [f"probability_{name}" for name in OUTCOMES]
PROVENANCE_VALUES: Mapping[str, Any] = dict.fromkeys(PROVENANCE, "x") | dict.fromkeys(
    ("trained_at", "scored_at", "data_cutoff"), small_shop.CUTOFF
)


def run(job: Any, marts: small_shop.Marts, settings: Settings = SETTINGS) -> JobResult:
    """Run a job; a warning is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result: JobResult = job.score(marts, settings, None, lambda *progress: None)
    return result


def rows_of(result: JobResult) -> pd.DataFrame:
    """Give the only table of a result as it is written: NULL where a value is missing."""
    ((name, frame),) = result.tables.items()
    assert isinstance(frame, pd.DataFrame)
    (batch,) = make_batches(SCORE_TABLES[name], frame, PROVENANCE_VALUES)
    return batch.to_pandas().drop(columns=list(PROVENANCE))


def figure(result: JobResult, name: str, slice_name: str = "all") -> Metric:
    """Find a figure of a result."""
    return next(m for m in result.metrics if (m.metric, m.slice_name) == (name, slice_name))


@pytest.fixture(scope="module")
def marts() -> small_shop.Marts:
    """Frames of the small shop."""
    return small_shop.make_marts()


@pytest.fixture(scope="module")
def results(marts: small_shop.Marts) -> dict[str, JobResult]:
    """Run all jobs on the small shop."""
    return {job.NAME: run(job, marts) for job in JOBS}


@pytest.fixture(autouse=True)
def shuffle_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shuffle each feature once; only the runs that all tests share do it as often as real ones."""
    monkeypatch.setattr(evaluation, "IMPORTANCE_REPEATS", 1)


def test_the_bars_hold_and_no_leak_is_found() -> None:
    bars = judged_predictions.judge(outcomes.simulate(4_000))
    assert len(bars) == 8
    assert list_missed(bars) == []


def test_every_job_beats_its_baseline(results: dict[str, JobResult]) -> None:
    for name, result in results.items():
        first = result.metrics[0]
        assert result.status == "scored" and not result.reason, (name, result.reason)
        assert first.baseline_value is not None and first.value < first.baseline_value
        assert result.train_count > 500
        assert set(result.importances) == set(result.features)
        assert result.metrics[0].split == "holdout"
        keys = [(m.split, m.slice_name, m.metric) for m in result.metrics]
        assert len(set(keys)) == len(keys)


def test_probabilities_of_orders(results: dict[str, JobResult], marts: small_shop.Marts) -> None:
    rows = rows_of(results["order_status"]).set_index("order_key")
    np.testing.assert_allclose(rows[PROBABILITIES].sum(axis=1), 1, atol=1e-9)
    assert rows["is_scored"].all() and rows["reason"].isna().all()
    assert (rows["actual_outcome"].isna() == rows["is_open"]).all()
    placed = describe_orders(marts, small_shop.CUTOFF).set_index("order_key").loc[rows.index]
    returned = rows["probability_returned"].groupby(placed["category"]).mean()
    assert list(returned.sort_values().index) == ["Books", "Sofas", "Shoes"]
    np.testing.assert_allclose(returned["Shoes"], 0.30, atol=0.06)
    likeliest = rows[PROBABILITIES].idxmax(axis=1).str.removeprefix("probability_")
    assert (rows["predicted_outcome"] == likeliest).all()
    shipped = set(placed.index[placed["status"] == "shipped"])
    assert shipped and shipped <= set(rows.index[rows["is_open"]])


def test_no_order_of_the_holdout_was_learned_from(results: dict[str, JobResult]) -> None:
    parameters = results["order_status"].parameters
    rows = rows_of(results["order_status"])
    held_out = pd.to_datetime(rows.loc[~rows["is_open"], "order_date"])
    assert str(held_out.min().date()) >= parameters["holdout_start"]
    assert len(held_out) == parameters["holdout_rows"]
    days = (small_shop.CUTOFF - held_out.max()).days
    assert days >= parameters["settling_days"] > 14


def test_status_of_tickets(results: dict[str, JobResult], marts: small_shop.Marts) -> None:
    rows = rows_of(results["support_status"]).set_index("ticket_key")
    tickets = marts["fct_support_tickets"].set_index("ticket_key").loc[rows.index]
    is_calm = ~tickets["is_complaint"] & (tickets["severity"] != "high")
    assert (rows.loc[is_calm, "probability_escalated"] == 0).all()
    escalated = rows.loc[~is_calm, "probability_escalated"].groupby(tickets["severity"]).mean()
    assert escalated["low"] > escalated["medium"] > escalated["high"]
    assert rows["predicted_status_rank"].between(1, 3).all()
    assert (rows["is_open"] == tickets["resolved_at_utc"].isna()).all()
    age = tickets["resolved_at_utc"] - tickets["opened_at_utc"]
    is_late = ~(age <= pd.Timedelta(days=SLA_DAYS))
    late_status = pd.Series(np.where(is_calm, "open", "escalated"), rows.index)
    known = rows["actual_status"].notna()
    assert (rows["actual_status"] == late_status.where(is_late, "resolved"))[known].all()
    assert set(rows["actual_status"].dropna()) == set(STATUS_RANKS)
    assert figure(results["support_status"], "mae_of_status_rank").baseline_name == "majority"


def test_the_sla_is_that_of_the_project() -> None:
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    assert project["vars"]["support_sla_days"] == SLA_DAYS


def test_value_of_the_next_order(results: dict[str, JobResult], marts: small_shop.Marts) -> None:
    rows = rows_of(results["order_value"]).set_index("customer_key")
    assert sorted(rows.index) == sorted(marts["fct_customer_totals"]["customer_key"])
    has_ordered = rows.index.isin(marts["fct_orders"]["customer_key"])
    assert (rows["category"].notna() == has_ordered).all() and not has_ordered.all()
    unknown = rows[~has_ordered]
    assert unknown["reason"].str.contains("no order yet").all() and unknown["is_scored"].all()
    counted = marts["fct_orders"][marts["fct_orders"]["is_counted"]]
    value = counted["sales_after_discount"] + counted["tax"] + counted["shipping"]
    np.testing.assert_allclose(unknown["expected_order_value"], value.mean(), rtol=1e-9)
    assert set(rows["month_start_date"].astype(str)) == {"2024-07-01"}
    assert rows.loc[has_ordered, "reason"].isna().all()
    assert abs(figure(results["order_value"], "bias").value) < 0.1
    means = rows.loc[has_ordered].groupby("category")["expected_order_value"].mean()
    assert means["Books"] < means["Shoes"] < means["Sofas"]


@pytest.mark.parametrize("job", JOBS)
def test_the_order_of_rows_and_threads_change_nothing(
    job: Any, marts: small_shop.Marts, results: dict[str, JobResult]
) -> None:
    again = run(job, small_shop.shuffled(marts, 1), replace(SETTINGS, processes=2))
    pd.testing.assert_frame_equal(rows_of(again), rows_of(results[job.NAME]), rtol=0, atol=1e-12)
    assert again.parameters == results[job.NAME].parameters


def test_noise_gives_the_baseline_and_says_so() -> None:
    noise = small_shop.make_marts(small_shop.Truth(orders=1500, is_noise=True))
    result = run(order_status, noise)
    assert result.status == "baseline" and "prior is published" in result.reason
    rows = rows_of(result)
    assert rows.loc[rows["is_open"], PROBABILITIES].nunique().eq(1).all()
    assert rows.loc[~rows["is_open"], PROBABILITIES].nunique().eq(1).all()


def only(orders: Callable[[pd.DataFrame], Any]) -> Callable[[small_shop.Marts], small_shop.Marts]:
    """Change a small shop so that only some orders, and the tickets about them, are left."""

    def change(marts: small_shop.Marts) -> small_shop.Marts:
        kept = marts["fct_orders"][orders(marts["fct_orders"])]
        tickets = marts["fct_support_tickets"]
        tickets = tickets[tickets["order_key"].isin(kept["order_key"])]
        return marts | {"fct_orders": kept, "fct_support_tickets": tickets}

    return change


def all_alike(marts: small_shop.Marts) -> small_shop.Marts:
    """Make all orders alike, delivered and of one price, and all tickets resolved at once."""
    tickets = marts["fct_support_tickets"]
    return small_shop.with_orders(
        marts,
        order_status_key=small_shop.STATUSES.index("delivered"),
        is_counted=True,
        sales_after_discount=10.0,
        tax=0.0,
        shipping=0.0,
    ) | {
        "fct_returns": marts["fct_returns"].head(0),
        "fct_order_status_events": marts["fct_order_status_events"].head(0),
        "fct_support_tickets": tickets.assign(resolved_at_utc=tickets["opened_at_utc"]),
    }


def all_unknown(marts: small_shop.Marts) -> small_shop.Marts:
    """Blank every attribute of orders and tickets; let orders have no date, lines or value."""
    tickets = marts["fct_support_tickets"]
    return small_shop.with_orders(
        marts,
        is_dated=False,
        line_count=0,
        shipping_method=None,
        ordered_amount=np.nan,
        sales_after_discount=np.nan,
        customer_key=-1,
    ) | {
        "fct_sales": marts["fct_sales"].head(0),
        "fct_support_tickets": tickets.assign(severity="unknown", resolved_at_utc=pd.NaT),
    }


HARD: dict[str, Callable[[small_shop.Marts], small_shop.Marts]] = {
    "nothing at all": lambda marts: small_shop.empty_marts(),
    "customers without orders": lambda marts: (
        small_shop.empty_marts() | {"fct_customer_totals": marts["fct_customer_totals"]}
    ),
    "one order": only(lambda orders: np.arange(len(orders)) == 5),
    "one customer": only(lambda orders: orders["customer_key"] == 7),
    "one day": only(lambda orders: orders["order_date"] == orders["order_date"].iloc[1500]),
    "few days": only(lambda orders: orders["order_date"] > small_shop.CUTOFF - pd.Timedelta("60D")),
    "all alike": all_alike,
    "all unknown": all_unknown,
}


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("kind", HARD)
def test_too_little_to_learn_from_gives_a_reason(
    job: Any, kind: str, marts: small_shop.Marts
) -> None:
    result = run(job, HARD[kind](marts))
    assert result.status == "not_scored" and result.reason.endswith(".")
    rows = rows_of(result)
    assert not rows["is_scored"].any() and rows["reason"].notna().all()
    numbers = rows.select_dtypes("float")
    assert numbers.isna().all().all() and not result.metrics


def test_outliers_and_missing_values_are_survived() -> None:
    marts = small_shop.make_marts(small_shop.Truth(orders=1500))
    orders = marts["fct_orders"]
    wild = orders["ordered_amount"].where(orders.index % 50 > 0, 1e9).where(orders.index % 7 > 0)
    changed = small_shop.with_orders(marts, ordered_amount=wild, shipping_method=None)
    for job in (order_status, order_value):
        rows = rows_of(run(job, changed))
        assert rows["is_scored"].all()
        assert np.isfinite(rows.select_dtypes("float")).all().all()


def test_a_kept_model_gives_the_same_scores(
    results: dict[str, JobResult], marts: small_shop.Marts, tmp_path: Path
) -> None:
    for name, result in results.items():
        digest = save_artifact(tmp_path, name, "run", result.artifact)
        kept = load_artifact(tmp_path, name, "run", digest)
        assert type(kept) is type(result.artifact)
        if name == "order_status":
            orders = describe_orders(marts, small_shop.CUTOFF).assign(
                outcome=None, outcome_date=pd.NaT
            )
            features = order_status.placement_features(orders.head(50))
            before, after = (predict_probabilities(m, features) for m in (result.artifact, kept))
            np.testing.assert_array_equal(before, after)


def test_calibrator_keeps_the_contract_of_scikit_learn() -> None:
    failed = check_estimator(LogOddsCalibrator(LogisticRegression()), on_fail=None)
    assert len(failed) > 40
    assert [each["check_name"] for each in failed if each["status"] == "failed"] == []


class TooSure(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier that is given the truth, and is surer of it than it should be."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> "TooSure":
        """Learn the names of the classes."""
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Give the truth with its log-odds half as large again."""
        odds = (X / (1 - X)) ** 1.5
        return np.asarray(odds / (1 + odds))


@pytest.mark.parametrize("others", [[1.0], [0.4, 0.6]])
def test_calibration_follows_small_probabilities_down(others: list[float]) -> None:
    def spread(small: Any) -> np.ndarray:
        """Make probabilities of which the first is given, and the rest is for the others."""
        return np.column_stack([small, *(share * (1 - small) for share in others)])

    chance = np.random.default_rng(5)
    truth = spread(chance.beta(0.7, 7, size=60_000).clip(0.002, 0.9))
    labels = (chance.random((len(truth), 1)) > truth.cumsum(axis=1)).sum(axis=1)
    model = LogOddsCalibrator(TooSure()).fit(truth, labels)
    expected = spread(np.array([0.005, 0.01, 0.03, 0.1, 0.4]))
    found = model.predict_proba(expected)
    np.testing.assert_allclose(found[:, 0], expected[:, 0], rtol=0.15)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)
    assert (model.predict(expected) == np.argmax(expected, axis=1)).all()


def test_figures_of_probabilities_by_hand() -> None:
    labels = ["a", "b", "a", "b"]
    predicted = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]])
    constant = np.full((4, 2), 0.5)
    found = measure_probabilities(labels, ["a", "b"], predicted, constant, "prior")
    figures = {(m.metric, m.slice_name): (m.value, m.baseline_value) for m in found}
    loss = -np.log([0.9, 0.8, 0.6, 0.3]).mean()
    assert found[0].metric == "log_loss" and found[0].baseline_name == "prior"
    assert figures["log_loss", "all"] == pytest.approx((loss, np.log(2)))
    assert figures["brier", "all"] == pytest.approx((2 * (0.01 + 0.04 + 0.16 + 0.49) / 4, 0.5))
    assert figures["auc", "a"] == pytest.approx((0.75, 0.5))
    assert figures["ece", "b"][1] == pytest.approx(0.0)


def test_calibration_error_is_the_gap_to_what_happened() -> None:
    predicted = np.repeat([0.2, 0.8], 50)
    happened = np.r_[np.arange(50) < 10, np.arange(50) < 25]
    assert calibration_error(predicted, happened) == pytest.approx((0 + 0.3) / 2)


@pytest.mark.parametrize(("value", "is_beaten"), [(0.99, True), (0.996, False), (1.0, False)])
def test_a_trifle_does_not_beat_the_baseline(value: float, is_beaten: bool) -> None:
    assert beats_baseline(Metric("holdout", "log_loss", value, "prior", 1.0)) is is_beaten


def test_figures_of_numbers_by_hand() -> None:
    actual, predicted = np.array([10.0, 20.0, 30.0]), np.array([12.0, 20.0, 31.0])
    found = measure_numbers(actual, predicted, np.full(3, 20.0), "mean")
    figures = {m.metric: (m.value, m.baseline_value) for m in found}
    assert figures["mae"] == pytest.approx((1.0, 20 / 3))
    assert figures["r2"] == pytest.approx((1 - 5 / 200, 0.0))
    assert figures["bias"] == pytest.approx((0.05, 0.0))


def test_the_value_of_an_order_is_not_known_from_its_own_basket(marts: small_shop.Marts) -> None:
    orders = describe_orders(marts, small_shop.CUTOFF)
    features = basket_free_features(orders, orders)
    assert not {"ordered_units", "unit_price_log", "discount_rate"} & set(features)
    # With price and quantity the value would be arithmetic.
    within = features.groupby(features["category"])["earlier_amount_log"].corr(
        np.log1p(orders["order_value"])
    )
    assert (within < 0.8).all()
