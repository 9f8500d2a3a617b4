"""Turn Markdown pages of the project into pages of the documentation site."""

import re
from posixpath import basename

from markdown_it import MarkdownIt
from markdown_it.token import Token

from customer_trends.site.drawing import DBT_PAGE

HEADING = re.compile(r"^# (.+)$", re.MULTILINE)
DBT_REFERENCE = re.compile(r"^#!/(\w+)/")
CODE = re.compile(r"<code>(\w+)</code>(?!</a>)")


def read_title(text: str, default: str) -> str:
    """Find the first heading of a page.

    Parameters
    ----------
    text
        Markdown.
    default
        Title of a page without one.

    Returns
    -------
    str
        Title without marks.
    """
    found = HEADING.search(text)
    return found[1].strip().replace("`", "") if found else default


def render_markdown(text: str, pages: dict[str, str], models: set[str], up: str) -> str:
    """Render a page.

    Parameters
    ----------
    text
        Markdown.
    pages
        Name of each Markdown file of the site to its page, seen from the front page. A link to any
        other file stays as text: the file is not on the site.
    models
        Names of models; each links to its page in the dbt docs.
    up
        Way from the page to the front page.

    Returns
    -------
    str
        HTML; raw HTML in the Markdown is shown as text.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    for token in tokens:
        _fix_links(token.children or [], pages, up)
    html = str(parser.renderer.render(tokens, parser.options, {}))
    html = CODE.sub(lambda code: _link_model(code, models, up), html)
    return html.replace("<table>", '<div class="wide"><table>').replace(
        "</table>", "</table></div>"
    )


def _link_model(code: re.Match[str], models: set[str], up: str) -> str:
    """Link the name of a model to its page."""
    if code[1] not in models:
        return code[0]
    return f'<a href="{up}{DBT_PAGE}{code[1]}">{code[0]}</a>'


def _fix_links(tokens: list[Token], pages: dict[str, str], up: str) -> None:
    """Point links at pages of the site, and turn other links into text."""
    open_links: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            target = str(token.attrs["href"])
            path, _, anchor = target.partition("#")
            page = pages.get(basename(path))
            if DBT_REFERENCE.match(target):
                token.attrs["href"] = f"{up}dbt/index.html{target}"
            elif page:
                token.attrs["href"] = f"{up}{page}{'#' + anchor if anchor else ''}"
            open_links.append(bool(page or DBT_REFERENCE.match(target)))
            if not open_links[-1]:
                token.tag = "span"
                token.attrs = {}
        elif token.type == "link_close" and not open_links.pop():
            token.tag = "span"
