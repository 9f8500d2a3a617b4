"""The filters: period, region, category and segment, for all pages, kept in the address."""

from dataclasses import dataclass
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from customer_trends.dashboard.data import Query, read_mart
from customer_trends.presentation.wording import join_words, write_month

FILTERS = "filters"
ALL = "all"
DIMENSIONS = ("region", "category", "segment")
LABELS = {
    "period": "Period",
    "region": "Region",
    "category": "Category",
    "segment": "Customer segment",
}
EVERYTHING = {
    "period": "All time",
    "region": "All regions",
    "category": "All categories",
    "segment": "All segments",
}
MEMBERS = (
    "select period_type, period_start_date, region, category, segment "
    "from cube.mart_sales_cube where grouping_id in (3, 5, 6, 7) and not is_undated"
)
EVER = date(1900, 1, 1)


@dataclass(frozen=True)
class Filters:
    """What is chosen; ``all`` where nothing is.

    Attributes
    ----------
    period
        ``all``, a year such as ``2024`` or a month such as ``2024-06``.
    region, category, segment
        A member of the dimension.
    """

    period: str = ALL
    region: str = ALL
    category: str = ALL
    segment: str = ALL

    @property
    def period_type(self) -> str:
        """Kind of period as the marts name it: all, year or month."""
        return {3: "all", 4: "year", 7: "month"}[len(self.period)]

    @property
    def start(self) -> date:
        """First day of the period; that of the marts for all time."""
        parts = [int(part) for part in self.period.split("-")] if self.period != ALL else []
        return date(*(parts + [1, 1])[:3]) if parts else EVER

    @property
    def end(self) -> date:
        """First day after the period."""
        months = {"all": 12 * 1000, "year": 12, "month": 1}[self.period_type]
        month = self.start.month - 1 + months
        return date(self.start.year + month // 12, month % 12 + 1, 1)

    @property
    def cuts(self) -> dict[str, str]:
        """Dimension to its chosen member, of those that are chosen."""
        return {name: value for name in DIMENSIONS if (value := getattr(self, name)) != ALL}

    @property
    def is_open(self) -> bool:
        """True when nothing is chosen."""
        return not self.cuts and self.period == ALL

    def describe_period(self) -> str:
        """Write the period for people."""
        if self.period_type == "month":
            return write_month(self.start)
        return EVERYTHING["period"] if self.period == ALL else self.period

    def describe(self) -> str:
        """Write what is chosen in one line."""
        parts = [self.describe_period(), *self.cuts.values()]
        return " · ".join(parts)

    def where_cube(self, *broken_down: str) -> Query:
        """Write the condition for mart_sales_cube without its period.

        Parameters
        ----------
        *broken_down
            Dimensions that are shown member by member.
        """
        parts, values = [], []
        for name in DIMENSIONS:
            if name in self.cuts:
                parts.append(f"{name} = ?")
                values.append(self.cuts[name])
            else:
                parts.append(f"{name} <> 'ALL'" if name in broken_down else f"{name} = 'ALL'")
        return Query(" and ".join(parts), tuple(values))

    def where_period(self) -> Query:
        """Write the condition for marts with a row per period."""
        if self.period == ALL:
            return Query("period_type = 'all'")
        return Query("period_type = ? and period_start_date = ?", (self.period_type, self.start))

    def where_months(self) -> Query:
        """Write the condition for marts with a row per month; all time has the undated row, too."""
        if self.period == ALL:
            return Query("1 = 1")
        return Query("month_start_date >= ? and month_start_date < ?", (self.start, self.end))

    def where_lines(self, *, is_counted: bool = True) -> Query:
        """Write the condition for mart_order_lines.

        Parameters
        ----------
        is_counted
            Sales alone; otherwise all orders whatever became of them.
        """
        parts = ["is_counted"] if is_counted else []
        values: list[str | int | date] = []
        for name, member in self.cuts.items():
            parts.append(f"{name} = ?")
            values.append(member)
        if self.period != ALL:
            parts.append("is_dated and order_date >= ? and order_date < ?")
            values += [self.start, self.end]
        return Query(" and ".join(parts) or "1 = 1", tuple(values))

    def where_customers(self) -> Query:
        """Write the condition for marts with a row per customer: those behind the sales chosen."""
        if self.is_open:
            return Query("1 = 1")
        lines = self.where_lines()
        return Query(
            f"customer_key in (select customer_key from marts.mart_order_lines where {lines.sql})",
            lines.parameters,
        )


def list_options(members: pd.DataFrame) -> dict[str, list[str]]:
    """List what can be chosen, from the rows of ``MEMBERS``."""
    years = members[members["period_type"] == "year"]["period_start_date"]
    months = members[members["period_type"] == "month"]["period_start_date"]
    periods = [
        *sorted({f"{start:%Y}" for start in years}, reverse=True),
        *sorted({f"{start:%Y-%m}" for start in months}, reverse=True),
    ]
    options = {"period": [ALL, *periods]}
    for name in DIMENSIONS:
        options[name] = [ALL, *sorted(set(members[name]) - {"ALL"})]
    return options


def choose_filters() -> Filters:
    """Show the filters, seeded from the address, and write them back into it.

    Returns
    -------
    Filters
        What is chosen.
    """
    options = list_options(read_mart(MEMBERS))
    ignored = [name for name in LABELS if not _seed(name, options[name])]
    chosen: dict[str, str] = {}
    for name, label in LABELS.items():
        chosen[name] = st.selectbox(
            label,
            options[name],
            key=_key(name),
            format_func=partial(_write_option, name),
        )
    filters = Filters(**chosen)
    if ignored:
        words = join_words([f"{LABELS[name].lower()} of the address" for name in ignored])
        st.session_state["ignored"] = f"The {words} is not in the data and was left out."
    if not filters.is_open and st.button("Clear filters", icon=":material/filter_alt_off:"):
        st.session_state["clear"] = True
        st.rerun()
    _write_address(chosen)
    return filters


def show_hint() -> None:
    """Say once which part of the address was ignored."""
    hint = st.session_state.pop("ignored", "")
    if hint:
        st.warning(hint, icon=":material/link_off:")


def _key(name: str) -> str:
    """Name the widget of a filter."""
    return f"filter_{name}"


def _seed(name: str, options: list[str]) -> bool:
    """Set a filter from the address at the start; False when the address asks for what is not."""
    key = _key(name)
    if st.session_state.get("clear"):
        st.session_state[key] = ALL
        if name == "segment":
            del st.session_state["clear"]
        return True
    if st.session_state.get(key) in options:
        return True
    is_start = key not in st.session_state
    asked = st.query_params.get(name, ALL) if is_start else ALL
    st.session_state[key] = asked if asked in options else ALL
    return asked in options


def _write_option(name: str, value: str) -> str:
    """Write a choice for people."""
    if value == ALL:
        return EVERYTHING[name]
    return Filters(period=value).describe_period() if name == "period" else value


def _write_address(chosen: dict[str, str]) -> None:
    """Keep the address in step with the filters, so that it can be shared."""
    wanted = {name: value for name, value in chosen.items() if value != ALL}
    if wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)
