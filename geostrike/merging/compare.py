"""Compare two versions of the strikes: moved, changed, merged, split, new and gone.

Two strikes are the same if, in this order,

1. they share a record (given the members of both tables): this finds strikes that were merged or split;
2. they have the same id;
3. they have the same id of their source;
4. they are the only ones at one place, or at places spelled alike, on the same days.

A strike's id is that of its earliest record, so it changes when an earlier report is added; 1 and 4 still match it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geostrike.borders.areas import lon_lat
from geostrike.geodesy import GEOD
from geostrike.tables import MEMBERS, STRIKES, check_table, usable_frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    # The row of the old and of the new table.
    Pair = tuple[int, int]

__all__ = ["CHANGES", "compare_strikes"]

CHANGES = {
    "gone": "only in the old table",
    "new": "only in the new table",
    "merged": "one of several old strikes that are one new strike",
    "split": "one old strike that is several new ones",
    "moved": "its point is elsewhere",
    "located": "it has a point now, and had none",
    "not located": "it had a point, and has none now",
    "place": "its place has another name or kind",
    "date": "its days changed",
    "status": "its status changed",
    "target": "the kind of target changed",
    "weapon": "the weapon changed",
    "attacker": "the attacker changed",
    "depth": "its depth changed though its point did not: the border, or the place's uncertainty, is another one",
}
_COLUMNS = ["change", "old_id", "new_id", "place", "date", "was", "now", "moved_km", "depth_change_km"]
_NEEDED = ["strike_id", "place_id", "place", "place_as_written", "date_start", "date_end", "status"]
# Change -> the columns that show it.
_COLUMNS_OF = {
    "place": ["place", "place_kind"],
    "date": ["date"],
    "status": ["status"],
    "target": ["target_kind"],
    "weapon": ["weapon"],
    "attacker": ["attacker"],
}
_SAME_KM = 0.05  # files hold coordinates and kilometres rounded


def compare_strikes(
    old: pd.DataFrame,
    new: pd.DataFrame,
    *,
    old_members: pd.DataFrame | None = None,
    new_members: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Compare two strikes tables and return one row per change.

    Parameters
    ----------
    old, new
        Strikes, as a GeoDataFrame or with the columns longitude and latitude.
    old_members, new_members
        The records of each strike (`merge_strikes`). With both, merged and split strikes are found.

    Returns
    -------
    DataFrame
        `change` (a word of `geostrike.merging.compare.CHANGES`), `old_id`, `new_id`, `place` and `date` (the new
        ones, if any), `was` and `now` in words, `moved_km` (NaN if nothing moved) and `depth_change_km` (NaN if one of
        the two has no depth). A strike has one row per change, sorted by change, date and place.

    Raises
    ------
    TableError
        If a column is missing.

    Examples
    --------
    >>> from geostrike.tables import build_table
    >>> row = {"strike_id": "a", "place": "Tuapse", "status": "claimed_by_attacker"}
    >>> old, new = (build_table(STRIKES, [row | {"status": s}]) for s in ("claimed_by_attacker", "confirmed"))
    >>> compare_strikes(old, new)[["change", "was", "now"]].to_numpy().tolist()
    [['status', 'claimed_by_attacker', 'confirmed']]
    """
    new = usable_frame(new, STRIKES)
    old = usable_frame(old, STRIKES)
    for table in (old, new):
        check_table(table, STRIKES, columns=_NEEDED)
    before, after = _plain(old), _plain(new)
    pairs = _pairs(before, after, _shared_records(before, after, old_members, new_members))
    left, right = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    gone, came = before.index.difference(left.tolist()), after.index.difference(right.tolist())
    several = _regrouped(left), _regrouped(right)
    changes = [
        _rows("gone", before.loc[gone], None, before.loc[gone, "status"], ""),
        _rows("new", None, after.loc[came], "", after.loc[came, "status"]),
        *_groups(before.iloc[left], after.iloc[right], merged=several[1], split=several[0]),
        *_changes(before.iloc[left], after.iloc[right], single=~several[0] & ~several[1]),
    ]
    table = pd.concat(changes, ignore_index=True)
    order = table["change"].map({change: number for number, change in enumerate(CHANGES)})
    by = ["order", "date", "place", "old_id", "new_id"]
    table = table.assign(order=order).sort_values(by, kind="stable", ignore_index=True)
    return table[_COLUMNS].astype(dict.fromkeys(_COLUMNS[:-2], "str") | dict.fromkeys(_COLUMNS[-2:], "float64"))


