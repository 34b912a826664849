"""Find misspelt names: own names of the theatre that are one or two edits away.

Two names that differ in a letter are often two places, and most villages are in no gazetteer. So a misspelling needs
support from the context (`geostrike.places.rank`), and is never looked for in the rest of the world.
"""

from __future__ import annotations

from rapidfuzz import process
from rapidfuzz.distance import OSA

__all__ = ["Misspellings"]

_SHORTEST = 5
_TWO_EDITS_FROM = 7
_MOST_HITS = 40


class Misspellings:
    """The skeletons of own names in the theatre, for finding similar ones.

    Parameters
    ----------
    names
        Skeletons, as of `geostrike.places.names.skeleton`.

    Examples
    --------
    >>> Misspellings(["belhorod", "novhorod"]).near("belhrod")
    {'belhorod': 1}
    """

    def __init__(self, names: list[str]) -> None:
        self._by_length: dict[int, list[str]] = {}
        for name in names:
            self._by_length.setdefault(len(name), []).append(name)

    def near(self, skeleton: str) -> dict[str, int]:
        """Return names at most one edit away, two for a long name, with the number of edits (Damerau, OSA variant).

        Names two edits away must begin alike: "Качкарівка" is not Makarivka.
        """
        if len(skeleton) < _SHORTEST:
            return {}
        most = 2 if len(skeleton) >= _TWO_EDITS_FROM else 1
        found: dict[str, int] = {}
        for length in range(len(skeleton) - most, len(skeleton) + most + 1):
            names = self._by_length.get(length, [])
            hits = process.extract(skeleton, names, scorer=OSA.distance, score_cutoff=most, limit=_MOST_HITS)
            found |= {name: int(edits) for name, edits, _ in hits if edits < 2 or name[0] == skeleton[0]}
        return found
