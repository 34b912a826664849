"""Whole tables: a million rows over thirty thousand places, and ten million rows from Parquet to Parquet."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from pyproj import Geod
from sample_lines import points
from timing import ratio, rounds, table

from geostrike import Border, distance_columns
from geostrike.depth import sides_of

GEOD = Geod(ellps="WGS84")
ROWS, PLACES = 1_000_000, 30_000
UNIQUE_ROWS = 10_000_000


def repeated_places(quick: bool) -> list[str]:
    """All columns and the side of many strikes at fewer places, beside one inverse problem a row."""
    count = ROWS // 50 if quick else ROWS
    generator = np.random.default_rng(9)
    place_lon, place_lat = points(PLACES, seed=9)
    row = generator.integers(0, PLACES, count)
    lon, lat = place_lon[row], place_lat[row]
    attacker = np.array(["UKR", "RUS"], dtype=object)[generator.integers(0, 2, count)]
    border = Border.between("UKR", "RUS")
    everywhere = np.ones(count, dtype=bool)

    def ours() -> None:
        columns = distance_columns(lon, lat, border, country=True)
        sides_of(attacker, columns["country"], border, placed=everywhere)

    def yardstick() -> None:
        GEOD.inv(lon, lat, np.full(count, 36.0), np.full(count, 50.0))

    seconds = rounds({"ours": ours, "yardstick": yardstick}, 2 if quick else 7)
    share = ratio(seconds, "ours", "yardstick")
    return [f"{count:,} rows over {PLACES:,} places, all columns and side", f"{share:.2f} of one Geod.inv a row"]


def parquet_to_parquet(quick: bool) -> list[str]:
    """Ten million distinct points through the command line; the process's greatest memory."""
    count = UNIQUE_ROWS // 100 if quick else UNIQUE_ROWS
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "points.parquet"), Path(folder, "depth.parquet")
        write_points(source, count)
        begun = time.monotonic()
        command = [sys.executable, "-m", "geostrike", "depth", str(source), "--out", str(target)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - begun
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return [f"{count:,} distinct rows, Parquet to Parquet", f"{memory:,.0f} MB at most; {seconds:,.0f} s by the clock"]


def write_points(path: Path, count: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, pa.schema({"id": pa.int64(), "lon": pa.float64(), "lat": pa.float64()})) as writer:
        for start in range(0, count, 500_000):
            lon, lat = points(min(500_000, count - start), seed=start)
            writer.write_batch(pa.record_batch({"id": np.arange(start, start + len(lon)), "lon": lon, "lat": lat}))


def tables(*, quick: bool = False) -> list[tuple[str, str]]:
    rows = [repeated_places(quick), parquet_to_parquet(quick)]
    return [("Whole tables", table(["what", "measured"], rows))]
