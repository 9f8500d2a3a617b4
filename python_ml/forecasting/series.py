"""The monthly series of sales that the marts hold, without holes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from python_ml.errors import ContractError
from python_ml.forecasting.forecast import find_lowest
from python_ml.forecasting.members import FloatArray
from python_ml.forecasting.reconciliation import is_cell, sum_cells

# What is rolled up in the cube, and the level of the series.
LEVELS = {7: "all", 3: "region", 5: "category", 1: "cell"}


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
        ``mart_sales_monthly``.

    Returns
    -------
    Period or None
        None when there is no such month.
    """
    is_meant = (monthly["slice_type"] == "all") & monthly["is_complete"].astype(bool)
    months = monthly.loc[is_meant & ~monthly["is_undated"].astype(bool), "month_start_date"]
    return None if months.empty else pd.Period(months.max(), freq="M")


def list_series(cube: pd.DataFrame, last_month: pd.Period) -> list[SalesSeries]:
    """List the series of the cube; months without sales count as 0.

    Parameters
    ----------
    cube
        ``mart_sales_cube``.
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
    is_meant = (cube["period_type"] == "month") & cube["grouping_id"].isin(LEVELS)
    rows = cube[is_meant & ~cube["is_undated"].astype(bool)]
    for column in ("sales_after_discount", "region", "category", "period_start_date"):
        lacking = int(rows[column].isna().sum())
        if column == "sales_after_discount":
            lacking = int((~np.isfinite(rows[column].to_numpy(float))).sum())
        if lacking:
            raise ContractError(
                f"mart_sales_cube.{column} is empty in {lacking} months: build it again with "
                "`customer-trends build`, whose tests find where they come from."
            )
    dates = rows["period_start_date"].dt
    rows = rows.assign(months_ago=last_month.year * 12 + last_month.month)
    rows["months_ago"] -= dates.year * 12 + dates.month
    rows = rows[rows["months_ago"] >= 0]
    order = {level: place for place, level in enumerate(LEVELS)}
    found = []
    for name, group in rows.groupby(["grouping_id", "region", "category"]):
        grouping, region, category = cast(tuple[int, str, str], name)
        history = np.zeros(int(group["months_ago"].max()) + 1)
        sales = group.sort_values(["months_ago", "sales_after_discount"])
        np.add.at(history, -1 - sales["months_ago"].to_numpy(int), sales["sales_after_discount"])
        found.append((order[grouping], SalesSeries(LEVELS[grouping], (region, category), history)))
    return [one for _, one in sorted(found, key=lambda item: (item[0], item[1].key))]


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
