"""The only cache of lookups: the matches of names and the answers to questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geostrike.places.layers import Matches
    from geostrike.places.place import Resolution

__all__ = ["LookupCache"]

Question = tuple[str | None, ...]
"""A name as written, and its hints as given."""

_MOST_NAMES, _MOST_ANSWERS = 20_000, 50_000


class LookupCache:
    """The places that match each name, and the resolution of each question.

    Both are bounded: a dict that grows too long is cleared.
    """

    def __init__(self) -> None:
        self.matches: dict[str, Matches] = {}
        self._answers: dict[Question, Resolution] = {}

    def answer(self, question: Question) -> Resolution | None:
        """Return the answer to a question; None if it is new, or not hashable."""
        try:
            return self._answers.get(question)
        except TypeError:  # a list as a hint, which `resolve` rejects
            return None

    def keep(self, question: Question, answer: Resolution) -> None:
        """Keep an answer."""
        if len(self._answers) > _MOST_ANSWERS:
            self._answers.clear()
        self._answers[question] = answer

    def keep_matches(self, found: dict[str, Matches]) -> None:
        """Keep the matches of some names.

        A single name clears the dict only at twice its length, so that prefetched names stay until they are resolved.
        """
        if len(self.matches) > (_MOST_NAMES if len(found) > 1 else 2 * _MOST_NAMES):
            self.matches.clear()
        self.matches |= found
