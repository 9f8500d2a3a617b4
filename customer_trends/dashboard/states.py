"""What is shown where there is nothing to show: what is missing, and the command that fixes it."""

import streamlit as st

from customer_trends.dashboard.published_data import SourceUnavailableError

# Why nothing can be shown, in the state of a session.
UNAVAILABLE = "unavailable"


def show_unavailable(error: SourceUnavailableError) -> None:
    """Show a page that says why there are no figures.

    Parameters
    ----------
    error
        What is missing and what to do.
    """
    st.title("Nothing to show yet")
    st.error(error.what, icon=":material/database_off:")
    st.write(error.fix)
    if error.command:
        st.code(error.command, language="bash")
    st.caption("This page looks again every few seconds and goes away by itself.")


def show_empty(finding: str, fix: str, command: str = "") -> None:
    """Show in the place of a chart that there is nothing to draw.

    Parameters
    ----------
    finding
        What is missing.
    fix
        What to do.
    command
        Command to run.
    """
    st.markdown(f"**{finding}**")
    st.info(fix, icon=":material/info:")
    if command:
        st.code(command, language="bash")
