"""Publishing: only what is green, all or nothing; readers notice but new figures."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from conftest import PROJECT, TOY_PROJECT, TOY_SOURCES, CommandResult, ToyProject

from customer_trends.building.outcome import (
    OUTCOME,
    NodeResult,
    finish_outcome,
    require_green,
    start_outcome,
)
from customer_trends.errors import PublishError
from customer_trends.project.paths import (
    PROJECT_VARIABLE,
    WAREHOUSE_VARIABLE,
    find_published,
    find_warehouse,
)
from customer_trends.publishing import publish
from customer_trends.publishing.publish import publish_warehouse

Run = Callable[..., CommandResult]
HERE = Path(__file__).resolve().parents[1] / "support"
ORDERS = "order_id,ordered_on,amount\n1,2024-01-01,2\n2,2024-01-02,3.5\n"
PROFILES = """
customer_trends:
  target: duckdb
  outputs:
    duckdb:
      type: duckdb
      path: "{{ env_var('CUSTOMER_TRENDS_WAREHOUSE') }}"
"""
MARTS = """
version: 2
models:
  - name: mart_toy_sales
    description: One row per order.
    config:
      access: public
      meta: {grain: order_id}
    columns:
      - name: order_id
        data_type: bigint
        description: The order's number.
        tests: [not_null, unique]
      - name: amount
        data_type: "decimal(18,2)"
        description: >-
          What was paid,
          in currency units.
        meta: {additivity: additive}
        tests: [not_null]
  - name: mart_toy_total
    description: One row.
    config:
      access: public
      meta: {grain: order_count}
    columns:
      - {name: order_count, data_type: bigint, tests: [not_null]}
      - {name: amount, data_type: "decimal(18,2)"}
  - name: toy_cube
    description: "One row per order: a schema of its own."
    config:
      access: public
      meta: {grain: order_id}
    columns:
      - {name: order_id, data_type: bigint}
      - {name: buyer_name, data_type: varchar, meta: {contains_pii: true}}
"""
SALES = """
{{ config(materialized='table', schema='marts') }}
select cast(order_id as bigint) as order_id, cast(amount as decimal(18, 2)) as amount
from {{ source('toy', 'orders') }}
"""
TOTAL = """
{{ config(materialized='table', schema='marts') }}
select count(*) as order_count, sum(amount) as amount from {{ ref('mart_toy_sales') }}
"""
CUBE = """
{{ config(materialized='table', schema='cube') }}
select order_id, 'Ann' as buyer_name from {{ ref('mart_toy_sales') }}
"""
HALVES = """
    select
        (select count(*) from published.marts.mart_toy_sales),
        (select sum(amount) from published.marts.mart_toy_sales),
        (select order_count from published.marts.mart_toy_total),
        (select amount from published.marts.mart_toy_total)
