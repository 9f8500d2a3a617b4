"""What holds for every MySQL and MariaDB server, be it the warehouse's or the shop's."""

from collections.abc import Mapping

import duckdb

from customer_trends.engines.duckdb_connection import load_extension, quote_text

# Binary and without padding: 'abc' differs from 'Abc' and from 'abc '.
COLLATIONS = {"mysql": "utf8mb4_0900_bin", "mariadb": "utf8mb4_nopad_bin"}


def read_name(value: str | bytes | bytearray) -> str:
    """Read a name of the information schema, which some servers send as bytes.

    Parameters
    ----------
    value
        Name as it came.

    Returns
    -------
    str
        The name.
    """
    return value if isinstance(value, str) else value.decode()


def make_secret(reader: duckdb.DuckDBPyConnection, name: str, access: Mapping[str, str]) -> None:
    """Give DuckDB the access to a server, for as long as the connection is open.

    Parameters
    ----------
    reader
        Connection that is to read the server.
    name
        Name of the secret.
    access
        Host, port, user, password and, if need be, database.
    """
    load_extension(reader, "mysql_scanner")
    settings = ", ".join(f"{key} {quote_text(value)}" for key, value in access.items())
    reader.execute(f"create temporary secret {name} (type mysql, {settings})")
