"""File formats: the texts in a file, with what the file says of each, and the reason where it cannot be read.

A plain text, Markdown, web page, PDF or Word file holds one text; a JSON, JSON Lines or CSV file holds a row for each,
with the text in a column `text` (or `body`, `content`) and, where known, `title`, `published`, `publisher`, `language`,
`url` and `path`. Web pages, PDF and Word files need the extra ``geostrike[documents]``.
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
from geostrike.reading.documents.csv_rows import separated
from geostrike.reading.documents.front_matter import read_front_matter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

__all__ = ["SUFFIXES", "Piece", "RefusedError", "read_pieces"]

MAX_BYTES = 20_000_000
MAX_UNPACKED = 200_000_000
MAX_PAGES = 2_000
MAX_COLUMNS = 63  # of a table of Word's
MAX_DEPTH = 100  # of nested JSON
EXCERPT = 120
TEXT_COLUMNS = ("text", "body", "content")

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WORD_MARKS = {f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}cr": "\n", f"{_WORD}noBreakHyphen": "-"}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SILENT = logging.NullHandler()
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


class RefusedError(Exception):
    """A text cannot be used: quarantine code, reason, and the line of the file where it stands."""

    def __init__(self, code: str, reason: str, content: str = "", line: int = 0) -> None:
        super().__init__(reason)
        self.code, self.reason, self.content, self.line = code, reason, content[:EXCERPT], line


@dataclass(frozen=True)
class Piece:
    """One text of a file: what the file says of it, where that is said, and its line in a file of many."""

    text: str
    meta: Mapping[str, object] = field(default_factory=dict)
    basis: str = "front_matter"
    line: int = 0
    refused: RefusedError | None = None


def read_pieces(file: Path) -> Iterator[Piece]:
    """The texts of a file.

    Raises
    ------
    RefusedError
        If the file cannot be read, is too long, is of a kind that is not read, or needs a package that is missing.

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
        raise RefusedError(
            code="BAD_TEXT", reason=f"a {file.suffix or 'nameless kind of'} file is not read; reports are {kinds} files"
        )
    data = _bytes(file)
    try:
        yield from reader(data)
    except (RefusedError, MemoryError):
        raise
    except Exception as error:
        reason = f"the {file.suffix.lower()} file cannot be read: {type(error).__name__}: {_in_short(error)}"
        raise RefusedError(code="BAD_TEXT", reason=reason) from error


def _in_short(error: Exception) -> str:
    """What an error says, in one line."""
    return " ".join(str(error).split())[:300]


