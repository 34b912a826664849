"""What is read is all there is: every file is a report or a row of the quarantine."""

import datetime as dt
import json
import random
import re
import sys
from zlib import crc32

import docx
import pandas as pd
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geostrike.errors import InputError
from geostrike.places import Gazetteer
from geostrike.reading.documents import formats, reprints
from geostrike.reading.documents.reports import read_documents, read_reports, report_id
from geostrike.reading.documents.reprints import find_reprints
from geostrike.reading.overrides import NamedPlaces, read_overrides
from geostrike.reading.text.language import guess_language
from geostrike.tables import QUARANTINE, REPORTS, check_table

RUSSIAN = "В ночь на среду беспилотники атаковали нефтебазу. Об этом сообщил губернатор, пострадавших не было."


def read_one(tmp_path, name, content, **options):
    data = content if isinstance(content, bytes) else content.encode()
    (tmp_path / name).write_bytes(data)
    return read_documents(tmp_path, **options)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r"])
def test_encodings_are_found(tmp_path, encoding):
    documents = read_one(tmp_path, "a.txt", RUSSIAN.encode(encoding))
    assert documents.reports.text.tolist() == [RUSSIAN]
    assert documents.reports.language.tolist() == ["ru"]


@pytest.mark.parametrize(
    ("name", "head", "basis"),
    [
        ("a.txt", " date 2025-03-18 ", "date_prefix"),
        ("a.txt", "Tuesday, 18 March 2025\n", "date_line"),
        ("a.txt", "18 марта 2025 года\n", "date_line"),
        ("a.txt", "18 березня 2025 року\n", "date_line"),
        ("a.txt", "Kiew, 18. März 2025 (dpa). ", "date_line"),
        ("a.md", "---\npublished: 2025-03-18\n---\n", "front_matter"),
        ("a.md", "---\ndate: 18 March 2025\n---\n\n", "front_matter"),
    ],
)
def test_publication_date_is_read_from_the_head(tmp_path, name, head, basis):
    words = {"18 ма": RUSSIAN, "18 бе": "У ніч на середу безпілотники атакували нафтобазу, повідомив губернатор."}
    body = words.get(head[:5], "Die Drohnen wurden in der Nacht gesehen." if head.startswith("Kiew") else "It burned.")
    report = read_one(tmp_path, name, head + body).reports.iloc[0]
    assert (report.published.date(), report.published_basis) == (dt.date(2025, 3, 18), basis)


def test_a_date_in_the_running_text_is_not_the_publication_date(tmp_path):
    text = "The depot near the town was first attacked by the other side on 18 March 2025, officials said."
    report = read_one(tmp_path, "a.txt", text).reports.iloc[0]
    assert report.published_basis == ""
    assert str(report.published) == "NaT"


def test_given_dates_fill_and_override(tmp_path):
    (tmp_path / "a.txt").write_text("A depot burned.")
    (tmp_path / "b.txt").write_text(" date 2024-01-02 Another depot burned.")
    filled = read_reports(tmp_path, published="2025-03-19").set_index("path").published.dt.date.to_dict()
    assert filled == {"a.txt": dt.date(2025, 3, 19), "b.txt": dt.date(2024, 1, 2)}
    named = read_reports(tmp_path, published={"b.txt": dt.date(2024, 5, 6)}).set_index("path").published
    assert named["b.txt"].date() == dt.date(2024, 5, 6)
    assert str(named["a.txt"]) == "NaT"


@pytest.mark.parametrize("published", ["yesterday", {"a.txt": "03/04/2024"}, {"none.txt": "2024-01-01"}])
def test_a_given_date_that_cannot_be_used_is_refused(tmp_path, published):
    (tmp_path / "a.txt").write_text("A depot burned.")
    with pytest.raises(InputError, match="publication date"):
        read_documents(tmp_path, published=published)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.txt", "", "BAD_TEXT"),
        ("blank.md", "---\ntitle: x\n---\n \n", "BAD_TEXT"),
        ("binary.txt", b"\x00\x01\x02\xff" * 50, "BAD_TEXT"),
        ("picture.jpg", b"\xff\xd8\xff", "BAD_TEXT"),
        ("a.md", "---\n: [\n---\ntext", "BAD_TEXT"),
        ("a.md", "---\npublished: 2024-13-45\n---\ntext", "BAD_DATE"),
        ("a.md", "---\npublished: soon\n---\ntext", "BAD_DATE"),
        ("a.md", "---\npublished: 03/04/2024\n---\ntext", "AMBIGUOUS_DATE"),
        ("a.md", "---\npublished: 2999-01-01\n---\ntext", "FUTURE_DATE"),
        ("zero.txt", "A depot\0 burned.", "BAD_TEXT"),
        ("nothing.html", "<html><body></body></html>", "BAD_TEXT"),
        ("no-page.mhtml", "MIME-Version: 1.0\nContent-Type: text/plain\n\nwords", "BAD_TEXT"),
        ("a.json", "{", "BAD_TEXT"),
        ("a.json", '{"articles": []}', "BAD_TEXT"),
        ("a.json", "[7]", "BAD_TEXT"),
    ],
)
def test_what_cannot_be_used_is_quarantined_with_a_reason(tmp_path, name, content, code):
    documents = read_one(tmp_path, name, content)
    assert documents.reports.empty
    row = documents.quarantine.iloc[0]
    assert (row.path, row.code) == (name, code)
    assert row.reason


