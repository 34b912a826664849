"""Frames and records, and the rules for when two of them are the same strike."""

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
    "add_frame",
    "adjust_early_hours",
    "adjust_outcomes",
    "adjust_plants",
    "admin1_of",
    "country_of",
    "inherit",
    "is_open",
    "same_place",
    "same_target",
    "same_time",
    "without_number",
]

# Targets too general to identify an object.
VAGUE_TARGETS = frozenset(("building", "troops", "residential", "city", "military site", "energy facilities", "plant"))


# Targets of a town that may refer to a named plant in it.
TOWN_TARGETS = frozenset(("city", "industrial site", "plant", "energy facilities", "military site"))

# Kinds of plant that a text may call just "the plant".
SPECIAL_PLANTS = frozenset(("refinery", "chemical plant", "power plant"))
NIGHT_WEAPONS = frozenset(("", "drone", "missile", "cruise missile", "ballistic missile", "drone and missile"))


_NUMBER = re.compile(r"-\d+$")


@dataclass(frozen=True)
class Frame:
    """What one sentence reports of one strike."""

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
    """What the text reports of one strike, assembled from its frames."""

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
        """Make a record from its first frame."""
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
        """The first frame."""
        return self.frames[0]


# --- comparing --------------------------------------------------------------------------------------------------------


def country_of(mention: Mention | None) -> str:
    """Return the country of the place, from its name or container; empty if unknown."""
    if mention is None:
        return ""
    if mention.place is not None:
        return mention.place.country
    if mention.resolution is not None and mention.candidates and mention.container is None:
        return mention.resolution.country
    if mention.container is not None:
        return country_of(mention.container)
    return mention.country


def admin1_of(mention: Mention | None) -> str:
    """Return the first-level region of the place (ISO 3166-2); empty if unknown."""
    return mention.place.admin1 if mention is not None and mention.place is not None else ""


def same_place(left: Mention, right: Mention) -> bool:
    """Whether two names refer to the same place."""
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
    """Whether the site is a facility named after the town: "Engels-2 air base" and "Engels"."""
    if site.place is None or town.place is None or (site.place.kind, town.place.kind) != ("facility", "settlement"):
        return False
    return site.place.admin1 == town.place.admin1 and _same_stem(without_number(site.text), town.text)


def without_number(name: str) -> str:
    """Return the name of a site without its number: "Engels" for "Engels-2"."""
    return _NUMBER.sub("", name)


def _same_stem(left: str, right: str) -> bool:
    """Whether two words may be inflections of one: "Саратовський", "Саратовському"."""
    length = max(min(len(left), len(right)) - 2, 5)
    return left[:length].casefold() == right[:length].casefold()


def same_time(left: When, right: When) -> bool:
    """Whether two intervals overlap; an unknown one overlaps all."""
    if _is_unknown(left) or _is_unknown(right):
        return True
    starts_before = left.start is None or right.end is None or left.start <= right.end
    ends_after = left.end is None or right.start is None or left.end >= right.start
    return starts_before and ends_after


def _is_unknown(when: When) -> bool:
    return when.start is None and when.end is None


def is_open(when: When) -> bool:
    """Whether the interval has an end but no start, and so says nothing about other strikes."""
    return when.start is None and when.end is not None


def same_target(frame: Frame, record: Record) -> bool:
    """Whether the targets can be the same object: two kinds of facility in one area are separate."""
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


def add_frame(record: Record, frame: Frame, *, place_known: bool = False) -> None:
    """Add what another sentence reports to a record."""
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
    """Whether a target is more specific than the previous one."""
    if not new or not old:
        return bool(new)
    return (old in VAGUE_TARGETS and new in FACILITIES and new not in VAGUE_TARGETS) or (
        old == "city" and new != "city"
    )


def inherit(record: Record, frame: Frame) -> None:
    """Fill what a record lacks from a sentence that summarises the strikes of its paragraph."""
    record.frames.append(frame)
    record.weapon = record.weapon or frame.weapon
    if frame.attacker and record.basis != "reported":
        record.attacker, record.basis = frame.attacker, "reported"
    if frame.own_date and not record.own_date and not record.earlier:
        record.when, record.own_date = frame.when, True


def adjust_early_hours(record: Record) -> None:
    """Resolve "early on Friday": the night for drones and missiles, the day for other weapons."""
    if record.when.early and record.weapon not in NIGHT_WEAPONS and record.when.end is not None:
        record.when = record.when._replace(start=record.when.end, precision="day")


def adjust_outcomes(records: list[Record]) -> None:
    """Apply "all were shot down" to the strikes just before it, unless damage is reported."""
    down = {id(f.scene) for record in records for f in record.frames if f.scene.interception_of_all is not None}
    # The sentences that share a strike with one that says that all were shot down.
    together = {
        id(frame.scene)
        for record in records
        if any(id(other.scene) in down for other in record.frames)
        for frame in record.frames
    }
    for record in records:
        scenes = [frame.scene for frame in record.frames]
        intercepted = any(id(scene) in together for scene in scenes)
        if record.role == "struck" and intercepted and not any(scene.reports_damage for scene in scenes):
            record.role = "intercepted"
            for mention in (record.mention, *(frame.mention for frame in record.frames)):
                if mention is not None and mention.role == "struck":
                    mention.role = "intercepted"


def adjust_plants(records: list[Record], summaries: list[Frame], lexicon: Lexicon) -> None:
    """Specify "the plant at Syzran" as a refinery or the like, if the text has only one such kind of plant."""
    scenes = [frame.scene for record in records for frame in record.frames] + [frame.scene for frame in summaries]
    kinds = {cue.value for scene in scenes for cue in scene.sentence.of("target")} & SPECIAL_PLANTS
    if len(kinds) != 1:
        return
    kind = next(iter(kinds))
    for record in records:
        if record.target == "plant" and _is_bare(record, lexicon):
            record.target = kind


def _is_bare(record: Record, lexicon: Lexicon) -> bool:
    """Whether the word for the plant is unqualified: not "a battery plant"."""
    small = lexicon.words("articles") | lexicon.words("back_words") | lexicon.words("at_words")
    for frame in record.frames:
        sentence = frame.scene.sentence
        firms = {cue.last for cue in sentence.of("organisation")}
        for cue in sentence.of("target"):
            before = sentence.tokens[cue.first - 1].lower if cue.first else ""
            if cue.value == "plant" and cue.first == cue.last and (before in small or cue.first - 1 in firms):
                return True
    return False
