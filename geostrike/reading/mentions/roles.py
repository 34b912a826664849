"""Classify the role of a place in its sentence: struck, intercepted, planned, launch, travel, ...

The rule: a mention is governed by the nearest cue of its clause, usually the one before it ("drones *hit* a depot in
Azov"), or the one after it if the clause begins with the place ("In Lipetsk a zone *was hit*", "Azov *was attacked*").
A governing strike, fire or interception makes the place struck or intercepted, unless words before it say that it was
planned, feared, an exercise or did not happen; any other cue (a visit, a market, a front line) makes it context.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from geostrike.reading.text.scenes import EVENT_KINDS, GOVERNING, NEAR, UNREAL_ROLES, Scene

if TYPE_CHECKING:
    from geostrike.reading.mentions.mention import Mention
    from geostrike.reading.mentions.names import NameFinder
    from geostrike.reading.text.lexicon import Cue

__all__ = ["HIT_ROLES", "assign_roles", "quotes_governor"]

HIT_ROLES = ("struck", "intercepted", "aborted")
# "officials in the regions of Smolensk and Lipetsk"
SPEAKER_REACH = 7
# A smaller place (by population) may have a namesake that the gazetteer lacks.
SMALL = 30_000


def assign_roles(scene: Scene, finder: NameFinder) -> None:
    """Set the role, governor and container of every mention of the sentence."""
    for number, mention in enumerate(scene.mentions):
        mention.role = _role(mention, scene)
        if mention.role in HIT_ROLES and number and _is_locator(mention, scene.mentions[number - 1], scene):
            mention.role = "descriptor"
    for mention in scene.mentions:
        _set_containers(mention, scene, finder)
    for mention, following in pairwise(scene.mentions):
        _place_near(mention, following, scene, finder)
        _use_town(mention, following, scene)
        if mention.kind == following.kind == "facility" and following.place is None:
            # facilities in one list are in one country
            following.container = following.container or mention.container
    for mark in scene.mentions:
        if mark.role == "descriptor" and mark.place is not None and quotes_governor(mark, scene):
            for mention in scene.mentions:
                _place_in_region(mention, mark, mark.place.admin1, finder)


def _place_near(mention: Mention, mark: Mention, scene: Scene, finder: NameFinder) -> None:
    """Resolve a village within the region of the town that locates it: "Dubovoye, just south of Belgorod"."""
    if mark.role != "descriptor" or mark.place is None or mention.role not in HIT_ROLES or mention.is_area:
        return
    between = range(mention.last + 1, mark.first)
    if len(between) > 6 or not any(cue.first in between for cue in scene.sentence.of("direction")):
        return
    if finder.resolve_in(mention.text, mark.place.admin1) is not None or _is_far(mention, mark):
        mention.resolution = finder.resolve_within(mention.text, mark.place.admin1)
        mention.container = mention.container or mark


def _is_far(mention: Mention, mark: Mention) -> bool:
    """Whether the place is too far from the town to be described as next to it."""
    if mention.place is None or mark.place is None:
        return False
    return (
        abs(mention.place.latitude - mark.place.latitude) > 2 or abs(mention.place.longitude - mark.place.longitude) > 3
    )


def _use_town(town: Mention, part: Mention, scene: Scene) -> None:
    """Use the town if its part has no candidates: "Beirut's southern suburb of Dahiyeh"."""
    owner = scene.sentence.tokens[town.last].text.endswith(("'s", "’s"))
    between = range(town.last + 1, part.first)
    typed = any(cue.first in between for cue in scene.sentence.of("place_type")) or part.kind == "district"
    if not owner or not typed or len(between) > NEAR or part.role not in HIT_ROLES or town.place is None:
        return
    if part.place is None or part.kind == "district":
        town.role, town.governor, part.role = part.role, part.governor, "context"
    else:
        part.container, town.role = town, "container"


def _place_in_region(mention: Mention, mark: Mention, region: str, finder: NameFinder) -> None:
    """Prefer the place in the quoted governor's region, or no place, to a namesake across the border."""
    own, other = mention.place, mark.place
    if mention.role not in HIT_ROLES or mention.is_area or mention.form != "place" or other is None:
        return
    several = mention.resolution is not None and mention.resolution.status == "ambiguous"
    if (own is None and not several) or mention.container is not None:
        return
    if own is not None and (own.admin1 == region or own.kind != "settlement"):
        return
    known = finder.resolve_in(mention.text, region)
    if known is not None or (own is not None and own.country != other.country and own.population < SMALL):
        mention.resolution = finder.resolve_within(mention.text, region)
        mention.container = mark


