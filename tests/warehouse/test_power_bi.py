"""The Power BI project: its model, its report, and its measures against SQL.

Nothing here opens Power BI Desktop. Microsoft's parser reads the model, the official schemas check
the report, and a DAX engine computes every measure beside MetricFlow's SQL.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from ask_metrics import Registry, open_registry
from conftest import CommandResult
from jsonschema import Draft7Validator
from lanes import PROJECT, Lane, Lanes
from missing import fail_without
from power_bi_figures import (
    CATEGORY,
    GENDER,
    MONTH,
    REGION,
    Context,
    DaxModel,
    copy_sample,
    find_differences,
    list_metrics,
)
from public_data import FindData
from referencing import Registry as Schemas
from referencing import Resource
from tmdl_parser import ParserUnobtainableError, parse_tmdl

from customer_trends.errors import ProjectError, WarehouseError
from customer_trends.power_bi.dax import Dax, UntranslatableError, translate
from customer_trends.power_bi.measures import Measure, write_measures
from customer_trends.power_bi.report import write_report
from customer_trends.power_bi.source import choose_source, export_tables
from customer_trends.power_bi.tmdl import write_model
from customer_trends.semantic_model.artifacts import Artefacts, read_artefacts
from customer_trends.semantic_model.tables import Model, Table, find_kind, read_model

MICROSOFT = "https://developer.microsoft.com/json-schemas/fabric/"
DATA_SET = "all"
ADVICE = Path(__file__).resolve().parents[1] / "support" / "power_bi_advice.yml"
# One of so many orders and customers: plain Python computes the measures.
SHARE = 40


@dataclass(frozen=True)
class Generated:
    """The generated project, what it was made from, and what the command printed."""

    folder: Path
    artefacts: Artefacts
    model: Model
    measures: list[Measure]
    printed: str
    target: Path
    warehouse: Path

    @property
    def definition(self) -> Path:
        """The folder of the model."""
        return self.folder / "customer_trends.SemanticModel" / "definition"


@pytest.fixture(scope="module")
def generated(lanes: Lanes, tmp_path_factory: pytest.TempPathFactory) -> Generated:
    """Generate the project from the build of the DuckDB lane."""
    lanes.builds["duckdb"].result()
    lane: Lane = lanes.get("duckdb")
    folder = tmp_path_factory.mktemp("power_bi") / "project"
    printed = lane.run(DATA_SET, "bi", "powerbi", "--folder", folder)
    place = lane.folder / DATA_SET
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET_PATH", str(place / "target"))
        artefacts = read_artefacts(place)
    model = read_model(artefacts)
    measures, refusals = write_measures(artefacts, model)
    assert not refusals
    warehouse = place / "warehouse.duckdb"
    return Generated(folder, artefacts, model, measures, printed, place / "target", warehouse)


@pytest.fixture(scope="module")
def schemas(public_data: FindData) -> Schemas[Any]:
    """Read the official schemas."""
    folder = public_data("powerbi_schemas") / "fabric"

    def retrieve(uri: str) -> Resource[Any]:
        path = folder / uri.removeprefix(MICROSOFT)
        return Resource.from_contents(json.loads(path.read_text(encoding="utf-8-sig")))

    return Schemas(retrieve=retrieve)


@pytest.fixture
def tmdl_parser() -> Callable[[list[Path]], list[str]]:
    """Give the parser of Microsoft, which runs under mono."""

    def parse(folders: list[Path]) -> list[str]:
        try:
            return parse_tmdl(folders)
        except ParserUnobtainableError as error:
            fail_without("TMDL parser", error)

    return parse


def find_faults(folder: Path, schemas: Schemas[Any]) -> tuple[list[str], int]:
    """Check every JSON file of a project against the schema that it names."""
    faults, checked = [], 0
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".json", ".pbip", ".pbir", ".pbism") or path.name == ".platform":
            content = json.loads(path.read_text(encoding="utf-8"))
            validator = Draft7Validator({"$ref": content["$schema"]}, registry=schemas)
            faults += [f"{path.name}: {fault.message}" for fault in validator.iter_errors(content)]
            checked += 1
    return faults, checked


def test_command_says_what_it_made(generated: Generated) -> None:
    metrics = len(generated.artefacts.metrics())
    assert f"{metrics} measures" in generated.printed
    assert "NO DAX" not in generated.printed
    assert "Next: open" in generated.printed
    assert (generated.folder / "notes.md").read_text(encoding="utf-8").endswith("None.\n")
    assert not list(generated.folder.rglob("*.part"))


def test_parser_of_microsoft_reads_the_model(
    generated: Generated, tmdl_parser: Callable[[list[Path]], list[str]], tmp_path: Path
) -> None:
    """Every source gives a model that is accepted; wrong indents, types, relations are not."""
    broken = {}
    for name, file, old, new in (
        ("indent", "tables/Date.tmdl", "\t\tdataType: int64\n", "\t\t\t\tdataType: int64\n"),
        ("type", "tables/Date.tmdl", "dataType: int64", "dataType: integer"),
        ("relation", "relationships.tmdl", "toColumn: Date.", "toColumn: Days."),
    ):
        broken[name] = tmp_path / name
        shutil.copytree(generated.definition, broken[name])
        text = (broken[name] / file).read_text(encoding="utf-8")
        assert old in text
        (broken[name] / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    model, servers = generated.model, [tmp_path / kind for kind in ("mysql", "mariadb")]
    for folder in servers:
        source = choose_source(PROJECT, folder.name, folder)
        write_model(folder, model, generated.measures, source)
    *accepted, one, two, three = tmdl_parser([generated.definition, *servers, *broken.values()])
    refused = [one, two, three]
    assert set(accepted) == {
        f"ok {len(model.tables) + 1} tables, {len(model.relations)} relations, "
        f"{len(generated.measures)} measures"
    }
    assert len(refused) == len(broken)
    assert not [line for line in refused if line.startswith("ok")], refused


def test_files_are_valid_by_the_official_schemas(
    generated: Generated, schemas: Schemas[Any], tmp_path: Path
) -> None:
    faults, checked = find_faults(generated.folder, schemas)
    assert checked >= 16
    assert not faults
    wrong = tmp_path / "wrong"
    shutil.copytree(generated.folder, wrong, ignore=shutil.ignore_patterns("data"))
    (visual,) = wrong.rglob("visuals/monthly_trend/visual.json")
    content = json.loads(visual.read_text(encoding="utf-8"))
    content["visual"]["kind"] = "lineChart"
    visual.write_text(json.dumps(content), encoding="utf-8")
    assert len(find_faults(wrong, schemas)[0]) == 1


def advise(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Ask a program for advice; it must not end with an error of its own."""
    command = [str(Path(sys.executable).with_name(program)), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def review_model(folder: Path) -> tuple[int, list[str]]:
    """Ask for advice on a model; gives how many models were read, and what is advised."""
    options = ("--config", ADVICE, "--format", "json")
    reported = json.loads(advise("coop-dax-review", "check", folder, *options).stdout)
    assert not reported["diagnostics"], reported["diagnostics"]
    return reported["models_checked"], [
        f"{one['rule_id']} {one['object']}" for one in reported["findings"]
    ]


def test_model_follows_advice(generated: Generated, tmp_path: Path) -> None:
    """No rule of modelling is broken but those that are left out with a reason."""
    assert review_model(generated.folder) == (1, [])
    wrong = tmp_path / "wrong"
    shutil.copytree(generated.folder, wrong, ignore=shutil.ignore_patterns("data"))
    metrics = next(wrong.rglob("Metrics.tmdl"))
    text = metrics.read_text(encoding="utf-8")
    quotient = "DIVIDE(COALESCE([Repeat buyers], 0), [Buyers])"
    assert quotient in text
    metrics.write_text(text.replace(quotient, "[Repeat buyers] / [Buyers]"), encoding="utf-8")
    advice = review_model(wrong)[1]
    assert advice and all(one.startswith("DAX-USE-DIVIDE ") for one in advice), advice


def review_report(folder: Path) -> tuple[int, set[str]]:
    """Ask for advice on a report; gives how many rules were tried, and those that are broken."""
    printed = advise("pbir-utils", "validate", folder, "--format", "json").stdout
    reported = json.loads(printed[printed.index("{") :])
    return len(reported["results"]), {
        rule for rule, is_kept in reported["results"].items() if not is_kept
    }


def test_report_follows_advice(generated: Generated, tmp_path: Path) -> None:
    """Pages are few and named; the rows to drill through to have more columns than is advised."""
    report = generated.folder / "customer_trends.Report"
    rules, broken = review_report(report)
    assert rules >= 16
    assert broken == {"reduce_objects_within_visuals"}
    wrong = tmp_path / report.name
    shutil.copytree(report, wrong)
    page = wrong / "definition" / "pages" / "overview" / "page.json"
    content = json.loads(page.read_text(encoding="utf-8"))
    page.write_text(json.dumps(content | {"displayName": "Page 1"}), encoding="utf-8")
    assert review_report(wrong)[1] == broken | {"explicit_page_names"}


@pytest.fixture(scope="module")
def worlds(
    generated: Generated, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Registry, DaxModel]:
    """Open a sample of the rows for MetricFlow and for the DAX engine."""
    folder = tmp_path_factory.mktemp("power_bi_sample")
    sample = copy_sample(generated.warehouse, generated.model, folder, SHARE)
    return (
        open_registry(generated.target, sample),
        DaxModel(generated.model, generated.measures, sample),
    )


@pytest.mark.parametrize(
    ("contexts", "keys", "least"),
    [
        pytest.param((), [()], 100, id="all"),
        pytest.param((MONTH,), [(date(2024, 3, 1),), (date(2014, 11, 1),)], 100, id="month"),
        pytest.param((MONTH, REGION), [(date(2024, 3, 1), "West")], 60, id="month and region"),
        pytest.param((CATEGORY,), [("Clothing",), ("Furniture",)], 20, id="category"),
        pytest.param((GENDER,), [("Female",)], 100, id="gender"),
    ],
)
def test_measures_equal_sql(
    worlds: tuple[Registry, DaxModel],
    contexts: tuple[Context, ...],
    keys: list[tuple[object, ...]],
    least: int,
) -> None:
    registry, dax = worlds
    metrics = list_metrics(registry, contexts)
    assert len(metrics) >= least
    faults = find_differences(registry, dax, contexts, keys, metrics)
    assert not faults, "\n".join(["", *faults])


def test_wrong_measure_is_found(worlds: tuple[Registry, DaxModel], generated: Generated) -> None:
    """What compares measures with SQL finds one that counts too much, or a filter is lost."""
    registry, dax = worlds
    captions = {measure.name: measure.caption for measure in generated.measures}
    wrong = DaxModel.__new__(DaxModel)
    wrong.__dict__ |= dax.__dict__
    wrong.measures = dax.measures | {
        captions["orders"]: "COUNTROWS('Sales orders')",
        captions["units_sold"]: "CALCULATE(SUM('Sales lines'[Units sold]), ALL('Places'))",
    }
    metrics = ["orders", "units_sold", "gross_sales"]
    faults = find_differences(registry, wrong, (REGION,), [("West",)], metrics)
    assert [fault.split()[0] for fault in faults] == ["orders", "units_sold"]


def test_model_is_a_star_without_personal_data(generated: Generated) -> None:
    """No table can be filtered two ways, and no column of personal data is in a file."""
    model, ways = generated.model, set()
    for relation in model.relations:
        way = (relation.many[0], relation.one[0])
        assert way not in ways, f"two relations from {way[0]} to {way[1]}"
        ways.add(way)
    reached = {one for _, one in ways}
    assert not [way for way in ways if way[0] in reached], "a dimension points at another table"
    assert {"Date", "Places", "Customers today"} <= reached
    personal = {
        (name, column)
        for name, node in generated.artefacts.models().items()
        for column, reported in node["columns"].items()
        if reported["meta"].get("contains_pii")
    }
    assert len(personal) > 10
    shown = {(t.relation, column) for t in model.tables.values() for column in t.columns}
    assert not shown & personal
    assert ("dim_geography", "region_manager_name") in personal


def test_texts_and_tags_are_those_of_the_project(generated: Generated) -> None:
    """Every column and measure is described, and a second run writes the same files."""
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in generated.definition.rglob("*.tmdl")
    )
    objects = re.findall(r"^(.*)\n\t(?:column|measure) ('.*?'|\w+)", text, re.MULTILINE)
    reported = [name for above, name in objects if above.startswith("\t/// ")]
    columns = sum(len(table.columns) for table in generated.model.tables.values())
    assert len(reported) == columns + len(generated.measures)
    tags = re.findall(r"lineageTag: (\S+)", text)
    assert len(tags) == len(set(tags)) > len(reported)


