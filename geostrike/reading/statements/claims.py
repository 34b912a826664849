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

from geostrike.reading.records.index import REACH
from geostrike.reading.statements.speakers import again, find_signatures, find_voices, last_region

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geostrike.reading.mentions.mention import Mention
    from geostrike.reading.records.record import Record
    from geostrike.reading.report import Told
    from geostrike.reading.statements.speakers import Voice
    from geostrike.reading.text.scenes import Scene

__all__ = ["Claim", "read_claims", "status_of"]

AFFIRMS = ("claims", "confirms")
DISPUTES = ("denies", "blames_other_side")
# Speakers who speak for the side that was struck unless the text says otherwise.
_LOCAL = ("official", "military")


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
    last: tuple[Voice, int] | None = None
    for scene in told.scenes:
        voices = find_voices(scene, region)
        region = last_region(scene) or region
        if not voices and last is not None and scene.sentence.paragraph - last[1] <= 1:
            repeated = again(last[0], scene)
            voices = [repeated] if repeated is not None else []
        if voices:
            last = voices[-1], scene.sentence.paragraph
        for heard in voices:
            voice = heard if heard.side else replace(heard, side=sides.get(heard.kind, ""))
            if voice.kind == "anonymous_source":
                sides[voice.kind] = voice.side
            stance = last_stance if voice.stance == "same" else voice.stance
            for record in _spoken_of(scene, voice, told):
                claims.append(_claim(scene, voice, stance, record, told))
                last_stance = stance
            claims += _left_out(scene, voice, told)
    return _unique(claims + _of_the_house(told, claims))


def _of_the_house(told: Told, claims: list[Claim]) -> list[Claim]:
    """What a communiqué says in the name of the office in its headline, where no other voice is quoted."""
    head = told.scenes[0] if told.scenes else None
    if head is None or not head.sentence.headline:
        return []
    voices = [
        voice for voice in find_voices(head, None) or find_signatures(head) if voice.side and voice.kind in _LOCAL
    ]
    made: dict[int, list[Claim]] = {}
    for claim in claims:
        made.setdefault(id(claim.record), []).append(claim)
    return [
        _claim(record.first.scene, voice, "say", record, told)
        for voice in voices[:1]
        for record in told.records
        if not _speaks(voice, made.get(id(record), [])) and not _is_quoted(record, made.get(id(record), []), voice)
    ]


def _speaks(voice: Voice, claims: list[Claim]) -> bool:
    """Whether one of the claims on a strike is of the speaker's side, or of nobody's."""
    return any(claim.side in ("", voice.side) for claim in claims)


def _is_quoted(record: Record, claims: list[Claim], voice: Voice) -> bool:
    """Whether somebody of the other side is quoted in the sentence that tells it."""
    start = record.first.scene.sentence.start
    return any(claim.start == start and claim.side != voice.side for claim in claims)


def _left_out(scene: Scene, voice: Voice, told: Told) -> list[Claim]:
    """What a sentence that affirms a strike says it does not speak of: "without mentioning Lipetsk"."""
    if voice.stance in ("no_comment", "only"):
        return []
    return [_claim(scene, voice, "no_comment", record, told) for record in _unmentioned(scene, told)]


def _unmentioned(scene: Scene, told: Told) -> list[Record]:
    """The strikes whose place stands right behind "did not mention" or "without mentioning"."""
    silent = [cue for cue in scene.sentence.of("speech") if cue.value == "no_comment"]
    names = [m for m in scene.mentions if any(0 < m.first - cue.last <= 3 for cue in silent)]
    near = [(record, name) for name in names for record in told.index.by_name(name)]
    return told.index.in_order(record for record, name in near if _is_named(record, name))


def _is_named(record: Record, name: Mention) -> bool:
    """Whether the strike is at the place, or in the region of that name."""
    if record.mention is None or record.mention.place is None or name.place is None:
        return False
    own = record.mention.place
    return own.id == name.place.id or (record.mention.is_region and own.admin1 == name.place.admin1)


