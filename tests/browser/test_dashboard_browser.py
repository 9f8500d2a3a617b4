"""The dashboard in a real browser: clicks, tooltips, addresses, live figures, phones, keyboards."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from browser import FLAGS
from dashboard_browser import (
    PATIENCE,
    Watched,
    run_dashboard,
    wait_until_still,
    watch,
)
from dashboards import PAGES, PUBLISHED, Shown, publish_lane
from lanes import Lanes
from playwright.sync_api import sync_playwright

BARS = "[data-testid=stVegaLiteChart] path[aria-roledescription=bar]"
FIRST_CARD = "[data-testid=stMetricValue] >> nth=0"
# Headline figures that do not fit their cards.
CUT_OFF = (
    "() => [...document.querySelectorAll('[data-testid=stMetricValue], "
    "[data-testid=stMetricValue] *')]"
    ".filter(part => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0)"
    ".map(part => part.innerText)"
)
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def published(lanes: Lanes, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """Publish the DuckDB lane."""
    lane = lanes.get("duckdb")
    lanes.builds["duckdb"].result()
    environment = publish_lane(lane, tmp_path_factory.mktemp("browser"))
    return Shown("duckdb", environment, Path(environment[PUBLISHED]))


@pytest.fixture(scope="module")
def address(published: Shown) -> Iterator[str]:
    """Run the dashboard."""
    with run_dashboard(published.environment | {"CUSTOMER_TRENDS_TARGET": "duckdb"}) as running:
        yield running


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Any]:
    """Start a browser without a window."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """Open an empty page; at the end nothing has left the machine and no error was logged."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE)
    seen: Watched = watch(opened)
    yield opened
    context.close()
    assert len(seen.requests) > 10
    assert seen.outside == []
    assert seen.errors == []


def test_the_headline_figures_are_there_before_any_script_has_run(
    page: Any, chromium: Any, address: str
) -> None:
    """They are those of the dashboard, which takes their place when it has drawn."""
    context = chromium.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(address)
    opening = plain.get_by_role("status")
    assert opening.is_visible()
    assert opening.inner_text().split("\n")[0] == "Customer trends"
    early = [
        (name.strip(), value.strip())
        for name, value in zip(
            opening.locator("dt").all_inner_texts(),
            opening.locator(".opening-value").all_inner_texts(),
            strict=True,
        )
    ]
    plain.goto(f"{address}/?region=West")
    assert opening.is_visible()
    assert opening.locator("dt").count() == 0, "figures of the entire shop under a filter"
    context.close()
    page.goto(address)
    wait_until_still(page)
    page.get_by_test_id("stMetric").first.wait_for()
    # Long before it would go for want of a dashboard.
    page.wait_for_selector("#opening", state="detached", timeout=5_000)
    names = page.get_by_test_id("stMetricLabel").all_inner_texts()
    values = page.get_by_test_id("stMetricValue").all_inner_texts()
    assert len(early) == 8
    assert early == [(n.strip(), v.strip()) for n, v in zip(names, values, strict=True)]


def test_a_bar_shows_its_figure_and_leads_to_its_orders(
    page: Any, address: str, published: Shown
) -> None:
    """A tooltip shows the figure of a bar; a click shows the orders behind it."""
    page.goto(address)
    wait_until_still(page)
    bar = page.locator(f".st-key-chart_categories {BARS}").first
    bar.scroll_into_view_if_needed()
    bar.hover()
    tip = page.locator("#vg-tooltip-element")
    tip.wait_for(state="visible")
    text = tip.inner_text()
    assert "Category" in text and "Net sales" in text
    name = bar.get_attribute("aria-label").split("category: ")[1].split(";")[0]
    assert name in text
    bar.click()
    page.get_by_role("heading", name=f"Drill-through: {name}").wait_for()
    ((orders,),) = published.query(
        "select count(distinct order_key) from marts.mart_order_lines "
        f"where is_counted and category = '{name}'"
    )
    shown = page.locator(".st-key-drill_categories")
    assert f"{orders:,} orders" in shown.inner_text()
    shown.locator("[data-testid=stDataFrame]").wait_for()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_by_its_own_address(page: Any, address: str, name: str) -> None:
    """A page that is opened directly shows its figures; nothing is asked for that is not there."""
    missing: list[str] = []
    page.on("response", lambda answer: missing.append(answer.url) if answer.status > 399 else None)
    page.goto(f"{address}/{name}?region=West")
    wait_until_still(page)
    page.get_by_role("heading", name=name.title(), exact=True).wait_for()
    assert page.get_by_test_id("stAlertContentError").count() == 0
    assert page.get_by_role("combobox", name="Region", exact=True).input_value() == "West"
    assert page.evaluate(CUT_OFF) == []
    assert missing == []


