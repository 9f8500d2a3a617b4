"""House rules, read off the dbt manifest with all source systems on; no warehouse is needed."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2
import pytest
import yaml

from customer_trends.engines import duckdb_engine as engine_duckdb
from customer_trends.engines import mysql_engine as engine_mysql
from customer_trends.engines import spark_engine as engine_spark
from python_ml.registry import find_jobs

PROJECT = Path(__file__).resolve().parents[2]
CATALOG: dict[str, Any] = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))[
    "vars"
]["source_catalog"]
JINJA = jinja2.Environment(extensions=["jinja2.ext.do"])
ENGINES = ["default", "duckdb", "mysql", "mariadb", "spark"]
STANDARD_COLUMNS = (
    ["source_system", "raw_table"],
    [
        "rejection_reason",
        "rejected_column",
        "_batch_id",
        "_source_file",
        "_row_number",
        "_loaded_at",
    ],
)
NAMES = {
    "intermediate": r"int_\w+ed|int_(customer|product)_versions|int_(run_context|calendar_days)",
    "core": r"(dim|fct|bridge|ops)_\w+|run_context",
    "marts": r"(mart|int)_\w+",
    # MetricFlow looks for this name.
    "metrics": r"metricflow_time_spine",
}
# What a model may read; base models and models that account for raw rows have rules of their own.
READS = {
    "staging": {"source", "seed", "base"},
    "base": {"source"},
    "intermediate": {"staging", "intermediate", "seed"},
    "core": {"intermediate", "core", "seed"},
    "ops": {"source", "intermediate", "core", "seed"},
    # Customer 360 shows what was predicted of a customer.
    "marts": {"core", "marts", "helpers", "predictions", "seed"},
    # What only one area of marts needs.
    "helpers": {"core", "helpers", "seed"},
    "metrics": {"core"},
    "predictions": {"source", "core", "marts", "predictions", "seed"},
}
# A model that writes its columns out needs room; what is longer does more than one thing.
MOST_LINES = 190
# Lists of measures, which are no steps.
LONG_LISTS = {"models/core/operations/ops_totals.sql"}
VARIABLE = re.compile(r"""\bvar\(\s*['"](\w+)['"]""")
# Arguments of the generic test `rules`.
RULES = {
    "unique", "never_null", "never_negative", "within_range", "accepted_values", "relationships",
    "holds", "adds_up",
}  # fmt: skip

Node = dict[str, Any]


@pytest.fixture(scope="session")
def models(manifest: Node) -> list[Node]:
    return of_type(manifest, "model")


@pytest.fixture(scope="session")
def macros(manifest: Node) -> dict[str, Node]:
    return {
        macro["name"]: macro
        for macro in manifest["macros"].values()
        if macro["package_name"] == "customer_trends"
    }


@pytest.fixture(scope="session")
def contract() -> dict[str, list[list[str]]]:
    """Evaluate the staging contract as dbt does."""
    returned: list[Any] = []
    found = files("macros/sources/staging_contract*.sql")
    text = "".join(path.read_text(encoding="utf-8") for path in found)
    module: Any = JINJA.from_string(text, globals={"return": returned.append}).module
    module.staging_contract()
    entities: dict[str, list[list[str]]] = returned[0]
    return entities


def of_type(manifest: Node, resource_type: str) -> list[Node]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == resource_type]


def layer(node: Node) -> str:
    """Layer of a model; the resource type of anything else."""
    if node["resource_type"] != "model":
        return str(node["resource_type"])
    folders = Path(node["original_file_path"]).parts
    if node["name"].startswith("base_"):
        return "base"
    if node["name"].startswith("ops_"):
        return "ops"
    # Helpers of predictions read scores, as predictions do.
    if folders[1:3] == ("marts", "predictions"):
        return "predictions"
    return "helpers" if folders[1] == "marts" and node["name"].startswith("int_") else folders[1]


def signature(macro: Node) -> list[str]:
    """Names of the arguments of a macro or a generic test; a materialization has none."""
    if macro["name"].startswith("materialization_"):
        return []
    text = re.sub(r"{%(-?)\s*(end)?test\b", r"{%\1 \2macro", macro["macro_sql"])
    text = re.sub(r"(macro )(\w+)\(model\b", r"\1test_\2(model", text)
    found = JINJA.parse(text).find(jinja2.nodes.Macro)
    assert found is not None
    return [str(argument.name) for argument in found.args]


