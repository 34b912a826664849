"""Any fault in one report or row loses only that report or row; the rest is as without it."""

import pandas as pd
import pytest

from geostrike import pipeline
from geostrike.depth import measure as depth
from geostrike.errors import InputError, TableError
from geostrike.exchange import placing
from geostrike.intake.faults import fault_reason, without_faulty
from geostrike.pipeline import locate
from geostrike.reading import extraction
from geostrike.reading.documents import opening, reports
from geostrike.runs import measured

TEXTS = {
    "a.txt": " date 2024-03-02 Drones hit an oil depot in Belgorod on 1 March 2024, the governor said. It is 40 km "
    "from the border.",
    "bad.txt": " date 2024-03-03 Drones hit a refinery in Tuapse on 2 March 2024, the governor said. It is 300 km "
    "from the border.",
    "c.txt": " date 2024-03-04 Drones hit a plant in Lipetsk on 3 March 2024, officials in Kyiv said.",
    "d.txt": " date 2024-03-05 Missiles struck homes in Odesa on 4 March 2024, Ukrainian officials said.",
}
TABLES = ("reports", "mentions", "records", "claims", "distances", "quantities", "members", "relations", "review")
# Stage -> whether a table that it is given holds the faulty report.
STAGES = {
    "resolve_places": lambda table: "Tuapse" in set(table["place_as_written"]),
    "review_table": lambda table: "Tuapse" in set(table["place_as_written"]),
    "merge_strikes": lambda table: "Tuapse" in set(table["place_as_written"]),
    "measure_depth": lambda table: "Tuapse" in set(table["place"]),
    "check_stated_distances": lambda table: "Tuapse" in set(table["place"]),
}
ERRORS = [RuntimeError("odd"), KeyError("x"), RecursionError(), AssertionError(), TableError("no"), UnicodeError("bad")]


def broken(stage, is_faulty, error):
    """The stage, which raises where the faulty report or row is among what it is given."""

    def run(table, *args, **options):
        if is_faulty(table):
            raise error
        return stage(table, *args, **options)

    return run


def write(folder, names):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(TEXTS[name], encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    """What the sound reports give by themselves."""
    return locate(write(tmp_path_factory.mktemp("sound"), [name for name in TEXTS if name != "bad.txt"]))


def assert_only_lost(found, without, code="FAULT"):
    """One report is in quarantine, and everything else is as without it."""
    assert found.quarantine[["path", "code"]].to_numpy().tolist() == [["bad.txt", code]]
    assert found.quarantine["reason"].tolist()[0]
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(found, name), getattr(without, name), obj=name)
    pd.testing.assert_frame_equal(pd.DataFrame(found.strikes), pd.DataFrame(without.strikes))
    run = found.run
    assert (run["rows_in"], run["ok"], run["quarantined"]) == (4, 3, 1)


@pytest.mark.parametrize(("stage", "error"), list(zip(STAGES, ERRORS, strict=False)))
def test_stage_fault_costs_one_report(tmp_path, monkeypatch, without, stage, error):
    """Whatever a later stage raises for one report, the others are as without it."""
    monkeypatch.setattr(pipeline, stage, broken(getattr(pipeline, stage), STAGES[stage], error))
    assert_only_lost(locate(write(tmp_path / "in", TEXTS)), without)


@pytest.mark.parametrize("error", ERRORS)
def test_extraction_fault_costs_one_report(tmp_path, monkeypatch, without, error):
    """Whatever reading one report raises, the others are as without it."""

    def read(report_id, published, language, text, lookup, real=extraction._extract_rows):
        if "Tuapse" in text:
            raise error
        return real(report_id, published, language, text, lookup)

    monkeypatch.setattr(extraction, "_extract_rows", read)
    assert_only_lost(locate(write(tmp_path / "in", TEXTS)), without)


