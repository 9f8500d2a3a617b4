"""The warehouse on Apache Spark: Parquet tables, a raw table's batches are its partitions."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb

from customer_trends.engines.duckdb_connection import first_line, quote_name
from customer_trends.engines.interface import (
    BATCH_ROWS,
    NewTable,
    QueryResult,
    RowChange,
    ServerEngine,
    shorten,
)
from customer_trends.engines.settings import SparkSettings
from customer_trends.engines.spark_comments import (
    LONGEST_COLUMN,
    LONGEST_TABLE,
    comment_at_once,
    comment_one_by_one,
    quote_literal,
)
from customer_trends.engines.spark_tables import TableWriter
from customer_trends.errors import (
    InvalidOptionError,
    MissingRelationError,
    ProjectError,
    WarehouseError,
)

# Most commands use neither, and they take long to import.
if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

AUDIT_TYPES = {
    "_other_columns": "string",
    "_loaded_at": "timestamp_ntz",
    "_source_file": "string",
    "_row_number": "bigint",
}
BATCH = "_batch_id"
# In messages about a relation that does not exist.
ABSENT = "TABLE_OR_VIEW_NOT_FOUND"
Partition = tuple[str, str]


def find_java_version() -> int | None:
    """Find the version of the Java that Spark would use.

    Returns
    -------
    int or None
        Its first number, such as 17; None without Java.
    """
    home = os.environ.get("JAVA_HOME")
    program = shutil.which(str(Path(home) / "bin" / "java") if home else "java")
    if program is None:
        return None
    done = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', done.stderr)
    return int(found[1]) if found else None


class SparkEngine(ServerEngine):
    """A Spark session; dbt uses the same one when it runs in this process."""

    target = "spark"

    def __init__(self, settings: SparkSettings) -> None:
        """Start the session, or take the one that runs.

        Parameters
        ----------
        settings
            Folder, prefix of the schemas and settings of the session.
        """
        try:
            from pyspark.errors import PySparkException
            from pyspark.sql import SparkSession
        except ImportError:
            raise ProjectError(
                "The target spark needs dbt-spark, which lives in an environment of its own: "
                "run `make setup-spark`, then `.venv-spark/bin/customer-trends`."
            ) from None
        if SparkSession.getActiveSession() is None and find_java_version() is None:
            raise ProjectError("Spark needs Java: install a Java runtime, 17 or newer.")
        self.folder, self.prefix, self.error = settings.folder, settings.prefix, PySparkException
        self.folder.mkdir(parents=True, exist_ok=True)
        builder = SparkSession.builder.appName("customer_trends").enableHiveSupport()
        for name, value in settings.parameters.items():
            builder = builder.config(name, value)
        try:
            self.session: Any = builder.getOrCreate()
        except Exception as error:
            raise WarehouseError(
                f"Spark does not start ({first_line(error)}): check the master "
                f"{settings.parameters.get('spark.master')} and that no other "
                f"program uses {self.folder}."
            ) from None
        self.location = f"{self.session.sparkContext.master}, tables in {self.folder}"
        self.written: list[Partition] = []
        self.doomed: list[Partition] = []

    def _run(self, statement: str) -> Any:
        """Run a statement and give back its frame."""
        try:
            return self.session.sql(statement)
        except self.error as error:
            kind = MissingRelationError if ABSENT in str(error) else WarehouseError
            raise kind(f"Spark refuses a statement ({first_line(error)}).") from error

    def fetch(self, query: str) -> QueryResult:
        """Run a query."""
        frame = self._run(query)
        try:
            return QueryResult(list(frame.columns), [tuple(row) for row in frame.collect()])
        except self.error as error:
            raise WarehouseError(f"Spark cannot run a query ({first_line(error)}).") from error

    def fetch_frame(self, query: str, parameters: Sequence[object] = ()) -> "pd.DataFrame":
        """Refuse: no page or report reads Spark."""
        raise InvalidOptionError("The target spark has no dashboard and no report.")

    def describe(self, schema: str, name: str) -> dict[str, str] | None:
        """Describe the columns of a relation."""
        from customer_trends.engines.kinds import name_kind

        if not self.session.catalog.tableExists(f"{schema}.{name}"):
            return None
        empty = self.session.table(self.qualify(schema, name)).limit(0).toArrow()
        return {field.name: name_kind(field.type) for field in empty.schema}

    def read_arrow(self, schema: str, name: str, kinds: Mapping[str, str]) -> "Iterator[pa.Table]":
        """Read columns of a relation into this process."""
        try:
            table = self.read_frame(schema, name, kinds).toArrow()
        except self.error as error:
            raise WarehouseError(f"Spark cannot read {name} ({first_line(error)}).") from error
        for start in range(0, max(table.num_rows, 1), BATCH_ROWS):
            yield table.slice(start, BATCH_ROWS)

    def read_frame(self, schema: str, name: str, columns: Iterable[str]) -> Any:
        """Read columns of a relation where the executors are.

        Parameters
        ----------
        schema
            Name of the schema on this engine.
        name
            Name of the relation.
        columns
            Columns to read.

        Returns
        -------
        pyspark.sql.DataFrame
            Rows that stay with the executors.
        """
        return self.session.table(self.qualify(schema, name)).select(*columns)

    def replace_tables(self, schema: str, tables: Sequence[NewTable]) -> dict[str, int]:
        """Write files for all tables, then point each table to its files."""
        return TableWriter(self.session, self.folder, schema).replace(tables)

    def execute(self, statement: str) -> None:
        """Run a statement."""
        self._run(statement)

    def set_comments(self, schema: str, name: str, comment: str, columns: Mapping[str, str]) -> int:
        """Set comments where they differ; rows and files stay as they are."""
        from py4j.protocol import Py4JError, Py4JJavaError

        relation, place = self.qualify(schema, name), (schema, name)
        fields = {field.name: field for field in self._run(f"select * from {relation}").schema}
        if missing := ", ".join(columns.keys() - fields.keys()):
            raise MissingRelationError(f"{schema}.{name} has no column {missing}.")
        table = self.session.catalog.getTable(f"{schema}.{name}")
        if table.tableType == "VIEW":
            return 0
        wanted = {column: shorten(text, LONGEST_COLUMN) for column, text in columns.items()}
        changed = {
            column: text
            for column, text in wanted.items()
            if fields[column].metadata.get("comment", "") != text
        }
        comment = shorten(comment, LONGEST_TABLE)
        is_new = (table.description or "") != comment
        try:
            if is_new:
                self._run(f"comment on table {relation} is {quote_literal(comment)}")
            if changed:
                comment_at_once(self.session, place, changed)
        except (Py4JJavaError, self.error) as error:
            raise WarehouseError(f"Spark refuses comments ({first_line(error)}).") from error
        except Py4JError:
            comment_one_by_one(self.session, place, changed)
        return len(changed) + is_new

    def list_tables(self, schema: str) -> list[str]:
        """List the tables of a schema."""
        if not self.session.catalog.databaseExists(schema):
            return []
        tables = {row[1] for row in self.fetch(f"show tables in {self.quote(schema)}").rows}
        views = {row[1] for row in self.fetch(f"show views in {self.quote(schema)}").rows}
        return sorted(tables - views)

    def ensure_raw_table(self, schema: str, name: str, columns: Sequence[str]) -> None:
        """Make a raw table that is missing, or columns of it that are."""
        relation = self.qualify(schema, name)
        types = dict.fromkeys(columns, "string") | AUDIT_TYPES
        self.execute(f"create schema if not exists {self.quote(schema)}")
        if not self.session.catalog.tableExists(f"{schema}.{name}"):
            declared = ", ".join(f"{self.quote(column)} {kind}" for column, kind in types.items())
            self.execute(
                f"create table {relation} ({declared}, {BATCH} string) "
                f"using parquet partitioned by ({BATCH})"
            )
            return
        present = self.session.table(relation).columns
        for column, kind in types.items():
            if column not in present:
                self.execute(f"alter table {relation} add columns ({self.quote(column)} {kind})")

    def count_batches(self, schema: str, name: str) -> dict[str, int]:
        """Count the rows of each batch that this transaction is not about to remove."""
        relation = self.qualify(schema, name)
        counts = super().count_batches(schema, name)
        gone = set(self.doomed) - set(self.written)
        return {batch: rows for batch, rows in counts.items() if (relation, batch) not in gone}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run a block so that a failure removes the batches it wrote; old ones go last."""
        self.written, self.doomed = [], []
        try:
            yield
        except BaseException:
            self._drop([batch for batch in self.written if batch not in self.doomed])
            raise
        self._drop([batch for batch in self.doomed if batch not in self.written])

    def _drop(self, partitions: list[Partition]) -> None:
        """Remove batches."""
        for relation, batch in partitions:
            self.execute(f"alter table {relation} drop if exists partition ({BATCH} = '{batch}')")

    def insert(
        self,
        reader: duckdb.DuckDBPyConnection,
        table: tuple[str, str],
        columns: Sequence[str],
        query: str,
    ) -> int:
        """Write the rows of one batch as a partition, by way of a Parquet file."""
        batch = self._write_batch(reader, table, columns, query, self.written)
        if batch is None:
            return 0
        return self.count_batches(*table).get(batch, 0)

    def _write_batch(
        self,
        reader: duckdb.DuckDBPyConnection,
        table: tuple[str, str],
        columns: Sequence[str],
        query: str,
        undoable: list[Partition],
    ) -> str | None:
        """Write the partition of the one batch that a query gives; None without rows."""
        relation = self.qualify(*table)
        with self._scratch() as folder:
            path = folder / "rows.parquet"
            names = ", ".join(map(quote_name, columns))
            reader.execute(
                f"copy (select * from ({query}) as rows({names})) to '{path.as_posix()}' "
                "(format parquet)"
            )
            batches = reader.execute(
                f"select distinct {BATCH} from read_parquet('{path.as_posix()}')"
            ).fetchall()
            if len(batches) != 1:
                return None
            batch = str(batches[0][0])
            kept = [column for column in self.session.table(relation).columns if column != BATCH]
            types = dict.fromkeys(kept, "string") | AUDIT_TYPES
            values = ", ".join(
                f"cast({self.quote(name) if name in columns else 'null'} as {types[name]})"
                for name in kept
            )
            undoable.append((relation, batch))
            self._run(
                f"insert overwrite table {relation} partition ({BATCH} = '{batch}') "
                f"select {values} from parquet.`{path.as_posix()}`"
            )
        return batch

    def replace_rows(
        self,
        reader: duckdb.DuckDBPyConnection,
        table: tuple[str, str],
        columns: Sequence[str],
        change: RowChange,
    ) -> None:
        """Rewrite the partition, by way of the rows that stay."""
        names = ", ".join(
            f"'{change.moment}'" if name == "_loaded_at" else quote_name(name) for name in columns
        )
        self.export(reader, table, columns, "kept")
        query = (
            f"select {names} from kept where {quote_name(change.key)} not in "
            f"(select cast(gone as varchar) from ({change.gone}) as keys(gone)) "
            f"union all {change.rows}"
        )
        if self._write_batch(reader, table, columns, query, []) is None:
            self._drop([(self.qualify(*table), change.batch)])
        reader.execute("drop table kept")

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        """Make a folder that the executors can read and write, too."""
        with TemporaryDirectory(prefix="transfer_", dir=self.folder) as folder:
            Path(folder).chmod(0o777)
            yield Path(folder)

    def delete_all(self, schema: str, name: str) -> None:
        """Mark all batches of a raw table for removal at the end of the transaction."""
        relation = self.qualify(schema, name)
        self.doomed += [(relation, batch) for batch in super().count_batches(schema, name)]

    def export(
        self,
        reader: duckdb.DuckDBPyConnection,
        table: tuple[str, str],
        columns: Sequence[str],
        into: str,
    ) -> None:
        """Copy a relation into a table of texts by way of Parquet files that executors write."""
        texts = ", ".join(
            f"cast({self.quote(name)} as string) as {self.quote(name)}" for name in columns
        )
        with self._scratch() as folder:
            path = (folder / "rows").as_posix()
            frame = self._run(f"select {texts} from {self.qualify(*table)}")
            frame.write.mode("overwrite").parquet(path)
            reader.execute(f"create table {into} as from read_parquet('{path}/*.parquet')")

    def close(self) -> None:
        """Leave the session to dbt; it ends with the process."""
