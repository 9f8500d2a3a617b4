"""Publish on a MySQL or MariaDB server: what the build was goes beside the marts."""

from collections.abc import Iterator

import duckdb

from customer_trends.engines.engine import Engine
from customer_trends.engines.mysql_server import COLLATIONS
from customer_trends.publishing.build_description import SCHEMA, TABLES


def publish_to_server(engine: Engine, reader: duckdb.DuckDBPyConnection, database: str) -> None:
    """Write the tables about the build anew and swap them in by one statement.

    Parameters
    ----------
    engine
        Connection to the server.
    reader
        Connection that holds the tables.
    database
        Name of the DuckDB database they are in.
    """
    schema = engine.schema(SCHEMA)
    engine.execute(
        f"create database if not exists {engine.quote(schema)} "
        f"character set utf8mb4 collate {COLLATIONS[engine.target]}"
    )
    present = engine.list_tables(schema)
    for name in present:
        if name.endswith(("__new", "__old")):
            engine.execute(f"drop table {engine.qualify(schema, name)}")
    for name, columns in TABLES.items():
        declared = ", ".join(
            f"{engine.quote(column)} {kind.replace('timestamp', 'datetime')}"
            for column, kind in columns.items()
        )
        # Some servers want a key of every table.
        row_key = "_row_key bigint unsigned not null auto_increment invisible primary key"
        fresh = engine.qualify(schema, f"{name}__new")
        engine.execute(f"create table {fresh} ({declared}, {row_key})")
        with engine.transaction():
            engine.insert(
                reader,
                (schema, f"{name}__new"),
                list(columns),
                f"select * from {database}.{SCHEMA}.{name}",
            )
    swaps = ", ".join(
        f"{engine.qualify(schema, old)} to {engine.qualify(schema, new)}"
        for name in TABLES
        for old, new in _list_renames(name, name in present)
    )
    engine.execute(f"rename table {swaps}")
    for name in TABLES:
        engine.execute(f"drop table if exists {engine.qualify(schema, f'{name}__old')}")


def _list_renames(name: str, is_present: bool) -> Iterator[tuple[str, str]]:
    """List what is renamed to what for one table."""
    if is_present:
        yield name, f"{name}__old"
    yield f"{name}__new", name
