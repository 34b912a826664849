"""Strikes to files that other programs read, written whole or not at all, with what is lost on the way."""

from __future__ import annotations

import io
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import pandas as pd
import pyogrio

from geostrike.errors import InputError
from geostrike.exchange.files import csv_bytes, geojson_bytes, geoparquet_bytes, starts_formula
from geostrike.exchange.foreign import foreign_table, timemap_bytes
from geostrike.exchange.losses import NOT_XML, Losses
from geostrike.exchange.package import datapackage
from geostrike.exchange.schemas import load_schema
from geostrike.intake.output import MANIFEST
from geostrike.intake.writing import alone_in, put_files, same_file, time_of_writing
from geostrike.tables import STRIKES, check_table, usable_frame

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["FORMATS", "Written", "strikes_bytes", "write_strikes"]

_STYLE = Path(__file__).parent / "style.qml"
_MOST_COLUMNS = 1_990  # of 2,000, with the number of the row and the geometry
_EXCEL_ROWS, _EXCEL_CELL = 1_048_575, 32_767


@dataclass(frozen=True)
class Written:
    """What was written: the files, what the format could not hold (column, rows, reason), and what was cut off before.

    `cut_off` is empty, or names what an earlier writing into the folder that was cut off had left there.
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
    """Write strikes to a file, with a `datapackage.json` that describes it, and a style beside a GeoPackage.

    Parameters
    ----------
    strikes
        A strikes table, with further columns or without.
    path
        The file; its ending tells the format: .csv, .xlsx, .geojson, .gpkg, .parquet, .kml, or .json for TimeMap.
    form
        One of `FORMATS`, where the ending does not tell: "acled" and "ucdp" are CSV.
    force
        Whether files that are there may be replaced.
    sources
        Where the strikes come from, for the description: title, and path and licence where known.
    quarantine
        Rows that could not be used, to be written beside the file.
    inputs
        Files that the strikes were read from: they are never replaced.

    Returns
    -------
    Written
        The files, and the losses: what the format cannot hold.

    Raises
    ------
    InputError
        If the format is not known, the file is there already or cannot be written. Nothing is left half written.

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
    name = _form_of(path, form)
    check_table(strikes, STRIKES)
    content, losses = strikes_bytes(strikes, name)
    files = {path.name: content}
    if name == "gpkg":
        files[path.with_suffix(".qml").name] = _STYLE.read_bytes()
    if len(losses):
        files[f"{path.name}.losses.csv"] = csv_bytes(losses)
    if quarantine is not None and len(quarantine):
        files[f"{path.name}.quarantine.csv"] = csv_bytes(quarantine)
    _check_name(path)
    # What describes a run is part of the run.
    described = path.with_name(f"{path.name}." * path.with_name(MANIFEST).exists() + "datapackage.json")
    with alone_in(path.parent) as left:
        files[described.name] = datapackage(described, path.name, name, content, strikes, sources or [])
        put_files(path.parent, files, force=force, may_replace={described.name}, inputs=inputs)
        for stale in {f"{path.name}.losses.csv", f"{path.name}.quarantine.csv"} - files.keys() if force else ():
            with suppress(OSError):
                if not same_file(path.parent / stale, inputs):
                    (path.parent / stale).unlink(missing_ok=True)
    return Written([path.parent / file for file in files], losses, left)


def _check_name(path: Path) -> None:
    """Refuse a name that, with the endings of the files beside it, is too long for the disk."""
    try:
        path.with_name(f"{path.name}.datapackage.json").exists()
    except OSError as error:
        msg = f"{path}: could not be written: {error.strerror or error}"
        raise InputError(msg) from error


def _form_of(path: Path, form: str | None) -> str:
    """The format that is asked for, or that the ending tells."""
    ending = _ENDINGS.get(path.suffix.lower(), "")
    if form is None and not ending:
        msg = f"{path}: strikes are written as {', '.join(_ENDINGS)}; say another format with --to"
        raise InputError(msg)
    if form is not None and form not in FORMATS:
        msg = f"there is no format {form!r}; there are: {', '.join(FORMATS)}"
        raise InputError(msg)
    if form is not None and ending and ending != ("csv" if form in ("acled", "ucdp") else form):
        msg = f"{path}: its ending says {ending}, and what is asked for is {form}; give another ending"
        raise InputError(msg)
    return form or ending


