"""Size, loading time and smoothness of a map of strikes by date, compared with folium's own methods.

Every method gets the same strikes: date, coordinates, place, depth, a line of text and a link. The pages are opened in
headless Chromium without a graphics card and without a network; the scripts that folium's plugins link to come from
pinned npm packages (scripts/sources.py fetches them). A step moves a window of 60 days along the slider; its script
time is that of the page's own code, without painting.
"""

from __future__ import annotations

import html
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from folium.plugins import TimestampedGeoJson
from folium.plugins.timeline import Timeline, TimelineSlider
from folium.utilities import JsCode
from timing import table

from geostrike.maps import strike_map
from geostrike.tables import CLAIMS, REPORTS, STRIKES, build_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests")]

from conftest import ARGUMENTS, chromium  # noqa: E402  # the browser that the tests use
from sources import fetch  # noqa: E402

DAYS = 1400
WINDOW = 60
PLACES = 4000
FIRST = np.datetime64("2022-02-24")
SLOWEST_S = 120
ROUNDS = 7
VENDOR = ROOT / "geostrike" / "maps" / "static" / "vendor"

# --- the strikes ------------------------------------------------------------------------------------------------------

PUBLISHERS = ["An agency", "A local channel", "The governor", "A daily", "A weekly", "A ministry"]
SENTENCES = [
    "{who}: drones reported near {place}; fire at an industrial site, no casualties given.",
    "{who} says explosions were heard in {place} about {hour:02d}:{minute:02d}; two videos were located.",
    "{who}: fuel depot at {place} reported hit overnight, smoke seen on imagery.",
    "{who} reports air defence active over {place}; debris damaged a roof.",
]


@dataclass
class Sample:
    """Strikes with their reports."""

    strikes: gpd.GeoDataFrame
    reports: pd.DataFrame


def sample(count: int, *, seed: int = 1) -> Sample:
    """Return strikes at places of unequal frequency, each with its own coordinates and report."""
    random = np.random.default_rng(seed)
    frequency = 1 / np.arange(1, PLACES + 1) ** 0.75
    place = random.choice(PLACES, count, p=frequency / frequency.sum())
    longitude, latitude = random.uniform(30, 62, PLACES), random.uniform(43.5, 61, PLACES)
    depth = random.exponential(260, PLACES)
    day = np.sort(random.integers(0, DAYS, count))
    names = np.array([f"Place {number}" for number in range(PLACES)])[place]
    table_ = build_table(STRIKES, [{}] * count)
    table_["date_start"] = table_["date_end"] = (FIRST + day).astype("datetime64[s]")
    table_["place"] = table_["place_id"] = table_["place_as_written"] = names
    table_["place_status"], table_["date_precision"] = "given", "day"
    table_["status"] = "unconfirmed"
    table_["attacker"], table_["struck_country"], table_["side"] = "UKR", "RUS", "across"
    table_["depth_km"] = (depth[place] + random.normal(0, 2, count)).clip(0).round(1)
    table_["report_ids"] = [f"r{number}" for number in range(count)]
    points = shapely.points(
        (longitude[place] + random.normal(0, 0.045, count)).round(4),
        (latitude[place] + random.normal(0, 0.03, count)).round(4),
    )
    strikes = gpd.GeoDataFrame(table_, geometry=points, crs="EPSG:4326")
    who = random.integers(0, len(PUBLISHERS), count)
    which = random.integers(0, len(SENTENCES), count)
    hour, minute = random.integers(0, 24, count), random.integers(0, 60, count)
    reports = build_table(REPORTS, [{}] * count)
    reports["report_id"] = strikes["report_ids"].to_numpy()
    reports["publisher"] = np.array(PUBLISHERS)[who]
    reports["title"] = [
        SENTENCES[k].format(who=PUBLISHERS[w], place=name, hour=h, minute=m)
        for k, w, name, h, m in zip(which, who, names, hour, minute, strict=True)
    ]
    pages = random.integers(10_000_000, 100_000_000, count)
    reports["url"] = [f"https://example.org/{w}/{number}" for w, number in zip(who, pages, strict=True)]
    return Sample(strikes.drop(columns="strike_id"), reports)


