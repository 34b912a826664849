"""The modules of the map page's script, loaded in an empty page of Chromium and called with known inputs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlparse

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from map_samples import depth_class, random_strikes, small_tables
from pyproj import Geod

from geostrike.maps import assets
from geostrike.maps.constants import script_constants
from geostrike.maps.outlines import quantise
from geostrike.maps.payload import Payload, encode_strikes

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "geostrike" / "maps" / "static"
TYPES = {".js": "text/javascript", ".json": "application/json", ".html": "text/html"}
ORIGIN = "https://page.test"
SMALL = small_tables()
MANY = random_strikes(3000)
FIRST_DAY = MANY["date_start"][MANY["date_end"].notna()].min()
DETAILS = {name: getattr(SMALL, name) for name in ("claims", "reports", "distances")}

# The strikes of a payload, as the layer of the map makes them.
STRIKES = """async ({ meta, numbers, names, texts }) => {
    const { fromBase64, unzip, unzipJson } = await import('/js/unpack.js');
    const { Strikes } = await import('/js/strikes.js');
    const { Filter } = await import('/js/filter.js');
    const strikes = new Strikes(meta, await unzip(fromBase64(numbers)));
    strikes.places = await unzipJson(names);
    const node = document.createElement('script');
    node.textContent = texts;
    strikes.texts = Promise.resolve(node);
    Object.assign(window, { strikes, filter: new Filter(strikes) });
}"""


def answer(route) -> None:
    """Serve the files of the page; nothing leaves the machine."""
    path = STATIC / urlparse(route.request.url).path.lstrip("/")
    if path.name == assets.CONSTANTS:
        body = json.dumps(script_constants())
    else:
        body = path.read_text(encoding="utf-8") if path.is_file() else "<!DOCTYPE html><title>Empty</title>"
    route.fulfill(body=body, content_type=TYPES.get(path.suffix, "text/html"))


@pytest.fixture(scope="module")
def page(browser):
    context = browser.new_context()
    context.route("**/*", answer)
    page = context.new_page()
    page.goto(f"{ORIGIN}/empty.html")
    page.add_script_tag(url="/vendor/leaflet/leaflet.js")
    yield page
    context.close()


def call(page, module: str, function: str, *arguments: object) -> object:
    """Return the result of a function of a module."""
    code = """async ([path, name, values]) => {
        const result = (await import(path))[name](...values);
        return ArrayBuffer.isView(result) ? [...result] : result;
    }"""
    return page.evaluate(code, [f"/js/{module}.js", function, list(arguments)])


def load(page, payload: Payload) -> None:
    """Decode a payload into `strikes` and `filter` of the page."""
    page.evaluate(STRIKES, {name: getattr(payload, name) for name in ("meta", "numbers", "names", "texts")})


@pytest.fixture
def many(page):
    load(page, encode_strikes(MANY))
    return page


# --- unpacking --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [path for path in assets.own_modules() if path.endswith(".js")])
def test_module_loads_alone(page, path):
    """Each module imports what it needs."""
    assert page.evaluate("async (path) => typeof await import(path)", f"/{path}") == "object"


def test_outline_inverts_quantise(page):
    """A line comes back within half a unit of its precision."""
    line = np.random.default_rng(5).uniform([-180, -90], [180, 90], (50, 2))
    found = np.array(call(page, "unpack", "outline", quantise(line, 1000), 1000))[:, ::-1]
    assert np.abs(found - line).max() <= 0.0005 + 1e-9


def decoded(page, *names: str) -> dict[str, np.ndarray]:
    found = page.evaluate("(names) => names.map((name) => [...strikes[name]])", list(names))
    return {name: np.array(values) for name, values in zip(names, found, strict=True)}


def by_page_order(strikes: gpd.GeoDataFrame, page) -> gpd.GeoDataFrame:
    """Return the table's rows in the order of the page."""
    rows = "() => Promise.all([...Array(strikes.n).keys()].map((i) => strikes.record(i)))"
    ids = [record["strike_id"] for record in page.evaluate(rows)]
    return strikes.set_index("strike_id").loc[ids]


