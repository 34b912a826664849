"""Distances on the WGS84 ellipsoid: the nearest point of a line, and the extremes over areas."""

from typing import TYPE_CHECKING

from geostrike.geodesy.sphere import MEAN_RADIUS_KM

if TYPE_CHECKING:
    from geostrike.geodesy.ellipsoid import GEOD
    from geostrike.geodesy.extremes import area_extremes
    from geostrike.geodesy.nearest_point import Nearest, Pieces, nearest

__all__ = ["GEOD", "MEAN_RADIUS_KM", "Nearest", "Pieces", "area_extremes", "nearest"]

_HOMES = {"GEOD": "ellipsoid", "area_extremes": "extremes"}


def __getattr__(name: str) -> object:
    """Import pyproj and shapely on first use only."""
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'nearest_point')}"), name)
