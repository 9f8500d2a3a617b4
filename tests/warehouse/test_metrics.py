"""One registry of figures: a metric, the mart that publishes it and the docs say the same."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from ask_metrics import (
    Node,
    Registry,
    columns_of,
    find_differences,
    formula_of,
    measures_of,
    name_of,
    open_registry,
)
from star import STAR
from warehouses import PROJECT, Warehouse

from customer_trends.demo.demo import DemoOptions, make_demo_data
from customer_trends.insights.notes import qualify

# Beside the demo shop: credit notes that name no order, one of them a guest's, and sales without a
# date.
INVOICES = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
700001,A1,MUG,6,2023-05-02 10:00:00,2.55,17850,United Kingdom
700001,B1,LANTERN,2,2023-05-02 10:00:00,3.39,17850,United Kingdom
700002,A1,MUG,3,2023-06-30 23:30:00,2.55,,France
C700003,A1,MUG,-2,2023-07-03 09:00:00,2.55,17850,United Kingdom
C700004,A1,MUG,-1,2023-08-03 09:00:00,2.55,,France
"""
PURCHASES = """Customer ID,Age,Gender,Item Purchased,Category,Purchase Amount (USD),Location,Size,\
Color,Season,Review Rating,Subscription Status,Payment Method,Shipping Type,Discount Applied,\
Promo Code Used,Previous Purchases,Frequency of Purchases
1,55,Male,Blouse,Clothing,53,Kentucky,L,Gray,Winter,3.1,Yes,Venmo,Express,Yes,Yes,14,Fortnightly
2,19,Female,Sweater,Clothing,64,Maine,L,Maroon,Winter,,No,Cash,Express,No,No,2,Weekly
"""
# What no mart publishes, by SQL of its own.
UNPUBLISHED = {
    "gift_card_sales": "select sum(gift_card_sales) from core.fct_sales",
    "kept_units": "select sum(units_sold - returned_units) from core.fct_sales",
    "unlinked_returns": "select sum(returns) from core.fct_returns where not is_order_linked",
    "refunded_tax": "select sum(refunded_tax) from core.fct_orders",
    "refunded_shipping": "select sum(refunded_shipping) from core.fct_orders",
    "order_value": "select sum(sales_after_discount + tax + shipping) from core.fct_orders",
    "net_sales_with_cost": "select sum(net_sales_with_cost) from core.fct_orders",
    "margin_coverage": """
        select cast(sum(net_sales_with_cost) / sum(net_sales_by_order_date) as decimal(18, 6))
        from core.fct_orders
    """,
    "discount_rate": """
        select cast(sum(discounts) / sum(gross_sales) as decimal(18, 6)) from core.fct_orders
    """,
    "guest_net_sales": """
        select guest_net_sales from intermediate.int_period_totals where period_type = 'all'
    """,
    "qualifying_orders": "select count(*) from core.fct_orders where is_qualifying",
    "active_customers": """
        select count(distinct customer_key) from core.fct_orders cross join core.run_context
        where is_qualifying and is_dated and customer_key > 0 and as_of_date - order_date < 90
    """,
    "prospects": """
        select count(*) from core.dim_customers
        where not is_reserved and customer_key not in (
            select customer_key from core.fct_orders where is_qualifying
        )
    """,
    "lapsed_customers": """
        select count(distinct customer_key) from core.fct_orders
        where is_qualifying and customer_key > 0 and customer_key not in (
            select customer_key from core.fct_orders cross join core.run_context
            where is_qualifying and is_dated and as_of_date - order_date < 90
        )
    """,
    "average_customer_lifetime_value_predicted": """
        select cast(avg(customer_lifetime_value_predicted) as decimal(18, 6))
        from marts.mart_customer_lifetime_value
    """,
}


def write_files(folder: Path) -> dict[str, list[Path]]:
    """Write a demo shop, one complaint of which names no order, and two small files of others."""
    shop = folder / "shop"
    make_demo_data(DemoOptions(1_500, 7, False, shop), lambda step: None)
    tickets = shop / "support_tickets.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"""
            copy (
                from '{tickets}' select * replace (
                    case when ticket_id <> (
                        select min(ticket_id) from '{tickets}' where ticket_type = 'complaint'
                    ) then order_id end as order_id
                )
            ) to '{folder / "tickets.parquet"}'
        """)
    (folder / "tickets.parquet").replace(tickets)
    (folder / "invoices.csv").write_text(INVOICES, encoding="utf-8")
    (folder / "purchases.csv").write_text(PURCHASES, encoding="utf-8")
    return {
        "shop": sorted(shop.glob("*.parquet")),
        "online_retail": [folder / "invoices.csv"],
        "shopping_trends": [folder / "purchases.csv"],
    }


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Build the three sources without the tests, which others run."""
    warehouse = Warehouse(tmp_path_factory.mktemp("metrics"))
    files = write_files(warehouse.folder)
    for source, paths in files.items():
        warehouse.run("load", source, *paths)
    variables = json.dumps({"source_systems": list(files)})
    warehouse.dbt("build", "--exclude-resource-types", "test", "unit_test", "--vars", variables)
    registry = open_registry(warehouse.folder / "target", warehouse.path)
    yield registry
    registry.connection.close()


