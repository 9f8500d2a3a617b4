"""Read every table of a schema over and over until a file appears; print what went wrong as JSON.

Run with the Python of the MySQL environment: poll_tables.py TARGET SCHEMA STOP_FILE.
"""

import json
import sys
from pathlib import Path

import mysql.connector

from customer_trends.engines.mysql_server import log_in
from customer_trends.engines.settings import ServerSettings, find_settings
from customer_trends.project.paths import find_project_root


def main(target: str, schema: str, stop: Path) -> None:
    """Read until a file says stop; while data stay, another count is that of a partial table."""
    settings = find_settings(find_project_root(), target)
    assert isinstance(settings, ServerSettings)
    connection = log_in(settings.login, autocommit=True)
    cursor = connection.cursor(buffered=True)
    cursor.execute(f"show tables in `{schema}`")
    tables = [_as_text(row[0]) for row in cursor.fetchall()]
    first_seen: dict[str, object] = {}
    reads, errors, partials = 0, [], []
    while not stop.exists():
        for table in tables:
            try:
                cursor.execute(f"select count(*) from `{schema}`.`{table}`")
                content = cursor.fetchone()[0]
            except mysql.connector.Error as error:
                errors.append(f"{table}: {error}")
                continue
            reads += 1
            if first_seen.setdefault(table, content) != content:
                partials.append(f"{table}: {content} rows, {first_seen[table]} before")
    print(json.dumps({"tables": tables, "reads": reads, "errors": errors, "partials": partials}))


def _as_text(value: str | bytearray) -> str:
    """Read a name, which some servers send as bytes."""
    return value if isinstance(value, str) else value.decode()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
