"""PostGIS compared with geostrike, given a server: `python benchmarks/postgis.py "host=localhost user=postgres"`.

It needs the package psycopg2 (psycopg2-binary), a database with `create extension postgis`, and the right to create
temporary tables. On Debian: `apt-get install postgresql postgresql-15-postgis-3`. The server's
processor time is not visible, so both are measured in wall-clock time, geostrike in one thread. The line is stored
twice: whole, as `geography`, and as indexed edges for the nearest-neighbour operator.
"""

from __future__ import annotations

import io
import sys
import time
from statistics import median

import numpy as np
import shapely
from sample_lines import line_of, points
from slow_truth import true_distances
from timing import table

from geostrike.geodesy.nearest_point import Pieces, search_for_many

COUNT, ROUNDS = 2_000, 5
OURS_AGAIN = 10  # one millisecond is too short to measure
VERTICES = (600, 9_000)
QUERIES = {
    "ST_Distance of the whole line": "select p.i, ST_Distance(p.g, l.g, true) from points p, line l order by p.i",
    "nearest indexed edge": (
        "select p.i, nearest.d from points p cross join lateral "
        "(select p.g <-> e.g as d from edges e order by p.g <-> e.g limit 1) nearest order by p.i"
    ),
}


def load(cursor, line: shapely.MultiLineString, lon: np.ndarray, lat: np.ndarray) -> None:
    xy = shapely.get_coordinates(line)
    edges = shapely.to_wkt(shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1)), rounding_precision=-1)
    for name, rows in (
        ("line", [line.wkt]),
        ("edges", list(edges)),
        ("points", [f"POINT({x:.7f} {y:.7f})" for x, y in zip(lon, lat, strict=True)]),
    ):
        cursor.execute(f"drop table if exists pg_temp.{name}")
        cursor.execute(f"create temporary table {name} (i int, g geography)")
        cursor.copy_from(io.StringIO("\n".join(f"{i}\tSRID=4326;{wkt}" for i, wkt in enumerate(rows))), name)
    cursor.execute("create index on edges using gist (g)")
    for name in ("line", "edges", "points"):
        cursor.execute(f"analyze {name}")


def compare(cursor, vertices: int) -> list[list[str]]:
    """Return the time of each query as a multiple of geostrike's, and its error."""
    line = line_of(vertices)
    lon, lat = (np.round(v, 7) for v in points(COUNT))
    load(cursor, line, lon, lat)
    pieces, find = Pieces.of(line, geodesic_edges=True), search_for_many()
    find(lon, lat, pieces)
    truth = true_distances(lon[:100], lat[:100], line, "geodesic")[:, 0]
    rows = []
    for name, query in QUERIES.items():
        ratios = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            for _ in range(OURS_AGAIN):
                find(lon, lat, pieces)
            between = time.perf_counter()
            cursor.execute(query)
            found = cursor.fetchall()
            ratios.append((time.perf_counter() - between) / (between - begun) * OURS_AGAIN)
        off = np.abs(np.array([row[1] for row in found])[:100] - truth).max()
        rows.append([name, f"{vertices:,}", f"{median(ratios):.0f}", f"{off:.2f} m"])
    return rows


def main() -> None:
    import psycopg2

    cursor = psycopg2.connect(sys.argv[1]).cursor()
    cursor.execute("select postgis_lib_version()")
    print(f"PostGIS {cursor.fetchone()[0]}\n")
    rows = [row for vertices in VERTICES for row in compare(cursor, vertices)]
    print(table(["PostGIS geography", "vertices", "times geostrike's time", "greatest error"], rows))


if __name__ == "__main__":
    main()
