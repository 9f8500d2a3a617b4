"""Run one server process: start it, wait until it answers, stop it."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers.errors import DatabaseServerError, tail

LOOPBACK = "127.0.0.1"
START_SECONDS = 180.0
STOP_SECONDS = 60.0
POLL_SECONDS = 0.05
PROTOCOL_VERSION = 10


def free_port() -> int:
    """
    Find a TCP port that nothing listens on.

    Returns
    -------
    int
        Port on loopback.
    """
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def greeting(host: str, port: int, seconds: float = 5.0) -> str:
    """
    Read the version from the packet with which a server greets every client.

    Neither a client library nor an account is needed. A server greets only after it has run its
    init file, so that a greeting means it is ready.

    Parameters
    ----------
    host, port : str, int
        Address of the server.
    seconds : float
        How long to wait for the packet.

    Returns
    -------
    str
        Version as the server's function version() states it.

    Raises
    ------
    OSError
        If nothing answers, or something that is no such server.
    """
    with socket.create_connection((host, port), timeout=seconds) as connection:
        stream = connection.makefile("rb")
        header = stream.read(4)
        packet = stream.read(int.from_bytes(header[:3], "little"))
    if not packet or packet[0] != PROTOCOL_VERSION:
        raise ConnectionError("what answers is not ready, or neither MySQL nor MariaDB")
    version = packet[1:].partition(b"\0")[0].decode(errors="replace")
    # MariaDB before 11 says this first, for clients that know no version above 5.
    return version.removeprefix("5.5.5-") if "MariaDB" in version else version


def initialise(command: list[str | Path], log: Path) -> None:
    """
    Run a command that makes a data directory.

    Parameters
    ----------
    command : list
        Program and arguments.
    log : Path
        File for what the program writes.

    Raises
    ------
    DatabaseServerError
        If the command fails.
    """
    with log.open("ab") as out:
        code = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        ).returncode
    if code:
        raise DatabaseServerError(
            f"{Path(command[0]).name} failed to make a data directory; fix what its log {log} "
            f"says last:\n{tail(log)}"
        )


class ServerProcess:
    """A server that can be started again on what it left behind."""

    def __init__(self, command: list[str | Path], port: int, log: Path) -> None:
        """
        Remember how to start the server.

        Parameters
        ----------
        command : list
            Program and arguments.
        port : int
            Port on loopback that the server will listen on.
        log : Path
            Error log of the server.
        """
        self.command, self.port, self.log = command, port, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """
        Start the server and wait until it answers.

        Returns
        -------
        str
            Version of the server.

        Raises
        ------
        DatabaseServerError
            If the server does not start.
        """
        # In a session of its own the server does not get the Ctrl-C that is meant for the tests.
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        return _wait_until_ready(self.process, self.port, self.log)

    def kill(self) -> None:
        """End the server at once, as a crash would (kill -9)."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """Stop the server, kindly at first."""
        if self.process is not None:
            _stop(self.process)


@contextmanager
def running(command: list[str | Path], port: int, log: Path) -> Iterator[tuple[str, ServerProcess]]:
    """
    Run a server until the block ends.

    Parameters
    ----------
    command : list
        Program and arguments.
    port : int
        Port on loopback that the server will listen on.
    log : Path
        Error log of the server.

    Yields
    ------
    tuple
        Version of the server, as soon as it answers, and its process.

    Raises
    ------
    DatabaseServerError
        If the server does not start.
    """
    server = ServerProcess(command, port, log)
    try:
        yield server.start(), server
    finally:
        server.stop()


def as_root() -> list[str | Path]:
    """
    Name the user to servers, which refuse to run as root unless it is named.

    Returns
    -------
    list
        Options for the server.
    """
    return ["--user=root"] if os.geteuid() == 0 else []


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> str:
    """Wait for the greeting of the server that this process is."""
    name = Path(str(process.args[0])).name if isinstance(process.args, list) else "The server"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            version = greeting(LOOPBACK, port, seconds=deadline - time.monotonic())
        except OSError:
            version = ""
        if process.poll() is not None:
            raise DatabaseServerError(
                f"{name} ended with code {process.returncode} instead of starting; fix what its "
                f"log {log} says last:\n{tail(log)}"
            )
        if version:
            return version
        time.sleep(POLL_SECONDS)
    raise DatabaseServerError(
        f"{name} did not answer within {START_SECONDS:.0f} seconds; fix what its log {log} says "
        f"last:\n{tail(log)}"
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a process, kindly at first."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
