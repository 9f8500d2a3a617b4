"""Judge customer segments on the Mall Customers and on simulated customers whose groups are known.

The best clustering of the Mall Customers by standardised income and spending score is known: five
clusters, silhouette 0.5547, inertia 65.568.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.preprocessing import StandardScaler

from judges.bars import Bar

INPUTS = ["annual_income", "spending_score"]
# Thousands of income and spending score in the middle of each simulated group, its share of the
# customers, and the tier it belongs to.
CENTRES = np.array([[92, 82], [90, 17], [56, 50], [27, 79], [26, 20]], float)
SHARES = [0.15, 0.2, 0.3, 0.2, 0.15]
TIERS = np.array(["high", "low", "medium", "high", "low"])
LEFT_OUT = [7, 60, 111, 150, 190]
# Customers in, columns customer_id and INPUTS; customer_id, cluster_id and segment out.
Segment = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Simulated:
    """Customers, and the tier that each belongs to."""

    customers: pd.DataFrame
    truth: np.ndarray


def read_mall(path: Path) -> pd.DataFrame:
    """Read the Mall Customers."""
    rows = pd.read_csv(path)
    rows.columns = pd.Index(["customer_id", "gender", "age", *INPUTS])
    return rows[["customer_id", *INPUTS]]


def simulate(customers: int) -> Simulated:
    """Simulate customers of five groups."""
    random = np.random.default_rng(5)
    group = random.choice(5, customers, p=SHARES)
    income = CENTRES[group, 0] * 1000 * np.exp(random.normal(0, 0.12, customers))
    spending = np.clip(CENTRES[group, 1] + random.normal(0, 7, customers), 1, 100)
    rows = pd.DataFrame(
        {
            "customer_id": np.arange(customers),
            "annual_income": income.round(),
            "spending_score": spending.round(),
        }
    )
    return Simulated(rows, TIERS[group])


def judge_segments(segment: Segment, mall: pd.DataFrame, customers: int) -> list[Bar]:
    """Judge a segmentation.

    Parameters
    ----------
    segment
        Gives each customer a cluster, 1 to k ordered by value, and a segment: high, medium, low.
    mall
        The Mall Customers.
    customers
        Simulated customers.

    Returns
    -------
    list of Bar
        The best clusters are found; labels follow spending; tiers describe spending; numbers of
        clusters are ordered; the order of rows and five people more or less change nothing; the
        simulated customers are in their tiers.
    """
    found = _index(segment(mall), mall)
    bars = [*_judge_clusters(found, mall), *_judge_labels(found, mall["spending_score"].to_numpy())]
    shuffled = mall.sample(frac=1, random_state=3).astype({"annual_income": float})
    again = _index(segment(shuffled), mall)
    moved = int((again != found).any(axis=1).sum())
    bars.append(Bar("order of rows does not matter", moved == 0, f"{moved} customers differ"))
    fewer = _index(segment(mall.drop(index=LEFT_OUT)), mall.drop(index=LEFT_OUT))
    same = found.loc[fewer.index]
    rand = adjusted_rand_score(same["cluster_id"], fewer["cluster_id"])
    share = (same["segment"] == fewer["segment"]).mean()
    said = f"ARI {rand:.3f} (0.95), same segment {share:.3f} (0.97)"
    bars.append(Bar("five people fewer", bool(rand >= 0.95 and share >= 0.97), said))
    simulated = simulate(customers)
    tiers = _index(segment(simulated.customers), simulated.customers)["segment"].to_numpy()
    right = float((tiers == simulated.truth).mean())
    bars.append(Bar("simulated", right >= 0.97, f"{right:.4f} in the right tier (0.97)"))
    return bars


def _index(segments: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Put segments in the order of the customers."""
    columns = ["cluster_id", "segment"]
    return segments.set_index("customer_id").loc[customers["customer_id"], columns]


def _judge_clusters(found: pd.DataFrame, mall: pd.DataFrame) -> list[Bar]:
    """Judge the clusters of the Mall Customers against the best that are known."""
    scaled = StandardScaler().fit_transform(mall[INPUTS])
    clusters = found["cluster_id"].to_numpy()
    groups = [scaled[clusters == one] for one in set(clusters)]
    silhouette = silhouette_score(scaled, clusters)
    inertia = sum(float(((group - group.mean(0)) ** 2).sum()) for group in groups)
    return [
        Bar("five clusters", len(groups) == 5, f"{len(groups)}"),
        Bar("silhouette", silhouette >= 0.5546, f"{silhouette:.4f} (at least 0.5546)"),
        Bar("inertia", inertia <= 65.60, f"{inertia:.3f} (at most 65.60)"),
    ]


def _judge_labels(found: pd.DataFrame, spending: np.ndarray) -> list[Bar]:
    """Judge what tiers and numbers of clusters say of spending."""
    scores = pd.Series(spending)
    tiers = scores.groupby(found["segment"].to_numpy())
    mean = tiers.mean()
    is_ordered = set(mean.index) == set(TIERS) and mean["high"] > mean["medium"] > mean["low"]
    within = ((scores - tiers.transform("mean")) ** 2).sum()
    explained = 1 - within / ((scores - scores.mean()) ** 2).sum()
    clusters = scores.groupby(found["cluster_id"].to_numpy()).mean()
    rises = clusters.is_monotonic_increasing or clusters.is_monotonic_decreasing
    return [
        Bar("labels follow spending", bool(is_ordered), str(mean.round(1).to_dict())),
        Bar("tiers describe spending", explained >= 0.85, f"{explained:.3f} (at least 0.85)"),
        Bar("clusters are ordered", rises, str(clusters.round(1).to_dict())),
    ]
