"""Which figures of models are better when they are larger, and which when they are smaller."""

from python_ml.job import Metric

LARGER_IS_BETTER = frozenset({
    "accuracy", "adjusted_rand", "auc", "average_precision", "correlation", "f1", "log_likelihood",
    "macro_f1", "r2", "silhouette", "spearman", "stability", "top_decile_share",
})  # fmt: skip
SMALLER_IS_BETTER = frozenset({
    "brier", "davies_bouldin", "ece", "inertia", "log_loss", "mae", "mase", "msis_80", "msis_95",
    "owa", "rmse", "rmsle", "smape", "total_error", "wape",
})  # fmt: skip


def is_better(metric: Metric) -> bool | None:
    """Return whether a figure is better than its baseline.

    Parameters
    ----------
    metric
        Figure and baseline. A name such as ``auc_cancelled`` counts as its first words.

    Returns
    -------
    bool or None
        None without a baseline, or where neither direction is better, as with coverage.
    """
    direction = find_direction(metric.metric)
    if metric.baseline_value is None or not direction:
        return None
    return (metric.value - metric.baseline_value) * direction > 0


def find_direction(name: str) -> int:
    """Return in which direction a figure gets better.

    Parameters
    ----------
    name
        Name of the figure.

    Returns
    -------
    int
        1 for larger, -1 for smaller, 0 where neither is better.
    """
    words = name.split("_")
    starts = {"_".join(words[:end]) for end in range(1, len(words) + 1)}
    return bool(starts & LARGER_IS_BETTER) - bool(starts & SMALLER_IS_BETTER)
