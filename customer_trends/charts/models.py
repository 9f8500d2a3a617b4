"""Charts of what the models say: forecast, clusters, customer value, how good they are."""

import altair as alt
import pandas as pd

from customer_trends.charts.definition import (
    ChartDefinition,
    Drawing,
    draw_unscored,
    make_title,
)
from customer_trends.charts.parts import (
    draw_layers,
    draw_rows,
    make_axis,
    make_choice,
    make_month_axis,
    tip_amount,
    tip_month,
    tip_name,
    tip_number,
)
from customer_trends.charts.style import (
    AMOUNT,
    BLUE,
    COUNT,
    CURRENCY_UNIT,
    GREY,
    LEVEL,
    ORANGE,
)
from customer_trends.presentation.wording import (
    name_category,
    write_amount,
    write_count,
    write_month,
    write_share,
)

# A scatter of more points says no more; keys are hashes, so the first ones are a fair sample.
SAMPLE = 1_500
SHOWN_MONTHS = 30
FORECAST_KINDS = {"Actual": BLUE, "Forecast": ORANGE}
OUTCOME_VERDICTS = {"Predicted rightly": BLUE, "Predicted wrongly": ORANGE}
VERDICTS = {"Better": BLUE, "Not better": GREY}
# Figures of a model that are shown; the first one decides whether it is used.
LEADING_FIGURES = 3
OUTCOMES = ["completed", "cancelled", "returned"]


def draw_forecast(frame: pd.DataFrame) -> Drawing:
    """Draw monthly sales and their forecast with its intervals.

    Parameters
    ----------
    frame
        month_start_date, model, is_forecast, actual_sales, forecast, lower_80, upper_80,
        lower_95, upper_95: actual months and the published forecast of all sales.

    Returns
    -------
    Chart
        A line of what was, a dashed one of what is expected, two bands.
    """
    is_ahead = frame["is_forecast"].astype(bool)
    ahead = frame[is_ahead].sort_values("month_start_date")
    if ahead.empty:
        return draw_unscored("Sales are not forecast yet", "forecast")
    past = frame[~is_ahead].sort_values("month_start_date").tail(SHOWN_MONTHS)
    both = pd.concat(
        [
            past.assign(sales=past["actual_sales"], kind="Actual"),
            ahead.assign(sales=ahead["forecast"], kind="Forecast"),
        ]
    )
    bands = [
        alt.Chart(ahead)
        .mark_area(opacity=opacity, color=ORANGE)
        .encode(x=make_month_axis(), y=alt.Y(f"lower_{level}:Q"), y2=f"upper_{level}:Q")
        for level, opacity in ((95, 0.15), (80, 0.28))
    ]
    title = make_title(
        _describe_forecast(ahead.iloc[0]),
        f"Sales after discount, before returns, by month, {CURRENCY_UNIT}; "
        "the bands hold 80 % and 95 % of cases",
    )
    return draw_layers([*bands, _draw_forecast_line(both)], title)


def _describe_forecast(first: pd.Series) -> str:
    """Say what is expected of the next month."""
    finding = (
        f"{write_month(first['month_start_date'])}: {write_amount(first['forecast'])} expected"
    )
    if pd.notna(first["lower_80"]):
        low, high = write_amount(first["lower_80"]), write_amount(first["upper_80"])
        finding += f", in four of five cases {low} to {high}"
    return finding


def _draw_forecast_line(both: pd.DataFrame) -> alt.Chart:
    """Draw what was and what is expected."""
    dashes = alt.Scale(domain=list(FORECAST_KINDS), range=[[1, 0], [5, 3]])
    return (
        alt.Chart(both)
        .mark_line(point=alt.OverlayMarkDef(size=38))
        .encode(
            x=make_month_axis(),
            y=make_axis(alt.Y, "sales", f"Sales after discount ({CURRENCY_UNIT})", AMOUNT),
            color=make_choice("kind", FORECAST_KINDS),
            strokeDash=alt.StrokeDash("kind:N", title=None, scale=dashes),
            tooltip=[
                tip_month(),
                tip_name("kind", "Value is"),
                tip_amount("sales", "Sales"),
                *(
                    tip_amount(f"{side}_{level}", f"{level} % {word}")
                    for level in (80, 95)
                    for side, word in (("lower", "from"), ("upper", "to"))
                ),
                tip_name("model", "Model"),
            ],
        )
    )


