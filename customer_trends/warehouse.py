"""Where the project and its warehouse are, and how to connect to the warehouse."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import yaml

from customer_trends.errors import ProjectError, WarehouseError

PROJECT_NAME = "customer_trends"
PROJECT_VARIABLE = "CUSTOMER_TRENDS_PROJECT"
WAREHOUSE_VARIABLE = "CUSTOMER_TRENDS_WAREHOUSE"
DEFAULT_WAREHOUSE = Path("warehouse") / "customer_trends.duckdb"
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
    """Tell whether the folder holds this dbt project."""
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
    for folder in (here, *here.parents, Path(__file__).resolve().parent.parent):
        if _is_project(folder):
            return folder
    raise ProjectError(
        "No customer_trends project was found here or in a folder above: run the command inside "
        f"the project folder or set {PROJECT_VARIABLE} to it."
    )


def find_warehouse(root: Path) -> Path:
    """Tell where the warehouse file is, whether it exists or not.

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


def find_published(root: Path) -> Path:
    """Tell where the published file is, whether it exists or not.

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


def connect_warehouse(path: Path, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open the warehouse.

    Parameters
    ----------
    path
        Warehouse file; made when missing, except with ``read_only``.
    read_only
        Open without the right to write.

    Returns
    -------
    DuckDBPyConnection
        An open connection; its time zone is UTC.
    """
    if read_only and not path.exists():
        raise WarehouseError(
            f"There is no warehouse at {path} yet: run `customer-trends demo` or "
            "`customer-trends load SOURCE FILES` first."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(str(path), read_only=read_only)
    except (duckdb.Error, OSError) as error:
        raise _explain_open_error(path, error) from None
    connection.execute("set timezone = 'UTC'")
    return connection


def _explain_open_error(path: Path, error: Exception) -> WarehouseError:
    """Say why the warehouse does not open."""
    text = str(error)
    if "lock" in text.lower():
        return WarehouseError(
            f"The warehouse {path} is in use by another program: close that program "
            "(a notebook, a BI tool or another build) and try again."
        )
    if "not a valid DuckDB database" in text:
        return WarehouseError(
            f"{path} is not a DuckDB file: move it away or set {WAREHOUSE_VARIABLE} to another one."
        )
    return WarehouseError(f"The warehouse {path} does not open: {text.splitlines()[0]}")


def load_extension(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Load a DuckDB extension from its Python package; nothing is downloaded.

    Parameters
    ----------
    connection
        Connection to load it into.
    name
        Name of the extension, such as ``excel``.
    """
    try:
        from duckdb_extensions import import_extension

        import_extension(name, con=connection)
        connection.execute(f"load {name}")
    except (ImportError, duckdb.Error) as error:
        raise ProjectError(
            f"The DuckDB extension {name} does not load ({str(error).splitlines()[0]}): "
            f"install the Python package duckdb-extension-{name} of version {duckdb.__version__}."
        ) from None


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Run a block as one transaction: all of it or nothing.

    Parameters
    ----------
    connection
        Connection the block works on.
    """
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def quote_name(name: str) -> str:
    """Quote an identifier for SQL.

    Parameters
    ----------
    name
        Identifier as it is.

    Returns
    -------
    str
        Identifier in double quotes.
    """
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """Quote a text for SQL.

    Parameters
    ----------
    text
        Text as it is.

    Returns
    -------
    str
        Text in single quotes.
    """
    return "'" + text.replace("'", "''") + "'"