def _bytes(file: Path) -> bytes:
    """What is in a regular file: a pipe would let us wait, a device would never end."""
    try:
        # Without waiting: also where the file was replaced by a pipe since it was listed.
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as opened:
            told = os.fstat(handle)
            if not stat.S_ISREG(told.st_mode):
                raise RefusedError(code="BAD_TEXT", reason="is not a regular file")
            if told.st_size > MAX_BYTES:
                raise RefusedError(code="TOO_LONG", reason=f"{told.st_size:,} bytes; the limit is {MAX_BYTES:,}")
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise RefusedError(code="BAD_TEXT", reason=f"the file cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:  # it grew, or its size is not told
        raise RefusedError(code="TOO_LONG", reason=f"more than {MAX_BYTES:,} bytes, which is the limit")
    return data


# --- text -------------------------------------------------------------------------------------------------------------


def decode(data: bytes) -> str:
    """The text of the bytes, its line ends as newlines.

    Raises
    ------
    RefusedError
        If the bytes are no text in any encoding tried: UTF-8, UTF-16, and the Cyrillic and western ones of one byte.

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
        raise RefusedError(code="BAD_TEXT", reason="the file holds zero bytes: no text")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _decode_unknown(data: bytes) -> str:
    """The text in the encoding of the Cyrillic and western ones that reads it best."""
    if b"\x00" in data:
        raise RefusedError(code="BAD_TEXT", reason="the file holds zero bytes: no text")
    candidates = ["cp1251", "koi8_r", "koi8_u", "cp1252", "iso8859_5", "cp866"]
    best = from_bytes(data, cp_isolation=candidates).best()
    if best is None:
        raise RefusedError(code="BAD_TEXT", reason="the bytes are no text in any encoding tried")
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
        # ValueError: a date such as 2024-13-45, which YAML tries to build.
        code = "BAD_DATE" if isinstance(error, ValueError) else "BAD_TEXT"
        raise RefusedError(code, f"the front matter cannot be read: {_in_short(error)}", text) from error
    yield Piece(text[match.end() :].lstrip("\n"), meta)


# --- web pages, PDF, Word ---------------------------------------------------------------------------------------------


def _extra(module: str, what: str) -> Any:
    """A package of the extra `documents`."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        reason = f"{what} are read with the extra: pip install 'geostrike[documents]' ({error})"
        raise RefusedError(code="BAD_TEXT", reason=reason) from error


def _read_page(data: bytes) -> Iterator[Piece]:
    """The main text of a web page, without menus and advertisements."""
    trafilatura = _extra("trafilatura", "web pages")
    dates = {"original_date": True, "extensive_search": False, "outputformat": "%Y-%m-%d"}
    page = trafilatura.bare_extraction(
        _utf8_page(data), with_metadata=True, include_comments=False, date_extraction_params=dates
    )
    if page is None or not page.text:
        raise RefusedError(code="BAD_TEXT", reason="no main text was found in the web page")
    told = {"title": page.title, "publisher": page.sitename, "published": page.date, "url": page.url}
    yield Piece(page.text, {name: value for name, value in told.items() if value}, basis="metadata")


def _utf8_page(data: bytes) -> bytes | str:
    """The page as text where its bytes are UTF-8 or UTF-16; else as they are, with the encoding that it declares."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data


def _read_archive(data: bytes) -> Iterator[Piece]:
    """The page in a web archive (MHTML)."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
    if not pages:
        raise RefusedError(code="BAD_TEXT", reason="there is no web page in the archive")
    content = pages[0].get_payload(decode=True)
    yield from _read_page(content if isinstance(content, bytes) else b"")


def _read_pdf(data: bytes) -> Iterator[Piece]:
    pypdf = _extra("pypdf", "PDF files")
    # What it finds odd in a file goes to no terminal; where the file cannot be read, the quarantine says so.
    logging.getLogger("pypdf").addHandler(_SILENT)
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise RefusedError(code="BAD_TEXT", reason="the PDF file is locked with a password")
    if len(reader.pages) > MAX_PAGES:
        raise RefusedError(code="TOO_LONG", reason=f"{len(reader.pages):,} pages; the limit is {MAX_PAGES:,}")
    text = "\n\n".join(page.extract_text() for page in reader.pages).replace("\x00", "")
    if not text.strip():
        raise RefusedError(code="BAD_TEXT", reason="the PDF file holds no text: pictures of pages are not read")
    title = str((reader.metadata or {}).get("/Title") or "")
    yield Piece(text, {"title": title} if title else {}, basis="metadata")


def _read_word(data: bytes) -> Iterator[Piece]:
    docx = _extra("docx", "Word files")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        size = sum(part.file_size for part in packed.infolist())
    if size > MAX_UNPACKED:
        raise RefusedError(code="TOO_LONG", reason=f"{size:,} bytes when unpacked; the limit is {MAX_UNPACKED:,}")
    document = docx.Document(io.BytesIO(data))
    rows = (row for table in document.tables for row in table._tbl.tr_lst)
    widest = max((cell.grid_span for row in rows for cell in row.tc_lst), default=0)
    if widest > MAX_COLUMNS:
        reason = f"a cell of a table spans {widest:,} columns; Word has {MAX_COLUMNS}"
        raise RefusedError(code="BAD_TEXT", reason=reason)
    lines = list(_lines_of_word(document.element.body))
    described = any(part.reltype.endswith("/core-properties") for part in document.part.package.rels.values())
    title = document.core_properties.title if described else ""  # where there is none, python-docx makes one up
    yield Piece("\n".join(lines), {"title": title} if title else {}, basis="metadata")


def _lines_of_word(part: Any) -> Iterator[str]:
    """The paragraphs and the rows of tables in a part of a Word file, in its order.

    What was put in with changes tracked is read, what was taken out is not; so are the fields of a form.
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
    """A list of objects, one object, or an object that holds such a list."""
    content = _loads(decode(data))
    if isinstance(content, dict) and not any(name in content for name in TEXT_COLUMNS):
        content = next((value for value in content.values() if isinstance(value, list)), [])
    rows = content if isinstance(content, list) else [content]
    if not rows:
        raise RefusedError(code="BAD_TEXT", reason="there is no list of reports in the JSON file")
    for number, row in enumerate(rows, start=1):
        yield _row(row, number)


def _read_json_lines(data: bytes) -> Iterator[Piece]:
    for number, line in enumerate(decode(data).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = _loads(line)
        except RefusedError as error:
            yield _refused_row(error.code, error.reason, line, number)
            continue
        yield _row(row, number)


def _loads(text: str) -> Any:
    """What a JSON text holds."""
    try:
        return json.loads(text, object_pairs_hook=as_object)
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise RefusedError(code="BAD_TEXT", reason=f"no JSON: {_in_short(error)}") from error


def _too_deep() -> RefusedError:
    return RefusedError(code="BAD_TEXT", reason=f"the JSON is nested more than {MAX_DEPTH} deep")


def _is_too_deep(value: object) -> bool:
    """Whether lists and objects are nested deeper than the limit; what comes later would go down step by step."""
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
    told = re.match(r"sep=([,;\t|])\n", text, re.IGNORECASE)  # as Excel writes it
    delimiter = told.group(1) if told else max(",;\t|", key=text.partition("\n")[0].count)
    records = separated("\n" + text[told.end() :] if told else text, delimiter)
    header = next(records, None)
    names = [name.strip().lower() for name in header.cells] if header else []
    if header and header.fault:
        reason = f"{header.fault}; the first line should hold the names of the columns"
        raise RefusedError(code="BAD_TEXT", reason=reason, content=text, line=1)
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise RefusedError(code="BAD_TEXT", reason=f"the column {twice[:40]!r} is there twice", content=text, line=1)
    if not any(name in names for name in TEXT_COLUMNS):
        reason = f"no column {' or '.join(TEXT_COLUMNS)}; the columns are {', '.join(names)[:EXCERPT]}"
        raise RefusedError(code="MISSING_VALUE", reason=reason)
    for record in records:
        if not any(cell.strip() for cell in record.cells):
            continue
        if record.fault or len(record.cells) != len(names):
            reason = record.fault or f"{len(record.cells)} fields, and {len(names)} columns"
            yield _refused_row("RAGGED_ROW", reason, delimiter.join(record.cells), record.line)
        else:
            yield _row(dict(zip(names, record.cells, strict=True)), record.line)


def _refused_row(code: str, reason: str, content: str, line: int) -> Piece:
    return Piece("", line=line, refused=RefusedError(code, reason, content, line))


def _row(row: object, line: int) -> Piece:
    if _is_too_deep(row):
        return _refused_row("BAD_TEXT", _too_deep().reason, "", line)
    if not isinstance(row, dict):
        reason = f"{type(row).__name__} instead of an object with a text"
        return _refused_row("BAD_TEXT", reason, str(row), line)
    row = as_object([(str(name).lower(), value) for name, value in row.items()]) if type(row) is dict else row
    if isinstance(row, Doubled):
        return _refused_row("BAD_TEXT", row.reason, ", ".join(row), line)
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
