"""The published star and marts of the demo: complete, described in each place, nobody's name."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from star import STAR
from warehouses import Warehouse

Node = dict[str, Any]


@pytest.fixture(scope="module")
def manifest(demo_shop: tuple[Warehouse, str]) -> Node:
    """Give what the project declares."""
    path = demo_shop[0].folder / "target" / "manifest.json"
    manifest: Node = json.loads(path.read_text(encoding="utf-8"))
    return manifest


@pytest.fixture(scope="module")
def public(manifest: Node) -> dict[tuple[str, str], Node]:
    """Give the public models by schema and name."""
    return {
        (node["config"]["schema"], node["name"]): node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["access"] == "public"
    }


@pytest.fixture(scope="module")
def folder(demo_shop: tuple[Warehouse, str]) -> Path:
    """Give the folder of what was published."""
    return demo_shop[0].folder / "published"


def read(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """Query the published file, as a reader who has nothing else."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{folder / 'marts.duckdb'}' as published (read_only)")
        connection.execute("use published")
        return connection.execute(query).fetchall()


def describe(node: Node) -> dict[str, str]:
    """List what the YAML says of the columns that do not hold personal data."""
    return {
        name: " ".join(column["description"].split())
        for name, column in node["columns"].items()
        if not column["meta"].get("contains_pii")
    }


def test_the_star_and_the_marts_are_published(
    public: dict[tuple[str, str], Node], demo_shop: tuple[Warehouse, str], folder: Path
) -> None:
    """All public relations and no other, in the file and in Parquet, with all their rows."""
    assert {name for schema, name in public if schema == "core"} == STAR
    assert len([name for schema, name in public if schema == "marts"]) > 20
    tables = "select schema_name, table_name from duckdb_tables()"
    assert {row for row in read(folder, tables) if row[0] != "publication"} == set(public)
    assert {path.stem for path in (folder / "parquet").glob("*")} == {name for _, name in public}
    counts = dict(read(folder, "select relation, row_count from publication.relations"))
    assert sum(counts.values()) > 50_000
    for schema, name in public:
        ((rows,),) = demo_shop[0].query(f"select count(*) from {schema}.{name}")
        published = read(folder, f"select count(*) from {schema}.{name}")
        parquet = pq.read_metadata(folder / "parquet" / f"{name}.parquet").num_rows
        assert published == [(rows,)] and counts[name] == parquet == rows, name


def test_every_relation_and_column_says_what_it_is(
    public: dict[tuple[str, str], Node], folder: Path
) -> None:
    """The descriptions of the YAML are comments in the file and metadata in Parquet."""
    comments = "select schema_name, table_name, comment from duckdb_tables()"
    said = {row[:2]: row[2] for row in read(folder, comments) if row[0] != "publication"}
    assert said == {place: " ".join(node["description"].split()) for place, node in public.items()}
    comments = (
        "select schema_name, table_name, column_name, comment from duckdb_columns() "
        "where not internal"
    )
    columns: dict[tuple[str, str], dict[str, str]] = {}
    for schema, name, column, comment in read(folder, comments):
        if schema != "publication":
            columns.setdefault((schema, name), {})[column] = comment
    assert columns == {place: describe(node) for place, node in public.items()}
    assert sum(map(len, columns.values())) > 800
    assert all(text for texts in columns.values() for text in texts.values())
    for (schema, name), texts in columns.items():
        written = pq.read_schema(folder / "parquet" / f"{name}.parquet")
        metadata = {key.decode(): value.decode() for key, value in written.metadata.items()}
        assert metadata["relation"] == f"{schema}.{name}"
        assert metadata["description"] == said[schema, name]
        assert metadata["grain"] == public[schema, name]["config"]["meta"]["grain"]
        assert json.loads(metadata["columns"]) == texts
        assert written.names == list(texts)


def test_columns_are_listed(public: dict[tuple[str, str], Node], folder: Path) -> None:
    """A table says of each column where it is, its type, and how it may be added up."""
    listed = read(
        folder,
        "select schema_name, relation, column_name, data_type, additivity "
        "from publication.columns order by schema_name, relation, position",
    )
    assert listed == [
        (*place, name, node["columns"][name]["data_type"], node["columns"][name]["meta"].get(
            "additivity"))
        for place, node in sorted(public.items()) for name in describe(node)
    ]  # fmt: skip


def test_keys_join(manifest: Node, public: dict[tuple[str, str], Node], folder: Path) -> None:
    """In the published file alone, each fact finds its members in the dimensions."""
    places = {node["unique_id"]: f"{schema}.{name}" for (schema, name), node in public.items()}
    joins = 0
    for node in manifest["nodes"].values():
        test = node.get("test_metadata") or {}
        if test.get("name") != "relationships" or node["attached_node"] not in places:
            continue
        parents = set(node["depends_on"]["nodes"]) - {node["attached_node"]}
        assert parents <= set(places), node["name"]
        child, parent = places[node["attached_node"]], places[parents.pop()]
        keys = test["kwargs"]
        orphans = read(
            folder,
            f"select {keys['column_name']} from {child} where {node['config']['where'] or 'true'} "
            f"and {keys['column_name']} not in (select {keys['field']} from {parent})",
        )
        assert not orphans, node["name"]
        joins += 1
    assert joins > 30


def test_nobody_is_named(manifest: Node, public: dict[tuple[str, str], Node], folder: Path) -> None:
    """No column that is personal data anywhere in the project, by its mark or by its name."""
    nodes = [*manifest["nodes"].values(), *manifest["sources"].values()]
    personal = {
        name
        for node in nodes
        for name, column in node.get("columns", {}).items()
        if column["meta"].get("contains_pii")
    }
    assert {"customer_name", "email", "phone", "street_address", "postal_code"} <= personal
    columns = "select distinct column_name from duckdb_columns() where not internal"
    published = {row[0] for row in read(folder, columns)}
    assert "customer_key" in published and not published & personal
    for path in (folder / "parquet").glob("*.parquet"):
        assert not set(pq.read_schema(path).names) & personal, path.name
