"""Fixtures: a small project with one toy source, the command line, the folder of real data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from browser import BrowserUnobtainableError, find_chromium
from lanes import TARGETS, Lane, Lanes
from missing import fail_without
from public_data import DataMissingError, FindData, find_data_set, has_data_set
from servers.database_servers import ENGINES, DatabaseServer, ServerUnobtainableError
from servers.server_pool import ServerPool
from tiers import (
    MARKERS,
    NO_DATA,
    ON_REQUEST,
    OTHER_ENGINES,
    WITHOUT_DATA_VARIABLE,
    judge_skip,
    list_requested,
    list_without_data,
    mark,
    may_lack_data,
)
from warehouses import Warehouse

from customer_trends.cli.main import main
from customer_trends.demo.demo import DemoOptions, make_demo_data
from customer_trends.project.paths import PROJECT_VARIABLE, WAREHOUSE_VARIABLE

# The project, parsed once.
pytest_plugins = ["parsed_project"]

PROJECT = Path(__file__).resolve().parents[1]
LANES = pytest.StashKey[Lanes]()
# Set by `make soak`: tests that can be made longer are.
SOAK_VARIABLE = "CUSTOMER_TRENDS_TEST_CALLS"
# Files with tests that need the lanes: those of DuckDB, those that wait for all engines, and those
# in a browser, which come when no lane is built any more and a page is drawn in seconds.
LANE_FILES = (
    "test_charts.py",
    "test_insights.py",
    "test_plans.py",
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
    "test_published_servers.py",
)
# Files with tests of the demo shop, which is made once.
DEMO_FILES = ("test_demo.py", "test_published_relations.py", "test_scoring_contract.py")
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
        """Read all rows of all raw tables, to compare before and after."""
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


@pytest.fixture(scope="session")
def public_data() -> FindData:
    """Give a function that finds a public data set; a test that lacks one fails, unless allowed."""

    def find(name: str) -> Path:
        try:
            return find_data_set(name)
        except DataMissingError as error:
            message = f"{NO_DATA}: {error}"
            if may_lack_data():
                pytest.skip(message)
            pytest.fail(f"{message}, or set {WITHOUT_DATA_VARIABLE}=1", pytrace=False)

    return find


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Find the browser of this machine."""
    try:
        return find_chromium()
    except BrowserUnobtainableError as error:
        fail_without("browser", error)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers of the tiers."""
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


def is_one_of_several(config: pytest.Config) -> bool:
    """Return whether this process is one of several that share the tests."""
    return hasattr(config, "workerinput")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test with its tier; order them so that lanes are built while others run.

    Alone, the tests that need the lanes come last. Where several processes share the tests, the
    first one begins with them.
    """
    for item in items:
        mark(item)
    is_first = is_one_of_several(config)
    items.sort(key=lambda item: (needs_lanes(item) != is_first, find_place(item)))
    if not config.option.markexpr:
        others = set(ON_REQUEST) - list_requested(config.args)
        left = [item for item in items if any(map(item.get_closest_marker, others))]
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Fail a test that would be skipped."""
    report = yield
    judge_skip(report)
    return report


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


def list_lanes(item: pytest.Item) -> list[str]:
    """List the lanes of other engines that a test needs."""
    if not needs_lanes(item):
        return []
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return [one for one in OTHER_ENGINES if one in parameters or one in item.name]


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
    return warehouse, warehouse.run(*command)


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
        fail_without(request.param, error)


@pytest.fixture(scope="session")
def lanes(
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
    public_data: FindData,
) -> Iterator[Lanes]:
    """Build the same data on the engines of this tier: the golden example, three sources with dirt.

    DuckDB's rows are what those of the others are compared with.
    """
    folder = tmp_path_factory.mktemp("lanes")
    shop = folder / "shop"
    make_demo_data(DemoOptions(2_000, 7, True, shop), lambda step: None)
    files = {"shop": sorted(shop.glob("*.parquet"))}
    for name in ("superstore", "shopping_trends"):
        if has_data_set(name) or not may_lack_data():
            files[name] = [public_data(name) / f"{name}.csv.gz"]
    golden = sorted((PROJECT / "tests" / "support" / "golden_example").glob("*.csv"))
    wanted = {one for item in request.session.items for one in list_lanes(item)}
    pool = request.getfixturevalue("server_pool") if wanted & set(ENGINES) else None
    built = Lanes(folder, pool, golden, files)
    request.config.stash[LANES] = built
    try:
        built.start([target for target in TARGETS if target in wanted | {"duckdb"}])
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
    reports = [one for kind in ("failed", "error", "skipped")
               for one in terminalreporter.stats.get(kind, [])]  # fmt: skip
    lacking = list_without_data(reports)
    if lacking:
        outcome = "left out" if may_lack_data() else f"{WITHOUT_DATA_VARIABLE} is not set"
        terminalreporter.section(f"{len(lacking)} tests lack real data: {outcome}; make test-data")
        for name in lacking:
            terminalreporter.write_line(name)
    lines = config.stash.get(ENGINES_REPORT, [])
    if lines:
        terminalreporter.section("engines")
        for line in lines:
            terminalreporter.write_line(line)