def list_fields(model: Node) -> dict[str, str]:
    """List the columns of a model with their descriptions on one line each."""
    return {name: one_line(column["description"]) for name, column in model["columns"].items()}


def one_line(text: str) -> str:
    return " ".join(text.split())


def none_of(faults: list[str], checked: int, least: int) -> None:
    """Fail with the faults, or when there was hardly anything to find them in."""
    assert checked >= least, f"only {checked} checked"
    assert not faults, "\n".join(["", *faults[:40]])


def test_metrics_equal_the_marts(registry: Registry) -> None:
    """Every saved query gives, row by row, what its mart publishes; no figure is left out."""
    metrics = registry.nodes("metrics")
    faults, compared, seen = [], set(), set()
    for name, query in registry.nodes("saved_queries").items():
        equals, parameters = query["config"]["meta"]["equals"], query["query_params"]
        answers = registry.ask(parameters["metrics"], [*map(name_of, parameters["group_by"])])
        for metric in parameters["metrics"]:
            (column,) = [c for c in columns_of(metrics[metric]) if c["mart"] == equals["mart"]]
            published = registry.read_mart(equals, column)
            different = find_differences(
                metrics[metric], answers[metric], published, "leaves_out" in equals
            )
            faults += [f"{name}: {line}" for line in different]
            compared.add((metric, equals["mart"]))
            seen |= {metric for figure in published.values() if figure}
    read = {node["name"] for node in semantic_models_of(registry)}
    wanted = {
        (name, column["mart"])
        for name, metric in metrics.items()
        for column in columns_of(metric)
        # What a metric reads cannot show whether it is right.
        if column["mart"] not in read
    }
    assert wanted <= compared, wanted - compared
    assert {metric for metric, _ in compared} == seen, "figures that are nothing but 0"
    none_of(faults, len(compared), 100)


def semantic_models_of(registry: Registry) -> list[Node]:
    """List the models that semantic models stand on."""
    return [
        registry.manifest["nodes"][parent]
        for node in registry.manifest["semantic_models"].values()
        for parent in node["depends_on"]["nodes"]
    ]


def test_unpublished_metrics_equal_plain_sql(registry: Registry) -> None:
    """What no mart publishes is the same by SQL of its own; parts of others are not asked for."""
    metrics = registry.nodes("metrics")
    parts = {
        one["name"]
        for metric in metrics.values()
        for one in metric["type_params"]["input_measures"] + metric["type_params"]["metrics"]
    }
    parts |= {
        (metric["type_params"][side] or {}).get("name")
        for metric in metrics.values()
        for side in ("numerator", "denominator")
    }
    unpublished = {name for name, metric in metrics.items() if not columns_of(metric)}
    assert unpublished - parts <= set(UNPUBLISHED) <= unpublished
    answers = registry.ask(list(UNPUBLISHED), [])
    published = {
        name: dict.fromkeys([()], registry.connection.execute(sql).fetchone()[0])
        for name, sql in UNPUBLISHED.items()
    }
    faults = [
        line
        for name in UNPUBLISHED
        for line in find_differences(metrics[name], answers[name], published[name], False)
    ]
    none_of(faults, len(UNPUBLISHED), 10)


def test_metrics_and_the_columns_that_publish_them_say_the_same(registry: Registry) -> None:
    """A metric names its formula, mart and column; the column's text begins with the metric's."""
    models, metrics = registry.nodes("models"), registry.nodes("metrics")
    with (PROJECT / "seeds" / "reference" / "kpis.csv").open(encoding="utf-8") as file:
        headlines = {row["kpi_id"]: row for row in csv.DictReader(file)}
    measures = measures_of(registry.manifest)
    faults, published = [], set()
    for name, metric in metrics.items():
        meta, text = metric["config"]["meta"], one_line(metric["description"])
        if set(meta) - {"formula", "unit"} not in ({"published_in"}, {"not_published"}) or not text:
            faults.append(f"{name}: no text, or not clear whether it is published: {meta}")
        if meta.get("formula") != (formula := formula_of(metric, measures)):
            faults.append(f"{name}: the formula is {formula!r}")
        for column in columns_of(metric):
            place = f"{column['mart']}.{column['column']}"
            fields = list_fields(models[column["mart"]]) if column["mart"] in models else {}
            if column["column"] not in fields:
                faults.append(f"{name}: there is no {place}")
                continue
            member = re.fullmatch(r"kpi_id = '(\w+)'", column.get("filter", ""))
            if member:
                published.add(member[1])
                if headlines[member[1]]["unit"] != meta["unit"]:
                    faults.append(f"{name}: the headline figure is in another unit")
            elif "filter" in column:
                continue
            found = headlines[member[1]]["description"] if member else fields[column["column"]]
            if not found.startswith(text):
                faults.append(f"{name}: {place} says {found!r}, not {text!r}")
    none_of(faults, len(metrics), 100)
    assert set(headlines) - published == {"simple_customer_value"}, "a product of two metrics"


