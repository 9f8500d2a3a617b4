"""A small shop: raw tables of the source `shop`, all values text."""

import csv
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from random import Random

import yaml

from oracle.settings import PROJECT

RawRow = dict[str, str | None]
SOURCES = PROJECT / "models" / "staging" / "shop" / "_shop__sources.yml"
# Loaded long after everything happened, so that nothing is a date of the future.
LOADED_AT = datetime(2026, 1, 15)
# Columns of the staging contract that the shop lacks or always has, with the key of their table.
STAGED: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "customers": (
        ("customer_id",), {"declared_age": "bigint", "previous_purchase_count": "bigint"},
    ),
    "product_prices": (
        ("product_id", "price_sequence"), {"category": "varchar", "sub_category": "varchar"},
    ),
    "orders": (
        ("order_id",),
        {"ordered_at_utc": "timestamp", "order_local_date": "date", "season": "varchar",
         "is_discount_declared": "boolean"},
    ),
    "order_items": (
        ("order_id", "line_number"),
        {"unit_price": "decimal(18, 4)", "gross_amount": "decimal(18, 4)",
         "cost_amount": "decimal(18, 4)"},
    ),
    "returns": (
        ("return_id",),
        {"order_id": "varchar", "line_number": "bigint", "customer_id": "varchar",
         "product_id": "varchar", "quantity": "decimal(18, 4)", "return_amount": "decimal(18, 4)",
         "refunded_tax_amount": "decimal(18, 4)", "refunded_shipping_amount": "decimal(18, 4)",
         "returned_at_utc": "timestamp", "returned_local_date": "date", "country": "varchar",
         "state": "varchar", "city": "varchar"},
    ),
}  # fmt: skip


def read_columns() -> dict[str, list[str]]:
    """Read the raw tables of the shop and their columns."""
    (source,) = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))["sources"]
    return {
        table["name"]: [column["name"] for column in table["columns"]] for table in source["tables"]
    }


COLUMNS = read_columns()


@dataclass(frozen=True)
class World:
    """A shop: its raw rows by table, and the day to measure from, None for the default.

    ``staged`` holds what the shop does not have and other sources do: by raw table and key of the
    row the columns of the staging contract in STAGED. Such a shop is built by compiled SQL alone.
    """

    name: str
    tables: dict[str, list[RawRow]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    as_of: str | None = None
    staged: dict[str, dict[str, RawRow]] = field(default_factory=dict)

    def write(self, folder: Path) -> list[Path]:
        """Write a CSV file per table that has rows."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for table, rows in self.tables.items():
            if not rows:
                continue
            path = folder / f"{table}.csv"
            with path.open("w", encoding="utf-8", newline="") as target:
                writer = csv.writer(target, lineterminator="\n")
                writer.writerow(COLUMNS[table])
                writer.writerows([row.get(column) for column in COLUMNS[table]] for row in rows)
            paths.append(path)
        return paths

    def scaled(self, factor: int) -> "World":
        """Give the same shop at other prices."""
        money = {
            "products": ("list_price", "unit_cost"),
            "product_prices": ("list_price", "unit_cost"),
            "orders": (
                "order_discount_amount", "shipping_amount", "tax_amount", "total_amount",
            ),
            "order_items": ("unit_price", "line_discount_amount"),
            "returns": ("refunded_tax_amount", "refunded_shipping_amount"),
            "payments": ("payment_amount",),
        }  # fmt: skip

        def scale(row: RawRow, columns: tuple[str, ...]) -> RawRow:
            known = {column: row[column] for column in columns if row.get(column) is not None}
            return row | {
                column: str(Decimal(value) * factor) for column, value in known.items() if value
            }

        tables = {
            table: [scale(row, money.get(table, ())) for row in rows]
            for table, rows in self.tables.items()
        }
        return replace(self, name=f"{self.name} x {factor}", tables=tables)

    def shuffled(self, seed: int) -> "World":
        """Give the same rows in another order."""
        random = Random(seed)
        tables = {table: random.sample(rows, len(rows)) for table, rows in self.tables.items()}
        return replace(self, name=f"{self.name} shuffled", tables=tables)

    def with_rows(self, name: str, **rows: list[RawRow]) -> "World":
        """Give the same shop with more rows."""
        tables = {table: [*had, *rows.get(table, [])] for table, had in self.tables.items()}
        return replace(self, name=f"{self.name} {name}", tables=tables)


def stamp(moment: datetime) -> str:
    """Write a moment as the shop does."""
    return moment.isoformat(sep=" ")


def key_of(table: str, row: RawRow) -> str:
    """Give the key of a raw row as one text."""
    return "/".join(row[column] or "" for column in STAGED[table][0])
