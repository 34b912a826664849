from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Geod

from geostrike.borders.areas import admin1_areas
from geostrike.borders.border import Border
from geostrike.geodesy import extremes
from geostrike.geodesy.extremes import area_extremes
from geostrike.geodesy.nearest_point import Pieces, nearest

GEOD = Geod(ellps="WGS84")
LAND = Border.between("UKR", "RUS").geometry


def pieces(model: str = "planar") -> Pieces:
    return Pieces.of(LAND, geodesic_edges=model == "geodesic")


def sample_of(area: shapely.Geometry, count: int = 30_000) -> tuple[np.ndarray, np.ndarray]:
    """Return points of the area: random ones, and points along its outline."""
    generator = np.random.default_rng(1)
    west, south, east, north = area.bounds
    lon, lat = generator.uniform(west, east, count), generator.uniform(south, north, count)
    within = shapely.intersects_xy(area, lon, lat)
    outline = shapely.get_coordinates(shapely.segmentize(shapely.boundary(area), 0.002))
    return np.r_[lon[within], outline[:, 0]], np.r_[lat[within], outline[:, 1]]


@pytest.mark.parametrize("place_id", ["RU-LEN", "RU-KDA", "RU-LIP", "UA-48"])
def test_extremes_bound_all_points(place_id: str) -> None:
    """No point of a region is outside the interval, and some nearly reach its ends."""
    area = admin1_areas().geometry[place_id]
    least, most = area_extremes(np.array([area]), pieces(), LAND)[:, 0]
    distance = nearest(*sample_of(area), pieces()).distance_m
    assert least - 1 <= distance.min() <= least + 50
    assert most - 50 <= distance.max() <= most + 1


@pytest.mark.parametrize("model", ["planar", "geodesic"])
def test_known_extremes_to_a_metre(model: str) -> None:
    """Extremes are exact to 1 m where they are known."""
    meridian = shapely.multilinestrings([[(30.0, 40.0), (30.0, 60.0)]])
    line = Pieces.of(meridian, geodesic_edges=model == "geodesic")
    box = shapely.box(31.0, 50.0, 32.0, 50.0001)
    least, most = area_extremes(np.array([box]), line, meridian if model == "planar" else None)[:, 0]
    corners = nearest(np.array([31.0, 32.0]), np.array([50.0001, 50.0]), line).distance_m
    assert (least, most) == pytest.approx(corners, abs=1.0)


def test_holes_and_parts_count() -> None:
    """Holes and several parts of an area count."""
    meridian = shapely.multilinestrings([[(30.0, 40.0), (30.0, 60.0)]])
    line = Pieces.of(meridian, geodesic_edges=False)
    ring = shapely.Polygon(shapely.box(29, 49, 31, 51).exterior, [shapely.box(29.5, 49.5, 30.5, 50.5).exterior])
    islands = shapely.multipolygons([shapely.box(31, 50, 31.1, 50.1), shapely.box(35, 50, 35.1, 50.1)])
    found = area_extremes(np.array([ring, islands]), line, meridian) / 1000
    assert found[0] == pytest.approx([0.0, 71.5], abs=0.3)
    assert found[1] == pytest.approx([71.6, 364.9], abs=2.0)


def test_area_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An area is measured once per line."""
    line, area = pieces(), admin1_areas().geometry.loc[["RU-LIP", "RU-LIP", "RU-TAM"]].to_numpy()
    first = area_extremes(area, line, LAND)
    monkeypatch.setattr(extremes, "_search", None)
    np.testing.assert_array_equal(area_extremes(area[::-1], line, LAND), first[:, ::-1])
    with pytest.raises(TypeError):
        area_extremes(area, pieces(), LAND)


def test_no_areas_have_no_extremes() -> None:
    """No areas give empty extremes."""
    assert area_extremes(np.empty(0, dtype=object), pieces()).shape == (2, 0)
