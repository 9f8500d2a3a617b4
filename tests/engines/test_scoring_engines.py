"""Scores are the same on every engine: labels equal, numbers to a billionth."""

import math
import os
import re

import pytest
from conftest import SOAK_VARIABLE
from lanes import Lane, Lanes

from python_ml.registry import JOB_MODULES
from python_ml.score_tables import PROVENANCE, SCORE_TABLES, SHARED_TABLES

# All jobs where long tests run; else those of customers.
CUSTOMER_JOBS = ("segments", "value")
JOBS = tuple(JOB_MODULES) if SOAK_VARIABLE in os.environ else CUSTOMER_JOBS
TARGETS = {"mysql": JOBS, "mariadb": JOBS, "spark": CUSTOMER_JOBS}
TOLERANCE = 1e-9
Rows = list[tuple[str | None, ...]]


def score(lane: Lane, jobs: tuple[str, ...]) -> dict[str, Rows]:
    """Score the marts of a lane; gives what its tables of scores hold, less the provenance."""
    models = str(lane.folder / "models")
    printed = lane.run("all", "score", *jobs, CUSTOMER_TRENDS_MODELS=models)
    assert not re.search(r"\bfailed\b", printed), printed
    prefix = "ml" if lane.target == "duckdb" else "ct_all_ml"
    queries = {}
    for name, table in SCORE_TABLES.items():
        if name not in SHARED_TABLES:
            columns = ", ".join(column for column in table.columns if column not in PROVENANCE)
            queries[name] = f"select {columns} from {prefix}.{name}"
    return lane.fetch_many("all", queries)


@pytest.fixture(scope="module")
def expected(lanes: Lanes) -> dict[str, Rows]:
    """Score on DuckDB."""
    lane = lanes.get("duckdb")
    lanes.builds["duckdb"].result()
    return score(lane, JOBS)


def order(rows: Rows) -> Rows:
    """Put rows in an order that no rounding changes: by what is no number, or a whole number."""

    def keys(row: tuple[str | None, ...]) -> list[str]:
        return [value or "" for value in row if not re.fullmatch(r"-?\d*\.\d.*", value or "")]

    return sorted(rows, key=keys)


def is_same(left: str | None, right: str | None) -> bool:
    """Return whether two values are equal; numbers to a billionth, yes and no as 1 and 0."""
    if left == right:
        return True
    words = {"True": "1", "False": "0"}
    left, right = words.get(left or "", left), words.get(right or "", right)
    if left is None or right is None:
        return False
    try:
        return math.isclose(float(left), float(right), rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    except ValueError:
        return left.split(" 00:00:00")[0] == right.split(" 00:00:00")[0]


@pytest.mark.parametrize("target", TARGETS)
def test_scores_equal_those_of_duckdb(lanes: Lanes, expected: dict[str, Rows], target: str) -> None:
    lane = lanes.get(target)
    lanes.builds[target].result()
    found = score(lane, TARGETS[target])
    compared = 0
    for name, rows in found.items():
        if not rows and TARGETS[target] != tuple(JOB_MODULES):
            continue
        wanted = order(expected[name])
        assert len(rows) == len(wanted), name
        for left, right in zip(order(rows), wanted, strict=True):
            differing = [pair for pair in zip(left, right, strict=True) if not is_same(*pair)]
            assert not differing, f"{name}: {differing} in {left} and {right}"
        compared += len(rows)
    assert compared > 5_000
