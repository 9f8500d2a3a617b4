"""Charts of places: regions, states of the USA, countries; the shapes are files of the package."""

from typing import Any

import altair as alt
import pandas as pd

from customer_trends.charts.definition import (
    ChartDefinition,
    Drawing,
    draw_nothing,
    make_title,
)
from customer_trends.charts.map_shapes import Layer, load_shapes, name_shape
from customer_trends.charts.parts import (
    draw_layers,
    make_ramp,
    tip_amount,
    tip_name,
    tip_number,
    tip_share,
)
from customer_trends.charts.style import AMOUNT, CURRENCY_UNIT, GREY, ORANGE
from customer_trends.presentation.wording import write_amount, write_count, write_share

LOAD = "Load orders with their places: customer-trends load --help, then customer-trends build."
MEASURES = (
    "net_sales_by_order_date",
    "share_of_total",
    "orders",
    "customers",
    "average_order_value",
)
RANKS = (1, 2, 3)
NO_SALES = "#8a8f9844"
UNKNOWN = ("All", "Unknown", "")
STATES = (
    "select country, region, state, net_sales_by_order_date, share_of_total, orders, customers, "
    "average_order_value, top_category_1, top_category_1_share, latitude, longitude "
    "from marts.mart_sales_by_state"
)
COUNTRIES = (
    "select country, net_sales_by_order_date, share_of_total, orders, customers, "
    "average_order_value, top_category_1, top_category_1_share, latitude, longitude "
    "from marts.mart_sales_by_country"
)


def draw_regions(frame: pd.DataFrame) -> Drawing:
    """Draw the regions' shares of net sales as a ring.

    Parameters
    ----------
    frame
        region, net_sales_by_order_date, orders, and top_category_1 to _3 with their shares.

    Returns
    -------
    Chart
        Slices; the tooltip holds the best categories of the region.
    """
    shown = frame[frame["net_sales_by_order_date"] > 0]
    if shown.empty:
        return draw_nothing("No region has sales", LOAD)
    ranked = shown.sort_values(["net_sales_by_order_date", "region"], ascending=[False, True])
    ranked = ranked.assign(
        share=ranked["net_sales_by_order_date"] / ranked["net_sales_by_order_date"].sum(),
        **{f"category_{rank}": _name_top(ranked, rank) for rank in RANKS},
    )
    top = ranked.iloc[0]
    title = make_title(
        f"{top['region']} brings {write_share(top['share'])} of net sales",
        f"Net sales by region, {CURRENCY_UNIT}, all periods",
    )
    base = alt.Chart(ranked).encode(
        theta=alt.Theta("net_sales_by_order_date:Q", stack=True),
        color=alt.Color("region:N", sort=list(ranked["region"]), title=None),
        order=alt.Order("net_sales_by_order_date:Q", sort="descending"),
        tooltip=[
            tip_name("region", "Region"),
            tip_amount(),
            tip_share("share", "Share of net sales"),
            tip_number("orders", "Orders"),
            *(tip_name(f"category_{rank}", f"Category {rank} of the region") for rank in RANKS),
        ],
    )
    ring = base.mark_arc(innerRadius=70, outerRadius=118)
    labels = base.mark_text(radius=142, fontSize=12).encode(
        text=alt.Text("share:Q", format=".0%"), color=alt.value(GREY)
    )
    return draw_layers([ring, labels], title, 320)


def _name_top(frame: pd.DataFrame, rank: int) -> list[str]:
    """Write a top category with its share, where the region has so many."""
    columns = (f"top_category_{rank}", f"top_category_{rank}_share")
    return [
        f"{name}, {write_share(share)}" if pd.notna(name) and pd.notna(share) else "none"
        for name, share in frame[list(columns)].itertuples(index=False)
    ]


def _fill_shapes(layer: Layer, places: pd.DataFrame) -> list[dict[str, Any]]:
    """Put the measures of the places into their shapes; other shapes are left out."""
    known = places.drop_duplicates("shape").set_index("shape")
    filled = []
    for feature in load_shapes(layer):
        name = feature["properties"]["name"]
        if name not in known.index:
            continue
        row = known.loc[name, list(MEASURES)].dropna()
        properties = {"name": name, "top": known.loc[name, "top_category_1"]}
        properties |= {str(measure): float(value) for measure, value in row.items()}
        filled.append(feature | {"properties": properties})
    return filled


