"""The worker process: `python -m geostrike.intake.workers.worker` runs jobs one by one, each within its limits.

It reads jobs from standard input and answers on standard output. It ends when its input is closed, also by the death
of the process that started it, or after a minute without a job.
"""

from __future__ import annotations

import importlib
import os
import queue
import signal
import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

from geostrike.errors import GeostrikeError
from geostrike.intake.workers.wire import receive, send

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["main"]

_IDLE = 60.0  # seconds without a job
_ORPHAN = 1.0  # seconds that a job may continue when nobody waits for it
_GRACE = 5.0  # seconds over the limit in which the caller ends the worker; then it ends itself
_RETAINED = 300_000_000  # bytes that a worker may retain after a job; one that retains more is replaced


def main() -> None:
    """Run jobs until there are none."""
    source, target = _private_streams()
    _leave_no_core()
    jobs: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    threading.Thread(target=_take_jobs, args=(source, jobs), daemon=True).start()
    while True:
        try:
            job = jobs.get(timeout=_IDLE)
        except queue.Empty:
            return
        if job is None:
            return
        answer = _answer(job, target) | {"number": job["number"]}
        try:
            send(target, answer)
        except (TypeError, ValueError, RecursionError) as error:  # JSON cannot hold the value
            send(target, _fault(error) | {"number": job["number"], "retire": True})


def _private_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Reserve standard input and output for messages: what a library prints or reads goes to the null device."""
    streams = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    return streams


def _leave_no_core() -> None:
    """Disable core dumps."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _take_jobs(source: IO[bytes], jobs: queue.SimpleQueue[dict[str, Any] | None]) -> None:
    """Queue the jobs; when the input is closed, end the worker, even in the middle of a job."""
    while (job := receive(source)) is not None:
        jobs.put(job)
    jobs.put(None)
    time.sleep(_ORPHAN)
    os._exit(1)


def _answer(job: dict[str, Any], target: IO[bytes]) -> dict[str, Any]:
    """Run a job and return its value, or why there is none."""
    try:
        task = _task(job["task"])
    except Exception as error:  # noqa: BLE001 - a library that cannot be imported
        return _fault(error) | {"retire": False}
    if job.get("only_load"):
        return {"value": None, "retire": False}
    before = _data_size()
    send(target, {"begun": True, "number": job["number"]})  # the time counts from here
    with _within(job["seconds"], before + int(job["memory"])):
        reply = _outcome(task, job["arguments"])
    return reply | {"retire": _data_size() - before > _RETAINED}


def _outcome(task: Callable[..., Any], arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"value": task(**arguments)}
    except (MemoryError, SystemError):  # compiled code without memory may fail without a reason
        return {"limit": "memory"}
    except GeostrikeError as error:
        return {"error": str(error)}
    except Exception as error:  # noqa: BLE001 - any fault loses only one file
        return _fault(error)


def _fault(error: Exception) -> dict[str, Any]:
    return {"fault": f"{type(error).__name__}: {' '.join(str(error).split())}"[:400]}


def _task(name: str) -> Callable[..., Any]:
    """Import a function given as "module:function"."""
    module, _, function = name.partition(":")
    task: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return task


# --- limits -----------------------------------------------------------------------------------------------------------


@contextmanager
def _within(seconds: float, memory: int) -> Iterator[None]:
    """Let the system kill the process some seconds after its time, and deny it memory beyond the limit (Linux).

    The limit is RLIMIT_DATA, since libraries reserve far more address space than they use.
    """
    if sys.platform == "win32":
        yield
        return
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE)
    bound = sys.platform == "linux"
    if bound:
        _bound_data(memory)
    try:
        yield
    finally:
        if bound:
            _bound_data(None)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _bound_data(size: int | None) -> None:
    if sys.platform != "linux":
        return
    import resource

    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    wanted = hard if size is None else size if hard == resource.RLIM_INFINITY else min(size, hard)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))


def _data_size() -> int:
    """Return the bytes of data that the process has now; 0 if the system does not report it."""
    with suppress(OSError, ValueError), open("/proc/self/status", encoding="ascii", errors="replace") as status:  # noqa: PTH123 - as light as can be
        for line in status:
            if line.startswith("VmData:"):
                return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    main()
