"""Warehouses of a shop in use: copied or in place, fresh or stale, and rid of who was erased."""

import json
import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lanes import PROJECT, PYTHONS, Lane
from servers.database_servers import ENGINES
from servers.server import Engine
from servers.server_pool import ServerPool
from shops import in_use, make_shop
from warehouses import Warehouse, count_tests

from customer_trends.loading.live_shop import SCHEMA_VARIABLE
from customer_trends.parity.compare import compare_dumps
from customer_trends.project.paths import WAREHOUSE_VARIABLE
from customer_trends.shop.database import (
    PASSWORD_VARIABLE,
    URL_VARIABLE,
    ShopAddress,
    call,
    fetch,
    opened,
)
from customer_trends.shop.feed import copy_cut
from customer_trends.shop.install import split_statements

HERE = Path(__file__).resolve().parents[1] / "support"
CANARY = ("Canaria", "Quetzalcoatl-Zwitscher", "kanarienvogel@example.org", "+49 89 7654321")
STREET = "Vogelweide 77"
COMMENT = "Call me Quetzalcoatl-Zwitscher"
BUILDER = "shop_test_builder"
HOUR = timedelta(hours=1)


def execute(address: ShopAddress, *statements: str) -> None:
    """Run statements."""
    with opened(address) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@dataclass(frozen=True)
class Copied:
    """A warehouse that was loaded and built three times while the shop was in use.

    ``stages`` has what one customer bought after the second and third build, and whether bytes of
    that customer were in the file then.
    """

    address: ShopAddress
    warehouse: Warehouse
    url: str
    customer: int
    calls: int
    stages: tuple[tuple[list[tuple[Any, ...]], list[str]], ...]
    printed: str


def find_canaries(files: list[Path]) -> list[str]:
    """Find personal values of the erased customer in the bytes of files."""
    assert files
    content = b"".join(path.read_bytes() for path in files)
    return [value for value in (*CANARY, STREET, COMMENT) if value.encode() in content]


def read_figures(warehouse: Warehouse, customer: int) -> list[tuple[Any, ...]]:
    """Read what a customer bought, and that the customer is counted."""
    return warehouse.query(
        "select count(distinct customer_key), count(order_key), sum(net_sales_by_order_date) "
        "from core.dim_customers left join core.fct_orders using (customer_key) "
        f"where customer_id = '{customer}'"
    )


def let_canary_in(connection: Any) -> int:
    """Register a customer who buys something and writes something; gives the number."""
    person = (*CANARY, "Female", "1980-02-29", "Consumer")
    place = (STREET, "80802", "München", None, "Germany")
    customer = call(connection, "register_customer", "canary", *person, *place)
    query = "select min(product_id) from products where not is_gift_card"
    ((product,),) = fetch(connection, query)
    lines = json.dumps([{"product_id": product, "quantity": 1}])
    terms = ("web", "paypal", "standard", None, 0, 0, 0)
    order = call(connection, "place_order", "canary-order", customer, lines, *terms)
    query = "select round(total_amount, 2) from orders where order_id = %s"
    ((total,),) = fetch(connection, query, [order])
    call(connection, "pay_order", "canary-payment", order, "paypal", total)
    words = (None, None, "enquiry", None, COMMENT)
    call(connection, "submit_feedback", "canary-comment", customer, *words)
    assert customer is not None
    return customer


@pytest.fixture(scope="module")
def copied(server_pool: ServerPool, tmp_path_factory: pytest.TempPathFactory) -> Copied:
    """Load and build three times; a customer comes before the second and is erased after it."""
    address = make_shop(server_pool, "mysql", "shop_copied")
    warehouse = Warehouse(tmp_path_factory.mktemp("copied"))
    url = (
        f"mysql://{address.user}:{address.password}@{address.host}:{address.port}"
        f"/{address.database}"
    )
    stages, printed = [], ""
    with opened(address) as connection, in_use(address) as calls:
        customer = 0
        for number in range(3):
            if number == 1:
                customer = let_canary_in(connection)
            elif number == 2:
                call(connection, "erase_customer", "canary-erased", customer)
            printed = warehouse.run("load", "shop", "--from", url)
            assert ("1 erased customer" in printed) == (number == 2)
            assert (": change 0 to" in printed) == (number == 0)
            printed = warehouse.run("build")
            assert set(count_tests(printed)) <= {"passed", "warned"}
            if number:
                stages.append((read_figures(warehouse, customer), find_canaries([warehouse.path])))
    return Copied(address, warehouse, url, customer, calls[0], tuple(stages), printed)


