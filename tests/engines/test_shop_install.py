"""Installing, migrating, seeding and checking a shop; what is refused, and how it heals."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import CommandResult
from lanes import PROJECT
from servers.database_servers import DatabaseServer
from shops import shop_address

from customer_trends.demo.generator import generate
from customer_trends.errors import InvalidOptionError, ShopError
from customer_trends.shop.database import (
    PASSWORD_VARIABLE,
    URL_VARIABLE,
    ShopAddress,
    call,
    connect,
    exclusively,
    fetch,
    opened,
    read_address,
)
from customer_trends.shop.install import install
from customer_trends.shop.seed import seed_shop
from customer_trends.shop.status import list_rules, list_triggers, read_status

RunCommand = Callable[..., CommandResult]
ORDERS, SEED = 300, 7
CUSTOMER_FIELDS = ("customer_id", "city", "segment", "is_subscriber", "annual_income")
LISTED_COLUMNS = (
    "select table_name, column_name, column_type from information_schema.columns "
    "where table_schema = database() order by 1, ordinal_position"
)


@pytest.fixture
def address(database: DatabaseServer) -> Iterator[ShopAddress]:
    """Name a database that does not exist yet, and remove it."""
    address = shop_address(database, "shop_install")
    yield address
    drop(address)


@pytest.fixture(scope="module")
def seeded(database: DatabaseServer) -> Iterator[ShopAddress]:
    """Seed a shop that tests leave as it is."""
    address = shop_address(database, "shop_seeded")
    install(PROJECT, address)
    seed_shop(PROJECT, address, ORDERS, SEED)
    yield address
    drop(address)


def drop(address: ShopAddress) -> None:
    with closing(connect(address, has_database=False)) as connection:
        connection.cmd_query(f"drop database if exists {address.database}")


def execute(address: ShopAddress, *statements: str) -> None:
    with opened(address) as connection:
        for statement in statements:
            connection.cmd_query(statement)


def query(address: ShopAddress, sql: str) -> list[tuple[Any, ...]]:
    with opened(address) as connection:
        return fetch(connection, sql)


def url(address: ShopAddress) -> str:
    return f"mysql://{address.user}:{address.password}@{address.host}:{address.port}/{address.database}"


def test_install_again_changes_no_table(address: ShopAddress, run: RunCommand) -> None:
    """The second installation says that all is up to date, and keeps tables and rows."""
    first = run("oltp", "install", "--shop", url(address))
    assert first.code == 0, first.err
    assert "new, 5 files of tables" in first.out and "oltp seed" in first.out
    execute(address, "insert into categories (category_name) values ('Hats')")
    before = query(address, LISTED_COLUMNS), query(address, "select * from schema_versions")
    second = run("oltp", "install", "--shop", url(address))
    assert second.code == 0, second.err
    assert "up to date" in second.out
    assert (
        query(address, LISTED_COLUMNS),
        query(address, "select * from schema_versions"),
    ) == before
    assert query(address, "select category_name from categories") == [("Hats",)]
    assert run("oltp", "status", "--shop", url(address)).code == 0


def test_older_shop_is_brought_up_to_date(address: ShopAddress, run: RunCommand) -> None:
    """Tables that are missing are made; rows stay, and get to know the rules."""
    done = install(PROJECT, address, up_to=3)
    assert (done.is_new, len(done.migrations), done.statements) == (True, 3, 0)
    execute(
        address,
        "insert into customers (first_name, registered_at, updated_at) "
        "values ('Zoë', '2024-01-01', '2024-01-01')",
    )
    early = run("oltp", "status", "--shop", url(address))
    assert (early.code, early.err.count("\n")) == (2, 1)
    assert "run customer-trends oltp install" in early.err
    printed = run("oltp", "install", "--shop", url(address)).out
    assert "migrated by 004_service.sql, 005_change_log.sql" in printed
    assert query(address, "select first_name from customers") == [("Zoë",)]
    execute(address, "update customers set last_name = 'Lee'")
    ((rows, last),) = query(address, "select count(*), max(after_row) from change_log")
    assert rows == 1 and '"Lee"' in last


def test_changed_table_file_is_refused(address: ShopAddress, tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "oltp", tmp_path / "oltp")
    install(tmp_path, address)
    path = tmp_path / "oltp" / "tables" / "002_products.sql"
    path.write_text(path.read_text(encoding="utf-8") + "-- more\n", encoding="utf-8")
    with pytest.raises(
        ShopError, match=r"002_products\.sql was changed.*file with the next number"
    ):
        install(tmp_path, address)


def test_other_databases_are_refused(address: ShopAddress) -> None:
    """Neither tables of somebody else nor texts that compare otherwise become a shop."""
    server = connect(address, has_database=False)
    with closing(server):
        server.cmd_query(f"create database {address.database} collate utf8mb4_general_ci")
    with pytest.raises(ShopError, match=r"utf8mb4_general_ci: run `alter database"):
        install(PROJECT, address)
    drop(address)
    install(PROJECT, address, up_to=1)
    execute(address, "drop table schema_versions")
    with pytest.raises(ShopError, match="holds tables that are not the shop's, such as addresses"):
        install(PROJECT, address)
    with opened(address) as connection, pytest.raises(ShopError, match="oltp install"):
        read_status(PROJECT, connection)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"set {URL_VARIABLE}"),
        ("shop", "lacks a part"),
        ("postgres://me@host/shop", "lacks a part"),
        ("mysql://host/shop", "lacks a part"),
        ("mysql://me@host", "lacks a part"),
        ("mysql://me@host:many/shop", "no good port"),
        ("mysql://me@host:99999/shop", "no good port"),
    ],
)
def test_incomplete_address_is_refused(
    text: str, message: str, monkeypatch: pytest.MonkeyPatch, run: RunCommand
) -> None:
    """The message is one line and shows no password."""
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    with pytest.raises(InvalidOptionError, match=message):
        read_address(text)
    refused = run("oltp", "status", "--shop", text)
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)


def test_address_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL_VARIABLE, "mariadb://shop%40home@db.example/shop")
    monkeypatch.setenv(PASSWORD_VARIABLE, "sec:ret/@")
    address = read_address()
    assert address == ShopAddress("db.example", 3306, "shop@home", "sec:ret/@", "shop")
    assert "sec:ret" not in f"{address} {address!r}"


def test_server_that_cannot_be_used_is_said(database: DatabaseServer, run: RunCommand) -> None:
    """A wrong password, a closed port, a database that is not there, an impossible name."""
    good = shop_address(database, "shop_nowhere")
    for wrong in (
        url(good).replace(good.password, "wrong"),
        url(good).replace(f":{good.port}/", ":1/"),
        url(good),
    ):
        refused = run("oltp", "status", "--shop", wrong)
        assert (refused.code, refused.err.count("\n")) == (2, 1), refused.err
        assert good.password not in refused.err
        assert "does not answer as it should" in refused.err
    refused = run("oltp", "install", "--shop", url(good) + "_" * 60)
    assert (refused.code, refused.err.count("\n")) == (2, 1), refused.err


def test_seeded_shop_is_that_of_the_generator(seeded: ShopAddress, tmp_path: Path) -> None:
    """Every table has the generator's rows under their numbers, and customers their past."""
    rows = generate(tmp_path, ORDERS, SEED, with_dirt=False).rows
    renamed = {"returns": "return_items"}
    for table, count in rows.items():
        name = renamed.get(table, table)
        where = "change_log where table_name = 'customers'" if "log" in table else name
        assert query(seeded, f"select count(*) from {where}") == [(count,)], table
    with duckdb.connect() as reader:
        changes = reader.execute(
            "select cast(change_sequence as bigint), changed_at || '.000000', operation, "
            "customer_id, city, segment, is_subscriber, "
            "cast(cast(annual_income as decimal(12, 2)) as text) from read_parquet(?) order by 1",
            [str(tmp_path / "customer_change_log.parquet")],
        ).fetchall()
        totals = reader.execute(
            "select cast(order_id as bigint), order_status, total_amount, ship_city "
            "from read_parquet(?) order by 1",
            [str(tmp_path / "orders.parquet")],
        ).fetchall()
    log = [
        (sequence, changed_at, operation, *map(json.loads(row).get, CUSTOMER_FIELDS))
        for sequence, changed_at, operation, row in query(
            seeded,
            "select change_sequence, concat(changed_at, ''), operation, after_row from change_log "
            "where table_name = 'customers' order by 1",
        )
    ]
    assert log == changes
    assert totals == query(
        seeded,
        "select order_id, order_status, concat(cast(total_amount as decimal(18, 2)), ''), city "
        "from orders inner join addresses on ship_address_id = address_id order by 1",
    )
    assert len(changes) > rows["customers"] > 0


