"""The segments of customers, and the list of clusters, from what the segmentation has learned."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_ml.score_tables import SCORE_TABLES
from python_ml.segmentation.model import (
    BASES,
    SegmentModel,
    name_gaps,
    show_centers,
    take_column,
    take_values,
)

Rows = NDArray[np.intp]


def find_basis(frame: pd.DataFrame, bases: Mapping[str, str]) -> NDArray[np.object_]:
    """Find the basis of each customer, shape (n,); a source that is new goes by RFM."""
    codes, sources = pd.factorize(frame["source_system"], use_na_sentinel=False)
    names = np.array([bases.get(str(source), "rfm") for source in sources], dtype=object)
    return np.asarray(names[codes])


def predict(batch: pd.DataFrame, model: SegmentModel) -> pd.DataFrame:
    """Return the segment of each customer; a pure function, which any worker can run.

    Parameters
    ----------
    batch
        Customers with the columns that the job reads.
    model
        What the segmentation has learned.

    Returns
    -------
    DataFrame
        Rows of ml_customer_segments without provenance, in the sequence of the batch.
    """
    count = len(batch)
    basis_of = find_basis(batch, model.bases)
    columns: dict[str, NDArray[Any]] = {
        "customer_key": batch["customer_key"].to_numpy(np.int64),
        "cluster_number": np.full(count, np.nan),
        "cluster_name": np.full(count, None, dtype=object),
        "spending_tier": np.full(count, "unscored", dtype=object),
        "segment_basis": basis_of,
        "income_input": np.full(count, np.nan),
        "spending_input": np.full(count, np.nan),
        "distance_to_centroid": np.full(count, np.nan),
        "is_scored": np.zeros(count, dtype=bool),
        "reason": np.full(count, None, dtype=object),
    }
    for basis in BASES:
        rows = np.flatnonzero(basis_of == basis)
        if len(rows):
            fill_basis(columns, batch.iloc[rows], rows, basis, model)
    numbers = ("income_input", "spending_input", "distance_to_centroid")
    kinds = {"cluster_number": "Int64"} | dict.fromkeys(numbers, "Float64")
    return pd.DataFrame(columns).astype(kinds)


def fill_basis(
    columns: dict[str, NDArray[Any]],
    part: pd.DataFrame,
    rows: Rows,
    basis: str,
    model: SegmentModel,
) -> None:
    """Fill in the rows of one basis."""
    if basis != "rfm":
        columns["income_input"][rows] = take_column(part, "annual_income")
    columns["spending_input"][rows] = take_column(part, BASES[basis][-1])
    fitted = model.models.get(basis)
    if fitted is None:
        tiers = part["value_tier"].str.lower().fillna("unscored")
        columns["spending_tier"][rows] = tiers.to_numpy(object)
        columns["reason"][rows] = model.refused.get(basis, "the source is new since the clusters")
        return
    values = take_values(part, basis)
    complete = ~np.isnan(values).any(axis=1)
    columns["reason"][rows[~complete]] = name_gaps(values[~complete], basis)
    labels, squares = fitted.centers.nearest(values[complete])
    scored = rows[complete]
    columns["cluster_number"][scored] = labels + fitted.first_number
    columns["cluster_name"][scored] = np.array(fitted.names, dtype=object)[labels]
    columns["spending_tier"][scored] = np.array(fitted.tiers, dtype=object)[labels]
    columns["distance_to_centroid"][scored] = np.sqrt(squares)
    columns["is_scored"][scored] = True


def count_customers(batch: pd.DataFrame, model: SegmentModel) -> pd.DataFrame:
    """Count the customers of each cluster; a pure function, which any worker can run.

    Parameters
    ----------
    batch, model
        As for `predict`.

    Returns
    -------
    DataFrame
        Columns cluster_number and customers; clusters without a customer are left out.
    """
    numbers = predict(batch, model)["cluster_number"].dropna()
    counts = numbers.value_counts().rename_axis("cluster_number")
    return counts.astype("int64").reset_index(name="customers")


def list_centroids(counts: pd.DataFrame, model: SegmentModel) -> pd.DataFrame:
    """List the clusters.

    Parameters
    ----------
    counts
        Rows of `count_customers` of all parts of the customers.
    model
        What the segmentation has learned.

    Returns
    -------
    DataFrame
        Rows of ml_segment_centroids without provenance.
    """
    totals = counts.groupby("cluster_number")["customers"].sum()
    tables = []
    for basis, fitted in model.models.items():
        count = len(fitted.names)
        numbers = np.arange(count) + fitted.first_number
        moved: list[Any] = fitted.moved_shares or [None] * count
        incomes, spendings = show_centers(fitted)
        tables.append(
            pd.DataFrame(
                {
                    "cluster_number": numbers,
                    "segment_basis": basis,
                    "cluster_count": count,
                    "cluster_name": fitted.names,
                    "spending_tier": fitted.tiers,
                    "income_centroid": pd.array(incomes, dtype="Float64"),
                    "spending_centroid": spendings,
                    "customers": totals.reindex(numbers, fill_value=0).to_numpy(np.int64),
                    "silhouette": pd.array([fitted.silhouette] * count, dtype="Float64"),
                    "stability": pd.array([fitted.stability] * count, dtype="Float64"),
                    "moved_share": pd.array(moved, dtype="Float64"),
                }
            )
        )
    if not tables:
        return pd.DataFrame(columns=list(SCORE_TABLES["ml_segment_centroids"].own_columns))
    return pd.concat(tables, ignore_index=True)
