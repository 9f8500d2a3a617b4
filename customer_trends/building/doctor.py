"""Check that a target is fit for the project, and say what to fix where it is not."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from customer_trends.engines.connect import open_engine
from customer_trends.engines.interface import Engine
from customer_trends.errors import CustomerTrendsError
from customer_trends.loading.live_shop import SHOP, find_live_schema, read_cut
from customer_trends.project.paths import read_project

# Versions that the project is built and tested with: distribution to the start of its version.
PACKAGES = {
    "duckdb": {"dbt-core": "1.11.", "dbt-duckdb": "1.11.", "duckdb": "1.5."},
    "mysql": {"dbt-core": "1.7.", "dbt-mysql": "1.7.0", "duckdb": "1.5."},
    "mariadb": {"dbt-core": "1.7.", "dbt-mysql": "1.7.0", "duckdb": "1.5."},
    "spark": {"dbt-core": "1.11.", "dbt-spark": "1.11.", "pyspark": "4.", "duckdb": "1.5."},
}
SETUP = {
    "duckdb": "make setup",
    "mysql": "make setup-mysql",
    "mariadb": "make setup-mysql",
    "spark": "make setup-spark",
}
OLDEST_SERVER = {"mysql": (8, 0, 23), "mariadb": (10, 11, 0)}
OLDEST_JAVA = 17


@dataclass(frozen=True)
class Finding:
    """What one check found; ``fix`` is empty when all is well, ``is_advice`` never fails."""

    check: str
    found: str
    fix: str = ""
    is_advice: bool = False


def examine(root: Path, target: str) -> Iterator[Finding]:
    """Check the environment, then the target.

    Parameters
    ----------
    root
        Project folder.
    target
        Target of the profile.

    Yields
    ------
    Finding
        One per check, as soon as it is known.
    """
    yield from _check_packages(target)
    if target == "spark":
        yield _check_java()
    try:
        with open_engine(root, target) as engine:
            yield Finding("connection", engine.location)
            yield from examine_settings(engine, root)
            yield from examine_shop(engine)
            yield from _check_writing(engine)
    except CustomerTrendsError as error:
        yield Finding("connection", "none", str(error))


def examine_settings(engine: Engine, root: Path) -> Iterator[Finding]:
    """Check the settings of a server or session, with which it could give other answers.

    Parameters
    ----------
    engine
        Connection to the target.
    root
        Project folder.

    Yields
    ------
    Finding
        One per check.
    """
    if engine.target in OLDEST_SERVER:
        yield from _check_server(engine, root)
    elif engine.target == "spark":
        yield from _check_spark(engine)


def examine_shop(engine: Engine) -> Iterator[Finding]:
    """Check that a shop that is to be read in place can be.

    Parameters
    ----------
    engine
        Connection to the target.

    Yields
    ------
    Finding
        One; none when raw tables are read.
    """
    with _explained() as problems:
        schema = find_live_schema(SHOP, engine.target)
        if schema is None:
            return
        change_sequence, cut_at = read_cut(engine, schema)
        found = f"{schema}, read in place up to change {change_sequence:,} of {cut_at} UTC"
        yield Finding("shop", found)
    if problems:
        fix = " ".join(problems)
        if engine.target in OLDEST_SERVER:
            fix += " Give the account its rights as docs/shop_users.sql does."
        yield Finding("shop", "cannot be read in place", fix)


def _check_packages(target: str) -> Iterator[Finding]:
    """Compare Python and the installed packages with the versions tested."""
    python = ".".join(map(str, sys.version_info[:3]))
    is_known = sys.version_info[:2] >= (3, 11)
    yield Finding("Python", python, "" if is_known else "Install Python 3.11.")
    for name, wanted in PACKAGES[target].items():
        fix = f"Run `{SETUP[target]}`; the project is tested with {name} {wanted}*."
        try:
            found = version(name)
        except PackageNotFoundError:
            yield Finding(name, "not installed here", fix)
            continue
        yield Finding(name, found, "" if found.startswith(wanted) else fix)


def _check_java() -> Finding:
    """Find Java and its version."""
    from customer_trends.engines.spark_engine import find_java_version

    found = find_java_version()
    if found is None:
        return Finding("Java", "none", f"Install a Java runtime, {OLDEST_JAVA} or newer.")
    fix = "" if found >= OLDEST_JAVA else f"Install Java {OLDEST_JAVA} or newer."
    return Finding("Java", str(found), fix)


def _check_spark(engine: Engine) -> Iterator[Finding]:
    """Check the settings of the session."""
    for name, wanted in (("spark.sql.ansi.enabled", "true"), ("spark.sql.session.timeZone", "UTC")):
        found = str(engine.fetch(f"set {name}").rows[0][1])
        fix = "" if found.lower() == wanted.lower() else f"Set it to {wanted} in profiles.yml."
        yield Finding(name, found, fix)


def _check_server(engine: Engine, root: Path) -> Iterator[Finding]:
    """Check version, modes, zones, collations and rights of a MySQL or MariaDB server."""
    yield _check_server_version(engine)
    modes = _fetch_value(engine, "select @@session.sql_mode")
    yield Finding("sql_mode", modes, _judge_modes(modes))
    yield from _check_zones(engine, root)
    yield from _check_collations(engine)
    is_on = str(_fetch_value(engine, "select @@local_infile")) == "1"
    yield Finding(
        "local_infile",
        "on" if is_on else "off",
        "" if is_on else "Loading works, but slower: set global local_infile = 1.",
        is_advice=True,
    )


def _fetch_value(engine: Engine, query: str) -> Any:
    """Fetch the first value of the first row."""
    return engine.fetch(query).rows[0][0]


def _check_server_version(engine: Engine) -> Finding:
    """Compare kind and version of the server with the target."""
    text = str(_fetch_value(engine, "select version()"))
    kind = "mariadb" if "mariadb" in text.lower() else "mysql"
    if kind != engine.target:
        return Finding("server", text, f"This is no {engine.target}: use --target {kind}.")
    parts = text.split("-")[0].split(".")
    numbers = tuple(int(part) for part in parts if part.isdigit())
    oldest = OLDEST_SERVER[kind]
    fix = "" if numbers >= oldest else f"Use {kind} {'.'.join(map(str, oldest))} or newer."
    return Finding("server", text, fix)


def _judge_modes(modes: str) -> str:
    """Say what to change in sql_mode."""
    if "STRICT_TRANS_TABLES" not in modes and "STRICT_ALL_TABLES" not in modes:
        return "Add STRICT_TRANS_TABLES: without it the server bends values in silence."
    wrong = [
        mode
        for mode in ("ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "PAD_CHAR_TO_FULL_LENGTH")
        if mode in modes
    ]
    return f"Remove {', '.join(wrong)}: texts would be read differently." if wrong else ""


def _check_zones(engine: Engine, root: Path) -> Iterator[Finding]:
    """Check that the server knows the zones of all sources."""
    catalog = (read_project(root).get("vars") or {}).get("source_catalog") or {}
    zones = sorted({facts["time_zone"] for facts in catalog.values()})
    query = "select convert_tz('2024-07-01 12:00:00', 'UTC', '{}')"
    unknown = [zone for zone in zones if _fetch_value(engine, query.format(zone)) is None]
    program = "mariadb-tzinfo-to-sql" if engine.target == "mariadb" else "mysql_tzinfo_to_sql"
    fix = f"Run {program} /usr/share/zoneinfo | mysql -u root mysql" if unknown else ""
    shown = f"unknown: {', '.join(unknown)}" if unknown else f"all {len(zones)} known"
    yield Finding("time zones", shown, fix)


def _check_collations(engine: Engine) -> Iterator[Finding]:
    """Check the collation of the project's databases that exist already."""
    from customer_trends.engines.mysql_server import COLLATIONS

    wanted = COLLATIONS[engine.target]
    prefix = engine.schema("")
    rows = engine.fetch(
        "select schema_name, default_collation_name from information_schema.schemata "
        f"where left(schema_name, {len(prefix)}) = '{prefix}'"
    ).rows
    wrong = [f"{name} ({collation})" for name, collation in rows if collation != wanted]
    fix = f"Drop or convert them: alter database … collate {wanted}." if wrong else ""
    shown = f"other than {wanted}: {', '.join(wrong)}" if wrong else wanted
    yield Finding("collation", shown, fix)


def _check_writing(engine: Engine) -> Iterator[Finding]:
    """Make and remove a table where the raw tables are."""
    schema = engine.schema("raw")
    with _explained() as problems:
        engine.ensure_raw_table(schema, "doctor_check", ["note"])
        engine.execute(f"drop table {engine.qualify(schema, 'doctor_check')}")
    fix = f"Grant the user all rights on {engine.schema('*')}." if problems else ""
    yield Finding("right to create tables", "; ".join(problems) or f"in {schema}", fix)


@contextmanager
def _explained() -> Iterator[list[str]]:
    """Collect the error of a block instead of raising it."""
    problems: list[str] = []
    try:
        yield problems
    except CustomerTrendsError as error:
        problems.append(str(error))
