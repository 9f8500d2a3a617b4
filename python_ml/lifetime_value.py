"""Job `value`: what each customer will buy in 3, 6 and 12 months (13, 26 and 52 weeks).

Purchases come from a BG/NBD model, their value from a Gamma-Gamma model, fitted for each source
system. One purchase per customer and day; qualifying orders only, so neither cancelled nor whole
returned ones; time ends at the cutoff of the data. The expected value of a purchase is net sales;
expected values of months are net sales times the margin rate of mart_customer_lifetime_value, like
clv_historic and clv_predicted. Beside them stands the plain formula, mean value x frequency x margin
rate with an age of at least 90 days. Where that formula did better in the holdout, its figures are
the expected ones, and nobody has a probability to be alive.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_ml.errors import ScoringError
from python_ml.job import JobResult, Metric, Progress, Settings
from python_ml.value_backtest import Backtest, pool, run_backtest
from python_ml.value_model import Purchases, ValueModel, fit_source, take_purchases

Array = NDArray[np.float64]

NAME = "value"
PURCHASES = "fct_customer_purchases"
CUSTOMERS = "mart_customer_lifetime_value"
READS = {
    PURCHASES: {
        "customer_key": "integer",
        "source_system": "text",
        "purchase_days": "integer",
        "earlier_purchase_days": "integer",
        "net_sales_ord": "number",
        "repeat_net_sales_ord": "number",
        "earlier_net_sales_ord": "number",
        "earlier_repeat_net_sales_ord": "number",
        "holdout_days": "integer",
        "first_purchase_date": "date",
        "last_purchase_date": "date",
        "earlier_last_purchase_date": "date",
    },
    CUSTOMERS: {"customer_key": "integer", "margin_rate": "number"},
}
FEATURES = (
    "purchase_days",
    "net_sales_ord",
    "repeat_net_sales_ord",
    "first_purchase_date",
    "last_purchase_date",
)
VERSION = "1"
WEEKS = {3: 13.0, 6: 26.0, 12: 52.0}
BATCH = 250_000
# A stronger correlation of number and value of purchases than the Gamma-Gamma model bears.
CORRELATION_FLAG = 0.3
DRIFT_ROWS = 20_000
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
        What the holdout told.
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


def fit(frame: pd.DataFrame, settings: Settings) -> LifetimeModel:
    """Fit a model to the customers of each source and judge it by the holdout.

    Parameters
    ----------
    frame
        All rows of fct_customer_purchases, in any sequence.
    settings
        Cutoff and seed.

    Returns
    -------
    LifetimeModel
        What `predict` needs.
    """
    model = LifetimeModel(pd.Timestamp(settings.data_cutoff), {}, {}, {}, {}, {}, {})
    order = np.argsort(frame["customer_key"].to_numpy(), kind="stable")
    codes, sources = pd.factorize(frame["source_system"], sort=True)
    for code, source in enumerate(sources):
        part = frame.iloc[order[codes[order] == code]]
        try:
            found = fit_source(take_purchases(part, model.end), settings.seed)
        except ScoringError as error:
            model.refused[source] = str(error)
            continue
        model.fitted[source] = found.parameters()
        try:
            model.backtests[source] = run_backtest(part, model.end, settings.seed)
        except ScoringError as error:
            model.unjudged[source] = str(error)
        judge(model, source, found)
    return model


def judge(model: LifetimeModel, source: str, found: ValueModel) -> None:
    """Choose the model, unless the plain formula did better in the holdout."""
    backtest = model.backtests.get(source)
    if backtest is not None:
        own, plain = backtest.verdict()
        if own >= plain:
            model.simple[source] = (
                "the plain formula did better in the holdout: error of values"
                f" {plain:,.2f} against {own:,.2f} of the model"
            )
            return
    model.models[source] = found


def predict(batch: pd.DataFrame, model: LifetimeModel) -> pd.DataFrame:
    """Tell what each customer will buy; a pure function, which any worker can run.

    Parameters
    ----------
    batch
        Customers with margin_rate and the columns of fct_customer_purchases, which are NULL for who
        never bought.
    model
        What `fit` gave.

    Returns
    -------
    DataFrame
        Rows of ml_customer_value without provenance, in the sequence of the batch.
    """
    count = len(batch)
    sources = batch["source_system"].to_numpy(object, na_value=None)
    names = [
        "repeat_purchase_days", "recency_weeks", "age_weeks", "probability_alive",
        *(f"expected_purchases_{months}_months" for months in WEEKS), "expected_order_value",
        *(f"expected_value_{months}_months" for months in WEEKS), "cltv_simple_12_months",
    ]  # fmt: skip
    columns: dict[str, NDArray[Any]] = {name: np.full(count, np.nan) for name in names}
    reasons = np.full(count, None, dtype=object)
    bought = batch["purchase_days"].notna().to_numpy(bool)
    reasons[~bought] = NO_ORDER
    for source in pd.unique(sources[bought]):
        rows = np.flatnonzero(bought & (sources == source))
        part = batch.iloc[rows]
        taken = take_purchases(part, model.end)
        margin = part["margin_rate"].to_numpy(np.float64, na_value=1.0)
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
        "cltv_simple_12_months": taken.rate * WEEKS[12] * taken.mean_value * margin,
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


def predict_in_batches(
    customers: pd.DataFrame, purchases: pd.DataFrame, model: LifetimeModel, progress: Progress
) -> Iterator[pd.DataFrame]:
    """Tell what all customers will buy by ascending customer_key, so many at a time."""
    order = np.argsort(customers["customer_key"].to_numpy(), kind="stable")
    found = purchases["customer_key"].to_numpy(np.int64)
    places = np.argsort(found, kind="stable")
    found = found[places]
    for start in range(0, max(len(order), 1), BATCH):
        part = customers.iloc[order[start : start + BATCH]]
        keys = part["customer_key"].to_numpy(np.int64)
        first, last = (0, 0) if not len(keys) else np.searchsorted(found, [keys[0], keys[-1] + 1])
        bought = purchases.iloc[places[first:last]]
        yield predict(part.merge(bought, on="customer_key", how="left"), model)
        progress("customers", min(start + BATCH, len(order)), len(order))


def list_metrics(model: LifetimeModel) -> list[Metric]:
    """List the errors in the holdout, of all sources and of each, and what the models rest on."""
    metrics: list[Metric] = []
    if model.backtests:
        metrics += pool(model.backtests).metrics("all")
    if len(model.backtests) > 1:
        for source, backtest in model.backtests.items():
            metrics += backtest.metrics(source)
    for source, found in model.fitted.items():
        if found["correlation"] is not None:
            metrics.append(
                Metric(
                    "train", "frequency_value_correlation", abs(found["correlation"]),
                    "flagged_above", CORRELATION_FLAG, source,
                )
            )  # fmt: skip
    return metrics


def draw_inputs(frame: pd.DataFrame, model: LifetimeModel, settings: Settings) -> pd.DataFrame:
    """Draw customers whose histories are compared with those of the next run."""
    order = np.argsort(frame["customer_key"].to_numpy(), kind="stable")
    if len(order) > DRIFT_ROWS:
        chance = np.random.default_rng(settings.seed)
        order = order[np.sort(chance.choice(len(order), DRIFT_ROWS, replace=False))]
    taken = take_purchases(frame.iloc[order], model.end)
    return pd.DataFrame(
        {
            "repeat_purchase_days": taken.frequency,
            "recency_weeks": taken.recency,
            "age_weeks": taken.age,
            "repeat_value": taken.repeat_value,
        }
    )


def score(
    marts: Mapping[str, pd.DataFrame],
    settings: Settings,
    previous: object | None,
    progress: Progress,
) -> JobResult:
    """Score the lifetime value of all customers.

    Parameters
    ----------
    marts
        The relations of READS.
    settings
        Cutoff and seed.
    previous
        Not used: the models are fitted anew in seconds.
    progress
        Told how many customers are scored.

    Returns
    -------
    JobResult
        Values batch by batch.
    """
    purchases, customers = marts[PURCHASES], marts[CUSTOMERS]
    model = fit(purchases, settings)
    status = "scored" if model.models else "baseline" if model.simple else "not_scored"
    told = model.simple if status == "baseline" else model.refused
    reason = "; ".join(f"{source}: {each}" for source, each in told.items())
    return JobResult(
        model_name="bg_nbd_gamma_gamma",
        model_version=VERSION,
        status=status,
        reason="" if status == "scored" else reason or NO_ORDER,
        tables={"ml_customer_value": predict_in_batches(customers, purchases, model, progress)},
        features={name: READS[PURCHASES][name] for name in FEATURES},
        parameters={
            "models": model.fitted,
            "plain_formula": model.simple,
            "refused": model.refused,
            "not_judged": model.unjudged,
        },
        train_count=sum(int(found["customers"]) for found in model.fitted.values()),
        metrics=list_metrics(model),
        drift=draw_inputs(purchases, model, settings),
        artifact={"version": VERSION, "models": model.fitted},
    )
