"""Sentences about customers: who comes back, who is loyal, who is about to leave."""

from customer_trends.insights.notes import FEWEST, Insight, Notes, Rule
from customer_trends.presentation.wording import write_amount, write_count, write_share

CUSTOMERS, COHORTS = "mart_customer_360", "mart_cohort_retention"
MIDDLES, VALUE = "mart_segment_centroids", "mart_customer_value"
BUYERS = "orders_qualifying > 0"
AGAIN = "sum(case when orders_qualifying > 1 then 1.0 else 0.0 end) / count(*)"
LEAVING = "rfm_segment in ('At Risk', 'Can''t Lose')"


def _write_customers(count: float) -> str:
    """Write a number of customers."""
    return write_count(count, "customer")


def _write_buyers(count: float) -> str:
    """Write a number of buyers."""
    return write_count(count, "buyer")


def _divide(column: str, rows: str) -> str:
    """Write the share that some rows have in a sum over all; NULL where that is not positive."""
    total = f"(select sum({column}) from marts.{CUSTOMERS})"
    part = f"(select sum({column}) from marts.{CUSTOMERS} where {rows})"
    return f"max(case when {total} > 0 then {part} / {total} end)"


def describe_repeat(notes: Notes) -> Insight | None:
    """Say how many buyers bought again."""
    buyers = notes.find(CUSTOMERS, "count(*)", BUYERS)
    again = notes.find(CUSTOMERS, AGAIN, BUYERS)
    if buyers is None or buyers.value < FEWEST or again is None:
        return None
    return notes.finish(
        f"{notes.cite(again, write_share)} of {notes.cite(buyers, _write_buyers)} kept more than "
        "one order."
    )


def describe_loyal(notes: Notes) -> Insight | None:
    """Say what loyal customers bring."""
    rows = "loyalty_segment = 'Loyal'"
    everyone = notes.find(CUSTOMERS, "count(*)")
    loyal = notes.find(CUSTOMERS, "count(*)", rows)
    share = notes.find(CUSTOMERS, _divide("net_sales_by_order_date", rows), rows)
    if everyone is None or everyone.value < FEWEST or loyal is None or share is None:
        return None
    verb = "is loyal and brings" if loyal.value == 1 else "are loyal and bring"
    return notes.finish(
        f"{notes.cite(loyal, lambda value: f'{value:,.0f}')} of "
        f"{notes.cite(everyone, _write_customers)} {verb} {notes.cite(share, write_share)} of "
        "their net sales."
    )


def describe_lapsed(notes: Notes) -> Insight | None:
    """Say how many buyers have stopped."""
    buyers = notes.find(CUSTOMERS, "count(*)", BUYERS)
    lapsed = notes.find(CUSTOMERS, "count(*)", "activity_state = 'lapsed'")
    if buyers is None or buyers.value < FEWEST or lapsed is None:
        return None
    verb = "has" if lapsed.value == 1 else "have"
    return notes.finish(
        f"{notes.cite(lapsed, lambda value: f'{value:,.0f}' if value else 'None')} of "
        f"{notes.cite(buyers, _write_buyers)} {verb} not bought within the active window."
    )


def describe_retention(notes: Notes) -> Insight | None:
    """Say how many new customers come back in the next month."""
    rows = "months_since_first_order = 1 and is_complete"
    size = notes.find(COHORTS, "sum(cohort_size)", rows)
    if size is None or size.value < FEWEST:
        return None
    rate = notes.find(COHORTS, "sum(retained_customers) / (sum(cohort_size) * 1.0)", rows)
    if rate is None:
        return None
    return notes.finish(
        f"{notes.cite(rate, write_share)} of "
        f"{notes.cite(size, lambda value: write_count(value, 'new customer'))} bought again in "
        "the month after their first order."
    )


def describe_leaving(notes: Notes) -> Insight | None:
    """Say what hangs on good customers who stay away."""
    everyone = notes.find(CUSTOMERS, "count(*)", "rfm_cell is not null")
    leaving = notes.find(CUSTOMERS, "count(*)", LEAVING)
    sales = notes.find(CUSTOMERS, "sum(net_sales_by_order_date)", LEAVING)
    if everyone is None or everyone.value < FEWEST or leaving is None or sales is None:
        return None
    verb = "was a good customer and seems" if leaving.value == 1 else "were good customers and seem"
    return notes.finish(
        f"{notes.cite(leaving, _write_customers)} {verb} to be leaving (At Risk or Can't Lose); "
        f"net sales to them so far are {notes.cite(sales, write_amount)}."
    )


def describe_clusters(notes: Notes) -> Insight | None:
    """Name the largest cluster."""
    order = "customers desc, cluster_number"
    count = notes.find(MIDDLES, "count(*)")
    everyone = notes.find(MIDDLES, "sum(customers)")
    name = notes.find(MIDDLES, "cluster_name", "1 = 1", order)
    total = f"(select sum(customers) from marts.{MIDDLES})"
    share = notes.find(MIDDLES, f"customers / ({total} * 1.0)", "1 = 1", order)
    if count is None or count.value < 2 or everyone is None or name is None or share is None:
        return None
    return notes.finish(
        f"{notes.cite(everyone, lambda value: write_count(value, 'clustered customer'))} form "
        f"{notes.cite(count, lambda value: write_count(value, 'cluster'))}; the largest "
        f"({notes.cite(name)}) holds {notes.cite(share, write_share)} of them."
    )


def describe_value(notes: Notes) -> Insight | None:
    """Say what customers are expected to bring."""
    rows = "is_scored and expected_value_12_months is not null"
    count = notes.find(VALUE, "count(*)", rows)
    value = notes.find(VALUE, "sum(expected_value_12_months)", rows)
    if count is None or count.value < FEWEST or value is None:
        return None
    return notes.finish(
        f"{notes.cite(count, _write_customers)} are expected to bring "
        f"{notes.cite(value, write_amount)} in the next 12 months."
    )


RULES: tuple[Rule, ...] = (
    describe_repeat,
    describe_loyal,
    describe_lapsed,
    describe_retention,
    describe_leaving,
    describe_clusters,
    describe_value,
)
