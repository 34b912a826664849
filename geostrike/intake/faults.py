"""Confine a fault to one report or one row, whatever the fault is; it never stops the run.

A stage runs on all reports or rows at once. If it raises, it runs again on halves, down to those that it fails on;
these go to quarantine with the code ``FAULT``, and the stage runs on the rest. Errors that a user can correct
(`InputError`, `BorderError`) and those that no row causes (out of memory, Ctrl+C) are raised unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from geostrike.errors import BorderError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["RAISED", "fault_reason", "without_faulty"]

RAISED = (MemoryError, InputError, BorderError)
"""Exceptions that no single report or row causes."""
_LONGEST_REASON = 300

Unit = TypeVar("Unit")
Result = TypeVar("Result")


def fault_reason(error: BaseException) -> str:
    r"""Return the quarantine reason for an unexpected exception, in one line.

    Examples
    --------
    >>> fault_reason(ValueError("no such\nday"))
    'reading it failed unexpectedly; please report it: ValueError: no such day'
    """
    message = " ".join("".join(c if c.isprintable() else " " for c in str(error)).split())
    reason = f"reading it failed unexpectedly; please report it: {type(error).__name__}"
    return f"{reason}: {message}"[:_LONGEST_REASON] if message else reason


def without_faulty(
    stage: Callable[[Sequence[Unit]], Result], units: Sequence[Unit]
) -> tuple[Result, dict[Unit, Exception]]:
    """Run a stage without the units that it fails on; return its result, and each faulty unit with its exception.

    Parameters
    ----------
    stage
        A function that takes any selection of the units, also an empty one; called once if it does not raise.
    units
        Report ids, or row numbers.

    Raises
    ------
    Exception
        Whatever the stage raises for an empty selection, and the exceptions in `RAISED`.

    Examples
    --------
    >>> result, faults = without_faulty(lambda numbers: [12 // n for n in numbers], [1, 0, 3])
    >>> result, sorted(faults)
    ([12, 4], [0])
    """
    kept, faults = units, dict[Unit, Exception]()
    while True:
        try:
            return stage(kept), faults
        except RAISED:
            raise
        except Exception as error:
            found = _find_faulty(stage, kept, error)
            if not found:
                raise
            faults |= found
            kept = [unit for unit in kept if unit not in faults]


def _find_faulty(
    stage: Callable[[Sequence[Unit]], Result], units: Sequence[Unit], error: Exception
) -> dict[Unit, Exception]:
    """Find the units that the stage fails on; none if it also fails on an empty selection."""
    if not units or _error_of(stage, []) is not None:
        return {}
    return _find_single(stage, units, error) or _find_joint(stage, units, error)


def _find_single(
    stage: Callable[[Sequence[Unit]], Result], units: Sequence[Unit], error: Exception
) -> dict[Unit, Exception]:
    """Find the units that the stage fails on by themselves, by halving."""
    if len(units) == 1:
        return {units[0]: error}
    found: dict[Unit, Exception] = {}
    for half in (units[: len(units) // 2], units[len(units) // 2 :]):
        raised = _error_of(stage, half)
        if raised is not None:
            found |= _find_single(stage, half, raised)
    return found


def _find_joint(
    stage: Callable[[Sequence[Unit]], Result], units: Sequence[Unit], error: Exception
) -> dict[Unit, Exception]:
    """Find the unit that the stage fails on only together with those before it."""
    sound, broken = 0, len(units)
    while broken - sound > 1:
        middle = (sound + broken) // 2
        raised = _error_of(stage, units[:middle])
        if raised is None:
            sound = middle
        else:
            broken, error = middle, raised
    return {units[broken - 1]: error}


def _error_of(stage: Callable[[Sequence[Unit]], Result], units: Sequence[Unit]) -> Exception | None:
    """Return what the stage raises for these units, if anything."""
    try:
        stage(units)
    except RAISED:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the fault is
        return error
    return None
