"""Job ``support_status``: will a ticket be late and thus escalate, predicted when it is opened.

A logistic regression gives the probability. A linear regression gives the rank of the status
(resolved 1, open 2, escalated 3), which is ordinal; its figures stand beside the majority's.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import accuracy_score, mean_absolute_error
from sklearn.pipeline import Pipeline

from python_ml.job import JobResult, Metric, Progress, Settings
from python_ml.outcomes import placed_orders, support_tickets
from python_ml.outcomes.outcome_model import NOT_SCORED, SCORED, OutcomeModel, learn_outcomes
from python_ml.outcomes.pipelines import Numbers, linear_regressor, predict_numbers
from python_ml.outcomes.support_tickets import (
    KNOWN_AT_OPENING,
    LATE,
    SLA_DAYS,
    STATUS_RANKS,
    describe_tickets,
    opening_features,
)

NAME = "support_status"
SAMPLE = None
READS: dict[str, dict[str, str]] = placed_orders.READS | support_tickets.READS
MODEL_NAME, MODEL_VERSION = "logistic_regression", "1"
TABLE = "ml_support_status_predictions"
SETTLING_DAYS = SLA_DAYS + 1
STATUSES = {rank: name for name, rank in STATUS_RANKS.items()}


def learn_support_status(
    features: pd.DataFrame,
    outcomes: pd.Series,
    dates: pd.Series,
    settled_until: pd.Timestamp,
    settling_days: int,
    settings: Settings,
) -> OutcomeModel:
    """Learn how tickets end, by a logistic regression.

    Parameters
    ----------
    features
        Frame of `support_tickets.opening_features`, in a fixed order.
    outcomes
        Outcome of each ticket; missing where it is not settled.
    dates
        Day on which each was opened.
    settled_until, settling_days
        Last day whose outcomes are all known, and days that they take.
    settings
        Seed and number of processes.

    Returns
    -------
    OutcomeModel
        With a reason when there was too little to learn from.
    """
    return learn_outcomes(
        features,
        outcomes,
        dates,
        KNOWN_AT_OPENING,
        settled_until,
        settling_days,
        settings,
        is_linear=True,
    )


def score(
    relations: Mapping[str, pd.DataFrame],
    settings: Settings,
    previous: object | None,
    progress: Progress,
) -> JobResult:
    """Predict the status of unresolved tickets, and of the holdout's to compare with what happened.

    Parameters
    ----------
    relations
        Frames of ``READS``.
    settings
        Last day, seed and number of processes.
    previous
        Not used: the model is fitted again.
    progress
        Called at each step.

    Returns
    -------
    JobResult
        One row per unresolved or holdout ticket in ``ml_support_status_predictions``.
    """
    cutoff = pd.Timestamp(settings.data_cutoff)
    progress("reading what was known", 0, 3)
    orders = placed_orders.describe_orders(relations, cutoff)
    orders = placed_orders.settle_outcomes(orders, cutoff, placed_orders.find_settling_days(orders))
    tickets = describe_tickets(relations, cutoff)
    features = opening_features(tickets, orders)
    progress("learning", 1, 3)
    outcomes = tickets["outcome"].where(tickets["is_settled"], None)
    settled_until = cutoff - pd.Timedelta(days=SETTLING_DAYS)
    dates = tickets["opened_date"]
    model = learn_support_status(features, outcomes, dates, settled_until, SETTLING_DAYS, settings)
    progress("scoring", 2, 3)
    ranks, rank_metrics, rank_model = _rank_statuses(tickets, features, model)
    scores = _score_tickets(tickets, features, model, ranks)
    progress("scoring", 3, 3)
    return JobResult(
        model_name=MODEL_NAME,
        model_version=MODEL_VERSION,
        status=model.status,
        reason=model.reason,
        tables={TABLE: scores},
        features=KNOWN_AT_OPENING.kinds,
        parameters=model.parameters | {"settling_days": SETTLING_DAYS, "sla_days": SLA_DAYS},
        train_count=model.train_count,
        metrics=model.metrics + rank_metrics,
        importances=model.importances,
        drift=_watch(tickets, features, scores, cutoff),
        artifact=None if rank_model is None else {"late": model.model, "rank": rank_model},
    )


def _rank_statuses(
    tickets: pd.DataFrame, features: pd.DataFrame, model: OutcomeModel
) -> tuple[Numbers, list[Metric], Pipeline | None]:
    """Predict the rank of each ticket's status by linear regression, 1 to 3; judge it as well."""
    if model.status == NOT_SCORED:
        return np.full(len(tickets), np.nan), [], None
    ranks = tickets["actual_status"].map(STATUS_RANKS).astype(float)

    def fit(part: npt.NDArray[np.bool_]) -> Pipeline:
        return linear_regressor(KNOWN_AT_OPENING).fit(features[part], ranks[part])

    def predict(regression: Pipeline, rows: pd.DataFrame) -> Numbers:
        return np.clip(predict_numbers(regression, rows), 1.0, 3.0)

    truth = ranks[model.holdout].to_numpy()
    past, final = fit(model.judged_on), fit(model.learned_from)
    held_out = predict(past, features[model.holdout])
    majority = float(ranks[model.judged_on].mode().iloc[0])
    metrics = _measure_ranks(truth, held_out, np.full(len(truth), majority))
    predicted = predict(final, features)
    predicted[model.holdout] = held_out
    if model.status != SCORED:
        predicted[:] = majority
    return predicted, metrics, final


