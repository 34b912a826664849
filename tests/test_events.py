"""Every strike in a text and nothing else: roles, dates, attackers, quantities."""

import itertools
import json
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import written_reports
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geostrike.places import Gazetteer, resolve_places
from geostrike.reading import extract, read_reports
from geostrike.tables import CLAIMS, DISTANCES, MENTIONS, RECORDS, check_table

DATA = Path(__file__).parent / "data"
WEDNESDAY = "2024-04-24"


@cache
def gazetteer():
    return Gazetteer()


def read(text, published=WEDNESDAY, language="en"):
    day = pd.Timestamp(published) if published else pd.NaT
    report = {"report_id": ["r"], "published": [day], "language": [language], "text": [text]}
    extracted = extract(pd.DataFrame(report), gazetteer())
    check_spans(extracted, text)
    return extracted


def check_spans(extracted, text):
    quoting = ("records", "claims", "distances", "quantities")
    for table, column in (*((name, "quote") for name in quoting), ("mentions", "text")):
        for row in getattr(extracted, table).to_dict("records"):
            assert text[row["start"] : row["end"]] == row[column]
    for row in extracted.records.itertuples():
        if row.place_start >= 0:
            assert text[row.place_start : row.place_end] == row.place_as_written


def places(text, **options):
    return read(text, **options).records.place_as_written.tolist()


def roles(text, language="en"):
    mentions = read(text, language=language).mentions
    return dict(zip(mentions.text, mentions.role, strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A drone struck the refinery in Tuapse on Monday.", {"Tuapse": "struck"}),
        ("Ten drones were shot down over Voronezh.", {"Voronezh": "intercepted"}),
        ("Friday's raid on Volgograd was repelled.", {"Volgograd": "intercepted"}),
        ("Russia shot down its own drones over Kursk.", {"Kursk": "aborted", "Russia": "metonym"}),
        ("Planners prepared a raid on the port of Novorossiysk.", {"Novorossiysk": "planned_target"}),
        ("Drones could hit the refinery in Volgograd, he warned.", {"Volgograd": "hypothetical_target"}),
        ("The drones were launched from Primorsko-Akhtarsk.", {"Primorsko-Akhtarsk": "launch_origin"}),
        ("The drones flew over Poltava.", {"Poltava": "route"}),
        ("Putin visited Kaliningrad.", {"Kaliningrad": "political_travel"}),
        ("The ministry will hold a meeting in Sochi next week.", {"Sochi": "future_event"}),
        ("Oil prices rose in London.", {"London": "context"}),
        ("Moscow said that nothing was hit.", {"Moscow": "metonym"}),
        ("No drones hit the refinery in Tuapse.", {"Tuapse": "denied"}),
        ("In a drill near Bodo mock drones attacked a ship.", {"Bodo": "exercise"}),
    ],
)
def test_roles(text, expected):
    """Each place has the role that its sentence gives it."""
    found = roles(text)
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    "text",
    [
        "Workers at the plant in Seattle ended their strike on Monday.",
        "Lightning struck a church in Poltava, setting its roof on fire.",
        "An earthquake hit Izmir.",
        "Sanctions hit Moscow hard.",
        "Germany struck a deal with Norway in Oslo.",
        "A heart attack killed the mayor of Lviv.",
        "Russia denied that it had hit a hospital in Dnipro.",
        "On the anniversary of the bombing of Dresden, a concert took place.",
        "The plane crashed near Belgorod.",
    ],
)
def test_other_news(text):
    """Earthquakes, sport and other news are not strikes."""
    assert places(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "In Berlin traf der Kanzler den ukrainischen Präsidenten.",
        "Selenskyj traf am Montag in Kiew ein, um über Drohnen zu sprechen.",
        "Merz hat in Paris den Präsidenten getroffen.",
    ],
)
def test_meetings(text):
    """German "treffen" with a person as object is a meeting."""
    assert places(text, language="de") == []


