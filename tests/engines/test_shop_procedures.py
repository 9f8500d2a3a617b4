"""The procedures of the shop: what they do, once, and that what they refuse changes nothing."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import mysql.connector
import pytest
from lanes import PROJECT
from servers.database_servers import DatabaseServer
from shops import install_shop

from customer_trends.shop.database import call, connect, fetch

VALUE, UNKNOWN, STATE, STOCK, REQUEST = "45001", "45002", "45003", "45004", "45005"
INJECTION = "Robert'); drop table customers; --"
LONG = "x" * 65_536
ADDRESS = ("1 Main Street", "60601", "Chicago", "IL", "United States")
ZOE = (
    *("Zoë", "O'Brien-Šmíd", "zoe@example.com", "+1 (555) 0100"),
    *("Female", "1980-02-29", "Consumer", *ADDRESS),
)
CUSTOMER, ERASED = 1, 2
SHIRT, HAT = 1, 2


@dataclass
class Shop:
    """A shop with two customers, two products and orders in three states."""

    connection: Any
    orders: dict[str, int]
    requests: int = 0
    known: dict[str, object] | None = None

    def call(self, procedure: str, *arguments: object) -> int | None:
        """Call a procedure under a request id of its own."""
        self.requests += 1
        self.known = None
        return call(self.connection, procedure, f"request-{self.requests}", *arguments)

    def refuse(self, procedure: str, *arguments: object) -> tuple[str, str]:
        """Call a procedure that must refuse and change nothing; gives SQLSTATE and sentence."""
        before = self.known or self.fingerprint()
        with pytest.raises(mysql.connector.Error) as raised:
            self.call(procedure, *arguments)
        self.known = self.fingerprint()
        assert self.known == before
        return str(raised.value.sqlstate), str(raised.value.msg)

    def fingerprint(self) -> dict[str, object]:
        """Sum up the content of every table."""
        tables = fetch(self.connection, "show full tables where table_type = 'BASE TABLE'")
        names = ", ".join(str(table) for table, _ in tables)
        return {str(row[0]): row[1] for row in fetch(self.connection, f"checksum table {names}")}

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        """Run a query."""
        return fetch(self.connection, query)

    def execute(self, statement: str) -> None:
        """Run a statement beside the procedures."""
        self.known = None
        with self.connection.cursor() as cursor:
            cursor.execute(statement)


def lines(*entries: tuple[object, object], **others: object) -> str:
    """Write the lines of an order: product and quantity."""
    return json.dumps(
        [{"product_id": product, "quantity": units, **others} for product, units in entries]
    )


def order_of(given: str, **changes: object) -> tuple[object, ...]:
    """Give the arguments of place_order after the request id."""
    usual: dict[str, object] = {
        "customer": CUSTOMER,
        "lines": given,
        "channel": "web",
        "payment_method": "paypal",
        "shipping_method": "standard",
        "promotion_code": None,
        "discount": Decimal(0),
        "shipping": Decimal("6.95"),
        "tax": Decimal("1.20"),
    }
    return tuple((usual | changes).values())


@pytest.fixture(scope="module")
def shop(database: DatabaseServer) -> Iterator[Shop]:
    """Install a shop on one server and let the first customers in."""
    connection = connect(install_shop(database, "shop_procedures"))
    made = Shop(connection, {})
    made.execute("insert into categories (category_name) values ('Clothing')")
    made.execute(
        "insert into products (product_name, category_id, list_price, unit_cost, updated_at) "
        "values ('Shirt', 1, 19.99, 10, utc_timestamp(6)), ('Hat', 1, 9.5, null, utc_timestamp(6))"
    )
    made.execute(
        "insert into stock (product_id, opening_quantity, quantity_on_hand, reorder_level) values "
        "(1, 100, 0, 5), (2, 5, 0, 5)"
    )
    assert made.call("register_customer", *ZOE) == CUSTOMER
    gone = ("Ann", "Gone", "gone@example.com", None, None, None, "Corporate", *ADDRESS)
    assert made.call("register_customer", *gone) == ERASED
    made.call("erase_customer", ERASED)
    for state in ("pending", "confirmed", "delivered"):
        number = made.call("place_order", *order_of(lines((SHIRT, 2))))
        assert number is not None
        made.orders[state] = number
        if state != "pending":
            made.call("pay_order", number, "paypal", Decimal("48.13"))
        if state == "delivered":
            made.call("ship_order", number)
            made.call("deliver_order", number)
    yield made
    connection.close()


BAD_ORDERS = {
    "unknown product": (order_of(lines((99, 1))), UNKNOWN, "Entry 1: there is no product 99."),
    "second product unknown": (order_of(lines((SHIRT, 1), (98, 1))), UNKNOWN, "Entry 2"),
    "product NULL": (order_of(lines((None, 1))), UNKNOWN, "no product NULL"),
    "SQL as product": (order_of(lines((INJECTION, 1))), UNKNOWN, "there is no product"),
    "emoji as product": (order_of(lines(("👕", 1))), UNKNOWN, "there is no product"),
    "negative quantity": (order_of(lines((SHIRT, -1))), VALUE, "asks for -1 units"),
    "no quantity": (order_of(lines((SHIRT, None))), VALUE, "asks for nothing units"),
    "zero": (order_of(lines((SHIRT, 0))), VALUE, "asks for 0 units"),
    "half a unit": (order_of(lines((SHIRT, 1.5))), VALUE, "asks for 1.5 units"),
    "a thousand million": (order_of(lines((SHIRT, 10**9))), VALUE, "asks for 1000000000 units"),
    "stock short": (order_of(lines((HAT, 6))), STOCK, "Product 2 has 5 units left, not 6."),
    "stock short in two lines": (order_of(lines((HAT, 3), (HAT, 3))), STOCK, "not 6."),
    "discount above price": (
        order_of(lines((SHIRT, 1), discount_amount=20)), VALUE, "a discount of 20",
    ),
    "negative discount": (order_of(lines((SHIRT, 1), discount_amount=-1)), VALUE, "of -1"),
    "no lines": (order_of("[]"), VALUE, "There are 0 lines"),
    "too many lines": (order_of(lines(*[(SHIRT, 1)] * 201)), VALUE, "There are 201 lines"),
    "lines NULL": (order_of("null", lines=None), VALUE, "not a JSON array"),
    "lines not JSON": (order_of("two shirts"), VALUE, "not a JSON array"),
    "lines an object": (order_of("{}"), VALUE, "not a JSON array"),
    "unknown customer": (order_of(lines((SHIRT, 1)), customer=77), UNKNOWN, "no customer 77."),
    "erased customer": (order_of(lines((SHIRT, 1)), customer=ERASED), STATE, "was erased"),
    "channel": (order_of(lines((SHIRT, 1)), channel="fax"), VALUE, "The channel is 'fax'"),
    "two channels": (order_of(lines((SHIRT, 1)), channel="web,app"), VALUE, "The channel is"),
    "payment NULL": (order_of(lines((SHIRT, 1)), payment_method=None), VALUE, "is NULL"),
    "shipping": (order_of(lines((SHIRT, 1)), shipping_method="drone"), VALUE, "'drone'"),
    "promotion": (order_of(lines((SHIRT, 1)), promotion_code=LONG), VALUE, "65536 characters"),
    "order discount": (
        order_of(lines((SHIRT, 1)), discount=Decimal(50)), VALUE, "more than the goods cost",
    ),
    "tax NULL": (order_of(lines((SHIRT, 1)), tax=None), VALUE, "The tax amount is NULL"),
    "parts of a cent": (order_of(lines((SHIRT, 1)), tax=Decimal("0.005")), VALUE, "two decimals"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_ORDERS)
def test_bad_orders_are_refused(shop: Shop, name: str) -> None:
    """An order that cannot be is refused with kind and sentence, and changes nothing."""
    arguments, state, part = BAD_ORDERS[name]
    found_state, sentence = shop.refuse("place_order", *arguments)
    assert (found_state, part in sentence) == (state, True), sentence


BAD_CUSTOMERS: dict[str, tuple[int, object, str, str]] = {
    "SQL as name": (0, INJECTION, VALUE, "The first name may hold letters"),
    "long name": (1, LONG, VALUE, "The last name has 65536 characters: give at most 100."),
    "emoji as name": (0, "😀", VALUE, "The first name may hold letters"),
    "name NULL": (0, None, VALUE, "needs first name, last name and e-mail"),
    "blank name": (1, "  ", VALUE, "The last name is blank"),
    "line break in name": (1, "Smith\n", VALUE, "holds a control character"),
    "e-mail": (2, "zoe at home", VALUE, "not one: give name@domain"),
    "e-mail taken": (2, "ZOE@example.com", STATE, "Another customer has this e-mail address."),
    "telephone": (3, "call me", VALUE, "The telephone number may hold digits"),
    "gender": (4, "X", VALUE, "The gender is 'X'"),
    "born tomorrow": (5, "2199-01-01", VALUE, "not a day since 1900 that has been"),
    "segment NULL": (6, None, VALUE, "The segment is NULL"),
    "long street": (7, LONG, VALUE, "The street address has 65536 characters"),
    "no city": (9, None, VALUE, "An address needs city and country."),
}


@pytest.mark.parametrize("name", BAD_CUSTOMERS)
def test_bad_customers_are_refused(shop: Shop, name: str) -> None:
    """A person who cannot be is refused, and leaves no row anywhere."""
    place, value, state, part = BAD_CUSTOMERS[name]
    arguments = [*ZOE]
    arguments[2] = "new@example.com"
    arguments[place] = value
    found_state, sentence = shop.refuse("register_customer", *arguments)
    assert (found_state, part in sentence) == (state, True), sentence


BAD_CHANGES = {
    "nothing": ("{}", "not a JSON object"),
    "NULL": (None, "not a JSON object"),
    "a list": ("[1]", "not a JSON object"),
    "unknown value": ('{"shoe_size": 43}', "no 'shoe_size'"),
    "name away": ('{"first_name": null}', "needs first name"),
    "SQL as name": (json.dumps({"last_name": INJECTION}), "may hold letters"),
    "long name": (json.dumps({"last_name": LONG}), "65536 characters"),
    "no day": ('{"birth_date": "2023-02-30"}', "The birth date is not a day"),
    "income": ('{"annual_income": "a lot"}', "annual income is not an amount"),
    "score": ('{"spending_score": 101}', "spending score is 101"),
    "half an address": ('{"city": "Austin"}', "needs city and country"),
}


@pytest.mark.parametrize("name", BAD_CHANGES)
def test_bad_changes_are_refused(shop: Shop, name: str) -> None:
    """A change that makes no sense is refused as a unit."""
    changes, part = BAD_CHANGES[name]
    state, sentence = shop.refuse("change_customer", CUSTOMER, changes)
    assert (state, part in sentence) == (VALUE, True), sentence


def returned(line: object = 1, units: object = 1, reason: object = "defective") -> str:
    """Write the lines of a return."""
    return json.dumps([{"line_number": line, "quantity": units, "return_reason": reason}])


# Procedure, order, further arguments, kind, part of the sentence.
WRONG_STEPS = {
    "ship before payment": ("ship_order", "pending", (), STATE, "only a paid order"),
    "deliver before shipping": ("deliver_order", "confirmed", (), STATE, "only a shipped order"),
    "ship twice": ("ship_order", "delivered", (), STATE, "is delivered"),
    "cancel after delivery": ("cancel_order", "delivered", (), STATE, "cannot be cancelled"),
    "pay twice": ("pay_order", "confirmed", ("paypal", 1), STATE, "only a pending order"),
    "pay too much": ("pay_order", "pending", ("paypal", 99), VALUE, "has 48.13 to pay, not 99.00"),
    "pay nothing": ("pay_order", "pending", ("paypal", 0), VALUE, "to pay, not 0.00"),
    "pay less than nothing": ("pay_order", "pending", ("paypal", -1), VALUE, "payment is -1"),
    "pay in shells": ("pay_order", "pending", ("shells", 1), VALUE, "payment method is 'shells'"),
    "return before delivery": (
        "record_return", "confirmed", (returned(),), STATE, "only delivered goods",
    ),
    "return too many": (
        "record_return", "delivered", (returned(units=3),), STATE, "has 2 units left to return",
    ),
    "return less than nothing": (
        "record_return", "delivered", (returned(units=-1),), VALUE, "asks for -1 units",
    ),
    "return another line": (
        "record_return", "delivered", (returned(line=9),), UNKNOWN, "has no line 9",
    ),
    "return without reason": (
        "record_return", "delivered", (returned(reason=None),), VALUE, "lacks a reason",
    ),
    "return nothing": ("record_return", "delivered", (None,), VALUE, "not a JSON array"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_STEPS)
def test_steps_out_of_order_are_refused(shop: Shop, name: str) -> None:
    """An order goes its way or stays where it is."""
    procedure, order, arguments, state, part = WRONG_STEPS[name]
    found_state, sentence = shop.refuse(procedure, shop.orders[order], *arguments)
    assert (found_state, part in sentence) == (state, True), sentence


# Procedure, arguments after the request id, kind, part of the sentence.
OTHER_CALLS: dict[str, tuple[str, tuple[object, ...], str, str]] = {
    "unknown order": ("ship_order", (4711,), UNKNOWN, "There is no order 4711."),
    "order NULL": ("cancel_order", (None,), UNKNOWN, "There is no order NULL."),
    "unknown customer": ("change_customer", (77, "{}"), UNKNOWN, "There is no customer 77."),
    "erase twice": ("erase_customer", (ERASED,), STATE, "was erased"),
    "six stars": ("submit_feedback", (1, None, None, "review", 6, None), VALUE, "rating is 6"),
    "half a star": ("submit_feedback", (1, None, None, "review", 0.5, None), VALUE, "rating is"),
    "order of another": (
        "submit_feedback", (1, 4711, None, "review", 5, None), UNKNOWN, "has no order 4711",
    ),
    "product unknown": (
        "submit_feedback", (1, None, 99, "review", 5, None), UNKNOWN, "no product 99",
    ),
    "kind of feedback": ("submit_feedback", (1, None, None, "song", 5, None), VALUE, "'song'"),
    "long comment": (
        "submit_feedback", (1, None, None, "review", 5, LONG), VALUE, "65536 characters",
    ),
    "kind of ticket": ("open_ticket", (1, None, "joke", "low", None), VALUE, "'joke'"),
    "severity": ("open_ticket", (1, None, "complaint", None, None), VALUE, "severity is NULL"),
    "unknown ticket": ("resolve_ticket", (99, "done"), UNKNOWN, "There is no ticket 99."),
    "no flat sales": ("normalize_flat_sales", (), VALUE, "flat_sales is empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHER_CALLS)
def test_other_bad_calls_are_refused(shop: Shop, name: str) -> None:
    """Every other procedure says no as clearly."""
    procedure, arguments, state, part = OTHER_CALLS[name]
    found_state, sentence = shop.refuse(procedure, *arguments)
    assert (found_state, part in sentence) == (state, True), sentence


@pytest.mark.parametrize("request_id", [None, "", " ", "x" * 65, INJECTION, "emoji-😀"])
def test_bad_request_ids_are_refused(shop: Shop, request_id: str | None) -> None:
    """A request id is short and plain."""
    before = shop.fingerprint()
    with pytest.raises(mysql.connector.Error) as raised:
        call(shop.connection, "cancel_order", request_id, shop.orders["pending"])
    assert raised.value.sqlstate == VALUE
    assert shop.fingerprint() == before


def test_a_request_takes_effect_once(shop: Shop) -> None:
    """The same call again gives the same answer; another call with its id is refused."""
    arguments = order_of(lines((SHIRT, 1)))
    first = call(shop.connection, "place_order", "once", *arguments)
    before = shop.fingerprint()
    assert call(shop.connection, "place_order", "once", *arguments) == first
    with pytest.raises(mysql.connector.Error) as raised:
        call(shop.connection, "place_order", "once", *order_of(lines((SHIRT, 2))))
    assert raised.value.sqlstate == REQUEST
    with pytest.raises(mysql.connector.Error) as raised:
        call(shop.connection, "cancel_order", "once", first)
    assert raised.value.sqlstate == REQUEST
    assert shop.fingerprint() == before


def test_a_refused_request_may_be_tried_again(shop: Shop) -> None:
    """A refusal leaves no claim on the request id."""
    with pytest.raises(mysql.connector.Error):
        call(shop.connection, "place_order", "again", *order_of(lines((HAT, 6))))
    assert call(shop.connection, "place_order", "again", *order_of(lines((HAT, 1)))) is not None


def test_an_open_transaction_is_not_swallowed(shop: Shop) -> None:
    """A caller in a transaction gets an error, instead of having it committed."""
    shop.execute("start transaction")
    shop.execute("update stock set reorder_level = 6 where product_id = 1")
    with pytest.raises(mysql.connector.Error):
        shop.call("cancel_order", shop.orders["pending"])
    shop.execute("rollback")
    assert shop.fetch("select reorder_level from stock where product_id = 1") == [(5,)]


# Statement that goes around the procedures, and what the triggers say.
TAMPERING = {
    "status": ("update orders set order_status = 'delivered'", "cannot become delivered"),
    "total": ("update orders set goods_amount = 1", "sum of its lines"),
    "paid lines": ("delete from order_items where order_id = {confirmed}", "is confirmed"),
    "history": ("update order_status_history set order_status = 'failed'", "cannot be rewritten"),
    "log": ("update change_log set operation = 'delete'", "append-only"),
    "log rows": ("delete from change_log", "append-only"),
    "payment": ("delete from payments", "cannot be deleted"),
    "new order": (
        "insert into orders (ordered_at, status_changed_at, order_status) "
        "values (utc_timestamp(6), utc_timestamp(6), 'shipped')",
        "A new order is pending",
    ),
    "address": ("update addresses set city = 'Austin'", "An address never changes"),
    "paid order": ("delete from orders where order_id = {confirmed}", "foreign key"),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_triggers_hold_against_plain_sql(shop: Shop, name: str) -> None:
    """Nobody bends totals, statuses, history or log, with whatever rights."""
    statement, part = TAMPERING[name]
    before = shop.fingerprint()
    with pytest.raises(mysql.connector.Error) as raised:
        shop.execute(statement.format(**shop.orders))
    assert part in str(raised.value.msg)
    assert shop.fingerprint() == before


def test_an_order_goes_its_way(shop: Shop) -> None:
    """From counter to door and half way back: statuses, totals and stock are right at the end."""
    on_hand = "select quantity_on_hand from stock where product_id = 1"
    ((before,),) = shop.fetch(on_hand)
    given = json.dumps([{"product_id": SHIRT, "quantity": 3, "discount_amount": 2.5}])
    order = shop.call("place_order", *order_of(given, discount=Decimal("1.00")))
    total = 3 * Decimal("19.99") - Decimal("2.50") - 1 + Decimal("6.95") + Decimal("1.20")
    assert shop.fetch(f"select total_amount from orders where order_id = {order}") == [(total,)]
    assert shop.fetch(on_hand) == [(before - 3,)]
    shop.call("pay_order", order, "gift_card", Decimal(10))
    assert shop.fetch(f"select order_status from orders where order_id = {order}") == [("pending",)]
    shop.call("pay_order", order, "paypal", total - 10)
    shop.call("ship_order", order)
    shop.call("deliver_order", order)
    shop.call("record_return", order, returned(units=1))
    shop.call("record_return", order, returned(units=2, reason="changed_mind"))
    history = shop.fetch(
        "select order_status from order_status_history "
        f"where order_id = {order} order by status_sequence"
    )
    assert [status for (status,) in history] == [
        *("pending", "confirmed", "processing", "shipped", "delivered"),
        *("partially_returned", "returned"),
    ]
    assert shop.fetch(on_hand) == [(before,)]


def test_a_cancelled_order_gives_its_units_back(shop: Shop) -> None:
    """Stock is as before, and the order keeps its lines."""
    on_hand = "select quantity_on_hand from stock where product_id = 1"
    before = shop.fetch(on_hand)
    order = shop.call("place_order", *order_of(lines((SHIRT, 4))))
    assert shop.fetch(on_hand) != before
    shop.call("cancel_order", order)
    assert shop.fetch(on_hand) == before


def test_emoji_stay_complete_in_what_customers_write(shop: Shop) -> None:
    """Free text is text: emoji and SQL are kept as written."""
    comment = f"Great 👍🏽 {INJECTION}"
    made = shop.call("submit_feedback", CUSTOMER, None, HAT, "review", 5, comment)
    assert shop.fetch(f"select comment from feedback where feedback_id = {made}") == [(comment,)]


def test_a_ticket_is_answered_and_resolved(shop: Shop) -> None:
    """A complaint is on the list until it is resolved, once."""
    ticket = shop.call("open_ticket", CUSTOMER, shop.orders["delivered"], "complaint", "high", "?")
    unresolved = f"select is_answered from unresolved_complaints where ticket_id = {ticket}"
    assert shop.fetch(unresolved) == [(0,)]
    shop.call("resolve_ticket", ticket, "Replaced.")
    assert shop.fetch(unresolved) == []
    state, sentence = shop.refuse("resolve_ticket", ticket, "Again.")
    assert (state, "resolved already" in sentence) == (STATE, True)


def test_a_change_leaves_the_rest_alone(shop: Shop) -> None:
    """Values not given stay; null clears; a move keeps the old address."""
    shop.call("change_customer", CUSTOMER, '{"annual_income": 51000.5, "spending_score": 77}')
    moved = {"city": "Austin", "state": "TX", "country": "United States", "phone": None}
    shop.call("change_customer", CUSTOMER, json.dumps(moved))
    card = shop.fetch(f"select * from customer_cards where customer_id = {CUSTOMER}")[0]
    assert card[1:5] == ("Zoë", "O'Brien-Šmíd", "zoe@example.com", None)
    assert card[7:10] == ("Austin", "TX", "United States")
    profile = "select annual_income, spending_score from customer_profiles where customer_id = 1"
    assert shop.fetch(profile) == [(Decimal("51000.50"), Decimal("77.00"))]


def test_a_name_from_elsewhere_is_no_obstacle(shop: Shop) -> None:
    """A customer whose old name would be refused today can still change the telephone number."""
    shop.execute(
        "insert into customers (first_name, segment, registered_at, updated_at) "
        "values ('Jo 😀', 'Consumer', utc_timestamp(6), utc_timestamp(6))"
    )
    ((customer,),) = shop.fetch("select max(customer_id) from customers")
    shop.call("change_customer", customer, '{"phone": "555 0123"}')
    found = shop.fetch(f"select first_name, phone from customers where customer_id = {customer}")
    assert found == [("Jo 😀", "555 0123")]
    state, sentence = shop.refuse("change_customer", customer, '{"first_name": "Joe 😀"}')
    assert (state, "may hold letters" in sentence) == (VALUE, True)


def test_an_erased_customer_is_nowhere(shop: Shop) -> None:
    """No table holds the erased name, address of e-mail, street or words; what was bought stays."""
    canary = ("Canaria", "Birdsong", "canary@example.com", "+1 555 0123456")
    home = ("77 Yellow Cage Road", "99999", "Chicago", "IL", "United States")
    person = shop.call("register_customer", *canary, "Other", "1991-03-07", "Consumer", *home)
    shop.call("place_order", *order_of(lines((SHIRT, 1)), customer=person))
    shop.call("submit_feedback", person, None, None, "enquiry", None, "Canaria asks")
    shop.call("resolve_ticket", shop.call(
        "open_ticket", person, None, "enquiry", "low", "Birdsong calls"
    ), "asked Canaria")  # fmt: skip
    assert find_text(shop, "Canaria") == {"customers", "change_log", "feedback", "ticket_events"}
    orders = shop.fetch("select count(*), sum(total_amount) from orders")
    customers = shop.fetch("select count(*) from customers")
    shop.call("erase_customer", person)
    traces = (*canary, home[0], home[1], "1991-03-07")
    assert {trace: find_text(shop, trace) for trace in traces} == {trace: set() for trace in traces}
    assert shop.fetch("select count(*), sum(total_amount) from orders") == orders
    assert shop.fetch("select count(*) from customers") == customers


def find_text(shop: Shop, text: str) -> set[str]:
    """Name the tables in which a text occurs in any column."""
    found = set()
    for table, _ in shop.fetch("show full tables where table_type = 'BASE TABLE'"):
        columns = [f"`{row[0]}`" for row in shop.fetch(f"show columns from {table}")]
        joined = ", ".join(f"coalesce(concat({column}, ''), '')" for column in columns)
        query = f"select count(*) from {table} where instr(concat_ws('|', {joined}), %s) > 0"
        if fetch(shop.connection, query, [text])[0][0]:
            found.add(str(table))
    return found


def test_a_reader_sees_the_shop_as_it_was_at_its_cut(shop: Shop) -> None:
    """Between two cuts nothing moves in the feed, whatever is written, changed or deleted."""
    extra = shop.call("place_order", *order_of(lines((SHIRT, 1), (HAT, 1))))
    shop.execute("call freeze_feed()")
    views = [f"shop_{name}" for name in (
        "customers", "customer_change_log", "products", "product_prices", "orders", "order_items",
        "order_status_history", "payments", "returns", "feedback", "support_tickets",
    )]  # fmt: skip
    query = "select * from {} order by _row_number"
    before = {view: shop.fetch(query.format(view)) for view in views}
    shop.call("change_customer", CUSTOMER, '{"annual_income": 99000}')
    shop.call("cancel_order", shop.call("place_order", *order_of(lines((SHIRT, 1)))))
    shop.call("record_return", shop.orders["delivered"], returned(units=1))
    shop.execute("update products set list_price = 21.5, updated_at = utc_timestamp(6)")
    shop.execute(f"delete from order_items where order_id = {extra} and line_number = 2")
    assert {view: shop.fetch(query.format(view)) for view in views} == before
    shop.execute("call freeze_feed()")
    after = {view: shop.fetch(query.format(view)) for view in views}
    unmoved = {"shop_payments", "shop_feedback", "shop_support_tickets"}
    moved = {
        view for view in views if [r[:-4] for r in after[view]] != [r[:-4] for r in before[view]]
    }
    assert moved == set(views) - unmoved


def test_nothing_of_this_broke_the_shop(shop: Shop) -> None:
    """After all of the above the shop is sound."""
    assert shop.fetch("select * from integrity_violations") == []
    ((changes,),) = shop.fetch("select count(*) from change_log")
    assert changes > 50


def test_the_readme_draws_the_keys_there_are(shop: Shop) -> None:
    """Each line of the drawing is a foreign key, and each foreign key is a line."""
    drawn = re.findall(
        r"^    (\w+) [|}o]+--[|{o]+ (\w+) : (\w+)$",
        (PROJECT / "oltp" / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    keys = shop.fetch(
        "select referenced_table_name, table_name, column_name "
        "from information_schema.key_column_usage "
        "where table_schema = database() and referenced_table_name is not null"
    )
    assert len(drawn) == len(set(drawn)) > 20
    assert set(drawn) == {tuple(map(str, key)) for key in keys}


def test_the_readme_lists_every_procedure(shop: Shop) -> None:
    """Whatever takes a request id is a procedure for callers, and is explained."""
    text = (PROJECT / "oltp" / "README.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`(\w+)`", text[text.index("| procedure |") : text.index("```sql")]))
    public = shop.fetch(
        "select specific_name from information_schema.parameters "
        "where specific_schema = database() and parameter_name = 'p_request_id' "
        "and specific_name not in ('claim_request', 'finish_request')"
    )
    assert listed == {str(name) for (name,) in public}
