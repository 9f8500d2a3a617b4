"""Charts of customers: RFM, loyalty, cohorts, the largest ones."""

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
    make_ramp,
    tip_amount,
    tip_month,
    tip_name,
    tip_number,
    tip_share,
)
from customer_trends.charts.style import AMOUNT, CURRENCY_UNIT, HEIGHT, LEVEL, SHARE, WIDTH
from customer_trends.presentation.wording import write_count, write_share

NO_CUSTOMERS = "No customers are in the marts"
LOAD = "Load customers and their orders: customer-trends load --help, then customer-trends build."
LOYALTY = ["Prospect", "New", "Returning", "Loyal"]
COHORTS = 24
SCORES = [1, 2, 3, 4, 5]
# Scores from here on are good ones.
GOOD = 4


def draw_rfm_grid(frame: pd.DataFrame) -> Drawing:
    """Draw how many customers have each score of recency and frequency.

    Parameters
    ----------
    frame
        recency_score, frequency_score, customers, monetary: scored customers.

    Returns
    -------
    Chart
        A grid of five by five.
    """
    if frame.empty:
        return draw_nothing("No customer bought within the window of RFM", LOAD)
    total = frame["customers"].sum()
    count = frame[(frame[["recency_score", "frequency_score"]] >= GOOD).all(axis=1)][
        "customers"
    ].sum()
    title = make_title(
        f"{write_share(count / total)} of {write_count(total, 'buyer')} bought lately and often",
        "Customers by score of recency and frequency; 5 is best, 4 and 5 are good",
    )
    chart = alt.Chart(frame, width=WIDTH, height=HEIGHT, title=title)
    return chart.mark_rect(cornerRadius=2).encode(
        x=alt.X("frequency_score:O", title="Frequency score").scale(domain=SCORES).axis(**LEVEL),
        y=alt.Y("recency_score:O", title="Recency score").scale(domain=SCORES[::-1]),
        color=make_ramp("customers", "Customers"),
        tooltip=[
            tip_number("recency_score", "Recency score"),
            tip_number("frequency_score", "Frequency score"),
            tip_number("customers", "Customers"),
            tip_amount("monetary"),
        ],
    )


def draw_rfm_segments(frame: pd.DataFrame) -> Drawing:
    """Draw how many customers each RFM segment has.

    Parameters
    ----------
    frame
        rfm_segment, customers, net_sales_by_order_date.

    Returns
    -------
    Chart
        Bars, the largest first.
    """
    if frame.empty:
        return draw_nothing(NO_CUSTOMERS, LOAD)
    ranked = frame.sort_values(["customers", "rfm_segment"], ascending=[False, True])
    ranked = ranked.assign(share=ranked["customers"] / ranked["customers"].sum())
    top = ranked.iloc[0]
    return draw_rows(
        ranked,
        make_title(
            f"{top['rfm_segment']} is the largest group: {write_share(top['share'])} of customers",
            "Customers by RFM segment: how recently, how often and for how much they bought",
        ),
        "rfm_segment",
        make_axis(alt.X, "customers", "Customers"),
        [
            tip_name("rfm_segment", "RFM segment"),
            tip_number("customers", "Customers"),
            tip_share("share", "Share of customers"),
            tip_amount(),
        ],
    )


def draw_loyalty(frame: pd.DataFrame) -> Drawing:
    """Draw how many customers are prospects, new, returning and loyal, and what they bring.

    Parameters
    ----------
    frame
        loyalty_segment, customers, net_sales_by_order_date.

    Returns
    -------
    Chart
        Bars in the order of loyalty.
    """
    if frame.empty:
        return draw_nothing(NO_CUSTOMERS, LOAD)
    ranked = frame.set_index("loyalty_segment").reindex(LOYALTY).fillna(0.0).reset_index()
    customers, sales = ranked["customers"].sum(), ranked["net_sales_by_order_date"].sum()
    ranked = ranked.assign(
        share=ranked["customers"] / customers,
        share_of_sales=ranked["net_sales_by_order_date"] / sales if sales > 0 else None,
    )
    loyal = ranked.iloc[-1]
    finding = f"Loyal customers are {write_share(loyal['share'])} of customers"
    if sales > 0:
        finding += f" and bring {write_share(loyal['share_of_sales'])} of their net sales"
    return draw_rows(
        ranked,
        make_title(finding, "Customers by loyalty, from no kept order to the most"),
        "loyalty_segment",
        make_axis(alt.X, "customers", "Customers"),
        [
            tip_name("loyalty_segment", "Loyalty"),
            tip_number("customers", "Customers"),
            tip_share("share", "Share of customers"),
            tip_amount(),
            tip_share("share_of_sales", "Share of net sales"),
        ],
    )


