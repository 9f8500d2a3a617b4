"""Intervals of forecasts: where they come from, and how a backtest widens or narrows them."""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.stats import t

from python_ml.forecasting.members import BOUND_QUANTILES, SEASON, FloatArray, MemberForecast

# Rows of an array of bounds that belong to the intervals of 80 and 95 %.
ROWS_80, ROWS_95 = (1, 2), (0, 3)
FEWEST_RESIDUALS = 100
SMALLEST_FACTOR, LARGEST_FACTOR = 0.8, 1.8
FEWEST_DIFFERENCES = 6
FEWEST_MONTHS_OF_SPREAD = 3


def average_bounds(members: Sequence[MemberForecast], point: FloatArray) -> FloatArray | None:
    """Average the bounds of members around a forecast that may lie elsewhere than theirs.

    Parameters
    ----------
    members
        Forecasts of methods; those without bounds do not count.
    point
        Forecast of each month ahead, of shape (horizon,).

    Returns
    -------
    array or None
        Bounds of shape (4, horizon) that hold the forecast; None when no member has bounds.
    """
    bounds = [member.bounds for member in members if member.bounds is not None]
    return order_bounds(np.mean(bounds, axis=0), point) if bounds else None


def spread_bounds(history: FloatArray, point: FloatArray) -> FloatArray:
    """Give bounds to a forecast that no model stands behind: seasonal naive or flat.

    Parameters
    ----------
    history
        Figures of consecutive months, of shape (months,).
    point
        Forecast of each month ahead, of shape (horizon,).

    Returns
    -------
    array
        Bounds of shape (4, horizon), equally wide at each horizon.

    Notes
    -----
    With 18 months or more the deviation is that of the change from a year before (root mean
    square): what repeating the year would have missed by. With fewer it is the deviation between
    months, times the root of 2 for a repeated month and of 1 + 1 / months for their mean. Quantiles
    are those of Student's t. Fewer than 3 months show no spread: the deviation is the mean size
    of a month then.
    """
    differences, count = history[SEASON:] - history[:-SEASON], len(history)
    degrees = float(len(differences))
    if len(differences) >= FEWEST_DIFFERENCES:
        deviation = float(np.sqrt(np.mean(differences**2)))
    elif count >= FEWEST_MONTHS_OF_SPREAD:
        shares = 2.0 if count >= SEASON else 1 + 1 / count
        deviation, degrees = float(history.std(ddof=1) * np.sqrt(shares)), count - 1.0
    else:
        deviation, degrees = float(np.abs(history).mean()), np.inf
    quantiles = np.asarray(t.ppf(BOUND_QUANTILES, degrees))
    return point + quantiles[:, np.newaxis] * deviation


def order_bounds(
    bounds: FloatArray, point: FloatArray, lowest: float | FloatArray = -np.inf
) -> FloatArray:
    """Make bounds hold the forecast and each other.

    Parameters
    ----------
    bounds
        lower_95, lower_80, upper_80 and upper_95, of shape (4, horizon).
    point
        Forecast of each month ahead, of shape (horizon,), not below `lowest`.
    lowest
        What no bound may be below, such as 0 for sales.

    Returns
    -------
    array
        Bounds of shape (4, horizon) with lower_95 <= lower_80 <= point <= upper_80 <= upper_95.
    """
    lower_80, upper_80 = np.minimum(bounds[1], point), np.maximum(bounds[2], point)
    lower_95, upper_95 = np.minimum(bounds[0], lower_80), np.maximum(bounds[3], upper_80)
    ordered: FloatArray = np.maximum([lower_95, lower_80, upper_80, upper_95], lowest)
    return ordered


def measure_ratios(point: FloatArray, bounds: FloatArray, actual: FloatArray) -> FloatArray:
    """Compare the errors of a forecast with the widths of its intervals.

    Parameters
    ----------
    point
        Forecast, of shape (horizon,).
    bounds
        Its bounds, of shape (4, horizon).
    actual
        What came, of shape (horizon,).

    Returns
    -------
    array
        Absolute error over half the width of the 80 % and of the 95 % interval, of shape
        (2, horizon); NaN where an interval has no width.
    """
    half_widths = np.array([bounds[high] - bounds[low] for low, high in (ROWS_80, ROWS_95)]) / 2
    errors = np.broadcast_to(np.abs(actual - point), half_widths.shape)
    ratios = np.full(half_widths.shape, np.nan)
    np.divide(errors, half_widths, out=ratios, where=half_widths > 0)
    return ratios


def pool_factors(
    ratios: Iterable[FloatArray], horizon: int, fewest: int = FEWEST_RESIDUALS
) -> FloatArray:
    """Find by how much intervals are to be stretched so that they hold what they promise.

    Parameters
    ----------
    ratios
        Results of `measure_ratios`, of all series and origins of a backtest.
    horizon
        Number of months ahead.
    fewest
        Number of ratios that a factor needs.

    Returns
    -------
    array
        Factors for the 80 % and the 95 % interval, of shape (2, horizon): the 80 % and 95 %
        quantile of the ratios of a horizon and those beside it, between 0.8 and 1.8; 1 where the
        horizon has too few.

    Notes
    -----
    Series of one business share their good and bad months, so that the ratios of one horizon are
    those of a few calendar months; its neighbours steady them.
    """
    pooled, factors = list(ratios), np.ones((2, horizon))
    if not pooled:
        return factors
    values = np.stack(pooled)
    for row, share in enumerate((0.8, 0.95)):
        for month in range(horizon):
            near = values[:, row, max(month - 1, 0) : month + 2]
            if np.isfinite(values[:, row, month]).sum() >= fewest:
                quantile = np.nanquantile(near, share)
                factors[row, month] = np.clip(quantile, SMALLEST_FACTOR, LARGEST_FACTOR)
    return factors


def stretch_bounds(
    point: FloatArray, bounds: FloatArray, factors: FloatArray, lowest: float = -np.inf
) -> FloatArray:
    """Stretch intervals away from their forecast.

    Parameters
    ----------
    point
        Forecast, of shape (horizon,).
    bounds
        Its bounds, of shape (4, horizon).
    factors
        Result of `pool_factors`.
    lowest
        What no bound may be below.

    Returns
    -------
    array
        Bounds of shape (4, horizon), in order.
    """
    by_bound = factors[[1, 0, 0, 1]]
    return order_bounds(point + by_bound * (bounds - point), point, lowest)
