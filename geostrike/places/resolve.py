"""Resolve the places of a whole table: every distinct name and context once, near the other places of its report."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas.array import GeometryArray

from geostrike.errors import AmbiguousPlaceError, PlaceNotFoundError
from geostrike.intake.collection import no_collection
from geostrike.places.joint import FixedPlaces, fixed_places, resolve_alone, resolve_near
from geostrike.places.place import Hints, Place, Resolution
from geostrike.tables import PLACE_KINDS, RECORDS, usable_frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from geostrike.places.place import Resolver

__all__ = ["resolve_places"]

_ASKED = ("place_as_written", *(f"{part}_hint" for part in Hints._fields), "report_id")
GEO_PRECISION = {kind.word: float(kind.acled) for kind in PLACE_KINDS.values() if kind.acled}
_NO_PLACE = Place("", "", "", "", "", np.nan, np.nan, np.nan, 0, "")
_NOTHING_KNOWN: Mapping[tuple[str, Hints], Resolution] = MappingProxyType({})
_AT_ONCE = 2_000
_TEXT = pd.StringDtype("python", na_value=np.nan)
"""pandas' "str" that shares equal texts: ten times faster than copying them for every row."""


def resolve_places(
    records: pd.DataFrame,
    gazetteer: Resolver,
    *,
    errors: Literal["keep", "raise"] = "keep",
    known: Mapping[tuple[str, Hints], Resolution] = _NOTHING_KNOWN,
) -> gpd.GeoDataFrame:
    """Resolve the place of each record, and return the records as a GeoDataFrame on the same index.

    Parameters
    ----------
    records
        A table with `place_as_written`, and where known `country_hint`, `admin1_hint`, `kind_hint`, and `region_hint`,
        `heading_hint`, `speaker_hint` (see `geostrike.places.Hints`), and `report_id`. The names of one report are
        resolved jointly (see `geostrike.places.Gazetteer.resolve_jointly`).
    gazetteer
        The gazetteer to look in.
    errors
        What to do with a name that is not resolved: "keep" keeps the row, with the reason and without geometry; "raise"
        raises.
    known
        Resolutions that are already known, by name and hints, such as `geostrike.reading.Extraction.resolutions`. Only
        ambiguous ones are resolved again, near the other places of their report.

    Returns
    -------
    GeoDataFrame
        EPSG:4326, with the columns of `geostrike.tables.RESOLVED` added; geometry is None unless resolved.

    Raises
    ------
    AmbiguousPlaceError
        With ``errors="raise"``, for the first row whose name fits several places; the message names them.
    PlaceNotFoundError
        With ``errors="raise"``, for the first row whose name fits none.

    Examples
    --------
    >>> from geostrike.places import Gazetteer
    >>> table = pd.DataFrame({"place_as_written": ["Tuapse", "Krasny Yar", ""]})
    >>> resolve_places(table, Gazetteer())[["place_status", "place", "radius_km"]].values.tolist()
    [['resolved', 'Tuapse', 3.2], ['ambiguous', '', nan], ['unresolved', '', nan]]
    """
    records = usable_frame(records, RECORDS)
    questions, codes = _questions(records)
    with no_collection():
        answers = _ask(questions, gazetteer, known)
        answers = _resolve_near_others(questions, answers, gazetteer)
        if errors == "raise":
            _refuse_unresolved(records, answers, codes)
        return _with_answers(records, answers, codes)


def _refuse_unresolved(records: pd.DataFrame, answers: list[Resolution], codes: npt.NDArray[np.int64]) -> None:
    for row, code in zip(records.index, codes, strict=True):
        answer = answers[code]
        if answer.status != "resolved":
            found = "; candidates: " + _named_candidates(answer) if answer.candidates else ""
            msg = f"row {row}: {answer.query!r} is {answer.status}: {answer.reason}{found}"
            raise AmbiguousPlaceError(msg) if answer.status == "ambiguous" else PlaceNotFoundError(msg)


class _Question(NamedTuple):
    """Name, hints and report of a row."""

    name: str
    hints: Hints
    report: str


