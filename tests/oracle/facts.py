"""What happened: orders with their lines, returns, feedback, tickets and subscriptions."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from oracle.members import SOURCE, Customer, Place, Product
from oracle.reading import clean, number
from oracle.settings import SEEDS
from oracle.values import UNKNOWN_DATE, ZERO, divide, known_total, make_key, round_to, total

GUEST_KEY = -2


@dataclass(eq=False)
class Line:
    """A line of an order; what it sold is zero unless it counts and is merchandise."""

    order: "Order"
    number: int
    product: Product
    ordered_units: int
    gross_amount: Decimal
    line_discount: Decimal
    cost_amount: Decimal | None
    allocation: Decimal = ZERO
    returns: list["Return"] = field(default_factory=list)

    @cached_property
    def category(self) -> str:
        """Category of the product at the time of the order."""
        return str(self.product.versions.at(self.order.valid_at)["category"])

    @property
    def ordered_amount(self) -> Decimal:
        """Value after discounts, whatever became of the order."""
        return self.gross_amount - self.line_discount - self.allocation

    @property
    def is_sold(self) -> bool:
        """Whether the line is a sale of merchandise."""
        return self.order.is_counted and not self.product.is_gift_card

    @property
    def units(self) -> int:
        """Units sold."""
        return self.ordered_units if self.is_sold else 0

    @property
    def gross(self) -> Decimal:
        """Gross sales."""
        return self.gross_amount if self.is_sold else ZERO

    @property
    def discounts(self) -> Decimal:
        """Discounts of both kinds."""
        return self.line_discount + self.allocation if self.is_sold else ZERO

    @property
    def sales(self) -> Decimal:
        """Sales after discount."""
        return self.gross - self.discounts

    @cached_property
    def returned_units(self) -> int:
        """Units back up to the day measured from."""
        return sum(back.units for back in self.returns if back.is_counted) if self.is_sold else 0

    @cached_property
    def returned(self) -> Decimal:
        """Value back up to the day measured from."""
        return total(back.value for back in self.returns)

    @property
    def net(self) -> Decimal:
        """Net sales on the day of the order."""
        return self.sales - self.returned

    @property
    def kept(self) -> int:
        """Units kept."""
        return self.units - self.returned_units

    @cached_property
    def cost(self) -> Decimal | None:
        """Cost of the units kept; None when it is not known."""
        return self.cost_of(self.kept) if self.units else ZERO

    def cost_of(self, kept: int) -> Decimal | None:
        """Cost of so many of the units ordered; None when it is not known."""
        if self.cost_amount is not None:
            return divide(self.cost_amount * kept, self.ordered_units, 4)
        unit_cost = number(self.product.versions.at(self.order.valid_at)["unit_cost"])
        return None if unit_cost is None else round_to(unit_cost * kept, 4)

    @property
    def margin(self) -> Decimal | None:
        """Net sales less cost; None when the cost is not known."""
        return None if self.cost is None else self.net - self.cost


@dataclass(eq=False)
class Order:
    """An order with its lines."""

    id: str
    customer: Customer | None
    at: datetime | None
    day: date
    status: str
    place: Place
    channel: str
    payment_method: str
    shipping_method: str | None
    season: str | None
    is_discount_declared: bool
    tax_charged: Decimal
    shipping_charged: Decimal
    shipped: date | None
    delivered: date | None
    as_of: date
    history: list[tuple[int, datetime, str]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    sequence: int | None = None

    @cached_property
    def key(self) -> int:
        """Key of the order."""
        return make_key(SOURCE, self.id)

    @property
    def customer_key(self) -> int:
        """Key of the customer; that of guests when nobody is named."""
        return self.customer.key if self.customer else GUEST_KEY

    @property
    def is_dated(self) -> bool:
        """Whether the day is known."""
        return self.day != UNKNOWN_DATE

    @property
    def valid_at(self) -> datetime:
        """Moment at which versions are looked up."""
        return self.at or datetime.combine(self.day, time())

    @property
    def is_recognised(self) -> bool:
        """Whether the status makes it a sale."""
        return SEEDS.statuses[self.status]["is_recognised"] == "true"

    @property
    def is_future(self) -> bool:
        """Whether it lies after the day measured from."""
        return self.day > self.as_of

    @cached_property
    def is_counted(self) -> bool:
        """Whether it enters the measures."""
        return self.is_recognised and not self.is_future

    @cached_property
    def is_qualifying(self) -> bool:
        """Whether at least one unit of a counted order was kept."""
        return self.is_counted and self.kept > 0

    @property
    def is_cancelled(self) -> bool:
        """Whether it was called off, on a day that counts."""
        return self.status == "cancelled" and not self.is_future

    @cached_property
    def segment(self) -> str:
        """Segment of the customer at the time."""
        if self.customer is None:
            return "Guest"
        return clean(self.customer.versions.at(self.valid_at).get("segment")) or "Unknown"

    @property
    def region(self) -> str:
        """Sales region that it goes to."""
        return self.place.region or "Unknown"

    @cached_property
    def units(self) -> int:
        """Units sold."""
        return sum(line.units for line in self.lines)

    @cached_property
    def gross(self) -> Decimal:
        """Gross sales."""
        return total(line.gross for line in self.lines)

    @cached_property
    def discounts(self) -> Decimal:
        """Discounts."""
        return total(line.discounts for line in self.lines)

    @property
    def sales(self) -> Decimal:
        """Sales after discount."""
        return self.gross - self.discounts

    @cached_property
    def returned_units(self) -> int:
        """Units back."""
        return sum(line.returned_units for line in self.lines)

    @cached_property
    def returned(self) -> Decimal:
        """Value back."""
        return total(line.returned for line in self.lines)

    @property
    def net(self) -> Decimal:
        """Net sales on the day of the order."""
        return self.sales - self.returned

    @property
    def kept(self) -> int:
        """Units kept."""
        return self.units - self.returned_units

    @property
    def margin(self) -> Decimal | None:
        """Margin of the lines whose cost is known; None when no cost is known."""
        return known_total(line.margin for line in self.lines)

    @property
    def net_with_cost(self) -> Decimal:
        """Net sales of the lines whose cost is known."""
        return total(line.net for line in self.lines if line.cost is not None)

    @property
    def tax(self) -> Decimal:
        """Tax charged."""
        return self.tax_charged if self.is_counted else ZERO

    @property
    def shipping(self) -> Decimal:
        """Shipping charged."""
        return self.shipping_charged if self.is_counted else ZERO

    @property
    def refunded(self) -> Decimal:
        """Tax and shipping paid back."""
        return total(
            back.refunded for line in self.lines for back in line.returns if back.is_counted
        )

    @property
    def ordered_units(self) -> int:
        """Units ordered, whatever became of it."""
        return sum(line.ordered_units for line in self.lines)

    @property
    def ordered_amount(self) -> Decimal:
        """Value ordered, whatever became of it."""
        return total(line.ordered_amount for line in self.lines)

    @property
    def is_discounted(self) -> bool:
        """Whether there was a discount, or the source says so."""
        return self.discounts > 0 or self.is_discount_declared


@dataclass(eq=False)
class Return:
    """Goods of one line that came back on one occasion; a credit note names no line."""

    line: Line | None
    product: Product
    customer: Customer | None
    place: Place
    day: date
    as_of: date
    units: int
    amount: Decimal
    refunded: Decimal
    reason: str

    @property
    def order(self) -> Order | None:
        """Order the goods were bought in."""
        return self.line.order if self.line else None

    @property
    def is_dated(self) -> bool:
        """Whether the day is known."""
        return self.day != UNKNOWN_DATE

    @property
    def is_counted(self) -> bool:
        """Whether the order counts and it was back in time."""
        return (self.order is None or self.order.is_counted) and self.day <= self.as_of

    @property
    def value(self) -> Decimal:
        """Value on the day it came back."""
        return self.amount if self.is_counted and not self.product.is_gift_card else ZERO

    @property
    def category(self) -> str:
        """Category at the time of the order; that of today on a credit note."""
        return self.line.category if self.line else self.product.category

    @property
    def channel(self) -> str:
        """Channel of the order."""
        return self.order.channel if self.order else "Unknown"

    @property
    def segment(self) -> str:
        """Segment of the customer at the time of the order; that of today on a credit note."""
        if self.order:
            return self.order.segment
        return self.customer.segment if self.customer else "Guest"


@dataclass(frozen=True)
class Feedback:
    """A review, complaint or enquiry."""

    id: str
    customer_key: int
    product: Product | None
    order: Order | None
    type: str
    rating: Decimal | None
    has_comment: bool
    day: date | None


@dataclass(frozen=True)
class Ticket:
    """A support ticket."""

    id: str
    customer_key: int
    order: Order | None
    type: str
    severity: str
    opened: date
    first_response_hours: Decimal | None
    resolution_hours: Decimal | None
    open_days: int | None

    @property
    def is_resolved(self) -> bool:
        """Whether it is resolved."""
        return self.resolution_hours is not None

    @property
    def is_complaint(self) -> bool:
        """Whether it is a complaint."""
        return self.type == "complaint"


@dataclass(frozen=True)
class Subscription:
    """A period of a subscription."""

    customer_key: int
    fee: Decimal | None
    is_running: bool


def share_discount(lines: list[Line], discount: Decimal) -> None:
    """Share an order's discount in full cents; the largest remainders get the cents left over."""
    weights = [line.gross_amount - line.line_discount for line in lines]
    goods = total(weights)
    cents = int(min(discount, goods) * 100)
    if not goods:
        return
    shares = [int(cents * weight // goods) for weight in weights]
    rests = [cents * weight % goods for weight in weights]
    order = sorted(range(len(lines)), key=lambda place: (-rests[place], lines[place].number))
    for place in order[: cents - sum(shares)]:
        shares[place] += 1
    for line, share in zip(lines, shares, strict=True):
        line.allocation = Decimal(share) / 100


def value_back(line: Line, units: int) -> Decimal:
    """Return the value of all units back so far; all of them are worth what was paid."""
    if units == line.ordered_units:
        return line.ordered_amount
    return round_to(Fraction(line.ordered_amount) * units / line.ordered_units, 2)
