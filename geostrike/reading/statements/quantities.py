"""Quantities of a strike: drones, tanks, cubic metres, injured and killed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geostrike.reading.text.numerals import read_number

if TYPE_CHECKING:
    from geostrike.reading.records.record import Record
    from geostrike.reading.report import Reading
    from geostrike.reading.text.lexicon import Cue, Token
    from geostrike.reading.text.scenes import Scene

__all__ = ["Quantity", "read_quantities"]

# The most words between a number and what it counts: "two powerful explosions", "two people were injured".
REACH = 3
CASUALTY_REACH = 6
_FLYING = frozenset(
    (
        "drone",
        "missile",
        "cruise missile",
        "ballistic missile",
        "rockets",
        "guided bomb",
        "sea drone",
        "helicopter rockets",
    )
)


@dataclass(frozen=True)
class Quantity:
    """A number that a report states for a strike: what is counted, the unit, and the span."""

    record: Record
    what: str
    value: float
    unit: str
    hedge: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True)
class _Number:
    value: float
    first: int
    last: int


def read_quantities(reading: Reading) -> list[Quantity]:
    """Extract the quantities that belong to strikes, in text order."""
    found: list[Quantity] = []
    for scene in reading.scenes:
        if scene.sentence.kinds.isdisjoint(("weapon", "effect", "measure")):
            continue
        for number in _numbers(scene):
            found += _of_number(number, scene, reading)
    return found


def _numbers(scene: Scene) -> list[_Number]:
    """Return the numbers of a sentence, in figures or words, that are neither dates nor distances."""
    tokens = scene.sentence.tokens
    # "a drone" and "eine Drohne" count nothing.
    words = {
        c.first: float(c.value) for c in scene.sentence.of("number") if c.value != "1" or tokens[c.first].lower == "one"
    }
    taken = {at for cue in scene.sentence.of("month", "length_unit", "unit") for at in (cue.first - 1, cue.last + 1)}
    numbers = []
    for at, token in enumerate(tokens):
        value = read_number(token.text) if token.text[0].isdigit() else words.get(at)
        if value is not None and at not in taken and not _is_year(token.text) and not _is_age(tokens[at + 1 : at + 2]):
            numbers.append(_Number(value, at, at))
    return numbers


def _is_age(following: list[Token]) -> bool:
    """Whether the number is part of a word: "a 65-year-old", "65-летний"."""
    return bool(following) and following[0].text.startswith("-")


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdigit() and text[:2] in ("19", "20")


def _of_number(number: _Number, scene: Scene, reading: Reading) -> list[Quantity]:
    thing = _counted_object(number, scene)
    if thing is None:
        return []
    what, unit, last = thing
    hedges = [cue for cue in scene.sentence.of("hedge") if 0 < number.first - cue.last <= 2]
    sentence, tokens = scene.sentence, scene.sentence.tokens
    first = hedges[-1].first if hedges else number.first
    start, end = tokens[first].start, tokens[max(last, number.last)].end
    quote = sentence.quote(start, end)
    hedge = sentence.quote(hedges[-1].start, hedges[-1].end) if hedges else ""
    return [
        Quantity(record, what, number.value, unit, hedge, start, end, quote)
        for record in _records_counted(scene, number, reading)
    ]


def _counted_object(number: _Number, scene: Scene) -> tuple[str, str, int] | None:
    """Return what is counted, its unit and its last token: the nearest noun after the number."""
    before = _before(number, scene)
    if before is not None:
        return before
    following = [cue for cue in scene.sentence.cues if 0 < cue.first - number.last <= CASUALTY_REACH]
    for cue in sorted(following, key=lambda cue: cue.first):
        gap = cue.first - number.last
        if cue.kind == "measure" and gap <= REACH:
            return cue.value, _unit(cue), cue.last
        if cue.kind == "weapon" and cue.value in _FLYING and gap <= REACH:
            return "weapons", cue.value, cue.last
        if cue.kind == "casualty_kind":
            return cue.value, "persons", cue.last
        if cue.kind == "intercept" and cue.value == "intercept" and gap <= REACH:
            return "weapons shot down", "", cue.last
    return None


def _before(number: _Number, scene: Scene) -> tuple[str, str, int] | None:
    """Return what is counted if its word precedes the number: "killing at least 14 people"."""
    before = [cue for cue in scene.sentence.of("casualty_kind") if 0 < number.first - cue.last <= REACH + 1]
    if not before:
        return None
    between = scene.sentence.tokens[before[-1].last + 1 : number.first]
    stops = scene.lexicon.words("list_words") | {",", ";", ":", "—"}
    return None if any(token.lower in stops for token in between) else (before[-1].value, "persons", number.last)


def _unit(cue: Cue) -> str:
    return "m3" if cue.value == "volume" else "t" if cue.value == "mass" else ""


def _records_counted(scene: Scene, number: _Number, reading: Reading) -> list[Record]:
    """Return the strike of the sentence nearest to the number, else the strike of the sentences before."""
    here = reading.index.of_scene(scene.sentence.number)
    named = [r for r in here if r.mention is not None and r.mention.sentence is scene.sentence]
    if named:
        clause = scene.clauses[number.first]
        same = [r for r in named if r.mention is not None and r.mention.clause == clause] or named
        return [min(same, key=lambda r: abs((r.mention.first if r.mention else 0) - number.first))]
    if here:
        return here[:1]
    for at in (scene.sentence.number - 1, scene.sentence.number - 2):
        before = reading.index.of_scene(at)
        if before and scene.sentence.paragraph - reading.scenes[at].sentence.paragraph <= 1:
            return before[:1]
    return []
