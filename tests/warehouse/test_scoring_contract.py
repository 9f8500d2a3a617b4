"""Tables of scores are the same everywhere, and a scored shop keeps what they promise."""

import ast
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from judges.bars import list_missed
from judges.provenance import judge_provenance
from warehouses import Warehouse

from customer_trends.engines import duckdb_engine, mysql_engine, spark_tables
from customer_trends.scoring.model_cards import CARD_TEXTS
from python_ml.registry import JOB_MODULES, find_jobs
from python_ml.score_tables import SCORE_TABLES, SHARED_TABLES

PROJECT = Path(__file__).resolve().parents[2]
# Kinds of score_tables to the types that the sources declare.
DECLARED = {
    "integer": "bigint",
    "number": "double",
    "text": "varchar",
    "long_text": "text",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}
Scored = tuple[Warehouse, str]


def read_sources() -> dict[str, dict[str, Any]]:
    """Read the tables of the dbt source ``ml``."""
    tables: dict[str, dict[str, Any]] = {}
    for path in sorted(PROJECT.glob("models/marts/predictions/*__sources.yml")):
        for source in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]:
            config = source["config"]
            assert source["name"] == "ml" and config["loaded_at_field"] == "scored_at"
            assert config["freshness"]["warn_after"] == {"count": 26, "period": "hour"}
            tables |= {table["name"]: table for table in source["tables"]}
    return tables


@pytest.mark.parametrize("name", SCORE_TABLES)
def test_sources_declare_the_tables_that_are_written(name: str) -> None:
    table, source = SCORE_TABLES[name], read_sources()[name]
    types = {column["name"]: column["data_type"] for column in source["columns"]}
    kinds = table.columns.items()
    assert list(types.items()) == [(c, DECLARED[kind.rstrip("?")]) for c, kind in kinds]
    (rules,) = (test["rules"]["arguments"] for test in source["data_tests"] if "rules" in test)
    assert rules["never_null"] == [c for c, kind in kinds if not kind.endswith("?")]
    keys = [[key] if isinstance(key, str) else key for key in rules["unique"]]
    assert keys == [list(table.key)]


def test_sources_declare_no_other_tables() -> None:
    assert set(read_sources()) == set(SCORE_TABLES)


@pytest.mark.parametrize(
    ("engine", "types"),
    [
        ("duckdb", duckdb_engine.COLUMN_TYPES),
        ("mysql", mysql_engine.COLUMN_TYPES),
        ("spark", spark_tables.COLUMN_TYPES),
    ],
)
def test_dbt_makes_the_tables_that_are_written(engine: str, types: dict[str, str]) -> None:
    text = (PROJECT / "macros/cross_db/create_score_table.sql").read_text(encoding="utf-8")
    body = text.split(f"macro {engine}__create_score_table")[1].split("endmacro")[0]
    made = ast.literal_eval(re.search(r"types = (\{.*?\})", body, re.DOTALL)[1])  # type: ignore[index]
    assert {DECLARED[kind]: made[DECLARED[kind]] for kind in types} == {
        DECLARED[kind]: name for kind, name in types.items()
    }


def test_every_job_has_a_card() -> None:
    assert set(CARD_TEXTS) == set(JOB_MODULES)


def test_exposures_list_what_the_jobs_read() -> None:
    path = PROJECT / "models/exposures/_exposures_scoring__exposures.yml"
    exposures = yaml.safe_load(path.read_text(encoding="utf-8"))["exposures"]
    listed = {
        exposure["config"]["meta"]["job"]: {
            re.sub(r"ref\('(\w+)'\)", r"\1", name) for name in exposure["depends_on"]
        }
        for exposure in exposures
    }
    for job in find_jobs():
        assert listed.pop(job.NAME) == {"run_context", *job.READS}
    assert not listed


