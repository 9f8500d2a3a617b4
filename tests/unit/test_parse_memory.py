"""What dbt parsed with some options comes back when the same options are given again."""

from pathlib import Path

import pytest

from customer_trends.building.parse_memory import (
    FOLDER,
    KEPT,
    PARSED,
    forget_parse,
    remembered_parse,
)


def parse(folder: Path, found: str, *options: str) -> str | None:
    """Run a block that parses; give what it found of an earlier one."""
    current = folder / PARSED
    with remembered_parse(folder, ["build", *options]):
        before = current.read_text() if current.exists() else None
        current.write_text(found)
    return before


def test_each_set_of_options_has_its_own(tmp_path: Path) -> None:
    today, earlier, spark = ("--vars", "{}"), ("--vars", "{as_of: 1}"), ("--target", "spark")
    assert parse(tmp_path, "today", *today) is None
    # dbt itself throws away what was parsed with other options.
    assert parse(tmp_path, "earlier", *earlier) == "today"
    assert parse(tmp_path, "spark", *spark, "--vars", "{}") == "earlier"
    assert parse(tmp_path, "today 2", *today, "--full-refresh") == "today"
    assert parse(tmp_path, "earlier 2", *earlier) == "earlier"
    assert parse(tmp_path, "spark 2", "--vars", "{}", *spark) == "spark"
    assert (tmp_path / PARSED).read_text() == "spark 2"


def test_a_command_that_fails_keeps_nothing(tmp_path: Path) -> None:
    parse(tmp_path, "good")
    with pytest.raises(RuntimeError), remembered_parse(tmp_path, ["build"]):
        (tmp_path / PARSED).write_text("half")
        raise RuntimeError
    assert parse(tmp_path, "next") == "good"


def test_few_are_kept(tmp_path: Path) -> None:
    for number in range(KEPT + 3):
        parse(tmp_path, str(number), "--vars", str(number))
    assert len(list((tmp_path / FOLDER).iterdir())) == KEPT


def test_what_is_forgotten_is_forgotten_for_its_options_alone(tmp_path: Path) -> None:
    parse(tmp_path, "spark", "--target", "spark")
    parse(tmp_path, "default")
    assert forget_parse(tmp_path, ["build"])
    assert not forget_parse(tmp_path, ["build"]), "nothing is left to forget"
    assert parse(tmp_path, "fresh") is None
    assert parse(tmp_path, "spark 2", "--target", "spark") == "spark"
