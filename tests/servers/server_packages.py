"""Find the programs of a database server, or get them from Debian's packages."""

import os
import re
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from servers.errors import ServerUnobtainableError

CACHE_VARIABLE = "CUSTOMER_TRENDS_SERVER_CACHE"
MIRROR_VARIABLE = "CUSTOMER_TRENDS_DEBIAN_MIRROR"
APT_SOURCES = Path("/etc/apt")
SUITE = "sid"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# Dependencies of scripts that the tests do not run, and files nobody reads here.
NEEDLESS_PACKAGES = ("perl", "libperl", "libgdbm", "libdb5", "gcc-")
NEEDLESS_FOLDERS = ("bug", "doc", "i18n", "info", "lintian", "locale", "man")
APT_SECONDS = 600


@dataclass(frozen=True)
class ServerPackages:
    """
    The packages of an engine.

    Attributes
    ----------
    engine : str
        Name of the cache folder, before its version.
    packages : tuple of str
        Debian packages; the first one's version names the cache folder.
    programs : tuple of str
        Programs of the packages that tests run, relative to /usr.
    """

    engine: str
    packages: tuple[str, ...]
    programs: tuple[str, ...]


MYSQL = ServerPackages("mysql", ("mysql-server-core",), ("sbin/mysqld",))
MARIADB = ServerPackages(
    "mariadb",
    ("mariadb-server-core", "mariadb-client-core"),
    ("sbin/mariadbd", "bin/my_print_defaults"),
)


def unpacked(wanted: ServerPackages) -> Path:
    """
    Get an engine's packages from Debian, unpacked in the cache.

    Packages that are in the cache stay as they are; without them the newest are downloaded.
    Nothing is installed, and root's rights are not needed: the packages bring all their libraries
    along, and their programs run with these.

    Parameters
    ----------
    wanted : ServerPackages
        Packages of the engine.

    Returns
    -------
    Path
        What would be /usr if the packages were installed.

    Raises
    ------
    ServerUnobtainableError
        If the packages are not in the cache and cannot be downloaded.
    """
    cache = Path(os.environ.get(CACHE_VARIABLE) or Path.home() / ".cache" / "customer_trends")
    complete = sorted(cache.glob(f"{wanted.engine}-*"), key=_version_key)
    if complete:
        return complete[-1] / "usr"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        # The temporary folder is in the cache, because only there renaming is one step.
        with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=cache) as temporary:
            archives = _download(wanted, Path(temporary) / "apt")
            root = Path(temporary) / "root"
            _unpack(archives, wanted, root)
            folder = cache / f"{wanted.engine}-{_version(archives, wanted.packages[0])}"
            try:
                root.rename(folder)
            except OSError:
                # A run beside this one was quicker.
                if not (folder / "usr").is_dir():
                    raise
    except OSError as error:
        raise ServerUnobtainableError(
            f"The folder for the programs of {wanted.engine} cannot be written ({error}): "
            f"set {CACHE_VARIABLE} to a folder that can."
        ) from error
    return folder / "usr"


def _download(wanted: ServerPackages, apt: Path) -> list[Path]:
    """Download packages with all their dependencies, beside the machine's own packages."""
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise _unobtainable(wanted, "this machine has no apt-get and dpkg")
    if not KEYRING.exists():
        raise _unobtainable(wanted, f"Debian's keys {KEYRING} are missing")
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (apt / folder).mkdir(parents=True)
    status = apt / "status"
    status.touch()
    mirror = os.environ.get(MIRROR_VARIABLE) or _machine_mirror()
    if mirror is None:
        raise _unobtainable(wanted, f"no mirror of Debian is named in {APT_SOURCES}")
    sources = apt / "sources.list"
    sources.write_text(f"deb [signed-by={KEYRING}] {mirror} {SUITE} main\n", encoding="utf-8")
    options = {
        "Dir::State": apt / "state",
        "Dir::State::status": status,
        "Dir::Cache": apt / "cache",
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "APT::Sandbox::User": "root",
        "APT::Update::Error-Mode": "any",
        "Acquire::Languages": "none",
        "Acquire::Retries": "2",
        "Acquire::http::Timeout": "30",
    }
    command = ["apt-get", "-qq"] + [f"-o{name}={value}" for name, value in options.items()]
    install = ["install", "--yes", "--no-install-recommends", "--download-only"]
    for action in (["update"], [*install, *wanted.packages]):
        reason = run_apt([*command, *action])
        if reason:
            raise _unobtainable(wanted, f"apt-get {action[0]} with {mirror} failed: {reason}")
    return sorted((apt / "cache" / "archives").glob("*.deb"))


