"""The data model on one page: the columns of every table, with their type, unit and meaning.

Every stage takes tables and returns tables; this module is the authority on what is in them. A `Table` lists `Column`s;
`empty_table` makes an empty frame of one and `check_table` refuses a frame that lacks a column or holds a word outside
a closed vocabulary. Frames may carry further columns: they are kept and passed on.

Missing values: an empty string in text columns, ``NaT`` in dates, ``NaN`` in numbers, ``None`` in geometry.
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

# The marks that a symbol of the map can hold: an SVG path in units of the symbol's radius, y downwards. A path that is
# closed by Z is filled, any other is stroked.
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
        How the report goes on after "it is" or "2 are".
    is_hit
        Whether the place counts as hit. A record of a hit and one of none are never the same strike.
    strength
        Where the records of one strike differ, the strike has the status with the greatest strength.
    step
        The choice of `sensitivity` that is the first to count it; each choice counts all of those before it, too.
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
        "the attacker's side speaks of a hit; the other side does not acknowledge it",
        "claimed by the attacker only",
        is_hit=True, strength=5, step="with claimed", mark="triangle up",
    ),
    Status(
        "claimed_by_target",
        "the side that was hit speaks of it; the attacker's side does not acknowledge it",
        "told by the struck side only",
        is_hit=True, strength=4, step="with claimed", mark="triangle down",
    ),
    Status(
        "unconfirmed",
        "only media, channels or unnamed persons speak of it",
        "told by media or unnamed persons only",
        is_hit=True, strength=3, step="with unconfirmed and disputed", mark="dot",
    ),
    Status(
        "disputed",
        "one side denies it, or tells it as somebody else's act",
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
"""Word -> status, in the order in which pages list them; the steps of `sensitivity` come in the same order."""


@dataclass(frozen=True)
class Kind:
    """A word of the column `place_kind`, and everything that depends on it.

    Attributes
    ----------
    word, meaning
        The word in the tables, and what it stands for.
    is_area
        Whether it is measured over a polygon, or over a disc in its place.
    is_point
        Whether two such places can be one place because they are near each other.
    acled, ucdp
        The codes of spatial precision: `geo_precision` of ACLED, 1 to 3, which the column of that name holds, and
        `where_prec` of UCDP GED, 1 to 7.
    radius_km
        Radius, in km, that covers a place of a table which tells only its code of precision.
    step
        The choice of `sensitivity` that is the first to count it; empty where only "all" does.
    colour
        Name in palette.toml of its bar in the figure of precision.
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
    Kind("point", "coordinates that came with the row", is_point=True, step=_FACILITIES, colour="depth3"),
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
    Kind("", "not known"),
)  # fmt: skip
PLACE_KINDS = {kind.word: kind for kind in _PLACE_KINDS}
"""Word -> kind of place, from the most closely known to the roughest."""
AREA_KINDS = frozenset(kind.word for kind in _PLACE_KINDS if kind.is_area)
POINT_KINDS = frozenset(kind.word for kind in _PLACE_KINDS if kind.is_point)
ROUGH_PRECISION = 2
"""From this `geo_precision` on, a place is known only roughly: maps and figures draw it hollow."""
DEPTH_BREAKS_KM = (50.0, 100.0, 250.0, 500.0, 1000.0)
"""Where one class of depth ends and the next begins, in km; each class has a colour of its own."""

# --- further closed vocabularies: word -> meaning ---------------------------------------------------------------------

