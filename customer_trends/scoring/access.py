"""Where scoring reads and writes: a warehouse, and a folder of fitted models."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from customer_trends.engines.settings import DuckdbFile, Settings, choose_target, find_settings
from customer_trends.project.paths import find_warehouse

MODELS_VARIABLE = "CUSTOMER_TRENDS_MODELS"
# Memory is for the job, which writes as it scores.
MEMORY_LIMIT = "1GB"


@dataclass(frozen=True)
class ScoreAccess:
    """Where scoring reads and writes.

    Attributes
    ----------
    warehouse
        Settings of the engine that holds what is read and the scores.
    models
        Folder of fitted models.
    """

    warehouse: Settings
    models: Path


def find_models(root: Path, target: str) -> Path:
    """Return where fitted models are kept.

    Parameters
    ----------
    root
        Project folder.
    target
        Target of the profile.

    Returns
    -------
    Path
        A folder per target in ``CUSTOMER_TRENDS_MODELS``, or in ``models`` beside the warehouse.
    """
    named = os.environ.get(MODELS_VARIABLE)
    return (root / named if named else find_warehouse(root).parent / "models") / target


def find_access(root: Path, target: str) -> ScoreAccess:
    """Find what scoring needs of a target.

    Parameters
    ----------
    root
        Project folder.
    target
        Target of the profile.

    Returns
    -------
    ScoreAccess
        Warehouse and folder of models.

    Raises
    ------
    ProjectError
        If the profile lacks a setting.
    """
    target = choose_target(target)
    settings = find_settings(root, target)
    if isinstance(settings, DuckdbFile):
        settings = replace(settings, memory_limit=MEMORY_LIMIT)
    return ScoreAccess(settings, find_models(root, target))
