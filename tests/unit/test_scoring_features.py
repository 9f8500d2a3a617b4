"""What the prediction jobs look at was known at the moment of the prediction."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import small_shop

from python_ml.outcomes.as_of_features import earlier_rates, earlier_values, open_at
from python_ml.outcomes.order_status import KNOWN_AT_PLACEMENT, placement_features
from python_ml.outcomes.order_value_model import KNOWN_BEFORE_BASKET, basket_free_features
from python_ml.outcomes.pipelines import FeatureList
from python_ml.outcomes.placed_orders import describe_orders, find_settling_days, settle_outcomes
from python_ml.outcomes.support_tickets import KNOWN_AT_OPENING, describe_tickets, opening_features
from python_ml.outcomes.time_split import keep_newest, split_by_day

DAY = pd.Timedelta(days=1)
SOME_DAY = small_shop.FIRST_DAY + 300 * DAY
# Names of what is known only later; no list of features may hold one.
KNOWN_LATER = (
    "shipped", "delivered", "resolved", "resolution", "closed", "refund", "return_date", "csat",
    "messages", "rating", "first_response", "status", "segment", "cltv", "units_sold",
    "sales_after_discount", "lifetime",
)  # fmt: skip


def frame(**columns: Any) -> pd.DataFrame:
    """Make a frame; texts that look like days become dates."""
    made = pd.DataFrame(columns)
    for name in made.columns:
        if name.endswith("day"):
            made[name] = pd.to_datetime(made[name]).astype("datetime64[ns]")
    return made


def test_earlier_rates_by_hand() -> None:
    history = frame(
        who=[1, 1, 1, 2],
        known_day=["2024-01-02", "2024-01-05", None, "2024-01-03"],
        bad=[1.0, 0.0, 1.0, 0.0],
    )
    rows = frame(who=[1, 1, 1, 3], day=["2024-01-02", "2024-01-05", "2024-01-06", "2024-01-09"])
    found = earlier_rates(rows, history, ["bad"], row_date="day", known_date="known_day", by="who")
    # On the 2nd nothing was known; on the 5th one outcome of one, and one of two of all; on the
    # 6th one of two, and one of three. The third outcome never became known.
    assert found["known_outcomes"].tolist() == [0, 1, 2, 0]
    rates = [np.nan, (1 + 4 / 2) / 5, (1 + 4 / 3) / 6, 1 / 3]
    np.testing.assert_allclose(found["bad_rate"], rates)


def test_earlier_values_by_hand() -> None:
    rows = frame(
        who=[1, 1, 1, 2],
        day=["2024-01-01", "2024-01-04", "2024-01-04", "2024-01-10"],
        amount=[10.0, 20.0, 60.0, 5.0],
    ).set_index(pd.Index([7, 3, 9, 1]))
    found = earlier_values(rows, rows, "amount", date="day", by="who")
    assert found.index.tolist() == [7, 3, 9, 1]
    assert found["earlier_count"].tolist() == [0, 1, 1, 0]
    np.testing.assert_allclose(found["days_since_last"], [np.nan, 3, 3, np.nan])
    np.testing.assert_allclose(found["earlier_mean"], [np.nan, 10, 10, 30])


def test_open_at_counts_what_had_opened_and_not_closed() -> None:
    opened = pd.Series(pd.to_datetime(["2024-01-01 08:00", "2024-01-01 09:00", "2024-01-02 00:00"]))
    closed = pd.Series(pd.to_datetime(["2024-01-01 12:00", None, None]))
    assert open_at(opened, opened, closed).tolist() == [0, 1, 1]


Describe = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]


def known_on(rows: pd.DataFrame, day: pd.Timestamp, date: str) -> pd.DataFrame:
    """Give rows as they were known on the morning of a day, with that day's own rows."""
    known = rows[rows[date] <= day].copy()
    is_later = ~(known["outcome_date"] < day)
    known.loc[is_later, "outcome"] = None
    known.loc[is_later, "outcome_date"] = pd.NaT
    if "resolved_at" in known:
        known["resolved_at"] = known["resolved_at"].where(
            known["resolved_at"] < known["opened_at"].max()
        )
    return known


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    """Orders of the small shop with their outcomes."""
    placed = describe_orders(small_shop.make_marts(), small_shop.CUTOFF)
    return settle_outcomes(placed, small_shop.CUTOFF, find_settling_days(placed))


