"""What an order is worth, predicted before there is a basket.

Known then are the customer's earlier orders, the category and the month; price and quantity are
not, as with them the value is arithmetic. The value is goods after discount with tax and shipping.
The forest learns its logarithm; a factor from the rows outside each tree's sample turns what it
predicts into means (smearing after Duan, 1983, as a ratio of means).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from python_ml.outcomes.as_of_features import calendar_features, earlier_values
from python_ml.outcomes.pipelines import (
    FeatureList,
    Numbers,
    forest_regressor,
    linear_regressor,
    predict_numbers,
    score_in_one_thread,
)

# All that is known before the basket exists. A name that is not here is not looked at.
KNOWN_BEFORE_BASKET = FeatureList(
    numeric=(
        "earlier_orders",
        "days_since_last_order",
        "earlier_amount_log",
        "earlier_relative_log",
        "category_amount_log",
    ),
    categorical=("category", "month"),
)


@dataclass(frozen=True)
class ValueModel:
    """Three ways to predict the value of an order.

    Attributes
    ----------
    forest, linear
        Fitted regressions on the logarithm of one plus the value.
    forest_smearing, linear_smearing
        Factors from the exponential of what they predict to a mean.
    category_means
        Mean value per category.
    overall_mean
        Mean value of all orders, for a category that is new.
    """

    forest: Pipeline
    linear: Pipeline
    forest_smearing: float
    linear_smearing: float
    category_means: "pd.Series[float]"
    overall_mean: float

    def predict(self, features: pd.DataFrame) -> pd.DataFrame:
        """Predict the value of orders.

        Parameters
        ----------
        features
            Frame of `basket_free_features`.

        Returns
        -------
        pandas.DataFrame
            ``forest``, ``linear`` and ``category_mean`` in currency units, on its index.
        """
        means = features["category"].map(self.category_means).astype(float)
        return pd.DataFrame(
            {
                "forest": np.expm1(predict_numbers(self.forest, features)) * self.forest_smearing,
                "linear": np.expm1(predict_numbers(self.linear, features)) * self.linear_smearing,
                "category_mean": means.fillna(self.overall_mean),
            },
            index=features.index,
        )


def basket_free_features(rows: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Describe coming orders by what is known before there is a basket.

    Parameters
    ----------
    rows
        Orders to come, with ``customer_key``, ``order_date`` and ``category``.
    orders
        Orders with these columns and ``ordered_amount``, which counts for later days alone: often
        the same frame.

    Returns
    -------
    pandas.DataFrame
        The columns of ``KNOWN_BEFORE_BASKET``, on the index of ``rows``.
    """
    columns = ["customer_key", "order_date", "category"]
    past = orders[columns].assign(amount_log=np.log1p(orders["ordered_amount"].clip(lower=0)))

    def of_category(frame: pd.DataFrame) -> "pd.Series[float]":
        found = earlier_values(frame[columns], past, "amount_log", date="order_date", by="category")
        return found["earlier_mean"]

    past["relative_log"] = past["amount_log"] - of_category(past)
    own = past[past["customer_key"] > 0]
    names = {"date": "order_date", "by": "customer_key"}
    amounts = earlier_values(rows[columns], own, "amount_log", **names)
    relative = earlier_values(rows[columns], own, "relative_log", **names)
    described = pd.DataFrame(
        {
            "earlier_orders": amounts["earlier_count"],
            "days_since_last_order": amounts["days_since_last"],
            "earlier_amount_log": amounts["earlier_mean"],
            "earlier_relative_log": relative["earlier_mean"],
            "category_amount_log": of_category(rows),
            "category": rows["category"],
            "month": calendar_features(rows["order_date"])["month"],
        }
    )
    return KNOWN_BEFORE_BASKET.take(described)


def learn_values(
    features: pd.DataFrame, values: "pd.Series[float]", seed: int, processes: int
) -> ValueModel:
    """Learn the value of orders.

    Parameters
    ----------
    features
        Frame of `basket_free_features`, in a fixed order.
    values
        Value of each order in currency units, 0 or more.
    seed, processes
        Seed of the forest, and threads to grow it with.

    Returns
    -------
    ValueModel
        Fitted on all rows.
    """
    target = np.log1p(values)
    forest = forest_regressor(KNOWN_BEFORE_BASKET, seed, processes).fit(features, target)
    out_of_sample = forest.named_steps["model"].oob_prediction_
    linear = linear_regressor(KNOWN_BEFORE_BASKET).fit(features, target)
    in_sample = predict_numbers(linear, features)
    return ValueModel(
        forest=score_in_one_thread(forest),
        linear=linear,
        forest_smearing=_smear(values, out_of_sample),
        linear_smearing=_smear(values, in_sample),
        category_means=values.groupby(features["category"]).mean(),
        overall_mean=float(values.mean()),
    )


def _smear(values: "pd.Series[float]", predicted: Numbers) -> float:
    """Find the factor that gives predictions the mean of the values."""
    mean = float(np.expm1(predicted).mean())
    return float(values.mean()) / mean if mean > 0 else 1.0
