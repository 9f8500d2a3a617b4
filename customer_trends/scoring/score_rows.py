"""Brings what a job gives into the form of a table of scores; lets no NaN through."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from customer_trends.errors import WriteError
from python_ml.job import RowScores
from python_ml.score_tables import ARROW_TYPES, PROVENANCE, ScoreTable


def make_batches(
    table: ScoreTable,
    rows: pd.DataFrame | Iterable[pd.DataFrame],
    provenance: Mapping[str, Any],
) -> Iterator[pa.Table]:
    """Turn the rows of a job into Arrow, frame by frame.

    Parameters
    ----------
    table
        Table that the rows are for.
    rows
        Rows without provenance: one frame, or several.
    provenance
        Columns of provenance with the value that all rows have.

    Yields
    ------
    Table
        Rows in the order of the key, with the schema of the table.
    """
    for frame in [rows] if isinstance(rows, pd.DataFrame) else rows:
        check_names(table, frame, table.own_columns)
        yield to_arrow(table, frame.assign(**provenance))


def score_part(
    batch: pd.DataFrame, scores: RowScores, table: ScoreTable, provenance: Mapping[str, Any]
) -> pa.Table:
    """Score some customers and turn the scores into Arrow; any worker can do it.

    Parameters
    ----------
    batch
        Customers.
    scores
        How each of them gets its row.
    table, provenance
        As for `make_batches`.

    Returns
    -------
    Table
        Rows with the schema of the table.
    """
    (rows,) = make_batches(table, scores(batch), provenance)
    return rows


def check_names(table: ScoreTable, frame: pd.DataFrame, wanted: Iterable[str]) -> None:
    """Check that a frame has the columns of a table and no others.

    Parameters
    ----------
    table
        Table that the frame is for.
    frame
        Rows.
    wanted
        Names of the columns.

    Raises
    ------
    WriteError
        If it has others.
    """
    differing = set(frame.columns) ^ set(wanted)
    if differing:
        name = min(map(str, differing))
        fault = "lack" if name in wanted else "have a column of their own,"
        raise WriteError(
            f"The scores for {table.name} {fault} {name}: fix the job that gives them."
        )


def to_arrow(table: ScoreTable, frame: pd.DataFrame) -> pa.Table:
    """Turn rows with provenance into Arrow.

    Parameters
    ----------
    table
        Table that the rows are for.
    frame
        Rows with all columns of the table.

    Returns
    -------
    Table
        Rows in the order of the key. What is no finite number, and empty text, is NULL.

    Raises
    ------
    WriteError
        If two rows have one key, or a value is missing where none may be.
    """
    if frame.duplicated([*table.key]).any():
        raise WriteError(f"The scores for {table.name} have two rows with one {table.key}.")
    ordered = frame.sort_values([*table.key])
    arrays = [
        _to_array(table.name, name, ordered[name], kind) for name, kind in table.columns.items()
    ]
    return pa.Table.from_arrays(arrays, schema=table.schema)


def _to_array(relation: str, name: str, values: "pd.Series[Any]", kind: str) -> pa.Array:
    """Turn one column into Arrow; says which value fits not."""
    try:
        array = _convert(values, kind.rstrip("?"))
    except (TypeError, ValueError, pa.ArrowException) as error:
        raise WriteError(f"{relation}.{name} takes no such values ({error}).") from error
    if array.null_count and not kind.endswith("?"):
        raise WriteError(
            f"{relation}.{name} has {array.null_count} rows without a value: every row needs one."
        )
    return array


def _convert(values: "pd.Series[Any]", kind: str) -> pa.Array:
    """Turn one column into Arrow."""
    arrow_type = ARROW_TYPES[kind]
    if kind == "number":
        numbers = pd.to_numeric(values).to_numpy(dtype=float, na_value=np.nan) + 0.0
        return pa.array(numbers, type=arrow_type, mask=~np.isfinite(numbers))
    if kind == "integer":
        return pa.array(values.astype("Int64"), type=arrow_type)
    if kind == "boolean":
        return pa.array(values.astype("boolean"), type=arrow_type)
    if kind in ("date", "timestamp"):
        moments = pd.to_datetime(values).astype("datetime64[us]")
        return pa.array(moments, type=pa.timestamp("us")).cast(arrow_type)
    texts = values.astype(object)
    return pa.array(texts.where(texts.notna() & (texts != ""), None), type=arrow_type)


def constant_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Choose the columns of provenance from what is known of a run.

    Parameters
    ----------
    values
        What is known of a run, by name.

    Returns
    -------
    dict
        Columns of provenance.
    """
    return {name: values[name] for name in PROVENANCE}
