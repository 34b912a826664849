"""The warning of what could not be used: once, with counts and the remedy, and at the user's own line."""

import subprocess
import sys
import warnings

import pandas as pd
import pytest

from geostrike import InputWarning, read_strikes
from geostrike.intake.notices import REMEDIES, warn_of_losses
from geostrike.runs.measured import measured_table
from geostrike.tables import NO_FAULT, QUARANTINE, QUARANTINE_CODES, build_table

US_DATES = pd.DataFrame({"id": ["a", "b", "c"], "date": ["03/04/2024", "05/06/2024", "03/25/2024"], "place": "Tuapse"})


@pytest.mark.parametrize("read", [read_strikes, measured_table])
def test_lost_rows_are_warned_of(read):
    """Ambiguous dates lose rows: one warning counts them and says how to read them."""
    with pytest.warns(
        UserWarning, match=r"^2 of 3 rows could not be used: 2 AMBIGUOUS_DATE.*line 1.*dates=\"mdy\""
    ) as caught:
        read(US_DATES)
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_nothing_lost_is_silent():
    """With the remedy applied there is nothing to warn of."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read_strikes(US_DATES, dates="mdy").strikes) == 3


def test_rows_left_out_on_purpose():
    """Rows outside the window, rejected ones and events other than strikes are not losses."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_losses(build_table(QUARANTINE, [{"code": code} for code in NO_FAULT]))


def test_table_without_rows():
    """A table with only a header gives one warning that it has no rows."""
    with pytest.warns(InputWarning, match="the table has no rows") as caught:
        read = read_strikes(pd.DataFrame({"date": [], "place": []}))
    assert len(caught) == 1
    assert read.notes == ["the table has no rows"]


def test_warning_is_one_clean_line():
    """Nothing of the data reaches the terminal raw."""
    lost = build_table(QUARANTINE, [{"path": "a\x1b[2J.csv", "line": 2, "code": "BAD_DATE", "reason": "x\n\x1b]0;y"}])
    with pytest.warns(InputWarning) as caught:
        warn_of_losses(lost)
    assert str(caught[0].message).isprintable()


def test_remedies_are_of_codes():
    """Every remedy belongs to an existing code."""
    assert set(REMEDIES) <= set(QUARANTINE_CODES)


def test_command_prints_no_warning(tmp_path):
    """The command line reports losses in its own lines."""
    US_DATES.to_csv(tmp_path / "us.csv", index=False)
    command = [sys.executable, "-m", "geostrike", "stats", tmp_path / "us.csv", "--draws", "0"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 3
    assert done.stderr.startswith("geostrike: 2 rows could not be used")
    assert "Warning" not in done.stderr
