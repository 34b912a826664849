"""geostrike's own folium layers; their text reaches the page as data, never through a template."""

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
# The columns of the rows in the basemap's files; `others` is a row of a city's names in other languages.
BASEMAP_COLUMNS = {
    "countries": ("en", "uk", "ru", "de", "latitude", "longitude", "zoom"),
    "cities": ("en", "latitude", "longitude", "population", "others"),
    "others": ("uk", "ru", "de"),
}


class NamedBorder(Protocol):
    """The part of a border that a map needs."""

    @property
    def name(self) -> str:
        """The name."""

    @property
    def definition(self) -> str:
        """What counts as the border: `land`, `territory`, or what a file says."""

    @property
    def border_id(self) -> str:
        """The line, the definition and the version."""

    @property
    def geometry(self) -> BaseGeometry:
        """The line."""


class _PageLayer(ScriptedLayer):
    """A layer that the page draws from data blocks."""

    def blocks(self, page: StrikePage) -> dict[str, str]:
        """Return the data blocks by the ending of their names."""
        raise NotImplementedError

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]  # as folium's own layers
        """Write the data blocks and the line of script that creates the layer from them."""
        page = page_of(self)
        for ending, text in self.blocks(page).items():
            page.add_data(f"{self.get_name()}-{ending}", text)
        super().render(**kwargs)  # type: ignore[no-untyped-call]


class Basemap(_PageLayer):
    """Land, lakes, rivers, country lines and names, without a network. Crimea is shown in Ukraine.

    Parameters
    ----------
    name
        The name in the layer control.
    country_lines
        Lines of another viewpoint, in degrees, that replace all country lines. They are only drawn: the border that
        depth is measured from and the country of each place do not change.

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
        """Return the world, Europe on top of it, and their column names; a light page gets coarser lines."""
        return {"columns": escaped_json(BASEMAP_COLUMNS)} | self._parts(light=page.light)

    def _parts(self, *, light: bool) -> dict[str, str]:
        names = {ending: f"{ending}-light" if light else ending for ending in ("world", "europe")}
        if self.country_lines is None:
            return {ending: _basemap_block(name) for ending, name in names.items()}
        parts = {ending: json.loads(gzip.decompress(_basemap_file(name))) for ending, name in names.items()}
        for part in parts.values():
            part["borders"], part["dashed"] = [], []
        parts["europe"]["borders"] = line_rings(self.country_lines, parts["europe"]["precision"])
        return {ending: pack(part) for ending, part in parts.items()}


def _basemap_file(name: str) -> bytes:
    return (resources.files("geostrike") / "data" / f"basemap-{name}.json.gz").read_bytes()


@cache
def _basemap_block(name: str) -> str:
    return base64.b64encode(_basemap_file(name)).decode("ascii")


class DepthBands(_PageLayer):
    """A border with bands of equal distance on both sides.

    Parameters
    ----------
    border
        The border: any object with `name`, `definition`, `border_id` and `geometry`.
    distances
        Distances of the bands in km. With the definition `territory` each country has the bands that are measured
        from the outline of the other.
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
        # Bands of `territory` need to know which outline belongs to which country.
        self.distances = () if border.definition.startswith("territory") and not outlines else distances
        self._packed = pack(band_outlines(border.geometry, self.distances, outlines=outlines))

    def blocks(self, page: StrikePage) -> dict[str, str]:  # noqa: ARG002
        """Return the outlines."""
        return {"outlines": self._packed}


class StrikeLayer(_PageLayer):
    """Strikes by date, with controls that filter and play them.

    Parameters
    ----------
    strikes
        A strikes table with at least `geometry`, `date_start` and `date_end`. Rows without geometry are counted and
        listed.
    areas
        Polygons by `place_id`, drawn for strikes whose place is an area.
    claims, reports, distances
        The claims about each strike, the reports, and the distances that reports state.
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
        """Return the payload."""
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