@pytest.mark.parametrize("object_", ["ein Wohnhaus", "eine Raffinerie", "das Gebäude der Regierung"])
def test_weapon_hits(object_):
    """German "treffen" with a weapon as subject is a strike."""
    assert places(f"Eine Drohne traf am Montag {object_} in Sumy.", language="de") == ["Sumy"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Drones tried to attack Voronezh overnight; they were all shot down, the governor said."),
        ("en", "Drones attacked Voronezh overnight. All of them were downed."),
        ("ru", "Беспилотники пытались атаковать Воронеж. Все они сбиты, сообщил губернатор."),
        ("uk", "Безпілотники намагалися атакувати Воронеж, усі збито."),
        ("de", "Ukrainische Drohnen versuchten in der Nacht, Woronesch anzugreifen. Alle wurden abgeschossen."),
    ],
)
def test_all_shot_down(language, text):
    """If all weapons were shot down, the strike was intercepted."""
    assert read(text, language=language).records.status.tolist() == ["intercepted"]


@pytest.mark.parametrize("outcome", ["almost all were shot down", "all were shot down, but a depot caught fire"])
def test_damage_despite_interception(outcome):
    """Damage or a weapon that got through makes it a strike."""
    assert read(f"Drones attacked Voronezh overnight; {outcome}.").records.status.tolist() == ["unconfirmed"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Drones attacked the Afipsky, Ilsky and Slavyansk refineries in the Krasnodar region on Monday."),
        ("ru", "Беспилотники атаковали Афипский, Ильский и Славянский НПЗ в Краснодарском крае."),
        ("uk", "Уражено Афіпський, Ільський НПЗ та Слов'янський НПЗ у Краснодарському краї."),
    ],
)
def test_facilities_in_lists(language, text):
    """Facilities in a list share their type word."""
    records = read(text, language=language).records
    assert len(records) == 3
    assert set(records.target_kind) == {"refinery"}
    assert set(records.kind_hint) == {"facility"}
    assert set(records.country_hint) == {"RUS"}


@pytest.mark.parametrize(
    "text",
    [
        "A drone struck a house in the village of Dubovoye, in the Belgorod region, on Monday.",
        "A drone struck a house in Dubovoye on Monday, the Belgorod governor said.",
        "In the Belgorod region, a drone struck a house in Dubovoye on Monday.",
    ],
)
def test_namesake_across_border(text):
    """A village in a named region is not its namesake across the border."""
    records = resolve_places(read(text).records, gazetteer())
    assert records[["place_as_written", "attacker"]].values.tolist() == [["Dubovoye", "UKR"]]
    assert set(records.country) <= {"RUS", ""}


def test_list_of_towns():
    """A list of towns is one record each."""
    assert places("Drones hit depots in Yartsevo, Tuapse and Lipetsk on Monday.") == ["Yartsevo", "Tuapse", "Lipetsk"]


def test_container():
    """A region that contains a struck town is not a second strike."""
    row = read("A drone struck a refinery in Tuapse, Krasnodar region.").records.loc[0]
    assert (row.place_as_written, row.admin1_hint) == ("Tuapse", "Krasnodar region")


def test_region_alone():
    """A region without a town is a record of its own."""
    row = read("A drone struck an oil depot in the Smolensk region on Monday.").records.loc[0]
    assert (row.place_as_written, row.kind_hint) == ("Smolensk region", "region")


def test_repeated_event():
    """An event reported twice is one record; two days are two."""
    twice = "A drone struck a depot in Azov on Monday. The attack on Azov killed two people."
    assert places(twice) == ["Azov"]
    again = "A drone struck a depot in Azov on Monday. Azov had been attacked by drones on 3 March as well."
    assert places(again) == ["Azov", "Azov"]


def test_bridge_on_two_days():
    """One bridge struck on two days is two records."""
    text = "The Kerch bridge has been hit twice: by a truck bomb on 8 October 2022, and by sea drones on 17 July 2023."
    records = read(text, "2024-08-30").records
    assert records.date_start.dt.date.astype(str).tolist() == ["2022-10-08", "2023-07-17"]
    assert records.weapon.tolist() == ["truck bomb", "sea drone"]