def with_ids(strikes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the strikes with ids like geostrike's: incompressible digits."""
    random = np.random.default_rng(2)
    return strikes.assign(strike_id=[f"{number:016x}" for number in random.integers(0, 2**63, len(strikes))])


def claims_of(strikes: pd.DataFrame) -> pd.DataFrame:
    """Return two claims per strike, each with a quote."""
    both = pd.concat([strikes, strikes])
    claims = build_table(CLAIMS, [{}] * len(both))
    claims["strike_id"] = both["strike_id"].to_numpy()
    claims["claim_id"] = [f"c{number}" for number in range(len(both))]
    claims["speaker"] = "the governor of the region"
    claims["speaker_side"], claims["stance"] = "RUS", "claims"
    claims["quote"] = ("a fire broke out near " + both["place"] + " and was put out by morning").to_numpy()
    return claims


# --- the methods ------------------------------------------------------------------------------------------------------


def geostrike_map(data: Sample, path: Path) -> None:
    strike_map(data.strikes, reports=data.reports).save(path)


def _popup(row: Any) -> str:
    return f"{html.escape(row.place)}<br>{html.escape(row.title)}<br><a href='{html.escape(row.url)}'>source</a>"


def _rows(data: Sample) -> Iterator[Any]:
    strikes, reports = data.strikes, data.reports
    frame = pd.DataFrame({
        "x": strikes.geometry.x.to_numpy(), "y": strikes.geometry.y.to_numpy(),
        "day": strikes["date_start"].to_numpy(), "place": strikes["place"].to_numpy(),
        "depth": strikes["depth_km"].to_numpy(), "title": reports["title"].to_numpy(), "url": reports["url"].to_numpy(),
    })  # fmt: skip
    return frame.itertuples()


def _colour(depth: float) -> str:
    return ["#f2b134", "#e9822f", "#d9584d", "#a83273", "#6a2184", "#2b1260"][
        int(np.searchsorted([50, 100, 250, 500, 1000], depth))
    ]


def _features(data: Sample, properties: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [row.x, row.y]}, "properties": properties(row)}
        for row in _rows(data)
    ]
    return {"type": "FeatureCollection", "features": features}


def circle_markers(data: Sample, path: Path) -> None:
    page = folium.Map([52, 42], zoom_start=5, prefer_canvas=True, tiles=None)
    for row in _rows(data):
        colour = _colour(row.depth)
        folium.CircleMarker([row.y, row.x], radius=4, weight=1, color=colour, fill=True, popup=_popup(row)).add_to(page)
    page.save(path)


def geojson(data: Sample, path: Path) -> None:
    page = folium.Map([52, 42], zoom_start=5, prefer_canvas=True, tiles=None)
    content = _features(data, lambda row: {
        "place": row.place, "date": f"{row.day:%Y-%m-%d}", "depth": row.depth, "text": row.title, "url": row.url,
        "c": _colour(row.depth)})  # fmt: skip
    folium.GeoJson(
        content,
        marker=folium.CircleMarker(radius=4, weight=1, fill=True),
        style_function=lambda feature: {"color": feature["properties"]["c"]},
        popup=folium.GeoJsonPopup(["place", "date", "depth", "text", "url"]),
    ).add_to(page)
    page.save(path)


def timestamped_geojson(data: Sample, path: Path) -> None:
    page = folium.Map([52, 42], zoom_start=5, tiles=None)
    content = _features(data, lambda row: {
        "times": [f"{row.day:%Y-%m-%d}"], "popup": _popup(row), "icon": "circle",
        "iconstyle": {"radius": 4, "weight": 1, "color": _colour(row.depth), "fill": True}})  # fmt: skip
    options = {"auto_play": False, "loop": False, "add_last_point": False}
    TimestampedGeoJson(content, period="P1D", duration=f"P{WINDOW}D", **options).add_to(page)  # type: ignore[no-untyped-call]
    page.save(path)


def timeline(data: Sample, path: Path) -> None:
    page = folium.Map([52, 42], zoom_start=5, prefer_canvas=True, tiles=None)
    content = _features(data, lambda row: {
        "start": int(row.day.timestamp() * 1000), "end": int((row.day.timestamp() + WINDOW * 86400) * 1000),
        "popup": _popup(row), "c": _colour(row.depth)})  # fmt: skip
    drawn = JsCode(
        "(f, at) => L.circleMarker(at, { radius: 4, weight: 1, color: f.properties.c }).bindPopup(f.properties.popup)"
    )
    layer = Timeline(content, point_to_layer=drawn).add_to(page)
    TimelineSlider(auto_play=False, show_ticks=False, steps=DAYS).add_timelines(layer).add_to(page)  # type: ignore[no-untyped-call]
    page.save(path)


