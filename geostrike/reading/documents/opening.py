"""Open files in order; foreign formats are opened by worker processes with limits.

Text, Markdown, CSV and small JSON files are read in this process: time and memory stay proportional to their size.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geostrike.intake import FaultError, Job, LimitError, limits_for, outcomes, processes
from geostrike.reading.documents.formats import MAX_BYTES, Piece, RejectionError, read_pieces

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from geostrike.intake import Outcome

__all__ = ["pieces_of", "read_files"]

_FOREIGN = (".html", ".htm", ".mhtml", ".mht", ".pdf", ".docx")
_LARGE = {".json": 1_000_000, ".jsonl": 1_000_000}  # bytes; a list of empty lists takes 60 times its size in memory
_FILES_EACH = 8  # files per worker: fewer are not worth starting another


def read_files(files: Collection[Path]) -> Iterator[Iterator[Piece]]:
    """Yield the texts of each file; iterating over those of an unreadable file raises a RejectionError.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "a.txt"
    >>> _ = file.write_text("A depot burned.")
    >>> [[piece.text for piece in pieces] for pieces in read_files([file])]
    [['A depot burned.']]
    """
    foreign = [_is_foreign(file) for file in files]
    jobs = (_job(file) for file, is_foreign in zip(files, foreign, strict=True) if is_foreign)
    found = outcomes(jobs, at_once=min(processes(), math.ceil(sum(foreign) / _FILES_EACH)) or 1)
    for file, is_foreign in zip(files, foreign, strict=True):
        yield _pieces(file, next(found)) if is_foreign else read_pieces(file)


def _is_foreign(file: Path) -> bool:
    suffix = file.suffix.lower()
    return suffix in _FOREIGN or _size(file) > _LARGE.get(suffix, math.inf)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _job(file: Path) -> Job:
    limits = limits_for(min(_size(file), MAX_BYTES))
    return Job("geostrike.reading.documents.opening:pieces_of", {"path": os.fspath(file.absolute())}, limits)


def _pieces(file: Path, outcome: Outcome) -> Iterator[Piece]:
    try:
        found: list[dict[str, Any]] = outcome.result()
    except LimitError as error:
        raise RejectionError(code="LIMIT", reason=str(error)) from error
    except FaultError as error:
        reason = f"the {file.suffix.lower()} file cannot be read: {error}"
        raise RejectionError(code="FAULT", reason=reason) from error
    for fields in found:
        rejection = None if fields["rejection"] is None else RejectionError(**fields["rejection"])
        if rejection is not None and fields["whole"]:
            raise rejection
        yield Piece(fields["text"], fields["meta"], fields["basis"], fields["line"], rejection)


def pieces_of(path: str) -> list[dict[str, Any]]:
    """Return the texts of a file in a form that JSON can hold; runs in a worker.

    Examples
    --------
    >>> pieces_of("none.pdf")[0]["rejection"]["reason"]
    'the file cannot be read: No such file or directory'
    """
    found: list[dict[str, Any]] = []
    try:
        found.extend(_as_json(piece) for piece in read_pieces(Path(path)))
    except RejectionError as error:
        found.append(_as_json(Piece("", rejection=error), whole=True))
    return found


def _as_json(piece: Piece, *, whole: bool = False) -> dict[str, Any]:
    error = piece.rejection
    rejection = error and {"code": error.code, "reason": error.reason, "content": error.content, "line": error.line}
    fields = {"text": piece.text, "meta": dict(piece.meta), "basis": piece.basis, "line": piece.line}
    return fields | {"rejection": rejection, "whole": whole}
