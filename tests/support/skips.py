"""The one way in which tests of a server are left out: loudly, and only where it cannot be had."""

from typing import NoReturn

import pytest


def skip_engine(engine: str, reason: object) -> NoReturn:
    """Skip a test whose server cannot be had; the closing summary says so."""
    pytest.skip(f"{engine} NOT TESTED: {reason}")
