"""Sentences about the daily business: cancellations, returns, support, ratings."""

from customer_trends.insights.notes import FEWEST, KPI, Insight, Notes, Rule
from customer_trends.presentation.wording import (
    name_category,
    write_count,
    write_number,
    write_share,
)

RETURNS, RETURNED_CATEGORIES = "mart_returns", "mart_returns_by_category"
REASONS = "mart_return_reasons"
SUPPORT, FEEDBACK = "mart_support", "mart_feedback"
VERDICTS = {"met": "is met", "missed": "is missed"}


def _describe_target(notes: Notes, kpi: str) -> str:
    """Say whether a headline figure meets its target; nothing where it has none."""
    rows = f"{KPI}'{kpi}'"
    target = notes.find("mart_kpi", "target_value", rows)
    status = notes.find("mart_kpi", "kpi_status", rows)
    if target is None or status is None or status.value not in VERDICTS:
        return ""
    verdict = notes.cite(target, write_share), notes.cite(status, VERDICTS.__getitem__)
    return "; the target, {}, {}".format(*verdict)


def describe_cancelled(notes: Notes) -> Insight | None:
    """Say how many orders were cancelled."""
    rate = notes.find("mart_kpi", "kpi_value", f"{KPI}'cancellation_rate'")
    orders = notes.find("mart_kpi", "kpi_value", f"{KPI}'orders'")
    if rate is None or orders is None or orders.value < FEWEST:
        return None
    text = f"{notes.cite(rate, write_share)} of orders were cancelled"
    return notes.finish(f"{text}{_describe_target(notes, 'cancellation_rate')}.")


def describe_returned(notes: Notes) -> Insight | None:
    """Say how much came back."""
    rate = notes.find("mart_kpi", "kpi_value", f"{KPI}'return_rate_value'")
    units = notes.find(RETURNS, "mature_units")
    if rate is None or units is None or units.value < FEWEST:
        return None
    text = f"{notes.cite(rate, write_share)} of what was sold came back, by value"
    return notes.finish(f"{text}{_describe_target(notes, 'return_rate_value')}.")


def describe_returned_category(notes: Notes) -> Insight | None:
    """Name the category that comes back most; those with few units are left out."""
    rows = f"mature_units >= {FEWEST} and return_rate_value is not null"
    order = "return_rate_value desc, category"
    name = notes.find(RETURNED_CATEGORIES, "category", rows, order)
    rate = notes.find(RETURNED_CATEGORIES, "return_rate_value", rows, order)
    count = notes.find(RETURNED_CATEGORIES, "count(*)", rows)
    if name is None or rate is None or not rate.value or count is None or count.value < 2:
        return None
    return notes.finish(
        f"{notes.cite(name)} comes back most of "
        f"{notes.cite(count, lambda value: write_count(value, 'category', 'categories'))}: "
        f"{notes.cite(rate, write_share)} of its value."
    )


def describe_reason(notes: Notes) -> Insight | None:
    """Name the most frequent reason of returns."""
    order = "returned_units desc, return_reason"
    units = notes.find(REASONS, "sum(returned_units)")
    name = notes.find(REASONS, "return_reason", "returned_units > 0", order)
    if units is None or units.value < FEWEST or name is None:
        return None
    total = f"(select sum(returned_units) from marts.{REASONS})"
    share = notes.find(REASONS, f"returned_units / ({total} * 1.0)", "returned_units > 0", order)
    if share is None:
        return None
    return notes.finish(
        f"{notes.cite(name, name_category)} is the most frequent reason of returns: "
        f"{notes.cite(share, write_share)} of "
        f"{notes.cite(units, lambda value: write_count(value, 'returned unit'))}."
    )


def describe_complaints(notes: Notes) -> Insight | None:
    """Say how often customers complain."""
    rate = notes.find(SUPPORT, "complaint_rate_per_1000")
    orders = notes.find(SUPPORT, "orders")
    tickets = notes.find(SUPPORT, "tickets")
    if rate is None or orders is None or orders.value < FEWEST or tickets is None:
        return None
    if not tickets.value:
        return None
    return notes.finish(
        f"Customers complained {notes.cite(rate, lambda value: f'{write_number(value)} times')} "
        "per 1,000 orders."
    )


def describe_service(notes: Notes) -> Insight | None:
    """Say how many tickets were resolved in time."""
    resolved = notes.find(SUPPORT, "resolved_tickets")
    rate = notes.find(SUPPORT, "sla_rate")
    overdue = notes.find(SUPPORT, "overdue_tickets")
    if resolved is None or resolved.value < FEWEST or rate is None or overdue is None:
        return None
    verb = "is" if overdue.value == 1 else "are"
    return notes.finish(
        f"{notes.cite(rate, write_share)} of tickets were resolved in time; "
        f"{notes.cite(overdue, lambda value: write_count(value, 'open ticket'))} {verb} overdue."
    )


def describe_ratings(notes: Notes) -> Insight | None:
    """Say how customers rate; the score is NULL where there are too few ratings."""
    score = notes.find(FEEDBACK, "csat")
    count = notes.find(FEEDBACK, "rated_count")
    if score is None or count is None or count.value < FEWEST:
        return None
    return notes.finish(
        f"{notes.cite(count, lambda value: write_count(value, 'rating'))} give "
        f"{notes.cite(score, lambda value: write_number(value, 2))} of 5 stars on average."
    )


RULES: tuple[Rule, ...] = (
    describe_cancelled,
    describe_returned,
    describe_returned_category,
    describe_reason,
    describe_complaints,
    describe_service,
    describe_ratings,
)
