"""Find reprints: reports with almost the same words, such as one agency text in many papers.

Texts are compared by their five-word shingles. A sample of the shingles, chosen by hash, represents the text; a text
that shares most of its shingles with an earlier one is its reprint. Only texts that share one of their rarer shingles
are compared, so that ten thousand reports with the same closing words stay cheap. The rarer ones suffice: similar texts
share more shingles than the common ones left out (the prefix filter of Chaudhuri, Ganti and Kaushik 2006).
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["find_reprints"]

SHINGLE = 5
# A long text keeps one shingle in this many; a short text keeps all.
SAMPLE = 8
FEW_SHINGLES = 200
# The share of the shorter text's shingles that a reprint and its original have in common.
ALIKE = 0.7
# The least share of its shingles that a text has in common with any similar text.
LEAST = ALIKE * ALIKE / 2
_WORD = re.compile(r"\w+")


def find_reprints(texts: Iterable[str]) -> list[int]:
    """Return for each text the position of the earlier text that it reprints, or -1.

    Examples
    --------
    >>> one = "Drones hit an oil depot in Azov on Monday, the governor of the region said in a statement."
    >>> find_reprints([one, "All is quiet on the river today, and nothing has come down.", "AZOV (AP) - " + one])
    [-1, -1, 0]
    """
    kept = [_shingles(text) for text in texts]
    spread = Counter(shingle for shingles in kept for shingle in shingles)
    originals: dict[int, list[int]] = {}
    found: list[int] = []
    for number, shingles in enumerate(kept):
        rarer = _rarest(shingles, spread)
        shared = Counter(other for shingle in rarer for other in originals.get(shingle, ()))
        # Add the most that can be shared in addition: shingles that one of the two texts left out.
        likely = [
            other
            for other, count in shared.items()
            if _alike(count + int(LEAST * max(len(shingles), len(kept[other]))), len(shingles), len(kept[other]))
        ]
        counts = {other: len(shingles & kept[other]) for other in likely}
        alike = [other for other, count in counts.items() if _alike(count, len(shingles), len(kept[other]))]
        best = min(alike, key=lambda other: (-counts[other], other), default=-1)
        found.append(best)
        if best < 0:
            for shingle in rarer:
                originals.setdefault(shingle, []).append(number)
    return found


def _rarest(shingles: set[int], spread: Counter[int]) -> list[int]:
    """Return the shingles of a text without the commonest, which are too few for a similar text to share only those."""
    count = len(shingles) - int(LEAST * len(shingles)) + 1
    return sorted(shingles, key=lambda shingle: (spread[shingle], shingle))[:count]


def _alike(shared: int, own: int, other: int) -> bool:
    return shared >= ALIKE * min(own, other) and min(own, other) >= ALIKE / 2 * max(own, other)


def _shingles(text: str) -> set[int]:
    """Return the hashes of the shingles that represent the text."""
    words = [word.group().lower() for word in _WORD.finditer(text)]
    hashes = {
        zlib.crc32(" ".join(words[at : at + SHINGLE]).encode("utf-8", "replace"))
        for at in range(len(words) - SHINGLE + 1)
    }
    return hashes if len(hashes) <= FEW_SHINGLES else {value for value in hashes if value % SAMPLE == 0}
