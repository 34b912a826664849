"""File formats: extract the texts of a file and their metadata, or say why the file cannot be read.

A plain text, Markdown, HTML, PDF or Word file holds one text. A JSON, JSON Lines or CSV file holds one text per row, in
a column `text` (or `body`, `content`), with the optional columns `title`, `published`, `publisher`, `language`, `url`
and `path`. Web pages, PDF and Word files need the extra ``geostrike[documents]``.
"""

from __future__ import annotations

import email
import email.policy
import importlib
import io
import json
import logging
import os
import re
import stat
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from charset_normalizer import from_bytes

from geostrike.intake.foreign_text import Doubled, as_object
from geostrike.intake.opening import byte_order
from geostrike.reading.documents.csv_rows import read_rows
from geostrike.reading.documents.front_matter import read_front_matter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

__all__ = ["SUFFIXES", "Piece", "RejectionError", "read_pieces"]

MAX_BYTES = 20_000_000
MAX_UNPACKED = 200_000_000
MAX_PAGES = 2_000
MAX_COLUMNS = 63  # of a table in Word
MAX_DEPTH = 100  # of nested JSON
EXCERPT = 120
TEXT_COLUMNS = ("text", "body", "content")

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WORD_MARKS = {f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}cr": "\n", f"{_WORD}noBreakHyphen": "-"}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SILENT = logging.NullHandler()
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


class RejectionError(Exception):
    """A text cannot be used; holds the quarantine code, the reason, an excerpt and the line in the file."""

    def __init__(self, code: str, reason: str, content: str = "", line: int = 0) -> None:
        super().__init__(reason)
        self.code, self.reason, self.content, self.line = code, reason, content[:EXCERPT], line


@dataclass(frozen=True)
class Piece:
    """One text of a file: its metadata, where the metadata comes from, and its line in a file of many texts."""

    text: str
    meta: Mapping[str, object] = field(default_factory=dict)
    basis: str = "front_matter"
    line: int = 0
    rejection: RejectionError | None = None


def read_pieces(file: Path) -> Iterator[Piece]:
    """Yield the texts of a file.

    Raises
    ------
    RejectionError
        If the file cannot be read, is too long, is of an unsupported kind, or needs a missing package.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "reports.jsonl"
    >>> _ = file.write_text('{"text": "A depot burned.", "published": "2024-01-25"}')
    >>> [(piece.text, piece.line) for piece in read_pieces(file)]
    [('A depot burned.', 1)]
    """
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        kinds = ", ".join(SUFFIXES)
        kind = f"{file.suffix} files" if file.suffix else "files without a suffix"
        raise RejectionError(code="BAD_TEXT", reason=f"{kind} are not supported; reports are {kinds} files")
    data = _bytes(file)
    try:
        yield from reader(data)
    except (RejectionError, MemoryError):
        raise
    except Exception as error:
        reason = f"the {file.suffix.lower()} file cannot be read: {type(error).__name__}: {_one_line(error)}"
        raise RejectionError(code="BAD_TEXT", reason=reason) from error


def _one_line(error: Exception) -> str:
    """Return the message of an error as one line."""
    return " ".join(str(error).split())[:300]


