from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geostrike.borders.border import Border
from geostrike.depth import check_stated_distances
from geostrike.places import Gazetteer
from geostrike.tables import DISTANCES, VERDICT_ORDER, VERDICTS, build_table, check_table


def verdict(value: float, unit: str = "km", *, hedge: str = "", reference: str = "border", area: bool = False) -> str:
    km = value * {"km": 1.0, "mi": 1.609344, "nmi": 1.852}[unit]
    measured = pd.DataFrame(
        {"strike_id": ["s"], "depth_km": [100.0], "place_kind": ["region" if area else "settlement"]}
        | (
            {"depth_min_km": [60.0], "depth_max_km": [200.0]}
            if area
            else {"depth_min_km": [95.0], "depth_max_km": [105.0]}
        )
    )
    claim = {"strike_id": "s", "value": value, "unit": unit, "value_km": km, "hedge": hedge, "reference": reference}
    checked = check_stated_distances(measured, build_table(DISTANCES, [claim]))
    check_table(checked, DISTANCES)
    return str(checked.verdict.iloc[0])


def test_ten_percent_agrees() -> None:
    """A stated distance within 10 % agrees."""
    assert [verdict(km) for km in (89, 90, 100, 110, 111)] == [
        "understated", "agrees", "agrees", "agrees", "overstated",
    ]  # fmt: skip


def test_hedge_widens_tolerance() -> None:
    """A hedge widens the tolerance."""
    assert verdict(114) == "overstated"
    assert verdict(114, hedge="roughly") == "agrees"
    assert verdict(116, hedge="roughly") == "overstated"


def test_other_unit_is_a_slip() -> None:
    """A number that fits in another unit is a unit slip."""
    assert verdict(62) == "unit slip"  # miles, written as kilometres
    assert verdict(100, "mi") == "unit slip"  # kilometres, written as miles
    assert verdict(62, "mi") == "agrees"
    assert verdict(40) == "understated"


def test_area_interval_is_compatible() -> None:
    """A distance within the interval of an area is compatible."""
    assert verdict(60, area=True) == verdict(199, area=True) == "compatible"
    assert verdict(215, area=True) == "agrees"
    assert verdict(300, area=True) == "overstated"
    assert verdict(30, area=True) == "understated"


def test_other_reference() -> None:
    """A distance from anything but the border has another reference."""
    assert verdict(100, reference="front line") == verdict(100, reference="Moscow") == "other reference"
    assert verdict(100, reference="") == "not checked"


def test_no_depth_not_checked() -> None:
    """Without depth nothing is checked, and rows are kept."""
    claims = build_table(
        DISTANCES,
        [
            {"strike_id": s, "value": 1.0, "unit": "km", "value_km": 1.0, "reference": "border"}
            for s in ("s", "none", "")
        ],
    )
    claims.index = [5, 5, 6]
    measured = pd.DataFrame(
        {"strike_id": ["s"], "depth_km": [np.nan], "depth_min_km": [np.nan], "depth_max_km": [np.nan]}
    )
    checked = check_stated_distances(measured, claims)
    assert checked.verdict.tolist() == ["not checked"] * 3
    assert checked.index.tolist() == [5, 5, 6]
    assert check_stated_distances(measured, claims.iloc[:0]).empty


# --- another place of the same name -----------------------------------------------------------------------------------

LAND = Border.between("UKR", "RUS")


def verdict_by_name(km: float, **options: object) -> str:
    """Return the verdict on a distance stated for a strike in Donetsk, Ukraine."""
    measured = pd.DataFrame(
        {"strike_id": ["s"], "depth_km": [80.0], "depth_min_km": [70.0], "depth_max_km": [90.0]}
        | {"place_as_written": ["Donetsk"], "place_kind": ["settlement"]}
    )
    claim = {"strike_id": "s", "value": km, "unit": "km", "value_km": km, "reference": "border"}
    return str(check_stated_distances(measured, build_table(DISTANCES, [claim]), **options).verdict.iloc[0])  # type: ignore[arg-type]


def test_namesake_is_other_place() -> None:
    """A distance that fits another place of the same name is an alarm."""
    gazetteer = Gazetteer()
    in_russia = [c.place for c in gazetteer.lookup("Donetsk") if c.place.country == "RUS"]
    assert in_russia
    from_border = gpd.GeoSeries.from_xy([p.longitude for p in in_russia], [p.latitude for p in in_russia], crs=4326)
    assert from_border.size
    assert verdict_by_name(5.0, border=LAND, gazetteer=gazetteer) == "other place"  # Donetsk of Rostov Oblast
    assert verdict_by_name(5.0) == verdict_by_name(5.0, border=LAND) == "understated"
    assert verdict_by_name(80.0, border=LAND, gazetteer=gazetteer) == "agrees"
    assert verdict_by_name(5_000.0, border=LAND, gazetteer=gazetteer) == "overstated"


def test_verdicts_are_ranked() -> None:
    """Every verdict has a rank."""
    assert sorted(VERDICT_ORDER) == sorted(VERDICTS)
