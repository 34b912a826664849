"""What a place does in its sentence: struck, intercepted, planned, launch, travel, ...

The rule: a mention is governed by the nearest cue of its clause, as a rule the one before it ("drones *hit* a depot in
Azov"), the one behind it where the clause begins with the place ("In Lipetsk a zone *was hit*", "Azov *was attacked*").
A strike, a fire or an interception that governs makes the place struck or intercepted unless words before it say that
it was planned, feared, drilled or did not happen; every other cue (a visit, a market, a front line) makes it context.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geostrike.reading.lexicon import Cue, Lexicon
    from geostrike.reading.mentions import Mention, NameFinder
    from geostrike.reading.sentences import Sentence

__all__ = ["EVENT_KINDS", "HIT_ROLES", "Scene", "assign_roles"]

EVENT_KINDS = ("strike", "effect", "intercept")
GOVERNING = (*EVENT_KINDS, "launch", "setting")
HIT_ROLES = ("struck", "intercepted", "aborted")
_UNREAL_ROLES = {
    "plan": "planned_target",
    "threat": "hypothetical_target",
    "future": "future_event",
    "exercise": "exercise",
    "anniversary": "context",
    "reason": "earlier_attack",
    "denied": "denied",
}
# How many words before a finite verb a word such as "could" or "not" still speaks of it.
NEAR = 4
# "officials in the regions of Smolensk and Lipetsk"
SPEAKER_REACH = 7
_WEAK = frozenset(("fire", "blast", "casualty", "outage", "halt", "destroy"))
_ALONE = frozenset(("outage",))


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
    def is_other_news(self) -> bool:
        """Whether it is of earthquakes, labour or sport: it has such a word, and no weapon."""
        return "veto" in self.sentence.kinds and not self.has_weapon

    @cached_property
    def is_corroborated(self) -> bool:
        """Whether it has more than a verb such as "hit": a weapon, a target, a side, damage, a strike before."""
        return self.strike_context or bool(self.sentence.kinds & {"weapon", "target", "effect", "nationality", "side"})

    def is_event(self, cue: Cue) -> bool:
        """Whether the cue tells of a strike here: a fire alone does not."""
        if cue.kind == "intercept":
            return cue.value != "own" and not self._brings_down_aircraft(cue)
        if self.is_other_news or (cue.value == "weak" and not self.is_corroborated):
            return False
        if cue.value == "halt":
            return self.has_strike
        if cue.value == "listed":
            return self.strike_context
        if cue.kind == "effect" and cue.value not in _ALONE:
            return self.has_strike or self.strike_context or (self.has_weapon and cue.value != "casualty")
        return cue.kind in EVENT_KINDS

    def _brings_down_aircraft(self, cue: Cue) -> bool:
        """Whether it is a crewed aircraft that was shot down, which is no interception of a strike."""
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
            return _UNREAL_ROLES[other.value]
        return ""

    def _speaks_of(self, other: Cue, cue: Cue) -> bool:
        if self.clause_of(other) != self.clause_of(cue):
            return False
        gap = cue.first - other.last
        if gap <= 0:
            # "the strike was called off", "the raid will": plans may stand behind a noun.
            return cue.value == "noun" and other.value == "plan" and other.first - cue.last <= NEAR
        if other.kind == "negation":
            return gap <= NEAR - 1
        if other.value in ("reason", "denied"):
            return gap <= 2 * NEAR
        finite = cue.value != "noun" and other.value in ("threat", "future")
        return gap <= NEAR if finite else True


def assign_roles(scene: Scene, finder: NameFinder) -> None:
    """Set role, governor and container of every mention of the sentence."""
    for mention in scene.mentions:
        mention.role = _role(mention, scene)
    for mention in scene.mentions:
        _contain(mention, scene, finder)


# --- clauses ----------------------------------------------------------------------------------------------------------


def _clauses(sentence: Sentence, lexicon: Lexicon) -> list[int]:
    """The number of the clause of each word. A part that governs nothing belongs to the part before it."""
    after_comma, everywhere = lexicon.words("comma_clause_words"), lexicon.words("clause_words")
    governing = {cue.first for cue in sentence.of(*GOVERNING, "speech")} or {0}
    numbers: list[int] = []
    clause, has_governor = 0, False
    tokens = sentence.tokens
    for index, token in enumerate(tokens):
        sharp = token.text in ";:" or (token.text in "—–" and index > 0)
        comma = token.text == "," and index + 1 < len(tokens) and tokens[index + 1].lower in after_comma
        if (sharp or comma or token.lower in everywhere) and has_governor and index < max(governing):
            clause, has_governor = clause + 1, False
        has_governor = has_governor or index in governing
        numbers.append(clause)
    return numbers


# --- roles ------------------------------------------------------------------------------------------------------------


def _role(mention: Mention, scene: Scene) -> str:
    if mention.start < scene.header_end:
        return "dateline"
    if mention.form != "place" and not _is_located(mention):
        return "metonym"
    if _is_described(mention, scene):
        return "descriptor"
    if any(0 < mention.first - cue.last <= 3 for cue in scene.sentence.of("speech") if cue.value == "no_comment"):
        return "context"
    governor = _governor(mention, scene)
    mention.governor = governor
    if governor is None or governor.kind == "setting":
        imagined = _imagined(mention, scene)
        if imagined or governor is None:
            return imagined or "context"
    if mention.form == "capital" and _speaks_there(mention, scene):
        return "metonym"
    return _role_under(governor, mention, scene)


def _imagined(mention: Mention, scene: Scene) -> str:
    """The role of a place of which a weapon or a target, and no deed, is told: "missiles against targets such as X"."""
    if not (scene.has_weapon or mention.target) or mention.preposition in ("from", "to"):
        return ""
    cues = [
        c for c in scene.sentence.of("unreal") if scene.clause_of(c) == mention.clause and c.value in ("plan", "threat")
    ]
    return _UNREAL_ROLES[cues[-1].value] if cues else ""


def _is_located(mention: Mention) -> bool:
    """Whether a country or a capital is meant as a place: it stands behind a preposition."""
    return mention.preposition in ("at", "from", "to", "over", "between")


def _is_described(mention: Mention, scene: Scene) -> bool:
    """Whether the name only describes somebody or something: "governor of X", "200 km south of X", "an X-based"."""
    sentence = scene.sentence
    if mention.preposition == "of":
        titles = sentence.of("speaker", "direction", "length_unit", "title")
        return any(0 < mention.first - cue.last <= 3 for cue in titles)
    behind = any(cue.first == mention.last + 1 for cue in sentence.of("speaker", "title"))
    if behind and not _follows_preposition(mention, scene):
        return True
    ahead = [cue for cue in sentence.of("speaker") if 0 < mention.first - cue.last <= SPEAKER_REACH]
    if ahead and mention.preposition == "at" and not _between(scene, ahead[-1], mention, (*EVENT_KINDS, "speech")):
        return mention.target_cue is None or mention.target_cue.last < ahead[-1].first
    return _is_apposition(mention, scene)


def _follows_preposition(mention: Mention, scene: Scene) -> bool:
    """Whether a preposition of place stands right before the name."""
    before = scene.sentence.tokens[mention.first - 1].lower if mention.first else ""
    return before in scene.lexicon.words("at_words")


def _is_apposition(mention: Mention, scene: Scene) -> bool:
    """Whether it explains a name before it: "Malekhiv, a village just outside Lviv"."""
    before = [other for other in scene.mentions if other.last < mention.first]
    if not before or mention.is_area:
        return False
    between = scene.sentence.tokens[before[-1].last + 1 : mention.first]
    if not between or between[0].text != "," or len(between) > 7:
        return False
    inside = range(before[-1].last + 1, mention.first)
    types = [cue for cue in scene.sentence.of("place_type", "direction", "length_unit") if cue.first in inside]
    return bool(types) and not any(cue.first in inside for cue in scene.sentence.of(*GOVERNING))


def _speaks_there(mention: Mention, scene: Scene) -> bool:
    """Whether a speaker stands before the capital: "officials in Kyiv said"."""
    return any(0 < mention.first - cue.last <= 3 for cue in scene.sentence.of("speaker"))


def _between(scene: Scene, cue: Cue, mention: Mention, kinds: tuple[str, ...]) -> bool:
    return any(cue.last < other.first < mention.first for other in scene.sentence.of(*kinds))


def _governor(mention: Mention, scene: Scene) -> Cue | None:
    """The cue that the place belongs to."""
    own = [cue for cue in scene.sentence.of(*GOVERNING) if _can_govern(cue, scene) and not _overlaps(cue, mention)]
    for cues in ([c for c in own if scene.clause_of(c) == mention.clause], own):
        left = [cue for cue in cues if cue.first < mention.first]
        right = [cue for cue in cues if cue.first > mention.last]
        if cues:
            return _nearer(mention, scene, left, right)
    return None


def _can_govern(cue: Cue, scene: Scene) -> bool:
    return cue.kind != "effect" or scene.is_event(cue)


def _overlaps(cue: Cue, mention: Mention) -> bool:
    return cue.first <= mention.last and cue.last >= mention.first and cue.last - cue.first < 4


def _nearer(mention: Mention, scene: Scene, left: list[Cue], right: list[Cue]) -> Cue | None:
    if not left:
        return right[0] if _opens_clause(mention, scene) or mention.target else None
    if right and _is_subject(mention, left[-1]):
        return right[0]
    if mention.target_cue is not None and left[-1].kind == "setting" and right and right[0].kind in EVENT_KINDS:
        return right[0]
    return left[-1]


def _opens_clause(mention: Mention, scene: Scene) -> bool:
    """Whether nothing but a preposition, a date and small words stands before the place in its clause."""
    start = scene.clauses.index(mention.clause)
    before = range(start, mention.first)
    passed = {
        at
        for cue in scene.sentence.cues
        if cue.kind not in ("negation", "speech", "speaker", "unreal")
        for at in range(cue.first, cue.last + 1)
    }
    return sum(at not in passed for at in before) <= 8 and not any(
        cue.first in before for cue in scene.sentence.of("negation")
    )


def _is_subject(mention: Mention, left: Cue) -> bool:
    """Whether the place itself is what the verb behind it speaks of: "while the Kirishi refinery was hit"."""
    if mention.preposition in ("at", "over", "from", "to") or mention.first - left.last <= 3:
        return left.kind == "launch" and left.value == "flew"
    return mention.target != "" or mention.preposition == ""


def _role_under(governor: Cue, mention: Mention, scene: Scene) -> str:
    if governor.kind == "setting":
        return _setting_role(governor, scene)
    if governor.kind == "launch":
        return _launch_role(governor, mention, scene)
    if mention.preposition == "from":
        return "launch_origin" if scene.has_weapon else "context"
    if mention.preposition in ("to", "between"):
        return "context"
    unreal = scene.unreal(governor)
    if unreal:
        return unreal
    return _event_role(governor, mention, scene)


def _event_role(governor: Cue, mention: Mention, scene: Scene) -> str:
    """The role of a place under an event that is said to have happened."""
    if mention.kind in ("sea", "area"):
        return "context"
    if governor.kind == "intercept":
        return "aborted" if scene.sentence.of("intercept") and _is_own(scene) else _intercepted(governor, scene)
    if not scene.is_event(governor):
        return "context"
    if governor.value == "noun" and _is_repelled(governor, scene):
        return "intercepted"
    if mention.form == "country" or mention.kind in ("sea", "country"):
        return "context"
    return "struck"


def _is_repelled(governor: Cue, scene: Scene) -> bool:
    """Whether the strike of a noun came to nothing: "the raid on Volgograd was repelled"."""
    behind = [cue for cue in scene.sentence.of("intercept", "effect") if 0 < cue.first - governor.last <= 2 * NEAR]
    same = [cue for cue in behind if scene.clause_of(cue) == scene.clause_of(governor)]
    return bool(same) and same[0].value == "intercept"


def _is_own(scene: Scene) -> bool:
    return any(cue.value == "own" for cue in scene.sentence.of("intercept"))


def _intercepted(governor: Cue, scene: Scene) -> str:
    """Debris that does damage strikes; what is shot down does not."""
    same = [cue for cue in scene.events if scene.clause_of(cue) == scene.clause_of(governor)]
    harmed = any(cue.kind == "effect" and cue.value != "casualty" for cue in same)
    return "struck" if governor.value == "debris" and harmed else "intercepted"


def _setting_role(governor: Cue, scene: Scene) -> str:
    if any(cue.value == "future" for cue in scene.sentence.of("unreal") if cue.first < governor.last + NEAR):
        return "future_event"
    return "political_travel" if governor.value == "travel" else "context"


def _launch_role(governor: Cue, mention: Mention, scene: Scene) -> str:
    if mention.preposition == "from" or (governor.value == "from" and mention.preposition in ("", "at")):
        return "launch_origin"
    if governor.value == "past":
        return "route"
    if mention.is_area and mention.form == "country":
        return "context"
    if scene.unreal(governor):
        return scene.unreal(governor)
    if governor.value == "out" and mention.preposition == "at" and scene.has_weapon:
        return "struck"
    return "aborted" if _is_own(scene) else "route"


# --- containers -------------------------------------------------------------------------------------------------------


def _contain(area: Mention, scene: Scene, finder: NameFinder) -> None:
    """Make a region or a country the container of the nearer places of the sentence that lie in it."""
    if not area.is_area or area.role in ("dateline", "metonym"):
        return
    for place in scene.mentions:
        if place is area or place.form == "country" or place.role == "dateline":
            continue
        if place.is_area and area.form != "country":
            continue
        if _lies_in(place, area, scene, finder):
            place.container = place.container if place.container and place.container.form == "place" else area
            area.role = "container"


def _lies_in(place: Mention, area: Mention, scene: Scene, finder: NameFinder) -> bool:
    adjacent = _stands_beside(place, area, scene)
    if area.form == "country":
        return adjacent and place.place is not None and place.place.country == area.country
    if place.preposition == "" and not adjacent and place.role not in HIT_ROLES:
        return False
    if area.place is None:
        return adjacent
    found = finder.resolve_in(place.text, area.text)
    if found is not None:
        return found.admin1 == area.place.admin1 and (adjacent or place.role in HIT_ROLES)
    return adjacent and place.place is None


def _stands_beside(place: Mention, area: Mention, scene: Scene) -> bool:
    """Whether only a comma, prepositions and small words stand between the two."""
    left, right = (place, area) if place.first < area.first else (area, place)
    between = range(left.last + 1, right.first)
    if len(between) > 6:
        return False
    return not any(cue.first in between for cue in scene.sentence.of(*GOVERNING, "speech", "unreal"))
