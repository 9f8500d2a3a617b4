"""Run dbt several times in one process, by `rebuild.py TIMES SELECTION`.

Ends with exit code 1 on the first failure.
"""

import sys

from dbt.cli.main import dbtRunner

from customer_trends.engines.engine import choose_target
from customer_trends.engines.mysql_engine import heed_ssl_setting
from customer_trends.project.paths import find_project_root


def main(times: int, selection: list[str]) -> int:
    """Rebuild the selected models so many times; the project is parsed once."""
    heed_ssl_setting(find_project_root(), choose_target())
    runner = dbtRunner()
    parsed = runner.invoke(["--quiet", "parse"])
    runner = dbtRunner(manifest=parsed.result)
    for _ in range(times):
        if not runner.invoke(["--quiet", "run", "--select", *selection]).success:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
