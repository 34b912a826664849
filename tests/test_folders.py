"""Which files of a folder are read: regular files in it, and nothing that an earlier run wrote."""

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
    """The exit code of a run."""
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
    """Files as a run writes them; how many there are, with the manifest."""
    with OutputFolder(folder) as out:
        out.publish(files, {"geostrike": "1"})
    return len(files) + 1


def test_second_run_reads_no_results(articles, monkeypatch, capsys):
    """A run into its own input folder gives the same the second time, and says what it passed over."""

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


def test_results_beside_reports_are_passed_over(articles):
    """Where the input is the folder for results itself, the files that the manifest lists are no reports."""
    count = results_in(articles)
    (articles / "strikes.csv").write_text("text\nA user filled this in.\n")
    results_in(articles)  # into strikes.new.csv: the user's stays
    documents = read_documents(articles, results=articles)
    assert documents.reports["path"].tolist() == ["a.txt", "strikes.csv"]
    assert documents.passed_over == {EARLIER: count}


def test_results_of_a_run_that_was_cut_off(articles):
    """What the journal of a run lists is no report either."""
    results_in(articles)
    manifest = json.loads((articles / "run.json").read_text())
    (articles / ".geostrike-writing.json").write_text(json.dumps({"files": manifest["files"]}))
    (articles / "run.json").unlink()
    assert read_documents(articles).reports["path"].tolist() == ["a.txt"]


def test_results_of_any_run_are_passed_over(articles):
    """From Python, too: what the manifest of any folder lists is no report; other files beside it are."""
    count = results_in(articles / "old" / "results")
    (articles / "old" / "results" / "mine.txt").write_text(REPORT.replace("Belgorod", "Tuapse"))
    (articles / "old" / "results" / "decisions.csv").write_text("record_id,decision,note\n")
    located = locate(articles)
    assert located.reports["path"].tolist() == ["a.txt", "old/results/mine.txt"]
    assert (located.run["ok"], located.run["quarantined"]) == (2, 0)
    assert located.run["passed_over"] == {EARLIER: count + 1}


def test_folder_for_results_is_not_read(articles):
    """Nothing in the folder for results is a report, also where no run has ended there."""
    (articles / "out").mkdir()
    (articles / "out" / "map.html").write_text("<html>")
    documents = read_documents(articles, results=articles / "out")
    assert documents.reports["path"].tolist() == ["a.txt"]
    assert (len(documents.quarantine), documents.passed_over) == (0, {RESULTS: 1})
    assert read_documents(articles / "out", results=articles / "out").passed_over == {}


@pytest.mark.parametrize(
    "content", ['{"files": {"a.txt": "0"}}', "{", "[]", '{"geostrike": "1", "files": {"../x": 1}}']
)
def test_other_run_json_hides_nothing(articles, content):
    """A file run.json that is no manifest of geostrike's leaves out no report."""
    (articles / "run.json").write_text(content)
    assert "a.txt" in read_documents(articles).reports["path"].tolist()


def test_only_results_are_refused(tmp_path):
    """A folder of results is no folder of reports, and that is said."""
    results_in(tmp_path / "out")
    with pytest.raises(InputError, match="files that a run wrote"):
        read_documents(tmp_path / "out")


# --- links, and what is no file ---------------------------------------------------------------------------------------


def test_links_out_are_not_followed(articles, tmp_path):
    """Files and folders outside are not read through a link; within the folder, links to files are followed."""
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
    # Of the file and the link to it, the first by name is read.
    assert sorted(found) == ["again.txt", "chain.txt", "folder", "gone.txt", "out.txt", "round.txt"]
    assert "leads out of the folder" in found["out.txt"]
    assert "leads out of the folder" in found["folder"]
    assert found["chain.txt"] == found["out.txt"]
    assert locate(articles).run["inputs"].keys() == {"a.txt", "again.txt"}


def test_only_regular_files_are_read(articles, monkeypatch):
    """Pipes and sockets are put in quarantine unopened: a pipe would wait for ever."""
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


def test_name_that_is_no_text(articles):
    """A file whose name is no UTF-8 is read, and named with what its bytes are."""
    Path(os.fsdecode(os.fsencode(articles) + b"/\xff.txt")).write_text(REPORT.replace("Belgorod", "Azov"))
    assert read_documents(articles).reports["path"].tolist() == ["\\udcff.txt", "a.txt"]


def test_folder_that_cannot_be_listed(articles, monkeypatch):
    """A folder that cannot be read is in quarantine, and the others are read."""
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