def test_second_run_changes_nothing(generated: Generated, lanes: Lanes, tmp_path: Path) -> None:
    def read(folder: Path) -> dict[str, str]:
        return {
            str(path.relative_to(folder)): path.read_text(encoding="utf-8")
            for path in folder.rglob("*")
            if path.is_file() and path.suffix != ".parquet"
        }

    before = read(generated.folder)
    lanes.get("duckdb").run(DATA_SET, "bi", "powerbi", "--folder", generated.folder)
    assert len(before) > 35
    assert read(generated.folder) == before


def test_report_shows_what_the_model_has(generated: Generated) -> None:
    """Five visuals and a page to drill through to; each field is in the model."""
    pages = generated.folder / "customer_trends.Report" / "definition" / "pages"
    visuals = [json.loads(path.read_text("utf-8")) for path in pages.rglob("visual.json")]
    assert len(list((pages / "overview").rglob("visual.json"))) == 5
    columns = {
        (table.caption, column.caption)
        for table in generated.model.tables.values()
        for column in table.columns.values()
    }
    known = columns | {("Metrics", measure.caption) for measure in generated.measures}
    drill = json.loads((pages / "order_lines" / "page.json").read_text("utf-8"))
    used = set()
    for content in [*visuals, drill]:
        for kind in ("Column", "Measure"):
            used |= find_fields(content, kind)
    assert len(used) > 20
    assert used <= known, used - known
    bound = {one["boundFilter"] for one in drill["pageBinding"]["parameters"]}
    assert bound == {one["name"] for one in drill["filterConfig"]["filters"]}
    assert drill["visibility"] == "HiddenInViewMode"


