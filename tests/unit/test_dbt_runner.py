"""dbt gets variables for its commands alone, and what a build leaves out is an option."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from customer_trends.building import build, dbt_runner
from customer_trends.building.build import BuildOptions
from customer_trends.building.dbt_runner import STOPPED, Dbt, require_adapter
from customer_trends.building.parse_memory import PARSED
from customer_trends.errors import ProjectError
from customer_trends.project.paths import SPARK_VARIABLE, WAREHOUSE_VARIABLE, find_artefacts


@pytest.mark.parametrize("is_failing", [False, True])
def test_variables_are_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_failing: bool
) -> None:
    """Dbt sees absolute paths; the process has what it had before, even after a failure."""
    seen: dict[str, str | None] = {}

    class Runner:
        def __init__(self, callbacks: list[Any]) -> None:
            self.callbacks = callbacks

        def invoke(self, arguments: list[str]) -> SimpleNamespace:
            seen.update(
                {name: os.environ.get(name) for name in (WAREHOUSE_VARIABLE, SPARK_VARIABLE)}
            )
            if is_failing:
                raise RuntimeError("dbt broke off")
            return SimpleNamespace(success=True, exception=None, result=True)

    monkeypatch.setattr("dbt.cli.main.dbtRunner", Runner)
    monkeypatch.setenv(WAREHOUSE_VARIABLE, "my.duckdb")
    monkeypatch.delenv(SPARK_VARIABLE, raising=False)
    before = dict(os.environ)
    if is_failing:
        with pytest.raises(RuntimeError):
            Dbt(tmp_path, "duckdb").run(["build"], lambda event: None)
    else:
        Dbt(tmp_path, "duckdb").run(["build"], lambda event: None)
    root = tmp_path.resolve()
    assert seen == {
        WAREHOUSE_VARIABLE: str(root / "my.duckdb"),
        SPARK_VARIABLE: str(root / "warehouse" / "spark"),
    }
    assert dict(os.environ) == before


@pytest.mark.parametrize("is_remembered", [True, False])
def test_what_cannot_start_from_memory_is_parsed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_remembered: bool
) -> None:
    """A project that another version parsed must not stop a build; a true error is passed on."""
    parsed = find_artefacts(tmp_path) / PARSED
    parsed.parent.mkdir(parents=True)
    if is_remembered:
        parsed.write_text("of another version")
    events: list[str] = []

    class Runner:
        def __init__(self, callbacks: list[Any]) -> None:
            self.callbacks = callbacks

        def invoke(self, arguments: list[str]) -> SimpleNamespace:
            is_good = is_remembered and not parsed.exists()
            name = "Built" if is_good else STOPPED
            self.callbacks[0](SimpleNamespace(info=SimpleNamespace(name=name)))
            return SimpleNamespace(exception=None if is_good else ValueError(), result=is_good)

    monkeypatch.setattr("dbt.cli.main.dbtRunner", Runner)
    Dbt(tmp_path, "duckdb").run(["build"], lambda event: events.append(event.info.name))
    assert events == (["Built"] if is_remembered else [STOPPED])


def test_an_adapter_of_another_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build stops before it touches a server that it could not build on."""
    monkeypatch.setattr(dbt_runner, "find_spec", lambda name: None)
    require_adapter("duckdb")
    with pytest.raises(ProjectError, match="needs dbt-mysql, .* run `make setup-mysql`"):
        require_adapter("mariadb")


@pytest.mark.parametrize(
    ("named", "options", "excluded"),
    [
        ("", BuildOptions(has_unit_tests=True), []),
        ("", BuildOptions(has_unit_tests=False), ["unit_test"]),
        ("exposure unit_test", BuildOptions(has_unit_tests=True), ["exposure", "unit_test"]),
        ("exposure", BuildOptions(has_unit_tests=False), ["exposure", "unit_test"]),
        ("exposure", BuildOptions(has_unit_tests=False, target="mysql"), []),
    ],
)
def test_kinds_of_nodes_are_left_out(
    monkeypatch: pytest.MonkeyPatch, named: str, options: BuildOptions, excluded: list[str]
) -> None:
    """What dbt's own variable leaves out stays out when unit tests are left out, too."""
    monkeypatch.setenv(build.EXCLUDED_VARIABLE, named)
    assert build._list_excluded(options) == excluded
