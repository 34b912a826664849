"""The strikes table as the page reads it: columns of small numbers, compressed, and the texts that are decoded later.

Rows are ordered by first day, then by place; rows without a closed date interval come last. What belongs to a place
(coordinates, depth, radius) is stored as the difference from the median of its place, so that places that recur cost
almost nothing. Numbers are split into byte planes before compression; a column of one value is only named. The header
names every column in its order; docs/map-payload.md describes them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from geostrike.borders.areas import points_of
from geostrike.errors import TableError
from geostrike.maps.outlines import pack, pack_bytes
from geostrike.maps.texts import BLOCK, TEXT_COLUMNS, encode_texts, name_to_mark, plain_texts
from geostrike.tables import STRIKES, build_table, check_table, days_of

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Payload", "encode_strikes", "escaped_json"]

_MANY = 300_000  # from here on, time to build counts more than the last tenth of the size
_WORLD = float(1 << 24)
_DAY = np.timedelta64(1, "D")
_Ints: TypeAlias = "npt.NDArray[np.integer[Any]]"
_PLACE_COLUMNS = ("place_id", "place", "place_kind", "country", "admin1")
# Columns that are stored as differences from the median of their place; as differences from the row before.
_OF_PLACE = ("x", "y", "nearest_x", "nearest_y", "depth", "depth_min", "depth_max", "radius")
_STEPS = ("start", "place")
_CODED = ("status", "target_kind", "weapon", "date_precision", "side", "depth_bounds", "stated_verdict", "place_status")


@dataclass
class Payload:
    """What a page holds of the strikes: a small header, the numbers, the names and the text, each as safe text."""

    meta: dict[str, Any]
    numbers: str
    names: str
    texts: str


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
    n_places = len(places["place"])
    order = np.argsort(day.astype(np.int64) * max(1, n_places) + place, kind="stable")
    columns, words = _columns(table, start, span, place)
    columns = {name: columns.pop(name)[order] for name in list(columns)}  # one after the other: they are large
    names = np.array([name_to_mark(name) for name in places["place"]], dtype=object)[columns["place"]]
    dated = columns["start"] >= 0
    last_day = int((columns["start"] + columns["span"])[dated].max(initial=-1))
    numbers, stored = _packed(columns, n_places)
    del columns  # a hundred bytes a strike, which the texts need
    texts, offsets = encode_texts(table, names, order, claims=claims, reports=reports, distances=distances)
    meta = {
        "n": len(order),
        "first_day": first_day,
        "days": last_day + 1,
        "dated": int(dated.sum()),
        "numbers": stored,
        "places": {"n": n_places, "medians": _OF_PLACE},
        "words": words,
        "texts": {"block": BLOCK, "offsets": offsets, "columns": TEXT_COLUMNS},
    }
    return Payload(meta, numbers, pack(places), texts)


def _completed(strikes: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    """The strikes' columns, every one that the table has; what is missing is empty; coordinates in EPSG:4326."""
    if not isinstance(strikes, pd.DataFrame):
        msg = f"the strikes table is a {type(strikes).__name__}; give a GeoDataFrame"
        raise TableError(msg)
    required = [name for name in ("geometry", "date_start", "date_end") if name not in strikes.columns]
    check_table(strikes, STRIKES, columns=required)
    present = [name for name in STRIKES.names if name in strikes.columns]
    check_table(strikes, STRIKES, columns=present)
    missing = build_table(STRIKES, [{}]).iloc[0]  # what an absent value is, by column
    columns: dict[str, pd.Series[Any]] = {}
    for column in STRIKES.columns:
        if column.name not in present:
            columns[column.name] = _constant(missing[column.name], len(strikes))
        elif column.dtype == "text":
            columns[column.name] = plain_texts(strikes[column.name])
        elif column.dtype == "date":
            columns[column.name] = days_of(strikes, column.name).reset_index(drop=True)
        elif column.dtype != "geometry":
            columns[column.name] = strikes[column.name].reset_index(drop=True)
    if "strike_id" not in present:
        columns["strike_id"] = pd.Series(list(map(str, strikes.index.tolist())), dtype=object)
    longitude, latitude = points_of(strikes)
    return columns | {"longitude": pd.Series(longitude), "latitude": pd.Series(latitude)}


