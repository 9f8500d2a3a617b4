"""The command line: options, status, build and where the project is found."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import CommandResult, ToyProject
from rich.console import Console

from customer_trends.building import build, summary
from customer_trends.building.build import BuildOptions, BuildReport, build_warehouse, find_loaded
from customer_trends.demo import demo
from customer_trends.engines.duckdb_connection import connect_warehouse
from customer_trends.errors import BuildError, ProjectError, WarehouseError
from customer_trends.project.paths import (
    PROJECT_VARIABLE,
    WAREHOUSE_VARIABLE,
    find_project_root,
    find_warehouse,
)

Run = Callable[..., CommandResult]
TEXT = "order_id,ordered_on,amount\n1,2024-01-01,2\n"
PROFILES = """
customer_trends:
  target: duckdb
  outputs:
    duckdb:
      type: duckdb
      path: "{{ env_var('CUSTOMER_TRENDS_WAREHOUSE', 'warehouse/customer_trends.duckdb') }}"
"""
MODELS = """
version: 2
models:
  - name: toy_sales
    columns:
      - name: order_id
        tests: [not_null, unique]
"""


@pytest.fixture
def buildable(toy: ToyProject) -> ToyProject:
    """Add a profile, a model and two tests to the toy project."""
    (toy.root / "profiles.example.yml").write_text(PROFILES, encoding="utf-8")
    folder = toy.root / "models" / "core"
    folder.mkdir()
    (folder / "_core__models.yml").write_text(MODELS, encoding="utf-8")
    model = "select order_id, {{ var('as_of_date', 'none')|tojson|replace('\"', \"'\") }} as day\n"
    (folder / "toy_sales.sql").write_text(
        "{{ config(materialized='table') }}\n" + model + "from {{ source('toy', 'orders') }}\n",
        encoding="utf-8",
    )
    return toy


def test_version_names_what_computes(run: Run) -> None:
    result = run("--version")
    assert result.code == 0
    assert re.fullmatch(
        r"customer-trends \d+\.\d+\.\d+ \(dbt-core 1\.\d+\.\d+, .*duckdb 1\.\d+\.\d+, "
        r"Python 3\.\d+\.\d+\)\n",
        result.out,
    )


def test_find_project_root_from_a_folder_below(
    toy: ToyProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PROJECT_VARIABLE)
    assert find_project_root(toy.root / "models" / "staging") == toy.root.resolve()


def test_find_project_root_named_wrongly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROJECT_VARIABLE, str(tmp_path))
    with pytest.raises(ProjectError, match=r"no dbt_project.yml"):
        find_project_root()


def test_find_warehouse_default(toy: ToyProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WAREHOUSE_VARIABLE)
    expected = toy.root / "warehouse" / "customer_trends.duckdb"
    assert find_warehouse(toy.root) == expected.resolve()


def test_connect_warehouse_read_only_needs_a_file(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="no warehouse at"):
        connect_warehouse(tmp_path / "none.duckdb", read_only=True)
    assert not (tmp_path / "none.duckdb").exists()


def test_status_counts_rows_and_batches(toy: ToyProject, run: Run) -> None:
    run("load", "toy", toy.write("a.csv", TEXT), toy.write("b.csv", TEXT + "2,d,3\n"))
    result = run("status")
    assert result.code == 0
    line = next(line for line in result.out.splitlines() if "toy_orders" in line)
    assert [cell.strip() for cell in line.strip("│ ").split("│")] == ["toy", "toy_orders", "2", "3"]


def test_status_without_warehouse(toy: ToyProject, run: Run) -> None:
    result = run("status")
    assert result.code == 2
    assert "customer-trends demo" in result.err


def test_wrong_use_has_exit_code_2(toy: ToyProject, run: Run) -> None:
    assert run("load").code == 2
    assert run("fly").code == 2


def test_build_refuses_wrong_options(toy: ToyProject, run: Run) -> None:
    for arguments, words in (
        (["--as-of", "31.12.2025"], "YYYY-MM-DD"),
        (["--sources", "toy,nobody"], "no source 'nobody'"),
        ([], "profiles.example.yml"),
    ):
        result = run("build", *arguments)
        assert (result.code, result.err.count("\n")) == (2, 1)
        assert words in result.err


def test_find_loaded_names_sources_with_rows(toy: ToyProject, run: Run) -> None:
    assert find_loaded(toy.root) == ["toy"]
    other = toy.root / "models" / "staging" / "other"
    other.mkdir()
    text = (toy.root / "models/staging/toy/_toy__sources.yml").read_text(encoding="utf-8")
    other_text = text.replace("toy", "other")
    (other / "_other__sources.yml").write_text(other_text, encoding="utf-8")
    run("load", "other", toy.write("a.csv", TEXT))
    assert find_loaded(toy.root) == ["other"]


def test_build_runs_models_and_tests(buildable: ToyProject, run: Run) -> None:
    run("load", "toy", buildable.write("a.csv", TEXT))
    result = run("build", "--as-of", "2025-12-31")
    assert result.code == 0, result.out + result.err
    assert "Built: 1 models" in result.out
    assert "Tests: 2 passed" in result.out
    assert (buildable.root / "profiles.yml").exists()
    assert buildable.query("select order_id, day from main.toy_sales") == [("1", "2025-12-31")]


def test_build_that_fails_has_exit_code_1(buildable: ToyProject, run: Run) -> None:
    run("load", "toy", buildable.write("a.csv", TEXT + "1,d,3\n"))
    result = run("build")
    assert result.code == 1
    assert "Failed: test unique_toy_sales_order_id: Got 1 result" in result.out
    assert "Tests: 1 passed, 1 failed" in result.out
    assert "Traceback" not in result.out + result.err
    assert "logs/dbt.log has the details" in result.out
    log = (buildable.root / "logs" / "dbt.log").read_text(encoding="utf-8")
    assert "Failure in test unique_toy_sales_order_id" in log


def test_build_that_does_not_parse_has_exit_code_1(buildable: ToyProject, run: Run) -> None:
    (buildable.root / "models/core/broken.sql").write_text("select {{ ref('no') }}", "utf-8")
    result = run("build")
    assert result.code == 1
    assert "Failed: build: " in result.out
    assert "broken" in result.out


def test_build_without_any_test_is_an_error(buildable: ToyProject) -> None:
    (buildable.root / "models/core/_core__models.yml").unlink()
    with pytest.raises(BuildError, match="no test at all"):
        build_warehouse(buildable.root, BuildOptions(), lambda step, done, total: None)
    options = BuildOptions(select="toy_sales")
    report = build_warehouse(buildable.root, options, lambda step, done, total: None)
    assert (report.built, report.failures) == (Counter(model=1), [])


def test_count_result_knows_warnings_and_skips() -> None:
    report = BuildReport()
    for kind, status in (("test", "warn"), ("unit_test", "pass"), ("model", "skipped")):
        node = SimpleNamespace(resource_type=kind, name="x", unique_id=kind)
        build._count_result(SimpleNamespace(node=node, status=status, message=""), report)
    assert (report.tests, report.skipped) == (Counter({"warn": 1, "pass": 1}), 1)


def test_broken_rules_are_named(toy: ToyProject, run: Run) -> None:
    run("load", "toy", toy.write("a.csv", TEXT))
    report = BuildReport()
    metadata = SimpleNamespace(name="rules")
    for name, status in (("rules_of_a", "fail"), ("rules_of_b", "pass")):
        query = f"select 'id is unique: 3; {name} > 0: 1; ' as broken_rules, 2 as broken_count"
        node = SimpleNamespace(
            resource_type="test", name=name, unique_id=name, test_metadata=metadata,
            compiled_code=query,
        )  # fmt: skip
        result = SimpleNamespace(node=node, status=status, message="Got 2 results", failures=2)
        build._count_result(result, report)
    build._name_broken_rules(toy.root, "duckdb", report)
    assert report.failures == [
        "test rules_of_a: Got 2 results",
        "rules_of_a: broken id is unique: 3; rules_of_a > 0: 1",
    ]


def test_variables_of_the_project_are_not_given_again(toy: ToyProject) -> None:
    assert build._give_variables(toy.root, {"source_systems": ["toy"]}) == []
    assert build._give_variables(toy.root, {"source_systems": ["b"]}) == [
        "--vars", '{"source_systems": ["b"]}'
    ]  # fmt: skip


def test_print_summary_says_what_is_missing(
    toy: ToyProject, run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    run("load", "toy", toy.write("a.csv", TEXT))
    summary.print_summary(Console(width=120), toy.root, "duckdb")
    out = capfd.readouterr().out
    assert "Headline figures: not built yet." in out
    assert "Quarantined rows by reason: not built yet." in out


def test_demo_refuses_no_orders(toy: ToyProject, run: Run) -> None:
    result = run("demo", "--orders", "0")
    assert result.code == 2
    assert "at least one order" in result.err


def test_load_demo_data_replaces_and_skips(
    toy: ToyProject, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import duckdb

    monkeypatch.setattr(demo, "SOURCE", "toy")
    path = toy.write("demo.parquet", b"")
    for order_id in ("old", "n"):
        sql = f"select '{order_id}' as order_id, 'd' as ordered_on, '1' as amount"
        duckdb.execute(f"copy ({sql}) to '{path}' (format parquet)")
        if order_id == "old":
            run("load", "toy", path)
    first = demo.load_demo_data(toy.root, path.parent, lambda name, size: None)
    assert [batch.is_new for batch in first] == [True]
    assert toy.query("select order_id from raw.toy_orders") == [("n",)]
    before = toy.dump()
    second = demo.load_demo_data(toy.root, path.parent, lambda name, size: None)
    assert [batch.is_new for batch in second] == [False]
    assert toy.dump() == before
