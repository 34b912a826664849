"""The report page in a browser without a network: nothing overflows, nothing of the data runs, all can be reached."""

from __future__ import annotations

import io
import re
from pathlib import Path
from types import SimpleNamespace

import pypdf
import pytest
from site_samples import AXE, HOSTILE, seeds_run, small_run, with_text

from geostrike.report import report_page
from geostrike.results import Located

TESTS = Path(__file__).resolve().parent
PHONE = (390, 844)


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> SimpleNamespace:
    folder = tmp_path_factory.mktemp("report")
    pages = {"seeds": report_page(seeds_run()), "small": report_page(small_run(), full_text=True)}
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return SimpleNamespace(folder=folder, **{name: folder / f"{name}.html" for name in pages})


@pytest.fixture(scope="module")
def seeds(files, open_shared_page):
    return open_shared_page(files.seeds)


# --- opening ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", ["seeds", "small"])
def test_opens_offline(name, size, files, open_page):
    """The page opens without a network, and nothing overflows."""
    opened = open_page(getattr(files, name), size=size)
    opened.assert_quiet()
    wide = opened.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    cut = opened.page.evaluate(
        """() => [...document.querySelectorAll('h1, h2, h3, p, li, dd, dt, figcaption, blockquote, .value, svg')]
            .filter((part) => part.checkVisibility() && !part.closest('.skip'))
            .map((part) => [part.getBoundingClientRect(), part.outerHTML.slice(0, 80)])
            .filter(([box]) => box.left < -1 || box.right > innerWidth + 1).map(([, html]) => html)"""
    )
    assert cut == []


@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desk", "phone"])
def test_figure_type(size, files, open_page):
    """Type in figures is legible and does not overlap."""
    opened = open_page(files.seeds, size=size)
    found = opened.page.evaluate(
        """() => [...document.querySelectorAll('figure svg')].filter((svg) => svg.checkVisibility()).map((svg) => {
            const texts = [...svg.querySelectorAll('text')].filter((text) => text.textContent.trim());
            const boxes = texts.map((text) => text.getBoundingClientRect());
            const frame = svg.getBoundingClientRect();
            const clashes = [];
            boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b, j) => {
                const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
                const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
                if (width > 1 && height > 3) clashes.push([texts[i].textContent, texts[i + 1 + j].textContent]);
            }));
            const outside = boxes.filter((box) => box.left < frame.left - 1 || box.right > frame.right + 1);
            return { name: svg.getAttribute('aria-labelledby'), clashes, outside: outside.length,
                size: Math.min(...boxes.map((box) => box.height)) };
        })"""
    )
    assert len(found) >= 5
    for figure in found:
        assert figure["clashes"] == [], figure
        assert figure["outside"] == 0, figure
        assert figure["size"] >= 8, figure  # pixels, of the line of type


def test_map_frame(files, open_page):
    """The map works in its frame, and the page scrolls until the map is used."""
    seeds = open_page(files.seeds)
    seeds.page.locator(".map").scroll_into_view_if_needed()
    frame = seeds.page.frame_locator(".map iframe")
    frame.locator("html[data-geostrike=ready]").wait_for(state="attached")
    assert frame.locator(".gs-counts").inner_text().startswith("12 strikes")
    seeds.page.mouse.move(640, 450)
    before = seeds.page.evaluate("() => scrollY")
    seeds.page.mouse.wheel(0, 120)
    seeds.page.wait_for_function("(before) => scrollY > before", arg=before)
    seeds.page.get_by_role("button", name="Use the map").click()
    assert seeds.page.locator(".map-cover").is_hidden()
    inner = seeds.page.frames[1]
    outcome = "() => { try { return parent.document.title; } catch (error) { return error.name; } }"
    assert inner.evaluate(outcome) == "SecurityError"
    seeds.assert_quiet()


def test_without_scripts(files, open_page):
    """Without scripts everything but the map is there."""
    opened = open_page(files.seeds, ready="#method", java_script_enabled=False)
    assert opened.page.locator("table.strikes tbody").count() == 12
    assert opened.page.locator("table.strikes th").first.inner_text() == "Date"
    assert opened.page.locator(".map-cover").is_hidden()
    opened.page.locator("table.strikes summary").first.click()
    assert opened.page.locator("table.strikes details[open] li").count() > 1


# --- using it ---------------------------------------------------------------------------------------------------------


def column(page, label: str) -> list[str]:
    return page.locator(f"table.strikes td[data-label='{label}']").all_inner_texts()


def test_sorting(seeds):
    """A click on a column sorts, a second one reverses."""
    page = seeds.page
    page.locator("th[data-name=km] button").click()
    depths = [float(text.replace(",", "")) for text in column(page, "km")]
    assert depths == sorted(depths)
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("km")
    page.locator("th[data-name=km] button").click()
    assert [float(text.replace(",", "")) for text in column(page, "km")] == depths[::-1]
    page.locator("th[data-name=Place] button").click()
    places = [text.splitlines()[0] for text in column(page, "Place")]
    assert places == sorted(places)
    page.locator("th[data-name=Date] button").click()
    assert column(page, "Date")[0] == "1\xa0April\xa02022"
    assert column(page, "Date")[-1] == "no date"


def test_claims_follow_sorting(seeds):
    """Claims stay with their strike when the table is sorted."""
    seeds.page.locator("th[data-name=Place] button").click()
    body = seeds.page.locator("table.strikes tbody", has=seeds.page.get_by_text("Belgorod", exact=True))
    body.locator("summary").click()
    assert 'could "not confirm nor deny" it' in body.inner_text()


