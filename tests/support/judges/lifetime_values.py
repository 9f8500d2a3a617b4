"""Judge lifetime values: published formulas, the published fit of CDNOW, simulated customers.

BG/NBD is from Fader, Hardie and Lee (2005), Gamma-Gamma from note 025 of Fader and Hardie (2013);
here they are written plainly and slowly. Histories have the columns ``frequency`` (days of repeat
purchases), ``recency`` (age at the last of them), ``T`` (age), in weeks, and ``monetary_value``
(mean of the repeat purchases).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import betaln, gammaln, hyp2f1

from judges.bars import Bar, near

Values = npt.NDArray[np.float64]
CALIBRATION_END, HOLDOUT_END = pd.Timestamp("1997-09-30"), pd.Timestamp("1998-06-30")
HOLDOUT_WEEKS = 39.0
# The published estimates; customers are simulated with them, too.
PUBLISHED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
PUBLISHED_WORTH = {"p": 6.25, "q": 3.74, "gamma": 15.44}
# How near the fit to simulated customers must come to the truth.
RECOVERY = {"r": 0.02, "alpha": 0.03, "a": 0.06, "b": 0.06}
# Frequency, recency, age: from nobody's purchase to five thousand.
EDGES = [(0, 0, 0.5), (0, 0, 500), (1, 0.1, 500), (1, 499.9, 500), (30, 20, 500), (300, 499, 500),
         (1000, 499.9, 500), (5000, 499.9, 500), (3000, 250, 500)]  # fmt: skip


@dataclass(frozen=True)
class Histories:
    """Purchases of customers: frequency, recency and age in weeks."""

    x: Values
    tx: Values
    age: Values

    @classmethod
    def of(cls, rows: pd.DataFrame) -> "Histories":
        """Take the histories of a frame."""
        return cls(*(rows[name].to_numpy(float) for name in ("frequency", "recency", "T")))


def sum_log_likelihood(fit: Mapping[str, float], seen: Histories) -> float:
    """Compute the log-likelihood of BG/NBD."""
    r, alpha, a, b = (fit[name] for name in PUBLISHED)
    bought = gammaln(r + seen.x) - gammaln(r) + r * np.log(alpha)
    alive = betaln(a, b + seen.x) - betaln(a, b) - (r + seen.x) * np.log(alpha + seen.age)
    once = np.maximum(seen.x, 1)
    gone = betaln(a + 1, b + once - 1) - betaln(a, b) - (r + seen.x) * np.log(alpha + seen.tx)
    gone = np.where(seen.x > 0, gone, -np.inf)
    return float((bought + np.logaddexp(alive, gone)).sum())


def find_probability_alive(fit: Mapping[str, float], seen: Histories) -> Values:
    """Compute the probability that each customer still buys."""
    r, alpha, a, b = (fit[name] for name in PUBLISHED)
    with np.errstate(over="ignore"):
        odds = a / (b + np.maximum(seen.x, 1) - 1)
        odds = odds * ((alpha + seen.age) / (alpha + seen.tx)) ** (r + seen.x)
    return np.asarray(1 / (1 + np.where(seen.x > 0, odds, 0.0)))


def expect_purchases(fit: Mapping[str, float], weeks: float, seen: Histories) -> Values:
    """Compute the purchases to expect; Euler's transformation keeps every term finite."""
    r, alpha, a, b = (fit[name] for name in PUBLISHED)
    z = weeks / (alpha + seen.age + weeks)
    term = hyp2f1(a + b - 1 - r, a - 1, a + b + seen.x - 1, z)
    grown = 1 - np.exp((a - 1) * np.log1p(-z)) * term
    return np.asarray((a + b + seen.x - 1) / (a - 1) * grown * find_probability_alive(fit, seen))


