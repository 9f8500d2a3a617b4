"""Forecasts many series, and what they would have been forecast months ago, in processes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor
from threadpoolctl import threadpool_limits

from python_ml.forecasting.forecast import (
    FEWEST_MONTHS,
    FEWEST_SEASONAL_MONTHS,
    SeriesForecast,
    forecast_series,
)
from python_ml.forecasting.members import SEASON, FloatArray
from python_ml.forecasting.reconciliation import reconcile
from python_ml.job import Progress

ORIGINS = 3
# Months between origins; the smaller one where history is short.
LONG_STEP, SHORT_STEP = 6, 3
# More series than these are not tested; evenly chosen, they show enough.
MOST_TESTED = 200
# Fewer series than these are forecast in this process: starting others takes longer.
FEWEST_FOR_POOL = 12


@dataclass(frozen=True)
class Origin:
    """What a series would have been forecast some months ago.

    Attributes
    ----------
    forecast
        Forecast from what was known then.
    actual
        What came, of shape (horizon,).
    scale
        Mean size of a change from a year before, up to then; NaN where there was none.
    """

    forecast: SeriesForecast
    actual: FloatArray
    scale: float


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of one series.

    Attributes
    ----------
    now
        From all of its months.
    origins
        Number of months held back to the forecast without them.
    """

    now: SeriesForecast
    origins: Mapping[int, Origin]


@dataclass(frozen=True)
class Backtest:
    """All cases (series and origins) where there was a model to test.

    Attributes
    ----------
    series
        Position of the series of each case, of shape (cases,).
    held_back
        Months held back, of shape (cases,).
    actual, published, baseline, arima
        What came, and the forecasts, of shape (cases, horizon).
    bounds, baseline_bounds
        Bounds around `published` and `baseline`, of shape (cases, 4, horizon).
    scale
        Unit of the scaled error, of shape (cases,).
    """

    series: FloatArray
    held_back: FloatArray
    actual: FloatArray
    published: FloatArray
    baseline: FloatArray
    arima: FloatArray
    bounds: FloatArray
    baseline_bounds: FloatArray
    scale: FloatArray


def list_origins(months: int, horizon: int) -> list[int]:
    """List how many months to hold back: three origins, where a model can be fitted before them.

    Parameters
    ----------
    months
        Length of the longest history.
    horizon
        Number of months ahead.

    Returns
    -------
    list of int
        Months held back; empty for a history too short to hold any back.
    """
    has_room = months - horizon - (ORIGINS - 1) * LONG_STEP >= FEWEST_SEASONAL_MONTHS
    step = LONG_STEP if has_room else SHORT_STEP
    held_back = [horizon + step * origin for origin in range(ORIGINS)]
    return [held for held in held_back if months - held >= FEWEST_MONTHS]


def forecast_many(
    histories: Sequence[FloatArray], horizon: int, processes: int, progress: Progress
) -> list[Forecasts]:
    """Forecast series that all end in the same month.

    Parameters
    ----------
    histories
        Figures of consecutive months, each of shape (months,).
    horizon
        Number of months ahead.
    processes
        Number of processes; few series are forecast in this one.
    progress
        Called after each series.

    Returns
    -------
    list of Forecasts
        In the order of the series, whatever the number of processes.
    """
    held_back = list_origins(max(map(len, histories)), horizon)
    tested = choose_tested(len(histories))
    tasks = [
        (history, held_back if position in tested else [], horizon)
        for position, history in enumerate(histories)
    ]
    done: list[Forecasts] = []
    for forecasts in _run(tasks, processes):
        done.append(forecasts)
        progress("forecast", len(done), len(tasks))
    return done


def choose_tested(count: int) -> set[int]:
    """Choose the series that are forecast from earlier origins, too.

    Parameters
    ----------
    count
        Number of series.

    Returns
    -------
    set of int
        Positions of all series, or of 300 that lie evenly among more.
    """
    return set(np.linspace(0, count - 1, min(count, MOST_TESTED)).round().astype(int).tolist())


def collect_backtest(
    keys: Sequence[tuple[str, str]], forecasts: Sequence[Forecasts], lowest: FloatArray
) -> Backtest | None:
    """Collect the cases of a backtest; what is published adds up, so what is tested does, too.

    Parameters
    ----------
    keys
        Region and category of each series.
    forecasts
        Forecasts of each series.
    lowest
        What a series must not be below, of shape (series,).

    Returns
    -------
    Backtest or None
        None without a single case. Where only some series are tested, their forecasts are tested
        as they were before they were made to add up.
    """
    has_all = len(choose_tested(len(keys))) == len(keys)
    cases = []
    for held in sorted({held for one in forecasts for held in one.origins}):
        rows = [row for row, one in enumerate(forecasts) if held in one.origins]
        origins = [forecasts[row].origins[held] for row in rows]
        base = np.stack([origin.forecast.best.point for origin in origins])
        published = base
        if has_all:
            residuals = [origin.forecast.residuals for origin in origins]
            published = reconcile([keys[row] for row in rows], base, residuals, lowest[rows]).point
        cases += [
            (row, held, origin, point)
            for row, origin, point in zip(rows, origins, published, strict=True)
            if origin.forecast.arima
        ]
    return _stack(cases) if cases else None


def _stack(cases: Sequence[tuple[int, int, Origin, FloatArray]]) -> Backtest:
    """Put cases on top of each other."""
    made = [origin.forecast for _, _, origin, _ in cases]
    shifts = [point - one.best.point for (*_, point), one in zip(cases, made, strict=True)]
    return Backtest(
        series=np.array([row for row, *_ in cases]),
        held_back=np.array([held for _, held, *_ in cases]),
        actual=np.stack([origin.actual for _, _, origin, _ in cases]),
        published=np.stack([point for *_, point in cases]),
        baseline=np.stack([one.baseline.point for one in made]),
        arima=np.stack([one.arima.point for one in made if one.arima]),
        bounds=np.stack([one.best.bounds + s for one, s in zip(made, shifts, strict=True)]),
        baseline_bounds=np.stack([one.baseline.bounds for one in made]),
        scale=np.array([origin.scale for _, _, origin, _ in cases]),
    )


def _run(tasks: Sequence[tuple[FloatArray, list[int], int]], processes: int) -> Iterator[Forecasts]:
    """Forecast in this process, or in others that are gone afterwards."""
    if processes < 2 or len(tasks) < FEWEST_FOR_POOL:
        yield from (_forecast(*task) for task in tasks)
        return
    pool = Parallel(n_jobs=processes, return_as="generator", batch_size=4)
    try:
        yield from pool(delayed(_forecast)(*task) for task in tasks)
    finally:
        get_reusable_executor().shutdown(wait=True)


def _forecast(history: FloatArray, held_back: Sequence[int], horizon: int) -> Forecasts:
    """Forecast one series, from now and from earlier origins."""
    with threadpool_limits(1):
        origins = {
            held: _forecast_origin(history, held, horizon)
            for held in held_back
            if len(history) > held
        }
        return Forecasts(forecast_series(history, horizon), origins)


def _forecast_origin(history: FloatArray, held: int, horizon: int) -> Origin:
    """Forecast one series from what was known some months ago."""
    known, coming = history[:-held], history[len(history) - held :]
    changes = np.abs(known[SEASON:] - known[:-SEASON])
    scale = float(changes.mean()) if changes.any() else np.nan
    return Origin(forecast_series(known, horizon), coming[:horizon], scale)
