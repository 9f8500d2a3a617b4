"""Forecasts one series of monthly figures: the median of four methods, ARIMA, and a baseline."""

from dataclasses import dataclass, replace

import numpy as np

from python_ml.forecasting.intervals import average_bounds, order_bounds, spread_bounds
from python_ml.forecasting.members import (
    SEASON,
    FloatArray,
    MemberForecast,
    forecast_arima,
    forecast_member,
    forecast_seasonal_naive,
    forecast_smoothing,
    forecast_theta,
)

HORIZON = 6
# With fewer months there is no model; with fewer than the second, none with seasons.
FEWEST_MONTHS, FEWEST_SEASONAL_MONTHS = 2 * SEASON, 3 * SEASON
GUARDED_MONTHS = 36
# No bound is farther from what has been than this many times the width of its range.
LARGEST_EXCESS = 5


@dataclass(frozen=True)
class ModelForecast:
    """The forecast of one series by one model.

    Attributes
    ----------
    model
        ``ensemble``, ``arima``, ``seasonal_naive`` or ``flat``.
    point
        Forecast of each month ahead, of shape (horizon,), in the unit of the history.
    bounds
        lower_95, lower_80, upper_80 and upper_95, of shape (4, horizon).
    members
        Methods whose median it is.
    unconverged
        Those of them whose fit did not find its optimum.
    reason
        One sentence when it is not what it would be of a long and lively series; else empty.
    """

    model: str
    point: FloatArray
    bounds: FloatArray
    members: tuple[str, ...]
    unconverged: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class SeriesForecast:
    """All forecasts of one series.

    Attributes
    ----------
    best
        The ensemble, or the baseline where the history is too short or constant.
    baseline
        Seasonal naive, or flat.
    arima
        ARIMA alone; None where there is no ensemble.
    residuals
        History minus a one-month-ahead forecast, of shape (months,); 0 where there was none.
    """

    best: ModelForecast
    baseline: ModelForecast
    arima: ModelForecast | None
    residuals: FloatArray


def forecast_series(history: FloatArray, horizon: int = HORIZON) -> SeriesForecast:
    """Forecast a series of monthly figures.

    Parameters
    ----------
    history
        Figures of consecutive months, of shape (months,), at least one, all finite. A month
        without sales is 0.
    horizon
        Number of months ahead.

    Returns
    -------
    SeriesForecast
        Under 24 months, or with all months equal, a baseline only: the months of the year before,
        or with less than a year the mean. With 24 to 35 months Theta and damped exponential
        smoothing without seasons; from 36 the median of four methods.
    """
    baseline = _forecast_baseline(history, horizon)
    if len(history) < FEWEST_MONTHS:
        reason = f"{len(history)} complete months: a model needs {FEWEST_MONTHS}."
        return _without_model(history, replace(baseline, reason=reason))
    if np.ptp(history) == 0:
        return _without_model(history, replace(baseline, reason="All months are equal."))
    is_long = len(history) >= FEWEST_SEASONAL_MONTHS
    smoothing = forecast_member(forecast_smoothing, history, horizon, is_seasonal=is_long)
    fits = {
        "theta": forecast_member(forecast_theta, history, horizon),
        "log_ets": smoothing,
        "arima": forecast_member(forecast_arima, history, horizon, is_seasonal=is_long),
        "seasonal_naive": forecast_seasonal_naive(history, horizon),
    }
    sane = {name: fit for name, fit in fits.items() if fit and is_sane(fit.point, history)}
    residuals = smoothing.residuals if smoothing else None
    if residuals is None or not np.isfinite(residuals).all():
        residuals = _find_seasonal_changes(history)
    ensemble = _combine(sane, baseline, history)
    return SeriesForecast(ensemble, baseline, _present_arima(sane, baseline, history), residuals)


def is_sane(point: FloatArray, history: FloatArray) -> bool:
    """Return whether a forecast stays near what has been.

    Parameters
    ----------
    point
        Forecast of each month ahead, of shape (horizon,).
    history
        Figures of the months before, of shape (months,).

    Returns
    -------
    bool
        False when it leaves the range of the last 36 months by more than the width of that range,
        or goes below zero where no month ever did.
    """
    recent = history[-GUARDED_MONTHS:]
    lowest, highest, width = recent.min(), recent.max(), np.ptp(recent)
    if point.min() < 0 <= history.min():
        return False
    return bool(point.min() >= lowest - width and point.max() <= highest + width)


def find_lowest(history: FloatArray) -> float:
    """Return what a forecast must not be below.

    Parameters
    ----------
    history
        Figures of the months before.

    Returns
    -------
    float
        0, or minus infinity where a month was negative.
    """
    return 0.0 if history.min() >= 0 else -np.inf


def _combine(
    sane: dict[str, MemberForecast], baseline: ModelForecast, history: FloatArray
) -> ModelForecast:
    """Take the median of the methods, and the mean of the bounds of those that have bounds."""
    is_long = len(history) >= FEWEST_SEASONAL_MONTHS
    chosen = {name: fit for name, fit in sane.items() if is_long or name in ("theta", "log_ets")}
    chosen = chosen or {"seasonal_naive": sane["seasonal_naive"]}
    point = np.median([fit.point for fit in chosen.values()], axis=0)
    bounds = average_bounds(list(sane.values()), point)
    if bounds is None:
        bounds = baseline.bounds - baseline.point + point
    excess = LARGEST_EXCESS * np.ptp(history)
    bounds = np.clip(bounds, history.min() - excess, history.max() + excess)
    dropped = {"theta", "log_ets"} | ({"arima"} if is_long else set())
    dropped -= set(chosen)
    return ModelForecast(
        "ensemble",
        point,
        order_bounds(bounds, point, find_lowest(history)),
        tuple(chosen),
        tuple(name for name, fit in chosen.items() if not fit.is_converged),
        f"Left out as implausible: {', '.join(sorted(dropped))}." if dropped else "",
    )


def _present_arima(
    sane: dict[str, MemberForecast], baseline: ModelForecast, history: FloatArray
) -> ModelForecast:
    """Give ARIMA alone, or the baseline's figures where ARIMA left the plausible."""
    arima = sane.get("arima")
    if arima is None or arima.bounds is None:
        reason = "ARIMA is implausible here: the months of the year before stand in for it."
        return replace(baseline, model="arima", reason=reason)
    return ModelForecast(
        "arima",
        arima.point,
        order_bounds(arima.bounds, arima.point, find_lowest(history)),
        ("arima",),
        () if arima.is_converged else ("arima",),
    )


def _forecast_baseline(history: FloatArray, horizon: int) -> ModelForecast:
    """Repeat the year before; with less than a year, the mean of the months."""
    if len(history) >= SEASON:
        name, point = "seasonal_naive", forecast_seasonal_naive(history, horizon).point
    else:
        name, point = "flat", np.full(horizon, history.mean())
    bounds = order_bounds(spread_bounds(history, point), point, find_lowest(history))
    return ModelForecast(name, point, bounds, (name,))


def _without_model(history: FloatArray, baseline: ModelForecast) -> SeriesForecast:
    """Give what there is where no model is fitted."""
    return SeriesForecast(baseline, baseline, None, _find_seasonal_changes(history))


def _find_seasonal_changes(history: FloatArray) -> FloatArray:
    """Compare each month with that of the year before, or with the mean in less than a year."""
    if len(history) <= SEASON:
        residuals: FloatArray = history - history.mean()
        return residuals
    return np.concatenate([np.zeros(SEASON), history[SEASON:] - history[:-SEASON]])
