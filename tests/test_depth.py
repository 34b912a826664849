from __future__ import annotations

import dataclasses
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from geostrike.borders.areas import admin1_areas, country_at
from geostrike.borders.border import Border
from geostrike.depth import border_distance, depth_by_definition, distance_columns, measure_depth
from geostrike.depth import distance as depth
from geostrike.errors import BorderError, TableError
from geostrike.geodesy.nearest_point import Pieces, nearest
from geostrike.tables import STRIKES, check_table

GEOD = Geod(ellps="WGS84")
LAND = Border.between("UKR", "RUS")

# GeoNames (cities500): geonameid, latitude, longitude; km from the Ukrainian-Russian land border.
PLACES = {
    "Tuapse": (480716, 44.10083, 39.08326, 342.0),
    "Yartsevo": (468866, 55.06491, 32.69693, 300.6),
    "Kavkazskaya": (551669, 45.44392, 40.66703, 264.5),
    "Belgorod": (578072, 50.60343, 36.58091, 32.1),
    "Lipetsk": (535121, 52.5876, 39.55151, 276.8),
    "Ust-Luga": (478036, 59.66755, 28.28713, 854.7),
    "Saint Petersburg": (498817, 59.93863, 30.31413, 855.9),
    "Volgograd": (472757, 48.71378, 44.4976, 318.3),
}


def points(*lon_lat: tuple[float, float], index: list[object] | None = None) -> gpd.GeoSeries:
    lon, lat = zip(*lon_lat, strict=True)
    return gpd.GeoSeries.from_xy(lon, lat, index=index, crs="EPSG:4326")


def strikes(lon: float, lat: float, **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {name: [value] for name, value in columns.items()}, geometry=gpd.points_from_xy([lon], [lat], crs="EPSG:4326")
    )


def line(*vertices: tuple[float, ...], edges: str = "planar", **options: object) -> Border:
    return Border.from_lines(shapely.LineString(vertices), name="line", edges=edges, **options)  # type: ignore[arg-type]


# --- a slow reference that shares no code with the package ------------------------------------------------------------


def true_distance_m(lon: float, lat: float, geometry: shapely.Geometry, edges: str) -> float:
    """Scan every edge that can contain the nearest point, then narrow by golden section; Karney's inverse only."""
    start, stop = [], []
    for part in shapely.get_parts(geometry):
        vertices = shapely.get_coordinates(part)
        start.append(vertices[:-1])
        stop.append(vertices[1:])
    a, b = np.concatenate(start), np.concatenate(stop)
    azimuth, _, length = GEOD.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])

    def distance(rows: np.ndarray, t: np.ndarray) -> np.ndarray:
        if edges == "planar":
            x, y = (a[rows] + t[:, None] * (b[rows] - a[rows])).T
        else:
            x, y, _ = GEOD.fwd(a[rows, 0], a[rows, 1], azimuth[rows], t * length[rows])
        return np.asarray(GEOD.inv(np.full(len(rows), lon), np.full(len(rows), lat), x, y)[2])

    everything = np.arange(len(a))
    ends = distance(everything, np.zeros(len(a))), distance(everything, np.ones(len(a)))
    # No point of an edge is nearer than half the excess of the distances to both ends over its length. An edge that is
    # straight in longitude and latitude may be longer than the geodesic.
    along = np.hypot((b - a)[:, 0] * 111.4e3, (b - a)[:, 1] * 111.7e3)
    rows = np.flatnonzero((ends[0] + ends[1] - along) / 2 <= np.minimum(*ends).min())
    scan = np.linspace(0, 1, 129)
    values = np.stack([distance(rows, np.full(len(rows), t)) for t in scan])
    low, high = (scan[np.clip(values.argmin(axis=0) + k, 0, 128)] for k in (-1, 1))
    ratio = (np.sqrt(5) - 1) / 2
    for _ in range(45):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        nearer = distance(rows, left) < distance(rows, right)
        low, high = np.where(nearer, low, left), np.where(nearer, right, high)
    return float(min(distance(rows, (low + high) / 2).min(), ends[0].min(), ends[1].min()))


