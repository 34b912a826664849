"""The strikes table as the page reads it: compressed columns of small numbers, and texts that are decoded on demand.

Rows are ordered by first day, then by place; rows without a closed date interval come last. Values that belong to a
place (coordinates, depth, radius) are stored as differences from the median of the place, so that recurring places cost
almost nothing. Numbers are split into byte planes before compression; a column of one value is stored in the header.
The header names every column in order; docs/map-payload.md describes them.
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

_MANY = 300_000  # above this, speed matters more than the last tenth of the size
_WORLD = float(1 << 24)
_DAY = np.timedelta64(1, "D")
_Ints: TypeAlias = "npt.NDArray[np.integer[Any]]"
_PLACE_COLUMNS = ("place_id", "place", "place_kind", "country", "admin1")
# Columns stored as differences from the median of the place, and columns stored as differences from the row before.
_OF_PLACE = ("x", "y", "nearest_x", "nearest_y", "depth", "depth_min", "depth_max", "radius")
_STEPS = ("start", "place")
_CODED = ("status", "target_kind", "weapon", "date_precision", "side", "depth_bounds", "stated_verdict", "place_status")


@dataclass
class Payload:
    """The strikes in a page: a header, numbers, names and texts, each as text that is safe in a page."""

    meta: dict[str, Any]
    numbers: str
    names: str
    texts: str


def escaped_json(content: object) -> str:
    r"""Return JSON that is safe inside a script element.

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
    """Encode a strikes table for the page.

    Parameters
    ----------
    strikes
        A strikes table, or any table with `geometry`, `date_start` and `date_end`; other columns may be missing.
    claims, reports, distances
        Tables with details of each strike, joined by `strike_id` and `report_id`.

    Raises
    ------
    TableError
        When a required column is missing, or a word is outside its vocabulary.
    """
    table = _complete(strikes)
    start, span, first_day = _day_columns(table)
    place, places = _place_columns(table)
    # A stable sort keeps the table's order for strikes of one day at one place.
    day = np.where(start < 0, start.max(initial=0) + 1, start)
    n_places = len(places["place"])
    order = np.argsort(day.astype(np.int64) * max(1, n_places) + place, kind="stable")
    columns, words = _number_columns(table, start, span, place)
    columns = {name: columns.pop(name)[order] for name in list(columns)}  # one at a time: they are large
    names = np.array([name_to_mark(name) for name in places["place"]], dtype=object)[columns["place"]]
    dated = columns["start"] >= 0
    last_day = int((columns["start"] + columns["span"])[dated].max(initial=-1))
    numbers, stored = _pack_columns(columns, n_places)
    del columns  # a hundred bytes per strike, which the texts need
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


def _complete(strikes: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    """Return every column of a strikes table by name, empty where missing; coordinates in EPSG:4326."""
    if not isinstance(strikes, pd.DataFrame):
        msg = f"the strikes table is a {type(strikes).__name__}; give a GeoDataFrame"
        raise TableError(msg)
    required = [name for name in ("geometry", "date_start", "date_end") if name not in strikes.columns]
    check_table(strikes, STRIKES, columns=required)
    present = [name for name in STRIKES.names if name in strikes.columns]
    check_table(strikes, STRIKES, columns=present)
    missing = build_table(STRIKES, [{}]).iloc[0]  # the missing value of each column
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
    """Return one value for every row, using next to no memory."""
    if isinstance(value, str):
        return pd.Series(pd.Categorical.from_codes(np.zeros(count, dtype=np.int64), categories=pd.Index([value])))
    return pd.Series(np.full(count, value))


def _day_columns(table: dict[str, pd.Series[Any]]) -> tuple[_Ints, _Ints, str]:
    """Return first day and length minus one of each closed interval, in days from the earliest; -1 where open."""
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


def _place_columns(table: dict[str, pd.Series[Any]]) -> tuple[_Ints, dict[str, list[str]]]:
    """Return the number of each row's place, frequent places first, and the columns of the places."""
    name = table["place"]
    if (nameless := name == "").any():
        name = name.astype(object).where(~nameless, table["place_as_written"].astype(object))
    coded = {column: _encode_words(name if column == "place" else table[column]) for column in _PLACE_COLUMNS}
    key = np.zeros(len(name), dtype=np.int64)
    for codes, words in coded.values():
        if len(words) > 1:  # one number per combination; renumbered each time, so that it cannot overflow
            key = pd.factorize(key * len(words) + codes)[0]
    frequency = np.bincount(key)
    first = np.empty(len(frequency), dtype=np.int64)
    first[key[::-1]] = np.arange(len(key))[::-1]
    by_frequency = np.argsort(-frequency, kind="stable")
    rank = np.empty(len(first), dtype=np.int32)
    rank[by_frequency] = np.arange(len(first))
    rows = first[by_frequency]
    return rank[key], {column: [words[code] for code in codes[rows]] for column, (codes, words) in coded.items()}


def _web_mercator(longitude: npt.NDArray[np.float64], latitude: npt.NDArray[np.float64]) -> tuple[_Ints, ...]:
    """Return Web Mercator coordinates as 24-bit integers (2.4 m at the equator); -1 where missing."""
    known = np.isfinite(longitude) & np.isfinite(latitude)
    sine = np.sin(np.radians(np.clip(np.where(known, latitude, 0.0), -85.0511, 85.0511)))
    x = (np.where(known, longitude, 0.0) + 180) / 360
    y = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)
    grid = [np.clip(np.round(value * _WORLD), 0, _WORLD - 1).astype(np.int32) for value in (x, y)]
    return tuple(np.where(known, value, -1) for value in grid)


