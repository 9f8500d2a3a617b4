"""Lifetime values: published figures, planted truth, the holdout, and input nobody likes."""

import json
import pickle
from collections.abc import Callable, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from judges import lifetime_values
from judges.bars import list_missed
from public_data import FindData
from purchase_days import END, add_up, simulate, sum_days
from scored_rows import make_tables

from customer_trends.demo.generator import TRUTH_FILE, generate
from customer_trends.scoring import job_rows as mart_rows
from customer_trends.scoring.score_rows import constant_columns, make_batches
from python_ml.errors import ScoringError
from python_ml.job import JobResult, Settings
from python_ml.lifetime_value import bg_nbd, gamma_gamma
from python_ml.lifetime_value.bg_nbd import BetaGeometricModel, GroupedHistories
from python_ml.lifetime_value.gamma_gamma import GammaGammaModel
from python_ml.lifetime_value.job import CUSTOMERS, PURCHASES, fit, predict, score
from python_ml.lifetime_value.model import take_purchases
from python_ml.lifetime_value.scores import WEEKS
from python_ml.score_tables import PROVENANCE, SCORE_TABLES

MOMENT = pd.Timestamp("2024-07-01")
RUN = {name: MOMENT if kind == "timestamp" else "x" for name, kind in PROVENANCE.items()}
NAMES = ("frequency", "recency", "T")


def run(
    purchases: pd.DataFrame, customers: pd.DataFrame | None = None, end: pd.Timestamp = END
) -> tuple[JobResult, pd.DataFrame]:
    """Run the job, and see that its rows fit their table: no gap, no key twice."""
    if customers is None:
        customers = purchases[["customer_key"]].assign(used_margin_rate=1.0)
    marts = {PURCHASES: purchases, CUSTOMERS: customers}
    result = score(marts, Settings(end.date()), None, lambda *progress: None)
    values = make_tables(result, marts)["ml_customer_value"]
    provenance = constant_columns(RUN | {"data_cutoff": end.date()})
    list(make_batches(SCORE_TABLES["ml_customer_value"], values, provenance))
    assert values["customer_key"].tolist() == sorted(customers["customer_key"])
    assert (values["reason"].isna() == values["is_scored"]).all()
    numbers = values.loc[values["is_scored"]].drop(columns=["reason", "probability_alive"])
    assert np.isfinite(numbers.to_numpy(float)).all()
    json.dumps(result.parameters, allow_nan=False)
    return result, values


@pytest.fixture(scope="module")
def cdnow(public_data: FindData) -> pd.DataFrame:
    """Read the purchase days of the CDNOW sample."""
    rows = pd.read_csv(
        public_data("cdnow") / "CDNOW_sample.txt", sep=r"\s+", header=None,
        names=["member", "customer_key", "day", "units", "value"],
    )  # fmt: skip
    rows["day"] = pd.to_datetime(rows["day"].astype(str))
    return sum_days(rows)


def score_histories(
    rows: pd.DataFrame, model: BetaGeometricModel, worth: GammaGammaModel
) -> lifetime_values.Scores:
    """Score histories over the 39 weeks of the holdout."""
    histories = rows[[*NAMES]].to_numpy(float)
    return lifetime_values.Scores(
        alive=model.probability_alive(histories),
        purchases=model.expected_purchases(histories, lifetime_values.HOLDOUT_WEEKS),
        spend=worth.expected_value(rows[["frequency", "monetary_value"]].to_numpy(float)),
    )


