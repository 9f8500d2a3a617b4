"""Publish the star and the marts of a green build, with their descriptions.

Readers get a DuckDB file and Parquet files, which they may keep open; on a server the relations are
read where they are. Everything is written beside what is published and takes its place by one
rename, so that a reader sees the old publication or the new one. Readers never open the warehouse
itself: a DuckDB file that is read cannot be written, and the next build would fail.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from customer_trends.building.outcome import BuildOutcome, require_green
from customer_trends.engines.connect import open_engine
from customer_trends.engines.duckdb_connection import (
    open_memory,
    quote_name,
    quote_text,
    set_comments,
    transaction,
)
from customer_trends.engines.interface import Engine
from customer_trends.engines.settings import MYSQL_TARGETS
from customer_trends.errors import PublishError
from customer_trends.project.paths import PUBLISHED_VARIABLE, find_artefacts, find_published
from customer_trends.publishing.build_description import describe_build, write_tables
from customer_trends.publishing.relations import PublishedRelation, list_published
from customer_trends.publishing.server_tables import publish_to_server

PARQUET = "parquet"
# Name of the new file where it is written.
DATABASE = "published"


@dataclass(frozen=True)
class Publication:
    """What was published.

    Attributes
    ----------
    path
        DuckDB file; None for the targets that are servers, whose relations are where they are.
    parquet
        Folder of Parquet files, one per relation.
    relations
        Relation to its number of rows.
    published_at
        Moment, UTC, without a zone.
    tests
        Tests of the build, unit tests included.
    """

    path: Path | None
    parquet: Path
    relations: dict[str, int]
    published_at: datetime
    tests: int


def publish_warehouse(root: Path, target: str = "duckdb") -> Publication:
    """Publish the star and the marts of a warehouse whose last build was green.

    Parameters
    ----------
    root
        Project folder.
    target
        Target of the profile. On DuckDB the relations go into a file of their own and into Parquet
        files. Those of a server are read where they are, and get their comments there; what the
        build was goes beside them, and the Parquet files into a folder of the target.

    Returns
    -------
    Publication
        What was published where.

    Raises
    ------
    PublishError
        If the last build was not green or there is no room to write; what was published before
        stays as it is.
    """
    path = find_published(root)
    folder = path.parent if target == "duckdb" else path.parent / target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _lock(folder), open_engine(root, target, read_only=True) as engine:
            outcome = require_green(find_artefacts(root), engine.location)
            return _publish(root, engine, outcome, folder / path.name)
    except (duckdb.Error, OSError) as error:
        raise PublishError(
            f"Nothing can be published in {folder} ({str(error).splitlines()[0]}): make room, "
            f"or set {PUBLISHED_VARIABLE} to another file; what was published before stays."
        ) from None


def _publish(root: Path, engine: Engine, outcome: BuildOutcome, path: Path) -> Publication:
    """Write everything again, then swap it in."""
    now = datetime.now(UTC).replace(tzinfo=None)
    fresh = path.with_name(f"{path.name}.new")
    fresh_parquet = path.with_name(f"{PARQUET}-{now:%Y%m%d%H%M%S%f}")
    is_file = engine.target == "duckdb"
    # What a publication that was cut off left behind.
    for leftover in (fresh, Path(f"{fresh}.wal")):
        leftover.unlink(missing_ok=True)
    try:
        with open_memory() as writer:
            writer.execute(f"attach {quote_text(str(fresh))} as {DATABASE}")
            relations = list_published(find_artefacts(root))
            counts = {relation: _copy(engine, writer, relation) for relation in relations}
            write_tables(writer, DATABASE, describe_build(root, engine, outcome, counts, now))
            fresh_parquet.mkdir()
            for relation in relations:
                _write_parquet(writer, relation, fresh_parquet)
            _describe(engine, writer, relations)
            if engine.target in MYSQL_TARGETS:
                publish_to_server(engine, writer, DATABASE)
            writer.execute(f"detach {DATABASE}")
        _point_to(fresh_parquet, path.with_name(PARQUET))
        if is_file:
            _sync(fresh)
            os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
    return Publication(
        path if is_file else None,
        path.with_name(PARQUET),
        {relation.name: count for relation, count in counts.items()},
        now,
        len(outcome.list_tests()),
    )


def _locate(relation: PublishedRelation) -> str:
    """Write the full name of a relation in the new file."""
    return ".".join(map(quote_name, (DATABASE, relation.layer, relation.name)))


def _copy(engine: Engine, writer: duckdb.DuckDBPyConnection, relation: PublishedRelation) -> int:
    """Copy one relation in the order of its key; give its number of rows."""
    into, names = _locate(relation), [column.name for column in relation.columns]
    writer.execute(f"create schema if not exists {DATABASE}.{quote_name(relation.layer)}")
    origin = engine.expose(writer, (engine.schema(relation.layer), relation.name), names)
    columns = ", ".join(
        f"cast({quote_name(column.name)} as {column.data_type}) as {quote_name(column.name)}"
        for column in relation.columns
    )
    key = ", ".join(f"origin.{quote_name(name)}" for name in relation.grain)
    writer.execute(
        f"create table {into} as select {columns} from {origin} as origin order by {key}"
    )
    counted = writer.execute(f"select count(*) from {into}").fetchone()
    return int(counted[0]) if counted else 0


def _describe(
    engine: Engine, writer: duckdb.DuckDBPyConnection, relations: list[PublishedRelation]
) -> None:
    """Set the comments where readers look: in the new file, or on the server."""
    if engine.target == "duckdb":
        with transaction(writer):
            for relation in relations:
                place = (DATABASE, relation.layer, relation.name)
                set_comments(writer, place, relation.description, relation.comments)
        return
    for relation in relations:
        schema = engine.schema(relation.layer)
        engine.set_comments(schema, relation.name, relation.description, relation.comments)


def _write_parquet(
    writer: duckdb.DuckDBPyConnection, relation: PublishedRelation, folder: Path
) -> None:
    """Write the Parquet file of a relation, with its descriptions as metadata."""
    place = folder / f"{relation.name}.parquet"
    metadata = {
        "relation": f"{relation.layer}.{relation.name}",
        "description": relation.description,
        "grain": ", ".join(relation.grain),
        "columns": json.dumps(relation.comments, ensure_ascii=False),
    }
    pairs = ", ".join(f"{key}: {quote_text(value)}" for key, value in metadata.items())
    writer.execute(
        f"copy {_locate(relation)} to {quote_text(str(place))} "
        f"(format parquet, compression zstd, kv_metadata {{{pairs}}})"
    )


def _point_to(fresh: Path, link: Path) -> None:
    """Make the folder's name mean the new files by one rename.

    The files before stay until the next publication, for programs that are reading them.
    """
    before = link.resolve() if link.is_symlink() else None
    if link.is_dir() and not link.is_symlink():
        raise PublishError(f"{link} is a folder of other files: move it away and publish again.")
    new_link = link.with_name(f"{link.name}.new")
    new_link.unlink(missing_ok=True)
    new_link.symlink_to(fresh.name)
    os.replace(new_link, link)
    for folder in link.parent.glob(f"{PARQUET}-*"):
        if folder not in (fresh, before):
            shutil.rmtree(folder, ignore_errors=True)


def _sync(path: Path) -> None:
    """Have the file's bytes on the disk before it gets its name."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Let one publication at a time write to a folder; another waits."""
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
