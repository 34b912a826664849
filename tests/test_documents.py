"""What is read is all there is: every file is a report or a row of the quarantine."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geostrike.errors import InputError
from geostrike.reading.documents import guess_language, read_documents, read_reports, report_id
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
    ],
)
def test_what_cannot_be_used_is_quarantined_with_a_reason(tmp_path, name, content, code):
    documents = read_one(tmp_path, name, content)
    assert documents.reports.empty
    row = documents.quarantine.iloc[0]
    assert (row.path, row.code) == (name, code)
    assert row.reason


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
