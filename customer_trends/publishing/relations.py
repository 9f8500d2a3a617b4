"""What is published: the public relations of the project, as its last build declared them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customer_trends.errors import ProjectError


@dataclass(frozen=True)
class PublishedColumn:
    """A column as the project declares it.

    Attributes
    ----------
    name
        Name of the column.
    data_type
        Its type in DuckDB.
    description
        What it says, on one line.
    additivity
        How it may be added up, from its `meta`; None where that is not declared.
    """

    name: str
    data_type: str
    description: str
    additivity: str | None


@dataclass(frozen=True, eq=False)
class PublishedRelation:
    """A relation that others may build on, as the project declares it.

    Attributes
    ----------
    layer
        Schema as dbt configures it, such as ``core`` or ``marts``.
    name
        Name of the relation.
    grain
        Columns that identify a row.
    description
        What it says, on one line.
    population
        What its additive columns add up to: a population of ``ops_totals``.
    columns
        Its columns in order, without those that hold personal data.
    """

    layer: str
    name: str
    grain: tuple[str, ...]
    description: str
    population: str
    columns: tuple[PublishedColumn, ...]

    @property
    def comments(self) -> dict[str, str]:
        """Column to description."""
        return {column.name: column.description for column in self.columns}


def list_published(artefacts: Path) -> list[PublishedRelation]:
    """List the public models from the manifest of the last build.

    Parameters
    ----------
    artefacts
        Folder of dbt's artefacts.

    Returns
    -------
    list of PublishedRelation
        Sorted by layer and name.

    Raises
    ------
    ProjectError
        If dbt has not run yet.
    """
    try:
        manifest = json.loads((artefacts / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProjectError(
            f"There is no manifest.json in {artefacts}: run `customer-trends build` first."
        ) from None
    published = [
        _read_relation(node)
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["access"] == "public"
    ]
    return sorted(published, key=lambda relation: (relation.layer, relation.name))


def _read_relation(node: dict[str, Any]) -> PublishedRelation:
    """Read a relation from its node."""
    columns = (
        PublishedColumn(
            name,
            str(column["data_type"]),
            write_on_one_line(column["description"]),
            column["meta"].get("additivity"),
        )
        for name, column in node["columns"].items()
        if not column["meta"].get("contains_pii")
    )
    return PublishedRelation(
        node["config"]["schema"],
        node["name"],
        tuple(name.strip() for name in node["config"]["meta"]["grain"].split(",")),
        write_on_one_line(node["description"]),
        node["config"]["meta"].get("population", "counted"),
        tuple(columns),
    )


def write_on_one_line(text: str) -> str:
    """Write a description on one line.

    Parameters
    ----------
    text
        Description of the project, with line breaks where the file has some.

    Returns
    -------
    str
        The same words, one blank between two of them.
    """
    return " ".join(text.split())
