"""Limits of time and memory for opening one file, and the number of workers."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from geostrike.errors import InputError

__all__ = ["MEMORY", "SECONDS", "Limits", "limits_for", "processes"]

SECONDS = 30.0
"""Seconds for a small file; GEOSTRIKE_FILE_SECONDS in the environment changes it."""
MEMORY = 2_000.0
"""Megabytes for a small file; GEOSTRIKE_FILE_MEMORY in the environment changes it."""
# Sound files need time and memory in proportion to their size; bombs are small. Measured: 0.3 s a megabyte for a PDF,
# 2 s for a workbook; 7 megabytes a megabyte for a GeoPackage, 60 for a workbook: a tenth of what is allowed.
_SECONDS_PER_MB = 1 / 3
_MEMORY_PER_MB = 1 / 20


@dataclass(frozen=True)
class Limits:
    """The seconds and bytes that one file may take."""

    seconds: float
    memory: int


def limits_for(size: int) -> Limits:
    """Return the limits for a file of `size` bytes: each megabyte adds 1/3 of the seconds and 1/20 of the memory.

    Raises
    ------
    InputError
        If GEOSTRIKE_FILE_SECONDS or GEOSTRIKE_FILE_MEMORY is not a number above 0.

    Examples
    --------
    >>> limits_for(0)
    Limits(seconds=30.0, memory=2000000000)
    >>> limits_for(3_000_000).seconds
    60.0
    """
    seconds = _from_environment("GEOSTRIKE_FILE_SECONDS", SECONDS, "seconds")
    memory = _from_environment("GEOSTRIKE_FILE_MEMORY", MEMORY, "megabytes")
    megabytes = size / 1e6
    return Limits(
        seconds * (1 + megabytes * _SECONDS_PER_MB), math.ceil(memory * 1e6 * (1 + megabytes * _MEMORY_PER_MB))
    )


def processes() -> int:
    """Return the number of workers that may run at once: one per processor, or GEOSTRIKE_PROCESSES.

    Raises
    ------
    InputError
        If GEOSTRIKE_PROCESSES is not a number above 0.
    """
    return max(1, int(_from_environment("GEOSTRIKE_PROCESSES", _processors(), "processes")))


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Windows and macOS
        return os.cpu_count() or 1


def _from_environment(name: str, default: float, unit: str) -> float:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < 1e9:
        msg = f"{name} is {text[:40]!r}; write a number of {unit} above 0, such as {default:g}"
        raise InputError(msg)
    return value
