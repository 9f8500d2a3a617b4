"""Insights in words: a few checkable sentences per page, made by rules from the marts."""

from customer_trends.errors import InvalidOptionError
from customer_trends.insights import customers, operations, overview, places, quality, trends
from customer_trends.insights.notes import Figure, Insight, Notes, Rule
from customer_trends.presentation.frames import Read

__all__ = ["Figure", "Insight", "write_insights"]

RULES: dict[str, tuple[Rule, ...]] = {
    "overview": overview.RULES,
    "trends": trends.RULES,
    "customers": customers.RULES,
    "geography": places.RULES,
    "operations": operations.RULES,
    "quality": quality.RULES,
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
    written = (rule(Notes(read)) for rule in RULES[page])
    return [insight for insight in written if insight is not None]
