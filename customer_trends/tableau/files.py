"""Generate files for Tableau from the published marts: an extract, and a workbook on it."""

from dataclasses import dataclass
from pathlib import Path

from customer_trends.project.paths import find_published
from customer_trends.publishing.publish import PARQUET
from customer_trends.tableau.extract import SCHEMA, ExtractTable, write_extract
from customer_trends.tableau.workbook import Source, list_sheets, read_fields, write_workbook

NAME = "customer_trends"
SEGMENTS, FORECAST = "mart_customer_segments", "mart_sales_forecast"
# The map shows the first level that has places with coordinates.
PLACES = {level: f"mart_sales_by_{level}" for level in ("state", "region", "country")}
# Of the forecast, what is published: months that are over and the chosen model.
TABLES = (
    ExtractTable(SEGMENTS),
    ExtractTable(FORECAST, "model = 'actual' or is_champion"),
    *map(ExtractTable, PLACES.values()),
)
CAPTIONS = {
    SEGMENTS: "Customer segments",
    FORECAST: "Sales forecast",
    **{mart: f"Sales by {level}" for level, mart in PLACES.items()},
}
NOT_SCORED = "not scored yet: run customer-trends run, then customer-trends bi tableau"


@dataclass(frozen=True)
class TableauFiles:
    """What was written; ``not_scored`` names the sheets that have nothing to show yet."""

    workbook: Path
    extract: Path
    rows: dict[str, int]
    not_scored: list[str]


def generate_tableau(root: Path, folder: Path) -> TableauFiles:
    """Write the extract and the workbook.

    Parameters
    ----------
    root
        Project folder, whose marts are published.
    folder
        Where the files go; older ones are replaced.

    Returns
    -------
    TableauFiles
        What was written.
    """
    parquet = find_published(root).with_name(PARQUET)
    questions = {
        "scored": f'select count(*) from "{SCHEMA}"."{SEGMENTS}" where is_scored',
        "forecast": f'select count(*) from "{SCHEMA}"."{FORECAST}" where is_forecast',
        **{
            level: f'select count(latitude) from "{SCHEMA}"."{mart}"'
            for level, mart in PLACES.items()
        },
    }
    extract, answers = write_extract(folder / f"{NAME}.hyper", parquet, TABLES, questions)
    sources = {
        table.mart: Source(
            table.mart, CAPTIONS[table.mart], read_fields(extract.columns[table.mart])
        )
        for table in TABLES
    }
    titles = {
        SEGMENTS: "Customers by income and spending" if answers["scored"] else
        f"Customers by income and spending: {NOT_SCORED}",
        FORECAST: "Sales after discount by month, with forecast" if answers["forecast"] else
        f"Sales after discount by month: {NOT_SCORED}",
        **dict.fromkeys(PLACES.values(), "Sales after discount by place"),
    }  # fmt: skip
    level = next((level for level in PLACES if answers[level]), "state")
    places = sources[PLACES[level]]
    sheets = list_sheets(sources[SEGMENTS], sources[FORECAST], places, titles, level)
    workbook = folder / f"{NAME}.twb"
    write_workbook(workbook, extract.path.name, list(sources.values()), sheets)
    not_scored = [sheet.name for sheet in sheets if NOT_SCORED in sheet.title]
    return TableauFiles(workbook, extract.path, extract.rows, not_scored)
