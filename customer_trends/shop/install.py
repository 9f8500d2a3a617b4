"""Install the shop's database, or bring an older one up to date, from the files in ``oltp/``."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import mysql.connector

from customer_trends.engines.mysql_server import read_name
from customer_trends.errors import ProjectError, ShopError
from customer_trends.shop.database import (
    ShopAddress,
    connect,
    fetch,
    find_collation,
    is_mariadb,
)

TABLE_FILES = Path("oltp") / "tables"
CODE_FILES = Path("oltp") / "code"
OLDEST = {False: (8, 0, 23), True: (10, 11, 0)}
VERSIONS = """
create table if not exists schema_versions (
    version int not null,
    file_name varchar(100) not null,
    file_hash char(64) not null,
    installed_at datetime(6) not null,
    constraint schema_versions_pk primary key (version)
)
"""


@dataclass(frozen=True)
class Installation:
    """What an installation did.

    Attributes
    ----------
    is_new
        True when the database was empty before.
    migrations
        Table files that ran now, in order.
    statements
        Number of statements of the code files.
    """

    is_new: bool
    migrations: tuple[str, ...]
    statements: int


def split_statements(script: str) -> list[str]:
    """Split a SQL file into statements, as the mysql client does.

    Parameters
    ----------
    script
        Text with statements that end in the delimiter at the end of a line; a line ``delimiter x``
        changes it.

    Returns
    -------
    list of str
        Statements without their delimiters.
    """
    statements: list[str] = []
    delimiter, lines = ";", list[str]()
    for line in script.splitlines():
        if line.startswith("delimiter "):
            delimiter = line.split()[1]
        elif line.rstrip().endswith(delimiter):
            lines.append(line.rstrip().removesuffix(delimiter))
            statements.append("\n".join(lines).strip())
            lines = []
        elif lines or (line.strip() and not line.startswith("--")):
            lines.append(line)
    if "".join(lines).strip():
        raise ProjectError(f"A SQL file of oltp/ ends within a statement: {lines[0][:80]}")
    return [statement for statement in statements if statement]


def list_files(root: Path, folder: Path) -> list[Path]:
    """List the SQL files of a folder in the order in which they run.

    Parameters
    ----------
    root
        Project folder.
    folder
        ``TABLE_FILES`` or ``CODE_FILES``.

    Returns
    -------
    list of Path
        Files by name.
    """
    files = sorted((root / folder).glob("*.sql"))
    if not files:
        raise ProjectError(f"The folder {folder.as_posix()} has no SQL files: restore it.")
    return files


def install(
    root: Path,
    address: ShopAddress,
    up_to: int | None = None,
    progress: Callable[[str], None] = lambda name: None,
) -> Installation:
    """Make the tables that are missing, then renew all functions, triggers, procedures and views.

    Parameters
    ----------
    root
        Project folder.
    address
        Where the shop is, or is to be; the database is made if it does not exist.
    up_to
        Last version of the tables to make; None makes all.
    progress
        Called with the name of each file.

    Returns
    -------
    Installation
        What was done.

    Raises
    ------
    ShopError
        If the server is too old, the database is another's, or a statement is refused.
    """
    server = connect(address, has_database=False)
    try:
        _check_version(server)
        _make_database(server, address)
    finally:
        server.close()
    connection = connect(address)
    try:
        is_new = not fetch(connection, "show tables")
        present = {str(row[0]) for row in fetch(connection, "show tables")}
        if not is_new and "schema_versions" not in present:
            raise ShopError(
                f"The database {address.database} holds tables that are not the shop's, such as "
                f"{min(present)}: name an empty one."
            )
        _run(connection, VERSIONS, "schema_versions")
        migrations = _migrate(connection, root, up_to, progress)
        statements = 0
        if up_to is None:
            statements = install_code(connection, root, progress)
        return Installation(is_new, tuple(migrations), statements)
    finally:
        connection.close()


def install_code(
    connection: Any, root: Path, progress: Callable[[str], None] = lambda name: None
) -> int:
    """Renew all functions, triggers, procedures and views.

    Parameters
    ----------
    connection
        Open connection to the shop.
    root
        Project folder.
    progress
        Called with the name of each file.

    Returns
    -------
    int
        Number of statements.
    """
    count = 0
    for path in list_files(root, CODE_FILES):
        progress(path.name)
        for statement in split_statements(path.read_text(encoding="utf-8")):
            _run(connection, statement, path.name)
            count += 1
    return count


def _check_version(connection: Any) -> None:
    """Refuse servers that lack what the shop needs."""
    is_maria = is_mariadb(connection)
    text = str(fetch(connection, "select version()")[0][0])
    numbers = tuple(int(part) for part in text.split("-")[0].split(".")[:3])
    if numbers < OLDEST[is_maria]:
        name = "MariaDB" if is_maria else "MySQL"
        oldest = ".".join(map(str, OLDEST[is_maria]))
        raise ShopError(f"The server is {name} {text}: the shop needs {oldest} or newer.")


def _make_database(connection: Any, address: ShopAddress) -> None:
    """Make the database, or see that its texts compare as they must."""
    collation = find_collation(connection)
    name = "`" + address.database.replace("`", "``") + "`"
    found = fetch(
        connection,
        "select default_collation_name from information_schema.schemata where schema_name = %s",
        [address.database],
    )
    if not found:
        _run(connection, f"create database {name} character set utf8mb4 collate {collation}", name)
    elif read_name(found[0][0]) != collation:
        raise ShopError(
            f"The database {address.database} compares texts by {read_name(found[0][0])}: run "
            f"`alter database {name} character set utf8mb4 collate {collation}`."
        )


def _migrate(
    connection: Any, root: Path, up_to: int | None, progress: Callable[[str], None]
) -> list[str]:
    """Run the table files that did not run yet; those that ran must be as they were."""
    applied = {
        int(row[0]): (str(row[1]), str(row[2]))
        for row in fetch(connection, "select version, file_name, file_hash from schema_versions")
    }
    done = []
    for path in list_files(root, TABLE_FILES):
        version = int(path.name.split("_")[0])
        script = path.read_text(encoding="utf-8")
        file_hash = sha256(script.encode()).hexdigest()
        if version in applied:
            if applied[version][1] != file_hash:
                raise ShopError(
                    f"{path.name} was changed after it had made tables here: put it back as it "
                    "was, and write what is to change into a file with the next number."
                )
            continue
        if up_to is not None and version > up_to:
            break
        progress(path.name)
        for statement in split_statements(script):
            _run(connection, statement, path.name)
        _run(
            connection,
            "insert into schema_versions (version, file_name, file_hash, installed_at) "
            f"values ({version}, '{path.name}', '{file_hash}', utc_timestamp(6))",
            path.name,
        )
        done.append(path.name)
    return done


def _run(connection: Any, statement: str, where: str) -> None:
    """Run a statement of a file."""
    cursor = connection.cursor()
    try:
        cursor.execute(statement)
    except mysql.connector.Error as error:
        raise ShopError(
            f"The server refuses a statement of {where} that begins "
            f"'{' '.join(statement.split())[:80]}' ({error})."
        ) from None
    finally:
        cursor.close()
