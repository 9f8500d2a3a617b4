"""Purchase days of customers that follow the models of lifetime values."""

import numpy as np
import pandas as pd

END = pd.Timestamp("2024-06-30")


def add_up(days: pd.DataFrame, end: pd.Timestamp, holdout: int) -> pd.DataFrame:
    """Make rows of fct_customer_purchases from purchase days (customer_key, day, value)."""
    days = days.sort_values(["customer_key", "day"])
    first = days.groupby("customer_key")["day"].transform("min")
    earlier = days["day"] <= end - pd.Timedelta(days=holdout)
    value, again = days["value"], days["day"] > first
    parts = days.assign(
        purchase_days=1,
        earlier_purchase_days=earlier.astype(int),
        net_sales_by_order_date=value,
        repeat_net_sales_by_order_date=value.where(again, 0.0),
        earlier_net_sales_by_order_date=value.where(earlier, 0.0),
        earlier_repeat_net_sales_by_order_date=value.where(again & earlier, 0.0),
        first_purchase_date=days["day"],
        last_purchase_date=days["day"],
        earlier_last_purchase_date=days["day"].where(earlier),
    )
    taken = {name: "sum" for name in parts.columns if name.endswith(("days", "by_order_date"))}
    taken |= {"first_purchase_date": "min"}
    taken |= {name: "max" for name in parts.columns if name.endswith("last_purchase_date")}
    summed = parts.groupby("customer_key").agg(taken).reset_index()
    return summed.assign(source_system="shop", holdout_days=holdout)


def simulate(customers: int = 600, seed: int = 3) -> pd.DataFrame:
    """Draw purchase days of two years that follow the models."""
    chance = np.random.default_rng(seed)
    rows = []
    for key in range(1, customers + 1):
        rate, leaves = chance.gamma(1.0, 1 / 30), chance.beta(1, 4)
        worth, day = 6 * 40 / chance.gamma(4), float(chance.integers(0, 710))
        while day <= 730:
            rows.append((key, int(day), round(chance.gamma(6) / 6 * worth, 2)))
            if len(rows) > 1 and rows[-2][0] == key and chance.random() < leaves:
                break
            day += chance.exponential(1 / rate)
    days = pd.DataFrame(rows, columns=["customer_key", "day", "value"])
    days["day"] = END - pd.to_timedelta(730 - days["day"], unit="D")
    return sum_days(days)


def sum_days(rows: pd.DataFrame) -> pd.DataFrame:
    """Make one purchase of those of a customer and day."""
    return rows.groupby(["customer_key", "day"])["value"].sum().reset_index()
