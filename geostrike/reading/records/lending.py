"""What the strikes of a text lend each other: the date, the weapon and the attacker that only some are told with.

Every question is answered from sorted or grouped records, so that a long text takes time in proportion to its length.
Groups are by attacker and interval of days: a text has few of these, however many places it names.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from geostrike.reading.records.index import REACH
from geostrike.reading.records.record import is_open, same_time

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from geostrike.reading.records.record import Frame, Record
    from geostrike.reading.text.intervals import When

__all__ = ["Dates", "Near", "Unarmed", "Weapons"]


class Near:
    """The records of each paragraph, by the sentence that tells them first."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._told: dict[int, list[tuple[int, int]]] = {}
        self._records: list[Record] = []
        for record in records:
            self.add(record)

    def add(self, record: Record) -> None:
        """Take in another record."""
        sentence = record.first.scene.sentence
        insort(self._told.setdefault(sentence.paragraph, []), (sentence.number, len(self._records)))
        self._records.append(record)

    def around(self, frame: Frame) -> list[Record]:
        """The records of the frame's paragraph, in order."""
        sentence = frame.scene.sentence
        told = self._told.get(sentence.paragraph, [])
        first = bisect_left(told, (sentence.number - REACH, -1))
        behind = bisect_left(told, (sentence.number + REACH + 1, -1))
        return [self._records[at] for _, at in told[first:behind]]


_Key = tuple[str, "dt.date | None", "dt.date | None"]


class Unarmed:
    """The records that no weapon is told of, in groups of one direction of fire and one interval of days.

    Parameters
    ----------
    records
        The records of the text.
    direction
        Who strikes at a record's place, as far as that is known.
    """

    def __init__(self, records: Iterable[Record], direction: Callable[[Record], str]) -> None:
        self._direction = direction
        self._groups: dict[_Key, dict[int, Record]] = {}
        self._key_of: dict[int, _Key] = {}
        self._direction_of: dict[int, str] = {}
        self._directions: Counter[str] = Counter()
        for record in records:
            self.add(record)

    def add(self, record: Record) -> None:
        """Take in a record."""
        direction = self._direction_of[id(record)] = self._direction(record)
        self._directions[direction] += 1
        if not record.weapon and not record.earlier:
            key = self._key_of[id(record)] = (direction, record.when.start, record.when.end)
            self._groups.setdefault(key, {})[id(record)] = record

    def changed(self, record: Record) -> None:
        """Find the record's group anew."""
        self._directions[self._direction_of[id(record)]] -= 1
        key = self._key_of.pop(id(record), None)
        if key is not None:
            del self._groups[key][id(record)]
        self.add(record)

    def has(self, attacker: str) -> bool:
        """Whether an attacker may have struck in any record."""
        wanted = [attacker, ""] if attacker else list(self._directions)
        return any(self._directions[direction] for direction in wanted)

    def arm(self, frame: Frame) -> None:
        """Let a sentence lend its weapon to the records of its attacker and time."""
        if not frame.weapon:
            return
        for key in [key for key in self._groups if self._fits(key, frame)]:
            for record in self._groups.pop(key).values():
                record.weapon = frame.weapon
                del self._key_of[id(record)]

    @staticmethod
    def _fits(key: _Key, frame: Frame) -> bool:
        direction, start, end = key
        may_be = not frame.attacker or not direction or frame.attacker == direction
        return may_be and same_time(frame.when, frame.when._replace(start=start, end=end))


class _Lender(NamedTuple):
    """A date that may be lent: the sentence that tells it, and its place in the order of records and summaries."""

    number: int
    rank: int
    when: When