def _measure_ranks(
    truth: Numbers,
    predicted: Numbers,
    majority: Numbers,
) -> list[Metric]:
    """Measure ranks: mean distance, share that is exact and share within one when rounded."""
    near = [float((np.abs(np.rint(p) - truth) <= 1).mean()) for p in (predicted, majority)]
    exact = [float(accuracy_score(truth, np.rint(p))) for p in (predicted, majority)]
    away = [float(mean_absolute_error(truth, p)) for p in (predicted, majority)]
    return [
        Metric("holdout", f"{name}_of_status_rank", pair[0], "majority", pair[1])
        for name, pair in [("mae", away), ("accuracy", exact), ("accuracy_within_one", near)]
    ]


def _score_tickets(
    tickets: pd.DataFrame,
    features: pd.DataFrame,
    model: OutcomeModel,
    ranks: Numbers,
) -> pd.DataFrame:
    """Put the predictions of unresolved and holdout tickets into the form of the table."""
    is_scored = model.status != NOT_SCORED
    is_held_out = tickets.index.isin(model.holdout_probabilities.index)
    is_shown = tickets["is_open"].to_numpy(dtype=bool) | is_held_out
    rows = tickets[is_shown]
    late = pd.Series(np.nan, index=rows.index)
    if is_scored and len(rows):
        late = model.predict(features[is_shown])[LATE]
        late.update(model.holdout_probabilities[LATE])
    shown_ranks = pd.Series(ranks[is_shown], index=rows.index)
    status = shown_ranks.round().map(STATUSES)
    return pd.DataFrame(
        {
            "ticket_key": rows["ticket_key"],
            "customer_key": rows["customer_key"],
            "opened_date": rows["opened_date"],
            "probability_escalated": late.where(rows["may_escalate"], late * 0).astype("Float64"),
            "predicted_status_rank": shown_ranks.astype("Float64"),
            "predicted_status": status.astype(object).where(status.notna(), None),
            "actual_status": rows["actual_status"],
            "is_open": rows["is_open"],
            "is_scored": is_scored,
            "reason": None if is_scored else model.reason,
        }
    ).reset_index(drop=True)


def _watch(
    tickets: pd.DataFrame, features: pd.DataFrame, scores: pd.DataFrame, cutoff: pd.Timestamp
) -> pd.DataFrame:
    """Collect what is compared from run to run: newest features, and scores of open tickets."""
    newest = (tickets["opened_date"] > cutoff - pd.Timedelta(days=90)).to_numpy(dtype=bool)
    is_shown = (scores["is_open"] & scores["is_scored"]).to_numpy(dtype=bool)
    shown = scores.loc[is_shown, ["probability_escalated", "predicted_status_rank"]]
    columns = [features[newest].reset_index(drop=True), shown.reset_index(drop=True)]
    return pd.concat(columns, axis=1)
