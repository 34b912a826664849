"""Scenes: sentences with their mentions, cut into clauses, and which of their words tell of what happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geostrike.reading.mentions.mention import Mention
    from geostrike.reading.text.lexicon import Cue, Lexicon
    from geostrike.reading.text.sentences import Sentence

__all__ = ["EVENT_KINDS", "GOVERNING", "NEAR", "UNREAL_ROLES", "Scene"]

EVENT_KINDS = ("strike", "effect", "intercept")
GOVERNING = (*EVENT_KINDS, "launch", "setting")
UNREAL_ROLES = {
    "plan": "planned_target",
    "threat": "hypothetical_target",
    "future": "future_event",
    "exercise": "exercise",
    "anniversary": "context",
    "reason": "earlier_attack",
    "denied": "denied",
    "attempt": "intercepted",
}
# How many words before a finite verb a word such as "could" or "not" still speaks of it.
NEAR = 4
_ALONE = frozenset(("outage",))
_HARM = frozenset(("destroy", "fire", "casualty", "blast", "outage"))


@dataclass
class Scene:
    """A sentence with its mentions, cut into clauses; `strike_context` where what is around it tells of a strike."""

    sentence: Sentence
    mentions: list[Mention]
    lexicon: Lexicon
    strike_context: bool = False
    header_end: int = 0
    clauses: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Cut the sentence into clauses."""
        self.clauses = _clauses(self.sentence, self.lexicon)
        for mention in self.mentions:
            mention.clause = self.clauses[mention.first]

    @cached_property
    def events(self) -> list[Cue]:
        """The cues of strikes, effects and interceptions that are said to have happened."""
        return [cue for cue in self.sentence.of(*EVENT_KINDS) if self.is_event(cue) and not self.unreal(cue)]

    @cached_property
    def has_weapon(self) -> bool:
        """Whether it names a weapon."""
        return "weapon" in self.sentence.kinds

    @cached_property
    def has_strike(self) -> bool:
        """Whether it speaks of a strike, by a word or by a weapon that does something."""
        strikes = bool(self.sentence.of("strike"))
        return strikes or (self.has_weapon and bool(self.sentence.of("effect", "intercept", "launch")))

    @cached_property
    def tells(self) -> bool:
        """Whether it tells of something that happened: an event, or weapons that were sent."""
        return bool(self.events) or (self.has_weapon and any(cue.value == "out" for cue in self.sentence.of("launch")))

    @cached_property
    def harms(self) -> bool:
        """Whether it tells of damage, a fire, or of somebody who was hurt."""
        return any(cue.kind == "effect" and cue.value in _HARM for cue in self.events)

    @cached_property
    def all_shot_down(self) -> Cue | None:
        """The word that says that every weapon was shot down, where it belongs to no place of its own."""
        words, tokens = self.lexicon.words("all_words"), self.sentence.tokens
        for cue in self.sentence.of("intercept"):
            before = range(max(cue.first - NEAR, 0), cue.first)
            whole = any(tokens[at].lower in words and not self._is_hedged(at) for at in before)
            if cue.value == "intercept" and whole and all(m.governor != cue for m in self.mentions):
                return cue
        return None

    def _is_hedged(self, at: int) -> bool:
        """Whether a word such as "almost" stands before the word."""
        return any(cue.last == at - 1 for cue in self.sentence.of("hedge"))

    def is_other_news(self, cue: Cue) -> bool:
        """Whether the cue's clause is of earthquakes, labour or sport: it has such a word, and no weapon is named."""
        return self.is_of_other_news(self.clause_of(cue))

    def is_of_other_news(self, clause: int) -> bool:
        """Whether the clause is of earthquakes, labour or sport: it has such a word, and no weapon is named."""
        if self.has_weapon:
            return False
        return any(self.clause_of(other) == clause for other in self.sentence.of("veto"))

    @cached_property
    def is_corroborated(self) -> bool:
        """Whether it has more than a verb such as "hit": a weapon, a target, a side, damage, a strike before."""
        return self.strike_context or bool(self.sentence.kinds & {"weapon", "target", "effect", "nationality", "side"})

    def is_event(self, cue: Cue) -> bool:
        """Whether the cue tells of a strike here: a fire alone does not."""
        if cue.kind == "intercept":
            return cue.value != "own" and not self.brings_down_aircraft(cue)
        if self.is_other_news(cue) or (cue.value == "weak" and not self._is_strong(cue)):
            return False
        if cue.value == "halt":
            return self.has_strike
        if cue.value == "listed":
            return self.strike_context
        if cue.kind == "effect" and cue.value not in _ALONE:
            return self.has_strike or self.strike_context or (self.has_weapon and cue.value != "casualty")
        return cue.kind in EVENT_KINDS

    def _is_strong(self, cue: Cue) -> bool:
        """Whether a verb such as "hit" is backed by other words, and is no part of another phrase."""
        within = any(c.first <= cue.first and c.last >= cue.last for c in self.sentence.of("setting"))
        return self.is_corroborated and not within

    def brings_down_aircraft(self, cue: Cue) -> bool:
        """Whether it is a crewed aircraft that was shot down, which is no interception of a strike."""
        if cue.kind != "intercept" or cue.value == "debris":
            found = cue.value == "debris" and not self.has_weapon
            return found and any(0 < c.first - cue.last <= NEAR for c in self.sentence.of("aircraft"))
        aircraft = [c for c in self.sentence.of("aircraft") if -NEAR <= c.first - cue.last <= NEAR]
        return bool(aircraft) and not any(c.value == "drone" for c in self.sentence.of("weapon"))

    def clause_of(self, cue: Cue) -> int:
        """The number of the clause that the cue stands in."""
        return self.clauses[cue.first]

    def unreal(self, cue: Cue) -> str:
        """The role that words around an event cue give to its place when it did not happen; empty when it did."""
        before = [c for c in self.sentence.of("unreal", "negation") if self._speaks_of(c, cue)]
        for other in reversed(before):
            if other.kind == "negation":
                return "denied" if other.value == "no" else ""
            return UNREAL_ROLES[other.value]
        return ""

    def _speaks_of(self, other: Cue, cue: Cue) -> bool:
        if self.clause_of(other) != self.clause_of(cue):
            return False
        gap = cue.first - other.last
        if gap <= 0:
            # "the strike was called off", "the raid will": plans may stand behind a noun.
            return cue.value == "noun" and other.value == "plan" and other.first - cue.last <= 2 * NEAR
        if other.kind == "negation":
            return gap <= NEAR - 1 or self._denies_all(other, cue)
        if other.value in ("reason", "denied"):
            return gap <= 2 * NEAR
        if other.value == "attempt":
            return gap <= NEAR
        finite = cue.value != "noun" and other.value in ("threat", "future")
        return gap <= NEAR if finite else True

    def _denies_all(self, no: Cue, verb: Cue) -> bool:
        """Whether the subject of a passive verb is said not to be: "no Pakistani military sites had been targeted"."""
        tokens = self.sentence.tokens
        if tokens[no.first].lower not in self.lexicon.words("no_words") or verb.value == "noun":
            return False
        between = tokens[no.last + 1 : verb.first]
        told = any(no.last < c.first < verb.first for c in self.sentence.of(*GOVERNING))
        passive = any(token.lower in self.lexicon.words("passive_words") for token in between)
        return passive and not told and len(between) <= 2 * NEAR and all(token.text[0].isalnum() for token in between)