def _is_locator(mention: Mention, before: Mention, scene: Scene) -> bool:
    """Whether the name only locates the one before it: "in Kstovo near Nizhny Novgorod"."""
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
    if _is_descriptor(mention, scene):
        return "descriptor"
    if scene.is_unrelated_clause(mention.clause):
        return "context"
    if any(0 < mention.first - cue.last <= 3 for cue in scene.sentence.of("speech") if cue.value == "no_comment"):
        return "context"
    governor = _governor(mention, scene)
    mention.governor = governor
    if governor is None or governor.kind == "setting":
        imagined = _unreal_role_of(mention, scene)
        if imagined or governor is None:
            return imagined or "context"
    if mention.form == "capital" and (_follows_speaker(mention, scene) or _precedes_speaker(mention, scene)):
        return "metonym"
    return _role_under(governor, mention, scene)


def _unreal_role_of(mention: Mention, scene: Scene) -> str:
    """Return the role of a place with a weapon or a target but no event: "missiles against targets such as X"."""
    if not (scene.has_weapon or mention.target) or mention.preposition in ("from", "to"):
        return ""
    cues = [
        c for c in scene.sentence.of("unreal") if scene.clause_of(c) == mention.clause and c.value in ("plan", "threat")
    ]
    return UNREAL_ROLES[cues[-1].value] if cues else ""


def _is_located(mention: Mention) -> bool:
    """Whether a country or a capital is a location, not an actor: a preposition precedes it."""
    return mention.preposition in ("at", "from", "to", "over", "between")


def _is_object(mention: Mention, scene: Scene) -> bool:
    """Whether a capital is the object of the strike verb before it: "missiles struck Tel Aviv"."""
    if mention.form != "capital":
        return False
    return any(cue.value != "noun" and mention.first - cue.last == 1 for cue in scene.sentence.of("strike"))


def _is_descriptor(mention: Mention, scene: Scene) -> bool:
    """Whether the name only describes a person or thing: "governor of X", "200 km south of X", "an X-based"."""
    sentence = scene.sentence
    if mention.preposition == "of" and _explains_town(mention, scene):
        return True
    if mention.preposition == "of":
        titles = sentence.of("speaker", "direction", "length_unit", "title")
        return any(0 < mention.first - cue.last <= 3 for cue in titles)
    after = any(cue.first == mention.last + 1 for cue in sentence.of("speaker", "title"))
    if after and not _follows_preposition(mention, scene):
        return True
    ahead = [cue for cue in sentence.of("speaker") if 0 < mention.first - cue.last <= SPEAKER_REACH]
    if ahead and _is_object_of_strike(ahead[-1], scene):
        return False
    done = (*EVENT_KINDS, "launch", "speech")
    apart = not ahead or not sentence.of("speech") or _is_cut_by_comma(ahead[-1], mention, scene)
    if not apart and mention.preposition == "at" and not _between(scene, ahead[-1], mention, done):
        return mention.target_cue is None or mention.target_cue.last < ahead[-1].first
    return _is_apposition(mention, scene)


def _explains_town(mention: Mention, scene: Scene) -> bool:
    """Whether the name explains a town before it: "Stepanakert, the main town of Nagorno-Karabakh"."""
    types = [c for c in scene.sentence.of("place_type") if 0 < mention.first - c.last <= 3 and c.value != "region"]
    before = [other for other in scene.mentions if other.last < mention.first and other.form == "place"]
    if not types or not before:
        return False
    between = scene.sentence.tokens[before[-1].last + 1 : types[-1].first]
    joins = scene.lexicon.words("list_words")
    listed = any(token.lower in joins for token in between)
    return bool(between) and between[0].text == "," and len(between) <= 5 and not listed


