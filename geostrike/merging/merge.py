"""Merge records of one event into a strike, and relate strikes that may be one event.

Two records are the same strike if all of this holds:

- **place**: both are resolved to the same place, or one is a facility inside the other's settlement;
- **date**: both intervals have two ends and share a day;
- **target**: the kinds are equal, one is unknown, or one is a general word that covers the other;
- **attacker**: equal, or unknown in one record;
- **outcome**: both report a hit, or both report weapons that were shot down or called off;
- **report**: they come from two reports, since one report does not describe a strike twice.

A record joins a strike only if it fits every member; it is related to the strike's first record as the `same`, with the
reason. A record that is only known to a region, or has an open date, never merges: if it fits otherwise, the two
strikes are related as `possibly_same`. A region that fits several strikes cannot be all of them, so each is `part_of`
it. Strikes at one place within a few days of each other that the rule separates are `different_because` of the reason.
Reprints of one text count as one report.

A reviewer's decision on two records overrides the rule: "same" merges them, "apart" separates them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geostrike.errors import InputError
from geostrike.geodesy import GEOD
from geostrike.tables import (
    CLAIMS,
    MEMBERS,
    PLACE_KINDS,
    POINT_KINDS,
    RECORDS,
    RELATIONS,
    STATUSES,
    STRIKES,
    build_table,
    check_table,
)

__all__ = ["Merged", "combined_status", "merge_strikes"]

# One row of the records, as a named tuple.
Row: TypeAlias = Any
# The numbers of two rows.
Pair: TypeAlias = tuple[int, int]

# Strikes at one place within this number of days get a relation that says why they are two.
CLOSE_DAYS = 3
DECIDED = "a reviewer's decision"
# Only records of places within this number of kilometres are compared.
NEAR_KM = 30.0

# A general word -> the kinds that another report of the same event may name.
GENERAL_TARGETS = {
    "oil depot": {"refinery", "oil terminal", "pumping station"},
    "energy facilities": {
        "refinery", "oil depot", "oil terminal", "pumping station", "gas terminal", "gas facility", "power plant",
        "power supply",
    },
    "industrial site": {
        "refinery", "oil depot", "oil terminal", "gas terminal", "gas facility", "chemical plant", "plant", "warehouse",
        "power plant", "port",
    },
    "plant": {"refinery", "chemical plant"},
    "military site": {"airfield", "arsenal", "air defence", "troops"},
    "airfield": {"aircraft"},
    "port": {"ship", "naval vessel", "oil terminal"},
    "building": {"residential", "hospital", "school", "warehouse"},
    "warehouse": {"arsenal", "oil depot"},
}  # fmt: skip

# The day number of an open end of a date.
_EPOCH, _FAR_DAY = pd.Timestamp("1970-01-01"), 10**9
_BOXES_AT_ONCE = 1_000


@dataclass(frozen=True)
class Merged:
    """The result of `merge_strikes`.

    Attributes
    ----------
    strikes
        One row per strike, without the depth columns (GeoDataFrame, EPSG:4326).
    members
        The records of each strike; every record is a member of exactly one strike.
    relations
        Pairs of strikes that may be one, with the reason.
    claims
        The claims, with `strike_id` filled in.
    """

    strikes: gpd.GeoDataFrame
    members: pd.DataFrame
    relations: pd.DataFrame
    claims: pd.DataFrame


def merge_strikes(
    records: pd.DataFrame,
    claims: pd.DataFrame | None = None,
    *,
    reports: pd.DataFrame | None = None,
    merge_given: bool = False,
    days_apart: float = 0,
    km_apart: float = 0.0,
    decided: pd.DataFrame | None = None,
) -> Merged:
    """Merge the records of many reports into strikes.

    Parameters
    ----------
    records
        Records with resolved places (`extract`, then `resolve_places`).
    claims
        The claims on these records.
    reports
        The reports. With them, a report published before a strike's date is never merged into it, and a strike's id is
        that of the record published first.
    merge_given
        Whether rows that came with coordinates (`place_status` "given") may merge too.
    days_apart
        The number of days allowed between the dates of two records of one strike; 0 requires a common day.
    km_apart
        The distance in km allowed between two places of one strike; 0 requires one place, or a plant within the town.
    decided
        A reviewer's decisions (`geostrike.merging.review.read_decisions`). Decisions that two records, `record_id` and
        `other_id`, are "same" or "apart" override the rule.

    Raises
    ------
    TableError
        If a column is missing or contains an unknown word.
    InputError
        If a tolerance is negative, or decisions contradict each other.

    Examples
    --------
    >>> from geostrike.tables import RECORDS, RESOLVED, build_table
    >>> rows = [{"record_id": "a", "report_id": "r"}, {"record_id": "b", "report_id": "s"}]
    >>> records = build_table(RECORDS, rows).assign(status="unconfirmed", date_precision="unknown")
    >>> records = records.join(build_table(RESOLVED, [{"place_status": "unresolved"}] * 2))
    >>> merge_strikes(records).strikes["strike_id"].tolist()
    ['a', 'b']
    """
    check_table(records, RECORDS)
    claims = build_table(CLAIMS, []) if claims is None else claims
    check_table(claims, CLAIMS)
    if min(days_apart, km_apart) < 0:
        msg = f"days_apart {days_apart} and km_apart {km_apart}: neither can be negative"
        raise InputError(msg)
    frame = _in_order(records, reports)
    frame = frame.assign(original=_originals(frame["report_id"], reports), days_apart=days_apart, km_apart=km_apart)
    frame = frame.assign(**_day_numbers(frame))
    rows = list(frame.itertuples(index=False))
    pairs = _DecidedPairs.of(decided, rows)
    neighbours = _near_pairs(frame, max(NEAR_KM, km_apart), max(CLOSE_DAYS, days_apart))
    groups = _apply_decisions(_group(rows, neighbours, pairs, merge_given=merge_given), rows, pairs)
    members = _members(rows, groups)
    strikes = _sorted_strikes([_strike([rows[i] for i in group]) for group in groups], records)
    relations = _relations(rows, groups, neighbours, pairs)
    strike_of = dict(zip(members["record_id"], members["strike_id"], strict=True))
    claims = claims.assign(strike_id=claims["record_id"].map(strike_of).fillna(""))
    return Merged(strikes, members, relations, claims)


def _originals(report_ids: pd.Series[str], reports: pd.DataFrame | None) -> pd.Series[str]:
    """Return the reports, or the originals of reprints."""
    if reports is None or "reprint_of" not in reports.columns:
        return report_ids
    originals = dict(zip(reports["report_id"], reports["reprint_of"], strict=True))
    return report_ids.map(lambda report: originals.get(report) or report)


def _in_order(records: pd.DataFrame, reports: pd.DataFrame | None) -> pd.DataFrame:
    """Sort records by publication, undated reports last; ties by report and position in the text."""
    published = pd.Series(pd.NaT, index=records.index, dtype="datetime64[s]")
    if reports is not None and len(reports):
        known = reports.drop_duplicates("report_id").set_index("report_id")["published"]
        published = records["report_id"].map(known)
    frame = pd.DataFrame(records).assign(published=published.to_numpy())
    return frame.sort_values(["published", "report_id", "start", "record_id"], na_position="last", kind="stable")


def _day_numbers(frame: pd.DataFrame) -> dict[str, pd.Series[int]]:
    """Return the first day, last day and publication day as numbers, for fast comparison; open ends are far away."""

    def numbers(column: str, missing: int) -> pd.Series[int]:
        days = (frame[column] - _EPOCH) // pd.Timedelta(days=1)
        return days.fillna(missing).astype("int64")

    return {
        "first_day": numbers("date_start", -_FAR_DAY),
        "last_day": numbers("date_end", _FAR_DAY),
        "published_day": numbers("published", _FAR_DAY),
    }


# --- a reviewer's decisions -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _DecidedPairs:
    """Pairs of row numbers that a reviewer decided to be one strike, or two."""

    same: frozenset[Pair]
    apart: frozenset[Pair]

    @classmethod
    def of(cls, decided: pd.DataFrame | None, rows: list[Row]) -> _DecidedPairs:
        if decided is None or "other_id" not in decided.columns:
            return cls(frozenset(), frozenset())
        number = {row.record_id: at for at, row in enumerate(rows)}
        pairs: dict[str, set[Pair]] = {"same": set(), "apart": set()}
        for left, right, choice in zip(decided["record_id"], decided["other_id"], decided["decision"], strict=True):
            if choice in pairs and left in number and right in number:
                pairs[choice].add((min(number[left], number[right]), max(number[left], number[right])))
        return cls(frozenset(pairs["same"]), frozenset(pairs["apart"]))


def _apply_decisions(groups: list[list[int]], rows: list[Row], decided: _DecidedPairs) -> list[list[int]]:
    """Merge groups that a reviewer marked as one strike."""
    home = {at: group for group in groups for at in group}
    for left, right in sorted(decided.same):
        kept, other = home[left], home[right]
        if kept is other:
            continue
        kept.extend(other)
        for at in other:
            home[at] = kept
    for left, right in sorted(decided.apart):
        if home[left] is home[right]:
            ids = f"{rows[left].record_id} and {rows[right].record_id}"
            msg = f"decisions: {ids} are decided to be apart, and by other decisions to be the same"
            raise InputError(msg)
    whole = {id(group): sorted(group) for group in home.values()}
    return sorted(whole.values())


# --- which records are one strike -------------------------------------------------------------------------------


def _group(rows: list[Row], neighbours: list[Pair], decided: _DecidedPairs, *, merge_given: bool) -> list[list[int]]:
    """Group row numbers by strike, in the order of their first member."""
    fixed = [_mergeable(row, merge_given=merge_given) for row in rows]
    fits: dict[int, set[int]] = {i: set() for i in range(len(rows))}
    for i, j in neighbours:
        if fixed[i] and fixed[j] and (i, j) not in decided.apart and not _why_not(rows[i], rows[j]):
            fits[i].add(j)
            fits[j].add(i)
    groups: list[list[int]] = []
    home: dict[int, list[int]] = {}
    for i in range(len(rows)):
        group = next((home[j] for j in sorted(fits[i]) if j in home and fits[i].issuperset(home[j])), None)
        if group is None:
            group = []
            groups.append(group)
        group.append(i)
        home[i] = group
    return groups


def _mergeable(row: Row, *, merge_given: bool) -> bool:
    located = row.place_status == "resolved" or (merge_given and row.place_status == "given")
    return located and row.place_kind in POINT_KINDS and not _is_open(row)


def _is_open(row: Row) -> bool:
    """Whether the date is open at either end, or vague but not inferred."""
    vague = row.date_precision in {"vague", "unknown", "month"} and row.date_basis != "inferred"
    return pd.isna(row.date_start) or pd.isna(row.date_end) or vague


def _near_pairs(frame: pd.DataFrame, reach_km: float, days: float) -> list[Pair]:
    """Return pairs of row numbers, the smaller first, whose points and dates are close enough to be one strike.

    An open end of a date is close to everything.
    """
    points = gpd.GeoSeries(frame["geometry"])
    known = np.flatnonzero(~(points.isna() | points.is_empty).to_numpy())
    lon, lat = points.x.to_numpy()[known], points.y.to_numpy()[known]
    # A degree of longitude shrinks towards the poles, so the search box widens with the latitude.
    dy = reach_km / 110.0
    dx = dy / np.maximum(0.02, np.cos(np.radians(np.minimum(89.0, np.abs(lat) + dy))))
    boxes = shapely.box(lon - dx, lat - dy, lon + dx, lat + dy)
    first, last = frame["first_day"].to_numpy()[known], frame["last_day"].to_numpy()[known] + days
    tree = shapely.STRtree(points.to_numpy()[known])
    found: list[Pair] = []
    for at in range(0, len(known), _BOXES_AT_ONCE):
        left, right = tree.query(boxes[at : at + _BOXES_AT_ONCE])
        left = left + at
        kept = (left < right) & (first[left] <= last[right]) & (first[right] <= last[left])
        found += zip(known[left[kept]].tolist(), known[right[kept]].tolist(), strict=True)
    return sorted(found)


def _why_not(a: Row, b: Row) -> str:
    """Return why two records are not one strike; empty if they may be."""
    if a.report_id == b.report_id:
        return "both are of one report"
    return _place_differs(a, b) or _date_differs(a, b) or _event_differs(a, b)


def _place_differs(a: Row, b: Row) -> str:
    if a.place_id and a.place_id == b.place_id:
        return ""
    pointlike = a.place_kind in POINT_KINDS and b.place_kind in POINT_KINDS
    within = {a.place_kind, b.place_kind} in ({"facility", "settlement"}, {"point"})
    reach = max(a.radius_km + b.radius_km if within else 0.0, a.km_apart if pointlike else 0.0)
    return "" if reach and _distance_km(a.geometry, b.geometry) <= reach else "two places"


def _distance_km(a: shapely.Point, b: shapely.Point) -> float:
    return float(GEOD.inv(a.x, a.y, b.x, b.y)[2]) / 1000.0


def _date_differs(a: Row, b: Row) -> str:
    """Return why the dates differ. Open ends fit everything; a report cannot precede its strike."""
    for first, second in ((a, b), (b, a)):
        if first.last_day + a.days_apart < second.first_day:
            return f"{first.date_end:%Y-%m-%d} is before {second.date_start:%Y-%m-%d}"
        if first.published_day < second.first_day:
            return f"published {first.published:%Y-%m-%d}, before {second.date_start:%Y-%m-%d}"
    return ""


def _event_differs(a: Row, b: Row) -> str:
    if a.attacker and b.attacker and a.attacker != b.attacker:
        return f"attackers {a.attacker} and {b.attacker}"
    if not _targets_fit(a.target_kind, b.target_kind):
        return f"targets {a.target_kind} and {b.target_kind}"
    if STATUSES[a.status].is_hit != STATUSES[b.status].is_hit:
        return f"outcomes {a.status} and {b.status}"
    return ""


def _targets_fit(a: str, b: str) -> bool:
    if not a or not b or a == b or "city" in (a, b):
        return True
    return b in GENERAL_TARGETS.get(a, ()) or a in GENERAL_TARGETS.get(b, ())


# --- what may be one strike -----------------------------------------------------------------------------------------


def _relations(
    rows: list[Row], groups: list[list[int]], neighbours: list[Pair], decided: _DecidedPairs
) -> pd.DataFrame:
    """Return what was merged and why, pairs of strikes that may be one, and pairs that are two."""
    found: dict[tuple[str, str], str] = {}
    strike_of = {i: rows[group[0]].record_id for group in groups for i in group}
    apart = {(strike_of[i], strike_of[j]) for i, j in decided.apart}
    for i, j in _possible_pairs(rows, neighbours):
        left, right = strike_of[i], strike_of[j]
        if left != right and (left, right) not in found and (left, right) not in apart:
            reason = _possible(rows[i], rows[j])
            if reason:
                found[left, right] = reason
    kind_of = {
        rows[group[0]].record_id: min(_PLACE_ORDER.get(rows[i].place_kind, 9) for i in group) for group in groups
    }
    partners = Counter(strike for pair in found for strike in pair)
    lines = [_relation(pair, reason, partners, kind_of) for pair, reason in sorted(found.items())]
    lines += _kept_apart(rows, strike_of, neighbours, set(found) | apart)
    lines += [
        {"left_id": left, "right_id": right, "relation": "different_because", "reason": DECIDED}
        for left, right in sorted(apart)
    ]
    return build_table(RELATIONS, [*_merged(rows, groups, decided), *lines])


def _merged(rows: list[Row], groups: list[list[int]], decided: _DecidedPairs) -> Iterator[dict[str, str]]:
    """Relate each record that joined a strike to the strike's first record, with the reason."""
    by_hand = {at for pair in decided.same for at in pair}
    for group in groups:
        first = rows[group[0]]
        for at in group[1:]:
            reason = DECIDED if at in by_hand else _why(first, rows[at])
            yield {"left_id": first.record_id, "right_id": rows[at].record_id, "relation": "same", "reason": reason}


