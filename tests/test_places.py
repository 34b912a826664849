"""Names to places: the laws that every name and every context keep, and the score on names as reports write them."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import json
import re
import shutil
import sqlite3
import sys
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geostrike.borders.areas import admin1_areas
from geostrike.errors import InputError, PlaceNotFoundError
from geostrike.places import Gazetteer, resolve_places
from geostrike.places import resolve as resolving
from geostrike.places.index import THEATRE, shipped_rows
from geostrike.places.names import fold, latin_keys, skeletons, stem_keys
from geostrike.places.overlay import COLUMNS, read_overlay
from geostrike.reading import extract
from geostrike.tables import PLACE_KINDS, RESOLVED, check_table

ROOT = Path(__file__).resolve().parent.parent
TOPONYMS = list(csv.DictReader((ROOT / "tests" / "data" / "toponyms.csv").read_text(encoding="utf-8").splitlines()))
GEOD = Geod(ellps="WGS84")
NOT_POINTS = ("region", "district")
SILENTLY_WRONG_KM = 25.0


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer()


@pytest.fixture(scope="module")
def theatre_names() -> list[str]:
    """Names of towns, villages and regions as the shipped index holds them, every 40th."""
    index = sqlite3.connect(ROOT / "geostrike" / "data" / "gazetteer.sqlite")
    query = "SELECT name FROM places WHERE country IN ('RUS', 'UKR', 'BLR') AND anchor = '' AND row % 40 = 0 "
    query += "ORDER BY row"
    return [name for (name,) in index.execute(query)]


def outcome(gazetteer: Gazetteer, name: str, **context: object) -> tuple[str, str]:
    resolution = gazetteer.resolve(name, **context)
    return resolution.status, resolution.place.id if resolution.place else ""


def km(row: dict[str, str], lat: float, lon: float) -> float:
    return GEOD.inv(float(row["lon"]), float(row["lat"]), lon, lat)[2] / 1000


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ryazan'", "Ryazan"),
        ("Râzanʹ", "razan"),
        ("Ust’-Luga", "UST LUGA"),
        ("Слов'янськ", "Слов’янськ"),
        ("Орёл", "Орел"),
        ("I͡Art͡sevo", "iartsevo"),
        ("Járkov", "jarkov"),
    ],
)
def test_marks_case_apostrophes_and_hyphens_fold_away(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    "spellings",
    [
        ["Ярцево", "Yartsevo", "Jarcevo", "Ârcevo", "Iartsevo", "Jartsevo"],
        ["Воронеж", "Voronezh", "Voronež", "Woroneż"],
        ["Туапсе", "Tuapse", "Touapse"],
    ],
)
def test_romanisations_share_a_skeleton(spellings):
    shared = set.intersection(*(set(skeletons(name)) for name in spellings))
    assert shared


@pytest.mark.parametrize(
    ("inflected", "base"),
    [
        ("Белгороде", "Белгород"),
        ("Белгородом", "Белгород"),
        ("Белгородской области", "Белгородская область"),
        ("Краснодарского края", "Краснодарский край"),
        ("Одесі", "Одеса"),
        ("Кременчуці", "Кременчук"),
        ("Харкові", "Харків"),
        ("Ярцеве", "Ярцево"),
    ],
)
def test_case_endings_share_a_stem(inflected, base):
    assert stem_keys(inflected) & stem_keys(base)


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_keys_of_any_text_are_stable_and_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)
    assert latin_keys(text) == latin_keys(text)
    assert all(key == key.strip() for key in latin_keys(text))


def test_the_modules_that_the_build_hook_loads_need_nothing_but_the_standard_library():
    for name in ("names", "index"):
        text = (ROOT / "geostrike" / "places" / f"{name}.py").read_text(encoding="utf-8")
        imported = {
            line.split()[1].partition(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))
        }
        assert imported <= set(sys.stdlib_module_names)


# --- laws of resolving ------------------------------------------------------------------------------------------------

VARIATIONS = {
    "case": str.upper,
    "lower case": str.lower,
    "apostrophe": lambda name: name.replace("'", "’").replace("’", "ʼ"),
    "no apostrophe": lambda name: name.replace("’", "").replace("'", ""),
    "hyphen": lambda name: name.replace("-", " "),
    "space": lambda name: f"  {name} ",
}


@pytest.mark.parametrize("variation", VARIATIONS.values(), ids=VARIATIONS)
def test_spelling_that_says_nothing_does_not_change_the_outcome(gazetteer, theatre_names, variation):
    assert len(theatre_names) > 200
    for name in theatre_names:
        assert outcome(gazetteer, variation(name)) == outcome(gazetteer, name), name


def test_diacritics_do_not_change_the_outcome(gazetteer):
    for name, plain in [("Kyïv", "Kyiv"), ("Vorónezh", "Voronezh"), ("Briańsk", "Briansk"), ("Gómel", "Gomel")]:
        assert outcome(gazetteer, name) == outcome(gazetteer, plain)


def test_the_same_question_has_the_same_answer(gazetteer, theatre_names):
    again = Gazetteer()
    for name in reversed(theatre_names):
        assert outcome(again, name) == outcome(gazetteer, name)


@pytest.mark.parametrize(
    "name", ["Tuapse", "Belgorod", "Donetsk", "Yartsevo", "Odesa", "Smolensk region", "Krasny Yar"]
)
@pytest.mark.parametrize(
    "hint", [{"country": "JPN"}, {"admin1": "RU-SAK"}, {"admin1": "Khabarovsk Krai"}, {"kind": "sea"}]
)
def test_a_hint_against_all_candidates_is_never_resolved(gazetteer, name, hint):
    resolution = gazetteer.resolve(name, **hint)
    if all(c.place.country != "JPN" and c.place.admin1 not in ("RU-SAK", "RU-KHA") for c in resolution.candidates):
        assert resolution.status != "resolved"
        assert resolution.place is None
        assert resolution.reason


def test_a_region_that_is_not_known_is_against_all_candidates(gazetteer):
    assert gazetteer.resolve("Tuapse", admin1="Atlantis Oblast").status != "resolved"


@pytest.mark.parametrize("status", ["ambiguous", "unresolved"])
def test_only_the_resolved_have_a_place(gazetteer, theatre_names, status):
    found = [gazetteer.resolve(name) for name in [*theatre_names, "Krasny Yar", "Qwertyuiop"]]
    assert any(resolution.status == status for resolution in found)
    assert all(resolution.place is None for resolution in found if resolution.status == status)


def test_scores_are_explained_and_add_up(gazetteer):
    resolution = gazetteer.resolve("Donetsk", country="RUS", admin1="Rostov Oblast", near=(48.3, 39.9))
    assert resolution.place.admin1 == "RU-ROS"
    for candidate in resolution.candidates:
        assert sum(candidate.why.values()) == pytest.approx(candidate.score, abs=0.01)
        assert {"name", "population", "country", "admin1", "near"} <= set(candidate.why)
    assert sum(candidate.confidence for candidate in resolution.candidates) == pytest.approx(1, abs=0.01)


def test_a_bare_name_is_resolved_only_when_it_weighs_ten_times_the_next(gazetteer, theatre_names):
    """The next of the theatre, or known elsewhere: a small place far off would not be believed by its name alone."""
    for name in theatre_names:
        resolution = gazetteer.resolve(name)
        best, *others = resolution.candidates
        rivals = [c for c in others if c.place.country in THEATRE or c.place.population >= 100_000]
        if resolution.status == "resolved" and rivals and rivals[0].match != "alternate":
            assert best.score - rivals[0].score >= 1


def test_population_alone_does_not_beat_a_towns_own_name(gazetteer):
    assert outcome(gazetteer, "Слов'янськ") == ("resolved", "sloviansk")
    assert outcome(gazetteer, "Pokrovsk", country="UKR")[0] == "resolved"


@pytest.mark.parametrize("name", ["Krasny Yar", "Oktyabrsky", "Rovenki", "Pervomaisk", "Sovetsky"])
def test_homonyms_of_like_weight_are_ambiguous(gazetteer, name):
    resolution = gazetteer.resolve(name)
    assert resolution.status == "ambiguous"
    assert len(resolution.candidates) > 1
    assert resolution.candidates[0].place.name in resolution.reason


def test_context_settles_a_homonym(gazetteer):
    assert gazetteer.resolve("Donetsk").place.country == "UKR"
    assert gazetteer.resolve("Donetsk", country="RUS").place.admin1 == "RU-ROS"
    assert gazetteer.resolve("Rovenki", admin1="Belgorod Oblast").place.country == "RUS"
    assert gazetteer.resolve("Rovenky", admin1="UA-09").place.country == "UKR"


@pytest.mark.parametrize(
    "word",
    ["", "   ", "🔥🚀", "12345", "x" * 5000, "the plant", "region", "Rosneft", "Putin", "Patriot", "Wednesday", "Also",
     "Security Service of Ukraine", "Moscow said", "неизвестный объект", "<b>", "{{ 7*7 }}", "=1+1", "\x00",
     "' OR 1=1 --"],
    ids=lambda word: "".join(filter(str.isalnum, ascii(word[:12]))),  # of what can be typed
)  # fmt: skip
def test_words_that_are_no_place_are_unresolved(gazetteer, word):
    resolution = gazetteer.resolve(word)
    assert resolution.status == "unresolved"
    assert resolution.reason
    assert gazetteer.lookup(word) == []


@given(st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_any_text_gets_an_answer_and_nothing_is_at_zero(gazetteer, text):
    resolution = gazetteer.resolve(text)
    assert resolution.status in ("resolved", "ambiguous", "unresolved")
    for candidate in resolution.candidates:
        assert (candidate.place.latitude, candidate.place.longitude) != (0, 0)


def test_a_misspelling_is_believed_only_with_support(gazetteer):
    assert gazetteer.resolve("Belgrod").status != "resolved"
    assert gazetteer.resolve("Belgrod", country="RUS").place.id == "belgorod"
    assert gazetteer.resolve("Toporets", admin1="Tver Oblast").place.name == "Toropets"
    assert gazetteer.resolve("Toporets", country="RUS").status != "resolved"


# --- what the words around a name say ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "place_id"),
    [
        ("Smolensk region", "RU-SMO"),
        ("the Leningrad region", "RU-LEN"),
        ("Krasnodar Territory", "RU-KDA"),
        ("in the Kursk oblast", "RU-KRS"),
        ("Kuban", "RU-KDA"),
        ("Белгородская область", "RU-BEL"),
        ("в Белгородской области", "RU-BEL"),
        ("Краснодарского края", "RU-KDA"),
        ("на Харківщині", "UA-63"),
        ("Nikolaev region", "UA-48"),
        ("Komi Republic", "RU-KO"),
        ("Crimea", "UA-43"),
        ("Belgorodskaya oblast", "RU-BEL"),
    ],
)
def test_containers_are_regions(gazetteer, written, place_id):
    place = gazetteer.resolve(written).place
    assert (place.id, place.kind) == (place_id, "region")


@pytest.mark.parametrize(
    ("written", "place_id"),
    [
        ("Калужской", "RU-KLU"),
        ("Краснодарском", "RU-KDA"),
        ("Удмуртской", "RU-UD"),
        ("Сумській", "UA-59"),
        ("Kursk", "RU-KRS"),
        ("Charkiw", "UA-63"),
        ("Smoleńsk", "RU-SMO"),
    ],
)
def test_a_region_is_meant_by_its_name_alone_where_the_text_speaks_of_a_region(gazetteer, written, place_id):
    assert gazetteer.resolve(written, kind="region").place.id == place_id
    bare = gazetteer.resolve(written).place
    assert bare is None or bare.id != place_id


def test_a_district_is_not_the_plant_that_the_text_speaks_of(gazetteer):
    assert gazetteer.resolve("Куйбышевский", country="RUS", kind="facility").status == "ambiguous"


def test_a_town_that_its_region_is_not_named_after_stands_for_no_region(gazetteer):
    assert gazetteer.resolve("Kramatorsk", kind="region").place is None


@pytest.mark.parametrize(
    ("written", "city", "village"),
    [
        ("Самары", "Samara", "Samary"),
        ("Орла", "Oryol", "Orla"),
        ("Туле", "Tula", None),
        ("Винницы", "Vinnytsia", "Vinnitsy"),
    ],
)
def test_a_large_town_in_some_case_is_found_beside_the_village_of_that_name(gazetteer, written, city, village):
    found = gazetteer.lookup(written)
    assert (found[0].place.name, found[0].match) == (city, "inflected")
    assert village is None or village in {candidate.place.name for candidate in found[1:]}


@pytest.mark.parametrize("written", ["Сарата", "Бердянське", "Кірове", "Новоселівка", "Подільське"])
def test_the_name_of_a_village_is_no_case_of_a_town_that_is_declined_otherwise(gazetteer, written):
    assert all(candidate.place.population < 100_000 for candidate in gazetteer.lookup(written))


@pytest.mark.parametrize(
    ("written", "country", "name"),
    [
        ("Kiryat Shmona", "ISR", "Qiryat Shmona"),
        ("Hermel", "LBN", "El Hermel"),
        ("Quneitra", "SYR", "Al Qunaytirah"),
        ("Khan Younis", "PSE", "Khan Yunis"),
        ("Jenin", "PSE", "Janin"),
    ],
)
def test_other_vowels_and_an_article_make_no_other_name_of_a_semitic_or_indian_one(gazetteer, written, country, name):
    found = gazetteer.resolve(written, country=country)
    assert (found.place.name, found.candidates[0].match) == (name, "respelt")


def test_a_name_with_other_vowels_yields_to_the_place_that_is_so_called(gazetteer):
    assert gazetteer.lookup("Qana")[0].place.country == "LBN"
    assert gazetteer.resolve("Homs").place.country == "SYR"


@pytest.mark.parametrize("written", ["Романов", "Свердловск", "Шахтерск"])
def test_another_name_of_a_town_is_not_believed_bare_where_others_are_so_called(gazetteer, written):
    assert gazetteer.resolve(written).status == "ambiguous"


def test_another_name_is_believed_with_support(gazetteer):
    assert gazetteer.resolve("Черноморск", country="UKR").place.name == "Chornomorsk"
    assert gazetteer.resolve("Ровно", country="UKR").place.name == "Rivne"


def test_what_is_known_by_the_name_of_what_lies_beside_it_is_no_rival(gazetteer):
    assert gazetteer.resolve("Алабуга").place.name == "Alabuga Special Economic Zone"


def test_names_are_printed_without_the_marks_of_a_romanisation(gazetteer):
    assert gazetteer.resolve("Рязань").place.name == "Ryazan"
    assert gazetteer.resolve("Muzaffarabad").place.name == "Muzaffarabad"
    assert gazetteer.resolve("Łódź").place.name == "Łódź"


def test_a_town_and_its_region_are_told_apart(gazetteer):
    assert gazetteer.resolve("Smolensk").place.kind == "settlement"
    assert gazetteer.resolve("Smolensk", kind="region").place.id == "RU-SMO"
    assert gazetteer.resolve("Smolensk region", kind="settlement").place.kind == "region"


def test_a_district_is_found_in_the_region_that_the_words_name(gazetteer):
    place = gazetteer.resolve("Smolensk Oblast's Yartsevsky district").place
    assert (place.kind, place.admin1) == ("district", "RU-SMO")


def test_a_site_that_is_not_known_is_near_its_town(gazetteer):
    place = gazetteer.resolve("Penza refinery").place
    assert (place.name, place.kind) == ("Penza", "near")
    assert place.radius_km >= 25
    assert gazetteer.resolve("Tuapse refinery").place.id == "tuapse-refinery"


# --- layers -----------------------------------------------------------------------------------------------------------


def write_gazetteer(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


MINE = {
    "id": "my-village", "name": "Qvillage", "variants": "Кувилледж", "kind": "settlement", "country": "RUS",
    "admin1": "RU-SMO", "latitude": "55.1", "longitude": "32.2", "radius_km": "2", "source": "my notebook",
    "source2": "single source",
}  # fmt: skip


def test_a_file_of_ones_own_adds_places(tmp_path):
    gazetteer = Gazetteer(extra=write_gazetteer(tmp_path / "mine.csv", MINE))
    assert gazetteer.resolve("Qvillage").place.id == "my-village"
    assert gazetteer.resolve("в Кувилледже").place.id == "my-village"
    assert gazetteer["my-village"].source == "my notebook; single source"
    assert gazetteer.resolve("Tuapse").place.id == "tuapse"


def test_a_row_wins_over_the_layers_below(tmp_path, gazetteer):
    below = gazetteer.resolve("Tikhoretsk").place
    mine = MINE | {"id": "mine", "name": "Tikhoretsk", "admin1": "RU-KDA", "geonameid": below.id.partition(":")[2]}
    over = Gazetteer(extra=write_gazetteer(tmp_path / "mine.csv", mine))
    for name in ("Tikhoretsk", "Тихорецк"):
        place = over.resolve(name).place
        assert (place.id, place.latitude, place.population) == ("mine", 55.1, below.population)
    assert over[below.id].id == "mine"


def test_a_blocked_variant_is_gone(tmp_path, gazetteer):
    engels = gazetteer.resolve("Engels").place
    assert any(c.place.id == engels.id for c in gazetteer.lookup("Pokrovsk"))
    mine = MINE | {"name": "Engels", "admin1": "RU-SAR", "geonameid": engels.id.partition(":")[2], "variants": ""}
    over = Gazetteer(extra=write_gazetteer(tmp_path / "mine.csv", mine | {"blocked_variants": "Pokrovsk"}))
    assert not any(c.place.id == "my-village" for c in over.lookup("Pokrovsk"))
    assert over.resolve("Engels").place.id == "my-village"


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"latitude": "144.1"}, r"mine\.csv:2: .*off the globe"),
        ({"longitude": "east"}, r"mine\.csv:2: longitude is 'east'"),
    ],
)
def test_a_bad_row_is_named_with_its_line(tmp_path, change, match):
    with pytest.raises(InputError, match=match):
        Gazetteer(extra=write_gazetteer(tmp_path / "mine.csv", MINE | change))


def test_a_file_that_is_no_gazetteer_is_refused(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="the column 'id' is missing"):
        Gazetteer(extra=path)
    with pytest.raises(InputError, match="cannot be read"):
        Gazetteer(extra=tmp_path / "nothing.csv")


def test_places_by_id(gazetteer):
    assert gazetteer["RU-LEN"].name == "Leningrad Oblast"
    assert gazetteer["geonames:480716"].id == "tuapse"
    with pytest.raises(PlaceNotFoundError, match="no-such-place"):
        gazetteer["no-such-place"]


def test_areas_are_polygons_of_those_that_have_one(gazetteer):
    areas = gazetteer.areas(["RU-KDA", "tuapse", "UA-43"])
    assert isinstance(areas, gpd.GeoDataFrame)
    assert set(areas.index) == {"RU-KDA", "UA-43"}
    assert areas.index.name == "place_id"
    assert areas.columns.tolist() == ["name", "kind", "country", "geometry"]
    assert areas.geom_type.isin(["Polygon", "MultiPolygon"]).all()


# --- tables -----------------------------------------------------------------------------------------------------------


def records(*names: str, **columns: list[str]) -> pd.DataFrame:
    table = pd.DataFrame({"place_as_written": list(names), **columns})
    return table.set_axis([f"row {number}" for number in range(len(table))])


def test_a_table_keeps_its_index_and_columns_and_becomes_a_geodataframe(gazetteer):
    before = records("Tuapse", "Krasny Yar", "", "Smolensk region", note=["a", "b", "c", "d"])
    after = resolve_places(before, gazetteer)
    assert isinstance(after, gpd.GeoDataFrame)
    assert after.crs == "EPSG:4326"
    assert after.index.equals(before.index)
    assert after["note"].tolist() == ["a", "b", "c", "d"]
    check_table(after, RESOLVED)
    assert after["place_status"].tolist() == ["resolved", "ambiguous", "unresolved", "resolved"]
    assert after["geometry"].isna().tolist() == [False, True, True, False]
    assert after["geo_precision"].tolist()[0::3] == [1, 3]
    assert after["radius_km"].isna().tolist() == [False, True, True, False]
    assert "geonames:" in after["place_candidates"].iloc[1]
    assert after["place_reason"].str.len().gt(0).all()


def test_a_table_resolved_twice_is_the_same(gazetteer):
    once = resolve_places(records("Tuapse", "Krasny Yar"), gazetteer)
    pd.testing.assert_frame_equal(once, resolve_places(once, gazetteer))


def test_an_empty_table_stays_a_geodataframe(gazetteer):
    after = resolve_places(records(), gazetteer)
    assert isinstance(after, gpd.GeoDataFrame)
    check_table(after, RESOLVED)


def test_hints_of_a_row_are_used(gazetteer):
    after = resolve_places(
        records("Donetsk", "Donetsk", "Rovenki", country_hint=["", "RUS", ""], admin1_hint=["", "", "Belgorod region"]),
        gazetteer,
    )
    assert after["country"].tolist() == ["UKR", "RUS", "RUS"]


@pytest.mark.parametrize("known", ["Apatity", "Olenya air base", "Apatity Urban District", "Murmansk Oblast"])
def test_places_of_the_same_report_settle_an_ambiguous_name(gazetteer, known):
    names = ["Kirovsk", "Kirovsk", known, "Kirovsk"]
    alone = resolve_places(records(*names), gazetteer)
    assert alone["place_status"].tolist() == ["ambiguous", "ambiguous", "resolved", "ambiguous"]
    together = resolve_places(records(*names, report_id=["a", "b", "a", ""]), gazetteer)
    assert together["place_status"].tolist() == ["resolved", "ambiguous", "resolved", "ambiguous"]
    assert together["admin1"].iloc[0] == "RU-MUR"
    assert together["place_reason"].iloc[0].endswith("supported by near")


def test_a_place_that_is_known_is_no_other_for_what_lies_near(gazetteer):
    alone = resolve_places(records("Tuapse", "Apatity"), gazetteer)
    together = resolve_places(records("Tuapse", "Apatity", report_id=["a", "a"]), gazetteer)
    assert together["place_reason"].tolist() == alone["place_reason"].tolist()


def test_what_is_missing_is_no_hint_and_no_name(gazetteer):
    hints = {"country_hint": [None, "RUS", float("nan"), "RUS"], "kind_hint": [None, "region", "", None]}
    after = resolve_places(records("Tuapse", "Belgorod", None, " ", **hints), gazetteer)
    assert after["place_id"].tolist() == ["tuapse", "RU-BEL", "", ""]
    assert after["place_reason"].tolist()[2:] == ["the text names no place"] * 2


def test_rows_asked_in_parts_are_as_those_asked_at_once(gazetteer, theatre_names, monkeypatch):
    table = records(*theatre_names[:40], *theatre_names[:5])
    whole = resolve_places(table, gazetteer)
    monkeypatch.setattr(resolving, "_AT_ONCE", 7)
    pd.testing.assert_frame_equal(resolve_places(table, gazetteer), whole)


def test_at_most_five_candidates_are_named_and_no_name_parts_them(tmp_path):
    file = write_gazetteer(tmp_path / "mine.csv", MINE | {"name": "Qwer | Asdf"})
    named = resolve_places(records("Krasny Yar", "Qwer | Asdf"), Gazetteer(extra=file))["place_candidates"]
    assert re.fullmatch(r"geonames:\d+ Krasnyy Yar( \| geonames:\d+ Krasnyy Yar){4}", named.iloc[0])
    assert named.iloc[1] == "my-village Qwer Asdf"


# --- the score on names as reports write them -------------------------------------------------------------------------


@dataclass
class Score:
    points: int = 0
    within_25_km: int = 0
    silent: list[str] = field(default_factory=list)
    mishandled: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def score(gazetteer) -> Score:
    """How the examples of tests/data/toponyms.csv come out."""
    result = Score()
    for row in TOPONYMS:
        near = tuple(map(float, row["context_near"].split(","))) if row["context_near"] else None
        resolution = gazetteer.resolve(
            row["mention"], country=row["context_country"], admin1=row["context_admin1"], near=near
        )
        if row["expect"] in ("resolve", "either"):
            _score_resolvable(result, row, resolution)
        elif resolution.status == "resolved":
            result.silent.append(f"{row['id']} {row['mention']}")
        elif row["expect"] == "none" and resolution.status != "unresolved":
            result.mishandled.append(f"{row['id']} {row['mention']}")
    return result


def _score_resolvable(result: Score, row: dict[str, str], resolution) -> None:
    is_point = row["kind"] not in NOT_POINTS
    result.points += is_point
    if resolution.place is not None:
        off = km(row, resolution.place.latitude, resolution.place.longitude)
        result.within_25_km += is_point and off <= SILENTLY_WRONG_KM
        if off > max(SILENTLY_WRONG_KM, float(row["tolerance_km"])):
            result.silent.append(f"{row['id']} {row['mention']}: {off:.0f} km")


def test_no_answer_is_silently_wrong(score):
    assert score.silent == []


def test_what_is_no_place_or_several_is_handled_right(score):
    assert score.mishandled == []


def test_most_names_lead_to_the_place(score):
    assert score.points > 100
    assert score.within_25_km / score.points >= 0.86


# --- the index that the build makes -----------------------------------------------------------------------------------


def load_hook():
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "packaging" / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_build_hook_makes_the_index_without_the_package(tmp_path):
    hook = load_hook()
    for path in (*hook.CODE, *hook.WORDS, hook.CURATED):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    names, index = (hook._load(tmp_path / path) for path in hook.CODE)
    row = dict(
        zip(
            index.BASE_COLUMNS,
            ["geonames:1", "Town", "settlement", "RUS", "RU-SMO", "55", "32", "1", "9", "", "Таун"],
            strict=True,
        )
    )
    target = tmp_path / "gazetteer.sqlite"
    assert index.write_index([row], tmp_path / hook.CURATED, target, names, version="1") == 1
    connection = sqlite3.connect(target)
    keys = {key for (key,) in connection.execute("SELECT key FROM keys")}
    assert {"town", "таун"} <= keys
    prepared = json.loads(connection.execute("SELECT keys FROM prepared").fetchone()[0])
    assert "tuapse" in prepared["tuapse"]
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_names_looked_up_beforehand_are_found_as_others_are(gazetteer, theatre_names):
    slow = Gazetteer()
    slow._layers._precomputed = lambda _: {}
    cyrillic = [
        "Белгород",
        "Ровеньки",
        "Туапсе",
        "Королёв",
        "Слов'янськ",
        "Сумська",
        "Красный Яр",
        "Донецк",
        "Кіровське",
    ]
    names = [*theatre_names, *(name.upper() for name in theatre_names), *cyrillic]
    beforehand = gazetteer._layers._precomputed(names)
    assert len(beforehand) > len(names) / 2
    for name in names:
        assert gazetteer._layers.match([name]) == slow._layers.match([name]), name


def test_keys_prepared_beforehand_are_those_made_from_the_file(tmp_path):
    shutil.copy(ROOT / "gazetteer.csv", tmp_path / "copy.csv")
    index = sqlite3.connect(ROOT / "geostrike" / "data" / "gazetteer.sqlite")
    prepared = dict(index.execute("SELECT sha256, keys FROM prepared"))
    made = read_overlay(tmp_path / "copy.csv")
    assert read_overlay(tmp_path / "copy.csv", prepared).keys == made.keys


def test_the_base_table_is_the_one_that_its_description_names():
    digest = hashlib.sha256((ROOT / "geostrike" / "data" / "gazetteer_base.tsv.xz").read_bytes()).hexdigest()
    assert digest in (ROOT / "geostrike" / "data" / "README.md").read_text(encoding="utf-8")


def test_every_district_lies_in_its_region_or_off_its_coast():
    regions = admin1_areas().geometry
    rows = shipped_rows(ROOT / "geostrike" / "data")
    districts = [row for row in rows if row["kind"] == "district" and row["country"] in THEATRE]
    assert len(districts) > 4_000
    for row in districts:
        point = shapely.Point(float(row["longitude"]), float(row["latitude"]))
        assert regions[row["admin1"]].distance(point) < 1, row["name"]


def test_the_base_table_is_sound():
    rows = list(shipped_rows(ROOT / "geostrike" / "data"))
    assert len({row["place_id"] for row in rows}) == len(rows) > 160_000
    for row in rows:
        assert -90 <= float(row["latitude"]) <= 90
        assert -180 <= float(row["longitude"]) <= 180
        assert len(row["country"]) == 3 or row["kind"] in ("sea", "area")
        assert row["kind"] in PLACE_KINDS
    assert all(
        row["admin1"][:3] in ("RU-", "UA-", "BY-") for row in rows if row["country"] in THEATRE and row["admin1"]
    )


def test_records_resolve_once(monkeypatch):
    """The place names of records are asked while their report is read, and again only near the report's others."""
    texts = ["Drones hit an oil depot in Apatity and a plant in Kirovsk on 1 April 2024.", "Nikolaevka was shelled."]
    reports = pd.DataFrame({"report_id": ["a", "b"], "published": pd.NaT, "language": "en", "text": texts})
    gazetteer = Gazetteer()
    extracted = extract(reports, gazetteer)
    alone = resolve_places(extracted.records, gazetteer)
    resolve, asked = gazetteer.resolve, []

    def counted(name, **hints):
        asked.append((name, hints))
        return resolve(name, **hints)

    monkeypatch.setattr(gazetteer, "resolve", counted)
    assert_geodataframe_equal(resolve_places(extracted.records, gazetteer, known=extracted.resolutions), alone)
    assert [name for name, _ in asked] == ["Kirovsk"]
    assert asked[0][1]["near"]


def test_rivals_abroad_imply_no_attacker(gazetteer):
    """An ambiguous name with candidates in several countries does not say who attacked."""
    text = "Drones set the port of Primorsk on fire on 12 September 2025, the authorities said."
    reports = pd.DataFrame({"report_id": ["a"], "published": pd.NaT, "language": "en", "text": [text]})
    record = extract(reports, gazetteer).records.iloc[0]
    assert (record.place_as_written, record.attacker, record.target_side) == ("Primorsk", "", "")


@pytest.mark.parametrize("hint", ["admin1", "region", "heading", "speaker"])
def test_unknown_regions_are_named(gazetteer, hint):
    """The reason says which region of the hints is not in the gazetteer."""
    assert gazetteer.resolve("Tuapse", **{hint: "Mordor"}).reason.startswith("Mordor is not a known region; ")
    assert "not a known region" not in gazetteer.resolve("Tuapse", **{hint: "Rostov Oblast"}).reason
    assert "not a known region" not in gazetteer.resolve("Tuapse", **{hint: "RU-KDA"}).reason