def _bytes(file: Path) -> bytes:
    """Read a regular file; a pipe would block, a device might never end."""
    try:
        # Non-blocking, in case the file was replaced by a pipe since it was listed.
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as opened:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise RejectionError(code="BAD_TEXT", reason="is not a regular file")
            if status.st_size > MAX_BYTES:
                raise RejectionError(code="TOO_LONG", reason=f"{status.st_size:,} bytes; the limit is {MAX_BYTES:,}")
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise RejectionError(code="BAD_TEXT", reason=f"the file cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:  # it grew, or its size is unknown
        raise RejectionError(code="TOO_LONG", reason=f"more than the limit of {MAX_BYTES:,} bytes")
    return data


# --- text -------------------------------------------------------------------------------------------------------------


def decode(data: bytes) -> str:
    """Decode bytes to text with newlines as line ends.

    Tries UTF-8, UTF-16 and the one-byte Cyrillic and western encodings.

    Raises
    ------
    RejectionError
        If the bytes are not text in any of these encodings.

    Examples
    --------
    >>> decode("Туапсе".encode("cp1251"))
    'Туапсе'
    """
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = _decode_unknown(data)
    if "\x00" in text:
        raise _nul_rejection(data)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _nul_rejection(data: bytes) -> RejectionError:
    """Reject a file with NUL bytes: UTF-16 without a byte order mark, or not text."""
    order = byte_order(data)
    reason = f"looks like UTF-16 ({order}-endian) without a byte order mark; save it as UTF-8"
    return RejectionError(
        code="BAD_TEXT", reason=f"the file {reason}" if order else "the file contains NUL bytes, so it is not text"
    )


def _decode_unknown(data: bytes) -> str:
    """Decode with the one-byte Cyrillic or western encoding that fits best."""
    if b"\x00" in data:
        raise _nul_rejection(data)
    candidates = ["cp1251", "koi8_r", "koi8_u", "cp1252", "iso8859_5", "cp866"]
    best = from_bytes(data, cp_isolation=candidates).best()
    if best is None:
        raise RejectionError(code="BAD_TEXT", reason="the bytes are not text in any known encoding")
    return str(best)


def _read_text(data: bytes) -> Iterator[Piece]:
    yield Piece(decode(data))


def _read_markdown(data: bytes) -> Iterator[Piece]:
    text = decode(data)
    match = _FRONT_MATTER.match(text)
    if match is None:
        yield Piece(text)
        return
    try:
        meta = read_front_matter(match.group(1) or "")
    except (yaml.YAMLError, ValueError) as error:
        # ValueError: a date such as 2024-13-45, which YAML tries to construct.
        code = "BAD_DATE" if isinstance(error, ValueError) else "BAD_TEXT"
        raise RejectionError(code, f"the front matter cannot be read: {_one_line(error)}", text) from error
    yield Piece(text[match.end() :].lstrip("\n"), meta)


# --- web pages, PDF, Word ---------------------------------------------------------------------------------------------


def _import_extra(module: str, what: str) -> Any:
    """Import a package of the extra `documents`."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        reason = f"{what} need an extra: pip install 'geostrike[documents]' ({error})"
        raise RejectionError(code="BAD_TEXT", reason=reason) from error


def _read_page(data: bytes) -> Iterator[Piece]:
    """Extract the main text of a web page, without menus and advertisements."""
    trafilatura = _import_extra("trafilatura", "web pages")
    dates = {"original_date": True, "extensive_search": False, "outputformat": "%Y-%m-%d"}
    page = trafilatura.bare_extraction(
        _utf8_page(data), with_metadata=True, include_comments=False, date_extraction_params=dates
    )
    if page is None or not page.text:
        raise RejectionError(code="BAD_TEXT", reason="the web page has no main text")
    meta = {"title": page.title, "publisher": page.sitename, "published": page.date, "url": page.url}
    yield Piece(page.text, {name: value for name, value in meta.items() if value}, basis="metadata")


def _utf8_page(data: bytes) -> bytes | str:
    """Decode a page in UTF-8 or UTF-16; leave other bytes to the encoding that the page declares."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data


def _read_archive(data: bytes) -> Iterator[Piece]:
    """Read the page in a web archive (MHTML)."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
    if not pages:
        raise RejectionError(code="BAD_TEXT", reason="the archive holds no web page")
    content = pages[0].get_payload(decode=True)
    yield from _read_page(content if isinstance(content, bytes) else b"")


def _read_pdf(data: bytes) -> Iterator[Piece]:
    pypdf = _import_extra("pypdf", "PDF files")
    # Keep its warnings off the terminal: if the file cannot be read, the quarantine table says so.
    logging.getLogger("pypdf").addHandler(_SILENT)
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise RejectionError(code="BAD_TEXT", reason="the PDF file is protected by a password")
    if len(reader.pages) > MAX_PAGES:
        raise RejectionError(code="TOO_LONG", reason=f"{len(reader.pages):,} pages; the limit is {MAX_PAGES:,}")
    text = "\n\n".join(page.extract_text() for page in reader.pages).replace("\x00", "")
    if not text.strip():
        raise RejectionError(code="BAD_TEXT", reason="the PDF file holds no text; scanned pages are not supported")
    title = str((reader.metadata or {}).get("/Title") or "")
    yield Piece(text, {"title": title} if title else {}, basis="metadata")


def _read_word(data: bytes) -> Iterator[Piece]:
    docx = _import_extra("docx", "Word files")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        size = sum(part.file_size for part in packed.infolist())
    if size > MAX_UNPACKED:
        raise RejectionError(code="TOO_LONG", reason=f"{size:,} bytes when unpacked; the limit is {MAX_UNPACKED:,}")
    document = docx.Document(io.BytesIO(data))
    rows = (row for table in document.tables for row in table._tbl.tr_lst)
    widest = max((cell.grid_span for row in rows for cell in row.tc_lst), default=0)
    if widest > MAX_COLUMNS:
        reason = f"a cell of a table spans {widest:,} columns; Word has {MAX_COLUMNS}"
        raise RejectionError(code="BAD_TEXT", reason=reason)
    lines = list(_lines_of_word(document.element.body))
    described = any(part.reltype.endswith("/core-properties") for part in document.part.package.rels.values())
    title = document.core_properties.title if described else ""  # python-docx makes one up if there is none
    yield Piece("\n".join(lines), {"title": title} if title else {}, basis="metadata")


def _lines_of_word(part: Any) -> Iterator[str]:
    """Yield the paragraphs and table rows in a part of a Word file, in order.

    Tracked insertions and form fields are read; tracked deletions are not.
    """
    for inner in part.iterchildren():
        if inner.tag == f"{_WORD}p":
            yield _text_of_word(inner)
        elif inner.tag == f"{_WORD}tr":
            cells = (cell for cell in inner.iter(f"{_WORD}tc") if next(cell.iterancestors(f"{_WORD}tr")) is inner)
            yield " | ".join("\n".join(_lines_of_word(cell)) for cell in cells)
        elif inner.tag != f"{_WORD}del":
            yield from _lines_of_word(inner)


def _text_of_word(paragraph: Any) -> str:
    runs = []
    for part in paragraph.iter(*_WORD_MARKS, f"{_WORD}t"):
        moved = next(part.iterancestors(f"{_WORD}moveFrom"), None)
        if (
            moved is None and next(part.iterancestors(f"{_WORD}p")) is paragraph
        ):  # the paragraphs in a text box are lines of their own
            runs.append(_WORD_MARKS.get(part.tag) or part.text or "")
    boxes = (box for box in paragraph.iter(f"{_WORD}txbxContent") if not any(box.iterancestors(_FALLBACK)))
    return "\n".join(["".join(runs), *(line for box in boxes for line in _lines_of_word(box))])


# --- tables -----------------------------------------------------------------------------------------------------------


def _read_json(data: bytes) -> Iterator[Piece]:
    """Read a list of objects, one object, or an object that holds such a list."""
    content = _loads(decode(data))
    if isinstance(content, dict) and not any(name in content for name in TEXT_COLUMNS):
        content = next((value for value in content.values() if isinstance(value, list)), [])
    rows = content if isinstance(content, list) else [content]
    if not rows:
        raise RejectionError(code="BAD_TEXT", reason="the JSON file holds no list of reports")
    for number, row in enumerate(rows, start=1):
        yield _row(row, number)


def _read_json_lines(data: bytes) -> Iterator[Piece]:
    for number, line in enumerate(decode(data).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = _loads(line)
        except RejectionError as error:
            yield _rejected_row(error.code, error.reason, line, number)
            continue
        yield _row(row, number)


def _loads(text: str) -> Any:
    """Parse a JSON text."""
    try:
        return json.loads(text, object_pairs_hook=as_object)
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise RejectionError(code="BAD_TEXT", reason=f"invalid JSON: {_one_line(error)}") from error


def _too_deep() -> RejectionError:
    return RejectionError(code="BAD_TEXT", reason=f"the JSON is nested more than {MAX_DEPTH} levels deep")


def _is_too_deep(value: object) -> bool:
    """Whether lists and objects are nested deeper than the limit, at which recursive code would fail."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            part
            for outer in level
            if isinstance(outer, dict | list)
            for part in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(part, dict | list)
        ]
        if not level:
            return False
    return True


