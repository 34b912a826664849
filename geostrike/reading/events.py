"""Sentences to strikes: each sentence gives frames, and the frames of a text that tell of one strike make one record.

The way: sentences -> mentions with roles -> frames -> records.

A frame is what one sentence says of one strike: place, date, target, weapon, attacker. A frame without a place either
speaks of the strike told before it ("the attack took place early on Tuesday") or sums up what follows ("drones hit two
regions overnight"); it lends its date and its attacker to the others and becomes a record only where the text names no
place for that direction of fire at all.

Dates: the expression in the frame's own clause; else the one elsewhere in the sentence; else, unless the sentence tells
of an earlier time, the date of the last strike told in the same direction of fire, or of the first one of the text.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from geostrike.reading.dates import DateExpression, When, find_dates
from geostrike.reading.mentions import FACILITIES, Lookup, Mention, NameFinder
from geostrike.reading.roles import EVENT_KINDS, HIT_ROLES, Scene, assign_roles
from geostrike.reading.sentences import read_sentences

if TYPE_CHECKING:
    import datetime as dt

    from geostrike.reading.lexicon import Cue, Lexicon

__all__ = ["Frame", "Record", "Told", "opponent", "read_strikes"]

OPEN = When(None, None, "unknown", "")
CONTEXT_SENTENCES = 2
# How closely a sentence ties a date to an event, weakest first.
UNTOLD, IN_SENTENCE, IN_CLAUSE, HAPPENED = range(4)
# Target words too general to tell which thing is meant.
_VAGUE_TARGETS = frozenset(("building", "troops", "residential", "city", "military site", "energy facilities", "plant"))


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


@dataclass
class Record:
    """A strike as the text tells it, put together from its frames; `scenes` are the sentences that tell of it."""

    mention: Mention | None
    role: str
    when: When
    own_date: bool
    date_strength: int
    earlier: bool
    target: str
    weapon: str
    attacker: str
    basis: str
    place_country: str
    frames: list[Frame] = field(default_factory=list)

    @property
    def first(self) -> Frame:
        """The frame that tells it first."""
        return self.frames[0]


@dataclass
class Told:
    """All that was read of one report's text: sentences with mentions, and records."""

    lexicon: Lexicon
    scenes: list[Scene]
    records: list[Record]
    sides: dict[str, int]

    def likely_country(self, record: Record) -> str:
        """The country of a place that the name alone does not tell: the reported attacker's opponent.

        Not where the attacker also strikes at ground of its own that the other side holds.
        """
        against, held = _conflicts()
        if (
            record.basis != "reported"
            or record.attacker not in against
            or any(record.attacker == owner for owner in _owners(held))
        ):
            return ""
        return opponent(record.attacker, "", self.sides)

    def struck_side(self, record: Record) -> str:
        """The country that was aimed at: the place's own, unless the place is held by the other side."""
        if record.attacker and record.attacker == record.place_country:
            return opponent(record.attacker, "", self.sides)
        return record.place_country or opponent(record.attacker, "", self.sides)


def read_strikes(
    text: str, lexicon: Lexicon, lookup: Lookup, *, published: dt.date | None, header_end: int = 0
) -> Told:
    """The sentences, mentions and strikes of a text.

    Parameters
    ----------
    text
        The report's text.
    lexicon
        The words of its language.
    lookup
        Answers for names.
    published
        Publication date, which anchors relative dates.
    header_end
        Where the opening with place and date ends; names before it are datelines.
    """
    finder = NameFinder(lexicon, lookup)
    scenes = _scenes(text, lexicon, finder, header_end)
    sides = _count_sides(scenes)
    teller = _Teller(finder, published, sides)
    for scene in scenes:
        teller.hear(scene)
    return Told(lexicon, scenes, teller.finish(), sides)


# --- sentences --------------------------------------------------------------------------------------------------------


def _scenes(text: str, lexicon: Lexicon, finder: NameFinder, header_end: int) -> list[Scene]:
    scenes: list[Scene] = []
    for sentence in read_sentences(text, lexicon):
        scene = Scene(sentence, finder.find(sentence), lexicon, header_end=header_end)
        scene.strike_context = _has_context(scene, scenes)
        assign_roles(scene, finder)
        scenes.append(scene)
    return scenes


