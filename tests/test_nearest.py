"""Both searches for the nearest point agree with each other, and with a slow reference that shares no code."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from pyproj import Geod
from sample_lines import line_of, points
from slow_truth import true_distances

from geostrike.geodesy import nearest_point as package
from geostrike.geodesy.compiled import BAND, SURE_M, TURN, compiled_search
from geostrike.geodesy.ellipsoid import closed_form_length, to_ecef
from geostrike.geodesy.nearest_point import FEW, Pieces, in_chunks, nearest, rough_distance, search_for_many
from geostrike.geodesy.search import search

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GEOD = Geod(ellps="WGS84")
ENGINES = pytest.mark.parametrize("find", [search, compiled_search])
MODELS = pytest.mark.parametrize("model", ["planar", "geodesic"])
LINES = {
    "long edges": [(20.0, 45.0), (43.0, 47.0), (40.0, 61.0)],
    "across the antimeridian": [(178.5, -17.0), (181.0, -16.0), (183.0, -18.5)],
    "by the north pole": [(10.0, 88.5), (100.0, 89.5), (170.0, 89.0)],
    "by the south pole": [(-60.0, -70.0), (-60.0, -80.0), (40.0, -85.0)],
    "edges of no length": [(30.0, 0.0), (30.0, 0.0), (30.0001, 0.0), (31.0, 0.5)],
    "one point": [(30.0, 50.0), (30.0, 50.0)],
    "a spike back on itself": [(30.0, 50.0), (31.0, 51.0), (30.0, 50.0), (29.0, 52.0)],
}


def pieces_of(line: shapely.Geometry, model: str = "planar") -> Pieces:
    return Pieces.of(shapely.multilinestrings(shapely.get_parts(line)), geodesic_edges=model == "geodesic")


def around(line: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Return points near a line, farther from it, and on the far side of the earth."""
    generator = np.random.default_rng(2)
    middle = np.mean(line, axis=0)
    spread = np.repeat([0.3, 3.0, 30.0, 90.0], 6)
    lon = generator.normal(middle[0], spread)
    return lon, np.clip(generator.normal(middle[1], spread), -90, 90)


@ENGINES
@MODELS
@pytest.mark.parametrize("name", [name for name in LINES if name != "one point"])
def test_any_line_to_a_millimetre(find: Callable, model: str, name: str) -> None:
    """Distances from any line are exact to 1 mm."""
    line = shapely.linestrings(LINES[name])
    lon, lat = around(LINES[name])
    truth = true_distances(lon, lat, line, model)
    found = find(lon, lat, pieces_of(line, model))
    np.testing.assert_allclose(found.distance_m, truth[:, 0], rtol=0, atol=1e-3)
    to_foot = GEOD.inv(lon, lat, found.lon, found.lat)[2]
    np.testing.assert_allclose(to_foot, truth[:, 0], rtol=0, atol=1e-3)


@ENGINES
@MODELS
@pytest.mark.parametrize("vertices", [600, 9_000, 40_000])
def test_border_to_a_hundredth_millimetre(find: Callable, model: str, vertices: int) -> None:
    """Distances from a border are exact to 0.01 mm."""
    line = line_of(vertices)
    lon, lat = points(12, seed=vertices)
    truth = true_distances(lon, lat, line, model)
    found = find(lon, lat, pieces_of(line, model))
    error = np.abs(found.distance_m - truth[:, 0])
    assert error[truth[:, 0] <= 5e5].max() <= 1e-5
    assert error.max() <= 1e-3
    apart = GEOD.inv(found.lon, found.lat, truth[:, 1], truth[:, 2])[2]
    assert apart.max() <= 0.1


@MODELS
@pytest.mark.parametrize("name", LINES)
def test_both_searches_agree(model: str, name: str) -> None:
    """The two searches give the same distances."""
    line = pieces_of(shapely.linestrings(LINES[name]), model)
    lon, lat = around(LINES[name])
    slow, fast = search(lon, lat, line), compiled_search(lon, lat, line)
    np.testing.assert_allclose(fast.distance_m, slow.distance_m, rtol=0, atol=5e-4)


def distances_from_all_lines(find: Callable) -> np.ndarray:
    """Return a search's distances for points around every line, and around a line of many edges."""
    cases = [(around(line), shapely.linestrings(line)) for line in LINES.values()]
    cases.append((points(300), line_of(600)))
    found = [find(*at, pieces_of(line, model)) for at, line in cases for model in ("planar", "geodesic")]
    return np.concatenate([nearest.distance_m for nearest in found])


