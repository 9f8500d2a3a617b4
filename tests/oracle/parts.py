"""Take a published relation, which has one grain, out of rows of several kinds."""

from collections.abc import Callable, Iterator

from oracle.shop import Shop
from oracle.values import UNKNOWN_DATE, Row

Compute = Callable[[Shop], Iterator[Row]]


def take(
    compute: Compute,
    kind: dict[str, str],
    names: dict[str, str] | None = None,
    leaves_out: tuple[str, ...] = (),
) -> Compute:
    """Make a function that computes the rows of one kind.

    Parameters
    ----------
    compute
        Computes rows of all kinds.
    kind
        Columns, and what they hold in the rows to take; the columns themselves are left out.
    names
        Column to its name in the published relation.
    leaves_out
        Further columns that the published relation does not have.

    Returns
    -------
    callable
        Computes the rows to take; what has no date has none.
    """
    gone, named = {*kind, *leaves_out}, names or {}

    def compute_part(shop: Shop) -> Iterator[Row]:
        for row in compute(shop):
            if all(row[column] == value for column, value in kind.items()):
                yield {
                    named.get(column, column): None if value == UNKNOWN_DATE else value
                    for column, value in row.items()
                    if column not in gone
                }

    return compute_part


def take_slices(
    compute: Compute,
    mart: str,
    kinds: tuple[str, ...],
    of_all: tuple[str, ...] = (),
    of_slices: tuple[str, ...] = (),
    of_categories: tuple[str, ...] = (),
) -> dict[str, Compute]:
    """Make the functions for all sales and for each slice.

    Parameters
    ----------
    compute
        Computes rows with slice_type and slice_name.
    mart
        Name of the relation of all sales; those of slices have the slice after it.
    kinds
        Slices that have a relation.
    of_all, of_slices, of_categories
        Columns that only the others have.

    Returns
    -------
    dict
        Relation to what computes it.
    """
    parts = {mart: take(compute, {"slice_type": "all"}, leaves_out=("slice_name", *of_all))}
    for kind in kinds:
        gone = of_slices + (of_categories if kind == "category" else ())
        parts[f"{mart}_by_{kind}"] = take(compute, {"slice_type": kind}, {"slice_name": kind}, gone)
    return parts
