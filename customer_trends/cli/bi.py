"""The commands ``customer-trends bi`` and ``site``: files for others, and the documentation."""

from pathlib import Path
from typing import Annotated

import typer

from customer_trends.errors import ProjectError
from customer_trends.presentation.console import make_console
from customer_trends.project.paths import find_project_root

SITE_FOLDER = Path("build") / "site"
POWER_BI_FOLDER = Path("build") / "bi" / "power_bi"
TABLEAU_FOLDER = Path("build") / "bi" / "tableau"

PARQUET = "parquet"

documentation = typer.Typer(pretty_exceptions_enable=False)
bi = typer.Typer(
    help="Files for Power BI and Tableau, made from the last build.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@bi.command()
def powerbi(
    folder: Annotated[
        Path | None, typer.Option(help=f"Where the project goes; default: {POWER_BI_FOLDER}.")
    ] = None,
    source: Annotated[
        str, typer.Option(help="Where Power BI reads from: parquet, mysql or mariadb.")
    ] = PARQUET,
) -> None:
    """Generate a Power BI project: a model with every metric as a measure, and a report."""
    console, root = make_console(), find_project_root()
    try:
        from customer_trends.power_bi.project import NOTES, generate_power_bi
    except ModuleNotFoundError as error:
        raise _explain(error) from None
    with console.status("Generating …"):
        done = generate_power_bi(root, folder or root / POWER_BI_FOLDER, source)
    console.print(
        f"Power BI project: {done.tables} tables, {done.relations} relations, {done.measures} "
        f"measures{f', {done.rows:,} rows as Parquet' if done.rows else ''}, in {done.path.parent}."
    )
    for refusal in done.refusals:
        console.print(f"NO DAX {refusal.name}: {refusal.reason}")
    if done.refusals:
        console.print(f"{len(done.refusals)} metrics have no measure; {NOTES} there lists them.")
    console.print(
        f"Next: open {done.path} in Power BI Desktop on Windows; docs/power_bi.md says how."
    )


@bi.command()
def tableau(
    folder: Annotated[
        Path | None, typer.Option(help=f"Where the files go; default: {TABLEAU_FOLDER}.")
    ] = None,
) -> None:
    """Write a Tableau extract of published marts, and a workbook of three sheets on it."""
    console, root = make_console(), find_project_root()
    try:
        from customer_trends.tableau.files import generate_tableau
    except ModuleNotFoundError as error:
        raise _explain(error) from None
    with console.status("Generating …"):
        done = generate_tableau(root, folder or root / TABLEAU_FOLDER)
    rows = ", ".join(f"{count:,} rows of {mart}" for mart, count in done.rows.items())
    console.print(f"Tableau: {rows}.")
    console.print(f"Extract and workbook: {done.extract.parent}.")
    for name in done.not_scored:
        console.print(f"NOT SCORED {name}: the sheet says so; customer-trends run scores.")
    console.print(f"Next: open {done.workbook} in Tableau; docs/tableau.md says how.")


@documentation.command()
def site(
    folder: Annotated[
        Path | None, typer.Option(help=f"Where the site goes; default: {SITE_FOLDER}.")
    ] = None,
) -> None:
    """Gather the documentation into one folder of pages; `make docs` does all of it."""
    console, root = make_console(), find_project_root()
    try:
        from customer_trends.site.site import build_site
    except ModuleNotFoundError as error:
        raise _explain(error) from None
    with console.status("Gathering …") as status:
        done = build_site(root, folder or root / SITE_FOLDER, lambda step: status.update(step))
    missing = f"; without {' and '.join(done.missing)}, which are not there" if done.missing else ""
    console.print(f"Documentation: {done.pages} pages{missing}.")
    console.print(f"Next: open {done.front_page} in a browser; it needs no network.")


def _explain(error: ModuleNotFoundError) -> ProjectError:
    """Say how to get a package that only these commands need."""
    return ProjectError(
        f"This command needs the package {error.name}: "
        "install requirements/dashboard.txt into .venv."
    )
