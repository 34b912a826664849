"""The strikes table as the page reads it: columns of small numbers, compressed, and blocks of text decoded on demand.

Rows are ordered by first day, then by place; rows without a closed date interval come last. What belongs to a place
(coordinates, depth, radius) is stored as the difference from the median of its place, so that places that recur cost
almost nothing. Numbers are split into byte planes before compression.
"""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geostrike.errors import TableError
from geostrike.tables import CLAIMS, DISTANCES, REPORTS, STRIKES, build_table, check_table

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Payload", "encode_strikes", "escaped_json"]

BLOCK = 1024
_MANY = 300_000  # from here on, time to build counts more than the last tenth of the size
_WORLD = float(1 << 24)
_DAY = np.timedelta64(1, "D")
_CODED = ("status", "target_kind", "weapon", "date_precision", "side", "depth_bounds", "stated_verdict", "place_status")


@dataclass
class Payload:
    """What a page holds of the strikes: a small header, the numbers, the names and the text, each as safe text."""

    meta: dict[str, Any]
    numbers: str
    names: str
    texts: str
    order: npt.NDArray[np.int64]
    bounds: list[list[float]] | None
    counts: dict[str, int] = field(default_factory=dict)


def escaped_json(content: object) -> str:
    r"""JSON that can stand inside a script element whatever its strings hold.

    Examples
    --------
    >>> escaped_json({"a": "</script>"})
    '{"a":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def encode_strikes(
    strikes: pd.DataFrame,
    *,
    claims: pd.DataFrame | None = None,
    reports: pd.DataFrame | None = None,
    distances: pd.DataFrame | None = None,
) -> Payload:
    """The payload of a strikes table.

    Parameters
    ----------
    strikes
        A strikes table, or any table with `geometry`, `date_start` and `date_end`; other columns may be missing.
    claims, reports, distances
        The tables that tell more of each strike, joined by `strike_id` and `report_id`.

    Raises
    ------
    TableError
        When a required column is missing, or a word is outside its vocabulary.
    """
    table = _completed(strikes)
    start, span, first_day = _days(table)
    place, places = _places(table)
    # Stable, so that strikes of one day at one place keep the order of the table.
    day = np.where(start < 0, start.max(initial=0) + 1, start)
    order = np.argsort(day * max(1, len(places)) + place, kind="stable")
    columns, words = _columns(table, start, span, place)
    columns = {name: values[order] for name, values in columns.items()}
    numbers, planes, medians = _packed(columns, len(places))
    texts, offsets = _texts(table, order, claims, reports, distances)
    dated = columns["start"] >= 0
    located = columns["x"] >= 0
    meta = {
        "n": len(table),
        "first_day": first_day,
        "days": int((columns["start"] + columns["span"])[dated].max(initial=-1)) + 1,
        "dated": int(dated.sum()),
        "planes": planes,
        "medians": medians,
        "places": len(places),
        "words": words,
        "block": BLOCK,
        "offsets": offsets,
    }
    counts = {"strikes": len(table), "located": int(located.sum()), "dated": int(dated.sum())}
    return Payload(meta, numbers, _base64(_json(places)), texts, order, _bounds(table), counts)


def _completed(strikes: pd.DataFrame) -> pd.DataFrame:
    """The strikes with every column of the table; what is missing is empty; coordinates in EPSG:4326."""
    required = [name for name in ("geometry", "date_start", "date_end") if name not in strikes.columns]
    check_table(strikes, STRIKES, columns=required)
    present = [name for name in STRIKES.names if name in strikes.columns]
    check_table(strikes, STRIKES, columns=present)
    if isinstance(strikes, gpd.GeoDataFrame) and strikes.crs is not None and strikes.crs != "EPSG:4326":
        strikes = strikes.to_crs("EPSG:4326")
    missing = build_table(STRIKES, [{}]).iloc[0]  # what an absent value is, by column
    columns: dict[str, Any] = {}
    for column in STRIKES.columns:
        values = strikes[column.name] if column.name in present else pd.Series([missing[column.name]] * len(strikes))
        if column.dtype == "text":
            columns[column.name] = _plain_texts(values)
        elif column.dtype != "geometry":
            columns[column.name] = values.to_numpy()
    if "strike_id" not in present:
        columns["strike_id"] = pd.Series([str(label) for label in strikes.index], dtype="str")
    columns["longitude"], columns["latitude"] = _coordinates(strikes["geometry"])
    return pd.DataFrame(columns)


def _plain_texts(values: pd.Series[Any]) -> pd.Series[Any]:
    """The values as text; a lone surrogate, which no file can hold, becomes a question mark."""
    values = values.reset_index(drop=True)
    if values.dtype == "str":
        return values.fillna("")
    texts = ["" if missing else str(value) for value, missing in zip(values, values.isna(), strict=True)]
    return pd.Series([text.encode("utf-8", "replace").decode("utf-8") for text in texts], dtype="str")


def _days(table: pd.DataFrame) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], str]:
    """First day and length minus one of each closed interval, in days from the earliest; -1 where open."""
    first = pd.to_datetime(table["date_start"]).to_numpy().astype("datetime64[D]")
    last = pd.to_datetime(table["date_end"]).to_numpy().astype("datetime64[D]")
    closed = ~np.isnat(first) & ~np.isnat(last)
    if (last[closed] < first[closed]).any():
        row = table["strike_id"].to_numpy()[closed][(last[closed] < first[closed]).argmax()]
        msg = f"strikes, {row}: date_end is before date_start"
        raise TableError(msg)
    origin = first[closed].min() if closed.any() else np.datetime64("1970-01-01")
    start = np.full(len(table), -1, dtype=np.int64)
    span = np.zeros(len(table), dtype=np.int64)
    start[closed] = (first[closed] - origin) // _DAY
    span[closed] = (last[closed] - first[closed]) // _DAY
    return start, span, str(origin)


def _places(table: pd.DataFrame) -> tuple[npt.NDArray[np.int64], list[list[str]]]:
    """The number of each row's place, the most frequent first, and the places: id, name, kind, country, admin1."""
    nameless = table["place"] == ""
    name = table["place"].where(~nameless, table["place_as_written"]) if nameless.any() else table["place"]
    fields = [table["place_id"], name, table["place_kind"], table["country"], table["admin1"]]
    coded = [_coded(field) for field in fields]
    key = np.zeros(len(table), dtype=np.int64)
    for codes, words in coded:
        if len(words) > 1:  # one number for each combination; numbered anew each time, so that it cannot overflow
            key = pd.factorize(key * len(words) + codes)[0]
    frequency = np.bincount(key)
    first = np.empty(len(frequency), dtype=np.int64)
    first[key[::-1]] = np.arange(len(key))[::-1]
    by_frequency = np.argsort(-frequency, kind="stable")
    rank = np.empty(len(first), dtype=np.int64)
    rank[by_frequency] = np.arange(len(first))
    names = [[words[code] for code in codes[first[by_frequency]]] for codes, words in coded]
    return rank[key], [list(values) for values in zip(*names, strict=True)]


