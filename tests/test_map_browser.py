"""The saved map in Chromium without a network: what it shows, counts and runs."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from types import SimpleNamespace

import folium
import folium.plugins
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from map_samples import BORDER, depth_class, random_strikes, small_tables

from geostrike.maps import StrikeMap, payload, strike_map, texts
from geostrike.tables import CLAIMS, REPORTS, build_table

TESTS = Path(__file__).resolve().parent
PHONE = (390, 844)
SMALL = small_tables()
MANY = random_strikes(3000)
FIRST_DAY = MANY["date_start"][MANY["date_end"].notna()].min()


def build_small(**options: object) -> StrikeMap:
    tables = {name: getattr(SMALL, name) for name in ("border", "areas", "claims", "reports", "distances")}
    return strike_map(SMALL.strikes, **tables, title="Strikes of a test", **options)


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> SimpleNamespace:
    folder = tmp_path_factory.mktemp("maps")
    build_small().save(folder / "small.html")
    strike_map(MANY, border=BORDER, title="Many strikes").save(folder / "many.html")
    return SimpleNamespace(small=folder / "small.html", many=folder / "many.html", folder=folder)


# Reset everything that a test can change in a page.
RESET = """() => {
    const { page } = geostrike;
    const { map, layer, panel, table, timeline } = page;
    timeline.pause();
    map.closePopup();
    if (document.documentElement.lang !== 'en') page.setLanguage('en');
    if (table.open) page.showTable(false);
    table.sort = { key: 'date', down: true };
    table.number = 0;
    layer.filter.undated = true;
    timeline.speed = 1;
    timeline.setMode('window');
    panel.clear();
    panel.root.querySelectorAll('details').forEach((part) => { part.open = false; });
    page.setWindow(0, Math.max(0, layer.strikes.days - 1));
    map.stop();
    page.resetView();
    layer.settle();
    page.settle();
    document.activeElement.blur();
}"""


class Shared:
    """A page that several tests share; it is reset before each."""

    def __init__(self, opened) -> None:
        self.opened = opened
        self.fresh = self._look()

    def _look(self) -> tuple:
        view = "() => { const { map } = geostrike.page; return [map.getZoom(), map.getCenter().lng, innerWidth]; }"
        return state(self.opened), self.opened.page.evaluate(view)

    def again(self):
        self.opened.page.mouse.move(1, 1)
        self.opened.page.evaluate(RESET)
        self.opened.settled()
        self.opened.messages.clear()
        shown, view = self._look()
        assert shown == self.fresh[0], "the changes of the last test were not reset"
        assert view == pytest.approx(self.fresh[1], abs=0.02)  # a map is placed on whole pixels
        return self.opened


@pytest.fixture(scope="module")
def shared_small(files, open_shared_page):
    return Shared(open_shared_page(files.small))


@pytest.fixture(scope="module")
def shared_many(files, open_shared_page):
    return Shared(open_shared_page(files.many))


@pytest.fixture
def small(shared_small):
    return shared_small.again()


@pytest.fixture
def many(shared_many):
    return shared_many.again()


def state(opened) -> dict:
    """The state that the page shows."""
    return opened.page.evaluate(
        """() => {
            const { layer, window, timeline, panel } = geostrike.page;
            const counts = Object.fromEntries(panel.rows.map((row) => [
                `${row.key}:${row.value}`, Number(row.count.textContent.replace(/\\D/g, ''))]));
            return {
                window, counts, cells: layer.grid.count.reduce((a, b) => a + b, 0),
                symbols: layer.bubbles.reduce((sum, bubble) => sum + bubble.n, 0),
                rows: layer.filter.rows(...window).length,
                text: document.querySelector('.gs-counts').textContent,
                when: document.querySelector('.gs-now b').textContent,
            };
        }"""
    )


def set_window(opened, first: int, last: int) -> None:
    opened.page.evaluate("([first, last]) => geostrike.page.setWindow(first, last)", [first, last])


def in_window(strikes: pd.DataFrame, first: int, last: int) -> pd.Series:
    """Whether the closed interval of a strike overlaps the window, by definition."""
    starts = (strikes["date_start"] - FIRST_DAY).dt.days
    ends = (strikes["date_end"] - FIRST_DAY).dt.days
    return starts.notna() & ends.notna() & (starts <= last) & (ends >= first)


# --- opening ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), PHONE], ids=["desk", "phone"])
def test_page_opens_offline_and_quiet(files, open_page, size, dark):
    """The page opens without requests and console messages."""
    opened = open_page(files.small, size=size, dark=dark)
    opened.assert_quiet()
    assert opened.page.title() == "Strikes of a test"
    assert opened.page.get_attribute("html", "data-theme") == ("dark" if dark else "light")
    assert opened.page.locator("h1").inner_text() == "Strikes of a test"
    subtitle = opened.page.locator("#gs-subtitle").inner_text()
    assert subtitle == "10 reported strikes · 1 Apr 2022 – 24 Apr 2024 · depth measured from: A land border"


@pytest.mark.parametrize("rows", [0, 1])
def test_page_opens_with_few_strikes(rows, files, open_page):
    """No strike, or one, makes a page."""
    path = files.folder / f"{rows}.html"
    strike_map(SMALL.strikes.iloc[:rows], border=BORDER).save(path)
    opened = open_page(path)
    opened.assert_quiet()
    assert state(opened)["rows"] == rows


def test_undated_strikes_make_a_page(files, open_page):
    """Strikes without dates or points make a page."""
    path = files.folder / "odd.html"
    strike_map(SMALL.strikes.iloc[[6, 8, 9]].assign(date_start=pd.NaT)).save(path)
    opened = open_page(path)
    opened.assert_quiet()
    found = state(opened)
    assert (found["rows"], found["symbols"]) == (3, 2)
    assert found["when"] == "No date given"


def test_layers_are_drawn(small):
    """Land, bands, names and strikes have pixels."""
    drawn = small.page.evaluate(
        """() => [...document.querySelectorAll('.gs-main canvas')].map((canvas) => {
            const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            let painted = 0;
            for (let i = 3; i < data.length; i += 4) painted += data[i] > 0;
            return painted;
        }).sort((a, b) => b - a)"""
    )
    assert drawn[0] > 300_000  # land
    assert sum(count > 1000 for count in drawn) >= 4  # land, bands, names, strikes


# --- counts -----------------------------------------------------------------------------------------------------------


def test_counts_equal_table(many):
    """For any window, the counts of symbols and facets are those of the table."""
    random = np.random.default_rng(3)
    days = int((MANY["date_end"].max() - FIRST_DAY).days)
    undated = MANY["date_start"].isna() | MANY["date_end"].isna()
    located = MANY.geometry.notna()
    status = MANY["status"]
    many.page.evaluate("() => geostrike.page.map.setView([51, 38], 4.5, { animate: false })")
    numbers = many.page.evaluate("() => geostrike.page.layer.strikes.words.status")
    last = 0
    for step in range(60):
        if step % 3:  # near and far moves, as of a slider and a click
            first, last = sorted(int(day) for day in random.integers(0, days + 1, 2))
        else:
            first, last = max(0, last - 20), min(days, last + 9)
        set_window(many, first, last)
        wanted = in_window(MANY, first, last)
        shown = wanted | undated
        found = state(many)
        assert found["rows"] == shown.sum()
        assert found["cells"] == found["symbols"] == (shown & located).sum()
        assert found["text"].startswith(f"{shown.sum():,} strike")
        for name, count in status[shown].value_counts().items():
            assert found["counts"][f"status:{numbers.index(name)}"] == count
        classes = depth_class(MANY)[shown].value_counts()
        assert all(found["counts"][f"depth:{number}"] == count for number, count in classes.items())
    many.assert_quiet()


def test_filters_combine(many):
    """Facets combine, and the count of a row ignores its own facet."""
    home = many.page.get_by_role("button", name=re.compile("Attacker's own territory"))
    disputed = many.page.get_by_role("button", name=re.compile("^disputed"))
    home.click()
    disputed.click()
    many.settled()
    keep = (depth_class(MANY) != 6) & (MANY["status"] != "disputed")
    found = state(many)
    assert found["rows"] == keep.sum()
    assert found["symbols"] == (keep & MANY.geometry.notna()).sum()
    # The count of a row ignores its own facet: it is what the row would add.
    assert disputed.locator(".gs-count").inner_text() == f"{((depth_class(MANY) != 6) & ~keep).sum():,}"
    assert home.get_attribute("aria-pressed") == "false"
    many.page.get_by_role("button", name="Show all").click()
    many.settled()
    assert state(many)["rows"] == len(MANY)


def test_statistics_leave_out_home(many):
    """Median and maximum are those of strikes across the border."""
    set_window(many, 100, 400)
    many.settled()
    shown = in_window(MANY, 100, 400) | MANY["date_start"].isna()
    text = state(many)["text"]
    for attacker, direction in (("UKR", "Ukraine → Russia"), ("RUS", "Russia → Ukraine")):
        depth = MANY["depth_km"][shown & (MANY["side"] == "across") & (MANY["attacker"] == attacker)].dropna()
        median, farthest = re.search(rf"{direction}: median ([\d,]+) km, farthest ([\d,]+) km", text).groups()
        assert float(median.replace(",", "")) == pytest.approx(depth.median(), abs=0.6)
        assert float(farthest.replace(",", "")) == pytest.approx(depth.max(), abs=0.6)


def test_intervals_cover_their_days(small):
    """A strike is shown on every day of its interval; undated strikes can be hidden."""
    day = (pd.Timestamp("2023-09-15") - pd.Timestamp("2022-04-01")).days
    set_window(small, day, day)
    small.settled()
    assert state(small)["text"].startswith("3 strikes · 2 of them undated")
    assert state(small)["rows"] == 3  # with the two undated ones
    small.page.get_by_role("button", name="Hide 2 undated").click()
    small.settled()
    assert state(small)["rows"] == 1
    assert small.page.get_by_role("button", name="Show 2 undated").count() == 1


def test_search_keeps_place(many):
    """The search keeps the strikes whose place name contains the text."""
    name = MANY["place"].value_counts().index[0]
    many.page.get_by_role("combobox", name="Search for a place").fill(name)
    many.settled()
    assert state(many)["rows"] == MANY["place"].str.contains(name, regex=False).sum()


# --- details of a strike ----------------------------------------------------------------------------------------------


def test_values_survive_encoding(many):
    """Every value of the table is in the page."""
    got = many.page.evaluate(
        """async () => {
            const { strikes } = geostrike.page.layer;
            const rows = [];
            for (let i = 0; i < strikes.n; i++) {
                const record = await strikes.record(i);
                rows.push({ ...record, xy: strikes.located(i) ? strikes.latLng(i) : null,
                    depthKm: strikes.depth[i] / 10, least: strikes.depth_min[i] / 10, rough: strikes.geo_precision[i],
                    days: strikes.start[i] < 0 ? '' : [strikes.start[i], strikes.end[i]].map(
                        (day) => new Date(strikes.day(day)).toISOString().slice(0, 10)).join('..') });
            }
            return rows;
        }"""
    )
    table = pd.DataFrame(got).set_index("strike_id").loc[MANY["strike_id"]].reset_index()
    names = ("place", "place_kind", "place_as_written", "status", "date_as_written", "target_kind", "side", "country")
    for name in names:
        assert table[name].tolist() == MANY[name].tolist(), name
    closed = MANY["date_start"].notna()
    days = MANY["date_start"].dt.strftime("%Y-%m-%d") + ".." + MANY["date_end"].dt.strftime("%Y-%m-%d")
    assert table["days"].tolist() == days.where(closed, "").tolist()
    assert table["date_end"].tolist() == MANY["date_end"].dt.strftime("%Y-%m-%d").mask(closed, "").tolist()
    located = MANY.geometry.notna().to_numpy()
    assert table["xy"].notna().tolist() == located.tolist()
    xy = np.array(table["xy"][located].tolist())
    assert np.abs(xy[:, 0] - MANY.geometry[located].y).max() < 2e-5
    assert np.abs(xy[:, 1] - MANY.geometry[located].x).max() < 2e-5
    assert np.abs(table["depthKm"] - MANY["depth_km"].fillna(-0.1)).max() < 0.051
    assert np.abs(table["least"] - MANY["depth_min_km"].clip(lower=0).fillna(-0.1))[MANY["depth_km"] > 1].max() < 0.051
    assert table["rough"].tolist() == MANY["geo_precision"].tolist()


def random_texts(random: np.random.Generator, count: int, names: list[str]) -> list[str]:
    """Texts of place names, publishers, line ends and the marks of the encoding."""
    pieces = [
        *names,
        "\n",
        *map(chr, range(1, 8)),
        "\r\n",
        "a",
        " at ",
        "\x03\x05",
        "=",
        "+",
        "-",
        "",
        "Київ",
        "💥",
        "{",
    ]
    return ["".join(random.choice(pieces, random.integers(0, 9))) for _ in range(count)]


def test_texts_survive_encoding(files, open_page, monkeypatch):
    """Any text, even one with the marks of the encoding, is decoded unchanged."""
    for module in (payload, texts):  # several small blocks
        monkeypatch.setattr(module, "BLOCK", 64)
    random = np.random.default_rng(11)
    strikes = MANY.drop(columns="strike_id").iloc[:400].copy()
    names = ["Place 1", "Tuapse", "A\nb", "a", "\x01", "\x03", "The agency", ""]
    n = len(strikes)
    strikes["strike_id"] = [f"s{k}" for k in range(n)]
    strikes["place"] = random.choice(names, n)
    columns = ["place_as_written", "place_reason", "place_candidates", "date_as_written"]
    for name in columns:
        strikes[name] = random_texts(random, n, names)
    cited = [[f"r{k}" for k in random.integers(0, 180, random.integers(0, 4))] for _ in range(n)]
    strikes["report_ids"] = [" ".join(ids) for ids in cited]
    fields = {name: random_texts(random, 150, names) for name in ("publisher", "title", "url")}
    reports = build_table(REPORTS, [{"report_id": f"r{k}"} for k in range(150)]).assign(**fields)
    ids = [f"s{k}" for k in random.integers(0, n + 50, 200)]
    words = {name: random_texts(random, 200, names) for name in ("speaker", "quote")}
    claims = build_table(CLAIMS, [{"strike_id": name, "stance": "claims"} for name in ids]).assign(**words)
    path = files.folder / "texts.html"
    strike_map(strikes, reports=reports, claims=claims).save(path)
    opened = open_page(path)
    got = opened.page.evaluate(
        """async () => {
            const { strikes } = geostrike.page.layer;
            return Promise.all([...Array(strikes.n).keys()].map((i) => strikes.record(i)));
        }"""
    )
    assert len(got) == n
    found = {record["strike_id"]: record for record in got}
    unknown = {"title": "", "url": ""}
    by_id = {
        row.report_id: {"title": row.title, "url": row.url, "publisher": row.publisher} for row in reports.itertuples()
    }
    for row, reports_of in zip(strikes.itertuples(), cited, strict=True):
        record = found[row.strike_id]
        shown = [record[name] for name in columns]
        assert shown == [getattr(row, name) for name in columns]
        sources = [{key: source[key] for key in ("title", "url", "publisher")} for source in record["sources"]]
        assert sources == [by_id.get(name, unknown | {"publisher": name}) for name in reports_of]
        mine = claims[claims["strike_id"] == row.strike_id]
        assert [claim["quote"] for claim in record["claims"]] == mine["quote"].tolist()
        assert [claim["speaker"] for claim in record["claims"]] == mine["speaker"].tolist()
    opened.assert_quiet()


def popup_text(opened, strike_id: str) -> str:
    opened.page.evaluate(
        """async (id) => {
            const { strikes } = geostrike.page.layer;
            let i = 0;
            while ((await strikes.record(i)).strike_id !== id) i++;
            geostrike.page.goTo(i);
        }""",
        strike_id,
    )
    opened.page.wait_for_selector(".gs-strike")
    opened.page.wait_for_function(  # the previous popup has faded out
        """() => {
            const popups = [...document.querySelectorAll('.leaflet-popup')];
            return popups.length === 1 && getComputedStyle(popups[0]).opacity === '1';
        }"""
    )
    return opened.page.locator(".leaflet-popup-content").inner_text()


def test_popup_shows_details(small):
    """A popup shows the strike, its claims, distances and sources."""
    text = popup_text(small, "s6")
    for part in (
        "Belgorod", "disputed", "1 Apr 2022", "settlement, Russia", "32 km (28–36)", "helicopter rockets",
        "Ukraine → Russia", "roughly 40 miles north of the border", "stated: 64 km", "overstated",
        "the governor (Russia)", "claims it", "two military helicopters", "the foreign minister (Ukraine)",
        "neither confirms nor denies",
        "Fire at a refinery", "An agency, 25 Jan 2024",
    ):  # fmt: skip
        assert part in text, part
    small.assert_quiet()


def test_popup_shows_name_as_written(small):
    """A name as written is shown next to the resolved one."""
    text = popup_text(small, "s4")
    assert "Razdorovo" in text
    assert "as written: Rozdorovo" in text


def test_only_web_addresses_are_links(small):
    """Other schemes are plain text."""
    popup_text(small, "s1")
    links = small.page.locator(".gs-strike a")
    assert [link.get_attribute("href") for link in links.all()] == ["https://example.org/a?b=1"]
    assert links.first.get_attribute("rel") == "noopener noreferrer nofollow"
    assert "A paper" in small.page.locator(".gs-strike").inner_text()


def test_popup_shows_open_dates(small):
    """A popup shows open dates and the attacker's own territory."""
    assert "by 18 Mar 2025" in popup_text(small, "s9")
    assert "inside the attacker's own recognised territory" in popup_text(small, "s8")
    assert "1–30 Sept 2023" in popup_text(small, "s8")


