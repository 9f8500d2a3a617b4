"""How MySQL and MariaDB change comments: a column is declared again, in full."""

import re
from collections.abc import Callable, Mapping

from customer_trends.engines.interface import shorten

# Characters there is room for.
LONGEST_TABLE, LONGEST_COLUMN = 2048, 1024
# How a table is altered so that a statement that would copy its rows is refused.
ALGORITHMS = {"mysql": "inplace, lock = none", "mariadb": "instant"}
# A line of SHOW CREATE TABLE that declares a column, and the comment at its end.
COLUMN = re.compile(r"\s+([`\"])(?P<name>(?:(?!\1).|\1\1)+)\1 (?P<definition>.+?),?")
# Servers keep comments in the older utf8, without characters such as emoji.
UNKNOWN = re.compile(r"[^\u0000-\uffff]")
COMMENT = re.compile(r" COMMENT '(?:[^'\\]|''|\\.)*'$")


def fit(text: str, longest: int) -> str:
    """Make of a text the comment that a server keeps of it.

    Parameters
    ----------
    text
        Any text.
    longest
        Characters there is room for.

    Returns
    -------
    str
        The text, cut after a word, a question mark for each character that the server lacks.
    """
    return UNKNOWN.sub("?", shorten(text, longest))


def read_definitions(statement: str) -> dict[str, str]:
    """Read how columns are declared: type, collation, NULL, default; all but the comment.

    Parameters
    ----------
    statement
        What SHOW CREATE TABLE gives.

    Returns
    -------
    dict
        Column to declaration.
    """
    matches = filter(None, map(COLUMN.fullmatch, statement.splitlines()))
    return {
        match["name"].replace(match[1] * 2, match[1]): COMMENT.sub("", match["definition"])
        for match in matches
    }


def write_changes(
    comment: str | None,
    columns: Mapping[str, str],
    definitions: Mapping[str, str],
    quote: Callable[[str], str],
) -> tuple[str, list[str]]:
    """Write what a statement is to change.

    Parameters
    ----------
    comment
        New comment of the table; None leaves the one there is.
    columns
        Column to its new comment.
    definitions
        Column to declaration, as of `read_definitions`.
    quote
        Quotes a name.

    Returns
    -------
    tuple of str and list of str
        What stands behind ALTER TABLE, with %s for each text, and the texts.
    """
    changes = [] if comment is None else ["comment = %s"]
    texts = [] if comment is None else [comment]
    for name, text in columns.items():
        changes.append(f"modify column {quote(name)} {definitions[name]} comment %s")
        texts.append(text)
    return ", ".join(changes), texts
