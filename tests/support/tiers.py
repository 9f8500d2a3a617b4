"""Tiers: which command runs a test, and that it leaves nothing out in silence.

Each test gets exactly one marker, from its folder and from what it needs; nobody writes these
markers by hand. The targets of the Makefile select by them.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from servers.database_servers import ENGINES

MARKERS = {
    "check": "needs only Python and the files of the repository: conventions and unit tests",
    "builds": "needs only Python: DuckDB builds, real data, scoring, the dashboard and BI files",
    "engines": "needs MySQL, MariaDB, Spark, or a parser of BI files",
    "browser": "needs Chromium",
    "dbt2": "needs dbt 2.0, which not every machine can have",
    "soak": "takes hours",
}
# What `make <target>` hands to pytest after -m.
TIERS = {
    "check": "check",
    "test": "builds",
    "test-engines": "engines or browser",
    "test-dbt2": "dbt2",
    "soak": "soak",
}
# Folders of tests that run only when they are asked for; their markers have the same names.
ON_REQUEST = ("dbt2", "soak")
CHECK_FOLDERS = ("conventions", "unit")
OTHER_ENGINES = (*ENGINES, "spark")
# Fixtures that need more than Python, and the one that needs real data.
BROWSER_FIXTURES = {"chromium_path"}
ENGINE_FIXTURES = {
    "database", "server_lane", "server_pool", "tmdl_parser", "workbook_checker",
}  # fmt: skip
BUILD_FIXTURES = {"public_data"}
WITHOUT_DATA_VARIABLE = "CUSTOMER_TRENDS_WITHOUT_DATA"
CI_VARIABLE = "CI"
NO_DATA = "REAL DATA MISSING"


def find_marker(folder: str, fixtures: Iterable[str], parameters: Iterable[object]) -> str:
    """Find the marker of a test.

    Parameters
    ----------
    folder
        Folder of the test below ``tests``.
    fixtures
        Names of all fixtures it uses, directly or not.
    parameters
        Values it is parametrized with. A test of the lanes with the name of an engine among them
        needs that engine; a test of every engine's lane is of the builds where that is DuckDB's.

    Returns
    -------
    str
        One of ``MARKERS``.
    """
    needed = set(fixtures)
    if folder in ON_REQUEST:
        return folder
    if folder == "browser" or needed & BROWSER_FIXTURES:
        return "browser"
    values = list(parameters)
    if "lane" in needed and "duckdb" in values:
        return "builds"
    builds_other_lane = "lanes" in needed and any(one in OTHER_ENGINES for one in values)
    if folder == "engines" or needed & ENGINE_FIXTURES or builds_other_lane:
        return "engines"
    is_quick = folder in CHECK_FOLDERS and not needed & BUILD_FIXTURES
    return "check" if is_quick else "builds"


def mark(item: pytest.Item) -> None:
    """Give a test the marker of its tier."""
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    fixtures = getattr(item, "fixturenames", ())
    item.add_marker(find_marker(item.path.parent.name, fixtures, parameters))


def may_lack_data(environment: dict[str, str] | Any = os.environ) -> bool:
    """Return whether tests that lack real data are left out, and listed at the end.

    They are for people who have just cloned the project. In CI they fail, unless the environment
    says that it is on purpose.
    """
    return bool(environment.get(WITHOUT_DATA_VARIABLE)) or not environment.get(CI_VARIABLE)


def judge_skip(report: pytest.TestReport) -> None:
    """Turn a skipped test into a failed one, unless it lacks data that it may lack.

    Parameters
    ----------
    report
        Report of the set-up or call of a test; it is changed in place.
    """
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if NO_DATA in reason and may_lack_data():
        return
    report.outcome = "failed"
    report.longrepr = f"A tier skips nothing: {reason.removeprefix('Skipped: ')}"


def list_without_data(reports: Iterable[Any]) -> list[str]:
    """List the tests that lack real data.

    Parameters
    ----------
    reports
        Reports of tests that failed or were skipped.

    Returns
    -------
    list of str
        Their names, each once.
    """
    return sorted({one.nodeid for one in reports if NO_DATA in str(getattr(one, "longrepr", ""))})


def list_requested(arguments: Iterable[str]) -> set[str]:
    """List the folders of tests on request that are named on the command line."""
    parts = {part for argument in arguments for part in Path(argument.split("::")[0]).parts}
    return parts & set(ON_REQUEST)
