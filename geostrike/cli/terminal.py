"""The standard streams, so that none of them can end the command: what is closed, full, or lacks a letter."""

from __future__ import annotations

import errno
import io
import logging
import os
import select
import sys
import warnings
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Streams", "plain", "say", "silent_libraries", "standard_streams", "warn", "write_for_machines"]

_LONGEST = 2_000


class _Raw(io.RawIOBase):
    """Writes on to another raw stream; where that fails, it keeps the error, and what comes later is dropped.

    Where there is no other, all is dropped.
    """

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.error: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return super().fileno() if self._raw is None else int(self._raw.fileno())

    def isatty(self) -> bool:
        return self._raw is not None and bool(self._raw.isatty())

    def write(self, data: Any) -> int:
        if self._raw is not None and self.error is None:
            try:
                while (count := self._raw.write(data)) is None:  # a stream that does not wait, and is full just now
                    select.select([], [self._raw], [])
                return int(count)
            except OSError as error:
                self.error = error
        return len(data)


class Streams:
    """Standard output and standard error of one command.

    `fault` is why standard output could not be written; empty where it could, or where its reader went away, as
    `head` does, or where there was none from the start.
    """

    def __init__(self, output: _Raw | None = None) -> None:
        self._output = output

    @property
    def fault(self) -> str:
        """Why standard output could not be written."""
        error = None if self._output is None else self._output.error
        gone = {errno.EPIPE, errno.EINVAL} if sys.platform == "win32" else {errno.EPIPE}
        return "" if error is None or error.errno in gone else error.strerror or str(error)


@contextmanager
def standard_streams() -> Iterator[Streams]:
    r"""Standard streams that can be written whatever they are: closed, full, a pipe without a reader, any encoding.

    Letters that an encoding lacks are written as escapes, such as ``\u0425``. Streams that are not files, such as
    those of a notebook, are left as they are.
    """
    _occupy_descriptors()
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = io.StringIO() if _is_closed(before[0]) else before[0]
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    sys.stdout, output = _lenient(before[1])
    sys.stderr, _ = _lenient(before[2])
    try:
        yield Streams(output)
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(ValueError):  # somebody closed it
                stream.flush()
        sys.stdin, sys.stdout, sys.stderr = before


def _is_closed(stream: TextIO | None) -> bool:
    return stream is None or getattr(stream, "closed", False)


def _occupy_descriptors() -> None:
    """Let the numbers of closed standard streams lead nowhere: the next file opened would be taken for one."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)


def _lenient(stream: TextIO | None) -> tuple[TextIO, _Raw | None]:
    if stream is None or _is_closed(stream):
        return io.TextIOWrapper(io.BufferedWriter(_Raw(None)), encoding="utf-8", errors="backslashreplace"), None
    buffer = getattr(stream, "buffer", None)
    below = getattr(buffer, "raw", buffer)  # with PYTHONUNBUFFERED there is nothing between
    if not isinstance(below, io.RawIOBase) or not isinstance(stream, io.TextIOWrapper):
        return stream, None
    with suppress(OSError):
        stream.flush()
    raw = _Raw(below)
    text = io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
    return text, raw


@contextmanager
def silent_libraries() -> Iterator[None]:
    """Warnings and log messages of libraries are no messages to the user; what matters is said in a line of its own."""
    handler = logging.NullHandler()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        if not sys.warnoptions:
            warnings.showwarning = lambda *_, **__: None
        logging.getLogger().addHandler(handler)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(handler)


# --- what is printed --------------------------------------------------------------------------------------------------


def plain(text: object) -> str:
    r"""Text from data without what a terminal would obey: control characters, escapes, changes of direction.

    Examples
    --------
    >>> plain("a\x1b[31mb") == "a\N{REPLACEMENT CHARACTER}[31mb"
    True
    """
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text))


def say(*lines: str) -> None:
    """Print lines, free of control characters: what comes from data cannot begin another line."""
    for line in lines:
        click.echo(plain(line), file=sys.stdout)


def warn(message: str) -> None:
    """Print a message to standard error: one line, unless it is an explanation of several."""
    lines = [plain(line) for line in message.strip().split("\n")]
    told = "\n".join(lines)
    click.echo("geostrike: " + (told if len(told) <= _LONGEST else f"{told[:_LONGEST]} ..."), file=sys.stderr)


def write_for_machines(text: str) -> None:
    """Write CSV or JSON to standard output, which is UTF-8 whatever the terminal's encoding is.

    A terminal gets it free of control characters.
    """
    if sys.stdout.isatty():
        text = "\n".join(map(plain, text.split("\n")))
    below = getattr(sys.stdout, "buffer", None)
    sys.stdout.flush()
    if below is None or sys.stdout.isatty():
        click.echo(text, nl=False)
    else:
        below.write(text.encode("utf-8", "backslashreplace"))
        below.flush()