def test_the_contract_of_provenance_is_kept(demo_shop: Scored) -> None:
    tables = [name for name in SCORE_TABLES if name not in ("ml_model_runs", "ml_drift")]
    with duckdb.connect(str(demo_shop[0].path), read_only=True) as connection:
        bars = judge_provenance(lambda name: connection.table(f"ml.{name}").df(), tables)
    assert len(bars) == len(tables) + 2
    assert list_missed(bars) == []


def test_prediction_marts_hold_the_scores(demo_shop: Scored) -> None:
    warehouse, _ = demo_shop
    for mart, table in (
        ("mart_customer_segments", "ml_customer_segments"),
        ("mart_segment_centroids", "ml_segment_centroids"),
        ("mart_customer_value", "ml_customer_value"),
        ("mart_order_value", "ml_order_value_predictions"),
        ("mart_order_risk", "ml_order_status_predictions"),
        ("mart_support_risk", "ml_support_status_predictions"),
        ("mart_model_runs", "ml_model_runs"),
        ("mart_model_performance", "ml_model_metrics"),
        ("mart_feature_importance", "ml_feature_importance"),
    ):
        ((marts, scores),) = warehouse.query(
            f"select (select count(*) from marts.{mart}), (select count(*) from ml.{table})"
        )
        assert marts == scores > 0, mart
    ((forecasts, months, last),) = warehouse.query("""
        select count(*) filter (is_forecast), count(*) filter (not is_forecast),
            max(month_start_date) filter (not is_forecast)
        from marts.mart_sales_forecast
    """)
    assert forecasts > 0 and months > 24
    ((expected,),) = warehouse.query("""
        select max(month_start_date) from core.dim_dates, core.run_context
        where month_end_date <= as_of_date
    """)
    assert last == expected
    ((scored, valued, people),) = warehouse.query("""
        select count(*) filter (spending_tier <> 'unscored'), count(probability_alive), count(*)
        from marts.mart_customer_360
    """)
    assert people > scored > people / 2 and people > valued > people / 2


def test_actual_months_add_up(demo_shop: Scored) -> None:
    warehouse, _ = demo_shop
    differing = warehouse.query("""
        with sold as (
            select 'all' as series, month_start_date, actual_sales from marts.mart_sales_forecast
            union all by name
            select 'region' as series, month_start_date, actual_sales
            from marts.mart_sales_forecast_by_region
            union all by name
            select 'category' as series, month_start_date, actual_sales
            from marts.mart_sales_forecast_by_category
            union all by name
            select 'cell' as series, month_start_date, actual_sales
            from marts.mart_sales_forecast_by_region_and_category
        )
        select month_start_date, count(distinct series) from sold where actual_sales is not null
        group by 1
        having sum(actual_sales) <> 4 * sum(actual_sales) filter (series = 'all')
            or sum(actual_sales) filter (series = 'all')
            <> sum(actual_sales) filter (series = 'cell')
            or count(distinct series) <> 4
    """)
    assert differing == []


def test_every_job_is_summed_up_and_has_its_card(demo_shop: Scored) -> None:
    warehouse, printed = demo_shop
    for job in JOB_MODULES:
        assert re.search(rf"^\W*{job} .*(scored|baseline)", printed, re.MULTILINE), job
    rows = warehouse.query("select job, status, reason from marts.mart_model_runs where is_latest")
    assert {row[0] for row in rows} == set(JOB_MODULES)
    cards = PROJECT / "build" / "model_cards"
    for job in JOB_MODULES:
        text = (cards / f"{job}.md").read_text(encoding="utf-8")
        assert "## Prediction moment" in text and re.search(r"^\| +split +\|", text, re.MULTILINE)
        assert not re.search(r"\bnan\b", text, re.IGNORECASE)


def test_shared_tables_know_every_run(demo_shop: Scored) -> None:
    warehouse, _ = demo_shop
    for name in SHARED_TABLES:
        unknown = warehouse.query(
            f"select * from ml.{name} where run_id not in (select run_id from ml.ml_model_runs)"
        )
        assert unknown == []
