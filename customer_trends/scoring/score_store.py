"""The warehouse that marts are read from and scores are written to, the same for all engines."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from customer_trends.scoring.job_rows import Batches, MartRows, RowsHere
from python_ml.contracts import check_columns, to_frame
from python_ml.score_tables import SCORE_TABLES

SCORES = "ml"
BATCH_ROWS = 200_000


@dataclass(frozen=True)
class DuckdbAccess:
    """Where a DuckDB file is, and the folder of fitted models."""

    path: Path
    models: Path


@dataclass(frozen=True)
class MysqlAccess:
    """How to reach a MySQL or MariaDB server.

    Attributes
    ----------
    engine
        ``mysql`` or ``mariadb``.
    host, port, user, password
        Address and account.
    prefix
        What stands in front of the layers in the names of databases.
    collation
        Collation of databases that have to be made.
    is_encrypted
        False when the connection must not be.
    models
        Folder of fitted models.
    """

    engine: str
    host: str
    port: int
    user: str
    password: str
    prefix: str
    collation: str
    is_encrypted: bool
    models: Path


@dataclass(frozen=True)
class SparkAccess:
    """A running session, what stands in front of the layers, its folder, and that of models."""

    session: Any
    prefix: str
    folder: Path
    models: Path


Access = DuckdbAccess | MysqlAccess | SparkAccess


def find_layer(relation: str) -> str:
    """Return which layer a relation is in, by its name.

    Parameters
    ----------
    relation
        Name of a mart, of a table of the core, or of a table of scores.

    Returns
    -------
    str
        ``marts``, ``ml`` or ``core``.
    """
    layers = {"mart": "marts", "ml": SCORES}
    return layers.get(relation.split("_")[0], "core")


class Warehouse(ABC):
    """Reads marts and writes scores on one engine.

    Attributes
    ----------
    target
        Name of the engine.
    """

    target: str

    @abstractmethod
    def describe(self, relation: str) -> dict[str, str] | None:
        """Return the columns of a relation.

        Parameters
        ----------
        relation
            Name of the relation.

        Returns
        -------
        dict or None
            Column to kind (`contracts.KINDS`); None when there is no such relation.
        """

    @abstractmethod
    def read_arrow(self, relation: str, kinds: Mapping[str, str]) -> Iterator[pa.Table]:
        """Read columns of a relation, some rows after the other, at least one table.

        Parameters
        ----------
        relation
            Name of the relation.
        kinds
            Column to kind.

        Yields
        ------
        Table
            At most about ``BATCH_ROWS`` rows as the engine sends them.
        """

    @abstractmethod
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
            If the engine refuses; all tables are as they were then.
        """

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
        frame = to_frame(pa.concat_tables(self.read_arrow(relation, kinds)), kinds)
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
        return self.read_rows(reads)

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


@contextmanager
def open_warehouse(access: Access) -> Iterator[Warehouse]:
    """Connect to a warehouse.

    Parameters
    ----------
    access
        Where it is and how to reach it.

    Yields
    ------
    Warehouse
        Ready to read and write; the libraries of other engines stay out of this process.
    """
    if isinstance(access, DuckdbAccess):
        from customer_trends.scoring.duckdb_scores import DuckdbWarehouse

        yield DuckdbWarehouse(access)
    elif isinstance(access, MysqlAccess):
        from customer_trends.scoring.mysql_scores import open_mysql

        with open_mysql(access) as warehouse:
            yield warehouse
    else:
        from customer_trends.scoring.spark_scores import SparkWarehouse

        yield SparkWarehouse(access)
