"""Trends: where sales are going."""

import streamlit as st

from customer_trends.dashboard import queries
from customer_trends.dashboard.data import Query, read
from customer_trends.dashboard.filters import Filters
from customer_trends.dashboard.overview_charts import compare_months
from customer_trends.dashboard.page_frame import run_page, show_heading, show_insights
from customer_trends.dashboard.panels import Panel, show_row
from customer_trends.dashboard.published_data import MartMissingError
from customer_trends.dashboard.tables import show_table
from customer_trends.presentation.wording import name_category

NAME = "trends"
BACKTEST = Query(
    "select split, slice_name, metric, value, baseline_name, baseline_value, is_better, "
    "data_cutoff from marts.mart_model_performance where job = 'forecast' and is_latest "
    "order by slice_name, split, metric_rank"
)


def show(filters: Filters) -> None:
    """Show the page."""
    show_heading("Trends", "Where are sales going, and what moves them?", filters)
    scope = " · ".join(
        [value for name, value in filters.cuts.items() if name != "segment"] or ["all sales"]
    )
    show_row(
        filters, [Panel("forecast", queries.forecast(filters), scope=f"{scope}, all segments")]
    )
    _show_backtest()
    show_row(
        filters,
        [
            Panel("years", queries.months(filters, is_complete=True), prepare=compare_months),
            Panel("seasonality", queries.seasonality(filters), scope=_name_slice(filters)),
        ],
    )
    show_row(
        filters,
        [
            Panel("product_trends", queries.product_trends(filters)),
            Panel("drivers", _ask_drivers(filters), scope="entire shop, by category"),
        ],
    )
    show_insights(NAME)


def _name_slice(filters: Filters) -> str:
    """Name the slice whose seasons are shown."""
    name, *others = filters.cuts.values() or ["all sales"]
    return f"{name} alone: seasons are shown for one cut at a time" if others else name


def _ask_drivers(filters: Filters) -> Query | None:
    """Ask for the drivers of the month chosen; the last complete month without one."""
    if filters.period_type != "month":
        return None
    return Query(
        "select month_start_date, category, absolute_change, volume_effect, mix_effect, "
        "price_effect, new_effect, returns_effect "
        "from marts.mart_sales_change_drivers_by_category where month_start_date = ? order by 2",
        (filters.start,),
    )


def _show_backtest() -> None:
    """Show how good past forecasts were; nothing before there is a forecast."""
    try:
        rows = read(BACKTEST)
    except MartMissingError:
        return
    if rows.empty:
        return
    with st.expander("How good were past forecasts?", icon=":material/fact_check:"):
        show_table(
            rows.assign(metric=rows["metric"].map(name_category)),
            {
                "split": "Months",
                "slice_name": "Series",
                "metric": "Figure",
                "value": st.column_config.NumberColumn("Model", format="%.4f"),
                "baseline_name": "Baseline",
                "baseline_value": st.column_config.NumberColumn("Baseline value", format="%.4f"),
                "is_better": "Better",
                "data_cutoff": "Data up to",
            },
        )
        st.caption("Source: `mart_model_performance`")


if __name__ == "__main__":
    run_page(show)
