"""How far expected purchases and values were off in a holdout, beside the plain formula."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_ml.errors import ScoringError
from python_ml.job import Metric
from python_ml.lifetime_value.bg_nbd import DAYS_PER_WEEK
from python_ml.lifetime_value.model import fit_source, take_purchases

Array = NDArray[np.float64]

BASELINE = "simple_customer_lifetime_value"
# A shorter holdout says nothing.
LEAST_HOLDOUT_DAYS = 28


@dataclass(frozen=True)
class Backtest:
    """Expected and actual figures of the customers known before the holdout, shape (n,) each.

    Attributes
    ----------
    purchases, values
        Actual purchase days and net sales in the holdout.
    expected_purchases, expected_values
        What the model expected of them.
    simple_purchases, simple_values
        What the plain formula expected of them.
    """

    purchases: Array
    values: Array
    expected_purchases: Array
    expected_values: Array
    simple_purchases: Array
    simple_values: Array

    def verdict(self) -> tuple[float, float]:
        """Weigh up the errors of values, of the model and of the plain formula.

        Returns
        -------
        tuple of float
            Root mean square error times 1 + error of the total: both count, and a model that is
            better in one and worse in the other wins when it is better by more.
        """
        model, simple = (
            root_mean_square(each - self.values) * (1 + total_error(each, self.values))
            for each in (self.expected_values, self.simple_values)
        )
        return model, simple

    def metrics(self, slice_name: str) -> list[Metric]:
        """List the errors of the model with those of the plain formula."""
        found = []
        for name, actual, model, simple in (
            ("value", self.values, self.expected_values, self.simple_values),
            ("purchases", self.purchases, self.expected_purchases, self.simple_purchases),
        ):
            for measure, take in (
                ("rmse", lambda guess, actual: root_mean_square(guess - actual)),
                ("mae", lambda guess, actual: float(np.abs(guess - actual).mean())),
                ("total_error", total_error),
                ("top_decile_share", top_decile_share),
            ):
                figures = take(model, actual), take(simple, actual)
                found.append(
                    Metric("holdout", f"{measure}_{name}", figures[0], BASELINE, figures[1],
                           slice_name)
                )  # fmt: skip
        return found


def run_backtest(
    frame: pd.DataFrame, rows: NDArray[np.intp], end: pd.Timestamp, seed: int
) -> Backtest:
    """Fit to what was known before the holdout, and compare with what came.

    Parameters
    ----------
    frame
        Rows of fct_customer_purchases.
    rows
        Positions of the customers of one source, by ascending customer_key.
    end
        Last day of the data.
    seed
        Seed of the fit.

    Returns
    -------
    Backtest
        Expected and actual figures.

    Raises
    ------
    ScoringError
        When the holdout is too short, nothing was bought in it, or too little is known before it.
    """
    days = int(frame["holdout_days"].iloc[rows[0]])
    if days < LEAST_HOLDOUT_DAYS:
        raise ScoringError(f"The holdout has {days} days; {LEAST_HOLDOUT_DAYS} are needed")
    known = rows[frame["earlier_purchase_days"].to_numpy(np.int64)[rows] > 0]

    def take_later(name: str) -> Array:
        before, now = (frame[each].to_numpy(np.float64) for each in (f"earlier_{name}", name))
        return np.asarray(now[known] - before[known])

    purchases = take_later("purchase_days")
    if not purchases.any():
        raise ScoringError("Nobody known before the holdout bought in it")
    taken = take_purchases(frame, end - pd.Timedelta(days=days), "earlier_", known)
    model = fit_source(taken, seed)
    weeks = days / DAYS_PER_WEEK
    expected, simple = model.expect(taken, weeks), taken.rate * weeks
    return Backtest(
        purchases=purchases,
        values=take_later("net_sales_by_order_date"),
        expected_purchases=expected,
        expected_values=expected * model.expect_value(taken),
        simple_purchases=simple,
        simple_values=simple * taken.mean_value,
    )


def pool(backtests: Mapping[str, Backtest]) -> Backtest:
    """Put the customers of all sources together."""
    if len(backtests) == 1:
        return next(iter(backtests.values()))
    names = Backtest.__dataclass_fields__
    return Backtest(
        **{
            name: np.concatenate([getattr(each, name) for each in backtests.values()])
            for name in names
        }
    )


def root_mean_square(errors: Array) -> float:
    """Take the root of the mean square."""
    return float(np.sqrt((errors**2).mean()))


def total_error(guess: Array, actual: Array) -> float:
    """Return how far the total is off, as a share of the actual one; 0 when both are nothing."""
    total = actual.sum()
    return float(abs(guess.sum() - total) / total) if total > 0 else float(guess.sum() > 0)


def top_decile_share(guess: Array, actual: Array) -> float:
    """Return which share of all that came is from the tenth of customers expected to bring most."""
    count = max(len(guess) // 10, 1)
    best = np.argsort(-guess, kind="stable")[:count]
    total = actual.sum()
    return float(actual[best].sum() / total) if total > 0 else 0.0