def test_repeated_loads_equal_one_copy(
    copied: Copied, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After three loads core and marts are those of a full copy at the same cut."""
    assert copied.calls > 100
    fresh = Warehouse(tmp_path)
    monkeypatch.setenv(WAREHOUSE_VARIABLE, str(fresh.path))
    assert copy_cut(PROJECT, copied.address).is_full
    alone = ("--select", "resource_type:seed resource_type:model")
    monkeypatch.setenv("DBT_INDIRECT_SELECTION", "empty")
    fresh.run("build", *alone)
    for warehouse in (copied.warehouse, fresh):
        warehouse.run("dump", warehouse.folder / "dump")
    differences = compare_dumps(copied.warehouse.folder / "dump", tmp_path / "dump")
    # What earlier builds said is known to the warehouse that was built before alone.
    history = ("ops_month_statements", "ops_restatements")
    differences = [entry for entry in differences if entry.relation not in history]
    assert not differences, "\n".join(map(str, differences))


def test_an_erased_customer_is_gone_and_the_figures_stay(copied: Copied) -> None:
    """No table and no byte of warehouse, artefacts or logs says who the customer was."""
    (before, found), (after, left) = copied.stages
    assert before == after
    assert before[0][:2] == (1, 1) and before[0][2] > 0
    # Packed texts do not show; the name does while it is there.
    assert CANARY[1] in found
    assert left == []
    assert "the warehouse file was rewritten" in copied.printed.lower()
    folder = copied.warehouse.folder
    artefacts = [path for path in folder.rglob("*") if path.is_file()]
    names = {path.name for path in artefacts}
    assert {"manifest.json", "run_results.json", "warehouse.duckdb"} <= names
    assert find_canaries(artefacts) == []
    tables = copied.warehouse.query("select schema_name, table_name from duckdb_tables()")
    assert len(tables) > 50
    for schema, table in tables:
        rows = copied.warehouse.query(
            f"select 1 from {schema}.{table} as one_row where contains(lower("
            f"cast(one_row as varchar)), 'quetzalcoatl') or contains(cast(one_row as varchar), "
            f"'kanarienvogel') limit 1"
        )
        assert rows == [], table
    assert copied.warehouse.query("select has_erasures from raw.shop_watermark") == [(False,)]


def run_python(lane: Lane, data_set: str, *arguments: str, **variables: str) -> list[Any]:
    """Run Python in the environment of a lane; gives what it printed as JSON."""
    done = subprocess.run(
        [str(PYTHONS[lane.target]), *arguments],
        cwd=PROJECT,
        env=lane.environment(data_set) | {"DBT_PROFILES_DIR": "."} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    lines = [line for line in done.stdout.splitlines() if line.startswith("DONE ")]
    return [json.loads(line.removeprefix("DONE ")) for line in lines]


def find_quiet_day(ordered: list[str]) -> tuple[str, str]:
    """Find a day at whose end the last order was more than three days old, and that order."""
    moments = sorted(ordered)
    for before, after in pairwise(map(datetime.fromisoformat, moments)):
        if after - before > timedelta(days=6):
            return str(before.date() + timedelta(days=4)), str(before)
    raise AssertionError("the shop sells every few days")


def test_freshness_of_a_copy(copied: Copied) -> None:
    """Orders are fresh now; at the end of a quiet day of the past they were stale."""
    lane = Lane("duckdb", copied.warehouse.folder)
    ordered = [
        row[0] for row in copied.warehouse.query("select ordered_at[:19] from raw.shop_orders")
    ]
    day, last = find_quiet_day(ordered)
    now, then = run_python(
        lane,
        "freshness",
        str(HERE / "ask_freshness.py"),
        *("now", day),
        CUSTOMER_TRENDS_WAREHOUSE=str(copied.warehouse.path),
    )
    assert now[:2] == ["pass", max(ordered)]
    assert abs(datetime.fromisoformat(now[2]) - datetime.now(UTC).replace(tzinfo=None)) < HOUR
    assert then == ["error", last, f"{day} 23:59:59"]


def make_builder(address: ShopAddress, lane: Lane, data_set: str) -> dict[str, str]:
    """Make an account that builds and reads the feed; gives the variables to use it by."""
    folder, prefix = PROJECT / "docs", f"CUSTOMER_TRENDS_{lane.target.upper()}"
    users = (folder / "mysql_users.sql").read_text(encoding="utf-8").split("-- Reads the marts,")[0]
    users += (folder / "shop_users.sql").read_text(encoding="utf-8").split("-- Works in the")[0]
    users = users.replace("`customer\\_trends\\_", f"`ct\\_{data_set}\\_")
    users = users.replace("`shop`", f"`{address.database}`")
    execute(address, *split_statements(users.replace("customer_trends_builder", BUILDER)))
    return {
        f"{prefix}_USER": BUILDER,
        f"{prefix}_PASSWORD": "change this password",
        SCHEMA_VARIABLE: address.database,
    }


def read_cut(address: ShopAddress) -> tuple[Any, ...]:
    """Read up to where the builder sees the shop."""
    builder = replace(address, user=BUILDER, password="change this password")
    with opened(builder) as connection:
        return fetch(connection, "select change_sequence, cut_at from shop_cut")[0]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_shop_is_read_in_place(engine: Engine, server_pool: ServerPool, tmp_path: Path) -> None:
    """A build with few rights is green while the shop is in use; tests alone see the same cut."""
    address = make_shop(server_pool, engine, "shop_in_place")
    data_set = "in_place"
    lane = Lane(engine, tmp_path, server_pool.get(engine).environment())
    builder = make_builder(address, lane, data_set)
    with in_use(address) as calls:
        assert set(count_tests(lane.run(data_set, "build", **builder))) <= {"passed", "warned"}
        cut = read_cut(address)
        dbt = """
import sys
from dbt.cli.main import dbtRunner
for arguments in (
    ["test", "--select", "assert_raw_rows_are_accounted_for"],
    ["build", "--select", "ops_row_counts"],
):
    if not dbtRunner().invoke(["--log-level", "none", *arguments]).success:
        sys.exit(" ".join(arguments))
"""
        run_python(lane, data_set, "-c", dbt, **builder)
        assert read_cut(address) == cut
    assert calls[0] > 100
    with opened(address) as connection:
        ((newest,),) = fetch(connection, "select max(change_sequence) from change_log")
        assert newest > cut[0] > 0
        query = "select date_format(ordered_at, '%Y-%m-%d %T') from orders where ordered_at < %s"
        day, last = find_quiet_day([row[0] for row in fetch(connection, query, [cut[1]])])
    ((*stale,),) = run_python(lane, data_set, str(HERE / "ask_freshness.py"), day, **builder)
    assert stale == ["error", last, f"{day} 23:59:59"]
    views = lane.fetch(data_set, f"show tables in {address.database} like 'shop\\_%'", **builder)
    assert len(views) == 15
    raw_tables = "select 1 from information_schema.tables where table_schema = 'ct_in_place_raw'"
    assert lane.fetch(data_set, raw_tables, **builder) == []
    assert "shop_in_place, read in place up to change" in lane.run(data_set, "doctor", **builder)
    assert "live" not in lane.run(data_set, "status", **builder)
    file = PROJECT / "tests" / "support" / "golden_example" / "orders.csv"
    refused = lane.run(data_set, "load", "shop", file, expect=2, **builder)
    assert "The shop is read in place from the database shop_in_place" in refused
    execute(address, f"drop user {BUILDER}")


def test_spark_holds_the_same_copy(server_pool: ServerPool, tmp_path: Path) -> None:
    """A full copy and changes applied to Parquet tables give the rows of a copy on DuckDB."""
    address = make_shop(server_pool, "mariadb", "shop_on_spark")
    lane = Lane("spark", tmp_path)
    url = f"mysql://{address.user}@{address.host}:{address.port}/{address.database}"
    access = {URL_VARIABLE: url, PASSWORD_VARIABLE: address.password}
    ((is_full, rows, tables),) = run_python(lane, "feed", str(HERE / "copy_to_spark.py"), **access)
    assert not is_full
    assert set(rows) == {
        "shop_customers",
        "shop_customer_change_log",
        "shop_orders",
        "shop_order_items",
        "shop_order_status_history",
        "shop_feedback",
    }
    assert len(tables) == 13
    assert all(rows > 0 and differing == 0 for rows, differing in tables.values()), tables
