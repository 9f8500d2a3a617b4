"""Sentences about where sales are going: the last year, what moved them, seasons, forecast."""

from customer_trends.insights.notes import Insight, Notes, Rule
from customer_trends.insights.overview import COMPLETE_MONTHS, LATEST, MONTHLY
from customer_trends.presentation.wording import (
    write_amount,
    write_change,
    write_count,
    write_month,
    write_number,
)

DRIVERS, SEASONS = "mart_sales_change_drivers_by_category", "mart_seasonality"
PRODUCTS, FORECAST = "mart_product_performance", "mart_sales_forecast"
# A product that sold less than this share of all sales is too small to grow by per cents.
SMALLEST_SHARE = "0.01"
MONTHS_OF_YEAR = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def describe_year(notes: Notes) -> Insight | None:
    """Compare the last twelve complete months with the twelve before; needs all of them."""
    month = notes.find(MONTHLY, "month_start_date", COMPLETE_MONTHS, LATEST)
    count = notes.find(MONTHLY, "count(*)", COMPLETE_MONTHS)
    if month is None or count is None or count.value < 24:
        return None
    last = f"{month.value:%Y}", f"{month.value:%m-%d}"
    first, before = (f"cast('{int(last[0]) - years}-{last[1]}' as date)" for years in (1, 2))
    recent = f"{COMPLETE_MONTHS} and month_start_date > {first}"
    earlier = f"{COMPLETE_MONTHS} and month_start_date > {before} and month_start_date <= {first}"
    sales = notes.find(MONTHLY, "sum(net_sales)", recent)
    old = notes.find(MONTHLY, "sum(net_sales)", earlier)
    if sales is None or old is None:
        return None
    text = f"The 12 months to {notes.cite(month, write_month)} brought "
    text += f"net sales of {notes.cite(sales, write_amount)}"
    total = f"(select sum(net_sales) from marts.{MONTHLY} where {earlier})"
    change = notes.find(MONTHLY, f"sum(net_sales) / {total} - 1", recent)
    if change is not None and old.value > 0:
        than = "in the 12 months before"
        text += f", {notes.cite(change, lambda value: write_change(value, than))}"
    return notes.finish(f"{text}.")


def describe_drivers(notes: Notes) -> Insight | None:
    """Say which category moved the last complete month most."""
    rows = "is_complete"
    month = notes.find(DRIVERS, "month_start_date", rows, LATEST)
    if month is None:
        return None
    rows += f" and month_start_date = cast('{month.value:%Y-%m-%d}' as date)"
    total = notes.find(DRIVERS, "sum(absolute_change)", rows)
    count = notes.find(DRIVERS, "count(*)", rows)
    if total is None or count is None or count.value < 2 or not round(total.value, 2):
        return None
    rose = total.value > 0
    order = f"absolute_change {'desc' if rose else 'asc'}, category"
    name = notes.find(DRIVERS, "category", rows, order)
    change = notes.find(DRIVERS, "absolute_change", rows, order)
    if name is None or change is None:
        return None
    verb = "rose" if rose else "fell"
    return notes.finish(
        f"In {notes.cite(month, write_month)} net sales {verb} by "
        f"{notes.cite(total, lambda value: write_amount(abs(value)))} on the month before; "
        f"{notes.cite(name)} {verb} most, by "
        f"{notes.cite(change, lambda value: write_amount(abs(value)))}."
    )


def describe_season(notes: Notes) -> Insight | None:
    """Name the strongest and the weakest month of the year."""
    rows = "index_status = 'ok' and seasonality_index is not null"
    facts = [
        notes.find(SEASONS, column, rows, f"seasonality_index {way}, month_of_year")
        for way in ("desc", "asc")
        for column in ("month_of_year", "seasonality_index")
    ]
    years = notes.find(SEASONS, "max(complete_years)", rows)
    if None in facts or years is None:
        return None
    best, high, worst, low = (fact for fact in facts if fact is not None)
    if high.value == low.value:
        return None

    def name_month(number: int) -> str:
        return MONTHS_OF_YEAR[int(number) - 1]

    def write_index(value: float) -> str:
        return f"{write_number(value, 2)} times"

    return notes.finish(
        f"{notes.cite(best, name_month)} sells {notes.cite(high, write_index)} what an average "
        f"month does, {notes.cite(worst, name_month)} {notes.cite(low, write_index)}: measured "
        f"over {notes.cite(years, lambda value: write_count(value, 'complete year'))}."
    )


def describe_product(notes: Notes) -> Insight | None:
    """Name the product that grew most among those that are not small."""
    floor = f"{SMALLEST_SHARE} * (select sum(net_sales_prior_90_days) from marts.{PRODUCTS})"
    rows = f"trend_status = 'ok' and trend_growth > 0 and net_sales_prior_90_days >= {floor}"
    order = "trend_growth desc, product_key"
    name = notes.find(PRODUCTS, "product_name", rows, order)
    change = notes.find(PRODUCTS, "trend_growth", rows, order)
    sales = notes.find(PRODUCTS, "net_sales_last_90_days", rows, order)
    if name is None or change is None or sales is None:
        return None
    than = "in the 90 days before"
    return notes.finish(
        f"{notes.cite(name)} grew most among the larger products: "
        f"{notes.cite(sales, write_amount)} in the last 90 days, "
        f"{notes.cite(change, lambda value: write_change(value, than))}."
    )


def describe_forecast(notes: Notes) -> Insight | None:
    """Say what the next month is expected to bring."""
    rows = "is_forecast and is_champion and forecast is not null"
    order = "month_start_date"
    month, expected, low, high = (
        notes.find(FORECAST, column, rows, order)
        for column in ("month_start_date", "forecast", "lower_80", "upper_80")
    )
    if month is None or expected is None:
        return None
    text = (
        f"{notes.cite(month, write_month)} is expected to bring "
        f"{notes.cite(expected, write_amount)} of sales after discount"
    )
    if low is not None and high is not None:
        text += (
            f", in four of five cases {notes.cite(low, write_amount)} to "
            f"{notes.cite(high, write_amount)}"
        )
    return notes.finish(f"{text}.")


RULES: tuple[Rule, ...] = (
    describe_year,
    describe_drivers,
    describe_season,
    describe_product,
    describe_forecast,
)
