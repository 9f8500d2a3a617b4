"""What becomes of a test whose engine, browser or parser cannot be had: it fails, and says why."""

from typing import NoReturn

import pytest


def fail_without(tool: str, reason: object) -> NoReturn:
    """Fail a test whose tool cannot be had.

    Parameters
    ----------
    tool
        Name of the engine, browser or parser.
    reason
        Why it cannot be had.
    """
    pytest.fail(f"{tool} NOT TESTED: {reason}", pytrace=False)
