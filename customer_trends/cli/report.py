"""The command ``customer-trends report``: all charts as one page and as pictures."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from customer_trends.engines.settings import choose_target
from customer_trends.errors import ProjectError
from customer_trends.presentation.console import make_console
from customer_trends.project.paths import find_project_root


def report(
    folder: Annotated[
        Path | None, typer.Option(help="Where the files go; default: build/report.")
    ] = None,
    pictures: Annotated[bool, typer.Option(help="Write each chart as PNG and SVG, too.")] = True,
    target: Annotated[
        str | None,
        typer.Option(help="duckdb, mysql or mariadb; default: $CUSTOMER_TRENDS_TARGET or duckdb."),
    ] = None,
) -> None:
    """Write all charts and what they say as one HTML page that needs no network, and as pictures.

    For DuckDB the published marts are read where there are any, else those of the warehouse.
    """
    try:
        from customer_trends.report.report import DEFAULT_FOLDER, write_report
    except ModuleNotFoundError as error:
        raise ProjectError(
            f"The report needs the Python package {error.name}: install the requirements of the "
            "dashboard, pip install -r requirements/dashboard.txt."
        ) from None
    console, root = make_console(), find_project_root()
    place = folder.resolve() if folder else root / DEFAULT_FOLDER
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bars:
        task = bars.add_task("Report", total=None)
        written = write_report(
            root,
            choose_target(target),
            place,
            pictures,
            lambda name, done, total: bars.update(
                task, description=name, completed=done, total=total
            ),
        )
    console.print(f"Marts read: {written.location}")
    if written.empty:
        console.print(f"Nothing to show yet: {', '.join(written.empty)}. The page says why.")
    if written.pictures:
        console.print(f"Pictures: {len(written.pictures)} files in {written.pictures[0].parent}")
    console.print(f"Report: {written.page}")
    console.print("Next: open the report in a browser; print it for paper.")
