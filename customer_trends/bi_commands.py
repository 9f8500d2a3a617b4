"""The commands ``customer-trends bi``: files for Power BI and Tableau."""

from pathlib import Path
from typing import Annotated

import typer

from customer_trends.console import make_console
from customer_trends.power_bi import DEFAULT_FOLDER, NOTES, generate_power_bi
from customer_trends.power_bi_source import PARQUET
from customer_trends.warehouse import find_project_root

bi = typer.Typer(
    help="Files for Power BI and Tableau, made from the last build.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@bi.command()
def powerbi(
    folder: Annotated[
        Path | None, typer.Option(help=f"Where the project goes; default: {DEFAULT_FOLDER}.")
    ] = None,
    source: Annotated[
        str, typer.Option(help="Where Power BI reads from: parquet, mysql or mariadb.")
    ] = PARQUET,
) -> None:
    """Generate a Power BI project: a model with every metric as a measure, and a report."""
    console, root = make_console(), find_project_root()
    with console.status("Generating …"):
        done = generate_power_bi(root, folder or root / DEFAULT_FOLDER, source)
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
