"""The documentation site: one folder of pages that need no network and no server."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from customer_trends.errors import ProjectError
from customer_trends.project.paths import find_artefacts
from customer_trends.semantic_model.artifacts import Artefacts, read_artefacts
from customer_trends.site.drawing import draw, read_keys
from customer_trends.site.markdown import read_title, render_markdown
from customer_trends.site.metrics import list_groups

MODEL_CARDS = Path("build") / "model_cards"
REPORT = Path("build") / "report" / "customer_trends_report.html"
NAVIGATION = (
    ("Metrics", "metrics.html"),
    ("Questions", "pages/questions.html"),
    ("Tables and keys", "erd.html"),
    ("dbt docs", "dbt/index.html"),
    ("Lineage", "lineage/index.html"),
)
# Pages for people who look at figures; the other pages of docs/ are for those who run the project.
READERS = {
    "questions.md": "Which mart answers which question, with the columns to look at.",
    "power_bi.md": "A project with every metric as a measure, and how to open it.",
    "tableau.md": "An extract and a workbook, and how to open them.",
}
# Pages of others must not reach for the network, whatever they try.
LOCAL_ONLY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'self\' data: blob: '
    "'unsafe-inline' 'unsafe-eval'\">"
)

# dbt's page makes the browser look for files named after templates that are not filled in yet.
FIXED = {
    '<use xlink:href="{{': '<use ng-attr-xlink:href="{{',
    "${require('./assets/favicons/favicon.ico')}": "data:,",
}


@dataclass(frozen=True)
class Card:
    """A way into the site; without a link it says how to get what is missing."""

    name: str
    text: str
    link: str = ""


@dataclass
class Site:
    """What was written: the front page, pages in all, and what is missing."""

    front_page: Path
    pages: int = 0
    missing: list[str] = field(default_factory=list)


class _Writer:
    """Writes pages from templates."""

    def __init__(self, folder: Path, built_at: str) -> None:
        """Make the environment of the templates."""
        self.folder, self.count = folder, 0
        self.environment = Environment(
            loader=PackageLoader("customer_trends.site", "templates"),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals.update(navigation=NAVIGATION, built_at=built_at)

    def write(self, template: str, page: str, title: str, **values: Any) -> None:
        """Write one page; ``page`` is its way from the front page."""
        path = self.folder / page
        path.parent.mkdir(parents=True, exist_ok=True)
        values = {"reading": False, "up": "../" * page.count("/"), "here": page} | values
        html = self.environment.get_template(f"{template}.html.jinja").render(title=title, **values)
        path.write_text(html, encoding="utf-8")
        self.count += 1


def build_site(root: Path, folder: Path, progress: Callable[[str], None]) -> Site:
    """Write the documentation site.

    Parameters
    ----------
    root
        Project folder; ``dbt docs generate --static`` has left its artefacts there.
    folder
        Where the site goes; an older one is replaced.
    progress
        Called with the name of each step.

    Returns
    -------
    Site
        What was written.
    """
    target, artefacts = find_artefacts(root), read_artefacts(root)
    static = target / "static_index.html"
    if not static.exists():
        raise ProjectError(f"There is no {static.name} in {target}: run `make docs`.")
    from markupsafe import Markup

    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    built_at = artefacts.manifest["metadata"]["generated_at"][:16].replace("T", " ")
    writer, site = _Writer(part, built_at), Site(folder / "index.html")
    progress("dbt docs")
    _copy_page(static, part / "dbt" / "index.html")
    progress("column lineage")
    _write_lineage(target, part / "lineage")
    progress("pages")
    groups = list_groups(artefacts)
    writer.write("metrics", "metrics.html", "Metrics", groups=groups, reading=True)
    picture = draw(read_keys((root / "docs" / "erd.md").read_text(encoding="utf-8")))
    writer.write("erd", "erd.html", "Tables and keys", picture=picture)
    cards, more = _write_documents(root, writer, set(artefacts.models()), Markup)
    cards += _copy_outcomes(root, writer, site, Markup)
    _write_front_page(writer, artefacts, cards, more)
    shutil.copyfile(Path(__file__).parent / "templates" / "style.css", part / "style.css")
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)
    site.pages = writer.count + 2
    return site


def _write_front_page(
    writer: _Writer, artefacts: Artefacts, cards: list[Card], more: list[Card]
) -> None:
    """Write the page from which each metric is one click away."""
    groups = list_groups(artefacts)
    first = [
        Card("Metrics", "What each figure means, its formula, and where it is.", "metrics.html"),
        Card("Tables and columns", "Every model and column described: dbt docs.", "dbt/index.html"),
        Card("Column lineage", "Which columns a column is made of.", "lineage/index.html"),
        Card("Tables and keys", "The star, drawn from the keys that are tested.", "erd.html"),
    ]
    writer.write(
        "index", "index.html", "Documentation", groups=groups, cards=first + cards, more=more,
        metric_count=sum(len(group.metrics) for group in groups),
        mart_count=sum(name.startswith("mart_") for name in artefacts.models()),
    )  # fmt: skip


def _copy_page(source: Path, target: Path) -> None:
    """Copy a page of a tool, and keep it from the network."""
    target.parent.mkdir(parents=True, exist_ok=True)
    html = source.read_text(encoding="utf-8")
    html = html.replace("<head>", f"<head>{LOCAL_ONLY}", 1)
    for faulty, fixed in FIXED.items():
        html = html.replace(faulty, fixed)
    target.write_text(html, encoding="utf-8")


def _write_lineage(target: Path, folder: Path) -> None:
    """Let dbt-colibri draw the lineage of columns."""
    made, program = folder.with_name(".lineage"), Path(sys.executable).with_name("colibri")
    if not program.exists():
        raise ProjectError("dbt-colibri is not installed: run `make docs`, which installs it.")
    done = subprocess.run(
        [
            str(program), "generate", "--output-dir", str(made),
            "--manifest", str(target / "manifest.json"), "--catalog", str(target / "catalog.json"),
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode or not (made / "index.html").exists():
        raise ProjectError(f"dbt-colibri failed: {(done.stderr or done.stdout)[-300:]}")
    _copy_page(made / "index.html", folder / "index.html")
    shutil.rmtree(made)


def _write_documents(
    root: Path, writer: _Writer, models: set[str], mark: Any
) -> tuple[list[Card], list[Card]]:
    """Write the pages of docs/: first those for readers of figures, then the others."""
    documents = {path.name: path for path in sorted((root / "docs").glob("*.md"))}
    pages = {name: f"pages/{name.removesuffix('.md')}.html" for name in documents}
    pages["erd.md"] = "erd.html"
    first: list[Card] = []
    more: list[Card] = []
    for name, path in documents.items():
        if name == "erd.md":
            continue
        text = path.read_text(encoding="utf-8")
        title = read_title(text, name)
        content = mark(render_markdown(text, pages, models, "../"))
        writer.write("page", pages[name], title, content=content, reading=True)
        card = Card(title, READERS.get(name, ""), pages[name])
        (first if name in READERS else more).append(card)
    return first, more


def _copy_outcomes(root: Path, writer: _Writer, site: Site, mark: Any) -> list[Card]:
    """Take over the report and the cards of the models, or say how to get them."""
    cards = []
    if (root / REPORT).exists():
        _copy_page(root / REPORT, writer.folder / "report" / "index.html")
        cards.append(Card("Report", "All charts of the last build.", "report/index.html"))
    else:
        site.missing.append("report")
        cards.append(Card("Report", "Not made yet: customer-trends report, then make docs."))
    written = sorted((root / MODEL_CARDS).glob("*.md"))
    for path in written:
        text = path.read_text(encoding="utf-8")
        title, page = read_title(text, path.stem), f"model_cards/{path.stem}.html"
        content = mark(render_markdown(text, {}, set(), "../"))
        writer.write("page", page, title, content=content, reading=True)
        cards.append(Card(title, "What the model predicts, and how well.", page))
    if not written:
        site.missing.append("model cards")
        cards.append(Card("Model cards", "Not scored yet: customer-trends run, then make docs."))
    return cards
