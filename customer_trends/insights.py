"""Insights in words: a few checkable sentences per page, made by rules from the marts."""

from customer_trends import (
    insights_customers,
    insights_operations,
    insights_overview,
    insights_places,
    insights_quality,
    insights_trends,
)
from customer_trends.errors import InvalidOptionError
from customer_trends.frames import Read
from customer_trends.insight_notes import Figure, Insight, Notes, Rule

__all__ = ["Figure", "Insight", "write_insights"]

RULES: dict[str, tuple[Rule, ...]] = {
    "overview": insights_overview.RULES,
    "trends": insights_trends.RULES,
    "customers": insights_customers.RULES,
    "geography": insights_places.RULES,
    "operations": insights_operations.RULES,
    "quality": insights_quality.RULES,
}


def write_insights(page: str, read: Read) -> list[Insight]:
    """Write the sentences of a page.

    Parameters
    ----------
    page
        overview, trends, customers, geography, operations or quality.
    read
        Runs SQL over ``marts.mart_*`` and gives a frame.

    Returns
    -------
    list of Insight
        Sentences that the data carry; none where they carry none.
    """
    if page not in RULES:
        raise InvalidOptionError(f"There is no page '{page}': use {', '.join(RULES)}.")
    told = (rule(Notes(read)) for rule in RULES[page])
    return [insight for insight in told if insight is not None]
