"""How Spark changes comments: those of all columns of a table at once, where it can."""

from collections.abc import Mapping
from typing import Any

# Characters there is room for: Hive's catalog has so many for a column, and refuses a longer text.
LONGEST_TABLE, LONGEST_COLUMN = 4000, 256


def quote_literal(text: str) -> str:
    """Write a text as a literal of Spark's SQL.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        It in quotes.
    """
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def comment_at_once(session: Any, place: tuple[str, str], columns: Mapping[str, str]) -> None:
    """Set the comments of columns by one change of the table in the catalog.

    The statement of SQL takes one column at a time for such a table, and as long for it as this
    takes for all. Spark itself does no more for it, but the call is none that Spark promises to
    keep.

    Parameters
    ----------
    session
        Running session.
    place
        Names of schema and table.
    columns
        Column to its comment.

    Raises
    ------
    py4j.protocol.Py4JError
        If this release of Spark has no such call.
    """
    schema, name = place
    fields = session.table(f"`{schema}`.`{name}`").schema
    for field in fields:
        if field.name in columns:
            field.metadata["comment"] = columns[field.name]
    java, jvm = session._jsparkSession, session._jvm
    identifier = jvm.org.apache.spark.sql.catalyst.TableIdentifier(
        name, jvm.scala.Option.apply(schema)
    )
    java.sessionState().catalog().alterTableSchema(identifier, java.parseDataType(fields.json()))
    session.sql(f"refresh table `{schema}`.`{name}`")


def comment_one_by_one(session: Any, place: tuple[str, str], columns: Mapping[str, str]) -> None:
    """Set the comments of columns by a statement for each.

    Parameters
    ----------
    session
        Running session.
    place
        Names of schema and table.
    columns
        Column to its comment.
    """
    schema, name = place
    for column, text in columns.items():
        session.sql(
            f"alter table `{schema}`.`{name}` alter column `{column}` comment {quote_literal(text)}"
        )
