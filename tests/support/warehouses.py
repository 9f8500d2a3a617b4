"""Build warehouses of their own for end-to-end tests: load files, build, query."""

import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Warehouse:
    """A warehouse file with the dbt artefacts of its own builds."""

    folder: Path

    @property
    def path(self) -> Path:
        """Warehouse file."""
        return self.folder / "warehouse.duckdb"

    def run(self, *arguments: object, expect: int = 0, **variables: str) -> str:
        """Run the command line on this warehouse.

        Parameters
        ----------
        *arguments
            Arguments of ``customer-trends``.
        expect
            Exit code that must come back.
        **variables
            Further environment variables.

        Returns
        -------
        str
            What was printed.
        """
        return self._execute(["-m", "customer_trends", *map(str, arguments)], expect, variables)

    def dbt(self, *arguments: object) -> str:
        """Run dbt on this warehouse.

        Parameters
        ----------
        *arguments
            Command and options of ``dbt``.

        Returns
        -------
        str
            What was printed.
        """
        start = "from dbt.cli.main import cli; cli()"
        return self._execute(["-c", start, "--no-use-colors", *map(str, arguments)], 0, {})

    def _execute(self, arguments: list[str], expect: int, variables: dict[str, str]) -> str:
        """Run Python on this warehouse; it must end with this exit code."""
        environment = {
            **os.environ,
            "CUSTOMER_TRENDS_WAREHOUSE": str(self.path),
            "CUSTOMER_TRENDS_PUBLISHED": str(self.folder / "published" / "marts.duckdb"),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "COLUMNS": "200",
            **variables,
        }
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expect, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout + done.stderr

    def build_models(self, *options: object) -> None:
        """Build seeds and models without their tests."""
        alone = ("--select", "resource_type:seed resource_type:model")
        self.run("build", *alone, *options, DBT_INDIRECT_SELECTION="empty")

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Query the warehouse, read-only."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def count_tests(printed: str) -> Counter[str]:
    """Count the tests of a build by what became of them; all that are declared were executed.

    Parameters
    ----------
    printed
        What the build printed.

    Returns
    -------
    Counter
        Tests by outcome (``passed``, ``warned``), unit tests included.
    """
    summary = re.search(r"Tests: (.*) of (\d+) declared", printed)
    assert summary, printed[-2000:]
    counts = Counter(
        {outcome: int(count) for count, outcome in re.findall(r"(\d+) (\w+)", summary[1])}
    )
    assert counts.total() == int(summary[2]) > 20, printed[-2000:]
    return counts


def load_files(folder: Path, files: dict[str, list[Path]]) -> Warehouse:
    """Load files of source systems into a new warehouse.

    Parameters
    ----------
    folder
        Scratch folder.
    files
        Source system to its files.

    Returns
    -------
    Warehouse
        The loaded warehouse.
    """
    warehouse = Warehouse(folder)
    for source, paths in files.items():
        warehouse.run("load", source, *paths)
    return warehouse


def load_and_build(folder: Path, files: dict[str, list[Path]], *build_options: object) -> Warehouse:
    """Load files of source systems into a new warehouse and build it, with every test of data.

    Parameters
    ----------
    folder
        Scratch folder.
    files
        Source system to its files.
    *build_options
        Further options of ``customer-trends build``.

    Returns
    -------
    Warehouse
        The built warehouse.
    """
    warehouse = load_files(folder, files)
    counts = count_tests(warehouse.run("build", *build_options))
    assert set(counts) <= {"passed", "warned"}, counts
    return warehouse