def test_the_judge_of_lifetime_values_finds_no_fault(public_data: FindData) -> None:
    """The published fit, the formulas, the holdout of CDNOW; the truth of simulated customers."""
    cdnow = lifetime_values.Cdnow.read(public_data("cdnow") / "CDNOW_sample.txt")
    rows = cdnow.histories
    model = BetaGeometricModel().fit(rows[[*NAMES]].to_numpy(float))
    worth = GammaGammaModel().fit(rows[["frequency", "monetary_value"]].to_numpy(float))
    fit = {name: getattr(model, f"{name}_") for name in bg_nbd.NAMES}
    fit |= {name: getattr(worth, f"{name}_") for name in gamma_gamma.NAMES}
    simulated = lifetime_values.simulate(200_000)
    again = BetaGeometricModel().fit(simulated[[*NAMES]].to_numpy(float))
    recovered = {name: getattr(again, f"{name}_") for name in bg_nbd.NAMES}
    scores = score_histories(rows, model, worth)
    edges = score_histories(lifetime_values.make_edges(), model, worth)
    bars = [
        *lifetime_values.judge_fit(fit, cdnow),
        *lifetime_values.judge_scores(fit, scores, rows),
        *lifetime_values.judge_edges(fit, edges),
        *lifetime_values.judge_holdout(scores, cdnow),
        *lifetime_values.judge_recovery(recovered),
    ]
    assert len(bars) == 23
    assert list_missed(bars) == []


def test_job_on_cdnow_meets_the_holdout_figures(cdnow: pd.DataFrame) -> None:
    end = pd.Timestamp("1998-06-30")
    result, values = run(add_up(cdnow, end, 273), end=end)
    assert result.status == "scored" and values["is_scored"].all()
    found = {metric.metric: metric for metric in result.metrics if metric.split == "holdout"}
    purchases = found["rmse_purchases"], found["total_error_purchases"], found["mae_purchases"]
    assert [round(metric.value, 3) for metric in purchases] == [1.608, 0.121, 0.785]
    assert 0.15 < found["total_error_value"].value < 0.16
    assert found["rmse_value"].value == pytest.approx(72.3, abs=0.1)
    # The plain formula, computed again: value per week at an age of 90 days or more.
    known = cdnow[cdnow["day"] <= "1997-09-30"].groupby("customer_key")
    age = (pd.Timestamp("1997-09-30") - known["day"].min()).dt.days.clip(lower=90)
    simple = known["value"].sum() / age * 273
    actual = cdnow[cdnow["day"] > "1997-09-30"]["value"].sum()
    expected = simple.sum() / actual - 1
    assert found["total_error_value"].baseline_value == pytest.approx(expected)
    assert expected > 1
    assert abs(result.parameters["models"]["shop"]["correlation"]) < 0.3


def test_gradients_are_those_of_the_likelihoods() -> None:
    chance = np.random.default_rng(1)
    x = chance.poisson(2, 60).astype(float)
    age = chance.integers(10, 300, 60).astype(float)
    data = GroupedHistories(np.column_stack([x, age * 0.6, age]), chance.uniform(1, 3, 60))
    z, weights = chance.gamma(2, 20, 60), np.ones(60)
    likelihoods: list[Callable[[Any], tuple[float, Any]]] = [
        lambda logs: bg_nbd.log_likelihood(logs, data),
        lambda logs: gamma_gamma.log_likelihood(logs[:3], x + 1, z, weights),
    ]
    for likelihood in likelihoods:
        for logs in chance.normal(0, 0.7, (5, 4)):
            gradient = likelihood(logs)[1]
            units = np.eye(4)[: len(gradient)] * 1e-5
            slopes = [
                (likelihood(logs + unit)[0] - likelihood(logs - unit)[0]) / 2e-5 for unit in units
            ]
            assert gradient == pytest.approx(slopes, rel=1e-5, abs=1e-4)


def test_weights_and_units_of_time_change_nothing(cdnow: pd.DataFrame) -> None:
    taken = take_purchases(
        add_up(cdnow, pd.Timestamp("1998-06-30"), 0), pd.Timestamp("1998-06-30")
    ).histories
    plain = BetaGeometricModel().fit(taken)
    rows, counts = np.unique(taken, axis=0, return_counts=True)
    grouped = BetaGeometricModel().fit(rows, sample_weight=counts)
    daily = BetaGeometricModel().fit(taken * [1, 7, 7])
    for name, unit in (("r", 1), ("alpha", 7), ("a", 1), ("b", 1)):
        value = getattr(plain, f"{name}_")
        assert getattr(grouped, f"{name}_") == pytest.approx(value, rel=1e-9)
        assert getattr(daily, f"{name}_") == pytest.approx(value * unit, rel=1e-5)
        assert grouped.standard_errors_[name] == pytest.approx(plain.standard_errors_[name])
    assert daily.expected_purchases(taken * [1, 7, 7], 91) == pytest.approx(
        plain.expected_purchases(taken, 13), rel=1e-4
    )


