"""Faults: what a stage cannot work on costs one report or one row, whatever the fault is, and never the run.

A stage is run on all reports or rows at once. Only where it raises is it run again on halves, down to those that it
raises for; these go to quarantine with the code ``FAULT``, and the stage is run on the rest. What a user can mend (an
`InputError`, a `BorderError`) and what is no fault of a row (no memory left, Ctrl+C) is raised as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from geostrike.errors import BorderError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["RAISED", "fault_reason", "without_faulty"]

RAISED = (MemoryError, InputError, BorderError)
"""Exceptions that are no fault of one report or row."""
_LONGEST_REASON = 300

Unit = TypeVar("Unit")
Result = TypeVar("Result")


def fault_reason(error: BaseException) -> str:
    r"""The reason in quarantine for an exception that nobody foresaw, in one line.

    Examples
    --------
    >>> fault_reason(ValueError("no such\nday"))
    'reading it failed in a way that geostrike does not know; please report it: ValueError: no such day'
    """
    told = " ".join("".join(c if c.isprintable() else " " for c in str(error)).split())
    reason = f"reading it failed in a way that geostrike does not know; please report it: {type(error).__name__}"
    return f"{reason}: {told}"[:_LONGEST_REASON] if told else reason


def without_faulty(
    stage: Callable[[Sequence[Unit]], Result], units: Sequence[Unit]
) -> tuple[Result, dict[Unit, Exception]]:
    """What the stage makes of all units but the faulty ones, and the faulty ones with what was raised.

    Parameters
    ----------
    stage
        Works on any selection of the units, and on none; it is called once where it raises nothing.
    units
        Report ids, or numbers of rows.

    Raises
    ------
    Exception
        What the stage raises for no units at all, and whatever is in `RAISED`.

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
            found = _faulty(stage, kept, error)
            if not found:
                raise
            faults |= found
            kept = [unit for unit in kept if unit not in faults]


def _faulty(
    stage: Callable[[Sequence[Unit]], Result], units: Sequence[Unit], error: Exception
) -> dict[Unit, Exception]:
    """The units for which the stage raises; none where it raises without any unit, too."""
    if not units or _raised(stage, []) is not None:
        return {}
    return _alone(stage, units, error) or _together(stage, units, error)


def _alone(stage: Callable[[Sequence[Unit]], Result], units: Sequence[Unit], error: Exception) -> dict[Unit, Exception]:
    """The units for which the stage raises also without the others, in halves of halves."""
    if len(units) == 1:
        return {units[0]: error}
    found: dict[Unit, Exception] = {}
    for half in (units[: len(units) // 2], units[len(units) // 2 :]):
        raised = _raised(stage, half)
        if raised is not None:
            found |= _alone(stage, half, raised)
    return found


def _together(
    stage: Callable[[Sequence[Unit]], Result], units: Sequence[Unit], error: Exception
) -> dict[Unit, Exception]:
    """The unit that the stage cannot take beside those before it."""
    sound, broken = 0, len(units)
    while broken - sound > 1:
        middle = (sound + broken) // 2
        raised = _raised(stage, units[:middle])
        if raised is None:
            sound = middle
        else:
            broken, error = middle, raised
    return {units[broken - 1]: error}


def _raised(stage: Callable[[Sequence[Unit]], Result], units: Sequence[Unit]) -> Exception | None:
    """What the stage raises for these units, if anything."""
    try:
        stage(units)
    except RAISED:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the fault is
        return error
    return None
