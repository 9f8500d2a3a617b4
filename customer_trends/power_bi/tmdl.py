"""Write the semantic model of Power BI as TMDL."""

import re
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from jinja2 import Environment, PackageLoader, StrictUndefined

from customer_trends.power_bi.measures import Measure
from customer_trends.power_bi.source import Source
from customer_trends.semantic_model.tables import DATE_COLUMN, SORTED_BY, Model

METRICS_TABLE = "Metrics"
DATA_TYPES = {
    "text": "string", "integer": "int64", "fixed": "decimal", "number": "double",
    "flag": "boolean", "date": "dateTime", "time": "dateTime",
}  # fmt: skip
M_TYPES = {
    "text": "type text", "integer": "Int64.Type", "fixed": "Currency.Type", "number": "type number",
    "flag": "type logical", "date": "type date", "time": "type datetime",
}  # fmt: skip
FORMATS = {"integer": "0", "fixed": "#,0.00", "date": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:nn:ss"}
PLAIN_NAME = re.compile(r"\w+")


def make_tag(*parts: str) -> str:
    """Make the tag by which Power BI knows an object again, the same in every run.

    Parameters
    ----------
    *parts
        What the object is.

    Returns
    -------
    str
        A UUID.
    """
    return str(uuid5(NAMESPACE_URL, "/".join(("customer_trends", "power_bi", *parts))))


def write_model(
    definition: Path, model: Model, measures: list[Measure], source: Source
) -> list[Path]:
    """Write the files of the semantic model.

    Parameters
    ----------
    definition
        Folder ``definition`` of the semantic model.
    model
        Tables and relations.
    measures
        Metrics in DAX.
    source
        Where the tables are read from.

    Returns
    -------
    list of Path
        The files.
    """
    environment = _make_environment()
    tables = list(model.tables.values())
    context = {
        "tables": tables,
        "relations": model.relations,
        "parameters": source.parameters,
        "measures": measures,
        "metrics": METRICS_TABLE,
    }
    contents = {
        definition / f"{name}.tmdl": environment.get_template(f"{name}.tmdl.jinja").render(context)
        for name in ("database", "model", "relationships", "expressions")
    }
    folder = definition / "tables"
    contents[folder / f"{METRICS_TABLE}.tmdl"] = environment.get_template(
        "metrics.tmdl.jinja"
    ).render(context)
    template = environment.get_template("table.tmdl.jinja")
    for table in tables:
        contents[folder / f"{table.caption}.tmdl"] = template.render(
            table=table,
            source=source.write,
            data_types=DATA_TYPES,
            m_types=M_TYPES,
            formats=FORMATS,
            sorted_by=SORTED_BY,
            date_column=DATE_COLUMN,
        )
    folder.mkdir(parents=True)
    for path, content in contents.items():
        path.write_text(content, encoding="utf-8", newline="\n")
    return list(contents)


def _make_environment() -> Environment:
    """Make the environment of the templates."""
    environment = Environment(
        loader=PackageLoader("customer_trends.power_bi", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["name"] = quote_object
    environment.filters["m_text"] = _quote_m_text
    environment.globals["tag"] = make_tag
    return environment


def quote_object(name: str) -> str:
    """Quote the name of an object where TMDL needs it.

    Parameters
    ----------
    name
        Name as people see it.

    Returns
    -------
    str
        Name as TMDL writes it.
    """
    if PLAIN_NAME.fullmatch(name):
        return name
    return "'" + name.replace("'", "''") + "'"


def _quote_m_text(text: str) -> str:
    """Quote a text for M."""
    return '"' + text.replace('"', '""') + '"'
