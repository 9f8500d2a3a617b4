"""The command line ``customer-trends``: load files, build the warehouse, show what is in it."""

import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
)

from customer_trends import __version__
from customer_trends.building import summary
from customer_trends.building.build import BuildOptions
from customer_trends.building.doctor import examine
from customer_trends.cli.bi import bi, documentation
from customer_trends.cli.build_progress import EXIT_FAILED, build_with_bars, finish_build
from customer_trends.cli.publish import publish_and_describe, publishing
from customer_trends.cli.report import report
from customer_trends.cli.score import score_and_build, scoring, stop_if_a_job_failed
from customer_trends.cli.shop import oltp
from customer_trends.demo.demo import DEFAULT_FOLDER, DemoOptions, load_demo_data, make_demo_data
from customer_trends.engines.settings import choose_target
from customer_trends.errors import CustomerTrendsError, InvalidOptionError
from customer_trends.loading.live_shop import SHOP
from customer_trends.loading.load import load_files
from customer_trends.parity.compare import compare_dumps
from customer_trends.parity.dump import dump_warehouse
from customer_trends.presentation.console import make_console
from customer_trends.project.paths import find_project_root
from customer_trends.project.source_declarations import read_source
from customer_trends.shop.database import PASSWORD_VARIABLE, ShopAddress, read_address
from customer_trends.shop.feed import load_shop

DEFAULT_ORDERS = 20_000
DEFAULT_SEED = 7
EXIT_WRONG_USE = 2
# Named by --version where they are installed: each environment has one of the adapters.
NAMED_PACKAGES = ("dbt-core", "dbt-duckdb", "dbt-mysql", "dbt-spark", "duckdb")
Target = Annotated[
    str | None,
    typer.Option(
        help="duckdb, mysql, mariadb or spark; default: $CUSTOMER_TRENDS_TARGET or duckdb."
    ),
]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(oltp, name="oltp")
app.add_typer(bi, name="bi")
app.add_typer(documentation)
app.add_typer(publishing)
app.add_typer(scoring)
app.command()(report)


def _print_version(is_asked: bool) -> None:
    """Print the versions of the project and of what computes, and end."""
    if not is_asked:
        return
    found = []
    for name in NAMED_PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    python = ".".join(map(str, sys.version_info[:3]))
    print(f"customer-trends {__version__} ({', '.join(found)}, Python {python})")
    raise typer.Exit


