"""The facts of a shop: who bought what, when, and what came back, from its raw rows."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from oracle.settings import SEEDS, Settings
from oracle.values import (
    BEGINNING,
    UNKNOWN_DATE,
    ZERO,
    full_years,
    hours_between,
    known_total,
    make_key,
    quantile_scores,
    round_to,
    total,
)
from oracle.world import RawRow, World

ZONE = ZoneInfo("America/Chicago")
SOURCE = "shop"
GUEST_KEY, UNKNOWN_KEY = -2, -1
AGE_GROUPS = ("Young Adult", "Adult", "Middle-aged", "Senior")


def clean(text: str | None) -> str | None:
    """Trim and collapse blanks; nothing is None."""
    return " ".join((text or "").split()) or None


def lower(text: str | None) -> str | None:
    """Clean and write in lower case."""
    return (clean(text) or "").lower() or None


def number(text: str | None) -> Decimal | None:
    """Read a number."""
    return Decimal(text) if text and clean(text) else None


def amount(text: str | None) -> Decimal:
    """Read an amount; what is not told is zero."""
    return number(text) or ZERO


def instant(text: str | None) -> datetime | None:
    """Read a moment, UTC."""
    return datetime.fromisoformat(text) if text else None


def local(moment: datetime) -> datetime:
    """Tell the clock of the shop at a moment."""
    return moment.replace(tzinfo=UTC).astimezone(ZONE).replace(tzinfo=None)


def local_day(moment: datetime | None) -> date | None:
    """Tell the calendar day of the shop at a moment."""
    return local(moment).date() if moment else None


@dataclass(frozen=True)
class Place:
    """A place as far as it is known; states by their full names."""

    country: str | None
    region: str | None
    state: str | None
    city: str | None

    @classmethod
    def read(cls, country: str | None, state: str | None, city: str | None) -> "Place":
        """Look the state up."""
        country, state, city = clean(country), clean(state), clean(city)
        known = SEEDS.states.get((country or "", state or ""))
        if known:
            return cls(country, known["region"], known["state"], city)
        return cls(country, None, state, city)

    @property
    def key(self) -> int:
        """Key of the place."""
        parts = (self.country, self.region, self.state, self.city)
        return make_key("geography", *parts) if any(parts) else UNKNOWN_KEY

    @property
    def names(self) -> tuple[str, str, str, str]:
        """Country, region, state and city, Unknown where they are not told."""
        country, region, state, city = (
            part or "Unknown" for part in (self.country, self.region, self.state, self.city)
        )
        return country, region, state, city


@dataclass
class Versions:
    """What changes of something over time: the first version opens with the beginning of time."""

    opened: list[datetime] = field(default_factory=list)
    states: list[RawRow] = field(default_factory=list)

    def at(self, moment: datetime) -> RawRow:
        """Give the state at a moment."""
        return self.states[bisect_right(self.opened, moment) - 1]


def make_versions(
    logged: list[tuple[datetime, int, RawRow]], today: RawRow, updated: datetime | None
) -> Versions:
    """Put changes in order: of those at one instant the last counts, equal ones collapse."""
    last = max((moment for moment, _, _ in logged), default=None)
    if last is None:
        moment = updated or BEGINNING
    else:
        moment = updated if updated is not None and updated > last else last
    at_instant: dict[datetime, RawRow] = {}
    for changed, _, state in sorted(logged, key=lambda change: change[:2]):
        at_instant[changed] = state
    at_instant[moment] = today
    versions = Versions()
    for changed in sorted(at_instant):
        state = at_instant[changed]
        if not versions.states or versions.states[-1] != state:
            versions.opened.append(changed if versions.states else BEGINNING)
            versions.states.append(state)
    return versions


@dataclass(eq=False)
class Customer:
    """A customer as known today, with the versions of the past."""

    id: str
    raw: RawRow
    versions: Versions
    is_inferred: bool
    is_erased: bool
    age: int | None
    age_group: str = "Unknown"
    orders: list["Order"] = field(default_factory=list)

    @cached_property
    def key(self) -> int:
        """Key of the customer."""
        return make_key(SOURCE, self.id)

    @cached_property
    def place(self) -> Place:
        """Place of residence."""
        return Place.read(self.raw.get("country"), self.raw.get("state"), self.raw.get("city"))

    @property
    def gender(self) -> str:
        """Gender as told."""
        return clean(self.raw.get("gender")) or "Unknown"

    @property
    def segment(self) -> str:
        """Segment of today."""
        return clean(self.raw.get("segment")) or "Unknown"

    @property
    def annual_income(self) -> Decimal | None:
        """Yearly income."""
        return number(self.raw.get("annual_income"))

    @property
    def spending_score(self) -> Decimal | None:
        """Score of the shop."""
        return number(self.raw.get("spending_score"))

    @property
    def is_subscriber(self) -> bool:
        """Whether a subscription runs, as told."""
        return lower(self.raw.get("is_subscriber")) == "true"

    @property
    def income_band(self) -> str:
        """Band of the income."""
        income = self.annual_income
        if income is None:
            return "Unknown"
        bands = (
            (30_000, "Under 30,000"),
            (60_000, "30,000 to 59,999"),
            (90_000, "60,000 to 89,999"),
        )
        return next((name for bound, name in bands if income < bound), "90,000 and more")

    @property
    def registered(self) -> date | None:
        """Day of registration, UTC."""
        moment = instant(self.raw.get("registered_at"))
        return moment.date() if moment else None


@dataclass(eq=False)
class Product:
    """A product as known today, with the costs of the past."""

    id: str
    name: str
    category: str
    sub_category: str
    list_price: Decimal | None
    is_gift_card: bool
    versions: Versions

    @cached_property
    def key(self) -> int:
        """Key of the product."""
        return make_key(SOURCE, self.id)


@dataclass(eq=False)
class Line:
    """A line of an order; what it sold is zero unless it counts and is merchandise."""

    order: "Order"
    number: int
    product: Product
    ordered_units: int
    gross_amount: Decimal
    line_discount: Decimal
    allocation: Decimal = ZERO
    returns: list["Return"] = field(default_factory=list)

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
        if not self.units:
            return ZERO
        unit_cost = number(self.product.versions.at(self.order.at)["unit_cost"])
        return None if unit_cost is None else round_to(unit_cost * self.kept, 4)

    @property
    def margin(self) -> Decimal | None:
        """Net sales less cost; None when the cost is not known."""
        return None if self.cost is None else self.net - self.cost


@dataclass(eq=False)
class Order:
    """An order with its lines."""

    id: str
    customer: Customer | None
    at: datetime
    status: str
    place: Place
    channel: str
    payment_method: str
    shipping_method: str | None
    tax_charged: Decimal
    shipping_charged: Decimal
    shipped: date | None
    delivered: date | None
    as_of: date
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

    @cached_property
    def day(self) -> date:
        """Day of the order in the shop's zone."""
        return local(self.at).date()

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
        return clean(self.customer.versions.at(self.at).get("segment")) or "Unknown"

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
        """Whether there was a discount."""
        return self.discounts > 0


