"""All engines give the same rows, execute every test and take files exactly."""

import json
from pathlib import Path

import pytest
from lanes import PROJECT, TARGETS, Lane, Lanes

from customer_trends.parity.compare import compare_dumps

OTHERS = [target for target in TARGETS if target != "duckdb"]
# What texts may hold; every one must come back as it went in.
TEXTS = [
    "plain",
    " blank before and after ",
    "a 'single' and a \"double\" quote",
    "comma, semicolon; tab\tand back-slash \\n \\",
    "two\nlines",
    "Zoë 👍🏽 東京",
    "no-break\u00a0space",
    "NULL",
    "\\N",
    "null",
    "0012.5000",
    "2024-02-29",
    "-0.00",
    "x" * 5_000,
]


@pytest.fixture(params=["all", "golden"])
def data_set(request: pytest.FixtureRequest) -> str:
    """Name one of the data sets that every lane builds."""
    return str(request.param)


def read_dump(lanes: Lanes, target: str, data_set: str) -> Path:
    """Wait for a lane's build and give its dump."""
    lanes.get(target)
    built = lanes.builds[target].result() if data_set == "all" else None
    return built.dump if built else lanes.goldens[target].result()


def test_every_declared_test_ran(lane: Lane, lanes: Lanes) -> None:
    """A lane executes all tests of its manifest, the known answers among them."""
    built = lanes.builds[lane.target].result()
    assert built.executed == built.declared > 250
    results = json.loads((lane.folder / "all" / "target" / "run_results.json").read_text())
    passed = {
        result["unique_id"].split(".")[2]
        for result in results["results"]
        if result["status"] == "pass"
    }
    known_answers = {path.stem for path in (PROJECT / "tests" / "macros").glob("*.sql")}
    assert len(known_answers) > 10
    assert known_answers <= passed


def test_lanes_differ_by_unit_tests_alone(lanes: Lanes) -> None:
    """What one lane declares the others declare, unit tests aside, which run on DuckDB alone."""
    unit_tests = {}
    for target, lane in lanes.lanes.items():
        lanes.builds[target].result()
        manifest = json.loads((lane.folder / "all" / "target" / "manifest.json").read_text())
        has_unit_tests = target == "duckdb"
        unit_tests[target] = len(manifest["unit_tests"]) if has_unit_tests else 0
    assert unit_tests["duckdb"] > 10
    declared = {target: lanes.builds[target].result().declared for target in lanes.lanes}
    without = {target: declared[target] - unit_tests[target] for target in declared}
    assert len(set(without.values())) == 1, without


def test_spark_worked_on_a_cluster(lanes: Lanes) -> None:
    """Both workers of the cluster took part in the build of the golden example."""
    lanes.goldens["spark"].result()
    for number in (1, 2):
        worker = lanes.folder / "spark" / "server" / f"worker-{number}"
        assert list(worker.glob("app-*")), "this worker did no work"


def test_builds_on_spark_are_in_ansi_mode(lanes: Lanes) -> None:
    """What dbt-spark turns off before each statement is on again."""
    lanes.builds["spark"].result()
    lane, name = lanes.get("spark"), "spark.sql.ansi.enabled"
    lane.dbt("all", "run-operation", "keep_ansi_mode")
    assert lane.fetch("all", f"set {name}") == [(name, "true")]


@pytest.mark.parametrize("target", OTHERS)
def test_rows_are_those_of_duckdb(lanes: Lanes, target: str, data_set: str) -> None:
    """Every core and mart relation is equal, row for row."""
    expected, found = (read_dump(lanes, name, data_set) for name in ("duckdb", target))
    hashes = json.loads((expected / "hashes.json").read_text())
    assert len(hashes) >= 30
    assert sum(entry["rows"] for entry in hashes.values()) > 1_000
    differences = compare_dumps(expected, found)
    assert not differences, "\n".join(map(str, differences))


def test_documentation_is_written(lane: Lane, lanes: Lanes) -> None:
    """`dbt docs generate` finds every table of the catalog."""
    target = lanes.documents[lane.target].result()
    catalog = json.loads((target / "catalog.json").read_text())
    assert not catalog["errors"]
    assert len(catalog["nodes"]) > 60
    assert (target / "static_index.html").stat().st_size > 1_000_000


def write_feedback(folder: Path) -> Path:
    """Write a file whose comments are hard to carry; an absent comment is not an empty one."""
    lines = [
        "feedback_id,customer_id,order_id,product_id,feedback_type,rating,comment,submitted_at"
    ]
    for number, text in enumerate([*TEXTS, "", None]):
        comment = "" if text is None else '"' + text.replace('"', '""') + '"'
        lines.append(f"F{number},C1,O1,P1,review,5,{comment},2024-02-29 10:00:00")
    path = folder / "feedback.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_files_are_taken_exactly(lane: Lane, tmp_path: Path) -> None:
    """Quotes, line ends, emoji, the word NULL and empty texts come back as they went in."""
    path = write_feedback(tmp_path)
    lane.run("exact", "load", "shop", path)
    again = lane.run("exact", "load", "shop", path)
    assert "already loaded" in again
    rows = lane.export("exact", "shop_feedback", ["feedback_id", "comment", "_row_number"])
    expected = [(f"F{n}", text, str(n + 1)) for n, text in enumerate([*TEXTS, "", None])]
    assert rows == sorted(expected)


def test_a_failed_load_leaves_nothing(lane: Lane, tmp_path: Path) -> None:
    """When the second file breaks off after good rows, nothing of the first is left."""
    good = tmp_path / "categories.csv"
    good.write_text("category_id,category_name,parent_category_id\n1,Toys,\n", encoding="utf-8")
    bad = tmp_path / "products.csv"
    header = (PROJECT / "tests/support/golden_example/products.csv").read_text().splitlines()[0]
    fields = header.count(",") + 1
    lines = [",".join(["1"] * fields)] * 3_000 + ["1,2"]
    bad.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    printed = lane.run("broken", "load", "shop", good, bad, expect=2)
    assert "products.csv" in printed
    assert lane.export("broken", "shop_categories", ["category_id"]) == []
    assert lane.export("broken", "shop_products", ["product_id"]) == []


def test_the_doctor_finds_nothing_to_fix(lane: Lane) -> None:
    """Every check is well on the servers of the tests."""
    printed = lane.run("exact", "doctor")
    assert "FIX" not in printed
    assert f"The target {lane.target} is fit." in printed
