"""What a purchase of a customer is worth: the Gamma-Gamma model.

P. S. Fader and B. G. S. Hardie, The Gamma-Gamma Model of Monetary Value, note 025, 2013. The value
of a purchase varies around a customer's mean (gamma, shape p), and the means vary between customers
(gamma, shape q, scale gamma). How much a customer spends must not depend on how often.
"""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, psi
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_array, check_is_fitted

from python_ml.errors import ScoringError
from python_ml.lifetime_value.likelihood import maximise, standard_errors

Array = NDArray[np.float64]

NAMES = ("p", "q", "gamma")
# Logarithms of p, q - 1 and gamma. The mean over all customers is p gamma / (q - 1): q is above 1.
LOG_BOUNDS = (-6.0, 12.0)


def log_likelihood(logs: Array, x: Array, z: Array, weights: Array) -> tuple[float, Array]:
    """Give the log-likelihood and its gradient.

    Parameters
    ----------
    logs
        Logarithms of p, q - 1 and gamma, shape (3,).
    x
        Repeat purchases, at least 1, shape (n,).
    z
        Mean value of them, above 0, shape (n,).
    weights
        Customers that each row stands for, shape (n,).

    Returns
    -------
    tuple of float and ndarray
        Log-likelihood, and its gradient by the logarithms, shape (3,).
    """
    p, above_one, gamma = np.exp(logs)
    q = 1 + above_one
    distinct, row = np.unique(x, return_inverse=True)
    functions = gammaln(p * distinct + q) - gammaln(p * distinct)
    both = psi(p * distinct + q)
    log_sum = np.log(gamma + x * z)
    shape = p * x + q
    value = (
        functions[row] - gammaln(q) + q * logs[2] + p * x * np.log(x * z) - np.log(z)
        - shape * log_sum
    )  # fmt: skip
    by_p = x * ((both - psi(p * distinct))[row] + np.log(x * z) - log_sum)
    by_q = both[row] - psi(q) + logs[2] - log_sum
    by_gamma = q / gamma - shape / (gamma + x * z)
    gradient = np.array([weights @ part for part in (by_p, by_q, by_gamma)])
    return float(weights @ value), gradient * np.array([p, above_one, gamma])


class GammaGammaModel(BaseEstimator):  # type: ignore[misc]
    """Gamma-Gamma model, fitted by maximum likelihood with analytic gradients.

    Parameters
    ----------
    tolerance
        Largest slope, per customer, at which the search ends.
    iterations
        Most steps of the search.

    Attributes
    ----------
    p_, q_, gamma_
        Parameters; gamma is in money.
    standard_errors_
        Name of each parameter to its standard error by the observed information; None where the
        data do not say.
    log_likelihood_
        Log-likelihood at the parameters.
    n_iter_, n_features_in_
        Steps of the search, and 2.
    """

    def __init__(self, tolerance: float = 1e-8, iterations: int = 200) -> None:
        self.tolerance = tolerance
        self.iterations = iterations

    def fit(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> Self:
        """Find the parameters from the customers who bought again for more than nothing.

        Parameters
        ----------
        X
            Repeat purchases and their mean value in money, shape (n, 2).
        y
            Not used.
        sample_weight
            Customers that each row stands for, shape (n,); one each by default.

        Returns
        -------
        GammaGammaModel
            This model.

        Raises
        ------
        ValueError
            When a number of purchases is below 0.
        ScoringError
            When all purchases are worth the same, or no parameters can be found.
        """
        x, z = check_values(X)
        used = (x > 0) & (z > 0)
        weights = np.ones(len(x)) if sample_weight is None else np.asarray(sample_weight, float)
        x, z, weights = x[used], z[used], weights[used]
        count = weights.sum()
        if count == 0 or z.min() == z.max():
            raise ScoringError("All repeat purchases are worth the same: there is nothing to learn")
        scale = float(weights @ z / count)

        def objective(logs: Array) -> tuple[float, Array]:
            value, gradient = log_likelihood(logs, x, z / scale, weights)
            return value / count, gradient / count

        logs, self.n_iter_ = maximise(
            objective, np.array([0.5, 0.5, 0.5]), LOG_BOUNDS, self.tolerance, self.iterations
        )
        if max(logs) >= LOG_BOUNDS[1] - 1e-6:
            raise ScoringError("The values of purchases vary too little to distinguish customers")
        errors = standard_errors(objective, logs, count)
        p, above_one, gamma = np.exp(logs)
        self.p_, self.q_, self.gamma_ = float(p), float(1 + above_one), float(gamma * scale)
        sizes = (self.p_, float(above_one), self.gamma_)
        self.standard_errors_ = {
            name: None if error is None else error * size
            for name, error, size in zip(NAMES, errors, sizes, strict=True)
        }
        self.log_likelihood_ = (objective(logs)[0] - np.log(scale)) * float(count)
        self.n_features_in_ = 2
        return self

    def expected_value(self, X: ArrayLike) -> Array:
        """Expect the value of a purchase to come.

        Parameters
        ----------
        X
            Repeat purchases and their mean value in money, shape (n, 2).

        Returns
        -------
        ndarray
            Money per purchase, shape (n,); the mean over all customers for who bought once.
        """
        check_is_fitted(self)
        x, z = check_values(X)
        spent = np.where(x > 0, x * z, 0.0)
        return np.asarray(self.p_ * (self.gamma_ + spent) / (self.p_ * x + self.q_ - 1))


def check_values(X: ArrayLike) -> tuple[Array, Array]:
    """Refuse purchases that cannot be; give their number and mean value, shape (n,) each."""
    values = np.asarray(check_array(X, dtype=np.float64))
    if values.shape[1] != 2:
        raise ValueError(f"Values have 2 columns (purchases, mean value), not {values.shape[1]}")
    if (values < 0).any():
        raise ValueError("Purchases and their mean value are 0 or more")
    return values[:, 0], values[:, 1]
