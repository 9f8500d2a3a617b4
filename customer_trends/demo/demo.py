"""Make the demo shop's data and put it into the raw tables."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from customer_trends.engines.connect import open_engine
from customer_trends.errors import InvalidOptionError
from customer_trends.loading.load import LoadedBatch, Progress, count_batches, load_files
from customer_trends.project.paths import WAREHOUSE_VARIABLE, find_warehouse
from customer_trends.project.source_declarations import read_source

SOURCE = "shop"
DEFAULT_FOLDER = Path("warehouse") / "demo_shop"
TRUTH = "planted_truth.json"
MARKER = "made_with.json"


@dataclass(frozen=True)
class DemoOptions:
    """Size and kind of the demo data; ``has_dirt`` plants rows for the quarantine."""

    orders: int
    seed: int
    has_dirt: bool
    folder: Path


def make_demo_data(options: DemoOptions, progress: Callable[[str], None]) -> bool:
    """Generate the demo shop's Parquet files unless they are there already.

    Parameters
    ----------
    options
        Size and kind of the data and its folder.
    progress
        Called with the name of each step.

    Returns
    -------
    bool
        True when files were made, False when those of the same options were there.
    """
    if options.orders < 1:
        raise InvalidOptionError("The demo needs at least one order: raise --orders.")
    wanted = {
        "orders": options.orders,
        "seed": options.seed,
        "has_dirt": options.has_dirt,
        "generator": _hash_generator(),
    }
    marker = options.folder / MARKER
    if (options.folder / TRUTH).exists() and _read_marker(marker) == wanted:
        return False
    from customer_trends.demo.generator import generate

    options.folder.mkdir(parents=True, exist_ok=True)
    marker.unlink(missing_ok=True)
    for path in options.folder.glob("*.parquet"):
        path.unlink()
    generate(options.folder, options.orders, options.seed, options.has_dirt, progress)
    marker.write_text(json.dumps(wanted) + "\n", encoding="utf-8")
    return True


def _hash_generator() -> str:
    """Hash the code of the generator, so that other code makes other files."""
    here = Path(__file__).parent
    digest = sha256()
    for path in sorted([here / "generator.py", *here.glob("sql/*.sql")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _read_marker(marker: Path) -> object:
    """Read with which options the files were made."""
    try:
        return json.loads(marker.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def load_demo_data(
    root: Path, folder: Path, progress: Progress, target: str = "duckdb"
) -> list[LoadedBatch]:
    """Put the demo data into the raw tables of the shop in place of what they hold.

    Parameters
    ----------
    root
        Project folder.
    folder
        Folder of the Parquet files.
    progress
        Called with the name of a file and the number of bytes seen.
    target
        Target of the profile.

    Returns
    -------
    list of LoadedBatch
        One entry per file.
    """
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise InvalidOptionError(
            f"There are no Parquet files in {folder}: remove that folder and run the demo again."
        )
    source = read_source(root, SOURCE)
    _refuse_to_replace(root, target, {path.name for path in files})
    return load_files(root, source, files, target, is_replacing=True, progress=progress)


def _refuse_to_replace(root: Path, target: str, demo_files: set[str]) -> None:
    """Stop before rows are deleted that did not come from the demo."""
    if target == "duckdb" and not find_warehouse(root).exists():
        return
    source = read_source(root, SOURCE)
    with open_engine(root, target, read_only=True) as engine:
        schema = engine.schema(source.schema)
        for relation in count_batches(engine, source):
            query = f"select distinct _source_file from {engine.qualify(schema, relation)}"
            foreign = {row[0] for row in engine.fetch(query).rows} - demo_files
            if foreign:
                raise InvalidOptionError(
                    f"The raw table {relation} holds rows of {min(foreign)}, which the demo would "
                    f"replace: set {WAREHOUSE_VARIABLE} to another file, or the profile to another "
                    "schema, and run the demo there."
                )
