"""Rank candidates, and decide whether the best one fits well enough.

Scores are powers of ten: a candidate that scores 1 more weighs ten times as much. A name is resolved if the best
candidate weighs at least ten times as much as the next, and nothing in the text contradicts it.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from geostrike.places.index import THEATRE
from geostrike.places.names import fold, same_name
from geostrike.places.nearby import Nearby, distance_km
from geostrike.places.place import AREA_KINDS, MARGIN, Candidate, Place, Resolution

if TYPE_CHECKING:
    from geostrike.places.layers import Matches

__all__ = ["HEADING", "REGION_NAMED_LAST", "SPEAKER", "Context", "decide", "distance_km", "rank"]

_Scored = tuple[float, Place, str, dict[str, float]]
_NAME_SCORES = {
    "exact": 1.0,
    "folded": 1.0,
    "inflected": 0.95,
    "adjective": 0.9,
    "romanised": 0.9,
    "respelt": 0.85,
    "alternate": 0.85,
    "inflected alternate": 0.8,
    "stray alternate": 0.8,
    "loosely respelt": 0.75,
    "loose alternate": 0.75,
    "misspelt": 0.7,
    "badly misspelt": 0.6,
}
_NAME_PARTS = {match: round(4 * (score - 1), 2) for match, score in _NAME_SCORES.items()}
_OWN_MATCHES = ("exact", "folded", "inflected", "adjective", "romanised", "misspelt", "badly misspelt")
_OTHERS_NAME, _OTHERS_NAME_TOO = -1.5, -0.8
"""Contribution of an alternate name that is another place's own name; of one listed in both scripts, as "Шахтерск" is
for Shakhtarsk."""
_EQUIVALENT_POPULATION = {
    "country": 5_000_000,
    "region": 300_000,
    "sea": 1_000_000,
    "area": 300_000,
    "district": 20_000,
    "facility": 20_000,
}
_LEAST_POPULATION = 300
_IN_THEATRE = 1.0
_COUNTRY_AGREES, _COUNTRY_DISAGREES = 1.0, -2.0
_ADMIN1_AGREES, _ADMIN1_DISAGREES = 2.0, -2.0
_REGION_SCORES = (2.0, 0.6, 0.4)
"""Contribution of the first, second and third hint in the text at the place's region."""
_NEAR, _NEAR_KM = 1.5, 150.0
_OUTSIDE_KM = 10.0
_CLOSE = 0.3
"""A smaller contribution of `near` does not count as support."""
_OWN_FILE = 4.0
_SAME_PLACE_KM = 15.0
_MOST_CANDIDATES = 8
_KNOWN_BY_OTHER_NAMES = {
    "alternate": (5_000, 100_000), "inflected alternate": (20_000, 200_000), "stray alternate": (50_000, 500_000),
    "loosely respelt": (math.inf, 50_000), "loose alternate": (300_000, math.inf),
}  # fmt: skip
"""Population, in the theatre and abroad, above which an alternate name is enough for a place without support."""

_DOUBTFUL_MATCHES = frozenset(_KNOWN_BY_OTHER_NAMES) - {"alternate"}
_SHORT_NAME = 3
_WELL_KNOWN_THOUGH_SHORT = 100_000
"""Three letters are as often a word: a place with so short a name needs support, or this population."""
_REPORTED = THEATRE | frozenset(
    """MDA GEO AZE ARM ISR LBN PSE SYR IRN IRQ YEM SAU SDN SSD ETH ERI PAK IND AFG LBY COD RWA MMR KOR PRK""".split()  # noqa: SIM905
)
_NEIGHBOURS = frozenset("POL SVK HUN ROU LTU LVA EST FIN NOR TUR KAZ".split())  # noqa: SIM905
_KNOWN_NEXT_DOOR, _KNOWN_ELSEWHERE, _REGION_KNOWN_ELSEWHERE = 5_000, 100_000, 2_000_000
"""Outside the countries that such reports are about, the name of a small place is mostly a surname or a word ("Wagner",
"Falcon", "TASS"): it needs support, or this population."""
_WELL_KNOWN = 20_000
"""Population above which a misspelt name is recognised."""


REGION_NAMED_LAST, HEADING, SPEAKER = "the region named last", "the heading", "who speaks"
_SUPPORT = ("admin1", "country", "near", "kind", REGION_NAMED_LAST, HEADING, SPEAKER)


