"""What every page has: its heading, the filters in words, the insights."""

import re
from collections.abc import Callable

import streamlit as st

from customer_trends.dashboard.data import read_mart
from customer_trends.dashboard.filters import FILTERS, Filters, show_hint
from customer_trends.dashboard.published_data import MartMissingError, SourceUnavailableError
from customer_trends.dashboard.states import UNAVAILABLE, show_unavailable
from customer_trends.insights.write import write_insights


def run_page(show: Callable[[Filters], None]) -> None:
    """Show a page with the filters that are set, or why it cannot be shown.

    Parameters
    ----------
    show
        Draws the page.
    """
    if UNAVAILABLE in st.session_state:
        show_unavailable(st.session_state[UNAVAILABLE])
        return
    show_hint()
    try:
        show(st.session_state[FILTERS])
    except SourceUnavailableError as error:
        show_unavailable(error)


def show_heading(title: str, question: str, filters: Filters | None, note: str = "") -> None:
    """Show what the page is about and what its figures are of.

    Parameters
    ----------
    title
        Name of the page.
    question
        What it answers, in one sentence.
    filters
        What is chosen; None where filters do not apply.
    note
        How the filters apply here.
    """
    st.title(title)
    st.markdown(question)
    st.caption(f"{describe_scope(filters)} {note}".strip())


def describe_scope(filters: Filters | None) -> str:
    """Say what the figures of a page are of; nothing where filters do not apply."""
    return f"Showing: **{filters.describe()}**." if filters else ""


def show_insights(name: str) -> None:
    """Show what the marts say in words, each sentence with the mart it was read from.

    Parameters
    ----------
    name
        Page of ``write_insights``.
    """
    try:
        insights = write_insights(name, read_mart)
    except MartMissingError:
        return
    if not insights:
        return
    with st.container(border=True, key=f"insights_{name}"):
        st.markdown("**In words** · all time, entire shop")
        for insight in insights:
            st.markdown(f"- {escape(insight.text)} :small[`{insight.mart}`]")


def escape(text: str) -> str:
    """Keep Markdown from reading figures as mark-up."""
    return re.sub(r"([*_$`\[\]~:])", r"\\\1", text)