def _draw_shapes(layer: Layer, places: pd.DataFrame, projection: str) -> list[alt.Chart]:
    """Draw shapes in the colour of their net sales, over the grey ones that have none."""
    sales = "properties.net_sales_by_order_date"
    filled = _fill_shapes(layer, places)
    names = {feature["properties"]["name"] for feature in filled}
    empty = [shape for shape in load_shapes(layer) if shape["properties"]["name"] not in names]
    ground = alt.Chart(alt.InlineData(values=empty)).mark_geoshape(color=NO_SALES)
    shapes = alt.Chart(alt.InlineData(values=filled)).mark_geoshape()
    tooltip = [
        tip_name("properties.name", "Place"),
        tip_amount(sales),
        tip_share("properties.share_of_total", "Share of sales after discount"),
        tip_number("properties.orders", "Orders"),
        tip_number("properties.customers", "Customers"),
        tip_name("properties.top", "Best category"),
    ]
    colour = make_ramp(sales, f"Net sales ({CURRENCY_UNIT})", AMOUNT)
    return [
        ground.encode(tooltip=[tip_name("properties.name", "No sales in")]).project(projection),
        shapes.encode(color=colour, tooltip=tooltip).project(projection),
    ]


def draw_states(frame: pd.DataFrame) -> Drawing:
    """Draw the states of the USA in the colour of their net sales.

    Parameters
    ----------
    frame
        Rows of place_level state: country, region, state and the measures.

    Returns
    -------
    Chart
        A map; states without sales are grey.
    """
    states = frame[frame["country"].isin(["United States", "USA"])].assign(shape=frame["state"])
    names = {feature["properties"]["name"] for feature in load_shapes("states")}
    found = states[states["shape"].isin(names)]
    if found.empty:
        return draw_nothing("No state of the USA has sales", "The map shows the states of the USA.")
    top = found.sort_values(["net_sales_by_order_date", "state"]).iloc[-1]
    title = make_title(
        f"{top['state']} sells most: {write_amount(top['net_sales_by_order_date'])}",
        f"Net sales by state, {CURRENCY_UNIT}; {write_count(len(found), 'state')} with sales",
    )
    return draw_layers(_draw_shapes("states", found, "albersUsa"), title, 380)


def draw_countries(frame: pd.DataFrame) -> Drawing:
    """Draw the countries in the colour of their net sales.

    Parameters
    ----------
    frame
        Rows of place_level country: country, latitude, longitude and the measures.

    Returns
    -------
    Chart
        A map; countries too small for a shape are points, those without a place are counted.
    """
    known = frame[~frame["country"].isin(UNKNOWN)]
    if known.empty:
        return draw_nothing("No country has sales", LOAD)
    known = known.assign(shape=[name_shape("countries", name) for name in known["country"]])
    names = {feature["properties"]["name"] for feature in load_shapes("countries")}
    has_shape = known["shape"].isin(names)
    points = known[~has_shape].dropna(subset=["latitude", "longitude"])
    absent = len(known) - has_shape.sum() - len(points)
    top = known.sort_values(["net_sales_by_order_date", "country"]).iloc[-1]
    subtitle = f"Net sales by country, {CURRENCY_UNIT}; "
    subtitle += write_count(len(known), "country", "countries")
    if absent:
        subtitle += f", {absent} without a place on the map"
    title = make_title(
        f"{top['country']} sells most: {write_amount(top['net_sales_by_order_date'])}", subtitle
    )
    layers = _draw_shapes("countries", known[has_shape], "equalEarth")
    if len(points):
        layers.append(_draw_points(points).project("equalEarth"))
    return draw_layers(layers, title, 330)


def _draw_points(places: pd.DataFrame) -> alt.Chart:
    """Draw places that have no shape as points."""
    chart = alt.Chart(places).mark_circle(size=50, color=ORANGE, opacity=1)
    return chart.encode(
        longitude="longitude:Q",
        latitude="latitude:Q",
        tooltip=[tip_name("country", "Place"), tip_amount(), tip_number("orders", "Orders")],
    )


CHARTS = (
    ChartDefinition(
        "regions",
        "overview",
        "Sales by region",
        "select region, net_sales_by_order_date, orders, top_category_1, "
        "top_category_1_share, top_category_2, top_category_2_share, top_category_3, "
        "top_category_3_share from marts.mart_sales_by_region order by 1",
        draw_regions,
    ),
    ChartDefinition(
        "map_of_states",
        "geography",
        "Map of states",
        f"{STATES} order by country, state",
        draw_states,
    ),
    ChartDefinition(
        "map_of_countries",
        "geography",
        "Map of countries",
        f"{COUNTRIES} order by country",
        draw_countries,
    ),
)