@pytest.mark.parametrize(
    "text",
    [
        "A fire at an oil depot in Sochi, caused by a drone attack overnight, was put out on Sunday.",
        "Пожар на нефтебазе в Сочи, вызванный ночной атакой дронов, потушили в воскресенье.",
    ],
)
def test_end_of_fire(text):
    """The day a fire was put out is not the day of the strike."""
    language = "en" if text.startswith("A") else "ru"
    assert read(text, "2025-08-03", language).records.date_precision.tolist() == ["night"]


def test_target_is_not_attacker():
    """The struck side is not the attacker."""
    text = "Israeli jets struck Hezbollah positions near Tyre on Tuesday after rockets hit a town."
    records = read(text).records.set_index("place_as_written")
    assert records.loc["Tyre", ["attacker", "weapon"]].tolist() == ["ISR", "air strike"]


def test_planned_strike():
    """A planned attack that did not happen is not a strike."""
    assert places("The strike on the Kerch bridge that Kyiv planned for Tuesday did not take place.") == []


def test_district_of_city():
    """A district named with its city is part of the city."""
    text = "Drones damaged a house in Kyiv in the Darnytskyi district on Monday."
    assert places(text) == ["Kyiv"]
    assert places("A drone hit a fuel tank in Sochi's Adler district on Monday.") == ["Sochi"]


def test_leading_date():
    """A date before the text does not absorb the first day of the text."""
    text = " date 2024-04-25 On Monday drones struck an oil depot in Tuapse."
    assert str(read(text, "2024-04-25").records.date_start[0])[:10] == "2024-04-22"


def test_no_place():
    """A raid without a place is a record without a place."""
    records = read("Russia launched 21 drones at Ukraine overnight.").records
    assert records[["place_as_written", "attacker", "weapon", "country_hint"]].values.tolist() == [
        ["", "RUS", "drone", "UKR"]
    ]


def test_both_directions():
    """Strikes in both directions have opposite attackers."""
    text = "A drone struck a depot in Azov on Tuesday. Russia launched 21 drones overnight. One hit a house in Sumy."
    records = read(text).records.set_index("place_as_written")
    assert records.attacker.to_dict() == {"Azov": "UKR", "Sumy": "RUS"}
    assert records.target_side.to_dict() == {"Azov": "RUS", "Sumy": "UKR"}


BASES = [
    ("Drones hit a depot in Azov.", WEDNESDAY, ("2024-04-23", "2024-04-24", "vague", "inferred")),
    ("Drones hit a depot in Azov on Monday.", WEDNESDAY, ("2024-04-22", "2024-04-22", "day", "reported")),
    ("Drones recently hit a depot in Azov.", WEDNESDAY, ("NaT", "2024-04-24", "vague", "reported")),
    ("Drones had previously hit a depot in Azov.", WEDNESDAY, ("NaT", "2024-04-24", "vague", "none")),
    ("Drones hit a depot in Azov.", None, ("NaT", "NaT", "unknown", "none")),
    (
        "Storms\n\nIt rained in Kyiv.\n\nThe air war\n\nDrones hit a depot in Azov.",
        WEDNESDAY,
        ("NaT", "2024-04-24", "vague", "none"),
    ),
    (
        "A timeline of the war\n\nDrones hit a depot in Azov.",
        WEDNESDAY,
        ("NaT", "2024-04-24", "vague", "none"),
    ),
]


@pytest.mark.parametrize(("text", "published", "expected"), BASES)
def test_date_basis(text, published, expected):
    """Undated main news is of the day of publication or the day before; undated background stays open."""
    row = read(text, published).records.iloc[0]
    assert (str(row.date_start)[:10], str(row.date_end)[:10], row.date_precision, row.date_basis) == expected


