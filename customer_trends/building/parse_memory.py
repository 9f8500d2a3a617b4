"""Remembers what dbt parsed for each set of variables.

dbt keeps one parsed project and throws it away when a variable or the target changes, so that two
builds in turn, such as of today and of an earlier day, would parse everything every time.
"""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

PARSED = "partial_parse.msgpack"
FOLDER = "parsed"
KEPT = 4
# Options of dbt that decide what it parses.
DECIDING = ("--vars", "--target", "--project-dir")


@contextmanager
def remembered_parse(artefacts: Path, arguments: Sequence[str]) -> Iterator[None]:
    """Put back what was parsed with the same options, and keep what is parsed in the block.

    dbt itself checks which files have changed since.

    Parameters
    ----------
    artefacts
        Folder of dbt's artefacts.
    arguments
        Those of the command.
    """
    current, kept = _places(artefacts, arguments)
    if kept.exists():
        _replace(kept, current)
    yield
    if current.exists():
        kept.parent.mkdir(exist_ok=True)
        _replace(current, kept)
        for old in sorted(kept.parent.glob("*.msgpack"), key=os.path.getmtime)[:-KEPT]:
            old.unlink(missing_ok=True)


def forget_parse(artefacts: Path, arguments: Sequence[str]) -> bool:
    """Remove what was parsed with the same options, so that the next command parses everything.

    Parameters
    ----------
    artefacts
        Folder of dbt's artefacts.
    arguments
        Those of the command.

    Returns
    -------
    bool
        True if there was something to remove.
    """
    found = [place for place in _places(artefacts, arguments) if place.exists()]
    for place in found:
        place.unlink()
    return bool(found)


def _places(artefacts: Path, arguments: Sequence[str]) -> tuple[Path, Path]:
    """Give where dbt keeps what it parsed, and where it is kept for these options."""
    return artefacts / PARSED, artefacts / FOLDER / f"{_name_options(arguments)}.msgpack"


def _name_options(arguments: Sequence[str]) -> str:
    """Name the options that decide what is parsed."""
    pairs = zip(arguments, arguments[1:], strict=False)
    given = sorted((name, value) for name, value in pairs if name in DECIDING)
    return sha256(json.dumps(given).encode()).hexdigest()[:16]


def _replace(source: Path, target: Path) -> None:
    """Copy a file over another one by a rename, so that nobody reads half of it."""
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.copyfile(source, fresh)
    os.replace(fresh, target)
