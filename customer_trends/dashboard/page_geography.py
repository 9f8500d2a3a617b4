"""Geography: where sales come from."""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from customer_trends.charts.definition import Drawing, draw_nothing, make_title
from customer_trends.charts.geography import draw_states
from customer_trends.charts.parts import draw_rows, make_axis, tip_amount, tip_name, tip_number
from customer_trends.charts.style import AMOUNT, CURRENCY_UNIT, ORANGE
from customer_trends.dashboard import queries
from customer_trends.dashboard.data import read
from customer_trends.dashboard.filters import Filters
from customer_trends.dashboard.marks import find_lines
from customer_trends.dashboard.page_frame import run_page, show_heading, show_insights
from customer_trends.dashboard.panels import Panel, is_empty, show_row
from customer_trends.dashboard.tables import show_table
from customer_trends.presentation.wording import write_share

NAME = "geography"
SHOWN = 12
AMERICA = ("United States", "USA")


def show(filters: Filters) -> None:
    """Show the page."""
    show_heading("Geography", "Where do sales come from?", filters)
    states, countries = queries.places(filters, "state"), queries.places(filters, "country")
    has_states = read(states)["country"].isin(AMERICA).any()
    if len(read(countries)) > 1 or not has_states:
        show_row(filters, [Panel("map_of_countries", countries)])
        show_row(filters, [_rank_places(filters, "country")])
    if has_states:
        show_row(
            filters,
            [Panel("map_of_states", states, draw=draw_map), _rank_places(filters, "state")],
            widths=(3, 2),
        )
    _show_cities(filters)
    show_insights(NAME)


def draw_map(frame: pd.DataFrame) -> Drawing:
    """Draw the states in the colour of their net sales, with a bubble for their customers.

    Parameters
    ----------
    frame
        Rows of ``queries.places``.

    Returns
    -------
    Chart
        A map with two layers.
    """
    shapes = draw_states(frame)
    placed = frame[frame["country"].isin(AMERICA)].dropna(subset=["latitude", "longitude"])
    if is_empty(shapes) or placed.empty:
        return shapes
    bubbles = (
        alt.Chart(placed)
        .mark_circle(color=ORANGE, opacity=0.75, stroke="white", strokeWidth=0.6)
        .encode(
            longitude="longitude:Q",
            latitude="latitude:Q",
            size=alt.Size("customers:Q", title="Customers", scale=alt.Scale(range=[8, 260])),
            tooltip=[
                tip_name("state", "Place"),
                tip_amount(),
                tip_number("customers", "Customers"),
                tip_number("orders", "Orders"),
                tip_name("top_category_1", "Best category"),
            ],
        )
    )
    title, shapes.title = shapes.title, alt.Undefined
    layers: Any = alt.layer(shapes, bubbles).project("albersUsa")
    return layers.properties(height=380, title=title)  # type: ignore[no-any-return]


def _rank_places(filters: Filters, level: str) -> Panel:
    """Make the panel of bars beside a map, whose marks lead to orders."""
    name = "map_of_states" if level == "state" else "map_of_countries"
    return Panel(
        name,
        queries.places(filters, level),
        draw=lambda frame: draw_places(frame, level),
        fields=(level,),
        find_drill=find_lines(filters, level),
        key=f"rank_{level}",
    )


def draw_places(frame: pd.DataFrame, level: str) -> Drawing:
    """Draw the places with the highest net sales as bars."""
    known = frame[~frame[level].isin(["", "Unknown", "All"])]
    if known.empty or known["net_sales_by_order_date"].sum() <= 0:
        return draw_nothing("No place has sales", "Choose other filters.")
    ranked = known.sort_values(["net_sales_by_order_date", level], ascending=[False, True]).head(
        SHOWN
    )
    share = ranked["net_sales_by_order_date"].head(3).sum() / known["net_sales_by_order_date"].sum()
    names = {"state": "states", "country": "countries"}[level]
    return draw_rows(
        ranked,
        make_title(
            f"The top {min(3, len(ranked))} {names} bring {write_share(share)} of net sales",
            f"Net sales, {CURRENCY_UNIT}; the {len(ranked)} {names} that sell most",
        ),
        level,
        make_axis(alt.X, "net_sales_by_order_date", f"Net sales ({CURRENCY_UNIT})", AMOUNT),
        [
            tip_name(level, level.capitalize()),
            tip_amount(),
            tip_number("orders", "Orders"),
            tip_number("customers", "Customers"),
            tip_name("top_category_1", "Best category"),
        ],
    )


def _show_cities(filters: Filters) -> None:
    """Show a table of all cities; they are of all time and all sales only."""
    rows = read(queries.places(Filters(), "city"))
    if rows.empty:
        return
    with st.expander("Cities, all time", icon=":material/location_city:"):
        shown = [
            "city",
            "state",
            "country",
            "net_sales_by_order_date",
            "orders",
            "customers",
            "average_order_value",
        ]
        show_table(
            rows.sort_values("net_sales_by_order_date", ascending=False)[shown],
            {
                "net_sales_by_order_date": st.column_config.NumberColumn(
                    "Net sales", format="localized"
                ),
                "average_order_value": st.column_config.NumberColumn(
                    "Average order", format="%.2f"
                ),
            },
        )
        st.caption("Source: `mart_sales_by_city`")


if __name__ == "__main__":
    run_page(show)
