"""What each customer bought."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property

from oracle.facts import Order
from oracle.members import Customer
from oracle.shop import Shop
from oracle.values import total


@dataclass
class Buyer:
    """What a customer bought; the figures that several marts share."""

    shop: Shop
    person: Customer

    @cached_property
    def counted(self) -> list[Order]:
        """Orders that enter the measures, in sequence."""
        return [order for order in self.person.orders if order.is_counted]

    @cached_property
    def dated(self) -> list[Order]:
        """Counted orders whose day is known."""
        return [order for order in self.counted if order.is_dated]

    @cached_property
    def qualifying(self) -> list[Order]:
        """Orders of which something was kept."""
        return [order for order in self.counted if order.is_qualifying]

    @cached_property
    def in_window(self) -> list[Order]:
        """Qualifying orders within the window of recency, frequency and money."""
        first = self.shop.as_of - timedelta(self.shop.settings.rfm_window_days - 1)
        return [order for order in self.qualifying if order.is_dated and order.day >= first]

    @cached_property
    def net(self) -> Decimal:
        """Net sales of all counted orders."""
        return total(order.net for order in self.counted)

    @property
    def recency_days(self) -> int | None:
        """Days since the last qualifying order."""
        days = [order.day for order in self.qualifying if order.is_dated]
        return (self.shop.as_of - max(days)).days if days else None

    @property
    def monetary(self) -> Decimal:
        """Net sales of the orders in the window."""
        return total(order.net for order in self.in_window)

    @property
    def tenure_days(self) -> int | None:
        """Days since the first counted order."""
        return (self.shop.as_of - self.dated[0].day).days if self.dated else None

    @property
    def is_mature(self) -> bool:
        """Whether the first counted order is a year or more ago."""
        return self.tenure_days is not None and self.tenure_days >= 365

    @property
    def is_retained(self) -> bool:
        """Whether a mature customer kept something within the last year."""
        first = self.shop.as_of - timedelta(365)
        return self.is_mature and any(
            order.is_dated and order.day > first for order in self.qualifying
        )


def list_buyers(shop: Shop) -> list[Buyer]:
    """List all customers."""
    return [Buyer(shop, person) for person in shop.people]