@dataclass(frozen=True)
class Way:
    """A method of making the map; `step` is the script that moves its slider to a share of the time, if it has one."""

    build: Callable[[Sample, Path], None]
    step: str = ""


OURS_STEP = f"""share => {{
    const first = Math.round(share * ({DAYS} - {WINDOW} - 1));
    geostrike.page.setWindow(first, first + {WINDOW} - 1);
}}"""
STAMPED_STEP = """share => {
    const time = window[Object.keys(window).find((name) => /^map_[0-9a-f]{32}$/.test(name))].timeDimension;
    time.setCurrentTimeIndex(Math.round(share * (time.getAvailableTimes().length - 1)));
}"""
TIMELINE_STEP = """share => {
    const slider = window[Object.keys(window).find((name) => /^timeline_slider_[0-9a-f]{32}$/.test(name))];
    slider.setTime(slider.start + share * (slider.end - slider.start));
}"""
WAYS = {
    "geostrike": Way(geostrike_map, OURS_STEP),
    "CircleMarker": Way(circle_markers),
    "GeoJson": Way(geojson),
    "TimestampedGeoJson": Way(timestamped_geojson, STAMPED_STEP),
    "Timeline": Way(timeline, TIMELINE_STEP),
}

# --- the browser ------------------------------------------------------------------------------------------------------

# File by the last part of a link's address.
LINKED: dict[str, Callable[[], Path]] = {
    "leaflet.js": lambda: VENDOR / "leaflet" / "leaflet.js",
    "leaflet.css": lambda: VENDOR / "leaflet" / "leaflet.css",
    "jquery-3.7.1.min.js": lambda: VENDOR / "jquery" / "jquery.min.js",
    "jquery.min.js": lambda: VENDOR / "jquery" / "jquery.min.js",
    "leaflet.awesome-markers.js": lambda: VENDOR / "awesome-markers" / "leaflet.awesome-markers.min.js",
    "jquery-ui.min.js": lambda: fetch("jquery-ui") / "package" / "jquery-ui.min.js",
    "iso8601.min.js": lambda: fetch("iso8601-js-period") / "package" / "iso8601.js",
    "leaflet.timedimension.min.js": lambda: _dist("leaflet-timedimension", "leaflet.timedimension.min.js"),
    "leaflet.timedimension.control.css": lambda: _dist("leaflet-timedimension", "leaflet.timedimension.control.css"),
    "leaflet.timeline.min.js": lambda: _dist("leaflet-timeline", "leaflet.timeline.js"),
    "moment.min.js": lambda: fetch("moment") / "package" / "min" / "moment.min.js",
}


def _dist(name: str, file: str) -> Path:
    return Path(fetch(name)) / "package" / "dist" / file


def _answer(route: Any) -> None:
    """Answer links from pinned packages; decorations are empty."""
    address = route.request.url
    if address.startswith(("file:", "data:", "blob:")):
        route.continue_()
        return
    name = urlsplit(address).path.rsplit("/", 1)[-1]
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    body = LINKED[name]().read_bytes() if name in LINKED else b""
    route.fulfill(status=200, body=body, headers={"content-type": kind})


STEPS = """async ([step, steps]) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const script = [], frames = [];
    for (const counted of [false, true]) {
        let before = await frame();
        for (let k = 0; k < steps; k++) {
            const begun = performance.now();
            step(k / (steps - 1));
            const taken = performance.now() - begun;
            const now = await frame();
            if (counted && k) { script.push(taken); frames.push(now - before); }
            before = now;
        }
    }
    return [script, frames];
}"""
FRAMES = """() => {
    window.frames_ = [];
    let before = 0;
    const frame = (now) => { if (before) frames_.push(now - before); before = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
}"""
AT_REST = """() => new Promise((done) => {
    let before = performance.now(), calm = 0;
    const frame = (now) => {
        calm = now - before < 120 ? calm + now - before : 0;
        before = now;
        if (calm > 700) done(); else setTimeout(() => requestAnimationFrame(frame), 20);
    };
    requestAnimationFrame(frame);
})"""


@dataclass
class Seen:
    """Measurements of a page in the browser; milliseconds and megabytes."""

    first_paint: float = float("nan")
    ready: float = float("nan")
    heap: float = float("nan")
    step: float = float("nan")
    step_frame: float = float("nan")
    pan_frame: float = float("nan")
    trouble: str = ""
    messages: list[str] = field(default_factory=list)


