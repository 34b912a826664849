"""Separate the main news of a report from its background, for strikes whose date the report leaves out.

Main news is what the headline or the first paragraph reports, and what later sentences add. Background is what follows
another heading, what follows a reference to an earlier time up to the end of its paragraph, and everything in a
retrospective or digest of more than two days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geostrike.reading.text.intervals import DAY
from geostrike.reading.text.sentences import is_title

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from geostrike.reading.text.intervals import When
    from geostrike.reading.text.scenes import Scene

__all__ = ["MainNews", "is_digest"]

# A report with strikes on as many days before its news is a digest.
DIGEST_DAYS = 3
# The most days between the strikes of one piece of news.
NEWS_SPAN = 2 * DAY


class MainNews:
    """Takes the sentences of a report in order and keeps which of them are background."""

    def __init__(self) -> None:
        self.background: set[int] = set()
        self.is_retrospective = False
        self._lead = -1
        self._under_heading = False
        self._earlier = -1

    def add(self, scene: Scene) -> None:
        """Add a sentence."""
        sentence = scene.sentence
        self.is_retrospective = self.is_retrospective or (self._lead < 0 and bool(sentence.of("digest")))
        if self._lead < 0:
            self._lead = -1 if is_title(sentence.text) else sentence.paragraph
            return
        if sentence.paragraph == self._lead:
            return
        self._under_heading = self._under_heading or _is_heading(scene)
        if sentence.of("history"):
            self._earlier = sentence.paragraph
        if self._under_heading or self._earlier == sentence.paragraph:
            self.background.add(sentence.number)

    def leads(self, scene: Scene) -> bool:
        """Whether the sentence, the last one added, is in the headline or the first paragraph."""
        return self._lead in (-1, scene.sentence.paragraph)

    def includes(self, number: int) -> bool:
        """Whether the sentence is main news."""
        return not self.is_retrospective and number not in self.background


def _is_heading(scene: Scene) -> bool:
    """Whether the sentence is a heading without news of its own."""
    return is_title(scene.sentence.text) and not scene.mentions and not scene.events


def is_digest(reported: Iterable[When], published: dt.date) -> bool:
    """Whether the dates of a report's strikes are mostly older than its news, and on several days."""
    ends = {when.end for when in reported if when.end is not None}
    old = {day for day in ends if day < published - NEWS_SPAN}
    return len(old) >= DIGEST_DAYS and len(old) > len(ends - old)
