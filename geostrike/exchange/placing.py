"""Events of a table, placed: names without coordinates looked up, and names held against coordinates."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geostrike.borders.areas import admin1_areas
from geostrike.exchange.columns import distinct_points
from geostrike.exchange.reader import StrikesRead
from geostrike.geodesy import GEOD
from geostrike.places import resolve_places
from geostrike.reading.records.attackers import named_attacker
from geostrike.tables import NO_FAULT, POINT_KINDS, QUARANTINE, REPORTS, STRIKES, build_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    from geostrike.places import Gazetteer

__all__ = ["PlacedEvents", "look_up", "part_of", "place_events", "refused_rows"]

FAR_KM = 50.0
"""How far a point may be from the place that its name means, beyond the radius of both."""
_TOLD = {"title": "title", "source": "publisher", "url": "url", "text": "text"}


@dataclass(frozen=True)
class PlacedEvents:
    """The events of a table after their places were looked up.

    Attributes
    ----------
    read
        What the table held.
    strikes
        The events that tell a place, by coordinates or by name.
    texts
        The rows that tell nothing but a text: a table of reports for `geostrike.reading.read_documents`, with the line
        of each.
    reports
        Where the other rows say that they are from: one row an event, where the table tells source, title or address.
    turned
        Quarantine rows of those whose name shows that latitude and longitude are swapped, and of those that a later
        stage could not work on.
    """

    read: StrikesRead
    strikes: gpd.GeoDataFrame
    texts: pd.DataFrame
    reports: pd.DataFrame
    turned: pd.DataFrame

    @staticmethod
    def joined(events: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """The events, and after them the strikes that were read from texts."""
        if not len(strikes):
            return events
        if not len(events):
            return strikes
        both = pd.concat([events, strikes], ignore_index=True)
        own = [name for name in events.columns if name not in STRIKES.names]
        return both.assign(**{name: both[name].fillna("") for name in own})

    def without(self, reasons: Mapping[str, str]) -> PlacedEvents:
        """The same without the events that a later stage could not work on: strike id -> why, in words."""
        if not reasons:
            return self
        rows = np.flatnonzero(self.read.strikes["strike_id"].isin(list(reasons)))
        told = [reasons[strike] for strike in self.read.strikes["strike_id"].iloc[rows]]
        turned = pd.concat([self.turned, refused_rows(self.read, rows.tolist(), told)], ignore_index=True)
        faulty = self.strikes["strike_id"].isin(list(reasons))
        gone = set(self.strikes.loc[faulty, "report_ids"]) if len(self.reports) else set()
        reports = self.reports[~self.reports["report_id"].isin(gone)].reset_index(drop=True)
        return replace(self, strikes=self.strikes[~faulty].reset_index(drop=True), reports=reports, turned=turned)

    def quarantined(self, texts: pd.DataFrame) -> pd.DataFrame:
        """All rows of the table that are in quarantine, with those of `texts` that could not be read as reports."""
        lines = self.texts["line"].to_numpy()
        told = [int(lines[row - 1]) for row in texts["line"]]
        found = texts.assign(path=self.read.name, line=np.array(told, dtype=np.int64))
        both = pd.concat([self.read.quarantine, self.turned, found], ignore_index=True)
        return both.sort_values("line", kind="stable", ignore_index=True)

    def counts(self, quarantine: pd.DataFrame) -> dict[str, Any]:
        """What a run says of the table: rows in, read and in quarantine, and what was taken for what."""
        refused, schema = int((~quarantine["code"].isin(NO_FAULT)).sum()), self.read.schema
        return {
            "rows_in": self.read.rows_in,
            "ok": self.read.rows_in - refused,
            "quarantined": refused,
            "table": {
                "schema": schema.name, "title": schema.title, "path": self.read.name, "licence": schema.licence,
                "columns": self.read.columns, "notes": self.read.notes,
            },
        }  # fmt: skip

    def all_reports(self, reports: pd.DataFrame) -> pd.DataFrame:
        """The reports that were read, and the sources of the events."""
        return pd.concat([part for part in (reports, self.reports) if len(part)] or [reports], ignore_index=True)

    def lines_of(self, strike_ids: pd.Series[str]) -> npt.NDArray[np.int64]:
        """The lines of events; 0 for a strike that was read from a text."""
        rows = pd.Index(self.read.strikes["strike_id"]).get_indexer(pd.Index(strike_ids))
        return np.where(rows >= 0, self.read.lines_of(np.maximum(rows, 0)), 0)


def part_of(read: StrikesRead, rows: Sequence[int]) -> StrikesRead:
    """The table with some of its strikes only, by their positions; the quarantine as it is."""
    kept = np.array(rows, dtype=np.int64)
    strikes = read.strikes.iloc[kept].reset_index(drop=True)
    return replace(read, strikes=strikes, line_of=lambda at: read.lines_of(kept[at]))


def refused_rows(read: StrikesRead, rows: Sequence[int], reasons: Iterable[str]) -> pd.DataFrame:
    """Quarantine rows for strikes of a table that a stage could not work on, by their positions."""
    lines = read.lines_of(np.array(rows, dtype=np.int64)).tolist() if len(rows) else []
    told = [
        {"path": read.name, "line": int(line), "code": "FAULT", "reason": reason}
        for line, reason in zip(lines, reasons, strict=True)
    ]
    return build_table(QUARANTINE, told)


def place_events(read: StrikesRead, gazetteer: Gazetteer) -> PlacedEvents:
    """The events with the places of those that only give a name, and a warning where name and point disagree.

    Parameters
    ----------
    read
        What `geostrike.read_strikes` gave.
    gazetteer
        Where to look.

    Examples
    --------
    >>> from geostrike import Gazetteer, read_strikes
    >>> table = pd.DataFrame({"date": "2024-01-25", "place": "Tuapse", "lat": ["", "55.75"], "lon": ["", "37.62"]})
    >>> place_events(read_strikes(table), Gazetteer()).strikes[["place_status", "warnings"]].values.tolist()
    [['resolved', ''], ['given', 'FAR_FROM_NAME']]
    """
    strikes = read.strikes
    only_text = _only_text(strikes, read.columns)
    placed = strikes[~only_text] if only_text.any() else strikes
    turned, far = _against_names(placed, gazetteer)
    lines = read.lines_of(np.flatnonzero(~only_text)[turned])
    rows = [
        {"path": read.name, "line": int(line), "code": "SWAPPED_COORD", "content": name,
         "reason": f"the other way round, latitude and longitude are those of {name}"}
        for line, name in zip(lines, placed["place_as_written"].to_numpy()[turned], strict=True)
    ]  # fmt: skip
    placed = _with_warning(placed, far, "FAR_FROM_NAME")
    placed = placed[~turned] if turned.any() else placed
    placed = look_up(placed.reset_index(drop=True), gazetteer, columns=read.columns)
    reports = _reports_of(placed, read)
    if len(reports):
        placed["report_ids"] = reports["report_id"]
    texts = _texts(strikes[only_text], read, np.flatnonzero(only_text))
    # Of what was read, the ids are needed still: the rest would be kept twice.
    read = replace(read, strikes=strikes[["strike_id", "geometry"]])
    return PlacedEvents(read, placed, texts, reports, build_table(QUARANTINE, rows))


def look_up(
    strikes: gpd.GeoDataFrame, gazetteer: Gazetteer, *, columns: Mapping[str, str] | None = None
) -> gpd.GeoDataFrame:
    """The strikes with the places of those rows that only give a name, with regions, and attackers that texts name.

    Parameters
    ----------
    strikes
        The strikes of `geostrike.read_strikes`; country_hint may be a code or a name.
    gazetteer
        Where to look.
    columns
        Which column holds the title and the text of each row (`StrikesRead.columns`).
    """
    waiting = (strikes["place_status"] == "pending").to_numpy(dtype=bool)
    strikes = _found(strikes, waiting, gazetteer) if waiting.any() else strikes.copy(deep=False)
    fresh = waiting | strikes["place_status"].eq("given").to_numpy(dtype=bool)
    strikes["admin1"] = _regions(strikes, fresh & strikes["admin1"].eq("").to_numpy(dtype=bool))
    return _with_attackers(strikes, fresh & strikes["attacker"].eq("").to_numpy(dtype=bool), columns or {})


def _regions(strikes: gpd.GeoDataFrame, rows: npt.NDArray[np.bool_]) -> pd.Series[str]:
    """The first-level region that each of these rows lies in, where it is carried; the others as they are."""
    admin1: pd.Series[str] = strikes["admin1"]
    at = np.flatnonzero(rows & strikes.geometry.notna().to_numpy())
    if not at.size:
        return admin1
    points = strikes.geometry.iloc[at]
    first, codes = distinct_points(points.x.to_numpy(), points.y.to_numpy())
    areas = admin1_areas()
    point, area = areas.sindex.query(points.to_numpy()[first], predicate="within")
    names = np.full(len(first), "", dtype=object)
    names[point] = areas.index.to_numpy()[area]
    regions = strikes["admin1"].to_numpy(dtype=object, copy=True)
    regions[at] = names[codes]
    return pd.Series(regions, index=strikes.index, dtype="str")


def _with_attackers(
    strikes: gpd.GeoDataFrame, rows: npt.NDArray[np.bool_], columns: Mapping[str, str]
) -> gpd.GeoDataFrame:
    """The strikes with the attacker that the row's own words name; where they name none, it stays empty."""
    told = [_cells(strikes, columns, key) for key in ("title", "text") if key in columns]
    if not rows.any() or not told:
        return strikes
    texts = told[0] if len(told) == 1 else told[0] + "\n" + told[1]
    known = {text: named_attacker(text) for text in texts[rows].unique()}
    named = texts.where(rows, "").map(known).fillna("").astype("str")
    found = (named != "").to_numpy(dtype=bool)
    strikes["attacker"] = strikes["attacker"].mask(found, named)
    strikes["attacker_basis"] = strikes["attacker_basis"].mask(found, "inferred")
    return strikes