def test_front_page_links_every_metric(registry: Registry) -> None:
    """From the front page of the docs the definition of each metric is one click away."""
    page = registry.manifest["docs"]["doc.customer_trends.__overview__"]["block_contents"]
    linked = re.findall(r"\[([\w ]+)\]\(#!/metric/metric\.customer_trends\.(\w+)\)", page)
    metrics = registry.nodes("metrics")
    assert sorted(name for _, name in linked) == sorted(metrics)
    assert all(label == name for label, name in linked)
    models = set(re.findall(r"#!/model/model\.customer_trends\.(\w+)", page))
    marts = {name for name in registry.nodes("models") if name.startswith("mart_")}
    assert len(marts) > 20
    assert marts <= models <= set(registry.nodes("models"))


def find_members(registry: Registry, mart: str, column: str) -> set[str]:
    """Find the values of a column; those it may have where the mart waits for its scores."""
    sql = f"select distinct cast({column} as varchar) from {qualify(mart)}"
    found = {row[0] for row in registry.connection.execute(sql).fetchall()}
    if found:
        return found
    owner = registry.nodes("models")[mart]
    assert "predictions" in owner["fqn"], f"{mart} is empty"
    listed = [
        node["test_metadata"]["kwargs"]["accepted_values"][column]
        for node in registry.manifest["nodes"].values()
        if node.get("attached_node") == owner["unique_id"]
        and column in node["test_metadata"]["kwargs"].get("accepted_values", {})
    ]
    return {value for values in listed for value in values}


def test_questions_name_what_exists(registry: Registry) -> None:
    """Each line of docs/questions.md names a mart or analysis and its columns; none is missing."""
    models = registry.nodes("models")
    nodes = registry.manifest["nodes"].values()
    analyses = {node["name"]: node for node in nodes if node["resource_type"] == "analysis"}
    page = (PROJECT / "docs" / "questions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| `(\w+)`(.*?) \| (.*) \|$", page, re.MULTILINE)
    assert len(rows) == len(re.findall(r"^\| (?!question)", page, re.MULTILINE))
    faults = []
    for question, name, members, listed in rows:
        columns = models[name]["columns"] if name in models else {}
        if name in analyses:
            columns = re.findall(r"\w+", analyses[name]["raw_code"])
        chosen = re.findall(r", (\w+) (\w+)", members)
        wanted = [*re.findall(r"`(\w+)`", listed), *(column for column, _ in chosen)]
        faults += [f"{question} {name}.{column}" for column in wanted if column not in columns]
        for column, member in chosen:
            if member not in find_members(registry, name, column):
                faults.append(f"{question} {name} has no {column} {member}")
    marts = {name for name in models if name.startswith("mart_")}
    missing = (marts | set(analyses)) - {name for _, name, _, _ in rows}
    faults += [f"{name} answers no question" for name in missing]
    none_of(faults, len(rows), 60)


def test_every_mart_is_read_by_an_exposure(registry: Registry) -> None:
    """Dashboards, files and jobs name what they read; no mart is made for nobody."""
    exposures = registry.nodes("exposures")
    assert {"dashboard", "analysis", "ml"} == {node["type"] for node in exposures.values()}
    read = {parent for node in exposures.values() for parent in node["depends_on"]["nodes"]}
    marts = [node for node in registry.nodes("models").values() if node["fqn"][1] == "marts"]
    faults = [node["name"] for node in marts if node["unique_id"] not in read]
    # A mart that another mart needs need not be shown itself.
    needed = {parent for node in marts for parent in node["depends_on"]["nodes"]}
    faults = [name for name in faults if f"model.customer_trends.{name}" not in needed]
    none_of(faults, len(marts), 20)


def find_layer(model: Node) -> str:
    """Find the layer of a model; what stands beside the marts of one area are helpers."""
    layer = str(model["fqn"][1])
    return "helpers" if layer == "marts" and model["name"].startswith("int_") else layer


def test_groups_own_their_layers(registry: Registry) -> None:
    """Marts and the star are public, other core models protected, helpers of both private."""
    wanted = {
        "marts": ("marts", "public"),
        "helpers": ("marts", "private"),
        "metrics": ("marts", "protected"),
        "core": ("core", "protected"),
        "star": ("core", "public"),
        "intermediate": ("core", "private"),
    }
    models = {
        name: (
            "star" if name in STAR else find_layer(model),
            model["group"],
            model["access"],
        )
        for name, model in registry.nodes("models").items()
        if model["fqn"][1] in wanted
    }
    faults = [
        f"{name}: {group}, {access}"
        for name, (layer, group, access) in models.items()
        if (group, access) != wanted[layer]
    ]
    metrics = registry.nodes("metrics")
    faults += [f"{name}: no group" for name, metric in metrics.items() if not metric["group"]]
    none_of(faults, len(models), 80)
