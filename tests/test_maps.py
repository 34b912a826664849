"""The map as a file: its content, its policy, and what it refuses. Its behaviour is in test_map_browser.py."""

from __future__ import annotations

import ast
import base64
import gzip
import hashlib
import html
import io
import json
import re
import threading
import time
import tomllib
from pathlib import Path
from types import SimpleNamespace

import branca.element
import folium
import folium.plugins
import numpy as np
import pandas as pd
import pytest
import shapely
from map_samples import BORDER, random_strikes, small_tables
from pyproj import Geod

import geostrike.tables as vocabulary
from geostrike.borders.border import Border
from geostrike.borders.shipped import definitions
from geostrike.errors import InputError, TableError
from geostrike.maps import Basemap, DepthBands, StrikeLayer, StrikeMap, assets, strike_map
from geostrike.maps.bands import band_outlines
from geostrike.maps.elements import guard_text
from geostrike.maps.layers import BASEMAP_COLUMNS
from geostrike.tables import CLAIMS, build_table

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "geostrike" / "maps" / "static"
SMALL = small_tables()


def small_map(**options: object) -> StrikeMap:
    tables = {name: getattr(SMALL, name) for name in ("border", "areas", "claims", "reports", "distances")}
    return strike_map(SMALL.strikes, **tables, **options)


def saved(strike_page: folium.Map, tmp_path: Path) -> str:
    path = tmp_path / "map.html"
    strike_page.save(path)
    return path.read_text(encoding="utf-8")


def policy(page: str) -> dict[str, list[str]]:
    text = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    return {rule.split()[0]: rule.split()[1:] for rule in text.split(";")}


def scripts(page: str) -> list[str]:
    return re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)


# --- one file ---------------------------------------------------------------------------------------------------------


def test_map_is_folium_map():
    """A StrikeMap can be used wherever folium.Map can."""
    assert isinstance(small_map(), folium.Map)


def test_file_has_no_links(tmp_path):
    """The saved file refers to no other file."""
    page = saved(small_map(), tmp_path)
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert "<link" not in markup
    assert not re.search(r"<script[^>]+src", page)
    assert not re.search(r"url\((?!data:|#)", "".join(re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)))


def test_policy_allows_own_scripts_only(tmp_path):
    """The policy allows the page's scripts by hash, and no connection."""
    page = saved(small_map(), tmp_path)
    rules = policy(page)
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts(page)}
    assert set(rules["script-src"]) == hashes
    assert rules["default-src"] == rules["connect-src"] == rules["form-action"] == ["'none'"]
    assert rules["img-src"] == ["data:", "blob:"]


def test_tiles_allow_their_host(tmp_path):
    """A tile layer adds its own host to the policy, and nothing else."""
    tiles = folium.TileLayer("https://{s}.tile.example.org/{z}/{x}/{y}.png", attr="Example")
    assert policy(saved(small_map(tiles=tiles), tmp_path))["img-src"] == [
        "data:",
        "blob:",
        "https://*.tile.example.org",
    ]


def test_equal_input_gives_equal_bytes(tmp_path):
    """Two maps of equal input are the same file."""

    def build() -> str:
        strike_page = small_map()
        group = folium.FeatureGroup().add_to(strike_page)
        folium.Marker([50, 36], popup="One", tooltip="Two", icon=folium.Icon(color="red")).add_to(group)
        folium.GeoJson({"type": "Point", "coordinates": [30, 50]}).add_to(strike_page)
        first = saved(strike_page, tmp_path)
        assert saved(strike_page, tmp_path) == first
        return first

    assert build() == build()


def test_map_can_be_saved_again(tmp_path):
    """A map that was saved, extended and saved again is like one that was saved once."""
    strike_page = small_map()
    saved(strike_page, tmp_path)
    folium.Marker([50, 36], popup="Later").add_to(strike_page)
    page = saved(strike_page, tmp_path)
    fresh = small_map()
    folium.Marker([50, 36], popup="Later").add_to(fresh)
    assert page == saved(fresh, tmp_path)


