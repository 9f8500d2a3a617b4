"""Headline figures as cards: value, change on the period before, target."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from customer_trends.presentation.wording import NOTHING, write_amount, write_number, write_share

SHOWN = ("net_sales", "orders", "customers", "average_order_value", "repeat_rate",
         "return_rate_value", "cancellation_rate", "gross_margin_rate")  # fmt: skip
# Less of these is better.
LESS_IS_BETTER = ("return_rate_value", "cancellation_rate", "guest_share")
# Figures of years and months, each with the start of its period.
KPIS = {
    period_type: f"select kpi_id, kpi_name, unit, '{period_type}' as period_type, "
    f"{period_type}_start_date as period_start_date, kpi_value, prior_value, target_value, "
    f"kpi_status from marts.mart_kpi_by_{period_type}"
    for period_type in ("year", "month")
}
# Figures of all time, and of the last complete month, whose change they show.
ALL_TIME = (
    "select kpi_id, kpi_name, unit, 'all' as period_type, cast(null as date) as period_start_date, "
    "kpi_value, cast(null as decimal(28, 6)) as prior_value, target_value, kpi_status "
    f"from marts.mart_kpi union all {KPIS['month']} where month_start_date = "
    "(select max(month_start_date) from marts.mart_kpi_by_month where is_complete)"
)
# A row of mart_kpi and its years and months.
Kpi = Mapping[Any, Any]


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
    is_less_better
        Less is better.
    target
        Target and whether it is met, in words.
    month
        Month that the change is of, where the value is of all time; else empty.
    """

    label: str
    value: str
    change: str = ""
    compared: str = ""
    is_less_better: bool = False
    target: str = ""
    month: str = ""


def make_cards(rows: Iterable[Kpi], period_type: str) -> list[Card]:
    """Make the cards of all sales in a period.

    Parameters
    ----------
    rows
        Rows of ``KPIS`` for the period; for all time those of ``ALL_TIME``.
    period_type
        Kind of the period as the marts name it: all, year or month.

    Returns
    -------
    list of Card
        In the order of ``SHOWN``; a figure that is not in the rows has no card.
    """
    found = {(str(row["period_type"]), str(row["kpi_id"])): row for row in rows}
    # All time has no period before: it shows how the last complete month compares.
    other = "month" if period_type == "all" else period_type
    cards = [
        _make_card(found[period_type, name], found.get((other, name)))
        for name in SHOWN
        if (period_type, name) in found
    ]
    if period_type != "all":
        return cards
    month = next((f"{row['period_start_date']:%b %Y}" for (kind, _), row in found.items()
                  if kind == "month"), "")  # fmt: skip
    return [replace(card, month=month if card.change else "") for card in cards]


def _make_card(row: Kpi, compared: Kpi | None) -> Card:
    """Make a card of a row of mart_kpi."""
    unit, target = str(row["unit"]), ""
    if is_known(row["target_value"]):
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


def is_known(value: Any) -> bool:
    """Return whether there is a figure: neither none nor not a number."""
    return value is not None and value == value


def write_figure(value: Any, unit: str) -> str:
    """Write a figure in its unit, short enough for a card."""
    if not is_known(value):
        return NOTHING
    value = float(value)
    if unit == "ratio":
        return write_share(value)
    if unit == "number":
        return write_number(value, 2)
    return f"{value:,.0f}" if unit == "count" else write_amount(value).replace(" million", " M")


def write_difference(value: Any, prior: Any, unit: str) -> str:
    """Write a change: of ratios in points, of the rest in per cent; nothing without a prior."""
    if not is_known(value) or not is_known(prior):
        return ""
    difference = float(value) - float(prior)
    if unit == "ratio":
        return f"{100 * difference:+.1f} points"
    return f"{100 * difference / float(prior):+.1f} %" if prior > 0 else ""


def write_compared(period_type: str, start: date) -> str:
    """Write which period is compared with which."""
    if period_type == "year":
        return f"{start:%Y} against {start.year - 1}"
    before = start.replace(day=1) - timedelta(days=1)
    return f"{start:%B %Y} against {before:%B %Y}"


def write_change(card: Card) -> str:
    """Write the change of a card with its month; empty where there is none."""
    return ", ".join(filter(None, (card.change, card.month)))


def describe_cards(cards: list[Card], source: str) -> str:
    """Write what the cards are compared with, their targets and their mart, in one line."""
    compared = next((card.compared for card in cards if card.compared), "")
    notes = [f"Change: {compared}"] if compared else []
    notes += [f"{card.label}: {card.target}" for card in cards if card.target]
    return " · ".join([*notes, f"Source: `{source}`"])