def _read_csv(data: bytes) -> Iterator[Piece]:
    text = decode(data)
    mark = re.match(r"sep=([,;\t|])\n", text, re.IGNORECASE)  # as Excel writes it
    delimiter = mark.group(1) if mark else max(",;\t|", key=text.partition("\n")[0].count)
    records = read_rows("\n" + text[mark.end() :] if mark else text, delimiter)
    header = next(records, None)
    names = [name.strip().lower() for name in header.cells] if header else []
    if header and header.fault:
        reason = f"{header.fault}; the first line should hold the column names"
        raise RejectionError(code="BAD_TEXT", reason=reason, content=text, line=1)
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise RejectionError(code="BAD_TEXT", reason=f"the column {twice[:40]!r} occurs twice", content=text, line=1)
    if not any(name in names for name in TEXT_COLUMNS):
        reason = f"no column {' or '.join(TEXT_COLUMNS)}; the columns are {', '.join(names)[:EXCERPT]}"
        raise RejectionError(code="MISSING_VALUE", reason=reason)
    for record in records:
        if not any(cell.strip() for cell in record.cells):
            continue
        if record.fault or len(record.cells) != len(names):
            reason = record.fault or f"{len(record.cells)} fields for {len(names)} columns"
            yield _rejected_row("RAGGED_ROW", reason, delimiter.join(record.cells), record.line)
        else:
            yield _row(dict(zip(names, record.cells, strict=True)), record.line)


