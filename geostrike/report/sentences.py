"""The sentences of the report page, all generated from the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from geostrike.places.place import AREA_KINDS
from geostrike.report.wording import (
    Countries,
    Sentence,
    as_date,
    count_of,
    days,
    distance,
    distance_range,
    enumeration,
    is_known,
    number_word,
    readable,
    rows_of,
    sentence_case,
    times,
)
from geostrike.stats import measured_rows
from geostrike.tables import KM_PER_UNIT, STATUSES, VERDICT_ORDER

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

__all__ = [
    "apart_sentences",
    "depth_sentences",
    "direction_sentences",
    "home_sentences",
    "region_sentences",
    "related_sentences",
    "stated_sentences",
    "trend_sentence",
    "undated_sentences",
    "unlocated_sentences",
]

Row = Any  # a row of a table, as a named tuple

MANY = 10  # measured strikes, from which on nine in ten is worth a sentence
_OFTEN = {1: "once", 2: "twice"}


# --- one direction of fire -------------------------------------------------------------------------------------------


def direction_sentences(direction: str, strikes: pd.DataFrame, countries: Countries) -> list[Sentence]:
    """The number of strikes of one direction, their period and status, and how many could be located."""
    number = count_of(len(strikes), "strike")
    sentences = [Sentence(f"The reports describe {number} {countries.phrase(direction)}{_period(strikes)}.")]
    statuses = strikes["status"].value_counts()
    words = [f"{count_of(int(statuses[s]), 'is', 'are')} {STATUSES[s].phrase}" for s in STATUSES if s in statuses.index]
    if len(strikes) > 1:
        sentences.append(Sentence(f"Of these, {enumeration(words)}."))
    elif len(strikes):
        sentences.append(Sentence(f"It is {STATUSES[str(statuses.index[0])].phrase}."))
    located = strikes["place_status"].isin(["resolved", "given"])
    rough, lost = int((located & strikes["place_kind"].isin(AREA_KINDS)).sum()), int((~located).sum())
    parts = (
        [f"{number_word(rough)} {'is' if rough == 1 else 'are'} known only to a region or district"] if rough else []
    )
    parts += [f"{number_word(lost)} could not be located"] if lost else []
    return [*sentences, Sentence(f"{sentence_case(enumeration(parts))}.")] if parts else sentences


def _period(strikes: pd.DataFrame) -> str:
    """The period from the first to the last known day, and the number of undated strikes."""
    closed = strikes["date_start"].notna() & strikes["date_end"].notna()
    dated, undated = strikes[closed], int((~closed).sum())
    if dated.empty:
        return ", without a date" if undated else ""
    first, last = dated["date_start"].min(), dated["date_end"].max()
    between = f"on {as_date(first)}" if first == last else f"between {as_date(first)} and {as_date(last)}"
    return f", {between}" + (f"; {undated:,} of them cannot be dated" if undated else "")


def apart_sentences(direction: str, strikes: pd.DataFrame, countries: Countries) -> Sentence:
    """One sentence on another direction of fire, which is listed separately."""
    number = f"{number_word(len(strikes))} strike{'' if len(strikes) == 1 else 's'}"
    kept = "is listed separately" if len(strikes) == 1 else "are listed separately"
    return Sentence(f"{sentence_case(number)} {countries.phrase(direction)} {kept}.")


def depth_sentences(row: Mapping[Hashable, Any], strikes: pd.DataFrame, records: pd.DataFrame) -> list[Sentence]:
    """The depth of the strikes of one direction: median, ninth decile, farthest, and records."""
    measured = int(row["with_depth"])
    known = strikes[measured_rows(strikes)]
    if not measured:
        return [Sentence("None of them has a measured depth.")]
    if measured == 1:
        only = known.iloc[0]
        return [Sentence(f"The one measured strike is {distance(row['median_km'])} from the border.", _reach(only))]
    sentences = [
        Sentence(
            f"Half of the {measured:,} measured strikes are within {distance(row['median_km'])} of the border; "
            f"the mean is {distance(row['mean_km'])}.",
            _intervals(row, "median"),
        )
    ]
    if measured >= MANY:
        sentences.append(Sentence(f"Nine in ten are within {distance(row['p90_km'])}.", _intervals(row, "p90")))
    return [*sentences, *_farthest(known), *_records(records)]


def _intervals(row: Mapping[Hashable, Any], figure: str) -> str:
    """The two intervals of a figure, with their meaning."""
    place, sample = ([row[f"{figure}_{kind}_{end}_km"] for end in ("low", "high")] for kind in ("place", "sample"))
    name = {"median": "The median", "p90": "That bound"}[figure]
    parts = []
    if is_known(*place):
        parts.append(f"{distance_range(*place)} given the precision of the places")
    if is_known(*sample):
        parts.append(f"{distance_range(*sample)} if these strikes are a sample")
    return f"{name} is {'; '.join(parts)} (90 % interval{'s' if len(parts) > 1 else ''})." if parts else ""


def _reach(strike: Any) -> str:
    """The range of the distance over the extent of the place."""
    low, high = strike["depth_min_km"], strike["depth_max_km"]
    return f"{distance_range(low, high)} over the extent of the place." if is_known(low, high) else ""


def _farthest(known: pd.DataFrame) -> list[Sentence]:
    """The farthest strike; if it is known only to an area, also the farthest at a town or site."""
    farthest = known.iloc[int(known["depth_km"].to_numpy().argmax())]
    sentences = [
        Sentence(
            f"The farthest is {_named(farthest)}, {distance(farthest['depth_km'])} from the border.", _reach(farthest)
        )
    ]
    closely = known[~known["place_kind"].isin(AREA_KINDS)]
    if farthest["place_kind"] in AREA_KINDS and len(closely):
        close = closely.iloc[int(closely["depth_km"].to_numpy().argmax())]
        sentences.append(
            Sentence(
                f"That place is a whole {farthest['place_kind']}. The farthest strike at a known town or site is "
                f"{_named(close)}, {distance(close['depth_km'])} from the border.",
                _reach(close),
            )
        )
    return sentences


def _named(strike: Any) -> str:
    """A strike by its place, target and date."""
    what = readable(strike["target_kind"], 60)
    when = days(strike["date_start"], strike["date_end"], strike["date_precision"])
    return f"{readable(strike['place'], 80)} ({', '.join(part for part in (what, when) if part)})"


def _records(records: pd.DataFrame) -> list[Sentence]:
    """How the record distance rose, if it did."""
    if len(records) < 2:
        return []
    last, before = records.iloc[-1], records.iloc[-2]
    rose = _OFTEN.get(len(records) - 1, f"{number_word(len(records) - 1)} times")
    text = (
        f"Among the dated strikes, the record distance rose {rose}{',' if rose == 'once' else ', last'} on "
        f"{as_date(last['date'])} with {readable(last['place'], 80)}, {distance(last['depth_km'])}: "
        f"{count_of(int(last['days']), 'day')} after {readable(before['place'], 80)}, {distance(before['depth_km'])}."
    )
    farther = int(last["undated_farther"])
    undated = "strike without a date is" if farther == 1 else "strikes without a date are"
    return [Sentence(text, f"{sentence_case(number_word(farther))} {undated} farther still." if farther else "")]


def trend_sentence(trend: Mapping[Hashable, Any]) -> Sentence:
    """The trend of depth over time, or that there are too few strikes for one."""
    if trend["verdict"] == "too few":
        number = int(trend["strikes"])
        dated = f"{number_word(number)} dated strike{'' if number == 1 else 's'}"
        return Sentence(f"{sentence_case(dated)} {'is' if number == 1 else 'are'} too few to show a trend over time.")
    slope, low, high = (trend[f"{name}km_per_year"] for name in ("", "low_", "high_"))
    verdicts = {"rising": "Over time the strikes reach farther", "falling": "Over time the strikes reach less far"}
    text = verdicts.get(str(trend["verdict"]), "There is no clear trend of depth over time")
    miles = slope / KM_PER_UNIT["mi"]
    note = f"{low:+,.0f} to {high:+,.0f} km a year (90 % interval, assuming independent strikes)."
    minus = str.maketrans("-", "\N{MINUS SIGN}")
    return Sentence(f"{text}: {slope:+,.0f} km ({miles:+,.0f} miles) a year.".translate(minus), note.translate(minus))


# --- stated against computed -----------------------------------------------------------------------------------------


def stated_sentences(distances: pd.DataFrame, strikes: pd.DataFrame) -> Iterator[Sentence]:
    """Stated distances compared with computed ones, the worst verdicts first, without repetition."""
    known = _by_id(strikes, distances["strike_id"])
    rank = {verdict: number for number, verdict in enumerate(VERDICT_ORDER)}
    order = distances.assign(rank=distances["verdict"].map(rank)).sort_values("rank", kind="stable")
    seen = set()
    for row in rows_of(order):
        sentence = _stated(row, known.loc[row.strike_id] if row.strike_id in known.index else None)
        if sentence not in seen:
            seen.add(sentence)
            yield sentence


def _by_id(strikes: pd.DataFrame, ids: pd.Series[str]) -> pd.DataFrame:
    """The strikes with these ids, by id."""
    return strikes[strikes["strike_id"].isin(ids)].drop_duplicates("strike_id").set_index("strike_id")


def _stated(row: Row, strike: Any) -> Sentence:
    place = readable(strike["place"] or strike["place_as_written"], 80) if strike is not None else "An unnamed place"
    stated = f"“{readable(row.quote, 160)}” ({_in_the_other_unit(row)})"
    if strike is None or not is_known(strike["depth_km"], row.computed_min_km, row.computed_max_km):
        return Sentence(f"{place}: a report states {stated}; there is no computed distance to compare it with.")
    if row.verdict == "other reference":
        reference = readable(row.reference, 60) or "something else"
        return Sentence(f"{place}: a report states {stated}, measured from {reference}, not from the border.")
    computed = distance_range(row.computed_min_km, row.computed_max_km)
    if row.verdict == "compatible":
        return Sentence(
            f"{place}: a report states {stated}, which is within the computed range for the whole "
            f"{strike['place_kind']}, {computed}."
        )
    if row.verdict == "agrees":
        return Sentence(
            f"{place}’s stated distance, {stated}, agrees with the computed one, {distance(strike['depth_km'])}."
        )
    return _disagreement(row, strike, place, stated)


def _in_the_other_unit(row: Row) -> str:
    """The stated value in kilometres, or in miles if it was stated in kilometres."""
    miles = row.value_km / KM_PER_UNIT["mi"]
    return f"{miles:,.0f} miles" if row.unit == "km" else f"{row.value_km:,.0f} km"


def _disagreement(row: Row, strike: Any, place: str, stated: str) -> Sentence:
    """How far a stated distance is from the computed one; for an area, from its nearer end."""
    area = strike["place_kind"] in AREA_KINDS
    end = "greatest" if row.value_km > row.computed_max_km else "least"
    nearest = {"greatest": row.computed_max_km, "least": row.computed_min_km}[end] if area else strike["depth_km"]
    ratio = times(row.value_km / nearest) if nearest > 0 else "not to be compared with"
    which = f"the {end} computed distance" if area else "the computed one"
    why = {
        "unit slip": f"It would agree in a unit other than {readable(row.unit, 10)}. ",
        "other place": "It would agree for another place of the same name. ",
    }.get(row.verdict, "")
    computed = distance_range(row.computed_min_km, row.computed_max_km)
    return Sentence(
        f"{place}’s stated distance, {stated}, is {ratio} {which}, {distance(nearest)}.",
        f"{why}{sentence_case(computed)} over the extent of the place.",
    )


# --- what is open ----------------------------------------------------------------------------------------------------


def region_sentences(strikes: pd.DataFrame) -> Iterator[Sentence]:
    """The strikes known only to an area, and why, grouped by area and wording."""
    rough = strikes[strikes["place_status"].isin(["resolved", "given"]) & strikes["place_kind"].isin(AREA_KINDS)]
    for names, part in rough.groupby(["place", "place_as_written", "place_kind"], sort=False):
        place, written, kind = map(str, names)
        low, high = part["depth_min_km"].min(), part["depth_max_km"].max()
        depth = f"; the depth is anywhere from {distance_range(low, high)}" if is_known(low, high) else ""
        why = (
            f"the report names “{readable(written, 80)}” and no closer place"
            if written
            else f"only the {kind} is given"
        )
        yield Sentence(f"{readable(place, 80)}{_targets(part['target_kind'])}: {why}{depth}.")


def _targets(targets: Iterable[object]) -> str:
    """The targets in brackets, and the number of strikes if there are more."""
    words = [str(target) for target in targets]
    named = [readable(word, 60) for word in dict.fromkeys(words) if word]
    number = [count_of(len(words), "strike")] if len(words) > max(1, len(named)) else []
    return f" ({', '.join([*named, *number])})" if named or number else ""


def unlocated_sentences(strikes: pd.DataFrame) -> Iterator[Sentence]:
    """The strikes that could not be located, and why."""
    lost = strikes[~strikes["place_status"].isin(["resolved", "given"])]
    for names, part in lost.groupby(["place_as_written", "place_status", "place_reason"], sort=False):
        written, status, reason = map(str, names)
        name = f"“{readable(written, 80)}”" if written else "No place is named"
        yield Sentence(f"{name}{_targets(part['target_kind'])}: {readable(reason, 200) or status}.")


def undated_sentences(strikes: pd.DataFrame, reports: pd.DataFrame) -> Iterator[Sentence]:
    """The undated strikes, and why, grouped by place and reason."""
    unpublished = set(reports.loc[reports["published"].isna(), "report_id"])
    unknown = strikes[strikes["date_start"].isna() | strikes["date_end"].isna()]
    alike = ["place", "place_as_written", "date_as_written", "date_start", "date_end", "report_ids"]
    for _, part in unknown.groupby(alike, sort=False, dropna=False):
        row = next(rows_of(part.head(1)))
        place = readable(row.place or row.place_as_written, 80) or "An unnamed place"
        yield Sentence(f"{place}{_targets(part['target_kind'])}: {_why_undated(row, unpublished)}.")


def _why_undated(row: Row, unpublished: set[str]) -> str:
    written = readable(row.date_as_written, 80)
    words = f"the report says “{written}”" if written else "the report gives no date"
    if pd.notna(row.date_start) or pd.notna(row.date_end):
        return f"{words}; it was {days(row.date_start, row.date_end)}"
    if written and unpublished.intersection(str(row.report_ids).split()):
        return f"{words}, and has no publication date to count from"
    return f"{words}, which gives no date" if written else words


def related_sentences(relations: pd.DataFrame, strikes: pd.DataFrame) -> Iterator[Sentence]:
    """The strikes that may be one event, or part of one, and why this is undecided."""
    known = _by_id(strikes, pd.concat([relations["left_id"], relations["right_id"]]))
    verbs = {"possibly_same": "may be one event", "part_of": "may be part of one event"}
    for row in rows_of(relations[relations["relation"].isin(list(verbs))]):
        if row.left_id in known.index and row.right_id in known.index:
            both = f"{_named(known.loc[row.left_id])} and {_named(known.loc[row.right_id])}"
            yield Sentence(f"{both} {verbs[row.relation]}: {readable(row.reason, 300)}.")


def home_sentences(strikes: pd.DataFrame, countries: Countries) -> Iterator[Sentence]:
    """The strikes inside the attacker's own recognised territory, or in neither country of the border."""
    where = {"home": "inside its own recognised territory", "outside": "in neither country of the border"}
    aside = strikes[strikes["side"].isin(list(where))]
    for row in map(aside.iloc.__getitem__, range(len(aside))):  # lazily: only the first ones are shown
        attacker = countries.name(str(row["attacker"])) or "an unnamed attacker"
        far = f", {distance(row['depth_km'])} from the border" if is_known(row["depth_km"]) else ""
        yield Sentence(f"{_named(row)}: {attacker} struck {where[row['side']]}{far}.")
