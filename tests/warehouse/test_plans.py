"""How DuckDB would run each model: no join compares every row with every row."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lanes import Lanes

# Operators that compare each row of one side with each row of the other.
NESTED = {"NESTED_LOOP_JOIN", "BLOCKWISE_NL_JOIN"}
CROSS = "CROSS_PRODUCT"
# With so few rows on one side (run_context, kinds of periods) each row is compared with few.
FEW_ROWS = 25
# Model to why it may have such a join.
ALLOWED: dict[str, str] = {
    "fct_sales_by_day": "every member of a slice has a row for every day",
    "int_demographics_by_slice": "one side is the row of all customers, which DuckDB cannot know",
}

Plan = dict[str, Any]


@pytest.fixture(scope="module")
def plans(lanes: Lanes) -> dict[str, list[Plan]]:
    """Explain the compiled SQL of every model of the build of the DuckDB lane."""
    lanes.builds["duckdb"].result()
    folder = lanes.get("duckdb").folder / "all"
    return explain_models(folder / "target" / "manifest.json", folder / "warehouse.duckdb")


def explain_models(manifest: Path, warehouse: Path) -> dict[str, list[Plan]]:
    """Explain every model that was compiled.

    Parameters
    ----------
    manifest
        Manifest of a build.
    warehouse
        DuckDB file that the build wrote.

    Returns
    -------
    dict
        Model to its plan.
    """
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    models = {
        node["name"]: node["compiled_code"]
        for node in nodes
        if node["resource_type"] == "model" and node.get("compiled_code")
    }
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {name: explain(connection, sql) for name, sql in sorted(models.items())}


def explain(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Plan]:
    """Explain a query; gives the roots of its physical plan."""
    row = connection.execute(f"explain (format json) {sql}").fetchone()
    assert row is not None
    roots: list[Plan] = json.loads(row[1])
    return roots


def list_faults(roots: list[Plan]) -> Iterator[str]:
    """List the joins of a plan that compare too many rows."""
    for operator in roots:
        children = operator.get("children", [])
        name = operator["name"].strip()
        if name in {*NESTED, CROSS} and min(map(count_rows, children)) > FEW_ROWS:
            sizes = " by ".join(str(count_rows(child)) for child in children)
            yield f"{name} of {sizes} rows {describe(operator)}".strip()
        yield from list_faults(children)


def count_rows(operator: Plan) -> int:
    """Give the rows that DuckDB expects of an operator."""
    return int(operator.get("extra_info", {}).get("Estimated Cardinality", 0))


def describe(operator: Plan) -> str:
    """Describe the conditions of a join."""
    return str(operator.get("extra_info", {}).get("Conditions", ""))


def test_no_model_compares_every_row_with_every_row(plans: dict[str, list[Plan]]) -> None:
    """Joins are by equality; a condition on one side alone would make a join a nested loop."""
    assert len(plans) > 100
    faults = {
        name: found
        for name, roots in plans.items()
        if (found := list(list_faults(roots))) and name not in ALLOWED
    }
    assert not faults, "\n".join(f"{name}: {'; '.join(found)}" for name, found in faults.items())


def test_what_is_allowed_is_needed(plans: dict[str, list[Plan]]) -> None:
    """A model that no longer has such a join leaves the list."""
    assert not {name for name in ALLOWED if not list(list_faults(plans[name]))}


@pytest.mark.parametrize(
    "join",
    [
        "left join right_side as r on l.k = 'x' or l.k = r.k",
        "left join right_side as r on l.v > 3 and l.v <> r.v",
        "cross join right_side as r",
    ],
)
def test_a_join_of_every_row_is_seen(join: str) -> None:
    """The check is no empty one: it names joins that are no joins by equality."""
    with duckdb.connect() as connection:
        for side in ("left_side", "right_side"):
            connection.execute(
                f"create table {side} as select i::varchar as k, i as v from range(1000) as t(i)"
            )
        plan = explain(connection, f"select l.k, r.v from left_side as l {join}")
        assert list(list_faults(plan))
        plan = explain(
            connection, "select l.k, r.v from left_side as l join right_side as r using (k)"
        )
        assert not list(list_faults(plan))
