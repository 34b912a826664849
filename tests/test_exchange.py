"""Safe writing and faithful files: half a file is never seen, and nothing of somebody else's is touched."""

import csv
import io
import json
import multiprocessing
import os
import re
import shutil
import signal
import time
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from geostrike.errors import InputError
from geostrike.exchange import OutputFolder, csv_bytes, geojson_bytes
from geostrike.exchange.files import starts_formula
from geostrike.exchange.output import MANIFEST, alone_in, put_files

TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"))


def publish(folder, content, names=("a.csv", "b.csv")):
    """One run that writes `content` into each file."""
    with OutputFolder(folder) as out:
        out.publish(dict.fromkeys(names, content), {"version": "1"})


def visible(folder):
    """The names that a user sees."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_manifest_names_every_file_and_a_whole_run_is_not_cut_off(tmp_path):
    publish(tmp_path, b"one")
    assert sorted(json.loads((tmp_path / MANIFEST).read_text())["files"]) == ["a.csv", "b.csv"]
    with OutputFolder(tmp_path) as out:
        assert out.cut_off() == []


def test_changed_file_is_seen(tmp_path):
    publish(tmp_path, b"one")
    (tmp_path / "b.csv").write_bytes(b"half")
    with OutputFolder(tmp_path) as out:
        assert out.cut_off() == ["b.csv"]


def test_what_an_earlier_run_wrote_goes_and_what_somebody_else_wrote_stays(tmp_path):
    publish(tmp_path, b"one")
    (tmp_path / "mine.txt").write_text("mine")
    publish(tmp_path, b"two", names=("a.csv",))
    assert visible(tmp_path) == ["a.csv", "mine.txt", MANIFEST]


def test_file_of_somebody_else_is_not_replaced_unless_forced(tmp_path):
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(InputError, match=r"a\.csv: no run wrote it, and it would be replaced; --force allows it"):
        publish(tmp_path, b"one")
    assert (tmp_path / "a.csv").read_text() == "mine"
    assert visible(tmp_path) == ["a.csv"]
    with OutputFolder(tmp_path, force=True) as out:
        out.publish({"a.csv": b"one"}, {})
    assert (tmp_path / "a.csv").read_bytes() == b"one"


def test_two_runs_into_one_folder_do_not_mix(tmp_path):
    with OutputFolder(tmp_path), pytest.raises(InputError, match="another run is writing into this folder"):
        OutputFolder(tmp_path).__enter__()


def test_path_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(InputError, match="cannot write there"):
        OutputFolder(tmp_path / "out").__enter__()


def test_manifest_that_points_outside_deletes_nothing_there(tmp_path):
    (tmp_path / "precious").write_text("mine")
    folder = tmp_path / "out"
    publish(folder, b"one")
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["files"]["../precious"] = "0"
    (folder / MANIFEST).write_text(json.dumps(manifest))
    publish(folder, b"two")
    assert (tmp_path / "precious").read_text() == "mine"


# --- every moment at which a process can be killed --------------------------------------------------------------------


@pytest.fixture
def moments(monkeypatch, tmp_path):
    """Call something that writes into a folder; what was in the folder before each of its steps on the disk, and after.

    A process that is killed at that moment leaves just this.
    """

    def watch(folder, write):
        states = []

        def watched(step):
            def before(*arguments, **options):
                states.append(shutil.copytree(folder, tmp_path / "moments" / str(len(states))))
                return step(*arguments, **options)

            return before

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", watched(os.fsync))
            for step in ("replace", "unlink", "open"):
                patch.setattr(Path, step, watched(getattr(Path, step)))
            write()
        return [*states, folder]

    return watch


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


@pytest.mark.parametrize("names", [("a.csv", "b.csv"), ("a.csv", "c.csv")], ids=["same names", "other names"])
def test_a_run_that_is_killed_at_any_moment_leaves_the_old_the_new_or_is_seen(names, tmp_path, moments):
    folder = tmp_path / "out"
    publish(folder, b"old")
    old = contents(folder)
    states = moments(folder, lambda: publish(folder, b"new", names))
    new = contents(folder)
    assert len(states) > 10
    seen = set()
    for state in states:
        found = contents(state)
        assert {found[name] for name in found.keys() - {MANIFEST}} <= {b"old", b"new"}
        with OutputFolder(state) as out:
            cut_off = bool(out.cut_off())
        seen.add("old" if found == old else "new" if found == new else "seen" if cut_off else "mixed")
        publish(state, b"next")
        assert contents(state).keys() == {"a.csv", "b.csv", MANIFEST}
        with OutputFolder(state) as out:
            assert out.cut_off() == []
    assert seen == {"old", "new", "seen"}


def test_the_first_run_into_a_folder_can_be_killed_at_any_moment(tmp_path, moments):
    folder = tmp_path / "out"
    folder.mkdir()
    for state in moments(folder, lambda: publish(folder, b"new")):
        found = contents(state)
        with OutputFolder(state) as out:
            assert bool(out.cut_off()) >= (0 < len(found) < 3)
        publish(state, b"next")
        assert visible(state) == ["a.csv", "b.csv", MANIFEST]


def test_single_files_are_old_or_new_at_any_moment(tmp_path, moments):
    folder = tmp_path / "out"
    folder.mkdir()

    def put(content):
        with alone_in(folder):
            put_files(folder, {"a.csv": content, "b.csv": content}, force=True, may_replace=set())

    put(b"old")
    states = moments(folder, lambda: put(b"new"))
    for state in states:
        found = contents(state)
        assert set(found.values()) <= {b"old", b"new"}
        with alone_in(state) as left:
            assert bool(left) or len(set(found.values())) == 1
        assert len(list(state.iterdir())) == 2
    assert len(states) > 5


def _write_for_ever(folder):
    for content in (b"x" * 3_000_000, b"y" * 3_000_000) * 10_000:
        publish(folder, content, names=[f"{i}.csv" for i in range(6)])


def test_a_process_that_is_killed_leaves_whole_files(tmp_path):
    context = multiprocessing.get_context("spawn")
    for attempt in range(2):
        writer = context.Process(target=_write_for_ever, args=(tmp_path,))
        writer.start()
        while writer.is_alive() and not (tmp_path / MANIFEST).exists():
            time.sleep(0.01)
        time.sleep(0.13 * attempt)
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        found = {path.name: path.read_bytes() for path in tmp_path.glob("[0-9].csv")}
        assert all(content in {b"x" * 3_000_000, b"y" * 3_000_000} for content in found.values())
        publish(tmp_path, b"whole", names=["0.csv"])
        with OutputFolder(tmp_path) as out:
            assert out.cut_off() == []
        (tmp_path / MANIFEST).unlink()
        (tmp_path / "0.csv").unlink()


@settings(deadline=None)  # the machine may be busy
@given(st.lists(TEXT, min_size=1, max_size=5))
def test_csv_holds_every_text_and_no_cell_starts_a_formula(texts):
    rows = list(csv.reader(io.StringIO(csv_bytes(pd.DataFrame({"text": texts})).decode(), newline="")))
    cells = [row[0] if row else "" for row in rows[1:]]
    bare = pd.Series([cell[1:] for cell in cells], dtype="str")
    guarded = [cell[:1] == "'" and formula for cell, formula in zip(cells, starts_formula(bare), strict=True)]
    assert [cell[1:] if apart else cell for cell, apart in zip(cells, guarded, strict=True)] == texts
    signed = re.compile(r"[+-][0-9.]+(?:[eE][+-]?[0-9]+)?")
    starts = ("=", "+", "-", "@", "\t", "\r", "\n")
    assert not any(cell.startswith(starts) and not signed.fullmatch(cell) for cell in cells)


def table():
    """Two strikes, one with a point and a date, one with neither."""
    return gpd.GeoDataFrame(
        {"place": ["Туапсе", ""], "date_start": pd.to_datetime(["2024-01-24", None]), "depth_km": [342.00012, None]},
        geometry=gpd.GeoSeries([Point(39.0800001, 44.1), None], crs="EPSG:4326"),
    )


def test_csv_has_coordinates_days_and_empty_cells():
    lines = csv_bytes(table()).decode().split("\r\n")[:-1]
    assert lines == ["place,date_start,depth_km,longitude,latitude", "Туапсе,2024-01-24,342.0,39.08,44.1", ",,,,"]


def test_geojson_keeps_rows_without_a_place():
    features = json.loads(geojson_bytes(table()))["features"]
    assert [feature["geometry"] and feature["geometry"]["type"] for feature in features] == ["Point", None]
    assert features[0]["properties"]["date_start"] == "2024-01-24"
    assert features[1]["properties"]["depth_km"] is None


def test_same_table_same_bytes():
    assert csv_bytes(table()) == csv_bytes(table())
    assert geojson_bytes(table()) == geojson_bytes(table())