def _tenths(values: pd.Series[Any]) -> _Ints:
    """Return kilometres in tenths; -1 where missing."""
    numbers = values.to_numpy(dtype=float)
    return np.where(np.isfinite(numbers), np.round(np.nan_to_num(numbers) * 10), -1).astype(np.int32)


def _encode_words(values: pd.Series[Any]) -> tuple[_Ints, list[str]]:
    """Return the number of each row's word, and the sorted words."""
    codes, found = pd.factorize(values)
    words = np.asarray(found, dtype=object)
    order = np.argsort(words)
    rank = np.empty(len(words), dtype=np.int32)
    rank[order] = np.arange(len(words))
    return rank[codes], [str(words[number]) for number in order]


def _number_columns(
    table: dict[str, pd.Series[Any]], start: _Ints, span: _Ints, place: _Ints
) -> tuple[dict[str, _Ints], dict[str, list[Any]]]:
    x, y = _web_mercator(table["longitude"].to_numpy(), table["latitude"].to_numpy())
    nearest_x, nearest_y = _web_mercator(table["nearest_lon"].to_numpy(float), table["nearest_lat"].to_numpy(float))
    columns = {"start": start, "span": span, "place": place, "x": x, "y": y, "nearest_x": nearest_x}
    columns["nearest_y"] = nearest_y
    columns |= {name: _tenths(table[f"{name}_km"]) for name in ("depth", "depth_min", "depth_max", "radius")}
    columns["geo_precision"] = np.clip(np.nan_to_num(table["geo_precision"].to_numpy(float)), 0, 9).astype(np.int32)
    words: dict[str, list[Any]] = {}
    for name in _CODED:
        columns[name], words[name] = _encode_words(table[name])
    columns["direction"], words["direction"] = _direction_column(table)
    return columns, words


def _direction_column(table: dict[str, pd.Series[Any]]) -> tuple[_Ints, list[dict[str, str]]]:
    """Return the number of each row's direction of fire, and the directions."""
    ends = [_encode_words(table[name]) for name in ("attacker", "struck_country", "target_side")]
    (attacker, attackers), (struck, countries), (target, sides) = ends
    known = np.array([bool(name) for name in countries], dtype=bool)[struck]
    every = sorted({*countries, *sides})
    struck = np.where(known, _positions_in(countries, every)[struck], _positions_in(sides, every)[target])
    codes, pairs = pd.factorize(attacker * max(1, len(every)) + struck, sort=True)
    ends_of = (divmod(pair, len(every)) for pair in pairs)
    return codes, [{"attacker": attackers[first], "struck_country": every[last]} for first, last in ends_of]


def _positions_in(words: list[str], every: list[str]) -> _Ints:
    return np.array([every.index(word) for word in words], dtype=np.int64)


def _pack_columns(columns: dict[str, _Ints], places: int) -> tuple[str, list[dict[str, Any]]]:
    """Return the columns as byte planes, and for each its name, form and number of planes or single value."""
    place = columns["place"]
    medians = {name: _medians(columns[name], place, places) for name in _OF_PLACE}
    raw = [medians[name].astype("<u4").tobytes() for name in _OF_PLACE]
    stored: list[dict[str, Any]] = []
    for name, values in columns.items():
        form, numbers = _encode_numbers(name, values, medians[name][place] if name in medians else None)
        most = int(numbers.max(initial=0))
        planes = 0 if (numbers == most).all() else (most.bit_length() + 7) // 8
        raw += [(numbers >> (8 * plane)).astype(np.uint8).tobytes() for plane in range(planes)]
        stored.append({"name": name, "form": form} | ({"planes": planes} if planes else {"value": most}))
    return pack_bytes(b"".join(raw), level=9 if len(place) < _MANY else 6), stored


def _encode_numbers(name: str, values: _Ints, medians: _Ints | None) -> tuple[str, _Ints]:
    """Return the form that a column is stored in, and its numbers in this form, which are never negative."""
    if medians is not None:
        return "from_median", np.where(values >= 0, _zigzag(values - medians) + 1, 0)
    if name in _STEPS:
        return "steps", _zigzag(np.diff(values, prepend=values.dtype.type(0)))
    return "plain", values


def _medians(values: _Ints, place: _Ints, places: int) -> _Ints:
    """Return the median of each place's values; 0 where it has none."""
    known = values >= 0
    if not known.any():
        return np.zeros(places, dtype=np.int32)
    medians = pd.Series(values[known]).groupby(place[known]).median().reindex(range(places))
    return medians.fillna(0).round().to_numpy().astype(np.int32)


def _zigzag(values: _Ints) -> _Ints:
    return (values << 1) ^ (values >> 31)
