"""The map: a folium.Map whose saved file needs no network."""

from __future__ import annotations

import html
import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import folium
import numpy as np
from folium.map import LayerControl

from geostrike.borders.areas import points_of
from geostrike.errors import InputError
from geostrike.maps.elements import children_of, move_last, put_text, set_kind
from geostrike.maps.layers import Basemap, DepthBands, NamedBorder, StrikeLayer
from geostrike.maps.page import StrikePage, page_of
from geostrike.maps.payload import escaped_json
from geostrike.tables import STRIKES, usable_frame

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["StrikeMap", "strike_map"]

LANGUAGES = ("en", "uk", "ru", "de")
_ZOOM_OPTIONS = {"zoom_snap": 0.25, "zoom_delta": 0.5, "wheel_px_per_zoom_level": 120, "world_copy_jump": False}


class StrikeMap(folium.Map):
    """A `folium.Map` that is saved as one self-contained file, with geostrike's layers and any folium element.

    Parameters
    ----------
    title, note
        Plain text above and below the map.
    language
        The initial language of the interface: en, uk, ru or de.
    online
        Whether the saved page may load plugin files that the package does not include from the network.
    tiles
        A folium tile layer or its name; none by default, because tiles are requests to a server.
    **options
        Any other option of `folium.Map`.

    Raises
    ------
    InputError
        When the language is unknown; at `save()`, when a folium plugin needs a file that the package does not include.

    Examples
    --------
    >>> page = StrikeMap("Nothing yet").get_root().render()
    >>> "https://cdn" in page
    False
    """

    def __init__(
        self,
        title: str = "",
        *,
        note: str = "",
        language: str = "en",
        online: bool = False,
        location: tuple[float, float] = (52.0, 38.0),
        zoom_start: int = 5,
        tiles: Any = None,
        **options: Any,
    ) -> None:
        if language not in LANGUAGES:
            msg = f"language is {language!r}; known: {', '.join(LANGUAGES)}"
            raise InputError(msg)
        limits = {"min_zoom": options.pop("min_zoom", 2), "max_zoom": options.pop("max_zoom", 14)}
        super().__init__(
            location=location, zoom_start=zoom_start, tiles=tiles, control_scale=True, **(_ZOOM_OPTIONS | options)
        )
        set_kind(self, "StrikeMap")
        self.options |= limits
        self.title = title
        self.note = note
        StrikePage(title=title, language=language, online=online).add_child(self)

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]  # folium's own maps return nothing either
        """Write the map and the frame around it into the page."""
        page = page_of(self)
        layers = [child for child in children_of(self).values() if isinstance(child, StrikeLayer)]
        if len(layers) > 1:
            msg = "a StrikeMap shows one StrikeLayer; put all strikes into one table"
            raise InputError(msg)
        move_last(self, LayerControl)  # it lists the layers before it
        title, note = (html.escape(text, quote=False) for text in (self.title, self.note))
        put_text(page.html, "frame_start", _FRAME_START.format(title=title))
        super().render(**kwargs)  # type: ignore[no-untyped-call]
        put_text(page.html, "frame_end", _FRAME_END.format(note=note))
        layer = layers[0].get_name() if layers else "null"
        put_text(page.script, "start", f"geostrike.start({self.get_name()}, {layer}, {self._page_facts(page)});")

    def _page_facts(self, page: StrikePage) -> str:
        """Return the facts about the map as a whole, as JSON."""
        bands = [child.border for child in children_of(self).values() if isinstance(child, DepthBands)]
        border = _border_facts(bands[0]) if bands else None
        view = getattr(self, "view", None)
        return escaped_json(
            {"language": page.language, "border": border, "view": view, "version": version("geostrike")}
        )

    def save(self, outfile: str | bytes | Path | BinaryIO, close_file: bool = True, **kwargs: Any) -> None:
        """Write the page. It is rendered before the file is opened: a map that is refused leaves no file."""
        page = page_of(self).render(**kwargs).encode("utf-8")
        if isinstance(outfile, str | bytes | Path):
            Path(os.fsdecode(outfile)).write_bytes(page)
            return
        outfile.write(page)
        if close_file:
            outfile.close()

    def frame_html(self, *, height: str = "680px", light: bool = False) -> str:
        """Return the map as an `iframe` element for another page.

        The frame is sandboxed: it has an origin of its own and cannot access the page around it. The
        Content-Security-Policy of that page also applies to the frame and must allow what `frame_policy()` returns.

        Parameters
        ----------
        height
            The frame's height as a CSS length; its width is the map's, 100 % by default.
        light
            Whether to use the coarser basemap of notebooks, which is about 0.2 MB smaller.

        Raises
        ------
        InputError
            When a folium plugin needs a file that the package does not include.

        Examples
        --------
        >>> StrikeMap("Nothing yet").frame_html(height="30rem").startswith('<iframe sandbox="allow-scripts')
        True
        """
        return page_of(self).frame_html(height=height, light=light)

    def frame_policy(self) -> dict[str, list[str]]:
        """Return the map's own Content-Security-Policy: each directive and the sources that it allows.

        A page with `frame_html()` and a policy of its own must include these sources of `script-src`, `style-src`,
        `img-src` and `font-src`; `script-src` names the map's scripts by their hashes.

        Raises
        ------
        InputError
            When a folium plugin needs a file that the package does not include.

        Examples
        --------
        >>> StrikeMap().frame_policy()["connect-src"]
        ["'none'"]
        """
        page = page_of(self)
        page.render()
        return dict(page.policy)

    def look_at(self, strikes: gpd.GeoDataFrame, *, share: float | None = None) -> StrikeMap:
        """Set the initial view to this share of the strikes in each direction; return the map.

        By default the view shows all strikes, or all but the outermost 2 % of 500 or more.
        """
        longitude, latitude = points_of(strikes)
        known = np.isfinite(longitude) & np.isfinite(latitude)
        if known.any():
            share = share if share is not None else 0.98 if known.sum() >= 500 else 1.0
            ends = [(1 - share) / 2, (1 + share) / 2]
            south, north = np.quantile(latitude[known], ends)
            west, east = np.quantile(longitude[known], ends)
            self.view = [[round(south, 4), round(west, 4)], [round(north, 4), round(east, 4)]]
            self.location = [round((south + north) / 2, 4), round((west + east) / 2, 4)]
        return self


