"""Run dbt on the warehouse: seeds, models and tests, documentation."""

import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from customer_trends.building.dbt_runner import Dbt, require_adapter
from customer_trends.building.doctor import examine_settings, examine_shop
from customer_trends.building.erasure import rewrite_after_erasures
from customer_trends.building.outcome import (
    RULES,
    NodeResult,
    finish_outcome,
    read_result,
    shorten,
    start_outcome,
)
from customer_trends.engines.connect import open_engine
from customer_trends.engines.interface import Engine
from customer_trends.engines.settings import MYSQL_TARGETS
from customer_trends.errors import BuildError, InvalidOptionError
from customer_trends.loading.live_shop import SHOP, find_live_schema, read_cut
from customer_trends.loading.load import count_batches, ensure_tables
from customer_trends.project.paths import find_artefacts, find_warehouse, read_project
from customer_trends.project.profiles import ensure_profiles
from customer_trends.project.source_declarations import (
    Source,
    check_sources,
    list_sources,
    read_source,
)

TEST_TYPES = ("test", "unit")
# dbt's own variable.
EXCLUDED_VARIABLE = "DBT_EXCLUDE_RESOURCE_TYPES"
FAILED = ("error", "fail", "runtime error", "partial success")
BuildProgress = Callable[[str, int, int], None]


@dataclass
class BuildReport:
    """What a build did: nodes counted by kind and by status, and what failed.

    ``broken`` holds the SQL of each failed test that names the rules that are broken.
    ``results`` holds what became of each node, for those who publish the warehouse.
    ``is_rewritten`` says that the warehouse file was rewritten to be rid of erased customers.
    """

    built: Counter[str] = field(default_factory=Counter)
    tests: Counter[str] = field(default_factory=Counter)
    declared: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    results: dict[str, NodeResult] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    is_rewritten: bool = False

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
    target: str = "duckdb"
    has_unit_tests: bool = False


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
    require_adapter(options.target)
    variables = _choose_variables(root, options)
    ensure_profiles(root)
    location = _ensure_raw_tables(root, options.target, variables["source_systems"])
    is_complete = options.select is None
    artefacts = find_artefacts(root)
    start_outcome(artefacts, location, is_complete)
    given = _give_variables(root, variables)
    excluded = _list_excluded(options)
    refresh = ["--full-refresh"] if options.is_full_refresh else []
    selection = ["--select", *options.select.split()] if options.select else []
    selection += [word for kind in excluded for word in ("--exclude-resource-type", kind)]
    report = BuildReport(sources=variables["source_systems"])
    dbt = Dbt(root, options.target)
    # One command for all: a build that excludes the seeds silently excludes their tests.
    _run(dbt, ["build", *refresh, *selection, *given], report, progress)
    _name_broken_rules(root, options.target, report)
    if is_complete and not report.failures:
        report.declared = _count_declared(root, has_unit_tests="unit_test" not in excluded)
    if options.has_docs and not report.failures:
        _run(dbt, ["docs", "generate", "--static", *given], report, progress)
    _check_tests(report, is_partial=not is_complete)
    finish_outcome(
        artefacts, location, is_complete, report.sources, report.results, report.failures
    )
    if (
        is_complete
        and not report.failures
        and options.target == "duckdb"
        and SHOP in report.sources
    ):
        report.is_rewritten = rewrite_after_erasures(root, lambda: progress("erase", 0, 0))
    return report


def _give_variables(root: Path, variables: dict[str, Any]) -> list[str]:
    """Give dbt the variables that differ from the project's: each change costs it a full parse."""
    own = read_project(root).get("vars") or {}
    changed = {name: value for name, value in variables.items() if own.get(name) != value}
    return ["--vars", json.dumps(changed)] if changed else []


def _name_broken_rules(root: Path, target: str, report: BuildReport) -> None:
    """Add to the failures which rules of a relation are broken, and by how many rows each."""
    if not report.broken:
        return
    with open_engine(root, target, read_only=True) as engine:
        for name, query in report.broken.items():
            rows = engine.fetch(query).rows
            report.failures += [f"{name}: broken {row[0].rstrip('; ')}" for row in rows]


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


def _list_excluded(options: BuildOptions) -> list[str]:
    """List the kinds of nodes that are left out: those of dbt's own variable, and unit tests."""
    if options.target in MYSQL_TARGETS:
        # dbt 1.7 has neither unit tests nor the option.
        return []
    named = os.environ.get(EXCLUDED_VARIABLE, "").split()
    return named if options.has_unit_tests else sorted({*named, "unit_test"})


