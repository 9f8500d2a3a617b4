"""The marts on a MySQL or MariaDB server, for the dashboard."""

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import mysql.connector
import pandas as pd

from customer_trends.dashboard.published_data import Source, SourceUnavailableError, explain_missing
from customer_trends.project.profiles import read_settings

LAYERS = re.compile(r"\b(marts|publication)\.(?=\w)")
CONNECT_SECONDS = 5
# MySQL: there is no such database, table or column; the account may not see it.
ABSENT = (1049, 1051, 1054, 1142, 1146)


class Server(Source):
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
        place = f"{self.access['host']}:{self.access['port']}/{self.schema}_marts"
        super().__init__(f"{target}://{place}")

    def stamp(self) -> str:
        """Give the moment of the youngest mart: a build replaces tables."""
        found = self._fetch(
            "select max(create_time) as moment, count(*) as tables "
            "from information_schema.tables where table_schema in (%s, %s)",
            (f"{self.schema}_marts", f"{self.schema}_publication"),
        )
        return f"{found['moment'].iloc[0]}/{found['tables'].iloc[0]}"

    def run(self, sql: str, parameters: Sequence[Any]) -> pd.DataFrame:
        """Run a query."""
        written = LAYERS.sub(rf"`{self.schema}_\1`.", sql)
        if parameters:
            written = written.replace("%", "%%").replace("?", "%s")
        return self._fetch(written, tuple(parameters))

    def _connect(self) -> AbstractContextManager[Any]:
        """Log in."""
        connection: AbstractContextManager[Any] = mysql.connector.connect(
            **self.access, charset="utf8mb4", connection_timeout=CONNECT_SECONDS, autocommit=True
        )
        return connection

    def _fetch(self, sql: str, parameters: tuple[Any, ...]) -> pd.DataFrame:
        """Fetch all rows."""
        try:
            with self._borrow() as connection:
                cursor = connection.cursor()
                cursor.execute(sql, parameters or None)
                columns = [str(column[0]) for column in cursor.description or []]
                return pd.DataFrame(cursor.fetchall(), columns=columns)
        except mysql.connector.Error as error:
            if error.errno in ABSENT:
                raise explain_missing(str(error), f" --target {self.target}") from None
            prefix = f"CUSTOMER_TRENDS_{self.target.upper()}"
            raise SourceUnavailableError(
                f"The server {self.access['host']}:{self.access['port']} does not answer: {error}",
                f"Check that it runs, and the variables {prefix}_HOST, _PORT, _USER and _PASSWORD.",
                f"customer-trends doctor --target {self.target}",
            ) from None
