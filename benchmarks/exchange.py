"""A table in the ACLED schema to strikes with depth, GeoParquet and map: time and memory of each step."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from timing import table

COLUMNS = (
    "event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1 assoc_actor_1 inter1 "
    "actor2 assoc_actor_2 inter2 interaction civilian_targeting iso region country admin1 admin2 admin3 location "
    "latitude longitude geo_precision source source_scale notes fatalities tags timestamp"
)
NOTES = 'On {day}, forces of {side} struck {place}, as was "told": damage to buildings, and no further details. '


def write_events(path: Path, rows: int) -> None:
    """Write made-up events at 20,000 places, one in 10,000 with an impossible date."""
    chance = random.Random(1)
    places = [(f"Town {n}", round(chance.uniform(46, 56), 4), round(chance.uniform(30, 44), 4)) for n in range(20_000)]
    first = dt.date(2022, 2, 24)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS.split())
        for n in range(rows):
            (place, lat, lon), day = chance.choice(places), first + dt.timedelta(days=chance.randrange(1200))
            side, other = chance.choice((("Russia", "Ukraine"), ("Ukraine", "Russia")))
            what = chance.choice(("Air/drone strike", "Shelling/artillery/missile attack"))
            date = "2024-02-30" if n % 10_000 == 9_999 else day.isoformat()
            notes = NOTES.format(day=day, side=side, place=place) * 3
            writer.writerow(
                [f"EVT{n}", date, day.year, 1, "Political violence", "Explosions/Remote violence", what,
                 f"Military Forces of {side}", "", "State forces", f"Military Forces of {other}", "", "State forces",
                 "State forces-State forces", "", 804, "Europe", other, "A region", "A district", "", place, lat, lon,
                 chance.choice((1, 1, 2, 3)), "Ministry; Telegram", "Other", notes,
                 0, "", 1712345678]
            )  # fmt: skip


def measure(source: str, folder: str) -> None:
    """Run the steps; print wall-clock time, processor time and peak memory of each."""
    import geostrike as gs

    steps: list[tuple[str, float, float, float]] = []
    state = (time.perf_counter(), time.process_time())

    def done(name: str) -> None:
        nonlocal state
        now = (time.perf_counter(), time.process_time())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        steps.append((name, now[0] - state[0], now[1] - state[1], peak))
        state = now

    read = gs.read_strikes(source)
    done("read_strikes")
    border = gs.Border.between("UKR", "RUS")
    strikes, quarantined = read.strikes, len(read.quarantine)
    del read
    strikes = gs.measure_depth(strikes, border)
    done("measure_depth")
    strikes.to_parquet(Path(folder, "strikes.parquet"), compression="zstd", index=False)
    done("GeoParquet")
    gs.strike_map(strikes, border=border).save(Path(folder, "map.html"))
    done("map")
    print(json.dumps({"steps": steps, "strikes": len(strikes), "quarantined": quarantined}))


def plain(source: str) -> None:
    """Get points and dates as a script without checks does."""
    import geopandas as gpd
    import pandas as pd

    began = time.process_time()
    frame = pd.read_csv(source)
    frame["event_date"] = pd.to_datetime(frame["event_date"], errors="coerce")
    gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame["longitude"], frame["latitude"], crs="EPSG:4326"))
    print(json.dumps({"seconds": time.process_time() - began}))


def child(function: str, *arguments: str) -> dict[str, object]:
    """Return what a function of this file prints in a separate process."""
    here = str(Path(__file__).parent)
    code = f"import sys; sys.path.insert(0, {here!r}); import exchange; exchange.{function}(*sys.argv[1:])"
    done = subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def tables(*, quick: bool = False) -> list[tuple[str, str]]:
    count = 20_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "events.csv"
        write_events(source, count)
        megabytes = source.stat().st_size / 1e6
        measured, unchecked = child("measure", str(source), folder), child("plain", str(source))
    rows = [[name, f"{clock:.1f}", f"{cpu:.1f}", f"{peak:.1f}"] for name, clock, cpu, peak in measured["steps"]]
    total = [sum(step[n] for step in measured["steps"]) for n in (1, 2)]
    rows.append(["together", f"{total[0]:.1f}", f"{total[1]:.1f}", f"{measured['steps'][-1][3]:.1f}"])
    rows.append(["pandas.read_csv, dates and points, without a check", "", f"{unchecked['seconds']:.1f}", ""])
    head = f"{count:,} events in the shape of ACLED ({megabytes:.0f} MB), {measured['quarantined']} of them quarantined"
    return [(head, table(["step", "by the clock, s", "of the processors, s", "peak of memory so far, GB"], rows))]
