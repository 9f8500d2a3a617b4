"""The documentation site: each metric two clicks away, each link leads somewhere, no network."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from ask_metrics import Node, columns_of
from browser import Visit, open_tab
from lanes import PROJECT, Lane, Lanes

from customer_trends.site.drawing import draw, read_keys
from customer_trends.site.markdown import read_title, render_markdown

CARD = """# Sales forecast

| split | error |
|---|---|
| backtest | 0.1 |

See [the questions](../docs/questions.md) and `mart_sales_forecast`.
"""
REPORT = "<!doctype html><html><head><title>Report</title></head><body>All charts</body></html>"


@dataclass(frozen=True)
class Built:
    """The site, the artefacts it was made from, and what the command printed."""

    folder: Path
    target: Path
    root: Path
    printed: str

    @property
    def manifest(self) -> Node:
        """The manifest."""
        manifest: Node = json.loads((self.target / "manifest.json").read_text(encoding="utf-8"))
        return manifest

    def read(self, page: str) -> str:
        """Read a page."""
        return (self.folder / page).read_text(encoding="utf-8")


class Links(HTMLParser):
    """Collects links and anchors of a page."""

    def __init__(self, html: str) -> None:
        """Read the page."""
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the link and the anchor of a tag."""
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name == "id" and value:
                self.anchors.add(value)


