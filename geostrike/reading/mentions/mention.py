"""Mentions: place names in sentences, with their context and the candidates of the gazetteer."""

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
# Targets that can be named after a place: "Ryazan refinery", "Kerch bridge".
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
    """A candidate for a name; see `geostrike.places`."""

    place: Place
    match: str


class Resolved(Protocol):
    """The resolution of a name; see `geostrike.places`."""

    status: str
    candidates: Sequence[Candidate]

    @property
    def place(self) -> Place | None:
        """The place, if resolved."""


class Places(Protocol):
    """The part of a gazetteer's interface that reading needs."""

    def resolve(self, name: str, *, admin1: str | None = None, kind: str | None = None) -> Resolved:
        """Resolve a name."""


@dataclass(eq=False, slots=True)
class Mention:
    """A place name in a sentence; `form` is place, country or capital.

    `target` is the kind of object that the name locates ("the refinery in Tuapse"), `container` the larger area that
    the text gives for it, `part` a district of it named right before it; `shares` marks a name in a list whose type
    word follows a later name.
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
        """The place, if the name is resolved."""
        return self.resolved.place if self.resolved else None

    @property
    def is_area(self) -> bool:
        """Whether the place is a region, a country or another area rather than a point."""
        if self.form == "country" or self.kind in AREA_KINDS:
            return True
        if self.kind == "facility":
            return False
        return self.place is not None and self.place.kind in AREA_KINDS

    @property
    def is_region(self) -> bool:
        """Whether the place is a first-level region."""
        return self.kind == "region" or (self.place is not None and self.place.kind == "region")


class Lookup:
    """A cache of a gazetteer's resolutions: reports repeat the same names."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._known: dict[tuple[str, str, str], Resolved] = {}

    def __call__(self, name: str, *, kind: str = "", admin1: str = "") -> Resolved:
        """Resolve a name, with the kind of place and the region given in the text."""
        key = (name, kind, admin1)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            found = self._places.resolve(name[:LONGEST_QUERY], kind=kind or None, admin1=admin1 or None)
            self._known[key] = found
        return found
