"""Job `segments`: which customers are alike in income and spending.

Customers of sources that give income and spending score are grouped by these two. Where a source
gives no spending score, the spending side is frequency and monetary of RFM, by logarithms; where it
gives no income either, they are all there is. Each of these three ways is one clustering over all
sources that use it; `segment_basis` says which, and cluster numbers run on from one to the next.
A source gives a column when it does so for half of its customers.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_ml.job import JobResult, Metric, Progress, RowScores, RowSummary, Settings
from python_ml.segmentation.clustering import OrderedKMeans
from python_ml.segmentation.labels import find_moved, fold_into_tiers, name_clusters
from python_ml.segmentation.model import (
    BASES,
    VERSION,
    BasisModel,
    SegmentModel,
    decide_bases,
    read_models,
    renumber,
    take_values,
)
from python_ml.segmentation.scores import count_customers, find_basis, list_centroids, predict

Array = NDArray[np.float64]

__all__ = ["NAME", "READS", "SAMPLE", "fit", "predict", "score"]

NAME = "segments"
SAMPLE = 1_000_000
TOTALS = "fct_customer_totals"
CUSTOMERS = "dim_customers"
READS = {
    TOTALS: {
        "customer_key": "integer",
        "source_system": "text",
        "frequency": "integer",
        "monetary": "number",
        "value_tier": "text",
    },
    CUSTOMERS: {
        "customer_key": "integer",
        "annual_income": "number",
        "spending_score": "number",
    },
}
# The totals are of all customers but the reserved ones of the dimension.
SIDE_BY_SIDE = (TOTALS, CUSTOMERS)
FEATURES = {
    "annual_income": "number",
    "spending_score": "number",
    "frequency": "integer",
    "monetary": "number",
}
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
        Customers with all columns of READS, all of them or a sample.
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
        names=name_clusters(list(BASES[basis]), found.cluster_centers_, tiers),
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
    """Return whether clusters still serve: young, and as near to the customers as at the fit."""
    if not 0 <= (settings.data_cutoff - old.fitted_on).days < REFIT_DAYS:
        return False
    distance = float(old.centers.nearest(values)[1].mean())
    return distance <= REFIT_DISTANCE * max(old.mean_distance, 1e-12)


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


def draw_inputs(frame: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Draw customers whose inputs are compared with those of the next run."""
    order = np.argsort(frame["customer_key"].to_numpy(), kind="stable")
    if len(order) > DRIFT_ROWS:
        chance = np.random.default_rng(settings.seed)
        order = order[np.sort(chance.choice(len(order), DRIFT_ROWS, replace=False))]
    return frame.iloc[order][list(FEATURES)].reset_index(drop=True)


def score(
    relations: Mapping[str, pd.DataFrame],
    settings: Settings,
    previous: object | None,
    progress: Progress,
) -> JobResult:
    """Group the customers of the warehouse.

    Parameters
    ----------
    relations
        The relations of READS, or a sample of their customers.
    settings
        Cutoff and seed.
    previous
        Artifact of the run before.
    progress
        Not used: the runner reports how many customers have their segment.

    Returns
    -------
    JobResult
        How each customer gets its segment, and the clusters.
    """
    frame = relations[TOTALS].merge(relations[CUSTOMERS], on="customer_key", how="left")
    model = fit(frame, settings, read_models(previous))
    fitted = model.models
    moved = {basis: each.moved_share for basis, each in fitted.items()}
    flagged = [basis for basis, share in moved.items() if (share or 0.0) > MOVED_FLAG]
    refused = [f"{basis}: {reason}" for basis, reason in model.refused.items()]
    return JobResult(
        model_name="ordered_kmeans",
        model_version=VERSION,
        status="scored" if fitted else "not_scored",
        reason="" if fitted else "; ".join(refused) or "there are no customers",
        tables={
            "ml_customer_segments": RowScores(SIDE_BY_SIDE, predict, model),
            "ml_segment_centroids": RowSummary(
                SIDE_BY_SIDE, count_customers, model, list_centroids
            ),
        },
        features=FEATURES,
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