def files(*patterns: str) -> list[Path]:
    found = [path for pattern in patterns for path in sorted(PROJECT.glob(pattern))]
    assert found, f"no file matches {patterns}"
    return found


def yaml_keys(value: object) -> Iterator[str]:
    """All keys of a document, less the macros, whose arguments are their own."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "macros":
                yield str(key)
                yield from yaml_keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from yaml_keys(inner)


def none_of(faults: list[str], checked: int, least: int = 1) -> None:
    """Fail with the faults, or when there was nothing to find them in."""
    assert checked >= least, f"only {checked} checked"
    assert not faults, "\n".join(["", *faults])


def test_parsing_warns_of_nothing(parsed: tuple[Node, str]) -> None:
    assert "Running with dbt" in parsed[1]
    assert not re.search(r"warn|deprecat", parsed[1], re.IGNORECASE), parsed[1]


def test_names_show_the_layer(models: list[Node]) -> None:
    faults = []
    for model in models:
        folders = Path(model["original_file_path"]).parts
        pattern = NAMES.get(folders[1], rf"(stg|base)_{folders[2]}__\w+")
        if not re.fullmatch(pattern, model["name"]):
            faults.append(f"{model['original_file_path']}: not {pattern}")
    none_of(faults, len(models), 80)


def test_documents_are_named_after_their_folder() -> None:
    kinds = "sources|models|docs|unit_tests|exposures|semantic_models|metrics|saved_queries"
    found = files("models/*/**/*.yml", "models/*/**/*.md")
    faults = [
        str(path.relative_to(PROJECT))
        for path in found
        if not re.fullmatch(rf"_{path.parent.name}(_[a-z_]+)?__({kinds})[.]\w+", path.name)
    ]
    none_of(faults, len(found), 15)


def test_everything_is_described(manifest: Node) -> None:
    nodes = of_type(manifest, "model") + of_type(manifest, "seed")
    nodes += list(manifest["sources"].values())
    faults = []
    for node in nodes:
        if not node["description"].strip():
            faults.append(f"{node['unique_id']}: no description")
        if not node["columns"]:
            faults.append(f"{node['unique_id']}: no columns")
        for column in node["columns"].values():
            if not column["description"].strip():
                faults.append(f"{node['unique_id']}.{column['name']}: no description")
    faults += [
        f"source {node['source_name']}: no description"
        for node in manifest["sources"].values()
        if not node["source_description"].strip()
    ]
    none_of(faults, len(nodes), 110)


def test_public_macros_and_their_arguments_are_described(macros: dict[str, Node]) -> None:
    engines = tuple(f"{engine}__" for engine in ENGINES)
    public = [m for name, m in macros.items() if not name.startswith(("_", *engines))]
    faults = []
    for macro in public:
        described = {argument["name"]: argument["description"] for argument in macro["arguments"]}
        if not macro["description"].strip():
            faults.append(f"{macro['name']}: no description")
        if list(described) != signature(macro):
            faults.append(
                f"{macro['name']}: arguments are {signature(macro)}, described {list(described)}"
            )
        faults += [
            f"{macro['name']}.{a}: no description" for a, d in described.items() if not d.strip()
        ]
    none_of(faults, len(public), 60)


def count_rules(test: Node) -> int:
    """Count the rules that a test holds; one that is not `rules` is one itself."""
    metadata = test.get("test_metadata") or {"name": "singular"}
    if metadata["name"] != "rules":
        return 1
    given = {name: rules for name, rules in metadata["kwargs"].items() if name in RULES}
    return sum(1 if rules is True else len(rules) for rules in given.values())


def test_every_model_is_tested(manifest: Node, models: list[Node]) -> None:
    counts: Counter[str | None] = Counter()
    for node in of_type(manifest, "test"):
        counts[node.get("attached_node")] += count_rules(node)
    faults = []
    for model in models:
        least = 4 if layer(model) in {"core", "ops", "helpers", "marts", "predictions"} else 1
        count = counts[model["unique_id"]]
        if count < least:
            faults.append(f"{model['name']}: {count} rules, at least {least} wanted")
    none_of(faults, len(models), 80)


def list_columns(rules: Node) -> set[str]:
    """List the columns that rules name, without those of conditions."""
    found: set[str] = set()
    for kind in RULES - {"holds", "adds_up"}:
        for rule in rules.get(kind, []):
            columns = rule["columns"] if isinstance(rule, dict) else rule
            found.update([columns] if isinstance(columns, str) else columns)
    return found


def list_additive(model: Node) -> set[str]:
    """List the columns that are declared additive."""
    columns = model["columns"].values()
    return {one["name"] for one in columns if one["meta"].get("additivity") == "additive"}


def test_rules_are_many(manifest: Node, models: list[Node]) -> None:
    """One test holds many rules: they are counted, and so are the columns that they name."""
    tests = of_type(manifest, "test")
    assert sum(map(count_rules, tests)) > 2_000
    named: dict[str, set[str]] = {}
    for node in tests:
        if (node.get("test_metadata") or {}).get("name") == "rules":
            rules = node["test_metadata"]["kwargs"]
            found = list_columns(
                {name: given for name, given in rules.items() if name != "adds_up"}
            )
            if rules.get("adds_up"):
                columns = manifest["nodes"][node["attached_node"]]["columns"].values()
                found |= {
                    one["name"] for one in columns if one["meta"].get("additivity") == "additive"
                }
            named.setdefault(node["attached_node"], set()).update(found)
    counted = [model for model in models if layer(model) not in {"staging", "base"}]
    columns = [(model["unique_id"], name) for model in counted for name in model["columns"]]
    share = sum(name in named.get(model, set()) for model, name in columns) / len(columns)
    assert share > 0.65


def test_grains_are_unique(manifest: Node, models: list[Node]) -> None:
    """What a model of core or marts calls its grain holds a key that its rules check."""
    keys: dict[str, list[set[str]]] = {}
    for node in of_type(manifest, "test"):
        metadata = node.get("test_metadata") or {}
        if metadata.get("name") == "rules":
            unique = metadata["kwargs"].get("unique", [])
            found = [set([key] if isinstance(key, str) else key) for key in unique]
            keys.setdefault(node["attached_node"], []).extend(found)
    with_grain = [m for m in models if m["config"]["meta"].get("grain")]
    faults = [
        f"{model['name']}: {model['config']['meta']['grain']}"
        for model in with_grain
        if not any(
            key <= set(model["config"]["meta"]["grain"].replace(",", " ").split())
            for key in keys.get(model["unique_id"], [])
        )
    ]
    none_of(faults, len(with_grain), 80)


def test_models_read_only_the_layers_before_them(manifest: Node, models: list[Node]) -> None:
    known = {**manifest["nodes"], **manifest["sources"]}
    faults, edges = [], 0
    for model in models:
        for parent in (known[name] for name in model["depends_on"]["nodes"]):
            edges += 1
            if layer(parent) not in READS[layer(model)] and not (
                layer(parent) == "ops" and "core" in READS[layer(model)]
            ):
                faults.append(f"{model['name']} ({layer(model)}) reads {parent['unique_id']}")
            folder = Path(model["original_file_path"]).parts[2]
            if layer(model) in {"staging", "base"} and parent["resource_type"] != "seed":
                if folder not in (parent.get("source_name"), Path(parent["path"]).parts[-2]):
                    faults.append(f"{model['name']} reads {parent['unique_id']} of another source")
    none_of(faults, edges, 150)


def list_ancestors(manifest: Node, name: str) -> set[str]:
    """List all that a node depends on, directly or not."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        parents = set(manifest["parent_map"].get(waiting.pop(), ())) - found
        found |= parents
        waiting += parents
    return found