@app.callback()
def choose(
    is_version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the versions of the project, dbt and DuckDB.",
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """From a shop's files to a tested star schema."""


class _FileBars:
    """A bar per file on a terminal; silent elsewhere."""

    def __init__(self, console: Console, files: list[Path]) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        self.bars = Progress(
            *columns, console=console, transient=True, disable=not console.is_terminal
        )
        self.sizes = {path.name: path.stat().st_size for path in files if path.is_file()}
        self.tasks: dict[str, TaskID] = {}

    def report(self, name: str, size: int) -> None:
        """Move the bar of a file; packed files show their unpacked size once it is known."""
        if name not in self.tasks:
            self.tasks[name] = self.bars.add_task(name, total=self.sizes.get(name))
        task = self.bars.tasks[self.bars.task_ids.index(self.tasks[name])]
        total = max(task.total or 0, task.completed + size)
        self.bars.update(task.id, advance=size, total=total)


def _load_shop(
    console: Console, root: Path, address: ShopAddress, target: str, is_replacing: bool
) -> None:
    """Copy the shop with a bar over its raw tables."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bars:
        task = bars.add_task("waiting for the shop", total=None)

        def report(table: str, done: int, total: int) -> None:
            bars.update(task, description=table, completed=done, total=total)

        loaded = load_shop(root, address, target, is_replacing, report)
    summary.print_feed(console, address, loaded)
    console.print(f"Next: customer-trends build --target {target}")


@app.command()
def load(
    source: Annotated[str, typer.Argument(help="Source system: a folder in models/staging.")],
    files: Annotated[
        list[Path] | None, typer.Argument(help="CSV, TSV, TXT (or .gz), Parquet, Excel.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of text files; found by itself when left out.")
    ] = None,
    shop: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Instead of files, the shop's database: mysql://user@host:port/database; the "
            f"password comes from ${PASSWORD_VARIABLE}.",
        ),
    ] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="With --from: delete all rows and copy everything again."),
    ] = False,
    target: Target = None,
) -> None:
    """Put files into the raw tables unmodified: all of them or none.

    With --from, the rows of the shop's database: all of them the first time, then what changed.
    """
    console, root = make_console(), find_project_root()
    declared = read_source(root, source)
    if shop is not None:
        if source != SHOP or files or encoding is not None:
            raise InvalidOptionError(
                f"--from copies the database of the source {SHOP}: leave files, --encoding and "
                "other sources out."
            )
        _load_shop(console, root, read_address(shop), choose_target(target), replace)
        return
    if replace:
        raise InvalidOptionError("--replace belongs to --from: leave it out to load files.")
    if not files:
        raise InvalidOptionError(
            f"There is nothing to load: name files, or the database of the source {SHOP} by --from."
        )
    bars = _FileBars(console, files)
    with bars.bars:
        batches = load_files(
            root, declared, files, choose_target(target), encoding, progress=bars.report
        )
    summary.print_loaded(console, batches)
    console.print("Next: customer-trends build")


@app.command()
def build(
    sources: Annotated[
        str | None,
        typer.Option(help="Source systems, such as shop,olist; default: those that are loaded."),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Day from which recency is measured, YYYY-MM-DD.")
    ] = None,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Rebuild incremental tables from the start.")
    ] = False,
    select: Annotated[
        str | None, typer.Option(help="Build only these nodes (dbt's selection syntax).")
    ] = None,
    docs: Annotated[bool, typer.Option("--docs", help="Generate the documentation, too.")] = False,
    unit_tests: Annotated[
        bool, typer.Option("--unit-tests", help="Run dbt's unit tests, which need no data, too.")
    ] = False,
    target: Target = None,
) -> None:
    """Build and test the warehouse with dbt, then print the summary."""
    console, root = make_console(), find_project_root()
    names = tuple(name.strip() for name in (sources or "").split(",") if name.strip())
    chosen = choose_target(target)
    options = BuildOptions(names, as_of, select, full_refresh, docs, chosen, unit_tests)
    finish_build(console, root, build_with_bars(console, root, options), chosen)


@app.command()
def demo(
    orders: Annotated[int, typer.Option(help="Number of orders.")] = DEFAULT_ORDERS,
    seed: Annotated[int, typer.Option(help="Seed of the generator.")] = DEFAULT_SEED,
    clean: Annotated[
        bool, typer.Option("--clean", help="Without planted dirt: nothing to quarantine.")
    ] = False,
    folder: Annotated[
        Path | None, typer.Option(help="Where the files go; default: warehouse/demo_shop.")
    ] = None,
    target: Target = None,
) -> None:
    """Make the demo shop, load it in place of the shop's raw rows, build, score and publish it."""
    console, root, chosen = make_console(), find_project_root(), choose_target(target)
    place = folder.resolve() if folder else root / DEFAULT_FOLDER
    options = DemoOptions(orders, seed, not clean, place)
    with console.status("Making the demo shop …") as status:
        is_made = make_demo_data(options, lambda step: status.update(f"Demo shop: {step}"))
    bars = _FileBars(console, sorted(place.glob("*.parquet")))
    with bars.bars:
        batches = load_demo_data(root, place, bars.report, chosen)
    if any(batch.is_new for batch in batches):
        rows = sum(batch.row_count for batch in batches)
        console.print(
            f"Demo shop: {orders:,} orders {'made' if is_made else 'taken'} in {place}, "
            f"{rows:,} rows loaded into {len(batches)} raw tables."
        )
    else:
        console.print("Demo shop: demo data is there already.")
    wanted = BuildOptions(("shop",), has_docs=True, target=chosen)
    finish_build(console, root, build_with_bars(console, root, wanted), chosen)
    stop_if_a_job_failed(console, score_and_build(console, root, wanted))
    publish_and_describe(console, root, chosen)
    console.print("Or load your own files: customer-trends load --help")


@app.command()
def status(target: Target = None) -> None:
    """Show the rows and batches of each raw table."""
    summary.print_status(make_console(), find_project_root(), choose_target(target))


@app.command()
def doctor(target: Target = None) -> None:
    """Check that a target is fit for the project; exit code 1 when something must be fixed."""
    console, root, chosen = make_console(), find_project_root(), choose_target(target)
    wrong = 0
    for finding in examine(root, chosen):
        word = "ok" if not finding.fix else "advice" if finding.is_advice else "FIX"
        wrong += word == "FIX"
        console.print(f"{word:<7}{finding.check}: {finding.found}")
        if finding.fix:
            console.print(f"       {finding.fix}")
    if wrong:
        console.print(f"The target {chosen} needs {wrong} thing{'s' * (wrong > 1)} fixed.")
        raise typer.Exit(EXIT_FAILED)
    console.print(f"The target {chosen} is fit. Next: customer-trends build --target {chosen}")


@app.command()
def dump(
    folder: Annotated[Path, typer.Argument(help="Where the files go.")],
    target: Target = None,
) -> None:
    """Write core and marts as text that is the same on every engine, with a hash per relation."""
    console, root = make_console(), find_project_root()
    with console.status("Dumping …") as status:
        hashes = dump_warehouse(root, choose_target(target), folder, status.update)
    rows = sum(entry["rows"] for entry in hashes.values())
    console.print(f"{len(hashes)} relations with {rows:,} rows written to {folder}.")
    console.print(f"Next: dump another target, then customer-trends compare {folder} OTHER")


@app.command()
def compare(
    left: Annotated[Path, typer.Argument(help="Folder of one dump.")],
    right: Annotated[Path, typer.Argument(help="Folder of the other.")],
) -> None:
    """Compare two dumps; exit code 1 and the differing values when they are not equal."""
    console = make_console()
    differences = compare_dumps(left, right)
    for difference in differences:
        console.print(str(difference))
    if differences:
        console.print(f"{left} and {right} differ.")
        raise typer.Exit(EXIT_FAILED)
    console.print(f"{left} and {right} hold the same rows.")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every error is one sentence on standard error.

    Parameters
    ----------
    arguments
        Arguments after the name of the program; None takes those of the process.
    """
    try:
        app(args=arguments, prog_name="customer-trends")
    except CustomerTrendsError as error:
        _stop(str(error))
    except (duckdb.Error, OSError) as error:
        _stop(" ".join(str(error).split()) or type(error).__name__)


def _stop(message: str) -> None:
    """Say what is wrong and leave with exit code 2."""
    print(f"customer-trends: {message}", file=sys.stderr)
    sys.exit(EXIT_WRONG_USE)


if __name__ == "__main__":
    main()
