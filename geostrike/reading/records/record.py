"""Frames and records: what one sentence says of a strike, what the text says of it, and when two of them are one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geostrike.reading.mentions.mention import FACILITIES

if TYPE_CHECKING:
    from geostrike.reading.mentions.mention import Mention
    from geostrike.reading.text.intervals import When
    from geostrike.reading.text.lexicon import Cue, Lexicon
    from geostrike.reading.text.scenes import Scene

__all__ = [
    "VAGUE_TARGETS",
    "Frame",
    "Record",
    "admin1_of",
    "country_of",
    "fill",
    "is_open",
    "lend",
    "same_place",
    "same_target",
    "same_time",
    "settle_hour",
    "settle_outcome",
    "settle_topic",
    "without_number",
]

# Target words too general to tell which thing is meant.
VAGUE_TARGETS = frozenset(("building", "troops", "residential", "city", "military site", "energy facilities", "plant"))


# What a text may say of a town and mean a plant in it that it has named.
TOWN_TARGETS = frozenset(("city", "industrial site", "plant", "energy facilities", "military site"))

# Kinds of plant that a text may call "the plant".
SPECIAL_PLANTS = frozenset(("refinery", "chemical plant", "power plant"))
NIGHT_WEAPONS = frozenset(("", "drone", "missile", "cruise missile", "ballistic missile", "drone and missile"))


_NUMBER = re.compile(r"-\d+$")


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

    @classmethod
    def of(cls, frame: Frame) -> Record:
        """What one frame tells."""
        return cls(
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

    @property
    def first(self) -> Frame:
        """The frame that tells it first."""
        return self.frames[0]


# --- comparing --------------------------------------------------------------------------------------------------------


def country_of(mention: Mention | None) -> str:
    """The country of the place, as far as the name or what contains it tells; empty where unknown."""
    if mention is None:
        return ""
    if mention.place is not None:
        return mention.place.country
    if mention.resolved is not None and mention.resolved.candidates and mention.container is None:
        return mention.resolved.country
    if mention.container is not None:
        return country_of(mention.container)
    return mention.country


def admin1_of(mention: Mention | None) -> str:
    """The first-level region of the place, ISO 3166-2; empty where unknown."""
    return mention.place.admin1 if mention is not None and mention.place is not None else ""


def same_place(left: Mention, right: Mention) -> bool:
    """Whether two names mean one place."""
    if left.place is not None and right.place is not None and left.place.id == right.place.id:
        return True
    if left.facility and right.facility and left.target == right.target and _same_stem(left.text, right.text):
        return True
    if left.place is not None and right.place is not None:
        return is_site_of(left, right) or is_site_of(right, left)
    longer, shorter = sorted((left.text.casefold(), right.text.casefold()), key=len, reverse=True)
    # "Stadt Pokrowsk" and "Pokrowsk"
    return longer == shorter or longer.endswith(f" {shorter}")


def is_site_of(site: Mention, town: Mention) -> bool:
    """Whether the one is a facility that bears the name of the other, a town: "Engels-2 air base" and "Engels"."""
    if site.place is None or town.place is None or (site.place.kind, town.place.kind) != ("facility", "settlement"):
        return False
    return site.place.admin1 == town.place.admin1 and _same_stem(without_number(site.text), town.text)


def without_number(name: str) -> str:
    """The name of a site without its number: "Engels" for "Engels-2"."""
    return _NUMBER.sub("", name)


def _same_stem(left: str, right: str) -> bool:
    """Whether two words may be two cases of one: "Саратовський", "Саратовському"."""
    length = max(min(len(left), len(right)) - 2, 5)
    return left[:length].casefold() == right[:length].casefold()


def same_time(left: When, right: When) -> bool:
    """Whether two intervals touch; one that is not known touches all."""
    if _is_unknown(left) or _is_unknown(right):
        return True
    starts_before = left.start is None or right.end is None or left.start <= right.end
    ends_after = left.end is None or right.start is None or left.end >= right.start
    return starts_before and ends_after


def _is_unknown(when: When) -> bool:
    return when.start is None and when.end is None


def is_open(when: When) -> bool:
    """Whether it is so wide that it says nothing of other strikes."""
    return when.start is None and when.end is not None


def same_target(frame: Frame, record: Record) -> bool:
    """Whether what was hit can be one thing: two named kinds of facility of one area are two, a home is no plant."""
    own, other = frame.mention, record.mention
    if own is not None and other is not None and is_site_of(other, own):
        return frame.target in ("", record.target) or frame.target in TOWN_TARGETS
    if own is not None and other is not None and is_site_of(own, other):
        return record.target in ("", frame.target) or record.target in TOWN_TARGETS
    if own is None or not own.is_area:
        return True
    if not frame.target or not record.target or frame.target == record.target:
        return True
    return frame.target in VAGUE_TARGETS or record.target in VAGUE_TARGETS


def fill(record: Record, frame: Frame, *, place_known: bool = False) -> None:
    """Add to a record what another sentence says of it."""
    record.frames.append(frame)
    if frame.mention is not None and record.mention is not None and is_site_of(frame.mention, record.mention):
        record.mention, record.target = frame.mention, frame.target
    record.weapon = record.weapon or frame.weapon
    if not record.attacker and frame.attacker:
        record.attacker, record.basis = frame.attacker, "reported"
    if _is_closer_target(frame.target, record.target):
        record.target = frame.target
    if frame.date_strength > record.date_strength and not (place_known and is_open(frame.when)):
        record.when, record.own_date, record.date_strength = frame.when, True, frame.date_strength
    if frame.role == "struck" and record.role == "intercepted" and not place_known:
        record.role = "struck"


def _is_closer_target(new: str, old: str) -> bool:
    """Whether a kind of target says more than the one told before."""
    if not new or not old:
        return bool(new)
    return (old in VAGUE_TARGETS and new in FACILITIES and new not in VAGUE_TARGETS) or (
        old == "city" and new != "city"
    )


def lend(record: Record, frame: Frame) -> None:
    """Let a sentence that sums up the strikes of its paragraph lend what the strike lacks."""
    record.frames.append(frame)
    record.weapon = record.weapon or frame.weapon
    if frame.attacker and record.basis != "reported":
        record.attacker, record.basis = frame.attacker, "reported"
    if frame.own_date and not record.own_date and not record.earlier:
        record.when, record.own_date = frame.when, True


def settle_hour(record: Record) -> None:
    """Let "early on Friday" mean the night for drones and missiles, which fly by night, and the day for all else."""
    if record.when.early and record.weapon not in NIGHT_WEAPONS and record.when.end is not None:
        record.when = record.when._replace(start=record.when.end, precision="day")


def settle_outcome(records: list[Record]) -> None:
    """Let "all were shot down" mean the strikes told just before, where no damage is told of them."""
    down = {id(f.scene) for record in records for f in record.frames if f.scene.all_shot_down is not None}
    # The sentences that tell of a strike of which one of those says that all was shot down.
    told_with = {
        id(frame.scene)
        for record in records
        if any(id(other.scene) in down for other in record.frames)
        for frame in record.frames
    }
    for record in records:
        scenes = [frame.scene for frame in record.frames]
        told = any(id(scene) in told_with for scene in scenes)
        if record.role == "struck" and told and not any(scene.harms for scene in scenes):
            record.role = "intercepted"
            for mention in (record.mention, *(frame.mention for frame in record.frames)):
                if mention is not None and mention.role == "struck":
                    mention.role = "intercepted"


def settle_topic(records: list[Record], summaries: list[Frame], lexicon: Lexicon) -> None:
    """Let "the plant at Syzran" be what the text is about, where it speaks of one special kind of plant only."""
    scenes = [frame.scene for record in records for frame in record.frames] + [frame.scene for frame in summaries]
    kinds = {cue.value for scene in scenes for cue in scene.sentence.of("target")} & SPECIAL_PLANTS
    if len(kinds) != 1:
        return
    kind = next(iter(kinds))
    for record in records:
        if record.target == "plant" and _is_bare(record, lexicon):
            record.target = kind


def _is_bare(record: Record, lexicon: Lexicon) -> bool:
    """Whether the word for the plant stands without a further word: not "a battery plant"."""
    small = lexicon.words("articles") | lexicon.words("back_words") | lexicon.words("at_words")
    for frame in record.frames:
        sentence = frame.scene.sentence
        firms = {cue.last for cue in sentence.of("organisation")}
        for cue in sentence.of("target"):
            before = sentence.tokens[cue.first - 1].lower if cue.first else ""
            if cue.value == "plant" and cue.first == cue.last and (before in small or cue.first - 1 in firms):
                return True
    return False