def assert_true(border: Border, where: gpd.GeoSeries, *, within_m: float) -> None:
    measured = border_distance(where, border).distance_km * 1000
    truth = [true_distance_m(p.x, p.y, border.geometry, border.edges) for p in where]
    np.testing.assert_allclose(measured, truth, rtol=0, atol=within_m)


# --- points ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PLACES)
def test_known_distances_to_land_border(name: str) -> None:
    """Places have their known distance from the land border."""
    _, latitude, longitude, kilometres = PLACES[name]
    measured = border_distance(points((longitude, latitude)), LAND).distance_km.iloc[0]
    assert measured == pytest.approx(kilometres, abs=0.3)


def test_tuapse_is_nearer_to_crimea() -> None:
    """Tuapse is nearer to Crimea than to the land border."""
    _, latitude, longitude, _ = PLACES["Tuapse"]
    measured = border_distance(
        points((longitude, latitude)), Border.between("UKR", "RUS", definition="territory")
    ).iloc[0]
    assert measured.distance_km == pytest.approx(236.3, abs=0.3)
    assert 36.3 < measured.nearest_lon < 36.7
    assert 44.9 < measured.nearest_lat < 45.5


def test_shipped_border_to_a_millimetre() -> None:
    """Distances from the shipped border are exact to 1 mm."""
    generator = np.random.default_rng(1)
    where = gpd.GeoSeries.from_xy(generator.uniform(20, 60, 25), generator.uniform(43, 66, 25), crs="EPSG:4326")
    assert_true(LAND, where, within_m=1e-3)


@pytest.mark.parametrize("edges", ["planar", "geodesic"])
@pytest.mark.parametrize(
    "border",
    [
        pytest.param([(20.0, 45.0), (43.0, 47.0), (40.0, 61.0)], id="edges of 1,700 km"),
        pytest.param([(178.5, -17.0), (181.0, -16.0), (183.0, -18.5)], id="across the antimeridian"),
        pytest.param([(10.0, 88.5), (100.0, 89.5), (170.0, 89.0)], id="by the north pole"),
        pytest.param([(-60.0, -70.0), (-60.0, -80.0), (40.0, -85.0)], id="by the south pole"),
        pytest.param([(30.0, 0.0), (30.0, 0.0), (30.0001, 0.0), (31.0, 0.5)], id="edges of no length"),
    ],
)
def test_any_line_to_a_millimetre(border: list[tuple[float, float]], edges: str) -> None:
    """Distances from any line are exact to 1 mm."""
    given = line(*border, edges=edges)
    generator = np.random.default_rng(2)
    middle = np.mean(border, axis=0)
    lon = np.concatenate([generator.normal(middle[0], 3, 8), generator.normal(middle[0], 30, 6)])
    lat = np.concatenate([generator.normal(middle[1], 2, 8), generator.normal(middle[1], 10, 6)]).clip(-90, 90)
    assert_true(given, gpd.GeoSeries.from_xy(lon, lat, crs="EPSG:4326"), within_m=1e-3)


def test_far_points_to_a_millimetre() -> None:
    """Distances of far points are exact to 1 mm, too."""
    assert_true(LAND, points((139.7, 35.7), (-74.0, 40.7), (18.4, -33.9), (-70.0, -33.0)), within_m=1e-3)


def test_longitude_wraps_around() -> None:
    """Adding 360 degrees to a longitude changes nothing."""
    here = border_distance(points((-179.5, 60.0)), line((179.0, 50.0), (179.0, 70.0)))
    there = border_distance(points((180.5, 60.0)), line((-181.0, 50.0), (-181.0, 70.0)))
    np.testing.assert_allclose(here, there, rtol=0, atol=1e-7)
    assert here.nearest_lon.iloc[0] == pytest.approx(179.0)


def test_pole_is_equidistant_from_parallel() -> None:
    """All of a parallel is equally far from the pole."""
    parallel = line((-180.0, 80.0), (180.0, 80.0))
    measured = border_distance(points((0.0, 90.0), (77.0, 90.0)), parallel).distance_km * 1000
    np.testing.assert_allclose(measured, GEOD.inv(0, 90, 0, 80)[2], rtol=0, atol=1e-3)


