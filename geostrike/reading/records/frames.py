"""Frames: find the place, date, target and weapon of a strike in one sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geostrike.reading.mentions.mention import FACILITIES
from geostrike.reading.mentions.roles import HIT_ROLES
from geostrike.reading.records.record import same_time
from geostrike.reading.text.scenes import EVENT_KINDS

if TYPE_CHECKING:
    from geostrike.reading.mentions.mention import Mention
    from geostrike.reading.mentions.names import NameFinder
    from geostrike.reading.records.record import Frame
    from geostrike.reading.text.intervals import DateExpression, When
    from geostrike.reading.text.lexicon import Cue
    from geostrike.reading.text.scenes import Scene

_YEAR = re.compile(r"(?:19|20)\d\d")
# "Innenminister Ihor Klymenko am Dienstag": words between a speaker and a date.
FINAL_REACH = 5

__all__ = [
    "characters_between",
    "clause_at",
    "counts_days",
    "distinct_days",
    "find_target",
    "find_weapon",
    "further_targets",
    "is_date_of_end",
    "is_date_of_event",
    "is_date_of_speech",
    "is_earlier",
    "is_whole_sentence",
    "placeless_governor",
    "role_of",
    "select_names",
    "with_night",
    "year_heading",
]


def select_names(struck: list[Mention], scene: Scene, finder: NameFinder) -> list[Mention]:
    """Select one name per object: for "the NORSI plant in Kstovo" the plant if the gazetteer has it, else Kstovo."""
    kept: list[Mention] = []
    for number, mention in enumerate(struck):
        if kept and _is_part_of(mention, kept[-1]):
            mention.role = "context"
            continue
        following = struck[number + 1] if number + 1 < len(struck) else None
        if following is None or not _is_explained(mention, following, scene):
            kept.append(mention)
        elif _is_known_site(mention, following, finder):
            mention.container = following
            following.role = "container"
            kept.append(mention)
        elif _is_unsure(mention):
            following.target = mention.target or following.target
            mention.role = "context"
        else:
            kept.append(mention)
    return [mention for mention in kept if mention.role in HIT_ROLES]


def _is_part_of(mention: Mention, town: Mention) -> bool:
    """Whether a district is part of the town before it: "Oryol: houses in the Zavodskoy district"."""
    if mention.kind != "district" or town.place is None or town.kind == "district":
        return False
    if mention.place is not None:
        # "In Kyiv a house was hit in the Darnytskyi district", but "in Belgorod a man, in the Graivoron district two"
        between = mention.sentence.tokens[town.last + 1 : mention.first]
        inside = mention.place.admin1 == town.place.admin1 and all(token.text[0].isalnum() for token in between)
        return inside and bool(between) and town.place.kind == "settlement"
    town.target = town.target or mention.target
    return town.place.kind == "settlement"


def _is_known_site(mention: Mention, town: Mention, finder: NameFinder) -> bool:
    """Whether the name is a facility of the gazetteer, at least within the town's region."""
    if mention.place is not None and mention.place.kind == "facility":
        return True
    if not mention.facility or town.place is None:
        return False
    site = finder.resolve_in(mention.facility, town.place.admin1)
    return site is not None and site.kind == "facility"


def _is_unsure(mention: Mention) -> bool:
    unknown = mention.resolution is not None and not mention.candidates
    return unknown or bool(mention.facility) or (mention.kind == "district" and mention.place is None)


def _is_explained(mention: Mention, following: Mention, scene: Scene) -> bool:
    end = mention.target_cue.last if mention.facility and mention.target_cue else mention.last
    between = range(end + 1, following.first)
    stops = any(cue.first in between for cue in scene.sentence.of("strike", "effect", "intercept", "speech"))
    adjacent = not between and mention.kind == "district" and not following.is_area
    return adjacent or (len(between) <= 6 and not stops and not following.is_area and following.preposition == "at")


