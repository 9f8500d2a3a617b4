"""One row per order as it stood when it was placed, and beside it what became of it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

COMPLETED, CANCELLED, RETURNED = "completed", "cancelled", "returned"
OUTCOMES = (CANCELLED, COMPLETED, RETURNED)
# Payment never came: by the definitions that was no order, so it has none of the outcomes.
FAILED = "failed"
ARRIVED = frozenset({"delivered", "partially_returned", "returned"})
RETURNED_STATUSES = frozenset({"partially_returned", "returned"})

SETTLED_SHARE = 0.99
DEFAULT_SETTLING_DAYS = 30
NEVER = np.datetime64("NaT", "ns")
MOST_SETTLING_DAYS = 90

READS: dict[str, dict[str, str]] = {
    "fct_orders": {
        "order_key": "integer",
        "customer_key": "integer",
        "geography_key": "integer",
        "order_status_key": "integer",
        "channel_key": "integer",
        "payment_method_key": "integer",
        "promotion_key": "integer",
        "shipping_method": "text",
        "order_hour": "integer",
        "line_count": "integer",
        "ordered_units": "integer",
        "ordered_amount": "number",
        "sales_after_discount": "number",
        "tax": "number",
        "shipping": "number",
        "is_counted": "boolean",
        "is_future": "boolean",
        "is_dated": "boolean",
        "is_subscriber_at_order": "boolean",
        "order_date": "date",
        "delivered_date": "date",
    },
    "fct_sales": {
        "order_key": "integer",
        "line_number": "integer",
        "product_key": "integer",
        "ordered_units": "integer",
        "unit_price": "number",
    },
    "fct_returns": {
        "order_key": "integer",
        "is_counted": "boolean",
        "is_dated": "boolean",
        "return_date": "date",
    },
    "fct_order_status_events": {
        "order_key": "integer",
        "order_status_key": "integer",
        "changed_at_utc": "timestamp",
    },
    "dim_order_statuses": {"order_status_key": "integer", "order_status": "text"},
    "dim_products": {"product_key": "integer", "category": "text"},
    "dim_geography": {"geography_key": "integer", "region": "text"},
    "dim_channels": {"channel_key": "integer", "channel": "text"},
    "dim_payment_methods": {"payment_method_key": "integer", "payment_method": "text"},
}


def describe_orders(relations: Mapping[str, pd.DataFrame], cutoff: pd.Timestamp) -> pd.DataFrame:
    """Put together one row per order up to the last day that counts.

    Amounts are those of the placed order: a cancelled order keeps its units and prices, since the
    measures of sales, which are 0 for it, would reveal the outcome.

    Parameters
    ----------
    relations
        Frames of ``READS``.
    cutoff
        Last day that counts.

    Returns
    -------
    pandas.DataFrame
        Sorted by date and key, with ``order_key``, ``customer_key`` (0 or less for guests),
        ``order_date``, the attributes known at placement, ``order_value`` (what was paid, with
        tax and shipping), ``is_counted``, ``status``, ``bad_outcome`` (``cancelled``,
        ``returned`` or missing) and ``bad_outcome_date`` (missing where the source has no date).
    """
    orders = relations["fct_orders"]
    orders = orders[(~_is_true(orders["is_future"])) & (orders["order_date"] <= cutoff)]
    orders = orders.sort_values(["order_date", "order_key"], kind="stable").reset_index(drop=True)
    for table, key, name in [
        ("dim_order_statuses", "order_status_key", "order_status"),
        ("dim_geography", "geography_key", "region"),
        ("dim_channels", "channel_key", "channel"),
        ("dim_payment_methods", "payment_method_key", "payment_method"),
    ]:
        orders[name] = orders[key].map(relations[table].set_index(key)[name])
    orders = orders.merge(_describe_baskets(relations), on="order_key", how="left")
    orders["order_value"] = orders["sales_after_discount"] + orders["tax"] + orders["shipping"]
    orders["is_counted"] = _is_true(orders["is_counted"])
    orders["has_promotion"] = (orders["promotion_key"] > 0).astype(float)
    orders["is_subscriber"] = _is_true(orders["is_subscriber_at_order"]).astype(float)
    return _add_bad_outcomes(orders.rename(columns={"order_status": "status"}), relations, cutoff)


def _is_true(values: pd.Series) -> pd.Series:
    """Read a truth value; one that is missing is false."""
    return values.astype("boolean").fillna(False).astype(bool)


def _describe_baskets(relations: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Sum up the lines of each order: price before discount, and the category with most of it."""
    lines = relations["fct_sales"][["order_key", "line_number", "product_key"]].copy()
    sales = relations["fct_sales"]
    lines["gross_amount"] = sales["unit_price"] * sales["ordered_units"]
    products = relations["dim_products"].set_index("product_key")["category"]
    lines["category"] = lines["product_key"].map(products).fillna("Uncategorised")
    grouped = lines.groupby(["order_key", "category"])
    shares = grouped.agg(gross_amount=("gross_amount", "sum")).reset_index()
    shares = shares.sort_values(
        ["order_key", "gross_amount", "category"], ascending=[True, False, True]
    )
    baskets: pd.DataFrame = shares.groupby("order_key").agg(
        category=("category", "first"),
        category_count=("category", "size"),
        gross_amount=("gross_amount", "sum"),
    )
    return baskets.reset_index()


