"""Run one input under limits of processor time and memory, and return its fault, if any."""

from __future__ import annotations

import re
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, ModuleType

from geostrike.errors import GeostrikeError

resource: ModuleType | None
try:
    import resource
except ImportError:  # on Windows
    resource = None

SECONDS = 10.0
MEGABYTES = 700
_MOST_LINES = 3
_LONGEST_MESSAGE = 5_000
Target = Callable[[bytes, Path], None]


@dataclass(frozen=True)
class Fault:
    """A fault: `kind` is the error and its place in the code, which distinguish faults."""

    kind: str
    detail: str


def slug(kind: str) -> str:
    """Return the kind as part of a file name."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", kind).strip("-")[:80]


class BrokenLawError(Exception):
    """A result breaks a law."""


class TooLong(BaseException):
    """The input exceeded its processor time."""


def fault_of(target: Target, data: bytes, folder: Path, *, seconds: float = SECONDS) -> Fault | None:
    """Run the target on the input; return None if the law holds."""
    before = _peak(forget=True)
    try:
        with _time_limit(seconds):
            target(data, folder)
    except GeostrikeError as error:
        if str(error).count("\n") >= _MOST_LINES or len(str(error)) > _LONGEST_MESSAGE:
            return Fault(f"message-{_place(error)}", f"the message is not a few lines: {str(error)[:300]!r}")
    except TooLong as error:
        return Fault(f"time-{_place(error)}", f"more than {seconds:g} s of processor time; it was in {_place(error)}")
    except Exception as error:  # noqa: BLE001 - any error is what fuzzing looks for
        return Fault(f"{type(error).__name__}-{_place(error)}", "".join(traceback.format_exception(error))[-3_000:])
    grown = _peak() - before
    return Fault("memory", f"{grown:.0f} MB of memory") if grown > MEGABYTES else None


def limit_memory(megabytes: int = 6_000) -> None:
    """Limit the address space of the process, so that a bomb does not exhaust the machine."""
    if resource is not None and sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1_000_000, megabytes * 1_000_000))


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooLong

    was = signal.signal(signal.SIGPROF, stop)
    # Repeatedly: a callback from C may swallow the first one.
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, was)


def _peak(*, forget: bool = False) -> float:
    """Return the peak memory of the process in MB; on Linux since the last reset."""
    with suppress(OSError, IndexError, ValueError):
        if forget:
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return int(status.split("VmHWM:")[1].split()[0]) / 1_000
    if resource is None:
        return 0.0
    unit = 1_000_000 if sys.platform == "darwin" else 1_000
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)


def _place(error: BaseException) -> str:
    """Return the innermost function of geostrike in the traceback, else the innermost of all."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    own = [frame for frame in frames if "/geostrike/" in frame.filename.replace("\\", "/")]
    last = (own or frames)[-1]
    return f"{Path(last.filename).stem}-{last.name}".replace("<", "").replace(">", "")
