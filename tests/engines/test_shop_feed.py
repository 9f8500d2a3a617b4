"""The shop's database is copied exactly, then what changed, once, wherever a load is cut off."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import mysql.connector
import pytest
from conftest import CommandResult
from lanes import PROJECT
from servers.database_servers import DatabaseServer
from shops import install_shop

from customer_trends.engines.duckdb_engine import DuckdbEngine
from customer_trends.errors import InvalidOptionError, ShopError
from customer_trends.loading.live_shop import SCHEMA_VARIABLE
from customer_trends.project.paths import WAREHOUSE_VARIABLE
from customer_trends.project.source_declarations import read_source
from customer_trends.shop import feed as shop_feed
from customer_trends.shop.database import call, connect, fetch
from customer_trends.shop.feed import FeedLoad, copy_cut, load_shop
from customer_trends.shop.install import split_statements

TABLES = {table.relation: table for table in read_source(PROJECT, "shop").tables}
HARD_TEXT = "a 'single', a \"double\", a \\ and\nZoë 👍🏽 東京"
# For what does not depend on the server.
ONE_SERVER = pytest.mark.parametrize("database", ["mariadb"], indirect=True)
BUILDER, WRITER = "customer_trends_builder", "shop_writer"


class Shop:
    """A small shop and requests of its own."""

    def __init__(self, server: DatabaseServer, database: str) -> None:
        address = install_shop(server, database)
        self.server = server
        self.address, self.connection, self.requests = address, connect(address), count(1)

    def call(self, procedure: str, *arguments: object) -> int | None:
        """Call a procedure under a request id of its own."""
        return call(self.connection, procedure, f"feed-{next(self.requests)}", *arguments)

    def execute(self, statement: str, *values: object) -> int:
        """Run a statement beside the procedures; gives the number of a new row."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return int(cursor.lastrowid or 0)

    def add_product(self, name: str, price: str) -> int:
        """Add a product with a stock of 1,000."""
        number = self.execute(
            "insert into products (product_name, category_id, list_price, updated_at) "
            "values (%s, 1, %s, utc_timestamp(6))", name, price,
        )  # fmt: skip
        self.execute("insert into stock (product_id, opening_quantity, quantity_on_hand) "
                     "values (%s, 1000, 1000)", number)  # fmt: skip
        return number

    def add_customer(self, first_name: str, email: str) -> int | None:
        """Register a customer."""
        person = (first_name, "O'Brien-Šmíd", email, "+1 555 0100", "Female", "1980-02-29")
        place = ("1 Main Street", "60601", "Chicago", "IL", "United States")
        return self.call("register_customer", *person, "Consumer", *place)

    def add_order(self, customer: int | None, *products: int) -> int | None:
        """Place an order of two units of each product."""
        lines = json.dumps([{"product_id": product, "quantity": 2} for product in products])
        terms = (None, Decimal("0.50"), Decimal("6.95"), Decimal("1.20"))
        return self.call("place_order", customer, lines, "web", "paypal", "standard", *terms)

    def give_back(self) -> None:
        """Return one unit of the first order."""
        line = {"line_number": 1, "quantity": 1, "return_reason": "defective"}
        self.call("record_return", 1, json.dumps([line]))

    def fill(self) -> None:
        """Let the first customers in."""
        self.execute("insert into categories (category_name) values (%s)", HARD_TEXT)
        for price in ("19.99", "0.0001", "7.1235"):
            self.add_product(f"Item at {price}", price)
        for number in (1, 2, 3):
            self.add_customer("Zoë", f"customer{number}@example.com")
        for customer in (1, 2, 3, None):
            self.add_order(customer, 1, 3)
        total = fetch(self.connection, "select round(total_amount, 2) from orders limit 1")[0][0]
        self.call("pay_order", 1, "paypal", total)
        self.call("ship_order", 1)
        self.call("deliver_order", 1)
        self.give_back()
        self.call("submit_feedback", 1, 1, 1, "review", 5, HARD_TEXT)
        self.call("submit_feedback", 2, None, None, "enquiry", None, "")
        self.call("submit_feedback", 3, None, None, "enquiry", None, None)
        self.call("open_ticket", 1, 1, "complaint", "low", "a note")
        self.execute("insert into subscriptions (customer_id, plan_name, monthly_fee_amount, "
                     "started_at) values (1, 'plus', 9.9, utc_timestamp(6))")  # fmt: skip

    def change(self) -> None:
        """Insert, update and delete rows of every kind that can be."""
        self.call("change_customer", 2, json.dumps({"annual_income": "52000.5", "phone": None}))
        self.call("erase_customer", 3)
        self.execute("delete from order_items where order_id = 2 and line_number = 1")
        self.execute("update products set list_price = 8, updated_at = utc_timestamp(6) "
                     "where product_id = 3")  # fmt: skip
        self.call("cancel_order", 3)
        self.give_back()
        self.add_order(self.add_customer("Ada", "ada@example.com"), 2, 3)
        unsold = self.add_product("Never sold", "5")
        self.execute("delete from stock where product_id = %s", unsold)
        self.execute("delete from product_prices where product_id = %s", unsold)
        self.execute("delete from products where product_id = %s", unsold)

    def read_feed(self, relation: str) -> list[tuple[object, ...]]:
        """Read a view of the feed without the moment of the cut."""
        return fetch(self.connection, f"select {list_columns(relation)} from {relation}")


