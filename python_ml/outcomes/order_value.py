"""Job ``order_value``: the value of each customer's next order, predicted before its basket.

The order is one of the month after the last day that counts, in the category that the customer
ordered most often.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from python_ml.job import JobResult, Metric, Progress, Settings
from python_ml.outcomes import placed_orders
from python_ml.outcomes.evaluation import beats_baseline, measure_numbers, permutation_importances
from python_ml.outcomes.order_value_model import (
    KNOWN_BEFORE_BASKET,
    ValueModel,
    basket_free_features,
    learn_values,
)
from python_ml.outcomes.outcome_model import BASELINE, FEWEST_ROWS, MOST_ROWS, NOT_SCORED, SCORED
from python_ml.outcomes.time_split import keep_newest, split_by_day

NAME = "order_value"
SAMPLE = None
# All customers but the reserved ones of the dimension.
CUSTOMERS = "fct_customer_totals"
READS: dict[str, dict[str, str]] = placed_orders.READS | {CUSTOMERS: {"customer_key": "integer"}}
MODEL_NAME, MODEL_VERSION = "random_forest_log", "1"
TABLE = "ml_order_value_predictions"
BASELINE_NAME = "category_mean"
NO_ORDER = "The customer has no order yet: this is the mean of all orders."
VALUES = ("expected_order_value", "linear_order_value", "category_mean_order_value")


def score(
    relations: Mapping[str, pd.DataFrame],
    settings: Settings,
    previous: object | None,
    progress: Progress,
) -> JobResult:
    """Predict the value of each customer's next order.

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
        One row per customer of fct_customer_totals in ``ml_order_value_predictions``.
    """
    cutoff = pd.Timestamp(settings.data_cutoff)
    progress("reading what was known", 0, 3)
    orders = placed_orders.describe_orders(relations, cutoff)
    orders = orders[orders["is_dated"] & (orders["line_count"] > 0)].reset_index(drop=True)
    coming = _find_coming_orders(orders, relations[CUSTOMERS]["customer_key"], cutoff)
    features = basket_free_features(orders, orders)
    progress("learning", 1, 3)
    judged = _judge(orders, features, cutoff, settings)
    if isinstance(judged, str):
        return _refuse(coming, judged)
    metrics, importances, parameters = judged
    learned = keep_newest(_is_sale(orders), orders["order_date"], MOST_ROWS)
    model = learn_values(
        features[learned], orders["order_value"][learned], settings.seed, settings.processes
    )
    progress("scoring", 2, 3)
    is_better = beats_baseline(metrics[0])
    coming_features = basket_free_features(coming, orders)
    scores = _score_customers(coming, model.predict(coming_features), model, is_better)
    progress("scoring", 3, 3)
    return JobResult(
        model_name=MODEL_NAME,
        model_version=MODEL_VERSION,
        status=SCORED if is_better else BASELINE,
        reason="" if is_better else _say_baseline(metrics[0]),
        tables={TABLE: scores},
        features=KNOWN_BEFORE_BASKET.kinds,
        parameters=parameters
        | {
            "forest_smearing": round(model.forest_smearing, 9),
            "linear_smearing": round(model.linear_smearing, 9),
            "most_rows": MOST_ROWS,
        },
        train_count=int(learned.sum()),
        metrics=metrics,
        importances=importances,
        drift=pd.concat([coming_features, scores[["expected_order_value"]]], axis=1),
        artifact={"forest": model.forest, "linear": model.linear},
    )


def _is_sale(orders: pd.DataFrame) -> Any:
    """Find the orders that count as sales: the others have no value to learn."""
    return (orders["is_counted"] & orders["order_value"].ge(0)).to_numpy(dtype=bool)


def _judge(
    orders: pd.DataFrame, features: pd.DataFrame, cutoff: pd.Timestamp, settings: Settings
) -> str | tuple[list[Metric], dict[str, tuple[float, float]], dict[str, Any]]:
    """Judge a model of the past on the newest days; or say why that cannot be done."""
    is_sale = _is_sale(orders)
    if not is_sale.any():
        return "There is no order to learn from."
    split = split_by_day(orders["order_date"], pd.Series(is_sale), cutoff, settling_days=0)
    if split is None:
        return "Orders span too few days to learn and to test."
    past = keep_newest(split.fit | split.calibrate, orders["order_date"], MOST_ROWS)
    if past.sum() < FEWEST_ROWS or not split.holdout.any():
        return f"Only {int(past.sum())} orders to learn from; {FEWEST_ROWS} are needed."
    values = orders["order_value"].astype(float)
    if values[past].nunique() < 2:
        return "All orders have one value: there is nothing to learn."
    model = learn_values(features[past], values[past], settings.seed, settings.processes)
    test, truth = features[split.holdout], values[split.holdout]
    predicted = model.predict(test)
    baseline = predicted["category_mean"].to_numpy()
    metrics = measure_numbers(
        truth.to_numpy(), predicted["forest"].to_numpy(), baseline, BASELINE_NAME
    )
    metrics += [
        Metric(
            one.split, f"{one.metric}_of_linear_regression", one.value, BASELINE_NAME,
            one.baseline_value,
        )
        for one in measure_numbers(
            truth.to_numpy(), predicted["linear"].to_numpy(), baseline, BASELINE_NAME
        )
    ]  # fmt: skip
    importances = permutation_importances(
        model.forest, test, truth.map(np.log1p), "neg_mean_absolute_error", settings.seed
    )
    parameters = {
        "window_days": split.window_days,
        "holdout_start": str(split.holdout_start.date()),
        "holdout_rows": int(split.holdout.sum()),
    }
    return metrics, importances, parameters


def _find_coming_orders(
    orders: pd.DataFrame, customers: "pd.Series[int]", cutoff: pd.Timestamp
) -> pd.DataFrame:
    """Describe one order to come per customer: next month, in the category ordered most often."""
    counts = (
        orders.groupby(["customer_key", "category"])
        .agg(orders=("order_key", "size"), latest=("order_date", "max"))
        .reset_index()
        .sort_values(
            ["customer_key", "orders", "latest", "category"],
            ascending=[True, False, False, True],
        )
    )
    favourites = counts.drop_duplicates("customer_key").set_index("customer_key")["category"]
    keys = customers.drop_duplicates().sort_values().to_numpy(dtype=np.int64)
    month = (cutoff + pd.Timedelta(days=1)).to_period("M")
    month = month if cutoff.is_month_end else month + 1
    return pd.DataFrame(
        {
            "customer_key": keys,
            "order_date": month.to_timestamp().as_unit("ns"),
            "category": favourites.reindex(keys).to_numpy(dtype=object),
        }
    )


def _score_customers(
    coming: pd.DataFrame, predicted: pd.DataFrame, model: ValueModel, is_better: bool
) -> pd.DataFrame:
    """Put the values into the form of the table; a customer without an order gets the mean."""
    is_known = coming["category"].notna()
    columns = predicted.where(is_known, model.overall_mean)
    expected = columns["forest"] if is_better else columns["category_mean"]
    values = [expected, columns["linear"], columns["category_mean"]]
    return _make_table(
        coming,
        dict(zip(VALUES, values, strict=True)),
        True,
        pd.Series(NO_ORDER, coming.index).where(~is_known, None),
    )


def _make_table(
    coming: pd.DataFrame, values: Mapping[str, Any], is_scored: bool, reason: Any
) -> pd.DataFrame:
    """Make the rows of the table."""
    category = coming["category"]
    return pd.DataFrame(
        {
            "customer_key": coming["customer_key"],
            "category": category.where(category.notna(), None),
            "month_start_date": coming["order_date"],
            **values,
            "is_scored": is_scored,
            "reason": reason,
        }
    )


def _refuse(coming: pd.DataFrame, reason: str) -> JobResult:
    """Give every customer a row that says why there is no value."""
    return JobResult(
        model_name=MODEL_NAME,
        model_version=MODEL_VERSION,
        status=NOT_SCORED,
        reason=reason,
        tables={TABLE: _make_table(coming, dict.fromkeys(VALUES, np.nan), False, reason)},
        features=KNOWN_BEFORE_BASKET.kinds,
        parameters={},
        train_count=0,
    )


def _say_baseline(metric: Metric) -> str:
    """Say that the category mean is published, and by how much the forest fell short."""
    return (
        "On the holdout the model is not clearly better than the category mean "
        f"({metric.metric} {metric.value:.2f} against {metric.baseline_value:.2f}), so the "
        "category mean is published."
    )
