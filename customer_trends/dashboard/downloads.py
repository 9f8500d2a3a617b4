"""The data of a chart as a CSV file."""

import pandas as pd
import streamlit as st


@st.cache_data(show_spinner=False, max_entries=100)
def _write_csv(frame: pd.DataFrame) -> bytes:
    """Write rows as CSV that Excel reads, too."""
    return frame.to_csv(index=False).encode("utf-8-sig")


def offer_download(frame: pd.DataFrame, name: str) -> None:
    """Show the button that downloads rows.

    Parameters
    ----------
    frame
        Rows.
    name
        Name of the file, without its ending.
    """
    st.download_button(
        "CSV",
        data=lambda: _write_csv(frame),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"download_{name}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
        help="Download the data of this chart",
    )