def _has_context(scene: Scene, before: list[Scene]) -> bool:
    """Whether the sentences just before, in the same paragraph or the one above, tell of a strike."""
    paragraph = scene.sentence.paragraph
    near = before[-CONTEXT_SENTENCES:]
    opens = bool(near) and near[-1].sentence.paragraph != paragraph
    same = near[-1:] if opens else [other for other in near if other.sentence.paragraph == paragraph]
    return any((other.has_strike or other.strike_context) and other.tells for other in same)


def _count_sides(scenes: list[Scene]) -> dict[str, int]:
    """How often the text speaks of each country."""
    counts: dict[str, int] = {}
    for scene in scenes:
        for cue in scene.sentence.of("country", "nationality", "capital", "side"):
            counts[cue.value] = counts.get(cue.value, 0) + 1
        for mention in scene.mentions:
            if mention.form == "place" and mention.place is not None:
                counts[mention.place.country] = counts.get(mention.place.country, 0) + 1
    return counts


# --- frames to records ------------------------------------------------------------------------------------------------


class _Teller:
    """Hears the sentences in order and keeps the strikes told so far."""

    def __init__(self, finder: NameFinder, published: dt.date | None, sides: dict[str, int]) -> None:
        self.finder, self.lexicon, self.published, self.sides = finder, finder.lexicon, published, sides
        self.named: list[Mention] = []
        self.records: list[Record] = []
        self.summaries: list[Frame] = []
        self.reference: dt.date | None = None
        self.night: dt.date | None = None
        self.last_region: Mention | None = None
        self.last_struck: Record | None = None

    def hear(self, scene: Scene) -> None:
        """Take in a sentence."""
        for mention in scene.mentions:
            self._contain_unknown(mention)
        for frame in self._frames(scene):
            if frame.mention is None:
                self._hear_placeless(frame)
            else:
                self._keep(frame)
        self._remember_region(scene)

    def _contain_unknown(self, mention: Mention) -> None:
        """A struck place that nobody knows lies, for all the text says, in the region told last."""
        unknown = mention.form == "place" and mention.place is None and mention.container is None
        region = self.last_region
        if unknown and mention.role in HIT_ROLES and region is not None and not mention.is_area:
            near = mention.sentence.paragraph - region.sentence.paragraph <= 1
            mention.container = region if near else None

    def finish(self) -> list[Record]:
        """All strikes told, each with what the others lend it."""
        self._sum_up()
        for record in self.records:
            self._settle_attacker(record)
        for record in self.records:
            self._settle_date(record)
        return _without_doubles(_without_containers(self.records))

    # --- one sentence

    def _frames(self, scene: Scene) -> list[Frame]:
        dates = self._dates(scene)
        struck = [mention for mention in scene.mentions if mention.role in HIT_ROLES]
        struck = _nearest_names(struck, scene, self.finder)
        frames = [frame for mention in struck for frame in self._frames_of(mention, scene, dates)]
        if frames or scene.sentence.headline:
            return frames
        governor = _placeless_governor(scene)
        if governor is None:
            return []
        back = self._told_before(scene, governor)
        if back is not None:
            return self._frames_of(back, scene, dates, governor)
        dated = self._date_of(scene, governor, None, dates)
        return [self._frame(scene, None, governor, dated, governor.kind)]

    def _dates(self, scene: Scene) -> list[tuple[DateExpression, When]]:
        found = []
        for expression in find_dates(scene.sentence, self.lexicon):
            if expression.start < scene.header_end:
                continue
            when = expression.resolve(self.published, self.reference, self.night)
            if not when.future:
                found.append((expression, when))
                if when.start is not None and when.day is not None and not _is_said(expression, scene):
                    self.reference = when.day
                    self.night = when.day if when.precision == "night" else self.night
        return found

    def _frames_of(
        self,
        mention: Mention,
        scene: Scene,
        dates: list[tuple[DateExpression, When]],
        governor: Cue | None = None,
    ) -> list[Frame]:
        cue = governor or mention.governor
        if cue is None:
            return []
        role = mention.role if governor is None else _role_of(cue)
        several = _several_days(scene, dates)
        if several and len([m for m in scene.mentions if m.role in HIT_ROLES]) <= 1:
            return [self._frame(scene, mention, cue, (when, IN_CLAUSE), role, e) for e, when in several]
        frame = self._frame(scene, mention, cue, self._date_of(scene, cue, mention, dates), role)
        return [frame, *(replace(frame, target=target) for target in _further_targets(mention, frame))]

    def _frame(
        self,
        scene: Scene,
        mention: Mention | None,
        governor: Cue,
        dated: tuple[When, int],
        role: str,
        near: DateExpression | None = None,
    ) -> Frame:
        when, strength = dated
        own = strength > 0
        country = _country_of(mention)
        earlier = bool(scene.sentence.of("history")) and not own
        return Frame(
            scene,
            mention,
            role if role in HIT_ROLES else _role_of(governor),
            governor,
            when,
            own,
            strength,
            earlier,
            _target(scene, mention, governor),
            _weapon(scene, governor, near),
            _attacker(scene, governor),
            country,
        )

    def _date_of(
        self,
        scene: Scene,
        governor: Cue,
        mention: Mention | None,
        dates: list[tuple[DateExpression, When]],
    ) -> tuple[When, int]:
        """The date of an event, and how closely the sentence ties the two."""
        told = [pair for pair in dates if not _is_said(pair[0], scene)]
        clauses = {scene.clause_of(governor)}
        if mention is not None and mention.sentence is scene.sentence:
            clauses.add(mention.clause)
        own = [pair for pair in told if _clause_at(scene, pair[0].start) in clauses]
        if own or told:
            expression, when = min(own or told, key=lambda pair: _distance(pair[0], governor))
            when = _with_night(when, own or told)
            return when, HAPPENED if _happened(expression, scene) else IN_CLAUSE if own else IN_SENTENCE
        # When it was said is all that is known of when it happened.
        return (dates[0][1] if dates else OPEN), UNTOLD

    # --- what a sentence without a name speaks of

    def _told_before(self, scene: Scene, governor: Cue) -> Mention | None:
        """The place told before that the sentence means: "the region", "its territory", "the bridge"."""
        back = self.lexicon.words("back_words")
        tokens = scene.sentence.tokens
        for cue in scene.sentence.of("place_type"):
            if cue.value in ("region", "settlement") and cue.first and tokens[cue.first - 1].lower in back:
                region = self._region_in(scene) or self.last_region
                if region is not None and not _is_plural(scene, cue):
                    return _struck_copy(region, governor)
        governed = [m for m in scene.mentions if m.role == "descriptor" and _is_governed(m, scene)]
        if governed:
            return _struck_copy(self._as_region(governed[-1]), governor)
        return self._same_thing(scene, back)

    def _same_thing(self, scene: Scene, back: frozenset[str]) -> Mention | None:
        tokens = scene.sentence.tokens
        for cue in scene.sentence.of("target"):
            if cue.value in FACILITIES and cue.first and tokens[cue.first - 1].lower in back:
                named = next((m for m in reversed(self.named) if m.target == cue.value), None)
                if named is not None:
                    return named
        return None

    def _region_in(self, scene: Scene) -> Mention | None:
        regions = [m for m in scene.mentions if m.form == "place" and m.role in ("descriptor", "context", "container")]
        return self._as_region(regions[-1]) if regions else None

    def _remember_region(self, scene: Scene) -> None:
        for mention in scene.mentions:
            if mention.form == "place" and mention.role != "dateline":
                self.named.append(mention)
                if mention.is_region or mention.role == "descriptor":
                    self.last_region = self._as_region(mention)

    def _as_region(self, mention: Mention) -> Mention:
        """The region that a name such as "the governor of Smolensk" means."""
        if mention.is_region:
            return mention
        return replace(mention, kind="region", resolved=self.finder.resolve(mention.text, "region"))

    def _hear_placeless(self, frame: Frame) -> None:
        """A frame without a place adds to the strike told just before it, or waits as a summary."""
        background = frame.earlier or _is_open(frame.when)
        summary = self.summaries[-1] if self.summaries else None
        last = self.last_struck
        if summary is not None and _is_newer(summary, last) and _follows(frame, summary):
            self.summaries.append(replace(frame, attacker=frame.attacker or summary.attacker))
        elif last is not None and not background and self._continues(frame, last):
            _fill(last, frame, place_known=True)
        else:
            self.summaries.append(frame)

    def _continues(self, frame: Frame, last: Record) -> bool:
        sentence, told = frame.scene.sentence, last.frames[-1].scene.sentence
        if sentence.paragraph > told.paragraph + 1 or sentence.number - told.number > 3:
            return False
        attacker = last.attacker or opponent(last.place_country, _admin1(last.mention), self.sides)
        if frame.attacker and attacker and frame.attacker != attacker:
            return False
        closer = frame.date_strength > last.date_strength
        return closer or frame.date_strength < IN_CLAUSE or _same_time(frame.when, last.when)

    # --- records

    def _keep(self, frame: Frame) -> None:
        for record in reversed(self.records):
            if self._is_same(frame, record):
                _fill(record, frame)
                self.last_struck = record
                return
        record = Record(
            frame.mention,
            frame.role,
            frame.when,
            frame.own_date,
            frame.date_strength,
            frame.earlier,
            frame.target,
            frame.weapon,
            frame.attacker,
            "reported" if frame.attacker else "",
            frame.place_country,
            [frame],
        )
        self.records.append(record)
        self.last_struck = record

    def _is_same(self, frame: Frame, record: Record) -> bool:
        if record.mention is None or frame.mention is None or not _same_place(frame.mention, record.mention):
            return False
        if frame.attacker and record.attacker and frame.attacker != record.attacker:
            return False
        if frame.own_date and record.own_date and not _same_time(frame.when, record.when):
            return False
        if frame.earlier and not record.earlier:
            return False
        return frame.mention.is_region == record.mention.is_region and _same_target(frame, record)

    def _sum_up(self) -> None:
        """Let summaries lend what they know; keep one as a record where nothing else tells of its direction."""
        for frame in self.summaries:
            if frame.scene.sentence.headline:
                continue
            lenders = [r for r in self.records if self._may_sum(frame, r)]
            for record in lenders:
                told = frame.attacker and frame.governor.kind != "intercept"
                if told and _is_near(frame, record) and not _is_open(frame.when):
                    _lend(record, frame)
                elif _same_time(frame.when, record.when) and not record.earlier:
                    record.weapon = record.weapon or frame.weapon
            if not lenders and _is_concrete(frame):
                self._keep_placeless(frame)

    def _may_sum(self, frame: Frame, record: Record) -> bool:
        attacker = record.attacker or opponent(record.place_country, _admin1(record.mention), self.sides)
        return not frame.attacker or not attacker or frame.attacker == attacker

    def _keep_placeless(self, frame: Frame) -> None:
        basis = "reported" if frame.attacker else ""
        self.records.append(
            Record(
                None,
                frame.role,
                frame.when,
                frame.own_date,
                frame.date_strength,
                frame.earlier,
                frame.target,
                frame.weapon,
                frame.attacker,
                basis,
                _victim(frame),
                [frame],
            )
        )

    def _settle_attacker(self, record: Record) -> None:
        if record.attacker:
            return
        inferred = opponent(record.place_country, _admin1(record.mention), self.sides)
        if inferred:
            record.attacker, record.basis = inferred, "inferred"

    def _settle_date(self, record: Record) -> None:
        if record.own_date:
            return
        if record.earlier:
            # Told as of an earlier time, without a day: some day before the publication.
            if self.published is not None:
                record.when = When(None, self.published, "vague", "")
            return
        lent = self._lent_date(record)
        # A date on which something was said yields to one on which something happened.
        record.when = lent or record.when

    def _lent_date(self, record: Record) -> When | None:
        """The date of the strikes around: in the same direction of fire first, the nearest one before first."""
        at = record.first.scene.sentence.number
        told = [
            _lender(record, other.attacker, at, other.first.scene.sentence.number, other.when)
            for other in self.records
            if other is not record and _can_lend(other)
        ]
        told += [
            _lender(record, frame.attacker or record.attacker, at, frame.scene.sentence.number, frame.when)
            for frame in self.summaries
            if _can_lend(frame)
        ]
        return min(told, key=lambda item: item[:3])[3] if told else None


