"""Sales by month and by day; what drove their changes, seasons and unusual days."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from oracle.shop import Shop
from oracle.slices import (
    ALL,
    Figures,
    Member,
    Members,
    cut,
    find_first_day,
    growth,
    growth_status,
    has_undated,
)
from oracle.values import (
    UNKNOWN_DATE,
    ZERO,
    Row,
    add_months,
    divide,
    list_days,
    list_months,
    median,
    month_end,
    month_of,
    total,
)

ANOMALY_TYPES = ("all", "region", "category")


def same_day(day: date) -> date:
    """Give a day as it is."""
    return day


def moving_average(values: list[Decimal], length: int) -> Decimal | None:
    """Average the last values; None unless there are so many."""
    return divide(total(values[-length:]), length) if len(values) >= length else None


def sum_to_date(nets: list[Decimal], kind: str, month: int) -> Row:
    """Add up the months of the year and of the quarter so far, the last of which has a number."""
    return {
        f"net_sales_{kind}year_to_date": total(nets[-month:]),
        f"net_sales_{kind}quarter_to_date": total(nets[-((month - 1) % 3 + 1) :]),
    }


def compute_sales_monthly(shop: Shop) -> Iterator[Row]:
    """Compute mart_sales_monthly and the marts of its slices."""
    members = cut(shop)
    first = find_first_day(members)
    months = list_months(first, shop.as_of) if first else []
    everything = members[ALL].by(month_of) if members else {}
    for member in members.values():
        by_month, by_day = member.by(month_of), member.by(same_day)
        nets: list[Decimal] = []
        for month in months:
            now = by_month[month]
            is_complete = month_end(month) <= shop.as_of
            is_prelaunch = member.launch is None or month < month_of(member.launch)
            prior = nets[-1] if nets else None
            earlier = nets[-12] if len(nets) >= 12 else None
            same_days = None
            if not is_complete and nets:
                before = add_months(month, -1)
                last = min(before + timedelta(shop.as_of.day - 1), month_end(before))
                same_days = total(by_day[day].net_sales for day in list_days(before, last))
            nets.append(now.net_sales)
            fiscal = (month.month - shop.settings.fiscal_year_start_month) % 12 + 1
            yield {
                "month_start_date": month,
                **member.key,
                **now.row(),
                **taxes(now, member.type),
                "share_of_total": divide(now.sales, everything[month].sales, 10),
                **sum_to_date(nets, "", month.month),
                **sum_to_date(nets, "fiscal_", fiscal),
                **compare_months(now, prior, earlier, is_complete, is_prelaunch),
                "same_days_prior": same_days,
                "same_days_growth": divide(now.net_sales - same_days, same_days)
                if same_days is not None and same_days > 0
                else None,
                **{
                    f"moving_average_{length}_months": moving_average(nets, length)
                    if is_complete
                    else None
                    for length in (3, 6, 12)
                },
                "is_complete": is_complete,
                "is_prelaunch": is_prelaunch,
                "is_undated": False,
            }
        if has_undated(members):
            yield describe_undated_month(member, members[ALL])


def compare_months(
    now: Figures,
    prior: Decimal | None,
    earlier: Decimal | None,
    is_complete: bool,
    is_prelaunch: bool,
) -> Row:
    """Compare a month with the one before and the one a year before."""
    status = growth_status(prior, is_complete, is_prelaunch)
    yearly = growth_status(earlier, is_complete, is_prelaunch)
    return {
        "prior_net_sales": prior,
        "month_over_month_change": None if prior is None else now.net_sales - prior,
        "month_over_month_growth": growth(now.net_sales, prior, status),
        "growth_status": status,
        "prior_year_net_sales": earlier,
        "year_over_year_growth": growth(now.net_sales, earlier, yearly),
        "yearly_growth_status": yearly,
    }


def describe_undated_month(member: Member, everything: Member) -> Row:
    """Describe the sales and returns without a date, which no month can be compared with."""
    now = member.undated
    unknown = (
        "prior_net_sales", "month_over_month_change", "month_over_month_growth",
        "same_days_prior", "same_days_growth",
        "prior_year_net_sales", "year_over_year_growth", "moving_average_3_months",
        "moving_average_6_months", "moving_average_12_months",
    )  # fmt: skip
    return {
        "month_start_date": UNKNOWN_DATE,
        **member.key,
        **now.row(),
        **taxes(now, member.type),
        "share_of_total": divide(now.sales, everything.undated.sales, 10),
        **sum_to_date([now.net_sales], "", 1),
        **sum_to_date([now.net_sales], "fiscal_", 1),
        **dict.fromkeys(unknown),
        "growth_status": "undated",
        "yearly_growth_status": "undated",
        "is_complete": False,
        "is_prelaunch": False,
        "is_undated": True,
    }


def taxes(figures: Figures, slice_type: str) -> Row:
    """Give tax and shipping, of which a category has no share."""
    if slice_type == "category":
        return {"tax": None, "shipping": None, "total_sales_by_order_date": None}
    tax = total(order.tax for order in figures.orders)
    shipping = total(order.shipping for order in figures.orders)
    refunded = total(order.refunded for order in figures.orders)
    return {
        "tax": tax,
        "shipping": shipping,
        "total_sales_by_order_date": figures.net_sales_by_order_date + tax + shipping - refunded,
    }


def compute_sales_daily(shop: Shop) -> Iterator[Row]:
    """Compute mart_sales_daily."""
    members = cut(shop)
    first = find_first_day(members)
    if not members:
        return
    days = list_days(first, shop.as_of) if first else []
    member = members[ALL]
    by_day, nets, to_date = member.by(same_day), list[Decimal](), ZERO
    for day in days:
        now = by_day[day]
        before = add_months(day, -12)
        earlier = by_day[before].net_sales if before >= days[0] else None
        status = growth_status(earlier, True, False)
        nets.append(now.net_sales)
        to_date = (to_date if day.day > 1 else ZERO) + now.net_sales
        yield {
            "calendar_date": day,
            **now.row(),
            **taxes(now, member.type),
            "moving_average_7_days": moving_average(nets, 7),
            "moving_average_28_days": moving_average(nets, 28),
            "net_sales_month_to_date": to_date,
            "prior_year_net_sales": earlier,
            "year_over_year_growth": growth(now.net_sales, earlier, status),
            "yearly_growth_status": status,
            "is_undated": False,
        }
    if has_undated(members):
        now = member.undated
        unknown = ("calendar_date", "moving_average_7_days", "moving_average_28_days",
                   "prior_year_net_sales", "year_over_year_growth")  # fmt: skip
        yield {
            **dict.fromkeys(unknown),
            **now.row(),
            **taxes(now, member.type),
            "net_sales_month_to_date": now.net_sales,
            "yearly_growth_status": "undated",
            "is_undated": True,
        }


def compute_seasonality(shop: Shop) -> Iterator[Row]:
    """Compute mart_seasonality and the marts of its slices."""
    members = cut(shop)
    first = find_first_day(members)
    months = list_months(first, shop.as_of) if first else []
    complete = [month for month in months if month_end(month) <= shop.as_of]
    full_years = [
        year for year in {month.year for month in complete}
        if sum(month.year == year for month in complete) == 12
    ]  # fmt: skip
    for member in members.values():
        by_month = member.by(month_of)
        years = {
            year: sold
            for year in full_years
            if (sold := total(by_month[date(year, month, 1)].sales for month in range(1, 13))) > 0
        }
        status = "ok"
        if len(complete) < 24:
            status = "too_few_months"
        elif not years:
            status = "no_complete_year"
        for month in range(1, 13):
            sales = {year: by_month[date(year, month, 1)].sales for year in years}
            shares = [divide(sales[year], years[year], 10) for year in years]
            yield {
                **member.key,
                "month_of_year": month,
                "complete_months": len(complete),
                "complete_years": len(years),
                "seasonality_index": divide(12 * total(shares), len(years))
                if status == "ok"
                else None,
                "average_sales_after_discount": divide(total(sales.values()), len(years))
                if status == "ok"
                else None,
                "index_status": status,
            }


def compute_sales_anomalies(shop: Shop) -> Iterator[Row]:
    """Compute mart_sales_anomalies and the marts of its slices."""
    members = cut(shop)
    least = shop.settings.anomaly_minimum_orders
    for member in members.values():
        launch, by_day = member.launch, member.by(same_day)
        if member.type not in ANOMALY_TYPES or launch is None:
            continue
        for day in list_days(launch, shop.as_of):
            earlier = [day - timedelta(7 * number) for number in range(1, 9)]
            baseline = [by_day[other] for other in earlier if other >= launch]
            now = by_day[day]
            yield {
                "calendar_date": day,
                **member.key,
                "sales_after_discount": now.sales,
                "orders": now.order_count,
                "baseline_days": len(baseline),
                **judge_day(now, baseline, least),
            }


def judge_day(now: Figures, baseline: list[Figures], least: int) -> Row:
    """Compare a day with the eight before it."""
    nothing: Row = dict.fromkeys(
        ("expected_sales", "median_absolute_deviation", "robust_z", "relative_change")
    )
    if len(baseline) < 8:
        return nothing | {"anomaly_status": "not_judged", "direction": "none"}
    expected = median([day.sales for day in baseline], 4) or ZERO
    deviation = median([abs(day.sales - expected) for day in baseline], 4) or ZERO
    change = now.sales - expected
    robust_z = divide(change, Decimal("1.4826") * deviation)
    usual_orders = median([day.order_count for day in baseline], 1) or ZERO
    if now.order_count < least and usual_orders < least:
        status = "not_judged"
    elif robust_z is None:
        status = "warn" if abs(change) > expected / 2 else "normal"
    else:
        status = "error" if abs(robust_z) >= 6 else "normal"
        status = "warn" if Decimal("3.5") <= abs(robust_z) < 6 else status
    return {
        "expected_sales": expected,
        "median_absolute_deviation": deviation,
        "robust_z": robust_z,
        "relative_change": divide(change, expected) if expected > 0 else None,
        "anomaly_status": status,
        "direction": "up" if change > 0 else "down" if change < 0 else "none",
    }


def compute_sales_change_drivers(shop: Shop) -> Iterator[Row]:
    """Compute mart_sales_change_drivers and the marts of its slices."""
    members = cut(shop)
    first = find_first_day(members)
    if first is None:
        return
    everything = members[ALL].by(month_of)
    for member in members.values():
        by_month = member.by(month_of)
        for month in list_months(first, shop.as_of)[1:]:
            before = add_months(month, -1)
            change_of_all = everything[month].net_sales - everything[before].net_sales
            units = (
                sum_units(members, member.type, before),
                sum_units(members, member.type, month),
            )
            change = by_month[month].net_sales - by_month[before].net_sales
            yield {
                "month_start_date": month,
                **member.key,
                "prior_net_sales": by_month[before].net_sales,
                "net_sales": by_month[month].net_sales,
                "absolute_change": change,
                "share_of_change": divide(change, change_of_all),
                **split_change(by_month[before], by_month[month], units),
                "is_complete": month_end(month) <= shop.as_of,
            }


def sum_units(members: Members, slice_type: str, month: date) -> int:
    """Add up the units of all members of a slice type in a month."""
    return sum(
        line.units
        for member in members.values()
        if member.type == slice_type
        for line in member.lines
        if line.order.is_dated and month_of(line.order.day) == month
    )


def split_change(before: Figures, now: Figures, units: tuple[int, int]) -> Row:
    """Split the change of net sales into volume, mix, price, novelty and returns."""
    volume = mix = price = new = ZERO
    if before.units == 0:
        new = now.sales
    else:
        at_old_price = divide(now.units * before.sales, before.units, 4) or ZERO
        at_old_mix = divide(units[1] * before.sales, units[0], 4) or ZERO
        volume = divide((units[1] - units[0]) * before.sales, units[0], 4) or ZERO
        mix = at_old_price - at_old_mix
        price = now.sales - at_old_price
    returns = before.returns - now.returns
    change = now.net_sales - before.net_sales
    return {
        "volume_effect": volume,
        "mix_effect": mix,
        "price_effect": price,
        "new_effect": new,
        "returns_effect": returns,
        "residual": change - volume - mix - price - new - returns,
    }
