"""Takes the pictures of the README: the dashboard's overview and a lineage of the dbt docs.

Run by ``make screenshots`` after ``make demo``; needs Chromium. Both pages are served from this
machine: nothing is fetched.
"""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
IMAGES = Path(__file__).resolve().parent
DOCS = PROJECT / "target" / "static_index.html"
PUBLISHED = PROJECT / "warehouse" / "published" / "customer_trends.duckdb"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
# The mart, what it reads, and what that reads.
LINEAGE = "#!/model/model.customer_trends.mart_sales_monthly?g_v=1&g_i=3%2Bmart_sales_monthly"
PATIENCE = 90


def main() -> None:
    """Take both pictures."""
    for path in (PUBLISHED, DOCS):
        if not path.exists():
            sys.exit(f"There is no {path.relative_to(PROJECT)}: run `make demo` first.")
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if program is None:
        sys.exit(f"None of {', '.join(CHROMIUM)} is installed: install one.")
    with sync_playwright() as playwright:
        # A profile of its own, removed at the end.
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            with serve_dashboard() as address:
                take_dashboard(browser, address)
            take_lineage(browser)
        finally:
            browser.close()


@contextmanager
def serve_dashboard() -> Iterator[str]:
    """Start the dashboard on a free port.

    Yields
    ------
    str
        Its address.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "customer_trends/dashboard/server.py"]
    command += ["--server.port", str(port), "--server.headless", "true"]
    server = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str) -> None:
    """Wait until a server answers."""
    end = monotonic() + PATIENCE
    while True:
        try:
            urlopen(address).close()
            return
        except URLError:
            if monotonic() > end:
                raise
            sleep(0.5)


def take_dashboard(browser: Browser, address: str) -> None:
    """Take the overview, once its charts are drawn."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000}, color_scheme="light")
    page.goto(address)
    page.wait_for_function(
        "document.querySelectorAll('[data-testid=stVegaLiteChart] svg, "
        "[data-testid=stVegaLiteChart] canvas').length >= 2",
        timeout=PATIENCE * 1000,
    )
    page.wait_for_timeout(2_000)
    page.screenshot(path=IMAGES / "dashboard_overview.png")
    page.close()


def take_lineage(browser: Browser) -> None:
    """Take the lineage of a mart from the dbt docs."""
    page = browser.new_page(
        viewport={"width": 1280, "height": 640}, color_scheme="light", device_scale_factor=1.5
    )
    page.goto(DOCS.as_uri() + LINEAGE)
    page.wait_for_selector("canvas", timeout=PATIENCE * 1000)
    page.wait_for_timeout(4_000)
    # Without the frame of the page behind it and the fields below it.
    page.screenshot(
        path=IMAGES / "lineage.png", clip={"x": 20, "y": 20, "width": 1240, "height": 535}
    )
    page.close()


if __name__ == "__main__":
    main()