def _is_newer(summary: Frame, record: Record | None) -> bool:
    return record is None or summary.scene.sentence.number > record.frames[-1].scene.sentence.number


def _follows(frame: Frame, summary: Frame) -> bool:
    """Whether the sentence goes on with what a sentence without a place began: "Nineteen of them were shot down"."""
    same = frame.scene.sentence.paragraph == summary.scene.sentence.paragraph
    return same and not (frame.attacker and summary.attacker and frame.attacker != summary.attacker)


def _can_lend(told: Record | Frame) -> bool:
    """Whether a date is told for it that says something of other strikes too."""
    return told.own_date and not told.earlier and not _is_open(told.when)


def _lender(record: Record, attacker: str, at: int, number: int, when: When) -> tuple[bool, bool, int, When]:
    """A date that may be lent, in order of preference: same direction, told before, near; across directions, early."""
    other_way = attacker != record.attacker
    return other_way, number > at, number if other_way else abs(at - number), when


# --- what a sentence says ---------------------------------------------------------------------------------------------


def _nearest_names(struck: list[Mention], scene: Scene, finder: NameFinder) -> list[Mention]:
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
        kept.append(mention)
    return kept


def _is_explained(mention: Mention, following: Mention, scene: Scene) -> bool:
    end = mention.target_cue.last if mention.facility and mention.target_cue else mention.last
    between = range(end + 1, following.first)
    stops = any(cue.first in between for cue in scene.sentence.of("strike", "effect", "intercept", "speech"))
    beside = not between and mention.kind == "district"
    return beside or (len(between) <= 6 and not stops and not following.is_area and following.preposition == "at")