def strikes_bytes(strikes: gpd.GeoDataFrame, form: str) -> tuple[bytes, pd.DataFrame]:
    """The content of a file in one of `FORMATS`, and what is lost; the same strikes give the same bytes.

    Examples
    --------
    >>> from geostrike import read_strikes
    >>> table = pd.DataFrame({"id": ["a"], "date": ["2024-01-25"], "lat": ["44.1"], "lon": ["39.08"]})
    >>> content, losses = strikes_bytes(read_strikes(table).strikes, "acled")
    >>> content.decode().splitlines()[1][:15], losses["column"].tolist()[:3]
    ('a,2024-01-25,20', ['strike_id', 'date_as_written', 'place_kind'])
    """
    losses = Losses()
    texts = [name for name in strikes.columns if pd.api.types.is_string_dtype(strikes[name].dtype)]
    missing = [name for name in texts if strikes[name].isna().any()]  # where tables were put one after the other
    content = FORMATS[form](strikes.assign(**{name: strikes[name].fillna("") for name in missing}), losses)
    return content, losses.table()


# --- formats ----------------------------------------------------------------------------------------------------------


def _lossless(write: Callable[[Any], bytes]) -> Callable[[Any, Losses], bytes]:
    """A writer that loses nothing but decimals of numbers."""
    return lambda strikes, _losses: write(strikes)


def _in_the_shape_of(name: str) -> Callable[[Any, Losses], bytes]:
    """A writer of CSV in the columns of a schema."""

    def write(strikes: gpd.GeoDataFrame, losses: Losses) -> bytes:
        table = foreign_table(strikes, load_schema(name), losses)
        for column in table.columns:
            losses.add(column, int(starts_formula(table[column]).sum()), "an apostrophe is put before formulas")
        return csv_bytes(table)

    return write


def _geopackage(strikes: gpd.GeoDataFrame, losses: Losses) -> bytes:
    """A GeoPackage with the layer `strikes`, its dates as dates."""
    import pyarrow as pa

    if len(strikes.columns) > _MOST_COLUMNS:
        msg = f"{len(strikes.columns):,} columns; a GeoPackage holds {_MOST_COLUMNS:,}: write CSV or Parquet"
        raise InputError(msg)
    strikes = _with_own_names(strikes, losses)
    strikes = _without(strikes, re.compile("[\x00\ud800-\udfff]"), "zero bytes are no text there", losses)
    table = pa.table(strikes.to_arrow(index=False, geometry_encoding="WKB"))
    dates = [field.name for field in table.schema if pa.types.is_timestamp(field.type)]
    for name in dates:
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, table.column(at).cast(pa.date32(), safe=False))
    with tempfile.TemporaryDirectory(prefix="geostrike-") as folder:
        path = Path(folder) / "strikes.gpkg"
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _now().strftime("%Y-%m-%dT%H:%M:%SZ")})
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


def _with_own_names(strikes: gpd.GeoDataFrame, losses: Losses) -> gpd.GeoDataFrame:
    """The strikes with column names that SQLite can tell apart, which takes small and capital letters for one."""
    seen, renamed = {"fid", "geom"}, {}
    for name in map(str, strikes.columns):
        wanted = name
        while wanted.lower() in seen:
            wanted += "_"
        seen.add(wanted.lower())
        if wanted != name:
            renamed[name] = wanted
            losses.add(name, len(strikes), f"the column is called {wanted} there")
    return strikes.rename(columns=renamed)


