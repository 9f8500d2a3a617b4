"""Tables of what models expect, with a sentence that says the finding."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from customer_trends.dashboard.cards import is_known
from customer_trends.dashboard.data import Query, read
from customer_trends.dashboard.panels import SCORE
from customer_trends.dashboard.published_data import MartMissingError
from customer_trends.dashboard.states import show_empty
from customer_trends.dashboard.tables import show_table
from customer_trends.presentation.wording import write_count, write_share

TICKETS = Query(
    "select ticket_id, customer_key, ticket_type, severity, opened_date, probability_escalated "
    "from marts.mart_support_risk where is_open and is_scored "
    "order by probability_escalated desc, ticket_id limit 10"
)
NEXT_ORDERS = Query(
    "select category, count(*) as customers, avg(expected_order_value) as expected_order_value, "
    "avg(category_mean_order_value) as category_mean_order_value "
    "from marts.mart_order_value where is_scored group by 1 order by 3 desc, 1"
)
IMPORTANCES = Query(
    "select job, feature, importance_rank, importance, importance_deviation "
    "from marts.mart_feature_importance where is_latest and importance_rank <= 5 order by 1, 3"
)
TRIED = (
    "customers, buyers, predicted_value_12_months, actual_value_12_months, naive_value_12_months, "
    "error_to_naive_ratio"
)
BACKTEST = Query(
    f"select 0 as value_decile, {TRIED}, rank_agreement, backtest_date "
    "from marts.mart_lifetime_value_backtest where backtest_status = 'ok' "
    f"union all select value_decile, {TRIED}, null, backtest_date "
    "from marts.mart_lifetime_value_backtest_by_decile order by 1"
)
UNSCORED = "Nothing is open, or the models have not run."


def show_tickets_at_risk() -> None:
    """Show the open tickets that are most likely to run late."""
    _show(TICKETS, "mart_support_risk", "No open ticket has a prediction", _find_tickets)


def show_next_orders() -> None:
    """Show what the next order of a customer is expected to be worth, by favourite category."""
    _show(NEXT_ORDERS, "mart_order_value", "No next order has a prediction", _find_next_orders)


def show_importances() -> None:
    """Show which features each model depends on."""
    _show(IMPORTANCES, "mart_feature_importance", "No model has named its features", _find_features)


def show_value_backtest() -> None:
    """Show how well the formula of lifetime value did on the past twelve months."""
    nothing = "The formula of lifetime value cannot be tried yet"
    fix = "It needs customers of twelve months ago, and twenty-four months of sales."
    _show(BACKTEST, "mart_lifetime_value_backtest", nothing, _find_backtest, fix, "")


def _show(
    query: Query,
    mart: str,
    nothing: str,
    find: Callable[[pd.DataFrame], tuple[str, str]],
    fix: str = UNSCORED,
    command: str = SCORE,
) -> None:
    """Show rows below what they say, or why there are none."""
    try:
        rows = read(query)
    except MartMissingError as error:
        show_empty(nothing, error.what, command or error.command)
        return
    if rows.empty:
        show_empty(nothing, fix, command)
        return
    finding, caption = find(rows)
    with st.container(border=True):
        st.markdown(f"**{finding}**")
        st.caption(caption)
        show_table(rows)
        st.caption(f"Source: `{mart}`")


def _find_tickets(rows: pd.DataFrame) -> tuple[str, str]:
    """Say how likely the first ticket is to run late."""
    first = rows.iloc[0]
    share = write_share(float(first["probability_escalated"]))
    return (
        f"Ticket {first['ticket_id']} is the likeliest to be escalated: {share}",
        "Open tickets by the probability that was predicted when they were opened, ten at most",
    )


def _find_next_orders(rows: pd.DataFrame) -> tuple[str, str]:
    """Say in which favourite category the largest orders are expected."""
    first = rows.iloc[0]
    customers = write_count(int(rows["customers"].sum()), "customer")
    return (
        f"Buyers of {first['category']} are expected to place the largest orders: "
        f"{float(first['expected_order_value']):,.2f}",
        f"Average expected value of the next order of {customers} by favourite category, currency "
        "units",
    )


def _find_features(rows: pd.DataFrame) -> tuple[str, str]:
    """Say which feature matters most to the first model."""
    first = rows.iloc[0]
    return (
        f"{first['job']} leans most on {first['feature']}",
        "Loss of accuracy when a feature is shuffled, the five largest of each model",
    )


def _find_backtest(rows: pd.DataFrame) -> tuple[str, str]:
    """Say how far expected and actual value were apart, and whether the simple rule did better."""
    everybody = rows.iloc[0]
    expected, actual = (
        float(everybody[f"{name}_value_12_months"]) for name in ("predicted", "actual")
    )
    ratio, verdict = everybody["error_to_naive_ratio"], ""
    # Unknown where repeating the year before would have been right to the cent.
    if is_known(ratio):
        better = "less" if ratio < 1 else "no less"
        verdict = f"; the formula errs {better} than repeating the year before"
    return (
        f"Customers were expected to bring {expected:,.0f} in a year and brought {actual:,.0f}"
        f"{verdict}",
        "The formula of lifetime value as of twelve months ago compared with what came since, by "
        "tenths of the expectation (10 expects most, 0 is everybody), currency units",
    )
