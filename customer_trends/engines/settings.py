"""Where each target is and how to log in: settings of the profile, read here alone."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from customer_trends.errors import InvalidOptionError, ProjectError
from customer_trends.project.paths import find_spark_folder, find_warehouse
from customer_trends.project.profiles import read_settings

TARGET_VARIABLE = "CUSTOMER_TRENDS_TARGET"
TARGETS = ("duckdb", "mysql", "mariadb", "spark")
# Those that are servers of the MySQL kind.
MYSQL_TARGETS = ("mysql", "mariadb")
DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 3306


@dataclass(frozen=True)
class DuckdbFile:
    """A DuckDB file.

    Attributes
    ----------
    path
        Where it is.
    memory_limit
        How much DuckDB may use, such as ``1GB``; empty for DuckDB's own limit.
    """

    path: Path
    memory_limit: str = ""
    target: str = field(default="duckdb", init=False)


@dataclass(frozen=True)
class ServerLogin:
    """Address and account of a MySQL or MariaDB server, the warehouse's or the shop's.

    Attributes
    ----------
    host, port
        Address; a host that is a path is the socket of a server on this machine.
    user, password
        Account.
    is_encrypted
        False where connections must not use TLS; else they use it where the server offers it.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    is_encrypted: bool = True

    @property
    def socket(self) -> str:
        """Path of the socket; empty for a host."""
        return self.host if self.host.startswith("/") else ""

    @property
    def address(self) -> str:
        """Where the server is, for people."""
        return self.socket or f"{self.host}:{self.port}"


@dataclass(frozen=True)
class ServerSettings:
    """A MySQL or MariaDB server that holds a warehouse.

    Attributes
    ----------
    target
        ``mysql`` or ``mariadb``.
    login
        Address and account.
    prefix
        What stands before the layers in the names of databases.
    """

    target: str
    login: ServerLogin
    prefix: str


@dataclass(frozen=True)
class SparkSettings:
    """A Spark session.

    Attributes
    ----------
    prefix
        What stands before the layers in the names of schemas.
    folder
        Where the tables are.
    parameters
        Settings of the session.
    """

    prefix: str
    folder: Path
    parameters: dict[str, str]
    target: str = field(default="spark", init=False)


Settings = DuckdbFile | ServerSettings | SparkSettings


def choose_target(target: str | None = None) -> str:
    """Choose the target: the one named, that of the environment, or DuckDB.

    Parameters
    ----------
    target
        Target named on the command line.

    Returns
    -------
    str
        A known target.
    """
    chosen = target or os.environ.get(TARGET_VARIABLE) or TARGETS[0]
    if chosen not in TARGETS:
        raise InvalidOptionError(f"There is no target '{chosen}': use {', '.join(TARGETS)}.")
    return chosen


def find_settings(root: Path, target: str) -> Settings:
    """Find the settings of a target.

    Parameters
    ----------
    root
        Project folder.
    target
        Name of the target.

    Returns
    -------
    DuckdbFile, ServerSettings or SparkSettings
        What `connect` takes.

    Raises
    ------
    ProjectError
        If the profile lacks a setting, or has a wrong one.
    """
    target = choose_target(target)
    if target == "duckdb":
        return DuckdbFile(find_warehouse(root))
    settings = read_settings(root, target)
    prefix = str(settings["schema"])
    if target == "spark":
        return SparkSettings(prefix, find_spark_folder(root), settings["server_side_parameters"])
    return ServerSettings(target, _read_login(settings, target), prefix)


def _read_login(settings: dict[str, Any], target: str) -> ServerLogin:
    """Read address and account of a server."""
    port = str(settings.get("port") or DEFAULT_PORT)
    if not port.isdigit():
        raise ProjectError(
            f"The port of the target {target} is '{port}': set "
            f"CUSTOMER_TRENDS_{target.upper()}_PORT to a number."
        )
    return ServerLogin(
        host=str(settings.get("server") or settings.get("unix_socket") or DEFAULT_HOST),
        port=int(port),
        user=str(settings.get("username") or ""),
        password=str(settings.get("password") or ""),
        is_encrypted=str(settings.get("ssl_disabled")).lower() != "true",
    )
