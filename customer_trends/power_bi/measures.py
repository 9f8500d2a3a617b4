"""DAX measures from the metrics of the semantic manifest."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customer_trends.power_bi.dax import Dax, UntranslatableError, translate
from customer_trends.semantic_model.artifacts import Artefacts, Node, one_line
from customer_trends.semantic_model.tables import DATE_COLUMN, Model, Table

FORMATS = {
    "count": "#,0",
    "currency": "#,0.00",
    "number": "#,0.00",
    "ratio": "0.0%",
    "hours": "#,0.0",
}
TO_DATE = {"month": "DATESMTD", "quarter": "DATESQTD", "year": "DATESYTD"}


@dataclass(frozen=True)
class Measure:
    """A metric in DAX: ``name`` is that of the metric, ``caption`` its label."""

    name: str
    caption: str
    expression: str
    description: str
    format_string: str
    folder: str


@dataclass(frozen=True)
class Refusal:
    """A metric that has no DAX, and why."""

    name: str
    reason: str


def make_label(metric: Node) -> str:
    """Name a metric in Power BI.

    Parameters
    ----------
    metric
        Metric of the semantic manifest.

    Returns
    -------
    str
        Its label with what follows a comma in brackets: tools that read DAX take a comma within a
        name for the end of an argument.
    """
    name, *details = str(metric["label"]).split(", ")
    return f"{name} ({' '.join(details)})" if details else name


def write_measures(artefacts: Artefacts, model: Model) -> tuple[list[Measure], list[Refusal]]:
    """Translate every metric, or say why one has no translation.

    Parameters
    ----------
    artefacts
        Artefacts of dbt.
    model
        The tables that measures are computed from.

    Returns
    -------
    tuple of list of Measure and list of Refusal
        Both by folder and label.
    """
    writer = _Writer(artefacts, model)
    measures, refusals = [], []
    for name in artefacts.metrics():
        try:
            measures.append(writer.write(name))
        except UntranslatableError as error:
            refusals.append(Refusal(name, str(error)))
    return (
        sorted(measures, key=lambda one: (one.folder, one.caption)),
        sorted(refusals, key=lambda one: one.name),
    )


class _Writer:
    """Writes metrics in DAX."""

    def __init__(self, artefacts: Artefacts, model: Model) -> None:
        """List metrics, measures and where metrics are declared."""
        self.model, self.metrics = model, artefacts.metrics()
        self.measures: dict[str, tuple[Node, Table]] = {
            measure["name"]: (measure, model.tables[one["name"]])
            for one in artefacts.semantics["semantic_models"]
            for measure in one["measures"]
        }
        self.files = {
            node["name"]: Path(node["original_file_path"]).name
            for node in artefacts.manifest["metrics"].values()
        }

    def write(self, name: str) -> Measure:
        """Translate a metric."""
        metric = self.metrics[name]
        meta = metric["config"]["meta"]
        folder = self.files[name].removeprefix("_metrics_").split("__")[0].capitalize()
        return Measure(
            name,
            make_label(metric),
            self._express(metric),
            f"{one_line(metric['description'])} Metric {name}: {one_line(meta['formula'])}.",
            FORMATS[meta["unit"]],
            folder,
        )

    def _express(self, metric: Node) -> str:
        """Write the expression of a metric."""
        parameters = metric["type_params"]
        if metric["filter"] or (parameters["measure"] or {}).get("filter"):
            raise UntranslatableError("a metric with a filter has no DAX")
        write = {
            "simple": self._simple,
            "ratio": self._ratio,
            "derived": self._derived,
            "cumulative": self._cumulative,
        }.get(metric["type"])
        if write is None:
            raise UntranslatableError(f"a {metric['type']} metric has no DAX")
        return write(parameters)

    def _simple(self, parameters: Node) -> str:
        measure, table = self.measures[parameters["measure"]["name"]]
        return _aggregate(measure, table)

    def _ratio(self, parameters: Node) -> str:
        above, below = parameters["numerator"], parameters["denominator"]
        if above["filter"] or below["filter"]:
            raise UntranslatableError("a metric with a filter has no DAX")
        return translate(f"{above['name']} / {below['name']}", self._refer).guarded()

    def _cumulative(self, parameters: Node) -> str:
        details = parameters.get("cumulative_type_params") or parameters
        if details.get("window") or details["grain_to_date"] not in TO_DATE:
            raise UntranslatableError("a running total over a window has no DAX")
        total = self._simple(parameters)
        return f"CALCULATE({total}, {TO_DATE[details['grain_to_date']]}({self._day()}))"

    def _derived(self, parameters: Node) -> str:
        """Write an expression over metrics, each earlier one as a variable."""
        variables, names = [], {}
        for one in parameters["metrics"]:
            if one.get("filter") or one.get("offset_to_grain"):
                raise UntranslatableError("a metric with a filter has no DAX")
            if one["offset_window"]:
                names[one["alias"]] = Dax(one["alias"], (one["alias"],))
                variables.append(f"VAR {one['alias']} = {self._shift(one)}")
            else:
                names[one["alias"] or one["name"]] = self._refer(one["name"])
        expression = translate(parameters["expr"], names.__getitem__).guarded()
        return "\n".join([*variables, f"RETURN {expression}"]) if variables else expression

    def _shift(self, one: Node) -> str:
        """Write a metric of an earlier period."""
        window = one["offset_window"]
        granularity = window["granularity"].upper().removesuffix("S")
        if granularity not in ("DAY", "MONTH", "QUARTER", "YEAR"):
            raise UntranslatableError(f"an offset by {granularity.lower()} has no DAX")
        shifted = f"DATEADD({self._day()}, -{window['count']}, {granularity})"
        return f"CALCULATE([{make_label(self.metrics[one['name']])}], {shifted})"

    def _day(self) -> str:
        return self.model.date.refer(DATE_COLUMN)

    def _refer(self, name: str) -> Dax:
        """Refer to another metric; one that may be NULL differs from one that is 0."""
        metric = self.metrics[name]
        self._express(metric)
        text = f"[{make_label(metric)}]"
        return Dax(text, () if self._is_filled(metric) else (text,))

    def _is_filled(self, metric: Node) -> bool:
        """Return whether a metric without rows is 0 rather than NULL."""
        parameters = metric["type_params"]
        if metric["type"] == "simple":
            return bool(parameters["measure"]["fill_nulls_with"] == 0)
        if metric["type"] != "derived" or any(one["offset_window"] for one in
                                              parameters["metrics"]):  # fmt: skip
            return False
        is_sum = not any(word in parameters["expr"] for word in ("/", "case", "nullif"))
        parts = (self.metrics[one["name"]] for one in parameters["metrics"])
        return is_sum and all(map(self._is_filled, parts))


def _resolve(table: Table) -> Any:
    """Make what gives the DAX of a column of a table."""

    def resolve(name: str) -> Dax:
        if name not in table.columns:
            raise UntranslatableError(f"{table.relation} has no column {name} for BI files")
        column, text = table.columns[name], table.refer(name)
        blanks = (text,) if column.can_be_null else ()
        return Dax(text, blanks, is_condition=column.kind == "flag")

    return resolve


def _aggregate(measure: Node, table: Table) -> str:
    """Write the aggregation of a measure."""
    sql = str(measure["expr"] or measure["name"])
    value = translate(sql, _resolve(table))
    rows, aggregation = f"'{table.caption}'", measure["agg"]
    if aggregation == "sum" and sql == "1":
        return f"COUNTROWS({rows})"
    if aggregation == "sum_boolean":
        return f"COUNTROWS(FILTER({rows}, {value.as_condition()}))"
    if aggregation in ("sum", "average", "median"):
        function = aggregation.upper()
        if sql in table.columns:
            return f"{function}({value.text})"
        if aggregation == "sum":
            return f"SUMX({rows}, {value.guarded()})"
        known = f"FILTER({rows}, NOT(ISBLANK({value.guarded()})))"
        return f"{function}X({known}, {value.guarded()})"
    if aggregation == "count_distinct":
        return _count_distinct(sql, rows, table)
    if aggregation == "percentile" and measure["agg_params"]["use_discrete_percentile"]:
        return _pick_percentile(measure["agg_params"]["percentile"], rows, value)
    raise UntranslatableError(f"{aggregation} has no DAX")


def _pick_percentile(percentile: float, rows: str, value: Dax) -> str:
    """Write the least value that so large a share of the values does not exceed."""
    return (
        f"VAR known = FILTER({rows}, NOT(ISBLANK({value.guarded()})))\n"
        f"VAR place = ROUNDUP({percentile} * COUNTROWS(known), 0)\n"
        f"RETURN MAXX(TOPN(place, known, {value.guarded()}, ASC), {value.guarded()})"
    )


def _count_distinct(sql: str, rows: str, table: Table) -> str:
    """Write a distinct count of a column, perhaps of some rows only."""
    from sqlglot import exp, parse_one

    tree, conditions = parse_one(sql, read="duckdb"), ""
    if isinstance(tree, exp.Case) and len(tree.args["ifs"]) == 1 and not tree.args.get("default"):
        branch = tree.args["ifs"][0]
        condition = translate(branch.this.sql("duckdb"), _resolve(table)).as_condition()
        tree, conditions = branch.args["true"], f", FILTER({rows}, {condition})"
    if not isinstance(tree, exp.Column):
        raise UntranslatableError(f"a distinct count of {sql} has no DAX")
    count = f"DISTINCTCOUNTNOBLANK({_resolve(table)(tree.name).text})"
    return f"CALCULATE({count}{conditions})" if conditions else count
