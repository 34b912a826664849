"""Names to places: the laws for all names and contexts, and the score on names from reports."""

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
    """Names of towns, villages and regions in the shipped index, every 40th."""
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
def test_fold_ignores_marks(one, other):
    """Marks, case, apostrophes and hyphens fold away."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    "spellings",
    [
        ["Ярцево", "Yartsevo", "Jarcevo", "Ârcevo", "Iartsevo", "Jartsevo"],
        ["Воронеж", "Voronezh", "Voronež", "Woroneż"],
        ["Туапсе", "Tuapse", "Touapse"],
    ],
)
def test_romanisations_share_skeletons(spellings):
    """All romanisations of a name have one skeleton."""
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
def test_case_forms_share_stems(inflected, base):
    """The case forms of a name share a stem key."""
    assert stem_keys(inflected) & stem_keys(base)


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_keys_are_stable(text):
    """Keys of any text are stable, and folding twice changes nothing."""
    assert fold(fold(text)) == fold(text)
    assert latin_keys(text) == latin_keys(text)
    assert all(key == key.strip() for key in latin_keys(text))


def test_hook_imports_standard_library():
    """The modules that the build hook loads import nothing but the standard library."""
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
def test_spelling_variants_agree(gazetteer, theatre_names, variation):
    """Case, apostrophes, hyphens and spaces do not change the outcome."""
    assert len(theatre_names) > 200
    for name in theatre_names:
        assert outcome(gazetteer, variation(name)) == outcome(gazetteer, name), name


def test_diacritics_are_ignored(gazetteer):
    """Diacritics do not change the outcome."""
    for name, plain in [("Kyïv", "Kyiv"), ("Vorónezh", "Voronezh"), ("Briańsk", "Briansk"), ("Gómel", "Gomel")]:
        assert outcome(gazetteer, name) == outcome(gazetteer, plain)


def test_answers_repeat(gazetteer, theatre_names):
    """The same question has the same answer."""
    again = Gazetteer()
    for name in reversed(theatre_names):
        assert outcome(again, name) == outcome(gazetteer, name)


@pytest.mark.parametrize(
    "name", ["Tuapse", "Belgorod", "Donetsk", "Yartsevo", "Odesa", "Smolensk region", "Krasny Yar"]
)
@pytest.mark.parametrize(
    "hint", [{"country": "JPN"}, {"admin1": "RU-SAK"}, {"admin1": "Khabarovsk Krai"}, {"kind": "sea"}]
)
def test_contradicting_hints_block(gazetteer, name, hint):
    """A name is not resolved if a hint contradicts all candidates."""
    resolution = gazetteer.resolve(name, **hint)
    if all(c.place.country != "JPN" and c.place.admin1 not in ("RU-SAK", "RU-KHA") for c in resolution.candidates):
        assert resolution.status != "resolved"
        assert resolution.place is None
        assert resolution.reason


def test_unknown_regions_block(gazetteer):
    """A region that is not known contradicts all candidates."""
    assert gazetteer.resolve("Tuapse", admin1="Atlantis Oblast").status != "resolved"


@pytest.mark.parametrize("status", ["ambiguous", "unresolved"])
def test_only_resolved_have_places(gazetteer, theatre_names, status):
    """Only a resolved name has a place."""
    found = [gazetteer.resolve(name) for name in [*theatre_names, "Krasny Yar", "Qwertyuiop"]]
    assert any(resolution.status == status for resolution in found)
    assert all(resolution.place is None for resolution in found if resolution.status == status)


def test_scores_add_up(gazetteer):
    """A score is the sum of its contributions."""
    resolution = gazetteer.resolve("Donetsk", country="RUS", admin1="Rostov Oblast", near=(48.3, 39.9))
    assert resolution.place.admin1 == "RU-ROS"
    for candidate in resolution.candidates:
        assert sum(candidate.why.values()) == pytest.approx(candidate.score, abs=0.01)
        assert {"name", "population", "country", "admin1", "near"} <= set(candidate.why)
    assert sum(candidate.confidence for candidate in resolution.candidates) == pytest.approx(1, abs=0.01)


def test_bare_names_need_margin(gazetteer, theatre_names):
    """The best candidate weighs ten times the next one that is in the theatre or well known elsewhere."""
    for name in theatre_names:
        resolution = gazetteer.resolve(name)
        best, *others = resolution.candidates
        rivals = [c for c in others if c.place.country in THEATRE or c.place.population >= 100_000]
        if resolution.status == "resolved" and rivals and rivals[0].match != "alternate":
            assert best.score - rivals[0].score >= 1


def test_own_name_beats_population(gazetteer):
    """A larger place with the name as an alternate does not win over a town's own name."""
    assert outcome(gazetteer, "Слов'янськ") == ("resolved", "sloviansk")
    assert outcome(gazetteer, "Pokrovsk", country="UKR")[0] == "resolved"


