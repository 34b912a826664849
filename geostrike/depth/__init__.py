"""Depth of strikes: their distance from a border, and how distances stated in reports compare."""

from geostrike.depth.distance import border_distance, distance_columns
from geostrike.depth.measure import add_swap_note, depth_by_definition, measure_depth
from geostrike.depth.sides import sides_of
from geostrike.depth.stated import check_stated_distances

__all__ = [
    "add_swap_note",
    "border_distance",
    "check_stated_distances",
    "depth_by_definition",
    "distance_columns",
    "measure_depth",
    "sides_of",
]
