"""Read the texts of raw rows."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from oracle.values import ZERO

ZONE = ZoneInfo("America/Chicago")


def clean(text: str | None) -> str | None:
    """Trim and collapse blanks; nothing is None."""
    return " ".join((text or "").split()) or None


def lower(text: str | None) -> str | None:
    """Clean and write in lower case."""
    return (clean(text) or "").lower() or None


def number(text: str | None) -> Decimal | None:
    """Read a number."""
    return Decimal(text) if text and clean(text) else None


def amount(text: str | None) -> Decimal:
    """Read an amount; what is not given is zero."""
    return number(text) or ZERO


def instant(text: str | None) -> datetime | None:
    """Read a moment, UTC."""
    return datetime.fromisoformat(text) if text else None


def local(moment: datetime) -> datetime:
    """Return the clock of the shop at a moment."""
    return moment.replace(tzinfo=UTC).astimezone(ZONE).replace(tzinfo=None)


def local_day(moment: datetime | None) -> date | None:
    """Return the calendar day of the shop at a moment."""
    return local(moment).date() if moment else None
