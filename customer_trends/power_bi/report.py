"""Write the Power BI report (PBIR): an overview of five visuals and a page to drill through to."""

import json
from pathlib import Path

from customer_trends.errors import ProjectError
from customer_trends.power_bi.measures import Measure
from customer_trends.power_bi.tmdl import METRICS_TABLE
from customer_trends.power_bi.visuals import Field, Json, Visual, declare, keep_top, write_visual
from customer_trends.semantic_model.tables import Model

BASE_THEME = {"name": "CY24SU10", "reportVersionAtImport": "5.61", "type": "SharedResources"}
WIDTH, HEIGHT = 1280, 720
OVERVIEW, DETAIL = "overview", "order_lines"
# What a person right-clicks to see the order lines behind it.
DRILL_FIELDS = (
    ("places", "region"),
    ("products_then", "category"),
    ("calendar_days", "month_start_date"),
    ("customers_today", "customer_id"),
)


class _Fields:
    """Finds columns and metrics by their names in the warehouse."""

    def __init__(self, model: Model, measures: list[Measure]) -> None:
        """Take the model and the metrics that have a translation."""
        self.model = model
        self.captions = {measure.name: measure.caption for measure in measures}

    def column(self, table: str, name: str) -> Field:
        """Find a column."""
        if table not in self.model.tables or name not in self.model.tables[table].columns:
            raise ProjectError(
                f"The Power BI report needs {name} of the semantic model {table}: restore it in "
                "models/metrics, or change customer_trends/power_bi_report.py."
            )
        found = self.model.tables[table]
        return Field(found.caption, found.columns[name].caption, is_measure=False)

    def metric(self, name: str) -> Field:
        """Find a metric."""
        if name not in self.captions:
            raise ProjectError(
                f"The Power BI report needs the metric {name}, which is missing or has no DAX: "
                "restore it in models/metrics, or change customer_trends/power_bi_report.py."
            )
        return Field(METRICS_TABLE, self.captions[name], is_measure=True)


def write_report(definition: Path, model: Model, measures: list[Measure]) -> list[Path]:
    """Write the files of the report.

    Parameters
    ----------
    definition
        Folder ``definition`` of the report.
    model
        Tables of the model.
    measures
        Metrics in DAX.

    Returns
    -------
    list of Path
        The files.
    """
    fields = _Fields(model, measures)
    pages = definition / "pages"
    contents = {
        definition / "version.json": declare("versionMetadata") | {"version": "2.0.0"},
        definition / "report.json": declare("report")
        | {"themeCollection": {"baseTheme": BASE_THEME}},
        pages / "pages.json": declare("pagesMetadata")
        | {"pageOrder": [OVERVIEW, DETAIL], "activePageName": OVERVIEW},
        pages / OVERVIEW / "page.json": _write_page(OVERVIEW, "Overview"),
        pages / DETAIL / "page.json": _write_page(DETAIL, "Order lines")
        | _write_drill_through(fields),
    }
    for page, visuals in (
        (OVERVIEW, _list_overview(fields)),
        (DETAIL, [_list_lines(fields)]),
    ):
        for order, visual in enumerate(visuals):
            path = pages / page / "visuals" / visual.name / "visual.json"
            contents[path] = write_visual(visual, order)
    for path, content in contents.items():
        write_json(path, content)
    return list(contents)


def write_json(path: Path, content: Json) -> None:
    """Write a JSON file and the folders it is in.

    Parameters
    ----------
    path
        File to write.
    content
        What it is to hold.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _list_overview(fields: _Fields) -> list[Visual]:
    """List the five visuals of the overview."""
    sales, of_customers = fields.metric("sales_after_discount"), fields.metric(
        "net_sales_of_customers"
    )  # fmt: skip
    customer = fields.column("customers_today", "customer_id")
    summed = fields.column("customer_profiles", "net_sales_by_order_date")
    headlines = (
        "net_sales",
        "orders",
        "average_order_value",
        "customer_lifetime_value_historic",
        "average_customer_lifetime_value_predicted",
    )
    return [
        Visual(
            "headlines", "multiRowCard", "Headline figures and customer lifetime value",
            (16, 16, 1248, 120), {"Values": [fields.metric(name) for name in headlines]},
        ),
        Visual(
            "sales_by_region", "clusteredBarChart", "Total sales by region", (16, 148, 408, 272),
            {"Category": [fields.column("places", "region")], "Y": [sales]}, sales,
        ),
        Visual(
            "sales_by_category", "clusteredBarChart", "Sales by category", (436, 148, 408, 272),
            {"Category": [fields.column("products_then", "category")], "Y": [sales]}, sales,
        ),
        Visual(
            "top_5_customers", "tableEx", "Top 5 customers by net sales, all time",
            (856, 148, 408, 272),
            {"Values": [
                customer, fields.column("customers_today", "region"),
                fields.column("customers_today", "age_group"), of_customers,
            ]},
            of_customers, (keep_top(customer, summed, 5),),
        ),
        Visual(
            "monthly_trend", "lineClusteredColumnComboChart",
            "Net sales by month, and change against the month before", (16, 432, 1248, 272),
            {
                "Category": [fields.column("calendar_days", "month_start_date")],
                "Y": [fields.metric("net_sales")], "Y2": [fields.metric("month_over_month_growth")],
                "Tooltips": [
                    fields.metric("month_over_month_change"),
                    fields.metric("year_over_year_growth"),
                ],
            },
        ),
    ]  # fmt: skip


def _list_lines(fields: _Fields) -> Visual:
    """Describe the table of order lines that a person drills through to."""
    columns = (
        ("sales_lines", "order_id"), ("sales_lines", "order_date"),
        ("customers_today", "customer_id"), ("places", "region"), ("places", "state"),
        ("products_then", "category"), ("products_today", "product_name"),
        ("order_statuses", "order_status"),
    )  # fmt: skip
    figures = (
        "units_sold",
        "gross_sales",
        "discounts",
        "sales_after_discount",
        "returns_of_orders",
    )
    shown = [fields.column(*column) for column in columns]
    shown += [fields.metric(name) for name in figures]
    return Visual(
        "order_lines", "tableEx", "Order lines behind the figure", (16, 16, 1248, 688),
        {"Values": shown}, fields.metric("sales_after_discount"),
    )  # fmt: skip


def _write_drill_through(fields: _Fields) -> Json:
    """Write what makes a page one to drill through to, by any of some fields."""
    filters, parameters = [], []
    for table, name in DRILL_FIELDS:
        field, label = fields.column(table, name), f"drill_{table}_{name}"
        filters.append(
            {"name": label, "field": field.refer(), "type": "Categorical",
             "howCreated": "Drillthrough"}
        )  # fmt: skip
        parameters.append(
            {"name": f"{label}_parameter", "boundFilter": label, "fieldExpr": field.refer()}
        )
    return {
        "filterConfig": {"filters": filters},
        "pageBinding": {"name": "drill", "type": "Drillthrough", "parameters": parameters},
        "type": "Drillthrough",
        "visibility": "HiddenInViewMode",
    }


def _write_page(name: str, title: str) -> Json:
    """Write what every page has."""
    return declare("page") | {
        "name": name,
        "displayName": title,
        "displayOption": "FitToPage",
        "width": WIDTH,
        "height": HEIGHT,
    }
