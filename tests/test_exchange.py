"""Safe writing and faithful files: half a file is never seen, and nothing of somebody else's is touched."""

import csv
import hashlib
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
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from geostrike.errors import InputError
from geostrike.exchange import csv_bytes, geojson_bytes
from geostrike.intake.formulas import starts_formula
from geostrike.intake.output import MANIFEST, OutputFolder
from geostrike.intake.writing import alone_in, json_text, put_files

TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"))


def publish(folder, content, names=("a.csv", "b.csv"), **options):
    """One run that writes `content` into each file."""
    with OutputFolder(folder, names={"a.csv", "b.csv", "c.csv"}, **options) as out:
        out.publish(dict.fromkeys(names, content), {"geostrike": "1"})


def listed(folder):
    """The files and hashes of the manifest."""
    return json.loads((folder / MANIFEST).read_text())["files"]


def manifest_of(folder):
    """The manifest as one of the contents."""
    return {MANIFEST: (folder / MANIFEST).read_bytes()}


def visible(folder):
    """The names that a user sees."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_manifest_names_every_file(tmp_path):
    """The manifest lists every file of a run, and a complete run is not cut off."""
    publish(tmp_path, b"one")
    assert sorted(json.loads((tmp_path / MANIFEST).read_text())["files"]) == ["a.csv", "b.csv"]
    with OutputFolder(tmp_path) as out:
        assert not out.cut_off()


def test_foreign_files_stay(tmp_path):
    """A run deletes what an earlier run wrote, and nothing else."""
    publish(tmp_path, b"one")
    (tmp_path / "mine.txt").write_text("mine")
    publish(tmp_path, b"two", names=("a.csv",))
    assert visible(tmp_path) == ["a.csv", "mine.txt", MANIFEST]


# --- the user's own files ---------------------------------------------------------------------------------------------


def test_filled_in_file_is_kept(tmp_path):
    """A file that no run wrote as it is stays; the new one is beside it, and in the manifest with its hash."""
    publish(tmp_path, b"one")
    (tmp_path / "a.csv").write_bytes(b"mine")
    publish(tmp_path, b"two")
    assert contents(tmp_path) == {"a.csv": b"mine", "a.new.csv": b"two", "b.csv": b"two"} | manifest_of(tmp_path)
    assert set(listed(tmp_path)) == {"a.new.csv", "b.csv"}
    publish(tmp_path, b"three")
    assert contents(tmp_path) == {"a.csv": b"mine", "a.new.csv": b"three", "b.csv": b"three"} | manifest_of(tmp_path)
    (tmp_path / "a.new.csv").write_bytes(b"mine, too")
    publish(tmp_path, b"four")
    assert (tmp_path / "a.new.csv").read_bytes() == b"mine, too"
    assert (tmp_path / "a.new2.csv").read_bytes() == b"four"


def test_adopted_file_replaced(tmp_path):
    """What geostrike wrote is its own under another name too; a file beside that is not needed any more goes."""
    publish(tmp_path, b"one")
    (tmp_path / "a.csv").write_bytes(b"mine")
    publish(tmp_path, b"two")
    (tmp_path / "a.new.csv").replace(tmp_path / "a.csv")
    publish(tmp_path, b"three")
    assert visible(tmp_path) == ["a.csv", "b.csv", MANIFEST]
    (tmp_path / "a.csv").write_bytes(b"mine")
    publish(tmp_path, b"four")
    (tmp_path / "a.csv").unlink()
    publish(tmp_path, b"five")
    assert visible(tmp_path) == ["a.csv", "b.csv", MANIFEST]


def test_force_replaces_user_files(tmp_path):
    """Anything with the name that is not a folder."""
    (tmp_path / "a.csv").write_bytes(b"mine")
    (tmp_path / "b.csv").mkdir()
    publish(tmp_path, b"one", force=True)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.new.csv").read_bytes() == b"one"
    assert (tmp_path / "b.csv").is_dir()


@pytest.mark.skipif(os.name != "posix", reason="links and pipes as POSIX has them")
@pytest.mark.parametrize("kind", ["link", "broken link", "pipe"])
def test_odd_files_are_kept(tmp_path, kind):
    """A path that is not a regular file was not written by a run, and is not read: a pipe would block."""
    (tmp_path / "mine").write_bytes(b"mine")
    if kind == "pipe":
        os.mkfifo(tmp_path / "a.csv")
        os.mkfifo(tmp_path / ".geostrike-writing.json")
    else:
        (tmp_path / "a.csv").symlink_to(tmp_path / kind.replace("broken link", "nothing").replace("link", "mine"))
    publish(tmp_path, b"one")
    assert (tmp_path / "a.new.csv").read_bytes() == b"one"
    assert (tmp_path / "mine").read_bytes() == b"mine"
    assert not (tmp_path / "a.csv").is_file() or (tmp_path / "a.csv").is_symlink()


@pytest.mark.parametrize("how", ["same", "hard link", "link", "other spelling"])
def test_own_input_is_never_replaced(tmp_path, how):
    """Not even one that an earlier run wrote, nor if forced, whatever name leads to it."""
    publish(tmp_path / "out", b"one")
    read = tmp_path / "out" / "a.csv"
    if how == "hard link":
        (tmp_path / "x").hardlink_to(read)
        read = tmp_path / "x"
    if how == "link":
        (tmp_path / "x").symlink_to(read)
        read = tmp_path / "x"
    if how == "other spelling":
        read = tmp_path / "out" / ".." / "out" / "a.csv"
    publish(tmp_path / "out", b"two", inputs=[read], force=True)
    assert read.read_bytes() == b"one"
    assert (tmp_path / "out" / "a.new.csv").read_bytes() == b"two"


def test_compared_file_replaced(tmp_path):
    """A run may be compared with the one before in its folder; with a table that the user changed, that one stays."""
    publish(tmp_path, b"one")
    compared = [tmp_path / "a.csv", tmp_path / "b.csv"]
    (tmp_path / "b.csv").write_bytes(b"mine")
    publish(tmp_path, b"two", compared=compared, force=True)
    assert (tmp_path / "a.csv").read_bytes() == b"two"
    assert (tmp_path / "b.csv").read_bytes() == b"mine"


def test_user_manifest_is_kept(tmp_path):
    """A run.json of another program stays, and the manifest is beside it, for the next run too."""
    (tmp_path / MANIFEST).write_text('{"files": {"a.csv": "b.csv"}}')
    publish(tmp_path, b"one")
    publish(tmp_path, b"two")
    assert visible(tmp_path) == ["a.csv", "b.csv", MANIFEST, "run.new.json"]
    assert (tmp_path / MANIFEST).read_text() == '{"files": {"a.csv": "b.csv"}}'


def test_runs_do_not_mix(tmp_path):
    """Two runs cannot write into one folder at the same time."""
    with OutputFolder(tmp_path), pytest.raises(InputError, match="another run is writing to this folder"):
        OutputFolder(tmp_path).__enter__()


def test_file_as_folder_rejected(tmp_path):
    """A file cannot be the folder of a run."""
    (tmp_path / "out").write_text("a file")
    with pytest.raises(InputError, match="cannot write there"):
        OutputFolder(tmp_path / "out").__enter__()


HASH_OF_MINE = hashlib.sha256(b"mine").hexdigest()


@pytest.mark.parametrize(
    "name",
    [
        "../precious", "/precious", "folder/precious", "folder\\precious", "..", ".", "", "precious", "C.CSV", "c.csv ",
        "folder", "nul\0l", "\ud800", "x" * 5000, ".geostrike.lock", ".geostrike-writing.json", "run.json", "a.csv/",
    ],
)  # fmt: skip
def test_changed_manifest_deletes_nothing(tmp_path, name):
    """A listed file goes only if a run would write one of that very name."""
    folder = tmp_path / "out"
    publish(folder, b"one")
    mine = [tmp_path / "precious", folder / "precious", folder / "C.CSV", folder / "folder" / "precious"]
    for path in mine:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"mine")
    listing = json.loads((folder / MANIFEST).read_text())
    listing["files"][name] = HASH_OF_MINE
    (folder / MANIFEST).write_text(json.dumps(listing))
    (folder / ".geostrike-writing.json").write_text(json.dumps({"files": listing["files"], "earlier": [[name]]}))
    publish(folder, b"two")
    assert [path.read_bytes() for path in mine] == [b"mine"] * 4
    assert set(listed(folder)) == {"a.csv", "b.csv"}


@pytest.mark.parametrize(
    "damage",
    ["", "[]", "7", "null", '{"files": []}', '{"geostrike": "1", "files": {"c.csv": 7, "a.csv": null, "b.csv": [1]}}',
     "[" * 100_000, '{"geostrike": "1", "files": {"c.csv": "0"}}', "\ufeff{}"],
)  # fmt: skip
def test_damaged_manifest_deletes_nothing(tmp_path, damage):
    """Whatever a manifest or a journal says, and wherever it breaks off."""
    publish(tmp_path, b"one")
    for name in (MANIFEST, ".geostrike-writing.json"):
        (tmp_path / name).write_text(damage, encoding="utf-8")
    (tmp_path / "c.csv").write_bytes(b"mine")
    publish(tmp_path, b"two")
    assert (tmp_path / "c.csv").read_bytes() == b"mine"
    assert sorted(path.read_bytes() for path in tmp_path.glob("[ab].*csv")).count(b"two") == 2


def test_changed_stale_file_stays(tmp_path):
    """What an earlier run wrote and the user changed is not deleted, though this run writes none of that name."""
    publish(tmp_path, b"one", names=("a.csv", "c.csv"))
    (tmp_path / "c.csv").write_bytes(b"mine")
    publish(tmp_path, b"two")
    assert (tmp_path / "c.csv").read_bytes() == b"mine"


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
        lambda inner: st.lists(inner) | st.dictionaries(TEXT | st.integers(), inner),
        max_leaves=9,
    )
)
def test_json_text_is_json(value):
    """No value costs a run its manifest, and none is there that other parsers refuse."""

    def refuse(constant):
        raise AssertionError(constant)

    json.loads(json_text({"one": value, "more": [value]}), parse_constant=refuse)


def test_json_text_takes_odd_values():
    """Numbers of NumPy, missing values of pandas, sets, paths, days, and what JSON has no word for."""
    odd = [np.float64("inf"), np.int64(3), np.array([1.5, np.nan]), pd.NaT, pd.NA, pd.Timestamp("2024-01-25")]
    odd += [{"b", "a"}, Path("a.csv"), b"x", 10**5000, pd.Series([1, 2])]
    value = json.loads(json_text(odd))
    assert value[:9] == [None, 3, [1.5, None], None, None, "2024-01-25T00:00:00", ["a", "b"], "a.csv", "b'x'"]
    assert value[9:] == [hex(10**5000), [1, 2]]


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
def test_killed_run_is_seen(names, tmp_path, moments):
    """A killed run leaves the old files, the new ones, or its journal."""
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
            cut_off = out.cut_off()
        seen.add("old" if found == old else "new" if found == new else "seen" if cut_off else "mixed")
        publish(state, b"next")
        assert contents(state).keys() == {"a.csv", "b.csv", MANIFEST}
        with OutputFolder(state) as out:
            assert not out.cut_off()
    assert seen == {"old", "new", "seen"}


def test_killed_first_run(tmp_path, moments):
    """The first run into a folder can be killed at any moment."""
    folder = tmp_path / "out"
    folder.mkdir()
    for state in moments(folder, lambda: publish(folder, b"new")):
        found = contents(state)
        with OutputFolder(state) as out:
            assert out.cut_off() >= (0 < len(found) < 3)
        publish(state, b"next")
        assert visible(state) == ["a.csv", "b.csv", MANIFEST]


def test_single_files_stay_whole(tmp_path, moments):
    """A reader sees a file as it was or as it will be, never half of it."""
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


def test_killed_process_leaves_whole_files(tmp_path):
    """Files are whole whenever the process that writes them is killed."""
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
            assert not out.cut_off()
        (tmp_path / MANIFEST).unlink()
        (tmp_path / "0.csv").unlink()


@settings(deadline=None)  # the machine may be busy
@given(st.lists(TEXT, min_size=1, max_size=5))
def test_csv_holds_any_text(texts):
    """Any text survives CSV, and no cell starts a formula."""
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


def test_csv_flattens_values():
    """CSV holds coordinates in degrees, dates as days, and missing values as empty cells."""
    lines = csv_bytes(table()).decode().split("\r\n")[:-1]
    assert lines == ["place,date_start,depth_km,longitude,latitude", "Туапсе,2024-01-24,342.0,39.08,44.1", ",,,,"]


def test_geojson_keeps_placeless_rows():
    """A row without a place is a feature with null geometry."""
    features = json.loads(geojson_bytes(table()))["features"]
    assert [feature["geometry"] and feature["geometry"]["type"] for feature in features] == ["Point", None]
    assert features[0]["properties"]["date_start"] == "2024-01-24"
    assert features[1]["properties"]["depth_km"] is None


def test_equal_tables_equal_bytes():
    """Equal tables give equal bytes."""
    assert csv_bytes(table()) == csv_bytes(table())
    assert geojson_bytes(table()) == geojson_bytes(table())
