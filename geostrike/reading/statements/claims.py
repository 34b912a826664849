"""Claims about strikes, and the status that follows from them.

A claim is a speaker with a verb of speech. Its side is the country in the speaker's description ("a source in Kyiv's
security services"), else that of the region governed, else, for officials, the struck country. A claim is about the
strikes that its sentence reports or names; a sentence that only refers back ("confirmed the attack") is about the
strikes of its paragraph or the one before, and a governor's claim only about those in the governor's region.

`status_of` sets the status by the first rule that matches:

1. ``aborted`` if the weapon was brought down by its own side, ``intercepted`` if it was shot down;
2. ``disputed`` if the attacker or the struck side denies the strike or blames the other side;
3. ``confirmed`` if both sides report a hit;
4. ``claimed_by_attacker`` or ``claimed_by_target`` if one side does;
5. ``unconfirmed`` otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geostrike.reading.records.index import REACH
from geostrike.reading.statements.speakers import find_signatures, find_speakers, last_region, repeat_speaker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geostrike.reading.mentions.mention import Mention
    from geostrike.reading.records.record import Record
    from geostrike.reading.report import Reading
    from geostrike.reading.statements.speakers import Speaker
    from geostrike.reading.text.scenes import Scene

__all__ = ["Claim", "read_claims", "status_of"]

AFFIRMS = ("claims", "confirms")
DISPUTES = ("denies", "blames_other_side")
# Kinds of speaker that represent the struck side unless the text says otherwise.
_LOCAL = ("official", "military")


@dataclass(frozen=True)
class Claim:
    """What one speaker says about one strike, with the span in the text."""

    record: Record
    speaker: str
    side: str
    kind: str
    stance: str
    start: int
    end: int
    quote: str


def status_of(role: str, attacker: str, struck: str, claims: Iterable[tuple[str, str]]) -> str:
    """Return the status of a strike from its role and its claims, which are pairs of side and stance.

    Examples
    --------
    >>> status_of("struck", "UKR", "RUS", [("RUS", "confirms"), ("UKR", "claims")])
    'confirmed'
    >>> status_of("struck", "UKR", "RUS", [("RUS", "confirms"), ("UKR", "blames_other_side")])
    'disputed'
    """
    if role in ("intercepted", "aborted"):
        return role
    stances = set(claims)
    if any((side, stance) in stances for side in (attacker, struck) if side for stance in DISPUTES):
        return "disputed"
    by_attacker = bool(attacker) and any((attacker, stance) in stances for stance in AFFIRMS)
    by_target = bool(struck) and any((struck, stance) in stances for stance in AFFIRMS)
    if by_attacker and by_target:
        return "confirmed"
    if by_attacker:
        return "claimed_by_attacker"
    return "claimed_by_target" if by_target else "unconfirmed"


def read_claims(reading: Reading) -> list[Claim]:
    """Extract the claims of a report about its strikes, in text order."""
    claims: list[Claim] = []
    last_stance = ""
    region: Mention | None = None
    sides: dict[str, str] = {}
    last: tuple[Speaker, int] | None = None
    for scene in reading.scenes:
        speakers = find_speakers(scene, region)
        region = last_region(scene) or region
        if not speakers and last is not None and scene.sentence.paragraph - last[1] <= 1:
            repeated = repeat_speaker(last[0], scene)
            speakers = [repeated] if repeated is not None else []
        if speakers:
            last = speakers[-1], scene.sentence.paragraph
        for found in speakers:
            speaker = found if found.side else replace(found, side=sides.get(found.kind, ""))
            if speaker.kind == "anonymous_source":
                sides[speaker.kind] = speaker.side
            stance = last_stance if speaker.stance == "same" else speaker.stance
            for record in _records_of_claim(scene, speaker, reading):
                claims.append(_claim(scene, speaker, stance, record, reading))
                last_stance = stance
            claims += _omission_claims(scene, speaker, reading)
    return _unique(claims + _claims_of_issuer(reading, claims))


def _claims_of_issuer(reading: Reading, claims: list[Claim]) -> list[Claim]:
    """Return the claims of a communiqué's issuer, named in the headline, where no other speaker is quoted."""
    head = reading.scenes[0] if reading.scenes else None
    if head is None or not head.sentence.headline:
        return []
    speakers = [
        speaker
        for speaker in find_speakers(head, None) or find_signatures(head)
        if speaker.side and speaker.kind in _LOCAL
    ]
    made: dict[int, list[Claim]] = {}
    for claim in claims:
        made.setdefault(id(claim.record), []).append(claim)
    return [
        _claim(record.first.scene, speaker, "say", record, reading)
        for speaker in speakers[:1]
        for record in reading.records
        if not _has_claim_of_side(speaker, made.get(id(record), []))
        and not _is_quoted(record, made.get(id(record), []), speaker)
    ]


