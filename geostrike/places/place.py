"""Places, candidates and resolutions: the contents of a gazetteer and the results of a lookup."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from geostrike.intake.writing import json_text
from geostrike.tables import AREA_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["AREA_KINDS", "Candidate", "Hints", "Place", "Resolution", "Resolver"]


WIDEST_VILLAGE_KM = 25.0
"""Largest radius at which a village is returned as itself; beyond it, as the area it is in."""

MARGIN = 1.0
"""How much higher the best candidate must score than the next: ten times the weight."""

_NOTHING: Mapping[str, float] = MappingProxyType({})


class Place(NamedTuple):
    """One place.

    Parameters
    ----------
    id
        Id in the gazetteer: ``geonames:<id>``, an ISO 3166-2 code of a region, or a name of gazetteer.csv.
    name
        Its name in English.
    kind
        A word of `geostrike.tables.PLACE_KINDS`.
    country
        Country by recognised territory, ISO 3166-1 alpha-3.
    admin1
        First-level region, ISO 3166-2; empty if unknown.
    latitude, longitude
        A point of the place, in degrees (WGS 84); inside it where it is an area.
    radius_km
        Radius that covers the place, in km.
    population
        Inhabitants; 0 if unknown.
    source
        Source of name and point.
    preferred
        Whether it is from a user's own file, and so ranks before all others of its name.
    anchor
        Id of the area at whose point it is placed, as a village known only by its community; empty if the place has a
        point of its own.
    """

    id: str
    name: str
    kind: str
    country: str
    admin1: str
    latitude: float
    longitude: float
    radius_km: float
    population: int
    source: str
    preferred: bool = False
    anchor: str = ""


class Candidate(NamedTuple):
    """One place that a name may refer to.

    Parameters
    ----------
    place
        The place.
    match
        How the name matches one of the place's: "exact"; "folded" (case, marks, apostrophes, hyphens or script differ);
        "inflected" (case ending); "adjective" ("Wolgograder" of Volgograd); "romanised" (another romanisation);
        "respelt" (with other vowels, or an article), "loosely respelt" (the same, not listed); "alternate" (another
        name of the place), "inflected alternate" (that in another case, or an adjective of it), "stray alternate"
        (listed only once), "loose alternate" (another spelling of another name); "misspelt" (one edit), "badly
        misspelt" (two).
    name_score
        How well the name fits, 1 for the place's own name.
    score
        Sum of the contributions in `why`, in powers of ten: a candidate that scores 1 more weighs ten times as much.
    confidence
        Share of the weight of all candidates, 0 to 1.
    why
        Contribution of each part: name, population, theatre, kind, country, admin1, near, own file; in a text also "the
        region named last", "the heading" and "who speaks".
    """

    place: Place
    match: str
    name_score: float
    score: float = 0.0
    confidence: float = 0.0
    why: Mapping[str, float] = _NOTHING


class Hints(NamedTuple):
    """What a text says about one of its place names; every part may be empty.

    Parameters
    ----------
    country
        Country according to the text, ISO 3166-1 alpha-3.
    admin1
        First-level region according to the text: an ISO 3166-2 code or a name as written.
    kind
        Kind of place according to the text, a word of `geostrike.tables.PLACE_KINDS`.
    region
        The region last named before the name, as code or as written. This one and the next two only add weight, and the
        reason names them.
    heading
        The region named in the heading above the passage.
    speaker
        The region of the governor or other official who speaks.
    """

    country: str = ""
    admin1: str = ""
    kind: str = ""
    region: str = ""
    heading: str = ""
    speaker: str = ""

    def given(self) -> dict[str, Any]:
        """Return the parts that are not empty, by name, as arguments of `geostrike.places.Gazetteer.resolve`.

        Examples
        --------
        >>> Hints(country="RUS").given()
        {'country': 'RUS'}
        """
        return {name: hint for name, hint in zip(self._fields, self, strict=True) if hint} if any(self) else {}


class Resolution(NamedTuple):
    """The outcome of looking up a name.

    Parameters
    ----------
    query
        The name as given.
    status
        "resolved", "ambiguous" or "unresolved".
    reason
        Why, in words.
    candidates
        The candidates, best first.
    """

    query: str
    status: str
    reason: str
    candidates: tuple[Candidate, ...] = ()

    @property
    def place(self) -> Place | None:
        """Return the place, if the name is resolved.

        A village that is only known to be in an area wider than 25 km is returned as that area, with its id, kind and
        radius, under the village's name.
        """
        if self.status != "resolved":
            return None
        place = self.candidates[0].place
        if place.anchor and place.radius_km > WIDEST_VILLAGE_KM:
            return place._replace(id=place.anchor, kind="district", anchor="")
        return place

    @property
    def country(self) -> str:
        """Return the country of the best candidate; empty if ambiguous candidates are in several countries.

        Examples
        --------
        >>> place = Place("", "Primorsk", "settlement", "RUS", "RU-LEN", 60.4, 28.6, 5.0, 5000, "")
        >>> both = Candidate(place, "exact", 1.0), Candidate(place._replace(country="UKR"), "exact", 1.0)
        >>> Resolution("Primorsk", "ambiguous", "", both).country
        ''
        """
        if not self.candidates:
            return ""
        best = self.candidates[0]
        rivals = self.candidates if self.status == "ambiguous" else ()
        is_contested = any(c.place.country != best.place.country and best.score - c.score < MARGIN for c in rivals)
        return "" if is_contested else best.place.country

    def to_json(self) -> str:
        """Return the outcome as a JSON object on one line, each candidate with its place, match, score and reasons.

        Examples
        --------
        >>> Resolution("Qwerty", "unresolved", "no place has this name").to_json()
        '{"query": "Qwerty", "status": "unresolved", "reason": "no place has this name", "candidates": []}'
        """
        candidates = [
            {**c.place._asdict(), "match": c.match, "score": c.score, "confidence": c.confidence, "why": dict(c.why)}
            for c in self.candidates
        ]
        outcome = {"query": self.query, "status": self.status, "reason": self.reason, "candidates": candidates}
        return json_text(outcome)

    @classmethod
    def of(cls, parts: Sequence[Any]) -> Resolution:
        """Build a resolution from nested lists, as JSON stores it."""
        candidates = tuple(Candidate(Place(*place), *rest) for place, *rest in parts[3])
        query, status, reason = parts[:3]
        return cls(query, status, reason, candidates)


class Resolver(Protocol):
    """Anything that resolves names: a `Gazetteer`, or one with names overridden."""

    def resolve(
        self,
        name: str,
        *,
        country: str | None = None,
        admin1: str | None = None,
        near: Sequence[tuple[float, float]] | None = None,
        kind: str | None = None,
        region: str | None = None,
        heading: str | None = None,
        speaker: str | None = None,
    ) -> Resolution:
        """Resolve a name; see `geostrike.places.Gazetteer.resolve`."""

    def prefetch(self, names: Iterable[str]) -> None:
        """Match many names at once; see `geostrike.places.Gazetteer.prefetch`."""