@dataclass
class Copies:
    """Where the copies of one test go."""

    shop: Shop
    folder: Path
    patch: pytest.MonkeyPatch

    def use(self, name: str) -> None:
        """Take another warehouse from now on."""
        self.patch.setenv(WAREHOUSE_VARIABLE, str(self.folder / f"{name}.duckdb"))

    def load(self, **options: bool) -> FeedLoad:
        """Load the shop."""
        return load_shop(PROJECT, self.shop.address, **options)

    def read(self, name: str) -> dict[str, list[tuple[Any, ...]]]:
        """Read all raw tables of a warehouse, the moment of the copy included."""
        with duckdb.connect(str(self.folder / f"{name}.duckdb"), read_only=True) as connection:
            return {
                relation: connection.execute(
                    f"select {list_columns(relation)}, _loaded_at from raw.{relation} order by all"
                ).fetchall()
                for relation in TABLES
            }


def list_columns(relation: str) -> str:
    """List what a raw table and its view have in common."""
    names = [column.name for column in TABLES[relation].columns]
    return ", ".join([*names, "_other_columns", "_source_file", "_batch_id", "_row_number"])


@pytest.fixture(scope="module")
def shop(database: DatabaseServer) -> Iterator[Shop]:
    """Make the small shop on one server."""
    made = Shop(database, "shop_feed")
    made.fill()
    yield made
    made.connection.close()


@pytest.fixture
def copies(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copies:
    """Give a place for copies; the first is called `first`."""
    found = Copies(shop, tmp_path, monkeypatch)
    found.use("first")
    return found


def test_the_copy_is_exact(copies: Copies) -> None:
    """Texts, decimals, microseconds, emoji, NULL and the empty text are those of the shop."""
    loaded = copies.load()
    assert loaded.is_full
    call(copies.shop.connection, "freeze_feed")
    for relation, rows in copies.read("first").items():
        copied = {row[:-1] for row in rows}
        assert copied == set(copies.shop.read_feed(relation)), relation
        assert len(copied) == len(rows) == loaded.rows[relation] > 0
    comments = [row[6] for row in copies.read("first")["shop_feedback"]]
    assert sorted(comments, key=str) == ["", None, HARD_TEXT]


def test_changes_end_in_the_same_rows_as_a_full_copy(copies: Copies) -> None:
    """Inserts, updates, deletes and an erasing; nothing is done when nothing happened."""
    full = copies.load()
    assert copies.load() == FeedLoad(False, {}, full.to_sequence, full.to_sequence, full.cut_at, 0)
    before = copies.read("first")
    copies.shop.change()
    loaded = copies.load()
    assert not loaded.is_full
    assert (loaded.from_sequence, loaded.erased) == (full.to_sequence, 1)
    assert loaded.rows["shop_order_items"] == 3
    assert "shop_categories" not in loaded.rows
    copies.use("second")
    assert copy_cut(PROJECT, copies.shop.address).is_full
    assert copies.read("first") == copies.read("second") != before
    assert copies.read("first")["shop_orders"] != before["shop_orders"]


def fail(*arguments: object) -> None:
    """Stand for a program that is killed."""
    raise KeyboardInterrupt


def fail_later() -> Callable[..., None]:
    """Fail when the eighth table is written."""
    done, write = count(1), DuckdbEngine.replace_rows

    def write_or_fail(*arguments: Any) -> None:
        if next(done) == 8:
            raise KeyboardInterrupt
        write(*arguments)

    return write_or_fail


@ONE_SERVER
@pytest.mark.parametrize(
    ("place", "name", "failure"),
    [
        (shop_feed, "copy_cut", lambda: fail),
        (DuckdbEngine, "replace_rows", fail_later),
        (shop_feed, "write_watermark", lambda: fail),
    ],
    ids=["after the cut", "between tables", "before the watermark"],
)
def test_a_load_that_is_cut_off_is_taken_up(
    copies: Copies, place: object, name: str, failure: Callable[[], Callable[..., None]]
) -> None:
    """Nothing of it is there; the next load brings all of it, once."""
    copies.load()
    before = copies.read("first")
    copies.shop.add_order(1, 1, 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, name, failure())
        with pytest.raises(KeyboardInterrupt):
            copies.load()
    assert copies.read("first") == before
    assert copies.load().rows["shop_order_items"] == 2
    copies.use("second")
    copy_cut(PROJECT, copies.shop.address)
    assert copies.read("first") == copies.read("second") != before


@ONE_SERVER
def test_a_first_load_that_is_cut_off_leaves_nothing(copies: Copies) -> None:
    """A full copy is all or nothing, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shop_feed, "write_watermark", fail)
        with pytest.raises(KeyboardInterrupt):
            copies.load()
    assert not any(copies.read("first").values())
    assert copies.load().is_full


@ONE_SERVER
def test_rows_that_were_touched_are_copied_again(copies: Copies) -> None:
    """When somebody deleted raw rows, the changes alone would not bring them back."""
    copies.load()
    expected = copies.read("first")["shop_orders"]
    with duckdb.connect(str(copies.folder / "first.duckdb")) as connection:
        connection.execute("delete from raw.shop_orders where order_id = '1'")
    assert copies.load().is_full
    assert [row[:-1] for row in copies.read("first")["shop_orders"]] == [
        row[:-1] for row in expected
    ]


@ONE_SERVER
def test_another_shop_is_refused(copies: Copies) -> None:
    """Another address, and a shop of the same name whose log does not continue the copied one."""
    other = Shop(copies.shop.server, "shop_feed_other")
    other.fill()
    other.add_order(1, 1)
    load_shop(PROJECT, other.address)
    with pytest.raises(InvalidOptionError, match="hold a copy of .*shop_feed_other, not of"):
        copies.load()
    again = Shop(other.server, "shop_feed_other")
    again.fill()
    again.add_order(1, 1)
    with pytest.raises(InvalidOptionError, match="its change .* is missing or another"):
        load_shop(PROJECT, again.address)
    assert load_shop(PROJECT, again.address, is_replacing=True).is_full
    for closed in (other, again):
        closed.connection.close()


@ONE_SERVER
def test_files_and_the_shop_do_not_mix(
    copies: Copies, run: Callable[..., CommandResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is refused on top of the other; --replace takes the place of files."""
    address = copies.shop.address
    url = f"mysql://{address.user}:{address.password}@{address.host}:{address.port}/shop_feed"
    categories = PROJECT / "tests" / "support" / "golden_example" / "categories.csv"
    assert run("load", "shop", categories).code == 0
    refused = run("load", "shop", "--from", url)
    assert refused.code == 2
    assert "shop_categories holds rows of files" in refused.err
    done = run("load", "shop", "--from", url, "--replace")
    assert done.code == 0
    assert address.password not in done.out
    assert "Next: customer-trends build --target duckdb" in done.out
    refused = run("load", "shop", categories)
    assert refused.code == 2
    assert "hold a copy of mysql://" in refused.err
    assert run("load", "shop", "--from", url).out.count("nothing new since change") == 1
    monkeypatch.setenv(SCHEMA_VARIABLE, "shop_feed")
    for arguments in (["load", "shop", "--from", url], ["build"], ["status"]):
        refused = run(*arguments)
        assert refused.code == 2
        assert "load shop --from mysql://user@host:port/shop_feed" in refused.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["shop"], "There is nothing to load"),
        (["shop", "x.csv", "--replace"], "--replace belongs to --from"),
        (["shop", "x.csv", "--from", "mysql://u@h/s"], "leave files"),
        (["olist", "--from", "mysql://u@h/s"], "leave files"),
        (["shop", "--from", "h/s"], "The address of the shop lacks a part"),
        (["shop", "--from", "mysql://u@h/s", "--target", "mysql"], "reads the shop in place"),
    ],
)
def test_wrong_use_is_explained(
    run: Callable[..., CommandResult], arguments: list[str], sentence: str
) -> None:
    refused = run("load", *arguments)
    assert refused.code == 2
    assert sentence in refused.err


