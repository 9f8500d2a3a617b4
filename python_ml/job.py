"""What a scoring job takes and gives: pure functions on frames, described by these types."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

import pandas as pd

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Settings:
    """What holds for all jobs of one scoring.

    Attributes
    ----------
    data_cutoff
        Last day that counts: ``as_of_date`` of the core. No job asks the clock.
    seed
        Seed of everything that is drawn at random.
    processes
        Number of processes a job may use.
    """

    data_cutoff: date
    seed: int = 7
    processes: int = 2


@dataclass(frozen=True)
class Metric:
    """One figure of a model beside the same figure of its baseline.

    Attributes
    ----------
    split
        ``train``, ``backtest`` or ``holdout``.
    metric
        Name of the figure, such as ``log_loss``.
    value
        Figure of the model.
    baseline_name, baseline_value
        What it is compared with; None where nothing is.
    slice_name
        Part of the data, such as a horizon or a class; ``all`` for all of it.
    """

    split: str
    metric: str
    value: float
    baseline_name: str | None = None
    baseline_value: float | None = None
    slice_name: str = "all"


@dataclass(frozen=True)
class RowScores:
    """Scores that each customer gets from its own row, so that any process can score some of them.

    Attributes
    ----------
    relations
        Relations that stand side by side by customer_key: all rows of the first, with what the
        others have.
    make
        Pure function that can be pickled: some of these rows and the model to what they give.
    model
        What the job has learned.
    """

    relations: tuple[str, ...]
    make: Callable[[pd.DataFrame, Any], pd.DataFrame]
    model: Any

    def __call__(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Give what the function makes of some rows."""
        return self.make(batch, self.model)


@dataclass(frozen=True)
class RowSummary(RowScores):
    """A few rows that are made of all customers.

    Attributes
    ----------
    finish
        What is made of each part, put together, and the model to the rows of the table.
    """

    finish: Callable[[pd.DataFrame, Any], pd.DataFrame]


Rows: TypeAlias = pd.DataFrame | Iterable[pd.DataFrame] | RowScores


@dataclass(frozen=True)
class JobResult:
    """What a job gives; the runner adds provenance and writes it.

    Attributes
    ----------
    model_name, model_version
        Which model made the scores; the version changes when the method does.
    status
        ``scored``; ``baseline`` when the model did not beat its baseline, whose figures are in the
        tables then; ``not_scored`` when there was too little to learn from.
    reason
        One sentence for people when the status is not ``scored``; else empty.
    tables
        Name of a score table to its rows, without the columns of provenance: one frame, frames
        that are made one after the other, or how each customer gets its row.
    features
        Names of the columns that the model learns from, in order, each with its kind.
    parameters
        What the model was fitted with and what the fit found; plain numbers and texts.
    train_count
        Number of rows the model learned from.
    metrics
        Figures with their baselines; the first one is shown in summaries.
    importances
        Feature to the loss of score when it is shuffled, and its standard deviation.
    drift
        Values of features and scores to compare with those of the run before; empty for none.
    artifact
        Fitted object to keep with skops; None where parameters say all.
    """

    model_name: str
    model_version: str
    status: str
    reason: str
    tables: Mapping[str, Rows]
    features: Mapping[str, str]
    parameters: Mapping[str, Any]
    train_count: int
    metrics: list[Metric] = field(default_factory=list)
    importances: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    drift: pd.DataFrame = field(default_factory=pd.DataFrame)
    artifact: object | None = None


# Reads relations of the core by name, and the artifact of the run before (None at the first).
JobFunction = Callable[[Mapping[str, pd.DataFrame], Settings, object | None, Progress], JobResult]
