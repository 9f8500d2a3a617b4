"""Splits rows by day: learn from the old, calibrate on the newer, test on what follows."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Mask = npt.NDArray[np.bool_]

WINDOW_DAYS = 90
# A span of days is cut so that calibration and holdout take at most this share of it each.
SHARE_OF_SPAN = 6
MINIMUM_WINDOW_DAYS = 14


@dataclass(frozen=True)
class TimeSplit:
    """Rows of each part; the masks have one entry per row.

    Attributes
    ----------
    fit, calibrate, holdout
        Rows to learn from, to calibrate on and to test on, in this order of time. Every outcome of
        the first two was settled before the first day of the holdout.
    final_fit, final_calibrate
        The same for the published scores, which may use every settled row.
    window_days
        Length of a window of calibration or holdout, in days.
    holdout_start
        First day of the holdout.
    """

    fit: Mask
    calibrate: Mask
    holdout: Mask
    final_fit: Mask
    final_calibrate: Mask
    window_days: int
    holdout_start: pd.Timestamp


def split_by_day(
    dates: pd.Series, labelled: pd.Series, settled_until: pd.Timestamp, settling_days: int
) -> TimeSplit | None:
    """Split labelled rows by their day, with a gap as long as outcomes take to settle.

    Parameters
    ----------
    dates
        Day of each row.
    labelled
        True where the outcome is known.
    settled_until
        Last day whose outcomes are all known.
    settling_days
        Days until an outcome is known: rows of the last days before the holdout are left out, as
        their outcomes were not known when it began.

    Returns
    -------
    TimeSplit or None
        None when there are too few days.
    """
    usable = labelled.to_numpy(dtype=bool) & (dates <= settled_until).to_numpy(dtype=bool)
    if not usable.any():
        return None
    span = (settled_until - dates[usable].min()).days - settling_days
    window_days = min(WINDOW_DAYS, span // SHARE_OF_SPAN)
    if window_days < MINIMUM_WINDOW_DAYS:
        return None
    window = pd.Timedelta(days=window_days)
    before_holdout = settled_until - window
    learned_until = before_holdout - pd.Timedelta(days=settling_days)

    def between(after: pd.Timestamp | None, until: pd.Timestamp) -> Mask:
        inside = usable & (dates <= until).to_numpy(dtype=bool)
        return inside if after is None else inside & (dates > after).to_numpy(dtype=bool)

    return TimeSplit(
        fit=between(None, learned_until - window),
        calibrate=between(learned_until - window, learned_until),
        holdout=between(before_holdout, settled_until),
        final_fit=between(None, before_holdout),
        final_calibrate=between(before_holdout, settled_until),
        window_days=window_days,
        holdout_start=before_holdout + pd.Timedelta(days=1),
    )


def keep_newest(mask: Mask, dates: pd.Series, most: int) -> Mask:
    """Keep only the newest rows of a part, full days where the limit allows.

    Parameters
    ----------
    mask
        Rows of the part.
    dates
        Day of each row; rows of one day count in their order.
    most
        Number of rows to keep.

    Returns
    -------
    numpy.ndarray
        Mask of at most ``most`` rows.
    """
    positions = np.flatnonzero(mask)
    if len(positions) <= most:
        return mask
    order = np.argsort(dates.to_numpy()[positions], kind="stable")
    kept = np.zeros_like(mask)
    kept[positions[order[-most:]]] = True
    return kept
