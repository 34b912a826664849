"""The order of the stages, from reports or a table to strikes with depth."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from geostrike.borders.border import Border
from geostrike.depth import add_swap_note, check_stated_distances, measure_depth
from geostrike.intake.faults import fault_reason, without_faulty
from geostrike.merging.merge import merge_strikes
from geostrike.merging.review import (
    Reviewed,
    apply_decisions,
    quarantined_records,
    read_decisions,
    review_table,
    with_present_ids,
)
from geostrike.places import Gazetteer, resolve_places
from geostrike.reading import Documents, Extraction, NamedPlaces, Overrides, extract, read_documents, read_overrides
from geostrike.results import Located, MergeOptions
from geostrike.runs.progress import stages_of
from geostrike.runs.record import decisions_record, file_hash, parameters_record, run_record
from geostrike.runs.source import read_source
from geostrike.runs.window import Window
from geostrike.tables import QUARANTINE, VERDICT_ORDER, build_table

if TYPE_CHECKING:
    import geopandas as gpd

    from geostrike.merging.merge import Merged
    from geostrike.places.place import Resolver
    from geostrike.runs.progress import Stage

__all__ = ["locate"]

PathLike: TypeAlias = str | os.PathLike[str]
Day: TypeAlias = str | date


def locate(
    source: PathLike | pd.DataFrame,
    *,
    gazetteer: Gazetteer | PathLike | None = None,
    border: Border | PathLike | None = None,
    published: Day | Mapping[str, Day] | None = None,
    since: Day | None = None,
    until: Day | None = None,
    decisions: PathLike | None = None,
    table: Mapping[str, Any] | None = None,
    results: PathLike | None = None,
    progress: bool = False,
) -> Located:
    """Find the strikes in reports or in a table of events, with their places and depths.

    Parameters
    ----------
    source
        A folder or file of reports, or a table of reports or events: a file, or a DataFrame. Rows of a table that have
        a text, and neither a place nor coordinates, are read as reports.
    gazetteer
        A `Gazetteer`, or the path of a file of your own places, which take precedence over the shipped ones.
    border
        A `Border`, a name such as "UKR-RUS:land" or "UKR-RUS:territory", or the path of a file that holds a line; the
        shared land border of Ukraine and Russia by default.
    published
        The publication date of reports without one: one date for all, or one per file name.
    since, until
        First and last day of interest. Records wholly outside go to `quarantine`; undated ones stay.
    decisions
        A file of a reviewer's decisions on records (`geostrike.merging.review`), which are applied.
    table
        How to read a table of events: arguments of `read_strikes` such as ``{"schema": "acled"}``.
    results
        The folder for results. Inside a folder of reports it is not read; nor is what an earlier run wrote.
    progress
        Whether to show a progress bar.

    Raises
    ------
    InputError
        If the source, the decisions or a date cannot be used.
    BorderError
        If the border is not known, or its file holds no line.

    Warns
    -----
    InputWarning
        A `UserWarning`: one for input that could not be used, with counts by reason and the remedy; one where no strike
        was found.

    Examples
    --------
    >>> reports = pd.DataFrame({"text": ["Drones hit an oil depot in Belgorod on 1 April 2022, the governor said."]})
    >>> located = locate(reports)
    >>> located.strikes[["place", "target_kind", "status"]].to_dict("records")
    [{'place': 'Belgorod', 'target_kind': 'oil depot', 'status': 'claimed_by_target'}]
    """
    places = gazetteer if isinstance(gazetteer, Gazetteer) else Gazetteer(extra=gazetteer)
    request = _request(source, places, border, decisions, Window.between(since, until))
    with stages_of(6, show=progress) as stage:
        with stage("opening"):
            inputs = read_source(source, places, table or {}, progress=progress)
        with stage("reading"):
            documents = read_documents(inputs.texts, published=published, results=results)
        with stage("extracting"):
            extracted = extract(documents.reports, request.names, progress=progress)
        documents = documents.without(*_unread(extracted))
        stages = _LaterStages(documents, extracted, request, stage)
        found, faults = without_faulty(stages, documents.reports["report_id"].tolist())
        documents = documents.without({report: fault_reason(error) for report, error in faults.items()})
        inputs = inputs.measure(request.border, places, request.window)
    strikes = inputs.with_strikes(found.strikes)
    strikes = strikes.assign(stated_verdict=_worst_verdicts(strikes, found.distances))
    request = replace(request, border=add_swap_note(request.border, strikes))
    refused = [inputs.quarantine(documents.quarantine), found.outside, inputs.late, found.rejected]
    quarantine = pd.concat(refused, ignore_index=True)
    run = run_record(source, places, request.border, documents, quarantine, strikes)
    run |= request.record(published, found.decision_counts | {"sha256": file_hash(decisions)})
    run |= inputs.counts(quarantine)
    run["ok"] -= sum(run["not_read"].values())
    inputs.warn(run, quarantine)
    return _result(strikes, inputs.with_sources(documents.reports), found, quarantine, request, run)


@dataclass(frozen=True)
class _Request:
    """The settings of a run."""

    places: Gazetteer
    overrides: Overrides
    border: Border
    decisions: pd.DataFrame | None
    window: Window

    @property
    def names(self) -> Resolver:
        """The gazetteer, in which some names mean what geostrike.toml says."""
        if not self.overrides.names:
            return self.places
        return NamedPlaces(self.places, self.overrides.names)

    @property
    def merging(self) -> MergeOptions:
        return MergeOptions(**self.overrides.merging)

    def record(self, published: Day | Mapping[str, Day] | None, decisions: dict[str, int | str]) -> dict[str, Any]:
        """The entries of run.json on the settings."""
        return {
            "parameters": parameters_record(published, self.window.since, self.window.until),
            "overrides": self.overrides.as_record(),
            "decisions": decisions,
            "decided": decisions_record(self.decisions),
        }


def _request(
    source: PathLike | pd.DataFrame,
    places: Gazetteer,
    border: Border | PathLike | None,
    decisions: PathLike | None,
    window: Window,
) -> _Request:
    overrides = Overrides() if isinstance(source, pd.DataFrame) else read_overrides(source)
    name = (overrides.border or None) if border is None else border
    line = name if isinstance(name, Border) else Border.named(name)
    return _Request(places, overrides, line, None if decisions is None else read_decisions(decisions), window)


def _result(
    strikes: gpd.GeoDataFrame,
    reports: pd.DataFrame,
    found: _OfReports,
    quarantine: pd.DataFrame,
    request: _Request,
    run: dict[str, Any],
) -> Located:
    return Located(
        strikes=strikes,
        reports=reports,
        mentions=found.mentions,
        records=found.records,
        claims=found.merged.claims,
        distances=found.distances,
        relations=found.merged.relations,
        members=found.merged.members,
        areas=request.places.areas(strikes["place_id"].unique()),
        border=request.border,
        quarantine=quarantine,
        quantities=found.quantities,
        review=found.review,
        run=run,
        merging=request.merging,
        decisions=request.decisions,
    )


# --- from reports to strikes ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _OfReports:
    """The tables of the stages after extraction."""

    mentions: pd.DataFrame
    review: pd.DataFrame
    records: gpd.GeoDataFrame
    outside: pd.DataFrame
    rejected: pd.DataFrame
    decision_counts: dict[str, int]
    merged: Merged
    strikes: gpd.GeoDataFrame
    distances: pd.DataFrame
    quantities: pd.DataFrame


@dataclass(frozen=True)
class _LaterStages:
    """The stages after extraction, for all reports or some of them."""

    documents: Documents
    extracted: Extraction
    request: _Request
    stage: Stage

    def __call__(self, ids: Sequence[str]) -> _OfReports:
        """Locate, review, merge and measure the records of these reports."""
        reports, extracted = self._part(ids)
        request, stage = self.request, self.stage
        paths = dict(zip(reports["report_id"], reports["path"], strict=True))
        with stage("locating"):
            records = resolve_places(extracted.records, request.names, known=extracted.resolutions)
        decided = None if request.decisions is None else with_present_ids(request.decisions, records, reports)
        review = review_table(records, reports, decided)
        reviewed = _review(records, decided, request.places, paths)
        records, outside = _in_window(reviewed.records, paths, request.window)
        claims = extracted.claims[extracted.claims["record_id"].isin(records["record_id"])]
        with stage("merging"):
            tolerances = request.merging
            merged = merge_strikes(
                records, claims, reports=reports, decided=decided,
                days_apart=tolerances.days_apart, km_apart=tolerances.km_apart,
            )  # fmt: skip
        with stage("measuring"):
            areas = request.places.areas(merged.strikes["place_id"].unique())
            strikes = measure_depth(merged.strikes, request.border, areas=areas)
        distances = _of_strikes(extracted.distances, merged.members)
        return _OfReports(
            mentions=extracted.mentions,
            review=review,
            records=records,
            outside=outside,
            rejected=reviewed.quarantine,
            decision_counts=reviewed.counts,
            merged=merged,
            strikes=strikes,
            distances=check_stated_distances(strikes, distances, border=request.border, gazetteer=request.places),
            quantities=_of_strikes(extracted.quantities, merged.members),
        )

    def _part(self, ids: Sequence[str]) -> tuple[pd.DataFrame, Extraction]:
        """These reports, and what was extracted from them."""
        if len(ids) == len(self.documents.reports):
            return self.documents.reports, self.extracted
        kept, extracted = frozenset(ids), self.extracted

        def part(table: pd.DataFrame) -> pd.DataFrame:
            return table[table["report_id"].isin(kept)].reset_index(drop=True)

        others = set(self.documents.reports["report_id"]) - kept
        return self.documents.without(dict.fromkeys(others, "")).reports, replace(
            extracted,
            mentions=part(extracted.mentions),
            records=part(extracted.records),
            claims=part(extracted.claims),
            distances=part(extracted.distances),
            quantities=part(extracted.quantities),
        )


def _unread(extracted: Extraction) -> Iterator[dict[str, str]]:
    """Why extraction failed, by report id: in words, then as codes."""
    rows = extracted.quarantine
    for name in ("reason", "code"):
        yield dict(zip(rows["report_id"], rows[name], strict=True))


def _review(
    records: gpd.GeoDataFrame, decisions: pd.DataFrame | None, places: Gazetteer, paths: Mapping[str, str]
) -> Reviewed:
    """Apply a reviewer's decisions to the records, if there are any."""
    if decisions is None:
        return Reviewed(records, build_table(QUARANTINE, []), {})
    return apply_decisions(records, decisions, places, paths=paths)


def _in_window(
    records: gpd.GeoDataFrame, paths: Mapping[str, str], window: Window
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """The records that may be in the window, and quarantine rows for the others."""
    outside = window.excludes(records)
    late = records[outside]
    return records[~outside], quarantined_records(late, paths, "OUT_OF_WINDOW", window.reasons(late))


def _of_strikes(table: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """The table with the strike of each row's record."""
    strike_of = members.set_index("record_id")["strike_id"]
    return table.assign(strike_id=table["record_id"].map(strike_of).fillna(""))


def _worst_verdicts(strikes: pd.DataFrame, distances: pd.DataFrame) -> pd.Series[str]:
    rank = {verdict: number for number, verdict in enumerate(VERDICT_ORDER)}
    worst = distances["verdict"].map(rank).groupby(distances["strike_id"]).min()
    return strikes["strike_id"].map(worst).map(dict(enumerate(VERDICT_ORDER))).fillna("").astype("str")
