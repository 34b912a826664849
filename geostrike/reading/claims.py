"""Who says what of which strike, and the status that follows.

A claim is a speaker with a verb of speech. Its side is the country that the speaker's words name ("a source in Kyiv's
security services"), else the region governed, else, for officials, the country that was struck. It is attached to the
strikes that its sentence tells of or names; a sentence that only refers back ("confirmed the attack") speaks of the
strikes of its paragraph or of the one before, a governor only of those in the governor's region.

Status, by `status_of`, first rule that fits:

1. what was brought down by its own side is ``aborted``, what was shot down ``intercepted``;
2. ``disputed`` where the attacker's or the struck side denies it or tells it as somebody else's act;
3. ``confirmed`` where both sides speak of a hit;
4. ``claimed_by_attacker`` or ``claimed_by_target`` where one does;
5. ``unconfirmed`` otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geostrike.reading.events import Record, Told
    from geostrike.reading.lexicon import Cue
    from geostrike.reading.mentions import Mention
    from geostrike.reading.roles import Scene

__all__ = ["Claim", "read_claims", "status_of"]

AFFIRMS = ("claims", "confirms")
DISPUTES = ("denies", "blames_other_side")
_STANCE_ORDER = ("false_flag", "deny", "no_comment", "only", "blame", "claim", "confirm", "same", "say")
# Speakers who speak for the side that was struck unless the text says otherwise.
_LOCAL = ("official", "military")
_REACH = 14
_BEHIND = 7
_NEXT = 3


@dataclass(frozen=True)
class Claim:
    """What one speaker says of one strike, with the span of the sentence that says it."""

    record: Record
    speaker: str
    side: str
    kind: str
    stance: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True)
class _Voice:
    """A speaker in a sentence, before it is known of which strike it speaks."""

    speaker: str
    side: str
    kind: str
    stance: str
    region: Mention | None


def status_of(role: str, attacker: str, struck: str, claims: Iterable[tuple[str, str]]) -> str:
    """The status of a strike, from its role and from its claims as pairs of side and stance.

    Examples
    --------
    >>> status_of("struck", "UKR", "RUS", [("RUS", "confirms"), ("UKR", "claims")])
    'confirmed'
    >>> status_of("struck", "UKR", "RUS", [("RUS", "confirms"), ("UKR", "blames_other_side")])
    'disputed'
    """
    if role in ("intercepted", "aborted"):
        return role
    said = set(claims)
    if any((side, stance) in said for side in (attacker, struck) if side for stance in DISPUTES):
        return "disputed"
    by_attacker = bool(attacker) and any((attacker, stance) in said for stance in AFFIRMS)
    by_target = bool(struck) and any((struck, stance) in said for stance in AFFIRMS)
    if by_attacker and by_target:
        return "confirmed"
    if by_attacker:
        return "claimed_by_attacker"
    return "claimed_by_target" if by_target else "unconfirmed"


def read_claims(told: Told) -> list[Claim]:
    """All claims of a report about its strikes, in the order of the text."""
    claims: list[Claim] = []
    last_stance = ""
    region: Mention | None = None
    sides: dict[str, str] = {}
    for scene in told.scenes:
        region = _last_region(scene) or region
        for heard in _voices(scene, region):
            voice = heard if heard.side else replace(heard, side=sides.get(heard.kind, ""))
            if voice.kind == "anonymous_source":
                sides[voice.kind] = voice.side
            stance = last_stance if voice.stance == "same" else voice.stance
            for record in _spoken_of(scene, voice, told):
                claims.append(_claim(scene, voice, stance, record))
                last_stance = stance
            claims += _left_out(scene, voice, told)
    return _unique(claims + _of_the_house(told, claims))


def _of_the_house(told: Told, claims: list[Claim]) -> list[Claim]:
    """What a communiqué says in the name of the office in its headline, where no other voice is quoted."""
    head = told.scenes[0] if told.scenes else None
    if head is None or not head.sentence.headline:
        return []
    voices = [voice for voice in _voices(head, None) if voice.side and voice.kind in _LOCAL]
    silent = [record for record in told.records if not any(claim.record is record for claim in claims)]
    return [
        replace(_claim(record.first.scene, voice, "say", record), speaker=voice.speaker)
        for voice in voices[:1]
        for record in silent
    ]


def _left_out(scene: Scene, voice: _Voice, told: Told) -> list[Claim]:
    """What a sentence that affirms a strike says it does not speak of: "without mentioning Lipetsk"."""
    if voice.stance in ("no_comment", "only"):
        return []
    return [_claim(scene, voice, "no_comment", record) for record in _unmentioned(scene, told.records)]


def _unmentioned(scene: Scene, records: list[Record]) -> list[Record]:
    """The strikes whose place stands right behind "did not mention" or "without mentioning"."""
    silent = [cue for cue in scene.sentence.of("speech") if cue.value == "no_comment"]
    names = [m for m in scene.mentions if any(0 < m.first - cue.last <= 3 for cue in silent)]
    return [r for r in records if any(_is_named(r, name) for name in names)]


def _is_named(record: Record, name: Mention) -> bool:
    """Whether the strike is at the place, or in the region of that name."""
    if record.mention is None or record.mention.place is None or name.place is None:
        return False
    own = record.mention.place
    return own.id == name.place.id or (record.mention.is_region and own.admin1 == name.place.admin1)


def _claim(scene: Scene, voice: _Voice, stance: str, record: Record) -> Claim:
    side = voice.side or (record.place_country if voice.kind in _LOCAL else "")
    sentence = scene.sentence
    return Claim(
        record,
        voice.speaker,
        side,
        voice.kind,
        _stance(stance, side, record),
        sentence.start,
        sentence.end,
        sentence.text,
    )


def _unique(claims: list[Claim]) -> list[Claim]:
    return list({(id(c.record), c.speaker, c.stance, c.start): c for c in claims}.values())


def _stance(stance: str, side: str, record: Record) -> str:
    """The stance in the words of the claims table."""
    if stance in ("no_comment", "only"):
        return "no_comment"
    if stance == "false_flag":
        return "blames_other_side"
    if stance == "deny":
        return "denies"
    if stance == "blame":
        return "blames_other_side" if side and side == record.attacker else "confirms"
    return "claims" if side and side == record.attacker else "confirms"


# --- speakers ---------------------------------------------------------------------------------------------------------


def _voices(scene: Scene, region: Mention | None) -> list[_Voice]:
    """The speakers of a sentence, each with its stance."""
    sentence = scene.sentence
    speech = sentence.of("speech")
    if not speech:
        return []
    voices: dict[str, _Voice] = {}
    for group in _speakers(scene):
        spoken = _verbs_of(group, scene, speech)
        if not spoken:
            continue
        deeds = [cue.value for cue in sentence.of("deed") if cue.first > group[-1].last]
        stances = [cue.value for cue in spoken] + deeds
        if set(stances) & {"claim", "confirm"} and _is_about_a_name(spoken, scene):
            stances = [value for value in stances if value != "no_comment"]
        stance = min(stances, key=_STANCE_ORDER.index)
        end = _phrase_end(group, spoken, scene)
        text = sentence.text[group[0].start - sentence.start : end - sentence.start]
        side, told_in = _side(group, scene)
        if told_in is None and any(_is_governor(cue, scene) for cue in group):
            told_in = region
        kind = next((cue.value for cue in group if cue.kind == "speaker"), "official")
        voices.setdefault(text, _Voice(text, side, kind, stance, told_in))
    return list(voices.values())


def _is_about_a_name(spoken: list[Cue], scene: Scene) -> bool:
    """Whether what the speaker is silent about is one place only."""
    silent = [cue for cue in spoken if cue.value == "no_comment"]
    return any(0 < m.first - cue.last <= 3 for cue in silent for m in scene.mentions)


def _phrase_end(group: list[Cue], spoken: list[Cue], scene: Scene) -> int:
    """Where the speaker's words end: up to the verb, if few words stand between."""
    last, tokens = group[-1].last, scene.sentence.tokens
    if last < spoken[0].first <= last + _NEXT + 1:
        last = spoken[0].first - 1
    while not tokens[last].text[-1].isalnum() and last > group[-1].last:
        last -= 1
    return tokens[last].end


