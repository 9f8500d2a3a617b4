"""Where scores come from: hashes of rows, features and code, and the name of a run."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pandas as pd

import python_ml
from python_ml.job import Settings

PACKAGE = "customer-trends"
LIBRARIES = ("numpy", "pandas", "pyarrow", "scipy", "scikit-learn", "statsmodels")
HASHED_ROWS = 500_000


@dataclass(frozen=True)
class RowSums:
    """The number of rows, and the hashes of rows added up and combined bit by bit."""

    columns: tuple[str, ...]
    rows: int
    total: int
    bits: int

    def __add__(self, other: "RowSums") -> "RowSums":
        """Give the sums of both parts together."""
        total = (self.total + other.total) % 2**64
        return RowSums(self.columns, self.rows + other.rows, total, self.bits ^ other.bits)


def hash_text(text: str) -> str:
    """Hash a text.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        SHA-256 in hexadecimal digits.
    """
    return sha256(text.encode()).hexdigest()


def hash_frames(frames: Mapping[str, pd.DataFrame]) -> str:
    """Hash the rows of frames, in whatever order they come.

    Parameters
    ----------
    frames
        Name to rows, with the types of `contracts.to_frame`.

    Returns
    -------
    str
        The same for the same rows on every engine; another one, as good as surely, for others.
    """
    return hash_sums({name: add_up(frame) for name, frame in frames.items()})


def hash_sums(sums: Mapping[str, RowSums]) -> str:
    """Hash the rows of relations, of which the sums are known.

    Parameters
    ----------
    sums
        Name to what `add_up` gave.

    Returns
    -------
    str
        The hash that `hash_frames` gives for the same rows.
    """
    found = {name: [[*one.columns], one.rows, one.total, one.bits] for name, one in sums.items()}
    return hash_text(json.dumps(found, sort_keys=True))


def add_up(frame: pd.DataFrame) -> RowSums:
    """Add up the hashes of rows, and combine them bit by bit: sums do not depend on the order.

    Parameters
    ----------
    frame
        Rows, with the types of `contracts.to_frame`.

    Returns
    -------
    RowSums
        The same for the same rows in any order.
    """
    total, bits = np.uint64(0), np.uint64(0)
    for start in range(0, len(frame), HASHED_ROWS):
        part = frame.iloc[start : start + HASHED_ROWS]
        # -0.0 and 0.0 are one number and two patterns of bits.
        numbers = part.select_dtypes("float64").columns
        part = part.assign(**{name: part[name] + 0.0 for name in numbers})
        hashes = pd.util.hash_pandas_object(part, index=False).to_numpy()
        # Sums of millions of rows run over, which is as good a hash.
        with np.errstate(over="ignore"):
            total += hashes.sum(dtype=np.uint64)
        bits ^= np.bitwise_xor.reduce(hashes)
    return RowSums((*frame.columns,), len(frame), int(total), int(bits))


def hash_features(features: Mapping[str, str], model_name: str, model_version: str) -> str:
    """Hash what a model learns from.

    Parameters
    ----------
    features
        Feature to kind, in the model's order.
    model_name, model_version
        Which model, and which version of its method.

    Returns
    -------
    str
        SHA-256 in hexadecimal digits.
    """
    return hash_text(json.dumps([model_name, model_version, [*features.items()]]))


def find_library_versions() -> dict[str, str]:
    """Find the versions of the libraries that scores depend on.

    Returns
    -------
    dict
        Name to version.
    """
    return {name: version(name) for name in LIBRARIES}


def find_code_version() -> str:
    """Return the version of the package and of its own code.

    Returns
    -------
    str
        Version, a plus sign, and the start of a hash over all modules of ``python_ml`` and of this
        room, which between them decide what a run writes.
    """
    try:
        package = version(PACKAGE)
    except PackageNotFoundError:
        package = "0"
    rooms = (Path(python_ml.__file__).parent, Path(__file__).parent)
    modules = [path for room in rooms for path in sorted(room.rglob("*.py"))]
    code = "".join(f"{path.name}\n{path.read_text(encoding='utf-8')}" for path in modules)
    return f"{package}+{hash_text(code)[:12]}"


def name_run(job: str, input_hash: str, settings: Settings) -> str:
    """Name a run: the same for the same rows, settings, code and libraries.

    Parameters
    ----------
    job
        Name of the job.
    input_hash
        Hash of the rows it reads.
    settings
        What holds for all jobs; the number of processes changes no score and does not count.

    Returns
    -------
    str
        The job's name and 16 hexadecimal digits.
    """
    parts = [
        job,
        input_hash,
        settings.data_cutoff.isoformat(),
        settings.seed,
        find_code_version(),
        find_library_versions(),
    ]
    return f"{job}-{hash_text(json.dumps(parts))[:16]}"