class Context(NamedTuple):
    """What the text says about the place besides its name; every part may be empty."""

    country: str = ""
    admin1: str = ""
    near: tuple[tuple[float, float], ...] = ()
    kind: str = ""
    within: tuple[Place, ...] = ()
    """The districts it is in according to the text."""
    regions: tuple[tuple[str, str], ...] = ()
    """Other hints at a region, such as the heading, each with the region's code."""
    beside: tuple[tuple[float, float], ...] = ()
    """The points of the larger places written with the name."""


def rank(found: Matches, context: Context) -> tuple[Candidate, ...]:
    """Return the candidates, best first, with their scores explained; several entries of one place are one candidate.

    A place without a point of its own is a candidate only if the text names its region or district, or calls it a
    settlement.
    """
    if [place for place, _ in found if place.anchor]:
        found = _without_unmentioned(found, context)
    bearers = {match for place, match in found if place.kind not in AREA_KINDS}
    scored = []
    for place, match in found:
        why = _contributions(place, match, context, is_others=_is_others_name(match, bearers))
        scored.append((round(sum(why.values()), 3), place, match, why))
    if len(scored) < 2:
        return tuple(
            Candidate(place, match, _NAME_SCORES[match], score, 1.0, why) for score, place, match, why in scored
        )
    scored = _distinct(sorted(scored, key=lambda entry: (-entry[0], entry[1].id)))
    weights = [10 ** (score - scored[0][0]) for score, *_ in scored]
    total = sum(weights)
    return tuple(
        Candidate(place, match, _NAME_SCORES[match], score, round(weight / total, 3), why)
        for weight, (score, place, match, why) in zip(weights, scored, strict=True)
    )[:_MOST_CANDIDATES]


def _without_unmentioned(found: Matches, context: Context) -> Matches:
    """Drop villages without a point of their own that the text does not locate, or that another place represents."""
    kept = tuple(hit for hit in found if not hit[0].anchor)
    if context.kind == "settlement" or context.admin1 or context.within or context.regions:
        placed = [place for place, _ in kept if place.kind == "settlement"]
        kept += tuple(
            hit for hit in found if hit[0].anchor and _is_mentioned(hit[0], context) and not _is_among(hit[0], placed)
        )
    return kept


def _is_mentioned(village: Place, context: Context) -> bool:
    """Whether the text locates a village without a point of its own, or calls it a settlement."""
    regions = (context.admin1, *(admin1 for _, admin1 in context.regions))
    return (
        context.kind == "settlement"
        or village.anchor in [area.id for area in context.within]
        or village.admin1 in filter(None, regions)
    )


def _is_among(village: Place, placed: list[Place]) -> bool:
    """Whether a village without a point of its own may be one of the places with a point, in the same area."""
    return any(
        distance_km(village.latitude, village.longitude, place.latitude, place.longitude) < village.radius_km
        for place in placed
    )


def _distinct(scored: list[_Scored]) -> list[_Scored]:
    """Drop entries that are the same place as a better one."""
    kept: list[_Scored] = []
    for entry in scored[: 4 * _MOST_CANDIDATES]:
        if not any(_one_place(entry[1], better[1]) for better in kept):
            kept.append(entry)
    return kept


def _contributions(place: Place, match: str, context: Context, *, is_others: bool) -> dict[str, float]:
    """Return the contributions to the score of a place, in powers of ten."""
    people = _EQUIVALENT_POPULATION.get(place.kind, place.population)
    why = {"name": _NAME_PARTS[match], "population": _population(people)}
    if is_others:
        why["name"] += _OTHERS_NAME_TOO if match in ("alternate", "inflected alternate") else _OTHERS_NAME
    if place.kind in AREA_KINDS or context.kind:
        why["kind"] = _kind(place, context.kind)
    if place.preferred:
        why["own file"] = _OWN_FILE
    if context.country:
        why["country"] = _COUNTRY_AGREES if place.country == context.country else _COUNTRY_DISAGREES
    elif place.country in THEATRE:
        why["theatre"] = _IN_THEATRE
    if context.admin1:
        why["admin1"] = _ADMIN1_AGREES if place.admin1 == context.admin1 else _ADMIN1_DISAGREES
    if context.regions:
        agreeing = (says for says, admin1 in context.regions if admin1 == place.admin1)
        why.update(zip(agreeing, _REGION_SCORES, strict=False))
    if context.near or context.beside:
        near = context.near if isinstance(context.near, Nearby) else Nearby(context.near)
        # A report may name thousands of places: concatenating them for every name would take too long.
        points = (some for some in (near, Nearby(context.beside)) if some)
        away = min(some.km(place.latitude, place.longitude) for some in points)
        why["near"] = round(_NEAR * math.exp(-away / _NEAR_KM), 2)
    return why


