"""Every mart that the oracle computes, by name."""

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
from oracle.operations import choose
from oracle.parts import take, take_slices
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
# Slices of which seasons and drivers are published.
SLICES = ("region", "category", "segment")
PERIODS = {
    "weekly": "week",
    "quarterly": "quarter",
    "yearly": "year",
    "fiscal_quarterly": "fiscal_quarter",
    "fiscal_yearly": "fiscal_year",
}
# Level of places to the columns that it does not have.
PLACES = {
    "country": ("region", "state", "city", "region_manager_name"),
    "region": ("state", "city"),
    "state": ("city",),
    "city": (),
}
MONTH = "month_start_date"
# What compares tickets with orders, which have no severity.
OF_ORDERS = ("orders", "complaint_rate_per_1000")


def compute_nothing(shop: Shop) -> Iterator[Row]:
    """Compute a prediction mart before the first scoring."""
    yield from ()


MARTS: dict[str, Callable[[Shop], Iterator[Row]]] = {
    "mart_cohort_retention": cohorts.compute_cohort_retention,
    "mart_customer_360": customers.compute_customer_360,
    "mart_customer_lifetime_value": lifetimes.compute_customer_lifetime_value,
    "mart_customer_rfm": customers.compute_customer_rfm,
    "mart_customer_states": cohorts.compute_customer_states,
    "mart_customer_value_tiers": customers.compute_customer_value_tiers,
    "mart_demographics": groups.compute_demographics,
    "mart_discounts": groups.compute_discounts,
    "mart_feedback": choose(operations.compute_feedback, "all"),
    "mart_feedback_by_category": choose(operations.compute_feedback, "category"),
    "mart_feedback_by_feedback_type": choose(operations.compute_feedback, "feedback_type"),
    "mart_feedback_by_month": choose(operations.compute_feedback, "month", MONTH),
    "mart_feedback_by_source_system": choose(operations.compute_feedback, "source_system"),
    "mart_kpi": operations.compute_kpi,
    "mart_kpi_by_month": operations.compute_kpi_by("month"),
    "mart_kpi_by_year": operations.compute_kpi_by("year"),
    "mart_lifetime_value_backtest": backtest.compute_lifetime_value_backtest,
    "mart_order_funnel": operations.compute_order_funnel,
    "mart_order_lines": rows.compute_order_lines,
    "mart_order_status_by_month": operations.compute_order_status_by_month,
    "mart_product_affinity": products.compute_product_affinity,
    "mart_product_performance": products.compute_product_performance,
    "mart_product_sales_monthly": products.compute_product_sales_monthly,
    "mart_purchase_patterns": groups.compute_purchase_patterns,
    "mart_return_reasons": operations.compute_return_reasons,
    "mart_returns": choose(operations.compute_returns, "all"),
    **{
        f"mart_returns_by_{kind}": choose(operations.compute_returns, kind)
        for kind in ("source_system", "region", "segment", "channel", "category")
    },
    "mart_returns_by_order_month": choose(operations.compute_returns, "order_month", MONTH),
    "mart_row_outcomes": rows.compute_row_outcomes,
    **take_slices(sales.compute_sales_anomalies, "mart_sales_anomalies", ("region", "category")),
    **{
        f"mart_sales_{name}": take(
            periods.compute_sales_by_period,
            {"period_type": kind},
            {f"period_{part}": f"{kind}_{part}" for part in ("start_date", "end_date", "name")},
            () if kind == "week" else ("is_week_53",),
        )
        for name, kind in PERIODS.items()
    },
    **{
        f"mart_sales_by_{level}": take(
            periods.compute_sales_by_place, {"place_level": level}, leaves_out=below
        )
        for level, below in PLACES.items()
    },
    **take_slices(
        sales.compute_sales_change_drivers,
        "mart_sales_change_drivers",
        SLICES,
        of_all=("share_of_change",),
    ),
    "mart_sales_cube": periods.compute_sales_cube,
    "mart_sales_daily": sales.compute_sales_daily,
    **take_slices(
        sales.compute_sales_monthly,
        "mart_sales_monthly",
        ("source_system", "region", "segment", "channel", "category"),
        of_all=("share_of_total", "is_prelaunch"),
        of_categories=("tax", "shipping", "total_sales_by_order_date"),
    ),
    **take_slices(sales.compute_seasonality, "mart_seasonality", SLICES),
    "mart_segment_lifetimes": lifetimes.compute_segment_lifetimes,
    "mart_segment_migration": cohorts.compute_segment_migration,
    "mart_subscriptions": groups.compute_subscriptions,
    "mart_support": choose(operations.compute_support, "all"),
    "mart_support_by_month": choose(operations.compute_support, "month", MONTH),
    "mart_support_by_severity": choose(
        operations.compute_support, "severity", leaves_out=OF_ORDERS
    ),
    "mart_support_by_ticket_type": choose(
        operations.compute_support, "ticket_type", leaves_out=OF_ORDERS
    ),
    **{
        f"mart_top_{what}{end}": take(
            compute_list, {"period_type": kind}, {"period_start_date": "year_start_date"}, gone
        )
        for what, compute_list in (
            ("customers", products.compute_top_customers),
            ("products", products.compute_top_products),
        )
        for end, kind, gone in (("", "all", ("period_start_date",)), ("_by_year", "year", ()))
    },
    **dict.fromkeys(PREDICTIONS, compute_nothing),
}


def compute(world: World, settings: Settings | None = None) -> dict[str, list[Row]]:
    """Compute all marts of a shop.

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
    return {name: list(compute_mart(shop)) for name, compute_mart in MARTS.items()}
