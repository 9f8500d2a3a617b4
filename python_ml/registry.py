"""The scoring jobs by name; the module of a job is imported when the job is asked for."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Protocol, cast

from python_ml.errors import ScoringError
from python_ml.job import JobFunction

# Name of a job to the module that has its NAME, READS and score.
JOB_MODULES: dict[str, str] = {
    "segments": "segmentation.job",
    "value": "lifetime_value.job",
    "forecast": "forecasting.job",
    "order_status": "outcomes.order_status",
    "support_status": "outcomes.support_status",
    "order_value": "outcomes.order_value",
}


class Job(Protocol):
    """What the module of a job has.

    Attributes
    ----------
    NAME
        Name of the job.
    READS
        Relation to the columns that the job reads, each with its kind.
    SAMPLE
        Customers the job learns from where there are more, about; it scores each by itself then.
        None for a job that takes all rows of READS.
    score
        The job itself.
    """

    NAME: str
    READS: dict[str, dict[str, str]]
    SAMPLE: int | None
    score: JobFunction


def find_jobs(names: Sequence[str] = ()) -> list[Job]:
    """Find jobs by name.

    Parameters
    ----------
    names
        Names of jobs; none means all.

    Returns
    -------
    list of Job
        Jobs in the order of the registry.

    Raises
    ------
    ScoringError
        If there is no job of a name.
    """
    for name in names:
        if name not in JOB_MODULES:
            raise ScoringError(f"There is no job '{name}': use {', '.join(JOB_MODULES)}.")
    chosen = [name for name in JOB_MODULES if not names or name in names]
    modules: list[Any] = [import_module(f"python_ml.{JOB_MODULES[name]}") for name in chosen]
    return cast(list[Job], modules)
