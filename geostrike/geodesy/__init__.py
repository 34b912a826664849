"""Distances on the WGS84 ellipsoid: the nearest point of a line (`nearest_point`), and the extremes over areas."""