def _speakers(scene: Scene) -> list[list[Cue]]:
    """Cues of speakers, those that stand together in one group: "Ukrainian | security source"."""
    cues = scene.sentence.of("speaker", "side", "capital", "country", "nationality")
    groups: list[list[Cue]] = []
    for cue in sorted(cues, key=lambda cue: (cue.first, -cue.last)):
        if groups and cue.first <= groups[-1][-1].last:
            if cue.kind == "speaker" and groups[-1][-1].kind != "speaker":
                groups[-1].append(cue)
            continue
        if groups and _is_one_phrase(groups[-1][-1], cue, scene):
            groups[-1].append(cue)
        else:
            groups.append([cue])
    groups = [group for group in groups if not _is_bare_country(group) or _opens_phrase(group[0], scene)]
    return [group for group in groups if any(_can_speak(cue, scene) for cue in group)]


def _is_bare_country(group: list[Cue]) -> bool:
    return all(cue.kind in ("country", "capital", "nationality") for cue in group)


def _opens_phrase(cue: Cue, scene: Scene) -> bool:
    """Whether the word begins a sentence, or stands behind a sign or a small word: "but Kyiv said"."""
    if cue.first == 0:
        return True
    before = scene.sentence.tokens[cue.first - 1]
    small = ("list_words", "comma_clause_words", "clause_words", "linking_words", "name_skip")
    return not before.text[0].isalnum() or any(before.lower in scene.lexicon.words(name) for name in small)


