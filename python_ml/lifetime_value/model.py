"""What a customer will buy: purchases and their value as histories, models and plain formula."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_ml.errors import ScoringError
from python_ml.lifetime_value.bg_nbd import DAYS_PER_WEEK, BetaGeometricModel
from python_ml.lifetime_value.gamma_gamma import GammaGammaModel

Array = NDArray[np.float64]

# Customers with a repeat purchase that a fit needs.
LEAST_REPEATERS = 30
# The longest time that purchases are predicted for.
LONGEST_WEEKS = 52.0
# Under this age the plain formula would take a first purchase for a habit.
FLOOR_WEEKS = 90 / DAYS_PER_WEEK
# Repeat customers that the values are learned from; more change the fourth digit only.
VALUE_ROWS = 200_000


@dataclass(frozen=True)
class Purchases:
    """Purchase histories of customers, arrays of shape (n,).

    Attributes
    ----------
    frequency
        Repeat purchase days.
    recency
        Weeks from the first purchase day to the last.
    age
        Weeks from the first purchase day to the end of the data.
    repeat_value
        Mean net sales of the repeat purchase days; 0 without one.
    net_sales
        Net sales of all purchase days.
    """

    frequency: Array
    recency: Array
    age: Array
    repeat_value: Array
    net_sales: Array

    @property
    def histories(self) -> Array:
        """Frequency, recency and age, shape (n, 3)."""
        return np.column_stack([self.frequency, self.recency, self.age])

    @property
    def values(self) -> Array:
        """Frequency and mean value, shape (n, 2)."""
        return np.column_stack([self.frequency, self.repeat_value])

    @property
    def rate(self) -> Array:
        """Purchase days per week by the plain formula."""
        return np.asarray((self.frequency + 1) / np.maximum(self.age, FLOOR_WEEKS))

    @property
    def mean_value(self) -> Array:
        """Net sales per purchase day by the plain formula."""
        return np.asarray(self.net_sales / (self.frequency + 1))

    def __len__(self) -> int:
        """Count the customers."""
        return len(self.frequency)


def take_purchases(
    frame: pd.DataFrame,
    end: pd.Timestamp,
    prefix: str = "",
    rows: NDArray[np.intp] | slice = slice(None),
) -> Purchases:
    """Take histories from rows of fct_customer_purchases.

    Parameters
    ----------
    frame
        Customers.
    end
        Last day of the data.
    prefix
        ``earlier_`` for what was known before the holdout; empty for all.
    rows
        Positions of the customers to take, all with at least one purchase day of the kind; all
        rows by default. Only the columns needed are copied, one after the other.

    Returns
    -------
    Purchases
        One history per position.
    """

    def take(name: str) -> Array:
        return frame[name].to_numpy(np.float64)[rows]

    def take_day(name: str) -> NDArray[np.datetime64]:
        return frame[name].to_numpy("datetime64[D]")[rows]

    def weeks(days: NDArray[Any]) -> Array:
        return np.asarray(days.astype("timedelta64[D]").astype(np.float64) / DAYS_PER_WEEK)

    frequency = take(f"{prefix}purchase_days") - 1
    first = take_day("first_purchase_date")
    return Purchases(
        frequency=frequency,
        recency=weeks(take_day(f"{prefix}last_purchase_date") - first),
        age=weeks(np.datetime64(end, "D") - first),
        repeat_value=np.where(
            frequency > 0,
            take(f"{prefix}repeat_net_sales_by_order_date") / np.maximum(frequency, 1),
            0.0,
        ),
        net_sales=take(f"{prefix}net_sales_by_order_date"),
    )


@dataclass(frozen=True)
class ValueModel:
    """How often the customers of one source buy, and what a purchase is worth.

    Attributes
    ----------
    purchases
        BG/NBD model, in weeks.
    values
        Gamma-Gamma model, in the currency of net sales.
    customers
        Customers it was fitted on.
    correlation
        Correlation of the number and the mean value of repeat purchases, which the Gamma-Gamma
        model takes to be none; None where it is not defined.
    """

    purchases: BetaGeometricModel
    values: GammaGammaModel
    customers: int
    correlation: float | None

    def expect(self, taken: Purchases, weeks: float) -> Array:
        """Expect the purchase days of the weeks to come, shape (n,)."""
        return self.purchases.expected_purchases(taken.histories, weeks)

    def expect_value(self, taken: Purchases) -> Array:
        """Expect the net sales of a purchase day, shape (n,)."""
        return self.values.expected_value(taken.values)

    def parameters(self) -> dict[str, Any]:
        """Give what the fit found, as plain numbers."""
        found: dict[str, Any] = {"customers": self.customers, "correlation": self.correlation}
        for model, names in ((self.purchases, "r alpha a b"), (self.values, "p q gamma")):
            for name in names.split():
                found[name] = float(getattr(model, f"{name}_"))
                error = model.standard_errors_[name]
                found[f"{name}_standard_error"] = None if error is None else float(error)
        found["purchases_log_likelihood"] = float(self.purchases.log_likelihood_)
        found["values_log_likelihood"] = float(self.values.log_likelihood_)
        return found


def fit_source(taken: Purchases, seed: int) -> ValueModel:
    """Fit both models to the customers of one source.

    Parameters
    ----------
    taken
        Histories in a sequence that does not change from run to run.
    seed
        Seed of the sample that values are learned from.

    Returns
    -------
    ValueModel
        The models.

    Raises
    ------
    ScoringError
        When there is too little to learn from, or no parameters can be found.
    """
    repeated = np.flatnonzero(taken.frequency > 0)
    if len(repeated) < LEAST_REPEATERS:
        raise ScoringError(
            f"{len(repeated)} customers bought on a second day; {LEAST_REPEATERS} are needed to"
            " learn from"
        )
    purchases = BetaGeometricModel().fit(taken.histories)
    if len(repeated) > VALUE_ROWS:
        chance = np.random.default_rng(seed)
        repeated = np.sort(chance.choice(repeated, VALUE_ROWS, replace=False))
    counts, worth = taken.frequency[repeated], taken.repeat_value[repeated]
    values = GammaGammaModel().fit(np.column_stack([counts, worth]))
    correlation = None
    if np.ptp(counts) > 0 and np.ptp(worth) > 0:
        correlation = float(np.corrcoef(counts, worth)[0, 1])
    model = ValueModel(purchases, values, len(taken), correlation)
    if not np.isfinite(model.expect(taken, LONGEST_WEEKS)).all():
        raise ScoringError(
            "customers hardly differ in when they stop buying, so what they will buy is not known"
        )
    return model
