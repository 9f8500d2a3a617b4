"""Excel files: which sheets they have, and dates as ISO text instead of serial numbers."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import duckdb

from customer_trends.engines.duckdb_connection import quote_name, quote_text
from customer_trends.errors import DamagedFileError, EmptyFileError

NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
READ_SHEET = (
    "read_xlsx({path}, sheet = {sheet}, header = false, all_varchar = true, stop_at_empty = false)"
)
READ_CELLS = "read_xlsx({path}, sheet = {sheet}, header = false, range = {range})"
MAX_EXACT_DIGITS = 16


@dataclass(frozen=True)
class Sheet:
    """A sheet with content; ``relation`` has the columns c0, c1, … and ``row_number``."""

    name: str
    headers: list[str]
    relation: str


def read_workbook(
    path: Path, plain_path: str, connection: duckdb.DuckDBPyConnection
) -> list[Sheet]:
    """Read headers and types of all sheets that have content.

    Parameters
    ----------
    path
        Excel file.
    plain_path
        The same file as SQL text.
    connection
        Connection with the excel extension.

    Returns
    -------
    list of Sheet
        Sheets in the order of the file.
    """
    names, epoch = _read_structure(path)
    sheets = []
    for name in names:
        call = READ_SHEET.format(path=plain_path, sheet=quote_text(name))
        try:
            columns = [row[0] for row in connection.execute(f"describe from {call}").fetchall()]
        except duckdb.BinderException as error:
            if "No rows found" in str(error):
                continue
            raise
        sheets.append(_read_sheet(plain_path, name, columns, epoch, connection))
    if not sheets:
        raise EmptyFileError(f"{path.name} has no sheet with content: save the data in it first.")
    return sheets


def _read_structure(path: Path) -> tuple[list[str], str]:
    """Read the names of the sheets and the day from which the file counts."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.testzip():
                raise zipfile.BadZipFile("a part of it is corrupt")
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, EOFError, OSError) as error:
        raise DamagedFileError(
            f"{path.name} is not a sound Excel file ({error}): copy or save it again."
        ) from None
    names = [sheet.attrib["name"] for sheet in book.iter(f"{NAMESPACE}sheet")]
    properties = book.find(f"{NAMESPACE}workbookPr")
    is_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    return names, "1904-01-01" if is_1904 else "1899-12-30"


def _read_sheet(
    plain_path: str,
    name: str,
    columns: list[str],
    epoch: str,
    connection: duckdb.DuckDBPyConnection,
) -> Sheet:
    """Read one sheet: the first row is the header, columns are named such as C3."""
    call = READ_SHEET.format(path=plain_path, sheet=quote_text(name))
    header = connection.execute(f"from {call} limit 1").fetchone() or ()
    first_row = int(columns[0].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    letters = [column.rstrip("0123456789") for column in columns]
    types = _find_types(call, plain_path, name, columns, first_row, connection)
    texts = ", ".join(
        f"{_write_text(quote_name(column), types.get(letter, 'VARCHAR'), epoch)} as c{position}"
        for position, (column, letter) in enumerate(zip(columns, letters, strict=True))
    )
    filled = ", ".join(quote_name(column) for column in columns)
    relation = (
        f"(select {texts}, row_number - 1 as row_number from "
        f"(select *, row_number() over () as row_number from {call}) "
        f"where row_number > 1 and coalesce({filled}) is not null)"
    )
    return Sheet(name, [cell or "" for cell in header], relation)


def _find_types(
    call: str,
    plain_path: str,
    sheet: str,
    columns: list[str],
    first_row: int,
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, str]:
    """Find the type of each column: that of its first cell that holds a number.

    Excel keeps a date as a number with a date format; the text reader shows the bare number.
    """
    firsts = ", ".join(
        f"min(case when row_number > 1 and try_cast({quote_name(column)} as double) is not null "
        "then row_number end)"
        for column in columns
    )
    query = f"select {firsts} from (select *, row_number() over () as row_number from {call})"
    found = connection.execute(query).fetchone() or ()
    types: dict[str, str] = {}
    for row in {number for number in found if number is not None}:
        line = first_row + row - 1
        first, last = columns[0].rstrip("0123456789"), columns[-1].rstrip("0123456789")
        cells = READ_CELLS.format(
            path=plain_path, sheet=quote_text(sheet), range=f"'{first}{line}:{last}{line}'"
        )
        kinds = connection.execute(f"describe from {cells}").fetchall()
        for column, number, kind in zip(columns, found, kinds, strict=True):
            if number == row:
                types[column.rstrip("0123456789")] = kind[1]
    return types


def _write_text(column: str, kind: str, epoch: str) -> str:
    """Write the SQL that makes text of a cell; text between the numbers stays as it is."""
    number = f"try_cast({column} as double)"
    if kind == "BOOLEAN":
        return f"case {column} when '1' then 'true' when '0' then 'false' else {column} end"
    if kind not in ("DATE", "TIMESTAMP", "TIME", "DOUBLE"):
        return column
    if kind == "DOUBLE":
        # Excel writes 17 digits of a binary number; the shortest text of the same number is meant.
        return (
            f"case when length({column}) > {MAX_EXACT_DIGITS} and contains({column}, '.') "
            f"then coalesce(cast({number} as varchar), {column}) else {column} end"
        )
    milliseconds = f"cast(round({number} * 86400000) as bigint)"
    moment = f"(timestamp '{epoch}' + to_microseconds({milliseconds} * 1000))"
    if kind == "DATE":
        is_day = f"{number} = floor({number})"
        moment = f"case when {is_day} then cast(cast({moment} as date) as varchar) " \
                 f"else cast({moment} as varchar) end"  # fmt: skip
    elif kind == "TIME":
        moment = f"case when {number} < 1 then cast(cast({moment} as time) as varchar) " \
                 f"else cast({moment} as varchar) end"  # fmt: skip
    return f"case when {number} is null then {column} else cast({moment} as varchar) end"
