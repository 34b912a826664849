"""The tables that others use, in and out, and safe writing.

`read_strikes` reads them, each kind as a file in `schemas/` says; `output` writes a folder so that a reader never sees
half a file; `files` turns tables into CSV and GeoJSON; `parquet` measures tables of any length, batch by batch.
"""

from geostrike.exchange.formats import FORMATS
from geostrike.exchange.formats import SUFFIXES as TABLE_SUFFIXES
from geostrike.exchange.formats.delimited import csv_bytes
from geostrike.exchange.formats.geojson import geojson_bytes
from geostrike.exchange.formats.parquet import geoparquet_bytes
from geostrike.exchange.package import renamed_in_package, run_package
from geostrike.exchange.reader import StrikesRead, read_strikes, read_table
from geostrike.exchange.writing import Written, write_strikes
from geostrike.intake.output import MANIFEST, NOT_OURS, OutputFolder, was_cut_off

__all__ = [
    "FORMATS",
    "MANIFEST",
    "NOT_OURS",
    "TABLE_SUFFIXES",
    "OutputFolder",
    "StrikesRead",
    "Written",
    "csv_bytes",
    "geojson_bytes",
    "geoparquet_bytes",
    "read_strikes",
    "read_table",
    "renamed_in_package",
    "run_package",
    "was_cut_off",
    "write_strikes",
]
