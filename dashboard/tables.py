"""Tables with headings for people."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from customer_trends.wording import name_category


def show_table(frame: pd.DataFrame, columns: Mapping[str, Any] | None = None) -> None:
    """Show rows; columns are headed in words, whole numbers have thousands separators.

    Parameters
    ----------
    frame
        Rows.
    columns
        Column to its configuration, where it needs one of its own.
    """
    config: dict[str, Any] = {}
    for name in frame.columns:
        label = name_category(str(name))
        config[name] = label
        if pd.api.types.is_integer_dtype(frame[name]):
            config[name] = st.column_config.NumberColumn(label, format="localized")
        elif pd.api.types.is_float_dtype(frame[name]):
            config[name] = st.column_config.NumberColumn(label, format="%.4f")
    st.dataframe(frame, hide_index=True, column_config=config | dict(columns or {}))
