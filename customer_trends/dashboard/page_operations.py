"""Operations: what becomes of orders, what comes back, what customers complain of."""

import altair as alt
import pandas as pd

from customer_trends.charts.definition import Drawing, draw_nothing, make_title
from customer_trends.charts.parts import draw_rows, make_axis, tip_name, tip_number, tip_share
from customer_trends.dashboard import queries
from customer_trends.dashboard.data import Query
from customer_trends.dashboard.filters import Filters
from customer_trends.dashboard.marks import find_lines
from customer_trends.dashboard.page_frame import run_page, show_heading, show_insights
from customer_trends.dashboard.panels import Panel, show_row
from customer_trends.dashboard.predictions import show_tickets_at_risk
from customer_trends.presentation.wording import name_category, write_share

NAME = "operations"
ENTIRE_SHOP = "entire shop, all time"
SLICED_RETURNS = ("category", "region", "segment")
STEPS = ("placed", "confirmed", "shipped", "delivered", "kept")


def show(filters: Filters) -> None:
    """Show the page."""
    show_heading(
        "Operations",
        "What becomes of orders, what comes back, and how well do we help?",
        filters,
        "Charts that are not cut by a filter say so.",
    )
    show_row(
        filters,
        [
            Panel(
                "order_status",
                queries.order_status(filters),
                fields=("order_status",),
                find_drill=find_lines(
                    filters, "order_status", is_counted=False, measure="ordered_amount"
                ),
            ),
            Panel(
                "order_status",
                queries.funnel(filters),
                draw=draw_funnel,
                scope=f"{filters.describe_period()}, entire shop",
                key="funnel",
            ),
        ],
    )
    kind = next((name for name in SLICED_RETURNS if name in filters.cuts), "category")
    show_row(
        filters,
        [
            Panel("returns", _ask_returns(kind, filters), scope="all time"),
            Panel("return_reasons", scope=ENTIRE_SHOP),
        ],
    )
    show_row(
        filters, [Panel("complaints", scope="entire shop"), Panel("support", scope=ENTIRE_SHOP)]
    )
    query, scope = _ask_ratings(filters)
    show_row(filters, [Panel("ratings", query, scope=scope), Panel("outcomes", scope=ENTIRE_SHOP)])
    show_tickets_at_risk()
    show_insights(NAME)


def draw_funnel(frame: pd.DataFrame) -> Drawing:
    """Draw how many orders reach each step.

    Parameters
    ----------
    frame
        One row: a column of orders per step, named placed, confirmed, shipped, delivered, kept.

    Returns
    -------
    Chart
        A bar per step.
    """
    if frame.empty or not (frame["placed"].iloc[0] or 0) > 0:
        return draw_nothing("No order was placed", "Choose another period.")
    steps = pd.DataFrame({"funnel_step": STEPS, "orders": [frame[step].iloc[0] for step in STEPS]})
    steps = steps.astype({"orders": float}).assign(
        step=steps["funnel_step"].map(name_category),
        share=lambda rows: rows["orders"] / rows["orders"].iloc[0],
        before=lambda rows: rows["orders"] / rows["orders"].shift(1),
    )
    kept = write_share(steps["share"].iloc[-1])
    return draw_rows(
        steps,
        make_title(
            f"{kept} of placed orders are delivered and kept, in part at least",
            "Orders by the step reached",
        ),
        "step",
        make_axis(alt.X, "orders", "Orders"),
        [
            tip_name("step", "Step"),
            tip_number("orders", "Orders"),
            tip_share("share", "Of placed"),
            tip_share("before", "Of the step before"),
        ],
    )


def _ask_returns(kind: str, filters: Filters) -> Query:
    """Ask for return rates by category, or by the dimension that is chosen."""
    chosen = filters.cuts.get(kind)
    return Query(
        f"select {kind} as member, return_rate_value, mature_sales, mature_returns "
        f"from marts.mart_returns_by_{kind} "
        + (f"where {kind} = ? " if chosen else "")
        + "order by 1",
        (chosen,) if chosen else (),
    )


def _ask_ratings(filters: Filters) -> tuple[Query | None, str]:
    """Ask for the ratings of all, of a month or of a category; gives what they are of, too."""
    columns = ", ".join(f"rating_{stars}" for stars in range(1, 6))
    asked = f"select rated_count, average_rating, {columns} from marts."
    if category := filters.cuts.get("category"):
        query = Query(f"{asked}mart_feedback_by_category where category = ?", (category,))
        return query, f"{category}, all time"
    if filters.period_type == "month":
        query = Query(f"{asked}mart_feedback_by_month where month_start_date = ?", (filters.start,))
        return query, f"{filters.describe_period()}, entire shop"
    return None, ENTIRE_SHOP


if __name__ == "__main__":
    run_page(show)
