"""Customers and staff who use the shop at the same time: many connections, each a client."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from secrets import token_hex
from typing import Any

import mysql.connector

from customer_trends.errors import InvalidOptionError, ShopError
from customer_trends.shop.client import (
    STATUSES,
    WISHES,
    Acknowledgement,
    Client,
    Knowledge,
    ProcedureCounts,
)
from customer_trends.shop.database import ShopAddress, fetch, opened

__all__ = [
    "Acknowledgement",
    "ProcedureCounts",
    "TrafficCounts",
    "TrafficOptions",
    "TrafficReport",
    "run_traffic",
]

REPORT_SECONDS = 0.2
CATALOGUE_SIZE, CUSTOMERS_KNOWN, ORDERS_KNOWN = 500, 1_000, 200


@dataclass(frozen=True)
class TrafficOptions:
    """How much traffic to make.

    Attributes
    ----------
    clients
        Number of clients at the same time.
    calls
        Number of calls of all clients together; None for no limit.
    seconds
        For how long; None for no limit.
    rate
        Calls per second of all clients together; None for as fast as possible.
    seed
        Makes the choices of each client repeatable.
    """

    clients: int
    calls: int | None = None
    seconds: float | None = None
    rate: float | None = None
    seed: int = 7


@dataclass
class TrafficCounts:
    """Where the traffic stands.

    Attributes
    ----------
    seconds
        Time since the start.
    procedures
        Counts by name of the procedure.
    """

    seconds: float = 0.0
    procedures: dict[str, ProcedureCounts] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """Count the calls that were answered."""
        return sum(
            counts.done + counts.refused + counts.repeated for counts in self.procedures.values()
        )

    @property
    def rate(self) -> float:
        """Return the calls per second."""
        return self.calls / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class TrafficReport:
    """What the traffic did.

    Attributes
    ----------
    counts
        Final counts.
    acknowledged
        Every call that took effect.
    is_stopped
        True when the traffic was stopped before its end.
    """

    counts: TrafficCounts
    acknowledged: tuple[Acknowledgement, ...]
    is_stopped: bool


def run_traffic(
    address: ShopAddress,
    options: TrafficOptions,
    progress: Callable[[TrafficCounts], None] = lambda counts: None,
    stop: threading.Event | None = None,
) -> TrafficReport:
    """Let clients use the shop until the calls are made, the time is over or they are stopped.

    Parameters
    ----------
    address
        Address of a shop with products and customers.
    options
        How much traffic.
    progress
        Called a few times a second with the counts so far.
    stop
        Ends the traffic when set, after the calls under way; so does Ctrl-C.

    Returns
    -------
    TrafficReport
        What was done.

    Raises
    ------
    InvalidOptionError
        If an option is zero or less.
    ShopError
        If the shop has no products or customers, cannot be reached, or answers as it must not.
    """
    _check_options(options)
    stop = stop or threading.Event()
    known, name = _look_around(address), token_hex(4)
    clients = [
        Client(address, known, Random(f"{options.seed} {number}"), f"{name}-{number}", stop)
        for number in range(options.clients)
    ]
    interval = options.clients / options.rate if options.rate else 0.0
    threads = [
        threading.Thread(
            target=client.run, args=(_share(options, number), options.seconds, interval)
        )
        for number, client in enumerate(clients)
    ]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    try:
        while any(thread.is_alive() for thread in threads):
            time.sleep(REPORT_SECONDS)
            progress(_count(clients, time.monotonic() - started))
    except BaseException as error:
        stop.set()
        if not isinstance(error, KeyboardInterrupt):
            raise
    finally:
        for thread in threads:
            thread.join()
    for client in clients:
        if client.error is not None:
            raise client.error
    return TrafficReport(
        counts=_count(clients, time.monotonic() - started),
        acknowledged=tuple(done for client in clients for done in client.acknowledged),
        is_stopped=stop.is_set(),
    )


def _check_options(options: TrafficOptions) -> None:
    """Refuse traffic that cannot be."""
    for name in ("clients", "calls", "seconds", "rate"):
        value = getattr(options, name)
        if value is not None and value <= 0:
            raise InvalidOptionError(f"--{name} is {value}: give a number above zero.")


def _share(options: TrafficOptions, number: int) -> int | None:
    """Return how many of the calls a client makes."""
    if options.calls is None:
        return None
    return options.calls // options.clients + (number < options.calls % options.clients)


def _count(clients: list[Client], seconds: float) -> TrafficCounts:
    """Add up what the clients did."""
    total = TrafficCounts(seconds, {procedure: ProcedureCounts() for procedure in WISHES})
    for client in clients:
        for procedure, counts in client.counts.items():
            sums = total.procedures[procedure]
            sums.done += counts.done
            sums.refused += counts.refused
            sums.repeated += counts.repeated
            sums.retried += counts.retried
    return total


def _look_around(address: ShopAddress) -> Knowledge:
    """Learn what clients need to know: products, customers, orders under way."""
    with opened(address) as connection:
        try:
            products = _fetch_numbers(
                connection, f"select product_id from stock order by 1 limit {CATALOGUE_SIZE}"
            )
            customers = _fetch_numbers(
                connection,
                "select customer_id from customers where erased_at is null order by 1 desc "
                f"limit {CUSTOMERS_KNOWN}",
            )
            orders = {
                status: _fetch_numbers(
                    connection,
                    f"select order_id from orders where order_status = '{status}' "
                    f"order by 1 desc limit {ORDERS_KNOWN}",
                )
                for status in STATUSES
            }
        except mysql.connector.Error:
            raise ShopError(
                "The database holds no shop, or a part of one: run customer-trends oltp install."
            ) from None
    if not products or not customers:
        raise ShopError("The shop has no products or no customers: run customer-trends oltp seed.")
    # The second product sells half as often as the first, the third a third as often, and so on.
    weights = list(accumulate(1 / rank for rank in range(1, len(products) + 1)))
    return Knowledge(products, weights, customers, orders)


def _fetch_numbers(connection: Any, query: str) -> list[int]:
    """Fetch one column of numbers."""
    return [int(number) for (number,) in fetch(connection, query)]
