"""Comments on Spark: set where they differ, by each way there is, and the rows stay."""

import json
import os
import subprocess
from pathlib import Path

from lanes import PROJECT, PYTHONS, SPARK_SETTINGS

SCRIPT = PROJECT / "tests" / "support" / "comment_on_spark.py"


def test_comments_are_set_where_they_differ(tmp_path: Path) -> None:
    """What is there already is not written again; a view gets none; what is missing is named."""
    variables = {
        "PYTHONPATH": str(PROJECT),
        "CUSTOMER_TRENDS_SPARK_WAREHOUSE": str(tmp_path / "spark"),
        "CUSTOMER_TRENDS_SPARK_MASTER": "local[1]",
    }
    done = subprocess.run(
        [str(PYTHONS["spark"]), str(SCRIPT)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, **SPARK_SETTINGS, **variables},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    for form in ("plain", "with a moment"):
        table = said[form]
        assert table["counts"] == [3, 0, 2]
        assert table["comments"] == table["expected"]
        own = dict.fromkeys(["name", "is_known"], "By 'it'self.")
        assert table["ways"] == {**table["expected"], **own}
        assert table["is_same"]
    assert said["view"] == 0
    assert ["none" in message for message in said["missing"]] == [True, True]