def test_open_file_equals_path(tmp_path):
    """An open file gets the same bytes as a path."""
    strike_page, file = small_map(), io.BytesIO()
    strike_page.save(file, close_file=False)
    assert file.getvalue().decode("utf-8") == saved(strike_page, tmp_path)
    strike_page.save(file)
    assert file.closed


def test_small_map_takes_a_second(tmp_path):
    """Rendering and saving a small map takes less than a second."""
    small_map()
    start = time.process_time()
    small_map().save(tmp_path / "map.html")
    assert time.process_time() - start < 1


def test_notebook_frame_is_light():
    """A notebook's frame is small, sandboxed, and without an origin."""
    strikes = random_strikes(1000)
    values = {
        "strike_id": strikes["strike_id"].repeat(2),
        "quote": "a fire broke out near " + strikes["place"].repeat(2),
    }
    claims = build_table(CLAIMS, [{"stance": "claims"}] * 2000).assign(
        **{key: list(text) for key, text in values.items()}
    )
    frame = strike_map(strikes, border=Border.between("UKR", "RUS"), claims=claims)._repr_html_()
    assert len(frame.encode()) <= 600_000
    assert re.match(r'<iframe sandbox="[a-z -]+" title="Strikes by date"', frame)
    assert "allow-same-origin" not in frame[:400]
    page = html.unescape(re.search(r"srcdoc='([^']*)'", frame)[1])
    assert policy(page)["connect-src"] == ["'none'"]


def test_frame_holds_saved_page(tmp_path):
    """frame_html contains the saved page."""
    strike_page = small_map()
    frame = strike_page.frame_html(height='30rem"')
    assert html.unescape(re.search(r"srcdoc='([^']*)'", frame)[1]) == saved(strike_page, tmp_path)
    assert "height:30rem&quot;;" in frame
    assert len(strike_page.frame_html(light=True)) < len(frame) - 150_000


def test_frame_policy_is_saved_policy(tmp_path):
    """frame_policy returns the policy of the saved page."""
    strike_page = small_map()
    assert strike_page.frame_policy() == policy(saved(strike_page, tmp_path))


# --- the user's folium elements ---------------------------------------------------------------------------------------


def test_folium_files_are_included(tmp_path):
    """Files that folium's elements need are in the page."""
    strike_page = small_map()
    folium.Marker([50, 36], popup="x", icon=folium.Icon(icon="star", prefix="fa")).add_to(strike_page)
    folium.Marker([51, 36], icon=folium.Icon(icon="home")).add_to(folium.plugins.MarkerCluster().add_to(strike_page))
    page = saved(strike_page, tmp_path)
    assert "https://cdn" not in page
    assert "L.MarkerClusterGroup" in page
    assert "font/woff2" in page


def test_unused_files_are_left_out(tmp_path):
    """Libraries that no element uses are not in the page."""
    page = saved(small_map(), tmp_path)
    assert "jQuery" not in page
    assert "glyphicon" not in page


def test_unknown_plugin_needs_online(tmp_path):
    """A plugin with files that are not included is refused, unless the map is online."""

    def with_heat(strike_page: StrikeMap) -> StrikeMap:
        folium.plugins.HeatMap([[50, 36]]).add_to(strike_page)
        return strike_page

    with pytest.raises(InputError, match=r"leaflet_heat.*does not include.*online=True"):
        saved(with_heat(StrikeMap()), tmp_path)
    for online in (StrikeMap(online=True), small_map(online=True)):
        rules = policy(saved(with_heat(online), tmp_path))
        assert any(source.startswith("https://") for source in rules["script-src"])


def test_layer_control_lists_later_layers(tmp_path):
    """The layer control lists layers that were added after it."""
    strike_page = small_map()
    folium.FeatureGroup(name="Added late").add_to(strike_page)
    assert '"Added late"' in saved(strike_page, tmp_path)


TEMPLATES = ["{{ 7 * 191 }}", "{% print(7 * 191) %}", "100 {% of", "{# gone #}"]


