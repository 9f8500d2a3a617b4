"""What tests know of a server: its address, an account and its version."""

import os
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from servers.errors import DatabaseServerError
from servers.server_process import ServerProcess, greeting

Engine = Literal["mysql", "mariadb"]
ENGINES: tuple[Engine, ...] = ("mysql", "mariadb")
DEFAULT_PORT = 3306


@dataclass(frozen=True)
class DatabaseServer:
    """
    A server that answers, and an account that may do everything on it.

    Attributes
    ----------
    engine : {'mysql', 'mariadb'}
        Kind of server.
    host, port : str, int
        Its address.
    user, password : str
        The account.
    version : str
        Version as the server states it, such as 10.11.19-MariaDB-0+deb12u1.
    socket : str
        Path of its socket, by which dbt connects; empty if it is on another machine.
    process : ServerProcess or None
        Kills and starts the server; None if it is not one that the tests started.
    """

    engine: Engine
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    version: str
    socket: str = ""
    process: ServerProcess | None = field(default=None, repr=False, compare=False)

    def environment(self) -> dict[str, str]:
        """
        Make the environment variables that profiles.example.yml reads.

        Returns
        -------
        dict
            Variables of this engine's target.
        """
        prefix = f"CUSTOMER_TRENDS_{self.engine.upper()}"
        return {
            # dbt connects for each model and test; a handshake of TLS costs more than most of them.
            f"{prefix}_HOST": self.socket or self.host,
            f"{prefix}_PORT": str(self.port),
            f"{prefix}_USER": self.user,
            f"{prefix}_PASSWORD": self.password,
        }


def own_server(engine: Engine) -> DatabaseServer | None:
    """
    Read the server that the environment names, for tests to use instead of a started one.

    Parameters
    ----------
    engine : {'mysql', 'mariadb'}
        Kind of server.

    Returns
    -------
    DatabaseServer or None
        The server; None if the environment names none.

    Raises
    ------
    DatabaseServerError
        If what it names is no address, does not answer or is of the other engine.
    """
    variable = f"CUSTOMER_TRENDS_TEST_{engine.upper()}_URL"
    url = os.environ.get(variable)
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or DEFAULT_PORT
        user = unquote(parts.username or "")
        if parts.scheme not in ENGINES or not host or not user:
            raise ValueError
    except ValueError:
        raise DatabaseServerError(
            f"{variable} is not the address of a server: write mysql://user:password@host:port."
        ) from None
    try:
        version = greeting(host, port)
    except OSError as error:
        raise DatabaseServerError(
            f"{variable} names a server at {host}:{port} that does not answer ({error}): start it, "
            "or unset the variable to have the tests start one."
        ) from error
    if ("MariaDB" in version) != (engine == "mariadb"):
        raise DatabaseServerError(
            f"{variable} names a server of version {version}, which is not {engine}: "
            "name one that is, or unset the variable."
        )
    return DatabaseServer(engine, host, port, user, unquote(parts.password or ""), version)