def test_click_opens_strikes(small):
    """A click on a symbol opens its details."""
    spot = small.page.evaluate(
        """() => {
            const { layer, map } = geostrike.page;
            const bubble = layer.bubbles.find((b) => b.row >= 0 && layer.look(b.row).status === 'disputed');
            const point = map.latLngToContainerPoint(layer.latLngOf(bubble));
            const box = map.getContainer().getBoundingClientRect();
            return [point.x + box.x, point.y + box.y];
        }"""
    )
    small.page.mouse.move(*spot)
    assert small.page.locator(".gs-tip").inner_text() == "Belgorod · 1 strike"
    small.page.mouse.click(*spot)
    small.page.wait_for_selector(".gs-strike")
    assert small.page.locator(".gs-strike h2").inner_text() == "Belgorod"
    assert small.page.get_by_role("dialog").count() == 1


def test_bubble_lists_strikes(many):
    """A bubble lists its strikes with their details."""
    many.page.evaluate("() => geostrike.page.layer.open(geostrike.page.layer.bubbles[0])")
    many.page.wait_for_selector(".gs-entry")
    entries = many.page.locator(".gs-entry")
    assert entries.count() == 40
    entries.first.click()
    many.page.wait_for_selector(".gs-strike")
    assert many.page.locator(".leaflet-popup").count() == 1
    many.page.get_by_role("button", name="All strikes here").click()
    assert many.page.locator(".gs-entry").count() == 40
    many.assert_quiet()