def test_keyboard(files, open_page):
    """Every control can be reached by keyboard, with visible focus."""
    page = open_page(files.seeds).page
    seen = []
    for _ in range(12):  # the links, and the button over the map
        page.keyboard.press("Tab")
        seen.append(page.evaluate("() => [document.activeElement.tagName, document.activeElement.textContent.trim()]"))
        outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"
    assert seen[0][1] == "Skip to the content"
    assert ["BUTTON", "Use the map"] in seen


# --- accessibility ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desk", "phone"])
def test_page_is_accessible(size, dark, files, open_page):
    """axe finds no barrier."""
    opened = open_page(files.small, size=size, dark=dark)
    opened.page.evaluate("() => document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    opened.page.evaluate((TESTS / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + "; 0")
    assert opened.page.evaluate(AXE) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desk", "phone"])
def test_map_is_accessible(size, dark, files, open_page):
    """axe finds no barrier in the embedded map."""
    opened = open_page(files.small, size=size, dark=dark)
    opened.page.locator(".map").scroll_into_view_if_needed()
    opened.page.frame_locator(".map iframe").locator("html[data-geostrike=ready]").wait_for(state="attached")
    opened.page.get_by_role("button", name="Use the map").click()
    opened.settled()
    frame = opened.page.frames[1]
    frame.evaluate((TESTS / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + "; 0")
    assert frame.evaluate(AXE) == []


def test_dark_figures(files, open_page):
    """Figures follow the dark theme."""
    fills = "() => getComputedStyle(document.querySelector('figure svg text')).fill"
    light, dark = (open_page(files.seeds, dark=dark).page.evaluate(fills) for dark in (False, True))
    assert light != dark


# --- print ------------------------------------------------------------------------------------------------------------


def test_print(files, open_page):
    """The page prints on a dozen sheets, with all details open and nothing cut."""
    page = open_page(files.seeds).page
    sheets = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert 8 <= len(sheets) <= 14
    assert all(abs(float(sheet.mediabox.width) - 595) < 2 for sheet in sheets)  # A4
    words = " ".join(" ".join(sheet.extract_text() for sheet in sheets).split())
    for text in ("Belgorod’s stated distance", "nor deny", "SHA-256", "How to cite", "Leningrad Oblast"):
        assert text in words  # folded on the screen
    for digest in seeds_run().run["inputs"].values():
        assert digest in words.replace(" ", "")
    assert "Use the map" not in words
    page.emulate_media(media="print")
    # In print layout everything is within the sheet.
    page.set_viewport_size({"width": 700, "height": 1000})
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".printed-map svg").is_visible()


def test_print_is_light(files, open_page):
    """Prints are light even in the dark theme."""
    page = open_page(files.seeds, dark=True).page
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


# --- hostile text -----------------------------------------------------------------------------------------------------


def hostile_run(text: str) -> Located:
    """The text in every place that takes one."""
    run = small_run()
    return small_run(
        strikes=with_text(run.strikes, text, "place", "place_as_written", "date_as_written", "place_reason"),
        reports=with_text(run.reports, text, "publisher", "title", "url", "path", "text", "language"),
        claims=with_text(run.claims, text, "speaker", "quote", "speaker_side"),
        distances=with_text(run.distances, text, "quote", "unit", "reference", "hedge"),
        relations=with_text(run.relations, text, "reason"),
        quarantine=with_text(run.quarantine, text, "path", "code", "reason", "content"),
        records=with_text(run.records, text, "quote", "date_as_written"),
        run=run.run
        | {"inputs": {text: text}, "parameters": {text: text}, "gazetteer": {text: text}, "geostrike": text},
    )


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text(kind, files, open_page):
    """Hostile text is shown, never run."""
    text = HOSTILE[kind]
    page = report_page(hostile_run(text), title=text, full_text=True)
    around = re.sub(r"<iframe.*?</iframe>|<svg.*?</svg>", "", page, flags=re.DOTALL)
    assert "1337" not in around
    path = files.folder / "hostile.html"
    path.write_text(page, encoding="utf-8")
    opened = open_page(path)
    opened.page.evaluate("() => document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    opened.page.locator("th[data-name=Place] button").click()
    assert opened.page.evaluate("() => window.ran || 0") == 0
    assert opened.page.frames[1].evaluate("() => window.ran || 0") == 0
    assert opened.page.evaluate("() => document.querySelectorAll('img, h1 *, mark *, dd *, td script').length") == 0
    assert opened.page.evaluate("() => document.querySelectorAll('body script').length") == 1
    assert opened.page.evaluate("() => [...document.links].filter((a) => !/^(file|https?):/.test(a.href)).length") == 0
    opened.assert_quiet()
    assert opened.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_only_web_links(files, open_page):
    """Only web addresses become links."""
    links = open_page(files.small).page.evaluate("() => [...document.links].map((a) => a.getAttribute('href'))")
    assert "https://example.org/a?b=1" in links
    assert all(link.startswith(("#", "https://example.org/")) for link in links)


def test_no_missing_values(files):
    """Missing values never appear as nan, NaT or None."""
    page = files.small.read_text(encoding="utf-8")
    words = re.sub(r"<iframe.*?</iframe>|<svg.*?</svg>|<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"\b(nan|NaT|None|inf)\b", words)
