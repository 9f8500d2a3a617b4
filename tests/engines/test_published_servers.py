"""What readers of a server find: comments on every public relation and column, and the star."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from dashboards import DATA_SET, publish_lane
from lanes import PROJECT, TARGETS, Lane, Lanes
from servers.database_servers import ENGINES

from customer_trends.engines import mysql_comments, spark_comments
from customer_trends.engines.interface import shorten

CORE = f"ct_{DATA_SET}_core"
READER, PASSWORD = "customer_trends_reader", "change this password, too"
RIGHTS = ("mysql_users.sql", "mysql_star_reader.sql")


@dataclass(frozen=True)
class Published:
    """A lane that is published, the public models of its manifest, the folder of Parquet files."""

    lane: Lane
    public: dict[tuple[str, str], dict[str, Any]]
    parquet: Path


@pytest.fixture(scope="module", params=[target for target in TARGETS if target != "duckdb"])
def published(
    request: pytest.FixtureRequest, lanes: Lanes, tmp_path_factory: pytest.TempPathFactory
) -> Published:
    """Publish the builds of an engine."""
    lane = lanes.get(request.param)
    lanes.builds[request.param].result()
    folder = tmp_path_factory.mktemp(request.param)
    publish_lane(lane, folder)
    manifest = json.loads((lane.folder / DATA_SET / "target" / "manifest.json").read_text())
    public = {
        (f"ct_{DATA_SET}_{node['config']['schema']}", node["name"]): node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["access"] == "public"
    }
    return Published(lane, public, folder / "published" / request.param / "parquet")


def shorten_all(said: dict[str, str], target: str) -> dict[str, str]:
    """Cut descriptions where an engine has no room for all of them."""
    limits = spark_comments if target == "spark" else mysql_comments
    return {
        name: shorten(text, limits.LONGEST_COLUMN if name else limits.LONGEST_TABLE)
        for name, text in said.items()
    }


def describe(node: dict[str, Any]) -> dict[str, str]:
    """Give what the YAML says of a relation, at an empty name, and of its columns."""
    columns = {
        name: column["description"]
        for name, column in node["columns"].items()
        if not column["meta"].get("contains_pii")
    }
    said = {"": node["description"], **columns}
    return {name: " ".join(text.split()) for name, text in said.items()}


def read_comments(published: Published) -> dict[tuple[str, str], dict[str, str]]:
    """Read all comments that are not empty, as a reader of the engine does."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    if published.lane.target == "spark":
        queries = {
            f"{schema}.{name}": f"describe table extended {schema}.{name}"
            for schema, name in published.public
        }
        for relation, rows in published.lane.fetch_many(DATA_SET, queries).items():
            schema, name = relation.split(".")
            columns = [column for column, *_ in rows]
            of_columns = rows[: columns.index("")]
            found[schema, name] = {str(row[0]): str(row[2]) for row in of_columns if row[2]}
            found[schema, name][""] = next(str(row[1]) for row in rows if row[0] == "Comment")
        return found
    comments = (
        "select table_schema, table_name, '', table_comment from information_schema.tables "
        "union all select table_schema, table_name, column_name, column_comment "
        "from information_schema.columns"
    )
    for schema, name, column, comment in published.lane.fetch(DATA_SET, comments):
        if (schema, name) in published.public and comment:
            found.setdefault((str(schema), str(name)), {})[str(column)] = comment
    return found


def test_everything_public_says_what_it_is(published: Published) -> None:
    """The descriptions of the YAML are comments on the server, and metadata in Parquet."""
    expected = {place: describe(node) for place, node in published.public.items()}
    assert sum(map(len, expected.values())) > 900
    target = published.lane.target
    assert read_comments(published) == {
        place: shorten_all(said, target) for place, said in expected.items()
    }
    for (schema, name), texts in expected.items():
        metadata = pq.read_schema(published.parquet / f"{name}.parquet").metadata
        said = {"": metadata[b"description"].decode(), **json.loads(metadata[b"columns"])}
        assert said == texts, (schema, name)


def test_parquet_holds_the_rows_of_the_server(published: Published) -> None:
    """The star and the marts, each with all its rows."""
    queries = {name: f"select count(*) from {schema}.{name}" for schema, name in published.public}
    for name, ((rows,),) in published.lane.fetch_many(DATA_SET, queries).items():
        path = published.parquet / f"{name}.parquet"
        assert pq.read_metadata(path).num_rows == int(rows or 0), name
    assert pq.read_metadata(published.parquet / "fct_sales.parquet").num_rows > 1_000


@pytest.mark.parametrize("published", ENGINES, indirect=True)
def test_a_reader_may_read_the_star(published: Published) -> None:
    """With the rights of the documents, which do not cover what names people."""
    lane = published.lane
    texts = [(PROJECT / "docs" / name).read_text("utf-8") for name in RIGHTS]
    rights = texts[0].split("-- Reads the marts")[1] + texts[1]
    rights = rights.replace("`customer_trends_core`", f"`{CORE}`")
    rights = rights.replace("`customer\\_trends\\_", f"`ct\\_{DATA_SET}\\_")
    lines = [line for line in rights.splitlines()[1:] if not line.startswith("--")]
    for statement in filter(str.strip, "\n".join(lines).split(";")):
        lane.execute(DATA_SET, statement)
    prefix = f"CUSTOMER_TRENDS_{lane.target.upper()}"
    reader = {f"{prefix}_USER": READER, f"{prefix}_PASSWORD": PASSWORD}
    star = [f"{CORE}.{name}" for schema, name in published.public if schema == CORE]
    assert len(star) > 15
    counts = " union all ".join(f"select '{name}', count(*) from {name}" for name in star)
    rows = dict(lane.fetch(DATA_SET, counts, **reader))
    assert set(rows) == set(star) and int(rows[f"{CORE}.fct_sales"] or 0) > 1_000
    for name in ("dim_customers_pii", "ops_quarantine"):
        with pytest.raises(AssertionError, match="refuses"):
            lane.fetch(DATA_SET, f"select count(*) from {CORE}.{name}", **reader)
    listed = f"select count(*) from ct_{DATA_SET}_publication.columns"
    columns = sum(len(describe(node)) - 1 for node in published.public.values())
    assert lane.fetch(DATA_SET, listed, **reader) == [(str(columns),)]


@pytest.mark.parametrize("published", ENGINES, indirect=True)
def test_a_right_on_a_table_outlives_the_table(published: Published) -> None:
    """As a build replaces it: another table gets the name, and the reader may read that one."""
    lane = published.lane
    account = "'ct_one_table'@'%'"
    one, old, new = (f"{CORE}.one{end}" for end in ("", "__old", "__new"))
    for statement in (
        f"create table {one} (number int)",
        f"create user {account} identified by '{PASSWORD}'",
        f"grant select on {one} to {account}",
        f"create table {new} (other int)",
        f"rename table {one} to {old}, {new} to {one}",
        f"drop table {old}",
    ):
        lane.execute(DATA_SET, statement)
    prefix = f"CUSTOMER_TRENDS_{lane.target.upper()}"
    reader = {f"{prefix}_USER": "ct_one_table", f"{prefix}_PASSWORD": PASSWORD}
    assert lane.fetch(DATA_SET, f"select count(other) from {one}", **reader) == [("0",)]
    lane.execute(DATA_SET, f"drop table {one}")