class Dates:
    """The dates that strikes and summaries may lend, by attacker.

    Parameters
    ----------
    records, summaries
        All of the text; those that are told with a date of their own lend it.
    is_news
        Whether a date told behind a strike may be its date: not where it is older than the report's news.
    """

    def __init__(self, records: list[Record], summaries: list[Frame], is_news: Callable[[When], bool]) -> None:
        self._all: dict[str, list[_Lender]] = {}
        self._news: dict[str, list[_Lender]] = {}
        self.first_dated = min((r.first.scene.sentence.number for r in records if r.own_date), default=None)
        for rank, record in enumerate(records):
            if _can_lend(record):
                self._add(record.attacker, _Lender(record.first.scene.sentence.number, rank, record.when),
                          news=is_news(record.when), own=True)  # fmt: skip
        for rank, frame in enumerate(summaries, start=len(records)):
            if _can_lend(frame):
                self._add(frame.attacker, _Lender(frame.scene.sentence.number, rank, frame.when), news=True, own=False)
        for lenders in (*self._all.values(), *self._news.values()):
            lenders.sort()

    def _add(self, attacker: str, lender: _Lender, *, news: bool, own: bool) -> None:
        key = attacker if attacker or own else _ANY
        self._all.setdefault(key, []).append(lender)
        if news:
            self._news.setdefault(key, []).append(lender)

    def lent(self, attacker: str, at: int) -> When | None:
        """The date of the strikes around a sentence: in the same direction of fire first, the nearest before first."""
        same = (attacker, _ANY)
        others = [key for key in self._all if key not in same]
        before = [found for key in same if (found := _nearest_before(self._all.get(key, []), at))]
        if before:
            return min(before, key=lambda lender: (-lender.number, lender.rank)).when
        behind = [found for key in same if (found := _first_behind(self._news.get(key, []), at))]
        behind = behind or [self._all[key][0] for key in others if self._all[key][0].number <= at]
        behind = behind or [found for key in others if (found := _first_behind(self._news.get(key, []), at))]
        return min(behind).when if behind else None


# No country's code: the key of summaries that tell no attacker, which lend to every direction as to their own.
_ANY = "*"


def _can_lend(told: Record | Frame) -> bool:
    """Whether a date is told for it that says something of other strikes too."""
    return told.own_date and not told.earlier and not is_open(told.when)


def _nearest_before(lenders: list[_Lender], at: int) -> _Lender | None:
    """The last sentence up to this one, of several dates in it the first."""
    end = bisect_right(lenders, at, key=lambda lender: lender.number)
    if not end:
        return None
    return lenders[bisect_left(lenders, lenders[end - 1].number, key=lambda lender: lender.number)]


def _first_behind(lenders: list[_Lender], at: int) -> _Lender | None:
    begin = bisect_right(lenders, at, key=lambda lender: lender.number)
    return lenders[begin] if begin < len(lenders) else None


class Weapons:
    """The weapons that a text names for each attacker, and when."""

    def __init__(self, records: Iterable[Record], summaries: Iterable[Frame]) -> None:
        self._times: dict[tuple[str, str], dict[tuple[dt.date | None, dt.date | None], When]] = {}
        self._always: dict[str, set[str]] = {}
        # Of each question how many times it was compared with, and whether one fitted: times are only added.
        self._asked: dict[tuple[str, str, dt.date | None, dt.date | None], tuple[int, bool]] = {}
        for record in records:
            self.add(record)
        for frame in summaries:
            if frame.weapon and not frame.earlier:
                self._always.setdefault(frame.attacker, set()).add(frame.weapon)

    def add(self, record: Record) -> None:
        """Take in a record that a weapon is told of."""
        if record.weapon and not record.earlier:
            times = self._times.setdefault((record.attacker, record.weapon), {})
            times.setdefault((record.when.start, record.when.end), record.when)

    def only(self, record: Record) -> str:
        """The weapon of the record's attacker at its time, where there is only one; else nothing."""
        kinds = set(self._always.get(record.attacker, ()))
        kinds |= {kind for attacker, kind in self._times if attacker == record.attacker and self._fits(record, kind)}
        return kinds.pop() if len(kinds) == 1 else ""

    def _fits(self, record: Record, kind: str) -> bool:
        times = self._times[record.attacker, kind]
        question = (record.attacker, kind, record.when.start, record.when.end)
        compared, fitted = self._asked.get(question, (0, False))
        if not fitted and compared < len(times):
            fitted = any(same_time(when, record.when) for when in list(times.values())[compared:])
            self._asked[question] = len(times), fitted
        return fitted
