"""An erased person is in no file of the server after a purge."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from missing import fail_without
from servers.database_servers import (
    ENGINES,
    Engine,
    ServerUnobtainableError,
    database_server,
)
from shops import install_shop

from customer_trends.errors import ShopError
from customer_trends.shop.database import PASSWORD_VARIABLE, call, opened
from customer_trends.shop.purge import purge_files
from customer_trends.shop.seed import seed_shop

PROJECT = Path(__file__).resolve().parents[2]
PERSON = ("Zwitschernelle", "Quetzalcoatl-Zwitscher", "kanarienvogel@example.org", "+49 89 7654321")
STREET = "Vogelweide 77"
COMMENT = "Call me Quetzalcoatl-Zwitscher"
ORDERS = 300


def find_remains(folder: Path) -> dict[str, list[str]]:
    """Find personal values in the bytes of the server's files."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 20
    found = {}
    for path in files:
        content = path.read_bytes()
        values = [v for v in (*PERSON, STREET, COMMENT) if v.encode() in content]
        if values:
            found[path.name] = values
    return found


def await_remains(folder: Path) -> bool:
    """Wait until the server has written what it was given."""
    until = time.monotonic() + 20
    while not find_remains(folder) and time.monotonic() < until:
        time.sleep(0.2)
    return bool(find_remains(folder))


def live_and_go(connection: Any) -> None:
    """Register a customer who changes address, writes something and is erased."""
    person = (*PERSON, "Female", "1980-02-29", "Consumer")
    place = (STREET, "80802", "München", None, "Germany")
    customer = call(connection, "register_customer", "person", *person, *place)
    call(connection, "change_customer", "move", customer, '{"phone": "+49 89 7654321"}')
    words = (None, None, "enquiry", None, COMMENT)
    call(connection, "submit_feedback", "comment", customer, *words)
    call(connection, "erase_customer", "erased", customer)


@pytest.mark.parametrize("engine", ENGINES)
def test_no_file_of_the_server_shows_who_was_erased(
    engine: Engine,
    tmp_path: Path,
    run: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Old bytes are there after the erasure and nowhere after the purge, nor after a stop."""
    monkeypatch.delenv(f"CUSTOMER_TRENDS_TEST_{engine.upper()}_URL", raising=False)
    try:
        with database_server(engine, tmp_path, "64M") as server:
            address = install_shop(server, "shop_purged")
            seed_shop(PROJECT, address, ORDERS, 7)
            with opened(address) as connection:
                live_and_go(connection)
            assert await_remains(tmp_path)
            monkeypatch.setenv(PASSWORD_VARIABLE, address.password)
            done = run("oltp", "purge", "--shop", str(address))
            assert done.code == 0, done.out + done.err
            assert "rewritten" in done.out
            assert find_remains(tmp_path) == {}
            done = run("oltp", "status", "--shop", str(address))
            assert done.code == 0, done.out + done.err
        assert find_remains(tmp_path) == {}
    except ServerUnobtainableError as error:
        fail_without(engine, error)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_open_transaction_is_named(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction that still sees old rows stops the purge with a sentence."""
    monkeypatch.setattr("customer_trends.shop.purge.PATIENCE", 1.0)
    try:
        with database_server(engine, tmp_path, "64M") as server:
            address = install_shop(server, "shop_purged")
            with opened(address) as connection, opened(address) as reader:
                with reader.cursor() as cursor:
                    cursor.execute("set transaction isolation level repeatable read")
                    cursor.execute("start transaction with consistent snapshot")
                live_and_go(connection)
                with pytest.raises(ShopError, match="transactions that were left open"):
                    purge_files(connection)
    except ServerUnobtainableError as error:
        fail_without(engine, error)