def _found(strikes: gpd.GeoDataFrame, waiting: npt.NDArray[np.bool_], gazetteer: Gazetteer) -> gpd.GeoDataFrame:
    """The strikes with what the gazetteer answers for these rows."""
    rows = strikes.index[waiting]
    asked = strikes.loc[rows]
    if "country_hint" in asked.columns:
        codes = {hint: _country_code(hint, gazetteer) for hint in asked["country_hint"].unique()}
        asked = asked.assign(country_hint=asked["country_hint"].map(codes).astype("str"))
    found = resolve_places(asked.drop(columns="report_id", errors="ignore"), gazetteer)
    strikes = strikes.copy()
    for name in found.columns.intersection(strikes.columns).difference(["country_hint"]):
        strikes.loc[rows, name] = found[name]
    return _reworded(strikes, waiting, strikes["place_status"].to_numpy())


def _reworded(strikes: gpd.GeoDataFrame, rows: npt.NDArray[np.bool_], status: Any) -> gpd.GeoDataFrame:
    """The warnings of the rows that were looked up, as the outcome is."""
    plain = strikes["warnings"].str.replace(r"\b(?:UNKNOWN|AMBIGUOUS)_PLACE\b", "", regex=True)
    plain = plain.str.split().str.join(" ").fillna("")
    strikes["warnings"] = strikes["warnings"].mask(rows, plain)
    strikes = _with_warning(strikes, rows & (status == "unresolved"), "UNKNOWN_PLACE")
    return _with_warning(strikes, rows & (status == "ambiguous"), "AMBIGUOUS_PLACE")