def test_lead_date():
    """The date of the first paragraph holds for undated main news below it."""
    text = "Overnight drones attacked Russia.\n\nAn oil depot was hit in Azov.\n\nIn Kursk a house was hit."
    assert set(read(text).records.date_precision) == {"night"}


def test_date_headings():
    """A heading that is only a day dates what follows, also a part of that day."""
    days = "MONDAY. At night drones hit a depot in Azov.\n\nTUESDAY.\nIn Sumy a missile hit a house."
    text = f"News of the week: 15-21 April 2024\n\n{days}"
    records = read(text, None).records.set_index("place_as_written")
    assert records.date_end.dt.strftime("%m-%d").to_dict() == {"Azov": "04-15", "Sumy": "04-16"}
    assert set(records.date_basis) == {"reported"}


def test_year_heading():
    """A heading that is only a year completes the dates below it."""
    text = "Attacks on Azov\n\n2022\n\nOn 9 October drones hit a depot in Azov."
    assert str(read(text).records.date_start.item())[:10] == "2022-10-09"


def test_same_night_of_the_day_before_it():
    """ "The same night" is that of the day in its sentence."""
    text = "Overnight all was quiet. Drones hit a depot in Azov on 13 March 2023 and the same night a house in Sumy."
    assert set(read(text).records.date_end.dt.strftime("%Y-%m-%d")) == {"2023-03-13"}


def test_number_of_the_day_is_not_a_date():
    """The number of a war's day dates nothing."""
    text = "Drones hit a depot in Azov.\nToday is the 1086th day of the war."
    assert read(text).records.date_basis.item() == "inferred"


def test_stamp_is_not_a_date_of_events():
    """The stamp at the foot of a text dates its publication, not its strikes."""
    text = "Drones hit a depot in Azov.\n\n(24 April 2024, 14:20 local time)"
    assert read(text).records.date_basis.item() == "inferred"


def test_earlier_statement():
    """A statement made earlier does not make its strike an earlier one."""
    record = read("The governor had earlier announced a drone strike on a depot in Azov.").records.iloc[0]
    assert record.date_basis == "inferred"


def test_attacker_basis():
    """The attacker is reported by the text or inferred from the conflict."""
    assert read("Ukrainian drones hit a depot in Azov.").records.attacker_basis.item() == "reported"
    assert read("Drones hit a depot in Azov.").records.attacker_basis.item() == "inferred"
    held = read("Drones hit an airfield in Crimea.").records.loc[0]
    assert (held.attacker, held.target_side) == ("UKR", "RUS")


@pytest.mark.parametrize("published", [WEDNESDAY, "2024-04-25", None])
def test_dates_from_publication(published):
    """Relative dates are anchored at the publication."""
    row = read("A drone struck a depot in Azov on Wednesday.", published).records.loc[0]
    assert row.date_as_written == "Wednesday"
    assert str(row.date_start)[:10] == ("2024-04-24" if published else "NaT")


def test_date_of_speech():
    """The date of an event has priority over the date of a statement."""
    text = "On Wednesday officials said that a drone struck a depot in Azov in the early hours of Tuesday."
    row = read(text).records.loc[0]
    assert [str(day)[:10] for day in (row.date_start, row.date_end)] == ["2024-04-22", "2024-04-23"]


SENTENCES = {
    "en": "Ukrainian drones hit an oil depot in Azov on Monday.",
    "ru": "В понедельник украинские беспилотники атаковали нефтебазу в Азове.",
    "uk": "У понеділок українські безпілотники атакували нафтобазу в Азові.",
    "de": "Am Montag griffen ukrainische Drohnen ein Öllager in Asow an.",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_same_strike_in_languages(language):
    """The same text in each language yields the same strike."""
    row = resolve_places(read(SENTENCES[language], language=language).records, gazetteer()).loc[0]
    assert (row.place, row.target_kind, row.weapon, row.attacker) == ("Azov", "oil depot", "drone", "UKR")
    assert str(row.date_start)[:10] == "2024-04-22"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Беспилотники не атаковали нефтебазу в Азове."),
        ("uk", "Безпілотники не атакували нафтобазу в Азові."),
        ("de", "Drohnen könnten ein Öllager in Asow angreifen."),
    ],
)
def test_negation_in_languages(language, text):
    """A negated strike is not a strike, in each language."""
    assert places(text, language=language) == []


