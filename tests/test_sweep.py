"""A sweep: random points, dates, words and names of all kinds through everything that is measured, said or drawn.

No figure, map, statistic or sentence ends in an exception, whatever a table holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geostrike import figures
from geostrike.borders.border import Border
from geostrike.depth import measure_depth
from geostrike.maps import strike_map
from geostrike.pipeline import locate
from geostrike.places import Gazetteer
from geostrike.report import sentences
from geostrike.report.wording import Countries
from geostrike.results import Located
from geostrike.runs.files import result_files
from geostrike.stats import bands, depth_summary, depth_trend, direction, draw_depths, record_depths
from geostrike.tables import (
    DATE_PRECISIONS,
    PLACE_KINDS,
    PLACE_STATUSES,
    STATUSES,
    STRIKES,
    TARGET_KINDS,
    WEAPONS,
    build_table,
)

LAND, TERRITORY = (Border.between("UKR", "RUS", definition=name) for name in ("land", "territory"))
COUNTRIES = ("UKR", "RUS", "BLR", "POL", "MDA", "ISR", "")
NAMES = ("Харків", "constructor", "$x_1$", "x" * 200, "\x1b[31m", "", "\u202eبرج", "a\nb", "<b>", "=1+1", "👍" * 40)
EDGES = [
    (0, 0), (0, 90), (0, -90), (180, 0), (-180, 0), (180, 90), (-180, -90), (179.9999, 65), (-179.9999, 65),
    (36.23, 49.99),
]  # fmt: skip
FIRST, LAST = np.datetime64("1900-01-01"), np.datetime64("2026-11-30")


def random_strikes(random: np.random.Generator, count: int, border: Border = LAND) -> gpd.GeoDataFrame:
    """Measured strikes anywhere on the globe, on any day since 1900, with any words; some without a place or a date."""
    table = build_table(STRIKES, [{}] * count)
    near = random.random(count) < 0.8
    longitude = np.where(near, random.uniform(20, 60, count), random.uniform(-180, 180, count))
    latitude = np.where(near, random.uniform(43, 62, count), random.uniform(-90, 90, count))
    edge = np.flatnonzero(random.random(count) < 0.1)
    chosen = np.array(EDGES)[random.integers(0, len(EDGES), len(edge))]
    longitude[edge], latitude[edge] = chosen.T
    table["geometry"] = shapely.points(longitude, latitude)
    table.loc[random.random(count) < 0.1, "geometry"] = None
    start = FIRST + random.integers(0, (LAST - FIRST).astype(int), count)
    table["date_start"] = pd.Series(start).astype("datetime64[s]")
    table["date_end"] = table["date_start"] + pd.to_timedelta(random.choice([0, 1, 3, 30, 3000], count), "D")
    for name in ("date_start", "date_end"):
        table.loc[random.random(count) < 0.1, name] = pd.NaT
    words = {
        "attacker": COUNTRIES, "struck_country": COUNTRIES, "target_side": COUNTRIES, "country": COUNTRIES,
        "place": NAMES, "place_as_written": NAMES, "date_as_written": NAMES, "place_reason": NAMES,
        "date_precision": sorted(DATE_PRECISIONS), "place_kind": sorted(PLACE_KINDS), "status": sorted(STATUSES),
        "place_status": sorted(PLACE_STATUSES), "target_kind": sorted(TARGET_KINDS), "weapon": sorted(WEAPONS),
        "report_ids": ("", "r1", "r1 r2"), "place_id": ("UA-63", "RU-BEL", "", "p1", "toString"),
    }  # fmt: skip
    for name, known in words.items():
        table[name] = pd.Series(np.array(known, dtype=object)[random.integers(0, len(known), count)], dtype="str")
    table.loc[:2, "place"] = "x" * 1_000_000
    table["strike_id"] = [f"s{number}" for number in range(count)]
    table["radius_km"] = random.choice([np.nan, 0.0, 0.0, 1.0, 25.0, 300.0], count)
    table.loc[3:9, "radius_km"] = 20_000.0
    table["geo_precision"] = random.choice([np.nan, 1.0, 2.0, 3.0], count)
    strikes = gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326")
    return measure_depth(strikes, border, areas=Gazetteer().areas(["UA-63", "RU-BEL"]))


@pytest.fixture(scope="module", params=["land", "territory"])
def strikes(request: pytest.FixtureRequest) -> gpd.GeoDataFrame:
    """Ten thousand from each border: twenty thousand in all."""
    border = {"land": LAND, "territory": TERRITORY}[request.param]
    return random_strikes(np.random.default_rng(14), 10_000, border)


def all_sentences(strikes: gpd.GeoDataFrame) -> Iterator[Any]:
    """Every sentence that the report page would make of the strikes."""
    countries = Countries(Gazetteer())
    reports = pd.DataFrame({"report_id": ["r1", "r2"], "published": [pd.NaT, pd.Timestamp("2024-01-25")]})
    yield from sentences.home_sentences(strikes, countries)
    yield from sentences.region_sentences(strikes)
    yield from sentences.unlocated_sentences(strikes)
    yield from sentences.undated_sentences(strikes.head(1500), reports)
    records, trends = record_depths(strikes), depth_trend(strikes)
    for row in depth_summary(strikes, draws=0).to_dict("records"):
        part = strikes[direction(strikes) == row["direction"]]
        yield from sentences.direction_sentences(row["direction"], part, countries)
        yield from sentences.depth_sentences(row, part, records[records["direction"] == row["direction"]])
        yield sentences.apart_sentences(row["direction"], part, countries)
    yield from map(sentences.trend_sentence, trends.to_dict("records"))


def test_any_sentences(strikes: gpd.GeoDataFrame) -> None:
    """Every strike has sentences, and no sentence holds what a page cannot show."""
    sentences = [sentence.text for sentence in all_sentences(strikes)]
    assert len(sentences) > 1000
    assert all(text and "nan" not in text.split() and "\x1b" not in text for text in sentences)


def test_any_statistics(strikes: gpd.GeoDataFrame) -> None:
    """Under any grouping, all strikes are counted."""
    border = LAND if strikes["border_id"].str.contains("land").any() else TERRITORY
    drawn = draw_depths(strikes.head(2000), border, draws=10)
    assert drawn.depth_km.shape[1] == 10
    for by in ("month", "year", "status", "weapon", "target_kind"):
        assert depth_summary(strikes, by=by, draws=0)["strikes"].sum() == len(strikes)
    shares = bands(strikes, draws=0)
    assert shares["strikes"].sum() == (~strikes["side"].isin(["home", "outside"]) & strikes["depth_km"].notna()).sum()


def test_any_map(strikes: gpd.GeoDataFrame) -> None:
    """The map of anything is a page, which counts all strikes."""
    page = strike_map(strikes, areas=Gazetteer().areas(["UA-63"])).get_root().render()
    assert f'"n":{len(strikes)},' in page


FIGURES: dict[str, Callable[[gpd.GeoDataFrame], Any]] = {
    "print_map": lambda table: figures.print_map(table, border=LAND, areas=Gazetteer().areas(["UA-63", "RU-BEL"])),
    "depth_by_date": figures.depth_by_date,
    "depth_distribution": figures.depth_distribution,
    "depth_bands": figures.depth_bands,
    "place_precision": figures.place_precision,
}


@pytest.mark.parametrize("name", FIGURES)
def test_any_figures(name: str, strikes: gpd.GeoDataFrame) -> None:
    """Every figure of many, a few, one and no strikes can be drawn and written."""
    random = np.random.default_rng(len(name))
    few = [strikes.iloc[random.integers(0, len(strikes), random.choice([0, 1, 2, 9]))] for _ in range(3)]
    with figures.drawing():
        for table in (strikes, *few):
            assert figures.as_svg(FIGURES[name](table)).startswith("<svg ")


def drawn_everywhere(tables: Iterable[gpd.GeoDataFrame]) -> int:
    with figures.drawing():
        return sum(bool(figures.print_map(table, border=LAND).get_label()) for table in tables)


def points(*pairs: tuple[float, float]) -> gpd.GeoDataFrame:
    rows = [{"place": f"p{k}", "geometry": shapely.Point(pair)} for k, pair in enumerate(pairs)]
    return gpd.GeoDataFrame(build_table(STRIKES, rows), geometry="geometry", crs="EPSG:4326")


def test_any_print_map() -> None:
    """Poles, the antimeridian, (0, 0), points twice, and few points anywhere: each has its print map."""
    random = np.random.default_rng(2)
    edges = [points(a, b) for a in EDGES[:-1:4] for b in EDGES[1::2]] + [points(edge) for edge in EDGES]
    near = [points(*random.uniform((22, 44), (60, 60), (random.integers(1, 4), 2)).round(2)) for _ in range(40)]
    far = [points(*random.uniform((-180, -90), (180, 90), (random.integers(1, 4), 2))) for _ in range(20)]
    assert drawn_everywhere([*edges, *near, *far]) == len(edges) + len(near) + len(far)


# Places at which clipping lakes or land with GEOS's clip_by_rect once failed.
@pytest.mark.parametrize("place", [(36.23, 49.99), (30.36, 59.02), (29.9, 60.0)])
def test_row_at_shore(place: tuple[float, float]) -> None:
    """One row at any place gives all files, with nothing left out."""
    row = {"id": ["1"], "date": ["2024-03-01"], "lat": [str(place[1])], "lon": [str(place[0])]}
    located = locate(pd.DataFrame(row))
    files = dict(result_files(located))
    assert located.run["left_out"] == {}
    assert {"map.html", "report.html", "strikes.csv", "datapackage.json"} <= files.keys()


def test_any_run() -> None:
    """A table with every edge and odd word becomes a whole report."""
    random = np.random.default_rng(5)
    count = 60
    places = np.concatenate([np.array(EDGES), random.uniform((-180, -90), (180, 90), (count - len(EDGES), 2))])
    table = pd.DataFrame(
        {
            "id": [f"e{k}" for k in range(count)],
            "date": random.choice(["1900-01-01", "2024-02-29", "2026-11-30", "", "2024-01"], count),
            "lat": places[:, 1].astype(str),
            "lon": places[:, 0].astype(str),
            "attacker": random.choice(["UKR", "RUS", "", "POL"], count),
            "place": random.choice([name for name in NAMES if len(name) < 1000], count),
        }
    )
    located = locate(table)
    files = dict(result_files(located))
    assert located.run["left_out"] == {}
    assert b"could not be drawn" not in files["report.html"]


# --- what fails is left out, and said ---------------------------------------------------------------------------------


def fails(*_: object, **__: object) -> None:
    msg = "no <such> thing"
    raise ZeroDivisionError(msg)


@pytest.fixture(scope="module")
def one_row() -> Located:
    row = {"id": ["1"], "date": ["2024-03-01"], "lat": ["49.99"], "lon": ["36.23"]}
    return locate(pd.DataFrame(row))


@pytest.mark.parametrize(
    ("broken", "left_out"),
    [
        ("geostrike.figures.print_map", {"map for print"}),
        ("geostrike.figures.place_precision", {"how closely places are known"}),
        ("geostrike.maps.strike_map", {"map.html"}),
        ("geostrike.report.report_page", {"report.html"}),
        ("geostrike.stats.analysis.sensitivity", {"sensitivity.csv"}),
        ("geostrike.stats.analysis.draw_depths", {"depth_summary.csv"}),
        ("geostrike.runs.files.run_package", {"datapackage.json"}),
    ],
)
def test_failures_are_left_out(
    broken: str, left_out: set[str], one_row: Located, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A figure, map, report or statistic that cannot be made costs itself, and the reason is said."""
    monkeypatch.setattr(broken, fails)
    files = dict(result_files(one_row))
    assert one_row.run["left_out"] == dict.fromkeys(left_out, "ZeroDivisionError: no <such> thing; please report it")
    assert not left_out & files.keys()
    assert {"strikes.csv", "strikes.geojson", "review.csv"} <= files.keys()
    page = files.get("report.html", b"").decode()
    assert ("no &lt;such&gt; thing" in page) == ("report.html" in files and "datapackage.json" in files)
    assert ("This figure could not be drawn" in page) == ("figures" in broken)
