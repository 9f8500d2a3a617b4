"""Every analysis is described, and answers its question on each engine with the same rows."""

import json
from collections.abc import Callable
from decimal import Decimal
from functools import cache

import pytest
import yaml
from lanes import PROJECT, TARGETS, Lane, Lanes

FILES = sorted((PROJECT / "analyses").glob("*.sql"))
NAMES = [path.stem for path in FILES]
OTHERS = [target for target in TARGETS if target != "duckdb"]
# The shop of the demo beside real sales: every question has an answer there.
DATA_SET = "all"

Answers = dict[str, list[tuple[str | None, ...]]]


@pytest.fixture(scope="session")
def answers(lanes: Lanes) -> Callable[[str], Answers]:
    """Give the answers of a lane to all analyses: compiled and run once, after its build."""

    @cache
    def ask(target: str) -> Answers:
        lane = lanes.get(target)
        lanes.builds[target].result()
        return lane.fetch_many(DATA_SET, lane.compile_analyses(DATA_SET))

    return ask


def as_value(text: str | None) -> str:
    """Write a value so that 24.0000 equals 24 and a truth value is 1 or 0; NULL is a dash."""
    if text is None:
        return "-"
    if text in ("True", "False"):
        return str(int(text == "True"))
    try:
        return f"{Decimal(text).normalize():f}"
    except ArithmeticError:
        return text


def as_values(rows: list[tuple[str | None, ...]]) -> list[tuple[str, ...]]:
    """Write all values of an answer so that engines can be compared, in one order of rows."""
    return sorted(tuple(map(as_value, row)) for row in rows)


@pytest.mark.parametrize("name", NAMES)
def test_analysis_says_which_question_it_answers(name: str) -> None:
    """The file begins with its question in a comment, and so does its description."""
    described = yaml.safe_load((PROJECT / "analyses" / "_analyses.yml").read_text("utf-8"))
    descriptions = {entry["name"]: entry["description"] for entry in described["analyses"]}
    text = (PROJECT / "analyses" / f"{name}.sql").read_text("utf-8")
    assert text.startswith("{# ")
    comment = " ".join(text[3 : text.index("#}")].split())
    question, reading = comment.split("?", maxsplit=1)
    assert descriptions[name].startswith(f"{question}?")
    assert len(reading) > 40, "it does not say how to read the result"


def test_nothing_else_is_described() -> None:
    """Each description belongs to an analysis, and there are enough of them."""
    described = yaml.safe_load((PROJECT / "analyses" / "_analyses.yml").read_text("utf-8"))
    assert [entry["name"] for entry in described["analyses"]] == NAMES
    assert len(NAMES) >= 18


def test_every_analysis_answers(lane: Lane, answers: Callable[[str], Answers]) -> None:
    """All compile, with their descriptions, and each gives at least one row."""
    found = answers(lane.target)
    assert sorted(found) == NAMES
    assert [name for name, rows in found.items() if not rows] == []
    place = lane.folder / DATA_SET / "analyses" / "manifest.json"
    nodes = json.loads(place.read_text("utf-8"))["nodes"].values()
    analyses = [node for node in nodes if node["resource_type"] == "analysis"]
    assert len(analyses) == len(NAMES)
    assert [node["name"] for node in analyses if not node["description"]] == []


@pytest.mark.parametrize("target", OTHERS)
def test_answers_are_those_of_duckdb(answers: Callable[[str], Answers], target: str) -> None:
    """The same question has the same answer on every engine, value by value."""
    found, expected = answers(target), answers("duckdb")
    differing = [name for name in NAMES if as_values(found[name]) != as_values(expected[name])]
    for name in differing:
        print(name, set(as_values(found[name])) ^ set(as_values(expected[name])))
    assert differing == []
