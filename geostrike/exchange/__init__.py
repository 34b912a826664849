"""The tables that others use, in and out, and safe writing.

`output` writes a folder so that a reader never sees half a file; `files` turns tables into CSV and GeoJSON; `parquet`
measures tables of any length, batch by batch.
"""

from geostrike.exchange.files import csv_bytes, geojson_bytes
from geostrike.exchange.output import OutputFolder

__all__ = ["OutputFolder", "csv_bytes", "geojson_bytes"]
