"""The report page: one file without network access that runs only its own two scripts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from geostrike import figures
from geostrike.errors import LeftOut
from geostrike.figures.style import COLUMN_INCHES, direction_of
from geostrike.maps import strike_map
from geostrike.places import Gazetteer
from geostrike.places.place import AREA_KINDS
from geostrike.report.changes import what_changed
from geostrike.report.choices import choices_of
from geostrike.report.document import STRICT, document
from geostrike.report.excerpts import MARKS, read_reports
from geostrike.report.method import method_of
from geostrike.report.publication import publication, publication_figures
from geostrike.report.rows import band_rows, quarantine_rows, stated_rows, strike_rows
from geostrike.report.sentences import (
    apart_sentences,
    depth_sentences,
    direction_sentences,
    home_sentences,
    region_sentences,
    related_sentences,
    stated_sentences,
    trend_sentence,
    undated_sentences,
    unlocated_sentences,
)
from geostrike.report.wording import Countries, Sentence, count_of, distance, distance_range, is_known, readable
from geostrike.stats import analyse
from geostrike.tables import NO_FAULT, QUARANTINE_CODES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from matplotlib.axes import Axes

    from geostrike.maps import StrikeMap
    from geostrike.results import Analysis, Comparison, Located

__all__ = ["report_page"]

MOST_STRIKES = 500
MOST_LISTED = 60  # sentences of one kind
MOST_EMBEDDED = 20_000  # strikes, above which an embedded map would take several megabytes
FEW = 5  # measured strikes that a direction needs for figures of its own
ALARMS = ("other place", "unit slip", "overstated", "understated")  # verdicts that the summary mentions
_PRINTED_INCHES = 7.2
MAP = "map.html"  # the name of the map where drawing it failed


def report_page(
    located: Located,
    *,
    title: str = "Reported strikes by date",
    full_text: bool = False,
    analysis: Analysis | None = None,
    gazetteer: Gazetteer | None = None,
    drawn_map: StrikeMap | None = None,
    compared: Comparison | None = None,
    left_out: LeftOut | None = None,
) -> str:
    """Render the report of a run as one HTML page without network access, computed from its tables.

    Parameters
    ----------
    located
        What `locate` returned.
    title
        The title of the page. Plain text.
    full_text
        Whether to show the whole reports with what was extracted; by default only short excerpts, since reports are
        other people's copyright.
    analysis
        The statistics of this run from `geostrike.stats.analyse`; computed by default.
    gazetteer
        For the names of countries; the shipped one by default.
    drawn_map
        The map of these strikes; drawn by default.
    compared
        The comparison with an earlier run (`geostrike.runs.compare.compare_runs`), for a section of its own.
    left_out
        What has failed so far; figures that fail are added. The page says so in their places.

    Examples
    --------
    >>> import geostrike
    >>> reports = pd.DataFrame({"text": ["Drones hit an oil depot in Belgorod on 1 April 2022, the governor said."]})
    >>> page = report_page(geostrike.locate(reports))
    >>> "The reports describe 1 strike by Ukraine in Russia" in page
    True
    """
    run, countries = publication(located), Countries(gazetteer or Gazetteer())
    left_out = LeftOut() if left_out is None else left_out
    figures_of_run = publication_figures(analysis or analyse(run, left_out=left_out))
    frame: str = ""
    policy: Mapping[str, list[str]] = STRICT
    if MAP not in left_out:
        with left_out.where_it_fails(MAP):
            frame, policy = _map_frame(run, title, drawn_map)
    with figures.drawing():
        context = _context(run, figures_of_run, countries, left_out, full_text=full_text)
    context |= {"title": readable(title, 300), "map": Markup(frame)}  # noqa: S704 - escaped by the map
    context["left_out"] = [(readable(name, 80), readable(why, 300)) for name, why in left_out.items()]
    context["map_fails"] = readable(left_out.get(MAP, ""), 300)
    context["changed"] = what_changed(compared, countries) if compared is not None else {}
    return document("report.html", context, script="report.js", framed=policy)


def _context(
    located: Located, analysis: Analysis, countries: Countries, left_out: LeftOut, *, full_text: bool
) -> dict[str, Any]:
    """The context of the template, except the map."""
    read = read_reports(
        located.reports, located.records, located.claims, located.mentions, located.distances, full_text=full_text
    )
    draw = _Drawing(left_out)
    sections = _directions(located, analysis, countries, draw)
    return {
        "printed_map": draw("map for print", "printed-map", lambda: _printed_map(located)),
        "run": located.run,
        "facts": _facts(located),
        "tiles": _tiles(located, sections),
        "sections": sections,
        "brief": _brief(located, sections),
        "home": _first(home_sentences(located.strikes, countries)),
        "stated": _stated(located, draw),
        "open": _open_questions(located),
        "precision": draw(
            "how closely places are known", "precision", lambda: figures.place_precision(located.strikes)
        ),
        "strikes": strike_rows(located.strikes, located.claims, located.reports, read, countries, most=MOST_STRIKES),
        "all_strikes": len(located.strikes),
        "quarantine": quarantine_rows(located.quarantine, QUARANTINE_CODES),
        "quarantined": int((~located.quarantine["code"].isin(NO_FAULT)).sum()),
        "read_but_left_out": int(located.quarantine["code"].isin(NO_FAULT).sum()),
        "read": read,
        "unread": len(located.reports) - len(read),
        "marks": MARKS,
        "full_text": full_text,
        "method": method_of(located),
    }


# --- the parts of the page -------------------------------------------------------------------------------------------


def _facts(located: Located) -> list[str]:
    """The line below the title: how much was read, and the border."""
    run = located.run
    given = int(run["rows_in"]) - sum(run.get("passed_over", {}).values())  # files of an earlier run are not reports
    other = "".join(f", {count:,} not read ({readable(code, 10)})" for code, count in run.get("not_read", {}).items())
    left = f", {int(run['quarantined']):,} in quarantine" if run["quarantined"] else ""
    return [
        count_of(len(located.strikes), "reported strike"),
        f"{int(run['ok']):,} of {count_of(given, 'report or row', 'reports or rows')} read{other}{left}",
        f"depth from the border {readable(located.border.border_id, 80)}",
    ]


def _directions(located: Located, analysis: Analysis, countries: Countries, draw: _Drawing) -> list[dict[str, Any]]:
    """A section per direction of fire across the border, the most frequent first."""
    strikes = located.strikes
    names = direction_of(strikes)
    records, shares, trends = analysis.records, analysis.bands, analysis.trend.set_index("direction")
    rows = [row for row in analysis.summary.to_dict("records") if row["home"] + row["outside"] < row["strikes"]]
    sections = []
    for number, row in enumerate(sorted(rows, key=lambda row: (-row["strikes"], row["direction"]))):
        name = str(row["direction"])
        part = strikes[(names == name) & ~strikes["side"].isin(["home", "outside"])]
        sentences = direction_sentences(name, part, countries)
        sentences += depth_sentences(row, part, records[records["direction"] == name])
        if name in trends.index and row["with_depth"] > 1:
            sentences.append(trend_sentence(trends.loc[name].to_dict()))
        sections.append(
            {
                "key": f"direction-{number}",
                "name": name,
                "heading": countries.headline(name),
                "other": number > 0,
                "apart": apart_sentences(name, part, countries),
                "row": row,
                **_first(sentences),
                "strikes": strike_rows(part, located.claims, located.reports, [], countries, most=MOST_LISTED),
                "more_strikes": max(0, len(part) - MOST_LISTED),
                "bands": band_rows(shares[shares["direction"] == name]) if row["with_depth"] >= FEW else [],
                "choices": choices_of(analysis.sensitivity, name, countries) if row["with_depth"] >= FEW else {},
                "figures": _figures(part, name, f"d{number}", draw) if row["with_depth"] >= FEW else [],
            }
        )
    return sections


def _brief(located: Located, sections: list[dict[str, Any]]) -> dict[str, Any]:
    """The sentences of the summary: the main direction, the others, and the worst stated distances."""
    if not sections:
        return {}
    main, *others = sections
    sentences = list(main["sentences"])
    alarms = located.distances[located.distances["verdict"].isin(ALARMS)]
    sentences += islice(stated_sentences(alarms, located.strikes), 2)
    return {"sentences": [*sentences, *(section["apart"] for section in others[:2])], "more": False}


def _figures(strikes: pd.DataFrame, direction: str, key: str, draw: _Drawing) -> list[dict[str, Any]]:
    """The figures of one direction, with captions, for wide and narrow pages."""

    def by_date(width: float = COLUMN_INCHES) -> Axes:
        return figures.depth_by_date(strikes, direction=direction, width=width)

    by_date_name = f"depth by date, {direction}"
    return [
        {
            "heading": "Depth by date",
            "note": "Each point is a strike; the bar is the range over the extent of its place; hollow points are "
            "places known only roughly. The line is the record distance so far, grey the median of months with at "
            "least three strikes.",
            "wide": draw(by_date_name, f"{key}-date-wide", lambda: by_date(_PRINTED_INCHES)),
            "narrow": draw(by_date_name, f"{key}-date", by_date),
        },
        {
            "heading": "Distribution of depth",
            "note": "Above, the number of strikes by distance from the border; below, the share of strikes up to each "
            "distance. Grey is the range over the extents of the places.",
            "wide": "",
            "narrow": draw(
                f"distribution of depth, {direction}",
                f"{key}-distribution",
                lambda: figures.depth_distribution(strikes, direction=direction),
            ),
        },
        {
            "heading": "Classes of depth over time",
            "note": "By the first possible day of each strike.",
            "wide": "",
            "narrow": draw(
                f"classes of depth, {direction}",
                f"{key}-bands",
                lambda: figures.depth_bands(strikes, direction=direction),
            ),
        },
    ]  # fmt: skip


def _tiles(located: Located, sections: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The headline figures; those of depth are for the most frequent direction."""
    strikes = located.strikes
    located_to = strikes["place_status"].isin(["resolved", "given"])
    tiles = [
        {
            "value": f"{len(strikes):,}",
            "name": "strike" if len(strikes) == 1 else "strikes",
            "note": f"{int(located_to.sum()):,} located, {int((~located_to).sum()):,} not",
        }
    ]
    row: dict[str, Any] = sections[0]["row"] if sections else {"with_depth": 0}
    if row["with_depth"]:
        place = row["median_place_low_km"], row["median_place_high_km"]
        tiles += [
            {
                "value": distance(row["median_km"]).replace(" (", "\n("),
                "name": f"median depth, {sections[0]['heading']}",
                "note": f"{distance_range(*place)} given the precision of the places" if is_known(*place) else "",
            },
            {
                "value": distance(row["max_km"]).replace(" (", "\n("),
                "name": f"the farthest: {readable(row['farthest_place'], 60)}",
                "note": _reach_of(strikes, row["farthest_id"]),
            },
        ]
    return tiles