def _border_facts(border: NamedBorder) -> dict[str, Any]:
    facts: dict[str, Any] = {name: str(getattr(border, name)) for name in ("name", "definition", "border_id")}
    pair = getattr(border, "pair", None)
    return facts | {"pair": list(pair) if pair else None, "licence": str(getattr(border, "licence", ""))}


_FRAME_START = """<header class="gs-head">
<div class="gs-titles"><h1>{title}</h1><p id="gs-subtitle"></p></div>
<div id="gs-tools" class="gs-tools"></div>
</header>
<main class="gs-main">
<div class="gs-stage">"""
_FRAME_END = """</div>
<aside id="gs-panel" class="gs-panel"></aside>
<section id="gs-table" class="gs-table" hidden></section>
</main>
<div id="gs-time" class="gs-time"></div>
<footer class="gs-foot"><p>{note}</p></footer>
<noscript><p class="gs-noscript">The map needs JavaScript; the tables list the same strikes.</p></noscript>"""


def strike_map(
    strikes: gpd.GeoDataFrame,
    *,
    border: NamedBorder | None = None,
    areas: gpd.GeoDataFrame | None = None,
    claims: pd.DataFrame | None = None,
    reports: pd.DataFrame | None = None,
    distances: pd.DataFrame | None = None,
    title: str = "Strikes by date",
    note: str = "",
    language: str = "en",
    tiles: Any = None,
    online: bool = False,
) -> StrikeMap:
    """Draw the strikes by date on a map that is saved as one file.

    Parameters
    ----------
    strikes
        A strikes table with at least `geometry` (points in EPSG:4326), `date_start` and `date_end`.
        Rows without geometry are counted and listed; rows with open dates can be shown and hidden.
    border
        The border that depth is measured from, drawn with bands of 50, 100, 250, 500 and 1,000 km.
    areas
        Polygons by `place_id`, from `Gazetteer.areas`, for strikes whose place is an area.
    claims, reports, distances
        The claims about each strike, the reports, and the distances that reports state.
    title, note
        Plain text above and below the map.
    language
        The initial language of the interface: en, uk, ru or de.
    tiles
        A folium tile layer or its name, which sends requests to a server; none by default.
    online
        Whether the saved page may load plugin files that the package does not include from the network.

    Raises
    ------
    TableError
        When the table lacks a column, or a word is outside its vocabulary.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely.geometry import Point
    >>> day = pd.Timestamp("2024-01-25")
    >>> dates = {"date_start": [day], "date_end": [day]}
    >>> strikes = gpd.GeoDataFrame(dates, geometry=[Point(39.08, 44.1)], crs="EPSG:4326")
    >>> len(strike_map(strikes).get_root().render()) < 1_500_000
    True
    """
    strikes = usable_frame(strikes, STRIKES)
    page = StrikeMap(title, note=note, language=language, online=online, tiles=None)
    Basemap(show=tiles is None).add_to(page)
    if tiles is not None:
        (tiles if isinstance(tiles, folium.TileLayer) else folium.TileLayer(tiles)).add_to(page)
    if border is not None:
        DepthBands(border).add_to(page)
    StrikeLayer(strikes, areas=areas, claims=claims, reports=reports, distances=distances).add_to(page)
    folium.LayerControl(position="topleft").add_to(page)
    return page.look_at(strikes)
