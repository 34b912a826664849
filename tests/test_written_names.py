"""Names as reports write them: case forms, adjectives, sites, larger places around them, and the names of one text."""

from __future__ import annotations

import csv
from itertools import permutations
from pathlib import Path

import pytest

from geostrike.errors import InputError
from geostrike.places import Gazetteer, Hints, Place, Resolution
from geostrike.places import names as names_module
from geostrike.places.index import BASE_COLUMNS, write_index
from geostrike.places.names import adjective_keys, nominatives, respelling, stem_keys
from geostrike.places.rank import Context, decide, distance_km, rank
from geostrike.places.wording import wordings
from geostrike.reading.overrides import NamedPlaces

ROOT = Path(__file__).resolve().parent.parent
SILENTLY_WRONG_KM = 25.0


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer()


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((ROOT / "tests" / "data" / name).read_text(encoding="utf-8").splitlines()))


def km(row: dict[str, str], place: Place) -> float:
    return distance_km(float(row["latitude"]), float(row["longitude"]), place.latitude, place.longitude)


# --- case forms -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("Криму", "Крим"),
        ("Крымом", "Крым"),
        ("Ельце", "Елец"),
        ("Кривого Рогу", "Кривий Ріг"),
        ("Валуек", "Валуйки"),
        ("Уманню", "Умань"),
        ("Ровенек", "Ровеньки"),
    ],
)
def test_forms_share_stems(form, name):
    """The inflected forms of a name share a stem."""
    assert stem_keys(form) & stem_keys(name)


@pytest.mark.parametrize(
    ("form", "name"),
    [("Kiews", "kiew"), ("Charkowie", "charkow"), ("Biełgorodzie", "bielgorod"), ("Nową Kachowką", "nowa kachowka")],
)
def test_latin_forms_have_nominatives(form, name):
    """The nominative of a German or Polish form is found."""
    assert name in (*nominatives(form), names_module.fold(form))


@pytest.fixture(scope="module")
def forms(gazetteer) -> dict[str, list[tuple[str, str]]]:
    """Language -> each form of tests/data/inflected.csv, and "right", "among", "silent" or "missed"."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows("inflected.csv"):
        answer = gazetteer.resolve(row["form"])
        found.setdefault(row["lang"], []).append((row["form"], outcome_of(row, answer)))
    return found


def outcome_of(row: dict[str, str], answer: Resolution) -> str:
    def is_meant(place: Place) -> bool:
        return km(row, place) <= SILENTLY_WRONG_KM and (place.kind == "region") == (row["kind"] == "region")

    if answer.place is not None:
        return "right" if is_meant(answer.place) else "silent"
    is_among = answer.status == "ambiguous" and any(is_meant(c.place) for c in answer.candidates)
    return "among" if is_among else "missed"


@pytest.mark.parametrize("language", ["ru", "uk", "de", "pl"])
def test_case_forms_are_found(forms, language):
    """At least 98 % resolve to the place, or to it and its homonyms; none to another."""
    outcomes = forms[language]
    assert len(outcomes) >= 30
    assert [form for form, outcome in outcomes if outcome == "silent"] == []
    missed = [form for form, outcome in outcomes if outcome == "missed"]
    assert len(missed) <= 0.02 * len(outcomes), missed


def test_exonyms_have_case_forms(gazetteer):
    """A town's name in another Slavic language is its own name, and so found in all cases."""
    for form in ("Горловкой", "Белой Церковью", "Мозырем", "Нежине"):
        assert gazetteer.resolve(form).candidates[0].match == "inflected"


def test_beginnings_separate_names(gazetteer):
    """ "Алабуга" is the zone's name and not a form of Yelabuga's."""
    assert gazetteer.resolve("Alabuga").place.id == "alabuga"


