"""Judge predictions of order status, support status and order value where the truth is known.

A shop is simulated whose true probabilities are known, and fields that show the outcome are planted
in what a warehouse would hold. A score better than the truth's own proves a leak.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from judges.bars import Bar

Values = npt.NDArray[np.float64]
START, DAYS, CUTOFF_DAY, LATE_DAY, SETTLED_AFTER = pd.Timestamp("2024-01-01"), 730, 640, 600, 14
CUTOFF = START + pd.Timedelta(days=CUTOFF_DAY)
OUTCOMES = np.array(["delivered", "cancelled", "returned"])
PROBABILITIES = ["p_delivered", "p_cancelled", "p_returned"]
# Mean price of each category.
PRICES = np.array([15, 25, 40, 60, 90, 130, 200, 400.0])
SHIPPING = np.array([5, 9, 15.0])


@dataclass(frozen=True)
class Shop:
    """A simulated shop and its truth.

    Attributes
    ----------
    customers, orders, tickets
        All rows, with all outcomes. ``lifetime_bad_rate`` of customers looks ahead.
    probabilities, outcome
        True probabilities of what becomes of each order, and what became of it.
    expected_value
        Value of each order as its customer and category let expect.
    escalates, is_escalated
        True probability that each ticket escalates, and whether it did.
    """

    customers: pd.DataFrame
    orders: pd.DataFrame
    tickets: pd.DataFrame
    probabilities: Values
    outcome: npt.NDArray[np.int64]
    expected_value: Values
    escalates: Values
    is_escalated: npt.NDArray[np.bool_]

    @property
    def is_new_order(self) -> npt.NDArray[np.bool_]:
        """Orders to score."""
        return (self.orders["order_date"] >= CUTOFF).to_numpy()

    @property
    def is_new_ticket(self) -> npt.NDArray[np.bool_]:
        """Tickets to score."""
        return (self.tickets["opened_at"] >= CUTOFF).to_numpy()

    def known_orders(self) -> pd.DataFrame:
        """Give the orders as a warehouse holds them at the cutoff: what is later is blank."""
        orders = self.orders.copy()
        is_open = self.is_new_order | (orders["status_date"] >= CUTOFF).to_numpy()
        late = ["order_status", "status_date", "delivered_at", "refund_amount"]
        orders[late] = orders[late].mask(pd.Series(is_open))
        orders["total_order_value"] = orders["total_order_value"].mask(self.is_new_order)
        return orders

    def known_tickets(self) -> pd.DataFrame:
        """Give the tickets as a warehouse holds them at the cutoff."""
        tickets = self.tickets.copy()
        is_open = self.is_new_ticket | (tickets["closed_at"] >= CUTOFF).to_numpy()
        late = ["support_status", "closed_at", "resolution_hours", "csat", "messages"]
        tickets[late] = tickets[late].mask(pd.Series(is_open))
        return tickets


def simulate(customers: int = 6_000, seed: int = 11) -> Shop:
    """Simulate a shop of two years."""
    random = np.random.default_rng(seed)
    counts = random.poisson(random.gamma(1.2, 6.0, customers))
    buyer = np.repeat(np.arange(customers), counts)
    total = len(buyer)
    day = random.integers(0, DAYS, total)
    order = np.argsort(day, kind="stable")
    buyer, day = buyer[order], day[order]
    frailty, taste = random.normal(0, 0.8, customers), random.normal(0, 0.6, customers)
    income = np.exp(random.normal(10.8, 0.4, customers))
    noise = random.normal(0, 0.7, customers)
    spending = np.clip(50 + 20 * (taste / 0.6 * 0.7 + noise), 1, 99).round()
    region = random.integers(0, 5, customers)
    category = random.integers(0, 8, total)
    payment = random.choice(4, total, p=[0.5, 0.25, 0.15, 0.1])
    shipping = random.integers(0, 3, total)
    is_discounted = random.random(total) < 0.3
    discount = np.where(is_discounted, random.beta(2, 6, total), 0).round(2)
    quantity = 1 + random.poisson(0.8, total)
    base = PRICES[category]
    price = (base * np.exp(random.normal(0, 0.35, total) + 0.35 * taste[buyer])).round(2)
    gross = price * quantity.astype(float)
    value = (gross * (1 - discount) + SHIPPING[shipping]).round(2)
    # The shop drifts: what payment by the last method means, and how often orders are cancelled.
    late = (day > LATE_DAY) * 1.0
    by_last = payment == 3
    cancels = (
        -2.2 + 0.9 * frailty[buyer] + 0.7 * by_last * (1 - late) + 0.2 * by_last * late
        + 0.5 * (shipping == 2) + 0.35 * np.log(gross / 80) + 0.5 * late + 1.2 * discount
    )  # fmt: skip
    returns = (
        -2.4 + 0.6 * frailty[buyer] + 0.8 * np.isin(category, [1, 2]) + 0.3 * np.log(gross / 80)
    )
    weights = np.exp(np.c_[np.zeros(total), cancels, returns])
    probabilities = weights / weights.sum(1, keepdims=True)
    outcome = (random.random(total)[:, None] > probabilities.cumsum(1)).sum(1)
    date = START + pd.to_timedelta(day, unit="D")
    settled = date + pd.to_timedelta(random.integers(3, SETTLED_AFTER + 1, total), unit="D")
    arrived = date + pd.to_timedelta(random.gamma(4, 1.2, total).round(), unit="D")
    orders = pd.DataFrame(
        {
            "order_id": np.arange(total),
            "customer_id": buyer,
            "order_date": date,
            "region": region[buyer],
            "category": category,
            "payment_method": payment,
            "shipping_mode": shipping,
            "discount": discount,
            "quantity": quantity,
            "unit_price": price,
            "total_order_value": value,
            "order_status": OUTCOMES[outcome],
            "status_date": settled,
            "delivered_at": pd.Series(arrived).mask(outcome == 1),
            "refund_amount": np.where(outcome > 0, value, 0.0),
        }
    )
    spread = np.exp(0.35 * taste[buyer] + 0.35**2 / 2)
    expected = base * spread * 1.8 * (1 - 0.3 * 0.25) + SHIPPING.mean().round(2)
    asked = np.flatnonzero(random.random(total) < 0.25)
    tickets, escalates, is_escalated = _simulate_tickets(
        random, asked, day[asked], buyer[asked], frailty[buyer[asked]], gross[asked]
    )
    bad_rate = pd.Series((outcome > 0) * 1.0).groupby(buyer).mean()
    people = pd.DataFrame(
        {
            "customer_id": np.arange(customers),
            "annual_income": income.round(2),
            "spending_score": spending,
            "region": region,
            "lifetime_bad_rate": bad_rate.reindex(np.arange(customers)).to_numpy().round(4),
        }
    )
    return Shop(people, orders, tickets, probabilities, outcome, expected, escalates, is_escalated)


def _simulate_tickets(
    random: np.random.Generator,
    asked: npt.NDArray[np.int64],
    day: npt.NDArray[np.int64],
    buyer: npt.NDArray[np.int64],
    frailty: Values,
    gross: Values,
) -> tuple[pd.DataFrame, Values, npt.NDArray[np.bool_]]:
    """Simulate tickets about orders: escalation depends on topic, priority and the customer."""
    total = len(asked)
    topic = random.integers(0, 6, total)
    priority = random.choice(3, total, p=[0.6, 0.3, 0.1])
    channel = random.integers(0, 4, total)
    load = 0.5 * np.sin(2 * np.pi * (day % 7) / 7)
    odds = (
        -2.0 + 0.7 * frailty + 1.1 * (priority == 2) + 0.5 * (priority == 1) + 0.9 * (topic == 3)
        + 0.4 * (channel == 1) + 0.6 * load + 0.3 * np.log(gross / 80)
    )  # fmt: skip
    escalates = 1 / (1 + np.exp(-odds))
    is_escalated = random.random(total) < escalates
    opened = START + pd.to_timedelta(
        np.minimum(day + random.integers(0, 10, total), DAYS - 1), unit="D"
    )
    hours = (random.gamma(2, 12, total) * (1 + 2 * is_escalated)).round(1)
    mood = (4.4 - 1.8 * is_escalated + random.normal(0, 0.6, total)).round()
    tickets = pd.DataFrame(
        {
            "ticket_id": np.arange(total),
            "order_id": asked,
            "customer_id": buyer,
            "opened_at": opened,
            "topic": topic,
            "priority": priority,
            "channel": channel,
            "support_status": np.where(is_escalated, "escalated", "resolved"),
            "closed_at": opened + pd.to_timedelta(hours, unit="h"),
            "resolution_hours": hours,
            "csat": np.clip(mood, 1, 5),
            "messages": 2 + random.poisson(1 + 4 * is_escalated),
        }
    )
    return tickets, escalates, is_escalated


def measure_auc(scores: Values, is_case: npt.NDArray[np.bool_]) -> float:
    """Measure the area under the ROC curve."""
    ranks = pd.Series(scores).rank().to_numpy()
    cases = int(is_case.sum())
    others = len(is_case) - cases
    return float((ranks[is_case].sum() - cases * (cases + 1) / 2) / (cases * others))


def measure_log_loss(probabilities: Values, outcome: npt.NDArray[Any] | Values) -> float:
    """Measure the mean log loss."""
    given = probabilities[np.arange(len(outcome)), outcome.astype(int)]
    return float(-np.mean(np.log(np.clip(given, 1e-12, 1))))


def measure_calibration_error(
    scores: Values, is_case: npt.NDArray[np.bool_], parts: int = 10
) -> float:
    """Measure the mean gap between tenths of probabilities and what happened."""
    part = (pd.Series(scores).rank(pct=True) * parts).astype(int).clip(0, parts - 1).to_numpy()
    gaps = [
        (part == one).mean() * abs(scores[part == one].mean() - is_case[part == one].mean())
        for one in np.unique(part)
    ]
    return float(sum(gaps))


def judge_orders(shop: Shop, scored: pd.DataFrame) -> list[Bar]:
    """Judge what becomes of new orders.

    Parameters
    ----------
    shop
        The simulated shop.
    scored
        ``order_id``, ``PROBABILITIES`` and ``predicted_total_order_value`` of each new order.

    Returns
    -------
    list of Bar
        Every order is scored; no leak; skill; calibration; value without a leak, better than the
        mean of its category.
    """
    new = shop.is_new_order
    rows = scored.set_index("order_id").reindex(shop.orders["order_id"][new])
    found, outcome = rows[PROBABILITIES].to_numpy(float), shop.outcome[new]
    missing = int(np.isnan(found).any(axis=1).sum())
    is_complete = missing == 0 and np.allclose(found.sum(1), 1, atol=1e-6)
    found = np.nan_to_num(found, nan=1 / 3)
    truth = shop.probabilities[new]
    known = ~new & (shop.orders["status_date"] < CUTOFF).to_numpy()
    prior = np.bincount(shop.outcome[known], minlength=3) / known.sum()
    loss, least = measure_log_loss(found, outcome), measure_log_loss(truth, outcome)
    most = measure_log_loss(np.tile(prior, (len(outcome), 1)), outcome)
    cancelled = outcome == 1
    auc, best = measure_auc(found[:, 1], cancelled), measure_auc(truth[:, 1], cancelled)
    skill = (most - loss) / (most - least)
    error = measure_calibration_error(found[:, 1], cancelled)
    figures = f"log loss {loss:.4f} (truth {least:.4f}), AUC {auc:.4f} (truth {best:.4f})"
    values = rows["predicted_total_order_value"].to_numpy(float)
    return [
        Bar("every order is scored", is_complete, f"{len(found)} orders, {missing} missing"),
        Bar("no leak in order status", auc <= best + 0.01 and loss >= least - 0.005, figures),
        Bar(
            "skill of order status",
            skill >= 0.40 and auc >= best - 0.08,
            f"{skill:.2f} of the possible (0.40), {figures}",
        ),
        Bar("calibration of order status", error <= 0.06, f"{error:.4f} (0.06)"),
        *_judge_values(shop, values),
    ]


def _judge_values(shop: Shop, found: Values) -> list[Bar]:
    """Judge predicted values of new orders."""
    new = shop.is_new_order
    actual = shop.orders["total_order_value"].to_numpy()[new]
    means = shop.orders[~new].groupby("category")["total_order_value"].mean()
    plain = shop.orders["category"][new].map(means).to_numpy()

    def explained(values: Values) -> float:
        return float(1 - ((actual - values) ** 2).sum() / ((actual - actual.mean()) ** 2).sum())

    share, best, base = map(explained, (found, shop.expected_value[new], plain))
    error, error_of_mean = (float(np.abs(one - actual).mean()) for one in (found, plain))
    bias = float((found - actual).mean() / actual.mean())
    figures = (
        f"R2 {share:.3f} (truth {best:.3f}, mean of the category {base:.3f}), MAE {error:.2f} "
        f"({error_of_mean:.2f}), bias {bias:+.3f}"
    )
    is_better = error <= 0.995 * error_of_mean and share >= base + 0.005 and abs(bias) <= 0.05
    return [
        Bar("no leak in order value", share <= best + 0.03, figures),
        Bar("order value beats the mean of its category", is_better, figures),
    ]


def judge_tickets(shop: Shop, scored: pd.DataFrame) -> list[Bar]:
    """Judge which new tickets escalate: ``ticket_id`` and ``p_escalated`` of each."""
    new = shop.is_new_ticket
    rows = scored.set_index("ticket_id").reindex(shop.tickets["ticket_id"][new])
    found, truth = rows["p_escalated"].to_numpy(float), shop.escalates[new]
    happened = shop.is_escalated[new]
    prior = np.full(len(found), shop.is_escalated[~new].mean())
    two: Callable[[Values], float] = lambda one: measure_log_loss(  # noqa: E731
        np.c_[1 - one, one], happened
    )
    loss, least, most = two(found), two(truth), two(prior)
    auc, best = measure_auc(found, happened), measure_auc(truth, happened)
    skill = (most - loss) / (most - least)
    error = measure_calibration_error(found, happened)
    figures = f"log loss {loss:.4f} (truth {least:.4f}), AUC {auc:.4f} (truth {best:.4f})"
    return [
        Bar("no leak in support status", auc <= best + 0.02 and loss >= least - 0.008, figures),
        Bar(
            "skill of support status",
            skill >= 0.35 and auc >= best - 0.08 and error <= 0.06,
            f"{skill:.2f} of the possible (0.35), calibration error {error:.4f} (0.06), {figures}",
        ),
    ]
