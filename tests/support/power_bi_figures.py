"""Figures of the Power BI model by a DAX engine, and the same figures by MetricFlow's SQL."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
from ask_metrics import Key, Node, Registry
from pbix_mcp.dax.engine import evaluate_measures_batch

from customer_trends.power_bi.measures import Measure
from customer_trends.semantic_model.tables import DATE_COLUMN, SNAPSHOT_DATE, Model, Table

# Rows to compute with in plain Python: those of some orders and of some customers.
SAMPLES = {
    "fct_sales": "order_key",
    "fct_orders": "order_key",
    "fct_feedback": "feedback_key",
    "fct_customer_months": "customer_key",
    "mart_customer_360": "customer_key",
}
TRENDS = "_metrics_trends__metrics.yml"


@dataclass(frozen=True)
class Context:
    """One way to cut figures: by MetricFlow's name of a column, and by the model's."""

    entity: str
    group_by: str
    table: str
    column: str


MONTH = Context("", "metric_time__month", "calendar_days", "month_start_date")
REGION = Context("place", "place__region", "places", "region")
CATEGORY = Context("product_version", "product_version__category", "products_then", "category")
GENDER = Context("customer", "customer__gender", "customers_today", "gender")


def copy_sample(warehouse: Path, model: Model, folder: Path, share: int) -> Path:
    """Copy the tables of the model to a warehouse of its own, the large ones in part.

    Parameters
    ----------
    warehouse
        DuckDB warehouse; the copy has the same name.
    model
        Model whose tables are copied.
    folder
        Where the copy goes.
    share
        One of so many orders and customers is taken.

    Returns
    -------
    Path
        The copy.
    """
    path = folder / warehouse.name
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"attach '{warehouse}' as complete (read_only)")
        relations = {(table.layer, table.relation) for table in model.tables.values()}
        for layer, relation in sorted(relations | {("core", "metricflow_time_spine")}):
            connection.execute(f"create schema if not exists {layer}")
            key = SAMPLES.get(relation)
            chosen = f" where abs({key}) % {share} = 0" if key else ""
            connection.execute(
                f"create table {layer}.{relation} as from complete.{layer}.{relation}{chosen}"
            )
    return path


class DaxModel:
    """The tables of the model in memory, and the measures of the metrics."""

    def __init__(self, model: Model, measures: list[Measure], warehouse: Path) -> None:
        """Read the tables as the queries of the model read them."""
        self.model = model
        self.captions = {measure.name: measure.caption for measure in measures}
        self.measures = {measure.caption: measure.expression for measure in measures}
        self.relations = [
            {
                "FromTable": relation.many[0],
                "FromColumn": relation.many[1],
                "ToTable": relation.one[0],
                "ToColumn": relation.one[1],
                "IsActive": True,
            }
            for relation in model.relations
        ]
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            self.tables = {
                table.caption: _read(connection, table) for table in model.tables.values()
            }

    def ask(
        self, metrics: Iterable[str], filters: dict[Context, object]
    ) -> dict[str, float | None]:
        """Evaluate measures under filters.

        Parameters
        ----------
        metrics
            Names of metrics.
        filters
            Value that each column is filtered to.

        Returns
        -------
        dict
            Metric to its figure; None is BLANK.
        """
        names = {self.captions[metric]: metric for metric in metrics}
        chosen = {}
        for context, value in filters.items():
            table = self.model.tables[context.table]
            chosen[f"{table.caption}.{table.columns[context.column].caption}"] = [value]
        day = self.model.date
        values = evaluate_measures_batch(
            list(names), self.tables, self.measures, chosen, day.caption,
            day.columns[DATE_COLUMN].caption, self.relations,
            date_tables={day.caption: day.columns[DATE_COLUMN].caption},
        )  # fmt: skip
        return {names[caption]: value for caption, value in values.items()}


def _read(connection: duckdb.DuckDBPyConnection, table: Table) -> dict[str, list[object]]:
    """Read a table; money as the floats that the engine computes with."""
    columns = table.columns.values()
    selected = ", ".join(
        f"cast({column.name} as double)" if column.kind in ("fixed", "number") else column.name
        for column in columns
    )
    where = " where not is_unknown and not is_future" if table.is_date else ""
    rows = connection.execute(f"select {selected} from {table.layer}.{table.relation}{where}")
    return {
        "columns": [column.caption for column in columns],
        "rows": [list(row) for row in rows.fetchall()],
    }


def list_metrics(registry: Registry, contexts: tuple[Context, ...]) -> list[str]:
    """List the metrics that can be cut by all contexts in both worlds.

    Parameters
    ----------
    registry
        The metrics.
    contexts
        How figures are cut; without a month, running totals and earlier periods mean nothing.

    Returns
    -------
    list of str
        Names of metrics.
    """
    sources = {
        measure["name"]: one
        for one in registry.manifest["semantic_models"].values()
        for measure in one["measures"]
    }
    chosen = []
    for name, metric in registry.nodes("metrics").items():
        ones = [sources[measure] for measure in measures_of(registry, metric)]
        has_period = MONTH in contexts or not metric["original_file_path"].endswith(TRENDS)
        if has_period and all(_can_cut(one, context) for one in ones for context in contexts):
            chosen.append(name)
    return chosen


def measures_of(registry: Registry, metric: Node) -> set[str]:
    """Find the measures that a metric is made of, through all others."""
    parameters, metrics = metric["type_params"], registry.nodes("metrics")
    found = {one["name"] for one in parameters["input_measures"]}
    for one in parameters["metrics"]:
        found |= measures_of(registry, metrics[one["name"]])
    return found


def _can_cut(semantic_model: Node, context: Context) -> bool:
    """Return whether the rows of a semantic model have what a context cuts by."""
    if context is MONTH:
        return bool(semantic_model["defaults"]["agg_time_dimension"] != SNAPSHOT_DATE)
    return any(entity["name"] == context.entity for entity in semantic_model["entities"])


def find_differences(
    registry: Registry, dax: DaxModel, contexts: tuple[Context, ...], keys: list[Key],
    metrics: list[str],
) -> list[str]:  # fmt: skip
    """Compare both worlds.

    Parameters
    ----------
    registry
        MetricFlow on the warehouse.
    dax
        The Power BI model on the same rows.
    contexts
        How figures are cut.
    keys
        Members of the contexts to compare.
    metrics
        Names of metrics.

    Returns
    -------
    list of str
        One line for each figure that differs.
    """
    answers = registry.ask(metrics, [context.group_by for context in contexts])
    faults = []
    for key in keys:
        figures = dax.ask(metrics, dict(zip(contexts, key, strict=True)))
        for metric in metrics:
            wanted, found = answers[metric].get(key), figures[metric]
            if not is_same(wanted, found):
                faults.append(f"{metric} of {key}: SQL {wanted}, DAX {found}")
    return faults


def is_same(wanted: object, found: object) -> bool:
    """Return whether two figures are one; nothing and 0 are the same in a sum."""
    left, right = float(str(wanted or 0)), float(str(found or 0))
    return abs(left - right) <= 1e-6 * max(1.0, abs(left))