# --- table and file ---------------------------------------------------------------------------------------------------


def test_table_holds_every_strike(small):
    """The table also lists strikes without a point."""
    small.page.get_by_role("button", name="Show as a table").click()
    small.page.wait_for_selector("#gs-table tbody tr")
    assert small.page.locator("#gs-table caption").inner_text() == "10 strikes"
    assert small.page.locator("#gs-table tbody tr").count() == 10
    assert "Donetsk ambiguous place" in small.page.locator("#gs-table tbody").inner_text()
    small.page.get_by_role("button", name="Donetsk").click()
    assert "three towns bear the name" in small.page.locator(".gs-more").inner_text()


def test_table_sorts(small):
    """The table sorts by depth and by name."""
    small.page.get_by_role("button", name="Show as a table").click()
    small.page.get_by_role("button", name="Depth, km").click()
    small.page.wait_for_selector("th[data-key=depth][aria-sort=descending]")
    small.settled()
    depths = [int(text) for text in small.page.locator("td.gs-number").all_inner_texts() if text]
    assert depths == sorted(depths, reverse=True)
    assert len(depths) == 9
    small.page.locator("#gs-table").get_by_role("button", name="Place").click()
    small.page.wait_for_selector("th[data-key=place][aria-sort=ascending]")
    small.settled()
    names = small.page.locator("#gs-table tbody .gs-text-button").all_inner_texts()
    assert names == sorted(names)
    assert len(names) == 10


