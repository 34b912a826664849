"""Read tables of events into strikes, and write strikes for other programs.

Reading: `grids` opens a file or a DataFrame; `formats` has one file for each format; `schemas` and `reshape` know what
the columns are; `events` makes the columns of a strikes table with `dates`, `points`, `words` and `ids`, and each row
passes the `sieve` or not; `own` does so for geostrike's own tables; `reader` returns the result; `placing` looks up
names. Writing: `writing`, with the `losses` of each format, and a `package` that describes the files. `batches` takes
tables of any length, batch by batch.
"""

from geostrike.exchange.formats import FORMATS
from geostrike.exchange.formats import SUFFIXES as TABLE_SUFFIXES
from geostrike.exchange.formats.delimited import csv_bytes
from geostrike.exchange.formats.geojson import geojson_bytes
from geostrike.exchange.formats.parquet import geoparquet_bytes
from geostrike.exchange.package import renamed_in_package, run_package
from geostrike.exchange.reader import StrikesRead, read_strikes, read_table
from geostrike.exchange.writing import Written, write_strikes

__all__ = [
    "FORMATS",
    "TABLE_SUFFIXES",
    "StrikesRead",
    "Written",
    "csv_bytes",
    "geojson_bytes",
    "geoparquet_bytes",
    "read_strikes",
    "read_table",
    "renamed_in_package",
    "run_package",
    "write_strikes",
]
