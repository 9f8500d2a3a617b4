"""A comment changes beside the definition that the server shows; a long one is cut after a word."""

import pytest

from customer_trends.engines.interface import shorten
from customer_trends.engines.mysql_comments import fit, read_definitions, write_changes

SHOWN = """CREATE TABLE `t` (
  `a` bigint NOT NULL DEFAULT '5' COMMENT 'x 100 % a',
  `b``c d` varchar(20) CHARACTER SET utf8mb4 DEFAULT NULL COMMENT 'it''s, COMMENT ''x''',
  `e` enum('a','b,') DEFAULT 'b,',
  `_row_key` bigint unsigned NOT NULL AUTO_INCREMENT /*!80023 INVISIBLE */,
  PRIMARY KEY (`_row_key`),
  KEY `a` (`a`)
) ENGINE=InnoDB COMMENT='it''s'"""


@pytest.mark.parametrize("quote", ["`", '"'])
def test_definitions_are_those_of_the_server(quote: str) -> None:
    """All but the comment, whichever way the server quotes names; keys are no columns."""
    assert read_definitions(SHOWN.replace("`", quote)) == {
        "a": "bigint NOT NULL DEFAULT '5'",
        f"b{quote}c d": "varchar(20) CHARACTER SET utf8mb4 DEFAULT NULL",
        "e": "enum('a','b,') DEFAULT 'b,'",
        "_row_key": "bigint unsigned NOT NULL AUTO_INCREMENT /*!80023 INVISIBLE */",
    }


def test_one_statement_holds_all_changes() -> None:
    """Texts are parameters; a table that keeps its comment is not mentioned."""
    definitions = {"a": "bigint NOT NULL", "b": "date DEFAULT NULL"}
    assert write_changes("T", {"b": "B"}, definitions, str.upper) == (
        "comment = %s, modify column B date DEFAULT NULL comment %s",
        ["T", "B"],
    )
    changes, texts = write_changes(None, {"a": "A", "b": ""}, definitions, str.upper)
    assert changes.count("modify column") == 2 and "comment =" not in changes
    assert texts == ["A", ""]


@pytest.mark.parametrize(
    ("text", "longest", "expected"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two, three", 9, "one two…"),
        ("one two, three", 8, "one…"),
        ("undividable", 5, "undi…"),
    ],
)
def test_long_texts_are_cut_after_a_word(text: str, longest: int, expected: str) -> None:
    assert shorten(text, longest) == expected
    assert len(expected) <= longest


def test_emoji_are_replaced() -> None:
    assert fit("Zoë's 👍 story", 100) == "Zoë's ? story"