def sum_log_likelihood_of_worth(fit: Mapping[str, float], x: Values, mean: Values) -> float:
    """Compute the log-likelihood of Gamma-Gamma."""
    p, q, gamma = (fit[name] for name in PUBLISHED_WORTH)
    each = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma)
    each += (p * x - 1) * np.log(mean) + p * x * np.log(x) - (p * x + q) * np.log(gamma + x * mean)
    return float(each.sum())


def expect_spend(fit: Mapping[str, float], x: Values, mean: Values) -> Values:
    """Compute the mean purchase to expect."""
    p, q, gamma = (fit[name] for name in PUBLISHED_WORTH)
    return np.asarray(p * (gamma + x * np.where(x > 0, mean, 0.0)) / (p * x + q - 1))


def simulate(customers: int) -> pd.DataFrame:
    """Simulate customers of 30 to 730 days by BG/NBD, in full days."""
    random = np.random.default_rng(7)
    age = random.integers(30, 731, customers) / 7
    rate = random.gamma(PUBLISHED["r"], 1 / PUBLISHED["alpha"], customers)
    leaves = random.beta(PUBLISHED["a"], PUBLISHED["b"], customers)
    x, tx, now = np.zeros(customers, int), np.zeros(customers), np.zeros(customers)
    active = np.arange(customers)
    while len(active):
        now[active] += random.exponential(1 / np.maximum(rate[active], 1e-300))
        active = active[now[active] <= age[active]]
        x[active] += 1
        tx[active] = now[active]
        active = active[random.random(len(active)) > leaves[active]]
    days = np.where(x > 0, np.maximum(np.round(tx * 7), 1) / 7, 0)
    return pd.DataFrame({"frequency": x, "recency": np.minimum(days, age), "T": age})


def make_edges() -> pd.DataFrame:
    """Make histories at the edges of what there is."""
    rows = pd.DataFrame(EDGES, columns=["frequency", "recency", "T"])
    return rows.assign(monetary_value=np.where(rows["frequency"] > 0, 35.0, 0.0))


@dataclass(frozen=True)
class Cdnow:
    """The CDNOW sample: histories up to September 1997, and what was bought in 39 weeks after."""

    histories: pd.DataFrame
    purchases: Values
    value: Values

    @classmethod
    def read(cls, path: Path) -> "Cdnow":
        """Read the sample of 2,357 customers."""
        names = ["member", "customer_id", "date", "units", "amount"]
        log = pd.read_csv(path, sep=r"\s+", header=None, names=names, dtype={"customer_id": str})
        log["date"] = pd.to_datetime(log["date"].astype(str))
        days = log.groupby(["customer_id", "date"], as_index=False)["amount"].sum()
        known = days[days["date"] <= CALIBRATION_END]
        dates = known.groupby("customer_id")["date"]
        first, last = dates.min(), dates.max()
        repeats = known[known["date"] > known["customer_id"].map(first)]
        worth = repeats.groupby("customer_id")["amount"].mean()
        histories = pd.DataFrame(
            {
                "frequency": dates.count() - 1,
                "recency": (last - first).dt.days / 7,
                "T": (CALIBRATION_END - first).dt.days / 7,
            }
        )
        histories["monetary_value"] = worth.reindex(histories.index).fillna(0.0)
        after = days[(days["date"] > CALIBRATION_END) & (days["date"] <= HOLDOUT_END)]
        later = after.groupby("customer_id")["amount"].agg(["size", "sum"])
        later = later.reindex(histories.index, fill_value=0)
        return cls(histories, later["size"].to_numpy(float), later["sum"].to_numpy(float))


@dataclass(frozen=True)
class Scores:
    """Scores of customers, in their order."""

    alive: Values
    purchases: Values
    spend: Values