def test_table_has_pages(many):
    """A page of the table has 50 rows."""
    many.page.get_by_role("button", name="Show as a table").click()
    many.page.get_by_role("button", name="Next").click()
    many.page.get_by_text("Page 2 of 60").wait_for()
    assert many.page.locator("#gs-table tbody tr").count() == 50


def test_csv_holds_shown_rows(files, open_page):
    """The CSV has the rows of the table, and no formula."""
    path = files.folder / "csv.html"
    strike_map(SMALL.strikes.assign(place_as_written='=1+1, "quoted"')).save(path)
    opened = open_page(path)
    opened.page.get_by_role("button", name="Show as a table").click()
    opened.page.get_by_role("button", name="Depth, km").click()
    with opened.page.expect_download() as download:
        opened.page.get_by_role("button", name="Save as CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = {row["strike_id"]: row for row in csv.DictReader(text.splitlines())}
    assert len(rows) == len(SMALL.strikes)
    depths = [float(row["depth_km"]) for row in rows.values() if row["depth_km"]]
    assert depths == sorted(depths, reverse=True)
    assert rows["s1"]["place_as_written"] == '\'=1+1, "quoted"'
    assert (rows["s1"]["date_start"], rows["s1"]["date_end"]) == ("2024-01-24", "2024-01-25")
    assert (rows["s9"]["date_start"], rows["s9"]["date_end"]) == ("", "2025-03-18")
    assert (rows["s1"]["latitude"], rows["s1"]["longitude"], rows["s1"]["depth_km"]) == ("44.1000", "39.0800", "342")
    assert rows["s10"]["latitude"] == ""


# --- time -------------------------------------------------------------------------------------------------------------


def test_play_moves_window(many):
    """Play moves the window without changing its length; pause stops it."""
    set_window(many, 0, 29)
    many.page.get_by_role("button", name="Play").click()
    many.page.wait_for_timeout(700)
    moving = state(many)["window"]
    assert moving[0] > 0
    assert moving[1] - moving[0] == 29
    many.page.get_by_role("button", name="Pause").click()
    stopped = state(many)["window"]
    many.page.wait_for_timeout(300)
    assert state(many)["window"] == stopped
    found = state(many)
    shown = in_window(MANY, *stopped) | MANY["date_start"].isna()
    assert found["cells"] == (shown & MANY.geometry.notna()).sum()


def test_cumulative_starts_at_first_day(many):
    """Cumulative windows start at the first day; the length returns afterwards."""
    set_window(many, 300, 350)
    many.page.get_by_text("Cumulative", exact=True).click()
    many.settled()
    assert state(many)["window"] == [0, 350]
    many.page.get_by_text("Window", exact=True).click()
    many.settled()
    assert state(many)["window"] == [300, 350]


def test_bar_selects_its_days(many):
    """A click on a bar selects its days."""
    box = many.page.locator(".gs-histogram").bounding_box()
    many.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 30)
    many.settled()
    first, last = state(many)["window"]
    assert last - first in range(6, 31)
    found = many.page.evaluate(
        "() => geostrike.page.timeline.bins.find((bin) => bin.first === geostrike.page.window[0]).n"
    )
    undated = (MANY["date_start"].isna() | MANY["date_end"].isna()).sum()
    assert state(many)["text"].startswith(f"{found + undated} strikes")


