"""Charts of who the customers are: age, distributions, months of activity, value."""

import altair as alt
import pandas as pd

from customer_trends.charts.customers import LOAD, NO_CUSTOMERS
from customer_trends.charts.definition import (
    ChartDefinition,
    Drawing,
    draw_nothing,
    make_title,
)
from customer_trends.charts.parts import (
    draw_columns,
    make_axis,
    make_choice,
    make_month_axis,
    make_names,
    tip_amount,
    tip_month,
    tip_name,
    tip_number,
    tip_share,
)
from customer_trends.charts.style import AMOUNT, BLUE, COUNT, CURRENCY_UNIT, ORANGE, TEAL
from customer_trends.presentation.wording import write_count, write_month, write_share

AGE_GROUPS = ["Young Adult", "Adult", "Middle-aged", "Senior", "Unknown"]
STATES = {"New": ORANGE, "Retained": BLUE, "Reactivated": TEAL}
TIERS = ["High", "Medium", "Low"]
KINDS = {
    "customer_lifetime_value_historic": "So far",
    "customer_lifetime_value_predicted": "Still expected",
}
# Column of mart_customer_360 -> what it is, its unit, the width of a bin.
DISTRIBUTIONS = {
    "age": ("Age", "years", 5),
    "annual_income": ("Annual income", CURRENCY_UNIT, 10_000),
    "spending_score": ("Spending score", "points of 100", 10),
    "net_sales_by_order_date": ("Net sales per customer", CURRENCY_UNIT, 250),
    "average_order_value": ("Average order value", CURRENCY_UNIT, 50),
    "recency_days": ("Time since the last kept order", "days", 30),
}
# A long tail is cut here: the last bin takes all that is above.
MOST_BINS = 30


def draw_demographics(frame: pd.DataFrame) -> Drawing:
    """Draw customers by age group and gender.

    Parameters
    ----------
    frame
        age_group, gender, customers, net_sales_per_customer; suppressed cells left out.

    Returns
    -------
    Chart
        Bars side by side.
    """
    if frame.empty:
        return draw_nothing("No age or gender is known", LOAD)
    groups = frame.groupby("age_group")["customers"].sum().sort_index()
    known = groups.drop(labels="Unknown", errors="ignore")
    top = str(known.idxmax()) if len(known) else "Unknown"
    return draw_columns(
        frame,
        make_title(
            f"{top} is the largest age group: {write_share(groups[top] / groups.sum())}",
            "Customers by age group and gender; cells with too few customers are left out",
        ),
        make_names("age_group", AGE_GROUPS),
        make_axis(alt.Y, "customers", "Customers"),
        [
            tip_name("age_group", "Age group"),
            tip_name("gender", "Gender"),
            tip_number("customers", "Customers"),
            tip_amount("net_sales_per_customer", "Net sales per customer"),
        ],
        xOffset=alt.XOffset("gender:N"),
        color=alt.Color("gender:N", title=None),
    )


def draw_states(frame: pd.DataFrame) -> Drawing:
    """Draw the buyers of each month: new, retained, reactivated.

    Parameters
    ----------
    frame
        month_start_date, customer_state, customers: complete months, the three states that buy.

    Returns
    -------
    Chart
        Stacked bars.
    """
    if frame.empty:
        return draw_nothing("No complete month with buyers is in the marts", LOAD)
    frame = frame.assign(state=frame["customer_state"].str.capitalize())
    last = frame[frame["month_start_date"] == frame["month_start_date"].max()]
    retained = last[last["state"] == "Retained"]["customers"].sum()
    buyers = write_count(last["customers"].sum(), "buyer")
    month = write_month(last["month_start_date"].iloc[0])
    return draw_columns(
        frame.assign(order=frame["state"].map(list(STATES).index)),
        make_title(
            f"{month}: {buyers}, {retained:,.0f} of whom had bought the month before, too",
            "Customers with a counted order, by month and state",
        ),
        make_month_axis(),
        make_axis(alt.Y, "customers", "Customers"),
        [
            tip_month(),
            tip_name("state", "State"),
            tip_number("customers", "Customers"),
        ],
        color=make_choice("state", STATES),
        order=alt.Order("order:Q"),
    )


