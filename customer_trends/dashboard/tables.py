"""Tables with headings for people."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from customer_trends.presentation.wording import NOTHING, name_category

KEY = "customer_key"


def show_table(
    frame: pd.DataFrame, columns: Mapping[str, Any] | None = None, key: str | None = None
) -> None:
    """Show rows; columns are headed in words, whole numbers have thousands separators.

    Parameters
    ----------
    frame
        Rows.
    columns
        Column to its configuration, where it needs one of its own.
    key
        Key of the table, where tests or styles must find it.
    """
    config: dict[str, Any] = {}
    if KEY in frame:
        frame = write_keys(frame)
    for name in frame.columns:
        label = name_category(str(name))
        config[name] = label
        if pd.api.types.is_integer_dtype(frame[name]):
            config[name] = st.column_config.NumberColumn(label, format="localized")
        elif pd.api.types.is_float_dtype(frame[name]):
            config[name] = st.column_config.NumberColumn(label, format="%.4f")
        elif has_days(frame[name]):
            config[name] = write_days(label)
    st.dataframe(
        frame,
        hide_index=True,
        column_config=config | dict(columns or {}),
        key=key,
        placeholder=NOTHING,
    )


def has_days(values: pd.Series) -> bool:
    """Return whether moments are days: midnights all."""
    if not pd.api.types.is_datetime64_any_dtype(values):
        return False
    known = values.dropna()
    return bool((known == known.dt.normalize()).all())


def write_days(label: str) -> Any:
    """Configure a column of days."""
    return st.column_config.DateColumn(label, format="YYYY-MM-DD")


def write_keys(frame: pd.DataFrame) -> pd.DataFrame:
    """Make the keys of customers texts: they are longer than a browser's numbers are exact."""
    return frame.assign(**{KEY: frame[KEY].map(_write_key)})


def _write_key(key: int) -> str:
    """Write the key of a customer."""
    return {-1: "unknown", -2: "guest"}.get(int(key), str(key))