# --- keyboard, address, languages, sizes ------------------------------------------------------------------------------


def focus_path(opened, steps: int) -> list[str]:
    names = []
    for _ in range(steps):
        opened.page.keyboard.press("Tab")
        names.append(
            opened.page.evaluate(
                """() => { const e = document.activeElement; return e.getAttribute('aria-label')
                    || (e.labels && e.labels[0] && e.labels[0].textContent) || e.title || e.textContent.trim(); }"""
            )
        )
    return names


def test_controls_are_reached_by_keyboard(files, open_page):
    """The tab key reaches every control."""
    small = open_page(files.small)
    names = "\n".join(focus_path(small, 48))
    for wanted in (
        "Show as a table", "Copy a link", "Dark or light", "Print", "Language", "Map of strikes", "Zoom in", "Layers",
        "Search for a place", "0–50 km", "Ukraine → Russia", "disputed", "What the symbols mean", "How this was made",
        "One step back", "Play", "One step forward", "Hide 2 undated", "Window", "Length of the window", "Speed",
        "From", "To",
    ):  # fmt: skip
        assert wanted in names, wanted


def test_slider_moves_by_days(many):
    """An arrow key moves a handle by a day, and the handle names the day."""
    set_window(many, 100, 200)
    handle = many.page.get_by_role("slider", name="To")
    handle.focus()
    for _ in range(3):
        many.page.keyboard.press("ArrowLeft")
    many.settled()
    assert state(many)["window"] == [100, 197]
    day = FIRST_DAY + pd.Timedelta(days=197)
    assert handle.get_attribute("aria-valuetext") == f"{day.day} {day:%b %Y}".replace("Sep ", "Sept ")
    many.page.keyboard.press("PageDown")
    many.settled()
    assert state(many)["window"] == [100, 167]


def test_keys_play_and_close(many):
    """Space plays, escape closes the table and returns the focus."""
    set_window(many, 0, 29)
    many.page.locator("h1").click()
    many.page.keyboard.press(" ")
    many.page.wait_for_timeout(500)
    many.page.keyboard.press(" ")
    assert state(many)["window"][0] > 0
    assert many.page.get_by_role("button", name="Play").count() == 1
    button = many.page.get_by_role("button", name="Show as a table")
    button.focus()
    many.page.keyboard.press("Enter")
    many.page.wait_for_selector("#gs-table tbody tr")
    assert button.get_attribute("aria-expanded") == "true"
    many.page.keyboard.press("Escape")
    assert not many.page.locator("#gs-table").is_visible()
    assert many.page.evaluate("() => document.activeElement.getAttribute('aria-label')") == "Show as a table"


def test_address_restores_view(files, open_page):
    """The address restores window, filter and view."""
    there = open_page(files.many)
    set_window(there, 210, 333)
    there.page.get_by_role("button", name=re.compile("^disputed")).click()
    there.page.get_by_role("button", name=re.compile("Russia → Ukraine")).click()
    there.page.get_by_role("button", name=re.compile("^Hide .* undated")).click()
    there.page.evaluate("() => geostrike.page.map.setView([49.5, 40.25], 6.5, { animate: false })")
    there.settled()
    address = there.page.evaluate("() => location.hash")
    back = open_page(files.many, address=address)
    assert state(back) == state(there)
    view = (
        "() => [geostrike.page.map.getZoom(), geostrike.page.map.getCenter().lat, geostrike.page.map.getCenter().lng]"
    )
    assert back.page.evaluate(view) == pytest.approx(there.page.evaluate(view), abs=0.01)


