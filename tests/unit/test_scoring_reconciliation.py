"""Forecasts that add up: the equations, their fallbacks, and what they gain."""

import numpy as np
import pytest

from python_ml.forecasting.reconciliation import reconcile, shrink_covariance, sum_cells

KEYS = [
    ("ALL", "ALL"), ("East", "ALL"), ("West", "ALL"), ("ALL", "Food"), ("ALL", "Toys"),
    ("East", "Food"), ("East", "Toys"), ("West", "Food"), ("West", "Toys"),
]  # fmt: skip
SUMS = np.array([
    [1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1],
    [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1],
])  # fmt: skip
NO_NEGATIVES = np.zeros(len(KEYS))


@pytest.fixture
def random() -> np.random.Generator:
    """Draw the same numbers each time."""
    return np.random.default_rng(3)


def test_sum_cells_gives_the_cells_of_each_series() -> None:
    np.testing.assert_array_equal(sum_cells(KEYS), SUMS)


def test_sum_cells_of_one_region_gives_levels_that_coincide() -> None:
    keys = [("ALL", "ALL"), ("East", "ALL"), ("ALL", "Food"), ("East", "Food")]
    np.testing.assert_array_equal(sum_cells(keys), np.ones((4, 1)))


@pytest.mark.parametrize(
    ("months", "size", "method"),
    [(40, 1.0, "mint_shrink"), (11, 1.0, "wls_variance"), (40, 0.0, "bottom_up")],
)
def test_reconcile_adds_up_by_each_method(
    random: np.random.Generator, months: int, size: float, method: str
) -> None:
    base = random.uniform(50, 100, (9, 6))
    found = reconcile(KEYS, base, list(size * random.normal(size=(9, months))), NO_NEGATIVES)
    assert found.method == method
    np.testing.assert_allclose(found.point, SUMS @ found.point[5:], rtol=1e-12)
    assert (found.point[5:] == base[5:].round(4)).all() == (method == "bottom_up")


def test_reconcile_leaves_alone_what_adds_up(random: np.random.Generator) -> None:
    base = SUMS @ random.uniform(50, 100, (4, 6))
    found = reconcile(KEYS, base, list(random.normal(size=(9, 40))), NO_NEGATIVES)
    np.testing.assert_allclose(found.point, base, atol=3e-4)


def test_reconcile_believes_the_series_that_err_less(random: np.random.Generator) -> None:
    base = np.concatenate([np.full((1, 6), 500.0), (SUMS @ np.full((4, 6), 100.0))[1:]])
    for sure, expected in ((0, 500.0), (None, 400.0)):
        sizes = np.where(np.arange(9) == sure, 0.01, 10.0) if sure == 0 else np.ones(9)
        sizes = sizes if sure == 0 else np.where(np.arange(9) >= 5, 0.01, 10.0)
        residuals = sizes[:, np.newaxis] * random.normal(size=(9, 60))
        found = reconcile(KEYS, base, list(residuals), NO_NEGATIVES)
        np.testing.assert_allclose(found.point[0], expected, rtol=2e-3)


def test_reconcile_clips_cells_and_adds_up_again(random: np.random.Generator) -> None:
    base = SUMS @ np.array([[100.0], [100.0], [100.0], [1.0]])
    base[[0, 2, 4]] -= 60.0
    residuals = list(random.normal(size=(9, 40)))
    free = reconcile(KEYS, base, residuals, np.full(9, -np.inf)).point
    clipped = reconcile(KEYS, base, residuals, NO_NEGATIVES).point
    assert free.min() < 0 == clipped.min()
    np.testing.assert_allclose(clipped, SUMS @ clipped[5:], rtol=1e-12)
    np.testing.assert_allclose(clipped[5:], np.maximum(free[5:], 0))


def test_reconcile_survives_an_outlier_and_a_series_without_errors(
    random: np.random.Generator,
) -> None:
    residuals = random.normal(size=(9, 40))
    residuals[0, 7], residuals[6] = 1e9, 0.0
    found = reconcile(KEYS, random.uniform(50, 100, (9, 6)), list(residuals), NO_NEGATIVES)
    assert np.isfinite(found.point).all()
    np.testing.assert_allclose(found.point, SUMS @ found.point[5:], rtol=1e-12)


def test_shrink_covariance_with_fewer_months_than_series(random: np.random.Generator) -> None:
    residuals = random.normal(size=(14, 40)) + random.normal(size=(14, 1))
    shrunk, plain = shrink_covariance(residuals), residuals.T @ residuals / 14
    assert np.linalg.eigvalsh(plain)[0] < 1e-9 < np.linalg.eigvalsh(shrunk)[0]
    np.testing.assert_allclose(np.diag(shrunk), np.diag(plain))
    shares = (shrunk / plain)[~np.eye(40, dtype=bool)]
    assert 0 < shares.min() == pytest.approx(shares.max())
    assert shares.max() < 1


def test_shrink_covariance_keeps_what_many_months_show(random: np.random.Generator) -> None:
    root = random.normal(size=(5, 5))
    residuals = random.normal(size=(20_000, 5)) @ root
    np.testing.assert_allclose(shrink_covariance(residuals), root.T @ root, atol=0.3)


def test_reconciled_total_errs_less_than_on_its_own(random: np.random.Generator) -> None:
    base_errors, reconciled_errors = [], []
    for _ in range(100):
        truth = SUMS @ random.uniform(50, 100, (4, 1))
        noise = np.array([20.0, 8, 8, 8, 8, 5, 5, 5, 5])[:, np.newaxis]
        base = truth + noise * random.normal(size=(9, 1))
        residuals = list(noise * random.normal(size=(9, 48)))
        found = reconcile(KEYS, base, residuals, NO_NEGATIVES)
        base_errors.append(abs(base - truth)[0, 0])
        reconciled_errors.append(abs(found.point - truth)[0, 0])
    assert np.mean(reconciled_errors) < 0.6 * np.mean(base_errors)
