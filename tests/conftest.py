"""Fixtures: a small project with one toy source, the command line, the folder of real data."""

import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lanes import NO_UNIT_TESTS, TARGETS, Lane, Lanes
from servers.database_servers import ENGINES, DatabaseServer, ServerUnobtainableError
from servers.server_pool import ServerPool
from skips import skip_engine
from warehouses import Warehouse

from customer_trends.cli.main import main
from customer_trends.demo.demo import DemoOptions, make_demo_data
from customer_trends.project.paths import PROJECT_VARIABLE, WAREHOUSE_VARIABLE

PROJECT = Path(__file__).resolve().parents[1]
DATA_VARIABLE = "CUSTOMER_TRENDS_DATA"
CHECKS_VARIABLE = "CUSTOMER_TRENDS_CHECKS"
LANES = pytest.StashKey[Lanes]()
# Long tests, run by `make soak`, or when their file is named.
SOAK_FILES = (
    "test_demo_again.py",
    "test_live.py",
    "test_mysql_readers.py",
    "test_oracle_engines.py",
    "test_scoring_hard_input.py",
    "test_shop_builds.py",
    "test_shop_purge.py",
    "test_shop_superstore.py",
)
SOAK_VARIABLE = "CUSTOMER_TRENDS_TEST_CALLS"
# Files with tests that need the lanes: those of DuckDB, those that wait for all engines, and those
# in a browser, which come when no lane is built any more and a page is drawn in seconds.
LANE_FILES = (
    "test_charts.py",
    "test_insights.py",
    "test_notebooks.py",
    "test_power_bi.py",
    "test_tableau.py",
    "test_report_servers.py",
    "test_dashboard.py",
    "test_golden_example.py",
    "test_report.py",
    "test_dashboard_browser.py",
    "test_documentation_site.py",
    "test_analyses.py",
    "test_engines.py",
    "test_scoring_engines.py",
    "test_mysql_manners.py",
)
# Files with tests of the demo shop, which is made once.
DEMO_FILES = ("test_demo.py", "test_scoring_contract.py", "test_scoring_hard_input.py")
DEMO_ORDERS = 3_000
ENGINES_REPORT = pytest.StashKey[list[str]]()
TOY_PROJECT = """
name: customer_trends
profile: customer_trends
vars:
  source_systems: [toy]
  raw_schema: raw
"""
TOY_SOURCES = """
version: 2
sources:
  - name: toy
    schema: "{{ var('raw_schema') }}"
    tables:
      - name: orders
        identifier: toy_orders
        columns:
          - name: order_id
          - name: ordered_on
          - name: amount
            meta: {headers: ["Purchase Amount (USD)", "Sales"]}
          - name: comment
            meta: {is_optional: true}
      - name: shops
        identifier: toy_shops
        columns:
          - name: shop_id
          - name: shop_name
"""


@dataclass
class CommandResult:
    """Exit code and output of one run of the command line."""

    code: int
    out: str
    err: str


@dataclass
class ToyProject:
    """A project folder of its own with the toy source and an own warehouse."""

    root: Path
    warehouse: Path

    def write(self, name: str, content: bytes | str) -> Path:
        """Write a file into the inbox of the project."""
        path = self.root / "inbox" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Query the warehouse."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def dump(self) -> dict[str, list[tuple[object, ...]]]:
        """Read all raw tables whole, to compare before and after."""
        if not self.warehouse.exists():
            return {}
        tables = self.query("select table_name from duckdb_tables() where schema_name = 'raw'")
        return {
            str(name): self.query(f"from raw.{name} order by all") for (name,) in sorted(tables)
        }


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ToyProject:
    """Make the toy project and point the command line at it."""
    root = tmp_path / "project"
    folder = root / "models" / "staging" / "toy"
    folder.mkdir(parents=True)
    (root / "dbt_project.yml").write_text(TOY_PROJECT, encoding="utf-8")
    (folder / "_toy__sources.yml").write_text(TOY_SOURCES, encoding="utf-8")
    warehouse = root / "warehouse" / "toy.duckdb"
    monkeypatch.setenv(PROJECT_VARIABLE, str(root))
    monkeypatch.setenv(WAREHOUSE_VARIABLE, str(warehouse))
    return ToyProject(root, warehouse)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., CommandResult]:
    """Run the command line in this process."""

    def run_command(*arguments: object) -> CommandResult:
        capfd.readouterr()
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capfd.readouterr()
        return CommandResult(code, captured.out, captured.err)

    return run_command


def find_data_folder() -> Path:
    """Return where the real data are, whether they are there or not."""
    return Path(os.environ.get(DATA_VARIABLE) or PROJECT.parent / "shared" / "data")


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Find the folder of real data; its absence is said loudly."""
    folder = find_data_folder()
    if not folder.is_dir():
        message = f"REAL DATA NOT TESTED: set {DATA_VARIABLE} to the folder of real data"
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def checks_folder() -> Path:
    """Find the folder of scripts that judge the scoring; its absence is said loudly."""
    default = PROJECT.parent / "shared" / "checks"
    folder = Path(os.environ.get(CHECKS_VARIABLE) or default) / "ml"
    if not folder.is_dir():
        message = f"SCORING NOT JUDGED: set {CHECKS_VARIABLE} to the folder of check scripts"
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    return folder


def is_one_of_several(config: pytest.Config) -> bool:
    """Return whether this process is one of several that share the tests."""
    return hasattr(config, "workerinput")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the tests so that the lanes are built while others run.

    Alone, the tests that need the lanes come last. Where several processes share the tests, the
    first one begins with them.
    """
    is_first = is_one_of_several(config)
    items.sort(key=lambda item: (needs_lanes(item) != is_first, find_place(item)))
    if not runs_soak_tests(config):
        left = [item for item in items if item.path.name in SOAK_FILES]
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)