def _workbook(strikes: gpd.GeoDataFrame, losses: Losses) -> bytes:
    """An Excel workbook with the sheet `strikes`: texts as texts, dates as dates, no cell a formula."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    if len(strikes) > _EXCEL_ROWS:
        msg = f"{len(strikes):,} strikes; an Excel sheet holds {_EXCEL_ROWS:,}: write CSV, GeoPackage or Parquet"
        raise InputError(msg)
    frame = _flat(_without(strikes, NOT_XML, "control characters are no text there", losses))
    _count_excel_losses(frame, losses)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("strikes")

    def cell(value: Any) -> Any:
        if isinstance(value, str):
            made = WriteOnlyCell(sheet, value.replace("\r\n", "\n").replace("\r", "\n")[:_EXCEL_CELL])
            made.data_type = "s"
            return made
        if isinstance(value, datetime):
            made = WriteOnlyCell(sheet, value.date())
            made.number_format = "yyyy-mm-dd"
            return made
        return value

    sheet.append([cell(NOT_XML.sub("\N{REPLACEMENT CHARACTER}", str(name))) for name in frame.columns])
    for row in frame.astype(object).where(frame.notna(), None).itertuples(index=False):
        sheet.append([None if value == "" else cell(value) for value in row])
    content = io.BytesIO()
    book.save(content)
    return _same_time(content.getvalue())


def _count_excel_losses(frame: pd.DataFrame, losses: Losses) -> None:
    for name in frame.columns:
        if pd.api.types.is_string_dtype(frame[name].dtype):
            text = frame[name].astype("str")
            losses.add(name, int((text.str.len() > _EXCEL_CELL).sum()), f"cut to {_EXCEL_CELL:,} characters")
            losses.add(name, int(text.str.contains("\r", regex=False).sum()), "carriage returns become line feeds")


def _same_time(content: bytes) -> bytes:
    """The same workbook with the time of the run in it once, so that equal tables are equal files."""
    stamp = _now().strftime("%Y-%m-%dT%H:%M:%SZ")
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp.encode(), data)
            info = zipfile.ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, data)
    return made.getvalue()


def _kml(strikes: gpd.GeoDataFrame, losses: Losses) -> bytes:
    """A KML document: one placemark a strike, with its days, and every column as a named value."""
    frame = _flat(_without(strikes, NOT_XML, "control characters are no text there", losses), numbers_as_text=True)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>',
             "<name>strikes</name>"]  # fmt: skip
    lines += [_placemark(row) for row in frame.to_dict("records")]
    return "\n".join([*lines, "</Document></kml>", ""]).encode("utf-8")


def _placemark(row: dict[Any, Any]) -> str:
    name = row["place"] or row["place_as_written"]
    parts = [f"<Placemark><name>{_xml(name)}</name>"]
    if row["date_start"] and row["date_start"] == row["date_end"]:
        parts.append(f"<TimeStamp><when>{row['date_start']}</when></TimeStamp>")
    elif row["date_start"] or row["date_end"]:
        ends = (("begin", row["date_start"]), ("end", row["date_end"]))
        parts.append("<TimeSpan>" + "".join(f"<{tag}>{day}</{tag}>" for tag, day in ends if day) + "</TimeSpan>")
    data = [
        f"<Data name={quoteattr(NOT_XML.sub(' ', str(key)))}><value>{_xml(value)}</value></Data>"
        for key, value in row.items()
        if value != "" and key not in ("longitude", "latitude")
    ]
    parts.append("<ExtendedData>" + "".join(data) + "</ExtendedData>")
    if row["longitude"] != "":
        parts.append(f"<Point><coordinates>{row['longitude']},{row['latitude']}</coordinates></Point>")
    return "".join(parts) + "</Placemark>"


def _xml(text: object) -> str:
    return escape(str(text), {"\r": "&#13;"})


FORMATS: dict[str, Callable[[Any, Losses], bytes]] = {
    "csv": _lossless(csv_bytes),
    "xlsx": _workbook,
    "geojson": _lossless(geojson_bytes),
    "gpkg": _geopackage,
    "parquet": _lossless(geoparquet_bytes),
    "kml": _kml,
    "timemap": timemap_bytes,
    "acled": _in_the_shape_of("acled"),
    "ucdp": _in_the_shape_of("ucdp"),
}
"""The formats that strikes are written in."""
_ENDINGS = {
    ".csv": "csv", ".xlsx": "xlsx", ".geojson": "geojson", ".gpkg": "gpkg", ".parquet": "parquet",
    ".geoparquet": "parquet", ".kml": "kml", ".json": "timemap",
}  # fmt: skip


def _flat(strikes: gpd.GeoDataFrame, *, numbers_as_text: bool = False) -> pd.DataFrame:
    """The strikes with longitude and latitude instead of geometry."""
    points = strikes.geometry.where(strikes.geometry.geom_type == "Point")
    at = list(strikes.columns).index(strikes.geometry.name)
    frame = pd.DataFrame(strikes.drop(columns=[strikes.geometry.name]))
    frame.insert(at, "longitude", points.x)
    frame.insert(at + 1, "latitude", points.y)
    if numbers_as_text:
        for name in frame.select_dtypes("datetime").columns:
            frame[name] = frame[name].dt.strftime("%Y-%m-%d").fillna("").astype("str")
        for name in frame.select_dtypes("number").columns:
            text = ["" if value != value else repr(value).removesuffix(".0") for value in frame[name].tolist()]
            frame[name] = pd.Series(text, index=frame.index, dtype="str")
    return frame


def _without(strikes: gpd.GeoDataFrame, pattern: re.Pattern[str], reason: str, losses: Losses) -> gpd.GeoDataFrame:
    """The strikes without characters that the format cannot hold; a mark stands for each."""
    changed = {}
    for name in strikes.columns:
        if name != strikes.geometry.name and pd.api.types.is_string_dtype(strikes[name].dtype):
            bad = [bool(pattern.search(text)) for text in strikes[name].astype("str").tolist()]
            if any(bad):
                losses.add(str(name), sum(bad), reason)
                texts = [pattern.sub("\N{REPLACEMENT CHARACTER}", text) for text in strikes[name].tolist()]
                changed[name] = pd.array(texts, dtype="str")
    return strikes.assign(**changed) if changed else strikes


def _now() -> datetime:
    """The time that files have in them: SOURCE_DATE_EPOCH or 1980, so that equal tables are equal files."""
    return time_of_writing() or datetime(1980, 1, 1, tzinfo=UTC)
