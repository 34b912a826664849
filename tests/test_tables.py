"""The data model: unique names, closed vocabularies, types that hold when a table is empty."""

from itertools import groupby

import pandas as pd
import pytest

from geostrike import tables
from geostrike.errors import TableError
from geostrike.exchange.schemas import load_schema
from geostrike.tables import (
    MARKS,
    MEMBERS,
    PLACE_KINDS,
    RECORDS,
    STATUSES,
    STRIKES,
    Table,
    build_table,
    check_table,
    days_of,
    empty_table,
    usable_frame,
)

ALL = [table for table in vars(tables).values() if isinstance(table, Table)]


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_columns_are_unique(table):
    """Every column of a table has a name of its own and a meaning."""
    assert len(set(table.names)) == len(table.names)
    assert all(column.meaning for column in table.columns)


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_unit_matches_name(table):
    """A column whose name ends in _km is in km."""
    for column in table.columns:
        if column.name.endswith("_km"):
            assert column.unit == "km", column.name


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_types_hold_when_empty(table):
    """An empty table has the types of a table with rows."""
    assert empty_table(table).dtypes.to_dict() == build_table(table, []).dtypes.to_dict()
    assert empty_table(table).dtypes.to_dict() == build_table(table, [{}]).dtypes.to_dict()


def test_missing_column_is_named():
    """The error names the missing column and the columns that exist."""
    with pytest.raises(TableError, match="the members table lacks the column 'record_id'; it has: strike_id"):
        check_table(empty_table(MEMBERS)[["strike_id"]], MEMBERS)


def test_unknown_word_is_named():
    """The error names a word outside the vocabulary, with its row."""
    frame = build_table(RECORDS, [{"status": "confirmed", "date_precision": "day"}])
    check_table(frame, RECORDS)
    with pytest.raises(TableError, match="row 0: status is 'sure'; known words: aborted"):
        check_table(frame.assign(status="sure"), RECORDS)


def test_further_columns_are_allowed():
    """A frame may have further columns."""
    check_table(empty_table(STRIKES).assign(fatalities=0), STRIKES)


def test_written_day_is_kept():
    """A time with a UTC offset belongs to the written day, not to the day in Greenwich."""
    written = ["2024-01-25T00:30:00+03:00", "2024-01-26", "", "2024-01-27T23:00Z", "2024-01-28 22:00-0500"]
    frame = pd.DataFrame({"date_start": written})
    for days in (usable_frame(frame, STRIKES)["date_start"], days_of(frame, "date_start")):
        assert days.dt.day.fillna(0).astype(int).tolist() == [25, 26, 0, 27, 28]


# --- statuses and kinds of place --------------------------------------------------------------------------------------


def test_strengths_differ():
    """One of two statuses is always the stronger, so the order of the records does not matter."""
    assert len({status.strength for status in STATUSES.values()}) == len(STATUSES)


@pytest.mark.parametrize("records", [STATUSES, PLACE_KINDS], ids=["statuses", "kinds"])
def test_steps_are_consecutive(records):
    """The words of one step of `sensitivity` follow each other in their vocabulary."""
    runs = [step for step, _ in groupby(record.step for record in records.values())]
    assert len(runs) == len(set(runs))


def test_marks_differ():
    """Every status has its own mark, which the map can draw."""
    marks = [status.mark for status in STATUSES.values()]
    assert len(set(marks)) == len(marks)
    assert set(marks) <= set(MARKS)


@pytest.mark.parametrize(("schema", "code_of"), [("acled", "acled"), ("ucdp", "ucdp")])
def test_codes_match_schemas(schema, code_of):
    """A code of ACLED or UCDP is read as a kind whose record has that code."""
    codes = load_schema(schema).place_precision.codes
    assert codes
    for code, meaning in codes.items():
        assert str(getattr(PLACE_KINDS[meaning["kind"]], code_of)) == code


def test_kinds_are_in_order():
    """The kinds are in the order of their codes, from precise to imprecise."""
    for name in ("acled", "ucdp"):
        codes = [code for kind in PLACE_KINDS.values() if (code := getattr(kind, name)) is not None]
        assert codes == sorted(codes)