def test_inflected_alternates_weigh_less():
    """An inflected alternate name weighs less."""
    town = Place("here", "Izmail", "settlement", "UKR", "UA-51", 45.0, 28.0, 3.0, 19_999, "a test")
    for population, status in ((19_999, "unresolved"), (20_000, "resolved")):
        found = rank(((town._replace(population=population), "inflected alternate"),), Context())
        assert decide("Сміли", found, Context()).status == status


@pytest.mark.parametrize("word", ["Marines", "Baloch", "Bales"])
def test_words_are_not_forms(gazetteer, word):
    """Far from the theatre, German and Polish case forms match only large places."""
    assert gazetteer.resolve(word, country="IND").place is None


@pytest.mark.parametrize(
    ("written", "listed"),
    [("hodeidah", "al hudaydah"), ("deir ez zor", "dayr az zawr"), ("quneitra", "al qunaitra")],
)
def test_arabic_respellings_meet(written, listed):
    """Romanisations of an Arabic name meet in one key."""
    assert respelling(written) == respelling(listed) != ""


def test_respelt_names_need_size(gazetteer):
    """A respelt name is resolved for a large place only."""
    assert gazetteer.resolve("al-Hodeida").place.name == "Hodeidah"
    assert gazetteer.resolve("Deir Ezzor").candidates[0].match == "loosely respelt"
    town = Place("here", "Izmal", "settlement", "YEM", "YE-HU", 15.0, 43.0, 3.0, 49_999, "a test")
    assert decide("Asmala", rank(((town, "loosely respelt"),), Context()), Context()).status == "unresolved"


# --- adjectives and sites ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("adjective", "key"),
    [
        ("Саратовский", "^саратв"), ("Сызранского", "^сызран"), ("Туапсинский", "^туапс"), ("Макеевский", "^макеевк"),
        ("Одеський", "^одес"), ("Рівненська", "^рівн"), ("Криворожский", "^крив рог"),
        ("Rjasaner", "rjasan"), ("Syzransky", "syzran"), ("charkowski", "charkow"),
    ],
)  # fmt: skip
def test_adjectives_match_towns(adjective, key):
    """The adjective before a site is that of its town."""
    assert key in adjective_keys(adjective)


@pytest.mark.parametrize(
    ("written", "place_id"),
    [
        ("Сызранский нефтезавод", "syzran-refinery"),
        ("НПЗ «Роснефти» в Туапсе", "tuapse-refinery"),
        ("Lukoil's Volgograd refinery", "volgograd-refinery"),
        ("Syzransky refinery", "syzran-refinery"),
        ("Rjasaner Raffinerie", "ryazan-refinery"),
        ("Raffinerie in Rjasan", "ryazan-refinery"),
        ("Druzhba pumping station in Unecha", "unecha-pumping-station"),
        ("НПС «Унеча»", "unecha-pumping-station"),
        ("аэродром «Бельбек»", "belbek"),
        ("нафтового терміналу Туапсе", "tuapse-port"),
        ("Энгельсе-2", "engels-2"),
    ],
)
def test_sites_in_any_words(gazetteer, written, place_id):
    """A site is found in any order of its words."""
    place = gazetteer.resolve(written).place
    assert place is not None
    assert place.kind == "facility"
    assert place.name.split()[0] == gazetteer[place_id].name.split()[0]


@pytest.mark.parametrize(
    ("written", "town"),
    [
        ("харьковский авиазавод", "Kharkiv"),
        ("волгоградский завод", "Volgograd"),
        ("Волгоградский тракторный завод", "Volgograd"),
        ("plant in Penza", "Penza"),
    ],
)
def test_unknown_sites_are_near(gazetteer, written, town):
    """A site that is not in the gazetteer is near its town."""
    answer = gazetteer.resolve(written)
    assert (answer.place.name, answer.place.kind) == (town, "near")
    assert answer.place.radius_km >= 25
    assert "not in the gazetteer" in answer.reason


