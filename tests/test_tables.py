"""The data model: unique names, closed vocabularies, types that hold when a table is empty."""

import pandas as pd
import pytest

from geostrike import tables
from geostrike.errors import TableError
from geostrike.tables import (
    MEMBERS,
    RECORDS,
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
def test_columns_have_unique_names_and_a_meaning(table):
    assert len(set(table.names)) == len(table.names)
    assert all(column.meaning for column in table.columns)


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_unit_in_the_name_is_the_unit(table):
    for column in table.columns:
        if column.name.endswith("_km"):
            assert column.unit == "km", column.name


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_empty_and_built_tables_have_the_same_types(table):
    assert empty_table(table).dtypes.to_dict() == build_table(table, []).dtypes.to_dict()
    assert empty_table(table).dtypes.to_dict() == build_table(table, [{}]).dtypes.to_dict()


def test_missing_column_is_named_with_what_is_there():
    with pytest.raises(TableError, match="the members table lacks the column 'record_id'; it has: strike_id"):
        check_table(empty_table(MEMBERS)[["strike_id"]], MEMBERS)


def test_word_outside_the_vocabulary_is_named_with_its_row():
    frame = build_table(RECORDS, [{"status": "confirmed", "date_precision": "day"}])
    check_table(frame, RECORDS)
    with pytest.raises(TableError, match="row 0: status is 'sure'; known words: aborted"):
        check_table(frame.assign(status="sure"), RECORDS)


def test_further_columns_are_no_fault():
    check_table(empty_table(STRIKES).assign(fatalities=0), STRIKES)


def test_written_day_is_kept():
    """A time with its distance from UTC is of the day that is written, not of the day in Greenwich."""
    written = ["2024-01-25T00:30:00+03:00", "2024-01-26", "", "2024-01-27T23:00Z", "2024-01-28 22:00-0500"]
    frame = pd.DataFrame({"date_start": written})
    for days in (usable_frame(frame, STRIKES)["date_start"], days_of(frame, "date_start")):
        assert days.dt.day.fillna(0).astype(int).tolist() == [25, 26, 0, 27, 28]
