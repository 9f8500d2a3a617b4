"""Public data are listed with checksums, found where they are, and what is missing is named."""

import gzip
import hashlib
from pathlib import Path

import public_data
import pytest
from public_data import DATA_VARIABLE, DataMissingError, find_data_set, list_files

CONTENT = b"order_id,amount\n1,2.50\n"
LISTED = """
[toys]
title = "Toys"
address = "https://toys.example"
version = "1"
licence = "CC0"
[[toys.files]]
path = "orders.csv.gz"
sha256 = "{checksum}"
fetch = "{fetch}"
[[toys.files]]
path = "by_hand.csv"
sha256 = "{checksum}"
by_hand = "export the sheet"
"""


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """List a data set of two files, one of which has an address; gives what is behind that."""
    path = tmp_path / "published.csv"
    path.write_bytes(CONTENT)
    listed = tmp_path / "datasets.toml"
    checksum = hashlib.sha256(CONTENT).hexdigest()
    listed.write_text(LISTED.format(checksum=checksum, fetch=path.as_uri()), encoding="utf-8")
    monkeypatch.setattr(public_data, "LIST", listed)
    return path


def test_what_can_be_fetched_is_fetched(
    published: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "data"
    monkeypatch.setenv(DATA_VARIABLE, str(folder))
    assert public_data.main(folder) == 1
    assert gzip.decompress((folder / "toys" / "orders.csv.gz").read_bytes()) == CONTENT
    said = capsys.readouterr()
    assert "1 of 2 files" in said.out
    (line,) = [line for line in said.err.splitlines() if line.startswith("toys/")]
    assert "by_hand.csv: no address has it as it is here; export the sheet" in line
    with pytest.raises(DataMissingError, match="toys is not complete in .* run make test-data"):
        find_data_set("toys")
    (folder / "toys" / "by_hand.csv").write_bytes(CONTENT)
    published.unlink()
    assert public_data.main(folder) == 0, "what is there is not fetched again"
    assert find_data_set("toys") == folder / "toys"


def test_other_content_is_refused(
    published: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    published.write_bytes(CONTENT + b"2,1\n")
    assert public_data.main(tmp_path / "data") == 1
    assert "other content than its checksum" in capsys.readouterr().err
    assert not (tmp_path / "data" / "toys").exists()
    published.unlink()
    assert public_data.main(tmp_path / "data") == 1
    assert "does not answer" in capsys.readouterr().err
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    for name in ("orders.csv.gz", "by_hand.csv"):
        path = tmp_path / "data" / "toys" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(b"else") if name.endswith(".gz") else b"else")
    with pytest.raises(DataMissingError, match="its checksum differs"):
        find_data_set("toys")


def test_every_file_is_listed_completely() -> None:
    """Each has a checksum, and an address or what to do without one."""
    files = list_files()
    assert len(files) > 30
    assert len({one.place(Path()) for one in files}) == len(files)
    for one in files:
        assert len(one.sha256) == 64 and bool(one.fetch) != bool(one.by_hand), one.path
        assert one.address.startswith("http"), one.path
