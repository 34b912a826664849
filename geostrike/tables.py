"""The data model on one page: the columns of every table, with their type, unit and meaning.

Every stage takes tables and returns tables; this module defines them. A `Table` lists `Column`s; `empty_table` makes an
empty frame, and `check_table` rejects a frame that lacks a column or has a word outside a closed vocabulary. Frames may
have further columns, which are kept and passed on.

Missing values: an empty string in text columns ("none" in `date_basis`), ``NaT`` in dates, ``NaN`` in numbers,
``None`` in geometry.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from geostrike.errors import TableError

__all__ = [
    "AREA_KINDS",
    "ATTACKER_BASIS",
    "CLAIMS",
    "DATE_BASIS",
    "DATE_PRECISIONS",
    "DECISIONS",
    "DEPTH_BOUNDS",
    "DEPTH_BREAKS_KM",
    "DISTANCES",
    "KM_PER_UNIT",
    "MARKS",
    "MEMBERS",
    "MENTIONS",
    "NO_FAULT",
    "PLACE_KINDS",
    "PLACE_STATUSES",
    "POINT_KINDS",
    "PUBLISHED_BASIS",
    "QUANTITIES",
    "QUANTITY_KINDS",
    "QUARANTINE",
    "QUARANTINE_CODES",
    "RECORDS",
    "RELATIONS",
    "RELATION_KINDS",
    "REPORTS",
    "RESOLVED",
    "ROLES",
    "ROUGH_PRECISION",
    "SIDES",
    "SPEAKER_KINDS",
    "STANCES",
    "STATUSES",
    "STRIKES",
    "TARGET_KINDS",
    "VERDICTS",
    "WARNING_CODES",
    "WEAPONS",
    "Column",
    "Kind",
    "Status",
    "Table",
    "check_table",
    "days_of",
    "empty_table",
    "sound_text",
    "usable_frame",
]

# --- how sure a strike is, and what kind of place it has --------------------------------------------------------------

# The marks inside the symbols of the map: an SVG path in units of the symbol's radius, y downwards. A path that ends
# in Z is filled, any other is stroked.
MARKS = {
    "none": "",
    "triangle up": "M0 -.52L.52 .364L-.52 .364Z",
    "triangle down": "M0 .52L.52 -.364L-.52 -.364Z",
    "dot": "M.3 0A.3 .3 0 1 1 -.3 0A.3 .3 0 1 1 .3 0Z",
    "half filled": "M0 .62A.62 .62 0 0 1 0 -.62Z",
    "cross": "M-.52 -.52L.52 .52M.52 -.52L-.52 .52",
    "bar": "M-.52 0H.52",
}


@dataclass(frozen=True)
class Status:
    """A word of the column `status`, and everything that depends on it.

    Attributes
    ----------
    word, meaning
        The word in the tables, and the rule by which a record has it.
    phrase
        The status in the report, after "it is" or "2 are".
    is_hit
        Whether the place counts as hit. A record of a hit is never merged with a record without one.
    strength
        Where the records of one strike differ, the strike has the status with the greatest strength.
    step
        The first choice of `sensitivity` that includes it; each choice includes the ones before it.
    mark
        The mark inside its symbol on the map, one of `MARKS`.
    """

    word: str
    meaning: str
    phrase: str
    is_hit: bool
    strength: int
    step: str
    mark: str


_STATUSES = (
    Status(
        "confirmed",
        "both sides acknowledge a hit, or independent evidence shows it",
        "confirmed by both sides or by independent evidence",
        is_hit=True, strength=6, step="confirmed only", mark="none",
    ),
    Status(
        "claimed_by_attacker",
        "the attacker's side claims a hit; the other side does not acknowledge it",
        "claimed by the attacker only",
        is_hit=True, strength=5, step="with claimed", mark="triangle up",
    ),
    Status(
        "claimed_by_target",
        "the struck side reports a hit; the attacker's side does not acknowledge it",
        "reported by the struck side only",
        is_hit=True, strength=4, step="with claimed", mark="triangle down",
    ),
    Status(
        "unconfirmed",
        "reported only by media, channels or unnamed persons",
        "reported by media or unnamed persons only",
        is_hit=True, strength=3, step="with unconfirmed and disputed", mark="dot",
    ),
    Status(
        "disputed",
        "one side denies it, or attributes it to somebody else",
        "disputed",
        is_hit=True, strength=7, step="with unconfirmed and disputed", mark="half filled",
    ),
    Status(
        "intercepted",
        "shot down or repelled; debris included",
        "intercepted",
        is_hit=False, strength=2, step="with intercepted", mark="cross",
    ),
    Status(
        "aborted",
        "brought down or called off by the attacker's own side",
        "called off or brought down by the attacker’s own side",
        is_hit=False, strength=1, step="with intercepted", mark="bar",
    ),
)  # fmt: skip
STATUSES = {status.word: status for status in _STATUSES}
"""Word -> status, in the order of lists on pages and of the steps of `sensitivity`."""


@dataclass(frozen=True)
class Kind:
    """A word of the column `place_kind`, and everything that depends on it.

    Attributes
    ----------
    word, meaning
        The word in the tables, and its meaning.
    is_area
        Whether it is measured over a polygon, or over a disc if the polygon is missing.
    is_point
        Whether two such places near each other can be the same place.
    acled, ucdp
        Codes of spatial precision: `geo_precision` of ACLED, 1 to 3, also in the column of that name, and `where_prec`
        of UCDP GED, 1 to 7.
    radius_km
        Radius in km of a place from a table that gives only a code of precision.
    step
        The first choice of `sensitivity` that includes it; empty if only "all" does.
    colour
        Name in palette.toml of the colour of its bar in the figure of place precision.
    """

    word: str
    meaning: str
    is_area: bool = False
    is_point: bool = False
    acled: int | None = None
    ucdp: int | None = None
    radius_km: float = math.nan
    step: str = ""
    colour: str = "paper"


_FACILITIES, _SETTLEMENTS = "facilities only", "facilities and settlements"
_PLACE_KINDS = (
    Kind(
        "facility", "a plant, depot, port, airfield, bridge or station",
        is_point=True, acled=1, ucdp=1, step=_FACILITIES, colour="depth3",
    ),
    Kind("point", "coordinates given in the row", is_point=True, step=_FACILITIES, colour="depth3"),
    Kind(
        "settlement", "city, town or village",
        is_point=True, acled=1, ucdp=1, radius_km=5, step=_SETTLEMENTS, colour="depth3",
    ),
    Kind("near", "near a settlement", is_point=True, acled=2, ucdp=2, radius_km=25),
    Kind("district", "second-level administrative area", is_area=True, acled=2, ucdp=3, radius_km=40),
    Kind("region", "first-level administrative area", is_area=True, acled=3, ucdp=4, radius_km=150),
    Kind("area", "a line or a fuzzy area", is_area=True, acled=3, ucdp=5, radius_km=250),
    Kind("country", "country", is_area=True, ucdp=6),
    Kind("sea", "sea", is_area=True, ucdp=7, radius_km=100),
    Kind("", "unknown"),
)  # fmt: skip
PLACE_KINDS = {kind.word: kind for kind in _PLACE_KINDS}
"""Word -> kind of place, from the most precise to the least."""
AREA_KINDS = frozenset(kind.word for kind in _PLACE_KINDS if kind.is_area)
POINT_KINDS = frozenset(kind.word for kind in _PLACE_KINDS if kind.is_point)
ROUGH_PRECISION = 2
"""From this `geo_precision` on, maps and figures draw a place hollow: it is known only approximately."""
DEPTH_BREAKS_KM = (50.0, 100.0, 250.0, 500.0, 1000.0)
"""Where one class of depth ends and the next begins, in km; each class has a colour of its own."""

# --- further closed vocabularies: word -> meaning ---------------------------------------------------------------------

ROLES = {
    "struck": "something there was hit",
    "intercepted": "weapons were shot down there, or their debris fell there",
    "aborted": "weapons were brought down there by their own side",
    "planned_target": "a strike there is said to be planned",
    "hypothetical_target": "a strike there is only hypothetical, demanded or threatened",
    "launch_origin": "weapons were launched from there",
    "route": "weapons flew over it or past it",
    "dateline": "where the report was written",
    "metonym": "means a government or its forces",
    "political_travel": "where a politician went, met or spoke",
    "future_event": "where something is expected to happen",
    "descriptor": "describes a person, a company or a thing",
    "container": "the larger area that contains a more precise place",
    "earlier_attack": "an earlier attack, mentioned as background",
    "exercise": "a drill or a manoeuvre",
    "denied": "a strike there is said not to have happened",
    "context": "anything else",
}
TARGET_KINDS = {
    "refinery": "oil refinery",
    "oil depot": "storage of crude oil or of fuel",
    "oil terminal": "port or station where oil is loaded",
    "pumping station": "station of a pipeline",
    "gas terminal": "port or station where gas is loaded",
    "gas facility": "gas production, storage or processing",
    "chemical plant": "chemical or fertiliser works",
    "power plant": "power station",
    "power supply": "substations, lines, the supply of a town with electricity",
    "energy facilities": "energy infrastructure, not specified",
    "plant": "factory",
    "industrial site": "industrial zone or site, not specified",
    "arsenal": "ammunition depot",
    "airfield": "airfield or air base",
    "aircraft": "an aircraft in the air or on the ground",
    "naval vessel": "ship or boat of a navy",
    "ship": "merchant ship",
    "port": "sea or river port",
    "bridge": "bridge",
    "railway": "railway line, station or train",
    "air defence": "radar or air defence system",
    "military site": "barracks, headquarters, training ground, command post",
    "troops": "soldiers or their vehicles",
    "warehouse": "warehouse or depot of goods",
    "building": "building, not specified",
    "residential": "homes",
    "hospital": "hospital or clinic",
    "school": "school or university",
    "city": "a town or city as a whole",
    "water supply": "dam, pumping or treatment works",
    "communications": "mast, exchange or broadcasting site",
    "": "unknown",
}
WEAPONS = {
    "drone": "uncrewed aircraft",
    "sea drone": "uncrewed boat",
    "missile": "missile, not specified",
    "ballistic missile": "ballistic missile",
    "cruise missile": "cruise missile",
    "drone and missile": "drones and missiles together",
    "helicopter rockets": "rockets fired from helicopters",
    "rockets": "rocket artillery",
    "artillery": "guns and mortars",
    "guided bomb": "bomb dropped by an aircraft, guided or gliding",
    "air strike": "attack by aircraft, not specified",
    "truck bomb": "bomb in a vehicle",
    "explosive device": "charge placed by hand",
    "": "unknown",
}
SIDES = {
    "across": "in the struck country, across the border from the attacker",
    "home": "inside the attacker's own recognised territory",
    "outside": "in neither country of the border",
    "": "unknown: no place or no attacker",
}
DATE_PRECISIONS = {
    "day": "one day",
    "night": "a night: two dates",
    "span": "several days, with both ends stated",
    "month": "a month",
    "vague": "an interval with a stated basis and an open or wide end",
    "unknown": "no date, or nothing to anchor it",
}
PLACE_STATUSES = {
    "resolved": "one place",
    "ambiguous": "several places; nothing decides between them",
    "unresolved": "no place has the name, or there is no name",
    "pending": "a name that has not been looked up yet",
    "given": "the coordinates are given in the row",
}
DATE_BASIS = {
    "reported": "the report or the table gives the date, or a reviewer set it",
    "inferred": "undated main news of a report: the day of publication or the day before",
    "none": "no date: open, or known only to be before the publication",
}
ATTACKER_BASIS = {
    "reported": "a report names the attacker",
    "inferred": "from the direction of fire: the struck country's opponent; for a row of a table, from its own words",
    "": "unknown",
}
SPEAKER_KINDS = {
    "official": "a government, a governor, an authority",
    "military": "armed forces or a defence ministry",
    "anonymous_source": "an unnamed source",
    "media": "news media, channels",
    "analyst": "an expert or an observer",
    "company": "a firm",
    "": "unknown",
}
STANCES = {
    "claims": "says that its own side did it",
    "confirms": "says that it happened",
    "denies": "says that it did not happen",
    "no_comment": "neither confirms nor denies",
    "blames_other_side": "says that somebody other than the accused side did it",
}
VERDICTS = {
    "agrees": "within 10 % or 5 km of the computed distance, 15 % with a hedge",
    "compatible": "within the distances of the area",
    "overstated": "greater than the computed distance",
    "understated": "smaller than the computed distance",
    "unit slip": "agrees in another unit",
    "other place": "agrees for another place of the same name",
    "other reference": "measured from something other than the border",
    "not checked": "the strike has no computed distance",
}
# The units in which reports state distances, in kilometres.
KM_PER_UNIT = {"km": 1.0, "mi": 1.609344, "nmi": 1.852}
# Worst first: a strike with several stated distances has the first of these that occurs.
VERDICT_ORDER = (
    "other place",
    "unit slip",
    "overstated",
    "understated",
    "not checked",
    "other reference",
    "compatible",
    "agrees",
)
RELATION_KINDS = {
    "same": "one event",
    "part_of": "one is in the area of the other",
    "possibly_same": "possibly one event; nothing decides it",
    "different_because": "similar, and kept separate for the given reason",
}
QUANTITY_KINDS = {
    "weapons": "weapons launched, or weapons that arrived",
    "weapons shot down": "weapons that were shot down",
    "killed": "people killed",
    "injured": "people injured",
    "tanks": "tanks of oil or fuel",
    "volume": "oil, fuel or gas",
    "mass": "fuel or goods",
    "explosions": "explosions heard",
    "aircraft": "aircraft on the ground",
    "houses": "houses and flats",
    "depots": "depots and bases",
}
PUBLISHED_BASIS = {
    "front_matter": "from the front matter",
    "metadata": "from the data of the page, the file or the row",
    "date_prefix": "from a leading ` date YYYY-MM-DD `",
    "date_line": "from a date line at the head of the text",
    "given": "given by the user",
    "": "none",
}
DEPTH_BOUNDS = {
    "exact": "minimum and maximum over the place's area",
    "bound": "at least the minimum and at most the maximum",
    "": "not measured",
}
# Code -> why the row is missing from the result.
QUARANTINE_CODES = {
    "BAD_TEXT": "bytes that are not text, or an empty text",
    "TOO_LONG": "longer than the limit",
    "BAD_DATE": "a date that cannot be read",
    "AMBIGUOUS_DATE": "a date that can be read in two ways",
    "FUTURE_DATE": "a date in the future",
    "BAD_COORD": "a coordinate that is not a number",
    "OUT_OF_RANGE": "a coordinate outside the globe",
    "SWAPPED_COORD": "latitude and longitude seem to be swapped",
    "RAGGED_ROW": "more or fewer fields than the header",
    "DUPLICATE_ID": "a repeated id, or a second report with the same text, date and address",
    "NULL_GEOMETRY": "a feature without geometry",
    "BAD_GEOMETRY": "a geometry that cannot be used",
    "MISSING_VALUE": "a required value is missing",
    "OUT_OF_WINDOW": "outside the requested dates",
    "REJECTED": "a reviewer rejected it",
    "NOT_A_STRIKE": "an event that the schema of its table does not count as a strike",
    "LIMIT": "opening it took more time or memory than allowed, or the process reading it died",
    "FAULT": "reading it failed in an unknown way; please report it",
}
NO_FAULT = ("OUT_OF_WINDOW", "REJECTED", "NOT_A_STRIKE")
"""Codes of rows that are readable, and excluded for another reason."""
# Code -> what is unusual about a row that is kept.
WARNING_CODES = {
    "PARTIAL_DATE": "the date is open or missing",
    "DATE_RANGE": "the date is an interval of more than one night",
    "UNKNOWN_PLACE": "no place was found for the name",
    "AMBIGUOUS_PLACE": "the name fits several places",
    "NO_PUBLICATION_DATE": "the report has no publication date, so its relative dates remain open",
    "FAR_FROM_NAME": "the place of that name is far from the coordinates of the row",
    "UNKNOWN_TARGET": "the kind of target is unknown",
    "REPAIRED": "a value was repaired; the reason describes how",
}

# --- tables -----------------------------------------------------------------------------------------------------------

Dtype = Literal["text", "date", "float", "int", "geometry"]


@dataclass(frozen=True)
class Column:
    """One column: its name, type, meaning, unit and, where closed, its vocabulary."""

    name: str
    dtype: Dtype
    meaning: str
    unit: str = ""
    values: frozenset[str] | None = None
    most: float | None = None  # the greatest absolute value of a length
    empty: str = ""  # of a text; the word for a missing value


@dataclass(frozen=True)
class Table:
    """One table: its name, what one row is, and its columns in order."""

    name: str
    row: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """The column names, in order."""
        return [column.name for column in self.columns]


def _text(name: str, meaning: str, values: Collection[str] | None = None, empty: str = "") -> Column:
    return Column(name, "text", meaning, values=frozenset(values) if values is not None else None, empty=empty)


def _date(name: str, meaning: str) -> Column:
    return Column(name, "date", meaning, unit="day")


def _number(name: str, meaning: str, unit: str) -> Column:
    return Column(name, "float", meaning, unit=unit)


def _length(name: str, meaning: str) -> Column:
    """A length on the earth in km, at most its circumference."""
    return Column(name, "float", meaning, unit="km", most=40_100.0)


def _count(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, "int", meaning, unit=unit)


def _span(of: str) -> tuple[Column, Column]:
    return (
        _count("start", f"start of {of} in the report's text", "character"),
        _count("end", f"end of {of}, exclusive", "character"),
    )


REPORTS = Table(
    "reports",
    "one published text",
    (
        _text("report_id", "hash of the text, and of the date and address given in the report itself"),
        _text("path", "file it was read from, relative to the input"),
        _text("title", "title"),
        _text("publisher", "publisher, if known"),
        _date("published", "publication date"),
        _text("published_basis", "source of the publication date", PUBLISHED_BASIS),
        _text("language", "ISO 639-1 code"),
        _text("url", "web address"),
        _text("text", "the text that all character offsets refer to"),
        _text("reprint_of", "the report that this one repeats almost word for word, if any"),
    ),
)
MENTIONS = Table(
    "mentions",
    "one place name in a report",
    (
        _text("report_id", "report"),
        *_span("the name"),
        _text("text", "the name as written"),
        _text("role", "role of the place in its sentence", ROLES),
        _text("record_id", "the record it belongs to, if any"),
        _text("place_id", "gazetteer id, if resolved"),
        _text("place", "name of the place, if resolved"),
        _text("place_kind", "kind of the place, if resolved", PLACE_KINDS),
        _text("country", "ISO 3166-1 alpha-3, if resolved"),
        _text("place_status", "outcome of the resolution", PLACE_STATUSES),
    ),
)
_DATES = (
    _date("date_start", "first day on which it can have happened; NaT if open"),
    _date("date_end", "last day on which it can have happened; NaT if open"),
    _text("date_precision", "precision of the date", DATE_PRECISIONS),
    _text("date_as_written", "the words of the date"),
    _text("date_basis", "whether the date is reported or inferred", DATE_BASIS, empty="none"),
)
_WHAT = (
    _text("target_kind", "what was hit or targeted", TARGET_KINDS),
    _text("weapon", "the weapon", WEAPONS),
    _text("attacker", "country of the attacking side, ISO 3166-1 alpha-3"),
    _text("attacker_basis", "whether the attacker is reported or inferred", ATTACKER_BASIS),
    _text("target_side", "country of the targeted side, ISO 3166-1 alpha-3"),
    _text("status", "how certain it is, by the rule of status", STATUSES),
)
RECORDS = Table(
    "records",
    "one strike in one report",
    (
        _text("record_id", "hash of report and span"),
        _text("report_id", "report"),
        *_span("the passage"),
        _text("quote", "the passage"),
        _text("place_as_written", "the place name; empty if there is none"),
        _count("place_start", "where the name begins; -1 if there is none", "character"),
        _count("place_end", "where the name ends; -1 if there is none", "character"),
        _text("country_hint", "country according to the text, ISO 3166-1 alpha-3"),
        _text("admin1_hint", "region according to the text, as written"),
        _text("kind_hint", "kind of place according to the text", PLACE_KINDS),
        *_DATES,
        *_WHAT,
    ),
)
_RESOLVED = (
    _text("place_id", "gazetteer id"),
    _text("place", "name of the place"),
    _text("place_kind", "kind of the place", PLACE_KINDS),
    _text("country", "country whose recognised territory contains it, ISO 3166-1 alpha-3"),
    _text("admin1", "first-level region, ISO 3166-2"),
    _text("place_status", "outcome of the resolution", PLACE_STATUSES),
    _text("place_reason", "reason of the outcome, in words"),
    _text("place_candidates", "the best candidates, id and name, separated by ' | '"),
    _length("radius_km", "radius that covers the place"),
    _number("geo_precision", "ACLED's code of spatial precision, 1 to 3; NaN if none", "code"),
    Column("geometry", "geometry", "a point if resolved or given, else none", unit="EPSG:4326"),
)
RESOLVED = Table("resolved", "the columns that the resolution of a place name adds", _RESOLVED)
CLAIMS = Table(
    "claims",
    "the statement of one speaker on one strike",
    (
        _text("claim_id", "hash of record, span and speaker"),
        _text("report_id", "report"),
        _text("record_id", "record"),
        _text("strike_id", "strike; empty before merging"),
        _text("speaker", "the speaker, as written"),
        _text("speaker_side", "the speaker's country, ISO 3166-1 alpha-3"),
        _text("speaker_kind", "kind of speaker", SPEAKER_KINDS),
        _text("stance", "what the speaker says about it", STANCES),
        *_span("the quote"),
        _text("quote", "the words"),
    ),
)
DISTANCES = Table(
    "distances",
    "one stated distance of a strike in a report",
    (
        _text("report_id", "report"),
        _text("record_id", "record"),
        _text("strike_id", "strike; empty before merging"),
        _number("value", "the number as stated", "as in unit"),
        _text("unit", "the unit as stated: km, mi or nmi"),
        _number("value_km", "the number in kilometres", "km"),
        _text("hedge", "the hedging word as written, empty if there is none"),
        _text("reference", "what it is measured from: border, front line, or a place name"),
        *_span("the quote"),
        _text("quote", "the words"),
        _number("computed_min_km", "computed depth, minimum", "km"),
        _number("computed_max_km", "computed depth, maximum", "km"),
        _text("verdict", "the stated against the computed distance", VERDICTS),
    ),
)
QUANTITIES = Table(
    "quantities",
    "one number about a strike in a report",
    (
        _text("report_id", "report"),
        _text("record_id", "record"),
        _text("strike_id", "strike; empty before merging"),
        _text("what", "what is counted or measured", QUANTITY_KINDS),
        _number("value", "the number as stated", "as in unit"),
        _text("unit", "persons, m3, t, or the kind of weapon; empty for other things counted"),
        _text("hedge", "the hedging word as written, empty if there is none"),
        *_span("the words"),
        _text("quote", "the words"),
    ),
)
_DEPTH = (
    _length("depth_km", "geodesic distance from the border to the point"),
    _length("depth_min_km", "least distance over the place's uncertainty"),
    _length("depth_max_km", "greatest distance over the place's uncertainty"),
    _text("depth_bounds", "whether minimum and maximum are exact", DEPTH_BOUNDS),
    _number("nearest_lon", "longitude of the nearest point of the border", "degree"),
    _number("nearest_lat", "latitude of the nearest point of the border", "degree"),
    _text("border_id", "line, definition and version of the border"),
    _text("side", "its side of the border, seen from the attacker", SIDES),
    _text("depth_reason", "why there is no depth; empty if there is one"),
)
STRIKES = Table(
    "strikes",
    "one reported strike",
    (
        _text("strike_id", "id of the strike's earliest member"),
        *_DATES,
        _text("place_as_written", "the place name as written in its first report"),
        *_RESOLVED,
        *_WHAT,
        _text("struck_country", "country whose recognised territory contains the place, ISO 3166-1 alpha-3"),
        _count("n_reports", "number of reports"),
        _text("report_ids", "the reports, separated by spaces"),
        _text("source_id", "id in its source, if any"),
        *_DEPTH,
        _text("stated_verdict", "the worst verdict among its stated distances", {**VERDICTS, "": "none stated"}),
        _text("warnings", "warning codes, separated by spaces"),
    ),
)
MEMBERS = Table(
    "members",
    "one record in a strike",
    (
        _text("strike_id", "strike"),
        _text("record_id", "record"),
        _text("report_id", "report"),
        _text("date_basis", "whether the record's date is reported or inferred", DATE_BASIS, empty="none"),
    ),
)
RELATIONS = Table(
    "relations",
    "the relation between two strikes, or two records",
    (
        _text("left_id", "strike"),
        _text("right_id", "strike; for `same`, the record merged into it"),
        _text("relation", "their relation", RELATION_KINDS),
        _text("reason", "why, in words"),
    ),
)
DECISIONS = Table(
    "decisions",
    "one decision of a reviewer on one or two records",
    (
        _text("record_id", "record"),
        _text("other_id", "for same and apart: the other record"),
        _text("decision", "accept, reject or change; same or apart"),
        _text("note", "why, in the reviewer's words"),
        _text("place_id", "for a change: the gazetteer id of the place"),
        _text("date_start", "for a change: first day, YYYY-MM-DD"),
        _text("date_end", "for a change: last day, YYYY-MM-DD"),
        _text("target_kind", "for a change: what was hit"),
        _text("weapon", "for a change: the weapon"),
        _text("attacker", "for a change: country of the attacking side"),
        _text("target_side", "for a change: country of the targeted side"),
        _text("status", "for a change: how certain it is"),
    ),
)
QUARANTINE = Table(
    "quarantine",
    "one input that could not be used",
    (
        _text("path", "file, relative to the input"),
        _count("line", "line in the file; 0 for the whole file"),
        _text("code", "why", QUARANTINE_CODES),
        _text("reason", "why, in words"),
        _text("content", "the beginning of the rejected input"),
    ),
)

_PANDAS = {"text": "str", "date": "datetime64[s]", "float": "float64", "int": "int64", "geometry": "object"}


def empty_table(table: Table) -> pd.DataFrame:
    """Return an empty DataFrame with the table's columns and types (geometry as objects).

    Examples
    --------
    >>> empty_table(MEMBERS).columns.tolist()
    ['strike_id', 'record_id', 'report_id', 'date_basis']
    """
    return pd.DataFrame({c.name: pd.Series(dtype=_PANDAS[c.dtype]) for c in table.columns})


def build_table(table: Table, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return a DataFrame of the rows with the table's columns and types; what a row lacks is missing.

    Examples
    --------
    >>> build_table(MEMBERS, [{"strike_id": "a", "record_id": "b"}]).iloc[0].tolist()
    ['a', 'b', '', 'none']
    """
    missing = {"text": "", "date": pd.NaT, "float": float("nan"), "int": -1, "geometry": None}
    data = {}
    for column in table.columns:
        values = [row.get(column.name, column.empty or missing[column.dtype]) for row in rows]
        data[column.name] = pd.Series(values, dtype=_PANDAS[column.dtype])
    return pd.DataFrame(data)