def _why(a: Row, b: Row) -> str:
    """Return why two records are one strike."""
    place = a.place if a.place_id == b.place_id else f"{a.place} and {b.place}"
    day = max(a.date_start, b.date_start)
    reasons = [place, f"{day:%Y-%m-%d}" if day <= min(a.date_end, b.date_end) else f"dates {a.days_apart} days apart"]
    kinds = sorted({kind for kind in (a.target_kind, b.target_kind) if kind})
    return "; ".join([*reasons, *([" and ".join(kinds)] if kinds else [])])


def _relation(pair: tuple[str, str], reason: str, partners: Counter[str], kind_of: dict[str, int]) -> dict[str, str]:
    """Relate a pair that may be one strike; a region that fits several strikes has each as a part."""
    for inner, area in (pair, pair[::-1]):
        if kind_of[area] == _PLACE_ORDER["region"] > kind_of[inner] and partners[area] > 1:
            why = "the region fits several strikes"
            return {"left_id": inner, "right_id": area, "relation": "part_of", "reason": f"{reason}; {why}"}
    return {"left_id": pair[0], "right_id": pair[1], "relation": "possibly_same", "reason": reason}


def _kept_apart(
    rows: list[Row], strike_of: dict[int, str], neighbours: list[Pair], related: set[tuple[str, str]]
) -> list[dict[str, str]]:
    """Return strikes of two reports at one place within a few days that the rule separates, with the reason."""
    found: dict[tuple[str, str], str] = {}
    for i, j in neighbours:
        pair = (strike_of[i], strike_of[j])
        is_related = pair[0] == pair[1] or pair in related or pair in found or pair[::-1] in found
        if is_related or rows[i].report_id == rows[j].report_id or not _is_close(rows[i], rows[j]):
            continue
        reason = _date_differs(rows[i], rows[j]) or _event_differs(rows[i], rows[j])
        if reason:
            found[pair] = reason
    return [
        {"left_id": left, "right_id": right, "relation": "different_because", "reason": reason}
        for (left, right), reason in sorted(found.items())
    ]


