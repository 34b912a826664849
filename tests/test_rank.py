"""The rule that tells which place a name means, on places made for it: what weighs how much, and what is believed."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from geostrike.places import Gazetteer
from geostrike.places.place import Place, Resolution
from geostrike.places.rank import Context, decide, distance_km, rank


def place(id_: str = "here", **changes: object) -> Place:
    """A town of 50,000 in Belgorod Region, but for the changes."""
    ordinary = Place(id_, "Sosnovka", "settlement", "RUS", "RU-BEL", 50.0, 36.0, 2.0, 50_000, "a test")
    return ordinary._replace(**changes)


def abroad(country: str, population: int, id_: str = "abroad", **changes: object) -> Place:
    elsewhere = {"country": country, "admin1": f"{country}-1", "population": population, "latitude": 10.0}
    return place(id_, **elsewhere | changes)


def answer(*found: tuple[Place, str], query: str = "Sosnovka", **context: object) -> Resolution:
    told = Context(**context)
    candidates = rank(list(found), told)
    result = decide(query, candidates, told)
    assert (result.query, result.candidates) == (query, candidates)
    return result


def outcome(*found: tuple[Place, str], query: str = "Sosnovka", **context: object) -> tuple[str, str]:
    """The status, and the id of the place that is meant."""
    result = answer(*found, query=query, **context)
    return result.status, result.place.id if result.place else ""


def why(*found: tuple[Place, str], **context: object) -> list[dict[str, float]]:
    return [candidate.why for candidate in rank(list(found), Context(**context))]


def test_the_sphere_is_within_a_hundredth_of_the_ellipsoid() -> None:
    lon1, lat1, lon2, lat2 = np.random.default_rng(1).uniform([-180, -90, -180, -90], [180, 90, 180, 90], (500, 4)).T
    true = Geod(ellps="WGS84").inv(lon1, lat1, lon2, lat2)[2] / 1000
    found = [distance_km(*ends) for ends in zip(lat1, lon1, lat2, lon2, strict=True)]
    np.testing.assert_allclose(found, true, rtol=0.01)
    for lat, lon in zip(lat1, lon1, strict=True):
        assert distance_km(lat, lon, -lat, lon + 180) == pytest.approx(20_015, abs=1)


# --- what speaks for and against a place ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "others", "weight"),
    [
        ("exact", "exact", 0.0),
        ("alternate", "alternate", -0.6),
        ("alternate", "inflected", -0.6),
        ("alternate", "folded", -0.6 - 0.8),
        ("alternate", "exact", -0.6 - 0.8),
        ("respelt", "inflected", -0.6 - 1.5),
        ("stray alternate", "exact", -0.8 - 1.5),
        ("loose alternate", "inflected", -1.0 - 1.5),
        ("romanised", "exact", -0.4),
    ],
)
def test_a_name_that_another_place_bears_as_its_own_weighs_less(match: str, others: str, weight: float) -> None:
    found = rank([(place("other", latitude=60.0), others), (place(), match)], Context())
    (mine,) = (candidate for candidate in found if candidate.place.id == "here")
    assert mine.why["name"] == pytest.approx(weight)


def test_an_area_takes_no_name_from_a_town() -> None:
    found = rank([(place("region", kind="region"), "exact"), (place(), "alternate")], Context())
    assert next(c for c in found if c.place.id == "here").why["name"] == pytest.approx(-0.6)


@pytest.mark.parametrize(
    ("kind", "wanted", "weight"),
    [
        ("settlement", "", None), ("region", "", 0.0), ("district", "", -2.2),
        ("settlement", "settlement", 1.0), ("region", "region", 1.0), ("facility", "facility", 1.0),
        ("settlement", "facility", 0.0), ("facility", "settlement", 0.0),
        ("settlement", "region", -3.0), ("region", "settlement", -3.0), ("district", "region", -3.0),
    ],
)  # fmt: skip
def test_the_kind_that_the_text_names_weighs(kind: str, wanted: str, weight: float | None) -> None:
    assert why((place(kind=kind), "exact"), kind=wanted)[0].get("kind") == weight


def test_every_contribution_is_in_powers_of_ten() -> None:
    told = {"country": "RUS", "admin1": "RU-BEL", "near": ((50.0, 36.0), (60.0, 60.0)), "kind": "settlement"}
    parts = {"name": 0.0, "population": 1.0, "own file": 4.0, "country": 1.0, "admin1": 2.0, "near": 1.5, "kind": 1.0}
    assert why((place(population=100_000, preferred=True), "exact"), **told) == [parts]
    told = {"country": "UKR", "admin1": "UA-09"}
    assert why((place(population=0), "exact"), **told) == [
        {"name": 0.0, "population": -1.52, "country": -2.0, "admin1": -2.0}
    ]
    assert why((place(kind="region"), "exact"))[0]["population"] == 1.48
    assert why((place(), "exact"))[0]["theatre"] == 1.0
    assert "theatre" not in why((abroad("POL", 50_000), "exact"))[0]
    assert why((place(), "exact"), near=((50.0, 38.0),))[0]["near"] == pytest.approx(1.5 * np.exp(-143 / 150), abs=0.01)


def test_scores_confidences_and_order() -> None:
    large, small = place("large", population=500_000, latitude=60.0), place("small", population=50_000)
    found = rank([(small, "exact"), (large, "exact")], Context())
    assert [c.place.id for c in found] == ["large", "small"]
    assert [c.score for c in found] == [2.7, 1.7]
    assert [c.confidence for c in found] == [0.909, 0.091]
    assert [c.name_score for c in found] == [1.0, 1.0]
    (alone,) = rank([(small, "misspelt")], Context())
    assert alone[1:] == ("misspelt", 0.7, 0.5, 1.0, {"name": -1.2, "population": 0.7, "theatre": 1.0})
    many = [(place(f"p{n}", latitude=float(n)), "exact") for n in range(20)]
    assert [c.place.id for c in rank(many, Context())] == sorted(f"p{n}" for n in range(20))[:8]


# --- two entries of one place -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "is_one"),
    [
        (place(population=1), True),  # the same id
        (place("other", latitude=50.13), True),
        (place("other", longitude=36.2), True),
        (place("other", name="Sosnówka", latitude=50.1), True),
        (place("other", name="Sosnovy Bor", latitude=50.1), False),
        (place("other", latitude=50.16), False),
        (place("other", latitude=50.1, longitude=36.2), False),  # 18 km
        (place("other", kind="facility"), False),
        (place("other", kind="region"), False),
    ],
)
def test_entries_of_one_name_within_fifteen_km_are_one_place(other: Place, is_one: bool) -> None:
    found = rank([(other._replace(population=1_000), "exact"), (place(), "exact")], Context())
    assert [c.place.id for c in found] == ["here"] if is_one else {c.place.id for c in found} == {"here", other.id}


def test_two_areas_of_one_name_in_one_spot_are_one() -> None:
    found = rank([(place("a", kind="district"), "exact"), (place("b", kind="district"), "exact")], Context())
    assert [c.place.id for c in found] == ["a"]


# --- what is believed -------------------------------------------------------------------------------------------------


def test_nothing_bears_it() -> None:
    assert answer() == Resolution("Sosnovka", "unresolved", "no place bears this name")


@pytest.mark.parametrize(
    ("population", "status"), [(1_000, "resolved"), (10_000, "resolved"), (11_000, "ambiguous"), (90_000, "ambiguous")]
)
def test_the_best_weighs_ten_times_the_next(population: int, status: str) -> None:
    best = place(population=100_000)
    assert outcome((best, "exact"), (place("next", latitude=60.0, population=population), "exact"))[0] == status


def test_rivals_are_named_as_far_as_four() -> None:
    rivals = [place(f"p{n}", latitude=40.0 + n, population=50_000 - n) for n in range(5)]
    far = place("far", latitude=70.0, population=500)
    result = answer(*((rival, "exact") for rival in [*rivals, far]))
    named = ", ".join(["Sosnovka (RU-BEL)"] * 4)
    assert result.reason == f"5 places of like weight bear this name: {named}"
    people = (100_000, 30_000, 8_000)  # the third weighs less than a tenth of the first
    result = answer(*((abroad("ISR", n, f"p{n}", latitude=n / 2_000, admin1=""), "exact") for n in people))
    assert result.reason == "2 places of like weight bear this name: Sosnovka (ISR), Sosnovka (ISR)"


def test_the_grounds_are_told() -> None:
    assert answer((place(), "folded")).reason == "the only place found for this name (folded)"
    told = {"country": "RUS", "admin1": "RU-BEL", "near": ((50.0, 36.0),), "kind": "settlement"}
    supported = "supported by admin1, country, near, kind"
    assert answer((place(), "exact"), **told).reason == f"the only place found for this name (exact), {supported}"
    result = answer((place(), "exact"), (place("next", latitude=60.0, population=500), "exact"), near=((50.0, 44.0),))
    assert result.reason == "exact name; weighs 107 times the next, Sosnovka (RU-BEL)"  # 570 km away is no support
    huge = answer((place(preferred=True), "exact"), (place("next", admin1="RU-MOS", latitude=60.0), "exact"), **told)
    assert huge.reason == f"exact name; weighs 1,000,000,000 times the next, Sosnovka (RU-MOS), {supported}"


@pytest.mark.parametrize(
    ("context", "reason"),
    [
        ({"country": "UKR"}, "no place of this name is known in UKR"),
        ({"admin1": "RU-KDA"}, "no place of this name is known in RU-KDA"),
        ({"kind": "district"}, "no district of this name is known"),
        ({"kind": "region"}, "no region of this name is known"),
    ],
)
def test_what_the_text_says_is_not_overruled(context: dict[str, str], reason: str) -> None:
    result = answer((place(population=5_000_000), "exact"), **context)
    assert (result.status, result.reason) == ("ambiguous", reason)


def test_a_plant_is_no_area_but_may_be_known_by_its_town() -> None:
    area = answer((place(kind="region"), "exact"), kind="facility")
    assert (area.status, area.reason) == ("ambiguous", "no facility of this name is known")
    assert outcome((place(), "exact"), kind="facility") == ("resolved", "here")


@pytest.mark.parametrize(
    ("match", "population", "context", "status"),
    [
        ("misspelt", 5_000_000, {}, "ambiguous"),
        ("misspelt", 500, {"admin1": "RU-BEL"}, "resolved"),
        ("badly misspelt", 500, {"admin1": "RU-BEL"}, "resolved"),
        ("misspelt", 500, {"near": ((50.0, 37.0),)}, "resolved"),  # 71 km
        ("misspelt", 500, {"near": ((50.0, 37.6),)}, "ambiguous"),  # 115 km
        ("misspelt", 20_000, {"country": "RUS"}, "resolved"),
        ("misspelt", 19_999, {"country": "RUS"}, "ambiguous"),
        ("badly misspelt", 5_000_000, {"country": "RUS"}, "ambiguous"),
        ("misspelt", 5_000_000, {"kind": "settlement"}, "ambiguous"),
    ],
)
def test_a_misspelling_needs_support(match: str, population: int, context: dict[str, object], status: str) -> None:
    result = answer((place(population=population), match), query="Sasnovka", **context)
    assert result.status == status
    if status == "ambiguous":
        assert result.reason == "spelt much like Sosnovka, but nothing in the context supports it"


@pytest.mark.parametrize(
    ("match", "country", "population", "status"),
    [
        ("alternate", "RUS", 5_000, "resolved"),
        ("alternate", "RUS", 4_999, "ambiguous"),
        ("alternate", "ISR", 100_000, "resolved"),
        ("alternate", "ISR", 99_999, "ambiguous"),
        ("stray alternate", "RUS", 50_000, "resolved"),
        ("stray alternate", "RUS", 49_999, "unresolved"),
        ("stray alternate", "ISR", 500_000, "resolved"),
        ("stray alternate", "ISR", 499_999, "unresolved"),
        ("loose alternate", "RUS", 300_000, "resolved"),
        ("loose alternate", "RUS", 299_999, "unresolved"),
        ("loose alternate", "ISR", 10_000_000, "unresolved"),
    ],
)
def test_another_name_is_believed_of_a_large_place(match: str, country: str, population: int, status: str) -> None:
    town = place(country=country, population=population)
    assert outcome((town, match), query="Sosenki")[0] == status
    assert outcome((town, match), query="Sosenki", country=country) == ("resolved", "here")


def test_another_name_is_not_believed_bare_where_a_village_is_so_called() -> None:
    city, village = place(population=5_000_000), place("village", name="Sosenki", latitude=60.0, population=0)
    assert outcome((city, "alternate"), (village, "exact"), query="Sosenki")[0] == "ambiguous"
    assert outcome((city, "alternate"), (village, "alternate"), query="Sosenki") == ("resolved", "here")


@pytest.mark.parametrize(
    ("bearer", "least"),
    [
        (abroad("USA", 0), 100_000),
        (abroad("POL", 0), 5_000),
        (abroad("DEU", 0, kind="region"), 2_000_000),
        (abroad("POL", 0, kind="region"), 5_000),
        (place(name="Bor"), 100_000),
    ],
)
def test_a_word_that_may_be_a_place_elsewhere_needs_inhabitants_or_support(bearer: Place, least: int) -> None:
    enough, too_few = (bearer._replace(population=people) for people in (least, least - 1))
    assert outcome((enough, "exact")) == ("resolved", bearer.id)
    result = answer((too_few, "exact"))
    known = f"only {bearer.name} ({bearer.country}) comes close"
    assert (result.status, result.reason) == ("unresolved", f"no place is known by this name; {known}")
    near_by = ((bearer.latitude + 1, bearer.longitude),)
    for told in ({"country": bearer.country}, {"admin1": bearer.admin1}, {"kind": bearer.kind}, {"near": near_by}):
        assert outcome((too_few, "exact"), **told) == ("resolved", bearer.id)
    assert outcome((too_few._replace(preferred=True), "exact")) == ("resolved", bearer.id)


def test_a_place_that_is_reported_of_needs_none() -> None:
    assert outcome((abroad("MDA", 0), "exact")) == ("resolved", "abroad")
    assert outcome((abroad("USA", 0, kind="facility"), "exact")) == ("resolved", "abroad")


def test_a_short_name_is_no_other_name() -> None:
    large = place(name="Sosnovka", population=10_000_000)
    assert outcome((large, "alternate"), query="SNK")[0] == "unresolved"
    assert outcome((large, "alternate"), query="SNKA")[0] == "resolved"


# --- who is no rival --------------------------------------------------------------------------------------------------


def test_what_lies_in_another_country_or_region_than_the_text_names_is_no_rival() -> None:
    metropolis = place("metropolis", country="UKR", admin1="UA-09", latitude=48.0, population=10_000_000)
    assert outcome((place(population=10_000), "exact"), (metropolis, "exact"), country="RUS") == ("resolved", "here")
    other = place("other", admin1="RU-MOS", latitude=56.0, population=1_000_000)
    assert outcome((place(population=300), "exact"), (other, "exact"), admin1="RU-BEL") == ("resolved", "here")


def test_what_is_called_so_for_what_lies_beside_it_is_no_rival() -> None:
    zone = place("zone", population=50_000)
    town = place("town", name="Yelabuga", latitude=50.1, population=90_000)
    assert outcome((zone, "inflected"), (town, "alternate")) == ("resolved", "zone")
    assert outcome((zone, "inflected"), (town._replace(latitude=60.0), "alternate"))[0] == "ambiguous"
    assert outcome((zone, "inflected"), (town, "inflected"))[0] == "ambiguous"


@pytest.mark.parametrize(
    ("best", "rival", "status"),
    [
        (place(population=10_000), abroad("USA", 30_000), "resolved"),
        (place(population=50_000), abroad("USA", 200_000), "ambiguous"),
        (place(population=3_000), abroad("POL", 4_999), "resolved"),
        (place(population=3_000), abroad("POL", 5_000), "ambiguous"),
        (place(population=3_000), place("rival", latitude=60.0, population=2_000), "ambiguous"),
        (abroad("POL", 50_000, "here"), abroad("USA", 30_000, longitude=60.0), "ambiguous"),
    ],
)
def test_what_is_little_known_and_far_off_is_no_rival(best: Place, rival: Place, status: str) -> None:
    assert outcome((best, "exact"), (rival, "exact")) == (status, "here" if status == "resolved" else "")


def test_rivals_abroad_leave_no_country():
    """An ambiguous name has a country only where all candidates of like weight are in it."""
    gazetteer = Gazetteer()
    assert gazetteer.resolve("Primorsk").country == ""
    assert gazetteer.resolve("Krasny Yar", country="RUS").country == "RUS"
    assert gazetteer.resolve("Tuapse").country == "RUS"
    assert gazetteer.resolve("Qwertyuiop").country == ""