def _count_declared(root: Path, has_unit_tests: bool) -> int:
    """Count the enabled tests of the manifest.

    A generic test that depends on nothing belongs to a model of a source that is not in the build.
    """
    manifest = json.loads((find_artefacts(root) / "manifest.json").read_text(encoding="utf-8"))
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    tests = [t for t in tests if t["depends_on"]["nodes"] or not t.get("test_metadata")]
    return len(tests) + has_unit_tests * len(manifest.get("unit_tests", {}))


def _choose_variables(root: Path, options: BuildOptions) -> dict[str, Any]:
    """Choose the variables of the build."""
    check_sources(root, list(options.sources))
    variables: dict[str, Any] = {
        "source_systems": list(options.sources) or find_loaded(root, options.target)
    }
    if options.as_of is not None:
        try:
            variables["as_of_date"] = date.fromisoformat(options.as_of).isoformat()
        except ValueError:
            raise InvalidOptionError(
                f"'{options.as_of}' is no date: write --as-of as YYYY-MM-DD, such as 2025-12-31."
            ) from None
    return variables


def find_loaded(root: Path, target: str = "duckdb") -> list[str]:
    """Find the source systems that have rows in raw tables.

    Parameters
    ----------
    root
        Project folder.
    target
        Target of the profile.

    Returns
    -------
    list of str
        Names of the sources; those of the project's default when nothing is loaded.
    """
    loaded: list[str] = []
    if target != "duckdb" or find_warehouse(root).exists():
        with open_engine(root, target, read_only=True) as engine:
            sources = (read_source(root, name) for name in list_sources(root))
            loaded = [source.name for source in sources if _has_rows(engine, source)]
    default = (read_project(root).get("vars") or {}).get("source_systems") or []
    return loaded or [str(name) for name in default]


def _has_rows(engine: Engine, source: Source) -> bool:
    """Return whether a source has rows; a shop that is read in place has when it ever changed."""
    schema = find_live_schema(source.name, engine.target)
    if schema is not None:
        return read_cut(engine, schema)[0] > 0
    return any(rows for _, rows in count_batches(engine, source).values())


def _ensure_raw_tables(root: Path, target: str, sources: list[str]) -> str:
    """Make the raw tables the models read, on an engine that is fit; return where it is."""
    with open_engine(root, target) as engine:
        findings = [*examine_settings(engine, root)]
        if SHOP in sources:
            findings += examine_shop(engine)
        for finding in findings:
            if finding.fix and not finding.is_advice:
                raise BuildError(f"{finding.check}: {finding.found}. {finding.fix}")
        for name in sources:
            ensure_tables(engine, read_source(root, name))
        return engine.location


def _run(dbt: Dbt, arguments: list[str], report: BuildReport, progress: BuildProgress) -> None:
    """Run one dbt command and add its results to the report."""
    counts, step = {"done": 0, "total": 0}, arguments[0]

    def on_event(event: Any) -> None:
        if event.info.name == "LogStartLine":
            counts["total"] = max(counts["total"], event.data.total)
        elif event.info.name == "NodeFinished":
            counts["done"] += 1
            progress(step, counts["done"], max(counts["total"], counts["done"]))

    progress(step, 0, 0)
    outcome = dbt.run(arguments, on_event)
    for result in getattr(outcome.result, "results", None) or []:
        _count_result(result, report)
    if not outcome.success and not report.failures:
        reason = outcome.exception or "dbt gave no reason; logs/dbt.log may have it"
        report.failures.append(f"{step}: {shorten(str(reason))}")


def _count_result(result: Any, report: BuildReport) -> None:
    """Add the result of one node to the report."""
    node = getattr(result, "node", None)
    if node is None or not hasattr(result, "status"):
        return
    kind, status = str(node.resource_type), str(result.status).lower()
    kind = kind.rsplit(".", 1)[-1].lower()
    report.results |= read_result(result, kind, status)
    if status == "skipped":
        report.skipped += 1
    elif kind.startswith(TEST_TYPES):
        report.tests["fail" if status in FAILED else status] += 1
    elif status == "success" and kind != "operation":
        report.built[kind] += 1
    if status == "fail" and getattr(getattr(node, "test_metadata", None), "name", "") == RULES:
        report.broken[node.name] = node.compiled_code
    if status in FAILED:
        report.failures.append(f"{kind} {node.name}: {shorten(str(result.message or status))}")
