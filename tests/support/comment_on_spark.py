"""Set comments on Spark; run with the Python of the Spark environment. Prints JSON."""

import json
from pathlib import Path
from typing import Any

from customer_trends.engines.connect import open_engine
from customer_trends.engines.interface import shorten
from customer_trends.engines.spark_comments import comment_at_once, comment_one_by_one
from customer_trends.errors import MissingRelationError

PROJECT = Path(__file__).resolve().parents[2]
ROWS = """
    select
        cast(1 as bigint) as row_key, cast(1.5 as decimal(18, 4)) as amount, 'a' as name,
        true as is_known, date '2024-02-29' as day
"""
# Spark keeps a table with such a column in another form in Hive's catalog.
MOMENT = "timestamp_ntz '2026-01-01 12:30:15.123456' as moment"


def read_comments(engine: Any, name: str) -> dict[str, str]:
    """Read the comments of columns as a reader does, and that of the table at an empty name."""
    comments: dict[str, str] = {}
    rows = engine.fetch(f"describe table extended {engine.qualify(engine.schema('core'), name)}")
    is_column = True
    for column, value, comment in rows.rows:
        is_column = is_column and bool(column)
        if column == "Comment":
            comments[""] = value
        elif is_column and comment:
            comments[column] = comment
    return comments


def comment(engine: Any, name: str, query: str) -> dict[str, Any]:
    """Comment a new table in several ways."""
    schema = engine.schema("core")
    table = engine.qualify(schema, name)
    engine.execute(f"create table {table} using parquet as {query}")
    before = engine.fetch(f"select * from {table}").rows
    texts = {
        "row_key": 'It\'s the "key", 100 % of it\\.',
        "amount": "Zoë's 👍🏽. " + "Money, " * 80,
    }
    wanted = [("What 'it' is.", texts)] * 2 + [("Another. " * 900, {"day": "The day."})]
    counts = [engine.set_comments(schema, name, *one) for one in wanted]
    comments = read_comments(engine, name)
    for column, way in (("name", comment_at_once), ("is_known", comment_one_by_one)):
        way(engine.session, (schema, name), {column: "By 'it'self."})
    return {
        "counts": counts,
        "comments": comments,
        "expected": {
            "": shorten("Another. " * 900, 4000),
            "row_key": texts["row_key"],
            "amount": shorten(texts["amount"], 256),
            "day": "The day.",
        },
        "ways": read_comments(engine, name),
        "is_same": engine.fetch(f"select * from {table}").rows == before,
    }


def main() -> None:
    """Comment tables of both forms, a view, and what is not there."""
    with open_engine(PROJECT, "spark") as engine:
        schema = engine.schema("core")
        engine.execute(f"create schema if not exists `{schema}`")
        said: dict[str, Any] = {
            "plain": comment(engine, "fct_one", ROWS),
            "with a moment": comment(engine, "fct_two", f"{ROWS}, {MOMENT}"),
        }
        view, table = (engine.qualify(schema, name) for name in ("seen", "fct_one"))
        engine.execute(f"create view {view} as select * from {table}")
        said["view"] = engine.set_comments(schema, "seen", "A view.", {"row_key": "A key."})
        said["missing"] = []
        for name, column in (("none", "row_key"), ("fct_one", "none")):
            try:
                engine.set_comments(schema, name, "Nothing.", {column: "Nothing."})
            except MissingRelationError as error:
                said["missing"].append(str(error))
    print(json.dumps(said))


if __name__ == "__main__":
    main()
