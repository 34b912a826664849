"""The country of a point, from the polygons that the border was built from."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geostrike.borders.areas import country_at, country_basis, country_of
from geostrike.borders.border import Border
from geostrike.depth import measure_depth

BESIDE_DEG = 0.002


def strike(lon: float, lat: float, attacker: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"attacker": [attacker]}, geometry=gpd.points_from_xy([lon], [lat], crs="EPSG:4326"))


def beside(border: Border, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return points just left and right of the middles of the longest edges."""
    ends = np.vstack([np.column_stack([xy[:-1], xy[1:]]) for xy in map(shapely.get_coordinates, border.geometry.geoms)])
    along = ends[:, 2:] - ends[:, :2]
    longest = np.argsort(-np.hypot(*along.T))[:count]
    along, middle = along[longest], (ends[longest, :2] + ends[longest, 2:]) / 2
    across = np.column_stack([-along[:, 1], along[:, 0]]) / np.hypot(*along.T)[:, None] * BESIDE_DEG / 4
    return middle + across, middle - across


@pytest.mark.parametrize("name", Border.known())
def test_country_changes_on_line(name):
    """On one side of a shipped line is one country of its pair, on the other side the other."""
    left, right = beside(Border.between(*name.split("-")), 15)
    found = list(zip(country_at(*left.T), country_at(*right.T), strict=True))
    assert all(set(pair) == set(name.split("-")) for pair in found), found


@pytest.mark.parametrize(
    ("pair", "attacker", "place", "struck"),
    [
        (("ISR", "LBN"), "ISR", (35.2, 33.27), "LBN"),
        (("IND", "PAK"), "PAK", (74.8, 32.7), "IND"),
        (("SDN", "SSD"), "SSD", (30.2, 13.2), "SDN"),
        (("PRK", "KOR"), "PRK", (127.0, 37.55), "KOR"),
    ],
)
def test_every_pair_has_sides(pair, attacker, place, struck):
    """A strike across a de facto line has depth, struck country and side, and one at home is at home."""
    border = Border.between(*pair)
    across = measure_depth(strike(*place, attacker), border).iloc[0]
    assert (across.struck_country, across.side, across.depth_reason) == (struck, "across", "")
    assert across.depth_km > 0
    assert measure_depth(strike(*place, struck), border).side.iloc[0] == "home"


def test_third_country_is_outside():
    """A point in neither country of a de facto pair is outside and has no depth."""
    row = measure_depth(strike(10.0, 53.5, "ISR"), Border.between("ISR", "LBN")).iloc[0]
    assert row.side == "outside"


def test_other_pairs_have_sides():
    """The countries of a pair that is not shipped come from the time zones of its line."""
    border = Border.between("CZE", "SVK")
    left, right = beside(border, 15)
    pair = ("CZE", "SVK")
    found = zip(country_at(*left.T, pair), country_at(*right.T, pair), strict=True)
    assert all(set(sides) == set(pair) for sides in found)
    row = measure_depth(strike(16.6, 49.2, "SVK"), border).iloc[0]
    assert (row.struck_country, row.side) == ("CZE", "across")
    assert country_at(np.array([16.6]), np.array([49.2])).tolist() == [""]


def test_country_basis():
    """Recognised territory takes precedence over time zones, and the basis says which was used."""
    assert [country_basis(code) for code in ("UKR", "LBN", "FRA")] == ["recognised", "de_facto", ""]
    crimea = gpd.GeoSeries.from_xy([34.1], [44.95], crs="EPSG:4326")
    assert country_of(crimea).tolist() == ["UKR"]
    facts = Border.between("UKR", "POL").facts()
    assert facts["territories"] == "UKR: recognised, POL: de_facto"