@pytest.mark.parametrize("name", ["Krasny Yar", "Oktyabrsky", "Rovenki", "Pervomaisk", "Sovetsky"])
def test_similar_homonyms_are_ambiguous(gazetteer, name):
    """Homonyms of similar weight are ambiguous."""
    resolution = gazetteer.resolve(name)
    assert resolution.status == "ambiguous"
    assert len(resolution.candidates) > 1
    assert resolution.candidates[0].place.name in resolution.reason


def test_context_settles_homonyms(gazetteer):
    """Country, region or a point nearby settle a homonym."""
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
def test_words_are_unresolved(gazetteer, word):
    """Words that are not places are unresolved."""
    resolution = gazetteer.resolve(word)
    assert resolution.status == "unresolved"
    assert resolution.reason
    assert gazetteer.lookup(word) == []


@given(st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_any_text_resolves(gazetteer, text):
    """Any text has an answer, and no place is at (0, 0)."""
    resolution = gazetteer.resolve(text)
    assert resolution.status in ("resolved", "ambiguous", "unresolved")
    for candidate in resolution.candidates:
        assert (candidate.place.latitude, candidate.place.longitude) != (0, 0)


def test_misspellings_need_context(gazetteer):
    """A misspelling is resolved only with support from the context."""
    assert gazetteer.resolve("Belgrod").status != "resolved"
    assert gazetteer.resolve("Belgrod", country="RUS").place.id == "belgorod"
    assert gazetteer.resolve("Toporets", admin1="Tver Oblast").place.name == "Toropets"
    assert gazetteer.resolve("Toporets", country="RUS").status != "resolved"


# --- words around a name ----------------------------------------------------------------------------------------------


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
    """ "X region" and its forms are the region."""
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
def test_bare_region_names(gazetteer, written, place_id):
    """Asked as a region, a bare name is the region."""
    assert gazetteer.resolve(written, kind="region").place.id == place_id
    bare = gazetteer.resolve(written).place
    assert bare is None or bare.id != place_id


def test_district_is_not_facility(gazetteer):
    """A district is not the answer to a question for a plant."""
    assert gazetteer.resolve("Куйбышевский", country="RUS", kind="facility").status == "ambiguous"


def test_only_seats_name_regions(gazetteer):
    """Only a town that the region is named after can stand for the region."""
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
def test_case_form_matches_large_town(gazetteer, written, city, village):
    """A large town is found by a case form that is also a village's name."""
    found = gazetteer.lookup(written)
    assert (found[0].place.name, found[0].match) == (city, "inflected")
    assert village is None or village in {candidate.place.name for candidate in found[1:]}


@pytest.mark.parametrize("written", ["Сарата", "Бердянське", "Кірове", "Новоселівка", "Подільське"])
def test_declension_excludes_town(gazetteer, written):
    """A village's name is not a case form of a town with another declension."""
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
def test_vowels_and_articles_vary(gazetteer, written, country, name):
    """Semitic and Indian names match with other vowels, with or without an article."""
    found = gazetteer.resolve(written, country=country)
    assert (found.place.name, found.candidates[0].match) == (name, "respelt")


def test_own_name_beats_respelling(gazetteer):
    """A place's own name wins over a respelling of another's."""
    assert gazetteer.lookup("Qana")[0].place.country == "LBN"
    assert gazetteer.resolve("Homs").place.country == "SYR"


@pytest.mark.parametrize("written", ["Романов", "Свердловск", "Шахтерск"])
def test_bare_alternates_yield(gazetteer, written):
    """A bare alternate name is not resolved if other places have it as their own."""
    assert gazetteer.resolve(written).status == "ambiguous"


def test_supported_alternates_resolve(gazetteer):
    """An alternate name is resolved with support from the context."""
    assert gazetteer.resolve("Черноморск", country="UKR").place.name == "Chornomorsk"
    assert gazetteer.resolve("Ровно", country="UKR").place.name == "Rivne"


def test_neighbour_is_not_rival(gazetteer):
    """A place known by the name of its neighbour is not a rival of that."""
    assert gazetteer.resolve("Алабуга").place.name == "Alabuga Special Economic Zone"


def test_names_print_plainly(gazetteer):
    """Names are printed without marks of romanisation."""
    assert gazetteer.resolve("Рязань").place.name == "Ryazan"
    assert gazetteer.resolve("Muzaffarabad").place.name == "Muzaffarabad"
    assert gazetteer.resolve("Łódź").place.name == "Łódź"


def test_town_differs_from_region(gazetteer):
    """A town and the region named after it are different answers."""
    assert gazetteer.resolve("Smolensk").place.kind == "settlement"
    assert gazetteer.resolve("Smolensk", kind="region").place.id == "RU-SMO"
    assert gazetteer.resolve("Smolensk region", kind="settlement").place.kind == "region"


def test_district_in_named_region(gazetteer):
    """A district is found in the region that the words name."""
    place = gazetteer.resolve("Smolensk Oblast's Yartsevsky district").place
    assert (place.kind, place.admin1) == ("district", "RU-SMO")


def test_unknown_site_is_near_town(gazetteer):
    """A site that is not in the gazetteer is near its town."""
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


def test_own_file_adds_places(tmp_path):
    """A user's file adds places."""
    gazetteer = Gazetteer(extra=write_gazetteer(tmp_path / "mine.csv", MINE))
    assert gazetteer.resolve("Qvillage").place.id == "my-village"
    assert gazetteer.resolve("в Кувилледже").place.id == "my-village"
    assert gazetteer["my-village"].source == "my notebook; single source"
    assert gazetteer.resolve("Tuapse").place.id == "tuapse"


def test_upper_rows_win(tmp_path, gazetteer):
    """A row replaces the place in the layers below."""
    below = gazetteer.resolve("Tikhoretsk").place
    mine = MINE | {"id": "mine", "name": "Tikhoretsk", "admin1": "RU-KDA", "geonameid": below.id.partition(":")[2]}
    over = Gazetteer(extra=write_gazetteer(tmp_path / "mine.csv", mine))
    for name in ("Tikhoretsk", "Тихорецк"):
        place = over.resolve(name).place
        assert (place.id, place.latitude, place.population) == ("mine", 55.1, below.population)
    assert over[below.id].id == "mine"


def test_blocked_variants_vanish(tmp_path, gazetteer):
    """A blocked variant is not found."""
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
def test_bad_rows_are_located(tmp_path, change, match):
    """A bad row is reported with file and line."""
    with pytest.raises(InputError, match=match):
        Gazetteer(extra=write_gazetteer(tmp_path / "mine.csv", MINE | change))


def test_other_files_are_rejected(tmp_path):
    """A file that is not a gazetteer is rejected."""
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="the column 'id' is missing"):
        Gazetteer(extra=path)
    with pytest.raises(InputError, match="cannot be read"):
        Gazetteer(extra=tmp_path / "nothing.csv")


