"""Job `value`: what each customer will buy in 3, 6 and 12 months (13, 26 and 52 weeks).

Purchases come from a BG/NBD model, their value from a Gamma-Gamma model, fitted for each source
system. One purchase per customer and day; qualifying orders only, so neither cancelled ones nor
those that came back completely; time ends at the cutoff of the data. The expected value of an order
is net sales of a purchase day; expected values of months are net sales times used_margin_rate of
fct_customer_totals, like customer_lifetime_value_historic and customer_lifetime_value_predicted.
Beside them stands the plain
formula, mean value x frequency x margin rate at an age of at least 90 days. Where it did better in
the holdout, its figures are the expected ones, and nobody has a probability to be alive.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from python_ml.errors import ScoringError
from python_ml.job import JobResult, Metric, Progress, RowScores, Settings
from python_ml.lifetime_value.backtest import pool, run_backtest
from python_ml.lifetime_value.model import ValueModel, fit_source, take_purchases
from python_ml.lifetime_value.scores import NO_ORDER, LifetimeModel, predict

__all__ = ["NAME", "READS", "SAMPLE", "fit", "predict", "score"]

NAME = "value"
SAMPLE = 1_000_000
PURCHASES = "fct_customer_purchases"
CUSTOMERS = "fct_customer_totals"
READS = {
    PURCHASES: {
        "customer_key": "integer",
        "source_system": "text",
        "purchase_days": "integer",
        "earlier_purchase_days": "integer",
        "net_sales_by_order_date": "number",
        "repeat_net_sales_by_order_date": "number",
        "earlier_net_sales_by_order_date": "number",
        "earlier_repeat_net_sales_by_order_date": "number",
        "holdout_days": "integer",
        "first_purchase_date": "date",
        "last_purchase_date": "date",
        "earlier_last_purchase_date": "date",
    },
    CUSTOMERS: {"customer_key": "integer", "used_margin_rate": "number"},
}
FEATURES = (
    "purchase_days",
    "net_sales_by_order_date",
    "repeat_net_sales_by_order_date",
    "first_purchase_date",
    "last_purchase_date",
)
VERSION = "1"
# A stronger correlation of number and value of purchases than the Gamma-Gamma model bears.
CORRELATION_FLAG = 0.3
DRIFT_ROWS = 20_000


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
        rows = order[codes[order] == code]
        try:
            found = fit_source(take_purchases(frame, model.end, rows=rows), settings.seed)
        except ScoringError as error:
            model.refused[source] = str(error)
            continue
        model.fitted[source] = found.parameters()
        try:
            model.backtests[source] = run_backtest(frame, rows, model.end, settings.seed)
        except ScoringError as error:
            model.unjudged[source] = str(error)
        judge(model, source, found)
    return model


def judge(model: LifetimeModel, source: str, found: ValueModel) -> None:
    """Choose the model, unless the plain formula did better in the holdout."""
    backtest = model.backtests.get(source)
    if backtest is not None:
        own, plain = backtest.verdict()
        if not own < plain:
            model.simple[source] = (
                "the plain formula did better in the holdout: error of values"
                f" {plain:,.2f} against {own:,.2f} of the model"
            )
            return
    model.models[source] = found


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
    taken = take_purchases(frame, model.end, rows=order)
    return pd.DataFrame(
        {
            "repeat_purchase_days": taken.frequency,
            "recency_weeks": taken.recency,
            "age_weeks": taken.age,
            "repeat_value": taken.repeat_value,
        }
    )


def score(
    relations: Mapping[str, pd.DataFrame],
    settings: Settings,
    previous: object | None,
    progress: Progress,
) -> JobResult:
    """Score the lifetime value of all customers.

    Parameters
    ----------
    relations
        The relations of READS, or a sample of their customers.
    settings
        Cutoff and seed.
    previous
        Not used: the models are fitted again in seconds.
    progress
        Not used: the runner reports how many customers are scored.

    Returns
    -------
    JobResult
        How each customer gets its values.
    """
    purchases = relations[PURCHASES]
    model = fit(purchases, settings)
    status = "scored" if model.models else "baseline" if model.simple else "not_scored"
    reasons = model.simple if status == "baseline" else model.refused
    reason = "; ".join(f"{source}: {each}" for source, each in reasons.items())
    return JobResult(
        model_name="bg_nbd_gamma_gamma",
        model_version=VERSION,
        status=status,
        reason="" if status == "scored" else reason or NO_ORDER,
        tables={"ml_customer_value": RowScores((CUSTOMERS, PURCHASES), predict, model)},
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
