"""Reading line files of the user, by file extension, in a worker with limits."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from geostrike.errors import BorderError, GeostrikeError
from geostrike.intake import FaultError, LimitError, call, limits_for

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["read_lines", "shorten", "write_lines"]

_MOST_BYTES = 500_000_000
# A GeoJSON file up to this size is read without a worker: what would cost more than its size is rejected by the reader.
_SMALL = 1_000_000
# The driver by extension. GDAL alone would trust the content, and a virtual dataset named "GeoJSON" could read any
# other file on the machine.
_DRIVER_PREFIX = {".geojson": "GeoJSON:", ".json": "GeoJSON:", ".gpkg": "GPKG:"}
_PARQUET = (".parquet", ".geoparquet")
_SHAPEFILE_MAGIC = b"\x00\x00\x27\x0a"
_TASK = "geostrike.borders.files:write_lines"


def read_lines(path: Path, layer: str | None, fields: Sequence[str] = ()) -> gpd.GeoDataFrame:
    """Return the geometries of a file, with those of the named fields that it has.

    Raises
    ------
    BorderError
        If the file is missing, cannot be read, or takes more time or memory than allowed.
    """
    _check_is_file(path)
    ending = path.suffix.lower()
    if ending in (".geojson", ".json") and path.stat().st_size <= _SMALL:
        return _read(path, layer, fields)
    _check_kind(path)
    with tempfile.TemporaryDirectory(prefix="geostrike-") as folder:
        target = Path(folder) / "lines.parquet"
        arguments = {
            "path": os.fspath(path.absolute()),
            "layer": layer,
            "fields": list(fields),
            "target": os.fspath(target),
        }
        try:
            call(_TASK, arguments, limits_for(path.stat().st_size))
            return gpd.read_parquet(target)
        except (LimitError, FaultError) as error:
            msg = f"{path}: cannot be read as a line: {error}"
            raise BorderError(msg) from error
        except GeostrikeError as error:
            raise BorderError(str(error)) from error


def write_lines(*, path: str, layer: str | None, fields: list[str], target: str) -> None:
    """Read the geometries of a file and write them as GeoParquet; runs in a worker.

    Raises
    ------
    BorderError
        If the file cannot be read.
    """
    _read(Path(path), layer, fields).to_parquet(target)


def _read(path: Path, layer: str | None, fields: Sequence[str]) -> gpd.GeoDataFrame:
    ending = path.suffix.lower()
    try:
        if ending in _PARQUET:
            return gpd.read_parquet(path)
        dataset = f"{_DRIVER_PREFIX.get(ending, '')}{path}"
        if ending == ".gpkg" and layer is None:
            layer = _only_layer(dataset, path)
        with np.errstate(invalid="ignore"):  # a vertex that is not a number is rejected later
            return pyogrio.read_dataframe(dataset, layer=layer, columns=list(fields))
    except MemoryError:  # one of Arrow's exceptions, too
        raise
    except pyogrio.errors.DataLayerError as error:
        msg = f"{path}: {error}"
        raise BorderError(msg) from error
    except (
        pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError, shapely.errors.ShapelyError, pa.ArrowException,
        LookupError, OSError, TypeError, ValueError,
    ) as error:  # fmt: skip
        if isinstance(error, BorderError):
            raise
        msg = f"{path}: cannot be read as {'GeoParquet' if ending in _PARQUET else ending[1:]}: {str(error).strip()}"
        raise BorderError(msg) from error


def _check_kind(path: Path) -> None:
    ending = path.suffix.lower()
    if ending in _DRIVER_PREFIX or ending in _PARQUET:
        return
    if ending == ".shp":
        with path.open("rb") as handle:
            if handle.read(4) == _SHAPEFILE_MAGIC:
                return
    msg = f"{path}: cannot be read as a line; give a .geojson, .gpkg, .shp or .parquet file of that format"
    raise BorderError(msg)


def _check_is_file(path: Path) -> None:
    """Raise BorderError unless this is a regular file of an acceptable size."""
    try:
        if path.is_file():
            if path.stat().st_size <= _MOST_BYTES:
                return
            why = f"has {path.stat().st_size:,} bytes, and at most {_MOST_BYTES:,} are allowed"
        elif path.is_dir():
            why = "is a folder, not a file with a line"
        else:
            why = "is not a regular file" if path.exists() else "no such file"
    except (OSError, ValueError) as error:  # an impossible file name
        why = f"cannot be opened: {getattr(error, 'strerror', None) or error}"
    msg = f"{shorten(path)}: {why}"
    raise BorderError(msg)


def shorten(name: object, most: int = 200) -> str:
    """Shorten a name for a message.

    Examples
    --------
    >>> shorten("a" * 1000, 10)
    'aaaaaaa...'
    """
    text = str(name)
    return text if len(text) <= most else text[: most - 3] + "..."


def _only_layer(dataset: str, path: Path) -> str:
    layers = [name for name, kind in pyogrio.list_layers(dataset) if kind is not None]
    if len(layers) != 1:
        msg = f"{path}: has {len(layers)} layers with geometry ({', '.join(layers)}); choose one with layer="
        raise BorderError(msg)
    return str(layers[0])