def test_a_filtered_address_can_be_shared(page: Any, address: str) -> None:
    """An address sets the filters; a choice changes it; after a reload all is as it was."""
    page.goto(f"{address}/?region=West")
    wait_until_still(page)
    page.get_by_text("Showing: All time · West").wait_for()
    everything = page.locator(FIRST_CARD).inner_text()
    page.get_by_role("combobox", name="Category", exact=True).click()
    page.get_by_role("option", name="Clothing").click()
    page.get_by_text("Showing: All time · West · Clothing").wait_for()
    page.wait_for_url("**/?region=West&category=Clothing")
    page.reload()
    wait_until_still(page)
    page.get_by_text("Showing: All time · West · Clothing").wait_for()
    assert page.locator(FIRST_CARD).inner_text() != everything
    page.get_by_role("link", name="Customers").click()
    page.get_by_role("heading", name="Customers", exact=True).wait_for()
    page.get_by_text("Showing: All time · West · Clothing").wait_for()
    page.wait_for_url("**/customers?region=West&category=Clothing")


def test_figures_move_without_a_reload(page: Any, published: Shown, tmp_path: Path) -> None:
    """When something new is published the open page shows it by itself."""
    path = tmp_path / "live.duckdb"
    shutil.copyfile(published.file, path)
    settings = published.environment | {PUBLISHED: str(path), "CUSTOMER_TRENDS_TARGET": "duckdb"}
    with run_dashboard(settings) as live:
        page.goto(live)
        wait_until_still(page)
        before = page.locator(FIRST_CARD).inner_text()
        page.evaluate("window.isTheSamePage = true")
        fresh = tmp_path / "live.duckdb.new"
        shutil.copyfile(path, fresh)
        with duckdb.connect(str(fresh)) as connection:
            connection.execute("update marts.mart_kpi set kpi_value = kpi_value * 3")
        os.replace(fresh, path)
        page.wait_for_function(
            "before => document.querySelector('[data-testid=stMetricValue]').innerText !== before",
            arg=before,
        )
        assert page.evaluate("window.isTheSamePage") is True
        page.goto("about:blank")


def open_page_on_a_phone(page: Any, name: str) -> None:
    """Open a page from the sidebar, which a phone hides."""
    expand = page.get_by_test_id("stExpandSidebarButton")
    if expand.is_visible():
        expand.click()
    page.get_by_role("link", name=name).click()


def test_phone_and_dark(chromium: Any, address: str) -> None:
    """On a phone nothing is wider than the screen; in the dark the ground is dark."""
    context = chromium.new_context(viewport=PHONE, color_scheme="dark")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    seen = watch(page)
    page.goto(address)
    wait_until_still(page)
    for name in ("Overview", "Customers", "Geography"):
        if name != "Overview":
            open_page_on_a_phone(page, name)
            page.get_by_role("heading", name=name, exact=True).wait_for()
            wait_until_still(page)
        wide = page.evaluate(
            "() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]"
            ".filter(chart => chart.getBoundingClientRect().right > innerWidth + 1).length"
        )
        assert wide == 0, name
    ground = page.evaluate(
        "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    )
    assert ground == "rgb(20, 24, 29)"
    context.close()
    assert (seen.outside, seen.errors) == ([], [])


def test_by_keyboard_alone(page: Any, address: str) -> None:
    """Filters and the rows behind a bar are reached with the tab key."""
    page.goto(address)
    wait_until_still(page)
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        label = page.evaluate("document.activeElement.getAttribute('aria-label') || ''")
        reached.append(label)
        if "Rows behind: Net sales by month" in label:
            break
    assert any("Region" in label for label in reached), reached
    assert "Rows behind: Net sales by month" in reached[-1], reached
    page.keyboard.press("ArrowDown")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Drill-through: ").wait_for()
