"""Copy a shop to Spark, change it, copy the changes, and compare the result with a copy on DuckDB.

Run with the Python of the Spark environment; prints JSON: the rows that changed, and for each raw
table its rows and how many of them differ.
"""

import json
from pathlib import Path

import duckdb

from customer_trends.engines.connect import open_engine
from customer_trends.engines.interface import AUDIT_COLUMNS
from customer_trends.project.source_declarations import RawTable, read_source
from customer_trends.shop.database import ShopAddress, call, fetch, opened, read_address
from customer_trends.shop.feed import copy_cut, load_shop


def main(root: Path, address: ShopAddress) -> None:
    """Do it all in one Spark session."""
    load_shop(root, address, "spark")
    change(address)
    loaded = load_shop(root, address, "spark")
    copy_cut(root, address, "duckdb")
    tables = read_source(root, "shop").tables
    with duckdb.connect() as reader:
        for target in ("spark", "duckdb"):
            with open_engine(root, target, read_only=True) as engine:
                for table in tables:
                    names = [column.name for column in table.columns]
                    audit = [name for name in AUDIT_COLUMNS if name != "_loaded_at"]
                    place = (engine.schema("raw"), table.relation)
                    into = f"{target}_{table.relation}"
                    engine.export(reader, place, [*names, *audit], into)
        differences = {table.relation: compare(reader, table) for table in tables}
    print("DONE " + json.dumps([loaded.is_full, loaded.rows, differences]))


def change(address: ShopAddress) -> None:
    """Erase a customer; place an order and delete its line."""
    with opened(address) as shop, shop.cursor() as cursor:
        ((customer, product),) = fetch(
            shop, "select min(customer_id), (select min(product_id) from stock) from customers"
        )
        call(shop, "erase_customer", "spark-1", customer)
        lines = json.dumps([{"product_id": product, "quantity": 1}])
        terms = ("web", "paypal", "pickup", None, 0, 0, 0)
        order = call(shop, "place_order", "spark-2", customer + 1, lines, *terms)
        cursor.execute("delete from order_items where order_id = %s", (order,))
        call(
            shop, "submit_feedback", "spark-3", customer + 1, order, product, "review", 5, "👍🏽 ''"
        )


def compare(reader: duckdb.DuckDBPyConnection, table: RawTable) -> tuple[int, int]:
    """Count the rows of a raw table, and those that are on one side alone."""
    one, other = f"spark_{table.relation}", f"duckdb_{table.relation}"
    ((rows, differing),) = reader.execute(
        f"select (select count(*) from {one}), count(*) from ("
        f"(from {one} except all from {other}) union all (from {other} except all from {one}))"
    ).fetchall()
    return rows, differing


if __name__ == "__main__":
    main(Path.cwd(), read_address())
