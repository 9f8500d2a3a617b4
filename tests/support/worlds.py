"""Build small random shops, by compiled SQL or by the command line, and compare all marts."""

import os
from collections.abc import Iterable
from pathlib import Path

from lanes import Lane
from oracle.compare import Table, compare
from oracle.dumps import read_marts
from oracle.marts import MARTS, compute
from oracle.settings import Settings
from oracle.world import World

# How many random shops to build; `make soak` sets more.
WORLDS_VARIABLE = "CUSTOMER_TRENDS_TEST_WORLDS"
DEFAULT_WORLDS = 12


def count_worlds() -> int:
    """Return how many random shops to build."""
    return int(os.environ.get(WORLDS_VARIABLE) or DEFAULT_WORLDS)


def find_differences(world: World, built: dict[str, Table], settings: Settings) -> list[str]:
    """Compare every mart of a shop with what the oracle computes.

    Parameters
    ----------
    world
        Shop.
    built
        Marts of the warehouse.
    settings
        Variables it was built with.

    Returns
    -------
    list of str
        Differences; empty when all is equal.
    """
    assert set(built) == set(MARTS), "every mart has its computation in the oracle"
    expected = compute(world, settings)
    return [
        line
        for name, table in sorted(built.items())
        for line in compare(Table(name, table.key, expected[name]), table, world.name)
    ]


def list_changes(before: dict[str, Table], after: dict[str, Table], name: str) -> list[str]:
    """List what is different between two builds."""
    return [line for mart, table in before.items() for line in compare(table, after[mart], name)]


def build_world(lane: Lane, world: World, folder: Path) -> dict[str, Table]:
    """Build a shop by the command line on the engine of a lane; gives its marts.

    Parameters
    ----------
    lane
        Engine.
    world
        Shop with at least one row.
    folder
        Where its files go.

    Returns
    -------
    dict
        Mart to its rows.
    """
    data_set = "".join(letter if letter.isalnum() else "_" for letter in world.name)
    options = ("--as-of", world.as_of) if world.as_of else ()
    files = {"shop": world.write(folder / data_set)}
    dump = lane.build_without_tests(data_set, files, *options)
    return read_marts(dump, lane.folder / data_set / "target" / "manifest.json")


def drop_columns(table: Table, columns: Iterable[str]) -> Table:
    """Give a table without some columns."""
    left_out = set(columns)
    rows = [
        {name: value for name, value in row.items() if name not in left_out} for row in table.rows
    ]
    return Table(table.name, table.key, rows)
