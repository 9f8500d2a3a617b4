"""What was known at the moment of a prediction, and nothing that became known later.

A figure about the past of a row counts only what happened on an earlier day than the row's own. The
functions take the names of the columns to look at, so that they serve orders and tickets alike.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

# A rate of n earlier outcomes counts as much as this many outcomes at the rate of all.
PRIOR_STRENGTH = 4.0
UNIT: Literal["ns"] = "ns"


def _last_known(
    rows: pd.DataFrame, sums: pd.DataFrame, row_date: str, known_date: str, by: str | None
) -> pd.DataFrame:
    """Take for each row the running sums of the last day before the row's own."""
    keys = [by] if by else []
    left = rows[[*keys, row_date]].assign(_position=np.arange(len(rows)))
    # Both sides need one unit of time, whatever they came in.
    left[row_date] = left[row_date].dt.as_unit(UNIT)
    sums = sums.assign(**{known_date: sums[known_date].dt.as_unit(UNIT)})
    matched = pd.merge_asof(
        left.sort_values([row_date, "_position"], kind="stable"),
        sums.sort_values(known_date, kind="stable"),
        left_on=row_date,
        right_on=known_date,
        by=by,
        allow_exact_matches=False,
    )
    return matched.sort_values("_position").set_index(rows.index)


def _running_sums(
    history: pd.DataFrame, columns: Sequence[str], known_date: str, by: str | None
) -> pd.DataFrame:
    """Add up the history day by day within each group: one row per group and day."""
    keys = [by] if by else []
    dated = history.dropna(subset=[known_date, *keys])
    daily = dated.groupby([*keys, known_date], sort=True)[list(columns)].sum()
    running = daily.groupby(level=0).cumsum() if by else daily.cumsum()
    return running.reset_index()


def earlier_rates(
    rows: pd.DataFrame,
    history: pd.DataFrame,
    flags: Sequence[str],
    *,
    row_date: str,
    known_date: str,
    by: str,
) -> pd.DataFrame:
    """Count the outcomes of a group that were known before each row, and their shrunk rates.

    The rate is ``(s + 4 p) / (n + 4)`` for s of n known outcomes, where p is the rate of all groups
    that was known at that moment; it is missing while nothing at all was known.

    Parameters
    ----------
    rows
        Rows to describe, with columns ``by`` and ``row_date`` (no missing dates).
    history
        Outcomes, with columns ``by``, ``known_date`` (day on which the outcome became known;
        missing for an outcome that is still unknown) and ``flags``.
    flags
        Columns of 0 and 1 in the history.
    row_date, known_date, by
        Names of columns; a row without a group has no history.

    Returns
    -------
    pandas.DataFrame
        ``known_outcomes`` and ``<flag>_rate`` per flag, on the index of ``rows``.
    """
    flags = list(flags)
    counted = history.assign(known_outcomes=1.0)
    columns = ["known_outcomes", *flags]
    own = _last_known(
        rows, _running_sums(counted, columns, known_date, by), row_date, known_date, by
    )[columns].fillna(0.0)
    everyone = _last_known(
        rows, _running_sums(counted, columns, known_date, None), row_date, known_date, None
    )[columns]
    known = pd.DataFrame({"known_outcomes": own["known_outcomes"]}, index=rows.index)
    for flag in flags:
        prior = everyone[flag] / everyone["known_outcomes"]
        known[f"{flag}_rate"] = (own[flag] + PRIOR_STRENGTH * prior) / (
            own["known_outcomes"] + PRIOR_STRENGTH
        )
    return known


def earlier_values(
    rows: pd.DataFrame, history: pd.DataFrame, value: str, *, date: str, by: str
) -> pd.DataFrame:
    """Describe what a group did on earlier days: how often, how long ago, and its shrunk mean.

    Parameters
    ----------
    rows
        Rows to describe, with columns ``by`` and ``date``.
    history
        What happened, with columns ``by``, ``date`` and ``value``; often ``rows`` itself.
    value, date, by
        Names of columns; the mean is shrunk like the rates of `earlier_rates`.

    Returns
    -------
    pandas.DataFrame
        ``earlier_count``, ``days_since_last`` (missing without a history) and ``earlier_mean``, on
        the index of ``rows``.
    """
    valued = history.dropna(subset=[value]).assign(earlier_count=1.0)
    columns = ["earlier_count", value]
    own = _last_known(rows, _running_sums(valued, columns, date, by), date, date, by)
    last = valued[[by, date]].dropna().drop_duplicates()
    last = last.assign(_last=last[date]).rename(columns={date: "_known"})
    latest = _last_known(rows, last, date, "_known", by)["_last"]
    everyone = _last_known(rows, _running_sums(valued, columns, date, None), date, date, None)
    count = own["earlier_count"].fillna(0.0)
    prior = everyone[value] / everyone["earlier_count"]
    mean = (own[value].fillna(0.0) + PRIOR_STRENGTH * prior) / (count + PRIOR_STRENGTH)
    return pd.DataFrame(
        {
            "earlier_count": count,
            "days_since_last": (rows[date] - latest).dt.days.astype(float),
            "earlier_mean": mean,
        },
        index=rows.index,
    )


def open_at(moments: pd.Series, opened: pd.Series, closed: pd.Series) -> pd.Series:
    """Count what was open at each moment: opened before it and not closed until then.

    Parameters
    ----------
    moments
        Times to look at.
    opened, closed
        Times at which each thing opened and closed; a missing ``closed`` is still open.

    Returns
    -------
    pandas.Series
        Number of open things, on the index of ``moments``.
    """
    started, ended = (np.sort(times.dropna().dt.as_unit(UNIT)) for times in (opened, closed))
    asked = moments.dt.as_unit(UNIT).to_numpy()
    before = np.searchsorted(started, asked, side="left")
    done = np.searchsorted(ended, asked, side="left")
    return pd.Series(np.maximum(before - done, 0).astype(float), index=moments.index)


def calendar_features(dates: pd.Series) -> pd.DataFrame:
    """Give month (1 to 12) and weekday (0 is Monday) of each date.

    Parameters
    ----------
    dates
        Dates without missing values.

    Returns
    -------
    pandas.DataFrame
        ``month`` and ``weekday`` as text categories, on the index of ``dates``.
    """
    return pd.DataFrame(
        {"month": dates.dt.month.astype(str), "weekday": dates.dt.day_of_week.astype(str)},
        index=dates.index,
    )
