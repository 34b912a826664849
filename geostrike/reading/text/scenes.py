"""Scenes: sentences with their mentions, split into clauses, and which cues report an actual event."""

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
# How many words before a finite verb a word such as "could" or "not" can have scope over it.
NEAR = 4
_ALONE = frozenset(("outage",))
_HARM = frozenset(("destroy", "fire", "casualty", "blast", "outage"))


@dataclass
class Scene:
    """A sentence with its mentions, split into clauses; `strike_context` if the sentences around it report a strike."""

    sentence: Sentence
    mentions: list[Mention]
    lexicon: Lexicon
    strike_context: bool = False
    header_end: int = 0
    clauses: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Split the sentence into clauses."""
        self.clauses = _clauses(self.sentence, self.lexicon)
        for mention in self.mentions:
            mention.clause = self.clauses[mention.first]

    @cached_property
    def events(self) -> list[Cue]:
        """The cues of strikes, effects and interceptions that are reported as facts."""
        return [cue for cue in self.sentence.of(*EVENT_KINDS) if self.is_event(cue) and not self.unreal_role(cue)]

    @cached_property
    def has_weapon(self) -> bool:
        """Whether the sentence names a weapon."""
        return "weapon" in self.sentence.kinds

    @cached_property
    def has_strike(self) -> bool:
        """Whether the sentence mentions a strike: by a strike word, or by a weapon with an action."""
        strikes = bool(self.sentence.of("strike"))
        return strikes or (self.has_weapon and bool(self.sentence.of("effect", "intercept", "launch")))

    @cached_property
    def reports_event(self) -> bool:
        """Whether the sentence reports an event or a launch of weapons."""
        return bool(self.events) or (self.has_weapon and any(cue.value == "out" for cue in self.sentence.of("launch")))

    @cached_property
    def reports_damage(self) -> bool:
        """Whether the sentence reports damage, a fire or casualties."""
        return any(cue.kind == "effect" and cue.value in _HARM for cue in self.events)

    @cached_property
    def interception_of_all(self) -> Cue | None:
        """The cue that says that all weapons were shot down, unless it governs a place."""
        words, tokens = self.lexicon.words("all_words"), self.sentence.tokens
        for cue in self.sentence.of("intercept"):
            before = range(max(cue.first - NEAR, 0), cue.first)
            whole = any(tokens[at].lower in words and not self._is_hedged(at) for at in before)
            if cue.value == "intercept" and whole and all(m.governor != cue for m in self.mentions):
                return cue
        return None

    def _is_hedged(self, at: int) -> bool:
        """Whether a word such as "almost" precedes the word."""
        return any(cue.last == at - 1 for cue in self.sentence.of("hedge"))

    def is_unrelated(self, cue: Cue) -> bool:
        """Whether the clause of the cue is about other news, such as sport."""
        return self.is_unrelated_clause(self.clause_of(cue))

    def is_unrelated_clause(self, clause: int) -> bool:
        """Whether the clause is about earthquakes, labour or sport: it has such a word, and no weapon is named."""
        if self.has_weapon:
            return False
        return any(self.clause_of(other) == clause for other in self.sentence.of("veto"))

    @cached_property
    def is_corroborated(self) -> bool:
        """Whether more than a verb such as "hit" suggests a strike: a weapon, a target, a side, damage, the context."""
        return self.strike_context or bool(self.sentence.kinds & {"weapon", "target", "effect", "nationality", "side"})

    def is_event(self, cue: Cue) -> bool:
        """Whether the cue reports a strike in this context: a fire alone does not."""
        if cue.kind == "intercept":
            return cue.value != "own" and not self.brings_down_aircraft(cue)
        if self.is_unrelated(cue) or (cue.value == "weak" and not self._is_strong(cue)):
            return False
        if cue.value == "halt":
            return self.has_strike
        if cue.value == "listed":
            return self.strike_context
        if cue.kind == "effect" and cue.value not in _ALONE:
            return self.has_strike or self.strike_context or (self.has_weapon and cue.value != "casualty")
        return cue.kind in EVENT_KINDS

    def _is_strong(self, cue: Cue) -> bool:
        """Whether a verb such as "hit" is supported by other words and is not part of another phrase."""
        within = any(c.first <= cue.first and c.last >= cue.last for c in self.sentence.of("setting"))
        return self.is_corroborated and not within

    def brings_down_aircraft(self, cue: Cue) -> bool:
        """Whether a crewed aircraft was shot down, which is not the interception of a strike."""
        if cue.kind != "intercept" or cue.value == "debris":
            found = cue.value == "debris" and not self.has_weapon
            return found and any(0 < c.first - cue.last <= NEAR for c in self.sentence.of("aircraft"))
        aircraft = [c for c in self.sentence.of("aircraft") if -NEAR <= c.first - cue.last <= NEAR]
        return bool(aircraft) and not any(c.value == "drone" for c in self.sentence.of("weapon"))

    def clause_of(self, cue: Cue) -> int:
        """Return the number of the cue's clause."""
        return self.clauses[cue.first]

    def unreal_role(self, cue: Cue) -> str:
        """Return the role of an event's place if modal words or negation make it unreal; empty if it happened."""
        before = [c for c in self.sentence.of("unreal", "negation") if self._has_scope_over(c, cue)]
        for other in reversed(before):
            if other.kind == "negation":
                return "denied" if other.value == "no" else ""
            return UNREAL_ROLES[other.value]
        return ""

    def _has_scope_over(self, other: Cue, cue: Cue) -> bool:
        if self.clause_of(other) != self.clause_of(cue):
            return False
        gap = cue.first - other.last
        if gap <= 0:
            # "the strike was called off", "the raid will": plans may follow a noun.
            return cue.value == "noun" and other.value == "plan" and other.first - cue.last <= 2 * NEAR
        if other.kind == "negation":
            return gap <= NEAR - 1 or self._negates_subject(other, cue)
        if other.value in ("reason", "denied"):
            return gap <= 2 * NEAR
        if other.value == "attempt":
            return gap <= NEAR
        finite = cue.value != "noun" and other.value in ("threat", "future")
        return gap <= NEAR if finite else True

    def _negates_subject(self, no: Cue, verb: Cue) -> bool:
        """Whether the subject of a passive verb is negated: "no Pakistani military sites had been targeted"."""
        tokens = self.sentence.tokens
        if tokens[no.first].lower not in self.lexicon.words("no_words") or verb.value == "noun":
            return False
        between = tokens[no.last + 1 : verb.first]
        has_verb_between = any(no.last < c.first < verb.first for c in self.sentence.of(*GOVERNING))
        passive = any(token.lower in self.lexicon.words("passive_words") for token in between)
        return (
            passive
            and not has_verb_between
            and len(between) <= 2 * NEAR
            and all(token.text[0].isalnum() for token in between)
        )


def _clauses(sentence: Sentence, lexicon: Lexicon) -> list[int]:
    """Return the clause number of each word. A part without a governing cue belongs to the clause before it."""
    after_comma, everywhere = lexicon.words("comma_clause_words"), lexicon.words("clause_words")
    governing = {cue.first for cue in sentence.of(*GOVERNING, "speech")} or {0}
    # "two weeks after gunmen killed ...": the rest is about another time.
    after_units, units = lexicon.words("after_words"), {cue.last for cue in sentence.of("unit")}
    # "on 18 August it was Yelets; and overnight to Friday, Yelets again": a part with its own date is a clause.
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
