"""Sentences about all sales: how much, the last month, the largest parts."""

from functools import partial

from customer_trends.insights.notes import FEWEST, KPI, Insight, Notes, Rule, qualify
from customer_trends.presentation.wording import (
    write_amount,
    write_change,
    write_count,
    write_month,
    write_share,
)

COMPLETE_MONTHS = "is_complete and not is_undated"
LATEST = "month_start_date desc"
MONTHLY, CUBE, REGIONAL = "mart_sales_monthly", "mart_sales_cube", "mart_sales_by_region"
CATEGORIES = (
    "period_type = 'all' and segment = 'ALL' and region = 'ALL' and category <> 'ALL' "
    "and net_sales_by_order_date > 0"
)
EVERYTHING = "period_type = 'all' and segment = 'ALL' and region = 'ALL' and category = 'ALL'"
REGIONS = "net_sales_by_order_date > 0"


def describe_total(notes: Notes) -> Insight | None:
    """Say what was sold in all."""
    sales = notes.find("mart_kpi", "kpi_value", f"{KPI}'net_sales'")
    orders = notes.find("mart_kpi", "kpi_value", f"{KPI}'orders'")
    order_value = notes.find("mart_kpi", "kpi_value", f"{KPI}'average_order_value'")
    if sales is None or orders is None or not orders.value:
        return None
    text = (
        f"Net sales are {notes.cite(sales, write_amount)} from "
        f"{notes.cite(orders, lambda count: write_count(count, 'order'))}"
    )
    if order_value is not None and orders.value > 1:
        text += f", {notes.cite(order_value, write_amount)} an order before returns"
    return notes.finish(f"{text}.")


def describe_month(notes: Notes) -> Insight | None:
    """Compare the last complete month with the one before and with the same one a year before."""
    month = notes.find(MONTHLY, "month_start_date", COMPLETE_MONTHS, LATEST)
    sales = notes.find(MONTHLY, "net_sales", COMPLETE_MONTHS, LATEST)
    if month is None or sales is None:
        return None
    text = f"Net sales of {notes.cite(month, write_month)} were {notes.cite(sales, write_amount)}"
    growth = "case when growth_status = 'ok' then month_over_month_growth end"
    change = notes.find(MONTHLY, growth, COMPLETE_MONTHS, LATEST)
    growth = "case when yearly_growth_status = 'ok' then year_over_year_growth end"
    yearly = notes.find(MONTHLY, growth, COMPLETE_MONTHS, LATEST)
    changes = [
        notes.cite(fact, partial(write_change, than=than))
        for fact, than in ((change, "in the month before"), (yearly, "a year before"))
        if fact is not None
    ]
    if changes:
        text += f", {' and '.join(changes)}"
    return notes.finish(f"{text}.")


def describe_open_month(notes: Notes) -> Insight | None:
    """Say that the month that is not over is compared with nothing."""
    rows = "not is_complete and not is_undated and orders > 0"
    month = notes.find(MONTHLY, "month_start_date", rows, LATEST)
    if month is None:
        return None
    return notes.finish(
        f"{notes.cite(month, write_month)} is not over yet: its sales are compared with nothing."
    )


def describe_category(notes: Notes) -> Insight | None:
    """Name the largest category."""
    order = "net_sales_by_order_date desc, category"
    name = notes.find(CUBE, "category", CATEGORIES, order)
    count = notes.find(CUBE, "count(*)", CATEGORIES)
    of_all = notes.find(
        CUBE, "net_sales_by_order_date", f"{EVERYTHING} and net_sales_by_order_date > 0"
    )
    if name is None or count is None or count.value < 2 or of_all is None:
        return None
    if not notes.has_enough():
        return None
    total = f"(select net_sales_by_order_date from {qualify(CUBE)} where {EVERYTHING})"
    share = notes.find(CUBE, f"net_sales_by_order_date / {total}", CATEGORIES, order)
    if share is None or share.value > 1:
        return None
    return notes.finish(
        f"{notes.cite(name)} is {notes.cite(share, write_share)} of net sales, the largest of "
        f"{notes.cite(count, lambda value: write_count(value, 'category', 'categories'))}."
    )


def describe_region(notes: Notes) -> Insight | None:
    """Name the largest region and its best category."""
    order = "net_sales_by_order_date desc, region"
    name = notes.find(REGIONAL, "region", REGIONS, order)
    count = notes.find(REGIONAL, "count(*)", REGIONS)
    total = f"(select sum(net_sales_by_order_date) from marts.{REGIONAL} where {REGIONS})"
    share = notes.find(REGIONAL, f"net_sales_by_order_date / {total}", REGIONS, order)
    if name is None or count is None or count.value < 2 or share is None:
        return None
    if not notes.has_enough():
        return None
    text = (
        f"{notes.cite(name)} is the largest of "
        f"{notes.cite(count, lambda value: write_count(value, 'region'))} with "
        f"{notes.cite(share, write_share)} of their net sales"
    )
    category = notes.find(REGIONAL, "top_category_1", REGIONS, order)
    category_share = notes.find(REGIONAL, "top_category_1_share", REGIONS, order)
    if category is not None and category_share is not None:
        text += (
            f"; {notes.cite(category)} brings {notes.cite(category_share, write_share)} of its "
            "sales after discount"
        )
    return notes.finish(f"{text}.")


def describe_top_customers(notes: Notes) -> Insight | None:
    """Say how much hangs on the five best customers; never of a few customers."""
    rows = "customer_rank <= 5"
    customers = notes.find("mart_kpi", "kpi_value", f"{KPI}'customers'")
    share = notes.find("mart_top_customers", "sum(share_of_total)", rows)
    count = notes.find("mart_top_customers", "count(*)", rows)
    if customers is None or customers.value < FEWEST or share is None or count is None:
        return None
    return notes.finish(
        f"The {notes.cite(count, lambda value: f'{value:,.0f}')} best of "
        f"{notes.cite(customers, lambda value: write_count(value, 'customer'))} bring "
        f"{notes.cite(share, write_share)} of net sales."
    )


RULES: tuple[Rule, ...] = (
    describe_total,
    describe_month,
    describe_open_month,
    describe_category,
    describe_region,
    describe_top_customers,
)
