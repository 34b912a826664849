"""Names to places: `Gazetteer` looks one name up, `resolve_places` all those of a table."""

from typing import TYPE_CHECKING

from geostrike.places.gazetteer import Gazetteer
from geostrike.places.overlay import COLUMNS as GAZETTEER_COLUMNS
from geostrike.places.place import Candidate, Hints, Place, Resolution, Resolver

if TYPE_CHECKING:
    from geostrike.places.resolve import resolve_places

__all__ = ["GAZETTEER_COLUMNS", "Candidate", "Gazetteer", "Hints", "Place", "Resolution", "Resolver", "resolve_places"]


def __getattr__(name: str) -> object:
    """`resolve_places` brings geopandas with it, so it is loaded when first asked for."""
    if name == "resolve_places":
        from geostrike.places.resolve import resolve_places

        return resolve_places
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
