"""What MySQL and MariaDB users expect: keys, texts byte by byte, strict modes."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from lanes import PROJECT, PYTHONS, Lane

HERE = Path(__file__).resolve().parents[1] / "support"


def test_every_table_has_its_keys(server_lane: Lane) -> None:
    """No table lacks a primary key, and facts have an index for each of their dimensions."""
    tables = "information_schema.tables where table_schema like 'ct\\_all\\_%'"
    (total,) = server_lane.fetch("all", f"select count(*) from {tables}")[0]
    assert int(total) > 90
    without = server_lane.fetch(
        "all",
        f"select table_schema, table_name from {tables} and (table_schema, table_name) not in ("
        "select table_schema, table_name from information_schema.statistics "
        "where index_name = 'PRIMARY')",
    )
    assert without == []
    indexed = {
        (table, column)
        for table, column in server_lane.fetch(
            "all",
            "select table_name, column_name from information_schema.statistics "
            "where table_schema = 'ct_all_core' and seq_in_index = 1",
        )
    }
    dimensions = ("customer_key", "product_key", "geography_key", "channel_key", "order_date_key")
    assert {("fct_sales", column) for column in dimensions} <= indexed
    assert ("fct_orders", "order_key") in indexed
    assert ("dim_customers", "customer_key") in indexed


def test_texts_compare_byte_by_byte(server_lane: Lane) -> None:
    """Every text column of the project has the binary collation without padding."""
    rows = server_lane.fetch(
        "all",
        "select distinct collation_name from information_schema.columns "
        "where table_schema like 'ct\\_all\\_%' and collation_name is not null",
    )
    expected = "utf8mb4_nopad_bin" if server_lane.target == "mariadb" else "utf8mb4_0900_bin"
    assert [collation for (collation,) in rows] == [expected]


@pytest.fixture
def lax_server(server_lane: Lane) -> Iterator[Lane]:
    """Take the strict modes away for a while."""
    (modes,) = server_lane.fetch("golden", "select @@global.sql_mode")[0]
    server_lane.execute("golden", "set global sql_mode = 'NO_ENGINE_SUBSTITUTION'")
    yield server_lane
    server_lane.execute("golden", f"set global sql_mode = '{modes}'")


def test_a_lax_server_is_refused(lax_server: Lane) -> None:
    """Doctor, build and plain dbt name sql_mode and what to add to it."""
    printed = lax_server.run("golden", "doctor", expect=1)
    assert "FIX    sql_mode: NO_ENGINE_SUBSTITUTION" in printed
    printed = lax_server.run("golden", "build", "--select", "run_context", expect=2)
    assert "sql_mode: NO_ENGINE_SUBSTITUTION. Add STRICT_TRANS_TABLES" in printed
    plain = subprocess.run(
        [str(PYTHONS[lax_server.target].parent / "dbt"), "run", "--select", "run_context"],
        cwd=PROJECT,
        env=lax_server.environment("golden") | {"DBT_PROFILES_DIR": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert plain.returncode != 0
    assert "add STRICT_TRANS_TABLES to sql_mode" in plain.stdout


@pytest.fixture
def server_without_files(server_lane: Lane) -> Iterator[Lane]:
    """Forbid LOAD DATA LOCAL for a while."""
    server_lane.execute("golden", "set global local_infile = 0")
    yield server_lane
    server_lane.execute("golden", "set global local_infile = 1")


def test_loading_works_without_local_infile(server_without_files: Lane) -> None:
    """Rows go in by INSERT and are the same; the doctor advises, and does not fail."""
    lane = server_without_files
    assert "advice local_infile: off" in lane.run("slow", "doctor")
    for data_set in ("slow", "fast"):
        lane.run(data_set, "load", "shop", HERE / "golden_example" / "order_items.csv")
        lane.execute("golden", "set global local_infile = 1")
    for column in ("order_id", "quantity", "unit_price", "_row_number", "_batch_id"):
        rows = [
            lane.fetch(
                name, f"select {column} from ct_{name}_raw.shop_order_items order by _row_number"
            )
            for name in ("slow", "fast")
        ]
        assert rows[0] == rows[1] != []