def test_compiled_search_equals_python(tmp_path: Path) -> None:
    """The compiled search gives the same as its code run in Python."""
    code = (
        f"import sys; sys.path[:] = {sys.path!r}\n"
        "import numpy, test_nearest\n"
        "found = test_nearest.distances_from_all_lines(test_nearest.compiled_search)\n"
        "numpy.save(sys.argv[1], found)\n"
    )
    uncompiled = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, "-c", code, tmp_path / "found.npy"], check=True, env=uncompiled)
    np.testing.assert_allclose(
        np.load(tmp_path / "found.npy"), distances_from_all_lines(compiled_search), rtol=0, atol=1e-6
    )


def test_both_searches_find_same_points() -> None:
    """The two searches give the same nearest points and azimuths."""
    line = pieces_of(line_of(9_000))
    lon, lat = points(3_000)
    slow, fast = search(lon, lat, line), compiled_search(lon, lat, line)
    near = slow.distance_m <= 5e5
    assert near.sum() > 500
    np.testing.assert_allclose(fast.distance_m[near], slow.distance_m[near], rtol=0, atol=1e-5)
    np.testing.assert_allclose(fast.distance_m, slow.distance_m, rtol=0, atol=1e-3)
    apart = GEOD.inv(slow.lon, slow.lat, fast.lon, fast.lat)[2]
    assert np.sort(apart)[-3] <= 0.1  # two points may be equally far from two places of the line
    off = slow.distance_m > 10  # close to the line, a millimetre turns the azimuth
    turned = (fast.azimuth - slow.azimuth + 180) % 360 - 180
    assert np.sort(np.abs(turned[off]))[-3] <= 1e-4


@ENGINES
def test_azimuths_at_the_poles(find: Callable) -> None:
    """At the poles azimuths follow the meridians."""
    lon, lat = np.array([0.0, 77.0, 0.0, 77.0]), np.array([90.0, 90.0, -90.0, -90.0])
    north, south = (pieces_of(shapely.linestrings([(30.0, s * 60.0), (30.0, s * 80.0)])) for s in (1, -1))
    for line, rows in ((north, slice(0, 2)), (south, slice(2, 4))):
        found = find(lon[rows], lat[rows], line)
        expected = GEOD.inv(lon[rows], lat[rows], found.lon, found.lat)
        np.testing.assert_allclose((found.azimuth - expected[0] + 180) % 360 - 180, 0, atol=1e-6)
        np.testing.assert_allclose(found.distance_m, expected[2], atol=1e-5)


@ENGINES
def test_far_side_is_measured(find: Callable) -> None:
    """The far side of the earth is measured."""
    line = shapely.linestrings([(30.0, 50.0), (35.0, 48.0), (39.0, 47.0)])
    lon = np.array([-150.0, -145.0, -141.0, 140.0, -70.0])
    lat = np.array([-50.0, -48.0, -47.0, 36.0, -33.0])
    truth = true_distances(lon, lat, line, "planar")
    found = find(lon, lat, pieces_of(line))
    np.testing.assert_allclose(found.distance_m, truth[:, 0], rtol=0, atol=1e-3)


def test_edge_models_differ() -> None:
    """Planar and geodesic edges cost the same and give different lines."""
    line = shapely.linestrings(LINES["long edges"])
    lon, lat = around(LINES["long edges"])
    planar, geodesic = (compiled_search(lon, lat, pieces_of(line, m)).distance_m for m in ("planar", "geodesic"))
    assert np.abs(planar - geodesic).max() > 1000
    counts = [len(pieces_of(line, model).start) for model in ("planar", "geodesic")]
    assert max(counts) <= 1.1 * min(counts)


@pytest.mark.parametrize("latitude", [0.0, 25.0, 50.0, 70.0, 88.0])
def test_chord_bounds_are_safe(latitude: float) -> None:
    """What the chords rule out is farther by geodesic, at any latitude, direction, distance and separation."""
    generator = np.random.default_rng(7)
    count = 200_000
    lon, lat = np.zeros(count), np.full(count, latitude)
    length, azimuth = generator.uniform(3e4, SURE_M, count), generator.uniform(0, 360, count)
    turned = 10 ** generator.uniform(-3, 0, count)  # radians
    other_length = length * (1 + generator.uniform(-1, 1, count) * turned * BAND * length**2)
    best = GEOD.fwd(lon, lat, azimuth, length)[:2]
    other = GEOD.fwd(lon, lat, azimuth + np.degrees(turned), other_length)[:2]
    point, foot, second = to_ecef(lon, lat), to_ecef(*best), to_ecef(*other)
    chord2, other_chord2 = (((place - point) ** 2).sum(axis=1) for place in (foot, second))
    apart = np.linalg.norm(second - foot, axis=1)
    narrow = np.minimum(BAND, TURN * apart / np.sqrt(chord2))
    nearer = other_length < length - 1e-6
    assert not (nearer & (other_chord2 > chord2 * (1 + narrow * chord2))).any()
    if latitude < 60:  # the law can fail: a bound a quarter as wide is violated
        assert (nearer & (other_chord2 > chord2 * (1 + narrow / 4 * chord2))).any()


