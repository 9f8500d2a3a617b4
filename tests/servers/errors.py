"""Errors of the test servers: one sentence that says what is wrong and how to fix it."""

from pathlib import Path

TAIL_LINES = 20


class DatabaseServerError(RuntimeError):
    """A test server cannot be started, reached or stopped."""


class ServerUnobtainableError(DatabaseServerError):
    """The programs of a server are not on this machine and cannot be downloaded."""


def tail(log: Path) -> str:
    """
    Read the last lines of a log.

    Parameters
    ----------
    log : Path
        Log file; it may be absent.

    Returns
    -------
    str
        The last lines, or a remark that there are none.
    """
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return "\n".join(text.splitlines()[-TAIL_LINES:]) or "(nothing was logged)"
