"""Every chart has its tooltip, unit and finding, and shows what its mart holds."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair as alt
import duckdb
import pandas as pd
import pytest
import vl_convert
from coloraide import Color
from lanes import Lanes
from mart_worlds import DEMO, EMPTY, GOLDEN, WORLDS, make_read, make_world

from customer_trends.charts.catalog import ORDER, PAGES, list_charts
from customer_trends.charts.definition import EMPTY as EMPTY_STATE
from customer_trends.charts.definition import ChartDefinition, make_title, read_title
from customer_trends.charts.map_shapes import load_shapes, name_shape
from customer_trends.charts.parts import draw_rows, make_axis
from customer_trends.charts.style import (
    GROUNDS,
    PALETTE,
    STEPS,
    THEMES,
    TIERS,
    make_config,
    paint,
)

CHARTS = {chart.name: chart for chart in list_charts()}
SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "reference"
UNIT = re.compile(
    r"\((currency units|%|years|days|points|points of 100)\)|\b(Customers|Orders|Units|Hours|Stars|"
    r"Ratings|Complaints|score|Months|Times|Probability|Predicted)\b"
)
# What a chart shows in all, computed from another mart than its own.
TOTALS = {
    "categories": ("net_sales_by_order_date", "select kpi_value from marts.mart_kpi "
                   "where kpi_id = 'net_sales'"),
    "regions_and_categories": ("net_sales_by_order_date", "select sum(net_sales_by_order_date) "
                               "from marts.mart_product_performance"),
    "monthly_sales": ("net_sales", "select sum(net_sales) from marts.mart_sales_yearly "
                      "where not is_undated"),
    "rfm_segments": ("customers", "select count(*) from marts.mart_customer_value_tiers"),
    "loyalty": ("customers", "select count(*) from marts.mart_customer_lifetime_value"),
    "value_tiers": ("value", "select sum(customer_lifetime_value_historic) "
                    "+ sum(customer_lifetime_value_predicted) "
                    "from marts.mart_customer_lifetime_value"),
    "order_status": ("orders", "select sum(placed_orders) from marts.mart_order_funnel"),
    "return_reasons": ("returned_units", "select returned_units from marts.mart_returns"),
    "ratings": ("ratings", "select sum(rated_count) from marts.mart_feedback_by_source_system"),
    "support": ("tickets", "select tickets from marts.mart_support"),
    "discounts": ("orders", "select kpi_value from marts.mart_kpi where kpi_id = 'orders'"),
    "distribution_age": ("customers", "select sum(customers) from "
                         "marts.mart_demographics_by_age_group where age_group <> 'Unknown'"),
}  # fmt: skip


@pytest.fixture(scope="module", params=WORLDS)
def world(lanes: Lanes, request: pytest.FixtureRequest) -> duckdb.DuckDBPyConnection:
    """Give the marts of each world in turn."""
    return make_world(lanes, request.param)


@pytest.fixture(scope="module")
def demo(lanes: Lanes) -> duckdb.DuckDBPyConnection:
    """Give the marts of the demo shop, scored."""
    return make_world(lanes, DEMO)


def draw(chart: ChartDefinition, connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Draw a chart as a specification."""
    specification: dict[str, Any] = chart.make(make_read(connection)).to_dict()
    return specification


