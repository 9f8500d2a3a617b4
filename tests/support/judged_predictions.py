"""Scores the shop of the judge of outcomes by the functions that score marts."""

import numpy as np
import pandas as pd
from judges.bars import Bar
from judges.outcomes import CUTOFF, Shop, judge_orders, judge_tickets

from python_ml.job import Settings
from python_ml.outcomes.order_status import learn_order_status
from python_ml.outcomes.order_value_model import basket_free_features, learn_values
from python_ml.outcomes.placed_orders import CANCELLED, COMPLETED, RETURNED
from python_ml.outcomes.support_status import learn_support_status
from python_ml.outcomes.support_tickets import IN_TIME, LATE, opening_features

DAY = pd.Timedelta(days=1)


def judge(shop: Shop, processes: int = 1) -> list[Bar]:
    """Score every order and ticket of a simulated shop from the cutoff on, and judge the scores."""
    settings = Settings((CUTOFF - DAY).date(), processes=processes)
    orders = _read_orders(shop.known_orders(), CUTOFF)
    scored = _score_orders(orders, CUTOFF, settings)
    scored["predicted_total_order_value"] = _score_values(orders, CUTOFF, settings)
    tickets = _score_tickets(shop.known_tickets(), orders, CUTOFF, settings)
    return [*judge_orders(shop, scored), *judge_tickets(shop, tickets)]


def _find_settling_days(begun: pd.Series, known: pd.Series) -> int:
    """Find the days after which nearly all outcomes are known."""
    return int(np.quantile((known - begun).dt.days.dropna(), 0.99, method="higher"))


def _read_orders(read: pd.DataFrame, cutoff: pd.Timestamp) -> pd.DataFrame:
    """Bring orders into the form that the jobs describe orders in."""
    gross = read["unit_price"] * read["quantity"]
    outcomes = {"delivered": COMPLETED, "cancelled": CANCELLED, "returned": RETURNED}
    orders = pd.DataFrame(
        {
            "order_key": read["order_id"],
            "customer_key": read["customer_id"] + 1,
            "order_date": read["order_date"],
            "category": read["category"].astype(str),
            "region": read["region"].astype(str),
            "payment_method": read["payment_method"].astype(str),
            "shipping_method": read["shipping_mode"].astype(str),
            "channel": None,
            "line_count": 1,
            "ordered_units": read["quantity"],
            "gross_amount": gross,
            "ordered_amount": gross * (1 - read["discount"]),
            "order_value": read["total_order_value"],
            "outcome": read["order_status"].map(outcomes),
            "outcome_date": read["status_date"],
        }
    )
    orders = orders.sort_values(["order_date", "order_key"]).reset_index(drop=True)
    days = _find_settling_days(orders["order_date"], orders["outcome_date"])
    is_over = orders["order_date"] <= cutoff - (days + 1) * DAY
    return orders.assign(is_settled=orders["outcome"].notna() & is_over)


def _score_orders(orders: pd.DataFrame, cutoff: pd.Timestamp, settings: Settings) -> pd.DataFrame:
    """Predict what becomes of the orders from a day on."""
    days = _find_settling_days(orders["order_date"], orders["outcome_date"])
    model, features = learn_order_status(orders, cutoff - DAY, days, settings)
    is_new = orders["order_date"] >= cutoff
    predicted = model.predict(features[is_new])
    return pd.DataFrame(
        {
            "order_id": orders["order_key"][is_new],
            "p_delivered": predicted[COMPLETED],
            "p_cancelled": predicted[CANCELLED],
            "p_returned": predicted[RETURNED],
        }
    )


def _score_values(
    orders: pd.DataFrame, cutoff: pd.Timestamp, settings: Settings
) -> "pd.Series[float]":
    """Predict the value of the orders from a day on."""
    features = basket_free_features(orders, orders)
    is_new = orders["order_date"] >= cutoff
    model = learn_values(
        features[~is_new], orders["order_value"][~is_new], settings.seed, settings.processes
    )
    return model.predict(features[is_new])["forest"]


def _score_tickets(
    read: pd.DataFrame, orders: pd.DataFrame, cutoff: pd.Timestamp, settings: Settings
) -> pd.DataFrame:
    """Predict which of the tickets from a day on escalate."""
    read = read.sort_values(["opened_at", "ticket_id"]).reset_index(drop=True)
    tickets = pd.DataFrame(
        {
            "order_key": read["order_id"],
            "customer_key": read["customer_id"] + 1,
            "opened_date": read["opened_at"],
            "opened_at": read["opened_at"],
            "resolved_at": read["closed_at"],
            "ticket_type": read["topic"].astype(str),
            "severity": read["priority"].astype(str),
            "outcome": read["support_status"].map({"escalated": LATE, "resolved": IN_TIME}),
            "outcome_date": read["closed_at"].dt.normalize(),
        }
    )
    # What closes after the cutoff is not known, so the queue of the days to score is not known.
    features = opening_features(tickets, orders).assign(
        open_tickets=np.nan, channel=read["channel"].astype(str)
    )
    days = _find_settling_days(tickets["opened_date"], tickets["outcome_date"])
    until = cutoff - (days + 1) * DAY
    outcomes = tickets["outcome"].where(tickets["opened_date"] <= until, None)
    model = learn_support_status(features, outcomes, tickets["opened_date"], until, days, settings)
    is_new = tickets["opened_date"] >= cutoff
    predicted = model.predict(features[is_new])
    return pd.DataFrame({"ticket_id": read["ticket_id"][is_new], "p_escalated": predicted[LATE]})