def test_seeded_shop_goes_on(seeded: ShopAddress) -> None:
    """Triggers are back, and new rows get numbers above the seeded ones."""
    with opened(seeded) as connection:
        status = read_status(PROJECT, connection)
        assert status.is_sound and status.rows["orders"] > 250
        ((product,),) = fetch(connection, "select min(product_id) from products")
        lines = f'[{{"product_id": {product}, "quantity": 1}}]'
        order = call(
            connection, "place_order", "goes-on", None, lines, "web", "paypal", "standard", None,
            0, 0, 0,
        )  # fmt: skip
        assert order == status.rows["orders"] + 1
        call(connection, "cancel_order", "goes-on-no-more", order)
        assert read_status(PROJECT, connection).is_sound


def test_shop_that_holds_something_is_not_seeded(seeded: ShopAddress, run: RunCommand) -> None:
    before = query(seeded, "select count(*) from change_log")
    refused = run("oltp", "seed", "--orders", 100, "--shop", url(seeded))
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "is not empty" in refused.err
    assert query(seeded, "select count(*) from change_log") == before


def test_two_cannot_seed_at_once(address: ShopAddress) -> None:
    install(PROJECT, address)
    with (
        opened(address) as other,
        exclusively(other, "seed"),
        pytest.raises(ShopError, match="Another program does a seed"),
    ):
        seed_shop(PROJECT, address, 100, SEED)


