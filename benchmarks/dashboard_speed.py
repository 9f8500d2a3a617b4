"""Measure the dashboard in a real browser, at a million order lines.

Run with `make bench-dashboard`. Makes a demo shop of 400,000 orders in build/dashboard_speed,
builds and publishes it (minutes, the first time), starts the dashboard nine times and writes the
medians to benchmarks/results/dashboard.md.
"""

import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import psutil
from browser import FLAGS, find_chromium
from dashboard_browser import start_dashboard, wait_until_still
from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).resolve().parents[1]
PLACE = PROJECT / "build" / "dashboard_speed"
RESULT = PROJECT / "benchmarks" / "results" / "dashboard.md"
ORDERS, STARTS = 400_000, 9
EARLY_CARD = "#opening .opening-value"
CARD = "[data-testid=stMetricValue]"
WORK = "work of the server"
CHOICES = (("Region", "West"), ("Category", "Clothing"), ("Period", "2023"))
RESULT_PAGE = """# Speed of the dashboard

`make bench-dashboard`: {lines:,} order lines, Chromium without a window, {starts} starts on
{machine}, Python {python}; load of the machine while measuring: {load:.1f}.
Times in milliseconds, those of the first five lines since the start of the process. First paint is
the first content that the browser draws: the headline figures of all time, which the first page
brings along; from the fourth line on they are the dashboard's own and filters work. A filter is
measured by the browser itself, from the click on its choice until the frame with the other headline
figures is presented. Work is time of the processor, which other programs lengthen less than they do
the rest.

| what | median | from, to |
|---|---:|---:|
{table}
"""
# From the click as the page sees it until the frame with another first figure is presented. Of a
# frame of 50 ms or more the browser says when; of a shorter one it is over when the next begins.
WATCH = """() => {
    const read = () => document.querySelector('[data-testid=stMetricValue]')?.innerText;
    const before = read(), frames = [];
    const timer = new PerformanceObserver(list => frames.push(...list.getEntries()));
    timer.observe({type: 'long-animation-frame'});
    window.shown = { => new Promise(report => { => {
        let click = null;
        document.addEventListener(
            'click', event => { click = event.timeStamp; }, {capture: true, once: true});
        const watcher = new MutationObserver(() => {
            if (click === null || !read() || read() === before) return;
            watcher.disconnect();
            const changed = performance.now();
            const end = next => setTimeout(() => {
                timer.disconnect();
                const frame = frames.find(one =>
                    one.startTime <= changed && changed <= one.startTime + one.duration);
                report((frame?.presentationTime ?? next) - click);
            }, 200);
            requestAnimationFrame(() => requestAnimationFrame(end));
        });
        watcher.observe(document.body, {subtree: true, childList: true, characterData: true});
    });
}"""
PAINTED = """() => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    return performance.timeOrigin + (paint ? paint.startTime : NaN);
}"""


def make_published(environment: dict[str, str]) -> None:
    """Build and publish the shop unless it is there."""
    if Path(environment["CUSTOMER_TRENDS_PUBLISHED"]).exists():
        return
    PLACE.mkdir(parents=True, exist_ok=True)
    orders = ("--orders", str(ORDERS), "--folder", str(PLACE / "shop"))
    for command in (("demo", *orders), ("publish",)):
        print("customer-trends", *command, flush=True)
        subprocess.run(
            [sys.executable, "-m", "customer_trends", *command],
            cwd=PROJECT, env=os.environ | environment, check=True,
        )  # fmt: skip


