"""Read a text file once before DuckDB does: whether it is complete, and its encoding."""

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from customer_trends.errors import DamagedFileError, EmptyFileError, EncodingError, FileFormatError

BLOCK_SIZE = 1 << 20
UTF8 = "utf-8"
WINDOWS = "cp1252"
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
OTHER_CONTENT = {
    b"\x1f\x8b": "gzip data: rename it to end in .gz",
    b"PAR1": "Parquet: rename it to end in .parquet",
    b"PK\x03\x04": "a zip or Excel file: unpack it or rename it to end in .xlsx",
    b"\xd0\xcf\x11\xe0": "an old Excel file: save it as .xlsx or CSV",
}


@dataclass(frozen=True)
class TextFile:
    """A text file that is complete; ``readable`` is what DuckDB reads, in ``reader_encoding``."""

    digest: str
    encoding: str
    readable: Path
    reader_encoding: str = UTF8


@dataclass
class _Survey:
    """What one pass over the bytes found."""

    digest: str
    size: int
    head: bytes
    is_utf8: bool
    has_conflict: bool


def read_blocks(path: Path) -> Iterator[bytes]:
    """Read a file in blocks, unpacked when it is packed with gzip.

    Parameters
    ----------
    path
        File; a name that ends in ``.gz`` must hold gzip.

    Yields
    ------
    bytes
        The next block of the content.
    """
    is_packed = path.name.lower().endswith(".gz")
    try:
        with gzip.open(path) if is_packed else path.open("rb") as stream:
            while block := stream.read(BLOCK_SIZE):
                yield block
    except EOFError:
        raise DamagedFileError(
            f"{path.name} is cut off before the end of its gzip data: copy or download it again."
        ) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DamagedFileError(
            f"{path.name} is not a sound gzip file ({error}): copy or download it again, or drop "
            ".gz from its name if it is not packed."
        ) from None


def open_text(
    path: Path, scratch: Path, encoding: str | None, progress: Callable[[int], None]
) -> TextFile:
    """Check a text file and make it readable for DuckDB.

    UTF-8 files are read where they are. Others are rewritten as UTF-8 in the scratch folder, since
    DuckDB 1.5 reads no rows from big-endian UTF-16, refuses emoji in UTF-16 and maps letters of
    some code pages to full-width ones. An encoding that only DuckDB knows is left to DuckDB.

    Parameters
    ----------
    path
        File, packed with gzip or not.
    scratch
        Folder for the rewritten copy.
    encoding
        Encoding to use; None tries UTF-8, a UTF-16 mark, then Windows-1252.
    progress
        Called with the number of bytes seen.

    Returns
    -------
    TextFile
        What to read and the SHA-256 of the unpacked content.
    """
    survey = _survey(path, progress)
    _refuse_other_content(path, survey, encoding)
    chosen = _choose_encoding(survey, encoding)
    if chosen is None:
        return TextFile(survey.digest, str(encoding), path, str(encoding))
    if chosen == UTF8 and survey.is_utf8:
        return TextFile(survey.digest, UTF8, path)
    copy = scratch / f"{survey.digest[:16]}.csv"
    _rewrite(path, copy, chosen, is_guess=encoding is None)
    return TextFile(survey.digest, chosen, copy)


def _survey(path: Path, progress: Callable[[int], None]) -> _Survey:
    """Pass over the bytes once: hash, UTF-8 or not, conflict markers."""
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder(UTF8)()
    size, head, is_utf8, opens, closes = 0, b"", True, False, False
    for block in read_blocks(path):
        head = head or block[:65536]
        size += len(block)
        digest.update(block)
        opens = opens or b"\n<<<<<<< " in block or block.startswith(b"<<<<<<< ")
        closes = closes or b"\n>>>>>>> " in block
        if is_utf8:
            is_utf8 = _decodes(decoder, block)
        progress(len(block))
    is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
    return _Survey(digest.hexdigest(), size, head, is_utf8, opens and closes)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    """Return whether the next block is valid."""
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_other_content(path: Path, survey: _Survey, encoding: str | None) -> None:
    """Refuse files that are empty or hold something else than text."""
    if not survey.head.removeprefix(codecs.BOM_UTF8).strip():
        raise EmptyFileError(
            f"{path.name} is empty (0 bytes of content): export it again with its header and rows."
        )
    for magic, kind in OTHER_CONTENT.items():
        if survey.head.startswith(magic):
            raise FileFormatError(f"{path.name} is named as text but holds {kind}.")
    if survey.has_conflict:
        raise DamagedFileError(
            f"{path.name} has git merge conflict markers (<<<<<<<, >>>>>>>) in it: "
            "resolve the conflict or take the file from one side."
        )
    is_marked = survey.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in survey.head and not is_marked and encoding is None:
        raise EncodingError(
            f"{path.name} holds zero bytes, so it is not UTF-8 text: name its encoding, such as "
            "--encoding utf-16-le."
        )


def _choose_encoding(survey: _Survey, encoding: str | None) -> str | None:
    """Name the Python codec to decode with; None when only DuckDB may know the encoding."""
    if encoding is None:
        for mark, name in BYTE_ORDER_MARKS[1:]:
            if survey.head.startswith(mark):
                return name
        return UTF8 if survey.is_utf8 else WINDOWS
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)
    except LookupError:
        return None
    return UTF8 if name in ("utf-8", "utf-8-sig") else name


def _rewrite(path: Path, copy: Path, encoding: str, is_guess: bool) -> None:
    """Write the content as UTF-8, without any byte order mark; line ends stay as they are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, is_first = 1, True
    with copy.open("wb") as target:
        for block in _with_end(read_blocks(path)):
            start = _strip_mark(block) if is_first else block
            is_first = False
            try:
                text = decoder.decode(start, final=not block)
            except UnicodeDecodeError as error:
                line = lines + start[: error.start].count(b"\n")
                byte = error.object[error.start]
                raise _explain_encoding(path, encoding, byte, line, is_guess) from None
            lines += text.count("\n")
            target.write(text.removeprefix("\ufeff").encode(UTF8))


def _with_end(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Add one empty block as the end."""
    yield from blocks
    yield b""


def _strip_mark(block: bytes) -> bytes:
    """Take the byte order mark off; a UTF-8 mark is found before Windows-1252 text, too."""
    for mark, _ in BYTE_ORDER_MARKS:
        if block.startswith(mark):
            return block[len(mark) :]
    return block


def _explain_encoding(
    path: Path, encoding: str, byte: int, line: int, is_guess: bool
) -> EncodingError:
    """Say which byte does not fit."""
    tried = "neither UTF-8 nor Windows-1252" if is_guess else f"not {encoding}"
    return EncodingError(
        f"{path.name} is {tried} (byte 0x{byte:02x} in line {line}): name its encoding with "
        "--encoding, such as --encoding cp1250."
    )