def test_jobs_read_only_the_core_and_nothing_that_depends_on_scores(
    manifest: Node, models: list[Node]
) -> None:
    known = {model["name"]: model for model in models}
    reads = [(job.NAME, name) for job in find_jobs() for name in ("run_context", *job.READS)]
    faults = []
    for job, name in reads:
        model = known.get(name)
        if model is None:
            faults.append(f"{job} reads {name}, which is no model")
            continue
        if layer(model) != "core" or not re.fullmatch(r"(dim|fct)_\w+|run_context", name):
            faults.append(f"{job} reads {name}, which is {layer(model)}")
        ancestors = list_ancestors(manifest, model["unique_id"])
        scores = [each for each in ancestors if each.startswith("source.customer_trends.ml.")]
        faults += [f"{job} reads {name}, which depends on {score}" for score in sorted(scores)]
    none_of(faults, len(reads), 20)
    # What shows scores depends on them, or nothing would be found here.
    shown = list_ancestors(manifest, known["mart_customer_360"]["unique_id"])
    assert "source.customer_trends.ml.ml_customer_segments" in shown


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"\btarget\s*\.\s*type\b", id="engine"),
        pytest.param(r"\bcurrent_(date|timestamp|time)\b|\b(now|today)\s*\(", id="clock"),
    ],
)
def test_models_ask_neither_for_the_engine_nor_for_the_time(
    models: list[Node], pattern: str
) -> None:
    faults = [m["name"] for m in models if re.search(pattern, m["raw_code"], re.IGNORECASE)]
    none_of(faults, len(models), 80)


