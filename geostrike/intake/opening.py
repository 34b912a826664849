"""Unpack a file and convert it to UTF-8, within limits of size.

The limits apply to what a file really unpacks to, not to what it declares.
"""

from __future__ import annotations

import codecs
import gzip
import os
import shutil
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from charset_normalizer import from_bytes

from geostrike.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MAX_BYTES", "Opened", "byte_order", "opened", "utf8_file"]

MAX_BYTES = 4_000_000_000
"""The largest file in bytes, and the largest content of a packed one."""
_MAX_RATIO = 1_000  # more than text ever compresses, less than a bomb does
_CHUNK = 16_000_000
_SAMPLE = 1_000_000
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_PACKED = (b"\x1f\x8b", b"PK\x03\x04")
_CYRILLIC = ["cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "cp1252"]


@dataclass
class Opened:
    """A plain file on disk: its path, suffix, notes on how it was made, and the file in UTF-8 once that is needed."""

    path: Path
    suffix: str
    folder: Path
    notes: list[str] = field(default_factory=list)
    text: tuple[Path, list[str], bool] | None = None


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[Opened]:
    """Open a file, or unpack a .gz or .zip file into a temporary folder.

    Raises
    ------
    InputError
        If the file does not exist, is empty or too large, or the archive is broken, a bomb, or holds several tables.
    """
    path = Path(path)
    _check_file(path)
    try:
        with tempfile.TemporaryDirectory(prefix="geostrike-") as folder:
            yield _unpack(path, Path(folder))
    except OSError as error:  # of its own disk or of the disk for temporary files
        msg = f"{path}: cannot be read: {error.strerror or error}" + (f" ({error.filename})" if error.filename else "")
        raise InputError(msg) from error


def _check_file(path: Path) -> None:
    if path.is_dir():
        msg = f"{path}: is a folder; give the file of a table"
        raise InputError(msg)
    if path.exists() and not path.is_file():  # opening a pipe would wait
        msg = f"{path}: is not a regular file"
        raise InputError(msg)
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror or error}"
        raise InputError(msg) from error
    if size == 0:
        msg = f"{path}: is empty; a table has at least a line of column names"
        raise InputError(msg)
    if size > MAX_BYTES:
        msg = f"{path}: {size:,} bytes; the limit is {MAX_BYTES:,}. Split it, or convert it to Parquet"
        raise InputError(msg)


def _unpack(path: Path, folder: Path) -> Opened:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    ending = suffixes[-1] if suffixes else ""
    try:
        if ending == ".gz":
            target = folder / Path(path.stem).name
            with gzip.open(path) as source:
                _copy_bounded(source, target, path)
            return Opened(target, target.suffix.lower(), folder, ["unpacked (gzip)"])
        if ending in (".zip", ".kmz", ".shz"):
            return _member(path, folder)
    except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error, NotImplementedError, RuntimeError) as error:
        msg = f"{path}: cannot be unpacked: {error}; is it cut off?"
        raise InputError(msg) from error
    return Opened(path, ending, folder)


_SIDECARS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def _member(path: Path, folder: Path) -> Opened:
    """Unpack the one table of a zip file: a shapefile with its sidecars, or a single file."""
    with zipfile.ZipFile(path) as packed:
        members = [m for m in packed.infolist() if not m.is_dir() and not _is_by_product(m.filename)]
        shapes = [m for m in members if m.filename.lower().endswith(".shp")]
        tables = shapes or [m for m in members if Path(m.filename).suffix.lower() in _TABLES]
        if len(tables) != 1:
            found = ", ".join(sorted(m.filename for m in members)[:5]) or "nothing"
            held = f"{len(tables)} tables" if tables else "no table"
            msg = f"{path}: holds {held} ({found}); unpack it, and give the intended one"
            raise InputError(msg)
        chosen = tables[0]
        if chosen.flag_bits & 1:
            msg = f"{path}: is locked with a password; unpack it, and give the file in it"
            raise InputError(msg)
        wanted = [chosen]
        if shapes:
            stem = chosen.filename[:-4]
            wanted = [m for m in members if m.filename[:-4] == stem and m.filename[-4:].lower() in _SIDECARS]
        for member in wanted:
            with packed.open(member) as source:
                _copy_bounded(source, folder / f"table{Path(member.filename).suffix.lower()}", path)
    suffix = Path(chosen.filename).suffix.lower()
    return Opened(folder / f"table{suffix}", suffix, folder, [f"unpacked {chosen.filename} (zip)"])