def test_seeding_that_fails_leaves_nothing(address: ShopAddress, run: RunCommand) -> None:
    """What was loaded is gone, the triggers are back, and the next seeding works."""
    install(PROJECT, address)

    def fail(step: str) -> None:
        if step == "writing the change log":
            raise KeyError(step)

    with pytest.raises(KeyError):
        seed_shop(PROJECT, address, 100, SEED, fail)
    with opened(address) as connection:
        status = read_status(PROJECT, connection)
    assert status.is_sound and not any(status.rows.values())
    printed = run("oltp", "seed", "--orders", 100, "--shop", url(address))
    assert printed.code == 0, printed.err
    assert "every rule holds" in printed.out
    assert run("oltp", "seed", "--orders", 5, "--shop", url(address)).code == 2


def test_status_shows_every_fault(address: ShopAddress, run: RunCommand) -> None:
    """Each rule that is broken behind the triggers' back is named with its number of faults."""
    install(PROJECT, address)
    seed_shop(PROJECT, address, 100, SEED)
    with opened(address) as connection:
        triggers = list_triggers(connection)
    execute(address, *(f"drop trigger {name}" for name in triggers))
    printed = run("oltp", "status", "--shop", url(address))
    assert printed.code == 1
    assert f"{len(triggers)} triggers are missing" in printed.out
    execute(
        address,
        "update stock set quantity_on_hand = quantity_on_hand + 1 order by product_id limit 3",
        "update orders set goods_amount = goods_amount + 1 order by order_id limit 1",
        "update order_status_history set order_status = 'shipped' "
        "where status_sequence = 1 order by order_id limit 2",
        "update orders set order_status = 'pending' "
        "where order_status = 'delivered' order by order_id limit 1",
        "update change_log set before_row = '{}' where operation = 'insert' "
        "order by change_sequence limit 1",
        "insert into categories (category_name) values ('Unheard of')",
    )
    printed = run("oltp", "status", "--shop", url(address))
    assert printed.code == 1
    faults = {
        line.split(": ")[0].removeprefix("FIX    "): line.split(": ")[1]
        for line in printed.out.splitlines()
        if line.startswith("FIX    ") and line.endswith("faults")
    }
    assert list(faults) == list_rules(PROJECT)
    assert faults["stock is opening less sold plus returned"] == "3 faults"
    assert faults["every row is in the change log"] == "1 faults"
    assert run("oltp", "install", "--shop", url(address)).code == 0
    printed = run("oltp", "status", "--shop", url(address))
    assert "missing" not in printed.out and printed.code == 1


