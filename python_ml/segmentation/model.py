"""What the segmentation has learned, and how customers are turned into the numbers it compares."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_ml.segmentation.clustering import Centers

Array = NDArray[np.float64]

VERSION = "1"
# Columns of each basis; the last one is the spending that tiers are made of.
BASES = {
    "income_and_spending_score": ("annual_income", "spending_score"),
    "income_and_rfm": ("annual_income", "frequency", "monetary"),
    "rfm": ("frequency", "monetary"),
}
# Columns whose large values lie far apart: compared by their logarithms.
LOGARITHMIC = ("frequency", "monetary")
# A source gives a column when it does so for this share of its customers.
GIVEN_SHARE = 0.5


@dataclass(frozen=True)
class BasisModel:
    """The clusters of one basis.

    Attributes
    ----------
    basis
        Name of the basis, of BASES.
    fitted_on
        Cutoff of the data the clusters were found in.
    first_number
        Number of the lowest cluster; the others follow.
    centers
        What determines the cluster of a customer.
    tiers, names
        Spending tier and name of each cluster.
    silhouette, stability
        How well the clusters are apart, and how well they come out again; None where unknown.
    silhouette_of_three
        Silhouette of three clusters, to compare with.
    mean_distance
        Mean squared distance to the centres at the fit.
    moved_shares
        Per cluster, the share of customers who were in another one before; None at the first fit.
    moved_share
        The same over all customers.
    train_count
        Customers the clusters were found in.
    """

    basis: str
    fitted_on: date
    first_number: int
    centers: Centers
    tiers: list[str]
    names: list[str]
    silhouette: float | None
    stability: float | None
    silhouette_of_three: float | None
    mean_distance: float
    moved_shares: list[float] | None
    moved_share: float | None
    train_count: int


@dataclass(frozen=True)
class SegmentModel:
    """All clusters, the basis of each source, and why a basis has none."""

    bases: dict[str, str]
    models: dict[str, BasisModel]
    refused: dict[str, str]

    def to_artifact(self) -> dict[str, Any]:
        """Give the clusters as plain texts, numbers and arrays, to keep with skops."""
        kept = {}
        for basis, model in self.models.items():
            plain = dict(vars(model))
            plain["centers"] = dict(vars(model.centers))
            plain["fitted_on"] = model.fitted_on.isoformat()
            kept[basis] = plain
        return {"version": VERSION, "models": kept}


def read_models(artifact: object | None) -> dict[str, BasisModel]:
    """Read the clusters of the run before; none where it was another version or there was none."""
    if not isinstance(artifact, Mapping) or artifact.get("version") != VERSION:
        return {}
    return {
        basis: BasisModel(
            **{
                **plain,
                "centers": Centers(**plain["centers"]),
                "fitted_on": date.fromisoformat(plain["fitted_on"]),
            }
        )
        for basis, plain in artifact["models"].items()
    }


def renumber(model: BasisModel, first_number: int) -> BasisModel:
    """Give the clusters of before; nobody has moved, because they are the same."""
    still = [0.0] * len(model.names)
    return replace(model, first_number=first_number, moved_shares=still, moved_share=0.0)


def decide_bases(frame: pd.DataFrame) -> dict[str, str]:
    """Decide which basis the customers of each source are grouped by.

    Parameters
    ----------
    frame
        Customers with source_system, annual_income and spending_score.

    Returns
    -------
    dict
        Source system to basis.
    """
    given = frame[["annual_income", "spending_score"]].notna()
    shares = given.groupby(frame["source_system"].to_numpy(object), dropna=False).mean()
    bases: dict[str, str] = {}
    for source, (income, score) in zip(shares.index, shares.to_numpy(float), strict=True):
        if income < GIVEN_SHARE:
            bases[str(source)] = "rfm"
        elif score < GIVEN_SHARE:
            bases[str(source)] = "income_and_rfm"
        else:
            bases[str(source)] = "income_and_spending_score"
    return bases


def take_column(frame: pd.DataFrame, column: str) -> Array:
    """Take a column as numbers; what is no number is not known, shape (n,)."""
    values = frame[column].to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def take_values(frame: pd.DataFrame, basis: str) -> Array:
    """Take the columns that a basis compares; NaN where a customer has none.

    Parameters
    ----------
    frame
        Customers with the columns of the basis.
    basis
        Name of the basis.

    Returns
    -------
    ndarray
        Values, shape (n, columns); logarithms of 1 + value for frequency and monetary.
    """
    columns = []
    for column in BASES[basis]:
        values = take_column(frame, column)
        columns.append(np.log1p(np.maximum(values, 0)) if column in LOGARITHMIC else values)
    taken = np.stack(columns, axis=1)
    if "frequency" in BASES[basis]:
        # RFM knows nothing of who did not buy in its days.
        taken[~(taken[:, BASES[basis].index("frequency")] > 0), -2:] = np.nan
    return taken


def show_centers(model: BasisModel) -> tuple[list[float | None], list[float]]:
    """Give income and spending of each centre, in the units of the columns."""
    columns, centers = BASES[model.basis], model.centers.in_units()
    spending = np.expm1(centers[:, -1]) if columns[-1] in LOGARITHMIC else centers[:, -1]
    incomes = centers[:, 0].tolist() if columns[0] == "annual_income" else [None] * len(centers)
    return incomes, spending.tolist()


def name_gaps(values: Array, basis: str) -> list[str]:
    """Say of each customer with a gap what is not known.

    Parameters
    ----------
    values
        Rows with at least one NaN, shape (n, columns).
    basis
        Name of the basis.

    Returns
    -------
    list of str
        One reason per row.
    """
    patterns, which = np.unique(np.isnan(values), axis=0, return_inverse=True)
    reasons = []
    for pattern in patterns:
        missing = [name for name, gap in zip(BASES[basis], pattern, strict=True) if gap]
        parts = [f"{name} is not known" for name in missing if name not in LOGARITHMIC]
        if "frequency" in missing:
            parts.append("no qualifying order in the days of RFM")
        elif "monetary" in missing:
            parts.append("monetary is not known")
        reasons.append(" and ".join(parts))
    return [reasons[place] for place in np.ravel(which)]
