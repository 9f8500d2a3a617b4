"""Where each figure of a sentence comes from: one value of one mart, read by one query."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from customer_trends.presentation.frames import Read, make_plain

# Fewer things than this are too few to speak of a share of them.
FEWEST = 20
# A headline figure of mart_kpi, by its name.
KPI = "kpi_id = "


@dataclass(frozen=True)
class Fact:
    """A value of a mart.

    Attributes
    ----------
    value
        The value; NULL is not a fact.
    mart
        Mart that holds it.
    column
        Column, or an SQL expression over columns.
    rows
        SQL condition of its rows.
    order
        SQL order whose first row it is; empty where there is one row.
    """

    value: Any
    mart: str
    column: str
    rows: str
    order: str

    @property
    def query(self) -> str:
        """SQL that gives the value again."""
        return write_query(self.mart, self.column, self.rows, self.order)


@dataclass(frozen=True)
class Figure(Fact):
    """A value that stands in a sentence.

    Attributes
    ----------
    shown
        The value as it is written there.
    """

    shown: str


@dataclass(frozen=True)
class Insight:
    """A sentence about the marts.

    Attributes
    ----------
    text
        One or two sentences.
    mart
        Mart of the first figure.
    column
        Column of the first figure.
    values
        Every figure and name in the text, in their order.
    """

    text: str
    mart: str
    column: str
    values: tuple[Figure, ...]


def qualify(mart: str) -> str:
    """Put the schema of a mart before its name.

    Parameters
    ----------
    mart
        Mart.

    Returns
    -------
    str
        The cube, which holds rows of many grains, has a schema of its own.
    """
    return f"{'cube' if mart.endswith('_cube') else 'marts'}.{mart}"


def write_query(mart: str, column: str, rows: str, order: str) -> str:
    """Write the query of one value.

    Parameters
    ----------
    mart
        Mart.
    column
        Column, or an SQL expression over columns.
    rows
        SQL condition.
    order
        SQL order, or nothing.

    Returns
    -------
    str
        Portable SQL that gives at most one row of one column.
    """
    query = f"select {column} as fact from {qualify(mart)} where {rows}"
    return f"{query} order by {order} limit 1" if order else query


class Notes:
    """Reads the facts of one sentence and keeps those that are cited in it."""

    def __init__(self, read: Read) -> None:
        """Start with none.

        Parameters
        ----------
        read
            Runs SQL over ``marts.mart_*``.
        """
        self.read = read
        self.cited: list[Figure] = []

    def find(self, mart: str, column: str, rows: str = "1 = 1", order: str = "") -> Fact | None:
        """Read one value.

        Parameters
        ----------
        mart
            Mart.
        column
            Column, or an SQL expression over columns.
        rows
            SQL condition.
        order
            SQL order whose first row counts.

        Returns
        -------
        Fact or None
            None where there is no row, or NULL.
        """
        frame = make_plain(self.read(write_query(mart, column, rows, order)))
        if frame.empty or pd.isna(frame["fact"].iloc[0]):
            return None
        return Fact(frame["fact"].iloc[0], mart, column, rows, order)

    def has_enough(self) -> bool:
        """Return whether there are enough counted orders to speak of shares of them."""
        orders = self.find("mart_kpi", "kpi_value", f"{KPI}'orders'")
        return orders is not None and orders.value >= FEWEST

    def cite(self, fact: Fact, write: Callable[[Any], str] = str) -> str:
        """Write a fact into the sentence.

        Parameters
        ----------
        fact
            Fact of ``find``.
        write
            How its value is written.

        Returns
        -------
        str
            Its text, which is kept with the fact.
        """
        shown = write(fact.value)
        self.cited.append(Figure(fact.value, fact.mart, fact.column, fact.rows, fact.order, shown))
        return shown

    def finish(self, text: str) -> Insight:
        """End the sentence.

        Parameters
        ----------
        text
            Text with what ``cite`` gave.

        Returns
        -------
        Insight
            The sentence with its figures.
        """
        first = self.cited[0]
        return Insight(text[:1].upper() + text[1:], first.mart, first.column, tuple(self.cited))


Rule = Callable[[Notes], Insight | None]
