"""Copy the shop's database into the raw tables: all the first time, then only what changed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import mysql.connector

from customer_trends.engines.connect import open_engine
from customer_trends.engines.duckdb_connection import quote_name, quote_text
from customer_trends.engines.interface import AUDIT_COLUMNS, Engine, RowChange
from customer_trends.engines.mysql_server import make_secret
from customer_trends.engines.settings import MYSQL_TARGETS
from customer_trends.errors import InvalidOptionError, ShopError
from customer_trends.loading.live_shop import (
    LIVE_BATCH,
    SCHEMA_VARIABLE,
    SHOP,
    Watermark,
    find_live_schema,
    forget_watermark,
    read_watermark,
    write_watermark,
)
from customer_trends.loading.load import ensure_tables
from customer_trends.project.source_declarations import RawTable, Source, read_source
from customer_trends.shop.database import ShopAddress, call, describe_shop, opened

# Raw tables whose rows the shop logs under another name.
LOGGED_AS = {"returns": "return_items"}
# The raw table of the log itself: erasing rewrites old rows of it.
CUSTOMER_LOG = "customer_change_log"
CUSTOMERS = "customers"
ASKED_CUSTOMERS = 2_000
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Cut:
    """A state of the shop.

    Attributes
    ----------
    change_sequence
        Its last change.
    cut_at
        Its moment, UTC.
    last_change
        What that change was.
    """

    change_sequence: int
    cut_at: str
    last_change: str


@dataclass(frozen=True)
class FeedLoad:
    """What a load did.

    Attributes
    ----------
    is_full
        True when all of the shop was copied.
    rows
        Rows copied or changed, by raw table; those without any are left out.
    from_sequence, to_sequence
        Last change of the shop that was in the copy before, and is now.
    cut_at
        Moment that the copy shows, UTC.
    erased
        Customers whom the shop erased since the load before.
    """

    is_full: bool
    rows: dict[str, int]
    from_sequence: int
    to_sequence: int
    cut_at: str
    erased: int


def ignore_progress(table: str, done: int, total: int) -> None:
    """Take a report of progress and do nothing.

    Parameters
    ----------
    table
        Raw table that is being copied.
    done, total
        Raw tables copied before it, and all.
    """


def load_shop(
    root: Path,
    address: ShopAddress,
    target: str = "duckdb",
    is_replacing: bool = False,
    progress: Progress = ignore_progress,
) -> FeedLoad:
    """Bring the raw tables to the state of the shop at this moment.

    Parameters
    ----------
    root
        Project folder.
    address
        Address of the shop.
    target
        Target of the profile.
    is_replacing
        Delete what the raw tables hold and copy all of the shop.
    progress
        Called with the name of each raw table.

    Returns
    -------
    FeedLoad
        What was copied.

    Raises
    ------
    InvalidOptionError
        If the target takes no copy, or the raw tables hold something else.
    ShopError
        If the shop cannot be read.
    """
    if target in MYSQL_TARGETS:
        raise InvalidOptionError(
            f"The target {target} reads the shop in place, not by --from: set {SCHEMA_VARIABLE} to "
            "the shop's database on the same server and run `customer-trends build`."
        )
    find_live_schema(SHOP, target)
    freeze(address)
    return copy_cut(root, address, target, is_replacing, progress)


def freeze(address: ShopAddress) -> None:
    """Move the cut of this account to this moment.

    Parameters
    ----------
    address
        Address of the shop.

    Raises
    ------
    ShopError
        If the account may not do that.
    """
    with opened(address) as connection:
        try:
            call(connection, "freeze_feed")
        except mysql.connector.Error as error:
            raise ShopError(
                f"{address} has no feed that this account may freeze ({error}): check the name of "
                "the database, and give the account its rights as docs/shop_users.sql does."
            ) from None


def copy_cut(
    root: Path,
    address: ShopAddress,
    target: str = "duckdb",
    is_replacing: bool = False,
    progress: Progress = ignore_progress,
) -> FeedLoad:
    """Bring the raw tables to the state of the shop at the cut of this account.

    Parameters
    ----------
    root
        Project folder.
    address
        Address of the shop.
    target
        Target of the profile.
    is_replacing
        Delete what the raw tables hold and copy all of the shop.
    progress
        Called with the name of each raw table.

    Returns
    -------
    FeedLoad
        What was copied.
    """
    source = read_source(root, SHOP)
    with open_engine(root, target) as engine, engine.reader() as reader:
        ensure_tables(engine, source)
        with _attached(reader, address):
            copy = _Copy(engine, reader, source, describe_shop(address), progress)
            cut = copy.read_cut()
            watermark = None if is_replacing else copy.find_watermark()
            with engine.transaction():
                if watermark is None:
                    done = copy.copy_everything(cut)
                else:
                    done = copy.copy_changes(watermark, cut)
                if copy.read_cut() != cut:
                    raise ShopError(
                        f"Another program with the account {address.user} took a newer state of "
                        "the shop meanwhile, and nothing was loaded: give each warehouse an "
                        "account of its own."
                    )
            return done


@contextmanager
def _attached(reader: duckdb.DuckDBPyConnection, address: ShopAddress) -> Iterator[None]:
    """Make the shop known to DuckDB for a block."""
    # There is a bar already.
    reader.execute("set enable_progress_bar = false")
    make_secret(reader, "shop_access", address.login, address.database)
    try:
        reader.execute("attach '' as shop (type mysql, secret shop_access)")
        try:
            yield
        finally:
            reader.execute("detach shop")
    except duckdb.Error as error:
        raise ShopError(f"{address} cannot be copied ({str(error).splitlines()[0]}).") from None
    finally:
        reader.execute("drop temporary secret shop_access")


class _Copy:
    """The copy of one shop in the raw tables of one warehouse."""

    def __init__(
        self,
        engine: Engine,
        reader: duckdb.DuckDBPyConnection,
        source: Source,
        shop: str,
        progress: Progress,
    ) -> None:
        self.engine, self.reader, self.source, self.shop = engine, reader, source, shop
        self.schema = engine.schema(source.schema)
        self.progress = progress

    def read_cut(self) -> Cut:
        """Read which state of the shop the account sees."""
        query = "select change_sequence, cast(cut_at as char) as cut_at from shop_cut"
        ((sequence, cut_at),) = self.reader.execute(f"from {_ask(query)}").fetchall()
        return Cut(int(sequence), str(cut_at), self._read_change(int(sequence)) or "")

    def find_watermark(self) -> Watermark | None:
        """Find up to where the raw tables hold this very shop; None when they hold nothing."""
        counts = self._count_batches()
        for relation, batches in counts.items():
            if set(batches) - {LIVE_BATCH}:
                raise InvalidOptionError(
                    f"The raw table {relation} holds rows of files, which a copy of the shop would "
                    "mix with: add --replace to delete them, or copy into another warehouse."
                )
        watermark = read_watermark(self.engine, self.source)
        if watermark is None:
            return None
        fix = "add --replace to copy all of this shop, or copy into another warehouse."
        if watermark.address != self.shop:
            raise InvalidOptionError(
                f"The raw tables hold a copy of {watermark.address}, not of {self.shop}: {fix}"
            )
        if watermark.last_change != self._read_change(watermark.change_sequence):
            raise InvalidOptionError(
                f"{self.shop} is not the shop that was copied, its change "
                f"{watermark.change_sequence} is missing or another: {fix}"
            )
        rows = sum(sum(batches.values()) for batches in counts.values())
        # Rows that someone deleted, or a load that was killed on Spark: the copy is made again.
        return watermark if rows == watermark.rows else None

    def copy_everything(self, cut: Cut) -> FeedLoad:
        """Copy every row of the shop in place of what the raw tables hold."""
        had_rows = any(self._count_batches().values())
        forget_watermark(self.engine, self.source)
        rows = {}
        for number, table in enumerate(self.source.tables):
            self.progress(table.relation, number, len(self.source.tables))
            self.engine.delete_all(self.schema, table.relation)
            rows[table.relation] = self.engine.insert(
                self.reader,
                (self.schema, table.relation),
                _list_columns(table),
                f"from {_ask(_select(table))}",
            )
        # What was there before may have been of customers whom the shop erased since.
        self._remember(cut, sum(rows.values()), has_erasures=had_rows)
        copied = {relation: count for relation, count in rows.items() if count}
        return FeedLoad(True, copied, 0, cut.change_sequence, cut.cut_at, 0)

    def copy_changes(self, watermark: Watermark, cut: Cut) -> FeedLoad:
        """Apply the changes of the shop since the last load."""
        since = watermark.change_sequence
        if cut.change_sequence == since:
            return FeedLoad(False, {}, since, since, watermark.cut_at, 0)
        self._fetch_changes(since, cut.change_sequence)
        erased = self._count_erased()
        forget_watermark(self.engine, self.source)
        rows = {}
        for number, table in enumerate(self.source.tables):
            self.progress(table.relation, number, len(self.source.tables))
            change, count = self._describe_change(table, cut)
            if count or self.engine.target == "duckdb":
                place = (self.schema, table.relation)
                self.engine.replace_rows(self.reader, place, _list_columns(table), change)
            if count:
                rows[table.relation] = count
        self.reader.execute("drop table changed_rows")
        total = sum(sum(batches.values()) for batches in self._count_batches().values())
        self._remember(cut, total, has_erasures=watermark.has_erasures or erased > 0)
        return FeedLoad(False, rows, since, cut.change_sequence, cut.cut_at, erased)

    def _count_batches(self) -> dict[str, dict[str, int]]:
        """Count the rows of each raw table by batch."""
        return {
            table.relation: self.engine.count_batches(self.schema, table.relation)
            for table in self.source.tables
        }

    def _read_change(self, change_sequence: int) -> str | None:
        """Read what a change of the shop was; empty for number 0, None where there is none."""
        query = (
            "select cast(concat(table_name, ' ', row_key, ' ', operation, ' ', changed_at) as char)"
            f" as last_change from shop_changes where change_sequence = {change_sequence}"
        )
        found = self.reader.execute(f"from {_ask(query)}").fetchall()
        return str(found[0][0]) if found else None if change_sequence else ""

    def _fetch_changes(self, since: int, until: int) -> None:
        """Fetch the last change of each row that changed, and whether it erased a customer."""
        query = (
            "select change_sequence, cast(table_name as char) as table_name, row_key, "
            "cast(operation as char) as operation, cast(row_content as char) as row_content "
            f"from shop_changes where change_sequence > {since} and change_sequence <= {until}"
        )
        self.reader.execute(
            "create or replace temporary table changed_rows as "
            f"from {_ask(query)} qualify row_number() over (partition by table_name, row_key "
            "order by change_sequence desc) = 1"
        )

    def _count_erased(self) -> int:
        """Count the customers who are erased and changed."""
        rows = self.reader.execute(
            "select count(*) from changed_rows "
            f"where table_name = '{CUSTOMERS}' and (row_content ->> '$.erased_at') is not null"
        ).fetchall()
        return int(rows[0][0])

    def _describe_change(self, table: RawTable, cut: Cut) -> tuple[RowChange, int]:
        """Write the SQL of what changes in a raw table, and count the rows."""
        logged = LOGGED_AS.get(table.name, table.name)
        if table.name == CUSTOMER_LOG:
            return self._describe_log_change(table, cut)
        found = f"from changed_rows where table_name = '{logged}'"
        columns = ", ".join(
            f"(row_content ->> '$.{column.name}') as {quote_name(column.name)}"
            for column in table.columns
        )
        rows = (
            f"select {columns}, null as _other_columns, timestamp '{cut.cut_at}' as _loaded_at, "
            f"'{logged}' as _source_file, '{LIVE_BATCH}' as _batch_id, row_key as _row_number "
            f"{found} and operation <> 'delete'"
        )
        change = RowChange(LIVE_BATCH, cut.cut_at, "_row_number", f"select row_key {found}", rows)
        ((count,),) = self.reader.execute(f"select count(*) {found}").fetchall()
        return change, int(count)

    def _describe_log_change(self, table: RawTable, cut: Cut) -> tuple[RowChange, int]:
        """Copy all of the log of each customer that changed: erasing rewrites old rows of it."""
        found = f"from changed_rows where table_name = '{CUSTOMERS}'"
        keys = [key for (key,) in self.reader.execute(f"select row_key {found}").fetchall()]
        self.reader.execute(
            "create or replace temporary table changed_log as "
            f"from {_ask(_select(table) + ' where false')}"
        )
        for start in range(0, len(keys), ASKED_CUSTOMERS):
            asked = ", ".join(f"'{key}'" for key in keys[start : start + ASKED_CUSTOMERS])
            query = f"{_select(table)} where customer_id in ({asked})"
            self.reader.execute(f"insert into changed_log from {_ask(query)}")
        change = RowChange(
            LIVE_BATCH,
            cut.cut_at,
            "customer_id",
            f"select cast(row_key as varchar) {found}",
            "from changed_log",
        )
        ((count,),) = self.reader.execute("select count(*) from changed_log").fetchall()
        return change, int(count)

    def _remember(self, cut: Cut, rows: int, has_erasures: bool) -> None:
        """Write the watermark, the last step."""
        write_watermark(
            self.engine,
            self.source,
            Watermark(
                self.shop, cut.change_sequence, cut.cut_at, cut.last_change, rows, has_erasures
            ),
        )


def _list_columns(table: RawTable) -> list[str]:
    """List the columns of a raw table in the order in which they are copied."""
    return [*(column.name for column in table.columns), *AUDIT_COLUMNS]


def _select(table: RawTable) -> str:
    """Write the shop's SQL that reads all of a raw table, texts as texts in any collation."""
    texts = [*(column.name for column in table.columns), "_other_columns"]
    columns = [f"cast({name} as char) as {name}" for name in texts]
    columns += ["_loaded_at", "cast(_source_file as char) as _source_file"]
    columns += ["cast(_batch_id as char) as _batch_id", "_row_number"]
    return f"select {', '.join(columns)} from {table.relation}"


def _ask(query: str) -> str:
    """Write the DuckDB table function that runs a query in the shop."""
    return f"mysql_query('shop', {quote_text(query)})"
