"""What describes the files of a folder holds for every cell of them: fields, types, words, keys, what is missing."""

import csv
import datetime as dt
import io
import json
from pathlib import Path

import pandas as pd
import pytest

from geostrike import locate, read_strikes
from geostrike.exchange import FORMATS, write_strikes
from geostrike.exchange.formats import ALL, ENDINGS, READERS, SUFFIXES, formats_table
from geostrike.intake import opening
from geostrike.runs.files import result_files

SEEDS = Path(__file__).parent.parent / "seeds"
EVENTS = pd.DataFrame(
    {
        "id": ["a", "b", "c", "d"],
        "date": ["2024-01-25", "2024-02-01", "03/04/2024", ""],
        "place": ["Tuapse", "Donetsk", "Tuapse", ""],
        "lat": ["44.1", "", "44.1", ""],
        "lon": ["39.08", "", "39.08", ""],
        "casualties": ["007", "=1+1", "", ""],
        "source": ["made up", "", "", "made up"],
        "text": ["", "", "", "Drones hit an oil depot in Belgorod on 1 April 2022, the governor said."],
    }
)
READ = {
    "string": str,
    "number": float,
    "integer": int,
    "date": dt.date.fromisoformat,
    "boolean": {"True", "False"}.remove,
}


@pytest.fixture(scope="module", params=["reports", "table"])
def files(request):
    """The files of a run, by name."""
    return dict(result_files(locate(SEEDS if request.param == "reports" else EVENTS)))


def rows(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def cells(files, resource, column):
    """The cells of a column of a resource, without those that are missing."""
    header, *body = rows(files[resource["path"]])
    at = header.index(column)
    return [row[at] for row in body if row[at] not in resource["schema"]["missingValues"]]


def test_package_matches_tables(files):
    """The package describes every table of a run: its fields, types and words."""
    package = json.loads(files["datapackage.json"])
    resources = {resource["name"]: resource for resource in package["resources"]}
    assert {resource["path"] for resource in resources.values()} == {
        name for name in files if Path(name).suffix in (".csv", ".geojson", ".parquet")
    }
    assert len(resources) == len(package["resources"])
    for resource in resources.values():
        if resource["format"] == "csv":
            header = rows(files[resource["path"]])[0]
            assert [field["name"] for field in resource["schema"]["fields"]] == header
            for field in resource["schema"]["fields"]:
                found = cells(files, resource, field["name"])
                for cell in found:
                    READ[field["type"]](cell)
                words = field.get("constraints", {}).get("enum")
                assert words is None or set(found) <= set(words), (resource["path"], field["name"])


def test_keys_hold(files):
    """Primary keys are unique, and foreign keys exist."""
    resources = {resource["name"]: resource for resource in json.loads(files["datapackage.json"])["resources"]}
    keyed = linked = 0
    for resource in resources.values():
        schema = resource["schema"]
        if "primaryKey" in schema and resource["format"] == "csv":
            (name,) = schema["primaryKey"]
            found = cells(files, resource, name)
            assert len(found) == len(set(found)) == len(rows(files[resource["path"]])) - 1
            keyed += 1
        for key in schema.get("foreignKeys", []):
            if resource["format"] == "csv":
                other = resources[key["reference"]["resource"]]
                there = cells(files, other, key["reference"]["fields"][0])
                here = cells(files, resource, key["fields"][0])
                assert set(here) <= set(there), (resource["path"], key)
                linked += len(here)
    assert keyed == 3
    assert linked


def test_package_names_sources(files):
    """The package names licences and sources."""
    package = json.loads(files["datapackage.json"])
    assert all({"name", "title", "path"} <= licence.keys() for licence in package["licenses"])
    titles = [source["title"] for source in package["sources"]]
    assert any(title.startswith("border UKR-RUS:land") for title in titles)
    assert any(title.startswith("gazetteer: ") for title in titles)
    assert all(all(source.values()) for source in package["sources"])
    depth = next(
        field
        for resource in package["resources"] if resource["name"] == "strikes.csv"
        for field in resource["schema"]["fields"] if field["name"] == "depth_km"
    )  # fmt: skip
    assert (depth["unit"], depth["type"]) == ("km", "number")


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_package_grows(form, tmp_path):
    """A further file in a folder is added to its package."""
    strikes = read_strikes(EVENTS).strikes
    ending = {"acled": "csv", "ucdp": "csv", "timemap": "json"}.get(form, form)
    write_strikes(strikes, tmp_path / "first.csv")
    write_strikes(strikes, tmp_path / f"second.{ending}", form=form)
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    first, second = package["resources"]
    assert (first["path"], second["path"]) == ("first.csv", f"second.{ending}")
    assert second["bytes"] == (tmp_path / second["path"]).stat().st_size
    described = {field["name"] for field in second.get("schema", {"fields": []})["fields"]}
    assert ({"strike_id", "casualties"} <= described) == (form not in ("acled", "ucdp", "timemap"))


def test_run_package_stays(tmp_path):
    """The package of a run is not changed by a file that is written there later."""
    (tmp_path / "run.json").write_text("{}", encoding="utf-8")
    (tmp_path / "datapackage.json").write_text("{}", encoding="utf-8")
    written = write_strikes(read_strikes(EVENTS).strikes, tmp_path / "s.kml")
    assert [path.name for path in written.files] == ["s.kml", "s.kml.datapackage.json"]
    assert (tmp_path / "datapackage.json").read_text(encoding="utf-8") == "{}"


def test_docs_list_every_format():
    """The page on tables has the table of formats that the registry makes, and every format is in it."""
    page = (Path(__file__).parent.parent / "docs" / "exchange.md").read_text(encoding="utf-8")
    assert formats_table() in page
    assert all(form.name in FORMATS or form.all_endings for form in ALL)
    assert all(f"`{ending}`" in formats_table() for ending in [*ENDINGS, *SUFFIXES])


def test_formats_read_and_write():
    """Whatever is written under an ending is read under it, and every ending names one format of each way."""
    assert set(ENDINGS) <= set(READERS)
    assert set(READERS) >= opening._TABLES, "an archive is searched for files that nothing reads"
    for form in FORMATS.values():
        assert form.media_type, form.name
        assert form.writes, form.name
        assert not form.own_columns or all(READERS[ending] is form for ending in form.writes), form.name
