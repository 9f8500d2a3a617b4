"""Customers: recency, frequency and money; lifetime value; the complete view of each customer."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from oracle.buyers import Buyer, list_buyers
from oracle.lifetimes import compute_customer_lifetime_value
from oracle.members import SOURCE, name_loyalty
from oracle.settings import SEEDS
from oracle.shop import Shop
from oracle.values import (
    ZERO,
    Row,
    divide,
    known_total,
    month_of,
    quantile_scores,
    total,
)

THRESHOLDS = {
    "recency": {5: 30, 4: 90, 3: 180, 2: 270, 1: 365},
    "frequency": {1: 1, 2: 2, 3: 4, 4: 7, 5: 11},
    "monetary": {1: 0, 2: 100, 3: 300, 4: 700, 5: 1500},
}


def segment_of_none(buyer: Buyer) -> str:
    """Name the segment of a customer who bought nothing in the window."""
    if any(order.is_dated for order in buyer.qualifying):
        return "Dormant"
    return "Undated" if buyer.qualifying else "Prospect"


def score_by_rank(buyers: list[Buyer]) -> dict[int, tuple[int, int, int]]:
    """Score customers among each other."""
    active = [buyer for buyer in buyers if buyer.in_window]
    columns = (
        [max(order.day for order in buyer.in_window).toordinal() for buyer in active],
        [len(buyer.in_window) for buyer in active],
        [buyer.monetary for buyer in active],
    )
    scores = [quantile_scores(column) for column in columns]
    return {
        buyer.person.key: (recency, frequency, monetary)
        for buyer, recency, frequency, monetary in zip(active, *scores, strict=True)
    }


def score_by_threshold(buyers: list[Buyer]) -> dict[int, tuple[int, int, int]]:
    """Score customers against fixed limits."""
    found = {}
    for buyer in buyers:
        if not buyer.in_window:
            continue
        recency = max(
            score
            for score, most in THRESHOLDS["recency"].items()
            if buyer.recency_days is not None and buyer.recency_days <= most
        )
        frequency, monetary = (
            max(score for score, least in THRESHOLDS[metric].items() if value >= least)
            for metric, value in (
                ("frequency", len(buyer.in_window)),
                ("monetary", buyer.monetary),
            )
        )
        found[buyer.person.key] = (recency, frequency, monetary)
    return found


def compute_customer_rfm(shop: Shop) -> Iterator[Row]:
    """Compute the marts of RFM, each of which is a `part`."""
    buyers = list_buyers(shop)
    methods = {"quantile_1": score_by_rank(buyers), "threshold_1": score_by_threshold(buyers)}
    for method, scores in methods.items():
        for buyer in buyers:
            recency, frequency, monetary = scores.get(buyer.person.key, (None, None, None))
            cell = f"{recency}{frequency}{monetary}" if recency else None
            yield {
                "part": method,
                "customer_key": buyer.person.key,
                "as_of_date": shop.as_of,
                "source_system": SOURCE,
                "rfm_segment": SEEDS.segments[cell] if cell else segment_of_none(buyer),
                "rfm_cell": cell,
                "recency_score": recency,
                "frequency_score": frequency,
                "monetary_score": monetary,
                "recency_days": buyer.recency_days,
                "frequency": len(buyer.in_window),
                "purchase_days": len({order.day for order in buyer.in_window}),
                "monetary": buyer.monetary,
                "orders_recognised": len(buyer.counted),
                "orders_qualifying": len(buyer.qualifying),
                "has_only_returned_orders": bool(buyer.counted) and not buyer.qualifying,
            }


def compute_customer_value_tiers(shop: Shop) -> Iterator[Row]:
    """Compute mart_customer_value_tiers."""
    buyers = list_buyers(shop)
    tiers, before = find_value_tiers(buyers), ZERO
    sum_of_all = total(buyer.monetary for buyer in buyers)
    ranked = sorted(buyers, key=lambda buyer: (-buyer.monetary, buyer.person.key))
    for place, buyer in enumerate(ranked, 1):
        yield {
            "customer_key": buyer.person.key,
            "value_tier": tiers[buyer.person.key],
            "monetary_number": place,
            "monetary": buyer.monetary,
            "monetary_before": before,
            "share_before": divide(before, sum_of_all),
        }
        before += buyer.monetary


# What a customer shows before the first scoring: the shops of the oracle have no scores.
NOT_SCORED: Row = {
    "spending_tier": "unscored",
    "cluster_name": None,
    "probability_alive": None,
    "expected_order_value": None,
    "expected_value_12_months": None,
}


def compute_customer_360(shop: Shop) -> Iterator[Row]:
    """Compute mart_customer_360."""
    buyers = list_buyers(shop)
    rfm = {
        row["customer_key"]: row
        for row in compute_customer_rfm(shop)
        if row["part"] == "quantile_1"
    }
    values = {row["customer_key"]: row for row in compute_customer_lifetime_value(shop)}
    tiers = find_value_tiers(buyers)
    for buyer in buyers:
        person, key = buyer.person, buyer.person.key
        scored, value = rfm[key], values[key]
        yield {
            "customer_key": key,
            "geography_key": person.place.key,
            "source_system": SOURCE,
            "region": person.place.region or "Unknown",
            "state": person.place.state or "Unknown",
            "gender": person.gender,
            "age_group": person.age_group,
            "income_band": person.income_band,
            "segment": person.segment,
            "loyalty_declared": person.loyalty_declared,
            "rfm_segment": scored["rfm_segment"],
            "rfm_cell": scored["rfm_cell"],
            "value_tier": tiers[key],
            "customer_lifetime_value_basis": value["customer_lifetime_value_basis"],
            "favourite_category": find_favourite(buyer),
            "age": person.age,
            "annual_income": person.annual_income,
            "spending_score": person.spending_score,
            **describe_orders(buyer),
            "recency_days": scored["recency_days"],
            "frequency": scored["frequency"],
            "monetary": scored["monetary"],
            **describe_service(buyer),
            "customer_lifetime_value_historic": value["customer_lifetime_value_historic"],
            "customer_lifetime_value_predicted": value["customer_lifetime_value_predicted"],
            **NOT_SCORED,
            "is_subscriber": person.is_subscriber,
            "is_loyalty_as_declared": None
            if person.loyalty_declared == "Unknown"
            else person.loyalty_declared == name_loyalty(len(buyer.qualifying), shop.settings),
            "is_inferred": person.is_inferred,
            "is_erased": person.is_erased,
            "registered_date": person.registered,
            "as_of_date": shop.as_of,
        }


def find_value_tiers(buyers: list[Buyer]) -> dict[int, str]:
    """Find who spends most: those up to certain shares of all spending, largest first."""
    spending = {buyer.person.key: buyer.monetary for buyer in buyers}
    settings = buyers[0].shop.settings if buyers else None
    sum_of_all, before = total(money for money in spending.values() if money > 0), ZERO
    tiers = {}
    for key, money in sorted(spending.items(), key=lambda item: (-item[1], item[0])):
        tiers[key] = "Low"
        if settings and money > 0:
            if before < settings.value_tier_high_share * sum_of_all:
                tiers[key] = "High"
            elif before < settings.value_tier_medium_share * sum_of_all:
                tiers[key] = "Medium"
            before += money
    return tiers


def find_favourite(buyer: Buyer) -> str | None:
    """Find the category a customer spent most on."""
    spent: dict[str, tuple[Decimal, int]] = {}
    for order in buyer.counted:
        for line in order.lines:
            net, units = spent.get(line.category, (ZERO, 0))
            spent[line.category] = (net + line.net, units + line.units)
    ranked = sorted(spent, key=lambda name: (-spent[name][0], -spent[name][1], name))
    return ranked[0] if ranked else None


def describe_orders(buyer: Buyer) -> Row:
    """Describe what a customer ordered."""
    settings, as_of = buyer.shop.settings, buyer.shop.as_of
    counted, qualifying = buyer.counted, len(buyer.qualifying)
    sales = total(order.sales for order in counted)
    discounted = sum(order.is_discounted for order in counted)
    days = sorted({order.day for order in buyer.dated})
    active = as_of - timedelta(settings.active_window_days)
    state = "lapsed" if qualifying else "prospect"
    if any(order.is_dated and order.day > active for order in buyer.qualifying):
        state = "active"
    return {
        "loyalty_segment": name_loyalty(qualifying, settings),
        "activity_state": state,
        "orders_recognised": len(counted),
        "orders_qualifying": qualifying,
        "orders_cancelled": sum(order.is_cancelled for order in buyer.person.orders),
        "units_kept": sum(order.kept for order in counted),
        "sales_after_discount": sales,
        "returns_by_order_date": total(order.returned for order in counted),
        "net_sales_by_order_date": buyer.net,
        "gross_margin": known_total(order.margin for order in counted),
        "average_order_value": divide(sales, len(counted)),
        "tenure_days": buyer.tenure_days,
        "average_days_between_orders": divide((days[-1] - days[0]).days, len(days) - 1)
        if len(days) > 1
        else None,
        "discounted_orders": discounted,
        "discount_order_share": divide(discounted, len(counted)),
        "is_discount_dependent": bool(counted)
        and discounted >= settings.discount_dependent_share * len(counted)
        and len(counted) >= settings.discount_dependent_orders,
        "has_only_returned_orders": bool(counted) and not qualifying,
        "first_order_date": days[0] if days else None,
        "last_order_date": days[-1] if days else None,
        "cohort_month": month_of(days[0]) if days else None,
    }


def describe_service(buyer: Buyer) -> Row:
    """Describe what a customer complained about and asked for."""
    shop, key = buyer.shop, buyer.person.key
    feedback = [item for item in shop.feedback_so_far if item.customer_key == key]
    tickets = [ticket for ticket in shop.tickets_so_far if ticket.customer_key == key]
    opened = [ticket for ticket in tickets if not ticket.is_resolved]
    ratings = [item.rating for item in feedback if item.rating is not None]
    status, rank = "none", 0
    if tickets:
        status, rank = "resolved", 1
    if opened:
        status, rank = "open", 2
    for ticket in opened:
        is_late = (ticket.open_days or 0) > shop.settings.support_sla_days
        if ticket.severity == "high" or (ticket.is_complaint and is_late):
            status, rank = "escalated", 3
    return {
        "support_status": status,
        "support_status_rank": rank,
        "complaints": sum(item.type == "complaint" for item in feedback)
        + sum(ticket.is_complaint for ticket in tickets),
        "support_tickets": len(tickets),
        "average_rating": divide(total(ratings), len(ratings)),
    }