@pytest.mark.parametrize(
    "change",
    [
        {"date_start": pd.Timestamp("2024-03-02"), "date_end": pd.Timestamp("2024-02-02")},
        {"end": 10_000},
        {"start": 5, "end": 4},
        {"start": None},
        {"weapon": "stone"},
        {"status": "likely"},
    ],
)
def test_invalid_rows_cost_one_report(tmp_path, monkeypatch, without, change):
    """Rows that break the laws of their table are a fault of their report."""

    def row(report_id, record, *args, real=extraction.record_row):
        cells = real(report_id, record, *args)
        return cells | change if cells["place_as_written"] == "Tuapse" else cells

    monkeypatch.setattr(extraction, "record_row", row)
    assert_only_lost(locate(write(tmp_path / "in", TEXTS)), without)


def test_opening_fault_costs_one_file(tmp_path, monkeypatch, without):
    """Whatever opening one file raises, the others are read."""

    def pieces(file, real=opening.read_pieces):
        if file.name == "bad.txt":
            raise ZeroDivisionError
        yield from real(file)

    monkeypatch.setattr(opening, "read_pieces", pieces)
    assert_only_lost(locate(write(tmp_path / "in", TEXTS)), without)


def test_reprint_fault_costs_one_report(tmp_path, monkeypatch, without):
    """Whatever comparing one text raises, the others are compared."""

    def find(texts, real=reports.find_reprints):
        texts = list(texts)
        if any("Tuapse" in text for text in texts):
            raise OverflowError
        return real(texts)

    monkeypatch.setattr(reports, "find_reprints", find)
    assert_only_lost(locate(write(tmp_path / "in", TEXTS)), without)


def test_reprint_of_faulty_report_stays(tmp_path, monkeypatch):
    """A reprint of a quarantined report counts as an original."""
    body = " ".join(f"word{n}" for n in range(40)) + " Drones hit an oil depot in Belgorod, the governor said."
    (tmp_path / "a.txt").write_text(" date 2024-03-02 Tuapse was quiet. " + body)
    (tmp_path / "b.txt").write_text(" date 2024-03-03 " + body)
    assert (locate(tmp_path).reports["reprint_of"] != "").sum() == 1

    def read(*args, real=extraction._extract_rows):
        if "Tuapse" in args[3]:
            raise ValueError
        return real(*args)

    monkeypatch.setattr(extraction, "_extract_rows", read)
    assert locate(tmp_path).reports["reprint_of"].tolist() == [""]


@pytest.mark.parametrize("error", [MemoryError(), KeyboardInterrupt(), InputError("mend this")])
def test_other_errors_are_raised(tmp_path, monkeypatch, error):
    """Errors that no report causes stop the run: out of memory, Ctrl+C, what the user can correct."""
    monkeypatch.setattr(pipeline, "merge_strikes", broken(pipeline.merge_strikes, lambda _: True, error))
    with pytest.raises(type(error)):
        locate(write(tmp_path / "in", ["a.txt", "c.txt"]))
    if isinstance(error, InputError):
        return

    def read(*_):
        raise error

    monkeypatch.setattr(extraction, "_extract_rows", read)
    with pytest.raises(type(error)):
        locate(tmp_path / "in")


def test_fault_without_reports_is_raised(tmp_path, monkeypatch):
    """An error of a stage without reports is raised."""
    monkeypatch.setattr(pipeline, "measure_depth", broken(depth.measure_depth, lambda _: True, RuntimeError("always")))
    with pytest.raises(RuntimeError, match="always"):
        locate(write(tmp_path / "in", ["a.txt", "c.txt"]))


# --- rows of tables ---------------------------------------------------------------------------------------------------

HEADER = "id,date,place,latitude,longitude,source\n"
ROWS = ["1,2024-01-25,Belgorod,,,TASS", "2,2024-01-26,Tuapse,,,RIA", "3,2024-01-27,,50.4,30.5,Ukrinform"]


def table(tmp_path, rows):
    path = tmp_path / f"{len(rows)}.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n")
    return path


