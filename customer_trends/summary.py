"""Print what is in the warehouse and how the build went."""

from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from customer_trends.build import BuildReport, find_artefacts
from customer_trends.load import LoadedBatch, count_batches
from customer_trends.sources import list_sources, read_source
from customer_trends.warehouse import connect_warehouse, find_warehouse, quote_name

NUMBERS = ("tables", "rows", "batches", "value", "target")
LAYERS = ("raw", "reference", "intermediate", "core", "marts")
DOCUMENTATION = "static_index.html"
QUARANTINE_QUERY = """
    select reason_code, source_system, raw_table, count(*) as row_count
    from core.ops_quarantine
    group by 1, 2, 3
    order by 4 desc, 1, 2, 3
"""
BALANCE_QUERY = """
    select
        source_system,
        raw_table,
        cast(sum(raw_count) as bigint) as raw_count,
        cast(sum(accepted_count) as bigint) as accepted_count,
        cast(sum(quarantined_count) as bigint) as quarantined_count,
        cast(sum(duplicate_count) as bigint) as duplicate_count
    from core.ops_row_counts
    group by 1, 2
    order by 1, 2
"""
FIGURE = """case
        when {0} is null then '–'
        when mart_kpi.unit = 'ratio' then format('{{:.1f}} %', cast(100 * {0} as double))
        when mart_kpi.unit = 'count' then format('{{:,}}', cast({0} as bigint))
        else format('{{:,.2f}}', cast({0} as double))
    end"""
INDICATOR_QUERY = f"""
    select
        mart_kpi.kpi_name as figure,
        {FIGURE.format("mart_kpi.kpi_value")} as value,
        {FIGURE.format("mart_kpi.target_value")} as target,
        replace(mart_kpi.kpi_status, '_', ' ') as status
    from marts.mart_kpi as mart_kpi
    inner join reference.kpis as kpis on mart_kpi.kpi_id = kpis.kpi_id
    where mart_kpi.period_type = 'all'
    order by kpis.rowid
"""


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
    console.print(
        f"Tests: {tests or 'none'} of {report.declared} declared; skipped nodes: {report.skipped}."
    )
    for failure in report.failures:
        console.print(f"Failed: {failure}")


def print_summary(console: Console, root: Path) -> None:
    """Print rows per layer, the quarantine, the headline figures and where everything is.

    Parameters
    ----------
    console
        Where to print.
    root
        Project folder.
    """
    warehouse = find_warehouse(root)
    with connect_warehouse(warehouse, read_only=True) as connection:
        _print_layers(console, connection)
        _print_query(console, connection, "Quarantined rows by reason", QUARANTINE_QUERY)
        _print_query(console, connection, "Raw rows accounted for", BALANCE_QUERY)
        _print_query(console, connection, "Headline figures", INDICATOR_QUERY)
    console.print(f"Warehouse: {warehouse}")
    documentation = find_artefacts(root) / DOCUMENTATION
    if documentation.exists():
        console.print(f"Documentation: {documentation}")


def print_status(console: Console, root: Path) -> None:
    """Print rows and batches of each raw table.

    Parameters
    ----------
    console
        Where to print.
    root
        Project folder.
    """
    warehouse = find_warehouse(root)
    table = _make_table("Raw tables", ["source", "raw table", "batches", "rows"])
    with connect_warehouse(warehouse, read_only=True) as connection:
        for name in list_sources(root):
            for raw_table, (batches, rows) in count_batches(
                connection, read_source(root, name)
            ).items():
                table.add_row(name, raw_table, f"{batches:,}", f"{rows:,}")
    if table.row_count:
        console.print(table)
    else:
        console.print("No raw table yet: load files with `customer-trends load SOURCE FILES`.")
    console.print(f"Warehouse: {warehouse}")


def _print_layers(console: Console, connection: duckdb.DuckDBPyConnection) -> None:
    """Print the number of rows of each table, layer by layer."""
    table = _make_table("Rows per layer", ["layer", "tables", "rows"])
    for layer in LAYERS:
        names = connection.execute(
            "select table_name from duckdb_tables() where schema_name = ? order by 1", [layer]
        ).fetchall()
        rows = 0
        for (name,) in names:
            relation = f"{quote_name(layer)}.{quote_name(name)}"
            found = connection.execute(f"select count(*) from {relation}").fetchone()
            rows += found[0] if found else 0
        if names:
            table.add_row(layer, f"{len(names):,}", f"{rows:,}")
    console.print(table)


def _print_query(
    console: Console, connection: duckdb.DuckDBPyConnection, title: str, query: str
) -> None:
    """Print the result of a query, or one sentence when its relation is not there."""
    try:
        cursor = connection.execute(query)
    except duckdb.CatalogException:
        console.print(f"{title}: not built yet.")
        return
    except duckdb.Error as error:
        console.print(f"{title}: cannot be shown ({str(error).splitlines()[0]}).")
        return
    headers = [column[0].replace("_", " ") for column in cursor.description or []]
    rows = cursor.fetchall()
    if not rows:
        console.print(f"{title}: none.")
        return
    table = _make_table(title, headers)
    for row in rows:
        table.add_row(*(_show_cell(cell) for cell in row))
    console.print(table)


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
    if isinstance(cell, int):
        return f"{cell:,}"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if cell == int(cell) else f"{cell:,.4f}".rstrip("0")
    return str(cell)
