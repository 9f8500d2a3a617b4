"""Quality: whether the figures can be trusted."""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from customer_trends.charts.definition import Drawing, draw_nothing, make_title
from customer_trends.charts.parts import draw_rows, make_axis, tip_name, tip_number, tip_share
from customer_trends.dashboard.data import Query, read
from customer_trends.dashboard.filters import Filters
from customer_trends.dashboard.page_frame import run_page, show_heading, show_insights
from customer_trends.dashboard.panels import SCORE, Panel, show_row
from customer_trends.dashboard.predictions import show_importances, show_value_backtest
from customer_trends.dashboard.published_data import MartMissingError
from customer_trends.dashboard.states import show_empty
from customer_trends.dashboard.tables import show_table
from customer_trends.presentation.wording import NOTHING, name_category, write_count, write_share

NAME = "quality"
OUTCOMES = Query(
    "select source_system, raw_table, row_outcome, reason_code, row_count, share_of_rows, reason, "
    "fix from marts.mart_row_outcomes order by 1, 2, 3, 4"
)
REASONS = Query(
    "select reason_code, reason, fix, sum(row_count) as row_count from marts.mart_row_outcomes "
    "where row_outcome <> 'accepted' group by 1, 2, 3 order by 4 desc, 1"
)
RUNS = Query(
    "select job, model_name, status, reason, train_count, data_cutoff, trained_at, is_latest, "
    "run_id from marts.mart_model_runs order by trained_at desc, job limit 50"
)
DRIFT = Query(
    "select job, feature, status, psi, ks, missing_rate, unseen_categories "
    "from marts.mart_model_drift where is_latest order by job, feature"
)
SUMS = {
    "mart_sales_monthly": "sum(sales_after_discount) as total from marts.mart_sales_monthly",
    "mart_sales_daily": "sum(sales_after_discount) as total from marts.mart_sales_daily",
    "mart_sales_cube": "sum(sales_after_discount) as total from cube.mart_sales_cube "
    "where grouping_id = 7 and period_type = 'all'",
    "mart_order_lines": "sum(sales_after_discount) as total from marts.mart_order_lines",
    "mart_product_performance": "sum(sales_after_discount) as total "
    "from marts.mart_product_performance",
}


def show(filters: Filters) -> None:
    """Show the page."""
    show_heading(
        "Quality",
        "Can these figures be trusted: how fresh are they, what was left out, what was tested?",
        None,
        "The entire warehouse: filters do not apply here.",
    )
    _show_build()
    show_row(
        Filters(),
        [Panel("model_performance", REASONS, draw=draw_reasons, scope="all sources", key="rows")],
    )
    _show_outcomes()
    _show_sums()
    _show_tests()
    show_row(Filters(), [Panel("model_performance", scope="latest run of each model")])
    _show_models()
    # A formula in SQL: it is tried in every build, whether models have run or not.
    show_value_backtest()
    show_insights(NAME)


def draw_reasons(frame: pd.DataFrame) -> Drawing:
    """Draw how many raw rows were left out, by reason.

    Parameters
    ----------
    frame
        reason_code, reason, fix, row_count.

    Returns
    -------
    Chart
        Bars; the tooltip says what to do.
    """
    if frame.empty:
        return draw_nothing("No raw row was left out", "Every row that was loaded is in the core.")
    total, top = frame["row_count"].sum(), frame.iloc[0]
    return draw_rows(
        frame.assign(
            share=frame["row_count"] / total, name=frame["reason_code"].map(name_category)
        ),
        make_title(
            f"{write_count(total, 'raw row')} left out; most often: {top['reason']}",
            "Raw rows in quarantine or replaced by a later row, by reason",
        ),
        "name",
        make_axis(alt.X, "row_count", "Rows"),
        [
            tip_name("reason", "Reason"),
            tip_number("row_count", "Rows"),
            tip_share("share", "Of rows left out"),
            tip_name("fix", "What to do"),
        ],
    )


def write_moment(moment: Any, form: str) -> str:
    """Write a moment or a day; a dash where there is none."""
    return f"{pd.Timestamp(moment):{form}}" if pd.notna(moment) else NOTHING


def _read_last_day() -> Any:
    """Read the last day with sales; None where that mart is missing."""
    try:
        days = read(Query("select max(calendar_date) as last_date from marts.mart_sales_daily"))
    except MartMissingError:
        return None
    return days["last_date"].iloc[0]


