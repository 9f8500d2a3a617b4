"""Shops of tests: where they are, and who works in them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lanes import PROJECT
from missing import fail_without
from servers.database_servers import ServerUnobtainableError
from servers.server import DatabaseServer, Engine
from servers.server_pool import ServerPool

from customer_trends.shop.database import ShopAddress, connect
from customer_trends.shop.install import install
from customer_trends.shop.seed import seed_shop
from customer_trends.shop.traffic import TrafficOptions, run_traffic

ORDERS = 300
TRAFFIC = TrafficOptions(clients=3, rate=15.0)


def shop_address(server: DatabaseServer, database: str) -> ShopAddress:
    """Name a shop on a server of the tests."""
    return ShopAddress(server.host, server.port, server.user, server.password, database)


def install_shop(server: DatabaseServer, database: str) -> ShopAddress:
    """Install an empty shop in place of one that an earlier run left on the server."""
    address = shop_address(server, database)
    connection = connect(address, has_database=False)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"drop database if exists {database}")
    finally:
        connection.close()
    install(PROJECT, address)
    return address


def make_shop(pool: ServerPool, engine: Engine, name: str) -> ShopAddress:
    """Make a shop with a past; without a server the test is skipped, and that is said."""
    try:
        server: DatabaseServer = pool.get(engine)
    except ServerUnobtainableError as error:
        fail_without(engine, error)
    address = install_shop(server, name)
    seed_shop(PROJECT, address, ORDERS, 7)
    return address


@contextmanager
def in_use(address: ShopAddress) -> Iterator[list[int]]:
    """Let customers and staff work in the shop for a block; at its end gives how many calls."""
    stop, calls = threading.Event(), list[int]()

    def work() -> None:
        calls.append(len(run_traffic(address, TRAFFIC, stop=stop).acknowledged))

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield calls
    finally:
        stop.set()
        worker.join()
