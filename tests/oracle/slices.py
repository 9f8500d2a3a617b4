"""Sales and returns cut into slices, and what they add up to in a period."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache

from oracle.facts import Line, Order, Return
from oracle.members import SOURCE
from oracle.shop import Shop
from oracle.values import ZERO, Row, divide, total

ALL = ("all", "All sales")
Members = dict[tuple[str, str], "Member"]


@dataclass
class Figures:
    """Additive measures and distinct counts; ``lines`` may be a part of the lines of an order."""

    lines: list[Line] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    returned: list[Return] = field(default_factory=list)

    def add(self, order: Order, lines: Iterable[Line]) -> None:
        """Add an order with the lines that belong here."""
        self.orders.append(order)
        self.lines += lines

    @property
    def units(self) -> int:
        """Units sold."""
        return sum(line.units for line in self.lines)

    @property
    def gross(self) -> Decimal:
        """Gross sales."""
        return total(line.gross for line in self.lines)

    @property
    def discounts(self) -> Decimal:
        """Discounts."""
        return total(line.discounts for line in self.lines)

    @property
    def sales(self) -> Decimal:
        """Sales after discount."""
        return self.gross - self.discounts

    @property
    def returns_by_order_date(self) -> Decimal:
        """Value back of what was sold here, and of credit notes that name no order."""
        unlinked = total(back.value for back in self.returned if back.line is None)
        return total(line.returned for line in self.lines) + unlinked

    @property
    def returned_units(self) -> int:
        """Units back of what was sold here."""
        return sum(line.returned_units for line in self.lines)

    @property
    def returns(self) -> Decimal:
        """Value that came back here."""
        return total(back.value for back in self.returned)

    @property
    def net_sales(self) -> Decimal:
        """Net sales by the day of the event."""
        return self.sales - self.returns

    @property
    def net_sales_by_order_date(self) -> Decimal:
        """Net sales by the day of the order."""
        return self.sales - self.returns_by_order_date

    @property
    def order_count(self) -> int:
        """Distinct orders."""
        return len({order.key for order in self.orders})

    @property
    def customer_count(self) -> int:
        """Distinct customers; guests are nobody."""
        return len({order.customer_key for order in self.orders if order.customer_key > 0})

    @property
    def average_order_value(self) -> Decimal | None:
        """Average order value."""
        return divide(self.sales, self.order_count)

    def row(self) -> Row:
        """Give the measures that all marts of sales by time have."""
        return {
            "units_sold": self.units,
            "gross_sales": self.gross,
            "discounts": self.discounts,
            "sales_after_discount": self.sales,
            "returns": self.returns,
            "returns_by_order_date": self.returns_by_order_date,
            "net_sales": self.net_sales,
            "net_sales_by_order_date": self.net_sales_by_order_date,
            "orders": self.order_count,
            "customers": self.customer_count,
            "average_order_value": self.average_order_value,
        }


@dataclass
class Member(Figures):
    """A member of a slice with all its sales and returns."""

    type: str = ""
    name: str = ""

    @cached_property
    def launch(self) -> date | None:
        """Day of the first sale or return; None when none of them has a day."""
        days = [order.day for order in self.orders if order.is_dated]
        days += [back.day for back in self.returned if back.is_dated]
        return min(days, default=None)

    def is_before_launch(self, day: date) -> bool:
        """Return whether a day lies before the first sale or return."""
        return self.launch is None or day < self.launch

    @cached_property
    def undated(self) -> Figures:
        """Sales and returns without a day."""
        return Figures(
            lines=[line for line in self.lines if not line.order.is_dated],
            orders=[order for order in self.orders if not order.is_dated],
            returned=[back for back in self.returned if not back.is_dated],
        )

    @property
    def key(self) -> Row:
        """Key columns of the member."""
        return {"slice_type": self.type, "slice_name": self.name}

    def by(self, start_of: Callable[[date], date]) -> dict[date, Figures]:
        """Cut what has a day into periods; one that is asked for and has nothing is empty."""
        periods: dict[date, Figures] = defaultdict(Figures)
        for order in self.orders:
            if order.is_dated:
                lines = [line for line in self.lines if line.order is order]
                periods[start_of(order.day)].add(order, lines)
        for back in self.returned:
            if back.is_dated:
                periods[start_of(back.day)].returned.append(back)
        return periods


def name_slices(event: Order | Return) -> list[tuple[str, str]]:
    """Name the members that an order or a return belongs to, with all its lines."""
    return [
        ALL,
        ("source_system", SOURCE),
        ("region", event.place.region or "Unknown"),
        ("segment", event.segment),
        ("channel", event.channel),
    ]


@lru_cache(maxsize=2)
def cut(shop: Shop) -> Members:
    """Cut counted sales and returns into slices; an order is in each category it has lines of."""
    members: Members = {}

    def member(key: tuple[str, str]) -> Member:
        return members.setdefault(key, Member(type=key[0], name=key[1]))

    for order in shop.counted:
        for key in name_slices(order):
            member(key).add(order, order.lines)
        categories = defaultdict(list)
        for line in order.lines:
            categories[line.category].append(line)
        for category, lines in categories.items():
            member(("category", category)).add(order, lines)
    for back in shop.counted_returns:
        for key in [*name_slices(back), ("category", back.category)]:
            member(key).returned.append(back)
    return members


def find_first_day(members: Members) -> date | None:
    """Find the first day on which the business sold or took something back."""
    return members[ALL].launch if members else None


def has_undated(members: Members) -> bool:
    """Return whether the business has any sale or return without a day."""
    undated = members[ALL].undated if members else Figures()
    return bool(undated.orders or undated.returned)


def growth_status(prior: Decimal | None, is_complete: bool, is_prelaunch: bool) -> str:
    """Return why a growth rate is given or not."""
    if is_prelaunch:
        return "prelaunch"
    if not is_complete:
        return "partial"
    if prior is None:
        return "no_prior"
    if prior == ZERO:
        return "zero_prior"
    return "negative_prior" if prior < 0 else "ok"


def growth(now: Decimal, prior: Decimal | None, status: str) -> Decimal | None:
    """Return the rate of growth where it is given."""
    return divide(now - prior, prior) if status == "ok" and prior is not None else None
