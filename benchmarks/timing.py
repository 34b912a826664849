"""Time competitors in turns, by processor time, and compare them as ratios within a round.

The machine may be shared and its clock speed may change: competitors run one after the other in every round, and the
result is the median over the rounds of the ratio within a round.
"""

from __future__ import annotations

import gc
import time
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def processor_seconds(call: Callable[[], object]) -> float:
    """Return the processor time of a call, over all threads of this process."""
    gc.collect()
    begun = time.process_time()
    call()
    return time.process_time() - begun


def rounds(calls: dict[str, Callable[[], object]], count: int) -> dict[str, list[float]]:
    """Return processor seconds of each call in each round, after a warm-up; the order rotates."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    for number in range(count):
        order = list(calls)
        turned = order[number % len(order) :] + order[: number % len(order)]
        for name in turned:
            seconds[name].append(processor_seconds(calls[name]))
    return seconds


def ratio(seconds: dict[str, list[float]], name: str, to: str, *, counts: tuple[int, int] = (1, 1)) -> float:
    """Return the median over the rounds of the ratio of two competitors' time per row."""
    pairs = zip(seconds[name], seconds[to], strict=True)
    return median((mine / counts[0]) / (theirs / counts[1]) for mine, theirs in pairs)


def table(head: list[str], rows: list[list[str]]) -> str:
    """Format a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
