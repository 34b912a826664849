"""`geostrike depth`: the distance of one point, or of each row of a Parquet file, from a border."""

from __future__ import annotations

import math
from pathlib import Path

import click

from geostrike.cli.exit_codes import DONE
from geostrike.cli.folders import named_files
from geostrike.cli.options import BORDER_HELP, FilePath
from geostrike.cli.terminal import say
from geostrike.errors import InputError

__all__ = ["command"]


@click.command("depth")
@click.argument("where", nargs=-1, required=True, metavar="LAT LON | FILE")
@click.option("--border", help=BORDER_HELP)
@click.option("--out", type=FilePath(dir_okay=False, path_type=Path), help="Parquet file to write for FILE.")
@click.option("--lon", help="Column of FILE with the longitude; lon or longitude by default.")
@click.option("--lat", help="Column of FILE with the latitude; lat or latitude by default.")
def command(where: tuple[str, ...], border: str | None, out: Path | None, lon: str | None, lat: str | None) -> int:
    """Measure the distance of a point, or of each row of a Parquet file, from the border.

    LAT and LON are in degrees, the distance is in kilometres. Write -- before a negative LAT or LON. The rows of FILE
    are written to --out with depth_km, nearest_lon, nearest_lat, azimuth, country and border_id, in constant memory.
    """
    if len(where) == 1:
        return _depth_of_file(Path(where[0]), border, out, (lon, lat))
    if len(where) > 2 or out or lon or lat:
        msg = "give either LAT LON, or a Parquet file and --out"
        raise click.UsageError(msg)
    return _depth_of_point(*_point_of(*where), border)


def _point_of(lat: str, lon: str) -> tuple[float, float]:
    """Parse latitude and longitude."""
    try:
        latitude, longitude = float(lat), float(lon)
    except ValueError:
        latitude = longitude = math.nan
    if math.isnan(latitude) or math.isnan(longitude):
        msg = f"{lat} {lon} is not a point; give LAT LON as two numbers, such as 44.09 39.08"
        raise click.UsageError(msg)
    if abs(latitude) > 90 or abs(longitude) > 180:
        msg = f"{lat} {lon} is off the globe; the latitude comes first"
        raise click.UsageError(msg)
    return latitude, longitude


def _depth_of_file(source: Path, border: str | None, out: Path | None, names: tuple[str | None, str | None]) -> int:
    from geostrike.borders.border import Border
    from geostrike.exchange.batches import depth_of_parquet
    from geostrike.intake.writing import same_file

    if not source.is_file():
        msg = f"{source}: no such file; a point is two numbers, LAT LON"
        raise click.UsageError(msg)
    if out is None:
        msg = f"give --out to write the rows of {source}"
        raise click.UsageError(msg)
    if out.suffix.lower() not in {".parquet", ".geoparquet"}:
        msg = f"{out}: the output is a Parquet file; give it a name that ends in .parquet"
        raise click.UsageError(msg)
    line = Border.named(border)
    if same_file(out, named_files(border)):
        msg = f"{out}: is being read, and would be replaced; write to another file"
        raise InputError(msg)
    rows = depth_of_parquet(source, out, line, lon=names[0], lat=names[1])
    say(f"{_measured(out):,} of {rows:,} rows measured from {line.border_id}: {out}")
    return DONE


def _measured(path: Path) -> int:
    """Count the rows with a depth; rows without a point have none."""
    from pyarrow import compute, parquet

    with parquet.ParquetFile(path) as table:
        batches = table.iter_batches(columns=["depth_km"])
        return sum(compute.sum(compute.is_finite(batch["depth_km"])).as_py() or 0 for batch in batches)


def _depth_of_point(latitude: float, longitude: float, border: str | None) -> int:
    import geopandas as gpd

    from geostrike.borders.border import Border
    from geostrike.depth import border_distance

    line = Border.named(border)
    point = gpd.GeoSeries(gpd.points_from_xy([longitude], [latitude]), crs="EPSG:4326")
    found = border_distance(point, line).iloc[0]
    if found["distance_km"] != found["distance_km"]:
        say(f"no distance: the point is in neither country of {line.border_id}")
        return DONE
    nearest = f"{found['nearest_lat']:.5f} {found['nearest_lon']:.5f}"
    say(f"{found['distance_km']:.3f} km from {line.name} ({line.border_id}); nearest point {nearest}")
    return DONE
