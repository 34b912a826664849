"""What a run must report: lost rows, undated reports, nothing found, and texts that no table can hold."""

import json
import warnings

import pandas as pd
import pytest

from geostrike import InputWarning, pipeline
from geostrike.cli import main
from geostrike.pipeline import locate
from geostrike.reading import extract, read_documents
from geostrike.runs.files import result_files

SOUND = {"text": "Drones struck an oil depot in Kursk on 5 March 2024, officials said."}


def warned(source, **options):
    """The warnings of input that locate gives."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        locate(source, **options)
    return [str(warning.message) for warning in caught if warning.category is InputWarning]


def test_lost_rows_are_warned_of_once():
    """One warning counts the rows of a table that are lost, by reason, with the remedy."""
    days = ["03/04/2024"] * 3 + ["2024-03-04", "soon", "2999-01-01"]
    table = pd.DataFrame({"date": days, "place": "Tuapse", "id": range(6)})
    (message,) = warned(table)
    assert "of 6 rows could not be used" in message
    assert "1 FUTURE_DATE" in message


def test_lost_reports_are_warned_of_once(tmp_path):
    """One warning counts the files that could not be read, by reason."""
    (tmp_path / "a.txt").write_text(SOUND["text"])
    (tmp_path / "b.txt").write_bytes(bytes(9))
    (tmp_path / "c.md").write_text("---\ndate: 03/04/2024\n---\n" + SOUND["text"])
    (message,) = warned(tmp_path)
    assert "2 of 3 files or reports could not be used: 1 AMBIGUOUS_DATE" in message
    assert "1 BAD_TEXT" in message


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (pd.DataFrame({"text": ["The weather was mild."]}), "no strike was found in 1 "),
        (pd.DataFrame({"date": [], "place": [], "latitude": [], "longitude": []}), "has no rows"),
    ],
)
def test_nothing_found_is_warned_of(table, words):
    """A table without rows, and reports without a strike, give a warning."""
    assert words in warned(table)[-1]


def test_sound_input_warns_of_nothing():
    """Sound input gives no warning."""
    assert warned(pd.DataFrame([SOUND | {"published": "2024-03-06"}])) == []


def ran(folder, monkeypatch, capsys):
    """Return what a run prints, without writing results."""

    def no_files(located, **_):
        located.run["left_out"] = {}
        return iter({"report.html": b"<html>"}.items())

    monkeypatch.setattr("geostrike.runs.files.result_files", no_files)
    with pytest.raises(SystemExit):
        main(["run", str(folder), "--out", str(folder.parent / "out")])
    return capsys.readouterr().out


def test_undated_files_are_named(tmp_path, monkeypatch, capsys):
    """The terminal names the first files without a date, and the line to type."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("b.txt", "a b.txt", "c.txt", "d.txt", "e.txt"):
        (folder / name).write_text(f"{SOUND['text']} It was report {name}.")
    (folder / "dated.txt").write_text(f" date 2024-03-06 {SOUND['text']}")
    said = ran(folder, monkeypatch, capsys)
    assert "5 reports in a b.txt, b.txt, c.txt and 2 more\n" in said
    line = "--published 'a b.txt=YYYY-MM-DD' --published b.txt=YYYY-MM-DD --published c.txt=YYYY-MM-DD\n"
    assert line in said


def test_undated_reports_of_one_file(tmp_path, monkeypatch, capsys):
    """Of a file of many reports only the one date for all is offered: FILE=DATE would replace those in the file."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps([SOUND, {"text": "Quiet."}, SOUND | {"published": "2024-03-06"}]))
    said = ran(folder, monkeypatch, capsys)
    assert "2 reports in a.json\n" in said
    assert "--published YYYY-MM-DD\n" in said


def test_nothing_found_is_printed(tmp_path, monkeypatch, capsys):
    """The terminal says that no strike was found."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("2024-03-06\nThe weather was mild.")
    assert "no strike was found\n" in ran(folder, monkeypatch, capsys)


# --- texts that no table can hold -------------------------------------------------------------------------------------

HOSTILE = {
    "half characters": {"title": "\ud800", "text": "Drones \udfff hit Tuapse\ud83d, officials said.", "url": "\udc00"},
    "language": {"text": "Drones hit Azov!", "language": "\ud800x", "publisher": "\ud800"},
    "zero": {"text": "Drones hit\0 Tuapse on 1 March 2024."},
    "directions": {"text": "\u202eDrones hit \u2067Tuapse\u2069 on 1 March 2024.", "title": "\u202ex"},
    "controls": {"text": "\x1b[31mDrones hit Tuapse\x07.\u2028Drones\x85 hit Azov."},
    "marks": {"text": "Drones hit T" + "\u0301" * 300 + "uapse on 1 March 2024."},
    "days": {"text": "0001-01-01\nDrones hit Tuapse yesterday, and on 31 December 9999 and 99 March 20240."},
    "figures": {"text": f"Drones hit Azov {'9' * 400} km from the border; {'1' * 400} drones on 3 March 2024."},
    "objects": {"text": "Drones hit Azov;", "title": {"a": [1]}, "publisher": [[]], "url": 7},
    "signs": {"text": "=HYPERLINK(1)<script><!-- Drones hit Azov on 3 March 2024."},
    "one word": {"text": "Drones hit " + "A" * 50_000},
}


def test_hostile_texts_break_nothing(tmp_path):
    """Any characters in texts, titles and addresses allow every file of the results."""
    (tmp_path / "a.json").write_text(json.dumps([*HOSTILE.values(), SOUND, "\ud800"]))
    located = locate(tmp_path)
    assert len(located.reports) == len(HOSTILE) + 1
    assert located.quarantine["code"].tolist() == ["BAD_TEXT"]
    assert "Kursk" in set(located.strikes["place"])
    files = dict(result_files(located))
    assert located.run["left_out"] == {}
    for content in files.values():
        content.decode("utf-8")


def test_hostile_frame_breaks_nothing():
    """The same from a table in memory, and from extract alone."""
    frame = pd.DataFrame(list(HOSTILE.values()), dtype=object)
    reports = read_documents(frame).reports
    assert len(reports) == len(HOSTILE)
    raw = pd.DataFrame({"report_id": ["r"], "published": [pd.NaT], "language": ["en"]}).assign(
        text=pd.Series(["Drones hit Tuapse\ud83d."], dtype=object)
    )
    assert extract(raw, pipeline.Gazetteer()).records["place_as_written"].tolist() == ["Tuapse"]