def test_flat_file_becomes_orders(address: ShopAddress, tmp_path: Path, run: RunCommand) -> None:
    """A flat file is brought in completely or refused with its line; nothing stays in between."""
    install(PROJECT, address)
    header = (
        "Row ID,Order ID,Order Date,Ship Date,Ship Mode,Customer ID,Customer Name,Segment,Country,"
        "City,State,Postal Code,Region,Product ID,Category,Sub-Category,Product Name,Sales,"
        "Quantity,Discount,Profit"
    )
    line = (
        '{row},{order},11/8/2016,11/11/2016,Second Class,CG-12520,"Gute, Claire",Consumer,'
        "United States,Henderson,Kentucky,42420,South,FUR-1,Furniture,Bookcases,{product},"
        "{sales},2,0.2,41.9136"
    )
    lines = [
        line.format(row=1, order="CA-1", product='"Bush ""Somerset"" Case"', sales="261.96"),
        line.format(row=2, order="CA-1", product="Chair", sales="731.94"),
        line.format(row=3, order="CA-2", product="Chair", sales="14.62"),
    ]
    orders, returns = tmp_path / "orders.csv", tmp_path / "returns.csv"
    orders.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    returns.write_text("Returned,Order ID\nYes,CA-2\n", encoding="utf-8")
    swapped = run("oltp", "normalize", returns, orders, "--shop", url(address))
    assert (swapped.code, "holds returns, not orders" in swapped.err) == (2, True)
    printed = run("oltp", "normalize", orders, returns, "--shop", url(address))
    assert printed.code == 0, printed.err
    assert "2 orders of orders.csv" in printed.out
    assert query(
        address, "select external_id, order_status, goods_amount from orders order by external_id"
    ) == [("CA-1", "delivered", Decimal("993.9")), ("CA-2", "returned", Decimal("14.62"))]
    refused = run("oltp", "normalize", orders, "--shop", url(address))
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "Line 1 of flat_sales: the shop has this order already." in refused.err
    bad = tmp_path / "bad.csv"
    bad.write_text(
        "\n".join([header, lines[0].replace("CA-1", "CA-3"), lines[2].replace("14.62", "free")]),
        encoding="utf-8",
    )
    refused = run("oltp", "normalize", bad, "--shop", url(address))
    assert (refused.code, "Line 2 of flat_sales: sales is no amount" in refused.err) == (2, True)
    printed = run("oltp", "status", "--shop", url(address))
    assert (printed.code, "orders" in printed.out) == (0, True)
    assert query(address, "select count(*) from orders") == [(2,)]


def test_traffic_command_ends_with_every_rule(seeded: ShopAddress, run: RunCommand) -> None:
    """The command reports what became of each procedure's calls, and checks the shop."""
    printed = run(
        "oltp", "traffic", "--clients", 2, "--calls", 60, "--rate", 200, "--shop", url(seeded)
    )
    assert printed.code == 0, printed.err + printed.out
    assert "calls of 2 clients, done in" in printed.out
    assert all(f"ok     {rule}: 0 faults" in printed.out for rule in list_rules(PROJECT))
    refused = run("oltp", "traffic", "--clients", 0, "--shop", url(seeded))
    assert (refused.code, refused.err.count("\n")) == (2, 1)
