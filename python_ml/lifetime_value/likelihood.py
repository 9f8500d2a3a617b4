"""Maximum likelihood with analytic gradients, and how sure its parameters are."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from python_ml.errors import ScoringError

Array = NDArray[np.float64]
# Value and gradient at the logarithms of the parameters.
Objective = Callable[[Array], tuple[float, Array]]


def maximise(
    objective: Objective,
    start: Array,
    bounds: tuple[float, float],
    tolerance: float,
    iterations: int,
) -> tuple[Array, int]:
    """Search for the largest value (L-BFGS-B).

    Parameters
    ----------
    objective
        Mean log-likelihood and gradient of shape (k,).
    start
        Logarithms to begin with, shape (k,).
    bounds
        Least and largest logarithm of every parameter.
    tolerance
        Largest slope at which the search ends.
    iterations
        Most steps.

    Returns
    -------
    tuple of ndarray and int
        Logarithms of the parameters, shape (k,), and the steps it took.

    Raises
    ------
    ScoringError
        When the search does not end.
    """

    def loss(logs: Array) -> tuple[float, Array]:
        value, gradient = objective(logs)
        return -value, -gradient

    found = minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[bounds] * len(start),
        options={"gtol": tolerance, "ftol": 1e-14, "maxiter": iterations, "maxls": 50},
    )
    inside = (found.x > bounds[0]) & (found.x < bounds[1])
    steepest = float(np.abs(found.jac[inside]).max(initial=0.0))
    # A line search may end for want of digits, and be at the top all the same.
    if not np.isfinite(found.fun) or steepest > 1e-4:
        raise ScoringError(
            f"The search for the parameters did not end after {found.nit} steps: the data do not"
            " follow the model"
        )
    return np.asarray(found.x), int(found.nit)


def standard_errors(objective: Objective, logs: Array, count: float) -> list[float | None]:
    """Take the errors of the logarithms from the curvature at the top (observed information).

    Parameters
    ----------
    objective
        Mean log-likelihood and gradient.
    logs
        Logarithms at the top, shape (k,).
    count
        Customers the mean is over.

    Returns
    -------
    list of float or None
        Standard error of each logarithm: the relative error of the parameter. None where the top is
        flat.
    """
    step = 1e-4
    rows = [
        (objective(logs + step * unit)[1] - objective(logs - step * unit)[1]) / (2 * step)
        for unit in np.eye(len(logs))
    ]
    curvature = -np.array(rows) * count
    try:
        variances = np.diag(np.linalg.inv((curvature + curvature.T) / 2))
    except np.linalg.LinAlgError:
        return [None] * len(logs)
    return [float(np.sqrt(each)) if np.isfinite(each) and each > 0 else None for each in variances]
