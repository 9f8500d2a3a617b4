"""Where the project and its warehouse are."""

import os
from pathlib import Path
from typing import Any

import yaml

from customer_trends.errors import ProjectError

PROJECT_NAME = "customer_trends"
PROJECT_VARIABLE = "CUSTOMER_TRENDS_PROJECT"
WAREHOUSE_VARIABLE = "CUSTOMER_TRENDS_WAREHOUSE"
DEFAULT_WAREHOUSE = Path("warehouse") / "customer_trends.duckdb"
SPARK_VARIABLE = "CUSTOMER_TRENDS_SPARK_WAREHOUSE"
DEFAULT_SPARK_FOLDER = Path("warehouse") / "spark"
PUBLISHED_VARIABLE = "CUSTOMER_TRENDS_PUBLISHED"
DEFAULT_PUBLISHED = Path("warehouse") / "published" / "customer_trends.duckdb"


def read_project(root: Path) -> dict[str, Any]:
    """Read ``dbt_project.yml``.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    dict
        The parsed file.
    """
    path = root / "dbt_project.yml"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProjectError(
            f"There is no dbt_project.yml in {root}: run the command inside the project folder "
            f"or set {PROJECT_VARIABLE} to it."
        ) from None
    except yaml.YAMLError as error:
        raise ProjectError(f"dbt_project.yml is not valid YAML: {error}") from None
    return content if isinstance(content, dict) else {}


def _is_project(folder: Path) -> bool:
    """Return whether the folder holds this dbt project."""
    try:
        return read_project(folder).get("name") == PROJECT_NAME
    except ProjectError:
        return False


def find_project_root(start: Path | None = None) -> Path:
    """Find the project folder.

    Parameters
    ----------
    start
        Folder to look upwards from; default: the working directory. The environment variable
        ``CUSTOMER_TRENDS_PROJECT`` goes before it.

    Returns
    -------
    Path
        Absolute path of the folder that holds ``dbt_project.yml``.
    """
    named = os.environ.get(PROJECT_VARIABLE)
    if named:
        root = Path(named).resolve()
        read_project(root)
        return root
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        if _is_project(folder):
            return folder
    raise ProjectError(
        "No customer_trends project was found here or in a folder above: run the command inside "
        f"the project folder or set {PROJECT_VARIABLE} to it."
    )


def find_warehouse(root: Path) -> Path:
    """Return where the warehouse file is, whether it exists or not.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    Path
        Absolute path; ``CUSTOMER_TRENDS_WAREHOUSE`` if set, else the default in the project.
    """
    named = os.environ.get(WAREHOUSE_VARIABLE)
    return (root / (named or DEFAULT_WAREHOUSE)).resolve()


def find_spark_folder(root: Path) -> Path:
    """Return where the tables of Spark are, whether the folder exists or not.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    Path
        Absolute path; ``CUSTOMER_TRENDS_SPARK_WAREHOUSE`` if set, else the default in the project.
    """
    named = os.environ.get(SPARK_VARIABLE)
    return (root / (named or DEFAULT_SPARK_FOLDER)).resolve()


def find_profile_paths(root: Path) -> dict[str, str]:
    """Find the paths that the profile reads from environment variables, all of them absolute.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    dict
        Variable to path.
    """
    return {
        WAREHOUSE_VARIABLE: str(find_warehouse(root)),
        SPARK_VARIABLE: str(find_spark_folder(root)),
    }


def find_published(root: Path) -> Path:
    """Return where the published file is, whether it exists or not.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    Path
        Absolute path; ``CUSTOMER_TRENDS_PUBLISHED`` if set, else the default in the project.
    """
    named = os.environ.get(PUBLISHED_VARIABLE)
    return Path(os.path.abspath(root / (named or DEFAULT_PUBLISHED)))


def find_artefacts(root: Path) -> Path:
    """Find the folder of dbt's artefacts.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    Path
        Folder that dbt writes its manifest and documentation to.
    """
    return root / os.environ.get("DBT_TARGET_PATH", "target")


def find_logs(root: Path) -> Path:
    """Find the folder of dbt's log.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    Path
        Folder that dbt writes its log to.
    """
    return root / os.environ.get("DBT_LOG_PATH", "logs")