"""
SCHEMA = "{% macro generate_schema_name(name, node) %}{{ name or 'main' }}{% endmacro %}"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a project with one source, three public models and four tests, once."""
    root = tmp_path_factory.mktemp("template") / "project"
    files = {
        "dbt_project.yml": TOY_PROJECT,
        "profiles.example.yml": PROFILES,
        "models/staging/toy/_toy__sources.yml": TOY_SOURCES,
        "models/marts/_marts__models.yml": MARTS,
        "models/marts/mart_toy_sales.sql": SALES,
        "models/marts/mart_toy_total.sql": TOTAL,
        "models/marts/toy_cube.sql": CUBE,
        "models/marts/toy_secrets.sql": CUBE.replace("'cube'", "'core'"),
        "macros/schema.sql": SCHEMA,
        "inbox/orders.csv": ORDERS,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    settings = {
        PROJECT_VARIABLE: str(root),
        WAREHOUSE_VARIABLE: str(root / "warehouse" / "toy.duckdb"),
        "DBT_TARGET_PATH": str(root / "target"),
        "DBT_LOG_PATH": str(root / "logs"),
    }
    for command in (["load", "toy", str(root / "inbox" / "orders.csv")], ["build"]):
        done = subprocess.run(
            [sys.executable, "-m", "customer_trends", *command],
            cwd=PROJECT,
            env=os.environ | settings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return root


@pytest.fixture
def shop(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ToyProject:
    """Give a copy of the built project."""
    root = tmp_path / "project"
    shutil.copytree(template, root)
    record = root / "target" / OUTCOME
    record.write_text(record.read_text("utf-8").replace(str(template), str(root)), encoding="utf-8")
    toy = ToyProject(root, root / "warehouse" / "toy.duckdb")
    monkeypatch.setenv(PROJECT_VARIABLE, str(root))
    monkeypatch.setenv(WAREHOUSE_VARIABLE, str(toy.warehouse))
    monkeypatch.setenv("CUSTOMER_TRENDS_PUBLISHED", str(root / "published" / "toy.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(root / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(root / "logs"))
    return toy


def read(path: Path, query: str) -> list[tuple[object, ...]]:
    """Query a published file."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as published (read_only)")
        return connection.execute(query).fetchall()


def test_a_green_build_is_published(shop: ToyProject, run: Run) -> None:
    """Marts, what the build was, and Parquet files with the same rows."""
    result = run("publish")
    path = find_published(shop.root)
    assert result.code == 0, result.err
    assert "3 relations with 5 rows published after 4 tests" in result.out
    assert str(path) in result.out
    assert "make dashboard" in result.out
    assert read(path, "from published.marts.mart_toy_sales") == shop.query(
        "from marts.mart_toy_sales order by 1"
    )
    parquet = path.parent / "parquet" / "mart_toy_sales.parquet"
    with duckdb.connect() as connection:
        written = connection.execute(f"from '{parquet}' order by 1").fetchall()
        types = connection.execute(f"describe from '{parquet}'").fetchall()
    assert written == shop.query("from marts.mart_toy_sales order by 1")
    assert [row[1] for row in types] == ["BIGINT", "DECIMAL(18,2)"]
    build = "select target, sources, test_count, test_passed_count from publication.builds"
    assert read(path, build.replace("from ", "from published.")) == [("duckdb", "toy", 4, 4)]
    tests = read(path, "select test_status, relation from published.publication.test_results")
    assert {row[0] for row in tests} == {"pass"}
    assert {row[1] for row in tests} == {"mart_toy_sales", "mart_toy_total"}
    sources = read(
        path, "select raw_table, row_count, loaded_at from published.publication.sources"
    )
    assert [row[:2] for row in sources] == [("toy_orders", 2), ("toy_shops", 0)]
    assert [row[2] is None for row in sources] == [False, True]
    relations = "select relation, row_count, description from published.publication.relations"
    assert ("mart_toy_sales", 2, "One row per order.") in read(path, relations)


def test_public_relations_are_published_with_what_they_say(shop: ToyProject) -> None:
    """In their own schemas, without personal data; comments, metadata and tables say the same."""
    publish_warehouse(shop.root)
    path = find_published(shop.root)
    described = {
        ("cube", "toy_cube", "order_id"): "",
        ("marts", "mart_toy_sales", "order_id"): "The order's number.",
        ("marts", "mart_toy_sales", "amount"): "What was paid, in currency units.",
        ("marts", "mart_toy_total", "order_count"): "",
        ("marts", "mart_toy_total", "amount"): "",
    }
    columns = "select schema_name, table_name, column_name, coalesce(comment, '') from {} where {}"
    found = read(
        path,
        columns.format("duckdb_columns()", "database_name = 'published'")
        + " and schema_name <> 'publication'",
    )
    assert {row[:3]: row[3] for row in found} == described
    listed = read(
        path,
        "select schema_name, relation, column_name, description, position, data_type, additivity "
        "from published.publication.columns",
    )
    assert {row[:3]: row[3] for row in listed} == described
    assert [row[4:] for row in listed if row[2] == "amount"] == [
        (2, "decimal(18,2)", "additive"),
        (2, "decimal(18,2)", None),
    ]
    tables = "select table_name, comment from duckdb_tables() where comment is not null"
    assert dict(read(path, tables)) == {
        "toy_cube": "One row per order: a schema of its own.",
        "mart_toy_sales": "One row per order.",
        "mart_toy_total": "One row.",
    }
    parquet = path.parent / "parquet" / "mart_toy_sales.parquet"
    metadata = pq.read_schema(parquet).metadata
    assert {key.decode(): value.decode() for key, value in metadata.items()} == {
        "relation": "marts.mart_toy_sales",
        "description": "One row per order.",
        "grain": "order_id",
        "columns": json.dumps(
            {"order_id": "The order's number.", "amount": "What was paid, in currency units."}
        ),
    }
    assert pq.read_schema(parquet.with_name("toy_cube.parquet")).names == ["order_id"]


def test_nothing_is_published_before_a_build(toy: ToyProject, run: Run) -> None:
    run("load", "toy", toy.write("orders.csv", ORDERS))
    result = run("publish")
    assert result.code == 2
    assert "No build of" in result.err
    assert "customer-trends build" in result.err


def test_a_failed_build_publishes_nothing(shop: ToyProject, run: Run) -> None:
    """What was published stays, byte for byte; once the build is fixed it can be published."""
    run("publish")
    path = find_published(shop.root)
    before, folder = path.read_bytes(), (path.parent / "parquet").resolve()
    model = shop.root / "models" / "marts" / "mart_toy_sales.sql"
    model.write_text(SALES.replace("cast(order_id as bigint)", "null"), encoding="utf-8")
    assert run("build").code == 1
    result = run("publish")
    assert result.code == 2
    assert "not_null_mart_toy_sales_order_id" in result.err
    assert "nothing is published" in result.err
    assert path.read_bytes() == before
    assert (path.parent / "parquet").resolve() == folder
    model.write_text(SALES, encoding="utf-8")
    assert run("build", "--select", "mart_toy_sales+").code == 0
    assert run("publish").code == 0
    assert path.read_bytes() != before


def test_a_plain_dbt_that_fails_publishes_nothing(shop: ToyProject) -> None:
    """A command of dbt that was run by hand is noticed, too."""
    results = shop.root / "target" / "run_results.json"
    content = json.loads(results.read_text("utf-8"))
    content["metadata"]["generated_at"] = "2999-01-01T00:00:00.000000Z"
    content["results"][0] |= {"status": "error", "unique_id": "model.customer_trends.mart_bad"}
    results.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(PublishError, match="model mart_bad"):
        publish_warehouse(shop.root)
    content["args"]["which"] = "show"
    results.write_text(json.dumps(content), encoding="utf-8")
    publish_warehouse(shop.root)


def test_only_full_green_builds_count(tmp_path: Path) -> None:
    """A build that runs, one that was cut off, one of parts and one that left things out."""
    good = {"model.a": NodeResult("a", "model", "success")}
    start_outcome(tmp_path, "here", is_complete=False)
    finish_outcome(tmp_path, "here", False, ["toy"], good, [])
    with pytest.raises(PublishError, match="Only parts"):
        require_green(tmp_path, "here")
    start_outcome(tmp_path, "here", is_complete=True)
    with pytest.raises(PublishError, match="did not end well"):
        require_green(tmp_path, "here")
    left_out = {"model.b": NodeResult("b", "model", "skipped")}
    finish_outcome(tmp_path, "here", True, ["toy"], good | left_out, [])
    with pytest.raises(PublishError, match="model b"):
        require_green(tmp_path, "here")
    finish_outcome(tmp_path, "here", False, ["toy"], {"model.b": good["model.a"]}, [])
    assert require_green(tmp_path, "here").sources == ["toy"]
    with pytest.raises(PublishError, match="No build of there"):
        require_green(tmp_path, "there")


def test_readers_see_the_old_or_the_new_publication(shop: ToyProject, tmp_path: Path) -> None:
    """Ten readers poll while it is published again and again: no error, never half of one."""
    publish_warehouse(shop.root)
    stop, path = tmp_path / "stop", find_published(shop.root)
    command = [sys.executable, str(HERE / "poll_published.py"), str(path), str(stop)]
    command += ["5", "0", HALVES]
    pollers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        for generation in range(1, 25):
            with duckdb.connect(str(find_warehouse(shop.root))) as connection:
                connection.execute("delete from marts.mart_toy_sales")
                connection.execute(
                    f"insert into marts.mart_toy_sales select range, {generation} "
                    f"from range({generation * 2_000})"
                )
                connection.execute(
                    "create or replace table marts.mart_toy_total as select count(*) as "
                    "order_count, sum(amount) as amount from marts.mart_toy_sales"
                )
            publish_warehouse(shop.root)
    finally:
        stop.touch()
        printed = [poller.communicate()[0] for poller in pollers]
    seen = [json.loads(text) for text in printed]
    assert [part["errors"] for part in seen] == [[], []]
    assert [part["halves"] for part in seen] == [[], []]
    assert all(part["reads"] > 20 and part["publications"] > 2 for part in seen), seen
    assert len(list(path.parent.glob("parquet-*"))) == 2


KILL = """
import os, signal
from pathlib import Path
from customer_trends.publishing import publish
real = os.replace
def replace(old, new):
    if str(new).endswith({name!r}):
        os.kill(os.getpid(), signal.SIGKILL)
    real(old, new)
publish.os.replace = replace
publish.publish_warehouse(Path({root!r}))
"""


@pytest.mark.parametrize("name", ["toy.duckdb", "parquet"])
def test_killed_in_the_middle(shop: ToyProject, name: str) -> None:
    """The publication before is intact; the next one clears away what was left."""
    publish_warehouse(shop.root)
    path = find_published(shop.root)
    before = path.read_bytes()
    code = KILL.format(name=name, root=str(shop.root))
    killed = subprocess.run([sys.executable, "-c", code], check=False, env=os.environ)
    assert killed.returncode == -9
    assert path.read_bytes() == before
    assert (path.parent / "toy.duckdb.new").exists()
    assert (path.parent / "parquet" / "mart_toy_sales.parquet").exists()
    publish_warehouse(shop.root)
    assert not (path.parent / "toy.duckdb.new").exists()
    assert read(path, "select count(*) from published.marts.mart_toy_sales") == [(2,)]


def test_no_room_to_write(shop: ToyProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full is said in one sentence; what was published stays."""
    publish_warehouse(shop.root)
    before = find_published(shop.root).read_bytes()

    def fail(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish, "_sync", fail)
    with pytest.raises(PublishError, match="No space left"):
        publish_warehouse(shop.root)
    assert find_published(shop.root).read_bytes() == before
