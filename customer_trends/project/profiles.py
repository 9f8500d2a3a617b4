"""The dbt profile: which settings each target has."""

import os
import shutil
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined

from customer_trends.errors import ProjectError
from customer_trends.project.paths import PROJECT_NAME, find_profile_paths

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
        Settings such as ``schema`` and ``port``; those from templates are texts.
    """
    ensure_profiles(root)
    try:
        content = yaml.safe_load((root / PROFILES).read_text(encoding="utf-8"))
        output = content[PROJECT_NAME]["outputs"][target]
    except (yaml.YAMLError, KeyError, TypeError):
        raise ProjectError(
            f"{PROFILES} has no target '{target}': copy it from {EXAMPLE_PROFILES}."
        ) from None
    environment = Environment(undefined=StrictUndefined)
    # Relative paths are those in the project, wherever a command is run.
    variables = os.environ | find_profile_paths(root)

    def read_variable(name: str, default: str | None = None) -> str:
        value = variables.get(name, default)
        if value is None:
            raise ProjectError(f"{PROFILES} needs the environment variable {name}: set it.")
        return value

    environment.globals["env_var"] = read_variable
    environment.filters |= dict.fromkeys(("as_number", "as_bool", "as_text", "as_native"), str)
    settings: dict[str, Any] = _render(output, environment)
    return settings


def _render(value: Any, environment: Environment) -> Any:
    """Fill the templates in a setting; the results are texts."""
    if isinstance(value, dict):
        return {key: _render(item, environment) for key, item in value.items()}
    if isinstance(value, list):
        return [_render(item, environment) for item in value]
    return environment.from_string(value).render() if isinstance(value, str) else value
