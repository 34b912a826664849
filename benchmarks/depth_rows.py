"""Whole tables: a million rows over thirty thousand places, ten million from Parquet to Parquet; regions; start-up."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from sample_lines import points
from timing import ratio, rounds, table

from geostrike import Border, distance_columns
from geostrike.borders.areas import admin1_areas
from geostrike.depth import sides_of
from geostrike.geodesy import GEOD, Pieces, area_extremes, nearest

ROWS, PLACES = 1_000_000, 30_000
UNIQUE_ROWS = 10_000_000


def repeated_places(quick: bool) -> list[str]:
    """All columns and the side of many strikes at fewer places, compared with one inverse problem per row."""
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
    """Ten million distinct points through the command line, and the peak memory of the process."""
    count = UNIQUE_ROWS // 100 if quick else UNIQUE_ROWS
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "points.parquet"), Path(folder, "depth.parquet")
        write_points(source, count)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "geostrike", "depth", str(source), "--out", str(target)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    figure = f"{after.ru_maxrss / 1024:,.0f} MB at most; {seconds:,.0f} s of processor time"
    return [f"{count:,} distinct rows, Parquet to Parquet", figure]


def write_points(path: Path, count: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, pa.schema({"id": pa.int64(), "lon": pa.float64(), "lat": pa.float64()})) as writer:
        for start in range(0, count, 500_000):
            lon, lat = points(min(500_000, count - start), seed=start)
            writer.write_batch(pa.record_batch({"id": np.arange(start, start + len(lon)), "lon": lon, "lat": lat}))


def regions(quick: bool) -> list[str]:
    """Minimum and maximum distance over first-level regions, each measured for the first time."""
    border = Border.between("UKR", "RUS").geometry
    areas = admin1_areas().geometry
    middle = areas.representative_point()
    near = nearest(middle.x.to_numpy(), middle.y.to_numpy(), Pieces.of(border, geodesic_edges=False)).distance_m < 2e6
    chosen = areas[near].to_numpy()[: 5 if quick else None]
    seconds = []
    for _ in range(1 if quick else 3):
        pieces = Pieces.of(border, geodesic_edges=False)  # has an empty cache
        start = time.process_time()
        area_extremes(chosen, pieces, border)
        seconds.append(time.process_time() - start)
    figure = f"{median(seconds) / len(chosen) * 1000:.0f} ms a region"
    return [f"minimum and maximum over {len(chosen)} regions, to a metre", figure]


FIRST_ANSWER = """
import time
import numba, numpy
from geostrike import Border, distance_columns
from geostrike.geodesy.nearest_point import FEW
numba.njit("void()")(lambda: None)  # numba imports most of itself here
lon, lat = numpy.linspace(20, 60, 2 * FEW), numpy.linspace(43, 66, 2 * FEW)
start = time.process_time()
distance_columns(lon, lat, Border.between("UKR", "RUS"))
print(time.process_time() - start)
"""


def first_answer() -> list[str]:
    """Processor time of the first call in a new process, with machine code cached by an earlier one."""
    command = [sys.executable, "-c", FIRST_ANSWER]
    runs = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(4)]
    figure = f"{median(float(run) for run in runs[1:]):.2f} s, numba's own imports apart"
    return ["first answer of the compiled code in a new process", figure]


def tables(*, quick: bool = False) -> list[tuple[str, str]]:
    rows = [repeated_places(quick), parquet_to_parquet(quick), regions(quick), first_answer()]
    return [("Whole tables", table(["what", "measured"], rows))]
