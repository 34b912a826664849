"""Reprints: reports that tell the same in almost the same words, as agencies' texts do in many papers.

Texts are compared by their runs of five words. A part of the runs, chosen by their hash, stands for the text; a text
whose runs are for the most part those of an earlier one is its reprint. Only texts that share one of their rarer runs
are compared, so ten thousand reports that end in the same words are no work for hours. The rarer ones are enough: two
texts that are alike share more runs than the common ones that are left aside (the prefix filter of Chaudhuri, Ganti and
Kaushik 2006).
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["find_reprints"]

RUN = 5
# One run in so many stands for a long text; a short one keeps all.
SAMPLE = 8
FEW_RUNS = 200
# What share of a text's runs an earlier one must hold, and it of the earlier one's.
ALIKE = 0.7
# What share of its runs a text holds in common with any text that is like it, at the least.
LEAST = ALIKE * ALIKE / 2
_WORD = re.compile(r"\w+")


def find_reprints(texts: Iterable[str]) -> list[int]:
    """For each text the number of the earlier one that it reprints; -1 where it reprints none.

    Examples
    --------
    >>> one = "Drones hit an oil depot in Azov on Monday, the governor of the region said in a statement."
    >>> find_reprints([one, "All is quiet on the river today, and nothing has come down.", "AZOV (AP) - " + one])
    [-1, -1, 0]
    """
    kept = [_runs(text) for text in texts]
    spread = Counter(run for runs in kept for run in runs)
    originals: dict[int, list[int]] = {}
    found: list[int] = []
    for number, runs in enumerate(kept):
        rarer = _rarer(runs, spread)
        shared = Counter(other for run in rarer for other in originals.get(run, ()))
        # All that can be shared besides: one of the two texts holds it among the runs that are left aside.
        likely = [
            other
            for other, count in shared.items()
            if _alike(count + int(LEAST * max(len(runs), len(kept[other]))), len(runs), len(kept[other]))
        ]
        counts = {other: len(runs & kept[other]) for other in likely}
        alike = [other for other, count in counts.items() if _alike(count, len(runs), len(kept[other]))]
        best = min(alike, key=lambda other: (-counts[other], other), default=-1)
        found.append(best)
        if best < 0:
            for run in rarer:
                originals.setdefault(run, []).append(number)
    return found


def _rarer(runs: set[int], spread: Counter[int]) -> list[int]:
    """The runs of a text without its commonest: so few that no text which is like it shares those only."""
    return sorted(runs, key=lambda run: (spread[run], run))[: len(runs) - int(LEAST * len(runs)) + 1]


def _alike(shared: int, own: int, other: int) -> bool:
    return shared >= ALIKE * min(own, other) and min(own, other) >= ALIKE / 2 * max(own, other)


def _runs(text: str) -> set[int]:
    """Hashes of the runs of words that stand for the text."""
    words = [word.group().lower() for word in _WORD.finditer(text)]
    hashes = {
        zlib.crc32(" ".join(words[at : at + RUN]).encode("utf-8", "replace")) for at in range(len(words) - RUN + 1)
    }
    return hashes if len(hashes) <= FEW_RUNS else {value for value in hashes if value % SAMPLE == 0}