def _plain(strikes: pd.DataFrame) -> pd.DataFrame:
    """Return the compared columns as texts and numbers; empty or NaN if the table lacks them."""
    shown = {column for columns in _COLUMNS_OF.values() for column in columns}
    wanted = {*_NEEDED, *shown, "place_reason", "source_id"} - {"date", "date_start", "date_end"}
    frame = pd.DataFrame(index=pd.RangeIndex(len(strikes)))
    for name in sorted(wanted):
        frame[name] = _words(strikes[name]).to_numpy(dtype=object) if name in strikes.columns else ""
    for name in ("date_start", "date_end"):
        days = pd.to_datetime(strikes[name]).dt.strftime("%Y-%m-%d")
        frame[name] = days.fillna("").to_numpy(dtype=object)
    frame["date"] = [_days(first, last) for first, last in zip(frame["date_start"], frame["date_end"], strict=True)]
    frame["lon"], frame["lat"] = _points(strikes)
    has_depth = "depth_km" in strikes.columns
    frame["depth_km"] = strikes["depth_km"].to_numpy(dtype=float) if has_depth else np.nan
    return frame


def _words(column: pd.Series[Any]) -> pd.Series[str]:
    """Return the texts of a column; a lone surrogate, which no file can hold, becomes a question mark."""
    if column.dtype == object:
        column = column.map(lambda text: text.encode("utf-8", "replace").decode() if isinstance(text, str) else text)
    return column.fillna("").astype("str")


def _days(first: str, last: str) -> str:
    if not first and not last:
        return ""
    return first if first == last else f"{first or '...'} to {last or '...'}"


def _points(strikes: pd.DataFrame) -> tuple[Floats, Floats]:
    if isinstance(strikes, gpd.GeoDataFrame):
        return lon_lat(strikes)
    if {"longitude", "latitude"} <= set(strikes.columns):
        return strikes["longitude"].to_numpy(dtype=float), strikes["latitude"].to_numpy(dtype=float)
    return np.full(len(strikes), np.nan), np.full(len(strikes), np.nan)


# --- which strikes are the same ---------------------------------------------------------------------------------------


def _shared_records(
    before: pd.DataFrame, after: pd.DataFrame, old_members: pd.DataFrame | None, new_members: pd.DataFrame | None
) -> list[Pair]:
    """Return the pairs of strikes that share a record."""
    if old_members is None or new_members is None:
        return []
    for members in (old_members, new_members):
        check_table(members, MEMBERS, columns=["strike_id", "record_id"])
    # A record belongs to one strike. In a damaged table it may belong to many, and every pair of these would match.
    once = [members.drop_duplicates("record_id") for members in (old_members, new_members)]
    shared = once[0].merge(once[1], on="record_id", suffixes=("_old", "_new"))
    rows = [
        shared[f"strike_id_{version}"].map(dict(zip(frame["strike_id"], frame.index, strict=True)))
        for version, frame in (("old", before), ("new", after))
    ]
    found = pd.DataFrame({"old": rows[0], "new": rows[1]}).dropna().drop_duplicates().astype(int)
    return list(found.itertuples(index=False, name=None))


def _pairs(before: pd.DataFrame, after: pd.DataFrame, pairs: list[Pair]) -> list[Pair]:
    """Extend the pairs, matching the remaining strikes by one key after the other."""
    keys: tuple[list[str], ...] = (
        ["strike_id"],
        ["source_id"],
        ["place_id", "date_start", "date_end", "attacker", "target_kind"],
        ["place_id", "date_start", "date_end"],
        ["place_as_written", "date_start", "date_end", "attacker", "target_kind"],
        ["place_as_written", "date_start", "date_end"],
    )
    for columns in keys:
        pairs = pairs + _unique_matches(before, after, columns, pairs)
    return sorted(pairs)


def _unique_matches(before: pd.DataFrame, after: pd.DataFrame, columns: list[str], pairs: list[Pair]) -> list[Pair]:
    """Match unpaired strikes whose values are unique in both tables and not empty in the first column."""
    sides = []
    for frame, taken in ((before, [old for old, _ in pairs]), (after, [new for _, new in pairs])):
        part = frame.loc[frame.index.difference(taken), columns]
        part = part[part[columns[0]] != ""]
        if "date_start" in columns:
            part = part[(part["date_start"] != "") | (part["date_end"] != "")]
        part = part[~part.duplicated(keep=False)]
        sides.append(part.assign(row=part.index))
    both = sides[0].merge(sides[1], on=columns, suffixes=("_old", "_new"))
    return list(both[["row_old", "row_new"]].itertuples(index=False, name=None))


# --- what changed -----------------------------------------------------------------------------------------------------


