"""Read the marts of a dump, that of any engine, back into typed rows."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from oracle.compare import Table
from oracle.values import Row, Value


def read_value(text: str | None, kind: str) -> Value:
    """Read a canonical text as its declared type."""
    if text is None:
        return None
    if kind.startswith("decimal"):
        return Decimal(text)
    if kind in ("bigint", "integer"):
        return int(text)
    if kind == "boolean":
        return text == "true"
    return date.fromisoformat(text) if kind == "date" else text


def read_marts(dump: Path, manifest: Path) -> dict[str, Table]:
    """Read the marts of a dump.

    Parameters
    ----------
    dump
        Folder of the dump.
    manifest
        Manifest of the build, which knows keys and types.

    Returns
    -------
    dict
        Mart to its rows.
    """
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    marts = {}
    for node in nodes:
        if node["resource_type"] != "model" or not node["name"].startswith("mart_"):
            continue
        name = node["name"]
        types = {column: entry["data_type"] for column, entry in node["columns"].items()}
        key = tuple(part.strip() for part in node["config"]["meta"]["grain"].split(","))
        path = (dump / f"{name}.csv").as_posix()
        columns = dict.fromkeys(sorted(types), "varchar")
        with duckdb.connect() as connection:
            cursor = connection.execute(
                f"from read_csv('{path}', header = true, all_varchar = true, nullstr = 'NULL', "
                "delim = ',', quote = '\"', escape = '\"', auto_detect = false, "
                f"columns = {columns})"
            )
            names = [column[0] for column in cursor.description or []]
            rows: list[Row] = [
                {
                    column: read_value(text, types[column])
                    for column, text in zip(names, row, strict=True)
                }
                for row in cursor.fetchall()
            ]
        marts[name] = Table(name, key, rows)
    return marts
