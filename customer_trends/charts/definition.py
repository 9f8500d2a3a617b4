"""What every chart is made of: its query over marts, its finding as a title, its empty state."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import altair as alt
import pandas as pd

from customer_trends.charts.style import HEIGHT, WIDTH
from customer_trends.presentation.frames import Read, make_plain

Drawing = alt.Chart | alt.LayerChart
TITLE_LENGTH = 74
# Marks an empty state and holds its words, in the user's part of a specification.
EMPTY = "what_to_do"


def list_marts(query: str) -> list[str]:
    """List the marts that a query reads.

    Parameters
    ----------
    query
        SQL over ``marts.mart_*`` and ``cube.mart_*``.

    Returns
    -------
    list of str
        Names in the order of the query, each once.
    """
    return list(dict.fromkeys(re.findall(r"\b(?:marts|cube)\.(mart_\w+)", query)))


@dataclass(frozen=True)
class ChartDefinition:
    """A chart of the marts.

    Attributes
    ----------
    name
        Name of its files.
    page
        Page it belongs to: overview, trends, customers, geography, operations or quality.
    heading
        What it shows, whatever the data.
    query
        Portable SQL over ``marts.mart_*`` whose frame ``draw`` takes.
    draw
        Function from that frame to the chart.
    """

    name: str
    page: str
    heading: str
    query: str
    draw: Callable[[pd.DataFrame], Drawing]

    @property
    def marts(self) -> list[str]:
        """Marts that the chart reads, sorted."""
        return sorted(list_marts(self.query))

    def make(self, read: Read) -> Drawing:
        """Read the marts and draw.

        Parameters
        ----------
        read
            Runs SQL over ``marts.mart_*``.

        Returns
        -------
        Chart
            Chart without a theme; see ``chart_style.paint``.
        """
        chart = self.draw(make_plain(read(self.query)))
        title, subtitle = read_title(chart)
        description = f"{self.heading}. {title}. {subtitle}".strip()
        return chart.properties(description=description)


def make_title(finding: str, subtitle: str) -> alt.TitleParams:
    """Make the title of a chart.

    Parameters
    ----------
    finding
        What the chart says, without a full stop.
    subtitle
        What is drawn: measure, unit, scope.

    Returns
    -------
    TitleParams
        Title, broken into lines.
    """
    return alt.TitleParams(
        text=wrap(finding, TITLE_LENGTH),
        subtitle=wrap(subtitle, TITLE_LENGTH + 16),
    )


def read_title(chart: Drawing) -> tuple[str, str]:
    """Read the finding of a chart and the line below it, to show them outside the picture.

    Parameters
    ----------
    chart
        Chart of this package.

    Returns
    -------
    tuple of str
        Finding and subtitle, each on one line.
    """
    title: dict[str, Any] = chart.title.to_dict()
    return " ".join(title["text"]), " ".join(title["subtitle"])


def draw_nothing(finding: str, fix: str) -> alt.Chart:
    """Draw the empty state of a chart.

    Parameters
    ----------
    finding
        What is missing.
    fix
        What fills the chart.

    Returns
    -------
    Chart
        The words where the chart would be.
    """
    values = pd.DataFrame({"words": [fix]})
    title = make_title(finding, "")
    meta = {EMPTY: fix}
    return (
        alt.Chart(values, width=WIDTH, height=HEIGHT // 3, title=title, usermeta=meta)
        .mark_text(fontSize=13, limit=WIDTH)
        .encode(text=alt.Text("words:N"), tooltip=alt.Tooltip("words:N", title="What to do"))
    )


def draw_unscored(what: str, job: str = "") -> alt.Chart:
    """Draw the empty state of a model that has not run.

    Parameters
    ----------
    what
        What is missing.
    job
        Job that makes it; none stands for all.

    Returns
    -------
    Chart
        The words where the chart would be, with the command.
    """
    return draw_nothing(what, f"Run the model: customer-trends score {job}".strip())