# --- the example bulletins --------------------------------------------------------------------------------------------


def is_match(row, event):
    place, date = event["place"], event["date"]
    if row.geometry is None:
        return False
    km = Geod(ellps="WGS84").inv(place["lon"], place["lat"], row.geometry.x, row.geometry.y)[2] / 1000
    start, end = (pd.Timestamp(date[end]) for end in ("start", "end"))
    day = pd.Timedelta(days=1)
    near = km <= place["radius_km"]
    return bool(near and not row.date_start > end + day and not row.date_end < start - day)


@cache
def bulletins():
    reports = read_reports(DATA / "bulletins")
    records = resolve_places(extract(reports, gazetteer()).records, gazetteer())
    names = reports.set_index("report_id").path.str[:3]
    return records.assign(doc=records.report_id.map(names))


def test_bulletins():
    """The example bulletins yield the expected events."""
    truth = json.loads((DATA / "bulletins_truth.json").read_text(encoding="utf-8"))["documents"]
    wanted = found = status = attackers = wrong = 0
    for document in truth:
        rows = list(bulletins().query("doc == @document['doc_id']").itertuples())
        for event in document["events"]:
            hits = [row for row in rows if is_match(row, event)]
            wanted += event["required"]
            found += event["required"] and bool(hits)
            status += event["required"] and any(row.status in event["status_ok"] for row in hits)
            attackers += event["required"] and any(row.attacker == event["attacker"] for row in hits)
        neutral = {place["as_written"] for place in document["non_strike_places"] if place["neutral"]}
        matched = {row.record_id for row in rows if any(is_match(row, event) for event in document["events"])}
        wrong += sum(row.record_id not in matched and row.place_as_written not in neutral for row in rows)
        struck = {row.place_as_written for row in rows}
        others = {place["as_written"] for place in document["non_strike_places"] if not place["neutral"]}
        assert struck.isdisjoint(others), document["doc_id"]
    assert found >= 0.91 * wanted
    assert found >= 0.90 * (found + wrong)
    assert status >= 0.95 * found
    assert attackers == found


# --- news texts of our own -------------------------------------------------------------------------------------------


def test_news():
    """Recall and precision on the news texts stay at their level."""
    reports = written_reports.load("written.toml")
    figures = written_reports.compare(reports, written_reports.read(reports, gazetteer()).records)
    assert figures.precision >= 0.92, figures.errors
    assert figures.recall >= 0.90, figures.errors
    floors = {"dates": 0.90, "target": 0.88, "weapon": 0.92, "attacker": 0.93, "status": 0.88}
    assert {what for what, floor in floors.items() if figures.share(what) < floor} == set(), figures.errors


def test_later_news():
    """Recall and precision stay at their level on texts written after the rules."""
    reports = written_reports.load("held_out.toml")
    figures = written_reports.compare(reports, written_reports.read(reports, gazetteer()).records)
    assert figures.precision >= 0.90, figures.errors
    assert figures.recall >= 0.90, figures.errors
    assert min(figures.share(what) for what in figures.right) >= 0.85, figures.errors


@pytest.mark.parametrize("name", ["fresh.toml", "later.toml"])
def test_more_later_news(name):
    """Recall and precision stay at their level on further texts written after the rules."""
    reports = written_reports.load(name)
    figures = written_reports.compare(reports, written_reports.read(reports, gazetteer()).records)
    assert figures.precision >= 0.93, figures.errors
    assert figures.recall >= 0.93, figures.errors
    assert figures.roles == 0, figures.errors
    floors = {"dates": 0.88, "target": 0.93, "weapon": 0.95, "attacker": 0.95, "status": 0.90}
    assert {what for what, floor in floors.items() if figures.share(what) < floor} == set(), figures.errors


