"""Find the attacker that a sentence names: "Ukrainian drones", "Russia launched", "the work of the SBU"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geostrike.reading.text.language import guess_language
from geostrike.reading.text.lexicon import load_lexicon
from geostrike.reading.text.scenes import Scene
from geostrike.reading.text.sentences import read_sentences

if TYPE_CHECKING:
    from geostrike.reading.text.lexicon import Cue

__all__ = ["find_attacker", "named_attacker"]

_READ = 5_000  # characters of a row's text: its subject is at its head


def named_attacker(text: str) -> str:
    """Return the only country that a short text names as attacker; empty if it names none or several.

    Examples
    --------
    >>> named_attacker("Ukrainian drones hit an oil depot"), named_attacker("Drones hit a depot in Russia")
    ('UKR', '')
    """
    lexicon = load_lexicon(guess_language(text[:_READ]))
    scenes = [Scene(sentence, [], lexicon) for sentence in read_sentences(text[:_READ], lexicon)]
    named = {find_attacker(scene, event) for scene in scenes for event in scene.events} - {""}
    return named.pop() if len(named) == 1 else ""


def find_attacker(scene: Scene, governor: Cue) -> str:
    """Return the country that the sentence names as attacker."""
    clause = scene.clause_of(governor)
    cues = scene.sentence.of("nationality", "country", "capital", "side")
    claims = [cue for cue in scene.sentence.of("speech") if cue.value == "claim" and cue.last > cue.first]
    if claims:
        before = [cue for cue in cues if cue.last < claims[0].first]
        return before[-1].value if before else ""
    ordered = sorted(cues, key=lambda cue: (scene.clause_of(cue) != clause, abs(cue.first - governor.first)))
    for cue in ordered:
        if _is_attacker(cue, scene, governor):
            return cue.value
    return ""


def _is_attacker(cue: Cue, scene: Scene, governor: Cue) -> bool:
    """Whether a country word names the attacker: "Ukrainian drones", "Russia launched", "work of the SBU"."""
    tokens, sentence = scene.sentence.tokens, scene.sentence
    if any(0 < cue.first - c.last <= 3 for c in sentence.of("unreal") if c.value == "reason"):
        return False
    if _attributes_weapon(cue, scene):
        return True
    if governor.kind == "intercept" and not any(c.value == "own" for c in sentence.of("intercept")):
        return False
    verbs = [c for c in sentence.of("strike") if c.value != "noun" and scene.clause_of(c) == scene.clause_of(governor)]
    if any(_is_subject_of(cue, scene, verb) for verb in [governor, *verbs]):
        return True
    before = [tokens[at].lower for at in range(max(cue.first - 3, 0), cue.first)]
    agents = [word for word in before if word in scene.lexicon.words("agent_words")]
    by = bool(agents)
    did = sentence.of("strike", "weapon", "deed")
    if all(word in scene.lexicon.words("of_words") for word in agents):
        # "the raid of the SBU", but not "hit dozens of Hezbollah targets"
        did = [c for c in did if c.kind != "strike" or c.value == "noun"]
    forces = cue.kind in ("side", "country", "nationality")
    if forces and any(0 <= cue.first - c.last <= 5 for c in sentence.of("deed")):
        return True
    if cue.kind == "side" and any(0 < c.first - cue.last <= 3 for c in sentence.of("deed")):
        return True
    return by and forces and any(0 < cue.first - c.last <= 5 for c in did)


def _attributes_weapon(cue: Cue, scene: Scene) -> bool:
    """Whether the word is the attribute of a weapon or a strike: "Russian missile attack", "Kyiv's raid"."""
    tokens = scene.sentence.tokens
    possessive = _is_possessive(tokens[cue.last].text)
    if cue.kind != "nationality" and not possessive:
        return False
    at = cue.last + 1
    after = [
        c
        for c in scene.sentence.cues
        if at <= c.first <= at + 2 and c.kind in ("weapon", "strike", "target", "place_type", "speaker", "intercept")
    ]
    if not after:
        return False
    first = min(after, key=lambda c: c.first)
    if any(
        tokens[i].text in ",;:" or tokens[i].lower in scene.lexicon.words("at_words") for i in range(at, first.first)
    ):
        return False
    return first.kind == "weapon" or (first.kind == "strike" and first.value == "noun")


def _is_possessive(word: str) -> bool:
    return word.endswith(("'s", "’s", "s'", "s’"))


def _is_subject_of(cue: Cue, scene: Scene, governor: Cue) -> bool:
    """Whether the word is the subject of the strike: before the verb, without another name or preposition between."""
    tokens = scene.sentence.tokens
    following = tokens[cue.last + 1].lower if cue.last + 1 < len(tokens) else ""
    if (
        following in scene.lexicon.words("having_words")
        and cue.kind in ("country", "capital")
        and cue.last < governor.first
    ):
        # "Iran hat Israel in der Nacht zum Samstag mit Raketen angegriffen"
        return governor.kind == "strike" and _is_active(scene, cue, governor)
    if cue.last >= governor.first or governor.first - cue.last > 10 or not _can_be_subject(cue, scene):
        return False
    if cue.first and _is_preposition(tokens[cue.first - 1].lower, scene):
        return False
    if any(c.value != "noun" and 0 < cue.first - c.last <= 2 for c in scene.sentence.of("strike")):
        # "struck Hezbollah positions after rockets hit": the object is not the attacker
        return False
    if governor.kind == "strike" and governor.value == "noun" and cue.kind == "nationality":
        return False
    between = range(cue.last + 1, governor.first)
    if any(c.first in between for c in scene.sentence.of("country", "capital", "intercept")):
        return False
    speech = [c for c in scene.sentence.of("speech") if c.first in between]
    if speech:
        own = scene.lexicon.words("pronouns")
        return any(
            tokens[at].lower in own for at in range(speech[-1].last + 1, min(speech[-1].last + 5, governor.first))
        )
    if cue.kind == "nationality":
        troops = [c for c in scene.sentence.of("speaker", "weapon", "target") if 0 < c.first - cue.last <= 2]
        return any(c.value in ("military", "troops") or c.kind == "weapon" for c in troops)
    if _is_possessive(tokens[cue.last].text):
        return any(c.first in between and c.value == "military" for c in scene.sentence.of("speaker"))
    return _is_active(scene, cue, governor)


def _can_be_subject(cue: Cue, scene: Scene) -> bool:
    """Whether the name is in the nominative, in a language with cases, or follows its forces."""
    subjects = scene.lexicon.words("subject_names")
    if not subjects or cue.kind not in ("country", "capital") or scene.sentence.tokens[cue.first].lower in subjects:
        return True
    # "армия Израиля нанесла удар"
    return any(c.last == cue.first - 1 and c.value == "military" for c in scene.sentence.of("speaker"))


def _is_preposition(word: str, scene: Scene) -> bool:
    """Whether the word is a preposition, so that the name is not a subject: "southeast of Moscow"."""
    return any(word in scene.lexicon.words(f"{group}_words") for group in ("at", "to", "of", "from", "over"))


def _is_active(scene: Scene, cue: Cue, governor: Cue) -> bool:
    """Whether the verb is active: not "Ukraine was hit"."""
    between = [scene.sentence.tokens[at].lower for at in range(cue.last + 1, governor.first)]
    passive = scene.lexicon.words("passive_words")
    return governor.kind in ("strike", "launch", "effect", "intercept") and not any(word in passive for word in between)
