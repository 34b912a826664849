"""Find place names in sentences: span, context and resolution.

A name is a run of capitalised words. Evidence makes it a place: an adjacent word such as "region" or "village of", a
preposition before it, a candidate in the gazetteer. Other evidence speaks against it: a first name or a title before
it, a list of firms and papers, a verb of speech after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geostrike.places.place import AREA_KINDS
from geostrike.reading.mentions.mention import FACILITIES, Mention

if TYPE_CHECKING:
    from geostrike.places import Candidate, Place, Resolution, Resolver
    from geostrike.reading.text.lexicon import Cue, Lexicon, Token
    from geostrike.reading.text.sentences import Sentence

__all__ = ["NameFinder"]

LONGEST_NAME = 4
LOOK_LEFT = 7
KNOWN_TOWN = 30_000
KNOWN_NEAR_HOME = 2_000
KNOWN_ABROAD = 100_000
_NOT_NAMES = frozenset(("organisation", "area", "nationality", "weekday", "month", "side", "homonym"))
_EVENTS = frozenset(("strike", "effect", "intercept"))
_OWN_NAMES = ("exact", "folded", "inflected", "romanised")
_PREPOSITIONS = ("at", "from", "to", "over", "between", "of")
_QUOTES = frozenset('"“”„«»')
_OPENING = frozenset("\"'«“„‘([—–-•*")


class NameFinder:
    """Finds the place names of one report.

    Parameters
    ----------
    lexicon
        The report's language.
    gazetteer
        Resolves names.
    """

    def __init__(self, lexicon: Lexicon, gazetteer: Resolver) -> None:
        self.lexicon, self.gazetteer = lexicon, gazetteer
        self.persons: set[str] = set()
        self.seen: set[str] = set()
        words = lexicon.words
        self._prepositions = {word: group for group in _PREPOSITIONS for word in words(f"{group}_words")}
        self._skip = words("name_skip")
        self._links, self._listing = words("name_links"), words("list_words")
        self._small_words = (
            frozenset(self._prepositions) | self._skip | self._listing | words("frequent") | words("back_words")
        )
        self._capitals_mark_names = bool(lexicon.settings.get("capitals_mark_names"))

    def find(self, sentence: Sentence) -> list[Mention]:
        """Find the place names of a sentence, in order, with their context."""
        tokens, cues = sentence.tokens, _by_first(sentence.cues)
        blocked = _covered([cue for cue in sentence.cues if not _is_start_of_name(cue, tokens)], _NOT_NAMES)
        mentions: list[Mention] = []
        index = 0
        while index < len(tokens):
            found = self._at(sentence, index, cues, blocked, mentions)
            if isinstance(found, Mention):
                mentions.append(found)
                index = found.last + 1
            else:
                index = max(index + 1, found)
        self._share_plural(mentions)
        for number, mention in enumerate(mentions):
            self._set_target(mention, mentions[number - 1] if number else None)
            self.seen.add(mention.text)
        self._share_facility(mentions)
        return mentions

    def resolve(self, name: str, kind: str = "") -> Resolution:
        """Resolve a name."""
        return self.gazetteer.resolve(name, kind=kind or None)

    def resolve_in(self, name: str, admin1: str) -> Place | None:
        """Return the place of that name in that region, if there is one."""
        return self.resolve_within(name, admin1).place

    def resolve_within(self, name: str, admin1: str) -> Resolution:
        """Resolve a name within a region."""
        return self.gazetteer.resolve(name, admin1=admin1 or None)

    # --- one place in the sentence

    def _at(
        self, sentence: Sentence, index: int, cues: dict[int, list[Cue]], blocked: set[int], before: list[Mention]
    ) -> Mention | int:
        """Return the mention that begins at the token, or else the token to continue with."""
        tokens = sentence.tokens
        here = {cue.kind: cue for cue in cues.get(index, [])}
        if tokens[index].text in _QUOTES and (named := self._quoted_site(sentence, index)) is not None:
            return named
        if "area" in here:
            mention = self._country_or_capital(sentence, here["area"])
            mention.form, mention.kind, mention.country = "place", "area", ""
            return mention
        if "country" in here or "capital" in here:
            cue = here.get("country") or here["capital"]
            if not self._is_part_of_name(tokens, cue.last):
                return self._country_or_capital(sentence, cue)
        if index in blocked or not _is_name_word(tokens[index]) or tokens[index].lower in self._small_words:
            return index + 1
        end = self._run_end(tokens, index, blocked)
        if self._is_person(sentence, index, end, here, cues):
            self.persons.update(token.lower for token in tokens[index : end + 1])
            return end + 1
        return self._longest_name(sentence, index, end, cues, before)

    def _quoted_site(self, sentence: Sentence, index: int) -> Mention | int | None:
        """Find a facility whose quoted name follows its type: "the depot «Steel Horse»"."""
        tokens = sentence.tokens
        if not any(cue.last == index - 1 and cue.value in FACILITIES for cue in sentence.of("target")):
            return None
        window = range(index + 2, min(index + LONGEST_NAME + 2, len(tokens)))
        end = next((at for at in window if tokens[at].text in _QUOTES), None)
        if end is None:
            return None
        cue = next(cue for cue in sentence.of("target") if cue.last == index - 1)
        mention = _mention(sentence, index + 1, end - 1, _text(sentence, index + 1, end - 1))
        mention.resolution = self.resolve(mention.text, "facility")
        place = mention.resolution.place
        if place is None or place.kind != "facility":
            return end
        mention.target, mention.target_cue, mention.preposition = cue.value, cue, self._preposition(sentence, cue.first)
        return mention

    def _is_part_of_name(self, tokens: list[Token], last: int) -> bool:
        """Whether a capital's name is part of a longer one: "Moscow region", "Kyiv Independent"."""
        if last + 1 >= len(tokens) or tokens[last].text.endswith(("'s", "’s")):
            return False
        return any(cue.kind == "place_type" for cue in self.lexicon.cues(tokens[last + 1 : last + 2]))

    def _country_or_capital(self, sentence: Sentence, cue: Cue) -> Mention:
        name = _strip_possessive(sentence, cue.start, cue.end)
        mention = _mention(sentence, cue.first, cue.last, name)
        mention.form, mention.country = cue.kind, cue.value
        if cue.kind == "capital":
            mention.resolution = self.resolve(mention.text)
        else:
            mention.kind = "country"
        mention.preposition = self._preposition(sentence, cue.first)
        return mention

    def _run_end(self, tokens: list[Token], index: int, blocked: set[int]) -> int:
        """Return the last token of the run of capitalised words from `index` on."""
        end = index
        while end + 1 < len(tokens) and end - index < LONGEST_NAME + 1:
            step = self._step(tokens, end, blocked)
            if step == end:
                break
            end = step
        return end

    def _step(self, tokens: list[Token], end: int, blocked: set[int]) -> int:
        following = tokens[end + 1]
        if tokens[end].text.endswith(("'s", "’s")):
            # "Sochi's Adler district" is two names
            return end
        if end + 1 not in blocked and _is_name_word(following):
            return end + 1
        linked = following.lower in self._links or (following.text == "." and tokens[end].lower in ("st", "mt", "ft"))
        if linked and end + 2 < len(tokens) and end + 2 not in blocked and _is_name_word(tokens[end + 2]):
            return end + 2
        return end

    def _is_person(
        self, sentence: Sentence, first: int, last: int, here: dict[str, Cue], cues: dict[int, list[Cue]]
    ) -> bool:
        tokens = sentence.tokens
        followed = {cue.kind for cue in cues.get(last + 1, [])}
        if "place_type" in followed:
            return False
        if tokens[first].lower in self.persons and first == last:
            return True
        goes_on = last + 1 < len(tokens) and _is_name_word(tokens[last + 1])
        if goes_on and "side" in followed:
            return True
        if "first_name" in here and (last > first or goes_on or "speech" in followed):
            return True
        titled = first > 0 and any(
            cue.last == first - 1 and cue.kind in ("speaker", "title") for cue in sentence.of("speaker", "title")
        )
        if titled and last > first:
            return True
        return titled and not self.resolve(_text(sentence, first, last)).candidates

    def _longest_name(
        self, sentence: Sentence, first: int, end: int, cues: dict[int, list[Cue]], before: list[Mention]
    ) -> Mention | int:
        """Return the longest prefix of the run that is a place name."""
        for last in range(end, first - 1, -1):
            if last - first >= LONGEST_NAME or not _is_name_word(sentence.tokens[last]):
                continue
            mention = self._candidate(sentence, first, last, end, cues, before)
            if mention is not None:
                return mention
        return first + 1

    def _candidate(
        self, sentence: Sentence, first: int, last: int, run_end: int, cues: dict[int, list[Cue]], before: list[Mention]
    ) -> Mention | None:
        text = _strip_possessive(sentence, sentence.tokens[first].start, sentence.tokens[last].end)
        if not text or _is_word_of_lexicon(cues, first, last):
            return None
        kind, type_last = self._type_next_to(sentence, first, last, cues, before)
        mention = _mention(sentence, first, type_last, text)
        plural = sentence.tokens[type_last].lower in self.lexicon.words("plural_types")
        if type_last > last and not plural:
            mention.end = sentence.tokens[type_last].end
            mention.text = sentence.quote(mention.start, mention.end)
        site = self._site_ahead(sentence, first, before)
        if site is not None:
            mention.target, mention.target_cue = site.value, site
        mention.kind = "facility" if site is not None else kind
        mention.preposition = self._preposition(sentence, first) or _inherited(mention, before, self._listing)
        mention.part = before[-1] if before and before[-1].last == first - 1 and before[-1].kind == "district" else None
        if kind in ("sea", "river"):
            mention.kind = "sea" if kind == "sea" else "area"
            return mention
        mention.resolution = self._resolve_as(mention.text, kind)
        if type_last > last > first and not mention.candidates and kind != "district":
            return None
        return mention if self._has_evidence(mention, first, last, run_end, before) else None

    # --- evidence

    def _type_next_to(
        self, sentence: Sentence, first: int, last: int, cues: dict[int, list[Cue]], before: list[Mention]
    ) -> tuple[str, int]:
        """Return the kind of place that an adjacent word gives, and the last token of name and word."""
        after = next((cue for cue in cues.get(last + 1, []) if cue.kind == "place_type"), None)
        if after is not None and after.value != "settlement":
            return after.value, after.last
        own = [cue for cue in cues.get(last, []) if cue.kind == "place_type"]
        if own and last > first:
            return own[0].value, last
        at = first - 1
        while at >= 0 and sentence.tokens[at].lower in self._prepositions_of_type:
            at -= 1
        taken = before[-1].last if before else -1
        ahead = [cue for cue in sentence.of("place_type") if cue.last == at and cue.first > taken]
        if ahead and first - at <= 3:
            return ahead[0].value, last
        located = any(cue.kind in ("target", "place_type") for cue in cues.get(last + 1, []))
        located = located or self._leads_to_site(sentence, last)
        if not located and self._is_adjective_of_region(sentence.tokens[last].lower, sentence):
            return "region", last
        listed = bool(before) and self._is_listed(sentence, before[-1].last, first)
        if listed and before[-1].preposition and not self._ends_in_type(before[-1]):
            return (before[-1].kind if before[-1].kind in ("region", "district", "settlement") else ""), last
        return "", last

    def _ends_in_type(self, mention: Mention) -> bool:
        """Whether the type word follows the name, and so belongs to it alone: "the Murmansk region, Ivanovo"."""
        return any(cue.last == mention.last for cue in mention.sentence.of("place_type"))

    def _is_adjective_of_region(self, word: str, sentence: Sentence) -> bool:
        """Whether the word shares the type word of a list: "Белгородской, Курской областями"."""
        endings = tuple(self.lexicon.words("region_endings"))
        return bool(endings) and word.endswith(endings) and any(c.value == "region" for c in sentence.of("place_type"))

    def _resolve_as(self, text: str, kind: str) -> Resolution:
        """Resolve a name as a place of the kind; complete a region's adjective with the word that the text omits."""
        found = self.resolve(text, kind if kind in ("region", "district") else "")
        word = str(self.lexicon.settings.get("region_word", ""))
        if kind == "region" and word and found.place is None:
            return self.resolve(word.format(text), "region")
        return found

    @property
    def _prepositions_of_type(self) -> frozenset[str]:
        return self.lexicon.words("of_words") | self._skip

    def _is_listed(self, sentence: Sentence, last: int, first: int) -> bool:
        """Whether only "and" or a comma separates two names."""
        between = sentence.tokens[last + 1 : first]
        return bool(between) and all(token.text == "," or token.lower in self._listing for token in between)

    def _has_evidence(self, mention: Mention, first: int, last: int, run_end: int, before: list[Mention]) -> bool:
        found = mention.candidates
        if not mention.kind and self._has_bare_article(mention, first):
            return False
        if self._is_known_site_name(mention) or mention.kind == "facility":
            return bool(found) or self._capitals_mark_names
        if mention.kind in ("region", "district", "settlement"):
            named = mention.kind == "settlement" and not self._ends_in_type(mention)
            return bool(found) or named or self._capitals_mark_names
        if not found:
            return self._is_unlisted_place(mention, first, last, run_end)
        if self._is_unlisted_place(mention, first, last, run_end) or self._is_event_place(
            mention, found[0], first, before
        ):
            return True
        return self._is_well_known(mention, found[0], first, last < run_end)

    def _is_known_site_name(self, mention: Mention) -> bool:
        """Whether the name and the word after it are a facility of the gazetteer: "Славянский НПЗ"."""
        after = [c for c in mention.sentence.of("target") if c.first == mention.last + 1 and c.value in FACILITIES]
        if not after:
            return False
        site = self.resolve(_text(mention.sentence, mention.first, after[0].last)).place
        return site is not None and site.kind == "facility"

    def _has_bare_article(self, mention: Mention, first: int) -> bool:
        """Whether a bare article precedes the name: "the Azov" is a ship."""
        tokens = mention.sentence.tokens
        if first == 0 or tokens[first - 1].lower not in self.lexicon.words("articles"):
            return False
        if self._leads_to_site(mention.sentence, mention.last):
            return False
        if mention.place is not None and mention.place.kind in AREA_KINDS:
            return False
        after = tokens[mention.last + 1] if mention.last + 1 < len(tokens) else None
        ends = after is None or after.text in ",.;:!?)" or after.lower in self._listing
        return ends or (after is not None and after.lower in self._prepositions)

    def _leads_to_site(self, sentence: Sentence, last: int) -> bool:
        """Whether a facility word follows the name or its list: "the Afipsky and Ilsky refineries"."""
        tokens, at = sentence.tokens, last + 1
        sites = {cue.first for cue in sentence.of("target") if cue.value in FACILITIES}
        while at < min(len(tokens), last + LOOK_LEFT):
            if at in sites:
                return True
            if not (tokens[at].text == "," or tokens[at].lower in self._listing or _is_name_word(tokens[at])):
                return False
            at += 1
        return False

    def _site_ahead(self, sentence: Sentence, first: int, before: list[Mention]) -> Cue | None:
        """Return the facility word before a colon and a list of names: "four refineries: Afipsky, Ilsky, ..."."""
        if sentence.tokens[first - 1].text == ":" and first:
            ahead = [c for c in sentence.of("target") if c.value in FACILITIES and 0 < first - c.last <= LOOK_LEFT]
            return ahead[-1] if ahead else None
        listed = bool(before) and before[-1].kind == "facility" and self._is_listed(sentence, before[-1].last, first)
        return before[-1].target_cue if listed and not before[-1].facility else None

    def _is_event_place(self, mention: Mention, best: Candidate, first: int, before: list[Mention]) -> bool:
        """Whether an event is at the place, or at the one before it in a list: then even a small place is credible."""
        listed = bool(before) and self._is_listed(mention.sentence, before[-1].last, first)
        placed = self._is_direct(mention.sentence, first) or (listed and before[-1].resolution is not None)
        placed = placed or self._leads_to_site(mention.sentence, mention.last)
        # "Stepanakert came under rocket fire"
        placed = placed or any(c.first == mention.last + 1 and c.value != "noun" for c in mention.sentence.of("strike"))
        return placed and best.match in (*_OWN_NAMES, "alternate") and bool(mention.sentence.kinds & _EVENTS)

    def _is_well_known(self, mention: Mention, best: Candidate, first: int, goes_on: bool) -> bool:
        """Whether the place is large or near enough to be credible without further evidence."""
        near_home = best.place.source == "curated" or best.place.country in ("RUS", "UKR", "BLR")
        size = best.place.population
        if mention.preposition or mention.part is not None:
            return near_home or size >= (KNOWN_TOWN if best.match == "exact" else KNOWN_ABROAD)
        if mention.text in self.seen:
            return True
        if goes_on and _is_first(mention.sentence, first):
            return False
        if _is_first(mention.sentence, first) and size < KNOWN_TOWN and not self._governs_event(mention):
            return False
        if near_home and size >= KNOWN_ABROAD and best.match in ("alternate", "stray alternate"):
            return True
        # The gazetteer holds thousands of districts: the bare name of a distant one is often an ordinary word.
        is_area = best.place.kind in AREA_KINDS and (near_home or best.place.kind != "district")
        return best.match in _OWN_NAMES and (is_area or size >= KNOWN_TOWN or (near_home and size >= KNOWN_NEAR_HOME))

    def _governs_event(self, mention: Mention) -> bool:
        """Whether an event verb or punctuation follows the name: a leading "Ob" is German "whether"."""
        after = mention.sentence.tokens[mention.last + 1 : mention.last + 2]
        sign = bool(after) and not after[0].text[0].isalnum()
        return sign or any(
            cue.first - mention.last <= 2 for cue in mention.sentence.of(*_EVENTS) if cue.first > mention.last
        )

    def _is_unlisted_place(self, mention: Mention, first: int, last: int, run_end: int) -> bool:
        """Whether a name without candidates is still a place: something was hit in, at or near it."""
        if not self._capitals_mark_names or last != run_end or first == 0 or mention.text.isupper():
            return False
        if any(not _is_name_word(token) for token in mention.sentence.tokens[first : last + 1]):
            # "Новосільському на Одещині": only the gazetteer can say that these words are one name.
            return False
        return self._is_direct(mention.sentence, first) and bool(mention.sentence.kinds & _EVENTS)

    def _is_direct(self, sentence: Sentence, first: int) -> bool:
        """Whether a preposition of place or a strike verb directly precedes the name."""
        at = first - 1
        while at >= 0 and sentence.tokens[at].lower in self._skip:
            at -= 1
        if at >= 0 and self._prepositions.get(sentence.tokens[at].lower) == "at":
            return True
        return any(cue.last == at for cue in sentence.of("strike"))

    def _preposition(self, sentence: Sentence, first: int) -> str:
        """Return the kind of preposition that governs the name at the token."""
        tokens = sentence.tokens
        passed_of = ""
        for at in range(first - 1, max(first - 1 - LOOK_LEFT, -1), -1):
            group = self._prepositions.get(tokens[at].lower, "")
            if group == "of":
                passed_of = "of"
            elif group:
                return group
            elif not self._is_skipped(sentence, at):
                return passed_of
        return passed_of

    def _is_skipped(self, sentence: Sentence, at: int) -> bool:
        if sentence.tokens[at].lower in self._skip or sentence.tokens[at].text in _OPENING:
            return True
        passed = ("place_type", "nationality", "country", "direction")
        return any(cue.first <= at <= cue.last for cue in sentence.of(*passed))

    # --- lists of names

    def _share_plural(self, mentions: list[Mention]) -> None:
        """Apply a plural type word to the names before it: "Murmansk and Irkutsk regions"."""
        plural = self.lexicon.words("plural_types")
        for left, right in zip(mentions[-2::-1], mentions[:0:-1], strict=True):
            shared = (right.kind == "region" and right.sentence.tokens[right.last].lower in plural) or right.shares
            if shared and not left.kind and self._is_listed(left.sentence, left.last, right.first):
                left.kind, left.shares = "region", True
                left.resolution = self._resolve_as(left.text, "region")

    def _share_facility(self, mentions: list[Mention]) -> None:
        """Apply a facility word to the names before it: "the Afipsky and Ilsky refineries"."""
        for left, right in zip(mentions[-2::-1], mentions[:0:-1], strict=True):
            shared = right.target_cue is not None and (right.facility or right.shares)
            bare = not left.target and not left.kind
            if not shared or not bare or not self._is_listed(left.sentence, left.last, right.first):
                continue
            left.target, left.target_cue, left.shares = right.target, right.target_cue, True
            self._resolve_as_site(left, right)
            if right.facility and not self.resolve(right.facility).candidates:
                # "the Afipsky and Ilsky refineries": the plural has no candidates
                self._resolve_as_site(right, right)
                right.facility = ""

    def _resolve_as_site(self, mention: Mention, named: Mention) -> None:
        """Resolve a name in a list as the facility that its adjective names, if the gazetteer has it."""
        mention.kind = "facility"
        word = _text(named.sentence, named.last + 1, named.target_cue.last) if named.target_cue else ""
        sites = (self.resolve(f"{mention.text} {noun}") for noun in (word, named.target))
        site = next((found for found in sites if found.place is not None and found.place.kind == "facility"), None)
        mention.resolution = site or mention.resolution

    def _set_target(self, mention: Mention, before: Mention | None) -> None:
        """Set the target that the name locates: right after it ("Ryazan refinery") or before ("refinery in Tuapse")."""
        if mention.form == "country" or mention.kind == "sea" or mention.target:
            return
        targets = mention.sentence.of("target")
        after = next((cue for cue in targets if cue.first == mention.last + 1), None)
        if after is not None and after.value in FACILITIES and not mention.is_region:
            mention.target, mention.target_cue = after.value, after
            mention.facility = _text(mention.sentence, mention.first, after.last)
            site = self.resolve(mention.facility)
            if site.place is not None and site.place.kind == "facility":
                mention.resolution = site
            return
        ahead = self._target_ahead(mention, targets)
        if ahead is not None:
            mention.target, mention.target_cue = ahead.value, ahead
        elif (
            mention.kind != "settlement"
            and before is not None
            and before.target
            and self._is_listed(mention.sentence, before.last, mention.first)
        ):
            mention.target, mention.target_cue = before.target, before.target_cue

    def _target_ahead(self, mention: Mention, targets: list[Cue]) -> Cue | None:
        if mention.preposition not in ("at", "of"):
            return None
        tokens = mention.sentence.tokens
        for cue in reversed(targets):
            if cue.last >= mention.first:
                continue
            between = range(cue.last + 1, mention.first)
            if len(between) > LOOK_LEFT or any(tokens[at].text in ",;:—–" for at in between):
                return None
            stops = ("strike", "effect", "speech", "intercept", "setting")
            if any(cue.last < stop.first < mention.first for stop in mention.sentence.of(*stops)):
                return None
            return self._prefer_object(cue, targets)
        return None

    @staticmethod
    def _prefer_object(cue: Cue, targets: list[Cue]) -> Cue:
        """Prefer the object in a port to the port: "a fuel terminal in the port of Ust-Luga"."""
        if cue.value not in ("port", "industrial site", "city"):
            return cue
        inside = [t for t in targets if 1 < cue.first - t.last <= 4 and t.value in FACILITIES]
        return inside[-1] if inside else cue


