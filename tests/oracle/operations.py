"""Operations: what becomes of orders, returns, support, feedback and the headline figures."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from oracle.facts import Feedback, Line, Order, Return, Ticket
from oracle.members import SOURCE
from oracle.parts import take
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


def list_order_months(shop: Shop) -> list[tuple[date | None, list[Order]]]:
    """List every month from the first order on with the orders placed in each; None has no date."""
    placed = [order for order in shop.orders.values() if not order.is_future]
    months: list[tuple[date | None, list[Order]]] = []
    days = [order.day for order in placed if order.is_dated]
    if days:
        for month in list_months(min(days), shop.as_of):
            months.append((month, [order for order in placed if month_of(order.day) == month]))
    undated = [order for order in placed if not order.is_dated]
    return [*months, (None, undated)] if undated else months


def compute_order_status_by_month(shop: Shop) -> Iterator[Row]:
    """Compute mart_order_status_by_month."""
    for month, orders in list_order_months(shop):
        for status in [*SEEDS.statuses, "unknown"]:
            members = [order for order in orders if order.status == status]
            known = SEEDS.statuses.get(status)
            yield {
                "month_start_date": month,
                "order_status": status,
                "orders": len(members),
                "ordered_units": sum(order.ordered_units for order in members),
                "ordered_amount": total(order.ordered_amount for order in members),
                "share_of_orders": divide(len(members), len(orders)),
                "is_recognised": known is not None and known["is_recognised"] == "true",
                "is_undated": month is None,
            }


def compute_order_funnel(shop: Shop) -> Iterator[Row]:
    """Compute mart_order_funnel."""

    def is_past(day: date | None) -> bool:
        return day is not None and day <= shop.as_of

    for month, placed in list_order_months(shop):
        confirmed = [order for order in placed if order.is_recognised]
        shipped = [o for o in confirmed if o.status in SHIPPED or is_past(o.shipped)]
        delivered = [o for o in confirmed if o.status in DELIVERED or is_past(o.delivered)]
        kept = [order for order in delivered if order.kept > 0]
        shipping = [(o.shipped - o.day).days for o in shipped if o.shipped and o.is_dated]
        delivery = [(o.delivered - o.day).days for o in delivered if o.delivered and o.is_dated]
        yield {
            "month_start_date": month,
            "placed_orders": len(placed),
            "confirmed_orders": len(confirmed),
            "shipped_orders": len(shipped),
            "delivered_orders": len(delivered),
            "kept_orders": len(kept),
            "confirmed_share_of_placed": divide(len(confirmed), len(placed)),
            "shipped_share_of_placed": divide(len(shipped), len(placed)),
            "delivered_share_of_placed": divide(len(delivered), len(placed)),
            "kept_share_of_placed": divide(len(kept), len(placed)),
            "shipped_share_of_confirmed": divide(len(shipped), len(confirmed)),
            "delivered_share_of_shipped": divide(len(delivered), len(shipped)),
            "kept_share_of_delivered": divide(len(kept), len(delivered)),
            "shipping_days": sum(shipping),
            "orders_with_shipping_days": len(shipping),
            "average_shipping_days": mean(shipping, 6),
            "delivery_days": sum(delivery),
            "orders_with_delivery_days": len(delivery),
            "average_delivery_days": mean(delivery, 6),
            "is_undated": month is None,
        }


def choose(
    compute: Callable[[Shop], Iterator[Row]],
    kind: str,
    member: str = "",
    leaves_out: Sequence[str] = (),
) -> Callable[[Shop], Iterator[Row]]:
    """Give the computation of one slice type, by that of all.

    Parameters
    ----------
    compute
        Computes all slice types.
    kind
        Slice type; ``all`` has one row, which names the last day.
    member
        Column of the members; the slice type when left out.
    leaves_out
        Columns that the slice type does not have.

    Returns
    -------
    Callable
        Computes the rows of the slice type.
    """
    column = member or kind
    of_all = ("slice_name", "is_small_cell") if kind == "all" else ()
    part = take(compute, {"slice_type": kind}, {"slice_name": column}, (*of_all, *leaves_out))

    def compute_one(shop: Shop) -> Iterator[Row]:
        for row in part(shop):
            if kind == "all":
                row["as_of_date"] = shop.as_of
            if member == "month_start_date":
                row["is_undated"] = row[column] is None
            yield row

    return compute_one


def compute_returns(shop: Shop) -> Iterator[Row]:
    """Compute mart_returns and its slices."""
    groups: dict[tuple[str, str | date | None], tuple[list[Order], list[Line]]] = {
        key: (member.orders, member.lines) for key, member in cut(shop).items() if member.orders
    }
    for order in shop.counted:
        month = month_of(order.day) if order.is_dated else None
        orders, lines = groups.setdefault(("order_month", month), ([], []))
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
    """Compute mart_support and its slices."""
    groups: dict[tuple[str, str | date], list[Ticket]] = defaultdict(list)
    for ticket in shop.tickets_so_far:
        groups[("all", "All tickets")].append(ticket)
        groups[("ticket_type", ticket.type)].append(ticket)
        groups[("severity", ticket.severity)].append(ticket)
        groups[("month", month_of(ticket.opened))].append(ticket)
    for (kind, name), tickets in groups.items():
        orders = None
        if kind in ("all", "month"):
            orders = sum(kind == "all" or month_of(order.day) == name for order in shop.counted)
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
    """Compute mart_feedback and its slices."""
    imputed = impute_ratings(shop)
    groups: dict[tuple[str, str | date | None], list[Feedback]] = defaultdict(list)
    for item in shop.feedback_so_far:
        groups[("all", "All feedback")].append(item)
        groups[("source_system", SOURCE)].append(item)
        groups[("feedback_type", item.type)].append(item)
        if item.product:
            groups[("category", item.product.category)].append(item)
        groups[("month", month_of(item.day) if item.day else None)].append(item)
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
    for row in compute_kpis(shop):
        if row["period_type"] == "all":
            gone = {"period_type", "period_start_date", "prior_value", "is_complete"}
            yield {name: value for name, value in row.items() if name not in gone}


def compute_kpi_by(kind: str) -> Callable[[Shop], Iterator[Row]]:
    """Give the computation of mart_kpi_by_year or mart_kpi_by_month."""

    def compute_one(shop: Shop) -> Iterator[Row]:
        for row in compute_kpis(shop):
            if row["period_type"] == kind:
                gone = {"period_type", "period_start_date"}
                rest = {name: value for name, value in row.items() if name not in gone}
                yield {f"{kind}_start_date": row["period_start_date"]} | rest

    return compute_one


def compute_kpis(shop: Shop) -> Iterator[Row]:
    """Compute the headline figures of all time, years and months."""
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
