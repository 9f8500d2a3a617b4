"""The Tableau files: the extract queried back, and the workbook against the published schema.

Nothing here opens Tableau.
"""

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest
from conftest import CommandResult
from lanes import Lanes
from missing import fail_without
from tableau_schema import CheckerUnobtainableError, check_workbook
from tableauhyperapi import Connection, HyperProcess, Telemetry

from customer_trends.project.paths import PUBLISHED_VARIABLE
from customer_trends.semantic_model.artifacts import Artefacts, read_artefacts
from customer_trends.tableau.files import TABLES
from customer_trends.tableau.workbook import Field, read_fields

# The schema wants an element that workbooks written by hand do without.
DEVIATION = re.compile(r"Element 'workbook': Missing child element\(s\).*explain-data")
ROWS = {
    "mart_customer_segments": """
        select 60 + i % 3 as cluster_number, i as customer_key, i <> 4 as is_scored,
            case when i <> 4 then 'group ' || i % 3 end as cluster_name,
            case when i <> 4 then 30000.5 + i end as income_input,
            case when i <> 4 then 40.25 + i end as spending_input
        from range(1, 30) as rows(i)
    """,
    "mart_sales_forecast": """
        select 'actual' as model, date '2024-01-01' + to_months(i::int)
            as month_start_date, 1000.0004 + i as actual_sales, false as is_forecast,
            false as is_champion from range(6) as months(i)
        union all by name
        select model, date '2024-07-01' + to_months(i::int)
            as month_start_date, 1100.5 + i as forecast, 1000.25 as lower_80, 1200 as upper_80,
            true as is_forecast, model = 'arima' as is_champion
        from range(6) as months(i) cross join (values ('arima'), ('flat')) as models(model)
    """,
    "mart_sales_by_state": """
        select 'Region ' || i % 2 as region, 'State "' || i as state,
            40.5 + i as latitude, -100.25 + i as longitude, 100.0001 * i as sales_after_discount
        from range(1, 9) as places(i)
    """,
    "mart_sales_by_region": """
        select 'Region ' || i as region, 40.5 + i as latitude, -100.25 + i as longitude,
            1800.0018 as sales_after_discount
        from range(2) as places(i)
    """,
    "mart_sales_by_country": """
        select 'Country' as country, 40.0 as latitude, -100.0 as longitude,
            3600.0036 as sales_after_discount
    """,
}


@pytest.fixture(scope="module")
def artefacts(lanes: Lanes) -> Artefacts:
    """Read what the marts are from the build of the DuckDB lane."""
    lanes.builds["duckdb"].result()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET_PATH", str(lanes.get("duckdb").folder / "all" / "target"))
        return read_artefacts(Path.cwd())


def publish(folder: Path, artefacts: Artefacts, rows: dict[str, str]) -> Path:
    """Publish marts that have the columns and types of the models, with rows of our own."""
    parquet = folder / "parquet"
    parquet.mkdir(parents=True)
    with duckdb.connect() as connection:
        for name, query in rows.items():
            columns = artefacts.models()[name]["columns"].values()
            declared = ", ".join(f"{one['name']} {one['data_type']}" for one in columns)
            connection.execute(f"create table {name} ({declared})")
            connection.execute(f"insert into {name} by name ({query})")
            connection.execute(f"copy {name} to '{parquet / name}.parquet' (format parquet)")
    return parquet


Run = Callable[..., CommandResult]


@pytest.fixture
def generate(
    run: Run, artefacts: Artefacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[dict[str, str]], CommandResult]:
    """Publish some rows and run the command."""

    def generate_files(rows: dict[str, str]) -> CommandResult:
        published = tmp_path / "published"
        publish(published, artefacts, rows)
        monkeypatch.setenv(PUBLISHED_VARIABLE, str(published / "customer_trends.duckdb"))
        return run("bi", "tableau", "--folder", tmp_path / "files")

    return generate_files


def ask_extract(path: Path, queries: list[str]) -> list[object]:
    """Query an extract."""
    telemetry = Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU
    with HyperProcess(telemetry, parameters={"log_config": ""}) as process:
        with Connection(process.endpoint, path) as connection:
            return [connection.execute_list_query(query) for query in queries]


def test_extract_has_the_rows_and_sums_of_the_marts(
    generate: Callable[[dict[str, str]], CommandResult], tmp_path: Path
) -> None:
    """Every number column of every table adds up to the same; other models are left out."""
    result = generate(ROWS)
    assert result.code == 0, result.err
    assert "NOT SCORED" not in result.out
    queries, wanted = [], []
    with duckdb.connect() as connection:
        for table in TABLES:
            source = f"'{tmp_path}/published/parquet/{table.mart}.parquet'"
            described = connection.execute(f"describe from {source}").fetchall()
            numbers = [name for name, kind, *_ in described if kind.startswith(("DEC", "BIGI"))]
            sums = ", ".join(f"cast(sum({name}) as text)" for name in numbers)
            chosen = f"select cast(count(*) as text), {sums} from"
            queries.append(f'{chosen} "Extract"."{table.mart}"')
            row = connection.execute(f"{chosen} {source} where {table.where}").fetchone()
            wanted.append([list(row or ())])
    found = ask_extract(tmp_path / "files" / "customer_trends.hyper", queries)
    assert found == wanted
    assert wanted[1][0][0] == "12"
    assert not list(Path.cwd().glob("hyperd*.log"))


