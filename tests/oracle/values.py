"""Exact arithmetic, keys and calendar of the oracle."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from hashlib import sha256

Number = int | Decimal | Fraction
Value = str | int | bool | date | datetime | Decimal | None
Row = dict[str, Value]

UNKNOWN_DATE = date(1900, 1, 1)
BEGINNING = datetime(1900, 1, 1)
ZERO = Decimal(0)
MONTHS = (
    "January February March April May June July August September October November December"
).split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def round_to(value: Number, scale: int) -> Decimal:
    """Round half away from zero."""
    exact = Fraction(value)
    scaled = abs(exact) * 10**scale
    rounded = (scaled + Fraction(1, 2)).__floor__()
    with localcontext() as context:
        context.prec = 60
        return Decimal(rounded if exact >= 0 else -rounded).scaleb(-scale)


def divide(above: Number | None, below: Number | None, scale: int = 6) -> Decimal | None:
    """Divide; nothing comes of a part that is unknown or of a divisor of zero."""
    if above is None or below is None or below == 0:
        return None
    if above == 0:
        return ZERO
    return round_to(Fraction(above) / Fraction(below), scale)


def total(values: Iterable[Decimal | None]) -> Decimal:
    """Add up what is known; nothing is zero."""
    return sum((value for value in values if value is not None), ZERO)


def known_total(values: Iterable[Decimal | None]) -> Decimal | None:
    """Add up what is known; None when nothing is."""
    known = [value for value in values if value is not None]
    return sum(known, ZERO) if known else None


def mean(values: Sequence[Number], scale: int) -> Decimal | None:
    """Average; None of nothing."""
    return divide(sum((Fraction(value) for value in values), Fraction(0)), len(values), scale)


def median(values: Sequence[Number], scale: int) -> Decimal | None:
    """Find the middle value, or the mean of the two middle ones; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    middle = (ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2])
    return mean(middle, scale)


def ninetieth(values: Sequence[Number], scale: int) -> Decimal | None:
    """Find the value that nine tenths do not exceed, by nearest rank; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    return round_to(ordered[-(-9 * len(ordered) // 10) - 1], scale)


def quantile_scores(values: Sequence[Number], bins: int = 5) -> list[int]:
    """Score each value within its population: the larger the better, equal values alike."""
    count = len(values)
    scores = []
    for value in values:
        worse = sum(other < value for other in values)
        tied = sum(other == value for other in values)
        scores.append(1 + (2 * bins * worse + bins * tied) // (2 * count))
    return scores


def make_key(*parts: object) -> int:
    """Make the key of a natural key: 60 bits of a hash over its parts with their lengths."""
    text = "".join("-" if part is None else f"{len(str(part))}:{part}" for part in parts)
    return int(sha256(text.encode()).hexdigest()[:15], 16)


def hours_between(start: datetime, end: datetime) -> Decimal:
    """Count the hours from one moment to another, to a hundredth."""
    return round_to(Fraction((end - start) // timedelta(microseconds=1), 3_600_000_000), 2)


def full_years(start: date, end: date) -> int:
    """Count full years; who was born on 29 February is older on 1 March."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def month_of(day: date) -> date:
    """Give the first day of the month."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """Give the last day of the month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """Go some months on; the day is clipped to the length of the month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Count calendar months."""
    return (end.year - start.year) * 12 + end.month - start.month


def list_months(first: date, last: date) -> list[date]:
    """List the months from that of one day to that of another."""
    return [
        add_months(month_of(first), number) for number in range(months_between(first, last) + 1)
    ]


def list_days(first: date, last: date) -> list[date]:
    """List the days from one to another."""
    return [first + timedelta(number) for number in range((last - first).days + 1)]
