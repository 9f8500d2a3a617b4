"""Remember that a target has passed for the files as they are, so that nothing is run twice.

``passed.py TARGET`` ends with 0 if the target has passed with exactly these files, ``passed.py
TARGET --record`` records it. The files are those of git: tracked, or new and not ignored.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def hash_files() -> str:
    """Give a checksum of all files; empty where git cannot list them."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode:
        return ""
    digest = hashlib.sha256()
    for name in sorted(set(listing.stdout.split(b"\0")) - {b""}):
        path = ROOT / name.decode()
        if path.is_file():
            digest.update(name + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def main() -> int:
    """Ask or record; gives the exit code."""
    target, *options = sys.argv[1:]
    stamp = ROOT / "build" / "passed" / target
    now = hash_files()
    if "--record" in options:
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(now, encoding="utf-8")
        return 0
    return 0 if now and stamp.exists() and stamp.read_text(encoding="utf-8") == now else 1


if __name__ == "__main__":
    sys.exit(main())
