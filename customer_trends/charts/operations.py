"""Charts of the daily business: order status, returns, support, ratings."""

import altair as alt
import pandas as pd

from customer_trends.charts.definition import (
    ChartDefinition,
    Drawing,
    draw_nothing,
    make_title,
)
from customer_trends.charts.parts import (
    draw_rows,
    make_axis,
    make_choice,
    tip_amount,
    tip_name,
    tip_number,
    tip_share,
)
from customer_trends.charts.style import BLUE, GREY
from customer_trends.presentation.wording import (
    name_category,
    write_count,
    write_share,
)

LOAD = "Load orders: customer-trends load --help, then customer-trends build."
COUNTED = {"Counts as a sale": BLUE, "Does not count": GREY}
# Fewer ratings than this give no average, as in mart_feedback.
FEWEST_RATINGS = 5
STARS = [f"rating_{stars}" for stars in range(1, 6)]
HOURS = ",.1f"


def draw_order_status(frame: pd.DataFrame) -> Drawing:
    """Draw how many orders are in each status.

    Parameters
    ----------
    frame
        order_status, orders, share_of_orders, ordered_amount, is_recognised.

    Returns
    -------
    Chart
        Bars in the colour of whether the status counts as a sale.
    """
    ranked = frame[frame["orders"] > 0]
    if ranked.empty:
        return draw_nothing("No orders are in the marts", LOAD)
    ranked = ranked.sort_values(["orders", "order_status"], ascending=[False, True])
    counts = ranked["is_recognised"].astype(bool)
    total = ranked["orders"].sum()
    share = write_share(ranked[counts]["orders"].sum() / total)
    return draw_rows(
        ranked.assign(
            status=ranked["order_status"].map(name_category),
            counted=counts.map(dict(zip((True, False), COUNTED, strict=True))),
        ),
        make_title(
            f"{share} of {write_count(total, 'order')} count as sales", "Orders by latest status"
        ),
        "status",
        make_axis(alt.X, "orders", "Orders"),
        [
            tip_name("status", "Status"),
            tip_number("orders", "Orders"),
            tip_share("share_of_orders", "Share of orders"),
            tip_amount("ordered_amount", "Ordered"),
            tip_name("counted", "As a sale"),
        ],
        color=make_choice("counted", COUNTED),
    )


def draw_returns(frame: pd.DataFrame) -> Drawing:
    """Draw the share of value that came back, by category.

    Parameters
    ----------
    frame
        member, return_rate_value, mature_sales, mature_returns.

    Returns
    -------
    Chart
        Bars, the highest rate first.
    """
    ranked = frame.dropna(subset=["return_rate_value"])
    if ranked.empty:
        return draw_nothing(
            "No order is old enough to judge returns",
            "Orders count once the return window is over.",
        )
    ranked = ranked.sort_values(["return_rate_value", "member"], ascending=[False, True])
    top, sales = ranked.iloc[0], ranked["mature_sales"].sum()
    rate = write_share(top["return_rate_value"])
    finding = f"{top['member']} comes back most: {rate}"
    if len(ranked) == 1:
        finding = f"{top['member']}: {rate} of its value comes back"
    elif sales > 0:
        finding += f" of its value, against {write_share(ranked['mature_returns'].sum() / sales)}"
        finding += " overall"
    return draw_rows(
        ranked,
        make_title(finding, "Value returned as a share of sales, orders past the return window"),
        "member",
        make_axis(alt.X, "return_rate_value", "Return rate by value (%)", ".0%"),
        [
            tip_name("member", "Category"),
            tip_share("return_rate_value", "Return rate"),
            tip_amount("mature_returns", "Returned"),
            tip_amount("mature_sales", "Sold"),
        ],
    )


def draw_return_reasons(frame: pd.DataFrame) -> Drawing:
    """Draw why goods come back.

    Parameters
    ----------
    frame
        return_reason, returned_units, returns, median_days_to_return.

    Returns
    -------
    Chart
        Bars, the most frequent reason first.
    """
    if frame.empty:
        return draw_nothing("Nothing has come back", "Returns appear here once there are any.")
    ranked = frame.sort_values(["returned_units", "return_reason"], ascending=[False, True])
    ranked = ranked.assign(
        reason=ranked["return_reason"].map(name_category),
        share=ranked["returned_units"] / ranked["returned_units"].sum(),
    )
    top = ranked.iloc[0]
    return draw_rows(
        ranked,
        make_title(
            f"{top['reason']} is the most frequent reason: {write_share(top['share'])} of units",
            "Units returned, by reason",
        ),
        "reason",
        make_axis(alt.X, "returned_units", "Units returned"),
        [
            tip_name("reason", "Reason"),
            tip_number("returned_units", "Units"),
            tip_share("share", "Share of units"),
            tip_amount("returns", "Value"),
            tip_number("median_days_to_return", "Median days to return", HOURS),
        ],
    )


CHARTS = (
    ChartDefinition(
        "order_status",
        "operations",
        "Order status",
        "select order_status, sum(orders) as orders, sum(orders) / nullif(sum(sum(orders)) "
        "over (), 0) as share_of_orders, sum(ordered_amount) as ordered_amount, is_recognised "
        "from marts.mart_order_status_by_month group by order_status, is_recognised order by 1",
        draw_order_status,
    ),
    ChartDefinition(
        "returns",
        "operations",
        "Returns by category",
        "select category as member, return_rate_value, mature_sales, mature_returns "
        "from marts.mart_returns_by_category order by 1",
        draw_returns,
    ),
    ChartDefinition(
        "return_reasons",
        "operations",
        "Reasons of returns",
        "select return_reason, returned_units, returns, "
        "median_days_to_return from marts.mart_return_reasons where returned_units > 0 order by 1",
        draw_return_reasons,
    ),
)
