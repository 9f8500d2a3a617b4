"""Judge forecasts by the measures of the M4 competition, against its benchmark Naive2.

sMAPE is the mean of 200 |y - f| / (|y| + |f|). MASE is the mean absolute error over that of the
seasonal naive forecast within the history. OWA is the mean of the ratios of both to those of
Naive2: the last value, of the series adjusted for season where its season is significant.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from judges.bars import Bar

Values = npt.NDArray[np.float64]
SEASON = 12


@dataclass(frozen=True)
class Limits:
    """Bars of one model.

    Attributes
    ----------
    owa
        Largest OWA.
    cover80
        Least and largest share of values within the 80 % interval; None where it is not judged.
    cover95
        Least share of values within the 95 % interval.
    msis95
        Largest MSIS of the 95 % interval.
    """

    owa: float
    cover80: tuple[float, float] | None = None
    cover95: float | None = None
    msis95: float | None = None


@dataclass(frozen=True)
class Accuracy:
    """What a model reached over all series."""

    model: str
    smape: float
    mase: float
    median_mase: float
    worst_mase: float
    owa: float
    rmsse: float
    bias: float
    worse_than_naive: float
    coverage: dict[int, float]
    msis: dict[int, float]

    def __str__(self) -> str:
        """Write all figures as one line."""
        intervals = "".join(
            f" | {level}%: cover {share:.3f} MSIS {self.msis[level]:.2f}"
            for level, share in self.coverage.items()
        )
        return (
            f"{self.model:24s} sMAPE {self.smape:7.3f} MASE {self.mase:6.3f} "
            f"(median {self.median_mase:.3f}) OWA {self.owa:.4f} RMSSE {self.rmsse:.3f} "
            f"bias {self.bias:+.3f} worse-than-sNaive {self.worse_than_naive:.2f} "
            f"worst MASE {self.worst_mase:.1f}{intervals}"
        )


def has_season(history: Values) -> bool:
    """Return whether the autocorrelation at a season passes the test at 90 %."""
    if len(history) < 3 * SEASON:
        return False
    centred = history - history.mean()
    power = centred @ centred
    if power == 0:
        return False
    lags = np.array([centred[lag:] @ centred[:-lag] / power for lag in range(1, SEASON + 1)])
    spread = np.sqrt((1 + 2 * np.sum(lags[:-1] ** 2)) / len(history))
    return bool(abs(lags[-1]) > 1.645 * spread)


def find_seasons(history: Values) -> Values:
    """Find the index of each of the seasons by multiplicative classical decomposition."""
    weights = np.r_[0.5, np.ones(SEASON - 1), 0.5] / SEASON
    half = SEASON // 2
    trend = np.full(len(history), np.nan)
    trend[half:-half] = np.convolve(history, weights, mode="valid")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = history / trend
    seasons = [ratios[place::SEASON] for place in range(SEASON)]
    index = np.array([np.nanmean(one) if np.isfinite(one).any() else 1.0 for one in seasons])
    return np.asarray(index / index.mean())


def forecast_naive2(history: Values, months: int) -> Values:
    """Forecast by Naive2."""
    if history.min() > 0 and has_season(history):
        index = find_seasons(history)
        places = len(history) + np.arange(months)
        last = history[-1] / index[(len(history) - 1) % SEASON]
        return np.asarray(last * index[places % SEASON])
    return np.repeat(history[-1], months)


def forecast_seasonal_naive(history: Values, months: int) -> Values:
    """Forecast the values of a year before; without a year, the last value."""
    if len(history) < SEASON:
        return np.repeat(history[-1], months)
    return np.asarray(history[-SEASON:][np.arange(months) % SEASON])


def find_scale(history: Values) -> float:
    """Find the mean absolute error of the seasonal naive forecast within a history."""
    if len(history) > SEASON:
        scale = float(np.mean(np.abs(history[SEASON:] - history[:-SEASON])))
        if np.isfinite(scale) and scale > 0:
            return scale
    scale = float(np.mean(np.abs(np.diff(history))))
    return scale if scale > 0 else np.nan


def measure_smape(actual: Values, forecast: Values) -> float:
    """Measure the sMAPE of a series."""
    size = np.abs(actual) + np.abs(forecast)
    return float(
        np.mean(
            np.where(size > 0, 200 * np.abs(actual - forecast) / np.where(size > 0, size, 1), 0)
        )
    )


def measure_msis(rows: pd.DataFrame, scale: float, level: int) -> float:
    """Measure the mean scaled interval score of a series."""
    low, high, actual = rows[f"lo{level}"], rows[f"hi{level}"], rows["y"]
    penalty = 2 / (1 - level / 100)
    missed = (low - actual).clip(lower=0) + (actual - high).clip(lower=0)
    return float(((high - low) + penalty * missed).mean() / scale)


def take_values(rows: pd.DataFrame, column: str) -> dict[str, Values]:
    """Take a column of each series."""
    return {str(key): one[column].to_numpy(float) for key, one in rows.groupby("unique_id")}


class Competition:
    """Series with what came after them.

    Parameters
    ----------
    train, test
        Columns ``unique_id``, ``ds``, ``y``.
    months
        Months of the test that are judged; 0 for all.
    """

    def __init__(self, train: pd.DataFrame, test: pd.DataFrame, months: int = 0) -> None:
        """Sort the series and score the benchmarks."""
        test = test.sort_values(["unique_id", "ds"])
        if months:
            test = test[test.groupby("unique_id").cumcount() < months]
        self.test = test[["unique_id", "ds", "y"]]
        self.actual = take_values(test, "y")
        histories = take_values(train.sort_values(["unique_id", "ds"]), "y")
        self.histories = {key: histories[key] for key in self.actual}
        self.scales = {key: find_scale(history) for key, history in self.histories.items()}
        self.naive2 = self._score_benchmark(forecast_naive2)
        self.seasonal = self._score_benchmark(forecast_seasonal_naive)

    def _score_benchmark(self, forecast: Callable[[Values, int], Values]) -> dict[str, Values]:
        """Score a benchmark."""
        return self._score(
            {key: forecast(history, len(self.actual[key]))
             for key, history in self.histories.items()}
        )  # fmt: skip

    def _score(self, forecasts: dict[str, Values]) -> dict[str, Values]:
        """Score forecasts: each measure, series by series."""
        scored = []
        for key, forecast in forecasts.items():
            actual, history, scale = self.actual[key], self.histories[key], self.scales[key]
            errors = forecast - actual
            square = np.sqrt(np.mean((history[SEASON:] - history[:-SEASON]) ** 2))
            scored.append(
                {
                    "smape": measure_smape(actual, forecast),
                    "mase": np.mean(np.abs(errors)) / scale,
                    "rmsse": np.sqrt(np.mean(errors**2)) / square if square > 0 else np.nan,
                    "bias": np.mean(errors) / scale,
                }
            )
        return {str(name): column.to_numpy() for name, column in pd.DataFrame(scored).items()}

    def find_owa(self, scores: dict[str, Values]) -> float:
        """Compute the OWA of scores."""
        ratios = [np.nanmean(scores[name]) / np.nanmean(self.naive2[name])
                  for name in ("smape", "mase")]  # fmt: skip
        return float(np.mean(ratios))

    def __str__(self) -> str:
        """Write what the benchmarks reached as one line."""
        naive2, seasonal = (
            f"sMAPE {np.nanmean(one['smape']):.3f} MASE {np.nanmean(one['mase']):.3f}"
            for one in (self.naive2, self.seasonal)
        )
        longest = max(map(len, self.actual.values()))
        return (
            f"{len(self.actual)} series, horizon {longest}; Naive2 {naive2}; "
            f"seasonal naive {seasonal} OWA {self.find_owa(self.seasonal):.3f}"
        )

    def measure(self, forecast: pd.DataFrame, model: str = "forecast") -> Accuracy:
        """Measure the forecasts of a model.

        Parameters
        ----------
        forecast
            Columns ``unique_id``, ``ds``, ``yhat`` and, for intervals, ``lo80``, ``hi80``,
            ``lo95``, ``hi95``.
        model
            Name of the model.

        Returns
        -------
        Accuracy
            All figures.
        """
        rows = self.test.merge(forecast, on=["unique_id", "ds"], how="left")
        missing = int((~np.isfinite(rows["yhat"].astype(float))).sum())
        assert not missing, f"{model}: {missing} forecasts are missing or not finite"
        scores = self._score(take_values(rows, "yhat"))
        coverage, msis = {}, {}
        for level in (80, 95):
            if f"lo{level}" in rows and rows[f"lo{level}"].notna().all():
                low, high = rows[f"lo{level}"], rows[f"hi{level}"]
                holds = (low <= rows["yhat"] + 1e-9) & (high >= rows["yhat"] - 1e-9)
                assert holds.all(), f"{model}: an interval does not hold its forecast"
                coverage[level] = float(rows["y"].between(low, high).mean())
                each = [
                    measure_msis(one, self.scales[str(key)], level)
                    for key, one in rows.groupby("unique_id")
                ]
                msis[level] = float(np.nanmean(each))
        mase = scores["mase"]
        return Accuracy(
            model=model,
            smape=float(np.nanmean(scores["smape"])),
            mase=float(np.nanmean(mase)),
            median_mase=float(np.nanmedian(mase)),
            worst_mase=float(np.nanmax(mase)),
            owa=self.find_owa(scores),
            rmsse=float(np.nanmean(scores["rmsse"])),
            bias=float(np.nanmean(scores["bias"])),
            worse_than_naive=float(np.mean(mase > self.seasonal["mase"])),
            coverage=coverage,
            msis=msis,
        )


def judge_accuracy(reached: Accuracy, limits: Limits) -> list[Bar]:
    """Compare what a model reached with its bars."""
    bars = [Bar("OWA", reached.owa <= limits.owa, f"{reached.owa:.4f} (at most {limits.owa})")]
    if limits.cover80:
        least, largest = limits.cover80
        share = reached.coverage[80]
        found = f"{share:.3f} ({least} to {largest})"
        bars.append(Bar("coverage of the 80 % interval", least <= share <= largest, found))
    if limits.cover95:
        share = reached.coverage[95]
        found = f"{share:.3f} (at least {limits.cover95})"
        bars.append(Bar("coverage of the 95 % interval", share >= limits.cover95, found))
    if limits.msis95:
        found = f"{reached.msis[95]:.2f} (at most {limits.msis95})"
        bars.append(Bar("MSIS of the 95 % interval", reached.msis[95] <= limits.msis95, found))
    return bars
