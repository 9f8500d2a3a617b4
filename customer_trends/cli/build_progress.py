"""Builds with a bar per step on the console, and prints how they went."""

from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from customer_trends.building import summary
from customer_trends.building.build import BuildOptions, BuildReport, build_warehouse

EXIT_FAILED = 1


def build_with_bars(console: Console, root: Path, options: BuildOptions) -> BuildReport:
    """Build with a bar per step.

    Parameters
    ----------
    console
        Where to print.
    root
        Project folder.
    options
        What to build.

    Returns
    -------
    BuildReport
        How it went.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bars:

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=None)
                if not console.is_terminal:
                    console.print(f"dbt: {step} …")
            bars.update(tasks[step], completed=done, total=total or None)

        return build_warehouse(root, options, report)


def finish_build(console: Console, root: Path, report: BuildReport, target: str) -> None:
    """Print the summary; a failed build ends with exit code 1.

    Parameters
    ----------
    console
        Where to print.
    root
        Project folder.
    report
        How the build went.
    target
        Target of the profile.
    """
    summary.print_summary(console, root, target)
    summary.print_report(console, report)
    stop_if_failed(console, report)


def stop_if_failed(console: Console, report: BuildReport) -> None:
    """End with exit code 1 when a build failed.

    Parameters
    ----------
    console
        Where to print.
    report
        How the build went.
    """
    if report.failures:
        console.print("The build failed: logs/dbt.log has the details.")
        raise typer.Exit(EXIT_FAILED)
