"""The tables of the report page: strikes with claims and sources, stated distances, quarantine."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any

import pandas as pd

from geostrike.report.excerpts import ReadReport, is_web_address
from geostrike.report.wording import (
    Countries,
    as_date,
    count_of,
    days,
    is_known,
    readable,
    route,
    rows_of,
    status_words,
)
from geostrike.tables import KM_PER_UNIT, STANCES, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ShownStrike", "Source", "band_rows", "quarantine_rows", "stated_rows", "strike_rows"]

STANCE_WORDS = {
    "claims": "claim",
    "confirms": "confirmation",
    "denies": "denial",
    "no_comment": "neither confirmation nor denial",
    "blames_other_side": "blame on the other side",
}


@dataclass(frozen=True)
class Source:
    """A report on a strike: its name, web address, and anchor on the page."""

    name: str
    url: str
    anchor: str


@dataclass(frozen=True)
class ShownStrike:
    """A strike as shown in the table; `day` and `depth` are for sorting."""

    place: str
    written: str
    date: str
    day: int
    target: str
    weapon: str
    direction: str
    status: str
    depth_km: str
    depth_miles: str
    range_km: str
    depth: float
    aside: str
    claims: list[tuple[str, str, str]] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)

    @property
    def contents(self) -> str:
        """The summary of the row's details."""
        claims = f"{count_of(len(self.claims), 'claim')}, " if self.claims else ""
        return f"{claims}{count_of(len(self.sources), 'source')}"


def strike_rows(
    strikes: pd.DataFrame,
    claims: pd.DataFrame,
    reports: pd.DataFrame,
    read: list[ReadReport],
    countries: Countries,
    *,
    most: int = 500,
) -> list[ShownStrike]:
    """The first strikes by date; those without a date come last."""
    dates = strikes[["date_start", "date_end"]].reset_index(drop=True)
    order = strikes.iloc[dates.sort_values(["date_start", "date_end"], na_position="last", kind="stable").index[:most]]
    said: dict[str, list[Any]] = {}
    for claim in rows_of(claims[claims["strike_id"].isin(order["strike_id"])]):
        said.setdefault(claim.strike_id, []).append(claim)
    sources = _sources(reports, read)
    return [_strike(row, said.get(row.strike_id, []), sources, countries) for row in rows_of(order)]