@pytest.mark.parametrize(
    "address", ["#date=x..y&z=nan&c=1", "#%E0%A4%A", "#date=9999-99-99&no-status=nothing&lang=xx", "#place=<img src=x>"]
)
def test_wrong_address_is_ignored(address, files, open_page):
    """An invalid address causes no error."""
    opened = open_page(files.small, address=address)
    opened.assert_quiet()


@pytest.mark.parametrize(
    ("language", "play", "strikes"),
    [("uk", "Відтворити", "10 ударів"), ("ru", "Воспроизвести", "10 ударов"), ("de", "Abspielen", "10 Angriffe")],
)
def test_interface_has_four_languages(language, play, strikes, small):
    """The interface can be switched to each language."""
    small.page.get_by_role("combobox", name="Language").select_option(language)
    small.settled()
    assert small.page.get_by_role("button", name=play).count() == 1
    assert state(small)["text"].startswith(strikes)
    assert small.page.get_attribute("html", "lang") == language
    small.assert_quiet()


@pytest.mark.parametrize("size", [PHONE, (320, 568), (1280, 800), (768, 1024)], ids=str)
def test_nothing_overflows(size, files, open_page):
    """No element is wider than the window, and the map has room."""
    opened = open_page(files.small, size=size)
    wide = """() => [...document.querySelectorAll('body *')].filter((e) => !e.closest('.leaflet-pane, .gs-hidden')
        && getComputedStyle(e).visibility !== 'hidden' && e.getBoundingClientRect().right > innerWidth + 1
        ).map((e) => e.className || e.tagName)"""
    assert opened.page.evaluate(wide) == []
    assert opened.page.evaluate("() => document.documentElement.scrollHeight <= innerHeight")
    stage = opened.page.locator(".folium-map").bounding_box()
    assert stage["height"] >= 140
    assert stage["width"] >= size[0] - 2


def test_phone_shows_filters_and_popup(files, open_page):
    """On a phone the panel and the popup fit the screen."""
    opened = open_page(files.small, size=PHONE)
    assert not opened.page.locator("#gs-panel").is_visible()
    opened.page.get_by_role("button", name="Filters").click()
    box = opened.page.locator("#gs-panel").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE[0]
    opened.page.locator("#gs-panel").get_by_role("button", name="Close").click()
    popup_text(opened, "s6")
    opened.page.wait_for_timeout(500)
    box = opened.page.locator(".leaflet-popup").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE[0]
    opened.assert_quiet()


def test_page_prints_on_one_sheet(files, open_page):
    """The page prints on one sheet."""
    small = open_page(files.small)
    document = small.page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b[^s]", document)) == 1


AXE = """async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
    'best-practice'] })).violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 160))])"""


