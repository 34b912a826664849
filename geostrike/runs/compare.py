"""Compare two runs by their folders."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from geostrike.errors import InputError
from geostrike.exchange import read_strikes
from geostrike.exchange.formats.delimited import read_delimited
from geostrike.intake.opening import opened
from geostrike.merging.compare import compare_strikes
from geostrike.results import Comparison, Located
from geostrike.runs.measured import strikes_file
from geostrike.tables import QUARANTINE, build_table

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["compare_runs"]

PathLike: TypeAlias = str | os.PathLike[str]


def compare_runs(old: PathLike, new: PathLike | Located) -> Comparison:
    r"""Compare two folders of results, or two tables of strikes, with `compare_strikes`.

    Parameters
    ----------
    old, new
        Folders that `geostrike run` wrote, with whose members merged and split strikes are recognised, or tables of
        strikes. The new one may also be a `Located`.

    Raises
    ------
    InputError
        If a table of strikes is missing or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "strikes.csv"
    >>> _ = file.write_text("id,date,lat,lon\n7,2024-01-25,44.1,39.08\n")
    >>> len(compare_runs(file, file).changes)
    0
    """
    (before, lost_before), (after, lost_after) = _strikes_of(old), _strikes_of(new)
    changes = compare_strikes(before, after, old_members=_members_of(old), new_members=_members_of(new))
    return Comparison(before, after, changes, pd.concat([lost_before, lost_after], ignore_index=True))


def _strikes_of(run: PathLike | Located) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """The strikes of a run, and the quarantined rows of its table."""
    if isinstance(run, Located):
        return run.strikes, build_table(QUARANTINE, [])
    read = read_strikes(strikes_file(run))
    return read.strikes, read.quarantine


def _members_of(run: PathLike | Located) -> pd.DataFrame | None:
    if isinstance(run, Located):
        return run.members
    file = Path(run) / "members.csv"
    if not file.is_file():
        return None
    with opened(file) as plain:
        grid = read_delimited(plain, os.fspath(file))
        members = pd.DataFrame({name: grid.column(name) for name in grid.cells.columns})
    lost = grid.rejected[0] if grid.rejected else None
    if lost is not None or not {"strike_id", "record_id"} <= set(members.columns):
        fault = f"line {lost.line}: {lost.reason}" if lost else "the columns strike_id and record_id are needed"
        msg = f"{file}: {fault}"
        raise InputError(msg)
    return members
