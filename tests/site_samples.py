"""Runs that the tests of the report page share: that of the seeds, and one of small tables with any text."""

from __future__ import annotations

import html
import re
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from map_samples import small_tables

from geostrike.borders.border import Border
from geostrike.pipeline import locate
from geostrike.results import Located
from geostrike.tables import MEMBERS, MENTIONS, QUANTITIES, QUARANTINE, RECORDS, RELATIONS, RESOLVED, build_table

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
AXE = """async () => (await axe.run(document, { iframes: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa',
    'wcag22aa', 'best-practice'] })).violations.map((v) => [v.id, v.nodes.map((n) => n.html).slice(0, 3)])"""

# Attacks on different contexts are combined, since each page takes seconds to render and open.
HOSTILE = {
    "markup": "<script>window.ran=1</script><img src=x onerror='window.ran=1'>\"'><svg onload=window.ran=1>",
    "closing tags": "</q></td></style></script></title></iframe><script>window.ran=1</script><!--<script>//",
    "templates": "{{ 7 * 191 }}{% print(7 * 191) %}`${window.ran=1}` {% raw",
    "address": "javascript:window.ran=1",
    "unprintable": "\u202egnp.exe\u202c \u2066x\u2069 a\x00b\x01c\x1b[31m\r\nd lone \ud800 half",
    "very long word": "x" * 20_000,
}


@cache
def seeds_run() -> Located:
    """The run of the seed reports."""
    return locate(SEEDS)


def small_run(**changes: Any) -> Located:
    """A `Located` of the small tables: all kinds of strikes, two reports, and a quarantined row."""
    small = small_tables()
    border = Border.between("UKR", "RUS")
    text = "Drones hit Tuapse in the night, the governor said. It lies roughly 40 miles north of the border."
    spans = {"report_id": "r1", "start": 0, "end": 49}
    record = {"record_id": "c1", "quote": text[:49], "date_as_written": "in the night", "date_precision": "night",
              "place_as_written": "Tuapse", "attacker": "UKR", "status": "unconfirmed"}  # fmt: skip
    place = {"place_id": "tuapse", "place": "Tuapse", "place_kind": "settlement", "place_status": "resolved",
             "country": "RUS", "radius_km": 3.0, "geometry": shapely.Point(39.08, 44.1)}  # fmt: skip
    run = {
        "geostrike": "0.0.0",
        "written": "2026-01-01T00:00:00+00:00",
        "gazetteer": {"base": "abc", "gazetteer.csv": "def"},
        "inputs": {"a.txt": "0" * 64},
        "ok": 2,
        "quarantined": 1,
        "rows_in": 3,
        "parameters": {"since": None},
        "decisions": {},
    }
    tables = {
        "strikes": small.strikes.assign(border_id=border.border_id),
        "reports": small.reports.assign(text=text, path="a.txt", language="en"),
        "mentions": build_table(MENTIONS, [{"report_id": "r1", "start": 11, "end": 17, "role": "struck"}]),
        "records": gpd.GeoDataFrame(build_table(RECORDS, [spans | record]).join(build_table(RESOLVED, [place])),
                                    geometry="geometry", crs="EPSG:4326"),
        "claims": small.claims.assign(start=33, end=49),
        "distances": small.distances.assign(start=62, end=95, computed_min_km=28.1, computed_max_km=36.1),
        "relations": build_table(RELATIONS, [{"left_id": "s9", "right_id": "s7", "relation": "possibly_same",
                                              "reason": "a date is open"}]),
        "members": build_table(MEMBERS, []),
        "quantities": build_table(QUANTITIES, []),
        "review": pd.DataFrame(),
        "areas": small.areas,
        "border": border,
        "quarantine": build_table(QUARANTINE, [{"path": "b.csv", "line": 3, "code": "BAD_DATE", "reason": "no date",
                                                "content": "x,y"}]),
        "run": run,
    }  # fmt: skip
    return Located(**(tables | changes))


def with_text(table: pd.DataFrame, text: str, *names: str) -> pd.DataFrame:
    """The table with the text in these columns; as objects, for a column of strings refuses a lone surrogate."""
    return table.assign(**{name: pd.Series([text] * len(table), index=table.index, dtype=object) for name in names})


def text_of(page: str, section: str = "") -> str:
    """The words of a page, or of one of its sections, without frame, scripts, styles and drawings."""
    for element in ("script", "style", "iframe", "svg"):
        page = re.sub(rf"<{element}\b.*?</{element}>", "", page, flags=re.DOTALL)
    if section:
        page = page.split(f'<section id="{section}"', 1)[1].split("</section>", 1)[0].split(">", 1)[1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ").split())