def _placeless_governor(scene: Scene) -> Cue | None:
    """The event that a sentence without a struck place tells of."""
    events = [cue for cue in scene.events if cue.value not in ("debris", "halt", "listed")]
    rank = {"strike": 0, "effect": 1, "launch": 2, "intercept": 3}
    launches = [cue for cue in scene.sentence.of("launch") if cue.value == "out" and scene.has_weapon]
    real = [cue for cue in launches if not scene.unreal(cue)]
    return min([*events, *real], key=lambda cue: rank[cue.kind], default=None)


def _is_governed(mention: Mention, scene: Scene) -> bool:
    """Whether the sentence quotes the governor of the place: what is hit is hit there."""
    stems = tuple(scene.lexicon.words("governor_stems"))
    tokens = scene.sentence.tokens
    near = [
        c for c in scene.sentence.of("speaker") if -3 <= c.first - mention.last <= 3 or 0 < mention.first - c.last <= 4
    ]
    return any(tokens[cue.first].lower.startswith(stems) for cue in near)


def _role_of(governor: Cue) -> str:
    return "intercepted" if governor.kind == "intercept" and governor.value == "intercept" else "struck"


def _is_said(expression: DateExpression, scene: Scene) -> bool:
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


def _happened(expression: DateExpression, scene: Scene) -> bool:
    """Whether the words say that it happened then: "the attack, which took place early on Tuesday"."""
    return any(0 <= expression.start - cue.end <= 12 for cue in scene.sentence.of("happen"))


