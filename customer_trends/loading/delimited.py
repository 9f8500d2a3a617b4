"""Delimited text files: delimiter, header, DuckDB's reader, and its errors in plain words."""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import duckdb

from customer_trends.engines.duckdb_connection import quote_text
from customer_trends.errors import (
    CustomerTrendsError,
    DamagedFileError,
    EncodingError,
    HeaderError,
    RowError,
)
from customer_trends.loading.text_files import TextFile

DELIMITERS = ",;\t|"
HEADER_LINES = 50
READ_TEXT = (
    "read_csv({path}, auto_detect = false, columns = {columns}, header = false, skip = {skip}, "
    "delim = {delimiter}, quote = {quote}, escape = {quote}, strict_mode = {strict}, "
    "null_padding = {padded}, nullstr = '', allow_quoted_nulls = false, "
    "hive_partitioning = false, encoding = {encoding}{more})"
)


@dataclass(frozen=True)
class DataPart:
    """One file or sheet: its headers and the SQL that reads it.

    ``relation`` has the columns c0, c1, … in the order of the headers and ``row_number``;
    ``explain`` turns an error of DuckDB while reading into one sentence.
    """

    path: Path
    label: str
    headers: list[str]
    relation: str
    digest: str
    encoding: str
    explain: Callable[[duckdb.Error], CustomerTrendsError]


@dataclass(frozen=True)
class _Layout:
    """How the header of a text file was read; ``records`` counts up to and with the header."""

    headers: list[str]
    delimiter: str
    records: int
    extra_lines: int


def plain_path(path: Path, scratch: Path) -> str:
    """Give a path without the characters that DuckDB takes for a pattern.

    Parameters
    ----------
    path
        File.
    scratch
        Folder for a link to the file.

    Returns
    -------
    str
        Path as SQL text.
    """
    if not re.search(r"[*?\[\]{}]", str(path)):
        return quote_text(str(path))
    suffix = re.sub(r"[^.a-z0-9]", "", "".join(path.suffixes[-2:]).lower())
    link = scratch / f"{sha256(str(path).encode()).hexdigest()[:16]}{suffix}"
    if not link.exists():
        link.symlink_to(path.resolve())
    return quote_text(str(link))


def _read_text(text: TextFile, scratch: Path, names: list[str], **options: str) -> str:
    """Write the call of DuckDB's reader."""
    columns = ", ".join(f"'{name}': 'varchar'" for name in names)
    settings = {
        "path": plain_path(text.readable, scratch), "columns": f"{{{columns}}}", "skip": "0",
        "quote": "'\"'", "strict": "true", "padded": "false", "more": "",
        "encoding": quote_text(text.reader_encoding),
    }  # fmt: skip
    return READ_TEXT.format(**{**settings, **options})


def open_delimited(
    path: Path,
    text: TextFile,
    connection: duckdb.DuckDBPyConnection,
    scratch: Path,
    rate_header: Callable[[list[str]], int],
) -> DataPart:
    """Find delimiter and header of a text file.

    Parameters
    ----------
    path
        File as the person named it.
    text
        The same file, checked and readable.
    connection
        Connection that reads the header.
    scratch
        Folder for links and copies.
    rate_header
        How many columns of the source a header has; decides between delimiters.

    Returns
    -------
    DataPart
        Headers and relation.
    """
    call = _read_text(
        text, scratch, ["line"], delimiter="chr(31)", quote="''", strict="false", padded="true"
    )
    try:
        rows = connection.execute(f"select line from {call} limit {HEADER_LINES}").fetchall()
    except duckdb.Error as error:
        raise _explain_text_error(path, error, None) from None
    layout = _find_layout(path, [row[0] or "" for row in rows], rate_header)
    options = {"delimiter": quote_text(layout.delimiter), "skip": str(layout.records)}
    names = [f"c{position}" for position in range(len(layout.headers))]
    call = _read_text(text, scratch, names, **options)

    def explain(error: duckdb.Error) -> CustomerTrendsError:
        lenient = _read_text(text, scratch, names, **options, more=", ignore_errors = true")
        return _explain_text_error(
            path, error, lambda line: _count_line_breaks(connection, lenient, names, layout, line)
        )

    relation = f"(select *, row_number() over () as row_number from {call})"
    return DataPart(path, path.name, layout.headers, relation, text.digest, text.encoding, explain)


