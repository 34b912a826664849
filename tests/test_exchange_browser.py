"""A hostile table from `geostrike run` to a browser: all of it is text, and nothing runs."""

import contextlib
import csv
import io
import json

import pytest
from hostile_tables import MARKUP, RUN, TEXTS

from geostrike import read_strikes
from geostrike.cli import main
from geostrike.exchange import FORMATS, write_strikes

FILE = "<img src=x onerror=alert(1)> {{ 600 + 66 }} \u202e.csv"
TITLE = f"{{{{ 600 + 66 }}}}</title><script>{RUN}</script>"
REPORT = "Drones struck an oil depot in Klintsy, Bryansk region, on 19 January 2024, governor Alexander Bogomaz said. "


def geostrike(*arguments):
    """Return the exit code of the command and its output."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return ended.value.code, out.getvalue()


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A table with hostile text in every text cell, in column names and in the file name."""
    texts = {text.strip(): text for text in [*MARKUP, *TEXTS] if text.strip()}.values()
    path = tmp_path_factory.mktemp("hostile") / FILE
    names = [
        "id",
        "date",
        "place",
        "lat",
        "lon",
        "text",
        "title",
        "source",
        "url",
        "target",
        "weapon",
        "status",
        "admin1",
    ]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([*names, *MARKUP])
        for number, text in enumerate([*texts, "Z" * 999_999]):
            point = [f"{50 + number / 100:.2f}", f"{37 + number / 100:.2f}"]
            short = text[:1000]
            day = f"2024-01-{number % 28 + 1:02}"
            writer.writerow([text, day, text, *point, *[short] * 8, *[short] * len(MARKUP)])
            writer.writerow(
                [f"text {number}", day, "", "", "", f"{REPORT}{number} {short}", *[short] * 7, *[short] * len(MARKUP)]
            )
    return path


@pytest.fixture(scope="module")
def out(table):
    """The folder of a run over the table."""
    folder = table.parent / "out"
    code, printed = geostrike("run", table, "--out", folder, "--title", TITLE, "--full-text")
    assert code == 0, printed[-2000:]
    assert not any(c in printed for c in "\x1b\x07\u202e")
    return folder


def test_no_row_is_lost(table, out):
    """Every row of the table is read."""
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    with table.open(encoding="utf-8", newline="") as handle:
        rows = sum(1 for _ in csv.reader(handle)) - 1
    assert (run["rows_in"], run["ok"], run["quarantined"]) == (rows, rows, 0)
    assert sum(not line["source_id"].startswith("text ") for line in csv_rows(out / "strikes.csv")) >= rows / 2


def csv_rows(path):
    csv.field_size_limit(2_000_000)
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_no_cell_is_a_formula(out):
    """No cell of a written CSV file starts a formula."""
    for path in out.glob("*.csv"):
        cells = [cell for row in csv_rows(path) for cell in row.values()]
        assert not any(cell[:1] in {"=", "@", "\t", "\r", "\n"} for cell in cells if cell), path.name
        assert not any(cell[:1] in {"+", "-"} and not cell[1:].replace(".", "").isdigit() for cell in cells), path.name


def run_in(page):
    return [frame.evaluate("() => window.ran || 0") for frame in page.frames]


def elements(page, selector):
    """Return the number of matching elements in the page and its frames."""
    return sum(frame.evaluate("(s) => document.querySelectorAll(s).length", selector) for frame in page.frames)


HANDLERS = "[onerror], [onload], [onmouseover], [onclick], [onfocus], base, form"


@pytest.mark.parametrize("name", ["map.html", "report.html"])
def test_pages_run_nothing(name, out, open_page):
    """The map and the report run no text of the table and send no request."""
    dialogs = []
    opened = open_page(out / name)
    page = opened.page
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.evaluate("() => document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    if name == "map.html":
        count = page.evaluate("() => { geostrike.page.showTable(true); return geostrike.page.layer.strikes.n; }")
        assert count > len(MARKUP)
        page.evaluate("() => geostrike.page.showTable(false)")
        for number in range(0, count, count // 8):
            page.evaluate("(number) => geostrike.page.goTo(number)", number)
            page.wait_for_selector(".gs-strike")
        for language in ("de", "uk", "ru", "en"):
            page.evaluate("(language) => geostrike.page.setLanguage(language)", language)
    else:
        page.locator(".map").scroll_into_view_if_needed()
        page.frame_locator(".map iframe").locator("html[data-geostrike=ready]").wait_for(state="attached")
        page.locator("th[data-name=Place] button").click()
    opened.settled()
    assert set(run_in(page)) == {0}
    assert dialogs == []
    opened.assert_quiet()
    assert elements(page, HANDLERS) == 0
    assert elements(page, "img[src*='evil'], link[href*='evil'], meta[content*='evil'], iframe[src]") == 0
    assert elements(page, "a[href^='javascript' i], a[href^='data' i], a[href^='vbscript' i]") == 0
    assert "666" not in page.inner_text("body")
    assert page.url.startswith("file:")


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_every_format_round_trips(form, table, tmp_path):
    """Every format returns the rows and the place names, or reports the loss."""
    read = read_strikes(table)
    ending = {"acled": "csv", "ucdp": "csv", "timemap": "json"}.get(form, form)
    written = write_strikes(read.strikes, tmp_path / f"out.{ending}", form=form)
    back = read_strikes(written.files[0], keep="all")
    assert back.rows_in == len(read.strikes)
    places = set(read.strikes["place_as_written"])
    assert places == set(back.strikes["place_as_written"]) or {"place_as_written", *WHERE} & set(
        written.losses["column"]
    )


WHERE = ("location", "where_coordinates")
