"""Files and sheets become relations of text columns c0, c1, … that DuckDB reads."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import duckdb

from customer_trends.engines.duckdb_connection import quote_name
from customer_trends.errors import (
    CustomerTrendsError,
    DamagedFileError,
    FileAccessError,
    FileFormatError,
)
from customer_trends.loading.delimited import DataPart, name_blanks, open_delimited, plain_path
from customer_trends.loading.excel import read_workbook
from customer_trends.loading.text_files import open_text, read_blocks

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")


def open_file(
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    scratch: Path,
    encoding: str | None,
    rate_header: Callable[[list[str]], int],
    progress: Callable[[int], None],
) -> list[DataPart]:
    """Open a file of any supported kind.

    Parameters
    ----------
    path
        CSV, TSV or TXT (gz or not), Parquet or Excel file.
    connection
        Connection that reads headers and types; the excel extension must be loaded for Excel.
    scratch
        Folder for copies.
    encoding
        Encoding of text files; None finds it.
    rate_header
        How many columns of the source a header has; decides between delimiters.
    progress
        Called with the number of bytes seen.

    Returns
    -------
    list of DataPart
        One part, or one per sheet with content.
    """
    _check_access(path)
    name = path.name.lower()
    if name.endswith(TEXT_SUFFIXES):
        text = open_text(path, scratch, encoding, progress)
        return [open_delimited(path, text, connection, scratch, rate_header)]
    if name.endswith(".parquet"):
        return [_open_parquet(path, connection, scratch, progress)]
    if name.endswith(".xlsx"):
        return _open_excel(path, connection, scratch, progress)
    if name.endswith((".xls", ".xlsb", ".ods", ".xlsm")):
        raise FileFormatError(
            f"{path.name} is a kind of spreadsheet that cannot be read: save it as .xlsx or CSV."
        )
    raise FileFormatError(
        f"{path.name} is of no known kind: use .csv, .tsv, .txt (each also .gz), .parquet or .xlsx."
    )


def _check_access(path: Path) -> None:
    """Refuse what is no readable file."""
    if path.is_dir():
        raise FileAccessError(f"{path} is a folder: name the files in it.")
    if not path.exists():
        raise FileAccessError(f"{path} does not exist: check the path.")
    try:
        path.open("rb").close()
    except OSError as error:
        raise FileAccessError(
            f"{path} cannot be read ({error.strerror}): check its rights."
        ) from None


def _digest(path: Path, progress: Callable[[int], None]) -> str:
    """Hash the bytes of a file."""
    digest = sha256()
    for block in read_blocks(path):
        digest.update(block)
        progress(len(block))
    return digest.hexdigest()


def _explain_damage(path: Path, kind: str) -> Callable[[duckdb.Error], CustomerTrendsError]:
    """Make the function that explains errors of Parquet and Excel readers."""

    def explain(error: duckdb.Error) -> CustomerTrendsError:
        reason = str(error).splitlines()[0].replace(str(path), path.name)
        return DamagedFileError(
            f"{path.name} is not a sound {kind} file ({reason}): copy or export it again."
        )

    return explain


def _cast_to_text(name: str, kind: str) -> str:
    """Write the SQL that turns a typed column into text without loss."""
    column = quote_name(name)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"cast(timezone('UTC', {column}) as varchar)"
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return f"cast(to_json({column}) as varchar)"
    return f"cast({column} as varchar)"


def _open_parquet(
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    scratch: Path,
    progress: Callable[[int], None],
) -> DataPart:
    """Read the columns of a Parquet file."""
    explain = _explain_damage(path, "Parquet")
    call = f"read_parquet({plain_path(path, scratch)}, hive_partitioning = false)"
    digest = _digest(path, progress)
    try:
        columns = connection.execute(f"describe select * from {call}").fetchall()
    except duckdb.Error as error:
        raise explain(error) from None
    casts = ", ".join(
        f"{_cast_to_text(column[0], column[1])} as c{position}"
        for position, column in enumerate(columns)
    )
    relation = f"(select {casts}, row_number() over () as row_number from {call})"
    headers = [column[0] for column in columns]
    return DataPart(path, path.name, headers, relation, digest, "", explain)


def _open_excel(
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    scratch: Path,
    progress: Callable[[int], None],
) -> list[DataPart]:
    """Read the sheets of an Excel file."""
    explain = _explain_damage(path, "Excel")
    digest = _digest(path, progress)
    plain = plain_path(path, scratch)
    try:
        sheets = read_workbook(path, plain, connection)
    except duckdb.Error as error:
        raise explain(error) from None
    return [
        DataPart(
            path,
            path.name if len(sheets) == 1 else f"{path.name} (sheet {sheet.name})",
            name_blanks(sheet.headers),
            sheet.relation,
            f"{digest} {sheet.name}",
            "",
            explain,
        )
        for sheet in sheets
    ]
