"""The verdict on each row of a table: quarantined and why, or passed with warnings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geostrike.exchange.columns import text_column
from geostrike.exchange.grid import EXCERPT, Grid, RejectedRow
from geostrike.tables import QUARANTINE, QUARANTINE_CODES, WARNING_CODES, sound_text

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Sieve"]

_CODES = ["", *QUARANTINE_CODES]
_WARNINGS = list(WARNING_CODES)


class Sieve:
    """The verdict on each row; the first reason for quarantine counts.

    Examples
    --------
    >>> sieve = Sieve(2)
    >>> sieve.reject(np.array([True, False]), "BAD_DATE", "no date")
    >>> sieve.reject(np.array([True, False]), "BAD_COORD", "no coordinate")
    >>> sieve.passed.tolist(), sieve.counts()
    ([False, True], {'BAD_DATE': 1})
    """

    def __init__(self, rows: int) -> None:
        self._code = np.zeros(rows, dtype=np.int8)
        self._reason: dict[int, str | Callable[[int], str]] = {}
        self._common: list[tuple[npt.NDArray[np.int64], str | Callable[[int], str]]] = []
        self._warned = np.zeros(rows, dtype=np.int32)

    @property
    def passed(self) -> npt.NDArray[np.bool_]:
        """Whether each row has passed so far."""
        passed: npt.NDArray[np.bool_] = self._code == 0
        return passed

    def reject(self, rows: npt.NDArray[np.bool_], code: str, reason: str | Callable[[int], str]) -> None:
        """Quarantine rows; the reason may depend on the row."""
        fresh = np.flatnonzero(rows & self.passed)
        if fresh.size:
            self._code[fresh] = _CODES.index(code)
            self._common.append((fresh, reason))

    def reject_values(self, codes: npt.NDArray[np.int64], faults: Sequence[tuple[str, str]]) -> None:
        """Quarantine the rows whose value has a fault, given as code and reason for each distinct value."""
        for code in sorted({code for code, _ in faults} - {""}):
            faulty = np.array([fault == code for fault, _ in faults], dtype=bool)[codes]
            self.reject(faulty, code, lambda row: faults[codes[row]][1])

    def reject_row(self, row: int, code: str, reason: str) -> None:
        """Quarantine one row."""
        if self._code[row] == 0:
            self._code[row] = _CODES.index(code)
            self._reason[row] = reason

    def warn(self, rows: npt.NDArray[np.bool_], code: str) -> None:
        """Add a warning to rows."""
        self._warned[rows] |= 1 << _WARNINGS.index(code)

    def warnings(self) -> pd.Series[str]:
        """The warning codes of each row, separated by spaces."""
        codes, bits = pd.factorize(self._warned)
        texts = [" ".join(w for number, w in enumerate(_WARNINGS) if bit >> number & 1) for bit in bits.tolist()]
        return text_column(texts, codes)

    def counts(self) -> dict[str, int]:
        """Count the quarantined rows by code."""
        codes, counts = np.unique(self._code[self._code > 0], return_counts=True)
        return {_CODES[code]: int(count) for code, count in zip(codes, counts, strict=True)}

    def quarantine(self, grid: Grid) -> pd.DataFrame:
        """Return the rows that did not pass and the rejected records, in the order of the file."""
        rows = np.flatnonzero(self._code)
        reasons = self._reasons()
        lines = grid.line_of(rows) if rows.size else rows
        found = pd.DataFrame(
            {
                "path": grid.name,
                "line": lines,
                "code": text_column(_CODES, self._code[rows].astype(np.int64)),
                "reason": pd.array([reasons[row] for row in rows.tolist()], dtype="str"),
                "content": pd.array(_beginnings(grid, rows), dtype="str"),
            }
        )
        others = [_as_row(grid.name, rejected) for rejected in grid.rejected]
        table = pd.concat([found, pd.DataFrame(others, columns=QUARANTINE.names)], ignore_index=True)
        types = dict.fromkeys(QUARANTINE.names, "str") | {"line": "int64"}
        return table.astype(types).sort_values("line", kind="stable", ignore_index=True)

    def _reasons(self) -> dict[int, str]:
        reasons = {row: str(reason) for row, reason in self._reason.items()}
        for rows, reason in self._common:
            reason_of: Any = reason if callable(reason) else (lambda _row, reason=reason: reason)
            reasons.update((row, reason_of(row)) for row in rows.tolist())
        return reasons


def _beginnings(grid: Grid, rows: npt.NDArray[np.int64]) -> list[str]:
    """How each row begins, its cells separated by commas."""
    found = [""] * len(rows)
    for name in list(grid.cells.columns)[:_CELLS]:
        cells = grid.cells[name].iloc[rows].str.slice(0, EXCERPT)
        found = [f"{text},{cell}" if text else cell for text, cell in zip(found, cells, strict=True)]
    return [text[:EXCERPT] for text in found]


_CELLS = 12


def _as_row(name: str, rejected: RejectedRow) -> dict[str, Any]:
    return {
        "path": name, "line": rejected.line, "code": rejected.code, "reason": sound_text(rejected.reason),
        "content": sound_text(rejected.content),
    }  # fmt: skip
