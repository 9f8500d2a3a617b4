"""Charts of sales over time: months, years, seasons, and what moved them."""

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
    make_choice,
    make_month_axis,
    make_names,
    tip_amount,
    tip_month,
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
    SHARE,
    WIDTH,
)
from customer_trends.presentation.wording import (
    write_amount,
    write_change,
    write_month,
    write_number,
)

NO_SALES = "No dated sales are in the marts"
LOAD = "Load dated orders: customer-trends load --help, then customer-trends build."
MONTH_NAMES = [f"{month:%b}" for month in pd.date_range("2000-01-01", periods=12, freq="MS")]
NET_SALES = f"Net sales ({CURRENCY_UNIT})"
MONTH_STATES = {"Complete month": BLUE, "Not over yet": GREY}
UP_AND_DOWN = {"More": BLUE, "Less": ORANGE}
EFFECTS = ("volume", "mix", "price", "new", "returns")


def draw_monthly_sales(frame: pd.DataFrame) -> Drawing:
    """Draw net sales by month, with the change on the month before in the tooltip.

    Parameters
    ----------
    frame
        month_start_date, net_sales, orders, month_over_month_growth, growth_status, is_complete.

    Returns
    -------
    Chart
        Bars; a month that is not over yet is grey.
    """
    if frame.empty:
        return draw_nothing(NO_SALES, LOAD)
    over = frame["is_complete"].astype(bool)
    return draw_columns(
        frame.assign(state=over.map(dict(zip((True, False), MONTH_STATES, strict=True)))),
        _title_months(frame[over].sort_values("month_start_date")),
        make_month_axis(),
        make_axis(alt.Y, "net_sales", NET_SALES, AMOUNT),
        [
            tip_month(),
            tip_amount("net_sales"),
            tip_share("month_over_month_growth", "Change on the month before", f"+{SHARE}"),
            tip_name("growth_status", "State of the change"),
            tip_number("orders", "Orders"),
            tip_name("state", "Month is"),
        ],
        color=make_choice("state", MONTH_STATES).legend(None if over.all() else alt.Legend()),
    )


def _title_months(complete: pd.DataFrame) -> alt.TitleParams:
    """Say how the last complete month compares with the one before."""
    subtitle = (
        f"Net sales by month, {CURRENCY_UNIT}: sales after discount less returns of the month"
    )
    if complete.empty:
        return make_title("No month is over yet", subtitle)
    last = complete.iloc[-1]
    month = last["month_start_date"]
    finding = f"Net sales of {write_month(month)}: {write_amount(last['net_sales'])}"
    if last["growth_status"] == "ok" and pd.notna(last["month_over_month_growth"]):
        before = write_month(month - pd.offsets.MonthBegin(1))
        finding += f", {write_change(last['month_over_month_growth'], f'in {before}')}"
    return make_title(finding, subtitle)


def draw_years(frame: pd.DataFrame) -> Drawing:
    """Draw the months of each year over one another.

    Parameters
    ----------
    frame
        month_start_date, net_sales, year_over_year_growth, yearly_growth_status: complete months.

    Returns
    -------
    Chart
        A line per year.
    """
    if frame.empty:
        return draw_nothing("No complete month is in the marts", LOAD)
    months = frame.sort_values("month_start_date")
    start = months["month_start_date"]
    months = months.assign(year=start.dt.strftime("%Y"), month=start.dt.strftime("%b"))
    last = months.iloc[-1]
    finding = f"{write_month(last['month_start_date'])}: {write_amount(last['net_sales'])}"
    if last["yearly_growth_status"] == "ok" and pd.notna(last["year_over_year_growth"]):
        finding += f", {write_change(last['year_over_year_growth'], 'a year before')}"
    title = make_title(finding, f"Net sales of complete months, {CURRENCY_UNIT}; a line per year")
    years = list(months["year"].unique())
    chart = alt.Chart(months, width=WIDTH, height=HEIGHT, title=title)
    return chart.mark_line(point=alt.OverlayMarkDef(size=42)).encode(
        x=make_names("month", MONTH_NAMES),
        y=make_axis(alt.Y, "net_sales", NET_SALES, AMOUNT),
        color=alt.Color("year:N", title=None, scale=alt.Scale(domain=years)),
        tooltip=[
            tip_month(),
            tip_amount("net_sales"),
            tip_share("year_over_year_growth", "Change on the year before", f"+{SHARE}"),
        ],
    )


def draw_seasonality(frame: pd.DataFrame) -> Drawing:
    """Draw the seasonality index of the months of the year.

    Parameters
    ----------
    frame
        month_of_year, seasonality_index, complete_years.

    Returns
    -------
    Chart
        Bars around 1, the average month.
    """
    known = frame.dropna(subset=["seasonality_index"]).sort_values("month_of_year")
    if known.empty:
        return draw_nothing(
            "Seasons are not known yet", "The index needs at least 24 complete months of sales."
        )
    index = known["seasonality_index"]
    known = known.assign(
        month=[MONTH_NAMES[int(number) - 1] for number in known["month_of_year"]],
        excess=index - 1,
        level=["More" if value >= 1 else "Less" for value in index],
    )
    top = known.sort_values(["seasonality_index", "month_of_year"]).iloc[-1]
    strength = write_number(top["seasonality_index"], 2)
    measure = make_axis(alt.Y, "excess", "Times the average month").axis(
        labelExpr=f"format(datum.value + 1, '{NUMBER}')"
    )
    return draw_columns(
        known,
        make_title(
            f"{_name_month(top['month_of_year'])} is the strongest month: {strength} times the "
            "average month",
            "Sales of complete years: index of the month, average month = 1",
        ),
        make_names("month", MONTH_NAMES),
        measure,
        [
            tip_name("month", "Month of the year"),
            tip_number("seasonality_index", "Index (average = 1)", NUMBER),
            tip_number("complete_years", "Complete years"),
        ],
        color=make_choice("level", UP_AND_DOWN).legend(None),
    )


def _name_month(number: int) -> str:
    """Write the name of a month of the year."""
    return f"{pd.Timestamp(2000, int(number), 1):%B}"


def draw_drivers(frame: pd.DataFrame) -> Drawing:
    """Draw what each category added to the change of the last complete month.

    Parameters
    ----------
    frame
        Rows of one month: month_start_date, category, absolute_change, volume_effect, mix_effect,
        price_effect, new_effect, returns_effect.

    Returns
    -------
    Chart
        Bars left and right of no change.
    """
    if frame.empty:
        return draw_nothing(
            "No month can be compared with the one before", "The change needs two complete months."
        )
    slices = frame.sort_values(["absolute_change", "category"], ascending=[False, True])
    slices = slices.assign(
        direction=["More" if value >= 0 else "Less" for value in slices["absolute_change"]]
    )
    return draw_rows(
        slices,
        make_title(
            _describe_drivers(slices), f"Change on the month before by category, {CURRENCY_UNIT}"
        ),
        "category",
        make_axis(alt.X, "absolute_change", f"Change ({CURRENCY_UNIT})", f"+{AMOUNT}"),
        [
            tip_name("category", "Category"),
            tip_amount("absolute_change", "Change"),
            *(tip_amount(f"{effect}_effect", f"… by {effect}") for effect in EFFECTS),
        ],
        color=make_choice("direction", UP_AND_DOWN).legend(None),
    )


def _describe_drivers(slices: pd.DataFrame) -> str:
    """Say by how much sales changed and which category did most; the largest change first."""
    month, total = write_month(slices["month_start_date"].iloc[0]), slices["absolute_change"].sum()
    if not round(total, 2):
        return f"Net sales did not change in {month}"
    most = slices.iloc[0 if total > 0 else -1]
    return (
        f"Net sales {'rose' if total > 0 else 'fell'} by {write_amount(abs(total))} in {month}; "
        f"{most['category']} {'rose' if total > 0 else 'fell'} most, by "
        f"{write_amount(abs(most['absolute_change']))}"
    )


CHARTS = (
    ChartDefinition(
        "monthly_sales",
        "overview",
        "Net sales by month",
        "select month_start_date, net_sales, orders, month_over_month_growth, growth_status, "
        "is_complete "
        "from marts.mart_sales_monthly where not is_undated order by 1",
        draw_monthly_sales,
    ),
    ChartDefinition(
        "years",
        "trends",
        "The same months of each year",
        "select month_start_date, net_sales, year_over_year_growth, yearly_growth_status "
        "from marts.mart_sales_monthly "
        "where is_complete and not is_undated order by 1",
        draw_years,
    ),
    ChartDefinition(
        "seasonality",
        "trends",
        "Seasons",
        "select month_of_year, seasonality_index, complete_years "
        "from marts.mart_seasonality order by 1",
        draw_seasonality,
    ),
    ChartDefinition(
        "drivers",
        "trends",
        "What moved the last month",
        "select month_start_date, category, absolute_change, volume_effect, mix_effect, "
        "price_effect, new_effect, returns_effect "
        "from marts.mart_sales_change_drivers_by_category "
        "where month_start_date = (select max(month_start_date) "
        "from marts.mart_sales_change_drivers_by_category where is_complete) order by 2",
        draw_drivers,
    ),
)
