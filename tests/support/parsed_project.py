"""The project, parsed once for all conventions."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
CATALOG: dict[str, Any] = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))[
    "vars"
]["source_catalog"]
# Folder of what .ci/parse.py wrote.
PARSED_VARIABLE = "CUSTOMER_TRENDS_PARSED"

Node = dict[str, Any]


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Node, str]:
    """Parse the project once with all source systems on: its manifest and what dbt said.

    `make check` has parsed it already, and says where.
    """
    if PARSED_VARIABLE in os.environ:
        folder = Path(os.environ[PARSED_VARIABLE])
        texts = [(folder / name).read_text("utf-8") for name in ("manifest.json", "parse.log")]
        return json.loads(texts[0]), texts[1]
    folder = tmp_path_factory.mktemp("manifest")
    shutil.copy(PROJECT / "profiles.example.yml", folder / "profiles.yml")
    arguments = {
        "--project-dir": PROJECT,
        "--profiles-dir": folder,
        "--target-path": folder,
        "--log-path": folder,
        "--vars": json.dumps({"source_systems": list(CATALOG)}),
    }
    start = "from dbt.cli.main import cli; cli()"
    command = [sys.executable, "-c", start, "--no-use-colors", "parse"]
    command += ["--no-partial-parse", "--show-all-deprecations"]
    for option, value in arguments.items():
        command += [option, str(value)]
    settings = {**os.environ, "CUSTOMER_TRENDS_WAREHOUSE": str(folder / "none.duckdb")}
    run = subprocess.run(command, capture_output=True, text=True, env=settings, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return manifest, run.stdout + run.stderr


@pytest.fixture(scope="session")
def manifest(parsed: tuple[Node, str]) -> Node:
    return parsed[0]