def test_bare_adjectives_fail(gazetteer):
    """A bare adjective is not a town."""
    assert gazetteer.resolve("волгоградский").place is None


def test_named_sites_need_gazetteer(gazetteer):
    """An airport named "Гагарин" is not that of the town Gagarin; a depot "of Арзамас" is near that town."""
    assert gazetteer.resolve("аэропорт Гагарин").place is None
    assert gazetteer.resolve("аэропорта Пензы").place.kind == "facility"
    assert gazetteer.resolve("нефтебазы Арзамаса").place[1:3] == ("Arzamas", "near")


# --- words around a name ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "name", "admin1"),
    [
        ("в Октябрьском Архангельской области", "Oktyabrskiy", "RU-ARK"),
        ("село Великая Новосёлка Донецкой области", "Velyka Novosilka", "UA-14"),
        ("Rylsk in Kursk Oblast", "Rylsk", "RU-KRS"),
        ("белгородском Шебекино", "Shebekino", "RU-BEL"),
        ("російському Туапсе", "Tuapse", "RU-KDA"),
        ("Izmaił w obwodzie odeskim", "Izmail", "UA-51"),
        ("Kstowo bei Nischni Nowgorod", "Kstovo", "RU-NIZ"),
        ("Bakhmut (Artemivsk)", "Bakhmut", "UA-14"),
        ("Бахмут/Артёмовск", "Bakhmut", "UA-14"),
        ("Горловка (Никитовский район)", "Horlivka", "UA-14"),
        ("Бел-\nгород", "Belgorod", "RU-BEL"),
        ("Ростов-\nна-Дону", "Rostov-on-Don", "RU-ROS"),
        ("Нижний\nНовгород", "Nizhny Novgorod", "RU-NIZ"),
        ("Туап\u00adсе", "Tuapse", "RU-KDA"),
    ],
)
def test_larger_places_and_breaks(gazetteer, written, name, admin1):
    """The larger place may precede or follow the name, and a name may be broken at a line end."""
    place = gazetteer.resolve(written).place
    assert place is not None
    assert (place.name, place.admin1) == (name, admin1)


@pytest.mark.parametrize(
    ("written", "place_id"),
    [
        ("in der Region Belgorod", "RU-BEL"),
        ("Wolgaregion Samara", "RU-SAM"),
        ("w obwodzie charkowskim", "UA-63"),
        ("Московским регионом", "RU-MOS"),
        ("Charkiwer Gebiet", "UA-63"),
    ],
)
def test_regions_in_languages(gazetteer, written, place_id):
    """Regions are found in all languages."""
    assert gazetteer.resolve(written).place.id == place_id


def test_unknown_areas_locate_nothing(gazetteer):
    """A place in an unknown area is not looked for elsewhere."""
    assert gazetteer.resolve("Rylsk in Atlantis Oblast").place is None


def test_city_districts_stay(gazetteer):
    """A district of a city is that district or, if missing, the city; never a namesake elsewhere."""
    for written, city in (("Шевченківський район Харкова", "kharkiv"), ("Podilskyi district of Kyiv", "kyiv")):
        answer = gazetteer.resolve(written)
        there = gazetteer[city]
        assert distance_km(answer.place.latitude, answer.place.longitude, there.latitude, there.longitude) < 25


def test_regions_exclude_towns():
    """Asked as a region, "Лозовой Харьковской области" is not the town in it."""
    assert [w.name for w in wordings("Лозовой Харьковской области") if w.container] == ["Лозовой"]
    assert Gazetteer().resolve("Лозовой Харьковской области", kind="region").place is None


def test_district_words_exclude_towns(gazetteer):
    """A word for a district excludes towns."""
    answer = gazetteer.resolve("Богодухівському районі")
    assert answer.place is None or answer.place.kind == "district"


