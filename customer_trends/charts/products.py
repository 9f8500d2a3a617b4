"""Charts of what is sold: categories, products, discounts."""

import altair as alt
import pandas as pd

from customer_trends.charts.definition import (
    ChartDefinition,
    Drawing,
    draw_nothing,
    make_title,
)
from customer_trends.charts.parts import (
    draw_rows,
    make_axis,
    make_month_axis,
    make_ramp,
    tip_amount,
    tip_month,
    tip_name,
    tip_number,
    tip_share,
)
from customer_trends.charts.sales import LOAD, NET_SALES, NO_SALES
from customer_trends.charts.style import (
    AMOUNT,
    CURRENCY_UNIT,
    HEIGHT,
    LEVEL,
    NUMBER,
    ROW_HEIGHT,
    WIDTH,
)
from customer_trends.presentation.wording import write_amount, write_month, write_share

CUBE = "from cube.mart_sales_cube where period_type = 'all' and segment = 'ALL'"
# Products that get a line of their own.
PRODUCT_LINES = 5


def draw_categories(frame: pd.DataFrame) -> Drawing:
    """Draw net sales by category.

    Parameters
    ----------
    frame
        category, net_sales_by_order_date, units_sold, orders.

    Returns
    -------
    Chart
        Bars, the largest first.
    """
    if frame.empty:
        return draw_nothing(NO_SALES, LOAD)
    ranked = frame.sort_values(["net_sales_by_order_date", "category"], ascending=[False, True])
    total, top = ranked["net_sales_by_order_date"].sum(), ranked.iloc[0]
    finding = f"{top['category']} sells most: {write_amount(top['net_sales_by_order_date'])}"
    if total > 0:
        finding += f", {write_share(top['net_sales_by_order_date'] / total)} of net sales"
    return draw_rows(
        ranked.assign(share=ranked["net_sales_by_order_date"] / total if total > 0 else None),
        make_title(finding, f"Net sales by category, {CURRENCY_UNIT}, all periods"),
        "category",
        make_axis(alt.X, "net_sales_by_order_date", NET_SALES, AMOUNT),
        [
            tip_name("category", "Category"),
            tip_amount(),
            tip_share("share", "Share of net sales"),
            tip_number("orders", "Orders"),
            tip_number("units_sold", "Units"),
        ],
    )


def draw_regions_and_categories(frame: pd.DataFrame) -> Drawing:
    """Draw net sales of each category in each region.

    Parameters
    ----------
    frame
        region, category, net_sales_by_order_date, orders.

    Returns
    -------
    Chart
        A grid; the stronger the colour, the more.
    """
    if frame.empty:
        return draw_nothing(NO_SALES, LOAD)
    top = frame.sort_values(["net_sales_by_order_date", "region", "category"]).iloc[-1]
    amount = write_amount(top["net_sales_by_order_date"])
    title = make_title(
        f"{top['category']} in {top['region']} is the largest cell: {amount}",
        f"Net sales by category and region, {CURRENCY_UNIT}, all periods",
    )
    rows = list(
        frame.groupby("category")["net_sales_by_order_date"].sum().sort_values().index[::-1]
    )
    chart = alt.Chart(frame, width=WIDTH, height=alt.Step(ROW_HEIGHT + 4), title=title)
    return chart.mark_rect(cornerRadius=2).encode(
        x=alt.X("region:N", title=None, axis=alt.Axis(orient="top", **LEVEL)),
        y=alt.Y("category:N", title=None, sort=rows),
        color=make_ramp("net_sales_by_order_date", NET_SALES, AMOUNT),
        tooltip=[
            tip_name("region", "Region"),
            tip_name("category", "Category"),
            tip_amount(),
            tip_number("orders", "Orders"),
        ],
    )


def draw_top_products(frame: pd.DataFrame) -> Drawing:
    """Draw the products that sell most.

    Parameters
    ----------
    frame
        product_name, category, net_sales_by_order_date, units_sold, sales_rank.

    Returns
    -------
    Chart
        Bars in the colour of the category.
    """
    if frame.empty:
        return draw_nothing("No product has been sold", LOAD)
    ranked = frame.sort_values("sales_rank")
    top = ranked.iloc[0]
    return draw_rows(
        ranked,
        make_title(
            f"{top['product_name']} is the best seller: "
            f"{write_amount(top['net_sales_by_order_date'])}",
            f"Products with the highest net sales, {CURRENCY_UNIT}, all periods",
        ),
        "product_name",
        make_axis(alt.X, "net_sales_by_order_date", NET_SALES, AMOUNT),
        [
            tip_name("product_name", "Product"),
            tip_name("category", "Category"),
            tip_number("sales_rank", "Rank"),
            tip_amount(),
            tip_number("units_sold", "Units"),
        ],
        color=alt.Color("category:N", title=None),
    )


