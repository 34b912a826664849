"""Mentions: place names in sentences, with what their surroundings say of them and who bears the name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from geostrike.places.place import AREA_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geostrike.reading.text.lexicon import Cue
    from geostrike.reading.text.sentences import Sentence

__all__ = ["FACILITIES", "Candidate", "Lookup", "Mention", "Place", "Places", "Resolved"]

LONGEST_QUERY = 120
REMEMBERED = 100_000
# Targets that a place name in front of them names: "Ryazan refinery", "Kerch bridge".
FACILITIES = frozenset(
    (
        "refinery",
        "oil depot",
        "oil terminal",
        "pumping station",
        "gas terminal",
        "gas facility",
        "chemical plant",
        "power plant",
        "plant",
        "arsenal",
        "airfield",
        "port",
        "bridge",
        "industrial site",
    )
)


class Place(Protocol):
    """A place of the gazetteer; see `geostrike.places`."""

    id: str
    name: str
    kind: str
    country: str
    admin1: str
    latitude: float
    longitude: float
    population: int
    source: str


class Candidate(Protocol):
    """A place that a name may mean; see `geostrike.places`."""

    place: Place
    match: str


class Resolved(Protocol):
    """The outcome of looking a name up; see `geostrike.places`."""

    status: str
    candidates: Sequence[Candidate]

    @property
    def place(self) -> Place | None:
        """The place, where it is resolved."""


class Places(Protocol):
    """What reading needs of a gazetteer."""

    def resolve(self, name: str, *, admin1: str | None = None, kind: str | None = None) -> Resolved:
        """Who bears the name."""


@dataclass(eq=False, slots=True)
class Mention:
    """A place name in a sentence; `form` is place, country or capital.

    `target` is the kind of thing that the name locates ("the refinery in Tuapse"); `container` the larger area that
    the text puts it in, `part` the district of it that stands right before it;
    `shares` marks a name whose type word stands behind a later name of its list.
    """

    sentence: Sentence
    first: int
    last: int
    start: int
    end: int
    text: str
    form: str = "place"
    kind: str = ""
    country: str = ""
    preposition: str = ""
    target: str = ""
    target_cue: Cue | None = None
    facility: str = ""
    resolved: Resolved | None = None
    container: Mention | None = None
    part: Mention | None = None
    shares: bool = False
    role: str = "context"
    governor: Cue | None = None
    clause: int = 0

    @property
    def place(self) -> Place | None:
        """The place, where the name is resolved."""
        return self.resolved.place if self.resolved else None

    @property
    def is_area(self) -> bool:
        """Whether it is a region, a country or another area rather than a point."""
        if self.form == "country" or self.kind in AREA_KINDS:
            return True
        if self.kind == "facility":
            return False
        return self.place is not None and self.place.kind in AREA_KINDS

    @property
    def is_region(self) -> bool:
        """Whether it is a first-level region."""
        return self.kind == "region" or (self.place is not None and self.place.kind == "region")


class Lookup:
    """A gazetteer's answers, remembered: reports ask for the same names again and again."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._known: dict[tuple[str, str, str], Resolved] = {}

    def __call__(self, name: str, *, kind: str = "", admin1: str = "") -> Resolved:
        """Who bears the name, with the kind of place and the region that the text tells."""
        key = (name, kind, admin1)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            found = self._places.resolve(name[:LONGEST_QUERY], kind=kind or None, admin1=admin1 or None)
            self._known[key] = found
        return found