def judge_fit(fit: Mapping[str, float], cdnow: Cdnow) -> list[Bar]:
    """Judge a fit to CDNOW: likelihoods at the optimum, the published estimates."""
    rows = cdnow.histories
    likelihood = sum_log_likelihood(fit, Histories.of(rows))
    again = rows[rows["frequency"] > 0]
    x, mean = (again[name].to_numpy(float) for name in ("frequency", "monetary_value"))
    worth = sum_log_likelihood_of_worth(fit, x, mean)
    references = PUBLISHED | PUBLISHED_WORTH
    return [
        Bar("likelihood of BG/NBD", likelihood >= -9582.5, f"{likelihood:.3f} (-9582.50)"),
        Bar("likelihood of Gamma-Gamma", worth >= -4056.0, f"{worth:.3f} (-4056.0)"),
        *(near(name, fit[name], reference, 0.01) for name, reference in references.items()),
    ]


def judge_recovery(fit: Mapping[str, float]) -> list[Bar]:
    """Judge a fit to the simulated customers by what they were simulated with."""
    return [
        near(f"recovery of {name}", fit[name], PUBLISHED[name], tolerance)
        for name, tolerance in RECOVERY.items()
    ]


def judge_scores(fit: Mapping[str, float], scores: Scores, rows: pd.DataFrame) -> list[Bar]:
    """Judge scores of CDNOW by the formulas."""
    seen = Histories.of(rows)
    expected = {
        "purchases": expect_purchases(fit, HOLDOUT_WEEKS, seen),
        "alive": find_probability_alive(fit, seen),
        "spend": expect_spend(fit, seen.x, rows["monetary_value"].to_numpy(float)),
    }
    return [
        _equal(f"formula of {name}", getattr(scores, name), wanted, 1e-4)
        for name, wanted in expected.items()
    ]


def judge_edges(fit: Mapping[str, float], scores: Scores) -> list[Bar]:
    """Judge scores of the edges: finite, and what the formula says."""
    wanted = expect_purchases(fit, HOLDOUT_WEEKS, Histories.of(make_edges()))
    alive = scores.alive
    is_share = bool(((alive >= 0) & (alive <= 1)).all() and np.isfinite(scores.spend).all())
    return [
        _equal("purchases at the edges", scores.purchases, wanted, 1e-3),
        Bar("probabilities and spend at the edges", is_share, f"{alive.min()} to {alive.max()}"),
    ]


def judge_holdout(scores: Scores, cdnow: Cdnow) -> list[Bar]:
    """Judge scores of CDNOW by what the customers bought in the 39 weeks after."""
    found, actual = scores.purchases, cdnow.purchases
    x, age = (cdnow.histories[name].to_numpy(float) for name in ("frequency", "T"))
    same_rate = np.where(x > 0, x / age * HOLDOUT_WEEKS, 0)
    total = found.sum() / actual.sum() - 1
    error, plain = (float(np.sqrt(np.mean((one - actual) ** 2))) for one in (found, same_rate))
    absolute = float(np.abs(found - actual).mean())
    correlation = float(np.corrcoef(found, actual)[0, 1])
    best = np.argsort(-found, kind="stable")[: len(found) // 10]
    share = float(actual[best].sum() / actual.sum())
    return [
        Bar("total of the holdout", abs(total) <= 0.15, f"{total:+.1%} (15 %)"),
        Bar("RMSE of the holdout", error <= min(1.62, 0.75 * plain), f"{error:.4f} (1.62)"),
        Bar("MAE of the holdout", absolute <= 0.79, f"{absolute:.4f} (0.79)"),
        Bar("correlation of the holdout", correlation >= 0.62, f"{correlation:.3f} (0.62)"),
        Bar("purchases of the best tenth", share >= 0.46, f"{share:.3f} (0.46)"),
    ]


def _equal(name: str, found: Sequence[float] | Values, wanted: Values, tolerance: float) -> Bar:
    """Demand that all values are finite and equal, up to a relative tolerance."""
    values = np.asarray(found, float)
    missing = int((~np.isfinite(values)).sum())
    largest = float(np.nanmax(np.abs(values - wanted) / np.maximum(np.abs(wanted), 1e-9)))
    said = f"largest relative difference {largest:.1e}, {missing} not finite"
    return Bar(name, largest < tolerance and missing == 0, said)
