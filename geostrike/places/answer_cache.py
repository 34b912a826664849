"""Keep a service's answers, and when it may be asked next, in a file that several processes share.

A fault of the file costs the cache, never the run: a damaged file is set aside, and an unusable one is not used, each
with one warning.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from geostrike.intake.notices import warn_of

__all__ = ["AnswerCache"]

_T = TypeVar("_T")
_VERSION = 1
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS answers (service TEXT, query TEXT, asked TEXT, answer TEXT, PRIMARY KEY (service, query));
CREATE TABLE IF NOT EXISTS turns (service TEXT PRIMARY KEY, next REAL NOT NULL);
PRAGMA user_version = {_VERSION};
"""
_OURS = {"answers": ["service", "query", "asked", "answer"], "turns": ["service", "next"]}
_DAMAGED = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))
_LOCK_SECONDS = 5.0


class AnswerCache:
    """The answers of one service and its turns; kept in the process alone if the file cannot be used.

    Parameters
    ----------
    path
        SQLite file.
    service
        Name of the service.
    found_days, none_days
        How long a found place, and an empty answer, hold.
    """

    def __init__(self, path: Path, service: str, *, found_days: float, none_days: float) -> None:
        self._path, self._service = path, service
        self._found_days, self._none_days = found_days, none_days
        self._usable = True
        self._own: dict[str, tuple[str, str]] = {}
        self._own_turn = 0.0
        self._in_file(lambda _: None)

    def known(self, query: str) -> list[Any] | None:
        """Return the places kept for a question; None if there are none, or they are too old."""

        def look(connection: sqlite3.Connection) -> Any:
            select = "SELECT asked, answer FROM answers WHERE service = ? AND query = ?"
            return connection.execute(select, (self._service, query)).fetchone()

        row = self._in_file(look) or self._own.get(query)
        if row is None:
            return None
        try:
            places = json.loads(row[1])
            age = (date.today() - date.fromisoformat(row[0])).days
        except (ValueError, TypeError, RecursionError):
            return None
        lasts = self._found_days if places else self._none_days
        return places if isinstance(places, list) and 0 <= age < lasts else None

    def keep(self, query: str, places: list[Any]) -> None:
        """Keep the places, or the fact that there are none."""
        row = (date.today().isoformat(), json.dumps(places, ensure_ascii=False, allow_nan=False))
        self._own[query] = row

        def write(connection: sqlite3.Connection) -> None:
            insert = "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)"
            connection.execute(insert, (self._service, query, *row))

        self._in_file(write)

    def take_turn(self, pause: float, longest: float) -> float:
        """Take the next turn of all processes, and return the seconds until then.

        A turn further away than `longest` was not set by a process: the clock was changed, or the file is wrong.
        """

        def take(connection: sqlite3.Connection) -> float:
            connection.execute("BEGIN IMMEDIATE")
            row = connection.execute("SELECT next FROM turns WHERE service = ?", (self._service,)).fetchone()
            turn = _sound_turn(row[0] if row else 0.0, pause, longest)
            connection.execute("INSERT OR REPLACE INTO turns VALUES (?, ?)", (self._service, turn + pause))
            connection.execute("COMMIT")
            return turn

        turn = self._in_file(take)
        if turn is None:
            turn = _sound_turn(self._own_turn, pause, longest)
        self._own_turn = turn + pause
        return max(0.0, turn - time.time())

    def postpone(self, seconds: float) -> None:
        """Block the service for all processes for some seconds."""
        self._own_turn = time.time() + seconds

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO turns VALUES (?, ?)", (self._service, self._own_turn))

        self._in_file(write)

    # --- the file -----------------------------------------------------------------------------------------------------

    def _in_file(self, work: Callable[[sqlite3.Connection], _T]) -> _T | None:
        """Run the work on the file; None if there is no usable file."""
        for _ in range(2):
            if not self._usable:
                return None
            try:
                with closing(self._connection()) as connection:
                    return work(connection)
            except (sqlite3.Error, OSError) as error:
                self._mend(error)
        return None

    def _connection(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.exists() and not self._path.is_file():
            msg = "it is not a regular file"
            raise OSError(msg)
        connection = sqlite3.connect(self._path, timeout=_LOCK_SECONDS, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = OFF")  # a file damaged by a power cut is set aside
            if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                _refuse_foreign(connection)
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
        except BaseException:
            connection.close()
            raise
        return connection

    def _mend(self, error: Exception) -> None:
        """Set a damaged file aside, or stop using the file."""
        what = f"{self._path}: this cache of answers"
        if getattr(error, "sqlite_errorcode", None) in _DAMAGED:
            aside = next(_free_names(self._path))
            try:
                for end in ("", "-wal", "-shm"):
                    with suppress(FileNotFoundError):
                        Path(f"{self._path}{end}").replace(f"{aside}{end}")
            except OSError as fault:
                error = fault
            else:
                warn_of(f"{what} is damaged; it was renamed {aside.name}, and a new one was started")
                return
        self._usable = False
        warn_of(f"{what} cannot be used, and answers are not kept: {error}")


def _sound_turn(stored: Any, pause: float, longest: float) -> float:
    now = time.time()
    stored = stored if isinstance(stored, float | int) else 0.0
    return now + pause if stored > now + longest else max(now, float(stored))


def _refuse_foreign(connection: sqlite3.Connection) -> None:
    """Reject a newer version's file, and a database of another program."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    columns = {table: [row[1] for row in connection.execute(f"PRAGMA table_info({table})")] for table in _OURS}
    if version > _VERSION or (tables and columns != _OURS):
        msg = "it is from a newer version, or something else"
        raise OSError(msg)


def _free_names(path: Path) -> Iterator[Path]:
    for number in count(1):
        name = path.with_name(f"{path.name}.damaged{f'-{number}' if number > 1 else ''}")
        if not os.path.lexists(name):
            yield name
