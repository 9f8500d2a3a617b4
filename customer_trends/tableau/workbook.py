"""Write a Tableau workbook (.twb) of three sheets on an extract."""

from dataclasses import dataclass, field
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import quoteattr

from jinja2 import Environment, PackageLoader, StrictUndefined

from customer_trends.semantic_model.tables import make_caption

GEOGRAPHY = {"latitude": "[Geographical].[Latitude]", "longitude": "[Geographical].[Longitude]"}
DERIVATIONS = {"none": "None", "sum": "Sum", "avg": "Avg", "tmn": "Month-Trunc"}
TYPES = {"ordinal": "ok", "nominal": "nk", "quantitative": "qk"}


@dataclass(frozen=True)
class Field:
    """A column of a table of the extract as Tableau declares it."""

    name: str
    datatype: str

    @property
    def caption(self) -> str:
        """Name for people."""
        return make_caption(self.name)

    @property
    def is_measure(self) -> bool:
        """Return whether Tableau adds it up."""
        is_number = self.datatype in ("integer", "real")
        return is_number and not self.name.endswith(("_key", "_number"))

    @property
    def role(self) -> str:
        """Role of the field."""
        return "measure" if self.is_measure else "dimension"

    @property
    def type(self) -> str:
        """Whether its values are names, in an order, or quantities."""
        if self.is_measure:
            return "quantitative"
        return "nominal" if self.datatype in ("string", "boolean") else "ordinal"

    @property
    def semantic_role(self) -> str:
        """What it means on a map."""
        return GEOGRAPHY.get(self.name, "")


@dataclass(frozen=True)
class Use:
    """A field as a sheet uses it: as it is, added up, or cut to months."""

    field: Field
    how: str
    type: str

    @property
    def derivation(self) -> str:
        """Tableau's word for how."""
        return DERIVATIONS[self.how]

    @property
    def instance(self) -> str:
        """The name by which the sheet refers to it."""
        return f"[{self.how}:{self.field.name}:{TYPES[self.type]}]"


@dataclass(frozen=True)
class Filter:
    """Members of a column that a sheet keeps."""

    column: str
    level: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """A table of the extract as a data source of the workbook."""

    table: str
    caption: str
    fields: list[Field]

    @property
    def name(self) -> str:
        """The name by which sheets refer to it."""
        return f"federated.{self.table}"

    def use(self, name: str, how: str, type_: str) -> Use:
        """Use one of its fields."""
        return Use(next(one for one in self.fields if one.name == name), how, type_)


@dataclass
class Sheet:
    """A worksheet."""

    name: str
    title: str
    source: Source
    mark: str
    uses: list[Use]
    rows: str
    columns: str
    encodings: list[tuple[str, str]]
    filters: list[Filter] = field(default_factory=list)
    is_aggregated: bool = True

    @property
    def uuid(self) -> str:
        """What distinguishes the sheet from others, in every run."""
        return str(uuid5(NAMESPACE_URL, f"customer_trends/tableau/{self.name}")).upper()

    @property
    def window_uuid(self) -> str:
        """What distinguishes its window from others, in every run."""
        return str(uuid5(NAMESPACE_URL, f"customer_trends/tableau/window/{self.name}")).upper()


def read_fields(columns: dict[str, str]) -> list[Field]:
    """Declare the columns of a table.

    Parameters
    ----------
    columns
        Column to Hyper's type, such as ``NUMERIC(18, 4)``.

    Returns
    -------
    list of Field
        Fields in the order of the columns.
    """
    kinds = {"BIG_INT": "integer", "INTEGER": "integer", "DOUBLE": "real", "BOOL": "boolean",
             "DATE": "date", "TIMESTAMP": "datetime", "NUMERIC": "real"}  # fmt: skip
    return [Field(name, kinds.get(kind.split("(")[0], "string")) for name, kind in columns.items()]


def list_sheets(
    segments: Source, forecast: Source, places: Source, titles: dict[str, str], level: str
) -> list[Sheet]:
    """Describe the three sheets.

    Parameters
    ----------
    segments, forecast, places
        Data sources.
    titles
        Title of each sheet by the table it reads.
    level
        Level of the places, such as ``state``.

    Returns
    -------
    list of Sheet
        Scatter of segments, trend with forecast, map.
    """
    return [
        _make_scatter(segments, titles[segments.table]),
        _make_trend(forecast, titles[forecast.table]),
        _make_map(places, titles[places.table], level),
    ]


def _make_scatter(source: Source, title: str) -> Sheet:
    """Describe income against spending, one mark per customer."""
    income = source.use("income_input", "none", "quantitative")
    spending = source.use("spending_input", "none", "quantitative")
    cluster = source.use("cluster_name", "none", "nominal")
    customer = source.use("customer_key", "none", "ordinal")
    return Sheet(
        "Customer segments", title, source, "Circle", [income, spending, cluster, customer],
        _refer(source, spending.instance), _refer(source, income.instance),
        [("color", _refer(source, cluster.instance)), ("lod", _refer(source, customer.instance))],
        is_aggregated=False,
    )  # fmt: skip


def _make_trend(source: Source, title: str) -> Sheet:
    """Describe sales by month and what is forecast, with the bounds of four in five."""
    figures = [
        source.use(name, "sum", "quantitative")
        for name in ("actual_sales", "forecast", "lower_80", "upper_80")
    ]
    month = source.use("month_start_date", "tmn", "quantitative")
    names = _refer(source, "[:Measure Names]")
    chosen = tuple(f'"{_refer(source, use.instance)}"' for use in figures)
    return Sheet(
        "Sales trend and forecast", title, source, "Line", [*figures, month],
        _refer(source, "[Multiple Values]"), _refer(source, month.instance), [("color", names)],
        [Filter(names, "[:Measure Names]", chosen)],
    )  # fmt: skip


def _make_map(source: Source, title: str, shown: str) -> Sheet:
    """Describe sales by place, one mark per place."""
    latitude = source.use("latitude", "avg", "quantitative")
    longitude = source.use("longitude", "avg", "quantitative")
    sales = source.use("sales_after_discount", "sum", "quantitative")
    place = source.use(shown, "none", "nominal")
    color = place if shown == "country" else source.use("region", "none", "nominal")
    return Sheet(
        "Sales by place", title, source, "Circle",
        [latitude, longitude, sales, *dict.fromkeys([color, place])],
        _refer(source, latitude.instance), _refer(source, longitude.instance),
        [
            ("color", _refer(source, color.instance)), ("size", _refer(source, sales.instance)),
            ("lod", _refer(source, place.instance)),
        ],
    )  # fmt: skip


def _refer(source: Source, instance: str) -> str:
    """Refer to a field from a shelf of a sheet."""
    return f"[{source.name}].{instance}"


def write_workbook(path: Path, extract: str, sources: list[Source], sheets: list[Sheet]) -> None:
    """Write the workbook.

    Parameters
    ----------
    path
        File to write.
    extract
        Extract as seen from the workbook.
    sources
        Data sources.
    sheets
        Worksheets.
    """
    environment = Environment(
        loader=PackageLoader("customer_trends.tableau", "templates"),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["quoted"] = quoteattr
    text = environment.get_template("workbook.twb.jinja").render(
        extract=extract, sources=sources, sheets=sheets
    )
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