def test_zero_on_the_line() -> None:
    """A point on the line has distance 0 and azimuth NaN."""
    vertices = shapely.get_coordinates(LAND.geometry)[::97]
    middles = (vertices[:-1] + vertices[1:]) / 2
    on_it = border_distance(gpd.GeoSeries.from_xy(*vertices.T, crs="EPSG:4326"), LAND)
    assert on_it.distance_km.max() * 1000 < 1e-4
    one_edge = line(*vertices[:2])
    assert border_distance(points(tuple(middles[0])), one_edge).distance_km.iloc[0] * 1000 < 1e-3
    exact = border_distance(points((30.0, 50.0)), line((30.0, 50.0), (31.0, 50.0))).iloc[0]
    assert exact.distance_km == 0 or exact.distance_km * 1000 < 1e-6
    assert np.isnan(exact.azimuth) or exact.distance_km > 0


def test_azimuth_leads_to_nearest_point() -> None:
    """The nearest point is on the line, and the azimuth leads to it."""
    where = points(*((lon, lat) for _, lat, lon, _ in PLACES.values()))
    measured = border_distance(where, LAND)
    again = border_distance(gpd.GeoSeries.from_xy(measured.nearest_lon, measured.nearest_lat, crs="EPSG:4326"), LAND)
    assert again.distance_km.max() * 1000 < 1e-3
    lon, lat, _ = GEOD.fwd(where.x, where.y, measured.azimuth, measured.distance_km * 1000)
    np.testing.assert_allclose(lon, measured.nearest_lon, atol=1e-8)
    np.testing.assert_allclose(lat, measured.nearest_lat, atol=1e-8)


def test_index_kept_missing_is_nan() -> None:
    """The index is kept, and a missing point gives NaN."""
    where = gpd.GeoSeries([shapely.Point(36.6, 50.6), None, shapely.Point()], index=["b", "a", "b"], crs="EPSG:4326")
    measured = border_distance(where, LAND)
    assert measured.index.tolist() == ["b", "a", "b"]
    assert measured.columns.tolist() == ["distance_km", "nearest_lon", "nearest_lat", "azimuth"]
    assert measured.notna().all(axis=1).tolist() == [True, False, False]


def test_no_points_empty_table() -> None:
    """No points give an empty table."""
    measured = border_distance(gpd.GeoSeries([], crs="EPSG:4326"), LAND)
    assert measured.empty
    assert measured.dtypes.eq(float).all()


def test_order_and_projection_are_irrelevant() -> None:
    """Order, repetition, height and projection of points change nothing."""
    where = points(*((lon, lat) for _, lat, lon, _ in PLACES.values()))
    expected = border_distance(where, LAND)
    pd.testing.assert_frame_equal(border_distance(where[::-1], LAND)[::-1], expected)
    pd.testing.assert_frame_equal(border_distance(pd.concat([where, where]), LAND).iloc[: len(where)], expected)
    high = gpd.GeoSeries([shapely.Point(p.x, p.y, 3000.0) for p in where], crs="EPSG:4326")
    pd.testing.assert_frame_equal(border_distance(high, LAND), expected)
    np.testing.assert_allclose(border_distance(where.to_crs("EPSG:3035"), LAND), expected, rtol=0, atol=1e-5)


def test_heights_of_lines_are_ignored() -> None:
    """A line with heights is measured on the ellipsoid."""
    where = points((36.0, 50.0))
    flat, high = line((35.0, 49.0), (36.0, 49.5)), line((35.0, 49.0, 200.0), (36.0, 49.5, 9000.0))
    pd.testing.assert_frame_equal(border_distance(where, high), border_distance(where, flat))


def test_non_points_are_rejected() -> None:
    """Geometries that are not points are rejected."""
    with pytest.raises(TableError, match="row 7: its geometry is a Polygon"):
        border_distance(gpd.GeoSeries([shapely.box(0, 0, 1, 1)], index=[7], crs="EPSG:4326"), LAND)
    with pytest.raises(TableError, match=r"latitude 139\.7, longitude 35\.7 is off the globe"):
        border_distance(points((35.7, 139.7)), LAND)