def test_quantities():
    """A quantity has its words and its strike."""
    text = "Two drones hit a depot in Azov on Monday, killing at least 14 people. A 65-year-old was hurt; 26,000 cubic "
    quantities = read(text + "metres of fuel burned.").quantities
    found = list(quantities[["what", "value", "unit", "hedge"]].itertuples(index=False, name=None))
    assert found == [("weapons", 2, "drone", ""), ("killed", 14, "persons", "at least"), ("volume", 26_000, "m3", "")]
    assert quantities["record_id"].nunique() == 1


def test_claim_quotes_clause():
    """A claim quotes its own clause."""
    text = "Drones hit a depot in Azov on Monday. The governor confirmed the attack, while Kyiv denied the attack."
    quotes = read(text).claims.set_index("stance")["quote"]
    assert quotes["confirms"].startswith("The governor confirmed")
    assert "Kyiv" not in quotes["confirms"]


# --- a change in the words changes the result accordingly, and nothing else -------------------------------------------

SAME_NEWS = {
    "en": "Ukrainian drones {verb} an oil depot in {town} on {day}, the governor said.",
    "ru": "Украинские беспилотники {verb} нефтебазу в {town} в {day}, сообщил губернатор.",
    "uk": "Українські дрони {verb} нафтобазу в {town} у {day}, повідомив губернатор.",
    "de": "Ukrainische Drohnen {verb} am {day} ein Öllager in {town}, sagte der Gouverneur.",
}
VERBS = {
    "en": ["hit", "struck", "attacked", "targeted", "set fire to", "damaged"],
    "ru": ["атаковали", "поразили", "повредили", "подожгли"],
    "uk": ["атакували", "уразили", "пошкодили", "вразили"],
    "de": ["trafen", "beschädigten", "attackierten", "zerstörten"],
}
DAYS = {
    "en": ["Monday", "Sunday", "Wednesday"],
    "ru": ["понедельник", "воскресенье", "среду"],
    "uk": ["понеділок", "неділю", "середу"],
    "de": ["Montag", "Sonntag", "Mittwoch"],
}
MONDAY_SUNDAY_WEDNESDAY = ["2024-04-22", "2024-04-21", "2024-04-24"]
TOWNS = {
    "en": ["Azov", "Tuapse", "Engels"],
    "ru": ["Азове", "Туапсе", "Энгельсе"],
    "uk": ["Азові", "Туапсе", "Енгельсі"],
    "de": ["Asow", "Tuapse", "Engels"],
}
NOT_SO = {
    "en": "Officials denied that Ukrainian drones had hit an oil depot in {town} on Monday.",
    "ru": "Власти опровергли сообщения, что дроны атаковали нефтебазу в {town} в понедельник.",
    "uk": "Дрони у понеділок не атакували нафтобазу в {town}, повідомив губернатор.",
    "de": "Drohnen haben das Öllager in {town} am Montag nicht getroffen, sagte der Gouverneur.",
}


def news(language, verb=0, day=0, town=0):
    words = {"verb": VERBS[language][verb], "day": DAYS[language][day], "town": TOWNS[language][town]}
    return read(SAME_NEWS[language].format(**words), language=language).records


@pytest.mark.parametrize("language", SAME_NEWS)
def test_news_in_languages(language):
    """The same news in each language yields the same strike."""
    record = news(language).loc[0]
    found = (record.target_kind, record.weapon, record.attacker, record.attacker_basis, record.status)
    assert found == ("oil depot", "drone", "UKR", "reported", "claimed_by_target")
    assert resolve_places(news(language), gazetteer()).place.tolist() == ["Azov"]