def count_lines(path: str) -> int:
    """Count the order lines of the published file."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as published (read_only)")
        counted = connection.execute("select count(*) from published.marts.mart_order_lines")
        return int((counted.fetchone() or (0,))[0])


def choose(page: Any, label: str, option: str) -> float:
    """Choose a filter; gives the milliseconds until the headline figures of it are on screen."""
    page.get_by_role("combobox", name=label, exact=True).click()
    choice = page.get_by_role("option", name=option, exact=True)
    choice.wait_for()
    page.evaluate(WATCH)
    choice.click()
    return float(page.evaluate("() => window.shown"))


def read_work(process: int) -> float:
    """Read for how many milliseconds a process has kept a processor busy."""
    times = psutil.Process(process).cpu_times()
    return 1_000 * float(times.user + times.system)


def measure_start(browser: Any, environment: dict[str, str]) -> dict[str, float]:
    """Start the dashboard and open its first page; gives milliseconds since the start."""
    start = time.time()
    measured: dict[str, float] = {}
    with start_dashboard(environment) as (address, process):
        measured["the server answers"] = 1_000 * (time.time() - start)
        measured[f"{WORK} when it answers"] = read_work(process)
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.set_default_timeout(120_000)
        page.goto(address, wait_until="commit")
        page.wait_for_selector(EARLY_CARD)
        measured["headline figures can be read"] = 1_000 * (time.time() - start)
        page.wait_for_selector(CARD)
        measured["headline figures answer to filters"] = 1_000 * (time.time() - start)
        measured[f"{WORK} when the figures answer"] = read_work(process)
        measured["first paint"] = page.evaluate(PAINTED) - 1_000 * start
        wait_until_still(page)
        measured["all charts are there"] = 1_000 * (time.time() - start)
        measured[f"{WORK} when the charts are there"] = read_work(process)
        for label, option in CHOICES:
            measured[f"filter {label} = {option}, first time"] = choose(page, label, option)
            wait_until_still(page)
        for label, _ in CHOICES:
            everything = {"Region": "All regions", "Category": "All categories"}
            choose(page, label, everything.get(label, "All time"))
            wait_until_still(page)
        for label, option in CHOICES:
            measured[f"filter {label} = {option}, again"] = choose(page, label, option)
            wait_until_still(page)
        started = time.perf_counter()
        page.reload()
        page.wait_for_selector(CARD)
        measured["second visit, headline figures"] = 1_000 * (time.perf_counter() - started)
        page.context.close()
    return measured


def write_results(lines: int, rows: dict[str, list[float]]) -> None:
    """Write the medians as a page."""
    order = ("the server answers", "first paint", "headline figures can be read",
             "headline figures answer to filters", "all charts are there")  # fmt: skip
    names = [*order, *(name for name in rows if name not in order)]
    table = "\n".join(
        f"| {name} | {statistics.median(rows[name]):,.0f} | "
        f"{min(rows[name]):,.0f} to {max(rows[name]):,.0f} |"
        for name in names
    )
    machine = f"{os.cpu_count()} processors ({platform.machine()})"
    RESULT.write_text(
        RESULT_PAGE.format(
            lines=lines,
            starts=STARTS,
            machine=machine,
            python=platform.python_version(),
            load=os.getloadavg()[0],
            table=table,
        ),
        encoding="utf-8",
    )
    print(RESULT.read_text(encoding="utf-8"))


def main() -> None:
    """Measure and write."""
    published = os.environ.get("CUSTOMER_TRENDS_PUBLISHED") or str(PLACE / "published.duckdb")
    environment = {
        "CUSTOMER_TRENDS_TARGET": "duckdb",
        "CUSTOMER_TRENDS_WAREHOUSE": str(PLACE / "warehouse.duckdb"),
        "CUSTOMER_TRENDS_PUBLISHED": published,
        "DBT_TARGET_PATH": str(PLACE / "target"),
        "DBT_LOG_PATH": str(PLACE / "logs"),
    }
    make_published(environment)
    rows: dict[str, list[float]] = {}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for _ in range(STARTS):
            for name, value in measure_start(browser, environment).items():
                rows.setdefault(name, []).append(value)
        browser.close()
    write_results(count_lines(published), rows)


if __name__ == "__main__":
    main()
