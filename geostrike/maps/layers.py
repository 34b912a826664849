"""The project's own folium layers. Their text reaches the page as data, never through a template."""

from __future__ import annotations

import base64
import gzip
import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Protocol

import shapely

from geostrike.borders.areas import sound_areas
from geostrike.maps.bands import DISTANCES_KM, band_outlines
from geostrike.maps.elements import ScriptedLayer
from geostrike.maps.outlines import line_rings, pack, polygon_rings
from geostrike.maps.page import StrikePage, page_of
from geostrike.maps.payload import Payload, encode_strikes, escaped_json

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

__all__ = ["BASEMAP_COLUMNS", "Basemap", "DepthBands", "NamedBorder", "StrikeLayer"]

_AREA_PRECISION = 500
# What a row of the basemap's files holds, in its order; the names of a city in other languages are a row of their own.
BASEMAP_COLUMNS = {
    "countries": ("en", "uk", "ru", "de", "latitude", "longitude", "zoom"),
    "cities": ("en", "latitude", "longitude", "population", "others"),
    "others": ("uk", "ru", "de"),
}


class NamedBorder(Protocol):
    """What a map needs of a border."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def definition(self) -> str:
        """What is taken for the border: `land` or `territory`, or what a file says."""

    @property
    def border_id(self) -> str:
        """Line, definition and version."""

    @property
    def geometry(self) -> BaseGeometry:
        """The line."""


class _PageLayer(ScriptedLayer):
    """A layer that one of the page's own classes draws, from data blocks."""

    def blocks(self, page: StrikePage) -> dict[str, str]:
        """The data blocks by the ending of their names."""
        raise NotImplementedError

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]  # as folium's own layers
        """Write the data and the line of script that makes the layer from it."""
        page = page_of(self)
        for ending, text in self.blocks(page).items():
            page.add_data(f"{self.get_name()}-{ending}", text)
        super().render(**kwargs)  # type: ignore[no-untyped-call]


class Basemap(_PageLayer):
    """Land, lakes, rivers, country lines and names, without a network. Crimea is in Ukraine.

    Parameters
    ----------
    name
        The name in the layer control.
    country_lines
        Lines of another viewpoint, in degrees, drawn in place of all country lines that the package carries. They are
        drawn only: what depth is measured from, and which country a place lies in, does not change.

    Examples
    --------
    >>> from shapely import MultiLineString
    >>> Basemap(country_lines=MultiLineString([[(33.6, 46.1), (34.5, 46.0)]])).layer_name
    'Offline map'
    """

    maker = "basemap"

    def __init__(
        self, name: str = "Offline map", *, country_lines: BaseGeometry | None = None, show: bool = True
    ) -> None:
        super().__init__(name, overlay=False, show=show)
        self.country_lines = country_lines

    def blocks(self, page: StrikePage) -> dict[str, str]:
        """The world, and Europe on top of it, coarse where the page is to be light; and the names of their columns."""
        return {"columns": escaped_json(BASEMAP_COLUMNS)} | self._parts(light=page.light)

    def _parts(self, *, light: bool) -> dict[str, str]:
        names = {ending: f"{ending}-light" if light else ending for ending in ("world", "europe")}
        if self.country_lines is None:
            return {ending: _stored(name) for ending, name in names.items()}
        parts = {ending: json.loads(gzip.decompress(base64.b64decode(_stored(name)))) for ending, name in names.items()}
        for part in parts.values():
            part["borders"], part["dashed"] = [], []
        parts["europe"]["borders"] = line_rings(self.country_lines, parts["europe"]["precision"])
        return {ending: pack(part) for ending, part in parts.items()}


@cache
def _stored(name: str) -> str:
    path = resources.files("geostrike") / "data" / f"basemap-{name}.json.gz"
    return base64.b64encode(path.read_bytes()).decode("ascii")


class DepthBands(_PageLayer):
    """A border with bands of equal distance on both of its sides.

    Parameters
    ----------
    border
        The border: anything with `name`, `definition`, `border_id` and `geometry`.
    distances
        Kilometres of the bands. With the definition `territory` they lie on the ground of the two countries, each
        measured from the outline of the other.
    name
        The name in the layer control.
    """

    maker = "bands"

    def __init__(
        self,
        border: NamedBorder,
        *,
        distances: tuple[int, ...] = DISTANCES_KM,
        name: str = "Border and distance bands",
        show: bool = True,
    ) -> None:
        super().__init__(name, overlay=True, show=show)
        self.border = border
        outlines = getattr(border, "outlines", None)
        # The distance to the other country's ground has bands only where it is told which line belongs to which.
        self.distances = () if border.definition.startswith("territory") and not outlines else distances
        self._packed = pack(band_outlines(border.geometry, self.distances, outlines=outlines))

    def blocks(self, page: StrikePage) -> dict[str, str]:  # noqa: ARG002
        """The outlines."""
        return {"outlines": self._packed}


class StrikeLayer(_PageLayer):
    """Strikes by date, with the controls that filter and play them.

    Parameters
    ----------
    strikes
        A strikes table; at least `geometry`, `date_start` and `date_end`. Rows without geometry are counted and listed.
    areas
        Polygons by `place_id`, drawn for the strikes that are known to an area only.
    claims, reports, distances
        What is said of each strike, where, and the distances that reports state.
    name
        The name in the layer control.

    Raises
    ------
    TableError
        When a column is missing, a word is outside its vocabulary, or an interval ends before it starts.
    """

    maker = "strikes"

    def __init__(
        self,
        strikes: pd.DataFrame,
        *,
        areas: gpd.GeoDataFrame | None = None,
        claims: pd.DataFrame | None = None,
        reports: pd.DataFrame | None = None,
        distances: pd.DataFrame | None = None,
        name: str = "Strikes",
        show: bool = True,
    ) -> None:
        super().__init__(name, overlay=True, show=show)
        self.payload: Payload = encode_strikes(strikes, claims=claims, reports=reports, distances=distances)
        used = set() if "place_id" not in strikes.columns else set(strikes["place_id"].unique())
        self._areas = pack(_area_outlines(areas, used))

    def blocks(self, page: StrikePage) -> dict[str, str]:  # noqa: ARG002
        """The payload."""
        payload = self.payload
        return {
            "meta": escaped_json(payload.meta),
            "numbers": payload.numbers,
            "names": payload.names,
            "areas": self._areas,
            "texts": payload.texts,
        }


def _area_outlines(areas: gpd.GeoDataFrame | None, used: set[str]) -> dict[str, Any]:
    if areas is None:
        return {"precision": _AREA_PRECISION, "areas": {}}
    polygons = sound_areas(areas)
    outlines = {
        place: polygon_rings(shapely.simplify(polygon, 0.01), _AREA_PRECISION)
        for place, polygon in polygons[polygons.index.isin(list(used))].items()
    }
    return {"precision": _AREA_PRECISION, "areas": outlines}
