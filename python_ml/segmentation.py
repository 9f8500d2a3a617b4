"""Job `segments`: which customers are alike in income and spending.

Customers of sources that tell income and spending score are grouped by these two. Where a source
tells no spending score, the spending side is frequency and monetary of RFM, compared by logarithms;
where it tells no income either, they are all there is. Each of these three ways is one clustering
over all sources that use it; `segment_basis` tells which, and cluster numbers run on from one to the
next. A source tells a column when it does so for half of its customers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_ml.clustering import OrderedKMeans
from python_ml.job import JobResult, Metric, Progress, Settings
from python_ml.segment_labels import find_moved, fold_into_tiers, name_clusters
from python_ml.segment_model import (
    BASES,
    VERSION,
    BasisModel,
    SegmentModel,
    decide_bases,
    name_gaps,
    read_models,
    renumber,
    show_centers,
    take_column,
    take_values,
)

Array = NDArray[np.float64]

NAME = "segments"
MART = "mart_customer_360"
READS = {
    MART: {
        "customer_key": "integer",
        "source_system": "text",
        "annual_income": "number",
        "spending_score": "number",
        "frequency": "integer",
        "monetary": "number",
        "value_tier": "text",
    }
}
FEATURES = ("annual_income", "spending_score", "frequency", "monetary")
BATCH = 250_000
MIN_CLUSTERS = 3
# Between refits customers are compared with the same centres.
REFIT_DAYS = 30
# Mean squared distance to the centres, as a multiple of that at the fit, that calls for a refit.
REFIT_DISTANCE = 1.25
MOVED_FLAG = 0.10
DRIFT_ROWS = 20_000


def fit(
    frame: pd.DataFrame, settings: Settings, previous: Mapping[str, BasisModel] | None = None
) -> SegmentModel:
    """Find the clusters, or keep those of before while they are fresh.

    Parameters
    ----------
    frame
        Customers with the columns of READS, all of them or a sample.
    settings
        Cutoff and seed.
    previous
        Basis to the clusters of the run before.

    Returns
    -------
    SegmentModel
        What `predict` needs.
    """
    bases = decide_bases(frame)
    basis_of = find_basis(frame, bases)
    order = np.argsort(frame["customer_key"].to_numpy(), kind="stable")
    models: dict[str, BasisModel] = {}
    refused: dict[str, str] = {}
    first_number = 1
    for basis in BASES:
        rows = order[basis_of[order] == basis]
        if not len(rows):
            continue
        values = take_values(frame.iloc[rows], basis)
        values = values[~np.isnan(values).any(axis=1)]
        if len(np.unique(values, axis=0)) < MIN_CLUSTERS:
            refused[basis] = (
                f"fewer than {MIN_CLUSTERS} distinct points of {' and '.join(BASES[basis])}, so the"
                " tier is value_tier"
            )
            continue
        old = (previous or {}).get(basis)
        models[basis] = fit_basis(basis, values, settings, old, first_number)
        first_number += len(models[basis].names)
    return SegmentModel(bases, models, refused)


def fit_basis(
    basis: str, values: Array, settings: Settings, old: BasisModel | None, first_number: int
) -> BasisModel:
    """Find the clusters of one basis, unless those of before are fresh.

    Parameters
    ----------
    basis
        Name of the basis.
    values
        Complete rows by ascending customer_key, shape (n, columns).
    settings
        Cutoff and seed.
    old
        Clusters of the run before.
    first_number
        Number of the lowest cluster.

    Returns
    -------
    BasisModel
        The clusters.
    """
    if old is not None and is_fresh(old, values, settings):
        return renumber(old, first_number)
    found = OrderedKMeans(min_clusters=MIN_CLUSTERS, random_state=settings.seed).fit(values)
    centers, labels = found.centers(), found.labels_
    sizes = np.bincount(labels, minlength=found.n_clusters_).astype(float)
    tiers = fold_into_tiers(found.cluster_centers_[:, -1], sizes)
    fitted = BasisModel(
        basis=basis,
        fitted_on=settings.data_cutoff,
        first_number=first_number,
        centers=centers,
        tiers=tiers,
        names=name_clusters(BASES[basis], found.cluster_centers_, tiers),
        silhouette=found.silhouette_,
        stability=found.stability_,
        silhouette_of_three=found.tried_[MIN_CLUSTERS][0],
        mean_distance=found.mean_distance_,
        moved_shares=None,
        moved_share=None,
        train_count=len(values),
    )
    if old is None:
        return fitted
    moves = find_moved(values, old.centers, centers)
    shares = np.bincount(labels, weights=moves, minlength=len(sizes)) / np.maximum(sizes, 1)
    return replace(fitted, moved_shares=shares.tolist(), moved_share=float(moves.mean()))


def is_fresh(old: BasisModel, values: Array, settings: Settings) -> bool:
    """Tell whether clusters still serve: young enough, and as near to the customers as at the fit."""
    if not 0 <= (settings.data_cutoff - old.fitted_on).days < REFIT_DAYS:
        return False
    distance = float(old.centers.nearest(values)[1].mean())
    return distance <= REFIT_DISTANCE * max(old.mean_distance, 1e-12)


def find_basis(frame: pd.DataFrame, bases: Mapping[str, str]) -> NDArray[np.object_]:
    """Find the basis of each customer, shape (n,); a source that is new goes by RFM."""
    codes, sources = pd.factorize(frame["source_system"], use_na_sentinel=False)
    names = np.array([bases.get(str(source), "rfm") for source in sources], dtype=object)
    return np.asarray(names[codes])


def predict(batch: pd.DataFrame, model: SegmentModel) -> pd.DataFrame:
    """Tell the segment of each customer; a pure function, which any worker can run.

    Parameters
    ----------
    batch
        Customers with the columns of READS.
    model
        What `fit` gave.

    Returns
    -------
    DataFrame
        Rows of ml_customer_segments without provenance, in the sequence of the batch.
    """
    basis_of = find_basis(batch, model.bases)
    result = pd.DataFrame(
        {
            "customer_key": batch["customer_key"].to_numpy(np.int64),
            "cluster_number": pd.array([pd.NA] * len(batch), dtype="Int64"),
            "cluster_name": None,
            "spending_tier": "unscored",
            "segment_basis": basis_of,
            "income_input": np.nan,
            "spending_input": np.nan,
            "distance_to_centroid": np.nan,
            "is_scored": False,
            "reason": None,
        }
    ).astype({name: object for name in ("cluster_name", "spending_tier", "reason")})
    for basis in BASES:
        rows = np.flatnonzero(basis_of == basis)
        if len(rows):
            fill_basis(result, batch.iloc[rows], rows, basis, model)
    inputs = ["income_input", "spending_input", "distance_to_centroid"]
    return result.astype({name: "Float64" for name in inputs})


def fill_basis(
    result: pd.DataFrame, part: pd.DataFrame, rows: Array, basis: str, model: SegmentModel
) -> None:
    """Fill in the rows of one basis."""

    def put(where: Array, column: str, values: object) -> None:
        result.iloc[where, result.columns.get_loc(column)] = values

    if basis != "rfm":
        put(rows, "income_input", take_column(part, "annual_income"))
    put(rows, "spending_input", take_column(part, BASES[basis][-1]))
    fitted = model.models.get(basis)
    if fitted is None:
        put(rows, "spending_tier", part["value_tier"].str.lower().fillna("unscored").to_numpy(object))
        put(rows, "reason", model.refused.get(basis, "the source is new since the clusters"))
        return
    values = take_values(part, basis)
    complete = ~np.isnan(values).any(axis=1)
    put(rows[~complete], "reason", np.array(name_gaps(values[~complete], basis), dtype=object))
    labels, squares = fitted.centers.nearest(values[complete])
    scored = rows[complete]
    put(scored, "cluster_number", labels + fitted.first_number)
    put(scored, "cluster_name", np.array(fitted.names, dtype=object)[labels])
    put(scored, "spending_tier", np.array(fitted.tiers, dtype=object)[labels])
    put(scored, "distance_to_centroid", np.sqrt(squares))
    put(scored, "is_scored", True)


def predict_in_batches(
    frame: pd.DataFrame, model: SegmentModel, progress: Progress
) -> Iterator[pd.DataFrame]:
    """Tell the segments of all customers by ascending customer_key, so many at a time."""
    order = np.argsort(frame["customer_key"].to_numpy(), kind="stable")
    for start in range(0, max(len(order), 1), BATCH):
        yield predict(frame.iloc[order[start : start + BATCH]], model)
        progress("customers", min(start + BATCH, len(order)), len(order))


def list_centroids(frame: pd.DataFrame, model: SegmentModel) -> pd.DataFrame:
    """List the clusters: rows of ml_segment_centroids without provenance."""
    basis_of = find_basis(frame, model.bases)
    tables = []
    for basis, fitted in model.models.items():
        values = take_values(frame.iloc[np.flatnonzero(basis_of == basis)], basis)
        labels, _ = fitted.centers.nearest(values[~np.isnan(values).any(axis=1)])
        count = len(fitted.names)
        incomes, spendings = show_centers(fitted)
        tables.append(
            pd.DataFrame(
                {
                    "cluster_number": np.arange(count) + fitted.first_number,
                    "segment_basis": basis,
                    "cluster_count": count,
                    "cluster_name": fitted.names,
                    "spending_tier": fitted.tiers,
                    "income_centroid": pd.array(incomes, dtype="Float64"),
                    "spending_centroid": spendings,
                    "customers": np.bincount(labels, minlength=count),
                    "silhouette": pd.array([fitted.silhouette] * count, dtype="Float64"),
                    "stability": pd.array([fitted.stability] * count, dtype="Float64"),
                    "moved_share": pd.array(
                        fitted.moved_shares or [None] * count, dtype="Float64"
                    ),
                }
            )
        )
    return pd.concat(tables, ignore_index=True) if tables else CENTROIDS.copy()


CENTROIDS = pd.DataFrame(
    {
        "cluster_number": pd.array([], dtype="int64"),
    }
)


def list_metrics(model: SegmentModel) -> list[Metric]:
    """List how well the clusters are apart, come out again, and kept their customers."""
    metrics = []
    for basis, fitted in model.models.items():
        figures = [
            ("silhouette", fitted.silhouette, "three_clusters", fitted.silhouette_of_three),
            ("stability", fitted.stability, "least_asked_for", OrderedKMeans().stability_floor),
            ("moved_share", fitted.moved_share, "flagged_above", MOVED_FLAG),
        ]
        metrics += [
            Metric("train", name, value, baseline_name, baseline, basis)
            for name, value, baseline_name, baseline in figures
            if value is not None
        ]
    return metrics


def score(
    marts: Mapping[str, pd.DataFrame],
    settings: Settings,
    previous: object | None,
    progress: Progress,
) -> JobResult:
    """Group the customers of the warehouse.

    Parameters
    ----------
    marts
        The mart of READS.
    settings
        Cutoff and seed.
    previous
        Artifact of the run before.
    progress
        Told how many customers have their segment.

    Returns
    -------
    JobResult
        Segments batch by batch, and the clusters.
    """
    frame = marts[MART]
    model = fit(frame, settings, read_models(previous))
    fitted = model.models
    moved = {basis: each.moved_share for basis, each in fitted.items()}
    flagged = [basis for basis, share in moved.items() if (share or 0.0) > MOVED_FLAG]
    refused = [f"{basis}: {reason}" for basis, reason in model.refused.items()]
    return JobResult(
        model_name="ordered_kmeans",
        model_version=VERSION,
        status="scored" if fitted else "not_scored",
        reason="" if fitted else "; ".join(refused) or "There are no customers.",
        tables={
            "ml_customer_segments": predict_in_batches(frame, model, progress),
            "ml_segment_centroids": list_centroids(frame, model),
        },
        features={name: READS[MART][name] for name in FEATURES},
        parameters={
            "bases": model.bases,
            "clusters": {basis: len(each.names) for basis, each in fitted.items()},
            "fitted_on": {basis: each.fitted_on.isoformat() for basis, each in fitted.items()},
            "moved_share": moved,
            "moved_much": flagged,
            "refused": refused,
        },
        train_count=sum(each.train_count for each in fitted.values()),
        metrics=list_metrics(model),
        drift=draw_inputs(frame, settings),
        artifact=model.to_artifact(),
    )
