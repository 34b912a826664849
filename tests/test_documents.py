"""Reading documents: every file and row ends in the reports or in quarantine."""

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
from geostrike.pipeline import locate
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
def test_encodings(tmp_path, encoding):
    """A text is decoded in any common encoding, and its language is guessed."""
    documents = read_one(tmp_path, "a.txt", RUSSIAN.encode(encoding))
    assert documents.reports.text.tolist() == [RUSSIAN]
    assert documents.reports.language.tolist() == ["ru"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "قصفت طائرات مسيرة مصفاة نفط في مدينة توابسي ليلة الثلاثاء."),
        (
            "pl",
            "W nocy na środę drony zaatakowały rafinerię w Tuapse, która się zapaliła, oraz port, który płonie.",
        ),
        (
            "fr",
            "Des drones ont frappé la raffinerie de Tuapse dans la nuit, selon le gouverneur, et les quais.",
        ),
    ],
)
def test_language_not_read(tmp_path, language, text):
    """A report in a language without a lexicon is kept and counted apart, and has no strikes."""
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    (tmp_path / "b.txt").write_text("A drone struck the refinery in Tuapse on 23 April 2024.", encoding="utf-8")
    located = locate(tmp_path)
    assert sorted(located.reports.language) == sorted([language, "en"])
    assert located.run["not_read"] == {language: 1}
    assert (located.run["rows_in"], located.run["ok"], located.run["strikes"]) == (2, 1, 1)


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
def test_publication_date_at_head(tmp_path, name, head, basis):
    """The publication date is read from a date prefix, a date line or front matter."""
    words = {"18 ма": RUSSIAN, "18 бе": "У ніч на середу безпілотники атакували нафтобазу, повідомив губернатор."}
    body = words.get(head[:5], "Die Drohnen wurden in der Nacht gesehen." if head.startswith("Kiew") else "It burned.")
    report = read_one(tmp_path, name, head + body).reports.iloc[0]
    assert (report.published.date(), report.published_basis) == (dt.date(2025, 3, 18), basis)


def test_date_in_running_text(tmp_path):
    """A date in the running text is not the publication date."""
    text = "The depot near the town was first attacked by the other side on 18 March 2025, officials said."
    report = read_one(tmp_path, "a.txt", text).reports.iloc[0]
    assert report.published_basis == ""
    assert str(report.published) == "NaT"


def test_given_dates(tmp_path):
    """A given date fills in a missing one, and overrides that of the named file."""
    (tmp_path / "a.txt").write_text("A depot burned.")
    (tmp_path / "b.txt").write_text(" date 2024-01-02 Another depot burned.")
    filled = read_reports(tmp_path, published="2025-03-19").set_index("path").published.dt.date.to_dict()
    assert filled == {"a.txt": dt.date(2025, 3, 19), "b.txt": dt.date(2024, 1, 2)}
    named = read_reports(tmp_path, published={"b.txt": dt.date(2024, 5, 6)}).set_index("path").published
    assert named["b.txt"].date() == dt.date(2024, 5, 6)
    assert str(named["a.txt"]) == "NaT"


@pytest.mark.parametrize("published", ["yesterday", {"a.txt": "03/04/2024"}, {"none.txt": "2024-01-01"}])
def test_bad_given_date(tmp_path, published):
    """A given date that cannot be used is an InputError."""
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
def test_unusable_files(tmp_path, name, content, code):
    """An unusable file is quarantined with a code and a reason."""
    documents = read_one(tmp_path, name, content)
    assert documents.reports.empty
    row = documents.quarantine.iloc[0]
    assert (row.path, row.code) == (name, code)
    assert row.reason


def test_long_files(tmp_path, monkeypatch):
    """A file over the limit is quarantined without being read."""
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
        with pytest.raises(formats.RejectionError, match=words) as refusal:
            list(formats.read_pieces(tmp_path / name))
        assert refusal.value.code == "TOO_LONG"


def test_nothing_is_lost(tmp_path):
    """Every file is a report or in quarantine, in a fixed order."""
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


