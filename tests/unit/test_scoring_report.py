"""The report on real data shows what each job was judged by, or why it was not."""

import runpy
from pathlib import Path

import duckdb
import pytest

REPORT = Path(__file__).resolve().parents[2] / "benchmarks" / "score_real_data.py"
SCORED = """
create schema core;
create schema marts;
create schema ml;
create table core.fct_orders as select 1 as order_key;
create table marts.mart_customer_360 as select 1 as customer_key;
create table ml.ml_model_runs (
    run_id text, job text, status text, reason text, n_train bigint, params_json text
);
insert into ml.ml_model_runs values
    ('f', 'forecast', 'scored', null, 900, '{"not_judged": ""}'),
    ('g', 'segments', 'scored', null, 50, '{}'),
    ('s', 'support_status', 'not_scored', 'There is no settled outcome to learn from.', 0, '{}'),
    ('v', 'value', 'scored', null, 70, '{"not_judged": {"shop": "Nothing is old enough."}}');
create table ml.ml_model_metrics (
    run_id text, split text, slice_name text, metric text, metric_rank bigint, value double,
    baseline_name text, baseline_value double, is_better boolean
);
insert into ml.ml_model_metrics values
    ('f', 'backtest', 'all', 'mase', 1, 0.8, 'seasonal_naive', 1.0, true),
    ('f', 'backtest', 'level_region', 'mase', 2, 0.7, 'seasonal_naive', 1.0, true),
    ('f', 'backtest', 'level_all', 'mase', 3, null, 'seasonal_naive', 1.0, null),
    ('f', 'backtest', 'horizon_6', 'mase', 4, 1.2, 'seasonal_naive', 1.0, false),
    ('f', 'train', 'all', 'mase', 5, 0.1, 'seasonal_naive', 1.0, true),
    ('g', 'train', 'rfm', 'silhouette', 1, 0.5, 'three_clusters', 0.4, true),
    ('g', 'holdout', 'all', 'train_count', 2, 50, null, null, null),
    ('v', 'holdout', 'all', 'train_count', 1, 70, null, null, null);
"""


@pytest.fixture
def lines(tmp_path: Path) -> list[str]:
    """Describe a warehouse of a few runs."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(SCORED)
    described: list[str] = runpy.run_path(str(REPORT))["describe"]("shop", 1.0, 2.0, path)
    return described


def test_each_job_shows_its_figures_with_a_baseline(lines: list[str]) -> None:
    figures = [line for line in lines if "| mase |" in line or "| silhouette |" in line]
    assert figures == [
        "| forecast | backtest | all | mase | 0.8 | 1 (seasonal_naive) | better |",
        "| forecast | backtest | level_all | mase | unknown | 1 (seasonal_naive) |  |",
        "| forecast | backtest | horizon_6 | mase | 1.2 | 1 (seasonal_naive) | not better |",
        "| segments | train | rfm | silhouette | 0.5 | 0.4 (three_clusters) | better |",
    ]


def test_a_job_that_was_not_judged_says_why(lines: list[str]) -> None:
    assert [line for line in lines if line.startswith("No figure")] == [
        "No figure of support_status has a baseline: There is no settled outcome to learn from.",
        "No figure of value has a baseline: shop:Nothing is old enough.",
    ]
