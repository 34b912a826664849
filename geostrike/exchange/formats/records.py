r"""Read the records of a delimited file strictly: each has as many fields as there are columns.

Pyarrow parses a valid file, millions of records per second. Where quotation marks do not pair up, a record is too long,
or the lines of quarantined records are needed, Python's reader takes over.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
from tqdm.utils import CallbackIOWrapper

from geostrike.exchange.grid import EXCERPT, MAX_CELL, RejectedRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

__all__ = ["FAULTS", "Lines", "RecordFile", "as_frame"]

_BLOCK = 1 << 22  # fits into the processor's cache; 16 MB take twice as long
_SAMPLE, _AT_ONCE = 1_000, 50_000
_TEXT, _CODED = pa.large_string(), pa.dictionary(pa.int32(), pa.string())


class RecordFile:
    """A delimited file: its layout, and the two ways to read it."""

    def __init__(self, path: Path, start: int, delimiter: str, columns: list[str], *, quoted: bool) -> None:
        self.path, self.start, self.delimiter, self.columns, self.quoted = path, start, delimiter, columns, quoted
        self.zeros = False

    def read(self, bar: Any) -> tuple[pa.Table, npt.NDArray[np.int64], list[RejectedRow]]:
        """Return the table, the number of each row among all records, and the rejected records (line: that number).

        The bar advances by the bytes that are read.
        """
        if not self._quotes_are_sound(bar):
            return self._read_one_by_one()
        try:
            return self._read_at_once(bar)
        except pa.ArrowInvalid:  # a record longer than the block
            return self._read_one_by_one()

    def _quotes_are_sound(self, bar: Any) -> bool:
        """Whether every quotation mark opens a cell at its start, closes one at its end, or is doubled.

        An unpaired one would swallow rows up to the next.
        """
        beside = np.zeros(256, dtype=bool)
        beside[[ord(self.delimiter), *b'\r\n"']] = True
        opens, last = True, ord("\n")
        with self.path.open("rb") as handle:
            handle.seek(self.start)
            chunk = handle.read(_BLOCK)
            while chunk:
                following = handle.read(_BLOCK)
                bar.update(len(chunk))
                self.zeros |= b"\0" in chunk
                if self.quoted and b'"' in chunk:
                    data = np.frombuffer(bytes([last]) + chunk + (following[:1] or b"\n"), dtype=np.uint8)
                    marks = np.flatnonzero(data[1:-1] == ord('"')) + 1
                    first, second = (0, 1) if opens else (1, 0)
                    neighbours = data[marks[first::2] - 1], data[marks[second::2] + 1]
                    if not all(beside[near].all() for near in neighbours):
                        return False
                    opens ^= bool(len(marks) % 2)
                last, chunk = chunk[-1], following
        return opens

    def _read_at_once(self, bar: Any) -> tuple[pa.Table, npt.NDArray[np.int64], list[RejectedRow]]:
        bad: list[Any] = []

        def keep(row: Any) -> str:
            bad.append(row)
            return "skip"

        with self.path.open("rb") as handle:
            handle.seek(self.start)
            if not handle.read(1):
                return self._table([], self._types()), np.empty(0, dtype=np.int64), []
            handle.seek(self.start)
            table = pyarrow.csv.read_csv(
                CallbackIOWrapper(bar.update, handle, "read"),
                # Threads are not faster here, take more memory, and do not report record numbers.
                read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=self.columns),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=self.delimiter, newlines_in_values=self.quoted, invalid_row_handler=keep,
                    quote_char='"' if self.quoted else False,
                ),
                convert_options=pyarrow.csv.ConvertOptions(strings_can_be_null=False, column_types=self._types()),
                memory_pool=_thrifty_pool(),
            )  # fmt: skip
        numbers = np.array([row.number - 1 for row in bad], dtype=np.int64)
        records = np.delete(np.arange(table.num_rows + len(bad), dtype=np.int64), numbers)
        return table, records, [self._ragged(row.number - 1, row.actual_columns, row.text) for row in bad]

    def _types(self) -> dict[str, pa.DataType]:
        """Choose the type of each column: dictionary-encoded where many of the first cells are equal."""
        rows = [cells for _, cells, _ in islice(self.records(), _SAMPLE) if len(cells) == len(self.columns)]
        distinct = [len(set(cells)) for cells in zip(*rows, strict=True)] or [1] * len(self.columns)
        return {
            name: _CODED if 2 * count <= len(rows) else _TEXT
            for name, count in zip(self.columns, distinct, strict=True)
        }

    def _read_one_by_one(self) -> tuple[pa.Table, npt.NDArray[np.int64], list[RejectedRow]]:
        rows: list[list[str]] = []
        tables, numbers, rejected, types = [], [], [], self._types()
        for number, (_, cells, fault) in enumerate(self.records()):
            if fault:
                code = "TOO_LONG" if fault == _TOO_LONG else "RAGGED_ROW"
                rejected.append(RejectedRow(number, code, fault, self.delimiter.join(cells)[:EXCERPT]))
            elif len(cells) != len(self.columns):
                rejected.append(self._ragged(number, len(cells), self.delimiter.join(cells)))
            else:
                rows.append(cells)
                numbers.append(number)
            if len(rows) == _AT_ONCE:  # the cells of all rows as texts of Python's would take five times the room
                tables.append(self._table(rows, types))
                rows = []
        tables.append(self._table(rows, types))
        return pa.concat_tables(tables), np.array(numbers, dtype=np.int64), rejected

    def records(self) -> Iterator[tuple[int, list[str], str]]:
        """Iterate over records with their line and, if invalid, their fault; empty lines are skipped."""
        quoting: Any = {"quotechar": '"'} if self.quoted else {"quoting": csv.QUOTE_NONE, "quotechar": None}
        csv.field_size_limit(MAX_CELL)
        with self.path.open(encoding="utf-8", newline="") as handle:
            feed = _Feed(handle, self._header_lines())
            reader = csv.reader(feed, delimiter=self.delimiter, strict=True, **quoting)
            while True:
                try:
                    cells, fault = next(reader), ""
                except StopIteration:
                    return
                except csv.Error as error:
                    cells, fault = [feed.used[0].rstrip("\r\n")], FAULTS.get(str(error), str(error))
                    if len(feed.used) > 1 and fault == _TOO_LONG:
                        fault = FAULTS["unexpected end of data"]
                line = feed.next_record(go_back=bool(fault))
                if fault:
                    reader = csv.reader(feed, delimiter=self.delimiter, strict=True, **quoting)
                if cells:
                    yield line, cells, fault

    def record_lines(self, count: int) -> npt.NDArray[np.int64]:
        """Return the line in which each of `count` records begins."""
        parts, inside, line = [], False, self._header_lines() + 1
        with self.path.open("rb") as handle:
            handle.seek(self.start)
            while chunk := handle.read(_BLOCK) + handle.readline():  # whole lines
                data = np.frombuffer(chunk, dtype=np.uint8)
                begins = np.r_[0, np.flatnonzero(data[:-1] == ord("\n")) + 1]
                following = data[np.minimum(begins + 1, len(data) - 1)]
                empty = (data[begins] == ord("\n")) | ((data[begins] == ord("\r")) & (following == ord("\n")))
                marks = np.flatnonzero(data == ord('"')) if self.quoted else np.empty(0, dtype=np.int64)
                within = (np.searchsorted(marks, begins) + inside) % 2 == 1
                parts.append(line + np.flatnonzero(~(empty | within)))
                line += len(begins)
                inside ^= bool(len(marks) % 2)
        starts = np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
        if len(starts) != count:
            starts = np.array([line for line, _, _ in self.records()], dtype=np.int64)
        return starts

    def _header_lines(self) -> int:
        with self.path.open("rb") as handle:
            head = handle.read(self.start).decode("utf-8")
        return len(io.StringIO(head, newline="").readlines())

    def _ragged(self, number: int, found: int, text: str) -> RejectedRow:
        reason = f"{found} fields, and {len(self.columns)} columns"
        return RejectedRow(number, "RAGGED_ROW", reason, str(text)[:EXCERPT])

    def _table(self, rows: list[list[str]], types: dict[str, pa.DataType]) -> pa.Table:
        columns = zip(*rows, strict=True) if rows else ([] for _ in self.columns)
        arrays = [pa.array(column, type=kind) for column, kind in zip(columns, types.values(), strict=True)]
        return pa.table(arrays, names=self.columns)

    def located(self, rejected: RejectedRow, lines: Lines) -> RejectedRow:
        """Replace the number of a rejected record by its line."""
        line = int(lines.of_records(np.array([rejected.line]))[0])
        return RejectedRow(line, rejected.code, rejected.reason, rejected.content)


_TOO_LONG = f"a cell is longer than the limit of {MAX_CELL:,} characters"
FAULTS = {
    f"field larger than field limit ({MAX_CELL})": _TOO_LONG,
    "unexpected end of data": "a quotation mark opens a cell and nothing closes it",
    "',' expected after '\"'": "a quotation mark closes a cell before its end",
}


class _Feed:
    """The lines of a file, for a reader that can be set back to the second line of a record."""

    def __init__(self, handle: Any, skipped: int) -> None:
        self._handle, self._back = handle, deque[str]()
        self.used: list[str] = []
        self._line = 1 + skipped
        for _ in range(skipped):
            next(handle, "")

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._handle)
        self.used.append(line)
        return line

    def next_record(self, *, go_back: bool) -> int:
        """Return the line in which the record began; with `go_back`, the next one begins on its second line."""
        began = self._line
        if go_back:
            self._back.extendleft(reversed(self.used[1:]))
        self._line += 1 if go_back else len(self.used)
        self.used = []
        return began


class Lines:
    """The line in which each row begins; the file is scanned on first use."""

    def __init__(self, form: RecordFile, records: npt.NDArray[np.int64], count: int) -> None:
        self._form, self._records, self._count = form, records, count
        self._starts: npt.NDArray[np.int64] | None = None

    def __call__(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The lines of rows, by their positions."""
        return self.of_records(self._records[rows])

    def of_records(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The lines of records, by their numbers among all records."""
        if self._starts is None:
            self._starts = self._form.record_lines(self._count)
        found: npt.NDArray[np.int64] = self._starts[numbers]
        return found


def _thrifty_pool() -> pa.MemoryPool:
    """A memory pool that frees columns at once: a table takes a third less than with the default pool."""
    try:
        return pa.jemalloc_memory_pool()
    except NotImplementedError:  # not in the wheels for Windows
        return pa.system_memory_pool()


def as_frame(table: pa.Table) -> pd.DataFrame:
    """Return the columns of a table as text, or as categories of text."""
    return pd.DataFrame({name: _as_column(table[name]) for name in table.column_names}, copy=False)


def _as_column(cells: pa.ChunkedArray) -> Any:
    if not pa.types.is_dictionary(cells.type):
        return pd.array(cells, dtype="str")
    if 2 * sum(len(chunk.dictionary) for chunk in cells.chunks) > len(cells):  # beyond the sample, few cells were equal
        return pd.array(cells.cast(_TEXT), dtype="str")
    codes_of = cells.unify_dictionaries().combine_chunks()
    return pd.Categorical.from_codes(codes_of.indices.to_numpy(), categories=pd.Index(codes_of.dictionary, dtype="str"))