@pytest.mark.parametrize("view", ["map", "table", "popup", "phone"])
def test_axe_finds_no_violation(view, files, open_page):
    """axe finds no violation of WCAG 2.2 AA."""
    opened = open_page(files.small, size=PHONE if view == "phone" else (1280, 800))
    if view == "table":
        opened.page.get_by_role("button", name="Show as a table").click()
        opened.page.wait_for_selector("#gs-table tbody tr")
        opened.page.get_by_role("button", name="Belgorod").click()
    elif view == "popup":
        popup_text(opened, "s6")
    elif view == "phone":
        opened.page.get_by_role("button", name="Filters").click()
    session = opened.page.context.new_cdp_session(opened.page)
    session.send("Page.setBypassCSP", {"enabled": True})
    opened.page.evaluate((TESTS / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + "; 0")
    for scheme in ("light", "dark"):
        opened.page.emulate_media(color_scheme=scheme)
        opened.page.wait_for_selector(f"html[data-theme={scheme}]")
        assert opened.page.evaluate(AXE) == [], scheme


# --- other folium elements, and notebooks -----------------------------------------------------------------------------


def test_folium_elements_work_offline(files, open_page):
    """Markers, popups, shapes and clusters of folium work without a network."""
    strike_page = build_small()
    group = folium.FeatureGroup(name="Own places").add_to(strike_page)
    icon = folium.Icon(color="green", icon="star", prefix="fa")
    folium.Marker([50, 36], popup="<b>Own</b> popup", tooltip="Own tip", icon=icon).add_to(group)
    folium.Circle([52, 38], radius=50_000).add_to(group)
    folium.PolyLine([[50, 36], [52, 38]]).add_to(group)
    collection = gpd.GeoDataFrame({"name": ["Box"]}, geometry=[shapely.box(33, 47, 34, 48)], crs="EPSG:4326")
    folium.GeoJson(collection, tooltip=folium.GeoJsonTooltip(["name"]), name="Boxes").add_to(strike_page)
    cluster = folium.plugins.MarkerCluster(name="Cluster").add_to(strike_page)
    for k in range(5):
        folium.Marker([48 + k / 50, 36]).add_to(cluster)
    path = files.folder / "own.html"
    strike_page.save(path)
    opened = open_page(path)
    opened.assert_quiet()
    assert opened.page.locator(".awesome-marker-icon-green").count() == 1
    assert opened.page.locator(".marker-cluster").inner_text() == "5"
    opened.page.locator(".awesome-marker-icon-green").dispatch_event("click")
    assert opened.page.locator(".leaflet-popup-content b").inner_text() == "Own"
    opened.page.locator(".leaflet-control-layers").hover()
    opened.page.locator(".leaflet-control-layers").get_by_text("Own places").click()
    assert opened.page.locator(".awesome-marker-icon-green").count() == 0
    opened.page.locator(".leaflet-control-layers").get_by_text("Strikes", exact=True).click()
    assert opened.page.locator(".gs-canvas").count() == 0
    opened.page.locator(".leaflet-control-layers").get_by_text("Strikes", exact=True).click()
    assert opened.page.locator(".gs-canvas").count() == 1
    opened.assert_quiet()


def test_dense_strikes_are_dots(files, open_page):
    """Many strikes in a near view are dots, and all are counted."""
    random = np.random.default_rng(5)
    points = shapely.points(random.uniform(36, 40, len(MANY)), random.uniform(50.2, 51.8, len(MANY)))
    path = files.folder / "dense.html"
    strike_map(MANY.set_geometry(points, crs="EPSG:4326")).save(path)
    opened = open_page(path)
    dots = "() => geostrike.page.layer.grid.dots"
    opened.page.evaluate("() => geostrike.page.map.setView([51, 38], 5, { animate: false })")
    assert not opened.page.evaluate(dots)
    opened.page.evaluate("() => geostrike.page.map.setView([51, 38], 8, { animate: false })")
    assert opened.page.evaluate(dots)
    found = state(opened)
    assert found["cells"] == found["symbols"] == found["rows"] == len(MANY)
    set_window(opened, 100, 130)
    wanted = in_window(MANY, 100, 130) | MANY["date_start"].isna()
    assert state(opened)["symbols"] == wanted.sum()
    opened.page.evaluate("() => geostrike.page.layer.open(geostrike.page.layer.bubbles[0])")
    opened.page.wait_for_selector(".gs-strike, .gs-entry")
    opened.assert_quiet()


def test_map_without_strikes_opens(files, open_page):
    """A map without a StrikeLayer opens."""
    path = files.folder / "bare.html"
    strike_page = StrikeMap("Only a marker")
    folium.Marker([50, 36]).add_to(strike_page)
    strike_page.save(path)
    opened = open_page(path, ready=".leaflet-marker-icon")
    opened.assert_quiet()


def test_notebook_frame_works(files, open_page):
    """The notebook's frame works, and cannot access the page around it."""
    path = files.folder / "notebook.html"
    path.write_text(f"<!DOCTYPE html><title>n</title>{build_small()._repr_html_()}", encoding="utf-8")
    opened = open_page(path, ready="iframe")
    frame = opened.page.frame_locator("iframe")
    frame.locator("html[data-geostrike=ready]").wait_for(state="attached")
    assert frame.locator(".gs-counts").inner_text().startswith("10 strikes")
    opened.assert_quiet()
    inner = opened.page.frames[1]
    assert inner.evaluate("() => { try { return parent.document.title; } catch (e) { return e.name; } }") == (
        "SecurityError"
    )


def test_frame_works_under_policy(files, open_page):
    """The frame works in a page whose policy includes frame_policy."""
    strike_page = build_small()
    rules = strike_page.frame_policy()
    content = "; ".join(" ".join([rule, *values]) for rule, values in rules.items())
    path = files.folder / "around.html"
    path.write_text(
        f'<!DOCTYPE html><title>n</title><meta http-equiv="Content-Security-Policy" content="{content}">'
        + strike_page.frame_html(),
        encoding="utf-8",
    )
    opened = open_page(path, ready="iframe")
    frame = opened.page.frame_locator("iframe")
    frame.locator("html[data-geostrike=ready]").wait_for(state="attached")
    assert frame.locator(".gs-counts").inner_text().startswith("10 strikes")
    opened.assert_quiet()


# --- hostile text -----------------------------------------------------------------------------------------------------

HOSTILE = {
    "script": "<script>window.ran=1</script>",
    "image": '<img src=x onerror="window.ran=1">',
    "closing tag": "</script><script>window.ran=1</script>",
    "comment": "<!--<script>window.ran=1//",
    "template": "{{ 7 * 191 }}",
    "statement": "{% print(7 * 191) %}",
    "open statement": "100 {% of",
    "back-tick": "`);window.ran=1;(`",
    "interpolation": "${window.ran=1}",
    "line separators": "a\u2028b\u2029c",
    "backslashes": "C:\\1\\x `${window.ran=1}",
    "quotes": "'\"O'Neil\";window.ran=1//",
    "address": "javascript:window.ran=1",
    "bidi": "\u202egnp.exe\u202c \u2066x\u2069",
    "zero width": "Tu\u200bap\u200dse\ufeff",
    "homoglyphs": "Туaпсe",
    "nul and controls": "a\x00b\x01c\x1b[31m\r\nd",
    "surrogate": "lone \ud800 half",
    "very long word": "x" * 20_000,
}


# Each page has some kinds: one per row, and all together where the page has a single text.
GROUPS = [list(HOSTILE)[start : start + 5] for start in range(0, len(HOSTILE), 5)]


def with_texts(table: pd.DataFrame, samples: list[str], *names: str) -> pd.DataFrame:
    """The table with the texts in turn in these columns; as objects, because strings refuse a lone surrogate."""
    values = pd.Series([samples[row % len(samples)] for row in range(len(table))], index=table.index, dtype=object)
    return table.assign(**dict.fromkeys(names, values))


def hostile_map(samples: list[str]) -> StrikeMap:
    """A map with the texts wherever text is possible: the table's columns, and folium's elements."""
    every = " ".join(samples)
    strike_page = StrikeMap(every, note=every)
    words = (
        "place",
        "place_as_written",
        "date_as_written",
        "place_reason",
        "place_candidates",
        "strike_id",
        "place_id",
    )
    strikes = with_texts(SMALL.strikes, samples, *words, "attacker", "struck_country")
    reports = pd.concat([SMALL.reports] * 3, ignore_index=True)
    reports = with_texts(reports, samples, "publisher", "title", "url")
    reports["report_id"] = [f"r{number}" for number in range(len(reports))]
    strikes["report_ids"] = " ".join(reports["report_id"])
    claims = with_texts(pd.concat([SMALL.claims] * 3), samples, "strike_id", "speaker", "quote", "speaker_side")
    distances = with_texts(
        pd.concat([SMALL.distances] * 5), samples, "strike_id", "quote", "unit", "hedge", "reference"
    )
    border = SimpleNamespace(geometry=BORDER.geometry, name=every, definition=every, border_id=every)
    tables = {"claims": claims, "reports": reports, "distances": distances}
    for part in strike_map(strikes, border=border, **tables, title=every, note=every)._children.values():
        part.add_to(strike_page)
    for number, text in enumerate(samples):
        at = [50, 36 + number / 10]
        folium.Marker(at, popup=text, tooltip=text, icon=folium.DivIcon(html=text)).add_to(strike_page)
        folium.Marker(at, popup=folium.Popup(text, parse_html=True)).add_to(strike_page)
        feature = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [35, 50]},
            "properties": {"name": text},
        }
        names = {"tooltip": folium.GeoJsonTooltip(["name"]), "popup": folium.GeoJsonPopup(["name"], aliases=[text])}
        folium.GeoJson({"type": "FeatureCollection", "features": [feature]}, name=text, **names).add_to(strike_page)
        group = folium.FeatureGroup(name=text).add_to(strike_page)
        folium.plugins.FastMarkerCluster([[49, 36, text]]).add_to(group)
    strike_page.get_root().title = every
    return strike_page


