"""Write strikes to files for other programs, whole or not at all, and report what is lost."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from geostrike.errors import InputError
from geostrike.exchange.formats import FORMATS, format_to_write
from geostrike.exchange.formats.delimited import csv_bytes
from geostrike.exchange.losses import Losses
from geostrike.exchange.package import datapackage
from geostrike.intake.output import MANIFEST
from geostrike.intake.writing import alone_in, put_files, same_file
from geostrike.tables import STRIKES, check_table, usable_frame

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Written", "strikes_bytes", "write_strikes"]


@dataclass(frozen=True)
class Written:
    """The written files, what the format could not hold (column, rows, reason), and leftovers.

    `cut_off` names the temporary files that an interrupted earlier writing had left in the folder; usually empty.
    """

    files: list[Path]
    losses: pd.DataFrame
    cut_off: list[str]


def write_strikes(
    strikes: gpd.GeoDataFrame,
    path: str | os.PathLike[str],
    *,
    form: str | None = None,
    force: bool = False,
    sources: list[dict[str, str]] | None = None,
    quarantine: pd.DataFrame | None = None,
    inputs: Iterable[str | os.PathLike[str]] = (),
) -> Written:
    """Write strikes to a file, with a `datapackage.json` that describes it, and a style for a GeoPackage.

    Parameters
    ----------
    strikes
        A strikes table, with further columns or without.
    path
        The file; its ending determines the format: .csv, .xlsx, .geojson, .gpkg, .parquet, .kml, or .json for TimeMap.
    form
        One of `FORMATS`, where the ending is not enough: "acled" and "ucdp" are CSV.
    force
        Whether existing files may be replaced.
    sources
        Where the strikes come from, for the description: title, and path and licence where known.
    quarantine
        Rows that could not be used, to be written to a file next to it.
    inputs
        Files that the strikes were read from; they are never replaced.

    Returns
    -------
    Written
        The files, and the losses: what the format cannot hold.

    Raises
    ------
    InputError
        If the format is unknown, or the file exists or cannot be written. No half-written file is left.

    Examples
    --------
    >>> import tempfile
    >>> from geostrike import read_strikes
    >>> table = pd.DataFrame({"id": ["a"], "date": ["2024-01-25"], "lat": ["44.1"], "lon": ["39.08"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = write_strikes(read_strikes(table).strikes, Path(folder, "strikes.gpkg"))
    >>> [file.name for file in written.files], len(written.losses)
    (['strikes.gpkg', 'strikes.qml', 'datapackage.json'], 0)
    """
    strikes = usable_frame(strikes, STRIKES)
    path = Path(path)
    form = format_to_write(path, form).name
    check_table(strikes, STRIKES)
    content, losses = strikes_bytes(strikes, form)
    files = {path.name: content} | _beside(path, form, losses, quarantine)
    _check_name(path)
    # In the folder of a run, datapackage.json belongs to the run.
    described = path.with_name(f"{path.name}." * path.with_name(MANIFEST).exists() + "datapackage.json")
    with alone_in(path.parent) as left:
        files[described.name] = datapackage(described, path.name, FORMATS[form], content, strikes, sources or [])
        put_files(path.parent, files, force=force, may_replace={described.name}, inputs=inputs)
        if force:
            _remove_stale(path, files, inputs)
    return Written([path.parent / file for file in files], losses, left)


def _beside(path: Path, form: str, losses: pd.DataFrame, quarantine: pd.DataFrame | None) -> dict[str, bytes]:
    """Return its companion files: those of the format, the losses, the quarantine."""
    files = {path.with_suffix(ending).name: file.read_bytes() for ending, file in FORMATS[form].companions.items()}
    if len(losses):
        files[f"{path.name}.losses.csv"] = csv_bytes(losses)
    if quarantine is not None and len(quarantine):
        files[f"{path.name}.quarantine.csv"] = csv_bytes(quarantine)
    return files


def _remove_stale(path: Path, files: Mapping[str, bytes], inputs: Iterable[str | os.PathLike[str]]) -> None:
    """Remove the losses and the quarantine of an earlier writing."""
    for stale in {f"{path.name}.losses.csv", f"{path.name}.quarantine.csv"} - files.keys():
        with suppress(OSError):
            if not same_file(path.parent / stale, inputs):
                (path.parent / stale).unlink(missing_ok=True)


def _check_name(path: Path) -> None:
    """Reject a name that is too long once its companions' endings are added."""
    try:
        path.with_name(f"{path.name}.datapackage.json").exists()
    except OSError as error:
        msg = f"{path}: could not be written: {error.strerror or error}"
        raise InputError(msg) from error


def strikes_bytes(strikes: gpd.GeoDataFrame, form: str) -> tuple[bytes, pd.DataFrame]:
    """Return strikes as the content of a file in one of `FORMATS`, and the losses; equal strikes give equal bytes.

    Examples
    --------
    >>> from geostrike import read_strikes
    >>> table = pd.DataFrame({"id": ["a"], "date": ["2024-01-25"], "lat": ["44.1"], "lon": ["39.08"]})
    >>> content, losses = strikes_bytes(read_strikes(table).strikes, "acled")
    >>> content.decode().splitlines()[1][:15], losses["column"].tolist()[:3]
    ('a,2024-01-25,20', ['strike_id', 'date_as_written', 'date_basis'])
    """
    losses = Losses()
    texts = [name for name in strikes.columns if pd.api.types.is_string_dtype(strikes[name].dtype)]
    missing = [name for name in texts if strikes[name].isna().any()]  # after concatenating tables
    content = FORMATS[form].write(strikes.assign(**{name: strikes[name].fillna("") for name in missing}), losses)
    return content, losses.table()