@pytest.mark.parametrize("text", TEMPLATES)
def test_text_is_never_a_template(text, tmp_path):
    """No text is evaluated as a template."""
    strike_page = StrikeMap(text, note=text)
    strikes = SMALL.strikes.assign(place=text, place_as_written=text, date_as_written=text)
    StrikeLayer(strikes, name=text).add_to(strike_page)
    folium.Marker([50, 36], popup=text, tooltip=text, icon=folium.DivIcon(html=text)).add_to(strike_page)
    folium.Marker([50, 36], popup=folium.Popup(text, parse_html=True)).add_to(strike_page)
    folium.FeatureGroup(name=text).add_to(strike_page)
    folium.LayerControl().add_to(strike_page)
    page = saved(strike_page, tmp_path)
    assert "1337" not in re.sub(r"[0-9A-Za-z+/=]{40,}", "", page)
    assert page.count(html.escape(text)) >= 3


def test_element_text_stays_text(tmp_path):
    """The text of a plain element is written verbatim."""
    strike_page = StrikeMap()
    element = folium.Element("<h3>{{ 7 * 191 }}</h3>")
    strike_page.get_root().html.add_child(element)
    assert "<h3>{{ 7 * 191 }}</h3>" in saved(strike_page, tmp_path)


@pytest.mark.parametrize("text", ["${alert(1)}", "`+alert(1)+`", "\\`${alert(1)}", "a\u2028b"])
def test_popup_text_stays_in_literal(text, tmp_path):
    """Popup text cannot end its template literal."""
    strike_page = StrikeMap()
    folium.Marker([50, 36], popup=text, tooltip=text).add_to(strike_page)
    literals = re.findall(r"`[^`]*`", scripts(saved(strike_page, tmp_path))[-1])
    assert len(literals) == 2
    for literal in literals:
        assert not re.search(r"[$\\\u2028]", literal)


def test_saving_changes_no_objects(tmp_path):
    """Saving leaves the user's objects unchanged."""
    strike_page = StrikeMap()
    popup = folium.Popup("50 % `of` ${it}", parse_html=True)
    tooltip = folium.Tooltip("${tip}")
    folium.Marker([50, 36], popup=popup, tooltip=tooltip).add_to(strike_page)
    content = next(iter(popup.html._children.values()))
    before = (content.data, content.script, tooltip.text)
    saved(strike_page, tmp_path)
    assert (content.data, content.script, tooltip.text) == before


def test_other_threads_keep_templates():
    """The guard replaces branca's templates in its own thread only."""
    results = []
    with guard_text(branca.element.Figure()):
        thread = threading.Thread(target=lambda: results.append(folium.Element("{{ 1 + 1 }}")._template.render()))
        thread.start()
        thread.join()
    assert results == ["2"]
    assert folium.Element("{{ 1 + 1 }}")._template.render() == "2"


PRIVATE = {"_children", "_id", "_name", "_parent", "_template", "_template_str", "get_root"}


@pytest.mark.parametrize("path", sorted((ROOT / "geostrike" / "maps").glob("*.py")), ids=lambda path: path.stem)
def test_private_attributes_have_one_home(path):
    """Only elements.py depends on how folium is made inside."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    touched = {node.attr for node in nodes if isinstance(node, ast.Attribute)} & PRIVATE
    assert path.stem == "elements" or not touched


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_second_strike_layer_is_refused(tmp_path):
    """A map takes one StrikeLayer."""
    strike_page = small_map()
    StrikeLayer(SMALL.strikes).add_to(strike_page)
    with pytest.raises(InputError, match="one StrikeLayer"):
        saved(strike_page, tmp_path)


@pytest.mark.parametrize("layer", [Basemap(), DepthBands(BORDER), StrikeLayer(SMALL.strikes)], ids=lambda x: x._name)
def test_layers_need_strike_map(layer):
    """geostrike's layers refuse a plain folium map."""
    plain = folium.Map()
    plain.add_child(layer)
    with pytest.raises(InputError, match="needs a StrikeMap"):
        plain.get_root().render()


