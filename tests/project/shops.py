"""Shops of tests: where they are."""

from servers.server import DatabaseServer

from customer_trends.shop_database import ShopAddress


def shop_address(server: DatabaseServer, database: str) -> ShopAddress:
    """Name a shop on a server of the tests."""
    return ShopAddress(server.host, server.port, server.user, server.password, database)
