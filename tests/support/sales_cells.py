"""Small facts of monthly sales, as the forecast job reads them, and what its rows must hold."""

from datetime import date

import numpy as np
import pandas as pd

from python_ml.forecasting import job as sales_forecast
from python_ml.forecasting.job import BOUND_COLUMNS, COLUMNS
from python_ml.job import JobResult, Settings

Cells = dict[tuple[str, str], "np.ndarray[tuple[int], np.dtype[np.float64]]"]
LAST_MONTH = pd.Period("2025-03", freq="M")
UNDATED = pd.Timestamp("1900-01-01")
# Shape of the year: December is strong, February weak.
SEASONS = np.array([0.85, 0.8, 0.9, 0.93, 0.97, 0.94, 0.9, 0.93, 0.96, 1.02, 1.35, 1.45])


def make_history(months: int, level: float, seed: int, noise: float = 0.05) -> np.ndarray:
    """Make sales with seasons and growth that end in the last month."""
    random = np.random.default_rng(seed)
    month_numbers = [(LAST_MONTH - back).month for back in reversed(range(months))]
    growth = 1 + 0.005 * np.arange(months)
    shocks = random.lognormal(0, noise, months)
    return np.round(level * SEASONS[np.array(month_numbers) - 1] * growth * shocks, 2)


def make_cells(months: int, regions: int = 2, categories: int = 2) -> Cells:
    """Make the sales of regions and categories."""
    return {
        (f"region {region}", f"category {category}"): make_history(
            months, 1000.0 * (1 + region) * (1 + 2 * category), 10 * region + category
        )
        for region in range(regions)
        for category in range(categories)
    }


def make_marts(cells: Cells) -> dict[str, pd.DataFrame]:
    """Make the facts of sales whose last complete month is the same; months of 0 have no row.

    Each month of a cell is in two segments; complete orders stand beside the parts of categories.
    """
    rows = [
        {"region": region, "category": category, "month_start_date": month, "sales": sales}
        for (region, category), history in cells.items()
        for month, sales in zip(_list_months(len(history)), history, strict=True)
        if sales != 0
    ]
    columns = ["region", "category", "month_start_date", "sales"]
    lines = pd.DataFrame(rows, columns=columns).astype({"sales": float})
    lines["month_start_date"] = pd.to_datetime(lines["month_start_date"])
    sales = lines.pop("sales").round(4)
    lines["sales_after_discount"] = (sales * 0.3).round(4)
    parts = [lines, lines.assign(sales_after_discount=(sales - lines.iloc[:, -1]).round(4))]
    of_categories = pd.concat(parts).assign(is_all_categories=False)
    complete = of_categories.assign(category="ALL", is_all_categories=True)
    dated = pd.concat([of_categories, complete])
    undated = dated.head(1).assign(month_start_date=UNDATED, sales_after_discount=np.nan)
    longest = max((len(history) for history in cells.values()), default=0)
    months = [*_list_months(longest), (LAST_MONTH + 1).to_timestamp()]
    monthly = pd.DataFrame({"month_start_date": pd.to_datetime(months), "slice_type": "all"})
    monthly["is_complete"] = monthly["month_start_date"] <= LAST_MONTH.to_timestamp()
    monthly["is_undated"] = False
    of_no_day = {"month_start_date": [UNDATED], "slice_type": "all"}
    of_no_day |= {"is_complete": False, "is_undated": True}
    return {
        "fct_sales_cells": pd.concat([dated, undated]),
        "fct_sales_by_month": pd.concat([monthly, pd.DataFrame(of_no_day)]),
    }


def score(marts: dict[str, pd.DataFrame], processes: int = 1) -> JobResult:
    """Run the job."""
    settings = Settings(date(2025, 4, 10), processes=processes)
    return sales_forecast.score(marts, settings, None, lambda *progress: None)


def check_rows(result: JobResult, may_be_negative: bool = False) -> pd.DataFrame:
    """Check what holds for all rows; give the published ones."""
    rows = result.tables["ml_sales_forecast"]
    assert isinstance(rows, pd.DataFrame)
    assert list(rows.columns) == list(COLUMNS)
    figures = rows[["forecast", *BOUND_COLUMNS]].to_numpy(float)
    assert np.isfinite(figures).all()
    assert may_be_negative or (figures >= 0).all()
    in_order = ["lower_95", "lower_80", "forecast", "upper_80", "upper_95"]
    assert (np.diff(rows[in_order].to_numpy(float), axis=1) >= 0).all()
    assert not rows.drop(columns="reason").isna().any(axis=None)
    key = ["series_level", "region", "category", "month_start_date"]
    assert not rows.duplicated([*key, "model"]).any()
    assert (rows.groupby(key)["is_champion"].sum() == 1).all()
    published = rows[rows["is_champion"]]
    assert published["is_coherent"].all()
    months = published.groupby(key[:3])["month_start_date"].agg(["count", "nunique", "min"])
    assert (months[["count", "nunique"]] == 6).all(axis=None)
    assert (months["min"] == (LAST_MONTH + 1).to_timestamp()).all()
    check_sums(published)
    return published


def check_sums(published: pd.DataFrame) -> None:
    """Check that the levels add up in each month."""
    sums = published.pivot_table("forecast", "month_start_date", "series_level", "sum")
    for level in sums.columns:
        np.testing.assert_allclose(sums[level], sums["all"], rtol=1e-9, atol=1e-6)


def _list_months(count: int) -> list[pd.Timestamp]:
    """List the months up to the last one."""
    return [(LAST_MONTH - back).to_timestamp() for back in reversed(range(count))]
