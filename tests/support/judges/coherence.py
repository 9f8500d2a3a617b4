"""Judge whether the levels of a forecast add up and every row of it can be used."""

import numpy as np
import pandas as pd

from judges.bars import Bar

BOUNDS = ["lo95", "lo80", "yhat", "hi80", "hi95"]
SERIES = ["level", "series_id"]


def judge_levels(forecast: pd.DataFrame, months: int = 6, tolerance: float = 1e-6) -> list[Bar]:
    """Judge a forecast of several levels.

    Parameters
    ----------
    forecast
        Columns ``level`` (``total`` and others), ``series_id``, ``ds``, ``yhat``, ``lo95``,
        ``lo80``, ``hi80``, ``hi95``.
    months
        Months that each series must have.
    tolerance
        Largest gap between a level and the total, as a share of the mean total.

    Returns
    -------
    list of Bar
        One total a month; each other level adds up to it; all months of all series; values finite
        and not negative; bounds in order; intervals that do not shrink by more than a tenth with
        the horizon, in nine series of ten.
    """
    total = forecast[forecast["level"] == "total"].set_index("ds")["yhat"]
    is_single = total.index.is_unique and len(total) == months
    bars = [Bar("one total per month", is_single, f"{len(total)} months")]
    for level, rows in forecast[forecast["level"] != "total"].groupby("level"):
        gap = (rows.groupby("ds")["yhat"].sum() - total).abs().max() / total.abs().mean()
        bars.append(Bar(f"{level} adds up", bool(gap <= tolerance), f"largest gap {gap:.1e}"))
    counts = forecast.groupby(SERIES)["ds"].agg(["count", "nunique"])
    bars.append(Bar("months per series", bool((counts == months).all().all()), f"{len(counts)}"))
    points = forecast["yhat"]
    missing, negative = int((~np.isfinite(points)).sum()), int((points < 0).sum())
    found = f"{missing} missing, {negative} negative"
    bars.append(Bar("values", missing + negative == 0, found))
    steps = np.diff(forecast[BOUNDS].to_numpy(float), axis=1)
    bars.append(Bar("order of bounds", bool((steps >= -1e-9).all()), " <= ".join(BOUNDS)))
    widths = forecast.sort_values("ds").assign(width=forecast["hi80"] - forecast["lo80"])
    ends = widths.groupby(SERIES)["width"].agg(["first", "last"])
    share = float((ends["last"] >= 0.9 * ends["first"]).mean())
    bars.append(Bar("intervals do not shrink", share >= 0.9, f"{share:.2f} of the series"))
    return bars
