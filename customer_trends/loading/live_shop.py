"""The source `shop` when its rows come from the shop's own database: where they are read."""

import os
from dataclasses import dataclass

from customer_trends.engines.interface import Engine
from customer_trends.engines.settings import MYSQL_TARGETS
from customer_trends.errors import InvalidOptionError
from customer_trends.project.source_declarations import Source

SHOP = "shop"
SCHEMA_VARIABLE = "CUSTOMER_TRENDS_SHOP_SCHEMA"
# Batch of the rows that come from the shop's database.
LIVE_BATCH = "live"
WATERMARK = "shop_watermark"


@dataclass(frozen=True)
class Watermark:
    """Up to where the raw tables hold a copy of a shop.

    Attributes
    ----------
    address
        Server and database of the shop.
    change_sequence
        Last change of the shop that is in the copy.
    cut_at
        Moment that the copy shows, UTC.
    last_change
        What that change was: another shop, or one set back to an old backup, has another there.
    rows
        Rows of the copy in all raw tables.
    has_erasures
        True while the warehouse file may still hold data of customers whom the shop erased.
    """

    address: str
    change_sequence: int
    cut_at: str
    last_change: str
    rows: int
    has_erasures: bool


def find_live_schema(source_name: str, target: str) -> str | None:
    """Find the database in which the shop is read in place.

    Parameters
    ----------
    source_name
        Source system.
    target
        Target of the profile.

    Returns
    -------
    str or None
        Database of the shop on the server of the target; None when raw tables are read.

    Raises
    ------
    InvalidOptionError
        If a database is named for a target that cannot read it in place.
    """
    schema = os.environ.get(SCHEMA_VARIABLE, "")
    if source_name != SHOP or not schema:
        return None
    if target not in MYSQL_TARGETS:
        raise InvalidOptionError(
            f"The target {target} cannot read the shop's database {schema} in place: unset "
            f"{SCHEMA_VARIABLE} and copy the shop with `customer-trends load shop --from "
            f"mysql://user@host:port/{schema} --target {target}`."
        )
    return schema


def find_raw_schema(engine: Engine, source: Source) -> str:
    """Find the schema that holds the raw tables of a source, or what stands for them.

    Parameters
    ----------
    engine
        Connection to the warehouse.
    source
        Source system.

    Returns
    -------
    str
        Name of the schema on this engine.
    """
    return find_live_schema(source.name, engine.target) or engine.schema(source.schema)


def read_cut(engine: Engine, schema: str) -> tuple[int, str]:
    """Read which state of the shop this account sees in place.

    Parameters
    ----------
    engine
        Connection to the server.
    schema
        Database of the shop.

    Returns
    -------
    tuple
        Number of the last change, and the moment of the cut.
    """
    query = f"select change_sequence, cut_at from {engine.qualify(schema, 'shop_cut')}"
    ((change_sequence, cut_at),) = engine.fetch(query).rows
    return int(change_sequence), str(cut_at)


def refuse_files(engine: Engine, source: Source) -> None:
    """Refuse to load files beside the rows of the shop's database.

    Parameters
    ----------
    engine
        Connection to the warehouse.
    source
        Source system.

    Raises
    ------
    InvalidOptionError
        If the shop is read in place, or the raw tables hold a copy of it.
    """
    schema = find_live_schema(source.name, engine.target)
    if schema is not None:
        raise InvalidOptionError(
            f"The shop is read in place from the database {schema}: unset {SCHEMA_VARIABLE} to "
            "load files of a shop."
        )
    watermark = read_watermark(engine, source) if source.name == SHOP else None
    if watermark is not None:
        raise InvalidOptionError(
            f"The raw tables hold a copy of {watermark.address}, and rows of files would mix with "
            "it: load the files into another warehouse."
        )


def read_watermark(engine: Engine, source: Source) -> Watermark | None:
    """Read up to where the raw tables hold a copy of a shop.

    Parameters
    ----------
    engine
        Connection to the warehouse.
    source
        The source `shop`.

    Returns
    -------
    Watermark or None
        None where there is no copy, or one that was not finished.
    """
    schema = engine.schema(source.schema)
    if WATERMARK not in engine.list_tables(schema):
        return None
    rows = engine.fetch(
        "select shop_address, change_sequence, cut_at, last_change, row_count, has_erasures "
        f"from {engine.qualify(schema, WATERMARK)}"
    ).rows
    if not rows:
        return None
    address, sequence, cut_at, last_change, row_count, has_erasures = rows[0]
    return Watermark(
        address, int(sequence), cut_at, last_change, int(row_count), bool(has_erasures)
    )


def forget_watermark(engine: Engine, source: Source) -> None:
    """Take the watermark away: what the raw tables hold of a shop is unfinished from now on.

    Parameters
    ----------
    engine
        Connection to the warehouse.
    source
        The source `shop`.
    """
    relation = engine.qualify(engine.schema(source.schema), WATERMARK)
    engine.execute(f"drop table if exists {relation}")


def write_watermark(engine: Engine, source: Source, watermark: Watermark) -> None:
    """Write the watermark, the last step of a load.

    Parameters
    ----------
    engine
        Connection to the warehouse; its raw schema holds no watermark.
    source
        The source `shop`.
    watermark
        What the raw tables hold now.
    """
    relation = engine.qualify(engine.schema(source.schema), WATERMARK)
    engine.execute(
        f"create table {relation} as select "
        f"'{watermark.address}' as shop_address, "
        f"cast({watermark.change_sequence} as bigint) as change_sequence, "
        f"'{watermark.cut_at}' as cut_at, "
        f"'{watermark.last_change}' as last_change, "
        f"cast({watermark.rows} as bigint) as row_count, "
        f"{'true' if watermark.has_erasures else 'false'} as has_erasures"
    )