def placeless_governor(scene: Scene) -> Cue | None:
    """Return the event cue of a sentence without a struck place."""
    events = [cue for cue in scene.events if cue.value not in ("debris", "halt", "listed")]
    rank = {"strike": 0, "effect": 1, "launch": 2, "intercept": 3}
    sent = ("out", "flew") if scene.strike_context else ("out",)
    launches = [cue for cue in scene.sentence.of("launch") if cue.value in sent and scene.has_weapon]
    real = [cue for cue in launches if not scene.unreal_role(cue)]
    return min([*events, *real], key=lambda cue: rank[cue.kind], default=None)


def role_of(governor: Cue) -> str:
    """Return the role of a place governed by the event: intercepted or struck."""
    return "intercepted" if governor.kind == "intercept" and governor.value == "intercept" else "struck"


def is_date_of_speech(expression: DateExpression, scene: Scene) -> bool:
    """Whether the date is that of a statement, not of an event: "wrote on Telegram on Wednesday"."""
    tokens = scene.sentence.tokens
    if expression.weekday is None and expression.day is None and expression.offset is None:
        return False
    at = next(index for index, token in enumerate(tokens) if token.end > expression.start)
    last = next(index for index, token in enumerate(tokens) if token.end >= expression.end)
    if at <= 1 and any(cue.first == cue.last and 0 < cue.first - last <= 4 for cue in scene.sentence.of("speech")):
        return True
    if _is_before_final_verb(at, last, scene) or is_date_of_end(expression, scene):
        return True
    # "НПЗ" is listed as an organisation too, but here it is the target.
    sites = {cue.first for cue in scene.sentence.of("target")}
    blockers = [cue for cue in scene.sentence.of("speech", "setting", "organisation") if cue.first not in sites]
    for cue in blockers:
        gap = at - cue.last
        if 0 < gap <= 3 and not any(c.kind in EVENT_KINDS and cue.last < c.first < at for c in scene.sentence.cues):
            return cue.kind != "setting" or cue.value == "travel"
    return False


def is_date_of_end(expression: DateExpression, scene: Scene) -> bool:
    """Whether the date is that of the end: "the fire was put out on Sunday"."""
    tokens = scene.sentence.tokens
    at = next(index for index, token in enumerate(tokens) if token.end > expression.start)
    return any(0 < at - cue.last <= 3 for cue in scene.sentence.of("ended"))


def is_whole_sentence(expression: DateExpression, scene: Scene) -> bool:
    """Whether the sentence is nothing but the date: a heading such as "MONDAY."."""
    others = [t for t in scene.sentence.tokens if t.end <= expression.start or t.start >= expression.end]
    return not any(token.text[0].isalnum() for token in others)


def year_heading(scene: Scene) -> int | None:
    """Return the year of a heading that is only a year."""
    words = [token.text for token in scene.sentence.tokens if token.text[0].isalnum()]
    return int(words[0]) if len(words) == 1 and _YEAR.fullmatch(words[0]) else None


def counts_days(scene: Scene) -> bool:
    """Whether the sentence gives the day of a war by number: "today is the 1086th day"."""
    tokens = scene.sentence.tokens
    return any(
        token.text.isdigit() and len(token.text) > 2
        for cue in scene.sentence.of("unit")
        if cue.value == "day"
        for token in tokens[max(cue.first - 3, 0) : cue.first]
    )


def is_earlier(scene: Scene) -> bool:
    """Whether the sentence is about an earlier time, and not just a statement: "he had earlier announced"."""
    speech = {at for cue in scene.sentence.of("speech") for at in (cue.first, cue.last)}
    return any(not speech & {cue.first - 1, cue.last + 1} for cue in scene.sentence.of("history"))


def _is_before_final_verb(first: int, last: int, scene: Scene) -> bool:
    """Whether the date is between a speaker and a final verb of speech: "wie der Minister am Dienstag mitteilte"."""
    verbs = [cue for cue in scene.sentence.of("speech") if 0 < cue.first - last <= 2 and cue.first == cue.last]
    speakers = [cue for cue in scene.sentence.of("speaker", "side") if 0 < first - cue.last <= FINAL_REACH]
    if (
        not verbs
        or not speakers
        or any(token.text == "," for token in scene.sentence.tokens[last + 1 : verbs[0].first])
    ):
        return False
    between = range(speakers[-1].last + 1, first)
    return not any(cue.first in between for cue in scene.sentence.of(*EVENT_KINDS, "launch", "speech"))


