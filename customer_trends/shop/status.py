"""How the shop's database is: what it holds, whether it is complete, whether all is true."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import mysql.connector

from customer_trends.errors import ShopError
from customer_trends.shop.database import fetch
from customer_trends.shop.install import CODE_FILES, TABLE_FILES, list_files

INTEGRITY_FILE = CODE_FILES / "61_integrity.sql"
#: Tables that hold what the shop is about, in the order in which people ask for them.
DATA_TABLES = (
    "categories",
    "products",
    "product_prices",
    "stock",
    "customers",
    "customer_profiles",
    "addresses",
    "subscriptions",
    "orders",
    "order_items",
    "order_status_history",
    "payments",
    "shipments",
    "returns",
    "return_items",
    "feedback",
    "support_tickets",
    "ticket_events",
    "change_log",
    "requests",
)


@dataclass(frozen=True)
class ShopStatus:
    """State of a shop.

    Attributes
    ----------
    version, newest_version
        Version of the tables, and the last one that the project has.
    missing_triggers
        Triggers that the project has and the database lacks.
    rows
        Rows by table.
    last_changed_at
        Time of the last change, UTC; None when nothing ever changed.
    faults
        Number of faults by rule of the integrity report.
    """

    version: int
    newest_version: int
    missing_triggers: tuple[str, ...]
    rows: dict[str, int]
    last_changed_at: datetime | None
    faults: dict[str, int]

    @property
    def is_sound(self) -> bool:
        """Return whether the database is complete and every rule holds."""
        return (
            self.version == self.newest_version
            and not self.missing_triggers
            and not any(self.faults.values())
        )


def read_status(root: Path, connection: Any) -> ShopStatus:
    """Look at a shop.

    Parameters
    ----------
    root
        Project folder.
    connection
        Open connection to the shop.

    Returns
    -------
    ShopStatus
        What was found.

    Raises
    ------
    ShopError
        If the shop is not installed.
    """
    version = check_installed(root, connection)
    (last_changed_at,) = fetch(connection, "select max(changed_at) from change_log")[0]
    return ShopStatus(
        version=version,
        newest_version=find_newest_version(root),
        missing_triggers=tuple(find_missing_triggers(root, connection)),
        rows=count_rows(connection),
        last_changed_at=last_changed_at,
        faults=count_faults(root, connection),
    )


def find_newest_version(root: Path) -> int:
    """Return the last version of the tables that the project has.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    int
        Number of the last file.
    """
    return max(int(path.name.split("_")[0]) for path in list_files(root, TABLE_FILES))


def check_installed(root: Path, connection: Any) -> int:
    """Refuse a database in which the shop is not, or not completely, installed.

    Parameters
    ----------
    root
        Project folder.
    connection
        Open connection.

    Returns
    -------
    int
        Version of the tables.

    Raises
    ------
    ShopError
        If tables or views are missing.
    """
    newest = find_newest_version(root)
    try:
        version = int(fetch(connection, "select max(version) from schema_versions")[0][0] or 0)
        fetch(connection, "select rule_name from integrity_violations limit 0")
    except mysql.connector.Error:
        raise ShopError(
            "The database holds no shop, or a part of one: run customer-trends oltp install."
        ) from None
    if version != newest:
        raise ShopError(
            f"The shop's tables are of version {version}, not {newest}: run customer-trends oltp "
            "install."
        )
    return version


def count_rows(connection: Any) -> dict[str, int]:
    """Count the rows of the shop's tables.

    Parameters
    ----------
    connection
        Open connection to the shop.

    Returns
    -------
    dict
        Rows by table.
    """
    counts = " union all ".join(f"select '{name}', count(*) from {name}" for name in DATA_TABLES)
    return {str(name): int(count) for name, count in fetch(connection, counts)}


def list_rules(root: Path) -> list[str]:
    """List the rules of the integrity report.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    list of str
        Names in the order of the report.
    """
    text = (root / INTEGRITY_FILE).read_text(encoding="utf-8")
    report = text.partition("create or replace view integrity_violations")[2]
    return re.findall(r"^select\n    '([^']+)'", report, re.MULTILINE)


def count_faults(root: Path, connection: Any) -> dict[str, int]:
    """Run the integrity report.

    Parameters
    ----------
    root
        Project folder.
    connection
        Open connection to the shop.

    Returns
    -------
    dict
        Number of faults by rule; every rule is there.
    """
    query = "select rule_name, count(*) from integrity_violations group by rule_name"
    found = {str(name): int(count) for name, count in fetch(connection, query)}
    return dict.fromkeys(list_rules(root), 0) | found


def find_missing_triggers(root: Path, connection: Any) -> list[str]:
    """Find the triggers that the database lacks.

    Parameters
    ----------
    root
        Project folder.
    connection
        Open connection to the shop.

    Returns
    -------
    list of str
        Names, sorted.
    """
    scripts = [path.read_text(encoding="utf-8") for path in list_files(root, CODE_FILES)]
    wanted = set(re.findall(r"^create trigger (\w+)", "\n".join(scripts), re.MULTILINE))
    return sorted(wanted - set(list_triggers(connection)))


def list_triggers(connection: Any) -> list[str]:
    """List the triggers of the database.

    Parameters
    ----------
    connection
        Open connection to the shop.

    Returns
    -------
    list of str
        Names.
    """
    return [
        str(name)
        for (name,) in fetch(
            connection,
            "select concat(trigger_name, '') from information_schema.triggers "
            "where trigger_schema = database()",
        )
    ]
