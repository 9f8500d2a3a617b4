"""Run dbt several times in one process, by `rebuild.py TIMES SELECTION`.

Ends with exit code 1 on the first failure.
"""

import sys

from dbt.cli.main import dbtRunner


def main(times: int, selection: list[str]) -> int:
    """Rebuild the selected models so many times; the project is parsed once."""
    runner = dbtRunner()
    parsed = runner.invoke(["--quiet", "parse"])
    runner = dbtRunner(manifest=parsed.result)
    for _ in range(times):
        if not runner.invoke(["--quiet", "run", "--select", *selection]).success:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
