"""The tables and relations of a Power BI model, from the semantic models."""

import re
from dataclasses import dataclass, field

from customer_trends.semantic_model.artifacts import Artefacts, Node, one_line

DATE_ENTITY = "calendar_day"
DATE_TABLE = "Date"
DATE_COLUMN = "calendar_date"
# A row per customer as of today belongs to no period: a filter on dates would leave nothing.
SNAPSHOT_DATE = "as_of_date"
SPELLINGS = {
    "id": "ID",
    "utc": "UTC",
    "rfm": "RFM",
    "iso": "ISO",
}
SORTED_BY = {"month_name": "month_of_year", "day_name": "day_of_week"}


@dataclass(frozen=True)
class Column:
    """A column: its name in the warehouse, for people, and the kind of its values."""

    name: str
    caption: str
    kind: str
    description: str
    is_hidden: bool
    can_be_null: bool


@dataclass(frozen=True)
class Table:
    """A table: a relation of the warehouse under a name for people."""

    semantic_model: str
    caption: str
    layer: str
    relation: str
    description: str
    columns: dict[str, Column]
    is_date: bool = False

    def refer(self, column: str) -> str:
        """Write a column in DAX."""
        return f"'{self.caption}'[{self.columns[column].caption}]"


@dataclass(frozen=True)
class Relation:
    """A relation of many rows to one, by captions of tables and columns."""

    many: tuple[str, str]
    one: tuple[str, str]

    @property
    def name(self) -> str:
        """What distinguishes it from others."""
        return f"{self.many[0]}.{self.many[1]} to {self.one[0]}.{self.one[1]}"


@dataclass(frozen=True)
class Model:
    """All tables, by name of their semantic model, and the relations between them."""

    tables: dict[str, Table] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)

    @property
    def date(self) -> Table:
        """The table of days."""
        return next(table for table in self.tables.values() if table.is_date)


def make_caption(name: str) -> str:
    """Turn a name of the warehouse into one for people.

    Parameters
    ----------
    name
        Name in snake case.

    Returns
    -------
    str
        Words, the first one with a capital letter.
    """
    text = " ".join(SPELLINGS.get(word, word) for word in name.split("_"))
    return text[0].upper() + text[1:]


def find_kind(data_type: str) -> str:
    """Return the kind of values of a column.

    Parameters
    ----------
    data_type
        Type that the contract of the model declares, such as ``decimal(18, 4)``.

    Returns
    -------
    str
        ``text``, ``integer``, ``fixed`` (up to four decimals), ``number``, ``flag``, ``date`` or
        ``time``.
    """
    base = data_type.lower()
    scale = re.fullmatch(r"decimal\(\d+, ?(\d+)\)", base)
    if scale:
        return "fixed" if int(scale[1]) <= 4 else "number"
    kinds = {
        "bigint": "integer", "integer": "integer", "double": "number", "boolean": "flag",
        "date": "date", "timestamp": "time",
    }  # fmt: skip
    return kinds.get(base, "text")


def read_model(artefacts: Artefacts) -> Model:
    """Make a star of the semantic models.

    A relation joins an entity of a table of facts to the table of the dimension whose key it is,
    and the date by which its figures are added up to the table of days. Facts are not joined to
    one another: a filter would then have two ways to go.

    Parameters
    ----------
    artefacts
        Artefacts of dbt.

    Returns
    -------
    Model
        Tables without columns of personal data, and relations.
    """
    never_null, models = artefacts.find_never_null(), artefacts.models()
    tables = {}
    for semantic_model in artefacts.semantics["semantic_models"]:
        name = semantic_model["node_relation"]["alias"]
        table = _read_table(semantic_model, models[name], never_null.get(name, set()))
        tables[semantic_model["name"]] = table
    model = Model(dict(sorted(tables.items(), key=lambda item: item[1].caption)))
    dimensions = {
        entity["name"]: (tables[one["name"]], entity["expr"] or entity["name"])
        for one in artefacts.semantics["semantic_models"]
        for entity in one["entities"]
        if entity["type"] == "primary" and not one["measures"]
    }
    for semantic_model in artefacts.semantics["semantic_models"]:
        model.relations.extend(_read_relations(semantic_model, model, dimensions))
    return model


def _read_table(semantic_model: Node, node: Node, never_null: set[str]) -> Table:
    """Read the columns of the relation of a semantic model."""
    is_date = any(
        entity["name"] == DATE_ENTITY and entity["type"] == "primary"
        for entity in semantic_model["entities"]
    )
    # What is summed is a measure, and days are chosen in the table of days.
    hidden = {measure["expr"] or measure["name"] for measure in semantic_model["measures"]}
    hidden.add(_find_day(semantic_model))
    columns = {
        name: Column(
            name,
            make_caption(name),
            find_kind(column["data_type"] or ""),
            one_line(column["description"]),
            is_hidden=name.endswith("_key") or name in hidden,
            can_be_null=name not in never_null,
        )
        for name, column in node["columns"].items()
        if not column["meta"].get("contains_pii")
    }
    caption = DATE_TABLE if is_date else make_caption(semantic_model["name"])
    description = one_line(semantic_model["description"] or "")
    return Table(
        semantic_model["name"], caption, node["config"]["schema"], node["alias"],
        f"{description} Table {node['alias']} of the warehouse.", columns, is_date,
    )  # fmt: skip


def _find_day(semantic_model: Node) -> str:
    """Find the column that joins a table of facts to the table of days; empty where none does."""
    day = semantic_model["defaults"]["agg_time_dimension"] if semantic_model["measures"] else ""
    return "" if day == SNAPSHOT_DATE else str(day)


def _read_relations(
    semantic_model: Node, model: Model, dimensions: dict[str, tuple[Table, str]]
) -> list[Relation]:
    """Find the dimensions that a table points at."""
    table, relations = model.tables[semantic_model["name"]], []
    if not semantic_model["measures"]:
        return []
    for entity in semantic_model["entities"]:
        if entity["name"] in dimensions and entity["name"] != DATE_ENTITY:
            dimension, key = dimensions[entity["name"]]
            column = table.columns[entity["expr"] or entity["name"]]
            relations.append(
                Relation(
                    (table.caption, column.caption),
                    (dimension.caption, dimension.columns[key].caption),
                )
            )
    day = _find_day(semantic_model)
    if day:
        relations.append(
            Relation(
                (table.caption, table.columns[day].caption),
                (model.date.caption, model.date.columns[DATE_COLUMN].caption),
            )
        )
    return relations
