"""Start real MariaDB and MySQL servers on loopback for tests."""

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import mysql.connector

from servers.errors import DatabaseServerError, ServerUnobtainableError, tail
from servers.server import ENGINES, DatabaseServer, Engine, own_server
from servers.server_packages import MARIADB, MYSQL, run_apt, unpacked
from servers.server_process import LOOPBACK, as_root, free_port, initialise, running
from servers.time_zones import time_zone_sql

__all__ = [
    "ENGINES",
    "DatabaseServer",
    "DatabaseServerError",
    "Engine",
    "ServerUnobtainableError",
    "database_server",
    "mariadb_server",
    "mysql_server",
]

BUFFER_POOL = "512M"
USER = "customer_trends"
UNFINISHED = "customer_trends_init_unfinished"
# Data of tests need not survive a crash of the machine: nothing waits for the disk.
SHARED_SETTINGS = (
    f"--bind-address={LOOPBACK}",
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
    "--default-time-zone=+00:00",
    "--local-infile=ON",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=OFF",
    "--innodb-buffer-pool-dump-at-shutdown=OFF",
    "--innodb-buffer-pool-load-at-startup=OFF",
    "--performance-schema=OFF",
)
MYSQL_SETTINGS = (
    "--collation-server=utf8mb4_0900_bin",
    "--secure-file-priv=NULL",
    "--mysqlx=OFF",
    "--disable-log-bin",
)
MARIADB_SETTINGS = (
    "--collation-server=utf8mb4_nopad_bin",
    "--sql-mode=STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,"
    "NO_ENGINE_SUBSTITUTION",
    "--debug-no-sync",
)


def database_server(
    engine: Engine, folder: Path, buffer_pool: str = BUFFER_POOL, *settings: str
) -> AbstractContextManager[DatabaseServer]:
    """
    Start a server of an engine; see `mysql_server` and `mariadb_server`.

    Parameters
    ----------
    engine : {'mysql', 'mariadb'}
        Kind of server.
    folder : Path
        Folder for the server's files.
    buffer_pool : str
        Memory for the server's pages.
    *settings : str
        Further options of the server.

    Returns
    -------
    context manager
        Gives the `DatabaseServer` and stops it at the end.
    """
    starters: dict[Engine, Callable[..., AbstractContextManager[DatabaseServer]]] = {
        "mysql": mysql_server,
        "mariadb": mariadb_server,
    }
    return starters[engine](folder, buffer_pool, *settings)


@contextmanager
def mysql_server(
    folder: Path, buffer_pool: str = BUFFER_POOL, *settings: str
) -> Iterator[DatabaseServer]:
    """
    Start a MySQL server of Debian's newest package, or give the one the environment names.

    Parameters
    ----------
    folder : Path
        Folder for the server's files; it must not hold a server yet, and the caller removes it.
    buffer_pool : str
        Memory for the server's pages.
    *settings : str
        Further options of the server.

    Yields
    ------
    DatabaseServer
        The server, ready for work.

    Raises
    ------
    ServerUnobtainableError
        If MySQL cannot be downloaded.
    DatabaseServerError
        If the server does not start.
    """
    if (own := own_server("mysql")) is not None:
        yield own
        return
    usr = unpacked(MYSQL)
    share = usr / "share" / "mysql"
    program: list[str | Path] = [usr / "sbin" / "mysqld", "--no-defaults", *as_root()]
    program += [
        f"--basedir={usr}",
        f"--lc-messages-dir={share}",
        f"--character-sets-dir={share / 'charsets'}",
        f"--plugin-dir={usr / 'lib' / 'mysql' / 'plugin'}",
        *MYSQL_SETTINGS,
    ]
    data = _fresh_data_folder(folder)
    initialise(
        [*program, f"--datadir={data}", *SHARED_SETTINGS, "--initialize-insecure"],
        folder / "initialise.log",
    )
    with _served("mysql", program, folder, buffer_pool, settings) as server:
        yield server


@contextmanager
def mariadb_server(
    folder: Path, buffer_pool: str = BUFFER_POOL, *settings: str
) -> Iterator[DatabaseServer]:
    """
    Start a MariaDB server of the machine, or give the one the environment names.

    A machine without MariaDB gets it: installed if this process is root and has apt-get, else
    unpacked beside MySQL.

    Parameters
    ----------
    folder : Path
        Folder for the server's files; it must not hold a server yet, and the caller removes it.
    buffer_pool : str
        Memory for the server's pages.
    *settings : str
        Further options of the server.

    Yields
    ------
    DatabaseServer
        The server, ready for work.

    Raises
    ------
    DatabaseServerError
        If MariaDB cannot be installed, or the server does not start.
    """
    if (own := own_server("mariadb")) is not None:
        yield own
        return
    usr = _mariadb_programs()
    data = _fresh_data_folder(folder)
    initialise(
        [
            usr / "bin" / "mariadb-install-db",
            "--no-defaults",
            f"--basedir={usr}",
            f"--datadir={data}",
            "--force",
            "--skip-name-resolve",
            "--skip-test-db",
            "--debug-no-sync",
            *as_root(),
        ],
        folder / "initialise.log",
    )
    program: list[str | Path] = [usr / "sbin" / "mariadbd", "--no-defaults", *as_root()]
    program += [
        f"--basedir={usr}",
        f"--lc-messages-dir={usr / 'share' / 'mysql'}",
        f"--plugin-dir={usr / 'lib' / 'mysql' / 'plugin'}",
        *MARIADB_SETTINGS,
    ]
    with _served("mariadb", program, folder, buffer_pool, settings) as server:
        yield server


