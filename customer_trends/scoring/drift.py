"""How far features and scores have moved since the run before.

The bins are those of the run that is compared with. The population stability index (PSI) and its
limits of 0.1 and 0.25 are those customary in credit scoring; KS is the largest distance between
the two distribution functions (Kolmogorov and Smirnov), read at the reference's percentiles.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

BINS = 10
PERCENTILES = 100
MOST_CATEGORIES = 200
WARN, FAIL = 0.1, 0.25
# Share that stands for none at all; a logarithm of zero would be infinite.
LEAST_SHARE = 1e-4
Reference = dict[str, dict[str, Any]]


def describe_values(frame: pd.DataFrame) -> Reference:
    """Describe the distribution of each column, to compare a later run with.

    Parameters
    ----------
    frame
        Features and scores, one column each.

    Returns
    -------
    dict
        Column to its missing rate with bins, percentiles and shares (numbers) or the shares of
        its categories; fit for JSON. Columns without any value are left out.
    """
    return {
        str(name): _describe(frame[name]) for name in frame.columns if frame[name].notna().any()
    }


def _is_number(values: "pd.Series[Any]") -> bool:
    """Return whether values are numbers, not categories; truth values are categories."""
    is_truth = pd.api.types.is_bool_dtype(values)
    return pd.api.types.is_numeric_dtype(values) and not is_truth


def _describe(values: "pd.Series[Any]") -> dict[str, Any]:
    """Describe one column."""
    missing_rate = float(values.isna().mean())
    if not _is_number(values):
        shares = values.dropna().astype(str).value_counts(normalize=True).sort_index()
        kept = shares.nlargest(MOST_CATEGORIES, keep="first")
        return {"missing_rate": missing_rate, "categories": kept.round(9).to_dict()}
    known = np.sort(values.dropna().to_numpy(dtype=float))
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1], method="lower"))
    points = np.unique(np.quantile(known, np.linspace(0, 1, PERCENTILES + 1), method="lower"))
    return {
        "missing_rate": missing_rate,
        "edges": edges.tolist(),
        "shares": _share_of_bins(known, edges).round(9).tolist(),
        "points": points.tolist(),
        "levels": _share_up_to(known, points).round(9).tolist(),
    }


def _share_of_bins(known: "np.ndarray[Any, Any]", edges: "np.ndarray[Any, Any]") -> Any:
    """Share of values in each bin; an edge belongs to the bin below it."""
    places = np.searchsorted(edges, known, side="left")
    return np.bincount(places, minlength=len(edges) + 1) / len(known)


def _share_up_to(ordered: "np.ndarray[Any, Any]", points: "np.ndarray[Any, Any]") -> Any:
    """Share of values up to each point."""
    return np.searchsorted(ordered, points, side="right") / len(ordered)


def compare_values(reference: Reference, frame: pd.DataFrame) -> pd.DataFrame:
    """Compare columns with what they were.

    Parameters
    ----------
    reference
        What `describe_values` gave for the run before.
    frame
        Features and scores of now.

    Returns
    -------
    DataFrame
        One row per column that both have, with feature, psi, ks (missing for categories),
        missing_rate, reference_missing_rate, unseen_categories and status.
    """
    names = [str(name) for name in frame.columns if str(name) in reference]
    rows = [{"feature": name, **_compare(reference[name], frame[name])} for name in names]
    columns = ["feature", "psi", "ks", "missing_rate", "reference_missing_rate"]
    return pd.DataFrame(rows, columns=[*columns, "unseen_categories", "status"])


def _compare(before: Mapping[str, Any], values: "pd.Series[Any]") -> dict[str, Any]:
    """Compare one column; values that are missing are a bin of their own."""
    missing_rate = float(values.isna().mean()) if len(values) else 1.0
    known = values.dropna()
    ks, unseen = None, 0
    if "categories" in before:
        expected = dict(before["categories"])
        found = known.astype(str).value_counts(normalize=True).to_dict() if len(known) else {}
        has_all = len(expected) < MOST_CATEGORIES
        unseen = len(found.keys() - expected.keys()) if has_all else 0
        old = [*expected.values(), 1 - sum(expected.values())]
        new = [found.get(name, 0.0) for name in expected]
        new.append(1 - sum(new) if len(known) else 0.0)
    else:
        old = before["shares"]
        ordered = np.sort(pd.to_numeric(known, errors="coerce").dropna().to_numpy(dtype=float))
        new = [0.0] * len(old)
        if len(ordered):
            new = _share_of_bins(ordered, np.asarray(before["edges"], dtype=float)).tolist()
            levels = _share_up_to(ordered, np.asarray(before["points"], dtype=float))
            ks = float(np.abs(levels - np.asarray(before["levels"])).max())
    psi = _measure_stability(
        [*(share * (1 - before["missing_rate"]) for share in old), before["missing_rate"]],
        [*(share * (1 - missing_rate) for share in new), missing_rate],
    )
    return {
        "psi": psi,
        "ks": ks,
        "missing_rate": missing_rate,
        "reference_missing_rate": float(before["missing_rate"]),
        "unseen_categories": unseen,
        "status": "fail" if psi >= FAIL else "warn" if psi >= WARN else "ok",
    }


def _measure_stability(old: list[float], new: list[float]) -> float:
    """Measure the population stability index of two lists of shares."""
    before, now = (np.maximum(np.asarray(shares), LEAST_SHARE) for shares in (old, new))
    return float(((now - before) * np.log(now / before)).sum())