def _is_cut_by_comma(speaker: Cue, mention: Mention, scene: Scene) -> bool:
    """Whether a comma ends the phrase of "according to": "по данным минздрава, в городе Тир погибли"."""
    inverted = any(0 < speaker.first - cue.last <= 2 for cue in scene.sentence.of("speech"))
    return inverted and any(token.text == "," for token in scene.sentence.tokens[speaker.last + 1 : mention.first])


def _is_object_of_strike(speaker: Cue, scene: Scene) -> bool:
    """Whether the speaker is the object of a strike verb: "bombed the state broadcaster in Tehran"."""
    if any(0 < speaker.first - cue.last <= 2 for cue in scene.sentence.of("target")):
        # "hit the building of the government in Sumy"
        return not any(cue.first == speaker.last + 1 for cue in scene.sentence.of("speech"))
    verbs = [cue for cue in scene.sentence.of("strike") if cue.value != "noun" and 0 < speaker.first - cue.last <= NEAR]
    return bool(verbs) and not any(verbs[-1].last < cue.first < speaker.first for cue in scene.sentence.of("speech"))


def _follows_preposition(mention: Mention, scene: Scene) -> bool:
    """Whether a preposition of place directly precedes the name."""
    before = scene.sentence.tokens[mention.first - 1].lower if mention.first else ""
    return before in scene.lexicon.words("at_words")


def _is_apposition(mention: Mention, scene: Scene) -> bool:
    """Whether the name is in an apposition to one before it: "Malekhiv, a village just outside Lviv"."""
    before = [other for other in scene.mentions if other.last < mention.first]
    if not before or mention.is_area:
        return False
    between = scene.sentence.tokens[before[-1].last + 1 : mention.first]
    if not between or between[0].text != "," or len(between) > 7:
        return False
    inside = range(before[-1].last + 1, mention.first)
    types = [cue for cue in scene.sentence.of("place_type", "direction", "length_unit") if cue.first in inside]
    return bool(types) and not any(cue.first in inside for cue in scene.sentence.of(*GOVERNING))


def _follows_speaker(mention: Mention, scene: Scene) -> bool:
    """Whether a speaker precedes the capital: "officials in Kyiv said"."""
    return bool(scene.sentence.of("speech")) and any(
        0 < mention.first - cue.last <= 3 for cue in scene.sentence.of("speaker")
    )


def _precedes_speaker(mention: Mention, scene: Scene) -> bool:
    """Whether a speaker other than a local head follows the capital: "In Moscow, Dmitry Peskov said"."""
    tokens = scene.sentence.tokens
    if mention.last + 2 >= len(tokens) or tokens[mention.last + 1].text != ",":
        return False
    after = [cue for cue in scene.sentence.of("first_name", "side", "speaker") if cue.first == mention.last + 2]
    local = tuple(scene.lexicon.words("governor_stems"))
    return bool(after) and not tokens[mention.last + 2].lower.startswith(local)


def _between(scene: Scene, cue: Cue, mention: Mention, kinds: tuple[str, ...]) -> bool:
    return any(cue.last < other.first < mention.first for other in scene.sentence.of(*kinds))


def _governor(mention: Mention, scene: Scene) -> Cue | None:
    """Return the cue that governs the place."""
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
        adjacent = bool(right) and mention.preposition == "at" and right[0].first - mention.last <= NEAR
        return right[0] if _opens_clause(mention, scene) or mention.target or (adjacent and right) else None
    if right and _is_subject(mention, left[-1]):
        return right[0]
    if mention.target_cue is not None and left[-1].kind == "setting" and right and right[0].kind in EVENT_KINDS:
        return right[0]
    return left[-1]