def look(browser: Any, path: Path, way: Way, *, steps: int) -> Seen:
    """Open a page, drag the map, and move through time."""
    seen = Seen()
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.route("**/*", _answer)
    page = context.new_page()
    page.set_default_timeout(SLOWEST_S * 1000)
    page.on("pageerror", lambda error: seen.messages.append(str(error)))
    page.add_init_script(
        "window.long_ = []; new PerformanceObserver((list) => { for (const e of list.getEntries())"
        " long_.push(e.startTime + e.duration); }).observe({ type: 'longtask', buffered: true })"
    )
    try:
        page.goto(path.as_uri(), wait_until="load", timeout=SLOWEST_S * 1000)
        page.evaluate(AT_REST)
        seen.first_paint, seen.ready = page.evaluate(
            """() => {
                const [painted] = performance.getEntriesByName('first-contentful-paint');
                const [ready] = performance.getEntriesByName('geostrike-ready');
                return [painted ? painted.startTime : NaN, ready ? ready.startTime : Math.max(0, ...long_)];
            }"""
        )
        seen.heap = _heap(context, page)
        seen.pan_frame = _drag(page)
        if way.step:
            script, frames = page.evaluate(f"(steps) => ({STEPS})([{way.step}, steps])", steps)
            seen.step, seen.step_frame = median(script), median(frames)
    except Exception as error:  # noqa: BLE001  # a page that does not open is a result
        text = str(error).splitlines()[0]
        seen.trouble = f"not within {SLOWEST_S} s" if "Timeout" in text else text
    context.close()
    return seen


def steps_in_turn(browser: Any, paths: list[Path], way: Way, *, steps: int) -> list[list[float]]:
    """Return the median script time of a step on each page by round: all pages are open and take turns."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    pages = [context.new_page() for _ in paths]
    found: list[list[float]] = [[] for _ in paths]
    for page, path in zip(pages, paths, strict=True):
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-geostrike=ready]", state="attached")
    for _ in range(ROUNDS):
        for page, script in zip(pages, found, strict=True):
            page.bring_to_front()
            script.append(median(page.evaluate(f"(steps) => ({STEPS})([{way.step}, steps])", steps)[0]))
    context.close()
    return found


def _heap(context: Any, page: Any) -> float:
    session = context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = {entry["name"]: entry["value"] for entry in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["JSHeapUsedSize"]) / 1e6


def _drag(page: Any) -> float:
    """Return the median time between two frames while the map is dragged."""
    page.evaluate(FRAMES)
    page.mouse.move(560, 300)
    page.mouse.down()
    for step in range(30):
        page.mouse.move(560 - 6 * step, 300 + 3 * step)
    page.mouse.up()
    return float(median(page.evaluate("() => frames_.slice(2)")))


# --- the tables -------------------------------------------------------------------------------------------------------


@dataclass
class Measured:
    """A page that was built and measured."""

    seconds: float
    megabytes: float
    seen: Seen


def measure(browser: Any, way: Way, data: Sample, path: Path, *, steps: int) -> Measured:
    begun = time.process_time()
    way.build(data, path)
    seconds = time.process_time() - begun
    return Measured(seconds, path.stat().st_size / 1e6, look(browser, path, way, steps=steps))


def _number(value: float, digits: int = 0) -> str:
    return "" if np.isnan(value) else f"{value:,.{digits}f}"


def growth(browser: Any, folder: Path, counts: tuple[int, ...], *, steps: int) -> str:
    """Measure geostrike's page with more and more strikes, and what claims with quotes add."""
    rows = []
    ours = WAYS["geostrike"]
    paths = [folder / f"map-{count}.html" for count in counts]
    samples = [sample(count) for count in counts]
    measured = [measure(browser, ours, data, path, steps=steps) for data, path in zip(samples, paths, strict=True)]
    in_turn = steps_in_turn(browser, paths, ours, steps=steps)
    for count, data, plain, script in zip(counts, samples, measured, in_turn, strict=True):
        strikes = with_ids(data.strikes)
        claims = claims_of(strikes)
        seconds = time.process_time()
        strike_map(strikes, reports=data.reports, claims=claims).save(folder / "with-claims.html")
        seconds = time.process_time() - seconds
        ratio = median(mine / first for mine, first in zip(script, in_turn[0], strict=True))
        seen = plain.seen
        rows.append([
            f"{count:,}", _number(plain.megabytes, 1), _number(plain.seconds, 1),
            f"{(folder / 'with-claims.html').stat().st_size / 1e6:,.1f} / {seconds:,.1f}", _number(seen.first_paint),
            _number(seen.ready), f"{median(script):.1f} ({ratio:.1f})", _number(seen.step_frame),
            _number(seen.pan_frame), _number(seen.heap, 1),
        ])  # fmt: skip
    head = [
        "strikes", "file, MB", "built in, CPU s", "with ids and two claims each, MB / s",
        "first paint, ms", "ready, ms",
        "script a step, ms (to the first)",
        "frame of a step, ms", "frame of a drag, ms", "heap, MB",
    ]  # fmt: skip
    return table(head, rows)


