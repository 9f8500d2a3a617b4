"""The shop's own database on a MySQL or MariaDB server: where it is and how to talk to it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import mysql.connector

from customer_trends.engines.mysql_server import COLLATIONS, log_in
from customer_trends.engines.settings import DEFAULT_PORT, ServerLogin
from customer_trends.errors import InvalidOptionError, ShopError

URL_VARIABLE = "CUSTOMER_TRENDS_SHOP_URL"
PASSWORD_VARIABLE = "CUSTOMER_TRENDS_SHOP_PASSWORD"
SCHEMES = ("mysql", "mariadb")
SQL_MODE = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"


@dataclass(frozen=True)
class ShopAddress:
    """Server, account and database of a shop; connections use TLS where the server offers it.

    Attributes
    ----------
    host, port
        Address of the server.
    user, password
        Account.
    database
        Database of the shop.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str

    @property
    def login(self) -> ServerLogin:
        """Address and account."""
        return ServerLogin(self.host, self.port, self.user, self.password)

    def __str__(self) -> str:
        """Name the shop without its password."""
        return f"mysql://{self.user}@{self.host}:{self.port}/{self.database}"


def describe_shop(address: ShopAddress) -> str:
    """Name a shop by server and database; accounts and passwords are not part of it.

    Parameters
    ----------
    address
        Address of the shop.

    Returns
    -------
    str
        ``mysql://host:port/database``.
    """
    return f"mysql://{quote(address.host)}:{address.port}/{quote(address.database)}"


def read_address(url: str | None = None) -> ShopAddress:
    """Read the address of a shop.

    Parameters
    ----------
    url
        ``mysql://user:password@host:port/database``; None takes it from the environment. A
        password that is not in it is taken from the environment, too.

    Returns
    -------
    ShopAddress
        Address of the shop.

    Raises
    ------
    InvalidOptionError
        If there is no address or it cannot be read.
    """
    text = url or os.environ.get(URL_VARIABLE, "")
    form = "mysql://user@host:port/database"
    if not text:
        raise InvalidOptionError(
            f"No shop is named: set {URL_VARIABLE} to {form} and {PASSWORD_VARIABLE} to its "
            "password."
        )
    try:
        parts = urlsplit(text)
        port = parts.port or DEFAULT_PORT
    except ValueError:
        raise InvalidOptionError(
            f"The address of the shop has no good port: write {form}."
        ) from None
    database = parts.path.strip("/")
    if parts.scheme not in SCHEMES or not parts.hostname or not parts.username or not database:
        raise InvalidOptionError(f"The address of the shop lacks a part: write {form}.")
    password = unquote(parts.password or "") or os.environ.get(PASSWORD_VARIABLE, "")
    return ShopAddress(parts.hostname, port, unquote(parts.username), password, database)


def connect(address: ShopAddress, is_autocommit: bool = True, has_database: bool = True) -> Any:
    """Connect to the server of a shop.

    Parameters
    ----------
    address
        Address of the shop.
    is_autocommit
        Whether each statement is a transaction.
    has_database
        Whether the database exists and is to be used.

    Returns
    -------
    mysql.connector.MySQLConnection
        Open connection in UTC, strict, with the collation of the shop.

    Raises
    ------
    ShopError
        If the server does not let the account in.
    """
    try:
        connection = log_in(
            address.login,
            database=address.database if has_database else None,
            autocommit=is_autocommit,
            use_pure=True,
        )
        cursor = connection.cursor()
        collation = find_collation(connection)
        cursor.execute(f"set names utf8mb4 collate {collation}")
        cursor.execute(f"set session time_zone = '+00:00', sql_mode = '{SQL_MODE}'")
        cursor.close()
    except mysql.connector.Error as error:
        raise ShopError(
            f"The server of {address} does not answer as it should ({error}): check {URL_VARIABLE} "
            f"and {PASSWORD_VARIABLE}, that the server runs, and that the database exists "
            "(customer-trends oltp install makes it)."
        ) from None
    return connection


def is_mariadb(connection: Any) -> bool:
    """Return whether a server is MariaDB, not MySQL.

    Parameters
    ----------
    connection
        Open connection.

    Returns
    -------
    bool
        True for MariaDB.
    """
    return "mariadb" in str(connection.server_info).lower()


def find_collation(connection: Any) -> str:
    """Name the collation that every text of the shop has.

    Parameters
    ----------
    connection
        Open connection.

    Returns
    -------
    str
        Collation on this kind of server.
    """
    return COLLATIONS["mariadb" if is_mariadb(connection) else "mysql"]


@contextmanager
def opened(address: ShopAddress) -> Iterator[Any]:
    """Open a connection for a block.

    Parameters
    ----------
    address
        Address of the shop.

    Yields
    ------
    mysql.connector.MySQLConnection
        Connection in which each statement is a transaction.
    """
    connection = connect(address)
    try:
        yield connection
    finally:
        connection.close()


def fetch(connection: Any, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Run a query.

    Parameters
    ----------
    connection
        Open connection.
    query
        SQL, with ``%s`` where parameters go.
    parameters
        Values.

    Returns
    -------
    list of tuple
        Rows.
    """
    cursor = connection.cursor()
    try:
        cursor.execute(query, tuple(parameters) or None)
        return [tuple(row) for row in cursor.fetchall()]
    finally:
        cursor.close()


def call(connection: Any, procedure: str, *arguments: object) -> int | None:
    """Call a procedure of the shop.

    Parameters
    ----------
    connection
        Open connection.
    procedure
        Name of the procedure.
    arguments
        Its arguments but for the last, when that is a result.

    Returns
    -------
    int or None
        Number that the procedure made; None if it makes none.

    Raises
    ------
    mysql.connector.Error
        If the call is refused: ``sqlstate`` and ``msg`` say why.
    """
    has_result = procedure in RESULTS
    places = ", ".join(["%s"] * len(arguments) + ["@result"] * has_result)
    cursor = connection.cursor()
    try:
        cursor.execute(f"call {procedure}({places})", arguments)
        if not has_result:
            return None
        cursor.execute("select @result")
        row = cursor.fetchone()
        return None if row is None or row[0] is None else int(row[0])
    finally:
        cursor.close()


@contextmanager
def exclusively(connection: Any, task: str) -> Iterator[None]:
    """Run a block that no other connection may run for the same shop at the same time.

    Parameters
    ----------
    connection
        Open connection to the shop.
    task
        Name of what the block does.

    Raises
    ------
    ShopError
        If another connection is in such a block.
    """
    lock = f"left(sha2(concat(database(), ' {task}'), 256), 60)"
    if not fetch(connection, f"select get_lock({lock}, 0)")[0][0]:
        raise ShopError(f"Another program does a {task} of this shop: wait until it is done.")
    try:
        yield
    finally:
        fetch(connection, f"select release_lock({lock})")


# Procedures whose last argument is the number of what they made.
RESULTS = {
    "register_customer",
    "place_order",
    "pay_order",
    "ship_order",
    "record_return",
    "submit_feedback",
    "open_ticket",
    "normalize_flat_sales",
}
