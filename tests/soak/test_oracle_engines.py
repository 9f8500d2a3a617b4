"""Every mart of small random shops is what the oracle computes, on the other engines, too.

So are corrections kept there.
"""

from collections.abc import Iterator

import pytest
from lanes import TARGETS, Lane, open_lane
from missing import fail_without
from oracle.catalogue import find_world
from oracle.settings import Settings
from restatements import check_restatements
from servers.database_servers import ServerUnobtainableError
from servers.server_pool import ServerPool
from worlds import build_world, find_differences

OTHERS = [target for target in TARGETS if target != "duckdb"]
SHOPS = ["one customer", "all guests", "all returned", "one day", "all ties", "no orders",
         "three years", "seed 9", "seed 11", "seed 12", "seed 17"]  # fmt: skip


@pytest.fixture(scope="module", params=OTHERS)
def engine(
    request: pytest.FixtureRequest,
    server_pool: ServerPool,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Lane]:
    """Open each of the other engines in turn; one that cannot be had is skipped, and said so."""
    folder = tmp_path_factory.mktemp(request.param)
    try:
        with open_lane(request.param, folder, server_pool, has_cluster=False) as lane:
            yield lane
    except ServerUnobtainableError as error:
        fail_without(request.param, error)


@pytest.mark.parametrize("name", SHOPS)
def test_marts_are_those_of_the_oracle(engine: Lane, name: str) -> None:
    """Load, build and dump by the command line; compare every row and column of every mart."""
    world = find_world(name)
    built = build_world(engine, world, engine.folder / "files")
    differences = find_differences(world, built, Settings())
    assert not differences, f"{engine.target}, as of {world.as_of}:\n" + "\n".join(differences)


def test_corrections_are_kept(engine: Lane) -> None:
    """What an earlier build said of a month is compared with what a later one says."""
    check_restatements(engine)
