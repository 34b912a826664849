"""The gazetteer: who bears a name, and which of them is meant."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from geostrike.errors import InputError, PlaceNotFoundError
from geostrike.places.names import fold, has_cyrillic, latin_keys, skeleton, stem_keys, stem_skeletons
from geostrike.places.overlay import Overlay, read_overlay
from geostrike.places.place import Candidate, Place, Resolution
from geostrike.places.rank import Context, decide, rank

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

__all__ = ["Gazetteer"]

_LONGEST_NAME = 120
_REMEMBERED = 20_000
_PLACE_COLUMNS = "place_id, name, kind, country, admin1, latitude, longitude, radius_km, population"
_MATCH_ORDER = ("folded", "inflected", "romanised", "alternate")


class Gazetteer:
    """Places by name: the base gazetteer with gazetteer.csv laid over it, and a file of one's own over both.

    Parameters
    ----------
    extra
        A CSV file of one's own places, with the columns of gazetteer.csv. Its rows win.

    Raises
    ------
    InputError
        When a file cannot be used, or the base index has not been built.

    Examples
    --------
    >>> gazetteer = Gazetteer()
    >>> gazetteer.resolve("Туапсе").place.name
    'Tuapse'
    >>> gazetteer.resolve("Krasny Yar").status
    'ambiguous'
    """

    def __init__(self, *, extra: str | Path | None = None) -> None:
        self._index = _open_index(_data_file("gazetteer.sqlite"))
        layers = [read_overlay(_curated_file())]
        if extra is not None:
            layers.append(read_overlay(Path(extra)))
        self._layers: list[Overlay] = layers[::-1]
        self._found: OrderedDict[str, tuple[tuple[Place, str], ...]] = OrderedDict()

    def lookup(self, name: str) -> list[Candidate]:
        """All places that bear the name, best first, without regard to any context.

        Examples
        --------
        >>> [candidate.place.country for candidate in Gazetteer().lookup("Donetsk")][:2]
        ['UKR', 'RUS']
        """
        return list(rank(self._find(name), Context()))

    def resolve(
        self,
        name: str,
        *,
        country: str | None = None,
        admin1: str | None = None,
        near: tuple[float, float] | Iterable[tuple[float, float]] | None = None,
        kind: str | None = None,
    ) -> Resolution:
        """Which place the name means, or why that cannot be said.

        Parameters
        ----------
        name
            The name as written, in any script, spelling or case ending.
        country
            Country that the text puts it in, ISO 3166-1 alpha-3.
        admin1
            First-level region that the text puts it in: an ISO 3166-2 code or a name as written.
        near
            A point (latitude, longitude) that the place is near to, or several.
        kind
            Kind of place that the text speaks of, a word of `geostrike.tables.PLACE_KINDS`.

        Examples
        --------
        >>> Gazetteer().resolve("Donetsk", country="RUS").place.admin1
        'RU-ROS'
        """
        context = Context(country or "", self._admin1_code(admin1 or "", country or ""), _points(near), kind or "")
        return decide(name, rank(self._find(name), context), context)

    def __getitem__(self, place_id: str) -> Place:
        """The place with this id."""
        for layer in self._layers:
            place_id = layer.replaces.get(place_id, place_id)
            if place_id in layer.places:
                return layer.places[place_id]
        row = self._index.execute(f"SELECT {_PLACE_COLUMNS} FROM places WHERE place_id = ?", (place_id,)).fetchone()  # noqa: S608
        if row is None:
            msg = f"no place has the id {place_id!r}"
            raise PlaceNotFoundError(msg)
        return Place(*row, source="GeoNames")

    def areas(self, place_ids: Iterable[str]) -> gpd.GeoDataFrame:
        """The polygons of those places that have one, indexed by place_id."""
        import geopandas as gpd  # noqa: PLC0415 - heavy, and only needed here

        return gpd.GeoDataFrame({"name": [], "kind": [], "country": []}, geometry=[], crs="EPSG:4326")

    def _admin1_code(self, written: str, country: str) -> str:
        """The ISO 3166-2 code of a region given as a code or as a name."""
        if not written or written in self._regions():
            return written
        context = Context(country=country, kind="region")
        resolution = decide(written, rank(self._find(written), context), context)
        return resolution.place.admin1 if resolution.place else ""

    def _regions(self) -> set[str]:
        return {place.admin1 for layer in self._layers for place in layer.places.values() if place.kind == "region"}

    def _find(self, name: str) -> tuple[tuple[Place, str], ...]:
        """The places under all keys of the name, each with its best kind of match."""
        if name in self._found:
            self._found.move_to_end(name)
            return self._found[name]
        found = tuple(self._search(name)) if fold(name) and len(name) <= _LONGEST_NAME else ()
        self._found[name] = found
        if len(self._found) > _REMEMBERED:
            self._found.popitem(last=False)
        return found

    def _search(self, name: str) -> list[tuple[Place, str]]:
        best: dict[str, tuple[Place, str]] = {}
        for match, keys in _query_keys(name).items():
            for place, own in self._under(keys):
                kind = match if own else "alternate"
                known = best.get(place.id)
                if known is None or _MATCH_ORDER.index(kind) < _MATCH_ORDER.index(known[1]):
                    best[place.id] = (place, kind)
            if best and match == "folded" and not has_cyrillic(name):
                continue
        return [(place, "exact" if place.name == name else match) for place, match in best.values()]

    def _under(self, keys: list[str]) -> list[tuple[Place, bool]]:
        """The places found under any of the keys, each with whether the key spells its own name."""
        found = [(layer.places[i], True) for layer in self._layers for key in keys for i in layer.keys.get(key, ())]
        marks = ",".join("?" * len(keys))
        query = f"SELECT {_PLACE_COLUMNS}, own, key FROM keys JOIN places USING (row) WHERE key IN ({marks})"  # noqa: S608
        for *columns, own, key in self._index.execute(query, keys):
            place = Place(*columns, source="GeoNames")
            if not any(key in layer.blocked.get(place.id, ()) for layer in self._layers):
                found.append((self._overlaid(place), bool(own)))
        return found

    def _overlaid(self, place: Place) -> Place:
        for layer in self._layers:
            if place.id in layer.replaces:
                return replace(layer.places[layer.replaces[place.id]], population=place.population)
        return place


def _query_keys(name: str) -> dict[str, list[str]]:
    """The keys to look a name up under, by the kind of match they make."""
    latin = latin_keys(name)
    keys = {"folded": list(dict.fromkeys((fold(name), *latin)))}
    keys["romanised"] = ["~" + skeleton(key) for key in latin if skeleton(key)]
    if has_cyrillic(name):
        keys["inflected"] = ["^" + key for key in stem_keys(name)]
        skeletons = stem_skeletons(name)
        keys["romanised"] += ["^~" + key for key in skeletons] + ["~" + key for key in skeletons]
    return {match: found for match, found in keys.items() if found}


def _points(near: tuple[float, float] | Iterable[tuple[float, float]] | None) -> tuple[tuple[float, float], ...]:
    if near is None:
        return ()
    points = tuple(near)
    if len(points) == 2 and all(isinstance(value, int | float) for value in points):
        return ((float(points[0]), float(points[1])),)  # type: ignore[arg-type]
    return tuple((float(lat), float(lon)) for lat, lon in points)  # type: ignore[misc]


def _data_file(name: str) -> Path:
    return Path(str(files("geostrike"))) / "data" / name


def _curated_file() -> Path:
    """gazetteer.csv: in the package's data in a wheel, at the top of the repository in an editable install."""
    in_wheel = _data_file("gazetteer.csv")
    return in_wheel if in_wheel.exists() else in_wheel.parents[2] / "gazetteer.csv"


def _open_index(path: Path) -> sqlite3.Connection:
    if not path.exists():
        msg = f"{path} is missing: install the package again, or run: python scripts/build_gazetteer.py index"
        raise InputError(msg)
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