def usable_frame(frame: Any, table: Table) -> Any:
    """Return the frame with its dates and numbers in the table's types, and each column under one name.

    Dates that are ISO text or have a time zone, and numbers that are text, are converted. Missing columns stay missing.

    Raises
    ------
    TableError
        If it is not a DataFrame, a column occurs twice, or a cell is not a date or not a number.

    Examples
    --------
    >>> usable_frame(pd.DataFrame({"depth_km": ["342.0"]}), STRIKES)["depth_km"].tolist()
    [342.0]
    """
    _check_frame(frame, table)
    changed = {}
    for column in table.columns:
        if column.dtype in ("date", "float", "int") and column.name in frame.columns:
            cells = frame[column.name]
            typed = _as_dates(cells) if column.dtype == "date" else _as_numbers(cells)
            if typed is not None:
                lost = typed.isna() & cells.notna() & (cells.astype(object) != "")
                if lost.any():
                    row, value = next(cells[lost].items())
                    what = "date; write days as 2024-01-25" if column.dtype == "date" else "number"
                    msg = f"{table.name}, row {row}: {column.name} is {str(value)[:60]!r}, which is not a {what}"
                    raise TableError(msg)
                changed[column.name] = typed
    return frame.assign(**changed) if changed else frame


def _check_frame(frame: Any, table: Table) -> None:
    if not isinstance(frame, pd.DataFrame):
        msg = f"the {table.name} table is a {type(frame).__name__}; give a DataFrame"
        raise TableError(msg)
    if frame.columns.nlevels > 1:
        msg = f"the {table.name} table has column names of {frame.columns.nlevels} levels; give it one level"
        raise TableError(msg)
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        msg = f"the {table.name} table has the column {str(twice[0])[:60]!r} twice; drop or rename one"
        raise TableError(msg)


