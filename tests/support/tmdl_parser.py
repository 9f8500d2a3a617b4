"""Microsoft's parser of TMDL under mono; its libraries are fetched once into the cache."""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from servers.server_packages import CACHE_VARIABLE

# The wheel that carries the libraries; their licence lets nobody commit them here.
WHEEL = "pbi-cli-tool==3.12.0"
PROGRAM = Path(__file__).with_name("check_tmdl.cs")
LIBRARIES = [
    f"Microsoft.AnalysisServices{part}.dll" for part in ("", ".Core", ".Tabular", ".Tabular.Json")
]
PARSE_SECONDS = 120


class ParserUnobtainableError(Exception):
    """The parser cannot be had on this machine."""


def parse_tmdl(folders: list[Path]) -> list[str]:
    """Parse folders of TMDL.

    Parameters
    ----------
    folders
        Folders ``definition`` of semantic models.

    Returns
    -------
    list of str
        One line each: ``ok`` with counts, or what is wrong.
    """
    place = _get_libraries()
    with tempfile.TemporaryDirectory() as temporary:
        program = Path(temporary) / "check_tmdl.exe"
        references = [f"-r:{place / name}" for name in LIBRARIES[:3]]
        _run(["mcs", *references, f"-out:{program}", str(PROGRAM)])
        for name in LIBRARIES:
            (Path(temporary) / name).symlink_to(place / name)
        printed = _run(["mono", str(program), *map(str, folders)])
    return printed.splitlines()


def _get_libraries() -> Path:
    """Find the libraries in the cache, or fetch them."""
    missing = [name for name in ("mono", "mcs") if shutil.which(name) is None]
    if missing:
        raise ParserUnobtainableError(
            f"{' and '.join(missing)} missing: install mono-runtime, mono-mcs, libmono-cil-dev"
        )
    cache = Path(os.environ.get(CACHE_VARIABLE) or Path.home() / ".cache" / "customer_trends")
    place = cache / WHEEL.replace("==", "-")
    if not all((place / name).is_file() for name in LIBRARIES):
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=cache) as temporary:
            _fetch(Path(temporary))
            shutil.rmtree(place, ignore_errors=True)
            (Path(temporary) / "libraries").rename(place)
    return place


def _fetch(folder: Path) -> None:
    """Download the wheel and unpack the libraries."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*pip, "--no-deps", "--dest", str(folder), WHEEL],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise ParserUnobtainableError(f"{WHEEL} cannot be downloaded: {done.stderr[-300:]}")
    (folder / "libraries").mkdir()
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for name in LIBRARIES:
            content = archive.read(f"pbi_cli/dlls/{name}")
            (folder / "libraries" / name).write_bytes(content)


def _run(command: list[str]) -> str:
    """Run a program; one that fails is an assertion error."""
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=PARSE_SECONDS
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout
