"""What holds for every MySQL and MariaDB server, the warehouse's and the shop's."""

from typing import Any

import duckdb
import mysql.connector

from customer_trends.engines.duckdb_connection import load_extension, quote_text
from customer_trends.engines.settings import ServerLogin

# Binary and without padding: 'abc' differs from 'Abc' and from 'abc '.
COLLATIONS = {"mysql": "utf8mb4_0900_bin", "mariadb": "utf8mb4_nopad_bin"}


def log_in(login: ServerLogin, **options: Any) -> Any:
    """Connect to a server.

    Parameters
    ----------
    login
        Address and account.
    options
        Further options of mysql.connector.

    Returns
    -------
    mysql.connector.MySQLConnection
        Open connection in utf8mb4, that may send files.

    Raises
    ------
    mysql.connector.Error
        If the server does not answer or does not let the account in.
    """
    place: dict[str, Any] = {"host": login.host, "port": login.port}
    if login.socket:
        place = {"unix_socket": login.socket}
    return mysql.connector.connect(
        **place,
        user=login.user,
        password=login.password,
        ssl_disabled=not login.is_encrypted,
        charset="utf8mb4",
        allow_local_infile=True,
        **options,
    )


def make_secret(
    reader: duckdb.DuckDBPyConnection, name: str, login: ServerLogin, database: str = ""
) -> None:
    """Give DuckDB the access to a server, for as long as the connection is open.

    Parameters
    ----------
    reader
        Connection that is to read the server.
    name
        Name of the secret.
    login
        Address and account.
    database
        Database to use; empty for none.
    """
    load_extension(reader, "mysql_scanner")
    access = {"host": login.host, "port": str(login.port)}
    if login.socket:
        access = {"socket": login.socket}
    access |= {
        "user": login.user,
        "password": login.password,
        # What goes through a socket does not leave the machine.
        "ssl_mode": "preferred" if login.is_encrypted and not login.socket else "disabled",
    }
    if database:
        access["database"] = database
    settings = ", ".join(f"{key} {quote_text(value)}" for key, value in access.items())
    reader.execute(f"create temporary secret {name} (type mysql, {settings})")


def read_name(value: str | bytes | bytearray) -> str:
    """Read a name of the information schema, which some servers send as bytes.

    Parameters
    ----------
    value
        Name in the form the driver gives.

    Returns
    -------
    str
        The name.
    """
    return value if isinstance(value, str) else value.decode()
