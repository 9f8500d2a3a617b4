"""The dashboard for tests: a published file or a server to read, and what a page shows."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import streamlit as st
from lanes import Lane
from streamlit.testing.v1 import AppTest

PROJECT = Path(__file__).resolve().parents[2]
APP = PROJECT / "customer_trends" / "dashboard" / "app.py"
PAGES = ("overview", "customers", "trends", "geography", "operations", "quality")
PUBLISHED = "CUSTOMER_TRENDS_PUBLISHED"
DATA_SET = "all"


@dataclass(frozen=True)
class Shown:
    """What a dashboard reads: its environment, and a published file to compare with."""

    target: str
    environment: dict[str, str]
    file: Path

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Query the published file, whatever the dashboard reads."""
        with duckdb.connect() as connection:
            connection.execute(f"attach '{self.file}' as published (read_only)")
            connection.execute("use published")
            return connection.execute(sql).fetchall()


def publish_lane(lane: Lane, folder: Path) -> dict[str, str]:
    """Publish a lane; gives the environment of a dashboard that reads it."""
    settings = {PUBLISHED: str(folder / "published" / "customer_trends.duckdb")}
    lane.run(DATA_SET, "publish", **settings)
    environment = lane.environment(DATA_SET) | settings
    return {name: value for name, value in environment.items() if name.startswith("CUSTOMER_")}


def forget() -> None:
    """Forget what an earlier dashboard of this process read."""
    st.cache_data.clear()
    st.cache_resource.clear()


def open_app(address: dict[str, str] | None = None) -> AppTest:
    """Open the first page, as from an address with filters."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    for name, value in (address or {}).items():
        app.query_params[name] = value
    return app.run()


def turn_to(app: AppTest, page: str) -> AppTest:
    """Turn to another page."""
    return app.switch_page(f"page_{page}.py").run()


def read_charts(app: AppTest) -> list[tuple[dict[str, Any], str, list[pd.DataFrame]]]:
    """Read the charts of a page: their specifications, what they say, and their rows."""
    return [
        (
            json.loads(chart.proto.spec),
            chart.proto.alt,
            [
                pa.ipc.open_stream(part.data.data).read_all().to_pandas()
                for part in chart.proto.datasets
            ],
        )
        for chart in app.get("vega_lite_chart")
    ]


def list_panels(app: AppTest) -> dict[str, tuple[str, str]]:
    """List the charts of a page by their keys: what is said of their scope, and their rows."""
    panels: dict[str, tuple[str, str]] = {}

    def walk(block: Any) -> None:
        said = ""
        for part in block.children.values():
            if part.type == "caption":
                said = part.value
            elif part.type == "vega_lite_chart":
                data = [one.data.data for one in part.proto.datasets]
                rows = [pa.ipc.open_stream(one).read_all().to_pandas().to_csv() for one in data]
                panels[part.proto.id] = (said, "".join(rows))
            elif hasattr(part, "children"):
                walk(part)

    walk(app.main)
    return panels


def find_rows(app: AppTest, *columns: str) -> pd.DataFrame:
    """Find the rows of the chart that has these columns."""
    for _, _, frames in read_charts(app):
        for frame in frames:
            if set(columns) <= set(frame.columns):
                return frame
    raise AssertionError(f"no chart has {columns}")


def set_environment(monkeypatch: Any, environment: dict[str, str]) -> None:
    """Start dashboards of this process with an environment; what was read before is forgotten."""
    forget()
    for name in [name for name in os.environ if name.startswith("CUSTOMER_TRENDS_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
