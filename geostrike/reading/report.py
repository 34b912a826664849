"""Read one report's text: sentences, mentions with roles, and records."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from geostrike.reading.mentions.mention import FACILITIES
from geostrike.reading.mentions.names import NameFinder
from geostrike.reading.mentions.roles import assign_roles
from geostrike.reading.records.assembly import assemble_records
from geostrike.reading.records.conflicts import is_at_war, opponent, strikes_own_ground
from geostrike.reading.records.index import RecordIndex
from geostrike.reading.text.scenes import Scene
from geostrike.reading.text.sentences import read_sentences

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from geostrike.places import Resolver
    from geostrike.reading.records.record import Record
    from geostrike.reading.text.lexicon import Lexicon
    from geostrike.reading.text.sentences import Sentence

__all__ = ["Reading", "read_report"]

CONTEXT_SENTENCES = 2


@dataclass
class Reading:
    """What was read from one report's text: sentences with mentions, and records."""

    scenes: list[Scene]
    records: list[Record]
    sides: dict[str, int]

    @cached_property
    def index(self) -> RecordIndex:
        """The records by sentence, paragraph and name."""
        return RecordIndex(self.records)

    def likely_country(self, record: Record) -> str:
        """Return the likely country of an unresolved place: the reported attacker's opponent.

        Empty if the attacker also strikes its own territory, held by the other side.
        """
        if record.basis != "reported" or not is_at_war(record.attacker) or strikes_own_ground(record.attacker):
            return ""
        return opponent(record.attacker, "", self.sides)

    def struck_side(self, record: Record) -> str:
        """Return the country aimed at: that of the place, unless the place is held by the other side."""
        if record.attacker and record.attacker == record.place_country:
            return opponent(record.attacker, "", self.sides)
        return record.place_country or opponent(record.attacker, "", self.sides)


def read_report(
    text: str, lexicon: Lexicon, gazetteer: Resolver, *, published: dt.date | None, start: int = 0, header_end: int = 0
) -> Reading:
    """Extract the sentences, mentions and strikes of a text.

    Parameters
    ----------
    text
        The report's text.
    lexicon
        The lexicon of its language.
    gazetteer
        Resolves names.
    published
        Publication date, which anchors relative dates.
    start
        Where the text begins, after a leading date.
    header_end
        Where the opening with place and date ends; names before it are datelines.
    """
    finder = NameFinder(lexicon, gazetteer)
    scenes = _scenes(read_sentences(text, lexicon, start=start), lexicon, finder, header_end)
    sides = _count_sides(scenes)
    return Reading(scenes, assemble_records(scenes, finder, published=published, sides=sides), sides)


def _scenes(sentences: Iterator[Sentence], lexicon: Lexicon, finder: NameFinder, header_end: int) -> list[Scene]:
    scenes = [Scene(sentence, finder.find(sentence), lexicon, header_end=header_end) for sentence in sentences]
    for number, scene in enumerate(scenes):
        scene.strike_context = _follows_strike(scene, scenes[max(number - CONTEXT_SENTENCES, 0) : number])
        scene.strike_context = scene.strike_context or _is_explained_by(scene, scenes[number + 1 : number + 3])
        assign_roles(scene, finder)
    return scenes


def _is_explained_by(scene: Scene, following: list[Scene]) -> bool:
    """Whether the next sentences explain the opening: "Blasts shook Bryansk. Drones had flown to a plant there."."""
    same = [other for other in following if other.sentence.paragraph == scene.sentence.paragraph]
    if scene.sentence.number > 1 or not same:
        return False
    # If a plant or a depot burns, one sentence may come between.
    reach = same if any(cue.value in FACILITIES for cue in scene.sentence.of("target")) else same[:1]
    return any(other.has_strike and not other.sentence.of("veto", "unreal", "history") for other in reach)


def _follows_strike(scene: Scene, before: list[Scene]) -> bool:
    """Whether the previous sentences, in the same paragraph or the one above, report a strike."""
    paragraph = scene.sentence.paragraph
    near = before[-CONTEXT_SENTENCES:]
    opens = bool(near) and near[-1].sentence.paragraph != paragraph
    same = near[-1:] if opens else [other for other in near if other.sentence.paragraph == paragraph]
    return any((other.has_strike or other.strike_context) and other.reports_event for other in same)


def _count_sides(scenes: list[Scene]) -> dict[str, int]:
    """Count how often the text refers to each country."""
    counts: dict[str, int] = {}
    for scene in scenes:
        for cue in scene.sentence.of("country", "nationality", "capital", "side"):
            counts[cue.value] = counts.get(cue.value, 0) + 1
        for mention in scene.mentions:
            if mention.form == "place" and mention.place is not None:
                counts[mention.place.country] = counts.get(mention.place.country, 0) + 1
    return counts
