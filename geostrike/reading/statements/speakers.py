"""Find speakers in sentences, with the side they speak for and their stance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geostrike.reading.text.lexicon import Cue

if TYPE_CHECKING:
    from geostrike.reading.mentions.mention import Mention
    from geostrike.reading.text.scenes import Scene

__all__ = ["Speaker", "find_signatures", "find_speakers", "last_region", "repeat_speaker"]

_STANCE_ORDER = ("false_flag", "deny", "no_comment", "only", "blame", "claim", "confirm", "same", "say")
_REACH = 14
_AFTER = 7
_NEXT = 3


@dataclass(frozen=True)
class Speaker:
    """A speaker in a sentence, not yet linked to a strike; strikes after token `beyond` are excluded."""

    name: str
    side: str
    kind: str
    stance: str
    region: Mention | None
    start: int
    end: int
    beyond: int | None = None


def find_speakers(scene: Scene, region: Mention | None) -> list[Speaker]:
    """Find the speakers of a sentence, each with a stance."""
    sentence = scene.sentence
    speech = sentence.of("speech") + _colon_cues(scene)
    if not speech:
        return []
    speakers: dict[str, Speaker] = {}
    for group in _speaker_groups(scene):
        verbs = _verbs_of(group, scene, speech)
        if not verbs:
            continue
        deeds = [cue.value for cue in sentence.of("deed") if cue.first > group[-1].last]
        stances = [_stance_of_verb(cue, scene) for cue in verbs] + deeds
        if set(stances) & {"claim", "confirm"} and _is_about_a_name(verbs, scene):
            stances = [value for value in stances if value != "no_comment"]
        stance = min(stances, key=_STANCE_ORDER.index)
        beyond = min((cue.first for cue in verbs if cue.value == "blame"), default=None) if stance == "deny" else None
        end = _phrase_end(group, verbs, scene)
        text = sentence.quote(group[0].start, end)
        side, own_region = _side(group, scene)
        own_region = own_region or _place_of_head(group, scene)
        if own_region is None and any(_is_governor(cue, scene) for cue in group):
            own_region = last_region(scene, group[0].first) or region
        kind = next((cue.value for cue in group if cue.kind == "speaker"), "official")
        if any(cue.first > group[-1].last for cue in sentence.of("anonymity")):
            kind = "anonymous_source"
        speakers.setdefault(
            text, Speaker(text, side, kind, stance, own_region, *_clause_span(group, verbs, scene), beyond)
        )
    return list(speakers.values())


def _clause_span(group: list[Cue], verbs: list[Cue], scene: Scene) -> tuple[int, int]:
    """Return the span of the clauses of the speaker and its verbs, or of the sentence if the event is in another."""
    cues = [*group, *verbs]
    clauses = range(min(map(scene.clause_of, cues)), max(map(scene.clause_of, cues)) + 1)
    sentence = scene.sentence
    inside_events = [cue for cue in scene.events if scene.clause_of(cue) in clauses]
    if scene.events and not inside_events:
        return sentence.start, sentence.end
    inside = [token for token, clause in zip(sentence.tokens, scene.clauses, strict=True) if clause in clauses]
    while inside[0].text in ",;:.—–" and len(inside) > 1:
        inside = inside[1:]
    last = len(scene.clauses) - 1 - scene.clauses[::-1].index(clauses[-1])
    end = sentence.end if last + 1 == len(sentence.tokens) else sentence.tokens[last].end
    return inside[0].start, end


def find_signatures(scene: Scene) -> list[Speaker]:
    """Find the offices in a line that names nothing else: the head of a communiqué."""
    text = scene.sentence.text
    return [
        Speaker(
            scene.sentence.quote(group[0].start, group[-1].end),
            side,
            group[0].value if group[0].kind == "speaker" else "military",
            "say",
            region,
            scene.sentence.start,
            scene.sentence.end,
        )
        for group in _speaker_groups(scene)
        for side, region in [_side(group, scene)]
        if 2 * (group[-1].end - group[0].start) > len(text) or _is_before_colon(group, scene)
    ]


def _is_before_colon(group: list[Cue], scene: Scene) -> bool:
    following = scene.sentence.tokens[group[-1].last + 1 : group[-1].last + 2]
    return group[0].first == 0 and bool(following) and following[0].text == ":"


def _colon_cues(scene: Scene) -> list[Cue]:
    """Return colons that replace a verb of speech: "Governor Igor Artamonov: a drone fell"."""
    tokens = scene.sentence.tokens
    ends = [cue.last for cue in scene.sentence.of("speaker")]
    return [
        Cue("speech", "say", token.start, token.end, at, at)
        for at, token in enumerate(tokens)
        if token.text == ":" and any(0 < at - end <= _NEXT for end in ends)
    ]


def _stance_of_verb(cue: Cue, scene: Scene) -> str:
    """Return the stance of a verb: "never spoke of it" is no comment."""
    negated = any(0 < cue.first - other.last <= 2 for other in scene.sentence.of("negation") if other.value == "no")
    return "no_comment" if negated and cue.value == "say" else cue.value


def _place_of_head(group: list[Cue], scene: Scene) -> Mention | None:
    """Return the place whose head speaks: "Lipetsk, whose governor said"."""
    at = group[0].first - 1
    if at < 0 or scene.sentence.tokens[at].lower not in scene.lexicon.words("whose_words"):
        return None
    return next((m for m in reversed(scene.mentions) if m.last < at), None)


def _is_about_a_name(verbs: list[Cue], scene: Scene) -> bool:
    """Whether the speaker does not comment on a named place only."""
    silent = [cue for cue in verbs if cue.value == "no_comment"]
    return any(0 < m.first - cue.last <= 3 for cue in silent for m in scene.mentions)


def _phrase_end(group: list[Cue], verbs: list[Cue], scene: Scene) -> int:
    """Return where the speaker's phrase ends: at the verb, if it is close."""
    last, tokens = group[-1].last, scene.sentence.tokens
    if last < verbs[0].first <= last + _NEXT + 1:
        last = verbs[0].first - 1
    while not tokens[last].text[-1].isalnum() and last > group[-1].last:
        last -= 1
    return tokens[last].end


