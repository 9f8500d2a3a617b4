"""Income against spending as one picture that can be clicked."""

from typing import Any

import altair as alt
import pandas as pd

from customer_trends.charts.definition import Drawing
from customer_trends.charts.segments import draw_clusters


def draw_scatter(frame: pd.DataFrame) -> Drawing:
    """Draw the customers alone: a chart of several layers cannot be clicked in Streamlit.

    Parameters
    ----------
    frame
        Rows of ``queries.clusters``.

    Returns
    -------
    Chart
        A point per customer; keys are texts, as they are longer than a browser's numbers are exact.
    """
    keys = frame["customer_key"].map(lambda key: "" if pd.isna(key) else str(int(key)))
    chart = draw_clusters(frame.assign(customer_key=keys))
    if isinstance(chart, alt.LayerChart):
        points: Any = chart.layer[0]
        chart = points.properties(height=340, title=chart.title)
    return chart
