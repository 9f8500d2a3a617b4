"""The commands that score the core, and that do everything from build to publication."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from customer_trends.building.build import BuildOptions
from customer_trends.building.summary import print_report
from customer_trends.cli.build_progress import (
    EXIT_FAILED,
    build_with_bars,
    finish_build,
    stop_if_failed,
)
from customer_trends.cli.publish import publish_and_describe
from customer_trends.engines.settings import choose_target
from customer_trends.loading.load import read_clock
from customer_trends.presentation.console import make_console
from customer_trends.project.paths import find_logs, find_project_root

# Its libraries take seconds to load and most commands do without them.
if TYPE_CHECKING:
    from customer_trends.scoring.runner import JobOutcome

# What reads the tables of scores, and all that depends on it.
DEPENDENTS = "source:ml+"
CARDS = Path("build") / "model_cards"
Target = Annotated[
    str | None,
    typer.Option(
        help="duckdb, mysql, mariadb or spark; default: $CUSTOMER_TRENDS_TARGET or duckdb."
    ),
]

scoring = typer.Typer()


@scoring.command()
def score(
    jobs: Annotated[
        list[str] | None, typer.Argument(help="Jobs, such as segments; default: all.")
    ] = None,
    target: Target = None,
) -> None:
    """Score the core: segments, lifetime values, forecasts and predictions."""
    console, root, chosen = make_console(), find_project_root(), choose_target(target)
    outcomes = score_with_bars(console, root, chosen, jobs or ())
    console.print(f"Next: customer-trends build --select {DEPENDENTS} --target {chosen}")
    stop_if_a_job_failed(console, outcomes)


@scoring.command()
def run(
    sources: Annotated[
        str | None,
        typer.Option(help="Source systems, such as shop,olist; default: those that are loaded."),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Day from which recency is measured, YYYY-MM-DD.")
    ] = None,
    target: Target = None,
) -> None:
    """Build, score, build what depends on the scores, and publish: all of it, unattended."""
    console, root, chosen = make_console(), find_project_root(), choose_target(target)
    names = tuple(name.strip() for name in (sources or "").split(",") if name.strip())
    options = BuildOptions(names, as_of, target=chosen)
    finish_build(console, root, build_with_bars(console, root, options), chosen)
    outcomes = score_and_build(console, root, options)
    publish_and_describe(console, root, chosen)
    stop_if_a_job_failed(console, outcomes)


def score_and_build(console: Console, root: Path, options: BuildOptions) -> list["JobOutcome"]:
    """Score the core, then build what depends on the scores.

    Parameters
    ----------
    console
        Where to print.
    root
        Project folder.
    options
        Those of the build before: sources, day to measure from, target.

    Returns
    -------
    list of JobOutcome
        What became of each job; the build ends the command when it fails.
    """
    outcomes = score_with_bars(console, root, options.target, ())
    # Unit tests need no scores and ran a moment ago.
    dependents = BuildOptions(
        options.sources,
        options.as_of,
        select=DEPENDENTS,
        target=options.target,
    )
    report = build_with_bars(console, root, dependents)
    print_report(console, report)
    stop_if_failed(console, report)
    return outcomes


def score_with_bars(
    console: Console, root: Path, target: str, names: Sequence[str]
) -> list["JobOutcome"]:
    """Run jobs with a bar each; print what they did, and write the model cards.

    Parameters
    ----------
    console
        Where to print.
    root
        Project folder.
    target
        Target of the profile.
    names
        Names of jobs; none means all.

    Returns
    -------
    list of JobOutcome
        What became of each job.
    """
    from customer_trends.scoring.access import find_access
    from customer_trends.scoring.model_cards import write_cards
    from customer_trends.scoring.runner import choose_jobs, score_warehouse

    jobs, access = choose_jobs(names), find_access(root, target)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bars:

        def report(job: str, step: str, done: int, total: int) -> None:
            if job not in tasks:
                tasks[job] = bars.add_task(job, total=None)
                if not console.is_terminal:
                    console.print(f"score: {job} …")
            bars.update(
                tasks[job], description=f"{job}: {step}", completed=done, total=total or None
            )

        processes = os.cpu_count() or 1
        outcomes = [*score_warehouse(access, jobs, read_clock(), report, processes)]
    _keep_traces(root, outcomes)
    print_outcomes(console, outcomes)
    cards = write_cards(access, root / CARDS)
    console.print(f"Model cards: {len(cards)} in {root / CARDS}.")
    return outcomes


def print_outcomes(console: Console, outcomes: Sequence["JobOutcome"]) -> None:
    """Print a table of jobs: rows, seconds, the figure against its baseline, and why not.

    Parameters
    ----------
    console
        Where to print.
    outcomes
        What became of each job.
    """
    table = Table("job", "status", title="Scoring", title_justify="left")
    for heading in ("rows", "seconds"):
        table.add_column(heading, justify="right")
    table.add_column("figure against its baseline", overflow="fold")
    for outcome in outcomes:
        rows, metric = sum(outcome.rows.values()), outcome.metric
        figure = f"{metric.metric} {metric.value:,.4g}" if metric else ""
        if metric and metric.baseline_value is not None:
            figure += f" against {metric.baseline_value:,.4g} ({metric.baseline_name})"
        table.add_row(outcome.job, outcome.status, f"{rows:,}", f"{outcome.seconds:.1f}", figure)
    console.print(table)
    for outcome in outcomes:
        if outcome.reason:
            console.print(f"{outcome.job}: {outcome.status}: {outcome.reason}")


def stop_if_a_job_failed(console: Console, outcomes: Sequence["JobOutcome"]) -> None:
    """End with exit code 1 when a job failed.

    Parameters
    ----------
    console
        Where to print.
    outcomes
        What became of each job.
    """
    failed = [outcome.job for outcome in outcomes if outcome.status == "failed"]
    if failed:
        console.print(f"{', '.join(failed)} failed; the earlier scores are unchanged.")
        raise typer.Exit(EXIT_FAILED)


def _keep_traces(root: Path, outcomes: Sequence["JobOutcome"]) -> None:
    """Append where the code of a job broke off to a log."""
    traces = [outcome.trace for outcome in outcomes if outcome.trace]
    if traces:
        folder = find_logs(root)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "scoring.log").open("a", encoding="utf-8") as log:
            log.write("\n".join(traces))
