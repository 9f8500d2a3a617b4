"""What is published: the marts, and about the build its moment, sources, tests and relations."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from customer_trends.building.outcome import BuildOutcome
from customer_trends.engines.duckdb_connection import quote_name
from customer_trends.engines.interface import Engine
from customer_trends.errors import ProjectError
from customer_trends.loading.live_shop import find_live_schema, find_raw_schema, read_cut
from customer_trends.loading.load import count_batches
from customer_trends.project.source_declarations import Source, read_source

LAYER = "marts"
SCHEMA = "publication"
# Tables and their columns, the same in the file and on a server.
TABLES = {
    "builds": {
        "built_at": "timestamp",
        "published_at": "timestamp",
        "target": "varchar(20)",
        "sources": "varchar(500)",
        "model_count": "bigint",
        "test_count": "bigint",
        "test_passed_count": "bigint",
        "test_warned_count": "bigint",
    },
    "test_results": {
        "test_name": "varchar(500)",
        "test_kind": "varchar(20)",
        "relation": "varchar(200)",
        "test_status": "varchar(20)",
        "failure_count": "bigint",
        "message": "varchar(500)",
    },
    "sources": {
        "source_system": "varchar(100)",
        "raw_table": "varchar(200)",
        "batch_count": "bigint",
        "row_count": "bigint",
        "loaded_at": "timestamp",
    },
    "relations": {
        "relation": "varchar(200)",
        "grain": "varchar(500)",
        "row_count": "bigint",
        "description": "varchar(4000)",
    },
}
Row = tuple[object, ...]
# Names of tests hold all their arguments; a server has no room for the longest.
LONGEST = 500


@dataclass(frozen=True, eq=False)
class Mart:
    """A mart as the project declares it.

    Attributes
    ----------
    name
        Name of the relation.
    grain
        Columns that identify a row.
    description
        What it says, on one line.
    types
        Column to its type in DuckDB, in the order of the mart.
    """

    name: str
    grain: tuple[str, ...]
    description: str
    types: dict[str, str]


def list_marts(artefacts: Path) -> list[Mart]:
    """List the marts from the manifest of the last build.

    Parameters
    ----------
    artefacts
        Folder of dbt's artefacts.

    Returns
    -------
    list of Mart
        Sorted by name.

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
    nodes = (
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["schema"] == LAYER
    )
    return sorted((_read_mart(node) for node in nodes), key=lambda mart: mart.name)


def _read_mart(node: dict[str, Any]) -> Mart:
    """Read a mart from its node."""
    grain = tuple(name.strip() for name in node["config"]["meta"]["grain"].split(","))
    types = {name: str(column["data_type"]) for name, column in node["columns"].items()}
    return Mart(node["name"], grain, " ".join(node["description"].split()), types)


def describe_build(
    root: Path,
    engine: Engine,
    outcome: BuildOutcome,
    counts: dict[Mart, int],
    published_at: datetime,
) -> dict[str, list[Row]]:
    """Gather what is published about a build.

    Parameters
    ----------
    root
        Project folder.
    engine
        Connection to the warehouse.
    outcome
        Record of its last build.
    counts
        Mart to its number of rows.
    published_at
        Moment of the publication, UTC.

    Returns
    -------
    dict
        Table of ``TABLES`` to its rows.
    """
    tests = outcome.list_tests()
    models = sum(result.kind == "model" for result in outcome.results.values())
    warned = sum(test.status == "warn" for test in tests)
    build: Row = (
        outcome.finished_at.rstrip("Z").replace("T", " "),
        f"{published_at:%Y-%m-%d %H:%M:%S}",
        engine.target,
        ", ".join(outcome.sources),
        models,
        len(tests),
        len(tests) - warned,
        warned,
    )
    return {
        "builds": [build],
        "test_results": [
            (
                test.name[:LONGEST],
                test.kind,
                test.relation,
                test.status,
                test.failures,
                test.message,
            )
            for test in tests
        ],
        "sources": [
            row
            for name in outcome.sources
            for row in _describe_source(engine, read_source(root, name))
        ],
        "relations": [
            (mart.name, ", ".join(mart.grain), count, mart.description[:4000])
            for mart, count in counts.items()
        ],
    }


def _describe_source(engine: Engine, source: Source) -> Iterator[Row]:
    """Give a row per raw table of a source; a shop that is read in place is as fresh as its cut."""
    live = find_live_schema(source.name, engine.target)
    schema = find_raw_schema(engine, source)
    for table, (batches, rows) in count_batches(engine, source).items():
        if live is not None:
            loaded_at: object = read_cut(engine, live)[1]
        else:
            query = f"select max(_loaded_at) from {engine.qualify(schema, table)}"
            loaded_at = engine.fetch(query).rows[0][0]
        moment = loaded_at.replace(tzinfo=None) if isinstance(loaded_at, datetime) else loaded_at
        yield source.name, table, batches, rows, None if moment is None else str(moment)[:19]


def write_tables(
    connection: duckdb.DuckDBPyConnection, database: str, tables: dict[str, list[Row]]
) -> None:
    """Write what is published about a build into a DuckDB database.

    Parameters
    ----------
    connection
        Connection that has the database attached.
    database
        Name of the database.
    tables
        Table to its rows.
    """
    schema = f"{quote_name(database)}.{SCHEMA}"
    connection.execute(f"create schema {schema}")
    for name, columns in TABLES.items():
        declared = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        connection.execute(f"create table {schema}.{name} ({declared})")
        if tables[name]:
            values = zip(*tables[name], strict=True)
            # Every command imports this module and few publish.
            import pyarrow

            frame = pyarrow.table(dict(zip(columns, map(list, values), strict=True)))
            connection.register("described", frame)
            connection.execute(f"insert into {schema}.{name} from described")
            connection.unregister("described")
