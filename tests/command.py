"""Run the command `geostrike` in this process: a new one takes seconds to import its modules."""

from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from geostrike.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

# The documented exit codes.
EXIT_CODES = {0, 1, 2, 3, 130}
REPORT = "Drones hit an oil depot in Belgorod on 1 April 2022, the governor said."
TABLE = "id,date,place,lat,lon\n1,2024-01-25,Tuapse,44.1,39.08\n2,2024-01-26,Belgorod,50.6,36.6\n"
LINE = '{"type": "LineString", "coordinates": [[36.0, 50.4], [36.6, 50.3], [38.0, 49.9]]}'


@dataclass(frozen=True)
class Done:
    """A finished command: its exit code and output."""

    code: int
    out: str
    err: str


def command(*words: object, typed: str = "") -> Done:
    """Run the command with typed input."""
    out, err = io.StringIO(), io.StringIO()
    printed = (contextlib.redirect_stdout(out), contextlib.redirect_stderr(err))
    with _typed(typed), printed[0], printed[1], pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    code = ended.value.code
    assert isinstance(code, int)
    return Done(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def _typed(text: str) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.StringIO(text)
    try:
        yield
    finally:
        sys.stdin = before
