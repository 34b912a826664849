"""Names to places: speed, compared with a look-up in GeoNames by population, and accuracy.

The names are from the shipped index: unchanged, in capitals, and in Cyrillic letters. Times are processor time.
"""

from __future__ import annotations

import csv
import random
import sqlite3
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from geostrike.geodesy import GEOD
from geostrike.places import Gazetteer, resolve_places
from geostrike.places.names import has_cyrillic

ROOT = Path(__file__).resolve().parent.parent
INDEX = ROOT / "geostrike" / "data" / "gazetteer.sqlite"
EXAMPLES = ROOT / "tests" / "data" / "toponyms.csv"
AREAS = ("region", "district")
WRONG_KM = 25.0


def seconds(task: Callable[[], object], repeat: int = 3) -> float:
    """Return the shortest processor time of several runs, which a busy machine changes little."""
    times = []
    for _ in range(repeat):
        start = time.process_time()
        task()
        times.append(time.process_time() - start)
    return min(times)


def sample_names(count: int) -> list[str]:
    """Return distinct names of settlements: half in Latin letters, some in capitals, half in Cyrillic."""
    index = sqlite3.connect(INDEX)
    latin = [name for (name,) in index.execute("SELECT name FROM places WHERE kind = 'settlement' ORDER BY row")]
    cyrillic = [
        key.title()
        for (key,) in index.execute(
            "SELECT DISTINCT key FROM keys WHERE grade > 0 AND key >= 'а' AND key < 'ӿ' ORDER BY key"
        )
        if has_cyrillic(key)
    ]
    chosen = random.Random(1)
    names = chosen.sample(latin, count // 2) + chosen.sample(cyrillic, min(len(cyrillic), count))
    names = [name.upper() if number % 5 == 0 else name for number, name in enumerate(names)]
    chosen.shuffle(names)
    return list(dict.fromkeys(names))[:count]


def speed(*, quick: bool) -> str:
    """Measure names and rows per second."""
    count, rows = (2_000, 100_000) if quick else (20_000, 2_000_000)
    names = sample_names(count)
    resolve_places(pd.DataFrame({"place_as_written": names[:50]}), Gazetteer())
    table = pd.DataFrame({"place_as_written": names})
    distinct = seconds(lambda: resolve_places(table, Gazetteer())) - seconds(Gazetteer)
    gazetteer = Gazetteer()
    many = pd.DataFrame({"place_as_written": random.Random(2).choices(names, k=rows)})
    resolve_places(table, gazetteer)
    repeated = seconds(lambda: resolve_places(many, gazetteer), repeat=1)
    wrong = [name[:3] + name[4:] for name in names if name.isascii() and len(name) > 7][: count // 40]
    gazetteer.resolve(wrong[0], country="RUS")
    fuzzy = seconds(lambda: [gazetteer.resolve(name, country="RUS") for name in wrong], repeat=1)
    tracemalloc.start()
    kept = Gazetteer()
    resolve_places(table, kept)
    memory = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    lines = [
        ("opening the gazetteer", f"{1000 * seconds(Gazetteer):.0f} ms"),
        (f"{len(names):,} distinct names", f"{len(names) / distinct:,.0f} a second"),
        (f"{rows:,} rows that repeat them, once they are known", f"{rows / repeated:,.0f} a second"),
        ("misspelt names", f"{len(wrong) / fuzzy:,.0f} a second"),
        ("memory for the gazetteer and its answers", f"{memory:.0f} MB"),
    ]
    return "\n".join(["| what | figure |", "| --- | --- |", *(f"| {what} | {figure} |" for what, figure in lines)])


def by_population(name: str, index: sqlite3.Connection) -> tuple[float, float] | None:
    """Return the largest place of exactly this name in GeoNames: the usual look-up."""
    query = "SELECT latitude, longitude FROM places WHERE name = ? AND kind = 'settlement' ORDER BY population DESC"
    row = index.execute(query, (name,)).fetchone()
    return (row[0], row[1]) if row else None


def scores() -> str:
    """Count the example names that lead to the place, to a wrong one, and that are correctly rejected."""
    index, gazetteer = sqlite3.connect(INDEX), Gazetteer()
    ways: dict[str, Callable[[dict[str, str]], tuple[float, float] | None]] = {
        "geostrike": lambda row: _resolved(gazetteer, row),
        "exact name, largest place": lambda row: by_population(row["mention"], index),
    }
    with EXAMPLES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = ["| way | within 25 km | silently wrong | refused rightly |", "| --- | --- | --- | --- |"]
    for way, answer in ways.items():
        right = wrong = refused = 0
        for row in rows:
            point = answer(row)
            if row["expect"] in ("none", "ambiguous"):
                refused += point is None
                wrong += point is not None
            elif point is not None:
                off = GEOD.inv(float(row["lon"]), float(row["lat"]), point[1], point[0])[2] / 1000
                right += row["kind"] not in AREAS and off <= WRONG_KM
                wrong += off > max(WRONG_KM, float(row["tolerance_km"]))
        asked = [row for row in rows if row["expect"] not in ("none", "ambiguous")]
        points = sum(row["kind"] not in AREAS for row in asked)
        lines.append(f"| {way} | {right / points:.1%} of {points} | {wrong} | {refused} of {len(rows) - len(asked)} |")
    return "\n".join(lines)


def _resolved(gazetteer: Gazetteer, row: dict[str, str]) -> tuple[float, float] | None:
    place = gazetteer.resolve(row["mention"], country=row["context_country"], admin1=row["context_admin1"]).place
    return (place.latitude, place.longitude) if place else None


def tables(*, quick: bool) -> list[tuple[str, str]]:
    return [("Names a second", speed(quick=quick)), ("Names that lead to the right place", scores())]


def main() -> str:
    text = "\n\n".join(f"### {heading}\n\n{table}" for heading, table in tables(quick=False))
    print(text)
    return text


if __name__ == "__main__":
    main()
