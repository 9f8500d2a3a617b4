"""SQL that can be read: a model shows its sources, its joins and its columns."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
MODELS = {path.stem: path for path in sorted((PROJECT / "models").glob("**/*.sql"))}
MACROS = sorted((PROJECT / "macros").glob("**/*.sql"))
LOOP = re.compile(r"\{%[-+]?\s*for\b")
JOINED_LIST = re.compile(r"\|\s*join\s*\(")
JINJA = r"\{\{.*?\}\}|\{%.*?%\}"
# Models with a loop, and what cannot be written out. The list only shrinks.
LOOPS = {
    "ops_quarantine": "which raw tables there are depends on the source systems of the build",
    "ops_row_counts": "which raw tables there are depends on the source systems of the build",
}
LOOPS_TO_WRITE_OUT = {
    "fct_customer_purchases",
    "fct_orders_by_day",
    "fct_sales",
    "fct_sales_cells",
}
MOST_LOOPS = 6
# Models that put commas between the parts of a list. The list only shrinks.
JOINED_LISTS = {
    "fct_sales",
}
MOST_JOINED_LISTS = 1
# Macros that read rows, and why no model can do so instead. The list only shrinks.
READING_MACROS = {
    "broken_rules": "makes a data test, not a model",
    "union_sources": "which source systems there are depends on the build",
}
# Folder of macros that run statements: materializations, schemas, settings of a session.
ADMINISTRATION = "admin"


def remove_comments(text: str) -> str:
    """Take the comments of Jinja and of SQL out of a text."""
    return re.sub(r"--[^\n]*", "", re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL))


def shows_rows(text: str) -> bool:
    """Return whether a reader of a model sees a from or a join, without what Jinja makes."""
    own = re.sub(JINJA, " ", remove_comments(text), flags=re.DOTALL)
    return re.search(r"\bselect\b.*\bfrom\b", own, flags=re.DOTALL) is not None


def hides_rows(text: str) -> bool:
    """Return whether a model gives a macro a select or a join in a text."""
    made = re.findall(JINJA, remove_comments(text), flags=re.DOTALL)
    return any(re.search(r"\bselect\b|\bjoin [a-z(\"']", part) for part in made)


def check_list(found: set[str], listed: set[str], most: int, what: str) -> None:
    """Compare what is found with a list of exceptions that may only shrink."""
    assert len(listed) <= most, f"the list of what {what} has grown: {len(listed)}"
    added = [f"{name} {what}: write the SQL out" for name in sorted(found - listed)]
    gone = [f"{name}: take it off the list of what {what}" for name in sorted(listed - found)]
    assert not added + gone, "\n".join(["", *added, *gone])


def test_models_show_where_their_rows_come_from() -> None:
    assert len(MODELS) > 100
    texts = {name: path.read_text(encoding="utf-8") for name, path in MODELS.items()}
    faults = [f"{n}: a macro stands for the model" for n, t in texts.items() if not shows_rows(t)]
    faults += [f"{n}: SQL in an argument of a macro" for n, t in texts.items() if hides_rows(t)]
    assert not faults, "\n".join(["", *faults])


@pytest.mark.parametrize(
    ("text", "is_shown", "is_hidden"),
    [
        ("{{ screen('orders') }}", False, False),
        ("{# select from orders #}\n{{ screen('orders', 'left join x on y') }}", False, True),
        ("select\n    {{ columns('orders') }}\nfrom renamed", True, False),
        ("-- from\nselect 1 as one", False, False),
        ("select {{ names | join(', ') }} from renamed", True, False),
    ],
)
def test_the_rules_know_what_a_reader_sees(text: str, is_shown: bool, is_hidden: bool) -> None:
    assert shows_rows(text) == is_shown
    assert hides_rows(text) == is_hidden


def test_loops_stand_only_where_nothing_can_be_written_out() -> None:
    found = {name for name, path in MODELS.items() if LOOP.search(path.read_text("utf-8"))}
    check_list(found, set(LOOPS) | LOOPS_TO_WRITE_OUT, MOST_LOOPS, "loops")


def test_column_lists_are_not_joined() -> None:
    found = {name for name, path in MODELS.items() if JOINED_LIST.search(path.read_text("utf-8"))}
    check_list(found, JOINED_LISTS, MOST_JOINED_LISTS, "joins a list")


def test_macros_make_columns_and_not_models() -> None:
    """A macro that reads rows hides from a model's reader where they come from."""
    assert len(MACROS) > 60
    # At the start of a line: a from within one is that of trim, or asks for the engine's settings.
    reads = re.compile(r"^\s*(from|(left|inner|cross) join)\b", re.MULTILINE)
    made = [path for path in MACROS if path.parent.name != ADMINISTRATION]
    found = {path.stem for path in made if reads.search(remove_comments(path.read_text("utf-8")))}
    check_list(found, set(READING_MACROS), len(READING_MACROS), "reads rows")
