"""GeoPackage, FlatGeobuf and shapefiles, by pyogrio.

GDAL detects the type of a file by its content, whatever its name: each is opened by its own driver, or checked first.
"""

from __future__ import annotations

import glob
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pyarrow as pa
import pyogrio

from geostrike.errors import InputError
from geostrike.exchange.formats.arrow_grid import MAX_ROWS, check_rows, grid_of_arrow, in_degrees, shapes_of
from geostrike.exchange.formats.format import Format, ReadOptions, time_in_file

if TYPE_CHECKING:
    from geostrike.exchange.grid import Grid
    from geostrike.exchange.losses import Losses
    from geostrike.intake.opening import Opened

__all__ = ["FLATGEOBUF", "GEOPACKAGE", "SHAPEFILE"]

_MAGIC = {".gpkg": b"SQLite format 3\0", ".fgb": b"fgb", ".shp": b"\x00\x00\x27\x0a"}
_PARTS = "a shapefile is a .shp, a .shx and a .dbf file, best all in one .zip"
_ERRORS = (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError)
_STYLE = Path(__file__).parent / "style.qml"
_MOST_COLUMNS = 1_990  # of 2,000, with the row number and the geometry
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


# --- reading ----------------------------------------------------------------------------------------------------------


def _read(source: Opened, name: str, options: ReadOptions) -> Grid:
    """Read the features of one layer, counted from 1.

    Raises
    ------
    InputError
        If the file is not of the type that its name says, is cut off, lacks a CRS, or has several layers and none is
        chosen.
    """
    with source.path.open("rb") as handle:
        head = handle.read(16)
    if not head.startswith(_MAGIC[source.suffix]):
        msg = f"{name}: is not a {source.suffix} file, despite its name"
        raise InputError(msg)
    if source.suffix == ".shp":
        _check_shapefile(source.path, name)
    dataset = f"GPKG:{source.path}" if source.suffix == ".gpkg" else str(source.path)
    try:
        chosen = _the_layer(dataset, name, options.layer)
        meta, table = pyogrio.read_arrow(dataset, layer=chosen, max_features=MAX_ROWS + 1)
        check_rows(table.num_rows, name)
    except (*_ERRORS, pa.ArrowInvalid) as error:
        msg = f"{name}: cannot be read as {source.suffix[1:]}: {_in_short(error)}"
        raise InputError(msg) from error
    column = meta["geometry_name"] or "wkb_geometry"
    if column not in table.column_names:
        return grid_of_arrow(name, table, None, source.notes)
    shapes, broken = shapes_of(table.column(column))
    shapes = in_degrees(gpd.GeoSeries(shapes, crs=meta["crs"]), name)
    return grid_of_arrow(name, table.drop_columns([column]), shapes, source.notes, broken)


def _check_shapefile(path: Path, name: str) -> None:
    """Reject a shapefile with a missing or truncated part, of which GDAL would silently read the rest.

    Raises
    ------
    InputError
        If it is.
    """
    parts = {part.suffix.lower(): part for part in path.parent.glob(f"{glob.escape(path.stem)}.*")}
    if ".dbf" not in parts:
        msg = f"{name}: cannot be read as shp: its .dbf file is missing; {_PARTS}"
        raise InputError(msg)
    table = parts[".dbf"]
    with path.open("rb") as shapes, table.open("rb") as rows:
        stated = 2 * int.from_bytes(shapes.read(28)[24:28], "big")
        head = rows.read(12)
    count, start, length = (int.from_bytes(head[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12)))
    for part, size in ((path, stated), (table, start + count * length)):
        there = part.stat().st_size
        if there < size:
            msg = f"{name}: its {part.suffix} file is cut off: {there:,} bytes of {size:,}"
            raise InputError(msg)


def _in_short(error: Exception) -> str:
    """Shorten GDAL's message: without the failed query and the path of an unpacked copy."""
    reason = str(error).rpartition(" failed: ")[2].partition(";")[0].strip()
    if ".shx" in reason:
        return f"its .shx file is missing; {_PARTS}"
    return f"{reason[:200]}; is it cut off?"


def _the_layer(dataset: str, name: str, wanted: str | None) -> str:
    layers = [str(layer) for layer, _ in pyogrio.list_layers(dataset)]
    if not layers:
        msg = f"{name}: holds no layer that can be read; is it cut off?"
        raise InputError(msg)
    if wanted:
        if wanted not in layers:
            msg = f"{name}: has no layer {wanted!r}; there are: {', '.join(layers)}"
            raise InputError(msg)
        return wanted
    if len(layers) != 1:
        msg = f"{name}: has {len(layers)} layers ({', '.join(layers)}); say which with --layer"
        raise InputError(msg)
    return layers[0]


# --- writing ----------------------------------------------------------------------------------------------------------


def _write(strikes: gpd.GeoDataFrame, losses: Losses) -> bytes:
    """Write a GeoPackage with the layer `strikes`, its dates as dates."""
    if len(strikes.columns) > _MOST_COLUMNS:
        msg = f"{len(strikes.columns):,} columns; a GeoPackage holds {_MOST_COLUMNS:,}: write CSV or Parquet"
        raise InputError(msg)
    strikes = losses.without(_with_own_names(strikes, losses), _NO_TEXT, "zero bytes are replaced")
    table = _with_days(pa.table(strikes.to_arrow(index=False, geometry_encoding="WKB")))
    with tempfile.TemporaryDirectory(prefix="geostrike-") as folder:
        path = Path(folder) / "strikes.gpkg"
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": time_in_file().strftime("%Y-%m-%dT%H:%M:%SZ")})
        try:
            pyogrio.write_arrow(
                table, path, layer="strikes", driver="GPKG", geometry_name="geometry", geometry_type="Point",
                crs="EPSG:4326",
            )  # fmt: skip
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
            msg = f"{path}: could not be made: {error}; TMPDIR names another folder for temporary files"
            raise InputError(msg) from error
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
        return path.read_bytes()


def _with_days(table: pa.Table) -> pa.Table:
    """Convert times to days."""
    for name in [field.name for field in table.schema if pa.types.is_timestamp(field.type)]:
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, table.column(at).cast(pa.date32(), safe=False))
    return table


def _with_own_names(strikes: gpd.GeoDataFrame, losses: Losses) -> gpd.GeoDataFrame:
    """Rename columns whose names differ in case only, which SQLite does not distinguish."""
    seen, renamed = {"fid", "geom"}, {}
    for name in map(str, strikes.columns):
        wanted = name
        while wanted.lower() in seen:
            wanted += "_"
        seen.add(wanted.lower())
        if wanted != name:
            renamed[name] = wanted
            losses.add(name, len(strikes), f"the column is renamed to {wanted}")
    return strikes.rename(columns=renamed)


GEOPACKAGE = Format(
    name="gpkg",
    media_type="application/geopackage+sqlite3",
    reads=(".gpkg",),
    writes=(".gpkg",),
    read=_read,
    write=_write,
    in_worker=True,
    has_layers=True,
    companions={".qml": _STYLE},
    input="one layer, or the one that `--layer` names, in any projection",
    output="dates as dates, with a `.qml` style for QGIS",
    limits="zero bytes in texts",
)
FLATGEOBUF = Format(name="fgb", reads=(".fgb",), read=_read, in_worker=True, has_layers=True, input="in any projection")
SHAPEFILE = Format(
    name="shp", reads=(".shp",), read=_read, in_worker=True, has_layers=True,
    input="in any projection; also in a `.zip`",
)  # fmt: skip
