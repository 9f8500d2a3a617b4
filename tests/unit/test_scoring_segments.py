"""Segments of customers: the reference data, the planted groups, refits, and input nobody likes."""

import pickle
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from judges.bars import list_missed
from judges.segments import judge_segments, read_mall
from public_data import FindData
from scored_rows import make_tables
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import check_estimator

from customer_trends.demo.generator import SQL_FOLDER, generate
from customer_trends.scoring import job_rows as mart_rows
from customer_trends.scoring.artifacts import load_artifact, save_artifact
from customer_trends.scoring.score_rows import constant_columns, make_batches
from python_ml.job import JobResult, Settings
from python_ml.score_tables import PROVENANCE, SCORE_TABLES
from python_ml.segmentation.clustering import OrderedKMeans
from python_ml.segmentation.job import CUSTOMERS, MOVED_FLAG, READS, TOTALS, fit, predict, score
from python_ml.segmentation.labels import fold_into_tiers, name_clusters

CUTOFF = date(2024, 6, 30)
MOMENT = pd.Timestamp("2024-07-01")
RUN = {name: MOMENT if kind == "timestamp" else "x" for name, kind in PROVENANCE.items()}
GROUPS = [(26, 21), (26, 79), (55, 50), (88, 18), (86, 82)]


def make_customers(rows: int = 300, seed: int = 1, **columns: Any) -> pd.DataFrame:
    """Make customers of five groups; columns that are given take the place of those made."""
    chance = np.random.default_rng(seed)
    group = chance.integers(5, size=rows)
    centers = np.array(GROUPS, dtype=float)[group]
    frame = pd.DataFrame(
        {
            "customer_key": np.arange(rows) + 1,
            "source_system": pd.array(["shop"] * rows, dtype="str"),
            "annual_income": centers[:, 0] * 1000 + chance.normal(0, 3000, rows),
            "spending_score": np.clip(centers[:, 1] + chance.normal(0, 4, rows), 1, 100),
            "frequency": chance.poisson(4, rows),
            "monetary": chance.gamma(2, 100, rows),
            "value_tier": pd.array(["Low"] * rows, dtype="str"),
        }
    )
    return frame.assign(**columns)