def test_two_accounts_are_enough(copies: Copies) -> None:
    """The builder sees the feed and no table; the writer calls procedures and touches no table."""
    shop = copies.shop
    script = (PROJECT / "docs" / "shop_users.sql").read_text(encoding="utf-8")
    for statement in split_statements(script.replace("`shop`", f"`{shop.address.database}`")):
        shop.execute(statement)
    builder = replace(shop.address, user=BUILDER, password="change this password")
    writer = replace(shop.address, user=WRITER, password="change this password, too")
    assert load_shop(PROJECT, builder).is_full
    call(shop.connection, "freeze_feed")
    assert {row[:-1] for row in copies.read("first")["shop_customers"]} == set(
        shop.read_feed("shop_customers")
    )
    placed = ('[{"product_id": 1, "quantity": 1}]', "web", "paypal", "standard", None, 0, 0, 0)
    reads, writes = connect(builder), connect(writer)
    assert call(writes, "place_order", "by-the-writer", 1, *placed)
    for connection, statement in (
        (reads, "select * from customers"),
        (reads, "select * from change_log"),
        (reads, "select * from customer_cards"),
        (reads, "update stock set reorder_level = 1"),
        (reads, "call place_order('by-the-builder', 1, '[]', '', '', '', '', 0, 0, 0, @order_id)"),
        (writes, "update stock set reorder_level = 1"),
        (writes, "select * from shop_customers"),
        (writes, "call freeze_feed()"),
        (writes, "call log_change('orders', 1, 'update')"),
    ):
        with pytest.raises(mysql.connector.Error, match="denied"):
            fetch(connection, statement)
    with pytest.raises(ShopError, match="no feed that this account may freeze"):
        load_shop(PROJECT, writer)
    for connection in (reads, writes):
        connection.close()
    for user in (BUILDER, WRITER):
        shop.execute(f"drop user '{user}'@'%'")