def _rejected_row(code: str, reason: str, content: str, line: int) -> Piece:
    return Piece("", line=line, rejection=RejectionError(code, reason, content, line))


def _row(row: object, line: int) -> Piece:
    if _is_too_deep(row):
        return _rejected_row("BAD_TEXT", _too_deep().reason, "", line)
    if not isinstance(row, dict):
        reason = f"expected an object with a text, found {type(row).__name__}"
        return _rejected_row("BAD_TEXT", reason, str(row), line)
    row = as_object([(str(name).lower(), value) for name, value in row.items()]) if type(row) is dict else row
    if isinstance(row, Doubled):
        return _rejected_row("BAD_TEXT", row.reason, ", ".join(row), line)
    meta = {str(name).lower(): value for name, value in row.items() if value not in (None, "")}
    text = next((meta.pop(name) for name in TEXT_COLUMNS if name in meta), "")
    return Piece(text if isinstance(text, str) else "", meta, basis="metadata", line=line)


_READERS: dict[str, Callable[[bytes], Iterator[Piece]]] = {
    ".txt": _read_text,
    ".text": _read_text,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
    ".html": _read_page,
    ".htm": _read_page,
    ".mhtml": _read_archive,
    ".mht": _read_archive,
    ".pdf": _read_pdf,
    ".docx": _read_word,
    ".json": _read_json,
    ".jsonl": _read_json_lines,
    ".csv": _read_csv,
}
SUFFIXES = tuple(_READERS)
