"""How often customers buy again and whether they are still there: the BG/NBD model.

P. S. Fader, B. G. S. Hardie and K. L. Lee, "Counting Your Customers" the Easy Way, Marketing
Science 24(2), 2005. A customer buys at a rate drawn from a gamma distribution (shape r, scale
1 / alpha) and leaves after each repeat purchase with a chance drawn from a beta one (a, b).
"""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, expit, gammaln, hyp2f1, psi
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_array, check_is_fitted

from python_ml.errors import ScoringError
from python_ml.lifetime_value.likelihood import maximise, standard_errors

Array = NDArray[np.float64]

NAMES = ("r", "alpha", "a", "b")
# Of the logarithms. A fit that ends at the upper one of r or alpha finds all customers alike.
LOG_BOUNDS = (-10.0, 10.0)
# With time in these units the search takes the fewest steps.
MEAN_AGE = 10.0
DAYS_PER_WEEK = 7.0


class GroupedHistories:
    """Purchase histories, equal ones once with their weight.

    Logarithms and gamma functions are taken of distinct values only: a million customers of two
    years are some 300,000 histories, of 700 ages and 100 frequencies.
    """

    def __init__(self, histories: Array, weights: Array) -> None:
        """Group the histories.

        Parameters
        ----------
        histories
            Frequency, recency and age of each customer, shape (n, 3).
        weights
            Customers that each row stands for, shape (n,).
        """
        x, recency, age = histories.T
        values, key = [], np.zeros(len(histories), dtype=np.int64)
        # Who bought once has no recency: all that counts is the age.
        for column in (x, np.where(x > 0, recency, 0.0), age):
            distinct, code = np.unique(column, return_inverse=True)
            values.append(distinct)
            key = key * len(distinct) + code
        groups, group = np.unique(key, return_inverse=True)
        self.frequencies, self.recencies, self.ages = values
        before, self.age_of = np.divmod(groups, len(self.ages))
        self.frequency_of, self.recency_of = np.divmod(before, len(self.recencies))
        self.weights = np.bincount(group, weights=weights)
        self.repeated = self.frequencies[self.frequency_of] > 0

    def scaled(self, factor: float) -> "GroupedHistories":
        """Give the same histories in another unit of time."""
        other = object.__new__(GroupedHistories)
        other.__dict__.update(self.__dict__)
        other.recencies, other.ages = self.recencies * factor, self.ages * factor
        return other


def log_likelihood(logs: Array, data: GroupedHistories) -> tuple[float, Array]:
    """Give the log-likelihood and its gradient by the logarithms of the parameters.

    Parameters
    ----------
    logs
        Logarithms of r, alpha, a and b, shape (4,).
    data
        Grouped histories, in the unit of time of alpha.

    Returns
    -------
    tuple of float and ndarray
        Log-likelihood, and its gradient of shape (4,).
    """
    r, alpha, a, b = np.exp(logs)
    x = data.frequencies
    again = np.maximum(x, 1.0)
    log_age, log_recency = np.log(alpha + data.ages), np.log(alpha + data.recencies)
    # What depends on the frequency alone, per distinct frequency.
    by_frequency = gammaln(r + x) - gammaln(r) + betaln(a, b + x) - betaln(a, b)
    log_odds = np.log(a) - np.log(b + again - 1)
    leaves = psi(a + b) - psi(a + b + x)
    slopes = np.stack([psi(r + x) - psi(r), leaves, psi(b + x) - psi(b) + leaves])

    at_x, age, recency = data.frequency_of, log_age[data.age_of], log_recency[data.recency_of]
    total = r + x[at_x]
    gap = np.where(data.repeated, age - recency, 0.0)
    # Log-odds that the customer left right after the last purchase.
    left = np.where(data.repeated, log_odds[at_x] + total * gap, -np.inf)
    chance = expit(left)
    value = by_frequency[at_x] + r * logs[1] - total * age + np.logaddexp(0.0, left)
    inverse_age, inverse_recency = 1 / (alpha + data.ages), 1 / (alpha + data.recencies)
    faster = inverse_age[data.age_of] - inverse_recency[data.recency_of]
    by_r = slopes[0][at_x] + logs[1] - age + chance * gap
    by_alpha = r / alpha - total * inverse_age[data.age_of] + chance * total * faster
    by_a = slopes[1][at_x] + chance / a
    by_b = slopes[2][at_x] - chance / (b + again[at_x] - 1)
    gradient = np.array([data.weights @ part for part in (by_r, by_alpha, by_a, by_b)])
    return float(data.weights @ value), gradient * np.array([r, alpha, a, b])


