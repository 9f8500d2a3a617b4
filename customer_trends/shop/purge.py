"""Rid the server's own files of what was deleted: pages, undo and redo logs keep old bytes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from customer_trends.errors import ShopError
from customer_trends.shop.database import fetch

PATIENCE = 120.0
PAUSE = 0.2
FILLER = "purge_filler"
FILLER_BYTES = 1_000_000
SMALLEST_REDO_LOG = 8 * 1024 * 1024
MARIADB_LOG_STEP = 4096
EAGER = {
    "innodb_max_dirty_pages_pct_lwm": "0",
    "innodb_max_dirty_pages_pct": "0",
    "innodb_purge_rseg_truncate_frequency": "1",
}

Progress = Callable[[str], None]


def purge_files(connection: Any, progress: Progress = lambda step: None) -> bool:
    """Have the server rewrite its files, so that deleted values are in none of them.

    Tables are rebuilt, undo logs cut off and the redo log replaced. Binary logs are left alone,
    because replicas may still have to read them.

    Parameters
    ----------
    connection
        Open connection of an account that may change settings of the server.
    progress
        Called with the name of each step.

    Returns
    -------
    bool
        True when the server keeps binary logs, which hold old values until they are purged.

    Raises
    ------
    ShopError
        If the server does not get rid of old row versions in time, mostly because of a
        transaction that was left open.
    """
    ((version, has_binary_log),) = fetch(connection, "select version(), @@log_bin")
    is_mariadb = "mariadb" in version.lower()
    scrubbing = {"innodb_immediate_scrub_data_uncompressed": "on"} if is_mariadb else {}
    with _settings(connection, EAGER | scrubbing):
        _rebuild_tables(connection, progress)
        progress("old row versions")
        _await_purge(connection)
        if is_mariadb:
            progress("redo log")
            _replace_mariadb_log(connection)
        else:
            _cut_undo_logs(connection, progress)
            progress("redo log")
            _replace_mysql_log(connection)
    return bool(has_binary_log)


def _execute(connection: Any, *statements: str) -> None:
    """Run statements and read what they answer."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            if cursor.description:
                cursor.fetchall()


@contextmanager
def _settings(connection: Any, settings: dict[str, str]) -> Iterator[None]:
    """Change settings of the server for a block."""
    names = list(settings)
    (before,) = fetch(connection, f"select {', '.join(f'@@global.{name}' for name in names)}")
    try:
        for name, value in settings.items():
            _execute(connection, f"set global {name} = {value}")
        yield
    finally:
        for name, value in reversed(list(zip(names, before, strict=True))):
            _execute(connection, f"set global {name} = {value}")


def _rebuild_tables(connection: Any, progress: Progress) -> None:
    """Write each table of the shop into a new file."""
    tables = fetch(
        connection,
        "select table_name from information_schema.tables "
        "where table_schema = database() and table_type = 'BASE TABLE' order by 1",
    )
    for (table,) in tables:
        progress(f"table {table}")
        _execute(connection, f"alter table `{table}` force")


def _await(connection: Any, query: str, expected: object) -> None:
    """Wait until a query gives what is expected."""
    until = time.monotonic() + PATIENCE
    while fetch(connection, query) != [(expected,)]:
        if time.monotonic() > until:
            raise ShopError(
                "The server still keeps old row versions: end transactions that were left open "
                "(show processlist) and run this again."
            )
        time.sleep(PAUSE)


def _await_purge(connection: Any) -> None:
    """Wait until no old version of a row is left to be purged."""
    _execute(connection, "set global innodb_monitor_enable = 'trx_rseg_history_len'")
    _await(
        connection,
        "select cast(count as signed) from information_schema.innodb_metrics "
        "where name = 'trx_rseg_history_len'",
        0,
    )


def _cut_undo_logs(connection: Any, progress: Progress) -> None:
    """Empty the undo logs one by one; a spare one serves meanwhile."""
    undo_logs = fetch(
        connection,
        "select name from information_schema.innodb_tablespaces where space_type = 'Undo'",
    )
    spare = "shop_purge"
    _execute(connection, f"create undo tablespace {spare} add datafile '{spare}.ibu'")
    try:
        for (name,) in undo_logs:
            progress(f"undo log {name}")
            _retire(connection, name)
            _execute(connection, f"alter undo tablespace {name} set active")
    finally:
        _retire(connection, spare)
        _execute(connection, f"drop undo tablespace {spare}")


def _retire(connection: Any, name: str) -> None:
    """Take an undo log out of use and wait until it is empty."""
    _execute(connection, f"alter undo tablespace {name} set inactive")
    state = "select state from information_schema.innodb_tablespaces"
    _await(connection, f"{state} where name = '{name}'", "empty")


def _replace_mariadb_log(connection: Any) -> None:
    """Change the size of the redo log, which writes a new one, and change it back."""
    ((size,),) = fetch(connection, "select @@global.innodb_log_file_size")
    for wanted in (size + MARIADB_LOG_STEP, size):
        _execute(connection, f"set global innodb_log_file_size = {wanted}")
        _await(connection, "select @@global.innodb_log_file_size", wanted)


def _replace_mysql_log(connection: Any) -> None:
    """Make the redo log small and write more than it holds, so that its old files go."""
    ((size,),) = fetch(connection, "select @@global.innodb_redo_log_capacity")
    _execute(connection, f"set global innodb_redo_log_capacity = {SMALLEST_REDO_LOG}")
    try:
        for _ in range(3 * SMALLEST_REDO_LOG // FILLER_BYTES):
            _execute(
                connection,
                f"create table {FILLER} (filler longtext)",
                f"insert into {FILLER} values (repeat('x', {FILLER_BYTES}))",
                f"drop table {FILLER}",
            )
        status = "select variable_value from performance_schema.global_status where variable_name ="
        _await(connection, f"{status} 'Innodb_redo_log_resize_status'", "OK")
    finally:
        _execute(connection, f"set global innodb_redo_log_capacity = {size}")
