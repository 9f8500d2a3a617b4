"""Every mart that the oracle computes, by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
    "mart_sales_forecast_by_category",
    "mart_sales_forecast_by_region",
    "mart_sales_forecast_by_region_and_category",
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
    "country": ("region", "state", "city"),
    "region": ("state", "city"),
    "state": ("city",),
    "city": (),
}
MONTH = "month_start_date"
# What compares tickets with orders, which have no severity.
OF_ORDERS = ("orders", "complaint_rate_per_1000")


@dataclass(frozen=True)
class Part:
    """Rows of one mart among those that are computed together, by what they say in `part`."""

    compute: Callable[[Shop], Iterator[Row]]
    name: str

    def take(self, rows: list[Row]) -> list[Row]:
        """Take the rows of the part, without saying so."""
        found = [row for row in rows if row["part"] == self.name]
        return [{name: value for name, value in row.items() if name != "part"} for row in found]


def compute_nothing(shop: Shop) -> Iterator[Row]:
    """Compute a prediction mart before the first scoring."""
    yield from ()


MARTS: dict[str, Callable[[Shop], Iterator[Row]] | Part] = {
    "mart_cohort_retention": cohorts.compute_cohort_retention,
    "mart_customer_360": customers.compute_customer_360,
    "mart_customer_lifetime_value": lifetimes.compute_customer_lifetime_value,
    "mart_customer_rfm": Part(customers.compute_customer_rfm, "quantile_1"),
    "mart_customer_rfm_threshold_1": Part(customers.compute_customer_rfm, "threshold_1"),
    "mart_customer_states": cohorts.compute_customer_states,
    "mart_customer_value_tiers": customers.compute_customer_value_tiers,
    "mart_demographics": Part(groups.compute_demographics, "all"),
    **{
        f"mart_demographics_by_{name}": Part(groups.compute_demographics, name)
        for name in map("_and_".join, groups.DEMOGRAPHICS)
    },
    "mart_discounts_by_depth_band": Part(groups.compute_discounts, "depth_band"),
    "mart_discounts_by_first_order_band": Part(groups.compute_discounts, "first_order_band"),
    "mart_lifetime_value_backtest": Part(backtest.compute_lifetime_value_backtest, "all"),
    "mart_lifetime_value_backtest_by_decile": Part(
        backtest.compute_lifetime_value_backtest, "decile"
    ),
    "mart_feedback": choose(operations.compute_feedback, "all"),
    "mart_feedback_by_category": choose(operations.compute_feedback, "category"),
    "mart_feedback_by_feedback_type": choose(operations.compute_feedback, "feedback_type"),
    "mart_feedback_by_month": choose(operations.compute_feedback, "month", MONTH),
    "mart_feedback_by_source_system": choose(operations.compute_feedback, "source_system"),
    "mart_kpi": operations.compute_kpi,
    "mart_kpi_by_month": operations.compute_kpi_by("month"),
    "mart_kpi_by_year": operations.compute_kpi_by("year"),
    "mart_order_funnel": operations.compute_order_funnel,
    "mart_order_lines": rows.compute_order_lines,
    "mart_order_status_by_month": operations.compute_order_status_by_month,
    "mart_product_affinity": products.compute_product_affinity,
    "mart_product_performance": products.compute_product_performance,
    "mart_product_sales_monthly": products.compute_product_sales_monthly,
    "mart_purchases_by_days_since_previous_order": Part(
        groups.compute_purchases, "days_since_previous_order"
    ),
    "mart_purchases_by_hour": Part(groups.compute_purchases, "order_hour"),
    "mart_purchases_by_month_of_year": Part(groups.compute_purchases, "month_name"),
    "mart_purchases_by_payment_method": Part(groups.compute_purchases, "payment_method"),
    "mart_purchases_by_season": Part(groups.compute_purchases, "season"),
    "mart_purchases_by_shipping_method": Part(groups.compute_purchases, "shipping_method"),
    "mart_purchases_by_weekday": Part(groups.compute_purchases, "day_name"),
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
            periods.compute_sales_by_place,
            {"place_level": level},
            leaves_out=("region_manager_name", *below),
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
    together: dict[Callable[[Shop], Iterator[Row]], list[Row]] = {}
    marts = {}
    for name, mart in MARTS.items():
        if isinstance(mart, Part):
            if mart.compute not in together:
                together[mart.compute] = list(mart.compute(shop))
            marts[name] = mart.take(together[mart.compute])
        else:
            marts[name] = list(mart(shop))
    return marts
