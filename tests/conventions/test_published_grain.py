"""What is published has one grain, and says of each number whether it may be added up."""

from typing import Any

Node = dict[str, Any]

ADDITIVITY = {"additive", "semi-additive", "none"}
NUMBERS = ("bigint", "decimal", "double", "integer")
# Columns that say which of several grains a row has.
KINDS = {
    "slice_type", "period_type", "pattern_type", "pattern_name", "demographic",
    "member", "method_version", "place_level", "series_level", "grouping_id",
}  # fmt: skip


def list_published(manifest: Node, *schemas: str) -> list[Node]:
    """List the published models of some schemas."""
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["config"]["access"] == "public"
        and node["config"]["schema"] in schemas
    ]


def list_numbers(node: Node) -> list[Node]:
    """List the columns of a model that hold numbers."""
    return [
        column
        for column in node["columns"].values()
        if str(column["data_type"]).startswith(NUMBERS)
    ]


def test_marts_have_one_grain(manifest: Node) -> None:
    """Rows of several kinds stand in the cube alone, whose schema says so."""
    marts = list_published(manifest, "core", "marts")
    assert len(marts) > 90
    faults = {node["name"]: KINDS & set(node["columns"]) for node in marts}
    assert not {name: found for name, found in faults.items() if found}
    assert [node["name"] for node in list_published(manifest, "cube")] == ["mart_sales_cube"]


def test_every_number_says_whether_it_adds_up(manifest: Node) -> None:
    numbers = [
        (node["name"], column)
        for node in list_published(manifest, "core", "marts", "cube")
        for column in list_numbers(node)
    ]
    assert len(numbers) > 700
    faults = [
        f"{name}.{column['name']}: {column['meta'].get('additivity')}"
        for name, column in numbers
        if column["meta"].get("additivity") not in ADDITIVITY
        or (column["name"].endswith("_key") and column["meta"]["additivity"] != "none")
    ]
    assert not faults, "\n".join(["", *faults])


def test_additive_columns_are_compared_with_the_facts(manifest: Node) -> None:
    """A mart that has an additive column has the rule that adds it up."""
    checked = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") == "rules"
        and node["test_metadata"]["kwargs"].get("adds_up")
    }
    marts = list_published(manifest, "marts", "cube")
    additive = {
        node["unique_id"]
        for node in marts
        if any(column["meta"].get("additivity") == "additive" for column in list_numbers(node))
    }
    assert len(additive) > 50
    assert additive == checked
