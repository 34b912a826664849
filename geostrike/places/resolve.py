"""The places of a whole table: every distinct name and context once, near what else its report names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geostrike.places.place import Resolution

if TYPE_CHECKING:
    from geostrike.places.gazetteer import Gazetteer
    from geostrike.places.place import Place

__all__ = ["resolve_places"]

_HINTS = ("country_hint", "admin1_hint", "kind_hint", "report_id")
_GEO_PRECISION = {"facility": 1.0, "settlement": 1.0, "near": 2.0, "district": 2.0, "region": 3.0, "area": 3.0}
_NO_NAME = Resolution("", "unresolved", "the text names no place")
_Question = tuple[str, str, str, str, tuple[tuple[float, float], ...]]


def resolve_places(records: pd.DataFrame, gazetteer: Gazetteer) -> gpd.GeoDataFrame:
    """The records with the place that each one's name means, as a GeoDataFrame on the same index.

    Parameters
    ----------
    records
        A table with `place_as_written`, and `country_hint`, `admin1_hint`, `kind_hint` and `report_id` where known.
        A name that has no answer by itself is asked again near the places that its report names without doubt.
    gazetteer
        Where to look.

    Returns
    -------
    GeoDataFrame
        EPSG:4326, with the columns of `geostrike.tables.RESOLVED` added; geometry is None unless resolved.

    Examples
    --------
    >>> from geostrike.places import Gazetteer
    >>> table = pd.DataFrame({"place_as_written": ["Tuapse", "Krasny Yar", ""]})
    >>> resolve_places(table, Gazetteer())[["place_status", "place", "radius_km"]].values.tolist()
    [['resolved', 'Tuapse', 3.2], ['ambiguous', '', nan], ['unresolved', '', nan]]
    """
    names = records["place_as_written"].fillna("").astype(str)
    hints = [
        records[column].fillna("").astype(str) if column in records.columns else pd.Series("", index=records.index)
        for column in _HINTS
    ]
    questions: list[_Question] = [
        (name, country, admin1, kind, ())
        for name, country, admin1, kind in zip(names, hints[0], hints[1], hints[2], strict=True)
    ]
    answers = _ask(questions, gazetteer)
    reports = hints[3].to_list()
    nearby = _unambiguous_points(reports, questions, answers)
    again = [
        (*question[:4], nearby.get(report, ())) if answers[question].status == "ambiguous" else question
        for question, report in zip(questions, reports, strict=True)
    ]
    answers |= _ask([question for question in again if question not in answers], gazetteer)
    return _with_answers(records, [answers[question] for question in again])


def _ask(questions: list[_Question], gazetteer: Gazetteer) -> dict[_Question, Resolution]:
    answers: dict[_Question, Resolution] = {}
    for question in dict.fromkeys(questions):
        name, country, admin1, kind, near = question
        if name.strip():
            answers[question] = gazetteer.resolve(name, country=country, admin1=admin1, kind=kind, near=near)
        else:
            answers[question] = _NO_NAME
    return answers


def _unambiguous_points(
    reports: list[str], questions: list[_Question], answers: dict[_Question, Resolution]
) -> dict[str, tuple[tuple[float, float], ...]]:
    """The points of the places that each report names without doubt."""
    points: dict[str, set[tuple[float, float]]] = {}
    for report, question in zip(reports, questions, strict=True):
        place = answers[question].place
        if report and place is not None and place.kind in ("settlement", "facility", "district", "region"):
            points.setdefault(report, set()).add((place.latitude, place.longitude))
    return {report: tuple(sorted(found)) for report, found in points.items()}


def _with_answers(records: pd.DataFrame, answers: list[Resolution]) -> gpd.GeoDataFrame:
    places = [answer.place for answer in answers]
    longitude = np.array([np.nan if place is None else place.longitude for place in places])
    latitude = np.array([np.nan if place is None else place.latitude for place in places])
    geometry = np.full(len(places), None, dtype=object)
    located = ~np.isnan(longitude)
    geometry[located] = shapely.points(longitude[located], latitude[located])
    columns: dict[str, list[object]] = {
        "place_id": [_text(place, "id") for place in places],
        "place": [_text(place, "name") for place in places],
        "place_kind": [_text(place, "kind") for place in places],
        "country": [_text(place, "country") for place in places],
        "admin1": [_text(place, "admin1") for place in places],
        "place_status": [answer.status for answer in answers],
        "place_reason": [answer.reason for answer in answers],
        "place_candidates": [_named_candidates(answer) for answer in answers],
        "radius_km": [np.nan if place is None else place.radius_km for place in places],
        "geo_precision": [np.nan if place is None else _GEO_PRECISION.get(place.kind, np.nan) for place in places],
    }
    added = pd.DataFrame(columns, index=records.index)
    kept = records.drop(columns=[*added.columns, "geometry"], errors="ignore")
    return gpd.GeoDataFrame(pd.concat([kept, added], axis=1), geometry=geometry, crs="EPSG:4326")


def _text(place: Place | None, attribute: str) -> str:
    return "" if place is None else str(getattr(place, attribute))


def _named_candidates(answer: Resolution) -> str:
    return " | ".join(f"{c.place.id} {c.place.name}".replace(" | ", " ") for c in answer.candidates[:5])