def runs_soak_tests(config: pytest.Config) -> bool:
    """Return whether the long tests are to run, too."""
    named = any(name in argument for name in SOAK_FILES for argument in config.args)
    return named or SOAK_VARIABLE in os.environ


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Share the tests by file; the files that need the lanes stay together."""
    from xdist.scheduler import LoadScopeScheduling

    class FileScheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            name = Path(nodeid.split("::")[0]).name
            groups = {"lanes": LANE_FILES, "demo": DEMO_FILES}
            return next((group for group, names in groups.items() if name in names), name)

    return FileScheduling(config, log)


def find_place(item: pytest.Item) -> int:
    """Find the place of a test's file among those that need the lanes; all others are alike."""
    name = item.path.name
    return LANE_FILES.index(name) if name in LANE_FILES else len(LANE_FILES)


def needs_lanes(item: pytest.Item) -> bool:
    """Return whether a test needs the builds on all engines."""
    return "lanes" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session", autouse=True)
def lanes_in_background(request: pytest.FixtureRequest) -> None:
    """Start the builds on all engines at once, when a test needs them later."""
    if is_one_of_several(request.config):
        return
    if any(map(needs_lanes, request.session.items)):
        request.getfixturevalue("lanes")


@pytest.fixture(scope="session")
def demo_shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, str]:
    """Make the demo as `make demo` does, with dirt: the warehouse, scored, and what was printed.

    Unit tests are left to the lane of DuckDB.
    """
    warehouse = Warehouse(tmp_path_factory.mktemp("demo"))
    files = warehouse.folder / "files"
    command = ("demo", "--orders", DEMO_ORDERS, "--folder", files)
    return warehouse, warehouse.run(*command, **NO_UNIT_TESTS)


@pytest.fixture(scope="session")
def server_pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerPool]:
    """Start database servers as they are needed; stop them all at the end."""
    pool = ServerPool(tmp_path_factory.mktemp("servers"))
    try:
        yield pool
    finally:
        pool.stop()


@pytest.fixture(scope="module", params=ENGINES)
def database(request: pytest.FixtureRequest, server_pool: ServerPool) -> DatabaseServer:
    """Give the server of each engine in turn; one that cannot be had is skipped, and said so."""
    try:
        return server_pool.get(request.param)
    except ServerUnobtainableError as error:
        skip_engine(request.param, error)


@pytest.fixture(scope="session")
def lanes(
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
    server_pool: ServerPool,
) -> Iterator[Lanes]:
    """Build the same data on all engines: the golden example, and three sources with dirt."""
    folder = tmp_path_factory.mktemp("lanes")
    shop = folder / "shop"
    make_demo_data(DemoOptions(2_000, 7, True, shop), lambda step: None)
    files = {"shop": sorted(shop.glob("*.parquet"))}
    real = find_data_folder()
    if real.is_dir():
        files["superstore"] = [real / "superstore" / "superstore.csv.gz"]
        files["shopping_trends"] = [real / "shopping_trends" / "shopping_trends.csv.gz"]
    else:
        warnings.warn(f"REAL DATA NOT COMPARED BETWEEN ENGINES: set {DATA_VARIABLE}", stacklevel=1)
    golden = sorted((PROJECT / "tests" / "support" / "golden_example").glob("*.csv"))
    built = Lanes(folder, server_pool, golden, files)
    request.config.stash[LANES] = built
    named = " ".join(item.name for item in request.session.items)
    try:
        built.start([target for target in TARGETS if target in named or target == "duckdb"])
        yield built
    finally:
        built.stop()


@pytest.fixture(scope="session", params=TARGETS)
def lane(request: pytest.FixtureRequest, lanes: Lanes) -> Lane:
    """Give the lane of one target; one whose server cannot be had is skipped, and said so."""
    return lanes.get(request.param)


@pytest.fixture(params=ENGINES)
def server_lane(request: pytest.FixtureRequest, lanes: Lanes) -> Lane:
    """Give the lane of a server, after all its builds."""
    lane = lanes.get(request.param)
    lanes.builds[request.param].result()
    lanes.goldens[request.param].result()
    return lane


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what the lanes executed to the process that reports it."""
    config = session.config
    built = config.stash.get(LANES, None)
    if built is not None:
        config.stash[ENGINES_REPORT] = built.report()
        if is_one_of_several(config):
            config.workeroutput["engines"] = config.stash[ENGINES_REPORT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what the lanes of one of several processes executed."""
    lines = getattr(node, "workeroutput", {}).get("engines")
    if lines:
        node.config.stash[ENGINES_REPORT] = lines


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what each lane executed, and what was left out."""
    if not runs_soak_tests(config):
        terminalreporter.section("left to make soak")
        for name in SOAK_FILES:
            terminalreporter.write_line(name)
    lines = config.stash.get(ENGINES_REPORT, [])
    if lines:
        terminalreporter.section("engines")
        for line in lines:
            terminalreporter.write_line(line)
