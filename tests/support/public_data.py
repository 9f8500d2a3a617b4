"""Public data of tests and benchmarks: where they are, if they are intact, how to get them.

What there is stands in ``tests/data/datasets.toml``. As a program, this fetches it, for
``make test-data``.
"""

import gzip
import hashlib
import os
import sys
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LIST = PROJECT / "tests" / "data" / "datasets.toml"
FETCHED = PROJECT / ".test-data"
BESIDE = PROJECT.parent / "shared" / "data"
DATA_VARIABLE = "CUSTOMER_TRENDS_DATA"
SECONDS = 60
FindData = Callable[[str], Path]


class DataMissingError(Exception):
    """Data are not there, or not what they must be; the message says what to do."""


@dataclass(frozen=True)
class DataFile:
    """A file of a data set.

    Attributes
    ----------
    data_set, path
        Name of the set, which is its folder, and path in that folder.
    sha256
        Checksum of the content; of a ``.gz`` file, of what is in it.
    fetch
        Address of exactly this content; empty where there is none.
    by_hand
        What to do where there is no such address.
    address
        Page of the data set.
    """

    data_set: str
    path: str
    sha256: str
    fetch: str
    by_hand: str
    address: str

    def place(self, folder: Path) -> Path:
        """Give where the file is in a folder of data sets."""
        return folder / self.data_set / self.path

    def is_intact(self, folder: Path) -> bool:
        """Return whether the file in a folder of data sets holds what it must."""
        content = self.place(folder).read_bytes()
        if self.path.endswith(".gz"):
            content = gzip.decompress(content)
        return hashlib.sha256(content).hexdigest() == self.sha256


def list_files(data_set: str | None = None) -> list[DataFile]:
    """List the files of a data set, or of all."""
    sets = tomllib.loads(LIST.read_text(encoding="utf-8"))
    return [
        DataFile(
            name, one["path"], one["sha256"], one.get("fetch", ""), one.get("by_hand", ""),
            entry["address"],
        )
        for name, entry in sets.items()
        for one in entry["files"]
        if data_set in (None, name)
    ]  # fmt: skip


def list_folders() -> list[Path]:
    """List where data are looked for: where the variable says, else fetched, else beside us."""
    named = os.environ.get(DATA_VARIABLE)
    return [Path(named)] if named else [FETCHED, BESIDE]


def find_data_set(data_set: str) -> Path:
    """Find the folder of a data set.

    Parameters
    ----------
    data_set
        Its name in ``datasets.toml``.

    Returns
    -------
    Path
        A folder with all its files, each with the content that its checksum says.

    Raises
    ------
    DataMissingError
        If a file is in none of the folders, or holds something else.
    """
    files = list_files(data_set)
    for folder in list_folders():
        if all(one.place(folder).is_file() for one in files):
            for one in files:
                if not one.is_intact(folder):
                    raise DataMissingError(
                        f"{one.place(folder)} is not the file that {LIST.name} lists: its "
                        "checksum differs"
                    )
            return folder / data_set
    looked = " or ".join(str(folder) for folder in list_folders())
    raise DataMissingError(
        f"{data_set} is not complete in {looked}: run make test-data, or name the folder that has "
        f"it with {DATA_VARIABLE}"
    )


def has_data_set(data_set: str) -> bool:
    """Return whether a data set can be found."""
    try:
        find_data_set(data_set)
    except DataMissingError:
        return False
    return True


def fetch(one: DataFile, folder: Path) -> str:
    """Fetch a file into a folder of data sets; gives why it cannot be had, or nothing."""
    if not one.fetch:
        return f"no address has it as it is here; {one.by_hand} ({one.address})"
    try:
        with urllib.request.urlopen(one.fetch, timeout=SECONDS) as answer:
            content = answer.read()
    except (urllib.error.URLError, OSError) as error:
        return f"{one.fetch} does not answer: {getattr(error, 'reason', error)}"
    if hashlib.sha256(content).hexdigest() != one.sha256:
        return f"{one.fetch} has other content than its checksum in {LIST.name} says"
    place = one.place(folder)
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.part")
    part.write_bytes(gzip.compress(content, mtime=0) if one.path.endswith(".gz") else content)
    part.rename(place)
    return ""


def main(folder: Path = FETCHED) -> int:
    """Fetch what is not there yet; one line for each file that cannot be had.

    Parameters
    ----------
    folder
        Folder of data sets.

    Returns
    -------
    int
        Exit code: 1 where a file is missing in the end.
    """
    files = list_files()
    missing = 0
    for one in files:
        if one.place(folder).is_file() and one.is_intact(folder):
            continue
        reason = fetch(one, folder)
        if reason:
            missing += 1
            print(f"{one.data_set}/{one.path}: {reason}", file=sys.stderr)
    print(f"{len(files) - missing} of {len(files)} files are in {folder}.")
    if missing:
        print(
            f"{missing} cannot be had by a program here: put them there, or name a folder that has "
            f"all of them with {DATA_VARIABLE}.",
            file=sys.stderr,
        )
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
