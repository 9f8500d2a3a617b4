"""The generated project is the same project to dbt-core 1.7, which refuses the original."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from lanes import PROJECT, PYTHONS
from missing import fail_without

from customer_trends.project.dbt_1_7 import generate_project

SETTINGS: dict[str, Any] = yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))
VARIABLES = json.dumps({"source_systems": list(SETTINGS["vars"]["source_catalog"])})
# What stands under `config:` today and beside it in 1.7.
MOVED = ("meta", "tags")
Node = dict[str, Any]


@pytest.fixture(scope="module")
def old_python() -> Path:
    """Find the Python of dbt-core 1.7."""
    python = PYTHONS["mysql"]
    if not python.exists():
        fail_without("dbt-core 1.7", "run make setup-mysql")
    return python


def run_dbt(
    python: Path, project: Path, target: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Parse a project with the dbt of an environment."""
    start = "from dbt.cli.main import cli; cli()"
    command = [str(python), "-c", start, "--no-use-colors", "parse", "--no-partial-parse"]
    command += ["--project-dir", str(project), "--profiles-dir", str(PROJECT)]
    command += ["--target", target, "--target-path", str(folder), "--vars", VARIABLES]
    settings = {**os.environ, "DBT_LOG_PATH": str(folder), "DO_NOT_TRACK": "1"}
    return subprocess.run(
        command, cwd=PROJECT, env=settings, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def manifests(old_python: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Node, Node]:
    """Parse the original with today's dbt and the generated project with 1.7, all sources on."""
    parsed = []
    for python, project, target in (
        (Path(sys.executable), PROJECT, "duckdb"),
        (old_python, generate_project(PROJECT), "mysql"),
    ):
        folder = tmp_path_factory.mktemp(target)
        done = run_dbt(python, project, target, folder)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        assert (folder / "semantic_manifest.json").exists()
        parsed.append(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    return parsed[0], parsed[1]


def list_tests(manifest: Node) -> Counter[tuple[object, ...]]:
    """List the data tests: what each is attached to, what it asks and how its result is judged."""
    tests = (node for node in manifest["nodes"].values() if node["resource_type"] == "test")
    return Counter(
        (
            node["name"],
            node.get("attached_node"),
            node.get("column_name"),
            node["original_file_path"],
            json.dumps((node.get("test_metadata") or {}).get("kwargs"), sort_keys=True),
            *(str(node["config"][key]).lower() for key in ("enabled", "severity", "where")),
        )
        for node in tests
    )


def read_moved(node: Node) -> list[object]:
    """Read what may stand under ``config:`` or beside it."""
    configs = node.get("config") or {}
    return [node.get(key) or configs.get(key) or None for key in MOVED]


def describe(node: Node) -> list[object]:
    """Describe a node by what is written of it."""
    columns = node.get("columns") or {}
    return [
        *(node.get(key) for key in ("description", "label", "group", "access", "freshness")),
        node.get("loaded_at_field"),
        node["original_file_path"],
        sorted((node.get("depends_on") or {}).get("nodes") or []),
        read_moved(node),
        {
            name: [column["description"], column.get("data_type"), *read_moved(column)]
            for name, column in columns.items()
        },
    ]


def test_dbt_1_7_refuses_the_original(old_python: Path, tmp_path: Path) -> None:
    """It would run the models and not one test of them."""
    done = run_dbt(old_python, PROJECT, "mysql", tmp_path)
    assert done.returncode != 0
    assert "This version of dbt is not supported with the 'customer_trends' package" in done.stdout


def test_todays_dbt_refuses_the_generated_project(old_python: Path, tmp_path: Path) -> None:
    """Nobody builds on DuckDB without unit tests by mistake."""
    done = run_dbt(Path(sys.executable), generate_project(PROJECT), "duckdb", tmp_path)
    assert done.returncode != 0
    assert "This version of dbt is not supported with the 'customer_trends' package" in done.stdout


def test_both_declare_the_same_data_tests(manifests: tuple[Node, Node]) -> None:
    today, old = map(list_tests, manifests)
    assert sum(today.values()) > 300
    assert not today - old, f"only dbt 1.11 runs {sorted(map(str, today - old))[:5]}"
    assert not old - today, f"only dbt 1.7 runs {sorted(map(str, old - today))[:5]}"
    assert manifests[0]["unit_tests"]


@pytest.mark.parametrize(
    "kind", ["nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries"]
)
def test_both_say_the_same_of_a_node(manifests: tuple[Node, Node], kind: str) -> None:
    """Descriptions, groups, freshness, columns and their meta are read by both."""
    today, old = (
        {
            key: describe(node)
            for key, node in manifest[kind].items()
            if node["resource_type"] != "test"
        }
        for manifest in manifests
    )
    assert today.keys() == old.keys() and len(today) > 5
    faults = [f"{key}: {today[key]} / {old[key]}" for key in today if today[key] != old[key]]
    assert not faults, "\n".join(faults[:5])
