"""The project for dbt-core 1.7 says what the project in today's dialect says, and follows it."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from customer_trends.errors import ProjectError
from customer_trends.project.dbt_1_7 import (
    GENERATED,
    convert_properties,
    convert_settings,
    generate_project,
    locate_project,
)

PROJECT = Path(__file__).resolve().parents[2]
SETTINGS = """
name: customer_trends
require-dbt-version: [">=1.11.0", "<3.0.0"]
model-paths: [models]
seed-paths: [seeds]
test-paths: [tests]
flags: {require_generic_test_arguments_property: true}
data_tests: {customer_trends: {+group: core}}
vars: {as_of_date: null}
"""
MODELS = """
models:
  - name: sales
    data_tests:
      - unique_combination: {arguments: {columns: [a, b]}, config: {where: a > 0}}
    columns:
      - {name: a, config: {meta: {contains_pii: true}}, data_tests: [unique]}
"""
UNIT_TESTS = """
unit_tests:
  - {name: test_sales, model: sales, given: [], expect: {rows: []}}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a small project."""
    files = {
        "dbt_project.yml": SETTINGS,
        "models/core/_core__models.yml": MODELS,
        "models/core/_core__unit_tests.yml": UNIT_TESTS,
        "models/core/sales.sql": "select 1 as a, 2 as b",
        "models/overview.md": "{% docs overview %} {% enddocs %}",
        "seeds/countries.csv": "country\nPeru\n",
        "tests/generic/holds.sql": "{% test holds(model) %}{% endtest %}",
        "tests/unit/test_sales.py": "",
        "tests/data/sales.csv": "a\n1\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def list_generated(root: Path) -> set[str]:
    """List the generated files."""
    folder = root / GENERATED
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def stamps(root: Path) -> dict[str, int]:
    """Read when each generated file, or the link itself, was made."""
    folder = root / GENERATED
    return {name: (folder / name).lstat().st_mtime_ns for name in list_generated(root)}


def read_generated(root: Path, name: str) -> Any:
    """Read a generated YAML file."""
    return yaml.safe_load((root / GENERATED / name).read_text(encoding="utf-8"))


def walk(value: object) -> Iterator[tuple[str, Any]]:
    """Give all keys of a document with their values."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key), inner
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def test_files_are_links_and_yaml_is_converted(root: Path) -> None:
    project = generate_project(root)
    assert list_generated(root) == {
        "dbt_project.yml",
        "models/core/_core__models.yml",
        "models/core/_core__unit_tests.yml",
        "models/core/sales.sql",
        "models/overview.md",
        "seeds/countries.csv",
        "tests/generic/holds.sql",
    }
    for name in ("models/core/sales.sql", "models/overview.md", "seeds/countries.csv"):
        assert (project / name).resolve() == (root / name).resolve()
        assert not os.path.isabs(os.readlink(project / name))
    assert read_generated(root, "models/core/_core__models.yml")["models"] == [
        {
            "name": "sales",
            "columns": [{"name": "a", "meta": {"contains_pii": True}, "tests": ["unique"]}],
            "tests": [
                {"unique_combination": {"columns": ["a", "b"], "config": {"where": "a > 0"}}}
            ],
        }
    ]
    assert not read_generated(root, "models/core/_core__unit_tests.yml")
    head = (project / "models/core/_core__models.yml").read_text(encoding="utf-8").splitlines()[0]
    assert "models/core/_core__models.yml" in head and "change that file" in head


def test_artefacts_and_logs_go_where_those_of_the_original_go(root: Path) -> None:
    project = generate_project(root)
    settings = read_generated(root, "dbt_project.yml")
    assert (project / settings["target-path"]).resolve() == (root / "target").resolve()
    assert (project / settings["log-path"]).resolve() == (root / "logs").resolve()
    assert settings["require-dbt-version"] == [">=1.7.0", "<1.8.0"]
    assert settings["tests"] == {"customer_trends": {"+group": "core"}}
    assert settings["vars"] == {"as_of_date": None}
    assert not {"flags", "data_tests"} & settings.keys()
    custom = convert_settings({"target-path": "build/target", "log-path": "build/logs"})
    assert custom["target-path"] == "../../build/target"
    assert custom["log-path"] == "../../build/logs"


def test_only_what_changed_is_written(root: Path) -> None:
    generate_project(root)
    before = stamps(root)
    generate_project(root)
    assert stamps(root) == before
    changed = root / "models/core/_core__models.yml"
    changed.write_text(MODELS.replace("sales", "orders"), encoding="utf-8")
    (root / "models/core/sales.sql").write_text("select 3 as a, 4 as b", encoding="utf-8")
    generate_project(root)
    after = stamps(root)
    assert {name for name in after if after[name] != before[name]} == {
        "models/core/_core__models.yml"
    }
    assert read_generated(root, "models/core/_core__models.yml")["models"][0]["name"] == "orders"
    linked = root / GENERATED / "models/core/sales.sql"
    assert linked.read_text(encoding="utf-8") == "select 3 as a, 4 as b"


def test_files_without_an_original_are_removed(root: Path) -> None:
    project = generate_project(root)
    (root / "models/core/_core__models.yml").unlink()
    (root / "models/core").rename(root / "models/facts")
    generate_project(root)
    assert {name for name in list_generated(root) if name.startswith("models/")} == {
        "models/facts/_core__unit_tests.yml",
        "models/facts/sales.sql",
        "models/overview.md",
    }
    assert not (project / "models/core").exists()


