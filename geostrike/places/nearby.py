"""The points that a report names without doubt, and how far a place is from the nearest: also where there are many."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

from geostrike.geodesy import MEAN_RADIUS_KM

__all__ = ["Nearby", "distance_km"]

# So many points are compared one by one as fast as a tree is asked.
FEW = 24
Point = tuple[float, float]


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Distance on a sphere, in km: good enough to tell near from far.

    Examples
    --------
    >>> round(distance_km(44.1, 39.08, 45.04, 38.98))
    105
    """
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = (1 - math.cos(phi2 - phi1)) / 2
    half += math.cos(phi1) * math.cos(phi2) * (1 - math.cos(math.radians(lon2 - lon1))) / 2
    return 2 * MEAN_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))


class Nearby(tuple[Point, ...]):
    """Points as pairs of latitude and longitude.

    Examples
    --------
    >>> round(Nearby([(44.1, 39.08), (50.6, 36.6)]).km(45.04, 38.98))
    105
    """

    def km(self, lat: float, lon: float) -> float:
        """The distance from the nearest point, in km."""
        return distance_km(lat, lon, *self[self.nearest(lat, lon)])

    def nearest(self, lat: float, lon: float) -> int:
        """The number of the nearest point."""
        if len(self) > FEW:
            return int(self._tree.query(_on_sphere(lat, lon))[1])
        return min(range(len(self)), key=lambda number: distance_km(lat, lon, *self[number]))

    @cached_property
    def _tree(self) -> Any:
        from scipy.spatial import cKDTree

        return cKDTree([_on_sphere(*point) for point in self])


def _on_sphere(lat: float, lon: float) -> tuple[float, float, float]:
    """The point on a sphere of radius 1: what is nearest through it is nearest on it."""
    phi, lam = math.radians(lat), math.radians(lon)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)
