"""Shops of tests: where they are."""

from lanes import PROJECT
from servers.server import DatabaseServer

from customer_trends.shop_database import ShopAddress, connect
from customer_trends.shop_install import install


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
