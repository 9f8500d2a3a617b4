"""Runs dbt in this process, and gives it what it can only be given by environment variables."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from customer_trends.building.parse_memory import forget_parse, remembered_parse
from customer_trends.engines.settings import choose_target
from customer_trends.errors import ProjectError
from customer_trends.project.dbt_1_7 import locate_project
from customer_trends.project.paths import find_artefacts, find_logs, find_profile_paths

# What is printed is this project's own; the log has the rest.
QUIET = (
    *("--log-level", "none"),
    *("--log-level-file", "info"),
    "--no-send-anonymous-usage-stats",
)
# Event with which dbt ends when it cannot start, such as after an error in a file.
STOPPED = "MainEncounteredError"
# Adapter and environment of each target.
SETUP = {"mysql": "mysql", "mariadb": "mysql", "spark": "spark"}


def require_adapter(target: str) -> None:
    """Check that dbt can build a target in this environment.

    Parameters
    ----------
    target
        Target of the profile.

    Raises
    ------
    ProjectError
        If the adapter is in another environment.
    """
    name = SETUP.get(target)
    if name and find_spec(f"dbt.adapters.{name}") is None:
        raise ProjectError(
            f"A build on {target} needs dbt-{name}, which has an environment of its own: "
            f"run `make setup-{name}`, then `.venv-{name}/bin/customer-trends`."
        )


class Dbt:
    """Runs commands of dbt on one target.

    In this process: Spark's session is in it, progress bars follow dbt's events, and starting
    Python and dbt again for each command would take seconds.
    """

    def __init__(self, root: Path, target: str) -> None:
        """Keep what all commands share.

        Parameters
        ----------
        root
            Project folder.
        target
            Target of the profile.
        """
        self.root = root
        self.place = [
            *("--project-dir", str(locate_project(root))),
            *("--profiles-dir", str(root)),
            # What is the default anyway is not given, so that plain dbt finds what was parsed.
            *([] if target == choose_target() else ["--target", target]),
            # Relative to the project folder, also where a generated project is run.
            *("--target-path", str(find_artefacts(root))),
            *("--log-path", str(find_logs(root))),
        ]

    def run(self, arguments: list[str], on_event: Callable[[Any], None]) -> Any:
        """Run one command.

        Parameters
        ----------
        arguments
            Command and its own options.
        on_event
            Called with each event of dbt.

        Returns
        -------
        dbtRunnerResult
            What became of it.
        """
        from dbt.cli.main import dbtRunner

        artefacts = find_artefacts(self.root)
        held: list[Any] = []

        def hold_end(event: Any) -> None:
            """Pass events on, but for the one that ends a command that could not start."""
            if event.info.name == STOPPED:
                held.append(event)
            else:
                on_event(event)

        # From the project folder the paths in the profile are right as they are.
        paths = {} if Path.cwd() == self.root else find_profile_paths(self.root)
        words = [*arguments, *self.place]
        try:
            with _variables(paths), remembered_parse(artefacts, words):
                result = dbtRunner(callbacks=[hold_end]).invoke([*QUIET, *words])
                # A renamed doc block or macro can make what dbt parsed before useless to it.
                if result.exception and not result.result and forget_parse(artefacts, words):
                    held.clear()
                    result = dbtRunner(callbacks=[hold_end]).invoke([*QUIET, *words])
                for event in held:
                    on_event(event)
                return result
        finally:
            _close_connections()


@contextmanager
def _variables(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for a block, and restore what was there.

    dbt reads the paths in a profile from environment variables and nowhere else, and takes those
    that are relative from the working directory, not from the project folder.
    """
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _close_connections() -> None:
    """Close what dbt leaves open; DuckDB's file would stay locked."""
    from dbt.adapters.factory import FACTORY

    for adapter in FACTORY.adapters.values():
        manager = adapter.ConnectionManager
        getattr(manager, "close_all_connections", adapter.cleanup_connections)()
