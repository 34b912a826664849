"""Assemble records: each sentence yields frames, and the frames of a text about one strike make one record.

A frame is what one sentence reports of one strike: place, date, target, weapon, attacker. A frame without a place
either refers to the previous strike ("the attack took place early on Tuesday") or summarises the following ones
("drones hit two regions overnight"). A summary shares its date and attacker with other records; it becomes a record
only if the text names no place for that direction of fire.

The date of a frame is the expression in its own clause, else one elsewhere in the sentence, else, unless the sentence
is about an earlier time, the date of the last strike before it in the same direction of fire, or of the first one of
the text.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from geostrike.reading.mentions.mention import FACILITIES, Mention
from geostrike.reading.mentions.roles import HIT_ROLES, quotes_governor
from geostrike.reading.records.attackers import find_attacker
from geostrike.reading.records.conflicts import is_at_war, opponent
from geostrike.reading.records.duplicates import merge_containers, merge_duplicates
from geostrike.reading.records.frames import (
    characters_between,
    clause_at,
    counts_days,
    distinct_days,
    find_target,
    find_weapon,
    further_targets,
    is_date_of_end,
    is_date_of_event,
    is_date_of_speech,
    is_earlier,
    is_whole_sentence,
    placeless_governor,
    role_of,
    select_names,
    with_night,
    year_heading,
)
from geostrike.reading.records.index import PlaceIndex
from geostrike.reading.records.news import MainNews, is_digest
from geostrike.reading.records.record import (
    Frame,
    Record,
    add_frame,
    adjust_early_hours,
    adjust_outcomes,
    adjust_plants,
    admin1_of,
    country_of,
    inherit,
    is_open,
    same_place,
    same_target,
    same_time,
)
from geostrike.reading.records.sharing import RecordsByParagraph, RecordsWithoutWeapon, SharedDates, SharedWeapons
from geostrike.reading.text.dates import find_dates
from geostrike.reading.text.intervals import DAY, OPEN, DateExpression, When

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from geostrike.reading.mentions.names import NameFinder
    from geostrike.reading.text.lexicon import Cue
    from geostrike.reading.text.scenes import Scene

__all__ = ["assemble_records"]

# The most sentences between a strike and an unattached date.
UNATTACHED_REACH = 3
# The most days between the events of a report and its publication.
NEWS_DAYS = 3
# How closely a sentence ties a date to an event, weakest first.
UNDATED, IN_SENTENCE, IN_CLAUSE, HAPPENED = range(4)


def assemble_records(
    scenes: Iterable[Scene], finder: NameFinder, *, published: dt.date | None, sides: dict[str, int]
) -> list[Record]:
    """Assemble the records of a text from its sentences, whose mentions have their roles."""
    builder = _RecordBuilder(finder, published, sides)
    for scene in scenes:
        builder.add(scene)
    return builder.build()


class _RecordBuilder:
    """Takes the sentences in order and builds records from them."""

    def __init__(self, finder: NameFinder, published: dt.date | None, sides: dict[str, int]) -> None:
        self.finder, self.lexicon, self.published, self.sides = finder, finder.lexicon, published, sides
        # The last name of each kind of target.
        self.named: dict[str, Mention] = {}
        self.records: list[Record] = []
        self.places = PlaceIndex()
        self.summaries: list[Frame] = []
        self.reference: dt.date | None = None
        self.night: dt.date | None = None
        self.last_region: Mention | None = None
        self.last_struck: Record | None = None
        self.topic: Mention | None = None
        self.news = MainNews()
        # The date of the headline or the first paragraph, which holds for the main news.
        self.lead_date: When | None = None
        # The day of the last heading that is only a date: "MONDAY."
        self.heading: When | None = None
        # The last heading that is only a year.
        self.year: int | None = None
        # The last day of the period that the opening states: "1-7 September 2025".
        self.period_end: dt.date | None = None
        # Dates of sentences that report no strike: "Loud night.", "the governor said on Thursday".
        self.unattached: list[tuple[int, When]] = []

    def add(self, scene: Scene) -> None:
        """Add a sentence."""
        self.news.add(scene)
        for mention in scene.mentions:
            self._set_container(mention)
        self.topic = _topic(scene) or (self.topic if _is_same_paragraph(self.topic, scene) else None)
        for frame in self._frames(scene):
            if frame.mention is None:
                self._add_placeless(frame)
            else:
                self._add_to_records(frame, frame.mention)
        self._remember_region(scene)

    def _set_container(self, mention: Mention) -> None:
        """Locate a struck place without candidates in the last mentioned region."""
        unknown = mention.form == "place" and mention.place is None and mention.container is None
        unknown = unknown and not (mention.candidates and mention.facility)
        region = self.last_region
        elsewhere = [c for c in mention.candidates if c.match != "stray alternate"]
        if elsewhere and region is not None and region.place is not None:
            unknown = unknown and any(c.place.admin1 == region.place.admin1 for c in elsewhere)
        if unknown and mention.role in HIT_ROLES and region is not None and not mention.is_area:
            near = mention.sentence.paragraph - region.sentence.paragraph <= 1
            mention.container = region if near else None

    def build(self) -> list[Record]:
        """Return the records, completed by what they share."""
        self._apply_summaries()
        for record in self.records:
            self._infer_attacker(record)
        dates = SharedDates(self.records, self.summaries, self._is_news)
        if self.published is not None and is_digest((r.when for r in self.records if r.own_date), self.published):
            self.news.is_retrospective = True
        for record in self.records:
            self._infer_date(record, dates)
        weapons = SharedWeapons(self.records, self.summaries)
        for record in self.records:
            if not record.weapon and not record.earlier:
                record.weapon = weapons.single(record)
                weapons.add(record)
        for record in self.records:
            adjust_early_hours(record)
        adjust_outcomes(self.records)
        adjust_plants(self.records, self.summaries, self.lexicon)
        return merge_duplicates(merge_containers(self.records))

    # --- one sentence

    def _frames(self, scene: Scene) -> list[Frame]:
        dates = self._dates(scene)
        self._keep_lead_date(scene, dates)
        struck = [mention for mention in scene.mentions if mention.role in HIT_ROLES]
        struck = select_names(struck, scene, self.finder)
        frames = [frame for mention in struck for frame in self._frames_of(mention, scene, dates)]
        if frames or scene.sentence.headline:
            return frames
        governor = placeless_governor(scene)
        if governor is None:
            self._keep_unattached(scene, dates)
            return []
        back = self._earlier_mention(scene, governor)
        if back is not None:
            return self._frames_of(back, scene, dates, governor)
        dated = self._date_of(scene, governor, None, dates)
        return [self._frame(scene, None, governor, dated, governor.kind)]

    def _dates(self, scene: Scene) -> list[tuple[DateExpression, When]]:
        found = []
        self.year, night = year_heading(scene) or self.year, self.night
        for expression in find_dates(scene.sentence, self.lexicon):
            if expression.start < scene.header_end:
                continue
            if expression.month is not None and expression.year is None and not expression.period:
                expression = replace(expression, year=self.year)  # noqa: PLW2901 - completed
            when = expression.resolve(self._anchor(expression), self.reference, night)
            self._note_heading(scene, expression, when)
            if not when.future:
                found.append((expression, when))
                is_of_event = not is_date_of_speech(expression, scene) or is_date_of_end(expression, scene)
                if when.start is not None and when.day is not None and is_of_event:
                    self.reference = when.day
                    self.night = when.day if when.precision == "night" else self.night
                    # "On 13 May in Azov, and the same night in Yeysk": the day in the sentence comes first.
                    night = when.day if when.precision == "night" else None
        return found

    def _anchor(self, expression: DateExpression) -> dt.date | None:
        """Return the day that a relative date counts from: a heading's day for a part of the day."""
        if self.heading is not None and expression.is_part:
            return self.heading.day
        return self.published or self.period_end

    def _note_heading(self, scene: Scene, expression: DateExpression, when: When) -> None:
        """Remember a date that is a heading, or the period in the opening."""
        if scene.sentence.number <= 1 and expression.last_day is not None and expression.year is not None:
            self.period_end = when.end
        elif is_whole_sentence(expression, scene) and when.precision in ("day", "night"):
            self.heading = when

    def _keep_lead_date(self, scene: Scene, dates: list[tuple[DateExpression, When]]) -> None:
        """Keep the first date of an event in the headline or the first paragraph, if it is news."""
        if self.lead_date is None and self.news.leads(scene) and (scene.sentence.headline or scene.reports_event):
            of_event = [w for e, w in dates if w.start is not None and not is_date_of_speech(e, scene)]
            self.lead_date = next((when for when in of_event if self._is_news(when)), None)

    def _keep_unattached(self, scene: Scene, dates: list[tuple[DateExpression, When]]) -> None:
        if counts_days(scene):
            return
        if not scene.sentence.of("setting", "unreal") or scene.sentence.of("speech"):
            # A full date that is that of the publication is a stamp.
            of_event = [when for e, when in dates if not (e.year is not None and when.day == self.published)]
            self.unattached += [(scene.sentence.number, when) for when in of_event if when.start is not None][:1]

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
        role = mention.role if governor is None else role_of(cue)
        several = distinct_days(scene, dates)
        if several and len([m for m in scene.mentions if m.role in HIT_ROLES]) <= 1:
            return [self._frame(scene, mention, cue, (when, IN_CLAUSE), role, e) for e, when in several]
        frame = self._frame(scene, mention, cue, self._date_of(scene, cue, mention, dates), role)
        return [frame, *(replace(frame, target=target) for target in further_targets(mention, frame))]

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
        country = country_of(mention)
        earlier = is_earlier(scene) and not own
        return Frame(
            scene,
            mention,
            role if role in HIT_ROLES else role_of(governor),
            governor,
            when,
            own,
            strength,
            earlier,
            find_target(scene, mention, governor),
            find_weapon(scene, governor, near),
            find_attacker(scene, governor),
            country,
        )

    def _date_of(
        self,
        scene: Scene,
        governor: Cue,
        mention: Mention | None,
        dates: list[tuple[DateExpression, When]],
    ) -> tuple[When, int]:
        """Return the date of an event, and how closely the sentence ties the two."""
        of_event = [pair for pair in dates if not is_date_of_speech(pair[0], scene)]
        clauses = {scene.clause_of(governor)}
        if mention is not None and mention.sentence is scene.sentence:
            clauses.add(mention.clause)
        nearest = mention.clause if mention is not None and mention.sentence is scene.sentence else -1
        own = [pair for pair in of_event if clause_at(scene, pair[0].start) == nearest]
        own = own or [pair for pair in of_event if clause_at(scene, pair[0].start) in clauses]
        if own or of_event:
            expression, when = min(own or of_event, key=lambda pair: characters_between(pair[0], governor))
            when = with_night(when, own or of_event)
            return when, HAPPENED if is_date_of_event(expression, scene) else IN_CLAUSE if own else IN_SENTENCE
        if self.heading is not None and not scene.sentence.of("history"):
            return self.heading, IN_SENTENCE
        # Only the date of the statement is known.
        return (dates[0][1] if dates else OPEN), UNDATED

    # --- references of sentences without a place name

    def _earlier_mention(self, scene: Scene, governor: Cue) -> Mention | None:
        """Return the earlier place that the sentence refers to: "the region", "its territory", "the bridge"."""
        back = self.lexicon.words("back_words")
        tokens = scene.sentence.tokens
        for cue in scene.sentence.of("place_type"):
            if _has_genitive(cue, scene):
                continue
            if cue.value in ("region", "settlement") and cue.first and tokens[cue.first - 1].lower in back:
                region = self._region_in(scene) or self.last_region
                if region is not None and not _is_plural(scene, cue):
                    return _struck_copy(region, governor)
        if self.topic is not None:
            return _struck_copy(self.topic, governor)
        governed = [m for m in scene.mentions if m.role == "descriptor" and quotes_governor(m, scene)]
        if governed:
            return _struck_copy(self._as_region(governed[-1]), governor)
        return self._earlier_facility(scene, back)

    def _earlier_facility(self, scene: Scene, back: frozenset[str]) -> Mention | None:
        tokens = scene.sentence.tokens
        for cue in scene.sentence.of("target"):
            refers_back = self.lexicon.settings.get("no_articles") or (
                cue.first and tokens[cue.first - 1].lower in back
            )
            if cue.value in FACILITIES and refers_back:
                named = self.named.get(cue.value)
                if named is not None:
                    return named
        return None

    def _region_in(self, scene: Scene) -> Mention | None:
        regions = [m for m in scene.mentions if m.form == "place" and m.role in ("descriptor", "context", "container")]
        return self._as_region(regions[-1]) if regions else None

    def _remember_region(self, scene: Scene) -> None:
        for mention in scene.mentions:
            if mention.form == "place" and mention.role != "dateline":
                self.named[mention.target] = mention
                if mention.is_region or (mention.role == "descriptor" and quotes_governor(mention, scene)):
                    self.last_region = self._as_region(mention)
                elif mention.role in HIT_ROLES and self._is_abroad(mention):
                    self.last_region = None

    def _is_abroad(self, mention: Mention) -> bool:
        """Whether the place is in another country than the last mentioned region."""
        region = self.last_region
        known = mention.place is not None and region is not None and region.place is not None
        return known and country_of(mention) != country_of(region)

    def _as_region(self, mention: Mention) -> Mention:
        """Return the region in a phrase such as "the governor of Smolensk"."""
        if mention.is_region:
            return mention
        return replace(mention, kind="region", resolution=self.finder.resolve(mention.text, "region"))

    def _add_placeless(self, frame: Frame) -> None:
        """Add a frame without a place to the previous strike, or keep it as a summary."""
        background = frame.earlier or is_open(frame.when)
        summary = self.summaries[-1] if self.summaries else None
        last = self.last_struck
        if summary is not None and _is_later(summary, last) and _follows(frame, summary):
            self.summaries.append(replace(frame, attacker=frame.attacker or summary.attacker))
        elif last is not None and not background and self._continues(frame, last):
            add_frame(last, frame, place_known=True)
        else:
            self.summaries.append(frame)

    def _continues(self, frame: Frame, last: Record) -> bool:
        sentence, previous = frame.scene.sentence, last.frames[-1].scene.sentence
        if sentence.paragraph > previous.paragraph + 1 or sentence.number - previous.number > 3:
            return False
        attacker = last.attacker or opponent(last.place_country, admin1_of(last.mention), self.sides)
        if frame.attacker and attacker and frame.attacker != attacker:
            return False
        if frame.attacker and not attacker and sentence.paragraph != previous.paragraph:
            return False
        if same_time(frame.when, last.when):
            return True
        closer = frame.date_strength > last.date_strength and frame.when.precision in ("day", "night")
        return closer or frame.date_strength < IN_CLAUSE

    # --- records

    def _add_to_records(self, frame: Frame, mention: Mention) -> None:
        for number in reversed(self.places.candidates(mention)):
            record = self.records[number]
            if self._is_same(frame, record):
                add_frame(record, frame)
                self.last_struck = record
                # A site may have replaced its town.
                self.places.add(number, record.mention or mention)
                return
        self.places.add(len(self.records), mention)
        self.records.append(Record.of(frame))
        self.last_struck = self.records[-1]

    def _is_same(self, frame: Frame, record: Record) -> bool:
        if record.mention is None or frame.mention is None or not same_place(frame.mention, record.mention):
            return False
        if frame.attacker and record.attacker and frame.attacker != record.attacker:
            return False
        if frame.own_date and record.own_date and not same_time(frame.when, record.when):
            return False
        if frame.earlier and not record.earlier:
            return False
        return frame.mention.is_region == record.mention.is_region and same_target(frame, record)

    def _apply_summaries(self) -> None:
        """Share what summaries know; make a summary a record if no record has its direction of fire."""
        near, unarmed = RecordsByParagraph(self.records), RecordsWithoutWeapon(self.records, self._direction)
        for frame in self.summaries:
            if frame.scene.sentence.headline:
                continue
            if frame.attacker and frame.governor.kind != "intercept" and not is_open(frame.when):
                for record in near.around(frame):
                    if self._direction(record) in ("", frame.attacker):
                        inherit(record, frame)
                        unarmed.update(record)
            unarmed.set_weapon(frame)
            if not unarmed.has(frame.attacker) and _is_concrete(frame):
                self._keep_placeless(frame)
                near.add(self.records[-1])
                unarmed.add(self.records[-1])

    def _direction(self, record: Record) -> str:
        """Return the attacker, from the text or the conflict."""
        return record.attacker or opponent(record.place_country, admin1_of(record.mention), self.sides)

    def _keep_placeless(self, frame: Frame) -> None:
        self.records.append(replace(Record.of(frame), mention=None, place_country=_struck_country(frame)))

    def _infer_attacker(self, record: Record) -> None:
        if record.attacker:
            return
        inferred = opponent(record.place_country, admin1_of(record.mention), self.sides)
        if inferred:
            record.attacker, record.basis = inferred, "inferred"

    def _infer_date(self, record: Record, dates: SharedDates) -> None:
        if record.own_date:
            return
        if record.earlier:
            # An earlier event without a day: some day before the publication.
            if self.published is not None:
                record.when = When(None, self.published, "vague", "")
            return
        at = record.first.scene.sentence.number
        first = dates.first_dated is None or dates.first_dated > at
        if self.lead_date is not None and record.when.start is None and first and self.news.includes(at):
            record.when = self.lead_date
            return
        nearest, unattached = dates.nearest(record.attacker, at), self._unattached_date(record)
        # The date of an event has priority over that of a statement.
        record.when = (
            unattached if unattached is not None and self._is_dated_later(at, nearest, dates) else nearest or unattached
        ) or record.when
        if record.when.start is None and record.when.end is None and self.published is not None:
            # The events of a report happened before its publication, its news on that day or the day before.
            inferred = not record.when.written and self.news.includes(at)
            start = self.published - DAY if inferred else None
            record.when = When(start, self.published, "vague", record.when.written, inferred=inferred)

    def _is_news(self, when: When) -> bool:
        """Whether a date is recent for the report: what follows a strike may be background."""
        return self.published is None or when.end is None or when.end >= self.published - NEWS_DAYS * DAY

    def _is_dated_later(self, at: int, nearest: When | None, dates: SharedDates) -> bool:
        """Whether the nearest date is only mentioned after the sentence, and is too old to be news."""
        before = dates.first_dated is not None and dates.first_dated < at
        if before or nearest is None or nearest.end is None or self.published is None:
            return False
        return (self.published - nearest.end).days > NEWS_DAYS

    def _unattached_date(self, record: Record) -> When | None:
        """Return the unattached date nearest to the strike."""
        if record.when.start is not None:
            return None
        at = record.first.scene.sentence.number
        first = bisect_left(self.unattached, at - UNATTACHED_REACH, key=lambda item: item[0])
        after = bisect_right(self.unattached, at + UNATTACHED_REACH, key=lambda item: item[0])
        near = [(abs(at - number), when) for number, when in self.unattached[first:after]]
        return min(near, key=lambda item: item[0])[1] if near else None


