"""What scoring reads and writes, in terms of relations and tables of scores."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pandas as pd
import pyarrow as pa

from customer_trends.engines.connect import connect
from customer_trends.engines.interface import Engine, NewTable
from customer_trends.engines.settings import Settings
from customer_trends.scoring.job_rows import Batches, MartRows, RowsHere
from python_ml.contracts import check_columns, to_frame
from python_ml.score_tables import SCORE_TABLES

SCORES = "ml"
# The table that changes last: a run that is not in it is not complete.
COMMITTED_BY = "ml_model_runs"


def find_layer(relation: str) -> str:
    """Return which layer a relation is in, by its name.

    Parameters
    ----------
    relation
        Name of a relation of the core, or of a table of scores.

    Returns
    -------
    str
        ``ml`` or ``core``.
    """
    return SCORES if relation in SCORE_TABLES else "core"


class ScoreStore:
    """Reads what jobs learn from and writes scores; connected only while it does either.

    A job works for minutes, in which others may want to write a DuckDB file.
    """

    def __init__(self, warehouse: Settings) -> None:
        """Keep where the warehouse is.

        Parameters
        ----------
        warehouse
            Settings of the engine.
        """
        self.warehouse = warehouse

    @contextmanager
    def _reading(self) -> Iterator[Engine]:
        """Connect to read."""
        with connect(self.warehouse, read_only=True) as engine:
            yield engine

    def describe(self, relation: str) -> dict[str, str] | None:
        """Describe the columns of a relation.

        Parameters
        ----------
        relation
            Name of the relation.

        Returns
        -------
        dict or None
            Column to kind (`contracts.KINDS`); None when there is no such relation.
        """
        with self._reading() as engine:
            return engine.describe(engine.schema(find_layer(relation)), relation)

    def check(self, relation: str, kinds: Mapping[str, str]) -> None:
        """Check that a relation has the columns that a job reads.

        Parameters
        ----------
        relation
            Name of the relation.
        kinds
            Column to kind.

        Raises
        ------
        ContractError
            If a column is missing or of another kind.
        """
        check_columns(relation, kinds, self.describe(relation))

    def read(self, relation: str, kinds: Mapping[str, str]) -> pd.DataFrame:
        """Read columns of a relation into one frame.

        Parameters
        ----------
        relation
            Name of the relation.
        kinds
            Column to kind.

        Returns
        -------
        DataFrame
            All rows in no order; the types are those of `contracts.to_frame`.
        """
        with self._reading() as engine:
            schema = engine.schema(find_layer(relation))
            table = pa.concat_tables(engine.read_arrow(schema, relation, kinds))
        frame = to_frame(table, kinds)
        del table
        # Arrow keeps what it used for the next table; the job may need it first.
        pa.default_memory_pool().release_unused()
        return frame

    def read_rows(self, reads: Mapping[str, Mapping[str, str]]) -> RowsHere:
        """Read the relations of a job.

        Parameters
        ----------
        reads
            Relation to its columns, each with its kind.

        Returns
        -------
        RowsHere
            Their rows in the memory of this process.
        """
        return RowsHere({name: self.read(name, kinds) for name, kinds in reads.items()})

    def take_rows(self, reads: Mapping[str, Mapping[str, str]]) -> MartRows:
        """Take the relations of a job that scores each customer by itself.

        Parameters
        ----------
        reads
            As for `read_rows`.

        Returns
        -------
        MartRows
            Their rows, which stay with the engine where it can score them.
        """
        if self.warehouse.target != "spark":
            return self.read_rows(reads)
        from customer_trends.scoring.spark_rows import leave_rows

        with self._reading() as engine:
            places = {name: (engine.schema(find_layer(name)), name) for name in reads}
            return leave_rows(engine, places, reads)

    def read_scores(self, name: str) -> pd.DataFrame:
        """Read a table of scores; one that is missing, or of another version, has no rows.

        Parameters
        ----------
        name
            Name of the table.

        Returns
        -------
        DataFrame
            All its rows in no order.
        """
        kinds = {
            column: "text" if kind.startswith("long_text") else kind.rstrip("?")
            for column, kind in SCORE_TABLES[name].columns.items()
        }
        if set(kinds) - set(self.describe(name) or {}):
            return to_frame(SCORE_TABLES[name].schema.empty_table(), kinds)
        return self.read(name, kinds)

    def write(self, tables: Mapping[str, Batches]) -> dict[str, int]:
        """Put rows in place of all rows of some tables of scores: all of them, or none.

        Parameters
        ----------
        tables
            Name of a table of scores to its rows, which have the schema of `score_tables`.

        Returns
        -------
        dict
            Name to number of rows.

        Raises
        ------
        WriteError
            If the engine refuses; all tables are unchanged then.
        """
        declared = {name: SCORE_TABLES[name] for name in tables}
        new = [
            NewTable(name, table.columns, table.key, table.schema, tables[name])
            for name, table in sorted(declared.items(), key=lambda each: each[0] == COMMITTED_BY)
        ]
        with connect(self.warehouse) as engine:
            return engine.replace_tables(engine.schema(SCORES), new)
