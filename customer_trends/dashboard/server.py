"""The server of the dashboard; started by `make dashboard`."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from threading import Thread

import streamlit as st
from starlette.routing import Route

from customer_trends.dashboard.navigation import PAGES
from customer_trends.dashboard.opening_page import (
    read_cards,
    show_first_page,
    show_page,
    turn_to_first_page,
)

FIRST, *OTHERS = (name for name, *_ in PAGES)
# Seconds between two turns of the threads: what is ready leaves while the rest is drawn.
SHORT_TURN = 0.0005


def load_libraries() -> None:
    """Load what draws the first page, while a browser still loads its own part."""
    sys.setswitchinterval(SHORT_TURN)
    # Small, and the first that a browser shows.
    read_cards()
    for name in ("page_overview", "overview_charts"):
        import_module(f"customer_trends.dashboard.{name}")
    # Tests have checked every chart; checking each again takes half of the time to draw it.
    import_module("altair.utils.schemapi").disable_debug_mode()


@asynccontextmanager
async def prepare(_: st.App) -> AsyncIterator[None]:
    """Load libraries beside the server from its first moment on."""
    Thread(target=load_libraries, name="load_libraries", daemon=True).start()
    yield


app = st.App(
    Path(__file__).with_name("app.py"),
    lifespan=prepare,
    routes=[
        Route("/", show_first_page),
        Route(f"/{FIRST}", turn_to_first_page),
        *(Route(f"/{name}", show_page) for name in OTHERS),
    ],
)
