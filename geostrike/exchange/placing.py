"""Place the events of a table: look up names without coordinates, and compare names with coordinates."""

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

__all__ = ["PlacedEvents", "fault_rows", "look_up", "part_of", "place_events"]

FAR_KM = 50.0
"""The tolerated distance between a point and the place of its name, beyond the radius of both."""
_REPORT_COLUMNS = {"title": "title", "source": "publisher", "url": "url", "text": "text"}


@dataclass(frozen=True)
class PlacedEvents:
    """The events of a table with their places looked up.

    Attributes
    ----------
    read
        The table as read.
    strikes
        The events with a place, by coordinates or by name.
    texts
        The rows that have only a text: a table of reports for `geostrike.reading.read_documents`, with their lines.
    reports
        The sources of the other rows: one row per event, if the table has a source, title or address.
    rejected
        Quarantine rows for events whose name shows that latitude and longitude are swapped, and for those on which a
        later stage failed.
    """

    read: StrikesRead
    strikes: gpd.GeoDataFrame
    texts: pd.DataFrame
    reports: pd.DataFrame
    rejected: pd.DataFrame

    @staticmethod
    def joined(events: gpd.GeoDataFrame, strikes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Append the strikes that were read from texts to the events."""
        if not len(strikes):
            return events
        if not len(events):
            return strikes
        both = pd.concat([events, strikes], ignore_index=True)
        own = [name for name in events.columns if name not in STRIKES.names]
        return both.assign(**{name: both[name].fillna("") for name in own})

    def without(self, reasons: Mapping[str, str]) -> PlacedEvents:
        """Remove events on which a later stage failed, given as strike id -> reason."""
        if not reasons:
            return self
        rows = np.flatnonzero(self.read.strikes["strike_id"].isin(list(reasons)))
        faults = [reasons[strike] for strike in self.read.strikes["strike_id"].iloc[rows]]
        rejected = pd.concat([self.rejected, fault_rows(self.read, rows.tolist(), faults)], ignore_index=True)
        faulty = self.strikes["strike_id"].isin(list(reasons))
        gone = set(self.strikes.loc[faulty, "report_ids"]) if len(self.reports) else set()
        reports = self.reports[~self.reports["report_id"].isin(gone)].reset_index(drop=True)
        return replace(self, strikes=self.strikes[~faulty].reset_index(drop=True), reports=reports, rejected=rejected)

    def quarantined(self, texts: pd.DataFrame) -> pd.DataFrame:
        """Return all quarantined rows of the table, including those of `texts` that could not be read as reports."""
        lines = self.texts["line"].to_numpy()
        at = [int(lines[row - 1]) for row in texts["line"]]
        found = texts.assign(path=self.read.name, line=np.array(at, dtype=np.int64))
        both = pd.concat([self.read.quarantine, self.rejected, found], ignore_index=True)
        return both.sort_values("line", kind="stable", ignore_index=True)

    def counts(self, quarantine: pd.DataFrame) -> dict[str, Any]:
        """Return the counts and the mapping of the table for run.json."""
        rejected, schema = int((~quarantine["code"].isin(NO_FAULT)).sum()), self.read.schema
        return {
            "rows_in": self.read.rows_in,
            "ok": self.read.rows_in - rejected,
            "quarantined": rejected,
            "table": {
                "schema": schema.name, "title": schema.title, "path": self.read.name, "licence": schema.licence,
                "columns": self.read.columns, "notes": self.read.notes,
            },
        }  # fmt: skip

    def all_reports(self, reports: pd.DataFrame) -> pd.DataFrame:
        """Append the sources of the events to the reports that were read."""
        return pd.concat([part for part in (reports, self.reports) if len(part)] or [reports], ignore_index=True)

    def lines_of(self, strike_ids: pd.Series[str]) -> npt.NDArray[np.int64]:
        """Return the lines of events; 0 for a strike that was read from a text."""
        rows = pd.Index(self.read.strikes["strike_id"]).get_indexer(pd.Index(strike_ids))
        return np.where(rows >= 0, self.read.lines_of(np.maximum(rows, 0)), 0)


def part_of(read: StrikesRead, rows: Sequence[int]) -> StrikesRead:
    """Select strikes of a table by their positions; the quarantine stays."""
    kept = np.array(rows, dtype=np.int64)
    strikes = read.strikes.iloc[kept].reset_index(drop=True)
    return replace(read, strikes=strikes, line_of=lambda at: read.lines_of(kept[at]))


def fault_rows(read: StrikesRead, rows: Sequence[int], reasons: Iterable[str]) -> pd.DataFrame:
    """Return quarantine rows for strikes on which a stage failed, by their positions."""
    lines = read.lines_of(np.array(rows, dtype=np.int64)).tolist() if len(rows) else []
    faults = [
        {"path": read.name, "line": int(line), "code": "FAULT", "reason": reason}
        for line, reason in zip(lines, reasons, strict=True)
    ]
    return build_table(QUARANTINE, faults)


def place_events(read: StrikesRead, gazetteer: Gazetteer) -> PlacedEvents:
    """Look up the events that have only a name, and warn where name and point disagree.

    Parameters
    ----------
    read
        The result of `geostrike.read_strikes`.
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
         "reason": f"with latitude and longitude swapped, it is at {name}"}
        for line, name in zip(lines, placed["place_as_written"].to_numpy()[turned], strict=True)
    ]  # fmt: skip
    placed = _with_warning(placed, far, "FAR_FROM_NAME")
    placed = placed[~turned] if turned.any() else placed
    placed = look_up(placed.reset_index(drop=True), gazetteer, columns=read.columns)
    reports = _reports_of(placed, read)
    if len(reports):
        placed["report_ids"] = reports["report_id"]
    texts = _texts(strikes[only_text], read, np.flatnonzero(only_text))
    # Only the ids are still needed; keeping the rest would double the memory.
    read = replace(read, strikes=strikes[["strike_id", "geometry"]])
    return PlacedEvents(read, placed, texts, reports, build_table(QUARANTINE, rows))


