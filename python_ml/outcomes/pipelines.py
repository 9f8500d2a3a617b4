"""The estimators of the predictions, nearly all of scikit-learn, so that skops can keep them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from python_ml.outcomes.calibration import LogOddsCalibrator

Numbers: TypeAlias = npt.NDArray[np.floating[Any]]

TREES = 100
LEAF_ROWS = 20
# Each tree sees this share of the rows: three times as fast, and no worse on the simulated shop.
TREE_SAMPLE = 0.3
MAX_CATEGORIES = 20
BATCH_ROWS = 100_000
UNKNOWN = "unknown"


@dataclass(frozen=True)
class FeatureList:
    """Names of the columns that a model may look at.

    Attributes
    ----------
    numeric
        Columns of numbers; a missing one counts as the median.
    categorical
        Columns of text; rare and new values count as one.
    """

    numeric: tuple[str, ...]
    categorical: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """All columns, in the order in which the models take them."""
        return [*self.numeric, *self.categorical]

    @property
    def kinds(self) -> dict[str, str]:
        """Column to its kind."""
        return dict.fromkeys(self.numeric, "number") | dict.fromkeys(self.categorical, "category")

    def take(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Take these columns of a frame, numbers as float64 and categories as plain text.

        Parameters
        ----------
        frame
            Rows with at least these columns.

        Returns
        -------
        pandas.DataFrame
            The columns in order, on the index of ``frame``.
        """
        taken = {name: _to_numbers(frame[name]) for name in self.numeric}
        taken |= {
            name: frame[name].astype(object).where(frame[name].notna(), UNKNOWN).astype(str)
            for name in self.categorical
        }
        return pd.DataFrame(taken, index=frame.index).astype(
            dict.fromkeys(self.categorical, object)
        )


def _to_numbers(values: pd.Series) -> pd.Series:
    """Turn a column into float64; what is not finite is missing."""
    numbers = pd.to_numeric(values).astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return pd.Series(np.where(np.isfinite(numbers), numbers, np.nan), index=values.index)


def _encode(features: FeatureList, scaled: bool) -> ColumnTransformer:
    """Turn features into numbers; linear models need them on one scale."""
    steps: list[tuple[str, BaseEstimator]] = [
        ("impute", SimpleImputer(strategy="median", keep_empty_features=True))
    ]
    if scaled:
        steps.append(("scale", StandardScaler()))
    one_hot = OneHotEncoder(
        handle_unknown="infrequent_if_exist", max_categories=MAX_CATEGORIES, sparse_output=False
    )
    return ColumnTransformer(
        [
            ("numeric", Pipeline(steps), list(features.numeric)),
            ("categorical", one_hot, list(features.categorical)),
        ]
    )


def forest_classifier(features: FeatureList, seed: int, processes: int) -> Pipeline:
    """Make a random forest for outcomes: many rows per leaf, as its shares are to be probabilities.

    Parameters
    ----------
    features
        Columns to look at.
    seed
        Seed of the samples; the forest is the same for any number of processes.
    processes
        Number of threads to grow it with.

    Returns
    -------
    Pipeline
        Not fitted.
    """
    forest = RandomForestClassifier(
        n_estimators=TREES,
        min_samples_leaf=LEAF_ROWS,
        max_samples=TREE_SAMPLE,
        random_state=seed,
        n_jobs=processes,
    )
    return Pipeline([("encode", _encode(features, scaled=False)), ("model", forest)])


def forest_regressor(features: FeatureList, seed: int, processes: int) -> Pipeline:
    """Make a random forest for numbers, with predictions for the rows outside each tree's sample.

    Parameters
    ----------
    features, seed, processes
        As for `forest_classifier`.

    Returns
    -------
    Pipeline
        Not fitted.
    """
    forest = RandomForestRegressor(
        n_estimators=TREES,
        min_samples_leaf=LEAF_ROWS,
        max_samples=TREE_SAMPLE,
        max_features="sqrt",
        oob_score=True,
        random_state=seed,
        n_jobs=processes,
    )
    return Pipeline([("encode", _encode(features, scaled=False)), ("model", forest)])


def linear_classifier(features: FeatureList) -> Pipeline:
    """Make a logistic regression on scaled numbers and one column per category.

    Parameters
    ----------
    features
        Columns to look at.

    Returns
    -------
    Pipeline
        Not fitted.
    """
    model = LogisticRegression(C=0.3, max_iter=1000)
    return Pipeline([("encode", _encode(features, scaled=True)), ("model", model)])


def linear_regressor(features: FeatureList) -> Pipeline:
    """Make a linear regression on scaled numbers and one column per category.

    Parameters
    ----------
    features
        Columns to look at.

    Returns
    -------
    Pipeline
        Not fitted.
    """
    return Pipeline([("encode", _encode(features, scaled=True)), ("model", LinearRegression())])


def score_in_one_thread(pipeline: Pipeline) -> Pipeline:
    """Let a forest add up its trees in one fixed order, so that equal rows get equal bits.

    Parameters
    ----------
    pipeline
        Fitted forest.

    Returns
    -------
    Pipeline
        The same object.
    """
    pipeline.set_params(model__n_jobs=1)
    return pipeline


def calibrate(pipeline: Pipeline, frame: pd.DataFrame, labels: pd.Series) -> LogOddsCalibrator:
    """Bend the probabilities of a fitted classifier to the shares of later rows.

    Parameters
    ----------
    pipeline
        Fitted classifier, left as it is.
    frame, labels
        Rows that it has not seen, with every class among them.

    Returns
    -------
    LogOddsCalibrator
        Fitted.
    """
    return LogOddsCalibrator(FrozenEstimator(pipeline)).fit(frame, labels)


def in_batches(frame: pd.DataFrame) -> Iterable[pd.DataFrame]:
    """Cut a frame into pieces that predictions have memory for.

    Parameters
    ----------
    frame
        Rows.

    Yields
    ------
    pandas.DataFrame
        At least one piece, of at most ``BATCH_ROWS`` rows.
    """
    for start in range(0, max(len(frame), 1), BATCH_ROWS):
        yield frame.iloc[start : start + BATCH_ROWS]


def predict_probabilities(model: Pipeline | LogOddsCalibrator, frame: pd.DataFrame) -> Numbers:
    """Predict the probability of each class.

    Parameters
    ----------
    model
        Fitted classifier.
    frame
        Features.

    Returns
    -------
    numpy.ndarray
        Shape (rows, classes), in the order of ``model.classes_``; each row adds up to 1.
    """
    if frame.empty:
        return np.empty((0, len(model.classes_)))
    return np.vstack([model.predict_proba(batch) for batch in in_batches(frame)])


def predict_numbers(model: Pipeline, frame: pd.DataFrame) -> Numbers:
    """Predict a number for each row.

    Parameters
    ----------
    model
        Fitted regressor.
    frame
        Features.

    Returns
    -------
    numpy.ndarray
        Shape (rows,).
    """
    if frame.empty:
        return np.empty(0)
    return np.concatenate([model.predict(batch) for batch in in_batches(frame)])