class BetaGeometricModel(BaseEstimator):  # type: ignore[misc]
    """BG/NBD model, fitted by maximum likelihood on grouped histories with analytic gradients.

    All methods take frequency (repeat purchase days), recency (from the first to the last purchase
    day) and age (from the first purchase day to the end of the data) in one unit of time, as an
    array of shape (n, 3). That unit is the unit of alpha and of all horizons.

    Parameters
    ----------
    tolerance
        Largest slope, per customer, at which the search ends.
    iterations
        Most steps of the search.

    Attributes
    ----------
    r_, alpha_, a_, b_
        Parameters.
    standard_errors_
        Name of each parameter to its standard error by the observed information; None where the
        data do not say.
    log_likelihood_
        Log-likelihood at the parameters.
    n_iter_, n_groups_, n_features_in_
        Steps of the search, distinct histories, and 3.
    """

    def __init__(self, tolerance: float = 1e-8, iterations: int = 200) -> None:
        self.tolerance = tolerance
        self.iterations = iterations

    def fit(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> Self:
        """Find the parameters.

        Parameters
        ----------
        X
            Frequency, recency and age, shape (n, 3).
        y
            Not used.
        sample_weight
            Customers that each row stands for, shape (n,); one each by default.

        Returns
        -------
        BetaGeometricModel
            This model.

        Raises
        ------
        ValueError
            When a history cannot be, such as a recency above the age.
        ScoringError
            When all customers buy alike, or no parameters can be found.
        """
        histories = check_histories(X)
        weights = np.ones(len(histories)) if sample_weight is None else np.asarray(sample_weight)
        data = GroupedHistories(histories, weights.astype(float))
        mean_age = float(data.weights @ data.ages[data.age_of] / data.weights.sum())
        if mean_age == 0 or not data.repeated.any():
            raise ScoringError("No customer bought on a second day: there is nothing to learn from")
        if len(data.weights) == 1:
            raise ScoringError("All customers bought on the same days: nothing distinguishes them")
        scale = MEAN_AGE / mean_age
        scaled, count = data.scaled(scale), data.weights.sum()

        def objective(logs: Array) -> tuple[float, Array]:
            value, gradient = log_likelihood(logs, scaled)
            return value / count, gradient / count

        logs, self.n_iter_ = maximise(
            objective, np.zeros(4), LOG_BOUNDS, self.tolerance, self.iterations
        )
        if max(logs[:2]) >= LOG_BOUNDS[1] - 1e-6:
            raise ScoringError("All customers buy equally often: nothing distinguishes them")
        errors = standard_errors(objective, logs, count)
        self.log_likelihood_ = log_likelihood(logs, scaled)[0] + np.log(scale) * float(
            data.weights @ data.frequencies[data.frequency_of]
        )
        self.r_, self.alpha_, self.a_, self.b_ = np.exp(logs) / np.array([1, scale, 1, 1])
        self.standard_errors_ = {
            name: None if error is None else error * getattr(self, f"{name}_")
            for name, error in zip(NAMES, errors, strict=True)
        }
        self.n_groups_, self.n_features_in_ = len(data.weights), 3
        return self

    def probability_alive(self, X: ArrayLike) -> Array:
        """Return how likely each customer is to buy again at all.

        Parameters
        ----------
        X
            Frequency, recency and age, shape (n, 3).

        Returns
        -------
        ndarray
            Probabilities, shape (n,); 1 for customers without a repeat purchase, because nobody
            leaves before one.
        """
        check_is_fitted(self)
        x, recency, age = check_histories(X).T
        again = np.maximum(x, 1.0)
        gap = np.log(self.alpha_ + age) - np.log(self.alpha_ + recency)
        left = np.log(self.a_) - np.log(self.b_ + again - 1) + (self.r_ + x) * gap
        return np.asarray(np.where(x > 0, expit(-left), 1.0))

    def expected_purchases(self, X: ArrayLike, horizon: float) -> Array:
        """Expect the number of purchase days in the time to come.

        The hypergeometric function is taken after Euler's transformation, (1 - z) ^ (a - 1) times
        2F1(a + b - 1 - r, a - 1; a + b + x - 1; z): the textbook form overflows for many purchases.

        Parameters
        ----------
        X
            Frequency, recency and age, shape (n, 3).
        horizon
            Time to come, in the unit of alpha.

        Returns
        -------
        ndarray
            Expected purchase days, shape (n,).
        """
        alive = self.probability_alive(X)
        x, _, age = check_histories(X).T
        # At a = 1 the formula is 0 / 0; beside it the value is the same to nine digits.
        a = self.a_ if abs(self.a_ - 1) > 1e-6 else 1 + 1e-6
        z = horizon / (self.alpha_ + age + horizon)
        # Parameters of tens of thousands overflow: what comes out is no number then.
        with np.errstate(invalid="ignore", over="ignore"):
            lost = np.exp((a - 1) * np.log1p(-z)) * hyp2f1(
                a + self.b_ - 1 - self.r_, a - 1, a + self.b_ + x - 1, z
            )
        return np.asarray((a + self.b_ + x - 1) / (a - 1) * (1 - lost) * alive)


def check_histories(X: ArrayLike) -> Array:
    """Refuse histories that cannot be; give them as an array of shape (n, 3)."""
    histories = np.asarray(check_array(X, dtype=np.float64))
    if histories.shape[1] != 3:
        raise ValueError(
            f"Histories have 3 columns (frequency, recency, age), not {histories.shape[1]}"
        )
    x, recency, age = histories.T
    if (histories < 0).any():
        raise ValueError("Frequency, recency and age are 0 or more")
    if (recency > age + 1e-9).any():
        raise ValueError("The last purchase lies before the end of the data: recency <= age")
    if (x != np.floor(x)).any():
        raise ValueError("Frequencies are whole numbers")
    return histories