def _find_layout(path: Path, lines: list[str], rate_header: Callable[[list[str]], int]) -> _Layout:
    """Choose the delimiter whose header has the most columns of the source."""
    layouts = []
    for delimiter in DELIMITERS:
        reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
        for records, fields in enumerate(reader, start=1):
            if fields:
                extra = reader.line_num - records
                headers = [name.replace("\ufeff", "") for name in fields]
                layouts.append(_Layout(name_blanks(headers), delimiter, records, extra))
                break
    if not layouts:
        raise HeaderError(f"{path.name} has no header in its first {HEADER_LINES} lines.")
    return max(layouts, key=lambda layout: (rate_header(layout.headers), len(layout.headers)))


def name_blanks(headers: list[str]) -> list[str]:
    """Give headers without a name the name of their position.

    Parameters
    ----------
    headers
        Headers of the file, unmodified.

    Returns
    -------
    list of str
        The same headers, blank ones as ``column_3``.
    """
    return [name if name.strip() else f"column_{i}" for i, name in enumerate(headers, start=1)]


def _count_line_breaks(
    connection: duckdb.DuckDBPyConnection, call: str, names: list[str], layout: _Layout, line: int
) -> int:
    """Count line breaks inside quotes before a record: DuckDB counts records, editors lines."""
    breaks = " + ".join(
        f"coalesce(length({name}) - length(replace({name}, chr(10), '')), 0)" for name in names
    )
    before = max(line - layout.records - 1, 0)
    query = f"select coalesce(sum({breaks}), 0) from (select * from {call} limit {before})"
    try:
        row = connection.execute(query).fetchone()
    except duckdb.Error:
        return layout.extra_lines
    return layout.extra_lines + (int(row[0]) if row else 0)


def _explain_text_error(
    path: Path, error: duckdb.Error, count_breaks: Callable[[int], int] | None
) -> CustomerTrendsError:
    """Turn an error of DuckDB's CSV reader into one sentence."""
    text = str(error)
    found = re.search(r"CSV Error on Line: (\d+)", text)
    line = int(found.group(1)) if found else 0
    line += count_breaks(line) if count_breaks and line else 0
    original = re.search(r"Original Line:\s*(.*)", text)
    start = original.group(1).strip() if original else ""
    fields = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text)
    if start.startswith(("<<<<<<<", "=======", ">>>>>>>")):
        return RowError(
            f"{path.name} line {line} is a git merge conflict marker: resolve the conflict."
        )
    if fields:
        return RowError(
            f"{path.name} line {line} has {fields.group(2)} fields where the header has "
            f"{fields.group(1)}: fix that line (a delimiter or line break inside a value needs "
            "quotes around it)."
        )
    if "unterminated quote" in text:
        return RowError(
            f"{path.name} line {line} has a quote that does not end where its field ends: double "
            "quotes inside a quoted value or remove the stray one."
        )
    if "Maximum line size" in text:
        return RowError(f"{path.name} line {line} is longer than 2 MB: check its quotes.")
    if "does not support the encoding" in text or "not encoded" in text or "encoded" in text:
        reason = text.splitlines()[0].removeprefix("Invalid Input Error: ")
        return EncodingError(f"{path.name}: {reason}; name another --encoding.")
    if "state machine" in text:
        return RowError(
            f"{path.name} mixes Windows and Unix line ends, or has a broken quote: save it again "
            "with one kind of line end."
        )
    return DamagedFileError(f"{path.name} cannot be read as CSV: {text.splitlines()[0]}")
