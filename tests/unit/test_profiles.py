"""Settings come from the profile and the environment; what is missing is named."""

import shutil
from pathlib import Path

import pytest

from customer_trends.engines.settings import (
    ServerLogin,
    ServerSettings,
    SparkSettings,
    choose_target,
    find_settings,
)
from customer_trends.errors import InvalidOptionError, ProjectError
from customer_trends.project.profiles import read_settings

PROJECT = Path(__file__).resolve().parents[2]
PROFILE = """
customer_trends:
  target: mysql
  outputs:
    mysql:
      type: mysql
      server: "{{ env_var('TRENDS_HOST', '127.0.0.1') }}"
      password: "{{ env_var('TRENDS_PASSWORD') }}"
      port: "{{ env_var('TRENDS_PORT', '3306') | as_number }}"
      server_side_parameters: {"a.b": "{{ env_var('TRENDS_HOST', 'none') }}"}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a project folder with a profile."""
    (tmp_path / "profiles.yml").write_text(PROFILE, encoding="utf-8")
    monkeypatch.setenv("TRENDS_PASSWORD", "p'w\"{{ x }}: #1")
    return tmp_path


def test_variables_are_filled_in(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Defaults hold where a variable is not set; a password may hold any character."""
    monkeypatch.setenv("TRENDS_HOST", "db.example")
    assert read_settings(root, "mysql") == {
        "type": "mysql",
        "server": "db.example",
        "password": "p'w\"{{ x }}: #1",
        "port": "3306",
        "server_side_parameters": {"a.b": "db.example"},
    }


def test_a_missing_variable_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable without default must be set."""
    monkeypatch.delenv("TRENDS_PASSWORD")
    with pytest.raises(ProjectError, match="TRENDS_PASSWORD"):
        read_settings(root, "mysql")


def test_a_missing_target_is_named(root: Path) -> None:
    """The error says where to copy it from."""
    with pytest.raises(ProjectError, match="no target 'spark': copy it from profiles.example.yml"):
        read_settings(root, "spark")


def test_the_target_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The option goes before the environment, and DuckDB is the default."""
    monkeypatch.delenv("CUSTOMER_TRENDS_TARGET", raising=False)
    assert choose_target() == "duckdb"
    monkeypatch.setenv("CUSTOMER_TRENDS_TARGET", "mariadb")
    assert choose_target() == "mariadb"
    assert choose_target("spark") == "spark"
    with pytest.raises(InvalidOptionError, match="duckdb, mysql, mariadb, spark"):
        choose_target("postgres")


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """Make a project folder with the example profile."""
    shutil.copy(PROJECT / "profiles.example.yml", tmp_path / "profiles.yml")
    return tmp_path


@pytest.mark.parametrize(
    ("variables", "login"),
    [
        (
            {"HOST": "db.example", "PORT": "3307"},
            ServerLogin("db.example", 3307, "customer_trends", ""),
        ),
        (
            {"HOST": "/run/mysqld/mysqld.sock", "USER": "ann", "PASSWORD": "#1'"},
            ServerLogin("/run/mysqld/mysqld.sock", 3306, "ann", "#1'"),
        ),
        (
            {"SSL_DISABLED": "true"},
            ServerLogin("127.0.0.1", 3306, "customer_trends", "", is_encrypted=False),
        ),
    ],
)
@pytest.mark.parametrize("target", ["mysql", "mariadb"])
def test_the_login_of_a_server(
    example: Path,
    monkeypatch: pytest.MonkeyPatch,
    target: str,
    variables: dict[str, str],
    login: ServerLogin,
) -> None:
    """Host, port, account and TLS are read in one place; a host may be a socket."""
    for name, value in variables.items():
        monkeypatch.setenv(f"CUSTOMER_TRENDS_{target.upper()}_{name}", value)
    assert find_settings(example, target) == ServerSettings(target, login, "customer_trends")
    assert login.password == "" or login.password not in repr(login)


def test_a_port_is_a_number(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that is none is named with its variable."""
    monkeypatch.setenv("CUSTOMER_TRENDS_MYSQL_PORT", "33a")
    with pytest.raises(ProjectError, match="'33a': set CUSTOMER_TRENDS_MYSQL_PORT to a number"):
        find_settings(example, "mysql")


def test_paths_in_the_profile_are_absolute(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders are those in the project, wherever a command is run."""
    monkeypatch.setenv("CUSTOMER_TRENDS_SPARK_WAREHOUSE", "tables")
    monkeypatch.chdir("/")
    settings = find_settings(example, "spark")
    assert isinstance(settings, SparkSettings)
    assert settings.folder == example.resolve() / "tables"
    assert settings.parameters["spark.sql.warehouse.dir"] == str(settings.folder)
