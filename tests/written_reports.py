"""News texts with the strikes that a human reader finds in them (data/reports), and the comparison with records."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from geostrike.reading import extract

FOLDER = Path(__file__).parent / "data" / "reports"
DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Expected:
    """A strike as a human reader found it; several words are alternatives."""

    places: tuple[str, ...]
    start: pd.Timestamp
    end: pd.Timestamp
    targets: tuple[str, ...]
    weapons: tuple[str, ...]
    attackers: tuple[str, ...]
    statuses: tuple[str, ...]

    @classmethod
    def from_line(cls, line):
        place, dates, *rest = (part.strip() for part in line.split("|"))
        targets, weapons, attackers, statuses = (
            tuple("" if word == "-" else word for word in part.split("/")) for part in rest
        )
        first, _, last = dates.partition("..")
        start, end = (pd.Timestamp(day) if day.strip("?") else pd.NaT for day in (first, last))
        return cls(
            tuple("" if word == "-" else word for word in place.split("/")),
            start, end, targets, weapons, attackers, statuses,
        )  # fmt: skip

    def names(self, row):
        """Whether the row is at this place."""
        written = row.place_as_written
        return any(place in written if place else not written for place in self.places)

    def is_then(self, row):
        """Whether the row's dates overlap, with a day of tolerance."""
        return not (row.date_start > self.end + DAY or row.date_end < self.start - DAY)

    def is_exactly_then(self, row):
        """Whether the row's dates are these."""
        return all(
            expected == read or (pd.isna(expected) and pd.isna(read))
            for expected, read in ((self.start, row.date_start), (self.end, row.date_end))
        )


@dataclass
class Figures:
    """How many strikes were wanted and found, how many rows are wrong, and what is right of those found.

    `roles` counts the rows at a place that the text names for something else: a visit, a launch, a dateline.
    """

    wanted: int = 0
    found: int = 0
    wrong: int = 0
    roles: int = 0
    right: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("dates", "target", "weapon", "attacker", "status"), 0)
    )
    errors: list[str] = field(default_factory=list)

    @property
    def recall(self):
        return self.found / max(self.wanted, 1)

    @property
    def precision(self):
        return self.found / max(self.found + self.wrong, 1)

    def share(self, what):
        """Return the share of the found strikes with this field right."""
        return self.right[what] / max(self.found, 1)


def load(name):
    """Return the reports of a file, in order."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))["report"]


def read(reports, gazetteer):
    """Return the records of the reports, with the report's id in the file."""
    frame = pd.DataFrame(
        {
            "report_id": [report["id"] for report in reports],
            "published": pd.to_datetime([report.get("published") for report in reports]),
            "language": [report["language"] for report in reports],
            "text": [report["text"].strip() for report in reports],
        }
    )
    return extract(frame, gazetteer)


def compare(reports, records):
    """Compare records with the expected strikes."""
    figures = Figures()
    for report in reports:
        rows = list(records[records.report_id == report["id"]].itertuples())
        _compare_one(report, rows, figures)
    return figures


def _compare_one(report, rows, figures):
    wanted = [Expected.from_line(line) for line in report["strikes"]]
    optional = [Expected.from_line(line) for line in report.get("optional", [])]
    used = set()
    for strike in wanted:
        figures.wanted += 1
        row = next((r for r in rows if r.record_id not in used and strike.names(r) and strike.is_then(r)), None)
        if row is None:
            figures.errors.append(f"{report['id']}: missed {strike.places[0]}")
            continue
        used.add(row.record_id)
        figures.found += 1
        _judge(report, strike, row, figures)
    for row in rows:
        if row.record_id not in used and not any(s.names(row) and s.is_then(row) for s in optional):
            figures.wrong += 1
            figures.roles += any(row.place_as_written.startswith(other) for other in report.get("others", []))
            summary = f"{row.place_as_written} {_dates(row)} {row.status}"
            figures.errors.append(f"{report['id']}: wrong {summary} | {row.quote[:70]}")


def _judge(report, strike, row, figures):
    checks = {
        "dates": strike.is_exactly_then(row),
        "target": row.target_kind in strike.targets,
        "weapon": row.weapon in strike.weapons,
        "attacker": row.attacker in strike.attackers,
        "status": row.status in strike.statuses,
    }
    read_as = {
        "dates": f"{_dates(row)} ({row.date_as_written})",
        "target": row.target_kind, "weapon": row.weapon, "attacker": row.attacker, "status": row.status,
    }  # fmt: skip
    for what, is_right in checks.items():
        figures.right[what] += is_right
        if not is_right:
            figures.errors.append(f"{report['id']}: {strike.places[0]} {what} {read_as[what]!r}")


def _dates(row):
    return f"{str(row.date_start)[:10]}..{str(row.date_end)[:10]}"
