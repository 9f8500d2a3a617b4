"""Every mart that the oracle reckons, by name."""

from collections.abc import Callable, Iterator

from oracle import (
    backtest,
    cohorts,
    customers,
    groups,
    lifetimes,
    operations,
    periods,
    products,
    rows,
    sales,
)
from oracle.settings import Settings
from oracle.shop import Shop
from oracle.values import Row
from oracle.world import World

# Prediction marts hold scores; before the first scoring they have no rows.
PREDICTIONS = (
    "mart_customer_segments",
    "mart_customer_value",
    "mart_feature_importance",
    "mart_model_drift",
    "mart_model_performance",
    "mart_model_runs",
    "mart_order_risk",
    "mart_order_value",
    "mart_sales_forecast",
    "mart_segment_centroids",
    "mart_support_risk",
)


def reckon_nothing(shop: Shop) -> Iterator[Row]:
    """Reckon a prediction mart before the first scoring."""
    yield from ()


MARTS: dict[str, Callable[[Shop], Iterator[Row]]] = {
    "mart_cohort_retention": cohorts.reckon_cohort_retention,
    "mart_customer_360": customers.reckon_customer_360,
    "mart_customer_lifetime_value": lifetimes.reckon_customer_lifetime_value,
    "mart_customer_rfm": customers.reckon_customer_rfm,
    "mart_customer_states": cohorts.reckon_customer_states,
    "mart_customer_value_tiers": customers.reckon_customer_value_tiers,
    "mart_demographics": groups.reckon_demographics,
    "mart_discounts": groups.reckon_discounts,
    "mart_feedback": operations.reckon_feedback,
    "mart_kpi": operations.reckon_kpi,
    "mart_lifetime_value_backtest": backtest.reckon_lifetime_value_backtest,
    "mart_order_funnel": operations.reckon_order_funnel,
    "mart_order_lines": rows.reckon_order_lines,
    "mart_order_status": operations.reckon_order_status,
    "mart_product_affinity": products.reckon_product_affinity,
    "mart_product_performance": products.reckon_product_performance,
    "mart_product_sales_monthly": products.reckon_product_sales_monthly,
    "mart_purchase_patterns": groups.reckon_purchase_patterns,
    "mart_return_reasons": operations.reckon_return_reasons,
    "mart_returns": operations.reckon_returns,
    "mart_row_outcomes": rows.reckon_row_outcomes,
    "mart_sales_anomalies": sales.reckon_sales_anomalies,
    "mart_sales_by_period": periods.reckon_sales_by_period,
    "mart_sales_by_place": periods.reckon_sales_by_place,
    "mart_sales_change_drivers": sales.reckon_sales_change_drivers,
    "mart_sales_cube": periods.reckon_sales_cube,
    "mart_sales_daily": sales.reckon_sales_daily,
    "mart_sales_monthly": sales.reckon_sales_monthly,
    "mart_seasonality": sales.reckon_seasonality,
    "mart_segment_lifetimes": lifetimes.reckon_segment_lifetimes,
    "mart_segment_migration": cohorts.reckon_segment_migration,
    "mart_subscriptions": groups.reckon_subscriptions,
    "mart_support": operations.reckon_support,
    "mart_top_customers": products.reckon_top_customers,
    "mart_top_products": products.reckon_top_products,
    **dict.fromkeys(PREDICTIONS, reckon_nothing),
}


def reckon(world: World, settings: Settings | None = None) -> dict[str, list[Row]]:
    """Reckon all marts of a shop.

    Parameters
    ----------
    world
        Shop.
    settings
        Variables of the build; the defaults when left out.

    Returns
    -------
    dict
        Mart to its rows.
    """
    shop = Shop(world, settings or Settings())
    return {name: list(reckon_mart(shop)) for name, reckon_mart in MARTS.items()}