@pytest.mark.parametrize("length", [0.0, 0.5, 2e3, 1e5, 1e6, 3e6])
def test_closed_form_error(length: float) -> None:
    """The closed form is within its stated error of Karney's solution."""
    generator = np.random.default_rng(8)
    lon, lat, azimuth = generator.uniform([-180, -90, 0], [180, 90, 360], (50_000, 3)).T
    to_lon, to_lat, _ = GEOD.fwd(lon, lat, azimuth, np.full(50_000, length))
    found = closed_form_length(to_ecef(lon, lat), to_ecef(to_lon, to_lat))
    np.testing.assert_allclose(found, length, rtol=0, atol=1e-7 + 3e-4 * (length / 1e6) ** 5)


@MODELS
def test_rough_distance_to_a_decimetre(model: str) -> None:
    """A rough distance is exact to 0.1 m."""
    generator = np.random.default_rng(4)
    lon, lat = generator.uniform(-180, 180, 500), generator.uniform(-90, 90, 500)
    for vertices in (100, 9_000):
        line = pieces_of(line_of(vertices), model)
        np.testing.assert_allclose(rough_distance(lon, lat, line), nearest(lon, lat, line).distance_m, rtol=0, atol=0.1)


def test_readonly_and_strided_arrays() -> None:
    """Read-only and non-contiguous arrays are accepted."""
    line = pieces_of(line_of(600))
    lon, lat = points(500)
    whole = compiled_search(lon, lat, line)
    table = np.column_stack([lon, lat])
    table.flags.writeable = False
    apart = compiled_search(table[:, 0], table[:, 1], line)
    np.testing.assert_array_equal(apart.distance_m, whole.distance_m)
    rounded = compiled_search(lon.astype(np.float32), lat.astype(np.float32), line)
    np.testing.assert_allclose(rounded.distance_m, whole.distance_m, atol=1)


def test_chunks_and_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Order, chunks and threads change nothing."""
    line = pieces_of(line_of(600))
    lon, lat = points(3_000)
    whole = compiled_search(lon, lat, line)
    monkeypatch.setattr(package, "_CHUNK", 700)
    for threads in (1, 3):
        parts = in_chunks(compiled_search, lon, lat, line, threads)
        np.testing.assert_allclose(parts.distance_m, whole.distance_m, rtol=0, atol=1e-6)
        np.testing.assert_allclose(parts.lon, whole.lon, rtol=0, atol=1e-8)
    turned = compiled_search(lon[::-1], lat[::-1], line)
    np.testing.assert_allclose(turned.distance_m[::-1], whole.distance_m, rtol=0, atol=1e-6)


def test_many_points_use_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few points are searched with NumPy, many with numba."""
    asked = []
    monkeypatch.setattr(package, "search_for_many", lambda: asked.append(1) or search_for_many())
    line = pieces_of(line_of(600))
    lon, lat = points(FEW + 1)
    few, many = nearest(lon[:FEW], lat[:FEW], line), nearest(lon, lat, line)
    assert asked == [1]
    np.testing.assert_allclose(few.distance_m, many.distance_m[:FEW], rtol=0, atol=1e-3)


def test_no_points_give_empty_columns() -> None:
    """No points give empty columns."""
    line = pieces_of(line_of(600))
    none = np.empty(0)
    for find in (search, compiled_search, nearest):
        assert find(none, none, line).distance_m.shape == (0,)


def test_numpy_replaces_missing_numba() -> None:
    """Without numba, NumPy searches."""
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "from geostrike.geodesy.nearest_point import search_for_many\n"
        "print(search_for_many().__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "search"


def test_small_inputs_import_no_numba() -> None:
    """Small inputs do not import numba."""
    code = (
        "import sys, geopandas as gpd\n"
        "from geostrike import Border, border_distance\n"
        "border_distance(gpd.GeoSeries.from_xy([39.0], [44.1], crs=4326), Border.between('UKR', 'RUS'))\n"
        "print('numba' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
