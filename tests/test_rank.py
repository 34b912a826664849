"""How candidates are ranked, and when the best one is accepted, on made-up places."""

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
    given = Context(**context)
    candidates = rank(list(found), given)
    result = decide(query, candidates, given)
    assert (result.query, result.candidates) == (query, candidates)
    return result


def outcome(*found: tuple[Place, str], query: str = "Sosnovka", **context: object) -> tuple[str, str]:
    """The status, and the id of the place that is meant."""
    result = answer(*found, query=query, **context)
    return result.status, result.place.id if result.place else ""


def why(*found: tuple[Place, str], **context: object) -> list[dict[str, float]]:
    return [candidate.why for candidate in rank(list(found), Context(**context))]


def test_sphere_is_accurate() -> None:
    """Distances on the sphere are within one per cent of those on the ellipsoid."""
    lon1, lat1, lon2, lat2 = np.random.default_rng(1).uniform([-180, -90, -180, -90], [180, 90, 180, 90], (500, 4)).T
    true = Geod(ellps="WGS84").inv(lon1, lat1, lon2, lat2)[2] / 1000
    found = [distance_km(*ends) for ends in zip(lat1, lon1, lat2, lon2, strict=True)]
    np.testing.assert_allclose(found, true, rtol=0.01)
    for lat, lon in zip(lat1, lon1, strict=True):
        assert distance_km(lat, lon, -lat, lon + 180) == pytest.approx(20_015, abs=1)


# --- contributions ----------------------------------------------------------------------------------------------------


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
def test_others_names_weigh_less(match: str, others: str, weight: float) -> None:
    """An alternate weighs less if it is another place's own name."""
    found = rank([(place("other", latitude=60.0), others), (place(), match)], Context())
    (mine,) = (candidate for candidate in found if candidate.place.id == "here")
    assert mine.why["name"] == pytest.approx(weight)


def test_areas_leave_names() -> None:
    """An area's own name does not lower a town's alternate."""
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
def test_named_kinds_weigh(kind: str, wanted: str, weight: float | None) -> None:
    """The kind of place in the text adds weight."""
    assert why((place(kind=kind), "exact"), kind=wanted)[0].get("kind") == weight


def test_contributions_are_powers() -> None:
    """Every contribution is in powers of ten."""
    context = {"country": "RUS", "admin1": "RU-BEL", "near": ((50.0, 36.0), (60.0, 60.0)), "kind": "settlement"}
    parts = {"name": 0.0, "population": 1.0, "own file": 4.0, "country": 1.0, "admin1": 2.0, "near": 1.5, "kind": 1.0}
    assert why((place(population=100_000, preferred=True), "exact"), **context) == [parts]
    context = {"country": "UKR", "admin1": "UA-09"}
    assert why((place(population=0), "exact"), **context) == [
        {"name": 0.0, "population": -1.52, "country": -2.0, "admin1": -2.0}
    ]
    assert why((place(kind="region"), "exact"))[0]["population"] == 1.48
    assert why((place(), "exact"))[0]["theatre"] == 1.0
    assert "theatre" not in why((abroad("POL", 50_000), "exact"))[0]
    assert why((place(), "exact"), near=((50.0, 38.0),))[0]["near"] == pytest.approx(1.5 * np.exp(-143 / 150), abs=0.01)


def test_scores_order_candidates() -> None:
    """Candidates are ordered by score, and confidences are shares of weight."""
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


# --- duplicate entries ------------------------------------------------------------------------------------------------


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
def test_close_entries_merge(other: Place, is_one: bool) -> None:
    """Entries of one name within 15 km are one place."""
    found = rank([(other._replace(population=1_000), "exact"), (place(), "exact")], Context())
    assert [c.place.id for c in found] == ["here"] if is_one else {c.place.id for c in found} == {"here", other.id}


def test_same_areas_merge() -> None:
    """Two areas of one name at one spot are one."""
    found = rank([(place("a", kind="district"), "exact"), (place("b", kind="district"), "exact")], Context())
    assert [c.place.id for c in found] == ["a"]


# --- decisions --------------------------------------------------------------------------------------------------------


def test_no_candidates() -> None:
    """Without candidates a name is unresolved."""
    assert answer() == Resolution("Sosnovka", "unresolved", "no place has this name")


@pytest.mark.parametrize(
    ("population", "status"), [(1_000, "resolved"), (10_000, "resolved"), (11_000, "ambiguous"), (90_000, "ambiguous")]
)
def test_margin_is_tenfold(population: int, status: str) -> None:
    """The best candidate must weigh ten times the next."""
    best = place(population=100_000)
    assert outcome((best, "exact"), (place("next", latitude=60.0, population=population), "exact"))[0] == status


def test_reason_names_rivals() -> None:
    """The reason names up to four rivals."""
    rivals = [place(f"p{n}", latitude=40.0 + n, population=50_000 - n) for n in range(5)]
    far = place("far", latitude=70.0, population=500)
    result = answer(*((rival, "exact") for rival in [*rivals, far]))
    named = ", ".join(["Sosnovka (RU-BEL)"] * 4)
    assert result.reason == f"5 places of similar weight have this name: {named}"
    people = (100_000, 30_000, 8_000)  # the third weighs less than a tenth of the first
    result = answer(*((abroad("ISR", n, f"p{n}", latitude=n / 2_000, admin1=""), "exact") for n in people))
    assert result.reason == "2 places of similar weight have this name: Sosnovka (ISR), Sosnovka (ISR)"


