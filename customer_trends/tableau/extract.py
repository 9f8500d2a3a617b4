"""Write published marts into a Tableau extract (.hyper)."""

from dataclasses import dataclass
from pathlib import Path

from tableauhyperapi import (
    Connection,
    CreateMode,
    HyperException,
    HyperProcess,
    TableName,
    Telemetry,
    escape_string_literal,
)

from customer_trends.errors import PublishError

SCHEMA = "Extract"


@dataclass(frozen=True)
class ExtractTable:
    """A mart that goes into the extract; ``where`` chooses its rows."""

    mart: str
    where: str = "true"


@dataclass(frozen=True)
class Extract:
    """What was written: the columns of each table with Hyper's types, and how many rows."""

    path: Path
    columns: dict[str, dict[str, str]]
    rows: dict[str, int]


def write_extract(
    path: Path, parquet: Path, tables: tuple[ExtractTable, ...], questions: dict[str, str]
) -> tuple[Extract, dict[str, object]]:
    """Write marts into an extract, and ask it questions.

    Parameters
    ----------
    path
        File to write; an older one is replaced.
    parquet
        Folder of the published marts, one Parquet file each.
    tables
        Marts to take.
    questions
        Queries on the finished extract that give one value each.

    Returns
    -------
    tuple of Extract and dict
        What was written, and the answers.

    Raises
    ------
    PublishError
        If a mart is not published, or the extract cannot be written.
    """
    for table in tables:
        if not (parquet / f"{table.mart}.parquet").is_file():
            raise PublishError(
                f"{table.mart} is not published in {parquet}: run `customer-trends publish` first."
            )
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Without a log file, which would lie in the working directory.
        with HyperProcess(
            Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_config": ""}
        ) as process:
            with Connection(process.endpoint, path, CreateMode.CREATE_AND_REPLACE) as connection:
                extract = _fill(connection, path, parquet, tables)
                answers = {
                    name: connection.execute_scalar_query(query)
                    for name, query in questions.items()
                }
    except HyperException as error:
        raise PublishError(f"The extract {path} cannot be written: {error}") from None
    return extract, answers


def _fill(
    connection: Connection, path: Path, parquet: Path, tables: tuple[ExtractTable, ...]
) -> Extract:
    """Make the tables."""
    connection.catalog.create_schema(SCHEMA)
    columns, rows = {}, {}
    for table in tables:
        name = TableName(SCHEMA, table.mart)
        file = escape_string_literal(str((parquet / f"{table.mart}.parquet").resolve()))
        connection.execute_command(
            f"create table {name} as select * from external({file}, format => 'parquet') "
            f"where {table.where}"
        )
        definition = connection.catalog.get_table_definition(name)
        columns[table.mart] = {
            column.name.unescaped: str(column.type) for column in definition.columns
        }
        rows[table.mart] = int(connection.execute_scalar_query(f"select count(*) from {name}"))
    return Extract(path, columns, rows)
