"""Clusters in the words of people: spending tiers, names, and which cluster was which before."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from python_ml.segmentation.clustering import Centers

Array = NDArray[np.float64]

TIERS = ("low", "medium", "high")
# A centre so many standard deviations from the mean of all customers is high or low.
FAR = 0.5
WORDS = {
    "annual_income": ("low income", "middle income", "high income"),
    "frequency": ("rare buyers", "occasional buyers", "frequent buyers"),
}


def fold_into_tiers(centers: Array, sizes: Array) -> list[str]:
    """Fold ordered clusters into low, medium and high.

    The exact split of points on a line into three neighbouring groups with the least squares within
    the groups; with so few clusters every split is tried.

    Parameters
    ----------
    centers
        Spending of each cluster, ascending, at least three, shape (k,).
    sizes
        Customers of each cluster, shape (k,).

    Returns
    -------
    list of str
        Tier of each cluster.
    """

    def squares(start: int, end: int) -> float:
        values, weights = centers[start:end], sizes[start:end]
        if weights.sum() == 0:
            return 0.0
        return float(weights @ (values - weights @ values / weights.sum()) ** 2)

    count = len(centers)
    first, second = min(
        combinations(range(1, count), 2),
        key=lambda cut: squares(0, cut[0]) + squares(*cut) + squares(cut[1], count),
    )
    return [TIERS[(place >= first) + (place >= second)] for place in range(count)]


def name_clusters(columns: list[str], centers: Array, tiers: list[str]) -> list[str]:
    """Name each cluster by its centre, such as "high income, low spending".

    Parameters
    ----------
    columns
        Columns of the centres; those without words of their own are named by the tier.
    centers
        Standardised centres, shape (k, columns).
    tiers
        Spending tier of each cluster.

    Returns
    -------
    list of str
        Names, no two alike.
    """
    names = []
    for center, tier in zip(centers, tiers, strict=True):
        parts = [
            WORDS[column][1 + int(place > FAR) - int(place < -FAR)]
            for column, place in zip(columns, center, strict=True)
            if column in WORDS
        ]
        names.append(", ".join([*parts, f"{tier} spending"]))
    return [
        name if names.count(name) == 1 else f"{name}, group {names[: place + 1].count(name)}"
        for place, name in enumerate(names)
    ]


def find_moved(values: Array, old: Centers, new: Centers) -> NDArray[np.bool_]:
    """Return which rows are in another cluster than before, whatever the clusters are numbered now.

    New clusters are matched to old ones so that their centres are nearest in all (the Hungarian
    method); who was in a cluster without a match has moved.

    Parameters
    ----------
    values
        Rows in the units of the columns, shape (n, columns).
    old, new
        Centres of before and of now.

    Returns
    -------
    ndarray of bool
        Whether each row moved, shape (n,).
    """
    before, after = old.in_units() / new.scale, new.in_units() / new.scale
    costs = ((before[:, None, :] - after[None, :, :]) ** 2).sum(axis=2)
    matched = np.full(len(before), -1)
    rows, columns = linear_sum_assignment(costs)
    matched[rows] = columns
    return np.asarray(matched[old.nearest(values)[0]] != new.nearest(values)[0])