def _reach_of(strikes: pd.DataFrame, strike_id: str) -> str:
    """The range of a strike's distance over the extent of its place."""
    strike = strikes[strikes["strike_id"] == strike_id].iloc[0]
    ends = strike["depth_min_km"], strike["depth_max_km"]
    what = f"the {strike['place_kind']}" if strike["place_kind"] in AREA_KINDS else "the place"
    return f"{distance_range(*ends)} over the extent of {what}" if is_known(*ends) else ""


def _stated(located: Located, draw: _Drawing) -> dict[str, Any]:
    def compared() -> Axes:
        return figures.stated_distances(located.distances, located.strikes)

    return {
        **_first(stated_sentences(located.distances, located.strikes)),
        "rows": stated_rows(located.distances, located.strikes),
        "figure": draw("stated distances", "stated", compared) if len(located.distances) else "",
        "all": len(located.distances),
    }


def _open_questions(located: Located) -> list[dict[str, Any]]:
    """What is unknown, by kind, with reasons."""
    strikes = located.strikes
    kinds = [
        ("Known only to a region", "regions", region_sentences(strikes)),
        ("Not located", "unlocated", unlocated_sentences(strikes)),
        ("Without a date", "undated", undated_sentences(strikes, located.reports)),
        ("Possibly the same event", "related", related_sentences(located.relations, strikes)),
    ]
    return [{"heading": heading, "key": key} | _first(sentences) for heading, key, sentences in kinds]