def _is_others_name(match: str, bearers: set[str]) -> bool:
    """Whether the name is rather another place's own name, and only an alternate of this one.

    "Ровно" is an alternate of Rivne, not of Rovnoye, though it may be a case form of that.
    """
    if match in ("alternate", "inflected alternate"):
        return not bearers.isdisjoint(("exact", "folded"))
    return ("respelt" in match or "alternate" in match) and not bearers.isdisjoint(_OWN_MATCHES)


@lru_cache(1 << 14)
def _population(people: int) -> float:
    return round(math.log10(max(people, _LEAST_POPULATION)) - 4, 2)


def _kind(place: Place, wanted: str) -> float:
    """Score towns above areas of the same name, and the kind named in the text above all others."""
    is_area = place.kind in AREA_KINDS
    if not wanted:
        return -2.2 if place.kind == "district" else 0.0
    if place.kind == wanted:
        return 1.0
    return -3.0 if is_area or wanted in AREA_KINDS else 0.0


def _one_place(place: Place, better: Place) -> bool:
    if place.id == better.id:
        return True
    if (place.kind in AREA_KINDS) != (better.kind in AREA_KINDS) or place.kind == "facility":
        return False
    if abs(place.latitude - better.latitude) > _SAME_PLACE_KM / 100:  # a degree is more than 100 km
        return False
    return _is_close(place, better) and same_name(place.name, better.name)


def _is_close(place: Place, other: Place) -> bool:
    return distance_km(place.latitude, place.longitude, other.latitude, other.longitude) < _SAME_PLACE_KM


def decide(query: str, candidates: tuple[Candidate, ...], context: Context) -> Resolution:
    """Return the resolution: one place, several, or none, with the reason in words."""
    if not candidates:
        return Resolution(query, "unresolved", "no place has this name")
    best = candidates[0]
    if _is_doubtful(query, best):
        reason = f"no place has this name; the closest is {best.place.name} ({best.place.country})"
        return Resolution(query, "unresolved", reason, candidates)
    contested = any(c.match in _OWN_MATCHES and c.place.country in _REPORTED for c in candidates[1:])
    objection = _objection(best, context, contested=contested)
    if objection:
        return Resolution(query, "ambiguous", objection, candidates)
    town = _town_for(candidates[1:]) if best.place.anchor else None
    if town is not None:
        reason = f"either {town.place.name} ({_where(town.place)}) or a village in {_where(best.place)}"
        return Resolution(query, "ambiguous", reason, candidates)
    rivals = [
        c for c in candidates[1:] if not (_is_elsewhere(c) or _is_same_spot(c, best) or _is_far_off(query, c, best))
    ]
    if rivals and best.score - rivals[0].score < MARGIN:
        return Resolution(query, "ambiguous", _rivals((best, *rivals)), candidates)
    return Resolution(query, "resolved", _grounds(candidates), candidates)


def _objection(best: Candidate, context: Context, *, contested: bool) -> str:
    """Explain why even the best candidate is rejected; empty if it is not. It is contested if others own the name."""
    if best.why.get("country", 0) < 0:
        return f"no place of this name is known in {context.country}"
    if best.why.get("admin1", 0) < 0:
        return f"no place of this name is known in {context.admin1}"
    if context.within:
        far = next((area for area in context.within if _is_outside(best.place, area)), None)
        if far is not None:
            return f"no place of this name is known in {far.name}"
    if best.place.kind != context.kind and (
        context.kind in AREA_KINDS or (context.kind == "facility" and best.place.kind in AREA_KINDS)
    ):
        return f"no {context.kind} of this name is known"
    if "misspelt" in best.match and not _is_likely_meant(best):
        return f"similar to {best.place.name}, but nothing in the context supports it"
    known = _known_by_other_names(best) and not contested
    if best.match == "alternate" and not _is_supported(best) and not known:
        return f"only an alternate name of {best.place.name}, and nothing in the context supports it"
    return ""


