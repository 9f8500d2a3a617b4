"""A DuckDB file that many look at while another file may take its place."""

from pathlib import Path
from threading import Lock, Timer

import duckdb

from customer_trends.engines.duckdb_connection import first_line, quote_text
from customer_trends.engines.duckdb_engine import DuckdbEngine
from customer_trends.errors import WarehouseError

# A file that nobody has looked at for so long is closed.
IDLE_SECONDS = 60


class SharedFile:
    """Opens a file once for all who look at it.

    Opening it takes longer than most queries: it stays open until another file takes its place, or
    nobody has looked for a while.
    """

    def __init__(self, path: Path) -> None:
        """Keep where the file is.

        Parameters
        ----------
        path
            DuckDB file.
        """
        self.path = path
        self._lock = Lock()
        self._opened: tuple[str, duckdb.DuckDBPyConnection] | None = None
        self._release_later: Timer | None = None

    def stamp(self) -> str:
        """Give a text that changes when another file takes the place of this one.

        Returns
        -------
        str
            When the file was written.

        Raises
        ------
        OSError
            If there is no file.
        """
        return str(self.path.stat().st_mtime_ns)

    def look(self) -> DuckdbEngine:
        """Open the file, or what is open of it, for one look.

        Returns
        -------
        DuckdbEngine
            Engine with a connection of its own; close it after the look.

        Raises
        ------
        WarehouseError
            If it is no DuckDB file.
        """
        try:
            connection = self._open(self.stamp())
        except duckdb.Error as error:
            raise WarehouseError(f"{self.path} does not open: {first_line(error)}") from None
        connection.execute("set timezone = 'UTC'")
        connection.execute("use shared")
        return DuckdbEngine(connection, str(self.path))

    def _open(self, stamp: str) -> duckdb.DuckDBPyConnection:
        """Give a connection of its own to the file as it is now."""
        with self._lock:
            if self._release_later is not None:
                self._release_later.cancel()
            if self._opened is None or self._opened[0] != stamp:
                # In memory: DuckDB would give the old file to a second connection to the same path.
                opened = duckdb.connect(config={"threads": 2})
                opened.execute(f"attach {quote_text(str(self.path))} as shared (read_only)")
                self._opened = (stamp, opened)
            self._release_later = Timer(IDLE_SECONDS, self.release)
            self._release_later.daemon = True
            self._release_later.start()
            return self._opened[1].cursor()

    def release(self) -> None:
        """Close the file; looks that go on keep it until they end."""
        with self._lock:
            if self._release_later is not None:
                self._release_later.cancel()
            self._opened = None
