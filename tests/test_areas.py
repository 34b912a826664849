"""Points and areas as input: repaired, or an error that names the argument and the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import Point, box

from geostrike import figures
from geostrike.borders.areas import points_of, sound_areas
from geostrike.borders.border import Border
from geostrike.depth import border_distance, measure_depth
from geostrike.errors import GeostrikeError, TableError
from geostrike.maps import strike_map
from geostrike.stats import bands, depth_summary, depth_trend, draw_depths, record_depths
from geostrike.tables import STRIKES, build_table

if TYPE_CHECKING:
    from collections.abc import Callable

LAND = Border.between("UKR", "RUS")
INSIDE = box(36, 50, 37, 51)
BOW = shapely.Polygon([(36, 50), (37, 51), (37, 50), (36, 51)])


def areas(*shapes: Any, index: list[Any] | None = None, crs: Any = "EPSG:4326") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), index=index or [f"a{k}" for k in range(len(shapes))], crs=crs)


def strikes(*points: Any, crs: Any = "EPSG:4326", **values: Any) -> gpd.GeoDataFrame:
    common = {
        "attacker": "UKR", "struck_country": "RUS", "side": "across", "depth_km": 100.0, "depth_min_km": 99.0,
        "depth_max_km": 101.0, "place": "Foo", "place_id": "a0", "geo_precision": 1.0, "radius_km": 1.0,
        "date_start": pd.Timestamp("2024-01-01"), "date_end": pd.Timestamp("2024-01-02"), "status": "confirmed",
        "place_status": "given", "border_id": LAND.border_id, "date_precision": "night",
    }  # fmt: skip
    table = build_table(STRIKES, [common | {"strike_id": f"s{k}"} for k in range(len(points))])
    return gpd.GeoDataFrame(table.assign(**values), geometry=list(points), crs=crs)


# --- areas ------------------------------------------------------------------------------------------------------------


def test_areas_are_repaired() -> None:
    """Polygons come back valid and by id, each once; other geometries are dropped."""
    odd = areas(INSIDE, BOW, None, shapely.Polygon(), Point(36, 50), shapely.Polygon([(36, 50), (37, 50), (36, 50)]))
    found = sound_areas(pd.concat([odd, odd]))
    assert found.index.tolist() == ["a0", "a1"]
    assert found.is_valid.all()
    assert found["a1"].area == pytest.approx(0.5)
    assert sound_areas(None).empty


def test_areas_are_in_degrees() -> None:
    """Areas in any CRS come back in degrees."""
    found = sound_areas(areas(INSIDE).to_crs(3857))
    assert found["a0"].bounds == pytest.approx(INSIDE.bounds)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (areas(box(36, 50, 37, 150)), "areas, a0: vertex .* off the globe"),
        (areas(shapely.transform(INSIDE, lambda xy: np.where(xy == 51, np.inf, xy))), "off the globe"),
        (gpd.GeoSeries([INSIDE]), "areas is a GeoSeries; give a GeoDataFrame of polygons by place_id"),
        ("areas.gpkg", "areas is a str"),
    ],
)
def test_invalid_areas_are_rejected(given: Any, message: str) -> None:
    """Every function that takes areas rejects invalid ones with one line, before it measures or draws."""
    table = strikes(Point(36.5, 50.5))
    takers: list[Callable[[], object]] = [
        lambda: measure_depth(table, LAND, areas=given),
        lambda: draw_depths(table, LAND, areas=given),
        lambda: strike_map(table, areas=given),
        lambda: figures.print_map(table, areas=given),
    ]
    for take in takers:
        with pytest.raises(TableError, match=message):
            take()


def test_far_side_is_measured_quickly() -> None:
    """The far side of the earth is measured to 0.1 %, and no radius reaches beyond the antipodes."""
    half = areas(box(-180, -90, 0, 0))
    row = measure_depth(strikes(Point(-90, -45), radius_km=30_000.0), LAND, areas=half).iloc[0]
    assert 6300 < row.depth_min_km < 6500
    assert 19_500 < row.depth_max_km < 20_037
    disc = measure_depth(strikes(Point(-90, -45), radius_km=30_000.0), LAND).iloc[0]
    assert disc.depth_max_km == pytest.approx(20_037.6)


# --- points -----------------------------------------------------------------------------------------------------------


def test_missing_points_are_nan() -> None:
    """Missing points have NaN coordinates."""
    lon, lat = points_of(strikes(Point(36, 50), None, Point(), Point(np.nan, np.nan), Point(36, 51, 300)))
    assert np.isnan(lon).tolist() == np.isnan(lat).tolist() == [False, True, True, True, False]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (strikes(Point(36, 50), INSIDE), "row 1: geometry is a Polygon; a strike is a point"),
        (strikes(shapely.MultiPoint([(36, 50), (37, 50)])), "geometry is a MultiPoint"),
        (strikes(Point(36, 95)), "latitude 95 is outside -90..90; are the two swapped"),
        (strikes(Point(np.inf, 50)), "longitude inf is outside"),
        (pd.DataFrame({"place": ["Foo"]}), "has no geometry; make one with geopandas.points_from_xy"),
    ],
)
def test_invalid_points_are_rejected(table: pd.DataFrame, message: str) -> None:
    """Geometries that are not points on the globe are rejected."""
    with pytest.raises(TableError, match=message):
        points_of(table)


# --- odd tables -------------------------------------------------------------------------------------------------------

FUNCTIONS: dict[str, Callable[[Any], object]] = {
    "border_distance": lambda table: border_distance(table, LAND),
    "measure_depth": lambda table: measure_depth(table, LAND),
    "depth_summary": depth_summary,
    "by month": lambda table: depth_summary(table, by="month"),
    "draw_depths": lambda table: draw_depths(table, LAND, draws=20),
    "bands": bands,
    "record_depths": record_depths,
    "depth_trend": depth_trend,
    "map": lambda table: strike_map(table, border=LAND).get_root().render(),
    **{
        name: lambda table, name=name: figures.as_svg(getattr(figures, name)(table))  # type: ignore[misc]
        for name in ("print_map", "depth_by_date", "depth_distribution", "depth_bands", "place_precision")
    },
}
THREE = (Point(36, 52), Point(37, 52), Point(38, 52))
RIGHT = {
    "empty": strikes(*THREE).iloc[:0],
    "nowhere": strikes(None, None, Point()),
    "not a number": strikes(Point(np.nan, np.nan), Point(np.nan, np.nan)),
    "metres": strikes(*THREE).to_crs(3857),
    "no crs": strikes(*THREE, crs=None),
    "objects for depth": strikes(*THREE, depth_km=pd.Series([1.0, 2.0, 3.0], dtype=object)),
    "one index": strikes(*THREE).set_index(pd.Index([1, 1, 1])),
    "heights": strikes(Point(36, 52, 100), Point(36, 53, 7)),
    "time zones": strikes(*THREE, date_start=pd.Timestamp("2024-01-01", tz="Europe/Kyiv"),
                          date_end=pd.Timestamp("2024-01-02", tz="Europe/Kyiv")),
    "words for days": strikes(*THREE, date_start="2024-01-01", date_end=""),
    "categories": strikes(*THREE).astype(dict.fromkeys(["attacker", "status", "place", "side"], "category")),
    "nobody": strikes(*THREE, attacker=[None, np.nan, "UKR"]),
    "no depth": strikes(*THREE, depth_km=np.nan, depth_min_km=np.nan, depth_max_km=np.nan),
    "centuries": strikes(*THREE, date_start=pd.Timestamp("1677-09-22"), date_end=pd.Timestamp("2262-04-10")),
    "no dates": strikes(*THREE, date_start=pd.NaT, date_end=pd.NaT),
    "one id": strikes(*THREE, strike_id="s"),
    "odd codes": strikes(*THREE, geo_precision=[99.0, -1.0, np.inf]),
}  # fmt: skip
WRONG = {
    "words for depth": strikes(*THREE, depth_km="far", radius_km="wide"),
    "endless": strikes(*THREE, depth_km=np.inf, depth_max_km=1e300, radius_km=np.inf),
    "a column twice": pd.concat([strikes(*THREE), strikes(*THREE)[["depth_km", "place"]]], axis=1),
    "no days": strikes(*THREE, date_start="soon"),
    "no word": strikes(*THREE, status="nonsense", side="left", place_kind="hole"),
    "areas": strikes(INSIDE, Point(36, 50)),
    "a dictionary": {"depth_km": [1.0]},
    "a list": [1, 2],
}


@pytest.mark.parametrize("kind", RIGHT)
def test_odd_tables_are_handled(kind: str) -> None:
    """An odd but valid table is measured, counted and drawn."""
    for compute in FUNCTIONS.values():
        compute(RIGHT[kind])


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_tables_have_clear_errors(kind: str) -> None:
    """A wrong table is rejected with one line everywhere, and never by a library underneath."""
    refusals = [refusal for compute in FUNCTIONS.values() if (refusal := refused(compute, WRONG[kind]))]
    assert refusals
    assert all(refusal.isprintable() and len(refusal) < 1500 for refusal in refusals)


def refused(compute: Callable[[Any], object], table: Any) -> str:
    """Return the error message for a table; empty where it is accepted."""
    try:
        compute(table)
    except GeostrikeError as error:
        return str(error)
    return ""
