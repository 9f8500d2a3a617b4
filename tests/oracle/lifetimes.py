"""How long customers stay, and what they are worth."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from oracle.buyers import Buyer, list_buyers
from oracle.shop import Shop
from oracle.values import ZERO, Row, divide, known_total, round_to, total

SEGMENT_MINIMUM = 30
LONGEST_LIFETIME = Decimal(5)
# As if each customer had so many more orders, of the worth that they have in the segment.
ORDERS_OF_THE_SEGMENT = 3


@dataclass
class Group:
    """Customers of a segment, or all of them."""

    buyers: list[Buyer]

    @cached_property
    def orders(self) -> int:
        """Qualifying orders."""
        return sum(len(buyer.qualifying) for buyer in self.buyers)

    @cached_property
    def net(self) -> Decimal:
        """Net sales."""
        return total(buyer.net for buyer in self.buyers)

    @cached_property
    def mature(self) -> int:
        """Customers for a year or longer."""
        return sum(buyer.is_mature for buyer in self.buyers)

    @cached_property
    def retained(self) -> int:
        """Those of them who bought within the last year."""
        return sum(buyer.is_retained for buyer in self.buyers)

    @property
    def churn(self) -> Decimal | None:
        """Share of the mature customers that left."""
        return divide(self.mature - self.retained, self.mature)


@dataclass
class Lifetime:
    """How long customers of a group stay, by their own churn or by that of everybody."""

    group: Group
    basis: str
    churn: Decimal | None

    @classmethod
    def find(cls, group: Group, everybody: Group) -> "Lifetime":
        """Choose whose churn to take."""
        if group.mature >= SEGMENT_MINIMUM and group.churn:
            return cls(group, "segment", group.churn)
        if everybody.churn:
            return cls(group, "population", everybody.churn)
        return cls(group, "cap", None)

    @property
    def years(self) -> Decimal:
        """Years that customers stay."""
        years = divide(1, self.churn)
        return LONGEST_LIFETIME if years is None else min(years, LONGEST_LIFETIME)

    def row(self) -> Row:
        """Give what the marts have in common."""
        return {
            "segment_average_order_value_net": divide(self.group.net, self.group.orders),
            "mature_customers": self.group.mature,
            "retained_mature_customers": self.group.retained,
            "lifetime_basis": self.basis,
            "churn_rate": self.churn,
            "lifetime_years": self.years,
        }


def find_lifetimes(shop: Shop) -> dict[str, Lifetime]:
    """Find how long the customers of each segment stay."""
    buyers = list_buyers(shop)
    segments = defaultdict(list)
    for buyer in buyers:
        segments[buyer.person.segment].append(buyer)
    everybody = Group(buyers)
    return {name: Lifetime.find(Group(group), everybody) for name, group in segments.items()}


def compute_segment_lifetimes(shop: Shop) -> Iterator[Row]:
    """Compute mart_segment_lifetimes."""
    for segment, lifetime in find_lifetimes(shop).items():
        yield {
            "segment": segment,
            "customers": len(lifetime.group.buyers),
            "orders_qualifying": lifetime.group.orders,
            "net_sales_by_order_date": lifetime.group.net,
            **lifetime.row(),
        }


def compute_customer_lifetime_value(shop: Shop) -> Iterator[Row]:
    """Compute mart_customer_lifetime_value."""
    for segment, lifetime in find_lifetimes(shop).items():
        for buyer in lifetime.group.buyers:
            yield {
                "customer_key": buyer.person.key,
                "segment": segment,
                "orders_qualifying": len(buyer.qualifying),
                "net_sales_by_order_date": buyer.net,
                **lifetime.row(),
                **compute_value(buyer, lifetime),
            }


def multiply(amount: Decimal, factor: Decimal) -> Decimal:
    """Multiply and round to four decimals."""
    return round_to(Fraction(amount) * Fraction(factor), 4)


def expect_year(
    orders: int, net: Decimal, tenure_days: int | None, group_average_order_value: Decimal
) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Expect what a customer who ordered brings in a year.

    Gives the years so far, orders per year, what an order is worth, and net sales of a year.
    """
    years = Decimal(1)
    if tenure_days is not None:
        years = max(divide(tenure_days, 365) or ZERO, years)
    per_year = divide(orders, years) or ZERO
    more = ORDERS_OF_THE_SEGMENT
    worth = divide(net + more * group_average_order_value, orders + more) or ZERO
    return years, per_year, worth, multiply(worth, per_year)


def compute_value(buyer: Buyer, lifetime: Lifetime) -> Row:
    """Compute what a customer was worth and is expected to be worth."""
    orders, group = len(buyer.qualifying), lifetime.group
    with_cost = total(order.net_with_cost for order in buyer.counted)
    margin = divide(known_total(order.margin for order in buyer.counted), with_cost)
    rate = Decimal(1) if margin is None else margin
    group_average_order_value = divide(group.net, group.orders) or ZERO
    years, per_year, worth, year = expect_year(
        orders, buyer.net, buyer.tenure_days, group_average_order_value
    )
    predicted = multiply(multiply(year, lifetime.years), rate)
    return {
        "average_order_value_net": divide(buyer.net, orders),
        "tenure_years": years,
        "orders_per_year": per_year if orders else None,
        "average_order_value_shrunk": worth if orders else None,
        "margin_rate": rate,
        "customer_lifetime_value_basis": "revenue" if margin is None else "margin",
        "customer_lifetime_value_historic": multiply(buyer.net, rate),
        "customer_lifetime_value_predicted": predicted if orders else None,
    }
