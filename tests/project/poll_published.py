"""Read a published file over and over until a file appears; print what went wrong as JSON.

Run: poll_published.py PUBLISHED STOP_FILE READERS. The readers are threads of one process, each
with a connection of its own for every read.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

QUERY = """
    select
        (select count(*) from published.marts.mart_toy_sales),
        (select sum(amount) from published.marts.mart_toy_sales),
        (select order_count from published.marts.mart_toy_total),
        (select amount from published.marts.mart_toy_total)
"""


def poll(path: str, stop: Path) -> dict[str, list[object]]:
    """Read until told to stop; rows that do not add up to their total are half of a publication."""
    seen: dict[str, list[object]] = {"reads": [], "errors": [], "halves": []}
    while not stop.exists():
        try:
            with duckdb.connect(config={"threads": 1}) as connection:
                connection.execute(f"attach '{path}' as published (read_only)")
                row = connection.execute(QUERY).fetchone() or ()
        except duckdb.Error as error:
            seen["errors"].append(str(error))
            continue
        seen["reads"].append(row[0])
        if row[:2] != row[2:]:
            seen["halves"].append(str(row))
    return seen


def main(path: str, stop: Path, readers: int) -> None:
    """Poll with several readers at once and print what they saw."""
    with ThreadPoolExecutor(readers) as pool:
        parts = [
            future.result() for future in [pool.submit(poll, path, stop) for _ in range(readers)]
        ]
    whole = {name: [item for part in parts for item in part[name]] for name in parts[0]}
    print(
        json.dumps(
            {
                "reads": len(whole["reads"]),
                "publications": len(set(whole["reads"])),
                "errors": whole["errors"],
                "halves": whole["halves"],
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
