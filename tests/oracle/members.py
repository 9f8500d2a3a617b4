"""Who buys and what is sold: customers, products and places, today and in the past."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from oracle.reading import clean, instant, lower, number
from oracle.settings import SEEDS, Settings
from oracle.values import BEGINNING, make_key
from oracle.world import RawRow

if TYPE_CHECKING:
    from oracle.facts import Order

SOURCE = "shop"
UNKNOWN_KEY = -1
INCOME_BANDS = (
    (30_000, "Under 30,000"),
    (60_000, "30,000 to 59,999"),
    (90_000, "60,000 to 89,999"),
)


@dataclass(frozen=True)
class Place:
    """A place as far as it is known; states by their full names."""

    country: str | None
    region: str | None
    state: str | None
    city: str | None

    @classmethod
    def read(cls, country: str | None, state: str | None, city: str | None) -> "Place":
        """Look the state up."""
        country, state, city = clean(country), clean(state), clean(city)
        known = SEEDS.states.get((country or "", state or ""))
        if known:
            return cls(country, known["region"], known["state"], city)
        return cls(country, None, state, city)

    @property
    def key(self) -> int:
        """Key of the place."""
        parts = (self.country, self.region, self.state, self.city)
        return make_key("geography", *parts) if any(parts) else UNKNOWN_KEY

    @property
    def names(self) -> tuple[str, str, str, str]:
        """Country, region, state and city, Unknown where they are not given."""
        country, region, state, city = (
            part or "Unknown" for part in (self.country, self.region, self.state, self.city)
        )
        return country, region, state, city


@dataclass
class Versions:
    """What changes of something over time: the first version opens with the beginning of time."""

    opened: list[datetime] = field(default_factory=list)
    states: list[RawRow] = field(default_factory=list)

    def at(self, moment: datetime) -> RawRow:
        """Give the state at a moment."""
        return self.states[bisect_right(self.opened, moment) - 1]


def make_versions(
    logged: list[tuple[datetime, int, RawRow]], today: RawRow, updated: datetime | None
) -> Versions:
    """Put changes in order: of those at one instant the last counts, equal ones collapse."""
    last = max((moment for moment, _, _ in logged), default=None)
    if last is None:
        moment = updated or BEGINNING
    else:
        moment = updated if updated is not None and updated > last else last
    at_instant: dict[datetime, RawRow] = {}
    for changed, _, state in sorted(logged, key=lambda change: change[:2]):
        at_instant[changed] = state
    at_instant[moment] = today
    versions = Versions()
    for changed in sorted(at_instant):
        state = at_instant[changed]
        if not versions.states or versions.states[-1] != state:
            versions.opened.append(changed if versions.states else BEGINNING)
            versions.states.append(state)
    return versions


@dataclass(eq=False)
class Customer:
    """A customer as known today, with the versions of the past."""

    id: str
    raw: RawRow
    versions: Versions
    is_inferred: bool
    is_erased: bool
    age: int | None
    settings: Settings
    age_group: str = "Unknown"
    orders: list["Order"] = field(default_factory=list)

    @cached_property
    def key(self) -> int:
        """Key of the customer."""
        return make_key(SOURCE, self.id)

    @cached_property
    def place(self) -> Place:
        """Place of residence."""
        return Place.read(self.raw.get("country"), self.raw.get("state"), self.raw.get("city"))

    @property
    def gender(self) -> str:
        """Gender as given."""
        return clean(self.raw.get("gender")) or "Unknown"

    @property
    def segment(self) -> str:
        """Segment of today."""
        return clean(self.raw.get("segment")) or "Unknown"

    @property
    def annual_income(self) -> Decimal | None:
        """Yearly income."""
        return number(self.raw.get("annual_income"))

    @property
    def spending_score(self) -> Decimal | None:
        """Score of the shop."""
        return number(self.raw.get("spending_score"))

    @property
    def is_subscriber(self) -> bool:
        """Whether a subscription runs, as given."""
        return lower(self.raw.get("is_subscriber")) == "true"

    @property
    def income_band(self) -> str:
        """Band of the income."""
        income = self.annual_income
        if income is None:
            return "Unknown"
        bands = (
            (30_000, "Under 30,000"),
            (60_000, "30,000 to 59,999"),
            (90_000, "60,000 to 89,999"),
        )
        return next((name for bound, name in bands if income < bound), "90,000 and more")

    @property
    def loyalty_declared(self) -> str:
        """Loyalty by the purchases stated in a survey."""
        stated = number(self.raw.get("previous_purchase_count"))
        return "Unknown" if stated is None else name_loyalty(int(stated), self.settings)

    @property
    def registered(self) -> date | None:
        """Day of registration, UTC."""
        moment = instant(self.raw.get("registered_at"))
        return moment.date() if moment else None


def name_loyalty(orders: int, settings: Settings) -> str:
    """Name the loyalty by the number of orders."""
    if not orders:
        return "Prospect"
    if orders <= settings.loyalty_new_orders:
        return "New"
    return "Returning" if orders <= settings.loyalty_returning_orders else "Loyal"


@dataclass(eq=False)
class Product:
    """A product as known today, with the costs of the past."""

    id: str
    name: str
    category: str
    sub_category: str
    list_price: Decimal | None
    is_gift_card: bool
    versions: Versions

    @cached_property
    def key(self) -> int:
        """Key of the product."""
        return make_key(SOURCE, self.id)
