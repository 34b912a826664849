"""Mentions: place names in sentences, with what their surroundings say of them and who bears the name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geostrike.places.place import AREA_KINDS

if TYPE_CHECKING:
    from geostrike.places import Place, Resolution
    from geostrike.reading.text.lexicon import Cue
    from geostrike.reading.text.sentences import Sentence

__all__ = ["FACILITIES", "Mention"]

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
    resolved: Resolution | None = None
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