def test_what_is_too_long_is_quarantined_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "MAX_BYTES", 100_000)
    monkeypatch.setattr(formats, "MAX_PAGES", 2)
    monkeypatch.setattr(formats, "MAX_UNPACKED", 20_000)
    (tmp_path / "a.txt").write_text("word " * 20_001)
    docx.Document().save(tmp_path / "b.docx")
    pages = pypdf.PdfWriter()
    for _ in range(3):
        pages.add_blank_page(width=300, height=200)
    pages.write(tmp_path / "c.pdf")
    assert (tmp_path / "b.docx").stat().st_size > 20_000
    for name, words in {"a.txt": "100,005 bytes", "b.docx": "when unpacked", "c.pdf": "3 pages"}.items():
        with pytest.raises(formats.RefusedError, match=words) as refusal:
            list(formats.read_pieces(tmp_path / name))
        assert refusal.value.code == "TOO_LONG"


def test_nothing_is_lost_and_order_is_fixed(tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "geostrike.toml").write_text("")
    for name in ("b.txt", "deep/a.md", "deep/er/c.txt", "z.txt"):
        (tmp_path / name).write_text(f"Report {name}.")
    (tmp_path / "copy.txt").write_text("Report  b.txt.\n")
    (tmp_path / "empty.txt").write_text("")
    documents = read_documents(tmp_path)
    assert documents.reports.path.tolist() == ["b.txt", "deep/a.md", "deep/er/c.txt", "z.txt"]
    assert documents.quarantine.set_index("path").code.to_dict() == {
        "copy.txt": "DUPLICATE_ID",
        "empty.txt": "BAD_TEXT",
    }
    check_table(documents.reports, REPORTS)
    check_table(documents.quarantine, QUARANTINE)


def test_missing_and_empty_folders_are_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_documents(tmp_path / "none")
    with pytest.raises(InputError, match="holds no file"):
        read_documents(tmp_path)


def test_a_title_and_its_markup_stay_text(tmp_path):
    hostile = "---\ntitle: '{{ 7*7 }} <script>'\n---\n<b>Drones</b> {% raw %} \u202e hit."
    report = read_one(tmp_path, "a.md", hostile).reports.iloc[0]
    assert report.title == "{{ 7*7 }} <script>"
    assert report.text == "<b>Drones</b> {% raw %} \u202e hit."


@given(st.text(max_size=80))
def test_report_id_does_not_depend_on_blanks(text):
    assert report_id(text) == report_id("  " + text.replace("\n", "\r\n") + "\n")


@settings(max_examples=30)
@given(st.text())
def test_any_text_has_a_language_or_none(text):
    assert guess_language(text) in {"", "en", "ru", "uk", "de"}


# --- other formats ----------------------------------------------------------------------------------------------------

PAGE = """<html lang="en"><head><title>Depot burns</title><meta property="article:published_time"
content="2024-01-25T08:00:00Z"><meta property="og:site_name" content="The Paper"></head><body><nav><a href="/">Home</a>
<a href="/shop">Buy our mugs</a></nav><article><h1>Depot burns</h1><p>A drone struck an oil depot in the town of Azov
on Wednesday, the governor of the region said. Nobody was hurt, and the fire was put out in the morning.</p><p>It was
the second attack on the depot in a month. The owner did not comment, and neither did anybody in Kyiv.</p></article>
<footer>Cookies, cookies</footer></body></html>"""


