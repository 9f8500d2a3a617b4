"""The notebook runs over whatever is loaded, and what it computes is right."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from conftest import ToyProject
from lanes import Lanes

from customer_trends.exploration.exploration import (
    correlate,
    count_bins,
    describe_numbers,
    find_outliers,
    list_loaded_tables,
    list_numbers,
    profile_columns,
    read_typed,
    summarise_tables,
)
from customer_trends.project.paths import PROJECT_VARIABLE, WAREHOUSE_VARIABLE

PROJECT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((PROJECT / "docs" / "examples").glob("*.py"))
FIGURES = [1, 2, 3, 4, 100]


@pytest.fixture
def toy_orders(toy: ToyProject) -> duckdb.DuckDBPyConnection:
    """Load one raw table of texts: five orders, one without an amount, one of them unusual."""
    toy.warehouse.parent.mkdir(parents=True)
    connection = duckdb.connect(str(toy.warehouse))
    connection.execute("create schema raw")
    columns = "order_id varchar, ordered_on varchar, amount varchar, comment varchar"
    connection.execute(f"create table raw.toy_orders ({columns}, _batch_id varchar)")
    connection.execute("create table raw.toy_shops (shop_id varchar, shop_name varchar)")
    for number, amount in enumerate(FIGURES):
        connection.execute(
            "insert into raw.toy_orders values (?, ?, ?, ?, 'b')",
            [f"{number}", f"2024-01-0{number + 1}", f"{amount}", ["", None, "x"][number % 3]],
        )
    connection.execute("insert into raw.toy_orders values ('9', '2024-01-09', '  ', 'y', 'b')")
    return connection


def test_columns_of_a_table(toy: ToyProject, toy_orders: duckdb.DuckDBPyConnection) -> None:
    """Empty texts are no values; kinds come from the values; tables without rows are left out."""
    tables = list_loaded_tables(toy_orders, toy.root)
    assert tables.values.tolist() == [["toy", "raw.toy_orders", 6]]
    profile = profile_columns(toy_orders, "raw.toy_orders").set_index("column_name")
    assert profile["kind"].to_dict() == {
        "order_id": "number", "ordered_on": "date", "amount": "number", "comment": "text",
    }  # fmt: skip
    assert profile["null_count"].to_dict() == {
        "order_id": 0, "ordered_on": 0, "amount": 1, "comment": 4,
    }  # fmt: skip
    assert profile.loc["comment", "null_share"] == 0.666667
    assert profile.loc["amount", "distinct_count"] == 5
    summary = summarise_tables(toy_orders, tables).iloc[0]
    assert (summary["column_count"], summary["figure_count"]) == (4, 1)
    assert summary["empty_column_count"] == 0


def test_figures_of_a_table(toy_orders: duckdb.DuckDBPyConnection) -> None:
    """Means, fences, bins and correlations, computed by hand; keys are no figures."""
    frame = read_typed(toy_orders, "raw.toy_orders")
    assert list_numbers(frame) == ["amount"] and len(frame) == 6
    assert describe_numbers(frame).loc["amount", "mean"] == 22
    assert find_outliers(frame).values.tolist() == [["amount", -1.0, 7.0, 1, 0.2]]
    bins = count_bins(frame, "amount")
    assert bins["row_count"].tolist() == [4] + [0] * 18 + [1]
    both = pd.DataFrame({"a": [1.0, 2, 3], "b": [2.0, 4, 6], "c": [3.0, 2, 1]})
    pairs = correlate(both).set_index(["first", "second"])["correlation"]
    assert pairs["a", "b"] == 1 and pairs["a", "c"] == -1 and len(pairs) == 9


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_well_formed(notebook: Path) -> None:
    """No cell defines what another one does, and the file is as marimo writes it."""
    command = [sys.executable, "-m", "marimo", "check", "--strict", str(notebook)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def run_tests(notebook: Path) -> subprocess.CompletedProcess[str]:
    """Run the tests in a notebook."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(notebook)]
    # Marimo must not take this session for the one that collects the notebook.
    environment = {name: text for name, text in os.environ.items() if "PYTEST" not in name}
    return subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(lanes: Lanes, notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a script, and under pytest with every test in it."""
    lanes.builds["duckdb"].result()
    warehouse = lanes.get("duckdb").folder / "all" / "warehouse.duckdb"
    monkeypatch.setenv(PROJECT_VARIABLE, str(PROJECT))
    monkeypatch.setenv(WAREHOUSE_VARIABLE, str(warehouse))
    runpy.run_path(str(notebook), run_name="__main__")
    tests = notebook.read_text(encoding="utf-8").count("def test_")
    done = run_tests(notebook)
    assert f"{tests} passed in" in done.stdout and tests >= 3, done.stdout[-2000:]


def test_notebook_without_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty warehouse ends no cell in a traceback: the notebook says what to load."""
    path = tmp_path / "empty.duckdb"
    duckdb.connect(str(path)).close()
    monkeypatch.setenv(PROJECT_VARIABLE, str(PROJECT))
    monkeypatch.setenv(WAREHOUSE_VARIABLE, str(path))
    outputs, _ = runpy.run_path(str(NOTEBOOKS[0]))["app"].run()
    assert any("No raw table has rows yet" in getattr(output, "text", "") for output in outputs)