# --- discs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("radius", [0.0, 4.0, 25.0, 60.0])
def test_disc_bounds(radius: float) -> None:
    """Minimum and maximum over a disc are depth minus and plus radius."""
    row = measure_depth(strikes(36.58091, 50.60343, radius_km=radius), LAND).iloc[0]
    assert row.depth_km == pytest.approx(32.1, abs=0.3)
    assert row.depth_min_km == max(0.0, row.depth_km - radius)
    assert row.depth_max_km == row.depth_km + radius


@pytest.mark.parametrize("definition", ["land", "territory"])
def test_reached_bound_is_exact(definition: str) -> None:
    """Where a point of the disc reaches the bound, depth_bounds is "exact"."""
    border = Border.between("UKR", "RUS", definition=definition)
    generator = np.random.default_rng(6)
    lon, lat = generator.uniform(34, 42, 60), generator.uniform(46, 54, 60)
    discs = gpd.GeoDataFrame({"radius_km": 10.0}, index=range(60), geometry=gpd.points_from_xy(lon, lat), crs=4326)
    measured = measure_depth(discs, border)
    assert measured.depth_bounds.isin(["exact", "bound"]).all()
    assert {"exact", "bound"} == set(measured.depth_bounds)
    pieces = {country: Pieces.of(border.line_for(country), geodesic_edges=False) for country in ("UKR", "RUS")}
    for row in measured[measured.struck_country.isin(["UKR", "RUS"])].itertuples():
        edge = GEOD.fwd(*np.full((2, 720), [[row.geometry.x], [row.geometry.y]]), np.arange(720) / 2, np.full(720, 1e4))
        farthest = nearest(edge[0], edge[1], pieces[row.struck_country]).distance_m.max() / 1000
        assert farthest <= row.depth_max_km + 1e-6
        if row.depth_bounds == "exact":
            assert farthest >= row.depth_max_km - 0.003  # the edge is sampled every 90 m


# --- areas ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place_id", ["RU-LEN", "RU-KDA", "UA-48", "RU-BEL", "RU-LIP"])
def test_region_interval_covers_its_points(place_id: str) -> None:
    """Minimum and maximum over a region are those of its points."""
    area = admin1_areas().loc[[place_id]]
    polygon = area.geometry.iloc[0]
    inside = polygon.representative_point()
    row = measure_depth(strikes(inside.x, inside.y, place_id=place_id, radius_km=1.0), LAND, areas=area).iloc[0]
    generator = np.random.default_rng(3)
    west, south, east, north = polygon.bounds
    lon, lat = generator.uniform(west, east, 4000), generator.uniform(south, north, 4000)
    within = shapely.contains_xy(polygon, lon, lat)
    corners = shapely.get_coordinates(polygon)
    sample = gpd.GeoSeries.from_xy(
        np.r_[lon[within], corners[:, 0]], np.r_[lat[within], corners[:, 1]], crs="EPSG:4326"
    )
    distances = border_distance(sample, LAND).distance_km
    assert row.depth_bounds == "exact"
    assert row.depth_min_km - 0.01 <= distances.min() <= row.depth_min_km + 3
    assert row.depth_max_km - 3 <= distances.max() <= row.depth_max_km + 0.01


def test_border_region_starts_at_zero() -> None:
    """The minimum of a region on the border is 0."""
    area = admin1_areas().loc[
        ["RU-BEL", "RU-BRY", "RU-KRS", "RU-VOR", "RU-ROS", "UA-59", "UA-63", "UA-09", "UA-14", "UA-74"]
    ]
    inside = area.representative_point()
    rows = gpd.GeoDataFrame({"place_id": area.index}, geometry=inside.to_numpy(), crs="EPSG:4326")
    assert measure_depth(rows, LAND, areas=area).depth_min_km.eq(0).all()


def test_leningrad_oblast_interval() -> None:
    """Leningrad Oblast reaches to 1,000 km."""
    area = admin1_areas().loc[["RU-LEN"]]
    inside = area.geometry.iloc[0].representative_point()
    row = measure_depth(strikes(inside.x, inside.y, place_id="RU-LEN"), LAND, areas=area).iloc[0]
    assert row.depth_min_km < 854 < 1000 < row.depth_max_km


