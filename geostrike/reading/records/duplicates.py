"""Merge records that are not separate strikes: regions that only contain other struck places, and duplicates."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from geostrike.reading.records.index import REACH, PlaceIndex
from geostrike.reading.records.record import add_frame, same_place, same_target, same_time

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from geostrike.reading.records.record import Frame, Record

__all__ = ["merge_containers", "merge_duplicates"]


def merge_containers(records: list[Record]) -> list[Record]:
    """Merge regions into the records of the places within them that are mentioned nearby."""
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
    """Records of places within regions, by region and kind, in text order."""

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
        """Return the groups of records that a region can contain."""
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
        """Yield the records of these groups that begin within reach of a sentence."""
        at = frame.scene.sentence.number
        for group in groups:
            first = bisect_left(group, at - REACH, key=_number_of)
            end = bisect_right(group, at + REACH, key=_number_of)
            yield from group[first:end]


def _number_of(record: Record) -> int:
    """Return the number of the first sentence of a record."""
    return record.first.scene.sentence.number


def _region_of(record: Record) -> tuple[str, str] | None:
    """Return the region of a place, by code or as written; None if unknown."""
    mention = record.mention
    if mention is None or mention.is_region:
        return None
    if mention.place is not None:
        return "admin1", mention.place.admin1
    if mention.container is not None:
        return "text", mention.container.text
    codes = {candidate.place.admin1 for candidate in mention.candidates}
    return ("admin1", codes.pop()) if len(codes) == 1 else None


def _is_of_kind(outer: Record, kind: _Kind) -> bool:
    """Whether a region can contain records of this kind: same outcome, attacker and time."""
    role, attacker, start, end = kind
    if role != outer.role or (attacker and outer.attacker and attacker != outer.attacker):
        return False
    return same_time(outer.when._replace(start=start, end=end), outer.when)


def merge_duplicates(records: list[Record]) -> list[Record]:
    """Merge records with the same place whose dates overlap, now that all dates are known."""
    kept: list[Record] = []
    places = PlaceIndex()
    for record in records:
        numbers = places.candidates(record.mention) if record.mention is not None else []
        twin = next((number for number in numbers if _is_duplicate(record, kept[number])), None)
        if twin is None:
            twin = len(kept)
            kept.append(record)
        else:
            for frame in record.frames:
                add_frame(kept[twin], frame)
        mention = kept[twin].mention
        if mention is not None:
            places.add(twin, mention)
    return kept


def _is_duplicate(left: Record, right: Record) -> bool:
    if left.mention is None or right.mention is None or not same_place(left.mention, right.mention):
        return False
    alike = not left.attacker or not right.attacker or left.attacker == right.attacker
    return (
        alike and same_time(left.when, right.when) and left.earlier == right.earlier and same_target(left.first, right)
    )
