"""What the last build of a warehouse came to; nothing is published that is not green.

Each full build starts a new record, a partial one replaces the results of its nodes: what
failed and was fixed later counts as fixed.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from customer_trends.errors import PublishError
from customer_trends.project.paths import PROJECT_NAME

OUTCOME = "build_outcome.json"
# The generic test that holds all rules of a relation.
RULES = "rules"
# dbt commands that change tables or judge them.
CHANGING = ("build", "run", "seed", "test", "retry")
BAD = ("error", "fail", "runtime error", "partial success", "skipped")
KINDS = ("seed", "model", "snapshot", "test", "unit_test")
MOMENT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class NodeResult:
    """What became of one node: a seed, a model, a test or a unit test.

    Attributes
    ----------
    name
        Name of the node.
    kind
        ``seed``, ``model``, ``test`` or ``unit_test``.
    status
        dbt's word: ``success``, ``pass``, ``warn``, ``fail``, ``error``, ``skipped``.
    relation
        Model that a test is about; empty where it is about several.
    failures
        Rows that a test found.
    message
        What dbt said, on one line.
    """

    name: str
    kind: str
    status: str
    relation: str = ""
    failures: int = 0
    message: str = ""


@dataclass
class BuildOutcome:
    """The record of a warehouse's builds.

    Attributes
    ----------
    finished_at
        Moment of the last build, UTC; empty while one runs, or after one that was cut off.
    is_complete
        True when a build of all nodes is part of the record.
    sources
        Source systems of the last build.
    failures
        What the last build failed at.
    results
        Node to its result.
    """

    finished_at: str = ""
    is_complete: bool = False
    sources: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    results: dict[str, NodeResult] = field(default_factory=dict)

    def list_tests(self) -> list[NodeResult]:
        """List the results of tests and unit tests, sorted by name."""
        tests = (result for result in self.results.values() if result.kind.endswith("test"))
        return sorted(tests, key=lambda test: test.name)


def read_result(result: Any, kind: str, status: str) -> dict[str, NodeResult]:
    """Read what became of a seed, a model or a test.

    Parameters
    ----------
    result
        Result of dbt.
    kind
        Kind of its node.
    status
        dbt's word for what became of it.

    Returns
    -------
    dict
        Node to its result; empty for nodes of other kinds.
    """
    kind = "unit_test" if kind == "unit" else kind
    if kind not in KINDS:
        return {}
    node, is_good = result.node, status in ("success", "pass")
    tested = getattr(node, "attached_node", None) or getattr(node, "model", None) or ""
    return {
        node.unique_id: NodeResult(
            name=node.name,
            kind=kind,
            status=status,
            relation=str(tested).rsplit(".", 1)[-1],
            failures=int(getattr(result, "failures", None) or 0),
            message="" if is_good else shorten(str(result.message or "")),
        )
    }


def start_outcome(artefacts: Path, location: str, is_complete: bool) -> None:
    """Note that a build has begun: until it ends well there is nothing to publish.

    Parameters
    ----------
    artefacts
        Folder of dbt's artefacts.
    location
        Where the warehouse is.
    is_complete
        True for a build of all nodes.
    """
    outcomes = _read_all(artefacts)
    kept = BuildOutcome() if is_complete else outcomes.get(location, BuildOutcome())
    kept.finished_at = ""
    _write_all(artefacts, outcomes | {location: kept})


def finish_outcome(
    artefacts: Path,
    location: str,
    is_complete: bool,
    sources: list[str],
    results: dict[str, NodeResult],
    failures: list[str],
) -> None:
    """Note how a build ended.

    Parameters
    ----------
    artefacts
        Folder of dbt's artefacts.
    location
        Where the warehouse is.
    is_complete
        True for a build of all nodes.
    sources
        Source systems of the build.
    results
        Node to its result.
    failures
        What failed.
    """
    outcomes = _read_all(artefacts)
    outcome = outcomes.get(location, BuildOutcome())
    outcome.finished_at = datetime.now(UTC).strftime(MOMENT)
    outcome.is_complete = is_complete or outcome.is_complete
    outcome.sources = sources
    outcome.failures = failures
    outcome.results |= results
    _write_all(artefacts, outcomes | {location: outcome})


def require_green(artefacts: Path, location: str) -> BuildOutcome:
    """Read the record of a warehouse whose last build was green.

    Parameters
    ----------
    artefacts
        Folder of dbt's artefacts.
    location
        Where the warehouse is.

    Returns
    -------
    BuildOutcome
        The record.

    Raises
    ------
    PublishError
        If there was no full build, or the last one failed, did not end, or was spoilt by a plain
        ``dbt`` command since.
    """
    outcome = _read_all(artefacts).get(location)
    if outcome is None:
        raise PublishError(
            f"No build of {location} is on record: run `customer-trends build`, then publish."
        )
    if not outcome.finished_at:
        raise PublishError(
            "The last build did not end well, so nothing is published: run `customer-trends build` "
            "again and fix what it names."
        )
    bad = outcome.failures or _list_bad(outcome)
    bad = bad or _find_failures_since(artefacts, outcome.finished_at)
    if bad:
        more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
        raise PublishError(
            f"The last build failed at {bad[0]}{more}, so nothing is published: fix it and run "
            "`customer-trends build` again."
        )
    if not outcome.is_complete:
        raise PublishError(
            "Only parts of the warehouse were built: run `customer-trends build` without --select, "
            "then publish."
        )
    return outcome


def _list_bad(outcome: BuildOutcome) -> list[str]:
    """List what failed in a build before and was not fixed; what was skipped comes last."""
    bad = [result for result in outcome.results.values() if result.status in BAD]
    bad.sort(key=lambda result: (result.status == "skipped", result.name))
    return [f"{result.kind} {result.name}" for result in bad]


def _find_failures_since(artefacts: Path, finished_at: str) -> list[str]:
    """Find what a plain dbt command failed at after the build on record."""
    try:
        run = json.loads((artefacts / "run_results.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    is_later = str(run["metadata"]["generated_at"])[:19] > finished_at[:19]
    if not is_later or run.get("args", {}).get("which") not in CHANGING:
        return []
    prefix = f".{PROJECT_NAME}."
    return [
        result["unique_id"].replace(prefix, " ")
        for result in run["results"]
        if result["status"] in BAD and result["status"] != "skipped"
    ]


def _read_all(artefacts: Path) -> dict[str, BuildOutcome]:
    """Read the records of all warehouses; a file that cannot be read is none."""
    try:
        content = json.loads((artefacts / OUTCOME).read_text(encoding="utf-8"))
        return {location: _parse(entry) for location, entry in content.items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}


def _parse(entry: dict[str, Any]) -> BuildOutcome:
    """Read one record."""
    results = {node: NodeResult(**result) for node, result in entry["results"].items()}
    return BuildOutcome(**{**entry, "results": results})


def _write_all(artefacts: Path, outcomes: dict[str, BuildOutcome]) -> None:
    """Write the records; a reader sees the old file or the new one."""
    artefacts.mkdir(parents=True, exist_ok=True)
    fresh = artefacts / f"{OUTCOME}.new"
    content = {location: asdict(outcome) for location, outcome in outcomes.items()}
    fresh.write_text(json.dumps(content) + "\n", encoding="utf-8")
    os.replace(fresh, artefacts / OUTCOME)


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
