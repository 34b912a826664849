"""Manage the workers: start them when needed, give them jobs, end those that take too long, replace the dead.

Each worker is a new Python (`python -m geostrike.intake.workers.worker`). It never imports the caller's script, so it
works in notebooks, in scripts without a main guard and on every system, and inherits none of the caller's state. Idle
workers wait for the next job, and end with the caller, whatever ends it.
"""

from __future__ import annotations

import atexit
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import weakref
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from geostrike.errors import GeostrikeError, InputError
from geostrike.intake.workers.limits import processes
from geostrike.intake.workers.wire import receive, send

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from geostrike.intake.workers.limits import Limits

__all__ = ["FaultError", "Job", "LimitError", "Outcome", "call", "outcomes", "prepare"]

_START = 120.0  # seconds for a worker to start and import its modules
_POLL = 0.25  # seconds between two checks that workers are alive
_ATTEMPTS = 3  # attempts at a job whose worker dies before it begins
_AHEAD = 4  # jobs taken in advance per worker, so that a slow one does not block the others
_INHERITED = ("PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
_EXIT = 2.0  # seconds for idle workers to end by themselves when the caller ends


class LimitError(Exception):
    """A job took more time or memory than allowed, or its process died."""


class FaultError(Exception):
    """A job failed unexpectedly."""


@dataclass(frozen=True)
class Job:
    """A function of geostrike as "module:function", its arguments (JSON values) and its limits."""

    task: str
    arguments: Mapping[str, Any]
    limits: Limits


@dataclass(frozen=True)
class Outcome:
    """The outcome of a job: its value or an error."""

    value: Any = None
    error: GeostrikeError | LimitError | FaultError | None = None

    def result(self) -> Any:
        """Return the value.

        Raises
        ------
        InputError
            If the function raised it.
        LimitError, FaultError
            If the job failed otherwise.
        """
        if self.error is not None:
            raise self.error
        return self.value


def call(task: str, arguments: Mapping[str, Any], limits: Limits) -> Any:
    """Run a function in a worker and return its value.

    Raises
    ------
    InputError
        If the function raises it, or no worker can be started.
    LimitError
        If it takes more time or memory than allowed, or the worker dies.
    FaultError
        If it fails in another way.
    """
    (outcome,) = outcomes([Job(task, arguments, limits)])
    return outcome.result()


def outcomes(jobs: Iterable[Job], *, at_once: int | None = None) -> Iterator[Outcome]:
    """Run many jobs in `at_once` workers (by default `processes`), and yield their outcomes in order.

    Jobs are taken from the iterable as needed. A worker that dies loses its job and is replaced.

    Raises
    ------
    InputError
        If no worker can be started.
    """
    pool = _Pool(at_once or processes())
    try:
        yield from pool.work(jobs)
    finally:
        pool.close()


def prepare(task: str) -> None:
    """Start a worker and let it import what a task needs while the caller does something else."""
    worker = _acquire()
    with suppress(OSError):
        worker.ask({"task": task, "only_load": True})
    _release(worker)


# --- one worker -------------------------------------------------------------------------------------------------------


@dataclass
class _Running:
    """A job that a worker has."""

    number: int
    job: Job
    attempt: int
    until: float
    asked: int = 0
    begun: bool = False


class _Worker:
    """A process that runs jobs one by one; its messages arrive in `messages`, None when it has ended."""

    def __init__(self) -> None:
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "geostrike.intake.workers.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                # Of its own session: Ctrl-C reaches the caller alone, which ends its workers.
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except (OSError, ValueError) as error:
            msg = f"no process can be started to open foreign files ({sys.executable}): {error}"
            raise InputError(msg) from error
        self.messages: queue.SimpleQueue[tuple[_Worker, dict[str, Any] | None]] = queue.SimpleQueue()
        self.ended = False
        self._asked = 0
        self._stdin, self._stdout = _pipes(self.process)
        _started.add(self)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def ask(self, message: dict[str, Any]) -> int:
        """Give it a job and return the number that its answer will have.

        Raises
        ------
        OSError
            If it has ended.
        """
        self._asked += 1
        send(self._stdin, message | {"number": self._asked})
        return self._asked

    def _listen(self) -> None:
        message: dict[str, Any] | None = {}
        while message is not None:
            with suppress(OSError, ValueError):
                message = receive(self._stdout)
            self.ended = message is None
            self.messages.put((self, message))
        self._stdout.close()

    def death(self) -> str:
        """Describe how it died."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=1)
        code = self.process.returncode
        if code is not None and code < 0:
            with suppress(ValueError):
                return signal.Signals(-code).name
        return f"exit code {code}"

    def end(self) -> None:
        """Kill it."""
        with suppress(OSError):
            self.process.kill()
        self.process.wait()
        self.close_input()
        self._listener.join(timeout=1)  # it closes the other pipe

    def close_input(self) -> None:
        """Close its input, so that it ends by itself."""
        with suppress(OSError):
            self._stdin.close()

    def forget(self) -> None:
        """Release it in a process that was forked from its owner."""
        self.close_input()
        self.process.returncode = 0


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        msg = "a worker without pipes"
        raise AssertionError(msg)
    return process.stdin, process.stdout


def _environment() -> dict[str, str]:
    """Return the caller's environment and import path, without the threads of numeric libraries.

    Threads would take memory that counts against the limit, and the processors of other workers.
    """
    paths = [path for path in sys.path if path and os.pathsep not in path]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON") or name in _INHERITED}
    # Arrow's other pools reserve a gigabyte at once, which would count against the limit.
    arrow = {"ARROW_DEFAULT_MEMORY_POOL": "system"}
    return kept | threads | arrow | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"}


# --- idle workers -----------------------------------------------------------------------------------------------------

_started: weakref.WeakSet[_Worker] = weakref.WeakSet()
_idle: list[_Worker] = []
_idle_lock = threading.Lock()


def _acquire() -> _Worker:
    """Return an idle worker, or a new one."""
    with _idle_lock:
        while _idle:
            worker = _idle.pop()
            if not worker.ended:
                return worker
            worker.end()
    return _Worker()


def _release(worker: _Worker) -> None:
    """Keep a worker for the next job, at most one per processor."""
    with _idle_lock:
        if not worker.ended and len(_idle) < processes():
            _idle.append(worker)
            return
    worker.end()


def _end_all() -> None:
    """End all workers when the caller ends: let idle ones end by themselves, kill busy ones."""
    with _idle_lock:
        leaving, _idle[:] = list(_idle), []
    for worker in [worker for worker in _started if worker not in leaving]:
        worker.end()
    for worker in leaving:
        worker.close_input()
    until = time.monotonic() + _EXIT
    for worker in leaving:
        with suppress(subprocess.TimeoutExpired):
            worker.process.wait(timeout=max(0.0, until - time.monotonic()))
        worker.end()


def _forget_all() -> None:
    global _idle_lock  # noqa: PLW0603 - a thread that the fork left behind may hold it
    _idle_lock = threading.Lock()
    for worker in _started:
        worker.forget()
    _idle.clear()


atexit.register(_end_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)


# --- many workers -----------------------------------------------------------------------------------------------------


@dataclass
class _Pool:
    """The workers of one call of `outcomes`, and their jobs."""

    size: int
    free: list[_Worker] = field(default_factory=list)
    busy: dict[_Worker, _Running] = field(default_factory=dict)
    messages: queue.SimpleQueue[tuple[_Worker, dict[str, Any] | None]] = field(default_factory=queue.SimpleQueue)
    done: dict[int, Outcome] = field(default_factory=dict)
    again: list[_Running] = field(default_factory=list)

    def work(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Yield the outcomes in the order of the jobs."""
        waiting = enumerate(jobs)
        yielded = taken = 0
        while True:
            room = self.size - len(self.busy)
            for running in [self.again.pop() for _ in range(min(room, len(self.again)))]:
                self._give(running.number, running.job, running.attempt + 1)
            room = min(self.size - len(self.busy), yielded + self.size * _AHEAD - taken)
            for number, job in islice(waiting, max(room, 0)):
                taken += 1
                self._give(number, job, 1)
            while yielded in self.done:
                yield self.done.pop(yielded)
                yielded += 1
            if self.busy:
                self._listen()
            elif not self.again and yielded == taken and yielded not in self.done and room > 0:
                return

    def _give(self, number: int, job: Job, attempt: int) -> None:
        worker = self.free.pop() if self.free else _acquire()
        worker.messages = self.messages
        running = _Running(number, job, attempt, time.monotonic() + _START)
        self.busy[worker] = running
        message = {
            "task": job.task, "arguments": dict(job.arguments),
            "seconds": job.limits.seconds, "memory": job.limits.memory,
        }  # fmt: skip
        try:
            running.asked = worker.ask(message)
        except OSError:
            self._record_death(worker)

    def _listen(self) -> None:
        """Handle the messages of the workers, then check those that are silent."""
        soonest = min(running.until for running in self.busy.values()) - time.monotonic()
        with suppress(queue.Empty):
            self._handle(*self.messages.get(timeout=min(max(soonest, 0.001), _POLL)))
            while True:
                self._handle(*self.messages.get_nowait())
        self._check_silent()

    def _handle(self, worker: _Worker, message: dict[str, Any] | None) -> None:
        running = self.busy.get(worker)
        if running is None:
            return
        if message is None:
            self._record_death(worker)
        elif message.get("number") != running.asked:
            return  # the answer to `prepare`
        elif "begun" in message:
            running.begun, running.until = True, time.monotonic() + running.job.limits.seconds
        else:
            self._finish(worker, message)

    def _check_silent(self) -> None:
        now = time.monotonic()
        for worker, running in list(self.busy.items()):
            if running.until < now:
                self._end(worker)
                if not running.begun:
                    msg = f"the process that opens foreign files did not start within {_START:g} s: {sys.executable}"
                    raise InputError(msg)
                self.done[running.number] = Outcome(error=_too_slow(running.job))
            elif worker.ended:
                self._record_death(worker)

    def _finish(self, worker: _Worker, message: dict[str, Any]) -> None:
        running = self.busy.pop(worker)
        self.done[running.number] = _outcome_of(message, running.job)
        if message.get("retire", True):
            worker.end()
        else:
            self.free.append(worker)

    def _record_death(self, worker: _Worker) -> None:
        """Record the job of a worker that died: the job fails only if it had begun."""
        running = self.busy[worker]
        death = worker.death()
        self._end(worker)
        if running.begun:
            self.done[running.number] = Outcome(error=LimitError(f"the process that read it died ({death})"))
        elif running.attempt < _ATTEMPTS:
            self.again.append(running)
        else:
            msg = f"the process that opens foreign files does not start ({death}): {sys.executable}"
            raise InputError(msg)

    def _end(self, worker: _Worker) -> None:
        self.busy.pop(worker, None)
        worker.end()

    def close(self) -> None:
        """Kill busy workers and keep the others for the next job."""
        for worker in list(self.busy):
            self._end(worker)
        for worker in self.free:
            _release(worker)
        self.free.clear()


def _outcome_of(message: dict[str, Any], job: Job) -> Outcome:
    if "value" in message:
        return Outcome(message["value"])
    if "limit" in message:
        return Outcome(error=_too_large(job))
    if "error" in message:
        return Outcome(error=InputError(str(message["error"])))
    return Outcome(error=FaultError(str(message.get("fault", "no answer"))))


def _too_slow(job: Job) -> LimitError:
    return LimitError(
        f"reading it took more than the allowed {job.limits.seconds:,.0f} seconds; "
        "GEOSTRIKE_FILE_SECONDS changes the limit"
    )


def _too_large(job: Job) -> LimitError:
    return LimitError(
        f"reading it took more than the allowed {job.limits.memory / 1e6:,.0f} MB of memory; "
        "GEOSTRIKE_FILE_MEMORY changes the limit"
    )
