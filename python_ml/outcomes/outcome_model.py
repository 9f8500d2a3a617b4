"""Learns which outcomes rows will have, measures how well, and predicts: prior, linear, forest."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from python_ml.job import Metric, Settings
from python_ml.outcomes.calibration import LogOddsCalibrator
from python_ml.outcomes.evaluation import (
    beats_baseline,
    measure_probabilities,
    permutation_importances,
)
from python_ml.outcomes.pipelines import (
    FeatureList,
    Numbers,
    calibrate,
    forest_classifier,
    linear_classifier,
    predict_probabilities,
    score_in_one_thread,
)
from python_ml.outcomes.time_split import Mask, TimeSplit, keep_newest, split_by_day

# The newest rows of a part that a model learns from.
MOST_ROWS = 200_000
FEWEST_ROWS = 200
# An outcome with fewer rows in a part cannot be learned and is left out.
FEWEST_OF_CLASS = 10
SCORED, BASELINE, NOT_SCORED = "scored", "baseline", "not_scored"
Model: TypeAlias = Pipeline | LogOddsCalibrator


@dataclass(frozen=True)
class OutcomeModel:
    """What was learned about outcomes.

    Attributes
    ----------
    status, reason
        As in `JobResult`; the other attributes are empty when the status is ``not_scored``.
    classes
        Outcomes that occur often enough, in ascending order.
    prior
        Share of each class among the settled rows.
    model
        Fitted classifier, kept also when its baseline is what counts.
    judged_on, holdout, learned_from
        Rows that the judged model learned from, those that the figures are of, and those that the
        model of the scores learned from.
    metrics, importances, parameters
        As in `JobResult`.
    train_count
        Number of rows the model learned from, calibration included.
    holdout_probabilities
        What is published for the rows of the holdout: one column per class.
    """

    status: str
    reason: str
    classes: tuple[str, ...] = ()
    prior: Numbers = field(default_factory=lambda: np.empty(0))
    model: Model | None = None
    judged_on: Mask = field(default_factory=lambda: np.empty(0, dtype=bool))
    holdout: Mask = field(default_factory=lambda: np.empty(0, dtype=bool))
    learned_from: Mask = field(default_factory=lambda: np.empty(0, dtype=bool))
    metrics: list[Metric] = field(default_factory=list)
    importances: dict[str, tuple[float, float]] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    train_count: int = 0
    holdout_probabilities: pd.DataFrame = field(default_factory=pd.DataFrame)

    def predict(self, features: pd.DataFrame) -> pd.DataFrame:
        """Predict the probability of each class: the model's, or the prior that it did not beat.

        Parameters
        ----------
        features
            Rows to predict, with the columns the model learned from.

        Returns
        -------
        pandas.DataFrame
            One column per class, on the index of ``features``; each row adds up to 1.
        """
        if self.status == BASELINE or self.model is None:
            numbers = np.tile(self.prior, (len(features), 1))
        else:
            numbers = predict_probabilities(self.model, features)
        return pd.DataFrame(numbers, index=features.index, columns=list(self.classes))


def learn_outcomes(
    features: pd.DataFrame,
    outcomes: pd.Series,
    dates: pd.Series,
    feature_list: FeatureList,
    settled_until: pd.Timestamp,
    settling_days: int,
    settings: Settings,
    is_linear: bool = False,
) -> OutcomeModel:
    """Learn from settled rows, judge on the newest of them, then learn from all of them.

    Parameters
    ----------
    features
        Rows in a fixed order, as `FeatureList.take` gives them.
    outcomes
        Outcome of each row; missing where it is not settled.
    dates
        Day of each row.
    feature_list
        Names and kinds of the features.
    settled_until
        Last day whose outcomes are all known.
    settling_days
        Days that outcomes take; the gap before the holdout.
    settings
        Seed and number of processes.
    is_linear
        True for a logistic regression in place of the calibrated forest.

    Returns
    -------
    OutcomeModel
        With a reason when there was too little to learn from.
    """
    split = split_by_day(dates, outcomes.notna(), settled_until, settling_days)
    if outcomes.notna().sum() == 0:
        return OutcomeModel(NOT_SCORED, "There is no settled outcome to learn from.")
    if split is None:
        return OutcomeModel(NOT_SCORED, "Settled outcomes span too few days to learn and to test.")
    classes = _find_classes(outcomes, split)
    if len(classes) < 2:
        return OutcomeModel(NOT_SCORED, _say_why_not(outcomes, split))
    is_kept = outcomes.isin(classes).to_numpy(dtype=bool)
    parts = [
        keep_newest(mask & is_kept, dates, MOST_ROWS)
        for mask in (split.fit, split.calibrate, split.final_fit, split.final_calibrate)
    ]
    holdout = split.holdout & is_kept
    if parts[0].sum() < FEWEST_ROWS or not holdout.any():
        rows = int(parts[0].sum())
        return OutcomeModel(
            NOT_SCORED, f"Only {rows} settled rows to learn from; {FEWEST_ROWS} are needed."
        )
    if features[parts[0]].nunique(dropna=True).max() < 2:
        return OutcomeModel(NOT_SCORED, "No feature distinguishes one row from another.")
    learner = _Learner(features, outcomes, feature_list, settings, is_linear)
    return _judge_and_refit(learner, parts, holdout, split, classes)


def _find_classes(outcomes: pd.Series, split: TimeSplit) -> list[str]:
    """Find the outcomes with enough rows in each part that a model is fitted on."""
    parts = (split.fit, split.calibrate, split.final_fit, split.final_calibrate)
    counts = [outcomes[mask].value_counts() for mask in parts]
    return sorted(
        str(name)
        for name in counts[2].index
        if all(count.get(name, 0) >= FEWEST_OF_CLASS for count in counts)
    )


def _say_why_not(outcomes: pd.Series, split: TimeSplit) -> str:
    """Say which outcomes there are too few of."""
    counts = outcomes[split.fit | split.calibrate | split.holdout].value_counts().sort_index()
    found = ", ".join(f"{name} {count}" for name, count in counts.items())
    return f"Two outcomes that occur often are needed to learn from; settled are: {found}."


@dataclass(frozen=True)
class _Learner:
    """Fits on parts of one frame."""

    features: pd.DataFrame
    outcomes: pd.Series
    feature_list: FeatureList
    settings: Settings
    is_linear: bool

    def fit_linear(self, part: Mask) -> Pipeline:
        """Fit the linear model."""
        model = linear_classifier(self.feature_list)
        model.fit(self.features[part], self.outcomes[part].astype(str))
        return model

    def fit(self, fit: Mask, calibration: Mask) -> Model:
        """Fit the model: the linear one on both parts, or a forest calibrated on the second."""
        if self.is_linear:
            return self.fit_linear(fit | calibration)
        forest = forest_classifier(self.feature_list, self.settings.seed, self.settings.processes)
        forest.fit(self.features[fit], self.outcomes[fit].astype(str))
        score_in_one_thread(forest)
        labels = self.outcomes[calibration].astype(str)
        return calibrate(forest, self.features[calibration], labels)


def _judge_and_refit(
    learner: _Learner, parts: list[Mask], holdout: Mask, split: TimeSplit, classes: list[str]
) -> OutcomeModel:
    """Judge a model of the past on the holdout, then fit the one that scores."""
    fit, calibration, final_fit, final_calibration = parts
    model = learner.fit(fit, calibration)
    test, truth = learner.features[holdout], learner.outcomes[holdout].astype(str)
    predicted = predict_probabilities(model, test)
    prior = _count_shares(learner.outcomes[fit | calibration], classes)
    constant = np.tile(prior, (len(test), 1))
    metrics = measure_probabilities(list(truth), classes, predicted, constant, "prior")
    if not learner.is_linear:
        linear = predict_probabilities(learner.fit_linear(fit | calibration), test)
        metrics += _measure_linear(list(truth), classes, linear, constant)
    is_better = beats_baseline(metrics[0])
    shown = predicted if is_better else constant
    learned = final_fit | final_calibration
    return OutcomeModel(
        status=SCORED if is_better else BASELINE,
        reason="" if is_better else _say_baseline(metrics[0]),
        classes=tuple(classes),
        prior=_count_shares(learner.outcomes[learned], classes),
        model=learner.fit(final_fit, final_calibration),
        judged_on=fit | calibration,
        holdout=holdout,
        learned_from=learned,
        metrics=metrics,
        importances=permutation_importances(
            model, test, truth, "neg_log_loss", learner.settings.seed
        ),
        parameters={
            "classes": classes,
            "window_days": split.window_days,
            "holdout_start": str(split.holdout_start.date()),
            "holdout_rows": int(holdout.sum()),
            "most_rows_per_part": MOST_ROWS,
        },
        train_count=int(learned.sum()),
        holdout_probabilities=pd.DataFrame(shown, index=test.index, columns=classes),
    )


def _count_shares(outcomes: pd.Series, classes: list[str]) -> Numbers:
    """Count the share of each class."""
    shares = outcomes.value_counts(normalize=True).reindex(classes).fillna(0.0)
    return shares.to_numpy(dtype=float)


def _measure_linear(
    truth: list[str],
    classes: list[str],
    linear: Numbers,
    constant: Numbers,
) -> list[Metric]:
    """Measure the logistic regression that is reported beside the forest."""
    figures = measure_probabilities(truth, classes, linear, constant, "prior")
    return [
        Metric(
            one.split,
            f"{one.metric}_of_logistic_regression",
            one.value,
            one.baseline_name,
            one.baseline_value,
            one.slice_name,
        )
        for one in figures
        if one.metric in ("log_loss", "brier", "auc")
    ]


def _say_baseline(metric: Metric) -> str:
    """Say that the baseline is published, and by how much the model fell short."""
    return (
        f"On the holdout the model is not clearly better than the {metric.baseline_name} "
        f"({metric.metric} {metric.value:.4f} against {metric.baseline_value:.4f}), so the "
        f"{metric.baseline_name} is published."
    )
