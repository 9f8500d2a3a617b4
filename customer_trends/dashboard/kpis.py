"""The headline figures of a page."""

import pandas as pd
import streamlit as st

from customer_trends.dashboard import queries
from customer_trends.dashboard.cards import (
    ALL_TIME,
    KPIS,
    Card,
    describe_cards,
    make_cards,
    write_change,
    write_difference,
    write_figure,
)
from customer_trends.dashboard.data import Query, read
from customer_trends.dashboard.filters import ALL, Filters

CARDS_IN_A_ROW = 4
OF_A_CUT = {
    "net_sales_by_order_date": ("Net sales by order date", "currency"),
    "sales_after_discount": ("Sales after discount", "currency"),
    "orders": ("Orders", "count"),
    "customers": ("Customers", "count"),
    "average_order_value": ("Average order value", "currency"),
    "units_sold": ("Units sold", "count"),
}


def show_kpis(filters: Filters) -> None:
    """Show the headline figures of what is chosen."""
    cards = make_cut_cards(filters) if filters.cuts else read_cards(filters)
    for start in range(0, len(cards), CARDS_IN_A_ROW):
        row = cards[start : start + CARDS_IN_A_ROW]
        for column, card in zip(st.columns(CARDS_IN_A_ROW), row, strict=False):
            column.metric(
                card.label,
                card.value,
                delta=write_change(card) or None,
                delta_color="inverse" if card.is_less_better else "normal",
                help=card.target or None,
                border=True,
                height="stretch",
            )
    of_all = "mart_kpi" if filters.period == ALL else f"mart_kpi_by_{filters.period_type}"
    st.caption(describe_cards(cards, "mart_sales_cube" if filters.cuts else of_all))


def read_cards(filters: Filters) -> list[Card]:
    """Read the figures of all sales in the period."""
    query = Query(ALL_TIME)
    if filters.period != ALL:
        kind = filters.period_type
        query = Query(f"{KPIS[kind]} where {kind}_start_date = ?", (filters.start,))
    return make_cards(read(query).to_dict("records"), filters.period_type)


def make_cut_cards(filters: Filters) -> list[Card]:
    """Make the cards of a region, category or segment, from the cube."""
    now = read(queries.cube(filters))
    before = _find_before(filters)
    past = read(queries.cube(before)) if before else now.head(0)
    cards = []
    for column, (label, unit) in OF_A_CUT.items():
        value = now[column].iloc[0] if len(now) else 0
        prior = past[column].iloc[0] if len(past) else None
        change = write_difference(value, prior, unit)
        words = ""
        if before and change:
            words = f"{filters.describe_period()} against {before.describe_period()}"
        cards.append(Card(label, write_figure(value, unit), change, words))
    return cards


def _find_before(filters: Filters) -> Filters | None:
    """Find the period before; all time has none."""
    if filters.period_type == "all":
        return None
    if filters.period_type == "year":
        period = str(filters.start.year - 1)
    else:
        period = f"{pd.Timestamp(filters.start) - pd.offsets.MonthBegin(1):%Y-%m}"
    return Filters(period, **filters.cuts)