def find_fields(content: Any, kind: str) -> set[tuple[str, str]]:
    """Find the fields of a kind that a file refers to by the name of their table."""
    found: set[tuple[str, str]] = set()
    if isinstance(content, dict):
        reference = content.get(kind)
        if reference and "Entity" in reference["Expression"]["SourceRef"]:
            found.add((reference["Expression"]["SourceRef"]["Entity"], reference["Property"]))
        for inner in content.values():
            found |= find_fields(inner, kind)
    elif isinstance(content, list):
        for inner in content:
            found |= find_fields(inner, kind)
    return found


def test_metric_without_translation_is_refused_by_name(generated: Generated) -> None:
    """What has no DAX is named with its reason; a report that needs it is not written."""
    semantics = json.loads(json.dumps(generated.artefacts.semantics))
    metrics = {metric["name"]: metric for metric in semantics["metrics"]}
    metrics["units_sold"]["filter"] = {"where_filters": []}
    metrics["orders"]["type"] = "conversion"
    artefacts = replace(generated.artefacts, semantics=semantics)
    measures, refusals = write_measures(artefacts, generated.model)
    reasons = {refusal.name: refusal.reason for refusal in refusals}
    assert reasons["units_sold"] == "a metric with a filter has no DAX"
    assert reasons["orders"] == "a conversion metric has no DAX"
    assert "average_order_value" in reasons, "made of one that is refused"
    assert len(measures) + len(refusals) == len(metrics)
    with pytest.raises(ProjectError, match="needs the metric orders"):
        write_report(generated.folder / "not_written", generated.model, measures)
    assert not (generated.folder / "not_written").exists()


