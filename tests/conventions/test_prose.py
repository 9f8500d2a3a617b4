"""Prose is plain English: no text of the repository uses a word of avoided_words.toml."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("avoided_words.toml")
RULES: dict[str, Any] = tomllib.loads(LIST.read_text(encoding="utf-8"))
GLOSSARY = PROJECT / "docs" / "glossary.md"
OUR_ENGLISH = "## Our English"
# All of a file is searched: comments, texts, and names, which are read as well.
KINDS = {
    ".cfg", ".cs", ".css", ".csv", ".html", ".in", ".ini", ".jinja", ".js", ".md", ".py", ".sh",
    ".sql", ".svg", ".toml", ".txt", ".yaml", ".yml",
}  # fmt: skip
NAMES = {"Makefile", "run", ".gitignore", ".editorconfig", ".sqlfluff", ".sqlfluffignore"}
# What is made, fetched or given, and not written by us.
MADE = {
    ".git", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv", ".venv-mysql", ".venv-spark",
    "build", "customer_trends.egg-info", "logs", "requirements", "target", "warehouse",
}  # fmt: skip


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern: between letters, over the end of a line and the sign of a comment."""
    spaced = pattern.replace(" ", r"(?:\s+(?:(?:#|--|//|\*)\s*)?)")
    return re.compile(rf"(?<![A-Za-z])(?:{spaced})(?![A-Za-z])", re.IGNORECASE)


WORDS = [(word, compile_pattern(word["pattern"])) for word in RULES["words"]]


def list_files() -> list[Path]:
    """List the texts of the repository, without what is made."""
    found = []
    for folder in PROJECT.iterdir():
        if folder.name not in MADE:
            found += [folder] if folder.is_file() else sorted(folder.rglob("*"))
    return [
        path
        for path in sorted(found)
        if path.is_file()
        and (path.suffix in KINDS or path.name in NAMES)
        and path != LIST
        and path.name != "profiles.yml"
    ]


def read_prose(path: Path) -> str:
    """Read a text without what is allowed in it."""
    text = path.read_text(encoding="utf-8")
    name = path.relative_to(PROJECT).as_posix()
    for allowed in RULES["allowed"]:
        if allowed["file"] == name:
            text = text.replace(allowed["text"], "", 1)
    # The glossary shows the list.
    return text.partition(OUR_ENGLISH)[0] if path == GLOSSARY else text


def find_avoided(text: str) -> list[str]:
    """Find avoided words: line, what stands there, what to write instead."""
    found = []
    for word, pattern in WORDS:
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append((line, f"{line}: '{match[0]}': write {word['instead']}"))
    return [fault for _, fault in sorted(found)]


def test_no_text_uses_an_avoided_word() -> None:
    """Every text of the repository, in comments, descriptions, messages and names."""
    files = list_files()
    assert len(files) > 300
    faults = [
        f"{path.relative_to(PROJECT).as_posix()}:{fault}"
        for path in files
        for fault in find_avoided(read_prose(path))
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("example", RULES["examples"], ids=lambda example: example["text"][:20])
def test_words_are_found_between_letters(example: dict[str, Any]) -> None:
    """Words are found in names and over lines, and not within other words."""
    assert len(find_avoided(example["text"])) == example["count"]


def test_what_is_allowed_is_there_and_explained() -> None:
    """An exception that is no longer needed goes."""
    for allowed in RULES["allowed"]:
        text = (PROJECT / allowed["file"]).read_text(encoding="utf-8")
        assert text.count(allowed["text"]) == 1, allowed
        assert find_avoided(allowed["text"]), allowed
        assert allowed["reason"].endswith("."), allowed


def test_glossary_shows_the_list() -> None:
    """Each avoided word is in the table of docs/glossary.md."""
    table = GLOSSARY.read_text(encoding="utf-8").partition(OUR_ENGLISH)[2]
    missing = [word["word"] for word in RULES["words"] if word["word"] not in table]
    assert not missing, missing
