"""The application changes nothing of others: no driver, no library, no environment variable."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
APPLICATION = PROJECT / "customer_trends"
MODULES = sorted(APPLICATION.rglob("*.py"))
ENGINES = APPLICATION / "engines"
# dbt reads paths from variables alone; they are restored after each of its commands.
MAY_SET_VARIABLES = {APPLICATION / "building" / "dbt_runner.py": "_variables"}
# What Streamlit keeps for a page.
OWN_STATE = "st.session_state"
CHANGES = {"update", "setdefault", "pop", "clear", "popitem"}
# Ways to a database, which the room `engines` alone goes.
CONNECTS = {
    "duckdb.connect",
    "mysql.connector.connect",
    "SparkSession.builder",
    "connect_warehouse",
}
# What needs a DuckDB file itself, not the warehouse: these name the connection of `engines`.
OWN_FILES = {"connect_warehouse": {"building/erasure.py", "power_bi/source.py",
                                   "exploration/exploration.py"}}  # fmt: skip


def write_name(node: ast.expr) -> str:
    """Write a name with its dots; empty for what is none."""
    if isinstance(node, ast.Attribute):
        start = write_name(node.value)
        return f"{start}.{node.attr}" if start else ""
    return node.id if isinstance(node, ast.Name) else ""


def list_imported(tree: ast.Module) -> set[str]:
    """List the names that a module gets from others."""
    return {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def list_targets(node: ast.AST) -> list[ast.expr]:
    """List what a statement assigns to or deletes."""
    if isinstance(node, ast.Assign | ast.Delete):
        return node.targets
    return [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []


def find_changes(tree: ast.Module) -> Iterator[str]:
    """Find statements that change a variable of the environment, or an attribute of a module."""
    imported = list_imported(tree)
    for node in ast.walk(tree):
        for target in list_targets(node):
            place = target.value if isinstance(target, ast.Subscript) else target
            name = write_name(place)
            if isinstance(target, ast.Name) or name.startswith(OWN_STATE):
                continue
            if name.split(".")[0] in imported:
                yield f"line {target.lineno}: changes {name}"
        if isinstance(node, ast.Call):
            name = write_name(node.func)
            is_change = name.startswith("os.environ.") and name.split(".")[-1] in CHANGES
            if is_change or name in ("os.putenv", "os.unsetenv"):
                yield f"line {node.lineno}: calls {name}"
            first = write_name(node.args[0]) if node.args else ""
            if name == "setattr" and first.split(".")[0] in imported:
                yield f"line {node.lineno}: calls setattr of {first}"


def drop_function(tree: ast.Module, name: str) -> ast.Module:
    """Leave a function out of a module; it must be there."""
    kept = [node for node in tree.body if getattr(node, "name", None) != name]
    assert len(kept) == len(tree.body) - 1, f"{name} is no longer needed in this test"
    return ast.Module(kept, [])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_modules_change_nothing_of_others(path: Path) -> None:
    """No driver is patched, and one function alone sets variables."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if path in MAY_SET_VARIABLES:
        tree = drop_function(tree, MAY_SET_VARIABLES[path])
    assert not list(find_changes(tree))


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.environ['A'] = 'b'",
        "import os\nos.environ.update(a='b')",
        "import os\ndel os.environ['A']",
        "import mysql.connector\nmysql.connector.connect = None",
        "def f():\n    from dbt.adapters import Thing\n    Thing.__post_init__ = None",
        "import duckdb\nsetattr(duckdb, 'connect', None)",
    ],
)
def test_changes_are_found(code: str) -> None:
    """The test above is not blind."""
    assert list(find_changes(ast.parse(code)))


def test_engines_is_the_one_way_to_a_database() -> None:
    """No other room connects by itself."""
    faults = []
    for path in MODULES:
        place = path.relative_to(APPLICATION).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = write_name(node) if isinstance(node, ast.Attribute | ast.Name) else ""
            if name in CONNECTS and ENGINES not in path.parents:
                if place not in OWN_FILES.get(name, set()):
                    faults.append(f"{place}, line {node.lineno}: {name}")
    assert not faults
