"""Explore raw tables: nulls, figures, outliers, distributions, correlations of any source."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from customer_trends.engines.duckdb_connection import connect_warehouse, quote_name, quote_text
from customer_trends.engines.interface import AUDIT_COLUMNS
from customer_trends.project.paths import find_project_root, find_warehouse
from customer_trends.project.source_declarations import list_sources, read_source

# Rows that are read into a frame; nulls and kinds are counted over all rows.
SAMPLE_ROWS = 50_000
# A column holds numbers, or dates, where so large a share of its texts reads as one.
MOSTLY = 0.95
# Tukey's fences: a value further than this many times the middle half's width is an outlier.
FENCE = 1.5
BINS = 20
# Columns with fewer different numbers than this are codes or flags.
FEWEST_NUMBERS = 3
# Columns of numbers that name something.
KEY_ENDINGS = ("_id", "_key", "_number", "_no", "_code", "_sequence")


def open_raw(root: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Open the warehouse to read the raw tables.

    Parameters
    ----------
    root
        Project folder; found from the working directory when left out.

    Returns
    -------
    DuckDBPyConnection
        A connection that cannot write.

    Raises
    ------
    WarehouseError
        If there is no warehouse, or another program writes to it.
    """
    return connect_warehouse(find_warehouse(root or find_project_root()), read_only=True)


def list_loaded_tables(
    connection: duckdb.DuckDBPyConnection, root: Path | None = None
) -> pd.DataFrame:
    """List the raw tables that have rows.

    Parameters
    ----------
    connection
        Connection of ``open_raw``.
    root
        Project folder; found from the working directory when left out.

    Returns
    -------
    DataFrame
        source_system, raw_table, row_count; empty where nothing is loaded.
    """
    folder = root or find_project_root()
    present = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    rows = []
    for name in list_sources(folder):
        source = read_source(folder, name)
        for table in source.tables:
            if (source.schema, table.relation) not in present:
                continue
            relation = f"{quote_name(source.schema)}.{quote_name(table.relation)}"
            (count,) = connection.execute(f"select count(*) from {relation}").fetchone() or (0,)
            if count:
                rows.append((name, f"{source.schema}.{table.relation}", count))
    return pd.DataFrame(rows, columns=["source_system", "raw_table", "row_count"])


def profile_columns(connection: duckdb.DuckDBPyConnection, raw_table: str) -> pd.DataFrame:
    """Profile every column over all rows of a raw table.

    Parameters
    ----------
    connection
        Connection of ``open_raw``.
    raw_table
        Schema and name, as ``list_loaded_tables`` gives them.

    Returns
    -------
    DataFrame
        column_name, kind (number, date, text or empty), row_count, null_count, null_share,
        distinct_count, example.
    """
    relation = _quote(raw_table)
    names = [
        row[0]
        for row in connection.execute(f"describe {relation}").fetchall()
        if row[0] not in AUDIT_COLUMNS
    ]
    parts = " union all ".join(_write_profile(relation, name) for name in names)
    frame = connection.execute(parts).df()
    filled = frame["row_count"] - frame["null_count"]
    is_number = (filled > 0) & (frame.pop("numbers") >= MOSTLY * filled)
    is_date = (filled > 0) & ~is_number & (frame.pop("dates") >= MOSTLY * filled)
    kind = np.select([filled == 0, is_number, is_date], ["empty", "number", "date"], "text")
    frame.insert(1, "kind", kind)
    frame.insert(4, "null_share", (frame["null_count"] / frame["row_count"]).round(6))
    return frame


def summarise_tables(connection: duckdb.DuckDBPyConnection, tables: pd.DataFrame) -> pd.DataFrame:
    """Summarise every loaded table.

    Parameters
    ----------
    connection
        Connection of ``open_raw``.
    tables
        Frame of ``list_loaded_tables``.

    Returns
    -------
    DataFrame
        The tables with column_count, figure_count, empty_column_count and null_share, those with
        the most figures first.
    """
    profiles = [profile_columns(connection, name) for name in tables["raw_table"]]
    summary = tables.assign(
        column_count=[len(profile) for profile in profiles],
        figure_count=[_is_figure(profile).sum() for profile in profiles],
        empty_column_count=[(profile["kind"] == "empty").sum() for profile in profiles],
        null_share=[round(profile["null_share"].mean(), 6) for profile in profiles],
    )
    order = ["figure_count", "row_count", "raw_table"]
    return summary.sort_values(order, ascending=[False, False, True], ignore_index=True)


