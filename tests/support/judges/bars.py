"""Bars: what a score must reach, and what it reached."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """One demand.

    Attributes
    ----------
    name
        What is demanded.
    is_met
        Whether the scores meet it.
    found
        What was found, with the limit.
    """

    name: str
    is_met: bool
    found: str

    def __str__(self) -> str:
        """Write the bar as one line."""
        return f"{'pass' if self.is_met else 'FAIL'} {self.name}: {self.found}"


def near(name: str, value: float, reference: float, tolerance: float) -> Bar:
    """Demand that a value is a reference, up to a relative tolerance."""
    found = f"{value:.4f}, reference {reference} ({tolerance:.0%})"
    return Bar(name, abs(value / reference - 1) <= tolerance, found)


def list_missed(bars: Iterable[Bar]) -> list[str]:
    """List the bars that are not met."""
    return [str(bar) for bar in bars if not bar.is_met]
