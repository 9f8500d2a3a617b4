"""Rows of relations that stay with the executors of Spark, where Python workers score them."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial, reduce
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from threadpoolctl import threadpool_limits

from customer_trends.engines.interface import Engine
from customer_trends.engines.spark_engine import SparkEngine
from customer_trends.engines.spark_tables import SparkRows, list_columns, spark_explained
from customer_trends.errors import WarehouseError
from customer_trends.scoring.job_rows import KEY, Frames, MartRows, take_columns
from customer_trends.scoring.provenance import RowSums, add_up
from python_ml.contracts import to_frame
from python_ml.job import Progress
from python_ml.score_tables import ScoreTable

# What workers need of this project; it need not be installed where they are.
PACKAGES = ("customer_trends", "python_ml")
# Names the Python of the workers; this process's own without it.
PYTHON_VARIABLE = "PYSPARK_PYTHON"


def leave_rows(
    engine: Engine,
    places: Mapping[str, tuple[str, str]],
    reads: Mapping[str, Mapping[str, str]],
) -> "RowsOfWorkers":
    """Leave rows with the executors; their workers get these packages and this Python.

    Parameters
    ----------
    engine
        Engine of Spark.
    places
        Relation to its schema and name.
    reads
        Relation to its columns, each with its kind.

    Returns
    -------
    RowsOfWorkers
        Rows that can be scored where they are.
    """
    from pyspark import cloudpickle

    assert isinstance(engine, SparkEngine)
    for package in PACKAGES:
        cloudpickle.register_pickle_by_value(sys.modules[package])
    if PYTHON_VARIABLE not in os.environ:
        engine.session.sparkContext.pythonExec = sys.executable
    frames = {name: engine.read_frame(*places[name], kinds) for name, kinds in reads.items()}
    return RowsOfWorkers(frames, reads)


class RowsOfWorkers(MartRows):
    """Rows that stay with the executors; this process sees a sample, and what parts add up to."""

    def __init__(self, frames: Mapping[str, Any], reads: Mapping[str, Mapping[str, str]]) -> None:
        """Keep where the rows are.

        Parameters
        ----------
        frames
            Relation to its frame of Spark, with the columns that are read.
        reads
            Relation to its columns, each with its kind.
        """
        self.frames, self.reads = frames, reads

    def add_up(self) -> dict[str, RowSums]:
        """Add up the hashes of the rows of each relation, where they are."""
        sums = {}
        for name, kinds in self.reads.items():
            parts = self.gather([name], _add_up_part).itertuples(index=False)
            found = (RowSums((*kinds,), *map(int, part)) for part in parts)
            sums[name] = reduce(RowSums.__add__, found)
        return sums

    def take(self, step: int) -> Frames:
        """Bring every so many customers here."""
        taken = {}
        for name, kinds in self.reads.items():
            rows = self.frames[name].where(f"{KEY} % {step} = 0")
            with spark_explained(WarehouseError, f"Spark cannot read {name}"):
                taken[name] = to_frame(rows.toArrow(), kinds)
        return taken

    def gather(
        self, relations: Sequence[str], make: Callable[[pd.DataFrame], pd.DataFrame]
    ) -> pd.DataFrame:
        """Put together what a function makes of each part where it is."""
        packed = self._map(relations, partial(_pack, make=make), "part binary")
        with spark_explained(WarehouseError, f"Spark cannot score the rows of {relations[0]}"):
            (table,) = packed
        parts = [pa.ipc.open_stream(part.as_py()).read_pandas() for part in table["part"]]
        if not parts:
            nothing = self._select(relations).limit(0).toArrow()
            parts = [make(to_frame(nothing, take_columns(self.reads, relations)))]
        gathered: pd.DataFrame = pd.concat(parts, ignore_index=True)
        return gathered

    def score(
        self,
        relations: Sequence[str],
        make: Callable[[pd.DataFrame], pa.Table],
        table: ScoreTable,
        progress: Progress,
    ) -> SparkRows:
        """Let the workers score the rows as they write them; nobody counts meanwhile."""
        return self._map(relations, make, list_columns(table.columns))

    def _select(self, relations: Sequence[str]) -> Any:
        """Put relations side by side."""
        first, *others = (self.frames[name] for name in relations)
        return reduce(lambda left, right: left.join(right, KEY, "left"), others, first)

    def _map(
        self, relations: Sequence[str], make: Callable[[pd.DataFrame], pa.Table], columns: str
    ) -> SparkRows:
        """Let the workers turn parts of relations into rows with some columns."""
        work = partial(_work, make=make, kinds=take_columns(self.reads, relations))
        return SparkRows(self._select(relations).mapInArrow(work, columns))


def _work(
    batches: Iterator[pa.RecordBatch],
    make: Callable[[pd.DataFrame], pa.Table],
    kinds: Mapping[str, str],
) -> Iterator[pa.RecordBatch]:
    """Turn rows as Spark sends them into rows as it takes them, in a worker."""
    with threadpool_limits(1):
        for batch in batches:
            made = make(to_frame(pa.Table.from_batches([batch]), kinds))
            fields = [
                (field.name, pa.string() if pa.types.is_large_string(field.type) else field.type)
                for field in made.schema
            ]
            yield from made.cast(pa.schema(fields)).to_batches()


def _pack(batch: pd.DataFrame, make: Callable[[pd.DataFrame], pd.DataFrame]) -> pa.Table:
    """Pack what a function makes of some rows into one value, whatever columns it has."""
    made, sink = pa.Table.from_pandas(make(batch)), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, made.schema) as stream:
        stream.write_table(made)
    return pa.table({"part": pa.array([sink.getvalue().to_pybytes()], pa.binary())})


def _add_up_part(batch: pd.DataFrame) -> pd.DataFrame:
    """Add up the hashes of some rows."""
    sums = add_up(batch)
    numbers = (sums.rows, sums.total, sums.bits)
    return pd.DataFrame([numbers], columns=["rows", "total", "bits"], dtype=np.uint64)
