"""Competitors measured in turns, by processor time, and compared as ratios within a round.

The machine may be shared and its clock may change: what is compared is run one after the other in every round, and the
median over the rounds of the ratio within a round is what counts.
"""

from __future__ import annotations

import gc
import time
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def processor_seconds(call: Callable[[], object]) -> float:
    """Processor time of one call, over all threads of this process."""
    gc.collect()
    begun = time.process_time()
    call()
    return time.process_time() - begun


def rounds(calls: dict[str, Callable[[], object]], count: int) -> dict[str, list[float]]:
    """Processor seconds of each call in each round, after one that is not counted; the order turns."""
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
    """Median over the rounds of the time a row of one competitor to that of another."""
    pairs = zip(seconds[name], seconds[to], strict=True)
    return median((mine / counts[0]) / (theirs / counts[1]) for mine, theirs in pairs)


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