def _opens_clause(mention: Mention, scene: Scene) -> bool:
    """Whether only a preposition, a date and function words precede the place in its clause."""
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
    """Whether the place is the subject of the verb after it: "while the Kirishi refinery was hit"."""
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
    unreal_role = scene.unreal_role(governor)
    if unreal_role and not (unreal_role == "intercepted" and (scene.reports_damage or not scene.is_event(governor))):
        return unreal_role
    return _event_role(governor, mention, scene)


def _event_role(governor: Cue, mention: Mention, scene: Scene) -> str:
    """Return the role of a place governed by an actual event."""
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
    """Whether the area is listed with a country, and so only gives the extent: "nine sites in Pakistan and Kashmir"."""
    before = [other for other in scene.mentions if other.last < mention.first]
    if not before or before[-1].form != "country" or mention.form != "place":
        return False
    between = scene.sentence.tokens[before[-1].last + 1 : mention.first]
    listed = any(token.lower in scene.lexicon.words("list_words") for token in between)
    return listed and len(between) <= 2


def _is_repelled(governor: Cue, scene: Scene) -> bool:
    """Whether the strike named by a noun was repelled: "the raid on Volgograd was repelled"."""
    after = [cue for cue in scene.sentence.of("intercept", "effect") if 0 < cue.first - governor.last <= 2 * NEAR]
    same = [cue for cue in after if scene.clause_of(cue) == scene.clause_of(governor)]
    return bool(same) and same[0].value == "intercept"


def _is_own(scene: Scene) -> bool:
    return any(cue.value == "own" for cue in scene.sentence.of("intercept"))


def _intercepted(governor: Cue, scene: Scene) -> str:
    """Classify an interception: debris that does damage strikes, a weapon shot down does not."""
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
    if scene.unreal_role(governor):
        return scene.unreal_role(governor)
    if governor.value == "out" and mention.preposition == "at" and scene.has_weapon:
        return "struck"
    if governor.value == "flew" and any(cue.value == "intercept" for cue in scene.events):
        # "shot down on the way to Moscow"
        return "aborted" if _is_own(scene) else "intercepted"
    return "aborted" if _is_own(scene) else "route"


def quotes_governor(mention: Mention, scene: Scene) -> bool:
    """Whether the sentence quotes the governor of the place: the events are then there."""
    stems = tuple(scene.lexicon.words("governor_stems"))
    tokens = scene.sentence.tokens
    near = [
        c for c in scene.sentence.of("speaker") if -3 <= c.first - mention.last <= 3 or 0 < mention.first - c.last <= 4
    ]
    return any(tokens[cue.first].lower.startswith(stems) for cue in near)


# --- containers -------------------------------------------------------------------------------------------------------


def _set_containers(area: Mention, scene: Scene, finder: NameFinder) -> None:
    """Make a region or a country the container of the places of the sentence within it."""
    if not area.is_area or area.role in ("dateline", "metonym"):
        return
    for place in scene.mentions:
        if place is area or place.form == "country" or place.role == "dateline":
            continue
        if place.is_area and area.form != "country" and not (place.kind == "district" and area.is_region):
            continue
        if _is_within(place, area, scene, finder):
            place.container = place.container if place.container and place.container.form == "place" else area
            area.role = "container"


def _is_within(place: Mention, area: Mention, scene: Scene, finder: NameFinder) -> bool:
    adjacent = _is_adjacent(place, area, scene)
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
        place.resolution = finder.resolve_within(place.text, area.text)
        return True
    return adjacent and place.place is None


def _is_namesake(place: Mention, area: Mention, scene: Scene, *, adjacent: bool) -> bool:
    """Whether the text locates a small place in another country than its only candidate."""
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


def _is_adjacent(place: Mention, area: Mention, scene: Scene) -> bool:
    """Whether only a comma, prepositions and function words separate the two."""
    left, right = (place, area) if place.first < area.first else (area, place)
    between = range(left.last + 1, right.first)
    if len(between) > 6:
        return False
    return not any(cue.first in between for cue in scene.sentence.of(*GOVERNING, "speech", "unreal"))