@pytest.fixture
def workbook_checker() -> Callable[[Path], list[str]]:
    """Give the tool that checks workbooks against Tableau's schema, which it installs once."""

    def check(path: Path) -> list[str]:
        try:
            return check_workbook(path)
        except CheckerUnobtainableError as error:
            fail_without("Tableau schema", error)

    return check


def test_workbook_is_as_the_schema_wants_it(
    generate: Callable[[dict[str, str]], CommandResult],
    workbook_checker: Callable[[Path], list[str]],
    tmp_path: Path,
) -> None:
    """The only deviation is the one that docs/tableau.md states; a wrong element is found."""
    generate(ROWS)
    workbook = tmp_path / "files" / "customer_trends.twb"
    wrong = tmp_path / "wrong.twb"
    text = workbook.read_text(encoding="utf-8")
    wrong.write_text(text.replace("<mark class=", "<marker class=", 1), encoding="utf-8")
    found = workbook_checker(workbook)
    assert len(found) == 1 and DEVIATION.search(found[0]), found
    assert any("marker" in fault for fault in workbook_checker(wrong))


def test_workbook_refers_to_what_the_extract_has(
    generate: Callable[[dict[str, str]], CommandResult], tmp_path: Path
) -> None:
    """Three sheets; each field they use is declared and a column of its table."""
    generate(ROWS)
    root = ElementTree.parse(tmp_path / "files" / "customer_trends.twb").getroot()
    columns: dict[str, set[str]] = {}
    for table in TABLES:
        (names,) = ask_extract(
            tmp_path / "files" / "customer_trends.hyper",
            [f"select attname from pg_catalog.pg_attribute join pg_catalog.pg_class on "
             f"attrelid = pg_class.oid where relname = '{table.mart}' and attnum > 0"],
        )  # fmt: skip
        assert isinstance(names, list)
        columns[f"federated.{table.mart}"] = {f"[{row[0]}]" for row in names}
    for source in root.findall("datasources/datasource"):
        declared = {column.get("name") for column in source.findall("column")}
        assert declared == columns[source.get("name", "")]
    sheets = root.findall("worksheets/worksheet")
    assert len(sheets) == 3
    for sheet in sheets:
        (needs,) = sheet.findall("table/view/datasource-dependencies")
        name = needs.get("datasource", "")
        instances = {f"[{name}].{one.get('name')}" for one in needs.findall("column-instance")}
        instances |= {f"[{name}].[:Measure Names]", f"[{name}].[Multiple Values]"}
        used = {one.get("column") for one in sheet.findall("table/panes/pane/encodings/*")}
        used |= {sheet.findtext("table/rows"), sheet.findtext("table/cols")}
        used |= {one.get("column") for one in sheet.findall("table/view/filter")}
        assert used <= instances, used - instances
        for one in needs.findall("column-instance"):
            assert one.get("column") in columns[name]


def test_unscored_shop_is_said_in_the_sheets(
    generate: Callable[[dict[str, str]], CommandResult], tmp_path: Path
) -> None:
    """Without scores the files are written, and titles and command say what fills them."""
    empty = {name: f"from ({query}) where false" for name, query in ROWS.items()}
    empty["mart_sales_by_region"] = ROWS["mart_sales_by_region"]
    result = generate(empty)
    assert result.code == 0, result.err
    assert "NOT SCORED Customer segments" in result.out
    assert "NOT SCORED Sales trend and forecast" in result.out
    text = (tmp_path / "files" / "customer_trends.twb").read_text(encoding="utf-8")
    assert text.count("not scored yet: run customer-trends run") == 2
    places = ElementTree.fromstring(text).findall("worksheets/worksheet")[2]
    details = {one.tag: one.get("column") for one in places.findall("table/panes/pane/encodings/*")}
    assert "[none:region:nk]" in str(details["lod"]), "regions are shown where no state is known"


def test_mart_that_is_not_published_is_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PUBLISHED_VARIABLE, str(tmp_path / "customer_trends.duckdb"))
    result = run("bi", "tableau", "--folder", tmp_path / "files")
    assert result.code == 2
    assert "mart_customer_segments is not published" in result.err
    assert "customer-trends publish" in result.err
    assert not (tmp_path / "files").exists()


def test_exposure_names_what_the_file_reads(artefacts: Artefacts) -> None:
    exposures = artefacts.manifest["exposures"].values()
    (exposure,) = [node for node in exposures if node["name"] == "tableau_file"]
    read = {parent.split(".")[-1] for parent in exposure["depends_on"]["nodes"]}
    assert read == {table.mart for table in TABLES}


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("customer_key", "BIG_INT", ("integer", "dimension", "ordinal")),
        ("sales_after_discount", "NUMERIC(18, 4)", ("real", "measure", "quantitative")),
        ("is_scored", "BOOL", ("boolean", "dimension", "nominal")),
        ("month_start_date", "DATE", ("date", "dimension", "ordinal")),
        ("region", "TEXT", ("string", "dimension", "nominal")),
    ],
)
def test_fields_have_roles(name: str, kind: str, expected: tuple[str, str, str]) -> None:
    (field,) = read_fields({name: kind})
    assert isinstance(field, Field)
    assert (field.datatype, field.role, field.type) == expected