def draw_outcomes(frame: pd.DataFrame) -> Drawing:
    """Draw the outcomes that were predicted against those that came.

    Parameters
    ----------
    frame
        predicted_outcome, actual_outcome, orders: orders whose outcome is known.

    Returns
    -------
    Chart
        A grid; the diagonal is right.
    """
    if frame.empty:
        return draw_unscored("Order outcomes are not predicted yet", "order_status")
    total = frame["orders"].sum()
    is_right = frame["predicted_outcome"] == frame["actual_outcome"]
    verdict = is_right.map(dict(zip((True, False), OUTCOME_VERDICTS, strict=True)))
    title = make_title(
        f"The outcome of {write_share(frame[is_right]['orders'].sum() / total)} of orders was "
        "predicted rightly",
        f"{write_count(total, 'order')} that the model had not seen",
    )
    base = alt.Chart(frame.assign(verdict=verdict)).encode(
        x=alt.X("predicted_outcome:N", title="Predicted", sort=OUTCOMES).axis(**LEVEL),
        y=alt.Y("actual_outcome:N", title="What came", sort=OUTCOMES),
        tooltip=[
            tip_name("predicted_outcome", "Predicted"),
            tip_name("actual_outcome", "What came"),
            tip_number("orders", "Orders"),
        ],
    )
    # Pale enough for numbers in the colour of text, on either ground.
    strength = alt.Opacity("orders:Q", legend=None, scale=alt.Scale(range=[0.12, 0.6]))
    cells = base.mark_rect().encode(
        color=make_choice("verdict", OUTCOME_VERDICTS), opacity=strength
    )
    numbers = base.mark_text(fontSize=13).encode(text=alt.Text("orders:Q", format=COUNT))
    return draw_layers([cells, numbers], title, 200)


def draw_performance(frame: pd.DataFrame) -> Drawing:
    """Draw each measured error or score next to that of its baseline.

    Parameters
    ----------
    frame
        job, metric, value, baseline_name, baseline_value, is_better: test figures of all rows.

    Returns
    -------
    Chart
        Bars of how far a figure is from that of the baseline, to the right where it is better.
    """
    known = frame[frame["baseline_value"].fillna(0) > 0].dropna(subset=["value", "is_better"])
    if known.empty:
        return draw_unscored("No model has been measured yet")
    known = known.sort_values(["job", "metric"])
    better = known["is_better"].astype(bool)
    # Errors are to be small and scores large; what is better is known of each.
    apart = (known["value"] / known["baseline_value"] - 1).abs()
    names = known["job"].map(name_category) + ": " + known["metric"].str.replace("_", " ")
    known = known.assign(
        label=names,
        gain=apart.where(better, -apart),
        verdict=better.map(dict(zip((True, False), VERDICTS, strict=True))),
    )
    return draw_rows(
        known,
        make_title(
            f"{better.sum()} of {write_count(len(known), 'figure')} better than the baseline",
            f"The first {LEADING_FIGURES} figures of each model: how far from its baseline, to the "
            "right where better; bars end at 100 %",
        ),
        "label",
        make_axis(alt.X, "gain", "Better than the baseline by (%)", ".0%").scale(
            domain=[-1, 1], clamp=True
        ),
        [
            tip_name("label", "Figure"),
            tip_number("value", "Model", ",.4f"),
            tip_number("baseline_value", "Baseline", ",.4f"),
            tip_name("baseline_name", "Baseline is"),
            tip_name("verdict", "Model is"),
        ],
        color=make_choice("verdict", VERDICTS),
    )


CHARTS = (
    ChartDefinition(
        "forecast",
        "trends",
        "Forecast",
        "select month_start_date, model, is_forecast, actual_sales, forecast, lower_80, upper_80, "
        "lower_95, upper_95 from marts.mart_sales_forecast "
        "where is_champion or not is_forecast order by 1",
        draw_forecast,
    ),
    ChartDefinition(
        "outcomes",
        "operations",
        "Predicted outcomes of orders",
        "select predicted_outcome, actual_outcome, count(*) as orders "
        "from marts.mart_order_risk where actual_outcome is not null "
        "and predicted_outcome is not null and not is_open group by 1, 2 order by 1, 2",
        draw_outcomes,
    ),
    ChartDefinition(
        "model_performance",
        "quality",
        "How good the models are",
        "select job, split, metric, value, baseline_name, baseline_value, is_better "
        "from marts.mart_model_performance "
        "where is_latest and split in ('backtest', 'holdout') and slice_name = 'all' "
        f"and metric_rank <= {LEADING_FIGURES} and baseline_value is not null order by 1, 2, 3",
        draw_performance,
    ),
)
