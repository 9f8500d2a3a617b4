"""The facts of a shop, read from its raw rows."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from oracle.facts import (
    Feedback,
    Line,
    Order,
    Return,
    Subscription,
    Ticket,
    share_discount,
    value_back,
)
from oracle.members import UNKNOWN_KEY, Customer, Place, Product, make_versions
from oracle.reading import amount, clean, instant, local, local_day, lower, number
from oracle.settings import SEEDS, Settings
from oracle.values import (
    BEGINNING,
    UNKNOWN_DATE,
    ZERO,
    full_years,
    hours_between,
    quantile_scores,
    round_to,
)
from oracle.world import RawRow, World, key_of

AGE_GROUPS = ("Young Adult", "Adult", "Middle-aged", "Senior")


class Shop:
    """All facts of a shop at one day."""

    def __init__(self, world: World, settings: Settings) -> None:
        self.world, self.settings = world, settings
        raw = world.tables
        days = [day for _, day in map(self._read_moment, raw["orders"]) if day != UNKNOWN_DATE]
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
        """Feedback given up to the day measured from, or on a day not given."""
        return [item for item in self.feedback if item.day is None or item.day <= self.as_of]

    @cached_property
    def tickets_so_far(self) -> list[Ticket]:
        """Tickets opened up to the day measured from."""
        return [ticket for ticket in self.tickets if ticket.opened <= self.as_of]

    def is_mature(self, order: Order) -> bool:
        """Return whether the returns window of an order is over."""
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
        returns = self.world.staged.get("returns", {}).values()
        for row in [*raw["order_items"], *returns]:
            if row["product_id"]:
                rows.setdefault(clean(row["product_id"]) or "", {})
        products = {}
        for product, row in rows.items():
            child = categories.get(row.get("category_id")) or {}
            parent = categories.get(child.get("parent_category_id")) or {}
            category = parent.get("category_name") or child.get("category_name") or "Uncategorised"
            below = child.get("category_name") if parent else None
            place = {"category": category, "sub_category": below or category}
            logged = [
                (moment, sequence, self._price(self._staged("product_prices", price), place))
                for moment, sequence, price in prices.get(product, [])
            ]
            products[product] = Product(
                id=product,
                name=clean(row.get("product_name")) or product,
                category=category,
                sub_category=below or category,
                list_price=number(row.get("list_price")),
                is_gift_card=row.get("is_gift_card") == "true",
                versions=make_versions(
                    logged, self._price(row, place), instant(row.get("updated_at"))
                ),
            )
        return products

    def _staged(self, table: str, row: RawRow) -> RawRow:
        """Give a raw row with what another source gives otherwise."""
        staged = self.world.staged.get(table, {})
        return row | staged.get(key_of(table, row), {}) if staged else row

    def _read_moment(self, row: RawRow) -> tuple[datetime | None, date]:
        """Read moment and day of an order; each may be unknown."""
        staged = self.world.staged.get("orders", {}).get(row["order_id"] or "")
        if staged is None:
            moment = instant(row["ordered_at"])
            return moment, local_day(moment) or UNKNOWN_DATE
        day = staged["order_local_date"]
        return instant(staged["ordered_at_utc"]), date.fromisoformat(day) if day else UNKNOWN_DATE

    @staticmethod
    def _price(row: RawRow, today: dict[str, str]) -> RawRow:
        """Take category, price and cost, written alike; no category is that of today."""
        values = {name: number(row.get(name)) for name in ("list_price", "unit_cost")}
        return {
            **{name: row.get(name) or today[name] for name in ("category", "sub_category")},
            **{
                name: None if value is None else str(round_to(value, 4))
                for name, value in values.items()
            },
        }

    def _read_customers(self) -> dict[str, Customer]:
        """Read the customers, and those that only an order names."""
        raw = self.world.tables
        rows: dict[str, RawRow] = {
            row["customer_id"] or "": self._staged("customers", row) for row in raw["customers"]
        }
        returns = self.world.staged.get("returns", {}).values()
        named = {clean(row["customer_id"]) for row in [*raw["orders"], *returns]}
        inferred = named - {None} - set(rows)
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
            stated = row.get("declared_age")
            age = int(stated) if stated else None
            if born:
                age = full_years(date.fromisoformat(born), self.as_of)
            customers[customer] = Customer(
                id=customer,
                raw=row,
                versions=make_versions(logged, self._state(row), instant(row.get("updated_at"))),
                is_inferred=customer not in rows,
                is_erased=bool(log) and lower(log[-1][1]["operation"]) == "delete",
                age=age if age is not None and 13 <= age <= 110 else None,
                settings=self.settings,
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
        history: dict[str | None, list[tuple[int, datetime, str]]] = defaultdict(list)
        for row in self.world.tables["order_status_history"]:
            moment = instant(row["changed_at"]) or BEGINNING
            sent[row["order_id"]][row["order_status"]].append(moment)
            status = SEEDS.status_map[lower(row["order_status"]) or ""]
            history[row["order_id"]].append((int(row["status_sequence"] or 0), moment, status))
        orders = {}
        for row in self.world.tables["orders"]:
            order, events = row["order_id"] or "", sent[row["order_id"]]
            customer = clean(row["customer_id"])
            at, day = self._read_moment(row)
            staged = self._staged("orders", row)
            orders[order] = Order(
                id=order,
                customer=self.customers[customer] if customer else None,
                at=at,
                day=day,
                status=SEEDS.status_map[lower(row["order_status"]) or ""],
                place=Place.read(row["ship_country"], row["ship_state"], row["ship_city"]),
                channel=lower(row["channel"]) or "Unknown",
                payment_method=lower(row["payment_method"]) or "Unknown",
                shipping_method=clean(row["shipping_method"]),
                season=staged.get("season"),
                is_discount_declared=staged.get("is_discount_declared") == "true",
                tax_charged=amount(row["tax_amount"]),
                shipping_charged=amount(row["shipping_amount"]),
                shipped=local_day(min(events["shipped"], default=None)),
                delivered=local_day(min(events["delivered"], default=None)),
                as_of=self.as_of,
                history=history[row["order_id"]],
            )
        return orders

    def _read_lines(self) -> None:
        """Read the lines and share the order discounts out among them."""
        for raw in self.world.tables["order_items"]:
            row = self._staged("order_items", raw)
            order = self.orders[row["order_id"] or ""]
            units = int(Decimal(row["quantity"] or 0))
            gross = number(row.get("gross_amount"))
            if gross is None:
                gross = units * amount(row["unit_price"])
            order.lines.append(
                Line(
                    order=order,
                    number=int(row["line_number"] or 0),
                    product=self.products[clean(row["product_id"]) or ""],
                    ordered_units=units,
                    gross_amount=gross,
                    line_discount=min(amount(row["line_discount_amount"]), gross),
                    cost_amount=number(row.get("cost_amount")),
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
        for raw in rows:
            row = self._staged("returns", raw)
            order = self.orders.get(row["order_id"] or "")
            if order is None:
                found.append(self._read_credit_note(row))
                continue
            lines = [line for line in order.lines if row["line_number"] in (None, str(line.number))]
            for place, line in enumerate(lines):
                found.append(self._return_line(row, line, is_first=place == 0))
        return found

    def _find_day(self, row: RawRow) -> date:
        """Find the day of a return."""
        day = row.get("returned_local_date")
        if day:
            return date.fromisoformat(day)
        return local_day(instant(row["returned_at"])) or UNKNOWN_DATE

    def _return_line(self, row: RawRow, line: Line, is_first: bool) -> Return:
        """Return units of a line, all of them when it is not said how many."""
        before = sum(back.units for back in line.returns)
        stated = number(row["quantity"])
        units = min(
            line.ordered_units if stated is None else int(stated), line.ordered_units - before
        )
        refunded = amount(row["refunded_tax_amount"]) + amount(row["refunded_shipping_amount"])
        back = Return(
            line=line,
            product=line.product,
            customer=line.order.customer,
            place=line.order.place,
            day=self._find_day(row),
            as_of=self.as_of,
            units=units,
            amount=value_back(line, before + units) - value_back(line, before),
            refunded=refunded if is_first else ZERO,
            reason=clean(row["return_reason"]) or "Unknown",
        )
        line.returns.append(back)
        return back

    def _read_credit_note(self, row: RawRow) -> Return:
        """Read a credit note, which stands for itself."""
        day = row["returned_local_date"]
        return Return(
            line=None,
            product=self.products[row["product_id"] or ""],
            customer=self.customers.get(row["customer_id"] or ""),
            place=Place.read(row["country"], row["state"], row["city"]),
            day=date.fromisoformat(day) if day else UNKNOWN_DATE,
            as_of=self.as_of,
            units=int(amount(row["quantity"])),
            amount=amount(row["return_amount"]),
            refunded=ZERO,
            reason=clean(row["return_reason"]) or "Unknown",
        )

    def _number_orders(self) -> None:
        """Give each customer their orders, and number the counted ones."""
        in_sequence = sorted(
            self.orders.values(), key=lambda each: (each.day, each.at or BEGINNING, each.id)
        )
        for order in in_sequence:
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
