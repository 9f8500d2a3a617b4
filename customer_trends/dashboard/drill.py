"""Drill-through: the customers or orders behind a bar, adding up to it."""

from dataclasses import dataclass

import streamlit as st

from customer_trends.dashboard.data import Query, read
from customer_trends.dashboard.downloads import offer_download
from customer_trends.dashboard.tables import show_table
from customer_trends.presentation.wording import write_count

SHOWN = 500
ORDERS = (
    "select order_id, order_date, customer_key, region, state, segment, order_status, "
    "sum(units_sold) as units_sold, sum(ordered_amount) as ordered_amount, "
    "sum(sales_after_discount) as sales_after_discount, sum(net_sales_by_order_date) as "
    "net_sales_by_order_date "
    "from marts.mart_order_lines where {where} "
    "group by order_key, order_id, order_date, customer_key, region, state, segment, order_status "
    "order by {measure} desc, order_id limit {shown}"
)
ORDER_TOTALS = (
    "select count(distinct order_key) as rows_behind, coalesce(sum({measure}), 0) as total "
    "from marts.mart_order_lines where {where}"
)
CUSTOMERS = (
    "select customer_key, region, state, age_group, gender, loyalty_segment, rfm_segment, "
    "value_tier, orders_recognised, recency_days, net_sales_by_order_date, monetary, "
    "customer_lifetime_value_historic "
    "from marts.mart_customer_360 where {where} order by {measure} desc, customer_key limit {shown}"
)
CUSTOMER_TOTALS = (
    "select count(*) as rows_behind, coalesce(sum({measure}), 0) as total "
    "from marts.mart_customer_360 where {where}"
)
NAMES = {
    "units_sold": "Units sold",
    "net_sales_by_order_date": "Net sales",
    "sales_after_discount": "Sales after discount",
    "ordered_amount": "Ordered amount",
    "monetary": "Net sales within the RFM window",
    "customer_lifetime_value_historic": "Lifetime value so far",
}


@dataclass(frozen=True)
class Drill:
    """What is behind a mark of a chart.

    Attributes
    ----------
    title
        Name of the mark.
    where
        Condition for mart_order_lines, or for mart_customer_360.
    is_customers
        Customers rather than orders.
    measure
        Column that adds up to the mark.
    note
        How the sum and the mark go together, where they are not the same.
    """

    title: str
    where: Query
    is_customers: bool = False
    measure: str = "net_sales_by_order_date"
    note: str = ""

    @property
    def mart(self) -> str:
        """Mart that is read."""
        return "mart_customer_360" if self.is_customers else "mart_order_lines"


def show_drill(drill: Drill, key: str) -> None:
    """Show the rows behind a mark, with their number and their sum.

    Parameters
    ----------
    drill
        What to show.
    key
        Key of the chart.
    """
    rows_of = CUSTOMERS if drill.is_customers else ORDERS
    totals_of = CUSTOMER_TOTALS if drill.is_customers else ORDER_TOTALS
    options = {"where": drill.where.sql, "measure": drill.measure, "shown": SHOWN}
    totals = read(Query(totals_of.format(**options), drill.where.parameters)).iloc[0]
    rows = read(Query(rows_of.format(**options), drill.where.parameters))
    count = int(totals["rows_behind"])
    words = write_count(count, "customer" if drill.is_customers else "order")
    with st.container(border=True, key=f"drill_{key}"):
        st.subheader(f"Drill-through: {drill.title}")
        shown = f", the {len(rows):,} largest are shown" if count > len(rows) else ""
        st.markdown(
            f"**{words[:1].upper() + words[1:]}**, {NAMES[drill.measure].lower()} "
            f"**{totals['total']:,.2f}**{shown}. {drill.note} Source: `{drill.mart}`."
        )
        amounts = {
            column: st.column_config.NumberColumn(label, format="localized")
            for column, label in NAMES.items()
            if column in rows
        }
        show_table(rows, amounts, f"rows_{key}")
        offer_download(rows, f"drill_{key}")