def _by_first(cues: list[Cue]) -> dict[int, list[Cue]]:
    found: dict[int, list[Cue]] = {}
    for cue in cues:
        found.setdefault(cue.first, []).append(cue)
    return found


def _covered(cues: list[Cue], kinds: frozenset[str]) -> set[int]:
    return {at for cue in cues if cue.kind in kinds for at in range(cue.first, cue.last + 1)}


def _is_start_of_name(cue: Cue, tokens: list[Token]) -> bool:
    """Whether a month's abbreviation begins a name: "Mar Elias"."""
    if cue.kind != "month" or len(tokens[cue.first].text) > 3 or cue.last + 1 >= len(tokens):
        return False
    adjacent = tokens[max(cue.first - 1, 0) : cue.last + 2]
    return _is_name_word(tokens[cue.last + 1]) and not any(token.text[0].isdigit() for token in adjacent)


def _is_name_word(token: Token) -> bool:
    return token.text[0].isupper() and (len(token.text) > 1) and token.text[0].isalpha()


def _is_first(sentence: Sentence, index: int) -> bool:
    return index == 0 or all(token.text in _OPENING for token in sentence.tokens[:index])


def _is_word_of_lexicon(cues: dict[int, list[Cue]], first: int, last: int) -> bool:
    """Whether the name is a lexicon word that is capitalised for another reason, such as beginning the sentence."""
    other = {"place_type", "first_name", "capital", "country", "target", "direction", "measure", "casualty_kind"}
    solid = [cue for cue in cues.get(first, []) if cue.last >= last and cue.kind not in other]
    if solid:
        return True
    plain = [
        cue for cue in cues.get(first, []) if cue.last >= last and cue.kind in ("target", "place_type", "direction")
    ]
    return bool(plain) and first == last


def _text(sentence: Sentence, first: int, last: int) -> str:
    return sentence.quote(sentence.tokens[first].start, sentence.tokens[last].end)


def _strip_possessive(sentence: Sentence, start: int, end: int) -> str:
    name = sentence.quote(start, end)
    return name[:-2] if name.endswith(("'s", "’s")) else name.removesuffix("'").removesuffix("’")


def _mention(sentence: Sentence, first: int, last: int, text: str) -> Mention:
    start = sentence.tokens[first].start
    return Mention(sentence, first, last, start, start + len(text), text)


def _inherited(mention: Mention, before: list[Mention], listing: frozenset[str]) -> str:
    """Return the preposition of the previous name in a list: "in Yartsevo and Razdorovo"."""
    if not before or not before[-1].preposition:
        return ""
    between = mention.sentence.tokens[before[-1].last + 1 : mention.first]
    listed = between and all(token.text == "," or token.lower in listing for token in between)
    return before[-1].preposition if listed else ""