def _has_claim_of_side(speaker: Speaker, claims: list[Claim]) -> bool:
    """Whether a claim about the strike is from the speaker's side or from no side."""
    return any(claim.side in ("", speaker.side) for claim in claims)


def _is_quoted(record: Record, claims: list[Claim], speaker: Speaker) -> bool:
    """Whether a speaker of another side is quoted in the sentence of the strike."""
    start = record.first.scene.sentence.start
    return any(claim.start == start and claim.side != speaker.side for claim in claims)


def _omission_claims(scene: Scene, speaker: Speaker, reading: Reading) -> list[Claim]:
    """Return claims of no comment for strikes that a sentence expressly omits: "without mentioning Lipetsk"."""
    if speaker.stance in ("no_comment", "only"):
        return []
    return [_claim(scene, speaker, "no_comment", record, reading) for record in _omitted_records(scene, reading)]


def _omitted_records(scene: Scene, reading: Reading) -> list[Record]:
    """Return the strikes whose place follows "did not mention" or "without mentioning"."""
    silent = [cue for cue in scene.sentence.of("speech") if cue.value == "no_comment"]
    names = [m for m in scene.mentions if any(0 < m.first - cue.last <= 3 for cue in silent)]
    near = [(record, name) for name in names for record in reading.index.by_name(name)]
    return reading.index.in_order(record for record, name in near if _is_named(record, name))


def _is_named(record: Record, name: Mention) -> bool:
    """Whether the strike is at the named place or in the named region."""
    if record.mention is None or record.mention.place is None or name.place is None:
        return False
    own = record.mention.place
    return own.id == name.place.id or (record.mention.is_region and own.admin1 == name.place.admin1)


def _claim(scene: Scene, speaker: Speaker, stance: str, record: Record, reading: Reading) -> Claim:
    side = speaker.side or (reading.struck_side(record) if speaker.kind in _LOCAL else "")
    sentence = scene.sentence
    inside = sentence.start <= speaker.start and speaker.end <= sentence.end
    start, end = (speaker.start, speaker.end) if inside else (sentence.start, sentence.end)
    return Claim(
        record,
        speaker.name,
        side,
        speaker.kind,
        _stance(stance, side, record),
        start,
        end,
        sentence.quote(start, end),
    )


def _unique(claims: list[Claim]) -> list[Claim]:
    return list({(id(c.record), c.speaker, c.stance, c.start): c for c in claims}.values())


def _stance(stance: str, side: str, record: Record) -> str:
    """Return the stance in the vocabulary of the claims table."""
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


def _records_of_claim(scene: Scene, speaker: Speaker, reading: Reading) -> list[Record]:
    """Return the strikes that a speaker's sentence is about."""
    if any(scene.brings_down_aircraft(cue) for cue in scene.sentence.of("intercept")):
        return []
    silent = _omitted_records(scene, reading) if speaker.stance != "no_comment" else []
    here = [
        record
        for record in reading.index.of_scene(scene.sentence.number)
        if record not in silent and not _is_after_blame(record, scene, speaker)
    ]
    named = [record for record in _named(scene, reading) if not _is_after_blame(record, scene, speaker)]
    if speaker.stance in ("no_comment", "deny") and named:
        return named
    if here:
        return _in_region_of(here if not _is_summary(scene, here) else _with_siblings(here, scene, reading), speaker)
    if named and speaker.stance != "say":
        return named
    if speaker.stance == "say" and not _mentions_strike(scene) and not _points_back(scene):
        return []
    quiet = speaker.stance in ("say", "no_comment", "only")
    preceding = _preceding_records(scene, reading, (0,) if quiet else (0, 1, 2))
    if quiet and _has_changed_topic(scene, preceding, reading):
        return []
    return [r for r in _in_region_of(preceding, speaker) if _is_party(speaker, r) and r not in silent]


