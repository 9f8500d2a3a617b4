"""dbt 2.0 builds the demo without an error, and all rows are those of dbt 1.11."""

import json
import os
import shutil
import subprocess
from collections import Counter
from typing import Any

import duckdb
import pytest
from lanes import PROJECT
from warehouses import Warehouse

from customer_trends.parity.compare import compare_dumps

ENVIRONMENT = PROJECT / ".venv-dbt2"
LIBRARY = ENVIRONMENT / "node_modules" / "@duckdb" / "node-bindings-linux-x64"
# What a build makes; what was loaded and what was scored stays.
BUILT = ("staging", "intermediate", "core", "marts", "cube", "reference")
# The engine wants the table of an incremental model before it runs that model's unit tests.
NO_TABLE_YET = ("--exclude-resource-type", "unit_test")


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Make the demo with the dbt of the project: loaded, built, scored, built again."""
    warehouse = Warehouse(tmp_path_factory.mktemp("today"))
    warehouse.run("demo", "--folder", warehouse.folder / "files")
    warehouse.run("dump", warehouse.folder / "dump")
    return warehouse


@pytest.fixture(scope="module")
def built(today: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Build the same raw rows and scores with dbt 2.0, from nothing and once more."""
    warehouse = Warehouse(tmp_path_factory.mktemp("dbt2"))
    shutil.copy(today.path, warehouse.path)
    with duckdb.connect(str(warehouse.path)) as connection:
        for schema in BUILT:
            connection.execute(f"drop schema {schema} cascade")
    for options in (NO_TABLE_YET, ()):
        build(warehouse, *options)
    return warehouse


def build(warehouse: Warehouse, *options: str) -> None:
    """Build seeds and models with dbt 2.0 and run their tests."""
    folder = warehouse.folder
    done = subprocess.run(
        [str(ENVIRONMENT / "bin" / "dbt"), "build", *options],
        cwd=PROJECT,
        env={
            **os.environ,
            "LD_LIBRARY_PATH": str(LIBRARY),
            "CUSTOMER_TRENDS_WAREHOUSE": str(warehouse.path),
            "DBT_PROFILES_DIR": str(PROJECT),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
            "DBT_PACKAGES_INSTALL_PATH": str(folder / "packages"),
            "DO_NOT_TRACK": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    printed = done.stdout + done.stderr
    assert done.returncode == 0, printed.partition("Errors and Warnings")[2] or printed[-5000:]


def count_declared(manifest: dict[str, Any]) -> Counter[str]:
    """Count the tests of a manifest; one that reads no model belongs to a source that is off."""
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    reading = [n for n in tests if n["depends_on"]["nodes"] or not n.get("test_metadata")]
    return Counter(test=len(reading), unit_test=len(manifest["unit_tests"]))


def test_the_library_is_the_projects_duckdb() -> None:
    """A warehouse of the one is a warehouse of the other."""
    package = json.loads((LIBRARY / "package.json").read_text(encoding="utf-8"))
    assert package["version"].partition("-")[0] == duckdb.__version__


def test_every_test_of_the_project_passes(today: Warehouse, built: Warehouse) -> None:
    """Dbt 2.0 runs the data tests and unit tests that dbt 1.11 declares."""
    manifest = json.loads((today.folder / "target" / "manifest.json").read_text("utf-8"))
    run = json.loads((built.folder / "target" / "run_results.json").read_text("utf-8"))
    assert run["metadata"]["dbt_version"].startswith("2.0.")
    statuses = Counter(result["status"] for result in run["results"])
    assert set(statuses) <= {"success", "pass", "warn"}, statuses
    executed = Counter(result["unique_id"].partition(".")[0] for result in run["results"])
    declared = count_declared(manifest)
    assert declared["test"] > 250 and declared["unit_test"] > 50
    assert {kind: executed[kind] for kind in declared} == dict(declared)


def test_all_rows_are_those_of_dbt_1_11(today: Warehouse, built: Warehouse) -> None:
    """Every relation of core and marts is equal, row for row."""
    expected, found = today.folder / "dump", built.folder / "dump"
    built.run("dump", found, DBT_TARGET_PATH=str(today.folder / "target"))
    hashes = json.loads((expected / "hashes.json").read_text(encoding="utf-8"))
    assert len(hashes) > 70
    assert sum(entry["rows"] for entry in hashes.values()) > 100_000
    differences = compare_dumps(expected, found)
    assert not differences, "\n".join(map(str, differences))
