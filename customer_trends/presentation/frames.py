"""Rows that a database driver gives, as plain frames."""

from collections.abc import Callable
from decimal import Decimal

import pandas as pd

Read = Callable[[str], pd.DataFrame]


def make_plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn what a database driver gives into plain pandas types.

    Parameters
    ----------
    frame
        Rows of a query: decimals may be objects, dates may be objects.

    Returns
    -------
    DataFrame
        Decimals as floats, dates as ``datetime64``, lower-case column names.
    """
    plain = frame.rename(columns=str.lower)
    for column in plain.columns:
        values = plain[column]
        if values.dtype != object:
            continue
        known = values.dropna()
        if len(known) and known.map(type).isin((Decimal, int, float)).all():
            plain[column] = values.astype(float)
    for column in plain.columns:
        # An amount by the date of the order is no date.
        if column.endswith(("_date", "_month")) and not column.endswith("_by_order_date"):
            plain[column] = pd.to_datetime(plain[column])
    return plain