def _is_after_blame(record: Record, scene: Scene, speaker: Speaker) -> bool:
    """Whether the strike follows the denial: "denied the attack, and accused Baku of shelling Stepanakert"."""
    own = record.mention
    return (
        speaker.beyond is not None and own is not None and own.sentence is scene.sentence and own.first > speaker.beyond
    )


def _is_summary(scene: Scene, records: list[Record]) -> bool:
    """Whether the sentence names no struck place, and so is about all strikes before: "was behind the strikes"."""
    frames = [frame for record in records for frame in record.frames if frame.scene is scene]
    return all(frame.mention is None for frame in frames)


def _with_siblings(here: list[Record], scene: Scene, reading: Reading) -> list[Record]:
    """Add the strikes of the same attacker in the paragraphs of the records."""
    at, attacker = scene.sentence.number, here[0].attacker
    paragraphs = {record.first.scene.sentence.paragraph for record in here}
    adjacent = [r for p in paragraphs for r in reading.index.starting_in(p, attacker, at - REACH, at + REACH + 1)]
    return reading.index.in_order([*here, *(record for record in adjacent if not record.earlier)])


def _mentions_strike(scene: Scene) -> bool:
    """Whether the sentence mentions a strike or its effects, even if only that nobody was hurt."""
    harmless = any(cue.value == "harmless" for cue in scene.sentence.of("negation"))
    return harmless or bool(scene.sentence.kinds & {"strike", "effect", "intercept"})


def _points_back(scene: Scene) -> bool:
    """Whether the sentence only attributes the previous one: "Das teilte der Gouverneur mit"."""
    opening = {token.lower for token in scene.sentence.tokens[:2]}
    return not opening.isdisjoint(scene.lexicon.words("this_words"))


def _has_changed_topic(scene: Scene, records: list[Record], reading: Reading) -> bool:
    """Whether the text has changed its topic since, such as to a crash."""
    at = scene.sentence.number
    last = max((reading.index.last_sentence(record, at) for record in records), default=-1)
    passed = reading.scenes[last + 1 : at]
    return any(cue.value in ("crash", "transport") for other in passed for cue in other.sentence.of("setting"))


def _is_party(speaker: Speaker, record: Record) -> bool:
    """Whether the speaker represents one of the two sides, or none."""
    return not speaker.side or speaker.side in (record.attacker, record.place_country)


def _named(scene: Scene, reading: Reading) -> list[Record]:
    near = [(record, m) for m in scene.mentions if m.form == "place" for record in reading.index.by_name(m)]
    return reading.index.in_order(r for r, m in near if r.mention is not None and _is_at(r.mention, m))


def _is_at(own: Mention, named: Mention) -> bool:
    """Whether the name is that of the strike's place."""
    if own.text.casefold() == named.text.casefold():
        return True
    return own.place is not None and named.place is not None and own.place.id == named.place.id


def _preceding_records(scene: Scene, reading: Reading, paragraphs: tuple[int, ...]) -> list[Record]:
    """Return the previous strikes of the same paragraph, else those of the paragraph above."""
    at, paragraph = scene.sentence.number, scene.sentence.paragraph
    for back in paragraphs:
        records = reading.index.in_paragraph(paragraph - back, at - REACH, at)
        if records:
            return records
    return []


def _in_region_of(records: list[Record], speaker: Speaker) -> list[Record]:
    """Keep only the strikes in the region that the speaker governs, if any."""
    area = speaker.region.place if speaker.region is not None else None
    if area is None:
        return records
    inside = [
        r
        for r in records
        if r.mention is not None and (r.mention.place is None or r.mention.place.admin1 == area.admin1)
    ]
    return inside or records
