"""Write core and marts as canonical text, the same on every engine, and hash each relation."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from customer_trends.engines.connect import open_engine
from customer_trends.engines.duckdb_connection import open_memory, quote_name
from customer_trends.engines.interface import Engine
from customer_trends.errors import ProjectError
from customer_trends.loading.text_files import read_blocks
from customer_trends.project.paths import find_artefacts

LAYERS = ("core", "marts", "cube")
HASHES = "hashes.json"
# NULL is the bare word; every value stands in quotes.
CSV_OPTIONS = "format csv, header true, force_quote *, nullstr 'NULL'"


@dataclass(frozen=True)
class DumpedRelation:
    """A relation of core or marts: its key columns and the declared type of each column."""

    name: str
    layer: str
    key: tuple[str, ...]
    types: dict[str, str]


def list_relations(root: Path) -> list[DumpedRelation]:
    """List the relations of core and marts from the manifest of the last build.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    list of DumpedRelation
        Sorted by name.
    """
    path = find_artefacts(root) / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProjectError(
            f"There is no {path.name} in {path.parent}: run `customer-trends build` first."
        ) from None
    nodes = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and _is_compared(node)
    ]
    return sorted((_describe(node) for node in nodes), key=lambda relation: relation.name)


def _is_compared(node: dict[str, Any]) -> bool:
    """Return whether a model is of core or marts, or a helper beside the marts of one area."""
    return node["config"]["schema"] in LAYERS or node["path"].startswith("marts/")


def _describe(node: dict[str, Any]) -> DumpedRelation:
    """Read name, key and types of a model from its node."""
    grain = node["config"]["meta"]["grain"]
    types = {name: column["data_type"] for name, column in sorted(node["columns"].items())}
    key = tuple(name.strip() for name in grain.split(","))
    return DumpedRelation(node["name"], node["config"]["schema"], key, types)


def dump_warehouse(
    root: Path, target: str, folder: Path, progress: Callable[[str], None]
) -> dict[str, dict[str, Any]]:
    """Write each relation of core and marts to a CSV file of canonical text.

    Columns are sorted by name and rows by key. Decimals have no trailing zeros, truth values are
    true or false, points in time are UTC to the microsecond.

    Parameters
    ----------
    root
        Project folder.
    target
        Target of the profile.
    folder
        Where the files go; made when missing.
    progress
        Called with the name of each relation.

    Returns
    -------
    dict
        Relation to its number of rows, its key and the SHA-256 of its file; also written to
        ``hashes.json``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    hashes: dict[str, dict[str, Any]] = {}
    with open_memory() as reader, open_engine(root, target, read_only=True) as engine:
        for relation in list_relations(root):
            progress(relation.name)
            hashes[relation.name] = dump_relation(engine, reader, relation, folder)
    write_hashes(folder, hashes)
    return hashes


def write_hashes(folder: Path, hashes: dict[str, dict[str, Any]]) -> None:
    """Write what a folder holds.

    Parameters
    ----------
    folder
        Folder of the dump.
    hashes
        Relation to its rows, key and hash.
    """
    text = json.dumps(hashes, indent=2) + "\n"
    (folder / HASHES).write_text(text, encoding="utf-8")


def dump_relation(
    engine: Engine, reader: duckdb.DuckDBPyConnection, relation: DumpedRelation, folder: Path
) -> dict[str, Any]:
    """Write one relation to a file.

    Parameters
    ----------
    engine
        Connection to the warehouse.
    reader
        Connection that turns texts into canonical ones; its time zone is UTC.
    relation
        What to write.
    folder
        Where the file goes.

    Returns
    -------
    dict
        Its number of rows, its key and the SHA-256 of the file.
    """
    path, digest = folder / f"{relation.name}.csv", sha256()
    schema = engine.schema(relation.layer)
    engine.export(reader, (schema, relation.name), list(relation.types), "exported")
    columns = ", ".join(
        f"{_canonical(name, kind)} as {quote_name(name)}" for name, kind in relation.types.items()
    )
    key = ", ".join(f"exported.{quote_name(name)} nulls first" for name in relation.key)
    written = reader.execute(
        f"copy (select {columns} from exported order by {key}) to '{path.as_posix()}' "
        f"({CSV_OPTIONS})"
    ).fetchone()
    reader.execute("drop table exported")
    for block in read_blocks(path):
        digest.update(block)
    rows = int(written[0]) if written else 0
    return {"rows": rows, "key": relation.key, "hash": digest.hexdigest()}


def _canonical(name: str, kind: str) -> str:
    """Write the SQL that brings a text of an engine to the form all engines share."""
    column = f"exported.{quote_name(name)}"
    if kind == "boolean":
        return f"case lower({column}) when '1' then 'true' when '0' then 'false' else {column} end"
    if kind == "timestamp":
        return f"cast(cast({column} as timestamp) as varchar)"
    if kind.startswith("decimal"):
        trimmed = f"regexp_replace({column}, '(\\.[0-9]*?)0+$', '\\1')"
        return f"rtrim({trimmed}, '.')"
    return column