def _can_speak(cue: Cue, scene: Scene) -> bool:
    if cue.kind == "speaker":
        return True
    mention = next((m for m in scene.mentions if m.first == cue.first), None)
    if cue.kind in ("capital", "country"):
        return mention is not None and mention.role == "metonym"
    return cue.kind == "side"


def _is_one_phrase(left: Cue, right: Cue, scene: Scene) -> bool:
    """Whether two cues belong to one speaker: no comma, verb or "and" between, and few words."""
    tokens = scene.sentence.tokens
    between = range(left.last + 1, right.first)
    if left.kind == "speaker" and right.kind == "side" and len(between) <= 3:
        # "the foreign minister, Dmytro Kuleba"
        return not any(cue.first in between for cue in scene.sentence.of("speech"))
    if len(between) > 3 or any(tokens[at].text in ',;:()"“”«»' for at in between):
        return False
    if any(tokens[at].lower in scene.lexicon.words("list_words") for at in between):
        return False
    return not any(cue.first in between for cue in scene.sentence.of("speech", "strike", "effect", "weapon"))


def _verbs_of(group: list[Cue], scene: Scene, speech: list[Cue]) -> list[Cue]:
    """The verbs of speech that belong to the speaker: those behind it up to the next speaker, or the one before it."""
    first, last = group[0].first, group[-1].last
    others = [g[0].first for g in _speakers(scene) if g[0].first > last]
    stop = others[0] if others else len(scene.sentence.tokens)
    around = [cue for cue in speech if cue.first < first and last <= cue.last]
    if around:
        return around
    starts = [g[0].first for g in _speakers(scene)]
    behind = [
        cue
        for cue in speech
        if last < cue.first
        and cue.first - last <= _REACH
        and not any(cue.first < at <= cue.last for at in starts)
        and not (_is_turned(cue, scene) and any(0 < at - cue.last <= 2 for at in starts))
    ]
    own = [cue for cue in behind if cue.first < stop or _is_shared(cue, stop, scene, others)]
    if _is_bare(group):
        own = [cue for cue in own if cue.first - last <= _NEXT] and own
    if own:
        return own
    before = [cue for cue in speech if 0 < first - cue.last <= 2 and _is_turned(cue, scene)]
    return before[-1:]


def _is_bare(group: list[Cue]) -> bool:
    """Whether nothing but a country or a force names the speaker: it speaks only right before the verb."""
    return all(cue.kind != "speaker" or cue.value == "media" for cue in group)


def _is_turned(verb: Cue, scene: Scene) -> bool:
    """Whether the speaker stands behind the verb: "according to X", or after a comma or a quotation."""
    tokens = scene.sentence.tokens
    if verb.last > verb.first:
        return True
    return verb.first > 0 and not tokens[verb.first - 1].text[0].isalnum()


def _is_shared(cue: Cue, stop: int, scene: Scene, others: list[int]) -> bool:
    """Whether speakers in a list share the verb: "authorities and the governor said"."""
    tokens = scene.sentence.tokens
    listing = scene.lexicon.words("list_words")
    joined = any(tokens[at].lower in listing for at in range(max(stop - 4, 0), stop))
    return joined and bool(others) and cue.first - others[-1] <= _BEHIND


