"""Statistics of strike depth that also count strikes without a location.

Depth is the geodesic distance from the border to the strike. Only strikes across the border enter the distances: those
inside the attacker's own recognised territory (side `home`) and those in neither country (`outside`) are counted
separately. The directions of fire are never mixed; strikes on home ground are a direction such as "UKR to UKR".

Every figure has two intervals, for two questions; they are never combined:

- **place**: what would the figure be if each place were elsewhere within its disc or area? (`places`)
- **sample**: what would it be for another sample of such strikes? Meaningful only where the strikes are a sample.
  (`intervals`)
"""

from geostrike.stats.analysis import analyse
from geostrike.stats.bands import BAND_EDGES_KM, bands
from geostrike.stats.groups import DATE_RULES, PERIODS, direction, measured_rows
from geostrike.stats.places import draw_depths
from geostrike.stats.sensitivity import sensitivity
from geostrike.stats.series import depth_by_period, depth_ecdf, depth_trend, record_depths
from geostrike.stats.summary import depth_summary

__all__ = [
    "BAND_EDGES_KM",
    "DATE_RULES",
    "PERIODS",
    "analyse",
    "bands",
    "depth_by_period",
    "depth_ecdf",
    "depth_summary",
    "depth_trend",
    "direction",
    "draw_depths",
    "measured_rows",
    "record_depths",
    "sensitivity",
]
