"""Date expressions resolve to intervals, anchored at the publication date; without one they stay open."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geostrike.reading.text.dates import find_dates
from geostrike.reading.text.lexicon import load_lexicon
from geostrike.reading.text.publication import AmbiguousDateError, find_date_line, find_publication, parse_date
from geostrike.reading.text.sentences import read_sentences

PUBLISHED = dt.date(2024, 4, 24)  # a Wednesday


def when(text, language="en", published=PUBLISHED, reference=None):
    lexicon = load_lexicon(language)
    found = [e for s in read_sentences(text, lexicon) for e in find_dates(s, lexicon)]
    assert len(found) == 1, found
    return found[0].resolve(published, reference)


def interval(text, language="en", **options):
    value = when(text, language, **options)
    return (*(day and day.strftime("%m-%d") for day in value[:2]), value.precision)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It came early on Wednesday.", ("04-23", "04-24", "night")),
        ("It came on Wednesday.", ("04-24", "04-24", "day")),
        ("It came last Wednesday.", ("04-17", "04-17", "day")),
        ("It came on Friday.", ("04-19", "04-19", "day")),
        ("It came overnight into Monday.", ("04-21", "04-22", "night")),
        ("It came in the early hours of Tuesday, 23 April.", ("04-22", "04-23", "night")),
        ("It came in the night.", ("04-23", "04-24", "night")),
        ("It came on Monday night.", ("04-22", "04-23", "night")),
        ("It came the night before.", ("04-23", "04-24", "night")),
        ("It came two days ago.", ("04-22", "04-22", "day")),
        ("It came the day before yesterday.", ("04-22", "04-22", "day")),
        ("It came a fortnight ago.", ("04-10", "04-10", "day")),
        ("It came on the night of 18 to 19 March.", ("03-18", "03-19", "night")),
        ("It came on May 14, 2023.", ("05-14", "05-14", "day")),
        ("It came in January.", ("01-01", "01-31", "month")),
        ("It came in the middle of December.", ("12-11", "12-20", "vague")),
        ("It came recently.", (None, "04-24", "vague")),
        ("It came last week.", ("04-15", "04-21", "span")),
        ("It came on 2024-03-02.", ("03-02", "03-02", "day")),
        ("It comes next Friday.", ("04-26", "04-26", "day")),
        ("It came two weeks ago.", ("04-10", "04-10", "day")),
        ("It came two months ago.", ("02-14", "03-05", "vague")),
        ("It came a year ago.", ("02-24", "06-24", "vague")),
        ("It came this week.", ("04-22", "04-24", "span")),
        ("It came last month.", ("03-01", "03-31", "month")),
        ("It came this month.", ("04-01", "04-24", "month")),
        ("It came last year.", ("01-01", "12-31", "vague")),
        ("It came this year.", ("01-01", "04-24", "vague")),
        ("It came on May 14-16.", ("05-14", "05-16", "span")),
        ("It came on May 14 to 16, 2023.", ("05-14", "05-16", "span")),
        ("It came over the past 24 hours.", ("04-23", "04-24", "span")),
        ("It came on 3 May last year.", ("05-03", "05-03", "day")),
        ("It came on Apr. 9.", ("04-09", "04-09", "day")),
        ("It came on Oct. 9, 2023, at noon.", ("10-09", "10-09", "day")),
        ("It came on 18/03/2024.", ("03-18", "03-18", "day")),
    ],
)
def test_english(text, expected):
    """English expressions resolve to their interval."""
    assert interval(text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ru", "В ночь на воскресенье дроны прилетели.", ("04-20", "04-21", "night")),
        ("ru", "Это было позавчера.", ("04-22", "04-22", "day")),
        ("ru", "В ночь с 18 на 19 марта дроны прилетели.", ("03-18", "03-19", "night")),
        ("ru", "Это было за минувшие сутки.", ("04-23", "04-24", "span")),
        ("ru", "Вчерашний налёт.", ("04-23", "04-23", "day")),
        ("uk", "Це було протягом минулої доби.", ("04-23", "04-24", "span")),
        ("de", "Das war in den vergangenen 24 Stunden.", ("04-23", "04-24", "span")),
        ("ru", "Это было 12 дек. 2023 г. утром.", ("12-12", "12-12", "day")),
        ("ru", "Это было 15.03.24 утром.", ("03-15", "03-15", "day")),
        ("uk", "Це було 12 груд. 2023 р. вранці.", ("12-12", "12-12", "day")),
        ("ru", "Это было две недели назад.", ("04-10", "04-10", "day")),
        ("uk", "У ніч на 19 квітня дрони прилетіли.", ("04-18", "04-19", "night")),
        ("uk", "В ніч на середу дрони прилетіли.", ("04-23", "04-24", "night")),
        ("uk", "Це було два дні тому.", ("04-22", "04-22", "day")),
        ("de", "In der Nacht zum Freitag kamen Drohnen.", ("04-18", "04-19", "night")),
        ("de", "Bereits am Donnerstagabend kamen Drohnen.", ("04-18", "04-18", "day")),
        ("de", "Vor zwei Tagen kamen Drohnen.", ("04-22", "04-22", "day")),
        ("de", "Am 3. April kamen Drohnen.", ("04-03", "04-03", "day")),
    ],
)
def test_other_languages(language, text, expected):
    """Expressions in other languages resolve to their interval."""
    assert interval(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "en",
            "From 8:00 p.m. Moscow time on April 22 to 7:00 a.m. on April 23 drones came.",
            ("04-22", "04-23", "night"),
        ),
        ("en", "Between 8 p.m. on Monday and 7 a.m. on Tuesday drones came.", ("04-22", "04-23", "night")),
        ("en", "From April 20 to April 23 drones came.", ("04-20", "04-23", "span")),
        ("en", "March 30 to 3 April drones came.", ("03-30", "04-03", "span")),
        ("en", "From 16:00 on April 22 to 20:00 on April 22 drones came.", ("04-22", "04-22", "day")),
        ("ru", "С 20.00 мск 22 апреля до 7.00 мск 23 апреля дроны прилетели.", ("04-22", "04-23", "night")),
        ("uk", "З 20:00 31 березня до 07:00 1 квітня дрони прилетіли.", ("03-31", "04-01", "night")),
        ("de", "Von 20 Uhr am 22. April bis 7 Uhr am 23. April kamen Drohnen.", ("04-22", "04-23", "night")),
    ],
)
def test_two_ends(language, text, expected):
    """Two days joined by "from ... to" are one interval, also with times of day."""
    assert interval(text, language) == expected


def test_shared_year():
    """The last day gives the year of the first, also across the turn of the year."""
    value = when("From 31 December to 1 January 2023 drones came.")
    assert value[:2] == (dt.date(2022, 12, 31), dt.date(2023, 1, 1))


def test_hour_is_not_day():
    """A number before a colon is an hour: "May 22 to 7:00" does not end on a 7th."""
    assert interval("It came on April 22 to 7:00 sharp.") == ("04-22", "04-22", "day")


@pytest.mark.parametrize(
    "text", ["It was quiet on Monday, and on Tuesday drones came.", "On May 2 five and on May 3 six came."]
)
def test_two_days(text):
    """Days listed with "and" without "between" are separate."""
    lexicon = load_lexicon("en")
    assert len([e for s in read_sentences(text, lexicon) for e in find_dates(s, lexicon)]) == 2


_TEXT = (
    "from between to until and on in the early late last next of Monday Friday 2 7 22 31 May December 2024 7:00 p.m. "
    "week month year ago earlier night overnight , - two three days weeks"
)
_WORDS = st.sampled_from(_TEXT.split())


@given(st.lists(_WORDS, min_size=1, max_size=9), st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)))
def test_ordered_intervals(words, published):
    """Whatever the words, no interval ends before it starts."""
    lexicon = load_lexicon("en")
    for sentence in read_sentences(" ".join(words), lexicon):
        for expression in find_dates(sentence, lexicon):
            value = expression.resolve(published, published - dt.timedelta(days=3))
            assert value.start is None or value.end is None or value.start <= value.end


def test_previous_day():
    """ "The next day" is relative to the last day before it in the text."""
    friday = dt.date(2024, 4, 5)
    assert when("Three days earlier, on Tuesday, it began.", reference=friday).start == dt.date(2024, 4, 2)
    assert when("Exactly a week before that it was quiet.", reference=friday).start == dt.date(2024, 3, 29)
    assert when("The same night it ended.", reference=friday)[:2] == (dt.date(2024, 4, 4), friday)


@pytest.mark.parametrize(
    "text", ["It came on Wednesday.", "It came overnight.", "It came recently.", "It came in May."]
)
def test_no_publication(text):
    """Without a publication date relative dates stay open."""
    value = when(text, published=None)
    assert value[:3] == (None, None, "unknown")
    assert value.written
    assert value.written in text


@given(st.integers(0, 6), st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)))
def test_weekday(weekday, published):
    """A weekday is the last one up to the publication day, that day included."""
    name = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][weekday]
    day = when(f"It came on {name}.", published=published).start
    assert day.weekday() == weekday
    assert 0 <= (published - day).days < 7


@pytest.mark.parametrize("text", ["You may march on.", "He was early.", "A single night-watch."])
def test_words_like_dates(text):
    """Words that only look like dates are not dates."""
    lexicon = load_lexicon("en")
    assert [e for s in read_sentences(text, lexicon) for e in find_dates(s, lexicon) if e.month] == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It came several days ago."),
        ("en", "It came weeks earlier."),
        ("en", "It came 12345 days ago."),
        ("ru", "Это было несколько дней назад."),
        ("uk", "Це було кілька тижнів тому."),
        ("de", "Es geschah vor Tagen."),
    ],
)
def test_unstated_number(language, text):
    """ "Several days ago" is not one day ago."""
    assert interval(text, language) == (None, "04-24", "vague")


@pytest.mark.parametrize(("published", "year"), [((2023, 3, 5), 2020), ((2024, 2, 29), 2024), ((2103, 3, 5), 2096)])
def test_leap_day(published, year):
    """The last 29 February may be eight years ago."""
    assert when("It came on 29 February.", published=dt.date(*published)).start == dt.date(year, 2, 29)


def test_year_of_another_day():
    """Without a publication date, and in "that year", the last day before gives the year."""
    assert when("It came on 26 December.", published=None, reference=dt.date(2022, 12, 5)).start.year == 2022
    assert when("It came on 27 June of that year.", reference=dt.date(2022, 1, 14)).start.year == 2022


def test_quoted_date_is_a_name():
    """Quotation marks around a date make it a name."""
    lexicon = load_lexicon("en")
    assert [e for s in read_sentences("Drones hit the 'May 1' plant.", lexicon) for e in find_dates(s, lexicon)] == []


def test_impossible_days():
    """An impossible day is open."""
    assert when("It came on 31 February 2024.")[:2] == (None, None)


def test_parse_date():
    """A complete date is parsed; an ambiguous or incomplete one is an error."""
    assert parse_date("Tuesday, 18 March 2025") == parse_date("2025-03-18") == parse_date("18.03.2025")
    assert parse_date("18/03/2025") == dt.date(2025, 3, 18)
    with pytest.raises(AmbiguousDateError, match="2024-04-03"):
        parse_date("03/04/2024")
    with pytest.raises(ValueError, match="not a date"):
        parse_date("March")


def test_date_line_span():
    """A date line has its span in the text."""
    text = "КРАСНОДАР, 17 марта 2024 г. В ночь на воскресенье беспилотники атаковали завод."
    line = find_date_line(text, load_lexicon("ru"))
    assert line.date == dt.date(2024, 3, 17)
    assert text[line.start : line.end].startswith("17 марта 2024")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Smoke rose.\n\nAll is well.\n\n(18 March 2025, 14:20 local time)"),
        ("en", "Smoke rose.\n\nThis page was last edited on 18 March 2025, at 21:17."),
        ("en", "POWER\n\nAs of 08:00 on 18 March 2025. At night the lights went out."),
        ("en", "Kiev/Moscow, 18/03/2025 (Sur).- The lights went out."),
        ("en", "Lights out\nBy our desk | Published Tuesday, Mar. 18, 2025 | Updated 18:22\n\nIt was dark."),
        ("ru", "Обзор угроз, 18 марта 2025 г.\nТолько для подписчиков\n\nБыло тихо."),
        ("ru", "18.03.25\n04:47 Громко."),
        ("uk", "Було тихо.\n\nМіська рада, 18 березня 2025 р."),
        ("de", "Es war ruhig.\n\nErschienen am 18. März 2025 im Wochenendteil"),
    ],
)
def test_publication_found(language, text):
    """The publication date is found at the head of a text and on a short line at its foot."""
    assert find_publication(text, load_lexicon(language)) == dt.date(2025, 3, 18)


@pytest.mark.parametrize(
    "text",
    [
        "Smoke rose.\n\nThe trial begins on 18 March 2025.",
        "Smoke rose.\n\nDrones hit Azov on 18 March 2025",
        "Smoke rose.\n\n03/04/2025",
    ],
)
def test_foot_without_publication(text):
    """A sentence, an event and an ambiguous date at the foot of a text are not its publication date."""
    assert find_publication(text, load_lexicon("en")) is None