def draw_value_tiers(frame: pd.DataFrame) -> Drawing:
    """Draw what customers of each tier brought and are expected to bring.

    Parameters
    ----------
    frame
        value_tier, customers, customer_lifetime_value_historic, customer_lifetime_value_predicted.

    Returns
    -------
    Chart
        Two bars per tier.
    """
    if frame.empty:
        return draw_nothing(NO_CUSTOMERS, LOAD)
    ranked = frame.set_index("value_tier").reindex(TIERS).fillna(0.0).reset_index()
    long = ranked.melt(["value_tier", "customers"], list(KINDS), "kind", "value")
    total, high = ranked["customer_lifetime_value_historic"].sum(), ranked.iloc[0]
    finding = f"{write_count(high['customers'], 'customer')} in the high tier"
    if total > 0:
        share = write_share(high["customer_lifetime_value_historic"] / total)
        finding += f" brought {share} of lifetime value so far"
    return draw_columns(
        long.assign(kind=long["kind"].map(KINDS)),
        make_title(
            finding,
            f"Lifetime value by value tier, {CURRENCY_UNIT}: margin, or sales where it is unknown",
        ),
        make_names("value_tier", TIERS),
        make_axis(alt.Y, "value", f"Lifetime value ({CURRENCY_UNIT})", AMOUNT),
        [
            tip_name("value_tier", "Tier"),
            tip_name("kind", "Value"),
            tip_amount("value", "Lifetime value"),
            tip_number("customers", "Customers"),
        ],
        xOffset=alt.XOffset("kind:N", sort=list(KINDS.values())),
        color=alt.Color("kind:N", title=None, sort=list(KINDS.values())),
    )


def draw_distribution(frame: pd.DataFrame) -> Drawing:
    """Draw how a measure is distributed over customers.

    Parameters
    ----------
    frame
        measure (column of ``DISTRIBUTIONS``), bin_start, customers.

    Returns
    -------
    Chart
        Bars without gaps; the last one may hold all that is above.
    """
    if frame.empty:
        return draw_nothing("No customer has a value here", LOAD)
    heading, unit, _ = DISTRIBUTIONS[str(frame["measure"].iloc[0])]
    bins = _cut_tail(frame)
    top = bins.sort_values(["customers", "bin_start"], ascending=[True, False]).iloc[-1]
    return draw_columns(
        bins,
        make_title(
            f"{heading}: most often {top['range']} {unit} ({write_share(top['share'])})",
            f"{write_count(bins['customers'].sum(), 'customer')} by {heading.lower()}, {unit}",
        ),
        alt.X("bin_start:Q", bin="binned", title=f"{heading} ({unit})").axis(
            format=COUNT, tickCount=8
        ),
        make_axis(alt.Y, "customers", "Customers"),
        [
            tip_name("range", f"{heading} ({unit})"),
            tip_number("customers", "Customers"),
            tip_share("share", "Share"),
        ],
        x2=alt.X2("bin_end"),
    ).properties(height=190)


def _cut_tail(frame: pd.DataFrame) -> pd.DataFrame:
    """Put all bins of a long tail into one, and name each bin."""
    width = DISTRIBUTIONS[str(frame["measure"].iloc[0])][2]
    last = frame["bin_start"].min() + width * (MOST_BINS - 1)
    bins = frame.assign(bin_start=frame["bin_start"].clip(upper=last))
    bins = bins.groupby("bin_start", as_index=False)[["customers"]].sum()
    ranges = [
        f"{low:,.0f} or more" if low == last else f"{low:,.0f} to under {low + width:,.0f}"
        for low in bins["bin_start"]
    ]
    share = bins["customers"] / bins["customers"].sum()
    return bins.assign(bin_end=bins["bin_start"] + width, share=share, range=ranges)


def _query_distribution(column: str) -> str:
    """Write the query of a distribution: it counts in the database, whatever the size."""
    width = DISTRIBUTIONS[column][2]
    return (
        f"select '{column}' as measure, floor({column} / {width}) * {width} as bin_start, "
        f"count(*) as customers from marts.mart_customer_360 where {column} is not null "
        "group by 1, 2 order by 2"
    )


CHARTS = (
    ChartDefinition(
        "states",
        "customers",
        "Buyers of each month",
        "select month_start_date, customer_state, customers from marts.mart_customer_states "
        "where is_complete and customer_state in ('new', 'retained', 'reactivated') order by 1, 2",
        draw_states,
    ),
    ChartDefinition(
        "value_tiers",
        "customers",
        "Lifetime value",
        "select value_tier, count(*) as customers, sum(customer_lifetime_value_historic) as "
        "customer_lifetime_value_historic, "
        "sum(customer_lifetime_value_predicted) as customer_lifetime_value_predicted from "
        "marts.mart_customer_360 group by 1 order by 1",
        draw_value_tiers,
    ),
    ChartDefinition(
        "demographics",
        "customers",
        "Age and gender",
        "select age_group, gender, customers, net_sales_per_customer "
        "from marts.mart_demographics_by_age_group_and_gender "
        "where not is_suppressed order by 1, 2",
        draw_demographics,
    ),
    *(
        ChartDefinition(
            f"distribution_{column}",
            "customers",
            f"Distribution: {heading.lower()}",
            _query_distribution(column),
            draw_distribution,
        )
        for column, (heading, _, _) in DISTRIBUTIONS.items()
    ),
)
