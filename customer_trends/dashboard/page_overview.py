"""Overview: how the shop does, at a glance."""

from customer_trends.dashboard.filters import Filters
from customer_trends.dashboard.kpis import show_kpis
from customer_trends.dashboard.page_frame import run_page, show_heading, show_insights

NAME = "overview"


def show(filters: Filters) -> None:
    """Show the page: the headline figures do not wait for what draws."""
    show_heading("Overview", "How much do we sell, where, of what, and to whom?", filters)
    show_kpis(filters)

    from customer_trends.dashboard.overview_charts import show_charts

    show_charts(filters)
    show_insights(NAME)


if __name__ == "__main__":
    run_page(show)
