"""Rows: every order line, and what became of the raw rows."""

from collections.abc import Iterator

import yaml

from oracle.facts import Line, Order
from oracle.members import SOURCE
from oracle.settings import PROJECT
from oracle.shop import Shop
from oracle.values import Row, divide

ENTITIES: dict[str, str] = yaml.safe_load(
    (PROJECT / "dbt_project.yml").read_text(encoding="utf-8")
)["vars"]["source_catalog"][SOURCE]["entities"]


def compute_order_lines(shop: Shop) -> Iterator[Row]:
    """Compute mart_order_lines."""
    for order in shop.orders.values():
        for line in [] if order.is_future else order.lines:
            yield _describe_line(order, line)


def _describe_line(order: Order, line: Line) -> Row:
    """Give the row of a line."""
    return {
        "order_key": order.key,
        "line_number": line.number,
        "customer_key": order.customer_key,
        "product_key": line.product.key,
        "source_system": SOURCE,
        "order_id": order.id,
        "country": order.place.country or "Unknown",
        "region": order.region,
        "state": order.place.state or "Unknown",
        "category": line.category,
        "product_name": line.product.name,
        "segment": order.segment,
        "channel": order.channel,
        "order_status": order.status,
        "ordered_units": line.ordered_units,
        "ordered_amount": line.ordered_amount,
        "units_sold": line.units,
        "gross_sales": line.gross,
        "discounts": line.discounts,
        "sales_after_discount": line.sales,
        "returned_units": line.returned_units,
        "returns_by_order_date": line.returned,
        "net_sales_by_order_date": line.net,
        "is_counted": order.is_counted,
        "is_dated": order.is_dated,
        "order_date": order.day if order.is_dated else None,
    }


def compute_row_outcomes(shop: Shop) -> Iterator[Row]:
    """Compute mart_row_outcomes: the rows of these shops are all accepted."""
    for raw_table in ENTITIES.values():
        rows = len(shop.world.tables[raw_table])
        if rows:
            yield {
                "source_system": SOURCE,
                "raw_table": raw_table,
                "row_outcome": "accepted",
                "reason_code": "none",
                "row_count": rows,
                "share_of_rows": divide(rows, rows),
                "reason": "The row is in the core.",
                "fix": "Nothing to do.",
            }
