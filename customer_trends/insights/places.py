"""Sentences about places: states, countries, the size of orders."""

from customer_trends.insights.notes import FEWEST, Insight, Notes, Rule
from customer_trends.insights.overview import REGIONAL
from customer_trends.presentation.wording import write_amount, write_count, write_share

KNOWN = "net_sales_by_order_date > 0 and {place} <> 'Unknown'"
# Columns that identify a place of each level.
ORDER = {
    "country": "country",
    "state": "country, region, state",
    "city": "country, region, state, city",
}


def _describe_largest(notes: Notes, level: str, many: str, among: str = "") -> Insight | None:
    """Name the largest place of a level, where there are several."""
    mart, rows = f"mart_sales_by_{level}", f"{KNOWN.format(place=level)}{among}"
    order = f"net_sales_by_order_date desc, {ORDER[level]}"
    name = notes.find(mart, level, rows, order)
    sales = notes.find(mart, "net_sales_by_order_date", rows, order)
    count = notes.find(mart, "count(*)", rows)
    total = f"(select sum(net_sales_by_order_date) from marts.{mart} where {rows})"
    share = notes.find(mart, f"net_sales_by_order_date / {total}", rows, order)
    if name is None or sales is None or count is None or count.value < 2 or share is None:
        return None
    if not notes.has_enough():
        return None
    return notes.finish(
        f"{notes.cite(name)} sells most of "
        f"{notes.cite(count, lambda value: write_count(value, level, many))}: "
        f"{notes.cite(sales, write_amount)}, {notes.cite(share, write_share)} of their net sales."
    )


def describe_country(notes: Notes) -> Insight | None:
    """Name the largest country."""
    return _describe_largest(notes, "country", "countries")


def describe_state(notes: Notes) -> Insight | None:
    """Name the largest state."""
    return _describe_largest(notes, "state", "states")


def describe_city(notes: Notes) -> Insight | None:
    """Name the largest city."""
    return _describe_largest(notes, "city", "cities")


def describe_order_size(notes: Notes) -> Insight | None:
    """Say where orders are largest; regions with few orders are left out."""
    rows = f"{KNOWN.format(place='region')} and orders >= {FEWEST}"
    rows += " and average_order_value is not null"
    facts = [
        notes.find(REGIONAL, column, rows, f"average_order_value {way}, region")
        for way in ("desc", "asc")
        for column in ("region", "average_order_value")
    ]
    known = [fact for fact in facts if fact is not None]
    if len(known) < len(facts) or known[1].value == known[3].value:
        return None
    best, high, worst, low = known
    return notes.finish(
        f"Orders are largest in {notes.cite(best)}, {notes.cite(high, write_amount)} on average, "
        f"and smallest in {notes.cite(worst)}, {notes.cite(low, write_amount)}."
    )


def describe_unknown(notes: Notes) -> Insight | None:
    """Say how many orders have no known place."""
    rows = "region = 'Unknown' and orders > 0"
    orders = notes.find(REGIONAL, "sum(orders)", rows)
    if orders is None:
        return None
    verb = "has" if orders.value == 1 else "have"
    return notes.finish(
        f"{notes.cite(orders, lambda value: write_count(value, 'order'))} {verb} no known region."
    )


RULES: tuple[Rule, ...] = (
    describe_country,
    describe_state,
    describe_city,
    describe_order_size,
    describe_unknown,
)
