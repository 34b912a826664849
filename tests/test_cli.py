"""The command as a user runs it: exit codes, one line for an error, and what is in the folder.

Most tests call the command in this process, since a new one takes seconds to import geopandas; what needs a process of
its own (an interrupt, what `--help` imports) gets one.
"""

import contextlib
import csv
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString

from geostrike.cli import main
from geostrike.runs.files import RESULT_NAMES

SEEDS = Path(__file__).parent.parent / "seeds"
FILES = {
    "map.html", "reports.csv", "strikes.csv", "strikes.geojson", "members.csv", "relations.csv", "claims.csv",
    "distances.csv", "quantities.csv", "mentions.csv", "unresolved.csv", "quarantine.csv", "review.csv",
    "depth_summary.csv", "sensitivity.csv", "report.html", "run.json", "datapackage.json",
}  # fmt: skip


def geostrike(*arguments):
    """The finished command: its exit code and what it printed."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return subprocess.CompletedProcess(arguments, ended.value.code, out.getvalue(), err.getvalue())


def visible(folder):
    """The names of the files that a user sees."""
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def rows(path):
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """The folder of one run on the seeds."""
    folder = tmp_path_factory.mktemp("run") / "out"
    done = geostrike("run", SEEDS, "--out", folder)
    assert (done.returncode, done.stderr) == (0, "")
    (folder / ".stdout").write_text(done.stdout, encoding="utf-8")
    return folder


def test_run_writes_promised_files(out):
    """A run writes the files that the pipeline names, and its manifest."""
    assert visible(out) == FILES
    assert FILES | {"strikes.parquet", "changes.csv"} == RESULT_NAMES | {"run.json"}


def test_run_prints_strikes(out):
    """A run prints its strikes, the counts of the input and the paths."""
    printed = (out / ".stdout").read_text(encoding="utf-8")
    assert re.search(r"2022-04-01 +Belgorod.* +oil depot +UKR +\w+ +32\.\d", printed)
    assert "5 in = 5 read + 0 in quarantine" in printed
    assert str(out / "map.html") in printed


def test_manifest_counts_rows(out):
    """The counts in run.json are those of the files."""
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert run["rows_in"] == run["ok"] + run["quarantined"] == 5
    assert run["strikes"] == len(rows(out / "strikes.csv"))
    assert set(run["files"]) | {"run.json"} == FILES
    assert run["border"]["id"].startswith("UKR-RUS:land")
    assert len(run["inputs"]) == 5


def test_published_closes_dates(tmp_path):
    """A publication date for one file closes the open dates of its strikes."""
    fourth = next(path.name for path in SEEDS.glob("*.md") if "published:" not in path.read_text(encoding="utf-8"))
    assert geostrike("run", SEEDS, "--out", tmp_path, "--published", f"{fourth}=2025-03-19", "-q").returncode == 0
    sloviansk = next(row for row in rows(tmp_path / "strikes.csv") if row["place"] == "Sloviansk")
    assert (sloviansk["date_start"], sloviansk["date_end"]) == ("2025-03-18", "2025-03-19")


def test_quarantine_exit_code(tmp_path):
    """Unusable input is quarantined, and the exit code is 3."""
    source = tmp_path / "in"
    source.mkdir()
    (source / "good.txt").write_text("Drones hit an oil depot in Belgorod on 1 April 2022, the governor said.")
    (source / "empty.txt").write_text("")
    done = geostrike("run", source, "--out", tmp_path / "out")
    assert done.returncode == 3
    assert "2 in = 1 read + 1 in quarantine (BAD_TEXT 1)" in done.stdout
    assert [row["path"] for row in rows(tmp_path / "out" / "quarantine.csv")] == ["empty.txt"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "nosuch", "--out", "out"), "'nosuch' does not exist"),
        (("run", SEEDS), "Missing option '--out'"),
        (("run", SEEDS, "--out", "out", "--border", "UKR-FRA:land"), "FRA"),
        (("run", SEEDS, "--out", "out", "--border", "nosuch.geojson"), "nosuch.geojson"),
        (("depth", "50", "36", "--border", "DEU"), "DEU is neither a file nor a border"),
        (("run", SEEDS, "--out", "out", "--since", "soon"), "since: 'soon' is not a date"),
        (("run", SEEDS, "--out", "out", "--published", "soon"), "soon"),
        (("run", SEEDS, "--out", "out", "--published", "nosuch.md=2025-03-19"), "nosuch.md"),
        (("depth", "144", "39"), "144"),
        (("depth", "nan", "39"), "nan 39 is not a point"),
        (("depth", "50,6", "36.6"), "50,6 36.6 is not a point; give LAT LON as two numbers"),
        (("run", SEEDS, "--out", "out", "--schema", "acled"), "is a folder of reports"),
        (("stats", SEEDS), "holds no results of a run"),
        (("gazetteer", "build", "nosuch.zip", "--out", "out.sqlite"), "nosuch.zip: no such file"),
        (("nosuch",), "nosuch"),
    ],
)
def test_wrong_input_is_refused(tmp_path, monkeypatch, arguments, message):
    """Wrong input is refused in one line with exit code 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    done = geostrike(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 3
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_filled_in_table_is_kept(out, tmp_path):
    """A filled-in table stays, the new one is next to it and listed, and one line says so; --force replaces it."""
    shutil.copytree(out, tmp_path, dirs_exist_ok=True)
    (tmp_path / "unresolved.csv").write_text("mine")
    (tmp_path / "map.html").write_text("mine, too")
    done = geostrike("run", SEEDS, "--out", tmp_path)
    assert done.returncode == 0
    (said,) = done.stderr.splitlines()
    assert "kept map.html (not as a run wrote it; the new one is map.new.html), unresolved.csv" in said
    assert "cut off" not in said
    assert "--force" in said
    assert f"--gazetteer {tmp_path / 'unresolved.csv'} applies what is in it" in said
    assert f"map: {tmp_path / 'map.new.html'}" in done.stdout
    assert (tmp_path / "unresolved.csv").read_text() == "mine"
    run = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    new = (tmp_path / "unresolved.new.csv").read_bytes()
    assert run["files"]["unresolved.new.csv"] == hashlib.sha256(new).hexdigest()
    assert new == (out / "unresolved.csv").read_bytes()
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert {"unresolved.new.csv"} == {part["path"] for part in package["resources"] if "unresolved" in part["path"]}
    forced = geostrike("run", SEEDS, "--out", tmp_path, "--force", "-q")
    assert (forced.returncode, forced.stderr) == (0, "")
    assert visible(tmp_path) == FILES


def test_cut_off_folder_is_announced(out, tmp_path):
    """Commands warn where old and new results may be mixed; the next run writes them again."""
    shutil.copytree(out, tmp_path, dirs_exist_ok=True)
    (tmp_path / ".geostrike-writing.json").write_text("{}")
    for words in (
        ("stats", tmp_path, "--draws", "0"), ("map", tmp_path / "strikes.csv", "--out", tmp_path / "m.html"),
        ("diff", out, tmp_path), ("convert", tmp_path / "strikes.csv", tmp_path / "c.csv"),
        ("run", SEEDS, "--out", tmp_path / "o", "--compare", tmp_path, "-q"),
    ):  # fmt: skip
        done = geostrike(*words)
        assert done.returncode == 0
        assert len([line for line in done.stderr.splitlines() if f"{tmp_path}: a run into it was cut off" in line]) == 1
    done = geostrike("run", SEEDS, "--out", tmp_path, "-q")
    assert (done.returncode, "an earlier run was cut off; its results are written again" in done.stderr) == (0, True)
    assert geostrike("stats", tmp_path, "--draws", "0").stderr == ""


def test_run_keeps_its_own_input(out, tmp_path):
    """Tables, borders, gazetteers, decisions and compared runs that are read stay, even with --force."""
    for name in ("strikes.csv", "unresolved.csv", "review.csv"):
        shutil.copy(out / name, tmp_path / name)
    line = {"type": "LineString", "coordinates": [[36.0, 50.0], [37.0, 50.5]]}
    (tmp_path / "strikes.geojson").write_text(json.dumps(line))
    (tmp_path / "members.csv").hardlink_to(tmp_path / "strikes.csv")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = geostrike(
        "run", tmp_path / "strikes.csv", "--out", tmp_path, "--force", "-q", "--border", tmp_path / "strikes.geojson",
        "--gazetteer", tmp_path / "unresolved.csv", "--decisions", tmp_path / "review.csv",
    )  # fmt: skip
    assert done.returncode in (0, 3), done.stderr
    assert "members.csv (read by this run; the new one is members.new.csv)" in done.stderr
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    assert (tmp_path / "strikes.new.csv").is_file()


def test_input_is_never_the_output(out, tmp_path):
    """No command overwrites what it reads under any name; exit code 2, and one line."""
    table, points, dump = tmp_path / "t.csv", tmp_path / "p.parquet", tmp_path / "RU.txt"
    shutil.copy(out / "strikes.csv", table)
    pd.DataFrame({"lon": [39.0], "lat": [44.0]}).to_parquet(points)
    dump.write_text("x")
    for file in (table, points, dump):
        (tmp_path / f"hard.{file.name}").hardlink_to(file)
    shutil.copytree(out, tmp_path / "run")
    (tmp_path / "run" / "diff.csv").hardlink_to(tmp_path / "run" / "members.csv")
    line = tmp_path / "line.geojson"
    line.write_text('{"type": "LineString", "coordinates": [[36.0, 50.0], [37.0, 50.5]]}')
    own = tmp_path / "line.parquet"
    gpd.GeoDataFrame(geometry=[LineString([(36.0, 50.0), (37.0, 50.5)])], crs="EPSG:4326").to_parquet(own)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for words in (
        ("depth", points, "--out", points), ("depth", points, "--out", tmp_path / "run" / ".." / "p.parquet"),
        ("depth", points, "--out", tmp_path / "hard.p.parquet"), ("depth", points, "--border", own, "--out", own),
        ("convert", table, table, "--force"), ("convert", table, tmp_path / "hard.t.csv", "--force"),
        ("map", table, "--out", table), ("map", tmp_path / "run", "--out", tmp_path / "run" / "strikes.csv"),
        ("map", table, "--border", line, "--out", line), ("diff", out, tmp_path / "run", "--out", tmp_path / "run"),
        ("gazetteer", "build", dump, "--out", dump), ("gazetteer", "build", dump, "--out", tmp_path / "hard.RU.txt"),
    ):  # fmt: skip
        done = geostrike(*words)
        assert (done.returncode, "is being read, and would be replaced" in done.stderr) == (2, True), (words, done)
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_border_from_file(tmp_path):
    """A line of unknown accuracy works: JSON has null for it."""
    line = {"type": "LineString", "coordinates": [[36.0, 50.4], [36.6, 50.3], [38.0, 49.9]]}
    (tmp_path / "line.geojson").write_text(json.dumps(line))
    done = geostrike("run", SEEDS, "--border", tmp_path / "line.geojson", "--out", tmp_path / "o")
    assert (done.returncode, done.stderr) == (0, "")
    run = json.loads((tmp_path / "o" / "run.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert run["border"]["accuracy_km"] is None
    shown = geostrike("border", "show", tmp_path / "line.geojson")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "nan" not in shown.stdout
    for words in (
        ("stats", tmp_path / "o", "--json"), ("diff", tmp_path / "o", tmp_path / "o", "--json"),
        ("resolve", "Tuapse", "Qwerty", "--json"),
    ):  # fmt: skip
        for line in geostrike(*words).stdout.splitlines():
            json.loads(line, parse_constant=pytest.fail)


def test_interrupt_leaves_no_files(tmp_path):
    """Ctrl-C ends a run with exit code 130 and leaves no partial results."""
    # A background shell makes the tests, and what they start, ignore the signal.
    heed = "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    main_program = "runpy.run_module('geostrike', run_name='__main__', alter_sys=True)"
    # The list of imports shows when the run has begun, even on a slow machine.
    started = [sys.executable, "-X", "importtime", "-c", heed + main_program]
    command = [*started, "run", str(SEEDS), "--out", str(tmp_path / "out")]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    next(line for line in running.stderr if "geostrike.pipeline" in line)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in errors
    assert not (tmp_path / "out" / "run.json").exists()


INTERRUPTED_IMPORT = """
import sys
class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupt())
sys.argv = ["geostrike", "run", {source!r}, "--out", {out!r}]
from geostrike.__main__ import main
main()
"""


@pytest.mark.parametrize("module", ["click", "geostrike.cli.run", "geostrike.pipeline", "numpy"])
def test_interrupt_while_loading(module, tmp_path):
    """Ctrl-C during imports ends in one line, and nothing is written."""
    code = INTERRUPTED_IMPORT.format(module=module, source=str(SEEDS), out=str(tmp_path / "out"))
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "geostrike: interrupted")
    assert not list(tmp_path.iterdir())


def test_package_import_is_empty():
    """The package imports nothing before the command can handle Ctrl-C."""
    code = "import sys; before = set(sys.modules); import geostrike.__main__; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = {name.lstrip("_").partition(".")[0] for name in done.stdout.split()}
    assert loaded <= {"geostrike", "future__", "importlib", "warnings"}


def test_terminal_gets_no_escapes(tmp_path):
    """Control characters in the data do not reach the terminal."""
    source = tmp_path / "in"
    source.mkdir()
    text = "Drones hit an oil depot in Bel\x1b[31mgorod \u202eand in Belgorod on 1 April 2022, the governor said."
    (source / "a.txt").write_text(text, encoding="utf-8")
    done = geostrike("run", source, "--out", tmp_path / "out", "-v")
    assert "\x1b" not in done.stdout + done.stderr
    assert "\u202e" not in done.stdout + done.stderr


def test_filled_unresolved_names_apply(tmp_path):
    """Places filled into unresolved.csv resolve the names of the next run."""
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_text("Drones hit an oil depot in Krasny Yar on 1 April 2022, a governor said.")
    assert geostrike("run", source, "--out", tmp_path / "one").returncode == 0
    table = rows(tmp_path / "one" / "unresolved.csv")
    assert [(row["name"], row["place_status"]) for row in table] == [("Krasny Yar", "ambiguous")]
    filled = table[0] | {
        "id": "krasny-yar-mine", "kind": "settlement", "country": "RUS", "admin1": "RU-SAM", "latitude": "53.5",
        "longitude": "50.39", "radius_km": "3", "source": "a test",
    }  # fmt: skip
    with (tmp_path / "mine.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(filled))
        writer.writeheader()
        writer.writerow(filled)
    assert geostrike("run", source, "--out", tmp_path / "two", "--gazetteer", tmp_path / "mine.csv").returncode == 0
    assert [row["place_id"] for row in rows(tmp_path / "two" / "strikes.csv")] == ["krasny-yar-mine"]


def test_unfilled_unresolved_is_accepted(tmp_path, out):
    """An unresolved.csv without entries changes nothing."""
    assert geostrike("run", SEEDS, "--out", tmp_path, "--gazetteer", out / "unresolved.csv", "-q").returncode == 0


def test_resolve_prints_candidates():
    """The command prints the status, the reason and the candidates."""
    done = geostrike("resolve", "Туапсе", "Krasny Yar", "Zzyzxq")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Туапсе: resolved")
    assert any(line.startswith("Krasny Yar: ambiguous") for line in lines)
    assert any(line.startswith("Zzyzxq: unresolved") for line in lines)


def test_resolve_checks_country():
    """A country is given as a code or a name; others are refused."""
    by_name, by_code = (
        geostrike("resolve", "Donetsk", "--country", "Russia"),
        geostrike("resolve", "Donetsk", "--country", "rus"),
    )
    assert by_name.stdout == by_code.stdout
    assert "RU-ROS" in by_code.stdout.splitlines()[2]
    refused = geostrike("resolve", "Donetsk", "--country", "XYZ")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "XYZ" in refused.stderr


def test_resolve_checks_point():
    """A point off the globe is refused."""
    refused = geostrike("resolve", "Tuapse", "--near", "139", "44")
    assert (refused.returncode, refused.stdout) == (2, "")


def test_depth_of_point():
    """The command prints the depth of one point."""
    done = geostrike("depth", "44.09879", "39.07257")
    assert done.returncode == 0
    assert float(done.stdout.split()[0]) == pytest.approx(342.0, abs=0.3)


def test_depth_of_parquet(tmp_path):
    """The command measures each row with a point, and refuses points off the globe."""
    source, target = tmp_path / "points.parquet", tmp_path / "depth.parquet"
    pd.DataFrame({"id": ["t"], "x": [39.07257], "latitude": [44.09879]}).to_parquet(source)
    refused = geostrike("depth", source, "--out", target)
    assert refused.returncode == 2
    assert "Say which hold longitude and latitude" in refused.stderr
    done = geostrike(
        "depth", source, "--out", target, "--lon", "x", "--lat", "latitude", "--border", "UKR-RUS:territory"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 of 1 rows measured from UKR-RUS:territory:")
    assert pd.read_parquet(target).depth_km.tolist() == pytest.approx([236], abs=2)
    assert geostrike("depth", source).returncode == 2
    pd.DataFrame({"lon": [39.07257, None], "lat": [44.09879, 44.0]}).to_parquet(source)
    assert geostrike("depth", source, "--out", target).stdout.startswith("1 of 2 rows measured from UKR-RUS:land:")
    pd.DataFrame({"lon": [500.0], "lat": [44.09879]}).to_parquet(source)
    assert "latitude 44.09879, longitude 500.0 is off the globe" in geostrike("depth", source, "--out", target).stderr
    misnamed = geostrike("depth", source, "--out", tmp_path / "depth.csv", "--lon", "x", "--lat", "latitude")
    assert (misnamed.returncode, (tmp_path / "depth.csv").exists()) == (2, False)
    assert geostrike("depth", "1", "2", "3").returncode == 2


def test_border_list_and_show():
    """Shipped borders are listed, and each is shown with its source."""
    listed = geostrike("border", "list").stdout.splitlines()
    assert listed[0].split() == ["border", "follows", "accuracy,", "km"]
    assert listed[1].split() == ["UKR-RUS:land:2026c", "recognised", "0.2"]
    assert any(line.startswith("IND-PAK:land:2026c") and "de_facto" in line for line in listed)
    shown = geostrike("border", "show", "UKR-RUS:land")
    assert shown.returncode == 0
    assert "ODbL" in shown.stdout
    assert "8764" in shown.stdout
    assert geostrike("border", "show", "nosuch.geojson").returncode == 2


def test_module_is_command():
    """`python -m geostrike` is the command."""
    command = [sys.executable, "-m", "geostrike", "resolve", "Tuapse"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Tuapse: resolved")


def test_no_command_shows_help():
    """Without a command the help is printed, with exit code 2."""
    done = geostrike()
    assert done.returncode == 2
    assert re.search(r"\n  resolve +Look place names up", done.stderr)


def test_version():
    """The version is printed."""
    assert re.fullmatch(r"geostrike \d+\.\d+\.\d+\S*\n", geostrike("--version").stdout)


def test_help_loads_nothing_heavy():
    """The help imports no heavy library."""
    code = (
        "import sys, geostrike.cli\n"
        "try:\n    geostrike.cli.main(['--help'])\n"
        "except SystemExit:\n    pass\n"
        "heavy = {'geopandas', 'pandas', 'folium', 'matplotlib', 'numba', 'shapely'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr


# --- tables of strikes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [".", "strikes.csv", "strikes.geojson"])
def test_stats_equal_the_run(out, table):
    """The figures of each table of a run equal those of the run."""
    done = geostrike("stats", out / table, "--csv")
    assert (done.returncode, done.stderr) == (0, "")
    figures = list(csv.DictReader(io.StringIO(done.stdout, newline="")))
    kept = [row for row in rows(out / "depth_summary.csv") if row["by"] == "all"]
    assert [row["median_km"] for row in figures] == [row["median_km"] for row in kept]
    assert {row["direction"] for row in figures} == {"UKR to RUS", "RUS to UKR"}


def test_place_is_added_once(tmp_path):
    """An existing place is not added again, and the reason names it."""
    options = ["--kind", "settlement", "--country", "UKR", "--point", "50", "36", "--radius", "9", "--source", "s"]
    added, twice, other = (
        geostrike("gazetteer", "add", tmp_path / "mine.csv", "--id", key, "--name", "Aville", *options)
        for key in ("a", "a", "b")
    )
    assert (added.returncode, twice.returncode, other.returncode) == (0, 2, 2)
    assert "'a' was not added to mine.csv: there is already a place with the id 'a'\n" in twice.stderr
    assert "'b' was not added to mine.csv: there is already a settlement named 'Aville': 'a'\n" in other.stderr


def test_replaced_date_is_announced(tmp_path):
    """Replacing the publication date that a report carries prints one line on standard error."""
    (tmp_path / "in").mkdir()
    text = "Drones hit an oil depot in Belgorod on 1 April 2022, the governor said."
    (tmp_path / "in" / "dated.md").write_text(f"---\npublished: 2022-04-02\n---\n{text}", encoding="utf-8")
    (tmp_path / "in" / "plain.txt").write_text(text, encoding="utf-8")
    days = {
        "2022-04-02": "",
        "2022-04-03": "geostrike: --published replaces the date that a report carries: dated.md\n",
    }
    for day, said in days.items():
        named = [word for name in ("dated.md", "plain.txt") for word in ("--published", f"{name}={day}")]
        assert geostrike("run", tmp_path / "in", "--out", tmp_path / "out", *named).stderr == said


def test_manifest_is_refused(out, tmp_path):
    """A manifest given as a table is refused, and the remedy is named."""
    for words in (("stats",), ("map", "--out", tmp_path / "m.html"), ("diff", out), ("run", "--out", tmp_path / "o")):
        done = geostrike(*words, out / "run.json")
        assert (done.returncode, done.stdout) == (2, "")
        assert (
            "run.json: is the manifest of a run, and not a table; give its folder, or strikes.csv in it" in done.stderr
        )


def test_changed_table_is_announced(out, tmp_path):
    """A table that was changed since its run is used, with a warning."""
    folder = tmp_path / "out"
    shutil.copytree(out, folder)
    table = folder / "strikes.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("confirmed", "unconfirmed", 1), encoding="utf-8")
    for path in (folder, table):
        done = geostrike("stats", path, "--draws", "0")
        assert (done.returncode, len(done.stderr.splitlines())) == (0, 1)
        assert f"{table}: was changed since the run that wrote it" in done.stderr
    assert geostrike("stats", out, "--draws", "0").stderr == ""


def test_stats_print_interval(out):
    """The printed figures have an interval, and the border is named."""
    done = geostrike("stats", out, "--by", "month")
    assert re.search(r"UKR to RUS +2022-04 +1 +1 +0 +1 +32 \(2\d to 3\d\)", done.stdout)
    assert "border UKR-RUS:land" in done.stdout


def test_stats_of_another_border(out):
    """With --border the depths are measured again."""
    land, territory = (
        [json.loads(line) for line in geostrike("stats", out, "--json", *more).stdout.splitlines()]
        for more in ((), ("--border", "UKR-RUS:territory"))
    )
    assert land[1]["direction"] == territory[1]["direction"] == "UKR to RUS"
    assert territory[1]["mean_km"] < land[1]["mean_km"]


def test_stats_of_own_table(tmp_path):
    """Any table of strikes can be summarised."""
    table = tmp_path / "mine.csv"
    table.write_text(
        "id,date,place,lat,lon,attacker\n1,2024-01-25,,44.1,39.08,UKR\n2,2024-01-26,Belgorod,,,UKR\n3,x,,y,z,\n"
    )
    done = geostrike("stats", table, "--json")
    assert done.returncode == 3
    (row,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (row["strikes"], row["with_depth"], round(row["max_km"])) == (2, 2, 342)
    assert "1 rows could not be used" in done.stderr


def test_map_of_table(out, tmp_path):
    """The map of a table is one HTML file."""
    done = geostrike("map", out / "strikes.csv", "--out", tmp_path / "map.html", "--title", "A <title>")
    assert (done.returncode, done.stderr) == (0, "")
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "A &lt;title&gt;" in page
    assert "A <title>" not in page


def test_diff_with_itself_is_empty(out):
    """A run has no changes from itself."""
    assert geostrike("diff", out, out).stdout == "0 changes\n"


@pytest.mark.parametrize("name", ["map.html", "diff.html", "diff.csv"])
def test_links_are_not_followed(out, tmp_path, name):
    """Maps and changes are not written through a link."""
    mine = tmp_path / "mine"
    mine.write_text("mine")
    (tmp_path / name).symlink_to(mine)
    words = ("map", out, "--out", tmp_path / name) if name == "map.html" else ("diff", out, out, "--out", tmp_path)
    done = geostrike(*words)
    assert (done.returncode, f"{name}: is a symbolic link" in done.stderr) == (2, True)
    assert mine.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["mine", name])


def test_diff_lists_changes(out, tmp_path):
    """Strikes that moved, went or changed are listed with both values."""
    changed = tmp_path / "new"
    changed.mkdir()
    table = rows(out / "strikes.csv")
    tuapse = next(row for row in table if row["place"] == "Tuapse")
    tuapse |= {"latitude": "44.5", "status": "confirmed"}
    table = [row for row in table if row["place"] != "Yartsevo"]
    with (changed / "strikes.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, table[0].keys())
        writer.writeheader()
        writer.writerows(table)
    done = geostrike("diff", out, changed, "--out", tmp_path / "new" / "diff")
    assert done.returncode == 0
    assert re.search(r"moved 44\.\d km +2024-01-24 to 2024-01-25 +Tuapse", done.stdout)
    assert "3 changes: gone 1, moved 1, status 1" in done.stdout
    assert [row["change"] for row in rows(tmp_path / "new" / "diff" / "diff.csv")] == ["gone", "moved", "status"]
    page = (tmp_path / "new" / "diff" / "diff.html").read_text(encoding="utf-8")
    assert "1 strike is gone: Yartsevo" in page
    assert f"from {out.name} · to new" in page
    changes = [json.loads(line) for line in geostrike("diff", out, changed, "--json").stdout.splitlines()]
    assert [row["change"] for row in changes] == ["gone", "moved", "status"]


def test_compare_with_earlier_run(tmp_path):
    """With --compare a run lists the changes since the run in the same folder."""
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "a.txt").write_text("Drones hit an oil depot in Belgorod on 1 April 2022, the governor said.", "utf-8")
    assert geostrike("run", reports, "--out", tmp_path / "out", "-q").returncode == 0
    (reports / "b.txt").write_text("Drones hit a refinery in Tuapse on 25 January 2024, the mayor said.", "utf-8")
    done = geostrike("run", reports, "--out", tmp_path / "out", "--compare", tmp_path / "out", "-q")
    assert done.returncode == 0
    assert [(row["change"], row["place"]) for row in rows(tmp_path / "out" / "changes.csv")] == [("new", "Tuapse")]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "There was 1 strike; now there are 2; 1 of them is unchanged." in page
    assert "1 strike is new: Tuapse (25" in page
    assert geostrike("run", reports, "--out", tmp_path / "out", "-q").returncode == 0
    assert not (tmp_path / "out" / "changes.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("stats", "nosuch.csv"), "does not exist"),
        (("stats", ".", "--by", "month"), "strikes.csv"),
        (("map", ".", "--out", "map.html"), "strikes.csv"),
        (("diff", ".", "."), "strikes.csv"),
    ],
)
def test_missing_table_is_named(tmp_path, monkeypatch, arguments, message):
    """A folder without the needed table is refused by name."""
    monkeypatch.chdir(tmp_path)
    done = geostrike(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []
