"""Parts that charts share: lines of tooltips, channels, bars."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

import altair as alt
import pandas as pd

from customer_trends.charts.style import (
    AMOUNT,
    COUNT,
    CURRENCY_UNIT,
    HEIGHT,
    MONTH,
    ROW_HEIGHT,
    SHARE,
    WIDTH,
)

Channel = TypeVar("Channel", alt.X, alt.Y)
# Longer names are cut where a figure stands beside them.
NAME_LENGTH, WIDE_SPACE = 26, "\u2003"


def tip_name(field: str, title: str) -> alt.Tooltip:
    """Make a line of a tooltip for a name."""
    return alt.Tooltip(f"{field}:N", title=title)


def tip_month(field: str = "month_start_date") -> alt.Tooltip:
    """Make a line of a tooltip for a month."""
    return alt.Tooltip(f"{field}:T", title="Month", format=MONTH)


def tip_amount(field: str = "net_sales_by_order_date", title: str = "Net sales") -> alt.Tooltip:
    """Make a line of a tooltip for an amount of money."""
    return alt.Tooltip(f"{field}:Q", title=f"{title} ({CURRENCY_UNIT})", format=AMOUNT)


def tip_number(field: str, title: str, form: str = COUNT) -> alt.Tooltip:
    """Make a line of a tooltip for a number, without decimals unless a form is given."""
    return alt.Tooltip(f"{field}:Q", title=title, format=form)


def tip_share(field: str, title: str, form: str = SHARE) -> alt.Tooltip:
    """Make a line of a tooltip for a share of 1, shown in per cent."""
    return alt.Tooltip(f"{field}:Q", title=title, format=form)


def make_axis(channel: type[Channel], field: str, title: str, form: str = COUNT) -> Channel:
    """Make a channel of numbers.

    Parameters
    ----------
    channel
        ``alt.X`` or ``alt.Y``.
    field
        Column.
    title
        What it measures, with its unit where it has one.
    form
        d3 format of the labels.

    Returns
    -------
    X or Y
        The channel, with few labels.
    """
    return channel(f"{field}:Q", title=title, axis=alt.Axis(format=form, tickCount=5))


def make_month_axis(field: str = "month_start_date") -> alt.X:
    """Make a channel of months from left to right."""
    return alt.X(f"yearmonth({field}):T", title=None)


def make_ramp(field: str, title: str, form: str = COUNT) -> alt.Color:
    """Make a colour from few to many, with its legend."""
    return alt.Color(f"{field}:Q", title=title).legend(format=form, gradientLength=180)


def make_choice(field: str, colours: Mapping[str, str], title: str | None = None) -> alt.Color:
    """Make a colour of a few known names, in their order."""
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color(f"{field}:N", title=title, scale=scale)


def draw_rows(
    frame: pd.DataFrame,
    title: alt.TitleParams,
    name: str,
    measure: alt.X,
    tooltip: Sequence[alt.Tooltip],
    **options: Any,
) -> alt.Chart:
    """Draw a bar per row, from left to right, each with its name and its figure.

    Parameters
    ----------
    frame
        Rows in their order from top to bottom.
    title
        Title of ``make_title``.
    name
        Column of names.
    measure
        Channel of ``make_axis``.
    tooltip
        Lines of the tooltip.
    **options
        Further channels.

    Returns
    -------
    Chart
        Horizontal bars.
    """
    named = alt.Axis(labelExpr=_write_figures(frame, name, measure), labelLimit=0)
    names = alt.Y(f"{name}:N", sort=list(frame[name]), title=None, axis=named)
    chart = alt.Chart(frame, width=WIDTH, height=alt.Step(ROW_HEIGHT), title=title)
    return chart.mark_bar().encode(y=names, x=measure, tooltip=list(tooltip), **options)


def _write_figures(frame: pd.DataFrame, name: str, measure: alt.X) -> str:
    """Write the expression of labels with a name and its figure.

    Texts at the ends of bars would be a second layer, and Streamlit takes no clicks on layers.
    """
    described = cast(dict[str, Any], measure.to_dict())
    form = described["axis"]["format"].replace(".0%", ".1%")
    figures = frame.groupby(name)[described["field"]].sum().to_dict()
    shortened = f"truncate(datum.value, {NAME_LENGTH})"
    return f"{shortened} + '{WIDE_SPACE}' + format({json.dumps(figures)}[datum.value], '{form}')"


def draw_columns(
    frame: pd.DataFrame,
    title: alt.TitleParams,
    across: alt.X,
    measure: alt.Y,
    tooltip: Sequence[alt.Tooltip],
    **options: Any,
) -> alt.Chart:
    """Draw upright bars.

    Parameters
    ----------
    frame
        A row per bar.
    title
        Title of ``make_title``.
    across
        Channel of months or names.
    measure
        Channel of ``make_axis``.
    tooltip
        Lines of the tooltip.
    **options
        Further channels.

    Returns
    -------
    Chart
        Bars.
    """
    chart = alt.Chart(frame, width=WIDTH, height=HEIGHT, title=title)
    return chart.mark_bar().encode(x=across, y=measure, tooltip=list(tooltip), **options)


def draw_layers(
    layers: Sequence[alt.Chart], title: alt.TitleParams, height: int = HEIGHT
) -> alt.LayerChart:
    """Draw charts over one another, the first one at the bottom."""
    return alt.LayerChart(layer=list(layers), width=WIDTH, height=height, title=title)


def make_names(field: str, sort: Sequence[str]) -> alt.X:
    """Make a channel of a few names from left to right."""
    return alt.X(f"{field}:N", sort=list(sort), title=None)
