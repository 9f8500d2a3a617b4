"""Where the dashboard reads: the published file, or the marts on a MySQL or MariaDB server."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any

from customer_trends.engines.connect import connect
from customer_trends.engines.interface import Engine
from customer_trends.engines.settings import ServerSettings, choose_target, find_settings
from customer_trends.engines.shared_file import SharedFile
from customer_trends.errors import CustomerTrendsError, MissingRelationError, WarehouseError
from customer_trends.project.paths import find_published

if TYPE_CHECKING:
    # The first figures are shown before pandas is loaded.
    import pandas as pd

# How long a page waits for a server.
PATIENCE_SECONDS = 5


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
    option
        Option of the commands that name the target; empty for the default.
    """

    option = ""

    def __init__(self, name: str) -> None:
        """Remember where it is."""
        self.name = name
        self._block = local()

    @abstractmethod
    def stamp(self) -> str:
        """Return a text that differs when anything may have changed; cheap."""

    @abstractmethod
    def _connect(self) -> AbstractContextManager[Engine]:
        """Open a connection."""

    @abstractmethod
    def _explain(self, error: Exception) -> SourceUnavailableError:
        """Say what to do where the source cannot be read."""

    def run(self, sql: str, parameters: Sequence[Any]) -> pd.DataFrame:
        """Run SQL over ``marts.*`` and ``publication.*``; ``?`` stands for a parameter."""
        with self._look() as engine:
            return engine.fetch_frame(sql, parameters)

    def fetch(self, sql: str) -> list[dict[str, Any]]:
        """Run a query without parameters; gives plain rows, without pandas."""
        with self._look() as engine:
            found = engine.fetch(sql)
            return [dict(zip(found.headers, row, strict=True)) for row in found.rows]

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
    def _look(self) -> Iterator[Engine]:
        """Give the connection of the block, or one of its own; say what is missing at errors."""
        block = self._block.__dict__
        try:
            if "opened" not in block:
                with self._connect() as engine:
                    yield engine
                return
            if "engine" not in block:
                block["engine"] = block["opened"].enter_context(self._connect())
            yield block["engine"]
        except MissingRelationError as error:
            raise explain_missing(str(error), self.option) from None
        except WarehouseError as error:
            raise self._explain(error) from None


class PublishedFile(Source):
    """The published DuckDB file."""

    def __init__(self, path: Path) -> None:
        """Remember where the file is."""
        super().__init__(str(path))
        self.file = SharedFile(path)

    def stamp(self) -> str:
        """Give the moment of the last publication."""
        try:
            return self.file.stamp()
        except OSError:
            raise SourceUnavailableError(
                f"There is no published file at {self.name} yet.",
                "Build the warehouse and publish it; this page shows it as soon as it is there.",
                "customer-trends demo && customer-trends publish",
            ) from None

    def release(self) -> None:
        """Close the file; looks that go on keep it until they end."""
        self.file.release()

    @contextmanager
    def _connect(self) -> Iterator[Engine]:
        """Open the file, or what is open of it, for one look."""
        self.stamp()
        with closing(self.file.look()) as engine:
            yield engine

    def _explain(self, error: Exception) -> SourceUnavailableError:
        """Say that the file is none of this project's."""
        return SourceUnavailableError(
            f"{self.name} cannot be read: {str(error).splitlines()[0]}",
            "It is not a file that this project published: publish again.",
            "customer-trends publish",
        )


class Server(Source):
    """The marts on a MySQL or MariaDB server, as the dbt profile names it."""

    def __init__(self, settings: ServerSettings) -> None:
        """Keep how the server is reached."""
        self.settings, login = settings, settings.login
        self.address = login.address
        super().__init__(f"{settings.target}://{self.address}/{settings.prefix}_marts")
        self.option = f" --target {settings.target}"

    def stamp(self) -> str:
        """Give the moment of the youngest mart: a build replaces tables."""
        schemas = ", ".join(
            f"'{self.settings.prefix}_{layer}'" for layer in ("marts", "cube", "publication")
        )
        (found,) = self.fetch(
            "select max(create_time) as moment, count(*) as tables "
            f"from information_schema.tables where table_schema in ({schemas})"
        )
        return f"{found['moment']}/{found['tables']}"

    def _connect(self) -> AbstractContextManager[Engine]:
        """Log in."""
        return connect(self.settings, read_only=True, patience=PATIENCE_SECONDS)

    def _explain(self, error: Exception) -> SourceUnavailableError:
        """Say where to look when a server does not answer."""
        prefix = f"CUSTOMER_TRENDS_{self.settings.target.upper()}"
        return SourceUnavailableError(
            f"The server {self.address} does not answer: {error}",
            f"Check that it runs, and the variables {prefix}_HOST, _PORT, _USER and _PASSWORD.",
            f"customer-trends doctor{self.option}",
        )


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
        settings = find_settings(root, choose_target())
        if isinstance(settings, ServerSettings):
            return Server(settings)
        return PublishedFile(find_published(root))
    except CustomerTrendsError as error:
        raise SourceUnavailableError(
            str(error), "Set CUSTOMER_TRENDS_TARGET to duckdb, mysql or mariadb and start again."
        ) from None