def beside_others(browser: Any, folder: Path, count: int, *, steps: int) -> str:
    """Measure the same strikes with folium's own methods, as ratios to geostrike's."""
    data = sample(count)
    results = {name: measure(browser, way, data, folder / "map.html", steps=steps) for name, way in WAYS.items()}
    ours = results["geostrike"]
    rows = []
    for name, result in results.items():
        seen = result.seen
        ratio = seen.step / ours.seen.step
        rows.append([
            name, f"{result.megabytes:,.1f} ({result.megabytes / ours.megabytes:,.1f})",
            f"{result.seconds:,.1f} ({result.seconds / ours.seconds:,.1f})",
            seen.trouble or _number(seen.ready), _number(seen.heap), _number(seen.pan_frame),
            "" if np.isnan(seen.step) else f"{seen.step:,.1f} ({ratio:,.1f})",
        ])  # fmt: skip
    head = [
        "way", "file, MB (ratio)", "built in, CPU s (ratio)", "ready, ms", "heap, MB", "frame of a drag, ms",
        "script a step, ms (ratio)",
    ]  # fmt: skip
    return table(head, rows)


def among_dots(browser: Any, folder: Path, count: int) -> str:
    """Measure dragging and zooming where every strike is a separate dot in one view."""
    random = np.random.default_rng(4)
    data = sample(count)
    points = shapely.points(random.uniform(35, 40.5, count), random.uniform(49.8, 52.2, count))
    path = folder / "dots.html"
    strike_map(data.strikes.set_geometry(points, crs="EPSG:4326"), reports=data.reports).save(path)
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-geostrike=ready]", state="attached")
    page.evaluate("() => geostrike.page.map.setView([51, 37.7], 8, { animate: false })")
    page.wait_for_timeout(800)
    dots = page.evaluate("() => geostrike.page.layer.bubbles.length")
    drag = _drag(page)
    page.wait_for_timeout(800)
    page.evaluate(FRAMES)
    for zoom in (9, 8, 7, 8):
        page.evaluate("(zoom) => geostrike.page.map.setZoom(zoom)", zoom)
        page.wait_for_timeout(700)
    frames = page.evaluate("() => frames_.slice(2)")
    page.close()
    row = [f"{count:,}", f"{dots:,}", _number(drag), _number(median(frames)), _number(float(np.quantile(frames, 0.95)))]
    return table(
        ["strikes in view", "dots", "frame of a drag, ms", "frame of a zoom, ms", "95 of 100 frames of a zoom, ms"],
        [row],
    )


def tables(*, quick: bool = False) -> list[tuple[str, str]]:
    """Return headings and Markdown tables; with `quick`, for few strikes, to check that everything runs."""
    from playwright.sync_api import sync_playwright

    counts = (200, 400) if quick else (1_000, 100_000, 1_000_000)
    steps = 5 if quick else 40
    geostrike_map(sample(100), Path(tempfile.gettempdir()) / "warm.html")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as name:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        folder = Path(name)
        grown = growth(browser, folder, counts, steps=steps)
        count = 500 if quick else 100_000
        others = beside_others(browser, folder, count, steps=steps)
        dots = among_dots(browser, folder, 2_000 if quick else 100_000)
        browser.close()
    return [
        ("One file, from a thousand strikes to a million", grown),
        (f"{count:,} strikes by folium's own ways", others),
        ("Moving over dots", dots),
    ]


def main() -> None:
    """Print the tables."""
    for heading, text in tables(quick="--quick" in sys.argv[1:]):
        print(f"### {heading}\n\n{text}\n")


if __name__ == "__main__":
    main()
