"""Marts and scores on Apache Spark: Parquet files in folders that tables point to."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet

from python_ml.contracts import name_kind
from python_ml.errors import ScoringError, WriteError
from python_ml.score_tables import SCORE_TABLES, ScoreTable
from python_ml.warehouse import BATCH_ROWS, SCORES, Batches, SparkAccess, Warehouse, find_layer

COLUMN_TYPES = {
    "integer": "bigint",
    "number": "double",
    "text": "string",
    "long_text": "string",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp_ntz",
}


class SparkWarehouse(Warehouse):
    """A session; tables of scores are folders of Parquet files beside those of the warehouse.

    All files are written before the first table points to its new folder. Spark has no statement
    that lets several tables change at once: each one does by itself, those of runs last.
    """

    target = "spark"

    def __init__(self, access: SparkAccess) -> None:
        """Keep the session.

        Parameters
        ----------
        access
            Session, prefix of schemas and folder of the warehouse.
        """
        self.session, self.prefix, self.folder = access.session, access.prefix, access.folder

    def _qualify(self, relation: str) -> str:
        """Write the full name of a relation."""
        return f"`{self.prefix}_{find_layer(relation)}`.`{relation}`"

    def describe(self, relation: str) -> dict[str, str] | None:
        """Tell the columns of a relation."""
        if not self.session.catalog.tableExists(self._qualify(relation).replace("`", "")):
            return None
        schema = self.session.table(self._qualify(relation)).limit(0).toArrow().schema
        return {field.name: name_kind(field.type) for field in schema}

    def read_arrow(self, relation: str, kinds: Mapping[str, str]) -> Iterator[pa.Table]:
        """Read columns of a relation into this process."""
        try:
            table = self.session.table(self._qualify(relation)).select(*kinds).toArrow()
        except Exception as error:
            raise ScoringError(f"Spark cannot read {relation} ({_first_line(error)}).") from error
        for start in range(0, max(table.num_rows, 1), BATCH_ROWS):
            yield table.slice(start, BATCH_ROWS)

    def write(self, tables: Mapping[str, Batches]) -> dict[str, int]:
        """Write files for all tables, then point each table to its files."""
        written: dict[str, Path] = {}
        counts: dict[str, int] = {}
        try:
            self._run(f"create schema if not exists `{self.prefix}_{SCORES}`")
            for name, batches in tables.items():
                written[name] = self.folder / f"{self.prefix}_{SCORES}_files" / name / uuid4().hex
                counts[name] = _write_files(SCORE_TABLES[name], batches, written[name])
        except BaseException as error:
            for folder in written.values():
                shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError):
                raise WriteError(
                    f"The scores cannot be written ({error}): those of before are as they were."
                ) from error
            raise
        for name, folder in written.items():
            self._point(SCORE_TABLES[name], folder)
        return counts

    def _point(self, table: ScoreTable, folder: Path) -> None:
        """Point a table to new files; those of before go, but for what other tables hold."""
        relation = self._qualify(table.name)
        if self.describe(table.name) is None:
            self._run(f"{declare_table(table, relation)} using parquet location '{folder}'")
        else:
            self._run(f"alter table {relation} set location '{folder}'")
        self._run(f"refresh table {relation}")
        for old in folder.parent.iterdir():
            if old != folder:
                shutil.rmtree(old, ignore_errors=True)

    def _run(self, statement: str) -> Any:
        """Run a statement."""
        try:
            return self.session.sql(statement)
        except Exception as error:
            raise WriteError(f"Spark refuses a statement ({_first_line(error)}).") from error


def declare_table(table: ScoreTable, relation: str) -> str:
    """Write the start of the statement that makes a table of scores.

    Parameters
    ----------
    table
        Table of scores.
    relation
        Its quoted name with the schema.

    Returns
    -------
    str
        SQL of Spark, without format and place.
    """
    columns = ", ".join(
        f"`{name}` {COLUMN_TYPES[kind.rstrip('?')]}" for name, kind in table.columns.items()
    )
    return f"create table {relation} ({columns})"


def _write_files(table: ScoreTable, batches: Batches, folder: Path) -> int:
    """Write Parquet files that executors of another account can read; give the number of rows."""
    folder.mkdir(parents=True)
    path, count = folder / "part-0.parquet", 0
    with pyarrow.parquet.ParquetWriter(path, table.schema) as writer:
        for batch in batches:
            writer.write_table(batch)
            count += batch.num_rows
    for place in (folder, *folder.parents[:2]):
        place.chmod(0o755)
    path.chmod(0o644)
    return count


def _first_line(error: Exception) -> str:
    """Take the first line of an error's message, which may hold a whole query plan."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
