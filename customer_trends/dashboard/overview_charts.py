"""The charts of the overview."""

import pandas as pd

from customer_trends.charts.customers import draw_top_customers
from customer_trends.dashboard import queries
from customer_trends.dashboard.filters import Filters
from customer_trends.dashboard.marks import find_cell, find_customer, find_lines, find_month
from customer_trends.dashboard.panels import Panel, show_row
from customer_trends.dashboard.regions import draw_ring, rank_categories


def show_charts(filters: Filters) -> None:
    """Show the charts, row by row.

    Parameters
    ----------
    filters
        What is chosen.
    """
    show_row(
        filters,
        [
            Panel(
                "monthly_sales",
                queries.months(filters),
                prepare=lambda frame: keep_period(compare_months(frame), filters),
                fields=("month_start_date",),
                find_drill=find_month(filters),
            )
        ],
    )
    show_row(
        filters,
        [
            Panel(
                "regions",
                queries.cube(filters, "region", "category"),
                draw=draw_ring,
                prepare=rank_categories,
                fields=("region",),
                find_drill=find_lines(filters, "region"),
            ),
            Panel(
                "categories",
                queries.cube(filters, "category"),
                fields=("category",),
                find_drill=find_lines(filters, "category"),
            ),
        ],
    )
    show_row(
        filters,
        [
            Panel(
                "top_customers",
                queries.top_customers(filters),
                draw=draw_top_customers,
                fields=("customer_key",),
                find_drill=find_customer(filters),
            ),
            Panel(
                "regions_and_categories",
                queries.cube(filters, "region", "category"),
                fields=("region", "category"),
                find_drill=find_cell(filters, "region", "category"),
            ),
        ],
    )


def compare_months(frame: pd.DataFrame) -> pd.DataFrame:
    """Compare months where the cube gave them: it has no change of its own."""
    if frame.empty or "month_over_month_growth" in frame:
        return frame
    rows = frame.sort_values("month_start_date")
    sales = rows["net_sales"]
    ok = rows["is_complete"].astype(bool) & (sales.shift(1) > 0)
    ok_year = rows["is_complete"].astype(bool) & (sales.shift(12) > 0)
    return rows.assign(
        month_over_month_growth=(sales / sales.shift(1) - 1).where(ok),
        growth_status=ok.map({True: "ok", False: "no_prior"}),
        year_over_year_growth=(sales / sales.shift(12) - 1).where(ok_year),
        yearly_growth_status=ok_year.map({True: "ok", False: "no_prior"}),
    )


def keep_period(frame: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Keep the months of a year, or a year of months up to a month."""
    if filters.period_type == "all":
        return frame
    end, start = pd.Timestamp(filters.end), pd.Timestamp(filters.end) - pd.DateOffset(years=1)
    month = frame["month_start_date"]
    return frame[(month >= start) & (month < end)]