def _regrouped(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which pairs have a strike that is also in another pair."""
    flags: npt.NDArray[np.bool_] = pd.Series(rows).duplicated(keep=False).to_numpy(dtype=bool)
    return flags


def _groups(
    was: pd.DataFrame, now: pd.DataFrame, *, merged: npt.NDArray[np.bool_], split: npt.NDArray[np.bool_]
) -> Iterator[pd.DataFrame]:
    """Yield the changes of strikes that were merged, and of those that were split."""
    for change, rows in (("merged", merged), ("split", split)):
        yield _rows(change, was[rows], now[rows], _event(was[rows]), _event(now[rows]))


def _changes(was: pd.DataFrame, now: pd.DataFrame, *, single: npt.NDArray[np.bool_]) -> Iterator[pd.DataFrame]:
    """Yield the changes of strikes that are one in both tables."""
    was, now = was[single].reset_index(drop=True), now[single].reset_index(drop=True)
    moved = _moved_km(was, now)
    elsewhere = moved > _SAME_KM
    pointed, points = was["lon"].notna(), now["lon"].notna()
    for change, rows in (("moved", elsewhere), ("located", ~pointed & points), ("not located", pointed & ~points)):
        yield _rows(change, was[rows], now[rows], _whereabouts(was[rows]), _whereabouts(now[rows]), moved[rows])
    # The change of place of a strike that was moved or (not) located is already listed.
    settled = elsewhere | (pointed != points)
    for change, columns in _COLUMNS_OF.items():
        rows = (was[columns] != now[columns]).any(axis=1) & ~(settled & (change == "place"))
        yield _rows(change, was[rows], now[rows], _joined(was.loc[rows, columns]), _joined(now.loc[rows, columns]))
    rows = ((now["depth_km"] - was["depth_km"]).abs() > _SAME_KM) & ~elsewhere
    yield _rows("depth", was[rows], now[rows], _km(was.loc[rows, "depth_km"]), _km(now.loc[rows, "depth_km"]))


def _rows(
    change: str,
    was: pd.DataFrame | None,
    now: pd.DataFrame | None,
    words_was: pd.Series[str] | str,
    words_now: pd.Series[str] | str,
    moved_km: pd.Series[float] | None = None,
) -> pd.DataFrame:
    """Make one row per change; the frames, one of which may be missing, have the strikes in the same order."""
    known = now if now is not None else was
    assert known is not None
    depths = [np.nan if frame is None else frame["depth_km"].to_numpy(dtype=float) for frame in (was, now)]
    columns = {
        "change": change,
        "old_id": "" if was is None else was["strike_id"].to_numpy(),
        "new_id": "" if now is None else now["strike_id"].to_numpy(),
        "place": known["place"].where(known["place"] != "", known["place_as_written"]).to_numpy(),
        "date": known["date"].to_numpy(),
        "was": words_was if isinstance(words_was, str) else words_was.to_numpy(),
        "now": words_now if isinstance(words_now, str) else words_now.to_numpy(),
        "moved_km": np.nan if moved_km is None else moved_km.to_numpy(),
        "depth_change_km": depths[1] - depths[0],
    }
    return pd.DataFrame(columns, index=range(len(known)), columns=_COLUMNS)


def _moved_km(was: pd.DataFrame, now: pd.DataFrame) -> pd.Series[float]:
    """Return the geodesic distance between the two points in km, NaN if one is missing."""
    here, there = (frame[["lon", "lat"]].to_numpy(dtype=float).T for frame in (was, now))
    metres = GEOD.inv(here[0], here[1], there[0], there[1])[2]
    return pd.Series(np.asarray(metres, dtype=float) / 1000, index=was.index)


def _whereabouts(frame: pd.DataFrame) -> pd.Series[str]:
    """Return the place of each strike with latitude and longitude, or the reason why it has no point."""
    texts = [
        f"{place} ({lat:.4f}, {lon:.4f})".lstrip() if lon == lon else reason
        for place, reason, lat, lon in zip(*(frame[c] for c in ("place", "place_reason", "lat", "lon")), strict=True)
    ]
    return pd.Series(texts, index=frame.index, dtype="str")


def _event(frame: pd.DataFrame) -> pd.Series[str]:
    place = frame["place"].where(frame["place"] != "", frame["place_as_written"])
    return place.where(frame["date"] == "", place + ", " + frame["date"])


def _joined(frame: pd.DataFrame) -> pd.Series[str]:
    """Join the non-empty texts of several columns with commas."""
    words = [", ".join(word for word in row if word) for row in frame.itertuples(index=False)]
    return pd.Series(words, index=frame.index, dtype="str")


def _km(depth: pd.Series[float]) -> pd.Series[str]:
    return depth.map("{:.1f} km".format)
