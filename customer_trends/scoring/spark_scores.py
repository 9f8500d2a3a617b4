"""Marts and scores on Apache Spark: Parquet files in folders that tables point to."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet

from customer_trends.scoring.job_rows import Batches, MartRows
from customer_trends.scoring.score_store import (
    BATCH_ROWS,
    SCORES,
    SparkAccess,
    Warehouse,
    find_layer,
)
from customer_trends.scoring.spark_rows import (
    RowsOfWorkers,
    WorkerRows,
    as_one_sentence,
    list_columns,
)
from python_ml.contracts import name_kind
from python_ml.errors import ScoringError, WriteError
from python_ml.score_tables import SCORE_TABLES, ScoreTable

# The table that changes last.
COMMITTED_BY = "ml_model_runs"
# Names the Python of the workers; this process's own without it.
PYTHON_VARIABLE = "PYSPARK_PYTHON"


class SparkWarehouse(Warehouse):
    """A session; tables of scores are folders of Parquet files beside those of the warehouse.

    All files are written before the first table points to its new folder. Spark has no statement
    that lets several tables change at once: each one does by itself, that of runs last. So a run
    that is not in ml_model_runs is not complete, whatever the other tables hold.
    """

    target = "spark"

    def __init__(self, access: SparkAccess) -> None:
        """Keep the session; let its workers have this package and this Python.

        Parameters
        ----------
        access
            Session, prefix of schemas and folder of the warehouse.
        """
        self.session, self.prefix, self.folder = access.session, access.prefix, access.folder
        from pyspark import cloudpickle

        cloudpickle.register_pickle_by_value(sys.modules["python_ml"])
        if PYTHON_VARIABLE not in os.environ:
            self.session.sparkContext.pythonExec = sys.executable

    def qualify(self, relation: str) -> str:
        """Write the full name of a relation.

        Parameters
        ----------
        relation
            Name of the relation.

        Returns
        -------
        str
            Quoted, with the schema.
        """
        return f"`{self.prefix}_{find_layer(relation)}`.`{relation}`"

    def describe(self, relation: str) -> dict[str, str] | None:
        """Return the columns of a relation."""
        if not self.session.catalog.tableExists(self.qualify(relation).replace("`", "")):
            return None
        schema = self.session.table(self.qualify(relation)).limit(0).toArrow().schema
        return {field.name: name_kind(field.type) for field in schema}

    def read_arrow(self, relation: str, kinds: Mapping[str, str]) -> Iterator[pa.Table]:
        """Read columns of a relation into this process."""
        with as_one_sentence(ScoringError, f"Spark cannot read {relation}"):
            table = self.session.table(self.qualify(relation)).select(*kinds).toArrow()
        for start in range(0, max(table.num_rows, 1), BATCH_ROWS):
            yield table.slice(start, BATCH_ROWS)

    def take_rows(self, reads: Mapping[str, Mapping[str, str]]) -> MartRows:
        """Leave the rows with the executors, which score them."""
        frames = {
            name: self.session.table(self.qualify(name)).select(*kinds)
            for name, kinds in reads.items()
        }
        return RowsOfWorkers(frames, reads)

    def write(self, tables: Mapping[str, Batches]) -> dict[str, int]:
        """Write files for all tables, then point each table to its files."""
        written: dict[str, Path] = {}
        counts: dict[str, int] = {}
        try:
            self._run(f"create schema if not exists `{self.prefix}_{SCORES}`")
            for name, batches in tables.items():
                written[name] = self.folder / f"{self.prefix}_{SCORES}_files" / name / uuid4().hex
                counts[name] = _write_files(SCORE_TABLES[name], batches, written[name])
            self._point_all(written)
        except BaseException as error:
            for folder in written.values():
                shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError):
                raise WriteError(
                    f"The scores cannot be written ({error}): those of before are as they were."
                ) from error
            raise
        for folder in written.values():
            for old in folder.parent.iterdir():
                if old != folder:
                    shutil.rmtree(old, ignore_errors=True)
        return counts

    def _point_all(self, folders: Mapping[str, Path]) -> None:
        """Point tables to new files, that of runs last; if one cannot be, none is."""
        places: dict[str, str | None] = {}
        try:
            for name in sorted(folders, key=lambda each: each == COMMITTED_BY):
                places[name] = self._find_place(name)
                self._point(SCORE_TABLES[name], str(folders[name]), places[name] is None)
        except BaseException:
            for name, place in places.items():
                if place is None:
                    self._run(f"drop table if exists {self.qualify(name)}")
                else:
                    self._point(SCORE_TABLES[name], place, is_new=False)
            raise

    def _find_place(self, name: str) -> str | None:
        """Find the folder that a table points to; None when there is no such table."""
        if self.describe(name) is None:
            return None
        rows = self._run(f"describe table extended {self.qualify(name)}").collect()
        return next(str(row.data_type) for row in rows if row.col_name == "Location")

    def _point(self, table: ScoreTable, folder: str, is_new: bool) -> None:
        """Point a table to a folder."""
        relation = self.qualify(table.name)
        if is_new:
            self._run(f"{declare_table(table, relation)} using parquet location '{folder}'")
        else:
            self._run(f"alter table {relation} set location '{folder}'")
        self._run(f"refresh table {relation}")

    def _run(self, statement: str) -> Any:
        """Run a statement."""
        with as_one_sentence(WriteError, "Spark refuses a statement"):
            return self.session.sql(statement)


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
    return f"create table {relation} ({list_columns(table)})"


def _write_files(table: ScoreTable, batches: Batches, folder: Path) -> int:
    """Write Parquet files that executors of another account can read; give the number of rows."""
    if isinstance(batches, WorkerRows):
        with as_one_sentence(WriteError, f"Spark cannot write {table.name}"):
            batches.frame.write.parquet(str(folder))
    else:
        folder.mkdir(parents=True)
        with pyarrow.parquet.ParquetWriter(folder / "part-0.parquet", table.schema) as writer:
            for batch in batches:
                writer.write_table(batch)
    for place in (folder, *folder.parents[:2]):
        place.chmod(0o755)
    files = [*folder.glob("*.parquet")]
    for file in files:
        file.chmod(0o644)
    return sum(pyarrow.parquet.read_metadata(file).num_rows for file in files)
