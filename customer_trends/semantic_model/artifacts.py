"""What dbt's artefacts hold: models with their columns, semantic models, metrics."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customer_trends.building.outcome import RULES
from customer_trends.errors import ProjectError
from customer_trends.project.paths import find_artefacts

Node = dict[str, Any]


@dataclass(frozen=True)
class Artefacts:
    """The manifest and the semantic manifest of one build.

    Attributes
    ----------
    manifest
        Models, metrics, exposures and tests.
    semantics
        Semantic models and metrics as MetricFlow reads them.
    """

    manifest: Node
    semantics: Node

    def models(self) -> dict[str, Node]:
        """List the models by name."""
        nodes = self.manifest["nodes"].values()
        return {node["name"]: node for node in nodes if node["resource_type"] == "model"}

    def metrics(self) -> dict[str, Node]:
        """List the metrics by name; where they are declared is in the manifest."""
        return {metric["name"]: metric for metric in self.semantics["metrics"]}

    def find_never_null(self) -> dict[str, set[str]]:
        """Find the columns that tests keep from being NULL, by name of the model."""
        found: dict[str, set[str]] = {}
        names = {node["unique_id"]: name for name, node in self.models().items()}
        for node in self.manifest["nodes"].values():
            test = node.get("test_metadata") or {}
            if test.get("name") == RULES and node.get("attached_node") in names:
                columns = test["kwargs"].get("never_null") or []
                found.setdefault(names[node["attached_node"]], set()).update(columns)
        return found


def read_artefacts(root: Path) -> Artefacts:
    """Read what the last build or parse left.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    Artefacts
        The parsed artefacts; without them a sentence says which command writes them.
    """
    folder = find_artefacts(root)
    contents = []
    for name in ("manifest.json", "semantic_manifest.json"):
        try:
            contents.append(json.loads((folder / name).read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError):
            raise ProjectError(
                f"There is no {name} in {folder}: run `customer-trends build` first."
            ) from None
    return Artefacts(*contents)


def one_line(text: str) -> str:
    """Bring a description to one line.

    Parameters
    ----------
    text
        Text as the YAML has it.

    Returns
    -------
    str
        The text without line breaks and runs of blanks.
    """
    return " ".join(text.split())