def _as_dates(cells: pd.Series[Any]) -> pd.Series[Any] | None:
    """The column as dates without a time zone; None if it is already."""
    if isinstance(cells.dtype, pd.DatetimeTZDtype):
        local: pd.Series[Any] = cells.dt.tz_localize(None)
        return local
    if isinstance(cells.dtype, np.dtype) and cells.dtype.kind == "M":
        return None
    try:
        days = pd.to_datetime(
            cells.astype(object).map(_local_time).replace("", None), format="ISO8601", errors="coerce"
        )
        local = days.dt.tz_localize(None)
    except (AttributeError, TypeError, ValueError, OverflowError):
        return pd.Series(pd.NaT, index=cells.index)
    return local


_OFFSET = re.compile(r"(?<=\d)(?:Z|[+-]\d\d:?\d\d)$")


def _local_time(cell: Any) -> Any:
    """A time without its UTC offset, so that the day is the written one."""
    return _OFFSET.sub("", cell) if isinstance(cell, str) and ":" in cell else cell


def _as_numbers(cells: pd.Series[Any]) -> pd.Series[Any] | None:
    """The column as numbers; None if it is already."""
    if isinstance(cells.dtype, np.dtype) and cells.dtype.kind in "fi":
        return None
    try:
        return pd.to_numeric(cells.astype(object), errors="coerce").astype("float64")
    except (TypeError, ValueError, OverflowError):
        return pd.Series(float("nan"), index=cells.index)