@pytest.mark.parametrize("edges", ["planar", "geodesic"])
def test_line_inside_area_gives_zero(edges: str) -> None:
    """An area that contains the line has minimum 0."""
    around = gpd.GeoDataFrame({"place_id": ["x"]}, geometry=[shapely.box(30, 50, 31, 51)], crs="EPSG:4326")
    across = line((30.2, 50.5), (30.8, 50.5), edges=edges)
    row = measure_depth(strikes(30.5, 50.9, place_id="x"), across, areas=around.set_index("place_id")).iloc[0]
    assert row.depth_min_km == pytest.approx(0, abs=0.01)
    assert row.depth_max_km == pytest.approx(true_distance_m(30.0, 50.0, across.geometry, edges) / 1000, abs=0.2)


def test_region_without_polygon_is_disc() -> None:
    """A region without polygon is measured as a disc."""
    other = admin1_areas().loc[["RU-LEN"]]
    row = measure_depth(
        strikes(39.5, 45.5, place_id="RU-KDA", place_kind="region", radius_km=200.0), LAND, areas=other
    ).iloc[0]
    assert row.depth_bounds == "bound"
    assert row.depth_max_km == row.depth_km + 200


# --- side and reasons -----------------------------------------------------------------------------------------------

TUAPSE, SEVASTOPOL, ODESA, OPEN_SEA = (39.08326, 44.10083), (33.5224, 44.58883), (30.74383, 46.48572), (34.0, 43.2)


@pytest.mark.parametrize(
    ("where", "attacker", "side", "struck"),
    [
        (TUAPSE, "UKR", "across", "RUS"),
        (SEVASTOPOL, "UKR", "home", "UKR"),
        (SEVASTOPOL, "RUS", "across", "UKR"),
        (ODESA, "RUS", "across", "UKR"),
        (TUAPSE, "RUS", "home", "RUS"),
        (OPEN_SEA, "UKR", "outside", ""),
        (TUAPSE, "", "", "RUS"),
    ],
)
def test_side_depends_on_attacker(where: tuple[float, float], attacker: str, side: str, struck: str) -> None:
    """The side is seen from the attacker."""
    row = measure_depth(strikes(*where, attacker=attacker), LAND).iloc[0]
    assert (row.side, row.struck_country, row.depth_reason) == (side, struck, "")
    assert row.depth_km > 0


def test_outside_needs_known_territories() -> None:
    """A point in no country is outside only if the territories of the pair are known."""
    anywhere, elsewhere = line((30.0, 48.0), (30.0, 52.0)), line((1.0, 42.0), (2.0, 42.5), pair=("ESP", "FRA"))
    assert measure_depth(strikes(*OPEN_SEA, attacker="UKR"), anywhere).side[0] == "outside"
    assert measure_depth(strikes(*OPEN_SEA, attacker="FRA"), elsewhere).side[0] == ""


def test_other_countries_have_a_reason() -> None:
    """A strike of other countries has a reason instead of a depth."""
    by_others = measure_depth(strikes(*TUAPSE, attacker="ISR"), LAND).iloc[0]
    elsewhere = measure_depth(strikes(23.93, 50.47, attacker="RUS", country="POL"), LAND).iloc[0]
    for row, country in ((by_others, "ISR"), (elsewhere, "POL")):
        assert np.isnan([row.depth_km, row.depth_min_km, row.depth_max_km, row.nearest_lon]).all()
        assert row.depth_reason == f"{country} is not a country of the border UKR-RUS"
        assert row.depth_bounds == ""
    assert elsewhere.side == "outside"


def test_territory_measures_from_other_country() -> None:
    """With "territory", a point is measured from the country that it is not in."""
    border = Border.between("UKR", "RUS", definition="territory")
    odesa = measure_depth(strikes(*ODESA, attacker="RUS"), border).iloc[0]
    assert (odesa.nearest_lon, odesa.nearest_lat) == pytest.approx((36.6, 45.3), abs=0.3)  # Taman: Crimea is Ukraine's
    assert odesa.depth_km < measure_depth(strikes(*ODESA, attacker="RUS"), LAND).depth_km.iloc[0]
    at_sea = measure_depth(strikes(*OPEN_SEA, attacker="UKR"), border).iloc[0]
    assert np.isnan(at_sea.depth_km)
    assert at_sea.depth_reason == "the place is in neither country of UKR-RUS:territory:2026c"


