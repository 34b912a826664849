"""Mentions: place names in sentences, with their context and the candidates of the gazetteer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geostrike.places.place import AREA_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geostrike.places import Candidate, Place, Resolution
    from geostrike.reading.text.lexicon import Cue
    from geostrike.reading.text.sentences import Sentence

__all__ = ["FACILITIES", "Mention"]

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
    resolution: Resolution | None = None
    container: Mention | None = None
    part: Mention | None = None
    shares: bool = False
    role: str = "context"
    governor: Cue | None = None
    clause: int = 0

    @property
    def place(self) -> Place | None:
        """The place, if the name is resolved."""
        return self.resolution.place if self.resolution else None

    @property
    def candidates(self) -> Sequence[Candidate]:
        """The candidates of the name."""
        return self.resolution.candidates if self.resolution else ()

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
