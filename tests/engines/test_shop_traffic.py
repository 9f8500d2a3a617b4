"""Eight clients, cut off, killed, robbed of their server: nothing is lost, nothing done twice."""

import json
import os
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Any

import mysql.connector
import pytest
from flaky_proxy import FlakyProxy
from lanes import PROJECT
from missing import fail_without
from servers.database_servers import (
    ENGINES,
    DatabaseServer,
    ServerUnobtainableError,
    database_server,
)
from shops import shop_address

from customer_trends.errors import InvalidOptionError, ShopError
from customer_trends.shop.database import ShopAddress, connect, fetch, opened
from customer_trends.shop.install import install
from customer_trends.shop.seed import seed_shop
from customer_trends.shop.traffic import (
    Acknowledgement,
    ProcedureCounts,
    TrafficCounts,
    TrafficOptions,
    run_traffic,
)

# What a server must do so that a kill of its process loses nothing that it acknowledged.
DURABLE = ("--innodb-flush-log-at-trx-commit=2", "--innodb-doublewrite=ON")
SEEDED_ORDERS = 300
# `make soak` makes 20,000 calls.
CALLS = int(os.environ.get("CUSTOMER_TRENDS_TEST_CALLS", "4000"))
FLAKY = TrafficOptions(clients=2, calls=CALLS // 4, seed=2)
DIRECT = TrafficOptions(clients=6, calls=CALLS - CALLS // 4, seed=1)
# Seldom enough: each new connection has to read all procedures again.
KILL_SECONDS = 0.5
# Rows of each table that one call of a procedure makes; the condition finds them among others.
MADE = {
    "place_order": ("orders", "order_id", "true"),
    "pay_order": ("payments", "payment_id", "true"),
    "ship_order": ("shipments", "shipment_id", "true"),
    "record_return": ("returns", "return_id", "true"),
    "register_customer": ("customers", "customer_id", "true"),
    "submit_feedback": ("feedback", "feedback_id", "true"),
    "open_ticket": ("support_tickets", "ticket_id", "true"),
}
NOTED = {
    "deliver_order": ("order_status_history", "order_status_history_id", "delivered"),
    "cancel_order": ("order_status_history", "order_status_history_id", "cancelled"),
    "resolve_ticket": ("ticket_events", "ticket_event_id", "resolved"),
}
ROWS = {
    "customers": "customer_rows",
    "categories": "category_rows",
    "products": "product_rows",
    "product_prices": "product_price_rows",
    "orders": "order_rows",
    "order_items": "order_item_rows",
    "order_status_history": "order_status_history_rows",
    "payments": "payment_rows",
    "return_items": "return_item_rows",
    "subscriptions": "subscription_rows",
    "feedback": "feedback_rows",
    "support_tickets": "support_ticket_rows",
}


@dataclass(frozen=True)
class Aftermath:
    """A shop after the turmoil, what was there before, and what was confirmed to the clients."""

    address: ShopAddress
    seeded: dict[str, int]
    counts: dict[str, ProcedureCounts]
    acknowledged: tuple[Acknowledgement, ...]
    kills: int
    cuts: int
    crashes: int

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        """Query the shop."""
        with opened(self.address) as connection:
            return fetch(connection, query)


@pytest.fixture(scope="module", params=ENGINES)
def durable_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseServer]:
    """Start a server that may be killed; never one that the environment names."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(f"CUSTOMER_TRENDS_TEST_{request.param.upper()}_URL", raising=False)
        folder = tmp_path_factory.mktemp(request.param)
        try:
            with database_server(request.param, folder, "256M", *DURABLE) as server:
                yield server
        except ServerUnobtainableError as error:
            fail_without(request.param, error)


class Killer:
    """Kills connections of the clients at random."""

    def __init__(self, address: ShopAddress) -> None:
        self.address = address
        self.stop = threading.Event()
        self.kills = 0

    def run(self) -> None:
        """Kill one connection after the other."""
        chance = Random(7)
        while not self.stop.wait(chance.uniform(0.5, 1.5) * KILL_SECONDS):
            try:
                with opened(self.address) as connection:
                    others = fetch(
                        connection,
                        "select id from information_schema.processlist "
                        "where db = %s and id <> connection_id() order by 1",
                        [self.address.database],
                    )
                    if others:
                        connection.cmd_query(f"kill {chance.choice(others)[0]}")
                        self.kills += 1
            except (ShopError, mysql.connector.Error):
                # The server is down, or the connection was gone already.
                continue


def crash_once(server: DatabaseServer, seen: dict[str, int], done: threading.Event) -> int:
    """Kill the server with -9 when half of the calls are made, and start it again."""
    assert server.process is not None
    half = ((DIRECT.calls or 0) + (FLAKY.calls or 0)) // 2
    while not done.is_set():
        if sum(seen.values()) >= half:
            server.process.kill()
            time.sleep(0.5)
            server.process.start()
            return 1
        done.wait(0.05)
    return 0


@pytest.fixture(scope="module")
def aftermath(durable_server: DatabaseServer) -> Aftermath:
    """Seed a small shop, row by row for once, and let everything happen to it at the same time."""
    address = shop_address(durable_server, "shop_traffic")
    install(PROJECT, address)
    with opened(address) as connection:
        connection.cmd_query("set global local_infile = 0")
        seed_shop(PROJECT, address, SEEDED_ORDERS, seed=7)
        made = {table: key for table, key, _ in (*MADE.values(), *NOTED.values())}
        seeded = {
            table: int(fetch(connection, f"select coalesce(max({key}), 0) from {table}")[0][0])
            for table, key in made.items()
        }
    killer, seen, done = Killer(address), dict[str, int](), threading.Event()

    def watch(name: str, counts: TrafficCounts) -> None:
        seen[name] = counts.calls

    with (
        closing(FlakyProxy(address.host, address.port)) as proxy,
        ThreadPoolExecutor(max_workers=4) as workers,
    ):
        way = replace(address, port=proxy.port)
        killing = workers.submit(killer.run)
        crash = workers.submit(crash_once, durable_server, seen, done)
        runs = [
            workers.submit(run_traffic, address, DIRECT, lambda counts: watch("direct", counts)),
            workers.submit(run_traffic, way, FLAKY, lambda counts: watch("flaky", counts)),
        ]
        try:
            reports = [run.result() for run in runs]
        finally:
            done.set()
            killer.stop.set()
        killing.result()
        crashes = crash.result()
    total = {
        name: ProcedureCounts(
            *(
                sum(getattr(report.counts.procedures[name], kind) for report in reports)
                for kind in ("done", "refused", "repeated", "retried")
            )
        )
        for name in reports[0].counts.procedures
    }
    acknowledged = tuple(done for report in reports for done in report.acknowledged)
    return Aftermath(address, seeded, total, acknowledged, killer.kills, proxy.cuts, crashes)


def test_there_was_turmoil(aftermath: Aftermath) -> None:
    """All calls were made, of every procedure, and many were cut off on the way."""
    counts = aftermath.counts
    assert sum(count.done + count.refused for count in counts.values()) == CALLS
    assert all(count.done > CALLS / 400 for count in counts.values())
    assert counts["place_order"].refused + counts["record_return"].refused > CALLS / 2_000
    assert sum(count.repeated for count in counts.values()) > CALLS / 70
    assert sum(count.retried for count in counts.values()) > CALLS / 200
    assert aftermath.kills > CALLS / 600
    assert aftermath.cuts > CALLS / 2_000
    assert aftermath.crashes == 1


def test_no_rule_is_broken(aftermath: Aftermath) -> None:
    assert aftermath.fetch("select * from integrity_violations limit 10") == []


def test_what_was_acknowledged_is_kept(aftermath: Aftermath) -> None:
    """Each call that was confirmed is there, with that result, and there is no other."""
    kept = {
        (str(request), str(procedure)): result
        for request, procedure, result in aftermath.fetch(
            "select request_id, procedure_name, result_id from requests"
        )
    }
    confirmed = {
        (done.request_id, done.procedure): done.result_id for done in aftermath.acknowledged
    }
    assert len(confirmed) == len(aftermath.acknowledged)
    assert kept.keys() == confirmed.keys()
    results = {call: result for call, result in confirmed.items() if call[1] in MADE}
    assert {call: kept[call] for call in results} == results


@pytest.mark.parametrize("procedure", MADE)
def test_nothing_was_made_twice(aftermath: Aftermath, procedure: str) -> None:
    """The rows that are new are exactly those that one request each made."""
    table, key, _ = MADE[procedure]
    new = [
        row for (row,) in aftermath.fetch(
            f"select {key} from {table} where {key} > {aftermath.seeded[table]} order by 1"
        )
    ]  # fmt: skip
    made = aftermath.fetch(
        f"select result_id from requests where procedure_name = '{procedure}' order by 1"
    )
    assert new == [row for (row,) in made]


@pytest.mark.parametrize("procedure", NOTED)
def test_nothing_was_noted_twice(aftermath: Aftermath, procedure: str) -> None:
    table, key, word = NOTED[procedure]
    column = "order_status" if table == "order_status_history" else "event_type"
    ((noted,),) = aftermath.fetch(
        f"select count(*) from {table} "
        f"where {key} > {aftermath.seeded[table]} and {column} = '{word}'"
    )
    assert noted == aftermath.counts[procedure].done


def test_units_add_up(aftermath: Aftermath) -> None:
    """Stock, counted without the views: opening, less what orders hold, plus what came back."""
    free = ("failed", "cancelled")
    sold, returned, back = Counter[int](), Counter[int](), Counter[int]()
    lines = {}
    for line, product, quantity, status in aftermath.fetch(
        "select order_item_id, product_id, quantity, order_status from order_items, orders "
        "where order_items.order_id = orders.order_id"
    ):
        lines[line] = (product, quantity)
        sold[product] += 0 if status in free else quantity
    for line, quantity in aftermath.fetch("select order_item_id, quantity from return_items"):
        returned[lines[line][0]] += quantity
        back[line] += quantity
    assert all(units <= lines[line][1] for line, units in back.items())
    stock = aftermath.fetch("select product_id, opening_quantity, quantity_on_hand from stock")
    assert {product: on_hand for product, _, on_hand in stock} == {
        product: opening - sold[product] + returned[product] for product, opening, _ in stock
    }
    assert min(on_hand for _, _, on_hand in stock) >= 0
    assert sum(returned.values()) > 0


def test_money_adds_up(aftermath: Aftermath) -> None:
    """Totals are those of the lines, and what left the house was paid to the cent."""
    goods, paid = defaultdict[int, Decimal](Decimal), defaultdict[int, Decimal](Decimal)
    for order, amount in aftermath.fetch(
        "select order_id, quantity * unit_price - line_discount_amount from order_items"
    ):
        goods[order] += amount
    for order, amount in aftermath.fetch("select order_id, payment_amount from payments"):
        paid[order] += amount
    rows = aftermath.fetch(
        "select order_id, order_status, total_amount, "
        "total_amount + order_discount_amount - shipping_amount - tax_amount from orders"
    )
    assert {order: amount for order, _, _, amount in rows} == goods
    open_states = ("pending", "failed", "cancelled")
    owed = {order: total for order, status, total, _ in rows if status not in open_states}
    assert {order: paid[order] for order in owed} == {
        order: total.quantize(Decimal("0.01")) for order, total in owed.items()
    }


def test_histories_are_legal(aftermath: Aftermath) -> None:
    """Each order went its way step by step, forward in time, and is where its history ends."""
    legal = set(aftermath.fetch("select from_status, to_status from order_status_transitions"))
    histories: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for order, *step in aftermath.fetch(
        "select order_id, status_sequence, order_status, changed_at from order_status_history "
        "order by order_id, status_sequence"
    ):
        histories[order].append(tuple(step))
    for order, status in aftermath.fetch("select order_id, order_status from orders"):
        sequences, statuses, times = zip(*histories.pop(order), strict=True)
        assert sequences == tuple(range(1, len(sequences) + 1))
        assert statuses[0] == "pending" and statuses[-1] == status
        assert set(zip(statuses, statuses[1:], strict=False)) <= legal
        assert list(times) == sorted(times)
    assert not histories


def test_change_log_plays_back(aftermath: Aftermath) -> None:
    """The log, played from empty, ends with the rows as they are; each step follows the last."""
    rows: dict[tuple[str, int], Any] = {}
    with closing(connect(aftermath.address)) as connection:
        for table, key, operation, before, after in fetch(
            connection,
            "select table_name, row_key, operation, before_row, after_row from change_log "
            "order by change_sequence",
        ):
            here = (table, key)
            assert (operation == "insert") == (here not in rows), here
            assert before == rows.get(here), here
            if operation == "delete":
                del rows[here]
            else:
                rows[here] = after
        for table, view in ROWS.items():
            now = {
                (table, key): json.loads(content)
                for key, content in fetch(connection, f"select row_key, row_content from {view}")
            }
            assert {key: json.loads(rows.pop(key)) for key in now} == now
    assert rows == {}


def test_too_little_is_refused(aftermath: Aftermath) -> None:
    """A client that cannot be is an error of the options; a shop without products is one, too."""
    with pytest.raises(InvalidOptionError, match="--clients is 0"):
        run_traffic(aftermath.address, TrafficOptions(clients=0, calls=1))
    empty = replace(aftermath.address, database="shop_empty")
    install(PROJECT, empty)
    with pytest.raises(ShopError, match="oltp seed"):
        run_traffic(empty, TrafficOptions(clients=1, calls=1))