def test_numbers_survive_packing(many):
    """Days exactly, kilometres to a tenth, coordinates to 24 bits of the world; -1 where there are none."""
    table = by_page_order(MANY, many)
    found = decoded(many, "start", "span", "x", "depth", "depth_min", "radius", "geo_precision")
    closed = table["date_start"].notna().to_numpy()
    start = (table["date_start"] - FIRST_DAY).dt.days.fillna(-1).to_numpy()
    span = (table["date_end"] - table["date_start"]).dt.days.fillna(0).to_numpy()
    assert (found["start"] == np.where(closed, start, -1)).all()
    assert (found["span"] == span).all()
    for name in ("depth", "depth_min", "radius"):
        tenths = (table[f"{name}_km"] * 10).round().fillna(-1)
        assert np.abs(found[name] - tenths.to_numpy()).max() <= 1e-9, name
    x = np.round((table.geometry.x.to_numpy() + 180) / 360 * 2**24)
    assert (found["x"] == np.where(np.isnan(x), -1, x)).all()
    assert (found["geo_precision"] == table["geo_precision"]).all()


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_few_rows_survive_packing(page, rows):
    """A column of one value, and no row at all."""
    load(page, encode_strikes(SMALL.strikes.iloc[:rows]))
    found = decoded(page, "start", "depth")
    assert found["start"].tolist() == [0] * rows
    assert found["depth"].tolist() == [3420, 4800][:rows]


def test_undated_rows_alone_survive_packing(page):
    """Without any closed interval every first day is -1."""
    load(page, encode_strikes(SMALL.strikes.assign(date_start=pd.NaT)))
    assert set(decoded(page, "start")["start"]) == {-1}


def test_record_uses_table_names(page):
    """A record has the column names of the tables."""
    load(page, encode_strikes(SMALL.strikes, **DETAILS))
    rows = page.evaluate("() => Promise.all([...Array(strikes.n).keys()].map((i) => strikes.record(i)))")
    records = {record["strike_id"]: record for record in rows}
    names = ("place_id", "place", "place_kind", "country", "admin1", "place_as_written", "date_as_written",
             "place_reason", "status", "target_kind", "weapon", "side", "date_precision", "place_status")  # fmt: skip
    for row in SMALL.strikes.itertuples():
        record = records[row.strike_id]
        wanted = {name: getattr(row, name) for name in names}
        wanted["place"] = row.place or row.place_as_written
        assert {name: record[name] for name in names} == wanted
        assert record["direction"] == {"attacker": row.attacker, "struck_country": row.struck_country}
    assert records["s9"]["date_end"] == "2025-03-18"
    claims = SMALL.claims[["speaker", "speaker_side", "stance", "quote"]].to_dict("records")
    assert records["s6"]["claims"] == claims
    assert records["s6"]["distances"][0]["value_km"] == "64.4"
    source = {"publisher": "A paper", "title": "", "published": "", "url": "javascript:alert(1)"}
    assert records["s1"]["sources"][1] == source


def test_marks_become_names(page):
    """\\x01 is replaced by the place, \\x02 by the publisher; \\x03 escapes a mark."""
    assert call(page, "unpack", "fillMarks", "near \x01, \x02: a\x03\x05b\x03\x01", "Tuapse", "An agency") == (
        "near Tuapse, An agency: a\nb\x01"
    )


# --- filter -----------------------------------------------------------------------------------------------------------


def overlaps(first: int, last: int) -> pd.Series:
    """Whether the closed interval of a strike overlaps the window."""
    starts = (MANY["date_start"] - FIRST_DAY).dt.days
    ends = (MANY["date_end"] - FIRST_DAY).dt.days
    return starts.notna() & ends.notna() & (starts <= last) & (ends >= first)


