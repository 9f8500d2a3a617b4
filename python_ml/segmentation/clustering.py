"""Groups of customers that come out the same again: K-Means that chooses how many."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

Array = NDArray[np.float64]

# Beyond so many quartile distances from the middle half a value is out of this world.
FENCE = 3.0
# Rows whose distances are taken at a time.
BLOCK = 200_000


@dataclass(frozen=True)
class Centers:
    """What gives the cluster of a row: plain arrays, which any process can use.

    Attributes
    ----------
    lower, upper
        Bounds that values are drawn in to, shape (columns,).
    mean, scale
        What is taken off and divided by, shape (columns,).
    centers
        Centres of the standardised columns, shape (clusters, columns).
    """

    lower: Array
    upper: Array
    mean: Array
    scale: Array
    centers: Array

    def standardise(self, values: Array) -> Array:
        """Draw in and standardise rows of shape (n, columns)."""
        return np.asarray((np.clip(values, self.lower, self.upper) - self.mean) / self.scale)

    def nearest(self, values: Array) -> tuple[NDArray[np.int64], Array]:
        """Find the nearest centre of each row, from 0, and the squared distance to it."""
        labels = np.empty(len(values), dtype=np.int64)
        distances = np.empty(len(values))
        for start in range(0, len(values), BLOCK):
            block = self.standardise(values[start : start + BLOCK])
            squares = np.stack(
                [((block - center) ** 2).sum(axis=1) for center in self.centers], axis=1
            )
            nearest = squares.argmin(axis=1)
            labels[start : start + BLOCK] = nearest
            distances[start : start + BLOCK] = squares[np.arange(len(block)), nearest]
        return labels, distances

    def in_units(self) -> Array:
        """Give the centres in the units of the columns, shape (clusters, columns)."""
        return np.asarray(self.centers * self.scale + self.mean)


class OrderedKMeans(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """K-Means on standardised columns; the clusters are numbered by the last column.

    The number of clusters is the one with the largest silhouette among those that come out the same
    from resampled rows (mean adjusted Rand index); the least number when none does. Rows with a
    value far outside (more than three quartile distances) have no say in where the clusters are, so
    that one of them does not become a cluster by itself; they belong to the nearest one. Clusters
    are numbered by their centre in the last column, then in the ones before, so that numbers do not
    change by chance. One thread: the same rows in the same sequence give the same clusters on every
    machine.

    Parameters
    ----------
    min_clusters, max_clusters
        Least and largest number of clusters to try.
    stability_floor
        Least mean adjusted Rand index of a number of clusters.
    bootstraps
        Times that rows are drawn again to see whether the clusters stay.
    n_init
        Starts of K-Means, of which the best is taken.
    fit_rows, silhouette_rows, stability_rows
        Most rows to fit on, to take the silhouette of and to draw again from; more are sampled.
    random_state
        Seed of everything that is drawn.

    Attributes
    ----------
    lower_, upper_
        Bounds of usual values, which others are drawn in to, shape (columns,).
    mean_, scale_
        What is taken off and divided by, shape (columns,).
    cluster_centers_
        Centres of the standardised columns, shape (clusters, columns).
    n_clusters_
        Number of clusters.
    labels_
        Cluster of each row fitted on, 0 for the lowest, shape (n,).
    silhouette_, stability_
        Figures of the number chosen; None where there are too few rows. A stability below
        the floor is that of the times it took to see so.
    mean_distance_
        Mean squared distance to the nearest centre, standardised.
    tried_
        Number of clusters to its silhouette and stability; a stability that was not needed is None.
    """

    def __init__(
        self,
        min_clusters: int = 3,
        max_clusters: int = 8,
        stability_floor: float = 0.95,
        bootstraps: int = 50,
        n_init: int = 20,
        fit_rows: int = 100_000,
        silhouette_rows: int = 5_000,
        stability_rows: int = 2_000,
        random_state: int | None = 7,
    ) -> None:
        self.min_clusters = min_clusters
        self.max_clusters = max_clusters
        self.stability_floor = stability_floor
        self.bootstraps = bootstraps
        self.n_init = n_init
        self.fit_rows = fit_rows
        self.silhouette_rows = silhouette_rows
        self.stability_rows = stability_rows
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Choose the number of clusters and find them.

        Parameters
        ----------
        X
            Rows, shape (n, columns).
        y
            Not used.

        Returns
        -------
        OrderedKMeans
            This model.

        Raises
        ------
        ValueError
            When there are fewer distinct rows than clusters, or values that are no numbers.
        """
        values = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        chance = check_random_state(self.random_state)
        usual = self._find_usual(values)
        self.mean_, deviation = usual.mean(axis=0), usual.std(axis=0)
        self.scale_ = np.where(deviation > 0, deviation, 1.0)
        rows = (sample_rows(usual, self.fit_rows, chance) - self.mean_) / self.scale_
        distinct = len(np.unique(rows, axis=0))
        if distinct < self.min_clusters:
            raise ValueError(
                f"{distinct} distinct rows (n_samples={len(values)}) are fewer than the"
                f" {self.min_clusters} clusters asked for"
            )
        with threadpool_limits(limits=1):
            chosen = self._choose(rows, min(self.max_clusters, distinct), chance)
        centers = chosen.cluster_centers_
        self.cluster_centers_ = centers[np.lexsort(centers.T.round(9))]
        self.n_clusters_ = len(centers)
        self.labels_, distances = self.centers().nearest(values)
        self.mean_distance_ = float(distances.mean())
        return self

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return the cluster of each row.

        Parameters
        ----------
        X
            Rows, shape (n, columns).

        Returns
        -------
        ndarray of int
            Clusters from 0, shape (n,).
        """
        check_is_fitted(self)
        return self.centers().nearest(validate_data(self, X, dtype=np.float64, reset=False))[0]

    def centers(self) -> Centers:
        """Give what determines the cluster of a row."""
        check_is_fitted(self)
        return Centers(self.lower_, self.upper_, self.mean_, self.scale_, self.cluster_centers_)

    def _find_usual(self, values: Array) -> Array:
        """Learn the bounds of each column, and give the rows within them."""
        low, high = np.percentile(values, [25, 75], axis=0)
        reach = np.where(high > low, FENCE * (high - low), np.inf)
        self.lower_, self.upper_ = low - reach, high + reach
        usual: Array = values[((values >= self.lower_) & (values <= self.upper_)).all(axis=1)]
        if len(np.unique(usual[: self.fit_rows], axis=0)) >= self.min_clusters:
            return usual
        self.lower_, self.upper_ = np.full_like(low, -np.inf), np.full_like(low, np.inf)
        return values

    def _choose(self, rows: Array, most: int, chance: np.random.RandomState) -> KMeans:
        """Find the clusters of the best number: chosen on a sample, then fitted on all rows."""
        seed = int(chance.randint(2**31 - 1))
        judged = sample_rows(rows, self.silhouette_rows, chance)
        if len(np.unique(judged, axis=0)) < self.min_clusters:
            # Nearly all rows are the same: let the others have a say.
            judged = np.unique(rows, axis=0)[: self.silhouette_rows]
        drawn_from = sample_rows(judged, self.stability_rows, chance)
        most = min(most, len(np.unique(judged, axis=0)))
        fitted = {
            count: KMeans(count, n_init=self.n_init, random_state=seed).fit(judged)
            for count in range(self.min_clusters, max(most, self.min_clusters) + 1)
        }
        scores = {count: silhouette(judged, model) for count, model in fitted.items()}
        self.tried_: dict[int, tuple[float | None, float | None]] = {
            count: (score, None) for count, score in scores.items()
        }
        # The best silhouette first: the first number that is stable is the one.
        for count in sorted(scores, key=lambda each: (-(scores[each] or -1.0), each)):
            stability = self._stability(drawn_from, fitted[count], seed)
            self.tried_[count] = (scores[count], stability)
            if stability is not None and stability >= self.stability_floor:
                break
        else:
            count = self.min_clusters
        self.silhouette_, self.stability_ = self.tried_[count]
        if len(judged) == len(rows):
            return fitted[count]
        return KMeans(count, init=fitted[count].cluster_centers_, n_init=1).fit(rows)

    def _stability(self, rows: Array, model: KMeans, seed: int) -> float | None:
        """Measure how alike the clusters are when they are found from rows drawn again."""
        chance = np.random.default_rng(seed)
        count, labels, scores = model.n_clusters, model.predict(rows), []
        for _ in range(self.bootstraps):
            drawn = rows[chance.integers(len(rows), size=len(rows))]
            if len(np.unique(drawn, axis=0)) < count:
                return None
            again = KMeans(count, n_init=self.n_init, random_state=seed).fit(drawn)
            scores.append(adjusted_rand_score(labels, again.predict(rows)))
            if len(scores) - sum(scores) > self.bootstraps * (1 - self.stability_floor):
                # The mean cannot reach the floor any more.
                break
        return float(np.mean(scores)) if scores else None


def sample_rows(rows: Array, most: int, chance: np.random.RandomState) -> Array:
    """Draw at most so many rows, in their sequence."""
    if len(rows) <= most:
        return rows
    return rows[np.sort(chance.choice(len(rows), most, replace=False))]


def silhouette(rows: Array, model: KMeans) -> float | None:
    """Take the silhouette of rows; None where each is a cluster by itself."""
    labels = model.predict(rows)
    if not 2 <= len(np.unique(labels)) < len(rows):
        return None
    return float(silhouette_score(rows, labels))