def _is_figure(profile: pd.DataFrame) -> pd.Series:
    """Return which columns hold figures rather than keys, codes or flags."""
    is_key = profile["column_name"].str.endswith(KEY_ENDINGS)
    return (profile["kind"] == "number") & (profile["distinct_count"] >= FEWEST_NUMBERS) & ~is_key


def _quote(raw_table: str) -> str:
    """Quote schema and name."""
    return ".".join(quote_name(part) for part in raw_table.split(".", 1))


def _write_profile(relation: str, name: str) -> str:
    """Write the query that profiles one column; an empty text is no value."""
    value = f"nullif(trim(cast({quote_name(name)} as varchar)), '')"
    return (
        f"select {quote_text(name)} as column_name, count(*) as row_count, "
        f"count(*) - count({value}) as null_count, count(distinct {value}) as distinct_count, "
        f"min({value}) as example, count(try_cast({value} as double)) as numbers, "
        f"count(try_cast({value} as timestamp)) as dates from {relation}"
    )


def read_typed(connection: duckdb.DuckDBPyConnection, raw_table: str) -> pd.DataFrame:
    """Read a raw table with numbers as numbers and dates as dates.

    Parameters
    ----------
    connection
        Connection of ``open_raw``.
    raw_table
        Schema and name.

    Returns
    -------
    DataFrame
        At most ``SAMPLE_ROWS`` rows, the same ones each time; what does not read is NULL.
    """
    kinds = {"number": "double", "date": "timestamp"}
    profile = profile_columns(connection, raw_table)
    columns = [
        f"try_cast({quote_name(name)} as {kinds.get(kind, 'varchar')}) as {quote_name(name)}"
        for name, kind in zip(profile["column_name"], profile["kind"], strict=True)
    ]
    sample = f"using sample reservoir({SAMPLE_ROWS} rows) repeatable (7)"
    return connection.execute(f"select {', '.join(columns)} from {_quote(raw_table)} {sample}").df()


def list_numbers(frame: pd.DataFrame) -> list[str]:
    """List the columns that hold figures rather than keys, codes or flags.

    Parameters
    ----------
    frame
        Frame of ``read_typed``.

    Returns
    -------
    list of str
        Columns of numbers with a few different values, except those named as keys.
    """
    numbers = frame.select_dtypes("number")
    return [
        str(name)
        for name in numbers.columns
        if numbers[name].nunique() >= FEWEST_NUMBERS and not str(name).endswith(KEY_ENDINGS)
    ]


def describe_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Describe the figures of a table.

    Parameters
    ----------
    frame
        Frame of ``read_typed``.

    Returns
    -------
    DataFrame
        A row per column: count, mean, standard deviation, quartiles, extremes.
    """
    names = list_numbers(frame)
    return frame[names].describe().T.round(4) if names else pd.DataFrame()


def find_outliers(frame: pd.DataFrame) -> pd.DataFrame:
    """Count the values outside Tukey's fences (Exploratory Data Analysis, 1977).

    Parameters
    ----------
    frame
        Frame of ``read_typed``.

    Returns
    -------
    DataFrame
        column_name, lower_fence, upper_fence, outlier_count, outlier_share.
    """
    rows = []
    for name in list_numbers(frame):
        values = frame[name].dropna()
        low, high = values.quantile(0.25), values.quantile(0.75)
        lower, upper = low - FENCE * (high - low), high + FENCE * (high - low)
        count = int(((values < lower) | (values > upper)).sum())
        rows.append((name, lower, upper, count, count / len(values)))
    columns = ["column_name", "lower_fence", "upper_fence", "outlier_count", "outlier_share"]
    return pd.DataFrame(rows, columns=columns).round(4)


def count_bins(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Count the values of a column in bins of one width.

    Parameters
    ----------
    frame
        Frame of ``read_typed``.
    column
        Column of numbers.

    Returns
    -------
    DataFrame
        bin_start, bin_end, row_count.
    """
    counts, edges = np.histogram(frame[column].dropna(), bins=BINS)
    return pd.DataFrame({"bin_start": edges[:-1], "bin_end": edges[1:], "row_count": counts})


def correlate(frame: pd.DataFrame) -> pd.DataFrame:
    """Correlate every two figures of a table (Pearson).

    Parameters
    ----------
    frame
        Frame of ``read_typed``.

    Returns
    -------
    DataFrame
        first, second, correlation; NULL where one of the two does not vary.
    """
    matrix = frame[list_numbers(frame)].corr().rename_axis("first").reset_index()
    long = matrix.melt("first", var_name="second", value_name="correlation")
    return long.assign(correlation=long["correlation"].round(4))
