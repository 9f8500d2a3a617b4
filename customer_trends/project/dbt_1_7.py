"""Generate the project for dbt-core 1.7, which dbt-mysql needs, from the one in today's dialect.

dbt-core 1.7 ignores ``data_tests:`` without a word and refuses ``arguments:``; dbt 2.0 refuses the
form that 1.7 reads. So the project is written in today's form, and ``build/dbt_1_7`` is made of it:
YAML files are converted, all other files are links to the originals. ``python -m
customer_trends.project.dbt_1_7`` brings it up to date; so does every command that starts dbt.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml

from customer_trends.errors import ProjectError
from customer_trends.project.paths import find_project_root, read_project

GENERATED = Path("build") / "dbt_1_7"
PROJECT_FILE = Path("dbt_project.yml")
IGNORE_FILE = Path(".dbtignore")
VERSIONS = [">=1.7.0", "<1.8.0"]
PATH_SETTINGS = ("model", "seed", "macro", "test", "analysis", "snapshot", "docs")
YAML_SUFFIXES = {".yml", ".yaml"}
LINKED_SUFFIXES = {".sql", ".md"}
SEED_SUFFIXES = {".csv"}
# Keys of dbt_project.yml and of properties files that dbt-core 1.7 does not know.
UNKNOWN_SETTINGS = ("flags", "unit_tests", "clean-targets")
UNKNOWN_PROPERTIES = ("unit_tests", "anchors")
KINDS = ("models", "seeds", "snapshots", "sources", "analyses", "exposures", "metrics", "macros")
# What dbt-core 1.7 reads under `config:`, and what it reads beside `config:` instead. It reads all
# configs of models, seeds, snapshots, semantic models and saved queries under `config:`.
INSIDE = {
    "sources": {"enabled"},
    "tables": {"enabled"},
    "columns": set[str](),
    "exposures": {"enabled"},
    "metrics": {"enabled", "group"},
    "macros": set[str](),
}
BESIDE = {
    "sources": {"meta", "tags", "freshness", "loaded_at_field"},
    "tables": {"meta", "tags", "freshness", "loaded_at_field"},
    "columns": {"meta", "tags"},
    "exposures": {"meta", "tags"},
    "metrics": {"meta", "tags"},
    "macros": {"meta", "docs"},
}

Properties = dict[str, Any]


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes repeated parts in full."""

    def ignore_aliases(self, data: Any) -> bool:
        """Give no part an anchor."""
        return True


def locate_project(root: Path) -> Path:
    """Find the project in the dialect of the installed dbt; generates it when out of date.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    Path
        The project folder, or the folder generated from it where dbt-core 1.7 is installed.
    """
    return generate_project(root) if is_dbt_1_7() else root


def is_dbt_1_7() -> bool:
    """Return whether the dbt-core of this environment is a 1.7."""
    try:
        return version("dbt-core").startswith("1.7.")
    except PackageNotFoundError:
        return False


def generate_project(root: Path) -> Path:
    """Bring the project for dbt-core 1.7 up to date.

    Only what changed is written, each file beside the old one and renamed, so that several
    processes may do this at once. What has no original any more is removed.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    Path
        Folder of the generated project.
    """
    project = root / GENERATED
    folders = _list_folders(root)
    originals = set(_list_files(root, folders))
    for path in sorted(originals):
        if path.suffix in YAML_SUFFIXES:
            _convert_file(root, path)
        else:
            _link_file(root, path)
    for path in _list_files(project, folders):
        if path not in originals:
            (project / path).unlink(missing_ok=True)
    for folder in folders:
        _remove_empty_folders(project / folder)
    return project


def _list_folders(root: Path) -> dict[str, set[str]]:
    """List the folders that dbt reads with the suffixes of files that it reads there."""
    settings = read_project(root)
    folders: dict[str, set[str]] = {}
    for kind in PATH_SETTINGS:
        suffixes = YAML_SUFFIXES | LINKED_SUFFIXES | (SEED_SUFFIXES if kind == "seed" else set())
        for folder in settings.get(f"{kind}-paths") or []:
            folders[folder] = folders.get(folder, set()) | suffixes
    return folders


def _list_files(root: Path, folders: dict[str, set[str]]) -> Iterator[Path]:
    """List the files that dbt reads, relative to the project."""
    for path in (PROJECT_FILE, IGNORE_FILE):
        if (root / path).exists():
            yield path
    for folder, suffixes in folders.items():
        for place, _, names in os.walk(root / folder):
            paths = (Path(place, name) for name in names)
            yield from (path.relative_to(root) for path in paths if path.suffix in suffixes)