_TABLES = {".csv", ".tsv", ".txt", ".json", ".jsonl", ".geojson", ".kml", ".xlsx", ".gpkg", ".parquet", ".fgb"}


def _is_by_product(name: str) -> bool:
    """Whether a member is a by-product of archivers."""
    return name.startswith("__MACOSX/") or Path(name).name.startswith(".")


def _copy_bounded(source: IO[bytes] | gzip.GzipFile, target: Path, path: Path) -> None:
    """Unpack a member, and stop when it becomes too large."""
    limit = min(MAX_BYTES, max(_CHUNK, path.stat().st_size * _MAX_RATIO))
    written = 0
    with target.open("wb") as copy:
        while chunk := source.read(min(_CHUNK, 1 << 20)):
            written += len(chunk)
            if written > limit:
                msg = f"{path}: unpacks to more than {limit:,} bytes, too much for a table of this size; not read"
                raise InputError(msg)
            copy.write(chunk)


# --- encodings --------------------------------------------------------------------------------------------------------


def utf8_file(source: Opened, name: str) -> tuple[Path, list[str], bool]:
    """Return the file in UTF-8 without a byte order mark, notes on its repair, and whether bytes were lost.

    A UTF-8 file is returned unchanged. Otherwise the byte order mark names the encoding; one-byte encodings are guessed
    and noted. Damaged bytes in a UTF-8 file become replacement characters.

    Raises
    ------
    InputError
        If the bytes are not text.
    """
    if source.text is None:
        source.text = _as_utf8(source, name)
    return source.text


def _as_utf8(source: Opened, name: str) -> tuple[Path, list[str], bool]:
    with source.path.open("rb") as handle:
        head = handle.read(_SAMPLE)
    if head.startswith(_PACKED):
        msg = f"{name}: is packed, or packed twice; unpack it, and give the file in it"
        raise InputError(msg)
    encoding = next((encoding for bom, encoding in _BOMS if head.startswith(bom)), "")
    if not encoding:
        order = byte_order(head)
        if order:
            msg = f"{name}: looks like UTF-16 ({order}-endian) without a byte order mark; save it as UTF-8"
            raise InputError(msg)
        if _is_utf8(source.path):
            return source.path, [], False
        encoding = _guess_encoding(source.path, head, name)
    target = source.folder / "utf8"
    damaged = encoding == "utf-8"
    try:
        with (
            source.path.open("r", encoding=encoding, errors="replace" if damaged else "strict", newline="") as text,
            target.open("w", encoding="utf-8", newline="") as copy,
        ):
            shutil.copyfileobj(text, copy, _CHUNK)
    except (UnicodeDecodeError, UnicodeEncodeError, UnicodeError) as error:
        msg = f"{name}: cannot be read as {encoding}: {error}; save it as UTF-8"
        raise InputError(msg) from error
    note = "some bytes are not text" if damaged else f"read as {encoding.removesuffix('-sig')}"
    return target, [] if encoding == "utf-8-sig" else [note], damaged


def byte_order(head: bytes) -> str:
    """Return "little" or "big" if bytes look like UTF-16 without a byte order mark, else an empty string.

    ASCII characters and line ends are a zero byte and another one there, so all zeros are at odd, or all at even
    positions. Two in a hundred bytes are enough, as in Cyrillic text.

    Examples
    --------
    >>> byte_order("Tuapse".encode("utf-16-le")), byte_order("Tuapse".encode("utf-16-be")), byte_order(b"Tuapse")
    ('little', 'big', '')
    """
    head = head[:2000]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if min(even, odd) or max(even, odd) < max(4, len(head) / 50):
        return ""
    return "little" if odd else "big"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as handle:
            while chunk := handle.read(_SAMPLE):
                if decoder.getstate()[0] or not chunk.isascii():
                    decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _guess_encoding(path: Path, head: bytes, name: str) -> str:
    """Guess the encoding of bytes that are not UTF-8: damaged UTF-8 if most non-ASCII lines are valid."""
    sound = broken = 0
    with path.open("rb") as handle:
        for line in handle:
            if not line.isascii():
                try:
                    line.decode("utf-8")
                    sound += 1
                except UnicodeDecodeError:
                    broken += 1
    if sound >= broken:
        return "utf-8"
    best = from_bytes(head, cp_isolation=_CYRILLIC).best()
    if best is None:
        msg = f"{name}: its bytes are not text in any encoding tried (UTF-8, UTF-16, {', '.join(_CYRILLIC)})"
        raise InputError(msg)
    return str(best.encoding)