@dataclass(eq=False)
class Return:
    """Goods of one line that came back on one occasion."""

    line: Line
    day: date
    units: int
    amount: Decimal
    refunded: Decimal
    reason: str

    @property
    def is_counted(self) -> bool:
        """Whether the order counts and it was back in time."""
        return self.line.order.is_counted and self.day <= self.line.order.as_of

    @property
    def value(self) -> Decimal:
        """Value on the day it came back."""
        return self.amount if self.is_counted and self.line.is_sold else ZERO


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


class Shop:
    """All facts of a shop at one day."""

    def __init__(self, world: World, settings: Settings) -> None:
        self.world, self.settings = world, settings
        raw = world.tables
        days = [local(instant(row["ordered_at"]) or BEGINNING).date() for row in raw["orders"]]
        self.first_order_day = min(days, default=UNKNOWN_DATE)
        self.as_of = (
            date.fromisoformat(world.as_of) if world.as_of else max(days, default=UNKNOWN_DATE)
        )
        self.products = self._read_products()
        self.customers = self._read_customers()
        self.orders = self._read_orders()
        self._read_lines()
        self.returns = self._read_returns()
        self._number_orders()
        self.feedback = self._read_feedback()
        self.tickets = self._read_tickets()
        self.subscriptions = self._read_subscriptions()

    @cached_property
    def counted(self) -> list[Order]:
        """Orders that enter the measures."""
        return [order for order in self.orders.values() if order.is_counted]

    @cached_property
    def counted_lines(self) -> list[Line]:
        """Lines of counted orders."""
        return [line for order in self.counted for line in order.lines]

    @cached_property
    def counted_returns(self) -> list[Return]:
        """Returns that enter the measures."""
        return [back for back in self.returns if back.is_counted]

    @cached_property
    def people(self) -> list[Customer]:
        """All customers by key."""
        return sorted(self.customers.values(), key=lambda customer: customer.key)

    @cached_property
    def feedback_so_far(self) -> list[Feedback]:
        """Feedback given up to the day measured from, or on a day not told."""
        return [item for item in self.feedback if item.day is None or item.day <= self.as_of]

    @cached_property
    def tickets_so_far(self) -> list[Ticket]:
        """Tickets opened up to the day measured from."""
        return [ticket for ticket in self.tickets if ticket.opened <= self.as_of]

    def is_mature(self, order: Order) -> bool:
        """Tell whether the returns window of an order is over."""
        return (self.as_of - order.day).days > self.settings.return_window_days

    def _read_products(self) -> dict[str, Product]:
        """Read the products, and those that only a line names."""
        raw = self.world.tables
        categories = {row["category_id"]: row for row in raw["categories"]}
        prices = defaultdict(list)
        for row in raw["product_prices"]:
            moment = instant(row["valid_from"]) or BEGINNING
            prices[row["product_id"]].append((moment, int(row["price_sequence"] or 0), row))
        rows: dict[str, RawRow] = {row["product_id"] or "": row for row in raw["products"]}
        for row in raw["order_items"]:
            rows.setdefault(clean(row["product_id"]) or "", {})
        products = {}
        for product, row in rows.items():
            child = categories.get(row.get("category_id")) or {}
            parent = categories.get(child.get("parent_category_id")) or {}
            category = parent.get("category_name") or child.get("category_name") or "Uncategorised"
            below = child.get("category_name") if parent else None
            logged = [
                (moment, sequence, self._price(price))
                for moment, sequence, price in prices.get(product, [])
            ]
            products[product] = Product(
                id=product,
                name=clean(row.get("product_name")) or product,
                category=category,
                sub_category=below or category,
                list_price=number(row.get("list_price")),
                is_gift_card=row.get("is_gift_card") == "true",
                versions=make_versions(logged, self._price(row), instant(row.get("updated_at"))),
            )
        return products

    @staticmethod
    def _price(row: RawRow) -> RawRow:
        """Take price and cost, written alike."""
        values = {name: number(row.get(name)) for name in ("list_price", "unit_cost")}
        return {
            name: None if value is None else str(round_to(value, 4))
            for name, value in values.items()
        }

    def _read_customers(self) -> dict[str, Customer]:
        """Read the customers, and those that only an order names."""
        raw = self.world.tables
        rows: dict[str, RawRow] = {row["customer_id"] or "": row for row in raw["customers"]}
        inferred = {clean(row["customer_id"]) for row in raw["orders"]} - {None} - set(rows)
        changes = defaultdict(list)
        for row in raw["customer_change_log"]:
            changes[row["customer_id"]].append((int(row["change_sequence"] or 0), row))
        customers = {}
        for customer in [*rows, *sorted(name for name in inferred if name)]:
            row = rows.get(customer, {})
            log = sorted(changes.get(customer, []), key=lambda change: change[0])
            logged = [
                (instant(change["changed_at"]) or BEGINNING, sequence, self._state(change))
                for sequence, change in log
                if lower(change["operation"]) != "delete"
            ]
            born = row.get("birth_date")
            age = full_years(date.fromisoformat(born), self.as_of) if born else None
            customers[customer] = Customer(
                id=customer,
                raw=row,
                versions=make_versions(logged, self._state(row), instant(row.get("updated_at"))),
                is_inferred=customer not in rows,
                is_erased=bool(log) and lower(log[-1][1]["operation"]) == "delete",
                age=age if age is not None and 13 <= age <= 110 else None,
            )
        aged = [customer for customer in customers.values() if customer.age is not None]
        groups = quantile_scores([customer.age or 0 for customer in aged], 4)
        for customer_row, group in zip(aged, groups, strict=True):
            customer_row.age_group = AGE_GROUPS[group - 1]
        return customers

    @staticmethod
    def _state(row: RawRow) -> RawRow:
        """Take the attributes of a customer that have a history, written alike."""
        place = Place.read(row.get("country"), row.get("state"), row.get("city"))
        values = {name: number(row.get(name)) for name in ("annual_income", "spending_score")}
        return {
            "gender": clean(row.get("gender")),
            "segment": clean(row.get("segment")),
            "is_subscriber": str(row.get("is_subscriber") == "true"),
            "country": place.country,
            "region": place.region,
            "state": place.state,
            "city": place.city,
            **{
                name: None if value is None else str(round_to(value, 2))
                for name, value in values.items()
            },
        }

    def _read_orders(self) -> dict[str, Order]:
        """Read the orders."""
        sent: dict[str | None, dict[str | None, list[datetime]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for row in self.world.tables["order_status_history"]:
            moment = instant(row["changed_at"]) or BEGINNING
            sent[row["order_id"]][row["order_status"]].append(moment)
        orders = {}
        for row in self.world.tables["orders"]:
            order, events = row["order_id"] or "", sent[row["order_id"]]
            customer = clean(row["customer_id"])
            orders[order] = Order(
                id=order,
                customer=self.customers[customer] if customer else None,
                at=instant(row["ordered_at"]) or BEGINNING,
                status=SEEDS.status_map[lower(row["order_status"]) or ""],
                place=Place.read(row["ship_country"], row["ship_state"], row["ship_city"]),
                channel=lower(row["channel"]) or "Unknown",
                payment_method=lower(row["payment_method"]) or "Unknown",
                shipping_method=clean(row["shipping_method"]),
                tax_charged=amount(row["tax_amount"]),
                shipping_charged=amount(row["shipping_amount"]),
                shipped=local_day(min(events["shipped"], default=None)),
                delivered=local_day(min(events["delivered"], default=None)),
                as_of=self.as_of,
            )
        return orders

    def _read_lines(self) -> None:
        """Read the lines and share the order discounts out among them."""
        for row in self.world.tables["order_items"]:
            order = self.orders[row["order_id"] or ""]
            units = int(Decimal(row["quantity"] or 0))
            gross = units * amount(row["unit_price"])
            order.lines.append(
                Line(
                    order=order,
                    number=int(row["line_number"] or 0),
                    product=self.products[clean(row["product_id"]) or ""],
                    ordered_units=units,
                    gross_amount=gross,
                    line_discount=min(amount(row["line_discount_amount"]), gross),
                )
            )
        for row in self.world.tables["orders"]:
            order = self.orders[row["order_id"] or ""]
            order.lines.sort(key=lambda line: line.number)
            share_discount(order.lines, round_to(amount(row["order_discount_amount"]), 2))

    def _read_returns(self) -> list[Return]:
        """Read the returns in order of time; each is worth the difference to the one before."""
        rows = sorted(
            self.world.tables["returns"],
            key=lambda row: (instant(row["returned_at"]) or BEGINNING, row["return_id"] or ""),
        )
        found = []
        for row in rows:
            order = self.orders[row["order_id"] or ""]
            line = next(line for line in order.lines if str(line.number) == row["line_number"])
            before = sum(back.units for back in line.returns)
            units = min(int(Decimal(row["quantity"] or 0)), line.ordered_units - before)
            back = Return(
                line=line,
                day=local_day(instant(row["returned_at"])) or UNKNOWN_DATE,
                units=units,
                amount=value_back(line, before + units) - value_back(line, before),
                refunded=amount(row["refunded_tax_amount"])
                + amount(row["refunded_shipping_amount"]),
                reason=clean(row["return_reason"]) or "Unknown",
            )
            line.returns.append(back)
            found.append(back)
        return found

    def _number_orders(self) -> None:
        """Give each customer their orders, and number the counted ones."""
        for order in sorted(
            self.orders.values(), key=lambda order: (order.day, order.at, order.id)
        ):
            if order.customer:
                order.customer.orders.append(order)
        for customer in self.customers.values():
            counted = [order for order in customer.orders if order.is_counted]
            for sequence, order in enumerate(counted, 1):
                order.sequence = sequence

    def _find_customer_key(self, name: str | None) -> int:
        """Find the key of a customer by number."""
        customer = self.customers.get(clean(name) or "")
        return customer.key if customer else UNKNOWN_KEY

    def _read_feedback(self) -> list[Feedback]:
        """Read the feedback; who placed the order gave it when nobody is named."""
        found = []
        for row in self.world.tables["feedback"]:
            order = self.orders.get(row["order_id"] or "")
            key = self._find_customer_key(row["customer_id"])
            if not clean(row["customer_id"]) and order:
                key = order.customer_key
            found.append(
                Feedback(
                    id=row["feedback_id"] or "",
                    customer_key=key,
                    product=self.products.get(row["product_id"] or ""),
                    order=order,
                    type=lower(row["feedback_type"]) or "",
                    rating=number(row["rating"]),
                    has_comment=bool(clean(row["comment"])),
                    day=local_day(instant(row["submitted_at"])),
                )
            )
        return found

    def _read_tickets(self) -> list[Ticket]:
        """Read the tickets; those without an end are open until the day measured from."""
        found = []
        for row in self.world.tables["support_tickets"]:
            opened = instant(row["opened_at"]) or BEGINNING
            answered, resolved = instant(row["first_response_at"]), instant(row["resolved_at"])
            day = local(opened).date()
            found.append(
                Ticket(
                    id=row["ticket_id"] or "",
                    customer_key=self._find_customer_key(row["customer_id"]),
                    order=self.orders.get(row["order_id"] or ""),
                    type=lower(row["ticket_type"]) or "",
                    severity=lower(row["severity"]) or "unknown",
                    opened=day,
                    first_response_hours=hours_between(opened, answered) if answered else None,
                    resolution_hours=hours_between(opened, resolved) if resolved else None,
                    open_days=None if resolved else (self.as_of - day).days,
                )
            )
        return found

    def _read_subscriptions(self) -> list[Subscription]:
        """Read the subscriptions."""
        found = []
        for row in self.world.tables["subscriptions"]:
            started = local_day(instant(row["started_at"])) or UNKNOWN_DATE
            ended = local_day(instant(row["ended_at"]))
            found.append(
                Subscription(
                    customer_key=self._find_customer_key(row["customer_id"]),
                    fee=number(row["monthly_fee_amount"]),
                    is_running=started <= self.as_of and (ended is None or ended >= self.as_of),
                )
            )
        return found


def share_discount(lines: list[Line], discount: Decimal) -> None:
    """Share an order's discount in whole cents; the largest remainders get the cents left over."""
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
    """Tell the value of all units back so far."""
    return round_to(Fraction(line.ordered_amount) * units / line.ordered_units, 2)
