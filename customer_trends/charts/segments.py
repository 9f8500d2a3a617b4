"""Charts of what the models say of customers: clusters, and who is one still."""

import altair as alt
import pandas as pd

from customer_trends.charts.definition import (
    ChartDefinition,
    Drawing,
    draw_unscored,
    make_title,
)
from customer_trends.charts.parts import (
    draw_columns,
    draw_layers,
    make_axis,
    make_choice,
    tip_amount,
    tip_name,
    tip_number,
    tip_share,
)
from customer_trends.charts.style import (
    AMOUNT,
    BLUE,
    CURRENCY_UNIT,
    GREY,
    HEIGHT,
    NUMBER,
    ORANGE,
    TIERS,
)
from customer_trends.presentation.wording import (
    write_count,
    write_share,
)

# A scatter of more points says no more; keys are hashes, so the first ones are a fair sample.
SAMPLE = 1_500
SHOWN_MONTHS = 30
FORECAST_KINDS = {"Actual": BLUE, "Forecast": ORANGE}
VERDICTS = {"Better": BLUE, "Not better": GREY}
OUTCOMES = ["completed", "cancelled", "returned"]


def draw_clusters(frame: pd.DataFrame) -> Drawing:
    """Draw income against spending, in the colour of the spending tier.

    Parameters
    ----------
    frame
        kind (customer or centroid), cluster_name, spending_tier, income, spending, customers.

    Returns
    -------
    Chart
        Points for customers, crosses for the middles of the clusters.
    """
    known = frame.dropna(subset=["income", "spending"])
    people = known[known["kind"] == "customer"]
    if people.empty:
        return draw_unscored("Customers are not clustered by income and spending yet", "segments")
    middles = known[known["kind"] == "centroid"].sort_values("customers", ascending=False)
    finding = f"{write_count(len(middles), 'cluster')} of customers by income and spending"
    if len(middles):
        share = write_share(middles["customers"].iloc[0] / middles["customers"].sum())
        finding += f"; the largest ({middles['cluster_name'].iloc[0]}) holds {share}"
    title = make_title(
        finding, f"Annual income ({CURRENCY_UNIT}) and spending; {len(people):,} customers shown"
    )
    base = alt.Chart().encode(
        x=make_axis(alt.X, "income", f"Annual income ({CURRENCY_UNIT})", AMOUNT).scale(zero=False),
        y=make_axis(alt.Y, "spending", "Spending score (points)"),
        color=make_choice(
            "spending_tier",
            {
                tier: colour
                for tier, colour in TIERS.items()
                if tier in set(people["spending_tier"])
            },
            "Spending tier",
        ),
        tooltip=[
            tip_name("cluster_name", "Cluster"),
            tip_name("spending_tier", "Spending tier"),
            tip_amount("income", "Annual income"),
            tip_number("spending", "Spending score", NUMBER),
        ],
    )
    points = base.mark_circle(size=26, opacity=0.55).properties(data=people)
    crosses = base.mark_point(
        size=190, shape="cross", filled=True, stroke="white", strokeWidth=1.5, opacity=1
    ).properties(data=middles)
    return draw_layers([points, crosses], title, HEIGHT + 60)


def draw_survival(frame: pd.DataFrame) -> Drawing:
    """Draw how likely it is that customers are still customers.

    Parameters
    ----------
    frame
        bin_start (probability in steps of 0.1), customers, expected_value_12_months.

    Returns
    -------
    Chart
        Bars by probability.
    """
    if frame.empty:
        return draw_unscored("Customer value is not modelled yet", "value")
    bins = frame.assign(bin_start=frame["bin_start"].clip(upper=0.9).round(1))
    sums = ["customers", "expected_value_12_months"]
    bins = bins.groupby("bin_start", as_index=False)[sums].sum()
    bins = bins.assign(bin_end=bins["bin_start"] + 0.1)
    total = bins["customers"].sum()
    likely = write_share(bins[bins["bin_start"] >= 0.5]["customers"].sum() / total)
    return draw_columns(
        bins,
        make_title(
            f"{likely} of customers are more likely than not to be customers still",
            f"{write_count(total, 'customer')} by probability of being one still",
        ),
        alt.X("bin_start:Q", bin="binned", title="Probability (%)").axis(format=".0%"),
        make_axis(alt.Y, "customers", "Customers"),
        [
            tip_share("bin_start", "Probability from", ".0%"),
            tip_number("customers", "Customers"),
            tip_amount("expected_value_12_months", "Expected in 12 months"),
        ],
        x2=alt.X2("bin_end"),
    )


CHARTS = (
    ChartDefinition(
        "clusters",
        "customers",
        "Income and spending",
        "select kind, cluster_name, spending_tier, income, spending, customers from ("
        "select 'customer' as kind, cluster_name, spending_tier, income_input as income, "
        "spending_input as spending, null as customers from marts.mart_customer_segments "
        f"where is_scored order by customer_key limit {SAMPLE}) as sample "
        "union all select 'centroid', cluster_name, spending_tier, income_centroid, "
        "spending_centroid, customers from marts.mart_segment_centroids",
        draw_clusters,
    ),
    ChartDefinition(
        "survival",
        "customers",
        "Who is still a customer",
        "select floor(probability_alive * 10) / 10 as bin_start, count(*) as customers, "
        "sum(expected_value_12_months) as expected_value_12_months "
        "from marts.mart_customer_value where probability_alive is not null "
        "group by 1 order by 1",
        draw_survival,
    ),
)
