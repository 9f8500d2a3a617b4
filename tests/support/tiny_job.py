"""A scoring job for the tests of all others: a small world in DuckDB, and a mean as the model."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from sklearn.dummy import DummyRegressor

from python_ml.job import JobResult, Metric, Progress, Settings

NAME = "tiny"
SAMPLE = None
READS = {
    "dim_customers": {"customer_key": "integer", "average_order_value": "number", "gender": "text"}
}
CORE = """
create schema core;
create table core.run_context as select date '2025-12-31' as as_of_date;
create table core.dim_customers as
select
    range as customer_key,
    cast(case when range % 7 > 0 then range % 13 + range / 100.0 end as decimal(18, 6))
        as average_order_value,
    case when range % 3 = 0 then 'Female' when range % 3 = 1 then 'Zoë "x", \\ it''s' end as gender
from range({rows})
"""


def make_warehouse(path: Path, rows: int) -> Path:
    """Make a DuckDB file with the one relation that the job reads."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute(CORE.format(rows=rows))
    return path


def score(
    relations: Mapping[str, pd.DataFrame],
    settings: Settings,
    previous: object | None,
    progress: Progress,
) -> JobResult:
    """Give every customer the mean, and say how far from it the customers are."""
    customers = relations["dim_customers"].sort_values("customer_key")
    known = customers.dropna(subset=["average_order_value"])
    if known.empty:
        return JobResult(
            "mean",
            "1",
            "not_scored",
            "No customer has bought.",
            {"ml_customer_value": []},
            {},
            {},
            0,
        )
    model = DummyRegressor().fit(known[["customer_key"]] * 0, known["average_order_value"])
    mean = float(model.predict([[0.0]])[0])
    progress("score", 1, 1)
    return JobResult(
        model_name="mean",
        model_version="1",
        status="scored",
        reason="",
        tables={"ml_customer_value": give_rows(customers, mean)},
        features={"average_order_value": "number"},
        parameters={"mean": mean, "previous": previous is not None, "odd": [np.nan, np.int64(1)]},
        train_count=len(known),
        metrics=[
            Metric(
                "holdout",
                "mae",
                float((known["average_order_value"] - mean).abs().mean()),
                "zero",
                mean,
            )
        ],
        importances={"average_order_value": (1.0, 0.0)},
        drift=customers[["average_order_value", "gender"]],
        artifact=model,
    )


def give_rows(customers: pd.DataFrame, mean: float) -> Iterator[pd.DataFrame]:
    """Give the rows in two frames."""
    for part in (customers.iloc[::2], customers.iloc[1::2]):
        blank: dict[str, Any] = {
            f"expected_{what}_{months}_months": None
            for what in ("purchases", "value")
            for months in (3, 6, 12)
        }
        yield part[["customer_key"]].assign(
            repeat_purchase_days=1,
            recency_weeks=np.inf,
            age_weeks=np.nan,
            probability_alive=0.5,
            **blank,
            expected_order_value=mean,
            simple_customer_lifetime_value_12_months=part["average_order_value"],
            is_scored=part["average_order_value"].notna(),
            reason=np.where(part["average_order_value"].notna(), "", part["gender"]),
        )
