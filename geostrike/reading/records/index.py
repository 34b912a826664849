"""Indexes of records by place, sentence and paragraph, which keep the time linear in the length of a text.

`PlaceIndex` finds candidates for `same_place` while records are assembled; `RecordIndex` finds complete records for
claims, distances and quantities. Both return candidates in the order of the records, rather too many than too few: the
caller applies the rule.
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

# The most sentences between two that report one strike, if the second does not name the place: "all these attacks were
# confirmed". Without a limit, n sentences about all strikes before them made n times n claims.
REACH = 60

# Names are compared by stems of at least this many letters.
STEM = 5


class PlaceIndex:
    """Numbers of records by every key that `geostrike.reading.records.record.same_place` compares."""

    def __init__(self) -> None:
        self._known: dict[Hashable, list[int]] = {}

    def add(self, number: int, mention: Mention) -> None:
        """Add a record's number under a name; it may be added again under another name."""
        for key in _stored_keys(mention):
            numbers = self._known.setdefault(key, [])
            if not numbers or numbers[-1] != number:
                numbers.append(number)

    def candidates(self, mention: Mention) -> list[int]:
        """Return the numbers of the records that may be at the place of the name, in order."""
        return sorted({number for key in _query_keys(mention) for number in self._known.get(key, ())})


def _stored_keys(mention: Mention) -> Iterator[Hashable]:
    """Yield the keys that a name is stored under."""
    text, place = mention.text.casefold(), mention.place
    yield "text", text
    for suffix in _endings(text):
        yield "ending", suffix
    if place is not None:
        yield "id", place.id
        yield place.kind, place.admin1, _stem(mention)
    if mention.facility:
        yield "target", mention.target, text[:STEM]


def _query_keys(mention: Mention) -> Iterator[Hashable]:
    """Yield the keys of names that may be the same place."""
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
    """Yield the text after each space: "pokrowsk" for "stadt pokrowsk"."""
    at = text.find(" ")
    while at >= 0:
        yield text[at + 1 :]
        at = text.find(" ", at + 1)


def _stem(mention: Mention) -> str:
    """Return the first letters of the name, without the number of a site: "Engels-2"."""
    is_site = mention.place is not None and mention.place.kind == "facility"
    return (without_number(mention.text) if is_site else mention.text).casefold()[:STEM]


class RecordIndex:
    """The records of a text, by sentence, paragraph and name."""

    def __init__(self, records: list[Record]) -> None:
        self._records = records
        self._number_of = {id(record): number for number, record in enumerate(records)}
        self._of_scene: dict[int, list[int]] = {}
        self._in_paragraph: dict[int, list[tuple[int, int]]] = {}
        self._starting: dict[tuple[int, str], list[tuple[int, int]]] = {}
        self._ending: dict[int, list[int]] = {}
        self._sentences: list[list[int]] = []
        self._known: dict[Hashable, list[int]] = {}
        for number, record in enumerate(records):
            self._add(number, record)
        for pairs in (*self._in_paragraph.values(), *self._starting.values()):
            pairs.sort()

    def _add(self, number: int, record: Record) -> None:
        sentences = {frame.scene.sentence.number: frame.scene.sentence for frame in record.frames}
        for at, sentence in sentences.items():
            self._of_scene.setdefault(at, []).append(number)
            self._in_paragraph.setdefault(sentence.paragraph, []).append((at, number))
        self._sentences.append(sorted(sentences))
        self._ending.setdefault(record.frames[-1].scene.sentence.number, []).append(number)
        first = record.first.scene.sentence
        self._starting.setdefault((first.paragraph, record.attacker), []).append((first.number, number))
        for key in _record_keys(record):
            self._known.setdefault(key, []).append(number)

    def of_scene(self, number: int) -> list[Record]:
        """Return the records reported in the sentence of this number."""
        return [self._records[at] for at in self._of_scene.get(number, ())]

    def in_paragraph(self, paragraph: int, first: int, end: int) -> list[Record]:
        """Return the records reported in the paragraph's sentences from `first` on, before `end`."""
        return self._between(self._in_paragraph.get(paragraph, []), first, end)

    def starting_in(self, paragraph: int, attacker: str, first: int, end: int) -> list[Record]:
        """Return an attacker's records first reported in the paragraph's sentences from `first` on, before `end`."""
        return self._between(self._starting.get((paragraph, attacker), []), first, end)

    def ending_at(self, first: int, last: int) -> list[Record]:
        """Return the records last reported in these sentences."""
        return self._sorted(at for number in range(first, last + 1) for at in self._ending.get(number, ()))

    def last_sentence(self, record: Record, ignored: int) -> int:
        """Return the number of the last sentence that reports the record, other than `ignored`; -1 if there is none."""
        numbers = self._sentences[self._number_of[id(record)]]
        if numbers[-1] != ignored:
            return numbers[-1]
        return numbers[-2] if len(numbers) > 1 else -1

    def in_order(self, records: Iterable[Record]) -> list[Record]:
        """Return these records without repetition, in text order."""
        return self._sorted(self._number_of[id(record)] for record in records)

    def by_name(self, mention: Mention) -> list[Record]:
        """Return the records whose name, place or container matches, and those of its region as a whole."""
        place = mention.place
        keys: list[Hashable] = [("mention", id(mention)), ("text", mention.text.casefold())]
        if place is not None:
            keys += [("id", place.id), ("region", place.admin1)]
        return self._sorted(number for key in keys for number in self._known.get(key, ()))

    def _between(self, pairs: list[tuple[int, int]], first: int, after: int) -> list[Record]:
        begin, end = bisect_left(pairs, (first, -1)), bisect_left(pairs, (after, -1))
        return self._sorted(number for _, number in pairs[begin:end])

    def _sorted(self, numbers: Iterable[int]) -> list[Record]:
        return [self._records[number] for number in sorted(set(numbers))]


def _record_keys(record: Record) -> Iterator[Hashable]:
    """Yield the keys that a record is stored under for lookups by name."""
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