def _first(sentences: Iterable[Sentence]) -> dict[str, Any]:
    """The first sentences, and whether there are more."""
    rest = iter(sentences)
    return {"sentences": list(islice(rest, MOST_LISTED)), "more": next(rest, None) is not None}


# --- map and figures -------------------------------------------------------------------------------------------------


def _map_frame(located: Located, title: str, drawn: StrikeMap | None) -> tuple[str, Mapping[str, list[str]]]:
    """The map in a sandboxed frame, and its policy; no map for very many strikes."""
    if len(located.strikes) > MOST_EMBEDDED:
        return "", STRICT
    drawn = drawn or strike_map(
        located.strikes,
        border=located.border,
        areas=located.areas,
        claims=located.claims,
        reports=located.reports,
        distances=located.distances,
        title=title,
    )
    frame = drawn.frame_html(height="100%", light=True)
    page: Any = drawn.get_root()
    return frame, page.policy  # of the rendering just done: `frame_policy` would do it again


def _printed_map(located: Located) -> Any:
    return figures.print_map(located.strikes, border=located.border, areas=located.areas)


@dataclass(frozen=True)
class _Drawing:
    """Draws figures; a figure that fails is replaced by the reason, and noted."""

    left_out: LeftOut

    def __call__(self, name: str, key: str, make: Callable[[], Axes]) -> Markup:
        """A figure as SVG with the colours of the page's theme; its text is escaped already."""
        svg = ""
        with self.left_out.where_it_fails(name):
            svg = figures.as_svg(make(), name=key)
        if not svg:
            reason = readable(self.left_out[name], 300)
            return Markup('<p class="note">This figure could not be drawn: {}</p>').format(reason)
        for colour, (light, _) in figures.COLOURS.items():
            svg = svg.replace(f": {light}", f": var(--{colour}, {light})")
        return Markup(svg)  # noqa: S704 - written by matplotlib as XML
