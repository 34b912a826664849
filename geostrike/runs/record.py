"""The record of a run for run.json: versions, inputs with their hashes, parameters and counts."""

from __future__ import annotations

import hashlib
import math
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from geostrike.errors import InputError
from geostrike.intake.writing import time_of_writing
from geostrike.reading.text.language import is_read
from geostrike.tables import NO_FAULT

if TYPE_CHECKING:
    from geostrike.borders.border import Border
    from geostrike.places import Gazetteer
    from geostrike.reading import Documents

__all__ = ["decisions_record", "file_hash", "parameters_record", "run_record"]

PathLike: TypeAlias = str | os.PathLike[str]
Day: TypeAlias = str | date


def run_record(
    source: PathLike | pd.DataFrame,
    gazetteer: Gazetteer,
    border: Border,
    documents: Documents,
    quarantine: pd.DataFrame,
    strikes: pd.DataFrame,
) -> dict[str, Any]:
    """Versions, border, inputs with their hashes, and counts."""
    reports = documents.reports
    not_read = Counter(code for code in reports["language"] if not is_read(code))
    refused = quarantine[~quarantine["code"].isin(NO_FAULT)]
    return {
        "geostrike": version("geostrike"),
        "written": _now(),
        "border": {
            "id": border.border_id,
            "source": border.source,
            "accuracy_km": None if math.isnan(border.accuracy_km) else border.accuracy_km,
        },
        "gazetteer": gazetteer.versions,
        "notes": [*(f"the border {border.name} {note}" for note in border.notes), *gazetteer.notes],
        "inputs": _input_hashes(source, [*reports["path"], *refused["path"]]),
        "rows_in": len(reports) + len(refused) + sum(documents.passed_over.values()),
        "ok": len(reports),
        "not_read": dict(sorted(not_read.items())),
        "quarantined": len(refused),
        "passed_over": dict(documents.passed_over),
        "reasons": dict(sorted(Counter(quarantine["code"]).items())),
        "warnings": _warning_counts(strikes, reports),
        "strikes": len(strikes),
    }


def _warning_counts(strikes: pd.DataFrame, reports: pd.DataFrame) -> dict[str, int]:
    warnings: Counter[str] = Counter()
    for codes, count in strikes["warnings"].value_counts().items():
        warnings.update(dict.fromkeys(str(codes).split(), int(count)))
    warnings["NO_PUBLICATION_DATE"] = int(reports["published"].isna().sum())
    return {code: n for code, n in sorted(warnings.items()) if n}


def _now() -> str:
    """The time of the run, or SOURCE_DATE_EPOCH, so that a run can be repeated to the byte."""
    return (time_of_writing() or datetime.now(UTC)).isoformat(timespec="seconds")


def _input_hashes(source: PathLike | pd.DataFrame, names: Iterable[str]) -> dict[str, str]:
    if isinstance(source, pd.DataFrame):
        return {}
    root = Path(source)
    paths = {name: root if root.is_file() else root / name for name in names}
    return {name: file_hash(path) for name, path in sorted(paths.items()) if _is_input(path, root)}


def _is_input(path: Path, root: Path) -> bool:
    """Whether it is a file inside the folder; a link may lead outside."""
    return path.is_file() and (path == root or path.resolve().is_relative_to(root.resolve()))


def file_hash(path: PathLike | None) -> str:
    """The SHA-256 of a file; empty for None.

    Raises
    ------
    InputError
        If the file cannot be read again.
    """
    if path is None:
        return ""
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        msg = f"{os.fspath(path)}: could not be read again, for its hash: {error.strerror or error}"
        raise InputError(msg) from error


def parameters_record(
    published: Day | Mapping[str, Day] | None, since: date | None, until: date | None
) -> dict[str, str | dict[str, str] | None]:
    """The dates that were asked for, as JSON."""
    dates = {str(key): str(day) for key, day in sorted(published.items())} if isinstance(published, Mapping) else None
    return {"published": dates if dates is not None else _text(published), "since": _text(since), "until": _text(until)}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def decisions_record(decisions: pd.DataFrame | None) -> list[dict[str, str]]:
    """A reviewer's decisions, each with its filled cells."""
    rows = [] if decisions is None else decisions.to_dict("records")
    return [{str(name): cell for name, cell in row.items() if cell} for row in rows]