def test_no_place_no_depth() -> None:
    """A strike without place has no depth, and its row stays."""
    rows = gpd.GeoDataFrame(
        {"attacker": ["UKR", "UKR"], "place_reason": ["two places bear the name", ""]},
        geometry=[None, None], index=[4, 9], crs="EPSG:4326",
    )  # fmt: skip
    measured = measure_depth(rows, LAND)
    assert measured.depth_km.isna().all()
    assert measured.side.eq("").all()
    assert measured.depth_reason.tolist() == ["no place: two places bear the name", "no place"]


def test_border_without_pair_measures_all() -> None:
    """A border without countries measures every strike."""
    front = line((36.0, 47.0), (38.0, 49.0))
    assert measure_depth(strikes(*TUAPSE, attacker="UKR"), front).iloc[0][["side", "depth_reason"]].tolist() == [
        "across",
        "",
    ]
    assert measure_depth(strikes(*TUAPSE, attacker="ISR"), front).depth_km.iloc[0] > 0


def test_type_and_index_are_kept() -> None:
    """Type and index are kept, and the input is not changed."""
    rows = pd.concat([strikes(*TUAPSE, attacker="UKR"), strikes(*ODESA, attacker="RUS")])
    rows.index = ["x", "y"]
    before = rows.copy()
    measured = measure_depth(rows, LAND)
    assert type(measured) is gpd.GeoDataFrame
    assert measured.crs == rows.crs
    assert measured.index.tolist() == ["x", "y"]
    pd.testing.assert_frame_equal(pd.DataFrame(rows), pd.DataFrame(before))
    depth_columns = [c.name for c in STRIKES.columns if c.name.startswith(("depth", "nearest"))] + ["border_id", "side"]
    check_table(measured, STRIKES, columns=depth_columns)
    plain = measure_depth(pd.DataFrame(rows), LAND)
    pd.testing.assert_frame_equal(pd.DataFrame(plain), pd.DataFrame(measured))


def test_empty_table_stays_empty() -> None:
    """An empty table stays empty."""
    rows = gpd.GeoDataFrame({"attacker": []}, geometry=[], crs="EPSG:4326")
    measured = measure_depth(rows, LAND, areas=admin1_areas())
    assert measured.empty
    assert {"depth_km", "side", "depth_reason", "struck_country"} <= set(measured.columns)


def test_table_without_geometry_is_rejected() -> None:
    """A table without geometry is rejected."""
    with pytest.raises(TableError, match="points_from_xy"):
        measure_depth(pd.DataFrame({"attacker": ["UKR"]}), LAND)


def test_given_struck_country_is_kept() -> None:
    """A given struck country is kept."""
    assert measure_depth(strikes(*SEVASTOPOL, struck_country="UKR"), LAND).struck_country.tolist() == ["UKR"]
    assert measure_depth(strikes(*SEVASTOPOL, struck_country=""), LAND).struck_country.tolist() == ["UKR"]


# --- dated lines, and several definitions -----------------------------------------------------------------------------

WEST = line((30.0, 48.0), (30.0, 52.0), valid_from=date(2024, 1, 1), valid_to=date(2024, 1, 31), version="west")
EAST = line((31.0, 48.0), (31.0, 52.0), valid_from=date(2024, 2, 1), version="east")


def on_days(*days: tuple[str | None, str | None], place: tuple[float, float] = (32.0, 50.0)) -> gpd.GeoDataFrame:
    first, last = zip(*days, strict=True)
    dates = {"date_start": pd.to_datetime(list(first)), "date_end": pd.to_datetime(list(last))}
    return gpd.GeoDataFrame(dates, geometry=gpd.points_from_xy(*([v] * len(days) for v in place)), crs="EPSG:4326")


