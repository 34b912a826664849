"""Frames: what one sentence says of one strike - place, date, target, weapon, attacker - and how each is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geostrike.reading.mentions import FACILITIES
from geostrike.reading.records import same_time
from geostrike.reading.roles import HIT_ROLES
from geostrike.reading.scenes import EVENT_KINDS

if TYPE_CHECKING:
    from geostrike.reading.dates import DateExpression, When
    from geostrike.reading.lexicon import Cue
    from geostrike.reading.mentions import Mention
    from geostrike.reading.names import NameFinder
    from geostrike.reading.scenes import Scene

__all__ = [
    "Frame",
    "clause_at",
    "find_target",
    "find_weapon",
    "further_targets",
    "happened",
    "is_governed",
    "is_said",
    "nearest_names",
    "placeless_governor",
    "role_of",
    "several_days",
    "with_night",
    "words_apart",
]


@dataclass(frozen=True)
class Frame:
    """What one sentence says of one strike."""

    scene: Scene
    mention: Mention | None
    role: str
    governor: Cue
    when: When
    own_date: bool
    date_strength: int
    earlier: bool
    target: str
    weapon: str
    attacker: str
    place_country: str


def nearest_names(struck: list[Mention], scene: Scene, finder: NameFinder) -> list[Mention]:
    """Without names that another name of the same thing makes needless: "the NORSI plant in Kstovo" is in Kstovo."""
    kept = []
    for number, mention in enumerate(struck):
        following = struck[number + 1] if number + 1 < len(struck) else None
        unknown = mention.resolved is not None and not mention.resolved.candidates
        unsure = mention.kind == "district" and mention.place is None
        if mention.facility:
            site = finder.resolve(mention.facility).place
            unsure = site is None or site.kind != "facility"
        if (unknown or unsure) and following is not None and _is_explained(mention, following, scene):
            following.target = mention.target or following.target
            mention.role = "context"
            continue
        if unsure and kept and kept[-1].place is not None and kept[-1].place.kind == "settlement":
            # "Oryol: wreckage fell on houses in the Zheleznodorozhny district"
            kept[-1].target = kept[-1].target or mention.target
            mention.role = "context"
            continue
        kept.append(mention)
    return kept


def _is_explained(mention: Mention, following: Mention, scene: Scene) -> bool:
    end = mention.target_cue.last if mention.facility and mention.target_cue else mention.last
    between = range(end + 1, following.first)
    stops = any(cue.first in between for cue in scene.sentence.of("strike", "effect", "intercept", "speech"))
    beside = not between and mention.kind == "district"
    return beside or (len(between) <= 6 and not stops and not following.is_area and following.preposition == "at")


def placeless_governor(scene: Scene) -> Cue | None:
    """The event that a sentence without a struck place tells of."""
    events = [cue for cue in scene.events if cue.value not in ("debris", "halt", "listed")]
    rank = {"strike": 0, "effect": 1, "launch": 2, "intercept": 3}
    launches = [cue for cue in scene.sentence.of("launch") if cue.value == "out" and scene.has_weapon]
    real = [cue for cue in launches if not scene.unreal(cue)]
    return min([*events, *real], key=lambda cue: rank[cue.kind], default=None)


def is_governed(mention: Mention, scene: Scene) -> bool:
    """Whether the sentence quotes the governor of the place: what is hit is hit there."""
    stems = tuple(scene.lexicon.words("governor_stems"))
    tokens = scene.sentence.tokens
    near = [
        c for c in scene.sentence.of("speaker") if -3 <= c.first - mention.last <= 3 or 0 < mention.first - c.last <= 4
    ]
    return any(tokens[cue.first].lower.startswith(stems) for cue in near)


def role_of(governor: Cue) -> str:
    """The role of a place under the event: intercepted or struck."""
    return "intercepted" if governor.kind == "intercept" and governor.value == "intercept" else "struck"


def is_said(expression: DateExpression, scene: Scene) -> bool:
    """Whether a date tells when something was said, not when it happened: "wrote on Telegram on Wednesday"."""
    tokens = scene.sentence.tokens
    if expression.weekday is None and expression.day is None and expression.offset is None:
        return False
    at = next(index for index, token in enumerate(tokens) if token.end > expression.start)
    last = next(index for index, token in enumerate(tokens) if token.end >= expression.end)
    if any(0 < cue.first - last <= 4 and at <= 1 for cue in scene.sentence.of("speech")):
        return True
    blockers = scene.sentence.of("speech", "setting", "organisation")
    for cue in blockers:
        gap = at - cue.last
        if 0 < gap <= 3 and not any(c.kind in EVENT_KINDS and cue.last < c.first < at for c in scene.sentence.cues):
            return cue.kind != "setting" or cue.value == "travel"
    return False


def happened(expression: DateExpression, scene: Scene) -> bool:
    """Whether the words say that it happened then: "the attack, which took place early on Tuesday"."""
    return any(0 <= expression.start - cue.end <= 12 for cue in scene.sentence.of("happen"))


def with_night(when: When, told: list[tuple[DateExpression, When]]) -> When:
    """The night that a day told beside it continues: "in the night to Friday and on Friday morning"."""
    nights = [other for _, other in told if other.precision == "night" and other.day == when.day]
    return nights[0] if nights and when.precision == "day" else when


def clause_at(scene: Scene, offset: int) -> int:
    """The number of the clause that the character stands in."""
    tokens = scene.sentence.tokens
    return next((scene.clauses[i] for i, token in enumerate(tokens) if token.end > offset), scene.clauses[-1])


def words_apart(expression: DateExpression, governor: Cue) -> int:
    """How many characters stand between a date and an event."""
    return min(abs(expression.start - governor.end), abs(governor.start - expression.end))


def several_days(scene: Scene, dates: list[tuple[DateExpression, When]]) -> list[tuple[DateExpression, When]]:
    """Dates of a sentence that are days of their own, where there are several: one strike each."""
    days = [
        pair
        for pair in dates
        if pair[1].start and pair[1].precision in ("day", "night") and not is_said(pair[0], scene)
    ]
    distinct: list[tuple[DateExpression, When]] = []
    for pair in days:
        if not any(same_time(pair[1], other[1]) for other in distinct):
            distinct.append(pair)
    return distinct if len(distinct) > 1 else []


def find_target(scene: Scene, mention: Mention | None, governor: Cue) -> str:
    """What was hit: the thing that the name locates, else the nearest target word of the clause."""
    if mention is not None and mention.target and mention.target != "city":
        return mention.target
    clause = scene.clause_of(governor)
    targets = scene.sentence.of("target")
    same = [cue for cue in targets if scene.clause_of(cue) == clause]
    same = same or [cue for cue in targets if not _is_of_another(cue, mention, scene)]
    if same:
        return min(same, key=lambda cue: abs(cue.first - governor.first)).value
    return "city" if any(cue.value == "casualty" for cue in scene.sentence.of("effect")) else ""


def _is_of_another(cue: Cue, mention: Mention | None, scene: Scene) -> bool:
    """Whether the clause of the word has a struck place of its own."""
    return any(
        other is not mention and other.clause == scene.clause_of(cue) and other.role in HIT_ROLES
        for other in scene.mentions
    )


def further_targets(mention: Mention, frame: Frame) -> list[str]:
    """Other facilities of an area that stand in a list with the first: "a gas terminal and an oil depot in ..."."""
    cue = mention.target_cue
    if cue is None or not mention.is_area or cue.value not in FACILITIES:
        return []
    tokens, listing = mention.sentence.tokens, frame.scene.lexicon.words("list_words") | {",", "a", "an", "the"}
    found: list[str] = []
    for other in reversed(mention.sentence.of("target")):
        if other.last >= cue.first:
            continue
        between = [token.lower for token in tokens[other.last + 1 : cue.first]]
        if not between or len(between) > 3 or not all(word in listing for word in between):
            break
        if other.value in FACILITIES and other.value != frame.target:
            found.append(other.value)
        cue = other
    return found


def find_weapon(scene: Scene, governor: Cue, near: DateExpression | None) -> str:
    """With what: the weapon nearest to the event, or to one of several dates."""
    weapons = scene.sentence.of("weapon")
    if not weapons:
        return ""
    if near is not None:
        return min(weapons, key=lambda cue: abs(cue.start - near.start)).value
    clause = scene.clause_of(governor)
    same = [cue for cue in weapons if scene.clause_of(cue) == clause] or weapons
    kinds = {cue.value for cue in same}
    if "drone" in kinds and kinds & {"missile", "cruise missile", "ballistic missile"}:
        return "drone and missile"
    if "helicopter rockets" in kinds:
        return "helicopter rockets"
    return min(same, key=lambda cue: abs(cue.first - governor.first)).value
