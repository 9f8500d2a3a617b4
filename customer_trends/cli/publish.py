"""The command that publishes the star and the marts."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from customer_trends.engines.settings import MYSQL_TARGETS, choose_target
from customer_trends.presentation.console import make_console
from customer_trends.project.paths import find_project_root
from customer_trends.publishing.publish import Publication, publish_warehouse

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
    """Publish the star and the marts of a green build, for dashboards and BI tools to read."""
    publish_and_describe(make_console(), find_project_root(), choose_target(target))


def publish_and_describe(console: Console, root: Path, target: str) -> None:
    """Publish the star and the marts, and say what was published, where, and what is next.

    Parameters
    ----------
    console
        Where to print.
    root
        Project folder.
    target
        Target of the profile.
    """
    with console.status("Publishing the star and the marts …"):
        publication = publish_warehouse(root, target)
    for line in describe(publication, target):
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
        f"{len(publication.relations)} relations with {rows:,} rows published after "
        f"{publication.tests:,} tests."
    ]
    if publication.path:
        lines.append(f"DuckDB file: {publication.path}")
    lines.append(f"Parquet files: {publication.parquet}")
    if target in ("duckdb", *MYSQL_TARGETS):
        setting = "" if target == "duckdb" else f"CUSTOMER_TRENDS_TARGET={target} "
        lines.append(f"Next: {setting}make dashboard")
    return lines
