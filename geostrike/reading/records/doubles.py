"""Records that turn out to be no strikes of their own: regions that only frame nearer places, and doubles."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from geostrike.reading.records.index import REACH, PlaceIndex
from geostrike.reading.records.record import fill, same_place, same_target, same_time

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from geostrike.reading.records.record import Frame, Record

__all__ = ["without_containers", "without_doubles"]


def without_containers(records: list[Record]) -> list[Record]:
    """Without regions that are only the frame of nearer places told with them."""
    places = _NearerPlaces(records)
    kept = []
    for record in records:
        groups = places.within(record)
        for frame in record.frames if groups else ():
            for inner in places.around(frame, groups):
                inner.frames.append(frame)
        if not groups:
            kept.append(record)
    return kept


# The role of a record, its attacker and its interval of days.
_Kind = tuple[str, str, "dt.date | None", "dt.date | None"]


class _NearerPlaces:
    """The records of places that are no regions, by the region that they lie in and by kind, in the text's order."""

    def __init__(self, records: list[Record]) -> None:
        self._by_region: dict[tuple[str, str], dict[_Kind, list[Record]]] = {}
        for record in records:
            region = _region_of(record)
            if region is not None:
                kind = (record.role, record.attacker, record.when.start, record.when.end)
                self._by_region.setdefault(region, {}).setdefault(kind, []).append(record)
        for groups in self._by_region.values():
            for group in groups.values():
                group.sort(key=_number_of)

    def within(self, outer: Record) -> list[list[Record]]:
        """The groups of records that a region is only the frame of."""
        mention = outer.mention
        if mention is None or not mention.is_region or mention.place is None:
            return []
        regions = (("admin1", mention.place.admin1), ("text", mention.text))
        return [
            group
            for region in regions
            for kind, group in self._by_region.get(region, {}).items()
            if _is_of_kind(outer, kind)
        ]

    @staticmethod
    def around(frame: Frame, groups: list[list[Record]]) -> Iterator[Record]:
        """The records of these groups that are told first within reach of a sentence."""
        at = frame.scene.sentence.number
        for group in groups:
            first = bisect_left(group, at - REACH, key=_number_of)
            behind = bisect_right(group, at + REACH, key=_number_of)
            yield from group[first:behind]


def _number_of(record: Record) -> int:
    """The number of the sentence that tells it first."""
    return record.first.scene.sentence.number


def _region_of(record: Record) -> tuple[str, str] | None:
    """The region that a nearer place lies in, by its code or as the text writes it; None where it is not known."""
    mention = record.mention
    if mention is None or mention.is_region:
        return None
    if mention.place is not None:
        return "admin1", mention.place.admin1
    if mention.container is not None:
        return "text", mention.container.text
    candidates = mention.resolved.candidates if mention.resolved else ()
    codes = {candidate.place.admin1 for candidate in candidates}
    return ("admin1", codes.pop()) if len(codes) == 1 else None


def _is_of_kind(outer: Record, kind: _Kind) -> bool:
    """Whether a region may be the frame of records of this kind: one outcome, one attacker, one time."""
    role, attacker, start, end = kind
    if role != outer.role or (attacker and outer.attacker and attacker != outer.attacker):
        return False
    return same_time(outer.when._replace(start=start, end=end), outer.when)


def without_doubles(records: list[Record]) -> list[Record]:
    """Without records that turned out to be one: the same place, and dates that touch once all are known."""
    kept: list[Record] = []
    places = PlaceIndex()
    for record in records:
        numbers = places.like(record.mention) if record.mention is not None else []
        twin = next((number for number in numbers if _is_twin(record, kept[number])), None)
        if twin is None:
            twin = len(kept)
            kept.append(record)
        else:
            for frame in record.frames:
                fill(kept[twin], frame)
        mention = kept[twin].mention
        if mention is not None:
            places.add(twin, mention)
    return kept


def _is_twin(left: Record, right: Record) -> bool:
    if left.mention is None or right.mention is None or not same_place(left.mention, right.mention):
        return False
    alike = not left.attacker or not right.attacker or left.attacker == right.attacker
    return (
        alike and same_time(left.when, right.when) and left.earlier == right.earlier and same_target(left.first, right)
    )
