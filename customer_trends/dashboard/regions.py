"""The ring of regions, with the categories that contribute most to each."""

from typing import Any

import altair as alt
import pandas as pd

from customer_trends.charts.definition import Drawing
from customer_trends.charts.geography import draw_regions

RANKS = (1, 2, 3)


def rank_categories(cells: pd.DataFrame) -> pd.DataFrame:
    """Add up cells of region and category to regions, each with its best categories.

    Parameters
    ----------
    cells
        region, category, net_sales_by_order_date, orders.

    Returns
    -------
    DataFrame
        region, net_sales_by_order_date, orders, and top_category_1 to _3 with their shares of the
        region.
        An order in two categories is counted in both.
    """
    rows = []
    for region, members in cells.groupby("region"):
        best = members.sort_values(["net_sales_by_order_date", "category"], ascending=[False, True])
        total = best["net_sales_by_order_date"].sum()
        row: dict[str, Any] = {
            "region": region,
            "net_sales_by_order_date": total,
            "orders": int(best["orders"].sum()),
        }
        for rank in RANKS:
            is_there = len(best) >= rank and total > 0
            row[f"top_category_{rank}"] = best["category"].iloc[rank - 1] if is_there else None
            row[f"top_category_{rank}_share"] = (
                best["net_sales_by_order_date"].iloc[rank - 1] / total if is_there else None
            )
        rows.append(row)
    columns = ["region", "net_sales_by_order_date", "orders"]
    columns += [f"top_category_{rank}{end}" for rank in RANKS for end in ("", "_share")]
    return pd.DataFrame(rows, columns=columns)


def draw_ring(frame: pd.DataFrame) -> Drawing:
    """Draw the ring alone: a chart of several layers cannot be clicked in Streamlit."""
    chart = draw_regions(frame)
    if isinstance(chart, alt.LayerChart):
        ring: Any = chart.layer[0]
        ring = ring.mark_arc(innerRadius=62, outerRadius=105)
        chart = ring.properties(data=chart.data, height=320, title=chart.title)
    return chart