def _claim(scene: Scene, voice: Voice, stance: str, record: Record, told: Told) -> Claim:
    side = voice.side or (told.struck_side(record) if voice.kind in _LOCAL else "")
    sentence = scene.sentence
    inside = sentence.start <= voice.start and voice.end <= sentence.end
    start, end = (voice.start, voice.end) if inside else (sentence.start, sentence.end)
    return Claim(
        record,
        voice.speaker,
        side,
        voice.kind,
        _stance(stance, side, record),
        start,
        end,
        sentence.quote(start, end),
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


# --- of which strike --------------------------------------------------------------------------------------------------


def _spoken_of(scene: Scene, voice: Voice, told: Told) -> list[Record]:
    """The strikes that a speaker's sentence speaks of."""
    if any(scene.brings_down_aircraft(cue) for cue in scene.sentence.of("intercept")):
        return []
    silent = _unmentioned(scene, told) if voice.stance != "no_comment" else []
    here = [
        record
        for record in told.index.of_scene(scene.sentence.number)
        if record not in silent and not _is_beyond(record, scene, voice)
    ]
    named = [record for record in _named(scene, told) if not _is_beyond(record, scene, voice)]
    if voice.stance in ("no_comment", "deny") and named:
        return named
    if here:
        return _governed(here if not _sums_up(scene, here) else _with_siblings(here, scene, told), voice)
    if named and voice.stance != "say":
        return named
    if voice.stance == "say" and not _speaks_of_harm(scene) and not _points_back(scene):
        return []
    quiet = voice.stance in ("say", "no_comment", "only")
    just_told = _just_told(scene, told, (0,) if quiet else (0, 1, 2))
    if quiet and _has_turned(scene, just_told, told):
        return []
    return [r for r in _governed(just_told, voice) if _is_party(voice, r) and r not in silent]


def _is_beyond(record: Record, scene: Scene, voice: Voice) -> bool:
    """Whether the strike is told behind the denial: "denied the attack, and accused Baku of shelling Stepanakert"."""
    own = record.mention
    return voice.beyond is not None and own is not None and own.sentence is scene.sentence and own.first > voice.beyond


def _sums_up(scene: Scene, records: list[Record]) -> bool:
    """Whether the sentence names no place of a strike, and so speaks of all told before: "was behind the strikes"."""
    frames = [frame for record in records for frame in record.frames if frame.scene is scene]
    return all(frame.mention is None for frame in frames)


def _with_siblings(here: list[Record], scene: Scene, told: Told) -> list[Record]:
    """With the strikes of the same attacker that the paragraph of the first one tells of."""
    at, attacker = scene.sentence.number, here[0].attacker
    paragraphs = {record.first.scene.sentence.paragraph for record in here}
    beside = [r for p in paragraphs for r in told.index.begun_in(p, attacker, at - REACH, at + REACH + 1)]
    return told.index.in_order([*here, *(record for record in beside if not record.earlier)])


def _speaks_of_harm(scene: Scene) -> bool:
    """Whether the sentence speaks of a strike or of what it did, if only to say that nobody was hurt."""
    harmless = any(cue.value == "harmless" for cue in scene.sentence.of("negation"))
    return harmless or bool(scene.sentence.kinds & {"strike", "effect", "intercept"})


def _points_back(scene: Scene) -> bool:
    """Whether the sentence only says who said the one before: "Das teilte der Gouverneur mit"."""
    opening = {token.lower for token in scene.sentence.tokens[:2]}
    return not opening.isdisjoint(scene.lexicon.words("this_words"))


def _has_turned(scene: Scene, records: list[Record], told: Told) -> bool:
    """Whether the text has gone on to something else since: a crash, a visit."""
    at = scene.sentence.number
    last = max((told.index.last_told(record, at) for record in records), default=-1)
    passed = told.scenes[last + 1 : at]
    return any(cue.value in ("crash", "transport") for other in passed for cue in other.sentence.of("setting"))


def _is_party(voice: Voice, record: Record) -> bool:
    """Whether the speaker is of one of the two sides, or of none."""
    return not voice.side or voice.side in (record.attacker, record.place_country)


def _named(scene: Scene, told: Told) -> list[Record]:
    near = [(record, m) for m in scene.mentions if m.form == "place" for record in told.index.by_name(m)]
    return told.index.in_order(r for r, m in near if r.mention is not None and _is_at(r.mention, m))


def _is_at(own: Mention, named: Mention) -> bool:
    """Whether the name is that of the strike's place, or of the town that a struck plant bears the name of."""
    if own.text.casefold() == named.text.casefold():
        return True
    return own.place is not None and named.place is not None and own.place.id == named.place.id


def _just_told(scene: Scene, told: Told, paragraphs: tuple[int, ...]) -> list[Record]:
    """The strikes of the same paragraph told before, else those of the paragraph above."""
    at, paragraph = scene.sentence.number, scene.sentence.paragraph
    for back in paragraphs:
        records = told.index.in_paragraph(paragraph - back, at - REACH, at)
        if records:
            return records
    return []


def _governed(records: list[Record], voice: Voice) -> list[Record]:
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
