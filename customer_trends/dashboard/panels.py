"""A chart on a page: its finding, the picture, its source, its data, the rows behind it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from customer_trends.charts.catalog import list_charts
from customer_trends.charts.definition import ChartDefinition, Drawing, list_marts, read_title
from customer_trends.charts.style import Theme, paint
from customer_trends.dashboard.data import Query, read
from customer_trends.dashboard.downloads import offer_download
from customer_trends.dashboard.drill import Drill, show_drill
from customer_trends.dashboard.filters import Filters
from customer_trends.dashboard.published_data import MartMissingError
from customer_trends.dashboard.states import show_empty
from customer_trends.presentation.wording import write_month

PICK = "pick"
Mark = Mapping[str, Any]
FindDrill = Callable[[Mark], Drill | None]
SCORE = "customer-trends score"
# Marts that are there once models have run.
SCORED = ("mart_customer_segments", "mart_segment_centroids", "mart_customer_value",
          "mart_sales_forecast", "mart_sales_forecast_by_region",
          "mart_sales_forecast_by_category", "mart_sales_forecast_by_region_and_category",
          "mart_order_risk", "mart_support_risk", "mart_order_value",
          "mart_model_performance", "mart_model_runs", "mart_model_drift",
          "mart_feature_importance")  # fmt: skip


@cache
def find_chart(name: str) -> ChartDefinition:
    """Find a chart of the catalogue by its name."""
    return {chart.name: chart for chart in list_charts()}[name]


@dataclass(frozen=True)
class Panel:
    """A chart of the catalogue as a page shows it.

    Attributes
    ----------
    name
        Name of the chart.
    query
        What it reads with the filters; None for what the catalogue says.
    draw
        How it is drawn; None for the catalogue's way.
    prepare
        What is done to the rows before they are drawn.
    fields
        Columns that identify a mark, for a click.
    find_drill
        From a mark to the rows behind it.
    scope
        What the figures are of, when the filters do not say it; shown below the finding.
    key
        Key of the panel on its page; the name of the chart when left out.
    """

    name: str
    query: Query | None = None
    draw: Callable[[pd.DataFrame], Drawing] | None = None
    prepare: Callable[[pd.DataFrame], pd.DataFrame] | None = None
    fields: tuple[str, ...] = ()
    find_drill: FindDrill | None = None
    scope: str = ""
    key: str = ""

    @property
    def id(self) -> str:
        """Name of the panel on its page."""
        return self.key or self.name

    @property
    def chart(self) -> ChartDefinition:
        """The chart's definition."""
        return find_chart(self.name)


def show_row(filters: Filters, panels: Sequence[Panel], widths: Sequence[int] = ()) -> None:
    """Show panels side by side, and below them what is behind the mark that was clicked.

    Parameters
    ----------
    filters
        What is chosen.
    panels
        Charts from left to right; below one another on a phone.
    widths
        Relative widths; equal when left out.
    """
    drills: list[tuple[str, Drill]] = []
    for column, panel in zip(st.columns(widths or len(panels)), panels, strict=True):
        with column, st.container(border=True, height="stretch"):
            drill = show_panel(filters, panel)
        if drill is not None:
            drills.append((panel.id, drill))
    for name, drill in drills:
        show_drill(drill, name)


def show_panel(filters: Filters, panel: Panel) -> Drill | None:
    """Show one chart; gives what is behind the mark that was clicked."""
    query = panel.query or Query(panel.chart.query)
    try:
        frame = read(query)
    except MartMissingError as error:
        is_scored = any(mart in query.sql for mart in SCORED)
        show_empty(panel.chart.heading, error.what, SCORE if is_scored else error.command)
        return None
    if panel.prepare is not None:
        frame = panel.prepare(frame)
    chart = (panel.draw or panel.chart.draw)(frame)
    finding, subtitle = read_title(chart)
    if is_empty(chart):
        _show_nothing(filters, chart, finding)
        return None
    st.markdown(f"**{finding}**")
    st.caption(write_scope(subtitle, panel.scope or filters.describe()))
    mark = _show_chart(panel, chart, finding)
    with st.container(horizontal=True, vertical_alignment="center"):
        if panel.find_drill is not None:
            mark = _choose_mark(panel, frame) or mark
        st.caption(_name_marts(query.sql))
        offer_download(frame, panel.id)
    if not mark or panel.find_drill is None:
        return None
    return panel.find_drill(mark)


def write_scope(subtitle: str, scope: str) -> str:
    """Put what the figures are of into the line below a finding."""
    plain = subtitle.replace(", all periods", "")
    return f"{plain} · {scope}" if scope else plain


def is_empty(chart: Drawing) -> bool:
    """Return whether a chart is one that only says that there is nothing to draw."""
    mark = getattr(chart, "mark", None)
    return getattr(mark, "type", mark) == "text"


def _show_nothing(filters: Filters, chart: Drawing, finding: str) -> None:
    """Show in words what an empty chart says; with filters, that they may be the reason."""
    if not filters.is_open:
        show_empty(f"Nothing to draw for {filters.describe()}", "Change or clear the filters.")
        return
    data: Any = chart.data
    fix, _, command = str(data["words"].iloc[0]).partition(": customer-trends")
    if command:
        show_empty(finding, f"{fix}.", f"customer-trends{command}")
    else:
        show_empty(finding, fix)


def _show_chart(panel: Panel, chart: Drawing, finding: str) -> Mark:
    """Draw a chart as wide as its place; gives the mark that was clicked."""
    theme: Theme = "dark" if st.context.theme.type == "dark" else "light"
    plain = chart.properties(width="container")
    # The finding stands above the picture, where a phone breaks it into lines.
    plain.title = alt.Undefined
    if panel.fields:
        pick = alt.selection_point(name=PICK, fields=list(panel.fields))
        shade = alt.when(pick).then(alt.value(1)).otherwise(alt.value(0.35))
        plain = plain.add_params(pick).encode(opacity=shade)
    options: dict[str, Any] = {"on_select": "rerun"} if panel.fields else {}
    painted: Any = paint(plain, theme)
    event: Any = st.altair_chart(
        painted, theme=None, key=f"chart_{panel.id}", alt=finding, **options
    )
    marks = event["selection"].get(PICK) if panel.fields else None
    return marks[0] if marks else {}


def _choose_mark(panel: Panel, frame: pd.DataFrame) -> Mark:
    """Offer the marks of a chart as a list, for those who use no mouse."""
    marks = {
        " · ".join(map(write_value, values)): dict(zip(panel.fields, values, strict=True))
        for values in frame[list(panel.fields)].dropna().itertuples(index=False, name=None)
    }
    chosen = st.selectbox(
        f"Rows behind: {panel.chart.heading}",
        list(marks),
        index=None,
        placeholder="Click a mark, or choose one here",
        label_visibility="collapsed",
        key=f"choose_{panel.id}",
        width=260,
    )
    return marks.get(chosen or "", {})


def write_value(value: object) -> str:
    """Write a value that identifies a mark."""
    return write_month(value) if isinstance(value, pd.Timestamp) else str(value)


def _name_marts(sql: str) -> str:
    """Name the marts of a query."""
    return "Source: " + ", ".join(f"`{mart}`" for mart in list_marts(sql))
