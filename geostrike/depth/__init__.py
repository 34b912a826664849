"""The distance from a border to strikes, and how it agrees with what reports state."""

from geostrike.depth.distance import border_distance, distance_columns
from geostrike.depth.measure import depth_by_definition, measure_depth, noted
from geostrike.depth.sides import sides_of
from geostrike.depth.stated import check_stated_distances

__all__ = [
    "border_distance",
    "check_stated_distances",
    "depth_by_definition",
    "distance_columns",
    "measure_depth",
    "noted",
    "sides_of",
]
