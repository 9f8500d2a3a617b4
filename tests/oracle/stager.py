"""Make a shop one of another source, which has less and more than the shop."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from random import Random

from oracle.maker import PLACES
from oracle.reading import local
from oracle.world import STAGED, RawRow, World, key_of, stamp


class Stager:
    """Turns a shop into one of another source: without some days, with seasons and credit notes."""

    def __init__(self, world: World) -> None:
        self.world, self.random = world, Random(f"staged {world.name}")
        self.staged: dict[str, dict[str, RawRow]] = {table: {} for table in STAGED}

    def chance(self, share: float) -> bool:
        """Say yes in so large a share of all cases."""
        return self.random.random() < share

    def stage(self) -> World:
        """Stage the shop."""
        random, tables = self.random, self.world.tables
        undated_share = random.choice((0.0, 0.1, 0.5, 1.0))
        for row in tables["customers"]:
            self.staged["customers"][key_of("customers", row)] = {
                "declared_age": random.choice(("30", "40", "12", None)),
                "previous_purchase_count": random.choice(("0", "1", "2", "5", "10", "11", None)),
            }
        for row in tables["product_prices"]:
            self.staged["product_prices"][key_of("product_prices", row)] = {
                "category": random.choice(("Toys", "Books", "Former", None)),
                "sub_category": None,
            }
        for row in tables["orders"]:
            self._stage_order(row, undated_share)
        for row in tables["order_items"]:
            if self.chance(0.2):
                self._stage_line(row)
        for row in tables["returns"]:
            if self.chance(0.3):
                self._stage_return(row)
        return replace(self.world, name=f"staged {self.world.name}", staged=self.staged)

    def _stage_order(self, row: RawRow, undated_share: float) -> None:
        """Take the day or the hour from an order."""
        is_undated = self.chance(undated_share)
        moment = datetime.fromisoformat(row["ordered_at"] or "")
        self.staged["orders"][key_of("orders", row)] = {
            "ordered_at_utc": None if is_undated or self.chance(0.1) else stamp(moment),
            "order_local_date": None if is_undated else local(moment).date().isoformat(),
            "season": self.random.choice(("Spring", "Summer", "Fall", "Winter", None)),
            "is_discount_declared": self.random.choice(("true", "false", None)),
        }

    def _stage_line(self, row: RawRow) -> None:
        """State what a line was worth, and what it cost."""
        goods = Decimal(row["quantity"] or 0) * Decimal(row["unit_price"] or 0)
        self.staged["order_items"][key_of("order_items", row)] = {
            "unit_price": self.random.choice((row["unit_price"], None)),
            "gross_amount": str(goods + self.random.choice((0, 1, 3))),
            "cost_amount": self.random.choice(("3.00", "0.01", None)),
        }

    def _stage_return(self, row: RawRow) -> None:
        """Make a return one of the complete line, or a credit note that names no order."""
        moment = datetime.fromisoformat(row["returned_at"] or "")
        columns = STAGED["returns"][1]
        staged: RawRow = dict.fromkeys(columns) | {
            "returned_at_utc": stamp(moment),
            "returned_local_date": local(moment).date().isoformat(),
        }
        if self.chance(0.5):
            staged["order_id"] = row["order_id"]
            staged["line_number"] = None if self.chance(0.3) else row["line_number"]
        else:
            country, state, city = self.random.choice(PLACES)
            staged |= {
                "customer_id": self.random.choice(("C1", "X1", "X2", None)),
                "product_id": self.random.choice(("P1", "PY")),
                "quantity": self.random.choice(("1", "2")),
                "return_amount": self.random.choice(("5.00", "12.34")),
                "country": country,
                "state": state,
                "city": city,
            }
            if self.chance(0.3):
                staged |= {"returned_at_utc": None, "returned_local_date": None}
        self.staged["returns"][key_of("returns", row)] = staged