def test_web_pages_give_their_main_text(tmp_path):
    report = read_one(tmp_path, "page.html", PAGE).reports.iloc[0]
    assert "A drone struck an oil depot" in report.text
    assert "mugs" not in report.text
    assert "Cookies" not in report.text
    told = (report.title, report.publisher, str(report.published)[:10], report.published_basis)
    assert told == ("Depot burns", "The Paper", "2024-01-25", "metadata")


@pytest.mark.parametrize("encoding", ["utf-16", "cp1251"])
def test_web_pages_in_other_encodings_are_read(tmp_path, encoding):
    page = PAGE.replace("<head>", '<head><meta charset="windows-1251">').replace("A drone struck", "Дрон поразил")
    report = read_one(tmp_path, "page.html", page.encode(encoding)).reports.iloc[0]
    assert "Дрон поразил an oil depot" in report.text


def test_a_locked_pdf_is_quarantined(tmp_path):
    locked = pypdf.PdfWriter()
    locked.add_blank_page(width=300, height=200)
    locked.encrypt("secret", algorithm="RC4-128")
    locked.write(tmp_path / "a.pdf")
    assert "locked with a password" in read_documents(tmp_path).quarantine["reason"][0]


def test_web_archives_hold_a_page(tmp_path):
    head = 'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n--x\n'
    head += "Content-Type: text/html; charset=utf-8\n\n"
    report = read_one(tmp_path, "page.mhtml", head + PAGE + "\n--x--\n").reports.iloc[0]
    assert "A drone struck an oil depot" in report.text


def test_word_files_are_read(tmp_path):
    document = docx.Document()
    document.add_paragraph("18 March 2025")
    document.add_paragraph("A drone struck the depot in Azov.")
    document.save(tmp_path / "report.docx")
    report = read_documents(tmp_path).reports.iloc[0]
    assert report.text == "18 March 2025\nA drone struck the depot in Azov."
    assert report.published_basis == "date_line"


def test_pdf_files_are_read_and_pictures_are_not(tmp_path):
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(width=300, height=200)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = pypdf.generic.DictionaryObject(
        {pypdf.generic.NameObject(k): pypdf.generic.NameObject(v) for k, v in font.items()}
    )
    fonts = pypdf.generic.DictionaryObject({pypdf.generic.NameObject("/F1"): writer._add_object(font)})
    page[pypdf.generic.NameObject("/Resources")] = pypdf.generic.DictionaryObject(
        {pypdf.generic.NameObject("/Font"): fonts}
    )
    stream = pypdf.generic.DecodedStreamObject()
    stream.set_data(b"BT /F1 12 Tf 20 100 Td (A drone struck an oil depot in Azov.) Tj ET")
    page[pypdf.generic.NameObject("/Contents")] = writer._add_object(stream)
    writer.write(tmp_path / "a.pdf")
    empty = pypdf.PdfWriter()
    empty.add_blank_page(width=300, height=200)
    empty.write(tmp_path / "b.pdf")
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    documents = read_documents(tmp_path)
    assert [text.strip() for text in documents.reports.text] == ["A drone struck an oil depot in Azov."]
    assert documents.quarantine[["path", "code"]].values.tolist() == [["b.pdf", "BAD_TEXT"], ["c.pdf", "BAD_TEXT"]]
    assert "no text" in documents.quarantine.reason[0]


ROWS = [
    {"text": "A depot burned.", "published": "2024-01-25", "publisher": "The Paper"},
    {"body": "A plant burned.", "date": "26 January 2024", "lang": "en"},
]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", json.dumps(ROWS)),
        ("a.json", json.dumps({"articles": ROWS})),
        ("a.jsonl", "\n".join(map(json.dumps, ROWS)) + "\n"),
        ("a.csv", 'text,date\n"A depot burned.",2024-01-25\n"A plant burned.",26 January 2024\n'),
        ("a.csv", "text;date\nA depot burned.;2024-01-25\nA plant burned.;26 January 2024\n"),
    ],
)
def test_tables_of_reports_are_read(tmp_path, name, content):
    reports = read_one(tmp_path, name, content).reports
    assert reports.text.tolist() == ["A depot burned.", "A plant burned."]
    assert reports.published.dt.day.tolist() == [25, 26]
    assert set(reports.published_basis) == {"metadata"}


