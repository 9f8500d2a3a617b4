"""Customers month by month: who stays, who comes back, who changes segment."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from oracle.buyers import Buyer, list_buyers
from oracle.settings import SEEDS
from oracle.shop import Shop
from oracle.values import (
    ZERO,
    Number,
    Row,
    add_months,
    divide,
    list_months,
    month_end,
    month_of,
    months_between,
    quantile_scores,
    total,
)

STATES = ("new", "retained", "reactivated", "lapsed", "dormant")


@dataclass
class CustomerMonth:
    """What a customer did in a month since the first order."""

    key: int
    month: date
    cohort: date
    orders: int
    kept_orders: int
    net: Decimal
    state: str
    segment: str = ""

    @property
    def number(self) -> int:
        """Months since the first order."""
        return months_between(self.cohort, self.month)


def list_customer_months(shop: Shop) -> list[CustomerMonth]:
    """List the months of all customers, from that of the first order to that measured from."""
    found = []
    for buyer in list_buyers(shop):
        if not buyer.dated:
            continue
        cohort, before = month_of(buyer.dated[0].day), 0
        for month in list_months(cohort, shop.as_of):
            orders = [order for order in buyer.dated if month_of(order.day) == month]
            if month == cohort:
                state = "new"
            elif orders:
                state = "retained" if before else "reactivated"
            else:
                state = "lapsed" if before else "dormant"
            before = len(orders)
            found.append(
                CustomerMonth(
                    key=buyer.person.key,
                    month=month,
                    cohort=cohort,
                    orders=len(orders),
                    kept_orders=sum(order.is_qualifying for order in orders),
                    net=total(order.net for order in orders),
                    state=state,
                )
            )
    return found


def compute_cohort_retention(shop: Shop) -> Iterator[Row]:
    """Compute mart_cohort_retention."""
    cohorts: dict[date, list[CustomerMonth]] = defaultdict(list)
    for item in list_customer_months(shop):
        cohorts[item.cohort].append(item)
    for cohort, items in cohorts.items():
        size, so_far = len({item.key for item in items}), ZERO
        for month in list_months(cohort, shop.as_of):
            now = [item for item in items if item.month == month]
            retained = sum(item.orders > 0 for item in now)
            kept = sum(item.kept_orders > 0 for item in now)
            net = total(item.net for item in now)
            so_far += net
            yield {
                "cohort_month": cohort,
                "months_since_first_order": months_between(cohort, month),
                "month_start_date": month,
                "cohort_size": size,
                "retained_customers": retained,
                "retained_kept_customers": kept,
                "retention_rate": divide(retained, size),
                "retention_rate_kept": divide(kept, size),
                "net_sales_by_order_date": net,
                "cumulative_net_sales_by_order_date": so_far,
                "cumulative_net_sales_per_customer": divide(so_far, size),
                "is_complete": month_end(month) <= shop.as_of,
            }


def compute_customer_states(shop: Shop) -> Iterator[Row]:
    """Compute mart_customer_states."""
    items = list_customer_months(shop)
    if not items:
        return
    for month in list_months(min(item.month for item in items), shop.as_of):
        now = [item for item in items if item.month == month]
        for state in STATES:
            members = [item for item in now if item.state == state]
            yield {
                "month_start_date": month,
                "customer_state": state,
                "customers": len(members),
                "share_of_customers": divide(len(members), len(now)),
                "orders": sum(item.orders for item in members),
                "net_sales_by_order_date": total(item.net for item in members),
                "is_complete": month_end(month) <= shop.as_of,
            }


def name_segments(shop: Shop, items: list[CustomerMonth]) -> None:
    """Name the segment of each customer in each month, scored among those of the month."""
    buyers = {buyer.person.key: buyer for buyer in list_buyers(shop)}
    by_month: dict[date, list[CustomerMonth]] = defaultdict(list)
    for item in items:
        by_month[item.month].append(item)
    for month, members in by_month.items():
        first = add_months(month, -11)
        active: list[tuple[CustomerMonth, tuple[Number, Number, Number]]] = []
        for item in members:
            last, orders, money = sum_year(buyers[item.key], first, month)
            item.segment = "Dormant" if last is not None else "Prospect"
            if last is not None and orders:
                active.append((item, (last.toordinal(), orders, money)))
        scores = [quantile_scores([values[place] for _, values in active]) for place in range(3)]
        for (item, _), *digits in zip(active, *scores, strict=True):
            item.segment = SEEDS.segments["".join(map(str, digits))]


def sum_year(buyer: Buyer, first: date, month: date) -> tuple[date | None, int, Decimal]:
    """Sum a year of qualifying orders up to the end of a month, with the last day of them all."""
    dated = [order for order in buyer.qualifying if order.is_dated]
    up_to = [order for order in dated if order.day <= month_end(month)]
    year = [order for order in up_to if order.day >= first]
    last = max((order.day for order in up_to), default=None)
    return last, len(year), total(order.net for order in year)


def compute_segment_migration(shop: Shop) -> Iterator[Row]:
    """Compute mart_segment_migration."""
    items = list_customer_months(shop)
    name_segments(shop, items)
    before = {(item.key, item.month): item.segment for item in items}
    moves: dict[tuple[date, str, str], int] = defaultdict(int)
    for item in items:
        origin = before.get((item.key, add_months(item.month, -1)), "Not yet a customer")
        moves[(item.month, origin, item.segment)] += 1
    for (month, origin, destination), customers in moves.items():
        yield {
            "month_start_date": month,
            "from_segment": origin,
            "to_segment": destination,
            "customers": customers,
            "is_complete": month_end(month) <= shop.as_of,
        }