def _is_close(a: Row, b: Row) -> bool:
    """Whether two dated records are at one place and within a few days of each other."""
    if _is_open(a) or _is_open(b) or _place_differs(a, b):
        return False
    gap = max(a.date_start, b.date_start) - min(a.date_end, b.date_end)
    return bool(gap <= pd.Timedelta(days=CLOSE_DAYS))


def _possible_pairs(rows: list[Row], neighbours: list[Pair]) -> Iterator[Pair]:
    """Yield pairs that may be one strike: neighbours, and regions with the records in them at the same time."""
    yield from neighbours
    by_region: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        if row.admin1 and row.place_status == "resolved":
            by_region.setdefault(row.admin1, []).append(i)
    for members in by_region.values():
        inside = np.array(members)
        first = np.array([rows[i].first_day for i in members])
        last = np.array([rows[i].last_day + rows[i].days_apart for i in members])
        for i in members:
            if rows[i].place_kind == "region":
                near = (first <= rows[i].last_day + rows[i].days_apart) & (last >= rows[i].first_day)
                yield from ((min(i, j), max(i, j)) for j in inside[near].tolist() if j != i)


def _possible(a: Row, b: Row) -> str:
    """Return why two records may be one strike; empty if they cannot be."""
    if a.report_id == b.report_id or _date_differs(a, b) or _event_differs(a, b):
        return ""
    region = next((row.place for row in (a, b) if row.place_kind == "region"), "")
    if not region and _place_differs(a, b):
        return ""
    reasons = [f"one is known only to {region}"] if region else []
    reasons += ["a date is open"] if _is_open(a) or _is_open(b) else []
    return "; ".join(reasons)


