"""The command that publishes the marts."""

from typing import Annotated

import typer

from customer_trends.console import make_console
from customer_trends.engine import MYSQL_TARGETS, choose_target
from customer_trends.publish import Publication, publish_warehouse
from customer_trends.warehouse import find_project_root

publishing = typer.Typer()


@publishing.command()
def publish(
    target: Annotated[
        str | None,
        typer.Option(
            help="duckdb, mysql, mariadb or spark; default: $CUSTOMER_TRENDS_TARGET or duckdb."
        ),
    ] = None,
) -> None:
    """Publish the marts of a green build, for dashboards and BI tools to read."""
    console, root, chosen = make_console(), find_project_root(), choose_target(target)
    with console.status("Publishing the marts …"):
        publication = publish_warehouse(root, chosen)
    for line in describe(publication, chosen):
        console.print(line)


def describe(publication: Publication, target: str) -> list[str]:
    """Say what was published, where, and what is next.

    Parameters
    ----------
    publication
        What was published.
    target
        Target of the profile.

    Returns
    -------
    list of str
        Lines to print.
    """
    rows = sum(publication.relations.values())
    lines = [
        f"{len(publication.relations)} marts with {rows:,} rows published after "
        f"{publication.tests:,} tests."
    ]
    if publication.path:
        lines.append(f"DuckDB file: {publication.path}")
    lines.append(f"Parquet files: {publication.parquet}")
    if target in ("duckdb", *MYSQL_TARGETS):
        setting = "" if target == "duckdb" else f"CUSTOMER_TRENDS_TARGET={target} "
        lines.append(f"Next: {setting}make dashboard")
    return lines