ROLES = {
    "struck": "something there was hit",
    "intercepted": "weapons were shot down there, or their debris fell there",
    "aborted": "weapons were brought down there by their own side",
    "planned_target": "somebody is said to plan a strike there",
    "hypothetical_target": "a strike there is only imagined, urged or threatened",
    "launch_origin": "weapons were launched from there",
    "route": "weapons flew over or past it",
    "dateline": "where the report was written",
    "metonym": "stands for a government or its forces",
    "political_travel": "where a politician went, met or spoke",
    "future_event": "where something is yet to happen",
    "descriptor": "describes a person, a company or a thing",
    "container": "the larger area that a nearer place lies in",
    "earlier_attack": "an attack of an earlier time, told as background",
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
    "energy facilities": "energy infrastructure, not told more closely",
    "plant": "factory",
    "industrial site": "industrial zone or site, not told more closely",
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
    "building": "building, not told more closely",
    "residential": "homes",
    "hospital": "hospital or clinic",
    "school": "school or university",
    "city": "a town or city as a whole",
    "water supply": "dam, pumping or treatment works",
    "communications": "mast, exchange or broadcasting site",
    "": "not told",
}
WEAPONS = {
    "drone": "uncrewed aircraft",
    "sea drone": "uncrewed boat",
    "missile": "missile, not told more closely",
    "ballistic missile": "ballistic missile",
    "cruise missile": "cruise missile",
    "drone and missile": "both together",
    "helicopter rockets": "rockets fired from helicopters",
    "rockets": "rocket artillery",
    "artillery": "guns and mortars",
    "guided bomb": "bomb dropped by an aircraft, guided or gliding",
    "air strike": "attack by aircraft, not told more closely",
    "truck bomb": "bomb in a vehicle",
    "explosive device": "charge placed by hand",
    "": "not told",
}
SIDES = {
    "across": "in the struck country, on the far side of the border as the attacker sees it",
    "home": "inside the attacker's own recognised territory",
    "outside": "in neither country of the border",
    "": "not known: no place, or no attacker",
}
DATE_PRECISIONS = {
    "day": "one day",
    "night": "a night: two dates",
    "span": "some days, both ends told",
    "month": "a month",
    "vague": "an interval with a stated basis and an open or wide end",
    "unknown": "nothing is told, or nothing to anchor it",
}
PLACE_STATUSES = {
    "resolved": "one place",
    "ambiguous": "several places, nothing tells them apart",
    "unresolved": "no place bears the name, or no name is told",
    "given": "the coordinates came with the row",
}
DATE_BASIS = {
    "reported": "the report or the table gives the date, or a reviewer set it",
    "inferred": "undated main news of a report: the day of publication or the day before",
    "none": "no date: open, or known only to be before the publication",
}
ATTACKER_BASIS = {
    "reported": "a report names the attacker",
    "inferred": "from the weapon's direction: the struck country's opponent; of a table's row, from its own words",
    "": "not known",
}
SPEAKER_KINDS = {
    "official": "a government, a governor, an authority",
    "military": "armed forces or a defence ministry",
    "anonymous_source": "an unnamed source",
    "media": "news media, channels",
    "analyst": "an expert or an observer",
    "company": "a firm",
    "": "not known",
}
STANCES = {
    "claims": "says that its own side did it",
    "confirms": "says that it happened",
    "denies": "says that it did not happen",
    "no_comment": "neither confirms nor denies",
    "blames_other_side": "says that another side than the one accused did it",
}
VERDICTS = {
    "agrees": "within 10 % or 5 km of the computed distance, 15 % with a hedge",
    "compatible": "lies within the distances of the area",
    "overstated": "greater than the computed distance",
    "understated": "smaller than the computed distance",
    "unit slip": "agrees in another unit",
    "other place": "agrees for another place of the same name",
    "other reference": "measured from something else than the border",
    "not checked": "the strike has no computed distance",
}
# The units in which reports state distances, in kilometres.
KM_PER_UNIT = {"km": 1.0, "mi": 1.609344, "nmi": 1.852}
# Worst first: a strike with several stated distances shows the first of these that occurs.
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
    "part_of": "one lies in the area of the other",
    "possibly_same": "may be one event; nothing decides it",
    "different_because": "alike, and kept apart for the reason given",
}
QUANTITY_KINDS = {
    "weapons": "weapons that were sent, or that came",
    "weapons shot down": "weapons that were shot down",
    "killed": "persons who died",
    "injured": "persons who were hurt",
    "tanks": "tanks of oil or fuel",
    "volume": "oil, fuel or gas",
    "mass": "fuel or goods",
    "explosions": "explosions that were heard",
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
    "bound": "no nearer than the minimum and no farther than the maximum",
    "": "not measured",
}
# Code -> why the row is not in the result.
QUARANTINE_CODES = {
    "BAD_TEXT": "bytes that are no text, or no text at all",
    "TOO_LONG": "longer than the limit",
    "BAD_DATE": "a date that cannot be read",
    "AMBIGUOUS_DATE": "a date that can be read in two ways",
    "FUTURE_DATE": "a date that has not been yet",
    "BAD_COORD": "a coordinate that is no number",
    "OUT_OF_RANGE": "a coordinate outside the globe",
    "SWAPPED_COORD": "latitude and longitude seem to be swapped",
    "RAGGED_ROW": "more or fewer fields than the header",
    "DUPLICATE_ID": "an id, or a report with the same text, date and address, that was there before",
    "NULL_GEOMETRY": "a feature without geometry",
    "BAD_GEOMETRY": "a geometry that cannot be used",
    "MISSING_VALUE": "a required value is missing",
    "OUT_OF_WINDOW": "outside the dates that were asked for",
    "REJECTED": "a reviewer rejected it",
    "NOT_A_STRIKE": "an event that is no strike, as the schema of its table tells strikes",
    "LIMIT": "opening it took more time or memory than is allowed, or the process that read it died",
    "FAULT": "reading it failed in a way that geostrike does not know; please report it",
}
NO_FAULT = ("OUT_OF_WINDOW", "REJECTED", "NOT_A_STRIKE")
"""Codes of rows that were read well and are left out all the same."""
# Code -> what is unusual about a row that stays.
WARNING_CODES = {
    "PARTIAL_DATE": "the date is open or not told",
    "DATE_RANGE": "the date is an interval of more than one night",
    "UNKNOWN_PLACE": "no place could be found for the name",
    "AMBIGUOUS_PLACE": "the name fits several places",
    "NO_PUBLICATION_DATE": "the report has no publication date, so its relative dates stay open",
    "FAR_FROM_NAME": "the name of the place means one that is far from the coordinates of the row",
    "UNKNOWN_TARGET": "the kind of target is not told",
    "REPAIRED": "a value was repaired, and how is said",
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
    most: float | None = None  # of a length; what is longer, or less than nothing, is none
    empty: str = ""  # of a text; the word for a missing value


@dataclass(frozen=True)
class Table:
    """One table: its name, what a row is, and its columns in order."""

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
    """A length on the earth in kilometres: at most its circumference."""
    return Column(name, "float", meaning, unit="km", most=40_100.0)


def _count(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, "int", meaning, unit=unit)


def _span(of: str) -> tuple[Column, Column]:
    return (
        _count("start", f"where {of} begins in the report's text", "character"),
        _count("end", f"where {of} ends, exclusive", "character"),
    )


REPORTS = Table(
    "reports",
    "one published text",
    (
        _text("report_id", "hash of the text, with the date and the address that the report itself carries"),
        _text("path", "file it was read from, relative to the input"),
        _text("title", "title"),
        _text("publisher", "publisher, as far as known"),
        _date("published", "publication date"),
        _text("published_basis", "where the publication date comes from", PUBLISHED_BASIS),
        _text("language", "ISO 639-1 code"),
        _text("url", "web address"),
        _text("text", "the text that all character offsets refer to"),
        _text("reprint_of", "the report whose text this one repeats almost word for word, if any"),
    ),
)
MENTIONS = Table(
    "mentions",
    "one place name in a report",
    (
        _text("report_id", "report"),
        *_span("the name"),
        _text("text", "the name as written"),
        _text("role", "what the place does in the sentence", ROLES),
        _text("record_id", "the record it belongs to, if any"),
        _text("place_id", "gazetteer id, if resolved"),
        _text("place", "name of the place, if resolved"),
        _text("place_kind", "kind of the place, if resolved", PLACE_KINDS),
        _text("country", "ISO 3166-1 alpha-3, if resolved"),
        _text("place_status", "outcome of looking the name up", PLACE_STATUSES),
    ),
)
_DATES = (
    _date("date_start", "first day on which it can have happened; NaT where open"),
    _date("date_end", "last day on which it can have happened; NaT where open"),
    _text("date_precision", "how closely the date is told", DATE_PRECISIONS),
    _text("date_as_written", "the words that tell the date"),
    _text("date_basis", "whether the date is reported or inferred", DATE_BASIS, empty="none"),
)
_WHAT = (
    _text("target_kind", "what was hit or aimed at", TARGET_KINDS),
    _text("weapon", "with what", WEAPONS),
    _text("attacker", "country of the attacking side, ISO 3166-1 alpha-3"),
    _text("attacker_basis", "whether the attacker is reported or inferred", ATTACKER_BASIS),
    _text("target_side", "country of the side that was aimed at, ISO 3166-1 alpha-3"),
    _text("status", "how sure it is, by the rule of status", STATUSES),
)
RECORDS = Table(
    "records",
    "one strike as one report tells it",
    (
        _text("record_id", "hash of report and span"),
        _text("report_id", "report"),
        *_span("the passage that tells it"),
        _text("quote", "the passage"),
        _text("place_as_written", "the place name; empty where none is told"),
        _count("place_start", "where the name begins; -1 where none", "character"),
        _count("place_end", "where the name ends; -1 where none", "character"),
        _text("country_hint", "country that the text puts it in, ISO 3166-1 alpha-3"),
        _text("admin1_hint", "region that the text puts it in, as written"),
        _text("kind_hint", "kind of place that the text speaks of", PLACE_KINDS),
        *_DATES,
        *_WHAT,
    ),
)
_RESOLVED = (
    _text("place_id", "gazetteer id"),
    _text("place", "name of the place"),
    _text("place_kind", "kind of the place", PLACE_KINDS),
    _text("country", "country whose recognised territory it lies in, ISO 3166-1 alpha-3"),
    _text("admin1", "first-level region, ISO 3166-2"),
    _text("place_status", "outcome of looking the name up", PLACE_STATUSES),
    _text("place_reason", "the outcome in words"),
    _text("place_candidates", "the best candidates, id and name, separated by ' | '"),
    _length("radius_km", "radius that covers the place"),
    _number("geo_precision", "ACLED's code of spatial precision, 1 to 3; NaN where none", "code"),
    Column("geometry", "geometry", "a point when resolved or given, none otherwise", unit="EPSG:4326"),
)
RESOLVED = Table("resolved", "what looking a name up adds to a table", _RESOLVED)
CLAIMS = Table(
    "claims",
    "what one speaker says of one strike",
    (
        _text("claim_id", "hash of record, span and speaker"),
        _text("report_id", "report"),
        _text("record_id", "record that it speaks of"),
        _text("strike_id", "strike that it speaks of; empty before merging"),
        _text("speaker", "who says it, as written"),
        _text("speaker_side", "the speaker's country, ISO 3166-1 alpha-3"),
        _text("speaker_kind", "kind of speaker", SPEAKER_KINDS),
        _text("stance", "what the speaker says of it", STANCES),
        *_span("the quote"),
        _text("quote", "the words"),
    ),
)
DISTANCES = Table(
    "distances",
    "one distance that a report states for a strike",
    (
        _text("report_id", "report"),
        _text("record_id", "record"),
        _text("strike_id", "strike; empty before merging"),
        _number("value", "the number as stated", "as in unit"),
        _text("unit", "the unit as stated: km, mi or nmi"),
        _number("value_km", "the number in kilometres", "km"),
        _text("hedge", "the hedging word as written, empty where none"),
        _text("reference", "what it is measured from: border, front line, or a place name"),
        *_span("the quote"),
        _text("quote", "the words"),
        _number("computed_min_km", "computed depth, minimum", "km"),
        _number("computed_max_km", "computed depth, maximum", "km"),
        _text("verdict", "how the two compare", VERDICTS),
    ),
)
QUANTITIES = Table(
    "quantities",
    "one number that a report tells of a strike",
    (
        _text("report_id", "report"),
        _text("record_id", "record"),
        _text("strike_id", "strike; empty before merging"),
        _text("what", "of what it is the number", QUANTITY_KINDS),
        _number("value", "the number as stated", "as in unit"),
        _text("unit", "persons, m3, t, or the kind of weapon; empty for things that are counted"),
        _text("hedge", "the hedging word as written, empty where none"),
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
    _text("border_id", "which line, definition and version"),
    _text("side", "where it lies as the attacker sees it", SIDES),
    _text("depth_reason", "why there is no depth; empty where there is one"),
)
STRIKES = Table(
    "strikes",
    "one strike that reports tell of",
    (
        _text("strike_id", "id of the strike's earliest member"),
        *_DATES,
        _text("place_as_written", "the place name as its first report writes it"),
        *_RESOLVED,
        *_WHAT,
        _text("struck_country", "country whose recognised territory the place lies in, ISO 3166-1 alpha-3"),
        _count("n_reports", "number of reports that tell of it"),
        _text("report_ids", "the reports, separated by spaces"),
        _text("source_id", "the id that the source gave it, if any"),
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
    "how two strikes, or two records, stand to each other",
    (
        _text("left_id", "strike"),
        _text("right_id", "strike; for `same`, the record that was merged into it"),
        _text("relation", "how they stand to each other", RELATION_KINDS),
        _text("reason", "why, in words"),
    ),
)
DECISIONS = Table(
    "decisions",
    "one decision of a reviewer on a record, or on two",
    (
        _text("record_id", "record"),
        _text("other_id", "for same and apart: the other record"),
        _text("decision", "accept, reject or change; same or apart"),
        _text("note", "why, in the reviewer's words"),
        _text("place_id", "for a change: the gazetteer id of the place"),
        _text("date_start", "for a change: first day, YYYY-MM-DD"),
        _text("date_end", "for a change: last day, YYYY-MM-DD"),
        _text("target_kind", "for a change: what was hit"),
        _text("weapon", "for a change: with what"),
        _text("attacker", "for a change: country of the attacking side"),
        _text("target_side", "for a change: country of the side that was aimed at"),
        _text("status", "for a change: how sure it is"),
    ),
)
QUARANTINE = Table(
    "quarantine",
    "one input that could not be used",
    (
        _text("path", "file, relative to the input"),
        _count("line", "line in the file; 0 where the whole file is meant"),
        _text("code", "why", QUARANTINE_CODES),
        _text("reason", "why, in words"),
        _text("content", "the beginning of what was refused"),
    ),
)

_PANDAS = {"text": "str", "date": "datetime64[s]", "float": "float64", "int": "int64", "geometry": "object"}


def empty_table(table: Table) -> pd.DataFrame:
    """An empty DataFrame with the table's columns and types (geometry as objects).

    Examples
    --------
    >>> empty_table(MEMBERS).columns.tolist()
    ['strike_id', 'record_id', 'report_id']
    """
    return pd.DataFrame({c.name: pd.Series(dtype=_PANDAS[c.dtype]) for c in table.columns})


def build_table(table: Table, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A DataFrame of the rows with the table's columns in order and in type; what a row lacks is missing.

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
    """A frame whose columns are found by one name each, with its dates and numbers in the table's types.

    Dates may be texts (ISO) or bear a time zone, and numbers be texts: they are made dates and numbers. Columns that
    are missing stay missing.

    Raises
    ------
    TableError
        If it is no DataFrame, a column is there twice, or a cell is no date or no number.

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
                    msg = f"{table.name}, row {row}: {column.name} is {str(value)[:60]!r}, which is no {what}"
                    raise TableError(msg)
                changed[column.name] = typed
    return frame.assign(**changed) if changed else frame


def _check_frame(frame: Any, table: Table) -> None:
    if not isinstance(frame, pd.DataFrame):
        msg = f"the {table.name} table is a {type(frame).__name__}; give a DataFrame"
        raise TableError(msg)
    if frame.columns.nlevels > 1:
        msg = f"the {table.name} table has names of columns of {frame.columns.nlevels} levels; give it plain ones"
        raise TableError(msg)
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        msg = f"the {table.name} table has the column {str(twice[0])[:60]!r} twice; drop or rename one"
        raise TableError(msg)


def _as_dates(cells: pd.Series[Any]) -> pd.Series[Any] | None:
    """The column as dates without a time zone; None where it is that already."""
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
    """A time without its distance from UTC: the day is the one that is written."""
    return _OFFSET.sub("", cell) if isinstance(cell, str) and ":" in cell else cell


def _as_numbers(cells: pd.Series[Any]) -> pd.Series[Any] | None:
    """The column as numbers; None where it is that already."""
    if isinstance(cells.dtype, np.dtype) and cells.dtype.kind in "fi":
        return None
    try:
        return pd.to_numeric(cells.astype(object), errors="coerce").astype("float64")
    except (TypeError, ValueError, OverflowError):
        return pd.Series(float("nan"), index=cells.index)


def check_table(frame: pd.DataFrame, table: Table, *, columns: list[str] | None = None) -> None:
    """Refuse a frame that lacks a column, has one twice or of another type, or holds a word outside a vocabulary.

    Parameters
    ----------
    frame
        The table to check; it may have further columns.
    table
        What it should be.
    columns
        The columns that must be there; all of the table's by default.

    Raises
    ------
    TableError
        Naming the first column that is missing, double or of another type, or the first value with its row that is an
        unknown word or no length.

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


# What a column of each type may be made of, and how one that is not is mended.
_IS_TYPE: dict[Dtype, tuple[Callable[[Any], bool], str]] = {
    "float": (pd.api.types.is_numeric_dtype, "make numbers of it with pandas.to_numeric"),
    "int": (pd.api.types.is_numeric_dtype, "make numbers of it with pandas.to_numeric"),
}


def _check_type(frame: pd.DataFrame, table: Table, column: Column) -> None:
    values = frame[column.name]
    if isinstance(values, pd.DataFrame):
        msg = f"{table.name}: the column {column.name!r} is there {values.shape[1]} times; keep one of them"
        raise TableError(msg)
    is_type, remedy = _IS_TYPE.get(column.dtype, (None, ""))
    if is_type is not None and not is_type(values.dtype) and values.notna().any():
        msg = f"{table.name}: {column.name} is of the type {values.dtype}, which is no {column.dtype}; {remedy}"
        raise TableError(msg)


def _check_lengths(frame: pd.DataFrame, table: Table, column: Column) -> None:
    """Refuse what is longer than any way on the earth."""
    values = pd.to_numeric(frame[column.name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = np.abs(values) > (column.most or np.inf)
    if bad.any():
        at = int(bad.argmax())
        row, value = frame.index[at], values[at]
        msg = f"{table.name}, row {row}: {column.name} is {value:g}; the earth's circumference is {column.most:,.0f} km"
        raise TableError(msg)


def days_of(frame: pd.DataFrame, column: str) -> pd.Series[pd.Timestamp]:
    """A column of days, which a table that was read with pandas may hold as words such as 2024-01-25.

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
        msg = f"{column}: {cells[wrong].iloc[0]!r} is no date; write days as 2024-01-25"
        raise TableError(msg)
    return days


def sound_text(text: str) -> str:
    r"""The text without halves of characters, which JSON and Python can write and no file can hold.

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
