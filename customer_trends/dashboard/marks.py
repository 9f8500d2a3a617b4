"""From a mark that was clicked to the orders or customers behind it."""

from dataclasses import replace
from datetime import date

import pandas as pd

from customer_trends.dashboard.data import Query
from customer_trends.dashboard.drill import Drill
from customer_trends.dashboard.filters import Filters
from customer_trends.dashboard.panels import FindDrill, Mark
from customer_trends.presentation.wording import name_category, write_month

RETURNS = "The bar is this sum less what came back in the month, whenever it had been ordered."


def read_date(value: object) -> date:
    """Read a day that a chart gave back: milliseconds since 1970, or text."""
    if isinstance(value, int | float):
        return pd.Timestamp(value, unit="ms").date()
    return pd.Timestamp(str(value)).date()


def find_lines(
    filters: Filters, field: str, column: str = "", *, is_counted: bool = True,
    measure: str = "net_sales_by_order_date",
) -> FindDrill:  # fmt: skip
    """Find the orders whose lines have the value of a mark in a column."""

    def find(mark: Mark) -> Drill | None:
        value = mark.get(field)
        if value is None:
            return None
        lines = filters.where_lines(is_counted=is_counted)
        where = Query(f"{lines.sql} and {column or field} = ?", (*lines.parameters, str(value)))
        return Drill(name_category(str(value)), where, measure=measure)

    return find


def find_cell(filters: Filters, *columns: str) -> FindDrill:
    """Find the orders whose lines have all values of a mark."""

    def find(mark: Mark) -> Drill | None:
        values = [str(mark[column]) for column in columns if mark.get(column) is not None]
        if len(values) < len(columns):
            return None
        lines = filters.where_lines()
        parts = [lines.sql, *(f"{column} = ?" for column in columns)]
        return Drill(", ".join(values), Query(" and ".join(parts), (*lines.parameters, *values)))

    return find


def find_month(filters: Filters, field: str = "month_start_date") -> FindDrill:
    """Find the orders of a month."""

    def find(mark: Mark) -> Drill | None:
        if mark.get(field) is None:
            return None
        start = read_date(mark[field])
        lines = replace(filters, period=f"{start:%Y-%m}").where_lines()
        return Drill(write_month(start), lines, measure="sales_after_discount", note=RETURNS)

    return find


def find_customers(filters: Filters, field: str, column: str = "", measure: str = "") -> FindDrill:
    """Find the customers who have the value of a mark in a column."""

    def find(mark: Mark) -> Drill | None:
        value = mark.get(field)
        if value is None:
            return None
        people = filters.where_customers()
        where = Query(f"{people.sql} and {column or field} = ?", (*people.parameters, str(value)))
        return Drill(
            str(value), where, is_customers=True, measure=measure or "net_sales_by_order_date"
        )

    return find


def find_scores(filters: Filters) -> FindDrill:
    """Find the customers in a cell of the grid of recency and frequency."""

    def find(mark: Mark) -> Drill | None:
        scores = [mark.get("recency_score"), mark.get("frequency_score")]
        if None in scores:
            return None
        people = filters.where_customers()
        recency, frequency = (int(score or 0) for score in scores)
        where = Query(
            f"{people.sql} and rfm_cell like ?", (*people.parameters, f"{recency}{frequency}_")
        )
        return Drill(
            f"recency {recency}, frequency {frequency}", where, is_customers=True,
            measure="monetary",
        )  # fmt: skip

    return find


def find_customer(filters: Filters) -> FindDrill:
    """Find the orders of a customer."""

    def find(mark: Mark) -> Drill | None:
        key = mark.get("customer_key")
        if key is None:
            return None
        lines = filters.where_lines()
        where = Query(f"{lines.sql} and customer_key = ?", (*lines.parameters, int(str(key))))
        return Drill(f"customer {key}", where)

    return find