@pytest.mark.parametrize(("first", "last"), [(0, 0), (0, 950), (100, 130), (899, 928)])
@pytest.mark.parametrize("undated", [True, False])
def test_filter_counts_equal_tables(many, first, last, undated):
    """The cumulative counts equal the number of rows, for any window and facet."""
    found = many.evaluate(
        """([first, last, undated]) => {
            last = Math.min(last, strikes.days - 1);
            filter.undated = undated;
            filter.facets.status.on[0] = 0;
            filter.recount();
            return { n: filter.count(filter.total, first, last), rows: filter.rows(first, last).length,
                dated: filter.countDated(filter.total, first, last), off: strikes.words.status[0],
                drawn: filter.count(filter.drawn, first, last),
                depth: filter.facets.depth.sums.map((sums) => filter.count(sums, first, last)) };
        }""",
        [first, last, undated],
    )
    wanted = MANY["status"] != found["off"]
    shown = wanted & (overlaps(first, last) | (MANY["date_start"].isna() & undated))
    assert found["n"] == found["rows"] == shown.sum()
    assert found["dated"] == (wanted & overlaps(first, last)).sum()
    assert found["drawn"] == (shown & MANY.geometry.notna()).sum()
    assert found["depth"] == [(depth_class(MANY)[shown] == number).sum() for number in range(8)]


def test_shapes_follow_frequency(many):
    """The most frequent direction has the first shape."""
    words, shapes = many.evaluate("() => [strikes.words.direction, [...strikes.shapeOfDirection]]")
    first = words[shapes.index(0)]["attacker"]
    assert first == MANY["attacker"].value_counts().index[0]


def test_summary_gives_median_and_maximum(many):
    """Median and maximum depth of the strikes across the border, per direction."""
    text = many.evaluate(
        """async () => {
            const { depthSummary } = await import('/js/statistics.js');
            filter.recount();
            return depthSummary({ strikes, filter }, [0, strikes.days - 1]);
        }"""
    )
    for attacker, direction in (("UKR", "Ukraine → Russia"), ("RUS", "Russia → Ukraine")):
        depth = MANY["depth_km"][(MANY["side"] == "across") & (MANY["attacker"] == attacker)]
        median, farthest = re.search(rf"{direction}: median ([\d,]+) km, farthest ([\d,]+) km", text).groups()
        assert float(median.replace(",", "")) == pytest.approx(depth.median(), abs=0.6)
        assert float(farthest.replace(",", "")) == pytest.approx(depth.max(), abs=0.6)


# --- calendar ---------------------------------------------------------------------------------------------------------

FREQUENCIES = {"day": "D", "week": "W-SUN", "month": "M", "year": "Y"}


@pytest.mark.parametrize("unit", FREQUENCIES)
@pytest.mark.parametrize(("first", "days"), [("2024-02-27", 1), ("2023-12-30", 430), ("2022-01-03", 7)])
def test_bins_are_calendar_units(page, unit, first, days):
    """The bins are pandas' periods, clipped to the first and last day."""
    range_ = pd.date_range(first, periods=days)
    numbers = pd.Series(np.arange(days), index=range_.to_period(FREQUENCIES[unit]))
    wanted = numbers.groupby(level=0).agg(["min", "max"]).to_numpy().tolist()
    time = {"firstDay": range_[0].timestamp() * 1000, "days": days}
    assert call(page, "calendar", "binsOf", time, unit) == wanted


@pytest.mark.parametrize("days", [1, 20, 75, 76, 900, 4000, 30_000])
def test_ticks_are_inside_and_apart(page, days):
    """Ticks are inside the axis, and those of a year are at 1 January."""
    first = pd.Timestamp("2013-05-20")
    ticks = call(page, "calendar", "ticksOf", {"firstDay": first.timestamp() * 1000, "days": days}, 800)
    assert 1 <= len(ticks) <= 100
    for tick in ticks:
        assert 0 <= tick["x"] <= 800
        if tick["january"]:
            day = first + pd.Timedelta(days=round(tick["x"] / 800 * days))
            assert (day.month, day.day, str(day.year)) == (1, 1, tick["text"])


# --- texts and numbers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (999, "999"), (1000, "1.0k"), (9950, "10k"), (999_500, "1.0M")])
def test_short_number_keeps_two_digits(page, value, text):
    """Thousands and millions are shortened."""
    assert call(page, "texts", "shortNumber", value) == text


@pytest.mark.parametrize(
    ("field", "text"),
    [("a", '"a"'), ('say "b"', '"say ""b"""'), ("=1+1", '"\'=1+1"'), ("-7.5", '"-7.5"'), (-7.5, '"-7.5"'), ("", '""')],
)
def test_csv_field_is_no_formula(page, field, text):
    """A formula is marked as text; numbers remain numbers."""
    assert call(page, "table", "csvField", field) == text


