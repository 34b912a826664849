"""Resolve all names of one text together, each with its own hints and near the other places.

First each name is resolved alone. The places found are fixed; ambiguous names are resolved again near all of them. So
the result depends on which names there are, not on their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from geostrike.errors import InputError
from geostrike.places.nearby import Nearby
from geostrike.places.place import Hints, Place, Resolution, Resolver

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["FixedPlaces", "fixed_places", "resolve_alone", "resolve_jointly", "resolve_near"]

_POINT_KINDS = frozenset(("settlement", "facility", "district", "region"))
"""Kinds of place near which other names of the text are likely to be."""
_Point = tuple[float, float]
_NO_NAME = Resolution("", "unresolved", "the text names no place")


def resolve_jointly(
    gazetteer: Resolver, names: Sequence[str], hints: Sequence[Hints] | None = None
) -> list[Resolution]:
    """See `geostrike.places.Gazetteer.resolve_jointly`."""
    given = [Hints()] * len(names) if hints is None else list(hints)
    _check_hints(given)
    if len(given) != len(names):
        msg = f"{len(names)} names came with {len(given)} hints; give one for each name, Hints() if nothing is known"
        raise InputError(msg)
    alone = [gazetteer.resolve(name, **hint.given()) for name, hint in zip(names, given, strict=True)]
    fixed = fixed_places(alone)
    return [
        resolve_near(gazetteer, name, hint, answer, fixed)
        for name, hint, answer in zip(names, given, alone, strict=True)
    ]


def _check_hints(hints: Iterable[object]) -> None:
    for hint in hints:
        if not isinstance(hint, Hints):
            msg = f"a hint is {str(hint)[:80]!r}, a {type(hint).__name__}; give Hints, Hints() if nothing is known"
            raise InputError(msg)


class FixedPlaces(NamedTuple):
    """The resolved places of a text, and their points in the same order."""

    places: tuple[Place, ...] = ()
    points: Nearby = Nearby()


def fixed_places(answers: Iterable[Resolution]) -> FixedPlaces:
    """Return the resolved places, one for each point, in the order of their ids."""
    places = {answer.place.id: answer.place for answer in answers if answer.place is not None}
    at: dict[_Point, Place] = {}
    for _, place in sorted(places.items()):
        if place.kind in _POINT_KINDS:
            at.setdefault((place.latitude, place.longitude), place)
    return FixedPlaces(tuple(at.values()), Nearby(at))


def resolve_alone(gazetteer: Resolver, name: str, hints: Hints) -> Resolution:
    """Resolve a name with its own hints."""
    return gazetteer.resolve(name, **hints.given()) if name.strip() else _NO_NAME


def resolve_near(gazetteer: Resolver, name: str, hints: Hints, alone: Resolution, fixed: FixedPlaces) -> Resolution:
    """Resolve an ambiguous name near the fixed places; other names keep their resolution."""
    if alone.status != "ambiguous" or not fixed.places:
        return alone
    answer = gazetteer.resolve(name, near=fixed.points, **hints.given())
    if answer.place is None:
        return answer
    nearest = fixed.places[fixed.points.nearest(answer.place.latitude, answer.place.longitude)]
    return answer._replace(reason=f"near {nearest.name}, also named in the text: {answer.reason}")
