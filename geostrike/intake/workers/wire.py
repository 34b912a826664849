"""Messages between the caller and a worker: length-prefixed JSON, so nothing unpacked can run code."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

__all__ = ["MAX_MESSAGE", "receive", "send"]

MAX_MESSAGE = 1_000_000_000
"""The longest message, in bytes: a worker that writes more counts as broken."""
_LENGTH = struct.Struct("<Q")


def send(stream: IO[bytes], message: dict[str, Any]) -> None:
    """Write one message.

    Raises
    ------
    OSError
        If the other end has closed.
    """
    content = json.dumps(message).encode("ascii")
    stream.write(_LENGTH.pack(len(content)) + content)
    stream.flush()


def receive(stream: IO[bytes]) -> dict[str, Any] | None:
    """Return the next message; None if the other end has closed or writes something else."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > MAX_MESSAGE:
        return None
    content = stream.read(length)
    if len(content) < length:
        return None
    try:
        message = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None
