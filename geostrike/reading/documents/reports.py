"""Read files into a table of reports with publication date and language; quarantine what cannot be read."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from geostrike.errors import InputError
from geostrike.intake.faults import fault_reason, without_faulty
from geostrike.reading.documents.folders import FolderFiles, files_of
from geostrike.reading.documents.formats import EXCERPT, RejectionError
from geostrike.reading.documents.opening import read_files
from geostrike.reading.documents.reprints import find_reprints
from geostrike.reading.overrides import SETTINGS_FILE, read_overrides
from geostrike.reading.text.language import guess_language
from geostrike.reading.text.lexicon import load_lexicon
from geostrike.reading.text.publication import AmbiguousDateError, find_publication, parse_date
from geostrike.tables import QUARANTINE, REPORTS, build_table, check_table, sound_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from geostrike.reading.documents.formats import Piece

__all__ = ["Documents", "clean_text", "read_documents", "read_reports", "report_id"]


_FIRST_YEAR = 1600
_DATE_PREFIX = re.compile(r"\A\s*date (\d{4}-\d{2}-\d{2})(?= |$)[ ]?", re.MULTILINE)
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")  # invisible line-break hints, which split names


@dataclass(frozen=True)
class Documents:
    """The reports of a folder, a file or a table.

    Attributes
    ----------
    reports
        One row per report.
    quarantine
        What could not be used, with the reason.
    lines
        Report id -> its line in a file of many reports; 0 if the file is one report.
    passed_over
        Kind -> number of files left unread on purpose, such as those of an earlier run.
    """

    reports: pd.DataFrame
    quarantine: pd.DataFrame
    lines: Mapping[str, int] = field(default_factory=dict)
    passed_over: Mapping[str, int] = field(default_factory=dict)

    def without(self, reasons: Mapping[str, str], codes: Mapping[str, str] | None = None) -> Documents:
        """Move reports that a later stage could not process to quarantine.

        Parameters
        ----------
        reasons
            Report id -> the reason.
        codes
            Report id -> the quarantine code, if it is not FAULT.
        """
        if not reasons:
            return self
        faulty = self.reports["report_id"].isin(list(reasons))
        cells = self.reports.loc[faulty, ["report_id", "path", "text"]].astype("object").to_numpy().tolist()
        rows = [
            {"path": path, "line": self.lines.get(report, 0), "code": (codes or {}).get(report, "FAULT"),
             "reason": reasons[report], "content": text[:EXCERPT]}
            for report, path, text in cells
        ]  # fmt: skip
        # Reports marked as reprints of one of them become originals.
        kept = _mark_reprints(self.reports[~faulty].reset_index(drop=True))
        quarantine = pd.concat([self.quarantine, build_table(QUARANTINE, rows)], ignore_index=True)
        return replace(self, reports=kept, quarantine=quarantine)


@dataclass
class _ReportCollector:
    """Collects reports, and rejects what cannot be one."""

    given: Mapping[str, dt.date]
    fallback: dt.date | None
    today: dt.date
    rows: list[dict[str, object]] = field(default_factory=list)
    rejected: list[dict[str, object]] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def add_file(self, pieces: Iterable[Piece], name: str) -> None:
        held = False
        with self._rejections(name):
            for piece in pieces:
                held = True
                with self._rejections(name, piece.line):
                    if piece.rejection is not None:
                        raise piece.rejection
                    self._append(self._report(name, piece.meta, piece.text, piece.basis), piece.line)
            if not held:
                raise RejectionError(code="BAD_TEXT", reason="the file holds no report")

    def reject_file(self, name: str, reason: str) -> None:
        """Quarantine a file without opening it."""
        self._reject(name, line=0, code="BAD_TEXT", reason=reason)

    def add_row(self, row: Mapping[str, object], line: int) -> None:
        """Add a row of a table of reports: its text is the report, its other cells are metadata."""
        name = _path_of(row)
        with self._rejections(name, line):
            meta = {column: cell for column, cell in row.items() if not _is_missing(cell)}
            text = meta.get("text")
            self._append(self._report(name, meta, text if isinstance(text, str) else "", "front_matter"), line)

    @contextmanager
    def _rejections(self, name: str, line: int = 0) -> Iterator[None]:
        try:
            yield
        except RejectionError as error:
            cells = {"line": error.line or line, "code": error.code, "reason": error.reason, "content": error.content}
            self._reject(name, **cells)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - any fault costs only this file or row
            self._reject(name, line=line, code="FAULT", reason=fault_reason(error))

    def _reject(self, name: str, **fields: object) -> None:
        cells = {key: clean_text(cell) if isinstance(cell, str) else cell for key, cell in fields.items()}
        self.rejected.append({"path": name, **cells})

    def table(self) -> pd.DataFrame:
        """Build the table of reports; quarantine reports that no table can hold."""

        def build(numbers: Sequence[int]) -> pd.DataFrame:
            return build_table(REPORTS, [self.rows[number] for number in numbers])

        table, faults = without_faulty(build, range(len(self.rows)))
        for number, error in faults.items():
            row = self.rows[number]
            line = self.lines[str(row["report_id"])]
            self._reject(str(row["path"]), line=line, code="FAULT", reason=fault_reason(error))
        return table

    def _report(self, name: str, meta: Mapping[str, object], body: str, meta_basis: str) -> dict[str, object]:
        body = _UNSEEN.sub("", clean_text(body))
        if not body.strip():
            raise RejectionError(code="BAD_TEXT", reason="the text is empty")
        language = clean_text(meta.get("language") or meta.get("lang") or "").strip().lower()[:2] or guess_language(
            body
        )
        given = self.given.get(name) or self.given.get(Path(name).name)
        if meta.get("published_basis") == "given" and meta.get("published"):
            # A table that was read before: the date was given by the user, not by the report.
            given = given or _meta_date(meta["published"])
            meta = {key: value for key, value in meta.items() if key not in ("published", "date")}
        latest = self.today + dt.timedelta(days=1)
        own, basis = _own_date(meta, body, language, meta_basis, latest=latest, overridden=given is not None)
        url = clean_text(meta.get("url"))
        published, basis = self._published(given, own, basis, body)
        return {
            "report_id": report_id(body, published=own, url=url),
            "path": name,
            "title": clean_text(meta.get("title") or _title(body)),
            "publisher": clean_text(meta.get("publisher") or meta.get("source")),
            "published": published,
            "published_basis": basis,
            "language": language,
            "url": url,
            "text": body,
        }

    def _append(self, row: dict[str, object], line: int) -> None:
        key, name = str(row["report_id"]), str(row["path"])
        if key in self.seen:
            reason = f"the same text, date and address as {self.seen[key]}"
            raise RejectionError(code="DUPLICATE_ID", reason=reason, content=str(row["text"]))
        self.seen[key] = name
        self.lines[key] = line
        self.rows.append(row)

    def _published(
        self, given: dt.date | None, own: dt.date | None, basis: str, body: str
    ) -> tuple[dt.date | None, str]:
        date = given or own or self.fallback
        basis = basis if own is not None and given is None else "given" if date is not None else ""
        if date is not None and date > self.today + dt.timedelta(days=1):
            raise RejectionError(
                code="FUTURE_DATE", reason=f"published on {date}, which is in the future", content=body
            )
        if date is not None and date.year < _FIRST_YEAR:
            reason = f"published on {date}, before there were newspapers; write the date as 2024-01-25"
            raise RejectionError(code="BAD_DATE", reason=reason, content=body)
        return date, basis


def read_documents(
    source: str | os.PathLike[str] | pd.DataFrame,
    *,
    published: str | dt.date | Mapping[str, str | dt.date] | None = None,
    today: dt.date | None = None,
    results: str | os.PathLike[str] | None = None,
) -> Documents:
    """Read the reports in a file, a folder or a table, and quarantine what cannot be used.

    Folders are read recursively, sorted by name; hidden files are left out, and the settings in `geostrike.toml` apply.
    Files that an earlier run wrote, as its `run.json` lists them, are skipped and counted. Links are followed within
    the folder only. Every other text, or every row of the table, becomes a row of `reports` or of `quarantine`: an
    unreadable file never stops the run.

    Reports with the same text are separate if their own dates or addresses differ; otherwise one is quarantined.

    Parameters
    ----------
    source
        A file (``.txt``; ``.md`` with optional YAML front matter; ``.json``, ``.jsonl`` and ``.csv`` with a column
        `text`; with the extra `documents` also ``.html``, ``.mhtml``, ``.pdf`` and ``.docx``), a folder of such files,
        or a DataFrame with a column `text` and the optional columns `title`, `publisher`, `published`, `language`,
        `url` and `path`.
    published
        Publication dates: one date for every file without a date of its own, or ``{file name: date}``, which overrides
        the date in the file.
    today
        The last possible publication date; today by default.
    results
        The output folder: nothing in it is read, unless it is the source itself.

    Raises
    ------
    InputError
        If the source does not exist or is empty, or a date or file name in `published` cannot be used.
    TableError
        If the table has no column `text`.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.txt").write_text(" date 2024-01-25 A depot burned.")
    >>> read_documents(folder).reports.published.iloc[0].date().isoformat()
    '2024-01-25'
    """
    table = _table_rows(source) if isinstance(source, pd.DataFrame) else None
    folder = (
        FolderFiles()
        if isinstance(source, pd.DataFrame)
        else files_of(Path(source), None if results is None else Path(results))
    )
    files = folder.files
    names = [*files, *folder.rejected] if table is None else [_path_of(row) for row in table]
    given, fallback = _given_dates(published, names)
    given = _folder_dates(source, names) | given
    collector = _ReportCollector(given, fallback, today or dt.datetime.now(tz=dt.UTC).date())
    for name, reason in folder.rejected.items():
        collector.reject_file(name, reason)
    for name, pieces in zip(files, read_files(files.values()), strict=True):
        collector.add_file(pieces, name)
    for line, row in enumerate(table or [], start=1):
        collector.add_row(row, line)
    reports = collector.table()
    quarantine = build_table(QUARANTINE, collector.rejected)
    return _with_reprints(Documents(reports, quarantine, collector.lines, dict(folder.passed_over)))


def _folder_dates(source: str | os.PathLike[str] | pd.DataFrame, files: Iterable[str]) -> dict[str, dt.date]:
    """Return the publication dates in the geostrike.toml of a folder of reports."""
    if isinstance(source, pd.DataFrame):
        return {}
    given = read_overrides(source).published
    _reject_unknown_files(given, files, f"{Path(source) / SETTINGS_FILE}: ")
    return given


def _reject_unknown_files(given: Iterable[str], files: Iterable[str], where: str = "") -> None:
    names = set(files) | {Path(name).name for name in files}
    for name in given:
        if name not in names:
            msg = f"{where}a publication date is given for {name!r}, but there is no such file"
            raise InputError(msg)


def _with_reprints(documents: Documents) -> Documents:
    """Mark reprints; quarantine reports that cannot be compared."""
    reports = documents.reports

    def mark(rows: Sequence[int]) -> pd.DataFrame:
        return _mark_reprints(reports if len(rows) == len(reports) else reports.iloc[list(rows)])

    marked, faults = without_faulty(mark, range(len(reports)))
    if not faults:
        return replace(documents, reports=marked)
    ids = reports["report_id"].tolist()
    return documents.without({ids[row]: fault_reason(error) for row, error in faults.items()})


def _mark_reprints(reports: pd.DataFrame) -> pd.DataFrame:
    """Add to each report the id of the earlier one that it reprints, if any; undated reports count as the latest."""
    days = reports["published"].reset_index(drop=True)
    order = days.sort_values(kind="stable", na_position="last").index.tolist()
    texts, ids = reports["text"].tolist(), reports["report_id"].tolist()
    originals = [""] * len(reports)
    for at, original in zip(order, find_reprints(texts[at] for at in order), strict=True):
        originals[at] = ids[order[original]] if original >= 0 else ""
    return reports.assign(reprint_of=pd.Series(originals, index=reports.index, dtype="str"))


def read_reports(
    source: str | os.PathLike[str] | pd.DataFrame,
    *,
    published: str | dt.date | Mapping[str, str | dt.date] | None = None,
) -> pd.DataFrame:
    """Read the reports in a file, a folder or a table; one row per report.

    To see what could not be used, call `read_documents`.

    Parameters
    ----------
    source
        A text file, a folder of such files, or a DataFrame with a column `text`.
    published
        Publication dates for reports without one: one for all, or ``{file name: date}``.

    Raises
    ------
    InputError
        If the source, or a date or file name in `published`, cannot be used.

    Examples
    --------
    >>> read_reports(pd.DataFrame({"text": ["A depot burned on Friday."], "published": ["2024-01-26"]})).shape
    (1, 10)
    """
    return read_documents(source, published=published).reports


def report_id(text: str, *, published: dt.date | None = None, url: str = "") -> str:
    r"""Hash a report's text, own date and address into its id; whitespace and line ends do not matter.

    Parameters
    ----------
    text
        The text.
    published
        The date in the report's own front matter, metadata or date line, if any. A date given by the user is left out,
        so that giving one changes no id.
    url
        The report's address, if it has one.

    Examples
    --------
    >>> report_id("one  text\n") == report_id("one text")
    True
    >>> report_id("one text", published=dt.date(2025, 3, 18)) == report_id("one text")
    False
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    parts = [plain, published.isoformat() if published else "", url.strip()]
    # Without date and address, hash the text alone, as before version 1.
    whole = "\x1f".join(parts) if any(parts[1:]) else plain
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _table_rows(table: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows with the columns of the reports table."""
    check_table(table, REPORTS, columns=["text"])
    rows = table[[name for name in REPORTS.names if name in table.columns]].to_dict("records")
    return [{str(name): cell for name, cell in row.items()} for row in rows]


def _path_of(row: Mapping[str, object]) -> str:
    path = row.get("path")
    return "" if path is None or _is_missing(path) else clean_text(path)


def _is_missing(cell: Any) -> bool:
    """Whether a cell is empty; a list or another object is not."""
    return bool(pd.api.types.is_scalar(cell) and pd.isna(cell))


def _given_dates(
    published: str | dt.date | Mapping[str, str | dt.date] | None, files: Iterable[str]
) -> tuple[dict[str, dt.date], dt.date | None]:
    if published is None:
        return {}, None
    if isinstance(published, str | dt.date):
        return {}, _given_date(published)
    _reject_unknown_files(published, files)
    return {name: _given_date(value) for name, value in published.items()}, None


def _given_date(value: str | dt.date) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        date = parse_date(value)
    except ValueError as error:
        msg = f"publication date {str(value)[:60]!r}: {error}"
        raise InputError(msg) from error
    return date


def _own_date(
    meta: Mapping[str, object], body: str, language: str, basis: str, *, latest: dt.date, overridden: bool
) -> tuple[dt.date | None, str]:
    """Return the report's own date and where it comes from; none if it is unreadable and the user gave another."""
    written = meta.get("published") or meta.get("date")
    prefix = _DATE_PREFIX.match(body)
    if written or prefix:
        try:
            return (_meta_date(written), basis) if written else (_meta_date(prefix and prefix.group(1)), "date_prefix")
        except RejectionError:
            if overridden:
                return None, ""
            raise
    date = find_publication(body, load_lexicon(language), latest=latest)
    return (date, "date_line") if date else (None, "")


def clean_text(text: object) -> str:
    r"""Return a text with each lone surrogate replaced, which no table, file or page can hold.

    Examples
    --------
    >>> clean_text("Azov\ud83d") == "Azov\N{REPLACEMENT CHARACTER}"
    True
    """
    return "" if text is None else sound_text(str(text))


def _meta_date(written: object) -> dt.date:
    if isinstance(written, dt.datetime):
        return written.date()
    if isinstance(written, dt.date):
        return written
    try:
        return parse_date(str(written))
    except AmbiguousDateError as error:
        raise RejectionError(
            code="AMBIGUOUS_DATE", reason=f"publication date {str(written)[:60]!r}: {error}"
        ) from error
    except ValueError as error:
        raise RejectionError(code="BAD_DATE", reason=f"publication date {str(written)[:60]!r}: {error}") from error


def _title(body: str) -> str:
    prefix = _DATE_PREFIX.match(body)
    start = prefix.end() if prefix else 0
    first, _, rest = body[start:].lstrip().partition("\n")
    line = first.strip().lstrip("#").strip()
    is_title = rest.strip() and len(line) <= 160 and not line.endswith((".", "!", "?", ":", ";", ","))
    return line if is_title else ""