def _speaker_groups(scene: Scene) -> list[list[Cue]]:
    """Group adjacent cues of one speaker: "Ukrainian | security source"."""
    cues = [*scene.sentence.of("speaker", "side", "capital", "country", "nationality"), *_person_cues(scene)]
    groups: list[list[Cue]] = []
    for cue in sorted(cues, key=lambda cue: (cue.first, -cue.last)):
        if groups and cue.first <= groups[-1][-1].last:
            if (cue.kind == "speaker" and groups[-1][-1].kind != "speaker") or groups[-1][-1].kind == "person":
                groups[-1].append(cue)
            continue
        if groups and _is_one_phrase(groups[-1][-1], cue, scene):
            groups[-1].append(cue)
        else:
            groups.append([cue])
    groups = [group for group in groups if not _is_bare_country(group) or _opens_phrase(group[0], scene)]
    return [g for g in groups if any(_can_speak(cue, scene) for cue in g) and not _is_addressee(g, scene)]


def _person_cues(scene: Scene) -> list[Cue]:
    """Return persons with first name and surname: "Ivan Fedorov wrote on Telegram"."""
    tokens = scene.sentence.tokens
    return [
        Cue("person", "", cue.start, tokens[cue.last + 1].end, cue.first, cue.last + 1)
        for cue in scene.sentence.of("first_name")
        if cue.last + 1 < len(tokens) and tokens[cue.last + 1].text[:1].isupper()
    ]


def _is_addressee(group: list[Cue], scene: Scene) -> bool:
    """Whether the group is addressed rather than speaking: "a meeting with officials", "confirmed to reporters"."""
    before = [token.lower for token in scene.sentence.tokens[max(group[0].first - 2, 0) : group[0].first]]
    inverted = any(cue.last == group[0].first - 1 for cue in scene.sentence.of("speech"))
    return not inverted and any(word in scene.lexicon.words("object_words") for word in before)


def _is_bare_country(group: list[Cue]) -> bool:
    return all(cue.kind in ("country", "capital", "nationality") for cue in group)


def repeat_speaker(speaker: Speaker, scene: Scene) -> Speaker | None:
    """Return the previous speaker if the sentence continues with "it said", else None."""
    pronouns, tokens = scene.lexicon.words("speaker_pronouns"), scene.sentence.tokens
    for cue in scene.sentence.of("speech"):
        before = tokens[cue.first - 1].lower if cue.first else ""
        after = [token.lower for token in tokens[cue.last + 1 : cue.last + 3]]
        inverted = bool(after) and after[0] in pronouns and (len(after) == 1 or not after[1].isalnum())
        if before in pronouns or inverted:
            return replace(
                speaker, stance=_stance_of_verb(cue, scene), start=scene.sentence.start, end=scene.sentence.end
            )
    return None


def _opens_phrase(cue: Cue, scene: Scene) -> bool:
    """Whether the word begins a sentence, or follows punctuation or a function word: "but Kyiv said"."""
    if cue.first == 0:
        return True
    before = scene.sentence.tokens[cue.first - 1]
    small = ("list_words", "comma_clause_words", "clause_words", "linking_words", "name_skip")
    return not before.text[0].isalnum() or any(before.lower in scene.lexicon.words(name) for name in small)


def _can_speak(cue: Cue, scene: Scene) -> bool:
    if cue.kind in ("speaker", "person"):
        return True
    mention = next((m for m in scene.mentions if m.first == cue.first), None)
    if cue.kind in ("capital", "country"):
        return mention is not None and mention.role == "metonym"
    return cue.kind == "side"


