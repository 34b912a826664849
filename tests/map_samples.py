"""Tables for the tests of the map: a small one with all details, and a large random one."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geostrike.tables import CLAIMS, DISTANCES, PLACE_KINDS, REPORTS, STATUSES, STRIKES, TARGET_KINDS, build_table

NIGHT = (pd.Timestamp("2024-01-24"), pd.Timestamp("2024-01-25"))
SPRING = (pd.Timestamp("2024-04-23"), pd.Timestamp("2024-04-24"))
BORDER = SimpleNamespace(
    name="A land border",
    definition="land",
    border_id="AAA-BBB:land:test",
    geometry=shapely.LineString([(31.8, 52.1), (34.2, 51.8), (35.6, 50.4), (38.0, 49.9), (40.0, 49.6), (38.3, 47.2)]),
)


def _strike(number: int, **values: object) -> dict[str, object]:
    depth = values.get("depth_km", float("nan"))
    common = {
        "strike_id": f"s{number}",
        "date_precision": "night",
        "place_status": "resolved",
        "place_id": f"test:{number}",
        "place_as_written": values.get("place", ""),
        "side": "across" if depth == depth else "",
        "attacker": "UKR",
        "target_side": "RUS",
        "struck_country": "RUS",
        "country": values.get("struck_country", "RUS"),
        "report_ids": "r1",
        "n_reports": 1,
        "depth_bounds": "exact" if depth == depth else "",
        "depth_min_km": depth - 4,
        "depth_max_km": depth + 4,
        "geo_precision": 1.0,
    }
    return common | values


def small_tables() -> SimpleNamespace:
    """Ten strikes with the cases of a newsroom: nights, an open date, a region, no place, both directions of fire."""
    point = shapely.Point
    back = {"attacker": "RUS", "target_side": "UKR", "struck_country": "UKR"}
    rows = [
        _strike(1, place="Tuapse", place_kind="settlement", geometry=point(39.08, 44.1), depth_km=342.0, radius_km=3.0,
                date_start=NIGHT[0], date_end=NIGHT[1], date_as_written="in the night", target_kind="refinery",
                weapon="drone", status="claimed_by_attacker", nearest_lon=38.2, nearest_lat=47.1, report_ids="r1 r2"),
        _strike(2, place="Odesa", place_as_written="Odessa", place_kind="settlement", geometry=point(30.73, 46.48),
                depth_km=480.0, date_start=NIGHT[0], date_end=NIGHT[1], status="claimed_by_target", **back),
        _strike(3, place="Yartsevo", place_kind="settlement", geometry=point(32.69, 55.06), depth_km=300.6,
                date_start=SPRING[0], date_end=SPRING[1], status="confirmed", target_kind="oil depot"),
        _strike(4, place="Razdorovo", place_as_written="Rozdorovo", place_kind="settlement", status="confirmed",
                geometry=point(32.27, 54.6), depth_km=250.0, date_start=SPRING[0], date_end=SPRING[1]),
        _strike(5, place="Lipetsk", place_kind="settlement", geometry=point(39.57, 52.6), depth_km=276.8, radius_km=9.0,
                date_start=SPRING[0], date_end=SPRING[1], status="claimed_by_target"),
        _strike(6, place="Belgorod", place_kind="settlement", geometry=point(36.58, 50.6), depth_km=32.1, radius_km=7.5,
                date_start=pd.Timestamp("2022-04-01"), date_end=pd.Timestamp("2022-04-01"), date_precision="day",
                status="disputed", weapon="helicopter rockets", stated_verdict="overstated"),
        _strike(7, place="Kavkazskaya", place_kind="facility", geometry=point(40.68, 45.44), depth_km=264.5,
                date_precision="unknown", status="claimed_by_target"),
        _strike(8, place="Sevastopol", place_kind="settlement", geometry=point(33.52, 44.6), depth_km=410.0,
                side="home", date_start=pd.Timestamp("2023-09-01"), date_end=pd.Timestamp("2023-09-30"),
                date_precision="month", status="intercepted", struck_country="UKR"),
        _strike(9, place="Krasnodar Krai", place_kind="region", geometry=point(39.5, 45.3), depth_km=260.0,
                radius_km=250.0, geo_precision=3.0, date_end=pd.Timestamp("2025-03-18"), date_precision="vague",
                status="unconfirmed"),
        _strike(10, place_status="ambiguous", place_as_written="Donetsk", place_reason="three towns bear the name",
                geo_precision=float("nan"), date_start=NIGHT[0], date_end=NIGHT[1], status="intercepted", **back),
    ]  # fmt: skip
    strikes = gpd.GeoDataFrame(build_table(STRIKES, rows), geometry="geometry", crs="EPSG:4326")
    reports = [
        {"report_id": "r1", "publisher": "An agency", "title": "Fire at a refinery", "url": "https://example.org/a?b=1",
         "published": pd.Timestamp("2024-01-25")},
        {"report_id": "r2", "publisher": "A paper", "title": "", "url": "javascript:alert(1)"},
    ]  # fmt: skip
    claims = [
        {"claim_id": "c1", "strike_id": "s6", "report_id": "r1", "speaker": "the governor", "speaker_side": "RUS",
         "stance": "claims", "quote": "two military helicopters"},
        {"claim_id": "c2", "strike_id": "s6", "report_id": "r1", "speaker": "the foreign minister",
         "speaker_side": "UKR", "stance": "no_comment", "quote": "not confirm nor deny"},
    ]  # fmt: skip
    distances = [
        {"strike_id": "s6", "report_id": "r1", "value": 40.0, "unit": "mi", "value_km": 64.4, "hedge": "roughly",
         "reference": "border", "quote": "roughly 40 miles north of the border", "verdict": "overstated"},
    ]  # fmt: skip
    areas = gpd.GeoDataFrame(
        {"name": ["Krasnodar Krai"], "kind": ["region"], "country": ["RUS"]},
        geometry=[shapely.box(37.2, 43.6, 41.6, 46.8)],
        index=["test:9"],
        crs="EPSG:4326",
    )
    return SimpleNamespace(
        strikes=strikes,
        areas=areas,
        claims=build_table(CLAIMS, claims),
        reports=build_table(REPORTS, reports),
        distances=build_table(DISTANCES, distances),
        border=BORDER,
    )


def random_strikes(count: int, seed: int = 7) -> gpd.GeoDataFrame:
    """Strikes at recurring places, with days, nights, spans, open dates and missing points, in a fixed random order."""
    random = np.random.default_rng(seed)
    places = max(20, count // 25)
    longitude, latitude = random.uniform(31, 45, places), random.uniform(45, 57, places)
    place = random.integers(0, places, count)
    start = pd.Timestamp("2022-03-01") + pd.to_timedelta(random.integers(0, 900, count), "D")
    end = start + pd.to_timedelta(random.choice([0, 0, 1, 1, 6, 29], count), "D")
    back = longitude[place] < 36
    depth = random.uniform(1, 1500, places).round(1)[place]
    table = build_table(STRIKES, [{}] * count)
    table["strike_id"] = [f"id-{number:06d}" for number in range(count)]
    table["date_start"], table["date_end"] = start.astype("datetime64[s]"), end.astype("datetime64[s]")
    table["date_precision"] = "span"
    table["date_as_written"] = [f"on day {number % 97}" for number in range(count)]
    table["place"] = table["place_as_written"] = table["place_id"] = [f"Place {number}" for number in place]
    table["place_kind"] = random.choice(sorted(PLACE_KINDS), places)[place]
    table["place_status"] = "given"
    table["status"] = random.choice(list(STATUSES), count)
    table["target_kind"] = random.choice(sorted(TARGET_KINDS), count)
    table["attacker"] = np.where(back, "RUS", "UKR")
    table["struck_country"] = table["target_side"] = table["country"] = np.where(back, "UKR", "RUS")
    table["side"] = random.choice(["across", "across", "across", "home"], count)
    table["depth_km"], table["depth_min_km"], table["depth_max_km"] = depth, depth - 1, depth + 1
    table["radius_km"] = 2.5
    table["geo_precision"] = random.choice([1.0, 2.0, 3.0], count)
    table["geometry"] = shapely.points(longitude[place], latitude[place])
    nowhere = random.random(count) < 0.04
    table.loc[nowhere, "geometry"] = None
    table.loc[nowhere, ["depth_km", "depth_min_km", "depth_max_km", "radius_km"]] = float("nan")
    undated = random.random(count) < 0.05
    table.loc[undated, "date_start"] = pd.NaT
    return gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326")


def depth_class(strikes: pd.DataFrame) -> pd.Series:
    """The number of the map's depth class: 0-5 by kilometres, 6 not across the border, 7 not measured."""
    by_depth = np.digitize(strikes["depth_km"].round(1), [50, 100, 250, 500, 1000])
    by_depth = np.where(strikes["depth_km"].isna(), 7, by_depth)
    return pd.Series(np.where(strikes["side"].isin(["home", "outside"]), 6, by_depth), index=strikes.index)