def _with_night(when: When, told: list[tuple[DateExpression, When]]) -> When:
    """The night that a day told beside it continues: "in the night to Friday and on Friday morning"."""
    nights = [other for _, other in told if other.precision == "night" and other.day == when.day]
    return nights[0] if nights and when.precision == "day" else when


def _clause_at(scene: Scene, offset: int) -> int:
    tokens = scene.sentence.tokens
    return next((scene.clauses[i] for i, token in enumerate(tokens) if token.end > offset), scene.clauses[-1])


def _distance(expression: DateExpression, governor: Cue) -> int:
    return min(abs(expression.start - governor.end), abs(governor.start - expression.end))


def _several_days(scene: Scene, dates: list[tuple[DateExpression, When]]) -> list[tuple[DateExpression, When]]:
    """Dates of a sentence that are days of their own, where there are several: one strike each."""
    days = [
        pair
        for pair in dates
        if pair[1].start and pair[1].precision in ("day", "night") and not _is_said(pair[0], scene)
    ]
    distinct: list[tuple[DateExpression, When]] = []
    for pair in days:
        if not any(_same_time(pair[1], other[1]) for other in distinct):
            distinct.append(pair)
    return distinct if len(distinct) > 1 else []


def _target(scene: Scene, mention: Mention | None, governor: Cue) -> str:
    if mention is not None and mention.target and mention.target != "city":
        return mention.target
    clause = scene.clause_of(governor)
    targets = scene.sentence.of("target")
    same = [cue for cue in targets if scene.clause_of(cue) == clause] or targets
    if same:
        return min(same, key=lambda cue: abs(cue.first - governor.first)).value
    return "city" if any(cue.value == "casualty" for cue in scene.sentence.of("effect")) else ""


