"""Read marts for people: from the published file where there is one, else from the warehouse."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from customer_trends.charts.definition import list_marts
from customer_trends.engines.connect import connect
from customer_trends.engines.settings import DuckdbFile, find_settings
from customer_trends.errors import InvalidOptionError, WarehouseError
from customer_trends.presentation.frames import Read
from customer_trends.project.paths import find_published

LAYERS = ("marts", "cube")


@dataclass(frozen=True)
class Marts:
    """Marts that can be read.

    Attributes
    ----------
    read
        Runs SQL over ``marts.mart_*`` and gives a frame; none of a mart that is not there.
    names
        Marts that are there.
    location
        Where they are, for people.
    """

    read: Read
    names: frozenset[str]
    location: str


@contextmanager
def open_marts(root: Path, target: str) -> Iterator[Marts]:
    """Open the marts of a target, read-only.

    Parameters
    ----------
    root
        Project folder.
    target
        Target of the profile. For DuckDB the published file is read where there is one, so that
        no build has to wait.

    Yields
    ------
    Marts
        What can be read.

    Raises
    ------
    WarehouseError
        If there are no marts yet.
    """
    if target == "spark":
        raise InvalidOptionError("There is no report of spark: use duckdb, mysql or mariadb.")
    settings, published = find_settings(root, target), find_published(root)
    if isinstance(settings, DuckdbFile) and published.exists():
        settings = DuckdbFile(published)
    with connect(settings, read_only=True) as engine:
        names = frozenset(
            name for layer in LAYERS for name in engine.list_tables(engine.schema(layer))
        )
        yield _make_marts(engine.fetch_frame, names, engine.location)


def _make_marts(read: Read, names: frozenset[str], location: str) -> Marts:
    """Stop where nothing has been built; marts of later versions are as if empty."""
    if not names:
        raise WarehouseError(f"There are no marts in {location}: run customer-trends build.")

    def read_known(query: str) -> pd.DataFrame:
        return read(query) if names.issuperset(list_marts(query)) else pd.DataFrame()

    return Marts(read_known, names, location)
