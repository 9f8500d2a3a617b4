"""python_ml is pure: Arrow and pandas in, the same out, and usable without the application."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
MODULES = sorted((PROJECT / "python_ml").rglob("*.py"))
# All that is imported; a further one must compute and do nothing else.
LIBRARIES = {
    "joblib", "numpy", "pandas", "pyarrow", "python_ml", "scipy", "sklearn", "statsmodels",
    "threadpoolctl",
}  # fmt: skip
STANDARD = {
    "__future__", "collections", "contextlib", "copy", "dataclasses", "datetime", "enum",
    "functools", "importlib", "itertools", "math", "operator", "re", "statistics", "types",
    "typing", "warnings",
}  # fmt: skip
# Parts of libraries that read or write files.
FORBIDDEN_PARTS = ("pyarrow.csv", "pyarrow.dataset", "pyarrow.fs", "pyarrow.parquet")
FORBIDDEN_CALLS = {"open", "print", "input", "exec", "eval", "breakpoint", "__import__"}
# Methods of pandas, numpy, Arrow and joblib that read or write files, tables or the screen.
FORBIDDEN_METHODS = {
    "read_csv", "read_excel", "read_feather", "read_json", "read_parquet", "read_pickle",
    "read_sql", "read_table", "to_clipboard", "to_csv", "to_excel", "to_feather", "to_hdf",
    "to_parquet", "to_pickle", "to_sql", "tofile", "fromfile", "loadtxt", "genfromtxt", "savetxt",
    "savez", "memory_map", "set_option", "getenv", "putenv", "environ",
}  # fmt: skip
IMPURE = (
    "import os",
    "from pathlib import Path",
    "import duckdb",
    "from customer_trends.project import paths",
    "from pyarrow import parquet",
    "print('done')",
    "open('scores.csv')",
    "frame.to_csv('scores.csv')",
    "def score():\n    import mysql.connector",
)


def find_faults(code: str) -> list[str]:
    """Name what a module does that it must not."""
    faults = []
    for node in ast.walk(ast.parse(code)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in FORBIDDEN_CALLS:
                faults.append(f"line {node.lineno}: calls {node.func.id}")
        elif isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_METHODS:
            faults.append(f"line {node.lineno}: uses {node.attr}")
        for name in names:
            is_known = name.split(".")[0] in LIBRARIES | STANDARD
            if not is_known or name.startswith(FORBIDDEN_PARTS):
                faults.append(f"line {node.lineno}: imports {name}")
    return faults


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_modules_only_compute(path: Path) -> None:
    """No database, file, environment variable, network or output."""
    assert not find_faults(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", IMPURE)
def test_what_is_not_pure_is_found(code: str) -> None:
    """The test above is not blind."""
    assert find_faults(code)


def test_it_is_importable_on_its_own() -> None:
    """All modules load where the application and its libraries are not."""
    names = [".".join(path.relative_to(PROJECT).with_suffix("").parts) for path in MODULES]
    code = (
        "import importlib, sys\n"
        "blocked = ('customer_trends', 'duckdb', 'mysql', 'pyspark', 'dbt', 'rich', 'typer')\n"
        "sys.modules.update(dict.fromkeys(blocked))\n"
        f"for name in {names}: importlib.import_module(name.removesuffix('.__init__'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