def look_up(
    strikes: gpd.GeoDataFrame, gazetteer: Gazetteer, *, columns: Mapping[str, str] | None = None
) -> gpd.GeoDataFrame:
    """Add places to the rows that have only a name, regions to points, and attackers that the texts name.

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
    strikes = _look_up_rows(strikes, waiting, gazetteer) if waiting.any() else strikes.copy(deep=False)
    fresh = waiting | strikes["place_status"].eq("given").to_numpy(dtype=bool)
    strikes["admin1"] = _regions(strikes, fresh & strikes["admin1"].eq("").to_numpy(dtype=bool))
    return _with_attackers(strikes, fresh & strikes["attacker"].eq("").to_numpy(dtype=bool), columns or {})


def _regions(strikes: gpd.GeoDataFrame, rows: npt.NDArray[np.bool_]) -> pd.Series[str]:
    """Return the first-level region of each of these points, where polygons are shipped; others unchanged."""
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
    """Fill in the attacker that a row's own text names."""
    texts = [_cells(strikes, columns, key) for key in ("title", "text") if key in columns]
    if not rows.any() or not texts:
        return strikes
    text = texts[0] if len(texts) == 1 else texts[0] + "\n" + texts[1]
    known = {words: named_attacker(words) for words in text[rows].unique()}
    named = text.where(rows, "").map(known).fillna("").astype("str")
    found = (named != "").to_numpy(dtype=bool)
    strikes["attacker"] = strikes["attacker"].mask(found, named)
    strikes["attacker_basis"] = strikes["attacker_basis"].mask(found, "inferred")
    return strikes


def _look_up_rows(strikes: gpd.GeoDataFrame, waiting: npt.NDArray[np.bool_], gazetteer: Gazetteer) -> gpd.GeoDataFrame:
    """Fill these rows with the gazetteer's answers."""
    rows = strikes.index[waiting]
    asked = strikes.loc[rows]
    if "country_hint" in asked.columns:
        codes = {hint: _country_code(hint, gazetteer) for hint in asked["country_hint"].unique()}
        asked = asked.assign(country_hint=asked["country_hint"].map(codes).astype("str"))
    found = resolve_places(asked.drop(columns="report_id", errors="ignore"), gazetteer)
    strikes = strikes.copy()
    for name in found.columns.intersection(strikes.columns).difference(["country_hint"]):
        strikes.loc[rows, name] = found[name]
    return _with_outcome(strikes, waiting, strikes["place_status"].to_numpy())


