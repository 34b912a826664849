"""Counts that a reader adds up, on the terminal and on the report page."""

import re

import pytest
from command import REPORT, command

from geostrike.pipeline import locate
from geostrike.report import report_page


def lines_with(out: str, word: str) -> list[str]:
    return [line for line in out.splitlines() if word in line]


def test_quarantine_counts(tmp_path):
    """The codes in brackets add up to the count before them; what was read and left out has a line of its own."""
    table = tmp_path / "t.csv"
    table.write_text("date,place,kind\n2024-01-25,Tuapse,a\n2024-01-26,Belgorod,b\n2024-13-01,Kursk,a\n")
    done = command("run", table, "--out", tmp_path / "out", "--keep", "kind=a")
    assert "3 in = 2 read + 1 in quarantine (BAD_DATE 1); strikes: 1" in done.out
    assert lines_with(done.out, "left out") == ["read, but left out (quarantine.csv lists them): NOT_A_STRIKE 1"]


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """A folder with one report and an empty file, and the results of a run over it."""
    folder = tmp_path_factory.mktemp("reports")
    (folder / "a.txt").write_text(f" date 2022-04-02 {REPORT}")
    (folder / "b.txt").write_text("")
    command("run", folder, "--out", folder / "out", "-q")
    return folder


def test_old_results_are_skipped(twice):
    """The page counts the reports that were given, not the files of an earlier run that were passed over."""
    located = locate(twice)
    assert sum(located.run["passed_over"].values()) > 10
    assert "1 of 2 reports or rows read, 1 in quarantine" in report_page(located)


def test_left_out_is_usable(twice):
    """What a date leaves out could be used, and the page says so."""
    page = re.sub("<[^>]*>", "", report_page(locate(twice, since="2023-01-01")))
    assert "1 of what was given could not be used. 1 of what was read was left out" in page
