"""How good forecasts were: errors beside seasonal naive and ARIMA, and what intervals held."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from python_ml.forecasting.backtest import Backtest
from python_ml.forecasting.intervals import (
    FEWEST_RESIDUALS,
    ROWS_80,
    ROWS_95,
    measure_ratios,
    pool_factors,
    stretch_bounds,
)
from python_ml.forecasting.members import FloatArray
from python_ml.job import Metric

Cases = NDArray[np.bool_]
INTERVALS = ((80, ROWS_80), (95, ROWS_95))


def measure_errors(point: FloatArray, actual: FloatArray, scale: FloatArray) -> dict[str, float]:
    """Measure forecasts against what came.

    Parameters
    ----------
    point, actual
        Forecasts and what came, of shape (cases, horizon).
    scale
        Mean size of a change from a year before, of shape (cases,); NaN leaves a case out of MASE.

    Returns
    -------
    dict
        ``smape`` in percent (0 to 200), ``mase``, and ``wape`` as a share of all that came; a
        figure that cannot be had is left out.

    Notes
    -----
    sMAPE and MASE as in the guide of the M4 competition.
    """
    errors, sizes = np.abs(point - actual), np.abs(point) + np.abs(actual)
    shares = np.divide(200 * errors, sizes, out=np.zeros_like(errors), where=sizes > 0)
    found = {"smape": float(shares.mean())}
    if np.isfinite(scale).any():
        found["mase"] = float(np.nanmean(errors.mean(axis=1) / scale))
    if np.abs(actual).sum() > 0:
        found["wape"] = float(errors.sum() / np.abs(actual).sum())
    return found


def compare_errors(errors: dict[str, float], other: dict[str, float]) -> float:
    """Compare two methods by one figure.

    Parameters
    ----------
    errors, other
        Results of `measure_errors`.

    Returns
    -------
    float
        Mean of the ratios of sMAPE and MASE (OWA, with `other` as the base): below 1 is better.
        Where `other` was never wrong it is 1 for an equal, else infinity.
    """
    ratios = []
    for name in ("smape", "mase"):
        if name in errors and name in other:
            perfect = 1.0 if errors[name] == 0 else np.inf
            ratios.append(errors[name] / other[name] if other[name] > 0 else perfect)
    return float(np.mean(ratios))


def loses_to_baseline(backtest: Backtest | None) -> bool:
    """Return whether repeating the year before would have been better than what is published.

    Parameters
    ----------
    backtest
        Cases of a backtest; None when there were none.

    Returns
    -------
    bool
        False when nothing could be tested.
    """
    if backtest is None:
        return False
    found = [
        measure_errors(point, backtest.actual, backtest.scale)
        for point in (backtest.published, backtest.baseline)
    ]
    return compare_errors(found[0], found[1]) > 1


def find_factors(backtest: Backtest | None, horizon: int, is_baseline: bool) -> FloatArray:
    """Find by how much the published intervals are to be stretched.

    Parameters
    ----------
    backtest
        Cases of a backtest; None when there were none.
    horizon
        Number of months ahead.
    is_baseline
        Whether the baseline is published.

    Returns
    -------
    array
        Factors of shape (2, horizon), for 80 and 95 %.
    """
    return pool_factors(_list_ratios(backtest, is_baseline) if backtest else [], horizon)


def describe_backtest(backtest: Backtest, levels: Sequence[str], is_baseline: bool) -> list[Metric]:
    """Describe a backtest: in all, by level of the hierarchy, and by horizon.

    Parameters
    ----------
    backtest
        Cases of a backtest.
    levels
        Level of each series: ``all``, ``region``, ``category`` or ``cell``.
    is_baseline
        Whether the intervals are those of the baseline.

    Returns
    -------
    list of Metric
        Errors beside seasonal naive and beside ARIMA, and how often intervals held what came.
    """
    horizon, everything = backtest.actual.shape[1], np.ones(len(backtest.series), dtype=bool)
    level_of_case = np.array(levels)[backtest.series]
    bounds = _stretch_without_own_origin(backtest, is_baseline)
    metrics = _describe_part(backtest, bounds, "all", everything, slice(None))
    for level in dict.fromkeys(levels):
        if (level_of_case == level).any():
            name = f"level_{level}"
            metrics += _describe_part(backtest, bounds, name, level_of_case == level, slice(None))
    for month in range(horizon):
        part = slice(month, month + 1)
        metrics += _describe_part(backtest, bounds, f"horizon_{month + 1}", everything, part)
    return metrics


def _describe_part(
    backtest: Backtest, bounds: FloatArray, name: str, cases: Cases, months: slice
) -> list[Metric]:
    """Describe some cases and months of a backtest."""
    actual, scale = backtest.actual[cases, months], backtest.scale[cases]
    ours, naive, arima = (
        measure_errors(point[cases, months], actual, scale)
        for point in (backtest.published, backtest.baseline, backtest.arima)
    )
    metrics = [
        Metric("backtest", figure, ours[figure], "seasonal_naive", naive[figure], name)
        for figure in ours
    ]
    for other, errors in (("seasonal_naive", naive), ("arima", arima)):
        owa = compare_errors(ours, errors)
        if np.isfinite(owa):
            metrics.append(Metric("backtest", f"owa_beside_{other}", owa, other, 1.0, name))
    metrics += [
        Metric("backtest", f"{figure}_beside_arima", ours[figure], "arima", arima[figure], name)
        for figure in ours
    ]
    for percent, (low, high) in INTERVALS:
        lower, upper = bounds[cases, low, months], bounds[cases, high, months]
        share = float(((actual >= lower) & (actual <= upper)).mean())
        metrics.append(
            Metric("backtest", f"coverage_{percent}", share, "promised", percent / 100, name)
        )
    return metrics


def _stretch_without_own_origin(backtest: Backtest, is_baseline: bool) -> FloatArray:
    """Stretch the intervals of each origin by factors that only the other origins give."""
    point, bounds = _choose(backtest, is_baseline)
    ratios, stretched = np.stack(_list_ratios(backtest, is_baseline)), bounds.copy()
    origins = np.unique(backtest.held_back)
    for held in origins:
        own = backtest.held_back == held
        fewest = FEWEST_RESIDUALS * (len(origins) - 1) // max(len(origins), 1)
        factors = pool_factors(ratios[~own], point.shape[1], max(fewest, 1))
        for case in np.flatnonzero(own):
            stretched[case] = stretch_bounds(point[case], bounds[case], factors)
    return stretched


def _list_ratios(backtest: Backtest, is_baseline: bool) -> list[FloatArray]:
    """List the errors of all cases over the widths of their intervals."""
    point, bounds = _choose(backtest, is_baseline)
    cases = zip(point, bounds, backtest.actual, strict=True)
    return [measure_ratios(*case) for case in cases]


def _choose(backtest: Backtest, is_baseline: bool) -> tuple[FloatArray, FloatArray]:
    """Choose the forecasts and bounds that are published."""
    if is_baseline:
        return backtest.baseline, backtest.baseline_bounds
    return backtest.published, backtest.bounds
