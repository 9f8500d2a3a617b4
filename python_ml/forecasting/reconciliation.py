"""Makes forecasts of a total, its regions, categories and cells add up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from python_ml.forecasting.members import FloatArray

ALL = "ALL"
FEWEST_COMMON_MONTHS = 12
# Share of the mean variance that each variance has at least, so that weights stay finite.
SMALLEST_VARIANCE = 1e-8
DECIMALS = 4


@dataclass(frozen=True)
class Reconciled:
    """Forecasts that add up.

    Attributes
    ----------
    point
        Forecast of each series and month ahead, of shape (series, horizon).
    method
        ``mint_shrink``, ``wls_variance`` or ``bottom_up``.
    """

    point: FloatArray
    method: str


def is_cell(key: tuple[str, str]) -> bool:
    """Return whether a series is of one region and one category.

    Parameters
    ----------
    key
        Region and category.

    Returns
    -------
    bool
        False where either is rolled up.
    """
    return ALL not in key


def sum_cells(keys: Sequence[tuple[str, str]]) -> FloatArray:
    """Return which cells each series is the sum of.

    Parameters
    ----------
    keys
        Region and category of each series; ``ALL`` stands for a dimension rolled up.

    Returns
    -------
    array
        1 where the cell (column) is part of the series (row), of shape (series, cells); cells are
        the series without ``ALL``, in their order.
    """
    regions, categories = np.array([region for region, _ in keys]), np.array([c for _, c in keys])
    cells = [is_cell(key) for key in keys]
    in_region = (regions[:, np.newaxis] == ALL) | (regions[:, np.newaxis] == regions[cells])
    of_category = categories[:, np.newaxis] == categories[cells]
    in_category = (categories[:, np.newaxis] == ALL) | of_category
    sums: FloatArray = (in_region & in_category).astype(float)
    return sums


def reconcile(
    keys: Sequence[tuple[str, str]],
    base: FloatArray,
    residuals: Sequence[FloatArray],
    lowest: FloatArray,
) -> Reconciled:
    """Move forecasts as little as their errors suggest, so that the levels add up.

    Parameters
    ----------
    keys
        Region and category of each series; ``ALL`` stands for a dimension rolled up.
    base
        Forecasts of each series on its own, of shape (series, horizon).
    residuals
        Errors of each series one month ahead, the last months of all being the same.
    lowest
        What a series must not be below, of shape (series,): 0, or minus infinity.

    Returns
    -------
    Reconciled
        Cells rounded to 4 decimals, not below their lowest, and the sums of them.

    Notes
    -----
    Wickramasuriya, Athanasopoulos and Hyndman (2019), Optimal forecast
    reconciliation by minimizing the trace. The covariance of the errors is shrunk towards its
    diagonal (Schaefer and Strimmer 2005). With fewer than 12 months in common it is the diagonal
    alone, and where that is of no use, too, cells are added up.
    """
    sums = sum_cells(keys)
    of_cells = [is_cell(key) for key in keys]
    cells, method = base[of_cells], "bottom_up"
    for name, weight in _list_covariances(residuals):
        found = _project(sums, weight, base)
        if found is not None:
            cells, method = found, name
            break
    clipped = np.maximum(cells, lowest[of_cells, np.newaxis]).round(DECIMALS)
    return Reconciled((sums @ clipped).round(DECIMALS), method)


def shrink_covariance(residuals: FloatArray) -> FloatArray:
    """Estimate the covariance of errors, shrunk towards its diagonal.

    Parameters
    ----------
    residuals
        Errors of shape (months, series), around zero.

    Returns
    -------
    array
        Covariance of shape (series, series), positive definite where each series has errors.
    """
    months = len(residuals)
    covariance: FloatArray = residuals.T @ residuals / months
    deviations = np.sqrt(np.diag(covariance))
    scaled = residuals / np.where(deviations > 0, deviations, 1)
    correlation = scaled.T @ scaled / months
    # Variance of each correlation over the months.
    uncertainty = (scaled**2).T @ scaled**2 / months - correlation**2
    off_diagonal = ~np.eye(len(correlation), dtype=bool)
    strength = (correlation[off_diagonal] ** 2).sum()
    noise = uncertainty[off_diagonal].sum() / max(months - 1, 1)
    share = np.clip(noise / strength, 0, 1) if strength > 0 else 1.0
    shrunk: FloatArray = covariance * (1 - share) + np.diag(np.diag(covariance)) * share
    return shrunk


def _list_covariances(residuals: Sequence[FloatArray]) -> list[tuple[str, FloatArray]]:
    """List the covariances to try, the best first."""
    variances = np.array([np.mean(errors**2) for errors in residuals])
    floor = np.eye(len(variances)) * variances.mean() * SMALLEST_VARIANCE
    diagonal = np.diag(variances) + floor
    common = min(len(errors) for errors in residuals)
    if common < FEWEST_COMMON_MONTHS:
        return [("wls_variance", diagonal)]
    shrunk = shrink_covariance(np.stack([errors[-common:] for errors in residuals], axis=1))
    return [("mint_shrink", shrunk + floor), ("wls_variance", diagonal)]


def _project(sums: FloatArray, covariance: FloatArray, base: FloatArray) -> FloatArray | None:
    """Solve for the cells; None where the equations have no useful answer."""
    try:
        weighted = np.linalg.solve(covariance, np.hstack([sums, base]))
        width = sums.shape[1]
        cells = np.linalg.solve(sums.T @ weighted[:, :width], sums.T @ weighted[:, width:])
    except np.linalg.LinAlgError:
        return None
    return cells if np.isfinite(cells).all() else None