@contextmanager
def _served(
    engine: Engine,
    program: list[str | Path],
    folder: Path,
    buffer_pool: str,
    settings: tuple[str, ...],
) -> Iterator[DatabaseServer]:
    """Run a server on its data directory, with the test user and the time zones in it."""
    password = secrets.token_hex(16)
    port = free_port()
    log = folder / "server.log"
    # The path of a socket must be shorter than 108 characters, which that of a test often is not.
    with tempfile.TemporaryDirectory(prefix="customer_trends-", dir="/tmp") as private:
        init_file, socket = Path(private) / "init.sql", Path(private) / "socket"
        # A server says nothing of a failed statement but skips the rest, and with it the last one.
        statements = [
            f"create database {UNFINISHED};",
            f"create user {USER}@'%' identified by '{password}';",
            f"grant all on *.* to {USER}@'%' with grant option;",
            *time_zone_sql(),
        ]
        if engine == "mysql":
            statements.append(f"alter user root@localhost identified by '{password}';")
        statements.append(f"drop database {UNFINISHED};")
        init_file.write_text("\n".join(statements) + "\n", encoding="utf-8")
        command = [
            *program,
            *SHARED_SETTINGS,
            f"--datadir={folder / 'data'}",
            f"--port={port}",
            f"--socket={socket}",
            f"--pid-file={folder / 'server.pid'}",
            # MariaDB removes what it finds of temporary tables, those of other servers, too.
            f"--tmpdir={private}",
            f"--log-error={log}",
            f"--init-file={init_file}",
            f"--innodb-buffer-pool-size={buffer_pool}",
            "--innodb-fast-shutdown=2",
            *settings,
        ]
        with running(command, port, log) as (version, process):
            # Without the password; a server that is started again reads it again.
            init_file.write_text("", encoding="utf-8")
            if (folder / "data" / UNFINISHED).exists():
                raise DatabaseServerError(
                    f"{engine} refused a statement that makes its account or time zones; fix what "
                    f"its log {log} says last:\n{tail(log)}"
                )
            _log_in_once(port, password)
            yield DatabaseServer(
                engine, LOOPBACK, port, USER, password, version, str(socket), process
            )


def _log_in_once(port: int, password: str) -> None:
    """Log in by TLS; MySQL takes the account's password without TLS only after that."""
    mysql.connector.connect(host=LOOPBACK, port=port, user=USER, password=password).close()


def _fresh_data_folder(folder: Path) -> Path:
    """Choose the data directory, which the server makes itself."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "data"
    if data.exists():
        raise DatabaseServerError(
            f"{folder} already holds the data of a server: name an empty folder."
        )
    return data


def _mariadb_programs() -> Path:
    """Find MariaDB, and install it if it is not there."""
    usr = _installed_mariadb()
    if usr is None and os.geteuid() == 0 and shutil.which("apt-get"):
        # Tests run in several processes, and apt-get takes one at a time.
        lock = Path(tempfile.gettempdir()) / "customer_trends_apt.lock"
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            usr = _installed_mariadb() or _install_mariadb()
    if usr is None:
        try:
            usr = unpacked(MARIADB)
        except ServerUnobtainableError as error:
            raise DatabaseServerError(
                f"{error} Or install {' and '.join(MARIADB.packages)}."
            ) from error
    return usr


def _install_mariadb() -> Path:
    """Install MariaDB; gives its /usr."""
    install = ["apt-get", "install", "-qq", "--yes", "--no-install-recommends"]
    reason = run_apt(["apt-get", "update", "-qq"])
    reason = run_apt([*install, *MARIADB.packages]) or reason
    usr = _installed_mariadb()
    if usr is None:
        raise DatabaseServerError(
            f"MariaDB cannot be installed, for apt-get says: {reason}; install "
            f"{' and '.join(MARIADB.packages)} by hand."
        )
    return usr


def _installed_mariadb() -> Path | None:
    """Find the /usr of an installed MariaDB; /usr/sbin is not in everybody's search path."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
    server, installer = (
        shutil.which(name, path=path) for name in ("mariadbd", "mariadb-install-db")
    )
    return Path(server).resolve().parents[1] if server and installer else None