def test_core_and_marts_have_contracts(models: list[Node]) -> None:
    public = [m for m in models if layer(m) in {"core", "ops", "helpers", "marts", "predictions"}]
    faults = [m["name"] for m in public if not m["config"]["contract"]["enforced"]]
    none_of(faults, len(public), 25)


def test_what_is_published_names_nobody(models: list[Node]) -> None:
    """Publishing leaves out personal data; on a server one such column stays where it is."""
    public = [m for m in models if m["access"] == "public"]
    assert {layer(m) for m in public} == {"core", "marts", "predictions"}
    marked = [
        f"{model['name']}.{name}"
        for model in public
        for name, column in model["columns"].items()
        if column["meta"].get("contains_pii") and name != "region_manager_name"
    ]
    none_of(marked, len(public), 60)


def test_readers_of_servers_may_read_the_public_models_of_core(models: list[Node]) -> None:
    """Each has its line in the script of rights, and no other relation has."""
    text = (PROJECT / "docs" / "mysql_star_reader.sql").read_text(encoding="utf-8")
    granted = re.findall(r"^grant select on `customer_trends_core`[.](\w+) to", text, re.MULTILINE)
    public = {m["name"] for m in models if layer(m) == "core" and m["access"] == "public"}
    assert len(public) > 15
    assert granted == sorted(public)


def test_sql_files_are_short() -> None:
    found = files("models/**/*.sql", "macros/**/*.sql", "tests/**/*.sql", "analyses/**/*.sql")
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in found}
    faults = [
        f"{path.relative_to(PROJECT)}: {length} lines"
        for path, length in lengths.items()
        if length > MOST_LINES and path.relative_to(PROJECT).as_posix() not in LONG_LISTS
    ]
    none_of(faults, len(found), 80)


def test_yaml_uses_the_keys_of_today() -> None:
    found = files("models/**/*.yml", "seeds/**/*.yml", "tests/generic/*.yml", "analyses/*.yml")
    found += files("dbt_project.yml")
    faults, keys = [], 0
    for path in found:
        for key in yaml_keys(yaml.safe_load(path.read_text(encoding="utf-8"))):
            keys += 1
            if key in {"tests"}:
                faults.append(f"{path.relative_to(PROJECT)}: {key}")
    none_of(faults, keys, 1000)


def test_unit_tests_give_rows_for_every_input() -> None:
    """Without rows dbt 1.11 reads a seed itself; dbt 2.0 refuses the unit test.

    Read from the files, because the manifest does not say which rows were left out.
    """
    faults, inputs = [], 0
    for path in files("models/**/*__unit_tests.yml"):
        for unit_test in yaml.safe_load(path.read_text(encoding="utf-8"))["unit_tests"]:
            for given in unit_test["given"]:
                inputs += 1
                if not given.keys() & {"rows", "fixture"}:
                    faults.append(f"{unit_test['name']}: {given['input']} has no rows")
    none_of(faults, inputs, 100)


