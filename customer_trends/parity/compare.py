"""Compare two dumps: which relation, key and column differ, and what stands on either side."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customer_trends.engines.duckdb_connection import open_memory, quote_name
from customer_trends.errors import InvalidOptionError
from customer_trends.parity.dump import HASHES

MISSING = "(no such row)"


@dataclass(frozen=True)
class Difference:
    """One value that differs; ``column`` is empty when all of the row is on one side only."""

    relation: str
    key: str
    column: str
    left: str
    right: str

    def __str__(self) -> str:
        """Say it in one line."""
        place = f"{self.relation} [{self.key}]" + (f" {self.column}" if self.column else "")
        return f"{place}: {self.left} against {self.right}"


def compare_dumps(left: Path, right: Path, limit: int = 20) -> list[Difference]:
    """Compare two folders that ``dump_warehouse`` wrote.

    Parameters
    ----------
    left, right
        Folders.
    limit
        Most differences to give per relation.

    Returns
    -------
    list of Difference
        Empty when both hold the same relations with the same rows.
    """
    one, other = _read_hashes(left), _read_hashes(right)
    differences: list[Difference] = []
    for name in sorted({*one, *other}):
        if name not in one or name not in other:
            sides = ("there", "missing") if name in one else ("missing", "there")
            differences.append(Difference(name, "all of the relation", "", *sides))
        elif one[name]["hash"] != other[name]["hash"]:
            differences += _compare_relation(name, one[name]["key"], left, right, limit)
    return differences


def _read_hashes(folder: Path) -> dict[str, Any]:
    """Read what a folder holds."""
    try:
        hashes: dict[str, Any] = json.loads((folder / HASHES).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        raise InvalidOptionError(
            f"{folder} holds no dump: write one with `customer-trends dump {folder}`."
        ) from None
    return hashes


def _compare_relation(
    name: str, key: list[str], left: Path, right: Path, limit: int
) -> list[Difference]:
    """Find the rows and values that differ in one relation."""
    with open_memory() as connection:
        columns = {}
        for side, folder in (("one", left), ("other", right)):
            path = (folder / f"{name}.csv").as_posix()
            connection.execute(
                f"create view {side} as from read_csv('{path}', header = true, all_varchar = true, "
                "nullstr = 'NULL', allow_quoted_nulls = false, delim = ',', quote = '\"', "
                "escape = '\"', strict_mode = true, max_line_size = 20000000, parallel = false)"
            )
            columns[side] = [row[0] for row in connection.execute(f"describe {side}").fetchall()]
        if columns["one"] != columns["other"]:
            shown = (", ".join(columns["one"]), ", ".join(columns["other"]))
            return [Difference(name, "columns", "", *shown)]
        rows = connection.execute(_write_comparison(key, columns["one"], limit)).fetchall()
    return [Difference(name, *row) for row in rows] or [
        Difference(name, "all of the relation", "", "hash differs", "though no value does")
    ]


def _write_comparison(key: list[str], columns: list[str], limit: int) -> str:
    """Write the SQL that joins both sides by key and gives one row per differing value."""
    join = " and ".join(
        f"one.{quote_name(name)} is not distinct from other.{quote_name(name)}" for name in key
    )
    shown = " || ', ' || ".join(
        f"coalesce(one.{quote_name(name)}, other.{quote_name(name)}, 'NULL')" for name in key
    )
    value = "coalesce({0}.{1}, 'NULL')"
    selects = [
        f"select {shown} as row_key, '' as name, "
        f"case when one.is_there then 'there' else '{MISSING}' end as one_value, "
        f"case when other.is_there then 'there' else '{MISSING}' end as other_value "
        f"from one full join other on {join} where one.is_there is null or other.is_there is null"
    ]
    for name in columns:
        quoted = quote_name(name)
        selects.append(
            f"select {shown}, '{name}', {value.format('one', quoted)}, "
            f"{value.format('other', quoted)} from one inner join other on {join} "
            f"where one.{quoted} is distinct from other.{quoted}"
        )
    return (
        "with one as (select *, true as is_there from memory.main.one), "
        "other as (select *, true as is_there from memory.main.other) "
        f"select * from ({' union all '.join(selects)}) order by 1, 2 limit {limit}"
    )