def _machine_mirror() -> str | None:
    """Find the mirror of Debian that this machine's own packages come from."""
    for path in [APT_SOURCES / "sources.list", *sorted(APT_SOURCES.glob("sources.list.d/*"))]:
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        found = re.search(r"\bhttps?://\S+/debian/?(?=\s|$)", lines)
        if found:
            return found[0]
    return None


def run_apt(command: list[str]) -> str:
    """
    Run apt-get without questions.

    Parameters
    ----------
    command : list of str
        Program and arguments.

    Returns
    -------
    str
        Why it failed; empty if it did not.
    """
    environment = os.environ | {"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=APT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"it took more than {APT_SECONDS} seconds"
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("E:")]
    return (errors or lines or [f"exit code {done.returncode}"])[0].removeprefix("E:").strip()


def _unobtainable(wanted: ServerPackages, reason: str) -> ServerUnobtainableError:
    """Say why packages are not to be had, and the three ways to fix it."""
    return ServerUnobtainableError(
        f"The programs of {wanted.engine} cannot be downloaded, for {reason}; fix that, or set "
        f"{MIRROR_VARIABLE} to a mirror of Debian that this machine reaches, or set "
        f"CUSTOMER_TRENDS_TEST_{wanted.engine.upper()}_URL to a server of your own."
    )


def _unpack(archives: list[Path], wanted: ServerPackages, root: Path) -> None:
    """Unpack packages, leave out what is needless, and let the programs use their own libraries."""
    for archive in archives:
        if not archive.name.startswith(NEEDLESS_PACKAGES):
            done = subprocess.run(["dpkg", "-x", archive, root], capture_output=True, text=True)
            if done.returncode:
                raise _unobtainable(
                    wanted, f"{archive.name} does not unpack: {done.stderr.strip()}"
                )
    for name in NEEDLESS_FOLDERS:
        shutil.rmtree(root / "usr" / "share" / name, ignore_errors=True)
    loaders = sorted((root / "usr" / "lib").glob("*-linux-gnu*/ld-linux-*.so.*"))
    if not loaders:
        raise _unobtainable(wanted, "its packages lack the loader of their C library")
    loader = loaders[0].relative_to(root / "usr")
    for program in wanted.programs:
        path = root / "usr" / program
        path.rename(path.with_name(f"{path.name}.real"))
        path.write_text(
            "#!/bin/sh\n"
            "# Run the program of the same name with the libraries beside it.\n"
            'usr=$(dirname "$(dirname "$(readlink -f "$0")")")\n'
            f'exec "$usr/{loader}" --library-path "$usr/{loader.parent}" '
            f'"$usr/{program}.real" "$@"\n',
            encoding="utf-8",
        )
        path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def _version(archives: list[Path], package: str) -> str:
    """Read the version of a package from the name of its file, without the epoch."""
    (name,) = (path.name for path in archives if path.name.startswith(f"{package}_"))
    return name.split("_")[1].rpartition("%3a")[2]


def _version_key(folder: Path) -> list[int]:
    """Order folders by the numbers in their names, so that 9.10 comes after 9.9."""
    return [int(number) for number in re.findall(r"\d+", folder.name)]
