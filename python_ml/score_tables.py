"""The tables that scoring writes: columns, types and keys, in Python declared only here."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

# A question mark behind a kind: the column may be NULL.
ARROW_TYPES: Mapping[str, pa.DataType] = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "text": pa.string(),
    "long_text": pa.large_string(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
PROVENANCE = {
    "model_name": "text",
    "model_version": "text",
    "run_id": "text",
    "trained_at": "timestamp",
    "scored_at": "timestamp",
    "data_cutoff": "date",
    "feature_hash": "text",
}
FORECAST_KEY = ("series_level", "region", "category", "model", "month_start_date")
IS_SCORED = {"is_scored": "boolean", "reason": "long_text?"}


@dataclass(frozen=True)
class ScoreTable:
    """One table of scores.

    Attributes
    ----------
    name
        Name of the table in the schema ``ml``.
    key
        Columns that distinguish its rows.
    columns
        Column to kind, those of provenance last; a question mark says that NULL may stand there.
    """

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, str]

    @property
    def own_columns(self) -> dict[str, str]:
        """Columns that a job fills, without those of provenance."""
        return {name: kind for name, kind in self.columns.items() if name not in PROVENANCE}

    @property
    def schema(self) -> pa.Schema:
        """Schema of the table in Arrow; says which columns may be NULL."""
        return pa.schema(
            pa.field(name, ARROW_TYPES[kind.rstrip("?")], nullable=kind.endswith("?"))
            for name, kind in self.columns.items()
        )


def _table(name: str, key: tuple[str, ...], columns: dict[str, str]) -> ScoreTable:
    """Declare a table; provenance comes last."""
    return ScoreTable(name, key, columns | PROVENANCE)


_TABLES = (
    _table("ml_customer_segments", ("customer_key",), {
        "customer_key": "integer",
        "cluster_number": "integer?",
        "cluster_name": "text?",
        "spending_tier": "text",
        "segment_basis": "text",
        "income_input": "number?",
        "spending_input": "number?",
        "distance_to_centroid": "number?",
        **IS_SCORED,
    }),
    _table("ml_segment_centroids", ("cluster_number",), {
        "cluster_number": "integer",
        "segment_basis": "text",
        "cluster_count": "integer",
        "cluster_name": "text",
        "spending_tier": "text",
        "income_centroid": "number?",
        "spending_centroid": "number?",
        "customers": "integer",
        "silhouette": "number?",
        "stability": "number?",
        "moved_share": "number?",
    }),
    _table("ml_sales_forecast", FORECAST_KEY, {
        "series_level": "text",
        "region": "text",
        "category": "text",
        "model": "text",
        "month_start_date": "date",
        "horizon": "integer",
        "forecast": "number",
        "lower_80": "number",
        "upper_80": "number",
        "lower_95": "number",
        "upper_95": "number",
        "is_champion": "boolean",
        "members_used": "text",
        "is_coherent": "boolean",
        "reason": "long_text?",
    }),
    _table("ml_customer_value", ("customer_key",), {
        "customer_key": "integer",
        "repeat_purchase_days": "integer?",
        "recency_weeks": "number?",
        "age_weeks": "number?",
        "probability_alive": "number?",
        "expected_purchases_3_months": "number?",
        "expected_purchases_6_months": "number?",
        "expected_purchases_12_months": "number?",
        "expected_order_value": "number?",
        "expected_value_3_months": "number?",
        "expected_value_6_months": "number?",
        "expected_value_12_months": "number?",
        "simple_customer_lifetime_value_12_months": "number?",
        **IS_SCORED,
    }),
    _table("ml_order_status_predictions", ("order_key",), {
        "order_key": "integer",
        "order_date": "date",
        "probability_completed": "number?",
        "probability_cancelled": "number?",
        "probability_returned": "number?",
        "predicted_outcome": "text?",
        "actual_outcome": "text?",
        "is_open": "boolean",
        **IS_SCORED,
    }),
    _table("ml_support_status_predictions", ("ticket_key",), {
        "ticket_key": "integer",
        "customer_key": "integer",
        "opened_date": "date",
        "probability_escalated": "number?",
        "predicted_status_rank": "number?",
        "predicted_status": "text?",
        "actual_status": "text?",
        "is_open": "boolean",
        **IS_SCORED,
    }),
    _table("ml_order_value_predictions", ("customer_key",), {
        "customer_key": "integer",
        "category": "text?",
        "month_start_date": "date",
        "expected_order_value": "number?",
        "linear_order_value": "number?",
        "category_mean_order_value": "number?",
        **IS_SCORED,
    }),
    _table("ml_feature_importance", ("run_id", "feature"), {
        "feature": "text",
        "importance": "number",
        "importance_deviation": "number",
        "importance_rank": "integer",
    }),
    _table("ml_model_runs", ("run_id",), {
        "job": "text",
        "status": "text",
        "reason": "long_text?",
        "n_train": "integer",
        "params_json": "long_text",
        "library_versions": "long_text",
        "code_version": "text",
        "artifact_sha256": "text",
        "input_hash": "text",
        "reference_json": "long_text",
    }),
    _table("ml_model_metrics", ("run_id", "split", "slice_name", "metric"), {
        "split": "text",
        "slice_name": "text",
        "metric": "text",
        "metric_rank": "integer",
        "value": "number?",
        "baseline_name": "text?",
        "baseline_value": "number?",
        "is_better": "boolean?",
    }),
    _table("ml_drift", ("run_id", "feature"), {
        "feature": "text",
        "reference_run_id": "text",
        "psi": "number?",
        "ks": "number?",
        "missing_rate": "number",
        "reference_missing_rate": "number",
        "unseen_categories": "integer",
        "status": "text",
    }),
)  # fmt: skip
SCORE_TABLES: Mapping[str, ScoreTable] = {table.name: table for table in _TABLES}
# Tables with the rows of all jobs, and of their runs before.
SHARED_TABLES = ("ml_feature_importance", "ml_model_runs", "ml_model_metrics", "ml_drift")
