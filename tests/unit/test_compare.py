"""Two dumps are equal, or the comparison says which relation, key, column and values are not."""

from pathlib import Path

import duckdb
import pytest
from conftest import ToyProject

from customer_trends.engines.connect import open_engine
from customer_trends.errors import InvalidOptionError
from customer_trends.parity.compare import Difference, compare_dumps
from customer_trends.parity.dump import HASHES, DumpedRelation, dump_relation, write_hashes

TYPES = {
    "amount": "decimal(18,4)",
    "customer": "varchar",
    "is_new": "boolean",
    "seen_at": "timestamp",
    "units": "bigint",
}
SALES = DumpedRelation("fct_sales", "core", ("customer", "units"), TYPES)
ROWS = [
    "('ann', 1, 12.5000, true, timestamp '2024-02-29 10:00:00')",
    "('ann', 2, 100.0000, false, timestamp '2024-02-29 10:00:00.25')",
    "('zoë', 1, -0.0500, null, null)",
    "('NULL', 1, null, null, null)",
]


def dump(toy: ToyProject, folder: Path, rows: list[str]) -> Path:
    """Dump a table of the given rows."""
    folder.mkdir()
    with duckdb.connect(str(toy.warehouse)) as warehouse:
        warehouse.execute("create schema if not exists core")
        warehouse.execute(
            "create or replace table core.fct_sales (customer varchar, units bigint, "
            "amount decimal(18, 4), is_new boolean, seen_at timestamp)"
        )
        warehouse.execute(f"insert into core.fct_sales values {', '.join(rows)}")
    with duckdb.connect() as reader, open_engine(toy.root, "duckdb", read_only=True) as engine:
        write_hashes(folder, {SALES.name: dump_relation(engine, reader, SALES, folder)})
    return folder


@pytest.fixture
def original(toy: ToyProject, tmp_path: Path) -> Path:
    """Dump the rows as they are."""
    toy.warehouse.parent.mkdir(parents=True)
    return dump(toy, tmp_path / "original", ROWS)


def test_texts_are_canonical(original: Path) -> None:
    """Decimals lose trailing zeros; NULL is bare, and the text 'NULL' is not."""
    assert (original / "fct_sales.csv").read_text(encoding="utf-8").splitlines() == [
        '"amount","customer","is_new","seen_at","units"',
        'NULL,"NULL",NULL,NULL,"1"',
        '"12.5","ann","true","2024-02-29 10:00:00","1"',
        '"100","ann","false","2024-02-29 10:00:00.25","2"',
        '"-0.05","zoë",NULL,NULL,"1"',
    ]


def test_the_order_of_rows_is_no_difference(
    toy: ToyProject, original: Path, tmp_path: Path
) -> None:
    """Rows are sorted by key."""
    assert compare_dumps(original, dump(toy, tmp_path / "other", ROWS[::-1])) == []


@pytest.mark.parametrize(
    ("position", "row", "expected"),
    [
        (0, ROWS[0].replace("12.5", "12.6"), ("ann, 1", "amount", "12.5", "12.6")),
        (1, ROWS[1].replace("false", "true"), ("ann, 2", "is_new", "false", "true")),
        (2, ROWS[2].replace("zoë", "zoé"), ("zoé, 1", "", "(no such row)", "there")),
        (3, ROWS[3].replace("null, null)", "false, null)"), ("NULL, 1", "is_new", "NULL", "false")),
    ],
)
def test_a_difference_is_named(
    toy: ToyProject,
    original: Path,
    tmp_path: Path,
    position: int,
    row: str,
    expected: tuple[str, str, str, str],
) -> None:
    """Relation, key, column and both values of what differs."""
    rows = [*ROWS[:position], row, *ROWS[position + 1 :]]
    differences = compare_dumps(original, dump(toy, tmp_path / "other", rows))
    assert Difference("fct_sales", *expected) in differences
    assert "fct_sales" in str(differences[0])


def test_a_missing_relation_is_named(original: Path, tmp_path: Path) -> None:
    """A relation that one side lacks is a difference."""
    other = tmp_path / "other"
    other.mkdir()
    (other / HASHES).write_text("{}")
    assert compare_dumps(original, other) == [
        Difference("fct_sales", "all of the relation", "", "there", "missing")
    ]


def test_a_folder_without_dump_is_refused(original: Path, tmp_path: Path) -> None:
    """The error says how to write one."""
    with pytest.raises(InvalidOptionError, match="customer-trends dump"):
        compare_dumps(original, tmp_path)
