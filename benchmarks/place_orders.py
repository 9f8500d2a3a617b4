"""Orders per second through place_order, compared with bare inserts of the same rows, in one run.

Reads the test servers: `make bench-shop` runs it with `tests` in the search path.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from servers.database_servers import (
    ENGINES,
    DatabaseServer,
    ServerUnobtainableError,
    database_server,
)

from customer_trends.shop.database import ShopAddress, call, connect, fetch, opened
from customer_trends.shop.install import install
from customer_trends.shop.seed import seed_shop
from customer_trends.shop.status import find_newest_version, list_triggers

ROOT = Path(__file__).resolve().parent.parent
REPORT = Path(__file__).parent / "results" / "place_orders.md"
CLIENTS = (1, 4, 8)
SECONDS = 8.0
WARM_UP_SECONDS = 1.0
SEEDED_ORDERS = 5_000
# A kill of the server loses nothing, a power cut the last second at most.
SETTINGS = ("--innodb-flush-log-at-trx-commit=2", "--innodb-doublewrite=ON")
BARE = "shop_bare"
COPIED = ("categories", "products", "customers", "addresses")
BARE_ORDER = """
insert into orders (
    customer_id, ship_address_id, ordered_at, status_changed_at, channel, payment_method,
    shipping_method, goods_amount, order_discount_amount, shipping_amount, tax_amount
) values (
    %s, %s, utc_timestamp(6), utc_timestamp(6), 'web', 'paypal', 'standard', %s, 0, 6.95, 1.25
)
"""
BARE_ITEMS = """
insert into order_items (
    order_id, line_number, product_id, quantity, unit_price, line_discount_amount
) values (%s, %s, %s, %s, %s, 0)
"""


@dataclass(frozen=True)
class Known:
    """Prices by product, and home addresses by customer."""

    prices: dict[int, Any]
    homes: dict[int, int]


@dataclass(frozen=True)
class Rate:
    """Orders per second of an engine with a number of clients, both ways."""

    engine: str
    version: str
    clients: int
    through_procedure: float
    bare: float


def choose_order(chance: Random, known: Known) -> tuple[int, list[tuple[int, int]]]:
    """Choose a customer, and one to four lines of product and quantity."""
    count = chance.choices((1, 2, 3, 4), (40, 30, 20, 10))[0]
    products = chance.sample(list(known.prices), count)
    lines = [(product, chance.choices((1, 2, 3), (70, 20, 10))[0]) for product in products]
    return chance.choice(list(known.homes)), lines


def place(connection: Any, chance: Random, known: Known, request_id: str) -> None:
    """Place an order through the procedure."""
    customer, lines = choose_order(chance, known)
    given = [{"product_id": product, "quantity": quantity} for product, quantity in lines]
    call(
        connection, "place_order", request_id, customer, json.dumps(given), "web", "paypal",
        "standard", None, 0, 6.95, 1.25,
    )  # fmt: skip


def insert(connection: Any, chance: Random, known: Known, request_id: str) -> None:
    """Insert the rows of an order, and nothing else, in one transaction."""
    customer, lines = choose_order(chance, known)
    goods = sum(known.prices[product] * quantity for product, quantity in lines)
    cursor = connection.cursor()
    cursor.execute("start transaction")
    cursor.execute(BARE_ORDER, (customer, known.homes[customer], goods))
    order = cursor.lastrowid
    rows = [
        (order, number, product, quantity, known.prices[product])
        for number, (product, quantity) in enumerate(lines, start=1)
    ]
    cursor.executemany(BARE_ITEMS, rows)
    cursor.execute("commit")
    cursor.close()


def run_client(address: ShopAddress, known: Known, way: str, client: int, starts_at: float) -> int:
    """Make orders one after the other; gives how many were made after the warm-up."""
    make = {"place": place, "insert": insert}[way]
    chance, count = Random(client), 0
    with closing(connect(address)) as connection:
        ends_at = starts_at + WARM_UP_SECONDS + SECONDS
        time.sleep(max(0.0, starts_at - time.time()))
        while (now := time.time()) < ends_at:
            make(connection, chance, known, f"{starts_at:.3f}-{client}-{count}-{now:.6f}")
            count += now >= starts_at + WARM_UP_SECONDS
    return count


def measure(address: ShopAddress, known: Known, way: str, clients: int) -> float:
    """Measure orders per second; each client is a process of its own."""
    with ProcessPoolExecutor(clients, get_context("spawn")) as pool:
        # Processes take a while to start.
        list(pool.map(time.sleep, [0.5] * clients))
        starts_at = time.time() + 0.5
        run = partial(run_client, address, known, way, starts_at=starts_at)
        return sum(pool.map(run, range(clients))) / SECONDS


def prepare(server: DatabaseServer) -> tuple[ShopAddress, ShopAddress, Known]:
    """Make a shop, and beside it the same tables without triggers and procedures."""
    shop = ShopAddress(server.host, server.port, server.user, server.password, "shop")
    bare = replace(shop, database=BARE)
    install(ROOT, shop)
    seed_shop(ROOT, shop, SEEDED_ORDERS, 7)
    # With a last version named, no code is installed.
    install(ROOT, bare, up_to=find_newest_version(ROOT))
    with opened(bare) as connection:
        assert not list_triggers(connection)
        cursor = connection.cursor()
        for table in COPIED:
            columns = fetch(
                connection,
                "select concat(column_name, '') from information_schema.columns "
                "where table_schema = database() and table_name = %s "
                "and coalesce(generation_expression, '') = ''",
                [table],
            )
            names = ", ".join(str(name) for (name,) in columns)
            cursor.execute(f"insert into {table} ({names}) select {names} from shop.{table}")
        cursor.close()
    with opened(shop) as connection:
        # Nothing is short in this test: what is measured is the way of an order that goes through.
        connection.cmd_query("update stock set opening_quantity = opening_quantity + 1000000")
        prices = dict(fetch(connection, "select product_id, list_price from products"))
        homes = dict(
            fetch(connection, "select customer_id, address_id from addresses where is_home")
        )
    return shop, bare, Known(prices, homes)


def write_report(rates: list[Rate], notes: list[str]) -> str:
    """Write the report as Markdown."""
    text = [
        "# Orders per second",
        "",
        "`place_order` checks the order, locks and books the stock, adds up the total, starts the "
        "history, logs every row with its JSON and remembers the request. Compared with it: "
        "bare inserts of the same rows into `orders` and `order_items` of the same shape without "
        "triggers, also one commit per order. Same run, each client a process of its own with one "
        "connection. Written by `benchmarks/place_orders.py`; on other machines the ratios "
        "matter, not the numbers.",
        "",
        f"Machine: {os.cpu_count()} processors, {platform.system()}; server and clients share it. "
        f"{SECONDS:.0f} seconds each after a warm-up, orders of one to four lines out of 120 "
        "products. Settings: innodb_flush_log_at_trx_commit=2, doublewrite on, no binary log.",
        "",
        "| engine | clients | place_order, orders/s | bare inserts, orders/s | ratio |",
        "|---|---:|---:|---:|---:|",
    ]
    for rate in rates:
        text.append(
            f"| {rate.engine} {rate.version} | {rate.clients} | {rate.through_procedure:,.0f} | "
            f"{rate.bare:,.0f} | {rate.bare / rate.through_procedure:.1f} |"
        )
    return "\n".join([*text, *(f"\n{note}" for note in notes)]) + "\n"


def main(say: Callable[[str], None]) -> None:
    """Measure both engines and write the report."""
    rates: list[Rate] = []
    notes: list[str] = []
    for engine in reversed(ENGINES):
        with TemporaryDirectory(prefix="customer_trends_bench_") as folder:
            try:
                with database_server(engine, Path(folder), "1G", *SETTINGS) as server:
                    say(f"{engine}: making the shop …")
                    shop, bare, known = prepare(server)
                    for clients in CLIENTS:
                        say(f"{engine}: {clients} clients …")
                        through = measure(shop, known, "place", clients)
                        straight = measure(bare, known, "insert", clients)
                        version = server.version.split("-")[0]
                        rates.append(Rate(engine, version, clients, through, straight))
                        say(f"{engine}: {through:,.0f} and {straight:,.0f} orders per second")
            except ServerUnobtainableError as error:
                notes.append(f"{engine} was not measured: {error}")
    REPORT.write_text(write_report(rates, notes), encoding="utf-8")
    say(f"Written to {REPORT.relative_to(ROOT)}.")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main(print)