def test_unknown_language_is_refused():
    """The message names the known languages."""
    with pytest.raises(InputError, match=r"language is 'xx'; known: en, uk, ru, de"):
        StrikeMap(language="xx")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.drop(columns="date_end"), "lacks the column 'date_end'"),
        (lambda s: s.assign(status="perhaps"), "status is 'perhaps'"),
        (lambda s: s.assign(date_end=s["date_start"] - pd.Timedelta(days=1)), "date_end is before date_start"),
        (lambda s: s.set_geometry([shapely.box(30, 50, 31, 51)] * len(s)), "geometry is a Polygon"),
        (
            lambda s: s.set_geometry([shapely.Point(44.1, 139.1)] * len(s)),
            r"latitude 139.1 is outside -90..90.*swapped",
        ),
        (lambda s: s.set_geometry([shapely.Point(239, 44)] * len(s)), r"longitude 239 is outside -180..180"),
    ],
)
def test_invalid_table_is_refused(change, message):
    """The message names the column and the value."""
    with pytest.raises(TableError, match=message):
        strike_map(change(SMALL.strikes))


def test_three_columns_are_enough(tmp_path):
    """geometry, date_start and date_end make a map."""
    bare = SMALL.strikes[["geometry", "date_start", "date_end"]]
    assert "geostrike.start" in saved(strike_map(bare), tmp_path)


def test_empty_table_makes_a_map(tmp_path):
    """No strikes give a map without strikes."""
    assert "geostrike.start" in saved(strike_map(SMALL.strikes.iloc[:0]), tmp_path)


def test_coordinates_become_degrees(tmp_path):
    """Strikes in another coordinate system are transformed."""
    strike_map(SMALL.strikes.to_crs("EPSG:3857")).save(tmp_path / "map.html")
    assert np.allclose(strike_map(SMALL.strikes).view, strike_map(SMALL.strikes.to_crs("EPSG:3857")).view, atol=1e-4)


# --- data and texts ---------------------------------------------------------------------------------------------------


def test_data_blocks_hold_no_markup():
    """A data block cannot end its element."""
    page = StrikeMap().get_root()
    with pytest.raises(ValueError, match="could end it early"):
        page.add_data("x", "</script>")


def test_every_language_has_every_text():
    """Every language has the same keys and placeholders."""
    texts = json.loads((STATIC / "texts.json").read_text(encoding="utf-8"))
    assert list(texts) == ["en", "uk", "ru", "de"]
    english = texts["en"]

    def values(text: object) -> list[set[str]]:
        forms = text.values() if isinstance(text, dict) else [text]
        return [set(re.findall(r"\{(\w+)\}", form)) for form in forms]

    for language, table in texts.items():
        assert table.keys() == english.keys(), language
        assert table["words"].keys() == english["words"].keys(), language
        for key in english.keys() - {"words"}:
            assert all(found == values(english[key])[0] for found in values(table[key])), (language, key)


