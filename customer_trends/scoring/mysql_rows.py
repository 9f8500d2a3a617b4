"""Puts rows of scores into a table of a MySQL or MariaDB server."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.csv

from python_ml.errors import WriteError
from python_ml.score_tables import ScoreTable

COLUMN_TYPES = {
    "integer": "bigint",
    "number": "double",
    "text": "varchar(255)",
    "long_text": "longtext",
    "boolean": "tinyint(1)",
    "date": "date",
    "timestamp": "datetime(6)",
}
INSERTED_ROWS = 5_000


def declare_table(table: ScoreTable, relation: str) -> str:
    """Write the statement that makes a table of scores.

    Parameters
    ----------
    table
        Table of scores.
    relation
        Its quoted name with the database.

    Returns
    -------
    str
        SQL of MySQL and MariaDB.
    """
    columns = ", ".join(
        f"`{name}` {COLUMN_TYPES[kind.rstrip('?')]}{'' if kind.endswith('?') else ' not null'}"
        for name, kind in table.columns.items()
    )
    # Keys of several texts are too wide for an index; an invisible row number stands in for them.
    row_key = "_row_key bigint unsigned not null auto_increment invisible primary key"
    key = f"primary key (`{table.key[0]}`)" if len(table.key) == 1 else row_key
    return f"create table {relation} ({columns}, {key})"


def load_file(connection: Any, table: ScoreTable, relation: str, batch: pa.Table) -> None:
    """Append rows by LOAD DATA LOCAL; an empty field is NULL.

    Parameters
    ----------
    connection
        Open connection of mysql.connector that may send files.
    table
        Table of scores.
    relation
        Its quoted name with the database.
    batch
        Rows with the schema of the table.

    Raises
    ------
    WriteError
        If the server takes values other than they are.
    """
    names = [*table.columns]
    for name in [name for name, kind in table.columns.items() if kind.startswith("boolean")]:
        place = batch.schema.get_field_index(name)
        batch = batch.set_column(place, name, batch[name].cast(pa.int8()))
    fields = ", ".join(f"@c{place}" for place in range(len(names)))
    values = ", ".join(f"`{name}` = nullif(@c{place}, '')" for place, name in enumerate(names))
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
    with TemporaryDirectory(prefix="python_ml_") as folder:
        path = Path(folder) / "rows.csv"
        pyarrow.csv.write_csv(batch, path, options)
        cursor = connection.cursor(buffered=True)
        try:
            cursor.execute(
                f"load data local infile '{path.as_posix()}' into table {relation} "
                "character set utf8mb4 fields terminated by ',' optionally enclosed by '\"' "
                f"escaped by '' lines terminated by '\\n' ({fields}) set {values}"
            )
            cursor.execute("show warnings")
            warnings = cursor.fetchall()
        finally:
            cursor.close()
    # LOCAL turns errors into warnings; values must not be bent.
    if warnings:
        raise WriteError(f"The server changed values for {table.name} ({warnings[0][2]}).")


def insert_rows(connection: Any, table: ScoreTable, relation: str, batch: pa.Table) -> None:
    """Append rows by INSERT with many rows each.

    Parameters
    ----------
    connection, table, relation, batch
        As for `load_file`.
    """
    names = ", ".join(f"`{name}`" for name in table.columns)
    marks = ", ".join(["%s"] * len(table.columns))
    statement = f"insert into {relation} ({names}) values ({marks})"
    cursor = connection.cursor()
    try:
        for part in batch.to_batches(max_chunksize=INSERTED_ROWS):
            columns = (part.column(name).to_pylist() for name in table.columns)
            cursor.executemany(statement, list(zip(*columns, strict=True)))
    finally:
        cursor.close()
