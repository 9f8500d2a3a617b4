"""A small shop with a known truth, as the frames that the prediction jobs read."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from python_ml.outcomes.placed_orders import READS as ORDER_READS
from python_ml.outcomes.support_tickets import READS as TICKET_READS

FIRST_DAY = pd.Timestamp("2023-01-02")
DAYS = 540
CUTOFF = FIRST_DAY + pd.Timedelta(days=DAYS - 1)
CUTOFF_DATE: date = CUTOFF.date()
STATUSES = ["pending", "shipped", "delivered", "cancelled", "returned", "failed"]
CATEGORIES = {"Books": (15.0, 0.02), "Shoes": (60.0, 0.30), "Sofas": (400.0, 0.10)}
EMPTY_TYPES = {
    "integer": "int64",
    "number": "float64",
    "text": "object",
    "boolean": "bool",
    "date": "datetime64[ns]",
    "timestamp": "datetime64[ns]",
}
Marts = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Truth:
    """How the shop behaves.

    Attributes
    ----------
    orders, customers
        How many; customers with the highest keys never order.
    is_noise
        True when nothing about an order shows its outcome.
    seed
        Seed of all that is drawn.
    """

    orders: int = 3000
    customers: int = 300
    is_noise: bool = False
    seed: int = 5


def empty_marts() -> Marts:
    """Make all frames without rows, typed as the warehouse gives them."""
    reads = ORDER_READS | TICKET_READS | {"fct_customer_totals": {"customer_key": "integer"}}
    return {
        relation: pd.DataFrame({c: pd.Series(dtype=EMPTY_TYPES[k]) for c, k in kinds.items()})
        for relation, kinds in reads.items()
    }


def make_marts(truth: Truth | None = None) -> Marts:
    """Make the frames: orders with lines, returns and status events, and tickets about them."""
    truth = truth or Truth()
    random = np.random.default_rng(truth.seed)
    drawn = _draw_orders(random, truth)
    marts = empty_marts() | _make_dimensions(truth)
    marts["fct_orders"] = _make_orders(drawn)
    marts["fct_sales"] = drawn[["order_key", "product_key", "ordered_units", "unit_price"]].assign(
        line_number=1
    )
    returned = drawn[drawn["status"] == "returned"]
    marts["fct_returns"] = pd.DataFrame(
        {
            "order_key": returned["order_key"],
            "is_counted": True,
            "is_dated": True,
            "return_date": returned["order_date"] + returned["wait"],
        }
    )
    cancelled = drawn[drawn["status"] == "cancelled"]
    marts["fct_order_status_events"] = pd.DataFrame(
        {
            "order_key": cancelled["order_key"],
            "order_status_key": STATUSES.index("cancelled"),
            "changed_at_utc": cancelled["order_date"] + pd.Timedelta(hours=30),
        }
    )
    marts["fct_support_tickets"] = _draw_tickets(random, drawn, truth)
    return marts


def _draw_orders(random: np.random.Generator, truth: Truth) -> pd.DataFrame:
    """Draw orders whose chance to come back depends on category and customer."""
    count = truth.orders
    names = np.array(list(CATEGORIES))
    price, returns = (np.array(column) for column in zip(*CATEGORIES.values(), strict=True))
    category = random.integers(0, len(names), count)
    buyers = max(truth.customers - 20, 1)
    customer = random.integers(1, buyers + 1, count)
    taste = random.normal(0, 0.5, buyers + 1)
    chance = returns[category]
    if truth.is_noise:
        chance = np.full(count, returns.mean())
    draw = random.random(count)
    status = np.select([draw < 0.06, draw < 0.06 + chance], ["cancelled", "returned"], "delivered")
    day = np.sort(random.integers(0, DAYS, count))
    wait = random.integers(3, 20, count)
    status = np.where(day + wait > DAYS - 1, "shipped", status)
    units = 1 + random.poisson(0.6, count)
    amount = price[category] * np.exp(taste[customer] + random.normal(0, 0.3, count))
    return pd.DataFrame(
        {
            "order_key": 1000 + random.permutation(count),
            "customer_key": customer,
            "product_key": category + 1,
            "status": status,
            "order_date": FIRST_DAY + pd.to_timedelta(day, unit="D"),
            "wait": pd.to_timedelta(wait, unit="D"),
            "ordered_units": units,
            "unit_price": amount.round(2),
            "payment_method_key": random.integers(1, 4, count),
            "shipping_method": random.choice(np.array(["standard", "express"], object), count),
        }
    )


def _make_orders(drawn: pd.DataFrame) -> pd.DataFrame:
    """Make fct_orders: measures of sales are 0 for what is no sale, as in the warehouse."""
    is_counted = ~drawn["status"].isin(["cancelled", "failed", "pending"])
    amount = (drawn["ordered_units"] * drawn["unit_price"]).round(2)
    arrived = drawn["status"].isin(["delivered", "returned"])
    return pd.DataFrame(
        {
            "order_key": drawn["order_key"],
            "customer_key": drawn["customer_key"],
            "geography_key": 1 + drawn["customer_key"] % 2,
            "order_status_key": drawn["status"].map(STATUSES.index),
            "channel_key": 1,
            "payment_method_key": drawn["payment_method_key"],
            "promotion_key": -3,
            "shipping_method": drawn["shipping_method"],
            "order_hour": 12,
            "line_count": 1,
            "ordered_units": drawn["ordered_units"],
            "ordered_amount": amount,
            "sales_after_discount": amount.where(is_counted, 0.0),
            "tax": (amount * 0.05).where(is_counted, 0.0).round(2),
            "shipping": (amount * 0 + 5.0).where(is_counted, 0.0),
            "is_counted": is_counted,
            "is_future": False,
            "is_dated": True,
            "is_subscriber_at_order": False,
            "order_date": drawn["order_date"],
            "delivered_date": (drawn["order_date"] + pd.Timedelta(days=3)).where(arrived),
        }
    )


def _make_dimensions(truth: Truth) -> Marts:
    """Make the small tables that orders point to."""
    keys = range(len(STATUSES))
    return {
        "dim_order_statuses": pd.DataFrame({"order_status_key": keys, "order_status": STATUSES}),
        "dim_products": pd.DataFrame({"product_key": [1, 2, 3], "category": list(CATEGORIES)}),
        "dim_geography": pd.DataFrame({"geography_key": [1, 2], "region": ["North", "South"]}),
        "dim_channels": pd.DataFrame({"channel_key": [1], "channel": ["web"]}),
        "dim_payment_methods": pd.DataFrame(
            {"payment_method_key": [1, 2, 3], "payment_method": ["card", "transfer", "wallet"]}
        ),
        "fct_customer_totals": pd.DataFrame({"customer_key": range(1, truth.customers + 1)}),
    }


def _draw_tickets(random: np.random.Generator, drawn: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """Draw tickets about a third of the orders; low severity waits longest."""
    about = drawn.iloc[np.flatnonzero(random.random(len(drawn)) < 0.35)]
    severities = np.array(["low", "medium", "high"], object)
    severity = random.integers(0, 3, len(about))
    median = np.array([4.0, 2.5, 1.0])[severity if not truth.is_noise else severity * 0]
    opened = about["order_date"] + pd.Timedelta(hours=36)
    days = median * np.exp(random.normal(0, 0.6, len(about)))
    resolved = opened + pd.to_timedelta((days * 24).round(), unit="h")
    last_moment = CUTOFF + pd.Timedelta(hours=23)
    tickets = pd.DataFrame(
        {
            "ticket_key": 5000 + np.arange(len(about)),
            "order_key": about["order_key"],
            "customer_key": about["customer_key"],
            "ticket_type": random.choice(np.array(["complaint", "enquiry"], object), len(about)),
            "severity": severities[severity],
            "is_future": False,
            "opened_date": opened.dt.normalize(),
            "opened_at_utc": opened,
            "resolved_at_utc": resolved.where(resolved <= last_moment),
        }
    )
    tickets["is_complaint"] = tickets["ticket_type"] == "complaint"
    return tickets[tickets["opened_date"] <= CUTOFF].reset_index(drop=True)


def shuffled(marts: Marts, seed: int) -> Marts:
    """Give the same rows in another order."""
    return {name: frame.sample(frac=1.0, random_state=seed) for name, frame in marts.items()}


def with_orders(marts: Marts, **changes: Any) -> Marts:
    """Give the same frames with other columns of orders."""
    return marts | {"fct_orders": marts["fct_orders"].assign(**changes)}