@pytest.fixture(scope="module")
def built(lanes: Lanes, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the site from the documentation of the golden example, a report and a model card."""
    target = lanes.documents["duckdb"].result()
    lane: Lane = lanes.get("duckdb")
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(PROJECT / "docs", root / "docs")
    shutil.copyfile(PROJECT / "dbt_project.yml", root / "dbt_project.yml")
    for path, text in (
        ("build/report/customer_trends_report.html", REPORT),
        ("build/model_cards/sales_forecast.md", CARD),
    ):
        (root / path).parent.mkdir(parents=True)
        (root / path).write_text(text, encoding="utf-8")
    folder = root / "build" / "site"
    printed = lane.run("golden", "site", "--folder", folder, CUSTOMER_TRENDS_PROJECT=str(root))
    return Built(folder, target, root, printed)


@pytest.fixture(scope="module")
def tab(chromium_path: str) -> Iterator[Visit]:
    """Open a browser."""
    with open_tab(chromium_path) as visit:
        yield visit


def test_command_says_what_is_there(built: Built) -> None:
    pages = [path for path in built.folder.rglob("*.html") if path.parent.name != "report"]
    assert f"Documentation: {len(pages)} pages." in built.printed
    assert f"Next: open {built.folder / 'index.html'}" in built.printed
    assert "All charts" in built.read("report/index.html")
    assert not list(built.folder.parent.glob(".*"))


def test_front_page_leads_to_the_definition_of_every_metric(built: Built) -> None:
    """The front page links each metric; its place has text, formula, kind and mart."""
    links = Links(built.read("index.html")).links
    metrics = {node["name"]: node for node in built.manifest["metrics"].values()}
    assert sorted(link for link in links if link.startswith("metrics.html#")) == sorted(
        f"metrics.html#{name}" for name in metrics
    )
    page = built.read("metrics.html")
    places = dict(
        re.findall(r'<article class="metric" id="(\w+)">\n(.*?)</article>', page, re.DOTALL)
    )
    assert set(places) == set(metrics)
    assert len(metrics) > 100
    for name, metric in metrics.items():
        meta = metric["config"]["meta"]
        assert metric["label"] in places[name]
        assert Links(places[name]).links == [
            f"dbt/index.html#!/model/model.customer_trends.{place['mart']}"
            for place in columns_of(metric)
        ]
        assert meta.get("not_published", "") in places[name]


def test_links_lead_somewhere(built: Built) -> None:
    """Links of our own pages name files and anchors that exist, and models that exist."""
    models = {node["name"] for node in built.manifest["nodes"].values()}
    own = [
        path
        for path in built.folder.resolve().rglob("*.html")
        if path.parent.name not in ("dbt", "lineage", "report")
    ]
    anchors = {path: Links(path.read_text(encoding="utf-8")).anchors for path in own}
    faults, checked = [], 0
    for path in own:
        for link in Links(path.read_text(encoding="utf-8")).links:
            file, _, anchor = link.partition("#")
            checked += 1
            if link == "data:,":
                continue
            place = (path.parent / file).resolve() if file else path
            if not place.is_file():
                faults.append(f"{path.name}: {link}")
            elif anchor.startswith("!/model/"):
                if anchor.split(".")[-1] not in models:
                    faults.append(f"{path.name}: {link}")
            elif anchor and not anchor.startswith("!"):
                if anchor not in anchors[place]:
                    faults.append(f"{path.name}: no anchor {link}")
    assert len(own) > 10
    assert checked > 500
    assert not faults, faults[:20]


def test_pages_need_no_network(built: Built, tab: Visit) -> None:
    """No page asks for anything but files, and none complains; one that does is found out."""
    pages = sorted(built.folder.rglob("*.html"))
    assert len(pages) > 12
    for path in pages:
        tab.forget()
        tab.page.goto(path.as_uri(), wait_until="load")
        if path.parent.name in ("dbt", "lineage"):
            tab.page.wait_for_function("document.body.innerText.includes('customer_trends')")
        assert not tab.requests, path
        assert not tab.errors, path
    tab.forget()
    wrong = built.root / "wrong.html"
    wrong.write_text('<img src="http://pictures.example/x.png">', encoding="utf-8")
    tab.page.goto(wrong.as_uri(), wait_until="load")
    assert tab.requests == ["http://pictures.example/x.png"]
    assert tab.errors


def test_reader_finds_a_metric_and_its_mart(built: Built, tab: Visit) -> None:
    """Two clicks from the front page: the definition, then the mart that publishes it."""
    page = tab.page
    page.goto((built.folder / "index.html").as_uri())
    page.fill("#find", "order value net")
    assert page.locator(".groups li:visible").all_inner_texts() == ["Average order value, net"]
    page.click(".groups li:visible a")
    place = page.locator("article.metric:target")
    assert "net_sales_by_order_date / orders" in place.inner_text()
    place.locator("a").first.click()
    page.wait_for_selector("text=mart_kpi")


def test_report_and_cards_that_are_missing_are_said(built: Built, lanes: Lanes) -> None:
    """Without a report and cards the front page says which command makes them."""
    root = built.root / "bare"
    shutil.copytree(built.root / "docs", root / "docs")
    shutil.copyfile(built.root / "dbt_project.yml", root / "dbt_project.yml")
    printed = lanes.get("duckdb").run(
        "golden", "site", "--folder", root / "site", CUSTOMER_TRENDS_PROJECT=str(root)
    )
    assert "without report and model cards" in printed
    front = (root / "site" / "index.html").read_text(encoding="utf-8")
    assert "customer-trends report" in front
    assert "customer-trends run" in front
    assert "Sales forecast" in built.read("index.html")
    assert "<td>backtest</td>" in built.read("model_cards/sales_forecast.html")


def run_tool(name: str, *arguments: object) -> tuple[int, str]:
    """Run a tool of the environment."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name(name)), *map(str, arguments)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def spoil_manifest(built: Built, folder: Path) -> Path:
    """Copy the artefacts with the text of one column gone, and of its model."""
    shutil.copytree(
        built.target, folder, ignore=shutil.ignore_patterns("run", "compiled", "*.html")
    )
    manifest = built.manifest
    node = manifest["nodes"]["model.customer_trends.fct_sales"]
    node["columns"]["units_sold"]["description"] = ""
    node["description"] = ""
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_everything_in_the_warehouse_is_documented(built: Built, tmp_path: Path) -> None:
    """dbt-coverage: every column there is has a text; a text that goes missing is found."""

    def compute(target: Path) -> tuple[int, str]:
        layers = ("core", "intermediate", "marts", "metrics")
        chosen = [f"--model-path-filter=models/{layer}" for layer in layers]
        return run_tool(
            "dbt-coverage", "compute", "doc", "--project-dir", PROJECT, "--run-artifacts-dir",
            target, "--cov-report", tmp_path / "doc.json", "--cov-fail-under", 1.0, *chosen,
        )  # fmt: skip

    code, printed = compute(built.target)
    assert code == 0, printed[-1500:]
    assert "fct_sales" in printed
    code, printed = compute(spoil_manifest(built, tmp_path / "spoilt"))
    assert code != 0


def test_conventions_are_checked(built: Built, tmp_path: Path) -> None:
    """dbt-bouncer passes the project, and refuses a model without a text."""
    rules = yaml.safe_load((PROJECT / "dbt-bouncer.yml").read_text(encoding="utf-8"))

    def check(target: Path) -> tuple[int, str]:
        path = tmp_path / f"{target.name}.yml"
        rules["dbt_artifacts_dir"] = str(target)
        path.write_text(yaml.safe_dump(rules), encoding="utf-8")
        return run_tool("dbt-bouncer", "run", "--config-file", path)

    code, printed = check(built.target)
    assert code == 0, printed[-2000:]
    code, printed = check(spoil_manifest(built, tmp_path / "spoilt"))
    assert code != 0
    assert "check_model_description_populated" in printed


def test_drawing_has_a_line_per_pair_of_tables() -> None:
    keys = read_keys((PROJECT / "docs" / "erd.md").read_text(encoding="utf-8"))
    picture = draw(keys)
    lines = sum(len(child.paths) for child in picture.children)
    assert lines == len({(key.child, key.parent) for key in keys}) > 40
    places = [(box.x, box.y) for box in [*picture.children, *picture.parents]]
    assert len(places) == len(set(places))


def test_markdown_keeps_links_within_the_site() -> None:
    text = (
        "# A *title*\n\n[here](questions.md#a) [away](../Makefile) "
        "[model](#!/model/model.x.y) `mart_kpi` `other` <script>alert(1)</script>"
    )
    html = render_markdown(text, {"questions.md": "pages/questions.html"}, {"mart_kpi"}, "../")
    assert Links(html).links == [
        "../pages/questions.html#a",
        "../dbt/index.html#!/model/model.x.y",
        "../dbt/index.html#!/model/model.customer_trends.mart_kpi",
    ]
    assert "<span>away</span>" in html
    assert "<script>" not in html
    assert read_title("no heading", "default") == "default"