def check_table(frame: pd.DataFrame, table: Table, *, columns: list[str] | None = None) -> None:
    """Reject a frame that lacks a column, has one twice or of another type, or has a word outside a vocabulary.

    Parameters
    ----------
    frame
        The frame to check; it may have further columns.
    table
        The table that it should be.
    columns
        The columns that it must have; all of the table's by default.

    Raises
    ------
    TableError
        Naming the first column that is missing, repeated or of another type, or the first value, with its row, that is
        an unknown word or not a length.

    Examples
    --------
    >>> check_table(empty_table(MEMBERS), MEMBERS)
    """
    _check_frame(frame, table)
    wanted = table.names if columns is None else columns
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        found = ", ".join(map(str, frame.columns)) or "none"
        msg = f"the {table.name} table lacks the column {missing[0]!r}; it has: {found}"
        raise TableError(msg)
    for column in table.columns:
        if column.name in wanted:
            _check_type(frame, table, column)
            if column.values is not None:
                _check_words(frame, table, column)
            elif column.most is not None:
                _check_lengths(frame, table, column)


# The test of each type, and how to convert a column that fails it.
_IS_TYPE: dict[Dtype, tuple[Callable[[Any], bool], str]] = {
    "float": (pd.api.types.is_numeric_dtype, "convert it with pandas.to_numeric"),
    "int": (pd.api.types.is_numeric_dtype, "convert it with pandas.to_numeric"),
}


