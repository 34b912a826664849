"""The places of a whole table: every distinct name and context once, near what else its report names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geostrike.places.place import Resolution

if TYPE_CHECKING:
    import numpy.typing as npt

    from geostrike.places.gazetteer import Gazetteer
    from geostrike.places.place import Place

__all__ = ["resolve_places"]

_HINTS = ("country_hint", "admin1_hint", "kind_hint", "report_id")
_GEO_PRECISION = {"facility": 1.0, "settlement": 1.0, "near": 2.0, "district": 2.0, "region": 3.0, "area": 3.0}
_NO_NAME = Resolution("", "unresolved", "the text names no place")
_AT_ONCE = 5_000


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
    questions, codes = _questions(records)
    reports = [question.report for question in questions]
    answers = _ask(questions, gazetteer)
    nearby = _unambiguous_points(reports, answers)
    for number, (question, answer) in enumerate(zip(questions, answers, strict=True)):
        near = nearby.get(question.report, ())
        if answer.status == "ambiguous" and near:
            answers[number] = _ask_near(question, near, gazetteer)
    return _with_answers(records, answers, codes)


class _Question(NamedTuple):
    """What a row asks."""

    name: str
    country: str
    admin1: str
    kind: str
    report: str


def _questions(records: pd.DataFrame) -> tuple[list[_Question], npt.NDArray[np.int64]]:
    """The distinct questions of a table, and the number of the question that each row asks."""
    codes = np.zeros(len(records), dtype=np.int64)
    columns = []
    for column in ("place_as_written", *_HINTS):
        if column in records.columns:
            code, values = pd.factorize(records[column].fillna("").astype(str))
            codes = codes * max(len(values), 1) + code
            columns.append(records[column].fillna("").astype(str))
        else:
            columns.append(pd.Series("", index=records.index))
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    distinct = [column.iloc[first].tolist() for column in columns]
    return [_Question(*cells) for cells in zip(*distinct, strict=True)], inverse


def _ask(questions: list[_Question], gazetteer: Gazetteer) -> list[Resolution]:
    answers: list[Resolution] = []
    for start in range(0, len(questions), _AT_ONCE):
        some = questions[start : start + _AT_ONCE]
        gazetteer.remember({question.name for question in some})
        answers += [_ask_near(question, (), gazetteer) for question in some]
    return answers


def _ask_near(question: _Question, near: tuple[tuple[float, float], ...], gazetteer: Gazetteer) -> Resolution:
    if not question.name.strip():
        return _NO_NAME
    return gazetteer.resolve(
        question.name, country=question.country, admin1=question.admin1, kind=question.kind, near=near
    )


def _unambiguous_points(reports: list[str], answers: list[Resolution]) -> dict[str, tuple[tuple[float, float], ...]]:
    """The points of the places that each report names without doubt."""
    points: dict[str, set[tuple[float, float]]] = {}
    for report, answer in zip(reports, answers, strict=True):
        place = answer.place
        if report and place is not None and place.kind in ("settlement", "facility", "district", "region"):
            points.setdefault(report, set()).add((place.latitude, place.longitude))
    return {report: tuple(sorted(found)) for report, found in points.items()}


def _with_answers(records: pd.DataFrame, answers: list[Resolution], codes: npt.NDArray[np.int64]) -> gpd.GeoDataFrame:
    """The records with the answer to each row's question."""
    places = [answer.place for answer in answers]
    columns: dict[str, list[object]] = {
        "place_id": [_text(place, "id") for place in places],
        "place": [_text(place, "name") for place in places],
        "place_kind": [_text(place, "kind") for place in places],
        "country": [_text(place, "country") for place in places],
        "admin1": [_text(place, "admin1") for place in places],
        "place_status": [answer.status for answer in answers],
        "place_reason": [answer.reason for answer in answers],
        "place_candidates": [_named_candidates(answer) for answer in answers],
    }
    added = {
        name: pd.Series(values, dtype="str").take(codes).set_axis(records.index) for name, values in columns.items()
    }
    for name, value in (("radius_km", _radius), ("geo_precision", _precision)):
        added[name] = pd.Series(np.array([value(place) for place in places], dtype=float)[codes], index=records.index)
    kept = records.drop(columns=[*added, "geometry"], errors="ignore")
    table = pd.concat([kept, pd.DataFrame(added, index=records.index)], axis=1)
    return gpd.GeoDataFrame(table, geometry=_points(places)[codes], crs="EPSG:4326")


def _points(places: list[Place | None]) -> npt.NDArray[np.object_]:
    geometry = np.full(len(places), None, dtype=object)
    for number, place in enumerate(places):
        if place is not None:
            geometry[number] = shapely.Point(place.longitude, place.latitude)
    return geometry


def _radius(place: Place | None) -> float:
    return np.nan if place is None else place.radius_km


def _precision(place: Place | None) -> float:
    return np.nan if place is None else _GEO_PRECISION.get(place.kind, np.nan)


def _text(place: Place | None, attribute: str) -> str:
    return "" if place is None else str(getattr(place, attribute))


def _named_candidates(answer: Resolution) -> str:
    return " | ".join(f"{c.place.id} {c.place.name}".replace(" | ", " ") for c in answer.candidates[:5])
