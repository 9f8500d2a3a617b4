"""Figures of a prediction, each beside the same figure of its baseline."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.inspection import permutation_importance
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    f1_score,
    log_loss,
    mean_absolute_error,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)

from python_ml.job import Metric
from python_ml.outcomes.pipelines import Numbers

ECE_BINS = 10
# Share of the error of the baseline that a model has to save.
LEAST_GAIN = 0.005
IMPORTANCE_ROWS = 1000
IMPORTANCE_REPEATS = 3


def calibration_error(probabilities: Numbers, happened: npt.NDArray[np.bool_]) -> float:
    """Measure the expected calibration error over bins with equally many rows.

    Parameters
    ----------
    probabilities
        Predicted probability of an event, one per row.
    happened
        Whether it happened.

    Returns
    -------
    float
        Mean distance between predicted and true share, 0 to 1; equal predictions share a bin.
    """
    ranks = pd.Series(probabilities).rank(pct=True).to_numpy()
    bins = np.minimum((ranks * ECE_BINS).astype(int), ECE_BINS - 1)
    frame = pd.DataFrame({"bin": bins, "predicted": probabilities, "happened": happened})
    means = frame.groupby("bin").agg(
        predicted=("predicted", "mean"), happened=("happened", "mean"), rows=("bin", "size")
    )
    gaps = (means["predicted"] - means["happened"]).abs() * means["rows"]
    return float(gaps.sum() / len(frame))


def measure_probabilities(
    labels: Sequence[str],
    classes: Sequence[str],
    predicted: Numbers,
    baseline: Numbers,
    baseline_name: str,
    split: str = "holdout",
) -> list[Metric]:
    """Measure predicted probabilities of several classes; the first figure is the log loss.

    Parameters
    ----------
    labels
        What happened, one class per row.
    classes
        Classes in ascending order: the columns of ``predicted``.
    predicted, baseline
        Probabilities of shape (rows, classes) of the model and of what it is compared with.
    baseline_name
        Name of the latter.
    split
        Part of the data.

    Returns
    -------
    list of Metric
        Log loss, Brier score (sum over classes) and macro F1 of all; AUC, average precision and
        calibration error per class that occurs, but not always.
    """
    truth = np.asarray(labels, dtype=object).astype(str)
    names = np.asarray(classes, dtype=object).astype(str)

    def both(metric: str, figure: Callable[[Numbers], float], slice_name: str = "all") -> Metric:
        return Metric(
            split,
            metric,
            float(figure(predicted)),
            baseline_name,
            float(figure(baseline)),
            slice_name,
        )

    figures = [
        both("log_loss", lambda p: log_loss(truth, p, labels=names)),
        both("brier", lambda p: _brier(truth, p, names)),
        both(
            "macro_f1",
            lambda p: f1_score(truth, names[p.argmax(axis=1)], average="macro", zero_division=0),
        ),
    ]
    for column, name in enumerate(names):
        happened = truth == name
        if happened.any() and not happened.all():
            figures += _measure_class(both, column, name, happened)
    return figures


def _brier(truth: npt.NDArray[np.str_], predicted: Numbers, names: npt.NDArray[np.str_]) -> float:
    """Measure the Brier score as the sum over all classes."""
    if len(names) == 2:
        return 2.0 * float(brier_score_loss(truth == names[1], predicted[:, 1]))
    return float(brier_score_loss(truth, predicted, labels=names))


def _measure_class(
    both: Callable[[str, Callable[[Numbers], float], str], Metric],
    column: int,
    name: str,
    happened: npt.NDArray[np.bool_],
) -> list[Metric]:
    """Measure the probability of one class against all others."""
    return [
        both("auc", lambda p: roc_auc_score(happened, p[:, column]), name),
        both("average_precision", lambda p: average_precision_score(happened, p[:, column]), name),
        both("ece", lambda p: calibration_error(p[:, column], happened), name),
    ]


def measure_numbers(
    actual: Numbers,
    predicted: Numbers,
    baseline: Numbers,
    baseline_name: str,
    split: str = "holdout",
) -> list[Metric]:
    """Measure predicted numbers; the first figure is the mean absolute error.

    Parameters
    ----------
    actual, predicted, baseline
        Numbers of shape (rows,), in one unit.
    baseline_name
        Name of what the model is compared with.
    split
        Part of the data.

    Returns
    -------
    list of Metric
        Mean absolute error, root of the mean squared error, R2 (with two rows or more that
        differ) and relative bias (where the mean is not 0).
    """

    def both(metric: str, figure: Callable[[Numbers], float]) -> Metric:
        return Metric(
            split, metric, float(figure(predicted)), baseline_name, float(figure(baseline))
        )

    figures = [
        both("mae", lambda p: mean_absolute_error(actual, p)),
        both("rmse", lambda p: root_mean_squared_error(actual, p)),
    ]
    if len(actual) > 1 and np.ptp(actual) > 0:
        figures.append(both("r2", lambda p: r2_score(actual, p)))
    if actual.mean() != 0:
        figures.append(both("bias", lambda p: (p.mean() - actual.mean()) / actual.mean()))
    return figures


def beats_baseline(metric: Metric) -> bool:
    """Return whether an error of a model is smaller than its baseline's by more than a trifle.

    Parameters
    ----------
    metric
        Figure of which less is better.

    Returns
    -------
    bool
        False when the gain is below ``LEAST_GAIN``: models of noise gain that much by luck.
    """
    if metric.baseline_value is None:
        return False
    return metric.value < (1 - LEAST_GAIN) * metric.baseline_value


def permutation_importances(
    model: BaseEstimator, frame: pd.DataFrame, target: "pd.Series[Any]", scoring: str, seed: int
) -> dict[str, tuple[float, float]]:
    """Measure how much worse a model gets when one feature is shuffled.

    Parameters
    ----------
    model
        Fitted model.
    frame, target
        Rows that it has not seen; a sample of them is used where there are many.
    scoring
        Name of scikit-learn's figure, of which more is better.
    seed
        Seed of sample and shuffles.

    Returns
    -------
    dict
        Feature to mean loss of the figure and its standard deviation over the shuffles.
    """
    sample = frame
    if len(frame) > IMPORTANCE_ROWS:
        sample = frame.sample(IMPORTANCE_ROWS, random_state=seed)
    found = permutation_importance(
        model,
        sample,
        target.loc[sample.index],
        scoring=scoring,
        n_repeats=IMPORTANCE_REPEATS,
        random_state=seed,
    )
    pairs = zip(found.importances_mean, found.importances_std, strict=True)
    return {
        str(name): (float(mean), float(deviation))
        for name, (mean, deviation) in zip(frame.columns, pairs, strict=True)
    }
