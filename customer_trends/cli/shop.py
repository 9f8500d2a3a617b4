"""The commands ``customer-trends oltp``: install, fill, use and check the shop's own database."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from customer_trends.presentation.console import make_console
from customer_trends.project.paths import find_project_root
from customer_trends.shop.database import PASSWORD_VARIABLE, URL_VARIABLE, opened, read_address
from customer_trends.shop.flat_sales import normalize_files
from customer_trends.shop.install import install as install_shop
from customer_trends.shop.purge import purge_files
from customer_trends.shop.seed import seed_shop
from customer_trends.shop.status import count_faults, read_status
from customer_trends.shop.traffic import TrafficCounts, TrafficOptions, run_traffic

DEFAULT_ORDERS = 20_000
DEFAULT_SEED = 7
DEFAULT_CLIENTS = 8
DEFAULT_CALLS = 1_000
LINE_SECONDS = 10.0
EXIT_FAILED = 1
Shop = Annotated[
    str | None,
    typer.Option(
        help=f"mysql://user@host:port/database; default: ${URL_VARIABLE}. The password comes from "
        f"${PASSWORD_VARIABLE}."
    ),
]

oltp = typer.Typer(
    help="The shop's own database on MySQL or MariaDB.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@oltp.command()
def install(shop: Shop = None) -> None:
    """Make the shop's database, or bring an older one up to date; rows stay as they are."""
    console, address = make_console(), read_address(shop)
    done = install_shop(
        find_project_root(), address, progress=lambda name: console.print(f"oltp: {name} …")
    )
    if done.is_new:
        state = f"new, {len(done.migrations)} files of tables"
    elif done.migrations:
        state = f"migrated by {', '.join(done.migrations)}"
    else:
        state = "up to date"
    console.print(f"{address}: {state}; functions, triggers, procedures and views renewed.")
    following = "seed" if done.is_new else "status"
    console.print(f"Next: customer-trends oltp {following}")


@oltp.command()
def seed(
    orders: Annotated[int, typer.Option(help="Number of orders.")] = DEFAULT_ORDERS,
    seed: Annotated[int, typer.Option(help="Seed of the generator.")] = DEFAULT_SEED,
    shop: Shop = None,
) -> None:
    """Fill an empty shop with the customers, products and orders of the demo shop."""
    console, address = make_console(), read_address(shop)
    started = time.monotonic()
    with console.status("Making the shop …") as status:
        seeding = seed_shop(
            find_project_root(), address, orders, seed, lambda step: status.update(f"Shop: {step}")
        )
    _print_rows(console, seeding.rows)
    console.print(
        f"{address}: {seeding.rows['orders']:,} orders seeded in {time.monotonic() - started:.0f} "
        "seconds, every rule holds."
    )
    console.print("Next: customer-trends oltp traffic")