def _with_outcome(strikes: gpd.GeoDataFrame, rows: npt.NDArray[np.bool_], status: Any) -> gpd.GeoDataFrame:
    """Replace the warnings of these rows by the outcome of the look-up."""
    plain = strikes["warnings"].str.replace(r"\b(?:UNKNOWN|AMBIGUOUS)_PLACE\b", "", regex=True)
    plain = plain.str.split().str.join(" ").fillna("")
    strikes["warnings"] = strikes["warnings"].mask(rows, plain)
    strikes = _with_warning(strikes, rows & (status == "unresolved"), "UNKNOWN_PLACE")
    return _with_warning(strikes, rows & (status == "ambiguous"), "AMBIGUOUS_PLACE")


def _with_warning(strikes: gpd.GeoDataFrame, rows: npt.NDArray[np.bool_], code: str) -> gpd.GeoDataFrame:
    if not rows.any():
        return strikes
    warnings = strikes["warnings"].mask(rows, (strikes["warnings"] + f" {code}").str.strip())
    return strikes.assign(warnings=warnings)


def _country_code(hint: str, gazetteer: Gazetteer) -> str:
    """Return the code of a country given by code or name; empty if unknown."""
    if not hint.strip() or (len(hint) == 3 and hint.isalpha() and hint.isupper()):
        return hint.strip()
    place = gazetteer.resolve(hint, kind="country").place
    return place.country if place is not None and place.kind == "country" else ""


# --- names against points ---------------------------------------------------------------------------------------------


def _against_names(
    strikes: gpd.GeoDataFrame, gazetteer: Gazetteer
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Whether each point fits its name only if swapped, and whether it is far from it either way.

    Only exact names count: a misspelling would need support from the context, which is in question here.
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
    """Return the names in a column that the gazetteer knows."""
    names = [name for name in written.unique() if name.strip()]
    gazetteer.prefetch(names)
    return [name for name in names if gazetteer.resolve(name).candidates]


def _km(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], there: gpd.GeoSeries) -> npt.NDArray[np.float64]:
    """Return the distance of each point from its place, in kilometres."""
    distance: npt.NDArray[np.float64] = GEOD.inv(lon, lat, there.x.to_numpy(), there.y.to_numpy())[2] / 1000
    return distance


# --- texts and sources ------------------------------------------------------------------------------------------------


def _cells(strikes: pd.DataFrame, columns: Mapping[str, str], key: str) -> pd.Series[str]:
    """Return the table's own column for a key; empty cells if there is none."""
    name = columns.get(key, "")
    name = name if name in strikes.columns else f"source_{name}"
    if name not in strikes.columns:
        return pd.Series("", index=strikes.index, dtype="str")
    return strikes[name].astype("str")


def _only_text(strikes: gpd.GeoDataFrame, columns: Mapping[str, str]) -> npt.NDArray[np.bool_]:
    filled = _cells(strikes, columns, "text").str.strip() != ""
    nowhere = (strikes["place_as_written"].str.strip() == "") & strikes["place_status"].ne("given")
    only: npt.NDArray[np.bool_] = (filled & nowhere & strikes.geometry.isna()).to_numpy(dtype=bool)
    return only


def _texts(strikes: gpd.GeoDataFrame, read: StrikesRead, rows: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return the rows as reports to read, with title, source and address."""
    texts = pd.DataFrame({ours: _cells(strikes, read.columns, key) for key, ours in _REPORT_COLUMNS.items()})
    texts["published"] = strikes["date_as_written"]
    texts["path"] = read.name
    texts["line"] = read.lines_of(rows)
    return texts.reset_index(drop=True)


def _reports_of(strikes: gpd.GeoDataFrame, read: StrikesRead) -> pd.DataFrame:
    """Return the source of each event as a report; empty if the table has no sources."""
    if not {"source", "url", "title"} & read.columns.keys():
        return build_table(REPORTS, [])
    given = {ours: _cells(strikes, read.columns, key) for key, ours in _REPORT_COLUMNS.items()}
    ids = [hashlib.sha256(f"event\x1f{strike}".encode()).hexdigest()[:16] for strike in strikes["strike_id"].tolist()]
    empty = build_table(REPORTS, []).reindex(range(len(strikes)))
    texts = [column.name for column in REPORTS.columns if column.dtype == "text"]
    reports = empty.assign(**dict.fromkeys(texts, "")).assign(report_id=ids, path=read.name)
    return reports.assign(**{name: cells.to_numpy() for name, cells in given.items()}).astype(
        dict.fromkeys(texts, "str")
    )