def _constant(value: Any, count: int) -> pd.Series[Any]:
    """The same value for every row, at next to no cost."""
    if isinstance(value, str):
        return pd.Series(pd.Categorical.from_codes(np.zeros(count, dtype=np.int64), categories=pd.Index([value])))
    return pd.Series(np.full(count, value))


def _days(table: dict[str, pd.Series[Any]]) -> tuple[_Ints, _Ints, str]:
    """First day and length minus one of each closed interval, in days from the earliest; -1 where open."""
    first, last = (
        pd.to_datetime(table[name]).to_numpy().astype("datetime64[D]") for name in ("date_start", "date_end")
    )
    closed = ~np.isnat(first) & ~np.isnat(last)
    if (last[closed] < first[closed]).any():
        row = table["strike_id"].to_numpy()[closed][(last[closed] < first[closed]).argmax()]
        msg = f"strikes, {row}: date_end is before date_start"
        raise TableError(msg)
    origin = first[closed].min() if closed.any() else np.datetime64("1970-01-01")
    start = np.full(len(first), -1, dtype=np.int32)
    span = np.zeros(len(first), dtype=np.int32)
    start[closed] = (first[closed] - origin) // _DAY
    span[closed] = (last[closed] - first[closed]) // _DAY
    return start, span, str(origin)


def _places(table: dict[str, pd.Series[Any]]) -> tuple[_Ints, dict[str, list[str]]]:
    """The number of each row's place, the most frequent first, and the columns of the places."""
    name = table["place"]
    if (nameless := name == "").any():
        name = name.astype(object).where(~nameless, table["place_as_written"].astype(object))
    coded = {column: _coded(name if column == "place" else table[column]) for column in _PLACE_COLUMNS}
    key = np.zeros(len(name), dtype=np.int64)
    for codes, words in coded.values():
        if len(words) > 1:  # one number for each combination; numbered anew each time, so that it cannot overflow
            key = pd.factorize(key * len(words) + codes)[0]
    frequency = np.bincount(key)
    first = np.empty(len(frequency), dtype=np.int64)
    first[key[::-1]] = np.arange(len(key))[::-1]
    by_frequency = np.argsort(-frequency, kind="stable")
    rank = np.empty(len(first), dtype=np.int32)
    rank[by_frequency] = np.arange(len(first))
    rows = first[by_frequency]
    return rank[key], {column: [words[code] for code in codes[rows]] for column, (codes, words) in coded.items()}


def _world(longitude: npt.NDArray[np.float64], latitude: npt.NDArray[np.float64]) -> tuple[_Ints, ...]:
    """Web-Mercator coordinates as 24-bit integers (2.4 m at the equator); -1 where there are none."""
    known = np.isfinite(longitude) & np.isfinite(latitude)
    sine = np.sin(np.radians(np.clip(np.where(known, latitude, 0.0), -85.0511, 85.0511)))
    x = (np.where(known, longitude, 0.0) + 180) / 360
    y = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)
    grid = [np.clip(np.round(value * _WORLD), 0, _WORLD - 1).astype(np.int32) for value in (x, y)]
    return tuple(np.where(known, value, -1) for value in grid)


def _tenths(values: pd.Series[Any]) -> _Ints:
    """Kilometres in tenths; -1 where there are none."""
    numbers = values.to_numpy(dtype=float)
    return np.where(np.isfinite(numbers), np.round(np.nan_to_num(numbers) * 10), -1).astype(np.int32)


def _coded(values: pd.Series[Any]) -> tuple[_Ints, list[str]]:
    """The number of each row's word in the sorted list of words."""
    codes, found = pd.factorize(values)
    words = np.asarray(found, dtype=object)
    order = np.argsort(words)
    rank = np.empty(len(words), dtype=np.int32)
    rank[order] = np.arange(len(words))
    return rank[codes], [str(words[number]) for number in order]


