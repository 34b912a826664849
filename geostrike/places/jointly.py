"""The places of all names of one text: each beside the others, and with what the text says of it.

First each name is asked with the hints of its own. The places that are resolved so are fixed; a name that stays
ambiguous is asked again near all of them. So the outcome depends on which names there are, not on their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from geostrike.errors import InputError
from geostrike.places.nearby import Nearby
from geostrike.places.place import Hints, Place, Resolution, Resolver

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Beside", "ask_alone", "ask_beside", "fixed_places", "resolve_jointly"]

_POINT_KINDS = frozenset(("settlement", "facility", "district", "region"))
"""Kinds of place that tell where else in a text a name may be."""
_Point = tuple[float, float]
_NO_NAME = Resolution("", "unresolved", "the text names no place")


def resolve_jointly(
    gazetteer: Resolver, names: Sequence[str], hints: Sequence[Hints] | None = None
) -> list[Resolution]:
    """See `geostrike.places.Gazetteer.resolve_jointly`."""
    told = [Hints()] * len(names) if hints is None else list(hints)
    _check_hints(told)
    if len(told) != len(names):
        msg = f"{len(names)} names came with {len(told)} hints; give one for each name, Hints() where nothing is known"
        raise InputError(msg)
    alone = [gazetteer.resolve(name, **hint.given()) for name, hint in zip(names, told, strict=True)]
    fixed = fixed_places(alone)
    return [
        ask_beside(gazetteer, name, hint, answer, fixed) for name, hint, answer in zip(names, told, alone, strict=True)
    ]


def _check_hints(hints: Iterable[object]) -> None:
    for hint in hints:
        if not isinstance(hint, Hints):
            msg = f"a hint is {str(hint)[:80]!r}, a {type(hint).__name__}; give Hints, Hints() where nothing is known"
            raise InputError(msg)


class Beside(NamedTuple):
    """The places of a text that are known without doubt, and in the same order their points."""

    places: tuple[Place, ...] = ()
    points: Nearby = Nearby()


def fixed_places(answers: Iterable[Resolution]) -> Beside:
    """The places that are known without doubt, one at each point, in the order of their ids."""
    places = {answer.place.id: answer.place for answer in answers if answer.place is not None}
    at: dict[_Point, Place] = {}
    for _, place in sorted(places.items()):
        if place.kind in _POINT_KINDS:
            at.setdefault((place.latitude, place.longitude), place)
    return Beside(tuple(at.values()), Nearby(at))


def ask_alone(gazetteer: Resolver, name: str, hints: Hints) -> Resolution:
    """The answer to a name with the hints of its own."""
    return gazetteer.resolve(name, **hints.given()) if name.strip() else _NO_NAME


def ask_beside(gazetteer: Resolver, name: str, hints: Hints, alone: Resolution, fixed: Beside) -> Resolution:
    """The answer to a name beside those places; what it is alone where that is no question of which place."""
    if alone.status != "ambiguous" or not fixed.places:
        return alone
    answer = gazetteer.resolve(name, near=fixed.points, **hints.given())
    if answer.place is None:
        return answer
    nearest = fixed.places[fixed.points.nearest(answer.place.latitude, answer.place.longitude)]
    return answer._replace(reason=f"beside {nearest.name}, which the text names as well: {answer.reason}")
