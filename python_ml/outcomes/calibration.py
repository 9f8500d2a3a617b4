"""Bends the probabilities of a classifier to what happened, on the scale of their log-odds."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.utils import Tags, get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

Array = NDArray[np.float64]

# Of a logistic regression: noise in a few hundred rows bends nothing, thousands of rows have a say.
STRENGTH = 0.1


class LogOddsCalibrator(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier whose log-odds are drawn to what happened, class by class.

    A sigmoid of probabilities cannot follow the small ones down: 0.01 and 0.03 are nearly the same
    to it. Of log-odds it can. Probabilities of the classes are then made to add up to 1.

    Parameters
    ----------
    estimator
        Classifier with ``predict_proba``; one that is fitted already belongs in a
        ``FrozenEstimator``.
    floor
        Least probability that differs from none.

    Attributes
    ----------
    estimator_
        The fitted classifier.
    classes_
        Classes in the order of its probabilities.
    calibrations_
        Logistic regression of each class on its own log-odds; of the second alone where there are
        two.
    """

    def __init__(self, estimator: Any, floor: float = 0.0001) -> None:
        self.estimator = estimator
        self.floor = floor

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit the classifier unless it is frozen, then learn how its log-odds are to be bent.

        Parameters
        ----------
        X
            Rows; those that a frozen classifier has not seen.
        y
            Their classes, each of which must be among them.

        Returns
        -------
        LogOddsCalibrator
            This model.
        """
        validate_data(self, X, skip_check_array=True)
        self.estimator_ = clone(self.estimator).fit(X, y)
        self.classes_ = self.estimator_.classes_
        odds, labels = self._take_odds(X), np.asarray(y)
        self.calibrations_ = [
            _calibrate(odds[:, [place]], labels == self.classes_[place])
            for place in self._list_places()
        ]
        return self

    def predict_proba(self, X: ArrayLike) -> Array:
        """Predict the probability of each class.

        Parameters
        ----------
        X
            Rows.

        Returns
        -------
        ndarray
            Shape (n, classes); each row adds up to 1.
        """
        check_is_fitted(self)
        odds = self._take_odds(X)
        validate_data(self, X, reset=False, skip_check_array=True)
        found = np.column_stack(
            [
                calibration.predict_proba(odds[:, [place]])[:, 1]
                for place, calibration in zip(self._list_places(), self.calibrations_, strict=True)
            ]
        )
        if len(self.classes_) == 2:
            return np.column_stack([1 - found, found])
        return np.asarray(found / found.sum(axis=1, keepdims=True))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Predict the likeliest class.

        Parameters
        ----------
        X
            Rows.

        Returns
        -------
        ndarray
            Classes, shape (n,).
        """
        likeliest = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[likeliest])

    def __sklearn_tags__(self) -> Tags:
        """Take what the classifier takes."""
        tags: Tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.estimator).input_tags
        return tags

    def _list_places(self) -> range:
        """List the places of the classes that are calibrated."""
        return range(1, 2) if len(self.classes_) == 2 else range(len(self.classes_))

    def _take_odds(self, X: ArrayLike) -> Array:
        """Take the log-odds of each class, shape (n, classes)."""
        chances = np.clip(self.estimator_.predict_proba(X), self.floor, 1 - self.floor)
        return np.asarray(np.log(chances) - np.log1p(-chances))


def _calibrate(odds: Array, has_class: NDArray[np.bool_]) -> LogisticRegression:
    """Learn how the log-odds of a class are to be bent; odds that mislead have no say."""
    calibration = LogisticRegression(C=STRENGTH).fit(odds, has_class)
    if calibration.coef_[0, 0] < 0:
        calibration.fit(np.zeros_like(odds), has_class)
    return calibration