def test_texts_and_scripts_agree():
    """Every text that the scripts use exists, and every text is used."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (STATIC / "js").glob("*.js"))
    asked = set(re.findall(r"\bt\('([^']+)'", code)) | {f"window {days}" for days in (1, 7, 30, 91, 365)}
    asked |= {f"most a {unit}" for unit in ("day", "week", "month", "year")} | {"self", "words"}
    asked |= set(re.findall(r"filter\.undated \? '([^']+)' : '([^']+)'", code)[0])
    asked |= set(re.findall(r"> 1 \? '([^']+)' : '([^']+)'", code)[0])
    assert asked == set(json.loads((STATIC / "texts.json").read_text(encoding="utf-8"))["en"])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("status", vocabulary.STATUSES),
        ("side", vocabulary.SIDES),
        ("kind", vocabulary.PLACE_KINDS),
        ("stance", vocabulary.STANCES),
        ("verdict", vocabulary.VERDICTS),
        ("place_status", vocabulary.PLACE_STATUSES),
        ("target", vocabulary.TARGET_KINDS),
        ("weapon", vocabulary.WEAPONS),
        ("definition", {"given", *definitions()}),
    ],
)
def test_every_vocabulary_word_has_text(name, words):
    """Every word of a vocabulary has a text."""
    texts = json.loads((STATIC / "texts.json").read_text(encoding="utf-8"))["en"]["words"]
    assert {key.split(":", 1)[1] for key in texts if key.startswith(f"{name}:")} == set(words) - {""}


def test_scripts_set_no_markup():
    """Every script file is used, and none writes HTML."""
    own = {path.relative_to(STATIC).as_posix() for path in (STATIC / "js").glob("*.js")}
    assert {*own, "texts.json", assets.CONSTANTS} == set(assets.own_modules())
    assert {path.stem for path in (STATIC / "css").glob("*.css")} == set(assets.STYLES)
    for path in (STATIC / "js").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), (
            path
        )


def test_vendored_files_name_their_source():
    """Vendored files have the pinned version, a checksum and a licence."""
    pins = tomllib.loads((ROOT / "scripts" / "sources.toml").read_text(encoding="utf-8"))
    folders = [*(STATIC / "vendor").iterdir(), *(ROOT / "tests" / "vendor").iterdir()]
    assert len(folders) >= 8
    for folder in folders:
        source = dict(line.split(" = ", 1) for line in (folder / "SOURCE").read_text(encoding="utf-8").splitlines())
        assert source["sha256"] == pins[folder.name]["sha256"]
        assert source["version"] == pins[folder.name]["version"]
        assert list(folder.glob("LICEN[CS]E*")), folder


def test_every_linked_file_is_vendored():
    """Every file that folium links to is in the package."""
    for path, _ in assets.LINKS.values():
        assert not path or (STATIC / "vendor" / path).is_file(), path


# --- basemap and bands ------------------------------------------------------------------------------------------------


BASEMAPS = ["world", "world-light", "europe", "europe-light"]


def basemap(name: str) -> dict:
    data = (ROOT / "geostrike" / "data" / f"basemap-{name}.json.gz").read_bytes()
    return json.loads(gzip.decompress(data))


def line_of(numbers: list[int], precision: int) -> shapely.LineString:
    return shapely.LineString(np.cumsum(np.reshape(numbers, (-1, 2)), axis=0) / precision)


@pytest.mark.parametrize("name", ["europe", "europe-light"])
def test_crimea_is_in_ukraine(name):
    """The basemap has no border north of Crimea."""
    part = basemap(name)
    lines = [line_of(line, part["precision"]) for key in ("borders", "dashed") for line in part[key]]
    isthmus = shapely.box(33.2, 45.85, 34.9, 46.25)
    assert not any(line.intersects(isthmus) for line in lines)
    assert any(line.intersects(shapely.box(36.0, 50.0, 37.0, 50.6)) for line in lines)  # north of Kharkiv


def test_country_lines_replace_all_others():
    """The user's country lines replace those of the basemap."""
    line = shapely.LineString([(33.6, 46.1), (34.0, 46.2), (34.5, 46.0)])
    layer = Basemap(country_lines=shapely.MultiLineString([line])).add_to(StrikeMap())
    parts = {
        ending: json.loads(gzip.decompress(base64.b64decode(text)))
        for ending, text in layer.blocks(layer.get_root()).items()
        if ending != "columns"
    }
    assert parts["world"]["borders"] == parts["world"]["dashed"] == parts["europe"]["dashed"] == []
    [drawn] = parts["europe"]["borders"]
    assert line_of(drawn, parts["europe"]["precision"]).hausdorff_distance(line) < 0.005
    assert parts["europe"]["land"] == basemap("europe")["land"]


