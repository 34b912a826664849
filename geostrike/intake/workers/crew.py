"""The workers as their caller sees them: started when needed, given jobs, ended when they take too long, replaced.

Each is a new Python (`python -m geostrike.intake.workers.worker`): it never imports the caller's script, so it works in
notebooks, in scripts without a main guard and on every system, and it takes over nothing of the caller's state. Workers
without a job wait for the next one, and end with the caller, whatever ends it.
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

_START = 120.0  # seconds for a worker to start and to load what it needs
_GLANCE = 0.25  # seconds between two looks at whether a worker still lives
_ATTEMPTS = 3  # how often a job is given to a worker that dies before it begins
_AHEAD = 4  # jobs in hand for each worker, so that a slow one does not make the others wait
_KEPT = ("PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
_FAREWELL = 2.0  # seconds for the workers to end by themselves when the caller ends


class LimitError(Exception):
    """A job took more time or memory than is allowed, or the process that did it died."""


class FaultError(Exception):
    """A job failed in a way that nobody foresaw."""


@dataclass(frozen=True)
class Job:
    """A function of geostrike, as "module:function", its arguments (what JSON can hold), and its limits."""

    task: str
    arguments: Mapping[str, Any]
    limits: Limits


@dataclass(frozen=True)
class Outcome:
    """What came of a job: its value, or an error."""

    value: Any = None
    error: GeostrikeError | LimitError | FaultError | None = None

    def result(self) -> Any:
        """The value.

        Raises
        ------
        InputError
            If the function raised it.
        LimitError, FaultError
            If there is no value.
        """
        if self.error is not None:
            raise self.error
        return self.value


def call(task: str, arguments: Mapping[str, Any], limits: Limits) -> Any:
    """What a function gives that a worker runs.

    Raises
    ------
    InputError
        If the function raises it, or no worker can be started.
    LimitError
        If it takes more time or memory than is allowed, or the worker dies.
    FaultError
        If it fails in another way.
    """
    (outcome,) = outcomes([Job(task, arguments, limits)])
    return outcome.result()


def outcomes(jobs: Iterable[Job], *, at_once: int | None = None) -> Iterator[Outcome]:
    """What comes of many jobs, in their order, done by so many workers at once (by default: `processes`).

    Jobs are taken from the iterable as they are needed. A worker that dies costs its job, and is replaced.

    Raises
    ------
    InputError
        If no worker can be started.
    """
    crew = _Crew(at_once or processes())
    try:
        yield from crew.work(jobs)
    finally:
        crew.dismiss()


def prepare(task: str) -> None:
    """Start a worker, and let it load what a task needs, while the caller does something else."""
    worker = _hire()
    with suppress(OSError):
        worker.ask({"task": task, "only_load": True})
    _give_back(worker)


# --- one worker -------------------------------------------------------------------------------------------------------


@dataclass
class _Running:
    """A job in the hands of a worker."""

    number: int
    job: Job
    attempt: int
    until: float
    asked: int = 0
    begun: bool = False


class _Worker:
    """A process that does one job after the other; what it says comes into `said`, None when it has ended."""

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
            msg = f"no process can be started to open foreign files in ({sys.executable}): {error}"
            raise InputError(msg) from error
        self.said: queue.SimpleQueue[tuple[_Worker, dict[str, Any] | None]] = queue.SimpleQueue()
        self.ended = False
        self._asked = 0
        self._stdin, self._stdout = _pipes(self.process)
        _started.add(self)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def ask(self, message: dict[str, Any]) -> int:
        """Give it a job; the number that its answer will bear comes back.

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
            self.said.put((self, message))
        self._stdout.close()

    def death(self) -> str:
        """How it died, in words."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=1)
        code = self.process.returncode
        if code is not None and code < 0:
            with suppress(ValueError):
                return signal.Signals(-code).name
        return f"exit code {code}"

    def end(self) -> None:
        """End it at once."""
        with suppress(OSError):
            self.process.kill()
        self.process.wait()
        self.close_input()
        self._listener.join(timeout=1)  # it closes the other pipe

    def close_input(self) -> None:
        """Let it end by itself."""
        with suppress(OSError):
            self._stdin.close()

    def forget(self) -> None:
        """Let go of it in a process that was forked from its owner."""
        self.close_input()
        self.process.returncode = 0


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        msg = "a worker without pipes"
        raise AssertionError(msg)
    return process.stdin, process.stdout


def _environment() -> dict[str, str]:
    """The caller's environment, in which Python finds what the caller finds, and libraries start no threads.

    These would take memory that counts, and other workers' processors.
    """
    paths = [path for path in sys.path if path and os.pathsep not in path]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON") or name in _KEPT}
    # Arrow's other pools reserve a gigabyte at once, which would count.
    arrow = {"ARROW_DEFAULT_MEMORY_POOL": "system"}
    return kept | threads | arrow | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"}


# --- workers without a job --------------------------------------------------------------------------------------------

_started: weakref.WeakSet[_Worker] = weakref.WeakSet()
_idle: list[_Worker] = []
_idle_lock = threading.Lock()


def _hire() -> _Worker:
    """A worker that waits for a job, or a new one."""
    with _idle_lock:
        while _idle:
            worker = _idle.pop()
            if not worker.ended:
                return worker
            worker.end()
    return _Worker()


def _give_back(worker: _Worker) -> None:
    """Let a worker wait for the next job; more than there are processors are not kept."""
    with _idle_lock:
        if not worker.ended and len(_idle) < processes():
            _idle.append(worker)
            return
    worker.end()


def _farewell() -> None:
    """End all workers when the caller ends: those that wait by themselves, those at a job at once."""
    with _idle_lock:
        leaving, _idle[:] = list(_idle), []
    for worker in [worker for worker in _started if worker not in leaving]:
        worker.end()
    for worker in leaving:
        worker.close_input()
    until = time.monotonic() + _FAREWELL
    for worker in leaving:
        with suppress(subprocess.TimeoutExpired):
            worker.process.wait(timeout=max(0.0, until - time.monotonic()))
        worker.end()


def _forget_all() -> None:
    global _idle_lock  # noqa: PLW0603 - it may be locked by a thread that the fork left behind
    _idle_lock = threading.Lock()
    for worker in _started:
        worker.forget()
    _idle.clear()


atexit.register(_farewell)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)


# --- many workers -----------------------------------------------------------------------------------------------------


@dataclass
class _Crew:
    """The workers of one `outcomes`, and who does what."""

    size: int
    free: list[_Worker] = field(default_factory=list)
    busy: dict[_Worker, _Running] = field(default_factory=dict)
    said: queue.SimpleQueue[tuple[_Worker, dict[str, Any] | None]] = field(default_factory=queue.SimpleQueue)
    done: dict[int, Outcome] = field(default_factory=dict)
    again: list[_Running] = field(default_factory=list)

    def work(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """The outcomes in the order of the jobs."""
        waiting = enumerate(jobs)
        told = taken = 0
        while True:
            room = self.size - len(self.busy)
            for running in [self.again.pop() for _ in range(min(room, len(self.again)))]:
                self._give(running.number, running.job, running.attempt + 1)
            room = min(self.size - len(self.busy), told + self.size * _AHEAD - taken)
            for number, job in islice(waiting, max(room, 0)):
                taken += 1
                self._give(number, job, 1)
            while told in self.done:
                yield self.done.pop(told)
                told += 1
            if self.busy:
                self._listen()
            elif not self.again and told == taken and told not in self.done and room > 0:
                return

    def _give(self, number: int, job: Job, attempt: int) -> None:
        worker = self.free.pop() if self.free else _hire()
        worker.said = self.said
        running = _Running(number, job, attempt, time.monotonic() + _START)
        self.busy[worker] = running
        message = {
            "task": job.task, "arguments": dict(job.arguments),
            "seconds": job.limits.seconds, "memory": job.limits.memory,
        }  # fmt: skip
        try:
            running.asked = worker.ask(message)
        except OSError:
            self._lose(worker)

    def _listen(self) -> None:
        """Take what the workers say, then look after those that say nothing."""
        soonest = min(running.until for running in self.busy.values()) - time.monotonic()
        with suppress(queue.Empty):
            self._hear(*self.said.get(timeout=min(max(soonest, 0.001), _GLANCE)))
            while True:
                self._hear(*self.said.get_nowait())
        self._look_after()

    def _hear(self, worker: _Worker, message: dict[str, Any] | None) -> None:
        running = self.busy.get(worker)
        if running is None:
            return
        if message is None:
            self._lose(worker)
        elif message.get("number") != running.asked:
            return  # of what `prepare` asked
        elif "begun" in message:
            running.begun, running.until = True, time.monotonic() + running.job.limits.seconds
        else:
            self._finish(worker, message)

    def _look_after(self) -> None:
        now = time.monotonic()
        for worker, running in list(self.busy.items()):
            if running.until < now:
                self._end(worker)
                if not running.begun:
                    msg = f"the process to open foreign files in did not start in {_START:g} seconds: {sys.executable}"
                    raise InputError(msg)
                self.done[running.number] = Outcome(error=_too_slow(running.job))
            elif worker.ended:
                self._lose(worker)

    def _finish(self, worker: _Worker, message: dict[str, Any]) -> None:
        running = self.busy.pop(worker)
        self.done[running.number] = _outcome_of(message, running.job)
        if message.get("retire", True):
            worker.end()
        else:
            self.free.append(worker)

    def _lose(self, worker: _Worker) -> None:
        """Put down what a worker was doing when it ended: the file's fault only where it had begun."""
        running = self.busy[worker]
        death = worker.death()
        self._end(worker)
        if running.begun:
            self.done[running.number] = Outcome(error=LimitError(f"the process that read it died ({death})"))
        elif running.attempt < _ATTEMPTS:
            self.again.append(running)
        else:
            msg = f"the process to open foreign files in does not start ({death}): {sys.executable}"
            raise InputError(msg)

    def _end(self, worker: _Worker) -> None:
        self.busy.pop(worker, None)
        worker.end()

    def dismiss(self) -> None:
        """End the workers that are at a job, and let the others wait for the next one."""
        for worker in list(self.busy):
            self._end(worker)
        for worker in self.free:
            _give_back(worker)
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
        f"reading it took more than the {job.limits.seconds:,.0f} seconds that are allowed; "
        "GEOSTRIKE_FILE_SECONDS changes the limit"
    )


def _too_large(job: Job) -> LimitError:
    return LimitError(
        f"reading it took more than the {job.limits.memory / 1e6:,.0f} MB of memory that are allowed; "
        "GEOSTRIKE_FILE_MEMORY changes the limit"
    )
