"""Make small shops up at random."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from oracle.values import add_months, month_end
from oracle.world import COLUMNS, RawRow, World, stamp

PLACES: tuple[tuple[str | None, str | None, str | None], ...] = (
    ("United States", "TX", "Austin"),
    ("United States", "Texas", "Dallas"),
    ("United States", "CA", "Springfield"),
    ("United States", "NY", "Springfield"),
    ("United States", "IL", None),
    ("United States", "ZZ", "Nowhere"),
    ("Canada", "Ontario", "Toronto"),
    ("Atlantis", None, None),
    ("Brazil", "SP", "São Paulo"),
    (None, None, None),
)
SALES = ("confirmed", "approved", "processing", "shipped", "delivered", "completed",
         "partially_returned", "returned")  # fmt: skip
NO_SALES = ("pending", "failed", "cancelled", "canceled")
CHANNELS = ("web", "app", "Store", "phone", None)
METHODS = ("paypal", "card", "Cash", "gift", None)
SHIPPING = ("standard", "express", "pickup", None)
REASONS = ("changed_mind", "defective", "wrong size", None)
SEGMENTS = ("Consumer", "Corporate", "Home Office", None)
PRICES = ("10.00", "10.00", "5.00", "3.33", "19.99", "250.00", "0.00")
COSTS = ("4.00", "2.50", "1.11", "99.0000", None)


@dataclass(frozen=True)
class Shape:
    """How a shop is to look; the bounds of what chance decides."""

    customers: int = 12
    products: int = 6
    orders: int = 40
    months: int = 26
    guest_share: float = 0.15
    unsold_share: float = 0.2
    return_share: float = 0.35
    explicit_as_of: float = 0.4
    segments: int = len(SEGMENTS)
    is_even: bool = False
    is_all_returned: bool = False
    days: int | None = None


class Maker:
    """Makes one shop; what it makes depends on its name and shape alone."""

    def __init__(self, name: str, shape: Shape) -> None:
        self.random, self.shape = Random(name), shape
        self.world = World(name)
        self.tables = self.world.tables
        random = self.random
        self.start = date(random.choice((2019, 2020, 2021)), random.randint(1, 12),
                          random.randint(1, 28))  # fmt: skip
        self.end = add_months(self.start, shape.months)
        if shape.days is not None:
            self.end = self.start + timedelta(shape.days - 1)
        self.pool = self._choose_days()

    def make(self) -> World:
        """Make the shop."""
        self._make_products()
        self._make_customers()
        for number in range(1, self.shape.orders + 1):
            self._make_order(f"O{number}")
        self._make_feedback()
        self._make_tickets()
        self._make_subscriptions()
        return replace(self.world, as_of=self._choose_as_of())

    def chance(self, share: float) -> bool:
        """Say yes in so large a share of all cases."""
        return self.random.random() < share

    def _choose_days(self) -> list[date]:
        """Choose the days that most orders fall on: ends of months, leap days, week 53."""
        span = (self.end - self.start).days
        days = [self.start + timedelta(self.random.randint(0, span)) for _ in range(6)]
        days += [month_end(day) for day in days[:3]]
        days += [days[0] + timedelta(7 * number) for number in range(12)]
        special = [date(2020, 2, 29), date(2024, 2, 29), date(2020, 12, 31), date(2021, 1, 3)]
        special += [date(2021, 1, 1), date(2023, 12, 31), date(2023, 2, 28)]
        return [day for day in days + special if self.start <= day <= self.end] or [self.start]

    def day(self) -> date:
        """Choose a day."""
        span = (self.end - self.start).days
        if self.chance(0.6):
            return self.random.choice(self.pool)
        return self.start + timedelta(self.random.randint(0, span))

    def moment(self, day: date | None = None) -> datetime:
        """Choose a moment, UTC, of a day in Chicago; now and then close to midnight there."""
        time = self.random.choice(
            ("18:00:00", "18:00:00", "06:00:00", "23:59:59", "16:30:00", "12:15:07.5")
        )
        if self.shape.days is not None:
            time = "18:00:00"
        return datetime.fromisoformat(f"{day or self.day()} {time}")

    def after(self, moment: datetime, days: int) -> datetime:
        """Choose a later moment within some days."""
        return moment + timedelta(
            days=self.random.randint(0, days), seconds=self.random.randint(1, 20_000)
        )

    def _choose_as_of(self) -> str | None:
        """Choose the day to measure from: mostly the default, else among the orders or beyond."""
        if not self.chance(self.shape.explicit_as_of):
            return None
        span = (self.end - self.start).days
        place = self.random.choice((0.3, 0.6, 0.8, 0.95, 1.0, 1.1, -0.05))
        return (self.start + timedelta(round(span * place))).isoformat()

    def _make_products(self) -> None:
        """Make categories, one of them below another, and products with prices that change."""
        names = ("Toys", "Books", "Games")
        rows = [("1", names[0], None), ("2", names[1], None), ("3", names[2], "1")]
        for category, name, parent in rows:
            self.tables["categories"].append(
                {"category_id": category, "category_name": name, "parent_category_id": parent}
            )
        for number in range(1, self.shape.products + 1):
            product = f"P{number}"
            price = "10.00" if self.shape.is_even else self.random.choice(PRICES)
            cost = self.random.choice(COSTS)
            updated = self.moment(self.start)
            for sequence in range(1, self.random.randint(1, 3)):
                self.tables["product_prices"].append({
                    "product_id": product,
                    "price_sequence": str(sequence),
                    "valid_from": stamp(self.moment()),
                    "list_price": self.random.choice(PRICES),
                    "unit_cost": self.random.choice(COSTS),
                })  # fmt: skip
            self.tables["products"].append({
                "product_id": product,
                "product_name": f"Product {number}",
                "category_id": self.random.choice(("1", "2", "2", "3", None)),
                "list_price": price,
                "unit_cost": cost,
                "is_gift_card": "true" if self.chance(0.12) else "false",
                "updated_at": stamp(updated),
            })  # fmt: skip

    def _make_customers(self) -> None:
        """Make customers and the changes of some; one now and then was erased."""
        sequence = 0
        for number in range(1, self.shape.customers + 1):
            customer = f"C{number}"
            registered = self.moment()
            self.tables["customers"].append(self._person(customer, registered))
            for operation in self._choose_operations():
                sequence += 1
                person = self._person(customer, registered)
                self.tables["customer_change_log"].append({
                    "change_sequence": str(sequence),
                    "changed_at": stamp(self.moment()),
                    "operation": operation,
                    **{
                        column: person[column]
                        for column in COLUMNS["customer_change_log"][3:]
                    },
                })  # fmt: skip
            if self.chance(0.05):
                self.tables["customers"].pop()

    def _choose_operations(self) -> list[str]:
        """Choose what the change log has on a customer."""
        chosen = ["insert", "update", "update"][: self.random.randint(0, 3)]
        return [*chosen, "delete"] if self.chance(0.06) else chosen

    def _person(self, customer: str, registered: datetime) -> RawRow:
        """Make the state of a customer."""
        random = self.random
        country, state, city = random.choice(PLACES)
        birth = random.choice(
            ("1990-05-01", "1990-05-01", "2000-02-29", "1960-12-31", "1985-07-04", "2015-01-01",
             "1890-01-01", None)
        )  # fmt: skip
        return {
            "customer_id": customer,
            "first_name": "Ada",
            "last_name": customer,
            "email": f"{customer}@example.com",
            "phone": None,
            "street_address": None,
            "city": city,
            "state": state,
            "postal_code": None,
            "country": country,
            "gender": random.choice(("Female", "Male", "Other", None)),
            "birth_date": birth,
            "annual_income": random.choice(("29999.99", "30000", "59999.99", "60000", "90000",
                                            "12000", None)),
            "spending_score": random.choice(("1", "50", "61.5", "100", None)),
            "segment": random.choice(SEGMENTS[: self.shape.segments]),
            "is_subscriber": random.choice(("true", "false", None)),
            "registered_at": stamp(registered),
            "updated_at": stamp(self.after(registered, 300)),
        }  # fmt: skip

    def _choose_customer(self) -> str | None:
        """Choose who orders: mostly a few customers, a guest, or somebody not in the file."""
        if self.chance(self.shape.guest_share) or not self.shape.customers:
            return None
        if self.chance(0.04):
            return "X1"
        highest = self.shape.customers
        if self.chance(0.5):
            highest = max(1, highest // 3)
        return f"C{self.random.randint(1, highest)}"

    def _make_order(self, order: str) -> None:
        """Make an order with lines, what became of it, payments and returns."""
        random, shape = self.random, self.shape
        ordered = self.moment()
        status = random.choice(NO_SALES if self.chance(shape.unsold_share) else SALES)
        if shape.is_all_returned:
            status = "returned"
        country, state, city = random.choice(PLACES)
        row: RawRow = {
            "order_id": order,
            "customer_id": self._choose_customer(),
            "ordered_at": stamp(ordered),
            "order_status": random.choice((status, status, status.title(), f" {status} ")),
            "channel": random.choice(CHANNELS),
            "payment_method": random.choice(METHODS),
            "shipping_method": random.choice(SHIPPING),
            "promotion_code": random.choice((None, None, "SPRING")),
            "order_discount_amount": random.choice(("0.00", None, "1.00", "0.05", "7.77", "500")),
            "shipping_amount": random.choice(("0.00", "4.99", None)),
            "tax_amount": random.choice(("0.00", "1.23", None)),
            "total_amount": None,
            "ship_city": city,
            "ship_state": state,
            "ship_postal_code": None,
            "ship_country": country,
        }
        if shape.is_even:
            row["order_discount_amount"] = "0.00"
        self.tables["orders"].append(row)
        lines = self._make_lines(order)
        shipped = self._make_history(order, ordered, status)
        if self.chance(0.5):
            self.tables["payments"].append({
                "payment_id": f"Y{order}",
                "order_id": order,
                "payment_method": random.choice(METHODS),
                "payment_amount": "5.00",
                "paid_at": stamp(self.after(ordered, 3)),
            })  # fmt: skip
        if status in SALES:
            for line in lines:
                self._make_returns(line, max(ordered, shipped or ordered))

    def _make_lines(self, order: str) -> list[RawRow]:
        """Make the lines of an order; an order in fifty has none."""
        random = self.random
        if self.chance(0.02):
            return []
        lines = []
        for number in range(1, random.choice((1, 1, 2, 3, 5)) + 1):
            product = f"P{random.randint(1, max(1, self.shape.products))}"
            if self.chance(0.03):
                product = "PX"
            quantity = 1 if self.shape.is_even else random.choice((1, 1, 2, 3, 7))
            price = "10.00" if self.shape.is_even else self._find_price(product)
            goods = quantity * Decimal(price)
            discounts = ("0.00", None, None, "0.50", f"{goods / 4:.2f}", f"{goods:.2f}")
            discount = "0.00" if self.shape.is_even else random.choice(discounts)
            if self.chance(0.01):
                discount = f"{goods + 3:.2f}"
            lines.append({
                "order_id": order,
                "line_number": str(number),
                "product_id": product,
                "quantity": str(quantity),
                "unit_price": price,
                "line_discount_amount": discount,
            })  # fmt: skip
        self.tables["order_items"] += lines
        return lines

    def _find_price(self, product: str) -> str:
        """Find what a product costs today, or now and then something else."""
        listed = [row for row in self.tables["products"] if row["product_id"] == product]
        if not listed or self.chance(0.2):
            return self.random.choice(PRICES)
        return str(listed[0]["list_price"])

    def _make_history(self, order: str, ordered: datetime, status: str) -> datetime | None:
        """Make the history of some orders; gives when it was sent."""
        if self.chance(0.35):
            return None
        steps = ["pending", "confirmed", "shipped", "delivered"]
        known = {"pending": 1, "failed": 1, "confirmed": 2, "approved": 2, "processing": 2,
                 "shipped": 3, "cancelled": 2, "canceled": 3}  # fmt: skip
        moment, shipped = ordered, None
        for number, step in enumerate(steps[: known.get(status, 4)], 1):
            self.tables["order_status_history"].append({
                "order_id": order,
                "status_sequence": str(number),
                "order_status": step,
                "changed_at": stamp(moment),
            })  # fmt: skip
            shipped = moment if step == "shipped" else shipped
            moment = self.after(moment, 6)
        return shipped

    def _make_returns(self, line: RawRow, earliest: datetime) -> None:
        """Make returns of a line: some or all units, at once or in steps, seldom too many."""
        left = int(line["quantity"] or 0)
        is_complete = self.shape.is_all_returned
        if not is_complete and not self.chance(self.shape.return_share):
            return
        moment = earliest
        while left > 0:
            units = left if is_complete else self.random.randint(1, left)
            if self.chance(0.03):
                units += 1
            moment = self.after(moment, 25) + timedelta(seconds=1)
            self.tables["returns"].append({
                "return_id": f"R{len(self.tables['returns']) + 1}",
                "order_id": line["order_id"],
                "line_number": line["line_number"],
                "quantity": str(units),
                "return_reason": self.random.choice(REASONS),
                "refunded_tax_amount": self.random.choice(("0.00", "0.40", None)),
                "refunded_shipping_amount": self.random.choice(("0.00", "1.00", None)),
                "returned_at": stamp(moment),
            })  # fmt: skip
            left -= units
            if not is_complete and self.chance(0.3):
                break

    def _pick(self, table: str, column: str) -> str | None:
        """Pick a value of a raw table; None where there is none, and now and then."""
        values = [row[column] for row in self.tables[table]]
        return None if not values or self.chance(0.3) else self.random.choice(values)

    def _make_feedback(self) -> None:
        """Make reviews, complaints and enquiries, many without a rating."""
        for number in range(1, self.random.randint(0, 12) + 1):
            self.tables["feedback"].append({
                "feedback_id": f"F{number}",
                "customer_id": self._pick("customers", "customer_id"),
                "order_id": self._pick("orders", "order_id"),
                "product_id": self._pick("products", "product_id"),
                "feedback_type": self.random.choice(("review", "Review", "complaint", "enquiry")),
                "rating": self.random.choice(("1", "2", "3.5", "4", "4.49", "5", None, None)),
                "comment": self.random.choice(("fine", None)),
                "submitted_at": None if self.chance(0.1) else stamp(self.moment()),
            })  # fmt: skip

    def _make_tickets(self) -> None:
        """Make support tickets, open or resolved, some of them after the day measured from."""
        for number in range(1, self.random.randint(0, 10) + 1):
            opened = self.moment()
            if self.chance(0.3):
                opened = self.moment(self.end - timedelta(self.random.randint(0, 8)))
            answered = self.after(opened, 3) if self.chance(0.7) else None
            resolved = self.after(answered or opened, 9) if self.chance(0.5) else None
            self.tables["support_tickets"].append({
                "ticket_id": f"T{number}",
                "customer_id": self._pick("customers", "customer_id"),
                "order_id": self._pick("orders", "order_id"),
                "ticket_type": self.random.choice(("complaint", "Complaint", "enquiry",
                                                   "technical")),
                "severity": self.random.choice(("low", "medium", "High", None)),
                "ticket_status": "resolved" if resolved else "open",
                "opened_at": stamp(opened),
                "first_response_at": stamp(answered) if answered else None,
                "resolved_at": stamp(resolved) if resolved else None,
            })  # fmt: skip

    def _make_subscriptions(self) -> None:
        """Make subscription periods."""
        for number in range(1, self.random.randint(0, 6) + 1):
            customer = self._pick("customers", "customer_id")
            if customer is None:
                continue
            started = self.moment()
            ended = self.after(started, 200) if self.chance(0.5) else None
            self.tables["subscriptions"].append({
                "subscription_id": f"S{number}",
                "customer_id": customer,
                "plan_name": self.random.choice(("basic", "plus", None)),
                "monthly_fee_amount": self.random.choice(("4.99", "9.90", None)),
                "started_at": stamp(started),
                "ended_at": stamp(ended) if ended else None,
            })  # fmt: skip
