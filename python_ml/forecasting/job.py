"""The job that forecasts monthly sales: in total, per region, per category and per cell of both."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from python_ml.forecasting.backtest import Backtest, Forecasts, collect_backtest, forecast_many
from python_ml.forecasting.forecast import HORIZON, ModelForecast
from python_ml.forecasting.intervals import stretch_bounds
from python_ml.forecasting.members import SEASON, FloatArray
from python_ml.forecasting.metrics import describe_backtest, find_factors, loses_to_baseline
from python_ml.forecasting.reconciliation import DECIMALS, Reconciled, reconcile
from python_ml.forecasting.series import (
    SalesSeries,
    drop_undated,
    find_last_complete_month,
    find_lowest_forecasts,
    list_series,
)
from python_ml.job import JobResult, Progress, Settings

NAME = "forecast"
SAMPLE = None
MODEL_VERSION = "1"
CELLS = "fct_sales_cells"
MONTHS = "fct_sales_by_month"
READS = {
    CELLS: {
        "month_start_date": "date",
        "region": "text",
        "category": "text",
        "is_all_categories": "boolean",
        "sales_after_discount": "number",
    },
    MONTHS: {
        "slice_type": "text",
        "month_start_date": "date",
        "is_complete": "boolean",
        "is_undated": "boolean",
    },
}
COLUMNS = (
    "series_level", "region", "category", "model", "month_start_date", "horizon", "forecast",
    "lower_80", "upper_80", "lower_95", "upper_95", "is_champion", "members_used", "is_coherent",
    "reason",
)  # fmt: skip
BOUND_COLUMNS = ("lower_95", "lower_80", "upper_80", "upper_95")
FEATURES = {"sales_after_discount": "number", "month_start_date": "date"}
NOT_JUDGED = "No history is long enough to hold months back and still fit the ensemble."
LOST = "Over the backtest repeating the year before was better than the ensemble."


@dataclass(frozen=True)
class Published:
    """What is published of all series.

    Attributes
    ----------
    champions
        Forecast of each series that is published, its levels adding up.
    method
        How they were made to add up.
    factors
        Factors of the intervals, of shape (2, horizon).
    """

    champions: Sequence[ModelForecast]
    method: str
    factors: FloatArray


def score(
    relations: Mapping[str, pd.DataFrame],
    settings: Settings,
    previous: object | None,
    progress: Progress,
) -> JobResult:
    """Forecast the sales of the six months after the last complete month.

    Parameters
    ----------
    relations
        Relations of `READS`.
    settings
        What holds for all jobs.
    previous
        Not used: every run fits again.
    progress
        Called after each series.

    Returns
    -------
    JobResult
        Rows of ``ml_sales_forecast``. The first month forecast may be the running month.

    Raises
    ------
    ContractError
        If a cell has a month without a figure.
    """
    last_month = find_last_complete_month(relations[MONTHS])
    cells = drop_undated(relations[CELLS], relations[MONTHS])
    series = [] if last_month is None else list_series(cells, last_month)
    if not series or last_month is None:
        return _without_history()
    forecasts = forecast_many(
        [one.history for one in series], HORIZON, settings.processes, progress
    )
    keys, lowest = [one.key for one in series], find_lowest_forecasts(series)
    backtest = collect_backtest(keys, forecasts, lowest)
    has_lost = loses_to_baseline(backtest)
    published = publish(keys, forecasts, lowest, backtest, has_lost)
    rows = make_rows(series, forecasts, published, last_month)
    has_model = any(one.now.arima for one in forecasts)
    reason = LOST if has_lost else "" if has_model else published.champions[0].reason
    return JobResult(
        model_name="sales_ensemble" if has_model and not has_lost else "seasonal_naive",
        model_version=MODEL_VERSION,
        status="scored" if has_model and not has_lost else "baseline",
        reason=reason,
        tables={"ml_sales_forecast": rows},
        features=FEATURES,
        parameters=_describe_parameters(series, forecasts, published, last_month)
        | {"not_judged": "" if backtest else NOT_JUDGED},
        train_count=sum(len(one.history) for one in series),
        metrics=describe_backtest(backtest, [one.level for one in series], has_lost)
        if backtest
        else [],
        drift=pd.DataFrame({"monthly_sales": _list_recent_sales(series)}),
    )


def publish(
    keys: Sequence[tuple[str, str]],
    forecasts: Sequence[Forecasts],
    lowest: FloatArray,
    backtest: Backtest | None,
    has_lost: bool,
) -> Published:
    """Choose what is published of each series, make it add up and stretch its intervals.

    Parameters
    ----------
    keys
        Region and category of each series.
    forecasts
        Forecasts of each series.
    lowest
        What a series must not be below, of shape (series,).
    backtest
        Cases of a backtest; None when there were none.
    has_lost
        Whether the baseline is published.

    Returns
    -------
    Published
        One forecast per series. Intervals keep the distances from their forecast that they had
        before, times the factors of the backtest, but are not below the lowest.
    """
    chosen = [one.now.baseline if has_lost else one.now.best for one in forecasts]
    base = np.stack([one.point for one in chosen])
    found: Reconciled = reconcile(keys, base, [one.now.residuals for one in forecasts], lowest)
    factors = find_factors(backtest, base.shape[1], has_lost)
    champions = []
    for one, point, floor, forecast in zip(chosen, found.point, lowest, forecasts, strict=True):
        has_model = forecast.now.arima is not None
        own = factors if has_model else np.ones_like(factors)
        bounds = stretch_bounds(point, one.bounds + point - one.point, own, float(floor))
        reason = LOST if has_lost and has_model else one.reason
        champions.append(replace(one, point=point, bounds=bounds, reason=reason))
    return Published(champions, found.method, factors)


def make_rows(
    series: Sequence[SalesSeries],
    forecasts: Sequence[Forecasts],
    published: Published,
    last_month: pd.Period,
) -> pd.DataFrame:
    """Make the rows of ``ml_sales_forecast``.

    Parameters
    ----------
    series, forecasts, published
        Series, all their forecasts, and what is published.
    last_month
        Last complete month.

    Returns
    -------
    DataFrame
        One row per series, model and month; exactly one model per series is the champion, and the
        champions add up.
    """
    months = [(last_month + ahead).to_timestamp() for ahead in range(1, HORIZON + 1)]
    rows = []
    for one, forecast, champion in zip(series, forecasts, published.champions, strict=True):
        others = (forecast.now.best, forecast.now.baseline, forecast.now.arima)
        models = {model.model: model for model in others if model} | {champion.model: champion}
        for name, model in models.items():
            figures = np.round([model.point, *model.bounds], DECIMALS).T
            for ahead, (month, values) in enumerate(zip(months, figures, strict=True), start=1):
                row = dict(zip(("forecast", *BOUND_COLUMNS), values.tolist(), strict=True))
                row |= {"series_level": one.level, "region": one.key[0], "category": one.key[1]}
                row |= {"model": name, "month_start_date": month, "horizon": ahead}
                row |= {"is_champion": model is champion, "is_coherent": model is champion}
                row |= {"members_used": describe_members(model), "reason": model.reason or None}
                rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def describe_members(model: ModelForecast) -> str:
    """Name the methods of a forecast, and those whose fit did not find its optimum.

    Parameters
    ----------
    model
        Forecast of a series.

    Returns
    -------
    str
        Such as ``theta, log_ets (not converged), seasonal_naive``.
    """
    names = [
        f"{name} (not converged)" if name in model.unconverged else name for name in model.members
    ]
    return ", ".join(names)


def _without_history() -> JobResult:
    """Say that there is nothing to forecast from."""
    return JobResult(
        model_name="none",
        model_version=MODEL_VERSION,
        status="not_scored",
        reason="There is no complete month with sales yet.",
        tables={"ml_sales_forecast": pd.DataFrame(columns=list(COLUMNS))},
        features=FEATURES,
        parameters={"horizon": HORIZON},
        train_count=0,
    )


def _describe_parameters(
    series: Sequence[SalesSeries],
    forecasts: Sequence[Forecasts],
    published: Published,
    last_month: pd.Period,
) -> dict[str, Any]:
    """Return what was fitted, and how it was put together."""
    models = [one.now.best for one in forecasts]
    first = published.factors.round(DECIMALS).tolist()
    return {
        "horizon": HORIZON,
        "last_complete_month": str(last_month),
        "longest_history_months": max(len(one.history) for one in series),
        "series": len(series),
        "members": dict(Counter(name for model in models for name in model.members)),
        "not_converged": dict(Counter(name for model in models for name in model.unconverged)),
        "reconciliation": published.method,
        "interval_factors_80": first[0],
        "interval_factors_95": first[1],
        "backtest_origins": sorted({held for one in forecasts for held in one.origins}),
        "backtested_series": sum(bool(one.origins) for one in forecasts),
    }


def _list_recent_sales(series: Sequence[SalesSeries]) -> list[float]:
    """List the sales of the last year's months in all cells."""
    cells = [one.history[-SEASON:] for one in series if one.level == "cell"]
    return [float(value) for history in cells for value in history]
