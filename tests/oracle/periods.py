"""Sales by week, quarter and year, calendar and fiscal; sales by place; the cube of sales."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

from oracle.facts import Line, Order
from oracle.members import Place
from oracle.settings import SEEDS
from oracle.shop import Shop
from oracle.slices import (
    ALL,
    Figures,
    cut,
    find_first_day,
    growth,
    growth_status,
    has_undated,
)
from oracle.values import UNKNOWN_DATE, Row, add_months, divide, mean, month_of

LEVELS = ("country", "region", "state", "city")


def year_of(day: date) -> date:
    """Give the first day of the year."""
    return day.replace(month=1, day=1)


def week_of(day: date) -> date:
    """Give the Monday of the week."""
    return day - timedelta(day.weekday())


def quarter_of(day: date) -> date:
    """Give the first day of the calendar quarter."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


@dataclass(frozen=True)
class PeriodType:
    """A kind of period: where one begins, the next one and the one a year before, and its name."""

    name: str
    start_of: Callable[[date], date]
    next_of: Callable[[date], date]
    year_before: Callable[[date], date]
    name_of: Callable[[date], str]


def list_period_types(fiscal_start: int) -> list[PeriodType]:
    """List the kinds of periods; the fiscal year begins with a month."""

    def fiscal_year_of(day: date) -> date:
        year = day.year if day.month >= fiscal_start else day.year - 1
        return date(year, fiscal_start, 1)

    def fiscal_quarter_of(day: date) -> date:
        start = fiscal_year_of(day)
        gone = (day.year - start.year) * 12 + day.month - start.month
        return add_months(start, gone // 3 * 3)

    def name_fiscal_year(day: date) -> str:
        return f"FY{day.year if fiscal_start == 1 else fiscal_year_of(day).year + 1}"

    def name_fiscal_quarter(day: date) -> str:
        start = fiscal_year_of(day)
        gone = (day.year - start.year) * 12 + day.month - start.month
        return f"{name_fiscal_year(day)}-Q{gone // 3 + 1}"

    def week_year_before(day: date) -> date:
        year, week, _ = day.isocalendar()
        return date.fromisocalendar(year - 1, min(week, 52), 1)

    def add(months: int) -> Callable[[date], date]:
        return lambda day: add_months(day, months)

    def name_week(day: date) -> str:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"

    return [
        PeriodType("week", week_of, lambda day: day + timedelta(7), week_year_before, name_week),
        PeriodType(
            "quarter", quarter_of, add(3), add(-12),
            lambda day: f"{day.year}-Q{(day.month + 2) // 3}",
        ),
        PeriodType("year", year_of, add(12), add(-12), lambda day: str(day.year)),
        PeriodType(
            "fiscal_quarter", fiscal_quarter_of, add(3), add(-12), name_fiscal_quarter
        ),
        PeriodType("fiscal_year", fiscal_year_of, add(12), add(-12), name_fiscal_year),
    ]  # fmt: skip


def compute_sales_by_period(shop: Shop) -> Iterator[Row]:
    """Compute the marts of weeks, quarters, years and fiscal periods, all sales in each."""
    members = cut(shop)
    first = find_first_day(members)
    if not members:
        return
    member = members[ALL]
    for kind in list_period_types(shop.settings.fiscal_year_start_month):
        by_period, nets = member.by(kind.start_of), dict[date, Decimal]()
        start, prior = kind.start_of(first) if first else None, None
        while start is not None and start <= shop.as_of:
            now = by_period[start]
            end = kind.next_of(start) - timedelta(1)
            is_complete = end <= shop.as_of
            earlier = nets.get(kind.year_before(start))
            status = growth_status(prior, is_complete, False)
            yearly = growth_status(earlier, is_complete, False)
            yield {
                "period_type": kind.name,
                "period_start_date": start,
                "period_end_date": end,
                "period_name": kind.name_of(start),
                **now.row(),
                "prior_net_sales": prior,
                "absolute_change": None if prior is None else now.net_sales - prior,
                "relative_change": growth(now.net_sales, prior, status),
                "growth_status": status,
                "prior_year_net_sales": earlier,
                "year_over_year_growth": growth(now.net_sales, earlier, yearly),
                "yearly_growth_status": yearly,
                "is_week_53": kind.name == "week" and start.isocalendar().week == 53,
                "is_complete": is_complete,
                "is_undated": False,
            }
            nets[start] = prior = now.net_sales
            start = kind.next_of(start)
        if has_undated(members):
            unknown = (
                "period_start_date", "period_end_date", "prior_net_sales", "absolute_change",
                "relative_change", "prior_year_net_sales", "year_over_year_growth",
            )  # fmt: skip
            yield {
                "period_type": kind.name,
                "period_name": "Undated",
                **dict.fromkeys(unknown),
                **member.undated.row(),
                **dict.fromkeys(("growth_status", "yearly_growth_status"), "undated"),
                **dict.fromkeys(("is_week_53", "is_complete"), False),
                "is_undated": True,
            }


def compute_sales_by_place(shop: Shop) -> Iterator[Row]:
    """Compute the marts of places: countries, regions, states and cities."""
    sum_of_all = Figures()
    places: dict[tuple[int, tuple[str, ...]], Figures] = defaultdict(Figures)
    states: dict[tuple[int, tuple[str, ...]], set[Place]] = defaultdict(set)
    for order in shop.counted:
        sum_of_all.add(order, order.lines)
        for level in range(4):
            places[(level, order.place.names[: level + 1])].add(order, order.lines)
    known = [person.place for person in shop.people] + [back.place for back in shop.returns]
    for place in [*known, *(order.place for order in shop.orders.values())]:
        for level in range(4):
            states[(level, place.names[: level + 1])].add(place)
    for (level, names), figures in places.items():
        latitude, longitude = find_coordinates(level, names[0], states[(level, names)])
        yield {
            "place_level": LEVELS[level],
            **dict(zip(LEVELS, [*names, *["All"] * (3 - level)], strict=True)),
            "latitude": latitude,
            "longitude": longitude,
            "region_manager_name": None,
            "orders": figures.order_count,
            "customers": figures.customer_count,
            "units_sold": figures.units,
            "sales_after_discount": figures.sales,
            "net_sales_by_order_date": figures.net_sales_by_order_date,
            "average_order_value": figures.average_order_value,
            "share_of_total": divide(figures.sales, sum_of_all.sales, 10),
            "is_small_cell": shop.settings.is_small_cell(figures.customer_count),
            **find_top_categories(figures),
        }


def find_coordinates(
    level: int, country: str, places: set[Place]
) -> tuple[Decimal | None, Decimal | None]:
    """Find the point of a place: of its state, the mean of its states, or that of the country."""
    points = set()
    for place in places:
        state = SEEDS.states.get((place.country or "", place.state or ""))
        if state:
            points.add((Decimal(state["latitude"]), Decimal(state["longitude"])))
    if not points and country in SEEDS.countries:
        row = SEEDS.countries[country]
        points.add((Decimal(row["latitude"]), Decimal(row["longitude"])))
    return mean([point[0] for point in points], 4), mean([point[1] for point in points], 4)


def find_top_categories(figures: Figures) -> Row:
    """Find the three categories that sold most, with their shares."""
    sales: dict[str, Decimal] = defaultdict(Decimal)
    for line in figures.lines:
        sales[line.category] += line.sales
    top = sorted(sales, key=lambda name: (-sales[name], name))[:3]
    row: Row = {}
    for place in range(3):
        name = top[place] if place < len(top) else None
        row[f"top_category_{place + 1}"] = name
        row[f"top_category_{place + 1}_share"] = (
            divide(sales[name], figures.sales) if name is not None else None
        )
    return row


def compute_sales_cube(shop: Shop) -> Iterator[Row]:
    """Compute mart_sales_cube: each order stands in all groupings of its periods and names."""
    cells: dict[tuple[int, str, date, tuple[str, ...]], Figures] = defaultdict(Figures)
    for order in shop.counted:
        for (kind, start), rolled in product(list_periods(order), product((0, 1), repeat=3)):
            grouping = 4 * rolled[0] + 2 * rolled[1] + rolled[2]
            for category, lines in list_categories(order, bool(rolled[1])).items():
                names = (order.region, category, order.segment)
                kept = ("ALL" if up else name for name, up in zip(names, rolled, strict=True))
                cells[(grouping, kind, start, tuple(kept))].add(order, lines)
    for (grouping, kind, start, names_kept), figures in cells.items():
        region, category, segment = names_kept
        yield {
            "grouping_id": grouping,
            "period_type": kind,
            "period_start_date": None if start == UNKNOWN_DATE else start,
            "region": region,
            "category": category,
            "segment": segment,
            "drill_key": "|".join(names_kept),
            "units_sold": figures.units,
            "gross_sales": figures.gross,
            "discounts": figures.discounts,
            "sales_after_discount": figures.sales,
            "returns_by_order_date": figures.returns_by_order_date,
            "net_sales_by_order_date": figures.net_sales_by_order_date,
            "orders": figures.order_count,
            "customers": figures.customer_count,
            "average_order_value": figures.average_order_value,
            "is_undated": kind != "all" and start == UNKNOWN_DATE,
        }


def list_categories(order: Order, is_rolled_up: bool) -> dict[str, list[Line]]:
    """List the categories of an order with their lines; rolled up it is one, lines or none."""
    if is_rolled_up:
        return {"ALL": order.lines}
    categories: dict[str, list[Line]] = defaultdict(list)
    for line in order.lines:
        categories[line.category].append(line)
    return categories


def list_periods(order: Order) -> list[tuple[str, date]]:
    """List the periods an order falls in: all time, its year and its month."""
    return [
        ("all", UNKNOWN_DATE),
        ("year", year_of(order.day)),
        ("month", month_of(order.day)),
    ]