def test_missing_and_empty_folders(tmp_path):
    """A missing or empty folder is an InputError."""
    with pytest.raises(InputError, match="no such file"):
        read_documents(tmp_path / "none")
    with pytest.raises(InputError, match="holds no file"):
        read_documents(tmp_path)


def test_markup_stays_text(tmp_path):
    """Markup in a title stays text."""
    hostile = "---\ntitle: '{{ 7*7 }} <script>'\n---\n<b>Drones</b> {% raw %} \u202e hit."
    report = read_one(tmp_path, "a.md", hostile).reports.iloc[0]
    assert report.title == "{{ 7*7 }} <script>"
    assert report.text == "<b>Drones</b> {% raw %} \u202e hit."


@given(st.text(max_size=80))
def test_report_id_ignores_whitespace(text):
    """The id of a report does not depend on whitespace."""
    assert report_id(text) == report_id("  " + text.replace("\n", "\r\n") + "\n")


@settings(max_examples=30)
@given(st.text())
def test_guess_any_text(text):
    """Any text has a known language or none."""
    assert guess_language(text) in {"", "en", "ru", "uk", "de"}


# --- other formats ----------------------------------------------------------------------------------------------------

PAGE = """<html lang="en"><head><title>Depot burns</title><meta property="article:published_time"
content="2024-01-25T08:00:00Z"><meta property="og:site_name" content="The Paper"></head><body><nav><a href="/">Home</a>
<a href="/shop">Buy our mugs</a></nav><article><h1>Depot burns</h1><p>A drone struck an oil depot in the town of Azov
on Wednesday, the governor of the region said. Nobody was hurt, and the fire was put out in the morning.</p><p>It was
the second attack on the depot in a month. The owner did not comment, and neither did anybody in Kyiv.</p></article>
<footer>Cookies, cookies</footer></body></html>"""


def test_web_page(tmp_path):
    """A web page yields its main text and its metadata."""
    report = read_one(tmp_path, "page.html", PAGE).reports.iloc[0]
    assert "A drone struck an oil depot" in report.text
    assert "mugs" not in report.text
    assert "Cookies" not in report.text
    found = (report.title, report.publisher, str(report.published)[:10], report.published_basis)
    assert found == ("Depot burns", "The Paper", "2024-01-25", "metadata")


@pytest.mark.parametrize("encoding", ["utf-16", "cp1251"])
def test_web_page_encodings(tmp_path, encoding):
    """A web page is decoded in any common encoding."""
    page = PAGE.replace("<head>", '<head><meta charset="windows-1251">').replace("A drone struck", "Дрон поразил")
    report = read_one(tmp_path, "page.html", page.encode(encoding)).reports.iloc[0]
    assert "Дрон поразил an oil depot" in report.text


def test_locked_pdf(tmp_path):
    """A PDF file with a password is quarantined."""
    locked = pypdf.PdfWriter()
    locked.add_blank_page(width=300, height=200)
    locked.encrypt("secret", algorithm="RC4-128")
    locked.write(tmp_path / "a.pdf")
    assert "protected by a password" in read_documents(tmp_path).quarantine["reason"][0]


def test_web_archive(tmp_path):
    """A web archive yields its page."""
    head = 'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n--x\n'
    head += "Content-Type: text/html; charset=utf-8\n\n"
    report = read_one(tmp_path, "page.mhtml", head + PAGE + "\n--x--\n").reports.iloc[0]
    assert "A drone struck an oil depot" in report.text


def test_word_file(tmp_path):
    """A Word file yields its paragraphs and tables."""
    document = docx.Document()
    document.add_paragraph("18 March 2025")
    document.add_paragraph("A drone struck the depot in Azov.")
    document.save(tmp_path / "report.docx")
    report = read_documents(tmp_path).reports.iloc[0]
    assert report.text == "18 March 2025\nA drone struck the depot in Azov."
    assert report.published_basis == "date_line"


