"""Live, from end to end: a shop in use, builds and publications, open pages whose figures move."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from browser import FLAGS
from dashboard_browser import (
    PATIENCE,
    run_dashboard,
    wait_until_still,
    watch,
)
from dashboards import PUBLISHED
from playwright.sync_api import sync_playwright
from servers.server_pool import ServerPool
from shops import in_use, make_shop
from warehouses import Warehouse, count_tests

HERE = Path(__file__).resolve().parents[1] / "support"
PUBLICATIONS = 3
# Headline figures, and the same from the rows of orders: different marts of one publication.
HALVES = """
    select
        (select cast(kpi_value as decimal(18, 2)) from published.marts.mart_kpi
            where kpi_id = 'orders'),
        (select cast(count(distinct order_key) as decimal(18, 2))
            from published.marts.mart_order_lines where is_counted)
"""
FIGURES = (
    "() => [...document.querySelectorAll('[data-testid=stMetricValue]')].map(c => c.innerText)"
)
ORDERS = "select kpi_value from marts.mart_kpi where kpi_id = 'orders'"
ERRORS = "[data-testid=stException], [data-testid=stAlertContentError]"


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """Give a warehouse of its own."""
    return Warehouse(tmp_path)


@contextmanager
def read_meanwhile(published: Path, stop: Path) -> Iterator[list[dict[str, Any]]]:
    """Have ten readers poll what is published; at the end gives what they saw."""
    command = [sys.executable, str(HERE / "poll_published.py"), str(published), str(stop), "5", "1"]
    pollers = [
        subprocess.Popen([*command, HALVES], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    seen: list[dict[str, Any]] = []
    try:
        yield seen
    finally:
        stop.touch()
        seen += [json.loads(poller.communicate()[0]) for poller in pollers]


def publish(warehouse: Warehouse, url: str) -> None:
    """Copy what changed in the shop, build with every test of data, publish."""
    warehouse.run("load", "shop", "--from", url)
    assert set(count_tests(warehouse.run("build"))) <= {"passed", "warned"}
    warehouse.run("publish")


def test_figures_move_while_the_shop_sells(
    server_pool: ServerPool, warehouse: Warehouse, chromium_path: str, tmp_path: Path
) -> None:
    """Each publication moves the figures of an open page; nothing fails and nobody reloads."""
    shop = make_shop(server_pool, "mysql", "shop_live")
    url = f"mysql://{shop.user}:{shop.password}@{shop.host}:{shop.port}/{shop.database}"
    path = tmp_path / "published" / "marts.duckdb"
    publish(warehouse, url)
    settings = {"CUSTOMER_TRENDS_TARGET": "duckdb", PUBLISHED: str(path)}
    with (
        run_dashboard(settings) as address,
        sync_playwright() as driver,
        in_use(shop) as calls,
        read_meanwhile(path, tmp_path / "stop") as polled,
    ):
        browser = driver.chromium.launch(executable_path=chromium_path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE)
        seen = watch(page)
        page.goto(address)
        wait_until_still(page)
        page.evaluate("window.isTheSamePage = true")
        shown = [page.evaluate(FIGURES)]
        for _ in range(PUBLICATIONS):
            publish(warehouse, url)
            page.wait_for_function(f"before => String(({FIGURES})()) !== before",
                                   arg=",".join(shown[-1]))  # fmt: skip
            wait_until_still(page)
            shown.append(page.evaluate(FIGURES))
            assert page.locator(ERRORS).count() == 0
            ((orders,),) = warehouse.query(ORDERS)
            assert f"{orders:,.0f}" in shown[-1]
        assert page.evaluate("window.isTheSamePage") is True
        assert (seen.outside, seen.errors) == ([], [])
        browser.close()
    assert calls[0] > 100
    assert len({tuple(figures) for figures in shown}) == PUBLICATIONS + 1
    assert [part["errors"] + part["halves"] for part in polled] == [[], []]
    assert all(part["reads"] > 100 for part in polled), polled
    assert all(part["publications"] >= PUBLICATIONS for part in polled), polled
