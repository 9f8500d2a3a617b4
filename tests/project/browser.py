<<<<<<< HEAD
"""A dashboard that runs, and a browser that notes what it should not see."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest

PROJECT = Path(__file__).resolve().parents[2]
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
PATIENCE = 60_000
LOCAL = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")


@dataclass
class Watched:
    """What a page asked for and complained of."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def outside(self) -> list[str]:
        """Requests that would leave the machine."""
        return [url for url in self.requests if not url.startswith(LOCAL)]


def find_chromium() -> str:
    """Find the browser; its absence is said loudly."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        message = "DASHBOARD NOT TESTED IN A BROWSER: install chromium"
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    return found


@contextmanager
def run_dashboard(environment: dict[str, str]) -> Iterator[str]:
    """Run the dashboard; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py"]
    settings = os.environ | environment | {"PYTHONPATH": str(PROJECT)}
    process = subprocess.Popen(
        [*command, "--server.port", str(port)],
        cwd=PROJECT,
        env=settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).read()
                break
            except URLError:
                assert process.poll() is None, "the dashboard stopped"
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


def watch(page: Any) -> Watched:
    """Note all requests and errors of a page from now on."""
    seen = Watched()
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on(
        "console",
        lambda message: seen.errors.append(message.text) if message.type == "error" else None,
    )
    page.on("websocket", lambda socket: seen.requests.append(socket.url))
    return seen


def wait_until_still(page: Any) -> None:
    """Wait until the page shows all its charts and does nothing any more."""
    page.wait_for_selector("h1", timeout=PATIENCE)
    page.wait_for_selector(
        "[data-testid=stApp][data-test-script-state=notRunning]", timeout=PATIENCE
    )
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]"
        ".every(chart => chart.querySelector('svg, canvas'))",
        timeout=PATIENCE,
    )
=======
"""A browser for pages of files: what it tried to fetch, and what it complained of."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Page, sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
LOCAL = ("file:", "data:", "blob:")


class BrowserUnobtainableError(Exception):
    """No browser is installed."""


@dataclass
class Visit:
    """A tab, and what happened in it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def forget(self) -> None:
        """Begin anew before the next page."""
        self.requests.clear()
        self.errors.clear()


@contextmanager
def open_tab() -> Iterator[Visit]:
    """Open a tab that reaches nothing but files, and notes every attempt at more.

    Yields
    ------
    Visit
        The tab.
    """
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if program is None:
        raise BrowserUnobtainableError(f"none of {', '.join(CHROMIUM)} is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            visit = Visit(browser.new_page(viewport={"width": 1280, "height": 900}))
            page = visit.page
            page.route(lambda url: not url.startswith(LOCAL), lambda route: route.abort())
            page.on(
                "request",
                lambda request: None if request.url.startswith(LOCAL) else
                visit.requests.append(request.url),
            )  # fmt: skip
            page.on(
                "console",
                lambda message: visit.errors.append(message.text) if message.type == "error"
                else None,
            )  # fmt: skip
            page.on("pageerror", lambda error: visit.errors.append(str(error)))
            yield visit
        finally:
            browser.close()
>>>>>>> main
