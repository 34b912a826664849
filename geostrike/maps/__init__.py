"""Maps of strikes by date: folium maps that are saved as one file and need no network."""

from geostrike.maps.layers import Basemap, DepthBands, StrikeLayer
from geostrike.maps.strikemap import StrikeMap, strike_map

__all__ = ["Basemap", "DepthBands", "StrikeLayer", "StrikeMap", "strike_map"]