def _add_bad_outcomes(
    orders: pd.DataFrame, relations: Mapping[str, pd.DataFrame], cutoff: pd.Timestamp
) -> pd.DataFrame:
    """Return which orders were cancelled or came back, and since which day that was known."""
    returns = relations["fct_returns"]
    returns = returns[_is_true(returns["is_counted"])]
    dated = returns[_is_true(returns["is_dated"]) & (returns["return_date"] <= cutoff)]
    first_return = dated.groupby("order_key")["return_date"].min()
    cancelled = orders["status"] == CANCELLED
    came_back = orders["status"].isin(RETURNED_STATUSES) | orders["order_key"].isin(
        returns["order_key"]
    )
    bad = pd.Series(np.select([cancelled, came_back], [CANCELLED, RETURNED], ""), orders.index)
    orders["bad_outcome"] = bad.where(bad != "", None)
    cancelled_since = _find_cancellations(relations).reindex(orders["order_key"]).to_numpy()
    returned_since = first_return.reindex(orders["order_key"]).to_numpy()
    orders["bad_outcome_date"] = pd.Series(
        np.where(cancelled, cancelled_since, np.where(came_back, returned_since, NEVER)),
        index=orders.index,
        dtype="datetime64[ns]",
    )
    return orders


def _find_cancellations(relations: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Find the day by which each cancellation was known, where the source gives the history."""
    statuses = relations["dim_order_statuses"].set_index("order_status_key")["order_status"]
    events = relations["fct_order_status_events"]
    events = events[events["order_status_key"].map(statuses) == CANCELLED]
    moments = events.groupby("order_key")["changed_at_utc"].min()
    # Orders carry local days. No place is more than a day ahead of UTC.
    known: pd.Series[pd.Timestamp] = moments.dt.normalize() + pd.Timedelta(days=1)
    return known


def find_settling_days(orders: pd.DataFrame) -> int:
    """Find how many days pass until nearly all outcomes are known.

    Parameters
    ----------
    orders
        Frame of `describe_orders`.

    Returns
    -------
    int
        The longer of two 99 % quantiles: days from placement to delivery, and to cancellation or
        return. At least 1, at most 90; 30 where the source has no such date.
    """
    dated = orders[_is_true(orders["is_dated"])]
    waits = [
        (dated[column] - dated["order_date"]).dt.days.dropna()
        for column in ("delivered_date", "bad_outcome_date")
    ]
    quantiles = [
        float(np.quantile(days, SETTLED_SHARE, method="higher")) for days in waits if len(days)
    ]
    days = max(quantiles, default=DEFAULT_SETTLING_DAYS)
    return int(min(max(days, 1), MOST_SETTLING_DAYS))


def settle_outcomes(orders: pd.DataFrame, cutoff: pd.Timestamp, settling_days: int) -> pd.DataFrame:
    """Return the outcome of each order once its time is over, and when which outcome was known.

    Parameters
    ----------
    orders
        Frame of `describe_orders`.
    cutoff
        Last day that counts.
    settling_days
        Days after which an order that arrived and did not come back is completed.

    Returns
    -------
    pandas.DataFrame
        ``orders`` with ``outcome`` (missing while open), ``outcome_date`` (day on which it was
        known), ``is_settled`` and ``is_open``. A bad outcome counts from its date on, but its
        order joins the settled ones only when its time is over, so that the newest orders
        do not seem worse. An order without lines is never settled: shops drop the lines of what
        they cannot supply, so that an empty basket would reveal the outcome.
    """
    due = orders["order_date"] + pd.Timedelta(days=settling_days)
    over = (due <= cutoff) & _is_true(orders["is_dated"])
    is_bad = orders["bad_outcome"].notna()
    completed = over & ~is_bad & orders["status"].isin(ARRIVED)
    outcome = orders["bad_outcome"].where(is_bad, None)
    outcome = outcome.where(~completed, COMPLETED)
    known = orders["bad_outcome_date"].fillna(due).where(is_bad, due)
    return orders.assign(
        outcome=outcome,
        outcome_date=known.where(outcome.notna() & (known <= cutoff)),
        is_settled=over & outcome.notna() & (orders["line_count"] > 0),
        is_open=outcome.isna() & (orders["status"] != FAILED),
    )
