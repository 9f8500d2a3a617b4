"""Headline figures as cards: value, change on the period before, target."""

from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from customer_trends.wording import write_amount, write_number, write_share
from dashboard import queries
from dashboard.data import Query, read
from dashboard.filters import ALL, Filters

CARDS_IN_A_ROW = 4
SHOWN = ("net_sales", "orders", "customers", "average_order_value", "repeat_rate",
         "return_rate_value", "cancellation_rate", "gross_margin_rate")  # fmt: skip
# Less of these is better.
LESS_IS_BETTER = ("return_rate_value", "cancellation_rate", "guest_share")
OF_A_CUT = {
    "net_sales_ord": ("Net sales by order date", "currency"),
    "sales_after_discount": ("Sales after discount", "currency"),
    "orders": ("Orders", "count"),
    "customers": ("Customers", "count"),
    "aov": ("Average order value", "currency"),
    "units_sold": ("Units sold", "count"),
}


@dataclass(frozen=True)
class Card:
    """A figure with what it is compared with.

    Attributes
    ----------
    label
        Name.
    value
        Figure, as people read it.
    change
        Change, such as ``+3.1 %``; empty where there is none.
    compared
        What it is compared with.
    month
        Month that the change is of, where the value is of all time; else empty.
    is_less_better
        Less is better.
    target
        Target and whether it is met, in words.
    """

    label: str
    value: str
    change: str = ""
    compared: str = ""
    is_less_better: bool = False
    target: str = ""
    month: str = ""


def show_kpis(filters: Filters) -> None:
    """Show the headline figures of what is chosen."""
    cards = make_cut_cards(filters) if filters.cuts else make_cards(filters)
    for start in range(0, len(cards), CARDS_IN_A_ROW):
        row = cards[start : start + CARDS_IN_A_ROW]
        for column, card in zip(st.columns(CARDS_IN_A_ROW), row, strict=False):
            column.metric(
                card.label,
                card.value,
                delta=", ".join(filter(None, (card.change, card.month))) or None,
                delta_color="inverse" if card.is_less_better else "normal",
                help=card.target or None,
                border=True,
                height="stretch",
            )
    compared = next((card.compared for card in cards if card.compared), "")
    notes = [f"Change: {compared}"] if compared else []
    notes += [f"{card.label}: {card.target}" for card in cards if card.target]
    source = "mart_sales_cube" if filters.cuts else "mart_kpi"
    st.caption(" · ".join([*notes, f"Source: `{source}`"]))


def read_kpis(filters: Filters) -> pd.DataFrame:
    """Read the figures of the period; for all time also those of the last whole month."""
    period = filters.where_period()
    return read(
        Query(
            "select kpi_id, kpi_name, unit, period_type, period_start_date, kpi_value, "
            "prior_value, target_value, kpi_status, is_complete from marts.mart_kpi "
            f"where ({period.sql}) or (? = 'all' and period_type = 'month' and "
            "period_start_date = (select max(period_start_date) from marts.mart_kpi "
            "where period_type = 'month' and is_complete))",
            (*period.parameters, filters.period_type),
        )
    )


def make_cards(filters: Filters) -> list[Card]:
    """Make the cards of all sales, from mart_kpi."""
    rows = read_kpis(filters)
    of_period = _index(rows[rows["period_type"] == filters.period_type])
    # All time has no period before: it shows how the last whole month compares.
    compared = _index(rows[rows["period_type"] == "month"]) if filters.period == ALL else of_period
    cards = [_make_card(of_period[name], compared.get(name)) for name in SHOWN if name in of_period]
    if filters.period != ALL:
        return cards
    months = rows.loc[rows["period_type"] == "month", "period_start_date"]
    return [replace(card, month=f"{months.max():%b %Y}" if card.change else "") for card in cards]


def _index(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Find rows by the identifier of their figure."""
    return {str(row["kpi_id"]): row for _, row in rows.iterrows()}


def _make_card(row: pd.Series, compared: pd.Series | None) -> Card:
    """Make a card of a row of mart_kpi."""
    unit, target = str(row["unit"]), ""
    if pd.notna(row["target_value"]):
        target = f"target {write_figure(row['target_value'], unit)} {row['kpi_status']}"
    change, words = "", ""
    if compared is not None:
        change = write_difference(compared["kpi_value"], compared["prior_value"], unit)
        words = write_compared(str(compared["period_type"]), compared["period_start_date"])
    return Card(
        str(row["kpi_name"]),
        write_figure(row["kpi_value"], unit),
        change,
        words if change else "",
        row["kpi_id"] in LESS_IS_BETTER,
        target,
    )


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


def write_figure(value: float | None, unit: str) -> str:
    """Write a figure in its unit, short enough for a card."""
    if value is None or pd.isna(value):
        return "–"
    if unit == "ratio":
        return write_share(value)
    if unit == "number":
        return write_number(value, 2)
    return f"{value:,.0f}" if unit == "count" else write_amount(value).replace(" million", " M")


def write_difference(value: float | None, prior: float | None, unit: str) -> str:
    """Write a change: of ratios in points, of the rest in per cent; nothing without a prior."""
    if value is None or prior is None or pd.isna(value) or pd.isna(prior):
        return ""
    if unit == "ratio":
        return f"{100 * (value - prior):+.1f} points"
    return f"{100 * (value - prior) / prior:+.1f} %" if prior > 0 else ""


def write_compared(period_type: str, start: pd.Timestamp) -> str:
    """Write which period is compared with which."""
    if period_type == "year":
        return f"{start:%Y} against {start.year - 1}"
    before = start - pd.offsets.MonthBegin(1)
    return f"{start:%B %Y} against {before:%B %Y}"