def _further_targets(mention: Mention, frame: Frame) -> list[str]:
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


def _weapon(scene: Scene, governor: Cue, near: DateExpression | None) -> str:
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


def _attacker(scene: Scene, governor: Cue) -> str:
    """The country that the sentence names as the one who strikes."""
    clause = scene.clause_of(governor)
    cues = scene.sentence.of("nationality", "country", "capital", "side")
    claims = [cue for cue in scene.sentence.of("speech") if cue.value == "claim" and cue.last > cue.first]
    if claims:
        before = [cue for cue in cues if cue.last < claims[0].first]
        return before[-1].value if before else ""
    ordered = sorted(cues, key=lambda cue: (scene.clause_of(cue) != clause, abs(cue.first - governor.first)))
    for cue in ordered:
        if _is_agent(cue, scene, governor):
            return cue.value
    return ""


def _is_agent(cue: Cue, scene: Scene, governor: Cue) -> bool:
    """Whether a country word tells who strikes: "Ukrainian drones", "Russia launched", "work of the SBU"."""
    tokens, sentence = scene.sentence.tokens, scene.sentence
    if any(0 < cue.first - c.last <= 3 for c in sentence.of("unreal") if c.value == "reason"):
        return False
    if _attributes_weapon(cue, scene):
        return True
    if governor.kind == "intercept" and not any(c.value == "own" for c in sentence.of("intercept")):
        return False
    verbs = [c for c in sentence.of("strike") if c.value != "noun" and scene.clause_of(c) == scene.clause_of(governor)]
    if any(_is_doer(cue, scene, verb) for verb in [governor, *verbs]):
        return True
    agents = scene.lexicon.words("agent_words")
    before = [tokens[at].lower for at in range(max(cue.first - 3, 0), cue.first)]
    by = any(word in agents for word in before)
    did = sentence.of("strike", "weapon", "deed")
    forces = cue.kind in ("side", "country", "nationality")
    if forces and any(0 <= cue.first - c.last <= 5 for c in sentence.of("deed")):
        return True
    if cue.kind == "side" and any(0 < c.first - cue.last <= 3 for c in sentence.of("deed")):
        return True
    return by and forces and any(0 < cue.first - c.last <= 5 for c in did)


def _attributes_weapon(cue: Cue, scene: Scene) -> bool:
    """Whether the word stands before a weapon or a strike as its attribute: "Russian missile attack", "Kyiv's raid"."""
    tokens = scene.sentence.tokens
    possessive = _is_possessive(tokens[cue.last].text)
    if cue.kind != "nationality" and not possessive:
        return False
    at = cue.last + 1
    behind = [
        c
        for c in scene.sentence.cues
        if at <= c.first <= at + 2 and c.kind in ("weapon", "strike", "target", "place_type", "speaker", "intercept")
    ]
    if not behind:
        return False
    first = min(behind, key=lambda c: c.first)
    if any(
        tokens[i].text in ",;:" or tokens[i].lower in scene.lexicon.words("at_words") for i in range(at, first.first)
    ):
        return False
    return first.kind == "weapon" or (first.kind == "strike" and first.value == "noun")


def _is_possessive(word: str) -> bool:
    return word.endswith(("'s", "’s", "s'", "s’"))