def list_views(specification: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """List the views of a chart that carry data of their own to point at."""
    for view in specification.get("layer", [specification]):
        kind = view["mark"]["type"] if isinstance(view["mark"], dict) else view["mark"]
        if kind not in ("area", "text"):
            yield view


def list_rows(specification: dict[str, Any]) -> list[dict[str, Any]]:
    """List the rows of all data sets of a chart."""
    return [row for rows in specification.get("datasets", {}).values() for row in rows]


@pytest.mark.parametrize("name", CHARTS)
def test_charts_say_what_they_show(demo: duckdb.DuckDBPyConnection, name: str) -> None:
    """A finding with a figure or a name, a scope, an alternative text, tooltips, units."""
    chart = CHARTS[name]
    drawing = chart.make(make_read(demo))
    finding, scope = read_title(drawing)
    specification = drawing.to_dict()
    assert EMPTY_STATE not in specification.get("usermeta", {}), finding
    assert re.search(r"\d", finding) and not finding.endswith("."), finding
    assert scope and not re.search(r"nan|NaT|None|<NA>", finding + scope)
    assert finding in specification["description"] and chart.heading in specification["description"]
    titles = []
    for view in list_views(specification):
        encoding = view["encoding"]
        tooltip = encoding["tooltip"]
        assert len(tooltip) >= 2 or view["mark"].get("color") == "#8a8f9844", name
        assert all(line.get("title") for line in tooltip), name
        numbers = [line for line in tooltip if line["type"] == "quantitative"]
        assert all("format" in line for line in numbers), name
        titles += [channel.get("title") or "" for channel in encoding.values()
                   if isinstance(channel, dict)]  # fmt: skip
        titles += [line["title"] for line in tooltip]
    assert any(UNIT.search(title) for title in titles), titles


@pytest.mark.parametrize("name", TOTALS)
def test_charts_equal_other_marts(demo: duckdb.DuckDBPyConnection, name: str) -> None:
    """The rows of a chart add up to what another mart says."""
    column, query = TOTALS[name]
    shown = sum(float(row[column]) for row in list_rows(draw(CHARTS[name], demo)))
    found = demo.execute(query).fetchone()
    assert found is not None and shown > 0
    assert shown == pytest.approx(float(found[0]), rel=1e-9)


def test_bars_are_labelled_with_their_figures(demo: duckdb.DuckDBPyConnection) -> None:
    """The figure beside a name is the length of its bar, two rows of one name together."""
    labelled = 0
    for chart in CHARTS.values():
        specification = draw(chart, demo)
        names = specification.get("encoding", {}).get("y", {})
        label = (names.get("axis") or {}).get("labelExpr", "")
        written = re.search(r"format\((\{.*\})\[datum", label)
        if written is None:
            continue
        measure = specification["encoding"]["x"]["field"]
        lengths: dict[str, float] = {}
        for row in list_rows(specification):
            lengths[row[names["field"]]] = lengths.get(row[names["field"]], 0) + row[measure]
        assert json.loads(written[1]) == pytest.approx(lengths), chart.name
        labelled += 1
    assert labelled > 8
    specification = draw(CHARTS["categories"], demo)
    picture = vl_convert.vegalite_to_svg(specification)
    for row in list_rows(specification):
        assert f"{row['category']}\u2003{row['net_sales_by_order_date']:,.0f}" in picture


def test_a_name_of_two_rows_has_the_figure_of_both() -> None:
    frame = pd.DataFrame({"city": ["Springfield", "Salem", "Springfield"], "orders": [3, 2, 1]})
    bars = draw_rows(
        frame,
        make_title("Two of three", "Orders"),
        "city",
        make_axis(alt.X, "orders", "Orders"),
        [],
    )
    label = bars.to_dict()["encoding"]["y"]["axis"]["labelExpr"]
    assert 'format({"Salem": 2, "Springfield": 4}[datum.value]' in label


def test_charts_are_drawn_in_every_world(world: duckdb.DuckDBPyConnection) -> None:
    """Few rows, one customer or none: a chart, or words that say what is missing."""
    for chart in CHARTS.values():
        specification = draw(chart, world)
        assert " ".join(specification["title"]["text"]), chart.name
        assert "NaN" not in json.dumps(specification), chart.name


def test_empty_charts_say_what_to_do(lanes: Lanes) -> None:
    """Without rows each chart says how to fill it; an unscored one names the command."""
    nothing = make_world(lanes, EMPTY)
    fixes = {name: draw(chart, nothing)["usermeta"][EMPTY_STATE] for name, chart in CHARTS.items()}
    assert all(len(fix) > 15 for fix in fixes.values())
    assert fixes["forecast"] == "Run the model: customer-trends score forecast"
    assert fixes["clusters"] == "Run the model: customer-trends score segments"
    assert fixes["survival"] == "Run the model: customer-trends score value"


def test_golden_example_is_drawn(lanes: Lanes) -> None:
    """Figures worked out by hand from five orders."""
    golden = make_world(lanes, GOLDEN)
    months = list_rows(draw(CHARTS["monthly_sales"], golden))
    assert [(row["net_sales"], row["state"]) for row in months] == [
        (24.0, "Complete month"),
        (7.0, "Complete month"),
        (23.0, "Complete month"),
        (-1.01, "Not over yet"),
    ]
    finding, _ = read_title(CHARTS["monthly_sales"].make(make_read(golden)))
    assert finding.startswith("Net sales of March 2024: 23.00, 228.6")


def test_maps_place_every_state(demo: duckdb.DuckDBPyConnection) -> None:
    """Every state and country that the project knows has its shape or its point; no fetching."""
    states = {shape["properties"]["name"] for shape in load_shapes("states")}
    countries = {shape["properties"]["name"] for shape in load_shapes("countries")}
    assert len(states) == 51 and len(countries) > 170
    read = duckdb.sql(f"select distinct state from '{SEEDS / 'states.csv'}' "
                      "where country = 'United States'")  # fmt: skip
    assert {row[0] for row in read.fetchall()} <= states
    places = duckdb.sql(f"select country, latitude from '{SEEDS / 'countries.csv'}'").fetchall()
    lost = [name for name, latitude in places
            if name_shape("countries", name) not in countries and latitude is None]  # fmt: skip
    assert lost in ([], ["European Community"])
    drawn = draw(CHARTS["map_of_states"], demo)
    shown = drawn["datasets"][drawn["layer"][1]["data"]["name"]]
    rows = demo.execute(
        "select count(distinct state), sum(net_sales_by_order_date) from marts.mart_sales_by_state "
        "where country = 'United States' and state <> 'Unknown'"
    ).fetchone()
    assert rows is not None and len(shown) == rows[0]
    total = sum(shape["properties"]["net_sales_by_order_date"] for shape in shown)
    assert total == pytest.approx(float(rows[1]))
    assert "http" not in json.dumps(shown)


def test_charts_are_listed() -> None:
    """Each chart has one name, a known page and a mart; the order names charts that exist."""
    assert len(CHARTS) == len(list_charts()) >= 30
    assert set(ORDER) <= set(CHARTS)
    assert {chart.page for chart in CHARTS.values()} == set(PAGES)
    assert all(chart.marts for chart in CHARTS.values())


def measure_light(colour: str) -> float:
    """Measure the relative luminance of a colour, as WCAG 2 defines it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def measure_contrast(one: str, other: str) -> float:
    """Measure the contrast of two colours, 1 to 21."""
    light, dark = sorted((measure_light(one), measure_light(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def see(colour: str, lack: str) -> Color:
    """Compute how a colour looks to people without one kind of cones (Machado and others 2009)."""
    seen = Color(colour)
    return seen.filter(lack, 1, method="machado").clip() if lack else seen


@pytest.mark.parametrize("lack", ["", "protan", "deutan", "tritan"])
def test_categories_differ_for_everyone(lack: str) -> None:
    """Eight categories, and tiers beside the unscored, differ whatever cones one lacks."""
    assert len(set(PALETTE)) >= 8
    for colours in (PALETTE, TIERS.values()):
        seen = [see(colour, lack) for colour in colours]
        for one, other in itertools.combinations(seen, 2):
            assert one.delta_e(other, method="2000") > 15, (one.to_string(), other.to_string())


@pytest.mark.parametrize("theme", THEMES)
def test_colours_carry_on_their_ground(theme: str) -> None:
    """Text is read, marks are seen on their ground, steps go one way."""
    ground = GROUNDS[theme]  # type: ignore[index]
    assert measure_contrast(ground["ink"], ground["ground"]) > 12
    assert measure_contrast(ground["soft"], ground["ground"]) > 4.5
    assert all(measure_contrast(colour, ground["ground"]) > 2.2 for colour in PALETTE)
    lights = [measure_light(step) for step in STEPS[theme]]  # type: ignore[index]
    assert lights == sorted(lights, reverse=theme == "light")


@pytest.mark.parametrize("theme", THEMES)
def test_themes_are_valid(demo: duckdb.DuckDBPyConnection, theme: str) -> None:
    """A painted chart is valid Vega-Lite and names local fonts alone."""
    chart = paint(CHARTS["loyalty"].make(make_read(demo)), theme)  # type: ignore[arg-type]
    specification = chart.to_dict()
    assert specification["config"]["background"] == GROUNDS[theme]["ground"]  # type: ignore[index]
    assert "http" not in json.dumps(make_config(theme))  # type: ignore[arg-type]
    assert isinstance(alt.Chart.from_dict(specification), alt.Chart)