@pytest.fixture(scope="module")
def tickets() -> pd.DataFrame:
    """Tickets of the small shop with their outcomes."""
    return describe_tickets(small_shop.make_marts(), small_shop.CUTOFF)


def of_orders(rows: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Describe orders at placement."""
    return placement_features(rows)


def before_baskets(rows: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Describe orders before there is a basket."""
    return basket_free_features(rows, rows)


def mean_of_a_life(rows: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Plant a leak: the share of bad outcomes over all time."""
    bad = rows["outcome"].isin(["cancelled", "returned"]).groupby(rows["customer_key"])
    return of_orders(rows, orders).assign(lifetime=bad.transform("mean"))


def known_at_once(rows: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Plant a leak: outcomes count from the day of their order."""
    return of_orders(rows.assign(outcome_date=rows["order_date"]), orders)


def assert_nothing_later_counts(
    describe: Describe, rows: pd.DataFrame, orders: pd.DataFrame, date: str
) -> None:
    """Check that features of a day are the same whether or not one knows what came later."""
    for day in (SOME_DAY, SOME_DAY + 100 * DAY):
        then = known_on(rows, day, date)
        orders_then = known_on(orders, day, "order_date")
        own = then.index[then[date] == day]
        assert len(own)
        described_then = describe(then, orders_then).loc[own]
        pd.testing.assert_frame_equal(describe(rows, orders).loc[own], described_then)


def test_features_of_orders_know_nothing_later(orders: pd.DataFrame) -> None:
    assert_nothing_later_counts(of_orders, orders, orders, "order_date")


def test_features_of_values_know_nothing_later(orders: pd.DataFrame) -> None:
    assert_nothing_later_counts(before_baskets, orders, orders, "order_date")
    own = orders.index[orders["order_date"] == SOME_DAY]
    dearer = orders.copy()
    dearer.loc[own, ["ordered_amount", "order_value", "gross_amount", "ordered_units"]] *= 9
    pd.testing.assert_frame_equal(
        before_baskets(dearer, dearer).loc[own], before_baskets(orders, orders).loc[own]
    )


def test_features_of_tickets_know_nothing_later(
    tickets: pd.DataFrame, orders: pd.DataFrame
) -> None:
    assert_nothing_later_counts(opening_features, tickets, orders, "opened_date")


@pytest.mark.parametrize("leak", [mean_of_a_life, known_at_once])
def test_a_planted_leak_is_noticed(leak: Describe, orders: pd.DataFrame) -> None:
    with pytest.raises(AssertionError):
        assert_nothing_later_counts(leak, orders, orders, "order_date")


@pytest.mark.parametrize("fate", ["cancelled", "returned", "failed"])
def test_what_becomes_of_an_order_does_not_move_its_own_features(fate: str) -> None:
    marts = small_shop.make_marts()
    table = marts["fct_orders"]
    status = table["order_status_key"].copy()
    victims = table.index[table["order_date"] == SOME_DAY]
    status[victims] = small_shop.STATUSES.index(fate)
    # The warehouse zeroes the measures of sales of what is no sale.
    lost = table.index.isin(victims)
    zeroed = {
        name: table[name].where(~lost, 0.0) for name in ("sales_after_discount", "tax", "shipping")
    }
    changed = small_shop.with_orders(
        marts,
        order_status_key=status,
        is_counted=table["is_counted"] & ~lost,
        delivered_date=table["delivered_date"].where(~lost),
        **zeroed,
    )

    def features(of: small_shop.Marts) -> pd.DataFrame:
        placed = settle_outcomes(describe_orders(of, small_shop.CUTOFF), small_shop.CUTOFF, 30)
        found = pd.concat(
            [placement_features(placed), basket_free_features(placed, placed)], axis=1
        )
        return found[(placed["order_date"] == SOME_DAY).to_numpy()]

    assert len(victims) > 2
    pd.testing.assert_frame_equal(features(changed), features(marts))


@pytest.mark.parametrize("known", [KNOWN_AT_PLACEMENT, KNOWN_AT_OPENING, KNOWN_BEFORE_BASKET])
def test_no_feature_is_of_later(known: FeatureList) -> None:
    assert not [name for name in known.names if any(later in name for later in KNOWN_LATER)]
    assert len(set(known.names)) == len(known.names) > 5


def test_an_order_without_lines_is_not_learned_from() -> None:
    marts = small_shop.make_marts()
    is_empty = marts["fct_orders"]["order_date"] < SOME_DAY
    emptied = small_shop.with_orders(marts, line_count=(~is_empty).astype(int))
    placed = settle_outcomes(describe_orders(emptied, small_shop.CUTOFF), small_shop.CUTOFF, 30)
    assert placed["outcome"].notna()[placed["order_date"] < SOME_DAY].any()
    assert placed.loc[placed["is_settled"], "order_date"].min() >= SOME_DAY


def test_a_bad_outcome_counts_early_but_is_settled_late() -> None:
    marts = small_shop.make_marts()
    placed = describe_orders(marts, small_shop.CUTOFF)
    settled = settle_outcomes(placed, small_shop.CUTOFF, 30)
    last_days = settled[settled["order_date"] > small_shop.CUTOFF - 30 * DAY]
    assert not last_days["is_settled"].any()
    assert set(last_days["outcome"].dropna()) == {"cancelled", "returned"}
    known = settled.dropna(subset=["outcome_date"])
    assert (known["outcome_date"] > known["order_date"]).all()
    completed = known[known["outcome"] == "completed"]
    assert (completed["outcome_date"] - completed["order_date"] == 30 * DAY).all()


def test_settling_takes_as_long_as_nearly_all_outcomes() -> None:
    placed = describe_orders(small_shop.make_marts(), small_shop.CUTOFF)
    waits = (placed["bad_outcome_date"] - placed["order_date"]).dt.days.dropna()
    days = find_settling_days(placed)
    assert (waits <= days).mean() >= 0.99 > (waits <= days - 1).mean()
    undated = placed.assign(bad_outcome_date=pd.NaT, delivered_date=pd.NaT)
    assert find_settling_days(undated) == 30


def test_parts_follow_each_other_with_a_gap() -> None:
    dates = pd.Series(pd.date_range("2023-01-01", periods=600).repeat(3))
    labelled = pd.Series(np.arange(len(dates)) % 7 > 0)
    until = pd.Timestamp("2024-07-01")
    split = split_by_day(dates, labelled, until, settling_days=20)
    assert split and split.window_days == 87
    parts = [split.fit, split.calibrate, split.holdout]
    assert (np.sum(parts, axis=0) <= 1).all()
    assert all(labelled[part].all() and part.any() for part in parts)
    first, last = ([getattr(dates[part], side)() for part in parts] for side in ("min", "max"))
    assert last[0] < first[1] and last[1] + 20 * DAY < first[2] and last[2] == until
    assert first[2] == split.holdout_start
    everything = labelled & (dates <= until)
    assert ((split.final_fit | split.final_calibrate) == everything).all()
    # A day is never on both sides, as it would be in a split by rows.
    assert not set(dates[split.fit]) & set(dates[split.calibrate])


@pytest.mark.parametrize("days", [0, 60, 103])
def test_too_few_days_give_no_split(days: int) -> None:
    dates = pd.Series(pd.date_range("2024-01-01", periods=days))
    end = pd.Timestamp("2024-01-01") + days * DAY
    assert split_by_day(dates, pd.Series(True, dates.index), end, 20) is None


def test_the_newest_rows_are_kept() -> None:
    dates = pd.Series(pd.to_datetime(["2024-01-03", "2024-01-01", "2024-01-02", "2024-01-04"]))
    mask = np.array([True, True, True, False])
    assert keep_newest(mask, dates, 2).tolist() == [True, False, True, False]
    assert keep_newest(mask, dates, 3) is mask
