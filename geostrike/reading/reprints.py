"""Reprints: reports that tell the same in almost the same words, as agencies' texts do in many papers.

Texts are compared by their runs of five words. A part of the runs, chosen by their hash, stands for the text; a text
whose runs are for the most part those of an earlier one is its reprint. Only texts that share runs are compared, so
ten thousand reports are no work for hours.
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
_WORD = re.compile(r"\w+")


def find_reprints(texts: Iterable[str]) -> list[int]:
    """For each text the number of the earlier one that it reprints; -1 where it reprints none.

    Examples
    --------
    >>> one = "Drones hit an oil depot in Azov on Monday, the governor of the region said in a statement."
    >>> find_reprints([one, "All is quiet on the river today, and nothing has come down.", "AZOV (AP) - " + one])
    [-1, -1, 0]
    """
    originals: dict[int, list[int]] = {}
    sizes: list[int] = []
    found: list[int] = []
    for number, text in enumerate(texts):
        runs = _runs(text)
        sizes.append(len(runs))
        shared = Counter(other for run in runs for other in originals.get(run, ()))
        best = next((other for other, count in shared.most_common(3) if _alike(count, len(runs), sizes[other])), -1)
        found.append(best)
        if best < 0:
            for run in runs:
                originals.setdefault(run, []).append(number)
    return found


def _alike(shared: int, own: int, other: int) -> bool:
    return shared >= ALIKE * min(own, other) and min(own, other) >= ALIKE / 2 * max(own, other)


def _runs(text: str) -> set[int]:
    """Hashes of the runs of words that stand for the text."""
    words = [word.group().lower() for word in _WORD.finditer(text)]
    hashes = {
        zlib.crc32(" ".join(words[at : at + RUN]).encode("utf-8", "replace")) for at in range(len(words) - RUN + 1)
    }
    return hashes if len(hashes) <= FEW_RUNS else {value for value in hashes if value % SAMPLE == 0}
