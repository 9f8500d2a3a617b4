"""Replaces tables of Spark: Parquet files in new folders, to which the tables then point."""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from customer_trends.engines.interface import NewTable
from customer_trends.errors import WarehouseError, WriteError

# It takes long to import.
if TYPE_CHECKING:
    import pyarrow as pa

COLUMN_TYPES = {
    "integer": "bigint",
    "number": "double",
    "text": "string",
    "long_text": "string",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp_ntz",
}


@dataclass(frozen=True)
class SparkRows:
    """Rows of a frame that executors make when they are written, or brought here.

    Attributes
    ----------
    frame
        Frame of Spark.
    """

    frame: Any

    def __iter__(self) -> "Iterator[pa.Table]":
        """Bring all rows here."""
        yield self.frame.toArrow()


def list_columns(columns: Mapping[str, str]) -> str:
    """List columns with their types of Spark.

    Parameters
    ----------
    columns
        Column to kind as in `NewTable`.

    Returns
    -------
    str
        What stands between the brackets of a statement that makes the table.
    """
    return ", ".join(f"`{name}` {COLUMN_TYPES[kind.rstrip('?')]}" for name, kind in columns.items())


class TableWriter:
    """Replaces tables of one schema.

    All files are written before the first table points to its new folder. Spark has no statement
    that lets several tables change at once: each changes by itself, the last one last.
    """

    def __init__(self, session: Any, folder: Path, schema: str) -> None:
        """Keep where the tables are.

        Parameters
        ----------
        session
            Running session.
        folder
            Folder of the tables.
        schema
            Name of the schema.
        """
        self.session, self.schema = session, schema
        self.folder = folder / f"{schema}_files"

    def replace(self, tables: Sequence[NewTable]) -> dict[str, int]:
        """Write files for all tables, then point each table to its files.

        Parameters
        ----------
        tables
            What to write.

        Returns
        -------
        dict
            Table to number of rows.
        """
        written: dict[str, Path] = {}
        counts: dict[str, int] = {}
        try:
            self._run(f"create schema if not exists `{self.schema}`")
            for table in tables:
                folder = self.folder / table.name / uuid4().hex
                written[table.name] = folder
                counts[table.name] = _write_files(table, folder)
            self._point_all(tables, written)
        except BaseException as error:
            for folder in written.values():
                shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError):
                raise WriteError(
                    f"{self.schema} cannot be written ({error}); its tables are unchanged."
                ) from error
            raise
        for folder in written.values():
            for old in folder.parent.iterdir():
                if old != folder:
                    shutil.rmtree(old, ignore_errors=True)
        return counts

    def _point_all(self, tables: Sequence[NewTable], folders: Mapping[str, Path]) -> None:
        """Point tables to new files; if one cannot be, none is."""
        places: list[tuple[NewTable, str | None]] = []
        try:
            for table in tables:
                places.append((table, self._find_place(table.name)))
                self._point(table, str(folders[table.name]), places[-1][1] is None)
        except BaseException:
            for table, place in places:
                if place is None:
                    self._run(f"drop table if exists {self._qualify(table.name)}")
                else:
                    self._point(table, place, is_new=False)
            raise

    def _find_place(self, name: str) -> str | None:
        """Find the folder that a table points to; None when there is no such table."""
        if not self.session.catalog.tableExists(f"{self.schema}.{name}"):
            return None
        rows = self._run(f"describe table extended {self._qualify(name)}").collect()
        return next(str(row.data_type) for row in rows if row.col_name == "Location")

    def _point(self, table: NewTable, folder: str, is_new: bool) -> None:
        """Point a table to a folder."""
        relation = self._qualify(table.name)
        if is_new:
            self._run(
                f"create table {relation} ({list_columns(table.columns)}) "
                f"using parquet location '{folder}'"
            )
        else:
            self._run(f"alter table {relation} set location '{folder}'")
        self._run(f"refresh table {relation}")

    def _qualify(self, name: str) -> str:
        """Write the full name of a table."""
        return f"`{self.schema}`.`{name}`"

    def _run(self, statement: str) -> Any:
        """Run a statement."""
        with spark_explained(WriteError, "Spark refuses a statement"):
            return self.session.sql(statement)


def _write_files(table: NewTable, folder: Path) -> int:
    """Write Parquet files that executors of another account can read; give the number of rows."""
    from pyarrow import parquet

    if isinstance(table.rows, SparkRows):
        with spark_explained(WriteError, f"Spark cannot write {table.name}"):
            table.rows.frame.write.parquet(str(folder))
    else:
        folder.mkdir(parents=True)
        with parquet.ParquetWriter(folder / "part-0.parquet", table.schema) as writer:
            for batch in table.rows:
                writer.write_table(batch)
    for place in (folder, *folder.parents[:2]):
        place.chmod(0o755)
    files = [*folder.glob("*.parquet")]
    for file in files:
        file.chmod(0o644)
    return sum(parquet.read_metadata(file).num_rows for file in files)


@contextmanager
def spark_explained(kind: type[WarehouseError], what: str) -> Iterator[None]:
    """Raise an error of Spark as one sentence.

    Parameters
    ----------
    kind
        Error to raise.
    what
        What cannot be done.

    Yields
    ------
    None
        While it is tried.
    """
    try:
        yield
    except Exception as error:
        raise kind(f"{what} ({_find_cause(error)}); the tables are unchanged.") from error


def _find_cause(error: Exception) -> str:
    """Find the line of a message that names the cause: the last error of a worker's, or the first.

    A message may hold a complete query plan, or what happened in a worker.
    """
    lines = str(error).strip().splitlines() or [type(error).__name__]
    raised = [line.strip() for line in lines if re.match(r"\s*[\w.]+Error: ", line)]
    return raised[-1] if raised else lines[0]
