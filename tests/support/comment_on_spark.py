"""Set comments on Spark; run with the Python of the Spark environment. Prints JSON."""

import json
from pathlib import Path
from typing import Any

from customer_trends.engines.connect import open_engine
from customer_trends.engines.spark_comments import comment_at_once, comment_one_by_one
from customer_trends.errors import MissingRelationError

PROJECT = Path(__file__).resolve().parents[2]
ROWS = """
    select
        cast(1 as bigint) as row_key, cast(1.5 as decimal(18, 4)) as amount, 'a' as name,
        timestamp_ntz '2026-01-01 12:30:15.123456' as moment, date '2024-02-29' as day
"""


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


def main() -> None:
    """Comment a table in several ways."""
    said: dict[str, Any] = {}
    with open_engine(PROJECT, "spark") as engine:
        schema = engine.schema("core")
        table = engine.qualify(schema, "fct_one")
        engine.execute(f"create schema if not exists `{schema}`")
        engine.execute(f"create table {table} using parquet as {ROWS}")
        before = engine.fetch(f"select * from {table}").rows
        texts = {"row_key": 'It\'s the "key", 100 % of it\\.', "amount": "Zoë's 👍🏽 €." * 80}
        wanted = [("What 'it' is.", texts)] * 2 + [("Another.", {"day": "The day."})]
        said["counts"] = [engine.set_comments(schema, "fct_one", *one) for one in wanted]
        said["comments"] = read_comments(engine, "fct_one")
        said["expected"] = {"": "Another.", "day": "The day.", **texts}
        for name, way in (("name", comment_at_once), ("moment", comment_one_by_one)):
            way(engine.session, (schema, "fct_one"), {name: "By 'it'self."})
        said["ways"] = read_comments(engine, "fct_one")
        said["same_rows"] = engine.fetch(f"select * from {table}").rows == before
        engine.execute(f"create view {engine.qualify(schema, 'seen')} as select * from {table}")
        said["view"] = engine.set_comments(schema, "seen", "A view.", texts)
        said["missing"] = []
        for name, column in (("none", "row_key"), ("fct_one", "none")):
            try:
                engine.set_comments(schema, name, "Nothing.", {column: "Nothing."})
            except MissingRelationError as error:
                said["missing"].append(str(error))
    print(json.dumps(said))


if __name__ == "__main__":
    main()
