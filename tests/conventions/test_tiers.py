"""Every test is of exactly one tier, and no tier leaves a test out in silence."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark.expression import Expression
from conftest import DEMO_FILES, LANE_FILES, PROJECT
from missing import fail_without
from tiers import (
    CI_VARIABLE,
    MARKERS,
    NO_DATA,
    TIERS,
    WITHOUT_DATA_VARIABLE,
    find_marker,
    judge_skip,
)

# Collects as pytest does, and writes what each test is marked with and which fixtures it uses.
COLLECT = """
import json, sys, pytest
class Writer:
    def pytest_collection_finish(self, session):
        found = [[one.nodeid, [mark.name for mark in one.iter_markers()], list(one.fixturenames)]
                 for one in session.items]
        print("FOUND " + json.dumps(found))
every = " or ".join(sys.argv[1:])
sys.exit(pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", "-m", every], [Writer()]))
"""
Collected = list[tuple[str, set[str], set[str]]]


@pytest.fixture(scope="module")
def collected() -> Collected:
    """Collect all tests: name, markers, fixtures."""
    done = subprocess.run(
        [sys.executable, "-c", COLLECT, *MARKERS],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stdout[-3000:] + done.stderr[-2000:]
    line = next(line for line in done.stdout.splitlines() if line.startswith("FOUND "))
    tests = json.loads(line.removeprefix("FOUND "))
    assert "deselected" not in done.stdout.splitlines()[-1]
    return [(name, set(markers), set(fixtures)) for name, markers, fixtures in tests]


def list_selections() -> dict[str, str]:
    """List what each target of the Makefile selects with -m."""
    text = (PROJECT / "Makefile").read_text(encoding="utf-8")
    rules = re.findall(r"^([a-z0-9-]+):.*\n((?:\t.*\n)+)", text, flags=re.MULTILINE)
    return {
        target.removesuffix("-again"): found[1]
        for target, recipe in rules
        if (found := re.search(r'-m "([^"]+)"', recipe))
    }


def test_the_makefile_selects_the_tiers() -> None:
    assert list_selections() == TIERS


def test_every_test_is_of_one_tier(collected: Collected) -> None:
    """Together the tiers are all tests; no test is in two."""
    chosen = {tier: Expression.compile(expression) for tier, expression in TIERS.items()}
    faults = []
    for name, markers, _ in collected:
        tiers = [
            tier
            for tier, expression in chosen.items()
            if expression.evaluate(lambda marker, **_: marker in markers)  # noqa: B023
        ]
        if len(tiers) != 1:
            faults.append(f"{name}: {tiers}")
    assert not faults, "\n".join(faults)
    assert len(collected) > 1_200


def test_files_that_share_a_build_run_in_one_process(collected: Collected) -> None:
    """A file that is not listed would have another process make the same build again."""
    for fixture, files in (("lanes", LANE_FILES), ("demo_shop", DEMO_FILES)):
        users = {
            name.split("::")[0]
            for name, markers, fixtures in collected
            if fixture in fixtures and "soak" not in markers
        }
        shared = {Path(name).name for name in users if not defines(PROJECT / name, fixture)}
        assert shared == set(files), fixture


def defines(path: Path, fixture: str) -> bool:
    """Return whether a file has a fixture of this name of its own."""
    return f"def {fixture}(" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("folder", "fixtures", "parameters", "marker"),
    [
        ("unit", ["tmp_path"], ["mysql"], "check"),
        ("conventions", [], [], "check"),
        ("unit", ["public_data"], [], "builds"),
        ("unit", ["database", "server_pool"], ["mysql"], "engines"),
        ("warehouse", ["lanes"], [], "builds"),
        ("warehouse", ["lanes", "lane"], ["duckdb"], "builds"),
        ("warehouse", ["lanes", "lane"], ["spark"], "engines"),
        ("warehouse", ["lanes", "chromium_path"], [], "browser"),
        ("engines", [], [], "engines"),
        ("engines", ["lanes", "lane"], ["duckdb"], "builds"),
        ("browser", [], [], "browser"),
        ("dbt2", [], [], "dbt2"),
        ("soak", ["chromium_path", "server_pool"], [], "soak"),
    ],
)
def test_find_marker(
    folder: str, fixtures: list[str], parameters: list[object], marker: str
) -> None:
    assert find_marker(folder, fixtures, parameters) == marker


def make_report(outcome: str, reason: str) -> Any:
    """Make the report of a test that was skipped, or not."""
    longrepr = ("test.py", 1, f"Skipped: {reason}") if outcome == "skipped" else None
    return pytest.TestReport("test.py::test", ("", 0, ""), {}, outcome, longrepr, "call")  # type: ignore[arg-type]


def test_a_skipped_test_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only real data may be missing: on a machine of a person, or where it is on purpose."""
    judged: Callable[[str], str] = lambda reason: judge(make_report("skipped", reason))  # noqa: E731
    monkeypatch.delenv(WITHOUT_DATA_VARIABLE, raising=False)
    monkeypatch.setenv(CI_VARIABLE, "true")
    assert judged(f"{NO_DATA}: olist") == "failed"
    monkeypatch.delenv(CI_VARIABLE)
    assert judged(f"{NO_DATA}: olist") == "skipped"
    assert judged("no browser") == "failed"
    monkeypatch.setenv(CI_VARIABLE, "true")
    monkeypatch.setenv(WITHOUT_DATA_VARIABLE, "1")
    assert judged(f"{NO_DATA}: olist") == "skipped"
    assert judged("no browser") == "failed"
    assert judge(make_report("passed", "")) == "passed"


def judge(report: Any) -> str:
    """Give the outcome of a report after it is judged."""
    judge_skip(report)
    return str(report.outcome)


def test_a_missing_tool_is_named() -> None:
    with pytest.raises(pytest.fail.Exception, match="mariadb NOT TESTED: no server"):
        fail_without("mariadb", "no server")
