"""The monthly series of sales, in total and by region and category, without holes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from python_ml.errors import ContractError
from python_ml.forecasting.forecast import find_lowest
from python_ml.forecasting.members import FloatArray
from python_ml.forecasting.reconciliation import is_cell, sum_cells

ALL = "ALL"
# Level of a series to what it adds up: complete orders, or the parts of them in each category; and
# the names that stand for what is rolled up.
LEVELS: Mapping[str, tuple[bool, Mapping[str, str]]] = {
    "all": (True, {"region": ALL, "category": ALL}),
    "region": (True, {"category": ALL}),
    "category": (False, {"region": ALL}),
    "cell": (False, {}),
}
# Amounts have four decimals: sums of ten-thousandths, as integers, are exact in any sequence.
UNITS = 10_000


@dataclass(frozen=True)
class SalesSeries:
    """Monthly sales of a part of the business.

    Attributes
    ----------
    level
        ``all``, ``region``, ``category`` or ``cell``.
    key
        Region and category; ``ALL`` where rolled up.
    history
        Sales after discount from the first sale to the last complete month, of shape (months,).
    """

    level: str
    key: tuple[str, str]
    history: FloatArray


def find_last_complete_month(monthly: pd.DataFrame) -> pd.Period | None:
    """Find the last month of which all days have passed.

    Parameters
    ----------
    monthly
        ``fct_sales_by_month``.

    Returns
    -------
    Period or None
        None when there is no such month.
    """
    is_meant = (monthly["slice_type"] == "all") & monthly["is_complete"].astype(bool)
    months = monthly.loc[is_meant & ~monthly["is_undated"].astype(bool), "month_start_date"]
    return None if months.empty else pd.Period(months.max(), freq="M")


def drop_undated(cells: pd.DataFrame, monthly: pd.DataFrame) -> pd.DataFrame:
    """Leave out sales without a date, which stand in a month of their own.

    Parameters
    ----------
    cells
        ``fct_sales_cells``.
    monthly
        ``fct_sales_by_month``.

    Returns
    -------
    DataFrame
        The cells of all other months.
    """
    undated = monthly.loc[monthly["is_undated"].astype(bool), "month_start_date"]
    return cells[~cells["month_start_date"].isin(undated)]


def list_series(cells: pd.DataFrame, last_month: pd.Period) -> list[SalesSeries]:
    """List the series of all levels; months without sales count as 0.

    Parameters
    ----------
    cells
        ``fct_sales_cells``, without undated sales.
    last_month
        Last complete month.

    Returns
    -------
    list of SalesSeries
        The total, then regions, categories and cells, in order. What first sold after the last
        complete month is not among them.

    Raises
    ------
    ContractError
        If a month has no figure, region or category.
    """
    check_cells(cells)
    dates = cells["month_start_date"].dt
    months_ago = last_month.year * 12 + last_month.month - dates.year * 12 - dates.month
    units = np.rint(cells["sales_after_discount"].to_numpy(float) * UNITS).astype(np.int64)
    rows = cells.assign(months_ago=months_ago, units=units)[months_ago >= 0]
    is_complete_order = rows["is_all_categories"].astype(bool)
    found = []
    for level, (has_complete_orders, rolled_up) in LEVELS.items():
        parts = rows[is_complete_order == has_complete_orders].assign(**rolled_up)
        sums = parts.groupby(["region", "category", "months_ago"], as_index=False)["units"].sum()
        for key, months in sums.groupby(["region", "category"]):
            history = np.zeros(int(months["months_ago"].max()) + 1)
            history[-1 - months["months_ago"].to_numpy(int)] = months["units"] / UNITS
            found.append(SalesSeries(level, cast(tuple[str, str], key), history))
    return found


def check_cells(cells: pd.DataFrame) -> None:
    """Check that each month of a cell has its names and its figure.

    Parameters
    ----------
    cells
        ``fct_sales_cells``.

    Raises
    ------
    ContractError
        If one of them is missing.
    """
    for column in ("sales_after_discount", "region", "category", "month_start_date"):
        lacking = int(cells[column].isna().sum())
        if column == "sales_after_discount":
            lacking = int((~np.isfinite(cells[column].to_numpy(float, na_value=np.nan))).sum())
        if lacking:
            raise ContractError(
                f"fct_sales_cells.{column} is empty in {lacking} months: build it again with "
                "`customer-trends build`, whose tests find where they come from."
            )


def find_lowest_forecasts(series: Sequence[SalesSeries]) -> FloatArray:
    """Return what the forecast of each series must not be below.

    Parameters
    ----------
    series
        All series of a hierarchy.

    Returns
    -------
    array
        0, or minus infinity where a month of the series or of one of its cells was negative.
    """
    keys = [one.key for one in series]
    is_negative = np.array([np.isinf(find_lowest(one.history)) for one in series])
    has_negative = sum_cells(keys) @ is_negative[[is_cell(key) for key in keys]] > 0
    return np.where(is_negative | has_negative, -np.inf, 0.0)
