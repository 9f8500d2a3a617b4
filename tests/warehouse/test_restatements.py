"""What an earlier build said of a month is kept and held against what a later one says."""

from pathlib import Path

from lanes import Lane
from restatements import check_restatements


def test_corrections_are_kept(tmp_path: Path) -> None:
    """An order cancelled later and a return correct their months, once; a rebuild does not."""
    check_restatements(Lane("duckdb", tmp_path))
