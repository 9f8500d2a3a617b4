"""Opens the engine of a target."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from customer_trends.engines.interface import Engine
from customer_trends.engines.settings import (
    DuckdbFile,
    ServerSettings,
    Settings,
    find_settings,
)


@contextmanager
def open_engine(root: Path, target: str, read_only: bool = False) -> Iterator[Engine]:
    """Connect to a target of the profile.

    Parameters
    ----------
    root
        Project folder.
    target
        Name of the target.
    read_only
        For queries alone; a DuckDB file must exist then.

    Yields
    ------
    Engine
        Open connection.
    """
    with connect(find_settings(root, target), read_only) as engine:
        yield engine


@contextmanager
def connect(
    settings: Settings, read_only: bool = False, patience: int | None = None
) -> Iterator[Engine]:
    """Connect to a database whose settings are known.

    Parameters
    ----------
    settings
        Where it is and how to log in.
    read_only
        For queries alone; a DuckDB file must exist then.
    patience
        Seconds to wait for a server; None for the driver's own limit.

    Yields
    ------
    Engine
        Open connection.

    Raises
    ------
    WarehouseError
        If the file does not open, the server does not let the account in or Spark does not start.
    """
    engine = _make(settings, read_only, patience)
    try:
        yield engine
    finally:
        engine.close()


def _make(settings: Settings, read_only: bool, patience: int | None) -> Engine:
    """Make the engine; its library is imported only here."""
    if isinstance(settings, DuckdbFile):
        from customer_trends.engines.duckdb_engine import open_file

        return open_file(settings, read_only)
    if isinstance(settings, ServerSettings):
        from customer_trends.engines.mysql_engine import MysqlEngine

        return MysqlEngine(settings, read_only, patience)
    from customer_trends.engines.spark_engine import SparkEngine

    return SparkEngine(settings)
