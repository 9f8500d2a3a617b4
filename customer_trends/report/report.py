"""Write the report: one HTML file, and every chart as a PNG and an SVG file."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import vl_convert

from customer_trends.charts.catalog import PAGES, list_charts
from customer_trends.charts.definition import (
    EMPTY,
    ChartDefinition,
    Drawing,
    draw_nothing,
    read_title,
)
from customer_trends.charts.style import make_config, paint
from customer_trends.insights.write import write_insights
from customer_trends.presentation.frames import make_plain
from customer_trends.presentation.wording import join_words, write_amount, write_number, write_share
from customer_trends.report.html import (
    Headline,
    PageChart,
    Section,
    encode_picture,
    make_table,
    render_page,
)
from customer_trends.report.marts import Marts, open_marts

DEFAULT_FOLDER = Path("build") / "report"
PAGE, PICTURES = "customer_trends_report.html", "charts"
# Charts that need the full width of the page.
WIDE = {"monthly_sales", "forecast", "cohorts", "clusters", "map_of_states", "map_of_countries"}
HEADLINES = (
    "net_sales", "orders", "customers", "average_order_value", "repeat_rate", "return_rate_value",
)  # fmt: skip
HEADLINE_QUERY = (
    "select kpi_id, kpi_name, unit, kpi_value, target_value, kpi_status from marts.mart_kpi"
)
DAY_QUERY = "select max(as_of_date) as last_date from marts.mart_customer_360"
WRITERS: dict[str, Callable[[float], str]] = {
    "currency": write_amount,
    "count": lambda value: f"{value:,.0f}",
    "number": lambda value: write_number(value, 2),
    "ratio": write_share,
}
# Names of clips and gradients in SVG; they are counted over all pictures.
NAME = re.compile(r"\b(clip|gradient_)(\d+)\b")
PICTURE_SCALE = 2.0
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Report:
    """What was written.

    Attributes
    ----------
    page
        HTML file.
    pictures
        PNG and SVG files.
    location
        Where the marts were read.
    empty
        Headings of the charts that have nothing to show.
    """

    page: Path
    pictures: list[Path]
    location: str
    empty: list[str]


def write_report(
    root: Path, target: str, folder: Path, has_pictures: bool, progress: Progress
) -> Report:
    """Write the report of a target.

    Parameters
    ----------
    root
        Project folder.
    target
        Target of the profile.
    folder
        Where the files go; made when missing.
    has_pictures
        Whether each chart is written as PNG and SVG, too.
    progress
        Called with the heading of a chart, charts done, charts in all.

    Returns
    -------
    Report
        What was written.
    """
    charts = list_charts()
    with open_marts(root, target) as marts:
        drawn = {}
        for done, chart in enumerate(charts):
            progress(chart.heading, done, len(charts))
            drawn[chart.name] = _draw(chart, marts)
        sections = [
            Section(
                page,
                heading,
                write_insights(page, marts.read),
                [_show(chart, *drawn[chart.name]) for chart in charts if chart.page == page],
            )
            for page, heading in PAGES.items()
        ]
        text = render_page(_make_heading(marts), _read_headlines(marts), sections)
        location = marts.location
    folder.mkdir(parents=True, exist_ok=True)
    page_path = folder / PAGE
    page_path.write_text(text, encoding="utf-8")
    full = {name: chart for name, (chart, _) in drawn.items() if not _read_fix(chart)}
    pictures = _write_pictures(full, folder / PICTURES) if has_pictures else []
    empty = [chart.heading for chart in charts if chart.name not in full]
    return Report(page_path, pictures, location, empty)


def _draw(chart: ChartDefinition, marts: Marts) -> tuple[Drawing, pd.DataFrame]:
    """Draw a chart; one whose mart this warehouse lacks says so."""
    missing = [mart for mart in chart.marts if mart not in marts.names]
    if missing:
        words = draw_nothing(
            f"{chart.heading}: nothing to show",
            f"These marts have no {join_words(missing)}: run customer-trends build.",
        )
        return words.properties(description=chart.heading), pd.DataFrame()
    frame = make_plain(marts.read(chart.query))
    return chart.make(lambda query: frame), frame


def _read_fix(chart: Drawing) -> str:
    """Read what fills an empty chart; nothing where it is not empty."""
    return str((chart.to_dict().get("usermeta") or {}).get(EMPTY, ""))


def _show(chart: ChartDefinition, drawing: Drawing, frame: pd.DataFrame) -> PageChart:
    """Prepare a chart for the page: its title becomes text of the page."""
    finding, scope = read_title(drawing)
    specification: dict[str, Any] = drawing.to_dict()
    fix = _read_fix(drawing)
    description = str(specification.get("description", chart.heading))
    shown = PageChart(
        chart.name, chart.heading, finding, scope, description, chart.marts, fix,
        is_wide=chart.name in WIDE,
    )  # fmt: skip
    if fix:
        return shown
    specification["height"] = _measure_height(specification)
    still = dict(specification, config=make_config("light"))
    for part in ("title", "config"):
        specification.pop(part, None)
    still.pop("title", None)
    columns, rows, note = make_table(frame)
    return replace(
        shown,
        specification=specification,
        picture=encode_picture(_draw_picture(still)),
        columns=columns,
        rows=rows,
        table_note=note,
    )


def _measure_height(specification: dict[str, Any]) -> int:
    """Measure the height of a chart in pixels; a row for each name where it grows with them."""
    height = specification["height"]
    if not isinstance(height, dict):
        return int(height)
    rows = specification["datasets"][specification["data"]["name"]]
    names = {row[specification["encoding"]["y"]["field"]] for row in rows}
    return int(height["step"]) * len(names)


def _draw_picture(specification: dict[str, Any]) -> str:
    """Draw SVG whose names count from 0, whatever was drawn before."""
    picture = vl_convert.vegalite_to_svg(specification)
    numbers = {name: str(place) for place, name in enumerate(dict.fromkeys(NAME.findall(picture)))}
    return NAME.sub(lambda found: f"{found[1]}{numbers[found.groups()]}", picture)


def _write_pictures(charts: dict[str, Drawing], folder: Path) -> list[Path]:
    """Write each chart as SVG and PNG, with its title; old pictures go."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("*.svg"), *folder.glob("*.png")):
        old.unlink()
    written = []
    for name, chart in charts.items():
        picture = _draw_picture(paint(chart, "light").to_dict())
        vector, raster = folder / f"{name}.svg", folder / f"{name}.png"
        vector.write_text(picture, encoding="utf-8")
        raster.write_bytes(vl_convert.svg_to_png(picture, scale=PICTURE_SCALE))
        written += [vector, raster]
    return written


def _make_heading(marts: Marts) -> str:
    """Say up to which day the report goes."""
    frame = make_plain(marts.read(DAY_QUERY))
    if frame.empty or pd.isna(frame["last_date"].iloc[0]):
        return "Sales and customers"
    return f"Sales and customers up to {frame['last_date'].iloc[0]:%-d %B %Y}"


def _read_headlines(marts: Marts) -> list[Headline]:
    """Read the headline figures of all periods; those that are NULL are left out."""
    frame = make_plain(marts.read(HEADLINE_QUERY))
    if frame.empty:
        return []
    known = frame.dropna(subset=["kpi_value"]).set_index("kpi_id").to_dict(orient="index")
    headlines = []
    for row in (known[kpi] for kpi in HEADLINES if kpi in known):
        write = WRITERS[str(row["unit"])]
        has_target = pd.notna(row["target_value"])
        note = f"target {write(row['target_value'])}, {row['kpi_status']}" if has_target else ""
        headlines.append(Headline(str(row["kpi_name"]), write(row["kpi_value"]), note))
    return headlines
