"""Compare a mart of the warehouse with what the oracle computes, by row and column."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from oracle.values import Row, Value

MOST_DIFFERENCES = 12


@dataclass(frozen=True)
class Table:
    """Rows of a mart and the columns that distinguish them."""

    name: str
    key: tuple[str, ...]
    rows: list[Row]


def kind_of(value: Value) -> str:
    """Name the kind of a value: a count is no amount, a day is no moment."""
    if isinstance(value, bool):
        return "truth"
    kinds = ((int, "count"), (Decimal, "amount"), (datetime, "moment"), (date, "day"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "text")


def is_equal(expected: Value, got: Value) -> bool:
    """Compare values; NULL equals NULL alone."""
    if expected is None or got is None:
        return expected is got
    is_like = type(expected) is type(got) or kind_of(expected) == kind_of(got)
    return is_like and expected == got


def index(table: Table) -> dict[tuple[Value, ...], Row]:
    """Index rows by their key."""
    return {tuple(row.get(column) for column in table.key): row for row in table.rows}


def show(values: Iterable[Value]) -> str:
    """Write values for people."""
    return ", ".join("NULL" if value is None else str(value) for value in values)


def compare(expected: Table, got: Table, world: str) -> list[str]:
    """List the differences of a mart, each with mart, key, column, both values and the world.

    Parameters
    ----------
    expected
        What the oracle computes.
    got
        What the warehouse has.
    world
        Name of the shop, by which it can be made again.

    Returns
    -------
    list of str
        One line per difference, the first few of each kind; empty when all is equal.
    """
    found: dict[str, list[str]] = {}

    def note(kind: str, text: str) -> None:
        found.setdefault(kind, []).append(f"{got.name} [{world}]: {text}")

    wanted, had = index(expected), index(got)
    if len(wanted) < len(expected.rows) or len(had) < len(got.rows):
        note("key", f"the key ({', '.join(got.key)}) is not unique")
    for key in wanted.keys() - had.keys():
        note("missing", f"({show(key)}) is missing: {wanted[key]}")
    for key in had.keys() - wanted.keys():
        note("extra", f"({show(key)}) should not be there: {had[key]}")
    for key in wanted.keys() & had.keys():
        for column in wanted[key].keys() | had[key].keys():
            if column not in had[key]:
                note(column, f"({show(key)}) {column}: there is no such column")
            elif column not in wanted[key]:
                note(column, f"({show(key)}) {column}: the oracle has no such column")
            elif not is_equal(wanted[key][column], had[key][column]):
                values = show((wanted[key][column],)), show((had[key][column],))
                note(column, f"({show(key)}) {column}: expected {values[0]}, got {values[1]}")
    return [
        line
        for lines in found.values()
        for line in [*sorted(lines)[:MOST_DIFFERENCES], f"({len(lines)} of this kind)"]
    ]
