"""Records found by place, sentence and paragraph: so that a text of twice the length takes twice the time, not four.

`PlaceIndex` gives the records that `same_place` may hold for while they are put together; `RecordIndex` the finished
ones, for claims, distances and quantities. Both give candidates in the order of the records, a few too many rather than
one too few: the rule itself stays with whoever asks.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from geostrike.reading.records.record import without_number

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from geostrike.reading.mentions.mention import Mention
    from geostrike.reading.records.record import Record

__all__ = ["REACH", "PlaceIndex", "RecordIndex"]

# How many sentences may lie between two that speak of one strike, where the second does not name its place: "all these
# attacks were confirmed". Without a limit, n sentences that speak of all strikes before them made n times n claims.
REACH = 60

# Names are compared by their stems, which have at least so many letters.
STEM = 5


class PlaceIndex:
    """Numbers of records by all that can make two names one place (`geostrike.reading.records.record.same_place`)."""

    def __init__(self) -> None:
        self._known: dict[Hashable, list[int]] = {}

    def add(self, number: int, mention: Mention) -> None:
        """Let the number be found by the name; it may be added again under another name."""
        for key in _own_keys(mention):
            numbers = self._known.setdefault(key, [])
            if not numbers or numbers[-1] != number:
                numbers.append(number)

    def like(self, mention: Mention) -> list[int]:
        """The numbers of all that may be at the place of the name, in order."""
        return sorted({number for key in _sought_keys(mention) for number in self._known.get(key, ())})


def _own_keys(mention: Mention) -> Iterator[Hashable]:
    """What a name is found by."""
    text, place = mention.text.casefold(), mention.place
    yield "text", text
    for suffix in _endings(text):
        yield "ending", suffix
    if place is not None:
        yield "id", place.id
        yield place.kind, place.admin1, _stem(mention)
    if mention.facility:
        yield "target", mention.target, text[:STEM]


def _sought_keys(mention: Mention) -> Iterator[Hashable]:
    """What names are found by that may mean its place."""
    text, place = mention.text.casefold(), mention.place
    yield "text", text
    yield "ending", text
    for suffix in _endings(text):
        yield "text", suffix
    if place is not None:
        yield "id", place.id
        if place.kind in ("facility", "settlement"):
            other = "settlement" if place.kind == "facility" else "facility"
            yield other, place.admin1, _stem(mention)
    if mention.facility:
        yield "target", mention.target, text[:STEM]


def _endings(text: str) -> Iterator[str]:
    """What stands behind each space: of "stadt pokrowsk" "pokrowsk"."""
    at = text.find(" ")
    while at >= 0:
        yield text[at + 1 :]
        at = text.find(" ", at + 1)


def _stem(mention: Mention) -> str:
    """The beginning of the name; a site's without its number: "Engels-2"."""
    is_site = mention.place is not None and mention.place.kind == "facility"
    return (without_number(mention.text) if is_site else mention.text).casefold()[:STEM]


class RecordIndex:
    """The records of a text, by what sentences say of them."""

    def __init__(self, records: list[Record]) -> None:
        self._records = records
        self._number_of = {id(record): number for number, record in enumerate(records)}
        self._of_scene: dict[int, list[int]] = {}
        self._in_paragraph: dict[int, list[tuple[int, int]]] = {}
        self._begun: dict[tuple[int, str], list[tuple[int, int]]] = {}
        self._ending: dict[int, list[int]] = {}
        self._told: list[list[int]] = []
        self._known: dict[Hashable, list[int]] = {}
        for number, record in enumerate(records):
            self._add(number, record)
        for pairs in (*self._in_paragraph.values(), *self._begun.values()):
            pairs.sort()

    def _add(self, number: int, record: Record) -> None:
        sentences = {frame.scene.sentence.number: frame.scene.sentence for frame in record.frames}
        for at, sentence in sentences.items():
            self._of_scene.setdefault(at, []).append(number)
            self._in_paragraph.setdefault(sentence.paragraph, []).append((at, number))
        self._told.append(sorted(sentences))
        self._ending.setdefault(record.frames[-1].scene.sentence.number, []).append(number)
        first = record.first.scene.sentence
        self._begun.setdefault((first.paragraph, record.attacker), []).append((first.number, number))
        for key in _record_keys(record):
            self._known.setdefault(key, []).append(number)

    def of_scene(self, number: int) -> list[Record]:
        """The records that the sentence of this number tells of."""
        return [self._records[at] for at in self._of_scene.get(number, ())]

    def in_paragraph(self, paragraph: int, first: int, behind: int) -> list[Record]:
        """The records of which the paragraph tells in sentences from `first` on, before `behind`."""
        return self._between(self._in_paragraph.get(paragraph, []), first, behind)

    def begun_in(self, paragraph: int, attacker: str, first: int, behind: int) -> list[Record]:
        """The records of an attacker that the paragraph tells first, in sentences from `first` on, before `behind`."""
        return self._between(self._begun.get((paragraph, attacker), []), first, behind)

    def ending_at(self, first: int, last: int) -> list[Record]:
        """The records of which these sentences are the last to tell."""
        return self._sorted(at for number in range(first, last + 1) for at in self._ending.get(number, ()))

    def last_told(self, record: Record, besides: int) -> int:
        """The last sentence that tells of the record, besides one; -1 where there is none."""
        numbers = self._told[self._number_of[id(record)]]
        if numbers[-1] != besides:
            return numbers[-1]
        return numbers[-2] if len(numbers) > 1 else -1

    def in_order(self, records: Iterable[Record]) -> list[Record]:
        """Each of these records once, in the order of the text."""
        return self._sorted(self._number_of[id(record)] for record in records)

    def by_name(self, mention: Mention) -> list[Record]:
        """The records whose name, place or container is this one, and those of a region as a whole."""
        place = mention.place
        keys: list[Hashable] = [("mention", id(mention)), ("text", mention.text.casefold())]
        if place is not None:
            keys += [("id", place.id), ("region", place.admin1)]
        return self._sorted(number for key in keys for number in self._known.get(key, ()))

    def _between(self, pairs: list[tuple[int, int]], first: int, behind: int) -> list[Record]:
        begin, end = bisect_left(pairs, (first, -1)), bisect_left(pairs, (behind, -1))
        return self._sorted(number for _, number in pairs[begin:end])

    def _sorted(self, numbers: Iterable[int]) -> list[Record]:
        return [self._records[number] for number in sorted(set(numbers))]


def _record_keys(record: Record) -> Iterator[Hashable]:
    """What a record is found by when a sentence names a place."""
    own = record.mention
    if own is None:
        return
    yield "mention", id(own)
    if own.container is not None:
        yield "mention", id(own.container)
    yield "text", own.text.casefold()
    if own.place is not None:
        yield "id", own.place.id
        if own.is_region:
            yield "region", own.place.admin1