def draw_product_trends(frame: pd.DataFrame) -> Drawing:
    """Draw the best-selling products by month.

    Parameters
    ----------
    frame
        month_start_date, product_name, net_sales_by_order_date, units_sold.

    Returns
    -------
    Chart
        A line per product.
    """
    if frame.empty:
        return draw_nothing("No product has dated sales", LOAD)
    peak = frame.sort_values(["net_sales_by_order_date", "month_start_date", "product_name"]).iloc[
        -1
    ]
    order = list(
        frame.groupby("product_name")["net_sales_by_order_date"].sum().sort_values().index[::-1]
    )
    title = make_title(
        f"{peak['product_name']} had the best month: "
        f"{write_amount(peak['net_sales_by_order_date'])} in "
        f"{write_month(peak['month_start_date'])}",
        f"Net sales of the products that sell most ({len(order)}), {CURRENCY_UNIT} a month",
    )
    chart = alt.Chart(frame, width=WIDTH, height=HEIGHT, title=title)
    return chart.mark_line().encode(
        x=make_month_axis(),
        y=make_axis(alt.Y, "net_sales_by_order_date", NET_SALES, AMOUNT),
        color=alt.Color("product_name:N", title=None, sort=order).legend(columns=2),
        strokeDash=alt.StrokeDash("product_name:N", sort=order, legend=None),
        tooltip=[
            tip_month(),
            tip_name("product_name", "Product"),
            tip_amount(),
            tip_number("units_sold", "Units"),
        ],
    )


def draw_discounts(frame: pd.DataFrame) -> Drawing:
    """Draw how deep the discounts of orders were.

    Parameters
    ----------
    frame
        depth_band, sort_order, orders, average_order_value.

    Returns
    -------
    Chart
        Bars by depth.
    """
    ranked = frame[frame["orders"] > 0].sort_values("sort_order")
    if ranked.empty:
        return draw_nothing(NO_SALES, LOAD)
    ranked = ranked.assign(share=ranked["orders"] / ranked["orders"].sum())
    top = ranked.sort_values(["orders", "sort_order"], ascending=[False, True]).iloc[0]
    return draw_rows(
        ranked,
        make_title(
            f"{top['depth_band']}: {write_share(top['share'])} of orders, more than any other",
            "Orders by depth of discount, share of gross sales",
        ),
        "depth_band",
        make_axis(alt.X, "orders", "Orders"),
        [
            tip_name("depth_band", "Discount"),
            tip_number("orders", "Orders"),
            tip_share("share", "Share of orders"),
            tip_number("average_order_value", f"Average order ({CURRENCY_UNIT})", NUMBER),
        ],
    )


CHARTS = (
    ChartDefinition(
        "categories",
        "overview",
        "Sales by category",
        "select category, net_sales_by_order_date, units_sold, orders "
        f"{CUBE} and region = 'ALL' and category <> 'ALL' order by 1",
        draw_categories,
    ),
    ChartDefinition(
        "regions_and_categories",
        "overview",
        "Sales by region and category",
        "select region, category, net_sales_by_order_date, orders "
        f"{CUBE} and region <> 'ALL' and category <> 'ALL' order by 1, 2",
        draw_regions_and_categories,
    ),
    ChartDefinition(
        "top_products",
        "overview",
        "Best-selling products",
        "select product_name, category, net_sales_by_order_date, units_sold, sales_rank "
        "from marts.mart_product_performance where sales_rank <= 10 order by 5",
        draw_top_products,
    ),
    ChartDefinition(
        "discounts",
        "overview",
        "Discounts",
        "select depth_band, sort_order, orders, average_order_value "
        "from marts.mart_discounts_by_depth_band order by 2",
        draw_discounts,
    ),
    ChartDefinition(
        "product_trends",
        "trends",
        "Product trends",
        "select month_start_date, product_name, sum(net_sales_by_order_date) as "
        "net_sales_by_order_date, "
        "sum(units_sold) as units_sold "
        "from marts.mart_product_sales_monthly where product_key in (select product_key "
        f"from marts.mart_product_performance where sales_rank <= {PRODUCT_LINES}) "
        "group by 1, 2 order by 1, 2",
        draw_product_trends,
    ),
)
