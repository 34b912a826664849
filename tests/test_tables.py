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


# --- statuses and kinds of place --------------------------------------------------------------------------------------


def test_strengths_differ():
    """Of two statuses one is the stronger, so that the order of the records does not matter."""
    assert len({status.strength for status in STATUSES.values()}) == len(STATUSES)


@pytest.mark.parametrize("records", [STATUSES, PLACE_KINDS], ids=["statuses", "kinds"])
def test_steps_are_runs(records):
    """Each step of `sensitivity` is one run of its vocabulary, so that what it adds to the step before is plain."""
    runs = [step for step, _ in groupby(record.step for record in records.values())]
    assert len(runs) == len(set(runs))


def test_marks_are_known_and_differ():
    """Every status has a mark of its own that the map can draw."""
    marks = [status.mark for status in STATUSES.values()]
    assert len(set(marks)) == len(marks)
    assert set(marks) <= set(MARKS)


@pytest.mark.parametrize(("schema", "code_of"), [("acled", "acled"), ("ucdp", "ucdp")])
def test_codes_of_schemas_are_the_kinds_codes(schema, code_of):
    """A kind that a code of ACLED or UCDP is read as has that code in its record."""
    codes = load_schema(schema).place_precision.codes
    assert codes
    for code, meaning in codes.items():
        assert str(getattr(PLACE_KINDS[meaning["kind"]], code_of)) == code


def test_kinds_run_from_close_to_rough():
    """The order of the kinds never goes back to a closer code of precision."""
    for name in ("acled", "ucdp"):
        codes = [code for kind in PLACE_KINDS.values() if (code := getattr(kind, name)) is not None]
        assert codes == sorted(codes)
