"""One client of the shop: it wants things, asks for them, and insists until it has an answer."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

import mysql.connector

from customer_trends.errors import ShopError
from customer_trends.shop.database import ShopAddress, call, connect, fetch

Result = TypeVar("Result")
STOCK_IS_SHORT = "45004"
REFUSALS = ("45001", "45002", "45003", STOCK_IS_SHORT)
# Deadlock, long wait for a lock, interrupted, shutting down, and what MariaDB says when it is
# interrupted before it has a new number.
TRY_AGAIN = (1213, 1205, 1317, 1053, 1467)
PATIENCE_SECONDS = 120.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.005, 1.0
# How often a client wants what; what is not possible at the moment becomes an order.
WISHES = {
    "place_order": 30,
    "pay_order": 24,
    "ship_order": 16,
    "deliver_order": 14,
    "cancel_order": 3,
    "record_return": 4,
    "register_customer": 4,
    "change_customer": 5,
    "submit_feedback": 4,
    "open_ticket": 2,
    "resolve_ticket": 2,
}
GUEST_SHARE = 0.05
SHARED_SHARE = 0.05
REPEAT_SHARE = 0.03
# How often somebody who finds a shelf empty has it filled again.
RESTOCK_SHARE = 0.1
STATUSES = ("pending", "confirmed", "shipped", "delivered")
FIRST_NAMES = ("Ada", "Zoë", "José", "Anne-Marie", "Noah", "Łukasz", "Mia", "Siobhán")
LAST_NAMES = ("Smith", "O'Brien", "García", "Müller", "de la Cruz", "Lee", "Škoda", "Patel")
CITIES = (("Chicago", "IL"), ("Austin", "TX"), ("San José", "CA"), ("Portland", "ME"))
REASONS = ("wrong_size", "not_as_described", "defective", "changed_mind", "arrived_late")
METHODS = ("credit_card", "debit_card", "paypal", "bank_transfer", "gift_card")


@dataclass
class ProcedureCounts:
    """What became of the calls of a procedure.

    Attributes
    ----------
    done
        Calls that took effect and were acknowledged.
    refused
        Calls that the shop refused for a reason, such as too little stock.
    repeated
        Calls that were made again on purpose once they had taken effect.
    retried
        Attempts that a deadlock, a wait for a lock or a lost connection ended.
    """

    done: int = 0
    refused: int = 0
    repeated: int = 0
    retried: int = 0


@dataclass(frozen=True)
class Acknowledgement:
    """A call of which the shop said that it took effect.

    Attributes
    ----------
    request_id
        Its request id.
    procedure
        Name of the procedure.
    result_id
        Number that the procedure made; None if it makes none.
    """

    request_id: str
    procedure: str
    result_id: int | None


@dataclass(frozen=True)
class Knowledge:
    """What all clients know of the shop at the start.

    Attributes
    ----------
    products
        Numbers of the products.
    weights
        How often each is wanted, added up from the first on.
    customers
        Numbers of customers.
    orders
        Numbers of orders by status.
    """

    products: list[int]
    weights: list[float]
    customers: list[int]
    orders: dict[str, list[int]]


class _Stopped(Exception):
    """The traffic is to end, and the server cannot be reached."""


class Client:
    """One client: a connection, a source of chance and a memory of what it did."""

    def __init__(
        self,
        address: ShopAddress,
        known: Knowledge,
        chance: Random,
        name: str,
        stop: threading.Event,
    ) -> None:
        """Make a client that has done nothing yet.

        Parameters
        ----------
        address
            Address of the shop.
        known
            What all clients know.
        chance
            Its source of chance.
        name
            What its request ids begin with.
        stop
            Ends all clients when set.
        """
        self.address, self.known, self.chance, self.name = address, known, chance, name
        self.stop = stop
        self.connection: Any = None
        self.counts = {procedure: ProcedureCounts() for procedure in WISHES}
        self.acknowledged: list[Acknowledgement] = []
        self.error: Exception | None = None
        self.requests = 0
        self.refusal = ""
        self.customers: list[int] = []
        self.tickets: list[int] = []
        # Own orders by status, and the number of their lines.
        self.orders: dict[str, list[int]] = {status: [] for status in STATUSES}
        self.lines: dict[int, int] = {}

    def run(self, calls: int | None, seconds: float | None, interval: float) -> None:
        """Make calls until enough are made, the time is over or somebody says stop.

        Parameters
        ----------
        calls
            Number of requests; None for no limit.
        seconds
            For how long; None for no limit.
        interval
            Seconds from one request to the next.
        """
        started = due = time.monotonic()
        try:
            while not self.stop.is_set():
                if calls is not None and self.requests >= calls:
                    break
                if seconds is not None and time.monotonic() - started >= seconds:
                    break
                if interval:
                    # Who is late does not make up for more than a second.
                    due = max(due + interval, time.monotonic() - 1)
                    self.stop.wait(max(0.0, due - time.monotonic()))
                self._act()
        except _Stopped:
            pass
        except mysql.connector.Error as error:
            self._give_up(ShopError(f"The shop answered as it must not ({error})."))
        except Exception as error:
            self._give_up(error)
        finally:
            self._disconnect()

    def _give_up(self, error: Exception) -> None:
        """Keep what went wrong for the caller and end all clients."""
        self.error = error
        self.stop.set()

    def _act(self) -> None:
        """Do one thing that is possible."""
        wish = self.chance.choices(list(WISHES), list(WISHES.values()))[0]
        act: Callable[[], bool] = getattr(self, f"_{wish}")
        if not act():
            self._place_order()

    # What a client can do; False when it is not possible at the moment.

    def _place_order(self) -> bool:
        chance, known = self.chance, self.known
        count = chance.choices((1, 2, 3, 4), (40, 30, 20, 10))[0]
        picked = dict.fromkeys(chance.choices(known.products, cum_weights=known.weights, k=count))
        lines = [
            {"product_id": product, "quantity": chance.choices((1, 2, 3), (70, 20, 10))[0]}
            for product in picked
        ]
        customer = None if chance.random() < GUEST_SHARE else self._choose_customer()
        channel = chance.choice(("web", "app", "phone"))
        order = self._request(
            "place_order", customer, json.dumps(lines), channel, chance.choice(METHODS),
            chance.choice(("standard", "express")), None, 0, chance.choice((0, 6.95)),
            chance.choice((0, 1.25)),
        )  # fmt: skip
        if order is not None:
            self.orders["pending"].append(order)
            self.lines[order] = len(lines)
        elif self.refusal == STOCK_IS_SHORT and chance.random() < RESTOCK_SHARE:
            self._restock(list(picked))
        return True

    def _restock(self, products: list[int]) -> None:
        """Fill the shelves of products that ran out, by a stocktaking."""
        numbers = ", ".join(map(str, products))
        statement = (
            "update stock "
            "set opening_quantity = opening_quantity + greatest(500, 10 * reorder_level) "
            f"where product_id in ({numbers}) and quantity_on_hand <= reorder_level"
        )
        self._insist(lambda: self.connection.cmd_query(statement))

    def _pay_order(self) -> bool:
        order = self._choose_order("pending")
        if order is None:
            return False
        found = self._ask(
            "select round(total_amount, 2) - coalesce((select sum(payment_amount) from payments "
            "where payments.order_id = orders.order_id), 0) from orders where order_id = %s",
            order,
        )
        if not found:
            raise ShopError(f"The shop lost order {order}, which it had confirmed to a client.")
        # Somebody else may pay meanwhile: then the payment is refused.
        amount = Decimal(found[0][0])
        is_part = amount > 1 and self.chance.random() < 0.05
        payment = self._request(
            "pay_order",
            order,
            self.chance.choice(METHODS),
            (amount / 2).quantize(Decimal("0.01")) if is_part else amount,
        )
        self._move(order, "pending", "pending" if is_part else "confirmed", payment is not None)
        return True

    def _ship_order(self) -> bool:
        order = self._choose_order("confirmed")
        if order is None:
            return False
        self._move(order, "confirmed", "shipped", self._request("ship_order", order) is not None)
        return True

    def _deliver_order(self) -> bool:
        order = self._choose_order("shipped")
        if order is None:
            return False
        delivery = self._request("deliver_order", order)
        self._move(order, "shipped", "delivered", delivery is not None)
        return True

    def _cancel_order(self) -> bool:
        status = self.chance.choice(("pending", "confirmed"))
        order = self._choose_order(status)
        if order is None:
            return False
        self._request("cancel_order", order)
        self._move(order, status, "", False)
        return True

    def _record_return(self) -> bool:
        order = self._choose_order("delivered")
        if order is None:
            return False
        lines = [
            {"line_number": number, "quantity": 1, "return_reason": self.chance.choice(REASONS)}
            for number in range(1, 1 + self.chance.randint(1, self.lines.get(order, 1)))
        ]
        self._request("record_return", order, json.dumps(lines))
        return True

    def _register_customer(self) -> bool:
        chance = self.chance
        city, state = chance.choice(CITIES)
        customer = self._request(
            "register_customer", chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES),
            f"{self.name}.{self.requests}@example.com", "(312) 555-0100",
            chance.choice(("Female", "Male", "Other", None)), f"19{chance.randint(40, 99)}-02-28",
            chance.choice(("Consumer", "Corporate", "Home Office")),
            f"{chance.randint(1, 999)} Lake Street", "60601", city, state, "United States",
        )  # fmt: skip
        if customer is not None:
            self.customers.append(customer)
        return True

    def _change_customer(self) -> bool:
        city, state = self.chance.choice(CITIES)
        possible: list[dict[str, object]] = [
            {"annual_income": self.chance.randint(20, 150) * 1_000},
            {"spending_score": self.chance.randint(1, 100)},
            {"segment": self.chance.choice(("Consumer", "Corporate", "Home Office"))},
            {"city": city, "state": state, "country": "United States"},
            {"phone": None},
        ]
        changes = self.chance.choice(possible)
        self._request("change_customer", self._choose_customer(), json.dumps(changes))
        return True

    def _submit_feedback(self) -> bool:
        kind = self.chance.choices(("review", "complaint", "enquiry"), (80, 15, 5))[0]
        self._request(
            "submit_feedback", self._choose_customer(), None,
            self.chance.choice(self.known.products) if kind == "review" else None, kind,
            self.chance.choice((None, 1, 2, 3, 4, 5)), self.chance.choice((None, "Love it 😍")),
        )  # fmt: skip
        return True

    def _open_ticket(self) -> bool:
        ticket = self._request(
            "open_ticket", self._choose_customer(), None,
            self.chance.choice(("complaint", "enquiry", "technical")),
            self.chance.choice(("low", "medium", "high")), "Where is my parcel?",
        )  # fmt: skip
        if ticket is not None:
            self.tickets.append(ticket)
        return True

    def _resolve_ticket(self) -> bool:
        if not self.tickets:
            return False
        ticket = self.tickets.pop(self.chance.randrange(len(self.tickets)))
        self._request("resolve_ticket", ticket, "Answered.")
        return True

    def _choose_customer(self) -> int:
        """Choose a customer: one of all, or one that registered with this client."""
        mine = self.customers and self.chance.random() < 0.5
        return self.chance.choice(self.customers if mine else self.known.customers)

    def _choose_order(self, status: str) -> int | None:
        """Choose an order of a status: mostly an own one, at times one that others choose, too."""
        shared, mine = self.known.orders.get(status), self.orders[status]
        if shared and (not mine or self.chance.random() < SHARED_SHARE):
            return self.chance.choice(shared)
        return self.chance.choice(mine) if mine else None

    def _move(self, order: int, before: str, after: str, is_done: bool) -> None:
        """Remember the new status of an own order; one that was refused is forgotten."""
        if order in self.orders[before]:
            self.orders[before].remove(order)
            if is_done:
                self.orders[after].append(order)

    # How a client talks to the shop.

    def _request(self, procedure: str, *arguments: object) -> int | None:
        """Call a procedure once, whatever happens on the way.

        The result is the number that the procedure made, 0 if it makes none, None if it refused.
        """
        self.requests += 1
        request_id = f"{self.name}-{self.requests}"
        counts = self.counts[procedure]

        def attempt() -> int | None:
            return call(self.connection, procedure, request_id, *arguments)

        try:
            result = self._insist(attempt, counts)
        except mysql.connector.Error as error:
            if error.sqlstate not in REFUSALS:
                raise
            self.refusal = error.sqlstate
            counts.refused += 1
            return None
        self.acknowledged.append(Acknowledgement(request_id, procedure, result))
        counts.done += 1
        if self.chance.random() < REPEAT_SHARE:
            again = self._insist(attempt, counts)
            if again != result:
                raise ShopError(
                    f"The shop answered the request {request_id} of {procedure} with {result} and "
                    f"then with {again}."
                )
            counts.repeated += 1
        return result or 0

    def _ask(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Read, and read again if the connection is lost."""
        return self._insist(lambda: fetch(self.connection, query, parameters))

    def _insist(
        self, attempt: Callable[[], Result], counts: ProcedureCounts | None = None
    ) -> Result:
        """Try until the shop answers; the pauses between get longer."""
        deadline, pause = time.monotonic() + PATIENCE_SECONDS, SHORTEST_PAUSE
        while True:
            try:
                if self.connection is None:
                    self.connection = connect(self.address)
                return attempt()
            except ShopError as error:
                reason = str(error)
            except mysql.connector.Error as error:
                reason = str(error)
                if error.sqlstate in REFUSALS:
                    raise
                # A client whose connection is killed may get any error before it ends.
                if not self.connection.is_connected():
                    self._disconnect()
                elif error.errno not in TRY_AGAIN:
                    raise
            if counts is not None:
                counts.retried += 1
            if time.monotonic() > deadline:
                raise ShopError(f"The shop does not answer any more: {reason}")
            if self.stop.is_set() and self.connection is None:
                raise _Stopped
            time.sleep(pause * self.chance.uniform(0.5, 1))
            pause = min(2 * pause, LONGEST_PAUSE)

    def _disconnect(self) -> None:
        """Drop the connection, whatever its state."""
        if self.connection is not None:
            self.connection.disconnect()
            self.connection = None
