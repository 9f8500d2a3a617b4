"""Fitted models in a folder: written in full, read only when they are what the runs table says."""

import os
from hashlib import sha256
from pathlib import Path

import skops.io

from customer_trends.errors import JobError

SUFFIX = ".skops"
# What a file may hold beyond plain scikit-learn, numpy and scipy.
TRUSTED_TYPES = (
    "numpy.dtype",
    "python_ml.outcomes.calibration.LogOddsCalibrator",
    "sklearn.tree._tree.Tree",
)
KEPT_FILES = 3


def save_artifact(folder: Path, job: str, run_id: str, artifact: object) -> str:
    """Write a fitted object to its file.

    Parameters
    ----------
    folder
        Folder of models.
    job
        Name of the job: a folder of its own.
    run_id
        Name of the run: the file's name.
    artifact
        Fitted object that skops can write.

    Returns
    -------
    str
        SHA-256 of the file.
    """
    path = _find_path(folder, job, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = skops.io.dumps(artifact)
    beside = path.with_suffix(".new")
    beside.write_bytes(content)
    os.replace(beside, path)
    return sha256(content).hexdigest()


def has_artifact(folder: Path, job: str, run_id: str, expected: str) -> bool:
    """Return whether the file of a run is there, complete and unchanged.

    Parameters
    ----------
    folder, job, run_id
        As for `save_artifact`.
    expected
        SHA-256 of the file in the runs table.

    Returns
    -------
    bool
        True when the hashes agree.
    """
    path = _find_path(folder, job, run_id)
    return path.is_file() and sha256(path.read_bytes()).hexdigest() == expected


def load_artifact(folder: Path, job: str, run_id: str, expected: str) -> object | None:
    """Read the fitted object of a run.

    Parameters
    ----------
    folder, job, run_id
        As for `save_artifact`.
    expected
        SHA-256 of the file in the runs table.

    Returns
    -------
    object or None
        The object; None when the run left none or its file is gone.

    Raises
    ------
    JobError
        If the file is another than the one that the run wrote, or holds types that are not
        trusted: it is not opened then.
    """
    path = _find_path(folder, job, run_id)
    if not path.is_file():
        return None
    content = path.read_bytes()
    if sha256(content).hexdigest() != expected:
        raise JobError(
            f"{path} is not the file that the run {run_id} wrote: remove it, and the next run "
            "starts without it."
        )
    unknown = set(skops.io.get_untrusted_types(data=content)) - set(TRUSTED_TYPES)
    if unknown:
        raise JobError(f"{path} holds the type {min(unknown)}, which is not trusted: remove it.")
    artifact: object = skops.io.loads(content, trusted=list(TRUSTED_TYPES))
    return artifact


def remove_old_artifacts(folder: Path, job: str, kept: list[str]) -> None:
    """Remove the files of runs that are long past.

    Parameters
    ----------
    folder, job
        As for `save_artifact`.
    kept
        Runs of the job, the latest first; the first few keep their files.
    """
    wanted = {_find_path(folder, job, run_id) for run_id in kept[:KEPT_FILES]}
    for path in (folder / job).glob(f"*{SUFFIX}"):
        if path not in wanted:
            path.unlink()


def _find_path(folder: Path, job: str, run_id: str) -> Path:
    """Find the file of a run."""
    return folder / job / f"{run_id}{SUFFIX}"
