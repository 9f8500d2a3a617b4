"""Groups of customers: demographics, subscribers, discounts and habits of buying."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from oracle.buyers import Buyer, list_buyers
from oracle.customers import compute_customer_360
from oracle.facts import Order
from oracle.reading import local
from oracle.shop import Shop
from oracle.values import (
    MONTHS,
    WEEKDAYS,
    Row,
    Value,
    divide,
    known_total,
    mean,
    round_to,
    total,
)

BANDS = (
    "No discount", "Depth unknown", "Up to 10 %", "Over 10 to 20 %", "Over 20 to 30 %", "Over 30 %",
)  # fmt: skip
DEMOGRAPHICS = (
    ("age_group",), ("gender",), ("income_band",), ("region",), ("segment",),
    ("age_group", "gender"),
)  # fmt: skip
INTERVAL = ("extra_net_sales_per_customer", "extra_net_sales_lower", "extra_net_sales_upper")
GAPS = ((0, "Same day"), (7, "1 to 7"), (30, "8 to 30"), (90, "31 to 90"), (365, "91 to 365"))


def numbers(rows: Iterable[Row], column: str) -> list[int | Decimal]:
    """Take the known numbers of a column."""
    found = [row[column] for row in rows]
    return [value for value in found if isinstance(value, int | Decimal)]


def add(rows: Iterable[Row], column: str) -> Decimal:
    """Add a column up."""
    return Decimal(sum(numbers(rows, column)))


def compute_demographics(shop: Shop) -> Iterator[Row]:
    """Compute mart_demographics and the marts of its groups, each of which is a `part`."""
    people = list(compute_customer_360(shop))
    if people:
        yield {"part": "all", "as_of_date": shop.as_of, **describe_group(people)}
    for names in DEMOGRAPHICS:
        groups: dict[tuple[Value, ...], list[Row]] = defaultdict(list)
        for row in people:
            groups[tuple(row[name] for name in names)].append(row)
        for members, rows in groups.items():
            figures = describe_group(rows) | describe_share(rows, people)
            is_suppressed = shop.settings.is_small_cell(len(rows))
            if is_suppressed:
                figures = dict.fromkeys(figures)
            shown = dict(zip(names, members, strict=True))
            yield {"part": "_and_".join(names), **shown, **figures, "is_suppressed": is_suppressed}


def describe_share(rows: list[Row], people: list[Row]) -> Row:
    """Describe how much of all customers a group is."""
    net, all_net = (add(some, "net_sales_by_order_date") for some in (rows, people))
    return {
        "share_of_customers": divide(len(rows), len(people)),
        "share_of_net_sales": divide(net, all_net),
    }


def describe_group(rows: list[Row]) -> Row:
    """Describe a group of customers."""
    buyers = sum(number >= 1 for number in numbers(rows, "orders_qualifying"))
    repeat = sum(number >= 2 for number in numbers(rows, "orders_qualifying"))
    orders, net = int(add(rows, "orders_recognised")), add(rows, "net_sales_by_order_date")
    return {
        "customers": len(rows),
        "buyers": buyers,
        "repeat_buyers": repeat,
        "orders_recognised": orders,
        "net_sales_by_order_date": net,
        "average_order_value": divide(add(rows, "sales_after_discount"), orders),
        "net_sales_per_customer": divide(net, len(rows)),
        "repeat_rate": divide(repeat, buyers),
        "lowest_age": min(numbers(rows, "age"), default=None),
        "highest_age": max(numbers(rows, "age"), default=None),
        "average_age": mean(numbers(rows, "age"), 6),
        "average_annual_income": mean(numbers(rows, "annual_income"), 6),
        "average_spending_score": mean(numbers(rows, "spending_score"), 6),
    }


def compute_subscriptions(shop: Shop) -> Iterator[Row]:
    """Compute mart_subscriptions."""
    buyers = list_buyers(shop)
    groups = {
        "Subscriber": [buyer for buyer in buyers if buyer.person.is_subscriber],
        "Other": [buyer for buyer in buyers if not buyer.person.is_subscriber],
    }
    margins = {name: known_total(order.margin for buyer in group for order in buyer.counted)
               for name, group in groups.items()}  # fmt: skip
    per_customer = {name: divide(margins[name], len(group)) for name, group in groups.items()}
    mine, theirs = per_customer["Subscriber"], per_customer["Other"]
    extra = None if mine is None or theirs is None else mine - theirs
    more = compare_net_sales(groups["Subscriber"], groups["Other"])
    cost = shop.settings.subscription_cost
    for name, group in groups.items():
        is_subscriber = name == "Subscriber"
        roi = None
        if is_subscriber and extra is not None and cost:
            roi = divide(Fraction(extra) * len(group) - Fraction(cost), cost)
        yield {
            "subscriber_group": name,
            **describe_subscribers(shop, group),
            "gross_margin": margins[name],
            **(more if is_subscriber else dict.fromkeys(more)),
            "extra_margin_per_customer": extra if is_subscriber else None,
            "subscription_roi": roi,
            "is_small_cell": shop.settings.is_small_cell(len(group)),
        }


def compare_net_sales(mine: list[Buyer], theirs: list[Buyer]) -> Row:
    """Return how much more a customer of one group is worth, and between which amounts."""
    means = [divide(total(buyer.net for buyer in group), len(group)) for group in (mine, theirs)]
    if means[0] is None or means[1] is None:
        return dict.fromkeys(INTERVAL)
    more = means[0] - means[1]
    if min(len(mine), len(theirs)) < 2:
        return dict.fromkeys(INTERVAL) | {INTERVAL[0]: more}
    squares = Fraction(0)
    for group in (mine, theirs):
        cents = [Fraction(round_to(buyer.net, 2)) for buyer in group]
        centre = sum(cents, Fraction(0)) / len(cents)
        variance = sum(((value - centre) ** 2 for value in cents), Fraction(0)) / (len(cents) - 1)
        squares += variance / len(cents)
    error = (Decimal(squares.numerator) / Decimal(squares.denominator)).sqrt()
    half = round_to(Decimal("1.96") * error, 6)
    return dict(zip(INTERVAL, (more, more - half, more + half), strict=True))


def describe_subscribers(shop: Shop, group: list[Buyer]) -> Row:
    """Describe a group of customers and the subscriptions that run."""
    keys = {buyer.person.key for buyer in group}
    running = [item for item in shop.subscriptions
               if item.customer_key in keys and item.is_running]  # fmt: skip
    orders = sum(len(buyer.counted) for buyer in group)
    net = total(buyer.net for buyer in group)
    sales = total(order.sales for buyer in group for order in buyer.counted)
    bought = sum(len(buyer.qualifying) >= 1 for buyer in group)
    repeat = sum(len(buyer.qualifying) >= 2 for buyer in group)
    mature = sum(buyer.is_mature for buyer in group)
    retained = sum(buyer.is_retained for buyer in group)
    return {
        "customers": len(group),
        "buyers": bought,
        "repeat_buyers": repeat,
        "orders_recognised": orders,
        "net_sales_by_order_date": net,
        "average_order_value": divide(sales, orders),
        "orders_per_customer": divide(orders, len(group)),
        "net_sales_per_customer": divide(net, len(group)),
        "repeat_rate": divide(repeat, bought),
        "mature_customers": mature,
        "retained_mature_customers": retained,
        "retention_rate": divide(retained, mature),
        "running_subscriptions": len(running),
        "monthly_fees": total(item.fee for item in running),
    }


def find_band(order: Order) -> str:
    """Find how deep the discount of an order is."""
    if not order.is_discounted:
        return BANDS[0]
    if order.discounts == 0:
        return BANDS[1]
    for tenths, band in ((1, BANDS[2]), (2, BANDS[3]), (3, BANDS[4])):
        if 10 * order.discounts <= tenths * order.gross:
            return band
    return BANDS[5]


def compute_discounts(shop: Shop) -> Iterator[Row]:
    """Compute the marts of discounts, each of which is a `part`."""
    cells: dict[tuple[str, str], list[Order]] = {
        (kind, band): [] for kind in ("depth_band", "first_order_band") for band in BANDS
    }
    repeat: dict[tuple[str, str], int] = defaultdict(int)
    for order in shop.counted:
        cells[("depth_band", find_band(order))].append(order)
    for buyer in list_buyers(shop):
        if buyer.counted:
            cell = ("first_order_band", find_band(buyer.counted[0]))
            cells[cell] += buyer.counted
            repeat[cell] += len(buyer.qualifying) >= 2
    for (kind, band), orders in cells.items():
        units, gross = sum(order.units for order in orders), total(order.gross for order in orders)
        discounts = total(order.discounts for order in orders)
        returned, sales = total(order.returned for order in orders), gross - discounts
        people = len({order.customer_key for order in orders if order.customer_key > 0})
        repeaters = repeat[(kind, band)]
        back: Row = {"repeat_customers": repeaters, "repeat_rate": divide(repeaters, people)}
        yield {
            "part": kind,
            kind: band,
            "sort_order": BANDS.index(band) + 1,
            "orders": len(orders),
            "customers": people,
            "units_sold": units,
            "gross_sales": gross,
            "discounts": discounts,
            "sales_after_discount": sales,
            "net_sales_by_order_date": sales - returned,
            "returns_by_order_date": returned,
            "discount_rate": divide(discounts, gross),
            "average_order_value": divide(sales, len(orders)),
            "units_per_order": divide(units, len(orders)),
            "return_rate_value": divide(returned, sales),
            **(back if kind == "first_order_band" else {}),
            "is_small_cell": shop.settings.is_small_cell(people),
        }


def name_gap(days: int) -> str:
    """Name how long ago the order before was."""
    return next((name for most, name in GAPS if days <= most), "Over 365")


def list_patterns() -> dict[str, tuple[Callable[[Order], Value], str | None, list[str]]]:
    """List the patterns: how to find an order's member; column with its place, and their order."""

    def gap(order: Order) -> str | None:
        if order.customer is None or order.sequence in (None, 1):
            return None
        before = next(
            other for other in order.customer.orders if other.sequence == (order.sequence or 0) - 1
        )
        return name_gap((order.day - before.day).days) if before.is_dated else None

    def hour(order: Order) -> int | None:
        return local(order.at).hour if order.at and order.is_dated else None

    def weekday(order: Order) -> str | None:
        return WEEKDAYS[order.day.weekday()] if order.is_dated else None

    def month(order: Order) -> str | None:
        return MONTHS[order.day.month - 1] if order.is_dated else None

    return {
        "day_name": (weekday, "day_of_week", list(WEEKDAYS)),
        "order_hour": (hour, None, []),
        "month_name": (month, "month_of_year", list(MONTHS)),
        "season": (
            lambda order: order.season, "sort_order", ["Spring", "Summer", "Fall", "Winter"],
        ),
        "payment_method": (lambda order: order.payment_method, None, []),
        "shipping_method": (lambda order: order.shipping_method, None, []),
        "days_since_previous_order": (
            gap, "sort_order", [*(name for _, name in GAPS), "Over 365"],
        ),
    }  # fmt: skip


def compute_purchases(shop: Shop) -> Iterator[Row]:
    """Compute the marts of purchases, each of which is a `part`."""
    for pattern, (find, place, ordered) in list_patterns().items():
        members: dict[Value, list[Order]] = defaultdict(list)
        for order in shop.counted:
            name = find(order)
            if name is not None:
                members[name].append(order)
        sum_of_all = sum(map(len, members.values()))
        for name, orders in members.items():
            sales = total(order.sales for order in orders)
            yield {
                "part": pattern,
                pattern: name,
                **({place: ordered.index(str(name)) + 1} if place else {}),
                "orders": len(orders),
                "customers": len({o.customer_key for o in orders if o.customer_key > 0}),
                "sales_after_discount": sales,
                "net_sales_by_order_date": total(order.net for order in orders),
                "average_order_value": divide(sales, len(orders)),
                "share_of_orders": divide(len(orders), sum_of_all),
            }
