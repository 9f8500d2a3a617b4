"""The page that a browser begins with, before it talks to the dashboard."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse
from streamlit.file_util import get_static_dir

# Without it a page that is opened by its own address looks for its server below that address, too.
HERE = "window.__streamlit = { BACKEND_BASE_URL: new URL('.', window.location).href }"
# Stands there until Streamlit's own part has been loaded and takes its place.
OPENING = Path(__file__).with_suffix(".html")
ROOT = '<div id="root">'
# Parts of Streamlit that a page needs: loaded at once, not when the first of each is to be drawn.
PARTS = ("Selectbox", "Metric", "ArrowVegaLiteChart", "embed", "vega-interpreter")


@cache
def write_page() -> str:
    """Write the page that a browser begins with."""
    folder = Path(get_static_dir())
    page = (folder / "index.html").read_text(encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    links = "".join(
        f'<link rel="modulepreload" crossorigin href="./{file}">'
        for file in sorted(find_files(manifest))
        if file not in page
    )
    page = page.replace("<head>", f"<head><script>{HERE}</script>", 1)
    page = page.replace(ROOT, ROOT + OPENING.read_text(encoding="utf-8"), 1)
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


async def turn_to_first_page(request: Request) -> RedirectResponse:
    """Turn to the address of the first page, which has no name; the filters stay."""
    return RedirectResponse(f"./?{request.url.query}")


async def show_page(_: Request) -> HTMLResponse:
    """Give the page that a browser begins with; what it shows is told by its address."""
    return HTMLResponse(write_page(), headers={"Cache-Control": "no-cache"})
