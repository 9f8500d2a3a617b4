"""Where Power BI reads the tables from: a folder of Parquet files, or a server."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from customer_trends.engines.duckdb_connection import connect_warehouse, quote_name, quote_text
from customer_trends.engines.settings import MYSQL_TARGETS, ServerSettings, find_settings
from customer_trends.errors import InvalidOptionError, WarehouseError
from customer_trends.project.paths import find_warehouse
from customer_trends.semantic_model.tables import Model, Table

PARQUET = "parquet"
SOURCES = (PARQUET, *MYSQL_TARGETS)


@dataclass(frozen=True)
class Parameter:
    """A parameter of the queries, which a person can change in Power BI."""

    name: str
    value: str
    description: str


@dataclass(frozen=True)
class Source:
    """A kind of source and its parameters; no password is ever among them."""

    kind: str
    parameters: tuple[Parameter, ...]

    def write(self, table: Table) -> str:
        """Write the M expression that reads a table.

        Parameters
        ----------
        table
            Table of the model.

        Returns
        -------
        str
            One line of M.
        """
        if self.kind == PARQUET:
            path = f'ParquetFolder & "/{table.relation}.parquet"'
            return f"Parquet.Document(File.Contents({path}))"
        schema = f'SchemaName & "_{table.layer}"'
        if self.kind == "mysql":
            item = f'{{[Schema={schema}, Item="{table.relation}"]}}[Data]'
            return f"MySQL.Database(Server, {schema}, [ReturnSingleDatabase=true]){item}"
        item = f'{{[Name="{table.relation}", Kind="Table"]}}[Data]'
        return f"MariaDB.Contents(Server, {schema}){item}"


def choose_source(root: Path, kind: str, data: Path) -> Source:
    """Choose where Power BI reads from.

    Parameters
    ----------
    root
        Project folder.
    kind
        ``parquet``, ``mysql`` or ``mariadb``.
    data
        Folder of the Parquet files.

    Returns
    -------
    Source
        Source with the parameters of this machine; servers are those of the dbt profile.
    """
    if kind not in SOURCES:
        raise InvalidOptionError(f"'{kind}' is no source: choose {', '.join(SOURCES)}.")
    if kind == PARQUET:
        text = "Folder of the Parquet files, as this computer names it."
        return Source(kind, (Parameter("ParquetFolder", str(data), text),))
    settings = find_settings(root, kind)
    assert isinstance(settings, ServerSettings)
    login = settings.login
    # Power BI knows no sockets.
    server = f"localhost:{login.port}" if login.socket else login.address
    return Source(
        kind,
        (
            Parameter("Server", server, "Name and port of the server."),
            Parameter("SchemaName", settings.prefix, "Schema of the dbt profile."),
        ),
    )


def export_tables(root: Path, model: Model, data: Path) -> int:
    """Write the tables of the model from the DuckDB warehouse as Parquet.

    Parameters
    ----------
    root
        Project folder.
    model
        Model whose tables and columns are written.
    data
        Folder of the files; files of the same name are replaced one by one.

    Returns
    -------
    int
        Rows written.
    """
    data.mkdir(parents=True, exist_ok=True)
    rows = 0
    connection = connect_warehouse(find_warehouse(root), read_only=True)
    try:
        for table in model.tables.values():
            columns = ", ".join(quote_name(name) for name in table.columns)
            part = data / f".{table.relation}.part"
            query = f"select {columns} from {table.layer}.{table.relation}"
            try:
                done = connection.execute(
                    f"copy ({query}) to {quote_text(str(part))} (format parquet)"
                ).fetchone()
            except (duckdb.CatalogException, duckdb.BinderException):
                raise WarehouseError(
                    f"{table.layer}.{table.relation} in the warehouse is not as the manifest "
                    "has it: run `customer-trends build` first."
                ) from None
            part.replace(data / f"{table.relation}.parquet")
            rows += int(done[0]) if done else 0
    finally:
        connection.close()
    return rows
