"""Parse the project with all source systems on, once for all that reads its manifest.

The tests of conventions, dbt-bouncer and the choice of SQL to lint read what this writes to
``build/lint``: the manifest, and what dbt said.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "lint"


def main() -> int:
    """Parse; gives the exit code of dbt."""
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    sources = {"source_systems": list(project["vars"]["source_catalog"])}
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = [
        str(Path(sys.executable).with_name("dbt")),
        *("--no-use-colors", "parse", "--no-partial-parse", "--show-all-deprecations"),
        *("--profiles-dir", str(ROOT), "--vars", json.dumps(sources)),
        *("--target-path", str(FOLDER), "--log-path", str(FOLDER)),
    ]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True)
    said = done.stdout + done.stderr
    (FOLDER / "parse.log").write_text(said, encoding="utf-8")
    if done.returncode:
        print(said)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