def _topic(scene: Scene) -> Mention | None:
    """Return a place that opens a paragraph as its topic: "Kryvyi Rih. ...", "Oryol: ..."."""
    places = [m for m in scene.mentions if m.form != "country" and m.role != "dateline"]
    if len(places) != 1 or places[0].first != 0:
        return None
    tokens = scene.sentence.tokens
    after = tokens[places[0].last + 1 :]
    return places[0] if after and after[0].text in ".:" and (after[0].text == ":" or len(after) == 1) else None


def _is_same_paragraph(topic: Mention | None, scene: Scene) -> bool:
    return topic is not None and topic.sentence.paragraph == scene.sentence.paragraph


def _has_genitive(cue: Cue, scene: Scene) -> bool:
    """Whether the word has a genitive attribute: "on the territory of an industrial zone"."""
    after = scene.sentence.tokens[cue.last + 1 : cue.last + 2]
    return bool(after) and after[0].lower in scene.lexicon.words("of_words")


def _is_later(summary: Frame, record: Record | None) -> bool:
    return record is None or summary.scene.sentence.number > record.frames[-1].scene.sentence.number


def _follows(frame: Frame, summary: Frame) -> bool:
    """Whether the sentence continues a summary: "Nineteen of them were shot down"."""
    same = frame.scene.sentence.paragraph == summary.scene.sentence.paragraph
    return same and not (frame.attacker and summary.attacker and frame.attacker != summary.attacker)


def _struck_copy(mention: Mention, governor: Cue) -> Mention:
    return replace(mention, role="struck", governor=governor)


def _is_plural(scene: Scene, cue: Cue) -> bool:
    return scene.sentence.tokens[cue.last].lower.endswith("s")


def _is_concrete(frame: Frame) -> bool:
    """Whether a frame without a place reports a specific raid: weapons launched, shot down or counted."""
    sent = frame.governor.kind in ("launch", "intercept") or (frame.governor.value == "verb" and _is_counted(frame))
    return sent and bool(frame.weapon) and is_at_war(frame.attacker) and not frame.earlier


def _is_counted(frame: Frame) -> bool:
    """Whether the sentence gives the number of weapons."""
    sentence = frame.scene.sentence
    numbers = {cue.last for cue in sentence.of("number")}
    return any(
        at in numbers or sentence.tokens[at].text.isdigit()
        for cue in sentence.of("weapon")
        for at in range(max(cue.first - 3, 0), cue.first)
    )


def _struck_country(frame: Frame) -> str:
    """Return the struck country of a frame without a place."""
    cues = frame.scene.sentence.of("country", "nationality")
    return next((cue.value for cue in cues if cue.value != frame.attacker), "")
