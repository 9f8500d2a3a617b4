"""What variables can set for a build, and the definitions that stand in seeds."""

import csv
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Settings:
    """Variables of dbt_project.yml with their defaults, by the same names."""

    as_of_date: str | None = None
    fiscal_year_start_month: int = 1
    return_window_days: int = 30
    active_window_days: int = 90
    rfm_window_days: int = 365
    loyalty_new_orders: int = 1
    loyalty_returning_orders: int = 10
    value_tier_high_share: Decimal = Decimal("0.50")
    value_tier_medium_share: Decimal = Decimal("0.80")
    discount_dependent_orders: int = 3
    discount_dependent_share: Decimal = Decimal("0.70")
    subscription_cost: Decimal | None = None
    support_sla_days: int = 5
    minimum_cell_customers: int = 5
    top_products: int = 3
    top_customers: int = 10
    max_basket_size: int = 50
    min_pair_orders: int = 5
    anomaly_minimum_orders: int = 20

    def is_small_cell(self, customers: int) -> bool:
        """Return whether a group is so small that its figures may reveal a person."""
        return 0 < customers < self.minimum_cell_customers


# Limits so low that small shops reach them.
LOW_LIMITS = Settings(
    fiscal_year_start_month=4,
    return_window_days=10,
    active_window_days=45,
    rfm_window_days=180,
    loyalty_new_orders=2,
    loyalty_returning_orders=4,
    value_tier_high_share=Decimal("0.40"),
    value_tier_medium_share=Decimal("0.70"),
    discount_dependent_orders=1,
    discount_dependent_share=Decimal("0.50"),
    subscription_cost=Decimal("120.50"),
    support_sla_days=2,
    minimum_cell_customers=2,
    top_products=2,
    top_customers=3,
    max_basket_size=2,
    min_pair_orders=1,
    anomaly_minimum_orders=1,
)


def read_seed(name: str) -> list[dict[str, str]]:
    """Read a seed."""
    path = PROJECT / "seeds" / "reference" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@dataclass(frozen=True)
class Seeds:
    """The seeds that the oracle looks things up in."""

    statuses: dict[str, dict[str, str]] = field(
        default_factory=lambda: {row["order_status"]: row for row in read_seed("order_statuses")}
    )
    status_map: dict[str, str] = field(
        default_factory=lambda: {
            row["raw_status"]: row["order_status"] for row in read_seed("order_status_map")
        }
    )
    states: dict[tuple[str, str], dict[str, str]] = field(
        default_factory=lambda: {
            (row["country"], row["state_text"]): row for row in read_seed("states")
        }
    )
    countries: dict[str, dict[str, str]] = field(
        default_factory=lambda: {row["country"]: row for row in read_seed("countries")}
    )
    segments: dict[str, str] = field(
        default_factory=lambda: {
            row["rfm_cell"]: row["rfm_segment"] for row in read_seed("rfm_segments")
        }
    )
    kpis: list[dict[str, str]] = field(default_factory=lambda: read_seed("kpis"))


SEEDS = Seeds()