@oltp.command()
def traffic(
    clients: Annotated[int, typer.Option(help="Clients at the same time.")] = DEFAULT_CLIENTS,
    calls: Annotated[
        int | None,
        typer.Option(help=f"Calls in all; default: {DEFAULT_CALLS:,} unless --seconds is given."),
    ] = None,
    rate: Annotated[
        float | None, typer.Option(help="Calls per second in all; default: as fast as possible.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(help="For how long.")] = None,
    seed: Annotated[int, typer.Option(help="Makes each client's choices again.")] = DEFAULT_SEED,
    shop: Shop = None,
) -> None:
    """Let many customers use the shop at the same time, then check every rule; Ctrl-C ends it."""
    console, address = make_console(), read_address(shop)
    if calls is None and seconds is None:
        calls = DEFAULT_CALLS
    options = TrafficOptions(clients, calls, seconds, rate, seed)
    if console.is_terminal:
        with Live(console=console, transient=True) as live:
            report = run_traffic(address, options, lambda counts: live.update(_make_table(counts)))
    else:
        report = run_traffic(address, options, _LinePrinter(console).print)
    console.print(_make_table(report.counts))
    word = "stopped after" if report.is_stopped else "done in"
    console.print(
        f"{address}: {report.counts.calls:,} calls of {clients} clients, {word} "
        f"{report.counts.seconds:.0f} seconds, {report.counts.rate:,.0f} per second."
    )
    with opened(address) as connection, console.status("Checking every rule …"):
        faults = count_faults(find_project_root(), connection)
    _finish(console, faults, "Next: customer-trends oltp status")


@oltp.command()
def status(shop: Shop = None) -> None:
    """Show rows, last change and version, and check every rule; exit code 1 on any fault."""
    console, address = make_console(), read_address(shop)
    with opened(address) as connection, console.status("Looking …"):
        found = read_status(find_project_root(), connection)
    _print_rows(console, found.rows)
    changed = "never" if found.last_changed_at is None else f"{found.last_changed_at} UTC"
    console.print(f"{address}: tables of version {found.version}, last change {changed}.")
    if found.missing_triggers:
        console.print(
            f"FIX    {len(found.missing_triggers)} triggers are missing, such as "
            f"{found.missing_triggers[0]}: run customer-trends oltp install."
        )
    _finish(
        console,
        found.faults,
        "Next: customer-trends oltp traffic, or customer-trends oltp seed if the shop is empty",
        is_sound=found.is_sound,
    )


@oltp.command()
def normalize(
    orders_file: Annotated[Path, typer.Argument(help="One row per order line: see superstore.")],
    returns_file: Annotated[
        Path | None, typer.Argument(help="The orders that came back completely.")
    ] = None,
    shop: Shop = None,
) -> None:
    """Bring a flat sales file into the shop as customers, products, orders and returns."""
    console, address = make_console(), read_address(shop)
    with console.status("Reading …") as status:
        count = normalize_files(
            find_project_root(), address, orders_file, returns_file,
            lambda step: status.update(f"Shop: {step}"),
        )  # fmt: skip
    console.print(f"{address}: {count:,} orders of {orders_file.name} are in the shop.")
    console.print("Next: customer-trends oltp status")


@oltp.command()
def purge(shop: Shop = None) -> None:
    """After erasures: have the server rewrite its own files, so that no old byte is left."""
    console, address = make_console(), read_address(shop)
    with opened(address) as connection, console.status("Purging …") as status:
        has_binary_log = purge_files(connection, lambda step: status.update(f"Shop: {step}"))
    console.print(f"{address}: tables, undo logs and redo log were rewritten.")
    if has_binary_log:
        console.print(
            "Next: the server keeps binary logs, which hold old values. Once replicas have read "
            "them: flush binary logs; purge binary logs before now();"
        )
    else:
        console.print("Next: let backups from before the erasure expire.")


class _LinePrinter:
    """Prints where the traffic stands every few seconds, where there is no terminal."""

    def __init__(self, console: Console) -> None:
        self.console, self.due = console, LINE_SECONDS

    def print(self, counts: TrafficCounts) -> None:
        """Print a line when it is time."""
        if counts.seconds >= self.due:
            self.due = counts.seconds + LINE_SECONDS
            self.console.print(
                f"oltp: {counts.calls:,} calls in {counts.seconds:.0f} seconds, "
                f"{counts.rate:,.0f} per second …"
            )


def _make_table(counts: TrafficCounts) -> Table:
    """Show what became of the calls of each procedure."""
    table = Table(box=None, pad_edge=False)
    table.add_column("Procedure")
    for name in ("Done", "Refused", "Repeated", "Retried"):
        table.add_column(name, justify="right")
    rows = [
        (name, done.done, done.refused, done.repeated, done.retried)
        for name, done in counts.procedures.items()
    ]
    for name, *numbers in rows:
        table.add_row(name, *(f"{number:,}" for number in numbers))
    totals = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)]
    rate = f"All, {counts.rate:,.0f} per second"
    table.add_row(rate, *(f"{number:,}" for number in totals))
    return table


def _print_rows(console: Console, rows: dict[str, int]) -> None:
    """Print the rows of each table."""
    table = Table(box=None, pad_edge=False)
    table.add_column("Table")
    table.add_column("Rows", justify="right")
    for name, count in rows.items():
        table.add_row(name, f"{count:,}")
    console.print(table)


def _finish(
    console: Console, faults: dict[str, int], following: str, is_sound: bool = True
) -> None:
    """Print the integrity report; any fault ends with exit code 1."""
    for rule, count in faults.items():
        console.print(f"{'FIX' if count else 'ok':<7}{rule}: {count:,} faults")
    if any(faults.values()):
        console.print("The view integrity_violations names each fault.")
    if any(faults.values()) or not is_sound:
        raise typer.Exit(EXIT_FAILED)
    console.print(following)
