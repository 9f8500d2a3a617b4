"""Readers of MySQL and MariaDB never miss a table, and two accounts of few rights are enough."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from lanes import PROJECT, PYTHONS, Lane

HERE = Path(__file__).resolve().parents[1] / "support"
WHAT_A_MART_NEEDS = (
    "resource_type:seed path:models/staging path:models/intermediate path:models/core +mart_kpi"
)
# `make soak` sets more.
REBUILDS = int(os.environ.get("CUSTOMER_TRENDS_TEST_REBUILDS") or 3)
BUILDER, READER = "customer_trends_builder", "customer_trends_reader"
MARTS = ("mart_customer_rfm", "mart_kpi", "mart_sales_monthly")


def as_user(lane: Lane, user: str, password: str) -> dict[str, str]:
    """Make the variables with which another account works."""
    prefix = f"CUSTOMER_TRENDS_{lane.target.upper()}"
    return {
        f"{prefix}_USER": user,
        f"{prefix}_PASSWORD": password,
    }


def test_readers_never_miss_a_table(server_lane: Lane, tmp_path: Path) -> None:
    """A reader that polls every mart through rebuilds sees no error and no partial table."""
    lane, stop = server_lane, tmp_path / "stop"
    python, environment = str(PYTHONS[lane.target]), lane.environment("golden")
    poller = subprocess.Popen(
        [python, str(HERE / "poll_tables.py"), lane.target, "ct_golden_marts", str(stop)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        rebuilt = subprocess.run(
            [python, str(HERE / "rebuild.py"), str(REBUILDS), "path:models/marts"],
            cwd=PROJECT,
            env=environment | {"DBT_PROFILES_DIR": "."},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        stop.touch()
        printed, _ = poller.communicate()
    assert rebuilt.returncode == 0, rebuilt.stdout[-3000:] + rebuilt.stderr[-3000:]
    seen = json.loads(printed)
    assert set(MARTS) <= set(seen["tables"])
    assert seen["reads"] > 1_000
    assert seen["errors"] == []
    assert seen["partials"] == []


def test_two_accounts_are_enough(server_lane: Lane) -> None:
    """The builder builds, the reader reads marts alone and still does after a rebuild."""
    lane, data_set = server_lane, "users"
    script = (PROJECT / "docs" / "mysql_users.sql").read_text(encoding="utf-8")
    script = script.replace("`customer\\_trends\\_", "`ct\\_users\\_")
    lines = [line for line in script.splitlines() if not line.startswith("--")]
    for statement in filter(str.strip, "\n".join(lines).split(";")):
        lane.execute(data_set, statement)
    builder = as_user(lane, BUILDER, "change this password")
    reader = as_user(lane, READER, "change this password, too")
    files = sorted((HERE / "golden_example").glob("*.csv"))
    lane.run(data_set, "load", "shop", *files, **builder)
    for selection in (WHAT_A_MART_NEEDS, "mart_kpi"):
        select = ("--select", selection, "--as-of", "2024-04-10")
        lane.run(data_set, "build", *select, **builder, DBT_INDIRECT_SELECTION="empty")
        rows = lane.fetch(data_set, "select count(*) from ct_users_marts.mart_kpi", **reader)
        assert int(rows[0][0]) > 10
    for refused in (
        "select count(*) from ct_users_raw.shop_customers",
        "delete from ct_users_marts.mart_kpi",
        "create table ct_users_marts.mine (note int)",
    ):
        with pytest.raises(AssertionError, match="refuses"):
            lane.execute(data_set, refused, **reader)
    with pytest.raises(AssertionError, match="refuses"):
        lane.execute(data_set, "create database elsewhere", **builder)