def test_places_by_id(gazetteer):
    """A place is found by its id, an unknown id raises."""
    assert gazetteer["RU-LEN"].name == "Leningrad Oblast"
    assert gazetteer["geonames:480716"].id == "tuapse"
    with pytest.raises(PlaceNotFoundError, match="no-such-place"):
        gazetteer["no-such-place"]


def test_areas_have_polygons(gazetteer):
    """Areas are the polygons of those places that have one."""
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


def test_tables_keep_index(gazetteer):
    """A resolved table keeps index and columns and is a GeoDataFrame."""
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


def test_resolving_twice_agrees(gazetteer):
    """Resolving a table twice changes nothing."""
    once = resolve_places(records("Tuapse", "Krasny Yar"), gazetteer)
    pd.testing.assert_frame_equal(once, resolve_places(once, gazetteer))


def test_empty_tables_resolve(gazetteer):
    """An empty table becomes an empty GeoDataFrame."""
    after = resolve_places(records(), gazetteer)
    assert isinstance(after, gpd.GeoDataFrame)
    check_table(after, RESOLVED)


def test_row_hints_count(gazetteer):
    """The hints of a row are used."""
    after = resolve_places(
        records("Donetsk", "Donetsk", "Rovenki", country_hint=["", "RUS", ""], admin1_hint=["", "", "Belgorod region"]),
        gazetteer,
    )
    assert after["country"].tolist() == ["UKR", "RUS", "RUS"]


@pytest.mark.parametrize("known", ["Apatity", "Olenya air base", "Apatity Urban District", "Murmansk Oblast"])
def test_report_places_settle_names(gazetteer, known):
    """The other places of its report settle an ambiguous name."""
    names = ["Kirovsk", "Kirovsk", known, "Kirovsk"]
    alone = resolve_places(records(*names), gazetteer)
    assert alone["place_status"].tolist() == ["ambiguous", "ambiguous", "resolved", "ambiguous"]
    together = resolve_places(records(*names, report_id=["a", "b", "a", ""]), gazetteer)
    assert together["place_status"].tolist() == ["resolved", "ambiguous", "resolved", "ambiguous"]
    assert together["admin1"].iloc[0] == "RU-MUR"
    assert together["place_reason"].iloc[0].endswith("supported by near")


def test_resolved_places_stay(gazetteer):
    """A resolved place stays, whatever is near."""
    alone = resolve_places(records("Tuapse", "Apatity"), gazetteer)
    together = resolve_places(records("Tuapse", "Apatity", report_id=["a", "a"]), gazetteer)
    assert together["place_reason"].tolist() == alone["place_reason"].tolist()


