"""The places of all names of one text: each beside the others, and with what the text says of it.

First each name is asked with the hints of its own. The places that are resolved so are fixed; a name that stays
ambiguous is asked again near all of them. So the outcome depends on which names there are, not on their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from geostrike.errors import InputError
from geostrike.places.place import Hints, Place, Resolution
from geostrike.places.rank import distance_km

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Resolver", "ask_beside", "fixed_places", "resolve_jointly"]

_POINT_KINDS = frozenset(("settlement", "facility", "district", "region"))
"""Kinds of place that tell where else in a text a name may be."""
_Point = tuple[float, float]


class Resolver(Protocol):
    """What this needs of a gazetteer."""

    def resolve(
        self,
        name: str,
        *,
        country: str | None = None,
        admin1: str | None = None,
        near: Sequence[_Point] | None = None,
        kind: str | None = None,
        region: str | None = None,
        heading: str | None = None,
        speaker: str | None = None,
    ) -> Resolution:
        """Which place the name means; see `geostrike.places.Gazetteer.resolve`."""


def resolve_jointly(
    gazetteer: Resolver, names: Sequence[str], hints: Sequence[Hints] | None = None
) -> list[Resolution]:
    """See `geostrike.places.Gazetteer.resolve_jointly`."""
    told = [Hints()] * len(names) if hints is None else list(hints)
    if len(told) != len(names):
        msg = f"{len(names)} names came with {len(told)} hints; give one for each name, Hints() where nothing is known"
        raise InputError(msg)
    alone = [gazetteer.resolve(name, **hint._asdict()) for name, hint in zip(names, told, strict=True)]
    fixed = fixed_places(alone)
    return [
        ask_beside(gazetteer, name, hint, answer, fixed) for name, hint, answer in zip(names, told, alone, strict=True)
    ]


def fixed_places(answers: Iterable[Resolution]) -> tuple[Place, ...]:
    """The places that are known without doubt, each once, in the order of their ids."""
    places = {answer.place.id: answer.place for answer in answers if answer.place is not None}
    return tuple(places[key] for key in sorted(places) if places[key].kind in _POINT_KINDS)


def ask_beside(gazetteer: Resolver, name: str, hints: Hints, alone: Resolution, fixed: tuple[Place, ...]) -> Resolution:
    """The answer to a name beside those places; what it is alone where that is no question of which place."""
    if alone.status != "ambiguous" or not fixed:
        return alone
    near = [(place.latitude, place.longitude) for place in fixed]
    answer = gazetteer.resolve(name, near=near, **hints._asdict())
    if answer.place is None:
        return answer
    nearest = min(fixed, key=lambda place: (_km(place, answer.place), place.id))
    return answer._replace(reason=f"beside {nearest.name}, which the text names as well: {answer.reason}")


def _km(place: Place, other: Place | None) -> float:
    return distance_km(place.latitude, place.longitude, other.latitude, other.longitude) if other else 0.0