def _strike(row: Any, claims: list[Any], sources: Mapping[str, Source], countries: Countries) -> ShownStrike:
    place, written = readable(row.place, 120), readable(row.place_as_written, 120)
    measured = is_known(row.depth_km)
    low_high = is_known(row.depth_min_km, row.depth_max_km)
    attacker, struck = (countries.name(str(code)) for code in (row.attacker, row.struck_country or row.target_side))
    day = row.date_start if pd.notna(row.date_start) else row.date_end
    reports = [sources.get(key) or Source(readable(key, 40), "", "") for key in str(row.report_ids).split()]
    return ShownStrike(
        place=place or written or ("unnamed point" if row.place_status == "given" else "no place named"),
        written=f"as written: {written}"
        if place and written and written != place
        else ""
        if place or row.place_status == "given"
        else str(row.place_status),
        date=days(row.date_start, row.date_end, row.date_precision),
        day=int(day.timestamp() // 86400) if pd.notna(day) else 10**6,
        target=readable(row.target_kind, 60),
        weapon=readable(row.weapon, 60),
        direction=route(attacker, struck),
        status=status_words(str(row.status)),
        depth_km=f"{row.depth_km:,.0f}" if measured else "–",
        depth_miles=f"{row.depth_km / KM_PER_UNIT['mi']:,.0f}" if measured else "–",
        range_km=f"{row.depth_min_km:,.0f}–{row.depth_max_km:,.0f}" if low_high else "–",
        depth=float(row.depth_km) if measured else -1.0,
        aside={"home": "own territory", "outside": "in neither country"}.get(str(row.side), ""),
        claims=[_claim(claim, countries) for claim in claims],
        sources=list(dict.fromkeys(reports)),
    )


def _claim(row: Any, countries: Countries) -> tuple[str, str, str]:
    """The speaker, the stance and the quote."""
    side = f" ({countries.name(str(row.speaker_side))})" if row.speaker_side else ""
    stance = STANCE_WORDS.get(str(row.stance), STANCES.get(str(row.stance), str(row.stance)))
    return f"{readable(row.speaker, 120) or 'unnamed speaker'}{side}", stance, readable(row.quote, 300)


def _sources(reports: pd.DataFrame, read: list[ReadReport]) -> dict[str, Source]:
    """The name, address and anchor of each report, by id."""
    found = {}
    for number, row in enumerate(rows_of(reports)):
        parts = [part for part in (readable(row.publisher, 120), readable(row.title, 160)) if part]
        if pd.notna(row.published):
            parts.append(as_date(row.published))
        url = str(row.url).strip()
        found[row.report_id] = Source(
            name=", ".join(parts) or readable(row.path, 120) or readable(row.report_id, 40),
            url=url if is_web_address(url) else "",
            anchor=read[number].key if number < len(read) else "",
        )
    return found


def stated_rows(distances: pd.DataFrame, strikes: pd.DataFrame, *, most: int = 200) -> list[dict[str, str]]:
    """Stated distances and computed ones, as a table."""
    first = distances.head(most)
    known = strikes[strikes["strike_id"].isin(first["strike_id"])].drop_duplicates("strike_id").set_index("strike_id")
    rows = []
    for row in rows_of(first):
        strike = known.loc[row.strike_id] if row.strike_id in known.index else None
        computed = is_known(row.computed_min_km, row.computed_max_km)
        rows.append(
            {
                "place": readable(strike["place"] or strike["place_as_written"], 80) if strike is not None else "–",
                "target": readable(strike["target_kind"], 60) if strike is not None else "",
                "stated": f"{row.value_km:,.0f}",
                "at_point": f"{strike['depth_km']:,.0f}"
                if strike is not None and is_known(strike["depth_km"])
                else "–",
                "computed": f"{row.computed_min_km:,.0f}–{row.computed_max_km:,.0f}" if computed else "–",
                "verdict": str(row.verdict),
                "meaning": VERDICTS.get(str(row.verdict), ""),
                "quote": readable(row.quote, 200),
            }
        )
    return rows


def band_rows(shares: pd.DataFrame) -> list[dict[str, str]]:
    """The number of strikes of one direction by band of depth, and their share with its interval."""
    return [
        {
            "colour": f"depth{number}",
            "km": _band(row.from_km, row.to_km, 1.0),
            "miles": _band(row.from_km, row.to_km, KM_PER_UNIT["mi"]),
            "strikes": f"{row.strikes:,}",
            "share": f"{100 * row.share:.0f}",
            "places": _percent(row.share_place_low, row.share_place_high),
        }
        for number, row in enumerate(rows_of(shares))
    ]


def _band(from_km: float, to_km: float, unit: float) -> str:
    low, high = f"{from_km / unit:,.0f}", f"{to_km / unit:,.0f}"
    return f"under {high}" if from_km == 0 else f"from {low}" if to_km == inf else f"{low}–{high}"


def _percent(low: float, high: float) -> str:
    if not is_known(low, high):
        return "–"
    ends = [f"{100 * share:.0f}" for share in (low, high)]
    return ends[0] if ends[0] == ends[1] else "–".join(ends)


def quarantine_rows(quarantine: pd.DataFrame, meanings: Mapping[str, str], *, most: int = 200) -> list[dict[str, str]]:
    """The first quarantined rows."""
    return [
        {
            "where": readable(row.path, 120) + (f", line {int(row.line)}" if row.line and row.line > 0 else ""),
            "code": str(row.code),
            "meaning": meanings.get(str(row.code), ""),
            "reason": readable(row.reason, 300),
            "content": readable(row.content, 160),
        }
        for row in rows_of(quarantine.head(most))
    ]
