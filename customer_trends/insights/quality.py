"""Sentences about the data and the models: what was set aside, what ran."""

from customer_trends.insights.notes import Insight, Notes, Rule
from customer_trends.presentation.wording import name_category, write_count, write_share

OUTCOMES, MODELS = "mart_row_outcomes", "mart_model_runs"


def describe_rows(notes: Notes) -> Insight | None:
    """Say how many raw rows were set aside."""
    rows = notes.find(OUTCOMES, "sum(row_count)")
    if rows is None or not rows.value:
        return None
    aside = "sum(case when row_outcome = 'quarantined' then row_count else 0 end)"
    count = notes.find(OUTCOMES, aside)
    share = notes.find(OUTCOMES, f"{aside} / (sum(row_count) * 1.0)")
    if count is None or share is None:
        return None
    written = notes.cite(rows, lambda value: write_count(value, "raw row"))
    if not count.value:
        return notes.finish(f"All of {written} were trusted.")
    verb = "was" if count.value == 1 else "were"
    return notes.finish(
        f"Of {written}, {notes.cite(count, lambda value: f'{value:,.0f}')} "
        f"({notes.cite(share, write_share)}) {verb} set aside with a reason."
    )


def describe_reason(notes: Notes) -> Insight | None:
    """Name the most frequent reason."""
    rows = "row_outcome = 'quarantined' and row_count > 0 group by reason_code"
    order = "sum(row_count) desc, reason_code"
    name = notes.find(OUTCOMES, "reason_code", rows, order)
    count = notes.find(OUTCOMES, "sum(row_count)", rows, order)
    if name is None or count is None:
        return None
    return notes.finish(
        f"The most frequent reason is {notes.cite(name, name_category)}: "
        f"{notes.cite(count, lambda value: write_count(value, 'row'))}."
    )


def describe_models(notes: Notes) -> Insight | None:
    """Say how many of the models were good enough to score with at their last run."""
    jobs = notes.find(MODELS, "count(*)", "is_latest")
    scored = notes.find(MODELS, "count(*)", "is_latest and status = 'scored'")
    if jobs is None or not jobs.value or scored is None:
        return None
    written = notes.cite(scored, lambda value: f"{value:,.0f}" if value else "None")
    verb = "scores" if scored.value == 1 else "score"
    return notes.finish(
        f"{written} of {notes.cite(jobs, lambda value: write_count(value, 'model'))} {verb} with "
        "what they learned; the others use a baseline, or nothing, and say why."
        if scored.value < jobs.value
        else f"{written} of {notes.cite(jobs, lambda value: write_count(value, 'model'))} {verb} "
        "with what they learned."
    )


RULES: tuple[Rule, ...] = (describe_rows, describe_reason, describe_models)