def _side(group: list[Cue], scene: Scene) -> tuple[str, Mention | None]:
    """The country that the speaker speaks for, and the region it governs."""
    for cue in group:
        if cue.kind in ("side", "nationality", "country", "capital"):
            return cue.value, None
    first, last = group[0].first, group[-1].last
    if first and scene.sentence.tokens[first - 1].lower in scene.lexicon.words("pronouns"):
        # "India struck ..., its ministry said": the country that the sentence speaks of first
        named = [cue for cue in scene.sentence.of("country", "capital") if cue.last < first]
        return (named[0].value if named else ""), None
    near = [m for m in scene.mentions if 0 < m.first - last <= 5 or 0 < first - m.last <= 2]
    for mention in near:
        if any(cue.first in range(last + 1, mention.first) for cue in scene.sentence.of("speech")):
            continue
        if mention.place is not None and mention.role in ("descriptor", "context", "container"):
            return mention.place.country, mention
    return "", None


def _is_governor(cue: Cue, scene: Scene) -> bool:
    text = scene.sentence.text[cue.start - scene.sentence.start : cue.end - scene.sentence.start].lower()
    return cue.kind == "speaker" and text.startswith(tuple(scene.lexicon.words("governor_stems")))


def _last_region(scene: Scene) -> Mention | None:
    regions = [m for m in scene.mentions if m.is_region or m.role == "descriptor"]
    return regions[-1] if regions else None


# --- of which strike --------------------------------------------------------------------------------------------------


def _spoken_of(scene: Scene, voice: _Voice, told: Told) -> list[Record]:
    """The strikes that a speaker's sentence speaks of."""
    silent = _unmentioned(scene, told.records) if voice.stance != "no_comment" else []
    here = [record for record in told.records if any(frame.scene is scene for frame in record.frames)]
    here = [record for record in here if record not in silent]
    named = _named(scene, told.records)
    if voice.stance in ("no_comment", "deny") and named:
        return named
    if here:
        return _governed(here, voice)
    if named and voice.stance != "say":
        return named
    if voice.stance == "say" and not _speaks_of_harm(scene):
        return []
    quiet = voice.stance in ("say", "no_comment", "only")
    just_told = _just_told(scene, told.records, (0,) if quiet else (0, 1, 2))
    if quiet and _has_turned(scene, just_told, told):
        return []
    return [r for r in _governed(just_told, voice) if _is_party(voice, r) and r not in silent]


def _speaks_of_harm(scene: Scene) -> bool:
    """Whether the sentence speaks of a strike or of what it did, if only to say that nobody was hurt."""
    harmless = any(cue.value == "harmless" for cue in scene.sentence.of("negation"))
    return harmless or bool(scene.sentence.kinds & {"strike", "effect", "intercept"})


def _has_turned(scene: Scene, records: list[Record], told: Told) -> bool:
    """Whether the text has gone on to something else since: a crash, a visit."""
    last = max((f.scene.sentence.number for r in records for f in r.frames if f.scene is not scene), default=-1)
    passed = told.scenes[last + 1 : scene.sentence.number]
    return any(cue.value in ("crash", "transport") for other in passed for cue in other.sentence.of("setting"))


def _is_party(voice: _Voice, record: Record) -> bool:
    """Whether the speaker is of one of the two sides, or of none."""
    return not voice.side or voice.side in (record.attacker, record.place_country)


def _named(scene: Scene, records: list[Record]) -> list[Record]:
    ids = {mention.place.id for mention in scene.mentions if mention.place is not None and mention.form == "place"}
    return [r for r in records if r.mention is not None and r.mention.place is not None and r.mention.place.id in ids]


def _just_told(scene: Scene, records: list[Record], paragraphs: tuple[int, ...]) -> list[Record]:
    """The strikes of the same paragraph told before, else those of the paragraph above."""
    number, paragraph = scene.sentence.number, scene.sentence.paragraph
    for back in paragraphs:
        told = [r for r in records if any(_is_before(frame.scene, number, paragraph - back) for frame in r.frames)]
        if told:
            return told
    return []


def _is_before(scene: Scene, number: int, paragraph: int) -> bool:
    return scene.sentence.number < number and scene.sentence.paragraph == paragraph


def _governed(records: list[Record], voice: _Voice) -> list[Record]:
    """Only those in the speaker's region, where the speaker governs one."""
    area = voice.region.place if voice.region is not None else None
    if area is None:
        return records
    inside = [
        r
        for r in records
        if r.mention is not None and (r.mention.place is None or r.mention.place.admin1 == area.admin1)
    ]
    return inside or records
