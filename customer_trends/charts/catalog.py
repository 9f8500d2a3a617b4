"""All charts in the order in which they are shown."""

from customer_trends.charts import (
    customers,
    geography,
    models,
    operations,
    people,
    products,
    sales,
    segments,
    service,
)
from customer_trends.charts.definition import ChartDefinition

PAGES = {
    "overview": "Overview",
    "trends": "Trends",
    "customers": "Customers",
    "geography": "Geography",
    "operations": "Operations",
    "quality": "Quality",
}
ORDER = (
    "monthly_sales", "categories", "regions", "regions_and_categories", "top_customers",
    "top_products", "discounts", "forecast", "years", "drivers", "product_trends", "seasonality",
    "clusters", "rfm_grid", "rfm_segments", "loyalty", "cohorts", "states", "value_tiers",
    "survival", "demographics",
)  # fmt: skip
MODULES = (
    sales,
    products,
    customers,
    segments,
    people,
    geography,
    operations,
    service,
    models,
)


def list_charts() -> list[ChartDefinition]:
    """List all charts.

    Returns
    -------
    list of ChartDefinition
        By page in the order of ``PAGES``; on a page those of ``ORDER`` come first.
    """
    charts = [chart for module in MODULES for chart in module.CHARTS]
    places = {name: place for place, name in enumerate(ORDER)}
    pages = list(PAGES)
    return sorted(
        charts, key=lambda chart: (pages.index(chart.page), places.get(chart.name, len(places)))
    )
