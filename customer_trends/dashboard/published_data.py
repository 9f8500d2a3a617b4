"""Where the dashboard reads: the published file, or the marts on a MySQL or MariaDB server."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from threading import Lock, Timer, local
from typing import TYPE_CHECKING, Any

import duckdb

from customer_trends.engines.duckdb_connection import quote_text
from customer_trends.engines.engine import MYSQL_TARGETS, choose_target
from customer_trends.errors import CustomerTrendsError
from customer_trends.project.paths import find_published

if TYPE_CHECKING:
    # The first figures are shown before pandas is loaded.
    import pandas as pd


# A file that nobody has looked at for so long is let go.
IDLE_SECONDS = 60


class SourceUnavailableError(Exception):
    """There is nothing to show; says what is missing and the command that fixes it.

    Attributes
    ----------
    what
        What is missing, one sentence.
    fix
        What to do, one sentence.
    command
        Command to run; empty where there is none.
    """

    def __init__(self, what: str, fix: str, command: str = "") -> None:
        """Keep the three parts."""
        super().__init__(what)
        self.what, self.fix, self.command = what, fix, command


class MartMissingError(SourceUnavailableError):
    """A mart, or a column of it, is not in what was published."""


class Source(ABC):
    """What the dashboard reads.

    Attributes
    ----------
    name
        Where it is.
    """

    def __init__(self, name: str) -> None:
        """Remember where it is."""
        self.name = name
        self._block = local()

    @abstractmethod
    def stamp(self) -> str:
        """Return a text that differs when anything may have changed; cheap."""

    @abstractmethod
    def run(self, sql: str, parameters: Sequence[Any]) -> pd.DataFrame:
        """Run SQL over ``marts.*`` and ``publication.*``; ``?`` stands for a parameter."""

    @abstractmethod
    def _connect(self) -> AbstractContextManager[Any]:
        """Open a connection."""

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Have the queries of a block, in this thread, share one connection."""
        with ExitStack() as opened:
            self._block.opened = opened
            try:
                yield
            finally:
                self._block.__dict__.clear()

    @contextmanager
    def _borrow(self) -> Iterator[Any]:
        """Give the connection of the block; outside of one, a connection of its own."""
        block = self._block.__dict__
        if "opened" not in block:
            with self._connect() as connection:
                yield connection
            return
        if "connection" not in block:
            block["connection"] = block["opened"].enter_context(self._connect())
        yield block["connection"]


class PublishedFile(Source):
    """The published DuckDB file.

    Opening it takes longer than most queries: it stays open until another file takes its place, or
    nobody has looked for a while.
    """

    def __init__(self, path: Path) -> None:
        """Remember where the file is."""
        super().__init__(str(path))
        self.path = path
        self._lock = Lock()
        self._opened: tuple[str, duckdb.DuckDBPyConnection] | None = None
        self._release_later: Timer | None = None

    def stamp(self) -> str:
        """Give the moment of the last publication."""
        try:
            return str(self.path.stat().st_mtime_ns)
        except OSError:
            raise SourceUnavailableError(
                f"There is no published file at {self.path} yet.",
                "Build the warehouse and publish it; this page shows it as soon as it is there.",
                "customer-trends demo && customer-trends publish",
            ) from None

    @contextmanager
    def _connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the file, or what is open of it, for one look."""
        with self._open(self.stamp()) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute("use published")
            yield connection

    def _open(self, stamp: str) -> duckdb.DuckDBPyConnection:
        """Give a connection of its own to what was published last."""
        with self._lock:
            if self._release_later is not None:
                self._release_later.cancel()
            if self._opened is None or self._opened[0] != stamp:
                # In memory: DuckDB would give the old file to a second connection to the same path.
                opened = duckdb.connect(config={"threads": 2})
                opened.execute(f"attach {quote_text(self.name)} as published (read_only)")
                self._opened = (stamp, opened)
            self._release_later = Timer(IDLE_SECONDS, self.release)
            self._release_later.daemon = True
            self._release_later.start()
            return self._opened[1].cursor()

    def release(self) -> None:
        """Let go of the file; looks that go on keep it until they end."""
        with self._lock:
            if self._release_later is not None:
                self._release_later.cancel()
            self._opened = None

    def run(self, sql: str, parameters: Sequence[Any]) -> pd.DataFrame:
        """Run a query."""
        with self._explaining(), self._borrow() as connection:
            frame: pd.DataFrame = connection.execute(sql, list(parameters)).df()
            return frame

    def fetch(self, sql: str) -> list[dict[str, Any]]:
        """Run a query without parameters; gives plain rows, without pandas."""
        with self._explaining(), self._borrow() as connection:
            result = connection.execute(sql)
            names = [str(column[0]) for column in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """Say what is missing where a query fails."""
        self.stamp()
        try:
            yield
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise explain_missing(str(error), "") from None
        except duckdb.Error as error:
            raise SourceUnavailableError(
                f"{self.path} cannot be read: {str(error).splitlines()[0]}",
                "It is not a file that this project published: publish again.",
                "customer-trends publish",
            ) from None


def explain_missing(error: str, option: str) -> MartMissingError:
    """Say which mart is missing and how it gets there.

    Parameters
    ----------
    error
        What the database said.
    option
        Option of the commands that name the target; empty for the default.

    Returns
    -------
    MartMissingError
        The error to raise.
    """
    found = re.search(r"\b(mart_\w+)", error)
    what = found[1] if found else "What is asked for"
    return MartMissingError(
        f"{what} is not as this dashboard needs it in what was published last.",
        "What was published is older than this dashboard: build and publish again.",
        f"customer-trends build{option} && customer-trends publish{option}",
    )


def open_source(root: Path) -> Source:
    """Choose what to read: the target of ``CUSTOMER_TRENDS_TARGET``, or the published file.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    Source
        What the dashboard reads.

    Raises
    ------
    SourceUnavailableError
        If the target has no dashboard, or its settings are wrong.
    """
    try:
        target = choose_target()
        if target in MYSQL_TARGETS:
            # The drivers of servers are loaded only where there is one.
            from customer_trends.dashboard.published_server import Server

            return Server(root, target)
        return PublishedFile(find_published(root))
    except (CustomerTrendsError, ValueError) as error:
        raise SourceUnavailableError(
            str(error), "Set CUSTOMER_TRENDS_TARGET to duckdb, mysql or mariadb and start again."
        ) from None