# --- one row per strike ---------------------------------------------------------------------------------------------


def _members(rows: list[Row], groups: list[list[int]]) -> pd.DataFrame:
    lines = [
        {"strike_id": rows[group[0]].record_id}
        | {column: getattr(rows[i], column) for column in ("record_id", "report_id", "date_basis")}
        for group in groups
        for i in group
    ]
    return build_table(MEMBERS, lines)


# Of what is rougher than a region, no kind is closer than another.
_PLACE_ORDER = {kind: rank for rank, kind in enumerate(list(PLACE_KINDS)[: list(PLACE_KINDS).index("region") + 1])}
_DATE_ORDER = {precision: rank for rank, precision in enumerate(("day", "night", "span", "month", "vague", "unknown"))}
_DATE_COLUMNS = ("date_start", "date_end", "date_precision", "date_as_written", "date_basis")
_PLACE_COLUMNS = (
    "place_id", "place", "place_kind", "country", "admin1", "place_status", "place_reason", "place_candidates",
    "radius_km", "geo_precision", "geometry",
)  # fmt: skip


def _strike(members: list[Row]) -> dict[str, Any]:
    """Take place and date from the most precise member, the other values from the majority."""
    first = members[0]
    place = min(members, key=lambda row: _PLACE_ORDER.get(row.place_kind, len(_PLACE_ORDER)))
    date = min(members, key=lambda row: (_DATE_ORDER[row.date_precision], row.date_basis == "inferred"))
    attacker = _majority(members, "attacker")
    strike: dict[str, Any] = {column: getattr(place, column) for column in _PLACE_COLUMNS}
    strike |= {c: getattr(date, c) for c in _DATE_COLUMNS}
    strike |= {c: _majority(members, c) for c in ("weapon", "target_side")}
    strike |= {
        "strike_id": first.record_id,
        "place_as_written": first.place_as_written,
        "target_kind": _most_special([row.target_kind for row in members]),
        "attacker": attacker,
        "attacker_basis": _basis(members, attacker),
        "status": combined_status([row.status for row in members]),
        "struck_country": place.country,
        "n_reports": len({row.original for row in members}),
        "report_ids": " ".join(dict.fromkeys(row.report_id for row in members)),
        "source_id": getattr(first, "source_id", ""),
    }
    strike["warnings"] = " ".join(_warnings(strike))
    return strike