def _with_warning(strikes: gpd.GeoDataFrame, rows: npt.NDArray[np.bool_], code: str) -> gpd.GeoDataFrame:
    if not rows.any():
        return strikes
    told = strikes["warnings"].mask(rows, (strikes["warnings"] + f" {code}").str.strip())
    return strikes.assign(warnings=told)


def _country_code(hint: str, gazetteer: Gazetteer) -> str:
    """The code of a country that is told by code or name; empty where it is not known."""
    if not hint.strip() or (len(hint) == 3 and hint.isalpha() and hint.isupper()):
        return hint.strip()
    place = gazetteer.resolve(hint, kind="country").place
    return place.country if place is not None and place.kind == "country" else ""


# --- names against points ---------------------------------------------------------------------------------------------


def _against_names(
    strikes: gpd.GeoDataFrame, gazetteer: Gazetteer
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which points are those of their names the other way round, and which are far from them either way.

    Only names that somebody bears as they are written count: a misspelling is believed where the context supports it,
    and here the context is what is in question.
    """
    turned, far = np.zeros((2, len(strikes)), dtype=bool)
    given = strikes["place_status"].eq("given") & strikes["place_kind"].isin(POINT_KINDS)
    names = strikes["place_as_written"]
    rows = np.flatnonzero(given & names.isin(_known_names(names[given], gazetteer)))
    if not rows.size:
        return turned, far
    part = strikes[["place_as_written", "country", "radius_km", "geometry"]].iloc[rows]
    keys = part["place_as_written"] + "\x1f" + part["country"]
    codes, _ = pd.factorize(keys)
    first = np.unique(codes, return_index=True)[1]
    asked = part.iloc[first][["place_as_written", "country"]].rename(columns={"country": "country_hint"})
    found = resolve_places(asked, gazetteer)
    known = (found["place_status"].eq("resolved") & found["place_kind"].isin(["settlement", "facility"])).to_numpy()
    points = found.geometry.to_numpy()[codes]
    sure = known[codes]
    lon, lat = part.geometry.x.to_numpy()[sure], part.geometry.y.to_numpy()[sure]
    there = gpd.GeoSeries(points[sure])
    slack = FAR_KM + found["radius_km"].to_numpy()[codes][sure] + part["radius_km"].fillna(0).to_numpy()[sure]
    away = _km(lon, lat, there) > slack
    fits = np.abs(lon) <= 90
    other = _km(np.where(fits, lat, 0), np.where(fits, lon, 0), there) <= slack
    turned[rows[sure]] = away & fits & other
    far[rows[sure]] = away & ~(fits & other)
    return turned, far


def _known_names(written: pd.Series[str], gazetteer: Gazetteer) -> list[str]:
    """The names in a column that somebody bears."""
    names = [name for name in written.unique() if name.strip()]
    gazetteer.prefetch(names)
    return [name for name in names if gazetteer.resolve(name).candidates]


def _km(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], there: gpd.GeoSeries) -> npt.NDArray[np.float64]:
    """The distance of each point from another, in kilometres."""
    distance: npt.NDArray[np.float64] = GEOD.inv(lon, lat, there.x.to_numpy(), there.y.to_numpy())[2] / 1000
    return distance


# --- texts and sources ------------------------------------------------------------------------------------------------


def _cells(strikes: pd.DataFrame, columns: Mapping[str, str], key: str) -> pd.Series[str]:
    """The table's own column for a key; empty cells where there is none."""
    name = columns.get(key, "")
    name = name if name in strikes.columns else f"source_{name}"
    if name not in strikes.columns:
        return pd.Series("", index=strikes.index, dtype="str")
    return strikes[name].astype("str")


def _only_text(strikes: gpd.GeoDataFrame, columns: Mapping[str, str]) -> npt.NDArray[np.bool_]:
    told = _cells(strikes, columns, "text").str.strip() != ""
    nowhere = (strikes["place_as_written"].str.strip() == "") & strikes["place_status"].ne("given")
    only: npt.NDArray[np.bool_] = (told & nowhere & strikes.geometry.isna()).to_numpy(dtype=bool)
    return only


def _texts(strikes: gpd.GeoDataFrame, read: StrikesRead, rows: npt.NDArray[np.int64]) -> pd.DataFrame:
    """The rows as reports to read: what they tell of themselves goes with the text."""
    texts = pd.DataFrame({ours: _cells(strikes, read.columns, key) for key, ours in _TOLD.items()})
    texts["published"] = strikes["date_as_written"]
    texts["path"] = read.name
    texts["line"] = read.lines_of(rows)
    return texts.reset_index(drop=True)


def _reports_of(strikes: gpd.GeoDataFrame, read: StrikesRead) -> pd.DataFrame:
    """Where each event says that it is from; nothing where the table tells no source."""
    if not {"source", "url", "title"} & read.columns.keys():
        return build_table(REPORTS, [])
    told = {ours: _cells(strikes, read.columns, key) for key, ours in _TOLD.items()}
    ids = [hashlib.sha256(f"event\x1f{strike}".encode()).hexdigest()[:16] for strike in strikes["strike_id"].tolist()]
    empty = build_table(REPORTS, []).reindex(range(len(strikes)))
    texts = [column.name for column in REPORTS.columns if column.dtype == "text"]
    reports = empty.assign(**dict.fromkeys(texts, "")).assign(report_id=ids, path=read.name)
    return reports.assign(**{name: cells.to_numpy() for name, cells in told.items()}).astype(
        dict.fromkeys(texts, "str")
    )
