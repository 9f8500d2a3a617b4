"""The lifetime values of customers, from what the job has learned."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_ml.lifetime_value.backtest import Backtest
from python_ml.lifetime_value.model import LONGEST_WEEKS, Purchases, ValueModel, take_purchases

Array = NDArray[np.float64]

# Months to weeks.
WEEKS = {3: 13.0, 6: 26.0, 12: LONGEST_WEEKS}
NO_ORDER = "no dated qualifying order"


@dataclass(frozen=True)
class LifetimeModel:
    """What the job has learned, by source system.

    Attributes
    ----------
    end
        Last day of the data.
    models
        Models of the sources whose customers are scored by them.
    simple
        Sources whose customers are scored by the plain formula, and why.
    refused
        Sources whose customers are not scored, and why.
    fitted
        Parameters of every model that was fitted.
    backtests
        What the holdout gave.
    unjudged
        Why a source was not judged by a holdout.
    """

    end: pd.Timestamp
    models: dict[str, ValueModel]
    simple: dict[str, str]
    refused: dict[str, str]
    fitted: dict[str, dict[str, Any]]
    backtests: dict[str, Backtest]
    unjudged: dict[str, str]


def predict(batch: pd.DataFrame, model: LifetimeModel) -> pd.DataFrame:
    """Return what each customer will buy; a pure function, which any worker can run.

    Parameters
    ----------
    batch
        Customers with used_margin_rate and the columns of fct_customer_purchases, which are NULL
        for who never bought.
    model
        What `fit` gave.

    Returns
    -------
    DataFrame
        Rows of ml_customer_value without provenance, in the sequence of the batch.
    """
    count = len(batch)
    sources = batch["source_system"].to_numpy(object)
    names = [
        "repeat_purchase_days", "recency_weeks", "age_weeks", "probability_alive",
        *(f"expected_purchases_{months}_months" for months in WEEKS), "expected_order_value",
        *(f"expected_value_{months}_months" for months in WEEKS),
        "simple_customer_lifetime_value_12_months",
    ]  # fmt: skip
    columns: dict[str, NDArray[Any]] = {name: np.full(count, np.nan) for name in names}
    reasons = np.full(count, None, dtype=object)
    bought = batch["purchase_days"].notna().to_numpy(bool)
    reasons[~bought] = NO_ORDER
    for source in pd.unique(sources[bought]):
        rows = np.flatnonzero(bought & (sources == source))
        part = batch.iloc[rows]
        taken = take_purchases(part, model.end)
        margin = part["used_margin_rate"].to_numpy(np.float64)
        for name, figures in expect(taken, margin, source, model).items():
            columns[name][rows] = figures
        if source in model.refused:
            reasons[rows] = model.refused[source]
        elif source not in model.models and source not in model.simple:
            reasons[rows] = "the source is new since the model"
    result = pd.DataFrame({"customer_key": batch["customer_key"].to_numpy(np.int64), **columns})
    result = result.astype(dict.fromkeys(names, "Float64") | {"repeat_purchase_days": "Int64"})
    result["is_scored"] = np.array([reason is None for reason in reasons], dtype=bool)
    result["reason"] = reasons
    return result


def expect(taken: Purchases, margin: Array, source: str, model: LifetimeModel) -> dict[str, Array]:
    """Make the figures of customers of one source, by column, shape (n,) each."""
    found = {
        "repeat_purchase_days": taken.frequency,
        "recency_weeks": taken.recency,
        "age_weeks": taken.age,
        "simple_customer_lifetime_value_12_months": taken.rate
        * WEEKS[12]
        * taken.mean_value
        * margin,
    }
    fitted = model.models.get(source)
    if fitted is None and source not in model.simple:
        return found
    worth = taken.mean_value if fitted is None else fitted.expect_value(taken)
    found["expected_order_value"] = worth
    if fitted is not None:
        found["probability_alive"] = fitted.purchases.probability_alive(taken.histories)
    for months, weeks in WEEKS.items():
        days = taken.rate * weeks if fitted is None else fitted.expect(taken, weeks)
        found[f"expected_purchases_{months}_months"] = days
        found[f"expected_value_{months}_months"] = days * worth * margin
    return found
