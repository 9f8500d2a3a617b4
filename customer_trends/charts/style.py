"""How charts look: colours that colour-blind people can distinguish, light and dark, formats."""

from collections.abc import Mapping
from typing import Any, Literal, cast

import altair as alt

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")

# Eight colours found by search: both backgrounds show each, and any two differ for people who
# see no red, no green or no blue. Grey stands for what does not count, and is none of them.
BLUE, ORANGE, TEAL, RED = "#1f78c1", "#e69f00", "#0dbaa0", "#ff4677"
LILAC, OLIVE, PLUM, FOREST = "#aca8e5", "#757014", "#882a6c", "#035c3f"
PALETTE = (BLUE, ORANGE, TEAL, RED, LILAC, OLIVE, PLUM, FOREST)
SKY, GREY = "#56b4e9", "#8a8f98"
TIERS = {"high": BLUE, "medium": SKY, "low": ORANGE, "unscored": GREY}
# Steps of one hue, from few to many; the middle steps carry on both grounds.
STEPS: Mapping[Theme, tuple[str, ...]] = {
    "light": ("#e6f0fa", "#9cc7ea", "#4f9bd3", "#1f6cb0", "#08396b"),
    "dark": ("#12283d", "#1d4c78", "#2f7dbd", "#74b3e3", "#d9ecfb"),
}
GROUNDS: Mapping[Theme, Mapping[str, str]] = {
    "light": {"ground": "#ffffff", "ink": "#1d2127", "soft": "#59606b", "line": "#dfe3e8"},
    "dark": {"ground": "#14181d", "ink": "#eef1f5", "soft": "#a9b1bc", "line": "#333b45"},
}
# Fonts of the reader's machine; nothing is fetched.
SANS = "'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
WIDTH, HEIGHT, ROW_HEIGHT = 620, 280, 26

# Labels that stay level on a phone, too.
LEVEL: Mapping[str, Any] = {"labelAngle": 0, "labelAlign": "center"}

# d3 formats of Vega, by kind of number.
AMOUNT, COUNT, NUMBER, SHARE, MONTH, DAY = ",.0f", ",.0f", ",.2f", ".1%", "%B %Y", "%-d %B %Y"
NUMBER_LOCALE = {
    "decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""], "percent": "\u202f%",
}  # fmt: skip
CURRENCY_UNIT = "currency units"


def make_config(theme: Theme) -> dict[str, Any]:
    """Make the Vega-Lite configuration of a theme.

    Parameters
    ----------
    theme
        ``light`` or ``dark``.

    Returns
    -------
    dict
        Value of ``config`` in a Vega-Lite specification.
    """
    ground = GROUNDS[theme]
    words = _make_words(ground)
    legend = {
        name: value for name, value in words["axis"].items() if name.startswith(("label", "title"))
    }
    return {
        "background": ground["ground"],
        "locale": {"number": NUMBER_LOCALE},
        "font": SANS,
        "padding": 6,
        "view": {"stroke": None},
        **words,
        "axisX": {"grid": False},
        "axisXDiscrete": {"labelAngle": 0},
        "axisXQuantitative": {"labelOverlap": "parity", "labelSeparation": 8},
        "axisY": {"domain": False, "ticks": False, "labelPadding": 7},
        "legend": legend | {"orient": "top", "direction": "horizontal", "symbolSize": 110},
        **_make_marks(ground),
        "range": {
            "category": list(PALETTE),
            **dict.fromkeys(("ordinal", "ramp", "heatmap"), list(STEPS[theme])),
        },
    }


def _make_words(ground: Mapping[str, str]) -> dict[str, Any]:
    """Make the look of titles, axes and texts."""
    axis = {
        "labelFont": SANS, "titleFont": SANS, "labelFontSize": 12, "titleFontSize": 12,
        "labelColor": ground["soft"], "titleColor": ground["soft"], "titleFontWeight": "normal",
        "gridColor": ground["line"], "domainColor": ground["line"], "tickColor": ground["line"],
        "labelLimit": 210, "titlePadding": 10,
    }  # fmt: skip
    title = {
        "font": SANS, "subtitleFont": SANS, "fontSize": 16, "subtitleFontSize": 12.5,
        "color": ground["ink"], "subtitleColor": ground["soft"], "anchor": "start",
        "frame": "group", "offset": 14, "subtitlePadding": 6, "fontWeight": 600,
    }  # fmt: skip
    return {"title": title, "axis": axis, "text": {"font": SANS, "color": ground["ink"]}}


def _make_marks(ground: Mapping[str, str]) -> dict[str, Any]:
    """Make the look of marks that have no colour of their own."""
    return {
        "rule": {"color": ground["soft"]},
        "bar": {"color": BLUE},
        "line": {"color": BLUE, "strokeWidth": 2.4},
        "area": {"color": BLUE},
        "arc": {"stroke": ground["ground"], "strokeWidth": 1.5},
        "point": {"color": BLUE, "filled": True},
        "circle": {"color": BLUE},
        "rect": {"stroke": ground["ground"]},
        "geoshape": {"stroke": ground["ground"], "strokeWidth": 0.7},
    }


def paint(chart: alt.TopLevelMixin, theme: Theme = "light") -> alt.TopLevelMixin:
    """Give a chart the look of a theme.

    Parameters
    ----------
    chart
        Chart of one of the ``charts_*`` modules; it stays as it is.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Chart
        A copy with the configuration of the theme.
    """
    drawn: Any = chart
    painted = drawn.copy(deep=False)
    painted.config = alt.Config(**make_config(theme))
    return cast(alt.TopLevelMixin, painted)