def _world(longitude: npt.NDArray[np.float64], latitude: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.int64], ...]:
    """Web-Mercator coordinates as 24-bit integers (2.4 m at the equator); -1 where there are none."""
    known = np.isfinite(longitude) & np.isfinite(latitude)
    sine = np.sin(np.radians(np.clip(np.where(known, latitude, 0.0), -85.0511, 85.0511)))
    x = (np.where(known, longitude, 0.0) + 180) / 360
    y = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)
    grid = [np.clip(np.round(value * _WORLD), 0, _WORLD - 1).astype(np.int64) for value in (x, y)]
    return tuple(np.where(known, value, -1) for value in grid)


def _tenths(values: pd.Series[Any]) -> npt.NDArray[np.int64]:
    """Kilometres in tenths; -1 where there are none."""
    numbers = values.to_numpy(dtype=float)
    return np.where(np.isfinite(numbers), np.round(np.nan_to_num(numbers) * 10), -1).astype(np.int64)


def _coordinates(shapes: pd.Series[Any]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Longitude and latitude of the points; NaN where there is none."""
    geometry = np.asarray(shapes, dtype=object)
    is_shape = shapely.is_geometry(geometry)
    points = geometry.copy()
    points[~is_shape] = None
    kinds = shapely.get_type_id(points)
    wrong = points[is_shape & (kinds != shapely.GeometryType.POINT)]
    if len(wrong):
        msg = (
            f"strikes: geometry is a {wrong[0].geom_type}; a strike is a point, areas are given by `areas` and place_id"
        )
        raise TableError(msg)
    return shapely.get_x(points), shapely.get_y(points)


def _coded(values: pd.Series[Any]) -> tuple[npt.NDArray[np.int64], list[str]]:
    """The number of each row's word in the sorted list of words."""
    codes, found = pd.factorize(values)
    words = np.asarray(found, dtype=object)
    order = np.argsort(words)
    rank = np.empty(len(words), dtype=np.int64)
    rank[order] = np.arange(len(words))
    return rank[codes], [str(words[number]) for number in order]


def _columns(
    table: pd.DataFrame, start: npt.NDArray[np.int64], span: npt.NDArray[np.int64], place: npt.NDArray[np.int64]
) -> tuple[dict[str, npt.NDArray[np.int64]], dict[str, list[str]]]:
    x, y = _world(table["longitude"].to_numpy(), table["latitude"].to_numpy())
    nearest_x, nearest_y = _world(table["nearest_lon"].to_numpy(float), table["nearest_lat"].to_numpy(float))
    columns = {"start": start, "span": span, "place": place, "x": x, "y": y, "nx": nearest_x, "ny": nearest_y}
    columns |= {name: _tenths(table[f"{name}_km"]) for name in ("depth", "depth_min", "depth_max", "radius")}
    columns["precision"] = np.nan_to_num(table["geo_precision"].to_numpy(float)).astype(np.int64)
    words: dict[str, list[str]] = {}
    for name in _CODED:
        columns[name], words[name] = _coded(table[name])
    columns["direction"], words["direction"] = _directions(table)
    return columns, words


def _directions(table: pd.DataFrame) -> tuple[npt.NDArray[np.int64], list[str]]:
    """The number of each row's direction of fire, and the directions: attacker, `>`, the country that was struck."""
    ends = [_coded(table[name]) for name in ("attacker", "struck_country", "target_side")]
    (attacker, attackers), (struck, countries), (target, sides) = ends
    known = np.array([bool(name) for name in countries], dtype=bool)[struck]
    every = sorted({*countries, *sides})
    struck = np.where(known, _numbers_in(countries, every)[struck], _numbers_in(sides, every)[target])
    codes, pairs = pd.factorize(attacker * max(1, len(every)) + struck, sort=True)
    return codes, [f"{attackers[pair // len(every)]}>{every[pair % len(every)]}" for pair in pairs]


def _numbers_in(words: list[str], every: list[str]) -> npt.NDArray[np.int64]:
    return np.array([every.index(word) for word in words], dtype=np.int64)


_OF_PLACE = ("x", "y", "nx", "ny", "depth", "depth_min", "depth_max", "radius")


def _packed(columns: dict[str, npt.NDArray[np.int64]], places: int) -> tuple[str, list[list[Any]], list[str]]:
    """The columns as byte planes; their names with the number of planes; the names of those stored by place."""
    place = columns["place"]
    medians = {name: _medians(columns[name], place, places) for name in _OF_PLACE}
    raw = [medians[name].astype("<u4").tobytes() for name in _OF_PLACE]
    planes: list[list[Any]] = []
    for name, values in columns.items():
        stored = values + 1 if name == "start" else values
        if name in _OF_PLACE:
            stored = np.where(values >= 0, _zigzag(values - medians[name][place]) + 1, 0)
        elif name in ("start", "place"):
            stored = _zigzag(np.diff(stored, prepend=0))
        count = _plane_count(int(stored.max(initial=0)))
        raw += [((stored >> (8 * plane)) & 255).astype(np.uint8).tobytes() for plane in range(count)]
        planes.append([name, count])
    return _base64(b"".join(raw), level=9 if len(place) < _MANY else 6), planes, list(_OF_PLACE)


def _medians(values: npt.NDArray[np.int64], place: npt.NDArray[np.int64], places: int) -> npt.NDArray[np.int64]:
    """The median of each place's values; 0 where it has none."""
    known = values >= 0
    if not known.any():
        return np.zeros(places, dtype=np.int64)
    medians = pd.Series(values[known]).groupby(place[known]).median().reindex(range(places))
    return medians.fillna(0).round().to_numpy().astype(np.int64)


def _zigzag(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return (values << 1) ^ (values >> 63)


def _plane_count(largest: int) -> int:
    return max(1, (largest.bit_length() + 7) // 8)


def _base64(data: bytes, level: int = 9) -> str:
    return base64.b64encode(gzip.compress(data, level, mtime=0)).decode("ascii")


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")


def _bounds(table: pd.DataFrame) -> list[list[float]] | None:
    """South-west and north-east corner of the strikes; None when none has a place."""
    longitude, latitude = table["longitude"].to_numpy(), table["latitude"].to_numpy()
    if not np.isfinite(longitude).any():
        return None
    return [
        [float(np.nanmin(latitude)), float(np.nanmin(longitude))],
        [float(np.nanmax(latitude)), float(np.nanmax(longitude))],
    ]


# --- texts ------------------------------------------------------------------------------------------------------------


_TEXTS = ("strike_id", "date_as_written", "place_as_written", "place_reason", "place_candidates")


def _texts(
    table: pd.DataFrame,
    order: npt.NDArray[np.int64],
    claims: pd.DataFrame | None,
    reports: pd.DataFrame | None,
    distances: pd.DataFrame | None,
) -> tuple[str, list[int]]:
    """What is read only when somebody asks: blocks of rows, each compressed; and where each block begins.

    A block is a list: its text columns (one value where all rows agree; 1 for a name that is written as the place is
    named), then by row number within the block what few rows have: open ends of dates, claims, stated distances; then
    how many sources each row has, their numbers (null where each is a new one), and the sources that they number.
    """
    texts = {name: table[name] for name in _TEXTS}
    written = texts["place_as_written"].to_numpy(dtype=object)
    written[(texts["place_as_written"] == table["place"]).to_numpy()] = 1
    texts["place_as_written"] = pd.Series(written, dtype=object)
    columns = [_in_order(values, order) for values in texts.values()]
    rows = pd.DataFrame({"strike_id": columns[0], "row": np.arange(len(table))})
    ends = _open_ends(table, order)
    report_ids = _in_order(table["report_ids"], order)
    known = _Sources.of(reports)
    said = _details(claims, CLAIMS, ("speaker", "speaker_side", "stance", "quote"), rows)
    stated = _details(
        distances, DISTANCES, ("quote", "value", "unit", "value_km", "hedge", "reference", "verdict"), rows
    )
    blocks = []
    for first in range(0, len(table), BLOCK):
        last = first + BLOCK
        parts = [_shortest(column[first:last]) for column in columns]
        few = [sparse.between(first, last) for sparse in (ends, said, stated)]
        sources = _numbered(report_ids[first:last], known)
        blocks.append(_base64(_json([*parts, *few, *sources]), level=6))
    return "".join(blocks), [0, *np.cumsum([len(block) for block in blocks]).tolist()]


def _in_order(values: pd.Series[Any], order: npt.NDArray[np.int64]) -> list[Any]:
    if len(values) and (values == values.iloc[0]).all():
        return [values.iloc[0]] * len(values)
    return list(values.to_numpy(dtype=object)[order])


def _shortest(values: list[Any]) -> Any:
    return values[0] if values and values.count(values[0]) == len(values) else values


@dataclass
class _Sparse:
    """Values that few rows have: row numbers in rising order, and the values beside them."""

    rows: npt.NDArray[np.int64]
    values: list[Any]

    def between(self, first: int, last: int) -> dict[int, list[Any]]:
        """The values of the rows from `first` up to `last`, listed by the row's distance from `first`."""
        start, stop = np.searchsorted(self.rows, [first, last])
        found: dict[int, list[Any]] = {}
        for row, value in zip((self.rows[start:stop] - first).tolist(), self.values[start:stop], strict=True):
            found.setdefault(row, []).append(value)
        return found


def _open_ends(table: pd.DataFrame, order: npt.NDArray[np.int64]) -> _Sparse:
    """The days that are known of intervals that are not closed."""
    dates = [table["date_start"], table["date_end"]]
    unknown = [day.isna().to_numpy() for day in dates]
    rows = np.flatnonzero((unknown[0] ^ unknown[1])[order])
    days = [_day_texts(day.iloc[order[rows]]) for day in dates]
    return _Sparse(rows, list(zip(*days, strict=True)))


def _numbered(report_ids: list[str], known: _Sources) -> tuple[Any, list[int] | None, list[Any]]:
    """How many reports each row has, their numbers in the list of sources, and that list's columns."""
    ids = [text.split() for text in report_ids]
    flat = [name for names in ids for name in names]
    unique = list(dict.fromkeys(flat))
    numbers = None
    if len(unique) < len(flat):
        number_of = {name: number for number, name in enumerate(unique)}
        numbers = [number_of[name] for name in flat]
    return _shortest([len(names) for names in ids]), numbers, known.named(unique)


def _details(frame: pd.DataFrame | None, table: Any, names: tuple[str, ...], rows: pd.DataFrame) -> _Sparse:
    """The rows of a table that belong to strikes, as tuples of the named columns' values."""
    if frame is None or frame.empty:
        return _Sparse(np.array([], dtype=np.int64), [])
    check_table(frame, table, columns=["strike_id", *names])
    ids = pd.DataFrame({"strike_id": _plain_texts(frame["strike_id"]), "detail": np.arange(len(frame))})
    pairs = ids.merge(rows, on="strike_id").sort_values(["row", "detail"])
    columns = [_plain_values(frame[name]) for name in names]
    values = list(zip(*columns, strict=True))
    return _Sparse(pairs["row"].to_numpy(), [values[detail] for detail in pairs["detail"]])


def _plain_values(values: pd.Series[Any]) -> list[str] | list[float | None]:
    """Text, or numbers with three decimals; None where there is none."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return [None if number != number else number for number in values.astype(float).round(3).tolist()]
    return _plain_texts(values).tolist()


def _day_texts(values: pd.Series[Any]) -> list[str]:
    codes, days = pd.factorize(pd.to_datetime(values))
    texts = [*pd.DatetimeIndex(days).strftime("%Y-%m-%d"), ""]  # -1 is the code of a missing day
    return [texts[code] for code in codes]


@dataclass
class _Sources:
    """The reports: their rows by id; publisher, title, publication date and address, and an empty one at the end."""

    row_of: dict[str, int]
    columns: list[list[str]]

    @classmethod
    def of(cls, reports: pd.DataFrame | None) -> _Sources:
        if reports is None or reports.empty:
            return cls({}, [[""], [""], [""], [""]])
        names = ["publisher", "title", "url"]
        check_table(reports, REPORTS, columns=["report_id", "published", *names])
        publisher, title, url = (_plain_texts(reports[name]).tolist() for name in names)
        ids = _plain_texts(reports["report_id"]).tolist()
        row_of = dict(zip(ids, range(len(ids)), strict=True))
        columns = [publisher, title, _day_texts(reports["published"]), url]
        return cls(row_of, [[*column, ""] for column in columns])

    def named(self, ids: list[str]) -> list[Any]:
        """The columns of some reports, one value where all agree; a report that nothing is known of is named by its id.

        Equal columns cost nothing: many tables name one publisher, or no title.
        """
        rows = list(map(self.row_of.get, ids, repeat(-1)))
        publishers, *others = ([column[row] for row in rows] for column in self.columns)
        if -1 in rows:
            publishers = [name if row < 0 else told for name, row, told in zip(ids, rows, publishers, strict=True)]
        return [_shortest(column) for column in (publishers, *others)]
