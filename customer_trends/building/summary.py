"""Print what is in the warehouse and how the build went."""

import csv
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.table import Table

from customer_trends.building.build import BuildReport
from customer_trends.engines.connect import open_engine
from customer_trends.engines.interface import Engine, QueryResult
from customer_trends.errors import MissingRelationError, WarehouseError
from customer_trends.loading.load import LoadedBatch, count_batches
from customer_trends.presentation.wording import NOTHING
from customer_trends.project.paths import find_artefacts
from customer_trends.project.source_declarations import list_sources, read_source
from customer_trends.shop.database import ShopAddress
from customer_trends.shop.feed import FeedLoad

NUMBERS = ("tables", "rows", "batches", "value", "target")
LAYERS = ("raw", "reference", "intermediate", "core", "marts", "cube")
DOCUMENTATION = "static_index.html"
QUARANTINE_QUERY = """
    select reason_code, source_system, raw_table, count(*) as row_count
    from {core}.ops_quarantine
    group by 1, 2, 3
    order by 4 desc, 1, 2, 3
"""
BALANCE_QUERY = """
    select
        source_system,
        raw_table,
        sum(raw_count) as raw_count,
        sum(accepted_count) as accepted_count,
        sum(quarantined_count) as quarantined_count,
        sum(duplicate_count) as duplicate_count
    from {core}.ops_row_counts
    group by 1, 2
    order by 1, 2
"""
INDICATOR_QUERY = """
    select kpi_id, kpi_name, kpi_value, target_value, kpi_status, unit
    from {marts}.mart_kpi
"""
INDICATORS = Path("seeds") / "reference" / "kpis.csv"


def print_loaded(console: Console, batches: list[LoadedBatch]) -> None:
    """Say what was loaded where.

    Parameters
    ----------
    console
        Where to print.
    batches
        What became of each file.
    """
    for batch in batches:
        if not batch.is_new:
            console.print(f"{batch.label}: already loaded in {batch.relation}, nothing to do.")
            continue
        notes = f", read as {batch.encoding}" if batch.encoding not in ("", "utf-8") else ""
        if batch.other_columns:
            count = len(batch.other_columns)
            notes += f", {count} unknown column{'s' * (count > 1)} kept in _other_columns"
        console.print(f"{batch.label}: {batch.row_count:,} rows into {batch.relation}{notes}.")


def print_feed(console: Console, address: ShopAddress, loaded: FeedLoad) -> None:
    """Say what was copied from the shop's database.

    Parameters
    ----------
    console
        Where to print.
    address
        Address of the shop.
    loaded
        What the load did.
    """
    word = "copied" if loaded.is_full else "changed"
    for relation, rows in loaded.rows.items():
        console.print(f"{relation}: {rows:,} row{'s' * (rows != 1)} {word}.")
    if loaded.erased:
        console.print(
            f"{loaded.erased:,} erased customer{'s' * (loaded.erased > 1)}: the next build on "
            "DuckDB rewrites the file, until then old bytes are left in it."
        )
    if loaded.from_sequence == loaded.to_sequence:
        console.print(f"{address}: nothing new since change {loaded.to_sequence:,}.")
        return
    console.print(
        f"{address}: change {loaded.from_sequence:,} to {loaded.to_sequence:,}; the raw tables "
        f"show the shop of {loaded.cut_at} UTC."
    )


def print_report(console: Console, report: BuildReport) -> None:
    """Say how the build went.

    Parameters
    ----------
    console
        Where to print.
    report
        Counts and failures.
    """
    built = ", ".join(f"{count} {kind}s" for kind, count in sorted(report.built.items()))
    tests = ", ".join(
        f"{report.tests[status]} {word}"
        for status, word in (("pass", "passed"), ("success", "passed"), ("warn", "warned"),
                             ("fail", "failed"))
        if report.tests[status]
    )  # fmt: skip
    console.print(f"Sources: {', '.join(report.sources)}. Built: {built or 'nothing'}.")
    # A build of some nodes executes their tests alone, whatever else is declared.
    declared = f" of {report.declared} declared" if report.declared else ""
    console.print(f"Tests: {tests or 'none'}{declared}; skipped nodes: {report.skipped}.")
    if report.is_rewritten:
        console.print(
            "The warehouse file was rewritten: nothing of erased customers is left in it."
        )
    for failure in report.failures:
        console.print(f"Failed: {failure}")