def test_named_district_is_binding():
    """A place far from the named district is rejected, even in the region."""
    district = Place("d", "Shebekino District", "district", "RUS", "RU-BEL", 50.4, 36.9, 30.0, 0, "a test")
    for latitude, status in ((50.4, "resolved"), (51.5, "ambiguous")):
        town = Place("t", "Krasnoye", "settlement", "RUS", "RU-BEL", latitude, 36.9, 1.0, 900, "a test")
        context = Context(admin1="RU-BEL", within=(district,))
        assert decide("Красное", rank(((town, "exact"),), context), context).status == status


# --- villages without a point of their own ----------------------------------------------------------------------------

VILLAGE = {"name": "Ksanivka", "kind": "settlement", "country": "UKR", "admin1": "UA-63", "anchor": "UA-63"}


@pytest.fixture(scope="module")
def with_villages(tmp_path_factory) -> Gazetteer:
    """The gazetteer with two villages placed at an area's point, one of them with a large town's name."""
    seen = {"latitude": "49.6", "longitude": "36.5", "radius_km": "20", "population": "0", "alternates": ""}
    villages = [VILLAGE | seen | {"place_id": "v:1"}, VILLAGE | seen | {"place_id": "v:2", "name": "Sevastopol"}]
    path = tmp_path_factory.mktemp("villages") / "villages.sqlite"
    assert set(villages[0]) == set(BASE_COLUMNS)
    write_index(villages, ROOT / "gazetteer.csv", path, names_module, version="1")
    return Gazetteer(extra=path)


def test_bare_villages_are_excluded(with_villages):
    """A village without a point is not a candidate for a bare name."""
    assert with_villages.resolve("Ksanivka").candidates == ()
    assert all(not c.place.anchor for c in with_villages.resolve("Sevastopol").candidates)


@pytest.mark.parametrize(
    "context", [{"admin1": "UA-63"}, {"kind": "settlement"}, {"admin1": "Kharkiv Oblast", "country": "UKR"}]
)
def test_context_admits_villages(with_villages, context):
    """Its region or district in the text makes a village a candidate."""
    assert with_villages.resolve("Ksanivka", **context).place.id == "v:1"


def test_village_words_are_context(with_villages):
    """So does a word for a settlement."""
    assert with_villages.resolve("village of Ksanivka").place.id == "v:1"
    assert with_villages.resolve("Ksanivka, Kharkiv region").place.id == "v:1"
    assert with_villages.resolve("Ksanivka", near=(49.6, 36.5)).place is None


def test_villages_yield_to_towns(with_villages):
    """A word for a settlement still means the town; the village's region, the village; else neither."""
    assert with_villages.resolve("село Sevastopol").place.population > 100_000
    assert with_villages.resolve("Sevastopol", admin1="UA-63").place.id == "v:2"
    village = Place("v", "Ksanivka", "settlement", "UKR", "UA-63", 49.6, 36.5, 30.0, 0, "a test", anchor="h")
    town = Place("t", "Ksanivka", "settlement", "UKR", "UA-63", 50.2, 36.5, 1.0, 0, "a test")
    context = Context(admin1="UA-63", near=((49.6, 36.5),))
    answer = decide("Ksanivka", rank(((village, "exact"), (town, "romanised")), context), context)
    assert (answer.status, answer.candidates[0].place.id) == ("ambiguous", "v")


def test_villages_merge_with_points():
    """A village placed at an area and a namesake with a point in it are the same."""
    village = Place("v", "Kachkarivka", "settlement", "UKR", "UA-65", 47.1, 33.7, 20.0, 0, "a test", anchor="h")
    context = Context(admin1="UA-65")
    for latitude, left in ((47.2, ["p"]), (47.4, ["p", "v"])):
        point = Place("p", "Kachkarivka", "settlement", "UKR", "UA-65", latitude, 33.7, 1.0, 0, "a test")
        assert sorted(c.place.id for c in rank(((village, "exact"), (point, "exact")), context)) == left


# --- the names of one text --------------------------------------------------------------------------------------------


