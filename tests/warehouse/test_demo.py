"""The demo from end to end: dirt goes to quarantine under its own reason, and no further."""

import json
from pathlib import Path

import duckdb
import pytest
from conftest import DEMO_ORDERS
from lanes import PROJECT
from warehouses import Warehouse, count_tests, load_files

from customer_trends.demo.demo import DemoOptions, make_demo_data

SEED = 7
# Columns of customer 360 that show scores.
PREDICTED = (
    "spending_tier, cluster_name, probability_alive, expected_order_value, expected_value_12_months"
)
STATUSES = "int_orders_screened assert_order_statuses_are_listed"


@pytest.fixture(scope="module")
def dirty(demo_shop: tuple[Warehouse, str]) -> tuple[Warehouse, str]:
    """Give the demo, which has dirt."""
    return demo_shop


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, str]:
    """Load and build the demo shop without dirt."""
    folder = tmp_path_factory.mktemp("clean")
    make_demo_data(DemoOptions(DEMO_ORDERS, SEED, False, folder / "files"), lambda step: None)
    files = {"shop": sorted((folder / "files").glob("*.parquet"))}
    warehouse = load_files(folder, files)
    return warehouse, warehouse.run("build")


def test_clean_data_gives_no_warning(clean: tuple[Warehouse, str]) -> None:
    """Every test passes without a warning and nothing is in quarantine."""
    warehouse, printed = clean
    assert set(count_tests(printed)) == {"passed"}
    assert warehouse.query("select count(*) from core.ops_quarantine") == [(0,)]


def test_each_kind_of_dirt_has_its_own_reason(dirty: tuple[Warehouse, str]) -> None:
    """The quarantine holds exactly the planted rows, table by table and reason by reason."""
    warehouse, _ = dirty
    planted = json.loads((warehouse.folder / "files" / "planted_truth.json").read_text())["dirt"]
    found: dict[str, dict[str, int]] = {}
    for table, reason, count in warehouse.query(
        "select raw_table, reason_code, count(*) from core.ops_quarantine group by 1, 2"
    ):
        found.setdefault(table, {})[reason] = count
    assert sum(len(reasons) for reasons in planted.values()) > 15
    assert found == planted


def test_dirt_warns_and_does_not_fail(dirty: tuple[Warehouse, str]) -> None:
    """Only the test that watches the quarantine warns."""
    _, printed = dirty
    counts = count_tests(printed)
    assert set(counts) == {"passed", "warned"}
    assert counts["warned"] == 1


def test_dirt_changes_no_figure(dirty: tuple[Warehouse, str], clean: tuple[Warehouse, str]) -> None:
    """Core and marts are the same with and without dirt, except scores and what shows dirt."""
    compared = 0
    predictions = {path.stem for path in PROJECT.glob("models/marts/predictions/*.sql")}
    assert len(predictions) > 10
    with duckdb.connect() as connection:
        connection.execute(f"attach '{dirty[0].path}' as dirty (read_only)")
        connection.execute(f"attach '{clean[0].path}' as clean (read_only)")
        relations = connection.execute("""
            select schema_name || '.' || table_name from duckdb_tables()
            where database_name = 'clean' and schema_name in ('core', 'marts')
                and table_name not like 'ops\\_%' escape '\\'
                and table_name <> 'mart_row_outcomes'
        """).fetchall()
        for (relation,) in relations:
            if relation.split(".")[1] in predictions:
                continue
            columns = f"* exclude ({PREDICTED})" if relation == "marts.mart_customer_360" else "*"
            for left, right in (("dirty", "clean"), ("clean", "dirty")):
                difference = connection.execute(
                    f"""select count(*) from (
                        select {columns} from {left}.{relation}
                        except all select {columns} from {right}.{relation}
                    )"""
                ).fetchone()
                assert difference == (0,), (relation, left)
            compared += 1
    assert compared > 20


def test_raw_record_keeps_the_row_complete(dirty: tuple[Warehouse, str]) -> None:
    """A quarantined row has its file, row, column, unmodified values, and the fix."""
    warehouse, _ = dirty
    rows = warehouse.query("""
        select source_file, rejected_column, raw_record->>'unit_price', fix, source_row_number > 0
        from core.ops_quarantine where reason_code = 'invalid_number' limit 1
    """)
    ((file, column, value, fix, has_row_number),) = rows
    assert (file, column, value) == ("order_items.parquet", "unit_price", "12,5O")
    assert "Write it with a point" in fix
    assert has_row_number


def test_summary_says_what_was_built(dirty: tuple[Warehouse, str]) -> None:
    """Rows per layer, quarantine by reason, headline figures, where things are, what to do next."""
    _, printed = dirty
    for expected in ("Rows per layer", "status_unmapped", "Net sales", "Repeat rate", "Warehouse:",
                     "Documentation:", "Next: make dashboard", "customer-trends load"):  # fmt: skip
        assert expected in printed


def test_only_what_shows_scores_is_built_twice(dirty: tuple[Warehouse, str]) -> None:
    """The first build makes all models; the one after the scoring what depends on scores."""
    target = dirty[0].folder / "target"
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    dependents: set[str] = set()
    waiting = [name for name, each in manifest["sources"].items() if each["source_name"] == "ml"]
    assert len(waiting) > 10
    while waiting:
        children = set(manifest["child_map"][waiting.pop()]) - dependents
        dependents |= children
        waiting += children
    # The last command of dbt in the demo is the second build.
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    again = {
        kind: {one["unique_id"] for one in results if one["unique_id"].startswith(f"{kind}.")}
        for kind in ("model", "test", "seed", "unit_test")
    }
    assert again == {
        kind: {name for name in dependents if name.startswith(f"{kind}.")}
        if kind in ("model", "test")
        else set()
        for kind in again
    }
    (outcome,) = json.loads((target / "build_outcome.json").read_text(encoding="utf-8")).values()
    first = {name for name, result in outcome["results"].items() if result["kind"] == "model"}
    models = {name for name, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    assert first == models and len(models) > 100
    # Each of them shows scores: the prediction marts, and what is known of a customer. What was
    # sold in each month is no score.
    names = {name.split(".")[-1] for name in first & again["model"]}
    predictions = {path.stem for path in PROJECT.glob("models/marts/predictions/*.sql")}
    assert names == predictions - {"int_sales_by_cell_month"} | {"mart_customer_360"}


def test_unlisted_status_stops_the_build(dirty: tuple[Warehouse, str], tmp_path: Path) -> None:
    """A status that order_status_map does not list fails the build instead of dropping sales."""
    original, _ = dirty
    warehouse = Warehouse(tmp_path)
    warehouse.path.write_bytes(original.path.read_bytes())
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("""
            update raw.shop_orders set order_status = 'lost'
            where order_id = (select min(order_id) from raw.shop_orders)
        """)
    printed = warehouse.run("build", "--select", STATUSES, expect=1)
    assert "assert_order_statuses_are_listed" in printed


def test_demo_does_not_delete_rows_of_a_user(tmp_path: Path) -> None:
    """Rows that someone loaded into the shop's raw tables stop the demo and stay."""
    warehouse = Warehouse(tmp_path)
    mine = tmp_path / "my_categories.csv"
    mine.write_text("category_id,category_name,parent_category_id\n1,Mine,\n", encoding="utf-8")
    warehouse.run("load", "shop", mine)
    printed = warehouse.run("demo", "--orders", 200, "--folder", tmp_path / "files", expect=2)
    assert "my_categories.csv" in printed
    assert warehouse.query("select category_name from raw.shop_categories") == [("Mine",)]