def print_summary(console: Console, root: Path, target: str) -> None:
    """Print rows per layer, the quarantine, the headline figures and where everything is.

    Parameters
    ----------
    console
        Where to print.
    root
        Project folder.
    target
        Target of the profile.
    """
    with open_engine(root, target, read_only=True) as engine:
        _print_layers(console, engine)
        _print_query(console, engine, "Quarantined rows by reason", QUARANTINE_QUERY)
        _print_query(console, engine, "Raw rows accounted for", BALANCE_QUERY)
        _print_indicators(console, engine, root)
        console.print(f"Warehouse: {engine.location}")
    documentation = find_artefacts(root) / DOCUMENTATION
    if documentation.exists():
        console.print(f"Documentation: {documentation}")


def print_status(console: Console, root: Path, target: str) -> None:
    """Print rows and batches of each raw table.

    Parameters
    ----------
    console
        Where to print.
    root
        Project folder.
    target
        Target of the profile.
    """
    table = _make_table("Raw tables", ["source", "raw table", "batches", "rows"])
    with open_engine(root, target, read_only=True) as engine:
        for name in list_sources(root):
            counts = count_batches(engine, read_source(root, name))
            for raw_table, (batches, rows) in counts.items():
                table.add_row(name, raw_table, f"{batches:,}", f"{rows:,}")
        if table.row_count:
            console.print(table)
        else:
            console.print("No raw table yet: load files with `customer-trends load SOURCE FILES`.")
        console.print(f"Warehouse: {engine.location}")


def _print_layers(console: Console, engine: Engine) -> None:
    """Print the number of rows of each table, layer by layer."""
    table = _make_table("Rows per layer", ["layer", "tables", "rows"])
    for layer in LAYERS:
        schema = engine.schema(layer)
        names = engine.list_tables(schema)
        if names:
            rows = sum(engine.count_rows(schema, name) for name in names)
            table.add_row(layer, f"{len(names):,}", f"{rows:,}")
    console.print(table)


def _query(console: Console, engine: Engine, title: str, query: str) -> QueryResult | None:
    """Run a query over layers; say so in one sentence when its relation is not there."""
    try:
        result = engine.fetch(
            query.format(core=engine.schema("core"), marts=engine.schema("marts"))
        )
    except MissingRelationError:
        console.print(f"{title}: not built yet.")
        return None
    except WarehouseError as error:
        console.print(f"{title}: cannot be shown ({error}).")
        return None
    if not result.rows:
        console.print(f"{title}: none.")
        return None
    return result


def _print_query(console: Console, engine: Engine, title: str, query: str) -> None:
    """Print the result of a query."""
    result = _query(console, engine, title, query)
    if result:
        table = _make_table(title, [header.replace("_", " ") for header in result.headers])
        for row in result.rows:
            table.add_row(*(_show_cell(cell) for cell in row))
        console.print(table)


def _print_indicators(console: Console, engine: Engine, root: Path) -> None:
    """Print the headline figures in the order in which they are declared."""
    title = "Headline figures"
    result = _query(console, engine, title, INDICATOR_QUERY)
    if not result:
        return
    with (root / INDICATORS).open(encoding="utf-8", newline="") as file:
        order = {row["kpi_id"]: number for number, row in enumerate(csv.DictReader(file))}
    table = _make_table(title, ["figure", "value", "target", "status"])
    for _, figure, value, goal, status, unit in sorted(
        result.rows, key=lambda row: order.get(row[0], len(order))
    ):
        table.add_row(
            figure, _show_figure(value, unit), _show_figure(goal, unit), status.replace("_", " ")
        )
    console.print(table)


def _show_figure(value: Decimal | float | None, unit: str) -> str:
    """Show a figure in its unit."""
    if value is None:
        return NOTHING
    if unit == "ratio":
        return f"{100 * float(value):.1f} %"
    return f"{int(value):,}" if unit == "count" else f"{float(value):,.2f}"


def _make_table(title: str, headers: list[str]) -> Table:
    """Make an empty table; columns with counts are on the right."""
    table = Table(title=title, title_justify="left")
    for header in headers:
        is_number = header in NUMBERS or header.endswith("count")
        table.add_column(header, justify="right" if is_number else "left", overflow="fold")
    return table


def _show_cell(cell: object) -> str:
    """Show a value with thousands separators."""
    if isinstance(cell, bool) or cell is None:
        return "" if cell is None else str(cell).lower()
    if isinstance(cell, int) or (isinstance(cell, Decimal) and cell == int(cell)):
        return f"{int(cell):,}"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if cell == int(cell) else f"{cell:,.4f}".rstrip("0")
    return str(cell)
