"""Settings come from the profile and the environment; what is missing is named."""

from pathlib import Path

import pytest

from customer_trends.engines.settings import choose_target
from customer_trends.errors import InvalidOptionError, ProjectError
from customer_trends.project.profiles import read_settings

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