def _clauses(sentence: Sentence, lexicon: Lexicon) -> list[int]:
    """The number of the clause of each word. A part that governs nothing belongs to the part before it."""
    after_comma, everywhere = lexicon.words("comma_clause_words"), lexicon.words("clause_words")
    governing = {cue.first for cue in sentence.of(*GOVERNING, "speech")} or {0}
    # "two weeks after gunmen killed ...": what follows is another time.
    after_units, units = lexicon.words("after_words"), {cue.last for cue in sentence.of("unit")}
    # "on 18 August it was Yelets; and in the night to Friday, Yelets again": a part with a date of its own is a clause.
    dated = max((cue.first for cue in sentence.of("month", "weekday", "day_part", "relative_day")), default=-1)
    last = max(governing)
    numbers: list[int] = []
    clause, has_governor = 0, False
    tokens = sentence.tokens
    for index, token in enumerate(tokens):
        sharp = token.text in ";:" or (token.text in "—–" and index > 0)
        comma = token.text == "," and index + 1 < len(tokens) and tokens[index + 1].lower in after_comma
        since = token.lower in after_units and index - 1 in units
        breaks = (sharp or comma or since or token.lower in everywhere) and index < last
        if has_governor and (breaks or (token.text == ";" and index < dated)):
            clause, has_governor = clause + 1, False
        has_governor = has_governor or index in governing
        numbers.append(clause)
    return numbers
