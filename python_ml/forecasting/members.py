"""The four methods of a forecast of monthly figures: Theta, exponential smoothing, ARIMA, naive."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm
from statsmodels.tools.eval_measures import aicc
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.statespace.sarimax import SARIMAX

FloatArray: TypeAlias = NDArray[np.float64]

SEASON = 12
# Shares of the outcomes that lie below lower_95, lower_80, upper_80 and upper_95.
BOUND_QUANTILES = (0.025, 0.1, 0.9, 0.975)
LARGEST_LOGARITHM = 700.0
# Those of statsmodels take half as long again, for forecasts that are no better.
SMOOTHING_TOLERANCES = {"pgtol": 1e-3, "factr": 1e10}


@dataclass(frozen=True)
class MemberForecast:
    """What one method says.

    Attributes
    ----------
    point
        Forecast of each month ahead, of shape (horizon,), in the unit of the history.
    bounds
        lower_95, lower_80, upper_80 and upper_95, of shape (4, horizon); None where the method's
        own bounds are not used.
    residuals
        History minus what the method said one month before, of shape (months,); None where unused.
    is_converged
        Whether the fit found its optimum.
    """

    point: FloatArray
    bounds: FloatArray | None = None
    residuals: FloatArray | None = None
    is_converged: bool = True


def forecast_member(
    method: Callable[..., MemberForecast], history: FloatArray, horizon: int, **options: Any
) -> MemberForecast | None:
    """Forecast with one method; its warnings are kept quiet.

    Parameters
    ----------
    method
        One of the functions below.
    history
        Figures of consecutive months, of shape (months,).
    horizon
        Number of months ahead.
    options
        Further arguments of the method.

    Returns
    -------
    MemberForecast or None
        None when the method cannot be fitted, or gives what is no finite number.
    """
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            member = method(history, horizon, **options)
    except (ValueError, ArithmeticError):
        return None
    if not np.isfinite(member.point).all():
        return None
    is_bounded = member.bounds is not None and np.isfinite(member.bounds).all()
    return member if is_bounded else replace(member, bounds=None)


def forecast_theta(history: FloatArray, horizon: int) -> MemberForecast:
    """Forecast with the Theta method, deseasonalised where the seasons pass a test.

    Parameters
    ----------
    history
        Figures of at least 24 consecutive months, of shape (months,).
    horizon
        Number of months ahead.

    Returns
    -------
    MemberForecast
        Without bounds: those of this method are far too wide.

    Notes
    -----
    Assimakopoulos and Nikolopoulos (2000), The theta model.
    """
    scale = float(np.abs(history).mean())
    fitted = ThetaModel(_to_series(history / scale), period=SEASON).fit()
    return MemberForecast(fitted.forecast(horizon).to_numpy() * scale)


def forecast_smoothing(
    history: FloatArray, horizon: int, is_seasonal: bool = True
) -> MemberForecast:
    """Forecast with exponential smoothing of the logarithms, chosen by AICc.

    Parameters
    ----------
    history
        Figures of consecutive months, of shape (months,); 36 or more for seasons.
    horizon
        Number of months ahead.
    is_seasonal
        Whether no season and an additive season compete, and then no trend and a damped trend;
        else it is the damped trend without a season.

    Returns
    -------
    MemberForecast
        With bounds and residuals.

    Notes
    -----
    Hyndman, Koehler, Ord and Snyder (2008), Forecasting with Exponential Smoothing. Errors are
    additive on logarithms: multiplicative errors can explode.
    """
    transform = _Transform(history)
    values = _to_series(transform.forward(history))
    if is_seasonal:
        flat = min(_Smoothing.fit(values, None), _Smoothing.fit(values, "add"), key=_find_aicc)
        best = min(flat, _Smoothing.fit(values, flat.season, flat), key=_find_aicc)
    else:
        best = _Smoothing.fit(values, None, _Smoothing.fit(values, None))
    fit = best.model.smooth(best.parameters)
    prediction = fit.get_prediction(start=len(history), end=len(history) + horizon - 1)
    center = np.asarray(prediction.predicted_mean)
    deviation = np.sqrt(np.asarray(prediction.forecast_variance))
    fitted = transform.back(np.asarray(fit.fittedvalues))
    return MemberForecast(
        transform.back(center),
        transform.back_bounds(center, deviation),
        history - fitted,
        best.is_converged,
    )


@dataclass(frozen=True)
class _Smoothing:
    """One kind of exponential smoothing and its best parameters.

    Without the uncertainty of the parameters, which takes a quarter as long as the search.
    """

    model: ETSModel
    parameters: FloatArray
    season: str | None
    is_converged: bool

    @classmethod
    def fit(
        cls, values: "pd.Series[float]", season: str | None, flat: "_Smoothing | None" = None
    ) -> "_Smoothing":
        """Fit without a trend, or with a damped one from where the fit without a trend ended."""
        model = ETSModel(
            values,
            error="add",
            trend="add" if flat else None,
            damped_trend=flat is not None,
            seasonal=season,
            seasonal_periods=SEASON if season else None,
        )
        start = dict(zip(model.param_names, model.start_params, strict=True))
        if flat:
            start |= dict(zip(flat.model.param_names, flat.parameters, strict=True))
            start["initial_trend"] = 0.0
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = model.fit(
                list(start.values()), disp=False, return_params=True, **SMOOTHING_TOLERANCES
            )
        has_failed = any(issubclass(warning.category, ConvergenceWarning) for warning in caught)
        return cls(model, found, season, not has_failed)


def _find_aicc(smoothing: _Smoothing) -> float:
    """Give the corrected Akaike criterion; the variance of the errors is a parameter, too."""
    model, parameters = smoothing.model, smoothing.parameters
    found = aicc(model.loglike(parameters), model.nobs, len(parameters) + 1)
    return float(found) if np.isfinite(found) else np.inf


def forecast_arima(history: FloatArray, horizon: int, is_seasonal: bool = True) -> MemberForecast:
    """Forecast with ARIMA(0,1,1)(0,1,1)12 of the logarithms, or ARIMA(0,1,1) without seasons.

    Parameters
    ----------
    history
        Figures of consecutive months, of shape (months,); 36 or more for seasons.
    horizon
        Number of months ahead.
    is_seasonal
        Whether the seasonal part is there.

    Returns
    -------
    MemberForecast
        With bounds.

    Notes
    -----
    Box and Jenkins (1976), the airline model. The likelihood of the differenced series, a much
    smaller model, gives the parameters; the full model forecasts with them.
    """
    transform = _Transform(history)
    values = transform.forward(history)
    orders = {"order": (0, 1, 1), "seasonal_order": (0, 1, 1, SEASON) if is_seasonal else (0,) * 4}
    differenced = SARIMAX(values, simple_differencing=True, concentrate_scale=True, **orders)
    fit = differenced.fit(disp=False, cov_type="none")
    full = SARIMAX(values, concentrate_scale=True, **orders).filter(fit.params, cov_type="none")
    prediction = full.get_forecast(horizon)
    center, deviation = np.asarray(prediction.predicted_mean), np.asarray(prediction.se_mean)
    return MemberForecast(
        transform.back(center),
        transform.back_bounds(center, deviation),
        is_converged=bool(fit.mle_retvals["converged"]),
    )


def forecast_seasonal_naive(history: FloatArray, horizon: int) -> MemberForecast:
    """Repeat the months of the year before.

    Parameters
    ----------
    history
        Figures of at least 12 consecutive months, of shape (months,).
    horizon
        Number of months ahead.

    Returns
    -------
    MemberForecast
        Without bounds.
    """
    return MemberForecast(np.resize(history[-SEASON:], horizon))


class _Transform:
    """Logarithms where all months are above zero, else a mere change of unit."""

    def __init__(self, history: FloatArray) -> None:
        self.is_logarithm = bool(history.min() > 0)
        # What is not scaled may be too large for the start of the Kalman filter.
        self.unit = 1.0 if self.is_logarithm else float(np.abs(history).mean())

    def forward(self, values: FloatArray) -> FloatArray:
        """Give the values that a model is fitted to."""
        return np.log(values) if self.is_logarithm else values / self.unit

    def back(self, values: FloatArray) -> FloatArray:
        """Give values in the unit of the history."""
        if self.is_logarithm:
            return np.exp(np.minimum(values, LARGEST_LOGARITHM))
        return values * self.unit

    def back_bounds(self, center: FloatArray, deviation: FloatArray) -> FloatArray:
        """Give the bounds in the unit of the history, of shape (4, horizon)."""
        quantiles = norm.ppf(BOUND_QUANTILES)
        return self.back(center + quantiles[:, np.newaxis] * deviation)


def _to_series(values: FloatArray) -> "pd.Series[float]":
    """Give the values the monthly index that statsmodels asks for."""
    return pd.Series(values, index=pd.date_range("2000-01-01", periods=len(values), freq="MS"))
