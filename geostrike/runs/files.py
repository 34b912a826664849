"""The files of a run: map, report, tables and data package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from geostrike.errors import LeftOut
from geostrike.exchange import csv_bytes, geojson_bytes, geoparquet_bytes, run_package
from geostrike.places import GAZETTEER_COLUMNS
from geostrike.stats import analyse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geostrike.maps import StrikeMap
    from geostrike.results import Analysis, Comparison, Located

__all__ = ["RESULT_NAMES", "result_files"]

MANY_STRIKES = 100_000
"""Above this number, strikes are written as GeoParquet instead of CSV and GeoJSON."""


def result_files(
    located: Located,
    *,
    title: str = "Reported strikes by date",
    full_text: bool = False,
    compared: Comparison | None = None,
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file of a run.

    A map, report, figure or statistic that fails is left out, and named in `located.run["left_out"]` with the reason.

    Parameters
    ----------
    located
        What `locate` returned.
    title
        The title of the map and the report. Plain text.
    full_text
        Whether the report shows the whole texts instead of short excerpts.
    compared
        The comparison with an earlier run (`compare_runs`): a file and a section of the report.

    Examples
    --------
    >>> from geostrike.pipeline import locate
    >>> located = locate(pd.DataFrame({"text": ["Nothing happened."]}))
    >>> [name for name, content in result_files(located)][:3]
    ['map.html', 'reports.csv', 'strikes.csv']
    """
    left_out = LeftOut()
    located.run["left_out"] = left_out
    drawn, content = _map(located, title, left_out)
    if content:
        yield "map.html", content
    analysis = None
    with left_out.where_it_fails("depth_summary.csv"):
        analysis = analyse(located, left_out=left_out)
    tables = _tables(located, analysis, left_out) | ({} if compared is None else {"changes.csv": compared.changes})
    for name, table in tables.items():
        yield name, _WRITERS[Path(name).suffix](table)

    def report() -> bytes:
        from geostrike.report import report_page

        page = report_page(
            located, title=title, full_text=full_text, analysis=analysis, drawn_map=drawn, compared=compared,
            left_out=left_out,
        )  # fmt: skip
        return page.encode("utf-8", "backslashreplace")

    yield from _made(left_out, "report.html", report)
    yield from _made(left_out, "datapackage.json", lambda: run_package(tables, located.run))


def _map(located: Located, title: str, left_out: LeftOut) -> tuple[StrikeMap | None, bytes]:
    """The map and its page; None and an empty page where drawing fails, which is noted."""
    # Imported here: folium takes half a second, and not every user of the package wants a map.
    from geostrike.maps import strike_map

    with left_out.where_it_fails("map.html"):
        drawn = strike_map(
            located.strikes,
            border=located.border,
            areas=located.areas,
            claims=located.claims,
            reports=located.reports,
            distances=located.distances,
            title=title,
        )
        return drawn, bytes(drawn.get_root().render().encode("utf-8", "backslashreplace"))
    return None, b""


def _made(left_out: LeftOut, name: str, make: Callable[[], bytes]) -> Iterator[tuple[str, bytes]]:
    """The file and its content; nothing where making it fails, which is noted."""
    content = None
    with left_out.where_it_fails(name):
        content = make()
    if content is not None:
        yield name, content


_TABLE_NAMES = (
    "members", "relations", "claims", "distances", "quantities", "mentions", "quarantine", "review",
)  # fmt: skip
RESULT_NAMES = frozenset((
    "map.html", "report.html", "datapackage.json", "reports.csv", "unresolved.csv", "depth_summary.csv",
    "sensitivity.csv", "changes.csv", "strikes.csv", "strikes.geojson", "strikes.parquet",
    *(f"{name}.csv" for name in _TABLE_NAMES),
))  # fmt: skip
"""The names of all files that a run may write, except its manifest."""
_WRITERS: dict[str, Callable[[Any], bytes]] = {
    ".csv": csv_bytes,
    ".geojson": geojson_bytes,
    ".parquet": geoparquet_bytes,
}


def _tables(located: Located, analysis: Analysis | None, left_out: LeftOut) -> dict[str, pd.DataFrame]:
    """The tables of a run by file name, with the statistics that could be computed."""
    forms = ["parquet"] if len(located.strikes) > MANY_STRIKES else ["csv", "geojson"]
    tables = (
        {"reports.csv": located.reports.drop(columns="text")}
        | {f"strikes.{form}": located.strikes for form in forms}
        | {f"{name}.csv": getattr(located, name) for name in _TABLE_NAMES}
        | {"unresolved.csv": _unresolved(located.strikes)}
    )
    if analysis is not None:
        statistics = {"depth_summary.csv": analysis.summaries, "sensitivity.csv": analysis.sensitivity}
        tables |= {name: table for name, table in statistics.items() if name not in left_out}
    return tables


def _unresolved(strikes: pd.DataFrame) -> pd.DataFrame:
    """Names without a resolved place, in the columns of a gazetteer, to be filled in and given back."""
    open_names = strikes[
        strikes["place_status"].isin(["ambiguous", "unresolved"]) & (strikes["place_as_written"] != "")
    ]
    rows = [
        {
            "name": name,
            "strikes": len(part),
            "place_status": part["place_status"].iloc[0],
            "place_reason": part["place_reason"].iloc[0],
            "place_candidates": part["place_candidates"].iloc[0],
        }
        for name, part in open_names.groupby("place_as_written", sort=True)
    ]
    context = ("strikes", "place_status", "place_reason", "place_candidates")
    return pd.DataFrame(rows, columns=[*GAZETTEER_COLUMNS, *context])
