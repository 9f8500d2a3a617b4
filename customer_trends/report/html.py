"""Make the page of the report: one HTML file that holds all it needs."""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import vl_convert
from markupsafe import Markup, escape

from customer_trends.charts.style import THEMES, make_config
from customer_trends.insights.write import Insight
from customer_trends.presentation.wording import NOTHING

PARTS = Path(__file__).resolve().parent / "parts"
EXPOSE = "window.vegaEmbed = vegaEmbed;"
# A longer table is cut; the mart has the rest.
TABLE_ROWS = 60


@dataclass(frozen=True)
class Cell:
    """A cell of a table of figures."""

    text: str
    is_number: bool


@dataclass(frozen=True)
class PageChart:
    """A chart as the page shows it.

    Attributes
    ----------
    name, heading, finding, scope, description
        Its texts.
    marts
        Marts it reads.
    fix
        What fills it, where it is empty.
    specification
        Vega-Lite without title and look; None where it is empty.
    picture
        The same as SVG.
    columns, rows, table_note
        Its figures as a table.
    """

    name: str
    heading: str
    finding: str
    scope: str
    description: str
    marts: list[str]
    fix: str = ""
    specification: dict[str, Any] | None = None
    picture: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    table_note: str = ""
    is_wide: bool = False


@dataclass(frozen=True)
class Section:
    """A page of the dashboard as a section of the report."""

    name: str
    heading: str
    insights: list[Insight]
    charts: list[PageChart]


@dataclass(frozen=True)
class Headline:
    """A headline figure with a note below it."""

    name: str
    value: str
    note: str


def cite_insight(insight: Insight) -> Markup:
    """Write a sentence in which each figure names where it comes from.

    Parameters
    ----------
    insight
        Sentence with its figures in their order.

    Returns
    -------
    Markup
        HTML.
    """
    rest, parts = insight.text, []
    for figure in insight.values:
        # The first letter of a sentence is large.
        start = rest.lower().find(figure.shown.lower())
        shown = rest[start : start + len(figure.shown)]
        source = f"{figure.mart}: {figure.column}"
        parts += [
            escape(rest[:start]),
            Markup('<data value="{}" title="{}">{}</data>').format(figure.value, source, shown),
        ]
        rest = rest[start + len(shown) :]
    return Markup("").join([*parts, escape(rest)])


def make_table(frame: pd.DataFrame) -> tuple[list[str], list[list[Cell]], str]:
    """Write the figures of a chart as a table.

    Parameters
    ----------
    frame
        Frame that the chart was drawn from.

    Returns
    -------
    tuple
        Names of columns, rows of cells, and a note where rows were left out.
    """
    columns = [str(name).replace("_", " ") for name in frame.columns]
    rows = [
        [_make_cell(value) for value in row]
        for row in frame.head(TABLE_ROWS).itertuples(index=False)
    ]
    left_out = len(frame) > TABLE_ROWS
    return columns, rows, f", the first {TABLE_ROWS} of {len(frame):,} rows" if left_out else ""


def _make_cell(value: Any) -> Cell:
    """Write one value."""
    if pd.isna(value):
        return Cell(NOTHING, False)
    if isinstance(value, pd.Timestamp):
        return Cell(f"{value:%Y-%m-%d}", False)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Cell(str(value), False)
    is_key = abs(value) > 1e12
    text = f"{value:.0f}" if is_key else f"{value:,.4f}".rstrip("0").rstrip(".")
    return Cell(text, True)


def encode_picture(picture: str) -> str:
    """Encode an SVG picture for a page.

    Parameters
    ----------
    picture
        SVG.

    Returns
    -------
    str
        Base64.
    """
    return b64encode(picture.encode()).decode()


@cache
def _load_library() -> str:
    """Load Vega, Vega-Lite and Vega-Embed, which come with vl-convert."""
    return str(vl_convert.javascript_bundle(EXPOSE)).replace("</script", "<\\/script")


def _write_json(value: Any) -> str:
    """Write JSON that may stand inside a script element."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def render_page(title: str, headlines: Sequence[Headline], sections: Sequence[Section]) -> str:
    """Render the page.

    Parameters
    ----------
    title
        Title of the report.
    headlines
        Headline figures.
    sections
        Sections in their order.

    Returns
    -------
    str
        HTML.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PARTS), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["cite"] = cite_insight
    charts = [chart for section in sections for chart in section.charts]
    return environment.get_template("page.html.jinja").render(
        title=title,
        kpis=headlines,
        pages=sections,
        style=(PARTS / "page.css").read_text(encoding="utf-8"),
        script=(PARTS / "page.js").read_text(encoding="utf-8"),
        library=_load_library(),
        looks=_write_json({theme: make_config(theme) for theme in THEMES}),
        specifications=_write_json(
            {chart.name: chart.specification for chart in charts if chart.specification}
        ),
    )