@pytest.mark.parametrize(
    ("language", "verb"), [(code, number) for code, verbs in VERBS.items() for number in range(len(verbs))]
)
def test_other_verb(language, verb):
    """Another verb yields the same strike."""
    columns = ["place_as_written", "date_start", "date_end", "target_kind", "weapon", "attacker", "status"]
    assert news(language, verb=verb)[columns].values.tolist() == news(language)[columns].values.tolist()


@pytest.mark.parametrize("language", SAME_NEWS)
@pytest.mark.parametrize("day", range(3))
def test_other_weekday(language, day):
    """Another weekday yields another date."""
    assert str(news(language, day=day).date_start.item())[:10] == MONDAY_SUNDAY_WEDNESDAY[day]


@pytest.mark.parametrize("language", SAME_NEWS)
@pytest.mark.parametrize("town", range(3))
def test_other_town(language, town):
    """Another town yields another place."""
    names = resolve_places(news(language, town=town), gazetteer()).place.tolist()
    assert names == [TOWNS["en"][town]]


@pytest.mark.parametrize("language", SAME_NEWS)
def test_denied_strike(language):
    """A denied or negated strike is not a strike."""
    assert places(NOT_SO[language].format(town=TOWNS[language][0]), language=language) == []


def test_order_of_sentences():
    """The order of independent sentences does not matter."""
    parts = [
        "Drones hit an oil depot in Azov on Monday.",
        "Russian missiles struck a school in Sumy on Sunday, killing two people.",
        "Putin visited Kaliningrad on Tuesday.",
        "Ten drones were shot down over Voronezh on Monday.",
    ]
    results = set()
    for order in itertools.permutations(parts):
        records = read("\n\n".join(order)).records
        columns = ["place_as_written", "date_start", "attacker", "target_kind", "status"]
        results.add(tuple(sorted(map(tuple, records[columns].astype(str).values.tolist()))))
    assert len(results) == 1
    assert [row[0] for row in results.pop()] == ["Azov", "Sumy", "Voronezh"]


# --- laws -------------------------------------------------------------------------------------------------------------

HOSTILE = [
    "",
    " ",
    "\u202eDrones hit Tuapse\u202c.",
    "Drones hit <script>alert(1)</script> Tuapse {{ 7*7 }} =cmd().",
    "🔥 Drones 🔥 hit 🔥 Tuapse 🔥.",
    "Drones hit Tuapse " * 20_000,
    "." * 10_000,
    "on 99 February 0000 drones hit Tuapse 1,2,3,4 km from the border",
    "Tuapse, " * 5_000,
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("language", ["en", "ru", "xx", ""])
def test_hostile_text(text, language):
    """Hostile text is read without an error."""
    read(text, language=language)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*SENTENCES.values(), "He denied it.", "Tuapse", "40 miles from the border", "on Monday", "\n\n"]
        )
    )
)
def test_any_mixture(parts):
    """Any mixture of phrases is read, twice with the same result."""
    text = " ".join(parts)
    first, second = read(text), read(text)
    for name in ("mentions", "records", "claims", "distances"):
        assert getattr(first, name).equals(getattr(second, name))


def test_tables_match_model():
    """The tables match the data model."""
    text = (DATA / "bulletins" / "A01_en_wire_refineries.txt").read_text(encoding="utf-8")
    extracted = read(text, "2024-03-13")
    for table, model in zip(
        (extracted.mentions, extracted.records, extracted.claims, extracted.distances),
        (MENTIONS, RECORDS, CLAIMS, DISTANCES),
        strict=True,
    ):
        check_table(table, model)
        assert not table.empty
    assert extracted.records.record_id.is_unique
    assert set(extracted.claims.record_id) <= set(extracted.records.record_id)
    assert set(extracted.distances.record_id) <= set(extracted.records.record_id)
    assert set(extracted.mentions.record_id) - {""} <= set(extracted.records.record_id)


def test_no_reports():
    """No reports yield empty tables."""
    reports = pd.DataFrame({"report_id": [], "published": [], "language": [], "text": []}).astype(object)
    assert extract(reports, gazetteer()).records.empty
