"""Ask MetricFlow for metrics, and the marts for what they publish of them."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from customer_trends.insights.notes import qualify

Node = dict[str, Any]
Key = tuple[object, ...]
# Of figures in these units no row is as good as 0; a quotient without a row is unknown.
ADDITIVE = ("count", "currency")
UNKNOWN_DATE = date(1900, 1, 1)
AGGREGATIONS = {
    "sum": "sum of",
    "sum_boolean": "number of rows with",
    "count_distinct": "distinct values of",
    "average": "mean of",
    "median": "median of",
    "percentile": "90th percentile of",
}


class DuckDb:
    """What MetricFlow must know of an engine to write SQL for it."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


@dataclass
class Registry:
    """The metrics of a build: what its manifest says, and MetricFlow on its warehouse."""

    manifest: Node
    engine: MetricFlowEngine
    connection: duckdb.DuckDBPyConnection

    def nodes(self, kind: str) -> dict[str, Node]:
        """List metrics, saved_queries, exposures or models by name."""
        if kind == "models":
            nodes = self.manifest["nodes"].values()
            return {node["name"]: node for node in nodes if node["resource_type"] == "model"}
        return {node["name"]: node for node in self.manifest[kind].values()}

    def ask(self, metrics: list[str], group_by: list[str]) -> dict[str, dict[Key, object]]:
        """Let MetricFlow write the SQL of a query, and run it.

        Parameters
        ----------
        metrics
            Names of metrics.
        group_by
            Columns that distinguish the rows, such as ``metric_time__month``.

        Returns
        -------
        dict
            Metric to the figure of each key.
        """
        request = MetricFlowQueryRequest.create(metric_names=metrics, group_by_names=group_by)
        result = self.connection.execute(self.engine.explain(request).sql_statement.sql)
        names = [column[0] for column in result.description]
        answers: dict[str, dict[Key, object]] = {metric: {} for metric in metrics}
        for values in result.fetchall():
            row = dict(zip(names, values, strict=True))
            key = tuple(as_day(row[name]) for name in group_by)
            for metric in metrics:
                assert key not in answers[metric], f"{metric}: two rows for {key}"
                answers[metric][key] = row[metric]
        return answers

    def read_mart(self, equals: Node, column: Node) -> dict[Key, object]:
        """Read what a mart publishes of a metric, in the rows that a saved query equals."""
        conditions = [text for text in (equals.get("where"), column.get("filter")) if text]
        columns = ", ".join([*equals["keys"], column["column"]])
        rows = self.connection.execute(
            f"select {columns} from {qualify(equals['mart'])}"
            f" where {' and '.join(['true', *conditions])}"
        ).fetchall()
        figures = {row[:-1]: row[-1] for row in rows}
        assert len(figures) == len(rows), f"{equals}: the keys do not distinguish the rows"
        return figures


def open_registry(target: Path, warehouse: Path) -> Registry:
    """Open the metrics of a build."""
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    semantics = (target / "semantic_manifest.json").read_text(encoding="utf-8")
    lookup = SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(semantics))
    engine = MetricFlowEngine(semantic_manifest_lookup=lookup, sql_client=DuckDb())
    return Registry(manifest, engine, duckdb.connect(str(warehouse), read_only=True))


def name_of(item: str) -> str:
    """Name the column of a group-by item: ``TimeDimension('metric_time', 'month')`` and others."""
    return "__".join(re.findall(r"'(\w+)'", item))


def as_day(value: object) -> object:
    """Turn the start of a period, a time in MetricFlow, into a day; the unknown day is none."""
    day = value.date() if isinstance(value, datetime) else value
    return None if day == UNKNOWN_DATE else day


def measures_of(manifest: Node) -> dict[str, Node]:
    """List the measures of the semantic models, each with the name of its table."""
    return {
        measure["name"]: measure | {"table": model["node_relation"]["alias"]}
        for model in manifest["semantic_models"].values()
        for measure in model["measures"]
    }


def formula_of(metric: Node, measures: dict[str, Node]) -> str:
    """Write the formula of a metric, as its page in the docs must show it."""
    parameters = metric["type_params"]
    if metric["type"] == "ratio":
        return f"{parameters['numerator']['name']} / {parameters['denominator']['name']}"
    if metric["type"] == "cumulative":
        grain = parameters["cumulative_type_params"]["grain_to_date"]
        return f"{parameters['measure']['name']} added up from the start of the {grain}"
    if metric["type"] == "derived":
        offsets = [
            f"{one['alias']} is {one['name']} of {window['count']} {window['granularity']} before"
            for one in parameters["metrics"]
            if (window := one["offset_window"])
        ]
        return "; ".join([" ".join(parameters["expr"].split()), *offsets])
    measure = measures[parameters["measure"]["name"]]
    expression = " ".join(str(measure["expr"] or measure["name"]).split())
    return f"{AGGREGATIONS[measure['agg']]} {expression} of {measure['table']}"


def columns_of(metric: Node) -> list[Node]:
    """List where a metric is published: mart, column and, where rows are figures, a filter.

    A column of several marts is written once, with a list of them.
    """
    return [
        column | {"mart": mart}
        for column in metric["config"]["meta"].get("published_in", [])
        for mart in ([column["mart"]] if isinstance(column["mart"], str) else column["mart"])
    ]


def find_differences(
    metric: Node, answers: dict[Key, object], published: dict[Key, object], is_part: bool
) -> list[str]:
    """Compare what MetricFlow answers with what a mart publishes.

    Parameters
    ----------
    metric
        The metric.
    answers
        Figure of each key, by MetricFlow.
    published
        Figure of each key, by the mart.
    is_part
        True where the mart leaves out rows on purpose.

    Returns
    -------
    list of str
        One line for each key whose figures differ.
    """
    # Marts of calendar periods leave out what has no date.
    undated = {key for key in answers if None in key and key not in published}
    more = set() if is_part else set(answers) - undated
    is_additive = metric["config"]["meta"]["unit"] in ADDITIVE
    return [
        f"{metric['name']} of {key}: {answers.get(key)}, published {published.get(key)}"
        for key in set(published) | more
        if not is_equal(answers.get(key), published.get(key), is_additive)
    ]


def is_equal(answer: object, published: object, is_additive: bool) -> bool:
    """Return whether two figures are one: sums exactly, quotients as exactly as they are stored."""
    if is_additive:
        answer, published = answer or 0, published or 0
    if answer is None or published is None:
        return answer is published
    left, right = Decimal(str(answer)), Decimal(str(published))
    if not isinstance(answer, float):
        return left == right
    # Half a unit of the last place is lost by rounding.
    return abs(left - right) <= Decimal("0.500001").scaleb(int(right.as_tuple().exponent))
