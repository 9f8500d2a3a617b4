"""Turns the settings of the profile into what scoring needs to reach the warehouse."""

import os
from pathlib import Path

from customer_trends.engines.engine import choose_target
from customer_trends.errors import ProjectError
from customer_trends.project.paths import find_warehouse
from customer_trends.project.profiles import read_settings
from customer_trends.scoring.score_store import Access, DuckdbAccess, MysqlAccess, SparkAccess

MODELS_VARIABLE = "CUSTOMER_TRENDS_MODELS"


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


def make_access(root: Path, target: str) -> Access:
    """Make what `customer_trends.scoring.score_store.open_warehouse` takes.

    Parameters
    ----------
    root
        Project folder.
    target
        Target of the profile.

    Returns
    -------
    DuckdbAccess, MysqlAccess or SparkAccess
        How to reach the warehouse.

    Raises
    ------
    ProjectError
        If the profile lacks a setting, or Spark is not installed.
    """
    target, models = choose_target(target), find_models(root, target)
    if target == "duckdb":
        return DuckdbAccess(find_warehouse(root), models)
    if target == "spark":
        from customer_trends.engines.spark_engine import SparkEngine

        engine = SparkEngine(root)
        return SparkAccess(engine.session, engine.prefix, engine.folder, models)
    from customer_trends.engines.mysql_server import COLLATIONS

    settings = read_settings(root, target)
    port = str(settings.get("port") or 3306)
    if not port.isdigit():
        raise ProjectError(f"The port of the target {target} is '{port}': make it a number.")
    return MysqlAccess(
        engine=target,
        host=str(settings.get("server") or "127.0.0.1"),
        port=int(port),
        user=str(settings.get("username") or ""),
        password=str(settings.get("password") or ""),
        prefix=str(settings["schema"]),
        collation=COLLATIONS[target],
        is_encrypted=str(settings.get("ssl_disabled")).lower() != "true",
        models=models,
    )
