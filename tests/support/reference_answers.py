"""Reference answers of real data, and how marts are compared with them."""

import json
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

ANSWERS = Path(__file__).resolve().parents[1] / "data" / "reference"
CENT = Decimal("0.01")
MONTHLY = """
    select strftime(month_start_date, '%Y-%m'), sales_after_discount, orders, customers
    from marts.mart_sales_monthly where not is_undated and orders > 0
"""
SLICE = """
    select {0}, sum(sales_after_discount)
    from marts.mart_sales_monthly_by_{0} group by 1
"""


class Reference:
    """The reference answers of one data set, with the SQL that computed them from its files."""

    def __init__(self, data_set: str) -> None:
        """Read the answers of a data set."""
        path = ANSWERS / f"{data_set.replace('/', '_')}.json"
        self.figures = json.loads(path.read_text(encoding="utf-8"))["figures"]

    def rows(self, figure: str, *columns: str) -> list[tuple[Any, ...]]:
        """Pick columns of a figure's rows."""
        names = self.figures[figure]["columns"]
        picked = [names.index(column) for column in columns or names]
        return [tuple(row[i] for i in picked) for row in self.figures[figure]["rows"]]

    def value(self, figure: str, column: str) -> Any:
        """Pick the only value of a figure's only row."""
        ((value,),) = self.rows(figure, column)
        return value


def to_the_cent(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Write every amount with two decimals, so that figures of different precision compare."""

    def rounded(value: Any) -> Any:
        if isinstance(value, str):
            try:
                value = Decimal(value)
            except ArithmeticError:
                return value
        if isinstance(value, Decimal | float):
            return Decimal(str(value)).quantize(CENT, ROUND_HALF_UP)
        return value

    return sorted((tuple(map(rounded, row)) for row in rows), key=str)


def assert_same(actual: Iterable[tuple[Any, ...]], expected: Iterable[tuple[Any, ...]]) -> None:
    """Compare two sets of rows to the cent; there must be rows."""
    left, right = to_the_cent(actual), to_the_cent(expected)
    assert right
    assert left == right