def resolve(name: str) -> Dax:
    """Give columns of which ``cost`` may be NULL, and ``is_paid`` is a flag."""
    return Dax(f"T[{name}]", ("T[cost]",) if name == "cost" else (), is_condition=name == "is_paid")


@pytest.mark.parametrize(
    ("sql", "dax"),
    [
        ("price - cost", "IF(NOT(ISBLANK(T[cost])), T[price] - T[cost])"),
        ("case when not is_paid then price else 0 end", "IF(NOT(T[is_paid]), T[price], 0)"),
        ("case when cost > 5 then 1 end", "IF(NOT(ISBLANK(T[cost])) && (T[cost] > 5), 1)"),
        ("price / nullif(units, 0)", "DIVIDE(COALESCE(T[price], 0), T[units])"),
        ("coalesce(cost, 0) * units", "COALESCE(T[cost], 0) * T[units]"),
        ("case when kind = 'a\"b' then -1 end", 'IF(T[kind] = "a""b", -1)'),
    ],
)
def test_translate_respects_what_null_means(sql: str, dax: str) -> None:
    assert translate(sql, resolve).guarded() == dax


@pytest.mark.parametrize(
    "sql",
    [
        "upper(kind)",
        "not (is_paid and price > 5)",
        "price in (1, 2)",
        "case price when 1 then 2 end",
    ],
)
def test_translate_refuses_what_it_does_not_know(sql: str) -> None:
    with pytest.raises(UntranslatableError):
        translate(sql, resolve)


