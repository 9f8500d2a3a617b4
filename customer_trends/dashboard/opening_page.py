"""The page that a browser begins with: the headline figures, until the dashboard has drawn."""

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, Template
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse
from streamlit.file_util import get_static_dir

from customer_trends.dashboard.cards import ALL_TIME, Card, make_cards, write_change
from customer_trends.dashboard.published_data import PublishedFile, SourceUnavailableError
from customer_trends.engines.settings import MYSQL_TARGETS, choose_target
from customer_trends.errors import CustomerTrendsError
from customer_trends.project.paths import find_project_root, find_published

# Without it a page that is opened by its own address looks for its server below that address, too.
HERE = "window.__streamlit = { BACKEND_BASE_URL: new URL('.', window.location).href }"
# Lies over the dashboard until that has drawn something.
OPENING = Path(__file__).with_suffix(".html")
BODY_END = "</body>"
# Parts of Streamlit that a page needs: loaded at once, not when the first of each is to be drawn.
PARTS = ("Selectbox", "Metric", "Button", "ArrowVegaLiteChart", "embed", "vega-interpreter")


@cache
def write_frame() -> str:
    """Write the page of Streamlit with the links to its parts."""
    folder = Path(get_static_dir())
    page = (folder / "index.html").read_text(encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    links = "".join(
        f'<link rel="modulepreload" crossorigin href="./{file}">'
        for file in sorted(find_files(manifest))
        if file not in page
    )
    page = page.replace("<head>", f"<head><script>{HERE}</script>", 1)
    return page.replace("</head>", f"{links}</head>", 1)


def find_files(manifest: dict[str, Any]) -> set[str]:
    """Find the files of the parts and those that they need."""
    found: set[str] = set()
    waiting = [key for key, entry in manifest.items() if entry.get("name") in PARTS]
    while waiting:
        entry = manifest[waiting.pop()]
        if entry["file"] not in found:
            found.add(entry["file"])
            waiting += entry.get("imports", ())
    return found


def write_page(cards: list[Card]) -> str:
    """Write the page that a browser begins with.

    Parameters
    ----------
    cards
        Headline figures to show until the dashboard is there; may be empty.

    Returns
    -------
    str
        HTML.
    """
    opening = read_template().render(cards=cards, write_change=write_change)
    return write_frame().replace(BODY_END, f"{opening}{BODY_END}", 1)


@cache
def read_template() -> Template:
    """Read what lies over the dashboard."""
    return Environment(autoescape=True).from_string(OPENING.read_text(encoding="utf-8"))


def read_cards() -> list[Card]:
    """Read the figures of all time; none where no file is published or it cannot be read."""
    try:
        # The driver of a server takes too long to load.
        if choose_target() in MYSQL_TARGETS:
            return []
        path = find_published(find_project_root())
        return list(_read_cards(path, PublishedFile(path).stamp()))
    except (CustomerTrendsError, SourceUnavailableError, ValueError):
        # The dashboard says it better.
        return []


@lru_cache(maxsize=1)
def _read_cards(path: Path, stamp: str) -> tuple[Card, ...]:
    """Read the figures once per publication."""
    source = PublishedFile(path)
    try:
        return tuple(make_cards(source.fetch(ALL_TIME), "all"))
    finally:
        source.release()


async def turn_to_first_page(request: Request) -> RedirectResponse:
    """Turn to the address of the first page, which has no name; the filters stay."""
    return RedirectResponse(f"./?{request.url.query}")


def show_first_page(request: Request) -> HTMLResponse:
    """Give the first page, with its figures unless its address asks for some of them."""
    return _respond([] if request.url.query else read_cards())


def show_page(_: Request) -> HTMLResponse:
    """Give another page; its address says what it shows."""
    return _respond([])


def _respond(cards: list[Card]) -> HTMLResponse:
    """Give the page; a browser asks for it again each time."""
    return HTMLResponse(write_page(cards), headers={"Cache-Control": "no-cache"})
