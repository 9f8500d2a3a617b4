"""A dashboard that runs, and a browser that notes what it should not see."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 180_000
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


@contextmanager
def run_dashboard(environment: dict[str, str]) -> Iterator[str]:
    """Run the dashboard; gives its address."""
    with start_dashboard(environment) as (address, _):
        yield address


@contextmanager
def start_dashboard(environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Run the dashboard; gives its address and the number of its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "customer_trends/dashboard/server.py"]
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
        for _ in range(3_000):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).read()
                break
            except URLError:
                assert process.poll() is None, "the dashboard stopped"
                time.sleep(0.02)
        yield address, process.pid
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