def test_pdf_files(tmp_path):
    """A PDF file yields its text; one without text is quarantined."""
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
def test_tables_of_reports(tmp_path, name, content):
    """Every row of a JSON, JSON Lines or CSV file is a report."""
    reports = read_one(tmp_path, name, content).reports
    assert reports.text.tolist() == ["A depot burned.", "A plant burned."]
    assert reports.published.dt.day.tolist() == [25, 26]
    assert set(reports.published_basis) == {"metadata"}


def test_bad_rows(tmp_path):
    """A bad row is quarantined with its line, and the others are read."""
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


def test_missing_extra(tmp_path, monkeypatch):
    """A missing package is reported with the extra that installs it."""
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    (tmp_path / "page.html").write_text(PAGE)
    with pytest.raises(formats.RejectionError, match=re.escape("geostrike[documents]")):
        list(formats.read_pieces(tmp_path / "page.html"))


# --- identity of reports ----------------------------------------------------------------------------------------------

POST = "Drones hit an oil depot in Tuapse overnight, the governor of the region said on his channel."


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"published": "2024-03-03"}, {"published": "2024-03-10"}),
        ({"url": "https://example.org/1"}, {"url": "https://example.org/2"}),
        ({"published": "2024-03-03"}, {}),
    ],
)
def test_equal_texts_stay_two(left, right):
    """Equal texts with different own dates or addresses are two reports, the later a reprint."""
    documents = read_documents(pd.DataFrame([{"text": POST} | left, {"text": f" {POST}\n"} | right]))
    assert documents.quarantine.empty
    first, second = documents.reports["report_id"]
    assert first != second
    assert documents.reports["reprint_of"].tolist() == ["", first]


def test_duplicate_report():
    """A report is a duplicate if text, date and address agree."""
    row = {"text": POST, "published": "2024-03-03", "url": "https://example.org/1"}
    documents = read_documents(pd.DataFrame([row, row | {"text": POST.replace(" ", "  ")}]))
    assert len(documents.reports) == 1
    assert documents.quarantine[["line", "code"]].values.tolist() == [[2, "DUPLICATE_ID"]]
    assert "the same text, date and address" in documents.quarantine["reason"][0]


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.json"])
def test_given_date_keeps_id(tmp_path, name):
    """A given date never enters an id, with or without an own date."""
    contents = {"a.txt": f"18 March 2025\n{POST}", "a.md": f"---\ndate: 2025-03-18\n---\n{POST}"}
    content = contents.get(name, json.dumps([{"text": POST}]))
    own = read_one(tmp_path, name, content).reports
    given = read_documents(tmp_path, published={name: "2025-03-20"}).reports
    assert given["published"].dt.day.tolist() == [20]
    assert given["report_id"].tolist() == own["report_id"].tolist()


def test_reread_keeps_ids(tmp_path):
    """Reports read with a given date keep their ids when their table is read again."""
    (tmp_path / "a.txt").write_text(f"18 March 2025\n{POST}")
    (tmp_path / "b.txt").write_text(POST)
    first = read_documents(tmp_path, published={"b.txt": "2025-03-20"}).reports
    again = read_documents(first).reports
    columns = ["report_id", "published"]
    assert again[columns].equals(first[columns])
    assert again["published_basis"].tolist() == ["front_matter", "given"]


def test_id_of_bare_text():
    """Without date and address the id is the hash of the text, as in version 0.1."""
    assert read_documents(pd.DataFrame({"text": [POST]})).reports["report_id"].tolist() == [report_id(POST)]


# --- reprints ---------------------------------------------------------------------------------------------------------

WIRE = (
    "A drone struck an oil depot in the town of Azov on Wednesday and set two tanks on fire, the governor of the "
    "region said. Nobody was hurt. It was the second attack on the depot within a month, and the first by daylight. "
)


