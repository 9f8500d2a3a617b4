"""The report is one page that is complete without any network, and says what the marts say."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lanes import Lanes
from mart_worlds import DEMO, make_world
from playwright.sync_api import Browser, Page, sync_playwright

from customer_trends.charts.catalog import PAGES, list_charts
from customer_trends.charts.definition import read_title
from customer_trends.insights.write import RULES, write_insights
from customer_trends.project.paths import PROJECT_VARIABLE, PUBLISHED_VARIABLE, WAREHOUSE_VARIABLE
from customer_trends.report.marts import open_marts
from customer_trends.report.report import PAGE, PICTURES

PROJECT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
DRAWN = "document.documentElement.dataset.drawn === 'yes'"


@pytest.fixture(scope="module")
def scored(lanes: Lanes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the marts of the demo shop, scored, to a file as it is published."""
    path = tmp_path_factory.mktemp("published") / "customer_trends.duckdb"
    connection = make_world(lanes, DEMO)
    connection.execute(f"attach '{path.as_posix()}' as published")
    connection.execute("copy from database memory to published")
    connection.execute("detach published")
    connection.close()
    return path


@pytest.fixture
def published(scored: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the command line at the published file."""
    monkeypatch.setenv(PROJECT_VARIABLE, str(PROJECT))
    monkeypatch.setenv(PUBLISHED_VARIABLE, str(scored))
    return scored


@pytest.fixture(scope="module")
def folder(scored: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the report once, without pictures."""
    from customer_trends.report.report import write_report

    folder = tmp_path_factory.mktemp("report")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PUBLISHED_VARIABLE, str(scored))
        report = write_report(PROJECT, "duckdb", folder, False, lambda name, done, total: None)
    assert report.empty == [] and report.pictures == [] and report.location == str(scored)
    return folder


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """Start a browser."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


class Visit:
    """A page with what it asked for and complained of."""

    def __init__(self, browser: Browser, path: Path, **options: Any) -> None:
        """Open the page and wait until it is drawn."""
        self.page: Page = browser.new_context(**options).new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda message: (
                message.type in ("error", "warning") and self.complaints.append(message.text)
            ),
        )
        self.page.goto(path.as_uri())
        if options.get("java_script_enabled", True):
            self.page.wait_for_function(DRAWN, timeout=60_000)

    def check(self, path: Path) -> None:
        """Nothing was fetched but the page and what it holds; nothing went wrong."""
        outside = [url for url in self.requests if not url.startswith(("data:", "blob:"))]
        assert outside == [path.as_uri()]
        assert self.complaints == []
        self.page.context.close()


def test_page_draws_every_chart(browser: Browser, folder: Path) -> None:
    """Every chart is there with its finding, marks, table and alternative text; no fetching."""
    visit = Visit(browser, folder / PAGE)
    page = visit.page
    for chart in list_charts():
        figure = page.locator(f"figure#{chart.name}")
        assert figure.locator("h3").inner_text().strip(), chart.name
        assert figure.locator(".live svg [aria-roledescription]").count() > 1, chart.name
        assert chart.heading in (figure.locator("img.still").get_attribute("alt") or "")
        assert figure.locator("table tbody tr").count() > 0, chart.name
        assert page.locator(f"nav a[href='#{chart.name}']").count() == 1
    assert [heading.inner_text() for heading in page.locator("main h2").all()] == list(
        PAGES.values()
    )
    assert page.locator("h1").count() == 1 and "30 June 2024" in page.locator("h1").inner_text()
    page.locator("#categories .live path[aria-roledescription=bar]").first.hover()
    tooltip = page.locator("#vg-tooltip-element")
    tooltip.wait_for()
    assert "Net sales (currency units)" in tooltip.inner_text()
    visit.check(folder / PAGE)


def test_page_says_what_the_marts_say(published: Path, folder: Path) -> None:
    """Findings and sentences are those of the marts; figures name their column."""
    source = (folder / PAGE).read_text(encoding="utf-8")
    text = html.unescape(source)
    words = " ".join(html.unescape(re.sub(r"<data [^>]*>|</data>", "", source)).split())
    with open_marts(PROJECT, "duckdb") as marts:
        for page in RULES:
            for insight in write_insights(page, marts.read):
                assert " ".join(insight.text.split()) in words, insight.text
                assert f'title="{insight.mart}: {insight.column}"' in text
        for chart in list_charts()[:6]:
            assert read_title(chart.make(marts.read))[0] in text


def test_page_on_a_phone_in_the_dark(browser: Browser, folder: Path) -> None:
    """A narrow dark screen: nothing sticks out, dark ground, light words."""
    visit = Visit(
        browser,
        folder / PAGE,
        viewport={"width": 390, "height": 844},
        color_scheme="dark",
    )
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert (
        visit.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 17, 21)"
    )
    label = visit.page.locator("#categories .live .role-axis-label text").first
    assert label.get_attribute("fill") == "#a9b1bc"
    visit.check(folder / PAGE)


def test_page_without_scripts_and_on_paper(browser: Browser, folder: Path) -> None:
    """Without scripts, and on paper, each chart is a picture."""
    visit = Visit(browser, folder / PAGE, java_script_enabled=False)
    pictures = visit.page.locator("img.still")
    assert pictures.count() == len(list_charts())
    assert pictures.first.is_visible() and not visit.page.locator(".live").first.is_visible()
    visit.check(folder / PAGE)
    visit = Visit(browser, folder / PAGE)
    assert not visit.page.locator("img.still").first.is_visible()
    visit.page.emulate_media(media="print")
    assert visit.page.locator("img.still").first.is_visible()
    assert not visit.page.locator(".live").first.is_visible()
    visit.check(folder / PAGE)


def test_page_names_no_address(folder: Path) -> None:
    """No element loads anything: no link to a style, no source but data in the page."""
    text = (folder / PAGE).read_text(encoding="utf-8")
    page = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    links = re.findall(r"(?:src|href)=\"([^\"]*)\"", page)
    assert links and all(link.startswith(("data:", "#")) for link in links)
    assert "url(" not in page and "@import" not in page
    assert "default-src 'none'" in page


def test_same_marts_give_the_same_page(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Any
) -> None:
    """The command writes the page byte for byte again, and says where it is."""
    charts = list_charts()[:6]
    monkeypatch.setattr("customer_trends.report.report.list_charts", lambda: charts)
    pages = []
    for name in ("one", "two"):
        done = run("report", "--folder", tmp_path / name, "--no-pictures")
        assert done.code == 0, done.err
        assert f"Report: {tmp_path / name / PAGE}" in done.out
        assert f"Marts read: {published}" in done.out
        pages.append((tmp_path / name / PAGE).read_bytes())
    assert pages[0] == pages[1]


def test_pictures(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Any
) -> None:
    """Each chart is written as PNG and SVG with its title; old pictures go."""
    charts = [chart for chart in list_charts() if chart.name in ("loyalty", "ratings")]
    monkeypatch.setattr("customer_trends.report.report.list_charts", lambda: charts)
    (tmp_path / PICTURES).mkdir()
    (tmp_path / PICTURES / "old.png").write_bytes(b"old")
    done = run("report", "--folder", tmp_path)
    assert done.code == 0 and f"Pictures: 4 files in {tmp_path / PICTURES}" in done.out
    names = {path.name for path in (tmp_path / PICTURES).iterdir()}
    assert names == {"loyalty.png", "loyalty.svg", "ratings.png", "ratings.svg"}
    assert (tmp_path / PICTURES / "loyalty.png").read_bytes().startswith(b"\x89PNG")
    assert "Loyal customers are" in (tmp_path / PICTURES / "loyalty.svg").read_text("utf-8")


def test_nothing_to_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Any) -> None:
    """Without a warehouse the command says what to run."""
    monkeypatch.setenv(PROJECT_VARIABLE, str(PROJECT))
    monkeypatch.setenv(PUBLISHED_VARIABLE, str(tmp_path / "none.duckdb"))
    monkeypatch.setenv(WAREHOUSE_VARIABLE, str(tmp_path / "none.duckdb"))
    done = run("report", "--folder", tmp_path)
    assert done.code == 2 and "run `customer-trends demo`" in done.err
    assert "Traceback" not in done.err
