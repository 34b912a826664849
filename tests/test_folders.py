"""Which files of a folder are read: regular files, except those that an earlier run wrote."""

import json
import os
import socket
from pathlib import Path

import pytest

from geostrike.cli import main
from geostrike.errors import InputError
from geostrike.intake.output import OutputFolder
from geostrike.pipeline import locate
from geostrike.reading import read_documents
from geostrike.reading.documents.folders import EARLIER, RESULTS

REPORT = " date 2024-03-02 Drones hit an oil depot in Belgorod on 1 March 2024, the governor said."


def run(*arguments):
    """Return the exit code of a run."""
    with pytest.raises(SystemExit) as ended:
        main(["run", *map(str, arguments)])
    return ended.value.code


@pytest.fixture
def articles(tmp_path):
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text(REPORT)
    return folder


RESULT = {"strikes.csv": b"a,b\n", "report.html": f"<html><body><p>{REPORT}</p>".encode(), "map.html": b"<html>"}


def results_in(folder, files=RESULT):
    """Write files as a run does; return their number, including the manifest."""
    with OutputFolder(folder) as out:
        out.publish(files, {"geostrike": "1"})
    return len(files) + 1


def test_second_run(articles, monkeypatch, capsys):
    """A run into its own input folder gives the same result again, and counts what it skipped."""

    def few_files(located, **_):
        located.run["left_out"] = {}
        return iter(RESULT.items())

    monkeypatch.setattr("geostrike.runs.files.result_files", few_files)
    monkeypatch.chdir(articles)
    assert run(".", "--out", "out") == 0
    first = json.loads((articles / "out" / "run.json").read_text())
    assert first["passed_over"] == {}
    capsys.readouterr()
    assert run(".", "--out", "out") == 0
    second = json.loads((articles / "out" / "run.json").read_text())
    count = len(first["files"]) + 1
    assert f"1 read + 0 in quarantine + {count} passed over" in (said := capsys.readouterr().out)
    assert f"passed over: {count} {EARLIER}\n" in said
    assert second["passed_over"] == {EARLIER: count}
    assert second["rows_in"] == second["ok"] + second["quarantined"] + count
    assert (second["strikes"], second["ok"]) == (first["strikes"], 1)


def test_results_among_reports(articles):
    """Results among the reports are skipped, as the manifest lists them."""
    count = results_in(articles)
    (articles / "strikes.csv").write_text("text\nA user filled this in.\n")
    results_in(articles)  # into strikes.new.csv: the user's stays
    documents = read_documents(articles, results=articles)
    assert documents.reports["path"].tolist() == ["a.txt", "strikes.csv"]
    assert documents.passed_over == {EARLIER: count}


def test_interrupted_run(articles):
    """Files in the journal of an interrupted run are skipped."""
    results_in(articles)
    manifest = json.loads((articles / "run.json").read_text())
    (articles / ".geostrike-writing.json").write_text(json.dumps({"files": manifest["files"]}))
    (articles / "run.json").unlink()
    assert read_documents(articles).reports["path"].tolist() == ["a.txt"]


def test_results_of_any_run(articles):
    """Files in the manifest of any folder are skipped; other files next to them are read."""
    count = results_in(articles / "old" / "results")
    (articles / "old" / "results" / "mine.txt").write_text(REPORT.replace("Belgorod", "Tuapse"))
    (articles / "old" / "results" / "decisions.csv").write_text("record_id,decision,note\n")
    located = locate(articles)
    assert located.reports["path"].tolist() == ["a.txt", "old/results/mine.txt"]
    assert (located.run["ok"], located.run["quarantined"]) == (2, 0)
    assert located.run["passed_over"] == {EARLIER: count + 1}


def test_output_folder(articles):
    """Nothing in the output folder is read, even before a run has finished there."""
    (articles / "out").mkdir()
    (articles / "out" / "map.html").write_text("<html>")
    documents = read_documents(articles, results=articles / "out")
    assert documents.reports["path"].tolist() == ["a.txt"]
    assert (len(documents.quarantine), documents.passed_over) == (0, {RESULTS: 1})
    assert read_documents(articles / "out", results=articles / "out").passed_over == {}


@pytest.mark.parametrize(
    "content", ['{"files": {"a.txt": "0"}}', "{", "[]", '{"geostrike": "1", "files": {"../x": 1}}']
)
def test_foreign_run_json(articles, content):
    """A run.json that is not a manifest of geostrike hides nothing."""
    (articles / "run.json").write_text(content)
    assert "a.txt" in read_documents(articles).reports["path"].tolist()


def test_only_results(tmp_path):
    """A folder with nothing but results is an InputError."""
    results_in(tmp_path / "out")
    with pytest.raises(InputError, match="files that a run wrote"):
        read_documents(tmp_path / "out")


# --- links and special files ------------------------------------------------------------------------------------------


def test_links(articles, tmp_path):
    """Links are followed within the folder, never out of it."""
    (tmp_path / "secret.txt").write_text("Drones hit the secret.")
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "o.txt").write_text("Drones hit others.")
    (articles / "out.txt").symlink_to(tmp_path / "secret.txt")
    (articles / "chain.txt").symlink_to("out.txt")
    (articles / "folder").symlink_to(tmp_path / "others")
    (articles / "gone.txt").symlink_to("nowhere.txt")
    (articles / "round.txt").symlink_to("round.txt")
    (articles / "loop").symlink_to(".")
    (articles / "again.txt").symlink_to("a.txt")
    documents = read_documents(articles)
    assert documents.reports["text"].str.contains("secret|others").sum() == 0
    found = documents.quarantine.set_index("path")["reason"].to_dict()
    # Of a file and a link to it, the first by name is read.
    assert sorted(found) == ["again.txt", "chain.txt", "folder", "gone.txt", "out.txt", "round.txt"]
    assert "leads out of the folder" in found["out.txt"]
    assert "leads out of the folder" in found["folder"]
    assert found["chain.txt"] == found["out.txt"]
    assert locate(articles).run["inputs"].keys() == {"a.txt", "again.txt"}


def test_special_files(articles, monkeypatch):
    """Pipes and sockets are quarantined unopened."""
    os.mkfifo(articles / "pipe.txt")
    (articles / "zero.txt").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(articles)  # the path of a socket is short
        server.bind("s.txt")
        documents = read_documents(articles)
    assert documents.reports["path"].tolist() == ["a.txt"]
    assert documents.quarantine[["path", "code"]].to_numpy().tolist() == [
        ["pipe.txt", "BAD_TEXT"], ["s.txt", "BAD_TEXT"], ["zero.txt", "BAD_TEXT"],
    ]  # fmt: skip
    assert "is not a regular file" in documents.quarantine["reason"][0]


def test_name_in_other_bytes(articles):
    """A file whose name is not UTF-8 is read, with its bytes escaped in the name."""
    Path(os.fsdecode(os.fsencode(articles) + b"/\xff.txt")).write_text(REPORT.replace("Belgorod", "Azov"))
    assert read_documents(articles).reports["path"].tolist() == ["\\udcff.txt", "a.txt"]


def test_unreadable_folder(articles, monkeypatch):
    """A folder that cannot be listed is quarantined, and the others are read."""
    (articles / "deep").mkdir()

    def scan(path, real=os.scandir):
        if Path(path).name == "deep":
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scan)
    documents = read_documents(articles)
    assert documents.reports["path"].tolist() == ["a.txt"]
    assert documents.quarantine[["path", "reason"]].to_numpy().tolist() == [
        ["deep", "the folder cannot be read: Permission denied"]
    ]
