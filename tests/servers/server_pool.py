"""The database servers of one test session: each is started once, when first asked for."""

from contextlib import ExitStack
from pathlib import Path

from servers.database_servers import (
    DatabaseServer,
    Engine,
    ServerUnobtainableError,
    database_server,
)


class ServerPool:
    """Servers by engine, shared by all tests of a session."""

    def __init__(self, folder: Path) -> None:
        """Remember where servers keep their files.

        Parameters
        ----------
        folder : Path
            Folder of the session.
        """
        self.folder = folder
        self.stack = ExitStack()
        self.servers: dict[Engine, DatabaseServer] = {}
        self.unobtainable: dict[Engine, ServerUnobtainableError] = {}

    def get(self, engine: Engine) -> DatabaseServer:
        """
        Give the server of an engine.

        Parameters
        ----------
        engine : {'mysql', 'mariadb'}
            Kind of server.

        Returns
        -------
        DatabaseServer
            The server, ready for work.

        Raises
        ------
        ServerUnobtainableError
            If its packages cannot be had; at each attempt.
        """
        if engine in self.unobtainable:
            raise self.unobtainable[engine]
        if engine not in self.servers:
            try:
                self.servers[engine] = self.stack.enter_context(
                    database_server(engine, self.folder / engine)
                )
            except ServerUnobtainableError as error:
                self.unobtainable[engine] = error
                raise
        return self.servers[engine]

    def stop(self) -> None:
        """Stop the servers that were started."""
        self.stack.close()