def test_order_changes_nothing(gazetteer):
    """The outcome of each name is the same in every order of the names."""
    asked = {"Kirovsk": Hints(), "Apatity": Hints(), "Donetsk": Hints(region="Rostov Oblast"), "Rovenki": Hints()}
    expected = dict(zip(asked, gazetteer.resolve_jointly(list(asked), list(asked.values())), strict=True))
    for order in permutations(asked):
        answers = gazetteer.resolve_jointly(order, [asked[name] for name in order])
        assert dict(zip(order, answers, strict=True)) == expected
    assert expected["Kirovsk"].place.admin1 == "RU-MUR"


@pytest.mark.parametrize(
    ("field", "says"), [("region", "the region named last"), ("heading", "the heading"), ("speaker", "who speaks")]
)
def test_reasons_name_neighbours(gazetteer, field, says):
    """The reason names the place that decided."""
    (answer,) = gazetteer.resolve_jointly(["Kirovsk"], [Hints(**{field: "Leningrad Oblast"})])
    assert answer.place.admin1 == "RU-LEN"
    assert answer.reason.endswith(f"supported by {says}")


def test_soft_hints_are_weighed(gazetteer):
    """One hint at a region makes a much larger homonym doubtful, two overrule it; two that disagree settle nothing."""
    by_hints = {
        (): "UKR",
        ("region",): "",
        ("region", "speaker"): "RUS",
    }
    for fields, country in by_hints.items():
        hints = Hints(**dict.fromkeys(fields, "Rostov Oblast"))
        (answer,) = gazetteer.resolve_jointly(["Donetsk"], [hints])
        assert (answer.place.country if answer.place else "") == country
    (answer,) = gazetteer.resolve_jointly(["Kirovsk"], [Hints(region="RU-LEN", heading="RU-MUR")])
    assert answer.status == "ambiguous"


def test_other_places_decide(gazetteer):
    """The other places of a text decide between homonyms."""
    kirovsk, apatity = gazetteer.resolve_jointly(["Kirovsk", "Apatity"])
    assert kirovsk.reason.startswith("near Apatity, also named in the text: ")
    assert apatity == gazetteer.resolve("Apatity")


def test_overridden_names_stay(gazetteer):
    """Names overridden by the user are also overridden in joint resolution."""
    meant = NamedPlaces(
        gazetteer, {"the Station": {"name": "Tuapse"}, "Kirovsk": {"name": "Kirovsk", "admin1": "RU-LEN"}}
    )
    station, kirovsk = meant.resolve_jointly(["the Station", "Kirovsk"])
    assert (station.place.name, kirovsk.place.admin1) == ("Tuapse", "RU-LEN")


def test_each_name_has_hints(gazetteer):
    """There must be as many hints as names."""
    assert gazetteer.resolve_jointly([]) == []
    with pytest.raises(InputError, match="2 names came with 1 hints"):
        gazetteer.resolve_jointly(["Kirovsk", "Apatity"], [Hints()])


def test_homonyms_are_named(gazetteer):
    """The reason of a resolved bare name says which other place has it, and where."""
    assert "Donetsk (RU-ROS)" in gazetteer.resolve("Donetsk").reason


# --- names as reports write them --------------------------------------------------------------------------------------


def test_names_from_reports(gazetteer):
    """200 names from reports, most of them of villages and districts: see docs/benchmarks.md for the figures."""
    right, silent = 0, []
    for row in rows("place_names.csv"):
        place = gazetteer.resolve(row["mention"], country=row["country"], admin1=row["admin1"]).place
        if place is None:
            continue
        holds = place.kind in ("region", "district") and km(row, place) <= place.radius_km
        is_right = holds or km(row, place) <= max(SILENTLY_WRONG_KM, float(row["tolerance_km"]))
        right += is_right
        silent += [] if is_right else [row["mention"]]
    assert right >= 155
    assert len(silent) <= 1, silent