def _majority(members: list[Row], column: str) -> str:
    """Return the most frequent value of a column, the earliest on ties; empty if all are empty."""
    values = [str(getattr(row, column)) for row in members if getattr(row, column)]
    return max(values, key=values.count) if values else ""


def _most_special(kinds: list[str]) -> str:
    """Return the most frequent kind that is not a general word for another one."""
    known = [kind for kind in kinds if kind]
    special = [k for k in known if not any(other in GENERAL_TARGETS.get(k, ()) for other in known)] or known
    special = [k for k in special if k != "city"] or special
    return max(special, key=special.count) if special else ""


def _basis(members: list[Row], attacker: str) -> str:
    bases = {row.attacker_basis for row in members if row.attacker == attacker}
    return "reported" if "reported" in bases else "inferred" if "inferred" in bases else ""


def combined_status(statuses: list[str]) -> str:
    """Return the status of a strike from the statuses of its records.

    Disputed if any record is disputed; confirmed if any is confirmed, or if both sides claim it; else the strongest.

    Examples
    --------
    >>> combined_status(["claimed_by_attacker", "claimed_by_target"])
    'confirmed'
    >>> combined_status(["unconfirmed", "claimed_by_target"])
    'claimed_by_target'
    """
    found = set(statuses)
    if "disputed" not in found and {"claimed_by_attacker", "claimed_by_target"} <= found:
        return "confirmed"
    return max(statuses, key=lambda word: STATUSES[word].strength)


