"""Standard streams that cannot stop the command: closed, full, or in an encoding that lacks a letter."""

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
    """Forwards to another raw stream; if that fails, it keeps the error and drops everything after it.

    Without another stream it drops everything.
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
                while (count := self._raw.write(data)) is None:  # a non-blocking stream that is full
                    select.select([], [self._raw], [])
                return int(count)
            except OSError as error:
                self.error = error
        return len(data)


class Streams:
    """Standard output and standard error of one command.

    `fault` is why standard output could not be written; empty if it could, if its reader closed it, as `head` does, or
    if it was closed from the start.
    """

    def __init__(self, output: _Raw | None = None) -> None:
        self._output = output

    @property
    def fault(self) -> str:
        """The reason why standard output could not be written."""
        error = None if self._output is None else self._output.error
        gone = {errno.EPIPE, errno.EINVAL} if sys.platform == "win32" else {errno.EPIPE}
        return "" if error is None or error.errno in gone else error.strerror or str(error)


@contextmanager
def standard_streams() -> Iterator[Streams]:
    r"""Make standard streams writable in any state: closed, full, a pipe without a reader, any encoding.

    Letters that an encoding lacks are written as escapes, such as ``\u0425``. Streams that are not files, such as
    those of a notebook, are unchanged.
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
            with suppress(ValueError):  # it was closed meanwhile
                stream.flush()
        sys.stdin, sys.stdout, sys.stderr = before


def _is_closed(stream: TextIO | None) -> bool:
    return stream is None or getattr(stream, "closed", False)


def _occupy_descriptors() -> None:
    """Point closed standard descriptors to the null device: the next opened file would take their number."""
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
    below = getattr(buffer, "raw", buffer)  # with PYTHONUNBUFFERED there is no buffer
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
    """Suppress warnings and log messages of libraries; the command prints what matters itself."""
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


# --- printing ---------------------------------------------------------------------------------------------------------


def plain(text: object) -> str:
    r"""Replace what a terminal would obey: control characters, escapes, changes of direction.

    Examples
    --------
    >>> plain("a\x1b[31mb") == "a\N{REPLACEMENT CHARACTER}[31mb"
    True
    """
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text))


def say(*lines: str) -> None:
    """Print lines without control characters, so that data cannot start another line."""
    for line in lines:
        click.echo(plain(line), file=sys.stdout)


def warn(message: str) -> None:
    """Print a message to standard error, usually in one line."""
    lines = [plain(line) for line in message.strip().split("\n")]
    text = "\n".join(lines)
    click.echo("geostrike: " + (text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."), file=sys.stderr)


def write_for_machines(text: str) -> None:
    """Write CSV or JSON to standard output in UTF-8, whatever the encoding of the terminal.

    A terminal gets it without control characters.
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
