"""What pages read: one query at a time, remembered until something new is published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from customer_trends.dashboard.published_data import Source, open_source
from customer_trends.presentation.frames import make_plain
from customer_trends.project.paths import find_project_root

STAMP = "stamp"
# Results of queries that are kept, over all people who look; each is small.
REMEMBERED = 400


@dataclass(frozen=True)
class Query:
    """SQL over ``marts.*`` with its parameters."""

    sql: str
    parameters: tuple[str | int | date, ...] = ()


@st.cache_resource(show_spinner=False)
def find_source() -> Source:
    """Find what to read, once."""
    return open_source(find_project_root())


@st.cache_data(show_spinner=False, max_entries=REMEMBERED)
def _run(source: str, stamp: str, sql: str, parameters: Sequence[Any]) -> pd.DataFrame:
    """Run a query; its result is remembered by what was published and by the query."""
    return make_plain(find_source().run(sql, parameters))


def read(query: Query) -> pd.DataFrame:
    """Read marts.

    Parameters
    ----------
    query
        What to read.

    Returns
    -------
    DataFrame
        Rows; decimals as floats, dates as ``datetime64``.

    Raises
    ------
    SourceUnavailableError
        If there is nothing to read from.
    MartMissingError
        If a mart is not there.
    """
    stamp = st.session_state.get(STAMP) or look()
    return _run(find_source().name, stamp, query.sql, query.parameters)


def read_mart(sql: str) -> pd.DataFrame:
    """Read marts by SQL without parameters."""
    return read(Query(sql))


def look() -> str:
    """Look whether something new was published; what is read from here on is that.

    Returns
    -------
    str
        The stamp of what is published.
    """
    stamp = find_source().stamp()
    st.session_state[STAMP] = stamp
    return stamp
