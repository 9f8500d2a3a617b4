"""Read a published file over and over until a file appears; print what went wrong as JSON.

Run: poll_published.py PUBLISHED STOP_FILE READERS PAUSE QUERY. The query gives one row whose first
half must equal its second half. The readers are threads of one process, each with a connection of
its own for every read, and a pause of so many seconds before it.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb


def poll(path: str, stop: Path, pause: float, query: str) -> dict[str, list[object]]:
    """Read until a file says stop; two halves that differ are of two publications."""
    seen: dict[str, list[object]] = {"reads": [], "errors": [], "halves": []}
    while not stop.exists():
        time.sleep(pause)
        try:
            with duckdb.connect(config={"threads": 1}) as connection:
                connection.execute(f"attach '{path}' as published (read_only)")
                row = connection.execute(query).fetchone() or ()
        except duckdb.Error as error:
            seen["errors"].append(str(error))
            continue
        seen["reads"].append(str(row))
        if row[: len(row) // 2] != row[len(row) // 2 :]:
            seen["halves"].append(str(row))
    return seen


def main(path: str, stop: Path, readers: int, pause: float, query: str) -> None:
    """Poll with several readers at once and print what they saw."""
    with ThreadPoolExecutor(readers) as pool:
        started = [pool.submit(poll, path, stop, pause, query) for _ in range(readers)]
        parts = [future.result() for future in started]
    all_parts = {name: [item for part in parts for item in part[name]] for name in parts[0]}
    print(
        json.dumps(
            {
                "reads": len(all_parts["reads"]),
                "publications": len(set(all_parts["reads"])),
                "errors": all_parts["errors"],
                "halves": all_parts["halves"],
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), sys.argv[5])