@pytest.mark.parametrize("name", BASEMAPS)
def test_basemap_is_valid(name):
    """Rings are closed, and rows have the named columns."""
    part = basemap(name)
    for key in ("land", "lakes"):
        for rings in part[key]:
            for ring in rings:
                assert sum(ring[2::2]) == sum(ring[3::2]) == 0  # closed
    for row in part["countries"]:
        country = dict(zip(BASEMAP_COLUMNS["countries"], row, strict=True))
        assert all(country[language] for language in ("en", "uk", "ru", "de"))
        assert -90 <= country["latitude"] <= 90
        assert -180 <= country["longitude"] <= 180
        assert country["zoom"] >= 0
    for row in part["cities"]:
        city = dict(zip(BASEMAP_COLUMNS["cities"], row, strict=False))  # most have no names in other languages
        assert city["population"] > 0
        assert len(city.get("others", BASEMAP_COLUMNS["others"])) == len(BASEMAP_COLUMNS["others"])


@pytest.mark.parametrize("name", BASEMAPS)
def test_basemap_has_documented_hash(name):
    """The data README has the hash of each basemap file."""
    path = ROOT / "geostrike" / "data" / f"basemap-{name}.json.gz"
    note = (path.parent / "README.md").read_text(encoding="utf-8")
    assert f"`{path.name}` {hashlib.sha256(path.read_bytes()).hexdigest()}" in note


def test_cities_have_names_by_language():
    """Large cities have names in the languages of the interface."""
    cities = {name: others for name, *_, others in basemap("europe")["cities"] if isinstance(others, list)}
    assert cities["Kyiv"] == ["Київ", "Киев", "Kiew"]
    assert cities["Odesa"] == ["Одеса", "Одесса", "Odessa"]
    assert cities["Samara"] == ["Самара", "Самара", ""]
    assert cities["Krasnodar"][:2] == ["Краснодар", "Краснодар"]
    assert len(cities) > 150


WEST, EAST = shapely.box(30, 45, 36, 52), shapely.box(36, 45, 44, 52)
OUTLINES = {"AAA": EAST.exterior, "BBB": WEST.exterior}  # by the country whose points are measured from them


def metres_to(line: shapely.Geometry, longitude: float, latitude: float) -> float:
    points = shapely.get_coordinates(shapely.segmentize(line, 0.02))
    same = np.full(len(points), 1.0)
    return Geod(ellps="WGS84").inv(same * longitude, same * latitude, points[:, 0], points[:, 1])[2].min()


def test_territory_bands_need_outlines():
    """Without outlines by country a territory border has no bands."""
    both = SimpleNamespace(**vars(BORDER) | {"definition": "territory"})
    assert DepthBands(both).distances == ()
    assert DepthBands(BORDER).distances == (50, 100, 250, 500, 1000)
    known = SimpleNamespace(**vars(both) | {"outlines": OUTLINES})
    assert DepthBands(known).distances == (50, 100, 250, 500, 1000)


def test_territory_bands_are_clipped():
    """A territory band is inside one country and measured from the other's outline."""
    content = band_outlines(shapely.union_all([WEST.exterior, EAST.exterior]), (100,), outlines=OUTLINES)
    [band] = content["bands"]
    areas = [
        shapely.Polygon(np.cumsum(np.reshape(rings[0], (-1, 2)), axis=0) / content["precision"])
        for rings in band["area"]
    ]
    for ground, line in ((WEST, EAST.exterior), (EAST, WEST.exterior)):
        [area] = [area for area in areas if ground.contains(area.representative_point())]
        inner = [point for point in area.exterior.coords if shapely.Point(point).within(ground.buffer(-0.1))]
        assert inner
        for longitude, latitude in inner[::4]:
            assert metres_to(line, longitude, latitude) / 1000 == pytest.approx(100, rel=0.02, abs=1.5)
    assert not any(area.contains(shapely.Point(36, 53)) for area in areas)


def test_bands_are_at_their_distance():
    """The edge of a band is at its geodesic distance from the border."""
    content = band_outlines(BORDER.geometry)
    for band in content["bands"]:
        for rings in band["area"]:
            edge = np.cumsum(np.reshape(rings[0], (-1, 2)), axis=0) / content["precision"]
            for longitude, latitude in edge[:: max(1, len(edge) // 40)]:
                distance = metres_to(BORDER.geometry, longitude, latitude) / 1000
                assert distance == pytest.approx(band["km"], rel=0.02, abs=1.5)
