"""The metrics as the documentation site lists them."""

from dataclasses import dataclass
from pathlib import Path

from customer_trends.semantic_model.artifacts import Artefacts, Node, one_line
from customer_trends.site.drawing import DBT_PAGE

# Groups are the files that declare metrics; these come first, in this order.
FIRST = ("Sales", "Orders", "Ratios", "Trends", "Returns", "Customers", "Cohorts")
UNITS = {
    "count": "a count",
    "currency": "an amount of money",
    "number": "a number",
    "ratio": "a share (0.1 is ten per cent)",
    "hours": "hours",
}
KINDS = {
    "simple": "added up from rows",
    "ratio": "one metric divided by another",
    "derived": "computed from other metrics",
    "cumulative": "a running total",
}


@dataclass(frozen=True)
class Place:
    """Where a metric is published: a column of a mart, perhaps in some rows only."""

    mart: str
    column: str
    filter: str

    @property
    def link(self) -> str:
        """The page of the mart in the dbt docs."""
        return DBT_PAGE + self.mart


@dataclass(frozen=True)
class Metric:
    """A metric as people read of it."""

    name: str
    label: str
    description: str
    formula: str
    kind: str
    unit: str
    places: list[Place]
    not_published: str


@dataclass(frozen=True)
class Group:
    """Metrics that belong together."""

    name: str
    metrics: list[Metric]


def list_groups(artefacts: Artefacts) -> list[Group]:
    """List the metrics by the file that declares them.

    Parameters
    ----------
    artefacts
        Artefacts of dbt.

    Returns
    -------
    list of Group
        Groups, and in each the metrics by label.
    """
    groups: dict[str, list[Metric]] = {}
    for node in artefacts.manifest["metrics"].values():
        file = Path(node["original_file_path"]).name
        name = file.removeprefix("_metrics_").split("__")[0].replace("_", " ").capitalize()
        groups.setdefault(name, []).append(_read_metric(node))

    def order(name: str) -> tuple[int, str]:
        return (FIRST.index(name) if name in FIRST else len(FIRST), name)

    return [
        Group(name, sorted(groups[name], key=lambda one: one.label))
        for name in sorted(groups, key=order)
    ]


def _read_metric(node: Node) -> Metric:
    """Read a metric of the manifest."""
    meta = node["config"]["meta"]
    places = [
        Place(mart, one["column"], one.get("filter", ""))
        for one in meta.get("published_in", [])
        for mart in ([one["mart"]] if isinstance(one["mart"], str) else one["mart"])
    ]
    return Metric(
        node["name"], node["label"], one_line(node["description"]), one_line(meta["formula"]),
        KINDS[node["type"]], UNITS[meta["unit"]], places, meta.get("not_published", ""),
    )  # fmt: skip