def _columns(
    table: dict[str, pd.Series[Any]], start: _Ints, span: _Ints, place: _Ints
) -> tuple[dict[str, _Ints], dict[str, list[Any]]]:
    x, y = _world(table["longitude"].to_numpy(), table["latitude"].to_numpy())
    nearest_x, nearest_y = _world(table["nearest_lon"].to_numpy(float), table["nearest_lat"].to_numpy(float))
    columns = {"start": start, "span": span, "place": place, "x": x, "y": y, "nearest_x": nearest_x}
    columns["nearest_y"] = nearest_y
    columns |= {name: _tenths(table[f"{name}_km"]) for name in ("depth", "depth_min", "depth_max", "radius")}
    columns["geo_precision"] = np.clip(np.nan_to_num(table["geo_precision"].to_numpy(float)), 0, 9).astype(np.int32)
    words: dict[str, list[Any]] = {}
    for name in _CODED:
        columns[name], words[name] = _coded(table[name])
    columns["direction"], words["direction"] = _directions(table)
    return columns, words


def _directions(table: dict[str, pd.Series[Any]]) -> tuple[_Ints, list[dict[str, str]]]:
    """The number of each row's direction of fire, and the directions."""
    ends = [_coded(table[name]) for name in ("attacker", "struck_country", "target_side")]
    (attacker, attackers), (struck, countries), (target, sides) = ends
    known = np.array([bool(name) for name in countries], dtype=bool)[struck]
    every = sorted({*countries, *sides})
    struck = np.where(known, _numbers_in(countries, every)[struck], _numbers_in(sides, every)[target])
    codes, pairs = pd.factorize(attacker * max(1, len(every)) + struck, sort=True)
    ends_of = (divmod(pair, len(every)) for pair in pairs)
    return codes, [{"attacker": attackers[first], "struck_country": every[last]} for first, last in ends_of]


def _numbers_in(words: list[str], every: list[str]) -> _Ints:
    return np.array([every.index(word) for word in words], dtype=np.int64)


def _packed(columns: dict[str, _Ints], places: int) -> tuple[str, list[dict[str, Any]]]:
    """The columns as byte planes; of each its name and form, and how many planes it has or its one value."""
    place = columns["place"]
    medians = {name: _medians(columns[name], place, places) for name in _OF_PLACE}
    raw = [medians[name].astype("<u4").tobytes() for name in _OF_PLACE]
    stored: list[dict[str, Any]] = []
    for name, values in columns.items():
        form, numbers = _formed(name, values, medians[name][place] if name in medians else None)
        most = int(numbers.max(initial=0))
        planes = 0 if (numbers == most).all() else (most.bit_length() + 7) // 8
        raw += [(numbers >> (8 * plane)).astype(np.uint8).tobytes() for plane in range(planes)]
        stored.append({"name": name, "form": form} | ({"planes": planes} if planes else {"value": most}))
    return pack_bytes(b"".join(raw), level=9 if len(place) < _MANY else 6), stored


def _formed(name: str, values: _Ints, medians: _Ints | None) -> tuple[str, _Ints]:
    """The form that a column is stored in, and its numbers in this form, none of them negative."""
    if medians is not None:
        return "from_median", np.where(values >= 0, _zigzag(values - medians) + 1, 0)
    if name in _STEPS:
        return "steps", _zigzag(np.diff(values, prepend=values.dtype.type(0)))
    return "plain", values


def _medians(values: _Ints, place: _Ints, places: int) -> _Ints:
    """The median of each place's values; 0 where it has none."""
    known = values >= 0
    if not known.any():
        return np.zeros(places, dtype=np.int32)
    medians = pd.Series(values[known]).groupby(place[known]).median().reindex(range(places))
    return medians.fillna(0).round().to_numpy().astype(np.int32)


def _zigzag(values: _Ints) -> _Ints:
    return (values << 1) ^ (values >> 31)