def test_servers_are_parameters(generated: Generated, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server goes by the names of the dbt profile; no password is written anywhere."""
    monkeypatch.setenv("CUSTOMER_TRENDS_MARIADB_HOST", "db.example")
    monkeypatch.setenv("CUSTOMER_TRENDS_MARIADB_PASSWORD", "never written")
    table: Table = generated.model.date
    for kind, function in (("mysql", "MySQL.Database"), ("mariadb", "MariaDB.Contents")):
        source = choose_source(PROJECT, kind, PROJECT)
        assert source.write(table).startswith(f'{function}(Server, SchemaName & "_core"')
        values = {parameter.name: parameter.value for parameter in source.parameters}
        assert set(values) == {"Server", "SchemaName"}
        assert "never written" not in str(source)
    assert values["Server"] == "db.example:3306"


def test_wrong_use_is_one_sentence(
    run: Callable[..., CommandResult], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path))
    result = run("bi", "powerbi", "--folder", tmp_path / "project")
    assert result.code == 2
    assert "There is no manifest.json" in result.err
    assert "Traceback" not in result.err


def test_warehouse_of_an_earlier_build_is_reported(
    generated: Generated, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    duckdb.connect(str(tmp_path / "older.duckdb")).close()
    monkeypatch.setenv("CUSTOMER_TRENDS_WAREHOUSE", str(tmp_path / "older.duckdb"))
    with pytest.raises(WarehouseError, match="core.dim_channels .* not as the manifest has it"):
        export_tables(PROJECT, generated.model, tmp_path / "data")


@pytest.mark.parametrize(
    ("data_type", "kind"),
    [("decimal(18, 4)", "fixed"), ("decimal(18, 6)", "number"), ("varchar", "text"),
     ("boolean", "flag"), ("timestamp", "time"), ("bigint", "integer")],
)  # fmt: skip
def test_kinds_of_columns(data_type: str, kind: str) -> None:
    assert find_kind(data_type) == kind


def test_exposure_names_what_the_file_reads(generated: Generated) -> None:
    exposures = generated.artefacts.manifest["exposures"].values()
    (exposure,) = [node for node in exposures if node["name"] == "power_bi_file"]
    read = {table.relation for table in generated.model.tables.values()}
    assert {parent.split(".")[-1] for parent in exposure["depends_on"]["nodes"]} == read