def test_dated_line_of_the_day() -> None:
    """A strike is measured from the line of its day."""
    rows = on_days(("2024-01-31", "2024-01-31"), ("2024-02-01", "2024-02-01"), ("2026-01-01", None))
    measured = measure_depth(rows, [EAST, WEST])
    west, east = (measure_depth(rows, dataclasses.replace(b, valid_from=None, valid_to=None)) for b in (WEST, EAST))
    assert measured.depth_km.tolist() == [west.depth_km[0], east.depth_km[1], east.depth_km[2]]
    assert measured.border_id.tolist() == ["line:given:west", "line:given:east", "line:given:east"]
    assert measured.depth_reason.eq("").all()


def test_several_dated_lines_widen_interval() -> None:
    """Days with several lines widen minimum and maximum."""
    both = measure_depth(on_days(("2024-01-30", "2024-02-02")), [EAST, WEST]).iloc[0]
    alone = [measure_depth(on_days((day, day)), [WEST, EAST]).iloc[0] for day in ("2024-01-30", "2024-02-02")]
    assert both.depth_km == both.depth_max_km == alone[0].depth_km
    assert both.depth_min_km == alone[1].depth_km < both.depth_km


def test_day_without_line_has_reason() -> None:
    """A strike on a day without line has a reason instead of a depth."""
    rows = on_days(("2023-06-01", "2023-06-02"), (None, None), ("2024-01-05", "2024-01-05"), ("2023-06-01", None))
    rows.loc[2:, "geometry"] = None
    measured = measure_depth(rows, [WEST, EAST])
    assert measured.depth_km.isna().all()
    assert measured.depth_bounds.eq("").all()
    assert measured.depth_reason.tolist() == [
        "no line of line is valid on 2023-06-01",
        "the first day is unknown, and the line of line depends on it",
        "no place",
        "no place",
    ]
    assert measured.border_id.tolist()[:2] == ["", ""]
    alone = measure_depth(rows, WEST)
    assert alone.depth_reason.tolist()[:2] == measured.depth_reason.tolist()[:2]


def test_dated_line_measures_areas() -> None:
    """An area is measured as a whole from the line of the day."""
    rows = on_days(("2024-01-05", "2024-01-05")).assign(place_id="square", radius_km=5.0, place_kind="district")
    square = gpd.GeoDataFrame(geometry=[shapely.box(31.5, 49.8, 32.5, 50.2)], index=["square"], crs="EPSG:4326")
    by_day, always = (measure_depth(rows, lines, areas=square).iloc[0] for lines in ([WEST, EAST], WEST))
    assert (by_day.depth_min_km, by_day.depth_max_km) == (always.depth_min_km, always.depth_max_km)
    assert by_day.depth_max_km > by_day.depth_km + 30


def test_no_lines_are_rejected() -> None:
    """An empty list of lines is rejected."""
    with pytest.raises(BorderError, match=r"^no border is given$"):
        measure_depth(on_days(("2024-01-01", None)), [])


def test_one_column_per_definition() -> None:
    """Depths under several definitions are columns of one table."""
    _, latitude, longitude, _ = PLACES["Tuapse"]
    rows = pd.concat([strikes(longitude, latitude), strikes(*OPEN_SEA)])
    rows.index = ["tuapse", "sea"]
    borders = [
        Border.between("UKR", "RUS", definition=definition)
        for definition in ("land", "territory", "territory_without_crimea")
    ]
    table = depth_by_definition(rows, borders)
    assert table.columns.tolist() == [b.border_id for b in borders]
    assert table.index.tolist() == ["tuapse", "sea"]
    assert table.loc["tuapse"].tolist() == pytest.approx([342.0, 236.3, 334.1], abs=0.3)
    assert table.loc["sea"].isna().tolist() == [False, True, True]
    assert depth_by_definition(rows, {"a": borders[0], "days": [WEST, EAST]}).columns.tolist() == ["a", "days"]
    with pytest.raises(BorderError, match="two borders are called UKR-RUS:land:2026c"):
        depth_by_definition(rows, [borders[0], borders[1], borders[0]])


# --- many rows --------------------------------------------------------------------------------------------------------