def _town_for(others: tuple[Candidate, ...]) -> Candidate | None:
    """Return the town that may be meant instead of a village without a point of its own, unless it is far away."""
    return next(
        (
            c
            for c in others
            if c.place.kind == "settlement"
            and not (c.place.anchor or _is_elsewhere(c) or c.why.get("near", _CLOSE) < _CLOSE)
        ),
        None,
    )


def _is_outside(place: Place, area: Place) -> bool:
    """Whether a place is too far from a district's point to be in it."""
    if place.kind in ("region", "country") or place.anchor == area.id:
        return False
    away = distance_km(place.latitude, place.longitude, area.latitude, area.longitude)
    return away > area.radius_km + _OUTSIDE_KM


def _is_elsewhere(candidate: Candidate) -> bool:
    """Whether the text names another country or region than that of the place, which rules it out as a rival."""
    return candidate.why.get("country", 0) < 0 or candidate.why.get("admin1", 0) < 0


def _is_same_spot(candidate: Candidate, best: Candidate) -> bool:
    """Whether the candidate has this name only from what is next to it, as Yelabuga from the zone Alabuga."""
    return "alternate" in candidate.match and _is_close(candidate.place, best.place)


def _is_far_off(query: str, candidate: Candidate, best: Candidate) -> bool:
    """Whether a candidate abroad is so little known that it would be rejected on its own."""
    abroad = best.place.country in THEATRE and candidate.place.country not in _REPORTED
    return abroad and _is_doubtful(query, candidate)


def _is_likely_meant(best: Candidate) -> bool:
    """Whether a misspelling of this place is likely: close by, in the region, or a well-known place of the country."""
    close = best.why.get("admin1", 0) > 0 or best.why.get("near", 0) > _NEAR / 2
    well_known = best.why.get("country", 0) > 0 and best.place.population >= _WELL_KNOWN and best.match == "misspelt"
    return close or well_known


def _is_doubtful(query: str, best: Candidate) -> bool:
    """Whether the name may as well be an ordinary word, or comes from a single entry of a gazetteer."""
    if _is_supported(best) or best.place.preferred:
        return False
    if best.place.kind == "district" and best.place.country not in THEATRE:
        return True
    if min(len(fold(best.place.name)), len(fold(query))) <= _SHORT_NAME:
        return best.place.population < _WELL_KNOWN_THOUGH_SHORT or "alternate" in best.match
    if best.place.population < _known_from(best.place):
        return True
    return best.match in _DOUBTFUL_MATCHES and not _known_by_other_names(best)


def _known_from(place: Place) -> int:
    """Return the population above which a bare name is enough for a place."""
    if place.country in _REPORTED or place.preferred or place.kind not in ("settlement", "region"):
        return 0
    if place.country in _NEIGHBOURS:
        return _KNOWN_NEXT_DOOR
    return _KNOWN_ELSEWHERE if place.kind == "settlement" else _REGION_KNOWN_ELSEWHERE


def _is_supported(best: Candidate) -> bool:
    why = best.why
    return not why.keys().isdisjoint(_SUPPORT) and any(why.get(part, 0) > _CLOSE for part in _SUPPORT)


def _known_by_other_names(best: Candidate) -> bool:
    in_theatre, abroad = _KNOWN_BY_OTHER_NAMES.get(best.match, (math.inf, math.inf))
    return best.place.population >= (in_theatre if best.place.country in THEATRE else abroad)


def _rivals(candidates: tuple[Candidate, ...]) -> str:
    close = [c.place for c in candidates if candidates[0].score - c.score < MARGIN]
    named = ", ".join(f"{place.name} ({_where(place)})" for place in close[:4])
    return f"{len(close)} places of similar weight have this name: {named}"


def _grounds(candidates: tuple[Candidate, ...]) -> str:
    best = candidates[0]
    parts = [part for part in _SUPPORT if best.why.get(part, 0) > _CLOSE] if _is_supported(best) else []
    support = f", supported by {', '.join(parts)}" if parts else ""
    if len(candidates) == 1:
        return f"the only place found for this name ({best.match}){support}"
    other = candidates[1]
    ratio = 10 ** min(best.score - other.score, 9)
    return f"{best.match} name; {ratio:,.0f} times the weight of {other.place.name} ({_where(other.place)}){support}"


def _where(place: Place) -> str:
    return place.admin1 or place.country
