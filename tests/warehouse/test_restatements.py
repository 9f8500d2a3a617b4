"""What an earlier build reported for a month is kept and compared with what a later one reports."""

from pathlib import Path

from lanes import Lane
from restatements import check_restatements


def test_corrections_are_kept(tmp_path: Path) -> None:
    """An order cancelled later and a return correct their months, once; a rebuild does not."""
    check_restatements(Lane("duckdb", tmp_path))