def test_reason_gives_grounds() -> None:
    """The reason gives the match, the margin and the support."""
    assert answer((place(), "folded")).reason == "the only place found for this name (folded)"
    context = {"country": "RUS", "admin1": "RU-BEL", "near": ((50.0, 36.0),), "kind": "settlement"}
    supported = "supported by admin1, country, near, kind"
    assert answer((place(), "exact"), **context).reason == f"the only place found for this name (exact), {supported}"
    result = answer((place(), "exact"), (place("next", latitude=60.0, population=500), "exact"), near=((50.0, 44.0),))
    assert result.reason == "exact name; 107 times the weight of Sosnovka (RU-BEL)"  # 570 km away is too far
    huge = answer((place(preferred=True), "exact"), (place("next", admin1="RU-MOS", latitude=60.0), "exact"), **context)
    assert huge.reason == f"exact name; 1,000,000,000 times the weight of Sosnovka (RU-MOS), {supported}"


@pytest.mark.parametrize(
    ("context", "reason"),
    [
        ({"country": "UKR"}, "no place of this name is known in UKR"),
        ({"admin1": "RU-KDA"}, "no place of this name is known in RU-KDA"),
        ({"kind": "district"}, "no district of this name is known"),
        ({"kind": "region"}, "no region of this name is known"),
    ],
)
def test_context_is_binding(context: dict[str, str], reason: str) -> None:
    """A candidate that contradicts the text is not resolved."""
    result = answer((place(population=5_000_000), "exact"), **context)
    assert (result.status, result.reason) == ("ambiguous", reason)


def test_plants_are_not_areas() -> None:
    """A plant is not an area, but may be resolved to its town."""
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
def test_misspellings_need_support(match: str, population: int, context: dict[str, object], status: str) -> None:
    """A misspelling needs support."""
    result = answer((place(population=population), match), query="Sasnovka", **context)
    assert result.status == status
    if status == "ambiguous":
        assert result.reason == "similar to Sosnovka, but nothing in the context supports it"


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
def test_large_places_have_alternates(match: str, country: str, population: int, status: str) -> None:
    """An alternate name is enough for a large place."""
    town = place(country=country, population=population)
    assert outcome((town, match), query="Sosenki")[0] == status
    assert outcome((town, match), query="Sosenki", country=country) == ("resolved", "here")


def test_village_contests_alternates() -> None:
    """A bare alternate name is contested by a village's own name."""
    city, village = place(population=5_000_000), place("village", name="Sosenki", latitude=60.0, population=0)
    assert outcome((city, "alternate"), (village, "exact"), query="Sosenki")[0] == "ambiguous"
    assert outcome((city, "alternate"), (village, "alternate"), query="Sosenki") == ("resolved", "here")


@pytest.mark.parametrize(
    ("candidate", "least"),
    [
        (abroad("USA", 0), 100_000),
        (abroad("POL", 0), 5_000),
        (abroad("DEU", 0, kind="region"), 2_000_000),
        (abroad("POL", 0, kind="region"), 5_000),
        (place(name="Bor"), 100_000),
    ],
)
def test_far_places_need_size(candidate: Place, least: int) -> None:
    """A far place needs a large population or support."""
    enough, too_few = (candidate._replace(population=people) for people in (least, least - 1))
    assert outcome((enough, "exact")) == ("resolved", candidate.id)
    result = answer((too_few, "exact"))
    known = f"the closest is {candidate.name} ({candidate.country})"
    assert (result.status, result.reason) == ("unresolved", f"no place has this name; {known}")
    near_by = ((candidate.latitude + 1, candidate.longitude),)
    hints = [("country", candidate.country), ("admin1", candidate.admin1), ("kind", candidate.kind), ("near", near_by)]
    for hint, value in hints:
        assert outcome((too_few, "exact"), **{hint: value}) == ("resolved", candidate.id)
    assert outcome((too_few._replace(preferred=True), "exact")) == ("resolved", candidate.id)


def test_reported_countries_need_no_size() -> None:
    """A place in a country that reports are about needs neither."""
    assert outcome((abroad("MDA", 0), "exact")) == ("resolved", "abroad")
    assert outcome((abroad("USA", 0, kind="facility"), "exact")) == ("resolved", "abroad")


def test_short_alternates_fail() -> None:
    """An alternate name of three letters is not enough."""
    large = place(name="Sosnovka", population=10_000_000)
    assert outcome((large, "alternate"), query="SNK")[0] == "unresolved"
    assert outcome((large, "alternate"), query="SNKA")[0] == "resolved"


# --- rivals -----------------------------------------------------------------------------------------------------------


def test_excluded_places_are_not_rivals() -> None:
    """A place outside the country or region in the text is not a rival."""
    metropolis = place("metropolis", country="UKR", admin1="UA-09", latitude=48.0, population=10_000_000)
    assert outcome((place(population=10_000), "exact"), (metropolis, "exact"), country="RUS") == ("resolved", "here")
    other = place("other", admin1="RU-MOS", latitude=56.0, population=1_000_000)
    assert outcome((place(population=300), "exact"), (other, "exact"), admin1="RU-BEL") == ("resolved", "here")


def test_same_spot_is_not_rival() -> None:
    """A place with the name of its neighbour is not a rival."""
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
def test_obscure_places_are_not_rivals(best: Place, rival: Place, status: str) -> None:
    """A little known place abroad is not a rival."""
    assert outcome((best, "exact"), (rival, "exact")) == (status, "here" if status == "resolved" else "")


def test_rivals_abroad_leave_no_country():
    """An ambiguous name has a country only if all candidates of similar weight are in it."""
    gazetteer = Gazetteer()
    assert gazetteer.resolve("Primorsk").country == ""
    assert gazetteer.resolve("Krasny Yar", country="RUS").country == "RUS"
    assert gazetteer.resolve("Tuapse").country == "RUS"
    assert gazetteer.resolve("Qwertyuiop").country == ""
