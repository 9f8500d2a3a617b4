"""What is published about a build: its moment, sources, tests, relations and their columns."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb

from customer_trends.building.outcome import BuildOutcome
from customer_trends.engines.duckdb_connection import quote_name
from customer_trends.engines.interface import Engine
from customer_trends.errors import MissingRelationError
from customer_trends.loading.live_shop import find_live_schema, find_raw_schema, read_cut
from customer_trends.loading.load import count_batches
from customer_trends.project.source_declarations import Source, read_source
from customer_trends.publishing.relations import PublishedRelation

SCHEMA = "publication"
# Tables and their columns, the same in the file and on a server.
TABLES = {
    "builds": {
        "built_at": "timestamp",
        "published_at": "timestamp",
        "as_of_date": "date",
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
        "schema_name": "varchar(200)",
        "relation": "varchar(200)",
        "grain": "varchar(500)",
        "row_count": "bigint",
        "population": "varchar(50)",
        "description": "varchar(4000)",
    },
    "columns": {
        "schema_name": "varchar(200)",
        "relation": "varchar(200)",
        "position": "bigint",
        "column_name": "varchar(200)",
        "data_type": "varchar(50)",
        "additivity": "varchar(50)",
        "description": "varchar(4000)",
    },
}
Row = tuple[object, ...]
# Names of tests hold all their arguments; a server has no room for the longest.
LONGEST = 500


def describe_build(
    root: Path,
    engine: Engine,
    outcome: BuildOutcome,
    counts: dict[PublishedRelation, int],
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
        Published relation to its number of rows.
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
        _read_as_of(engine),
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
            (
                engine.schema(relation.layer),
                relation.name,
                ", ".join(relation.grain),
                count,
                relation.population,
                relation.description,
            )
            for relation, count in counts.items()
        ],
        "columns": [
            (
                engine.schema(relation.layer),
                relation.name,
                position,
                column.name,
                column.data_type,
                column.additivity,
                column.description,
            )
            for relation in counts
            for position, column in enumerate(relation.columns, 1)
        ],
    }


def _read_as_of(engine: Engine) -> object:
    """Read the day that the build measured from; none where it has no such day."""
    query = f"select as_of_date from {engine.qualify(engine.schema('core'), 'run_context')}"
    try:
        rows = engine.fetch(query).rows
    except MissingRelationError:
        return None
    return rows[0][0] if rows else None


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