def split(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Give the customers as the relations hold them: the dimension has a reserved member more."""
    people = frame[[*READS[CUSTOMERS]]].sample(frac=1, random_state=3)
    reserved = pd.DataFrame({"customer_key": [-2], "annual_income": [1.0], "spending_score": [1.0]})
    return {TOTALS: frame[[*READS[TOTALS]]], CUSTOMERS: pd.concat([people, reserved])}


def run(
    frame: pd.DataFrame, previous: object = None, cutoff: date = CUTOFF
) -> tuple[JobResult, pd.DataFrame, pd.DataFrame]:
    """Run the job, and see that its rows fit their tables: no gap, no key twice."""
    relations = split(frame)
    result = score(relations, Settings(cutoff), previous, lambda *progress: None)
    tables = make_tables(result, relations)
    provenance = constant_columns(RUN | {"data_cutoff": cutoff})
    for name, rows in tables.items():
        (written,) = make_batches(SCORE_TABLES[name], rows, provenance)
        assert written.num_rows == len(rows)
    segments, centroids = tables["ml_customer_segments"], tables["ml_segment_centroids"]
    assert segments["customer_key"].tolist() == sorted(frame["customer_key"])
    assert (segments["reason"].isna() == segments["is_scored"]).all()
    assert (segments["cluster_number"].notna() == segments["is_scored"]).all()
    counted = segments["cluster_number"].value_counts()
    assert counted.to_dict() == centroids.set_index("cluster_number")["customers"].to_dict()
    return result, segments, centroids


def test_the_judge_of_segments_finds_no_fault(public_data: FindData) -> None:
    """The best clusters of the Mall Customers, stable labels, the truth of simulated customers."""

    def segment(customers: pd.DataFrame) -> pd.DataFrame:
        frame = customers.rename(columns={"customer_id": "customer_key"})
        unused = {"source_system": "mall", "frequency": 0, "monetary": 0.0, "value_tier": "Low"}
        _, segments, _ = run(frame.assign(**unused))
        written = segments[["customer_key", "cluster_number", "spending_tier"]]
        written.columns = pd.Index(["customer_id", "cluster_id", "segment"])
        return written

    mall = read_mall(public_data("mall_customers") / "Mall_Customers.csv")
    bars = judge_segments(segment, mall, 20_000)
    assert len(bars) == 9
    assert list_missed(bars) == []


def test_estimator_keeps_the_contract_of_scikit_learn() -> None:
    failed = check_estimator(OrderedKMeans(bootstraps=2, n_init=1), on_fail=None)
    assert len(failed) > 40
    assert [each["check_name"] for each in failed if each["status"] == "failed"] == []


def test_a_number_that_does_not_come_out_again_is_not_chosen() -> None:
    # Without groups the largest silhouette is an accident of the rows.
    values = np.random.default_rng(6).uniform(size=(2, 300)).T
    found = OrderedKMeans(bootstraps=10, n_init=5).fit(values)
    largest = max(found.tried_, key=lambda count: found.tried_[count][0] or 0)
    stability = found.tried_[largest][1]
    assert stability is not None and 0.9 < stability < found.stability_floor
    assert found.n_clusters_ == 3 != largest


def test_planted_groups_of_the_demo_shop_are_found(tmp_path: Path) -> None:
    generate(tmp_path, orders=6_000, seed=7, with_dirt=False)
    with duckdb.connect() as connection:
        connection.execute("set variable seed = 7")
        for script in ("01_parameters.sql", "02_chance.sql"):
            connection.execute("set variable orders = 6000")
            connection.execute((SQL_FOLDER / script).read_text(encoding="utf-8"))
        frame = connection.execute(
            f"select customer_id::bigint as customer_key, 'shop' as source_system, cluster_name, "
            f"annual_income::double as annual_income, spending_score::double as spending_score, "
            f"0 as frequency, 0.0 as monetary, 'Low' as value_tier "
            f"from '{tmp_path}/customers.parquet' as customers join cluster_parameters "
            f"on uniform('cluster', customer_id::bigint) >= share_from "
            f"and uniform('cluster', customer_id::bigint) < share_to order by 1"
        ).df()
    result, segments, centroids = run(frame.drop(columns="cluster_name"))
    scored = segments["is_scored"].to_numpy()
    assert result.status == "scored" and 0.9 < scored.mean() < 1
    planted = frame["cluster_name"].to_numpy()[scored]
    found = segments["cluster_name"].to_numpy()[scored]
    assert adjusted_rand_score(planted, found) > 0.95
    # The names are those of the truth, where a middle tier is called medium.
    assert set(centroids["cluster_name"].str.replace("medium", "middle")) == set(planted)


def test_rows_in_another_order_and_in_batches_give_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Without groups, what is drawn decides how stable they seem.
    chance = np.random.default_rng(6)
    frame = make_customers(
        annual_income=chance.uniform(0, 1e5, 300), spending_score=chance.uniform(1, 100, 300)
    )
    _, *at_once = run(frame)
    monkeypatch.setattr(mart_rows, "PART_ROWS", 37)
    _, *parts = run(frame.sample(frac=1, random_state=5))
    for one, other in zip(at_once, parts, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_a_worker_predicts_from_what_it_is_sent() -> None:
    frame = make_customers()
    model = fit(frame, Settings(CUTOFF))
    sent = pickle.loads(pickle.dumps(model))
    pd.testing.assert_frame_equal(predict(frame, model), predict(frame, sent))
    assert predict(frame.iloc[:0], model).columns.tolist() == predict(frame, model).columns.tolist()


def test_kept_model_serves_until_it_is_old(tmp_path: Path) -> None:
    frame = make_customers()
    first, before, _ = run(frame)
    kept = load_artifact(tmp_path, "segments", "r",
                         save_artifact(tmp_path, "segments", "r", first.artifact))  # fmt: skip
    later = make_customers(320, seed=2)
    soon, _, centroids = run(later, kept, date(2024, 7, 29))
    assert soon.parameters["fitted_on"] == first.parameters["fitted_on"]
    assert centroids["moved_share"].tolist() == [0.0] * 5
    again, _, _ = run(later, kept, date(2024, 7, 30))
    assert again.parameters["fitted_on"] != first.parameters["fitted_on"]
    assert again.parameters["moved_much"] == []
    unchanged, after, _ = run(frame, kept, date(2024, 7, 29))
    pd.testing.assert_frame_equal(before, after)
    assert unchanged.metrics[0] == first.metrics[0]


def test_customers_far_from_the_old_centres_call_for_a_refit() -> None:
    frame = make_customers()
    first, _, _ = run(frame)
    richer = frame.assign(annual_income=frame["annual_income"] * 2.5)
    result, segments, centroids = run(richer, first.artifact)
    # Everybody is richer: the centres move along. Those who were poor are now where others were.
    assert centroids["income_centroid"].min() > 50_000
    basis = "income_and_spending_score"
    assert result.parameters["moved_share"][basis] > MOVED_FLAG
    assert result.parameters["moved_much"] == [basis]
    moved = {metric.metric: metric.value for metric in result.metrics}["moved_share"]
    weights = centroids["customers"] / len(segments)
    assert moved == pytest.approx(float((weights * centroids["moved_share"]).sum()))


def test_numbers_of_clusters_that_change_are_not_moves() -> None:
    frame = make_customers()
    first, _, _ = run(frame)
    # All spend a little less, and the two lowest groups change places.
    wealthy = frame["annual_income"] > 70_000
    lower = frame["spending_score"].where(~wealthy, frame["spending_score"] + 6)
    result, _, _ = run(frame.assign(spending_score=lower), first.artifact, date(2024, 9, 30))
    assert result.parameters["moved_share"]["income_and_spending_score"] == 0


def test_basis_follows_what_a_source_gives() -> None:
    parts = [
        make_customers(120, source_system="full"),
        make_customers(120, seed=2, source_system="scoreless", spending_score=np.nan),
        make_customers(120, seed=3, source_system="bare", spending_score=np.nan,
                       annual_income=np.nan),
    ]  # fmt: skip
    frame = pd.concat(parts, ignore_index=True).assign(customer_key=np.arange(360))
    frame.loc[3, "annual_income"] = np.nan
    frame.loc[[130, 250], "frequency"] = 0
    result, segments, centroids = run(frame)
    assert result.parameters["bases"] == {
        "full": "income_and_spending_score", "scoreless": "income_and_rfm", "bare": "rfm"
    }  # fmt: skip
    assert centroids["cluster_number"].tolist() == list(range(1, len(centroids) + 1))
    assert segments["spending_tier"][3] == "unscored"
    assert segments["reason"][3] == "annual_income is not known"
    for row in (130, 250):
        assert segments.loc[row, "reason"] == "no qualifying order in the days of RFM"
    bare = segments[(segments["segment_basis"] == "rfm") & segments["is_scored"]]
    spent = bare.astype({"spending_input": float}).groupby("spending_tier")["spending_input"]
    assert bare["income_input"].isna().all()
    assert spent.mean()["low"] < spent.mean()["medium"] < spent.mean()["high"]
    assert not centroids.duplicated(["segment_basis", "cluster_name"]).any()


HARD: Mapping[str, pd.DataFrame] = {
    "nobody": make_customers(0),
    "one": make_customers(1),
    "two": make_customers(2),
    "all equal": make_customers(
        50, annual_income=5.0, spending_score=5.0, value_tier=["High", "Low"] * 25
    ),
    "NULL everywhere": make_customers(
        30, annual_income=np.nan, spending_score=np.nan, frequency=pd.array([pd.NA] * 30, "Int64"),
        monetary=np.nan, value_tier=pd.array([None] * 30, dtype="str"),
    ),
    "nobody bought": make_customers(30, annual_income=np.nan, frequency=0, monetary=0.0),
    "no numbers": make_customers(30, annual_income=np.inf, spending_score=-np.inf),
}  # fmt: skip


@pytest.mark.parametrize("case", HARD)
def test_too_little_to_group_is_reported(case: str) -> None:
    result, segments, centroids = run(HARD[case])
    assert result.status == "not_scored" and result.reason
    assert not segments["is_scored"].any() and centroids.empty
    tiers = HARD[case]["value_tier"].str.lower().fillna("unscored").tolist()
    assert segments["spending_tier"].tolist() == tiers


def test_three_customers_are_three_clusters() -> None:
    frame = make_customers(3, annual_income=[1.0, 2.0, 3.0], spending_score=[10.0, 90.0, 50.0])
    _, segments, centroids = run(frame)
    assert segments["spending_tier"].tolist() == ["low", "high", "medium"]
    assert centroids["silhouette"].isna().all()


@pytest.mark.parametrize("column", ["annual_income", "spending_score"])
def test_one_value_out_of_this_world_does_not_make_the_clusters(column: str) -> None:
    frame = make_customers()
    _, plain, _ = run(frame)
    frame.loc[7, column] = 1e9
    _, segments, centroids = run(frame)
    others = frame.index != 7
    labels = [each["cluster_number"].to_numpy()[others] for each in (plain, segments)]
    assert adjusted_rand_score(*labels) > 0.98
    assert segments["income_input" if column == "annual_income" else "spending_input"][7] == 1e9
    assert len(centroids) == 5


@pytest.mark.filterwarnings("error")
def test_few_who_differ_from_many_are_found() -> None:
    rows = 15_000
    income = np.full(rows, 5.0)
    income[[4_000, 9_000]] = 50.0, 90.0
    _, segments, _ = run(make_customers(rows, annual_income=income, spending_score=income))
    tiers = segments["spending_tier"]
    assert [tiers[0], tiers[4_000], tiers[9_000]] == ["low", "medium", "high"]


def test_tiers_are_the_split_with_least_squares() -> None:
    sizes = np.array([35, 23, 81, 22, 39.0])
    tiers = fold_into_tiers(np.array([17.1, 20.9, 49.5, 79.4, 82.1]), sizes)
    assert tiers == ["low", "low", "medium", "high", "high"]
    # The many weigh more than the few: one split, two weights.
    centers = np.array([0.0, 4.0, 9.0, 20.0])
    assert fold_into_tiers(centers, np.ones(4)) == ["low", "low", "medium", "high"]
    heavy = np.array([100.0, 100.0, 1.0, 1.0])
    assert fold_into_tiers(centers, heavy) == ["low", "medium", "medium", "high"]


def test_names_that_would_be_alike_differ() -> None:
    centers = np.array([[0.1, -1.0], [0.2, -0.9], [0.0, 1.0]])
    assert name_clusters(["annual_income", "spending_score"], centers, ["low", "low", "high"]) == [
        "middle income, low spending, group 1",
        "middle income, low spending, group 2",
        "middle income, high spending",
    ]
