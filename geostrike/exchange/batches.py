"""Measure depth in tables of any length, in constant memory: Parquet files, Dask, Spark.

`depth_of_batches` takes and yields pyarrow record batches one at a time, as Spark's ``mapInArrow`` asks for.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geostrike.depth import distance_columns, sides_of
from geostrike.errors import InputError
from geostrike.intake.writing import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from geostrike.borders.border import Border

    Floats = npt.NDArray[np.float64]

__all__ = ["depth_of_batches", "depth_of_parquet"]

_NAMES = (("lon", "lat"), ("longitude", "latitude"))
_ROWS = 131_072  # read, measured and written at a time: about 60 MB with the columns of a strike
_ADDED = ("depth_km", "nearest_lon", "nearest_lat", "azimuth", "country", "border_id", "side")


def depth_of_batches(
    batches: Iterable[Any], border: Border, *, lon: str | None = None, lat: str | None = None
) -> Iterator[Any]:
    """Add the columns of depth to each record batch.

    Parameters
    ----------
    batches
        pyarrow record batches with columns of longitude and latitude in degrees (WGS84), null or NaN where missing.
    border
        The line to measure from.
    lon, lat
        Names of the two columns; by default lon and lat, or else longitude and latitude.

    Yields
    ------
    RecordBatch
        With depth_km, nearest_lon, nearest_lat, azimuth, country and border_id as in the strikes table, and side where
        the batch has a column attacker. Columns of these names are replaced. Like `border_distance`, and unlike
        `measure_depth`, this also measures rows in other countries than the border's.

    Raises
    ------
    InputError
        If a column is missing, holds no numbers, or a point is off the globe.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from geostrike import Border
    >>> batch = pa.record_batch({"lon": [39.08326, None], "lat": [44.10083, 44.0], "attacker": ["UKR", "UKR"]})
    >>> measured, = depth_of_batches([batch], Border.between("UKR", "RUS"))
    >>> measured.to_pandas()[["depth_km", "country", "side"]].round(1).values.tolist()
    [[342.0, 'RUS', 'across'], [nan, '', '']]
    """
    rows = 0
    for batch in batches:
        yield _with_depth(batch, border, _coordinate_names(batch.schema.names, lon, lat), rows)
        rows += batch.num_rows


def depth_of_parquet(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    border: Border,
    *,
    lon: str | None = None,
    lat: str | None = None,
) -> int:
    """Copy a Parquet file with the columns of depth added, in constant memory, and return the number of rows.

    Parameters
    ----------
    source
        A Parquet file, as for `depth_of_batches`.
    target
        The file to write; it appears when it is complete, and replaces one of that name.
    border, lon, lat
        As for `depth_of_batches`.

    Raises
    ------
    InputError
        If the source cannot be read, the target cannot be written or is the source, or as for `depth_of_batches`;
        then nothing is written.

    Examples
    --------
    >>> import tempfile, pathlib, pandas as pd
    >>> from geostrike import Border
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "points.parquet")
    ...     pd.DataFrame({"lon": [39.08326], "lat": [44.10083]}).to_parquet(path)
    ...     rows = depth_of_parquet(path, path.with_name("depth.parquet"), Border.between("UKR", "RUS"))
    ...     rows, pd.read_parquet(path.with_name("depth.parquet")).depth_km.round(1).tolist()
    (1, [342.0])
    """
    from pyarrow import parquet

    source = Path(source)
    with whole_file(Path(target), inputs=[source]) as whole:
        with _reading(source):
            table = parquet.ParquetFile(source)
        with table:
            return _copy_with_depth(source, table, whole, border, (lon, lat))


@contextmanager
def _reading(source: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # ArrowInvalid is a ValueError; a damaged file may raise OSError
        msg = f"{source}: cannot be read as Parquet: {error}"
        raise InputError(msg) from error


def _batches(source: Path, table: Any) -> Iterator[Any]:
    batches = table.iter_batches(batch_size=_ROWS)
    while True:
        with _reading(source):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


def _copy_with_depth(
    source: Path, table: Any, target: Path, border: Border, names: tuple[str | None, str | None]
) -> int:
    """Copy one batch at a time."""
    import pyarrow as pa
    from pyarrow import parquet

    coordinates = _coordinate_names(table.schema_arrow.names, *names)
    writer, rows = None, 0
    try:
        for batch in _batches(source, table):
            measured = _with_depth(batch, border, coordinates, rows)
            writer = writer or parquet.ParquetWriter(target, measured.schema, compression="zstd")
            writer.write_batch(measured)
            rows += batch.num_rows
        if writer is None:  # no rows: the columns all the same
            empty = _with_depth(pa.RecordBatch.from_pylist([], schema=table.schema_arrow), border, coordinates, 0)
            writer = parquet.ParquetWriter(target, empty.schema, compression="zstd")
    finally:
        if writer is not None:
            writer.close()
    return rows


def _with_depth(batch: Any, border: Border, names: tuple[str, str], first_row: int) -> Any:
    import pyarrow as pa

    lon, lat = (_degrees_of(batch, name) for name in names)
    _check_on_globe(lon, lat, first_row)
    columns = distance_columns(np.where(np.isfinite(lat), lon, np.nan), lat, border, country=True)
    columns = {"depth_km": columns.pop("distance_km"), **columns}
    if "attacker" in batch.schema.names:
        attacker = batch.column("attacker").to_pandas().fillna("").to_numpy(dtype=object)
        columns["side"] = sides_of(attacker, columns["country"], border, placed=np.isfinite(lon) & np.isfinite(lat))
    kept = [name for name in batch.schema.names if name not in _ADDED]
    arrays = {name: pa.array(column) for name, column in columns.items()}
    arrays["border_id"] = pa.repeat(border.border_id, batch.num_rows)  # plain text, as Spark asks for it
    for name in {"country", "side"} & set(arrays):
        arrays[name] = arrays[name].cast(pa.string())
    return pa.record_batch({name: batch.column(name) for name in kept} | {n: arrays[n] for n in _ADDED if n in arrays})


def _coordinate_names(columns: list[str], lon: str | None, lat: str | None) -> tuple[str, str]:
    wanted = [(lon, lat)] if lon and lat else [pair for pair in _NAMES if lon in (None, pair[0])]
    for pair in wanted:
        if set(pair) <= set(columns):
            return pair[0] or "", pair[1] or ""
    tried = " or ".join(f"{x} and {y}" for x, y in wanted)
    msg = f"there are no columns {tried}; the table has: {', '.join(columns)}. Say which hold longitude and latitude"
    raise InputError(msg)


def _degrees_of(batch: Any, name: str) -> Floats:
    import pyarrow as pa

    try:
        column = batch.column(name).cast(pa.float64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        msg = f"column {name}: {error}; it must hold degrees as numbers"
        raise InputError(msg) from error
    degrees: Floats = column.to_numpy(zero_copy_only=False)
    return degrees


def _check_on_globe(lon: Floats, lat: Floats, first_row: int) -> None:
    off = np.isfinite(lon) & np.isfinite(lat) & ((np.abs(lat) > 90) | (np.abs(lon) > 180))
    off |= np.isinf(lon) | np.isinf(lat)
    if off.any():
        row = int(off.argmax())
        msg = f"row {first_row + row}: latitude {lat[row]}, longitude {lon[row]} is off the globe; are the two swapped?"
        raise InputError(msg)
