"""WGS84: its measures, and points of its surface in earth-centred metres (ECEF)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = [
    "ECCENTRICITY_2",
    "EQUATOR_M",
    "GEOD",
    "LARGEST_RADIUS_M",
    "LEAST_RADIUS_M",
    "POLE_M",
    "to_degrees",
    "to_ecef",
]

GEOD = Geod(ellps="WGS84")
EQUATOR_M: float = GEOD.a  # from the centre to the equator
POLE_M: float = GEOD.b  # from the centre to a pole
ECCENTRICITY_2: float = GEOD.es  # squared
LEAST_RADIUS_M = EQUATOR_M * (1 - ECCENTRICITY_2)  # of curvature: along the meridian at the equator
LARGEST_RADIUS_M = EQUATOR_M / (1 - ECCENTRICITY_2) ** 0.5  # of curvature: at the poles


def to_ecef(lon: Floats, lat: Floats) -> Floats:
    """Points of the ellipsoid's surface, given in degrees, in earth-centred metres, shape (n, 3)."""
    lon, lat = np.radians(lon), np.radians(lat)
    normal = EQUATOR_M / np.sqrt(1 - ECCENTRICITY_2 * np.sin(lat) ** 2)
    across = normal * np.cos(lat)
    return np.column_stack([across * np.cos(lon), across * np.sin(lon), normal * (1 - ECCENTRICITY_2) * np.sin(lat)])


def to_degrees(ecef: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude of points of the surface."""
    x, y, z = ecef.T
    return np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z / (1 - ECCENTRICITY_2), np.hypot(x, y)))
