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
        """Start again before the next page."""
        self.requests.clear()
        self.errors.clear()


def find_chromium() -> str:
    """Find the browser of this machine."""
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if program is None:
        raise BrowserUnobtainableError(f"none of {', '.join(CHROMIUM)} is installed")
    return program


@contextmanager
def open_tab(program: str) -> Iterator[Visit]:
    """Open a tab that reaches nothing but files, and notes every attempt at more.

    Parameters
    ----------
    program
        Browser.

    Yields
    ------
    Visit
        The tab.
    """
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
