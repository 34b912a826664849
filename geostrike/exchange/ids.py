"""Make the ids of the strikes in a table: the source's own, and hashes of them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from geostrike.exchange.mapped import MappedTable

__all__ = ["id_columns"]

_AT_ONCE = 100_000


def id_columns(table: MappedTable) -> dict[str, Any]:
    """Return the source's ids and the strike ids, which are hashes of these or, without one, of the whole row."""
    ids = table.cells("id").str.strip()
    known = (ids != "").to_numpy(dtype=bool)
    keys = ids if known.all() else _with_rows(table, ids, known)
    _reject_repeated(table, ids, keys, known)
    return {"source_id": ids, "strike_id": _hashes(f"{table.schema.name}\x1f", keys)}


def _with_rows(table: MappedTable, ids: pd.Series[str], known: npt.NDArray[np.bool_]) -> pd.Series[str]:
    """Replace empty ids with the whole row."""
    keys = ids.copy()
    rows = ["\x1e" + row for row in _joined_rows(table.grid.cells[~known])]
    if table.grid.geometry is not None:  # rows that differ in the point only are two rows
        shapes = shapely.to_wkb(table.grid.geometry[~known], hex=True)
        rows = [f"{row}\x1f{shape or ''}" for row, shape in zip(rows, shapes, strict=True)]
    keys[~known] = pd.array(rows, dtype="str")
    return keys


def _reject_repeated(
    table: MappedTable, ids: pd.Series[str], keys: pd.Series[str], known: npt.NDArray[np.bool_]
) -> None:
    """Quarantine the rows whose key occurs in an earlier row."""
    passed = table.sieve.passed
    judged = keys[passed]
    repeated = np.zeros(len(keys), dtype=bool)
    repeated[passed] = judged.duplicated().to_numpy()
    if not repeated.any():
        return
    first = {key: row for row, key in reversed(list(judged.items()))}
    line_of = table.grid.line_of

    def reason(row: int) -> str:
        line = line_of(np.array([first[keys[row]]], dtype=np.int64))[0]
        return f"the id {ids[row]!r} is that of line {line}" if known[row] else f"the same row as line {line}"

    table.sieve.reject(repeated, "DUPLICATE_ID", reason)


def _joined_rows(cells: pd.DataFrame) -> Iterator[str]:
    """Join the cells of each row, in parts: as Python strings, all cells at once would take five times the memory."""
    for at in range(0, len(cells), _AT_ONCE):
        part = cells.iloc[at : at + _AT_ONCE]
        columns = [part[name].tolist() for name in part.columns] or [[""] * len(part)]
        yield from map("\x1f".join, zip(*columns, strict=True))


def _hashes(prefix: str, keys: pd.Series[str]) -> pd.Series[str]:
    """Hash each key, in parts: a million Python strings take more memory than the table."""
    start = hashlib.sha256(prefix.encode())

    def hashed(key: str) -> str:
        made = start.copy()
        made.update(key.encode())
        return made.hexdigest()[:16]

    parts = (keys.iloc[at : at + _AT_ONCE] for at in range(0, max(len(keys), 1), _AT_ONCE))
    return pd.concat([pd.Series([hashed(key) for key in part.tolist()], dtype="str") for part in parts])
