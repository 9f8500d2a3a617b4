"""Job ``order_status``: completed, cancelled or returned, predicted when an order is placed.

The prediction moment is the placement. Known then are the basket, its prices, payment, shipping and
calendar, and what became known about earlier orders before that day; never what happens to the
order itself. A random forest, calibrated on the newest settled orders, gives the probabilities.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from python_ml.job import JobResult, Progress, Settings
from python_ml.outcomes.as_of_features import calendar_features, earlier_rates, earlier_values
from python_ml.outcomes.outcome_model import NOT_SCORED, OutcomeModel, learn_outcomes
from python_ml.outcomes.pipelines import FeatureList
from python_ml.outcomes.placed_orders import (
    CANCELLED,
    OUTCOMES,
    READS,
    RETURNED,
    describe_orders,
    find_settling_days,
    settle_outcomes,
)

__all__ = ["NAME", "READS", "SAMPLE", "score"]

NAME = "order_status"
SAMPLE = None
MODEL_NAME, MODEL_VERSION = "random_forest_log_odds", "2"
TABLE = "ml_order_status_predictions"

# All that is known when an order is placed. A name that is not here is not looked at.
KNOWN_AT_PLACEMENT = FeatureList(
    numeric=(
        "customer_known_outcomes",
        "customer_cancelled_rate",
        "customer_returned_rate",
        "category_cancelled_rate",
        "category_returned_rate",
        "earlier_orders",
        "days_since_last_order",
        "earlier_amount_log",
        "gross_amount_log",
        "unit_price_log",
        "ordered_units",
        "line_count",
        "category_count",
        "discount_rate",
        "has_promotion",
        "is_subscriber",
        "order_hour",
    ),
    categorical=(
        "category",
        "region",
        "channel",
        "payment_method",
        "shipping_method",
        "month",
        "weekday",
    ),
)


def placement_features(orders: pd.DataFrame) -> pd.DataFrame:
    """Describe each order by what was known when it was placed.

    Parameters
    ----------
    orders
        Frame of `settle_outcomes`, or any with ``customer_key``, ``order_date``, ``category``,
        ``gross_amount``, ``ordered_amount``, ``ordered_units``, ``outcome``, ``outcome_date``; a
        feature of ``KNOWN_AT_PLACEMENT`` that is no column counts as unknown.

    Returns
    -------
    pandas.DataFrame
        The columns of ``KNOWN_AT_PLACEMENT``, on the index of ``orders``.
    """
    flagged = orders[["customer_key", "category", "order_date", "outcome_date"]].assign(
        cancelled=(orders["outcome"] == CANCELLED).astype(float),
        returned=(orders["outcome"] == RETURNED).astype(float),
        amount_log=np.log1p(orders["gross_amount"].clip(lower=0)),
    )
    known_customers = flagged[flagged["customer_key"] > 0]
    names = {"row_date": "order_date", "known_date": "outcome_date"}
    flags = [CANCELLED, RETURNED]
    customer = earlier_rates(flagged, known_customers, flags, by="customer_key", **names)
    category = earlier_rates(flagged, flagged, flags, by="category", **names)
    earlier = earlier_values(
        flagged, known_customers, "amount_log", date="order_date", by="customer_key"
    ).set_axis(["earlier_orders", "days_since_last_order", "earlier_amount_log"], axis=1)
    gross, units = orders["gross_amount"], orders["ordered_units"]
    basket = pd.DataFrame(
        {
            "gross_amount_log": flagged["amount_log"],
            "unit_price_log": np.log1p((gross / units.where(units > 0)).clip(lower=0)),
            "discount_rate": (1 - orders["ordered_amount"] / gross.where(gross > 0)).clip(0, 1),
        }
    )
    parts = [
        customer.add_prefix("customer_"),
        category.drop(columns="known_outcomes").add_prefix("category_"),
        earlier,
        basket,
        calendar_features(orders["order_date"]),
    ]
    made = pd.concat(parts, axis=1)
    names_left = [name for name in KNOWN_AT_PLACEMENT.names if name not in made]
    return KNOWN_AT_PLACEMENT.take(made.join(orders.reindex(columns=names_left)))


def learn_order_status(
    orders: pd.DataFrame, cutoff: pd.Timestamp, settling_days: int, settings: Settings
) -> tuple[OutcomeModel, pd.DataFrame]:
    """Learn the outcomes of orders.

    Parameters
    ----------
    orders
        Frame as for `placement_features`, with ``is_settled``, sorted by date and key.
    cutoff
        Last day that counts.
    settling_days
        Days until outcomes are known.
    settings
        Seed and number of processes.

    Returns
    -------
    OutcomeModel, pandas.DataFrame
        The model, and the features of all orders.
    """
    features = placement_features(orders)
    model = learn_outcomes(
        features,
        orders["outcome"].where(orders["is_settled"], None),
        orders["order_date"],
        KNOWN_AT_PLACEMENT,
        cutoff - pd.Timedelta(days=settling_days),
        settling_days,
        settings,
    )
    return model, features


def score(
    relations: Mapping[str, pd.DataFrame],
    settings: Settings,
    previous: object | None,
    progress: Progress,
) -> JobResult:
    """Predict the outcome of open orders, and of the holdout's to compare with what happened.

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
        One row per open or holdout order in ``ml_order_status_predictions``.
    """
    cutoff = pd.Timestamp(settings.data_cutoff)
    progress("reading what was known", 0, 3)
    orders = describe_orders(relations, cutoff)
    settling_days = find_settling_days(orders)
    orders = settle_outcomes(orders, cutoff, settling_days)
    progress("learning", 1, 3)
    model, features = learn_order_status(orders, cutoff, settling_days, settings)
    progress("scoring", 2, 3)
    scores = _score_orders(orders, features, model)
    progress("scoring", 3, 3)
    parameters = model.parameters | {"settling_days": settling_days}
    return JobResult(
        model_name=MODEL_NAME,
        model_version=MODEL_VERSION,
        status=model.status,
        reason=model.reason,
        tables={TABLE: scores},
        features=KNOWN_AT_PLACEMENT.kinds,
        parameters=parameters,
        train_count=model.train_count,
        metrics=model.metrics,
        importances=model.importances,
        drift=_watch(orders, features, scores, cutoff),
        artifact=model.model,
    )


def _score_orders(
    orders: pd.DataFrame, features: pd.DataFrame, model: OutcomeModel
) -> pd.DataFrame:
    """Put the probabilities of open and holdout orders into the form of the table."""
    is_open = orders["is_open"].to_numpy(dtype=bool)
    is_known = (orders["is_dated"] & (orders["line_count"] > 0)).to_numpy(dtype=bool)
    is_scored = is_open & is_known & (model.status != NOT_SCORED)
    predicted = pd.DataFrame(columns=list(model.classes), dtype=float)
    if is_scored.any():
        predicted = model.predict(features[is_scored])
    predicted = pd.concat([model.holdout_probabilities, predicted])
    rows = orders[is_open | orders.index.isin(predicted.index)]
    known = predicted.reindex(rows.index)
    has_score = rows.index.isin(predicted.index)
    # An outcome that was never seen, or hardly ever, has no probability.
    probabilities = known.reindex(columns=list(OUTCOMES)).fillna(0.0)
    likeliest = probabilities.idxmax(axis=1)
    reason = model.reason if model.status == NOT_SCORED else "The order has no date, or no lines."
    return pd.DataFrame(
        {
            "order_key": rows["order_key"],
            "order_date": rows["order_date"],
            **{
                f"probability_{name}": probabilities[name].where(has_score).astype("Float64")
                for name in ("completed", CANCELLED, RETURNED)
            },
            "predicted_outcome": likeliest.where(has_score, None),
            "actual_outcome": rows["outcome"],
            "is_open": rows["is_open"],
            "is_scored": has_score,
            "reason": pd.Series(reason, rows.index).where(~has_score, None),
        }
    ).reset_index(drop=True)


def _watch(
    orders: pd.DataFrame, features: pd.DataFrame, scores: pd.DataFrame, cutoff: pd.Timestamp
) -> pd.DataFrame:
    """Collect what is compared from run to run: newest features, and scores of open orders."""
    newest = (orders["order_date"] > cutoff - pd.Timedelta(days=90)).to_numpy(dtype=bool)
    is_shown = (scores["is_open"] & scores["is_scored"]).to_numpy(dtype=bool)
    shown = scores.loc[is_shown, ["probability_cancelled", "probability_returned"]]
    columns = [features[newest].reset_index(drop=True), shown.reset_index(drop=True)]
    return pd.concat(columns, axis=1)