def read_variables(manifest: Node, node: Node, done: set[str]) -> set[str]:
    """Names of the variables that a model or a macro reads, and the macros that it calls."""
    found = set(VARIABLE.findall(node.get("raw_code") or node.get("macro_sql") or ""))
    for name in node["depends_on"]["macros"]:
        if name.startswith("macro.customer_trends.") and name not in done:
            done.add(name)
            found |= read_variables(manifest, manifest["macros"][name], done)
    return found


def test_unit_tests_override_all_variables_or_none(manifest: Node) -> None:
    """On dbt 2.0 an override of some variables hides all others from the model."""
    faults, overriding = [], 0
    for unit_test in manifest["unit_tests"].values():
        given = set((unit_test.get("overrides") or {}).get("vars") or {})
        if not given:
            continue
        overriding += 1
        model = manifest["nodes"][f"model.customer_trends.{unit_test['model']}"]
        for name in sorted(read_variables(manifest, model, set()) - given):
            faults.append(f"{unit_test['name']}: {name} is not given")
    none_of(faults, overriding, 5)


def test_dispatch_names_the_project(macros: dict[str, Node]) -> None:
    texts = {name: macro["macro_sql"] for name, macro in macros.items()}
    calls = [(n, c) for n, t in texts.items() for c in re.findall(r"adapter\.dispatch\((.*?)\)", t)]
    faults = [n for n, c in calls if c != f"'{n}', 'customer_trends'"]
    none_of(faults, len(calls), 20)


def test_cross_db_macros_have_a_variant_per_engine(macros: dict[str, Node]) -> None:
    prefixes = tuple(f"{engine}__" for engine in ENGINES)
    public = {
        name: macro
        for name, macro in macros.items()
        if "cross_db" in Path(macro["path"]).parts and not name.startswith(prefixes)
    }
    faults, dispatched = [], 0
    for name, macro in public.items():
        variants = {engine: macros.get(f"{engine}__{name}") for engine in ENGINES}
        if "adapter.dispatch" not in macro["macro_sql"]:
            # Built from macros that dispatch: it must call one and cannot have variants.
            if any(variants.values()) or not any(
                called.split(".")[-1] in public for called in macro["depends_on"]["macros"]
            ):
                faults.append(f"{name}: does not dispatch")
            continue
        dispatched += 1
        faults += [f"{name}: no variant for {e}" for e, variant in variants.items() if not variant]
        default, mariadb = variants["default"], variants["mariadb"]
        if default and "exceptions.raise_compiler_error" not in default["macro_sql"]:
            faults.append(f"{name}: default__ does not raise")
        if mariadb and f"customer_trends.mysql__{name}(" not in mariadb["macro_sql"]:
            faults.append(f"{name}: mariadb__ does not call mysql__")
    none_of(faults, dispatched, 25)


@pytest.mark.parametrize(
    ("engine", "module", "text_type"),
    [
        ("duckdb", engine_duckdb, "varchar"),
        ("mysql", engine_mysql, "longtext"),
        ("spark", engine_spark, "string"),
    ],
)
def test_loader_and_dbt_make_the_same_raw_tables(
    macros: dict[str, Node], engine: str, module: ModuleType, text_type: str
) -> None:
    """The types that the loader gives to columns are those of the macro."""
    text = macros[f"{engine}__create_raw_table"]["macro_sql"]
    declared = dict(re.findall(r"^ +(_\w+) ([\w()]+),?$", text, flags=re.MULTILINE))
    expected = module.AUDIT_TYPES | ({"_batch_id": "string"} if engine == "spark" else {})
    assert declared == expected
    assert re.search(rf"column.* {text_type},$", text, flags=re.MULTILINE)


def test_source_catalog_lists_what_staging_has(manifest: Node, models: list[Node]) -> None:
    entities = {source: facts["entities"] for source, facts in CATALOG.items()}
    expected = {f"stg_{source}__{entity}" for source in entities for entity in entities[source]}
    assert {m["name"] for m in models if layer(m) == "staging"} == expected
    assert {path.parent.name for path in files("models/staging/*/*.sql")} == set(CATALOG)
    tables = {(node["source_name"], node["name"]) for node in manifest["sources"].values()}
    named = {(source, table) for source in entities for table in entities[source].values()}
    assert named - {(source, "derived") for source in entities} <= tables


