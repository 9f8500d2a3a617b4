"""Expected values of customers, tried on the past twelve months."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import combinations

from oracle.buyers import Buyer, list_buyers
from oracle.facts import Line, Order
from oracle.lifetimes import expect_year, multiply
from oracle.reading import clean
from oracle.settings import SEEDS
from oracle.shop import Shop
from oracle.values import (
    UNKNOWN_DATE,
    ZERO,
    Row,
    add_months,
    divide,
    known_total,
    quantile_scores,
    total,
)


@dataclass
class Then:
    """An order as it was known at the end of a day."""

    order: Order
    day: date

    @property
    def is_sale(self) -> bool:
        """Whether it was a sale: by the last status that the history has, else by today's."""
        midnight = datetime.combine(self.day + timedelta(1), time())
        known = [entry for entry in self.order.history if entry[1] < midnight]
        status = max(known)[2] if known else self.order.status
        return SEEDS.statuses[status]["is_recognised"] == "true"

    @cached_property
    def merchandise(self) -> list[Line]:
        """Lines that are no gift cards."""
        return [line for line in self.order.lines if not line.product.is_gift_card]

    def count_kept(self, line: Line) -> int:
        """Count the units that were not back yet."""
        return line.ordered_units - sum(
            back.units for back in line.returns if back.is_dated and back.day <= self.day
        )

    def value(self, line: Line) -> Decimal:
        """Value what was not back yet."""
        return line.ordered_amount - total(
            back.amount for back in line.returns if back.is_dated and back.day <= self.day
        )

    @cached_property
    def net(self) -> Decimal:
        """Net sales."""
        return total(self.value(line) for line in self.merchandise)

    @property
    def is_qualifying(self) -> bool:
        """Whether a unit was kept."""
        return any(self.count_kept(line) for line in self.merchandise)

    @cached_property
    def costs(self) -> list[tuple[Decimal, Decimal]]:
        """Value and cost of the lines whose cost is known."""
        known = ((line, line.cost_of(self.count_kept(line))) for line in self.merchandise)
        return [(self.value(line), cost) for line, cost in known if cost is not None]


@dataclass
class Trial:
    """What was known of a customer, and what came of it."""

    buyer: Buyer
    day: date

    @cached_property
    def known(self) -> list[Then]:
        """Orders known as sales."""
        dated = [order for order in self.buyer.person.orders if order.is_dated]
        known = [Then(order, self.day) for order in dated if order.day <= self.day]
        return [order for order in known if order.is_sale]

    @cached_property
    def orders(self) -> int:
        """Qualifying orders."""
        return sum(order.is_qualifying for order in self.known)

    @cached_property
    def net(self) -> Decimal:
        """Net sales."""
        return total(order.net for order in self.known)

    @property
    def segment(self) -> str:
        """Segment at the end of the day."""
        midnight = datetime.combine(self.day + timedelta(1), time())
        return clean(self.buyer.person.versions.at(midnight).get("segment")) or "Unknown"

    @property
    def tenure_days(self) -> int:
        """Days since the first order known."""
        return (self.day - min(order.order.day for order in self.known)).days

    @cached_property
    def margin(self) -> Decimal | None:
        """Margin rate then."""
        pairs = [pair for order in self.known for pair in order.costs]
        net = total(value for value, _ in pairs)
        return divide(net - total(cost for _, cost in pairs), net)

    @cached_property
    def later(self) -> list[Order]:
        """Orders since then, as known today."""
        return [order for order in self.buyer.dated if order.day > self.day]

    def predict(self, group_average_order_value: Decimal) -> Decimal:
        """Predict the twelve months that follow."""
        _, _, _, year = expect_year(
            self.orders, self.net, self.tenure_days, group_average_order_value
        )
        return multiply(year, Decimal(1) if self.margin is None else self.margin)

    @property
    def naive(self) -> Decimal:
        """Expect the twelve months before once more."""
        start = add_months(self.day, -12)
        net = total(order.net for order in self.known if order.order.day > start)
        return multiply(net, Decimal(1) if self.margin is None else self.margin)

    @property
    def actual(self) -> Decimal:
        """What the twelve months that follow brought."""
        rate = divide(
            known_total(order.margin for order in self.later),
            total(order.net_with_cost for order in self.later),
        )
        if self.margin is None:
            rate = Decimal(1)
        return multiply(
            total(order.net for order in self.later), self.margin or ZERO if rate is None else rate
        )


@dataclass
class Result:
    """Values of one customer."""

    predicted: Decimal
    actual: Decimal
    naive: Decimal
    is_buyer: bool


def agree(scores: list[int], others: list[int]) -> Decimal | None:
    """Return how many pairs, apart in both scores, are in the same order in both."""
    pairs = list(combinations(zip(scores, others, strict=True), 2))
    apart = [(a, b) for a, b in pairs if a[0] != b[0] and a[1] != b[1]]
    same = sum((a[0] < b[0]) == (a[1] < b[1]) for a, b in apart)
    return divide(same, len(apart))


def list_results(shop: Shop, day: date) -> list[Result]:
    """Try the expected values of all customers who had kept something by a day."""
    trials = [Trial(buyer, day) for buyer in list_buyers(shop)]
    trials = [trial for trial in trials if trial.orders]
    groups: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        groups[trial.segment].append(trial)
    average_order_value = {
        name: divide(total(trial.net for trial in group), sum(trial.orders for trial in group))
        for name, group in groups.items()
    }
    return [
        Result(
            trial.predict(average_order_value[trial.segment] or ZERO),
            trial.actual,
            trial.naive,
            bool(trial.later),
        )
        for trial in trials
    ]


def describe(results: list[Result]) -> Row:
    """Describe the results of some customers."""
    sums = {
        name: total(getattr(result, name) for result in results) if results else None
        for name in ("predicted", "actual", "naive")
    }
    error = total(abs(result.predicted - result.actual) for result in results)
    naive_error = total(abs(result.naive - result.actual) for result in results)
    return {
        "customers": len(results),
        "buyers": sum(result.is_buyer for result in results),
        **{f"{name}_value_12_months": value for name, value in sums.items()},
        "predicted_to_actual_ratio": divide(sums["predicted"], sums["actual"]),
        "naive_to_actual_ratio": divide(sums["naive"], sums["actual"]),
        "absolute_error": error if results else None,
        "naive_absolute_error": naive_error if results else None,
        "error_to_naive_ratio": divide(error, naive_error),
    }


def compute_lifetime_value_backtest(shop: Shop) -> Iterator[Row]:
    """Compute mart_lifetime_value_backtest and its deciles, the `part` decile."""
    day = add_months(shop.as_of, -12)
    first, had_to_be = shop.first_order_day, add_months(shop.as_of, -24)
    has_history = first != UNKNOWN_DATE and first <= had_to_be
    results = list_results(shop, day) if has_history else []
    predicted, actual, naive = (
        quantile_scores([getattr(result, name) for result in results], 10)
        for name in ("predicted", "actual", "naive")
    )
    status = "ok" if results else "no_customers" if has_history else "short_history"
    common: Row = {"backtest_date": day, "as_of_date": shop.as_of}
    yield {
        "part": "all",
        "backtest_status": status,
        **common,
        **describe(results),
        "rank_agreement": agree(predicted, actual),
        "naive_rank_agreement": agree(naive, actual),
    }
    for decile in sorted(set(predicted)):
        members = [
            result for result, place in zip(results, predicted, strict=True) if place == decile
        ]
        yield {"part": "decile", "value_decile": decile, **common, **describe(members)}
