"""Checks that relations have what a job reads, and gives their columns one plain type each."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from python_ml.errors import ContractError

# Kinds a column may have in a warehouse where a job reads another: servers keep truth values and
# counts as they can.
ALSO_FIT: Mapping[str, frozenset[str]] = {
    "number": frozenset({"integer"}),
    "boolean": frozenset({"integer"}),
}
KINDS = frozenset({"integer", "number", "text", "boolean", "date", "timestamp"})


def check_columns(
    relation: str, wanted: Mapping[str, str], found: Mapping[str, str] | None
) -> None:
    """Check that a relation has each column that a job reads, of the right kind.

    Parameters
    ----------
    relation
        Name of the mart.
    wanted
        Column to kind: ``integer``, ``number``, ``text``, ``boolean``, ``date`` or ``timestamp``.
    found
        Column to kind as the warehouse has them; None when there is no such relation.

    Raises
    ------
    ContractError
        For the first column that is missing or of another kind, or when the relation is missing.
    """
    if found is None:
        raise ContractError(f"There is no {relation}: run `customer-trends build` before scoring.")
    for column, kind in wanted.items():
        if column not in found:
            raise ContractError(
                f"{relation} has no column {column}: build it again with "
                "`customer-trends build`, or give its model that column back."
            )
        if found[column] != kind and found[column] not in ALSO_FIT.get(kind, frozenset()):
            raise ContractError(
                f"{relation}.{column} holds {found[column]} where scoring reads {kind}: cast it "
                "in the model and build again."
            )


def to_frame(table: pa.Table, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Turn Arrow into pandas with one type per kind, whatever the engine sent.

    Parameters
    ----------
    table
        Rows of a relation.
    kinds
        Column to kind.

    Returns
    -------
    DataFrame
        int64 (Int64 with NULL), float64, text, bool (boolean with NULL), datetime64[ns].
    """
    columns = {
        name: _to_series(pc.cast(_plain(table[name]), _wire_type(kind)), kind)
        for name, kind in kinds.items()
    }
    return pd.DataFrame(columns, copy=False)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give decimals as texts: every engine's scale then reads as the same nearest double."""
    if pa.types.is_decimal(column.type):
        return pc.cast(column, pa.string())
    if pa.types.is_dictionary(column.type):
        return pc.cast(column, column.type.value_type)
    return column


def _wire_type(kind: str) -> pa.DataType:
    """Choose the Arrow type of a kind."""
    return {
        "integer": pa.int64(),
        "number": pa.float64(),
        "text": pa.string(),
        "boolean": pa.bool_(),
        "date": pa.timestamp("ns"),
        "timestamp": pa.timestamp("ns"),
    }[kind]


def _to_series(column: pa.ChunkedArray, kind: str) -> "pd.Series[Any]":
    """Turn one column into pandas; whole numbers and truth values keep their type with NULL."""
    masked = {"integer": pd.Int64Dtype(), "boolean": pd.BooleanDtype()}.get(kind)
    series: pd.Series[Any] = column.to_pandas(
        types_mapper=(lambda _: masked) if masked and column.null_count else None
    )
    return series