def test_staging_models_document_the_contract(
    models: list[Node], contract: dict[str, list[list[str]]]
) -> None:
    staging = [model for model in models if layer(model) == "staging"]
    lacking = "Always NULL: the source does not have it."
    faults = []
    for model in staging:
        columns = contract.get(model["name"].split("__")[1], [])
        expected = [*STANDARD_COLUMNS[0], *(column[0] for column in columns), *STANDARD_COLUMNS[1]]
        if list(model["columns"]) != expected:
            faults.append(f"{model['name']}: columns are not those of the contract")
            continue
        call = re.search(r"lacks=\[(.*?)\]", model["raw_code"], re.DOTALL)
        lacks = re.findall(r"\w+", call[1]) if call else []
        for name, _, _, meaning in columns:
            column = model["columns"][name]
            if column["description"] != (f"{meaning} {lacking}" if name in lacks else meaning):
                faults.append(f"{model['name']}.{name}: {column['description']}")
            if "(personal data)" in meaning and not column["meta"].get("contains_pii"):
                faults.append(f"{model['name']}.{name}: not marked as personal data")
    none_of(faults, len(staging), 40)


def test_screening_models_carry_the_contract(
    models: list[Node], contract: dict[str, list[list[str]]]
) -> None:
    """Their columns are written out: none of the contract is forgotten, and the key is its key."""
    texts = {model["name"]: model["raw_code"] for model in models}
    faults = []
    for entity, columns in contract.items():
        text = texts[f"int_{entity}_screened"]
        selected = set(re.findall(r"^ +(?:\w+[.])?(\w+),$|\bas (\w+),$", text, re.MULTILINE))
        names = {name for found in selected for name in found}
        wanted = [column[0] for column in columns] + [*STANDARD_COLUMNS[0], *STANDARD_COLUMNS[1]]
        judged = {"rejection_reason", "rejected_column"} if "first_failed_rule" in text else set()
        faults += [f"{entity}: lacks {name}" for name in wanted if name not in names | judged]
        keys = re.findall(r"row_outcome\(\[(.*?)\]\)", text)
        expected = ", ".join(f"'{name}'" for name, _, presence, _ in columns if presence == "key")
        if keys != [expected]:
            faults.append(f"{entity}: the key is {expected}, not {keys}")
    none_of(faults, len(contract), 10)


def test_contract_page_equals_the_contract(contract: dict[str, list[list[str]]]) -> None:
    page = (PROJECT / "docs/staging_contract.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## `(\w+)`\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE))
    assert list(sections) == list(contract)
    for entity, columns in contract.items():
        rows = [f"| `{n}` | {kind} | {presence} | {text} |" for n, kind, presence, text in columns]
        assert [r for r in sections[entity].splitlines() if r.startswith("| `")] == rows, entity


def test_no_file_names_a_place_on_one_machine() -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    found = [PROJECT / name for name in listed.stdout.splitlines() if (PROJECT / name).is_file()]
    place = re.compile(rb"(?<![\w.~-])/" rb"(home|root|Users|work|private|tmp)/\w")
    faults = [str(path) for path in found if place.search(path.read_bytes())]
    none_of(faults, len(found), 150)


def test_drawing_shows_every_foreign_key(manifest: Node) -> None:
    """The tables and keys in docs/erd.md are those that the tests of the core check."""
    page = (PROJECT / "docs" / "erd.md").read_text(encoding="utf-8")
    drawn = {(a.lower(), b.lower()) for a, b in re.findall(r'"(\w+)" \}\|--\|\| "(\w+)"', page)}
    core = {
        key: node["name"]
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["fqn"][1] == "core"
    }
    tested = set()
    for node in manifest["nodes"].values():
        if (node.get("test_metadata") or {}).get("name") != "relationships":
            continue
        child = node["attached_node"]
        if child not in core:
            continue
        (parent,) = [key for key in node["depends_on"]["nodes"] if key != child]
        if parent in core:
            tested.add((core[child], core[parent]))
    assert len(tested) > 20
    assert drawn == tested, "run `make docs` and commit docs/erd.md"