@pytest.mark.parametrize("stage", ["resolve_places", "measure_depth"])
def test_stage_fault_costs_one_row(tmp_path, monkeypatch, stage):
    """Whatever a stage raises for one row of a table, the other rows are as without it, and its line is named."""
    sound = locate(table(tmp_path, [ROWS[0], ROWS[2]]))
    module = placing if stage == "resolve_places" else measured
    column = "place_as_written" if stage == "resolve_places" else "place"

    def is_faulty(rows):
        return "Tuapse" in set(rows[column])

    monkeypatch.setattr(module, stage, broken(getattr(module, stage), is_faulty, RuntimeError("odd")))
    found = locate(table(tmp_path, ROWS))
    assert found.quarantine[["path", "line", "code"]].to_numpy().tolist() == [["3.csv", 3, "FAULT"]]
    assert (found.run["rows_in"], found.run["ok"], found.run["quarantined"]) == (3, 2, 1)
    columns = ["source_id", "place", "depth_km", "date_start", "struck_country"]
    assert found.strikes[columns].equals(sound.strikes[columns])
    assert found.reports["publisher"].tolist() == ["TASS", "Ukrinform"]


@pytest.mark.parametrize("stage", ["look_up", "measure_depth"])
def test_measured_table_loses_one_row(tmp_path, monkeypatch, stage):
    """The same for a table that is only measured."""

    def is_faulty(rows):
        return "Tuapse" in set(rows["place_as_written"])

    monkeypatch.setattr(measured, stage, broken(getattr(measured, stage), is_faulty, RuntimeError("odd")))
    found = measured.measured_table(table(tmp_path, ROWS))
    assert found.strikes["source_id"].tolist() == ["1", "3"]
    assert found.quarantine[["line", "code"]].to_numpy().tolist() == [[3, "FAULT"]]


def test_quarantine_names_the_line(tmp_path, monkeypatch):
    """A row that is a report and cannot be read is in quarantine with the line of the table."""

    def read(*args, real=extraction._extract_rows):
        if "Tuapse" in args[3]:
            raise ValueError
        return real(*args)

    monkeypatch.setattr(extraction, "_extract_rows", read)
    path = tmp_path / "t.csv"
    path.write_text("id,date,place,text\n1,2024-01-25,Belgorod,\n2,,,Drones hit Tuapse.\n3,,,Drones hit Azov.\n")
    found = locate(path)
    assert found.quarantine[["line", "code"]].to_numpy().tolist() == [[3, "FAULT"]]
    assert (found.run["rows_in"], found.run["ok"], found.run["quarantined"]) == (3, 2, 1)


# --- the search for them ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("faulty", [{3}, {0, 1}, {0, 7, 8, 15}, set(range(16)), set()])
def test_exactly_the_faulty_are_found(faulty):
    """Exactly the units that the stage fails on are found."""

    def stage(numbers):
        if faulty & set(numbers):
            raise ValueError(numbers)
        return list(numbers)

    result, found = without_faulty(stage, range(16))
    assert set(found) == faulty
    assert result == [number for number in range(16) if number not in faulty]


def test_joint_failure_costs_one():
    """Of two units that fail only together, the later one is removed."""

    def stage(numbers):
        if {2, 5} <= set(numbers):
            raise ValueError
        return list(numbers)

    assert without_faulty(stage, range(8))[0] == [0, 1, 2, 3, 4, 6, 7]


def test_sound_stage_runs_once():
    """A stage that does not fail runs once."""
    calls = []
    without_faulty(calls.append, range(1000))
    assert len(calls) == 1


def test_reason_is_one_line():
    """Control characters and line ends of an exception's message do not reach the quarantine."""
    assert fault_reason(ValueError("a\x1b[31m\nb")).endswith("ValueError: a [31m b")
    assert len(fault_reason(ValueError("x" * 5000))) <= 300