def test_missing_cells_are_empty(gazetteer):
    """A missing cell is neither a hint nor a name."""
    hints = {"country_hint": [None, "RUS", float("nan"), "RUS"], "kind_hint": [None, "region", "", None]}
    after = resolve_places(records("Tuapse", "Belgorod", None, " ", **hints), gazetteer)
    assert after["place_id"].tolist() == ["tuapse", "RU-BEL", "", ""]
    assert after["place_reason"].tolist()[2:] == ["the text names no place"] * 2


def test_batches_agree(gazetteer, theatre_names, monkeypatch):
    """Rows resolved in batches agree with those resolved at once."""
    table = records(*theatre_names[:40], *theatre_names[:5])
    whole = resolve_places(table, gazetteer)
    monkeypatch.setattr(resolving, "_AT_ONCE", 7)
    pd.testing.assert_frame_equal(resolve_places(table, gazetteer), whole)


def test_candidates_are_listed(tmp_path):
    """At most five candidates are listed, and no name contains their separator."""
    file = write_gazetteer(tmp_path / "mine.csv", MINE | {"name": "Qwer | Asdf"})
    named = resolve_places(records("Krasny Yar", "Qwer | Asdf"), Gazetteer(extra=file))["place_candidates"]
    assert re.fullmatch(r"geonames:\d+ Krasnyy Yar( \| geonames:\d+ Krasnyy Yar){4}", named.iloc[0])
    assert named.iloc[1] == "my-village Qwer Asdf"


# --- the score on names from reports ----------------------------------------------------------------------------------


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


def test_examples_have_no_errors(score):
    """No example is resolved to a wrong place."""
    assert score.silent == []


def test_examples_are_rejected_rightly(score):
    """Examples of words and homonyms are not resolved."""
    assert score.mishandled == []


def test_examples_resolve(score):
    """Most examples are resolved to the right place."""
    assert score.points > 100
    assert score.within_25_km / score.points >= 0.86


# --- the built index --------------------------------------------------------------------------------------------------


def load_hook():
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "packaging" / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_hook_builds_index(tmp_path):
    """The build hook writes the index without importing the package."""
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


def test_precomputed_names_agree(gazetteer, theatre_names):
    """Precomputed matches are those found through keys."""
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


def test_prepared_keys_agree(tmp_path):
    """The prepared keys of gazetteer.csv are those made from the file."""
    shutil.copy(ROOT / "gazetteer.csv", tmp_path / "copy.csv")
    index = sqlite3.connect(ROOT / "geostrike" / "data" / "gazetteer.sqlite")
    prepared = dict(index.execute("SELECT sha256, keys FROM prepared"))
    made = read_overlay(tmp_path / "copy.csv")
    assert read_overlay(tmp_path / "copy.csv", prepared).keys == made.keys


def test_base_table_is_documented():
    """The base table is the one described in data/README.md."""
    digest = hashlib.sha256((ROOT / "geostrike" / "data" / "gazetteer_base.tsv.xz").read_bytes()).hexdigest()
    assert digest in (ROOT / "geostrike" / "data" / "README.md").read_text(encoding="utf-8")


def test_districts_are_in_regions():
    """Every district is in its region or off its coast."""
    regions = admin1_areas().geometry
    rows = shipped_rows(ROOT / "geostrike" / "data")
    districts = [row for row in rows if row["kind"] == "district" and row["country"] in THEATRE]
    assert len(districts) > 4_000
    for row in districts:
        point = shapely.Point(float(row["longitude"]), float(row["latitude"]))
        assert regions[row["admin1"]].distance(point) < 1, row["name"]


def test_base_table_is_sound():
    """Ids, bounds, kinds and codes of the base table are valid."""
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
    """Names of records are resolved while their report is read; only ambiguous ones again, near its other places."""
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
    """An ambiguous name with candidates in several countries does not imply an attacker."""
    text = "Drones set the port of Primorsk on fire on 12 September 2025, the authorities said."
    reports = pd.DataFrame({"report_id": ["a"], "published": pd.NaT, "language": "en", "text": [text]})
    record = extract(reports, gazetteer).records.iloc[0]
    assert (record.place_as_written, record.attacker, record.target_side) == ("Primorsk", "", "")


@pytest.mark.parametrize("hint", ["admin1", "region", "heading", "speaker"])
def test_unknown_regions_are_named(gazetteer, hint):
    """The reason names the regions of the hints that the gazetteer does not have."""
    assert gazetteer.resolve("Tuapse", **{hint: "Mordor"}).reason.startswith("Mordor is not a known region; ")
    assert "not a known region" not in gazetteer.resolve("Tuapse", **{hint: "Rostov Oblast"}).reason
    assert "not a known region" not in gazetteer.resolve("Tuapse", **{hint: "RU-KDA"}).reason