def draw_cohorts(frame: pd.DataFrame) -> Drawing:
    """Draw how many of each month's new customers bought again in later months.

    Parameters
    ----------
    frame
        cohort_month, months_since_first_order, cohort_size, retained_customers, retention_rate:
        complete months only.

    Returns
    -------
    Chart
        A triangle of cells; the first month of each cohort is left out, it is always 100 %.
    """
    later = frame[frame["months_since_first_order"] > 0]
    if later.empty:
        return draw_nothing(
            "No customer is a month old yet", "Cohorts need two complete months of dated orders."
        )
    first = later[later["months_since_first_order"] == 1]
    rate = first["retained_customers"].sum() / first["cohort_size"].sum()
    recent = sorted(later["cohort_month"].unique())[-COHORTS:]
    shown = later[later["cohort_month"].isin(recent)]
    shown = shown.assign(cohort=shown["cohort_month"].dt.strftime("%b %Y"))
    title = make_title(
        f"{write_share(rate)} of new customers buy again in the next month",
        f"Share of new customers who bought again, by month of the first order; "
        f"{write_count(len(recent), 'cohort')}, complete months",
    )
    chart = alt.Chart(shown, width=WIDTH, height=alt.Step(18), title=title)
    return chart.mark_rect().encode(
        x=alt.X("months_since_first_order:O", title="Months since the first order").axis(
            labelOverlap=True, **LEVEL
        ),
        y=alt.Y("cohort:O", title=None, sort=[f"{pd.Timestamp(month):%b %Y}" for month in recent]),
        color=make_ramp("retention_rate", "Bought again", ".0%"),
        tooltip=[
            tip_month("cohort_month"),
            tip_number("months_since_first_order", "Months later"),
            tip_share("retention_rate", "Bought again"),
            tip_number("retained_customers", "Customers"),
            tip_number("cohort_size", "Of"),
        ],
    )


def draw_top_customers(frame: pd.DataFrame) -> Drawing:
    """Draw the five customers with the highest net sales.

    Parameters
    ----------
    frame
        customer_rank, customer_key, region, segment, orders, net_sales_by_order_date,
        share_of_total.

    Returns
    -------
    Chart
        Bars; customers go by rank and key, never by name.
    """
    if frame.empty:
        return draw_nothing("No customer has bought", LOAD)
    ranked = frame.sort_values("customer_rank")
    columns = ranked[["customer_rank", "segment", "region"]].itertuples(index=False)
    ranked = ranked.assign(
        label=[f"{rank}. {segment}, {region}" for rank, segment, region in columns],
        # Keys are longer than a browser's numbers are exact.
        customer_key=ranked["customer_key"].astype(str),
    )
    share, count = ranked["share_of_total"].sum(), len(ranked)
    names = "The best customer brings" if count == 1 else f"The {count} best customers bring"
    return draw_rows(
        ranked,
        make_title(
            f"{names} {write_share(share)} of net sales",
            f"Customers with the highest net sales, {CURRENCY_UNIT}, all periods",
        ),
        "label",
        make_axis(alt.X, "net_sales_by_order_date", f"Net sales ({CURRENCY_UNIT})", AMOUNT),
        [
            tip_number("customer_rank", "Rank"),
            tip_name("customer_key", "Customer key"),
            tip_amount(),
            tip_share("share_of_total", "Share of net sales", SHARE.replace("1", "2")),
            tip_number("orders", "Orders"),
        ],
    )


CHARTS = (
    ChartDefinition(
        "top_customers",
        "overview",
        "Top five customers",
        "select customer_rank, customer_key, region, segment, orders, net_sales_by_order_date, "
        "share_of_total from marts.mart_top_customers "
        "where customer_rank <= 5 order by 1",
        draw_top_customers,
    ),
    ChartDefinition(
        "rfm_grid",
        "customers",
        "Recency and frequency",
        "select recency_score, frequency_score, count(*) as customers, "
        "sum(monetary) as monetary from marts.mart_customer_rfm "
        "where recency_score is not null group by 1, 2 order by 1, 2",
        draw_rfm_grid,
    ),
    ChartDefinition(
        "rfm_segments",
        "customers",
        "RFM segments",
        "select rfm_segment, count(*) as customers, sum(net_sales_by_order_date) as "
        "net_sales_by_order_date "
        "from marts.mart_customer_360 group by 1 order by 1",
        draw_rfm_segments,
    ),
    ChartDefinition(
        "loyalty",
        "customers",
        "Loyalty",
        "select loyalty_segment, count(*) as customers, sum(net_sales_by_order_date) as "
        "net_sales_by_order_date "
        "from marts.mart_customer_360 group by 1 order by 1",
        draw_loyalty,
    ),
    ChartDefinition(
        "cohorts",
        "customers",
        "Cohorts",
        "select cohort_month, months_since_first_order, cohort_size, retained_customers, "
        "retention_rate from marts.mart_cohort_retention where is_complete order by 1, 2",
        draw_cohorts,
    ),
)