def _warnings(strike: dict[str, Any]) -> Iterator[str]:
    if pd.isna(strike["date_start"]) or pd.isna(strike["date_end"]) or strike["date_precision"] == "unknown":
        yield "PARTIAL_DATE"
    elif strike["date_precision"] in {"span", "month", "vague"}:
        yield "DATE_RANGE"
    if strike["place_status"] == "ambiguous":
        yield "AMBIGUOUS_PLACE"
    elif strike["place_status"] == "unresolved":
        yield "UNKNOWN_PLACE"
    if not strike["target_kind"]:
        yield "UNKNOWN_TARGET"


def _sorted_strikes(lines: list[dict[str, Any]], records: pd.DataFrame) -> gpd.GeoDataFrame:
    """Sort strikes by date, place and id, undated ones last. Further columns of a source are kept."""
    known = [c.name for c in STRIKES.columns if c.name not in _NOT_YET]
    frame = build_table(STRIKES, lines)[known]
    frame = frame.sort_values(["date_start", "date_end", "place", "place_as_written", "strike_id"], na_position="last")
    extra = [c for c in records.columns if c not in STRIKES.names and c not in RECORDS.names]
    if extra:
        brought = pd.DataFrame(records).drop_duplicates("record_id").set_index("record_id")[extra]
        frame = frame.join(brought, on="strike_id")
    geometry = gpd.GeoSeries(frame["geometry"].to_numpy(), index=frame.index, crs="EPSG:4326")
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=geometry).reset_index(drop=True)


# Columns of the strikes table that the depth stage adds.
_NOT_YET = frozenset(
    {
        "depth_km", "depth_min_km", "depth_max_km", "depth_bounds", "nearest_lon", "nearest_lat", "border_id", "side",
        "depth_reason", "stated_verdict",
    }
)  # fmt: skip