def _convert_file(root: Path, path: Path) -> None:
    """Write the converted form of a YAML file unless it is there."""
    text = (root / path).read_bytes()
    fingerprint = sha256(Path(__file__).read_bytes() + text).hexdigest()
    header = f"# Generated from {path.as_posix()} for dbt-core 1.7: change that file. {fingerprint}"
    target = root / GENERATED / path
    try:
        if target.read_text(encoding="utf-8").partition("\n")[0] == header:
            return
    except FileNotFoundError:
        pass
    try:
        content = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}
    except yaml.YAMLError as error:
        raise ProjectError(f"{path.as_posix()} is not valid YAML: {error}") from None
    if path == PROJECT_FILE:
        content = convert_settings(content)
    else:
        content = convert_properties(content, path.as_posix())
    body = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    _replace(root, path, lambda beside: beside.write_text(f"{header}\n{body}", encoding="utf-8"))


def _link_file(root: Path, path: Path) -> None:
    """Make a link to a file unless it is there."""
    target = root / GENERATED / path
    original = os.path.relpath(root / path, target.parent)
    if not (target.is_symlink() and os.readlink(target) == original):
        _replace(root, path, lambda beside: beside.symlink_to(original))


def _replace(root: Path, path: Path, make: Callable[[Path], object]) -> None:
    """Make a file beside the generated project and rename it into its place."""
    target = root / GENERATED / path
    beside = root / GENERATED.parent / f".{GENERATED.name}-{uuid4().hex}"
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        make(beside)
        try:
            beside.replace(target)
        except FileNotFoundError:
            # Another process found the folder empty and removed it.
            target.parent.mkdir(parents=True, exist_ok=True)
            beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _remove_empty_folders(folder: Path) -> None:
    """Remove the folders below one that hold nothing."""
    for place, _, _ in os.walk(folder, topdown=False):
        with suppress(OSError):
            os.rmdir(place)


def convert_settings(settings: Properties) -> Properties:
    """Convert ``dbt_project.yml``.

    Parameters
    ----------
    settings
        Content of the file.

    Returns
    -------
    dict
        What dbt-core 1.7 reads; artefacts and logs go to the folders of the original.
    """
    up = Path(os.path.relpath(".", GENERATED))
    converted = {key: value for key, value in settings.items() if key not in UNKNOWN_SETTINGS}
    if "data_tests" in converted:
        converted["tests"] = converted.pop("data_tests")
    return converted | {
        "require-dbt-version": VERSIONS,
        "target-path": (up / settings.get("target-path", "target")).as_posix(),
        "log-path": (up / settings.get("log-path", "logs")).as_posix(),
        "clean-targets": [],
    }


def convert_properties(content: Properties, label: str) -> Properties:
    """Convert a file of properties: models, sources, seeds and the like with their tests.

    Parameters
    ----------
    content
        Content of the file.
    label
        Name of the file for messages.

    Returns
    -------
    dict
        What dbt-core 1.7 reads; unit tests and anchors, which it does not know, are left out.
    """
    converted = {key: value for key, value in content.items() if key not in UNKNOWN_PROPERTIES}
    for kind in KINDS:
        if converted.get(kind):
            converted[kind] = [_convert_entry(entry, kind, label) for entry in converted[kind]]
    return converted


def _convert_entry(entry: Properties, kind: str, label: str) -> Properties:
    """Convert the properties of a node, a table, a version of a model or a column."""
    converted = _move_configs(entry, kind, label)
    if "data_tests" in converted:
        tests = converted.pop("data_tests") or []
        converted["tests"] = [_convert_test(test) for test in tests]
    for part in ("tables", "versions", "columns"):
        if converted.get(part):
            converted[part] = [_convert_entry(one, part, label) for one in converted[part]]
    return converted


def _move_configs(entry: Properties, kind: str, label: str) -> Properties:
    """Move what stands under ``config:`` to where dbt-core 1.7 reads it."""
    if kind not in INSIDE or "config" not in entry:
        return dict(entry)
    configs: Properties = entry["config"] or {}
    unknown = sorted(configs.keys() - INSIDE[kind] - BESIDE[kind])
    if unknown:
        raise ProjectError(
            f"{label}: dbt-core 1.7 knows no config {', '.join(unknown)} of {kind} (here "
            f"'{entry.get('name')}'): remove it, or say in customer_trends/project/dbt_1_7.py what "
            "it is converted to."
        )
    inside = {key: value for key, value in configs.items() if key in INSIDE[kind]}
    beside = {key: value for key, value in configs.items() if key in BESIDE[kind]}
    rest = {key: value for key, value in entry.items() if key != "config"}
    return rest | beside | ({"config": inside} if inside else {})


def _convert_test(test: str | Properties) -> str | Properties:
    """Convert a data test: its arguments stand beside its configs, and it has no description."""
    if isinstance(test, str):
        return test
    if "test_name" in test:
        return _inline_arguments(test)
    return {name: _inline_arguments(body or {}) for name, body in test.items()}


def _inline_arguments(body: Properties) -> Properties:
    """Put the arguments of a data test where its other keys are."""
    rest = {key: value for key, value in body.items() if key not in ("arguments", "description")}
    return (body.get("arguments") or {}) | rest


if __name__ == "__main__":
    generate_project(find_project_root())
