"""One row per support ticket as it stood when it was opened, and beside it what became of it.

The status is that of the definitions, seen when the ticket is as old as the SLA allows: resolved;
or else escalated, if it is a complaint or of high severity; or else open. Severity and type are
known at the opening, so what is to be predicted is whether the ticket will be late.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from python_ml.outcomes.as_of_features import (
    calendar_features,
    earlier_rates,
    earlier_values,
    open_at,
)
from python_ml.outcomes.pipelines import FeatureList
from python_ml.outcomes.placed_orders import CANCELLED, RETURNED

# The variable support_sla_days of the dbt project; a test holds them equal.
SLA_DAYS = 5
LATE, IN_TIME = "late", "in_time"
STATUS_RANKS = {"resolved": 1, "open": 2, "escalated": 3}
HIGH_SEVERITY = "high"

READS: dict[str, dict[str, str]] = {
    "fct_support_tickets": {
        "ticket_key": "integer",
        "order_key": "integer",
        "customer_key": "integer",
        "ticket_type": "text",
        "severity": "text",
        "is_complaint": "boolean",
        "is_future": "boolean",
        "opened_date": "date",
        "opened_at_utc": "timestamp",
        "resolved_at_utc": "timestamp",
    }
}

# All that is known when a ticket is opened. A name that is not here is not looked at.
KNOWN_AT_OPENING = FeatureList(
    numeric=(
        "open_tickets",
        "tickets_of_last_week",
        "customer_known_outcomes",
        "customer_late_rate",
        "type_late_rate",
        "earlier_tickets",
        "days_since_last_ticket",
        "order_known_outcomes",
        "order_cancelled_rate",
        "order_returned_rate",
        "order_amount_log",
        "days_since_order",
    ),
    categorical=("ticket_type", "severity", "channel", "category", "weekday"),
)


def describe_tickets(relations: Mapping[str, pd.DataFrame], cutoff: pd.Timestamp) -> pd.DataFrame:
    """Put together one row per ticket opened up to the last day that counts.

    Parameters
    ----------
    relations
        Frames of ``READS``.
    cutoff
        Last day that counts.

    Returns
    -------
    pandas.DataFrame
        Sorted by opening and key, with ``ticket_key``, ``customer_key``, ``order_key``,
        ``opened_date``, ``opened_at``, ``resolved_at``, the attributes known at the opening,
        ``is_open``, ``outcome`` (``late`` or ``in_time``; missing while unknown), ``outcome_date``
        (day on which it was known) and ``actual_status``.
    """
    tickets = relations["fct_support_tickets"]
    is_future = tickets["is_future"].astype("boolean").fillna(False).astype(bool)
    tickets = tickets[~is_future & (tickets["opened_date"] <= cutoff)]
    tickets = tickets.sort_values(["opened_date", "ticket_key"]).reset_index(drop=True)
    opened, resolved = tickets["opened_at_utc"], tickets["resolved_at_utc"]
    sla = pd.Timedelta(days=SLA_DAYS)
    overdue_date = tickets["opened_date"] + sla + pd.Timedelta(days=1)
    is_in_time = resolved.notna() & (resolved - opened <= sla)
    is_late = ~is_in_time & (overdue_date <= cutoff)
    outcome = pd.Series(np.select([is_in_time, is_late], [IN_TIME, LATE], ""), tickets.index)
    # Tickets carry local days. No place is more than a day ahead of UTC.
    resolved_date = resolved.dt.normalize() + pd.Timedelta(days=1)
    may_escalate = tickets["is_complaint"].astype("boolean").fillna(False).astype(bool) | (
        tickets["severity"] == HIGH_SEVERITY
    )
    late_status = np.where(may_escalate, "escalated", "open")
    status = pd.Series(np.where(is_in_time, "resolved", np.where(is_late, late_status, "")))
    return tickets.assign(
        opened_at=opened,
        resolved_at=resolved,
        may_escalate=may_escalate,
        is_open=resolved.isna(),
        outcome=outcome.where(outcome != "", None),
        outcome_date=resolved_date.where(is_in_time, overdue_date.where(is_late)),
        is_settled=(overdue_date <= cutoff),
        actual_status=status.where(status != "", None),
    )


def opening_features(tickets: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Describe each ticket by what was known when it was opened.

    Parameters
    ----------
    tickets
        Frame of `describe_tickets`, or any with ``customer_key``, ``order_key``, ``opened_date``,
        ``opened_at``, ``resolved_at``, ``ticket_type``, ``severity``, ``outcome``,
        ``outcome_date``.
    orders
        Frame of `placed_orders.settle_outcomes`.

    Returns
    -------
    pandas.DataFrame
        The columns of ``KNOWN_AT_OPENING``, on the index of ``tickets``.
    """
    parts = [
        _describe_queue(tickets),
        _describe_history(tickets, orders),
        _describe_order(tickets, orders),
        calendar_features(tickets["opened_date"])[["weekday"]],
        tickets[["ticket_type", "severity"]],
    ]
    return KNOWN_AT_OPENING.take(pd.concat(parts, axis=1))


def _describe_queue(tickets: pd.DataFrame) -> pd.DataFrame:
    """Count what waits at the moment of the opening, and what came in during the week before."""
    opened = tickets["opened_at"]
    week_later = opened + pd.Timedelta(days=7)
    return pd.DataFrame(
        {
            "open_tickets": open_at(opened, opened, tickets["resolved_at"]),
            "tickets_of_last_week": open_at(opened, opened, week_later),
        }
    )


def _describe_history(tickets: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Return how earlier tickets and orders ended, as far as it was known."""
    columns = ["customer_key", "ticket_type", "opened_date", "outcome_date"]
    flagged = tickets[columns].assign(late=(tickets["outcome"] == LATE).astype(float), one=1.0)
    own = flagged[flagged["customer_key"] > 0]
    names = {"row_date": "opened_date", "known_date": "outcome_date"}
    customer = earlier_rates(flagged, own, [LATE], by="customer_key", **names)
    types = earlier_rates(flagged, flagged, [LATE], by="ticket_type", **names)
    earlier = earlier_values(flagged, own, "one", date="opened_date", by="customer_key")
    bought = orders[["customer_key", "outcome_date"]].assign(
        cancelled=(orders["outcome"] == CANCELLED).astype(float),
        returned=(orders["outcome"] == RETURNED).astype(float),
    )
    orders_known = earlier_rates(
        tickets,
        bought[bought["customer_key"] > 0],
        [CANCELLED, RETURNED],
        row_date="opened_date",
        known_date="outcome_date",
        by="customer_key",
    )
    return pd.concat(
        [
            customer.add_prefix("customer_"),
            types[["late_rate"]].add_prefix("type_"),
            earlier["earlier_count"].rename("earlier_tickets"),
            earlier["days_since_last"].rename("days_since_last_ticket"),
            orders_known.add_prefix("order_"),
        ],
        axis=1,
    )


def _describe_order(tickets: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Look up the order that a ticket is about: its amount, age, category and channel."""
    wanted = ["order_date", "gross_amount", "category", "channel"]
    found = orders.set_index("order_key").reindex(columns=wanted).reindex(tickets["order_key"])
    found.index = tickets.index
    age = (tickets["opened_date"] - found["order_date"]).dt.days.astype(float)
    return pd.DataFrame(
        {
            "order_amount_log": np.log1p(found["gross_amount"].clip(lower=0)),
            # A ticket on the day of its order may carry an earlier local day.
            "days_since_order": age.clip(lower=0),
            "category": found["category"],
            "channel": found["channel"],
        }
    )