def test_bad_rows_go_to_quarantine_with_their_line(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "A depot burned."}\nno json\n{"title": "no text"}\n')
    (tmp_path / "b.csv").write_text("text,date\nA plant burned.,2024-01-25\n,\nragged\n")
    (tmp_path / "c.csv").write_text("place,date\nAzov,2024-01-25\n")
    documents = read_documents(tmp_path)
    assert len(documents.reports) == 2
    rows = documents.quarantine[["path", "line", "code"]].values.tolist()
    assert rows == [
        ["a.jsonl", 2, "BAD_TEXT"], ["a.jsonl", 3, "BAD_TEXT"],
        ["b.csv", 4, "RAGGED_ROW"], ["c.csv", 0, "MISSING_VALUE"],
    ]  # fmt: skip


def test_a_missing_extra_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    (tmp_path / "page.html").write_text(PAGE)
    with pytest.raises(formats.RefusedError, match=re.escape("geostrike[documents]")):
        list(formats.read_pieces(tmp_path / "page.html"))


# --- which reports are one --------------------------------------------------------------------------------------------

POST = "Drones hit an oil depot in Tuapse overnight, the governor of the region said on his channel."


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"published": "2024-03-03"}, {"published": "2024-03-10"}),
        ({"url": "https://example.org/1"}, {"url": "https://example.org/2"}),
        ({"published": "2024-03-03"}, {}),
    ],
)
def test_same_words_are_two_reports(left, right):
    """Equal texts with another date or address of their own are two reports, the later one a reprint."""
    documents = read_documents(pd.DataFrame([{"text": POST} | left, {"text": f" {POST}\n"} | right]))
    assert documents.quarantine.empty
    first, second = documents.reports["report_id"]
    assert first != second
    assert documents.reports["reprint_of"].tolist() == ["", first]


def test_same_text_date_and_address_is_one():
    """A report is a duplicate where text, date and address agree."""
    row = {"text": POST, "published": "2024-03-03", "url": "https://example.org/1"}
    documents = read_documents(pd.DataFrame([row, row | {"text": POST.replace(" ", "  ")}]))
    assert len(documents.reports) == 1
    assert documents.quarantine[["line", "code"]].values.tolist() == [[2, "DUPLICATE_ID"]]
    assert "the same text, date and address" in documents.quarantine["reason"][0]


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.json"])
def test_a_given_date_changes_no_id(tmp_path, name):
    """The date that a user gives never enters an id, whether the report has one of its own or not."""
    contents = {"a.txt": f"18 March 2025\n{POST}", "a.md": f"---\ndate: 2025-03-18\n---\n{POST}"}
    content = contents.get(name, json.dumps([{"text": POST}]))
    own = read_one(tmp_path, name, content).reports
    given = read_documents(tmp_path, published={name: "2025-03-20"}).reports
    assert given["published"].dt.day.tolist() == [20]
    assert given["report_id"].tolist() == own["report_id"].tolist()


def test_a_table_that_was_read_keeps_its_ids(tmp_path):
    """Reports read with a given date have the same ids when their table is read again."""
    (tmp_path / "a.txt").write_text(f"18 March 2025\n{POST}")
    (tmp_path / "b.txt").write_text(POST)
    first = read_documents(tmp_path, published={"b.txt": "2025-03-20"}).reports
    again = read_documents(first).reports
    told = ["report_id", "published"]
    assert again[told].equals(first[told])
    assert again["published_basis"].tolist() == ["front_matter", "given"]


def test_id_without_date_is_that_of_the_text():
    """Of a report that carries neither date nor address the id is the hash of its text, as in version 0.1."""
    assert read_documents(pd.DataFrame({"text": [POST]})).reports["report_id"].tolist() == [report_id(POST)]


# --- reprints ---------------------------------------------------------------------------------------------------------

WIRE = (
    "A drone struck an oil depot in the town of Azov on Wednesday and set two tanks on fire, the governor of the "
    "region said. Nobody was hurt. It was the second attack on the depot within a month, and the first by daylight. "
)


def test_reprints_are_recognised_and_the_earliest_is_the_original(tmp_path):
    (tmp_path / "a.md").write_text("---\ndate: 2024-01-27\n---\nAZOV (Wire) - " + WIRE + "More to follow.")
    (tmp_path / "b.md").write_text("---\ndate: 2024-01-25\n---\n" + WIRE)
    (tmp_path / "c.md").write_text("---\ndate: 2024-01-26\n---\nIn Azov all is quiet on this day, the governor said.")
    reports = read_documents(tmp_path).reports.set_index("path")
    assert reports.reprint_of.to_dict() == {"a.md": reports.report_id["b.md"], "b.md": "", "c.md": ""}


