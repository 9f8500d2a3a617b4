"""The source declarations: which raw tables a source system has, and which file fits which."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from customer_trends.errors import HeaderError, ProjectError, UnknownSourceError
from customer_trends.project.paths import read_project

STAGING = Path("models") / "staging"


@dataclass(frozen=True)
class RawColumn:
    """A column of a raw table and the headers under which files may hold it."""

    name: str
    headers: tuple[str, ...] = ()
    is_optional: bool = False


@dataclass(frozen=True)
class RawTable:
    """A raw table: its name in the source and its relation in the raw schema."""

    name: str
    relation: str
    columns: tuple[RawColumn, ...]


@dataclass(frozen=True)
class Source:
    """A source system with its raw tables."""

    name: str
    schema: str
    tables: tuple[RawTable, ...]


@dataclass(frozen=True)
class HeaderMatch:
    """How the header of a file fits a raw table; positions count from 0."""

    table: RawTable
    positions: dict[str, int]
    missing: tuple[str, ...]
    unknown: tuple[int, ...]


def normalise_header(header: str) -> str:
    """Bring a header to the form in which headers are compared.

    Parameters
    ----------
    header
        Header as it stands in a file or a declaration.

    Returns
    -------
    str
        Lower case, every run of other characters than letters and digits one underscore.
    """
    words = re.sub(r"[^0-9a-z]+", "_", header.replace("\ufeff", "").strip().lower())
    return words.strip("_")


def list_sources(root: Path) -> list[str]:
    """List the source systems of the project.

    Parameters
    ----------
    root
        Project folder.

    Returns
    -------
    list of str
        Names of the folders under ``models/staging`` that declare raw tables, sorted.
    """
    return sorted(
        path.parent.name
        for path in (root / STAGING).glob("*/_*__sources.yml")
        if path.name == f"_{path.parent.name}__sources.yml"
    )


def check_sources(root: Path, names: list[str]) -> None:
    """Refuse names that are no source systems.

    Parameters
    ----------
    root
        Project folder.
    names
        Names to check.
    """
    known = list_sources(root)
    for name in names:
        if name not in known:
            raise UnknownSourceError(
                f"There is no source '{name}': use one of {', '.join(known) or '(none yet)'}, or "
                f"add a folder {(STAGING / name).as_posix()}."
            )


def read_source(root: Path, name: str) -> Source:
    """Read the declaration of one source system.

    Parameters
    ----------
    root
        Project folder.
    name
        Name of the source: a folder under ``models/staging``.

    Returns
    -------
    Source
        Its raw tables and columns in the order of the declaration.
    """
    check_sources(root, [name])
    path = root / STAGING / name / f"_{name}__sources.yml"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        declared = next(entry for entry in content["sources"] if entry["name"] == name)
        tables = tuple(_read_table(table) for table in declared["tables"])
    except (yaml.YAMLError, KeyError, TypeError, StopIteration) as error:
        raise ProjectError(
            f"{path.name} does not declare the raw tables of '{name}' "
            f"({type(error).__name__}: {error}): copy the form of another source's file."
        ) from None
    schema = (read_project(root).get("vars") or {}).get("raw_schema", "raw")
    return Source(name=name, schema=str(schema), tables=tables)


def _read_table(entry: dict[str, Any]) -> RawTable:
    """Read one table of the declaration."""
    columns = tuple(_read_column(column) for column in entry["columns"])
    return RawTable(entry["name"], entry.get("identifier", entry["name"]), columns)


def _read_column(entry: dict[str, Any]) -> RawColumn:
    """Read one column of the declaration."""
    meta = {**(entry.get("meta") or {}), **((entry.get("config") or {}).get("meta") or {})}
    headers = tuple(str(header) for header in meta.get("headers") or ())
    return RawColumn(str(entry["name"]), headers, bool(meta.get("is_optional", False)))


def match_header(table: RawTable, headers: list[str]) -> HeaderMatch:
    """Fit the headers of a file to the columns of a raw table.

    Parameters
    ----------
    table
        Raw table.
    headers
        Headers of the file, unmodified.

    Returns
    -------
    HeaderMatch
        Position of each column found, the columns missing, the positions that stay unknown. A
        column's own name goes before its other spellings, those in the order of the declaration.
    """
    normalised = [normalise_header(header) for header in headers]
    positions: dict[str, int] = {}
    depth = max((len(column.headers) for column in table.columns), default=0)
    for rank in range(depth + 1):
        for column in table.columns:
            spellings = (column.name, *column.headers)
            if column.name in positions or rank >= len(spellings):
                continue
            spelling = normalise_header(spellings[rank])
            for position, header in enumerate(normalised):
                if header == spelling and position not in positions.values():
                    positions[column.name] = position
                    break
    required = (column.name for column in table.columns if not column.is_optional)
    missing = tuple(name for name in required if name not in positions)
    used = set(positions.values())
    unknown = tuple(position for position in range(len(headers)) if position not in used)
    return HeaderMatch(table, positions, missing, unknown)


def find_best_match(source: Source, headers: list[str]) -> HeaderMatch:
    """Find the raw table that fits best, whether columns are missing or not.

    Parameters
    ----------
    source
        Source system.
    headers
        Headers of the file.

    Returns
    -------
    HeaderMatch
        A table that lacks nothing goes first, then the most columns found, then the fewest missing.
    """
    return max(
        (match_header(table, headers) for table in source.tables),
        key=lambda match: (not match.missing, len(match.positions), -len(match.missing)),
    )


def choose_table(source: Source, headers: list[str], label: str) -> HeaderMatch:
    """Find the raw table a file belongs to.

    Parameters
    ----------
    source
        Source system.
    headers
        Headers of the file.
    label
        Name of the file for messages.

    Returns
    -------
    HeaderMatch
        The match; no required column is missing.
    """
    _check_duplicates(headers, label)
    match = find_best_match(source, headers)
    if match.missing:
        raise _explain_mismatch(source, match, headers, label)
    _check_twins(match, headers, label)
    return match


def _check_duplicates(headers: list[str], label: str) -> None:
    """Refuse a header that is there twice."""
    seen: dict[str, int] = {}
    for number, header in enumerate(map(str.strip, headers), start=1):
        if header in seen:
            raise HeaderError(
                f"{label} has the column {show_names([header])} twice, as columns {seen[header]} "
                f"and {number}: rename or remove one of them."
            )
        seen[header] = number


def _check_twins(match: HeaderMatch, headers: list[str], label: str) -> None:
    """Refuse two headers that are spelled alike and both could be one column."""
    for name, position in match.positions.items():
        for other in match.unknown:
            if normalise_header(headers[other]) == normalise_header(headers[position]):
                twins = " and ".join(f"'{headers[index].strip()}'" for index in (position, other))
                raise HeaderError(
                    f"{label} has two columns for '{name}', {twins}: rename or remove one of them."
                )


def _explain_mismatch(
    source: Source, match: HeaderMatch, headers: list[str], label: str
) -> HeaderError:
    """Say which columns the closest table misses."""
    first = headers[0].replace("\ufeff", "").lstrip() if headers else ""
    if first.startswith(("<<<<<<<", "=======", ">>>>>>>")):
        return HeaderError(
            f"{label} has git merge conflict markers in its first line: resolve the conflict."
        )
    if not match.positions:
        names = ", ".join(table.name for table in source.tables)
        return HeaderError(
            f"{label} fits no raw table of {source.name} ({names}), its columns are "
            f"{show_names(headers)}: check the source's name and that the first line is the header."
        )
    word = "column" if len(match.missing) == 1 else "columns"
    found = show_names([headers[position] for position in match.unknown])
    return HeaderError(
        f"{label} has no {word} {show_names(list(match.missing))} (raw table {match.table.name} "
        f"needs {'it' if word == 'column' else 'them'}; unknown columns found: {found or 'none'}): "
        f"rename the header or list its spelling under `headers` in _{source.name}__sources.yml."
    )


def show_names(names: list[str], limit: int = 6) -> str:
    """Show names in a sentence.

    Parameters
    ----------
    names
        Names, unmodified; characters that do not print are left out.
    limit
        How many to show before "and 3 more".

    Returns
    -------
    str
        Names in quotes, with commas.
    """
    clean = ["".join(char for char in name if char.isprintable()).strip()[:40] for name in names]
    shown = ", ".join(f"'{name}'" for name in clean[:limit])
    more = len(names) - limit
    return f"{shown} and {more} more" if more > 0 else shown