def _is_doer(cue: Cue, scene: Scene, governor: Cue) -> bool:
    """Whether the word is the subject of the strike: before the verb, with no other name or preposition between."""
    tokens = scene.sentence.tokens
    if cue.last >= governor.first or governor.first - cue.last > 10:
        return False
    if cue.first and tokens[cue.first - 1].lower in scene.lexicon.words("at_words") | scene.lexicon.words("to_words"):
        return False
    if governor.kind == "strike" and governor.value == "noun" and cue.kind == "nationality":
        return False
    between = range(cue.last + 1, governor.first)
    if any(c.first in between for c in scene.sentence.of("country", "capital", "intercept")):
        return False
    said = [c for c in scene.sentence.of("speech") if c.first in between]
    if said:
        own = scene.lexicon.words("pronouns")
        return any(tokens[at].lower in own for at in range(said[-1].last + 1, min(said[-1].last + 5, governor.first)))
    if cue.kind == "nationality":
        troops = [c for c in scene.sentence.of("speaker", "weapon", "target") if 0 < c.first - cue.last <= 2]
        return any(c.value in ("military", "troops") or c.kind == "weapon" for c in troops)
    if _is_possessive(tokens[cue.last].text):
        return any(c.first in between and c.value == "military" for c in scene.sentence.of("speaker"))
    return _is_active(scene, cue, governor)


def _is_active(scene: Scene, cue: Cue, governor: Cue) -> bool:
    """Whether the verb is the doer's: not "Ukraine was hit" and not "hit in Ukraine"."""
    between = [scene.sentence.tokens[at].lower for at in range(cue.last + 1, governor.first)]
    passive = scene.lexicon.words("passive_words")
    return governor.kind in ("strike", "launch", "effect", "intercept") and not any(word in passive for word in between)


# --- comparing --------------------------------------------------------------------------------------------------------


def _country_of(mention: Mention | None) -> str:
    if mention is None:
        return ""
    if mention.place is not None:
        return mention.place.country
    if mention.resolved is not None and mention.resolved.candidates and mention.container is None:
        return mention.resolved.candidates[0].place.country
    if mention.container is not None:
        return _country_of(mention.container)
    return mention.country


def _admin1(mention: Mention | None) -> str:
    return mention.place.admin1 if mention is not None and mention.place is not None else ""


def _same_place(left: Mention, right: Mention) -> bool:
    if left.place is not None and right.place is not None:
        return left.place.id == right.place.id
    return left.text.casefold() == right.text.casefold()


def _same_time(left: When, right: When) -> bool:
    """Whether two intervals touch; one that is not known touches all."""
    if _is_unknown(left) or _is_unknown(right):
        return True
    starts_before = left.start is None or right.end is None or left.start <= right.end
    ends_after = left.end is None or right.start is None or left.end >= right.start
    return starts_before and ends_after


def _is_unknown(when: When) -> bool:
    return when.start is None and when.end is None


def _is_open(when: When) -> bool:
    """Whether it is so wide that it says nothing of other strikes."""
    return when.start is None and when.end is not None


def _same_target(frame: Frame, record: Record) -> bool:
    """Whether what was hit can be one thing: two named kinds of facility of one area are two."""
    if frame.mention is None or not frame.mention.is_area:
        return True
    if not frame.target or not record.target or frame.target == record.target:
        return True
    return frame.target in _VAGUE_TARGETS or record.target in _VAGUE_TARGETS


def _fill(record: Record, frame: Frame, *, place_known: bool = False) -> None:
    """Add to a record what another sentence says of it."""
    record.frames.append(frame)
    record.weapon = record.weapon or frame.weapon
    if not record.attacker and frame.attacker:
        record.attacker, record.basis = frame.attacker, "reported"
    if frame.target and (not record.target or (record.target in _VAGUE_TARGETS and frame.target in FACILITIES)):
        record.target = frame.target
    if frame.date_strength > record.date_strength and not (place_known and _is_open(frame.when)):
        record.when, record.own_date, record.date_strength = frame.when, True, frame.date_strength
    if frame.role == "struck" and record.role == "intercepted" and not place_known:
        record.role = "struck"


