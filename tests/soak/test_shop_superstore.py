"""A flat sales file, taken apart on the server, gives the figures it gave as a file."""

from pathlib import Path

import pytest
from lanes import PROJECT
from public_data import FindData
from reference_answers import MONTHLY, SLICE, Reference, assert_same
from servers.server import DatabaseServer
from shops import install_shop
from warehouses import Warehouse

from customer_trends.shop.database import ShopAddress, fetch, opened
from customer_trends.shop.flat_sales import normalize_files

SUPERSTORE = "superstore/xls_export_2011_2014"


@pytest.fixture(scope="module")
def superstore_files(public_data: FindData) -> Path:
    """Give the folder of superstore's copy that has a list of returned orders."""
    return public_data(SUPERSTORE)


@pytest.fixture(scope="module")
def shop(database: DatabaseServer, superstore_files: Path) -> ShopAddress:
    """Bring superstore into a shop on each server."""
    address = install_shop(database, "shop_superstore")
    count = normalize_files(
        PROJECT, address, superstore_files / "orders.csv.gz", superstore_files / "returns.csv"
    )
    expected = Reference(SUPERSTORE).value("totals", "orders")
    assert count == int(expected)
    return address


def test_the_shop_holds_what_the_file_held(shop: ShopAddress) -> None:
    """Every line is there, worth its sales to the fourth decimal, and everything adds up."""
    reference = Reference(SUPERSTORE)
    with opened(shop) as connection:
        assert fetch(connection, "select * from integrity_violations") == []
        found = fetch(
            connection,
            "select count(*), count(distinct orders.order_id), "
            "count(distinct orders.customer_id), sum(order_items.line_amount) "
            "from order_items inner join orders on order_items.order_id = orders.order_id",
        )
        assert_same(found, reference.rows("totals", "lines", "orders", "customers", "total_sales"))
        left = fetch(connection, "select sum(quantity_on_hand) from stock")
        back = fetch(connection, "select sum(quantity) from return_items")
        assert left == back


# Both shops hold the same rows, as the test above shows: one build proves it.
@pytest.mark.parametrize("database", ["mariadb"], indirect=True)
def test_the_shop_gives_the_figures_of_the_file(
    shop: ShopAddress,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Copied and built as a shop: total, months, categories, segments, regions, customers."""
    reference = Reference(SUPERSTORE)
    monkeypatch.setenv("CUSTOMER_TRENDS_SHOP_PASSWORD", shop.password)
    warehouse = Warehouse(tmp_path)
    warehouse.run("load", "shop", "--from", str(shop))
    warehouse.build_models("--sources", "shop")
    assert_same(
        warehouse.query("select sum(sales_after_discount), count(*) from core.fct_orders"),
        reference.rows("totals", "total_sales", "orders"),
    )
    assert_same(
        warehouse.query(
            "select sum(returned_amount), count(distinct order_key) from core.fct_returns"
        ),
        reference.rows("returns", "returned_sales", "returned_orders"),
    )
    assert_same(warehouse.query(MONTHLY), reference.rows("monthly_sales"))
    for slice_type in ("category", "segment", "region"):
        expected = reference.rows(f"sales_by_{slice_type}", slice_type, "sales")
        assert_same(warehouse.query(SLICE.format(slice_type)), expected)
    assert_same(
        warehouse.query("""
            select customer_name, sum(sales_after_discount) as sales
            from core.fct_orders join core.dim_customers_pii using (customer_key)
            group by 1 order by sales desc limit 5
        """),
        reference.rows("top5_customers_by_name"),
    )
