"""Operations: what becomes of orders, returns, support, feedback and the headline figures."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from oracle.facts import Feedback, Line, Order, Return, Ticket
from oracle.members import SOURCE
from oracle.periods import year_of
from oracle.settings import SEEDS
from oracle.shop import Shop
from oracle.slices import cut
from oracle.values import (
    UNKNOWN_DATE,
    Number,
    Row,
    divide,
    list_months,
    mean,
    median,
    month_end,
    month_of,
    ninetieth,
    total,
)

DELIVERED = ("delivered", "partially_returned", "returned")
SHIPPED = ("shipped", *DELIVERED)


def list_order_periods(shop: Shop) -> list[tuple[str, date, list[Order]]]:
    """List all time and every month from the first order on, with the orders placed in each."""
    placed = [order for order in shop.orders.values() if not order.is_future]
    periods = [("all", UNKNOWN_DATE, placed)]
    days = [order.day for order in placed if order.is_dated]
    if days:
        for month in list_months(min(days), shop.as_of):
            orders = [order for order in placed if month_of(order.day) == month]
            periods.append(("month", month, orders))
    return periods


def compute_order_status(shop: Shop) -> Iterator[Row]:
    """Compute mart_order_status."""
    for kind, start, orders in list_order_periods(shop):
        for status in [*SEEDS.statuses, "unknown"]:
            members = [order for order in orders if order.status == status]
            known = SEEDS.statuses.get(status)
            yield {
                "period_type": kind,
                "period_start_date": start,
                "order_status": status,
                "orders": len(members),
                "ordered_units": sum(order.ordered_units for order in members),
                "ordered_amount": total(order.ordered_amount for order in members),
                "share_of_orders": divide(len(members), len(orders)),
                "is_recognised": known is not None and known["is_recognised"] == "true",
            }


def compute_order_funnel(shop: Shop) -> Iterator[Row]:
    """Compute mart_order_funnel."""

    def is_past(day: date | None) -> bool:
        return day is not None and day <= shop.as_of

    for kind, start, placed in list_order_periods(shop):
        confirmed = [order for order in placed if order.is_recognised]
        shipped = [o for o in confirmed if o.status in SHIPPED or is_past(o.shipped)]
        delivered = [o for o in confirmed if o.status in DELIVERED or is_past(o.delivered)]
        kept = [order for order in delivered if order.kept > 0]
        steps = {"placed": placed, "confirmed": confirmed, "shipped": shipped,
                 "delivered": delivered, "kept": kept}  # fmt: skip
        days = {
            "shipped": [(o.shipped - o.day).days for o in shipped if o.shipped and o.is_dated],
            "delivered": [
                (o.delivered - o.day).days for o in delivered if o.delivered and o.is_dated
            ],
        }
        before = None
        for number, (step, orders) in enumerate(steps.items(), 1):
            yield {
                "period_type": kind,
                "period_start_date": start,
                "funnel_step": step,
                "step_number": number,
                "orders": len(orders),
                "share_of_placed": divide(len(orders), len(placed)),
                "share_of_previous_step": divide(len(orders), before),
                "average_days_from_order": mean(days.get(step, []), 6),
            }
            before = len(orders)


def compute_returns(shop: Shop) -> Iterator[Row]:
    """Compute mart_returns."""
    groups: dict[tuple[str, str], tuple[list[Order], list[Line]]] = {
        key: (member.orders, member.lines) for key, member in cut(shop).items() if member.orders
    }
    for order in [order for order in shop.counted if order.is_dated]:
        orders, lines = groups.setdefault(("order_month", f"{order.day:%Y-%m}"), ([], []))
        orders.append(order)
        lines += order.lines
    for (kind, name), (orders, lines) in groups.items():
        mature = [line for line in lines if shop.is_mature(line.order)]
        units = sum(line.units for line in lines)
        mature_units = sum(line.units for line in mature)
        mature_back = sum(line.returned_units for line in mature)
        mature_sales = total(line.sales for line in mature)
        mature_returns = total(line.returned for line in mature)
        customers = len({order.customer_key for order in orders if order.customer_key > 0})
        yield {
            "slice_type": kind,
            "slice_name": name,
            "orders": len({order.key for order in orders}),
            "units_sold": units,
            "returned_units": sum(line.returned_units for line in lines),
            "sales_after_discount": total(line.sales for line in lines),
            "returns_by_order_date": total(line.returned for line in lines),
            "mature_units": mature_units,
            "mature_returned_units": mature_back,
            "immature_units": units - mature_units,
            "mature_sales": mature_sales,
            "mature_returns": mature_returns,
            "return_rate_units": divide(mature_back, mature_units),
            "return_rate_value": divide(mature_returns, mature_sales),
            "customers": customers,
            "is_small_cell": kind != "all" and shop.settings.is_small_cell(customers),
        }


def compute_return_reasons(shop: Shop) -> Iterator[Row]:
    """Compute mart_return_reasons."""
    reasons: dict[str, list[Return]] = defaultdict(list)
    for back in shop.counted_returns:
        reasons[back.reason].append(back)
    sum_of_all = total(back.value for back in shop.counted_returns)
    for reason, returns in reasons.items():
        value = total(back.value for back in returns)
        days = [
            (back.day - back.order.day).days
            for back in returns
            if back.order and back.order.is_dated and back.is_dated
        ]
        yield {
            "return_reason": reason,
            "return_lines": len(returns),
            "orders": len({back.order.key for back in returns if back.order}),
            "returned_units": sum(back.units for back in returns),
            "returns": value,
            "share_of_returns": divide(value, sum_of_all),
            "average_days_to_return": mean(days, 6),
            "median_days_to_return": median(days, 1),
            "percentile_90_days_to_return": max_rank(days),
        }


def max_rank(days: Sequence[int]) -> int | None:
    """Find the number of days that nine tenths do not exceed."""
    found = ninetieth(days, 0)
    return None if found is None else int(found)


def compute_support(shop: Shop) -> Iterator[Row]:
    """Compute mart_support."""
    groups: dict[tuple[str, str], list[Ticket]] = defaultdict(list)
    for ticket in shop.tickets_so_far:
        groups[("all", "All tickets")].append(ticket)
        groups[("ticket_type", ticket.type)].append(ticket)
        groups[("severity", ticket.severity)].append(ticket)
        groups[("month", f"{ticket.opened:%Y-%m}")].append(ticket)
    for (kind, name), tickets in groups.items():
        orders = None
        if kind in ("all", "month"):
            orders = sum(kind == "all" or f"{order.day:%Y-%m}" == name for order in shop.counted)
        customers = len({ticket.customer_key for ticket in tickets if ticket.customer_key > 0})
        yield {
            "slice_type": kind,
            "slice_name": name,
            "customers": customers,
            "is_small_cell": kind != "all" and shop.settings.is_small_cell(customers),
            **describe_tickets(shop, tickets, orders),
        }


def describe_tickets(shop: Shop, tickets: list[Ticket], orders: int | None) -> Row:
    """Describe a group of tickets."""
    allowed = shop.settings.support_sla_days
    complaints = [ticket for ticket in tickets if ticket.is_complaint]
    linked = sum(ticket.order is not None for ticket in complaints)
    resolved = sum(ticket.is_resolved for ticket in tickets)
    overdue = sum(ticket.open_days is not None and ticket.open_days > allowed for ticket in tickets)
    in_time = sum(
        ticket.resolution_hours is not None and ticket.resolution_hours <= 24 * allowed
        for ticket in tickets
    )
    return {
        "tickets": len(tickets),
        "complaint_tickets": len(complaints),
        "open_tickets": len(tickets) - resolved,
        "resolved_tickets": resolved,
        "overdue_tickets": overdue,
        "resolved_in_time": in_time,
        "sla_rate": divide(in_time, resolved + overdue),
        **describe_hours(
            "first_response",
            (ticket.first_response_hours for ticket in tickets if ticket.is_resolved),
        ),
        **describe_hours("resolution", (ticket.resolution_hours for ticket in tickets)),
        "orders": orders,
        "complaint_rate_per_1000": divide(linked * 1000, orders),
        "complaints_without_order": len(complaints) - linked,
    }


def describe_hours(name: str, hours: Iterable[Decimal | None]) -> Row:
    """Describe how long something took."""
    known = [value for value in hours if value is not None]
    return {
        f"average_{name}_hours": mean(known, 2),
        f"median_{name}_hours": median(known, 2),
        f"percentile_90_{name}_hours": ninetieth(known, 2),
    }


def impute_ratings(shop: Shop) -> dict[str, Decimal | None]:
    """Give each review a rating: its own, the median of its category or that of all reviews."""

    def category(item: Feedback) -> str:
        return item.product.category if item.product else "Uncategorised"

    ratings: dict[str, list[Number]] = defaultdict(list)
    everything: list[Number] = []
    for item in shop.feedback:
        if item.type == "review" and item.rating is not None:
            ratings[category(item)].append(item.rating)
            everything.append(item.rating)
    found = {}
    for item in shop.feedback:
        filled = item.rating
        if filled is None and item.type == "review":
            filled = median(ratings[category(item)] or everything, 2)
        found[item.id] = filled
    return found


def compute_feedback(shop: Shop) -> Iterator[Row]:
    """Compute mart_feedback."""
    imputed = impute_ratings(shop)
    groups: dict[tuple[str, str], list[Feedback]] = defaultdict(list)
    for item in shop.feedback_so_far:
        groups[("all", "All feedback")].append(item)
        groups[("source_system", SOURCE)].append(item)
        groups[("feedback_type", item.type)].append(item)
        if item.product:
            groups[("category", item.product.category)].append(item)
        if item.day:
            groups[("month", f"{item.day:%Y-%m}")].append(item)
    for (kind, name), items in groups.items():
        ratings = [item.rating for item in items if item.rating is not None]
        filled = [rating for item in items if (rating := imputed[item.id]) is not None]
        average = divide(total(ratings), len(ratings))
        rounded = [int(rating + Decimal("0.5")) for rating in ratings]
        yield {
            "slice_type": kind,
            "slice_name": name,
            "feedback_count": len(items),
            "rated_count": len(ratings),
            "imputed_count": len(filled) - len(ratings),
            "average_rating": average,
            "average_rating_with_imputed": divide(total(filled), len(filled)),
            "csat": average if len(ratings) >= 5 else None,
            **{f"rating_{stars}": rounded.count(stars) for stars in range(1, 6)},
            "complaints": sum(item.type == "complaint" for item in items),
            "comments": sum(item.has_comment for item in items),
        }


def compute_kpi(shop: Shop) -> Iterator[Row]:
    """Compute mart_kpi."""
    prior: dict[str, dict[str, Decimal | None]] = {}
    for kind, start, end in list_kpi_periods(shop):
        values = compute_figures(shop, start if end else None, end)
        for kpi in SEEDS.kpis:
            value = values[kpi["kpi_id"]]
            target = Decimal(kpi["target_value"]) if kpi["target_value"] else None
            yield {
                "kpi_id": kpi["kpi_id"],
                "period_type": kind,
                "period_start_date": start,
                "kpi_name": kpi["kpi_name"],
                "unit": kpi["unit"],
                "kpi_value": value,
                "prior_value": prior.get(kind, {}).get(kpi["kpi_id"]),
                "target_value": target,
                "kpi_status": judge(value, target, kpi["better"]),
                "is_complete": end is None or end <= shop.as_of,
            }
        prior[kind] = values


def list_kpi_periods(shop: Shop) -> list[tuple[str, date, date | None]]:
    """List all time and every year and month from the first order on, each with its last day."""
    periods: list[tuple[str, date, date | None]] = [("all", UNKNOWN_DATE, None)]
    if UNKNOWN_DATE < shop.first_order_day <= shop.as_of:
        months = list_months(shop.first_order_day, shop.as_of)
        periods += [("month", month, month_end(month)) for month in months]
        years = sorted({year_of(month) for month in months})
        periods += [("year", year, year.replace(month=12, day=31)) for year in years]
    return periods


def judge(value: Decimal | None, target: Decimal | None, better: str) -> str:
    """Compare a figure with its target."""
    if value is None:
        return "not_available"
    if target is None:
        return "no_target"
    return "met" if (value >= target if better == "up" else value <= target) else "missed"


def compute_figures(shop: Shop, start: date | None, end: date | None) -> dict[str, Decimal | None]:
    """Compute the headline figures of a period."""

    def is_within(day: date) -> bool:
        return start is None or end is None or start <= day <= end

    orders = [order for order in shop.counted if is_within(order.day)]
    cancelled = sum(o.is_cancelled and is_within(o.day) for o in shop.orders.values())
    sales, net = total(order.sales for order in orders), total(order.net for order in orders)
    returns = [item for item in shop.counted_returns if is_within(item.day)]
    back = total(item.value for item in returns)
    unlinked = [item for item in returns if item.order is None]
    net -= total(item.value for item in unlinked)
    units = sum(order.units for order in orders)
    qualifying: dict[int, int] = defaultdict(int)
    for order in orders:
        if order.is_qualifying and order.customer_key > 0:
            qualifying[order.customer_key] += 1
    named = [order for order in orders if order.customer_key > 0]
    customers = len({order.customer_key for order in named})
    mature = [order for order in orders if shop.is_mature(order)]
    repeat = sum(count >= 2 for count in qualifying.values())
    average_order_value, frequency = divide(sales, len(orders)), divide(len(named), customers)
    guests = total(order.net for order in orders if order.customer is None)
    guests -= total(item.value for item in unlinked if item.customer is None)
    with_cost = total(order.net_with_cost for order in orders)
    return {
        "net_sales": sales - back,
        "sales_after_discount": sales,
        "orders": Decimal(len(orders)),
        "customers": Decimal(customers),
        "units_sold": Decimal(units),
        "average_order_value": average_order_value,
        "repeat_rate": divide(repeat, len(qualifying)),
        "return_rate_value": divide(
            total(order.returned for order in mature), total(order.sales for order in mature)
        ),
        "cancellation_rate": divide(cancelled, cancelled + len(orders)),
        "gross_margin_rate": divide(total(order.margin for order in orders), with_cost),
        "guest_share": divide(guests, net),
        "purchase_frequency": frequency,
        "units_per_order": divide(units, len(orders)),
        "average_selling_price": divide(sales, units),
        "average_order_value_net": divide(net, len(orders)),
        "simple_customer_value": None
        if average_order_value is None or frequency is None
        else divide(average_order_value * frequency, 1),
    }
