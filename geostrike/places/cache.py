"""What a gazetteer was asked before: the only place where look-ups are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geostrike.places.bearers import Found
    from geostrike.places.place import Resolution

__all__ = ["LookupCache"]

Question = tuple[str | None, ...]
"""A name as written, and its hints as they were given."""

_MOST_NAMES, _MOST_ANSWERS = 20_000, 50_000


class LookupCache:
    """The places that match each name, and the answer to each question.

    Both are bounded: what grows too long is emptied.
    """

    def __init__(self) -> None:
        self.matches: dict[str, Found] = {}
        self._answers: dict[Question, Resolution] = {}

    def answer(self, question: Question) -> Resolution | None:
        """The answer to a question; None for one that is new, and for one that cannot be a question."""
        try:
            return self._answers.get(question)
        except TypeError:  # a hint that is a list: whoever answers refuses it
            return None

    def keep(self, question: Question, answer: Resolution) -> None:
        """Keep an answer."""
        if len(self._answers) > _MOST_ANSWERS:
            self._answers.clear()
        self._answers[question] = answer

    def keep_matches(self, found: dict[str, Found]) -> None:
        """Keep what matches some names.

        Names looked up together stay until they have been asked: one name more empties the cache at twice its length.
        """
        if len(self.matches) > (_MOST_NAMES if len(found) > 1 else 2 * _MOST_NAMES):
            self.matches.clear()
        self.matches |= found
