"""Distance to the nearest of many points, such as the resolved places of a report."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

from geostrike.geodesy import MEAN_RADIUS_KM

__all__ = ["Nearby", "distance_km"]

# Up to this many points, comparing one by one is as fast as a tree.
FEW = 24
Point = tuple[float, float]


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the distance on a sphere, in km: good enough to separate near from far.

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
        """Return the distance to the nearest point, in km."""
        return distance_km(lat, lon, *self[self.nearest(lat, lon)])

    def nearest(self, lat: float, lon: float) -> int:
        """Return the number of the nearest point."""
        if len(self) > FEW:
            return int(self._tree.query(_on_sphere(lat, lon))[1])
        return min(range(len(self)), key=lambda number: distance_km(lat, lon, *self[number]))

    @cached_property
    def _tree(self) -> Any:
        from scipy.spatial import cKDTree

        return cKDTree([_on_sphere(*point) for point in self])


def _on_sphere(lat: float, lon: float) -> tuple[float, float, float]:
    """Return the point on a sphere of radius 1, where chords order points as distances on it do."""
    phi, lam = math.radians(lat), math.radians(lon)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)
