"""Describe the visuals of the Power BI report, and write them as PBIR."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric/item/report/definition"
VERSIONS = {
    "versionMetadata": "1.0.0",
    "report": "2.0.0",
    "pagesMetadata": "1.0.0",
    "page": "2.1.0",
    "visualContainer": "2.9.0",
}


@dataclass(frozen=True)
class Field:
    """A column or a measure that a visual shows, as the report refers to it."""

    table: str
    name: str
    is_measure: bool

    def refer(self, source: str = "Entity", table: str | None = None) -> Json:
        """Write the reference; inside a query a table goes by its alias."""
        expression = {"SourceRef": {source: table or self.table}}
        kind = "Measure" if self.is_measure else "Column"
        return {kind: {"Expression": expression, "Property": self.name}}

    def project(self) -> Json:
        """Write it as a part of a visual."""
        return {
            "field": self.refer(),
            "queryRef": f"{self.table}.{self.name}",
            "nativeQueryRef": self.name,
            **({} if self.is_measure else {"active": True}),
        }


@dataclass(frozen=True)
class Visual:
    """A visual: its place on the page, and the fields of each of its roles."""

    name: str
    kind: str
    title: str
    place: tuple[int, int, int, int]
    roles: dict[str, list[Field]]
    sorted_by: Field | None = None
    filters: tuple[Json, ...] = ()


def declare(kind: str) -> Json:
    """Name the schema of a file.

    Parameters
    ----------
    kind
        Kind of file.

    Returns
    -------
    dict
        The beginning of the file.
    """
    return {"$schema": f"{SCHEMAS}/{kind}/{VERSIONS[kind]}/schema.json"}


def write_visual(visual: Visual, order: int) -> Json:
    """Write a visual.

    Parameters
    ----------
    visual
        What it shows.
    order
        Its place in the order of the page.

    Returns
    -------
    dict
        Content of its file.
    """
    x, y, width, height = visual.place
    query: Json = {
        "queryState": {
            role: {"projections": [field.project() for field in shown]}
            for role, shown in visual.roles.items()
        }
    }
    if visual.sorted_by:
        sort = {"field": visual.sorted_by.refer(), "direction": "Descending"}
        query["sortDefinition"] = {"sort": [sort]}
    title = {"show": _literal("true"), "text": _literal(f"'{visual.title}'")}
    content = declare("visualContainer") | {
        "name": visual.name,
        "position": {
            "x": x, "y": y, "z": order, "width": width, "height": height, "tabOrder": order
        },
        "visual": {
            "visualType": visual.kind,
            "query": query,
            "visualContainerObjects": {
                "title": [{"properties": title}],
                "general": [{"properties": {"altText": _literal(f"'{visual.title}'")}}],
            },
            "drillFilterOtherVisuals": True,
        },
    }  # fmt: skip
    return content | ({"filterConfig": {"filters": list(visual.filters)}} if visual.filters else {})


def keep_top(shown: Field, summed: Field, count: int) -> Json:
    """Write the filter that keeps the members of a column with the largest sums.

    Parameters
    ----------
    shown
        Column whose members are kept.
    summed
        Column that is added up.
    count
        Number of members.

    Returns
    -------
    dict
        The filter.
    """
    query = {
        "Version": 2,
        "From": [
            {"Name": "c", "Entity": shown.table, "Type": 0},
            {"Name": "p", "Entity": summed.table, "Type": 0},
        ],
        "Select": [shown.refer("Source", "c") | {"Name": "field"}],
        "OrderBy": [
            {
                "Direction": 2,
                "Expression": {
                    "Aggregation": {"Expression": summed.refer("Source", "p"), "Function": 0}
                },
            }
        ],
        "Top": count,
    }
    condition = {
        "In": {
            "Expressions": [shown.refer("Source", "c")],
            "Table": {"SourceRef": {"Source": "subquery"}},
        }
    }
    return {
        "name": "top_customers",
        "field": shown.refer(),
        "type": "TopN",
        "filter": {
            "Version": 2,
            "From": [
                {"Name": "subquery", "Expression": {"Subquery": {"Query": query}}, "Type": 2},
                {"Name": "c", "Entity": shown.table, "Type": 0},
            ],
            "Where": [{"Condition": condition}],
        },
    }


def _literal(value: str) -> Json:
    """Write a literal of a property."""
    return {"expr": {"Literal": {"Value": value}}}
