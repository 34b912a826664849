"""What a place does in its sentence: struck, intercepted, planned, launch, travel, ...

The rule: a mention is governed by the nearest cue of its clause, as a rule the one before it ("drones *hit* a depot in
Azov"), the one behind it where the clause begins with the place ("In Lipetsk a zone *was hit*", "Azov *was attacked*").
A strike, a fire or an interception that governs makes the place struck or intercepted unless words before it say that
it was planned, feared, drilled or did not happen; every other cue (a visit, a market, a front line) makes it context.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from geostrike.reading.text.scenes import EVENT_KINDS, GOVERNING, NEAR, UNREAL_ROLES, Scene

if TYPE_CHECKING:
    from geostrike.reading.mentions.mention import Mention
    from geostrike.reading.mentions.names import NameFinder
    from geostrike.reading.text.lexicon import Cue

__all__ = ["HIT_ROLES", "assign_roles", "is_governed"]

HIT_ROLES = ("struck", "intercepted", "aborted")
# "officials in the regions of Smolensk and Lipetsk"
SPEAKER_REACH = 7
# A place of fewer people may have a namesake that the gazetteer does not hold.
SMALL = 30_000


def assign_roles(scene: Scene, finder: NameFinder) -> None:
    """Set role, governor and container of every mention of the sentence."""
    for number, mention in enumerate(scene.mentions):
        mention.role = _role(mention, scene)
        if mention.role in HIT_ROLES and number and _only_says_where(mention, scene.mentions[number - 1], scene):
            mention.role = "descriptor"
    for mention in scene.mentions:
        _contain(mention, scene, finder)
    for mention, following in pairwise(scene.mentions):
        _place_beside(mention, following, scene, finder)
        _mean_town(mention, following, scene)
        if mention.kind == following.kind == "facility" and following.place is None:
            # one list of plants, one country
            following.container = following.container or mention.container
    for mark in scene.mentions:
        if mark.role == "descriptor" and mark.place is not None and is_governed(mark, scene):
            for mention in scene.mentions:
                _place_in(mention, mark, mark.place.admin1, finder)


def _place_beside(mention: Mention, mark: Mention, scene: Scene, finder: NameFinder) -> None:
    """Mean the village of the region of the town that tells where it is: "Dubovoye, just south of Belgorod"."""
    if mark.role != "descriptor" or mark.place is None or mention.role not in HIT_ROLES or mention.is_area:
        return
    between = range(mention.last + 1, mark.first)
    if len(between) > 6 or not any(cue.first in between for cue in scene.sentence.of("direction")):
        return
    if finder.resolve_in(mention.text, mark.place.admin1) is not None or _is_far(mention, mark):
        mention.resolved = finder.resolve_within(mention.text, mark.place.admin1)
        mention.container = mention.container or mark


def _is_far(mention: Mention, mark: Mention) -> bool:
    """Whether the place lies much farther from the town than one would say of a place beside it."""
    if mention.place is None or mark.place is None:
        return False
    return (
        abs(mention.place.latitude - mark.place.latitude) > 2 or abs(mention.place.longitude - mark.place.longitude) > 3
    )


def _mean_town(town: Mention, part: Mention, scene: Scene) -> None:
    """Mean the town where nobody knows its part: "Beirut's southern suburb of Dahiyeh"."""
    owner = scene.sentence.tokens[town.last].text.endswith(("'s", "’s"))
    between = range(town.last + 1, part.first)
    typed = any(cue.first in between for cue in scene.sentence.of("place_type")) or part.kind == "district"
    if not owner or not typed or len(between) > NEAR or part.role not in HIT_ROLES or town.place is None:
        return
    if part.place is None or part.kind == "district":
        town.role, town.governor, part.role = part.role, part.governor, "context"
    else:
        part.container, town.role = town, "container"


def _place_in(mention: Mention, mark: Mention, region: str, finder: NameFinder) -> None:
    """Mean the village of the region whose head speaks of it, or none, rather than a namesake across the border."""
    own, other = mention.place, mark.place
    if mention.role not in HIT_ROLES or mention.is_area or mention.form != "place" or other is None:
        return
    several = mention.resolved is not None and mention.resolved.status == "ambiguous"
    if (own is None and not several) or mention.container is not None:
        return
    if own is not None and (own.admin1 == region or own.kind != "settlement"):
        return
    known = finder.resolve_in(mention.text, region)
    if known is not None or (own is not None and own.country != other.country and own.population < SMALL):
        mention.resolved = finder.resolve_within(mention.text, region)
        mention.container = mark


def _only_says_where(mention: Mention, before: Mention, scene: Scene) -> bool:
    """Whether the name tells where the one before it is: "in Kstovo near Nizhny Novgorod"."""
    between = [token.lower for token in scene.sentence.tokens[before.last + 1 : mention.first]]
    near = scene.lexicon.words("near_words")
    small = scene.lexicon.words("articles") | {",", "just"}
    return (
        before.role in HIT_ROLES and any(word in near for word in between) and all(w in near | small for w in between)
    )


# --- roles ------------------------------------------------------------------------------------------------------------


def _role(mention: Mention, scene: Scene) -> str:
    if mention.start < scene.header_end:
        return "dateline"
    if mention.form != "place" and not (_is_located(mention) or _is_object(mention, scene)):
        return "metonym"
    if _is_described(mention, scene):
        return "descriptor"
    if scene.is_of_other_news(mention.clause):
        return "context"
    if any(0 < mention.first - cue.last <= 3 for cue in scene.sentence.of("speech") if cue.value == "no_comment"):
        return "context"
    governor = _governor(mention, scene)
    mention.governor = governor
    if governor is None or governor.kind == "setting":
        imagined = _imagined(mention, scene)
        if imagined or governor is None:
            return imagined or "context"
    if mention.form == "capital" and (_speaks_there(mention, scene) or _is_where_one_speaks(mention, scene)):
        return "metonym"
    return _role_under(governor, mention, scene)


def _imagined(mention: Mention, scene: Scene) -> str:
    """The role of a place of which a weapon or a target, and no deed, is told: "missiles against targets such as X"."""
    if not (scene.has_weapon or mention.target) or mention.preposition in ("from", "to"):
        return ""
    cues = [
        c for c in scene.sentence.of("unreal") if scene.clause_of(c) == mention.clause and c.value in ("plan", "threat")
    ]
    return UNREAL_ROLES[cues[-1].value] if cues else ""


def _is_located(mention: Mention) -> bool:
    """Whether a country or a capital is meant as a place: it stands behind a preposition."""
    return mention.preposition in ("at", "from", "to", "over", "between")


def _is_object(mention: Mention, scene: Scene) -> bool:
    """Whether a capital is what the verb before it strikes: "missiles struck Tel Aviv"."""
    if mention.form != "capital":
        return False
    return any(cue.value != "noun" and mention.first - cue.last == 1 for cue in scene.sentence.of("strike"))


def _is_described(mention: Mention, scene: Scene) -> bool:
    """Whether the name only describes somebody or something: "governor of X", "200 km south of X", "an X-based"."""
    sentence = scene.sentence
    if mention.preposition == "of" and _is_owner_of_town(mention, scene):
        return True
    if mention.preposition == "of":
        titles = sentence.of("speaker", "direction", "length_unit", "title")
        return any(0 < mention.first - cue.last <= 3 for cue in titles)
    behind = any(cue.first == mention.last + 1 for cue in sentence.of("speaker", "title"))
    if behind and not _follows_preposition(mention, scene):
        return True
    ahead = [cue for cue in sentence.of("speaker") if 0 < mention.first - cue.last <= SPEAKER_REACH]
    if ahead and _is_struck_itself(ahead[-1], scene):
        return False
    done = (*EVENT_KINDS, "launch", "speech")
    apart = not ahead or not sentence.of("speech") or _is_parted(ahead[-1], mention, scene)
    if not apart and mention.preposition == "at" and not _between(scene, ahead[-1], mention, done):
        return mention.target_cue is None or mention.target_cue.last < ahead[-1].first
    return _is_apposition(mention, scene)


def _is_owner_of_town(mention: Mention, scene: Scene) -> bool:
    """Whether it says of a place before it whose town that is: "Stepanakert, the main town of Nagorno-Karabakh"."""
    types = [c for c in scene.sentence.of("place_type") if 0 < mention.first - c.last <= 3 and c.value != "region"]
    before = [other for other in scene.mentions if other.last < mention.first and other.form == "place"]
    if not types or not before:
        return False
    between = scene.sentence.tokens[before[-1].last + 1 : types[-1].first]
    joins = scene.lexicon.words("list_words")
    listed = any(token.lower in joins for token in between)
    return bool(between) and between[0].text == "," and len(between) <= 5 and not listed


def _is_parted(speaker: Cue, mention: Mention, scene: Scene) -> bool:
    """Whether a comma ends what "according to" begins: "по данным минздрава, в городе Тир погибли"."""
    turned = any(0 < speaker.first - cue.last <= 2 for cue in scene.sentence.of("speech"))
    return turned and any(token.text == "," for token in scene.sentence.tokens[speaker.last + 1 : mention.first])


def _is_struck_itself(speaker: Cue, scene: Scene) -> bool:
    """Whether a strike verb has the speaker for its object: "bombed the state broadcaster in Tehran"."""
    if any(0 < speaker.first - cue.last <= 2 for cue in scene.sentence.of("target")):
        # "hit the building of the government in Sumy"
        return not any(cue.first == speaker.last + 1 for cue in scene.sentence.of("speech"))
    verbs = [cue for cue in scene.sentence.of("strike") if cue.value != "noun" and 0 < speaker.first - cue.last <= NEAR]
    return bool(verbs) and not any(verbs[-1].last < cue.first < speaker.first for cue in scene.sentence.of("speech"))


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
    return bool(scene.sentence.of("speech")) and any(
        0 < mention.first - cue.last <= 3 for cue in scene.sentence.of("speaker")
    )


def _is_where_one_speaks(mention: Mention, scene: Scene) -> bool:
    """Whether somebody who is no local head is named right behind the capital: "In Moscow, Dmitry Peskov said"."""
    tokens = scene.sentence.tokens
    if mention.last + 2 >= len(tokens) or tokens[mention.last + 1].text != ",":
        return False
    behind = [cue for cue in scene.sentence.of("first_name", "side", "speaker") if cue.first == mention.last + 2]
    local = tuple(scene.lexicon.words("governor_stems"))
    return bool(behind) and not tokens[mention.last + 2].lower.startswith(local)


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
        beside = bool(right) and mention.preposition == "at" and right[0].first - mention.last <= NEAR
        return right[0] if _opens_clause(mention, scene) or mention.target or (beside and right) else None
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
    if unreal and not (unreal == "intercepted" and (scene.harms or not scene.is_event(governor))):
        return unreal
    return _event_role(governor, mention, scene)


def _event_role(governor: Cue, mention: Mention, scene: Scene) -> str:
    """The role of a place under an event that is said to have happened."""
    if mention.kind in ("sea", "area") or (mention.is_area and _is_listed_with_country(mention, scene)):
        return "context"
    if scene.brings_down_aircraft(governor):
        return "context"
    if mention.preposition == "over" and (governor.kind, governor.value) == ("effect", "destroy"):
        # "44 — уничтожено над Брянской областью"
        return "intercepted" if scene.is_event(governor) else "context"
    if governor.kind == "intercept":
        return "aborted" if scene.sentence.of("intercept") and _is_own(scene) else _intercepted(governor, scene)
    if not scene.is_event(governor):
        return "context"
    if governor.value == "noun" and _is_repelled(governor, scene):
        return "intercepted"
    if mention.form == "country" or mention.kind in ("sea", "country"):
        return "context"
    return "struck"


def _is_listed_with_country(mention: Mention, scene: Scene) -> bool:
    """Whether it stands in a list with a country, and so only says how far: "nine sites in Pakistan and Kashmir"."""
    before = [other for other in scene.mentions if other.last < mention.first]
    if not before or before[-1].form != "country" or mention.form != "place":
        return False
    between = scene.sentence.tokens[before[-1].last + 1 : mention.first]
    listed = any(token.lower in scene.lexicon.words("list_words") for token in between)
    return listed and len(between) <= 2


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
    downed = any(cue.value == "intercept" for cue in same)
    harmed = any(cue.kind == "effect" and not (downed and cue.value == "casualty") for cue in same)
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
    if governor.value == "flew" and any(cue.value == "intercept" for cue in scene.events):
        # "shot down on the way to Moscow"
        return "aborted" if _is_own(scene) else "intercepted"
    return "aborted" if _is_own(scene) else "route"


def is_governed(mention: Mention, scene: Scene) -> bool:
    """Whether the sentence quotes the governor of the place: what is hit is hit there."""
    stems = tuple(scene.lexicon.words("governor_stems"))
    tokens = scene.sentence.tokens
    near = [
        c for c in scene.sentence.of("speaker") if -3 <= c.first - mention.last <= 3 or 0 < mention.first - c.last <= 4
    ]
    return any(tokens[cue.first].lower.startswith(stems) for cue in near)


# --- containers -------------------------------------------------------------------------------------------------------


def _contain(area: Mention, scene: Scene, finder: NameFinder) -> None:
    """Make a region or a country the container of the nearer places of the sentence that lie in it."""
    if not area.is_area or area.role in ("dateline", "metonym"):
        return
    for place in scene.mentions:
        if place is area or place.form == "country" or place.role == "dateline":
            continue
        if place.is_area and area.form != "country" and not (place.kind == "district" and area.is_region):
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
    is_site = place.place is not None and place.place.kind == "facility"
    found = place.place if is_site else finder.resolve_in(place.text, area.text)
    if found is not None:
        return found.admin1 == area.place.admin1 and (adjacent or place.role in HIT_ROLES)
    if _is_namesake(place, area, scene, adjacent=adjacent):
        place.resolved = finder.resolve_within(place.text, area.text)
        return True
    return adjacent and place.place is None


def _is_namesake(place: Mention, area: Mention, scene: Scene, *, adjacent: bool) -> bool:
    """Whether the text puts a small place into a region of another country than the one namesake that is known."""
    if place.place is None or area.place is None or place.place.country == area.place.country:
        return False
    if place.place.kind != "settlement" or place.place.population >= SMALL or place.role not in HIT_ROLES:
        return False
    left, right = (place, area) if place.first < area.first else (area, place)
    between = scene.sentence.tokens[left.last + 1 : right.first]
    joins = scene.lexicon.words("list_words") | scene.lexicon.words("from_words")
    if area is left and place.clause == area.clause and _opens_clause(area, scene):
        return area.preposition == "at"
    return adjacent and area.preposition == "at" and not any(token.lower in joins for token in between)


def _stands_beside(place: Mention, area: Mention, scene: Scene) -> bool:
    """Whether only a comma, prepositions and small words stand between the two."""
    left, right = (place, area) if place.first < area.first else (area, place)
    between = range(left.last + 1, right.first)
    if len(between) > 6:
        return False
    return not any(cue.first in between for cue in scene.sentence.of(*GOVERNING, "speech", "unreal"))