def test_ranks_follow_the_alphabet(page):
    """Ranks follow the language's alphabetical order, not code points."""
    names = ["Zaporizhzhia", "Ärzen", "Adler", "ärzen b"]
    assert call(page, "table", "ranksOf", names) == [3, 1, 0, 2]


def test_great_circle_is_the_shortest_way(page):
    """Points are evenly spaced along the shortest way between both ends."""
    start, end = (50.0, 36.0), (57.0, 65.0)
    points = np.array(call(page, "details", "greatCircle", start, end, 8))
    assert points[[0, -1]].ravel() == pytest.approx([*start, *end])
    sphere = Geod(ellps="sphere")
    lengths = sphere.inv(points[:-1, 1], points[:-1, 0], points[1:, 1], points[1:, 0])[2]
    assert lengths == pytest.approx(lengths[0], rel=1e-6)
    assert lengths.sum() == pytest.approx(sphere.inv(start[1], start[0], end[1], end[0])[2], rel=1e-9)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "not an address", ""])
def test_only_web_addresses_are_safe(page, address):
    """Other schemes give no address."""
    assert call(page, "dom", "safeAddress", address) is None
    assert call(page, "dom", "safeAddress", "https://example.org/a?b=1") == "https://example.org/a?b=1"


# --- grid -------------------------------------------------------------------------------------------------------------


def test_moved_window_equals_rebuild(many):
    """Updating the cells for a moved window equals a recount."""
    same = many.evaluate(
        """async () => {
            const { Grid } = await import('/js/grid.js');
            filter.recount();
            const view = { origin: { x: 9_400, y: 4_600 }, width: 1200, height: 900, scale: 16384 / 16777216, zoom: 6 };
            const [moved, fresh] = [0, 1].map(() => new Grid(strikes, filter));
            const last = strikes.days - 1;
            moved.window = [0, last];
            moved.place(view);
            const shown = [];
            for (const window_ of [[0, 30], [20, 60], [400, 400], [100, 800], [0, last]]) {
                moved.setWindow(...window_);
                fresh.window = window_;
                fresh.place(view);
                shown.push([moved.count, fresh.count, moved.rows, fresh.rows].map((values) => [...values]));
            }
            return shown;
        }"""
    )
    for moved, fresh, rows, fresh_rows in same:
        assert moved == fresh
        assert rows == fresh_rows
        assert sum(moved) > 0


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attacker", "struck", "text"),
    [
        ("UKR", "RUS", "Ukraine → Russia"),
        ("", "RUS", "strikes in Russia"),
        ("", "MDA", "strikes in Moldova"),
        ("UKR", "UKR", "Ukraine, own territory"),
        ("UKR", "", "Ukraine → unknown"),
        ("", "", "unknown"),
    ],
)
def test_direction_is_a_phrase(page, attacker, struck, text):
    """A direction of fire reads well with and without an attacker, and on the attacker's own territory."""
    assert call(page, "texts", "directionText", {"attacker": attacker, "struck_country": struck}) == text


# --- the page of the documentation ------------------------------------------------------------------------------------


def described(heading: str) -> list[str]:
    """Return the names in the first column of the table under a heading of docs/map-payload.md."""
    text = (ROOT / "docs" / "map-payload.md").read_text(encoding="utf-8")
    section = re.search(rf"^#+ [^\n]*`{heading}`.*?(?=^#|\Z)", text, flags=re.MULTILINE | re.DOTALL)[0]
    return re.findall(r"^\| `(\w+)`", section, flags=re.MULTILINE)


def test_documentation_describes_header():
    """Every key and column of the header is described, in order."""
    meta = json.loads(json.dumps(encode_strikes(SMALL.strikes, **DETAILS).meta))
    assert described("meta") == list(meta)
    assert described("numbers") == [column["name"] for column in meta["numbers"]]
    assert described("words") == list(meta["words"])
    assert described("texts") == list(meta["texts"]["columns"])
    text = (ROOT / "docs" / "map-payload.md").read_text(encoding="utf-8")
    for table, columns in meta["texts"]["columns"].items():
        assert f"| `{table}` | {', '.join(f'`{name}`' for name in columns)} |" in text
    assert described("names") == ["place_id", "place", "place_kind", "country", "admin1"]
