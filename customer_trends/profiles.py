"""The dbt profile: which settings each target has."""

import shutil
from pathlib import Path
from typing import Any

import yaml

from customer_trends.errors import ProjectError
from customer_trends.warehouse import PROJECT_NAME

PROFILES = "profiles.yml"
EXAMPLE_PROFILES = "profiles.example.yml"


def ensure_profiles(root: Path) -> None:
    """Copy the example profile when the project has none.

    Parameters
    ----------
    root
        Project folder.
    """
    if (root / PROFILES).exists():
        return
    if not (root / EXAMPLE_PROFILES).exists():
        raise ProjectError(
            f"The project has neither {PROFILES} nor {EXAMPLE_PROFILES}: restore the latter."
        )
    shutil.copyfile(root / EXAMPLE_PROFILES, root / PROFILES)


def read_settings(root: Path, target: str) -> dict[str, Any]:
    """Read the settings of a target as dbt reads them, environment variables filled in.

    Parameters
    ----------
    root
        Project folder.
    target
        Name of the target.

    Returns
    -------
    dict
        Settings such as ``schema`` and ``port``.
    """
    from dbt.config.renderer import ProfileRenderer

    ensure_profiles(root)
    try:
        content = yaml.safe_load((root / PROFILES).read_text(encoding="utf-8"))
        output = content[PROJECT_NAME]["outputs"][target]
    except (yaml.YAMLError, KeyError, TypeError):
        raise ProjectError(
            f"{PROFILES} has no target '{target}': copy it from {EXAMPLE_PROFILES}."
        ) from None
    settings: dict[str, Any] = ProfileRenderer({}).render_data(output)
    return settings
