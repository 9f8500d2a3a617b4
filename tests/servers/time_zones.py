"""Write the SQL that loads the machine's time zones into the tables of MySQL and MariaDB."""

import struct
import zoneinfo
from collections.abc import Iterable, Iterator
from pathlib import Path

from servers.errors import DatabaseServerError

HEADER = struct.Struct(">4sc15x6L")
LOCAL_TIME_TYPE = struct.Struct(">lBB")
ROWS_PER_STATEMENT = 500
# Servers convert times of their type timestamp only; none is outside these seconds since 1970.
EARLIEST, LATEST = -(2**31), 2**31 - 1
# In a complete file the rules of this zone run until 2037; see `time_zone_sql`.
EXAMPLE_ZONE, EXAMPLE_LAST_YEAR = "Europe/London", 2_114_380_800

ZoneData = tuple[list[tuple[int, int]], list[tuple[int, bool, str]]]


def time_zone_sql() -> Iterator[str]:
    """
    Make the statements that fill a server's time zone tables, which must be empty.

    The zones are those of the machine, as the programs of both servers would load them. Each
    statement is one line, short enough for an init file.

    Yields
    ------
    str
        One statement with its semicolon.

    Raises
    ------
    DatabaseServerError
        If the machine has no time zones, or only abridged ones without the future years.
    """
    names: dict[bytes, list[str]] = {}
    for name in sorted(zoneinfo.available_timezones()):
        if (path := _zone_file(name)) is not None:
            names.setdefault(path.read_bytes(), []).append(name)
    zones = [(_read_zone(content), aliases) for content, aliases in names.items()]
    example = [zone for zone, aliases in zones if EXAMPLE_ZONE in aliases]
    if not example or example[0][0][-1][0] < EXAMPLE_LAST_YEAR:
        raise DatabaseServerError(
            "The machine's time zones are missing or abridged: install Debian's package tzdata, "
            "or set PYTHONTZPATH to a folder of time zones compiled with `zic -b fat`."
        )
    numbered = list(enumerate(zones, start=1))
    yield from _insert(
        "time_zone (time_zone_id, use_leap_seconds)", (f"{i},'N'" for i, _ in numbered)
    )
    yield from _insert(
        "time_zone_name (name, time_zone_id)",
        (f"'{name}',{i}" for i, (_, aliases) in numbered for name in aliases),
    )
    yield from _insert(
        "time_zone_transition_type "
        "(time_zone_id, transition_type_id, `offset`, is_dst, abbreviation)",
        (
            f"{i},{number},{offset},{int(is_summer)},'{abbreviation}'"
            for i, ((_, types), _) in numbered
            for number, (offset, is_summer, abbreviation) in enumerate(types)
        ),
    )
    yield from _insert(
        "time_zone_transition (time_zone_id, transition_time, transition_type_id)",
        (
            f"{i},{time},{number}"
            for i, ((transitions, _), _) in numbered
            for time, number in transitions
        ),
    )


def _zone_file(name: str) -> Path | None:
    """Find the file of a zone; a zone of Python's own package tzdata has none here."""
    paths = (Path(folder) / name for folder in zoneinfo.TZPATH)
    return next((path for path in paths if path.is_file()), None)


def _read_zone(content: bytes) -> ZoneData:
    """Read transitions and local time types of a TZif file (RFC 8536)."""
    width, start = 4, 0
    magic, version, *counts = HEADER.unpack_from(content)
    if magic != b"TZif":
        raise DatabaseServerError(
            "The machine's time zones are not readable: install Debian's package tzdata again."
        )
    if version >= b"2":
        # The second block repeats the first with times of 64 bits.
        start = HEADER.size + _block_size(counts, width)
        width = 8
        _, _, *counts = HEADER.unpack_from(content, start)
    _, _, _, time_count, type_count, letter_count = counts
    start += HEADER.size
    times = struct.unpack_from(f">{time_count}{'q' if width == 8 else 'l'}", content, start)
    start += time_count * width
    numbers = content[start : start + time_count]
    start += time_count
    raw_types = [
        LOCAL_TIME_TYPE.unpack_from(content, start + LOCAL_TIME_TYPE.size * i)
        for i in range(type_count)
    ]
    start += type_count * LOCAL_TIME_TYPE.size
    letters = content[start : start + letter_count]
    types = [
        (offset, bool(is_summer), letters[position : letters.index(0, position)].decode())
        for offset, is_summer, position in raw_types
    ]
    # What held before the earliest time is kept as one transition at that time.
    transitions = dict(
        (max(time, EARLIEST), number)
        for time, number in zip(times, numbers, strict=True)
        if time <= LATEST
    )
    return list(transitions.items()), types


def _block_size(counts: list[int], width: int) -> int:
    """Work out how many bytes follow a header."""
    utc, standard, leap, times, types, letters = counts
    return (
        times * (width + 1)
        + types * LOCAL_TIME_TYPE.size
        + letters
        + leap * (width + 4)
        + standard
        + utc
    )


def _insert(table: str, rows: Iterable[str]) -> Iterator[str]:
    """Insert rows, some hundred at a time."""
    waiting: list[str] = []
    for row in rows:
        waiting.append(f"({row})")
        if len(waiting) == ROWS_PER_STATEMENT:
            yield f"insert into mysql.{table} values {','.join(waiting)};"
            waiting.clear()
    if waiting:
        yield f"insert into mysql.{table} values {','.join(waiting)};"
