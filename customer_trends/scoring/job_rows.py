"""The rows a job reads: hashed, sampled to learn from, and scored part by part."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from customer_trends.scoring.provenance import RowSums, add_up, hash_sums
from python_ml.job import Progress
from python_ml.score_tables import ScoreTable

Batches: TypeAlias = Iterable[pa.Table]
Frames: TypeAlias = dict[str, pd.DataFrame]

KEY = "customer_key"
# Rows that are scored at a time.
PART_ROWS = 250_000


class MartRows(ABC):
    """The rows of the relations that a job reads, wherever they are."""

    def examine(self, most: int | None) -> tuple[str, Frames]:
        """Hash all rows, and take those to learn from.

        Parameters
        ----------
        most
            Customers to learn from at most, about; None for all rows.

        Returns
        -------
        str, dict
            The hash, and relation to rows: all of them, or of every n-th customer by key, so that
            every engine takes the same.
        """
        sums = self.add_up()
        rows = max((each.rows for each in sums.values()), default=0)
        return hash_sums(sums), self.take(1 if most is None else max(-(-rows // most), 1))

    @abstractmethod
    def add_up(self) -> dict[str, RowSums]:
        """Add up the hashes of the rows of each relation."""

    @abstractmethod
    def take(self, step: int) -> Frames:
        """Take the rows whose customer_key is a multiple of a step; all rows if it is 1."""

    @abstractmethod
    def gather(
        self, relations: Sequence[str], make: Callable[[pd.DataFrame], pd.DataFrame]
    ) -> pd.DataFrame:
        """Put together what a function makes of each part of the rows.

        Parameters
        ----------
        relations
            Relations to put side by side: all rows of the first, with what the others have.
        make
            Pure function that can be pickled; it gives few rows.

        Returns
        -------
        DataFrame
            Rows of all parts, in no order.
        """

    @abstractmethod
    def score(
        self,
        relations: Sequence[str],
        make: Callable[[pd.DataFrame], pa.Table],
        table: ScoreTable,
        progress: Progress,
    ) -> Batches:
        """Score all rows, part by part, as they are written.

        Parameters
        ----------
        relations
            As for `gather`.
        make
            Pure function that can be pickled; it gives rows of the table.
        table
            Table of scores.
        progress
            Called with the number of customers scored, where that is known.

        Returns
        -------
        Iterable of Table
            What `Warehouse.write` of the same warehouse takes.
        """


class RowsHere(MartRows):
    """Rows in the memory of this process."""

    def __init__(self, frames: Frames) -> None:
        """Keep the rows.

        Parameters
        ----------
        frames
            Relation to its rows.
        """
        self.frames = frames

    def add_up(self) -> dict[str, RowSums]:
        """Add up the hashes of the rows of each relation."""
        return {name: add_up(frame) for name, frame in self.frames.items()}

    def take(self, step: int) -> Frames:
        """Take every so many customers by key."""
        if step == 1:
            return self.frames
        return {name: rows[rows[KEY] % step == 0] for name, rows in self.frames.items()}

    def gather(
        self, relations: Sequence[str], make: Callable[[pd.DataFrame], pd.DataFrame]
    ) -> pd.DataFrame:
        """Put together what a function makes of each part."""
        return pd.concat([make(part) for part in self._cut(relations)], ignore_index=True)

    def score(
        self,
        relations: Sequence[str],
        make: Callable[[pd.DataFrame], pa.Table],
        table: ScoreTable,
        progress: Progress,
    ) -> Iterator[pa.Table]:
        """Score all rows by ascending key."""
        done, total = 0, len(self.frames[relations[0]])
        for part in self._cut(relations):
            yield make(part)
            done += len(part)
            progress("customers", done, total)

    def _cut(self, relations: Sequence[str]) -> Iterator[pd.DataFrame]:
        """Put relations side by side by ascending key, so many rows at a time, at least once."""
        first, *others = (
            (self.frames[name], np.argsort(self.frames[name][KEY].to_numpy(), kind="stable"))
            for name in relations
        )
        rows, order = first
        for start in range(0, max(len(order), 1), PART_ROWS):
            part = rows.iloc[order[start : start + PART_ROWS]]
            for other, places in others:
                keys = part[KEY].to_numpy()
                found = other[KEY].to_numpy()
                low, high = (0, 0)
                if len(keys):
                    low = np.searchsorted(found, keys[0], "left", places)
                    high = np.searchsorted(found, keys[-1], "right", places)
                part = part.merge(other.iloc[places[low:high]], on=KEY, how="left")
            yield part


def take_columns(
    reads: Mapping[str, Mapping[str, str]], relations: Sequence[str]
) -> dict[str, str]:
    """List the columns of relations that stand side by side.

    Parameters
    ----------
    reads
        Relation to its columns, each with its kind.
    relations
        Relations to put side by side.

    Returns
    -------
    dict
        Column to kind.
    """
    return {column: kind for name in relations for column, kind in reads[name].items()}
