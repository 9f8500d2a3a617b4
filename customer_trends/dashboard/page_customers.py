"""Customers: who they are, who is loyal, what they are worth."""

from customer_trends.dashboard import queries
from customer_trends.dashboard.filters import Filters
from customer_trends.dashboard.marks import find_customer, find_customers, find_scores
from customer_trends.dashboard.page_frame import run_page, show_heading, show_insights
from customer_trends.dashboard.panels import Panel, show_row
from customer_trends.dashboard.predictions import show_next_orders
from customer_trends.dashboard.scatter import draw_scatter

NAME = "customers"
NOTE = "Filters keep the customers with a sale in what is chosen."
WORTH = (
    "sum(customer_lifetime_value_historic) as customer_lifetime_value_historic, "
    "sum(customer_lifetime_value_predicted) as customer_lifetime_value_predicted"
)


def show(filters: Filters) -> None:
    """Show the page."""
    show_heading(
        "Customers",
        "Who are our customers, who comes back, and what are they worth?",
        filters,
        NOTE,
    )
    show_row(
        filters,
        [
            Panel(
                "clusters",
                queries.clusters(filters),
                draw=draw_scatter,
                fields=("customer_key",),
                find_drill=find_customer(Filters()),
            ),
            Panel(
                "rfm_grid",
                queries.rfm_grid(filters),
                fields=("recency_score", "frequency_score"),
                find_drill=find_scores(filters),
            ),
        ],
    )
    sums = "sum(net_sales_by_order_date) as net_sales_by_order_date"
    show_row(
        filters,
        [
            Panel(
                "rfm_segments",
                queries.customers_by(filters, "rfm_segment", sums),
                fields=("rfm_segment",),
                find_drill=find_customers(filters, "rfm_segment"),
            ),
            Panel(
                "loyalty",
                queries.customers_by(filters, "loyalty_segment", sums),
                fields=("loyalty_segment",),
                find_drill=find_customers(filters, "loyalty_segment"),
            ),
        ],
    )
    show_row(filters, [Panel("cohorts", scope="entire shop: cohorts are not cut")])
    show_row(
        filters,
        [
            Panel(
                "value_tiers",
                queries.customers_by(filters, "value_tier", WORTH),
                fields=("value_tier",),
                find_drill=find_customers(
                    filters, "value_tier", measure="customer_lifetime_value_historic"
                ),
            ),
            Panel("survival", queries.survival(filters)),
        ],
    )
    show_row(
        filters,
        [
            Panel("demographics", queries.demographics(filters)),
            Panel("states", scope="entire shop: states are not cut"),
        ],
    )
    show_next_orders()
    show_insights(NAME)


if __name__ == "__main__":
    run_page(show)
