"""What the documents name exists: files, headings, commands, messages, rooms, versions."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
import typer
import yaml

from customer_trends import __version__
from customer_trends.cli.main import app

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    [*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), *PROJECT.glob("oltp/*.md"),
     *PROJECT.glob("tests/**/*.md"), *PROJECT.glob("benchmarks/**/*.md")]
)  # fmt: skip
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
ROOMS = PROJECT / "customer_trends"
MOST_LINES_OF_README = 130


def name(path: Path) -> str:
    """Name a file of the project."""
    return path.relative_to(PROJECT).as_posix()


def list_anchors(document: Path) -> set[str]:
    """List the headings of a document as GitHub makes anchors of them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def list_messages() -> set[str]:
    """List the texts of the code, macros and Makefile, with … for each value put in."""
    found: set[str] = set()
    for path in [*ROOMS.rglob("*.py"), *PROJECT.glob("python_ml/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else "…"
                         for part in node.values)  # fmt: skip
                found.add("".join(map(str, parts)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    found |= {re.sub(r'"\s*~ ?\w* ?~?\s*"', "…", path.read_text(encoding="utf-8"))
              for path in PROJECT.glob("macros/**/*.sql")}  # fmt: skip
    return found | {(PROJECT / "Makefile").read_text(encoding="utf-8")}


def list_rooms() -> list[str]:
    """List the rooms of customer_trends in the order of docs/architecture.md."""
    page = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.split("## Rooms of `customer_trends/`")[1].split("\n## ")[0]
    return [room for cell in re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE)
            for room in re.findall(r"`(\w+)`", cell)]  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_lead_somewhere(document: Path) -> None:
    """Each link to a file leads to one, and to a heading that it has."""
    faults = []
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        if re.match(r"https?:|mailto:|#!", link):
            continue
        target, _, anchor = link.partition("#")
        path = (document.parent / target).resolve() if target else document
        if not path.exists():
            faults.append(f"{link}: no such file")
        elif anchor and anchor not in list_anchors(path):
            faults.append(f"{link}: no such heading")
    assert not faults, faults


def test_commands_exist() -> None:
    """Every `make` target and every `customer-trends` command of the documents is there."""
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", makefile, re.MULTILINE))
    commands = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    faults, seen = [], 0
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        shown = re.findall(r"`([^`\n]+)`|^(    .+)$", text, re.MULTILINE)
        for code in ("".join(parts).partition("  #")[0] for parts in shown):
            for target in re.findall(r"(?:^|[ (])make ([a-z][a-z0-9-]*)", code):
                seen += 1
                faults += [f"{name(document)}: make {target}"] * (target not in targets)
            for command in re.findall(r"customer-trends ([a-z]+)", code):
                seen += 1
                faults += [f"{name(document)}: {command}"] * (command not in commands)
    assert seen > 80
    assert not faults, faults


def test_troubleshooting_quotes_the_messages_of_the_code() -> None:
    """A message in docs/troubleshooting.md is one that the code can give, word for word."""
    page = (PROJECT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    symptoms = re.findall(r"^\| `(.+?)` \| ", page, re.MULTILINE)
    messages = list_messages()
    faults = [
        symptom
        for symptom in symptoms
        if not any(
            re.search(".*".join(map(re.escape, symptom.split("…"))), message, re.DOTALL)
            for message in messages
        )
    ]
    assert len(symptoms) > 25
    assert not faults, faults


def test_rooms_are_those_of_the_import_contract() -> None:
    """The table of rooms in docs/architecture.md is the order that import-linter checks."""
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    [layers] = [one["layers"] for one in contracts if one["type"] == "layers"]
    assert list_rooms() == list(reversed(layers))


def test_readme_is_short() -> None:
    """The README is read in one go."""
    lines = (PROJECT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MOST_LINES_OF_README


def test_decisions_are_listed_and_short() -> None:
    """The index lists every page, and each page has its four parts."""
    folder = PROJECT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    assert 8 <= len(pages) <= 16
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert f"({page.name})" in index, f"{page.name} is not in the index"
        assert len(text.splitlines()) <= 45, f"{page.name} is long"
        parts = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert parts == ["Context", "Choice", "Alternatives", "Consequences"], page.name


def test_versions_agree() -> None:
    """The package, its metadata, the dbt project and the changelog have one version."""
    metadata = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.findall(r"^## (\d+\.\d+\.\d+)", changelog, re.MULTILINE)[0]
    assert {metadata["project"]["version"], project["version"], newest} == {__version__}