def _lend(record: Record, frame: Frame) -> None:
    """Let a sentence that sums up the strikes of its paragraph lend what the strike lacks."""
    record.frames.append(frame)
    record.weapon = record.weapon or frame.weapon
    if frame.attacker and record.basis != "reported":
        record.attacker, record.basis = frame.attacker, "reported"
    if frame.own_date and not record.own_date and not record.earlier:
        record.when, record.own_date = frame.when, True


def _struck_copy(mention: Mention, governor: Cue) -> Mention:
    return replace(mention, role="struck", governor=governor)


def _is_plural(scene: Scene, cue: Cue) -> bool:
    return scene.sentence.tokens[cue.last].lower.endswith("s")


def _is_concrete(frame: Frame) -> bool:
    """Whether a frame without a place tells of one strike: with its weapon or its target, and its attacker."""
    deed = frame.governor.kind in ("launch", "intercept") or frame.governor.value == "verb"
    return (
        deed
        and frame.attacker in _conflicts()[0]
        and bool(frame.attacker)
        and bool(frame.weapon or frame.target)
        and not frame.earlier
    )


def _is_near(frame: Frame, record: Record) -> bool:
    return frame.scene.sentence.paragraph == record.first.scene.sentence.paragraph


def _victim(frame: Frame) -> str:
    """The country that a frame without a place says was struck."""
    cues = frame.scene.sentence.of("country", "nationality")
    return next((cue.value for cue in cues if cue.value != frame.attacker), "")


def _without_containers(records: list[Record]) -> list[Record]:
    """Without regions that are only the frame of nearer places told with them."""
    kept = []
    for record in records:
        inner = [other for other in records if other is not record and _is_within(other, record)]
        for other in inner:
            other.frames += record.frames
        if not inner:
            kept.append(record)
    return kept


def _is_within(inner: Record, outer: Record) -> bool:
    if inner.mention is None or outer.mention is None or not outer.mention.is_region or inner.mention.is_region:
        return False
    if inner.role != outer.role or (inner.attacker and outer.attacker and inner.attacker != outer.attacker):
        return False
    place, area = inner.mention.place, outer.mention.place
    if area is None or not _same_time(inner.when, outer.when):
        return False
    if place is not None:
        return place.admin1 == area.admin1
    return inner.mention.container is not None and inner.mention.container.text == outer.mention.text


def _without_doubles(records: list[Record]) -> list[Record]:
    """Without records that turned out to be one: the same place, and dates that touch once all are known."""
    kept: list[Record] = []
    for record in records:
        twin = next((other for other in kept if _is_twin(record, other)), None)
        if twin is None:
            kept.append(record)
        else:
            for frame in record.frames:
                _fill(twin, frame)
    return kept


def _is_twin(left: Record, right: Record) -> bool:
    if left.mention is None or right.mention is None or not _same_place(left.mention, right.mention):
        return False
    alike = not left.attacker or not right.attacker or left.attacker == right.attacker
    return (
        alike
        and _same_time(left.when, right.when)
        and left.earlier == right.earlier
        and _same_target(left.first, right)
    )


# --- who strikes whom -------------------------------------------------------------------------------------------------


_ISO = {"UA": "UKR"}


@cache
def _conflicts() -> tuple[dict[str, list[str]], dict[str, str]]:
    text = (resources.files("geostrike.reading") / "conflicts.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    against: dict[str, list[str]] = {}
    for left, right in data["pairs"]:
        against.setdefault(left, []).append(right)
        against.setdefault(right, []).append(left)
    return against, dict(data["held"])


def _owners(held: dict[str, str]) -> set[str]:
    """The countries that own the regions held by another."""
    return {_ISO[code.partition("-")[0]] for code in held}


def opponent(country: str, admin1: str, sides: dict[str, int]) -> str:
    """The country that strikes a place of `country`: its opponent, of several the one the text speaks of most.

    Examples
    --------
    >>> opponent("RUS", "RU-KDA", {}), opponent("UKR", "UA-43", {}), opponent("FRA", "", {})
    ('UKR', 'UKR', '')
    """
    against, held = _conflicts()
    if admin1 in held:
        return country
    enemies = against.get(country, [])
    spoken = [enemy for enemy in enemies if sides.get(enemy)]
    if len(enemies) == 1:
        return enemies[0]
    return max(spoken, key=lambda enemy: sides[enemy], default="")
