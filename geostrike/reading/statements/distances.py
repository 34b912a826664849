"""Stated distances: number, unit, reference, and the strike whose place is described."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geostrike.reading.text.numerals import read_number
from geostrike.tables import KM_PER_UNIT

if TYPE_CHECKING:
    from geostrike.reading.mentions.mention import Mention
    from geostrike.reading.records.record import Record
    from geostrike.reading.report import Reading
    from geostrike.reading.text.lexicon import Cue
    from geostrike.reading.text.scenes import Scene

__all__ = ["StatedDistance", "read_distances"]

# The most words between the unit and the reference.
REACH = 9


@dataclass(frozen=True)
class StatedDistance:
    """A distance that a report states for a strike, with its span."""

    record: Record
    value: float
    unit: str
    hedge: str
    reference: str
    start: int
    end: int
    quote: str

    @property
    def value_km(self) -> float:
        """The distance in kilometres."""
        return self.value * KM_PER_UNIT[self.unit]


def read_distances(reading: Reading) -> list[StatedDistance]:
    """Extract the stated distances that describe the place of a strike."""
    found: list[StatedDistance] = []
    for scene in reading.scenes:
        for unit in scene.sentence.of("length_unit"):
            found += _distances_at(unit, scene, reading)
    return found


def _distances_at(unit: Cue, scene: Scene, reading: Reading) -> list[StatedDistance]:
    number = _number_before(unit, scene)
    if number is None:
        return []
    value, first = number
    reference, last = _reference(unit, scene)
    if not reference:
        return []
    hedge = _hedge(first, scene)
    begin = hedge.first if hedge else first
    sentence, tokens = scene.sentence, scene.sentence.tokens
    start, end = tokens[begin].start, tokens[last].end
    quote = sentence.quote(start, end)
    words = sentence.quote(hedge.start, hedge.end) if hedge else ""
    return [
        StatedDistance(record, value, unit.value, words, reference, start, end, quote)
        for record in _described(scene, begin, last, reading)
    ]


def _number_before(unit: Cue, scene: Scene) -> tuple[float, int] | None:
    """Return the number before the unit, in figures or words, and its first token: "a thousand"."""
    tokens = scene.sentence.tokens
    at = unit.first - 1
    if at >= 0 and tokens[at].text == "-":
        at -= 1
    if at < 0:
        return None
    value = read_number(tokens[at].text)
    if value is not None:
        return _with_thousands(value, at, scene)
    words = {cue.first: float(cue.value) for cue in scene.sentence.of("number")}
    if at not in words:
        return None
    value, first = words[at], at
    if at - 1 in words:
        value, first = value * words[at - 1], at - 1
    elif at and value >= 100 and (head := read_number(tokens[at - 1].text)) is not None:
        value, first = value * head, at - 1
    return value, first


def _with_thousands(value: float, at: int, scene: Scene) -> tuple[float, int]:
    """Return a number with a space between thousands: "1 400"."""
    tokens = scene.sentence.tokens
    if at and re.fullmatch(r"\d{3}", tokens[at].text) and re.fullmatch(r"\d{1,2}", tokens[at - 1].text):
        return float(tokens[at - 1].text) * 1000 + value, at - 1
    return value, at


def _hedge(first: int, scene: Scene) -> Cue | None:
    hedges = [cue for cue in scene.sentence.of("hedge") if 0 < first - cue.last <= 2]
    return hedges[-1] if hedges else None


def _reference(unit: Cue, scene: Scene) -> tuple[str, int]:
    """Return the reference of the distance, a border, a front line or a named place, and its last token."""
    tokens = scene.sentence.tokens
    leads = scene.lexicon.words("from_words") | scene.lexicon.words("of_words")
    directions = [cue for cue in scene.sentence.of("direction") if 0 < cue.first - unit.last <= REACH]
    led = [at for at in range(unit.last + 1, min(unit.last + REACH, len(tokens))) if tokens[at].lower in leads]
    begin = min([*led, *(cue.first for cue in directions)], default=None)
    if begin is None or begin - unit.last > 6:
        return "", unit.last
    marks = [cue for cue in scene.sentence.of("reference") if begin <= cue.first <= begin + REACH]
    place = next((m for m in scene.mentions if begin < m.first <= begin + 4), None)
    if marks and (place is None or marks[0].first < place.first or _is_owner(place, marks[0])):
        return marks[0].value, _phrase_end(marks[0], scene)
    if place is not None:
        inside = any(tokens[at].lower in scene.lexicon.words("at_words") for at in range(begin, place.first))
        return ("border" if inside and place.form == "country" else place.text), place.last
    return "", unit.last


def _is_owner(place: Mention, mark: Cue) -> bool:
    """Whether the name is an attribute of the border: "from Ukraine's border"."""
    return place.form != "place" and 0 < mark.first - place.last <= 2


def _phrase_end(mark: Cue, scene: Scene) -> int:
    """Return the last token of "the border with Ukraine"."""
    following = next((m for m in scene.mentions if 0 < m.first - mark.last <= 2 and m.form == "country"), None)
    return following.last if following is not None else mark.last


def _described(scene: Scene, first: int, last: int, reading: Reading) -> list[Record]:
    """Return the strikes at the place that the distance describes: named before it, else after it."""
    before = [m for m in scene.mentions if m.last < first and _has_place(m)]
    after = [m for m in scene.mentions if m.first > last and _has_place(m)]
    for mention in [*reversed(before), *after]:
        records = [record for record in reading.index.by_name(mention) if _is_at(record, mention)]
        if records:
            return records[:1] if not mention.is_region else records
    number = scene.sentence.number
    here = reading.index.of_scene(number)
    if here or before or after:
        return here[:1]
    return reading.index.ending_at(number - 2, number)[-1:]


def _has_place(mention: Mention) -> bool:
    return mention.form != "country" and mention.role not in ("dateline", "metonym")


def _is_at(record: Record, mention: Mention) -> bool:
    """Whether the strike is at the place or in the region."""
    own = record.mention
    if own is None:
        return False
    if own is mention or own.container is mention or own.text == mention.text:
        return True
    if own.place is None or mention.place is None:
        return False
    if mention.is_region:
        return own.place.admin1 == mention.place.admin1 and own.is_region
    return own.place.id == mention.place.id
