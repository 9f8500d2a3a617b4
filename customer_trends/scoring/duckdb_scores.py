"""Marts and scores in a DuckDB file, which is open only while it is read or written."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from customer_trends.scoring.job_rows import Batches
from customer_trends.scoring.score_store import (
    BATCH_ROWS,
    SCORES,
    DuckdbAccess,
    Warehouse,
    find_layer,
)
from python_ml.contracts import name_kind
from python_ml.errors import ScoringError, WriteError
from python_ml.score_tables import SCORE_TABLES, ScoreTable

COLUMN_TYPES = {
    "integer": "bigint",
    "number": "double",
    "text": "varchar",
    "long_text": "varchar",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}


def declare_table(table: ScoreTable, relation: str) -> str:
    """Write the statement that makes a table of scores in place of the one there is.

    Parameters
    ----------
    table
        Table of scores.
    relation
        Its name with the schema.

    Returns
    -------
    str
        SQL of DuckDB.
    """
    columns = ", ".join(
        f"{name} {COLUMN_TYPES[kind.rstrip('?')]}{'' if kind.endswith('?') else ' not null'}"
        for name, kind in table.columns.items()
    )
    return f"create or replace table {relation} ({columns})"


class DuckdbWarehouse(Warehouse):
    """A DuckDB file; one process at a time can write it, so no connection is kept."""

    target = "duckdb"

    def __init__(self, access: DuckdbAccess) -> None:
        """Keep where the file is.

        Parameters
        ----------
        access
            Path of the file.
        """
        self.path = access.path
        self._writer: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def _connect(self, is_writing: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the file, or take part in the connection that writes it."""
        if self._writer is not None:
            with self._writer.cursor() as cursor:
                yield cursor
            return
        if not is_writing and not self.path.exists():
            raise ScoringError(
                f"There is no warehouse at {self.path}: run `customer-trends build` first."
            )
        try:
            connection = duckdb.connect(str(self.path), read_only=not is_writing)
        except duckdb.IOException as error:
            raise ScoringError(
                f"{self.path} cannot be opened ({str(error).splitlines()[0]}): end the program "
                "that has it open, then score again."
            ) from None
        with connection:
            connection.execute("set timezone = 'UTC'")
            # Memory is for the job, which writes as it scores.
            connection.execute("set memory_limit = '1GB'")
            yield connection

    def describe(self, relation: str) -> dict[str, str] | None:
        """Return the columns of a relation."""
        with self._connect() as connection:
            query = (
                "select 1 from information_schema.tables "
                "where table_schema = ? and table_name = ? and table_catalog = current_database()"
            )
            place = [find_layer(relation), relation]
            if not connection.execute(query, place).fetchone():
                return None
            schema = connection.execute(f"from {'.'.join(place)} limit 0").to_arrow_table().schema
        return {field.name: name_kind(field.type) for field in schema}

    def read_arrow(self, relation: str, kinds: Mapping[str, str]) -> Iterator[pa.Table]:
        """Read columns of a relation in batches."""
        with self._connect() as connection:
            query = f"select {', '.join(kinds)} from {find_layer(relation)}.{relation}"
            reader = connection.execute(query).to_arrow_reader(BATCH_ROWS)
            is_empty = True
            for batch in reader:
                is_empty = False
                yield pa.Table.from_batches([batch])
            if is_empty:
                yield reader.schema.empty_table()

    def write(self, tables: Mapping[str, Batches]) -> dict[str, int]:
        """Put rows in place of all rows of some tables, in one transaction."""
        try:
            with self._connect(is_writing=True) as connection:
                self._writer = connection
                connection.begin()
                connection.execute(f"create schema if not exists {SCORES}")
                counts = {
                    name: self._write_table(connection, SCORE_TABLES[name], batches)
                    for name, batches in tables.items()
                }
                connection.commit()
        except duckdb.Error as error:
            raise WriteError(
                f"DuckDB refuses the scores ({str(error).splitlines()[0]}): those of before are "
                "as they were."
            ) from error
        finally:
            self._writer = None
        return counts

    def _write_table(
        self, connection: duckdb.DuckDBPyConnection, table: ScoreTable, batches: Batches
    ) -> int:
        """Make one table anew from its rows.

        They wait in a file: DuckDB keeps the rows of many small inserts in memory until the end of
        the transaction, and writes those of one large insert to disk as it goes.
        """
        relation, count = f"{SCORES}.{table.name}", 0
        connection.execute(declare_table(table, relation))
        with TemporaryDirectory(prefix="customer_trends_scores_") as folder:
            path = Path(folder) / "rows.parquet"
            with ParquetWriter(path, table.schema) as writer:
                for batch in batches:
                    writer.write_table(batch)
                    count += batch.num_rows
            connection.execute(
                f"insert into {relation} by name select * from read_parquet(?)", [str(path)]
            )
        return count
