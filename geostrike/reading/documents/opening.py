"""Files to their texts, in the order of the files: foreign formats are opened by workers with limits.

Text, Markdown and CSV files, and JSON that is not large, are read here: this takes time and memory in proportion to the
file.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geostrike.intake import FaultError, Job, LimitError, limits_for, outcomes, processes
from geostrike.reading.documents.formats import MAX_BYTES, Piece, RefusedError, read_pieces

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from geostrike.intake import Outcome

__all__ = ["pieces_of", "read_files"]

_FOREIGN = (".html", ".htm", ".mhtml", ".mht", ".pdf", ".docx")
_LARGE = {".json": 1_000_000, ".jsonl": 1_000_000}  # bytes; a list of empty lists takes sixty times its size in memory
_FILES_EACH = 8  # files for which one more worker is worth its start


def read_files(files: Collection[Path]) -> Iterator[Iterator[Piece]]:
    """The texts of each file. What cannot be read raises a RefusedError when its texts are asked for.

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
    return Job("geostrike.reading.documents.opening:pieces_of", {"path": os.fspath(file)}, limits)


def _pieces(file: Path, outcome: Outcome) -> Iterator[Piece]:
    try:
        found: list[dict[str, Any]] = outcome.result()
    except LimitError as error:
        raise RefusedError(code="LIMIT", reason=str(error)) from error
    except FaultError as error:
        reason = f"the {file.suffix.lower()} file cannot be read: {error}"
        raise RefusedError(code="FAULT", reason=reason) from error
    for told in found:
        refused = None if told["refused"] is None else RefusedError(**told["refused"])
        if refused is not None and told["whole"]:
            raise refused
        yield Piece(told["text"], told["meta"], told["basis"], told["line"], refused)


def pieces_of(path: str) -> list[dict[str, Any]]:
    """The texts of a file as what JSON can hold; this runs in a worker.

    Examples
    --------
    >>> pieces_of("none.pdf")[0]["refused"]["reason"]
    'the file cannot be read: No such file or directory'
    """
    found: list[dict[str, Any]] = []
    try:
        found.extend(_as_json(piece) for piece in read_pieces(Path(path)))
    except RefusedError as error:
        found.append(_as_json(Piece("", refused=error), whole=True))
    return found


def _as_json(piece: Piece, *, whole: bool = False) -> dict[str, Any]:
    error = piece.refused
    refused = error and {"code": error.code, "reason": error.reason, "content": error.content, "line": error.line}
    told = {"text": piece.text, "meta": dict(piece.meta), "basis": piece.basis, "line": piece.line}
    return told | {"refused": refused, "whole": whole}
