"""Load files into the raw tables unmodified, all of them or none."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from customer_trends.engines.connect import open_engine
from customer_trends.engines.duckdb_connection import load_extension, open_memory, quote_text
from customer_trends.engines.interface import AUDIT_COLUMNS, Engine
from customer_trends.errors import EmptyFileError, HeaderError, InvalidOptionError
from customer_trends.loading.delimited import DataPart
from customer_trends.loading.live_shop import find_live_schema, find_raw_schema, refuse_files
from customer_trends.loading.readers import open_file
from customer_trends.project.source_declarations import (
    HeaderMatch,
    Source,
    choose_table,
    find_best_match,
)

# The convention of reproducible builds: seconds since 1970 to record as the moment of loading.
CLOCK_VARIABLE = "SOURCE_DATE_EPOCH"
Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class LoadedBatch:
    """What became of one file or sheet: ``row_count`` rows now in ``relation``."""

    label: str
    table: str
    relation: str
    batch_id: str
    row_count: int
    is_new: bool
    encoding: str
    other_columns: tuple[str, ...]


@dataclass(frozen=True)
class FilePlan:
    """A part of a file and the raw table it goes to.

    Attributes
    ----------
    part
        File or sheet.
    match
        Its raw table and where its columns are.
    batch_id
        What distinguishes this content from every other.
    """

    part: DataPart
    match: HeaderMatch
    batch_id: str


def ignore_progress(label: str, size: int) -> None:
    """Take a report of progress and do nothing.

    Parameters
    ----------
    label
        What is being read.
    size
        Bytes read since the last call.
    """


def load_files(
    root: Path,
    source: Source,
    files: list[Path],
    target: str = "duckdb",
    encoding: str | None = None,
    is_replacing: bool = False,
    progress: Progress = ignore_progress,
) -> list[LoadedBatch]:
    """Load files into the raw tables of one source system in one transaction.

    Parameters
    ----------
    root
        Project folder.
    source
        Source system.
    files
        CSV, TSV or TXT (gz or not), Parquet or Excel files.
    target
        Target of the profile.
    encoding
        Encoding of text files; None finds it.
    is_replacing
        Delete what the raw tables of the source hold, unless exactly these batches are in them.
    progress
        Called with the name of a file and the number of bytes seen.

    Returns
    -------
    list of LoadedBatch
        One entry per file or sheet, in order.
    """
    if encoding is not None:
        _check_encoding_name(encoding)
    with TemporaryDirectory(prefix="customer_trends_") as folder, open_memory() as reader:
        prepare_reader(reader, files, encoding)
        plans = [
            plan
            for path in files
            for plan in plan_file(source, path, reader, Path(folder), encoding, progress)
        ]
        with open_engine(root, target) as engine:
            refuse_files(engine, source)
            ensure_tables(engine, source)
            with engine.transaction():
                if is_replacing:
                    _delete_other_batches(engine, source, plans)
                moment = read_clock()
                return [
                    _load_plan(engine, reader, source, plan, moment, progress) for plan in plans
                ]


def read_clock() -> datetime:
    """Return the moment of loading or scoring; reproducible ones set it by variable.

    Returns
    -------
    datetime
        Moment in UTC, without a zone.

    Raises
    ------
    InvalidOptionError
        If the variable holds no whole number of seconds.
    """
    epoch = os.environ.get(CLOCK_VARIABLE)
    if not epoch:
        return datetime.now(UTC).replace(tzinfo=None)
    try:
        return datetime.fromtimestamp(int(epoch), UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        raise InvalidOptionError(
            f"The environment variable {CLOCK_VARIABLE} is '{epoch}': give a whole number of "
            "seconds since 1970, or unset it."
        ) from None


def _check_encoding_name(encoding: str) -> None:
    """Refuse an encoding name that could not be a name."""
    if not encoding.strip() or not encoding.isprintable():
        raise InvalidOptionError("The name of the encoding is empty: leave --encoding out.")


def prepare_reader(
    connection: duckdb.DuckDBPyConnection, files: list[Path], encoding: str | None
) -> None:
    """Set a connection up for the kinds of files.

    Parameters
    ----------
    connection
        Connection that is to read them.
    files
        Files.
    encoding
        Encoding of text files; None finds it.
    """
    connection.execute("set timezone = 'UTC'")
    if any(path.name.lower().endswith(".xlsx") for path in files):
        load_extension(connection, "excel")
    if encoding is not None:
        load_extension(connection, "encodings")


def plan_file(
    source: Source,
    path: Path,
    reader: duckdb.DuckDBPyConnection,
    scratch: Path,
    encoding: str | None,
    progress: Progress,
) -> list[FilePlan]:
    """Open a file and find the raw table of each of its parts.

    Parameters
    ----------
    source
        Source system.
    path
        File.
    reader
        Connection that was prepared for it.
    scratch
        Folder for copies.
    encoding
        Encoding of a text file; None finds it.
    progress
        Called with the name of the file and the number of bytes seen.

    Returns
    -------
    list of FilePlan
        One per part that fits a raw table.
    """

    def rate_header(headers: list[str]) -> int:
        return len(find_best_match(source, headers).positions)

    def report(size: int) -> None:
        progress(path.name, size)

    parts = open_file(path, reader, scratch, encoding, rate_header, report)
    plans, first_error = [], None
    for part in parts:
        try:
            match = choose_table(source, part.headers, part.label)
        except HeaderError as error:
            # Other sheets of a workbook may be notes; one that fits is enough.
            first_error = first_error or error
            continue
        key = f"{source.name}\n{match.table.name}\n{part.digest}"
        plans.append(FilePlan(part, match, sha256(key.encode()).hexdigest()[:16]))
    if first_error and (not plans or _is_data_left_out(source, parts, plans)):
        raise first_error
    return plans


def _is_data_left_out(source: Source, parts: list[DataPart], plans: list[FilePlan]) -> bool:
    """Return whether a sheet left out looks like data with a wrong header, not like notes."""
    fitting = {plan.part.label for plan in plans}
    left_out = [part for part in parts if part.label not in fitting]
    matches = [find_best_match(source, part.headers) for part in left_out]
    return any(len(match.positions) > len(match.missing) for match in matches)


def ensure_tables(engine: Engine, source: Source) -> None:
    """Make the raw tables of a source that are missing, and columns declared since.

    A shop that is read in place has none.

    Parameters
    ----------
    engine
        Connection to the warehouse.
    source
        Source system.
    """
    if find_live_schema(source.name, engine.target) is not None:
        return
    schema = engine.schema(source.schema)
    for table in source.tables:
        engine.ensure_raw_table(schema, table.relation, [column.name for column in table.columns])


def _delete_other_batches(engine: Engine, source: Source, plans: list[FilePlan]) -> None:
    """Empty the raw tables of a source unless they hold exactly the planned batches."""
    schema = engine.schema(source.schema)
    for table in source.tables:
        planned = {plan.batch_id for plan in plans if plan.match.table == table}
        if set(engine.count_batches(schema, table.relation)) != planned:
            engine.delete_all(schema, table.relation)


def _load_plan(
    engine: Engine,
    reader: duckdb.DuckDBPyConnection,
    source: Source,
    plan: FilePlan,
    moment: datetime,
    progress: Progress,
) -> LoadedBatch:
    """Insert the rows of one part, unless its batch is there."""
    part, match, schema = plan.part, plan.match, engine.schema(source.schema)
    relation = match.table.relation
    count = engine.count_batches(schema, relation).get(plan.batch_id, 0)
    is_new = count == 0
    if is_new:
        progress(part.path.name, 0)
        columns = [*match.positions, *AUDIT_COLUMNS]
        query = _select_rows(plan, moment)
        try:
            count = engine.insert(reader, (schema, relation), columns, query)
        except duckdb.Error as error:
            raise part.explain(error) from None
    if not count:
        raise EmptyFileError(f"{part.label} has a header but no rows: export it again with rows.")
    return LoadedBatch(
        label=part.label,
        table=match.table.name,
        relation=f"{schema}.{relation}",
        batch_id=plan.batch_id,
        row_count=count,
        is_new=is_new,
        encoding=part.encoding,
        other_columns=tuple(part.headers[position] for position in match.unknown),
    )


def _select_rows(plan: FilePlan, moment: datetime) -> str:
    """Write the SQL that reads one part with its audit columns."""
    part, match = plan.part, plan.match
    others = ", ".join(
        f"{quote_text(part.headers[position].strip())}, c{position}" for position in match.unknown
    )
    values = [
        *(f"c{position}" for position in match.positions.values()),
        f"cast(json_object({others}) as varchar)" if others else "null",
        f"timestamp '{moment.isoformat(sep=' ')}'",
        quote_text(part.path.name),
        quote_text(plan.batch_id),
        "row_number",
    ]
    named = ", ".join(f"{value} as v{number}" for number, value in enumerate(values))
    return f"select {named} from {part.relation}"


def count_batches(engine: Engine, source: Source) -> dict[str, tuple[int, int]]:
    """Count batches and rows of the raw tables of a source that exist.

    For a shop that is read in place, those of the views that stand for them.

    Parameters
    ----------
    engine
        Connection to the warehouse.
    source
        Source system.

    Returns
    -------
    dict
        Raw table (name of the relation) to number of batches and number of rows.
    """
    schema = find_raw_schema(engine, source)
    is_live = schema != engine.schema(source.schema)
    present = engine.list_tables(schema)
    counts = {}
    for table in source.tables:
        if is_live or table.relation in present:
            batches = engine.count_batches(schema, table.relation)
            counts[table.relation] = (len(batches), sum(batches.values()))
    return counts
