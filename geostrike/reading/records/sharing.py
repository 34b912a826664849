"""Share dates, weapons and attackers between the strikes of a text, since a text gives each of them only once.

Lookups use sorted or grouped records, which keeps the time linear in the length of the text. Groups are by attacker and
interval of days: a text has few of these, however many places it names.
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

__all__ = ["RecordsByParagraph", "RecordsWithoutWeapon", "SharedDates", "SharedWeapons"]


class RecordsByParagraph:
    """The records of each paragraph, by first sentence."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._by_paragraph: dict[int, list[tuple[int, int]]] = {}
        self._records: list[Record] = []
        for record in records:
            self.add(record)

    def add(self, record: Record) -> None:
        """Add a record."""
        sentence = record.first.scene.sentence
        insort(self._by_paragraph.setdefault(sentence.paragraph, []), (sentence.number, len(self._records)))
        self._records.append(record)

    def around(self, frame: Frame) -> list[Record]:
        """Return the records around the frame in its paragraph, in order."""
        sentence = frame.scene.sentence
        numbered = self._by_paragraph.get(sentence.paragraph, [])
        first = bisect_left(numbered, (sentence.number - REACH, -1))
        end = bisect_left(numbered, (sentence.number + REACH + 1, -1))
        return [self._records[at] for _, at in numbered[first:end]]


_Key = tuple[str, "dt.date | None", "dt.date | None"]


class RecordsWithoutWeapon:
    """The records without a weapon, grouped by direction of fire and interval of days.

    Parameters
    ----------
    records
        The records of the text.
    direction
        Returns the attacker of a record, as far as known.
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
        """Add a record."""
        direction = self._direction_of[id(record)] = self._direction(record)
        self._directions[direction] += 1
        if not record.weapon and not record.earlier:
            key = self._key_of[id(record)] = (direction, record.when.start, record.when.end)
            self._groups.setdefault(key, {})[id(record)] = record

    def update(self, record: Record) -> None:
        """Move a changed record to its new group."""
        self._directions[self._direction_of[id(record)]] -= 1
        key = self._key_of.pop(id(record), None)
        if key is not None:
            del self._groups[key][id(record)]
        self.add(record)

    def has(self, attacker: str) -> bool:
        """Whether any record may be a strike of the attacker."""
        wanted = [attacker, ""] if attacker else list(self._directions)
        return any(self._directions[direction] for direction in wanted)

    def set_weapon(self, frame: Frame) -> None:
        """Set the weapon of the sentence on the records of its attacker and time."""
        if not frame.weapon:
            return
        for key in [key for key in self._groups if self._matches(key, frame)]:
            for record in self._groups.pop(key).values():
                record.weapon = frame.weapon
                del self._key_of[id(record)]

    @staticmethod
    def _matches(key: _Key, frame: Frame) -> bool:
        direction, start, end = key
        may_be = not frame.attacker or not direction or frame.attacker == direction
        return may_be and same_time(frame.when, frame.when._replace(start=start, end=end))


class _SharedDate(NamedTuple):
    """A date to share: its sentence, and its rank in the order of records and summaries."""

    number: int
    rank: int
    when: When


class SharedDates:
    """The dates of strikes and summaries that others can share, by attacker.

    Parameters
    ----------
    records, summaries
        All of the text; those with a date of their own share it.
    is_news
        Whether a date after a strike can be its date: not if it is older than the report's news.
    """

    def __init__(self, records: list[Record], summaries: list[Frame], is_news: Callable[[When], bool]) -> None:
        self._all: dict[str, list[_SharedDate]] = {}
        self._news: dict[str, list[_SharedDate]] = {}
        self.first_dated = min((r.first.scene.sentence.number for r in records if r.own_date), default=None)
        for rank, record in enumerate(records):
            if _has_shared_date(record):
                date = _SharedDate(record.first.scene.sentence.number, rank, record.when)
                self._add(record.attacker, date, news=is_news(record.when), own=True)
        for rank, frame in enumerate(summaries, start=len(records)):
            if _has_shared_date(frame):
                self._add(
                    frame.attacker, _SharedDate(frame.scene.sentence.number, rank, frame.when), news=True, own=False
                )
        for dates in (*self._all.values(), *self._news.values()):
            dates.sort()

    def _add(self, attacker: str, lender: _SharedDate, *, news: bool, own: bool) -> None:
        key = attacker if attacker or own else _ANY
        self._all.setdefault(key, []).append(lender)
        if news:
            self._news.setdefault(key, []).append(lender)

    def nearest(self, attacker: str, at: int) -> When | None:
        """Return the date nearest to a sentence: same direction of fire first, dates before it first."""
        same = (attacker, _ANY)
        others = [key for key in self._all if key not in same]
        before = [found for key in same if (found := _nearest_before(self._all.get(key, []), at))]
        if before:
            return min(before, key=lambda lender: (-lender.number, lender.rank)).when
        end = [found for key in same if (found := _first_after(self._news.get(key, []), at))]
        end = end or [self._all[key][0] for key in others if self._all[key][0].number <= at]
        end = end or [found for key in others if (found := _first_after(self._news.get(key, []), at))]
        return min(end).when if end else None


# Not a country code: the key of summaries without an attacker, which share their date with every direction.
_ANY = "*"


def _has_shared_date(source: Record | Frame) -> bool:
    """Whether it has a date of its own that can apply to other strikes too."""
    return source.own_date and not source.earlier and not is_open(source.when)


def _nearest_before(dates: list[_SharedDate], at: int) -> _SharedDate | None:
    """Return the first date of the last sentence up to this one."""
    end = bisect_right(dates, at, key=lambda lender: lender.number)
    if not end:
        return None
    return dates[bisect_left(dates, dates[end - 1].number, key=lambda lender: lender.number)]


def _first_after(dates: list[_SharedDate], at: int) -> _SharedDate | None:
    begin = bisect_right(dates, at, key=lambda lender: lender.number)
    return dates[begin] if begin < len(dates) else None


class SharedWeapons:
    """The weapons that a text names for each attacker, by time."""

    def __init__(self, records: Iterable[Record], summaries: Iterable[Frame]) -> None:
        self._times: dict[tuple[str, str], dict[tuple[dt.date | None, dt.date | None], When]] = {}
        self._always: dict[str, set[str]] = {}
        # Query -> number of times compared so far, and whether one matched: times are only ever added.
        self._cache: dict[tuple[str, str, dt.date | None, dt.date | None], tuple[int, bool]] = {}
        for record in records:
            self.add(record)
        for frame in summaries:
            if frame.weapon and not frame.earlier:
                self._always.setdefault(frame.attacker, set()).add(frame.weapon)

    def add(self, record: Record) -> None:
        """Add a record with a weapon."""
        if record.weapon and not record.earlier:
            times = self._times.setdefault((record.attacker, record.weapon), {})
            times.setdefault((record.when.start, record.when.end), record.when)

    def single(self, record: Record) -> str:
        """Return the weapon of the record's attacker at its time if there is only one, else nothing."""
        kinds = set(self._always.get(record.attacker, ()))
        kinds |= {kind for attacker, kind in self._times if attacker == record.attacker and self._matches(record, kind)}
        return kinds.pop() if len(kinds) == 1 else ""

    def _matches(self, record: Record, kind: str) -> bool:
        times = self._times[record.attacker, kind]
        query = (record.attacker, kind, record.when.start, record.when.end)
        compared, matched = self._cache.get(query, (0, False))
        if not matched and compared < len(times):
            matched = any(same_time(when, record.when) for when in list(times.values())[compared:])
            self._cache[query] = len(times), matched
        return matched