def _show_build() -> None:
    """Show when what was built and published, from what."""
    try:
        builds = read(Query("select * from publication.builds"))
        sources = read(Query("select * from publication.sources order by 1, 2"))
    except MartMissingError:
        show_empty(
            "The build is not on record", "Publish after a build, and this page shows it.",
            "customer-trends publish",
        )  # fmt: skip
        return
    build = builds.iloc[0]
    figures = (
        ("Data up to", write_moment(_read_last_day(), "%-d %b %Y")),
        ("Built (UTC)", write_moment(build["built_at"], "%-d %b, %H:%M")),
        ("Published (UTC)", write_moment(build["published_at"], "%-d %b, %H:%M")),
        ("Tests passed", f"{build['test_passed_count']:,} of {build['test_count']:,}"),
    )
    with st.container(horizontal=True):
        for label, value in figures:
            st.metric(label, value, border=True, width="content")
    with st.container(border=True):
        loaded = sources["loaded_at"].dropna()
        fresh = f"last loaded {loaded.max():%Y-%m-%d %H:%M} UTC" if len(loaded) else ""
        rows = write_count(sources["row_count"].sum(), "raw row")
        st.markdown(f"**Freshness: {rows} from {build['sources']}**")
        st.caption(f"Raw tables and when they were loaded; {fresh}".rstrip("; "))
        show_table(
            sources,
            {
                "source_system": "Source",
                "raw_table": "Raw table",
                "batch_count": "Loads",
                "row_count": st.column_config.NumberColumn("Rows", format="localized"),
                "loaded_at": st.column_config.DatetimeColumn("Last loaded (UTC)"),
            },
        )


def _show_outcomes() -> None:
    """Show for each raw table where its rows went."""
    try:
        rows = read(OUTCOMES)
    except MartMissingError:
        return
    wide = rows.pivot_table(
        index=["source_system", "raw_table"], columns="row_outcome", values="row_count",
        aggfunc="sum", fill_value=0,
    ).reset_index()  # fmt: skip
    for outcome in ("accepted", "quarantined", "duplicate"):
        if outcome not in wide:
            wide[outcome] = 0
    wide["rows"] = wide[["accepted", "quarantined", "duplicate"]].sum(axis=1)
    share = wide["accepted"].sum() / wide["rows"].sum() if len(wide) else 0
    with st.container(border=True):
        st.markdown(f"**{write_share(share)} of all raw rows are in the core**")
        st.caption("Rows = accepted + quarantined + duplicate, for every raw table")
        show_table(
            wide[["source_system", "raw_table", "rows", "accepted", "quarantined", "duplicate"]]
        )
        left = rows[rows["row_outcome"] != "accepted"]
        with st.expander("Reasons, and what to do", icon=":material/build:"):
            show_table(left.drop(columns="share_of_rows"))
        st.caption("Source: `mart_row_outcomes`")


def _show_sums() -> None:
    """Show that marts agree on what was sold."""
    totals = {}
    for mart, sql in SUMS.items():
        try:
            totals[mart] = float(read(Query(f"select {sql}"))["total"].iloc[0] or 0)
        except MartMissingError:
            continue
    values = sorted(totals.values())
    is_equal = bool(values) and values[-1] - values[0] < 0.005
    with st.container(border=True):
        finding = "All marts agree on sales" if is_equal else "Marts do not agree on sales"
        st.markdown(f"**{finding}: {values[0]:,.2f}**" if values else f"**{finding}**")
        st.caption("Sales after discount of all time, added up from each mart, currency units")
        show_table(
            pd.DataFrame({"mart": list(totals), "sales_after_discount": list(totals.values())}),
            {
                "sales_after_discount": st.column_config.NumberColumn(
                    "Sales after discount", format="%.2f"
                ),
            },
        )


def _show_tests() -> None:
    """Show what the tests of the build came to."""
    try:
        tests = read(Query("select * from publication.test_results order by 1"))
    except MartMissingError:
        return
    bad = tests[~tests["test_status"].isin(["pass", "success"])]
    with st.container(border=True):
        passed = f"{len(tests) - len(bad):,} of {write_count(len(tests), 'test')} passed"
        warned = f", {len(bad)} warned" if len(bad) else ""
        st.markdown(f"**{passed}{warned}**")
        st.caption("The rules of the data that are checked in every build; a warning stops nothing")
        if len(bad):
            show_table(bad)
        with st.expander("All tests", icon=":material/checklist:"):
            show_table(tests)
        st.caption("Source: `publication.test_results`")


def _show_models() -> None:
    """Show the runs of the models and what has drifted."""
    try:
        runs, drift = read(RUNS), read(DRIFT)
    except MartMissingError as error:
        show_empty("No model has run", error.what, SCORE)
        return
    if runs.empty:
        show_empty("No model has run yet", "Scores, forecasts and clusters are missing.", SCORE)
        return
    with st.container(border=True):
        st.markdown(f"**{write_count(len(runs), 'model run')} on record**")
        show_table(runs)
        st.caption("Source: `mart_model_runs`")
        if len(drift):
            moved = int((drift["status"] != "ok").sum()) if "status" in drift else 0
            st.markdown(f"**Inputs of models: {write_count(moved, 'input')} moved**")
            show_table(drift)
            st.caption("Source: `mart_model_drift`")
    show_importances()


if __name__ == "__main__":
    run_page(show)