def _questions(records: pd.DataFrame) -> tuple[list[_Question], npt.NDArray[np.int64]]:
    """Return the distinct questions of a table, and the number of the question of each row."""
    codes = np.zeros(len(records), dtype=np.int64)
    columns = []
    for column in _ASKED:
        code, values = _coded(records[column]) if column in records.columns else (np.zeros_like(codes), [""])
        codes = codes * max(len(values), 1) + code
        columns.append((code, values))
    numbers, _ = pd.factorize(codes)
    first = np.zeros(int(numbers.max(initial=-1)) + 1, dtype=np.int64)
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]
    distinct = [[values[at] for at in code[first]] for code, values in columns]
    names, *parts, reports = distinct
    shared: dict[Hints, Hints] = {}  # most rows have the same hints: fewer objects
    hints = (shared.setdefault(hint, hint) for hint in map(Hints, *parts))
    return [_Question(*asked) for asked in zip(names, hints, reports, strict=True)], numbers


def _coded(column: pd.Series[Any]) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Return the code of each value, and the values as text, with "" for missing."""
    code, values = pd.factorize(column, use_na_sentinel=False)
    return code, ["" if value is None or value != value else str(value) for value in values.tolist()]


def _ask(
    questions: list[_Question], gazetteer: Resolver, known: Mapping[tuple[str, Hints], Resolution]
) -> list[Resolution]:
    answers: list[Resolution] = []
    for start in range(0, len(questions), _AT_ONCE):
        some = questions[start : start + _AT_ONCE]
        gazetteer.prefetch({name for name, hints, _ in some if (name, hints) not in known})
        answers += [known.get((name, hints)) or resolve_alone(gazetteer, name, hints) for name, hints, _ in some]
    return answers


def _resolve_near_others(
    questions: list[_Question], answers: list[Resolution], gazetteer: Resolver
) -> list[Resolution]:
    """Resolve the ambiguous names of each report near its other places; see `Gazetteer.resolve_jointly`."""
    of_report: dict[str, list[Resolution]] = {}
    for question, answer in zip(questions, answers, strict=True):
        if question.report:
            of_report.setdefault(question.report, []).append(answer)
    fixed = {report: fixed_places(found) for report, found in of_report.items()}
    return [
        resolve_near(gazetteer, question.name, question.hints, answer, fixed.get(question.report, FixedPlaces()))
        for question, answer in zip(questions, answers, strict=True)
    ]


def _with_answers(records: pd.DataFrame, answers: list[Resolution], codes: npt.NDArray[np.int64]) -> gpd.GeoDataFrame:
    """Add the resolution of each row's question to the records."""
    places = [answer.place or _NO_PLACE for answer in answers]
    columns: dict[str, list[str]] = {
        "place_id": [place.id for place in places],
        "place": [place.name for place in places],
        "place_kind": [place.kind for place in places],
        "country": [place.country for place in places],
        "admin1": [place.admin1 for place in places],
        "place_status": [answer.status for answer in answers],
        "place_reason": [answer.reason for answer in answers],
        "place_candidates": [_named_candidates(answer) for answer in answers],
    }
    added: dict[str, pd.Series[Any]] = {
        name: pd.Series(pd.Series(values, dtype=_TEXT).array.take(codes), index=records.index)
        for name, values in columns.items()
    }
    radius = np.array([place.radius_km for place in places], dtype=float)
    precision = np.array([GEO_PRECISION.get(place.kind, np.nan) for place in places], dtype=float)
    added |= {
        "radius_km": pd.Series(radius[codes], index=records.index),
        "geo_precision": pd.Series(precision[codes], index=records.index),
    }
    table = records.drop(columns=[*added, "geometry"], errors="ignore").assign(**added)
    return gpd.GeoDataFrame(table, geometry=_points(places).take(codes))


def _points(places: list[Place]) -> GeometryArray:
    geometry = np.full(len(places), None, dtype=object)
    known = np.array([place is not _NO_PLACE for place in places], dtype=bool)
    if known.any():
        spots = [(place.longitude, place.latitude) for place in places if place is not _NO_PLACE]
        geometry[known] = shapely.points(spots)
    return GeometryArray(geometry, crs="EPSG:4326")


def _named_candidates(answer: Resolution) -> str:
    return " | ".join([f"{c.place.id} {c.place.name}".replace(" | ", " ") for c in answer.candidates[:5]])
