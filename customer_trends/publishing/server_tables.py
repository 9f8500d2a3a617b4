"""Publish on a MySQL or MariaDB server: what the build was goes beside the marts."""

import re

import duckdb

from customer_trends.engines.interface import Engine, NewTable
from customer_trends.publishing.build_description import SCHEMA, TABLES

# Longest text that fits the kind `text` of a server.
LONGEST_TEXT = 255


def publish_to_server(engine: Engine, reader: duckdb.DuckDBPyConnection, database: str) -> None:
    """Replace the tables about the build, all at once.

    Parameters
    ----------
    engine
        Connection to the server.
    reader
        Connection that holds the tables.
    database
        Name of the DuckDB database they are in.
    """
    new = []
    for name, columns in TABLES.items():
        rows = reader.execute(f"from {database}.{SCHEMA}.{name}").to_arrow_table()
        kinds = {column: f"{_name_kind(kind)}?" for column, kind in columns.items()}
        new.append(NewTable(name, kinds, (), rows.schema, [rows]))
    engine.replace_tables(engine.schema(SCHEMA), new)


def _name_kind(declared: str) -> str:
    """Name the kind of a type of ``TABLES``."""
    length = re.fullmatch(r"varchar\((\d+)\)", declared)
    if length:
        return "text" if int(length[1]) <= LONGEST_TEXT else "long_text"
    return {"bigint": "integer"}.get(declared, declared)