def test_standard_errors_are_the_spread_of_fits_to_drawn_customers(cdnow: pd.DataFrame) -> None:
    end = pd.Timestamp("1998-06-30")
    taken = take_purchases(add_up(cdnow, end, 0), end).histories
    model, chance = BetaGeometricModel().fit(taken), np.random.default_rng(4)
    weights = (chance.multinomial(len(taken), [1 / len(taken)] * len(taken)) for _ in range(40))
    drawn = [BetaGeometricModel().fit(taken, sample_weight=each) for each in weights]
    for name in ("r", "alpha"):
        spread = np.std([getattr(each, f"{name}_") for each in drawn])
        assert model.standard_errors_[name] == pytest.approx(spread, rel=0.4)


@pytest.fixture(scope="module")
def demo_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generate the demo shop."""
    folder = tmp_path_factory.mktemp("shop")
    generate(folder, orders=20_000, seed=7, with_dirt=False)
    return folder


@pytest.fixture(scope="module")
def demo_days(demo_shop: Path) -> pd.DataFrame:
    """Read the purchase days of the demo shop, those of cancelled orders too, in local time."""
    return duckdb.sql(
        "select customer_id::bigint as customer_key, sum(total_amount::double) as value, "
        "(ordered_at::timestamp - interval 6 hours)::date::timestamp as day "
        f"from '{demo_shop}/orders.parquet' where customer_id is not null group by all"
    ).df()


def test_planted_truth_is_found_on_the_clock_of_the_shop(
    demo_shop: Path, demo_days: pd.DataFrame
) -> None:
    truth = json.loads((demo_shop / TRUTH_FILE).read_text(encoding="utf-8"))
    months = {row["month_number"]: row["seasonal_index"] for row in truth["month_parameters"]}
    weekdays = {row["iso_weekday"]: row["weekday_index"] for row in truth["weekday_parameters"]}
    days = pd.date_range(truth["parameters"]["opening_date"], END)
    speed = [months[day.month] * weekdays[day.isoweekday()] for day in days]
    clock = pd.Series([*accumulate(speed)], index=days) / 7
    times = demo_days.assign(time=demo_days["day"].map(clock)).groupby("customer_key")["time"]
    ages = np.column_stack([times.max() - times.min(), clock.iloc[-1] - times.min()])
    model = BetaGeometricModel().fit(np.column_stack([times.count() - 1, ages]))
    planted = truth["parameters"]
    rate = planted["rate_shape"] / planted["rate_scale"]
    leaving = 1 / (1 + planted["dropout_beta"] / planted["dropout_alpha"])
    assert model.r_ / model.alpha_ == pytest.approx(rate, rel=0.05)
    assert model.a_ / (model.a_ + model.b_) == pytest.approx(leaving, rel=0.06)
    # Two purchases on one day count as one, which takes a little off the busiest customers.
    for name, value in (("r", 1), ("alpha", 4.5), ("a", 1), ("b", 4)):
        assert getattr(model, f"{name}_") == pytest.approx(value, rel=0.12)


def test_subscribers_are_expected_to_buy_no_more_than_they_do(
    demo_shop: Path, demo_days: pd.DataFrame
) -> None:
    """Subscribers buy more, yet not because of it: the history alone says as much."""
    purchases = add_up(demo_days, END, 273)
    ever = duckdb.sql(
        "select distinct customer_id::bigint as customer_key "
        f"from '{demo_shop}/subscriptions.parquet'"
    ).df()["customer_key"]
    known = purchases[purchases["earlier_purchase_days"] > 0]
    model = fit(purchases, Settings(END.date()))
    backtest = model.backtests["shop"]
    off = backtest.purchases - backtest.expected_purchases
    is_subscriber = known["customer_key"].isin(ever).to_numpy()
    groups = off[is_subscriber], off[~is_subscriber]
    error = np.sqrt(sum(each.var() / len(each) for each in groups))
    assert abs(groups[0].mean() - groups[1].mean()) < 2.5 * error
    bought = backtest.purchases
    assert bought[is_subscriber].mean() > 1.1 * bought[~is_subscriber].mean()


def test_values_are_purchases_times_worth_times_margin() -> None:
    purchases = add_up(simulate(), END, 273)
    keys = [*purchases["customer_key"], 9_999]
    margins = np.where(np.arange(len(keys)) % 2, 0.25, 1.0)
    customers = pd.DataFrame({"customer_key": keys, "used_margin_rate": margins})
    result, values = run(purchases, customers)
    assert result.status == "scored"
    assert values.iloc[-1][["is_scored", "reason"]].tolist() == [
        False, "no dated qualifying order"
    ]  # fmt: skip
    assert values.iloc[-1].drop(["customer_key", "is_scored", "reason"]).isna().all()
    scored = values.iloc[:-1].set_index("customer_key").drop(columns=["reason"]).astype(float)
    margin = customers.set_index("customer_key")["used_margin_rate"].loc[scored.index]
    for months in WEEKS:
        expected = scored[f"expected_purchases_{months}_months"] * scored["expected_order_value"]
        value = scored[f"expected_value_{months}_months"]
        np.testing.assert_allclose(value, expected * margin)
    bought = purchases.set_index("customer_key")
    age = np.maximum((END - bought["first_purchase_date"]).dt.days, 90)
    np.testing.assert_allclose(
        scored["simple_customer_lifetime_value_12_months"],
        bought["net_sales_by_order_date"] / age * 364 * margin,
    )
    assert scored["probability_alive"].between(0, 1).all()
    grows = scored[[f"expected_purchases_{months}_months" for months in WEEKS]].diff(axis=1)
    assert (grows.iloc[:, 1:] >= 0).all(axis=None)


def test_rows_in_another_order_and_in_batches_give_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    purchases = add_up(simulate(), END, 273)
    _, at_once = run(purchases)
    monkeypatch.setattr(mart_rows, "PART_ROWS", 71)
    _, parts = run(purchases.sample(frac=1, random_state=5))
    pd.testing.assert_frame_equal(at_once, parts, rtol=1e-12)


def test_a_worker_predicts_from_what_it_is_sent() -> None:
    purchases = add_up(simulate(), END, 273).assign(used_margin_rate=1.0)
    model = fit(purchases, Settings(END.date()))
    sent = pickle.loads(pickle.dumps(model))
    pd.testing.assert_frame_equal(predict(purchases, model), predict(purchases, sent))
    assert len(predict(purchases.iloc[:0], model)) == 0


def test_plain_formula_is_published_where_it_did_better() -> None:
    # All who had bought before and seemed gone come back in the holdout, as often as before.
    days = simulate()
    keys = days["customer_key"]
    calm = days[days["day"] <= END - pd.Timedelta(days=400)]
    back = calm.assign(day=calm["day"] + pd.Timedelta(days=400))
    purchases = add_up(pd.concat([calm, back]), END, 273)
    result, values = run(
        purchases, pd.DataFrame({"customer_key": keys.unique(), "used_margin_rate": 1})
    )
    assert result.status == "baseline" and "plain formula did better" in result.reason
    scored = values[values["is_scored"]]
    np.testing.assert_allclose(
        scored["expected_value_12_months"].astype(float),
        scored["simple_customer_lifetime_value_12_months"].astype(float),
    )
    assert scored["probability_alive"].isna().all()
    found = {metric.metric: metric for metric in result.metrics}["rmse_value"]
    assert found.baseline_value is not None and found.value > found.baseline_value


def test_each_source_has_its_own_model() -> None:
    days = simulate()
    purchases = add_up(days, END, 273)
    others = purchases.assign(
        customer_key=purchases["customer_key"] + 10_000, source_system="other"
    )
    few = purchases.head(5).assign(customer_key=range(50_000, 50_005), source_system="tiny")
    result, values = run(pd.concat([purchases, others, few], ignore_index=True))
    models = result.parameters["models"]
    assert models["shop"] == models["other"] and "tiny" in result.parameters["refused"]
    tail = values.tail(5)
    assert (
        not tail["is_scored"].any()
        and tail["simple_customer_lifetime_value_12_months"].notna().all()
    )
    assert tail["reason"].str.contains("30 are needed").all()
    slices = {metric.slice_name for metric in result.metrics if metric.split == "holdout"}
    assert slices == {"all", "shop", "other"}


def spread(rows: list[tuple[int, int, float]]) -> pd.DataFrame:
    """Make purchase days from keys, days before the end and values."""
    days = pd.DataFrame(rows, columns=["customer_key", "day", "value"])
    return days.assign(day=END - pd.to_timedelta(days["day"], unit="D"))


ALIKE = [(key, day, 10.0 + key % 7) for key in range(200) for day in (700, 500, 300, 100)]
HARD: Mapping[str, tuple[pd.DataFrame, str]] = {
    "nobody": (spread([]).astype({"customer_key": int, "value": float}), "no dated"),
    "one": (spread([(1, 100, 5.0), (1, 50, 5.0)]), "1 customers bought on a second day"),
    "nobody again": (spread([(key, key, 5.0) for key in range(90)]), "0 customers bought"),
    "all on the last day": (spread([(key, 0, 5.0) for key in range(90)]), "0 customers bought"),
    "all on the same days": (spread(ALIKE), "All customers bought on the same days"),
    "all for nothing": (simulate().assign(value=0.0), "worth the same"),
    "all worth the same": (simulate().assign(value=10.0), "worth the same"),
}


@pytest.mark.parametrize("case", HARD)
def test_too_little_to_learn_from_is_reported(case: str) -> None:
    days, reason = HARD[case]
    result, values = run(add_up(days, END, 273))
    assert result.status == "not_scored" and reason in result.reason, result
    assert not values["is_scored"].any()
    assert values["simple_customer_lifetime_value_12_months"].notna().all()


def test_parameters_that_say_nothing_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # Where all stop buying alike, both parameters of stopping grow until the formula overflows.
    model = BetaGeometricModel()
    model.r_, model.alpha_, model.a_, model.b_ = 0.3, 1.6, 9_000.0, 22_000.0
    assert not np.isfinite(model.expected_purchases([[12, 20, 30]], 52)).all()
    monkeypatch.setattr(BetaGeometricModel, "fit", lambda self, histories: model)
    model.standard_errors_ = dict.fromkeys(("r", "alpha", "a", "b"))
    model.log_likelihood_ = 0.0
    result, values = run(add_up(simulate(), END, 273))
    assert result.status == "not_scored" and "when they stop buying" in result.reason
    assert not values["is_scored"].any()


@pytest.mark.parametrize(
    ("change", "holdout"),
    [
        ({"value": lambda days: days["value"].where(days.index != 9, 1e9)}, 273),
        ({"value": lambda days: days["value"] * 1e9}, 273),
        ({"value": lambda days: days["value"] * 1e-6}, 273),
        ({"value": lambda days: days["value"].where(days.index % 3 > 0, 0.0)}, 273),
        ({}, 7),
        ({}, 0),
    ],
)
def test_odd_values_and_short_holdouts_give_scores(change: Any, holdout: int) -> None:
    result, values = run(add_up(simulate().assign(**change), END, holdout))
    assert result.status in ("scored", "baseline")
    assert values["is_scored"].all()
    assert bool(result.parameters["not_judged"]) == (holdout < 28)


@pytest.mark.parametrize(
    "history", [[-1, 0, 5], [1, 6, 5], [1.5, 2, 5], [np.nan, 2, 5], [1, 2]], ids=str
)
def test_histories_that_cannot_be_are_refused(history: list[float]) -> None:
    with pytest.raises(ValueError):
        BetaGeometricModel().fit([history] * 40)


def test_customers_who_buy_equally_often_are_reported() -> None:
    with pytest.raises(ScoringError, match="All customers buy equally often"):
        BetaGeometricModel().fit([[3 + customer % 2, 85, 100] for customer in range(200)])


def test_search_that_finds_nothing_says_so() -> None:
    purchases = add_up(simulate(), END, 273)
    taken = take_purchases(purchases, END)
    with pytest.raises(ScoringError, match="did not end after 1 steps"):
        BetaGeometricModel(iterations=1).fit(taken.histories)
