"""Where the dashboard reads: the published file, or the marts on a MySQL or MariaDB server."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import duckdb
import mysql.connector
import pandas as pd

from customer_trends.engine import MYSQL_TARGETS, choose_target
from customer_trends.errors import CustomerTrendsError
from customer_trends.profiles import read_settings
from customer_trends.publish import find_published
from customer_trends.warehouse import quote_text

LAYERS = re.compile(r"\b(marts|publication)\.(?=\w)")
CONNECT_SECONDS = 5
# MySQL: there is no such database, table or column; the account may not see it.
ABSENT = (1049, 1051, 1054, 1142, 1146)


class SourceUnavailableError(Exception):
    """There is nothing to show; says what is missing and the command that mends it.

    Attributes
    ----------
    what
        What is missing, one sentence.
    mend
        What to do, one sentence.
    command
        Command to run; empty where there is none.
    """

    def __init__(self, what: str, mend: str, command: str = "") -> None:
        """Keep the three parts."""
        super().__init__(what)
        self.what, self.mend, self.command = what, mend, command


class MartMissingError(SourceUnavailableError):
    """A mart, or a column of it, is not in what was published."""


class Source(Protocol):
    """What the dashboard reads."""

    name: str

    def stamp(self) -> str:
        """Tell by a text whether anything may have changed; cheap."""

    def run(self, sql: str, parameters: Sequence[Any]) -> pd.DataFrame:
        """Run SQL over ``marts.*`` and ``publication.*``; ``?`` stands for a parameter."""


class PublishedFile:
    """The published DuckDB file; every query opens it anew, so that it can be replaced."""

    def __init__(self, path: Path) -> None:
        """Remember where the file is."""
        self.path, self.name = path, str(path)

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

    def run(self, sql: str, parameters: Sequence[Any]) -> pd.DataFrame:
        """Run a query on a connection of its own."""
        self.stamp()
        try:
            # In memory: DuckDB would give the old file to a second connection to the same path.
            with duckdb.connect(config={"threads": 2}) as connection:
                connection.execute("set timezone = 'UTC'")
                connection.execute(f"attach {quote_text(self.name)} as published (read_only)")
                connection.execute("use published")
                return connection.execute(sql, list(parameters)).df()
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise _explain_missing(str(error), "") from None
        except duckdb.Error as error:
            raise SourceUnavailableError(
                f"{self.path} cannot be read: {str(error).splitlines()[0]}",
                "It is not a file that this project published: publish again.",
                "customer-trends publish",
            ) from None


class Server:
    """The marts on a MySQL or MariaDB server, as the dbt profile names it."""

    def __init__(self, root: Path, target: str) -> None:
        """Read the settings of the target."""
        settings = read_settings(root, target)
        self.target, self.schema = target, str(settings["schema"])
        self.access: dict[str, Any] = {
            "host": settings.get("server") or "127.0.0.1",
            "port": int(settings.get("port") or 3306),
            "user": str(settings.get("username") or ""),
            "password": str(settings.get("password") or ""),
            "ssl_disabled": str(settings.get("ssl_disabled")).lower() == "true",
        }
        self.name = f"{target}://{self.access['host']}:{self.access['port']}/{self.schema}_marts"

    def stamp(self) -> str:
        """Give the moment of the youngest mart: a build replaces tables."""
        found = self._fetch(
            "select max(create_time) as moment, count(*) as tables "
            "from information_schema.tables where table_schema in (%s, %s)",
            (f"{self.schema}_marts", f"{self.schema}_publication"),
        )
        return f"{found['moment'].iloc[0]}/{found['tables'].iloc[0]}"

    def run(self, sql: str, parameters: Sequence[Any]) -> pd.DataFrame:
        """Run a query on a connection of its own."""
        written = LAYERS.sub(rf"`{self.schema}_\1`.", sql)
        if parameters:
            written = written.replace("%", "%%").replace("?", "%s")
        return self._fetch(written, tuple(parameters))

    def _fetch(self, sql: str, parameters: tuple[Any, ...]) -> pd.DataFrame:
        """Connect, fetch all rows, and let go."""
        try:
            with mysql.connector.connect(
                **self.access, charset="utf8mb4", connection_timeout=CONNECT_SECONDS
            ) as connection:
                cursor = connection.cursor()
                cursor.execute(sql, parameters or None)
                columns = [str(column[0]) for column in cursor.description or []]
                return pd.DataFrame(cursor.fetchall(), columns=columns)
        except mysql.connector.Error as error:
            if error.errno in ABSENT:
                raise _explain_missing(str(error), f" --target {self.target}") from None
            prefix = f"CUSTOMER_TRENDS_{self.target.upper()}"
            raise SourceUnavailableError(
                f"The server {self.access['host']}:{self.access['port']} does not answer: {error}",
                f"Check that it runs, and the variables {prefix}_HOST, _PORT, _USER and _PASSWORD.",
                f"customer-trends doctor --target {self.target}",
            ) from None


def _explain_missing(error: str, option: str) -> MartMissingError:
    """Say which mart is missing and how it gets there."""
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
            return Server(root, target)
        return PublishedFile(find_published(root))
    except (CustomerTrendsError, ValueError) as error:
        raise SourceUnavailableError(
            str(error), "Set CUSTOMER_TRENDS_TARGET to duckdb, mysql or mariadb and start again."
        ) from None
