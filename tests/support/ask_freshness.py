"""Ask dbt how fresh the orders of the shop are, on each day given or `now`; prints JSON."""

import json
import sys

from dbt.cli.main import dbtRunner

QUESTION = ["--log-level", "none", "source", "freshness", "--select", "source:shop.orders"]


def main(days: list[str]) -> None:
    """Print status, time of the last order, and the moment up to which its age is measured."""
    for day in days:
        variables = ["--vars", json.dumps({"as_of_date": day})] if day != "now" else []
        results = dbtRunner().invoke([*QUESTION, *variables]).result.results
        # Some versions of dbt list hooks, too.
        (result,) = (result for result in results if hasattr(result, "max_loaded_at"))
        moments = (result.max_loaded_at, result.snapshotted_at)
        texts = [str(moment)[:19] for moment in moments]
        print("DONE " + json.dumps([str(result.status), *texts]))


if __name__ == "__main__":
    main(sys.argv[1:])
