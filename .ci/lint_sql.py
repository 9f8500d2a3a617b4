"""Lint SQL with sqlfluff: all files, or those that may give another result than when last green.

sqlfluff needs a second of a processor for each file. So the names of what it found nothing in are
kept in ``build/lint``, each with a checksum of all that its result depends on: the file, the macros
it calls (and what they call), the settings, the versions of the tools. ``--all`` lints every file;
CI does.
"""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("models", "tests", "analyses")
# What the result of every file depends on.
SETTINGS = (".sqlfluff", ".sqlfluffignore", "dbt_project.yml", "requirements/development.txt")
MANIFEST = ROOT / "build" / "lint" / "manifest.json"
GREEN = ROOT / "build" / "lint" / "sql_green.json"
Node = dict[str, Any]


def list_files() -> list[str]:
    """List the files that sqlfluff lints."""
    ignored = [
        line.strip()
        for line in (ROOT / ".sqlfluffignore").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.sql")
    ]
    return sorted(
        name for name in found if not name.startswith(tuple(f"{one}/" for one in ignored))
    )


def find_macros(names: list[str], macros: dict[str, Node]) -> set[str]:
    """Find macros, and those that they call, and so on."""
    found: set[str] = set()
    waiting = [name for name in names if name in macros]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [one for one in macros[name]["depends_on"]["macros"] if one in macros]
    return found


def hash_files() -> dict[str, str]:
    """Give each file with a checksum of what its result depends on."""
    manifest: Node = json.loads(MANIFEST.read_text(encoding="utf-8"))
    macros: dict[str, Node] = manifest["macros"]
    own = [name for name, one in macros.items() if one["package_name"] == "customer_trends"]
    called = {
        node["original_file_path"]: node["depends_on"]["macros"]
        for node in manifest["nodes"].values()
        if node["original_file_path"].endswith(".sql")
    }
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    common = b"".join((ROOT / name).read_bytes() for name in SETTINGS)
    common += repr(tools["sqlfluff"]).encode()
    hashes = {}
    for name in list_files():
        digest = hashlib.sha256(common + (ROOT / name).read_bytes())
        # A file that dbt does not know, such as a disabled one, may call any macro.
        for macro in sorted(find_macros(called.get(name, own), macros)):
            digest.update(f"\0{macro}\0{macros[macro]['macro_sql']}".encode())
        hashes[name] = digest.hexdigest()
    return hashes


def main() -> int:
    """Lint; gives the exit code of sqlfluff."""
    hashes = hash_files()
    green: dict[str, str] = {}
    if "--all" not in sys.argv and GREEN.exists():
        green = json.loads(GREEN.read_text(encoding="utf-8"))
    files = [name for name, checksum in hashes.items() if green.get(name) != checksum]
    if files:
        sqlfluff = Path(sys.executable).with_name("sqlfluff")
        command = [str(sqlfluff), "lint", "--disable-progress-bar", "--processes", "0", *files]
        done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
        print(done.stdout, end="")
        failed = re.findall(r"^== \[(.+)\] FAIL$", done.stdout, flags=re.MULTILINE)
        if bool(done.returncode) != bool(failed):
            # It did not come to an end: nothing is known of any file.
            return done.returncode or 1
        kept = {name: checksum for name, checksum in hashes.items() if name not in failed}
        GREEN.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        if failed:
            return done.returncode
    unchanged = len(hashes) - len(files)
    print(f"sqlfluff: {len(files)} files linted, {unchanged} unchanged since they were green.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