def _check_type(frame: pd.DataFrame, table: Table, column: Column) -> None:
    values = frame[column.name]
    if isinstance(values, pd.DataFrame):
        msg = f"{table.name}: the column {column.name!r} occurs {values.shape[1]} times; keep one of them"
        raise TableError(msg)
    is_type, remedy = _IS_TYPE.get(column.dtype, (None, ""))
    if is_type is not None and not is_type(values.dtype) and values.notna().any():
        msg = f"{table.name}: {column.name} has the type {values.dtype}, not {column.dtype}; {remedy}"
        raise TableError(msg)


def _check_lengths(frame: pd.DataFrame, table: Table, column: Column) -> None:
    """Reject lengths greater than any distance on the earth."""
    values = pd.to_numeric(frame[column.name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = np.abs(values) > (column.most or np.inf)
    if bad.any():
        at = int(bad.argmax())
        row, value = frame.index[at], values[at]
        msg = f"{table.name}, row {row}: {column.name} is {value:g}; the earth's circumference is {column.most:,.0f} km"
        raise TableError(msg)


def days_of(frame: pd.DataFrame, column: str) -> pd.Series[pd.Timestamp]:
    """Return a column of days, which in a table read with pandas may be text such as 2024-01-25.

    Raises
    ------
    TableError
        If a date cannot be read.

    Examples
    --------
    >>> days_of(pd.DataFrame({"date_start": ["2024-01-25", ""]}), "date_start").notna().tolist()
    [True, False]
    """
    cells = frame[column]
    days = _as_dates(cells)
    if days is None:
        return cells
    wrong = days.isna() & cells.notna() & (cells.astype(object) != "")
    if wrong.any():
        msg = f"{column}: {cells[wrong].iloc[0]!r} is not a date; write days as 2024-01-25"
        raise TableError(msg)
    return days


def sound_text(text: str) -> str:
    r"""Return the text with lone surrogates replaced, which JSON and Python allow and no file can contain.

    Examples
    --------
    >>> sound_text("Tua\ud800pse")
    'Tua�pse'
    """
    return text if text.isascii() else _HALF.sub("\N{REPLACEMENT CHARACTER}", text)


_HALF = re.compile("[\ud800-\udfff]")


def _check_words(frame: pd.DataFrame, table: Table, column: Column) -> None:
    words = column.values or frozenset()
    bad = ~frame[column.name].isin(list(words))
    if bad.any():
        row, word = next(frame.loc[bad, column.name].items())
        known = ", ".join(sorted(known for known in words if known))
        msg = f"{table.name}, row {row}: {column.name} is {word!r}; known words: {known}"
        raise TableError(msg)