def test_repeated_coordinates_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeated coordinates are measured once, for all rows."""
    asked = []
    real = depth.nearest
    monkeypatch.setattr(depth, "nearest", lambda lon, lat, pieces: asked.append(len(lon)) or real(lon, lat, pieces))
    generator = np.random.default_rng(5)
    lon, lat = generator.uniform(30, 45, 50), generator.uniform(45, 55, 50)
    lon[7] = np.nan
    row = generator.integers(0, 50, 5_000)
    many = distance_columns(lon[row], lat[row], LAND, country=True)
    assert asked == [49]
    each = distance_columns(lon, lat, LAND, country=True)
    assert list(each) == ["distance_km", "nearest_lon", "nearest_lat", "azimuth", "country"]
    assert each["country"].tolist() == country_at(lon, lat).tolist()
    for name, column in each.items():
        np.testing.assert_array_equal(many[name], column[row])


def test_arrays_match_points() -> None:
    """Arrays of coordinates give the same columns as points."""
    _, latitude, longitude, _ = PLACES["Belgorod"]
    columns = distance_columns(np.array([longitude]), np.array([latitude]), LAND)
    assert list(columns) == border_distance(points((longitude, latitude)), LAND).columns.tolist()
    assert columns["distance_km"][0] == border_distance(points((longitude, latitude)), LAND).distance_km.iloc[0]


def strike(**columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({name: [value] for name, value in columns.items()}, geometry=gpd.points_from_xy([39], [44]))


@pytest.mark.parametrize("points", [[(39.0, 44.0)], shapely.Point(39, 44), pd.DataFrame({"lon": [39], "lat": [44]})])
def test_input_without_geometry_is_rejected(points: object) -> None:
    """Input without geometries is rejected."""
    with pytest.raises(TableError, match="give a GeoSeries"):
        border_distance(points, LAND)


def test_non_border_is_rejected() -> None:
    """What is not a Border is rejected with how to open one."""
    calls = [
        lambda line: border_distance(strike(), line),
        lambda line: distance_columns(np.array([39.0]), np.array([44.0]), line),
        lambda line: measure_depth(strike(), line),
        lambda line: measure_depth(strike(), [LAND, line]),
        lambda line: depth_by_definition(strike(), line),
    ]
    for call in calls:
        with pytest.raises(BorderError, match=r"'UKR-RUS' is not a Border; open one, as with Border.between"):
            call("UKR-RUS")


@pytest.mark.parametrize(
    ("lon", "lat", "message"),
    [
        ([39.0, 40.0], [44.0], "give one of each per point"),
        ([[39.0]], [[44.0]], "give one of each per point"),
        ([39.0, 39.0], [44.0, 144.0], "row 1: latitude 144.0, longitude 39.0 is off the globe"),
        ([np.inf], [44.0], "off the globe"),
        ([39.0], [-np.inf], "off the globe"),
    ],
)
def test_mismatched_arrays_are_rejected(lon: list[float], lat: list[float], message: str) -> None:
    """Arrays of different lengths or off the globe are rejected."""
    with pytest.raises(TableError, match=message):
        distance_columns(np.array(lon), np.array(lat), LAND)


def test_lists_and_integers_are_accepted() -> None:
    """Lists and integers are accepted."""
    assert distance_columns([39], [44], LAND)["distance_km"] == pytest.approx([352], abs=1)


@pytest.mark.parametrize("radius", [-1.0, np.inf, "far"])
def test_invalid_radius_is_rejected(radius: object) -> None:
    """A radius that is not a length is rejected."""
    with pytest.raises(TableError, match=f"row 0: radius_km is '?{radius}'?(;|, which)"):
        measure_depth(strike(radius_km=radius), LAND)


def test_areas_must_be_polygons() -> None:
    """Areas must be a GeoDataFrame of polygons."""
    with pytest.raises(TableError, match="areas is a DataFrame; give a GeoDataFrame of polygons by place_id"):
        measure_depth(strike(), LAND, areas=pd.DataFrame({"place_id": ["RU-KDA"]}))


def test_definitions_need_borders() -> None:
    """No border is rejected, and one border gives one column."""
    with pytest.raises(BorderError, match=r"^no border is given$"):
        depth_by_definition(strike(), [])
    assert depth_by_definition(strike(), LAND).columns.tolist() == [LAND.border_id]
