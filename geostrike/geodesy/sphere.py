"""The mean sphere, for comparing what is near with what is far."""

__all__ = ["MEAN_RADIUS_KM"]

MEAN_RADIUS_KM = 6371.0  # of WGS84 (IUGG: 6,371.0088), to the kilometre