def test_earliest_is_original(tmp_path):
    """A reprint refers to the earliest report with its text."""
    (tmp_path / "a.md").write_text("---\ndate: 2024-01-27\n---\nAZOV (Wire) - " + WIRE + "More to follow.")
    (tmp_path / "b.md").write_text("---\ndate: 2024-01-25\n---\n" + WIRE)
    (tmp_path / "c.md").write_text("---\ndate: 2024-01-26\n---\nIn Azov all is quiet on this day, the governor said.")
    reports = read_documents(tmp_path).reports.set_index("path")
    assert reports.reprint_of.to_dict() == {"a.md": reports.report_id["b.md"], "b.md": "", "c.md": ""}


def test_all_reprints_found():
    """The index finds every reprint that comparing all pairs finds."""
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
    kept, expected = [reprints._shingles(text) for text in texts], []
    for number, shingles in enumerate(kept):
        counts = {other: len(shingles & kept[other]) for other in range(number) if expected[other] < 0}
        alike = [o for o, count in counts.items() if reprints._alike(count, len(shingles), len(kept[o]))]
        expected.append(max(alike, key=lambda other: (counts[other], -other), default=-1))
    assert find_reprints(texts) == expected
    assert 50 < sum(other >= 0 for other in expected) < 350


def test_similar_events_are_not_reprints():
    """Reports of similar events in other words are not reprints."""
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
def test_language_of_one_sentence(text, language):
    """One sentence is enough to guess its language."""
    assert guess_language(text) == language


# --- geostrike.toml ---------------------------------------------------------------------------------------------------


def test_dates_from_settings(tmp_path):
    """geostrike.toml sets publication dates by file."""
    (tmp_path / "a.txt").write_text(" date 2024-01-02 A depot burned.")
    (tmp_path / "geostrike.toml").write_text('border = "UKR-RUS:territory"\n[published]\n"a.txt" = 2025-03-19\n')
    report = read_documents(tmp_path).reports.iloc[0]
    assert (str(report.published)[:10], report.published_basis) == ("2025-03-19", "given")
    given = read_documents(tmp_path, published={"a.txt": "2025-03-20"}).reports.iloc[0]
    assert str(given.published)[:10] == "2025-03-20"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("borders = 1", "'borders' is not a known setting"),
        ("[merging]\nweeks = 1", "merging.weeks = 1; write a number for days_apart or km_apart"),
        ("[merging]\ndays_apart = -1", "merging.days_apart = -1"),
        ("border = 1", "border = 1"),
        ("[published]\n'a.txt' = '2025'", "not a date"),
        ("[names]\nA = 1", "write a name"),
        ("[names]\nA = {name = 'B', planet = 'C'}", "write a name"),
        ("= =", "geostrike.toml"),
        ("names = 1", "must be a table"),
    ],
)
def test_bad_settings(tmp_path, content, message):
    """A wrong setting in geostrike.toml is an InputError that names it."""
    (tmp_path / "geostrike.toml").write_text(content)
    with pytest.raises(InputError, match=re.escape(message)):
        read_overrides(tmp_path)


def test_settings_of_missing_file(tmp_path):
    """A publication date of a missing file is an InputError."""
    (tmp_path / "a.txt").write_text("A depot burned.")
    (tmp_path / "geostrike.toml").write_text('[published]\n"gone.txt" = 2025-03-19\n')
    with pytest.raises(InputError, match=r"geostrike.toml: a publication date is given for 'gone.txt'"):
        read_documents(tmp_path)


def test_broken_pdf_is_silent(tmp_path, capfd):
    """A broken PDF file prints nothing on the terminal."""
    assert read_one(tmp_path, "a.pdf", b"%PDF-1.4 broken").quarantine["code"].tolist() == ["BAD_TEXT"]
    assert capfd.readouterr().err == ""


def test_names_from_settings():
    """geostrike.toml redefines names."""
    places = NamedPlaces(Gazetteer(), {"Station 5": {"name": "Donetsk", "country": "RUS"}})
    assert places.resolve("station 5", kind="facility").place.admin1 == "RU-ROS"
    assert places.resolve("Tuapse").place.name == "Tuapse"
    assert [found.place.name for found in places.resolve_jointly(["Station 5", "Tuapse"])] == ["Donetsk", "Tuapse"]