OPEN_EVERYTHING = """async () => {
    const { map, layer, table, panel } = geostrike.page;
    geostrike.page.showTable(true);
    for (let k = 0; k < 50 && !document.querySelector('#gs-table tbody .gs-text-button'); k++) {
        await new Promise((done) => setTimeout(done, 20));
    }
    for (const button of document.querySelectorAll('#gs-table tbody .gs-text-button')) button.click();
    panel.find('x');
    panel.find('');
    for (const bubble of [...layer.bubbles]) await layer.open(bubble);
    const visit = (part) => {
        for (const open of ['openPopup', 'openTooltip']) try { part[open](); } catch { /* it has none */ }
        if (part.getLayers) part.getLayers().forEach(visit);
    };
    const parts = [];
    map.eachLayer((part) => parts.push(part));
    parts.forEach(visit);
    await new Promise((done) => setTimeout(done, 250));
    return window.ran || 0;
}"""


@pytest.mark.parametrize("kinds", GROUPS, ids=", ".join)
def test_hostile_text_never_runs(kinds, files, open_page):
    """Hostile text is shown as text and never run."""
    samples = [HOSTILE[kind] for kind in kinds]
    path = files.folder / "hostile.html"
    hostile_map(samples).save(path)
    source = re.sub(r"[0-9A-Za-z+/=]{60,}", "", path.read_text(encoding="utf-8").split("<body", 1)[1])
    assert "1337" not in source
    opened = open_page(path)
    assert opened.page.evaluate(OPEN_EVERYTHING) == 0
    assert (
        opened.page.evaluate(
            "() => document.querySelectorAll('h1 *, .gs-foot p *, .gs-strike img, .gs-panel img, .gs-table img').length"
        )
        == 0
    )
    assert not [message for message in opened.messages if message.startswith("error: ") and "CSP" not in message
                and "Content Security Policy" not in message]  # fmt: skip
    assert opened.requests == []
    title = opened.page.evaluate("() => document.querySelector('h1').textContent")
    shown = " ".join(samples).replace("\r\n", "\n").replace("\x00", "").encode("utf-8", "replace").decode()
    assert json.dumps(title.strip()) == json.dumps(shown.strip())
    assert opened.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


OBJECT_WORDS = ["toString", "constructor", "__proto__", "hasOwnProperty", "valueOf", "a>b"]


def test_object_words_break_nothing(files, open_page):
    """A country called toString is shown, filtered, sorted and searched in every language."""
    path = files.folder / "words.html"
    strikes = with_texts(SMALL.strikes, OBJECT_WORDS, "attacker", "struck_country", "country", "admin1", "place",
                         "place_id", "place_as_written", "strike_id", "target_side")  # fmt: skip
    claims = with_texts(pd.concat([SMALL.claims] * 3), OBJECT_WORDS, "strike_id", "speaker", "quote", "speaker_side")
    strike_map(strikes, border=BORDER, claims=claims, reports=SMALL.reports).save(path)
    opened = open_page(path)
    assert opened.page.evaluate(OPEN_EVERYTHING) == 0
    found = opened.page.evaluate(
        """async (words) => {
            const { page } = geostrike;
            for (const language of ['uk', 'ru', 'de', 'en']) page.setLanguage(language);
            for (const key of ['date', 'place', 'depth', 'direction', 'status']) page.table.sortBy(key);
            page.panel.find('constructor');
            const searched = page.layer.filter.rows(...page.window).length;
            page.panel.find('');
            for (const row of page.panel.rows) row.button.click();
            page.panel.clear();
            const rows = page.panel.rows.filter((row) => row.key === 'direction');
            const labels = rows.map((row) => row.button.textContent);
            return { searched, shown: words.filter((word) => labels.some((label) => label.includes(word))) };
        }""",
        OBJECT_WORDS,
    )
    assert found == {"searched": strikes["place"].eq("constructor").sum(), "shown": OBJECT_WORDS}
    assert state(opened)["rows"] == len(strikes)
    opened.assert_quiet()