def test_every_reprint_is_found_that_comparing_each_with_each_finds():
    chance, texts = random.Random(3), []
    for _ in range(400):
        if texts and chance.random() < 0.4:  # an earlier text with some words changed, and its end cut off
            words = chance.choice(texts).split()
            for _ in range(chance.randrange(len(words) // 12 + 1)):
                words[chance.randrange(len(words))] = "other"
            words = words[: len(words) - chance.randrange(len(words) // 2 + 1)]
        else:
            words = [f"w{chance.randrange(5000)}" for _ in range(chance.randrange(10, 300))] + WIRE.split()[:20]
        texts.append(" ".join(words))
    kept, expected = [reprints._runs(text) for text in texts], []
    for number, runs in enumerate(kept):
        counts = {other: len(runs & kept[other]) for other in range(number) if expected[other] < 0}
        alike = [o for o, count in counts.items() if reprints._alike(count, len(runs), len(kept[o]))]
        expected.append(max(alike, key=lambda other: (counts[other], -other), default=-1))
    assert find_reprints(texts) == expected
    assert 50 < sum(other >= 0 for other in expected) < 350


def test_many_reports_on_like_events_are_no_reprints():
    words = [[f"w{crc32(bytes(f'{n} {i}', 'ascii')) % 5003}" for i in range(150)] for n in range(600)]
    assert find_reprints(f"{WIRE} {' '.join(own)}" for own in words) == [-1] * 600


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("On Monday drones struck an oil depot in Tuapse.", "en"),
        ("Am Montag traf eine Drohne ein Öllager in Tuapse.", "de"),
        ("В понедельник дроны атаковали нефтебазу в Туапсе.", "ru"),
        ("У понеділок дрони атакували нафтобазу в Туапсе.", "uk"),
        ("12345", ""),
    ],
)
def test_the_language_of_one_sentence_is_told(text, language):
    assert guess_language(text) == language


# --- geostrike.toml ---------------------------------------------------------------------------------------------------


def test_a_folder_may_say_when_its_files_were_published(tmp_path):
    (tmp_path / "a.txt").write_text(" date 2024-01-02 A depot burned.")
    (tmp_path / "geostrike.toml").write_text('border = "UKR-RUS:territory"\n[published]\n"a.txt" = 2025-03-19\n')
    report = read_documents(tmp_path).reports.iloc[0]
    assert (str(report.published)[:10], report.published_basis) == ("2025-03-19", "given")
    given = read_documents(tmp_path, published={"a.txt": "2025-03-20"}).reports.iloc[0]
    assert str(given.published)[:10] == "2025-03-20"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("borders = 1", "'borders' is not known"),
        ("[merging]\nweeks = 1", "merging.weeks = 1; write a number for days_apart or km_apart"),
        ("[merging]\ndays_apart = -1", "merging.days_apart = -1"),
        ("border = 1", "border = 1"),
        ("[published]\n'a.txt' = '2025'", "no date"),
        ("[names]\nA = 1", "write a name"),
        ("[names]\nA = {name = 'B', planet = 'C'}", "write a name"),
        ("= =", "geostrike.toml"),
        ("names = 1", "should be a table"),
    ],
)
def test_what_a_folder_says_must_be_sound(tmp_path, content, message):
    (tmp_path / "geostrike.toml").write_text(content)
    with pytest.raises(InputError, match=re.escape(message)):
        read_overrides(tmp_path)


def test_a_folder_may_not_speak_of_files_that_are_not_there(tmp_path):
    (tmp_path / "a.txt").write_text("A depot burned.")
    (tmp_path / "geostrike.toml").write_text('[published]\n"gone.txt" = 2025-03-19\n')
    with pytest.raises(InputError, match=r"geostrike.toml: a publication date is given for 'gone.txt'"):
        read_documents(tmp_path)


def test_a_broken_pdf_says_nothing_on_the_terminal(tmp_path, capfd):
    assert read_one(tmp_path, "a.pdf", b"%PDF-1.4 broken").quarantine["code"].tolist() == ["BAD_TEXT"]
    assert capfd.readouterr().err == ""


def test_names_mean_what_the_folder_says():
    places = NamedPlaces(Gazetteer(), {"Station 5": {"name": "Donetsk", "country": "RUS"}})
    assert places.resolve("station 5", kind="facility").place.admin1 == "RU-ROS"
    assert places.resolve("Tuapse").place.name == "Tuapse"
    assert places["tuapse"].name == "Tuapse"
