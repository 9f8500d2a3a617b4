"""Charts of service: complaints, support, ratings."""

import altair as alt
import pandas as pd

from customer_trends.charts.definition import (
    ChartDefinition,
    Drawing,
    draw_nothing,
    make_title,
)
from customer_trends.charts.parts import (
    draw_columns,
    draw_rows,
    make_axis,
    make_month_axis,
    tip_month,
    tip_name,
    tip_number,
    tip_share,
)
from customer_trends.charts.style import BLUE, GREY, HEIGHT, LEVEL, NUMBER, WIDTH
from customer_trends.presentation.wording import (
    name_category,
    write_count,
    write_month,
    write_number,
)

LOAD = "Load orders: customer-trends load --help, then customer-trends build."
COUNTED = {"Counts as a sale": BLUE, "Does not count": GREY}
# Fewer ratings than this give no average, as in mart_feedback.
FEWEST_RATINGS = 5
STARS = [f"rating_{stars}" for stars in range(1, 6)]
HOURS = ",.1f"


def draw_complaints(frame: pd.DataFrame) -> Drawing:
    """Draw complaints per thousand orders by month.

    Parameters
    ----------
    frame
        month_start_date, complaint_rate_per_1000, complaint_tickets, tickets.

    Returns
    -------
    Chart
        A line.
    """
    known = frame.dropna(subset=["complaint_rate_per_1000"]).sort_values("month_start_date")
    if known.empty:
        return draw_nothing("No support tickets are in the marts", "Load tickets of the shop.")
    last = known.iloc[-1]
    rate = write_number(last["complaint_rate_per_1000"])
    title = make_title(
        f"{write_month(last['month_start_date'])}: {rate} complaints per 1,000 orders",
        "Complaints per 1,000 counted orders of the month",
    )
    chart = alt.Chart(known, width=WIDTH, height=HEIGHT, title=title)
    return chart.mark_line(point=alt.OverlayMarkDef(size=38)).encode(
        x=make_month_axis(),
        y=make_axis(alt.Y, "complaint_rate_per_1000", "Complaints per 1,000 orders"),
        tooltip=[
            tip_month(),
            tip_number("complaint_rate_per_1000", "Complaints per 1,000 orders", NUMBER),
            tip_number("complaint_tickets", "Complaints"),
            tip_number("tickets", "All tickets"),
        ],
    )


def draw_support(frame: pd.DataFrame) -> Drawing:
    """Draw how long tickets of each severity took.

    Parameters
    ----------
    frame
        severity, median_resolution_hours, percentile_90_resolution_hours, sla_rate, tickets.

    Returns
    -------
    Chart
        Bars, the longest first.
    """
    known = frame.dropna(subset=["median_resolution_hours"])
    if known.empty:
        return draw_nothing("No resolved tickets are in the marts", "Load tickets of the shop.")
    ranked = known.assign(severity=known["severity"].map(name_category)).sort_values(
        ["median_resolution_hours", "severity"], ascending=[False, True]
    )
    slow = ranked.iloc[0]
    return draw_rows(
        ranked,
        make_title(
            f"{slow['severity']} severity takes longest: "
            f"{write_number(slow['median_resolution_hours'])} hours in the median",
            "Median hours until a ticket is resolved, by severity",
        ),
        "severity",
        make_axis(alt.X, "median_resolution_hours", "Hours"),
        [
            tip_name("severity", "Severity"),
            tip_number("median_resolution_hours", "Median hours", HOURS),
            tip_number("percentile_90_resolution_hours", "Nine of ten within (hours)", HOURS),
            tip_share("sla_rate", "Resolved in time"),
            tip_number("tickets", "Tickets"),
        ],
    )


def draw_ratings(frame: pd.DataFrame) -> Drawing:
    """Draw how often each number of stars was given.

    Parameters
    ----------
    frame
        One row: rated_count, average_rating, rating_1 to rating_5.

    Returns
    -------
    Chart
        Five bars.
    """
    if frame.empty or not frame["rated_count"].iloc[0]:
        return draw_nothing("Nothing has been rated", "Load reviews with ratings from 1 to 5.")
    row = frame.iloc[0]
    finding = write_count(row["rated_count"], "rating")
    if row["rated_count"] >= FEWEST_RATINGS and pd.notna(row["average_rating"]):
        finding += f", {write_number(row['average_rating'], 2)} of 5 stars on average"
    counts = pd.Series([float(row[column]) for column in STARS])
    stars = pd.DataFrame({"stars": range(1, 6), "ratings": counts, "share": counts / counts.sum()})
    return draw_columns(
        stars,
        make_title(finding, "Ratings by stars, as given; estimated ratings are left out"),
        alt.X("stars:O", title="Stars").axis(**LEVEL),
        make_axis(alt.Y, "ratings", "Ratings"),
        [
            tip_number("stars", "Stars"),
            tip_number("ratings", "Ratings"),
            tip_share("share", "Share"),
        ],
    )


CHARTS = (
    ChartDefinition(
        "complaints",
        "operations",
        "Complaints",
        "select month_start_date, complaint_rate_per_1000, complaint_tickets, tickets "
        "from marts.mart_support_by_month where not is_undated order by 1",
        draw_complaints,
    ),
    ChartDefinition(
        "support",
        "operations",
        "Support",
        "select severity, median_resolution_hours, percentile_90_resolution_hours, "
        "sla_rate, tickets from marts.mart_support_by_severity order by 1",
        draw_support,
    ),
    ChartDefinition(
        "ratings",
        "operations",
        "Ratings",
        f"select rated_count, average_rating, {', '.join(STARS)} from marts.mart_feedback",
        draw_ratings,
    ),
)