def _is_one_phrase(left: Cue, right: Cue, scene: Scene) -> bool:
    """Whether two cues are one speaker: few words between, without a comma, a verb or "and"."""
    tokens = scene.sentence.tokens
    between = range(left.last + 1, right.first)
    kinds = (left.kind, right.kind)
    if len(between) <= 3 and kinds in (("speaker", "side"), ("speaker", "person"), ("person", "speaker")):
        # "the foreign minister, Dmytro Kuleba", "Ivan Fedorov, head of the region"
        return not any(cue.first in between for cue in scene.sentence.of("speech"))
    if len(between) > 3 or any(tokens[at].text in ',;:()"“”«»' for at in between):
        return False
    if any(tokens[at].lower in scene.lexicon.words("list_words") for at in between):
        return False
    return not any(cue.first in between for cue in scene.sentence.of("speech", "strike", "effect", "weapon"))


def _verbs_of(group: list[Cue], scene: Scene, speech: list[Cue]) -> list[Cue]:
    """Return the verbs of speech of a speaker: those after it up to the next speaker, or the one before it."""
    first, last = group[0].first, group[-1].last
    others = [g[0].first for g in _speaker_groups(scene) if g[0].first > last]
    stop = others[0] if others else len(scene.sentence.tokens)
    around = [cue for cue in speech if (cue.first < first and last <= cue.last) or cue.first <= first <= cue.last]
    if around:
        return around
    starts = [g[0].first for g in _speaker_groups(scene)]
    after = [
        cue
        for cue in speech
        if last < cue.first
        and cue.first - last <= _REACH
        and not any(cue.first < at <= cue.last for at in starts)
        and not (_is_inverted(cue, scene) and any(0 < at - cue.last <= 2 for at in starts))
    ]
    own = [cue for cue in after if cue.first < stop or _is_shared(cue, stop, scene, others)]
    if _is_bare(group):
        own = [cue for cue in own if cue.first - last <= _NEXT] and own
    if own:
        return own
    before = [cue for cue in speech if 0 < first - cue.last <= _NEXT and _is_inverted(cue, scene)]
    return before[-1:]


def _is_bare(group: list[Cue]) -> bool:
    """Whether only a country or a force names the speaker: it must directly precede the verb."""
    return all(cue.kind != "speaker" or cue.value == "media" for cue in group)


def _is_inverted(verb: Cue, scene: Scene) -> bool:
    """Whether the speaker follows the verb: "according to X", or after a comma or a quotation."""
    tokens = scene.sentence.tokens
    if verb.last > verb.first or _points_back(verb, scene):
        return True
    return verb.first > 0 and not tokens[verb.first - 1].text[0].isalnum()


def _points_back(verb: Cue, scene: Scene) -> bool:
    """Whether only "this" precedes the verb: "Про це заявив Генштаб"."""
    before = [token.lower for token in scene.sentence.tokens[: verb.first]]
    return 0 < len(before) <= 3 and any(word in scene.lexicon.words("this_words") for word in before)


def _is_shared(cue: Cue, stop: int, scene: Scene, others: list[int]) -> bool:
    """Whether listed speakers share the verb: "authorities and the governor said"."""
    tokens = scene.sentence.tokens
    listing = scene.lexicon.words("list_words")
    joined = any(tokens[at].lower in listing for at in range(max(stop - 4, 0), stop))
    return joined and bool(others) and cue.first - others[-1] <= _AFTER


def _side(group: list[Cue], scene: Scene) -> tuple[str, Mention | None]:
    """Return the country that the speaker represents and the region it governs."""
    for cue in group:
        if cue.kind in ("side", "nationality", "country", "capital"):
            return cue.value, None
    first, last = group[0].first, group[-1].last
    if first and scene.sentence.tokens[first - 1].lower in scene.lexicon.words("pronouns"):
        # "India struck ..., its ministry said": the first country of the sentence
        named = [cue for cue in scene.sentence.of("country", "capital") if cue.last < first]
        return (named[0].value if named else ""), None
    near = [m for m in scene.mentions if 0 < m.first - last <= 5 or 0 < first - m.last <= 2]
    for mention in near:
        if any(cue.first in range(last + 1, mention.first) for cue in scene.sentence.of("speech")):
            continue
        if mention.place is not None and mention.role in ("descriptor", "context", "container"):
            return mention.place.country, mention
    deeds = scene.sentence.of("deed")
    doers = [cue for cue in scene.sentence.of("side") if deeds and cue.last < first]
    if doers and any(cue.value == "anonymous_source" for cue in group):
        # "The strike was the work of the SBU, a source in the service said."
        return doers[-1].value, None
    return "", None


def _is_governor(cue: Cue, scene: Scene) -> bool:
    text = scene.sentence.quote(cue.start, cue.end).lower()
    return cue.kind == "speaker" and text.startswith(tuple(scene.lexicon.words("governor_stems")))


def last_region(scene: Scene, before: int | None = None) -> Mention | None:
    """Return the last region named in a sentence, or the last before a token."""
    regions = [m for m in scene.mentions if m.is_region or m.role == "descriptor"]
    regions = [m for m in regions if before is None or m.last < before]
    return regions[-1] if regions else None
