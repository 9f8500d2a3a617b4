"""Run dbt on the warehouse: seeds, models and tests, documentation."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from customer_trends.errors import BuildError, InvalidOptionError, ProjectError
from customer_trends.load import count_batches, ensure_tables
from customer_trends.sources import check_sources, list_sources, read_source
from customer_trends.warehouse import (
    WAREHOUSE_VARIABLE,
    connect_warehouse,
    find_warehouse,
    read_project,
)

PROFILES = "profiles.yml"
EXAMPLE_PROFILES = "profiles.example.yml"
TEST_TYPES = ("test", "unit")
FAILED = ("error", "fail", "runtime error", "partial success")
BuildProgress = Callable[[str, int, int], None]


@dataclass
class BuildReport:
    """What a build did: nodes counted by kind and by status, and what failed."""

    built: Counter[str] = field(default_factory=Counter)
    tests: Counter[str] = field(default_factory=Counter)
    declared: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    @property
    def test_count(self) -> int:
        """Number of tests executed, unit tests included."""
        return sum(self.tests.values())


@dataclass(frozen=True)
class BuildOptions:
    """What to build; ``sources`` empty means: those that have rows in raw tables."""

    sources: tuple[str, ...] = ()
    as_of: str | None = None
    select: str | None = None
    is_full_refresh: bool = False
    has_docs: bool = False


def build_warehouse(root: Path, options: BuildOptions, progress: BuildProgress) -> BuildReport:
    """Load the seeds, then build and test all models.

    Parameters
    ----------
    root
        Project folder.
    options
        What to build.
    progress
        Called with the name of the step, nodes done and nodes in all (0: not known yet).

    Returns
    -------
    BuildReport
        Counts and failures; a failed build is in the report, one that cannot run raises.
    """
    variables = _choose_variables(root, options)
    _ensure_profiles(root)
    warehouse = find_warehouse(root)
    _ensure_raw_tables(root, warehouse, variables["source_systems"])
    os.environ[WAREHOUSE_VARIABLE] = str(warehouse)
    os.environ["DO_NOT_TRACK"] = "1"
    common = [
        *("--project-dir", str(root), "--profiles-dir", str(root), "--target", "duckdb"),
        *("--vars", json.dumps(variables)),
    ]
    refresh = ["--full-refresh"] if options.is_full_refresh else []
    selection = ["--select", *options.select.split()] if options.select else []
    report = BuildReport(sources=variables["source_systems"])
    # One command for all: a build that excludes the seeds silently excludes their tests.
    _run(["build", *refresh, *selection, *common], "build", report, progress)
    if not report.failures:
        report.declared = _count_declared(root)
    if options.has_docs and not report.failures:
        _run(["docs", "generate", "--static", *common], "docs", report, progress)
    _check_tests(report, is_partial=options.select is not None)
    return report


def find_artefacts(root: Path) -> Path:
    """Find the folder of dbt's artefacts.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    Path
        Folder that dbt writes its manifest and documentation to.
    """
    return root / os.environ.get("DBT_TARGET_PATH", "target")


def _check_tests(report: BuildReport, is_partial: bool) -> None:
    """Make sure that a green build executed every test that the project declares."""
    if report.failures or is_partial:
        return
    if not report.test_count:
        raise BuildError(
            "The build executed no test at all: check that the models still declare their tests."
        )
    if report.test_count != report.declared:
        raise BuildError(
            f"The build executed {report.test_count} of {report.declared} declared tests: "
            "compare target/run_results.json with target/manifest.json to find the others."
        )


def _count_declared(root: Path) -> int:
    """Count the enabled tests of the manifest, unit tests included.

    A generic test that depends on nothing belongs to a model of a source that is not in the build.
    """
    manifest = json.loads((find_artefacts(root) / "manifest.json").read_text(encoding="utf-8"))
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    tests = [t for t in tests if t["depends_on"]["nodes"] or not t.get("test_metadata")]
    return len(tests) + len(manifest.get("unit_tests", {}))


def _choose_variables(root: Path, options: BuildOptions) -> dict[str, Any]:
    """Choose the variables of the build."""
    check_sources(root, list(options.sources))
    variables: dict[str, Any] = {"source_systems": list(options.sources) or find_loaded(root)}
    if options.as_of is not None:
        try:
            variables["as_of_date"] = date.fromisoformat(options.as_of).isoformat()
        except ValueError:
            raise InvalidOptionError(
                f"'{options.as_of}' is no date: write --as-of as YYYY-MM-DD, such as 2025-12-31."
            ) from None
    return variables


def find_loaded(root: Path) -> list[str]:
    """Find the source systems that have rows in raw tables.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    list of str
        Names of the sources; those of the project's default when nothing is loaded.
    """
    warehouse = find_warehouse(root)
    loaded: list[str] = []
    if warehouse.exists():
        with connect_warehouse(warehouse, read_only=True) as connection:
            for name in list_sources(root):
                counts = count_batches(connection, read_source(root, name))
                if any(rows for _, rows in counts.values()):
                    loaded.append(name)
    default = (read_project(root).get("vars") or {}).get("source_systems") or []
    return loaded or [str(name) for name in default]


def _ensure_profiles(root: Path) -> None:
    """Copy the example profile when the project has none."""
    if (root / PROFILES).exists():
        return
    if not (root / EXAMPLE_PROFILES).exists():
        raise ProjectError(
            f"The project has neither {PROFILES} nor {EXAMPLE_PROFILES}: restore the latter."
        )
    shutil.copyfile(root / EXAMPLE_PROFILES, root / PROFILES)


def _ensure_raw_tables(root: Path, warehouse: Path, sources: list[str]) -> None:
    """Make the raw tables the models read, also those for which no file was loaded."""
    with connect_warehouse(warehouse) as connection:
        for name in sources:
            ensure_tables(connection, read_source(root, name))


def _run(arguments: list[str], step: str, report: BuildReport, progress: BuildProgress) -> None:
    """Run one dbt command in this process and add its results to the report."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    counts = {"done": 0, "total": 0}

    def on_event(event: Any) -> None:
        if event.info.name == "LogStartLine":
            counts["total"] = max(counts["total"], event.data.total)
        elif event.info.name == "NodeFinished":
            counts["done"] += 1
            progress(step, counts["done"], max(counts["total"], counts["done"]))

    progress(step, 0, 0)
    try:
        outcome = dbtRunner(callbacks=[on_event]).invoke(["--log-level", "none", *arguments])
    finally:
        DuckDBConnectionManager.close_all_connections()
    for result in getattr(outcome.result, "results", None) or []:
        _count_result(result, report)
    if not outcome.success and not report.failures:
        reason = outcome.exception or "dbt gave no reason; logs/dbt.log has it"
        report.failures.append(f"{step}: {shorten(str(reason))}")


def _count_result(result: Any, report: BuildReport) -> None:
    """Add the result of one node to the report."""
    node = getattr(result, "node", None)
    if node is None or not hasattr(result, "status"):
        return
    kind, status = str(node.resource_type), str(result.status).lower()
    kind = kind.rsplit(".", 1)[-1].lower()
    if status == "skipped":
        report.skipped += 1
    elif kind.startswith(TEST_TYPES):
        report.tests["fail" if status in FAILED else status] += 1
    elif status == "success":
        report.built[kind] += 1
    if status in FAILED:
        report.failures.append(f"{kind} {node.name}: {shorten(str(result.message or status))}")


def shorten(text: str, limit: int = 300) -> str:
    """Bring a message of dbt to one line.

    Parameters
    ----------
    text
        Message.
    limit
        Most characters to keep.

    Returns
    -------
    str
        One line without runs of blanks.
    """
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