def test_what_is_no_file_of_dbt_is_let_alone(root: Path) -> None:
    """Artefacts that a program writes into the generated project are kept."""
    project = generate_project(root)
    kept = project / "own_target" / "manifest.json"
    kept.parent.mkdir()
    kept.write_text("{}", encoding="utf-8")
    generate_project(root)
    assert kept.exists()


def test_several_processes_may_generate_at_once(root: Path) -> None:
    """Each ends well, and what they leave is complete."""
    for number in range(40):
        for name, text in (("_models.yml", MODELS), ("sales.sql", "select 1 as a")):
            path = root / "models" / f"area_{number}" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "customer_trends.project.dbt_1_7"]
    environment = {**os.environ, "CUSTOMER_TRENDS_PROJECT": str(root), "PYTHONPATH": str(PROJECT)}
    processes = [
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in processes:
        assert process.wait() == 0, process.communicate()[1]
    found = list_generated(root)
    assert len([name for name in found if name.startswith("models/area_")]) == 80
    content = read_generated(root, "models/area_7/_models.yml")
    assert content["models"][0]["tests"]
    assert [path.name for path in (root / GENERATED.parent).iterdir()] == [GENERATED.name]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"sources": [{"name": "s", "config": {"enabled": True, "freshness": {"filter": "a"}}}]},
            {"sources": [{"name": "s", "freshness": {"filter": "a"}, "config": {"enabled": True}}]},
        ),
        (
            {"sources": [{"name": "s", "tables": [{"name": "t", "config": {"loaded_at_field": "a",
             "meta": {"b": 1}}, "columns": [{"name": "c", "config": {"tags": ["d"]}}]}]}]},
            {"sources": [{"name": "s", "tables": [{"name": "t", "loaded_at_field": "a",
             "meta": {"b": 1}, "columns": [{"name": "c", "tags": ["d"]}]}]}]},
        ),
        (
            {"models": [{"name": "m", "config": {"meta": {"grain": "a"}, "schema": "x"}}]},
            {"models": [{"name": "m", "config": {"meta": {"grain": "a"}, "schema": "x"}}]},
        ),
        (
            {"metrics": [{"name": "m", "config": {"meta": {"a": 1}, "group": "g"}}],
             "exposures": [{"name": "e", "config": {"meta": {"a": 1}}}]},
            {"metrics": [{"name": "m", "meta": {"a": 1}, "config": {"group": "g"}}],
             "exposures": [{"name": "e", "meta": {"a": 1}}]},
        ),
        (
            {"models": [{"name": "m", "data_tests": [{"name": "n", "test_name": "holds",
             "description": "d", "arguments": {"expression": "a"}, "config": {"limit": 1}}]}]},
            {"models": [{"name": "m", "tests": [{"expression": "a", "name": "n",
             "test_name": "holds", "config": {"limit": 1}}]}]},
        ),
        ({"unit_tests": [{"name": "u"}], "version": 2}, {"version": 2}),
        ({"anchors": {"columns": [{"name": "a"}]}, "version": 2}, {"version": 2}),
    ],
    ids=["source", "table", "model", "others", "named-test", "unit-tests", "anchors"],
)  # fmt: skip
def test_each_form_is_converted(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert convert_properties(given, "x.yml") == expected


def test_a_config_that_1_7_would_ignore_is_refused() -> None:
    """A new config is not dropped in silence."""
    source = {"name": "shop", "config": {"loaded_at_query": "select 1"}}
    with pytest.raises(ProjectError, match=r"^a/x\.yml: .* loaded_at_query of sources .*'shop'"):
        convert_properties({"sources": [source]}, "a/x.yml")


def test_broken_yaml_names_its_file(root: Path) -> None:
    (root / "models/core/_core__models.yml").write_text("models: [", encoding="utf-8")
    with pytest.raises(ProjectError, match=r"models/core/_core__models\.yml is not valid YAML"):
        generate_project(root)


def test_other_versions_of_dbt_read_the_original(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "customer_trends.project.dbt_1_7.version"
    for number, expected in (("1.11.16", root), ("1.7.20", root / GENERATED), ("2.0.0", root)):
        monkeypatch.setattr(place, lambda name, number=number: number)
        assert locate_project(root) == expected
    assert (root / GENERATED / "dbt_project.yml").exists()


def test_every_data_test_of_the_project_is_kept() -> None:
    """No YAML file of the project loses a data test, a description or a column."""
    generate_project(PROJECT)
    tests = 0
    for path in sorted((PROJECT / "models").rglob("*.yml")):
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
        for left_out in ("unit_tests", "anchors"):
            given.pop(left_out, None)
        made = read_generated(PROJECT, path.relative_to(PROJECT).as_posix()) or {}
        counts = [Counter(key for key, _ in walk(content)) for content in (given, made)]
        for old, new in (("data_tests", "tests"), ("description",) * 2, ("columns",) * 2):
            assert counts[0][old] == counts[1][new], f"{path.name}: {old}"
        lists = [
            [len(value) for key, value in walk(content) if key == name]
            for content, name in ((given, "data_tests"), (made, "tests"))
        ]
        assert sorted(lists[0]) == sorted(lists[1]), path.name
        tests += sum(lists[1])
    assert tests > 200


def test_an_up_to_date_project_costs_little() -> None:
    generate_project(PROJECT)
    started = time.process_time()
    generate_project(PROJECT)
    assert time.process_time() - started < 1