def is_date_of_event(expression: DateExpression, scene: Scene) -> bool:
    """Whether the date is explicitly that of the event: "the attack, which took place early on Tuesday"."""
    return any(0 <= expression.start - cue.end <= 12 for cue in scene.sentence.of("happen"))


def with_night(when: When, dates: list[tuple[DateExpression, When]]) -> When:
    """Return the night that precedes a day if both are mentioned: "in the night to Friday and on Friday morning"."""
    nights = [other for _, other in dates if other.precision == "night" and other.day == when.day]
    return nights[0] if nights and when.precision == "day" else when


def clause_at(scene: Scene, offset: int) -> int:
    """Return the number of the clause at a character offset."""
    tokens = scene.sentence.tokens
    return next((scene.clauses[i] for i, token in enumerate(tokens) if token.end > offset), scene.clauses[-1])


def characters_between(expression: DateExpression, governor: Cue) -> int:
    """Return the number of characters between a date and an event."""
    return min(abs(expression.start - governor.end), abs(governor.start - expression.end))


def distinct_days(scene: Scene, dates: list[tuple[DateExpression, When]]) -> list[tuple[DateExpression, When]]:
    """Return the distinct days of a sentence if there are several: one strike each."""
    days = [
        pair
        for pair in dates
        if pair[1].start and pair[1].precision in ("day", "night") and not is_date_of_speech(pair[0], scene)
    ]
    distinct: list[tuple[DateExpression, When]] = []
    for pair in days:
        if not any(same_time(pair[1], other[1]) for other in distinct):
            distinct.append(pair)
    return distinct if len(distinct) > 1 else []


def find_target(scene: Scene, mention: Mention | None, governor: Cue) -> str:
    """Return the target: the object that the name locates, else the nearest target word of the clause."""
    if mention is not None and mention.target and mention.target != "city":
        return mention.target
    clause = scene.clause_of(governor)
    targets = scene.sentence.of("target")
    after = _target_after(scene, mention)
    if after is not None:
        return after.value
    same = [cue for cue in targets if scene.clause_of(cue) == clause]
    same = same or [cue for cue in targets if not _is_of_another(cue, mention, scene)]
    if same:
        return min(same, key=lambda cue: abs(cue.first - governor.first)).value
    return "city" if any(cue.value == "casualty" for cue in scene.sentence.of("effect")) else ""


def _target_after(scene: Scene, mention: Mention | None) -> Cue | None:
    """Return the target between one struck place and the next: "in Kharkiv a clinic, in Lviv schools and homes"."""
    struck = [m for m in scene.mentions if m.role in HIT_ROLES]
    if mention not in struck or len(struck) < 2 or mention.sentence is not scene.sentence:
        return None
    following = next((m.first for m in struck if m.first > mention.last), len(scene.sentence.tokens))
    tokens = scene.sentence.tokens
    inside = [cue for cue in scene.sentence.of("target") if mention.last < cue.first < following]
    opens = mention.first == 0 or any(not tokens[at].text[0].isalnum() for at in (mention.first - 1, mention.first - 2))
    return inside[0] if inside and opens and all(m.preposition == "at" for m in struck) else None


def _is_of_another(cue: Cue, mention: Mention | None, scene: Scene) -> bool:
    """Whether the clause of the cue has another struck place."""
    return any(
        other is not mention and other.clause == scene.clause_of(cue) and other.role in HIT_ROLES
        for other in scene.mentions
    )


def further_targets(mention: Mention, frame: Frame) -> list[str]:
    """Return other facilities of an area in one list with the first: "a gas terminal and an oil depot in ..."."""
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
    """Return the weapon nearest to the event, or to one of several dates."""
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
